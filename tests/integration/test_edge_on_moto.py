"""What every API function composes, over real tables and a real secret in moto."""

from __future__ import annotations

import pytest

from conecta_edge import secrets, session
from conecta_edge.dynamodb import conditions
from conecta_edge.http import Request
from conecta_edge.idempotency import Keep
from conecta_edge.problems import ProblemError
from conecta_edge.tenancy import Papel
from tests.builders_functions import CLINICA, ESCOPOS, HOSPITAL, machine, person
from tests.cadastro_rows import CadastroTable, Credencial, Vinculo
from tests.contract.engines import Engine


def request(claims: dict[str, str], cursor: str | None = None, key: str | None = None) -> Request:
    headers = {} if key is None else {"idempotency-key": key}
    query = {} if cursor is None else {"cursor": cursor}
    return Request("POST", "/coisas", {}, query, headers, claims, b"{}", "corr-1")


@pytest.fixture
def names(function_environment: dict[str, str], moto: Engine, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    names = moto.deploy()
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    cadastro = CadastroTable(moto.dynamodb, names["TABELA_CADASTRO"])
    cadastro.put_vinculo(Vinculo("pessoa-1", HOSPITAL, "gestor"))
    cadastro.put_credencial(Credencial("maquina-1", CLINICA, ESCOPOS))
    return names


def test_callers_are_resolved_from_the_table(names: dict[str, str]) -> None:
    assert session.principal(request(person())).papel is Papel.GESTOR
    assert session.principal(request(machine())).prestador_id == CLINICA
    with pytest.raises(ProblemError):
        session.principal(request(person("pessoa-9")))


def test_cursors_are_signed_with_the_deployments_secret(names: dict[str, str], moto: Engine) -> None:
    token = session.cursor(request(person()), "escopo")[1]({"pk": "a"})
    assert session.cursor(request(person(), token), "escopo")[0] == {"pk": "a"}
    moto.client("secretsmanager").put_secret_value(SecretId=names["SEGREDO_ARN"], SecretString="outro")
    secrets.secret.cache_clear()
    with pytest.raises(ProblemError):
        session.cursor(request(person(), token), "escopo")


def test_an_effect_and_its_answer_are_one_transaction(names: dict[str, str], moto: Engine) -> None:
    caller = session.principal(request(person()))

    def effect(keep: Keep) -> dict[str, int]:
        answer = {"n": 1}
        row = {"TableName": names["TABELA_PEG"], "Item": {"pk": {"S": "x"}, "sk": {"S": "x"}}}
        with conditions():
            moto.dynamodb.transact_write_items(TransactItems=[{"Put": row}, *({"Put": put} for put in keep(answer))])
        return answer

    asked = request(person(), key="k1")
    assert [session.once(asked, caller, effect) for _ in range(2)] == [{"n": 1}] * 2
