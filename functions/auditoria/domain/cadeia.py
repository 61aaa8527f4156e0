"""Blocks of rows, each chained to the one before it by its digest: what is changed afterwards is found.

A tenant's blocks are numbered from 1. A written block:

    {"v": 1, "tenant": "PRESTADOR#…", "n": 2, "anterior": <digest of block 1>, "dia": "2026-11-22",
     "selado_em": "…", "resumos": [<digest of each row>, …], "linhas": [{…}, …]}

Its digest is that of all of it but `linhas`: rows are held by `resumos`, so that of a changed block it is known which
row was changed. A digest is the SHA-256, in hexadecimal, of the value as JSON in UTF-8 with sorted members and no
spaces. The first block's `anterior` is :data:`GENESE`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

Escrito = Mapping[str, Any]
"""A block, or a row of one, as it is written."""
VERSAO: Final = 1
GENESE: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Cabeca:
    """The last block of a chain: whoever knows it notices that blocks are missing after any other."""

    n: int
    digest: str


INICIO: Final = Cabeca(0, GENESE)
"""Of a chain without blocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elo:
    """What is known of a block without reading it.

    Attributes:
        linhas: how many rows it has.
        de, ate: sort keys of its first and last row.
    """

    n: int
    digest: str
    dia: date
    selado_em: datetime
    linhas: int
    de: str
    ate: str


@dataclass(frozen=True, slots=True)
class Defeito:
    """Something that is not as it was sealed.

    Attributes:
        codigo: its kind (`LINHA_ALTERADA`).
        bloco: number of the block, when there is one to name.
        linha: place in the block, from 1.
    """

    codigo: str
    mensagem: str
    bloco: int | None = None
    linha: int | None = None


