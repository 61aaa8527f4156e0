"""Rows of the `cadastro` table for tests to start from: what people, loads and decisions would have written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conecta_edge import cadastro as keys
from conecta_edge.dynamodb import put
from conecta_edge.items import VERSION
from conecta_facts import codec
from conecta_facts.operadoras import Operadora
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import Relacionamento


@dataclass(frozen=True, slots=True)
class Vinculo:
    """A person (by the pool's `sub`) acting for a prestador in a papel."""

    sub: str
    prestador_id: str
    papel: str
    ativo: bool = True


@dataclass(frozen=True, slots=True)
class VinculoOperadora:
    """A person of an operadora; the group counts only where the token has it, too."""

    sub: str
    registro_ans: str
    grupo: str
    ativo: bool = True


@dataclass(frozen=True, slots=True)
class Credencial:
    """A machine credential of a prestador: an app client of the pool."""

    client_id: str
    prestador_id: str
    escopos: tuple[str, ...]
    ativa: bool = True


class CadastroTable:
    """Writes the rows that bind everybody; each write replaces the whole row of that key, so a retry is free."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def put_operadora(self, operadora: Operadora) -> None:
        """`OPERADORA#<registroANS>` / `PERFIL`, and its line in the public list."""
        for key in (keys.operadora_key(operadora.registro_ans), keys.listed_operadora_key(operadora.registro_ans)):
            self._put(key, _held(operadora))

    def put_prestador(self, prestador: Prestador) -> None:
        """`PRESTADOR#<id>` / `PERFIL`."""
        self._put(keys.prestador_key(prestador.prestador_id), _held(prestador))

    def put_relacionamento(self, relacionamento: Relacionamento) -> None:
        """`PRESTADOR#<id>` / `RELACIONAMENTO#<registroANS>`, and whose its code is."""
        last = relacionamento.periodos[-1]
        where = (relacionamento.registro_ans, last.situacao, last.de, relacionamento.prestador_id)
        self._put(
            keys.relacionamento_key(relacionamento.prestador_id, relacionamento.registro_ans),
            {**_held(relacionamento), **keys.relacionamento_busca(*where)},
        )
        told = {"prestador_id": relacionamento.prestador_id, "codigo": relacionamento.codigo_na_operadora}
        code = keys.codigo_key(relacionamento.registro_ans, relacionamento.codigo_na_operadora)
        self._put(code, {"v": VERSION, "dados": told})

    def put_vinculo(self, vinculo: Vinculo) -> None:
        """`PESSOA#<sub>` / `VINCULO#<prestador id>`."""
        self._put(keys.vinculo_key(vinculo.sub, vinculo.prestador_id), codec.plain(vinculo))

    def put_vinculo_operadora(self, vinculo: VinculoOperadora) -> None:
        """`PESSOA#<sub>` / `OPERADORA#<registroANS>`."""
        self._put(keys.operadora_vinculo_key(vinculo.sub, vinculo.registro_ans), codec.plain(vinculo))

    def put_credencial(self, credencial: Credencial) -> None:
        """`CREDENCIAL#<client id>` / `CREDENCIAL`; a client never moves to another prestador."""
        self._put(
            keys.credencial_key(credencial.client_id),
            codec.plain(credencial),
            condition="attribute_not_exists(pk) OR prestador_id = :dono",
            values={":dono": credencial.prestador_id},
        )

    def _put(
        self,
        key: Mapping[str, str],
        row: Mapping[str, Any],
        condition: str = "attribute_not_exists(pk) OR pk = :pk",
        values: Mapping[str, Any] | None = None,
    ) -> None:
        given = values or {":pk": key["pk"]}
        self._client.put_item(**put(self._table, {**key, **row}, condition, given))


def _held(value: Any) -> dict[str, Any]:
    return {"v": VERSION, "dados": codec.plain(value)}
