"""Documents, what they belong to, and what operadoras ask of PEGs. Keys: `chaves`.

That a document belongs to something lies twice, under the one and under the other, written by one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from conecta_atos.portas import Page
from conecta_edge.clock import iso
from conecta_edge.dynamodb import Item, batch_get, get_item, put, query_all, query_page, update
from conecta_edge.events import Event, outbox_put
from conecta_edge.rows import FREE, LostError, build, loose, plain, replaced, transact
from documentos.domain.documentos import Destino, Documento, Vinculo, of_upload
from documentos.domain.envios import Numerado
from documentos.domain.errors import StaleDocumentoError
from documentos.domain.exigencias import Exigencias
from documentos.domain.uploads import Situacao
from documentos.dynamodb import chaves, uploads

HELD: Final = "attribute_exists(pk) AND attribute_not_exists(livre)"


class DynamoDocumentos:
    """See `documentos.service.portas.Documentos`."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def keep(self, documento: Documento) -> None:
        """One transaction, unless it is there."""
        if self.get([(documento.prestador_id, documento.id)]) == [None]:
            transact(self._client, (), uploads.document_rows(self._table, documento))

    def get(self, named: Sequence[tuple[str, str]]) -> list[Documento | None]:
        """One consistent BatchGetItem per hundred."""
        keys = [(self._table, chaves.documento_key(*one)) for one in named]
        return [build(Documento, row) for row in batch_get(self._client, keys, consistent=True)]

    def of_uploads(self, prestador_id: str, ids: Sequence[str]) -> list[Documento | None]:
        """One consistent BatchGetItem per hundred."""
        keys = [(self._table, chaves.upload_key(prestador_id, one)) for one in ids]
        found = (uploads.from_item(row) if row else None for row in batch_get(self._client, keys, consistent=True))
        return [of_upload(one) if one and one.situacao is Situacao.CONCLUIDO else None for one in found]

    def of_month(self, prestador_id: str, mes: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """One Query, one BatchGetItem."""
        pk = chaves.month_pk(prestador_id, mes[2:])
        rows, last = query_page(self._client, self._table, "pk = :pk", {":pk": pk}, position, limit, forward=False)
        found = self.get([(prestador_id, row["documento"]) for row in rows])
        return Page([one for one in found if one], last)

    def vinculos(self, prestador_id: str, documento: str) -> Sequence[Vinculo]:
        """A consistent Query per megabyte."""
        return self._living(prestador_id, chaves.pertence(documento))

    def vinculados(self, prestador_id: str, registro_ans: str, destino: Destino) -> Sequence[Vinculo]:
        """A consistent Query per megabyte; a number of a lote may begin as another and go on with a `#`."""
        found = self._living(prestador_id, chaves.vinculado(registro_ans, destino))
        return [one for one in found if one.destino.dono == destino.dono]

    def _living(self, prestador_id: str, prefix: str) -> list[Vinculo]:
        rows = query_all(self._client, self._table, chaves.tenant_pk(prestador_id), prefix, consistent=True)
        return [made for row in rows if "livre" not in row and (made := build(Vinculo, row))]

    def change(
        self,
        novos: Sequence[Vinculo],
        desfeitos: Sequence[Vinculo] = (),
        *,
        now: datetime,
        correlacao: str,
        numerado: Numerado | None = None,
        guardar: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """One TransactWriteItems: two rows and an event of each."""
        own = [*self._tied(novos), *self._loosed(desfeitos, now), *self._numbered(numerado)]
        told = [self._outbox(one, correlacao, now) for one in novos]
        try:
            transact(self._client, own, told, guardar)
        except LostError as error:
            raise StaleDocumentoError from error

    def _tied(self, novos: Sequence[Vinculo]) -> Iterator[Item]:
        for one in novos:
            for key in (chaves.vinculo_key(one), chaves.pertence_key(one)):
                yield {"Put": put(self._table, {**key, **plain(one)}, FREE)}

    def _loosed(self, desfeitos: Sequence[Vinculo], now: datetime) -> Iterator[Item]:
        for one in desfeitos:
            for key in (chaves.vinculo_key(one), chaves.pertence_key(one)):
                yield {"Update": update(self._table, key, changes=loose(now), condition=HELD)}

    def _numbered(self, numerado: Numerado | None) -> Iterator[Item]:
        if numerado is not None:
            key = chaves.numero_key(numerado.prestador_id, numerado.registro_ans, numerado.numero)
            yield replaced(self._table, {**key, **plain(numerado)}, None)

    def numerado(self, prestador_id: str, registro_ans: str, numero: str) -> Numerado | None:
        """One consistent GetItem."""
        key = chaves.numero_key(prestador_id, registro_ans, numero)
        return build(Numerado, get_item(self._client, self._table, key))

    def _outbox(self, vinculo: Vinculo, correlacao: str, now: datetime) -> Item:
        key, to = chaves.vinculo_key(vinculo), vinculo.destino
        dados = {
            "documento": vinculo.documento, "finalidade": vinculo.finalidade, "tipo": vinculo.tipo,
            "upload_id": vinculo.upload_id, "alvo": to.alvo.value, "id": to.id, "guia": to.guia,
        }  # fmt: skip
        event = Event(
            "DocumentoVinculado", vinculo.registro_ans, vinculo.prestador_id, f"documento/{vinculo.documento}",
            correlacao, f"{key['sk']}#{iso(vinculo.em)}", dados,
        )  # fmt: skip
        return outbox_put(self._table, key["pk"], event, now)

    def exigencias(self, registro_ans: str) -> Exigencias | None:
        """One consistent GetItem."""
        return build(Exigencias, get_item(self._client, self._table, chaves.exigencias_key(registro_ans)))

    def write_exigencias(
        self, antes: Exigencias | None, depois: Exigencias, guardar: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        """One transaction."""
        row = {**chaves.exigencias_key(depois.registro_ans), **plain(depois)}
        try:
            transact(self._client, [replaced(self._table, row, antes.versao if antes else None)], (), guardar)
        except LostError as error:
            raise StaleDocumentoError from error
