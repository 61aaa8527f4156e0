"""What may be uploaded: a row of data per finalidade, published at `GET /v1/limites`.

A new finalidade is a row here, never a new mechanism.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MIB: Final = 1024 * 1024


class Formato(StrEnum):
    """Accepted formats, by the media type the client posts with."""

    XML = "application/xml"
    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    TIFF = "image/tiff"


@dataclass(frozen=True, slots=True)
class Finalidade:
    """What a file is for.

    Attributes:
        formatos: accepted media types; the first is the default.
        tamanho_maximo: bytes.
        capacidade: what the caller must be allowed to do.
        tem_dono: whether another context judges the content and answers with what it became; otherwise the file is
            complete once it is stored.
    """

    codigo: str
    descricao: str
    formatos: tuple[Formato, ...]
    tamanho_maximo: int
    capacidade: str
    tem_dono: bool


_ROWS: Final = (
    Finalidade(
        "lote_tiss", "Lote de guias no padrão TISS (XML, mensagem ENVIO_LOTE_GUIAS), até 100 guias",
        (Formato.XML,), 20 * MIB, "peg.escrever", tem_dono=True,
    ),
    Finalidade(
        "pdf", "Documento em PDF",
        (Formato.PDF,), 20 * MIB, "documentos.escrever", tem_dono=False,
    ),
    Finalidade(
        "imagem", "Imagem digitalizada (JPEG, PNG ou TIFF)",
        (Formato.JPEG, Formato.PNG, Formato.TIFF), 10 * MIB, "documentos.escrever", tem_dono=False,
    ),
)  # fmt: skip

FINALIDADES: Final[Mapping[str, Finalidade]] = MappingProxyType({row.codigo: row for row in _ROWS})

_SIGNATURES: Final[Mapping[Formato, tuple[bytes, ...]]] = {
    Formato.PDF: (b"%PDF-",),
    Formato.JPEG: (b"\xff\xd8\xff",),
    Formato.PNG: (b"\x89PNG\r\n\x1a\n",),
    Formato.TIFF: (b"II*\x00", b"MM\x00*"),
}
_TRAILERS: Final[Mapping[Formato, bytes]] = {Formato.PDF: b"%%EOF", Formato.PNG: b"IEND"}


def looks_like(content: bytes, formato: Formato) -> bool:
    """Whether the bytes are of a format, whatever the file is called.

    XML is left to its owner's gate, which explains better what is wrong with it (one validation core).
    """
    if formato is Formato.XML:
        return True
    trailer = _TRAILERS.get(formato, b"")
    # Line ends before a PDF's first line are common, and no other format's business.
    start = content[:1024].lstrip(b"\r\n\t ") if formato is Formato.PDF else content
    return start.startswith(_SIGNATURES[formato]) and trailer in content[-2048:]
