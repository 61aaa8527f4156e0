"""Legacy senhas and the sweep, as ops and a prestador meet them: a file in S3, a search, a day that comes."""

from __future__ import annotations

import json
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conecta_cargas.states import Contagem
from conecta_edge.clock import local_day
from conecta_edge.dynamodb import unmarshal
from local import relogio
from local.cargas import LoadError, load_senhas
from local.client import Client, sign_in_as
from local.runtime import EmbeddedAws
from local.seed import CLINICA, HOSPITAL
from tests.e2e.conftest import Deployed

pytestmark = pytest.mark.e2e

VALE = "345695"
PATIENCE = 60.0


@pytest.fixture
def recepcao(where: dict[str, Any]) -> Client:
    return sign_in_as(where, "recepcao", HOSPITAL.prestador_id)


@pytest.fixture(scope="module")
def carteira(deployed: Deployed) -> str:
    """Of some life of VALE."""
    pages = deployed.aws.client("dynamodb").get_paginator("scan").paginate(TableName="conecta-embarcado-beneficiarios")
    rows = (unmarshal(item) for page in pages for item in page["Items"])
    return next(
        str(row["dados"]["numero_carteira"])
        for row in rows
        if row["sk"] == "BENEFICIARIO" and row["pk"].startswith(f"OPERADORA#{VALE}#") and "eliminado" not in row
    )


def a_line(carteira: str, **more: str) -> dict[str, str]:
    """Authorised seventy days ago: twenty are left."""
    hoje, own = local_day(datetime.now(UTC)), uuid.uuid4().hex[:10].upper()
    return {
        "senha": f"L{own}", "numero_guia_prestador": f"G{own}", "prestador": HOSPITAL.cnpj or "", "carteira": carteira,
        "tipo": "SP_SADT", "data_autorizacao": (hoje - timedelta(days=70)).isoformat(),
        "validade": (hoje + timedelta(days=20)).isoformat(), "itens": "22:40304361:2:0", **more,
    }  # fmt: skip


def search(client: Client, line: dict[str, str]) -> Any:
    asked = {"registro_ans": VALE, "numero": line["senha"], "numero_carteira": line["carteira"]}
    return client.request("POST", "/autorizacoes/busca", asked)


def sweep(aws: EmbeddedAws) -> str:
    """`expiracao-autorizacoes`, started by hand as the runbook says."""
    machines = aws.client("stepfunctions")
    (arn,) = (
        found["stateMachineArn"]
        for found in machines.list_state_machines()["stateMachines"]
        if found["name"].endswith("-expiracao-autorizacoes")
    )
    execution = machines.start_execution(stateMachineArn=arn, input="{}")["executionArn"]
    until = time.monotonic() + PATIENCE
    while (found := machines.describe_execution(executionArn=execution))["status"] == "RUNNING":
        assert time.monotonic() < until
        time.sleep(0.1)
    return str(found["status"])


def entries(client: Client, line: dict[str, str]) -> list[str]:
    found = client.get(f"/autorizacoes/{VALE}/{line['senha']}")
    return [entry["evento"] for entry in found["historico"]]


def test_a_senha_in_a_file_is_found_by_its_prestador_and_by_nobody_else(
    deployed: Deployed, where: dict[str, Any], recepcao: Client, carteira: str
) -> None:
    line, wrong = a_line(carteira), a_line(carteira, itens="22:40304361:1:2")
    carga = load_senhas(deployed.aws, where, VALE, [line, wrong])
    assert (carga.contagem, carga.recusas[0].coluna) == (Contagem(2, 1, 0, 1), "itens")
    found = search(recepcao, line)
    assert found.status == 200, found.text
    assert line["senha"] in found.text
    assert "LEGADO" in found.text
    stranger = sign_in_as(where, "recepcao", CLINICA.prestador_id)
    absent = search(recepcao, {**line, "senha": "L0000000000"})
    foreign = search(stranger, line)
    assert (absent.status, foreign.status) == (404, 404)
    assert len(absent.content) == len(foreign.content)
    again = load_senhas(deployed.aws, where, VALE, [line])
    assert again.contagem == Contagem(1, 0, 1, 0)


def test_a_senha_is_warned_of_and_expires_when_its_days_come_and_the_sweep_tells_each_once(
    deployed: Deployed, where: dict[str, Any], recepcao: Client, carteira: str
) -> None:
    line = a_line(carteira)
    load_senhas(deployed.aws, where, VALE, [line])
    assert sweep(deployed.aws) == "SUCCEEDED"
    assert entries(recepcao, line) == ["CARREGADA"]
    for days, told in (
        (5, ["CARREGADA", "SENHA_A_VENCER"]),
        (20, ["CARREGADA", "SENHA_A_VENCER", "SENHA_A_VENCER"]),
        (21, ["CARREGADA", "SENHA_A_VENCER", "SENHA_A_VENCER", "EXPIRADA"]),
    ):
        with relogio.moved(where, timedelta(days=days)):
            for _ in range(2):
                assert sweep(deployed.aws) == "SUCCEEDED"
                assert entries(recepcao, line) == told
    pages = (
        deployed.aws.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName="conecta-embarcado-autorizacao",
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": f"PRESTADOR#{HOSPITAL.prestador_id}"}, ":sk": {"S": "EVENTO#"}},
        )
    )
    mine = [
        event["tipo"]
        for event in (json.loads(row["evento"]["S"]) for page in pages for row in page["Items"])
        if event["dados"].get("numero") == line["senha"]
    ]
    assert sorted(mine) == ["AutorizacaoExpirada", "SenhaAVencer", "SenhaAVencer", "SenhaCarregada"]


def test_a_file_that_is_no_load_is_refused(deployed: Deployed, where: dict[str, Any]) -> None:
    with pytest.raises(LoadError, match="coluna-ausente"):
        load_senhas(deployed.aws, where, VALE, [{"senha": "L1"}])
