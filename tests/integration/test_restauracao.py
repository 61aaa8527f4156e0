"""Rows go back to what they were in the table that is in use, and what was rightly done since stays done."""

from __future__ import annotations

from typing import Any

import pytest

from conecta_edge.dynamodb import marshal, unmarshal
from local import ensaio, restauracao
from local.diferencas import Linha
from local.restauracao import gravar, listed, por_que_fica, run, voltada
from tests.contract.engines import Engine

TABELA = "conecta-embarcado-peg"
NOW = 1_800_000_000.0
P, O = "PRESTADOR#1", "OPERADORA#345695"  # noqa: E741


class Casa:
    """A table as it was, and as it is."""

    def __init__(self, dynamodb: Any) -> None:
        self.dynamodb = dynamodb
        dynamodb.create_table(
            TableName=TABELA, BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in ("pk", "sk")],
        )  # fmt: skip
        dynamodb.update_continuous_backups(
            TableName=TABELA, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )

    def put(self, pk: str, sk: str, **values: Any) -> None:
        self.dynamodb.put_item(TableName=TABELA, Item=marshal({"pk": pk, "sk": sk, **values}))

    def get(self, pk: str, sk: str) -> dict[str, Any] | None:
        found = self.dynamodb.get_item(TableName=TABELA, Key=marshal({"pk": pk, "sk": sk})).get("Item")
        return unmarshal(found) if found else None

    def restored(self) -> None:
        ensaio.restore(self.dynamodb, TABELA, None, [])

    def listed(self) -> dict[tuple[str, str], str]:
        return {linha.chave: f"{que} {why}".strip() for que, linha, why in listed(self.dynamodb, TABELA, NOW)}


@pytest.fixture
def casa(moto: Engine) -> Casa:
    return Casa(moto.dynamodb)


def test_a_row_comes_back_above_the_version_that_is_there_and_once(casa: Casa) -> None:
    casa.put(P, "PEG#1", versao=2, situacao="EM_ANALISE")
    casa.put(P, "LOTE#1", protocolo="1")
    casa.put(P, "PEG#2", versao=1, situacao="RECEBIDO")
    casa.restored()
    casa.put(P, "PEG#1", versao=5, situacao="PAGO", paga=True)
    casa.put(P, "LOTE#1", protocolo="9")
    casa.dynamodb.delete_item(TableName=TABELA, Key=marshal({"pk": P, "sk": "PEG#2"}))
    casa.put(P, "PEG#3", versao=1)
    keys = [(P, "PEG#1"), (P, "LOTE#1"), (P, "PEG#2")]
    assert casa.listed() == {**dict.fromkeys(keys, "volta"), (P, "PEG#3"): "nova"}

    assert gravar(casa.dynamodb, TABELA, keys, NOW) == {"volta": 3, "fica": 0}
    assert casa.get(P, "PEG#1") == {"pk": P, "sk": "PEG#1", "versao": 6, "situacao": "EM_ANALISE"}
    assert casa.get(P, "LOTE#1") == {"pk": P, "sk": "LOTE#1", "protocolo": "1"}
    assert casa.get(P, "PEG#2") == {"pk": P, "sk": "PEG#2", "versao": 1, "situacao": "RECEBIDO"}
    assert casa.get(P, "PEG#3") is not None
    assert casa.listed() == {(P, "PEG#3"): "nova"}
    assert not gravar(casa.dynamodb, TABELA, keys, NOW).total()


