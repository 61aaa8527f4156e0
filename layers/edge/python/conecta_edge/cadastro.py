"""Keys of the `cadastro` table and the read-only view every context has of it.

The table's owner is the `cadastro` context; the others hold a read-only grant and come through here, so that a
key is built in one place.

| pk | sk | what |
|---|---|---|
| `PRESTADOR#<id>` | `PERFIL` | who the prestador is (CNPJ or CPF, CNES, name) |
| `PRESTADOR#<id>` | `RELACIONAMENTO#<registroANS>` | state with one operadora, its code there |
| `PESSOA#<sub>` | `VINCULO#<prestador id>` or `OPERADORA#<registroANS>` | what a person may act for |
| `CREDENCIAL#<client id>` | `CREDENCIAL` | the prestador of a machine credential |
| `OPERADORA#<registroANS>` | `PERFIL` | the operadora: group, accepted TISS versions, migration day |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

from conecta_edge.dynamodb import Item, marshal, unmarshal


def prestador_key(prestador_id: str) -> dict[str, str]:
    """`PRESTADOR#<id>` / `PERFIL`."""
    return {"pk": f"PRESTADOR#{prestador_id}", "sk": "PERFIL"}


def relacionamento_key(prestador_id: str, registro_ans: str) -> dict[str, str]:
    """`PRESTADOR#<id>` / `RELACIONAMENTO#<registroANS>`."""
    return {"pk": f"PRESTADOR#{prestador_id}", "sk": f"RELACIONAMENTO#{registro_ans}"}


def pessoa_pk(sub: str) -> str:
    """`PESSOA#<sub>`: one Query answers all that a person may act for."""
    return f"PESSOA#{sub}"


def vinculo_key(sub: str, prestador_id: str) -> dict[str, str]:
    """`PESSOA#<sub>` / `VINCULO#<prestador id>`."""
    return {"pk": pessoa_pk(sub), "sk": f"VINCULO#{prestador_id}"}


def operadora_vinculo_key(sub: str, registro_ans: str) -> dict[str, str]:
    """`PESSOA#<sub>` / `OPERADORA#<registroANS>`."""
    return {"pk": pessoa_pk(sub), "sk": f"OPERADORA#{registro_ans}"}


def credencial_key(client_id: str) -> dict[str, str]:
    """`CREDENCIAL#<client id>` / `CREDENCIAL`."""
    return {"pk": f"CREDENCIAL#{client_id}", "sk": "CREDENCIAL"}


def operadora_key(registro_ans: str) -> dict[str, str]:
    """`OPERADORA#<registroANS>` / `PERFIL`."""
    return {"pk": f"OPERADORA#{registro_ans}", "sk": "PERFIL"}


@dataclass(frozen=True, slots=True)
class Binding:
    """A person's papel at one prestador."""

    prestador_id: str
    papel: str


@dataclass(frozen=True, slots=True)
class AcceptedVersion:
    """A TISS version an operadora accepts, from a day to a day (both inclusive; `None` is open)."""

    versao: str
    aceita_de: date
    aceita_ate: date | None


BILLABLE: Final = frozenset({"HABILITADO", "SUSPENSO", "DESCREDENCIADO"})
"""States of a relacionamento that were HABILITADO at some time (R02)."""


@dataclass(frozen=True, slots=True)
class Contratacao:
    """What a context needs to know of a prestador at an operadora; absent rows are `None`.

    Attributes:
        situacao: state of the relacionamento (R02), `None` when there never was one.
        codigo_na_operadora: the prestador's code there.
        versoes: TISS versions the operadora accepts (R12).
        grupo: registros of the operadora's group, itself included.
    """

    prestador_id: str
    registro_ans: str
    nome_prestador: str | None
    cnpj: str | None
    cpf: str | None
    cnes: str | None
    situacao: str | None
    motivo: str | None
    codigo_na_operadora: str | None
    nome_operadora: str | None
    versoes: tuple[AcceptedVersion, ...]
    grupo: tuple[str, ...]

    @property
    def may_bill(self) -> bool:
        """R02: suspension and descredenciamento stop new senhas, never the billing of what was done before."""
        return self.situacao in BILLABLE


class CadastroReader(Protocol):
    """The read-only view of cadastro that contexts depend on."""

    def bindings(self, sub: str) -> tuple[Binding, ...]:
        """What a person may act for; empty when unknown."""
        ...

    def credential_prestador(self, client_id: str) -> str | None:
        """The prestador of a live machine credential."""
        ...

    def contratacao(self, prestador_id: str, registro_ans: str) -> Contratacao:
        """Prestador, relacionamento and operadora in one round trip."""
        ...


class DynamoCadastroReader:
    """The reader over the real table: one round trip per question."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def bindings(self, sub: str) -> tuple[Binding, ...]:
        """One Query on the person's partition."""
        found = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues=marshal({":pk": pessoa_pk(sub), ":sk": "VINCULO#"}),
        )
        rows = [unmarshal(item) for item in found["Items"]]
        return tuple(Binding(row["prestador_id"], row["papel"]) for row in rows if row.get("ativo", True))

    def credential_prestador(self, client_id: str) -> str | None:
        """One GetItem; a revoked credential answers `None`."""
        found = self._client.get_item(TableName=self._table, Key=marshal(credencial_key(client_id)))
        if "Item" not in found:
            return None
        row = unmarshal(found["Item"])
        return str(row["prestador_id"]) if row.get("ativa", True) else None

    def contratacao(self, prestador_id: str, registro_ans: str) -> Contratacao:
        """One BatchGetItem of three keys (unprocessed keys are asked again by the loop)."""
        keys = [
            prestador_key(prestador_id),
            relacionamento_key(prestador_id, registro_ans),
            operadora_key(registro_ans),
        ]
        rows = self._batch_get(keys)
        prestador = rows.get(_text(keys[0]), {})
        relacionamento = rows.get(_text(keys[1]), {})
        operadora = rows.get(_text(keys[2]), {})
        return Contratacao(
            prestador_id=prestador_id,
            registro_ans=registro_ans,
            nome_prestador=prestador.get("nome"),
            cnpj=prestador.get("cnpj"),
            cpf=prestador.get("cpf"),
            cnes=prestador.get("cnes"),
            situacao=relacionamento.get("situacao"),
            motivo=relacionamento.get("motivo"),
            codigo_na_operadora=relacionamento.get("codigo_na_operadora"),
            nome_operadora=operadora.get("nome"),
            versoes=tuple(
                AcceptedVersion(
                    row["versao"],
                    date.fromisoformat(row["aceita_de"]),
                    date.fromisoformat(row["aceita_ate"]) if row.get("aceita_ate") else None,
                )
                for row in operadora.get("versoes", ())
            ),
            grupo=tuple(operadora.get("grupo", ())),
        )

    def _batch_get(self, keys: Sequence[dict[str, str]]) -> dict[str, Item]:
        wanted: dict[str, Any] = {self._table: {"Keys": [marshal(key) for key in keys]}}
        rows: dict[str, Item] = {}
        while wanted:
            answer = self._client.batch_get_item(RequestItems=wanted)
            for item in answer["Responses"].get(self._table, []):
                row = unmarshal(item)
                rows[_text(row)] = row
            wanted = answer.get("UnprocessedKeys") or {}
        return rows


def _text(row: dict[str, Any]) -> str:
    return f"{row['pk']}|{row['sk']}"
