"""The command line of the generator, as a person would use it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from local.gerador import COBRANCA, DEFEITOS, Formato, Pedido, Tipo, gerar
from local.gerador.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path


def test_the_file_written_is_the_lote_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "lote.xml"
    options = ["--tipo", "odonto", "--guias", "2", "--hoje", "2026-03-02", "--codificacao", "UTF-8"]

    assert main([*options, "--prefixo", "", "--saida", str(output)]) == 0

    formato = Formato(codificacao="UTF-8", prefixo="")
    assert output.read_bytes() == gerar(Pedido(tipo=Tipo.ODONTO, guias=2, formato=formato)).conteudo
    assert "2 guias, R$" in capsys.readouterr().err


def test_a_planted_defect_is_announced_with_its_place_and_codes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--guias", "2", "--lote", "7", "--defeito", "item-aritmetica", "--saida", str(tmp_path / "x.xml")]

    assert main(options) == 0
    assert "item-aritmetica: guia 7000002, item 1; recusa; glosa 1705, 1706, 5042" in capsys.readouterr().err


def test_listing_shows_every_defect_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--listar"]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in (*DEFEITOS, *COBRANCA))


def test_an_impossible_request_is_exit_status_2_in_portuguese(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--tipo", "consulta", "--defeito", "item-aritmetica"]) == 2
    assert "não cabe em consulta" in capsys.readouterr().err


def test_without_a_file_the_bytes_go_to_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["--hoje", "2026-03-02"]) == 0
    assert capsysbinary.readouterr().out == gerar(Pedido()).conteudo


def test_a_defect_of_billing_comes_with_what_has_to_be_known_and_what_must_be_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known, expected = tmp_path / "conhecido.json", tmp_path / "esperado.json"
    options = ["--guias", "2", "--hoje", "2026-03-02", "--defeito", "preco-acima", "--saida", str(tmp_path / "x.xml")]

    assert main([*options, "--autorizacoes", str(known), "--esperado", str(expected)]) == 0

    assert "preco-acima: guia 1000002, item 1; glosa; glosa 1705, R$ " in capsys.readouterr().err
    told = json.loads(known.read_text("utf-8"))
    lote = gerar(Pedido(guias=2, devido=True))
    assert [senha["numero"] for senha in told["senhas"]] == [guia.senha for guia in lote.guias]
    assert set(told["carteiras"]) == {guia.carteira for guia in lote.guias}
    (found,) = json.loads(expected.read_text("utf-8"))
    assert (found["guia"], found["item"], found["codigos"], found["veredito"]) == ("1000002", 1, ["1705"], "glosa")
