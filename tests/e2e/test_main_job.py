"""The main job as an integrator meets it: upload, protocolo, receipt, refusal, repetition."""

from __future__ import annotations

import hashlib
import http.client
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from conecta_tiss.messages.lote_guias import LoteGuias
from conecta_tiss.pipeline import validate_message
from local import demo
from local.client import ApiError, Client, call, sign_in_as
from local.gerador import Pedido, Tipo, gerar
from local.seed import HOSPITAL
from peg.messages.guias import campos_of

pytestmark = pytest.mark.e2e

BURST = 40


@pytest.fixture(scope="module")
def hospital(where: dict[str, Any]) -> Client:
    return sign_in_as(where, "faturista", HOSPITAL.prestador_id)


def lote(numero: int, tipo: Tipo = Tipo.CONSULTA, guias: int = 1, **more: Any) -> Any:
    return gerar(Pedido(tipo=tipo, guias=guias, origem_cnpj=HOSPITAL.cnpj or "", numero_lote=str(numero), **more))


def test_the_demo_comes_out_as_it_must(where: dict[str, Any]) -> None:
    said: list[str] = []
    assert demo.run(where, said.append), "\n".join(said)


def test_the_receipt_is_valid_in_the_senders_version_and_the_same_by_both_routes(hospital: Client) -> None:
    final = hospital.follow(hospital.upload(lote(880001, Tipo.SADT, 7).conteudo)["id"])
    by_peg = hospital.request("GET", f"/pegs/{final['recurso']['id']}/recebimento.xml")
    by_upload = hospital.request("GET", f"/documentos/uploads/{final['id']}/resposta.xml")
    assert by_peg.content == by_upload.content
    assert by_peg.headers["content-type"] == "application/xml"
    from datetime import date  # noqa: PLC0415

    seen = validate_message(by_peg.content, hoje=date.max)
    assert seen.valido, seen.achados
    assert (seen.versao, seen.transacao) == ("4.01.00", "PROTOCOLO_RECEBIMENTO")


def test_other_bytes_under_a_received_lote_number_are_refused_and_leave_nothing(hospital: Client) -> None:
    first = hospital.follow(hospital.upload(lote(880002).conteudo)["id"])
    other = hospital.follow(hospital.upload(lote(880002, guias=2).conteudo)["id"])
    assert first["situacao"] == "CONCLUIDO"
    refusing = [(a["regra"], a["codigo"]) for a in other["achados"] if not a["regra"].startswith("COB-")]
    assert (other["situacao"], refusing) == ("RECUSADO", [("LOTE-NUMERO", "5053")])
    answer = hospital.request("GET", f"/documentos/uploads/{other['id']}/resposta.xml")
    assert b"<ans:codigoGlosa>5053</ans:codigoGlosa>" in answer.content


@pytest.mark.parametrize("tipo", Tipo)
def test_what_is_shown_before_sending_is_what_the_peg_says_then(hospital: Client, tipo: Tipo) -> None:
    content = lote(uuid.uuid4().int % 10**11, tipo, 3).conteudo
    asked = hospital.request("POST", "/pegs/validacoes", content, headers={"Content-Type": "application/xml"}).json()
    assert (asked["recebivel"], asked["protocolo"]) == (True, None)
    final = hospital.follow(hospital.upload(content)["id"])
    protocolo = final["recurso"]["id"]
    glosas = hospital.get(f"/pegs/{protocolo}/glosas")
    shown = [(a["regra"], a["codigo"], a["guia"], a["item"]) for a in asked["achados"] if a["efeito"] == "GLOSA"]
    assert shown
    assert [(g["regra"], g["codigo"], g["guia"], g["item"]) for g in glosas["glosas"]] == shown
    assert (asked["valor_informado"], asked["valor_em_risco"]) == (glosas["valor_informado"], glosas["valor_glosado"])
    again = hospital.request("POST", "/pegs/validacoes", content, headers={"Content-Type": "application/xml"}).json()
    assert again["protocolo"] == protocolo


