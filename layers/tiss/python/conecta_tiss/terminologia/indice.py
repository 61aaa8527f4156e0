"""Layout of the TUSS index file (`tuss.bin`), shared by its writer and its reader.

::

    header     MARCA, number of records n, bytes of the alphabet a
    alphabet   a bytes of UTF-8: character i is what byte i of a term stands for
    fold       256 bytes: byte i of a term is compared as fold[i] (no accents, lower case)
    records    n x REGISTRO, ordered by (codigo, tabela): bisect finds one without reading the others
    terms      every term in one byte per character, in the order of the records, each ended by a newline

Reading maps the file and touches a handful of pages: nothing is loaded (desempenho.md section 4).
"""

from __future__ import annotations

import struct
from typing import Final

MARCA: Final = b"CTUSS\0\0\x01"
CABECALHO: Final = struct.Struct("<8sII")
REGISTRO: Final = struct.Struct("<10s2sIIIH")
"""codigo and tabela (ASCII, padded with NUL), first and last day in force (proleptic Gregorian ordinal, 0
for no end), offset and length of the term in bytes."""
FIM_DO_TERMO: Final = b"\n"
