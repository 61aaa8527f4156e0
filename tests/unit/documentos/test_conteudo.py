"""What a file is, told by its bytes: whole images, PDFs that do nothing by themselves, and nothing in disguise."""

from __future__ import annotations

import struct
import zlib

import pytest

from documentos.domain import conteudo
from documentos.domain.conteudo import examine
from documentos.domain.finalidades import Formato
from tests.fakes_documentos import a_jpeg, a_pdf, a_png, a_tiff, packed

IMAGES = {
    Formato.JPEG: a_jpeg(), Formato.PNG: a_png(), Formato.TIFF: a_tiff(),
}  # fmt: skip
ZIP = b"PK\x05\x06" + b"\x00" * 18
SCRIPT = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"


def told(content: bytes, formato: Formato) -> list[tuple[str, str]]:
    return [(one.regra, one.codigo) for one in examine(content, formato)]


@pytest.mark.parametrize(
    ("content", "formato"),
    [
        *((content, formato) for formato, content in IMAGES.items()),
        (a_tiff(">"), Formato.TIFF), (a_tiff(strips=3), Formato.TIFF), (a_tiff(">", strips=3), Formato.TIFF),
        (a_jpeg() + a_jpeg(), Formato.JPEG), (a_jpeg() + b"\x00" * 99 + b"SEFT", Formato.JPEG),
        (a_pdf(b"<</Type/Catalog>>"), Formato.PDF), (b"\r\n" + a_pdf(b"<<>>") + b" " * 2000, Formato.PDF),
        (a_pdf(b"<</Type/Catalog/OpenAction[3 0 R/Fit]>>", packed(b"1 0 <</Type/Page>>")), Formato.PDF),
        (a_pdf(b"<</First 2 0 R>>", b"<</Filter/DCTDecode>>stream\n\xff\xd8\nendstream"), Formato.PDF),
        (a_pdf(b"<</Type/ObjStm/N 1/First 4>>stream\n1 0 <<>>\nendstream"), Formato.PDF),
        (a_pdf(b"<</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange[0 1 2 3]>>", b"(XFA)"), Formato.PDF),
        (b"\xef\xbb\xbf" + a_pdf(b"<<>>") + bytes(9000), Formato.PDF),
        (b"<?xml version='1.0'?><nfse/>", Formato.XML),
    ],
)  # fmt: skip
def test_a_file_that_is_what_it_says_has_nothing_wrong(content: bytes, formato: Formato) -> None:
    assert told(content, formato) == []


@pytest.mark.regra("DOC-CONTEUDO")
@pytest.mark.parametrize(
    "content",
    [b"MZ\x90\x00", b"\x7fELF\x02", b"\xcf\xfa\xed\xfe", b"#!/bin/sh\n", b"PK\x03\x04", b"Rar!\x1a\x07\x00",
     b"\x1f\x8b\x08", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"  <HTML><script>", b"<!DOCTYPE html>", b"<svg onload=x>"],
)  # fmt: skip
@pytest.mark.parametrize(
    ("formato", "codigo"),
    [(Formato.PDF, "formato-divergente"), (Formato.PNG, "3164"), (Formato.XML, "formato-divergente")],
)
def test_a_program_or_package_is_none_whatever_it_is_called(content: bytes, formato: Formato, codigo: str) -> None:
    assert told(content, formato) == [("DOC-EXECUTAVEL", codigo)]


def test_what_is_no_xml_is_told() -> None:
    for content in (b"texto", a_pdf(), a_png(), b"\xff\xfeM\x00"):
        assert told(content, Formato.XML) == [("DOC-FORMATO", "formato-divergente")]
    for content in (b"\xef\xbb\xbf \r\n<nfse/>", "\ufeff<nfse/>".encode("utf-16-le")):
        assert told(content, Formato.XML) == []


@pytest.mark.parametrize("formato", [Formato.JPEG, Formato.PNG, Formato.TIFF])
def test_what_is_no_image_is_told_by_its_code(formato: Formato) -> None:
    for content in (b"", b"texto", a_pdf(), *(one for other, one in IMAGES.items() if other is not formato)):
        assert told(content, formato) == [("DOC-FORMATO", "3164")]


@pytest.mark.regra("DOC-CONTEUDO")
@pytest.mark.parametrize("formato", [Formato.JPEG, Formato.PNG, Formato.TIFF])
def test_an_image_cut_anywhere_is_corrupt(formato: Formato) -> None:
    whole = IMAGES[formato]
    for size in range(10, len(whole)):
        assert told(whole[:size], formato) == [("DOC-IMAGEM", "3165")], size


def _crc_of_another_byte() -> bytes:
    made = bytearray(a_png())
    made[20] ^= 1
    return bytes(made)


