"""What the bytes of a file are, whatever it is called: standard library only, one pass, nothing is decoded.

What is kept is opened by other people: an image has to be whole, a PDF has to be readable by anybody and must do
nothing by itself, and neither may be something else as well. The figures of this module are limits, not norms.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from conecta_tiss.findings import code_of
from conecta_tiss.vocabulary.glosas import Motivo
from documentos.domain.achados import Achado
from documentos.domain.finalidades import Formato

PIXELS: Final = 250_000_000
"""Of one image: an A2 page at 600 dpi has 139 million."""
INFLADO: Final = 64 * 1024 * 1024
"""Bytes that the compressed objects of one PDF may have together."""
DESCOMPACTADO: Final = 1024 * 1024 * 1024
"""Bytes that all that is compressed in one file may have together: ten A4 pages at 600 dpi, in colours."""
CONFERENCIA: Final = (
    "O conteúdo vale mais que o nome: tem de ser do formato declarado.",
    "Programas, scripts e arquivos compactados são recusados, também dentro ou depois de outro arquivo.",
    "Imagens precisam estar inteiras, até o fim; de um TIFF, todas as páginas.",
    "PDFs precisam abrir sem senha, e não podem ter scripts, comandos, formulários que se enviam, mídia nem anexos.",
    "Em PDFs, links, formulários simples e assinaturas são aceitos.",
)
"""What is examined, for those who send: published at `GET /v1/limites`."""
_PASSO: Final = 1024 * 1024
"""Bytes inflated at once."""
_INICIO: Final = 1024
"""Bytes in which readers of PDF look for its header, and writers leave line ends before it."""
_FIM: Final = 2048
"""Bytes in which the end of a PDF is looked for."""

_OUTROS: Final[Mapping[bytes, str]] = {
    b"MZ": "um programa para Windows", b"\x7fELF": "um programa para Linux", b"\xfe\xed\xfa": "um programa para macOS",
    b"\xcf\xfa\xed\xfe": "um programa para macOS", b"\xce\xfa\xed\xfe": "um programa para macOS",
    b"\xca\xfe\xba\xbe": "um programa", b"#!": "um script", b"<?php": "um script", b"L\x00\x00\x00\x01\x14\x02\x00":
    "um atalho do Windows", b"PK\x03\x04": "um arquivo ZIP ou do Office", b"PK\x05\x06": "um arquivo ZIP",
    b"Rar!\x1a\x07": "um arquivo RAR", b"7z\xbc\xaf\x27\x1c": "um arquivo 7z", b"\x1f\x8b": "um arquivo gzip",
    b"MSCF": "um arquivo CAB", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "um arquivo do Office ou instalador antigo",
}  # fmt: skip
"""What else a file may be, by how it begins: programs, scripts, and what programs travel in."""
_MARCACAO: Final = re.compile(rb"\s*<(?:!doctype\s+html|html|script|svg)[\s>]", re.IGNORECASE)
_JPEG_MARKER: Final = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]", re.DOTALL)
"""The end, or one with a segment: neither of those inside a scan, nor padding."""
_JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TIFF_WHERE: Final = {273: 279, 324: 325}
"""Tags of where strips and tiles are, and of how long each is."""
_TIFF_TAGS: Final = frozenset({256, 257, *_TIFF_WHERE, *_TIFF_WHERE.values()})
"""And of how wide and how high a page is."""
_TIFF_SIZES: Final[Mapping[int, str]] = {1: "B", 3: "H", 4: "I"}


class DefeitoError(ValueError):
    """An image ends before it should, or contradicts itself."""


class GrandeError(DefeitoError):
    """What is compressed is too much."""


@dataclass(slots=True)
class _Flate:
    """Inflates what a file holds, piece by piece: never more than `left` bytes of all, read or made."""

    left: int

    def parts(self, content: memoryview) -> Iterator[bytes]:
        """What begins there.

        Raises:
            DefeitoError: it is not compressed so, or not whole; `GrandeError`: it is too much.
        """
        flate, start, step = zlib.decompressobj(), 0, _PASSO // 1024
        while start < len(content):
            rest: memoryview | bytes = content[start : start + step]
            start, step = start + step, min(2 * step, _PASSO)  # of a short one, little is read in vain
            while rest:
                try:
                    part = flate.decompress(rest, _PASSO)
                except zlib.error as error:
                    raise DefeitoError("os dados não se descompactam") from error
                self.left -= len(part) + len(rest) - len(flate.unconsumed_tail) - len(flate.unused_data)
                if self.left < 0:
                    raise GrandeError("os dados descompactados são demais")
                yield part
                if flate.eof:
                    return
                rest = flate.unconsumed_tail
        raise DefeitoError("os dados terminam antes do fim")


def examine(content: bytes, formato: Formato) -> tuple[Achado, ...]:
    """What is wrong with some bytes that are said to be of a format; of XML, only that it is none."""
    other = disguised(content)
    if other is not None:
        text = f"O arquivo é {other}, e não {formato.value}: programas e arquivos compactados não são recebidos."
        return (Achado("DOC-EXECUTAVEL", _not_it(formato), text),)
    if not _begins(content, formato):
        text = f"O conteúdo do arquivo não é {formato.value}. Confira o arquivo e envie no formato declarado."
        return (Achado("DOC-FORMATO", _not_it(formato), text),)
    if formato is Formato.XML:
        return ()
    return tuple(_pdf(content) if formato is Formato.PDF else _image(content, formato))


def disguised(content: bytes) -> str | None:
    """What program, script or package some bytes are, in Portuguese; `None` when they are none that is known."""
    if _MARCACAO.match(content):
        return "uma página da web"
    return next((name for signature, name in _OUTROS.items() if content.startswith(signature)), None)


def _not_it(formato: Formato) -> str:
    return code_of(Motivo.ARQUIVO_NAO_E_IMAGEM, None) if formato.imagem else "formato-divergente"


_BOM: Final = b"\xef\xbb\xbf"
_SIGNATURES: Final[Mapping[Formato, tuple[bytes, ...]]] = {
    Formato.XML: (b"<", b"\xff\xfe<\x00", b"\xfe\xff\x00<"),
    Formato.PDF: (b"%PDF-",),
    Formato.JPEG: (b"\xff\xd8\xff",),
    Formato.PNG: (b"\x89PNG\r\n\x1a\n",),
    Formato.TIFF: (b"II*\x00", b"MM\x00*"),
}


def _begins(content: bytes, formato: Formato) -> bool:
    # Line ends, or a mark of UTF-8, before the first line are common in texts, and no image's business.
    start = content if formato.imagem else content[:_INICIO].removeprefix(_BOM).lstrip(b"\r\n\t ")
    return start.startswith(_SIGNATURES[formato])


# --- images ---


def _image(content: bytes, formato: Formato) -> Iterator[Achado]:
    try:
        end, pixels = _WALKS[formato](content)
    except (ValueError, struct.error) as error:
        why = str(error) if isinstance(error, DefeitoError) else "termina antes do que diz"
        text = f"A imagem está corrompida ou incompleta ({why}). Digitalize-a ou exporte-a de novo."
        yield Achado("DOC-IMAGEM", code_of(Motivo.IMAGEM_CORROMPIDA, None), text)
        return
    if pixels > PIXELS:
        text = f"A imagem tem mais de {PIXELS // 1_000_000} milhões de pontos. Digitalize-a com menos resolução."
        yield Achado("DOC-PONTOS", code_of(Motivo.ARQUIVO_GRANDE_DEMAIS, None), text)
    if b"%PDF-" in content[:_INICIO] or _something_else(content, end):
        yield _polyglot(code_of(Motivo.ARQUIVO_NAO_E_IMAGEM, None))


def _polyglot(code: str) -> Achado:
    text = "O arquivo também é de outro tipo: há outro arquivo dentro ou depois dele. Exporte o documento de novo."
    return Achado("DOC-HIBRIDO", code, text)


def _something_else(content: bytes, end: int) -> bool:
    """Whether another kind of file follows the end of this one, or an archive is read from its end."""
    after = content[end:].lstrip(b"\x00\r\n\t ")
    return disguised(after) is not None or b"%PDF-" in after or _is_zip(content)


def _is_zip(content: bytes) -> bool:
    """Whether who reads ZIP from its end finds one: its last record, after the list of what is in it."""
    at = len(content)
    while (at := content.rfind(b"PK\x05\x06", max(0, len(content) - 65_557), at)) >= 0:
        listed = at - int.from_bytes(content[at + 12 : at + 16], "little")
        if listed >= 0 and content.startswith((b"PK\x01\x02", b"PK\x05\x06"), listed):
            return True
    return False


def _jpeg(content: bytes) -> tuple[int, int]:
    """(place after its end, pixels): every segment to the end of the last scan."""
    at, pixels, scanned = 2, 0, False
    while found := _JPEG_MARKER.search(content, at):
        at, marker = found.end(), content[found.end() - 1]
        if marker == 0xD9:  # noqa: PLR2004  # end of image
            if not pixels or not scanned:
                raise DefeitoError("sem a imagem")
            return at, pixels
        (length,) = struct.unpack_from(">H", content, at)
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 3)
            pixels = max(pixels, height * width)
        scanned |= marker == 0xDA  # noqa: PLR2004  # start of scan
        at += length
    raise DefeitoError("sem o fim da imagem")


def _png(content: bytes) -> tuple[int, int]:
    """(place after its end, pixels): every chunk with its check sum, and its points as they were compressed."""
    at, pixels, kind, data = 8, 0, b"", list[bytes]()
    while kind != b"IEND":
        first, (length, kind) = not kind, struct.unpack_from(">I4s", content, at)
        end = at + 8 + length
        (told,) = struct.unpack_from(">I", content, end)
        if zlib.crc32(memoryview(content)[at + 4 : end]) != told:
            raise DefeitoError("a soma de verificação não confere")
        if first:
            if kind != b"IHDR":
                raise DefeitoError("sem o cabeçalho")
            width, height = struct.unpack_from(">II", content, at + 8)
            pixels = width * height
        if kind == b"IDAT":
            data.append(content[at + 8 : end])
        at = end + 4
    if not data or not pixels:
        raise DefeitoError("sem a imagem")
    # Of eight bytes each at most, a byte more for each line, and what interlacing takes.
    for _ in _Flate(min(DESCOMPACTADO, 10 * pixels + 2 * len(content) + _PASSO)).parts(memoryview(b"".join(data))):
        pass
    return at, pixels


@dataclass(slots=True)
class _Tiff:
    """Reads numbers of a TIFF, of all of which there are no more than bytes: none is read twice."""

    content: bytes
    order: str
    left: int

    def read(self, layout: str, at: int) -> tuple[int, ...]:
        self.left -= struct.calcsize(f"<{layout}")
        if self.left < 0:
            raise DefeitoError("suas partes se sobrepõem")
        return struct.unpack_from(f"{self.order}{layout}", self.content, at)

    def page(self, at: int) -> tuple[dict[int, tuple[int, ...]], int]:
        """(the tags that matter, where the next page is)."""
        (many,) = self.read("H", at)
        tags = {}
        for place in range(at + 2, at + 2 + 12 * many, 12):
            tag, kind, count = self.read("HHI", place)
            if tag in _TIFF_TAGS:
                layout = f"{min(count, len(self.content))}{_TIFF_SIZES.get(kind, 'I')}"
                inline = struct.calcsize(f"<{layout}") <= 4  # noqa: PLR2004  # bytes of an entry's value
                tags[tag] = self.read(layout, place + 8 if inline else self.read("I", place + 8)[0])
        return tags, self.read("I", at + 2 + 12 * many)[0]


def _tiff(content: bytes) -> tuple[int, int]:
    """(place after its last byte, pixels of its largest page): every page with where its parts are."""
    tiff = _Tiff(content, "<" if content.startswith(b"II") else ">", len(content))
    (at,) = tiff.read("I", 4)
    end = pixels = 0
    while at:
        tags, following = tiff.page(at)
        parts = [
            where + length
            for offsets, lengths in _TIFF_WHERE.items()
            for where, length in zip(tags.get(offsets, ()), tags.get(lengths, ()), strict=True)
        ]
        if max(parts, default=len(content) + 1) > len(content):
            raise DefeitoError("faltam partes da imagem")
        end = max(end, at, *parts)
        pixels = max(pixels, sum(tags.get(256, ())) * sum(tags.get(257, ())))
        at = following
    if not pixels:
        raise DefeitoError("sem a imagem")
    return end, pixels


_WALKS: Final[Mapping[Formato, Callable[[bytes], tuple[int, int]]]] = {
    Formato.JPEG: _jpeg, Formato.PNG: _png, Formato.TIFF: _tiff,
}  # fmt: skip


# --- PDF ---


def _name(text: str) -> bytes:
    """A pattern of a PDF name: any character of one may be written as `#` and two hexadecimal digits."""
    return b"/" + b"".join(rb"(?:%c|#(?i:%02x))" % (ord(one), ord(one)) for one in text) + rb"(?![A-Za-z0-9#])"


_ENCRYPTED: Final = re.compile(_name("Encrypt"))
_ACTS: Final = re.compile(
    b"|".join(map(_name, ("JavaScript", "Launch", "EmbeddedFile", "EmbeddedFiles", "RichMedia", "SubmitForm",
                          "ImportData", "GoToE", "Rendition")))
    # So short a name is met by chance in images: what it is said of follows.
    + b"|" + _name("XFA") + rb"\s*(?:\[|[0-9]+\s+[0-9]+\s+R)"
)  # fmt: skip
_STREAM: Final = re.compile(rb"(?<!end)stream(\r?\n)?")
_OBJECTS: Final = re.compile(_name("ObjStm"))
_MAYBE_OBJECTS: Final = re.compile(_name("First"))
_FILTERED: Final = re.compile(_name("Filter"))
_TWICE: Final = re.compile(_name("FlateDecode") + rb"\s*" + _name("FlateDecode"))
_OTHERWISE: Final = re.compile(b"|".join(map(_name, (
    "DecodeParms", "Predictor", "ASCIIHexDecode", "AHx", "ASCII85Decode", "A85", "LZWDecode", "LZW", "RunLengthDecode",
    "RL", "Crypt",
))))  # fmt: skip
"""What else than Flate may hide the names in an object stream: nobody writes one so."""
_LONGEST: Final = 256
"""Bytes of what is looked for in pieces of a text, and of what it is followed by."""


def _pdf(content: bytes) -> Iterator[Achado]:
    if b"%%EOF" not in content.rstrip(b"\x00\r\n\t ")[-_FIM:]:
        text = "O PDF termina antes do fim. Exporte-o de novo."
        yield Achado("DOC-FORMATO", "formato-divergente", text)
        return
    if _ENCRYPTED.search(content):
        text = "O PDF está protegido por senha ou restrições. Envie-o sem proteção."
        yield Achado("DOC-CIFRADO", "pdf-protegido", text)
        return
    try:
        active = any(_ACTS.search(part) for part in _texts(content))
    except GrandeError:
        text = "O PDF, descompactado, é grande demais. Divida-o, ou imprima-o em PDF com menos resolução."
        yield Achado("DOC-INFLADO", code_of(Motivo.ARQUIVO_GRANDE_DEMAIS, None), text)
        return
    except DefeitoError:
        text = "O PDF tem partes que não se deixam conferir. Imprima-o em PDF de novo."
        yield Achado("DOC-ILEGIVEL", "pdf-ilegivel", text)
        return
    if active:
        text = (
            "O PDF tem conteúdo ativo: scripts, comandos, formulários que se enviam ou arquivos anexos. Imprima-o em "
            "PDF de novo, ou digitalize-o."
        )
        yield Achado("DOC-ATIVO", "pdf-ativo", text)
    if _something_else(content, content.rfind(b"%%EOF") + 5):
        yield _polyglot("formato-divergente")


def _texts(content: bytes) -> Iterator[bytes]:
    """All that names may be in: the file as it is, and what its object streams inflate to, in pieces that overlap.

    Whatever else is compressed is inflated, too, and only measured.

    Raises:
        DefeitoError: an object stream cannot be inflated, or they are too much; `GrandeError`: all of it is.
    """
    yield content
    view, before, flate, left = memoryview(content), 0, _Flate(DESCOMPACTADO), INFLADO
    for found in _STREAM.finditer(content):
        head, before = content[before : found.start()], found.end()
        if not _FILTERED.search(head):
            continue
        own = head[head.rfind(b"endobj") + 1 :]
        certain = bool(_OBJECTS.search(head) or _MAYBE_OBJECTS.search(own))
        if _TWICE.search(own) or (certain and (not found[1] or _OTHERWISE.search(head))):
            raise DefeitoError  # nobody writes so, and not all readers read it alike
        looked_into, tail = certain or bool(_MAYBE_OBJECTS.search(head)), b""
        try:
            for part in flate.parts(view[before:]):
                if not looked_into:
                    continue
                tail = tail[-_LONGEST:] + part
                left -= len(part)
                _require_room(left, certain=certain)
                looked_into = certain or left > 0
                yield tail
        except GrandeError:
            raise
        except DefeitoError:
            if certain:
                raise


def _require_room(left: int, *, certain: bool) -> None:
    """An image that only looks like an object stream may be larger than those are."""
    if certain and left < 0:
        raise GrandeError
