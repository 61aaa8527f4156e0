"""Blocks in the archive, where none is ever written over, and pieces of chains made to be fetched."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from auditoria.domain.cadeia import resumo
from auditoria.service.portas import PerdidoError
from conecta_edge import objects, packed
from conecta_edge.parallel import gather

if TYPE_CHECKING:
    from auditoria.domain.cadeia import Elo

TOKEN: Final = 24
"""Characters of a digest in a name."""
_NEWLINE: Final = gzip.compress(b"\n", mtime=0)


def bloco_key(tenant: str, n: int, digest: str) -> str:
    """`auditoria/PRESTADOR/<id>/<n>-<digest>.json.gz`."""
    return f"auditoria/{tenant.replace('#', '/')}/{n:010d}-{digest[:TOKEN]}.json.gz"


class S3Arquivo:
    """See `auditoria.service.portas.Arquivo`."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def guardar(self, bloco: Mapping[str, Any], elo: Elo) -> None:
        """One PutObject."""
        key = bloco_key(bloco["tenant"], elo.n, elo.digest)
        packed.keep(self._client, self._bucket, lambda _: key, bloco, once=True)

    def ler(self, tenant: str, elo: Elo) -> Mapping[str, Any]:
        """One GetObject."""
        return dict(json.loads(gzip.decompress(self._content(tenant, elo))))

    def exportar(self, tenant: str, manifesto: Mapping[str, Any], elos: Sequence[Elo], nome: str) -> str:
        """A GetObject for each block, some at a time, and one PutObject: of the same piece, the same object again.

        Files of gzip one after the other are one: no block is unpacked.
        """
        piece = {name: told for name, told in manifesto.items() if name != "exportado_em"}
        first = gzip.compress(json.dumps(manifesto, ensure_ascii=False).encode(), mtime=0)
        blocos = gather([partial(self._content, tenant, elo) for elo in elos])
        key = f"auditoria-exportacoes/{tenant.replace('#', '/')}/{resumo(piece)}.jsonl.gz"
        self._client.put_object(
            Bucket=self._bucket, Key=key, Body=_NEWLINE.join([first, *blocos]) + _NEWLINE,
            ContentType="application/gzip",
        )  # fmt: skip
        return objects.link(self._client, self._bucket, key, nome)

    def _content(self, tenant: str, elo: Elo) -> bytes:
        key = bloco_key(tenant, elo.n, elo.digest)
        found = objects.read(self._client, self._bucket, key)
        if found is None:
            raise PerdidoError(key)
        return found.content
