"""scripts/run against the real stacks: what it leaves for machines, who can come in, and how it ends."""

from __future__ import annotations

import json
import signal
import stat
import time
from typing import TYPE_CHECKING, Any

import pytest

from local import deploy, endpoint
from local.client import machine, sign_in, sign_in_as
from local.processes import is_alive
from local.runtime import EmbeddedAws, running_instance
from local.seed import CLINICA, HOSPITAL, seed
from tests.e2e.conftest import LEFT, PASSWORD_LEFT, Deployed, command

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def aws(own: Deployed) -> EmbeddedAws:
    return own.aws


@pytest.fixture(scope="module")
def where(own: Deployed) -> dict[str, Any]:
    return own.where


def test_the_endpoint_file_has_the_agreed_shape_and_only_its_owner_reads_it(
    aws: EmbeddedAws, where: dict[str, Any]
) -> None:
    file = aws.directory / "endpoint.json"
    assert {**json.loads(file.read_text()), "pids": where["pids"]} == where
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(where)[:10] == [
        "api",
        "docs",
        "openapi",
        "regiao",
        "endpoint_aws",
        "credenciais_aws",
        "cognito",
        "usuarios",
        "maquinas",
        "buckets",
    ]
    assert where["api"].endswith("/v1")
    assert set(where["cognito"]) == {"endpoint", "prestadores", "operadora", "token"}
    assert set(where["usuarios"][0]) == {"email", "senha", "papel", "prestador", "operadora"}
    assert set(where["maquinas"][0]) == {"client_id", "client_secret", "prestador", "escopos"}
    assert all(len(user["senha"]) >= 12 for user in where["usuarios"])


def test_once_ended_well_by_itself_and_left_nothing_running(own: Deployed) -> None:
    assert own.said is not None
    status, output, left = own.said
    assert status == 0, output
    assert left is None
    assert "Swagger UI" in output


def test_reset_forgot_the_people_of_an_earlier_instance(where: dict[str, Any]) -> None:
    assert {user["email"] for user in where["usuarios"]} > set(LEFT)
    assert PASSWORD_LEFT not in {user["senha"] for user in where["usuarios"]}


def test_every_papel_of_every_prestador_reaches_the_api(where: dict[str, Any]) -> None:
    for prestador in (HOSPITAL, CLINICA):
        for papel in ("recepcao", "faturista", "gestor"):
            client = sign_in_as(where, papel, prestador.prestador_id)
            status = client.request("GET", "/pegs?competencia=202611").status
            assert status == (403 if papel == "recepcao" else 200), (prestador.prestador_id, papel)


def test_every_group_of_the_operadora_signs_in(where: dict[str, Any]) -> None:
    people = [user for user in where["usuarios"] if user["operadora"]]
    assert {user["papel"] for user in people} == {"central", "auditoria", "financeiro", "cadastro"}
    for user in people:
        assert sign_in(where, user["email"], user["senha"], "operadora").token


def test_a_machine_of_each_prestador_reaches_the_api(where: dict[str, Any]) -> None:
    for prestador in (HOSPITAL, CLINICA):
        assert machine(where, prestador.prestador_id).request("GET", "/pegs?competencia=202611").status == 200


def test_the_api_is_refused_without_a_token(where: dict[str, Any]) -> None:
    from local.client import Client  # noqa: PLC0415

    assert Client(where["api"]).request("GET", "/pegs?competencia=202611").status == 401


def test_what_the_emulator_drops_is_put_back(aws: EmbeddedAws, where: dict[str, Any]) -> None:
    dynamodb, s3 = aws.client("dynamodb"), aws.client("s3")
    for context in ("documentos", "peg", "idempotencia"):
        found = dynamodb.describe_time_to_live(TableName=f"conecta-embarcado-{context}")
        assert found["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED"
    rules = s3.get_bucket_lifecycle_configuration(Bucket=where["buckets"]["entrada"])["Rules"]
    assert [rule["Expiration"]["Days"] for rule in rules] == [7]


def test_a_restart_keeps_people_and_passwords_and_deploys_nothing(aws: EmbeddedAws, where: dict[str, Any]) -> None:
    assembly = deploy.Assembly(aws.directory / "cdk.out", (aws.directory / "implantado").read_text())
    stacks = aws.client("cloudformation").describe_stacks()["Stacks"]
    aws.stop()
    aws.start()
    said: list[str] = []
    outputs = deploy.deploy(aws, assembly, say=said.append)
    again = endpoint.describe(aws, outputs, seed(aws, outputs))
    assert said == []
    assert aws.client("cloudformation").describe_stacks()["Stacks"] == stacks
    assert again["usuarios"] == where["usuarios"]
    assert again["maquinas"] == where["maquinas"]
    client = sign_in_as(again, "faturista", HOSPITAL.prestador_id)
    assert client.request("GET", "/pegs?competencia=202611").status == 200


class TestCommand:
    """The command itself, on the directory and port of the instance above, which is stopped first."""

    @pytest.fixture
    def directory(self, aws: EmbeddedAws, where: dict[str, Any]) -> Path:
        self.port = int(where["api"].removesuffix("/v1").rpartition(":")[2])
        aws.stop()
        return aws.directory

    def run(self, directory: Path, *arguments: str) -> tuple[int, str]:
        with command(directory, self.port, *arguments) as process:
            output, _ = process.communicate(timeout=120)
        return process.returncode, output

    def wait_served(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("Servindo"):
                return
        raise AssertionError("".join(lines))

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
    def test_it_keeps_its_state_and_ends_with_its_children_however_it_is_asked(
        self, directory: Path, where: dict[str, Any], number: int
    ) -> None:
        with command(directory, self.port) as process:
            self.wait_served(process)
            instance = running_instance(directory)
            assert instance
            process.send_signal(number)
            process.wait(60)
            deadline = time.monotonic() + 60
            # It answers no more long before it has saved its state and gone.
            while is_alive(instance.pid, instance.started) and time.monotonic() < deadline:
                time.sleep(0.1)
        assert not is_alive(instance.pid, instance.started)
        assert running_instance(directory) is None
        assert process.returncode == (0 if number != signal.SIGKILL else -signal.SIGKILL)
        assert json.loads((directory / "endpoint.json").read_text())["usuarios"] == where["usuarios"]

    def test_a_second_one_is_refused_and_told_where_the_first_is(self, directory: Path) -> None:
        with command(directory, self.port) as first:
            self.wait_served(first)
            status, output = self.run(directory)
            assert status == 2
            assert f"http://127.0.0.1:{self.port}" in output
            status, output = self.run(directory, "--parar")
            assert (status, output.partition(";")[0]) == (0, "parado")
            first.communicate(timeout=60)
