"""Examples for the documentation: one request that goes to analysis with OPME, one that is authorised at once."""

from __future__ import annotations

from typing import Any, Final

NUMERO: Final = "26110482915537"
PEDIDO: Final[dict[str, Any]] = {
    "tipo": "SP_SADT", "registro_ans": "345695", "numero_carteira": "00012345678900011",
    "numero_guia_prestador": "GP-1001", "carater": "1", "justificativa": "Investigação de anemia.",
    "profissional": {
        "nome": "Médica de Exemplo", "conselho": "CRM", "numero": "123456", "uf": "SP", "cbo": "225125",
    },
    "itens": [{"tabela": "22", "codigo": "40304361", "quantidade": 1, "descricao": "Hemograma completo"}],
}  # fmt: skip
INTERNACAO: Final[dict[str, Any]] = {
    **PEDIDO, "tipo": "INTERNACAO", "numero_guia_prestador": "GP-1002", "diarias": 3, "tipo_internacao": "2",
    "regime_internacao": "1", "data_atendimento": "2026-12-10", "indicador_opme": True, "cids": ["M17.1"],
    "justificativa": "Artroplastia total de joelho.",
    "itens": [{"tabela": "22", "codigo": "30726034", "quantidade": 1}],
    "anexos": [{
        "tipo": "OPME", "numero": "AX-1", "justificativa": "Prótese primária cimentada.",
        "itens": [
            {"tabela": "19", "codigo": "70000001", "quantidade": 1, "valor": "8500.00",
             "opme": {"opcao": "1", "registro_anvisa": "80000000001"}},
            {"tabela": "19", "codigo": "70000001", "quantidade": 1, "valor": "9100.00",
             "opme": {"opcao": "2", "registro_anvisa": "80000000002"}},
        ],
    }],
    "documentos": [{"id": "0f3b0c6a9d5e4a54b2f0c1d2e3f4a5b6", "cotacao": True}],
}  # fmt: skip
RESUMO: Final[dict[str, Any]] = {
    "numero": NUMERO, "senha": NUMERO, "protocolo_atendimento": "261140000042", "registro_ans": "345695",
    "numero_guia_prestador": "GP-1001", "tipo": "SP_SADT", "origem": "PRESTADOR", "carater": "1",
    "situacao": "AUTORIZADA", "status_tiss": "1", "prestador": "12345678000195", "solicitante": "12345678000195",
    "executante": "12345678000195", "data_solicitacao": "2026-11-21", "data_atendimento": None,
    "data_autorizacao": "2026-11-21", "validade": "2027-02-19", "vez_de": "PRESTADOR", "ate": "2027-02-19",
    "responder_ate": None, "principal": None,
}  # fmt: skip
ITEM: Final[dict[str, Any]] = {
    "sequencia": 1, "anexo": None, "tabela": "22", "codigo": "40304361", "descricao": "Hemograma completo",
    "dente": None, "regiao": None, "face": None, "opme": None, "situacao": "AUTORIZADO",
    "quantidade_solicitada": "1", "quantidade_autorizada": "1", "quantidade_faturada": "0", "valor_solicitado": None,
    "valor_autorizado": "12.40", "data_prevista": None, "data_pedida": None, "motivos": [],
}  # fmt: skip
MARCO: Final[dict[str, Any]] = {
    "quando": "2026-11-21T12:00:00.000000Z", "evento": "SOLICITADA", "papel": "PRESTADOR", "situacao": "AUTORIZADA",
    "motivo": None, "vez_de": "PRESTADOR", "ate": "2027-02-19",
}  # fmt: skip
AUTORIZACAO: Final[dict[str, Any]] = {
    **RESUMO, "itens": [ITEM], "diarias": None, "pendencias": [], "motivos": [], "substitui": None,
    "substituicao": None, "substituida_por": None, "complementos": [], "admissao": None, "alta": None,
    "motivo_alta": None, "pedido": PEDIDO, "historico": [MARCO],
}  # fmt: skip
PENDENTE: Final[dict[str, Any]] = {
    **AUTORIZACAO, "numero": "26110193348207", "senha": None, "protocolo_atendimento": "261140000043",
    "numero_guia_prestador": "GP-1002", "tipo": "INTERNACAO", "situacao": "AGUARDANDO_DOCUMENTO", "status_tiss": "5",
    "data_atendimento": "2026-12-10", "data_autorizacao": None, "validade": None, "ate": "2026-11-30",
    "responder_ate": "2026-12-04", "diarias": {"solicitadas": 3, "autorizadas": 0, "faturadas": "0"},
    "itens": [{**ITEM, "codigo": "30726034", "descricao": None, "situacao": "EM_ANALISE",
               "quantidade_autorizada": "0", "valor_autorizado": None}],
    "pendencias": [
        {"tipo": "COTACAO", "descricao": "Cotações de OPME", "documento": None, "documento_texto": None,
         "quantidade": 2},
    ],
    "pedido": INTERNACAO,
    "historico": [{**MARCO, "situacao": "AGUARDANDO_DOCUMENTO", "ate": "2026-11-30"}],
}  # fmt: skip
ACHADO: Final[dict[str, Any]] = {
    "regra": "R27", "codigo": "3052", "texto": "DOCUMENTAÇÃO INCOMPLETA, INCORRETA OU AUSENTE",
    "mensagem": "Faltam cotações de OPME.", "efeito": "PENDE", "item": 2, "campo": "documentos", "visto": "1",
    "esperado": "3", "providencia": "Envie mais 2 cotação(ões).", "contatos": None,
}  # fmt: skip
DECIDIDA: Final[dict[str, Any]] = {
    **AUTORIZACAO,
    "historico": [
        {**MARCO, "situacao": "EM_ANALISE", "vez_de": "AUDITORIA", "ate": "2026-11-30", "quem": "pessoa-1"},
        {**MARCO, "evento": "DECIDIDA", "papel": "AUDITORIA", "quem": "pessoa-9"},
    ],
}  # fmt: skip
