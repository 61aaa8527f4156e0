"""Documents over real HTTP: in messages by both doors, and what waits for them goes on by itself."""

from __future__ import annotations

import base64
import re
import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from conecta_edge.clock import local_day
from conecta_tiss.messages.envelope import Parte
from conecta_tiss.xml.writer import write
from local.client import Client, sign_in_as
from local.seed import CLINICA, HOSPITAL, OPERADORAS
from tests.builders_mensagens_recurso import envio_documentos
from tests.fakes_documentos import a_pdf
from tests.matriz.senhas import MEDICO

pytestmark = pytest.mark.e2e

VALE = OPERADORAS[0]
XML = {"Content-Type": "application/xml"}
RESSONANCIA = {"tabela": "22", "codigo": "41101014", "quantidade": 1}


@pytest.fixture(scope="module")
def gestor(where: dict[str, Any]) -> Client:
    return sign_in_as(where, "gestor", HOSPITAL.prestador_id)


def number() -> str:
    return f"D{uuid.uuid4().hex[:16]}"


def message(conteudo: bytes, **campos: Any) -> bytes:
    """An ENVIO_DOCUMENTO of today, from the hospital to VALE."""
    made = envio_documentos(
        **{"numero_protocolo": None, "documento": base64.b64encode(conteudo).decode(), **campos}
    )  # fmt: skip
    cabecalho = replace(
        made.cabecalho, origem=Parte(cnpj=HOSPITAL.cnpj), destino=Parte(registro_ans=VALE),
        data_registro=local_day(datetime.now(UTC)),
    )  # fmt: skip
    return write(replace(made, cabecalho=cabecalho))


def asked(gestor: Client, where: dict[str, Any], guia: str) -> dict[str, Any]:
    """A resonance, which waits for its documents."""
    life = next(
        row for row in where["beneficiarios"] if row["registro_ans"] == VALE and row["caso"].startswith("elegivel")
    )
    answer = gestor.request("POST", "/autorizacoes", {
        "tipo": "SP_SADT", "registro_ans": VALE, "numero_carteira": life["numero_carteira"],
        "numero_guia_prestador": guia, "profissional": MEDICO, "justificativa": "Cefaleia", "itens": [RESSONANCIA],
    })  # fmt: skip
    made: dict[str, Any] = answer.json()["autorizacao"]
    assert made["situacao"] == "AGUARDANDO_DOCUMENTO"
    return made


@pytest.mark.regra("R27")
def test_documents_of_either_door_bring_a_waiting_request_back_to_analysis(
    gestor: Client, where: dict[str, Any]
) -> None:
    guia = number()
    made = asked(gestor, where, guia)
    tipos = [one["documento"] for one in made["pendencias"]]
    assert len(tipos) == 2
    by = ({"numero_guia_prestador": guia}, {"numero_guia_operadora": made["numero"]})
    by_guia, by_numero = (
        message(a_pdf(uuid.uuid4().bytes.hex().encode()), natureza="1", numero_documento=number(), tipo=tipo, **of)
        for tipo, of in zip(tipos, by, strict=True)
    )
    first, again = (gestor.request("POST", "/tiss/envioDocumentos", by_guia, headers=XML) for _ in range(2))
    assert (first.status, again.status) == (200, 200)
    receipts = {re.findall(r"<ans:protocoloDoc>([0-9]{12})<", one.text)[0] for one in (first, again)}
    assert len(receipts) == 1
    upload = gestor.follow(gestor.upload(by_numero, finalidade="mensagem_tiss", nome_arquivo="d.xml")["id"])
    assert (upload["situacao"], upload["recurso"]["tipo"]) == ("CONCLUIDO", "documento")
    deadline = time.monotonic() + 60
    while gestor.get(f"/autorizacoes/{VALE}/{made['numero']}")["situacao"] == "AGUARDANDO_DOCUMENTO":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    of = f"autorizacao={made['numero']}&registro_ans={VALE}"
    assert gestor.get(f"/documentos/pendencias?{of}")["completa"]
    listed = gestor.get(f"/documentos?{of}")["documentos"]
    assert sorted(one["tipo_documento"] for one in listed) == sorted(tipos)
    kept = upload["recurso"]["href"]
    clinica = sign_in_as(where, "gestor", CLINICA.prestador_id)
    assert [client.request("GET", f"/{kept}/arquivo").status for client in (gestor, clinica)] == [303, 404]


def test_a_document_that_is_not_received_says_so_at_both_doors(gestor: Client) -> None:
    raw = message(b"MZ\x90\x00", natureza="2", numero_lote="990", numero_documento=number(), tipo="06")
    answer = gestor.request("POST", "/tiss/envioDocumentos", raw, headers=XML)
    assert (answer.status, "<ans:codigoGlosa>3164<" in answer.text) == (422, True)
    upload = gestor.follow(gestor.upload(raw, finalidade="mensagem_tiss", nome_arquivo="d.xml")["id"])
    assert (upload["situacao"], [one["codigo"] for one in upload["achados"]]) == ("RECUSADO", ["3164"])
    told = gestor.request("GET", f"/documentos/uploads/{upload['id']}/resposta.xml")
    assert "<ans:codigoGlosa>3164<" in told.text
