"""The files of loads: what arrives in `entrada`, and what is kept of a load in `acervo`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conecta_cargas.states import Objeto
from conecta_edge import objects
from conecta_edge.aws import error_code

_GONE = frozenset({"404", "412", "NoSuchKey", "NotFound", "NoSuchVersion", "PreconditionFailed"})
_MEDIA = {"csv": "text/csv; charset=utf-8", "txt": "text/plain; charset=utf-8"}


class ArquivoMissingError(Exception):
    """The file, or the version of it that a load was made for, is not there."""


class S3Arquivos:
    """Both buckets; a function that has no use for one of them gives no name for it.

    Args:
        pasta: of the context, in both.
    """

    def __init__(self, client: Any, *, pasta: str, entrada: str = "", acervo: str = "") -> None:
        self._client = client
        self._pasta = pasta
        self._entrada = entrada
        self._acervo = acervo

    def localizar(self, chave: str, versao: str | None) -> Objeto | None:
        """One HeadObject."""
        try:
            found = self._client.head_object(Bucket=self._entrada, Key=chave, **_version(versao))
        except Exception as error:
            if error_code(error) in _GONE:
                return None
            raise
        return Objeto(
            chave=chave,
            versao=versao or found.get("VersionId"),
            etag=found["ETag"],
            tamanho=int(found["ContentLength"]),
            armazenado_em=found["LastModified"],
        )

    def leitor(self, objeto: Objeto) -> Callable[[int, int], bytes]:
        """Ranged GetObjects of exactly those bytes: of the key while it is the same, else of the version.

        Raises:
            ArquivoMissingError: (when reading) they are not there any more.
        """
        ways: list[dict[str, str]] = [{"IfMatch": objeto.etag}]
        if objeto.versao:
            ways.append(_version(objeto.versao))

        def ler(inicio: int, fim: int) -> bytes:
            if inicio >= fim:
                return b""
            while ways:
                try:
                    return self._range(objeto.chave, inicio, fim, ways[0])
                except Exception as error:
                    if error_code(error) not in _GONE:
                        raise
                    ways.pop(0)  # replaced or removed since: it will not come back
            raise ArquivoMissingError(objeto.versao)

        return ler

    def _range(self, chave: str, inicio: int, fim: int, pinned: dict[str, str]) -> bytes:
        asked = f"bytes={inicio}-{fim - 1}"
        found = self._client.get_object(Bucket=self._entrada, Key=chave, Range=asked, **pinned)
        content = bytes(found["Body"].read())
        # Whoever serves HTTP may answer the whole instead of the range.
        return content if "ContentRange" in found else content[inicio:fim]

    def guardar(self, registro_ans: str, carga_id: str, nome: str, conteudo: bytes) -> None:
        """`<pasta>/<registroANS>/cargas/<id>/<nome>`; the same part of a load always has the same bytes."""
        media = _MEDIA[nome.rpartition(".")[2]]
        key = self._key(registro_ans, carga_id, nome)
        self._client.put_object(Bucket=self._acervo, Key=key, Body=conteudo, ContentType=media)

    def abrir(self, registro_ans: str, carga_id: str, nome: str) -> bytes | None:
        """The bytes, `None` when absent."""
        found = objects.read(self._client, self._acervo, self._key(registro_ans, carga_id, nome))
        return found.content if found else None

    def _key(self, registro_ans: str, carga_id: str, nome: str) -> str:
        return f"{self._pasta}/{registro_ans}/cargas/{carga_id}/{nome}"


def _version(versao: str | None) -> dict[str, str]:
    return {"VersionId": versao} if versao else {}
