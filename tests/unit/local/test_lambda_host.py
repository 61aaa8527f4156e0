"""The Lambda host alone: real processes, no emulator."""

from __future__ import annotations

import io
import os
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from local import lambda_host
from local.lambda_host import LambdaHost
from local.processes import start_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FUNCTION = """
import os, sys, time

def handler(event, context):
    pedido = event.get("pedido")
    if pedido == "variaveis":
        return dict(os.environ)
    if pedido == "caminhos":
        return sys.path
    if pedido == "contexto":
        return [context.aws_request_id, context.function_name, context.get_remaining_time_in_millis()]
    if pedido == "dormir":
        time.sleep(event["segundos"])
    if pedido == "indizivel":
        return object()
    if pedido == "camada":
        import da_camada
        return da_camada.VALOR
    if pedido == "acentos":
        print("ação")
        return "ação"
    return os.getpid()
"""


def zipped(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, source in files.items():
            archive.writestr(name.replace("__", "/") + ".py", source)
    return buffer.getvalue()


def function(source: str = FUNCTION, **config: Any) -> dict[str, Any]:
    return {
        "code_zip": zipped(app=source),
        "config": {
            "FunctionName": "funcao",
            "FunctionArn": "arn:aws:lambda:sa-east-1:000000000000:function:funcao",
            "Handler": "app.handler",
            "Timeout": 5,
            "CodeSha256": str(hash(source)),
            **config,
        },
    }


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LambdaHost]:
    monkeypatch.setattr(lambda_host, "_RUNTIME_PACKAGES", ())  # the function has no use for boto3, which takes a second
    made = LambdaHost(
        tmp_path,
        limit=2,
        endpoint="http://127.0.0.1:1",
        layer_zip=lambda _: zipped(python__da_camada="VALOR = 7"),
        credentials=lambda _: {"AWS_ACCESS_KEY_ID": "ASIADOPAPEL"},
    )
    yield made
    made.close()


def test_a_warm_environment_serves_the_next_call(host: LambdaHost) -> None:
    assert host.invoke(function(), {}, "1")["body"] == host.invoke(function(), {}, "2")["body"]


def test_no_more_environments_run_at_once_than_the_limit_and_none_waits_in_vain(host: LambdaHost) -> None:
    with ThreadPoolExecutor(12) as threads:
        answers = list(
            threads.map(lambda n: host.invoke(function(), {"pedido": "dormir", "segundos": 0.02}, str(n)), range(24))
        )
    assert len({answer["body"] for answer in answers}) <= 2
    assert host.busy == 0


def test_a_call_that_no_environment_comes_free_for_is_throttled(
    host: LambdaHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lambda_host, "_QUEUE_PATIENCE", 0.2)
    with ThreadPoolExecutor(2) as threads:
        for _ in range(2):
            threads.submit(host.invoke, function(), {"pedido": "dormir", "segundos": 1}, "1")
        while host.busy < 2:
            time.sleep(0.01)
        time.sleep(0.3)  # until both have left the queue
        answer = host.invoke(function(), {}, "3")
    assert answer["throttle"]
    assert answer["body"]["errorType"] == "Lambda.TooManyRequestsException"


