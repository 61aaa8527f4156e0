"""Documents, from the proxied request to the answer: listed, downloaded, given and taken back, asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from conecta_edge import session
from documentos.bootstrap import documentos as bootstrap
from documentos.bootstrap import nucleo
from documentos.domain.exigencias import Esperado
from documentos.domain.finalidades import Alvo
from documentos.handler import documentos as handler
from documentos.schemas import documentos as schemas
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PASA, PDF, VALE, machine, sha256
from tests.fakes_documentacoes import DA_CLINICA, RECEPCAO, Mural, da_operadora
from tests.fakes_documentos import Mesa, a_documento, a_referencia

LISTA, UM, ARQUIVO = "/documentos", "/documentos/{id}", "/documentos/{id}/arquivo"
VINCULOS, DESVINCULOS, PENDENCIAS = f"{UM}/vinculos", f"{UM}/desvinculos", "/documentos/pendencias"
DELA, DELA_ARQUIVO, EXIGENCIAS = (
    "/operadora/documentos",
    "/operadora/documentos/{id}/arquivo",
    "/operadora/documentos/exigencias",
)
PEG, RECURSO, SENHA = "261120000007", "261160000003", "26110000000001"
ASSINADA, LAUDO = a_documento(), a_documento(finalidade="laudo", recebido_em=NOW - timedelta(minutes=1))
COTACAO = a_documento(finalidade="cotacao_opme", recebido_em=NOW - timedelta(minutes=2))
AUDITORIA = da_operadora("auditoria")


class Balcao(Mural):
    """The routes of documents over a hospital's PEG, recurso and authorization."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.mesa, self.lidos = Mesa(), list[Any]()
        self.mesa.put(ASSINADA, LAUDO, COTACAO)
        whole = a_referencia(numero_lote=None, tipo_guia=None, guias=())
        for alvo, which, held in (
            (Alvo.PEG, PEG, a_referencia()), (Alvo.RECURSO, RECURSO, replace(whole, situacao="ENVIADO")),
            (Alvo.AUTORIZACAO, SENHA, replace(
                whole, situacao="AGUARDANDO_DOCUMENTO", prestadores=(HOSPITAL, CLINICA),
                esperados=(Esperado(descricao="Laudo", tipo="02", finalidade="laudo", faltam=1),),
            )),
        ):  # fmt: skip
            self.mesa.referencias.put(alvo, which, held)
        monkeypatch.setattr(bootstrap, "portas", lambda: self.mesa.portas)
        monkeypatch.setattr(nucleo, "files", lambda: self.files)
        monkeypatch.setattr(
            self.files, "link", lambda chave, nome: f"https://acervo/{chave}?nome={nome}", raising=False
        )
        monkeypatch.setattr(
            session, "record_access", lambda _request, actor, **told: self.lidos.append((actor.tenant, told["objeto"]))
        )

    def link(
        self, *destinos: dict[str, Any], documento: str = ASSINADA.id, route: str = VINCULOS, **headers: str
    ) -> Any:
        return self.call("POST", route, {"destinos": list(destinos)}, id=documento, headers=headers)


