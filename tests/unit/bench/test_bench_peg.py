"""What the benchmark of PEGs is made of: lotes that are due, rows of a real size, and the engine's lines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from conecta_edge.dynamodb import marshal
from conecta_senhas.autorizacoes import Situacao
from conecta_tiss.messages.lote_guias import LoteGuias
from conecta_tiss.pipeline import validate_message
from local.bench import measure, peg_motor
from local.bench.measure import percentile
from local.bench.peg_dados import REGISTRO, at_prices, authorization, lote, past_rows, senha_rows
from local.bench.units import KIBI, item_size
from local.gerador.cobranca import SenhaConhecida
from peg.dynamodb.cobrancas import from_item

HOJE = date(2026, 11, 21)
LIFE = "0123456789abcdef0123456789abcdef"


def test_the_engine_is_compared_with_libxml2_on_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "SAMPLE_SECONDS", 0.0)

    found = list(peg_motor.measures("peg", 1, 2))

    floor = found[0]
    assert (floor.case, floor.ratio) == ("libxml2: parse + XSD, 2 guias × 5 itens", None)
    assert {one.against for one in found[1:]} == {floor.case}
    assert any(one.case.startswith("validação com regras de cobrança") for one in found)
    assert any(one.case.startswith("dossiê: lido, uma glosa por item") for one in found)


def test_a_lote_at_the_prices_of_the_contract_is_a_correct_message_that_names_each_senha_once() -> None:
    made = lote(3, "77", HOJE, carteiras=("1", "2"), senhas=("S1", "S2", "S3"))
    codes = {code: Decimal("10.00") for code in made.conhecido.precos}

    found = validate_message(at_prices(made, codes), hoje=HOJE)

    assert found.achados == ()
    mensagem = found.mensagem_de(LoteGuias)
    assert mensagem is not None
    assert [(guia.senha, guia.numero_carteira) for guia in mensagem.corpo.guias] == [
        ("S1", "1"),
        ("S2", "2"),
        ("S3", "1"),
    ]
    assert found.valor_total == Decimal("150.00")


def test_rows_of_a_senha_are_what_a_peg_reads_and_one_write_unit() -> None:
    held = authorization(
        SenhaConhecida(numero="S1", tipo="SP_SADT", carteira="1", data=HOJE), taxas=True
    )  # fmt: skip
    state, whole = senha_rows(held, LIFE)

    assert (held.situacao, len(held.itens)) == (Situacao.AUTORIZADA, 2)
    assert state["pk"] == whole["pk"]
    assert (state["sk"], whole["sk"], state["versao"], state["detalhe"]) == ("AUTORIZACAO", "DETALHE", 1, 1)
    assert item_size(marshal(state)) <= KIBI


def test_past_pegs_are_the_same_each_time_and_as_large_as_those_received() -> None:
    first, again = [list(past_rows(7, [LIFE] * 3, ["p1", "p2"], HOJE)) for _ in range(2)]

    assert first == again
    peg, pointer, *charges = first
    assert pointer["prestador_id"] == "p2"
    assert peg["pk"].endswith("#2610")
    assert {from_item(row).protocolo for row in charges} == {peg["sk"].removeprefix("PEG#")}
    assert len({row["sk"] for row in charges}) == len(charges)
    assert all(row["pk"] == f"OPERADORA#{REGISTRO}#VIDA#{LIFE}" for row in charges)
    assert percentile([item_size(marshal(row)) for row in charges], 100) <= KIBI
