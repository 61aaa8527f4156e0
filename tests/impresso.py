"""A PDF of `conecta_edge.paginas`, read back: what stands where, in which font."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_SIGN = re.compile(
    rb"BT /(?P<font>F\d) (?P<size>[\d.]+) Tf"
    rb"|BT 1 0 0 1 (?P<x>[\d.-]+) (?P<y>[\d.-]+) Tm \((?P<text>(?:[^()\\]|\\.)*)\) Tj"
)
_FONTS = {b"F1": "Helvetica", b"F2": "Helvetica-Bold"}


@dataclass(frozen=True)
class Written:
    """A piece of text where it stands, in points from the lower left corner."""

    x: float
    y: float
    font: str
    size: float
    text: str


class Printed:
    """A PDF, read back."""

    def __init__(self, content: bytes) -> None:
        assert content.startswith(b"%PDF-")
        starts = re.finditer(rb">>\s*stream\r?\n", content)
        self.streams = [zlib.decompressobj().decompress(content[start.end() :]) for start in starts]
        self.pages = [list(written(stream)) for stream in self.streams if b".total Do" in stream]
        self.total = len(re.findall(rb"/Type /Page\b", content))
        self.content = content

    @property
    def text(self) -> str:
        return "\n".join(piece.text for page in self.pages for piece in page)

    def row(self, of: str) -> list[str]:
        """What stands on the line of some text, from left to right."""
        for page in self.pages:
            for piece in page:
                if piece.text == of:
                    return [one.text for one in sorted(page, key=lambda one: one.x) if one.y == piece.y]
        raise AssertionError(of)


def written(stream: bytes) -> Iterator[Written]:
    font, size, shown = "", 0.0, 0
    for sign in _SIGN.finditer(stream):
        if sign["font"]:
            font, size = _FONTS[sign["font"]], float(sign["size"])
            continue
        shown += 1
        text = re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), sign["text"])
        text = re.sub(rb"\\(.)", rb"\1", text)
        yield Written(float(sign["x"]), float(sign["y"]), font, size, text.decode("cp1252"))
    assert shown == stream.count(b" Tj")
