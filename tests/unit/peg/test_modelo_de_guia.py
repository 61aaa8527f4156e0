"""A guia pre-filled from a senha: what is left of it, at the contract's price, for whom it concerns."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_senhas.autorizacoes import Situacao
from conecta_senhas.solicitacoes import Opme, Profissional, Tipo
from peg.schemas.modelos import ModeloView
from tests.builders_autorizacao import CIRURGIA, usos_of
from tests.builders_cadastro import CARTEIRA, HEMOGRAMA
from tests.builders_functions import CNPJ, HOSPITAL, VALE
from tests.builders_peg import DIA, RESINA, SENHA, authorised, granted, granted_stay
from tests.fakes_cadastro import PSEUDONIMOS
from tests.fakes_rascunhos import DA_CLINICA, GUIAS, RECEPCAO, CasaDigitada, errors

MODELO = f"{GUIAS}/modelo"
SADT, STAY, FEES, DENTAL = "guiaSP-SADT", "guiaResumoInternacao", "guiaHonorarios", "guiaOdonto"


@pytest.fixture
def casa(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> CasaDigitada:
    return CasaDigitada(monkeypatch)


def ask(casa: CasaDigitada, tipo: str = SADT, body: Any = None, **how: Any) -> tuple[int, Any]:
    opened = casa.call("POST", "/pegs/rascunhos", {"registro_ans": VALE, "tipo_guia": tipo}, **how)[1]["id"]
    return casa.call("POST", MODELO, body or {"senha": SENHA}, id=opened, **how)[:2]


def given(casa: CasaDigitada, tipo: str = SADT, body: Any = None, **how: Any) -> Any:
    status, answer = ask(casa, tipo, body, **how)
    assert status == 200, answer
    ModeloView.model_validate_json(json.dumps(answer))
    return answer


def missing(answer: Any) -> set[str]:
    return {one["campo"] for one in answer["falta"]}


def test_what_is_left_of_a_senha_is_filled_at_the_price_of_the_contract(casa: CasaDigitada) -> None:
    held = granted(authorised(HEMOGRAMA, 10), authorised(CIRURGIA, 1, 2), authorised("40302580", 2, 3))
    asked = replace(
        held.solicitacao, justificativa="Anemia", profissional=Profissional(
            nome="Médica", conselho="06", numero="1", uf="35", cbo="225125"),
    )  # fmt: skip
    casa.autoriza(replace(held, solicitacao=asked))
    lida = casa.lida(SENHA)
    casa.senhas.rows[VALE, SENHA] = replace(lida, usos=usos_of({1: 4, 2: 1}, "261120000009", 1))
    answer = given(casa)
    guia = answer["guia"]
    assert [(one["codigo"], one["quantidade"], one.get("valor_unitario")) for one in guia["procedimentos"]] == [
        (HEMOGRAMA, "6", "18.50"), ("40302580", "2", None),
    ]  # fmt: skip
    assert (guia["senha"], guia["numero_guia_operadora"], guia["numero_carteira"]) == (SENHA, SENHA, CARTEIRA)
    assert (guia["data_autorizacao"], guia["carater"]) == ((DIA - timedelta(days=10)).isoformat(), "1")
    assert guia["contratado_executante"] == {"codigo_na_operadora": "HOSP01"}
    assert (guia["indicacao_clinica"], guia["profissional_solicitante"]["numero"]) == ("Anemia", "1")
    assert missing(answer) == {
        "numero_guia_prestador", "tipo_atendimento", "procedimentos[0].data_execucao",
        "procedimentos[1].data_execucao", "procedimentos[1].valor_unitario",
    }  # fmt: skip
    assert casa.accesses[0].objeto == f"autorizacao/{VALE}/{SENHA}"
    assert casa.accesses[0].sujeitos == (PSEUDONIMOS.carteira(VALE, CARTEIRA),)
    assert casa.rascunhos.typed == {key: {} for key in casa.rascunhos.typed}


def test_completed_it_is_a_guia(casa: CasaDigitada) -> None:
    casa.autoriza(replace(granted(), solicitacao=replace(granted().solicitacao, profissional=Profissional(
        nome="Médica", conselho="06", numero="1", uf="35", cbo="225125"))))  # fmt: skip
    guia = given(casa)["guia"]
    guia["procedimentos"][0]["data_execucao"] = DIA.isoformat()
    whole = {**guia, "numero_guia_prestador": "1", "tipo_atendimento": "23"}
    rascunho = casa.open(SADT)
    status, body, _ = casa.add(rascunho, whole)
    assert (status, body["achados"]) == (201, [])


def test_materials_and_medicines_are_expenses_and_a_planned_day_is_given(casa: CasaDigitada) -> None:
    taxa, material, opme, remedio = (
        authorised("1", 1, 1, tabela="18"), authorised("2", 1, 2, tabela="19"), authorised("3", 1, 3, tabela="19"),
        authorised("4", 2, 4, tabela="20"),
    )  # fmt: skip
    opme = replace(opme, solicitado=replace(opme.solicitado, opme=Opme(opcao="1", registro_anvisa="8")))
    remedio = replace(remedio, data_prevista=DIA, valor_autorizado=Decimal("7.10"))
    casa.autoriza(granted(taxa, material, opme, remedio))
    despesas = given(casa)["guia"]["despesas"]
    assert [one["codigo_despesa"] for one in despesas] == ["07", "03", "08", "02"]
    assert despesas[2]["registro_anvisa"] == "8"
    assert (despesas[3]["data_execucao"], despesas[3]["valor_unitario"]) == (DIA.isoformat(), "7.10")


def test_a_stay_is_filled_with_its_days(casa: CasaDigitada) -> None:
    held = granted_stay(authorised(CIRURGIA), diarias=5)
    casa.autoriza(replace(held, alta=DIA + timedelta(days=2), motivo_alta="12"))
    lida = casa.lida(SENHA)
    casa.senhas.rows[VALE, SENHA] = replace(lida, usos=usos_of({0: 2}, "261120000009", 1))
    answer = given(casa, STAY, {"numero_guia_operadora": SENHA})
    guia = answer["guia"]
    assert (guia["data_inicio_faturamento"], guia["data_final_faturamento"]) == (
        DIA.isoformat(), (DIA + timedelta(days=2)).isoformat(),
    )  # fmt: skip
    assert (answer["diarias_restantes"], guia["motivo_encerramento"]) == ("3", "12")
    assert guia["procedimentos"][0]["valor_unitario"] == "1000.00"


def test_fees_are_for_whoever_took_part_and_knows_the_carteira(casa: CasaDigitada) -> None:
    casa.autoriza(granted_stay(authorised(CIRURGIA)))
    assert ask(casa, FEES, claims=DA_CLINICA)[0] == 404
    assert ask(casa, FEES, {"senha": SENHA, "numero_carteira": "1"}, claims=DA_CLINICA)[0] == 404
    assert ask(casa, STAY, {"senha": SENHA, "numero_carteira": CARTEIRA}, claims=DA_CLINICA)[0] == 404
    answer = given(casa, FEES, {"senha": SENHA, "numero_carteira": CARTEIRA}, claims=DA_CLINICA)
    guia = answer["guia"]
    assert guia["codigo_local"] == "HOSP01"
    assert guia["codigo_executante"]
    assert "data_autorizacao" not in guia
    lida = casa.lida(SENHA)
    casa.senhas.rows[VALE, SENHA] = replace(lida, usos=usos_of({1: 1}, "261120000009", 1))
    assert given(casa, FEES)["guia"]["procedimentos"] == []
    assert given(casa, FEES, {"senha": SENHA, "grau_participacao": "01"})["guia"]["procedimentos"] != []


def test_dental_items_keep_their_tooth(casa: CasaDigitada) -> None:
    held = granted(authorised(RESINA, 1, dente="11", face="O"))
    casa.autoriza(replace(held, solicitacao=replace(held.solicitacao, tipo=Tipo.ODONTOLOGIA)))
    (item,) = given(casa, DENTAL)["guia"]["procedimentos"]
    assert (item["dente"], item["face"], item["quantidade"]) == ("11", "O", "1")


def test_a_consultation_is_its_first_item(casa: CasaDigitada) -> None:
    casa.autoriza()
    guia = given(casa, "guiaConsulta")["guia"]
    assert (guia["codigo"], guia["valor_procedimento"]) == (HEMOGRAMA, "18.50")
    assert "senha" not in guia
    lida = casa.lida(SENHA)
    casa.senhas.rows[VALE, SENHA] = replace(lida, usos=usos_of({1: 1}, "261120000009", 1))
    assert "codigo" not in given(casa, "guiaConsulta")["guia"]


def test_prestadores_are_named_as_far_as_they_are_known(casa: CasaDigitada) -> None:
    casa.autoriza()
    casa.fatos.cadastro._relacionamentos.clear()
    assert given(casa)["guia"]["contratado_executante"] == {"cnpj": CNPJ}
    own = casa.fatos.cadastro._prestadores[HOSPITAL]
    casa.fatos.cadastro.put_prestador(replace(own, cnpj=None, cpf="52998224725"))
    assert given(casa)["guia"]["contratado_executante"] == {"cpf": "52998224725"}
    casa.fatos.cadastro._prestadores.clear()
    assert "contratado_executante" not in given(casa)["guia"]


def test_text_that_no_message_carries_is_left_out(casa: CasaDigitada) -> None:
    held = granted()
    (item,) = held.itens
    odd = replace(item, solicitado=replace(item.solicitado, descricao="Hemograma “completo”"))
    asked = replace(held.solicitacao, justificativa="5 €")
    casa.autoriza(replace(held, itens=(odd,), solicitacao=asked))
    guia = given(casa)["guia"]
    assert "indicacao_clinica" not in guia
    assert "descricao" not in guia["procedimentos"][0]


def test_foreign_and_absent_are_the_same_and_counted(casa: CasaDigitada) -> None:
    casa.autoriza()
    answers = [ask(casa, claims=DA_CLINICA), ask(casa, body={"senha": "26119999999"})]
    assert {status for status, _ in answers} == {404}
    assert len({json.dumps(body) for _, body in answers}) == 1
    assert sum(casa.quotas.spent.values()) == 2
    assert casa.accesses == []


def test_what_may_not_be_billed_on_it_is_told(casa: CasaDigitada) -> None:
    casa.autoriza(replace(granted(), situacao=Situacao.CANCELADA))
    status, body = ask(casa)
    assert (status, body["codigo"]) == (409, "senha-sem-uso")
    casa.autoriza(replace(granted(), senha=None, situacao=Situacao.EM_ANALISE))
    assert ask(casa)[1]["codigo"] == "senha-sem-uso"
    casa.autoriza()
    assert ask(casa, DENTAL)[1]["codigo"] == "tipo-divergente"


def test_one_number_is_given_by_who_bills(casa: CasaDigitada) -> None:
    rascunho = casa.open(SADT)
    for body in ({}, {"senha": "1", "numero_guia_operadora": "1"}):
        status, answer, _ = casa.call("POST", MODELO, body, id=rascunho)
        assert (status, errors(answer)) == (422, [("$", "exatamente-um")])
    assert casa.call("POST", MODELO, {"senha": SENHA}, id=rascunho, claims=RECEPCAO)[0] == 403
    assert casa.call("POST", MODELO, {"senha": SENHA}, id=rascunho, claims=DA_CLINICA)[0] == 404
