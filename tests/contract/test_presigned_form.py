"""The form an upload is posted with: what its policy says, and what S3 then takes."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from documentos.domain.uploads import Upload
from documentos.s3 import S3Files
from local.client import Answer, call, form
from tests.builders_functions import PDF, an_upload
from tests.contract.engines import Engine

ENGINES = ["moto", pytest.param("embedded", marks=pytest.mark.e2e)]
KEY = "t/345695/hospital-aurora/pdf/u1"


@pytest.fixture
def upload() -> Upload:
    return an_upload(PDF, finalidade="pdf", nome_arquivo="../../outro.pdf")


def test_the_policy_takes_one_key_one_type_and_one_size_for_five_minutes(engine: Engine, upload: Upload) -> None:
    bucket = engine.bucket("entrada")
    fields = S3Files(engine.s3, bucket, "acervo").presign(upload)["campos"]
    policy = json.loads(base64.b64decode(fields["policy"]))
    conditions: list[Any] = policy["conditions"]
    assert ["content-length-range", len(PDF), len(PDF)] in conditions
    exact = {name: value for rule in conditions if isinstance(rule, Mapping) for name, value in rule.items()}
    assert (exact["Content-Type"], exact["bucket"]) == ("application/pdf", bucket)
    assert exact["key"] == KEY
    assert [rule for rule in conditions if isinstance(rule, list) and rule[0] == "starts-with"] == []
    lifetime = datetime.fromisoformat(policy["expiration"]) - datetime.now(UTC)
    assert timedelta(minutes=4) < lifetime <= timedelta(minutes=5)
    assert (fields["key"], fields["Content-Type"]) == (KEY, "application/pdf")
    assert "outro" not in json.dumps([fields, policy])


@pytest.mark.e2e
class TestPosting:
    """What the embedded S3 takes; a file that slips through is still judged by its bytes when it arrives."""

    @staticmethod
    def post(embedded: Engine, upload: Upload, content: bytes, **changes: str) -> tuple[Answer, Engine, str]:
        bucket = embedded.bucket("entrada")
        made = S3Files(embedded.s3, bucket, "acervo").presign(upload)
        body, kind = form({**made["campos"], **changes}, content)
        return call("POST", made["url"], headers={"Content-Type": kind}, body=body), embedded, bucket

    def test_the_declared_file_is_taken(self, embedded: Engine, upload: Upload) -> None:
        answer, engine, bucket = self.post(embedded, upload, PDF)
        assert answer.status in {200, 201, 204}
        assert engine.s3.get_object(Bucket=bucket, Key=KEY)["Body"].read() == PDF

    @pytest.mark.parametrize(
        ("content", "changes"),
        [
            (PDF + b" ", {}),
            (PDF[:-1], {}),
            (PDF, {"key": "t/345695/clinica-brisa/pdf/u1"}),
            (PDF, {"Content-Type": "text/html"}),
            (PDF, {"policy": base64.b64encode(b'{"expiration":"2099-01-01T00:00:00Z","conditions":[]}').decode()}),
            (PDF, {"x-amz-signature": "0" * 64}),
        ],
        ids=["bigger", "smaller", "other key", "other type", "own policy", "forged"],
    )
    def test_nothing_else_is(self, embedded: Engine, upload: Upload, content: bytes, changes: dict[str, str]) -> None:
        answer, engine, bucket = self.post(embedded, upload, content, **changes)
        assert answer.status in {400, 403}
        assert engine.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
