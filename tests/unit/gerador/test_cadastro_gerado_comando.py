"""The command line of the generator of load files, as ops would use it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from local.gerador_cadastro import DEFEITOS, TIPOS, Formato, Pedido, esperados, gerar
from local.gerador_cadastro import __main__ as command

SMALL = ["--vidas", "30", "--prestadores", "4", "--procedimentos", "10", "--hoje", "2026-03-02"]
PEDIDO = Pedido("345695", vidas=30, prestadores=4, procedimentos=10, hoje=date(2026, 3, 2))


def test_every_kind_is_written_where_the_load_looks_for_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([*SMALL, "--destino", str(tmp_path)]) == 0

    for arquivo in gerar(PEDIDO):
        written = tmp_path / "345695" / arquivo.tipo / f"2026-03-02-{arquivo.tipo}.csv"
        assert written.read_bytes() == b"".join(arquivo.linhas)
    assert sorted(path.name for path in (tmp_path / "345695").iterdir()) == sorted(TIPOS)
    told = capsys.readouterr()
    assert "beneficiarios: 30 linhas" in told.err
    assert told.out == ""


def test_only_the_kinds_asked_for_are_written_as_they_were_asked(tmp_path: Path) -> None:
    options = ["--registro", "331988", "--semente", "7", "--tipo", "planos", "--tipo", "beneficiarios"]
    assert command.main([*SMALL, *options, "--separador", ",", "--bom", "--crlf", "--destino", str(tmp_path)]) == 0

    formato = Formato(separador=",", bom=True, nova_linha="\r\n")
    pedido = Pedido(
        "331988", vidas=30, prestadores=4, semente=7, procedimentos=10, hoje=PEDIDO.hoje,
        tipos=("planos", "beneficiarios"), formato=formato,
    )  # fmt: skip
    written = {path.parent.name: path.read_bytes() for path in tmp_path.glob("331988/*/*.csv")}
    assert written == {arquivo.tipo: b"".join(arquivo.linhas) for arquivo in gerar(pedido)}


def test_a_long_file_tells_how_far_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_PASSO", 10)

    assert command.main([*SMALL, "--tipo", "beneficiarios", "--destino", str(tmp_path)]) == 0

    told = capsys.readouterr().err
    assert [line for line in told.splitlines() if line.endswith("…")] == [
        "beneficiarios: 10 linhas…",
        "beneficiarios: 20 linhas…",
        "beneficiarios: 30 linhas…",
    ]


def test_planted_defects_come_with_the_expected_report_outside_the_folders_of_the_kinds(tmp_path: Path) -> None:
    options = ["--defeitos", "8", "--defeitos-em", "prestadores", "--tipo", "prestadores"]
    assert command.main([*SMALL, *options, "--destino", str(tmp_path)]) == 0

    report = (tmp_path / "345695" / "2026-03-02-prestadores.esperado.csv").read_text(encoding="utf-8").splitlines()
    pedido = Pedido(
        "345695", vidas=30, prestadores=4, procedimentos=10, hoje=PEDIDO.hoje, tipos=("prestadores",), defeitos=8,
        defeitos_em="prestadores",
    )  # fmt: skip
    assert report[0] == "linha;coluna;codigo;defeito"
    assert [line.split(";") for line in report[1:]] == [
        [str(each.linha), each.coluna, each.codigo, each.defeito] for each in esperados(pedido)
    ]
    assert len(list((tmp_path / "345695" / "prestadores").iterdir())) == 1


def test_listing_shows_every_defect_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--listar"]) == 0
    listed = capsys.readouterr().out
    assert all(nome in listed for nome in DEFEITOS)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["--registro", "12"], "6 dígitos"),
        (["--vidas", "3"], "vidas"),
        (["--hoje", "2020-01-01"], "a partir de"),
        (["--defeitos", "1", "--tipo", "planos"], "não está entre os tipos"),
    ],
)
def test_a_request_that_makes_no_sense_is_told_in_portuguese_and_writes_nothing(
    wrong: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([*wrong, "--destino", str(tmp_path)]) == 2

    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_without_the_terminology_the_command_says_how_to_build_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONECTA_TISS_DATA", str(tmp_path / "nada"))
    options = [*SMALL, "--procedimentos", "11", "--tipo", "precos", "--destino", str(tmp_path)]

    assert command.main(options) == 2
    assert "scripts/setup" in capsys.readouterr().err


def test_the_day_is_today_in_brasilia_when_none_is_given(tmp_path: Path) -> None:
    assert command.main(["--vidas", "20", "--tipo", "beneficiarios", "--destino", str(tmp_path)]) == 0

    (written,) = tmp_path.glob("345695/beneficiarios/*.csv")
    assert written.name == f"{command._hoje().isoformat()}-beneficiarios.csv"


def test_no_destination_is_a_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main([])
    assert stopped.value.code == 2
    assert "--destino" in capsys.readouterr().err
