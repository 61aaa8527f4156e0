"""Who is calling, and for which prestador."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from conecta_edge import tenancy
from conecta_edge.problems import ProblemError
from conecta_edge.tenancy import KnownClients, Papel, Principal
from tests.builders_functions import (
    CLINICA,
    HOSPITAL,
    PORTAL,
    PORTAL_OPERADORA,
    VALE,
    a_relacionamento,
    machine,
    person,
)
from tests.cadastro_rows import Credencial, Vinculo
from tests.fakes import FakeCadastro

CLIENTS = KnownClients(PORTAL, PORTAL_OPERADORA)


@pytest.fixture
def cadastro() -> FakeCadastro:
    made = FakeCadastro()
    made.put_vinculo(Vinculo("pessoa-1", HOSPITAL, "faturista"))
    made.put_vinculo(Vinculo("pessoa-2", HOSPITAL, "recepcao"))
    made.put_vinculo(Vinculo("pessoa-2", CLINICA, "gestor"))
    made.put_vinculo(Vinculo("pessoa-3", HOSPITAL, "gestor", ativo=False))
    made.put_credencial(Credencial("maquina-1", HOSPITAL, ("peg.ler",)))
    made.put_credencial(Credencial("maquina-2", HOSPITAL, ("peg.ler",), ativa=False))
    made.put_relacionamento(a_relacionamento(HOSPITAL, VALE))
    return made


def resolve(cadastro: FakeCadastro, claims: Mapping[str, Any], prestador: str | None = None) -> Principal:
    headers = {} if prestador is None else {"conecta-prestador": prestador}
    return tenancy.resolve(claims, headers, CLIENTS, cadastro)


def refusal(cadastro: FakeCadastro, claims: Mapping[str, Any], prestador: str | None = None) -> ProblemError:
    with pytest.raises(ProblemError) as refused:
        resolve(cadastro, claims, prestador)
    return refused.value


def test_a_person_of_one_prestador_needs_no_header(cadastro: FakeCadastro) -> None:
    assert resolve(cadastro, person()) == Principal(HOSPITAL, "pessoa-1", Papel.FATURISTA, frozenset())


def test_the_header_chooses_among_a_persons_prestadores_and_with_it_the_papel(cadastro: FakeCadastro) -> None:
    assert resolve(cadastro, person("pessoa-2"), CLINICA).papel is Papel.GESTOR
    assert resolve(cadastro, person("pessoa-2"), f" {HOSPITAL} ").papel is Papel.RECEPCAO


def test_a_person_of_several_prestadores_must_choose(cadastro: FakeCadastro) -> None:
    refused = refusal(cadastro, person("pessoa-2"))
    assert (refused.status, refused.erros[0].codigo) == (422, "prestador-nao-escolhido")


def test_a_foreign_prestador_and_one_that_does_not_exist_get_the_same_answer(cadastro: FakeCadastro) -> None:
    foreign, absent = refusal(cadastro, person(), CLINICA), refusal(cadastro, person(), "nao-existe")
    assert foreign.status == 404
    assert foreign.body("c") == absent.body("c")


@pytest.mark.parametrize("sub", ["pessoa-3", "desconhecida"])
def test_a_person_bound_to_nobody_is_told_so(cadastro: FakeCadastro, sub: str) -> None:
    assert (refusal(cadastro, person(sub)).status, refusal(cadastro, person(sub)).codigo) == (403, "sem-vinculo")


def test_a_person_of_an_operadora_has_no_place_on_a_prestadores_route(cadastro: FakeCadastro) -> None:
    assert refusal(cadastro, person(client_id=PORTAL_OPERADORA)).codigo == "papel-insuficiente"


@pytest.mark.parametrize(
    "claims",
    [
        {},
        person(token_use="id"),
        person(token_use=""),
        {name: value for name, value in person().items() if name != "client_id"},
        {name: value for name, value in person().items() if name != "sub"},
        machine("desconhecida"),
        machine("maquina-2"),
        machine(token_use="id"),
    ],
    ids=["none", "id token", "no use", "no client", "no subject", "unknown client", "revoked", "machine id token"],
)
def test_only_a_live_access_token_of_a_known_client_is_taken(cadastro: FakeCadastro, claims: dict[str, Any]) -> None:
    assert refusal(cadastro, claims).status == 401


def test_a_wrong_token_is_refused_before_the_prestador_is_looked_at(cadastro: FakeCadastro) -> None:
    assert refusal(cadastro, person(token_use="id"), CLINICA).status == 401
    assert refusal(cadastro, person("desconhecida"), "nao-existe").status == 403


def test_a_machine_acts_for_the_prestador_its_credential_is_bound_to(cadastro: FakeCadastro) -> None:
    scope = "conecta/peg.ler openid conecta/documentos.escrever outra/peg.escrever"
    expected = Principal(HOSPITAL, "maquina-1", None, frozenset({"peg.ler"}))
    assert resolve(cadastro, machine(scope=scope)) == expected
    assert resolve(cadastro, machine(scope=scope), HOSPITAL) == expected


def test_a_machine_that_asks_for_another_prestador_finds_nothing(cadastro: FakeCadastro) -> None:
    assert refusal(cadastro, machine(), CLINICA).status == 404


def test_a_tenant_written_in_the_token_is_not_believed(cadastro: FakeCadastro) -> None:
    claims = person(**{"custom:prestador": CLINICA, "cognito:groups": CLINICA, "prestador_id": CLINICA})
    assert resolve(cadastro, claims).prestador_id == HOSPITAL


def test_a_machine_without_scopes_may_nothing(cadastro: FakeCadastro) -> None:
    claims = {name: value for name, value in machine().items() if name != "scope"}
    assert resolve(cadastro, claims).escopos == frozenset()


@pytest.mark.parametrize(
    ("papel", "capability", "may"),
    [
        (Papel.RECEPCAO, "autorizacao.escrever", True),
        (Papel.RECEPCAO, "elegibilidade.ler", True),
        (Papel.RECEPCAO, "peg.ler", False),
        (Papel.FATURISTA, "peg.escrever", True),
        (Papel.FATURISTA, "documentos.ler", True),
        (Papel.FATURISTA, "autorizacao.ler", False),
        (Papel.GESTOR, "autorizacao.ler", True),
        (Papel.GESTOR, "recurso.escrever", True),
    ],
)
def test_a_person_may_what_the_papel_is_for(papel: Papel, capability: str, may: bool) -> None:  # noqa: FBT001
    assert Principal(HOSPITAL, "pessoa-1", papel, frozenset()).may(capability) is may


def test_who_lacks_the_papel_is_told_which_would_do() -> None:
    with pytest.raises(ProblemError) as refused:
        Principal(HOSPITAL, "pessoa-1", Papel.RECEPCAO, frozenset()).require("peg.ler")
    assert refused.value.extra == {"papeis": ["faturista", "gestor"]}


def test_a_machine_needs_the_very_scope() -> None:
    caller = Principal(HOSPITAL, "maquina-1", None, frozenset({"peg.ler"}))
    caller.require("peg.ler")
    with pytest.raises(ProblemError) as refused:
        caller.require("peg.escrever")
    assert refused.value.extra == {"escopos": ["conecta/peg.escrever"]}
