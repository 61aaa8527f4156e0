"""The environment of this package's Lambdas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from conecta_edge.settings import of_environment


@dataclass(frozen=True, slots=True)
class Settings:
    """Names of what both functions use; read on first use."""

    tabela_auditoria: str
    tabela_selos: str
    bucket_acervo: str


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return of_environment(Settings)
