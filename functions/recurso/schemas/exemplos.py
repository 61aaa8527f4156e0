"""Examples of what is sent and answered, for the documentation."""

from __future__ import annotations

from typing import Any, Final

_QUEM: Final = "2d1c9b77-3c3a-4a52-9f0a-5a1f0f6f7b10"
_UPLOAD: Final = "0f3b0c6a9d5e4a54b2f0c1d2e3f4a5b6"
_PORQUE: Final = "O hemograma foi repetido por queda de plaquetas, como diz o relatório."
_MODELO: Final[dict[str, Any]] = {
    "nivel": "ITEM", "numero_guia_prestador": "1001", "item": 1, "codigo_glosa": "1705", "valor_recursado": "18.50",
}  # fmt: skip
ENVIADO: Final[dict[str, Any]] = {
    "registro_ans": "345695", "protocolo_peg": "261120000007", "numero_guia_recurso": "R-0042",
    "itens": [{**_MODELO, "justificativa": _PORQUE, "documentos": [_UPLOAD]}],
}  # fmt: skip
_COBRADO: Final[dict[str, Any]] = {
    "numero_guia_prestador": "1001", "numero_guia_operadora": None, "senha": "483920175562", "sequencial_item": 1,
    "data": "2026-11-10", "tabela": "22", "codigo": "40304361",
    "descricao": "Hemograma com contagem de plaquetas ou frações", "quantidade": "1", "dente": None, "regiao": None,
    "face": None, "grau_participacao": None,
}  # fmt: skip
_TEXTO: Final = "Valor apresentado a maior"
_MOTIVO: Final[dict[str, Any]] = {
    "glosa": 1, "regra": "COB-PRECO", "codigo": "1705", "texto": _TEXTO, "visto": "37.00", "esperado": "18.50",
    "mensagem": "O valor unitário passa do contratado; paga-se o do contrato.", "base": None,
}  # fmt: skip
_EVIDENCIAS: Final = [{"tipo": "04", "nome": "Relatório do profissional de saúde"}]
GLOSA: Final[dict[str, Any]] = {
    "protocolo_peg": "261120000007", "registro_ans": "345695", "numero_lote": "1", "situacao": "ABERTA",
    "o_que_fazer": "Diga por que não procede e envie o recurso até 09/01/2027, com os documentos que o provam.",
    "modelo": _MODELO, "texto": _TEXTO, "valor_glosado": "18.50", "contestar_ate": "2027-01-09",
    "dias_restantes": 27, "recurso": None, "cobrado": _COBRADO, "motivos": [_MOTIVO], "evidencias": _EVIDENCIAS,
}  # fmt: skip
_LIVRE: Final[dict[str, Any]] = {"de_quem_e_a_vez": "ninguem", "ate": None}
RESUMO: Final[dict[str, Any]] = {
    "protocolo": "261260000011",
    "situacao": {"codigo": "1", "nome": "ENVIADO", "de_quem_e_a_vez": "operadora", "ate": "2027-01-12"},
    "explicacao": "Recebido: a operadora responde até 12/01/2027. Antes da análise, pode ser cancelado.",
    "registro_ans": "345695", "protocolo_peg": "261120000007", "legado": False, "numero_guia_recurso": "R-0042",
    "numero_lote": "1", "nivel": "GUIA", "porta": "JSON", "enviado_em": "2026-12-13T12:00:00.000000Z",
    "quantidade_itens": 1, "valor_recursado": "18.50", "valor_acatado": None, "responder_ate": "2027-01-12",
    "vencido": False, "respondido_em": None, "versao": 1,
}  # fmt: skip
_MARCO: Final[dict[str, Any]] = {
    "quando": "2026-12-13T12:00:00.000000Z", "evento": "ENVIADO", "papel": "PRESTADOR", "situacao": "ENVIADO",
    "motivo": None, "vez_de": "AUDITORIA", "ate": "2027-01-12",
}  # fmt: skip
_RESTO: Final[dict[str, Any]] = {
    "tipo_guia": "guiaSP-SADT", "versao_tiss": "4.01.00", "upload_id": None, "pagamento": None,
    "evidencias": _EVIDENCIAS,
}  # fmt: skip
RECURSO: Final[dict[str, Any]] = {**RESUMO, **_RESTO, "historico": [_MARCO]}
_CANCELADO: Final = "2026-12-13T13:00:00.000000Z"
CANCELADO: Final[dict[str, Any]] = {
    **RECURSO, "versao": 2, "situacao": {"codigo": "9", "nome": "CANCELADO", **_LIVRE},
    "explicacao": "Cancelado: o que contestava pode ser contestado de novo, no prazo.",
    "historico": [_MARCO, {
        **_MARCO, "quando": _CANCELADO, "evento": "CANCELADO", "situacao": "CANCELADO", "vez_de": None, "ate": None,
        "motivo": "Enviado com o item errado.",
    }],
}  # fmt: skip
VALIDACAO: Final[dict[str, Any]] = {
    "valido": True, "valor_recursado": "18.50", "contestar_ate": "2027-01-09", "dias_restantes": 27,
    "responder_ate": "2027-01-12",
    "achados": [{
        "regra": "REC-INCOMPLETO", "codigo": None, "texto": None, "efeito": "AVISO", "item": 1,
        "campo": "itens[0].numero_guia_prestador",
        "mensagem": "A guia tem mais R$ 12.00 glosados (1702). Só um recurso por guia é aceito: inclua o que mais "
        "quiser contestar dela.",
    }],
}  # fmt: skip
_ITEM: Final[dict[str, Any]] = {
    "id": 1, "nivel": "ITEM", "cobrado": _COBRADO, "codigo_glosa": "1705", "texto": _TEXTO,
    "codigo_informado": "1705", "valor_glosado": "18.50", "valor_recursado": "18.50", "justificativa": _PORQUE,
    "documentos": [_UPLOAD], "resposta": None,
}  # fmt: skip
_DOSSIE: Final[dict[str, Any]] = {
    "linhas": [{
        "guia": 1, "item": 1, "data": "2026-11-10", "tabela": "22", "codigo": "40304361",
        "descricao": "Hemograma com contagem de plaquetas ou frações", "quantidade": "1", "valor_unitario": "37.00",
        "valor_informado": "37.00", "valor_glosado": "18.50",
    }],
    "motivos": [_MOTIVO],
}  # fmt: skip
ITENS: Final[dict[str, Any]] = {"protocolo": "261260000011", "itens": [{**_ITEM, **_DOSSIE}], "cursor": None}
_RESPONDIDO: Final[dict[str, Any]] = {
    "situacao": {"codigo": "5", "nome": "RESPONDIDO", "de_quem_e_a_vez": "operadora", "ate": None},
    "explicacao": "Respondido: R$ 10.00 de R$ 18.50 acatados; o pagamento será agendado em instantes.",
    "valor_acatado": "10.00", "respondido_em": "2026-12-15",
}  # fmt: skip
_RESPOSTA: Final[dict[str, Any]] = {
    "decisao": "PARCIAL", "valor_acatado": "10.00", "quando": "2026-12-14T12:00:00.000000Z",
    "justificativa": "O relatório justifica um dos dois exames.",
}  # fmt: skip
RESPOSTA: Final[dict[str, Any]] = {
    **RESUMO, **_RESPONDIDO, "versao": 4, "itens": [{**_ITEM, "resposta": _RESPOSTA}],
}  # fmt: skip
RASCUNHO_RESUMO: Final[dict[str, Any]] = {
    "id": _UPLOAD, "situacao": "ABERTO", "protocolo": None, "registro_ans": "345695", "protocolo_peg": "261120000007",
    "quantidade_itens": 1, "valor_recursado": "18.50", "contestar_ate": "2027-01-09", "dias_restantes": 27,
    "criado_em": "2026-12-13T12:00:00.000000Z", "alterado_em": "2026-12-13T12:00:00.000000Z",
    "expira_em": "2027-03-13T12:00:00.000000Z", "versao": 1,
}  # fmt: skip
RASCUNHO: Final[dict[str, Any]] = {
    **RASCUNHO_RESUMO,
    "achados": [{
        "regra": "REC-JUSTIFICATIVA", "codigo": "2903", "texto": "Recurso sem justificativa", "efeito": "RECUSA",
        "item": 1, "campo": "itens[0].justificativa",
        "mensagem": "Diga por que a glosa não procede: sem justificativa não há recurso.",
    }],
}  # fmt: skip
RASCUNHO_INTEIRO: Final[dict[str, Any]] = {
    **RASCUNHO, "numero_guia_recurso": None, "numero_lote": None, "tipo_guia": None, "valor_total_recursado": None,
    "versao_tiss": "4.01.00", "itens": [_MODELO],
}  # fmt: skip
RASCUNHO_DESCARTADO: Final[dict[str, Any]] = {**RASCUNHO_RESUMO, "situacao": "DESCARTADO", "versao": 2}

