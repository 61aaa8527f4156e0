"""The formal rules: what each asks for, its code in each version, and where it points."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from conecta_tiss.messages.envelope import Parte
from conecta_tiss.messages.ilegivel import DATA_ILEGIVEL, NUMERO_ILEGIVEL, VALOR_ILEGIVEL
from conecta_tiss.messages.lote_guias import ValoresGuia
from conecta_tiss.rules import ENVELOPE_RULES, RULES, Contexto, Envelope, Regra, run
from conecta_tiss.rules.envelope import CORPOS, Sentido
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.tables import TipoTransacao
from tests import builders as um

if TYPE_CHECKING:
    from conecta_tiss.findings import Achado
    from conecta_tiss.messages.lote_guias import LoteGuias

GUIA = "/ans:mensagemTISS/ans:prestadorParaOperadora/ans:loteGuias/ans:guiasTISS/ans:guiaSP-SADT"
AMANHA = um.HOJE + timedelta(days=1)


def context(versao: Versao = Versao.V4_01_00, **cabecalho: Any) -> Contexto:
    return Contexto(versao=versao, hoje=um.HOJE, cabecalho=um.cabecalho(**cabecalho))


def findings(lote: LoteGuias, versao: Versao = Versao.V4_01_00) -> list[Achado]:
    return run(lote, context(versao), 500)


def only(achados: list[Achado]) -> Achado:
    assert len(achados) == 1, achados
    return achados[0]


def ids(achados: list[Achado]) -> set[str]:
    return {achado.regra for achado in achados}


@pytest.mark.parametrize(
    "guia",
    [um.guia_sp_sadt(), um.guia_internacao(), um.guia_honorarios(), um.guia_consulta(), um.guia_odonto()],
    ids=lambda guia: type(guia).__name__,
)
def test_a_correct_guia_of_any_kind_breaks_no_rule(guia: Any) -> None:
    assert findings(um.lote(guia)) == []


def test_rules_have_distinct_ids_and_say_what_they_ask_and_from_where() -> None:
    todas: list[Regra[Any]] = [*RULES, *ENVELOPE_RULES]
    assert len({regra.id for regra in todas}) == len(todas)
    assert all(regra.funcao.__doc__ and regra.fonte for regra in todas)


def test_a_guia_that_bills_nothing_at_all_is_told() -> None:
    vazia = replace(um.guia_sp_sadt(), procedimentos=(), despesas=(), valores=ValoresGuia(total_geral=Decimal("0.00")))
    achado = only(findings(um.lote(vazia)))
    assert (achado.regra, achado.codigo, achado.caminho) == (
        "TISS-ITEM-VALOR-POSITIVO", "5040", f"{GUIA}/ans:valorTotal/ans:valorTotalGeral",
    )  # fmt: skip


# --- the lote ---


@pytest.mark.parametrize("numero", ["LOTE-1", "12a", "１２", "12 "])
def test_a_lote_number_that_is_not_digits_is_refused(numero: str) -> None:
    achado = only(findings(um.lote(numero_lote=numero)))
    assert (achado.regra, achado.codigo) == ("TISS-LOTE-NUMERO", "5047")
    assert achado.caminho == "/ans:mensagemTISS/ans:prestadorParaOperadora/ans:loteGuias/ans:numeroLote"


def test_a_lote_that_bills_more_than_a_protocolo_can_say_is_told_to_be_divided() -> None:
    limite = Decimal("99999999.99")
    no_limite = replace(um.guia_consulta(), valor_procedimento=limite)
    assert findings(um.lote(no_limite)) == []
    acima = replace(um.guia_consulta(), numero_guia_prestador="2", valor_procedimento=Decimal("0.01"))
    achado = only(findings(um.lote(no_limite, acima)))
    assert (achado.regra, achado.codigo) == ("TISS-LOTE-TOTAL", "5001")
    assert "99999999.99" in achado.mensagem


@pytest.mark.parametrize("numero", ["1", "000123456789", " ", "1234567890123"])
def test_digits_pass_and_what_the_schema_or_the_reader_says_is_not_repeated(numero: str) -> None:
    assert findings(um.lote(numero_lote=numero)) == []


def test_the_second_guia_with_a_number_is_the_duplicate() -> None:
    guias = [um.guia_sp_sadt(numero_guia_prestador=numero) for numero in ("A", "B", " A ")]
    achado = only(findings(um.lote(*guias)))
    assert (achado.codigo, achado.guia, achado.caminho) == ("1308", "A", f"{GUIA}[3]")


def test_guias_without_a_number_are_not_duplicates_of_each_other() -> None:
    guias = [um.guia_sp_sadt(numero_guia_prestador=" ") for _ in range(2)]
    assert findings(um.lote(*guias)) == []


def test_a_guia_of_another_operadora_is_refused() -> None:
    achado = only(findings(um.lote(um.guia_sp_sadt(registro_ans="000001"))))
    assert (achado.codigo, achado.guia, achado.caminho) == ("5027", "G1", GUIA)


def test_without_a_destination_guias_cannot_be_of_another_operadora() -> None:
    lote = um.lote(um.guia_sp_sadt(registro_ans="000001"))
    assert run(lote, context(destino=Parte(cnpj=um.CNPJ)), 500) == []


# --- the item ---


@pytest.mark.parametrize(
    ("quantidade", "unitario", "fator", "total"),
    [("1", "128.00", "0.50", "64.00"), ("3", "33.33", "1.00", "99.99"), ("1", "0.05", "0.50", "0.03")],
)
def test_the_factor_counts_and_the_product_is_rounded_to_the_cent(
    quantidade: str, unitario: str, fator: str, total: str
) -> None:
    item = um.procedimento(
        quantidade=Decimal(quantidade),
        valor_unitario=Decimal(unitario),
        reducao_acrescimo=Decimal(fator),
        valor_total=Decimal(total),
    )
    assert findings(um.lote(um.guia_sp_sadt(procedimentos=(item,)))) == []


@pytest.mark.parametrize(("total", "certo"), [("100.01", True), ("99.99", True), ("100.02", False), ("99.98", False)])
def test_one_cent_of_rounding_is_tolerated(total: str, certo: bool) -> None:  # noqa: FBT001
    guia = um.guia_sp_sadt(procedimentos=(um.procedimento(valor_total=Decimal(total)),))
    assert (findings(um.lote(guia)) == []) is certo


def test_a_wrong_item_total_is_told_with_both_values() -> None:
    procedimentos = (um.procedimento(), um.procedimento(sequencial_item=2, valor_total=Decimal("90.00")))
    achado = only(findings(um.lote(um.guia_sp_sadt(procedimentos=procedimentos))))
    assert (achado.regra, achado.codigo, achado.guia, achado.item) == ("TISS-ITEM-VALOR", "5042", "G1", 2)
    assert achado.caminho == f"{GUIA}/ans:procedimentosExecutados/ans:procedimentoExecutado[2]/ans:valorTotal"
    assert "90.00" in achado.mensagem
    assert "100.00" in achado.mensagem


def test_despesas_are_checked_like_procedures() -> None:
    guia = um.guia_internacao(despesas=(um.despesa(sequencial_item=2, valor_total=Decimal("9.00")),))
    achado = only(findings(um.lote(guia)))
    assert achado.codigo == "5042"
    assert achado.caminho is not None
    assert achado.caminho.endswith("ans:outrasDespesas/ans:despesa/ans:servicosExecutados/ans:valorTotal")


def test_items_of_honorarios_are_pointed_at_where_they_are() -> None:
    itens = tuple(
        um.procedimento(sequencial_item=n, equipe=(um.executante(),), valor_total=Decimal("1.00")) for n in (1, 2)
    )
    caminhos = [achado.caminho or "" for achado in findings(um.lote(um.guia_honorarios(procedimentos=itens)))]
    assert caminhos[1].endswith("ans:procedimentosRealizados/ans:procedimentoRealizado[2]/ans:valorTotal")


@pytest.mark.parametrize("valor", ["0.00", "-10.00"])
def test_a_value_that_is_not_above_zero_is_refused(valor: str) -> None:
    item = um.procedimento(quantidade=Decimal(1), valor_unitario=Decimal(valor))
    achado = only(findings(um.lote(um.guia_sp_sadt(procedimentos=(item,)))))
    assert (achado.codigo, achado.item) == ("5040", 1)


def test_two_negatives_do_not_make_a_bill() -> None:
    item = um.procedimento(quantidade=Decimal(-2), valor_unitario=Decimal("-50.00"))
    achados = findings(um.lote(um.guia_sp_sadt(procedimentos=(item,))))
    assert {(achado.regra, achado.codigo) for achado in achados} == {
        ("TISS-ITEM-QUANTIDADE", "1806"),
        ("TISS-ITEM-VALOR-POSITIVO", "5040"),
    }
    assert {(achado.caminho or "").rpartition(":")[2] for achado in achados} == {
        "quantidadeExecutada",
        "valorUnitario",
    }


def test_a_consultation_of_no_value_is_refused_without_an_item() -> None:
    achado = only(findings(um.lote(um.guia_consulta(valor_procedimento=Decimal(0)))))
    assert (achado.codigo, achado.guia, achado.item) == ("5040", "G1", None)


def test_dental_values_quantities_and_franquias_are_checked() -> None:
    itens = (
        um.procedimento_odonto(valor=Decimal(0)),
        um.procedimento_odonto(sequencial_item=2, quantidade=Decimal(0)),
        um.procedimento_odonto(sequencial_item=3, valor_franquia=Decimal(-1)),
        um.procedimento_odonto(sequencial_item=4, valor_franquia=Decimal(0)),
    )
    achados = findings(um.lote(um.guia_odonto(procedimentos=itens)))
    assert {(achado.codigo, achado.item, (achado.caminho or "").rpartition("/")[2]) for achado in achados} == {
        ("5040", 1, "ans:valorProc"),
        ("1806", 2, "ans:qtdProc"),
        ("5040", 3, "ans:valorFranquia"),
    }


# --- the sequence ---


@pytest.mark.parametrize(
    ("procedimentos", "despesas"),
    [
        ([1, 2], [1, 2]),
        ([1, 2], [3, 4]),
        ([2, 1], [4, 3]),
        ([1, 3], [2, 4]),
        ([], [1, 2]),
        ([1], []),
        ([], []),
        ([1, NUMERO_ILEGIVEL], [9]),
    ],
)
def test_these_sequences_are_fine(procedimentos: list[int], despesas: list[int]) -> None:
    assert "TISS-ITEM-SEQUENCIA" not in ids(findings(_with_numbers(procedimentos, despesas)))


@pytest.mark.parametrize(
    ("procedimentos", "despesas", "errados"),
    [
        ([1, 1], [], [1]),
        ([1, 500], [], [500]),
        ([0, 1], [], [0]),
        ([2], [], [2]),
        ([1, 2], [3, 3], [3]),
        ([1, 2], [3, 9], [9]),
        ([1], [1, 3], [3]),
        ([1, 2], [2, 3], [3]),
    ],
)
def test_repeated_and_missing_numbers_are_pointed_at(
    procedimentos: list[int], despesas: list[int], errados: list[int]
) -> None:
    achados = [
        achado for achado in findings(_with_numbers(procedimentos, despesas)) if achado.regra == "TISS-ITEM-SEQUENCIA"
    ]
    assert [achado.item for achado in achados] == errados
    assert {achado.codigo for achado in achados} == {"3167"}


def _with_numbers(procedimentos: list[int], despesas: list[int]) -> LoteGuias:
    return um.lote(
        um.guia_sp_sadt(
            procedimentos=tuple(um.procedimento(sequencial_item=numero) for numero in procedimentos),
            despesas=tuple(um.despesa(sequencial_item=numero) for numero in despesas),
        )
    )


def test_dental_items_are_a_sequence_too() -> None:
    itens = (um.procedimento_odonto(), um.procedimento_odonto(sequencial_item=3))
    achado = only(findings(um.lote(um.guia_odonto(procedimentos=itens))))
    assert (achado.codigo, achado.item) == ("3167", 3)
    assert (achado.caminho or "").endswith("ans:procedimentosExecutados[2]/ans:sequencialItem")


# --- the guia ---


def test_each_category_is_the_sum_of_its_items() -> None:
    codigos = {
        "01": "valorGasesMedicinais",
        "02": "valorMedicamentos",
        "03": "valorMateriais",
        "05": "valorDiarias",
        "07": "valorTaxasAlugueis",
        "08": "valorOPME",
    }
    despesas = tuple(
        um.despesa(sequencial_item=numero, codigo_despesa=codigo) for numero, codigo in enumerate(codigos, start=1)
    )
    guia = um.guia_sp_sadt(despesas=despesas)
    assert findings(um.lote(guia)) == []

    trocadas = tuple(replace(item, codigo_despesa="03") for item in despesas)
    achados = findings(um.lote(replace(guia, despesas=trocadas)))
    assert {achado.codigo for achado in achados} == {"5042"}
    assert {(achado.caminho or "").rpartition(":")[2] for achado in achados} == set(codigos.values())


def test_a_category_not_given_is_not_missed_but_the_total_must_add_up() -> None:
    certa = um.guia_sp_sadt(valores=ValoresGuia(total_geral=Decimal("100.00")))
    errada = um.guia_sp_sadt(valores=ValoresGuia(total_geral=Decimal("100.01")))
    assert findings(um.lote(certa)) == []
    achado = only(findings(um.lote(errada)))
    assert (achado.regra, achado.codigo, achado.item) == ("TISS-GUIA-TOTAL", "5042", None)
    assert (achado.caminho or "").endswith("ans:valorTotal/ans:valorTotalGeral")


def test_a_category_without_items_is_not_billed() -> None:
    valores = ValoresGuia(procedimentos=Decimal("100.00"), diarias=Decimal("5.00"), total_geral=Decimal("100.00"))
    achado = only(findings(um.lote(um.guia_sp_sadt(valores=valores))))
    assert (achado.caminho or "").endswith("ans:valorDiarias")


def test_the_total_of_honorarios_is_the_sum_of_its_procedures() -> None:
    achado = only(findings(um.lote(um.guia_honorarios(valor_total_honorarios=Decimal("99.00")))))
    assert (achado.codigo, (achado.caminho or "").rpartition(":")[2]) == ("5042", "valorTotalHonorarios")


@pytest.mark.parametrize(("total", "certo"), [("80.00", True), ("160.00", True), ("120.00", False)])
def test_a_dental_value_may_be_of_the_unit_or_of_the_line(total: str, certo: bool) -> None:  # noqa: FBT001
    guia = um.guia_odonto(
        procedimentos=(um.procedimento_odonto(quantidade=Decimal(2), valor_franquia=Decimal("10.00")),),
        valor_total_procedimentos=Decimal(total),
        valor_total_franquia=Decimal("20.00"),
    )
    assert (findings(um.lote(guia)) == []) is certo


def test_the_dental_franquia_adds_up() -> None:
    achado = only(findings(um.lote(um.guia_odonto(valor_total_franquia=Decimal("1.00")))))
    assert (achado.codigo, (achado.caminho or "").rpartition(":")[2]) == ("5042", "valorTotalFranquia")


# --- days ---


@pytest.mark.parametrize(
    ("guia", "campo", "item"),
    [
        (um.guia_sp_sadt(autorizacao=um.autorizacao(data_autorizacao=AMANHA)), "dataAutorizacao", None),
        (um.guia_sp_sadt(data_solicitacao=AMANHA), "dataSolicitacao", None),
        (um.guia_sp_sadt(procedimentos=(um.procedimento(data_execucao=AMANHA),)), "dataExecucao", 1),
        (um.guia_sp_sadt(despesas=(um.despesa(data_execucao=AMANHA),)), "dataExecucao", 1),
        (um.guia_internacao(autorizacao=um.autorizacao(data_autorizacao=AMANHA)), "dataAutorizacao", None),
        (um.guia_internacao(data_final_faturamento=AMANHA), "dataFinalFaturamento", None),
        (um.guia_honorarios(data_fim_faturamento=AMANHA), "dataFimFaturamento", None),
        (um.guia_honorarios(data_emissao_guia=AMANHA), "dataEmissaoGuia", None),
        (um.guia_consulta(data_atendimento=AMANHA), "dataAtendimento", None),
        (um.guia_odonto(data_autorizacao=AMANHA), "dataAutorizacao", None),
        (um.guia_odonto(procedimentos=(um.procedimento_odonto(data_realizacao=AMANHA),)), "dataRealizacao", 1),
    ],
)
def test_a_day_in_the_future_is_refused_in_each_version_s_code(guia: Any, campo: str, item: int | None) -> None:
    for versao, codigo in ((Versao.V4_01_00, "1323"), (Versao.V4_02_00, "1323"), (Versao.V4_03_00, "3223")):
        achado = only(findings(um.lote(guia), versao))
        assert (achado.regra, achado.codigo, achado.item) == ("TISS-DATA-FUTURA", codigo, item)
        assert (achado.caminho or "").rpartition(":")[2] == campo


def test_today_is_not_the_future_and_a_senha_may_expire_later() -> None:
    guia = um.guia_sp_sadt(
        procedimentos=(um.procedimento(data_execucao=um.HOJE),),
        autorizacao=um.autorizacao(data_validade_senha=AMANHA),
    )
    assert findings(um.lote(guia)) == []
    assert findings(um.lote(replace(guia, autorizacao=None))) == []


@pytest.mark.parametrize(
    "guia",
    [
        um.guia_internacao(data_inicio_faturamento=date(2026, 3, 9)),
        um.guia_honorarios(data_inicio_faturamento=date(2026, 3, 9)),
    ],
    ids=lambda guia: type(guia).__name__,
)
def test_a_period_does_not_end_before_it_begins(guia: Any) -> None:
    assert only(findings(um.lote(guia))).codigo == "1323"
    assert only(findings(um.lote(guia), Versao.V4_03_00)).codigo == "3227"


# --- what could not be read ---


def test_rules_are_silent_about_what_could_not_be_read() -> None:
    ilegivel = {"quantidade": VALOR_ILEGIVEL, "valor_unitario": VALOR_ILEGIVEL, "valor_total": VALOR_ILEGIVEL}
    datas = {"data_inicio_faturamento": um.ATENDIMENTO, "data_final_faturamento": DATA_ILEGIVEL}
    guia = um.guia_internacao(
        registro_ans="",
        procedimentos=(um.procedimento(data_execucao=DATA_ILEGIVEL, sequencial_item=NUMERO_ILEGIVEL, **ilegivel),),
        valores=ValoresGuia(procedimentos=Decimal("1.00"), total_geral=VALOR_ILEGIVEL),
        despesas=(),
        **datas,
    )
    assert findings(um.lote(guia)) == []


def test_an_item_with_an_unreadable_number_is_told_without_it() -> None:
    item = um.procedimento(sequencial_item=NUMERO_ILEGIVEL, valor_total=Decimal("1.00"))
    assert only(findings(um.lote(um.guia_sp_sadt(procedimentos=(item,))))).item is None


def test_findings_stop_at_the_maximum() -> None:
    guias = [um.guia_sp_sadt(numero_guia_prestador=str(n), registro_ans="000001") for n in range(9)]
    assert len(run(um.lote(*guias), context(), 3)) == 3


# --- the envelope ---

PARA_OPERADORA = Sentido.PRESTADOR_PARA_OPERADORA
PARA_PRESTADOR = Sentido.OPERADORA_PARA_PRESTADOR


def envelope_codes(sentido: Sentido | None, corpo: str | None, **cabecalho: Any) -> list[str]:
    feito = um.cabecalho(**cabecalho)
    envelope = Envelope(cabecalho=feito, sentido=sentido, corpo=corpo)
    contexto = Contexto(versao=Versao.V4_01_00, hoje=um.HOJE, cabecalho=feito)
    return [achado.codigo for regra in ENVELOPE_RULES for achado in regra(envelope, contexto)]


def test_the_table_of_bodies_has_every_transaction() -> None:
    assert set(CORPOS) == {transacao.value for transacao in TipoTransacao}


@pytest.mark.parametrize("transacao", CORPOS)
def test_each_transaction_announces_its_own_body(transacao: str) -> None:
    assert envelope_codes(PARA_OPERADORA, CORPOS[transacao], tipo_transacao=transacao) == []
    assert envelope_codes(PARA_OPERADORA, "outroCorpo", tipo_transacao=transacao) == ["3148"]


def test_an_unknown_transaction_is_left_to_the_schema() -> None:
    assert envelope_codes(PARA_OPERADORA, "loteGuias", tipo_transacao="NADA") == []


@pytest.mark.parametrize("sentido", [None, PARA_OPERADORA])
def test_a_message_without_a_body_is_incomplete(sentido: Sentido | None) -> None:
    assert envelope_codes(sentido, None) == ["5007"]


def test_who_sends_and_who_receives_must_fit_the_direction() -> None:
    prestador, operadora = Parte(cnpj=um.CNPJ), Parte(registro_ans=um.OPERADORA)
    resposta = {"tipo_transacao": "PROTOCOLO_RECEBIMENTO"}
    assert envelope_codes(PARA_OPERADORA, "loteGuias", origem=operadora, destino=prestador) == ["5005", "5027"]
    assert envelope_codes(PARA_PRESTADOR, "recebimentoLote", origem=prestador, destino=operadora, **resposta) == [
        "5005",
        "5007",
    ]
    assert envelope_codes(PARA_PRESTADOR, "recebimentoLote", origem=operadora, destino=prestador, **resposta) == []


def test_a_message_registered_after_tomorrow_is_refused() -> None:
    assert envelope_codes(PARA_OPERADORA, "loteGuias", data_registro=AMANHA) == []
    assert envelope_codes(PARA_OPERADORA, "loteGuias", data_registro=AMANHA + timedelta(days=1)) == ["5025"]
