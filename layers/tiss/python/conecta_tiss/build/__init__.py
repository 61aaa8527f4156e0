"""Build the TISS artefacts (schemas, labels, glosas, TUSS index) from the pinned wheel or ANS's zips.

Runs at set-up, never at run time. Nothing it writes is committed: the files are ANS's, and the licence of
the TUSS data does not allow redistributing a reshaped copy (tiss.md section 6).
"""

from __future__ import annotations

import fcntl
import json
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conecta_tiss import artefatos
from conecta_tiss.build import stamp
from conecta_tiss.build.digests import OFICIAIS, SEM_VERSAO
from conecta_tiss.build.sources import PacoteAns, Wheel
from conecta_tiss.errors import DigestDivergenteError
from conecta_tiss.versions import VERSOES, Versao

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Relatorio", "constroi"]


@dataclass(frozen=True, slots=True)
class Relatorio:
    """What a build did.

    Attributes:
        destino: The folder.
        construido: False when it was up to date already.
        avisos: What the operator should know (Portuguese), for instance an edition of ANS's schema that
            differs from the known one.
    """

    destino: Path
    construido: bool
    avisos: tuple[str, ...] = ()


def constroi(destino: Path, ans: Path | None = None) -> Relatorio:
    """Build the artefacts into a folder, or leave it alone when nothing changed.

    The new folder is made aside, proved, and put in place by renaming; an interrupted or refused build
    leaves the old one as it was.

    Args:
        destino: Folder to make or replace. It must not exist, be empty, or hold artefacts.
        ans: Folder with ANS's zips or XSDs. Versions missing there come from the wheel.

    Raises:
        ConstrucaoError: A source is missing or is not what it should be, or a derived schema is not the
            official one.
    """
    wheel = Wheel.instalado()
    pacote = PacoteAns.abre(ans) if ans else None
    entradas = stamp.entradas(wheel, pacote)
    if stamp.atual(destino, entradas):
        return Relatorio(destino, construido=False)
    destino.parent.mkdir(parents=True, exist_ok=True)
    with _exclusivo(destino):
        if stamp.atual(destino, entradas):  # somebody else built it while this one waited
            return Relatorio(destino, construido=False)
        with tempfile.TemporaryDirectory(prefix=f".{destino.name}-", dir=destino.parent) as temporaria:
            novo = Path(temporaria) / "novo"
            avisos = _escreve(novo, wheel, pacote)
            stamp.carimba(novo, entradas)
            _poe_no_lugar(novo, destino, Path(temporaria) / "antigo")
    return Relatorio(destino, construido=True, avisos=avisos)


def _escreve(novo: Path, wheel: Wheel, ans: PacoteAns | None) -> tuple[str, ...]:
    # Imported here: an up-to-date folder is recognised without lxml.
    from conecta_tiss.build import canonical, labels, tuss_index  # noqa: PLC0415

    tabelas, glosas, avisos = {}, {}, []
    for versao in VERSOES:
        da_ans = ans is not None and ans.tem(versao)
        arquivos = ans.esquemas(versao) if ans is not None and da_ans else _do_wheel(wheel, versao)
        diferentes = canonical.divergentes(arquivos, OFICIAIS[versao])
        if diferentes and not da_ans:
            raise DigestDivergenteError(versao, diferentes)
        if diferentes:
            avisos.append(f"{versao}: edição da ANS diferente da conhecida em {', '.join(diferentes)}")
        pasta = novo / "schemas" / versao.value
        pasta.mkdir(parents=True)
        for nome, conteudo in arquivos.items():
            (pasta / nome).write_bytes(conteudo)
        for raiz in ("tiss", "tissWebServices"):
            canonical.compila(pasta / f"{raiz}{versao.sufixo}.xsd")
        tipos_simples = f"tissSimpleTypes{versao.sufixo}.xsd"
        tabelas[versao.value] = labels.tabelas(arquivos[tipos_simples], tipos_simples)
        glosas[versao.value] = labels.glosas(tabelas[versao.value], tipos_simples)
    _escreve_json(novo / artefatos.TABELAS, tabelas)
    _escreve_json(novo / artefatos.GLOSAS, glosas)
    (novo / artefatos.TUSS).write_bytes(tuss_index.monta(wheel.tuss()))
    return tuple(avisos)


def _do_wheel(wheel: Wheel, versao: Versao) -> dict[str, bytes]:
    from conecta_tiss.build import delta  # noqa: PLC0415  (it needs lxml)

    if versao is not delta.PARA:
        return wheel.esquemas(versao)
    origem = wheel.esquemas(delta.DE)
    return delta.deriva(origem) | {nome: origem[nome] for nome in SEM_VERSAO}


def _escreve_json(caminho: Path, conteudo: Any) -> None:
    texto = json.dumps(conteudo, ensure_ascii=False, separators=(",", ":"))
    caminho.write_text(texto + "\n", encoding="utf-8")


def _poe_no_lugar(novo: Path, destino: Path, antigo: Path) -> None:
    """Swap the folders; the old one goes away with the temporary folder."""
    if destino.exists():
        _confere_que_e_nosso(destino)
        destino.rename(antigo)
    try:
        novo.rename(destino)
    except OSError:
        if antigo.exists():
            antigo.rename(destino)
        raise
    shutil.rmtree(antigo, ignore_errors=True)


def _confere_que_e_nosso(destino: Path) -> None:
    """Refuse to replace a folder that holds something else than artefacts."""
    if any(destino.iterdir()) and not (destino / artefatos.CARIMBO).is_file():
        raise FileExistsError(f"{destino} existe e não é uma pasta de artefatos TISS; escolha outra")


@contextmanager
def _exclusivo(destino: Path) -> Iterator[None]:
    """One builder at a time per destination, across processes."""
    with destino.with_name(f".{destino.name}.trava").open("w") as trava:
        fcntl.flock(trava, fcntl.LOCK_EX)
        yield
