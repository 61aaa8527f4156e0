"""Refusals of this context.

DocumentosError
├── UploadNotFoundError          absent or foreign: the same
├── RelacionamentoNotEnabledError   R02
├── AnswerNotReadyError          the owner has not judged the file yet
├── NoAnswerError                the upload ended without an answer message
└── StaleUploadError             somebody else moved the upload forward
"""

from __future__ import annotations


class DocumentosError(Exception):
    """Base of this context's refusals."""


class UploadNotFoundError(DocumentosError):
    """Absent or foreign: one and the same answer."""


class RelacionamentoNotEnabledError(DocumentosError):
    """R02: the operadora has not enabled this prestador.

    Attributes:
        situacao: state of the relacionamento, `None` when there never was one.
        motivo: the operadora's reason, when it gave one.
    """

    def __init__(self, situacao: str | None, motivo: str | None) -> None:
        super().__init__(situacao or "no relacionamento")
        self.situacao = situacao
        self.motivo = motivo


class AnswerNotReadyError(DocumentosError):
    """The answer message exists only once the upload has a final state."""


class NoAnswerError(DocumentosError):
    """The upload is over and nobody wrote an answer message for it: its findings are in the upload itself."""


class StaleUploadError(DocumentosError):
    """The upload changed since it was read; read it again."""
