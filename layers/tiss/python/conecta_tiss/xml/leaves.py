"""Leaves: the text of an element as the value it means, and what was odd about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from conecta_tiss.messages.ilegivel import (
    DATA_ILEGIVEL,
    NUMERO_ILEGIVEL,
    TEXTO_ILEGIVEL,
    VALOR_ILEGIVEL,
)
from conecta_tiss.xml.layout import Tipo

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


@dataclass(slots=True)
class Leitura:
    """What one document's reading met besides its values.

    Attributes:
        brancos: Leaves that hold only blanks, which the schema accepts where it asks for text. In a message
            the schema refused, one may be listed twice.
        datas: Texts of dates that are no plain `AAAA-MM-DD` day, such as one with a time zone.
        maior_lista: Elements in the longest list of any element read (guias and their items too).
        tabelas: Texts already met and their values, by `Tipo` of the leaf.
    """

    brancos: list[Element] = field(default_factory=list)
    datas: set[str] = field(default_factory=set)
    maior_lista: int = 0
    tabelas: tuple[dict[str | None, Any], ...] = ()

    def __post_init__(self) -> None:
        # Indexed by `Tipo`. A lote repeats its few days and amounts hundreds of times.
        decimais = _Valores()
        self.tabelas = (
            {},
            _Datas(self.datas),
            _Numeros(),
            decimais,
            decimais,
            decimais,
            _SIM_NAO,
            _LOGICOS,
        )


def text_of(elemento: Element, leitura: Leitura) -> str:
    """Text of a leaf; that it holds only blanks is noted."""
    texto = elemento.text
    if texto is None:
        return TEXTO_ILEGIVEL
    if texto.isspace():
        leitura.brancos.append(elemento)
    return texto


ILEGIVEIS: Final[dict[Tipo, Any]] = {
    Tipo.TEXTO: TEXTO_ILEGIVEL,
    Tipo.DATA: DATA_ILEGIVEL,
    Tipo.NUMERO: NUMERO_ILEGIVEL,
    Tipo.QUANTIDADE: VALOR_ILEGIVEL,
    Tipo.DECIMAL: VALOR_ILEGIVEL,
    Tipo.VALOR: VALOR_ILEGIVEL,
    Tipo.SIM_NAO: False,
    Tipo.LOGICO: False,
}
"""What a required leaf is read as when it is not there."""

# ASCII only: `\d` and int() also take the digits of other scripts.
_DATA: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMERO: Final = re.compile("([+-]?)0*([0-9]{1,18})")
_ORDEM_MAXIMA: Final = 20


class _Datas(dict[str | None, date]):
    """`xs:date` texts to days; what is no plain day is noted."""

    def __init__(self, irregulares: set[str]) -> None:
        self._irregulares = irregulares

    def __missing__(self, texto: str | None) -> date:
        limpo = (texto or "").strip(_BRANCOS)
        dia = DATA_ILEGIVEL
        if _DATA.fullmatch(limpo):
            try:
                dia = date.fromisoformat(limpo)
            except ValueError:
                self._irregulares.add(texto or "")
        else:
            self._irregulares.add(texto or "")
        self[texto] = dia
        return dia


class _Valores(dict[str | None, Decimal]):
    """`xs:decimal` and `xs:integer` texts to `Decimal`."""

    def __missing__(self, texto: str | None) -> Decimal:
        # Decimal() accepts more than the schema (exponents, "NaN"): what is no amount of a valid message
        # only has to stay harmless.
        try:
            valor = Decimal(texto or "")
        except InvalidOperation:
            valor = VALOR_ILEGIVEL
        if not valor.is_finite() or abs(valor.adjusted()) > _ORDEM_MAXIMA:
            valor = VALOR_ILEGIVEL
        self[texto] = valor
        return valor


class _Numeros(dict[str | None, int]):
    """`xs:integer` texts to `int`."""

    def __missing__(self, texto: str | None) -> int:
        achado = _NUMERO.fullmatch((texto or "").strip(_BRANCOS))
        numero = int("".join(achado.groups())) if achado else NUMERO_ILEGIVEL
        self[texto] = numero
        return numero


class _Logicos(dict[str | None, bool]):
    """Texts to truth; what is neither is false."""

    def __missing__(self, texto: str | None) -> bool:
        return self.get((texto or "").strip(_BRANCOS), False)


_BRANCOS: Final = " \t\r\n"
_SIM_NAO: Final = _Logicos({"S": True, "N": False})
_LOGICOS: Final = _Logicos({"true": True, "1": True, "false": False, "0": False})
