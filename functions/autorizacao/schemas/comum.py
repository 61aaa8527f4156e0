"""What every JSON contract of this context is made of besides the standard's fields: texts, quantities, limits."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

JSON_NAMES: Final = {"carteira": "numero_carteira", "nascimento_rn": "data_nascimento_rn"}
"""Members of a request that are called otherwise in JSON, as in the other contexts."""
ITENS_MAXIMOS: Final = 100
"""In each list of items."""
ITENS_NO_PEDIDO: Final = 120
"""In all of a request's lists: one row holds it whole, with everything that may be said of each item."""

_DECIMAL: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,2})?", re.ASCII)


def _decimal(value: Any) -> Decimal:
    """A number as it was written: text or a JSON number, two places at most; what is whole has none."""
    text = value if isinstance(value, str) else repr(value)
    if isinstance(value, bool) or not _DECIMAL.fullmatch(text):
        raise PydanticCustomError(
            "numero-invalido", "Deve ser um número sem sinal, com até 6 algarismos e 2 casas decimais (ponto)."
        )
    number = Decimal(text)
    return Decimal(int(number)) if number == int(number) else number.quantize(Decimal("0.01"))


Numero = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": r"^[0-9]{1,6}(\.[0-9]{1,2})?$"}, {"type": "number"}]}),
]
"""A quantity or an amount: text or number, never a binary fraction."""
Sequencia = Annotated[int, Field(ge=1, le=9999, description="`sequencia` do item na autorização.")]
