"""The REST entries of demonstrativos, one by one and in bulk, and of conciliação."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from conecta_contas.pegs import SituacaoPeg
from local.gerador import Tipo
from pagamento.domain.lotes import SituacaoLote
from pagamento.handler import demonstrativos as handler
from pagamento.handler.lotes import PEDIDOS
from pagamento.schemas import demonstrativos, lotes
from tests.builders_functions import HOSPITAL, PASA, VALE
from tests.builders_pagamento import HOJE, OUTRO_PEG, UM_PEG
from tests.fakes_pagamento_api import DA_CLINICA, RECEPCAO, SO_LE, ApiMesa, errors
from tests.impresso import Printed
from tests.unit.pagamento.test_pagamento_api import fits

ANALISE, PAGAMENTO, ODONTOLOGIA = (f"/demonstrativos/{one}" for one in ("analise", "pagamento", "odontologia"))
CONCILIACAO = "/conciliacao/{protocolo}"
LOTES, LOTE = "/demonstrativos/lotes", "/demonstrativos/lotes/{id}"
PEDIDO = {"registro_ans": VALE, "tipo": "analise", "formato": "pdf", "de": "202610", "ate": "202611"}


@pytest.fixture
def mesa(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ApiMesa:
    return ApiMesa(monkeypatch)


def test_an_analysis_tells_guia_by_guia_and_is_audited_by_peg(mesa: ApiMesa) -> None:
    pegs = [mesa.billed(), mesa.billed(OUTRO_PEG)]
    status, body = mesa.get(ANALISE, protocolos=f"{UM_PEG},{OUTRO_PEG}")
    assert status == 200
    first, _ = fits(demonstrativos.AnalisesDeContaView, body)["analises"]
    conta = first["conta"]
    told = [Decimal(conta[f"valor_{name}"]) for name in ("informado", "glosado", "liberado")]
    assert told == [pegs[0].valor_cobrado, pegs[0].valor_glosado, pegs[0].valor_liberado]
    assert (len(conta["guias"]), conta["guias"][0]["itens"][0]["glosas"][0]["valor"]) == (3, f"{told[1]:.2f}")
    assert [(one.objeto, len(one.sujeitos)) for one in mesa.accesses] == [
        (f"peg/{UM_PEG}", 3), (f"peg/{OUTRO_PEG}", 3)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("formato", "media", "beginning"),
    [
        ("json", "application/json", b"{"), ("xml", "application/xml", b"<?xml"),
        ("csv", "text/csv; charset=utf-8", b"\xef\xbb\xbf"), ("pdf", "application/pdf", b"%PDF"),
    ],
)  # fmt: skip
def test_each_is_had_in_four_formats(mesa: ApiMesa, formato: str, media: str, beginning: bytes) -> None:
    mesa.paid(mesa.billed(situacao=SituacaoPeg.PAGO), mesa.billed(OUTRO_PEG, Tipo.ODONTO, situacao=SituacaoPeg.PAGO))
    for resource, query in (
        (ANALISE, {"protocolos": UM_PEG}), (PAGAMENTO, {"registro_ans": VALE, "data": HOJE.isoformat()}),
        (ODONTOLOGIA, {"registro_ans": VALE, "competencia": f"{HOJE:%Y%m}"}),
    ):  # fmt: skip
        status, content, headers = mesa.call("GET", resource, query={**query, "formato": formato})
        assert (status, headers["Content-Type"]) == (200, media), content
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        assert content.startswith(beginning)


def test_the_version_of_the_message_may_be_asked_for(mesa: ApiMesa) -> None:
    mesa.billed()
    for query, told in (({"versao": "4.03.00"}, b"4.03.00"), ({}, b"4.01.00")):
        content = mesa.call("GET", ANALISE, query={"protocolos": UM_PEG, "formato": "xml", **query})[1]
        assert b"<ans:Padrao>" + told in content


def test_what_was_paid_is_told_by_day_or_month(mesa: ApiMesa) -> None:
    peg = mesa.billed(situacao=SituacaoPeg.PAGO)
    mesa.paid(peg)
    for name, value in (("data", HOJE.isoformat()), ("competencia", f"{HOJE:%Y%m}")):
        query: dict[str, Any] = {name: value}
        body = fits(demonstrativos.DemonstrativoDePagamentoView, mesa.get(PAGAMENTO, registro_ans=VALE, **query)[1])
        assert (body["numero"], body["valor_liquido"]) == ("261150000009", f"{peg.valor_liberado:.2f}")
        assert [guia["itens"] for guia in body["pagamentos"][0]["contas"][0]["guias"]] == [[], [], []]
    assert {one.campos for one in mesa.accesses} == {("numero_carteira",)}
    assert mesa.get(ODONTOLOGIA, registro_ans=VALE, data=HOJE.isoformat())[0] == 404
    assert mesa.get(PAGAMENTO, registro_ans=VALE, data="2026-11-11")[0] == 404
    assert mesa.get(PAGAMENTO, registro_ans=VALE, competencia="202608")[1]["codigo"] == "legado"


def test_more_than_one_answer_carries_lies_in_the_archive(mesa: ApiMesa, monkeypatch: pytest.MonkeyPatch) -> None:
    mesa.billed()
    monkeypatch.setattr(handler, "MAIOR", 100)
    status, body, headers = mesa.call("GET", ANALISE, query={"protocolos": UM_PEG, "formato": "csv"})
    assert (status, headers["Location"]) == (303, body["url"])
    ((chave, content),) = mesa.entregas.held.items()
    assert chave == f"demonstrativos/{HOSPITAL}/analise-{UM_PEG}.csv"
    assert next(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))[0]


@pytest.mark.parametrize(
    ("resource", "query", "wrong"),
    [
        (ANALISE, {}, ["protocolos"]),
        (ANALISE, {"protocolos": ",".join(f"2610200000{n}" for n in range(10, 41))}, ["protocolos"]),
        (ANALISE, {"protocolos": UM_PEG, "formato": "doc", "versao": "3"}, ["formato", "versao"]),
        (ANALISE, {"protocolos": OUTRO_PEG, "formato": "doc"}, ["formato"]),
        (ANALISE, {"protocolos": UM_PEG, "registro_ans": "x"}, ["registro_ans"]),
        (PAGAMENTO, {"registro_ans": VALE}, ["data"]),
        (PAGAMENTO, {"registro_ans": VALE, "data": "2026-11-12", "competencia": "202611"}, ["data"]),
        (ODONTOLOGIA, {"registro_ans": VALE, "data": "12/11/2026", "versao": "3"}, ["data", "versao"]),
    ],
)
def test_what_is_asked_wrong_is_told_whole(
    mesa: ApiMesa, resource: str, query: dict[str, str], wrong: list[str]
) -> None:
    mesa.billed()
    mesa.peg(OUTRO_PEG, situacao=SituacaoPeg.EM_ANALISE, publicada_em=None)
    status, body, _ = mesa.call("GET", resource, query=query)
    assert (status, [campo for campo, _ in errors(body)]) == (422, wrong)


def test_foreign_absent_early_and_old_are_told_apart_from_nobody_elses(mesa: ApiMesa) -> None:
    mesa.billed()
    mesa.peg(OUTRO_PEG, situacao=SituacaoPeg.EM_ANALISE, publicada_em=None)
    foreign = mesa.get(ANALISE, DA_CLINICA, protocolos=UM_PEG)
    assert (foreign[0], mesa.get(ANALISE, DA_CLINICA, protocolos="261020999999")) == (404, foreign)
    assert mesa.get(ANALISE, protocolos=UM_PEG, registro_ans=PASA)[0] == 404
    assert mesa.get(ANALISE, DA_CLINICA, protocolos=UM_PEG, registro_ans=PASA)[0] == 404
    early = mesa.get(ANALISE, protocolos=f"{UM_PEG},{OUTRO_PEG}")
    assert (early[0], early[1]["codigo"], early[1]["protocolos"]) == (409, "demonstrativo-nao-publicado", [OUTRO_PEG])
    assert mesa.get(ANALISE, protocolos=f"{UM_PEG},123456")[1]["codigo"] == "legado"
    for protocolo in (UM_PEG, OUTRO_PEG):
        assert mesa.get(ANALISE, RECEPCAO, protocolos=protocolo)[0] == 403
    assert mesa.accesses == []


def test_a_peg_is_reconciled_twenty_guias_at_a_time(mesa: ApiMesa) -> None:
    peg = mesa.billed(guias=21, situacao=SituacaoPeg.PAGO)
    mesa.paid(peg)
    _, first, _ = mesa.call("GET", CONCILIACAO, protocolo=UM_PEG)
    fits(demonstrativos.ConciliacaoView, first)
    rest = mesa.call("GET", CONCILIACAO, query={"cursor": first["cursor"]}, protocolo=UM_PEG)[1]
    assert ([len(page["guias"]) for page in (first, rest)], rest["cursor"]) == ([20, 1], None)
    guias = [*first["guias"], *rest["guias"]]
    for name, total in (("apresentado", peg.valor_cobrado), ("pago", peg.valor_liberado), ("recursado", Decimal(0))):
        assert sum(Decimal(one["valores"][name]) for one in guias) == total == Decimal(first["valores"][name])
    assert (first["situacao"], first["pagamento_em"]) == ("PAGA", HOJE.isoformat())
    assert mesa.call("GET", CONCILIACAO, claims=DA_CLINICA, protocolo=UM_PEG)[0] == 404
    assert mesa.call("GET", CONCILIACAO, claims=RECEPCAO, protocolo=UM_PEG)[0] == 403


def test_what_recursos_gave_back_is_told_in_every_format(mesa: ApiMesa) -> None:
    peg = mesa.recovered(mesa.billed())
    (given,) = peg.recuperacoes
    for protocolo in (UM_PEG, f"{UM_PEG}-1"):
        assert mesa.call("GET", CONCILIACAO, protocolo=UM_PEG)[0] == 200  # opens them
        mesa.settled(protocolo)
    mesa.contestados[UM_PEG] = {(1, 1): given.valor}
    first = fits(demonstrativos.AnalisesDeContaView, mesa.get(ANALISE, protocolos=UM_PEG)[1])["analises"][0]
    assert first["conta"]["valor_recuperado"] == f"{given.valor:.2f}"
    (parcela,) = first["parcelas"]
    assert (parcela["fatura"], parcela["recurso"], parcela["situacao"]) == (f"{UM_PEG}-1", given.recurso, "PAGA")
    told = fits(demonstrativos.ConciliacaoView, mesa.call("GET", CONCILIACAO, protocolo=UM_PEG)[1])
    assert told["parcelas"] == first["parcelas"]
    assert told["guias"][0]["itens"][0]["valores"]["recursado"] == told["valores"]["acatado"] == f"{given.valor:.2f}"
    assert told["valores"]["pago"] == told["valores"]["liberado"]
    paid = {"registro_ans": VALE, "data": HOJE.isoformat()}
    contas = mesa.get(PAGAMENTO, None, **paid)[1]["pagamentos"]
    assert [(one["fatura"], one["recurso"]) for of in contas for one in of["contas"]] == [
        (UM_PEG, None), (f"{UM_PEG}-1", given.recurso),
    ]  # fmt: skip
    for resource, query, where in ((ANALISE, {"protocolos": UM_PEG}, "O recurso"), (PAGAMENTO, paid, "do recurso")):
        sheet = mesa.call("GET", resource, query={**query, "formato": "csv"})[1].decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(sheet), delimiter=";"))
        assert sum(Decimal(one["valor_recuperado"].replace(",", ".") or 0) for one in rows) == given.valor
        printed = Printed(mesa.call("GET", resource, query={**query, "formato": "pdf"})[1])
        assert f"{where} {given.recurso}" in printed.text


def test_who_asks_for_archives_all_the_time_is_asked_to_wait(mesa: ApiMesa) -> None:
    for _ in range(PEDIDOS.limit):
        assert mesa.call("POST", LOTES, PEDIDO)[0] == 202
    assert mesa.call("POST", LOTES, {**PEDIDO, "registro_ans": "999999"})[0] == 404, "nothing is counted of it"
    status, body, headers = mesa.call("POST", LOTES, PEDIDO)
    assert (status, body["codigo"], int(headers["Retry-After"]) > 0) == (429, "limite-excedido", True)
    assert mesa.call("POST", LOTES, PEDIDO, claims=DA_CLINICA)[0] == 202


def test_guias_of_many_items_are_fewer_to_a_page(mesa: ApiMesa, monkeypatch: pytest.MonkeyPatch) -> None:
    mesa.paid(mesa.billed())
    monkeypatch.setattr(demonstrativos, "ITENS", 1)
    seen, cursor = list[list[int]](), None
    while cursor or not seen:
        page = mesa.call("GET", CONCILIACAO, query={"cursor": cursor} if cursor else {}, protocolo=UM_PEG)[1]
        seen += [[guia["sequencia"] for guia in page["guias"]]]
        cursor = page["cursor"]
    assert seen == [[1], [2], [3]]


def test_a_lote_is_asked_for_once_followed_and_fetched(mesa: ApiMesa) -> None:
    status, made, headers = mesa.call("POST", LOTES, PEDIDO, claims=SO_LE, headers={"Idempotency-Key": "k"})
    fits(lotes.LoteDeDemonstrativosView, made)
    assert (status, headers["Location"], made["situacao"]) == (202, f"demonstrativos/lotes/{made['id']}", "PEDIDO")
    assert mesa.call("POST", LOTES, PEDIDO, claims=SO_LE, headers={"Idempotency-Key": "k"})[1] == made
    assert mesa.call("GET", LOTE, id=made["id"])[1] == made
    assert mesa.accesses == []
    assert fits(lotes.LotesDeDemonstrativosPage, mesa.get(LOTES)[1])["lotes"] == [made]
    held = mesa.registros.lote(HOSPITAL, made["id"])
    assert held is not None
    ready = replace(
        held, id="261150000099", situacao=SituacaoLote.PRONTO, arquivo="demonstrativos/x.zip", terminado_em=mesa.agora
    )
    mesa.registros.put(ready)
    body = fits(lotes.LoteDeDemonstrativosView, mesa.call("GET", LOTE, id=ready.id)[1])
    assert body["url"].endswith(f"x.zip#demonstrativos-{VALE}-202610-202611.zip")
    assert [one.objeto for one in mesa.accesses] == [f"demonstrativos/{ready.id}"]
    for motivo, words in (("VERSAO", "peça uma versao posterior"), ("ERRO", "Peça-o outra vez")):
        failed = replace(held, id="261150000098", situacao=SituacaoLote.FALHOU, motivo=motivo, versao=held.versao + 1)
        assert words in lotes.vista(failed)["explicacao"]
    assert mesa.call("GET", LOTE, claims=DA_CLINICA, id=ready.id)[0] == 404
    assert mesa.get(LOTES, RECEPCAO)[0] == 403


@pytest.mark.parametrize(
    ("changes", "status", "codigo"),
    [
        ({"ate": "202609"}, 422, "requisicao-invalida"), ({"tipo": "outro"}, 422, "requisicao-invalida"),
        ({"registro_ans": "999999"}, 404, "nao-encontrado"),
        ({"de": "202607", "ate": "202608"}, 404, "legado"),
    ],
)  # fmt: skip
def test_a_lote_that_cannot_be_made_is_refused(
    mesa: ApiMesa, changes: dict[str, str], status: int, codigo: str
) -> None:
    answered = mesa.call("POST", LOTES, {**PEDIDO, **changes})
    assert (answered[0], answered[1]["codigo"]) == (status, codigo)
