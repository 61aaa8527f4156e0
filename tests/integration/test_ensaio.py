"""A drill of restoring: what came back is compared, and functions read it under the same grants."""

from __future__ import annotations

import json
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from conecta_contas.pegs import Peg
from conecta_contas_aws import chaves
from conecta_edge.dynamodb import marshal
from local import ensaio
from local.diferencas import SUFFIX
from local.ensaio import EnsaioError
from peg.dynamodb import pegs
from tests.builders_functions import NOW, a_peg
from tests.contract.engines import Engine

PEG = "conecta-embarcado-peg"
ACERVO = "conecta-embarcado-acervo-1"
THERE, LOST = a_peg(dossie="a" * 24), a_peg("261120000002", dossie="b" * 24)


def a_row(peg: Peg) -> dict[str, Any]:
    return marshal({**chaves.peg_key(peg.prestador_id, peg.protocolo), **pegs.to_item(peg)})


@pytest.fixture
def stage(moto: Engine) -> Engine:
    """Two tables, two PEGs, the dossier of one of them."""
    for name in (PEG, "conecta-embarcado-cadastro", "alheia"):
        moto.dynamodb.create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in ("pk", "sk")],
        )  # fmt: skip
        moto.dynamodb.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
    for peg in (THERE, LOST):
        moto.dynamodb.put_item(TableName=PEG, Item=a_row(peg))
    moto.s3.create_bucket(Bucket=ACERVO, CreateBucketConfiguration={"LocationConstraint": "sa-east-1"})
    moto.s3.put_object(Bucket=ACERVO, Key=chaves.dossie_key(THERE, THERE.dossie), Body=b"x")
    return moto


