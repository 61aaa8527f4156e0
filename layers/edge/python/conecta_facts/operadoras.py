"""Operadoras: who they are, which versions of the standard they take, how to reach them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class VersaoAceita:
    """A TISS version an operadora accepts between two local days, both inclusive (R12)."""

    versao: str
    aceita_de: date
    aceita_ate: date | None = None

    def accepts(self, dia: date) -> bool:
        """Whether a day lies inside."""
        return self.aceita_de <= dia and (self.aceita_ate is None or dia <= self.aceita_ate)


class RecursoLegado(StrEnum):
    """Whether glosas of PEGs from before the migration may be contested here (R07)."""

    ACEITA = "ACEITA"
    RECUSA = "RECUSA"


@dataclass(frozen=True, slots=True)
class Operadora:
    """An operadora is identified by its registro ANS.

    Attributes:
        grupo: registros that a prestador selects as one choice, this one included.
        data_migracao: day from which everything is done here (R07).
        portal_legado: where what was sent before is read.
        cnpj: whom notas fiscais are issued to, and who demonstrativos are of; digits, or capital letters, too.
    """

    registro_ans: str
    nome: str
    nome_grupo: str
    grupo: tuple[str, ...]
    versoes: tuple[VersaoAceita, ...]
    data_migracao: date | None = None
    portal_legado: str | None = None
    recurso_legado: RecursoLegado = RecursoLegado.ACEITA
    cnpj: str | None = None


class Canal(StrEnum):
    """How a contact is reached."""

    TELEFONE = "TELEFONE"
    EMAIL = "EMAIL"
    WHATSAPP = "WHATSAPP"
    SITE = "SITE"


@dataclass(frozen=True, slots=True)
class Contato:
    """A public contact of an operadora, for whoever cannot sign in, too (R01, R18, R25)."""

    codigo: str
    regiao: str
    canal: Canal
    valor: str
    descricao: str | None = None
    horario: str | None = None
