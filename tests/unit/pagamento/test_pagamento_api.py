"""The REST entries of pagamento for a prestador, from the proxied request to the answer."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from conecta_contas.pegs import Recuperacao, SituacaoPeg
from pagamento.domain.errors import (
    ArquivoIndisponivelError,
    DemonstrativoIndisponivelError,
    FaturaNaoPagavelError,
    MudouError,
    NotaIlegivelError,
)
from pagamento.domain.faturas import SituacaoFatura
from pagamento.domain.notas import SituacaoNota
from pagamento.handler.comum import ERRORS
from pagamento.schemas import cronograma, notas, pagamentos
from tests.builders_functions import CLINICA, HOSPITAL, PASA, VALE
from tests.builders_pagamento import (
    NOVEMBRO,
    OUTRO_PEG,
    UM_PEG,
    a_discount,
    a_fatura,
    a_file,
    a_nota,
    a_payment,
    a_reading,
    an_entry,
    meia_noite,
)
from tests.fakes_pagamento_api import (
    AUDITORIA,
    DA_CLINICA,
    FATURISTA,
    FINANCEIRO,
    MAQUINA,
    PORTAL_LEGADO,
    RECEPCAO,
    SO_LE,
    ApiMesa,
    errors,
)

UPLOAD = "a" * 32
UM = "/notas-fiscais/{id}"
PEG = "/cronograma/pegs/{protocolo}"
AUSENTE = "261150999999"


@pytest.fixture
def mesa(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ApiMesa:
    return ApiMesa(monkeypatch)


def fits(model: type[BaseModel], body: Any) -> Any:
    """The answer, which must be of the documented shape and name nothing else."""
    held = model.model_validate_json(json.dumps(body))
    assert held.model_dump(exclude_unset=True).keys() == body.keys()
    return body


# --- cronograma ---


def test_the_cronograma_in_force_is_read_once(mesa: ApiMesa) -> None:
    status, body, headers = mesa.call("GET", "/cronograma", query={"registro_ans": VALE})
    assert (status, headers["ETag"]) == (200, '"1"')
    fits(cronograma.CronogramaView, body)
    assert body["ciclos"][0] == {
        "competencia": "202610", "corte": "2026-10-31", "publicacao": "2026-11-10", "entrega": "2026-11-16",
        "pagamento": "2026-11-30",
    }  # fmt: skip
    again = mesa.call("GET", "/cronograma", query={"registro_ans": VALE}, headers={"If-None-Match": '"1"'})
    assert again[:2] == (304, None)


def test_until_one_is_published_it_is_empty(mesa: ApiMesa) -> None:
    body = mesa.get("/cronograma", registro_ans=PASA)[1]
    assert (body["versao"], body["publicado_em"], body["ciclos"]) == (0, None, [])


@pytest.mark.parametrize(
    ("suffix", "media", "beginning"),
    [("csv", "text/csv", b"\xef\xbb\xbf"), ("pdf", "application/pdf", b"%PDF"), ("ics", "text/calendar", "BEGIN")],
)
def test_it_is_downloaded(mesa: ApiMesa, suffix: str, media: str, beginning: bytes | str) -> None:
    mesa.peg()
    status, content, headers = mesa.call("GET", f"/cronograma.{suffix}", query={"registro_ans": VALE})
    assert (status, headers["Content-Type"].partition(";")[0]) == (200, media)
    assert content.startswith(beginning)


@pytest.mark.parametrize("resource", ["/cronograma", "/cronograma.csv", "/cronograma.ics", "/pagamentos/lancamentos"])
def test_an_operadora_without_relacionamento_is_not_there(mesa: ApiMesa, resource: str) -> None:
    foreign = mesa.get(resource, DA_CLINICA, registro_ans=PASA)
    assert foreign[0] == 404
    assert mesa.get(resource, DA_CLINICA, registro_ans="999999") == foreign
    assert mesa.get(resource, registro_ans="x")[0] == 422
    assert mesa.get(resource, RECEPCAO, registro_ans=VALE)[0] == 403


def test_each_peg_has_its_day(mesa: ApiMesa) -> None:
    mesa.peg()
    mesa.peg(OUTRO_PEG, situacao=SituacaoPeg.EM_ANALISE, publicada_em=None)
    mesa.peg("261020000003", situacao=SituacaoPeg.CANCELADO, publicada_em=None)
    body = fits(cronograma.PegsDoCronogramaPage, mesa.get("/cronograma/pegs", competencia="202610")[1])
    told = {one["protocolo"]: (one["situacao"], one["pagamento_em"], one["explicacao"]) for one in body["pegs"]}
    assert told == {
        UM_PEG: ("PENDENTE", "2026-11-30", "A nota fiscal enviada agora é paga em 30/11/2026."),
        OUTRO_PEG: (
            None, "2026-11-30", "Os valores ainda não foram publicados; pela ordem do cronograma, é pago em 30/11/2026."
        ),
        "261020000003": (None, None, "Não há o que pagar."),
    }  # fmt: skip
    assert mesa.get("/cronograma/pegs")[1] == {"pegs": [], "cursor": None}


def test_what_a_recurso_gave_back_has_its_own_day_under_the_name_of_its_fatura(mesa: ApiMesa) -> None:
    mesa.peg(recuperacoes=(Recuperacao("261160000001", Decimal("10.50"), date(2026, 11, 10)),))
    body = fits(cronograma.PrevisaoView, mesa.call("GET", PEG, protocolo=f"{UM_PEG}-1")[1])
    assert (body["protocolo"], body["fatura"], body["valor"]) == (UM_PEG, f"{UM_PEG}-1", "10.50")
    assert mesa.call("GET", PEG, protocolo=UM_PEG)[1]["fatura"] == UM_PEG
    for absent in (f"{UM_PEG}-2", f"{UM_PEG}-0", f"{UM_PEG}-", "-1"):
        assert mesa.call("GET", PEG, protocolo=absent)[0] == 404


def test_a_peg_whose_delivery_is_missed_says_so(mesa: ApiMesa) -> None:
    mesa.peg()
    mesa.agora = meia_noite(date(2026, 11, 17))
    body = fits(cronograma.PrevisaoView, mesa.call("GET", PEG, protocolo=UM_PEG)[1])
    assert (body["reagendada"], body["pagamento_em"]) == (True, NOVEMBRO.pagamento.isoformat())
    assert body["explicacao"].endswith("O prazo da sua competência passou.")


@pytest.mark.parametrize("situacao", [one for one in SituacaoFatura if one is not SituacaoFatura.PENDENTE])
def test_every_state_of_a_fatura_is_explained(mesa: ApiMesa, situacao: SituacaoFatura) -> None:
    mesa.peg(situacao=SituacaoPeg.PAGO)
    mesa.registros.put(a_fatura(situacao=situacao, nota="261150000001", paga_em=date(2026, 11, 30)))
    text = mesa.call("GET", PEG, protocolo=UM_PEG)[1]["explicacao"]
    assert {"EM_CONFERENCIA": "O financeiro", "PROGRAMADA": "Nada", "PAGA": "Foi", "ENCERRADA": "Não"}[
        situacao
    ] == text.split()[0] + (" financeiro" if text.startswith("O ") else "")


def test_what_is_of_before_the_migration_is_told_where_it_is(mesa: ApiMesa) -> None:
    for protocolo in ("260820000001", "1234567"):
        status, body, _ = mesa.call("GET", PEG, protocolo=protocolo)
        assert (status, body["codigo"], body["portal"], body["data_migracao"]) == (
            404, "legado", PORTAL_LEGADO, "2026-09-01",
        )  # fmt: skip
    assert mesa.get("/cronograma/pegs", competencia="202608")[1]["codigo"] == "legado"
    mesa.peg()
    foreign = mesa.call("GET", PEG, claims=DA_CLINICA, protocolo=UM_PEG)
    assert foreign[:2] == mesa.call("GET", PEG, claims=DA_CLINICA, protocolo="261020999999")[:2]
    assert (foreign[1]["codigo"], mesa.call("GET", PEG, protocolo="x")[1]["codigo"]) == ("nao-encontrado",) * 2


# --- the feed ---


def test_a_calendar_is_read_by_its_address_until_it_is_revoked(mesa: ApiMesa) -> None:
    mesa.peg()
    for number in range(31):
        mesa.peg(f"2610200001{number:02}", situacao=SituacaoPeg.EM_ANALISE, publicada_em=None)
    status, body, _ = mesa.call("POST", "/cronograma/agenda", {"registro_ans": None})
    assert status == 201
    fits(cronograma.AgendaCriadaView, body)
    token = body["caminho"].removeprefix("agenda/")
    listed = fits(cronograma.AgendasView, mesa.get("/cronograma/agenda")[1])
    assert token not in json.dumps(listed)
    status, content, headers = mesa.call("GET", "/agenda/{token}", token=token)
    assert (status, headers["Content-Type"].partition(";")[0]) == (200, "text/calendar")
    assert UM_PEG in content, "text, which API Gateway decodes for nobody"
    assert mesa.get("/cronograma/agenda", DA_CLINICA)[1] == {"agendas": []}
    assert mesa.call("DELETE", "/cronograma/agenda", claims=DA_CLINICA)[0] == 204
    assert mesa.call("GET", "/agenda/{token}", token=token)[0] == 200
    assert mesa.call("DELETE", "/cronograma/agenda", claims=SO_LE)[0] == 403
    assert mesa.call("DELETE", "/cronograma/agenda")[0] == 204
    for gone in (token, "x", "y" * 43):
        assert mesa.call("GET", "/agenda/{token}", token=gone)[1]["codigo"] == "nao-encontrado"


def test_a_calendar_of_one_operadora_shows_no_other(mesa: ApiMesa) -> None:
    mesa.peg()
    token = mesa.call("POST", "/cronograma/agenda", {"registro_ans": PASA})[1]["caminho"].removeprefix("agenda/")
    assert UM_PEG not in mesa.call("GET", "/agenda/{token}", token=token)[1]
    assert mesa.call("POST", "/cronograma/agenda", {"registro_ans": PASA}, claims=DA_CLINICA)[0] == 404
    assert mesa.call("DELETE", "/cronograma/agenda", query={"registro_ans": PASA})[0] == 204


# --- notas fiscais ---


def sent(mesa: ApiMesa, *, claims: dict[str, Any] | None = None, key: str | None = None, **changes: Any) -> Any:
    """A nota of one PEG is sent."""
    body = {"registro_ans": VALE, "protocolos": [UM_PEG], "uploads": [UPLOAD], **changes}
    headers = {"Idempotency-Key": key} if key else {}
    return mesa.call("POST", "/notas-fiscais", body, claims=claims, headers=headers)


def stored(mesa: ApiMesa, **reading: Any) -> None:
    """Its file is complete, and says this."""
    mesa.arquivos.put(HOSPITAL, a_file(UPLOAD, recebido_em=mesa.agora), b"<nfse/>")
    mesa.lidas[b"<nfse/>"] = a_reading(valor=mesa.peg().valor_liberado, **reading)


def test_a_nota_is_sent_and_answered_at_once_the_same_for_ever(mesa: ApiMesa) -> None:
    stored(mesa)
    status, body, headers = sent(mesa, key="k")
    fits(notas.NotaFiscalView, body)
    assert (status, headers["Location"], headers["ETag"]) == (201, f"notas-fiscais/{body['id']}", '"1"')
    assert (body["situacao"], body["pagamento_em"], body["divergencias"]) == ("ACEITA", "2026-11-30", [])
    assert (sent(mesa, key="k")[:2], len(mesa.registros.told(HOSPITAL))) == ((201, body), 2)
    assert mesa.call("GET", UM, id=body["id"])[1] == body
    listed = fits(notas.NotasFiscaisPage, mesa.get("/notas-fiscais", MAQUINA)[1])
    assert [one["id"] for one in listed["notas"]] == [body["id"]]


def test_a_late_nota_tells_its_new_day(mesa: ApiMesa) -> None:
    mesa.agora = meia_noite(date(2026, 11, 17))
    stored(mesa)
    body = sent(mesa)[1]
    assert (body["situacao"], body["pagamento_em"]) == ("ACEITA_REAGENDADA", NOVEMBRO.pagamento.isoformat())
    assert "30/12/2026" in body["explicacao"]


def test_a_refused_nota_tells_all_that_is_wrong(mesa: ApiMesa) -> None:
    stored(mesa, emitente="99999999000191", competencia="202501")
    status, body, _ = sent(mesa)
    assert (status, body["situacao"], body["pagamento_em"]) == (201, "RECUSADA", None)
    assert [one["regra"] for one in body["divergencias"]] == ["NF-EMITENTE", "NF-COMPETENCIA"]
    assert sent(mesa)[1]["id"] != body["id"]


def test_what_the_xml_does_not_say_is_declared(mesa: ApiMesa) -> None:
    mesa.peg()
    mesa.arquivos.put(HOSPITAL, a_file(UPLOAD, formato="application/pdf"))
    assert errors(sent(mesa)[1]) == [
        (f"declarado.{name}", "obrigatorio") for name in ("numero", "valor", "competencia")
    ]
    told = {"numero": "77", "valor": "300.00", "competencia": "202611", "emitente": "11.222.333/0001-81"}
    body = sent(mesa, declarado=told)[1]
    assert (body["situacao"], body["lida"]["layout"], body["lida"]["emitente"]) == (
        "ENVIADA", "DECLARADO", "11222333000181",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "status", "codigo"),
    [
        ({"uploads": []}, 422, "requisicao-invalida"),
        ({"protocolos": ["x"]}, 422, "requisicao-invalida"),
        ({"protocolos": []}, 422, "requisicao-invalida"),
        ({"uploads": ["b" * 32]}, 404, "nao-encontrado"),
        ({"protocolos": ["261020999999"]}, 404, "nao-encontrado"),
        ({"protocolos": ["260820000001"]}, 404, "legado"),
        ({"protocolos": ["261020000009-1"]}, 404, "nao-encontrado"),
        ({"protocolos": [OUTRO_PEG]}, 409, "valores-nao-publicados"),
        ({"registro_ans": "999999"}, 404, "nao-encontrado"),
        ({"registro_ans": PASA}, 422, "requisicao-invalida"),
    ],
)
def test_what_cannot_be_a_nota_is_refused(mesa: ApiMesa, changes: Any, status: int, codigo: str) -> None:
    stored(mesa)
    mesa.peg(OUTRO_PEG, situacao=SituacaoPeg.EM_ANALISE, publicada_em=None)
    answered = sent(mesa, **changes)
    assert (answered[0], answered[1]["codigo"]) == (status, codigo)
    assert sent(mesa, claims=SO_LE, **changes)[0] == 403


@pytest.mark.parametrize(
    ("changes", "status"), [({"uploads": []}, 422), ({"registro_ans": "999999"}, 404), ({"protocolos": []}, 403)]
)
def test_what_is_wrong_and_whose_it_is_are_told_before_who_may(mesa: ApiMesa, changes: Any, status: int) -> None:
    stored(mesa)
    assert sent(mesa, claims=RECEPCAO, **changes)[0] == status


def test_a_peg_that_waits_for_no_nota_says_which_it_has(mesa: ApiMesa) -> None:
    stored(mesa)
    first = sent(mesa)[1]["id"]
    mesa.arquivos.put(HOSPITAL, a_file("c" * 32), b"<nfse/>")
    status, body, _ = sent(mesa, uploads=["c" * 32])
    assert (status, body["codigo"], body["nota"], body["situacao"]) == (
        409, "peg-sem-espera-de-nota", first, "PROGRAMADA",
    )  # fmt: skip


def test_its_issuer_cancels_a_nota(mesa: ApiMesa) -> None:
    stored(mesa)
    made = sent(mesa)[1]
    for claims, headers, status in ((RECEPCAO, {}, 403), (FATURISTA, {"If-Match": '"7"'}, 412), (FATURISTA, {}, 200)):
        body = {"motivo": "Serviço errado."}
        got = mesa.call("POST", f"{UM}/cancelamento", body, claims=claims, headers=headers, id=made["id"])
        assert got[0] == status
    assert (got[1]["situacao"], got[1]["motivo"], got[2]["ETag"]) == ("CANCELADA", "Serviço errado.", '"2"')
    foreign = mesa.call("POST", f"{UM}/cancelamento", body, claims=DA_CLINICA, id=made["id"])
    assert foreign[:2] == mesa.call("POST", f"{UM}/cancelamento", body, claims=DA_CLINICA, id=AUSENTE)[:2]
    assert mesa.call("GET", UM, claims=DA_CLINICA, id=made["id"])[:2] == mesa.call("GET", UM, id="x\n")[:2]
    mesa.registros.put(a_nota("261150000002", situacao=SituacaoNota.RECUSADA, lida=a_reading(valor=None, liquido=None)))
    refused = mesa.call("POST", f"{UM}/cancelamento", body, id="261150000002")
    assert (refused[0], refused[1]["codigo"]) == (409, "nota-imutavel")


def test_what_waits_for_a_nota_is_listed_month_by_month(mesa: ApiMesa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pagamento.handler.notas.PENDENCIAS", 1)
    mesa.registros.put(
        a_fatura(), a_fatura(OUTRO_PEG, situacao=SituacaoFatura.PAGA), a_fatura("260920000001"),
        a_fatura("261020000009", prestador_id=CLINICA),
    )  # fmt: skip
    first = fits(notas.NotasPendentesPage, mesa.get("/notas-fiscais/pendencias")[1])
    rest = mesa.get("/notas-fiscais/pendencias", cursor=first["cursor"])[1]
    assert [[one["protocolo"] for one in page["pendencias"]] for page in (first, rest)] == [[UM_PEG], ["260920000001"]]
    last = mesa.get("/notas-fiscais/pendencias", cursor=rest["cursor"])[1]
    assert last == {"pendencias": [], "cursor": None}
    assert mesa.get("/notas-fiscais/pendencias", DA_CLINICA, cursor=first["cursor"])[0] == 400
    assert mesa.get("/notas-fiscais/pendencias", RECEPCAO)[0] == 403


# --- payments ---


def test_payments_of_a_period_are_listed_and_read(mesa: ApiMesa) -> None:
    mesa.registros.put(
        a_payment(descontos=(a_discount(),)), a_payment("P-2", data=date(2026, 1, 5), demonstrativo="260150000001")
    )
    body = fits(pagamentos.PagamentosView, mesa.get("/pagamentos")[1])
    assert [(one["numero"], one["valor_liquido"], one["pegs"]) for one in body["pagamentos"]] == [("P-1", "90.00", 1)]
    assert len(mesa.get("/pagamentos", de="2026-01-01")[1]["pagamentos"]) == 2
    one = fits(
        pagamentos.PagamentoView, mesa.call("GET", "/pagamentos/{demonstrativo}", demonstrativo="261150000009")[1]
    )
    assert (one["itens"], one["descontos"][0]["valor"]) == ([{"protocolo": UM_PEG, "valor": "100.00"}], "10.00")
    for claims, number in ((DA_CLINICA, "261150000009"), (FATURISTA, AUSENTE), (FATURISTA, "1")):
        assert mesa.call("GET", "/pagamentos/{demonstrativo}", claims=claims, demonstrativo=number)[0] == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"de": "2026-11-13"}, 422), ({"de": "2025-01-01"}, 422), ({"ate": "x"}, 422), ({"de": "2026-11-12"}, 200),
        ({"de": "2026-08-01", "ate": "2026-08-31"}, 404),
    ],
)  # fmt: skip
def test_a_period_is_a_year_at_most_and_not_of_before_the_migration(mesa: ApiMesa, query: Any, status: int) -> None:
    assert mesa.get("/pagamentos", **query)[0] == status


def test_debits_and_credits_are_listed(mesa: ApiMesa) -> None:
    mesa.registros.put(an_entry(), an_entry("261150000006", registro_ans=PASA))
    body = fits(pagamentos.LancamentosView, mesa.get("/pagamentos/lancamentos", registro_ans=VALE)[1])
    (one,) = body["lancamentos"]
    assert (one["id"], one["indicador"], one["valor"], one["situacao"]) == ("261150000005", "1", "30.00", "ABERTO")
    assert "quem" not in one


# --- refusals ---


@pytest.mark.parametrize("claims", [FINANCEIRO, AUDITORIA])
def test_an_operadoras_person_has_no_prestador(mesa: ApiMesa, claims: dict[str, Any]) -> None:
    for resource in ("/notas-fiscais", "/notas-fiscais/pendencias", "/pagamentos", "/cronograma/agenda"):
        assert mesa.get(resource, claims)[0] == 403


@pytest.mark.parametrize(
    ("error", "status", "codigo"),
    [
        (MudouError(), 409, "mudou-durante-o-ato"),
        (ArquivoIndisponivelError("u", "EM_CONFERENCIA"), 409, "arquivo-em-conferencia"),
        (ArquivoIndisponivelError("u", "OUTRA_FINALIDADE"), 422, "requisicao-invalida"),
        (ArquivoIndisponivelError("u", "RECUSADO"), 422, "requisicao-invalida"),
        (NotaIlegivelError("NF-XML-DOCTYPE", "Retire o DOCTYPE."), 422, "requisicao-invalida"),
        (FaturaNaoPagavelError(a_fatura()), 409, "peg-nao-pagavel"),
        (DemonstrativoIndisponivelError("NAO_PUBLICADO", [UM_PEG]), 409, "demonstrativo-nao-publicado"),
        (DemonstrativoIndisponivelError("SEM_CNPJ"), 409, "demonstrativo-sem-cnpj"),
        (DemonstrativoIndisponivelError("SEM_PEG"), 409, "demonstrativo-sem-peg"),
    ],
)
def test_each_refusal_has_its_problem(error: Any, status: int, codigo: str) -> None:
    problem = ERRORS[type(error)](error)
    assert (problem.status, problem.codigo) == (status, codigo)
    assert problem.detail.endswith(".")


def test_what_is_missing_for_a_moment_is_asked_again() -> None:
    busy = [error for error in ERRORS if error.__name__ in {"DossieMissingError", "ArquivoMissingError"}]
    assert [ERRORS[error](error("x")).status for error in busy] == [503, 503]
