"""The embedded AWS itself, driven with a stack of its own: one function behind every trigger the product uses."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import time
import zipfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local.processes import start_time
from local.runtime import EmbeddedAws, RuntimeStartError, environment_pids, running_instance
from tests.e2e.conftest import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.e2e

LIMIT = 3
FUNCTION = """
import json
import os
import time

import boto3


class PedidoRecusadoError(Exception):
    pass


def handler(event, context):
    if "Records" in event:
        return stream(event["Records"])
    pedido = event.get("pedido")
    if pedido == "recusar":
        raise PedidoRecusadoError("texto que o cliente da API não pode ver")
    if pedido == "dormir":
        time.sleep(event["segundos"])
    if pedido == "sair":
        os._exit(9)
    if pedido == "imprimir":
        os.write(1, b"por baixo do Python\\n")
        print("por cima")
    if pedido == "grande":
        return "x" * (7 * 1024 * 1024)
    if pedido == "modulos":
        return {nome: _importavel(nome) for nome in event["nomes"]}
    if event.get("queryStringParameters"):
        raise PedidoRecusadoError("texto que o cliente da API não pode ver")
    corpo = json.dumps({"pid": os.getpid(), "versao": os.environ.get("VERSAO")})
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": corpo}


def _importavel(nome):
    try:
        __import__(nome)
    except ImportError:
        return False
    return True


def stream(records):
    dynamodb = boto3.client("dynamodb")
    failures = []
    for record in records:
        numero = record["dynamodb"]["Keys"]["pk"]["S"]
        visto = dynamodb.update_item(
            TableName="visto", Key={"pk": {"S": numero}}, UpdateExpression="ADD vezes :um",
            ExpressionAttributeValues={":um": {"N": "1"}}, ReturnValues="ALL_NEW")["Attributes"]
        if numero.startswith("tropeca") and visto["vezes"]["N"] == "1":
            failures.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    return {"batchItemFailures": failures}
"""


def zipped(source: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", source)
    return buffer.getvalue()


def template() -> dict[str, Any]:
    """A function with a REST API, a state machine and a table's stream in front of it."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": name}, "Action": "sts:AssumeRole"}
            for name in ("lambda.amazonaws.com", "states.amazonaws.com")
        ],
    }
    everything = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["dynamodb:*", "lambda:*"], "Resource": "*"}],
    }
    uri = "arn:aws:apigateway:sa-east-1:lambda:path/2015-03-31/functions/${Funcao.Arn}/invocations"
    integration = {
        "x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST", "uri": {"Fn::Sub": uri}}
    }
    retry = {"ErrorEquals": ["Runtime.ExitError"], "IntervalSeconds": 1, "MaxAttempts": 5}
    steps = {
        "StartAt": "Chamar",
        "States": {
            "Chamar": {"Type": "Task", "Resource": "${Funcao.Arn}", "Retry": [retry], "End": True},
        },
    }
    table = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    }
    return {
        "Resources": {
            "Papel": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": trust,
                    "Policies": [{"PolicyName": "tudo", "PolicyDocument": everything}],
                },
            },
            "Funcao": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "FunctionName": "funcao",
                    "Runtime": "python3.13",
                    "Handler": "app.handler",
                    "Timeout": 3,
                    "Role": {"Fn::GetAtt": ["Papel", "Arn"]},
                    "Code": {"S3Bucket": "codigo", "S3Key": "funcao.zip"},
                },
            },
            "Permissao": {
                "Type": "AWS::Lambda::Permission",
                "Properties": {
                    "FunctionName": {"Ref": "Funcao"},
                    "Action": "lambda:InvokeFunction",
                    "Principal": "apigateway.amazonaws.com",
                },
            },
            "Api": {
                "Type": "AWS::ApiGateway::RestApi",
                "Properties": {
                    "Name": "api",
                    "BinaryMediaTypes": ["*/*"],
                    "Body": {
                        "openapi": "3.0.1",
                        "info": {"title": "api", "version": "1"},
                        "paths": {"/saude": {"get": integration, "post": integration}},
                    },
                },
            },
            "Implantacao": {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": {"Ref": "Api"}}},
            "Estagio": {
                "Type": "AWS::ApiGateway::Stage",
                "Properties": {
                    "RestApiId": {"Ref": "Api"},
                    "DeploymentId": {"Ref": "Implantacao"},
                    "StageName": "v1",
                },
            },
            "Maquina": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {
                    "StateMachineName": "maquina",
                    "RoleArn": {"Fn::GetAtt": ["Papel", "Arn"]},
                    "DefinitionString": {"Fn::Sub": json.dumps(steps)},
                },
            },
            "Origem": {
                "Type": "AWS::DynamoDB::Table",
                "Properties": {
                    **table,
                    "TableName": "origem",
                    "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
                },
            },
            "Visto": {"Type": "AWS::DynamoDB::Table", "Properties": {**table, "TableName": "visto"}},
            "Mapeamento": {
                "Type": "AWS::Lambda::EventSourceMapping",
                "Properties": {
                    "EventSourceArn": {"Fn::GetAtt": ["Origem", "StreamArn"]},
                    "FunctionName": {"Ref": "Funcao"},
                    "StartingPosition": "TRIM_HORIZON",
                    "FunctionResponseTypes": ["ReportBatchItemFailures"],
                },
            },
        },
        "Outputs": {"Api": {"Value": {"Ref": "Api"}}, "Maquina": {"Value": {"Ref": "Maquina"}}},
    }


