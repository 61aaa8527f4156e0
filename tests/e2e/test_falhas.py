"""A small part of what `python -m local.falhas` and `python -m local.vazamentos` do with a whole day.

What functions call is throttled, or answers nobody hears, while lotes are sent; afterwards each was received once, and
of nobody who was loaded is anything told outside the tables and the archive.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from conecta_edge.clock import local_day
from documentos.domain.uploads import Situacao
from documentos.dynamodb.uploads import DynamoUploads
from local.client import Client, sign_in_as
from local.falhas import journal, plan
from local.falhas.client import insisting
from local.falhas.days import sweep
from local.falhas.journal import Kind
from local.falhas.judge import Queues
from local.falhas.plan import Fault, How
from local.falhas.portrait import STAGE
from local.gerador import Pedido, gerar
from local.seed import CLINICA, HOSPITAL
from local.vazamentos import leaks, loaded, of_day
from tests.e2e.conftest import Deployed
from tests.e2e.test_chaos import check, month, send, settle

pytestmark = pytest.mark.e2e

LOTES = range(301, 309)
FAULTS = (
    *(
        Fault(how=how, service=service, chance=0.03)
        for how in (How.THROTTLED, How.CUT)
        for service in ("dynamodb", "s3")
    ),
    Fault(how=How.THROTTLED, service="events", chance=0.3),
    Fault(how=How.CUT, service="states", chance=0.3),
    Fault(how=How.AFTER, function="peg-fluxo", operation="receber", first=1),
)


PLANNED = {("dynamodb", How.THROTTLED), ("conecta-embarcado-peg-fluxo", How.AFTER)}
"""Of what fails, what always does so."""


def until_they_failed(day: Deployed) -> set[tuple[str, str]]:
    """What failed, once everything planned did: functions take up what was sent whenever they come to it."""
    deadline = time.monotonic() + 60
    while True:
        failed = {(one["alvo"], one["como"]) for one in journal.read(day.aws.directory, Kind.FAULT)}
        if failed >= PLANNED or time.monotonic() > deadline:
            return failed
        time.sleep(0.2)


@pytest.fixture(scope="module")
def day(own: Deployed) -> Iterator[Deployed]:
    """An instance that keeps a journal, on which nobody waits for minutes to see a message again."""
    Queues(own.aws).hurry(2)
    plan.write(own.aws.directory, FAULTS, seed=5)
    yield own
    (own.aws.directory / plan.FILE).unlink()


def test_each_lote_is_received_once_whatever_fails_meanwhile(day: Deployed) -> None:
    client = sign_in_as(day.where, "faturista", HOSPITAL.prestador_id)
    with insisting(), ThreadPoolExecutor(4) as pool:
        accepted = list(pool.map(lambda numero: send(client, numero), LOTES))
        failed = until_they_failed(day)
        plan.write(day.aws.directory)
        Queues(day.aws).resend()
        sweep(day.aws)
        uploads = settle(day.aws, client, accepted)
        pegs = [peg for peg in month(client) if int(peg["numero_lote"]) in LOTES]
    assert check(accepted, uploads, pegs) == []
    assert failed >= PLANNED


def handed_over_until(day: Deployed, client: Client, upload_id: str, tipo: str) -> dict[str, Any]:
    """An upload whose verdict documentos is made to have missed, once the sweep has it judged again."""
    uploads = DynamoUploads(day.aws.client("dynamodb"), STAGE + "documentos")
    judged = uploads.get(HOSPITAL.prestador_id, upload_id)
    assert judged is not None
    missed = replace(
        judged,
        situacao=Situacao.EM_PROCESSAMENTO,
        recurso=None,
        versao=judged.versao + 1,
        conferir_em=datetime.now(UTC),
    )
    uploads.change(judged, missed, None, datetime.now(UTC))
    sweep(day.aws)
    ended = client.follow(upload_id, 60)
    told = [
        one for one in journal.read(day.aws.directory, Kind.EVENT) if one["tipo"] == tipo and upload_id in one["texto"]
    ]
    assert len(told) == 2
    assert len({one["id"] for one in told}) == 1
    return ended


def test_a_verdict_that_was_missed_is_told_again_as_the_same_event_and_nobody_has_two_alertas(day: Deployed) -> None:
    client = sign_in_as(day.where, "faturista", HOSPITAL.prestador_id)
    taken, refused = (
        client.follow(client.upload(gerar(Pedido(guias=1, origem_cnpj=cnpj, numero_lote=numero)).conteudo)["id"], 60)
        for cnpj, numero in ((HOSPITAL.cnpj or "", "399"), (CLINICA.cnpj or "", "398"))
    )
    assert (taken["situacao"], refused["situacao"]) == ("CONCLUIDO", "RECUSADO")
    for upload, tipo in ((taken, "PegRecebido"), (refused, "LoteRecusado")):
        again = handed_over_until(day, client, upload["id"], tipo)
        assert (again["situacao"], again["recurso"]) == (upload["situacao"], upload["recurso"])
    recent = client.get("/alertas")["alertas"]
    about = Counter(one["entidade"] for one in recent if one["tipo"] in {"PegRecebido", "LoteRecusado"})
    assert about[f"upload/{refused['id']}"] == about[f"peg/{taken['recurso']['id']}"] == 1


def test_nobody_who_was_loaded_is_told_of_and_who_is_planted_is_found(day: Deployed) -> None:
    personal = loaded(day.where, local_day(datetime.now(UTC)))
    assert len(personal.numbers) > 1000
    assert list(leaks(of_day(day.aws), personal)) == []
    somebody = str(day.where["beneficiarios"][0]["cpf"])
    queue, body = Queues(day.aws).urls["peg-eventos-dlq"], json.dumps({"detail": {"cpf": somebody}})
    day.aws.client("sqs").send_message(QueueUrl=queue, MessageBody=body)
    (found,) = leaks(of_day(day.aws), personal)
    assert (found.kind, found.told, found.place) == ("CPF", somebody, "dlq peg-eventos-dlq")
    day.aws.client("sqs").purge_queue(QueueUrl=queue)
