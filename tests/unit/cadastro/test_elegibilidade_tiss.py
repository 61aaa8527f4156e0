"""`verificaElegibilidade` as the XML door hands it over: the same use case, answered in the sender's version."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from cadastro.handler import api
from conecta_facts.operadoras import Operadora, VersaoAceita
from conecta_facts.prestadores import Prestador
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.elegibilidade import ReciboElegibilidade, RespostaElegibilidade
from conecta_tiss.messages.envelope import Mensagem, Parte
from conecta_tiss.pipeline import validate_message
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.xml import writer
from tests import builders as um
from tests.builders_cadastro import (
    CARTEIRA,
    CPF,
    HOJE,
    INICIO,
    NOME,
    OUTRA_CARTEIRA,
    a_plano,
    a_vida,
    an_operadora,
    relacionamento_of,
)
from tests.builders_functions import CNPJ, HOSPITAL, OUTRO_CNPJ, PASA, SINCE, VALE, api_event, machine, person
from tests.fakes_cadastro import PSEUDONIMOS, ElegibilidadeWorld

ROTA = "/tiss/verificaElegibilidade"
ONTEM = HOJE - timedelta(days=1)
V401, V403 = Versao.V4_01_00, Versao.V4_03_00


class Door(ElegibilidadeWorld):
    """The world with VALE taking every version, and messages in and out."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.open(an_operadora(versoes=tuple(VersaoAceita(versao.value, SINCE) for versao in VERSOES)))

    def open(self, operadora: Operadora) -> None:
        """Let an operadora be known as it is."""
        self.catalogo.values[("operadora", operadora.registro_ans)] = [operadora]
        self.cadastro.put_operadora(operadora)

    def send(self, raw: bytes, *, claims: dict[str, Any] | None = None) -> tuple[int, bytes]:
        """POST one message, as API Gateway hands a body that may be binary."""
        event = api_event("POST", ROTA, claims=claims or person(), body=base64.b64encode(raw).decode())
        answered = api.handler({**event, "isBase64Encoded": True}, None)
        body = answered["body"]
        return answered["statusCode"], base64.b64decode(body) if answered["isBase64Encoded"] else body.encode()

    def answer(self, raw: bytes, status: int = 200, versao: Versao = V401) -> Mensagem[RespostaElegibilidade]:
        """The message that answers one, which its version's schema must accept."""
        found, body = self.send(raw)
        assert found == status, body
        read = validate_message(body, hoje=HOJE, versao=versao)
        assert read.valido, read.achados
        message = read.mensagem_de(RespostaElegibilidade)
        assert message is not None
        return message

    def recibo(self, raw: bytes, versao: Versao = V401) -> ReciboElegibilidade:
        """What the operadora says of the life."""
        recibo = self.answer(raw, versao=versao).corpo.recibo
        assert recibo is not None
        return recibo

    def erro(self, raw: bytes, status: int = 422, versao: Versao = V401) -> tuple[str, str]:
        """Code and text of what refuses a message."""
        erro = self.answer(raw, status, versao).corpo.mensagem_erro
        assert erro is not None
        return erro.codigo, erro.descricao or ""


