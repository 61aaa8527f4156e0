"""What this context refuses."""

from __future__ import annotations


class AlertasError(Exception):
    """Anything this context refuses."""


class AlertaNaoEncontradoError(AlertasError):
    """Absent, foreign, or shown no more: all look alike."""


class ExcecoesDemaisError(AlertasError):
    """Too many alertas are read or unread one by one."""


class MudouError(AlertasError):
    """A row is not as it was read: somebody else wrote it meanwhile."""
