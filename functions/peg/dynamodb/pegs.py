"""The `peg` table.

| pk | sk | what |
|---|---|---|
| `PRESTADOR#<id>#<AAMM>` | `PEG#<protocolo>` | a PEG |
| `PRESTADOR#<id>#<AAMM>` | `GUIA#<protocolo>#<nnn>` | its guias, by position |
| `PRESTADOR#<id>` | `LOTE#<registroANS>#<numeroLote>` | which PEG holds a lote number (invariant 4) |
| `PRESTADOR#<id>` | `EVENTO#<event id>` | outbox |
| `CONTADOR#<AAMM>#2` | `<shard>` | protocolos |

`AAMM` is in the protocolo, so a PEG is one GetItem. LSI `recepcao` (sort key `recepcao`, sparse: set by the commit)
lists the visible PEGs of a month by time. A PEG of 100 guias costs about 1.1 write units per guia: 100 inserts, one
transaction to take the number, one to commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from conecta_edge import protocolos
from conecta_edge.clock import iso, parse_iso
from conecta_edge.dynamodb import (
    ConditionFailedError,
    Item,
    TransientConflictError,
    conditions,
    marshal,
    put,
    unmarshal,
    update,
)
from conecta_edge.events import Event, outbox_put
from conecta_tiss.findings import Achado
from peg.domain.errors import LoteNumberTakenError
from peg.domain.pegs import Documento, GuiaApresentada, Peg, SituacaoPeg
from peg.service.recepcao import Page, Taken

INDEX: Final = "recepcao"
STATEMENTS: Final = 25
_DUPLICATE: Final = frozenset({"DuplicateItem", "ConditionalCheckFailed"})


def tenant_pk(prestador_id: str) -> str:
    """`PRESTADOR#<id>`."""
    return f"PRESTADOR#{prestador_id}"


def month_pk(prestador_id: str, month: str) -> str:
    """`PRESTADOR#<id>#<AAMM>`."""
    return f"PRESTADOR#{prestador_id}#{month}"


def peg_key(prestador_id: str, protocolo: str) -> dict[str, str]:
    """`PRESTADOR#<id>#<AAMM>` / `PEG#<protocolo>`."""
    return {"pk": month_pk(prestador_id, protocolos.month_of(protocolo)), "sk": f"PEG#{protocolo}"}


def guia_key(prestador_id: str, protocolo: str, sequencia: int) -> dict[str, str]:
    """`PRESTADOR#<id>#<AAMM>` / `GUIA#<protocolo>#<nnn>`."""
    return {"pk": month_pk(prestador_id, protocolos.month_of(protocolo)), "sk": f"GUIA#{protocolo}#{sequencia:03d}"}


def lote_key(prestador_id: str, registro_ans: str, numero_lote: str) -> dict[str, str]:
    """`PRESTADOR#<id>` / `LOTE#<registroANS>#<numeroLote>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"LOTE#{registro_ans}#{numero_lote}"}


def to_item(peg: Peg) -> Item:
    """A PEG as its row."""
    row: Item = {name: getattr(peg, name) for name in Peg.__slots__}
    return {**row, "situacao": peg.situacao.value, "data_recepcao": iso(peg.data_recepcao)}


def from_item(row: Mapping[str, Any]) -> Peg:
    """A row as a PEG."""
    values = {name: row[name] for name in Peg.__slots__}
    values["situacao"] = SituacaoPeg(row["situacao"])
    values["data_recepcao"] = parse_iso(row["data_recepcao"])
    values["valor_informado"] = cents(row["valor_informado"])
    values["quantidade_guias"], values["versao"] = int(row["quantidade_guias"]), int(row["versao"])
    return Peg(**values)


def guia_to_item(guia: GuiaApresentada) -> Item:
    """A guia as its row (at most 1 KB: one write unit)."""
    row: Item = {name: getattr(guia, name) for name in GuiaApresentada.__slots__}
    return {**row, "data_atendimento": guia.data_atendimento.isoformat() if guia.data_atendimento else None}


def guia_from_item(row: Mapping[str, Any]) -> GuiaApresentada:
    """A row as a guia."""
    day = row.get("data_atendimento")
    return GuiaApresentada(
        sequencia=int(row["sequencia"]),
        numero_guia_prestador=row["numero_guia_prestador"],
        numero_guia_operadora=row.get("numero_guia_operadora"),
        senha=row.get("senha"),
        data_atendimento=date.fromisoformat(day) if day else None,
        valor_informado=cents(row["valor_informado"]),
        itens=int(row["itens"]),
    )


def cents(value: Any) -> Decimal:
    """An amount with exactly two decimals, however DynamoDB kept its trailing zeros."""
    return Decimal(value).quantize(Decimal("0.01"))


class DynamoPegs:
    """PEGs in DynamoDB; every write has a condition and may be repeated."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def next_protocolo(self, day: date) -> str:
        """A number never given before."""
        return protocolos.allocate(self._client, self._table, protocolos.Kind.PEG, day)

    def lote(self, prestador_id: str, registro_ans: str, numero_lote: str) -> Taken | None:
        """One consistent GetItem."""
        row = self._get(lote_key(prestador_id, registro_ans, numero_lote))
        return Taken(row["protocolo"], row["sha256"]) if row else None

    def prepare(self, peg: Peg) -> None:
        """One transaction: the lote number and the invisible PEG."""
        holder = {
            **lote_key(peg.prestador_id, peg.registro_ans, peg.numero_lote),
            "protocolo": peg.protocolo,
            "sha256": peg.sha256,
        }
        row = {**peg_key(peg.prestador_id, peg.protocolo), **to_item(peg)}
        absent = "attribute_not_exists(pk)"
        actions = [{"Put": put(self._table, holder, absent)}, {"Put": put(self._table, row, absent)}]
        try:
            with conditions():
                self._client.transact_write_items(TransactItems=actions)
        except ConditionFailedError as error:
            raise LoteNumberTakenError from error

    def add_guias(self, peg: Peg, guias: Sequence[GuiaApresentada]) -> None:
        """Inserts in batches of 25, one write unit each; a row already there is this same row.

        Raises:
            TransientConflictError: some insert was throttled; the ones done stay done.
        """
        for start in range(0, len(guias), STATEMENTS):
            statements = [
                {
                    "Statement": f'INSERT INTO "{self._table}" VALUE {{{columns}}}',
                    "Parameters": parameters,
                }
                for columns, parameters in (self._insert(peg, guia) for guia in guias[start : start + STATEMENTS])
            ]
            with conditions():
                answer = self._client.batch_execute_statement(Statements=statements)
            codes = {str(result["Error"]["Code"]) for result in answer["Responses"] if "Error" in result}
            if codes - _DUPLICATE:
                raise TransientConflictError(f"guias not written: {sorted(codes)}")

    def _insert(self, peg: Peg, guia: GuiaApresentada) -> tuple[str, list[Any]]:
        row = marshal({**guia_key(peg.prestador_id, peg.protocolo, guia.sequencia), **guia_to_item(guia)})
        return ", ".join(f"'{name}': ?" for name in row), list(row.values())

    def commit(self, peg: Peg, documento: Documento, now: datetime) -> None:
        """One transaction: the PEG is RECEBIDO and `PegRecebido` is in the outbox."""
        event = Event(
            "PegRecebido", peg.registro_ans, peg.prestador_id, f"peg/{peg.protocolo}", documento.correlacao,
            peg.protocolo,
            {
                "upload_id": peg.upload_id, "protocolo": peg.protocolo, "numero_lote": peg.numero_lote,
                "quantidade_guias": peg.quantidade_guias, "valor_informado": str(peg.valor_informado),
                "tipo_guia": peg.tipo_guia, "competencia": peg.competencia,
            },
        )  # fmt: skip
        changes = {
            "situacao": SituacaoPeg.RECEBIDO.value,
            "versao": peg.versao + 1,
            "recepcao": f"{iso(peg.data_recepcao)}#{peg.protocolo}",
        }
        visible = update(
            self._table,
            peg_key(peg.prestador_id, peg.protocolo),
            changes=changes,
            condition="situacao = :preparando AND versao = :versao",
            values={":preparando": SituacaoPeg.PREPARANDO.value, ":versao": peg.versao},
        )
        outbox = outbox_put(self._table, tenant_pk(peg.prestador_id), event, now)
        try:
            with conditions():
                self._client.transact_write_items(TransactItems=[{"Update": visible}, {"Put": outbox}])
        except ConditionFailedError:
            return  # a concurrent repetition of the same work committed it

    def announce_repeated(self, peg: Peg, documento: Documento, now: datetime) -> None:
        """`LoteRepetido`: this upload's bytes are that PEG."""
        dados = {"upload_id": documento.upload_id, "protocolo": peg.protocolo}
        self._announce("LoteRepetido", f"peg/{peg.protocolo}", documento, dados, now)

    def announce_refusal(self, documento: Documento, achados: Sequence[Achado], now: datetime) -> None:
        """`LoteRecusado`, with how many findings; the findings themselves lie beside the upload."""
        dados = {"upload_id": documento.upload_id, "achados": len(achados)}
        self._announce("LoteRecusado", f"upload/{documento.upload_id}", documento, dados, now)

    def _announce(
        self, tipo: str, entidade: str, documento: Documento, dados: Mapping[str, Any], now: datetime
    ) -> None:
        event = Event(
            tipo, documento.registro_ans, documento.prestador_id, entidade, documento.correlacao,
            f"{documento.upload_id}#{documento.tentativa}", dados,
        )  # fmt: skip
        try:
            with conditions():
                self._client.put_item(**outbox_put(self._table, tenant_pk(documento.prestador_id), event, now))
        except ConditionFailedError:
            return  # already announced for this attempt

    def get(self, prestador_id: str, protocolo: str) -> Peg | None:
        """One consistent GetItem under the tenant."""
        row = self._get(peg_key(prestador_id, protocolo))
        return from_item(row) if row else None

    def _get(self, key: Mapping[str, str]) -> Item | None:
        found = self._client.get_item(TableName=self._table, Key=marshal(key), ConsistentRead=True)
        return unmarshal(found["Item"]) if "Item" in found else None

    def month(self, prestador_id: str, competencia: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """One Query on the index of visible PEGs, newest first."""
        return self._page(
            from_item,
            position,
            IndexName=INDEX,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=marshal({":pk": month_pk(prestador_id, competencia[2:])}),
            ScanIndexForward=False,
            Limit=limit,
        )

    def guias(self, prestador_id: str, protocolo: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """One Query on the PEG's guias, in their order."""
        key = guia_key(prestador_id, protocolo, 0)
        return self._page(
            guia_from_item,
            position,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues=marshal({":pk": key["pk"], ":sk": f"GUIA#{protocolo}#"}),
            Limit=limit,
        )

    def _page(self, read: Any, position: Mapping[str, str] | None, **query: Any) -> Page:
        start = {"ExclusiveStartKey": marshal(position)} if position else {}
        answer = self._client.query(TableName=self._table, **query, **start)
        last = answer.get("LastEvaluatedKey")
        return Page([read(unmarshal(item)) for item in answer["Items"]], unmarshal(last) if last else None)
