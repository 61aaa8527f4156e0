"""What the schema takes for a value and is none: blanks of every script, and glosa codes without a code."""

from __future__ import annotations

from datetime import date

import pytest

from conecta_tiss.pipeline import validate_message
from local.gerador.tree import Node, node
from tests.corpus.base import lote

HOJE = date(2026, 3, 2)
BRANCOS = (" ", "\t", "\u00a0", "\u00a0\u00a0")


def codes(content: bytes) -> set[str]:
    return {achado.codigo for achado in validate_message(content, hoje=HOJE).achados}


@pytest.mark.parametrize("guias", [1, 30], ids=["few", "many"])
@pytest.mark.parametrize(
    "branco", [branco for branco in BRANCOS if branco != "\u0085" and ord(branco[0]) < 256], ids=ascii
)
def test_a_guia_number_of_any_blanks_is_no_number_in_either_reader(branco: str, guias: int) -> None:
    def blank(root: Node) -> None:
        for guia in root.one("prestadorParaOperadora/loteGuias/guiasTISS").every("guiaSP-SADT"):
            guia.one("cabecalhoGuia/numeroGuiaPrestador").text = branco

    assert "1307" in codes(lote(blank, guias=guias))


def test_an_empty_falha_negocio_is_told() -> None:
    def empty(root: Node) -> None:
        root.one("cabecalho").children.insert(1, node("falhaNegocio", None))

    assert codes(lote(empty)) == {"5007"}


def test_an_empty_glosa_code_in_an_answer_is_told() -> None:
    def answer(root: Node) -> None:
        root.one("cabecalho/identificacaoTransacao/tipoTransacao").text = "PROTOCOLO_RECEBIMENTO"
        header = root.one("cabecalho")
        origem, destino = header.one("origem"), header.one("destino")
        origem.children, destino.children = destino.children, origem.children
        body = root.one("prestadorParaOperadora")
        body.name = "operadoraParaPrestador"
        body.children = [node("recebimentoLote", node("mensagemErro", node("codigoGlosa", None)))]

    result = validate_message(lote(answer), hoje=HOJE)
    assert [(achado.regra, achado.codigo) for achado in result.achados] == [("TISS-GLOSA-VAZIA", "5007")]