@pytest.fixture
def door(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(monkeypatch)


def question(
    versao: Versao = V401,
    *,
    origem: Parte | None = None,
    destino: str = VALE,
    prestador: Contratado | None = None,
    carteira: str = CARTEIRA,
    **members: Any,
) -> bytes:
    """A question of the hospital to VALE."""
    header = {"origem": origem or Parte(cnpj=CNPJ), "destino": Parte(registro_ans=destino)}
    header |= {name: members.pop(name) for name in ("sequencial_transacao",) if name in members}
    asked = um.verifica_elegibilidade(
        versao,
        do_cabecalho=header,
        prestador=prestador or Contratado(cnpj=CNPJ),
        numero_carteira=carteira,
        **members,
    )
    return writer.write_verifica_elegibilidade(asked)


# --- yes and no ---


@pytest.mark.parametrize("versao", VERSOES)
def test_yes_is_a_recibo_in_the_senders_version(door: Door, versao: Versao) -> None:
    door.load(a_vida(nome_social="Jô"))
    asked = question(versao, sequencial_transacao="A-77", ausencia_cod_validacao="01")
    answered = door.answer(asked, versao=versao)
    assert answered.corpo.recibo == ReciboElegibilidade(
        registro_ans=VALE,
        numero_carteira=CARTEIRA,
        ausencia_cod_validacao="01",
        validade_carteira=date(2027, 12, 31),
        nome_beneficiario=NOME,
        nome_social_beneficiario="Jô",
        resposta_solicitacao=True,
    )
    cabecalho = answered.cabecalho
    assert (cabecalho.tipo_transacao, cabecalho.sequencial_transacao) == ("SITUACAO_ELEGIBILIDADE", "A-77")
    assert (cabecalho.origem, cabecalho.destino) == (Parte(registro_ans=VALE), Parte(cnpj=CNPJ))
    assert (cabecalho.data_registro, cabecalho.hora_registro) == (HOJE, "09:00:00")
    assert cabecalho.padrao == versao.value


@pytest.mark.parametrize(
    ("versao", "codes"), [(V401, ["1005", "1017", "1407"]), (V403, ["3308", "1017", "3287"])], ids=["4.01", "4.03"]
)
def test_no_is_a_recibo_with_every_reason_in_codes_the_senders_schema_has(
    door: Door, versao: Versao, codes: list[str]
) -> None:
    door.load(a_vida(data_inclusao=HOJE + timedelta(days=1), validade_carteira=ONTEM, plano="SEM-PLANO"))
    recibo = door.recibo(question(versao), versao)
    assert recibo.resposta_solicitacao is False
    assert [motivo.codigo for motivo in recibo.motivos_negativa] == codes
    assert recibo.validade_carteira == ONTEM
    assert all(". " in (motivo.descricao or "") for motivo in recibo.motivos_negativa)


def test_a_replaced_number_is_answered_with_the_present_one(door: Door) -> None:
    door.load(a_vida(carteira_anterior=OUTRA_CARTEIRA))
    assert door.recibo(question(carteira=OUTRA_CARTEIRA)).numero_carteira == CARTEIRA


def test_the_token_of_a_question_comes_back_with_its_answer(door: Door) -> None:
    door.load(a_vida())
    recibo = door.recibo(question(cod_validacao="A1B2C3"))
    assert (recibo.cod_validacao, recibo.ausencia_cod_validacao) == ("A1B2C3", None)


def test_blanks_around_a_number_are_none_of_it(door: Door) -> None:
    door.load(a_vida("123"))
    assert door.recibo(question(carteira=" 123  ")).numero_carteira == "123"


def test_names_longer_than_the_schema_takes_are_cut_and_letters_it_cannot_write_are_written_as_near_as_it_can(
    door: Door,
) -> None:
    door.load(a_vida(nome="Ţ" + "ã" * 100, nome_social="é" * 100))
    recibo = door.recibo(question())
    assert recibo.nome_beneficiario == "T" + "ã" * 69
    assert recibo.nome_social_beneficiario == "é" * 70


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"data_inclusao": HOJE + timedelta(days=1)},
        {"data_exclusao": ONTEM},
        {"suspenso_de": ONTEM},
        {"validade_carteira": ONTEM},
        {"plano": "SEM-PLANO", "data_exclusao": ONTEM, "validade_carteira": ONTEM},
    ],
    ids=range(6),
)
def test_the_same_question_by_json_has_the_same_reasons(door: Door, change: dict[str, Any]) -> None:
    door.load(a_vida(**change))
    recibo = door.recibo(question())
    (shown,) = door.ask({"registro_ans": VALE, "numero_carteira": CARTEIRA})[1]["beneficiarios"]
    assert recibo.resposta_solicitacao is shown["elegivel"]
    assert [(motivo.codigo, motivo.descricao) for motivo in recibo.motivos_negativa] == [
        (motivo["codigo"], f"{motivo['texto']}. {motivo['mensagem']}") for motivo in shown["motivos"]
    ]


def test_by_each_of_its_identifications_the_prestador_is_the_one_that_asks(door: Door) -> None:
    door.load(a_vida())
    for origem, prestador in (
        (Parte(cnpj=CNPJ), Contratado(codigo_na_operadora="HOSP01")),
        (Parte(codigo_prestador_na_operadora="HOSP01"), Contratado(cnpj=CNPJ)),
    ):
        answered = door.answer(question(origem=origem, prestador=prestador))
        assert answered.cabecalho.destino == origem
    door.cadastro.put_prestador(Prestador(HOSPITAL, "Médica", "1234567", cpf=CPF))
    door.recibo(question(origem=Parte(cpf=CPF), prestador=Contratado(cpf=CPF)))


# --- what the operadora does not answer ---


@pytest.mark.parametrize(("versao", "code"), [(V401, "1001"), (V403, "1001")], ids=["4.01", "4.03"])
def test_absent_and_foreign_are_the_same_error(door: Door, versao: Versao, code: str) -> None:
    door.load(a_vida(registro_ans=PASA))
    foreign, absent = (door.send(question(versao, carteira=number)) for number in (CARTEIRA, "1"))
    assert foreign == absent
    assert door.erro(question(versao, carteira="1"), 200, versao)[0] == code


