"""The audit of all that was asked so far: no reading without its row, no row without its seal, no seal broken."""

from __future__ import annotations

import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conecta_edge.clock import local_day
from local.auditoria.__main__ import main
from local.auditoria.corrida import NENHUMA, PREFIX, Corrida, balanco
from local.client import Client, sign_in_as
from local.seed import HOSPITAL
from tests.e2e.conftest import Deployed

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def gestor(deployed: Deployed) -> Client:
    return sign_in_as(deployed.where, "gestor", HOSPITAL.prestador_id)


@pytest.fixture(scope="module")
def corrida(deployed: Deployed, gestor: Client) -> Corrida:
    """All of it sealed, the reading of accesses among it."""
    assert gestor.get("/auditoria")["acessos"]
    made = Corrida(deployed.aws.directory)
    made.selar()
    return made


def test_every_reading_of_personal_data_left_its_row(corrida: Corrida) -> None:
    rows = [row["correlacao"]["S"] for row in corrida.registradas()]
    told = balanco(corrida.servidas(), rows)
    # Of those that tell of somebody only sometimes, it may be that none did.
    assert [one for one in told.faltas if NENHUMA not in one] == []
    assert told.servidas["listarAcessos"]


def test_every_row_is_sealed_once_as_it_was_appended_in_chains_that_are_whole(corrida: Corrida) -> None:
    found = corrida.selado()
    assert found.faltas == []
    assert 0 < found.cadeias <= found.blocos <= found.linhas


def test_who_changes_a_row_or_removes_one_afterwards_is_found(deployed: Deployed, corrida: Corrida) -> None:
    table, dynamodb = f"{PREFIX}auditoria", deployed.aws.client("dynamodb")
    first, second = list(corrida.registradas())[:2]
    dynamodb.put_item(TableName=table, Item={**first, "quem": {"S": "outra"}})
    dynamodb.delete_item(TableName=table, Key={name: second[name] for name in ("pk", "sk")})
    try:
        told = corrida.selado().faltas
    finally:
        for row in (first, second):
            dynamodb.put_item(TableName=table, Item=row)
    assert sum(first["sk"]["S"] in one for one in told) == 2
    assert sum(second["sk"]["S"] in one for one in told) == 1
    assert corrida.selado().faltas == []


def test_a_gestor_takes_the_blocks_home_and_verifies_them(
    corrida: Corrida, gestor: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hoje = local_day(datetime.now(UTC)).isoformat()
    answer = gestor.request("POST", "/auditoria/exportacoes", {"de": hoje, "ate": hoje})
    told: dict[str, Any] = answer.json()
    assert (answer.status, told["linhas"] > 0) == (201, True)
    where = tmp_path / "auditoria.jsonl.gz"
    with urllib.request.urlopen(told["url"]) as content:  # noqa: S310  # the embedded AWS's own
        where.write_bytes(content.read())
    head = f"{told['fim']['bloco']}:{told['fim']['digest']}"
    assert main(["verificar", str(where), "--cabeca", head]) == 0
    assert head in capsys.readouterr().out
    where.write_bytes(where.read_bytes()[:-40])
    assert main(["verificar", str(where), "--cabeca", head]) == 2
