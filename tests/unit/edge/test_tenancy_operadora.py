"""Who is calling for an operadora, and who is a person without a prestador."""

from __future__ import annotations

from typing import Any

import pytest

from conecta_edge import tenancy
from conecta_edge.problems import ProblemError
from conecta_edge.tenancy import Grupo, KnownClients, OperadoraPrincipal, Papel, Person, Principal
from tests.builders_functions import (
    CLINICA,
    ESCOPOS,
    HOSPITAL,
    PASA,
    PORTAL,
    PORTAL_OPERADORA,
    VALE,
    machine,
    person,
)
from tests.cadastro_rows import Credencial, Vinculo, VinculoOperadora
from tests.fakes import FakeCadastro

CLIENTS = KnownClients(PORTAL, PORTAL_OPERADORA)
NINGUEM = "999999"


@pytest.fixture
def cadastro() -> FakeCadastro:
    made = FakeCadastro()
    made.put_vinculo_operadora(VinculoOperadora("op-1", VALE, "cadastro central"))
    made.put_vinculo_operadora(VinculoOperadora("op-1", PASA, "central"))
    made.put_vinculo_operadora(VinculoOperadora("op-2", VALE, "cadastro", ativo=False))
    made.put_vinculo_operadora(VinculoOperadora("op-3", VALE, "diretoria"))
    made.put_vinculo(Vinculo("pessoa-1", HOSPITAL, "gestor"))
    made.put_credencial(Credencial("maquina-1", HOSPITAL, ESCOPOS))
    return made


def attendant(sub: str = "op-1", groups: Any = "cadastro,central", **changes: Any) -> dict[str, Any]:
    """Claims of an access token of the operadora's pool."""
    held = {} if groups is None else {"cognito:groups": groups}
    return person(sub, client_id=PORTAL_OPERADORA, **held, **changes)


def resolve(cadastro: FakeCadastro, claims: dict[str, Any]) -> OperadoraPrincipal:
    return tenancy.resolve_operadora(claims, CLIENTS, cadastro)


def refusal(cadastro: FakeCadastro, claims: dict[str, Any]) -> ProblemError:
    with pytest.raises(ProblemError) as refused:
        resolve(cadastro, claims)
    return refused.value


def groups_at(principal: OperadoraPrincipal, registro: str) -> set[str]:
    return {grupo.value for grupo in principal.grupos.get(registro, ())}


def test_a_group_counts_where_the_table_and_the_token_both_have_it(cadastro: FakeCadastro) -> None:
    both = resolve(cadastro, attendant())
    assert both.subject == "op-1"
    assert groups_at(both, VALE) == {"cadastro", "central"}
    assert groups_at(both, PASA) == {"central"}
    only_token = resolve(cadastro, attendant(groups="cadastro,central,auditoria,financeiro"))
    assert only_token == both
    only_table = resolve(cadastro, attendant(groups="cadastro"))
    assert (groups_at(only_table, VALE), groups_at(only_table, PASA)) == ({"cadastro"}, set())


@pytest.mark.parametrize(
    "groups",
    ["cadastro,central", "cadastro, central", "[cadastro central]", "[cadastro, central]", ["cadastro", "central"]],
)
def test_groups_are_read_however_they_are_written(cadastro: FakeCadastro, groups: Any) -> None:
    assert groups_at(resolve(cadastro, attendant(groups=groups)), VALE) == {"cadastro", "central"}


@pytest.mark.parametrize("groups", [None, "", "[]", [], "cadastrocentral", "CADASTRO", "auditoria"])
def test_without_a_group_that_is_in_both_nothing_is_open(cadastro: FakeCadastro, groups: Any) -> None:
    refused = refusal(cadastro, attendant(groups=groups))
    assert (refused.status, refused.codigo) == (403, "papel-insuficiente")
    assert refused.extra == {"papeis": ["central", "auditoria", "financeiro", "cadastro"]}


@pytest.mark.parametrize(
    "claims",
    [attendant("op-2"), attendant("op-3", "diretoria"), attendant("ninguem"), person(), machine()],
    ids=["binding ended", "group unknown", "not bound", "person of a prestador", "machine"],
)
def test_nobody_else_acts_for_an_operadora(cadastro: FakeCadastro, claims: dict[str, Any]) -> None:
    assert refusal(cadastro, claims).status == 403


def test_groups_of_a_prestadores_token_open_nothing(cadastro: FakeCadastro) -> None:
    cadastro.put_vinculo_operadora(VinculoOperadora("pessoa-1", VALE, "cadastro"))
    assert refusal(cadastro, person(**{"cognito:groups": "cadastro"})).status == 403
    assert refusal(cadastro, machine(**{"sub": "op-1", "cognito:groups": "cadastro"})).status == 403


