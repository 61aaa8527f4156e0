"""The REST entries of pagamento for financeiro, from the proxied request to the answer."""

from __future__ import annotations

from typing import Any

import pytest

from pagamento.domain.faturas import SituacaoFatura
from pagamento.domain.notas import Layout
from pagamento.schemas import cronograma, notas, pagamentos
from tests.builders_functions import CLINICA, HOSPITAL, PASA, VALE
from tests.builders_pagamento import (
    UM_PEG,
    a_cronograma,
    a_fatura,
    a_file,
    a_nota,
    a_payment,
    a_reading,
    an_entry,
)
from tests.fakes_pagamento_api import AMBAS, AUDITORIA, DA_PASA, FATURISTA, ApiMesa, errors
from tests.unit.pagamento.test_pagamento_api import AUSENTE, fits

CRONOGRAMA = "/operadora/cronograma"
NOTAS, NOTA = "/operadora/notas-fiscais", "/operadora/notas-fiscais/{id}"
PAGAMENTOS, LANCAMENTOS = "/operadora/pagamentos", "/operadora/lancamentos"
CANCELAMENTO = f"{LANCAMENTOS}/{{id}}/cancelamento"
JANEIRO: dict[str, Any] = {
    "competencia": "202702", "corte": "2027-02-28", "publicacao": "2027-03-10", "entrega": "2027-03-15",
    "pagamento": "2027-03-31",
}  # fmt: skip
PUBLICACAO: dict[str, Any] = {"registro_ans": VALE, "ciclos": [JANEIRO]}
PAGO: dict[str, Any] = {
    "registro_ans": VALE, "numero": "P-1", "prestador": HOSPITAL, "data": "2026-11-12", "forma": "1",
    "itens": [{"protocolo": UM_PEG, "valor": "100.00"}],
    "descontos": [{"indicador": "DEBITO", "tipo": "ISS", "valor": "5.00"}], "valor_liquido": "95.00",
}  # fmt: skip
LANCADO: dict[str, Any] = {
    "registro_ans": VALE, "prestador": HOSPITAL, "indicador": "1", "tipo": "08", "valor": 30, "motivo": "A maior.",
}  # fmt: skip
DE_QUEM: dict[str, Any] = {"registro_ans": VALE, "prestador": HOSPITAL}
DONE_TO_NOTAS: dict[str, dict[str, Any]] = {"aceite": {}, "recusa": {"motivo": "Ilegível."}}