@pytest.mark.regra("R29")
@pytest.mark.parametrize("tipo", Tipo)
def test_the_same_guias_are_worth_the_same_by_every_door(hospital: Client, tipo: Tipo) -> None:
    made = lote(uuid.uuid4().int % 10**11, tipo, 3)
    final = hospital.follow(hospital.upload(made.conteudo)["id"])
    by_file = taken_back(hospital, final["recurso"]["id"])
    answer = hospital.request("POST", "/tiss/loteGuias", made.conteudo, headers={"Content-Type": "application/xml"})
    by_message = taken_back(hospital, answer.text.partition("<ans:numeroProtocolo>")[2].partition("<")[0])
    corpo = validate_message(made.conteudo, hoje=made.pedido.hoje).mensagem_de(LoteGuias)
    assert corpo is not None
    head = {"registro_ans": "345695", "tipo_guia": tipo.element}
    draft = f"/pegs/rascunhos/{hospital.request('POST', '/pegs/rascunhos', head).json()['id']}"
    for guia in corpo.corpo.guias:
        added = hospital.request("POST", f"{draft}/guias", campos_of(guia))
        assert (added.status, added.json().get("achados")) == (201, []), added.text
    assert hospital.request("POST", f"{draft}/fechamento", {}).status == 200
    sent = hospital.request("POST", f"{draft}/envio", {})
    assert sent.status == 201, sent.text
    by_hand = taken_back(hospital, sent.json()["peg"]["protocolo"])
    assert by_file == by_message == by_hand
    assert by_file[0] == f"{made.valor_total:.2f}"


def taken_back(client: Client, protocolo: str) -> tuple[str, str, list[tuple[Any, ...]]]:
    """What a PEG is worth and loses, line by line; then it is cancelled, so that its guias are free again."""
    found = client.get(f"/pegs/{protocolo}/glosas")
    assert client.request("POST", f"/pegs/{protocolo}/cancelamento", {}).status == 200
    lines = [
        tuple(glosa[name] for name in ("regra", "codigo", "guia", "item", "visto", "esperado", "mensagem", "valor"))
        for glosa in found["glosas"]
    ]
    return found["valor_informado"], found["valor_glosado"], lines


def test_a_refused_lote_frees_its_number(hospital: Client) -> None:
    refused = hospital.follow(hospital.upload(lote(880003, defeitos=("hash-errado",)).conteudo)["id"])
    assert refused["situacao"] == "RECUSADO"
    assert "5014" in {achado["codigo"] for achado in refused["achados"]}
    again = hospital.follow(hospital.upload(lote(880003).conteudo)["id"])
    assert again["situacao"] == "CONCLUIDO"


def test_only_accepted_versions_come_in_and_the_finding_names_them(hospital: Client) -> None:
    refused = hospital.follow(hospital.upload(lote(880004, versao="4.03.00").conteudo)["id"])
    finding = next(achado for achado in refused["achados"] if achado["codigo"] == "5028")
    assert "4.01.00" in finding["mensagem"]
    answer = hospital.request("GET", f"/documentos/uploads/{refused['id']}/resposta.xml")
    assert b"<ans:Padrao>4.03.00</ans:Padrao>" in answer.content


def test_a_lote_for_another_operadora_of_the_group_is_told_so(hospital: Client) -> None:
    refused = hospital.follow(hospital.upload(lote(880005).conteudo, registro_ans="331988")["id"])
    assert [(achado["regra"], achado["codigo"]) for achado in refused["achados"]] == [("DESTINO", "5027")]


def test_a_burst_of_the_same_bytes_is_one_peg(hospital: Client) -> None:
    content = lote(880006, Tipo.SADT, 3).conteudo
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _n: hospital.upload(content)["id"], range(12)))
        finals = list(pool.map(hospital.follow, ids))
    assert {final["situacao"] for final in finals} == {"CONCLUIDO"}
    assert len({final["recurso"]["id"] for final in finals}) == 1


def test_many_uploads_at_once_are_as_many_pegs(hospital: Client) -> None:
    lotes = [lote(890000 + n).conteudo for n in range(BURST)]
    with ThreadPoolExecutor(24) as pool:
        uploads = list(pool.map(hospital.upload, lotes))
        finals = list(pool.map(lambda upload: hospital.follow(upload["id"], 240), uploads))
    assert {final["situacao"] for final in finals} == {"CONCLUIDO"}
    assert len({final["recurso"]["id"] for final in finals}) == BURST
    assert len({upload["protocolo_atendimento"] for upload in uploads}) == BURST


