"""Messages of authorization over real HTTP: by the XML door and as files, one request, one senha."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from conecta_edge.clock import local_day
from conecta_tiss.pipeline import validate_message
from local.client import Client, sign_in_as
from local.gerador.solicitacoes import (
    Item,
    PedidoSolicitacao,
    Solicitacao,
    cancela_guia,
    comunica_internacao,
    gerar_solicitacao,
    solicita_status,
)
from local.seed import HOSPITAL

pytestmark = pytest.mark.e2e
HOJE = local_day(datetime.now(UTC))


@pytest.fixture
def recepcao(where: dict[str, Any]) -> Client:
    return sign_in_as(where, "recepcao", HOSPITAL.prestador_id)


@pytest.fixture
def pedido(where: dict[str, Any]) -> PedidoSolicitacao:
    """An exam of an eligible life, under a number of its own."""
    carteira = next(row["numero_carteira"] for row in where["beneficiarios"] if row["caso"] == "elegivel")
    return PedidoSolicitacao(
        hoje=HOJE, origem_cnpj=HOSPITAL.prestador_id, destino="345695", carteira=carteira,
        numero=f"M{time.time_ns() // 1000 % 10**12}", itens=(Item(tabela="22", codigo="40101010", descricao="ECG"),),
    )  # fmt: skip


def read(raw: bytes) -> Any:
    """The body of an answer, which its schema takes."""
    found = validate_message(raw, hoje=HOJE)
    assert found.mensagem is not None, found.achados
    return found.mensagem.corpo


def send(client: Client, transacao: str, raw: bytes) -> Any:
    answer = client.request("POST", f"/tiss/{transacao}", raw, headers={"Content-Type": "application/xml"})
    assert answer.status == 200, answer.text
    return read(answer.content)


def test_one_request_by_both_doors_is_one_senha_until_it_is_cancelled(
    recepcao: Client, pedido: PedidoSolicitacao
) -> None:
    raw = gerar_solicitacao(pedido).conteudo
    made = send(recepcao, "solicitacaoProcedimento", raw).servico
    numero = made.autorizacao.numero_guia_operadora
    assert (made.status, made.autorizacao.senha) == ("1", numero)
    assert "Protocolo de atendimento" in made.observacao
    upload = recepcao.follow(recepcao.upload(raw, finalidade="mensagem_tiss", nome_arquivo="pedido.xml")["id"])
    assert (upload["situacao"], upload["recurso"]["id"]) == ("CONCLUIDO", f"345695/{numero}")
    left = recepcao.request("GET", f"/documentos/uploads/{upload['id']}/resposta.xml")
    assert read(left.content).servico.autorizacao.senha == numero
    shown = recepcao.get(f"/autorizacoes/345695/{numero}")
    assert (shown["senha"], len(shown["historico"])) == (numero, 1)
    done = send(recepcao, "cancelaGuia", cancela_guia(pedido).conteudo).recibo
    assert [guia.status for guia in done.guias] == ["1"]
    assert send(recepcao, "solicitaStatusAutorizacao", solicita_status(pedido).conteudo).servico.status == "6"


def test_a_stay_is_told_of_by_its_life_alone(
    recepcao: Client, pedido: PedidoSolicitacao, where: dict[str, Any]
) -> None:
    carteira = next(row["numero_carteira"] for row in where["beneficiarios"] if row["caso"] == "dependente")
    stay = PedidoSolicitacao(
        tipo=Solicitacao.INTERNACAO, hoje=HOJE, origem_cnpj=HOSPITAL.prestador_id, destino="345695", carteira=carteira,
        numero=pedido.numero, urgencia=True, itens=(Item(tabela="22", codigo="31003079", descricao="Apendicectomia"),),
    )  # fmt: skip
    made = send(recepcao, "solicitacaoProcedimento", gerar_solicitacao(stay).conteudo).internacao.servicos
    assert made.status == "1"
    for alta in (False, True):
        told = send(recepcao, "comunicacaoInternacao", comunica_internacao(stay, HOJE, alta=alta).conteudo).recibo
        assert (told.registrada, told.codigo_glosa) == (True, None)
    shown = recepcao.get(f"/autorizacoes/345695/{made.autorizacao.senha}")
    assert (shown["admissao"], shown["alta"]) == (HOJE.isoformat(), HOJE.isoformat())


def test_a_file_that_is_wrong_is_refused_with_its_findings(recepcao: Client, pedido: PedidoSolicitacao) -> None:
    raw = gerar_solicitacao(pedido).conteudo.replace(b"<ans:hash>", b"<ans:hash>0")
    upload = recepcao.follow(recepcao.upload(raw, finalidade="mensagem_tiss", nome_arquivo="pedido.xml")["id"])
    assert (upload["situacao"], [achado["codigo"] for achado in upload["achados"]]) == ("RECUSADO", ["5014"])