def resumo(valor: Any) -> str:
    """The digest of a plain value."""
    text = json.dumps(valor, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def digest(bloco: Escrito) -> str:
    """The digest of a written block."""
    return resumo({name: held for name, held in bloco.items() if name != "linhas"})


def fechar(tenant: str, depois_de: Cabeca, dia: date, linhas: Sequence[Escrito], now: datetime) -> tuple[Escrito, Elo]:
    """The block that follows a chain's head, and its link.

    Args:
        linhas: plain rows of one day, by their sort key `sk`; at least one.
    """
    bloco = {
        "v": VERSAO,
        "tenant": tenant,
        "n": depois_de.n + 1,
        "anterior": depois_de.digest,
        "dia": dia.isoformat(),
        "selado_em": now.isoformat(),
        "resumos": [resumo(linha) for linha in linhas],
        "linhas": list(linhas),
    }
    elo = Elo(
        n=depois_de.n + 1, digest=digest(bloco), dia=dia, selado_em=now, linhas=len(linhas), de=linhas[0]["sk"],
        ate=linhas[-1]["sk"],
    )  # fmt: skip
    return bloco, elo


# --- verification ---


def verificar(
    blocos: Iterable[Escrito],
    cabecas: Iterable[Cabeca] = (),
    desde: int | None = None,
    ditas: Iterable[Cabeca] = (),
) -> Iterator[Defeito]:
    """Everything that is wrong with a piece of a chain, which may begin at any block.

    Args:
        blocos: in the order they are kept in, from anywhere: nothing of them is trusted.
        cabecas: known from elsewhere: what the blocks of those numbers must be, and how far the chain must go; the
            greatest before the first block is what that follows.
        desde: number of the first block, when it is known: no piece begins after it.
        ditas: known too, but of the chain and not of the piece, which need neither reach nor follow them.
    """
    held = tuple(cabecas)
    known = _known((*held, *ditas))
    yield from _contradictions(known)
    last: Cabeca | None = None
    tenant = None
    for bloco in blocos:
        if not _is_block(bloco):
            yield Defeito("BLOCO_ILEGIVEL", "Há um trecho que não é um bloco.", last.n + 1 if last else None)
            continue
        this = Cabeca(bloco["n"], digest(bloco))
        tenant = tenant or bloco["tenant"]
        if bloco["tenant"] != tenant:
            yield Defeito("BLOCO_ALHEIO", f"O bloco {this.n} é da cadeia de outro.", this.n)
        yield from _rows(bloco)
        if last is None:
            yield from _begins(this.n, desde, held)
        yield from _link(last or _before(this.n, bloco["anterior"], known), this, bloco["anterior"])
        if known.get(this.n, frozenset()) - {this.digest}:
            yield Defeito("BLOCO_ALTERADO", f"O bloco {this.n} não é o que a cabeça conhecida diz.", this.n)
        last = this
    end = last.n if last else 0
    for n in sorted({one.n for one in held if one.n > end}):
        yield Defeito("FIM_CORTADO", f"A cadeia vai pelo menos até o bloco {n}, e aqui termina no {end}.", n)


def _known(cabecas: Iterable[Cabeca]) -> Mapping[int, AbstractSet[str]]:
    known: dict[int, set[str]] = {}
    for cabeca in cabecas:
        known.setdefault(cabeca.n, set()).add(cabeca.digest)
    return known


def _contradictions(known: Mapping[int, AbstractSet[str]]) -> Iterator[Defeito]:
    """A block has one digest: who knows two knows that one is of a chain that was forged, whatever is here."""
    for n in sorted(n for n, digests in known.items() if len(digests) > 1):
        text = f"Do bloco {n} conhecem-se {len(known[n])} digests diferentes: a cadeia ou uma das cabeças foi forjada."
        yield Defeito("CABECAS_CONTRADITORIAS", text, n)


def _begins(first: int, desde: int | None, cabecas: Iterable[Cabeca]) -> Iterator[Defeito]:
    begin = first if desde is None else min(first, desde)
    begin = max((one.n + 1 for one in cabecas if one.n < begin), default=begin)
    if first > begin:
        yield Defeito("BLOCO_RETIRADO", f"Antes do bloco {first} faltam {first - begin}.", begin)


def _before(first: int, anterior: str, known: Mapping[int, AbstractSet[str]]) -> Cabeca:
    """What the first block is chained to, as far as it is known: else what it says itself."""
    return INICIO if first == 1 else Cabeca(first - 1, min(known.get(first - 1, set()) - {anterior}, default=anterior))


def _is_block(bloco: Any) -> bool:
    kinds = {"n": int, "tenant": str, "anterior": str, "resumos": list, "linhas": list}
    return isinstance(bloco, Mapping) and all(isinstance(bloco.get(name), kind) for name, kind in kinds.items())


def _link(before: Cabeca, this: Cabeca, anterior: str) -> Iterator[Defeito]:
    if this.n > before.n + 1:
        text = f"Entre os blocos {before.n} e {this.n} faltam {this.n - before.n - 1}."
        yield Defeito("BLOCO_RETIRADO", text, before.n + 1)
    elif this.n <= before.n:
        yield Defeito("BLOCO_FORA_DE_ORDEM", f"O bloco {this.n} vem depois do {before.n}.", this.n)
    elif anterior != before.digest:
        # Which of both was changed only somebody who knows a digest of theirs can tell.
        text = f"O bloco {this.n} não se encadeia com o {before.n}: um dos dois foi alterado."
        yield Defeito("BLOCO_ALTERADO", text, this.n)


def _rows(bloco: Escrito) -> Iterator[Defeito]:
    n, sealed, found = bloco["n"], list(map(str, bloco["resumos"])), list(map(resumo, bloco["linhas"]))
    there, expected = frozenset(found), frozenset(sealed)
    gone = [place for place, one in enumerate(sealed, 1) if one not in there]
    new = [place for place, one in enumerate(found, 1) if one not in expected]
    changed = min(len(gone), len(new))
    for codigo, what, places in (
        ("LINHA_ALTERADA", "foi alterada", gone[:changed]),
        ("LINHA_RETIRADA", "foi retirada", gone[changed:]),
        ("LINHA_INCLUIDA", "foi incluída depois", new[changed:]),
    ):
        for place in places:
            yield Defeito(codigo, f"A linha {place} do bloco {n} {what}.", n, place)
    if sealed != found and not gone and not new:
        yield Defeito("LINHAS_FORA_DE_ORDEM", f"As linhas do bloco {n} não estão na ordem em que foram seladas.", n)