@pytest.mark.parametrize(("versao", "code"), [(V401, "1207"), (V403, "3279")], ids=["4.01", "4.03"])
def test_a_relacionamento_that_is_not_enabled_is_told_as_such(door: Door, versao: Versao, code: str) -> None:
    door.load(a_vida())
    door.cadastro.put_relacionamento(relacionamento_of(("SUSPENSO", INICIO)))
    found, text = door.erro(question(versao), 200, versao)
    assert found == code
    assert "não está habilitado" in text


def test_without_a_relacionamento_the_answer_is_the_same_for_a_life_and_for_none(door: Door) -> None:
    door.load(a_vida(registro_ans=PASA))
    door.cadastro._relacionamentos.clear()
    asked = [question(destino=PASA, carteira=number) for number in (CARTEIRA, "1")]
    assert door.send(asked[0]) == door.send(asked[1])
    assert door.erro(asked[0], 200)[0] == "1207"


# --- what is wrong with the message ---


def broken_hash(raw: bytes) -> bytes:
    return re.sub(rb"<ans:hash>[^<]*<", b"<ans:hash>" + b"0" * 32 + b"<", raw)


@pytest.mark.parametrize("versao", VERSOES)
def test_a_hash_that_does_not_match_is_an_error_by_the_operadora_that_was_asked(door: Door, versao: Versao) -> None:
    door.load(a_vida())
    answered = door.answer(broken_hash(question(versao, sequencial_transacao="42")), 422, versao)
    erro = answered.corpo.mensagem_erro
    assert erro is not None
    assert erro.codigo == "5014"
    assert (answered.cabecalho.origem, answered.cabecalho.destino) == (Parte(registro_ans=VALE), Parte(cnpj=CNPJ))
    assert answered.cabecalho.sequencial_transacao == "42"


@pytest.mark.parametrize("versao", [Versao.V4_02_00, V403])
def test_a_version_the_operadora_does_not_take_is_refused_in_it_naming_those_it_takes(
    door: Door, versao: Versao
) -> None:
    door.open(an_operadora())
    found, text = door.erro(question(versao), 422, versao)
    assert found == "5028"
    assert "4.01.00" in text


def test_a_version_is_taken_only_on_its_days(door: Door) -> None:
    door.load(a_vida())
    for ate, status in ((ONTEM, 422), (HOJE, 200)):
        door.open(an_operadora(versoes=(VersaoAceita("4.01.00", SINCE, ate),)))
        assert door.send(question())[0] == status


def test_a_version_nobody_implements_is_refused_once_in_the_oldest(door: Door) -> None:
    raw = question().replace(b"Padrao>4.01.00<", b"Padrao>3.05.00<")
    found, _ = door.erro(broken_hash(raw))
    assert found == "5028"


@pytest.mark.parametrize(
    ("origem", "prestador", "code"),
    [
        (Parte(cnpj=OUTRO_CNPJ), None, "5005"),
        (Parte(cpf=CPF), None, "5005"),
        (Parte(codigo_prestador_na_operadora="OUTRO"), None, "1203"),
        (None, Contratado(cnpj=OUTRO_CNPJ), "1203"),
        (None, Contratado(cpf=CPF), "1203"),
        (None, Contratado(codigo_na_operadora="OUTRO"), "1203"),
    ],
    ids=["cnpj", "cpf", "code", "asks cnpj", "asks cpf", "asks code"],
)
def test_nobody_asks_in_the_name_of_another(
    door: Door, origem: Parte | None, prestador: Contratado | None, code: str
) -> None:
    door.load(a_vida())
    status, body = door.send(question(origem=origem, prestador=prestador))
    assert NOME not in body.decode("iso-8859-1")
    assert status == 422
    assert door.erro(question(origem=origem, prestador=prestador))[0] == code


def test_a_code_is_nobodys_without_a_relacionamento(door: Door) -> None:
    door.cadastro._relacionamentos.clear()
    asked = question(destino=PASA, prestador=Contratado(codigo_na_operadora="HOSP01"))
    assert door.erro(asked)[0] == "1203"


@pytest.mark.parametrize("broken", [False, True])
def test_a_destino_that_is_none_of_ours_is_told_by_one_of_ours(door: Door, *, broken: bool) -> None:
    raw = question(destino="999999")
    answered = door.answer(broken_hash(raw) if broken else raw, 422)
    erro = answered.corpo.mensagem_erro
    assert erro is not None
    assert erro.codigo == ("5014" if broken else "5027")
    assert answered.cabecalho.origem.registro_ans in {VALE, PASA}
    assert (door.asked, door.accesses, door.quotas.spent) == ([], [], {})


def test_before_any_operadora_is_loaded_nobody_answers_and_says_so(door: Door) -> None:
    door.catalogo.values.clear()
    answered = door.answer(question(), 422)
    erro = answered.corpo.mensagem_erro
    assert erro is not None
    assert (erro.codigo, answered.cabecalho.origem) == ("5027", Parte(registro_ans="000000"))