def _tiff(*entries: tuple[int, int, int, int], following: int = 0) -> bytes:
    packed_ = b"".join(struct.pack("<HHII", *one) for one in entries)
    return b"II*\x00" + struct.pack("<IH", 8, len(entries)) + packed_ + struct.pack("<I", following)


PNG_HEAD = b"\x89PNG\r\n\x1a\n"
IEND = a_png()[-12:]


@pytest.mark.parametrize(
    ("content", "formato"),
    [
        (_crc_of_another_byte(), Formato.PNG), (PNG_HEAD + IEND, Formato.PNG),
        (a_png()[:33] + IEND, Formato.PNG), (a_png(0, 0), Formato.PNG),
        (b"\xff\xd8\xff\xd9", Formato.JPEG), (a_jpeg(0, 0), Formato.JPEG), (a_jpeg()[:-10] + b"\xff\xd9", Formato.JPEG),
        (_tiff(), Formato.TIFF), (_tiff((273, 4, 1, 8), (279, 4, 1, 1)), Formato.TIFF),
        (_tiff((256, 4, 1, 1), (257, 4, 1, 1), (273, 4, 1, 8), (279, 4, 1, 999)), Formato.TIFF),
        (_tiff((273, 4, 1, 8)), Formato.TIFF), (_tiff((273, 12, 9, 8)), Formato.TIFF),
        (_tiff((256, 4, 1, 1), (257, 4, 1, 1), (273, 4, 1, 8), (279, 4, 1, 1), following=8), Formato.TIFF),
        (_tiff((273, 4, 2**32 - 1, 0)), Formato.TIFF), (b"II*\x00\x00\x00\x00\x00", Formato.TIFF),
    ],
)  # fmt: skip
def test_an_image_that_contradicts_itself_is_corrupt(content: bytes, formato: Formato) -> None:
    assert told(content, formato) == [("DOC-IMAGEM", "3165")]


@pytest.mark.parametrize(
    ("content", "formato"),
    [
        (a_png(20_000, 20_000), Formato.PNG), (a_jpeg(65_000, 65_000), Formato.JPEG),
        (a_tiff("<", 60_000, 60_000), Formato.TIFF),
    ],
)  # fmt: skip
def test_an_image_of_too_many_points_is_too_large(content: bytes, formato: Formato) -> None:
    assert told(content, formato) == [("DOC-PONTOS", "3166")]


@pytest.mark.parametrize("formato", [Formato.JPEG, Formato.PNG, Formato.TIFF])
@pytest.mark.parametrize(
    "after", [b"MZ\x90\x00", b"\n<script>x</script>", a_pdf(), ZIP, b"x" * 99 + ZIP[:-2] + b"\x02\x00ok"]
)
def test_an_image_that_is_another_file_too_is_refused(formato: Formato, after: bytes) -> None:
    assert told(IMAGES[formato] + after, formato) == [("DOC-HIBRIDO", "3164")]


def test_a_pdf_before_which_or_after_which_there_is_an_archive_is_refused() -> None:
    assert told(a_pdf() + ZIP, Formato.PDF) == [("DOC-HIBRIDO", "formato-divergente")]
    assert told(ZIP[:4] + b"x" * 9 + a_pdf(), Formato.PDF) == [("DOC-EXECUTAVEL", "formato-divergente")]
    assert told(a_pdf(b"(PK\x05\x06)"), Formato.PDF) == []


@pytest.mark.parametrize("encrypt", [b"/Encrypt 5 0 R", b"/#45ncrypt 5 0 R", b"/En#63rypt<</V 4>>"])
def test_a_pdf_that_not_everybody_can_read_is_refused(encrypt: bytes) -> None:
    content = a_pdf(b"<<>>").replace(b"/Root 1 0 R", b"/Root 1 0 R" + encrypt)
    assert told(content, Formato.PDF) == [("DOC-CIFRADO", "pdf-protegido")]
    assert told(content.replace(encrypt, b"/EncryptMetadata false"), Formato.PDF) == []


@pytest.mark.regra("DOC-CONTEUDO")
@pytest.mark.parametrize(
    "objeto",
    [
        SCRIPT, b"<</S/Java#53cript>>", b"<</S/Launch/F(cmd.exe)>>", b"<</Type/EmbeddedFile>>stream\nMZ\nendstream",
        b"<</Names<</EmbeddedFiles 3 0 R>>>>", b"<</AcroForm<</XFA 9 0 R>>>>", b"<</AcroForm<</XFA[(a)1 0 R]>>>>",
        b"<</Subtype/RichMedia>>", b"<</S/Rendition/JS(app.alert\\(1\\))>>", packed(b"1 0 " + SCRIPT),
        packed(b"1 0 <</S/#4Caunch>>"),
    ],
)  # fmt: skip
def test_a_pdf_that_does_something_by_itself_is_refused(objeto: bytes) -> None:
    assert told(a_pdf(b"<</Type/Catalog>>", objeto), Formato.PDF) == [("DOC-ATIVO", "pdf-ativo")]


