"""The entries of alertas: routes, events received, digests sent; everything behind them in memory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from pydantic import BaseModel

from alertas.bootstrap import nucleo, webhooks
from alertas.domain.alertas import EXCECOES, Leitor, Marca
from alertas.domain.painel import Acesso, Parte
from alertas.handler import api, eventos, fluxo
from alertas.handler import resumos as envio
from alertas.schemas.alertas import AlertasPage, AlertaView, NaoLidosView
from alertas.schemas.inicio import InicioView, PendenciasDoInicioPage
from alertas.schemas.preferencias import PreferenciaView
from conecta_edge import calls, problems, session
from conecta_edge.clock import FixedClock, iso
from conecta_facts.relacionamentos import Situacao
from tests.builders_alertas import PEG, a_senha_event, an_event, an_image, an_item, event_id
from tests.builders_functions import CLINICA, HOSPITAL, NOW, VALE, api_event, machine, person
from tests.cadastro_rows import Credencial, Vinculo
from tests.fakes import FakeCadastro
from tests.fakes_alertas import Mural
from tests.fakes_webhooks import Saida

GESTOR, FATURISTA, RECEPCAO, OUTRO = (person(f"pessoa-{which}") for which in (1, 2, 3, 4))
MAQUINA = machine(scope="conecta/peg.ler")
SEM_LEITURA = machine("maquina-2", scope="conecta/peg.escrever")


class ApiMural(Mural):
    """A hospital with its gestor, faturista, recepção and machines; a clinic with its gestor; the routes over them.

    Attributes:
        novas: what documentos answers, or raises.
        saida: their webhooks.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.saida = Saida()
        self.novas: Any = {"novas": 2, "consultado_em": "2026-11-21T12:00:00.000000Z"}
        self.situacoes = {Situacao.HABILITADO: 2, Situacao.RECUSADO: 1}
        reader = FakeCadastro()
        for sub, whose, papel in (
            ("pessoa-1", HOSPITAL, "gestor"), ("pessoa-2", HOSPITAL, "faturista"), ("pessoa-3", HOSPITAL, "recepcao"),
            ("pessoa-4", CLINICA, "gestor"),
        ):  # fmt: skip
            reader.put_vinculo(Vinculo(sub, whose, papel))
        reader.put_credencial(Credencial("maquina-1", HOSPITAL, ("peg.ler",)))
        reader.put_credencial(Credencial("maquina-2", HOSPITAL, ("peg.escrever",)))
        for module, name, fake in (
            (nucleo, "portas", lambda: self.portas),
            (nucleo, "donos", self.owners.donos),
            (nucleo, "preferencias", lambda: self.preferencias),
            (nucleo, "relacionamentos", lambda: _Relacionamentos(self.situacoes)),
            (nucleo, "novas", self._novas),
            (webhooks, "portas", lambda: self.saida.portas),
            (session, "cadastro", lambda: reader),
            (session, "_page_secret", lambda: b"segredo"),
            (session, "clock", lambda: FixedClock(self.agora)),
        ):
            monkeypatch.setattr(module, name, fake)

    def _novas(self, _prestador_id: str, _quem: str, _correlacao: str) -> Mapping[str, Any]:
        if isinstance(self.novas, Exception):
            raise self.novas
        return self.novas  # type: ignore[no-any-return]

    def tell(self, envelope: dict[str, Any]) -> None:
        """An event comes in."""
        eventos.consume({"detail-type": envelope["tipo"], "detail": envelope})

    def call(
        self, method: str, resource: str, body: Any = None, claims: dict[str, Any] | None = None, **path: str
    ) -> tuple[int, Any]:
        """Ask the function: status and body."""
        route, _, text = resource.partition("?")
        query = dict(pair.split("=", 1) for pair in text.split("&")) if text else None
        event = api_event(
            method, route, path=path or None, query=query, claims=claims or GESTOR, headers={},
            body=None if body is None else json.dumps(body),
        )  # fmt: skip
        answered = api.handler(event, None)
        return answered["statusCode"], json.loads(answered["body"])

    def get(self, resource: str, claims: dict[str, Any] | None = None, **path: str) -> Any:
        """GET something that is there."""
        status, body = self.call("GET", resource, claims=claims, **path)
        assert status == 200, body
        return body


class _Relacionamentos:
    def __init__(self, states: Mapping[Situacao, int]) -> None:
        self._states = states

    def situacoes(self, _prestador_id: str, _hoje: date) -> Mapping[Situacao, int]:
        return self._states