def test_only_lines_of_the_list_are_written_and_without_one_nothing_is(
    casa: Casa, capsys: pytest.CaptureFixture[str]
) -> None:
    for n in (1, 2):
        casa.put(P, f"PEG#{n}", versao=1, a=1)
    casa.restored()
    for n in (1, 2):
        casa.put(P, f"PEG#{n}", versao=2, a=2)
    assert run(casa.dynamodb, TABELA, linhas=None, now=NOW) == 0
    said = capsys.readouterr()
    assert sorted(said.out.splitlines()) == [f"volta\t{P}\tPEG#1", f"volta\t{P}\tPEG#2"]
    assert "PRESTADOR/PEG: 2 volta" in said.err
    assert (casa.get(P, "PEG#1") or {})["a"] == 2
    assert run(casa.dynamodb, TABELA, linhas=f"volta\t{P}\tPEG#2\nfica\t{P}\tPEG#1\tx\n", now=NOW) == 0
    assert "1 linhas gravadas, 0 ficaram, 0 mudaram" in capsys.readouterr().err
    assert [(casa.get(P, f"PEG#{n}") or {})["a"] for n in (1, 2)] == [2, 1]


def test_a_counter_never_goes_down_and_is_raised_when_it_was_lowered(casa: Casa) -> None:
    casa.put("CONTADOR#2611#2", "0", n=10)
    casa.put("CONTADOR#2611#2", "1", n=10)
    casa.restored()
    casa.put("CONTADOR#2611#2", "0", n=25)
    casa.put("CONTADOR#2611#2", "1", n=3)
    keys = [("CONTADOR#2611#2", "0"), ("CONTADOR#2611#2", "1")]
    assert list(casa.listed().values()) == ["fica contador não desce", "volta"]
    assert gravar(casa.dynamodb, TABELA, keys, NOW) == {"volta": 1, "fica": 1}
    assert [(casa.get(*key) or {})["n"] for key in keys] == [25, 10]


@pytest.mark.parametrize(
    ("pk", "sk", "antes", "viva"),
    [
        (P, "EVENTO#1", {"evento": "a"}, None),
        (P, "SEQUENCIA", {"versao": 1}, {"versao": 9}),
        (P, "ALERTA#1", {"a": 1}, None),
        (P, "CREDENCIAL#c", {"versao": 1}, {"versao": 2, "revogada": True}),
        ("CREDENCIAL#c", "CREDENCIAL", {"versao": 1}, {"versao": 2, "revogada": True}),
        ("PESSOA#s", "VINCULO#1", {"versao": 1}, {"versao": 2, "ativo": False}),
        ("PESSOA#s", "OPERADORA#345695", {"grupo": "auditoria"}, None),
        (P, "AGENDA#todas", {"versao": 1}, {"versao": 2, "livre": True}),
        (O, "CRONOGRAMA", {"versao": 1}, {"versao": 2}),
        (f"{O}#CARTEIRA#x", "BENEFICIARIO", {"dados": "a"}, {"dados": None, "eliminado": True}),
        (P, "RASCUNHO#1", {"ttl": int(NOW) - 1}, None),
        (P, "LOTE#345695#7", {"protocolo": "1"}, {"protocolo": "1", "livre": True}),
        (P, "PEG#1", {"versao": 1, "situacao": "RECEBIDO"}, {"versao": 2, "situacao": "CANCELADO"}),
        (P, "PEG#1", {"versao": 1, "situacao": "RECEBIDO"}, {"versao": 2, "situacao": "RECEBIDO", "retiradas": [1]}),
    ],
)  # fmt: skip
def test_what_was_told_granted_erased_or_let_go_is_not_taken_back(
    pk: str, sk: str, antes: dict[str, Any], viva: dict[str, Any] | None
) -> None:
    linha = Linha((pk, sk), marshal(viva) if viva else None, marshal(antes))
    assert por_que_fica(linha, frozenset(), NOW)


@pytest.mark.parametrize(
    ("pk", "sk", "antes", "viva"),
    [
        ("PESSOA#s", "PEDIDO#1", {"versao": 1}, {"versao": 2, "a": 1}),
        (P, "RELACIONAMENTO#345695", {"versao": 1}, {"versao": 2, "a": 1}),
        (P, "RASCUNHO#1", {"ttl": int(NOW) + 1}, None),
        (P, "PEG#1", {"versao": 1, "situacao": "CANCELADO"}, {"versao": 2, "situacao": "PAGO"}),
    ],
)  # fmt: skip
def test_everything_else_may_be(pk: str, sk: str, antes: dict[str, Any], viva: dict[str, Any] | None) -> None:
    assert por_que_fica(Linha((pk, sk), marshal(viva) if viva else None, marshal(antes)), frozenset(), NOW) is None


