"""Refusals and surprises of this context.

PegError
├── PegNotFoundError        absent or foreign: the same
├── LoteNumberTakenError    a living PEG of this lote number exists; whose bytes decides what that means
└── DocumentoMissingError   the event names a file that is not in the archive (yet): try again
"""

from __future__ import annotations


class PegError(Exception):
    """Base of this context's errors."""


class PegNotFoundError(PegError):
    """Absent or foreign: one and the same answer."""


class LoteNumberTakenError(PegError):
    """Somebody else took the lote number between our look and our write: look again."""


class DocumentoMissingError(PegError):
    """The archived file is not there; the workflow retries."""
