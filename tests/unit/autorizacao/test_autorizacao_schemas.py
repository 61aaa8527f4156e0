"""Requests in JSON: what is taken, what is refused and how it is said, and what the domain gets."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from autorizacao.schemas import exemplos, vistas
from autorizacao.schemas.atos import DecisaoDaAuditoriaRequest, PendenciaRequest, QuantidadesRequest, RespostaRequest
from autorizacao.schemas.busca import BuscaDaOperadoraRequest, BuscaRequest
from autorizacao.schemas.solicitacao import (
    SimulacaoRequest,
    SolicitacaoDaCentralRequest,
    SolicitacaoRequest,
    faults,
    solicitacao_of,
)
from conecta_campos.padrao import Codes
from conecta_edge.http import field_errors
from conecta_senhas.autorizacoes import DIARIAS
from conecta_senhas.solicitacoes import Opme, Profissional, Remocao, Tipo, TipoAnexo
from conecta_tiss.vocabulary.tables import CaraterAtendimento, EtapaAutorizacao
from tests.builders_autorizacao import a_request, an_annex, an_asked, an_opme
from tests.builders_cadastro import CARTEIRA, HOJE
from tests.builders_functions import CLINICA, HOSPITAL, VALE
from tests.fakes_autorizacao_api import ITEM, a_body

OPME = {"tabela": "19", "codigo": "70000001", "quantidade": 1, "opme": {"opcao": "1"}}
DROGA = {"tabela": "20", "codigo": "90000001", "quantidade": "2.5", "data_provavel": "2026-12-01"}


def taken(body: dict[str, Any], model: type[SimulacaoRequest] = SolicitacaoRequest) -> Any:
    """What the domain gets of a body."""
    asked = model.model_validate_json(json.dumps(body))
    assert faults(asked) == ()
    return solicitacao_of(asked, HOSPITAL, HOJE)


def refused(body: Any, model: Any = SolicitacaoRequest) -> list[tuple[str, str]]:
    """(field, code) of everything that is wrong in a body."""
    text = body if isinstance(body, str) else json.dumps(body)
    try:
        asked = model.model_validate_json(text)
    except ValidationError as error:
        found = field_errors(error)
    else:
        found = faults(asked) if isinstance(asked, SimulacaoRequest) else ()
    assert all(erro.mensagem.endswith((".", ")")) or ":" in erro.mensagem for erro in found)
    return [(erro.campo, erro.codigo) for erro in found]


# --- what is taken ---


def test_a_plain_request_has_the_defaults_of_the_domain() -> None:
    body = {name: value for name, value in a_body().items() if name not in {"profissional", "justificativa"}}
    assert taken(body, SimulacaoRequest) == a_request(an_asked(descricao=None), justificativa=None)
    without_number = {name: value for name, value in body.items() if name != "numero_guia_prestador"}
    assert taken(without_number, SimulacaoRequest).numero_guia_prestador == "SIMULACAO"


def test_one_call_may_ask_many_things() -> None:
    body = a_body(
        tipo="INTERNACAO", solicitante=CLINICA, executante=HOSPITAL, carater="2", etapa="2", diarias=3,
        tipo_internacao="2", regime_internacao="1", acomodacao="12", data_solicitacao="2026-11-20",
        data_atendimento="2026-12-10", atendimento_rn=True, data_nascimento_rn="2026-11-10", guia_principal="S1",
        indicador_opme=True, indicador_quimio=True, cids=["m17.1", "E10"], cod_validacao="ABC123",
        ausencia_cod_validacao="03", observacao="Linha um\nLinha dois",
        remocao={"origem": "UPA Norte", "destino": "Hospital Aurora"},
        documentos=[{"id": "u-1", "tipo": "02"}, {"id": "u-2", "cotacao": True}],
        anexos=[
            {"tipo": "OPME", "numero": "AX-1", "justificativa": "Prótese", "itens": [
                {**OPME, "opme": {"opcao": "3", "registro_anvisa": "80000000001", "referencia": "REF/9",
                                  "autorizacao_funcionamento": "AF 1"}, "valor": 8500.5},
                {"tabela": "19", "codigo": "70000002", "quantidade": 2},
            ]},
            {"tipo": "QUIMIOTERAPIA", "itens": [DROGA]},
            {"tipo": "RADIOTERAPIA", "data_provavel": "2026-12-02"},
        ],
    )  # fmt: skip
    made = taken(body)
    assert made.tipo is Tipo.INTERNACAO
    assert (made.solicitante, made.executante, made.diarias) == (CLINICA, HOSPITAL, 3)
    assert (made.carater, made.etapa) == (CaraterAtendimento.URGENCIA_EMERGENCIA, EtapaAutorizacao.PRESTADOR_EXECUTANTE)
    assert made.profissional == Profissional(
        nome="Médica de Exemplo", conselho="06", numero="123456", uf="32", cbo="225125"
    )
    assert made.cids == ("M171", "E10")
    assert made.remocao == Remocao(origem="UPA Norte", destino="Hospital Aurora")
    assert (made.data_solicitacao, made.data_atendimento) == (date(2026, 11, 20), date(2026, 12, 10))
    assert (made.nascimento_rn, made.atendimento_rn, made.guia_principal) == (date(2026, 11, 10), True, "S1")
    assert made.cotacoes == 1
    opme, quimio, radio = made.anexos
    assert (opme.tipo, opme.numero, opme.justificativa) == (TipoAnexo.OPME, "AX-1", "Prótese")
    assert opme.itens[0].opme == Opme(
        opcao="3", registro_anvisa="80000000001", referencia="REF/9", autorizacao_funcionamento="AF 1"
    )
    assert opme.itens[0].valor == Decimal("8500.50")
    assert opme.itens[1].opme == Opme(opcao="1")
    assert (quimio.itens[0].quantidade, quimio.itens[0].opme) == (Decimal("2.50"), None)
    assert (radio.data_provavel, radio.itens) == (date(2026, 12, 2), ())


@pytest.mark.parametrize(
    ("written", "number"),
    [(1, "1"), ("1", "1"), (1.0, "1"), ("007", "7"), ("1.00", "1"), (999, "999"), (0, "0")],
)
def test_a_quantity_is_a_number_or_a_text_and_never_a_binary_fraction(written: Any, number: str) -> None:
    (item,) = taken(a_body({**ITEM, "quantidade": written})).itens
    assert (str(item.quantidade), type(item.quantidade)) == (number, Decimal)


def test_an_amount_has_two_places_as_it_was_written() -> None:
    assert [taken(a_body({**ITEM, "valor": value})).itens[0].valor for value in (0.1, "12.5", 999999.99)] == [
        Decimal("0.10"), Decimal("12.50"), Decimal("999999.99"),
    ]  # fmt: skip


def test_in_odontologia_a_region_may_be_called_aias_and_is_stored_as_asai() -> None:
    body = a_body({**ITEM, "codigo": "81000065", "regiao": "AIAS"}, tipo="ODONTOLOGIA")
    del body["profissional"]
    assert taken(body).itens[0].regiao == "ASAI"
    other = taken(a_body({**ITEM, "dente": "11", "face": "OM"}, tipo="ODONTOLOGIA"))
    assert (other.itens[0].dente, other.itens[0].face) == ("11", "OM")


def test_the_central_asks_for_a_prestador() -> None:
    asked = SolicitacaoDaCentralRequest.model_validate(a_body(prestador=CLINICA))
    assert solicitacao_of(asked, asked.prestador, HOJE).solicitante == CLINICA


# --- what is refused ---

WRONG: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"tipo": "CONSULTA"}, [("tipo", "literal_error")]),
    ({"registro_ans": "34569"}, [("registro_ans", "string_pattern_mismatch")]),
    ({"registro_ans": "345695\n"}, [("registro_ans", "string_pattern_mismatch")]),
    ({"numero_carteira": " 1"}, [("numero_carteira", "carteira-invalida")]),
    ({"numero_guia_prestador": "çç"}, [("numero_guia_prestador", "numero-invalido")]),
    ({"numero_guia_prestador": "1" * 21}, [("numero_guia_prestador", "string_too_long")]),
    ({"executante": "a b"}, [("executante", "string_pattern_mismatch")]),
    ({"carater": "3"}, [("carater", "codigo-invalido")]),
    ({"acomodacao": "99"}, [("acomodacao", "codigo-invalido")]),
    ({"ausencia_cod_validacao": "08"}, [("ausencia_cod_validacao", "codigo-invalido")]),
    ({"data_atendimento": "21/11/2026"}, [("data_atendimento", "data-invalida")]),
    ({"data_atendimento": "2026-02-30"}, [("data_atendimento", "data-invalida")]),
    ({"data_atendimento": 20261121}, [("data_atendimento", "data-invalida")]),
    ({"atendimento_rn": "S"}, [("atendimento_rn", "bool_type")]),
    ({"diarias": 2}, [("diarias", "diarias-invalidas")]),
    ({"tipo": "INTERNACAO", "diarias": 100}, [("diarias", "diarias-invalidas")]),
    ({"diarias": "2"}, [("diarias", "int_type")]),
    ({"cids": ["999"]}, [("cids[0]", "string_pattern_mismatch")]),
    ({"cids": ["A00"] * 5}, [("cids", "too_long")]),
    ({"justificativa": "   "}, [("justificativa", "string_too_short")]),
    ({"justificativa": "x" * 501}, [("justificativa", "string_too_long")]),
    ({"justificativa": "a\u0000b"}, [("justificativa", "string_pattern_mismatch")]),
    ({"justificativa": "a\u202eb"}, [("justificativa", "string_pattern_mismatch")]),
    ({"remocao": {"origem": "a;b", "destino": "c"}}, [("remocao.origem", "string_pattern_mismatch")]),
    ({"documentos": [{"id": "../x"}]}, [("documentos[0].id", "string_pattern_mismatch")]),
    ({"documentos": [{"id": "u", "tipo": "99"}]}, [("documentos[0].tipo", "codigo-invalido")]),
    ({"profissional": {"nome": "A"}}, [
        ("profissional.conselho", "missing"), ("profissional.numero", "missing"), ("profissional.uf", "missing"),
        ("profissional.cbo", "missing"),
    ]),
    ({"profissional": None}, [("profissional", "profissional-obrigatorio")]),
    ({"situacao": "AUTORIZADA"}, [("situacao", "extra_forbidden")]),
    ({"prestador_id": CLINICA}, [("prestador_id", "extra_forbidden")]),
    ({"itens": [{**ITEM, "valor_autorizado": 1}]}, [("itens[0].valor_autorizado", "extra_forbidden")]),
    ({"itens": [ITEM] * 101}, [("itens", "too_long")]),
    ({"itens": [{**ITEM, "tabela": "99"}]}, [("itens[0].tabela", "codigo-invalido")]),
    ({"itens": [{**ITEM, "codigo": "çãõ"}]}, [("itens[0].codigo", "string_pattern_mismatch")]),
    ({"itens": [{**ITEM, "quantidade": True}]}, [("itens[0].quantidade", "numero-invalido")]),
    ({"itens": [{**ITEM, "quantidade": -1}]}, [("itens[0].quantidade", "numero-invalido")]),
    ({"itens": [{**ITEM, "quantidade": "1,5"}]}, [("itens[0].quantidade", "numero-invalido")]),
    ({"itens": [{**ITEM, "quantidade": 1e20}]}, [("itens[0].quantidade", "numero-invalido")]),
    ({"itens": [{**ITEM, "quantidade": "\uff11"}]}, [("itens[0].quantidade", "numero-invalido")]),
    ({"itens": [{**ITEM, "quantidade": 1.5}]}, [("itens[0].quantidade", "quantidade-invalida")]),
    ({"itens": [{**ITEM, "quantidade": 1000}]}, [("itens[0].quantidade", "quantidade-invalida")]),
    ({"itens": [{**ITEM, "dente": "11"}]}, [("itens[0]", "so-em-odontologia")]),
    ({"tipo": "ODONTOLOGIA", "itens": [{**ITEM, "quantidade": 100}]}, [("itens[0].quantidade", "quantidade-invalida")]),
    ({"tipo": "ODONTOLOGIA", "itens": [{**ITEM, "regiao": "XX"}]}, [("itens[0].regiao", "regiao-invalida")]),
    ({"tipo": "ODONTOLOGIA", "itens": [{**ITEM, "dente": "10"}]}, [("itens[0].dente", "codigo-invalido")]),
    ({"tipo": "ODONTOLOGIA", "itens": [{**ITEM, "face": "Z"}]}, [("itens[0].face", "string_pattern_mismatch")]),
    ({"anexos": [{"tipo": "OPME"}]}, [("anexos[0].itens", "anexo-sem-itens")]),
    ({"anexos": [{"tipo": "OPME", "itens": [{**OPME, "quantidade": "0.5"}]}]}, [
        ("anexos[0].itens[0].quantidade", "quantidade-invalida"),
    ]),
    ({"anexos": [{"tipo": "OPME", "itens": [{**OPME, "opme": {"opcao": "4"}}]}]}, [
        ("anexos[0].itens[0].opme.opcao", "codigo-invalido"),
    ]),
    ({"anexos": [{"tipo": "OPME", "itens": [OPME]}] * 2}, [("anexos", "anexo-repetido")]),
    ({"anexos": [{"tipo": "QUIMIOTERAPIA", "itens": [{**DROGA, "data_provavel": None, "quantidade": 100000}]}]}, [
        ("anexos[0].itens[0].data_provavel", "data-obrigatoria"),
        ("anexos[0].itens[0].quantidade", "quantidade-invalida"),
    ]),
    ({"anexos": [{"tipo": "RADIOTERAPIA", "itens": [OPME]}]}, [
        ("anexos[0].itens", "anexo-sem-itens"), ("anexos[0].data_provavel", "data-obrigatoria"),
    ]),
    ({"anexos": [
        {"tipo": "OPME", "itens": [OPME] * 60}, {"tipo": "QUIMIOTERAPIA", "itens": [DROGA] * 60},
    ]}, [("itens", "itens-demais")]),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_told_by_its_place(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert refused(a_body(**changes)) == expected


def test_everything_that_is_wrong_is_told_at_once_and_no_value_is_repeated() -> None:
    body = {"tipo": "SP_SADT", "numero_carteira": "segredo\n", "itens": [{"tabela": "22"}], "carater": "segredo"}
    assert refused(body) == [
        ("registro_ans", "missing"), ("numero_carteira", "carteira-invalida"), ("numero_guia_prestador", "missing"),
        ("carater", "codigo-invalido"), ("itens[0].codigo", "missing"), ("itens[0].quantidade", "missing"),
    ]  # fmt: skip
    with pytest.raises(ValidationError) as caught:
        SolicitacaoRequest.model_validate_json(json.dumps(body))
    assert "segredo" not in "".join(erro.mensagem for erro in field_errors(caught.value))


@pytest.mark.parametrize("body", ["", "[]", "null", '"x"', '{"itens": "\\ud800"}', "{" * 10])
def test_what_is_no_json_object_is_refused(body: str) -> None:
    assert refused(body) in ([("$", "json_invalid")], [("$", "model_type")], [("$", "model_attributes_type")])


def test_few_codes_are_named_in_the_error_and_in_the_documentation() -> None:
    with pytest.raises(ValidationError) as caught:
        SolicitacaoRequest.model_validate_json(json.dumps(a_body(carater="9")))
    assert field_errors(caught.value)[0].mensagem == "Use um código da tabela dm_caraterAtendimento da TISS: 1, 2."
    schema = SolicitacaoRequest.model_json_schema()
    assert json.dumps(schema["properties"]["carater"]).count('"enum": ["1", "2"]') == 1
    assert "enum" not in json.dumps(schema["properties"]["acomodacao"])
    assert "dm_UF" in Codes("dm_UF", names=True).dominio


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"numero": "1", "numero_carteira": CARTEIRA, "registro_ans": VALE, "grupo": "VALE/PASA"}, [
            ("$", "operadora-ou-grupo"),
        ]),
        ({"numero": "1"}, [("numero_carteira", "missing")]),
        ({"numero_carteira": CARTEIRA}, [("numero", "missing")]),
        ({"numero": "1", "numero_carteira": CARTEIRA, "grupo": ""}, [("grupo", "string_too_short")]),
    ],
)  # fmt: skip
def test_a_search_has_both_parts(body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert refused(body, BuscaRequest) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("$", "uma-chave")]),
        ({"numero": "1", "cpf": "52998224725"}, [("$", "uma-chave")]),
        ({"cpf": "52998224724"}, [("cpf", "cpf-invalido")]),
        ({"nome": "Jo"}, [("nome", "string_too_short")]),
        ({"nome": "123 456"}, [("$", "nome-invalido")]),
    ],
)
def test_the_operadora_searches_by_one_thing(body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert refused({"registro_ans": VALE, **body}, BuscaDaOperadoraRequest) == expected


ACTS: list[tuple[Any, dict[str, Any], list[tuple[str, str]]]] = [
    (RespostaRequest, {}, [("$", "nada-a-responder")]),
    (QuantidadesRequest, {"motivo": "x"}, [("$", "nada-a-mudar")]),
    (PendenciaRequest, {"tipo": "DOCUMENTO", "descricao": "Laudo"}, [("$", "documento-ou-outro")]),
    (PendenciaRequest, {"tipo": "COTACAO", "descricao": "Cotação", "documento": "02"}, [("$", "documento-ou-outro")]),
    (DecisaoDaAuditoriaRequest, {"itens": [{"sequencia": 1, "quantidade": 0, "codigo": "0000"}]}, [
        ("itens[0].codigo", "codigo-desconhecido"),
    ]),
    (DecisaoDaAuditoriaRequest, {"itens": [], "diarias": {"quantidade": "1.5"}}, [("diarias", "quantidade-invalida")]),
]  # fmt: skip


@pytest.mark.parametrize(("model", "body", "expected"), ACTS, ids=range(len(ACTS)))
def test_acts_say_what_they_need(model: Any, body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert refused(body, model) == expected


def test_a_decision_may_be_of_the_diarias_too() -> None:
    body = {"itens": [{"sequencia": 2, "quantidade": "0", "codigo": "1702", "motivo": "m", "base": "b", "valor": "9"}],
            "diarias": {"quantidade": 2}}  # fmt: skip
    item, days = DecisaoDaAuditoriaRequest.model_validate_json(json.dumps(body)).votos()
    assert (item.sequencia, item.quantidade, item.valor, item.explained) == (2, Decimal(0), Decimal(9), True)
    assert (days.sequencia, days.quantidade, days.valor, days.explained) == (DIARIAS, Decimal(2), None, False)


# --- what is shown ---


def test_a_request_is_shown_as_it_could_be_sent_again() -> None:
    asked = a_request(
        an_asked(valor=Decimal("1.5"), quantidade=2),
        anexos=(an_annex(TipoAnexo.OPME, an_opme(valor=Decimal(8500), registro_anvisa="80000000001")),),
        profissional=Profissional(nome="Médica", conselho="06", numero="1", uf="32", cbo="225125"),
        cids=("M171",), data_atendimento=HOJE, nascimento_rn=HOJE, atendimento_rn=True,
        remocao=Remocao(origem="a", destino="b"),
    )  # fmt: skip
    shown = vistas.pedido(asked)
    assert shown["itens"][0]["quantidade"] == "2"
    assert shown["itens"][0]["valor"] == "1.50"
    assert "carteira" not in shown
    assert taken(shown) == replace(asked)


def test_the_examples_can_be_sent() -> None:
    for body in (exemplos.PEDIDO, exemplos.INTERNACAO):
        taken(body)


def test_an_answer_is_kept_packed_and_comes_back_the_same() -> None:
    answer = {"autorizacao": {"numero": "1", "texto": "Ação"}, "achados": [None, True, 1]}
    assert vistas.unpack(vistas.pack(answer)) == answer
    assert TypeAdapter(str).validate_python(vistas.pack(answer))
