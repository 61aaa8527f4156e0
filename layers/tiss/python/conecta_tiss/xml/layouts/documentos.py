"""`envioDocumentos` and `recebimentoDocumentos`."""

from __future__ import annotations

from functools import cache
from typing import Final

from conecta_tiss.messages import documentos
from conecta_tiss.xml.layout import OBSERVACAO, Filho, Registro, numero, texto
from conecta_tiss.xml.layouts.comum import MENSAGEM_ERRO

_DE_QUE: Final = (
    texto("numeroLote", "numero_lote"),
    texto("numeroProtocolo", "numero_protocolo"),
    texto("numeroGuiaPrestador", "numero_guia_prestador"),
    texto("numeroGuiaOperadora", "numero_guia_operadora"),
    texto("numeroDocumento", "numero_documento"),
)


@cache
def envio_documentos() -> Registro:
    """ct_envioDocumentos."""
    return Registro(
        classe=documentos.EnvioDocumentos,
        partes=(
            *_DE_QUE,
            texto("naturezaGuia", "natureza"),
            texto("formatoDocumento", "formato"),
            numero("seqReferenciaItem", "sequencial_item"),
            texto("documento", "documento"),
            texto("tipoDocumento", "tipo"),
            OBSERVACAO,
        ),
    )


@cache
def recibo_documentos() -> Registro:
    """ct_reciboDocumentos."""
    return Registro(
        classe=documentos.ReciboDocumentos,
        partes=(*_DE_QUE, texto("protocoloDoc", "protocolo_documento"), OBSERVACAO),
    )


@cache
def recebimento_documentos() -> Registro:
    """`recebimentoDocumentos`."""
    return Registro(
        classe=documentos.RecebimentoDocumentos,
        partes=(MENSAGEM_ERRO, Filho(elemento="reciboDocumento", campo="recibo", registro=recibo_documentos)),
    )
