"""The listener of the demo and the published samples, over a real connection on this machine."""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alertas.domain import webhooks as rules
from alertas.domain.entregas import Resultado
from alertas.domain.webhooks import Falha
from alertas.http_out import Remetente
from local.client import call
from local.ouvinte import SAMPLE, Ouvinte, certificate, main, sample

SEGREDO = "whs_segredo-de-teste"
CORPO = b'{"tipo":"PegPago","id":"1"}'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ouvinte")


@pytest.fixture
def ouvinte(folder: Path) -> Iterator[Ouvinte]:
    with Ouvinte(folder) as listening:
        listening.segredo = SEGREDO
        yield listening


def signed(corpo: bytes, segredo: str = SEGREDO, age: int = 0) -> dict[str, str]:
    now = datetime.fromtimestamp(time.time() - age, UTC)
    return rules.assinatura({2: "whs_outro", 1: segredo}, corpo, now)


def send(ouvinte: Ouvinte, folder: Path, corpo: bytes = CORPO, segredo: str = SEGREDO) -> Resultado:
    remetente = Remetente(str(folder / "ca.pem"), resolve=lambda _name, _port: ["127.0.0.1"])
    return remetente.send(ouvinte.url, signed(corpo, segredo), corpo, ler=True)


def test_what_is_signed_is_taken_and_kept_and_what_is_not_is_refused(ouvinte: Ouvinte, folder: Path) -> None:
    assert send(ouvinte, folder).status == 204
    assert send(ouvinte, folder, segredo="whs_de-outro").status == 401
    ouvinte.status = 503
    assert send(ouvinte, folder).falha is Falha.RECUSADA
    assert [(corpo, conferida) for _, corpo, conferida in ouvinte.recebidos] == [
        (CORPO, True), (CORPO, False), (CORPO, True),
    ]  # fmt: skip


def test_a_challenge_is_answered_with_a_proof_and_kept_nowhere(ouvinte: Ouvinte, folder: Path) -> None:
    came = send(ouvinte, folder, b'{"desafio":"d1"}')
    assert json.loads(came.corpo) == {"prova": rules.assinar(SEGREDO, b"d1")}
    assert not ouvinte.recebidos


def test_its_authority_is_its_own_and_stays(ouvinte: Ouvinte, folder: Path) -> None:
    before = (folder / "ca.pem").read_bytes()
    assert certificate(folder)[0].read_bytes() == before
    assert (folder / "chave.pem").stat().st_mode & 0o077 == 0
    with pytest.raises(ssl.SSLCertVerificationError):
        call("POST", ouvinte.url, body=CORPO)


@pytest.mark.parametrize(
    ("carimbo", "corpo", "segredo", "right"),
    [
        (0, CORPO, SEGREDO, True), (299, CORPO, SEGREDO, True), (-299, CORPO, SEGREDO, True),
        (302, CORPO, SEGREDO, False), (-302, CORPO, SEGREDO, False), (0, CORPO + b" ", SEGREDO, False),
        (0, CORPO, "whs_de-outro", False),
    ],
)  # fmt: skip
def test_both_samples_tell_what_is_ours_and_of_now(
    carimbo: int,
    corpo: bytes,
    segredo: str,
    right: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    headers = signed(CORPO, age=carimbo)
    assert sample().confere(segredo, headers, corpo) is right
    (tmp_path / "corpo").write_bytes(corpo)
    assert (_shell(segredo, headers, tmp_path / "corpo") == 0) is right


@pytest.mark.parametrize("carimbo", ["", "x", "-1", "1e9", "١٢", "$(id)"])
def test_neither_takes_a_stamp_that_is_none(carimbo: str, tmp_path: Path) -> None:
    headers = {**signed(CORPO), "Conecta-Timestamp": carimbo}
    assert sample().confere(SEGREDO, headers, CORPO) is False
    (tmp_path / "corpo").write_bytes(CORPO)
    assert _shell(SEGREDO, headers, tmp_path / "corpo") != 0
    assert sample().confere(SEGREDO, {}, CORPO) is False


def _shell(segredo: str, headers: dict[str, str], corpo: Path) -> int:
    if shutil.which("openssl") is None:
        pytest.skip("openssl não está instalado")
    command = [
        "bash", str(SAMPLE.with_suffix(".sh")), headers["Conecta-Timestamp"], headers["Conecta-Assinatura"], str(corpo),
    ]  # fmt: skip
    return subprocess.run(command, env={"SEGREDO": segredo, "PATH": "/usr/bin:/bin"}, check=False).returncode


def test_its_command_says_how_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "--segredo" in capsys.readouterr().out
