"""The border of an API function: routes in, problems out, nothing of ours in a failure."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from botocore.exceptions import ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from conecta_edge import http, problems
from conecta_edge.dynamodb import TransientConflictError
from conecta_edge.http import Api, ErrorMap, Operation, Reply, Request, Response
from conecta_edge.problems import ProblemError
from tests.builders_functions import api_event, person

SECRET = "123.456.789-09 MARIA DA SILVA"
ORIGINS = frozenset({"https://portal.example"})


class DomainError(Exception):
    """The context's own refusal."""


class NarrowDomainError(DomainError):
    """A kind of it."""


class Cor(StrEnum):
    AZUL = "azul"
    VERDE = "verde"


def _even(value: str) -> str:
    if len(value) % 2:
        raise PydanticCustomError("tamanho-impar", "Use um número par de letras.")
    return value


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    codigo: Annotated[str, Field(pattern=r"^[0-9]{8}$")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    nome: Annotated[str, Field(min_length=2, max_length=5)]
    quantidade: Annotated[int, Field(ge=1, le=9)]
    tipo: Literal["a", "b"]
    itens: list[Item] = Field(default_factory=list)
    cor: Annotated[Cor | None, Field(strict=False)] = None
    pares: Annotated[list[str], Field(min_length=1, max_length=2)] = Field(default=["a"])
    urgente: bool = False
    dia: date | None = None
    par: Annotated[str | None, AfterValidator(_even)] = None
    sem_texto_proprio: float = 1.0


VALID: dict[str, Any] = {"nome": "abc", "quantidade": 1, "tipo": "a"}


def operation(run: Callable[[Request], Response], method: str = "GET", path: str = "/coisas/{id}") -> Operation:
    return Operation(method, path, "obterCoisa", "coisas-api", "Coisas", "s", "d", run, (Reply(200, "ok"),))


def answer(run: Callable[[Request], Response], event: dict[str, Any] | None = None) -> dict[str, Any]:
    errors: ErrorMap = {DomainError: lambda _error: ProblemError(409, "estado", "Estado", "Agora não.")}
    api = Api([operation(run)], errors, lambda: ORIGINS)
    return api(event if event is not None else api_event("GET", "/coisas/{id}"), None)


def raising(error: Exception) -> Callable[[Request], Response]:
    def run(_request: Request) -> Response:
        raise error

    return run


def body_of(answered: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answered["body"])
    return found


def test_a_request_reaches_its_operation_with_all_that_a_handler_reads() -> None:
    seen: list[Request] = []

    def run(request: Request) -> Response:
        seen.append(request)
        return Response(200, {"é": 1})

    answered = answer(
        run,
        api_event(
            "GET", "/coisas/{id}", path={"id": "7"}, query={"q": "1"}, headers={"Conecta-PRESTADOR": "h"},
            claims=person(), body="olá",
        ),
    )  # fmt: skip
    assert (answered["statusCode"], answered["body"], answered["isBase64Encoded"]) == (200, '{"é":1}', False)
    assert seen == [
        Request(
            "GET", "/coisas/{id}", {"id": "7"}, {"q": "1"}, {"conecta-prestador": "h"}, person(), "olá".encode(),
            "corr-1",
        )
    ]  # fmt: skip


def test_a_request_carries_the_event_it_came_as_and_does_not_show_it() -> None:
    seen: list[Request] = []

    def run(request: Request) -> Response:
        seen.append(request)
        return Response(204)

    event = {**api_event("GET", "/coisas/{id}"), "stageVariables": {"x": SECRET}}
    answer(run, event)
    assert seen[0].event == event
    assert SECRET not in repr(seen[0])


def test_what_api_gateway_leaves_null_is_empty() -> None:
    seen: list[Request] = []

    def run(request: Request) -> Response:
        seen.append(request)
        return Response(204)

    answered = answer(run, {"httpMethod": "GET", "resource": "/coisas/{id}", "headers": None, "requestContext": None})
    assert (answered["statusCode"], answered["body"]) == (204, "")
    assert seen == [Request("GET", "/coisas/{id}", {}, {}, {}, {}, b"", "sem-correlacao")]


@pytest.mark.parametrize(
    ("method", "resource"), [("POST", "/coisas/{id}"), ("GET", "/outra"), ("", ""), ("GET", "/coisas/7")]
)
def test_a_route_that_is_not_in_the_table_is_not_found(method: str, resource: str) -> None:
    answered = answer(lambda _: Response(200), api_event(method, resource))
    assert (answered["statusCode"], body_of(answered)["codigo"]) == (404, "nao-encontrado")
    assert answered["headers"]["Content-Type"] == "application/problem+json"


def test_a_problem_goes_out_as_it_is_with_its_headers() -> None:
    answered = answer(raising(problems.in_progress()))
    assert answered["statusCode"] == 409
    assert answered["headers"]["Retry-After"] == "1"
    assert body_of(answered) == problems.in_progress().body("corr-1")


@pytest.mark.parametrize("error", [DomainError(SECRET), NarrowDomainError(SECRET)])
def test_a_refusal_of_the_domain_becomes_what_the_table_says(error: Exception) -> None:
    answered = answer(raising(error))
    assert (answered["statusCode"], body_of(answered)["codigo"]) == (409, "estado")
    assert SECRET not in json.dumps(answered)


def test_a_transient_conflict_asks_for_the_same_request_again() -> None:
    answered = answer(raising(TransientConflictError()))
    assert (answered["statusCode"], answered["headers"]["Retry-After"]) == (503, "2")


def test_a_failure_tells_the_log_where_and_the_caller_nothing(logged: Callable[[], list[Any]]) -> None:
    answered = answer(raising(KeyError(SECRET)), api_event("GET", "/coisas/{id}", path={"id": SECRET}, body=SECRET))
    assert answered["statusCode"] == 500
    assert body_of(answered) == problems.internal().body("corr-1")
    failure, attended = logged()
    assert (failure["erro"], failure["correlacao"]) == ("KeyError", "corr-1")
    assert any(frame.endswith(":run") for frame in failure["pilha"])
    assert (attended["operacao"], attended["status"]) == ("obterCoisa", 500)
    assert SECRET not in json.dumps([failure, attended, answered])


def test_a_service_that_did_not_answer_is_told_as_such_and_in_the_log(logged: Callable[[], list[Any]]) -> None:
    answered = answer(raising(ReadTimeoutError(endpoint_url=SECRET)))
    assert body_of(answered) == problems.unserved().body("corr-1")
    assert answered["headers"]["Retry-After"] == "2"
    assert logged()[0]["erro"] == "ReadTimeoutError"


def test_every_request_leaves_one_line_without_data(logged: Callable[[], list[Any]]) -> None:
    answer(lambda _: Response(200, {"nome": SECRET}), api_event("GET", "/coisas/{id}", path={"id": SECRET}))
    answer(lambda _: Response(200), api_event("GET", "/outra"))
    lines = logged()
    assert [(line["operacao"], line["status"]) for line in lines] == [("obterCoisa", 200), ("desconhecida", 404)]
    assert all(line["duracao_ms"] >= 0 for line in lines)
    assert SECRET not in json.dumps(lines)


@pytest.mark.parametrize("run", [lambda _: Response(200, {}), raising(RuntimeError()), raising(problems.not_found())])
def test_every_answer_has_the_security_headers(run: Callable[[Request], Response]) -> None:
    headers = answer(run)["headers"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Conecta-Correlacao"] == "corr-1"


def test_an_answer_may_set_its_own_headers() -> None:
    headers = answer(lambda _: Response(200, {}, headers={"Cache-Control": "public", "ETag": '"1"'}))["headers"]
    assert (headers["Cache-Control"], headers["ETag"]) == ("public", '"1"')


def test_an_exact_origin_may_read_the_answer() -> None:
    event = api_event("GET", "/coisas/{id}", headers={"Origin": "https://portal.example"})
    headers = answer(lambda _: Response(200, {}), event)["headers"]
    assert headers["Access-Control-Allow-Origin"] == "https://portal.example"
    assert headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize(
    "origin",
    [
        "", "null", "*", "https://portal.example.evil", "http://portal.example", "https://portal.example:8443",
        "https://PORTAL.example", "https://portal.example/",
    ],
)  # fmt: skip
def test_any_other_origin_may_not(origin: str) -> None:
    headers = answer(lambda _: Response(200, {}), api_event("GET", "/coisas/{id}", headers={"Origin": origin}))[
        "headers"
    ]
    assert not [name for name in headers if name.startswith("Access-Control")]
    assert headers["Vary"] == "Origin"


def test_bytes_go_out_as_they_are() -> None:
    raw = "recepção".encode("iso-8859-1")
    answered = answer(lambda _: Response(200, raw, "application/xml"))
    assert answered["isBase64Encoded"] is True
    assert base64.b64decode(answered["body"]) == raw
    assert answered["headers"]["Content-Type"] == "application/xml"


def test_a_text_goes_out_as_it_is() -> None:
    assert answer(lambda _: Response(200, "<p>é</p>", "text/html"))["body"] == "<p>é</p>"


def test_a_base64_body_is_read_as_its_bytes() -> None:
    event = api_event("GET", "/coisas/{id}") | {"body": base64.b64encode(b"\xe9\x00").decode(), "isBase64Encoded": True}
    seen: list[bytes] = []

    def run(request: Request) -> Response:
        seen.append(request.body)
        return Response(200)

    answer(run, event)
    assert seen == [b"\xe9\x00"]


@pytest.mark.parametrize("raw", ["%%%", "abc", "olá="])
def test_a_body_that_cannot_be_read_is_refused(raw: str) -> None:
    event = api_event("GET", "/coisas/{id}") | {"body": raw, "isBase64Encoded": True}
    answered = answer(lambda _: Response(200), event)
    assert (answered["statusCode"], body_of(answered)["erros"][0]["codigo"]) == (422, "corpo-ilegivel")


def parsed(body: bytes) -> Body:
    return Request("POST", "/coisas", {}, {}, {}, {}, body, "corr-1").model(Body)


def errors_of(body: bytes | dict[str, Any]) -> list[tuple[str, str, str]]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(ProblemError) as refused:
        parsed(raw)
    assert refused.value.status == 422
    return [(erro.campo, erro.codigo, erro.mensagem) for erro in refused.value.erros]


def test_a_valid_body_is_a_model() -> None:
    body = {**VALID, "itens": [{"codigo": "10101039"}], "cor": "azul"}
    assert parsed(json.dumps(body).encode()).itens[0].codigo == "10101039"


@pytest.mark.parametrize(
    ("change", "campo", "codigo", "text"),
    [
        ({"nome": None}, "nome", "string_type", "Deve ser um texto entre aspas."),
        ({"nome": "a"}, "nome", "string_too_short", "mínimo de 2 caractere(s)"),
        ({"nome": SECRET}, "nome", "string_too_long", "máximo de 5 caractere(s)"),
        ({"quantidade": "1"}, "quantidade", "int_type", "número inteiro"),
        ({"quantidade": 1.5}, "quantidade", "int_type", "número inteiro"),
        ({"quantidade": 0}, "quantidade", "greater_than_equal", "maior ou igual a 1"),
        ({"quantidade": 10}, "quantidade", "less_than_equal", "menor ou igual a 9"),
        ({"tipo": SECRET}, "tipo", "literal_error", "use um de 'a' ou 'b'"),
        ({"cor": SECRET}, "cor", "enum", "use um de 'azul' ou 'verde'"),
        ({"cpf": SECRET}, "cpf", "extra_forbidden", "Campo desconhecido"),
        ({"itens": [{"codigo": SECRET}]}, "itens[0].codigo", "string_pattern_mismatch", "formato não confere"),
        ({"itens": [{"codigo": "10101039"}, 7]}, "itens[1]", "model_type", "objeto JSON"),
        ({"itens": [{}]}, "itens[0].codigo", "missing", "Campo obrigatório"),
        ({"itens": SECRET}, "itens", "list_type", "Deve ser uma lista."),
        ({"pares": []}, "pares", "too_short", "mínimo de 1 item(ns)"),
        ({"pares": ["a", SECRET, "c"]}, "pares", "too_long", "máximo de 2 itens"),
        ({"urgente": SECRET}, "urgente", "bool_type", "Deve ser true ou false."),
        ({"dia": 0}, "dia", "date_type", "AAAA-MM-DD"),
        ({"dia": SECRET}, "dia", "date_parsing", "Deve ser uma data que exista"),
        ({"par": SECRET}, "par", "tamanho-impar", "Use um número par de letras."),
        ({"sem_texto_proprio": SECRET}, "sem_texto_proprio", "float_type", "Valor inválido"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_body_is_said_in_portuguese_with_its_path_and_without_its_value(
    change: dict[str, Any], campo: str, codigo: str, text: str
) -> None:
    found = errors_of({**VALID, **change})
    assert [(where, code) for where, code, _ in found] == [(campo, codigo)]
    assert text in found[0][2]
    assert SECRET not in str(found)


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert [campo for campo, _, _ in errors_of({"quantidade": 0, "x": 1})] == ["nome", "quantidade", "tipo", "x"]


@pytest.mark.parametrize("body", [b"", b"{", b"[1", b"\xff{}", b'{"nome": NaN', b"[" * 5000])
def test_a_body_that_is_not_json_is_refused_whole(body: bytes) -> None:
    assert errors_of(body)[0][:2] == ("$", "json_invalid")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"texto"', b"1"])
def test_a_body_that_is_not_an_object_is_refused_whole(body: bytes) -> None:
    assert errors_of(body) == [("$", "model_type", "Deve ser um objeto JSON.")]


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.binary(max_size=60)
    | JSONS.map(lambda value: json.dumps(value).encode())
    | st.dictionaries(st.sampled_from([*VALID, "itens", "cor"]), JSONS, max_size=4).map(
        lambda value: json.dumps({**VALID, **value}).encode()
    )
)
def test_any_bytes_are_a_model_or_a_refusal(body: bytes) -> None:
    with suppress(ProblemError):
        parsed(body)


def test_an_operation_is_found_by_method_and_route_together() -> None:
    routes = [
        operation(lambda _: Response(200, "lida"), "GET", "/a"),
        operation(lambda _: Response(200, "escrita"), "POST", "/a"),
    ]
    api = Api(routes, {}, lambda: ORIGINS)
    assert api(api_event("POST", "/a"), None)["body"] == "escrita"
    assert api(api_event("GET", "/a"), None)["body"] == "lida"
    assert api(api_event("GET", "/a"), None)["headers"]["Content-Type"] == http.JSON


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ("conecta/elegibilidade.ler", 403),
        ("", 403),
        ("conecta/peg.ler", 200),
        ("conecta/recurso.ler conecta/documentos.ler", 200),
        (http.PERSON_SCOPE, 200),
    ],
)
def test_a_token_without_a_scope_of_the_route_is_refused_before_anything_else(scope: str, status: int) -> None:
    route = replace(operation(lambda _: Response(200, "ok")), escopos=("conecta/peg.ler", "conecta/documentos.ler"))
    event = api_event("GET", "/coisas/{id}", claims={"scope": scope, "token_use": "access"})
    answer = Api([route], {}, lambda: ORIGINS)(event, None)
    assert answer["statusCode"] == status
    if status == 403:
        assert json.loads(answer["body"])["escopos"] == ["conecta/peg.ler", "conecta/documentos.ler"]


@pytest.mark.parametrize("claims", [None, {}, {"token_use": "id"}, {"token_use": "id", "scope": "conecta/coisas.ler"}])
def test_who_has_no_access_token_is_told_that_before_any_scope(claims: dict[str, Any] | None) -> None:
    route = replace(operation(lambda _: Response(200)), escopos=("conecta/coisas.ler",))
    answered = Api([route], {}, lambda: ORIGINS)(api_event("GET", "/coisas/{id}", claims=claims), None)
    assert (answered["statusCode"], body_of(answered)["codigo"]) == (401, "nao-autenticado")
