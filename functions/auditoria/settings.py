"""The environment of this package's Lambdas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from conecta_edge.settings import required


@dataclass(frozen=True, slots=True)
class Settings:
    """Names of what both functions use; read on first use."""

    tabela_auditoria: str
    tabela_selos: str
    bucket_acervo: str


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process.

    Raises:
        MissingSettingError: the function was deployed without one of them.
    """
    return Settings(
        tabela_auditoria=required("TABELA_AUDITORIA"),
        tabela_selos=required("TABELA_SELOS"),
        bucket_acervo=required("BUCKET_ACERVO"),
    )
