"""A Lambda's environment, read once on first use and typed by each context's own settings class."""

from __future__ import annotations

import os


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
