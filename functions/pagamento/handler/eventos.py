"""Queue and stream entry.

* SQS `pagamento-eventos`: PEGs whose values are published (`PegLiberado`) or given back (`ValorRecuperado`), what
  recursos of before the migration give back (`RecursoRespondido`), demonstrativos asked for by files
  (`DocumentoRecebido`) or in bulk (`DemonstrativosPedidos`), new cronogramas (`CronogramaPublicado`), files of
  financeiro (S3 `Object Created`) and their loads gone on with (`CargaRetomada`);
* the table's stream: outbox rows and images, published to the bus.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from conecta_edge import executions, observability, queues
from pagamento.dynamodb.imagens import imagem

SOURCE: Final = "conecta.pagamento"


def consume(message: Mapping[str, Any]) -> None:
    """One message; what comes twice changes nothing more.

    Raises:
        UnknownMessageError: nobody here knows it.
    """
    detail = message["detail"]
    match message["detail-type"]:
        case "PegLiberado":
            _open(detail, detail["entidade"].partition("/")[2])
        case "ValorRecuperado":
            _open(detail, f"{detail['dados']['protocolo']}-{detail['dados']['parcela']}")
        case "RecursoRespondido":
            _credit(detail)
        case "CronogramaPublicado":
            registro = detail["registro_ans"]
            _start("MAQUINA_FECHAMENTO_ARN", f"recontagem-{registro}-{detail['dados']['versao']}",
                   {"acao": "recontar", "registro_ans": registro})  # fmt: skip
        case "DemonstrativosPedidos":
            which = detail["dados"]["id"]
            _start("MAQUINA_LOTE_ARN", which, {"prestador_id": detail["prestador_id"], "id": which})
        case "DocumentoRecebido":
            from pagamento.handler import envios  # noqa: PLC0415

            envios.message_received(detail)
        case "Object Created" | "CargaRetomada" as tipo:
            from pagamento.handler import cargas  # noqa: PLC0415

            (cargas.resumed if tipo == "CargaRetomada" else cargas.file_arrived)(detail)
        case other:
            raise queues.UnknownMessageError(str(other))


def _open(envelope: Mapping[str, Any], fatura_id: str) -> None:
    from pagamento.bootstrap import nucleo  # noqa: PLC0415
    from pagamento.service import faturas  # noqa: PLC0415

    fatura = faturas.open_fatura(
        envelope["prestador_id"], fatura_id, nucleo.portas(), correlacao=envelope["correlacao"]
    )  # fmt: skip
    observability.log("info", "fatura aberta", protocolo=fatura_id, situacao=fatura.situacao.value if fatura else None)


def _credit(envelope: Mapping[str, Any]) -> None:
    from pagamento.bootstrap import nucleo  # noqa: PLC0415
    from pagamento.service import pagamentos  # noqa: PLC0415

    dados = envelope["dados"]
    acatado = Decimal(dados["valor_acatado"])
    if not (dados["legado"] and acatado):
        return  # what is given back of a PEG of ours comes as `ValorRecuperado`
    entry = pagamentos.credit_recurso(
        envelope["prestador_id"], envelope["registro_ans"], dados["recurso"], acatado, nucleo.portas(),
        correlacao=envelope["correlacao"],
    )  # fmt: skip
    observability.log("info", "recurso creditado", protocolo=entry.id, situacao=entry.situacao.value)


def _start(machine: str, name: str, entrada: Mapping[str, Any]) -> None:
    executions.start(machine, name, entrada)
    observability.log("info", "execucao iniciada", correlacao=name)


handler: Final = queues.Entry(SOURCE, consume, imagem)
"""One batch of either source; what failed is reported item by item."""
