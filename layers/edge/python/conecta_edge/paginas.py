"""A4 pages that fill from the top: what people print, whichever context it is of.

Drawn on reportlab's canvas with the standard fonts: no file to embed, and text that can be searched and read aloud. The
same content gives the same bytes. What a page repeats most, lines of a table, is written as PDF operators without the
canvas's own detours: thousands of them take a second.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Final

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

rl_config.useA85 = 0  # bytes as they are: a fifth less of them, and of the time

WIDTH, HEIGHT = A4
LEFT, RIGHT, TOP, BOTTOM = 42.0, WIDTH - 42.0, HEIGHT - 78.0, 54.0
PLAIN, BOLD = "Helvetica", "Helvetica-Bold"
Ink = tuple[float, float, float]
INK: Final[Ink] = (0.1, 0.1, 0.12)
GREY: Final[Ink] = (0.38, 0.4, 0.44)
RULE: Final[Ink] = (0.78, 0.8, 0.83)
SHADE: Final[Ink] = (0.945, 0.95, 0.96)
ALERT: Final[Ink] = (0.62, 0.13, 0.1)
MAXIMO: Final = 300
"""Characters of one cell of a table: no row is taller than a page."""
_SEPARATORS: Final = str.maketrans(",.", ".,")
_ESCAPED: Final = {ord(sign): f"\\{sign}" for sign in "()\\"} | {
    ord(letter): f"\\{code:03o}"
    for code in range(128, 256)
    if (letter := bytes([code]).decode("cp1252", "ignore"))
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, so many points wide; numbers stand at its end."""

    name: str
    width: float
    number: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """How a table's rows are set, in points."""

    size: float = 8.5
    line: float = 11
    air: float = 6
    ruled: bool = True


WIDE: Final = Style()
DENSE: Final = Style(size=7.5, line=9, air=2.5, ruled=False)


def day(dia: date | None) -> str:
    """`22/11/2026`."""
    return f"{dia:%d/%m/%Y}" if dia else "-"


def number(quantidade: Decimal) -> str:
    """A quantity with the decimals it has: `10`, `0,5`."""
    return f"{quantidade.normalize():f}".replace(".", ",")


def reais(valor: Decimal) -> str:
    """`1.234,50`."""
    return f"{valor:,.2f}".translate(_SEPARATORS)


