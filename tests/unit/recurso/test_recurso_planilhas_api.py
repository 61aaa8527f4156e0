"""The routes of the spreadsheet: a file out, a file in, an answer per line."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook

from conecta_contas.analise import Glosa
from conecta_edge import session
from recurso.handler import api, planilhas
from recurso.planilhas import Formato
from recurso.service import contestacao
from tests.builders_cadastro import an_operadora
from tests.builders_functions import PASA, VALE, a_relacionamento, api_event
from tests.builders_recurso import PEG, PORQUE, a_caller, a_taken, an_entry
from tests.fakes_recurso_api import DA_CLINICA, FATURISTA, MAQUINA, RECEPCAO, SO_LE, ApiMesa, errors


@pytest.fixture
def mesa(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ApiMesa:
    return ApiMesa(monkeypatch)


def a_sheet(*lines: dict[str, str]) -> str:
    """A CSV of some lines: the first item of the first guia."""
    usual = {
        "registro_ans": VALE, "protocolo_peg": PEG, "numero_guia_prestador": "G1", "nivel": "ITEM", "item": "1",
        "codigo_glosa": "1705", "valor_glosado": "10,00", "justificativa": PORQUE,
    }  # fmt: skip
    rows = [{**usual, **line} for line in (lines or ({},))]
    return "\r\n".join([";".join(rows[0]), *(";".join(row.values()) for row in rows)])


def posted(mesa: ApiMesa, content: str | bytes, claims: Any = FATURISTA, **query: str) -> tuple[int, Any]:
    """The file is sent."""
    if isinstance(content, str):
        return mesa.call("POST", "/recursos/planilhas", content, claims=claims, query=query)[:2]
    event = api_event("POST", "/recursos/planilhas", claims=claims, query=query or None)
    event |= {"body": base64.b64encode(content).decode(), "isBase64Encoded": True}
    answered = api.handler(event, None)
    return answered["statusCode"], json.loads(answered["body"])


def test_what_may_be_contested_comes_as_a_file_and_is_sent_filled_in(mesa: ApiMesa) -> None:
    mesa.billed(a_taken(), a_taken(2))
    status, content, headers = mesa.call("GET", "/recursos/planilha", query={"protocolo": PEG})
    assert (status, headers["Content-Type"]) == (200, Formato.XLSX.media)
    assert headers["Content-Disposition"] == f'attachment; filename="glosas-{PEG}.xlsx"'
    (access,) = mesa.accesses
    assert (access.objeto, len(access.sujeitos)) == (f"peg/{PEG}", 1)
    book = load_workbook(io.BytesIO(content))
    names = [cell.value for cell in book["Glosas"][1]]
    book["Glosas"].cell(2, names.index("justificativa") + 1).value = PORQUE
    out = io.BytesIO()
    book.save(out)
    status, answer = posted(mesa, out.getvalue())
    assert status == 200
    first, second = answer["linhas"]
    assert (first["linha"], first["situacao"], second["situacao"]) == (2, "ENVIADA", "IGNORADA")
    assert answer["recursos"] == [first["recurso"]]
    assert answer["totais"] == {"ENVIADA": 1, "CONFERIDA": 0, "RECUSADA": 0, "NAO_ENVIADA": 0, "IGNORADA": 1}
    assert posted(mesa, out.getvalue()) == (200, answer)
    (taken,) = [one for one in mesa.get("/recursos/glosas", protocolo=PEG)[1]["glosas"] if one["recurso"]]
    assert taken["recurso"] == first["recurso"]


def test_the_file_comes_back_with_what_became_of_each_line(mesa: ApiMesa) -> None:
    event = api_event("POST", "/recursos/planilhas", claims=FATURISTA, query={"formato": "csv"}, body=a_sheet())
    answered = api.handler(event, None)
    text = base64.b64decode(answered["body"]) if answered["isBase64Encoded"] else answered["body"].encode()
    head, line = text.decode("utf-8-sig").splitlines()
    assert head.endswith("justificativa;situacao;recurso_enviado;mensagem")
    assert ";ENVIADA;26" in line


def test_a_wrong_line_keeps_the_others_of_its_peg_back_and_no_other_peg(mesa: ApiMesa) -> None:
    mesa.billed(a_taken(), a_taken(2))
    mesa.put(an_operadora(data_migracao=None))
    wrong = {"numero_guia_prestador": "G2", "justificativa": "x" * 501}
    status, answer = posted(mesa, a_sheet({}, wrong, {"protocolo_peg": "261120000009"}))
    assert status == 200
    assert [one["situacao"] for one in answer["linhas"]] == ["NAO_ENVIADA", "RECUSADA", "RECUSADA"]
    kept, told, absent = (one["mensagem"] for one in answer["linhas"])
    assert "Nada deste protocolo foi enviado" in kept
    assert told.startswith("justificativa: [2903] ")
    assert "não tem este protocolo" in absent
    assert mesa.recursos.rows == {}


def test_a_line_that_cannot_be_read_keeps_its_peg_back(mesa: ApiMesa) -> None:
    mesa.billed(a_taken(), a_taken(2))
    _, answer = posted(mesa, a_sheet({}, {"numero_guia_prestador": "G2", "nivel": "LINHA"}))
    kept, told = answer["linhas"]
    assert (kept["situacao"], told["situacao"]) == ("NAO_ENVIADA", "RECUSADA")
    assert told["mensagem"].startswith("nivel: ")
    assert mesa.recursos.rows == {}


def test_of_a_line_that_cannot_be_read_nothing_else_is_said(mesa: ApiMesa) -> None:
    (only,) = posted(mesa, a_sheet({"codigo_glosa": "17055"}))[1]["linhas"]
    assert only["mensagem"] == "codigo_glosa: Informe os quatro dígitos do código da glosa, como no modelo."


def test_only_looking_writes_nothing_and_tells_warnings(mesa: ApiMesa) -> None:
    mesa.billed(a_taken(), a_taken(1, 2, valor="5.00"))
    _, answer = posted(mesa, a_sheet(), SO_LE, simular="true")
    (line,) = answer["linhas"]
    assert (line["situacao"], line["recurso"]) == ("CONFERIDA", None)
    assert "Só um recurso por guia" in line["mensagem"]
    assert mesa.recursos.rows == {}


@pytest.mark.parametrize(
    ("published", "line", "said"),
    [
        (False, {}, "ainda não foram publicados"),
        (True, {"registro_ans": PASA}, "não tem este protocolo"),
        (True, {"protocolo_peg": "4711"}, "de antes da migração"),
    ],
)
def test_a_peg_that_cannot_be_contested_here_says_why(
    mesa: ApiMesa, *, published: bool, line: dict[str, str], said: str
) -> None:
    mesa.refuses_legacy()
    if not published:
        mesa.billed(publicada_em=None)
    _, answer = posted(mesa, a_sheet(line))
    assert answer["linhas"][0]["situacao"] == "RECUSADA"
    assert said in answer["linhas"][0]["mensagem"]


def test_a_line_of_the_whole_recurso_says_what_is_wrong_with_all(mesa: ApiMesa) -> None:
    first = posted(mesa, a_sheet())[1]["recursos"][0]
    _, answer = posted(mesa, a_sheet({"justificativa": "Outra razão"}))
    assert first in answer["linhas"][0]["mensagem"]


def test_a_file_that_is_none_of_ours_is_refused(mesa: ApiMesa) -> None:
    status, problem = posted(mesa, "a;b\r\n1;2")
    assert (status, errors(problem)) == (422, [("planilha", "cabecalho-ausente")])
    status, problem = posted(mesa, 'protocolo_peg;"a')
    assert (status, errors(problem)) == (422, [("linha 1", "csv-ilegivel")])
    assert posted(mesa, a_sheet(), formato="pdf")[0] == 422


def test_a_month_of_pegs_is_one_file_up_to_a_limit(mesa: ApiMesa, monkeypatch: pytest.MonkeyPatch) -> None:
    status, content, _ = mesa.call("GET", "/recursos/planilha", query={"competencia": "202611", "formato": "csv"})
    assert status == 200
    text = content if isinstance(content, bytes) else str(content).encode()
    assert PEG.encode() in text
    monkeypatch.setattr(planilhas, "PEGS", 0)
    status, problem = mesa.get("/recursos/planilha", competencia="202611")
    assert (status, errors(problem)) == (422, [("competencia", "protocolos-demais")])
    assert mesa.get("/recursos/planilha", formato="pdf")[0] == 422
    assert mesa.get("/recursos/planilha", DA_CLINICA, protocolo=PEG, formato="pdf")[0] == 404
    assert mesa.get("/recursos/planilha", protocolo=PEG, competencia="202611")[0] == 422
    assert mesa.get("/recursos/planilha", competencia="2026")[0] == 422


@pytest.mark.regra("R02")
def test_who_was_never_enabled_is_told_at_each_line(mesa: ApiMesa) -> None:
    cadastro: Any = session.cadastro()
    cadastro.put_relacionamento(a_relacionamento(registro_ans=PASA, situacao="SOLICITADO"))
    _, answer = posted(mesa, a_sheet({"registro_ans": PASA, "protocolo_peg": "4711"}))
    (line,) = answer["linhas"]
    assert (line["situacao"], "nunca esteve habilitado" in line["mensagem"]) == ("RECUSADA", True)


def test_who_may_not_and_who_is_another(mesa: ApiMesa) -> None:
    assert mesa.get("/recursos/planilha", DA_CLINICA, protocolo=PEG)[0] == 404
    assert mesa.get("/recursos/planilha", RECEPCAO, protocolo=PEG)[0] == 403
    assert mesa.get("/recursos/planilha", RECEPCAO, competencia="202611")[0] == 403
    assert posted(mesa, a_sheet(), RECEPCAO)[0] == 403
    assert posted(mesa, a_sheet(), SO_LE)[0] == 403
    assert posted(mesa, a_sheet(), MAQUINA)[0] == 200


@pytest.mark.parametrize("more", [(), (a_taken(1, 2, valor="5.00"),)])
def test_who_loses_every_race_is_asked_to_send_it_again(mesa: ApiMesa, more: tuple[Glosa, ...]) -> None:
    mesa.billed(a_taken(), a_taken(2), *more)

    def other() -> None:
        contestacao.cancel(mesa.sent(an_entry("G2")), a_caller(), mesa.portas)

    mesa.recursos.meanwhile = [other] * contestacao.ROUNDS
    _, answer = posted(mesa, a_sheet())
    assert "envie a planilha de novo" in answer["linhas"][0]["mensagem"]
