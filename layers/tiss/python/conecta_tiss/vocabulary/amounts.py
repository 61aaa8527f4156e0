"""Money and quantities: `Decimal` from the text of the message to the table, never a float.

Texts follow `xs:decimal` as the TISS types restrict it (tiss.md section 2: `dP-2` means P digits at most,
two after the point); arithmetic ends in cents, half up.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal, DecimalException, Inexact, InvalidOperation
from typing import TYPE_CHECKING, Final

from conecta_tiss.errors import ValorInvalidoError

if TYPE_CHECKING:
    from collections.abc import Iterable

ZERO: Final = Decimal("0.00")
CENTAVO: Final = Decimal("0.01")

_TEXTO: Final = re.compile(r"(?P<sinal>[+-]?)(?P<inteira>[0-9]*)(?:\.(?P<fracao>[0-9]*))?")
_ESPACO_XML: Final = " \t\r\n"
_MAIOR_TEXTO: Final = 64

# A context of our own: the caller's may have another precision, and a sum that does not fit must not be
# rounded in silence. 34 digits hold any sum or product of TISS values.
_EXATO: Final = Context(prec=34, rounding=ROUND_HALF_UP, traps=[Inexact, InvalidOperation])
_ARREDONDA: Final = Context(prec=34, rounding=ROUND_HALF_UP, traps=[InvalidOperation])


def parse_decimal(texto: str, *, digitos: int, casas: int) -> Decimal:
    """Read a decimal as the schema accepts it, in at most `digitos` digits with `casas` after the point.

    XML whitespace around it does not count; an exponent, a comma, NaN, an infinity and non-ASCII digits
    are refused. Digits are counted as `totalDigits` counts them, without leading zeros and without zeros
    that end the fraction (`1000000.00` has 7). The value keeps the places it was written with.

    Raises:
        ValorInvalidoError: It is not such a number.
    """
    limpo = texto.strip(_ESPACO_XML)
    achado = _TEXTO.fullmatch(limpo) if len(limpo) <= _MAIOR_TEXTO else None
    if achado is None or not (achado["inteira"] or achado["fracao"]):
        raise ValorInvalidoError("valor que não é um número decimal com ponto")
    inteira = achado["inteira"].lstrip("0")
    fracao = (achado["fracao"] or "").rstrip("0")
    if len(fracao) > casas:
        raise ValorInvalidoError(f"valor com mais de {casas} casas decimais")
    if len(inteira) + len(fracao) > digitos:
        raise ValorInvalidoError(f"valor com mais de {digitos} dígitos")
    return Decimal(limpo)


def parse_valor(texto: str, *, digitos: int = 10) -> Decimal:
    """Read an amount in reais (`st_decimal10-2`, or `digitos=8` in items of 4.01.00), always in cents.

    Raises:
        ValorInvalidoError: It is not one, or it is negative.
    """
    valor = parse_decimal(texto, digitos=digitos, casas=2)
    if valor < 0:
        raise ValorInvalidoError("valor negativo")
    return em_centavos(valor)


def em_centavos(valor: Decimal) -> Decimal:
    """The amount in reais rounded half up to the cent (`Decimal` with two places, zero without sign).

    Raises:
        ValorInvalidoError: NaN, an infinity, or more digits than money has.
    """
    if not valor.is_finite():
        raise ValorInvalidoError("valor que não é um número")
    try:
        return _ARREDONDA.add(valor.quantize(CENTAVO, context=_ARREDONDA), ZERO)
    except DecimalException as erro:
        raise ValorInvalidoError("valor que não cabe em reais e centavos") from erro


def soma(valores: Iterable[Decimal]) -> Decimal:
    """Exact sum in cents; of nothing it is `0.00`. Amounts with parts of a cent are summed before rounding.

    Raises:
        ValorInvalidoError: NaN, an infinity, or a sum that cannot be exact.
    """
    total = ZERO
    try:
        for valor in valores:
            total = _EXATO.add(total, valor)
    except DecimalException as erro:
        raise ValorInvalidoError("soma que não cabe em reais e centavos") from erro
    return em_centavos(total)


def produto(*fatores: Decimal) -> Decimal:
    """Product rounded once, at the end, to the cent: quantidade x valor unitario x fator.

    Raises:
        ValorInvalidoError: NaN, an infinity, or a product that cannot be exact before rounding.
    """
    total = Decimal(1)
    try:
        for fator in fatores:
            total = _EXATO.multiply(total, fator)
    except DecimalException as erro:
        raise ValorInvalidoError("produto que não cabe em reais e centavos") from erro
    return em_centavos(total)


def texto_do_valor(valor: Decimal) -> str:
    """The amount as a message writes it: `1234.50`, two places, no exponent, no thousands separator.

    Raises:
        ValorInvalidoError: NaN, an infinity, or more digits than money has.
    """
    return f"{em_centavos(valor):f}"