def test_a_function_has_its_roles_key_and_nothing_of_the_developers_aws(
    host: LambdaHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "do-desenvolvedor")
    answer = host.invoke(function(Environment={"Variables": {"TABELA": "t"}}), {"pedido": "variaveis"}, "1")["body"]
    assert answer["AWS_ACCESS_KEY_ID"] == "ASIADOPAPEL"
    assert answer["TABELA"] == "t"
    assert answer["AWS_REGION"] == "sa-east-1"
    assert answer["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert "AWS_PROFILE" not in answer
    assert "HOME" not in answer


def test_the_code_comes_before_layers_and_the_venv_is_not_on_the_path(host: LambdaHost) -> None:
    paths = host.invoke(function(Layers=["arn:camada:1"]), {"pedido": "caminhos"}, "1")["body"]
    assert paths[1].endswith("/python")
    assert not [path for path in paths if "site-packages" in path]


def test_a_layer_is_importable(host: LambdaHost) -> None:
    assert host.invoke(function(Layers=[{"Arn": "arn:camada:1"}]), {"pedido": "camada"}, "1")["body"] == 7


def test_the_context_tells_request_function_and_time_left(host: LambdaHost) -> None:
    request, name, left = host.invoke(function(), {"pedido": "contexto"}, "pedido-1")["body"]
    assert (request, name) == ("pedido-1", "funcao")
    assert 0 < left <= 5000


def test_other_code_gets_other_environments_and_the_old_ones_end(host: LambdaHost) -> None:
    before = host.invoke(function(), {}, "1")["body"]
    assert host.invoke(function("def handler(event, context): return 'novo'"), {}, "2")["body"] == "novo"
    deadline = time.monotonic() + 10
    while start_time(before) is not None and time.monotonic() < deadline:  # it is told to end, and does when it may run
        time.sleep(0.01)
    assert start_time(before) is None


def test_a_module_that_cannot_be_imported_says_so_as_aws_does(host: LambdaHost) -> None:
    answer = host.invoke(function("import nao_existe"), {}, "1")
    assert answer["body"]["errorType"] == "Runtime.ImportModuleError"
    assert "nao_existe" in answer["body"]["errorMessage"]
    assert "[ERROR] Runtime.ImportModuleError" in answer["log"]


def test_a_handler_that_is_not_there_says_so_as_aws_does(host: LambdaHost) -> None:
    assert host.invoke(function(Handler="app.outro"), {}, "1")["body"]["errorType"] == "Runtime.HandlerNotFound"


def test_an_answer_that_is_not_json_is_a_marshal_error(host: LambdaHost) -> None:
    assert host.invoke(function(), {"pedido": "indizivel"}, "1")["body"]["errorType"] == "Runtime.MarshalError"


def test_a_process_that_ends_while_loading_is_an_exit_error(host: LambdaHost) -> None:
    answer = host.invoke(function("import os; print('antes'); os._exit(3)"), {}, "1")
    assert answer["body"]["errorType"] == "Runtime.ExitError"


def test_accents_survive_in_events_answers_and_logs(host: LambdaHost) -> None:
    answer = host.invoke(function(), {"pedido": "acentos"}, "1")
    assert (answer["body"], answer["log"]) == ("ação", "ação\n")


def test_the_log_of_a_call_does_not_leak_into_the_next(host: LambdaHost) -> None:
    host.invoke(function(), {"pedido": "acentos"}, "1")
    assert host.invoke(function(), {}, "2")["log"] == ""


def test_an_event_above_six_megabytes_is_refused_without_running_anything(host: LambdaHost) -> None:
    answer = host.invoke(function(), {"grande": "x" * lambda_host.PAYLOAD_LIMIT}, "1")
    assert answer["body"]["errorType"] == "RequestTooLargeException"


def test_what_is_printed_before_a_timeout_is_kept(host: LambdaHost) -> None:
    source = "import time\ndef handler(event, context):\n    print('começou'); time.sleep(9)"
    answer = host.invoke(function(source, Timeout=1), {}, "1")
    assert answer["body"]["errorType"] == "Sandbox.Timedout"
    assert answer["log"].startswith("começou\n")


def test_a_zygote_that_dies_takes_its_environments_along_and_is_replaced(host: LambdaHost) -> None:
    pid = host.invoke(function(), {}, "1")["body"]
    zygote = next(iter(host._zygotes.values()))
    zygote._process.kill()
    zygote._process.wait()
    deadline = time.monotonic() + 5
    while start_time(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert start_time(pid) is None
    assert host.invoke(function(), {}, "2")["body"] != pid


def test_closing_ends_every_process_even_a_busy_one(host: LambdaHost) -> None:
    idle = host.invoke(function(), {}, "1")["body"]
    threading.Thread(
        target=host.invoke, args=(function(), {"pedido": "dormir", "segundos": 4}, "2"), daemon=True
    ).start()
    time.sleep(0.3)
    host.close()
    deadline = time.monotonic() + 5
    while start_time(idle) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert start_time(idle) is None


def test_only_code_used_of_late_is_kept_on_disk(tmp_path: Path) -> None:
    code = tmp_path / "code"
    for number in range(30):
        (code / f"{number:02}").mkdir(parents=True)
        os.utime(code / f"{number:02}", (number, number))
    made = LambdaHost(tmp_path, limit=1, endpoint="", layer_zip=lambda _: None, credentials=lambda _: {})
    made.close()
    assert min(path.name for path in code.iterdir()) == "06"
