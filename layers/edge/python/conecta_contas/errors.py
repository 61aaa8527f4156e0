"""Refusals of what is done with an account.

ContaError
├── MotivoAusenteError   the act asks for a reason
├── GlosaInvalidaError   no such guia, item or glosa, or more reais than are there
└── DossieMissingError   the dossier of a PEG, or what a recurso gives back, is not in the archive (yet): try again
"""

from __future__ import annotations


class ContaError(Exception):
    """Base of this package's errors."""


class MotivoAusenteError(ContaError):
    """The act asks for a reason."""


class GlosaInvalidaError(ContaError):
    """No such guia, item or glosa, or more reais than are there."""


class DossieMissingError(ContaError):
    """What should be in the archive is not there (yet); who waits for it tries again."""
