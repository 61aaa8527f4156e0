"""`docs/modelo-de-dados.md` is the map of the tables: every key that code makes is on it, and nothing else is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.architecture.test_keys import KEYS, OF_BUCKETS, partition

PAGE = (Path(__file__).parents[2] / "docs" / "modelo-de-dados.md").read_text("utf-8")
TABLES: Mapping[str, str] = {
    "conecta_edge.beneficiarios": "beneficiarios", "conecta_edge.uploads": "documentos",
    "conecta_edge.cadastro": "cadastro", "conecta_contas_aws": "peg", "conecta_senhas_aws": "autorizacao",
    "auditoria": "selos",
}  # fmt: skip
"""Where keys lie that a module of another name makes."""
MADE_ELSEWHERE = {
    "idempotencia": "made where it is written (`conecta_edge.idempotency`, `quotas`)",
    "auditoria": "made where it is appended (`conecta_edge.audit`)",
}
SAME_MAKER = {
    "CONTADOR#<AAMM>#": "counters are `conecta_edge.protocolos`' alone",
    "EVENTO#": "the outbox is `conecta_edge.events`'",
    "PROCEDIMENTO#": "as DIARIA", "PACOTE#": "as DIARIA", "PESSOA#<sub>` / `PEDIDO#": "as a prestador's",
    "CRONOGRAMA#<versao>": "as CRONOGRAMA", "AGENDA#<digest": "as the token's",
    "CONTESTADO#<registroANS>": "as one of ours", "CARGA#<id>": "as cadastro's", "PARTE#": "as cadastro's",
    "selos `OPERADORA#": "as a prestador's",
}  # fmt: skip
"""Rows whose key is made by a function that is judged with another's example."""


class Row(NamedTuple):
    """A place of a table, as documented."""

    table: str
    pk: str
    sk: str

    def holds(self, table: str, key: Mapping[str, str]) -> bool:
        return self.table == table and fits(self.pk, key["pk"]) and fits(self.sk, key["sk"])

    def __str__(self) -> str:
        return f"{self.table} `{self.pk}` / `{self.sk}`"


def fits(pattern: str, value: str) -> bool:
    parts = re.split(r"(<[^>]*>|…)", pattern)
    form = "".join(".+" if part == "…" else "[^#]*" if part.startswith("<") else re.escape(part) for part in parts)
    return re.fullmatch(form, value) is not None


def rows() -> Iterator[Row]:
    table = ""
    for line in PAGE.partition("| table | pk | sk | what |\n|---|---|---|---|\n")[2].partition("\n\n")[0].splitlines():
        name, pks, sks, _ = (cell.strip() for cell in line.strip("|").split("|", 3))
        table = name or table
        yield from (Row(table, *pair) for pair in product(*(re.findall(r"`([^`]+)`", cell) for cell in (pks, sks))))


ROWS = tuple(rows())
INDEXES = re.findall(r"`([^`]+)`", PAGE.partition("\nIndexes. ")[2].partition("\nObjects:")[0])


def table_of(maker: str) -> str:
    return next((table for start, table in TABLES.items() if maker.startswith(start)), maker.partition(".")[0])


def made(maker: str) -> Any:
    return KEYS[maker][0]()


@pytest.mark.parametrize("maker", sorted(KEYS.keys() - OF_BUCKETS))
def test_every_key_that_is_made_is_on_the_map(maker: str) -> None:
    key, table = made(maker), table_of(maker)
    if isinstance(key, dict) and "pk" in key:
        assert any(row.holds(table, key) for row in ROWS), f"{table}: {key}"
    else:
        places = [row.pk for row in ROWS if row.table == table] + INDEXES
        assert any(fits(place, partition(key)) for place in places), f"{table}: {partition(key)}"


def test_everything_on_the_map_is_made() -> None:
    keys = [(table_of(maker), made(maker)) for maker in KEYS]
    whole = [(table, key) for table, key in keys if isinstance(key, dict) and "pk" in key]
    judged = {table for table, _ in whole} - MADE_ELSEWHERE.keys()
    lost = [row for row in ROWS if row.table in judged and not any(row.holds(*one) for one in whole)]
    assert [str(row) for row in lost if not any(start in str(row) for start in SAME_MAKER)] == []
