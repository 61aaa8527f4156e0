"""`alertas.service.portas`: `Alertas`, `Painel` and `Preferencias`, the fakes and what they stand for, one suite."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from alertas.domain.alertas import GUARDADOS, Area, Marca, Sequencia
from alertas.domain.errors import MudouError
from alertas.domain.painel import Acesso, Parte
from alertas.domain.resumos import Frequencia, Preferencia
from alertas.dynamodb import chaves
from alertas.dynamodb.alertas import DynamoAlertas, DynamoPainel
from alertas.dynamodb.preferencias import DynamoPreferencias
from conecta_edge.clock import day_start
from conecta_edge.dynamodb import get_item, put
from tests.builders_alertas import PEG, a_day, an_alerta, an_item, event_id
from tests.builders_functions import CLINICA, HOSPITAL, NOW
from tests.contract.conftest import EMBEDDED, FAKE
from tests.contract.engines import PEG as COM_FILA
from tests.contract.engines import Engine
from tests.contract.test_pegs_contract import race
from tests.fakes_alertas import FakeAlertas, FakePainel, FakePreferencias

ENGINES = [FAKE, EMBEDDED]
"""Moto is no judge of races, and takes ten times as long."""
FIRST = Sequencia(prestador_id=HOSPITAL)


@pytest.fixture
def table(engine: Engine | None) -> str:
    return engine.table("alertas", ordem=chaves.ORDEM, chaves=COM_FILA) if engine else ""


@pytest.fixture
def alertas(engine: Engine | None, table: str) -> Any:
    return DynamoAlertas(engine.dynamodb, table) if engine else FakeAlertas()


@pytest.fixture
def painel(engine: Engine | None, table: str) -> Any:
    return DynamoPainel(engine.dynamodb, table, NOW) if engine else FakePainel()


def told(alertas: Any, many: int, **changes: Any) -> Sequencia:
    """So many alertas of the hospital, one after the other; how far the numbering is then, as it is read."""
    held: Sequencia = alertas.antes(HOSPITAL, "nenhum", "peg/nenhum").sequencia
    for _ in range(many):
        alerta = an_alerta(held.ultima.numero + 1, marca=held.ultima.after("peg"), **changes)
        alertas.append(alerta, replace(held, ultima=alerta.marca))
        held = alertas.antes(HOSPITAL, "nenhum", "peg/nenhum").sequencia
    return held


def test_an_alerta_is_there_with_its_number_or_not_at_all(alertas: Any) -> None:
    found = alertas.antes(HOSPITAL, event_id("1"), f"peg/{PEG}")
    assert (found.sequencia, found.contado, found.ultimo) == (FIRST, False, None)
    first = an_alerta(1)
    alertas.append(first, replace(FIRST, ultima=first.marca, piso_em=a_day("2026-11-21")))
    found = alertas.antes(HOSPITAL, event_id("1"), f"peg/{PEG}")
    assert (found.sequencia.ultima, found.contado, found.ultimo) == (first.marca, True, NOW)
    with pytest.raises(MudouError):
        alertas.append(an_alerta(2), replace(FIRST, ultima=Marca(2)))  # the numbering is further
    with pytest.raises(MudouError):
        alertas.append(replace(first, marca=Marca(2)), replace(found.sequencia, ultima=Marca(2)))  # told already
    assert alertas.antes(HOSPITAL, event_id("2"), "peg/x").sequencia == found.sequencia
    assert alertas.antes(CLINICA, event_id("1"), f"peg/{PEG}").contado is False


def test_what_came_late_leaves_what_is_newer_as_it_is(alertas: Any) -> None:
    held = told(alertas, 1)
    late = an_alerta(2, quando=NOW - timedelta(hours=1))
    with pytest.raises(MudouError):
        alertas.append(late, replace(held, ultima=late.marca))  # as if nothing newer were there
    alertas.append(replace(late, superado=True), replace(held, ultima=late.marca))
    assert alertas.antes(HOSPITAL, event_id("2"), f"peg/{PEG}").ultimo == NOW


def test_of_many_that_are_told_at_once_one_gets_the_next_number(alertas: Any) -> None:
    def tell(place: int) -> str:
        alerta = replace(an_alerta(1), id=event_id(f"corrida-{place}"), entidade=f"peg/{place}")
        try:
            alertas.append(alerta, replace(FIRST, ultima=alerta.marca))
        except MudouError:
            return "perdeu"
        return "ganhou"

    assert race(tell).count("ganhou") == 1
    assert len(alertas.lista(HOSPITAL, 1, 9, 9, recentes=False)) == 1


def test_alertas_are_listed_by_number_either_way(alertas: Any) -> None:
    told(alertas, 12)
    assert [one.numero for one in alertas.lista(HOSPITAL, 2, 11, 4, recentes=True)] == [11, 10, 9, 8]
    assert [one.numero for one in alertas.lista(HOSPITAL, 9, 99, 9, recentes=False)] == [9, 10, 11, 12]
    assert alertas.lista(CLINICA, 1, 99, 9, recentes=True) == []
    (one,) = alertas.lista(HOSPITAL, 3, 3, 1, recentes=False)
    assert one == an_alerta(3)


def test_the_first_that_is_still_shown_is_found_among_the_old(alertas: Any) -> None:
    held = told(alertas, 3, quando=NOW - timedelta(days=181))
    assert alertas.primeiro_mostrado(HOSPITAL, 1, NOW) is None
    fresh = an_alerta(4, quando=day_start(a_day("2026-11-21") - GUARDADOS))
    alertas.append(fresh, replace(held, ultima=fresh.marca))
    assert alertas.primeiro_mostrado(HOSPITAL, 1, NOW) == fresh
    assert alertas.primeiro_mostrado(HOSPITAL, 5, NOW) is None


def test_alertas_are_chosen_by_id(alertas: Any) -> None:
    told(alertas, 2)
    ids = [event_id("2"), event_id("9"), event_id("1")]
    assert [one and one.numero for one in alertas.escolhidos(HOSPITAL, ids)] == [2, None, 1]
    assert alertas.escolhidos(CLINICA, ids) == [None, None, None]


def test_a_reader_is_written_as_it_was_read(alertas: Any) -> None:
    _, leitor = alertas.leitura(HOSPITAL, "pessoa-1")
    read = replace(leitor, ate=Marca(3, {"peg": 3}), lidos={"5": "peg"}, nao_lidos={"2": "recurso"})
    alertas.write_leitor(read)
    held = alertas.leitura(HOSPITAL, "pessoa-1")[1]
    assert held == replace(read, versao=1)
    with pytest.raises(MudouError):
        alertas.write_leitor(read)
    assert alertas.leitura(CLINICA, "pessoa-1")[1].ate == Marca()


# --- the painel ---


def test_a_thing_is_replaced_by_what_is_newer_alone(painel: Any) -> None:
    assert painel.put(an_item(versao=2, situacao="EM_ANALISE"))
    assert not painel.put(an_item(versao=2, situacao="RECEBIDO"))
    assert not painel.put(an_item(versao=1, situacao="RECEBIDO"))
    (one,) = painel.esperam(HOSPITAL, Acesso.PEGS)
    assert (one.situacao, one.versoes) == ("EM_ANALISE", (2,))
    assert painel.put(an_item(versao=3, conta=False))
    assert painel.esperam(HOSPITAL, Acesso.PEGS) == []
    assert not painel.put(an_item(versao=2))  # late: it does not come back
    assert painel.esperam(HOSPITAL, Acesso.PEGS) == []


def test_what_follows_from_two_rows_is_newer_when_neither_is_older(painel: Any) -> None:
    def put_(peg: int, contestado: int) -> bool:
        partes = (Parte(a_day("2026-12-20"), peg, Decimal("10.00")),)
        item = an_item(Acesso.GLOSAS, versoes=(peg, contestado), partes=partes, ate=a_day("2026-12-20"))
        return bool(painel.put(item))

    assert [put_(2, 1), put_(2, 1), put_(3, 0), put_(1, 2), put_(2, 2), put_(3, 2)] == [
        True, False, False, False, True, True,
    ]  # fmt: skip
    (one,) = painel.esperam(HOSPITAL, Acesso.GLOSAS)
    assert one.partes == (Parte(a_day("2026-12-20"), 3, Decimal("10.00")),)


def test_what_was_asked_on_a_stay_that_began_is_told_from_the_rest(painel: Any) -> None:
    for number, principal in (("2", "1"), ("3", None), ("4", "9"), ("5", "3")):
        painel.put(an_item(Acesso.SENHAS, id=number, ate=a_day("2026-12-01"), principal=principal))
    assert painel.na_internacao(painel.esperam(HOSPITAL, Acesso.SENHAS)) == []
    painel.put(an_item(Acesso.SENHAS, id="1", conta=False, internado=True))
    assert [one.id for one in painel.na_internacao(painel.esperam(HOSPITAL, Acesso.SENHAS))] == ["2"]


def test_what_waits_is_listed_by_its_last_day(painel: Any) -> None:
    for number, day in (("1", "2026-12-01"), ("2", "2026-11-20"), ("3", None), ("4", "2026-12-31")):
        painel.put(an_item(Acesso.SENHAS, id=number, ate=a_day(day) if day else None))
    painel.put(an_item(Acesso.PEGS, id="5"))
    painel.put(an_item(Acesso.SENHAS, id="6", prestador_id=CLINICA))

    def ids(**between: Any) -> list[str]:
        return [one.id for one in painel.esperam(HOSPITAL, Acesso.SENHAS, **between)]

    assert ids() == ["2", "1", "4", "3"]
    assert ids(de=a_day("2026-12-01"), ate=a_day("2026-12-31")) == ["1", "4"]
    assert ids(de=a_day("2026-12-02"), ate=a_day("2026-12-30")) == []


# --- digests ---


def test_who_wants_a_digest_is_found_when_it_is_due(engine: Engine | None, table: str) -> None:
    cadastro = engine.table("cadastro") if engine else ""
    port: Any = DynamoPreferencias(engine.dynamodb, table, cadastro) if engine else FakePreferencias()
    assert port.get(HOSPITAL, "a") == Preferencia(prestador_id=HOSPITAL, quem="a")
    for who, hours in (("a", 2), ("b", -1), ("c", 0), ("d", -2)):
        due = NOW + timedelta(hours=hours)
        port.write(
            Preferencia(prestador_id=HOSPITAL, quem=who, frequencia=Frequencia.DIARIO, proximo_em=due)
        )  # fmt: skip
    assert [one.quem for one in port.devidas(NOW, 9)] == ["d", "b", "c"]
    assert [one.quem for one in port.devidas(NOW, 2)] == ["d", "b"]
    held = port.get(HOSPITAL, "b")
    assert (held.frequencia, held.versao) == (Frequencia.DIARIO, 1)
    port.write(replace(held, frequencia=Frequencia.NUNCA, proximo_em=None))
    with pytest.raises(MudouError):
        port.write(held)
    assert [one.quem for one in port.devidas(NOW, 9)] == ["d", "c"]


@pytest.mark.parametrize("engine_name", [EMBEDDED])
def test_a_digest_goes_to_who_still_acts_for_the_prestador(engine: Engine, table: str) -> None:
    cadastro = engine.table("cadastro")
    port = DynamoPreferencias(engine.dynamodb, table, cadastro)
    for who, more in (
        ("a", {"email": "a@hospital.example"}),
        ("b", {"email": "b@x.example", "ativo": False}),
        ("c", {}),
    ):
        row = {"pk": f"PRESTADOR#{HOSPITAL}", "sk": f"PESSOA#{who}", "papel": "gestor", **more}
        engine.dynamodb.put_item(**put(cadastro, row, "attribute_not_exists(pk)"))
    found = [port.endereco(HOSPITAL, who) for who in ("a", "b", "c", "d")]
    assert found == [("a@hospital.example", "gestor"), None, None, None]


@pytest.mark.parametrize("engine_name", [EMBEDDED])
def test_what_is_over_ends_by_itself(engine: Engine, table: str) -> None:
    alertas, painel = DynamoAlertas(engine.dynamodb, table), DynamoPainel(engine.dynamodb, table, NOW)
    told(alertas, 1, area=Area.RECURSO)
    row = get_item(engine.dynamodb, table, chaves.alerta_key(HOSPITAL, event_id("1")))
    assert row is not None
    assert int(row["ttl"]) == int(day_start(a_day("2026-11-21") + timedelta(days=181)).timestamp())
    painel.put(an_item(versao=1))
    painel.put(an_item(versao=2, conta=False))
    row = get_item(engine.dynamodb, table, chaves.painel_key(an_item()))
    assert row is not None
    assert (chaves.ORDEM in row, int(row["ttl"]) > NOW.timestamp()) == (False, True)
    for acesso, ends in ((Acesso.SENHAS, True), (Acesso.NOTAS, False)):
        waits = an_item(acesso, ate=a_day("2026-12-01"))
        painel.put(waits)
        row = get_item(engine.dynamodb, table, chaves.painel_key(waits)) or {}
        assert (chaves.ORDEM in row, "ttl" in row) == (True, ends)
