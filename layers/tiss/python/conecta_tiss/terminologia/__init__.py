"""Terminology: TUSS, texts of the glosas, labels of the dm_* tables.

Over the artefacts made at set-up (`conecta_tiss.artefatos`); nothing is read at import. TUSS stays in its
file, mapped: the first look-up costs a millisecond and later ones microseconds. Glosas and labels are
small JSON files, parsed at the first question. Every function may be called from several threads and
raises `ArtefatosAusentesError` when the artefacts are missing.

What the TUSS data cannot say (tiss.md section 6): it has no end dates for terms retired long ago, its
tables 19 and 20 may be partial, and it knows no own tables (00, 90, 98). "Not found" means something in 18
and 22 only.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from conecta_tiss import artefatos
from conecta_tiss.terminologia.leitor import LeitorTuss, TermoTuss
from conecta_tiss.versions import Versao

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

__all__ = ["TermoTuss", "glosa_text", "search", "table_label", "tuss", "vigente_em"]


def tuss(codigo: str, tabela: str | None = None) -> TermoTuss | None:
    """The TUSS term of a code (8 or 9 digits), in table 18, 19, 20 or 22, or in whichever has it."""
    return _tuss(artefatos.data_dir(), codigo, tabela)


def search(texto: str, limite: int = 20, tabela: str | None = None) -> tuple[TermoTuss, ...]:
    """Terms that hold every word of a text, whatever the accents and the case; or codes by first digits.

    Terms that start with the text come first, then those that hold it as written, then the others; among
    equals the shorter first. A text no term holds gives nothing.
    """
    return _indice(artefatos.data_dir()).search(texto, limite, tabela)


def vigente_em(codigo: str, tabela: str, dia: date) -> bool:
    """Whether a code is in the table and in force on a day (a local day of Sao Paulo)."""
    termo = tuss(codigo, tabela)
    return termo is not None and termo.vigente_em(dia)


def glosa_text(codigo: str, versao: Versao) -> str | None:
    """ANS's text of a glosa code in a version; None if that version does not have the code."""
    textos: dict[str, str] = _json(artefatos.data_dir(), artefatos.GLOSAS)[versao]
    return textos.get(codigo)


def table_label(dominio: str, codigo: str, versao: Versao) -> str | None:
    """ANS's label of a code of a dm_* table in a version (`"dm_statusProtocolo", "1"`: "Recebido").

    None if the version does not have the table or the code, or ANS wrote no label.
    """
    tabelas: dict[str, dict[str, str | None]] = _json(artefatos.data_dir(), artefatos.TABELAS)[versao]
    return tabelas.get(dominio, {}).get(codigo)


# The folder is part of every key: it may change between calls (tests, a rebuilt working copy).


@lru_cache(maxsize=4096)
def _tuss(pasta: Path, codigo: str, tabela: str | None) -> TermoTuss | None:
    return _indice(pasta).get(codigo, tabela)


@lru_cache(maxsize=2)
def _indice(pasta: Path) -> LeitorTuss:
    return LeitorTuss(artefatos.artefato_em(pasta, artefatos.TUSS))


@lru_cache(maxsize=4)
def _json(pasta: Path, nome: str) -> dict[str, Any]:
    conteudo: dict[str, Any] = json.loads(artefatos.artefato_em(pasta, nome).read_bytes())
    return conteudo
