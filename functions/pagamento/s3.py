"""The files of notas: what documentos knows of them (read-only grant), and their bytes in the archive; what is made."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from io import BytesIO
from typing import Any, Final

from conecta_edge import objects
from conecta_edge.clock import parse_iso
from conecta_edge.dynamodb import get_item
from conecta_edge.uploads import CONCLUIDO, upload_key
from pagamento.domain.errors import ArquivoIndisponivelError
from pagamento.domain.notas import Arquivo

FINALIDADE: Final = "nota_fiscal"
_MOTIVOS: Final = {"AGUARDANDO_ARQUIVO": "EM_CONFERENCIA", "EM_PROCESSAMENTO": "EM_CONFERENCIA", "EXPIRADO": "AUSENTE"}
"""Why a file is none of a nota, by the state of its upload; it was refused in any other but the last one, CONCLUIDO."""


class ArquivoMissingError(LookupError):
    """A file that documentos says is there is not in the archive."""


class S3Arquivos:
    """See `pagamento.service.portas.Arquivos`."""

    def __init__(self, client: Any, table: str, s3: Any, bucket: str) -> None:
        self._get = partial(get_item, client, table)
        self._s3 = s3
        self._bucket = bucket

    def arquivo(self, prestador_id: str, upload_id: str) -> Arquivo:
        """One GetItem under the tenant."""
        row = self._get(upload_key(prestador_id, upload_id))
        if row is None:
            raise ArquivoIndisponivelError(upload_id, "AUSENTE")
        if row["finalidade"] != FINALIDADE:
            raise ArquivoIndisponivelError(upload_id, "OUTRA_FINALIDADE")
        if row["situacao"] != CONCLUIDO:
            raise ArquivoIndisponivelError(upload_id, _MOTIVOS.get(row["situacao"], "RECUSADO"))
        return Arquivo(
            upload_id=upload_id,
            registro_ans=row["registro_ans"],
            formato=row["formato"],
            chave=row["chave"],
            sha256=row["sha256"],
            recebido_em=parse_iso(row["recebido_em"]),
        )

    def ler(self, arquivo: Arquivo) -> bytes:
        """One GetObject.

        Raises:
            ArquivoMissingError: it is not there.
        """
        found = objects.read(self._s3, self._bucket, arquivo.chave)
        if found is None:
            raise ArquivoMissingError(arquivo.chave)
        return found.content


class S3Entregas:
    """What is made for a prestador to fetch: `demonstrativos/` of the archive, which keeps it for 30 days.

    See also `pagamento.service.lotes.Acervo`.
    """

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def publish(self, prestador_id: str, nome: str, content: bytes, media_type: str) -> str:
        """Where a document may be fetched for a while, under its name; the same content lies where it lay."""
        chave = f"demonstrativos/{prestador_id}/{hashlib.sha256(content).hexdigest()}/{nome}"
        self._s3.put_object(Bucket=self._bucket, Key=chave, Body=content, ContentType=media_type)
        return self.link(chave, nome)

    def link(self, chave: str, nome: str) -> str:
        """See `conecta_edge.objects.link`."""
        return objects.link(self._s3, self._bucket, chave, nome)

    def pack(self, chave: str, arquivos: Iterable[tuple[str, bytes]]) -> int:
        """One ZIP, on disk until it is whole."""
        with tempfile.TemporaryFile() as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
                for nome, content in arquivos:
                    packed.writestr(zipfile.ZipInfo(nome), content, zipfile.ZIP_DEFLATED)
            size = out.tell()
            out.seek(0)
            self._s3.put_object(Bucket=self._bucket, Key=chave, Body=out, ContentType="application/zip")
            return size

    def join(self, chave: str, partes: Sequence[str]) -> int:
        """One ZIP of several, one file at a time.

        Raises:
            ArquivoMissingError: one of them is not there.
        """
        return self.pack(chave, (one for parte in partes for one in self._unpacked(parte)))

    def _unpacked(self, chave: str) -> Iterator[tuple[str, bytes]]:
        found = objects.read(self._s3, self._bucket, chave)
        if found is None:
            raise ArquivoMissingError(chave)
        with zipfile.ZipFile(BytesIO(found.content)) as packed:
            for nome in packed.namelist():
                yield nome, packed.read(nome)
