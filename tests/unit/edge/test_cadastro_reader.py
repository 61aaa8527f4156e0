"""Reading cadastro from a table that answers in parts."""

from __future__ import annotations

from typing import Any

from conecta_edge.cadastro import DynamoCadastroReader, operadora_key, prestador_key
from conecta_edge.clock import FixedClock
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
