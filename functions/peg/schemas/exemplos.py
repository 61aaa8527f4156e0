"""Examples of what is answered, for the documentation."""

from __future__ import annotations

from typing import Any, Final

RESUMO: Final[dict[str, Any]] = {
    "protocolo": "261120000007",
    "situacao": {"codigo": "1", "nome": "RECEBIDO", "de_quem_e_a_vez": "operadora", "ate": None},
    "registro_ans": "345695",
    "numero_lote": "1",
    "porta": "XML_S3",
    "tipo_guia": "guiaSP-SADT",
    "versao_tiss": "4.01.00",
    "codificacao_hash": "iso-8859-1",
    "competencia": "202611",
    "data_recepcao": "2026-11-21T12:00:03.000000Z",
    "quantidade_guias": 100,
    "guias_retiradas": [],
    "valor_apresentado": "48235.00",
    "valor_retirado": "0.00",
    "valor_informado": "48235.00",
    "valor_glosado": "18.50",
    "valor_liberado": "48216.50",
    "valor_recuperado": "0.00",
    "publicada_em": None,
    "upload_id": "0f3b0c6a9d5e4a54b2f0c1d2e3f4a5b6",
    "versao": 2,
}
_MARCO: Final[dict[str, Any]] = {
    "quando": "2026-11-21T12:00:05.000000Z", "evento": "RECEBIDO", "papel": "PRESTADOR", "situacao": "RECEBIDO",
    "motivo": None, "vez_de": "AUDITORIA", "ate": None,
}  # fmt: skip
PEG: Final[dict[str, Any]] = {**RESUMO, "recuperacoes": [], "historico": [_MARCO]}
CANCELADO: Final[dict[str, Any]] = {
    **PEG,
    "situacao": {"codigo": "9", "nome": "CANCELADO", "de_quem_e_a_vez": "ninguem", "ate": None},
    "valor_glosado": None, "valor_liberado": None, "versao": 4,
    "historico": [
        _MARCO,
        {**_MARCO, "quando": "2026-11-21T13:30:00.000000Z", "evento": "CANCELADO", "situacao": "CANCELADO",
         "motivo": "Lote enviado com a tabela errada.", "vez_de": None},
    ],
}  # fmt: skip
COM_RETIRADA: Final[dict[str, Any]] = {
    **PEG, "guias_retiradas": [3], "valor_retirado": "482.35", "valor_informado": "47752.65",
    "valor_liberado": "47734.15", "versao": 4,
    "historico": [
        _MARCO,
        {**_MARCO, "quando": "2026-11-21T13:30:00.000000Z", "evento": "GUIA_RETIRADA", "motivo": "Paciente errado."},
    ],
}  # fmt: skip
EM_ANALISE: Final[dict[str, Any]] = {
    **PEG,
    "situacao": {"codigo": "2", "nome": "EM_ANALISE", "de_quem_e_a_vez": "operadora", "ate": "2026-12-21"},
    "versao": 3,
    "historico": [
        _MARCO,
        {**_MARCO, "quando": "2026-11-22T12:00:00.000000Z", "evento": "ANALISE_INICIADA", "papel": "AUDITORIA",
         "situacao": "EM_ANALISE", "ate": "2026-12-21"},
    ],
}  # fmt: skip
_QUEM: Final = "2d1c9b77-3c3a-4a52-9f0a-5a1f0f6f7b10"
DA_OPERADORA: Final[dict[str, Any]] = {
    **EM_ANALISE, "prestador": "12345678000195",
    "historico": [{**marco, "quem": _QUEM} for marco in EM_ANALISE["historico"]],
}  # fmt: skip
GLOSA: Final[dict[str, Any]] = {
    "id": 1,
    "nivel": "ITEM",
    "guia": 1,
    "numero_guia_prestador": "1001",
    "item": 2,
    "codigo": "1705",
    "texto": "Valor apresentado a maior",
    "mensagem": "O valor unitário passa do contratado; paga-se o do contrato.",
    "regra": "COB-PRECO",
    "dados": "precos-3",
    "campo": "valorUnitario",
    "caminho": "/ans:mensagemTISS/ans:prestadorParaOperadora/ans:loteGuias/ans:guiasTISS/ans:guiaSP-SADT[1]",
    "visto": "37.00",
    "esperado": "18.50",
    "base": "Contrato entre o prestador e a operadora (RN 503/2022).",
    "contrato": "2026-001",
    "providencia": "Cobre o valor contratado.",
    "valor": "18.50",
    "valor_recuperado": "0.00",
    "autor": "SISTEMA",
    "revertida": False,
    "motivo_reversao": None,
    "como_contestar": "Pode ser contestada depois que o PEG for liberado.",
    "contestar_ate": None,
}
GLOSA_DADA: Final[dict[str, Any]] = {
    **GLOSA, "id": 2, "codigo": "1702", "texto": "Cobrança de procedimento em duplicidade",
    "mensagem": "O item já está no pacote cobrado.", "regra": "AUDITORIA", "dados": None, "campo": None,
    "caminho": None, "visto": None, "esperado": None, "base": None, "providencia": None, "autor": "AUDITORIA",
    "quem": _QUEM,
}  # fmt: skip
GLOSAS: Final[dict[str, Any]] = {
    "protocolo": "261120000007", "valor_informado": "48235.00", "valor_glosado": "18.50",
    "valor_liberado": "48216.50", "valor_recuperado": "0.00", "publicada_em": None, "glosas": [GLOSA],
    "cursor": None,
}  # fmt: skip
_VALORES: Final = {
    "valor_informado": "482.35", "valor_glosado": "18.50", "valor_liberado": "463.85", "valor_recuperado": "0.00",
}  # fmt: skip
_GUIA: Final[dict[str, Any]] = {
    "sequencia": 1, "numero_guia_prestador": "1001", "numero_guia_operadora": None, "senha": "483920175562",
    "data_atendimento": "2026-11-10", "retirada": False, **_VALORES,
}  # fmt: skip
GUIA: Final[dict[str, Any]] = {**_GUIA, "itens": 5}
_ITEM: Final[dict[str, Any]] = {
    "sequencia": 2, "sequencial_item": 2, "data": "2026-11-10", "hora": None, "tabela": "22", "codigo": "40304361",
    "descricao": "Hemograma com contagem de plaquetas ou frações", "despesa": None, "quantidade": "1",
    "valor_unitario": "37.00", "fator": "1.00", "graus": [], "via_acesso": None, "dente": None, "regiao": None,
    "face": None, "valor_informado": "37.00", "valor_glosado": "18.50", "valor_liberado": "18.50",
    "valor_recuperado": "0.00",
}  # fmt: skip
GUIA_DETALHE: Final[dict[str, Any]] = {
    "protocolo": "261120000007", **_GUIA, "numero_carteira": "00012345678900011", "itens": [_ITEM], "glosas": [GLOSA],
}  # fmt: skip
CONSULTA: Final[dict[str, Any]] = {
    "numero_guia_prestador": "1001", "numero_carteira": "00012345678900011", "atendimento_rn": False,
    "contratado_executante": {"cnpj": "11222333000181"}, "cnes_executante": "1234567",
    "profissional_executante": {
        "nome": "Médica de Exemplo", "conselho": "06", "numero": "123456", "uf": "35", "cbo": "225125",
    },
    "indicacao_acidente": "9", "regime_atendimento": "01", "data_atendimento": "2026-11-20", "tipo_consulta": "1",
    "tabela": "22", "codigo": "10101012", "valor_procedimento": "120.00",
}  # fmt: skip
