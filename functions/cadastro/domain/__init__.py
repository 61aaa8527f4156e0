"""Who takes part: operadoras, prestadores, and what binds them and people to each other.

Frozen values without behaviour of AWS; the table is written from these by `cadastro.dynamodb`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class SituacaoRelacionamento(StrEnum):
    """R02: `SOLICITADO → HABILITADO / RECUSADO → SUSPENSO / DESCREDENCIADO`."""

    SOLICITADO = "SOLICITADO"
    HABILITADO = "HABILITADO"
    RECUSADO = "RECUSADO"
    SUSPENSO = "SUSPENSO"
    DESCREDENCIADO = "DESCREDENCIADO"


@dataclass(frozen=True, slots=True)
class VersaoAceita:
    """A TISS version an operadora accepts between two local days, both inclusive (R12)."""

    versao: str
    aceita_de: date
    aceita_ate: date | None = None


@dataclass(frozen=True, slots=True)
class Operadora:
    """An operadora is identified by its registro ANS; `grupo` holds the registros a prestador selects as one."""

    registro_ans: str
    nome: str
    nome_grupo: str
    grupo: tuple[str, ...]
    versoes: tuple[VersaoAceita, ...]
    data_migracao: date | None = None


@dataclass(frozen=True, slots=True)
class Prestador:
    """A prestador is a company (CNPJ) or a person (CPF): exactly one of the two is given."""

    prestador_id: str
    nome: str
    cnes: str
    cnpj: str | None = None
    cpf: str | None = None

    def __post_init__(self) -> None:
        if (self.cnpj is None) == (self.cpf is None):
            raise ValueError("a prestador has a CNPJ or a CPF, never both nor none")


@dataclass(frozen=True, slots=True)
class Relacionamento:
    """The state between a prestador and an operadora, since when and why (R02)."""

    prestador_id: str
    registro_ans: str
    situacao: SituacaoRelacionamento
    codigo_na_operadora: str
    desde: date
    motivo: str | None = None


@dataclass(frozen=True, slots=True)
class Vinculo:
    """A person (by the pool's `sub`) acting for a prestador in a papel."""

    sub: str
    prestador_id: str
    papel: str
    ativo: bool = True


@dataclass(frozen=True, slots=True)
class VinculoOperadora:
    """A person of an operadora; what the person may do comes from the group of the token."""

    sub: str
    registro_ans: str
    grupo: str


@dataclass(frozen=True, slots=True)
class Credencial:
    """A machine credential of a prestador: an app client of the pool."""

    client_id: str
    prestador_id: str
    escopos: tuple[str, ...]
    ativa: bool = True
