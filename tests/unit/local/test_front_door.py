"""What the ASGI application in front of the emulator lets through, changes and refuses."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from local.asgi import API_BODY_LIMIT, INBOX_PATH, KEY_HEADER, FrontDoor

if TYPE_CHECKING:
    from pathlib import Path


class Emulator:
    """Remembers the scope it was called with and reads the body."""

    def __init__(self) -> None:
        self.scope: Any = None
        self.body = b""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        more = True
        while more:
            message = await receive()
            self.body += message.get("body", b"")
            more = message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


class Browser:
    """Sends one request through a front door and keeps the answer."""

    def __init__(self, folder: Path) -> None:
        self.api_file = folder / "api"
        self.api_file.write_text("abc123")
        self.emulator = Emulator()
        self.door = FrontDoor(self.emulator, self.api_file)
        self.body = b""

    def send(
        self, path: str, *, method: str = "GET", body: tuple[bytes, ...] = (b"",), headers: dict[str, str] | None = None
    ) -> int:
        pending = [
            {"type": "http.request", "body": part, "more_body": number < len(body) - 1}
            for number, part in enumerate(body)
        ]
        status = 0

        async def receive() -> Any:
            return pending.pop(0)

        async def respond(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            self.body += message.get("body", b"")

        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
        }
        asyncio.run(self.door(scope, receive, respond))
        return status


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path)


def test_the_short_address_is_the_deployed_api_with_its_path_as_sent(browser: Browser) -> None:
    assert browser.send("/v1/pegs/261110000001") == 200
    assert browser.emulator.scope["path"] == "/_aws/execute-api/abc123/v1/pegs/261110000001"
    assert browser.emulator.scope["raw_path"] == b"/_aws/execute-api/abc123/v1/pegs/261110000001"


def test_the_api_of_a_later_deploy_is_found_without_a_restart(browser: Browser) -> None:
    browser.send("/v1/saude")
    browser.api_file.unlink()
    browser.api_file.write_text("outra")
    browser.send("/v1/saude")
    assert browser.emulator.scope["path"].startswith("/_aws/execute-api/outra/")


def test_before_any_deploy_the_short_address_is_left_as_it_came(browser: Browser) -> None:
    browser.api_file.unlink()
    browser.send("/v1/saude")
    assert browser.emulator.scope["path"] == "/v1/saude"


def test_a_signed_call_to_a_service_with_v1_paths_is_not_taken_for_the_api(browser: Browser) -> None:
    browser.send("/v1/apis", headers={"authorization": "AWS4-HMAC-SHA256 Credential=AKIAX/20261121/sa-east-1/x"})
    assert browser.emulator.scope["path"] == "/v1/apis"


def test_loopback_stands_in_for_tls(browser: Browser) -> None:
    browser.send("/bucket")
    assert browser.emulator.scope["scheme"] == "https"


@pytest.mark.parametrize("path", ["/_ministack/reset", "/_localstack/state", "/_aws/ses"])
def test_the_emulators_own_doors_are_closed(browser: Browser, path: str) -> None:
    assert browser.send(path, method="POST") == 404
    assert browser.emulator.scope is None


@pytest.mark.parametrize(("said", "status"), [(None, 404), ("outra", 404), ("a-desta", 200)])
def test_mail_is_read_by_who_has_the_instances_own_key(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, said: str | None, status: int
) -> None:
    headers = {KEY_HEADER: said} if said else {}
    assert browser.send(INBOX_PATH, headers={KEY_HEADER: ""}) == 404
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-desta")
    assert browser.send(INBOX_PATH, headers=headers) == status
    assert browser.send("/_ministack/reset", method="POST", headers=headers) == 404


@pytest.mark.parametrize("key", ["test", "000000000000"])
def test_a_key_that_anybody_knows_is_refused(browser: Browser, key: str) -> None:
    credential = f"AWS4-HMAC-SHA256 Credential={key}/20261121/sa-east-1/dynamodb/aws4_request"
    assert browser.send("/", method="POST", headers={"authorization": credential}) == 403
    assert browser.emulator.scope is None


def test_a_declared_body_above_the_limit_is_refused_after_reading_it(browser: Browser) -> None:
    parts = (b"x" * 10, b"x" * 10)
    headers = {"content-length": str(API_BODY_LIMIT + 1)}
    assert browser.send("/v1/tiss", method="POST", body=parts, headers=headers) == 413
    assert browser.emulator.scope is None


def test_a_chunked_body_above_the_limit_is_refused(browser: Browser) -> None:
    parts = (b"x" * API_BODY_LIMIT, b"x", b"x")
    assert browser.send("/v1/tiss", method="POST", body=parts, headers={"transfer-encoding": "chunked"}) == 413


def test_a_chunked_body_within_the_limit_arrives_whole(browser: Browser) -> None:
    headers = {"transfer-encoding": "chunked"}
    assert browser.send("/v1/tiss", method="POST", body=(b"lo", b"te"), headers=headers) == 200
    assert browser.emulator.body == b"lote"


def test_an_upload_to_s3_may_be_larger_than_an_api_body(browser: Browser) -> None:
    headers = {"content-length": str(API_BODY_LIMIT + 1)}
    assert browser.send("/entrada", method="POST", headers=headers) == 200


def test_only_what_may_change_something_counts_as_a_change(browser: Browser) -> None:
    browser.send("/bucket/chave")
    assert browser.door.last_change == 0
    browser.send("/", method="POST")
    assert browser.door.last_change > 0


def test_it_says_which_process_it_is(browser: Browser) -> None:
    import os  # noqa: PLC0415

    assert browser.send("/_conecta/processo") == 200
    assert json.loads(browser.body) == {"pid": os.getpid()}
