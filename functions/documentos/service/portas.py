"""What the use cases need from outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from conecta_atos.portas import Page
    from documentos.domain.achados import Achado
    from documentos.domain.documentos import Destino, Documento, Vinculo
    from documentos.domain.envios import Numerado
    from documentos.domain.exigencias import Esperado, Exigencias
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

    def change(
        self,
        before: Upload,
        after: Upload,
        event: Mapping[str, Any] | None,
        now: datetime,
        documento: Documento | None = None,
    ) -> None:
        """Replace `before` by `after`, with an event and the document it is, unless that is there, in one transaction.

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


class Documentos(Protocol):
    """The stored documents of every tenant and what they belong to; each method names the tenant it touches."""

    def keep(self, documento: Documento) -> None:
        """Store one; the same again changes nothing."""
        ...

    def get(self, named: Sequence[tuple[str, str]]) -> list[Documento | None]:
        """Documents by tenant and id, in the order asked."""
        ...

    def of_uploads(self, prestador_id: str, ids: Sequence[str]) -> list[Documento | None]:
        """What each upload of a tenant became; `None` of one that is not complete."""
        ...

    def of_month(self, prestador_id: str, mes: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """Documents that first came in a month (`AAAAMM`), newest first."""
        ...

    def vinculos(self, prestador_id: str, documento: str) -> Sequence[Vinculo]:
        """What a document belongs to."""
        ...

    def vinculados(self, prestador_id: str, registro_ans: str, destino: Destino) -> Sequence[Vinculo]:
        """Documents of something, and of the parts of it."""
        ...

    def change(
        self,
        novos: Sequence[Vinculo],
        desfeitos: Sequence[Vinculo] = (),
        *,
        now: datetime,
        correlacao: str,
        numerado: Numerado | None = None,
        guardar: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """One transaction: documents come to belong to things (`DocumentoVinculado`), and cease to.

        Args:
            numerado: that one has a number of the prestador's.

        Raises:
            StaleDocumentoError: one of them does already, or does not any more; or the number is another's. Nothing was
                written.
            Exception: the adapter's own, when only `guardar` lost: the answer is kept already.
        """
        ...

    def numerado(self, prestador_id: str, registro_ans: str, numero: str) -> Numerado | None:
        """Which document has a number of a tenant's."""
        ...

    def exigencias(self, registro_ans: str) -> Exigencias | None:
        """What an operadora asks of PEGs; `None` until it said so."""
        ...

    def write_exigencias(
        self, antes: Exigencias | None, depois: Exigencias, guardar: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        """Replace what an operadora asks.

        Raises:
            StaleDocumentoError: it is not `antes` any more.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Referencia:
    """What documents are given to, as its owner keeps it.

    Attributes:
        prestadores: whose documents may belong to it, as far as who asks may see them; the first made it.
        situacao: its state; `None` of a lote.
        ate: last local day it waits for the prestador, when it does.
        esperados: what its owner says is still missing, or should come.
        anexados: (upload id, dm_tipoDocumento) that its owner was given with it.
        numero_lote, tipo_guia, guias: of a PEG; every number of each guia, the prestador's first.
    """

    prestadores: tuple[str, ...]
    registro_ans: str
    situacao: str | None
    ate: date | None = None
    esperados: tuple[Esperado | str, ...] = ()
    anexados: tuple[tuple[str, str | None], ...] = ()
    numero_lote: str | None = None
    tipo_guia: str | None = None
    guias: tuple[tuple[str, ...], ...] = ()


class Referencias(Protocol):
    """Requests, PEGs and recursos, as their contexts keep them."""

    def of_prestador(self, prestador_id: str, registro_ans: str, destino: Destino, *, guias: bool) -> Referencia | None:
        """One that a tenant may see; a PEG and a recurso tell themselves which operadora's they are.

        Args:
            guias: whether those of a PEG are asked for.
        """
        ...

    def of_operadora(self, registro_ans: str, destino: Destino) -> Referencia | None:
        """One of an operadora."""
        ...

    def numero_of(self, prestador_id: str, registro_ans: str, guia: str) -> str | None:
        """The operadora's number of a solicitação that a tenant made by its own number of guia."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Portas:
    """What documents need from outside."""

    documentos: Documentos
    referencias: Referencias
    now: datetime
