"""People and machine credentials in the `cadastro` table.

| pk | sk | what |
|---|---|---|
| `PESSOA#<sub>` | `VINCULO#<prestador id>` | what a person is there: read on each of the person's requests |
| `PRESTADOR#<id>` | `PESSOA#<sub>` | the same, for the prestador's list |
| `PRESTADOR#<id>` | `GESTORES` | `n`, active gestores: what keeps the last one from being taken out |
| `CREDENCIAL#<client id>` | `CREDENCIAL` | a machine's prestador and scopes: read on each of its requests |
| `PRESTADOR#<id>` | `CREDENCIAL#<client id>` | the same, for the prestador's list |
| `PRESTADOR#<id>` | `CREDENCIAIS` | `n`, changes of the set: what makes its limit hold in a race |

A row and its mirror are written by one transaction, under the version of the mirror; counter and event with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from cadastro.domain.contas import (
    AlreadyBoundError,
    Credencial,
    LastGestorError,
    Papel,
    Pessoa,
    StaleContaError,
    gestores_delta,
    pessoa_id,
)
from cadastro.service.contas import Credenciais, Pessoas
from conecta_edge import cadastro as keys
from conecta_edge.clock import iso, parse_iso
from conecta_edge.dynamodb import ConditionFailedError, Item, conditions, get_item, marshal, put, query_all, query_page
from conecta_edge.events import Event, outbox_put

KEPT: Final = timedelta(days=90)
"""How long the row of a revoked credential, or of a person taken out, is remembered."""
_ABSENT: Final = "attribute_not_exists(versao)"
"""Nothing is there, or a row of the first release, which nobody could list or change: it is replaced."""
_PESSOA: Final = "PESSOA#"
_CREDENCIAL: Final = "CREDENCIAL#"


def pessoa_mirror_key(prestador_id: str, sub: str) -> keys.Key:
    """`PRESTADOR#<id>` / `PESSOA#<sub>`."""
    return {"pk": keys.prestador_pk(prestador_id), "sk": f"{_PESSOA}{sub}"}


def gestores_key(prestador_id: str) -> keys.Key:
    """`PRESTADOR#<id>` / `GESTORES`."""
    return {"pk": keys.prestador_pk(prestador_id), "sk": "GESTORES"}


def credencial_mirror_key(prestador_id: str, client_id: str) -> keys.Key:
    """`PRESTADOR#<id>` / `CREDENCIAL#<client id>`."""
    return {"pk": keys.prestador_pk(prestador_id), "sk": f"{_CREDENCIAL}{client_id}"}


def credenciais_key(prestador_id: str) -> keys.Key:
    """`PRESTADOR#<id>` / `CREDENCIAIS`."""
    return {"pk": keys.prestador_pk(prestador_id), "sk": "CREDENCIAIS"}


def pessoa_item(pessoa: Pessoa) -> Item:
    """A person as a row and its mirror hold it."""
    row: Item = {name: getattr(pessoa, name) for name in Pessoa.__slots__}
    ended = pessoa.removida_em
    return {
        **row,
        "papel": pessoa.papel.value,
        "criado_em": iso(pessoa.criado_em),
        "removida_em": iso(ended) if ended else None,
        "ttl": _forgotten(ended),
    }


def pessoa_from(row: Mapping[str, Any]) -> Pessoa:
    """A row, or its mirror, as a person; a row of the first release had neither date nor version (0)."""
    return Pessoa(
        sub=row["sub"],
        prestador_id=row["prestador_id"],
        papel=Papel(row["papel"]),
        criado_em=parse_iso(row.get("criado_em", "2026-01-01T00:00:00Z")),
        criado_por=row.get("criado_por", ""),
        ativo=row.get("ativo", True),
        email=row.get("email"),
        removida_em=parse_iso(row["removida_em"]) if row.get("removida_em") else None,
        versao=int(row.get("versao", 0)),
    )


def credencial_item(credencial: Credencial) -> Item:
    """A credential as a row and its mirror hold it; once revoked, both are forgotten in due time."""
    row: Item = {name: getattr(credencial, name) for name in Credencial.__slots__}
    for name in ("criado_em", "expira_em", "revogada_em"):
        row[name] = iso(row[name]) if row[name] else None
    return {**row, "ttl": _forgotten(credencial.revogada_em)}


def _forgotten(ended: datetime | None) -> int | None:
    return int((ended + KEPT).timestamp()) if ended else None


def credencial_from(row: Mapping[str, Any]) -> Credencial:
    """A row, or its mirror, as a credential."""
    values = {name: row.get(name) for name in Credencial.__slots__}
    for name in ("criado_em", "expira_em", "revogada_em"):
        values[name] = parse_iso(row[name]) if row.get(name) else None
    return Credencial(**{**values, "escopos": tuple(row["escopos"]), "versao": int(row["versao"])})  # type: ignore[arg-type]


def pessoa_actions(
    table: str, before: Pessoa | None, after: Pessoa, now: datetime, *, quem: str, seen: int | None = None
) -> list[Item]:
    """The transaction's actions that replace a person: mirror, row, event and, when it changes, the counter last.

    Args:
        table: of cadastro.
        before: `None` where there is no row.
        after: the person as it shall be.
        now: the instant.
        quem: opaque id of who does it.
        seen: the counter as read, when the decision to let a person in depended on it.
    """
    held = [pessoa_mirror_key(after.prestador_id, after.sub), keys.vinculo_key(after.sub, after.prestador_id)]
    actions: list[Item] = [{"Put": _put(table, key, pessoa_item(after), before)} for key in held]
    event = _event(after, quem, now)
    actions.append({"Put": outbox_put(table, keys.prestador_pk(after.prestador_id), event, now)})
    delta = gestores_delta(before if before and before.versao else None, after)
    if delta or seen is not None:
        actions.append({"Update": _counted(table, after.prestador_id, delta, seen)})
    return actions


def _put(table: str, key: keys.Key, row: Item, before: Pessoa | Credencial | None) -> Item:
    if before is None or not before.versao:
        return put(table, {**key, **row}, _ABSENT)
    return put(table, {**key, **row}, "versao = :lida", {":lida": before.versao})


def _counted(table: str, prestador_id: str, delta: int, seen: int | None) -> Item:
    action: Item = {
        "TableName": table,
        "Key": marshal(gestores_key(prestador_id)),
        "UpdateExpression": "ADD n :delta",
        "ExpressionAttributeValues": marshal({":delta": delta}),
    }
    if seen is not None:
        action["ConditionExpression"] = "n = :vistos" if seen else "attribute_not_exists(n) OR n = :vistos"
        action["ExpressionAttributeValues"] = marshal({":delta": delta, ":vistos": seen})
    elif delta < 0:
        action["ConditionExpression"] = "n > :um"
        action["ExpressionAttributeValues"] = marshal({":delta": delta, ":um": 1})
    return action


def _event(after: Pessoa, quem: str, now: datetime) -> Event:
    """`PessoaVinculada` when the person may act (again, or otherwise), `PessoaDesvinculada` when not any more."""
    return Event(
        tipo="PessoaVinculada" if after.ativo else "PessoaDesvinculada",
        registro_ans="",
        prestador_id=after.prestador_id,
        entidade=f"pessoa/{after.id}",
        correlacao=after.id,
        chave=f"{iso(now)}#{after.versao}",
        dados={"pessoa": after.id, "papel": after.papel.value, "por": pessoa_id(after.prestador_id, quem)},
    )


class DynamoContas:
    """Who acts for each prestador."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def pessoas(self, prestador_id: str, position: Mapping[str, str] | None, limit: int) -> Pessoas:
        """One Query on the prestador's mirrors."""
        values = {":pk": keys.prestador_pk(prestador_id), ":sk": _PESSOA}
        rows, last = query_page(
            self._client, self._table, "pk = :pk AND begins_with(sk, :sk)", values, position, limit, ConsistentRead=True
        )  # fmt: skip
        return Pessoas([row for row in map(pessoa_from, rows) if row.removida_em is None], last)

    def pessoa(self, prestador_id: str, pessoa_id: str) -> Pessoa | None:
        """A Query per page: the API's id is a digest, which only the prestador's own people are tried against."""
        position: Mapping[str, str] | None = None
        while True:
            page = self.pessoas(prestador_id, position, 500)
            for row in page.rows:
                if row.id == pessoa_id:
                    return row
            position = page.position
            if position is None:
                return None

    def held(self, prestador_id: str, sub: str) -> Pessoa | None:
        """One consistent GetItem of the row itself."""
        row = get_item(self._client, self._table, keys.vinculo_key(sub, prestador_id))
        return pessoa_from(row) if row else None

    def bind(self, before: Pessoa | None, after: Pessoa, now: datetime, extra: tuple[Any, ...] = ()) -> None:
        """One transaction: row, mirror, event, counter, and what `extra` puts.

        Raises:
            AlreadyBoundError: the row has changed since.
            ConditionFailedError: something of `extra` lost.
        """
        own = pessoa_actions(self._table, before, after, now, quem=after.criado_por)
        self._write([*own, *({"Put": action} for action in extra)], len(own), AlreadyBoundError)

    def change(self, before: Pessoa, after: Pessoa, quem: str, now: datetime) -> None:
        """One transaction: row, mirror, event, counter.

        Raises:
            LastGestorError: only the counter's condition failed.
            StaleContaError: the version has moved.
        """
        actions = pessoa_actions(self._table, before, after, now, quem=quem)
        try:
            with conditions():
                self._client.transact_write_items(TransactItems=actions)
        except ConditionFailedError as error:
            if gestores_delta(before, after) < 0 and error.failed == (len(actions) - 1,):
                raise LastGestorError from error
            raise StaleContaError from error

    def credenciais(self, prestador_id: str) -> Credenciais:
        """The version of the set first, then one consistent Query: what is younger than the version is seen, too."""
        counter = get_item(self._client, self._table, credenciais_key(prestador_id))
        versao = int(counter["n"]) if counter else 0
        rows = query_all(self._client, self._table, keys.prestador_pk(prestador_id), _CREDENCIAL, consistent=True)
        return Credenciais(tuple(map(credencial_from, rows)), versao)

    def credencial(self, prestador_id: str, client_id: str) -> Credencial | None:
        """One consistent GetItem under the prestador."""
        row = get_item(self._client, self._table, credencial_mirror_key(prestador_id, client_id))
        return credencial_from(row) if row else None

    def add_credencial(
        self,
        made: Credencial,
        rotated: tuple[Credencial, Credencial] | None,
        versao: int,
        now: datetime,
        extra: tuple[Any, ...] = (),
    ) -> None:
        """One transaction: rows and mirrors of both, the set's version, event, and what `extra` puts.

        Raises:
            StaleContaError: the predecessor, or the set, has changed.
            ConditionFailedError: something of `extra` lost.
        """
        own = self._credencial_puts(None, made)
        if rotated is not None:
            own += self._credencial_puts(*rotated)
        own.append({"Update": self._next_set(made.prestador_id, versao)})
        own.append({"Put": self._told("CredencialCriada", made, now)})
        self._write([*own, *({"Put": action} for action in extra)], len(own), StaleContaError)

    def revoke(self, before: Credencial, after: Credencial, now: datetime) -> None:
        """One transaction: row, mirror, event.

        Raises:
            StaleContaError: the version has moved.
        """
        actions = [*self._credencial_puts(before, after), {"Put": self._told("CredencialRevogada", after, now)}]
        self._write(actions, len(actions), StaleContaError)

    def admit(self, people: Sequence[Pessoa] = (), machines: Sequence[Credencial] = ()) -> None:
        """Bind people and machines that somebody outside the API made, as the data a deployment starts with.

        Repeatable: who is bound stays as it is.
        """
        for pessoa in people:
            held = self.held(pessoa.prestador_id, pessoa.sub)
            if held is None or not held.versao:
                self.bind(held, pessoa, pessoa.criado_em)
        for machine in machines:
            if self.credencial(machine.prestador_id, machine.client_id) is None:
                versao = self.credenciais(machine.prestador_id).versao
                self.add_credencial(machine, None, versao, machine.criado_em)

    def _credencial_puts(self, before: Credencial | None, after: Credencial) -> list[Item]:
        row = credencial_item(after)
        held = [credencial_mirror_key(after.prestador_id, after.client_id), keys.credencial_key(after.client_id)]
        return [{"Put": _put(self._table, key, row, before)} for key in held]

    def _next_set(self, prestador_id: str, versao: int) -> Item:
        return {
            "TableName": self._table,
            "Key": marshal(credenciais_key(prestador_id)),
            "UpdateExpression": "ADD n :um",
            "ConditionExpression": "n = :lida" if versao else "attribute_not_exists(n)",
            "ExpressionAttributeValues": marshal({":um": 1, **({":lida": versao} if versao else {})}),
        }

    def _told(self, tipo: str, credencial: Credencial, now: datetime) -> Item:
        event = Event(
            tipo=tipo,
            registro_ans="",
            prestador_id=credencial.prestador_id,
            entidade=f"credencial/{credencial.client_id}",
            correlacao=credencial.client_id,
            chave=str(credencial.versao),
            dados={
                "client_id": credencial.client_id,
                "escopos": list(credencial.escopos),
                "substitui": credencial.substitui,
            },
        )
        return outbox_put(self._table, keys.prestador_pk(credencial.prestador_id), event, now)

    def _write(self, actions: list[Item], own: int, lost: type[Exception]) -> None:
        """Send a transaction; what came from outside loses as itself, so that the first answer is looked for."""
        try:
            with conditions():
                self._client.transact_write_items(TransactItems=actions)
        except ConditionFailedError as error:
            if any(position >= own for position in error.failed):
                raise
            raise lost from error
