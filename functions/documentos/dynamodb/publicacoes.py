"""What operadoras publish, edition by edition, and who has seen it up to when. Keys: `chaves`.

An edition that is published lies on the shelf (`ESTANTE`), too, in order of its last day: what is in force is one Query
of few rows, however much was ever published. It comes and goes in the transaction that publishes and withdraws.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

from conecta_atos.portas import Page
from conecta_edge.clock import iso, parse_iso
from conecta_edge.dynamodb import (
    ConditionFailedError,
    Item,
    conditions,
    get_item,
    put,
    query_all,
    query_page,
    update,
)
from conecta_edge.events import Event, outbox_put
from conecta_edge.parallel import gather
from conecta_edge.rows import ABSENT, LostError, loose, replaced, transact, until
from conecta_facts import codec
from documentos.domain.errors import StalePublicacaoError
from documentos.domain.publicacoes import Publicacao, Situacao
from documentos.domain.uploads import Upload
from documentos.dynamodb import chaves, uploads
from documentos.service.publicacoes import Edicoes, Fato, Mudanca

LEMBRADA: Final = timedelta(days=730)
"""How long a visit is remembered: who comes back later finds everything new."""


class DynamoPublicacoes:
    """See `documentos.service.publicacoes.Publicacoes`."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        self._get = partial(get_item, client, table)

    def edicoes(self, registro_ans: str, publicacao_id: str) -> Edicoes:
        """One consistent Query."""
        return self._all(chaves.edicoes_pk(registro_ans), f"{publicacao_id}#")

    def todas(self, registro_ans: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """One consistent Query."""
        rows, last = query_page(
            self._client, self._table, "pk = :pk", {":pk": chaves.edicoes_pk(registro_ans)}, position, limit,
            forward=False, ConsistentRead=True,
        )  # fmt: skip
        return Page([codec.build(Publicacao, row) for row in rows], last)

    def estantes(
        self, prestador_id: str, quem: str, registros: Sequence[str], hoje: date
    ) -> tuple[Mapping[str, Sequence[Publicacao]], datetime | None]:
        """A GetItem and a Query per operadora, at the same time."""
        seen, *shelves = gather([
            partial(self.visita, prestador_id, quem), *(partial(self._estante, one, hoje) for one in registros),
        ])  # fmt: skip
        return dict(zip(registros, shelves, strict=True)), seen

    def _estante(self, registro_ans: str, hoje: date) -> Sequence[Publicacao]:
        """A consistent Query per megabyte."""
        return self._all(chaves.estante_pk(registro_ans), hoje.isoformat(), until="~")

    def _all(self, pk: str, prefix: str, until: str | None = None) -> Edicoes:
        rows = query_all(self._client, self._table, pk, prefix, until=until, consistent=True)
        return tuple(codec.build(Publicacao, row) for row in rows if "livre" not in row)

    def write(
        self,
        mudancas: Sequence[Mudanca],
        fatos: Sequence[Fato] = (),
        *,
        envio: Upload | None = None,
        now: datetime,
        correlacao: str,
        guardar: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """One TransactWriteItems."""
        own = [action for mudanca in mudancas for action in self._actions(mudanca, now)]
        if envio is not None:
            row = {**chaves.upload_key(envio.prestador_id, envio.id), **uploads.to_item(envio)}
            own.append({"Put": put(self._table, row, ABSENT)})
        told = [self._outbox(fato, correlacao, now) for fato in fatos]
        try:
            transact(self._client, own, told, guardar)
        except LostError as error:
            raise StalePublicacaoError from error

    def _actions(self, mudanca: Mudanca, now: datetime) -> Iterator[Item]:
        antes, depois = mudanca.antes, mudanca.depois
        row = {**chaves.edicao_key(depois), **codec.plain(depois)}
        yield replaced(self._table, row, antes.versao if antes else None)
        if antes is None:
            return
        if depois.situacao is Situacao.PUBLICADA:
            yield {"Put": put(self._table, {**row, **chaves.estante_key(depois)}, ABSENT)}
        elif antes.situacao is Situacao.PUBLICADA:
            there = "attribute_exists(pk)"
            yield {"Update": update(self._table, chaves.estante_key(depois), changes=loose(now), condition=there)}

    def _outbox(self, fato: Fato, correlacao: str, now: datetime) -> Item:
        edicao = fato.publicacao
        told = {name: _text(held) for name, held in fato.dados.items() if held is not None}
        event = Event(
            fato.tipo, edicao.registro_ans, "", f"publicacao/{edicao.id}", correlacao, str(edicao.edicao), told
        )
        return outbox_put(self._table, chaves.operadora_pk(edicao.registro_ans), event, now)

    def visita(self, prestador_id: str, quem: str) -> datetime | None:
        """One consistent GetItem."""
        row = self._get(chaves.visita_key(prestador_id, quem))
        return parse_iso(row["ate"]) if row else None

    def visitar(self, prestador_id: str, quem: str, ate: datetime) -> None:
        """One PutItem."""
        row = {
            **chaves.visita_key(prestador_id, quem), "ate": iso(ate), "ttl": until(ate + LEMBRADA)
        }  # fmt: skip
        with suppress(ConditionFailedError), conditions():
            self._client.put_item(**put(self._table, row, f"{ABSENT} OR ate < :ate", {":ate": iso(ate)}))


def _text(held: Any) -> Any:
    if isinstance(held, datetime):
        return iso(held)
    return held.isoformat() if isinstance(held, date) else held