def test_tables_come_back_as_they_were_and_a_lost_dossier_is_named(
    stage: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ensaio.rehearse(stage.client, "embarcado", ate=None, manter=False, where=None) == 1
    told = capsys.readouterr().out
    assert f"{PEG}: 2 linhas" in told
    assert "igual à origem" in told
    assert "2 PEGs restaurados, 1 sem o dossiê no acervo 261120000002" in told
    assert sorted(stage.dynamodb.list_tables()["TableNames"]) == ["alheia", "conecta-embarcado-cadastro", PEG]


def test_a_row_more_or_another_value_is_another_content(stage: Engine) -> None:
    before = ensaio.contents(stage.dynamodb, PEG)
    row = a_row(THERE)
    stage.dynamodb.put_item(TableName=PEG, Item={**row, "versao": {"N": "9"}})
    changed = ensaio.contents(stage.dynamodb, PEG)
    assert (changed.linhas, changed.resumo != before.resumo) == (2, True)
    stage.dynamodb.put_item(TableName=PEG, Item=row)
    assert ensaio.contents(stage.dynamodb, PEG) == before


CADASTRO = "conecta-embarcado-cadastro"


def test_a_table_that_is_kept_from_before_is_neither_restored_over_nor_removed(stage: Engine) -> None:
    ensaio.restore(stage.dynamodb, PEG, None, [])
    with pytest.raises(EnsaioError, match=f"já há, de antes: {PEG}{SUFFIX}"):
        ensaio.rehearse(stage.client, "embarcado", ate=None, manter=False, where=None)
    assert PEG + SUFFIX in stage.dynamodb.list_tables()["TableNames"]
    assert ensaio.rehearse(stage.client, "embarcado", ate=None, manter=False, where=None, tabelas=["cadastro"]) == 0
    assert sorted(stage.dynamodb.list_tables()["TableNames"]) == ["alheia", CADASTRO, PEG, PEG + SUFFIX]


def test_a_table_that_is_not_there_is_told_before_anything_is_made(stage: Engine) -> None:
    with pytest.raises(EnsaioError, match="não há conecta-embarcado-pgs"):
        ensaio.tables(stage.dynamodb, "embarcado", ["peg", "pgs"])


def test_what_differs_from_an_instant_is_told_by_kind_and_key(
    stage: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    restore = ensaio.restore

    def damage(dynamodb: Any, table: str, ate: datetime | None, made: list[str]) -> float:
        took = restore(dynamodb, table, None if ate else NOW, made)
        dynamodb.put_item(TableName=table, Item={**a_row(THERE), "situacao": {"S": "PAGO"}})
        dynamodb.put_item(TableName=table, Item={"pk": {"S": "CONTADOR#2611#2"}, "sk": {"S": "7"}, "n": {"N": "1"}})
        return took

    monkeypatch.setattr(ensaio, "restore", damage)
    told = {"ate": NOW, "manter": False, "where": None, "tabelas": ["peg"]}
    assert ensaio.rehearse(stage.client, "embarcado", **told) == 1  # type: ignore[arg-type]  # a dossier is lost
    lines = capsys.readouterr().out.splitlines()
    assert "2 linhas" in lines[0]
    assert lines[0].endswith("2 diferem desde então")
    assert lines[1:3] == ["  CONTADOR/…: 1 nova", "  PRESTADOR/PEG: 1 mudou"]
    key = chaves.peg_key(THERE.prestador_id, THERE.protocolo)
    assert lines[3:5] == ["nova\tCONTADOR#2611#2\t7", f"mudou\t{key['pk']}\t{key['sk']}"]


def test_an_instant_without_its_zone_is_asked_again(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        ensaio.main(["--ate", "2026-11-22T12:00:00"])
    assert "diga o fuso" in capsys.readouterr().err


class Functions:
    """Lambda and IAM, as far as a drill asks."""

    def __init__(self) -> None:
        self.variables = {"peg-api": {"TABELA_PEG": PEG, "OUTRA": "x"}, "publico-api": {"ORIGENS": "y"}}
        fila = [f"arn:table/{PEG}", f"arn:table/{PEG}/index/fila"]
        usual = [
            {"Effect": "Allow", "Action": "dynamodb:Query", "Resource": fila},
            {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": f"arn:table/{PEG}-outra"},
            {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:fila"},
        ]
        self.policies: dict[str, dict[str, Any]] = {"papel": {"usual": {"Statement": usual}}}

    def __call__(self, _service: str) -> Functions:
        return self

    def get_paginator(self, _operation: str) -> Any:
        made = [
            {"FunctionName": name, "Role": "arn:role/papel", "Environment": {"Variables": held}}
            for name, held in self.variables.items()
        ]
        return SimpleNamespace(paginate=lambda: [{"Functions": made}])

    def update_function_configuration(self, *, FunctionName: str, Environment: dict[str, Any]) -> None:  # noqa: N803
        self.variables[FunctionName] = Environment["Variables"]

    def get_function_configuration(self, **_asked: str) -> dict[str, str]:
        return {"LastUpdateStatus": "Successful"}

    def list_role_policies(self, *, RoleName: str) -> dict[str, list[str]]:  # noqa: N803
        return {"PolicyNames": [*self.policies[RoleName]]}

    def get_role_policy(self, *, RoleName: str, PolicyName: str) -> dict[str, Any]:  # noqa: N803
        return {"PolicyDocument": self.policies[RoleName][PolicyName]}

    def put_role_policy(self, *, RoleName: str, PolicyName: str, PolicyDocument: str) -> None:  # noqa: N803
        self.policies[RoleName][PolicyName] = json.loads(PolicyDocument)

    def delete_role_policy(self, *, RoleName: str, PolicyName: str) -> None:  # noqa: N803
        del self.policies[RoleName][PolicyName]


def test_functions_read_what_was_restored_under_the_same_grants_and_then_what_they_did() -> None:
    aws = Functions()
    with ensaio.pointed(aws, [PEG]) as moved:
        assert (moved, aws.variables["peg-api"]) == (1, {"TABELA_PEG": PEG + SUFFIX, "OUTRA": "x"})
        (granted,) = aws.policies["papel"][ensaio.GRANTS]["Statement"]
        assert granted["Resource"] == [f"arn:table/{PEG}{SUFFIX}", f"arn:table/{PEG}{SUFFIX}/index/fila"]
        assert granted["Action"] == "dynamodb:Query"
    assert aws.variables["peg-api"]["TABELA_PEG"] == PEG
    assert list(aws.policies["papel"]) == ["usual"]