@pytest.fixture
def balcao(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Balcao:
    return Balcao(monkeypatch)


def fits(model: type[BaseModel], body: Any) -> Any:
    model.model_validate_json(json.dumps(body))
    return body


def ids(answer: tuple[int, Any]) -> list[str]:
    assert answer[0] == 200, answer
    return [one["id"] for one in fits(schemas.DocumentosPage, answer[1])["documentos"]]


GUIA = {"alvo": "GUIA", "id": PEG, "guia": "GP-1"}


def test_the_documents_of_a_month_are_listed_newest_first_as_far_as_who_asks_may_read_them(balcao: Balcao) -> None:
    assert ids(balcao.get(LISTA)) == [ASSINADA.id, LAUDO.id]
    assert ids(balcao.get(LISTA, RECEPCAO)) == [LAUDO.id, COTACAO.id]
    assert ids(balcao.get(LISTA, DA_CLINICA)) == []
    assert ids(balcao.get(LISTA, mes="202610")) == []
    assert ids(balcao.get(LISTA, finalidade="laudo", registro_ans=VALE)) == [LAUDO.id]
    assert ids(balcao.get(LISTA, registro_ans=PASA)) == []
    assert balcao.get(LISTA, machine(scope="conecta/peg.ler"))[0] == 403


def test_a_long_month_is_listed_page_by_page_and_its_cursor_is_the_tenants(
    balcao: Balcao, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "PAGE", 1)
    first = balcao.get(LISTA)[1]
    assert ids(balcao.get(LISTA, cursor=first["cursor"])) == [LAUDO.id]
    assert balcao.get(LISTA, DA_CLINICA, cursor=first["cursor"])[0] == 400
    assert balcao.get(LISTA, cursor=first["cursor"], finalidade="laudo")[0] == 400


def test_documents_are_listed_by_what_they_belong_to_and_by_their_bytes(balcao: Balcao) -> None:
    balcao.link(GUIA)
    found = balcao.get(LISTA, protocolo=PEG)
    assert (ids(found), found[1]["documentos"][0]["guia"]) == ([ASSINADA.id], "GP-1")
    assert ids(balcao.get(LISTA, recurso=RECURSO)) == []
    assert ids(balcao.get(LISTA, RECEPCAO, autorizacao=SENHA, registro_ans=VALE)) == []
    assert ids(balcao.get(LISTA, sha256=sha256(PDF), registro_ans=VALE)) == [LAUDO.id, ASSINADA.id]
    assert balcao.get(LISTA, DA_CLINICA, protocolo=PEG) == balcao.get(LISTA, DA_CLINICA, protocolo="261120000099")
    assert balcao.get(LISTA, DA_CLINICA, protocolo=PEG)[0] == 404
    assert balcao.get(LISTA, protocolo="x" * 21)[0] == 404


@pytest.mark.parametrize(
    ("query", "campos"),
    [
        ({"protocolo": PEG, "recurso": RECURSO}, ["recurso"]), ({"protocolo": PEG, "mes": "202613"}, ["mes"]),
        ({"autorizacao": SENHA}, ["registro_ans"]), ({"sha256": "A" * 64, "registro_ans": VALE}, ["sha256"]),
        ({"sha256": "0" * 64}, ["registro_ans"]), ({"mes": "202613"}, ["mes"]), ({"finalidade": "x"}, ["finalidade"]),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_query_is_said(balcao: Balcao, query: dict[str, str], campos: list[str]) -> None:
    status, body, _ = balcao.call("GET", LISTA, query=query)
    assert (status, [one["campo"] for one in body["erros"]]) == (422, campos)


def test_a_document_is_fetched_from_an_address_and_that_is_recorded(balcao: Balcao) -> None:
    status, body, headers = balcao.call("GET", ARQUIVO, id=ASSINADA.id)
    assert (status, headers["Location"]) == (303, f"https://acervo/{ASSINADA.chave}?nome=guias.pdf")
    assert body == {"url": headers["Location"]}
    assert balcao.lidos == [(f"PRESTADOR#{HOSPITAL}", f"documento/{ASSINADA.id}")]


@pytest.mark.parametrize(
    ("method", "route"), [("GET", UM), ("GET", ARQUIVO), ("POST", VINCULOS), ("POST", DESVINCULOS)]
)
def test_a_foreign_document_and_an_absent_one_get_the_same_answer(balcao: Balcao, method: str, route: str) -> None:
    body = {"destinos": [GUIA]} if method == "POST" else None
    answers = [
        balcao.call(method, route, body, claims=DA_CLINICA, id=which)[:2]
        for which in (ASSINADA.id, "0" * 32, "../x", ASSINADA.id.upper())
    ]
    assert [status for status, _ in answers] == [404] * 4
    assert all(answer == answers[0] for answer in answers)
    assert balcao.lidos == []


def test_who_may_not_read_a_document_is_told_after_it_was_found(balcao: Balcao) -> None:
    assert balcao.call("GET", UM, claims=RECEPCAO, id=ASSINADA.id)[0] == 403
    assert balcao.call("GET", UM, claims=RECEPCAO, id=LAUDO.id)[0] == 200
    assert (
        balcao.call(
            "POST", VINCULOS, {"destinos": [GUIA]}, claims=machine(scope="conecta/documentos.ler"), id=LAUDO.id
        )[0]
        == 403
    )


def test_a_document_is_given_to_guias_once_per_key_and_taken_back(balcao: Balcao) -> None:
    status, body, _ = balcao.link(GUIA, {**GUIA, "guia": "GP-2"}, **{"Idempotency-Key": "k"})
    assert status == 200
    fits(schemas.DocumentoView, body)
    assert balcao.link(GUIA, {**GUIA, "guia": "GP-2"}, **{"Idempotency-Key": "k"})[1] == body
    assert len(balcao.mesa.documentos.eventos) == 2
    status, body, _ = balcao.link(GUIA, route=DESVINCULOS)
    assert [one["guia"] for one in body["vinculos"]] == ["GP-2"]
    _, read, headers = balcao.call("GET", UM, id=ASSINADA.id)
    assert read["vinculos"] == body["vinculos"]
    held = {"If-None-Match": headers["ETag"]}
    assert balcao.call("GET", UM, id=ASSINADA.id, headers=held)[0] == 304
    balcao.link(GUIA)
    assert balcao.call("GET", UM, id=ASSINADA.id, headers=held)[0] == 200


@pytest.mark.parametrize(
    ("destino", "status", "codigo"),
    [
        ({"alvo": "PEG", "id": "261120000099"}, 404, "nao-encontrado"),
        ({"alvo": "GUIA", "id": PEG}, 422, "guia-ou-outro"),
        ({"alvo": "PEG", "id": PEG, "guia": "GP-1"}, 422, "guia-ou-outro"),
        ({"alvo": "PEG", "id": PEG, "tipo_documento": "02"}, 422, "tipo-divergente"),
        ({"alvo": "AUTORIZACAO", "id": SENHA}, 422, "alvo-nao-aceito"),
        ({"alvo": "PEG", "id": ""}, 422, "string_pattern_mismatch"),
        ({"alvo": "PEG", "id": PEG, "situacao": "x"}, 422, "extra_forbidden"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_and_nothing_is_written(
    balcao: Balcao, destino: dict[str, Any], status: int, codigo: str
) -> None:
    answered, body, _ = balcao.link(destino)
    told = body["erros"][0]["codigo"] if "erros" in body else body["codigo"]
    assert (answered, told) == (status, codigo)
    assert balcao.mesa.documentos.lacos == {}


def test_a_peg_whose_values_are_published_takes_no_more_documents(balcao: Balcao) -> None:
    balcao.mesa.referencias.put(Alvo.PEG, PEG, a_referencia(situacao="LIBERADO"))
    status, body, _ = balcao.link(GUIA)
    assert (status, body["codigo"], body["situacao"]) == (409, "fora-do-prazo-de-documentos", "LIBERADO")


def test_who_meets_another_is_asked_to_repeat(balcao: Balcao, monkeypatch: pytest.MonkeyPatch) -> None:
    balcao.link(GUIA)
    monkeypatch.setattr(balcao.mesa.documentos, "vinculos", lambda *_asked: ())
    status, body, headers = balcao.link(GUIA)
    assert (status, body["codigo"], headers["Retry-After"]) == (409, "mudou-durante-o-ato", "1")


@pytest.mark.parametrize(
    ("query", "alvo", "faltam"),
    [
        ({"protocolo": PEG}, "PEG", [2]), ({"recurso": RECURSO}, "RECURSO", []),
        ({"autorizacao": SENHA, "registro_ans": VALE}, "AUTORIZACAO", [1]),
    ],
)  # fmt: skip
def test_the_checklist_says_what_is_missing(
    balcao: Balcao, query: dict[str, str], alvo: str, faltam: list[int]
) -> None:
    status, body, _ = balcao.call("GET", PENDENCIAS, query=query)
    assert status == 200
    fits(schemas.PendenciasView, body)
    assert (body["alvo"], [one["faltam"] for one in body["itens"]], body["completa"]) == (alvo, faltam, not faltam)


def test_a_checklist_is_of_something_that_is_there(balcao: Balcao) -> None:
    assert [one["campo"] for one in balcao.get(PENDENCIAS)[1]["erros"]] == ["protocolo"]
    assert balcao.get(PENDENCIAS, DA_CLINICA, protocolo=PEG)[0] == 404


# --- the operadora ---


def test_the_operadora_lists_and_fetches_what_it_judges_by(balcao: Balcao) -> None:
    balcao.link(GUIA)
    status, body = balcao.get(DELA, AUDITORIA, protocolo=PEG)
    assert (status, [(one["id"], one["prestador_id"]) for one in body["documentos"]]) == (
        200,
        [(ASSINADA.id, HOSPITAL)],
    )
    query = {"prestador": HOSPITAL}
    assert balcao.call("GET", DELA_ARQUIVO, claims=AUDITORIA, query=query, id=ASSINADA.id)[0] == 303
    seen, fetched = (f"OPERADORA#{VALE}", f"peg/{PEG}"), (f"OPERADORA#{VALE}", f"documento/{ASSINADA.id}")
    assert balcao.lidos == [seen, fetched]
    assert balcao.get(DELA, AUDITORIA, recurso=RECURSO)[1]["documentos"] == []  # names nobody
    assert balcao.lidos == [seen, fetched]
    assert balcao.get(DELA, AUDITORIA)[0] == 422
    assert balcao.get(DELA, da_operadora("cadastro"), protocolo=PEG)[0] == 403
    assert balcao.get(DELA, AUDITORIA, protocolo="261120000099")[0] == 404


def test_another_operadora_finds_nothing(balcao: Balcao) -> None:
    other = da_operadora("cadastro", PASA)
    query = {"prestador": HOSPITAL}
    found = balcao.call("GET", DELA_ARQUIVO, claims=other, query=query, id=ASSINADA.id)[:2]
    assert found == balcao.call("GET", DELA_ARQUIVO, claims=other, query=query, id="0" * 32)[:2]
    assert found[0] == 404
    assert balcao.get(DELA, other, protocolo=PEG)[0] == 404


def test_what_pegs_must_bring_is_said_by_auditoria_as_it_was_seen(balcao: Balcao) -> None:
    status, body, headers = balcao.call("GET", EXIGENCIAS, claims=AUDITORIA)
    assert (status, body["versao"], headers["ETag"]) == (200, 0, '"0"')
    fits(schemas.ExigenciasView, body)
    sent = {
        "registro_ans": VALE,
        "exigencias": [{"tipo_documento": "14", "tipos_guia": ["guiaConsulta"], "por_guia": False}],
    }
    seen = {"If-Match": headers["ETag"]}
    status, body, headers = balcao.call("PUT", EXIGENCIAS, sent, claims=AUDITORIA, headers=seen)
    assert (status, body["versao"], headers["ETag"]) == (200, 1, '"1"')
    assert balcao.call("PUT", EXIGENCIAS, sent, claims=AUDITORIA, headers=seen)[0] == 412
    assert balcao.call("PUT", EXIGENCIAS, sent, claims=da_operadora("central"))[0] == 403
    assert balcao.call("PUT", EXIGENCIAS, {**sent, "registro_ans": PASA}, claims=AUDITORIA)[0] == 404
    assert balcao.call("GET", EXIGENCIAS, claims=AUDITORIA, headers={"If-None-Match": '"1"'})[0] == 304
    assert balcao.get(PENDENCIAS, protocolo=PEG)[1]["itens"] == []


def test_the_ports_are_made_when_they_are_first_asked(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "client", lambda name: name)
    portas = bootstrap.portas()
    assert (portas.now, portas.documentos._client) == (NOW, "dynamodb")  # type: ignore[attr-defined]  # the adapter
    assert portas.referencias._recurso == function_environment["TABELA_RECURSO"]  # type: ignore[attr-defined]
