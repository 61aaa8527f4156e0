"""Uploads: one row each, under its prestador; what happened to one is told through the outbox beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from conecta_edge import protocolos
from conecta_edge.clock import iso, parse_iso
from conecta_edge.dynamodb import ConditionFailedError, Item, conditions, get_item, marshal, put, unmarshal, update
from conecta_edge.events import Event, outbox_put
from conecta_edge.rows import ABSENT, plain
from documentos.domain.achados import Achado
from documentos.domain.errors import StaleUploadError
from documentos.domain.uploads import Situacao, Upload
from documentos.dynamodb import chaves

if TYPE_CHECKING:
    from documentos.domain.documentos import Documento

_INSTANTS: Final = ("criado_em", "expira_em", "conferir_em", "recebido_em")


def to_item(upload: Upload) -> Item:
    """An upload as its row."""
    row: Item = {name: getattr(upload, name) for name in Upload.__slots__}
    for name in _INSTANTS:
        row[name] = iso(row[name]) if row[name] else None
    row["situacao"] = upload.situacao.value
    row["achados"] = [asdict(achado) for achado in upload.achados]
    row["transacoes"] = list(upload.transacoes) or None
    row["recurso"] = dict(upload.recurso) if upload.recurso else None
    return {**row, **chaves.pendente(upload)}


def from_item(row: Mapping[str, Any]) -> Upload:
    """A row as an upload."""
    values = {name: row.get(name) for name in Upload.__slots__}
    for name in _INSTANTS:
        values[name] = parse_iso(row[name]) if row.get(name) else None
    for name in ("tamanho", "versao", "tentativa"):
        values[name] = int(row[name])
    values["situacao"] = Situacao(row["situacao"])
    values["achados"] = tuple(_achado(achado) for achado in row.get("achados", ()))
    values["transacoes"] = tuple(row.get("transacoes") or ())
    return Upload(**values)  # type: ignore[arg-type]  # the row's shape is to_item's


def _achado(row: Mapping[str, Any]) -> Achado:
    line = row.get("linha")
    return Achado(row["regra"], row["codigo"], row["mensagem"], None if line is None else int(line))


def document_rows(table: str, documento: Documento) -> tuple[Item, Item]:
    """The `Put`s of a new document: its row, and where its month tells of it."""
    return (
        put(table, {**chaves.documento_key(documento.prestador_id, documento.id), **plain(documento)}, ABSENT),
        put(table, {**chaves.recebido_key(documento), "documento": documento.id}, ABSENT),
    )


class DynamoUploads:
    """Uploads in DynamoDB: one item per upload, every write conditional on its version."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def next_protocolo(self, day: date) -> str:
        """A new protocolo de atendimento."""
        return protocolos.allocate(self._client, self._table, protocolos.Kind.ATENDIMENTO, day)

    def add(self, upload: Upload, extra: tuple[Any, ...] = ()) -> None:
        """One transaction: the upload and whatever must stand or fall with it.

        Raises:
            ConditionFailedError: positions of what lost (0 is the upload itself).
        """
        row = {**chaves.upload_key(upload.prestador_id, upload.id), **to_item(upload)}
        actions = [{"Put": put(self._table, row, "attribute_not_exists(pk)")}, *({"Put": action} for action in extra)]
        with conditions():
            self._client.transact_write_items(TransactItems=actions)

    def get(self, prestador_id: str, upload_id: str) -> Upload | None:
        """A consistent GetItem under the tenant."""
        row = get_item(self._client, self._table, chaves.upload_key(prestador_id, upload_id))
        return from_item(row) if row else None

    def change(
        self,
        before: Upload,
        after: Upload,
        event: Mapping[str, Any] | None,
        now: datetime,
        documento: Documento | None = None,
    ) -> None:
        """Move an upload on, under its version, with its event and its document in the same transaction.

        Raises:
            StaleUploadError: the version has moved.
        """
        changed = {name: value for name, value in to_item(after).items() if value != to_item(before).get(name)}
        actions: list[Item] = [
            {
                "Update": update(
                    self._table,
                    chaves.upload_key(after.prestador_id, after.id),
                    changes=changed,
                    condition="versao = :versao",
                    values={":versao": before.versao},
                )
            }
        ]
        if event is not None:
            row = outbox_put(
                self._table, chaves.tenant_pk(after.prestador_id), _event(after, event), now, max(after.tentativa, 1)
            )
            actions.append({"Put": row})
        kept = [{"Put": one} for one in document_rows(self._table, documento)] if documento else []
        try:
            with conditions():
                self._client.transact_write_items(TransactItems=[*actions, *kept])
        except ConditionFailedError as error:
            if min(error.failed) < len(actions):
                raise StaleUploadError from error
            self.change(before, after, event, now)  # the same bytes came before: they are one document

    def due(self, now: datetime | None) -> Iterable[tuple[str, str]]:
        """Pending uploads by due instant, shard by shard."""
        until = f"{iso(now)}~" if now else "~"
        for shard in range(chaves.SHARDS):
            start: Item | None = None
            while True:
                page = self._client.query(
                    TableName=self._table,
                    IndexName=chaves.PENDENTES,
                    KeyConditionExpression="pendente_pk = :pk AND pendente_sk < :until",
                    ExpressionAttributeValues=marshal({":pk": f"PENDENTE#{shard}", ":until": until}),
                    **({"ExclusiveStartKey": start} if start else {}),
                )
                for item in page["Items"]:
                    _, prestador_id, upload_id = unmarshal(item)["pendente_sk"].split("#")
                    yield prestador_id, upload_id
                start = page.get("LastEvaluatedKey")
                if not start:
                    break


def _event(upload: Upload, event: Mapping[str, Any]) -> Event:
    dados = {
        name: iso(value) if isinstance(value, datetime) else value
        for name, value in event["dados"].items()
        if value is not None
    }
    return Event(
        tipo=event["tipo"],
        registro_ans=upload.registro_ans,
        prestador_id=upload.prestador_id,
        entidade=f"upload/{upload.id}",
        correlacao=upload.id,
        chave=upload.id,
        dados=dados,
    )
