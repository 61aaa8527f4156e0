"""A demonstrativo in each format: what single answers and archives have in common."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from conecta_edge import audit
from conecta_edge.aws import client
from conecta_edge.http import JSON
from conecta_edge.settings import required
from conecta_tiss.versions import Versao
from pagamento.bootstrap import nucleo as bootstrap
from pagamento.domain.demonstrativos import DemonstrativoPagamento
from pagamento.domain.lotes import Formato
from pagamento.handler.comum import CAMPOS, FINALIDADE

if TYPE_CHECKING:
    from conecta_facts.operadoras import Operadora
    from pagamento.domain.demonstrativos import AnaliseDeConta
    from pagamento.domain.lotes import Lote
    from pagamento.service.lotes import Demonstrativo
    from pagamento.service.portas import Portas

MEDIA: Final[Mapping[Formato, str]] = {
    Formato.JSON: JSON, Formato.XML: "application/xml", Formato.CSV: "text/csv; charset=utf-8",
    Formato.PDF: "application/pdf",
}  # fmt: skip


def render(
    found: Iterable[AnaliseDeConta] | DemonstrativoPagamento, formato: Formato, versao: Versao | None, portas: Portas
) -> bytes:
    """Only what is asked for is imported.

    Args:
        versao: of the message; without one, the newest that the operadora accepts.

    Raises:
        DemonstrativoIndisponivelError: it does not fit the message's version.
    """
    writer: Any
    match formato:
        case Formato.XML:
            from pagamento.messages.demonstrativos import xml  # noqa: PLC0415

            told = found if isinstance(found, DemonstrativoPagamento) else list(found)
            head = told.cabecalho if isinstance(told, DemonstrativoPagamento) else told[0].cabecalho
            return xml(told, versao or newest(head.operadora, portas), portas.now)
        case Formato.CSV:
            from pagamento import planilhas as writer  # noqa: PLC0415
        case Formato.PDF:
            from pagamento import pdf as writer  # noqa: PLC0415
        case _:
            from pagamento.schemas import demonstrativos as writer  # noqa: PLC0415
    made = writer.pagamento(found) if isinstance(found, DemonstrativoPagamento) else writer.analises(found)
    if isinstance(made, bytes):
        return made
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()


def escrever(found: Demonstrativo, lote: Lote) -> bytes:
    """See `pagamento.service.lotes.Escrever`; that its asker may read it is recorded before it is kept."""
    portas = bootstrap.portas()
    if isinstance(found, DemonstrativoPagamento):
        contas = [conta for one in found.pagamentos for conta in one.contas]
    else:
        contas = [one.conta for one in found]
    for one in contas:
        shown = CAMPOS if any(guia.itens for guia in one.guias) else CAMPOS[:1]
        audit.append(
            client("dynamodb"), required("TABELA_AUDITORIA"),
            audit.Access(
                audit.Actor(f"PRESTADOR#{lote.prestador_id}", lote.quem, "lote"), "POST /demonstrativos/lotes",
                FINALIDADE, f"{lote.id}-{one.protocolo}", f"peg/{one.protocolo}", one.vidas, shown,
            ),
            portas.now,
        )  # fmt: skip
    return render(found, lote.formato, Versao(lote.versao_tiss) if lote.versao_tiss else None, portas)


def newest(operadora: Operadora, portas: Portas) -> Versao:
    """Of the versions that an operadora accepts today."""
    accepted = [one.versao for one in operadora.versoes if one.accepts(portas.hoje)]
    return Versao(max(accepted, default=Versao.V4_01_00.value))
