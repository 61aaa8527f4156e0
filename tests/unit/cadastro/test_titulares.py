"""A person's data, exported and erased on request, carteira by carteira (LGPD)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from cadastro.bootstrap import titulares as bootstrap
from cadastro.domain.titulares import KEPT_FOR_EVER, Desfecho, decide
from cadastro.handler import api
from cadastro.schemas.titulares import EliminacaoView, ExportacaoView
from cadastro.service.titulares import Registro
from conecta_edge import session
from conecta_edge.dynamodb import ConditionFailedError
from conecta_facts.beneficiarios import Beneficiario
from tests.builders_cadastro import CARTEIRA, CPF, HOJE, NOME, OUTRO_CPF, a_vida
from tests.builders_functions import PASA, PORTAL_OPERADORA, VALE, api_event, machine, person
from tests.cadastro_rows import VinculoOperadora
from tests.fakes import FakeCadastro
from tests.fakes_cadastro import PSEUDONIMOS

EXPORT, ERASE = "/operadora/titulares/exportacao", "/operadora/titulares/eliminacao"
FIM = date(2020, 2, 29)
DETAILS = {
    "cns": "700000000000005", "nome_social": "Jô", "carteira_titular": "1", "parentesco": "FILHO",
    "motivo_exclusao": "A pedido",
}  # fmt: skip


@pytest.mark.parametrize(
    ("fim", "hoje", "desfecho", "ate"),
    [
        (None, HOJE, "MANTIDA", None),
        (HOJE, HOJE, "MANTIDA", None),
        (date(2026, 11, 20), HOJE, "REDUZIDA", date(2031, 11, 20)),
        (date(2021, 11, 22), HOJE, "REDUZIDA", date(2026, 11, 22)),
        (date(2021, 11, 21), HOJE, "ELIMINADA", None),
        (FIM, date(2025, 2, 28), "REDUZIDA", date(2025, 3, 1)),
        (FIM, date(2025, 3, 1), "ELIMINADA", None),
    ],
    ids=["covered", "last covered day", "just ended", "the day before", "five years on", "leap day", "after it"],
)
def test_what_becomes_of_a_life_depends_on_the_end_of_its_cover(
    fim: date | None, hoje: date, desfecho: str, ate: date | None
) -> None:
    decisao = decide(a_vida(data_exclusao=fim, **DETAILS), hoje)
    assert (decisao.desfecho, decisao.ate) == (desfecho, ate)
    assert decisao.fundamento.endswith(".")


def test_what_is_kept_while_cover_may_be_disputed_is_what_proves_it() -> None:
    vida = a_vida(data_exclusao=date(2026, 1, 1), **DETAILS)
    decisao = decide(vida, HOJE)
    assert decisao.restante == a_vida(data_exclusao=date(2026, 1, 1))
    assert decide(decisao.restante, HOJE).restante == decisao.restante  # a second request changes nothing


def test_of_who_is_still_covered_nothing_is_taken_and_of_who_is_long_gone_nothing_is_left() -> None:
    vida = a_vida(**DETAILS)
    assert decide(vida, HOJE).restante == vida
    assert decide(replace(vida, data_exclusao=FIM), HOJE).restante is None


class FakeTitulares:
    """`cadastro.service.titulares.Titulares`."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Beneficiario] = {}
        self.written: list[tuple[str, Beneficiario | None]] = []
        self.changed: set[str] = set()

    def put(self, *vidas: Beneficiario) -> None:
        for vida in vidas:
            self.rows[vida.registro_ans, vida.numero_carteira] = vida

    def of(self, registro_ans: str, *, carteira: str | None, cpf: str | None) -> Sequence[Registro]:
        mine = [vida for (registro, _), vida in sorted(self.rows.items()) if registro == registro_ans]
        one = next((vida for vida in mine if vida.numero_carteira == carteira), None)
        cpf = one.cpf if one else cpf
        found = [vida for vida in mine if vida is one or (cpf is not None and vida.cpf == cpf)]
        return [Registro(vida, vida.numero_carteira) for vida in found]

    def keep_only(self, registro: Registro, restante: Beneficiario | None, now: datetime) -> None:
        if registro.estado in self.changed:
            raise ConditionFailedError
        self.written.append((registro.estado, restante))
        key = (registro.vida.registro_ans, registro.estado)
        if restante is None:
            del self.rows[key]
        else:
            self.rows[key] = restante


