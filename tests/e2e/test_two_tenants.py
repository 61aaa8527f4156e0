"""Every published operation by everybody who may not, on every id: the right refusal, alike, and nothing written.

What the operations are stands in `tests/matriz/table.py`: a new one is a row there, and is tried here as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import Any

import pytest

from local.client import Answer, Client, sign_in_as
from local.gerador import Pedido, Tipo, gerar
from local.seed import CLINICA, HOSPITAL
from tests.e2e.conftest import Deployed
from tests.matriz import attempts
from tests.matriz.attempts import Attempt, Matrix, Served, Service
from tests.matriz.calls import routes
from tests.matriz.contrato import Contrato
from tests.matriz.model import INVALID_MESSAGE, Door, Row
from tests.matriz.snapshot import BLOCKS, Camera, difference
from tests.matriz.table import TABLE
from tests.matriz.world import World

pytestmark = pytest.mark.e2e

PROTECTED = [row for row in TABLE if row.door is not Door.PUBLIC]
READING = [row for row in PROTECTED if not row.writes]
WRITING = [row for row in PROTECTED if row.writes]
WITH_ID = [row for row in PROTECTED if row.thing is not None]


def named(rows: list[Row]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", rows, ids=[row.name for row in rows])


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
    assert {row.operation for row in TABLE} == routes().keys()
    assert len({row.name for row in TABLE}) == len(TABLE)


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
    assert len(matrix.attempts[row.name]) > 5
    assert matrix.wrong(row.name, world.secrets) == []


@named(WITH_ID)
def test_a_foreign_an_absent_and_a_malformed_id_are_answered_alike(matrix: Matrix, row: Row) -> None:
    assert any(attempt.expected.status == 404 for attempt in matrix.attempts[row.name])
    assert matrix.told_apart(row.name) == []


def test_no_refusal_wrote_anything_but_the_report_of_a_refused_lote(matrix: Matrix) -> None:
    refused = [one for one in matrix.attempts["enviarMensagemTiss-loteGuias"] if one.expected == INVALID_MESSAGE]
    senders = "|".join({one.caller.prestador or "" for one in refused})
    files = rf"s3://[^/]+/t/[0-9]{{6}}/({senders})/(mensagem_tiss|respostas)/\S+"
    reported = re.compile(rf"appeared: ({files}|peg PRESTADOR#({senders}) / EVENTO#\S+)")
    written = difference(matrix.before.kept, matrix.after.kept)
    assert senders
    assert [line for line in written if not reported.fullmatch(line)] == []


def test_refusals_count_quotas_and_are_audited_but_keep_no_answer(matrix: Matrix) -> None:
    written = difference(matrix.before.counted, matrix.after.counted)
    expected = ("auditoria ", "selos ", "autorizacao CONTADOR#")
    assert [line for line in written if "COTA#" not in line and BLOCKS not in line
            and not line.partition(": ")[2].startswith(expected)] == []  # fmt: skip
    # The window of a quota may end meanwhile.
    gone = [line for line in written if line.startswith("went: ") and "COTA#" not in line]
    assert [*gone, *(line for line in written if line.startswith("changed: auditoria "))] == []


@pytest.fixture(scope="module")
def read(world: World, camera: Camera, matrix: Matrix) -> Service:
    """Every valid call that changes nothing, by all kinds of those who may make it."""
    return attempts.serve(world, READING, camera)


@pytest.fixture(scope="module")
def written(world: World, camera: Camera, read: Service) -> Service:
    """A valid call of each operation that changes something, by one of each papel."""
    return attempts.serve(world, WRITING, camera)


def recorded_as(row: Row) -> str:
    """The route as the function that answers it knows it."""
    _, path, _ = routes()[row.operation]
    for name, template in row.path.items():
        path = path.replace("{" + name + "}", template if "{" not in template else "{" + name + "}")
    return path


def assert_served(service: Service, world: World, row: Row) -> None:
    calls = service.served[row.name]
    assert calls, "nobody may"
    assert [(call.caller.name, call.answer.status, call.answer.text[:200]) for call in calls
            if call.answer.status != row.ok] == []  # fmt: skip
    alike = [one for one in TABLE if one.name in service.served and recorded_as(one) == recorded_as(row)]
    assert service.audited.get(recorded_as(row), 0) == sum(one.audit * len(service.served[one.name]) for one in alike)
    seen = {kind for call in calls for kind, texts in world.personal.items()
            if any(text in call.answer.text for text in texts)}  # fmt: skip
    assert seen <= row.shows
    assert seen or not row.shows


@named(READING)
def test_whoever_may_read_is_shown_what_the_row_says_and_recorded(read: Service, world: World, row: Row) -> None:
    assert_served(read, world, row)


def test_reading_writes_nothing(read: Service) -> None:
    assert list(read.written) == []


@named(WRITING)
def test_whoever_may_write_is_served_and_recorded(written: Service, world: World, row: Row) -> None:
    assert_served(written, world, row)


def test_no_answer_says_what_the_document_does_not(matrix: Matrix, read: Service, written: Service) -> None:
    contrato, held = Contrato(), dict[tuple[str, int, str], tuple[str, Answer]]()
    groups: list[Sequence[Served | Attempt]] = [
        *read.served.values(),
        *written.served.values(),
        *matrix.attempts.values(),
    ]
    for one in chain(*groups):
        answer = one.answer
        codigo = "" if answer.status < 400 else answer.text.partition('"codigo"')[2][:60]
        held.setdefault((one.row.name, answer.status, codigo), (one.row.operation, answer))
    assert [(name, found) for (name, *_), (operation, answer) in held.items()
            if (found := contrato.wrong(operation, routes()[operation][0], answer))] == []  # fmt: skip


def where_to(line: str) -> str:
    """The table of a row, or `acervo`."""
    place = line.split()[1]
    return "acervo" if place.startswith("s3://") else place


def test_what_is_written_is_the_callers_in_the_tables_the_row_says(written: Service) -> None:
    lines = set(written.written)
    told: set[str] = set()
    for row in WRITING:
        for call in written.served[row.name]:
            own = {line for line in lines if where_to(line) in row.writes and any(text in line for text in call.mine)}
            assert own, (row.name, call.caller.name)
            told |= own
    assert sorted(lines - told) == []


def test_the_clinics_upload_cannot_carry_the_hospitals_lote(clinica: Client) -> None:
    lote = gerar(Pedido(tipo=Tipo.CONSULTA, guias=1, origem_cnpj=HOSPITAL.cnpj or "", numero_lote="770003"))
    upload = clinica.follow(clinica.upload(lote.conteudo)["id"])
    assert upload["situacao"] == "RECUSADO"
    assert upload["achados"][0]["codigo"] == "5005"


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
