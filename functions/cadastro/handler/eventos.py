"""Queue and stream entry.

* SQS `cadastro-eventos`: S3 `Object Created` under `cadastro/` of the bucket of arrivals registers a load and starts
  `carga-cadastro`; `CargaRetomada` starts it again;
* the table's stream: outbox rows, published to the bus.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from cadastro.bootstrap import cargas as bootstrap
from cadastro.domain.carga_tipos import TIPOS
from conecta_cargas import loading as service
from conecta_cargas.states import SituacaoCarga
from conecta_edge import observability, queues, session
from conecta_edge.aws import client, error_code
from conecta_edge.clock import FUSO
from conecta_edge.settings import required

SOURCE: Final = "conecta.cadastro"


def handler(event: Mapping[str, Any], context: Any) -> Any:
    """One batch of either source; what failed is reported item by item."""
    return _entry()(event, context)


@lru_cache(maxsize=1)
def _entry() -> queues.Entry:
    return queues.Entry(SOURCE, consume)


def consume(message: Mapping[str, Any]) -> None:
    """One message of the queue: an EventBridge event. A duplicate starts nothing."""
    kind, detail = message["detail-type"], message["detail"]
    if kind == "Object Created":
        _file_arrived(detail["object"])
    elif kind == "CargaRetomada":
        _start(str(detail["registro_ans"]), str(detail["dados"]["id"]), int(detail["dados"]["tentativa"]))
    else:
        raise queues.UnknownMessageError(str(kind))


def _file_arrived(found: Mapping[str, Any]) -> None:
    key = str(found["key"])  # EventBridge gives keys as they are
    if key.endswith("/"):
        return  # the console makes a folder by an empty object
    carga = service.register_carga(
        key,
        found.get("version-id"),
        tipos=TIPOS,
        cargas_=bootstrap.cargas(),
        arquivos=bootstrap.chegada(),
        fuso=FUSO,
        now=session.clock().now(),
    )
    if carga is None:
        observability.log("warning", "arquivo de carga sumiu antes de ser lido")
        return
    observability.log(
        "info", "carga registrada", correlacao=carga.id, registro_ans=carga.registro_ans, situacao=carga.situacao.value
    )
    if carga.situacao is SituacaoCarga.RECEBIDA:
        _start(carga.registro_ans, carga.id, carga.tentativa)


def _start(registro_ans: str, carga_id: str, tentativa: int) -> None:
    """Start the workflow; its name is the load and the attempt."""
    try:
        client("stepfunctions").start_execution(
            stateMachineArn=required("MAQUINA_CARGA_ARN"),
            name=f"{carga_id}-{tentativa}",
            input=json.dumps({"registro_ans": registro_ans, "id": carga_id}),
        )
    except Exception as error:
        if error_code(error) != "ExecutionAlreadyExists":
            raise
    observability.log("info", "carga iniciada", correlacao=carga_id, tentativa=tentativa)
