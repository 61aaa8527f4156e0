"""Prestadores: a company or a person, its places and its professionals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Prestador:
    """A prestador is a company (CNPJ) or a person (CPF): exactly one of the two is given.

    Attributes:
        introduzido_por: registro ANS of the operadora whose data made the profile, which alone updates it.
    """

    prestador_id: str
    nome: str
    cnes: str
    cnpj: str | None = None
    cpf: str | None = None
    uf: str | None = None
    municipio: str | None = None
    introduzido_por: str | None = None

    def __post_init__(self) -> None:
        if (self.cnpj is None) == (self.cpf is None):
            raise ValueError("a prestador has a CNPJ or a CPF, never both nor none")


@dataclass(frozen=True, slots=True)
class Local:
    """A place where a prestador attends, by its CNES."""

    prestador_id: str
    cnes: str
    nome: str
    vigente_de: date
    vigente_ate: date | None = None
    logradouro: str | None = None
    municipio: str | None = None
    uf: str | None = None


@dataclass(frozen=True, slots=True)
class Profissional:
    """A member of a prestador's corpo clínico; identified by council, state and number."""

    prestador_id: str
    conselho: str
    numero_conselho: str
    uf: str
    nome: str
    cbo: str
    vigente_de: date
    vigente_ate: date | None = None
    cpf: str | None = None
