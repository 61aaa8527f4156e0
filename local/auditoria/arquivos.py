"""Files of sealed blocks, as `POST /auditoria/exportacoes` gives them away, verified without the system.

A file is a manifest and blocks, one JSON per line, packed with gzip or not. Nothing in it is trusted.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from auditoria.domain.cadeia import Cabeca, Defeito, verificar
from conecta_edge.clock import parse_iso

if TYPE_CHECKING:
    from pathlib import Path

FOLGA: Final = timedelta(minutes=1)
"""Of two exports less apart, which saw the chain later is not known: an instant is of a request's beginning."""


class ArquivoInvalidoError(ValueError):
    """It is no file of sealed blocks, or not of the same chain as the others; the text says why, in Portuguese."""


@dataclass(frozen=True, slots=True)
class Parecer:
    """What was found in files that follow each other.

    Attributes:
        blocos: numbers and digests, as the files have them.
        linhas: how many accesses.
        cabeca: what the manifests say the end of the whole chain is; `None` when nothing was sealed.
    """

    tenant: str
    blocos: Sequence[Cabeca]
    linhas: int
    cabeca: Cabeca | None
    defeitos: Sequence[Defeito]


@dataclass(frozen=True, slots=True)
class _Trecho:
    """A piece of a chain: of one file, or of all of them.

    Attributes:
        ditos: the blocks that manifests name, by number.
        cabecas: what manifests say the end of the whole chain was when they were made.
        blocos: what else is there, of which nothing is known.
    """

    tenant: str
    ditos: Sequence[Cabeca]
    cabecas: Sequence[Cabeca]
    blocos: Sequence[Any]

    @property
    def cabeca(self) -> Cabeca:
        """The latest: an export that is older, or of an earlier period, may know of less."""
        return max(self.cabecas, key=lambda one: one.n)


def conferir(arquivos: Sequence[Path], conhecidas: Sequence[Cabeca] = ()) -> Parecer:
    """Verify files of one chain, in any order; a block that two of them have alike is one.

    Each file is held to its own manifest. Together they must be a piece without gaps, and none may contradict what
    another says of the chain.

    Args:
        conhecidas: heads that were noted down before: these files must go as far, have the same blocks, and follow
            the one before them.

    Raises:
        ArquivoInvalidoError: one of them is no such file, or of another chain.
        OSError: one cannot be read.
    """
    read = [_read(arquivo) for arquivo in arquivos]
    pieces = [_piece(manifest, blocos) for manifest, blocos in read]
    whole = _joined(pieces)
    defeitos = dict.fromkeys(
        chain(
            _wrong(whole, conhecidas),
            *(_wrong(piece) for piece in pieces if piece != whole),
            _shortened([manifest for manifest, _ in read]),
        )
    )
    linhas = sum(len(bloco["linhas"]) for bloco in whole.blocos if _has_rows(bloco))
    return Parecer(whole.tenant, whole.ditos, linhas, whole.cabeca if whole.cabeca.n else None, list(defeitos))


def _piece(manifest: Mapping[str, Any], blocos: Sequence[Any]) -> _Trecho:
    told = dict.fromkeys(map(_head, manifest["blocos"]))
    return _Trecho(manifest["tenant"], sorted(told, key=lambda one: one.n), [_head(manifest["cabeca"])], blocos)


def _joined(pieces: Sequence[_Trecho]) -> _Trecho:
    tenants = dict.fromkeys(piece.tenant for piece in pieces)
    if len(tenants) > 1:
        raise ArquivoInvalidoError(f"os arquivos são de cadeias diferentes: {', '.join(tenants)}")
    blocos: list[Any] = []
    for piece in sorted(pieces, key=lambda one: one.ditos[0].n if one.ditos else 0):
        before = list(blocos)
        blocos += [bloco for bloco in piece.blocos if bloco not in before]
    told = dict.fromkeys(one for piece in pieces for one in piece.ditos)
    heads = [one for piece in pieces for one in piece.cabecas]
    return _Trecho(pieces[0].tenant, sorted(told, key=lambda one: one.n), heads, blocos)


def _wrong(piece: _Trecho, conhecidas: Sequence[Cabeca] = ()) -> Iterator[Defeito]:
    desde = piece.ditos[0].n if piece.ditos else None
    yield from verificar(piece.blocos, (*piece.ditos, *conhecidas), desde, piece.cabecas)
    yield from _foreign(piece)


def _foreign(piece: _Trecho) -> Iterator[Defeito]:
    """Blocks that no manifest names, and a chain that is another's than it says."""
    named = frozenset(one.n for one in piece.ditos if one.n <= piece.cabeca.n)
    found = [bloco for bloco in piece.blocos if isinstance(bloco, Mapping) and isinstance(bloco.get("n"), int)]
    for n in (bloco["n"] for bloco in found if bloco["n"] not in named):
        yield Defeito("BLOCO_INCLUIDO", f"O bloco {n} não é dos que o manifesto diz.", n)
    for n in (bloco["n"] for bloco in found[:1] if bloco.get("tenant") != piece.tenant):
        yield Defeito("BLOCO_ALHEIO", f"O bloco {n} não é da cadeia que o manifesto diz.", n)


def _shortened(manifests: Sequence[Mapping[str, Any]]) -> Iterator[Defeito]:
    """Of a chain that an export shows longer than a later one: chains only grow.

    What an export does not have of the chain it may have left out; that it knew no more of it, only when it was made
    tells apart from an older one. Files without that instant are compared by their digests only.
    """
    made = sorted((when, manifest["cabeca"]["n"]) for manifest in manifests if (when := _when(manifest)))
    for when, n in made:
        before = max((known for then, known in made if when - then > FOLGA), default=0)
        if before > n:
            text = f"A cadeia já ia até o bloco {before}, e na exportação de {when.isoformat()} termina no {n}."
            yield Defeito("FIM_CORTADO", text, before)


def _read(arquivo: Path) -> tuple[Mapping[str, Any], list[Any]]:
    content = arquivo.read_bytes()
    try:
        text = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    except (OSError, EOFError, zlib.error) as error:
        raise ArquivoInvalidoError(f"{arquivo}: o arquivo compactado está cortado ou estragado") from error
    manifest, *blocos = [_plain(line) for line in text.splitlines()] or [None]
    if not _is_manifest(manifest):
        raise ArquivoInvalidoError(f"{arquivo}: não começa pelo manifesto de uma exportação da auditoria")
    return manifest, blocos


def _plain(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _is_manifest(value: Any) -> bool:
    if not isinstance(value, Mapping) or not isinstance(value.get("blocos"), list):
        return False
    heads = [value.get("cabeca"), *value["blocos"]]
    return isinstance(value.get("tenant"), str) and all(
        isinstance(one, Mapping) and isinstance(one.get("n"), int) and isinstance(one.get("digest"), str)
        for one in heads
    )


def _head(told: Mapping[str, Any]) -> Cabeca:
    return Cabeca(told["n"], told["digest"])


def _when(manifest: Mapping[str, Any]) -> datetime | None:
    """When an export was made, if its manifest says so: older ones do not."""
    try:
        return parse_iso(manifest["exportado_em"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _has_rows(bloco: Any) -> bool:
    return isinstance(bloco, Mapping) and isinstance(bloco.get("linhas"), list)
