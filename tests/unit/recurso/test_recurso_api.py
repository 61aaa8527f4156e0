"""The REST entries of recurso for a prestador, from the proxied request to the answer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from conecta_contas.pegs import SituacaoPeg
from conecta_edge import session
from recurso.domain.glosas import Nivel
from recurso.domain.recursos import Decisao, SituacaoRecurso
from recurso.handler import glosas as de_glosas
from recurso.handler import recursos as de_recursos
from recurso.schemas import pedidos
from recurso.schemas import recursos as schemas
from recurso.schemas.glosas import GlosasContestaveisPage
from recurso.service.respostas import RespostaPedida
from tests.builders_cadastro import HOJE
from tests.builders_functions import HOSPITAL, PASA, VALE, a_relacionamento
from tests.builders_peg import a_sadt, done
from tests.builders_recurso import PEG, PORQUE, PRAZO, PUBLICADA, a_conta, a_recurso, a_taken, an_entry
from tests.fakes_recurso_api import (
    AUSENTE,
    DA_CLINICA,
    FATURISTA,
    MAQUINA,
    PORTAL_LEGADO,
    RECEPCAO,
    SO_LE,
    UPLOAD,
    ApiMesa,
    a_body,
    an_item,
    errors,
)

GLOSAS, RECURSOS, UM = "/recursos/glosas", "/recursos", "/recursos/{protocolo}"
VALIDACOES, RASCUNHOS, RASCUNHO = "/recursos/validacoes", "/recursos/rascunhos", "/recursos/rascunhos/{id}"
VIDA = "vida-"
LEGADO = "LEG-0007"
SEM_PEG = "261129999999"


@pytest.fixture
def mesa(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ApiMesa:
    return ApiMesa(monkeypatch)


def fits(model: type[BaseModel], body: Any) -> Any:
    """The answer, which must be of the documented shape and name nothing else."""
    held = model.model_validate_json(json.dumps(body))
    assert held.model_dump(exclude_unset=True).keys() == body.keys()
    return body


def typed(**changes: Any) -> dict[str, Any]:
    """A glosa of before the migration, as it is typed."""
    item = an_item(numero_guia_prestador="V-1", item=None, sequencial_item=1, valor_glosado="30.00")
    return a_body({**item, **changes}, protocolo_peg=LEGADO)


# --- what may be contested ---


def test_a_faturista_begins_with_all_that_may_be_contested(mesa: ApiMesa) -> None:
    mesa.billed(a_taken(id=1, mensagem="Passa do contrato."), a_taken(2, None, "6.00", id=2, codigo="1801"))
    body = fits(GlosasContestaveisPage, mesa.get(GLOSAS, protocolo=PEG)[1])
    first, second = body["glosas"]
    last = PUBLICADA + timedelta(days=PRAZO)
    assert first["modelo"] == {
        "nivel": "ITEM", "numero_guia_prestador": "G1", "item": 1, "codigo_glosa": "1705", "valor_recursado": "10.00",
    }  # fmt: skip
    assert (first["situacao"], first["valor_glosado"], first["recurso"]) == ("ABERTA", "10.00", None)
    assert (first["contestar_ate"], first["dias_restantes"]) == (last.isoformat(), (last - HOJE).days)
    assert (first["motivos"][0]["mensagem"], first["motivos"][0]["texto"]) == ("Passa do contrato.", first["texto"])
    assert first["evidencias"] == [{"tipo": "09", "nome": "Notas fiscais"}]
    assert (first["cobrado"]["codigo"], first["cobrado"]["quantidade"]) == ("40304361", "1")
    assert second["modelo"] == {
        "nivel": "GUIA",
        "numero_guia_prestador": "G2",
        "codigo_glosa": "1801",
        "valor_recursado": "6.00",
    }
    (access,) = mesa.accesses
    assert (access.objeto, access.campos, access.actor.quem) == (f"peg/{PEG}", ("itens", "glosas"), "pessoa-1")
    assert [one.startswith(VIDA) for one in access.sujeitos] == [True]
    # What is listed is sent as it is, with a reason.
    sent = mesa.call("POST", RECURSOS, a_body({**first["modelo"], "justificativa": PORQUE}))
    assert (sent[0], sent[1]["valor_recursado"]) == (201, "10.00")
    again = mesa.get(GLOSAS, protocolo=PEG)[1]["glosas"]
    assert [(one["situacao"], one["recurso"]) for one in again] == [
        ("CONTESTADA", sent[1]["protocolo"]),
        ("ABERTA", None),
    ]
    mesa.later(days=PRAZO)
    late = mesa.get(GLOSAS, protocolo=PEG)[1]["glosas"][1]
    assert (late["situacao"], late["dias_restantes"]) == ("FORA_DO_PRAZO", None)
    assert "terminou em" in late["o_que_fazer"]


def test_a_glosa_without_a_term_is_open(mesa: ApiMesa) -> None:
    mesa.billed(a_taken(0, None, None, contestar_dias=None))
    (one,) = mesa.get(GLOSAS, protocolo=PEG)[1]["glosas"]
    assert (one["contestar_ate"], one["dias_restantes"], one["situacao"]) == (None, None, "ABERTA")
    assert one["modelo"] == {"nivel": "PROTOCOLO", "codigo_glosa": "1705", "valor_recursado": "55.50"}


def test_an_item_billed_without_words_is_called_as_the_tuss_calls_it(mesa: ApiMesa) -> None:
    mute = done(descricao_procedimento=None)
    mesa.billed(conta=a_conta(a_taken(), a_taken(2, 1, "1.00", id=2), guias=(
        a_sadt(mute), a_sadt(done("123", descricao_procedimento=None), numero="G2"),
    )))  # fmt: skip
    first, second = mesa.get(GLOSAS, protocolo=PEG)[1]["glosas"]
    assert first["cobrado"]["descricao"].startswith("Hemograma")
    assert second["cobrado"]["descricao"] is None


def test_glosas_of_a_month_come_page_by_page(mesa: ApiMesa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(de_glosas, "GLOSAS", 2)
    monkeypatch.setattr(de_glosas, "PEGS", 2)
    three = a_conta(*(a_taken(1, n, "1.00", id=n, codigo=f"170{n}") for n in (1, 2)), a_taken(2, 1, "1.00", id=3))
    numbers = [f"26112000000{n}" for n in range(1, 6)]
    for number in numbers:
        mesa.billed(conta=replace(three, peg=replace(three.peg, protocolo=number)))
    mesa.contas.put(replace(three.peg, protocolo=numbers[2], situacao=SituacaoPeg.ANALISADO))
    mesa.contas.put(replace(three.peg, protocolo=numbers[1], valor_glosado=Decimal("0.00")))
    found, cursor, pages = list[str](), None, 0
    while pages == 0 or cursor:
        body = mesa.get(GLOSAS, competencia="202611", **({"cursor": cursor} if cursor else {}))[1]
        found += [one["protocolo_peg"] for one in body["glosas"]]
        cursor, pages = body["cursor"], pages + 1
    assert found == [number for number in (numbers[4], numbers[3], numbers[0]) for _ in range(3)]
    assert pages < 8
    assert mesa.get(GLOSAS)[1]["glosas"][0]["protocolo_peg"] == numbers[4]
    assert mesa.get(GLOSAS, competencia="202610")[1] == {"glosas": [], "cursor": None}


def test_many_glosas_of_one_peg_come_page_by_page(mesa: ApiMesa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(de_glosas, "GLOSAS", 1)
    mesa.billed(a_taken(), a_taken(2, 1, "1.00", id=2))
    first = mesa.get(GLOSAS, protocolo=PEG)[1]
    rest = mesa.get(GLOSAS, protocolo=PEG, cursor=first["cursor"])[1]
    assert [page["glosas"][0]["modelo"]["numero_guia_prestador"] for page in (first, rest)] == ["G1", "G2"]
    assert rest["cursor"] is None
    assert mesa.get(GLOSAS, DA_CLINICA, competencia="202611", cursor=first["cursor"])[0] == 400


def test_what_is_not_there_is_told_before_what_is_wrong_and_who_may(mesa: ApiMesa) -> None:
    for claims, query, status in (
        (DA_CLINICA, {"protocolo": PEG, "competencia": "202611"}, 404), (RECEPCAO, {"protocolo": SEM_PEG}, 404),
        (FATURISTA, {"protocolo": f"{PEG}\n"}, 404), (RECEPCAO, {"protocolo": PEG, "competencia": "202611"}, 422),
        (RECEPCAO, {"protocolo": PEG}, 403), (SO_LE, {"protocolo": PEG}, 200), (FATURISTA, {"competencia": "x"}, 422),
    ):  # fmt: skip
        assert mesa.get(GLOSAS, claims, **query)[0] == status, query
    mesa.billed(situacao=SituacaoPeg.ANALISADO)
    assert mesa.get(GLOSAS, RECEPCAO, protocolo=PEG)[0] == 403
    status, body = mesa.get(GLOSAS, protocolo=PEG)
    assert (status, body["codigo"]) == (409, "valores-nao-publicados")


# --- sending ---


def test_a_recurso_is_received_once(mesa: ApiMesa) -> None:
    body = a_body(numero_guia_recurso="R-1", numero_lote="1", valor_total_recursado=10)
    status, made, headers = mesa.call("POST", RECURSOS, body, headers={"Idempotency-Key": "k"})
    assert (status, headers["ETag"], headers["Location"]) == (201, '"1"', f"recursos/{made['protocolo']}")
    fits(schemas.RecursoDeGlosaView, made)
    assert made["situacao"] == {
        "codigo": "1", "nome": "ENVIADO", "de_quem_e_a_vez": "operadora",
        "ate": (HOJE + timedelta(days=PRAZO)).isoformat(),
    }  # fmt: skip
    assert made["evidencias"] == [{"tipo": "09", "nome": "Notas fiscais"}]
    assert mesa.call("POST", RECURSOS, body, headers={"Idempotency-Key": "k"})[1] == made
    assert mesa.call("POST", RECURSOS, body, claims=MAQUINA)[1] == made
    other = mesa.call(
        "POST", RECURSOS, {**body, "itens": [an_item(valor_recursado="3.00")], "valor_total_recursado": 3}
    )
    assert (other[0], other[1]["codigo"], errors(other[1])) == (
        409, "numero-ja-usado", [("numero_guia_recurso", "5053")],
    )  # fmt: skip
    twice = mesa.call("POST", RECURSOS, a_body())
    assert (twice[0], twice[1]["codigo"], errors(twice[1])) == (
        409, "ja-contestado", [("itens[0].numero_guia_prestador", "2904")],
    )  # fmt: skip
    assert made["protocolo"] in twice[1]["detail"]
    assert len(mesa.get(RECURSOS)[1]["recursos"]) == 1


def test_all_that_is_wrong_is_told_with_its_code_path_and_what_to_do(mesa: ApiMesa) -> None:
    wrong = a_body(
        an_item(justificativa=""), an_item(item=None, sequencial_item=9), an_item(item=2, codigo_glosa="9999"),
        an_item(numero_guia_prestador="G9"), an_item(documentos=[UPLOAD]), versao_tiss="4.03.00",
    )  # fmt: skip
    status, body, _ = mesa.call("POST", RECURSOS, wrong)
    assert (status, body["codigo"]) == (422, "requisicao-invalida")
    assert {
        ("itens[0].justificativa", "2903"), ("itens[1].item", "2908"), ("itens[2].codigo_glosa", "2908"),
        ("itens[3].numero_guia_prestador", "3242"), ("itens[4].documentos", "3230"),
    } <= set(errors(body))  # fmt: skip
    assert all(one["mensagem"] and one["efeito"] == "RECUSA" for one in body["achados"])
    assert {one["regra"] for one in body["achados"]} >= {"REC-JUSTIFICATIVA", "REC-ITEM", "REC-GLOSA", "REC-GUIA"}
    assert errors(mesa.call("POST", RECURSOS, {**a_body(), "itens": []})[1]) == [("itens", "2908")]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"numero_guia_prestador": None}, "guia-ausente"), ({"item": None}, "item-ausente"),
        ({"nivel": "GUIA"}, "nivel-divergente"), ({"nivel": "PROTOCOLO"}, "nivel-divergente"),
        ({"justificativa": "a\u202eb"}, "string_pattern_mismatch"), ({"valor_recursado": -1}, "numero-invalido"),
    ],
)  # fmt: skip
def test_an_item_says_where_it_is(mesa: ApiMesa, changes: Any, wrong: str) -> None:
    status, body, _ = mesa.call("POST", RECURSOS, a_body(an_item(**changes)))
    assert (status, errors(body)[0][1]) == (422, wrong)
    assert errors(body)[0][0].startswith("itens[0]")


def test_whom_a_recurso_may_be_sent_to_and_by_whom(mesa: ApiMesa) -> None:
    for claims, body, status in (
        (RECEPCAO, {}, 422), (RECEPCAO, a_body(registro_ans=PASA), 404), (RECEPCAO, a_body(protocolo_peg=SEM_PEG), 404),
        (DA_CLINICA, a_body(), 404), (RECEPCAO, a_body(), 403), (SO_LE, a_body(), 403),
    ):  # fmt: skip
        assert mesa.call("POST", RECURSOS, body, claims=claims)[0] == status, (claims["sub"], body)
    mesa.billed(situacao=SituacaoPeg.EM_ANALISE)
    assert mesa.call("POST", RECURSOS, a_body(), claims=RECEPCAO)[0] == 403
    early = mesa.call("POST", RECURSOS, a_body())
    assert (early[0], early[1]["codigo"]) == (409, "valores-nao-publicados")


def test_a_recurso_is_looked_at_before_it_is_sent(mesa: ApiMesa) -> None:
    mesa.billed(a_taken(), a_taken(1, 2, "1.00", id=2, codigo="1801"))
    status, body, _ = mesa.call("POST", VALIDACOES, a_body(), claims=SO_LE)
    fits(pedidos.ValidacaoDoRecursoView, body)
    assert (status, body["valido"], body["valor_recursado"]) == (200, True, "10.00")
    assert (body["dias_restantes"], body["responder_ate"]) == (
        PRAZO - 5, (HOJE + timedelta(days=PRAZO)).isoformat(),
    )  # fmt: skip
    (told,) = body["achados"]
    assert (told["efeito"], told["codigo"], told["item"], told["regra"]) == ("AVISO", None, 1, "REC-INCOMPLETO")
    wrong = mesa.call("POST", VALIDACOES, a_body(an_item(justificativa="")))[1]
    assert (wrong["valido"], wrong["achados"][0]["campo"]) == (False, "itens[0].justificativa")
    assert mesa.get(RECURSOS)[1]["recursos"] == []
    assert mesa.call("POST", VALIDACOES, a_body(), claims=RECEPCAO)[0] == 403


@pytest.mark.regra("R02")
def test_who_was_never_enabled_contests_nothing_not_even_of_before(mesa: ApiMesa) -> None:
    cadastro: Any = session.cadastro()
    cadastro.put_relacionamento(a_relacionamento(registro_ans=PASA, situacao="SOLICITADO"))
    for path in (RECURSOS, VALIDACOES):
        status, body, _ = mesa.call("POST", path, {**typed(), "registro_ans": PASA})
        assert (status, body["codigo"], body["glosa"]) == (403, "relacionamento-nao-habilitado", "1207")
    cadastro.put_relacionamento(a_relacionamento(situacao="SUSPENSO"))
    assert mesa.call("POST", RECURSOS, a_body())[0] == 201


def test_what_is_of_before_the_migration_is_typed_or_told_where_it_is(mesa: ApiMesa) -> None:
    incomplete = mesa.call("POST", RECURSOS, typed(valor_glosado=None))
    assert (incomplete[0], errors(incomplete[1])) == (422, [("itens[0].valor_glosado", "2908")])
    looked = mesa.call("POST", VALIDACOES, typed())[1]
    assert (looked["valido"], looked["contestar_ate"], looked["responder_ate"]) == (True, None, None)
    status, made, _ = mesa.call("POST", RECURSOS, {**typed(), "tipo_guia": "guiaOdonto"})
    assert (status, made["legado"], made["tipo_guia"], made["valor_recursado"]) == (201, True, "guiaOdonto", "30.00")
    (item,) = mesa.call("GET", f"{UM}/itens", protocolo=made["protocolo"])[1]["itens"]
    assert (item["linhas"], item["motivos"], item["cobrado"]["numero_guia_prestador"]) == ([], [], "V-1")
    assert mesa.accesses[-1].sujeitos == ()
    mesa.refuses_legacy()
    status, body, _ = mesa.call("POST", RECURSOS, typed())
    assert (status, body["codigo"], body["portal"]) == (404, "legado", PORTAL_LEGADO)


# --- what was sent ---


def test_recursos_of_a_month_are_listed(mesa: ApiMesa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(de_recursos, "PAGE", 1)
    mesa.billed(a_taken(), a_taken(2, 1, "1.00", id=2))
    first = mesa.sent(an_entry())
    mesa.later(minutes=1)
    second = mesa.sent(an_entry("G2"))
    newest = fits(schemas.RecursosDeGlosaPage, mesa.get(RECURSOS)[1])
    oldest = mesa.get(RECURSOS, cursor=newest["cursor"])[1]
    assert [one["protocolo"] for page in (newest, oldest) for one in page["recursos"]] == [
        second.protocolo, first.protocolo,
    ]  # fmt: skip
    assert mesa.get(RECURSOS, competencia="202610")[1] == {"recursos": [], "cursor": None}
    assert mesa.get(RECURSOS, competencia="2026-11")[0] == 422
    assert mesa.get(RECURSOS, RECEPCAO)[0] == 403
    assert mesa.get(RECURSOS, DA_CLINICA)[1]["recursos"] == []


def test_one_is_read_by_whose_it_is(mesa: ApiMesa) -> None:
    recurso = mesa.sent(an_entry())
    for claims, number, status in (
        (FATURISTA, recurso.protocolo, 200), (RECEPCAO, recurso.protocolo, 403), (DA_CLINICA, recurso.protocolo, 404),
        (FATURISTA, AUSENTE, 404), (FATURISTA, f"{recurso.protocolo}\n", 404),
    ):  # fmt: skip
        got = mesa.call("GET", UM, claims=claims, protocolo=number)
        assert got[0] == status
    headers = mesa.call("GET", UM, protocolo=recurso.protocolo)[2]
    held = {"If-None-Match": headers["ETag"]}
    assert mesa.call("GET", UM, headers=held, protocolo=recurso.protocolo)[:2] == (304, None)
    assert mesa.accesses == []


def test_its_items_are_shown_with_what_was_billed_and_why_it_was_taken(
    mesa: ApiMesa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(de_recursos, "LINHAS", 2)
    mesa.billed(a_taken(), a_taken(2, None, "6.00", id=2, codigo="1801"))
    recurso = mesa.sent(an_entry(), an_entry("G2", None, codigo="1801"))
    first = fits(schemas.ItensDoRecursoPage, mesa.call("GET", f"{UM}/itens", protocolo=recurso.protocolo)[1])
    assert [one["id"] for one in first["itens"]] == [1, 2]
    monkeypatch.setattr(de_recursos, "LINHAS", 1)
    (one,) = (first := mesa.call("GET", f"{UM}/itens", protocolo=recurso.protocolo)[1])["itens"]
    (line,) = one["linhas"]
    assert (line["guia"], line["item"], line["valor_informado"], line["valor_glosado"]) == (1, 1, "18.50", "10.00")
    assert (one["motivos"][0]["codigo"], one["justificativa"], one["resposta"]) == ("1705", PORQUE, None)
    access = mesa.accesses[-1]
    assert (access.objeto, len(access.sujeitos)) == (f"recurso/{recurso.protocolo}", 1)
    (rest,) = mesa.call("GET", f"{UM}/itens", protocolo=recurso.protocolo, query={"cursor": first["cursor"]})[1][
        "itens"
    ]
    assert (rest["id"], rest["nivel"], rest["linhas"][0]["valor_glosado"]) == (2, "GUIA", "6.00")
    assert mesa.call("GET", f"{UM}/itens", claims=RECEPCAO, protocolo=recurso.protocolo)[0] == 403


def test_a_protocolo_is_contested_without_its_lines(mesa: ApiMesa) -> None:
    mesa.billed(a_taken(0, None, None))
    recurso = mesa.sent(an_entry(None))
    (one,) = mesa.call("GET", f"{UM}/itens", protocolo=recurso.protocolo)[1]["itens"]
    assert (one["nivel"], one["linhas"], one["valor_recursado"]) == (Nivel.PROTOCOLO, [], "55.50")
    assert len(one["motivos"]) == 1


def test_its_sender_takes_it_back(mesa: ApiMesa) -> None:
    recurso = mesa.sent(an_entry())
    body = {"motivo": "Enviado com o item errado."}
    for claims, headers, status in ((RECEPCAO, {}, 403), (FATURISTA, {"If-Match": '"7"'}, 412), (FATURISTA, {}, 200)):
        got = mesa.call("POST", f"{UM}/cancelamento", body, claims=claims, headers=headers, protocolo=recurso.protocolo)
        assert got[0] == status
    assert (got[1]["situacao"]["nome"], got[1]["historico"][-1]["motivo"], got[2]["ETag"]) == (
        "CANCELADO", body["motivo"], '"2"',
    )  # fmt: skip
    assert got[1]["explicacao"].startswith("Cancelado")
    assert mesa.call("POST", f"{UM}/cancelamento", {}, claims=MAQUINA, protocolo=recurso.protocolo)[1] == got[1]
    told = mesa.answered(RespostaPedida(item=1, decisao=Decisao.ACATADO))
    late = mesa.call("POST", f"{UM}/cancelamento", {}, protocolo=told.protocolo)
    assert (late[0], late[1]["codigo"], late[1]["situacao"]) == (409, "transicao-impossivel", "RESPONDIDO")


# --- its answer ---


def test_an_answer_is_seen_once_it_is_concluded(mesa: ApiMesa) -> None:
    recurso = mesa.sent(an_entry())
    path: dict[str, Any] = {"protocolo": recurso.protocolo}
    early = mesa.call("GET", f"{UM}/resposta", **path)
    assert (early[0], early[1]["codigo"], early[1]["situacao"]) == (409, "sem-resposta", "ENVIADO")
    part = RespostaPedida(item=1, decisao=Decisao.PARCIAL, valor=Decimal("4.00"), justificativa="Só um dos dois.")
    mesa.answered(part, recurso=recurso)
    body = fits(schemas.RespostaDoRecursoView, mesa.call("GET", f"{UM}/resposta", **path)[1])
    (item,) = body["itens"]
    assert (item["resposta"]["decisao"], item["resposta"]["valor_acatado"]) == ("PARCIAL", "4.00")
    assert "quem" not in item["resposta"]
    assert (body["valor_acatado"], body["respondido_em"]) == ("4.00", HOJE.isoformat())
    assert mesa.accesses[-1].objeto == f"recurso/{recurso.protocolo}"
    for formato, start, media in (("xml", b"<?xml", "application/xml"), ("pdf", b"%PDF", "application/pdf")):
        status, content, headers = mesa.call("GET", f"{UM}/resposta", query={"formato": formato}, **path)
        assert (status, content[: len(start)], headers["Content-Type"]) == (200, start, media)
    assert b"respostaRecursoGlosa" in mesa.call("GET", f"{UM}/resposta", query={"formato": "xml"}, **path)[1]
    assert b"recebimentoRecursoGlosa" in mesa.call("GET", f"{UM}/recebimento.xml", **path)[1]
    assert mesa.call("GET", f"{UM}/resposta", query={"formato": "doc"}, **path)[0] == 422
    assert mesa.call("GET", f"{UM}/resposta", claims=RECEPCAO, **path)[0] == 403


def test_an_answer_of_more_than_one_message_is_read_in_pages(mesa: ApiMesa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(de_recursos, "MAIOR", 10)
    told = mesa.answered(RespostaPedida(item=1, decisao=Decisao.ACATADO))
    status, body, _ = mesa.call("GET", f"{UM}/resposta", protocolo=told.protocolo)
    assert (status, body["codigo"]) == (409, "resposta-grande-demais")


DIA = HOJE + timedelta(days=9)
RESPONDIDO: dict[str, Any] = {"situacao": SituacaoRecurso.RESPONDIDO, "valor_acatado": Decimal("4.00")}
AGENDADO: dict[str, Any] = {**RESPONDIDO, "situacao": SituacaoRecurso.PAGAMENTO_AGENDADO}


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"vencido": True}, "o prazo dela já terminou"),
        ({"responder_ate": None, "situacao": SituacaoRecurso.EM_ANALISE}, "Em análise: a operadora responde."),
        ({**RESPONDIDO, "valor_acatado": Decimal("0.00")}, "nada foi acatado"),
        (RESPONDIDO, "R$ 4.00 de R$ 10.00 acatados; o pagamento será agendado"),
        ({**AGENDADO, "fatura": "261120000001-1", "entrega_ate": DIA}, f"até {DIA:%d/%m/%Y} a nota fiscal da fatura"),
        ({**AGENDADO, "fatura": "261120000001-1"}, "; envie a nota fiscal da fatura 261120000001-1"),
        ({**AGENDADO, "lancamento": "261160000001"}, "a creditar no próximo pagamento"),
        ({**AGENDADO, "fatura": "f", "paga_em": DIA}, f"pagos em {DIA:%d/%m/%Y}"),
    ],
)  # fmt: skip
def test_what_became_of_it_is_told_in_a_sentence(mesa: ApiMesa, changes: dict[str, Any], wanted: str) -> None:
    mesa.recursos.put(recurso := a_recurso(**changes))
    body = fits(schemas.RecursoDeGlosaView, mesa.call("GET", UM, protocolo=recurso.protocolo)[1])
    assert wanted in body["explicacao"]
    assert (body["pagamento"] is None) is ("PAGAMENTO" not in body["situacao"]["nome"])


# --- drafts ---


def test_a_draft_is_put_together_and_sent_as_it_is(mesa: ApiMesa) -> None:
    body = a_body(an_item(justificativa=""))
    status, made, headers = mesa.call("POST", RASCUNHOS, body, headers={"Idempotency-Key": "k"})
    assert (status, headers["Location"], made["situacao"]) == (201, f"rascunhos/{made['id']}", "ABERTO")
    fits(schemas.RascunhoDeRecursoView, made)
    assert [one["codigo"] for one in made["achados"]] == ["2903"]
    assert (made["valor_recursado"], made["dias_restantes"]) == ("10.00", PRAZO - 5)
    assert mesa.call("POST", RASCUNHOS, body, headers={"Idempotency-Key": "k"})[1]["id"] == made["id"]
    path: dict[str, Any] = {"id": made["id"]}
    refused = mesa.call("POST", f"{RASCUNHO}/envio", **path)
    assert (refused[0], errors(refused[1])) == (422, [("itens[0].justificativa", "2903")])
    for claims, status in ((RECEPCAO, 403), (DA_CLINICA, 404)):
        assert mesa.call("PUT", RASCUNHO, body, claims=claims, **path)[0] == status
    assert mesa.call("PUT", RASCUNHO, a_body(), headers={"If-Match": '"9"'}, **path)[0] == 412
    changed = mesa.call("PUT", RASCUNHO, a_body(), headers={"If-Match": '"1"'}, **path)
    assert (changed[0], changed[1]["achados"], changed[2]["ETag"]) == (200, [], '"2"')
    whole = fits(schemas.RascunhoDeRecursoInteiroView, mesa.call("GET", RASCUNHO, claims=SO_LE, **path)[1])
    assert whole["itens"] == [an_item()]
    assert (mesa.accesses[-1].objeto, len(mesa.accesses[-1].sujeitos)) == (f"recurso-rascunho/{made['id']}", 1)
    listed = fits(schemas.RascunhosDeRecursoPage, mesa.get(RASCUNHOS, SO_LE)[1])["rascunhos"]
    assert [one["id"] for one in listed] == [made["id"]]
    status, sent, headers = mesa.call("POST", f"{RASCUNHO}/envio", **path)
    assert (status, headers["Location"]) == (201, f"../../{sent['protocolo']}")
    assert mesa.call("POST", f"{RASCUNHO}/envio", **path)[1] == sent
    done = mesa.call("GET", RASCUNHO, **path)[1]
    assert (done["situacao"], done["protocolo"], done["achados"]) == ("ENVIADO", sent["protocolo"], [])
    over = mesa.call("PUT", RASCUNHO, a_body(), **path)
    assert (over[0], over[1]["codigo"]) == (409, "transicao-impossivel")
    assert mesa.get(RASCUNHOS)[1]["rascunhos"] == []


def test_a_draft_is_discarded_once(mesa: ApiMesa) -> None:
    path: dict[str, Any] = {"id": mesa.call("POST", RASCUNHOS, a_body(an_item(numero_guia_prestador="G9")))[1]["id"]}
    key = {"Idempotency-Key": "k"}
    for claims, status in ((RECEPCAO, 403), (DA_CLINICA, 404), (FATURISTA, 200), (FATURISTA, 200)):
        got = mesa.call("POST", f"{RASCUNHO}/descarte", claims=claims, headers=key, **path)
        assert got[0] == status
    fits(schemas.RascunhoDeRecursoResumoView, got[1])
    assert got[1]["situacao"] == "DESCARTADO"
    assert mesa.call("POST", f"{RASCUNHO}/descarte", **path)[0] == 404
    for absent in ("f" * 32, "x"):
        assert mesa.call("GET", RASCUNHO, id=absent)[0] == 404


def test_drafts_of_before_the_migration_and_of_what_is_not_there(mesa: ApiMesa) -> None:
    draft = mesa.call("POST", RASCUNHOS, {**typed(), "valor_total_recursado": "30.00"})[1]
    whole = mesa.call("GET", RASCUNHO, id=draft["id"])[1]
    assert (whole["valor_total_recursado"], whole["itens"][0]["valor_glosado"]) == ("30.00", "30.00")
    assert mesa.call("POST", RASCUNHOS, a_body(protocolo_peg=SEM_PEG), claims=RECEPCAO)[0] == 404


# --- what others ask ---


def test_pagamento_is_told_what_is_contested_of_each_line(mesa: ApiMesa) -> None:
    asked = {"registro_ans": VALE, "prestador_id": HOSPITAL, "protocolo": PEG}
    assert mesa.call("POST", "/recursos/contestados", asked)[1] == {"linhas": []}
    mesa.sent(an_entry(valor=Decimal("4.00")))
    assert mesa.call("POST", "/recursos/contestados", asked)[1] == {"linhas": [[1, 1, "4.00"]]}


def test_whoever_counts_is_told_what_may_be_contested_until_when_and_of_which_versions(mesa: ApiMesa) -> None:
    asked = {"registro_ans": VALE, "prestador_id": HOSPITAL, "protocolo": PEG}

    def told() -> Any:
        return mesa.call("POST", "/recursos/contestaveis", asked)[1]

    mesa.billed(a_taken(id=1), a_taken(2, None, "6.00", id=2, codigo="1801", contestar_dias=None))
    last = (PUBLICADA + timedelta(days=PRAZO)).isoformat()
    whole = {"ate": None, "quantas": 1, "valor": "6.00"}
    assert told() == {
        "versao_peg": 1, "versao_contestado": 0, "partes": [{"ate": last, "quantas": 1, "valor": "10.00"}, whole],
    }  # fmt: skip
    mesa.sent(an_entry())
    assert told() == {"versao_peg": 1, "versao_contestado": 1, "partes": [whole]}


def test_nothing_may_be_contested_of_what_is_over_not_published_or_not_there(mesa: ApiMesa) -> None:
    asked = {"registro_ans": VALE, "prestador_id": HOSPITAL, "protocolo": PEG}
    empty = {"versao_peg": 1, "versao_contestado": 0, "partes": []}
    for changes in ({"publicada_em": PUBLICADA - timedelta(days=PRAZO + 1)}, {"situacao": SituacaoPeg.ANALISADO}):
        mesa.billed(a_taken(), **changes)
        assert mesa.call("POST", "/recursos/contestaveis", asked)[1] == empty
    absent = mesa.call("POST", "/recursos/contestaveis", {**asked, "protocolo": SEM_PEG})[1]
    assert absent == {**empty, "versao_peg": 0}
