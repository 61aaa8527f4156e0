"""What an operadora publishes, and who reads it."""

from __future__ import annotations

from datetime import date
from typing import Any

from documentos.domain.publicacoes import Conteudo, Leitor, Publicacao, Tipo, TipoPrestador
from tests.builders_functions import HOSPITAL, NOW, VALE

HOJE = date(2026, 11, 21)
"""The local day of `NOW`."""
ID = f"{VALE}-261121120000-0f3b0c6a"


def a_conteudo(**changes: Any) -> Conteudo:
    """Something said to everybody, from today on."""
    values: dict[str, Any] = {"titulo": "Recesso", "resumo": "Sem análise no dia 25.", "texto": "…", "vigente_de": HOJE}
    return Conteudo(**values | changes)


def a_publicacao(publicacao_id: str = ID, edicao: int = 1, **changes: Any) -> Publicacao:
    """A comunicado's draft; `changes` are members of :class:`Publicacao`."""
    values: dict[str, Any] = {
        "id": publicacao_id, "registro_ans": VALE, "tipo": Tipo.COMUNICADO, "edicao": edicao,
        "conteudo": a_conteudo(), "criada_em": NOW, "criada_por": "pessoa-9",
    }  # fmt: skip
    return Publicacao(**values | changes)


def a_leitor(prestador_id: str = HOSPITAL, **changes: Any) -> Leitor:
    """A company in the ES."""
    values: dict[str, Any] = {"registro_ans": VALE, "tipo": TipoPrestador.PESSOA_JURIDICA, "ufs": frozenset({"ES"})}
    return Leitor(prestador_id, **values | changes)
