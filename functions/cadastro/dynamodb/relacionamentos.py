"""Pedidos and relacionamentos in the `cadastro` table.

| pk | sk | what |
|---|---|---|
| `PESSOA#<sub>` or `PRESTADOR#<id>` | `PEDIDO#<id>` | what was asked, under who asked |
| `OPERADORA#<registroANS>` | `PEDIDO#<id>` | where that lies (`dono`), for who decides |
| `PRESTADOR#<id>` | `RELACIONAMENTO#<registroANS>` | periods and what is released |
| `PRESTADOR#<id>` | `HISTORICO#<registroANS>#<instant>` | who changed it, when and why; appended only |
| `OPERADORA#<registroANS>#CODIGO#<codigo>` | `PRESTADOR` | who has that code there |
| `CONTADOR#<AAMM>#3` | `<shard>` | protocolos de atendimento |

Index `busca`: pedidos by state, oldest first; relacionamentos by state, or under `AGENDADO` those that will change by
themselves, whose state is computed whenever they are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from cadastro.domain.contas import Pessoa
from cadastro.domain.relacionamentos import (
    Historico,
    Pedido,
    StaleRelacionamentoError,
    indexed_under,
)
from cadastro.dynamodb.contas import gestores_key, pessoa_actions, pessoa_from
from cadastro.service.relacionamentos import Circumstances, Held, PedidoPage, Related, RelatedPage, Verdict
from conecta_edge import cadastro as keys
from conecta_edge import protocolos
from conecta_edge.clock import iso, parse_iso
from conecta_edge.dynamodb import (
    ConditionFailedError,
    Item,
    batch_get,
    conditions,
    get_item,
    put,
    query_all,
    query_page,
)
from conecta_edge.events import Event, outbox_put
from conecta_edge.items import VERSION, dados
from conecta_edge.parallel import gather
from conecta_facts import codec
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import AGENDADO, Relacionamento, Situacao

QUERIES: Final = 5
"""Of a page of relacionamentos, at most: what changes by itself is filtered after it is read."""
_ABSENT: Final = "attribute_not_exists(pk)"
_EITHER: Final = "attribute_not_exists(pk) OR attribute_exists(pk)"
"""Of a row that follows another, whose own condition is in the same transaction."""
_PEDIDO: Final = "PEDIDO#"
_RELACIONAMENTO: Final = "RELACIONAMENTO#"


def pedido_key(pedido: Pedido) -> keys.Key:
    """Under the prestador that asked by its gestor, or else under the person."""
    owner = keys.prestador_pk(pedido.prestador_id) if pedido.do_prestador else keys.pessoa_pk(pedido.solicitante)
    return {"pk": owner, "sk": f"{_PEDIDO}{pedido.id}"}


def pedido_pointer_key(registro_ans: str, pedido_id: str) -> keys.Key:
    """`OPERADORA#<registroANS>` / `PEDIDO#<id>`."""
    return {"pk": keys.operadora_pk(registro_ans), "sk": f"{_PEDIDO}{pedido_id}"}


def historico_key(prestador_id: str, registro_ans: str, quando: datetime) -> keys.Key:
    """`PRESTADOR#<id>` / `HISTORICO#<registroANS>#<instant>`."""
    return {"pk": keys.prestador_pk(prestador_id), "sk": f"HISTORICO#{registro_ans}#{iso(quando)}"}


def pedido_item(pedido: Pedido) -> Item:
    """A pedido as its row, and its place in the index."""
    row: Item = {name: getattr(pedido, name) for name in Pedido.__slots__}
    decided = pedido.decidido_em
    return {
        **row,
        "situacao": pedido.situacao.value,
        "criado_em": iso(pedido.criado_em),
        "decidido_em": iso(decided) if decided else None,
        "busca_pk": _pedidos_pk(pedido.registro_ans, pedido.situacao),
        "busca_sk": f"{iso(pedido.criado_em)}#{pedido.id}",
    }


def pedido_from(row: Mapping[str, Any]) -> Pedido:
    """A row as a pedido."""
    values = {name: row.get(name) for name in Pedido.__slots__}
    values["situacao"] = Situacao(row["situacao"])
    values["versao"] = int(row["versao"])
    values["criado_em"] = parse_iso(row["criado_em"])
    values["decidido_em"] = parse_iso(row["decidido_em"]) if row.get("decidido_em") else None
    return Pedido(**values)  # type: ignore[arg-type]  # the row's shape is pedido_item's


def relacionamento_item(value: Relacionamento, fonte: str, hoje: date) -> Item:
    """A relacionamento as its row, and its place in the index."""
    current = value.periodo_em(hoje) or value.periodos[0]
    return {
        **keys.relacionamento_key(value.prestador_id, value.registro_ans),
        "v": VERSION,
        "fonte": fonte,
        "dados": codec.plain(value),
        **keys.relacionamento_busca(
            value.registro_ans, indexed_under(value, hoje), current.de, value.prestador_id
        ),
    }  # fmt: skip


def _code_item(value: Relacionamento, now: datetime) -> Item:
    codigo = value.codigo_na_operadora
    key = keys.codigo_key(value.registro_ans, codigo)
    told = {"prestador_id": value.prestador_id, "codigo": codigo}
    return {**key, "v": VERSION, "fonte": _fonte(now), "dados": told}


def historico_item(historico: Historico) -> Item:
    """Who changed a relacionamento, when and why, as its row."""
    return {
        "ato": historico.ato.value,
        "quem": historico.quem,
        "quando": iso(historico.quando),
        "de": historico.de.isoformat(),
        "ate": historico.ate.isoformat() if historico.ate else None,
        "motivo": historico.motivo,
        "antes": historico.antes.value if historico.antes else None,
        "pedido": historico.pedido,
    }


def _pedidos_pk(registro_ans: str, situacao: Situacao) -> str:
    return f"{keys.operadora_pk(registro_ans)}#PEDIDO#{situacao.value}"


def _fonte(now: datetime) -> str:
    """What orders writes of a row: an act here is newer than whatever a file said before this instant."""
    return f"{iso(now)}#api"


def _held(row: Mapping[str, Any]) -> Held:
    return Held(codec.build(Relacionamento, dados(row)), row.get("fonte"))


class DynamoRelacionamentos:
    """Pedidos and relacionamentos; every write has a condition, every decision is one transaction."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def operadora_exists(self, registro_ans: str) -> bool:
        """One GetItem."""
        return self._get(keys.operadora_key(registro_ans)) is not None

    def next_protocolo(self, day: date) -> str:
        """A new protocolo de atendimento."""
        return protocolos.allocate(self._client, self._table, protocolos.Kind.RELACIONAMENTO, day)

    def pessoa(self, sub: str, prestador_id: str) -> Pessoa | None:
        """One consistent GetItem."""
        row = self._get(keys.vinculo_key(sub, prestador_id))
        return pessoa_from(row) if row else None

    def pedidos_of_person(self, sub: str) -> tuple[Pedido, ...]:
        """One consistent Query."""
        return tuple(map(pedido_from, self._rows(keys.pessoa_pk(sub), _PEDIDO)))

    def pedidos_of_prestador(self, prestador_id: str) -> tuple[Pedido, ...]:
        """One consistent Query."""
        return tuple(map(pedido_from, self._rows(keys.prestador_pk(prestador_id), _PEDIDO)))

    def pedido(self, *, sub: str, prestadores: Sequence[str], pedido_id: str) -> Pedido | None:
        """A consistent GetItem per place where it may lie, found or not."""
        owners = [keys.pessoa_pk(sub), *map(keys.prestador_pk, prestadores)]
        found = [self._get({"pk": owner, "sk": f"{_PEDIDO}{pedido_id}"}) for owner in owners]
        return next((pedido_from(row) for row in found if row), None)

    def pedido_at(self, registros: Sequence[str], pedido_id: str) -> Pedido | None:
        """A consistent GetItem per operadora, and one where the pedido lies."""
        found = [self._get(pedido_pointer_key(registro, pedido_id)) for registro in registros]
        pointer = next((row for row in found if row), None)
        if pointer is None:
            return None
        row = self._get({"pk": pointer["dono"], "sk": pointer["sk"]})
        return pedido_from(row) if row else None

    def add_pedido(self, pedido: Pedido, now: datetime) -> bool:
        """One transaction: the pedido, where to find it, `RelacionamentoSolicitado`."""
        key = pedido_key(pedido)
        pointer = {**pedido_pointer_key(pedido.registro_ans, pedido.id), "dono": key["pk"]}
        event = Event(
            "RelacionamentoSolicitado", pedido.registro_ans, pedido.prestador_id, f"pedido/{pedido.id}", pedido.id, "1",
            {"protocolo": pedido.protocolo_atendimento, "do_prestador": pedido.do_prestador},
        )  # fmt: skip
        actions = [
            {"Put": put(self._table, {**key, **pedido_item(pedido)}, _ABSENT)},
            {"Put": put(self._table, pointer, _ABSENT)},
            {"Put": outbox_put(self._table, key["pk"], event, now)},
        ]
        try:
            with conditions():
                self._client.transact_write_items(TransactItems=actions)
        except ConditionFailedError:
            return False
        return True

    def circumstances(self, pedido: Pedido) -> Circumstances:
        """Consistent reads of all that a decision may change."""
        profile = self._get(keys.prestador_key(pedido.prestador_id))
        counter = self._get(gestores_key(pedido.prestador_id))
        return Circumstances(
            prestador=codec.build(Prestador, dados(profile)) if profile else None,
            relacionamentos=tuple(map(_held, self._rows(keys.prestador_pk(pedido.prestador_id), _RELACIONAMENTO))),
            solicitante=self.pessoa(pedido.solicitante, pedido.prestador_id),
            gestores=int(counter["n"]) if counter else 0,
        )

    def relacionamento(self, prestador_id: str, registro_ans: str) -> Held | None:
        """One consistent GetItem."""
        row = self._get(keys.relacionamento_key(prestador_id, registro_ans))
        return _held(row) if row else None

    def relacionamentos(self, prestador_ids: Sequence[str]) -> tuple[Held, ...]:
        """A consistent Query per prestador, at the same time."""
        calls: list[Callable[[], Any]] = [
            partial(self._rows, keys.prestador_pk(one), _RELACIONAMENTO) for one in prestador_ids
        ]
        return tuple(_held(row) for rows in gather(calls) for row in rows) if calls else ()

    def profiles(self, prestador_ids: Sequence[str]) -> tuple[Prestador | None, ...]:
        """One round trip."""
        found = batch_get(self._client, [(self._table, keys.prestador_key(one)) for one in prestador_ids])
        return tuple(codec.build(Prestador, dados(row)) if row else None for row in found)

    def pedidos_by(
        self, registro_ans: str, situacao: Situacao, position: Mapping[str, str] | None, limit: int
    ) -> PedidoPage:
        """One Query on the index."""
        rows, last = self._indexed(_pedidos_pk(registro_ans, situacao), position, limit)
        return PedidoPage([pedido_from(row) for row in rows], last)

    def relacionamentos_by(
        self, registro_ans: str, situacao: Situacao, hoje: date, position: Mapping[str, str] | None, limit: int
    ) -> RelatedPage:
        """What will change by itself, then what stays: a Query on the index each, and one round trip for profiles."""
        parts = [keys.relacionados_pk(registro_ans, part) for part in (AGENDADO, situacao)]
        found: list[Held] = []
        for _ in range(QUERIES):
            part = position["busca_pk"] if position else parts[0]
            rows, position = self._indexed(part, position, limit - len(found))
            found += (row for row in map(_held, rows) if row.value.situacao_em(hoje) is situacao)
            if position is None and part != parts[-1]:
                position = {"busca_pk": parts[-1]}
            if position is None or len(found) >= limit:
                break
        profiles = self.profiles([row.value.prestador_id for row in found])
        return RelatedPage([Related(row, profile) for row, profile in zip(found, profiles, strict=True)], position)

    def decide(self, verdict: Verdict, now: datetime, today: date) -> None:
        """One transaction: pedido, profile, relacionamento with its history, the asker's papel, event.

        Raises:
            StaleRelacionamentoError: one of them is not as it was read.
        """
        before, after = verdict.before, verdict.after
        row = {**pedido_key(after), **pedido_item(after)}
        actions: list[Item] = [
            {"Put": put(self._table, row, "versao = :lida", {":lida": before.versao})},
            {
                "Put": self._told(
                    after, verdict.historico, after.situacao, now, theirs=verdict.relacionamento is not None
                )
            },
        ]
        if verdict.prestador is not None:
            profile = {
                **keys.prestador_key(after.prestador_id),
                "v": VERSION, "fonte": _fonte(now), "dados": codec.plain(verdict.prestador),
            }  # fmt: skip
            actions.append({"Put": put(self._table, profile, _ABSENT)})
        if verdict.relacionamento is not None:
            actions += self._relacionamento_puts(*verdict.relacionamento, verdict.historico, now, today)
        if verdict.pessoa is not None:
            quem = verdict.historico.quem
            actions += pessoa_actions(self._table, *verdict.pessoa, now, quem=quem, seen=verdict.gestores)
        self._write(actions)

    def change(self, before: Held, after: Relacionamento, historico: Historico, now: datetime, today: date) -> Held:
        """One transaction: the relacionamento with its history, event.

        Raises:
            StaleRelacionamentoError: somebody else wrote it.
        """
        situacao = after.situacao_em(max(historico.de, today))
        told = self._told(after, historico, situacao, now, theirs=True)
        self._write([*self._relacionamento_puts(before, after, historico, now, today), {"Put": told}])
        return Held(after, _fonte(now))

    def _relacionamento_puts(
        self, before: Held | None, after: Relacionamento, historico: Historico, now: datetime, today: date
    ) -> Iterator[Item]:
        row = relacionamento_item(after, _fonte(now), today)
        if before is None:
            yield {"Put": put(self._table, row, _ABSENT)}
        elif before.fonte is None:
            yield {"Put": put(self._table, row, "attribute_not_exists(fonte)")}
        else:
            yield {"Put": put(self._table, row, "fonte = :lida", {":lida": before.fonte})}
        if after.codigo_na_operadora and after.codigo_na_operadora != (before and before.value.codigo_na_operadora):
            yield {"Put": put(self._table, _code_item(after, now), _EITHER)}
        key = historico_key(after.prestador_id, after.registro_ans, now)
        yield {"Put": put(self._table, {**key, **historico_item(historico)}, _ABSENT)}

    def _told(
        self, of: Relacionamento | Pedido, historico: Historico, depois: Situacao | None, now: datetime, *, theirs: bool
    ) -> Item:
        """`RelacionamentoDecidido`: a pedido was decided, or a relacionamento changed.

        Args:
            theirs: the prestador's own relacionamento changed; else it is of who asked.
        """
        whole = f"relacionamento/{of.registro_ans}/{of.prestador_id}"
        reference = f"pedido/{of.id}" if isinstance(of, Pedido) else whole
        event = Event(
            "RelacionamentoDecidido", of.registro_ans, of.prestador_id, reference, historico.pedido or iso(now),
            iso(now),
            {
                "ato": historico.ato.value,
                "situacao": depois.value if depois else None,
                "de": historico.de.isoformat(),
                "ate": historico.ate.isoformat() if historico.ate else None,
                "pedido": historico.pedido,
                "do_prestador": theirs or (isinstance(of, Pedido) and of.do_prestador),
            },
        )  # fmt: skip
        return outbox_put(self._table, keys.prestador_pk(of.prestador_id), event, now)

    def _write(self, actions: list[Item]) -> None:
        try:
            with conditions():
                self._client.transact_write_items(TransactItems=actions)
        except ConditionFailedError as error:
            raise StaleRelacionamentoError from error

    def _get(self, key: keys.Key) -> Item | None:
        return get_item(self._client, self._table, key)

    def _rows(self, pk: str, prefix: str) -> list[Item]:
        return query_all(self._client, self._table, pk, prefix, consistent=True)

    def _indexed(
        self, pk: str, position: Mapping[str, str] | None, limit: int
    ) -> tuple[list[Item], Mapping[str, str] | None]:
        start = position if position and "pk" in position else None
        return query_page(
            self._client, self._table, "busca_pk = :pk", {":pk": pk}, start, limit, IndexName=keys.INDEX
        )  # fmt: skip