class World:
    """`cadastro-api` with fakes behind a person's rights; the caller is of VALE's cadastro."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.titulares, self.cadastro = FakeTitulares(), FakeCadastro()
        self.recorded: list[dict[str, Any]] = []
        monkeypatch.setattr(bootstrap, "titulares", lambda: self.titulares)
        monkeypatch.setattr(session, "cadastro", lambda: self.cadastro)
        monkeypatch.setattr(session, "pseudonyms", lambda: PSEUDONIMOS)
        monkeypatch.setattr(
            session, "record_access", lambda _request, actor, **what: self.recorded.append({"actor": actor, **what})
        )
        self.cadastro.put_vinculo_operadora(VinculoOperadora("op-1", VALE, "cadastro"))
        self.cadastro.put_vinculo_operadora(VinculoOperadora("op-2", VALE, "central"))

    def ask(self, resource: str, body: dict[str, Any], claims: dict[str, Any] | None = None) -> tuple[int, Any]:
        asked = json.dumps({"registro_ans": VALE, "solicitacao": "LGPD-1", **body})
        event = api_event("POST", resource, claims=claims or operadora(), body=asked)
        answered = api.handler(event, None)
        return answered["statusCode"], json.loads(answered["body"])


def operadora(sub: str = "op-1", groups: str = "cadastro,central") -> dict[str, Any]:
    return person(sub, client_id=PORTAL_OPERADORA, **{"cognito:groups": groups})


@pytest.fixture
def world(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_everything_stored_of_a_person_is_exported_by_any_of_its_numbers(world: World) -> None:
    world.titulares.put(a_vida(**DETAILS), a_vida("2", data_exclusao=FIM), a_vida("3", cpf=OUTRO_CPF))
    for asked in ({"cpf": CPF}, {"numero_carteira": CARTEIRA}):
        status, body = world.ask(EXPORT, asked)
        assert status == 200
        ExportacaoView.model_validate_json(json.dumps(body))
        assert (body["registro_ans"], body["solicitacao"]) == (VALE, "LGPD-1")
        assert [row["numero_carteira"] for row in body["registros"]] == [CARTEIRA, "2"]
        assert DETAILS.items() <= body["registros"][0].items()


def test_each_carteira_is_erased_as_far_as_the_law_lets_and_told(world: World) -> None:
    world.titulares.put(
        a_vida(**DETAILS),
        a_vida("2", data_exclusao=date(2026, 1, 1), **DETAILS),
        a_vida("3", data_exclusao=FIM),
        a_vida("4", cpf=OUTRO_CPF, data_exclusao=FIM),
    )
    status, body = world.ask(ERASE, {"cpf": CPF})
    assert status == 200
    EliminacaoView.model_validate_json(json.dumps(body))
    assert [(row["desfecho"], row["ate"]) for row in body["carteiras"]] == [
        (Desfecho.MANTIDA, None), (Desfecho.REDUZIDA, "2031-01-01"), (Desfecho.ELIMINADA, None),
    ]  # fmt: skip
    kept, reduced, gone = (set(row["conservados"]) for row in body["carteiras"])
    assert DETAILS.keys() <= kept
    assert not DETAILS.keys() & reduced
    assert gone == KEPT_FOR_EVER
    assert [number for number, _ in world.titulares.written] == ["2", "3"]
    again = world.ask(ERASE, {"cpf": CPF})[1]["carteiras"]
    assert [row["desfecho"] for row in again] == [Desfecho.MANTIDA, Desfecho.REDUZIDA]
    assert len(world.titulares.written) == 2


@pytest.mark.parametrize("resource", [EXPORT, ERASE])
def test_of_whom_nothing_is_stored_here_it_is_said_and_recorded(world: World, resource: str) -> None:
    world.titulares.put(a_vida(registro_ans=PASA))
    for asked in ({"cpf": CPF}, {"numero_carteira": CARTEIRA}):
        status, body = world.ask(resource, asked)
        assert (status, body["codigo"]) == (404, "titular-nao-encontrado")
    assert [record["sujeitos"] for record in world.recorded] == [
        (PSEUDONIMOS.cpf(VALE, CPF),), (PSEUDONIMOS.carteira(VALE, CARTEIRA),),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("resource", "finalidade"),
    [(EXPORT, "exportacao-a-pedido-do-titular"), (ERASE, "eliminacao-a-pedido-do-titular")],
)
def test_each_request_is_recorded_with_its_number_and_why(world: World, resource: str, finalidade: str) -> None:
    world.titulares.put(a_vida())
    world.ask(resource, {"cpf": CPF})
    (record,) = world.recorded
    assert (record["finalidade"], record["objeto"]) == (finalidade, "solicitacao/LGPD-1")
    assert (record["actor"].tenant, record["actor"].quem) == (f"OPERADORA#{VALE}", "op-1")
    assert not [value for value in (CPF, CARTEIRA, NOME) if value in str(record)]


def test_what_changed_meanwhile_is_to_be_asked_again(world: World) -> None:
    world.titulares.put(a_vida(data_exclusao=FIM))
    world.titulares.changed.add(CARTEIRA)
    status, body = world.ask(ERASE, {"cpf": CPF})
    assert (status, body["codigo"]) == (409, "registro-alterado")


@pytest.mark.parametrize("resource", [EXPORT, ERASE])
@pytest.mark.parametrize(
    ("claims", "status"),
    [
        (operadora("op-2"), 403),
        (operadora(groups="central"), 403),
        (operadora("ninguem"), 403),
        (person("op-1"), 403),
        (machine(scope="conecta/elegibilidade.ler"), 403),
        (person(token_use="id"), 401),
    ],
    ids=["central", "token without the group", "bound nowhere", "a prestador's", "machine", "id token"],
)
def test_only_the_operadoras_cadastro_may(world: World, resource: str, claims: dict[str, Any], status: int) -> None:
    world.titulares.put(a_vida(data_exclusao=FIM))
    assert world.ask(resource, {"cpf": CPF}, claims)[0] == status
    assert (world.recorded, world.titulares.written) == ([], [])


@pytest.mark.parametrize("resource", [EXPORT, ERASE])
def test_another_operadora_is_as_absent_as_one_that_does_not_exist(world: World, resource: str) -> None:
    world.titulares.put(a_vida(registro_ans=PASA, data_exclusao=FIM))
    foreign, absent = (world.ask(resource, {"cpf": CPF, "registro_ans": registro}) for registro in (PASA, "999999"))
    assert foreign == absent
    assert (foreign[0], world.recorded) == (404, [])


@pytest.mark.parametrize(
    ("body", "campo"),
    [
        ({}, "$"),
        ({"cpf": CPF, "numero_carteira": CARTEIRA}, "$"),
        ({"cpf": "1"}, "cpf"),
        ({"cpf": CPF, "solicitacao": ""}, "solicitacao"),
        ({"cpf": CPF, "solicitacao": "Joana da Silva"}, "solicitacao"),
        ({"cpf": CPF, "registro_ans": "34569"}, "registro_ans"),
        ({"cpf": CPF, "motivo": "x"}, "motivo"),
    ],
)
def test_what_is_wrong_is_told_by_field(world: World, body: dict[str, Any], campo: str) -> None:
    status, answer = world.ask(EXPORT, body)
    assert (status, [erro["campo"] for erro in answer["erros"]]) == (422, [campo])
    assert CPF not in str(answer)


def test_nothing_personal_is_logged(world: World, logged: Callable[[], list[Any]]) -> None:
    world.titulares.put(a_vida(data_exclusao=FIM))
    for resource in (EXPORT, ERASE):
        world.ask(resource, {"cpf": CPF})
        world.ask(resource, {"numero_carteira": CARTEIRA})
    written = json.dumps(logged(), ensure_ascii=False)
    assert not [value for value in (CPF, CARTEIRA, NOME) if value in written]
