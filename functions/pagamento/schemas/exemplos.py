"""Examples of what is sent and answered, for the documentation."""

from __future__ import annotations

from typing import Any, Final

CICLO: Final[dict[str, Any]] = {
    "competencia": "202611", "corte": "2026-11-30", "publicacao": "2026-12-10", "entrega": "2026-12-15",
    "pagamento": "2026-12-22",
}  # fmt: skip
CRONOGRAMA: Final[dict[str, Any]] = {
    "registro_ans": "345695", "versao": 3, "publicado_em": "2026-11-02T13:00:00.000000Z", "motivo": None,
    "ciclos": [CICLO],
}  # fmt: skip
_QUEM: Final = "2d1c9b77-3c3a-4a52-9f0a-5a1f0f6f7b10"
CRONOGRAMA_DA_OPERADORA: Final[dict[str, Any]] = {**CRONOGRAMA, "quem": _QUEM}
PREVISAO: Final[dict[str, Any]] = {
    "protocolo": "261120000007", "fatura": "261120000007", "recurso": None, "registro_ans": "345695",
    "numero_lote": "1", "situacao_peg": "LIBERADO", "situacao": "PENDENTE", "valor": "48216.50",
    "competencia": "202611", "entrega_ate": "2026-12-15", "pagamento_em": "2026-12-22", "reagendada": False,
    "nota": None, "explicacao": "A nota fiscal enviada agora é paga em 22/12/2026.",
}  # fmt: skip
_UPLOAD: Final = "0f3b0c6a9d5e4a54b2f0c1d2e3f4a5b6"
NOTA_ENVIADA: Final[dict[str, Any]] = {
    "registro_ans": "345695", "protocolos": ["261120000007"], "uploads": [_UPLOAD],
}  # fmt: skip
NOTA_RESUMO: Final[dict[str, Any]] = {
    "id": "261250000019", "registro_ans": "345695", "situacao": "ACEITA_REAGENDADA",
    "explicacao": "Aceita, mas recebida depois do prazo: o pagamento foi reagendado, e é paga em 22/01/2027.",
    "numero": "1042", "protocolos": ["261120000007"], "protocolos_legados": [], "valor_esperado": "48216.50",
    "recebida_em": "2026-12-16T03:00:00.000000Z", "pagamento_em": "2027-01-22", "versao": 1,
}  # fmt: skip
NOTA: Final[dict[str, Any]] = {
    **NOTA_RESUMO,
    "lida": {
        "layout": "NACIONAL", "numero": "1042", "emitente": "12345678000195", "tomador": "99999999000191",
        "valor": "48216.50", "liquido": "45251.19", "competencia": "202612", "emitida_em": "2026-12-15",
    },
    "divergencias": [],
    "arquivos": [
        {"upload_id": _UPLOAD, "formato": "application/xml", "recebido_em": "2026-12-16T03:00:00.000000Z"},
    ],
    "criada_em": "2026-12-16T03:00:04.000000Z", "decidida_em": "2026-12-16T03:00:04.000000Z", "motivo": None,
}  # fmt: skip
NOTA_RECUSADA: Final[dict[str, Any]] = {
    **NOTA,
    "situacao": "RECUSADA", "pagamento_em": None,
    "explicacao": "Recusada: corrija o que se aponta e envie outra; os PEGs continuam à espera da nota.",
    "divergencias": [{
        "regra": "NF-VALOR", "efeito": "RECUSA", "campo": "valor",
        "mensagem": "O valor bruto dos serviços precisa ser a soma do que foi liberado nos PEGs da nota; tributos "
        "retidos não o diminuem.",
        "visto": "45251.19", "esperado": "48216.50",
        "providencia": "Confira os PEGs informados, ou emita outra nota com o valor liberado.",
    }],
}  # fmt: skip
NOTA_CANCELADA: Final[dict[str, Any]] = {
    **NOTA, "situacao": "CANCELADA", "pagamento_em": None, "motivo": "Emitida com o serviço errado.", "versao": 2,
    "explicacao": "Cancelada por quem a emitiu: os PEGs esperam outra nota.",
}  # fmt: skip
_A_CONFERIR: Final[dict[str, Any]] = {
    "prestador": "12345678000195", "situacao": "ENVIADA", "pagamento_em": "2026-12-22",
    "explicacao": "Recebida: uma pessoa do financeiro da operadora vai conferi-la; o prazo conta de recebida_em.",
}  # fmt: skip
NOTA_A_CONFERIR: Final[dict[str, Any]] = {**NOTA_RESUMO, **_A_CONFERIR}
NOTA_DA_OPERADORA: Final[dict[str, Any]] = {
    **NOTA, **_A_CONFERIR, "quem": _QUEM, "decidida_por": None, "decidida_em": None,
}  # fmt: skip
NOTA_ACEITA: Final[dict[str, Any]] = {
    **NOTA_DA_OPERADORA, "situacao": "ACEITA", "explicacao": "Aceita: é paga em 22/12/2026.", "versao": 2,
    "decidida_em": "2026-12-17T12:00:00.000000Z", "decidida_por": _QUEM,
}  # fmt: skip
PENDENCIA: Final[dict[str, Any]] = {
    "fatura": "261120000007", "protocolo": "261120000007", "recurso": None, "registro_ans": "345695",
    "numero_lote": "1", "valor": "48216.50", "competencia": "202611", "entrega_ate": "2026-12-15",
    "pagamento_em": "2026-12-22", "reagendada": False,
}  # fmt: skip
PAGAMENTO_ENVIADO: Final[dict[str, Any]] = {
    "registro_ans": "345695", "numero": "2026-12/0042", "prestador": "12345678000195", "data": "2026-12-22",
    "forma": "1", "itens": [{"protocolo": "261120000007", "valor": "48216.50"}],
    "descontos": [{"indicador": "1", "tipo": "01", "valor": "723.25", "descricao": "IRRF 1,5%"}],
    "banco": "001", "agencia": "1234", "conta": "56789-0", "valor_liquido": "47493.25",
}  # fmt: skip
PAGAMENTO_RESUMO: Final[dict[str, Any]] = {
    "demonstrativo": "261250000027", "numero": "2026-12/0042", "registro_ans": "345695", "data": "2026-12-22",
    "forma": "1", "pegs": 1, "valor_bruto": "48216.50", "valor_debitos": "723.25", "valor_creditos": "0.00",
    "valor_liquido": "47493.25", "registrado_em": "2026-12-22T18:00:00.000000Z",
}  # fmt: skip
DESCONTO: Final[dict[str, Any]] = {
    "indicador": "1", "tipo": "01", "valor": "723.25", "descricao": "IRRF 1,5%", "lancamento": None,
}  # fmt: skip
PAGAMENTO: Final[dict[str, Any]] = {
    **PAGAMENTO_RESUMO, "banco": "001", "agencia": "1234", "conta": "56789-0",
    "itens": [{"protocolo": "261120000007", "valor": "48216.50"}], "descontos": [DESCONTO],
}  # fmt: skip
PAGAMENTO_DA_OPERADORA: Final[dict[str, Any]] = {**PAGAMENTO, "prestador": "12345678000195", "quem": _QUEM}
LANCAMENTO_ENVIADO: Final[dict[str, Any]] = {
    "registro_ans": "345695", "prestador": "12345678000195", "indicador": "1", "tipo": "08", "valor": "120.00",
    "motivo": "Item pago em duplicidade.", "protocolo": "261120000007",
}  # fmt: skip
LANCAMENTO: Final[dict[str, Any]] = {
    "id": "261250000035", "registro_ans": "345695", "situacao": "ABERTO", "indicador": "1", "tipo": "08",
    "valor": "120.00", "motivo": "Item pago em duplicidade.", "protocolo": "261120000007", "recurso": None,
    "pagamento": None, "criado_em": "2026-12-23T12:00:00.000000Z", "versao": 1,
}  # fmt: skip
LANCAMENTO_DA_OPERADORA: Final[dict[str, Any]] = {**LANCAMENTO, "prestador": "12345678000195", "quem": _QUEM}
_VALORES: Final = {
    "valor_informado": "37.00", "valor_processado": "37.00", "valor_glosado": "18.50", "valor_liberado": "18.50",
    "valor_recuperado": "0.00",
}  # fmt: skip
_GLOSA: Final[dict[str, Any]] = {
    "codigo": "1705", "texto": "Valor apresentado a maior", "regra": "COB-PRECO", "valor": "18.50",
    "mensagem": "O valor unitário passa do contratado; paga-se o do contrato.",
}  # fmt: skip
_ITEM: Final[dict[str, Any]] = {
    "sequencia": 1, "data": "2026-11-10", "tabela": "22", "codigo": "40304361",
    "descricao": "Hemograma com contagem de plaquetas ou frações",
}  # fmt: skip
_GUIA: Final[dict[str, Any]] = {
    "sequencia": 1, "numero_guia_prestador": "1001", "senha": "483920175562", "numero_carteira": "00012345678900011",
}  # fmt: skip
_CONTA: Final[dict[str, Any]] = {
    "protocolo": "261120000007", "numero_lote": "1", "tipo_guia": "guiaSP-SADT", "recebido_em": "2026-11-21",
    "publicada_em": "2026-12-10", "situacao": "6", "fatura": None, "recurso": None, **_VALORES, "glosas": [],
    "guias": [{
        **_GUIA, "numero_guia_operadora": None, "inicio": "2026-11-10", "fim": "2026-11-10", "situacao": "6",
        **_VALORES, "glosas": [],
        "itens": [{
            **_ITEM, "sequencial_item": 1, "quantidade": "1", "graus": [], "dente": None, "regiao": None, "face": None,
            **_VALORES, "glosas": [_GLOSA],
        }],
    }],
}  # fmt: skip
_CABECALHO: Final = {"emitido_em": "2026-12-23", "registro_ans": "345695", "codigo_prestador": "100001"}
ANALISE: Final[dict[str, Any]] = {
    "numero": "261120000007", **_CABECALHO, "conta": _CONTA, "entrega_ate": "2026-12-15", "pagamento_em": "2026-12-22",
    "parcelas": [],
}  # fmt: skip
DEMONSTRATIVO_PAGAMENTO: Final[dict[str, Any]] = {
    "numero": "261250000027", **_CABECALHO, "inicio": "2026-12-22", "fim": "2026-12-22", **_VALORES,
    "valor_debitos": "0.28", "valor_creditos": "0.00", "valor_liquido": "18.22", "observacao": None,
    "pagamentos": [{
        "numero": "2026-12/0042", "demonstrativo": "261250000027", "data": "2026-12-22", "forma": "1", "banco": "001",
        "agencia": "1234", "conta": "56789-0", "parte": False, "descontos": [{**DESCONTO, "valor": "0.28"}],
        **_VALORES, "valor_liquido": "18.22",
        "contas": [{**_CONTA, "fatura": "261120000007", "guias": [{**_CONTA["guias"][0], "itens": []}]}],
    }],
}  # fmt: skip
_CONCILIADO: Final = {
    "apresentado": "37.00", "processado": "37.00", "glosado": "18.50", "liberado": "18.50", "pago": "18.50",
    "recursado": "0.00", "acatado": "0.00",
}  # fmt: skip
CONCILIACAO: Final[dict[str, Any]] = {
    "protocolo": "261120000007", "registro_ans": "345695", "situacao": "PAGA", "nota": "261250000019",
    "pagamento": "2026-12/0042", "pagamento_em": "2026-12-22", "parcelas": [], "valores": _CONCILIADO,
    "glosas": [],
    "guias": [{
        **_GUIA, "valores": _CONCILIADO, "glosas": [],
        "itens": [{**_ITEM, "valores": _CONCILIADO, "glosas": [_GLOSA]}],
    }],
    "cursor": None,
}  # fmt: skip
LOTE_ENVIADO: Final[dict[str, Any]] = {
    "registro_ans": "345695", "tipo": "analise", "formato": "pdf", "de": "202610", "ate": "202611",
}  # fmt: skip
LOTE_PEDIDO: Final[dict[str, Any]] = {
    "id": "261250000043", **LOTE_ENVIADO, "situacao": "PEDIDO", "explicacao": "Na fila: começa em instantes.",
    "total": 0, "feitos": 0, "tamanho": None, "motivo": None, "url": None, "criado_em": "2026-12-23T12:00:00.000000Z",
    "terminado_em": None,
}  # fmt: skip
LOTE_PRONTO: Final[dict[str, Any]] = {
    **LOTE_PEDIDO, "situacao": "PRONTO", "total": 42, "feitos": 42, "tamanho": 1843200,
    "explicacao": "Pronto: baixe-o em url, que vale 15 minutos; por 30 dias, consulte de novo para outra.",
    "url": "https://acervo.example/demonstrativos.zip?X-Amz-Signature=abc",
    "terminado_em": "2026-12-23T12:00:20.000000Z",
}  # fmt: skip
