"""Glosas contested by messages over real HTTP: by the XML door and as files, with the same outcome as by JSON."""

from __future__ import annotations

import http.client
import time
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from conecta_edge.clock import local_day
from conecta_tiss.messages.cancelamento import GuiaACancelar
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.envelope import Parte
from conecta_tiss.pipeline import validate_message
from conecta_tiss.xml.writer import write
from local.client import Client, sign_in_as
from local.demo_autorizacao import operadora
from local.gerador import Pedido, consulta_recurso, gerar
from local.gerador.recursos import PedidoRecurso, RecursoGerado, da_lista, gerar_recurso
from local.seed import HOSPITAL
from tests import builders as um

pytestmark = pytest.mark.e2e
HOJE = local_day(datetime.now(UTC))
CNPJ = HOSPITAL.prestador_id
VALE = "345695"
PORQUE = "A execução está no prontuário: não há razão para a glosa."


@pytest.fixture(scope="module")
def faturista(where: dict[str, Any]) -> Client:
    return sign_in_as(where, "faturista", CNPJ)


@pytest.fixture(scope="module")
def auditoria(where: dict[str, Any]) -> Client:
    return operadora(where, "auditoria")


def done(client: Client, path: str, body: Any = None, status: int = http.client.OK) -> Any:
    answer = client.request("POST", path, body or {})
    assert answer.status == status, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def contestado(faturista: Client, auditoria: Client, where: dict[str, Any]) -> RecursoGerado:
    """Two guias of one item each, glosadas and published; contested by item, as another vendor's system writes it."""
    lote = gerar(
        Pedido(
            guias=2, procedimentos=1, despesas=0, hoje=HOJE, origem_cnpj=CNPJ, destino=VALE,
            numero_lote=f"{time.time_ns() // 1000 % 10**10}",
        )
    )  # fmt: skip
    protocolo = sent(faturista, "loteGuias", lote.conteudo).protocolo.numero_protocolo
    for client, act in (
        (auditoria, "analise"), (auditoria, "conclusao"), (operadora(where, "financeiro"), "liberacao"),
    ):  # fmt: skip
        done(client, f"/operadora/pegs/{protocolo}/{act}")
    glosas = faturista.get(f"/recursos/glosas?protocolo={protocolo}")["glosas"]
    itens = [item for guia in (1, 2) for item in faturista.get(f"/pegs/{protocolo}/guias/{guia}")["itens"]]
    contestadas = tuple(
        replace(glosa, sequencial=item["sequencial_item"], procedimento=item["codigo"], tabela=item["tabela"])
        for glosa, item in zip(da_lista(glosas, PORQUE), itens, strict=True)
    )
    return gerar_recurso(
        PedidoRecurso(
            protocolo=protocolo, contestadas=contestadas, numero=f"R{protocolo}", origem_cnpj=CNPJ, destino=VALE,
            numero_lote=lote.pedido.numero_lote, hoje=HOJE,
        )
    )  # fmt: skip


def read(raw: bytes) -> Any:
    """The body of an answer, which its schema takes."""
    found = validate_message(raw, hoje=HOJE)
    assert found.mensagem is not None, found.achados
    return found.mensagem.corpo


def sent(client: Client, transacao: str, raw: bytes, status: int = 200) -> Any:
    answer = client.request("POST", f"/tiss/{transacao}", raw, headers={"Content-Type": "application/xml"})
    assert answer.status == status, answer.text
    return read(answer.content)


def filed(client: Client, raw: bytes) -> tuple[dict[str, Any], Any]:
    """What became of a message as a file, and the message beside it."""
    upload = client.follow(client.upload(raw, finalidade="mensagem_tiss", nome_arquivo="recurso.xml")["id"])
    return upload, read(client.request("GET", f"/documentos/uploads/{upload['id']}/resposta.xml").content)


def kept(client: Client, protocolo: str) -> Any:
    """What a recurso contests, as JSON tells it, whichever door it came by."""
    recurso = client.get(f"/recursos/{protocolo}")
    itens = client.get(f"/recursos/{protocolo}/itens")["itens"]
    return [recurso[name] for name in ("protocolo_peg", "valor_recursado", "responder_ate")], itens


def taken_back(client: Client, contestado: RecursoGerado) -> list[str]:
    """By a `cancelaGuia`."""
    pedido = contestado.pedido
    asked = um.cancela_guia(
        prestador=Contratado(cnpj=CNPJ),
        guias=(GuiaACancelar(tipo_guia="3", numero_guia_prestador=pedido.numero, numero_protocolo=pedido.protocolo),),
    )  # fmt: skip
    header: dict[str, Any] = {"origem": Parte(cnpj=CNPJ), "destino": Parte(registro_ans=VALE), "data_registro": HOJE}
    raw = write(replace(asked, cabecalho=replace(asked.cabecalho, **header)))
    return [one.status for one in sent(client, "cancelaGuia", raw).recibo.guias]


