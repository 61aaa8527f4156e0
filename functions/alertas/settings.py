"""The environment of this context's Lambdas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from conecta_edge.settings import required


@dataclass(frozen=True, slots=True)
class Settings:
    """Names of what every function of the context uses; read on first use."""

    tabela_alertas: str
    tabela_cadastro: str


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process.

    Raises:
        MissingSettingError: the function was deployed without one of them.
    """
    return Settings(tabela_alertas=required("TABELA_ALERTAS"), tabela_cadastro=required("TABELA_CADASTRO"))
