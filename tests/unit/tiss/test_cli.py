"""The command line: shapes read by programs, exit statuses, and no traceback whatever is asked."""

from __future__ import annotations

import io
import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conecta_tiss import artefatos
from conecta_tiss.cli import main as cli
from conecta_tiss.cli.relatorio import shown
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.xml import writer
from tests import builders as um

DIA = ["--hoje", um.HOJE.isoformat()]
CHAVES = ["arquivo", "valido", "versao", "transacao", "hash", "guias", "valor_total", "achados"]


@pytest.fixture
def certo(tmp_path: Path) -> Path:
    arquivo = tmp_path / "certo.xml"
    arquivo.write_bytes(writer.write_lote(um.mensagem_lote()))
    return arquivo


@pytest.fixture
def errado(tmp_path: Path) -> Path:
    arquivo = tmp_path / "errado.xml"
    raw = writer.write_lote(um.mensagem_lote(um.guia_sp_sadt(procedimentos=(um.procedimento(sequencial_item=2),))))
    arquivo.write_bytes(raw.replace(b"2026-03-02", b"2026-02-30"))
    return arquivo


def run(*argumentos: str) -> int:
    try:
        return cli.main(argumentos)
    except SystemExit as saida:
        return int(str(saida.code))


def test_json_is_a_list_with_one_object_per_file(certo: Path, errado: Path, capsys: Any) -> None:
    assert run("validar", "--json", *DIA, str(certo), str(errado)) == 1
    primeiro, segundo = json.loads(capsys.readouterr().out)
    assert list(primeiro) == list(segundo) == CHAVES
    assert primeiro == {
        "arquivo": str(certo),
        "valido": True,
        "versao": "4.01.00",
        "transacao": "ENVIO_LOTE_GUIAS",
        "hash": "iso-8859-1",
        "guias": 1,
        "valor_total": "100.00",
        "achados": [],
    }
    assert (segundo["valido"], segundo["hash"]) == (False, "divergente")
    assert [achado["codigo"] for achado in segundo["achados"]] == ["5014", "1323", "3167"]
    assert list(segundo["achados"][1]) == ["regra", "codigo", "mensagem", "guia", "item", "caminho", "linha"]
    assert (segundo["achados"][1]["guia"], segundo["achados"][1]["item"]) == ("G1", 2)


def test_what_cannot_be_read_is_null(tmp_path: Path, capsys: Any) -> None:
    arquivo = tmp_path / "lixo.xml"
    arquivo.write_bytes(b"\x00\x01lixo")
    assert run("validar", "--json", str(arquivo)) == 1
    (objeto,) = json.loads(capsys.readouterr().out)
    assert [objeto[chave] for chave in ("versao", "transacao", "hash", "guias", "valor_total")] == [None] * 5
    assert [achado["codigo"] for achado in objeto["achados"]] == ["5002"]


def test_people_read_a_heading_and_a_line_for_each_finding(certo: Path, errado: Path, capsys: Any) -> None:
    assert run("validar", *DIA, str(certo)) == 0
    assert (
        "certo.xml: válido (4.01.00, ENVIO_LOTE_GUIAS, 1 guia, R$ 100,00, hash iso-8859-1)" in capsys.readouterr().out
    )
    assert run("validar", *DIA, str(errado)) == 1
    linhas = capsys.readouterr().out.splitlines()
    assert "INVÁLIDO" in linhas[0]
    assert linhas[2].startswith("  1323  guia G1, item 2, linha 2: O campo dataExecucao")
    assert linhas[2].endswith("[TISS-XSD]")


def test_people_read_of_other_messages_and_of_rubbish_what_there_is(tmp_path: Path, capsys: Any) -> None:
    resposta, lixo, dois = tmp_path / "r.xml", tmp_path / "l.xml", tmp_path / "d.xml"
    resposta.write_bytes(writer.write_recebimento(um.recusa()))
    lixo.write_bytes(b"lixo")
    dois.write_bytes(
        writer.write_lote(um.mensagem_lote(um.guia_sp_sadt(), um.guia_sp_sadt(numero_guia_prestador="G2")))
    )
    assert run("validar", *DIA, str(resposta), str(lixo), str(dois)) == 1
    linhas = capsys.readouterr().out.splitlines()
    assert linhas[0].endswith("r.xml: válido (4.01.00, PROTOCOLO_RECEBIMENTO, hash iso-8859-1)")
    assert linhas[1].endswith("l.xml: INVÁLIDO")
    assert linhas[2].startswith("  5002  O arquivo não é XML")
    assert "2 guias" in linhas[3]


