"""Files of sealed blocks, as `POST /auditoria/exportacoes` gives them away, verified without the system.

A file is a manifest and blocks, one JSON per line, packed with gzip or not. Nothing in it is trusted.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditoria.domain.cadeia import Cabeca, Defeito, verificar

if TYPE_CHECKING:
    from pathlib import Path


class ArquivoInvalidoError(ValueError):
    """It is no file of sealed blocks, or not of the same chain as the others; the text says why, in Portuguese."""


@dataclass(frozen=True, slots=True)
class Parecer:
    """What was found in files that follow each other.

    Attributes:
        blocos: numbers and digests, as the files have them.
        linhas: how many accesses.
        cabeca: what the last manifest says the end of the whole chain was; `None` when nothing was sealed.
    """

    tenant: str
    blocos: Sequence[Cabeca]
    linhas: int
    cabeca: Cabeca | None
    defeitos: Sequence[Defeito]


def conferir(arquivos: Sequence[Path], conhecidas: Sequence[Cabeca] = ()) -> Parecer:
    """Verify files of one chain, in the order of their blocks; a block that two of them have alike is one.

    Args:
        conhecidas: heads that were noted down before: these files must go as far, have the same blocks, and follow
            the one before them.

    Raises:
        ArquivoInvalidoError: one of them is no such file, or of another chain.
        OSError: one cannot be read.
    """
    read = [_read(arquivo) for arquivo in arquivos]
    tenants = dict.fromkeys(manifest["tenant"] for manifest, _ in read)
    if len(tenants) > 1:
        raise ArquivoInvalidoError(f"os arquivos são de cadeias diferentes: {', '.join(tenants)}")
    told = list(dict.fromkeys(_head(one) for manifest, _ in read for one in manifest["blocos"]))
    blocos: list[Any] = []
    for _, found in read:
        before = list(blocos)
        blocos += [bloco for bloco in found if bloco not in before]
    head = _head(read[-1][0]["cabeca"])
    named = frozenset(one.n for one in told if one.n <= head.n)
    heads = (*told, *((head,) if head.n in named else ()), *conhecidas)
    defeitos = [
        *verificar(blocos, heads, told[0].n if told else None), *_foreign(blocos, next(iter(tenants)), named),
    ]  # fmt: skip
    linhas = sum(len(bloco["linhas"]) for bloco in blocos if _has_rows(bloco))
    return Parecer(next(iter(tenants)), told, linhas, head if head.n else None, defeitos)


def _foreign(blocos: Sequence[Any], tenant: str, named: frozenset[int]) -> Iterator[Defeito]:
    """Blocks that no manifest names, and a chain that is another's than it says."""
    found = [bloco for bloco in blocos if isinstance(bloco, Mapping) and isinstance(bloco.get("n"), int)]
    for n in (bloco["n"] for bloco in found if bloco["n"] not in named):
        yield Defeito("BLOCO_INCLUIDO", f"O bloco {n} não é dos que o manifesto diz.", n)
    for n in (bloco["n"] for bloco in found[:1] if bloco.get("tenant") != tenant):
        yield Defeito("BLOCO_ALHEIO", f"O bloco {n} não é da cadeia que o manifesto diz.", n)


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


def _has_rows(bloco: Any) -> bool:
    return isinstance(bloco, Mapping) and isinstance(bloco.get("linhas"), list)