@pytest.fixture
def mural(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ApiMural:
    return ApiMural(monkeypatch)


def fits(model: type[BaseModel], body: Any) -> Any:
    """The answer, which must be of the documented shape and name nothing else."""
    held = model.model_validate_json(json.dumps(body))
    assert held.model_dump(exclude_unset=True).keys() == body.keys()
    return body


def codes(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(field, code) of each error of a problem."""
    return [(one["campo"], one["codigo"]) for one in body["erros"]]


def some(mural: ApiMural) -> None:
    """Something of a senha, of a PEG and of a relacionamento."""
    mural.tell(a_senha_event("AutorizacaoDecidida"))
    mural.tell(an_event())
    mural.tell({**an_event("RelacionamentoDecidido"), "dados": {"situacao": "SUSPENSO", "de": None}})


# --- alertas ---


def test_everybody_sees_the_alertas_of_the_areas_they_work_in(mural: ApiMural) -> None:
    some(mural)
    body = fits(AlertasPage, mural.get("/alertas"))
    assert [one["area"] for one in body["alertas"]] == ["cadastro", "peg", "autorizacao"]
    assert body["nao_lidos"]["total"] == 3
    assert [one["area"] for one in mural.get("/alertas", FATURISTA)["alertas"]] == ["peg"]
    assert [one["area"] for one in mural.get("/alertas", RECEPCAO)["alertas"]] == ["autorizacao"]
    assert [one["area"] for one in mural.get("/alertas", MAQUINA)["alertas"]] == ["peg"]
    assert mural.get("/alertas", OUTRO)["alertas"] == []
    assert mural.call("GET", "/alertas", claims=SEM_LEITURA)[0] == 403
    nothing = mural.get("/alertas?area=recurso", RECEPCAO)
    assert (nothing["alertas"], nothing["nao_lidos"]["por_area"].keys()) == ([], {"autorizacao", "documentos"})


def test_who_follows_sends_the_last_number_they_have(mural: ApiMural) -> None:
    assert mural.get("/alertas?desde=0")["ultimo"] == 0
    some(mural)
    body = mural.get("/alertas?desde=1")
    assert ([one["numero"] for one in body["alertas"]], body["ultimo"], body["cursor"]) == ([2, 3], 3, None)
    assert mural.get("/alertas?desde=3")["alertas"] == []
    beyond = mural.get("/alertas?desde=999999999999")
    assert (beyond["alertas"], beyond["ultimo"]) == ([], 3)
    assert mural.get("/alertas")["ultimo"] == 3


def test_pages_go_on_by_a_token_of_the_same_question(mural: ApiMural, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alertas.handler.alertas.PAGE", 2)
    some(mural)
    first = mural.get("/alertas")
    second = mural.get(f"/alertas?cursor={first['cursor']}")
    assert [one["numero"] for one in first["alertas"] + second["alertas"]] == [3, 2, 1]
    assert second["cursor"] is None
    assert mural.call("GET", f"/alertas?cursor={first['cursor']}&area=peg")[0] == 400
    assert mural.call("GET", f"/alertas?cursor={first['cursor']}", claims=OUTRO)[0] == 400


def test_what_is_asked_wrongly_is_told_all_at_once(mural: ApiMural) -> None:
    bad = "/alertas?desde=x&area=y&situacao=z&tipo=1&registro_ans=2&entidade=3"
    status, body = mural.call("GET", bad)
    assert (status, sorted(field for field, _ in codes(body))) == (
        422, ["area", "desde", "entidade", "registro_ans", "situacao", "tipo"],
    )  # fmt: skip
    assert codes(mural.call("GET", "/alertas?desde=1&cursor=x")[1]) == [("desde", "consulta-ambigua")]


def test_filters_narrow_the_list(mural: ApiMural) -> None:
    some(mural)
    for query, numbers in (
        ("tipo=PegAnalisado", [2]), (f"registro_ans={VALE}", [3, 2, 1]), ("registro_ans=000000", []),
        (f"entidade=peg/{PEG}", [3, 2]), ("situacao=nao-lidos", [3, 2, 1]), ("area=peg", [2]),
    ):  # fmt: skip
        assert [one["numero"] for one in mural.get(f"/alertas?{query}")["alertas"]] == numbers, query


def test_one_alerta_is_read_without_being_marked(mural: ApiMural) -> None:
    some(mural)
    which = an_event()["id"]
    body = fits(AlertaView, mural.get("/alertas/{id}", id=which))
    assert (body["id"], body["lido"], body["caminho"]) == (which, False, f"/pegs/{PEG}")
    for claims, one in ((OUTRO, which), (GESTOR, "0" * 32), (GESTOR, "../x")):
        assert mural.call("GET", "/alertas/{id}", claims=claims, id=one)[0] == 404


def test_an_alerta_of_another_area_is_refused_by_what_it_takes(mural: ApiMural) -> None:
    some(mural)
    mural.owners.paginas = [[HOSPITAL]]
    mural.tell({**an_event("DocumentacaoPublicada", prestador_id=""), "dados": {"publicacao": "p"}})
    senha, peg, relacionamento, documentacao = (one["id"] for one in mural.get("/alertas?desde=0")["alertas"])
    for which, claims, papel in (
        (peg, RECEPCAO, "faturista"), (senha, FATURISTA, "recepcao"), (relacionamento, FATURISTA, "gestor"),
    ):  # fmt: skip
        status, body = mural.call("GET", "/alertas/{id}", claims=claims, id=which)
        assert (status, body["codigo"], papel in body["papeis"]) == (403, "papel-insuficiente", True)
        assert mural.call("POST", "/alertas/leituras", {"alertas": [which]}, claims)[0] == 403
    assert mural.get("/alertas/{id}", RECEPCAO, id=documentacao)["area"] == "documentos"


def test_alertas_are_marked_one_by_one_up_to_one_or_all(mural: ApiMural) -> None:
    some(mural)
    which = an_event()["id"]

    def mark(body: Any, claims: dict[str, Any] = GESTOR) -> Any:
        return fits(NaoLidosView, mural.call("POST", "/alertas/leituras", body, claims)[1])

    assert mark({"alertas": [which]})["por_area"]["peg"] == 0
    assert mural.get("/alertas/{id}", id=which)["lido"] is True
    assert mural.get("/alertas/{id}", FATURISTA, id=which)["lido"] is False
    assert mark({"alertas": [which], "lido": False})["total"] == 3
    assert mark({"ate": 1})["total"] == 2
    assert mark({"todos": True})["total"] == 0
    assert mark({"todos": True}, RECEPCAO)["total"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"todos": True, "ate": 1}, 422),
        ({"todos": True, "lido": False}, 422),
        ({"alertas": []}, 422),
        ({"alertas": [event_id("x"), event_id("x")]}, 422),
        ({"alertas": ["x"]}, 422),
        ({"ate": 0}, 422),
        ({"ate": 9}, 404),
        ({"ate": 10**12}, 422),
        ({"alertas": [event_id("x")]}, 404),
        ({"alertas": [event_id("x")], "outro": 1}, 422),
    ],
)
def test_a_mark_that_is_none_changes_nothing(mural: ApiMural, body: Any, status: int) -> None:
    some(mural)
    assert mural.call("POST", "/alertas/leituras", body)[0] == status
    assert mural.alertas.leitores == {}


def test_refusals_of_marks_say_what_to_do(mural: ApiMural) -> None:
    some(mural)
    lidos = {str(number): "peg" for number in range(10, 10 + EXCECOES)}
    held = Leitor(prestador_id=HOSPITAL, quem="pessoa-1", ate=Marca(0), lidos=lidos, versao=0)
    mural.alertas.leitores[HOSPITAL, "pessoa-1"] = held
    status, body = mural.call("POST", "/alertas/leituras", {"alertas": [an_event()["id"]]})
    assert (status, body["codigo"]) == (409, "leituras-demais")


# --- what comes in ---


def test_an_event_is_told_to_every_party(mural: ApiMural) -> None:
    mural.tell(a_senha_event("AutorizacaoDecidida", prestadores=[HOSPITAL, CLINICA]))
    assert [one["numero"] for one in mural.get("/alertas", OUTRO)["alertas"]] == [1]
    assert [one["numero"] for one in mural.get("/alertas")["alertas"]] == [1]


def test_what_is_published_is_told_to_all_page_by_page(mural: ApiMural) -> None:
    mural.owners.paginas = [[HOSPITAL], [CLINICA]]
    published = {**an_event("DocumentacaoPublicada", prestador_id=""), "dados": {"publicacao": "p", "titulo": "Manual"}}
    mural.tell(published)
    assert (mural.get("/alertas")["nao_lidos"]["total"], mural.get("/alertas", OUTRO)["alertas"]) == (1, [])
    (following,) = mural.owners.adiante
    mural.tell(dict(following))
    mural.tell(dict(following))
    assert [one["titulo"] for one in mural.get("/alertas", OUTRO)["alertas"]] == ["Nova documentação"]
    assert len(mural.owners.adiante) == 1
    assert mural.get("/alertas", RECEPCAO)["alertas"][0]["area"] == "documentos"


def test_the_next_page_goes_to_the_bus(mural: ApiMural, monkeypatch: pytest.MonkeyPatch) -> None:
    put, failed = [], [0, 1]

    class Bus:
        def put_events(self, Entries: Any) -> Any:  # noqa: N803  # as boto3 names it
            put.extend(Entries)
            return {"FailedEntryCount": failed.pop(0), "Entries": [{"ErrorCode": "InternalFailure"}]}

    monkeypatch.setattr(nucleo, "client", lambda _service: Bus())
    nucleo._adiante({"tipo": "AlertaAmplo"})
    assert (put[0]["DetailType"], put[0]["Source"]) == (nucleo.AMPLO, "conecta.alertas")
    with pytest.raises(RuntimeError, match="InternalFailure"):
        nucleo._adiante({})


def test_owners_are_asked_by_their_unpublished_routes(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def ask(setting: str, route: str, _body: Any, _correlacao: str, within: float | None = None) -> Any:
        asked.append((setting, route, within))
        return {}

    monkeypatch.setattr(calls, "ask", ask)
    donos = nucleo.donos()
    donos.contestaveis({"protocolo": PEG}, "c")
    donos.publico("p", None, "c")
    nucleo.novas(HOSPITAL, "pessoa-1", "c")
    assert asked == [
        ("FUNCAO_RECURSO", "/recursos/contestaveis", None), ("FUNCAO_DOCUMENTOS", "/documentacoes/publico", None),
        ("FUNCAO_DOCUMENTOS", "/documentacoes/novas", nucleo.ESPERA),
    ]  # fmt: skip


def test_a_counter_is_waited_for_less_long_than_the_page_may_take(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNCAO_DOCUMENTOS", "conecta-teste-documentos-api")
    waited = []

    class Hung:
        def __init__(self, _service: str, within: float) -> None:
            self._within = within

        def invoke(self, **_asked: Any) -> Any:
            waited.append(self._within)
            raise ReadTimeoutError(endpoint_url="https://lambda")

    monkeypatch.setattr(calls, "client", Hung)
    with pytest.raises(ReadTimeoutError):
        nucleo.novas(HOSPITAL, "pessoa-1", "c")
    assert waited == [nucleo.ESPERA]


# --- the first page ---


@pytest.mark.regra("INICIO-CONTAGEM")
def test_the_first_page_counts_what_its_lists_show(mural: ApiMural) -> None:
    some(mural)
    mural.owners.glosas[PEG] = {
        "versao_peg": 2, "versao_contestado": 0, "partes": [{"ate": "2026-12-20", "quantas": 2, "valor": "30.00"}],
    }  # fmt: skip
    for image in (
        an_image("SenhaAtualizada"), an_image("PegAtualizado", 2, situacao="LIBERADO"), an_image("FaturaAtualizada"),
    ):  # fmt: skip
        mural.tell(image)
    body = fits(InicioView, mural.get("/inicio"))
    assert body["relacionamentos"] == {"habilitados": 2, "suspensos": 0, "outros": 1, "lista": "/relacionamentos"}
    assert body["alertas"]["nao_lidos"]["total"] == 3
    assert body["documentacoes"]["novas"] == 2
    lots, glosas = body["lotes_de_pagamento"], body["recursos_de_glosas"]["glosas_a_contestar"]
    assert (glosas["quantidade"], glosas["valor"], glosas["ate"]) == (2, "30.00", "2026-12-20")
    assert (lots["notas_a_enviar"]["valor"], lots["notas_a_enviar"]["ate"]) == ("100.00", "2026-12-10")
    for counter in (body["autorizacoes"]["senhas_a_vencer"], *lots.values(), glosas):
        page = fits(PendenciasDoInicioPage, mural.get(counter["lista"]))
        assert page["quantidade"] == counter["quantidade"] == sum(one["quantidade"] for one in page["pendencias"])
        assert page["pendencias"][0]["caminho"].startswith("/")


def test_who_works_in_one_area_sees_its_counters_alone(mural: ApiMural) -> None:
    recepcao, faturista, maquina = (
        fits(InicioView, mural.get("/inicio", one)) for one in (RECEPCAO, FATURISTA, MAQUINA)
    )
    assert recepcao["autorizacoes"] is not None
    assert (recepcao["lotes_de_pagamento"], recepcao["recursos_de_glosas"]) == (None, None)
    assert (faturista["autorizacoes"], faturista["documentacoes"]["novas"]) == (None, 2)
    assert (maquina["lotes_de_pagamento"]["notas_a_enviar"], maquina["documentacoes"]) == (None, None)
    assert maquina["lotes_de_pagamento"]["pegs_abertos"]["quantidade"] == 0
    assert mural.call("GET", "/inicio/pendencias?acesso=pegs-abertos", claims=RECEPCAO)[0] == 403
    assert mural.get("/inicio/pendencias?acesso=pegs-abertos", MAQUINA)["quantidade"] == 0
    assert mural.call("GET", "/inicio/pendencias")[0] == 422
    assert mural.call("GET", "/inicio/pendencias?acesso=x")[0] == 422


def test_glosas_that_end_first_are_listed_first_on_every_page(mural: ApiMural, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alertas.handler.inicio.PAGE", 1)
    for number, days in (("1", (2, 3)), ("2", (1, 9)), ("3", (4,))):
        parts = tuple(Parte(NOW.date() + timedelta(days=day), 1, Decimal("1.00")) for day in days)
        mural.painel.put(an_item(Acesso.GLOSAS, id=number, ate=parts[-1].ate, partes=parts))
    path, cursor, listed = "/inicio/pendencias?acesso=glosas-a-contestar", "", []
    for _ in range(3):
        page = mural.get(path + cursor)
        listed += [one["id"] for one in page["pendencias"]]
        cursor = f"&cursor={page['cursor']}"
    assert (listed, page["cursor"], page["quantidade"]) == (["2", "1", "3"], None, 5)


def answered(code: str, status: int) -> ClientError:
    """What Lambda says when the function cannot be called."""
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Invoke")


@pytest.mark.parametrize(
    "error",
    [
        problems.busy(), calls.CallFailedError("x"), ConnectTimeoutError(endpoint_url="https://lambda"),
        ReadTimeoutError(endpoint_url="https://lambda"), answered("ServiceException", 500),
        answered("KMSAccessDeniedException", 502),
    ],
)  # fmt: skip
def test_the_first_page_does_without_documentos(mural: ApiMural, error: Exception) -> None:
    mural.novas = error
    assert mural.get("/inicio")["documentacoes"] == {"novas": None, "lista": "/documentacoes?novas=true"}


def test_a_fault_of_ours_is_not_told_as_documentos_silence(mural: ApiMural) -> None:
    mural.novas = answered("AccessDeniedException", 403)
    assert mural.call("GET", "/inicio")[0] == 500


def test_a_long_list_goes_on(mural: ApiMural, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alertas.handler.inicio.PAGE", 2)
    for number, day in (("1", None), ("2", 3), ("3", 1)):
        ate = NOW.date() + timedelta(days=day) if day else None
        mural.painel.put(an_item(Acesso.NOTAS, id=number, ate=ate))
    first = mural.get("/inicio/pendencias?acesso=notas-a-enviar")
    rest = mural.get(f"/inicio/pendencias?acesso=notas-a-enviar&cursor={first['cursor']}")
    assert [one["id"] for one in first["pendencias"] + rest["pendencias"]] == ["3", "2", "1"]
    assert (first["quantidade"], rest["cursor"]) == (3, None)


# --- digests ---


SES = "https://email.sa-east-1.amazonaws.com"


class Mail:
    """The mail service, and a faturista who wants a digest each day.

    Attributes:
        failures: what becomes of the next mails, before any is sent.
        closed: how often what is open to it was closed.
    """

    def __init__(self, mural: ApiMural, monkeypatch: pytest.MonkeyPatch, *failures: Exception) -> None:
        self.sent: list[Any] = []
        self.failures = list(failures)
        self.closed = 0
        monkeypatch.setattr(envio, "client", {"sesv2": self}.__getitem__)
        monkeypatch.setenv("REMETENTE", "avisos@conecta.example")
        mural.preferencias.enderecos[HOSPITAL, "pessoa-2"] = ("f@hospital.example", "faturista")
        mural.call("PUT", "/alertas/preferencias", {"resumo": "DIARIO"}, FATURISTA)

    def send_email(self, **what: Any) -> None:
        if self.failures:
            raise self.failures.pop()
        self.sent.append(what)

    def close(self) -> None:
        self.closed += 1


def resumir(left_ms: int = 60_000) -> Any:
    """The sweep of digests, with so much time."""
    return fluxo.handler({"acao": "resumir"}, SimpleNamespace(get_remaining_time_in_millis=lambda: left_ms))


def test_somebody_chooses_how_often_to_be_written_to(mural: ApiMural) -> None:
    assert fits(PreferenciaView, mural.get("/alertas/preferencias"))["resumo"] == "NUNCA"
    chosen = fits(PreferenciaView, mural.call("PUT", "/alertas/preferencias", {"resumo": "DIARIO"})[1])
    assert (chosen["resumo"], chosen["proximo_em"]) == ("DIARIO", "2026-11-22T10:00:00.000000Z")
    assert mural.get("/alertas/preferencias") == chosen
    assert mural.get("/alertas/preferencias", FATURISTA)["resumo"] == "NUNCA"
    assert mural.call("PUT", "/alertas/preferencias", {"resumo": "SEMPRE"})[0] == 422
    assert mural.call("PUT", "/alertas/preferencias", {"resumo": "DIARIO"}, MAQUINA)[0] == 403


def test_digests_leave_from_the_deployments_address(mural: ApiMural, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = Mail(mural, monkeypatch)
    some(mural)
    mural.agora += timedelta(days=1)
    assert resumir()["avisadas"] == 1
    (one,) = mail.sent
    assert one["Destination"] == {"ToAddresses": ["f@hospital.example"]}
    assert one["FromEmailAddress"] == "avisos@conecta.example"
    assert "1 alerta não lido" in one["Content"]["Simple"]["Subject"]["Data"]
    assert mail.closed == 1
    assert mural.get("/alertas/preferencias", FATURISTA)["enviado_em"] == iso(mural.agora)
    assert (resumir()["vistas"], mail.closed) == (0, 1)


@pytest.mark.parametrize(
    ("error", "became", "line"),
    [
        (answered("MessageRejected", 400), "adiadas", "resumo nao enviado"),
        (ConnectTimeoutError(endpoint_url=SES), "adiadas", "resumo nao enviado"),
        (EndpointConnectionError(endpoint_url=SES), "adiadas", "resumo nao enviado"),
        (ReadTimeoutError(endpoint_url=SES), "sem_resposta", "resumo sem resposta"),
        (ConnectionClosedError(endpoint_url=SES), "sem_resposta", "resumo sem resposta"),
        (ValueError("x"), "sem_resposta", "resumo sem resposta"),
    ],
)
def test_a_mail_that_fails_keeps_nobody_else_from_theirs(  # noqa: PLR0917  # what fails, and what comes of it
    mural: ApiMural, monkeypatch: pytest.MonkeyPatch, logged: Any, error: Exception, became: str, line: str
) -> None:  # fmt: skip
    mail = Mail(mural, monkeypatch, error)
    mural.preferencias.enderecos[HOSPITAL, "pessoa-3"] = ("r@hospital.example", "recepcao")
    mural.call("PUT", "/alertas/preferencias", {"resumo": "DIARIO"}, RECEPCAO)
    some(mural)
    mural.agora += timedelta(days=1)
    logged()
    done = resumir()
    assert done == {"vistas": 2, "avisadas": 1, "adiadas": 0, "sem_resposta": 0, became: 1}
    failure, told = (one for one in logged() if one["level"] in {"ERROR", "WARNING"})
    assert (failure["message"], failure["erro"]) == (line, type(error).__name__)
    assert (told["message"], told[became], told["level"]) == ("resumos enviados", 1, "WARNING")
    assert mural.get("/alertas/preferencias", FATURISTA)["enviado_em"] is None
    mural.agora += timedelta(hours=1)
    assert resumir()["avisadas"] == (1 if became == "adiadas" else 0)
    assert len(mail.sent) == (2 if became == "adiadas" else 1)


def test_no_digest_is_begun_that_may_not_be_ended(mural: ApiMural, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = Mail(mural, monkeypatch)
    some(mural)
    mural.agora += timedelta(days=1)
    assert (resumir(envio.RESERVA_MS)["vistas"], mail.sent) == (0, [])
    assert resumir(envio.RESERVA_MS + 1)["avisadas"] == 1


def test_an_action_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(fluxo.UnknownActionError):
        fluxo.handler({"acao": "outra"}, None)