@pytest.mark.parametrize(("versao", "estado"), [("auto", 0), ("4.01.00", 0), ("4.03.00", 1)])
def test_another_version_than_the_one_asked_for_is_5028(certo: Path, versao: str, estado: int, capsys: Any) -> None:
    assert run("validar", "--json", *DIA, "--versao", versao, str(certo)) == estado
    codigos = [achado["codigo"] for achado in json.loads(capsys.readouterr().out)[0]["achados"]]
    assert codigos == (["5028"] if estado else [])


def test_today_is_the_day_in_sao_paulo_unless_told(certo: Path, capsys: Any) -> None:
    assert run("validar", str(certo)) in {0, 1}
    assert run("validar", "--hoje", "2026-03-01", str(certo)) == 1
    assert "1323" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argumentos", "parte"),
    [
        ([], "falta informar: COMANDO"),
        (["validar"], "falta informar: ARQUIVO"),
        (["nada"], "opção inválida"),
        (["validar", "nada.xml"], "nada.xml: não é um arquivo que exista"),
        (["validar", "a\0b"], "não é um arquivo que exista"),
        (["validar", "tests"], "tests: não é um arquivo que exista"),
        (["validar", "a" * 5000], "não é um arquivo que exista"),
        (["validar", "--hoje", "ontem", "a"], "--hoje: escreva a data como AAAA-MM-DD"),
        (["validar", "--versao", "3.0", "a"], "--versao: versão desconhecida"),
        (["validar", "--versao"], "falta o valor"),
        (["validar", "--nada", "a"], "opção desconhecida: --nada"),
        (["hash"], "falta informar: ARQUIVO"),
        (["glosa"], "falta informar: CODIGO"),
    ],
)
def test_a_command_not_understood_is_status_2_in_portuguese(argumentos: list[str], parte: str, capsys: Any) -> None:
    assert run(*argumentos) == 2
    saida = capsys.readouterr()
    assert saida.out == ""
    assert parte in saida.err
    assert "usage" not in saida.err


def test_a_missing_file_stops_before_anything_is_shown(certo: Path, capsys: Any) -> None:
    assert run("validar", *DIA, str(certo), str(certo) + "x") == 2
    assert capsys.readouterr().out == ""


