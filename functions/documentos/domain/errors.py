"""Refusals of this context.

DocumentosError
├── UploadNotFoundError          absent or foreign: the same
├── RelacionamentoNotEnabledError   R02
├── AnswerNotReadyError          the owner has not judged the file yet
├── NoAnswerError                the upload ended without an answer message
├── StaleUploadError             somebody else moved the upload forward
├── DocumentoNotFoundError       absent, foreign, or what it is to belong to is: the same
├── DestinoNotAcceptedError      documents of this finalidade belong to other things
├── DestinoClosedError           it takes no more documents
├── StaleDocumentoError          somebody else changed what it belongs to
├── OutdatedExigenciasError      what is asked of PEGs is not as the caller saw it
├── EnvioRefusedError            a document that came in a message is not taken
├── PublicacaoNotFoundError      absent, foreign, not in force or for others: the same
├── PublicacaoStateError         the state of its last edition does not admit the act
├── OutdatedPublicacaoError      it is not as the caller saw it
├── StalePublicacaoError         somebody else changed it meanwhile
├── FilePendingError             its file is not checked yet
└── DefectivePublicacaoError     what is wrong with it, each with its place
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from documentos.domain.envios import Recusa


@dataclass(frozen=True, slots=True)
class Defeito:
    """What is wrong with what is asked, where, and what to do about it."""

    campo: str
    codigo: str
    mensagem: str


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


class DocumentoNotFoundError(DocumentosError):
    """Absent or foreign, it or what it is to belong to: one and the same answer."""


class DestinoNotAcceptedError(DocumentosError):
    """Documents of a finalidade do not belong to such things, or not without saying more.

    Attributes:
        defeitos: all that is wrong.
    """

    def __init__(self, defeitos: Sequence[Defeito]) -> None:
        super().__init__(", ".join(one.codigo for one in defeitos))
        self.defeitos = tuple(defeitos)


class DestinoClosedError(DocumentosError):
    """What a document is to belong to takes, and gives back, no more documents.

    Attributes:
        alvo, id, situacao: which one, and its state.
    """

    def __init__(self, alvo: str, id_: str, situacao: str) -> None:
        super().__init__(f"{alvo} {situacao}")
        self.alvo, self.id, self.situacao = alvo, id_, situacao


class StaleDocumentoError(DocumentosError):
    """What a document belongs to changed since it was read; read it again."""


class EnvioRefusedError(DocumentosError):
    """Nothing of the message was kept.

    Attributes:
        recusas: all that is wrong.
    """

    def __init__(self, recusas: Sequence[Recusa]) -> None:
        super().__init__(", ".join(one.regra for one in recusas))
        self.recusas = tuple(recusas)


class OutdatedExigenciasError(DocumentosError):
    """What is asked of PEGs is not as the caller saw it."""


class PublicacaoNotFoundError(DocumentosError):
    """Absent, foreign, not in force or for others: one and the same answer."""


class PublicacaoStateError(DocumentosError):
    """The state of a publication's last edition does not admit the act.

    Attributes:
        situacao: that state.
    """

    def __init__(self, situacao: str) -> None:
        super().__init__(situacao)
        self.situacao = situacao


class OutdatedPublicacaoError(DocumentosError):
    """The publication is not as the caller saw it."""


class StalePublicacaoError(DocumentosError):
    """The publication changed since it was read; read it again."""


class FilePendingError(DocumentosError):
    """The publication's file is not checked yet."""


class DefectivePublicacaoError(DocumentosError):
    """The publication cannot be kept, or published, like this.

    Attributes:
        defeitos: all that is wrong.
    """

    def __init__(self, defeitos: Sequence[Defeito]) -> None:
        super().__init__(", ".join(one.codigo for one in defeitos))
        self.defeitos = tuple(defeitos)
