"""Every published operation by everybody who may not, on every id: the right refusal, alike, and nothing written.

What the operations are stands in `tests/matriz/table.py`: a new one is a row there, and is tried here as it is.
"""

from __future__ import annotations

from typing import Any

import pytest

from local.client import Client, sign_in_as
from local.gerador import Pedido, Tipo, gerar
from local.seed import CLINICA, HOSPITAL
from tests.e2e.conftest import Deployed
from tests.matriz import attempts
from tests.matriz.attempts import Matrix
from tests.matriz.calls import routes
from tests.matriz.model import Door, Row
from tests.matriz.snapshot import Camera, difference
from tests.matriz.table import TABLE
from tests.matriz.world import World

pytestmark = pytest.mark.e2e

PROTECTED = [row for row in TABLE if row.door is not Door.PUBLIC]
WITH_ID = [row for row in PROTECTED if row.thing is not None]


def named(rows: list[Row]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", rows, ids=[row.operation for row in rows])


@pytest.fixture(scope="module")
def hospital(where: dict[str, Any]) -> Client:
    return sign_in_as(where, "faturista", HOSPITAL.prestador_id)


@pytest.fixture(scope="module")
def clinica(where: dict[str, Any]) -> Client:
    return sign_in_as(where, "faturista", CLINICA.prestador_id)


@pytest.fixture(scope="module")
def camera(deployed: Deployed) -> Camera:
    return Camera(deployed.aws.client, deployed.where["buckets"].values())


@pytest.fixture(scope="module")
def matrix(world: World, camera: Camera) -> Matrix:
    """Every request that must be refused, sent."""
    return attempts.run(world, PROTECTED, camera)


def test_every_published_operation_has_a_row_and_every_row_an_operation() -> None:
    assert sorted(row.operation for row in TABLE) == sorted(routes())


@named(list(TABLE))
def test_a_row_says_of_its_operation_what_the_document_says(row: Row) -> None:
    _, path, operation = routes()[row.operation]
    assert (row.door is Door.PUBLIC) == (not operation.get("security"))
    parameters = {(found["in"], found["name"]) for found in operation.get("parameters", [])}
    assert {name for where, name in parameters if where == "path"} == set(row.path)
    assert set(row.query) <= {name for where, name in parameters if where == "query"}
    assert row.keyed == (("header", "Idempotency-Key") in parameters)
    assert (row.body is not None) == ("requestBody" in operation)
    assert str(row.ok) in operation["responses"]
    assert all("{" + name + "}" in path for name in row.path)


@named(PROTECTED)
def test_whoever_may_not_is_refused_as_the_order_of_refusals_says(matrix: Matrix, world: World, row: Row) -> None:
    assert len(matrix.attempts[row.operation]) > 20
    assert matrix.wrong(row.operation, world.secrets) == []


@named(WITH_ID)
def test_a_foreign_an_absent_and_a_malformed_id_are_answered_alike(matrix: Matrix, row: Row) -> None:
    assert any(attempt.expected.status == 404 for attempt in matrix.attempts[row.operation])
    assert matrix.told_apart(row.operation) == []


def test_no_refusal_wrote_anything(matrix: Matrix) -> None:
    assert difference(matrix.before.kept, matrix.after.kept) == []


def test_refusals_count_quotas_and_are_audited_but_keep_no_answer(matrix: Matrix) -> None:
    written = difference(matrix.before.counted, matrix.after.counted)
    assert [line for line in written if "COTA#" not in line and not line.startswith("appeared: auditoria ")] == []


def test_the_clinics_upload_cannot_carry_the_hospitals_lote(clinica: Client) -> None:
    lote = gerar(Pedido(tipo=Tipo.CONSULTA, guias=1, origem_cnpj=HOSPITAL.cnpj or "", numero_lote="770003"))
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


def test_a_cursor_that_nobody_gave_is_worth_nothing(hospital: Client) -> None:
    assert hospital.request("GET", "/pegs?cursor=AAAA.BBBB").status == 400
    assert hospital.request("GET", "/pegs?cursor=%00").status == 400
