"""What every JSON contract of this context is made of besides the standard's fields: texts, quantities, limits."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from conecta_campos.padrao import checked

JSON_NAMES: Final = {"carteira": "numero_carteira", "nascimento_rn": "data_nascimento_rn"}
"""Members of a request that are called otherwise in JSON, as in the other contexts."""
ITENS_MAXIMOS: Final = 100
"""In each list of items."""
ITENS_NO_PEDIDO: Final = 120
"""In all of a request's lists: one row holds it whole, with everything that may be said of each item."""

# No control characters, no marks that turn the direction of what follows, nothing that XML cannot carry.
_MARCAS: Final = r"\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff"
LINHA: Final = rf"^[^\x00-\x1f{_MARCAS}]+$"
PARAGRAFO: Final = rf"^[^\x00-\x08\x0b\x0c\x0e-\x1f{_MARCAS}]+$"
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


def _glosa(value: str) -> bool:
    from conecta_tiss.terminologia import glosa_text  # noqa: PLC0415
    from conecta_tiss.versions import Versao  # noqa: PLC0415

    return glosa_text(value, Versao.V4_01_00) is not None


PrestadorId = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$", description="Identificador do prestador.")]
Numero = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": r"^[0-9]{1,6}(\.[0-9]{1,2})?$"}, {"type": "number"}]}),
]
"""A quantity or an amount: text or number, never a binary fraction."""
Texto70 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=70, pattern=LINHA)]
Texto150 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150, pattern=LINHA)]
Texto500 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=PARAGRAFO)]
Texto1000 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=PARAGRAFO)]
Glosa = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}$", description="Código da Tabela 38 da TISS."),
    AfterValidator(checked(_glosa, "codigo-desconhecido", "O código não consta da Tabela 38 da TISS.")),
]
Sequencia = Annotated[int, Field(ge=1, le=9999, description="`sequencia` do item na autorização.")]
