"""Reading cadastro from a table that answers in parts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conecta_edge.cadastro import DynamoCadastroReader, operadora_key, prestador_key
from conecta_edge.clock import FixedClock, iso
from conecta_edge.dynamodb import marshal
from tests.builders_functions import CNPJ, HOSPITAL, NOW, VALE


class Table:
    """Answers one key per call and leaves the rest unprocessed."""

    def __init__(self) -> None:
        self.rows = [
            marshal(
                {
                    **prestador_key(HOSPITAL),
                    "prestador_id": HOSPITAL,
                    "nome": "Hospital Aurora",
                    "cnpj": CNPJ,
                    "cnes": "1234567",
                }
            ),
            marshal(
                {
                    **operadora_key(VALE),
                    "registro_ans": VALE,
                    "nome": "AMS",
                    "nome_grupo": "VALE",
                    "grupo": [VALE],
                    "versoes": [],
                }
            ),
        ]
        self.calls = 0

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803  # the API's own name
        self.calls += 1
        first, *rest = RequestItems["t"]["Keys"]
        found = [row for row in self.rows if (row["pk"], row["sk"]) == (first["pk"], first["sk"])]
        return {"Responses": {"t": found}, "UnprocessedKeys": {"t": {"Keys": rest}} if rest else {}}


def test_keys_left_unprocessed_are_asked_for_again() -> None:
    table = Table()
    found = DynamoCadastroReader(table, "t", FixedClock(NOW)).contratacao(HOSPITAL, VALE)
    assert found.prestador is not None
    assert found.operadora is not None
    assert (found.prestador.nome, found.operadora.nome, found.relacionamento) == ("Hospital Aurora", "AMS", None)
    assert table.calls == 3


class Credenciais:
    """One machine credential."""

    def __init__(self, **row: Any) -> None:
        self._row = marshal({"pk": "CREDENCIAL#m", "sk": "CREDENCIAL", "prestador_id": HOSPITAL, **row})

    def get_item(self, *, TableName: str, Key: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        found = (Key["pk"], Key["sk"]) == (self._row["pk"], self._row["sk"])
        return {"Item": self._row} if found else {}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"escopos": ["peg.ler"]}, frozenset({"peg.ler"})),
        ({"escopos": {"peg.ler"}}, frozenset({"peg.ler"})),
        ({}, frozenset()),
        ({"ativa": False, "escopos": ["peg.ler"]}, None),
        ({"expira_em": iso(NOW), "escopos": ["peg.ler"]}, None),
        ({"expira_em": iso(NOW + timedelta(microseconds=1)), "escopos": ["peg.ler"]}, frozenset({"peg.ler"})),
        ({"expira_em": iso(NOW + timedelta(days=1)), "ativa": False, "escopos": ["peg.ler"]}, None),
    ],
    ids=["list", "set", "no scopes", "revoked", "its overlap is over", "its last microsecond", "revoked in it"],
)
def test_a_credential_serves_until_it_is_revoked_or_its_overlap_is_over(
    row: dict[str, Any], expected: frozenset[str] | None
) -> None:
    reader = DynamoCadastroReader(Credenciais(**row), "t", FixedClock(NOW))
    assert reader.credential("m") == (None if expected is None else (HOSPITAL, expected))
    assert reader.credential("outra") is None
