"""The stamp that says what a folder of artefacts was built from, so that nothing is built twice."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conecta_tiss import terminologia
from conecta_tiss.artefatos import CARIMBO
from conecta_tiss.build.sources import PACOTE, VERSAO_DO_PACOTE

if TYPE_CHECKING:
    from conecta_tiss.build.sources import PacoteAns, Wheel


def entradas(wheel: Wheel, ans: PacoteAns | None) -> dict[str, Any]:
    """Identity of everything the artefacts depend on: the wheel, ANS's files, this code."""
    return {
        "pacote": f"{PACOTE}=={VERSAO_DO_PACOTE}",
        "registro": wheel.registro,
        "ans": ans.registro() if ans else None,
        "codigo": _hash_do_codigo(),
    }


def atual(destino: Path, esperadas: dict[str, Any]) -> bool:
    """Whether the folder was built from exactly these inputs and all of it is still there."""
    try:
        carimbo = json.loads((destino / CARIMBO).read_text(encoding="utf-8"))
        arquivos: dict[str, int] = carimbo["arquivos"]
        return carimbo["entradas"] == esperadas and all(
            (destino / nome).stat().st_size == tamanho for nome, tamanho in arquivos.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def carimba(destino: Path, feitas_de: dict[str, Any]) -> None:
    """Write the stamp: the inputs, and the size of every file below the folder."""
    arquivos = {
        caminho.relative_to(destino).as_posix(): caminho.stat().st_size
        for caminho in sorted(destino.rglob("*"))
        if caminho.is_file()
    }
    conteudo = {"entradas": feitas_de, "arquivos": arquivos}
    (destino / CARIMBO).write_text(json.dumps(conteudo, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _hash_do_codigo() -> str:
    """Sha256 of the builder, its data and the layout of the index."""
    resumo = hashlib.sha256()
    construtor = sorted(Path(__file__).parent.glob("*.[pj]*"))
    for caminho in (*construtor, Path(terminologia.__file__).with_name("indice.py")):
        if caminho.is_file():
            resumo.update(caminho.name.encode() + b"\0" + caminho.read_bytes())
    return resumo.hexdigest()