def test_an_idempotency_key_gives_the_first_answer_ever_after(hospital: Client) -> None:
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    body = {"registro_ans": "345695", "finalidade": "pdf", "nome_arquivo": "a.pdf", "tamanho": 10}
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(
            lambda _n: hospital.request("POST", "/documentos/uploads", body, headers=headers), range(6)
        ))  # fmt: skip
    created = [answer.json() for answer in answers if answer.status == http.client.CREATED]
    assert {answer.status for answer in answers} <= {201, 409}
    assert len({answer["id"] for answer in created}) == 1
    assert hospital.request("POST", "/documentos/uploads", body, headers=headers).json() == created[0]
    other = hospital.request("POST", "/documentos/uploads", {**body, "tamanho": 11}, headers=headers)
    assert (other.status, other.json()["erros"][0]["codigo"]) == (422, "chave-reutilizada")


def test_every_wrong_field_is_told_at_once_and_no_value_is_repeated(hospital: Client) -> None:
    body = {"registro_ans": "34569x", "finalidade": "segredo-12345678901", "tamanho": 0, "intruso": "11122233396"}
    answer = hospital.request("POST", "/documentos/uploads", body)
    assert answer.status == 422
    assert {erro["campo"] for erro in answer.json()["erros"]} == {
        "registro_ans", "finalidade", "nome_arquivo", "tamanho", "intruso",
    }  # fmt: skip
    assert "11122233396" not in answer.text
    assert "segredo" not in answer.text


def test_a_file_that_is_not_what_it_was_declared_to_be_is_refused(hospital: Client) -> None:
    content = b"%PDF-1.7\nx\n%%EOF"
    wrong = hospital.follow(hospital.upload(content, finalidade="pdf", sha256=hashlib.sha256(b"").hexdigest())["id"])
    assert [achado["regra"] for achado in wrong["achados"]] == ["DOC-SHA256"]
    big = hospital.request(
        "POST", "/documentos/uploads",
        {"registro_ans": "345695", "finalidade": "pdf", "nome_arquivo": "a.pdf", "tamanho": 21 * 1024 * 1024},
    )  # fmt: skip
    assert (big.status, big.json()["erros"][0]["campo"]) == (422, "tamanho")


def test_an_answer_is_asked_for_too_early(hospital: Client) -> None:
    upload = hospital.start_upload(b"<x/>")
    answer = hospital.request("GET", f"/documentos/uploads/{upload['id']}/resposta.xml")
    assert answer.status == 409
    with pytest.raises(ApiError, match="404"):
        hospital.get("/pegs/261129999999")


def test_a_browser_of_an_allowed_origin_may_ask_and_another_may_not(where: dict[str, Any]) -> None:
    origin = where["api"].split("/v1")[0]
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    allowed = call("OPTIONS", where["api"] + "/documentos/uploads", headers=asked)
    assert allowed.headers["access-control-allow-origin"] == origin
    refused = call("OPTIONS", where["api"] + "/documentos/uploads", headers={**asked, "Origin": "https://mal.example"})
    assert "access-control-allow-origin" not in refused.headers


def test_the_documentation_is_the_api_itself(where: dict[str, Any]) -> None:
    document = call("GET", where["api"] + "/openapi.json").json()
    assert "/pegs/{protocolo}" in document["paths"]
    page = call("GET", where["api"] + "/docs")
    assert page.status == 200
    assert b"SwaggerUIBundle" in page.content
    missing = call("GET", where["api"] + "/nada")
    assert (missing.status, missing.headers["content-type"]) == (404, "application/problem+json")


def test_limits_are_published(where: dict[str, Any]) -> None:
    limits = call("GET", where["api"] + "/limites").json()
    assert limits["guias_por_peg"] == 100


def test_the_first_file_posted_with_a_form_is_the_one_received(hospital: Client) -> None:
    first, second = lote(880010, guias=2).conteudo, lote(880010, guias=2, semente=26).conteudo
    assert len(first) == len(second)
    assert first != second
    upload = hospital.start_upload(first)
    for content in (first, second):
        assert hospital.post_file(upload, content).status in {200, 201, 204}
    final = hospital.follow(upload["id"])
    assert final["arquivo"]["sha256"] == hashlib.sha256(first).hexdigest()


def test_an_id_nobody_gave_is_absent_however_long(hospital: Client) -> None:
    for upload_id in ("a" * 3000, "A", "%2e%2e", "0" * 65):
        assert hospital.request("GET", f"/documentos/uploads/{upload_id}").status == 404
