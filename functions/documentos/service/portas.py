"""What the use cases need from outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from documentos.domain.achados import Achado
    from documentos.domain.uploads import Upload


class Uploads(Protocol):
    """The stored uploads of every tenant; each method names the tenant it touches."""

    def next_protocolo(self, day: date) -> str:
        """A new protocolo de atendimento."""
        ...

    def add(self, upload: Upload, extra: tuple[Any, ...] = ()) -> None:
        """Store a new upload, with further actions in the same transaction."""
        ...

    def get(self, prestador_id: str, upload_id: str) -> Upload | None:
        """One upload of a tenant."""
        ...

    def change(self, before: Upload, after: Upload, event: Mapping[str, Any] | None, now: datetime) -> None:
        """Replace `before` by `after`, with an event in the same transaction.

        Raises:
            StaleUploadError: it is no longer `before`.
        """
        ...

    def due(self, now: datetime | None) -> Iterable[tuple[str, str]]:
        """(prestador, upload id) of uploads whose `conferir_em` has come; all pending ones for `None`."""
        ...


class Files(Protocol):
    """The two buckets."""

    def presign(self, upload: Upload) -> dict[str, Any]:
        """URL and form fields of a POST for exactly this file."""
        ...

    def read_incoming(self, chave: str, version: str | None) -> Incoming | None:
        """The bytes posted under a key (of one version, when known); `None` when nothing is there."""
        ...

    def archive(self, chave: str, content: bytes, formato: str, sha256: str, retencao: str) -> None:
        """Keep bytes as long as a class of `finalidades.RETENCOES` says; the same key always has the same bytes."""
        ...

    def link(self, chave: str, nome: str) -> str:
        """An address that what is kept may be fetched from for 15 minutes, under a name."""
        ...

    def read_answer(self, upload: Upload, suffix: str) -> bytes | None:
        """What the file's owner left beside the upload: `xml` its message, `json` its report."""
        ...


@dataclass(frozen=True, slots=True)
class Incoming:
    """A posted file and the instant S3 stored it."""

    content: bytes
    stored_at: datetime


class ReadBody(Protocol):
    """Tells which TISS message some bytes are, without reading more of it."""

    def __call__(self, content: bytes, /) -> str | Achado | None:
        """Name of the body element; `None` when the standard has none of that name; or why nobody can read it."""
        ...


class Cadastro(Protocol):
    """What this context asks of cadastro."""

    def contratacao(self, prestador_id: str, registro_ans: str) -> Contratacao:
        """The relacionamento of a prestador with an operadora."""
        ...


class Contratacao(Protocol):
    """A relacionamento, or that there is none (R02)."""

    def may_bill_em(self, dia: date) -> bool:
        """Whether what was done may be billed on a day (R02)."""
        ...

    def may_send_em(self, dia: date) -> bool:
        """Whether files of authorizations may be sent on a day (R02)."""
        ...

    def situacao_em(self, dia: date) -> tuple[str | None, str | None]:
        """State on a day and the operadora's reason."""
        ...
