"""What is made when it is first asked something: who does without it pays neither for its imports nor its secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Later:
    """Stands for what `make` makes, once somebody asks it for anything.

    Args:
        make: cheap from the second call on.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        return getattr(self._make(), name)
