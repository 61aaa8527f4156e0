"""What is changed of a chain afterwards is found, and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from auditoria.domain.cadeia import GENESE, INICIO, Cabeca, digest, fechar, resumo, verificar
from tests.builders_functions import NOW
from tests.fakes_auditoria import HOJE, TENANT, a_row

Blocos = list[dict[str, Any]]


def a_chain(*sizes: int) -> Blocos:
    """Blocks of so many rows, as they are written."""
    head, made = INICIO, []
    for n, size in enumerate(sizes):
        bloco, elo = fechar(TENANT, head, HOJE, [a_row(n, f"c{place}") for place in range(size)], NOW)
        head = Cabeca(elo.n, elo.digest)
        made.append({**bloco, "resumos": list(bloco["resumos"]), "linhas": [dict(row) for row in bloco["linhas"]]})
    return made


def sealed_again(bloco: Mapping[str, Any]) -> dict[str, Any]:
    """A block whose digests of rows fit its rows."""
    return {**bloco, "resumos": [resumo(row) for row in bloco["linhas"]]}


def forged(blocos: Blocos, since: int) -> Blocos:
    """The chain as somebody makes it who can: rows of one block are others, and all after it is chained to it."""
    made = [*blocos[: since - 1]]
    for bloco in blocos[since - 1 :]:
        anterior = digest(made[-1]) if made else bloco["anterior"]
        linhas = [{**row, "quem": "outra"} for row in bloco["linhas"]] if bloco["n"] == since else bloco["linhas"]
        made.append(sealed_again({**bloco, "anterior": anterior, "linhas": linhas}))
    return made


def found(blocos: Blocos, *cabecas: Cabeca) -> list[tuple[str, int | None, int | None]]:
    return [(one.codigo, one.bloco, one.linha) for one in verificar(blocos, cabecas)]


def heads(blocos: Blocos) -> list[Cabeca]:
    return [Cabeca(one["n"], digest(one)) for one in blocos]


@pytest.mark.regra("AUDITORIA-CADEIA")
def test_a_chain_as_it_was_sealed_has_nothing_wrong_whole_or_in_part() -> None:
    blocos = a_chain(3, 1, 2)
    assert [one["n"] for one in blocos] == [1, 2, 3]
    assert blocos[0]["anterior"] == GENESE
    assert found(blocos, *heads(blocos)) == found(blocos[1:], heads(blocos)[2], heads(blocos)[0]) == []
    assert found([]) == []


def test_a_digest_is_of_the_content_however_it_is_spelt() -> None:
    assert resumo({"b": 1, "a": "ação"}) == resumo({"a": "ação", "b": 1}) != resumo({"a": "acao", "b": 1})
    assert resumo("\ud800")


def changed(blocos: Blocos) -> None:
    blocos[1]["linhas"][1]["quem"] = "outra"


def removed(blocos: Blocos) -> None:
    del blocos[1]["linhas"][1]


def inserted(blocos: Blocos) -> None:
    blocos[1]["linhas"].insert(1, a_row(9, "intrusa"))


def swapped(blocos: Blocos) -> None:
    blocos[1]["linhas"][:2] = reversed(blocos[1]["linhas"][:2])


def repeated(blocos: Blocos) -> None:
    blocos[1]["linhas"].append(blocos[1]["linhas"][0])


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (changed, ("LINHA_ALTERADA", 2, 2)), (removed, ("LINHA_RETIRADA", 2, 2)),
        (inserted, ("LINHA_INCLUIDA", 2, 2)), (swapped, ("LINHAS_FORA_DE_ORDEM", 2, None)),
        (repeated, ("LINHAS_FORA_DE_ORDEM", 2, None)),
    ],
)  # fmt: skip
def test_a_row_that_is_not_as_it_was_is_found_and_so_is_who_covers_it_up(
    tamper: Callable[[Blocos], None], expected: tuple[str, int, int | None]
) -> None:
    blocos = a_chain(2, 3, 2)
    known = heads(blocos)
    tamper(blocos)
    assert found(blocos) == [expected]
    blocos[1] = sealed_again(blocos[1])
    assert found(blocos) == [("BLOCO_ALTERADO", 3, None)]
    blocos[2]["anterior"] = digest(blocos[1])
    assert found(blocos) == []
    assert found(blocos, known[2]) == [("BLOCO_ALTERADO", 3, None)]


def test_a_block_that_is_missing_moved_repeated_cut_off_or_of_another_is_found() -> None:
    blocos = a_chain(1, 1, 1, 1)
    assert found([blocos[0], blocos[3]]) == [("BLOCO_RETIRADO", 2, None)]
    assert found([blocos[0], blocos[2], blocos[1], blocos[3]]) == [
        ("BLOCO_RETIRADO", 2, None), ("BLOCO_FORA_DE_ORDEM", 2, None), ("BLOCO_RETIRADO", 3, None),
    ]  # fmt: skip
    assert found([*blocos, blocos[3]]) == [("BLOCO_FORA_DE_ORDEM", 4, None)]
    assert found(blocos[:2], heads(blocos)[3]) == [("FIM_CORTADO", 4, None)]
    assert found([], heads(blocos)[3]) == [("FIM_CORTADO", 4, None)]
    assert found([blocos[0], {**blocos[1], "tenant": "PRESTADOR#outro"}, *blocos[2:]]) == [
        ("BLOCO_ALHEIO", 2, None), ("BLOCO_ALTERADO", 3, None),
    ]  # fmt: skip
    assert found([{**blocos[0], "anterior": "f" * 64}, *blocos[1:]])[0] == ("BLOCO_ALTERADO", 1, None)


@pytest.mark.parametrize("junk", [None, [], "x", {}, {"n": "1"}, {"n": 1, "tenant": "t", "anterior": "a"}])
def test_what_is_no_block_is_told_and_the_rest_is_looked_at(junk: Any) -> None:
    blocos = a_chain(1, 1)
    assert found([blocos[0], junk, blocos[1]]) == [("BLOCO_ILEGIVEL", 2, None)]
    assert found([junk]) == [("BLOCO_ILEGIVEL", None, None)]


def test_digests_of_any_kind_are_no_digests_of_rows() -> None:
    (bloco,) = a_chain(2)
    assert found([{**bloco, "resumos": [{}, 1]}])[:2] == [("LINHA_ALTERADA", 1, 1), ("LINHA_ALTERADA", 1, 2)]


def test_blocks_before_the_first_are_missed_by_who_knows_an_earlier_one() -> None:
    blocos = a_chain(1, 1, 1, 1, 1, 1)
    known = heads(blocos)
    assert found(blocos[3:], known[1]) == [("BLOCO_RETIRADO", 3, None)]
    assert found(blocos[3:], known[0], known[1], known[5]) == [("BLOCO_RETIRADO", 3, None)]
    assert found(blocos[3:], known[0], known[2]) == found(blocos[3:], known[3]) == []
    assert found(blocos[3:], Cabeca(3, "a" * 64)) == [("BLOCO_ALTERADO", 4, None)]
    missing = [(one.codigo, one.bloco) for one in verificar(blocos[3:], known[:1], desde=3)]
    assert missing == [("BLOCO_RETIRADO", 2)]
    assert list(verificar(blocos[3:5], ditas=[known[0], known[5]])) == []


def test_who_knows_two_digests_of_one_block_knows_of_a_forgery_wherever_it_is() -> None:
    blocos = a_chain(1, 1, 1)
    false = Cabeca(2, "a" * 64)
    both = [("CABECAS_CONTRADITORIAS", 2, None)]
    for pair in ([heads(blocos)[1], false], [false, heads(blocos)[1]]):
        assert found(blocos, *pair) == [*both, ("BLOCO_ALTERADO", 2, None)]
        assert found(blocos[2:], *pair) == [*both, ("BLOCO_ALTERADO", 3, None)]
        assert found(blocos[:1], *pair) == [*both, ("FIM_CORTADO", 2, None)]
        assert [one.codigo for one in verificar(blocos[:1], ditas=pair)] == ["CABECAS_CONTRADITORIAS"]
