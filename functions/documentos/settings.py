"""The environment of this context's Lambdas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from conecta_edge.settings import of_environment


@dataclass(frozen=True, slots=True)
class Settings:
    """Names of what the functions use; read on first use."""

    tabela_documentos: str
    bucket_entrada: str
    bucket_acervo: str


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return of_environment(Settings)
