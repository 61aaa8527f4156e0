"""What a function composes of cadastro: people, the operadora's people, the catalogue, pseudonyms."""

from __future__ import annotations

from typing import Any

import pytest

from conecta_edge import session
from conecta_edge.http import Request
from conecta_edge.problems import ProblemError
from conecta_edge.pseudonyms import Pseudonyms
from conecta_edge.tenancy import Grupo, Person
from tests.builders_functions import PORTAL_OPERADORA, VALE, machine, person
from tests.cadastro_rows import VinculoOperadora
from tests.fakes import FakeCadastro


def request(claims: dict[str, Any]) -> Request:
    return Request("POST", "/coisas", {}, {}, {}, claims, b"", "corr-1")


def test_a_person_is_one_of_the_functions_own_pool_whether_bound_or_not(function_environment: dict[str, str]) -> None:
    assert session.person(request(person("recem-chegada"))) == Person("recem-chegada")
    for claims in (machine(), person(client_id=PORTAL_OPERADORA)):
        with pytest.raises(ProblemError) as refused:
            session.person(request(claims))
        assert refused.value.status == 403


def test_the_operadoras_people_are_resolved_with_the_functions_own_clients_and_bindings(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cadastro = FakeCadastro()
    cadastro.put_vinculo_operadora(VinculoOperadora("op-1", VALE, "cadastro"))
    monkeypatch.setattr(session, "cadastro", lambda: cadastro)
    claims = person("op-1", client_id=PORTAL_OPERADORA, **{"cognito:groups": "cadastro"})
    assert session.operadora(request(claims)).at(VALE, Grupo.CADASTRO) == VALE
    with pytest.raises(ProblemError) as refused:
        session.operadora(request(person("op-1")))
    assert refused.value.status == 403


def test_a_process_has_one_catalogue_and_reads_the_pseudonyms_secret_once(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def secret(arn: str) -> bytes:
        read.append(arn)
        return b"chave"

    monkeypatch.setattr(session, "client", lambda _service: None)
    monkeypatch.setattr(session, "secret", secret)
    assert session.catalogo() is session.catalogo()
    assert session.catalogo()._table == function_environment["TABELA_CADASTRO"]
    assert session.pseudonyms() is session.pseudonyms()
    assert session.pseudonyms().cpf(VALE, "1") == Pseudonyms(b"chave").cpf(VALE, "1")
    assert read == [function_environment["SEGREDO_PSEUDONIMOS_ARN"]]
