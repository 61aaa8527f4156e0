"""Numbers of JSON contracts: exact, written as text or as JSON numbers, answered as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema
from pydantic_core import PydanticCustomError

Reais = Annotated[str, Field(description="Em reais, com duas casas.")]
"""An amount that is answered."""


def reais(amount: Decimal) -> str:
    """An amount as text."""
    return f"{amount:.2f}"


def numero(algarismos: int, casas: int, minimo: str = "") -> Callable[[Any], Decimal]:
    """Reader of a number without sign, written as text or as a JSON number, of so many digits and places."""
    written = re.compile(rf"[0-9]{{1,{algarismos}}}(?:\.[0-9]{{1,{casas}}})?" if casas else rf"[0-9]{{1,{algarismos}}}")
    partes = f" e {casas} casas decimais (ponto)" if casas else ", inteiro"

    def read(value: Any) -> Decimal:
        if type(value) is Decimal:
            return value
        text = value if isinstance(value, str) else repr(value)
        if isinstance(value, bool) or not written.fullmatch(text):
            raise PydanticCustomError(
                "numero-invalido", "{texto}",
                {"texto": f"Deve ser um número sem sinal, com até {algarismos} algarismos{partes}."},
            )  # fmt: skip
        return Decimal(text).quantize(Decimal(minimo)) if minimo else Decimal(text).normalize() + 0

    return read


def forma(algarismos: int, casas: int) -> WithJsonSchema:
    """How such a number is documented."""
    places = rf"(\.[0-9]{{1,{casas}}})?" if casas else ""
    text = {"type": "string", "pattern": rf"^[0-9]{{1,{algarismos}}}{places}$"}
    return WithJsonSchema({"anyOf": [text, {"type": "number" if casas else "integer", "minimum": 0}]})