def test_a_file_that_cannot_be_read_is_status_2(certo: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_argumentos: object, **_opcoes: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert run("validar", str(certo)) == 2
    assert "não pôde ser lido" in capsys.readouterr().err


def test_help_is_in_portuguese(capsys: Any) -> None:
    assert run("--help") == 0
    assert run("validar", "--ajuda") == 0
    texto = capsys.readouterr().out
    assert "uso: conecta_tiss" in texto
    assert "opções:" in texto
    assert "valida mensagens TISS" in texto
    assert "optional arguments" not in texto


def test_explanations_come_after_the_findings_only_when_asked(errado: Path, certo: Path, capsys: Any) -> None:
    assert run("validar", *DIA, "--explicar", str(errado), str(certo)) == 1
    assert "  xmlschema: /ans:mensagemTISS/" in capsys.readouterr().out
    assert run("validar", "--json", *DIA, "--explicar", str(errado)) == 1
    (objeto,) = json.loads(capsys.readouterr().out)
    assert len(objeto["explicacoes"]) == 1


def test_a_big_file_is_not_explained_and_explaining_stops_in_time(
    errado: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_EXPLICAR_SEGUNDOS", -1.0)
    raw = errado.read_bytes()
    errado.write_bytes(raw.replace(b"<ans:CBOS>225125<", b"<ans:CBOS>0<"))
    assert run("validar", *DIA, "--explicar", str(errado)) == 1
    assert capsys.readouterr().out.count("xmlschema:") == 1
    monkeypatch.setattr(cli, "_EXPLICAR_ATE", 10)
    assert run("validar", *DIA, "--explicar", str(errado)) == 1
    assert "grande demais" in capsys.readouterr().out


def test_hash_tells_the_right_one_and_whether_it_is_there(
    certo: Path, errado: Path, tmp_path: Path, capsys: Any
) -> None:
    lixo = tmp_path / "lixo.xml"
    lixo.write_bytes(b"lixo")
    assert run("hash", str(certo)) == 0
    assert capsys.readouterr().out.split()[1:] == ["iso-8859-1", str(certo)]
    assert run("hash", str(certo), str(errado), str(lixo)) == 1
    linhas = capsys.readouterr().out.splitlines()
    assert linhas[1].split()[1] == "divergente"
    assert "não é XML" in linhas[2]


def test_glosas_are_told_by_version(capsys: Any) -> None:
    assert run("glosa", "1801") == 0
    assert [linha.split()[0] for linha in capsys.readouterr().out.splitlines()] == list(VERSOES)
    assert run("glosa", "3300", "--versao", Versao.V4_03_00) == 0
    assert run("glosa", "3300", "--versao", Versao.V4_01_00) == 1
    assert "não encontrado" in capsys.readouterr().out


def test_tuss_is_searched_by_code_and_by_words(capsys: Any) -> None:
    assert run("tuss", "10101012") == 0
    assert "Consulta em consultório" in capsys.readouterr().out
    assert run("tuss", "consulta", "domicílio") == 0
    assert "10101020" in capsys.readouterr().out
    assert run("tuss", "xyzxyz") == 1


def test_schemas_are_listed(capsys: Any) -> None:
    assert run("schemas") == 0
    assert [linha.split()[0] for linha in capsys.readouterr().out.splitlines()] == list(VERSOES)


def test_without_artefacts_the_way_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv(artefatos.VARIAVEL, str(tmp_path))
    assert run("schemas") == 2
    assert "scripts/setup" in capsys.readouterr().err


def test_standard_input_is_a_file_named_dash(certo: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(certo.read_bytes())))
    assert run("validar", "--json", *DIA, "-") == 0
    assert json.loads(capsys.readouterr().out)[0]["arquivo"] == "-"


def test_interruption_is_quiet(certo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_arquivo: str) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_read", interrupt)
    assert run("validar", str(certo)) == 130


def test_a_reader_that_goes_away_ends_the_command(monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    def nobody_listens(_opcoes: object) -> int:
        raise BrokenPipeError

    monkeypatch.setitem(cli._COMANDOS, "schemas", nobody_listens)
    assert run("schemas") == 141


def test_output_need_not_be_a_terminal_nor_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    saida = io.StringIO()
    monkeypatch.setattr(sys, "stdout", saida)
    assert run("glosa", "1801", "--versao", "4.01.00") == 0
    assert saida.getvalue() == "4.01.00  1801  PROCEDIMENTO INVÁLIDO\n"


def test_names_are_shown_without_control_characters() -> None:
    assert shown("a\x1b[31m\nb") == "a\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}b"


def test_the_package_runs_as_a_module(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(sys, "argv", ["conecta_tiss", "schemas"])
    with pytest.raises(SystemExit) as saida:
        runpy.run_module("conecta_tiss", run_name="__main__")
    assert saida.value.code == 0
    assert "4.03.00" in capsys.readouterr().out
    runpy.run_module("conecta_tiss.__main__", run_name="outro")
    assert capsys.readouterr().out == ""


# --- as a process ---


def process(*argumentos: str | bytes, **opcoes: Any) -> subprocess.CompletedProcess[bytes]:
    comando: list[str | bytes] = [sys.executable, "-m", "conecta_tiss", *argumentos]
    return subprocess.run(comando, capture_output=True, check=False, timeout=60, **opcoes)


def test_a_name_that_is_not_utf_8_and_an_ascii_terminal_are_no_trouble(certo: Path) -> None:
    estranho = os.fsencode(certo.parent) + b"/lote-\xff.xml"
    Path(os.fsdecode(estranho)).write_bytes(certo.read_bytes())
    ambiente = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    feito = process("validar", "--json", *DIA, estranho, env=ambiente)
    assert feito.returncode == 0, feito.stderr
    (objeto,) = json.loads(feito.stdout)
    assert objeto["arquivo"].endswith("lote-\N{REPLACEMENT CHARACTER}.xml")
    feito = process("validar", *DIA, estranho, env=ambiente)
    assert "válido" in feito.stdout.decode()


def test_a_reader_that_goes_away_leaves_no_traceback(certo: Path) -> None:
    leitura, escrita = os.pipe()
    os.close(leitura)
    with os.fdopen(escrita, "wb") as saida:
        comando = [sys.executable, "-m", "conecta_tiss", "validar", *DIA, *[str(certo)] * 3]
        feito = subprocess.run(comando, stdout=saida, stderr=subprocess.PIPE, check=False, timeout=60)
    assert feito.returncode == 141
    assert b"Traceback" not in feito.stderr


def test_a_huge_file_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    enorme = tmp_path / "enorme.xml"
    with enorme.open("wb") as arquivo:
        arquivo.truncate(3 * 1024**3)
    feito = process("validar", str(enorme))
    assert feito.returncode == 1
    assert "20 MiB" in feito.stdout.decode()
