"""The envelope of every message: header and body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from datetime import date

Corpo_co = TypeVar("Corpo_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parte:
    """One end of a message: a prestador (by one of three) or an operadora (by its registro ANS)."""

    cnpj: str | None = None
    cpf: str | None = None
    codigo_prestador_na_operadora: str | None = None
    registro_ans: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cabecalho:
    """Header (cabecalhoTransacao).

    `loginSenhaPrestador`, a password in clear text, is never read nor written.

    Attributes:
        tipo_transacao: dm_tipoTransacao.
        sequencial_transacao: The sender's own number, up to 12 characters.
        data_registro: Local day of the message.
        hora_registro: Local time, `HH:MM:SS`.
        falha_negocio: Glosa that made the whole transaction fail.
        origem: Who sends.
        destino: Who receives.
        padrao: Version of the standard as the message writes it, for instance "4.01.00".
    """

    tipo_transacao: str
    sequencial_transacao: str
    data_registro: date
    hora_registro: str
    falha_negocio: str | None = None
    origem: Parte
    destino: Parte
    padrao: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mensagem(Generic[Corpo_co]):
    """A message: header and body, with what came of its signature.

    Attributes:
        cabecalho: The header.
        corpo: The body, for instance a `LoteGuias`.
        assinada: A `ds:Signature` follows the epilogue. It is not kept, and cannot be written.
    """

    cabecalho: Cabecalho
    corpo: Corpo_co
    assinada: bool = False