class Pages:
    """A document; each page begins with what it is and who writes, and ends with `foot` and its number.

    Args:
        aside: who writes: a name, then what goes below it.
    """

    def __init__(self, title: str, aside: Sequence[str], foot: str) -> None:
        self._title, self._aside, self._foot = _clean(title), [_clean(line) for line in aside], _clean(foot)
        self._out = BytesIO()
        self._canvas = Canvas(self._out, pagesize=A4, invariant=1, pageCompression=1, lang="pt-BR")
        self._canvas.setTitle(self._title)
        self._canvas.setAuthor(self._aside[0])
        self._canvas.setSubject(self._foot)
        self._canvas.setCreator("Conecta")
        self._pages = 0
        self.y = self._top = TOP
        self._font: tuple[str, float] | None = None
        self._ink: Ink | None = None
        self._repeated: list[Callable[[bool], None]] = []
        self._wrapped: dict[tuple[str, str, float, float], list[str]] = {}
        self._widths: dict[tuple[str, str, float], float] = {}
        self._begin()

    def done(self) -> bytes:
        """The file; only now is it known how many pages there are."""
        self._canvas.showPage()
        self._canvas.beginForm("total")
        self._font = self._ink = None
        self._write(0, 0, str(self._pages), PLAIN, 8, GREY)
        self._canvas.endForm()
        self._canvas.save()
        return self._out.getvalue()

    def restart(self, aside: Sequence[str], foot: str) -> None:
        """Another document of the same file begins, on a page of its own."""
        self._aside, self._foot = [_clean(line) for line in aside], _clean(foot)
        self._canvas.showPage()
        self._begin()

    def heading(self, text: str) -> None:
        """The name of a part, never alone at the foot of a page."""
        self.need(46)
        self.y -= 12
        self._write(LEFT, self.y - 10, _clean(text), BOLD, 11, INK)
        self.y -= 18

    def text(self, text: str, *, bold: bool = False, grey: bool = False, tail: str = "") -> None:
        """A paragraph, over as many pages as it takes; `tail` ends its last line, in grey."""
        font = BOLD if bold else PLAIN
        if tail:
            self.need(26)
        for line in self._lines(text, font, 9.5, RIGHT - LEFT) if text else ():
            self.need(13)
            self._write(LEFT, self.y - 9, line, font, 9.5, GREY if grey else INK)
            self.y -= 13
        if tail:
            self._write(LEFT + stringWidth(line, font, 9.5) + 7, self.y + 4, _clean(tail), PLAIN, 8.5, GREY)

    def space(self, points: float) -> None:
        """Some air."""
        self.y -= points

    def cells(
        self,
        fields: Sequence[tuple[str, str | None]],
        *,
        size: float = 10,
        shaded: bool = False,
        shares: Sequence[float] = (),
    ) -> None:
        """Names over values, side by side in a box."""
        widths = [(RIGHT - LEFT) * share for share in shares or [1 / len(fields)] * len(fields)]
        wrapped = [
            self._lines(value or "-", BOLD, size, width - 12) for (_, value), width in zip(fields, widths, strict=True)
        ]
        high = 17 + (size + 3) * max(map(len, wrapped)) + 3
        self.need(high)
        self._box(self.y - high, high, fill=shaded)
        x = LEFT
        for (name, _), lines, width in zip(fields, wrapped, widths, strict=True):
            if x > LEFT:
                self._canvas.line(x, self.y, x, self.y - high)
            self._write(x + 6, self.y - 11, _clean(name), PLAIN, 7.5, GREY)
            for place, line in enumerate(lines):
                self._write(x + 6, self.y - 14 - (size + 3) * (place + 1) + 3, line, BOLD, size, INK)
            x += width
        self.y -= high

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        """Rows under the names of their columns, on every page."""
        with self.repeating(lambda _again: self.names(columns)):
            for row in rows:
                self.row(columns, row)

    @contextmanager
    def repeating(self, draw: Callable[[bool], None]) -> Iterator[None]:
        """What is drawn now stands again at the top of each page until the end; `draw` is told which it is."""
        draw(False)
        self._repeated.append(draw)
        try:
            yield
        finally:
            self._repeated.pop()

    def names(self, columns: Sequence[Column]) -> None:
        """The names of columns, never alone at the foot of a page."""
        self.need(46)
        self._box(self.y - 16, 16, fill=True, border=False)
        x = LEFT
        for column in columns:
            end = x + column.width - 4 if column.number else None
            self._write(x + 4, self.y - 11, _clean(column.name), BOLD, 8, INK, end=end)
            x += column.width
        self.y -= 16
        self._rule(self.y)

    def row(self, columns: Sequence[Column], values: Sequence[str], style: Style = WIDE, *, bold: bool = False) -> None:
        """A line of a table, as high as its longest cell."""
        font, size = BOLD if bold else PLAIN, style.size
        wrapped = [
            self._lines(_cut(value), font, size, column.width - 8)
            for value, column in zip(values, columns, strict=True)
        ]
        high = style.line * max(map(len, wrapped)) + style.air
        self.need(high)
        x, y = LEFT, self.y - style.line - style.air / 2 + 3
        for lines, column in zip(wrapped, columns, strict=True):
            end = x + column.width - 4 if column.number else None
            for place, line in enumerate(lines):
                self._write(x + 4, y - style.line * place, line, font, size, INK, end=end)
            x += column.width
        self.y -= high
        if style.ruled:
            self._rule(self.y)

    def band(self, text: str, columns: Sequence[Column] = (), values: Sequence[str] = ()) -> None:
        """A shaded line: what the next ones are of, and what they come to, in the last columns."""
        room = RIGHT - LEFT - 8 - sum(column.width for column in columns)
        lines = self._lines(text, BOLD, 8, room)
        high = 10 * len(lines) + 5
        self.need(high)
        self._box(self.y - high, high, fill=True, border=False)
        end = RIGHT
        for value, column in zip(reversed(values), reversed(columns), strict=True):
            self._write(0, self.y - 10.5, _clean(value), BOLD, 8, INK, end=end - 4)
            end -= column.width
        for place, line in enumerate(lines):
            self._write(LEFT + 4, self.y - 10.5 - 10 * place, line, BOLD, 8, INK)
        self.y -= high

    def note(self, text: str, indent: float = 0, ink: Ink = GREY, *, whole: bool = False) -> None:
        """A small paragraph below something, cut as a cell is unless it has to be read whole."""
        for line in self._lines(text if whole else _cut(text), PLAIN, 7.5, RIGHT - LEFT - indent - 8):
            self.need(10)
            self._write(LEFT + indent + 4, self.y - 6.5, line, PLAIN, 7.5, ink)
            self.y -= 10

    def need(self, high: float) -> None:
        """Turn the page unless so much is left."""
        if self.y - high >= BOTTOM or self.y == self._top:
            return
        self._canvas.showPage()
        self._begin()
        for draw in self._repeated:
            draw(True)
        self._top = self.y

    def _begin(self) -> None:
        self._pages += 1
        self._font = self._ink = None
        self.y = self._top = TOP
        self._write(LEFT, HEIGHT - 52, self._title, BOLD, 16, INK)
        for place, line in enumerate(self._aside):
            font = PLAIN if place else BOLD
            self._write(LEFT, HEIGHT - 44 - 12 * place, line, font, 9.5, GREY if place else INK, end=RIGHT)
        self._rule(HEIGHT - 66)
        self._rule(BOTTOM - 10)
        self._write(LEFT, BOTTOM - 22, self._foot, PLAIN, 8, GREY)
        self._write(LEFT, BOTTOM - 22, f"Página {self._pages} de ", PLAIN, 8, GREY, end=RIGHT - 18)
        self._canvas.saveState()
        self._canvas.translate(RIGHT - 18, BOTTOM - 22)
        self._canvas.doForm("total")
        self._canvas.restoreState()
        self._font = self._ink = None

    def _lines(self, text: str, font: str, size: float, width: float) -> list[str]:
        """Lines no wider than `width` points; what is said again is measured once."""
        key = text, font, size, width
        if key not in self._wrapped:
            self._wrapped[key] = _wrap(text, font, size, width)
        return self._wrapped[key]

    def _width(self, text: str, font: str, size: float) -> float:
        key = text, font, size
        if key not in self._widths:
            self._widths[key] = stringWidth(text, font, size)
        return self._widths[key]

    def _write(  # noqa: PLR0917  # where, what, how
        self, x: float, y: float, text: str, font: str, size: float, ink: Ink, *, end: float | None = None
    ) -> None:
        """Clean text from `x`, or up to `end`."""
        if not text:
            return
        if self._font != (font, size):
            self._font = font, size
            self._canvas.setFont(font, size)
        if self._ink != ink:
            self._ink = ink
            self._canvas.addLiteral("{:g} {:g} {:g} rg".format(*ink))
        if end is not None:
            x = end - self._width(text, font, size)
        self._canvas.addLiteral(f"BT 1 0 0 1 {x:.2f} {y:.2f} Tm ({text.translate(_ESCAPED)}) Tj ET")

    def _rule(self, y: float) -> None:
        self._canvas.setStrokeColorRGB(*RULE)
        self._canvas.setLineWidth(0.6)
        self._canvas.line(LEFT, y, RIGHT, y)

    def _box(self, y: float, high: float, *, fill: bool, border: bool = True) -> None:
        self._ink = None
        self._canvas.setStrokeColorRGB(*RULE)
        self._canvas.setFillColorRGB(*SHADE)
        self._canvas.setLineWidth(0.6)
        self._canvas.rect(LEFT, y, RIGHT - LEFT, high, stroke=int(border), fill=int(fill))


def _clean(text: str) -> str:
    """One line of what the fonts have: every letter of Portuguese; others lose their marks, or are a `?`."""
    line = " ".join(text.split()) if text.isascii() else " ".join(unicodedata.normalize("NFC", text).split())
    if _has(line) and line.isprintable():
        return line
    return "".join(_letter(letter) for letter in line if letter.isprintable())


def _letter(letter: str) -> str:
    return next((one for one in (letter, unicodedata.normalize("NFKD", letter)[0]) if _has(one)), "?")


def _has(text: str) -> bool:
    """Whether the fonts have all of it."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _wrap(text: str, font: str, size: float, width: float) -> list[str]:
    """Lines no wider than `width` points; a word that is wider by itself is cut."""
    text = _clean(text)
    if stringWidth(text, font, size) <= width:
        return [text]
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if stringWidth(joined, font, size) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        line = word
        while stringWidth(line, font, size) > width:
            fits = next(n for n in range(len(line) - 1, 0, -1) if n == 1 or stringWidth(line[:n], font, size) <= width)
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line]


def _cut(text: str) -> str:
    return text if len(text) <= MAXIMO else f"{text[: MAXIMO - 1]}…"
