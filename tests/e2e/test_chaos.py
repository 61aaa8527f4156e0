"""Function processes killed in the middle of a burst, and the runtime stopped and started: nothing lost, nothing twice.

What S3 accepted is the truth; the checker compares it with what became of it. It is itself checked with a history in
which one upload was lost and one lote was received twice.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.client import ApiError, Client, sign_in_as
from local.gerador import Pedido, Tipo, gerar
from local.run import Progress, bring_up
from local.runtime import EmbeddedAws, environment_pids
from local.seed import HOSPITAL
from tests.e2e.conftest import Deployed

pytestmark = pytest.mark.e2e

UPLOADS = 24
PATIENCE = 240.0


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file S3 took: which lote it is and what it is worth."""

    upload_id: str
    numero_lote: str
    guias: int
    valor: str


def check(accepted: Sequence[Accepted], uploads: Mapping[str, Any], pegs: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is wrong between what S3 accepted and what became of it; empty when nothing is."""
    wrong = []
    by_lote = Counter(str(peg["numero_lote"]) for peg in pegs)
    by_protocolo = {str(peg["protocolo"]): peg for peg in pegs}
    for file in accepted:
        upload = uploads.get(file.upload_id)
        if upload is None or upload["situacao"] != "CONCLUIDO":
            wrong.append(f"lost: upload {file.upload_id} is {upload and upload['situacao']}")
            continue
        peg = by_protocolo.get(upload["recurso"]["id"])
        if peg is None:
            wrong.append(f"lost: protocolo {upload['recurso']['id']} is not in the month's list")
        elif (peg["numero_lote"], peg["quantidade_guias"], peg["valor_informado"]) != (
            file.numero_lote, file.guias, file.valor,
        ):  # fmt: skip
            wrong.append(f"changed: {peg}")
    wrong += [f"received {times} times: lote {lote}" for lote, times in by_lote.items() if times > 1]
    return wrong


def test_the_checker_notices_a_lost_upload_and_a_lote_received_twice() -> None:
    peg = {"numero_lote": "1", "protocolo": "1", "quantidade_guias": 1, "valor_informado": "1.00"}
    done = {"situacao": "CONCLUIDO", "recurso": {"id": "1"}}
    file = Accepted("a", "1", 1, "1.00")
    assert check([file], {"a": done}, [peg]) == []
    assert len(check([file], {}, [peg])) == 1
    assert len(check([file], {"a": {"situacao": "EM_PROCESSAMENTO"}}, [peg])) == 1
    assert len(check([file], {"a": done}, [peg, {**peg, "protocolo": "2"}])) == 1
    assert len(check([file], {"a": done}, [{**peg, "valor_informado": "2.00"}])) == 1


def kill_one(directory: Path, rng: random.Random) -> bool:
    """Kill a function process, however it is busy; whether there was one."""
    victims = sorted(environment_pids(directory))
    if not victims:
        return False
    with suppress(ProcessLookupError):
        os.kill(rng.choice(victims), signal.SIGKILL)
    return True


def send(client: Client, numero: int) -> Accepted:
    """One lote, insisting as a client does while functions die under it: the same key is the same upload."""
    guias = 1 + numero % 4
    lote = gerar(Pedido(tipo=Tipo.SADT, guias=guias, origem_cnpj=HOSPITAL.cnpj or "", numero_lote=str(numero)))
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            upload = client.upload(lote.conteudo, key=f"lote-{numero}")
        except (ApiError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
            continue
        return Accepted(upload["id"], str(numero), guias, f"{lote.valor_total:.2f}")


def sweep(aws: EmbeddedAws) -> int:
    """Run the reconciliation as ops would from the console; how many uploads were still pending."""
    answer = aws.client("lambda").invoke(
        FunctionName="conecta-embarcado-documentos-fluxo",
        Payload=json.dumps({"tarefa": "conciliar-uploads", "todos": True}).encode(),
    )
    found: dict[str, int] = json.loads(answer["Payload"].read())
    return found.get("pendentes", 1)


def settle(aws: EmbeddedAws, client: Client, accepted: Sequence[Accepted]) -> dict[str, Any]:
    """Every upload once it is final, the sweep helping now and then."""
    uploads: dict[str, Any] = {}
    deadline = time.monotonic() + PATIENCE
    next_sweep = time.monotonic() + 5
    while len(uploads) < len(accepted) and time.monotonic() < deadline:
        for file in accepted:
            if file.upload_id not in uploads:
                found = client.get(f"/documentos/uploads/{file.upload_id}")
                if found["situacao"] not in {"AGUARDANDO_ARQUIVO", "EM_PROCESSAMENTO"}:
                    uploads[file.upload_id] = found
        if time.monotonic() > next_sweep:
            sweep(aws)
            next_sweep = time.monotonic() + 5
        time.sleep(0.3)
    return uploads


def month(client: Client) -> list[dict[str, Any]]:
    pegs: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = client.get(f"/pegs{cursor}")
        pegs += page["pegs"]
        if page["cursor"] is None:
            return pegs
        cursor = f"?cursor={page['cursor']}"


def test_nothing_is_lost_or_received_twice_when_processes_die_and_the_runtime_restarts(own: Deployed) -> None:
    client = sign_in_as(own.where, "faturista", HOSPITAL.prestador_id)
    rng, killed = random.Random(7), []  # noqa: S311  # which process dies is not a secret

    def send_and_kill(numero: int) -> Accepted:
        file = send(client, numero)
        killed.append(kill_one(own.aws.directory, rng))  # under whoever else is sending, and what becomes of the file
        return file

    with ThreadPoolExecutor(8) as pool:
        accepted = list(pool.map(send_and_kill, range(1, UPLOADS + 1)))
    own.aws.stop()  # in the middle of whatever is running
    where = bring_up(own.aws, Progress(lambda _line: None))
    client = sign_in_as(where, "faturista", HOSPITAL.prestador_id)
    uploads = settle(own.aws, client, accepted)
    assert check(accepted, uploads, month(client)) == []
    assert sum(killed) > 10
    assert sweep(own.aws) == 0
    protocolos = {upload["recurso"]["id"] for upload in uploads.values()}
    assert len(protocolos) == UPLOADS