@pytest.fixture
def mesa(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ApiMesa:
    return ApiMesa(monkeypatch)


def waiting(mesa: ApiMesa) -> str:
    """A nota that a person has to look at."""
    nota = a_nota()
    mesa.registros.put(
        nota, a_fatura(situacao=SituacaoFatura.EM_CONFERENCIA, nota=nota.id, nota_em=nota.criada_em.date())
    )
    mesa.arquivos.put(HOSPITAL, a_file(), b"<nfse/>")
    return nota.id


# --- cronograma ---


def test_a_publication_is_the_next_version_and_says_who_made_it(mesa: ApiMesa) -> None:
    status, body, headers = mesa.call("PUT", CRONOGRAMA, PUBLICACAO, headers={"If-Match": '"1"'})
    assert (status, headers["ETag"], body["versao"], body["quem"]) == (200, '"2"', 2, "financeiro-1")
    fits(cronograma.CronogramaView, body)
    assert [one["competencia"] for one in body["ciclos"]][-1] == "202702"
    assert mesa.get(CRONOGRAMA)[1] == body
    assert mesa.call("GET", f"{CRONOGRAMA}/versoes/{{n}}", n="1")[1]["versao"] == 1
    for absent in ("3", "0", "-1", "1\n", "9" * 8):
        assert mesa.call("GET", f"{CRONOGRAMA}/versoes/{{n}}", n=absent)[0] == 404
    assert mesa.call("PUT", CRONOGRAMA, PUBLICACAO)[1] == body
    stale = mesa.call("PUT", CRONOGRAMA, {**PUBLICACAO, "ciclos": [{**JANEIRO, "corte": "2027-02-27"}]},
                      headers={"If-Match": '"1"'})  # fmt: skip
    assert (stale[0], stale[1]["codigo"]) == (412, "versao-divergente")


def test_all_that_is_wrong_with_one_is_told(mesa: ApiMesa) -> None:
    wrong = {**JANEIRO, "entrega": "2027-03-14", "pagamento": "2027-03-09"}
    status, body, _ = mesa.call("PUT", CRONOGRAMA, {**PUBLICACAO, "ciclos": [wrong]})
    assert (status, errors(body)) == (
        422,
        [("ciclos[0].pagamento", "datas-fora-de-ordem"), ("ciclos[0].entrega", "dia-nao-util")],
    )


# --- notas fiscais ---


def test_notas_to_be_looked_at_are_listed_and_read_with_their_files(mesa: ApiMesa) -> None:
    number = waiting(mesa)
    (listed,) = fits(notas.NotasFiscaisPage, mesa.get(NOTAS)[1])["notas"]
    assert (listed["id"], listed["prestador"]) == (number, HOSPITAL)
    body = fits(notas.NotaFiscalView, mesa.call("GET", NOTA, id=number)[1])
    assert (body["quem"], body["decidida_por"]) == ("pessoa-1", None)
    path: dict[str, Any] = {"id": number, "upload_id": "u1"}
    status, content, headers = mesa.call("GET", f"{NOTA}/arquivos/{{upload_id}}", **path)
    assert (status, content, headers["Content-Type"]) == (200, b"<nfse/>", "application/xml")
    assert mesa.call("GET", f"{NOTA}/arquivos/{{upload_id}}", **{**path, "upload_id": "u2"})[0] == 404


def test_one_is_accepted_once_by_whoever_saw_it(mesa: ApiMesa) -> None:
    number = waiting(mesa)
    stale = mesa.call("POST", f"{NOTA}/aceite", {}, headers={"If-Match": '"9"'}, id=number)
    assert (stale[0], stale[1]["codigo"]) == (412, "versao-divergente")
    status, body, headers = mesa.call("POST", f"{NOTA}/aceite", {}, headers={"Idempotency-Key": "k"}, id=number)
    assert (status, body["situacao"], body["decidida_por"], headers["ETag"]) == (200, "ACEITA", "financeiro-1", '"2"')
    assert mesa.call("POST", f"{NOTA}/aceite", {}, headers={"Idempotency-Key": "k"}, id=number)[1] == body
    assert mesa.get(NOTAS)[1]["notas"] == []


def test_one_is_refused_with_its_reason(mesa: ApiMesa) -> None:
    body = mesa.call("POST", f"{NOTA}/recusa", {"motivo": "Ilegível."}, id=waiting(mesa))[1]
    assert (body["situacao"], body["motivo"]) == ("RECUSADA", "Ilegível.")


def test_one_of_before_the_migration_needs_its_day(mesa: ApiMesa) -> None:
    lida = a_reading(layout=Layout.DECLARADO)
    mesa.registros.put(a_nota(faturas=(), legados=("77",), lida=lida))
    path: dict[str, Any] = {"id": "261150000001"}
    assert errors(mesa.call("POST", f"{NOTA}/aceite", {}, **path)[1]) == [("pagamento_em", "obrigatorio")]
    body = mesa.call("POST", f"{NOTA}/aceite", {"pagamento_em": "2026-12-30"}, **path)[1]
    assert (body["situacao"], body["pagamento_em"], body["protocolos_legados"]) == ("ACEITA", "2026-12-30", ["77"])


@pytest.mark.parametrize("act", DONE_TO_NOTAS)
def test_a_nota_is_its_operadoras_and_its_financeiros(mesa: ApiMesa, act: str) -> None:
    number, body = waiting(mesa), DONE_TO_NOTAS[act]
    foreign = mesa.call("POST", f"{NOTA}/{act}", body, claims=DA_PASA, id=number)
    assert foreign[0] == 404
    assert mesa.call("POST", f"{NOTA}/{act}", body, claims=DA_PASA, id=AUSENTE)[:2] == foreign[:2]
    assert mesa.call("POST", f"{NOTA}/{act}", body, claims=AUDITORIA, id=AUSENTE)[0] == 404
    assert mesa.call("POST", f"{NOTA}/{act}", {"x": 1}, claims=AUDITORIA, id=number)[0] == 422
    assert mesa.call("POST", f"{NOTA}/{act}", body, claims=AUDITORIA, id=number)[0] == 403
    assert mesa.call("POST", f"{NOTA}/{act}", body, claims=FATURISTA, id=number)[0] == 403
    assert mesa.call("GET", NOTA, claims=DA_PASA, id=number)[:2] == foreign[:2]


# --- payments, debits and credits ---


def test_a_payment_is_recorded_once_and_pays_its_pegs(mesa: ApiMesa) -> None:
    mesa.registros.put(a_fatura(situacao=SituacaoFatura.PROGRAMADA))
    status, body, _ = mesa.call("POST", PAGAMENTOS, PAGO)
    fits(pagamentos.PagamentoView, body)
    assert (status, body["valor_bruto"], body["valor_liquido"], body["prestador"]) == (201, "100.00", "95.00", HOSPITAL)
    assert mesa.call("POST", PAGAMENTOS, PAGO)[:2] == (201, body)
    other = mesa.call("POST", PAGAMENTOS, {**PAGO, "data": "2026-11-11"})
    assert (other[0], other[1]["codigo"]) == (409, "pagamento-diferente")
    (listed,) = fits(pagamentos.PagamentosPage, mesa.get(PAGAMENTOS)[1])["pagamentos"]
    assert (listed["demonstrativo"], listed["pegs"]) == (body["demonstrativo"], 1)
    assert mesa.get(PAGAMENTOS, mes="202610")[1] == {"pagamentos": [], "cursor": None}


def test_sums_that_differ_record_nothing(mesa: ApiMesa) -> None:
    mesa.registros.put(a_fatura(situacao=SituacaoFatura.PROGRAMADA))
    status, body, _ = mesa.call("POST", PAGAMENTOS, {**PAGO, "valor_liquido": "94.99"})
    assert (status, errors(body)) == (422, [("valor_liquido", "soma-diferente")])
    assert mesa.get(PAGAMENTOS)[1]["pagamentos"] == []


def test_a_debit_waits_and_may_be_taken_back(mesa: ApiMesa) -> None:
    status, made, headers = mesa.call("POST", LANCAMENTOS, LANCADO)
    fits(pagamentos.LancamentoView, made)
    assert (status, made["valor"], made["situacao"], headers["ETag"]) == (201, "30.00", "ABERTO", '"1"')
    listed = fits(pagamentos.LancamentosView, mesa.get(LANCAMENTOS, prestador=HOSPITAL)[1])
    assert listed["lancamentos"] == [made]
    assert mesa.call("POST", CANCELAMENTO, DE_QUEM, id=made["id"])[1]["situacao"] == "CANCELADO"


def test_what_is_told_of_a_prestador_is_told_of_one_that_the_operadora_knows(mesa: ApiMesa) -> None:
    mesa.registros.put(an_entry())
    for resource, body in ((PAGAMENTOS, PAGO), (LANCAMENTOS, LANCADO), (CANCELAMENTO, DE_QUEM)):
        more: dict[str, Any] = {"id": "261150000005"}
        at_pasa = {**body, "registro_ans": PASA, "prestador": CLINICA}
        assert mesa.call("POST", resource, at_pasa, claims=DA_PASA, **more)[0] == 404
        assert mesa.call("POST", resource, body, claims=DA_PASA, **more)[0] == 404
        assert mesa.call("POST", resource, {}, claims=AUDITORIA, **more)[0] == 422
        assert mesa.call("POST", resource, body, claims=AUDITORIA, **more)[0] == 403
    assert mesa.call("POST", CANCELAMENTO, {**DE_QUEM, "registro_ans": PASA}, claims=AMBAS, id="261150000005")[0] == 404
    assert mesa.get(LANCAMENTOS, DA_PASA, prestador=CLINICA)[0] == 404
    assert mesa.get(LANCAMENTOS, prestador="#")[0] == 422


def test_whoever_serves_two_operadoras_says_which(mesa: ApiMesa) -> None:
    mesa.registros.put(a_payment(), a_cronograma(registro_ans=PASA))
    for resource in (CRONOGRAMA, NOTAS, PAGAMENTOS):
        assert mesa.get(resource, AMBAS)[0] == 422
        assert mesa.get(resource, AMBAS, registro_ans=PASA)[0] == 200
        assert mesa.get(resource, AMBAS, registro_ans="x")[0] == 404
        assert mesa.get(resource, AUDITORIA)[0] == 403
