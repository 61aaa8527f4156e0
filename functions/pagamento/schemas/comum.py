"""What several JSON contracts of this context are made of."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, Field

from conecta_campos.numeros import forma, numero
from conecta_campos.padrao import SHOWN

if TYPE_CHECKING:
    from datetime import date

Competencia = Annotated[str, Field(pattern=r"^20[0-9]{2}(0[1-9]|1[0-2])$", description="Ano e mês, AAAAMM.")]
FaturaId = Annotated[
    str, Field(pattern=r"^[0-9]{12}(-[1-9][0-9]{0,2})?$", description="Protocolo do PEG, ou PEG e parcela recuperada.")
]
Valor = Annotated[
    Decimal, BeforeValidator(numero(10, 2, "0.01")), forma(10, 2), Field(description="Em reais, sem sinal.")
]
Versao = Annotated[int, Field(description="Também na ETag; envie em If-Match para mudar só o que se viu.")]
Cursor = Annotated[str | None, Field(description="Envie em ?cursor= para a próxima página; nulo no fim.")]
Quem = Annotated[str | None, Field(description="Identificador opaco; só para a operadora.")]
DaOperadora = Annotated[str | None, Field(description="Identificador do prestador; só para a operadora.")]


class View(BaseModel):
    """What is answered."""

    model_config = SHOWN


def dia(day: date | None) -> str | None:
    """A day as text."""
    return day.isoformat() if day else None


def por_extenso(day: date | None) -> str:
    """A day as people read it, in the middle of a sentence."""
    return f"em {day:%d/%m/%Y}" if day else "em dia que o cronograma ainda não diz"
