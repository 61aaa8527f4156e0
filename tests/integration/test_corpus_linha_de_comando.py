"""The corpus through `python -m conecta_tiss validar --json`, in processes with bounded memory and time."""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.corpus import Case, Environment, Expected, cases, sample
from tests.corpus.base import CARTEIRA, MIB, PASSWORD

CANARY = "conteudo-do-canario-c04d"
LARGE = 256 * 1024
"""Bytes from which a case has a process of its own, so that its memory and time are its own."""

# The memory a parent held when it forked would count in its child's rusage: the process tells its own peak.
LAUNCHER = """
import re, runpy, sys
report, sys.argv[1:] = sys.argv[1], sys.argv[2:]
try:
    runpy.run_module("conecta_tiss", run_name="__main__", alter_sys=True)
finally:
    with open("/proc/self/status") as status, open(report, "w") as out:
        out.write(re.search(r"VmHWM:\\s+([0-9]+) kB", status.read())[1])
"""

KEYS = {"arquivo", "valido", "versao", "transacao", "hash", "guias", "valor_total", "achados"}
KEYS_OF_A_FINDING = {"regra", "codigo", "mensagem", "guia", "item", "caminho", "linha"}


@dataclass(frozen=True, slots=True)
class Run:
    """One process: exit status, outputs, CPU seconds, largest resident memory in MiB."""

    status: int
    out: bytes
    err: bytes
    seconds: float
    mib: float


def run(files: Sequence[Path], seconds: float, mib: int) -> Run:
    limits = {resource.RLIMIT_DATA: mib * MIB, resource.RLIMIT_CPU: int(seconds) + 1, resource.RLIMIT_CORE: 0}
    with TemporaryDirectory() as folder:
        report = Path(folder) / "kib"
        done = _run([sys.executable, "-c", LAUNCHER, str(report), "validar", "--json", *map(str, files)], limits)
        mib_used = int(report.read_text()) / 1024 if report.exists() else 0.0
    return replace(done, mib=mib_used)


def _run(command: Sequence[str], limits: Mapping[int, int]) -> Run:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        for limit, most in limits.items():
            resource.prlimit(process.pid, limit, (most, most))
        assert process.stdout is not None
        assert process.stderr is not None
        said: list[bytes] = []
        reader = threading.Thread(target=lambda: said.append(process.stderr.read() if process.stderr else b""))
        reader.start()
        out = process.stdout.read()
        reader.join()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    return Run(process.returncode, out, said[0], cpu, 0.0)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """A file nobody may read and a port nobody may call; the latter is checked when all is done."""
    canary = tmp_path_factory.mktemp("canario") / "segredo.txt"
    canary.write_text(CANARY, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield Environment(canary=canary, port=server.getsockname()[1])
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def problems_of(case: Case, answer: dict[str, Any]) -> list[str]:
    found = []
    told = {achado["codigo"] for achado in answer["achados"]}
    if set(answer) != KEYS or any(set(achado) != KEYS_OF_A_FINDING for achado in answer["achados"]):
        found.append("not the agreed members")
    if answer["valido"] != (not answer["achados"]):
        found.append(f"valido is {answer['valido']} with {len(answer['achados'])} findings")
    if case.expected in {Expected.REJECT, Expected.REPORT} and answer["valido"]:
        found.append("accepted")
    if case.expected is Expected.ACCEPT and not answer["valido"]:
        found.append(f"refused: {answer['achados'][:2]}")
    if case.codes and not told & case.codes:
        found.append(f"told {sorted(told)}, not one of {sorted(case.codes)}")
    return [f"{case.name}: {what}" for what in found]


def problems_of_run(done: Run, names: str, mib: int, seconds: float) -> list[str]:
    found = []
    if done.status not in {0, 1}:
        found.append(f"exit status {done.status}: {done.err[-500:]!r}")
    if b"Traceback" in done.err or b"Traceback" in done.out:
        found.append(f"a traceback: {done.err[-500:]!r}")
    if done.mib > mib:
        found.append(f"{done.mib:.0f} MiB")
    if done.seconds > seconds:
        found.append(f"{done.seconds:.1f} s")
    found += [
        f"leaked {name}"
        for name, secret in (("canary", CANARY), ("carteira", CARTEIRA), ("password", PASSWORD))
        if secret.encode() in done.out + done.err
    ]
    return [f"{names}: {what}" for what in found]


def test_each_kind_of_case_comes_out_of_the_command_line_as_it_must(environment: Environment) -> None:
    small: list[tuple[Case, Path]] = []
    wrong: list[str] = []
    with TemporaryDirectory() as folder:
        for case in sample(10):
            file = Path(folder) / f"{case.name}.xml"
            file.write_bytes(case.content(environment))
            if file.stat().st_size <= LARGE:
                small.append((case, file))
                continue
            done = run([file], case.seconds, case.mib)
            wrong += problems_of_run(done, case.name, case.mib, case.seconds)
            if done.status in {0, 1}:
                wrong += problems_of(case, json.loads(done.out)[0])
            file.unlink()
        budget = 60.0
        done = run([file for _, file in small], budget, 512)
        wrong += problems_of_run(done, f"{len(small)} small cases", 512, budget)
        answers = json.loads(done.out) if done.status in {0, 1} else []
        assert [answer["arquivo"] for answer in answers] == [str(file) for _, file in small]
        for (case, _), answer in zip(small, answers, strict=True):
            wrong += problems_of(case, answer)
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize(
    "name",
    ["com espaço.xml", "-comeca-com-hifen.xml", "acentuação.xml", "aspas'\".xml", "%s.xml"],
)
def test_the_name_of_a_file_is_only_a_name(name: str, tmp_path: Path) -> None:
    control = next(case for case in cases() if case.expected is Expected.ACCEPT)
    file = tmp_path / name
    file.write_bytes(control.content())

    done = run([file], 5, 512)

    assert (done.status, json.loads(done.out)[0]["arquivo"]) == (0, str(file))


def test_a_folder_a_missing_file_and_a_name_that_is_not_text_are_usage_errors(tmp_path: Path) -> None:
    for file in (tmp_path, tmp_path / "nada.xml", tmp_path / os.fsdecode(b"\xff\xfe.xml")):
        done = run([file], 5, 512)

        assert done.status == 2
        assert b"Traceback" not in done.err
