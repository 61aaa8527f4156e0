"""What the TISS library told us of a file, in this context's own words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conecta_tiss.findings import Achado
    from conecta_tiss.messages.lote_guias import LoteGuias
    from peg.domain.pegs import GuiaApresentada


@dataclass(frozen=True, slots=True)
class Identificacao:
    """How the sender identified itself: exactly one of the three."""

    cnpj: str | None = None
    cpf: str | None = None
    codigo_na_operadora: str | None = None


@dataclass(frozen=True, slots=True)
class LoteLido:
    """A message as far as it could be read; `None` is what could not.

    Attributes:
        achados: what the standard itself finds wrong (gate, hash, XSD, formal rules).
        corpo: the message's body, kept for the receipt.
    """

    versao: str | None
    transacao: str | None
    codificacao_hash: str | None
    numero_lote: str | None
    tipo_guia: str | None
    origem: Identificacao | None
    destino: str | None
    sequencial: str | None
    guias: tuple[GuiaApresentada, ...]
    valor_informado: Decimal | None
    achados: tuple[Achado, ...]
    corpo: LoteGuias | None = None
