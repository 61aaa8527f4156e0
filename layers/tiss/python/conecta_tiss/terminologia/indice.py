"""Layout of the TUSS index file (`tuss.bin`), shared by its writer and its reader.

::

    header     MARCA, number of records n, bytes of the alphabet a
    alphabet   a bytes of UTF-8: character i is what byte i of a term stands for
    fold       256 bytes: byte i of a term is compared as fold[i] (no accents, lower case)
    records    n x REGISTRO, ordered by (tabela, codigo): bisect finds one without reading the others
    terms      every term in one byte per character, in the order of the records, each ended by a newline

Reading maps the file and touches a handful of pages: nothing is loaded (desempenho.md section 4).
"""

from __future__ import annotations

import struct
from typing import Final

MARCA: Final = b"CTUSS\0\0\x01"
CABECALHO: Final = struct.Struct("<8sII")
REGISTRO: Final = struct.Struct("<2s10sIIIH")
"""tabela and codigo (ASCII, padded with NUL), first and last day in force (proleptic Gregorian ordinal, 0
for no end), offset and length of the term in bytes."""
FIM_DO_TERMO: Final = b"\n"

TABELAS: Final = ("22", "18", "20", "19")
"""The TUSS tables in the file, the one most asked for first."""

CHAVE: Final = 12
"""Bytes of a record that order it: tabela and codigo."""


def chave(tabela: str, codigo: str) -> bytes:
    """The ordering bytes of a record."""
    return tabela.encode() + codigo.encode().ljust(CHAVE - 2, b"\0")
