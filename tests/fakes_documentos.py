"""Files and documents as tests of `documentos` need them."""

from __future__ import annotations

import struct
import zlib


def a_png(width: int = 1, height: int = 1) -> bytes:
    """A whole PNG of grey points."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def a_jpeg(width: int = 1, height: int = 1) -> bytes:
    """The segments of a JPEG: a thumbnail with an end of its own, a frame, a scan with a restart, its end."""

    def segment(marker: int, data: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, 2 + len(data)) + data

    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    thumbnail = segment(0xE1, b"Exif\x00\x00\xff\xd8\xff\xd9")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x1f\xff\x00\xff\xd0\x2a\xff\xff\xd9"
    return b"\xff\xd8" + thumbnail + segment(0xC0, frame) + scan


def a_tiff(order: str = "<", width: int = 1, height: int = 1, strips: int = 1) -> bytes:
    """A TIFF of one page, its strips after it."""
    kinds = {256: (3, width), 257: (4, height), 258: (3, 8)}
    entries = [struct.pack(f"{order}HHIH2x" if kind == 3 else f"{order}HHII", tag, kind, 1, value)
               for tag, (kind, value) in kinds.items()]  # fmt: skip
    after = 8 + 2 + 12 * 5 + 4
    data = after + (8 * strips if strips > 1 else 0)
    places, lengths = [data + n for n in range(strips)], [1] * strips
    if strips == 1:
        entries += [struct.pack(f"{order}HHII", 273, 4, 1, data), struct.pack(f"{order}HHII", 279, 4, 1, 1)]
        tail = b""
    else:
        entries += [
            struct.pack(f"{order}HHII", 273, 4, strips, after),
            struct.pack(f"{order}HHII", 279, 4, strips, after + 4 * strips),
        ]
        tail = struct.pack(f"{order}{2 * strips}I", *places, *lengths)
    head = (b"II*\x00" if order == "<" else b"MM\x00*") + struct.pack(f"{order}I", 8)
    return (
        head + struct.pack(f"{order}H", 5) + b"".join(entries) + struct.pack(f"{order}I", 0) + tail + b"\x7f" * strips
    )


def a_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects."""
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, one) for n, one in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def packed(text: bytes) -> bytes:
    """An object stream of a PDF."""
    data = zlib.compress(text)
    return b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(data), data)
