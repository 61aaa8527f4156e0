"""The archive: entries of recursos with their answers, contents of drafts, and what is given back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from conecta_contas_aws import contas
from conecta_edge import packed
from conecta_facts import codec
from recurso.domain.pedidos import Pedido
from recurso.domain.recursos import Pauta

if TYPE_CHECKING:
    from conecta_contas.analise import Recuperado
    from recurso.domain.pedidos import Rascunho
    from recurso.domain.recursos import Recurso

RASCUNHO: Final = "rascunho"
"""Class of retention of what a draft says."""


class ConteudoMissingError(LookupError):
    """What a row names is not in the archive."""


def pauta_key(registro_ans: str, prestador_id: str, protocolo: str, token: str) -> str:
    """`t/<registroANS>/<prestador>/recursos/<protocolo>/<token>.json.gz`."""
    return f"t/{registro_ans}/{prestador_id}/recursos/{protocolo}/{token}.json.gz"


def conteudo_key(registro_ans: str, prestador_id: str, rascunho_id: str, token: str) -> str:
    """`t/<registroANS>/<prestador>/recursos/rascunhos/<id>/<token>.json.gz`."""
    return f"t/{registro_ans}/{prestador_id}/recursos/rascunhos/{rascunho_id}/{token}.json.gz"


class S3Arquivo:
    """See `recurso.service.portas.Arquivo`: the `acervo` bucket, in which nothing is ever changed."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def keep_pauta(self, recurso: Recurso, pauta: Pauta) -> str:
        """One PutObject."""
        key = partial(pauta_key, recurso.registro_ans, recurso.prestador_id, recurso.protocolo)
        return packed.keep(self._client, self._bucket, key, codec.plain(pauta))

    def pauta(self, recurso: Recurso) -> Pauta:
        """One GetObject.

        Raises:
            ConteudoMissingError: it is not there.
        """
        key = pauta_key(recurso.registro_ans, recurso.prestador_id, recurso.protocolo, recurso.pauta)
        return codec.build(Pauta, self._read(key))

    def keep_acatados(self, recurso: Recurso, partes: Sequence[Recuperado]) -> str:
        """One PutObject."""
        return contas.keep_acatados(
            self._client, self._bucket, recurso.registro_ans, recurso.prestador_id, recurso=recurso.protocolo,
            partes=partes,
        )  # fmt: skip

    def keep_conteudo(self, prestador_id: str, rascunho_id: str, pedido: Pedido) -> str:
        """One PutObject; the bucket forgets it a while after its draft ends."""
        key = partial(conteudo_key, pedido.registro_ans, prestador_id, rascunho_id)
        return packed.keep(self._client, self._bucket, key, codec.plain(pedido), retencao=RASCUNHO)

    def conteudo(self, rascunho: Rascunho) -> Pedido:
        """One GetObject.

        Raises:
            ConteudoMissingError: it is not there.
        """
        key = conteudo_key(rascunho.registro_ans, rascunho.prestador_id, rascunho.id, rascunho.conteudo)
        return codec.build(Pedido, self._read(key))

    def _read(self, key: str) -> Any:
        found = packed.read(self._client, self._bucket, key)
        if found is None:
            raise ConteudoMissingError(key)
        return found
