"""A thousand PEGs lived through in an order that seeds decide, with deaths at every call: the invariants hold.

`scripts/bench caos` lives through ten thousand; `CONECTA_PEGS` makes these so many. Each naive variant of a step, and
each corruption of what is left, is noticed.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from conecta_atos.portas import keep_nothing
from conecta_contas import analise
from conecta_contas.analise import Recuperado, Resultado
from conecta_contas.consumo import usos_of
from conecta_contas.dossies import Dossie, open_dossie
from conecta_contas.pegs import Peg, Recuperacao, SituacaoPeg
from conecta_senhas import transicoes
from conecta_senhas.autorizacoes import Evento, Situacao
from conecta_senhas.errors import TransicaoInvalidaError
from peg.domain import cobrancas, estados
from peg.service import atos, recepcao
from tests.builders_functions import HOSPITAL, VALE
from tests.builders_peg import SENHA, a_sadt, authorised, done, granted
from tests.caos_peg import Historia, retrato, vive
from tests.casa_peg import AUDITORA, SISTEMA, Casa, known_facts
from tests.fakes_peg import FakeArchive, FakeCobrancas, FakePegs
from tests.fakes_senhas import FakeSenhas
from tests.history_peg import Envio, Retrato, check

PEGS: Final = int(os.environ.get("CONECTA_PEGS", "1000"))
PARTES: Final = 4
FATOS: Final = known_facts()


def scenes(pegs: int, first: int) -> list[Historia]:
    """So many PEGs, scene by scene."""
    found: list[Historia] = []
    while sum(one.pegs for one in found) < pegs:
        found.append(vive(first + len(found), fatos=FATOS, atores=4 + len(found) % 5, recursos=len(found) % 2 == 1))
    return found


@pytest.mark.regra("§5")
@pytest.mark.parametrize("parte", range(PARTES))
def test_whatever_is_done_at_once_repeated_and_killed_the_invariants_hold(parte: int) -> None:
    lived = scenes(PEGS // PARTES, parte * 100_000)
    assert {one.semente: one.erros for one in lived if one.erros} == {}
    happened = sum((one.feitos for one in lived), Counter[str]())
    for name in (
        "PEG CANCELADO", "PEG EM_ANALISE", "PEG RECEBIDO", "PEG com guia retirada", "PEG julgado de novo",
        "PEG que usa senha", "PEG com valor recuperado", "envio recusado", "senha cancelada", "senha usada", "mortes",
    ):  # fmt: skip
        assert happened[name] > PEGS // PARTES // 200, (name, happened)
    assert len(sum((one.mortes for one in lived), Counter[str]())) > 20


def test_the_same_seed_is_the_same_history() -> None:
    assert vive(7, fatos=FATOS) == vive(7, fatos=FATOS)


# --- naive variants of the steps, which the scenes notice ---

_stand, _bill, _change, _add = recepcao._stand, FakeSenhas.bill, FakePegs.change, FakeCobrancas.add
_open, _retire, _prepare, _lote = open_dossie, estados.retire_guia, FakePegs.prepare, FakePegs.lote
_recover = estados.recover


def bill_whatever_the_version(self: FakeSenhas, registro_ans: str, usadas: Sequence[Any]) -> list[str]:
    rows = self.rows
    held = [(replace(lida, autorizacao=replace(lida.autorizacao, versao=_version(rows, registro_ans, lida))), usos)
            for lida, usos in usadas]  # fmt: skip
    return _bill(self, registro_ans, held)


def _version(rows: Any, registro_ans: str, lida: Any) -> int:
    return int(rows[registro_ans, lida.autorizacao.numero].autorizacao.versao)


def add_to_what_is_there(peg: Peg, senhas: Sequence[Any]) -> Any:
    for lida, mine in senhas:
        if lida is None or not mine:
            continue
        after: dict[str, Any] = {key: dict(uso) for key, uso in lida.usos.items()}
        for key, uso in mine.items():
            for place, quantity in uso.items():
                after.setdefault(key, {})[place] = after.get(key, {}).get(place, Decimal(0)) + quantity
        if peg.situacao is not SituacaoPeg.PREPARANDO:
            after = {key: uso for key, uso in after.items() if key not in mine}
        try:
            transicoes.bill(lida.autorizacao, after)
        except Exception:  # noqa: BLE001
            yield None
        else:
            yield lida, after


def commit_before_applying(peg: Peg, dossie: Any, senhas: Any, portas: Any) -> bool:
    return peg.situacao is SituacaoPeg.PREPARANDO or _stand(peg, dossie, senhas, portas)


def change_whatever_the_version(self: FakePegs, antes: Peg, depois: Peg, fatos: Any, **rest: Any) -> None:
    stored = self.rows.get((antes.prestador_id, antes.protocolo), antes)
    _change(self, replace(antes, versao=stored.versao), depois, fatos, **rest)


def change_and_free_the_number_first(self: FakePegs, antes: Peg, depois: Peg, fatos: Any, **rest: Any) -> None:
    rest["free_lote"] = depois.situacao is SituacaoPeg.CANCELADO and antes.situacao is SituacaoPeg.RECEBIDO
    _change(self, antes, replace(depois, liberando=False) if rest["free_lote"] else depois, fatos, **rest)


def change_and_never_free(self: FakePegs, antes: Peg, depois: Peg, fatos: Any, **rest: Any) -> None:
    _change(self, antes, depois, fatos, **{**rest, "free_lote": False})


def tell_twice(self: FakePegs, antes: Peg, depois: Peg, fatos: Any, **rest: Any) -> None:
    _change(self, antes, depois, [*fatos, *fatos[:1]], **rest)


def charge_over_others(self: FakeCobrancas, registro_ans: str, cobrancas: Any) -> list[Any]:
    for one in cobrancas:
        self.rows[registro_ans, one.vida][one.prestador_id, one.guia] = (one, True)
    return []


def release_of_anybody(self: FakeCobrancas, registro_ans: str, cobrancas: Any) -> None:
    for one in cobrancas:
        held = self.rows[registro_ans, one.vida]
        if (one.prestador_id, one.guia) in held:
            held[one.prestador_id, one.guia] = (held[one.prestador_id, one.guia][0], False)


def charges_all_the_same(dossie: Dossie, peg: Peg) -> Any:
    return tuple(cobrancas._charges(dossie, peg, peg.guias))


def takes_any_number(self: FakePegs, peg: Peg) -> None:
    self.lotes.pop((peg.prestador_id, peg.registro_ans, peg.numero_lote), None)
    _prepare(self, peg)


def keeps_the_first_dossier(self: FakeArchive, peg: Peg, dossie: Dossie) -> str:
    self._dossies[peg.protocolo][:] = self._dossies[peg.protocolo][:1] or [dossie]
    return "1"


def cancels_what_is_used(held: Any, _complementos: Any, ato: Any, **_rest: Any) -> tuple[Any, ...]:
    if held.situacao is Situacao.CANCELADA:
        raise TransicaoInvalidaError(held.situacao)
    return (transicoes._ended(held, ato, Evento.CANCELADA),)


def nothing_left(_dossie: Dossie, _peg: Peg) -> tuple[()]:
    return ()


def uses_of_guias_withdrawn(self: Dossie, peg: Peg) -> Any:
    every = range(1, peg.quantidade_guias + 1)
    return usos_of(self.alocacoes, peg.protocolo, () if peg.situacao is SituacaoPeg.CANCELADO else every)


def lote_of_the_living(self: FakePegs, *key: str, **_rest: bool) -> Any:
    return _lote(self, *key)


def recovers_as_if_nothing_was_before(peg: Peg, recuperacao: Recuperacao, ato: Any) -> Peg:
    return replace(_recover(peg, recuperacao, ato), recuperacoes=(recuperacao,))


def keeps_amounts(peg: Peg, dossie: Dossie, resultado: Resultado, portas: Any) -> Peg:
    token = portas.archive.keep_dossie(peg, replace(dossie, resultado=resultado))
    return replace(peg, dossie=token, valor_glosado=peg.valor_glosado if peg.publicada_em else resultado.glosado)


NAIVE: dict[str, tuple[Any, str, Any]] = {
    "a senha is written whatever its version": (FakeSenhas, "bill", bill_whatever_the_version),
    "what is used is added up, not stated": (recepcao, "_steps", add_to_what_is_there),
    "a guia withdrawn uses still": (Dossie, "usos", uses_of_guias_withdrawn),
    "what is let go is charged still": (recepcao, "soltas_of", nothing_left),
    "a number is free before what its PEG used": (FakePegs, "change", change_and_free_the_number_first),
    "a number is never free again": (FakePegs, "change", change_and_never_free),
    "a number is taken from who holds it": (FakePegs, "prepare", takes_any_number),
    "a PEG is seen before it stands": (recepcao, "_stand", commit_before_applying),
    "whoever writes a PEG last is right": (FakePegs, "change", change_whatever_the_version),
    "everything is told twice": (FakePegs, "change", tell_twice),
    "a charge is written over another's": (FakeCobrancas, "add", charge_over_others),
    "a charge is released whoever it is of": (FakeCobrancas, "release", release_of_anybody),
    "a number of guia that another has is charged, too": (recepcao, "cobrancas_of", charges_all_the_same),
    "what an earlier judgement used is forgotten": (
        recepcao, "open_dossie", lambda guias, shown, judged, known, *_: _open(guias, shown, judged, known),
    ),
    "a dossier is never another": (FakeArchive, "keep_dossie", keeps_the_first_dossier),
    "a senha is cancelled though used": (transicoes, "cancel", cancels_what_is_used),
    "a PEG is cancelled in whatever state": (
        estados, "may", lambda peg, *_: peg.situacao is not SituacaoPeg.CANCELADO,
    ),
    "what is withdrawn stays in the values": (
        estados, "retire_guia", lambda peg, guia, _valor, ato: _retire(peg, guia, Decimal(0), ato),
    ),
    "nobody looks what became of a PEG meanwhile": (recepcao, "_now", lambda peg, _portas: peg),
    "the sweep finishes nothing": (FakePegs, "pending", lambda *_: []),
    "nobody asks who had a number last": (FakePegs, "lote", lote_of_the_living),
}  # fmt: skip
"""What each would do, and where."""
DE_RECURSOS: Final[dict[str, tuple[Any, str, Any]]] = {
    "what an earlier recurso gave back is forgotten": (estados, "recover", recovers_as_if_nothing_was_before),
    "what recursos gave back is taken still": (analise, "_given", lambda _resultado: {}),
    "what recursos gave back stays glosado in the row": (atos, "_with_result", keeps_amounts),
}
"""The same, where values are published, paid and contested, too."""
CENAS: Final = 60


@pytest.mark.parametrize("variant", [*NAIVE, *DE_RECURSOS])
def test_a_naive_variant_is_noticed(variant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, instead = {**NAIVE, **DE_RECURSOS}[variant]
    monkeypatch.setattr(where, name, instead)
    assert any(noticed(seed, recursos=variant in DE_RECURSOS) for seed in range(CENAS))


def noticed(seed: int, *, recursos: bool) -> bool:
    """Whether something is wrong in a scene, in whatever way."""
    try:
        return bool(vive(seed, fatos=FATOS, recursos=recursos).erros)
    except Exception:  # noqa: BLE001
        return True


# --- what is left, corrupted ---


def a_history() -> Retrato:
    """A PEG under analysis, one with a guia withdrawn, one cancelled, one with something recovered; three senhas."""
    casa = Casa(FATOS)
    casa.autoriza(granted(authorised(quantidade=3)))
    casa.nova_senha()
    envios = []
    for numero in ("1", "2", "3", "4"):
        lines = [done(hora_inicial=f"0{numero}:{n}0:00") for n in (1, 2)]
        second = a_sadt(lines[1], numero=f"G{numero}2", senha=None)
        raw = casa.lote(a_sadt(lines[0], numero=f"G{numero}1"), second, numero=numero)
        peg = casa.manda(raw, f"u{numero}").peg
        assert peg is not None
        read = casa.dossie(peg).guias
        envios.append(Envio(f"u{numero}", (HOSPITAL, VALE, numero), peg.sha256, read, [peg.protocolo]))
    first, other, third, fourth = casa.pegs.rows.values()
    casa.retira(first, 2)
    casa.cancela(other)
    atos.begin(third, AUDITORA, casa.portas(), guardar=keep_nothing)
    steps: tuple[Callable[..., Peg], ...] = (atos.begin, atos.conclude, atos.release)
    for step in steps:
        fourth = step(fourth, AUDITORA, casa.portas(), guardar=keep_nothing)
    glosa = casa.dossie(fourth).resultado.glosas[0]
    part = Recuperado(RECURSO, glosa.id, glosa.indice, 1, Decimal("1.00"))
    atos.recover(fourth, RECURSO, (part,), SISTEMA, casa.portas())
    return replace(retrato(casa, envios), recursos={RECURSO: (fourth.protocolo, part.valor)})


RECURSO: Final = "261160000001"
HISTORIA: Final = a_history()
P1, P2, P3, P4 = (peg.protocolo for peg in HISTORIA.pegs)


def of_peg(protocolo: str, **changes: Any) -> Callable[[Retrato], Retrato]:
    """One PEG is otherwise."""
    return lambda held: replace(
        held, pegs=[replace(peg, **changes) if peg.protocolo == protocolo else peg for peg in held.pegs]
    )


def of_senha(**changes: Any) -> Callable[[Retrato], Retrato]:
    """The used senha is otherwise."""

    def corrupt(held: Retrato) -> Retrato:
        lida = held.senhas[VALE, SENHA]
        rest = {name: value for name, value in changes.items() if name != "usos"}
        other = replace(lida, autorizacao=replace(lida.autorizacao, **rest), usos=changes.get("usos", lida.usos))
        return replace(held, senhas={**held.senhas, (VALE, SENHA): other})

    return corrupt


def of_dossie(protocolo: str, change: Callable[[Dossie], Dossie]) -> Callable[[Retrato], Retrato]:
    """A dossier is otherwise."""
    return lambda held: replace(held, dossies={**held.dossies, protocolo: change(held.dossies[protocolo])})


def of_envio(**changes: Any) -> Callable[[Retrato], Retrato]:
    """The first upload is otherwise."""
    return lambda held: replace(held, envios=[replace(held.envios[0], **changes), *held.envios[1:]])


def with_item(**changes: Any) -> Callable[[Dossie], Dossie]:
    """The first item of its first guia is otherwise."""

    def corrupt(dossie: Dossie) -> Dossie:
        guia, *others = dossie.resultado.guias
        made = replace(guia, itens=(replace(guia.itens[0], **changes), *guia.itens[1:]))
        return replace(dossie, resultado=replace(dossie.resultado, guias=(made, *others)))

    return corrupt


USOS: Final = HISTORIA.senhas[VALE, SENHA].usos
CORRUPTED: Final[Mapping[str, Callable[[Retrato], Retrato]]] = {
    "a use without a PEG": of_senha(usos={**USOS, f"{P2}#001": {(1, "00"): Decimal(1)}}),
    "a use that is gone": of_senha(usos={}),
    "a use by another grau": of_senha(usos={key: {(1, "01"): Decimal(1)} for key in USOS}),
    "more than was authorised": of_senha(
        itens=tuple(replace(one, autorizada=Decimal(1), faturada=Decimal(1))
                    for one in HISTORIA.senhas[VALE, SENHA].autorizacao.itens)
    ),
    "a sum that is not told": of_senha(
        itens=tuple(replace(one, faturada=Decimal(1)) for one in HISTORIA.senhas[VALE, SENHA].autorizacao.itens)
    ),
    "cancelled and used": of_senha(situacao=Situacao.CANCELADA),
    "a senha that is not there": lambda held: replace(held, senhas={}),
    "no dossier": lambda held: replace(held, dossies={}),
    "a row with other values": of_peg(P1, valor_glosado=Decimal("1.00")),
    "a guia withdrawn of which the dossier knows nothing": of_peg(P3, retiradas=(1,)),
    "an item of which more is taken than there is": of_dossie(P1, with_item(glosado=Decimal("99.00"))),
    "an item that was not billed so": of_dossie(P1, with_item(informado=Decimal("1.00"))),
    "a guia that was not sent": of_dossie(P1, lambda held: replace(held, guias=held.guias[:1])),
    "a row that forgot what a recurso gave back": of_peg(P4, recuperacoes=()),
    "a row that counts what a recurso gave back twice": of_peg(P4, recuperacoes=HISTORIA.pegs[3].recuperacoes * 2),
    "a dossier that forgot what a recurso gave back": of_dossie(
        P4, lambda held: replace(held, resultado=replace(held.resultado, recuperados=()))
    ),
    "a glosa of which nothing came back": of_dossie(P4, lambda held: replace(held, resultado=replace(
        held.resultado, glosas=tuple(replace(one, recuperado=Decimal(0)) for one in held.resultado.glosas)
    ))),
    "a line that got back more than it lost": of_dossie(P4, with_item(recuperado=Decimal("99.00"))),
    "over with something to pay": of_peg(P4, situacao=SituacaoPeg.ENCERRADO_SEM_PAGAMENTO),
    "what a recurso gave back, and no PEG has": lambda held: replace(
        held, recursos={**held.recursos, "261160000002": (P4, Decimal("1.00"))}
    ),
    "what was recovered told twice": lambda held: replace(held, eventos=[*held.eventos, *(
        one for one in held.eventos if one[0] == "ValorRecuperado"
    )]),
    "one protocolo twice": lambda held: replace(held, pegs=[*held.pegs, held.pegs[0]]),
    "a lote number of nobody": lambda held: replace(held, lotes={**held.lotes, (HOSPITAL, VALE, "9"): P1}),
    "a lote number that a living PEG has not": lambda held: replace(held, lotes={}),
    "a lote number of a cancelled PEG": lambda held: replace(held, lotes={**held.lotes, (HOSPITAL, VALE, "2"): P2}),
    "an upload of two PEGs": lambda held: replace(
        held, pegs=[*held.pegs, replace(held.pegs[1], protocolo="261120000099")]
    ),
    "more than a hundred guias": of_peg(P1, quantidade_guias=101),
    "other bytes": of_peg(P1, sha256="0" * 64),
    "a guia that is not charged": lambda held: replace(held, cobrancas=held.cobrancas[1:]),
    "a charge of a dead PEG": lambda held: replace(
        held, cobrancas=[*held.cobrancas, (VALE, replace(held.cobrancas[0][1], protocolo=P2))]
    ),
    "a charge twice": lambda held: replace(held, cobrancas=[*held.cobrancas, held.cobrancas[0]]),
    "half prepared": of_peg(P1, situacao=SituacaoPeg.PREPARANDO),
    "half let go": of_peg(P2, liberando=True),
    "published before it is let out": of_peg(P3, publicada_em=date(2026, 11, 21)),
    "no receipt": lambda held: replace(held, recibos=frozenset()),
    "a state that its timeline does not say": of_peg(P3, situacao=SituacaoPeg.ANALISADO),
    "a timeline out of order": lambda held: of_peg(P3, historico=held.pegs[2].historico[::-1])(held),
    "no timeline": of_peg(P3, historico=()),
    "a reception told twice": lambda held: replace(held, eventos=[*held.eventos, held.eventos[0]]),
    "a cancel not told": lambda held: replace(
        held, eventos=[one for one in held.eventos if one[0] != "PegCancelado"]
    ),
    "an upload without an answer": of_envio(respostas=[]),
    "an answer of another PEG": of_envio(respostas=[P3]),
    "an upload of two living PEGs": of_envio(respostas=[P1, P3]),
    "a refusal nobody was told of": of_envio(respostas=[P1, ("DESTINO",)]),
    "a refusal for a number nobody had": lambda held: of_envio(respostas=[P1, ("LOTE-NUMERO",)])(
        replace(held, eventos=[*held.eventos, ("LoteRecusado", {"upload_id": "u1"})])
    ),
    "an upload nobody was told of": of_envio(upload_id="u77"),
}  # fmt: skip
"""What each does to a history in which all is well."""


def test_where_all_is_well_nothing_is_noticed() -> None:
    assert check(HISTORIA) == []


@pytest.mark.parametrize("kind", CORRUPTED)
def test_a_corruption_is_noticed(kind: str) -> None:
    assert check(CORRUPTED[kind](HISTORIA)) != []
