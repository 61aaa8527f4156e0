"""A Lambda's environment, read once on first use and typed by each context's own settings class."""

from __future__ import annotations

import os
from dataclasses import fields
from typing import Any, TypeVar

Named = TypeVar("Named")


class MissingSettingError(RuntimeError):
    """An environment variable the function needs is absent: the deployment is wrong, not the request."""

    def __init__(self, name: str) -> None:
        super().__init__(f"environment variable {name} is missing or empty: check the function's definition in infra/")
        self.name = name


def required(name: str) -> str:
    """The value of a mandatory environment variable.

    Raises:
        MissingSettingError: absent or empty.
    """
    value = os.environ.get(name, "")
    if not value:
        raise MissingSettingError(name)
    return value


def of_environment(classe: type[Named]) -> Named:
    """A context's settings: each member of its class is the variable of that name, in capitals.

    Raises:
        MissingSettingError: the function was deployed without one of them.
    """
    known: Any = classe
    return classe(**{field.name: required(field.name.upper()) for field in fields(known)})
