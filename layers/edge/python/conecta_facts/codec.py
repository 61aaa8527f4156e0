"""Values as plain mappings and back: one codec for every dataclass of this package.

A plain mapping holds text, `bool`, `int`, `Decimal`, lists and mappings: what DynamoDB keeps, and (but for `Decimal`)
what JSON keeps. Dates and instants are ISO text, enumerations their value; absent members are left out.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Valor = TypeVar("Valor")


def plain(valor: Any) -> dict[str, Any]:
    """A dataclass as a plain mapping, without its `None` members."""
    classe: Any = type(valor)
    return {name: _plain(held) for name in _names(classe) if (held := getattr(valor, name)) is not None}


@lru_cache(maxsize=64)
def _names(classe: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(classe))


def _plain(valor: Any) -> Any:
    kind = type(valor)
    if kind is str or kind is bool or kind is int or kind is Decimal:
        return valor
    if kind is date or kind is datetime:
        return valor.isoformat()
    if isinstance(valor, Enum):
        return valor.value
    if isinstance(valor, tuple | list):
        return [_plain(inner) for inner in valor]
    if isinstance(valor, Mapping):
        return {name: _plain(inner) for name, inner in valor.items()}
    if not is_dataclass(valor):
        raise TypeError(f"a {kind.__name__} has no plain form")
    return plain(valor)


def build(classe: type[Valor], mapa: Mapping[str, Any]) -> Valor:
    """The dataclass a plain mapping was made of; members it does not know are ignored, null ones are absent.

    An attribute that a later release adds is thus harmless to this one, and one that it makes optional, too.

    Raises:
        KeyError: a member without a default is missing.
        ValueError: a text is not of its member's type.
    """
    given = {}
    members = _members(classe)  # type: ignore[arg-type]  # every class can be hashed
    for name, convert, required in members:
        held = mapa.get(name)
        if held is not None:
            given[name] = convert(held)
        elif required:
            raise KeyError(name)
    return classe(**given)


@lru_cache(maxsize=64)
def _members(classe: type[Any]) -> tuple[tuple[str, Callable[[Any], Any], bool], ...]:
    hints = get_type_hints(classe)
    return tuple(
        (
            field.name,
            _converter(hints[field.name]),
            field.default is MISSING and field.default_factory is MISSING,
        )
        for field in fields(classe)
    )


def _converter(hint: Any) -> Callable[[Any], Any]:  # noqa: PLR0911  # one line per kind of member
    origin = get_origin(hint)
    if origin in {types.UnionType, Union}:
        (inner,) = (argument for argument in get_args(hint) if argument is not type(None))
        return _converter(inner)
    if origin is tuple:
        convert = _converter(get_args(hint)[0])
        return lambda held: tuple(convert(inner) for inner in held)
    if origin is Mapping:
        value = _converter(get_args(hint)[1])
        return lambda held: {key: value(inner) for key, inner in held.items()}
    if hint is date or hint is datetime:
        parse: Callable[[str], Any] = hint.fromisoformat
        return parse
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda held: build(hint, held)
    if isinstance(hint, type) and (issubclass(hint, Enum) or hint in {int, Decimal}):
        return hint
    return lambda held: held
