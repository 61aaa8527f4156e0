"""The REST entries of eligibility, from the proxied request to the answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cadastro.bootstrap.elegibilidade import LOTES
from cadastro.schemas.elegibilidade import ElegibilidadeLoteView, ElegibilidadeView
from tests.builders_cadastro import (
    CARTEIRA,
    CPF,
    HOJE,
    INICIO,
    NOME,
    OUTRA_CARTEIRA,
    OUTRO_CPF,
    PLANO,
    a_carencia,
    a_plano,
    a_vida,
    relacionamento_of,
)
from tests.builders_functions import CLINICA, HOSPITAL, PASA, VALE, machine, person
from tests.fakes_cadastro import PSEUDONIMOS, ElegibilidadeWorld

ONTEM = HOJE - timedelta(days=1)
UMA = "/elegibilidade"
LOTE = "/elegibilidade/lotes"
ANTIGA = "00012345678900099"
RECEPCAO, FATURISTA = person(), person("pessoa-3")
MAQUINA = machine(scope="conecta/elegibilidade.ler")


@pytest.fixture
def world(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ElegibilidadeWorld:
    return ElegibilidadeWorld(monkeypatch)


def errors(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(erro["campo"], erro["codigo"]) for erro in body["erros"]]


# --- one life ---


def test_a_life_is_shown_with_what_is_needed_to_attend_it_and_no_more(world: ElegibilidadeWorld) -> None:
    world.catalogo.put("carencias", VALE, a_carencia(dias=5000))
    world.load(a_vida(nome_social="Jô", cpt_ate=HOJE, cns="700000000000005", parentesco="TITULAR"))
    status, body, _ = world.ask({"registro_ans": VALE, "numero_carteira": CARTEIRA})
    assert status == 200
    ElegibilidadeView.model_validate_json(json.dumps(body))
    assert body == {
        "data_atendimento": "2026-11-21",
        "elegivel": True,
        "beneficiarios": [
            {
                "registro_ans": VALE,
                "numero_carteira": CARTEIRA,
                "carteira_renumerada": False,
                "nome": NOME,
                "nome_social": "Jô",
                "validade_carteira": "2027-12-31",
                "elegivel": True,
                "motivos": [],
                "plano": {
                    "codigo": PLANO,
                    "nome": "AMS Nacional",
                    "registro_produto": "400123456",
                    "acomodacao": "INDIVIDUAL",
                    "abrangencia": "NACIONAL",
                    "cobertura": {
                        "ambulatorial": True,
                        "hospitalar": True,
                        "obstetricia": True,
                        "odontologia": False,
                        "coparticipacao": True,
                    },
                },
                "carencias": [{"grupo": "PARTO", "coberto_desde": "2028-11-07"}],
                "cobertura_parcial_ate": "2026-11-21",
            }
        ],
    }


def test_why_not_is_told_with_the_official_text_and_what_to_do(world: ElegibilidadeWorld) -> None:
    world.load(a_vida(validade_carteira=ONTEM, data_exclusao=ONTEM))
    _, body, _ = world.ask({"numero_carteira": CARTEIRA})
    (found,) = body["beneficiarios"]
    assert (body["elegivel"], found["elegivel"]) == (False, False)
    assert [(motivo["regra"], motivo["codigo"]) for motivo in found["motivos"]] == [
        ("ELEG-EXCLUSAO", "1014"), ("ELEG-CARTEIRA", "1017"),
    ]  # fmt: skip
    assert all(motivo["texto"] and motivo["mensagem"] for motivo in found["motivos"])


def test_of_a_plan_that_was_not_loaded_only_the_code_is_shown(world: ElegibilidadeWorld) -> None:
    world.load(a_vida(plano="SEM-PLANO"))
    world.catalogo.put("planos", VALE, a_plano("SEM-ACOMODACAO", acomodacao=None))
    world.load(a_vida("2", plano="SEM-ACOMODACAO"))
    plano = world.ask({"numero_carteira": CARTEIRA})[1]["beneficiarios"][0]["plano"]
    assert plano == {
        "codigo": "SEM-PLANO", "nome": None, "registro_produto": None, "acomodacao": None, "abrangencia": None,
        "cobertura": {},
    }  # fmt: skip
    assert world.ask({"numero_carteira": "2"})[1]["beneficiarios"][0]["plano"]["acomodacao"] is None


@pytest.mark.parametrize("cpf", [CPF, "529.982.247-25", " 529 982 247 25 "])
def test_by_cpf_every_carteira_comes_those_that_can_be_used_first(world: ElegibilidadeWorld, cpf: str) -> None:
    world.load(a_vida(data_exclusao=ONTEM), a_vida("2"), a_vida("3", data_inclusao=INICIO), a_vida("4", cpf=OUTRO_CPF))
    status, body, _ = world.ask({"registro_ans": VALE, "cpf": cpf})
    assert status == 200
    assert [item["numero_carteira"] for item in body["beneficiarios"]] == ["3", "2", CARTEIRA]
    assert body["elegivel"] is True


def test_a_replaced_number_answers_with_the_present_one(world: ElegibilidadeWorld) -> None:
    world.load(a_vida(carteira_anterior=ANTIGA))
    (found,) = world.ask({"numero_carteira": ANTIGA})[1]["beneficiarios"]
    assert (found["numero_carteira"], found["carteira_renumerada"]) == (CARTEIRA, True)


def test_the_day_of_service_decides(world: ElegibilidadeWorld) -> None:
    world.load(a_vida(data_exclusao=HOJE))
    tomorrow = (HOJE + timedelta(days=1)).isoformat()
    assert world.ask({"numero_carteira": CARTEIRA})[1]["elegivel"]
    status, body, _ = world.ask({"numero_carteira": CARTEIRA, "data_atendimento": tomorrow})
    assert (status, body["data_atendimento"], body["elegivel"]) == (200, tomorrow, False)
    assert body["beneficiarios"][0]["motivos"][0]["codigo"] == "1006"


def test_a_newborn_is_asked_for_on_a_parents_carteira(world: ElegibilidadeWorld) -> None:
    world.load(a_vida())
    asked = {"numero_carteira": CARTEIRA, "atendimento_rn": True, "data_nascimento_rn": "2026-10-22"}
    assert world.ask(asked)[1]["elegivel"]
    late = world.ask({**asked, "data_nascimento_rn": "2026-10-21"})[1]["beneficiarios"][0]
    assert [motivo["regra"] for motivo in late["motivos"]] == ["ELEG-RN"]


@pytest.mark.parametrize("where", [{"registro_ans": VALE}, {"grupo": "VALE/PASA"}, {}])
def test_one_operadora_a_group_or_all_may_be_asked(world: ElegibilidadeWorld, where: dict[str, str]) -> None:
    world.load(a_vida())
    assert world.ask({**where, "numero_carteira": CARTEIRA})[0] == 200
    assert world.asked[-1] == ((VALE,) if "registro_ans" in where else (PASA, VALE))


@pytest.mark.parametrize("claims", [RECEPCAO, person("pessoa-2"), MAQUINA], ids=["recepcao", "gestor", "machine"])
def test_who_may_ask(world: ElegibilidadeWorld, claims: dict[str, Any]) -> None:
    world.load(a_vida())
    assert world.ask({"numero_carteira": CARTEIRA}, claims=claims)[0] == 200


# --- what is wrong in a question ---

JSON_ERRORS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({}, [("$", "carteira-ou-cpf")]),
    ({"numero_carteira": CARTEIRA, "cpf": CPF}, [("$", "carteira-ou-cpf")]),
    ({"numero_carteira": None, "cpf": None}, [("$", "carteira-ou-cpf")]),
    ({"cpf": "52998224724"}, [("cpf", "cpf-invalido")]),
    ({"cpf": "529.982.247"}, [("cpf", "cpf-invalido")]),
    ({"cpf": "\uff15\uff12\uff19\uff19\uff18\uff12\uff12\uff14\uff17\uff12\uff15"}, [("cpf", "cpf-invalido")]),
    ({"cpf": 52998224725}, [("cpf", "string_type")]),
    ({"cpf": "5" * 21}, [("cpf", "string_too_long")]),
    ({"numero_carteira": ""}, [("numero_carteira", "carteira-invalida")]),
    ({"numero_carteira": " 1"}, [("numero_carteira", "carteira-invalida")]),
    ({"numero_carteira": "1" * 21}, [("numero_carteira", "carteira-invalida")]),
    ({"numero_carteira": "1\n"}, [("numero_carteira", "carteira-invalida")]),
    ({"numero_carteira": "1" * 41}, [("numero_carteira", "string_too_long")]),
    ({"numero_carteira": 1}, [("numero_carteira", "string_type")]),
    ({"numero_carteira": "1", "registro_ans": "34569"}, [("registro_ans", "string_pattern_mismatch")]),
    ({"numero_carteira": "1", "registro_ans": "345695\n"}, [("registro_ans", "string_pattern_mismatch")]),
    ({"numero_carteira": "1", "registro_ans": VALE, "grupo": "VALE/PASA"}, [("grupo", "operadora-ou-grupo")]),
    ({"numero_carteira": "1", "grupo": "vale/pasa"}, [("grupo", "grupo-desconhecido")]),
    ({"numero_carteira": "1", "grupo": ""}, [("grupo", "string_too_short")]),
    ({"numero_carteira": "1", "data_atendimento": "2026-02-30"}, [("data_atendimento", "data-invalida")]),
    ({"numero_carteira": "1", "data_atendimento": "21/11/2026"}, [("data_atendimento", "data-invalida")]),
    ({"numero_carteira": "1", "data_atendimento": 0}, [("data_atendimento", "data-invalida")]),
    ({"numero_carteira": "1", "data_atendimento": "0"}, [("data_atendimento", "data-invalida")]),
    ({"numero_carteira": "1", "data_atendimento": "2026-W47-1"}, [("data_atendimento", "data-invalida")]),
    ({"numero_carteira": "1", "data_nascimento_rn": "1899-12-31"}, [("data_nascimento_rn", "data-invalida")]),
    ({"numero_carteira": "1", "atendimento_rn": "S"}, [("atendimento_rn", "bool_type")]),
    ({"numero_carteira": "1", "prestador_id": CLINICA}, [("prestador_id", "extra_forbidden")]),
    (
        {"cpf": "1", "data_atendimento": "x", "registro_ans": 1},
        [("cpf", "cpf-invalido"), ("data_atendimento", "data-invalida"), ("registro_ans", "string_type")],
    ),
]


@pytest.mark.parametrize(("body", "expected"), JSON_ERRORS, ids=range(len(JSON_ERRORS)))
def test_what_is_wrong_is_told_by_field_in_portuguese_without_its_value_and_nothing_is_read(
    world: ElegibilidadeWorld, body: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    status, answer, _ = world.ask(body)
    assert (status, errors(answer)) == (422, expected)
    assert all(erro["mensagem"][0].isupper() and erro["mensagem"].endswith(".") for erro in answer["erros"])
    assert not [value for value in body.values() if isinstance(value, str) and len(value) > 8 and value in str(answer)]
    assert (world.asked, world.accesses, world.quotas.spent) == ([], [], {})


def test_an_unknown_group_is_told_which_there_are(world: ElegibilidadeWorld) -> None:
    (erro,) = world.ask({"numero_carteira": "1", "grupo": "OUTRO"})[1]["erros"]
    assert erro["mensagem"] == "Use um destes grupos: VALE/PASA."


def test_before_any_operadora_is_loaded_there_is_nobody_to_ask(world: ElegibilidadeWorld) -> None:
    world.catalogo.values.clear()
    status, body, _ = world.ask({"numero_carteira": "1"})
    assert (status, errors(body)) == (422, [("grupo", "grupo-desconhecido")])
    assert "nenhum" in body["erros"][0]["mensagem"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_a_body_that_is_no_object_is_refused(world: ElegibilidadeWorld, text: str) -> None:
    assert world.ask(text)[0] == 422


# --- refusals, in their order ---


def test_absent_foreign_and_of_an_operadora_that_released_nothing_are_the_same_answer(
    world: ElegibilidadeWorld,
) -> None:
    world.load(a_vida(OUTRA_CARTEIRA, registro_ans=PASA))
    answers = [
        world.ask({"numero_carteira": OUTRA_CARTEIRA}),
        world.ask({"numero_carteira": "1"}),
        world.ask({"registro_ans": VALE, "numero_carteira": OUTRA_CARTEIRA}),
        world.ask({"cpf": OUTRO_CPF}),
    ]
    assert answers[0][0] == 404
    assert all(answer == answers[0] for answer in answers)
    assert (answers[0][1]["regra"], answers[0][1]["glosa"]) == ("ELEG-NAO-ENCONTRADO", "1001")
    assert len(world.accesses) == len(answers)
    assert set(world.quotas.spent.values()) == {len(answers)}


def test_an_operadora_that_released_nothing_is_a_403_with_its_reason_found_or_not(world: ElegibilidadeWorld) -> None:
    world.load(a_vida(registro_ans=PASA))
    world.cadastro.put_relacionamento(relacionamento_of(("RECUSADO", INICIO, "Sem rede na região"), registro_ans=PASA))
    found, missed = (world.ask({"registro_ans": PASA, "numero_carteira": number}) for number in (CARTEIRA, "1"))
    assert found == missed
    status, body, _ = found
    assert (status, body["codigo"], body["regra"], body["glosa"]) == (
        403, "relacionamento-nao-habilitado", "R02", "1207",
    )  # fmt: skip
    assert (body["situacao"], body["motivo"]) == ("RECUSADO", "Sem rede na região")
    status, body, _ = world.ask({"registro_ans": "999999", "numero_carteira": "1"})
    assert (status, body["situacao"], body["motivo"]) == (403, None, None)


def test_without_an_access_token_nothing_is_told_of_the_body(world: ElegibilidadeWorld) -> None:
    assert world.ask("{", claims=person(token_use="id"))[0] == 401
    assert world.ask("{", claims=machine("desconhecida", scope="conecta/elegibilidade.ler"))[0] == 401


@pytest.mark.parametrize("scope", ["conecta/peg.ler", "conecta/elegibilidade.escrever", "elegibilidade.ler", ""])
def test_a_machine_without_the_scope_is_refused_before_its_body_is_read(world: ElegibilidadeWorld, scope: str) -> None:
    status, body, _ = world.ask("{", claims=machine(scope=scope))
    assert (status, body["codigo"], body["escopos"]) == (403, "escopo-insuficiente", ["conecta/elegibilidade.ler"])


def test_a_machine_whose_credential_has_not_the_scope_of_its_token_is_refused(world: ElegibilidadeWorld) -> None:
    claims = machine("maquina-2", scope="conecta/elegibilidade.ler")
    status, body, _ = world.ask({"numero_carteira": CARTEIRA}, claims=claims)
    assert (status, body["codigo"]) == (403, "escopo-insuficiente")
    assert (world.asked, world.quotas.spent) == ([], {})


def test_a_wrong_papel_is_told_after_a_wrong_body_and_before_anything_is_read(world: ElegibilidadeWorld) -> None:
    wrong: tuple[dict[str, Any], ...] = ({}, {"numero_carteira": "1", "grupo": "OUTRO"}, {"itens": []})
    for body in wrong:
        assert world.ask(body, claims=FATURISTA)[0] == 422
    status, answer, _ = world.ask({"numero_carteira": CARTEIRA}, claims=FATURISTA)
    assert (status, answer["papeis"]) == (403, ["recepcao", "gestor"])
    assert world.lote([{"cpf": CPF}], claims=FATURISTA)[0] == 403
    assert (world.asked, world.accesses, world.quotas.spent) == ([], [], {})


def test_a_prestador_that_is_not_the_persons_is_not_found(world: ElegibilidadeWorld) -> None:
    world.load(a_vida())
    status, body, _ = world.ask({"numero_carteira": CARTEIRA}, headers={"Conecta-Prestador": CLINICA})
    assert (status, body["codigo"]) == (404, "nao-encontrado")


def test_another_prestador_asks_in_its_own_name(world: ElegibilidadeWorld) -> None:
    world.load(a_vida())
    assert world.ask({"registro_ans": VALE, "numero_carteira": CARTEIRA}, claims=person("pessoa-4"))[0] == 403
    assert world.accesses[-1].actor.tenant == f"PRESTADOR#{CLINICA}"


def test_who_has_spent_the_minute_is_told_when_to_come_back_hits_and_misses_alike(world: ElegibilidadeWorld) -> None:
    world.load(a_vida())
    answers = [world.ask({"numero_carteira": CARTEIRA if n % 2 else "1"})[0] for n in range(120)]
    assert (answers.count(200), answers.count(404)) == (60, 60)
    for number in (CARTEIRA, "1"):
        status, body, headers = world.ask({"numero_carteira": number})
        assert (status, body["codigo"], headers["Retry-After"]) == (429, "limite-excedido", "60")
    assert world.ask({"numero_carteira": CARTEIRA}, claims=MAQUINA)[0] == 200
    assert world.lote([{"numero_carteira": CARTEIRA}])[0] == 200


# --- the audit ---


def test_each_question_is_recorded_with_who_asked_of_whom_and_what_may_be_shown(world: ElegibilidadeWorld) -> None:
    world.load(a_vida())
    for body in ({"numero_carteira": CARTEIRA}, {"registro_ans": VALE, "numero_carteira": "1"}, {"cpf": CPF}):
        world.ask(body)
    hit, miss, by_cpf = world.accesses
    assert (hit.actor.tenant, hit.actor.quem, hit.actor.papel) == (f"PRESTADOR#{HOSPITAL}", "pessoa-1", "recepcao")
    assert (hit.operacao, hit.finalidade, hit.correlacao) == (UMA, "verificacao-de-elegibilidade", "corr-1")
    assert hit.sujeitos == (PSEUDONIMOS.carteira(PASA, CARTEIRA), PSEUDONIMOS.carteira(VALE, CARTEIRA))
    assert miss.sujeitos == (PSEUDONIMOS.carteira(VALE, "1"),)
    assert by_cpf.sujeitos == (PSEUDONIMOS.cpf(PASA, CPF), PSEUDONIMOS.cpf(VALE, CPF))
    assert {"nome", "plano", "numero_carteira", "motivos"} <= set(hit.campos)
    assert not [value for value in (CARTEIRA, CPF, NOME) if value in str(world.accesses)]


def test_what_an_answer_shows_is_what_the_audit_says_it_may(world: ElegibilidadeWorld) -> None:
    world.load(a_vida())
    (shown,) = world.ask({"numero_carteira": CARTEIRA})[1]["beneficiarios"]
    facts = {"registro_ans", "carteira_renumerada", "elegivel"}
    assert set(shown) - facts <= set(world.accesses[0].campos)


def test_a_machine_is_recorded_as_one(world: ElegibilidadeWorld) -> None:
    world.ask({"numero_carteira": CARTEIRA}, claims=MAQUINA)
    assert (world.accesses[0].actor.quem, world.accesses[0].actor.papel) == ("maquina-1", "maquina")


def test_nothing_personal_is_logged_whatever_is_asked(
    world: ElegibilidadeWorld, logged: Callable[[], list[Any]]
) -> None:
    world.load(a_vida(validade_carteira=ONTEM))
    world.ask({"numero_carteira": CARTEIRA})
    world.ask({"cpf": CPF})
    world.ask({"cpf": NOME, NOME: CPF, "grupo": NOME})
    world.lote([{"numero_carteira": CARTEIRA, "referencia": NOME}, {"cpf": CPF}])
    world.vidas.by_carteiras = None  # type: ignore[method-assign,assignment]  # it fails
    assert world.ask({"numero_carteira": CARTEIRA})[0] == 500
    written = json.dumps(logged(), ensure_ascii=False)
    assert not [value for value in (CARTEIRA, CPF, NOME, "529.982") if value in written]


# --- tomorrow's schedule ---


def test_a_schedule_is_answered_item_by_item_in_its_order(world: ElegibilidadeWorld) -> None:
    world.load(a_vida(), a_vida("2", data_exclusao=HOJE, cpf=None), a_vida("3", cpf=OUTRO_CPF))
    itens = [
        {"referencia": "a", "numero_carteira": "2", "data_atendimento": "2026-11-22"},
        {"referencia": "b", "numero_carteira": "ninguem"},
        {"cpf": "111.444.777-35"},
        {"referencia": "b", "numero_carteira": CARTEIRA},
        {"numero_carteira": "2"},
    ]
    status, body, _ = world.lote(itens)
    assert status == 200
    ElegibilidadeLoteView.model_validate_json(json.dumps(body))
    assert (body["total"], body["elegiveis"], body["nao_encontrados"]) == (5, 3, 1)
    results = body["resultados"]
    assert [result["referencia"] for result in results] == ["a", "b", None, "b", None]
    assert [result["elegivel"] for result in results] == [False, False, True, True, True]
    assert [result["data_atendimento"] for result in results][:2] == ["2026-11-22", "2026-11-21"]
    missed = results[1]
    assert (missed["encontrado"], missed["beneficiarios"]) == (False, [])
    assert [(motivo["regra"], motivo["codigo"]) for motivo in missed["motivos"]] == [("ELEG-NAO-ENCONTRADO", "1001")]
    assert [result["motivos"] for n, result in enumerate(results) if n != 1] == [[]] * 4


def test_the_schedules_day_is_that_of_items_without_their_own(world: ElegibilidadeWorld) -> None:
    world.load(a_vida(data_exclusao=HOJE))
    itens = [{"numero_carteira": CARTEIRA}, {"numero_carteira": CARTEIRA, "data_atendimento": "2026-11-21"}]
    _, body, _ = world.lote(itens, data_atendimento="2026-11-23")
    assert [result["data_atendimento"] for result in body["resultados"]] == ["2026-11-23", "2026-11-21"]
    assert [result["elegivel"] for result in body["resultados"]] == [False, True]


def test_five_hundred_are_answered_and_one_more_is_refused_whole(world: ElegibilidadeWorld) -> None:
    world.load(*(a_vida(str(n), cpf=None) for n in range(0, 500, 2)))
    itens = [{"numero_carteira": str(n)} for n in range(500)]
    status, body, _ = world.lote(itens)
    assert (status, body["total"], body["elegiveis"], body["nao_encontrados"]) == (200, 500, 250, 250)
    assert [result["encontrado"] for result in body["resultados"]] == [True, False] * 250
    assert world.quotas.spent[LOTES.name, HOSPITAL, "pessoa-1"] == 500
    assert len(world.accesses) == 1
    status, body, _ = world.lote([*itens, {"numero_carteira": "501"}])
    assert (status, errors(body)) == (422, [("itens", "too_long")])
    assert "500" in body["erros"][0]["mensagem"]
    assert world.quotas.spent[LOTES.name, HOSPITAL, "pessoa-1"] == 500


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"itens": []}, [("itens", "too_short")]),
        ({}, [("itens", "missing")]),
        ({"itens": {}}, [("itens", "list_type")]),
        ({"itens": [{}]}, [("itens[0]", "carteira-ou-cpf")]),
        (
            {"itens": [{"cpf": CPF}, {"cpf": "1"}, {"numero_carteira": "1", "cpf": CPF}]},
            [("itens[1].cpf", "cpf-invalido"), ("itens[2]", "carteira-ou-cpf")],
        ),
        ({"itens": [{"cpf": CPF, "registro_ans": VALE}]}, [("itens[0].registro_ans", "extra_forbidden")]),
        ({"itens": [{"cpf": CPF, "referencia": "x" * 101}]}, [("itens[0].referencia", "string_too_long")]),
        ({"itens": [{"cpf": CPF}], "data_atendimento": "amanhã"}, [("data_atendimento", "data-invalida")]),
        ({"itens": [{"cpf": CPF}], "registro_ans": VALE, "grupo": "VALE/PASA"}, [("grupo", "operadora-ou-grupo")]),
    ],
    ids=range(9),
)
def test_what_is_wrong_in_a_schedule_is_told_with_its_item_and_nothing_is_read(
    world: ElegibilidadeWorld, body: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    status, answer, _ = world.call(LOTE, body)
    assert (status, errors(answer)) == (422, expected)
    assert CPF not in str(answer)
    assert (world.asked, world.quotas.spent) == ([], {})


def test_a_schedule_of_an_operadora_that_released_nothing_is_a_403(world: ElegibilidadeWorld) -> None:
    assert world.lote([{"cpf": CPF}], registro_ans=PASA)[0] == 403


def test_schedules_have_a_quota_of_their_own_by_life(world: ElegibilidadeWorld) -> None:
    world.quotas.spent[LOTES.name, HOSPITAL, "pessoa-1"] = LOTES.limit - 1
    assert world.lote([{"cpf": CPF}, {"cpf": CPF}])[0] == 429
    assert world.lote([{"cpf": CPF}])[0] == 200
    assert world.lote([{"cpf": CPF}])[0] == 429
    assert LOTES.limit >= 500
