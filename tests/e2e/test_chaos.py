"""Function processes killed in the middle of a burst, and the runtime stopped and started: nothing lost, nothing twice.

What S3 accepted is the truth; the checker compares it with what became of it. It is itself checked with a history in
which one upload was lost and one lote was received twice.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.client import ApiError, Client, sign_in_as
from local.gerador import Pedido, Tipo, gerar
from local.run import Progress, bring_up
from local.runtime import EmbeddedAws, environment_pids
from local.seed import HOSPITAL

pytestmark = pytest.mark.e2e

UPLOADS = 36
PATIENCE = 240.0
KILL_EVERY = 0.25


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


class Killer(threading.Thread):
    """Kills a random function process every quarter of a second, however it is busy."""

    def __init__(self, directory: Path) -> None:
        super().__init__(daemon=True)
        self.directory = directory
        self.killed = 0
        self.done = threading.Event()

    def run(self) -> None:
        rng = random.Random(7)  # noqa: S311  # which process dies is not a secret
        while not self.done.wait(KILL_EVERY):
            victims = sorted(environment_pids(self.directory))
            if victims:
                try:
                    os.kill(rng.choice(victims), signal.SIGKILL)
                    self.killed += 1
                except ProcessLookupError:
                    continue


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


def test_nothing_is_lost_or_received_twice_when_processes_die_and_the_runtime_restarts(tmp_path: Path) -> None:
    aws = EmbeddedAws(tmp_path)
    try:
        where = bring_up(aws, Progress(lambda _line: None))
        client = sign_in_as(where, "faturista", HOSPITAL.prestador_id)
        killer = Killer(tmp_path)
        killer.start()
        with ThreadPoolExecutor(8) as pool:
            accepted = list(pool.map(lambda n: send(client, n), range(1, UPLOADS + 1)))
        aws.stop()  # in the middle of whatever is running
        killer.done.set()
        killer.join()
        where = bring_up(aws, Progress(lambda _line: None))
        client = sign_in_as(where, "faturista", HOSPITAL.prestador_id)
        uploads = settle(aws, client, accepted)
        assert check(accepted, uploads, month(client)) == []
        assert killer.killed > 10
        assert sweep(aws) == 0
        protocolos = {upload["recurso"]["id"] for upload in uploads.values()}
        assert len(protocolos) == UPLOADS
    finally:
        aws.stop()
