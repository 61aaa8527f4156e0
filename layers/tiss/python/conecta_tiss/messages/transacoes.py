"""Which body each transaction carries."""

from __future__ import annotations

from typing import Final

CORPOS: Final[dict[str, str]] = {
    "ENVIO_LOTE_GUIAS": "loteGuias",
    "ENVIO_ANEXO": "loteAnexos",
    "SOLICITACAO_PROCEDIMENTOS": "solicitacaoProcedimento",
    "SOLICITA_STATUS_AUTORIZACAO": "solicitaStatusAutorizacao",
    "VERIFICA_ELEGIBILIDADE": "verificaElegibilidade",
    "CANCELA_GUIA": "cancelaGuia",
    "COMUNICACAO_BENEFICIARIO": "comunicacaoInternacao",
    "RECURSO_GLOSA": "recursoGlosa",
    "SOLIC_STATUS_PROTOCOLO": "solicitacaoStatusProtocolo",
    "SOLIC_STATUS_RECURSO_GLOSA": "solicitacaoStatusRecursoGlosa",
    "SOLIC_DEMONSTRATIVO_RETORNO": "solicitacaoDemonstrativoRetorno",
    "ENVIO_DOCUMENTO": "envioDocumentos",
    "PROTOCOLO_RECEBIMENTO": "recebimentoLote",
    "PROTOCOLO_RECEBIMENTO_ANEXO": "recebimentoAnexo",
    "RECEBIMENTO_RECURSO_GLOSA": "recebimentoRecursoGlosa",
    "RESPOSTA_RECURSO_GLOSA": "respostaRecursoGlosa",
    "RESPOSTA_SOLICITACAO": "autorizacaoServicos",
    "AUTORIZACAO_ODONTOLOGIA": "autorizacaoServicos",
    "STATUS_AUTORIZACAO": "situacaoAutorizacao",
    "SITUACAO_ELEGIBILIDADE": "respostaElegibilidade",
    "CANCELAMENTO_GUIA_RECIBO": "reciboCancelaGuia",
    "RECIBO_COMUNICACAO": "reciboComunicacao",
    "SITUACAO_PROTOCOLO": "situacaoProtocolo",
    "DEMONSTRATIVO_ANALISE_CONTA": "demonstrativosRetorno",
    "DEMONSTRATIVO_PAGAMENTO": "demonstrativosRetorno",
    "DEMONSTRATIVO_ODONTOLOGIA": "demonstrativosRetorno",
    "RECEBIMENTO_DOCUMENTO": "recebimentoDocumentos",
}
"""Body element of each of the 27 transactions (tiss.md 2.1 and 2.2)."""
