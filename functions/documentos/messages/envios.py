"""`envioDocumentos`: as far as it can be read, what it brings, and its receipt."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from conecta_edge.clock import FUSO
from conecta_tiss import pipeline
from conecta_tiss.findings import Achado, code_of
from conecta_tiss.messages.documentos import EnvioDocumentos, RecebimentoDocumentos, ReciboDocumentos
from conecta_tiss.rules import admissao
from conecta_tiss.vocabulary.tables import FormatoDocumento, TipoGuia, TipoTransacao
from conecta_tiss.xml import answers
from conecta_tiss.xml.writer import cut
from documentos.domain.documentos import Destino
from documentos.domain.envios import Enviado
from documentos.domain.finalidades import Alvo, Formato

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from conecta_tiss.rules.admissao import Habilitado, Lida
    from documentos.domain.envios import Numerado, Recusa

TRANSACAO: Final = "envioDocumentos"
FORMATOS: Final[Mapping[str, Formato]] = MappingProxyType({
    FormatoDocumento.JPEG: Formato.JPEG, FormatoDocumento.PDF: Formato.PDF, FormatoDocumento.PNG: Formato.PNG,
    FormatoDocumento.TIFF: Formato.TIFF, FormatoDocumento.PADES: Formato.PDF,
})  # fmt: skip
"""Those that can be looked into: CAdES wraps the document in a signature."""


def read(raw: bytes, hoje: date) -> Lida:
    """As much of the message as can be read, and everything the standard finds wrong."""
    return pipeline.read_as(raw, TRANSACAO, EnvioDocumentos, hoje=hoje)


def judge(lida: Lida, remetente: Habilitado, *, atendida: bool) -> tuple[Achado, ...]:
    """All that keeps the message from being answered; empty when nothing does.

    Args:
        remetente: the prestador that sent it, with the operadora that answers.
        atendida: the operadora is one of ours.
    """
    return admissao.judge(lida, remetente, lambda: admissao.nunca_habilitado(lida, remetente), atendida=atendida)


def enviado(corpo: EnvioDocumentos, registro_ans: str) -> Enviado:
    """What a valid message brings."""
    return Enviado(
        registro_ans=registro_ans, numero=corpo.numero_documento.strip(), tipo=corpo.tipo,
        formato=FORMATOS.get(corpo.formato), conteudo=corpo.conteudo, destino=_destino(corpo),
        guia=_said(corpo.numero_guia_prestador) if corpo.natureza == TipoGuia.SOLICITACAO else None,
    )  # fmt: skip


def _destino(corpo: EnvioDocumentos) -> Destino | None:
    """By `naturezaGuia`: a solicitação, what is billed, a recurso."""
    guia = _said(corpo.numero_guia_prestador) or _said(corpo.numero_guia_operadora)
    protocolo, lote = _said(corpo.numero_protocolo), _said(corpo.numero_lote)
    match corpo.natureza:
        case TipoGuia.SOLICITACAO if numero := _said(corpo.numero_guia_operadora):
            return Destino(Alvo.AUTORIZACAO, numero)
        case TipoGuia.FATURAMENTO if protocolo:
            return Destino(Alvo.GUIA if guia else Alvo.PEG, protocolo, guia)
        case TipoGuia.FATURAMENTO if lote:
            return Destino(Alvo.LOTE, lote, guia)
        case TipoGuia.RECURSO_GLOSA if protocolo:
            return Destino(Alvo.RECURSO, protocolo)
    return None


def _said(text: str | None) -> str | None:
    return (text or "").strip() or None


def refusals(lida: Lida, recusas: Sequence[Recusa]) -> tuple[Achado, ...]:
    """Why a document is not taken, in the words of the sender's version."""
    versao = lida.versao_de_resposta
    return tuple(Achado(one.regra, code_of(one.motivo, versao), one.mensagem) for one in recusas)


def received(lida: Lida, numerado: Numerado) -> RecebimentoDocumentos:
    """The receipt: what the document is of, as sent."""
    said: EnvioDocumentos = lida.corpo
    return RecebimentoDocumentos(recibo=ReciboDocumentos(
        numero_lote=cut(said.numero_lote, 12), numero_protocolo=cut(said.numero_protocolo, 12),
        numero_guia_prestador=cut(said.numero_guia_prestador, 20),
        numero_guia_operadora=cut(said.numero_guia_operadora, 20),
        numero_documento=cut(said.numero_documento, 20) or "0", protocolo_documento=numerado.protocolo,
    ))  # fmt: skip


def refused(lida: Lida, achados: Sequence[Achado]) -> RecebimentoDocumentos:
    """`mensagemErro`."""
    return RecebimentoDocumentos(mensagem_erro=answers.error(achados, lida.versao_de_resposta))


def answer(lida: Lida, remetente: Habilitado, corpo: RecebimentoDocumentos, quando: datetime) -> bytes:
    """The whole message."""
    return answers.answer(lida, remetente, TipoTransacao.RECEBIMENTO_DOCUMENTO, corpo, quando.astimezone(FUSO))
