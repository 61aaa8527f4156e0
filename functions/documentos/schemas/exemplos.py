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
