"""The XML door: whose message it is, and the owner's answer as the owner gave it."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from conecta_edge import calls, http, session
from conecta_edge.http import Api, Operation, Reply, Request, Response
from conecta_tiss.messages.elegibilidade import RespostaElegibilidade, VerificaElegibilidade
from conecta_tiss.messages.envelope import Mensagem
from conecta_tiss.messages.transacoes import CORPOS
from conecta_tiss.pipeline import validate_message
from conecta_tiss.xml import writer
from porta_tiss import schemas
from porta_tiss.handler import api
from tests import builders as um
from tests import builders_mensagens_recurso as recursos
from tests.builders_functions import ORIGEM_DO_PORTAL, api_event, machine, person

ROTA = "/tiss/{transacao}"
CARTEIRA = "00012345678901234"
PERGUNTA = writer.write_verifica_elegibilidade(um.verifica_elegibilidade())
RESPOSTA = writer.write_elegibilidade(um.elegibilidade())
ESCOPO = machine(scope="conecta/elegibilidade.ler")
BOTH = machine(scope="conecta/autorizacao.escrever conecta/peg.escrever")


def event_of(body: bytes = PERGUNTA, transacao: str = "verificaElegibilidade", **changes: Any) -> dict[str, Any]:
    event = api_event(
        "POST",
        ROTA,
        path={"transacao": transacao},
        headers={"Content-Type": "application/xml", "Conecta-Prestador": um.CNPJ, "Origin": ORIGEM_DO_PORTAL},
        claims=ESCOPO,
        body=base64.b64encode(body).decode(),
    )
    return {**event, "isBase64Encoded": True, **changes}


class Lambda:
    """Lambda with one owner behind it, called as AWS calls it: JSON in, JSON out."""

    def __init__(self, owner: Callable[[dict[str, Any]], Any]) -> None:
        self._owner = owner
        self.error: Exception | None = None
        self.function_error: str | None = None
        self.calls: list[dict[str, Any]] = []

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        event = json.loads(Payload)
        self.calls.append({"function": FunctionName, "type": InvocationType, "event": event})
        if self.error is not None:
            raise self.error
        answered = json.dumps(self._owner(event)).encode()
        called: dict[str, Any] = {"StatusCode": 200, "Payload": io.BytesIO(answered)}
        return called if self.function_error is None else {**called, "FunctionError": self.function_error}


def owner(run: Callable[[Request], Response]) -> Callable[[dict[str, Any]], Any]:
    """The owner's own entry, whose table has the transaction's path and is published nowhere."""
    operation = Operation(
        "POST", "/tiss/verificaElegibilidade", "x", "cadastro-api", "x", "s", "d", run, (Reply(200, "ok"),),
        escopos=("conecta/elegibilidade.ler",),
    )  # fmt: skip
    entry = Api((operation,), {}, session.origins)
    return lambda event: entry(event, None)


class World:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[Request] = []
        self.answer = Response(200, RESPOSTA, "application/xml", {"ETag": '"1"'})
        self.aws = Lambda(owner(self._run))
        monkeypatch.setenv("FUNCAO_CADASTRO", "conecta-teste-cadastro-api")
        monkeypatch.setattr(calls, "client", {"lambda": self.aws}.__getitem__)

    def _run(self, request: Request) -> Response:
        self.seen.append(request)
        return self.answer

    def send(self, body: bytes = PERGUNTA, **changes: Any) -> dict[str, Any]:
        return api.handler(event_of(body, **changes), None)

    def problem(self, body: bytes = PERGUNTA, **changes: Any) -> dict[str, Any]:
        answered = self.send(body, **changes)
        assert answered["headers"]["Content-Type"] == "application/problem+json"
        found: dict[str, Any] = json.loads(answered["body"])
        assert found["status"] == answered["statusCode"]
        return found


@pytest.fixture
def world(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


# --- to the owner and back ---


def test_a_message_goes_to_its_owner_as_it_came_and_the_answer_comes_back_as_it_is(world: World) -> None:
    event = event_of(requestContext={"requestId": "corr-7", "authorizer": {"claims": ESCOPO}})
    answered = api.handler(event, None)
    assert world.aws.calls == [
        {
            "function": "conecta-teste-cadastro-api",
            "type": "RequestResponse",
            "event": {**event, "resource": "/tiss/verificaElegibilidade"},
        }
    ]
    assert world.seen[0].body == PERGUNTA
    assert world.seen[0].correlacao == "corr-7"
    straight = world.aws._owner({**event, "resource": "/tiss/verificaElegibilidade"})
    assert answered == straight
    assert base64.b64decode(answered["body"]) == RESPOSTA
    assert (answered["statusCode"], answered["headers"]["ETag"]) == (200, '"1"')


@pytest.mark.parametrize(
    "answer",
    [
        Response(422, schemas.REFUSAL.encode(), "application/xml"),
        Response(403, {"codigo": "papel-insuficiente", "ação": "é"}, "application/problem+json"),
        Response(429, {"codigo": "limite-excedido"}, "application/problem+json", {"Retry-After": "7"}),
        Response(204),
    ],
    ids=lambda answer: str(answer.status),
)
def test_whatever_the_owner_answers_goes_out_unchanged(world: World, answer: Response) -> None:
    world.answer = answer
    answered = world.send()
    assert answered == world.aws._owner({**event_of(), "resource": "/tiss/verificaElegibilidade"})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"PK\x03\x04",
        b"<a>",
        b"<a/>",
        b"<?xml version='1.0' encoding='utf-16'?><a/>",
        PERGUNTA[: len(PERGUNTA) // 2],
        PERGUNTA.replace(b"verificaElegibilidade", b"MariaDaSilva"),
        PERGUNTA.replace(b"prestadorParaOperadora", b"outro"),
    ],
    ids=range(9),
)
def test_what_cannot_be_read_is_the_owners_to_explain(world: World, body: bytes) -> None:
    assert world.send(body)["statusCode"] == 200
    assert world.seen[0].body == body


def test_a_body_as_text_reaches_the_owner_too(world: World) -> None:
    texto = PERGUNTA.decode("iso-8859-1").replace("ISO-8859-1", "UTF-8").replace(CARTEIRA, "ção \N{EURO SIGN}")
    api.handler({**event_of(), "isBase64Encoded": False, "body": texto}, None)
    assert world.seen[0].body == texto.encode()


# --- refused at the door ---


@pytest.mark.parametrize("transacao", ["respostaElegibilidade", "verificaelegibilidade", "MARIA DA SILVA", ""])
def test_a_transaction_that_is_not_offered_is_told_with_those_that_are(world: World, transacao: str) -> None:
    found = world.problem(transacao=transacao)
    assert (found["status"], found["codigo"]) == (404, "transacao-nao-oferecida")
    assert found["transacoes"] == sorted(api.OWNERS)
    assert "MARIA" not in json.dumps(found)
    assert world.aws.calls == []


def test_the_largest_message_passes_and_one_byte_more_is_pointed_to_the_uploads(world: World) -> None:
    largest = PERGUNTA + b" " * (api.CORPO_MAXIMO - len(PERGUNTA))
    assert world.send(largest)["statusCode"] == 200
    found = world.problem(largest + b" ")
    assert (found["status"], found["codigo"], found["tamanho_maximo_bytes"]) == (413, "corpo-grande-demais", 4194304)
    assert "/v1/documentos/uploads" in found["detail"]
    assert len(world.aws.calls) == 1


def test_the_largest_message_fits_in_one_call_of_a_lambda(world: World) -> None:
    world.send(PERGUNTA + b" " * (api.CORPO_MAXIMO - len(PERGUNTA)))
    assert len(json.dumps(world.aws.calls[0]["event"])) < 6 * 1024 * 1024 - 512 * 1024


@pytest.mark.parametrize(
    ("body", "corpo"),
    [
        (RESPOSTA, "respostaElegibilidade"),
        (PERGUNTA.replace(b"verificaElegibilidade", b"respostaRecursoGlosa"), "respostaRecursoGlosa"),
    ],
    ids=["answer", "another answer"],
)
def test_a_message_of_another_transaction_is_3148_naming_both(world: World, body: bytes, corpo: str) -> None:
    found = world.problem(body)
    assert (found["status"], found["glosa"], found["regra"]) == (422, "3148", "TISS-TRANSACAO")
    assert [(erro["campo"], erro["codigo"]) for erro in found["erros"]] == [("mensagemTISS", "3148")]
    assert "verificaElegibilidade" in found["detail"]
    assert corpo in found["detail"]
    assert "Envie-a por" not in found["detail"]
    assert CARTEIRA not in json.dumps(found)
    assert world.aws.calls == []


def test_a_message_of_another_offered_transaction_is_told_its_route(world: World) -> None:
    found = world.problem(writer.write(um.cancela_guia()))
    assert "POST /v1/tiss/cancelaGuia" in found["detail"]
    assert world.aws.calls == []


@pytest.mark.parametrize(
    ("message", "owner"),
    [
        *((one, "autorizacao") for one in (um.solicitacao(), um.solicita_status(), um.lote_anexos(), um.comunicacao())),
        *((one, "peg") for one in (um.mensagem_lote(), um.solicita_status_protocolo(), um.cancela_guia())),
        *((one, "recurso") for one in (recursos.recurso_glosa(), recursos.solicita_status_recurso())),
        (recursos.envio_documentos(), "documentos"),
    ],
    ids=lambda one: one if isinstance(one, str) else CORPOS[one.cabecalho.tipo_transacao],
)
def test_messages_go_to_the_function_of_their_owner(world: World, message: Mensagem[Any], owner: str) -> None:
    transacao = CORPOS[message.cabecalho.tipo_transacao]
    raw = writer.write(message)
    event = event_of(raw, transacao, requestContext={"requestId": "c", "authorizer": {"claims": BOTH}})
    api.handler(event, None)
    assert world.aws.calls == [
        {
            "function": f"conecta-teste-{owner}-api",
            "type": "RequestResponse",
            "event": {**event, "resource": f"/tiss/{transacao}"},
        }
    ]


def test_no_token_and_no_scope_come_before_anything_about_the_message(world: World) -> None:
    for claims, status in ((person(token_use="id"), 401), (machine(scope="conecta/documentos.ler"), 403)):
        context = {"requestId": "corr-1", "authorizer": {"claims": claims}}
        assert world.problem(b"<a>", transacao="nada", requestContext=context)["status"] == status
    assert world.aws.calls == []


# --- an owner in trouble ---


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": CARTEIRA}}, "Invoke")


@pytest.mark.parametrize(
    ("error", "status", "codigo"),
    [
        (client_error("TooManyRequestsException"), 503, "temporariamente-indisponivel"),
        (client_error("EC2ThrottledException"), 503, "temporariamente-indisponivel"),
        (client_error("RequestTooLargeException"), 413, "corpo-grande-demais"),
        (client_error("ServiceException"), 500, "erro-interno"),
        (client_error("AccessDeniedException"), 500, "erro-interno"),
        (ReadTimeoutError(endpoint_url="https://lambda.example"), 503, "dependencia-indisponivel"),
    ],
    ids=["throttled", "throttled at the hypervisor", "too large", "failing", "denied", "silent"],
)
def test_an_owner_that_cannot_be_called_is_a_problem_and_no_second_call(
    world: World, logged: Callable[[], list[Any]], error: Exception, status: int, codigo: str
) -> None:
    world.aws.error = error
    found = world.problem()
    assert (found["status"], found["codigo"]) == (status, codigo)
    assert len(world.aws.calls) == 1
    assert CARTEIRA not in json.dumps([found, *logged()])


def test_a_busy_owner_says_when_to_try_again(world: World) -> None:
    world.aws.error = client_error("TooManyRequestsException")
    assert world.send()["headers"]["Retry-After"] == "2"


@pytest.mark.parametrize("payload", [{"errorMessage": CARTEIRA}, {"statusCode": 200, "headers": {}, "body": CARTEIRA}])
def test_an_owner_that_failed_is_our_failure_and_nothing_of_it_goes_out(
    world: World, logged: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch, payload: dict[str, Any]
) -> None:
    monkeypatch.setattr(world.aws, "_owner", lambda _event: payload)
    world.aws.function_error = "Unhandled"
    found = world.problem()
    assert (found["status"], found["codigo"]) == (500, "erro-interno")
    lines = logged()
    assert [line.get("funcao") for line in lines if line["message"] == "a função chamada falhou"] == ["FUNCAO_CADASTRO"]
    assert CARTEIRA not in json.dumps([found, *lines])


def test_an_answer_that_is_no_answer_is_our_failure(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.aws, "_owner", lambda _event: None)
    assert world.problem()["status"] == 500


def test_a_message_leaves_no_personal_data_in_the_log(world: World, logged: Callable[[], list[Any]]) -> None:
    world.send()
    world.problem(RESPOSTA)
    assert CARTEIRA not in json.dumps(logged())


# --- the documentation ---


def test_the_route_is_documented_with_messages_that_are_valid() -> None:
    (operation,) = api.OPERATIONS
    assert (operation.method, operation.path, operation.funcao) == ("POST", ROTA, "tiss-api")
    assert operation.accepts == "application/xml"
    assert set(operation.escopos) == {
        "conecta/elegibilidade.ler", "conecta/autorizacao.ler", "conecta/autorizacao.escrever", "conecta/peg.ler",
        "conecta/peg.escrever", "conecta/pagamento.ler", "conecta/recurso.ler", "conecta/recurso.escrever",
        "conecta/documentos.escrever",
    }  # fmt: skip
    assert http.PRESTADOR in operation.parameters
    question = validate_message(operation.example.encode("iso-8859-1"), hoje=um.HOJE.replace(year=2027))
    assert question.mensagem_de(VerificaElegibilidade) is not None, question.achados
    for reply in operation.replies:
        answer = validate_message(reply.example.encode("iso-8859-1"), hoje=um.HOJE.replace(year=2027))
        assert answer.mensagem_de(RespostaElegibilidade) is not None, answer.achados


def test_every_transaction_offered_is_one_of_the_standard_and_has_a_scope() -> None:
    assert set(api.OWNERS) <= set(CORPOS.values())
    (operation,) = api.OPERATIONS
    assert operation.parameters[0].schema["enum"] == sorted(api.OWNERS)
