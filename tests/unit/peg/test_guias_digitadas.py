"""Typed guias: what JSON takes and fills, what it refuses, how it becomes a lote and back, and what its rules say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from conecta_edge.problems import ProblemError
from conecta_tiss.messages.lote_guias import GuiaOdonto, GuiaResumoInternacao, GuiaSpSadt, TipoGuia
from conecta_tiss.pipeline import validate_message
from conecta_tiss.versions import VERSOES, Versao
from local import gerador
from local.gerador import Pedido, Tipo
from peg.domain.lotes import Identificacao
from peg.messages import guias
from peg.messages.guias import campos_of, formal, guia_of, json_path
from peg.schemas.guias import read_guia, read_lote
from tests import builders
from tests.builders import HOJE, OPERADORA

V401, V403 = Versao.V4_01_00, Versao.V4_03_00
KINDS: dict[TipoGuia, Callable[..., Any]] = {
    TipoGuia.CONSULTA: builders.guia_consulta,
    TipoGuia.SP_SADT: builders.guia_sp_sadt,
    TipoGuia.RESUMO_INTERNACAO: builders.guia_internacao,
    TipoGuia.HONORARIOS: builders.guia_honorarios,
    TipoGuia.ODONTO: builders.guia_odonto,
}


def typed(tipo: TipoGuia = TipoGuia.SP_SADT, **changes: Any) -> dict[str, Any]:
    """A guia in JSON; `None` leaves a member out."""
    made = {**campos_of(KINDS[tipo]()), **changes}
    return {name: held for name, held in made.items() if held is not None}


def read(made: dict[str, Any], tipo: TipoGuia = TipoGuia.SP_SADT) -> Any:
    return guia_of(tipo, OPERADORA, read_guia(tipo, json.dumps(made).encode()).model_dump())


def wrong(made: Any, tipo: TipoGuia = TipoGuia.SP_SADT) -> list[tuple[str, str]]:
    with pytest.raises(ProblemError) as refused:
        read_guia(tipo, made if isinstance(made, bytes) else json.dumps(made).encode())
    assert refused.value.status == 422
    assert all(erro.mensagem and erro.mensagem[0].isupper() for erro in refused.value.erros)
    return [(erro.campo, erro.codigo) for erro in refused.value.erros]


def item(**changes: Any) -> dict[str, Any]:
    (one,) = campos_of(builders.guia_sp_sadt())["procedimentos"]
    return {name: held for name, held in {**one, **changes}.items() if held is not None}


def told(*held: Any, versao: Versao = V401, **changes: Any) -> list[tuple[str, str | None]]:
    found = formal(builders.lote(*held, **changes), registro_ans=OPERADORA, versao=versao, hoje=HOJE)
    return [(achado.regra, achado.caminho) for achado in found]


# --- there and back ---


@pytest.mark.parametrize("versao", VERSOES)
@pytest.mark.parametrize("tipo", list(Tipo))
def test_generated_lotes_of_every_kind_survive_json(tipo: Tipo, versao: Versao) -> None:
    despesas = 3 if tipo in {Tipo.SADT, Tipo.INTERNACAO} else 0
    made = gerador.gerar(Pedido(tipo=tipo, guias=3, versao=versao, despesas=despesas))
    mensagem = validate_message(made.conteudo, hoje=gerador.DIA_DE_REFERENCIA).mensagem
    assert mensagem is not None
    lote = mensagem.corpo
    asked = {"registro_ans": OPERADORA, "tipo_guia": lote.tipo.value, "guias": [campos_of(one) for one in lote.guias]}
    registro, kind, held = read_lote(json.dumps(asked).encode())
    assert (registro, kind) == (OPERADORA, lote.tipo)
    again = tuple(guia_of(kind, lote.guias[0].registro_ans, one.model_dump()) for one in held)
    assert again == lote.guias
    own = {"registro_ans": lote.guias[0].registro_ans, "versao": versao, "hoje": gerador.DIA_DE_REFERENCIA}
    assert formal(lote, **own) == ()


@pytest.mark.parametrize("tipo", list(KINDS))
def test_a_guia_is_shown_as_it_is_kept(tipo: TipoGuia) -> None:
    guia = KINDS[tipo]()
    assert guia_of(tipo, OPERADORA, json.loads(json.dumps(campos_of(guia)))) == guia
    assert read(typed(tipo), tipo) == guia


def test_what_is_said_elsewhere_has_the_same_name_here() -> None:
    shown = campos_of(
        builders.guia_sp_sadt(
            despesas=(builders.despesa(codigo_ref_fabricante="REF 1", quantidade=Decimal("0.5000")),),
            procedimentos=(builders.procedimento(equipe=(builders.executante(),)),),
        )
    )
    assert (shown["numero_carteira"], shown["senha"], shown["carater"]) == ("00012345678901234", "S1", "1")
    assert (shown["contratado_executante"], shown["profissional_solicitante"]["numero"]) == (
        {"cnpj": builders.CNPJ}, "52000001",
    )  # fmt: skip
    (despesa,), (procedimento,) = shown["despesas"], shown["procedimentos"]
    assert (despesa["tabela"], despesa["codigo"], despesa["referencia"], despesa["quantidade"]) == (
        "19", "70034567", "REF 1", "0.5",
    )  # fmt: skip
    assert (procedimento["quantidade"], procedimento["valor_unitario"]) == ("2", "50.00")
    assert procedimento["equipe"][0]["numero"] == "52000001"
    assert "registro_ans" not in shown
    assert "assinada" not in shown
    visit = campos_of(builders.guia_consulta(cnpj_executante=None, codigo_executante="P1"))
    assert visit["contratado_executante"] == {"codigo_na_operadora": "P1"}
    assert campos_of(builders.guia_internacao(diagnosticos=("J18",)))["cids"] == ["J18"]


def test_a_guia_without_authorization_has_none() -> None:
    guia = builders.guia_sp_sadt(autorizacao=None)
    shown = campos_of(guia)
    assert not {"senha", "data_autorizacao"} & shown.keys()
    assert guia_of(TipoGuia.SP_SADT, OPERADORA, shown) == guia


# --- what is filled ---


def test_numbers_descriptions_and_totals_may_be_left_out() -> None:
    guia: GuiaSpSadt = read(
        typed(
            valores=None,
            procedimentos=[
                item(sequencial_item=None, descricao=None, valor_total=None, reducao_acrescimo=None, quantidade=3),
                item(sequencial_item=None, valor_total=None, reducao_acrescimo="0.70", valor_unitario=10.05),
            ],
            despesas=[
                {"codigo_despesa": "02", "data_execucao": "2026-03-02", "tabela": "20", "codigo": "90000001",
                 "descricao": "Medicamento", "quantidade": "0.5", "unidade_medida": "036", "valor_unitario": "9.99"},
                {"codigo_despesa": "02", "data_execucao": "2026-03-02", "tabela": "20", "codigo": "90000001",
                 "descricao": "Medicamento", "quantidade": 1, "unidade_medida": "036", "valor_unitario": "1"},
            ],
        )
    )  # fmt: skip
    assert [one.sequencial_item for one in guia.procedimentos] == [1, 2]
    assert [one.sequencial_item for one in guia.despesas] == [1, 2]
    assert guia.procedimentos[0].descricao_procedimento.startswith("Hemograma")
    assert [one.valor_total for one in guia.procedimentos] == [Decimal("150.00"), Decimal("14.07")]
    assert [one.valor_total for one in guia.despesas] == [Decimal("5.00"), Decimal("1.00")]
    assert (guia.valores.procedimentos, guia.valores.medicamentos) == (Decimal("164.07"), Decimal("6.00"))
    assert (guia.valores.materiais, guia.valores.total_geral) == (None, Decimal("170.07"))
    assert told(guia) == []


def test_totals_that_are_given_are_kept_and_judged() -> None:
    guia = read(typed(valores={"procedimentos": "1.00"}))
    assert (guia.valores.procedimentos, guia.valores.total_geral) == (Decimal("1.00"), Decimal("100.00"))
    assert told(guia) == [("TISS-GUIA-CATEGORIA", "guias[0].valores.procedimentos")]
    guia = read(typed(procedimentos=[item(valor_total="99.00")], valores=None))
    assert told(guia) == [("TISS-ITEM-VALOR", "guias[0].procedimentos[0].valor_total")]


def test_totals_of_the_other_kinds_are_filled_too() -> None:
    assert read(typed(TipoGuia.HONORARIOS, valor_total_honorarios=None), TipoGuia.HONORARIOS).valor_total == 100
    assert read(typed(TipoGuia.ODONTO, valor_total_procedimentos=None), TipoGuia.ODONTO).valor_total == 80
    stay: GuiaResumoInternacao = read(typed(TipoGuia.RESUMO_INTERNACAO, valores=None), TipoGuia.RESUMO_INTERNACAO)
    assert (stay.valores.diarias, stay.valor_total) == (Decimal("10.00"), Decimal("110.00"))
    nothing = read(typed(valores=None, procedimentos=[]))
    assert nothing.valor_total == Decimal("0.00")


def test_what_people_write_otherwise_is_taken() -> None:
    guia: GuiaSpSadt = read(
        typed(
            contratado_executante={"cnpj": "11.222.333/0001-81"},
            profissional_solicitante={"conselho": "CRM", "numero": "1", "uf": "SP", "cbo": "225125"},
            procedimentos=[item(hora_inicial="08:30")],
            observacao=" duas\r\nlinhas ",
            tipo_ident="02",
            identificador="YWJj",
        )
    )
    assert (guia.beneficiario.tipo_ident, guia.beneficiario.identificador) == ("02", "YWJj")
    assert guia.contratado_executante.cnpj == "11222333000181"
    assert (guia.profissional_solicitante.conselho, guia.profissional_solicitante.uf) == ("06", "35")
    assert guia.procedimentos[0].hora_inicial == "08:30:00"
    assert guia.observacao == "duas\nlinhas"


@pytest.mark.regra("R26")
def test_aias_is_another_name_of_asai() -> None:
    shown = typed(TipoGuia.ODONTO)
    (feito,) = shown["procedimentos"]
    del feito["dente"]
    guia: GuiaOdonto = read({**shown, "procedimentos": [{**feito, "regiao": "AIAS"}]}, TipoGuia.ODONTO)
    assert (guia.procedimentos[0].regiao, campos_of(guia)["procedimentos"][0]["regiao"]) == ("ASAI", "ASAI")
    for regiao, codigo in (("XX", "codigo-invalido"), (1, "string_type")):
        asked = {**shown, "procedimentos": [{**feito, "regiao": regiao}]}
        assert wrong(asked, TipoGuia.ODONTO) == [("procedimentos[0].regiao", codigo)]


# --- what no message can carry ---


@pytest.mark.parametrize(
    ("changes", "erro"),
    [
        ({"nota": 1}, ("nota", "extra_forbidden")),
        ({"numero_guia_prestador": "ç"}, ("numero_guia_prestador", "numero-invalido")),
        ({"numero_guia_prestador": "1" * 21}, ("numero_guia_prestador", "string_too_long")),
        ({"senha": " "}, ("senha", "senha-invalida")),
        ({"observacao": "5 €"}, ("observacao", "caractere-fora-do-padrao")),
        ({"observacao": "x" * 501}, ("observacao", "string_too_long")),
        ({"observacao": 7}, ("observacao", "string_type")),
        ({"nome_contratado_solicitante": "a\nb"}, ("nome_contratado_solicitante", "caractere-fora-do-padrao")),
        ({"nome_contratado_solicitante": "Clínica “Boa”"}, ("nome_contratado_solicitante", "caractere-fora-do-padrao")),
        ({"carater": "9"}, ("carater", "codigo-invalido")),
        ({"cnes_executante": "123"}, ("cnes_executante", "string_pattern_mismatch")),
        ({"data_solicitacao": "31/12/2026"}, ("data_solicitacao", "data-invalida")),
        ({"contratado_executante": {}}, ("contratado_executante", "exatamente-um")),
        ({"contratado_executante": {"cnpj": "1"}}, ("contratado_executante.cnpj", "cnpj-invalido")),
        ({"identificador": "não"}, ("identificador", "base64-invalido")),
        ({"data_autorizacao": None}, ("$", "data-autorizacao-obrigatoria")),
        ({"procedimentos": [item()] * 501}, ("procedimentos", "too_long")),
        ({"valores": {"total_geral": "100000000.00"}}, ("valores.total_geral", "numero-invalido")),
    ],
)
def test_what_the_message_cannot_carry_is_refused_with_its_field(changes: dict[str, Any], erro: Any) -> None:
    assert wrong(typed(**changes)) == [erro]


@pytest.mark.parametrize(
    ("changes", "erro"),
    [
        ({"quantidade": "1.5"}, ("quantidade", "numero-invalido")),
        ({"quantidade": 1000}, ("quantidade", "numero-invalido")),
        ({"quantidade": True}, ("quantidade", "numero-invalido")),
        ({"valor_unitario": "1.234"}, ("valor_unitario", "numero-invalido")),
        ({"valor_unitario": "-1.00"}, ("valor_unitario", "numero-invalido")),
        ({"valor_unitario": "1000000.00"}, ("valor_unitario", "numero-invalido")),
        ({"reducao_acrescimo": "10.00"}, ("reducao_acrescimo", "numero-invalido")),
        ({"codigo": "çã"}, ("codigo", "string_pattern_mismatch")),
        ({"codigo": "99999999", "descricao": None}, ("", "descricao-obrigatoria")),
        ({"hora_final": "24:00:00"}, ("hora_final", "string_pattern_mismatch")),
        ({"valor_unitario": "999999.99", "quantidade": 2, "valor_total": None}, ("", "total-fora-do-padrao")),
        ({"equipe": [{"nome": "X", "conselho": "06", "numero": "1", "uf": "35", "cbo": "225125"}]},
         ("equipe[0]", "exatamente-um")),
        ({"centro_consumo": "1"}, ("centro_consumo", "extra_forbidden")),
    ],
)  # fmt: skip
def test_so_it_is_in_items(changes: dict[str, Any], erro: tuple[str, str]) -> None:
    campo, codigo = erro
    where = f"procedimentos[0].{campo}" if campo else "procedimentos[0]"
    assert wrong(typed(procedimentos=[item(**changes)])) == [(where, codigo)]


def test_alternatives_of_the_other_kinds_are_told() -> None:
    shown = typed(TipoGuia.ODONTO)
    (feito,) = shown["procedimentos"]
    both = [{**feito, "regiao": "ASAI"}]
    assert wrong({**shown, "procedimentos": both}, TipoGuia.ODONTO) == [("procedimentos[0]", "dente-e-regiao")]
    assert wrong(typed(TipoGuia.HONORARIOS, codigo_local="P1"), TipoGuia.HONORARIOS) == [("$", "exatamente-um")]
    assert wrong(typed(TipoGuia.HONORARIOS, procedimentos=[]), TipoGuia.HONORARIOS) == [("procedimentos", "too_short")]
    assert wrong(typed(valores=None, procedimentos=[item(valor_total="999999.99")] * 101)) == [
        ("$", "total-fora-do-padrao")
    ]
    assert wrong(b"") == [("$", "json_invalid")]


def test_a_lote_says_first_of_which_kind_it_is() -> None:
    def errors(made: dict[str, Any]) -> list[tuple[str, str]]:
        with pytest.raises(ProblemError) as refused:
            read_lote(json.dumps(made).encode())
        return [(erro.campo, erro.codigo) for erro in refused.value.erros]

    assert errors({"guias": []}) == [("tipo_guia", "missing")]
    assert errors({"tipo_guia": "guiaX", "guias": [1]}) == [("tipo_guia", "literal_error")]
    made = {"registro_ans": "1", "tipo_guia": "guiaConsulta", "guias": [{**typed(TipoGuia.CONSULTA), "x": 1}]}
    assert errors(made) == [("registro_ans", "string_pattern_mismatch"), ("guias[0].x", "extra_forbidden")]
    assert errors({**made, "guias": []})[-1] == ("guias", "too_short")


# --- the rules of the message ---


def test_findings_are_told_where_json_has_them() -> None:
    late = date(2026, 4, 1)
    sadt = builders.guia_sp_sadt
    assert told(sadt(), sadt(autorizacao=builders.autorizacao(data_autorizacao=late))) == [
        ("TISS-GUIA-DUPLICADA", "guias[1]"), ("TISS-DATA-FUTURA", "guias[1].data_autorizacao"),
    ]  # fmt: skip
    assert told(sadt(despesas=(builders.despesa(data_execucao=late),)), numero_lote="A") == [
        ("TISS-LOTE-NUMERO", "numero_lote"), ("TISS-DATA-FUTURA", "guias[0].despesas[0].data_execucao"),
    ]  # fmt: skip
    stay = builders.guia_internacao(data_final_faturamento=date(2026, 3, 1))
    assert told(stay) == [("TISS-PERIODO", "guias[0].data_final_faturamento")]
    fee = builders.guia_honorarios(valor_total_honorarios=Decimal(1))
    assert told(fee) == [("TISS-GUIA-TOTAL", "guias[0].valor_total_honorarios")]
    visit = builders.guia_consulta(valor_procedimento=Decimal(0))
    assert told(visit) == [("TISS-ITEM-VALOR-POSITIVO", "guias[0].valor_procedimento")]
    tooth = builders.procedimento_odonto(quantidade=Decimal(0))
    assert told(builders.guia_odonto(procedimentos=(tooth,))) == [
        ("TISS-ITEM-QUANTIDADE", "guias[0].procedimentos[0].quantidade")
    ]


def test_a_path_is_followed_as_far_as_json_has_it() -> None:
    lote = "/ans:mensagemTISS/ans:prestadorParaOperadora/ans:loteGuias"
    stay = f"{lote}/ans:guiasTISS/ans:guiaResumoInternacao[2]"
    tipo = TipoGuia.RESUMO_INTERNACAO
    assert json_path(tipo, f"{stay}/ans:procedimentosExecutados/ans:procedimentoExecutado[3]/ans:identEquipe[2]"
                           "/ans:identificacaoEquipe/ans:numeroConselhoProfissional") == (
        "guias[1].procedimentos[2].equipe[1].numero"
    )  # fmt: skip
    assert json_path(tipo, f"{stay}/ans:dadosSaidaInternacao/ans:diagnostico[2]") == "guias[1].cids[1]"
    assert json_path(tipo, f"{stay}/ans:naoExiste/ans:outro") == "guias[1]"
    assert json_path(tipo, f"{lote}/ans:guiasTISS") == "guias"
    assert json_path(tipo, f"{lote}/ans:outro") == "$"
    item = f"{stay}/ans:outrasDespesas/ans:despesa[2]"
    assert json_path(tipo, item, "data") == "guias[1].despesas[1].data_execucao"
    assert json_path(tipo, item, "senha") == "guias[1].senha"
    assert json_path(tipo, item, "denteRegiao") == "guias[1].despesas[1]"
    visit = f"{lote}/ans:guiasTISS/ans:guiaConsulta/ans:dadosAtendimento/ans:procedimento"
    assert json_path(TipoGuia.CONSULTA, visit, "valorUnitario") == "guias[0].valor_procedimento"
    assert json_path(TipoGuia.CONSULTA, visit, "contratadoExecutante") == "guias[0]"
    assert json_path(TipoGuia.SP_SADT, f"{lote}/ans:guiasTISS/ans:guiaSP-SADT/ans:dadosBeneficiario"
                                       "/ans:numeroCarteira") == "guias[0].numero_carteira"  # fmt: skip


def test_what_a_version_does_not_have_is_told() -> None:
    letters = "12ABC34501DE35"
    visit = builders.guia_consulta(cnpj_executante=letters)
    assert told(visit) == [("TISS-VERSAO-DO-CAMPO", "guias[0].contratado_executante.cnpj")]
    assert told(visit, versao=V403) == []
    fee = builders.guia_honorarios()
    assert told(fee, versao=V403) == [("TISS-VERSAO-DO-CAMPO", "guias[0].carater")]
    newer = replace(fee, carater_atendimento="1", cnpj_local=letters)
    assert told(newer) == [
        ("TISS-VERSAO-DO-CAMPO", "guias[0].carater"), ("TISS-VERSAO-DO-CAMPO", "guias[0].cnpj_local"),
    ]  # fmt: skip
    assert told(newer, versao=V403) == []
    stay = builders.guia_internacao(despesas=(builders.despesa(centro_consumo="01", codigo_despesa="05"),))
    assert told(stay) == [("TISS-VERSAO-DO-CAMPO", "guias[0].despesas[0].centro_consumo")]


def test_what_is_archived_reads_as_the_lote_it_is() -> None:
    held = [builders.guia_sp_sadt(), builders.guia_sp_sadt(numero_guia_prestador="G2", autorizacao=None)]
    given: dict[str, Any] = {
        "registro_ans": OPERADORA, "numero_lote": "7", "tipo": TipoGuia.SP_SADT, "versao": V401,
        "prestador": Identificacao(cnpj=builders.CNPJ),
    }  # fmt: skip
    raw = guias.original(**given, guias=[campos_of(one) for one in held])
    assert raw == guias.original(**given, guias=[dict(reversed(campos_of(one).items())) for one in held])
    lido = guias.read(raw, HOJE)
    assert lido.corpo == builders.lote(*held)
    assert (lido.versao, lido.numero_lote, lido.tipo_guia, lido.destino) == ("4.01.00", "7", "guiaSP-SADT", OPERADORA)
    assert (lido.origem, lido.codificacao_hash, lido.achados) == (Identificacao(cnpj=builders.CNPJ), None, ())
    assert (lido.transacao, lido.valor_informado) == ("ENVIO_LOTE_GUIAS", Decimal("200.00"))
    assert [(one.sequencia, one.senha) for one in lido.guias] == [(1, "S1"), (2, None)]
