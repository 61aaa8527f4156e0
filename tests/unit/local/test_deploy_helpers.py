"""Deploying without the CDK command line: node, synthesis, zips, failures, and what is put back afterwards."""

from __future__ import annotations

import io
import json
import zipfile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from local import deploy
from local.deploy import DeployError, embedded_context, node_folder, synthesize, zipped
from local.fixups import apply_fixups

if TYPE_CHECKING:
    from pathlib import Path


def script(folder: Path, name: str, says: str) -> Path:
    file = folder / name
    file.write_text(f"#!/bin/sh\necho {says}\n")
    file.chmod(0o755)
    return file


class TestNode:
    def test_a_node_new_enough_on_path_is_used_as_it_is(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        script(tmp_path, "node", "v22.1.0")
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
        assert node_folder() is None

    @pytest.mark.parametrize("version", ["v20.20.2", "nonsense"])
    def test_an_old_or_broken_node_gives_way_to_the_wheels(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
    ) -> None:
        script(tmp_path, "node", version)
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
        folder = node_folder()
        assert folder is not None
        assert (folder / "node").exists()

    def test_without_any_node_it_says_what_to_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("local.deploy.shutil.which", lambda _: None)
        monkeypatch.setattr("local.deploy.find_spec", lambda _: None)
        with pytest.raises(DeployError, match="scripts/setup"):
            node_folder()


class TestSynthesis:
    @pytest.fixture
    def runs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
        """Commands run instead of infra; each "writes" an assembly."""
        commands: list[list[str]] = []

        def run(command: list[str], **_: Any) -> Any:
            commands.append(command)
            (tmp_path / "cdk.out").mkdir(exist_ok=True)
            return SimpleNamespace(returncode=0, stdout="", stderr="")

        monkeypatch.setattr("local.deploy.subprocess.run", run)
        monkeypatch.setattr("local.deploy._path_with_node", lambda: "/bin")
        return commands

    def test_it_runs_once_for_the_same_inputs_and_again_for_another_context(
        self, tmp_path: Path, runs: list[list[str]]
    ) -> None:
        destination = tmp_path / "cdk.out"
        first = synthesize(embedded_context(4566), destination=destination)
        assert synthesize(embedded_context(4566), destination=destination) == first
        assert len(runs) == 1
        assert "origens=http://127.0.0.1:4566,http://localhost:4566" in runs[0]
        assert synthesize(embedded_context(4567), destination=destination) != first
        assert len(runs) == 2

    def test_a_failure_shows_what_was_said_and_is_not_taken_for_done(
        self, tmp_path: Path, runs: list[list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(
                "local.deploy.subprocess.run",
                lambda *_, **__: SimpleNamespace(returncode=2, stdout="", stderr="context origens: nada"),
            )
            with pytest.raises(DeployError, match="context origens: nada"):
                synthesize(embedded_context(1), destination=tmp_path / "cdk.out")
        synthesize(embedded_context(1), destination=tmp_path / "cdk.out")
        assert len(runs) == 1


def test_a_zip_is_the_same_bytes_whenever_made_and_keeps_byte_code(tmp_path: Path) -> None:
    (tmp_path / "peg/__pycache__").mkdir(parents=True)
    (tmp_path / "peg/handler.py").write_text("x = 1")
    (tmp_path / "peg/__pycache__/handler.cpython-311.pyc").write_bytes(b"x")
    first = zipped(tmp_path)
    (tmp_path / "peg/handler.py").touch()
    assert zipped(tmp_path) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.namelist() == ["peg/__pycache__/handler.cpython-311.pyc", "peg/handler.py"]


class CloudFormation:
    """A stack that goes through the given states, one for each question."""

    def __init__(self, *states: str) -> None:
        self._states = list(states)
        self.asked: list[str] = []

    def describe_stacks(self, **_: Any) -> Any:
        state = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        if not state:
            raise ClientError({"Error": {"Message": "Stack with id Pilha does not exist"}}, "DescribeStacks")
        return {"Stacks": [{"StackStatus": state}]}

    def create_stack(self, **_: Any) -> None:
        self.asked.append("create")

    def update_stack(self, **_: Any) -> None:
        self.asked.append("update")

    def describe_stack_events(self, **_: Any) -> Any:
        def event(name: str, status: str, reason: str) -> dict[str, str]:
            return {
                "LogicalResourceId": name,
                "ResourceType": "AWS::S3::Bucket",
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
            }

        return {
            "StackEvents": [
                event("Fila", "CREATE_COMPLETE", ""),
                event("Depois", "CREATE_FAILED", "cancelado"),
                event("Balde", "CREATE_FAILED", "nome tomado"),
            ]
        }


class TestStack:
    def test_an_absent_stack_is_created_and_a_present_one_updated(self) -> None:
        absent = CloudFormation("", "CREATE_IN_PROGRESS", "CREATE_COMPLETE")
        deploy._deploy_stack(absent, "Pilha", "url")
        assert absent.asked == ["create"]
        present = CloudFormation("CREATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")
        deploy._deploy_stack(present, "Pilha", "url")
        assert present.asked == ["update"]

    def test_a_failure_names_the_resources_and_reasons_the_first_one_first(self) -> None:
        with pytest.raises(DeployError) as failure:
            deploy._deploy_stack(CloudFormation("", "CREATE_FAILED"), "Pilha", "url")
        lines = str(failure.value).splitlines()
        assert lines[1:] == [
            "  Balde (AWS::S3::Bucket): nome tomado",
            "  Depois (AWS::S3::Bucket): cancelado",
        ]

    def test_a_stack_that_failed_before_says_how_to_start_again(self) -> None:
        with pytest.raises(DeployError, match="--reset"):
            deploy._deploy_stack(CloudFormation("ROLLBACK_COMPLETE"), "Pilha", "url")


class Recorder:
    """A client that answers what it is given and remembers the calls that change something."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers
        self.calls: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            if name not in self._answers:
                self.calls[name] = arguments
            return self._answers.get(name)

        return call


class TestFixups:
    def apply(self, client: Recorder, kind: str, **properties: Any) -> dict[str, int]:
        aws: Any = SimpleNamespace(client=lambda _: client)
        template = {"Resources": {"Logico": {"Type": kind, "Properties": properties}}}
        return dict(apply_fixups(aws, template, {"Logico": "fisico"}))

    def test_time_to_live_and_recovery_of_a_table_are_put_back(self) -> None:
        client = Recorder(describe_time_to_live={"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}})
        self.apply(
            client,
            "AWS::DynamoDB::Table",
            TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True},
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )
        assert client.calls["update_time_to_live"]["TimeToLiveSpecification"]["AttributeName"] == "ttl"
        assert "update_continuous_backups" in client.calls

    def test_a_time_to_live_that_is_on_is_left_alone(self) -> None:
        client = Recorder(describe_time_to_live={"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED"}})
        specification = {"AttributeName": "ttl", "Enabled": True}
        assert not self.apply(client, "AWS::DynamoDB::Table", TimeToLiveSpecification=specification)

    def test_a_lifecycle_is_put_back_in_s3s_own_words(self) -> None:
        client = Recorder()
        rule = {
            "Id": "documentos",
            "Status": "Enabled",
            "Prefix": "t/",
            "ExpirationInDays": 7,
            "Transitions": [{"StorageClass": "STANDARD_IA", "TransitionInDays": 90}],
            "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER_IR", "TransitionInDays": 30}],
            "NoncurrentVersionExpiration": {"NoncurrentDays": 365},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        }
        tag = {"Key": "retencao", "Value": "clinica"}
        tagged = {"Id": "clinica", "Status": "Enabled", "Prefix": "t/", "TagFilters": [tag], "ExpirationInDays": 7305}
        self.apply(client, "AWS::S3::Bucket", LifecycleConfiguration={"Rules": [rule, tagged]})
        assert client.calls["put_bucket_lifecycle_configuration"]["LifecycleConfiguration"]["Rules"] == [
            {
                "ID": "documentos",
                "Status": "Enabled",
                "Filter": {"Prefix": "t/"},
                "Expiration": {"Days": 7},
                "Transitions": [{"Days": 90, "StorageClass": "STANDARD_IA"}],
                "NoncurrentVersionTransitions": [{"NoncurrentDays": 30, "StorageClass": "GLACIER_IR"}],
                "NoncurrentVersionExpiration": {"NoncurrentDays": 365},
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
            },
            {
                "ID": "clinica",
                "Status": "Enabled",
                "Filter": {"And": {"Prefix": "t/", "Tags": [tag]}},
                "Expiration": {"Days": 7305},
            },
        ]

    def test_the_time_zone_of_a_schedule_is_put_back_with_all_else_it_has(self) -> None:
        current = {
            "Name": "fisico",
            "GroupName": "default",
            "ScheduleExpression": "cron(0 3 * * ? *)",
            "ScheduleExpressionTimezone": "UTC",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": "arn:alvo"},
            "State": "ENABLED",
            "CreationDate": "ontem",
        }
        client = Recorder(get_schedule=current)
        zone = "America/Sao_Paulo"
        self.apply(client, "AWS::Scheduler::Schedule", ScheduleExpressionTimezone=zone)
        asked = client.calls["update_schedule"]
        assert asked["ScheduleExpressionTimezone"] == zone
        assert asked["Target"] == {"Arn": "arn:alvo"}
        assert "CreationDate" not in asked

    def test_a_schedule_is_looked_for_in_the_group_its_template_refers_to(self) -> None:
        asked: list[dict[str, str]] = []

        def get_schedule(**named: str) -> dict[str, str]:
            asked.append(named)
            return {"ScheduleExpressionTimezone": "America/Sao_Paulo"}

        client: Any = SimpleNamespace(get_schedule=get_schedule)
        schedule = {"GroupName": {"Ref": "Grupo"}, "ScheduleExpressionTimezone": "America/Sao_Paulo"}
        template = {"Resources": {"Agenda": {"Type": "AWS::Scheduler::Schedule", "Properties": schedule}}}
        aws: Any = SimpleNamespace(client=lambda _: client)
        apply_fixups(aws, template, {"Agenda": "varredura", "Grupo": "conecta-embarcado"})
        assert asked == [{"Name": "varredura", "GroupName": "conecta-embarcado"}]

    def test_resources_of_other_types_are_not_touched(self) -> None:
        client = Recorder()
        assert self.apply(client, "AWS::SQS::Queue", Qualquer=1) == {}
        assert client.calls == {}


def test_the_template_is_read_from_where_the_assembly_was_uploaded(tmp_path: Path) -> None:
    url = "s3://cdk-assets-${AWS::AccountId}-${AWS::Region}/abc.json"
    manifest = {"artifacts": {"Pilha": {"properties": {"stackTemplateAssetObjectUrl": url}}}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    aws: Any = SimpleNamespace(url="http://127.0.0.1:4566")
    found = deploy._template_url(aws, deploy.Assembly(tmp_path, ""), "Pilha")
    assert found == "http://127.0.0.1:4566/cdk-assets-000000000000-sa-east-1/abc.json"
