"""Clients, secrets and objects of AWS."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from conecta_edge import aws, objects, secrets

STORED = datetime(2026, 11, 21, tzinfo=UTC)


def test_a_client_is_made_once_and_waits_less_than_a_function_lives(function_environment: dict[str, str]) -> None:
    made = aws.client("dynamodb")
    assert aws.client("dynamodb") is made
    config = made.meta.config
    assert config.retries["mode"] == "standard"
    assert config.retries["total_max_attempts"] * (config.connect_timeout + config.read_timeout) < 25


def test_another_function_is_called_once_and_waited_for_longer_than_it_may_take(
    function_environment: dict[str, str],
) -> None:
    config = aws.client("lambda").meta.config
    assert config.retries["total_max_attempts"] == 1
    assert config.read_timeout > 25
    assert config.connect_timeout + config.read_timeout < 28


def test_a_mail_is_sent_once(function_environment: dict[str, str]) -> None:
    assert aws.client("sesv2").meta.config.retries["total_max_attempts"] == 1


def test_a_question_that_cannot_wait_is_asked_by_a_client_of_its_own(function_environment: dict[str, str]) -> None:
    hasty = aws.client("lambda", 3)
    config = hasty.meta.config
    assert (config.read_timeout, config.retries["total_max_attempts"]) == (3, 1)
    assert aws.client("lambda", 3) is hasty
    assert aws.client("lambda") is not hasty


def post(function_environment: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = aws.client("s3").generate_presigned_post(function_environment["BUCKET_ENTRADA"], "t/1")
    return made


def test_a_form_is_posted_to_the_buckets_own_region_and_signed_with_sigv4(
    function_environment: dict[str, str],
) -> None:
    form = post(function_environment)
    assert form["url"] == "https://conecta-teste-entrada.s3.sa-east-1.amazonaws.com/"
    assert form["fields"]["x-amz-algorithm"] == "AWS4-HMAC-SHA256"


def test_on_the_embedded_aws_a_form_is_posted_to_it(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    assert post(function_environment)["url"] == "http://127.0.0.1:4566/conecta-teste-entrada"


class Secrets:
    """Secrets Manager that counts."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803  # the API's own name
        self.asked.append(SecretId)
        return {"SecretString": f"segredo de {SecretId}"}


def test_a_secret_is_asked_for_once_per_process(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = Secrets()
    monkeypatch.setattr(secrets, "client", {"secretsmanager": manager}.__getitem__)
    assert [secrets.secret("arn-1"), secrets.secret("arn-1")] == [b"segredo de arn-1"] * 2
    assert manager.asked == ["arn-1"]


class Bucket:
    """S3 that has one object, or answers one error."""

    def __init__(self, error: str | None = None) -> None:
        self._error = error
        self.asked: list[dict[str, str]] = []

    def get_object(self, **asked: str) -> dict[str, Any]:
        self.asked.append(asked)
        if self._error:
            raise ClientError({"Error": {"Code": self._error, "Message": ""}}, "GetObject")
        return {"Body": io.BytesIO(b"conteudo"), "LastModified": STORED}


def test_an_object_is_its_bytes_and_the_instant_it_was_stored() -> None:
    bucket = Bucket()
    assert objects.read(bucket, "acervo", "t/1") == objects.Found(b"conteudo", STORED)
    assert bucket.asked == [{"Bucket": "acervo", "Key": "t/1"}]


def test_the_version_asked_for_is_the_version_read() -> None:
    bucket = Bucket()
    objects.read(bucket, "entrada", "t/1", "v7")
    assert bucket.asked == [{"Bucket": "entrada", "Key": "t/1", "VersionId": "v7"}]


@pytest.mark.parametrize("code", ["404", "NoSuchKey", "NotFound", "NoSuchVersion"])
def test_what_is_not_there_is_none(code: str) -> None:
    assert objects.read(Bucket(code), "acervo", "t/1") is None


@pytest.mark.parametrize("code", ["AccessDenied", "SlowDown", "InternalError"])
def test_a_refusal_is_not_an_absence(code: str) -> None:
    with pytest.raises(ClientError, match=code):
        objects.read(Bucket(code), "acervo", "t/1")


def test_an_answer_lies_under_its_tenant() -> None:
    key = objects.answer_key("345695", "hospital-aurora", "u1", "xml")
    assert key == "t/345695/hospital-aurora/respostas/u1.xml"


def refused(code: str, status: int = 400) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Query")


@pytest.mark.parametrize(
    "error",
    [
        *map(refused, sorted(aws.THROTTLES)), refused("InternalError", 500), refused("503", 503),
        ReadTimeoutError(endpoint_url="https://x"), ConnectTimeoutError(endpoint_url="https://x"),
        EndpointConnectionError(endpoint_url="https://x"), ConnectionClosedError(endpoint_url="https://x"),
        ResponseStreamingError(error="broken"), IncompleteReadError(actual_bytes=1, expected_bytes=2),
    ],
)  # fmt: skip
def test_a_service_that_throttles_fails_or_is_silent_did_not_serve_us(error: Exception) -> None:
    assert aws.unserved(error)


@pytest.mark.parametrize(
    "error",
    [
        refused("AccessDeniedException"),
        refused("ValidationException"),
        KeyError("x"),
        ConnectionError(),
        TimeoutError(),
    ],
)
def test_a_refusal_and_a_fault_of_ours_are_no_such_thing(error: Exception) -> None:
    assert not aws.unserved(error)