def test_several_faults_are_counted_in_the_error(door: Door) -> None:
    door.open(an_operadora())
    _, text = door.erro(question(V403, origem=Parte(cnpj=OUTRO_CNPJ), prestador=Contratado(cpf=CPF)), 422, V403)
    assert text.endswith(" (e mais 2 achado(s))")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "5002"),
        (b"{}", "5002"),
        (b"\x1f\x8b\x08", "5002"),
        (b"<a/>", "5001"),
        (question()[:-40], "5002"),
        (question().replace(b"numeroCarteira", b"numeroDaCarteira"), "1001"),
    ],
    ids=["nothing", "json", "gzip", "another root", "cut", "unknown element"],
)
def test_what_cannot_be_read_is_an_error_in_4_01_to_whoever_sent_it(door: Door, raw: bytes, code: str) -> None:
    answered = door.answer(raw, 422)
    erro = answered.corpo.mensagem_erro
    assert erro is not None
    assert erro.codigo == code
    assert answered.cabecalho.destino == Parte(cnpj=CNPJ)
    assert (door.asked, door.accesses) == ([], [])


def test_of_an_unknown_prestador_what_cannot_be_read_is_answered_too(door: Door) -> None:
    door.cadastro._prestadores.clear()
    answered = door.answer(b"<a/>", 422)
    assert answered.cabecalho.destino == Parte(codigo_prestador_na_operadora=HOSPITAL[:14])


@pytest.mark.parametrize(
    "raw",
    [
        writer.write_lote(um.mensagem_lote(origem=Parte(cnpj=CNPJ))),
        writer.write_elegibilidade(um.elegibilidade()),
        writer.write_lote(um.mensagem_lote(um.guia_sp_sadt(beneficiario=um.beneficiario(numero_carteira="1")))),
    ],
    ids=["lote", "answer", "lote of another"],
)
def test_a_valid_message_of_another_transaction_is_refused_as_that(door: Door, raw: bytes) -> None:
    assert validate_message(raw, hoje=HOJE).mensagem is not None
    assert door.erro(raw)[0] == "3148"


# --- who asks, and what is left behind ---


def test_each_question_is_counted_and_recorded_found_or_not(door: Door) -> None:
    door.load(a_vida())
    for number in (CARTEIRA, "1"):
        door.send(question(carteira=number), claims=machine(scope="conecta/elegibilidade.ler"))
    assert door.quotas.spent == {("elegibilidade", HOSPITAL, "maquina-1"): 2}
    assert [access.sujeitos for access in door.accesses] == [
        (PSEUDONIMOS.carteira(VALE, number),) for number in (CARTEIRA, "1")
    ]
    assert {access.operacao for access in door.accesses} == {ROTA}


def test_the_quota_is_that_of_the_json_door(door: Door) -> None:
    door.quotas.spent["elegibilidade", HOSPITAL, "pessoa-1"] = 120
    status, body = door.send(question())
    assert (status, json.loads(body)["codigo"]) == (429, "limite-excedido")


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        (person("pessoa-3"), 403),
        (machine(scope="conecta/peg.ler"), 403),
        (machine("maquina-2", scope="conecta/elegibilidade.ler"), 403),
        (person(token_use="id"), 401),
        (person("desconhecida"), 403),
    ],
    ids=["faturista", "scope", "scope of the row", "id token", "not bound"],
)
def test_who_may_not_ask_is_told_so_in_json(door: Door, claims: dict[str, Any], status: int) -> None:
    door.load(a_vida())
    found, body = door.send(question(), claims=claims)
    assert (found, json.loads(body)["status"]) == (status, status)
    assert door.asked == []


def test_no_line_of_the_log_holds_what_was_sent(door: Door, logged: Callable[[], list[Any]]) -> None:
    door.load(a_vida())
    for raw in (question(), broken_hash(question()), question(carteira="1"), question(destino="999999")):
        door.send(raw)
    written = json.dumps(logged(), ensure_ascii=False)
    assert not [value for value in (CARTEIRA, NOME, CNPJ) if value in written]


def test_an_error_repeats_nothing_of_whom_was_asked(door: Door) -> None:
    door.load(a_vida())
    for raw in (broken_hash(question()), question(carteira=CARTEIRA, prestador=Contratado(cnpj=OUTRO_CNPJ))):
        _, body = door.send(raw)
        assert not [value for value in (CARTEIRA, NOME) if value in body.decode("iso-8859-1")]


def test_the_plan_is_that_of_the_operadora_asked(door: Door) -> None:
    door.catalogo.put("planos", VALE, a_plano("ENCERRADO", vigente_ate=ONTEM))
    door.load(a_vida(plano="ENCERRADO"))
    assert [motivo.codigo for motivo in door.recibo(question()).motivos_negativa] == ["1407"]
