"""Lotes, questions and cancellations over real HTTP: by the XML door and as files, one lote, one PEG."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from conecta_edge.clock import local_day
from conecta_tiss.messages.cancelamento import GuiaACancelar, LoteACancelar
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.envelope import Mensagem, Parte
from conecta_tiss.pipeline import validate_message
from conecta_tiss.xml.writer import write
from local.client import Client, sign_in_as
from local.gerador import Pedido, Tipo, gerar, pede_demonstrativo
from local.gerador.solicitacoes import Item, PedidoSolicitacao, gerar_solicitacao
from local.seed import HOSPITAL
from tests import builders as um

pytestmark = pytest.mark.e2e
HOJE = local_day(datetime.now(UTC))
CNPJ = HOSPITAL.prestador_id
VALE = "345695"


@pytest.fixture
def gestor(where: dict[str, Any]) -> Client:
    return sign_in_as(where, "gestor", CNPJ)


@pytest.fixture
def carteira(where: dict[str, Any]) -> str:
    return str(next(row["numero_carteira"] for row in where["beneficiarios"] if row["caso"] == "elegivel"))


def unique() -> str:
    return f"{time.time_ns() // 1000 % 10**10}"


def read(raw: bytes) -> Any:
    """The body of an answer, which its schema takes."""
    found = validate_message(raw, hoje=HOJE)
    assert found.mensagem is not None, found.achados
    return found.mensagem.corpo


def send(client: Client, transacao: str, raw: bytes, status: int = 200) -> Any:
    answer = client.request("POST", f"/tiss/{transacao}", raw, headers={"Content-Type": "application/xml"})
    assert answer.status == status, answer.text
    return read(answer.content)


def sent(mensagem: Mensagem[Any]) -> bytes:
    header: dict[str, Any] = {"origem": Parte(cnpj=CNPJ), "destino": Parte(registro_ans=VALE), "data_registro": HOJE}
    return write(replace(mensagem, cabecalho=replace(mensagem.cabecalho, **header)))


def question(protocolo: str) -> bytes:
    return sent(um.solicita_status_protocolo(prestador=Contratado(cnpj=CNPJ), numero_protocolo=protocolo))


def cancellation(*guias: tuple[str, str, str | None]) -> bytes:
    asked = tuple(
        GuiaACancelar(tipo_guia=tipo, numero_guia_prestador=numero, numero_protocolo=protocolo)
        for tipo, numero, protocolo in guias
    )
    return sent(um.cancela_guia(prestador=Contratado(cnpj=CNPJ), guias=asked))


def test_a_lote_is_billed_asked_about_and_taken_back_by_messages(gestor: Client, carteira: str) -> None:
    lote = gerar(
        Pedido(tipo=Tipo.CONSULTA, guias=3, hoje=HOJE, origem_cnpj=CNPJ, destino=VALE, numero_lote=unique(),
               carteiras=(carteira,))
    )  # fmt: skip
    made = send(gestor, "loteGuias", lote.conteudo).protocolo
    protocolo = made.numero_protocolo
    assert [guia.numero_guia_prestador for guia in made.guias] == [guia.numero for guia in lote.guias]
    assert made.valor_total_protocolo == lote.valor_total
    assert send(gestor, "loteGuias", lote.conteudo).protocolo.numero_protocolo == protocolo

    told = send(gestor, "solicitacaoStatusProtocolo", question(protocolo)).situacao.detalhe
    assert (told.status_protocolo, told.guias) == ("1", made.guias)
    assert told.valores.processado == told.valores.glosa + told.valores.liberado == lote.valor_total

    pedido = PedidoSolicitacao(
        hoje=HOJE, origem_cnpj=CNPJ, destino=VALE, carteira=carteira, numero=f"S{unique()}",
        itens=(Item(tabela="22", codigo="40101010", descricao="ECG"),),
    )  # fmt: skip
    assert send(gestor, "solicitacaoProcedimento", gerar_solicitacao(pedido).conteudo).servico.status == "1"
    raw = cancellation(
        ("2", lote.guias[0].numero, protocolo), ("1", pedido.numero, None), ("3", "R1", None), ("1", "nenhuma", None)
    )
    for _ in range(2):
        assert [one.status for one in send(gestor, "cancelaGuia", raw).recibo.guias] == ["1", "1", "3", "3"]
    left = send(gestor, "solicitacaoStatusProtocolo", question(protocolo)).situacao.detalhe
    assert [guia.numero_guia_prestador for guia in left.guias] == [guia.numero for guia in lote.guias[1:]]

    whole = LoteACancelar(numero_lote=made.numero_lote, numero_protocolo=protocolo)
    raw = sent(um.cancela_guia(prestador=Contratado(cnpj=CNPJ), lote=whole))
    upload = gestor.follow(gestor.upload(raw, finalidade="mensagem_tiss", nome_arquivo="cancela.xml")["id"])
    assert upload["situacao"] == "CONCLUIDO", upload
    answer = gestor.request("GET", f"/documentos/uploads/{upload['id']}/resposta.xml")
    assert read(answer.content).recibo.lote.status == "1"

    asked = question(protocolo)
    upload = gestor.follow(gestor.upload(asked, finalidade="mensagem_tiss", nome_arquivo="situacao.xml")["id"])
    assert (upload["situacao"], upload["recurso"]["id"]) == ("CONCLUIDO", protocolo), upload
    answer = gestor.request("GET", f"/documentos/uploads/{upload['id']}/resposta.xml")
    assert read(answer.content).situacao.detalhe.status_protocolo == "9"


def test_what_is_not_published_has_no_demonstrativo_yet_by_either_door(gestor: Client) -> None:
    lote = gerar(Pedido(guias=1, hoje=HOJE, origem_cnpj=CNPJ, destino=VALE, numero_lote=unique())).conteudo
    protocolo = send(gestor, "loteGuias", lote).protocolo.numero_protocolo
    asked = pede_demonstrativo(CNPJ, VALE, [protocolo], HOJE)
    told = send(gestor, "solicitacaoDemonstrativoRetorno", asked).situacao
    assert (told.numero_protocolo, told.tipo_demonstrativo, told.situacao) == (protocolo, "2", "1")
    upload = gestor.follow(gestor.upload(asked, finalidade="mensagem_tiss", nome_arquivo="pedido.xml")["id"])
    assert (upload["situacao"], upload["recurso"]["id"]) == ("CONCLUIDO", protocolo), upload
    answer = gestor.request("GET", f"/documentos/uploads/{upload['id']}/resposta.xml")
    assert read(answer.content).situacao == told
    absent = pede_demonstrativo(CNPJ, VALE, ["261129999999"], HOJE)
    assert send(gestor, "solicitacaoDemonstrativoRetorno", absent).mensagem_erro.codigo == "3162"


def test_what_is_wrong_is_told_in_the_answer_of_its_transaction(gestor: Client) -> None:
    lote = gerar(Pedido(guias=1, hoje=HOJE, origem_cnpj=CNPJ, destino=VALE, numero_lote=unique())).conteudo
    broken = lote.replace(b"<ans:hash>", b"<ans:hash>0")
    assert send(gestor, "loteGuias", broken, 422).mensagem_erro.codigo == "5014"
    assert send(gestor, "solicitacaoStatusProtocolo", question("261129999999")).mensagem_erro.codigo == "3162"
    nothing = cancellation(("2", "G1", "261129999999"), ("2", "G2", None))
    assert [one.status for one in send(gestor, "cancelaGuia", nothing).recibo.guias] == ["6", "6"]
