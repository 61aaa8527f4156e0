"""Validity between two local days, both inclusive."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Protocol, TypeVar


class ComVigencia(Protocol):
    """Whatever is in force from a day on, until another day or for good."""

    @property
    def vigente_de(self) -> date:
        """First day."""
        ...

    @property
    def vigente_ate(self) -> date | None:
        """Last day; `None` while it is open."""
        ...


Valor = TypeVar("Valor", bound=ComVigencia)


def vigente(valor: ComVigencia, dia: date) -> bool:
    """Whether something is in force on a day."""
    return valor.vigente_de <= dia and (valor.vigente_ate is None or dia <= valor.vigente_ate)


def vigente_em(valores: Iterable[Valor], dia: date) -> Valor | None:
    """Of several, the one in force on a day: the one that began last, should two overlap."""
    found = [valor for valor in valores if vigente(valor, dia)]
    if len(found) > 1:
        return max(found, key=lambda valor: valor.vigente_de)
    return found[0] if found else None


def vigentes_em(valores: Iterable[Valor], dia: date, chave: Callable[[Valor], Any]) -> tuple[Valor, ...]:
    """Of each key, in the order they come, the one in force on a day: see :func:`vigente_em`."""
    by_key: dict[Any, list[Valor]] = {}
    for valor in valores:
        if vigente(valor, dia):
            by_key.setdefault(chave(valor), []).append(valor)
    return tuple(max(found, key=lambda valor: valor.vigente_de) for found in by_key.values())
