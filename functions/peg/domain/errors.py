"""Refusals and surprises of this context.

PegError
├── PegNotFoundError        absent or foreign: the same
├── LoteNumberTakenError    a living PEG of this lote number exists; whose bytes decides what that means
├── MudouError              somebody else changed the PEG since it was read: read again
├── VersaoDiferenteError    the caller saw another version of the PEG
├── TransicaoInvalidaError  the state does not allow the act, or the papel may not do it
├── GuiaNaoRetiravelError   no such guia, withdrawn before, or the last of its PEG: cancel that instead
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


class MudouError(PegError):
    """Somebody else changed the PEG between our look and our write: read again."""


class VersaoDiferenteError(PegError):
    """The caller saw another version of the PEG: look again before acting."""


class TransicaoInvalidaError(PegError):
    """The state does not allow the act, or the papel may not do it."""


class GuiaNaoRetiravelError(PegError):
    """No such guia, withdrawn before, or the last one: then the PEG is cancelled."""
