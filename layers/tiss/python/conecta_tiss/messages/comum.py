"""Pieces that several messages share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Contratado:
    """A prestador as the operadora knows it (ct_contratadoDados): exactly one of the three.

    Attributes:
        codigo_na_operadora: Up to 14 characters.
        cpf: 11 digits.
        cnpj: 14 digits (alphanumeric from 4.03.00 on).
    """

    codigo_na_operadora: str | None = None
    cpf: str | None = None
    cnpj: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profissional:
    """A professional and the council that registers them (ct_contratadoProfissionalDados)."""

    nome: str | None = None
    conselho: str
    numero_conselho: str
    uf: str
    cbo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beneficiario:
    """Who was attended (ct_beneficiarioDados).

    Attributes:
        numero_carteira: Up to 20 characters.
        atendimento_rn: A newborn attended on the mother's carteira.
        tipo_ident: How the identification was read (dm_tipoIdent).
        identificador: What was read, base64.
    """

    numero_carteira: str
    atendimento_rn: bool
    tipo_ident: str | None = None
    identificador: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MotivoGlosa:
    """A glosa (ct_motivoGlosa): code of table 38 and, if given, its text (up to 500 characters)."""

    codigo: str
    descricao: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValoresProcessados:
    """What became of an amount, in reais (ct_valorTotal)."""

    processado: Decimal
    glosa: Decimal
    liberado: Decimal