# --- auditoria ---

_DE_QUEM: Final = {"prestador": "12345678000195"}
RESUMO_DA_OPERADORA: Final[dict[str, Any]] = {**RESUMO, **_DE_QUEM}
_ANALISE: Final[dict[str, Any]] = {
    **_MARCO, "quando": "2026-12-14T12:00:00.000000Z", "evento": "ANALISE_INICIADA", "papel": "AUDITORIA",
    "quem": _QUEM, "situacao": "EM_ANALISE",
}  # fmt: skip
DA_OPERADORA: Final[dict[str, Any]] = {
    **RESUMO_DA_OPERADORA, **_RESTO, "versao": 3,
    "situacao": {"codigo": "2", "nome": "EM_ANALISE", "de_quem_e_a_vez": "operadora", "ate": "2027-01-12"},
    "explicacao": "Em análise: a operadora responde até 12/01/2027.", "itens_respondidos": 1,
    "valor_acatado_ate_agora": "10.00", "historico": [{**_MARCO, "quem": _QUEM}, _ANALISE],
}  # fmt: skip
RESPOSTAS_ENVIADAS: Final[dict[str, Any]] = {
    "respostas": [{
        "item": 1, "decisao": "PARCIAL", "valor_acatado": "10.00", "justificativa": _RESPOSTA["justificativa"],
    }],
}  # fmt: skip
ITENS_DA_OPERADORA: Final[dict[str, Any]] = {
    **ITENS, "itens": [{**_ITEM, **_DOSSIE, "resposta": {**_RESPOSTA, "quem": _QUEM}}],
}  # fmt: skip
CONCLUIDO: Final[dict[str, Any]] = {
    **DA_OPERADORA, **_RESPONDIDO, "versao": 4,
    "historico": [*DA_OPERADORA["historico"], {
        **_ANALISE, "quando": "2026-12-15T12:00:00.000000Z", "evento": "RESPONDIDO", "situacao": "RESPONDIDO",
        "vez_de": "SISTEMA", "ate": None,
    }],
}  # fmt: skip
