"""The manifest: every case, in a fixed order, and a way to put them on disk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.corpus import bombas, codificacao, controles, entidades, estrutura, forma, valores
from tests.corpus.base import Ambiente, Caso

if TYPE_CHECKING:
    from pathlib import Path


def cases() -> list[Caso]:
    """Every case; bytes are only made by ``Caso.conteudo``."""
    modulos = (controles, entidades, codificacao, forma, bombas, estrutura, valores)
    return [caso for modulo in modulos for caso in modulo.casos()]


def escrever(pasta: Path, ambiente: Ambiente | None = None) -> dict[str, Path]:
    """Write every case as ``<nome>.xml`` beside a ``manifesto.json``; returns the files by name."""
    pasta.mkdir(parents=True, exist_ok=True)
    arquivos: dict[str, Path] = {}
    linhas = []
    for caso in cases():
        arquivo = pasta / f"{caso.nome}.xml"
        arquivo.write_bytes(caso.conteudo(ambiente))
        arquivos[caso.nome] = arquivo
        linhas.append(
            {
                "nome": caso.nome,
                "categoria": caso.categoria,
                "espera": caso.espera,
                "codigos": sorted(caso.codigos),
                "bytes": arquivo.stat().st_size,
                "segundos": caso.segundos,
                "mib": caso.mib,
            }
        )
    manifesto = json.dumps(linhas, ensure_ascii=False, indent=1)
    (pasta / "manifesto.json").write_text(manifesto + "\n", encoding="utf-8")
    return arquivos
