"""The REST entry of uploads, from the proxied request to the answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest

from conecta_edge import session
from documentos.bootstrap import nucleo as bootstrap
from documentos.domain.achados import Achado
from documentos.domain.finalidades import FINALIDADES
from documentos.domain.uploads import Situacao
from documentos.handler import api
from documentos.schemas.uploads import UploadView
from tests.builders_functions import (
    CLINICA,
    ESCOPOS,
    HOSPITAL,
    NOW,
    ORIGEM_DO_PORTAL,
    PASA,
    VALE,
    a_relacionamento,
    an_upload,
    api_event,
    machine,
    person,
)
from tests.cadastro_rows import Credencial, Vinculo
from tests.fakes import STORED, FakeCadastro, FakeFiles, FakeIdempotency, FakeUploads

UPLOADS = "/documentos/uploads"
ONE = "/documentos/uploads/{id}"
ANSWER = "/documentos/uploads/{id}/resposta.xml"
PROVAS = {
    "laudo", "comprovante_elegibilidade", "pedido", "relatorio", "prescricao", "boletim_anestesico",
    "selo_hemoterapico", "exame_imagem", "analise_clinica", "termo_consentimento", "autorizacao_previa",
}  # fmt: skip
BODY: dict[str, Any] = {"registro_ans": VALE, "finalidade": "lote_tiss", "nome_arquivo": "lote.xml", "tamanho": 7}


class World:
    """The function with fakes behind it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.uploads, self.files, self.cadastro = FakeUploads(), FakeFiles(), FakeCadastro()
        self.idempotency = FakeIdempotency()
        for module, name, fake in (
            (bootstrap, "uploads", self.uploads),
            (bootstrap, "files", self.files),
            (session, "cadastro", self.cadastro),
            (session, "idempotency_table", self.idempotency),
        ):
            monkeypatch.setattr(module, name, lambda fake=fake: fake)
        enabled = a_relacionamento(HOSPITAL, VALE)
        self.cadastro.put_relacionamento(enabled)
        self.cadastro.put_relacionamento(a_relacionamento(HOSPITAL, PASA, "RECUSADO", "Sem rede na região"))
        for sub, prestador_id, papel in (
            ("pessoa-1", HOSPITAL, "faturista"), ("pessoa-2", CLINICA, "gestor"), ("pessoa-3", HOSPITAL, "recepcao"),
            ("pessoa-4", HOSPITAL, "gestor"),
        ):  # fmt: skip
            self.cadastro.put_vinculo(Vinculo(sub, prestador_id, papel))
        self.cadastro.put_credencial(Credencial("maquina-1", HOSPITAL, ESCOPOS))

    def call(self, event: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
        answered = api.handler(event, None)
        body = answered["body"]
        return answered["statusCode"], body if answered["isBase64Encoded"] else json.loads(body), answered["headers"]

    def create(
        self, body: Any = None, *, claims: dict[str, Any] | None = None, **headers: str
    ) -> tuple[int, Any, dict[str, str]]:
        asked = {name.replace("_", "-"): value for name, value in headers.items()}
        text = body if isinstance(body, str) else json.dumps(BODY if body is None else body)
        return self.call(api_event("POST", UPLOADS, headers=asked, claims=claims or person(), body=text))

    def get(self, upload_id: str, *, claims: dict[str, Any] | None = None, resource: str = ONE) -> Any:
        return self.call(api_event("GET", resource, path={"id": upload_id}, claims=claims or person()))


@pytest.fixture
def world(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_an_upload_begins_with_a_form_a_protocolo_and_where_to_follow_it(world: World) -> None:
    status, body, headers = world.create({**BODY, "referencia": "novembro"}, Origin=ORIGEM_DO_PORTAL)
    assert status == 201
    UploadView.model_validate_json(json.dumps(body))
    assert (body["situacao"], body["de_quem_e_a_vez"]) == ("AGUARDANDO_ARQUIVO", "prestador")
    assert body["protocolo_atendimento"] == "261110000001"
    assert body["envio"]["campos"]["key"] == f"t/{VALE}/{HOSPITAL}/lote_tiss/{body['id']}"
    assert body["referencia"] == "novembro"
    assert (body["criado_em"], body["expira_em"]) == ("2026-11-21T12:00:00.000000Z", "2026-11-21T12:05:00.000000Z")
    asked = "https://api.example/v1/documentos/uploads"
    assert urljoin(asked, headers["Location"]) == f"{asked}/{body['id']}"
    assert headers["Access-Control-Allow-Origin"] == ORIGEM_DO_PORTAL
    assert world.uploads.rows[HOSPITAL, body["id"]].criado_por == "pessoa-1"


def test_the_default_format_is_the_first_of_the_finalidade(world: World) -> None:
    for row in FINALIDADES.values():
        body = world.create({**BODY, "finalidade": row.codigo}, claims=person("pessoa-4"))[1]
        assert body["arquivo"]["tipo_conteudo"] == row.formatos[0].value
    body = world.create({**BODY, "finalidade": "imagem", "tipo_conteudo": "image/png"})[1]
    assert body["arquivo"]["tipo_conteudo"] == "image/png"


@pytest.mark.parametrize(
    ("change", "erros"),
    [
        ({"tipo_conteudo": "text/html"}, [("tipo_conteudo", "formato-nao-aceito")]),
        ({"tamanho": 20 * 1024 * 1024 + 1}, [("tamanho", "arquivo-grande-demais")]),
        (
            {"finalidade": "imagem", "tipo_conteudo": "application/pdf", "tamanho": 10**30},
            [("tipo_conteudo", "formato-nao-aceito"), ("tamanho", "arquivo-grande-demais")],
        ),
        ({"tamanho": 0}, [("tamanho", "greater_than_equal")]),
        ({"finalidade": "outra"}, [("finalidade", "literal_error")]),
        ({"registro_ans": "34569５"}, [("registro_ans", "string_pattern_mismatch")]),
        ({"registro_ans": "345695\n"}, [("registro_ans", "string_pattern_mismatch")]),
        ({"sha256": "A" * 64}, [("sha256", "string_pattern_mismatch")]),
        ({"nome_arquivo": ""}, [("nome_arquivo", "string_too_short")]),
        ({"nome_arquivo": "x" * 256}, [("nome_arquivo", "string_too_long")]),
        ({"referencia": "x" * 101}, [("referencia", "string_too_long")]),
        ({"situacao": "CONCLUIDO"}, [("situacao", "extra_forbidden")]),
        ({"prestador_id": CLINICA}, [("prestador_id", "extra_forbidden")]),
        ({"recurso": {"tipo": "peg"}}, [("recurso", "extra_forbidden")]),
    ],
)
def test_what_is_wrong_in_a_request_is_said_and_nothing_is_written(
    world: World, change: dict[str, Any], erros: list[tuple[str, str]]
) -> None:
    status, body, _ = world.create({**BODY, **change})
    assert (status, [(erro["campo"], erro["codigo"]) for erro in body["erros"]]) == (422, erros)
    assert body.get("glosa") == ("3166" if ("tamanho", "arquivo-grande-demais") in erros else None)
    assert world.uploads.rows == {}


def test_a_relacionamento_that_is_not_enabled_is_a_403_with_the_reason(world: World) -> None:
    status, body, _ = world.create({**BODY, "registro_ans": PASA})
    assert (status, body["regra"], body["glosa"]) == (403, "R02", "1207")
    assert (body["situacao"], body["motivo"]) == ("RECUSADO", "Sem rede na região")
    assert world.create({**BODY, "registro_ans": "999999"})[1]["situacao"] is None
    assert world.uploads.rows == {}


@pytest.mark.parametrize(
    ("claims", "finalidade", "status"),
    [
        (person(), "lote_tiss", 201),
        (person(), "pdf", 201),
        (person("pessoa-3"), "lote_tiss", 403),
        (person("pessoa-3"), "imagem", 403),
        (machine(scope="conecta/peg.escrever"), "lote_tiss", 201),
        (machine(scope="conecta/peg.escrever"), "pdf", 403),
        (machine(scope="conecta/documentos.escrever"), "pdf", 201),
        (machine(scope="conecta/documentos.escrever"), "lote_tiss", 403),
        (machine(scope=""), "pdf", 403),
        (person("pessoa-3"), "mensagem_tiss", 201),
        (person("pessoa-3"), "laudo", 201),
        (person(), "cotacao_opme", 403),
        (machine(scope="conecta/autorizacao.escrever"), "mensagem_tiss", 201),
        (machine(scope="conecta/autorizacao.escrever"), "cotacao_opme", 201),
        (machine(scope="conecta/autorizacao.escrever"), "lote_tiss", 403),
        (machine(scope="conecta/peg.escrever"), "mensagem_tiss", 201),
        (machine(scope="conecta/documentos.escrever"), "mensagem_tiss", 201),
        (machine(scope="conecta/recurso.escrever"), "mensagem_tiss", 201),
        (machine(scope="conecta/autorizacao.ler"), "laudo", 403),
        (person(), "nota_fiscal", 201),
        (person("pessoa-3"), "nota_fiscal", 403),
        (machine(scope="conecta/pagamento.escrever"), "nota_fiscal", 201),
        (machine(scope="conecta/pagamento.ler"), "mensagem_tiss", 403),
    ],
)
def test_who_may_send_what_depends_on_what_it_is_for(
    world: World, claims: dict[str, Any], finalidade: str, status: int
) -> None:
    assert world.create({**BODY, "finalidade": finalidade}, claims=claims)[0] == status
    assert len(world.uploads.rows) == (status == 201)


def test_a_wrong_body_is_told_before_a_wrong_papel(world: World) -> None:
    assert world.create({**BODY, "tamanho": 0}, claims=person("pessoa-3"))[0] == 422


def test_without_a_token_nothing_is_told_about_the_body(world: World) -> None:
    assert world.create("{", claims=person(token_use="id"))[0] == 401


def test_the_same_idempotency_key_starts_one_upload(world: World) -> None:
    first = world.create(Idempotency_Key="k1")
    again = world.create(Idempotency_Key="k1")
    assert first[:2] == again[:2]
    assert len(world.uploads.rows) == 1
    assert world.create({**BODY, "tamanho": 8}, Idempotency_Key="k1")[0] == 422


def test_the_same_key_of_two_prestadores_is_two_uploads(world: World) -> None:
    enabled = a_relacionamento(CLINICA, VALE)
    world.cadastro.put_relacionamento(enabled)
    world.create(Idempotency_Key="k1")
    world.create(claims=person("pessoa-2"), Idempotency_Key="k1")
    assert {prestador for prestador, _ in world.uploads.rows} == {HOSPITAL, CLINICA}


def test_an_upload_is_followed_by_its_id(world: World) -> None:
    world.uploads.add(an_upload(upload_id="u1"))
    status, body, headers = world.get("u1")
    assert (status, body["situacao"], body["achados"], body["recurso"]) == (200, "AGUARDANDO_ARQUIVO", [], None)
    assert headers["ETag"] == '"1"'
    UploadView.model_validate_json(json.dumps(body))


def test_a_foreign_upload_and_an_absent_one_get_the_same_answer(world: World) -> None:
    world.uploads.add(an_upload(upload_id="u1"))
    foreign, absent = world.get("u1", claims=person("pessoa-2")), world.get("u2", claims=person("pessoa-2"))
    assert foreign[0] == 404
    assert foreign == absent
    assert world.get("u1", claims=person("pessoa-2"), resource=ANSWER) == absent


def test_who_may_not_read_is_told_only_after_the_upload_was_found(world: World) -> None:
    world.uploads.add(an_upload(upload_id="u1"))
    assert world.get("u1", claims=person("pessoa-3"))[0] == 403
    assert world.get("u2", claims=person("pessoa-3"))[0] == 404


@pytest.mark.parametrize(
    ("claims", "readable"),
    [
        (person(), {*FINALIDADES} - {"cotacao_opme"}),
        (person("pessoa-3"), {"mensagem_tiss", "cotacao_opme", *PROVAS}),
        (machine(scope="conecta/documentos.ler"), {*FINALIDADES} - {"cotacao_opme", "nota_fiscal"}),
        (machine(scope="conecta/autorizacao.ler"), {"mensagem_tiss", "cotacao_opme", *PROVAS}),
        (machine(scope="conecta/pagamento.ler"), {"mensagem_tiss", "nota_fiscal"}),
        (machine(scope="conecta/autorizacao.escrever"), set()),
    ],
)
def test_who_may_follow_an_upload_depends_on_what_it_is_for(
    world: World, claims: dict[str, Any], readable: set[str]
) -> None:
    for finalidade in FINALIDADES:
        world.uploads.add(an_upload(upload_id=finalidade.replace("_", "-"), finalidade=finalidade))
    for finalidade in FINALIDADES:
        allowed = finalidade in readable
        assert world.get(finalidade.replace("_", "-"), claims=claims)[0] == (200 if allowed else 403), finalidade
        answer = world.get(finalidade.replace("_", "-"), claims=claims, resource=ANSWER)[0]
        assert answer == (409 if allowed else 403), finalidade


PEGS = {"loteGuias", "solicitacaoStatusProtocolo", "cancelaGuia"}
SENHAS = {"solicitacaoProcedimento", "solicitaStatusAutorizacao", "loteAnexos", "cancelaGuia", "comunicacaoInternacao"}
DEMONSTRATIVO = {"solicitacaoDemonstrativoRetorno"}
RECURSOS = {"recursoGlosa", "solicitacaoStatusRecursoGlosa", "cancelaGuia"}
DOCUMENTO = {"envioDocumentos"}


@pytest.mark.parametrize(
    ("claims", "transacoes"),
    [
        (person("pessoa-3"), SENHAS | DOCUMENTO),
        (person("pessoa-1"), PEGS | DEMONSTRATIVO | RECURSOS | DOCUMENTO),
        (person("pessoa-2"), SENHAS | PEGS | DEMONSTRATIVO | RECURSOS | DOCUMENTO),
        (machine(scope="conecta/autorizacao.escrever"), SENHAS | DOCUMENTO),
        (machine(scope="conecta/peg.escrever"), PEGS - {"solicitacaoStatusProtocolo"}),
        (machine(scope="conecta/autorizacao.escrever conecta/peg.escrever conecta/peg.ler"), SENHAS | PEGS | DOCUMENTO),
        (machine(scope="conecta/pagamento.escrever conecta/pagamento.ler"), DEMONSTRATIVO),
        (machine(scope="conecta/recurso.escrever conecta/recurso.ler"), RECURSOS),
    ],
)
def test_which_messages_may_come_is_settled_by_who_begins_the_upload(
    world: World, claims: dict[str, Any], transacoes: set[str]
) -> None:
    world.cadastro.put_relacionamento(a_relacionamento(CLINICA, VALE))
    assert world.create({**BODY, "finalidade": "mensagem_tiss"}, claims=claims)[0] == 201
    (upload,) = world.uploads.rows.values()
    assert set(upload.transacoes) == transacoes
    if "loteAnexos" in transacoes:
        assert world.create({**BODY, "finalidade": "laudo"}, claims=claims)[0] == 201
        assert [row.transacoes for row in world.uploads.rows.values()][1] == ()


def test_a_lote_sent_as_a_message_is_read_by_who_reads_lotes(world: World) -> None:
    world.uploads.add(an_upload(finalidade="mensagem_tiss", situacao=Situacao.EM_PROCESSAMENTO, transacao="loteGuias"))
    assert (world.get("u1")[0], world.get("u1", claims=person("pessoa-3"))[0]) == (200, 403)


def test_a_message_that_became_an_authorization_says_which_and_why_its_answer_was_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    recurso = {"tipo": "autorizacao", "id": f"{VALE}/26110123456789"}
    world.uploads.add(
        an_upload(finalidade="mensagem_tiss", situacao=Situacao.CONCLUIDO, conferir_em=None, recurso=recurso)
    )
    world.files.acervo.put(f"t/{VALE}/{HOSPITAL}/respostas/u1.xml", b"<a/>", STORED)
    why: list[str] = []
    monkeypatch.setattr(session, "record_access", lambda *_args, **told: why.append(told["finalidade"]))
    claims = person("pessoa-3")
    assert world.get("u1", claims=claims)[1]["recurso"] == {**recurso, "href": f"autorizacoes/{recurso['id']}"}
    assert world.get("u1", claims=claims, resource=ANSWER)[0] == 200
    assert why == ["autorizacao"]


def test_a_refused_message_shows_the_line_when_it_is_known(world: World) -> None:
    achados = (Achado("TISS-XML-CODIFICACAO", "5002", "…", 7), Achado("DOC-TRANSACAO", "3148", "…"))
    world.uploads.add(
        an_upload(finalidade="mensagem_tiss", situacao=Situacao.RECUSADO, conferir_em=None, achados=achados)
    )
    body = world.get("u1", claims=person("pessoa-3"))[1]
    assert [achado.get("linha") for achado in body["achados"]] == [7, None]
    UploadView.model_validate_json(json.dumps(body))


def test_a_lote_that_became_a_peg_says_which(world: World) -> None:
    recurso = {"tipo": "peg", "id": "261120000001"}
    upload = an_upload(
        situacao=Situacao.CONCLUIDO, recurso=recurso, sha256="0" * 64, recebido_em=NOW, conferir_em=None, versao=3
    )
    world.uploads.add(upload)
    status, body, headers = world.get("u1")
    assert status == 200
    assert body["recurso"] == {**recurso, "href": "pegs/261120000001"}
    assert body["arquivo"]["recebido_em"] == "2026-11-21T12:00:00.000000Z"
    assert (body["de_quem_e_a_vez"], headers["ETag"]) == ("ninguem", '"3"')


def test_a_refused_lote_shows_all_that_its_owner_found(world: World) -> None:
    world.uploads.add(an_upload(situacao=Situacao.RECUSADO, conferir_em=None))
    found = {
        "regra": "TISS-HASH", "codigo": "5014", "mensagem": "…", "severidade": "RECUSA_LOTE", "guia": None,
        "item": None, "caminho": "/ans:mensagemTISS/ans:epilogo/ans:hash", "linha": 9,
    }  # fmt: skip
    report = json.dumps({"achados": [found]}).encode()
    world.files.acervo.put(f"t/{VALE}/{HOSPITAL}/respostas/u1.json", report, STORED)
    body = world.get("u1")[1]
    assert body["achados"] == [found]
    UploadView.model_validate_json(json.dumps(body))


def test_a_refused_document_shows_what_was_wrong_with_its_bytes(world: World) -> None:
    achados = (Achado("DOC-FORMATO", "formato-divergente", "O conteúdo do arquivo não é application/pdf."),)
    world.uploads.add(an_upload(finalidade="pdf", situacao=Situacao.RECUSADO, conferir_em=None, achados=achados))
    assert [achado["regra"] for achado in world.get("u1")[1]["achados"]] == ["DOC-FORMATO"]


def test_a_stored_document_is_a_resource_of_its_own(world: World) -> None:
    recurso = {"tipo": "documento", "id": "d1"}
    world.uploads.add(an_upload(finalidade="pdf", situacao=Situacao.CONCLUIDO, conferir_em=None, recurso=recurso))
    assert world.get("u1")[1]["recurso"] == {**recurso, "href": "documentos/d1"}
    answered = {"tipo": "demonstrativo", "id": "261120000001"}
    world.uploads.add(an_upload(upload_id="u2", situacao=Situacao.CONCLUIDO, conferir_em=None, recurso=answered))
    assert world.get("u2")[1]["recurso"] == answered


def test_the_answer_message_is_downloaded_as_the_bytes_it_is_and_its_reading_is_audited(
    world: World, accesses: list[Any]
) -> None:
    world.uploads.add(an_upload(situacao=Situacao.CONCLUIDO, conferir_em=None))
    world.files.acervo.put(f"t/{VALE}/{HOSPITAL}/respostas/u1.xml", "<a>ç</a>".encode("iso-8859-1"), STORED)
    status, body, headers = world.get("u1", resource=ANSWER)
    assert (status, headers["Content-Type"]) == (200, "application/xml")
    assert body == "PGE+5zwvYT4="
    assert accesses == [(f"PRESTADOR#{HOSPITAL}", "upload/u1")]


def test_an_answer_that_is_not_there_yet_is_a_409_that_says_when_to_come_back(world: World) -> None:
    world.uploads.add(an_upload(situacao=Situacao.EM_PROCESSAMENTO))
    status, body, headers = world.get("u1", resource=ANSWER)
    assert (status, body["codigo"], headers["Retry-After"]) == (409, "resposta-indisponivel", "2")


def test_no_log_line_holds_what_was_sent(world: World, logged: Callable[[], list[Any]]) -> None:
    canary = "MARIA DA SILVA 123.456.789-09"
    world.create({**BODY, "nome_arquivo": canary, "referencia": canary})
    world.create({**BODY, "registro_ans": canary, canary: canary})
    world.create(canary)
    lines = logged()
    assert len(lines) == 3
    assert canary not in json.dumps(lines, ensure_ascii=False)
    assert "MARIA" not in json.dumps(lines, ensure_ascii=False)
