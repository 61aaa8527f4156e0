"""`verificaElegibilidade` and `respostaElegibilidade`."""

from __future__ import annotations

from functools import cache

from conecta_tiss.messages import elegibilidade
from conecta_tiss.xml.layout import TOKEN, Filho, Registro, data, sim_nao, texto
from conecta_tiss.xml.layouts.comum import IDENTIFICACAO, MENSAGEM_ERRO, MOTIVOS_NEGATIVA, NOMES, PRESTADOR


@cache
def verifica_elegibilidade() -> Registro:
    """ct_elegibilidadeVerifica."""
    return Registro(
        classe=elegibilidade.VerificaElegibilidade,
        partes=(
            PRESTADOR,
            texto("numeroCarteira", "numero_carteira"),
            *IDENTIFICACAO,
            data("validadeCarteira", "validade_carteira"),
            *TOKEN,
        ),
    )


@cache
def recibo_elegibilidade() -> Registro:
    """ct_elegibilidadeRecibo."""
    return Registro(
        classe=elegibilidade.ReciboElegibilidade,
        partes=(
            texto("registroANS", "registro_ans"),
            texto("numeroCarteira", "numero_carteira"),
            *TOKEN,
            data("validadeCarteira", "validade_carteira"),
            *NOMES,
            *IDENTIFICACAO,
            sim_nao("respostaSolicitacao", "resposta_solicitacao"),
            MOTIVOS_NEGATIVA,
        ),
    )


@cache
def resposta_elegibilidade() -> Registro:
    """`respostaElegibilidade` of a message (its SOAP namesake says `codigoGlosa` for `mensagemErro`)."""
    return Registro(
        classe=elegibilidade.RespostaElegibilidade,
        partes=(
            MENSAGEM_ERRO,
            Filho(elemento="reciboElegibilidade", campo="recibo", registro=recibo_elegibilidade),
        ),
    )