def test_an_object_stream_that_does_not_say_it_is_one_is_looked_into_too() -> None:
    assert told(a_pdf(packed(b"1 0 " + SCRIPT).replace(b"/Type/ObjStm", b"")), Formato.PDF) == [
        ("DOC-ATIVO", "pdf-ativo")
    ]


def test_a_pdf_whose_parts_cannot_be_looked_into_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    cut = packed(b"1 0 <<>>" + zlib.compress(bytes(range(256)))).replace(b"\nendstream", b"")[:-9] + b"\nendstream"
    hexadecimal = b"<</Type/ObjStm/Filter/ASCIIHexDecode>>stream\n3120\nendstream"
    untold = hexadecimal.replace(b"/Type/ObjStm", b"/Type 9 0 R/First 4")
    other_end = packed(b"1 0 " + SCRIPT).replace(b"stream\n", b"stream\r", 1)
    double = b"<</Filter[/FlateDecode /FlateDecode]>>stream\n" + zlib.compress(zlib.compress(b"x")) + b"\nendstream"
    predicted = packed(b"1 0 <<>>").replace(b"/N 1", b"/N 1/DecodeParms<</Predictor 12>>")
    twice = packed(b"3120").replace(b"/FlateDecode", b"[/FlateDecode/ASCIIHexDecode]")
    for objeto in (cut, hexadecimal, untold, other_end, double, predicted, twice):
        assert told(a_pdf(objeto), Formato.PDF) == [("DOC-ILEGIVEL", "pdf-ilegivel")]
    monkeypatch.setattr(conteudo, "INFLADO", 100)
    assert told(a_pdf(packed(b"x" * 60)), Formato.PDF) == []
    assert told(a_pdf(packed(b"x" * 60), packed(b"x" * 60)), Formato.PDF) == [("DOC-INFLADO", "3166")]


def _flate(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<" + entries + b"/Filter/FlateDecode>>stream\n" + data + b"\nendstream"


def test_a_large_image_after_an_outline_is_no_object_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conteudo, "INFLADO", 100)
    outline, image = b"<</First 3 0 R/Last 3 0 R>>", zlib.compress(b"x" * 5000)
    for data in (image, image[:-9], b"no flate"):
        assert told(a_pdf(outline, _flate(data, b"/Subtype/Image")), Formato.PDF) == []


def test_what_a_file_inflates_to_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However its streams lie in each other: what is read again counts, too."""
    monkeypatch.setattr(conteudo, "DESCOMPACTADO", 4000)
    monkeypatch.setattr(conteudo, "_PASSO", 1024)
    page = _flate(zlib.compress(bytes(1900)))
    assert told(a_pdf(page, page), Formato.PDF) == []
    assert told(a_pdf(page, page, page), Formato.PDF) == [("DOC-INFLADO", "3166")]
    nested = b"/First 4/Filter/FlateDecode>>stream\n\x78\x01" + b"\x00\x00\x00\xff\xff" * 300
    assert told(a_pdf(nested * 2), Formato.PDF) == [("DOC-ILEGIVEL", "pdf-ilegivel")]
    assert told(_a_png_of(zlib.compress(bytes(3000))), Formato.PNG) == [("DOC-IMAGEM", "3165")]


def _a_png_of(data: bytes) -> bytes:
    kind = b"IDAT" + data
    idat = struct.pack(">I", len(data)) + kind + struct.pack(">I", zlib.crc32(kind))
    return a_png()[:33] + idat + IEND


def test_points_that_cannot_be_inflated_are_corrupt() -> None:
    whole = zlib.compress(bytes(300))
    assert told(_a_png_of(whole), Formato.PNG) == []
    for data in (whole[:-3], b"no flate"):
        assert told(_a_png_of(data), Formato.PNG) == [("DOC-IMAGEM", "3165")]


@pytest.mark.regra("DOC-CONTEUDO")
def test_an_archive_inside_a_file_or_before_its_end_is_found() -> None:
    """Those who read ZIP look for its last record: what comes after it, they pass over."""
    listed = b"PK\x01\x02" + bytes(42)
    archive = listed + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(listed), 0, 0)
    comment = a_jpeg()[:2] + b"\xff\xfe" + struct.pack(">H", len(archive) + 2) + archive + a_jpeg()[2:]
    assert told(comment, Formato.JPEG) == [("DOC-HIBRIDO", "3164")]
    assert told(a_pdf(b"<<>>stream\n" + archive + b"\nendstream"), Formato.PDF) == [
        ("DOC-HIBRIDO", "formato-divergente")
    ]


def test_a_pdf_that_ends_early_is_none() -> None:
    assert told(a_pdf()[:-7], Formato.PDF) == [("DOC-FORMATO", "formato-divergente")]