def test_a_recurso_by_either_door_is_that_of_json_and_is_answered(
    faturista: Client, auditoria: Client, contestado: RecursoGerado
) -> None:
    """JSON first, then the XML door, then a file; the one before taken back, so that each contests the same."""
    pedido = contestado.pedido
    wrong = contestado.conteudo.replace(PORQUE[:9].encode("iso-8859-1"), b"A sintese")
    assert wrong != contestado.conteudo
    assert sent(faturista, "recursoGlosa", wrong, 422).mensagem_erro.codigo == "5014"
    refused, told = filed(faturista, wrong)
    assert (refused["situacao"], told.mensagem_erro.codigo) == ("RECUSADO", "5014")

    itens = [
        {
            "nivel": "ITEM", "numero_guia_prestador": one.guia, "sequencial_item": one.sequencial, "tabela": one.tabela,
            "codigo": one.procedimento, "codigo_glosa": one.codigo, "valor_recursado": f"{one.valor}",
            "justificativa": one.justificativa,
        }
        for one in pedido.contestadas
    ]  # fmt: skip
    body = {
        "registro_ans": VALE, "protocolo_peg": pedido.protocolo, "numero_guia_recurso": pedido.numero, "itens": itens,
    }  # fmt: skip
    by_json = done(faturista, "/recursos", body, http.client.CREATED)["protocolo"]
    as_json = kept(faturista, by_json)
    assert taken_back(faturista, contestado) == ["1"]

    receipt = sent(faturista, "recursoGlosa", contestado.conteudo).protocolo
    assert (receipt.valor_total, receipt.quantidade_guias) == (contestado.valor_total, 2)
    assert {one.itens[0].justificativa for one in receipt.guias} == {PORQUE}
    assert kept(faturista, receipt.numero_recurso) == as_json
    assert sent(faturista, "recursoGlosa", contestado.conteudo).protocolo == receipt
    assert taken_back(faturista, contestado) == ["1"]

    upload, receipt = filed(faturista, contestado.conteudo)
    protocolo = receipt.protocolo.numero_recurso
    assert (upload["situacao"], upload["recurso"]["href"]) == ("CONCLUIDO", f"recursos/{protocolo}")
    assert kept(faturista, protocolo) == as_json

    question = consulta_recurso(CNPJ, VALE, protocolo, HOJE)
    waiting = sent(faturista, "solicitacaoStatusRecursoGlosa", question).situacao
    assert (waiting.numero_recurso, waiting.situacao) == (protocolo, "1")
    assert sent(faturista, "solicitacaoStatusRecursoGlosa", consulta_recurso(CNPJ, VALE, pedido.protocolo, HOJE))
    respostas = [
        {"item": 1, "decisao": "ACATADO"},
        {"item": 2, "decisao": "NAO_ACATADO", "justificativa": "O prontuário não registra a execução."},
    ]
    done(auditoria, f"/operadora/recursos/{protocolo}/respostas", {"respostas": respostas})
    assert sent(faturista, "solicitacaoStatusRecursoGlosa", question).situacao.situacao == "2"
    assert taken_back(faturista, contestado) == ["2"]
    done(auditoria, f"/operadora/recursos/{protocolo}/conclusao")

    recibo = sent(faturista, "solicitacaoStatusRecursoGlosa", question).recibo
    first, second = pedido.contestadas
    assert [(one.item.numero_guia_prestador, one.item.valor_acatado) for one in recibo.respostas] == [
        (first.guia, first.valor), (second.guia, Decimal(0)),
    ]  # fmt: skip
    assert (recibo.valor_recursado, recibo.valor_acatado) == (contestado.valor_total, first.valor)
    upload, by_file = filed(faturista, question)
    assert (upload["recurso"]["id"], by_file.recibo) == (protocolo, recibo)
    assert read(faturista.request("GET", f"/recursos/{protocolo}/resposta?formato=xml").content).recibo.respostas


def test_what_is_not_there_is_told_by_either_door(faturista: Client, contestado: RecursoGerado) -> None:
    question = consulta_recurso(CNPJ, VALE, "261169999999", HOJE)
    assert sent(faturista, "solicitacaoStatusRecursoGlosa", question).mensagem_erro.codigo == "3162"
    absent = gerar_recurso(replace(contestado.pedido, protocolo="261129999999", numero="R9")).conteudo
    assert sent(faturista, "recursoGlosa", absent, 422).mensagem_erro.codigo == "3162"
    upload, told = filed(faturista, absent)
    assert (upload["situacao"], told.mensagem_erro.codigo) == ("RECUSADO", "3162")
    assert upload["achados"][0]["regra"] == "REC-PROTOCOLO"