@pytest.mark.parametrize(
    "claims", [{}, attendant(token_use="id"), {**attendant(), "sub": ""}, {**attendant(), "client_id": ""}]
)
def test_only_an_access_token_is_taken(cadastro: FakeCadastro, claims: dict[str, Any]) -> None:
    assert refusal(cadastro, claims).status == 401


def test_at_its_own_operadora_a_person_acts_in_any_of_the_groups_asked(cadastro: FakeCadastro) -> None:
    caller = resolve(cadastro, attendant())
    assert caller.at(VALE, Grupo.CADASTRO) == VALE
    assert caller.at(PASA, Grupo.CADASTRO, Grupo.CENTRAL) == PASA
    with pytest.raises(ProblemError) as refused:
        caller.at(PASA, Grupo.CADASTRO)
    assert (refused.value.status, refused.value.extra) == (403, {"papeis": ["cadastro"]})


def test_another_operadora_and_one_that_does_not_exist_look_alike(cadastro: FakeCadastro) -> None:
    caller = resolve(cadastro, attendant(groups="cadastro"))
    answers = []
    for registro in (PASA, NINGUEM):
        with pytest.raises(ProblemError) as refused:
            caller.at(registro, Grupo.CADASTRO)
        answers.append(refused.value.body("c"))
    assert answers[0] == answers[1]
    assert answers[0]["status"] == 404


def test_every_operadora_of_a_group_is_listed(cadastro: FakeCadastro) -> None:
    caller = resolve(cadastro, attendant())
    assert caller.all_at(Grupo.CENTRAL) == (PASA, VALE)
    assert caller.all_at(Grupo.CADASTRO) == (VALE,)
    with pytest.raises(ProblemError) as refused:
        caller.all_at(Grupo.AUDITORIA)
    assert refused.value.status == 403


def test_a_person_is_one_of_the_prestadores_pool_bound_or_not(cadastro: FakeCadastro) -> None:
    assert tenancy.resolve_person(person("recem-chegada"), CLIENTS) == Person("recem-chegada")


@pytest.mark.parametrize(
    ("claims", "status"),
    [(attendant(), 403), (machine(), 403), (machine("desconhecida"), 403), (person(token_use="id"), 401), ({}, 401)],
    ids=["operadora", "machine", "unknown client", "id token", "none"],
)
def test_nobody_else_is_a_person(claims: dict[str, Any], status: int) -> None:
    with pytest.raises(ProblemError) as refused:
        tenancy.resolve_person(claims, CLIENTS)
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("granted", "allowed", "expected"),
    [
        ("conecta/peg.ler conecta/peg.escrever", ("peg.ler",), {"peg.ler"}),
        ("conecta/peg.ler", ("peg.ler", "peg.escrever"), {"peg.ler"}),
        ("conecta/peg.ler", ("elegibilidade.ler",), set()),
        ("peg.ler outro/peg.ler", ("peg.ler",), set()),
        ("conecta/peg.ler", (), set()),
        ("", ("peg.ler",), set()),
    ],
    ids=["more in the token", "more in the row", "nothing in common", "another server", "row of none", "token of none"],
)
def test_a_machine_may_what_the_token_and_the_row_both_say(
    granted: str, allowed: tuple[str, ...], expected: set[str]
) -> None:
    cadastro = FakeCadastro()
    cadastro.put_credencial(Credencial("maquina-1", HOSPITAL, allowed))
    assert tenancy.resolve(machine(scope=granted), {}, CLIENTS, cadastro).escopos == expected


@pytest.mark.parametrize("papel", [Papel.RECEPCAO, Papel.FATURISTA, None])
def test_people_and_credentials_are_the_gestors_alone(papel: Papel | None) -> None:
    with pytest.raises(ProblemError) as refused:
        Principal(CLINICA, "x", papel, frozenset(ESCOPOS)).require_gestor()
    assert (refused.value.status, refused.value.extra) == (403, {"papeis": ["gestor"]})
    Principal(CLINICA, "x", Papel.GESTOR, frozenset()).require_gestor()


def test_any_of_several_capabilities_suffices_and_all_are_named_when_none_is_there() -> None:
    recepcao = Principal(HOSPITAL, "x", Papel.RECEPCAO, frozenset())
    recepcao.require("peg.ler", "autorizacao.ler")
    with pytest.raises(ProblemError) as refused:
        recepcao.require("peg.ler", "pagamento.ler")
    assert refused.value.extra == {"papeis": ["faturista", "gestor"]}
    with pytest.raises(ProblemError) as refused:
        Principal(HOSPITAL, "x", None, frozenset({"peg.escrever"})).require("peg.ler", "pagamento.ler")
    assert refused.value.extra == {"escopos": ["conecta/peg.ler", "conecta/pagamento.ler"]}
