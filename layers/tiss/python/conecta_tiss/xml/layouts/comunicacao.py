"""`comunicacaoInternacao` and `reciboComunicacao`."""

from __future__ import annotations

from functools import cache
from typing import Final

from conecta_tiss.messages import comunicacao
from conecta_tiss.xml.layout import BENEFICIARIO, Filho, Registro, data, dentro, sim_nao, texto
from conecta_tiss.xml.layouts.comum import MENSAGEM_ERRO, NOMES

_EVENTO: Final = (
    texto("tipoEvento", "tipo_evento"),
    dentro(
        "dadosInternacao",
        texto("motivoEncerramento", "motivo_encerramento"),
        texto("tipoInternacao", "tipo_internacao"),
    ),
)


@cache
def comunicacao_internacao() -> Registro:
    """ctm_beneficiarioComunicacao."""
    return Registro(
        classe=comunicacao.ComunicacaoInternacao,
        partes=(BENEFICIARIO, data("dataEvento", "data_evento"), *_EVENTO),
    )


@cache
def comunicacao_recebida() -> Registro:
    """ctm_beneficiarioComunicacaoRet."""
    return Registro(classe=comunicacao.ComunicacaoRecebida, partes=(BENEFICIARIO, *NOMES, *_EVENTO))


@cache
def comunicacao_registrada() -> Registro:
    """ctm_beneficiarioComunicacaoRecibo."""
    return Registro(
        classe=comunicacao.ComunicacaoRegistrada,
        partes=(
            sim_nao("statusComunicacao", "registrada"),
            Filho(elemento="beneficiarioComunicacaoRet", campo="comunicacao", registro=comunicacao_recebida),
            texto("codigoGlosa", "codigo_glosa"),
        ),
    )


@cache
def recibo_comunicacao() -> Registro:
    """ct_reciboComunicacao."""
    return Registro(
        classe=comunicacao.ReciboComunicacao,
        partes=(
            MENSAGEM_ERRO,
            Filho(elemento="reciboComunicacao", campo="recibo", registro=comunicacao_registrada),
        ),
    )
