"""What the documentation shows."""

from __future__ import annotations

from typing import Any, Final

UPLOAD: Final[dict[str, Any]] = {
    "id": "0f3b0c6a9d5e4a54b2f0c1d2e3f4a5b6",
    "protocolo_atendimento": "261110000042",
    "situacao": "AGUARDANDO_ARQUIVO",
    "de_quem_e_a_vez": "prestador",
    "registro_ans": "345695",
    "finalidade": "lote_tiss",
    "referencia": "faturamento-novembro-01",
    "criado_em": "2026-11-21T12:00:00.000000Z",
    "expira_em": "2026-11-21T12:05:00.000000Z",
    "arquivo": {
        "nome": "lote-0001.xml", "tamanho": 635619, "tipo_conteudo": "application/xml", "sha256": None,
        "recebido_em": None,
    },
    "achados": [],
    "recurso": None,
}  # fmt: skip
UPLOAD_CONCLUIDO: Final[dict[str, Any]] = {
    **UPLOAD,
    "situacao": "CONCLUIDO",
    "de_quem_e_a_vez": "ninguem",
    "recurso": {"tipo": "peg", "id": "261120000007", "href": "pegs/261120000007"},
}
_DO_ARQUIVO: Final = {
    "nome": "Manual de faturamento.pdf", "tipo_conteudo": "application/pdf", "tamanho": 482133, "sha256": "9f" * 32,
}  # fmt: skip
DOCUMENTACAO: Final[dict[str, Any]] = {
    "id": "345695-261121120000-0f3b0c6a",
    "registro_ans": "345695",
    "tipo": "MANUAL",
    "edicao": 2,
    "titulo": "Manual de faturamento",
    "resumo": "Como enviar lotes e contestar glosas.",
    "texto": None,
    "publicada_em": "2026-11-21T12:00:00.000000Z",
    "vigente_de": "2026-11-21",
    "vigente_ate": None,
    "arquivo": {**_DO_ARQUIVO, "caminho": "documentacoes/345695-261121120000-0f3b0c6a/arquivo"},
}
DOCUMENTACOES: Final[dict[str, Any]] = {
    "consultado_em": "2026-11-23T12:00:00.000000Z",
    "visitado_em": "2026-11-20T12:00:00.000000Z",
    "novas": 1,
    "documentacoes": [{**{name: held for name, held in DOCUMENTACAO.items() if name != "texto"}, "nova": True}],
    "permanentes": [{
        "registro_ans": "345695", "codigo": "CRONOGRAMA", "titulo": "Cronograma de entrega de faturas",
        "formatos": [{"formato": "pdf", "caminho": "cronograma.pdf?registro_ans=345695"}],
    }],
    "cursor": None,
}  # fmt: skip
PROCEDIMENTOS_COM_SENHA: Final[dict[str, Any]] = {
    "registro_ans": "345695", "data": "2026-11-23", "plano": None, "atualizada_em": "2026-11-01", "total": 1,
    "notas": ["Em odontologia, todo procedimento precisa de senha; cada OPME, também."],
    "procedimentos": [{
        "tabela": "22", "codigo": "41101014", "descricao": "Ressonância magnética de crânio", "exige_analise": False,
        "documentos": ["03"], "limite_quantidade": 2, "limite_dias": 180, "alta_complexidade": True, "plano": None,
        "vigente_de": "2026-01-01", "vigente_ate": None,
    }],
}  # fmt: skip
_EDICAO: Final[dict[str, Any]] = {
    **{name: DOCUMENTACAO[name] for name in ("id", "registro_ans", "tipo", "edicao", "titulo", "resumo", "texto")},
    "situacao": "RASCUNHO", "vigente_de": "2026-11-21", "vigente_ate": None,
    "publico": {"prestadores": [], "tipos": ["PESSOA_JURIDICA"], "ufs": ["ES", "MG"]}, "arquivo": None,
    "arquivo_enviado": None,
    "criada_em": "2026-11-21T11:00:00.000000Z", "criada_por": "9f8e7d6c", "publicada_em": None, "publicada_por": None,
    "visivel_em": None, "encerrada_em": None, "encerrada_por": None, "motivo": None,
}  # fmt: skip
_PUBLICADA: Final[dict[str, Any]] = {
    **_EDICAO, "situacao": "PUBLICADA", "publicada_em": "2026-11-21T12:00:00.000000Z", "publicada_por": "9f8e7d6c",
    "visivel_em": "2026-11-21T12:00:00.000000Z",
    "arquivo": {**_DO_ARQUIVO, "caminho": "operadora/documentacoes/345695-261121120000-0f3b0c6a/arquivo?edicao=2"},
}  # fmt: skip
_DE_QUE: Final = {name: DOCUMENTACAO[name] for name in ("id", "registro_ans", "tipo")}
RASCUNHO_DE_PUBLICACAO: Final[dict[str, Any]] = {**_DE_QUE, "versao": 1, "edicoes": [_EDICAO]}
PUBLICACAO: Final[dict[str, Any]] = {**_DE_QUE, "versao": 3, "edicoes": [_PUBLICADA]}
PUBLICACAO_RETIRADA: Final[dict[str, Any]] = {
    **_DE_QUE, "versao": 4,
    "edicoes": [{
        **_PUBLICADA, "situacao": "RETIRADA", "encerrada_em": "2026-11-22T12:00:00.000000Z",
        "encerrada_por": "9f8e7d6c", "motivo": "Valores desatualizados.",
    }],
}  # fmt: skip
EDICOES: Final[dict[str, Any]] = {"edicoes": [_PUBLICADA], "cursor": None}
FORMULARIO: Final[dict[str, Any]] = {
    "url": "https://entrada.s3.sa-east-1.amazonaws.com/",
    "campos": {"key": "t/345695/operadora-345695/publicacao/0f3b0c6a9d5e4a54b2f0c1d2e3f4a5b6"},
}
DOCUMENTO: Final[dict[str, Any]] = {
    "id": "5b1c0d3f9a7e4c2d8e6f0a1b2c3d4e5f", "registro_ans": "345695", "finalidade": "guia_assinada",
    "tipo_documento": "06", "nome": "guias-lote-17.pdf", "tipo_conteudo": "application/pdf", "tamanho": 482133,
    "sha256": "9f" * 32, "recebido_em": "2026-11-21T12:00:00.000000Z", "retencao": "administrativa",
    "upload_id": UPLOAD["id"],
}  # fmt: skip
DOCUMENTOS: Final[dict[str, Any]] = {"documentos": [DOCUMENTO], "cursor": None}
DOCUMENTO_VINCULADO: Final[dict[str, Any]] = {
    **DOCUMENTO,
    "vinculos": [{
        "alvo": "GUIA", "id": "261120000007", "guia": "GP-1002", "tipo_documento": "06",
        "em": "2026-11-21T12:01:00.000000Z",
    }],
}  # fmt: skip
DOCUMENTOS_DA_OPERADORA: Final[dict[str, Any]] = {
    "documentos": [{**DOCUMENTO, "guia": "GP-1002", "prestador_id": "12345678000195"}], "cursor": None,
}  # fmt: skip
PENDENCIAS: Final[dict[str, Any]] = {
    "alvo": "PEG", "id": "261120000007", "registro_ans": "345695", "situacao": "RECEBIDO", "ate": None,
    "completa": False,
    "itens": [{
        "descricao": "Comprovante de comparecimento, com assinatura (PDF ou imagem)", "tipo_documento": "06",
        "finalidade": "comprovante_comparecimento", "situacao": "FALTA", "faltam": 1, "documentos": [DOCUMENTO["id"]],
        "guias_sem": ["GP-1003"],
    }],
}  # fmt: skip
EXIGENCIAS_ENVIADAS: Final[dict[str, Any]] = {
    "registro_ans": "345695",
    "exigencias": [{"tipo_documento": "06", "tipos_guia": ["guiaSP-SADT", "guiaConsulta"], "por_guia": True}],
}  # fmt: skip
EXIGENCIAS: Final[dict[str, Any]] = {
    "registro_ans": "345695", "versao": 1, "em": "2026-11-21T12:00:00.000000Z", "quem": "9f8e7d6c",
    "exigencias": [{
        "tipo_documento": "06", "descricao": "Comprovante de comparecimento, com assinatura (PDF ou imagem)",
        "finalidade": "comprovante_comparecimento", "tipos_guia": ["guiaSP-SADT", "guiaConsulta"], "por_guia": True,
    }],
}  # fmt: skip
