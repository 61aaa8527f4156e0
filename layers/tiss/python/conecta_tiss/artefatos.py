"""Where the artefacts made at set-up are: schemas, labels, glosas, TUSS.

They are ANS's data, built from a pinned source by `python -m conecta_tiss.build` and never committed.
Layout of the folder (`data_dir()`):

- `schemas/<versao>/*.xsd`: file names as ANS's (`tissV4_01_00.xsd`...);
- `tabelas.json`: `{versao: {dm_table: {code: label or null}}}`;
- `glosas.json`: `{versao: {code: text}}` (terminology table 38);
- `tuss.bin`: the TUSS index (`conecta_tiss.terminologia`);
- `carimbo.json`: what all this was built from.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Final

from conecta_tiss.errors import ArtefatosAusentesError

VARIAVEL: Final = "CONECTA_TISS_DATA"
"""Environment variable that points to the folder and wins over every other place."""

CARIMBO: Final = "carimbo.json"
TABELAS: Final = "tabelas.json"
GLOSAS: Final = "glosas.json"
TUSS: Final = "tuss.bin"

_COMO_RESOLVER: Final = "execute scripts/setup (ou python -m conecta_tiss.build --destino build/tiss)"


def data_dir() -> Path:
    """Folder with the artefacts.

    The first that applies: `CONECTA_TISS_DATA`; `_artefatos` inside the package (how a Lambda layer
    ships them); `build/tiss` in a folder above the package (a working copy).

    Raises:
        ArtefatosAusentesError: None of them is there.
    """
    return _localiza(os.environ.get(VARIAVEL))


def artefato(*partes: str) -> Path:
    """Path of one artefact, which exists.

    Raises:
        ArtefatosAusentesError: The folder or the file is missing.
    """
    return artefato_em(data_dir(), *partes)


def artefato_em(pasta: Path, *partes: str) -> Path:
    """Path of one artefact of a given folder, which exists.

    Raises:
        ArtefatosAusentesError: The file is missing.
    """
    caminho = pasta.joinpath(*partes)
    if not caminho.exists():
        raise ArtefatosAusentesError(f"artefato TISS ausente: {caminho}; {_COMO_RESOLVER}")
    return caminho


@lru_cache(maxsize=8)
def _localiza(indicado: str | None) -> Path:
    if indicado:
        if (Path(indicado) / CARIMBO).is_file():
            return Path(indicado)
        raise ArtefatosAusentesError(f"{VARIAVEL} aponta para {indicado}, sem artefatos; {_COMO_RESOLVER}")
    pacote = Path(__file__).resolve().parent
    candidatos = [pacote / "_artefatos", *(acima / "build" / "tiss" for acima in pacote.parents)]
    for candidato in candidatos:
        if (candidato / CARIMBO).is_file():
            return candidato
    raise ArtefatosAusentesError(f"artefatos TISS ausentes; {_COMO_RESOLVER}")
