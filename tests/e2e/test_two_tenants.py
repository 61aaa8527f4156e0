"""Every documented route, asked by the wrong tenant, by the wrong papel, by nobody: foreign looks like absent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.client import Answer, Client, call, machine, sign_in, sign_in_as
from local.gerador import Pedido, Tipo, gerar
from local.seed import CLINICA, HOSPITAL

pytestmark = pytest.mark.e2e

DOCUMENT = json.loads(Path("docs/openapi.json").read_text("utf-8"))
OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
PROTECTED = [(method, path) for method, path, operation in OPERATIONS if operation.get("security")]
WITH_ID = [(method, path) for method, path in PROTECTED if "{" in path]


@pytest.fixture(scope="module")
def hospital(where: dict[str, Any]) -> Client:
    return sign_in_as(where, "faturista", HOSPITAL.prestador_id)


@pytest.fixture(scope="module")
def clinica(where: dict[str, Any]) -> Client:
    return sign_in_as(where, "faturista", CLINICA.prestador_id)


@pytest.fixture(scope="module")
def owned(hospital: Client) -> Mapping[str, str]:
    """What the hospital owns: an id for every path parameter of the API."""
    lote = gerar(Pedido(tipo=Tipo.CONSULTA, guias=2, origem_cnpj=HOSPITAL.cnpj or "", numero_lote="770001"))
    upload = hospital.follow(hospital.upload(lote.conteudo)["id"])
    assert upload["situacao"] == "CONCLUIDO", upload["achados"]
    return {"id": upload["id"], "protocolo": upload["recurso"]["id"]}


def filled(path: str, ids: Mapping[str, str]) -> str:
    for name, value in ids.items():
        path = path.replace("{" + name + "}", value)
    assert "{" not in path, f"no owned id for a parameter of {path}"
    return path


def essence(answer: Answer) -> tuple[int, dict[str, Any]]:
    problem = answer.json()
    problem.pop("correlacao")
    return answer.status, problem


def test_the_matrix_covers_routes_with_ids() -> None:
    assert len(WITH_ID) >= 5
    assert len(PROTECTED) >= 7


@pytest.mark.parametrize(("method", "path"), WITH_ID)
def test_the_owner_reads_what_it_owns(hospital: Client, owned: Mapping[str, str], method: str, path: str) -> None:
    assert hospital.request(method, filled(path, owned)).status == 200


@pytest.mark.parametrize(("method", "path"), WITH_ID)
def test_a_foreign_id_answers_exactly_as_an_absent_one(
    where: dict[str, Any], clinica: Client, owned: Mapping[str, str], method: str, path: str
) -> None:
    absent = {"id": "f" * 32, "protocolo": "261129999999"}
    for caller in (clinica, machine(where, CLINICA.prestador_id)):
        foreign = caller.request(method, filled(path, owned))
        missing = caller.request(method, filled(path, absent))
        assert essence(foreign) == essence(missing)
        assert foreign.status == 404
        assert len(foreign.content) == len(missing.content)


@pytest.mark.parametrize(("method", "path"), PROTECTED)
def test_without_a_token_with_garbage_or_with_an_id_token_nothing_is_answered(
    where: dict[str, Any], method: str, path: str
) -> None:
    url = where["api"] + filled(path, {"id": "0" * 32, "protocolo": "261120000001"})
    for headers in ({}, {"Authorization": "Bearer lixo"}, {"Authorization": "Bearer a.b.c"}):
        answer = call(method, url, headers={"Content-Type": "application/json", **headers}, body=b"{}")
        assert answer.status == 401, answer.text
        assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(("method", "path"), PROTECTED)
def test_a_prestador_in_the_header_that_is_not_the_callers_is_absent(
    hospital: Client, owned: Mapping[str, str], method: str, path: str
) -> None:
    other = Client(hospital.api, hospital.token, CLINICA.prestador_id)
    assert other.request(method, filled(path, owned), {} if method == "POST" else None).status == 404


@pytest.mark.parametrize(("method", "path"), PROTECTED)
def test_recepcao_may_not_bill(where: dict[str, Any], owned: Mapping[str, str], method: str, path: str) -> None:
    caller = sign_in_as(where, "recepcao", HOSPITAL.prestador_id)
    body = None
    if method == "POST":
        body = {"registro_ans": "345695", "finalidade": "lote_tiss", "nome_arquivo": "a.xml", "tamanho": 10}
    answer = caller.request(method, filled(path, owned), body)
    assert answer.status == 403
    assert answer.json()["codigo"] == "papel-insuficiente"


def test_a_person_of_the_operadora_is_not_a_prestador(where: dict[str, Any]) -> None:
    user = next(user for user in where["usuarios"] if user["operadora"])
    caller = sign_in(where, user["email"], user["senha"], "operadora")
    assert caller.request("GET", "/pegs").status == 403


def test_the_clinics_upload_cannot_carry_the_hospitals_lote(clinica: Client) -> None:
    lote = gerar(Pedido(tipo=Tipo.CONSULTA, guias=1, origem_cnpj=HOSPITAL.cnpj or "", numero_lote="770002"))
    upload = clinica.follow(clinica.upload(lote.conteudo)["id"])
    assert upload["situacao"] == "RECUSADO"
    assert [achado["codigo"] for achado in upload["achados"]] == ["5005"]


def test_a_form_takes_only_its_own_key_type_and_size(hospital: Client) -> None:
    content = b"x" * 100
    upload = hospital.start_upload(content)
    for name, value in (("key", upload["envio"]["campos"]["key"].replace(HOSPITAL.prestador_id, "outro")),
                        ("Content-Type", "text/html")):  # fmt: skip
        campos = {**upload["envio"]["campos"], name: value}
        assert hospital.post_file({"envio": {**upload["envio"], "campos": campos}}, content).status in {400, 403}
    assert hospital.post_file(upload, content * 2).status in {400, 403}
    assert hospital.post_file(upload, content[:50]).status in {400, 403}


def test_a_relacionamento_that_was_never_enabled_refuses_the_upload(clinica: Client) -> None:
    body = {"registro_ans": "331988", "finalidade": "lote_tiss", "nome_arquivo": "a.xml", "tamanho": 10}
    answer = clinica.request("POST", "/documentos/uploads", body)
    assert answer.status == 403
    assert answer.json()["codigo"] == "relacionamento-nao-habilitado"


def test_a_cursor_of_one_tenant_is_worth_nothing_to_another(hospital: Client, clinica: Client) -> None:
    assert hospital.request("GET", "/pegs?cursor=AAAA.BBBB").status == 400
    assert clinica.request("GET", "/pegs?cursor=%00").status == 400
