"""How a file that arrives, or a load that is asked for again, starts the workflow. A duplicate starts nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conecta_cargas import loading as service
from conecta_cargas.columns import Tipo
from conecta_cargas.following import Arquivos, Cargas
from conecta_cargas.states import SituacaoCarga
from conecta_edge import executions, observability, session
from conecta_edge.clock import FUSO


def file_arrived(found: Mapping[str, Any], *, tipos: Mapping[str, Tipo], cargas: Cargas, arquivos: Arquivos) -> None:
    """S3's `Object Created` (`detail.object`): registers a load, and starts it unless it is refused."""
    key = str(found["key"])  # EventBridge gives keys as they are
    if key.endswith("/"):
        return  # the console makes a folder by an empty object
    carga = service.register_carga(
        key,
        found.get("version-id"),
        tipos=tipos,
        cargas_=cargas,
        arquivos=arquivos,
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
        start(carga.registro_ans, carga.id, carga.tentativa)


def resumed(event: Mapping[str, Any]) -> None:
    """`CargaRetomada`: starts it again."""
    start(str(event["registro_ans"]), str(event["dados"]["id"]), int(event["dados"]["tentativa"]))


def start(registro_ans: str, carga_id: str, tentativa: int) -> None:
    """Start the workflow of `MAQUINA_CARGA_ARN`; its name is the load and the attempt."""
    executions.start("MAQUINA_CARGA_ARN", f"{carga_id}-{tentativa}", {"registro_ans": registro_ans, "id": carga_id})
    observability.log("info", "carga iniciada", correlacao=carga_id, tentativa=tentativa)
