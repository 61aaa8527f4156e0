"""The checker of races (`tests/history_autorizacao.py`) finds nothing in what is right, and whatever is planted."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from autorizacao.dynamodb.autorizacoes import DynamoAutorizacoes
from autorizacao.service import atos, operadora, pedidos, varredura
from autorizacao.service.portas import Guardada, Mudanca
from conecta_edge.dynamodb import unmarshal
from conecta_senhas.autorizacoes import Autorizacao, Papel
from conecta_senhas.errors import AutorizacaoError, TransicaoInvalidaError
from conecta_senhas.transicoes import Voto
from conecta_senhas.usos import Lida, Usos
from conecta_senhas_aws import senhas
from conecta_senhas_aws.chaves import AUTORIZACAO, DETALHE, guia_pk
from tests.builders_autorizacao import ANALISADO, a_request, a_stay, an_asked
from tests.builders_cadastro import HOJE
from tests.builders_functions import HOSPITAL, VALE
from tests.fakes_autorizacao import FakeAutorizacoes, World, of_operadora, of_prestador
from tests.fakes_cadastro import PSEUDONIMOS
from tests.history_autorizacao import Feito, check

DELE, CENTRAL, AUDITORIA = of_prestador(), of_operadora(prestador_id=HOSPITAL), of_operadora(Papel.AUDITORIA)
Rows = dict[tuple[str, str], dict[str, Any]]


class Mirrored(FakeAutorizacoes):
    """Writes the very rows that DynamoDB would be sent, too."""

    def __init__(self) -> None:
        super().__init__()
        self.table: Rows = {}
        self._adapter = DynamoAutorizacoes(None, "t", PSEUDONIMOS)

    def write(self, mudancas: Sequence[Mudanca], **rest: Any) -> None:
        super().write(mudancas, **rest)
        for mudanca in mudancas:
            for action in self._adapter._actions(mudanca, rest["now"], rest["correlacao"], rest.get("digest")):
                ((kind, held),) = action.items()
                if kind == "Put":
                    row = unmarshal(held["Item"])
                    self.table[row["pk"], row["sk"]] = row
                else:
                    self._update(held)

    def bill(self, registro_ans: str, numero: str, usos: Usos) -> Autorizacao:
        read = self.rows[registro_ans, numero]
        self.table[guia_pk(registro_ans, numero), AUTORIZACAO].update(
            senhas.used(Lida(read.autorizacao, {}, read.vida), usos)
        )
        return super().bill(registro_ans, numero, usos)

    def _update(self, action: Mapping[str, Any]) -> None:
        key, values = unmarshal(action["Key"]), unmarshal(action["ExpressionAttributeValues"])
        row = self.table[key["pk"], key["sk"]]
        for alias, name in action["ExpressionAttributeNames"].items():
            row.pop(name, None)
            if f":{alias[1:]}" in values:
                row[name] = values[f":{alias[1:]}"]


@dataclass
class Race:
    """A world whose operations are noted as an e2e race notes them: one after another, each at its own instant."""

    world: World
    acts: list[Feito]
    clock: float = 0.0

    def do(self, ato: str, alvo: str, marca: str, call: Callable[[], Any]) -> str:
        """Do it; answers the numero of what it was done to, or made."""
        self.world.now += timedelta(seconds=1)
        self.clock += 1
        try:
            made = call()
        except AutorizacaoError as refused:
            told = refused.situacao if isinstance(refused, TransicaoInvalidaError) else ""
            corpo: dict[str, Any] = {"codigo": "transicao-impossivel", "situacao": told}
            self._note(ato, alvo, marca, 409, corpo)
            return ""
        changed = (
            made
            if isinstance(made, tuple) and isinstance(made[-1], Guardada)
            else (getattr(made, "guardada", None) or made,)
        )
        rows = [row[0] if isinstance(row, tuple) else row for row in changed]
        shown = [view(row) for row in rows]
        self._note(ato, alvo, marca, 201, {"autorizacoes": shown} if ato == "cancelar" else {"autorizacao": shown[0]})
        return str(shown[0]["numero"])

    def _note(self, ato: str, alvo: str, marca: str, status: int, corpo: dict[str, Any]) -> None:
        self.acts.append(
            Feito(ato=ato, alvo=alvo, marca=marca, inicio=self.clock, fim=self.clock + 0.5, status=status, corpo=corpo)
        )

    @property
    def rows(self) -> Rows:
        """The table."""
        assert isinstance(self.world.autorizacoes, Mirrored)
        return self.world.autorizacoes.table

    def row(self, numero: str, sk: str = AUTORIZACAO) -> dict[str, Any]:
        """One row of an authorization."""
        return self.rows[guia_pk(VALE, numero), sk]

    def wrong(self) -> list[str]:
        """What the checker says."""
        return check(self.acts, self.rows.values(), prefixo="K", varrido=self.world.hoje)


def view(row: Guardada) -> dict[str, Any]:
    """An authorization as an answer shows it, as far as the checker looks."""
    held = row.autorizacao
    historico = [{"quando": marco.quando.isoformat(), "evento": marco.evento.value} for marco in held.historico]
    return {"numero": held.numero, "situacao": held.situacao.value, "historico": historico}


ELETIVA, URGENTE, FILHO, VELHA, NOVA, ANALISE = "K-1", "K-2", "K-3", "K-4", "K-5", "K-6"


@pytest.fixture
def race() -> Race:
    """Every kind of thing, once: asked, complemented, replaced at once and later, billed, cancelled, expired."""
    world = World()
    world.autorizacoes = Mirrored()
    made = Race(world, [])
    ports = world.portas

    def ask(ato: str, alvo: str, guia: str, *itens: Any, who: Any = DELE, **rest: Any) -> str:
        asked = rest.pop("asked", a_request)(*itens, numero_guia_prestador=guia, **rest)
        return made.do(ato, alvo, guia, lambda: pedidos.request(asked, chamador=who, portas=ports()))

    def replace_by(alvo: str, guia: str, *itens: Any) -> str:
        asked = a_request(*itens, numero_guia_prestador=guia)
        return made.do(
            "substituir", alvo, guia, lambda: pedidos.substitute(VALE, alvo, asked, chamador=DELE, portas=ports())
        )

    first = ask("pedir", "", ELETIVA, an_asked(quantidade=3))
    made.do(
        "atender",
        first,
        "K-t1",
        lambda: operadora.register_call(VALE, first, assunto="K-t1", chamador=CENTRAL, portas=ports()),
    )
    world.now += timedelta(seconds=1)
    world.bill(first, 2)
    made.do("cancelar", first, "K-t2", lambda: atos.cancel(VALE, first, motivo="K-t2", chamador=DELE, portas=ports()))
    stay = ask("pedir", "", URGENTE, asked=a_stay, who=CENTRAL)
    ask("complementar", stay, FILHO, guia_principal=stay)
    old = ask("pedir", "", VELHA)
    new = replace_by(old, NOVA)
    pending = replace_by(new, ANALISE, an_asked(ANALISADO))
    made.do(
        "decidir",
        pending,
        "K-t3",
        lambda: operadora.decide(
            VALE, pending, [Voto(sequencia=1, quantidade=Decimal(1))], motivo="K-t3", chamador=AUDITORIA, portas=ports()
        ),
    )
    made.do(
        "cancelar",
        stay,
        "K-t4",
        lambda: atos.cancel(VALE, stay, motivo="K-t4", complementos=True, chamador=DELE, portas=ports()),
    )
    denied = ask("pedir", "", "K-7", an_asked("99999999"))
    assert denied
    world.pass_days(91)
    sweep(world)
    return made


def sweep(world: World) -> None:
    class Due:
        def partes(self) -> list[int]:
            return [0]

        def vencidas(self, *_: Any) -> tuple[list[tuple[str, str]], None]:
            return list(world.autorizacoes.rows), None

    varredura.sweep(0, None, vencimentos_=Due(), autorizacoes=world.autorizacoes, now=world.now, hoje=world.hoje)


def numero(race: Race, guia: str) -> str:
    return str(race.rows[f"PRESTADOR#{HOSPITAL}", f"GUIA#{VALE}#{guia}"]["numero"])


def test_nothing_is_wrong_with_what_is_right(race: Race) -> None:
    assert race.wrong() == []
    assert {row["situacao"] for (_, sk), row in race.rows.items() if sk == AUTORIZACAO} == {
        "UTILIZADA", "CANCELADA", "EXPIRADA", "NEGADA",
    }  # fmt: skip
    assert [act.status for act in race.acts].count(409) == 1
    assert race.world.hoje > HOJE


# --- planted ---


def state(race: Race, guia: str, **changes: Any) -> None:
    race.row(numero(race, guia)).update(changes)


def whole(race: Race, guia: str) -> dict[str, Any]:
    dados: dict[str, Any] = race.row(numero(race, guia), DETALHE)["dados"]
    return dados


def entry(race: Race, guia: str, evento: str, situacao: str, **changes: Any) -> None:
    """One entry more, and the state that it says."""
    held = whole(race, guia)
    quando = (race.world.now + timedelta(seconds=9)).isoformat()
    held["historico"].append(
        {**held["historico"][-1], "evento": evento, "situacao": situacao, "quando": quando, **changes}
    )
    held["versao"] += 1
    row = race.row(numero(race, guia))
    row.update(versao=row["versao"] + 1, detalhe=held["versao"], situacao=situacao)
    held["situacao"] = situacao


def revive(race: Race, guia: str) -> None:
    """As if what ended it had not been written."""
    held = whole(race, guia)
    held["historico"] = held["historico"][:-1]
    held["versao"] -= 1
    held["situacao"] = "AUTORIZADA"
    for item in held["itens"]:
        item["autorizada"] = item["solicitado"]["quantidade"]
    row = race.row(numero(race, guia))
    row.update(versao=row["versao"] - 1, detalhe=held["versao"], situacao="AUTORIZADA")


def of_version(race: Race) -> None:
    state(race, ANALISE, versao=race.row(numero(race, ANALISE))["versao"] + 1)


def lost_complement_bump(race: Race) -> None:
    row = race.row(numero(race, URGENTE))
    row["versao"] -= 1


def half_written(race: Race) -> None:
    state(race, ELETIVA, detalhe=1)


def both_valid(race: Race) -> None:
    revive(race, VELHA)


def neither_valid(race: Race) -> None:
    end(race, NOVA)


def end(race: Race, guia: str) -> None:
    held = whole(race, guia)
    held["historico"][0]["situacao"] = "NEGADA"


def waits_for_nothing(race: Race) -> None:
    whole(race, ANALISE)["substituicao"] = "26110000000099"


def cancelled_and_used(race: Race) -> None:
    entry(race, ELETIVA, "CANCELADA", "CANCELADA")


def lives_on_a_cancelled_parent(race: Race) -> None:
    revive(race, FILHO)


def unknown_complement(race: Race) -> None:
    del race.rows[guia_pk(VALE, numero(race, URGENTE)), f"COMPLEMENTO#{numero(race, FILHO)}"]


def two_of_one_guia(race: Race) -> None:
    whole(race, ANALISE)["solicitacao"]["numero_guia_prestador"] = ELETIVA


def guia_that_leads_elsewhere(race: Race) -> None:
    race.rows[f"PRESTADOR#{HOSPITAL}", f"GUIA#{VALE}#{ELETIVA}"]["numero"] = numero(race, URGENTE)


def acknowledged_and_lost(race: Race) -> None:
    held = whole(race, ELETIVA)
    held["historico"] = [marco for marco in held["historico"] if marco["evento"] != "ATENDIMENTO_REGISTRADO"]
    held["versao"] -= 1
    row = race.row(numero(race, ELETIVA))
    row.update(versao=row["versao"] - 1, detalhe=held["versao"])


def acknowledged_and_twice(race: Race) -> None:
    held = whole(race, ELETIVA)
    call = next(marco for marco in held["historico"] if marco["evento"] == "ATENDIMENTO_REGISTRADO")
    entry(race, ELETIVA, "ATENDIMENTO_REGISTRADO", "UTILIZADA", motivo=call["motivo"], papel="CENTRAL")


def refused_and_done(race: Race) -> None:
    place = next(n for n, act in enumerate(race.acts) if act.status == 201 and act.ato == "atender")
    race.acts[place] = replace(race.acts[place], status=409, corpo={})


def made_by_nobody(race: Race) -> None:
    del race.acts[0]


def in_the_wrong_order(race: Race) -> None:
    late = next(act for act in race.acts if act.marca == ELETIVA)
    race.acts[race.acts.index(late)] = replace(late, inicio=100.0, fim=101.0)


def expired_too_soon(race: Race) -> None:
    held = whole(race, ANALISE)
    held["validade"] = race.world.hoje.isoformat()
    state(race, ANALISE, validade=race.world.hoje.isoformat())


def expired_in_a_stay(race: Race) -> None:
    held = whole(race, ANALISE)
    admitted = {**held["historico"][-1], "evento": "INTERNADO", "situacao": "AUTORIZADA"}
    held["historico"].insert(-1, {**admitted, "quando": (race.world.now + timedelta(seconds=3)).isoformat()})
    held["versao"] += 1
    row = race.row(numero(race, ANALISE))
    row.update(versao=row["versao"] + 1, detalhe=held["versao"])


def more_than_was_asked(race: Race) -> None:
    whole(race, ELETIVA)["itens"][0]["autorizada"] = Decimal(9)
    state(race, ELETIVA, autorizadas={"1": Decimal(9)})


def less_than_was_billed(race: Race) -> None:
    whole(race, ELETIVA)["itens"][0]["autorizada"] = Decimal(1)
    state(race, ELETIVA, autorizadas={"1": Decimal(1)})


def used_by_nobody(race: Race) -> None:
    state(race, ELETIVA, usos={})


def days_of_no_stay(race: Race) -> None:
    state(race, ELETIVA, faturadas={"0": Decimal(1)})


def after_the_end(race: Race) -> None:
    entry(race, VELHA, "QUANTIDADE_ALTERADA", "AUTORIZADA")


def told_twice(race: Race) -> None:
    (pk, sk), row = next(((pk, sk), row) for (pk, sk), row in race.rows.items() if sk.startswith("EVENTO#"))
    race.rows[pk, f"{sk}-bis"] = {**copy.deepcopy(row), "sk": f"{sk}-bis"}


def not_told(race: Race) -> None:
    key = next(key for key in race.rows if key[1].startswith("EVENTO#"))
    del race.rows[key]


def due_and_not_done(race: Race) -> None:
    state(race, ELETIVA, vencimento_pk="VENCIMENTO#0", vencimento_sk=f"{HOJE.isoformat()}#{VALE}#1")


PLANTED: dict[Callable[[Race], None], str] = {
    of_version: "version 4 after 3 entries and 0 complements",
    lost_complement_bump: "version 2 after 2 entries and 1 complements",
    half_written: "its rows are of versions 1 and 2",
    both_valid: "both are valid",
    neither_valid: "the new began NEGADA, and the old senha has SUBSTITUIDA",
    waits_for_nothing: "knows nothing of it",
    cancelled_and_used: "is CANCELADA, and {'1': Decimal('2')} was billed",
    lives_on_a_cancelled_parent: "is AUTORIZADA on 26110000000002, which was cancelled",
    unknown_complement: "does not know its complement",
    two_of_one_guia: "guia K-1 is of ['26110000000001', '26110000000006']",
    guia_that_leads_elsewhere: "guia K-1 leads to 26110000000002",
    acknowledged_and_lost: "it shows ['SOLICITADA', 'ATENDIMENTO_REGISTRADO'] of ['SOLICITADA']",
    acknowledged_and_twice: "nobody was answered ATENDIMENTO_REGISTRADO",
    refused_and_done: "answered 409, left something behind",
    made_by_nobody: "nobody was answered SOLICITADA",
    in_the_wrong_order: "was entered before",
    expired_too_soon: "and was valid until 2027-02-20",
    expired_in_a_stay: "in a stay that was open",
    more_than_was_asked: "item 1 has 2 of 9",
    less_than_was_billed: "item 1 has 2 of 1",
    used_by_nobody: "{'1': Decimal('2')} was billed, and by whom {}",
    days_of_no_stay: "1 of 0 diárias were billed",
    after_the_end: "QUANTIDADE_ALTERADA led from CANCELADA to AUTORIZADA",
    told_twice: "SOLICITADA was told 2 times",
    not_told: "SOLICITADA was told 0 times",
    due_and_not_done: "was due on 2026-11-21, and is still",
}


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_what_is_planted_is_found(race: Race, plant: Callable[[Race], None]) -> None:
    plant(race)
    assert [text for text in race.wrong() if PLANTED[plant] in text]
