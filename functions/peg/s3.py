"""The archive: lotes as received, the answers we leave beside each upload, and the dossiers of PEGs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from conecta_contas.analise import Recuperado
from conecta_contas.dossies import Dossie
from conecta_contas.pegs import Peg
from conecta_contas_aws import contas
from conecta_contas_aws.chaves import dossie_key
from conecta_edge import objects, packed
from conecta_facts import codec
from peg.domain.lotes import Documento

_MEDIA: Final = {"xml": "application/xml", "json": "application/json"}


class S3Archive:
    """The `acervo` bucket: nothing in it is ever changed."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def read(self, chave: str) -> bytes | None:
        """Bytes, `None` when absent."""
        found = objects.read(self._client, self._bucket, chave)
        return found.content if found else None

    def keep(self, registro_ans: str, prestador_id: str, finalidade: str, content: bytes) -> str:
        """`t/<registroANS>/<prestador>/<finalidade>/<sha256>`, as what is uploaded."""
        key = f"t/{registro_ans}/{prestador_id}/{finalidade}/{hashlib.sha256(content).hexdigest()}"
        self._put(key, content, _MEDIA["json" if content.startswith(b"{") else "xml"])
        return key

    def keep_answer(self, registro_ans: str, prestador_id: str, upload_id: str, xml: bytes) -> None:
        """`respostas/<upload id>.xml`; the same upload always has the same answer."""
        self._put(objects.answer_key(registro_ans, prestador_id, upload_id, "xml"), xml, _MEDIA["xml"])

    def keep_report(self, documento: Documento, report: Mapping[str, Any]) -> None:
        """`respostas/<upload id>.json`, of a refused lote."""
        key = objects.answer_key(documento.registro_ans, documento.prestador_id, documento.upload_id, "json")
        self._put(key, json.dumps(report, ensure_ascii=False, default=str).encode(), _MEDIA["json"])

    def answer_key(self, documento: Documento) -> str:
        """Where the answer message of this upload lies."""
        return objects.answer_key(documento.registro_ans, documento.prestador_id, documento.upload_id, "xml")

    def keep_dossie(self, peg: Peg, dossie: Dossie) -> str:
        """`pegs/<protocolo>/<token>.json.gz`; the token is of its content."""
        return packed.keep(self._client, self._bucket, partial(dossie_key, peg), codec.plain(dossie))

    def dossie(self, peg: Peg) -> Dossie:
        """The dossier that a PEG's row names.

        Raises:
            DossieMissingError: it is not there.
        """
        return contas.dossie(self._client, self._bucket, peg)

    def acatados(self, chave: str) -> Sequence[Recuperado]:
        """What recurso left under a key.

        Raises:
            DossieMissingError: it is not there.
        """
        return contas.acatados(self._client, self._bucket, chave)

    def _put(self, key: str, body: bytes, media: str) -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=media)