def test_a_senha_that_was_used_since_stays_whole_and_another_comes_back_whole(casa: Casa) -> None:
    def senha(numero: str, versao: int, usos: dict[str, Any], texto: str) -> None:
        pk = f"{O}#GUIA#{numero}"
        casa.put(pk, "AUTORIZACAO", versao=versao, detalhe=1 if texto == "a" else versao, usos=usos)
        casa.put(pk, "DETALHE", dados={"versao": 1 if texto == "a" else versao, "texto": texto})
        casa.put(f"{O}#VIDA#v", f"2026-11-22#{numero}", numero=numero, usos=[texto])

    for numero in ("1", "2"):
        senha(numero, 1, {}, "a")
    casa.restored()
    senha("1", 3, {"261120000001#001": {"1|": 1}}, "b")
    senha("2", 2, {}, "b")
    found = casa.listed()
    assert {key for key, said in found.items() if said == "volta"} == {
        (f"{O}#GUIA#2", "AUTORIZACAO"), (f"{O}#GUIA#2", "DETALHE"), (f"{O}#VIDA#v", "2026-11-22#2"),
    }  # fmt: skip
    assert {said for said in found.values() if said != "volta"} == {"fica o uso da senha mudou depois"}
    assert gravar(casa.dynamodb, TABELA, [(f"{O}#GUIA#2", "AUTORIZACAO")], NOW) == {"volta": 2, "fica": 0}
    state, whole = (casa.get(f"{O}#GUIA#2", sk) or {} for sk in ("AUTORIZACAO", "DETALHE"))
    assert (state["versao"], state["detalhe"], whole["dados"]["versao"]) == (3, 1, 1)
    assert gravar(casa.dynamodb, TABELA, [(f"{O}#GUIA#1", "DETALHE")], NOW) == {"fica": 2}


def test_a_row_that_somebody_writes_meanwhile_is_not_overwritten(
    casa: Casa, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    casa.put(P, "PEG#1", versao=1, a=1)
    casa.restored()
    casa.put(P, "PEG#1", versao=2, a=2)

    def late(linha: Linha) -> dict[str, Any]:
        casa.put(P, "PEG#1", versao=3, a=3)
        return voltada(linha)

    monkeypatch.setattr(restauracao, "voltada", late)
    assert run(casa.dynamodb, TABELA, linhas=f"volta\t{P}\tPEG#1", now=NOW) == 1
    assert "1 mudaram enquanto isso" in capsys.readouterr().err
    assert (casa.get(P, "PEG#1") or {})["a"] == 3


def test_many_rows_are_found_whatever_their_order(casa: Casa) -> None:
    for n in range(230):
        casa.put(f"PRESTADOR#{n}", "PEG#1", versao=1, a=n)
    casa.restored()
    for n in (0, 120, 229):
        casa.put(f"PRESTADOR#{n}", "PEG#1", versao=2, a=-1)
    for n in range(230, 340):
        casa.put(f"PRESTADOR#{n}", "PEG#1", versao=1)
    found = casa.listed()
    assert sum(said == "nova" for said in found.values()) == 110
    assert {pk for (pk, _), said in found.items() if said == "volta"} == {f"PRESTADOR#{n}" for n in (0, 120, 229)}


def test_the_audit_is_no_table_that_may_be_taken_back(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("auditoria", "selos", "idempotencia"):
        with pytest.raises(SystemExit):
            restauracao.main([name])
    assert "invalid choice" in capsys.readouterr().err