def wait_until(condition: Callable[[], Any], *, seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


def saved_since(aws: EmbeddedAws, written: float) -> bool:
    """Whether a save that began later is over: a busy machine takes its time."""
    files = {file.name: file.stat().st_mtime for file in (aws.directory / "estado").glob("*.json")}
    return files.get("dynamodb.json", 0.0) > written and time.time() - max(files.values()) > 1


def deploy(aws: EmbeddedAws) -> dict[str, str]:
    s3, cloudformation = aws.client("s3"), aws.client("cloudformation")
    s3.create_bucket(Bucket="codigo", CreateBucketConfiguration={"LocationConstraint": "sa-east-1"})
    s3.put_object(Bucket="codigo", Key="funcao.zip", Body=zipped(FUNCTION))
    cloudformation.create_stack(StackName="teste", TemplateBody=json.dumps(template()), Capabilities=["CAPABILITY_IAM"])

    def complete() -> Any:
        stack = cloudformation.describe_stacks(StackName="teste")["Stacks"][0]
        assert "FAILED" not in stack["StackStatus"]
        assert "ROLLBACK" not in stack["StackStatus"]
        return stack if stack["StackStatus"] == "CREATE_COMPLETE" else None

    outputs = {output["OutputKey"]: output["OutputValue"] for output in wait_until(complete)["Outputs"]}
    (aws.directory / "api").write_text(outputs["Api"])
    return outputs


def invoke(aws: EmbeddedAws, **event: Any) -> Any:
    """The payload the function answers, or `{"errorType", "errorMessage", ...}`."""
    from botocore.config import Config  # noqa: PLC0415

    client = aws.client("lambda", config=Config(read_timeout=120, retries={"total_max_attempts": 1}))
    with contextlib.closing(client):
        return json.load(client.invoke(FunctionName="funcao", Payload=json.dumps(event))["Payload"])


def pid_of(answer: Any) -> int:
    return int(json.loads(answer["body"])["pid"])


def session_pids(session: int) -> set[int]:
    """Live processes of the runtime's session: itself, zygotes, environments."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ProcessLookupError):
                if os.getsid(int(entry.name)) == session and start_time(int(entry.name)):
                    found.add(int(entry.name))
    return found


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(tmp_path_factory.mktemp("aws"), port=free_port(), lambda_limit=LIMIT) as running:
        yield running


@pytest.fixture(scope="module")
def outputs(aws: EmbeddedAws) -> dict[str, str]:
    return deploy(aws)


@pytest.mark.usefixtures("outputs")
class TestInvocation:
    def test_the_error_type_is_the_name_of_the_exception(self, aws: EmbeddedAws) -> None:
        answer = invoke(aws, pedido="recusar")
        assert answer["errorType"] == "PedidoRecusadoError"
        assert "app.py" in answer["stackTrace"][0]

    def test_a_function_sees_boto3_but_neither_the_venv_nor_the_source_tree(self, aws: EmbeddedAws) -> None:
        answer = invoke(aws, pedido="modulos", nomes=["boto3", "pydantic", "lxml", "moto", "local", "conecta_edge"])
        assert [name for name, found in answer.items() if found] == ["boto3"]

    def test_a_function_that_takes_too_long_is_ended_and_the_next_call_works(self, aws: EmbeddedAws) -> None:
        answer = invoke(aws, pedido="dormir", segundos=30)
        assert answer["errorType"] == "Sandbox.Timedout"
        assert "Task timed out after 3.00 seconds" in answer["errorMessage"]
        assert invoke(aws)["statusCode"] == 200

    def test_a_function_that_ends_its_process_is_an_exit_error_and_the_next_call_works(self, aws: EmbeddedAws) -> None:
        assert invoke(aws, pedido="sair")["errorType"] == "Runtime.ExitError"
        assert invoke(aws)["statusCode"] == 200

    def test_an_environment_killed_during_a_call_is_an_exit_error_and_the_next_call_works(
        self, aws: EmbeddedAws
    ) -> None:
        invoke(aws)
        with ThreadPoolExecutor(LIMIT) as threads:
            sleeping = [threads.submit(invoke, aws, pedido="dormir", segundos=2) for _ in range(LIMIT)]
            wait_until(lambda: len(environment_pids(aws.directory)) == LIMIT)
            time.sleep(0.5)
            killed = environment_pids(aws.directory)
            assert set(killed.values()) == {"funcao"}
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
            answers = [future.result() for future in sleeping]
        assert [answer["errorType"] for answer in answers] == ["Runtime.ExitError"] * LIMIT
        assert pid_of(invoke(aws)) not in killed

    def test_an_environment_killed_while_idle_is_not_noticed_by_the_next_call(self, aws: EmbeddedAws) -> None:
        pid = pid_of(invoke(aws))
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: start_time(pid) is None)
        assert pid_of(invoke(aws)) != pid

    def test_new_configuration_gets_a_new_environment(self, aws: EmbeddedAws) -> None:
        before = pid_of(invoke(aws))
        client = aws.client("lambda")
        client.update_function_configuration(FunctionName="funcao", Environment={"Variables": {"VERSAO": "2"}})
        answer = invoke(aws)
        assert json.loads(answer["body"])["versao"] == "2"
        assert pid_of(answer) != before
        wait_until(lambda: start_time(before) is None)

    def test_an_answer_above_six_megabytes_is_refused(self, aws: EmbeddedAws) -> None:
        assert invoke(aws, pedido="grande")["errorType"] == "Function.ResponseSizeTooLarge"

    def test_what_is_printed_by_any_means_reaches_the_log_group(self, aws: EmbeddedAws) -> None:
        invoke(aws, pedido="imprimir")
        events = aws.client("logs").filter_log_events(logGroupName="/aws/lambda/funcao")["events"]
        messages = [event["message"] for event in events]
        assert "por baixo do Python" in messages
        assert "por cima" in messages

    def test_a_burst_of_120_calls_queues_for_three_environments_and_none_is_lost(self, aws: EmbeddedAws) -> None:
        with ThreadPoolExecutor(40) as threads:
            answers = list(threads.map(lambda _: invoke(aws, pedido="dormir", segundos=0.01), range(120)))
        assert Counter(answer.get("statusCode") for answer in answers) == {200: 120}
        assert len({pid_of(answer) for answer in answers}) <= LIMIT

    def test_120_executions_finish_while_environments_are_killed_under_them(
        self, aws: EmbeddedAws, outputs: dict[str, str]
    ) -> None:
        states = aws.client("stepfunctions")
        event = json.dumps({"pedido": "dormir", "segundos": 0.05})
        for _ in range(120):
            states.start_execution(stateMachineArn=outputs["Maquina"], input=event)

        def count(status: str) -> int:
            pages = states.get_paginator("list_executions").paginate(
                stateMachineArn=outputs["Maquina"], statusFilter=status
            )
            return sum(len(page["executions"]) for page in pages)

        while count("RUNNING") > 60:
            for pid in list(environment_pids(aws.directory))[:1]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)
        wait_until(lambda: not count("RUNNING"), seconds=60)
        assert count("SUCCEEDED") == 120


@pytest.mark.usefixtures("outputs")
class TestApi:
    def request(self, aws: EmbeddedAws, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", aws.instance.port, timeout=30)
        try:
            connection.request(method, path, body, {"Content-Type": "application/octet-stream"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def test_the_short_address_reaches_the_api(self, aws: EmbeddedAws) -> None:
        assert self.request(aws, "GET", "/v1/saude")[0] == 200

    def test_the_error_of_a_function_is_not_shown_to_the_client(self, aws: EmbeddedAws) -> None:
        status, body = self.request(aws, "GET", "/v1/saude?recusar=sim")
        assert status == 502
        assert json.loads(body) == {"message": "Internal server error"}

    def test_a_body_above_ten_megabytes_is_refused(self, aws: EmbeddedAws) -> None:
        assert self.request(aws, "POST", "/v1/saude", b"x" * (11 * 1024 * 1024))[0] == 413

    def test_a_body_that_lambda_would_not_take_is_refused(self, aws: EmbeddedAws) -> None:
        assert self.request(aws, "POST", "/v1/saude", b"x" * (5 * 1024 * 1024))[0] == 413

    def test_the_emulators_own_doors_are_closed(self, aws: EmbeddedAws) -> None:
        assert self.request(aws, "POST", "/_ministack/reset")[0] == 404
        assert self.request(aws, "GET", "/v1/saude")[0] == 200

    def test_a_warm_call_is_quick(self, aws: EmbeddedAws, capsys: pytest.CaptureFixture[str]) -> None:
        connection = HTTPConnection("127.0.0.1", aws.instance.port, timeout=30)
        try:
            for calls in (20, 300):  # the first to warm up
                started = time.perf_counter()
                for _ in range(calls):
                    connection.request("GET", "/v1/saude")
                    answer = connection.getresponse()
                    answer.read()
                    assert answer.status == 200
                elapsed = time.perf_counter() - started
        finally:
            connection.close()
        with capsys.disabled():
            print(f"\nREST no-op, one client: {calls / elapsed:.0f} req/s")  # noqa: T201


def seen(aws: EmbeddedAws) -> dict[str, int]:
    items = aws.client("dynamodb").scan(TableName="visto")["Items"]
    return {item["pk"]["S"]: int(item["vezes"]["N"]) for item in items}


def put(aws: EmbeddedAws, *keys: str) -> None:
    client = aws.client("dynamodb")
    for key in keys:
        client.put_item(TableName="origem", Item={"pk": {"S": key}})


class TestLife:
    """Each starts and stops an instance of its own."""

    @pytest.fixture
    def own(self, tmp_path: Path) -> Iterator[EmbeddedAws]:
        with EmbeddedAws(tmp_path / "aws", port=free_port(), lambda_limit=LIMIT) as running:
            deploy(running)
            yield running

    @pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
    def test_nothing_outlives_the_runtime(self, own: EmbeddedAws, how: int) -> None:
        session = own.instance.pid
        invoke(own)
        assert len(session_pids(session)) >= 3  # itself, a zygote, an environment
        with ThreadPoolExecutor(1) as threads:
            busy = threads.submit(invoke, own, pedido="dormir", segundos=2.5)
            wait_until(lambda: environment_pids(own.directory))
            time.sleep(0.2)
            os.kill(session, how)
            wait_until(lambda: not session_pids(session))
            busy.exception()
        own.stop()
        assert running_instance(own.directory) is None

    def test_a_stream_record_reported_as_failed_is_delivered_again(self, own: EmbeddedAws) -> None:
        put(own, "tropeca-1", "passa-1")
        wait_until(lambda: seen(own).get("tropeca-1", 0) >= 2)
        assert seen(own)["passa-1"] >= 1

    def test_a_restart_goes_on_with_the_stream_where_it_was(self, own: EmbeddedAws) -> None:
        put(own, "a", "b", "c")
        wait_until(lambda: len(seen(own)) == 3)
        client = own.client("lambda")
        mapping = client.list_event_source_mappings(FunctionName="funcao")["EventSourceMappings"][0]["UUID"]
        client.update_event_source_mapping(UUID=mapping, Enabled=False)
        put(own, "d")
        own.stop()
        own.start()
        own.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=True)
        wait_until(lambda: "d" in seen(own))
        put(own, "e")
        wait_until(lambda: "e" in seen(own))
        assert seen(own) == dict.fromkeys("abcde", 1)

    def test_a_crash_loses_nothing_written_before_the_last_quiet_moment(self, own: EmbeddedAws) -> None:
        put(own, "antes")
        wait_until(lambda: "antes" in seen(own))
        own.client("s3").put_object(Bucket="codigo", Key="arquivo", Body=b"conteudo")
        written = time.time()
        wait_until(lambda: saved_since(own, written), seconds=60)
        own.kill()
        own.start()
        assert seen(own) == {"antes": 1}
        assert own.client("s3").get_object(Bucket="codigo", Key="arquivo")["Body"].read() == b"conteudo"
        assert invoke(own)["statusCode"] == 200
        put(own, "depois")
        wait_until(lambda: "depois" in seen(own))


class TestIdentity:
    def test_a_second_instance_of_the_same_directory_is_refused(self, aws: EmbeddedAws) -> None:
        with pytest.raises(RuntimeStartError, match="já existe"):
            EmbeddedAws(aws.directory, port=free_port()).start()

    def test_a_taken_port_is_said_to_be_taken(self, aws: EmbeddedAws, tmp_path: Path) -> None:
        with pytest.raises(RuntimeStartError, match="porta"):
            EmbeddedAws(tmp_path, port=aws.instance.port).start()

    def test_another_process_is_not_taken_for_ours(self, aws: EmbeddedAws, tmp_path: Path) -> None:
        running = aws.instance
        (tmp_path / "runtime.json").write_text(
            json.dumps({"pid": os.getpid(), "inicio": start_time(os.getpid()), "porta": running.port})
        )
        assert running_instance(tmp_path) is None
        (tmp_path / "runtime.json").write_text(json.dumps({"pid": running.pid, "inicio": "1", "porta": running.port}))
        assert running_instance(tmp_path) is None
        assert running_instance(aws.directory) == running
