"""Pre-validation says what reception and analysis would say, of typed guias and of messages; and writes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_edge import problems
from conecta_tiss.messages.envelope import Mensagem, Parte
from conecta_tiss.messages.lote_guias import Guia
from conecta_tiss.xml.writer import write_lote
from local import gerador
from local.gerador import Pedido, Tipo
from peg.handler.validacoes import CORPO_MAXIMO, GUIAS
from peg.messages.divisao import entries
from peg.messages.guias import campos_of
from peg.schemas import validacoes
from peg.schemas.validacoes import ValidacaoView
from tests import builders
from tests.builders_cadastro import CARTEIRA
from tests.builders_functions import CNPJ, VALE, a_relacionamento
from tests.builders_peg import DIA, KINDS, a_sadt, a_visit, done
from tests.fakes_cadastro import PSEUDONIMOS
from tests.fakes_rascunhos import DA_CLINICA, MAQUINA, RECEPCAO, SO_LE, CasaDigitada, errors

ROUTE = "/pegs/validacoes"
XML = {"content-type": "application/xml"}


@pytest.fixture
def casa(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> CasaDigitada:
    return CasaDigitada(monkeypatch)


def typed(*guias: Guia, **changes: Any) -> dict[str, Any]:
    held = guias or (a_visit(),)
    made = {"registro_ans": VALE, "tipo_guia": KINDS[type(held[0])].value, "guias": [campos_of(one) for one in held]}
    return {**made, **changes}


def message(*guias: Guia, numero: str = "1", **changes: Any) -> bytes:
    cabecalho = builders.cabecalho(origem=Parte(cnpj=CNPJ), data_registro=DIA, **changes)
    held = guias or (a_visit(),)
    corpo = builders.lote(*held, tipo=KINDS[type(held[0])], numero_lote=numero)
    return write_lote(Mensagem(cabecalho=cabecalho, corpo=corpo))


def ask(casa: CasaDigitada, body: Any, **how: Any) -> Any:
    status, answer, _ = casa.call("POST", ROUTE, body, **how)
    assert status == 200, answer
    ValidacaoView.model_validate_json(json.dumps(answer))
    return answer


def told(answer: Any) -> list[tuple[str, str, str]]:
    return [(one["regra"], one["efeito"], one["campo"]) for one in answer["achados"]]


def test_typed_guias_are_told_all_and_what_is_at_risk_line_by_line(casa: CasaDigitada) -> None:
    casa.autoriza()
    answer = ask(casa, typed(a_sadt(done(), done(valor="30.00"), senha=None)))
    assert (answer["recebivel"], answer["quantidade_guias"], answer["divisao"]) == (True, 1, [])
    assert (answer["valor_informado"], answer["valor_em_risco"]) == ("48.50", answer["guias"][0]["valor_em_risco"])
    risks = [one["valor_em_risco"] for one in answer["guias"][0]["itens"]]
    assert risks == ["18.50", "30.00"]
    assert ("COB-EXIGE-SENHA", "GLOSA", "guias[0].senha") in told(answer)
    assert all(one["providencia"] for one in answer["achados"])
    assert casa.pegs.rows == {}
    assert casa.archive.acervo.versions == {}
    (access,) = casa.accesses
    assert access.sujeitos == (PSEUDONIMOS.carteira(VALE, CARTEIRA),)


def test_more_findings_than_an_answer_carries_are_counted(casa: CasaDigitada, monkeypatch: pytest.MonkeyPatch) -> None:
    guias = [a_visit(f"G{n}", valor_procedimento=Decimal("999.00")) for n in range(3)]
    whole = ask(casa, typed(*guias))
    assert whole["achados_omitidos"] == 0
    monkeypatch.setattr(validacoes, "ACHADOS", 2)
    cut = ask(casa, typed(*guias))
    assert (cut["achados"], cut["achados_omitidos"]) == (whole["achados"][:2], len(whole["achados"]) - 2)


def test_what_is_due_whole_is_at_no_risk(casa: CasaDigitada) -> None:
    answer = ask(casa, typed())
    assert (answer["valor_em_risco"], [one["efeito"] for one in answer["achados"] if one["efeito"] != "AVISO"]) == (
        "0.00", [],
    )  # fmt: skip


def test_a_message_is_told_the_same_as_the_same_guias_typed(casa: CasaDigitada) -> None:
    guias = (a_sadt(senha=None), a_sadt(numero="G2", senha="26119999999"))
    by_json, by_xml = ask(casa, typed(*guias)), ask(casa, message(*guias), headers=XML)
    same = ("recebivel", "valor_informado", "valor_em_risco", "guias", "quantidade_guias")
    assert {name: by_json[name] for name in same} == {name: by_xml[name] for name in same}
    for one, other in zip(by_json["achados"], by_xml["achados"], strict=True):
        plain = {name: held for name, held in one.items() if name not in {"campo", "caminho", "linha"}}
        assert plain == {name: held for name, held in other.items() if name not in {"campo", "caminho", "linha"}}
        assert other["caminho"].startswith("/ans:mensagemTISS")


def test_it_agrees_with_reception(casa: CasaDigitada) -> None:
    raw = message(a_sadt(senha=None), a_sadt(numero="G2", senha="26119999999"))
    answer = ask(casa, raw, headers=XML)
    found = casa.manda(raw)
    assert found.peg is not None
    assert [(one["regra"], one["codigo"], one["caminho"]) for one in answer["achados"]] == [
        (one.regra, one.codigo, one.caminho) for one in found.achados
    ]
    assert answer["valor_em_risco"] == f"{found.peg.valor_glosado:.2f}"


def test_bytes_received_before_are_known_and_their_number_is_taken(casa: CasaDigitada) -> None:
    raw = message(numero="7")
    peg = casa.manda(raw).peg
    assert peg is not None
    assert ask(casa, raw, headers=XML)["protocolo"] == peg.protocolo
    other = ask(casa, message(a_visit("G2"), numero="7"), headers=XML)
    assert (other["protocolo"], other["recebivel"], other["valor_em_risco"]) == (None, False, "120.00")
    assert "LOTE-NUMERO" in {one["regra"] for one in other["achados"]}
    casa.cancela(peg)
    again = ask(casa, raw, headers=XML)
    assert (again["protocolo"], again["recebivel"]) == (None, True)


def test_who_may_not_bill_is_told_only_that(casa: CasaDigitada) -> None:
    casa.fatos.cadastro.put_relacionamento(a_relacionamento(situacao="SOLICITADO"))
    answer = ask(casa, typed())
    assert (answer["recebivel"], told(answer)) == (False, [("R02", "RECUSA", "$")])
    assert answer["guias"] == []
    assert casa.accesses == []


@pytest.mark.regra("R11")
def test_too_many_guias_are_proposed_a_division(casa: CasaDigitada) -> None:
    many = [a_visit(f"G{n}", dia=DIA - timedelta(days=n % 9)) for n in range(201)]
    answer = ask(casa, typed(*many))
    assert (answer["recebivel"], answer["quantidade_guias"]) == (False, 201)
    assert [len(one["guias"]) for one in answer["divisao"]] == [100, 100, 1]
    assert ("COB-GUIAS", "RECUSA", "guias") in told(answer)
    raw = gerador.gerar(Pedido(tipo=Tipo.CONSULTA, guias=101, destino=VALE, origem_cnpj=CNPJ)).conteudo
    answer = ask(casa, raw, headers=XML)
    assert (answer["recebivel"], answer["quantidade_guias"]) == (False, 101)
    assert [(one["tipo_guia"], one["versao_tiss"], one["guias"][0]) for one in answer["divisao"]] == [
        ("guiaConsulta", "4.01.00", 1), ("guiaConsulta", "4.01.00", 101),
    ]  # fmt: skip


@pytest.mark.regra("R11")
def test_mixed_kinds_are_proposed_a_division(casa: CasaDigitada) -> None:
    visit, sadt = message(), message(a_sadt(senha=None))
    start, end = sadt.index(b"<ans:guiaSP-SADT>"), sadt.index(b"</ans:guiasTISS>")
    mixed = visit.replace(b"</ans:guiasTISS>", sadt[start:end] + b"</ans:guiasTISS>")
    answer = ask(casa, mixed, headers=XML)
    assert answer["recebivel"] is False
    assert [(one["tipo_guia"], one["guias"]) for one in answer["divisao"]] == [
        ("guiaConsulta", [1]), ("guiaSP-SADT", [2]),
    ]  # fmt: skip


@pytest.mark.parametrize("raw", [b"", b"<x", b"<x/>", b"texto"])
def test_what_is_no_message_is_told_so(casa: CasaDigitada, raw: bytes) -> None:
    answer = ask(casa, raw, headers=XML)
    assert (answer["recebivel"], answer["registro_ans"], answer["valor_em_risco"]) == (False, None, "0.00")
    assert {one["efeito"] for one in answer["achados"]} == {"RECUSA"}
    assert entries(raw) == ()


def test_a_message_to_nobody_here_is_told_so(casa: CasaDigitada) -> None:
    answer = ask(
        casa, message(replace(a_visit(), registro_ans="999999"), destino=Parte(registro_ans="999999")), headers=XML
    )  # fmt: skip
    assert (answer["recebivel"], [one["regra"] for one in answer["achados"]]) == (False, ["DESTINO"])


def test_what_json_cannot_carry_is_refused_as_in_a_draft(casa: CasaDigitada) -> None:
    def refused(body: Any) -> list[tuple[str, str]]:
        status, answer, _ = casa.call("POST", ROUTE, body)
        assert status == 422
        return errors(answer)

    wrong = {**campos_of(a_visit()), "observacao": "5 €"}
    assert refused(typed(guias=[wrong])) == [("guias[0].observacao", "caractere-fora-do-padrao")]
    assert refused(typed(registro_ans="999999")) == [("registro_ans", "operadora-desconhecida")]
    assert casa.call("POST", ROUTE, "x" * (CORPO_MAXIMO + 1))[0] == 413


def test_only_who_sends_validates_and_not_without_end(casa: CasaDigitada, monkeypatch: pytest.MonkeyPatch) -> None:
    for who, status in ((RECEPCAO, 403), (SO_LE, 403), (MAQUINA, 200), (DA_CLINICA, 200)):
        assert casa.call("POST", ROUTE, typed(), claims=who)[0] == status
        assert casa.call("POST", ROUTE, message(), claims=who, headers=XML)[0] == status
    asked: list[int] = []

    def take(_quota: Any, **who: Any) -> None:
        asked.append(who["units"])
        raise problems.too_many(7)

    monkeypatch.setattr(casa.quotas, "take", take)
    many = [a_visit(f"G{n}") for n in range(3)]
    assert casa.call("POST", ROUTE, typed(*many))[0] == 429
    assert casa.call("POST", ROUTE, message(*many), headers=XML)[0] == 429
    assert asked == [3, 3]
    assert GUIAS.limit >= 1000
