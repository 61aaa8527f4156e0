"""One table of operations per function: the routes it answers and the OpenAPI it is documented by are the same rows.

API Gateway has already matched method and route when a Lambda runs, so dispatch is one dictionary look-up; what this
module adds is the order of refusals (`decisoes.md` 9), problems instead of stack traces, security headers and CORS by
exact origin.
"""

from __future__ import annotations

import base64
import importlib
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from conecta_edge import cold_start, observability, problems
from conecta_edge.aws import unserved
from conecta_edge.dynamodb import TransientConflictError
from conecta_edge.problems import FieldError, ProblemError

if TYPE_CHECKING:
    from pydantic import BaseModel

Model = TypeVar("Model", bound="BaseModel")
JSON = "application/json"
XML = "application/xml"
MAX_PATH = 100
_REGISTRO = re.compile(r"[0-9]{6}", re.ASCII)
_PRESTADOR = re.compile(r"[0-9A-Za-z-]{1,40}", re.ASCII)
_COMPETENCIA = re.compile(r"20[0-9]{2}(0[1-9]|1[0-2])", re.ASCII)
_DIA = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
DIA_INVALIDO = "Deve ser uma data que exista, no formato AAAA-MM-DD, de 1900 a 2099."
_VERSION = re.compile(r'(?:W/)?"([0-9]{1,15})"', re.ASCII)
PERSON_SCOPE = "aws.cognito.signin.user.admin"
"""What the tokens of people signed in through Cognito's own API carry instead of our scopes."""
SECURITY_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What a handler reads of a proxied request; header names are lower case.

    `event` is the request as it came, for an entry that hands it on.
    """

    method: str
    route: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    claims: Mapping[str, Any]
    body: bytes
    correlacao: str
    event: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def model(self, model: type[Model]) -> Model:
        """The JSON body as a validated model.

        Raises:
            ProblemError: 422 with every field that is wrong; values are never repeated.
        """
        from pydantic import ValidationError  # noqa: PLC0415  # only requests with a body pay for it

        try:
            return model.model_validate_json(self.body or b"")
        except ValidationError as error:
            raise problems.invalid_body(field_errors(error)) from error

    def expected_version(self) -> int | None:
        """The version `If-Match` names, `None` when it is not sent or matches whatever there is.

        Raises:
            ProblemError: 412, it is not an ETag of ours.
        """
        text = self.headers.get("if-match", "*").strip()
        if text == "*":
            return None
        found = _VERSION.fullmatch(text)
        if found is None:
            raise problems.outdated()
        return int(found[1])

    def unless_held(self, etag: str, make: Callable[[], Any], media_type: str = JSON) -> Response:
        """What `make` makes, with its ETag; 304, and nothing made, to who says in `If-None-Match` that they have it."""
        headers = {"ETag": f'"{etag}"', "Cache-Control": "private, no-cache"}
        held = {tag.strip().removeprefix("W/") for tag in self.headers.get("if-none-match", "").split(",")}
        if headers["ETag"] in held:
            return Response(304, None, headers=headers)
        return Response(200, make(), media_type, headers)


@dataclass(frozen=True, slots=True)
class Query:
    """Reads query parameters, remembering all that is wrong with them for :meth:`check`.

    What is wrong is read as the default's, or as something empty: it is never used.
    """

    values: Mapping[str, str]
    wrong: list[FieldError] = field(default_factory=list)

    def refuse(self, name: str, codigo: str, mensagem: str) -> None:
        """A parameter is wrong."""
        self.wrong.append(FieldError(name, codigo, mensagem))

    def registro(self, name: str = "registro_ans") -> str:
        """An operadora's registro ANS."""
        return self._text(name, _REGISTRO, "registro-ans-invalido", "Informe o registro ANS, 6 dígitos, na consulta.")

    def prestador(self, name: str = "prestador") -> str:
        """A prestador's id."""
        return self._text(name, _PRESTADOR, "prestador-invalido", "Informe o identificador do prestador na consulta.")

    def competencia(self, name: str, default: str | None = None) -> str:
        """A month, `AAAAMM`."""
        text = "Use ano e mês, AAAAMM: por exemplo 202611."
        return self._text(name, _COMPETENCIA, "competencia-invalida", text, default)

    def dia(self, name: str, default: date | None = None) -> date:
        """A day."""
        text = self._text(name, _DIA, "data-invalida", DIA_INVALIDO, default.isoformat() if default else None)
        try:
            return date.fromisoformat(text) if text else date.min
        except ValueError:
            self.refuse(name, "data-invalida", DIA_INVALIDO)
            return date.min

    def one_of(self, name: str, values: Sequence[str], default: str) -> str:
        """One of some words."""
        found = self.values.get(name, default)
        if found not in values:
            self.refuse(name, f"{name}-invalido", f"Use um de: {', '.join(values)}.")
        return found

    def _text(
        self, name: str, form: re.Pattern[str], codigo: str, mensagem: str, default: str | None = None
    ) -> str:  # fmt: skip
        text = self.values.get(name, default)
        if text is None or not form.fullmatch(text):
            self.refuse(name, codigo, mensagem)
            return ""
        return text

    def check(self) -> None:
        """Refuse what was found wrong.

        Raises:
            ProblemError: 422 with every parameter that is wrong.
        """
        if self.wrong:
            raise problems.invalid_body(tuple(self.wrong))


def field_errors(error: Any) -> tuple[FieldError, ...]:
    """A pydantic ValidationError as our own errors: path, stable code, Portuguese text, no input echoed."""
    found = []
    for detail in error.errors(include_url=False, include_context=True, include_input=False):
        path = ""
        for part in detail["loc"]:
            path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
        # A name the caller made up may be anything, and as long as anything.
        found.append(FieldError(path[:MAX_PATH] or "$", str(detail["type"]), _portuguese(detail)))
    return tuple(found)


def _portuguese(detail: Mapping[str, Any]) -> str:
    kind, context = str(detail["type"]), detail.get("ctx") or {}
    if "-" in kind:
        return str(detail["msg"])  # an error of our own (`cpf-invalido`), in Portuguese where it is raised
    fixed = {
        "missing": "Campo obrigatório: informe-o.",
        "extra_forbidden": "Campo desconhecido: retire-o (confira a grafia na documentação).",
        "json_invalid": "O corpo não é um JSON válido: confira aspas, vírgulas e a codificação UTF-8.",
        "string_type": "Deve ser um texto entre aspas.",
        "int_type": "Deve ser um número inteiro.",
        "int_parsing": "Deve ser um número inteiro.",
        "int_from_float": "Deve ser um número inteiro, sem casas decimais.",
        "bool_type": "Deve ser true ou false.",
        "date_type": "Deve ser uma data no formato AAAA-MM-DD.",
        "date_parsing": "Deve ser uma data que exista, no formato AAAA-MM-DD.",
        "date_from_datetime_parsing": "Deve ser uma data que exista, no formato AAAA-MM-DD.",
        "date_from_datetime_inexact": "Deve ser uma data no formato AAAA-MM-DD, sem hora.",
        "list_type": "Deve ser uma lista.",
        "model_type": "Deve ser um objeto JSON.",
        "model_attributes_type": "Deve ser um objeto JSON.",
        "string_pattern_mismatch": "O formato não confere com o documentado para este campo.",
    }
    if kind in fixed:
        return fixed[kind]
    bounds = {
        "string_too_short": ("min_length", "Muito curto: mínimo de {} caractere(s)."),
        "string_too_long": ("max_length", "Muito longo: máximo de {} caractere(s)."),
        "too_short": ("min_length", "Lista curta demais: mínimo de {} item(ns)."),
        "too_long": ("max_length", "Lista longa demais: máximo de {} itens."),
        "greater_than_equal": ("ge", "Deve ser maior ou igual a {}."),
        "less_than_equal": ("le", "Deve ser menor ou igual a {}."),
        "enum": ("expected", "Valor não aceito: use um de {}."),
        "literal_error": ("expected", "Valor não aceito: use um de {}."),
    }
    if kind in bounds:
        name, text = bounds[kind]
        return text.format(str(context.get(name, "")).replace(" or ", " ou "))
    return "Valor inválido: confira o formato na documentação do campo."


@dataclass(frozen=True, slots=True)
class Response:
    """What a handler answers; `content` is JSON-able, bytes or text."""

    status: int
    content: Any = None
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A path, query or header parameter, for the documentation.

    Attributes:
        refusals: problem statuses that it may be refused with.
    """

    name: str
    where: str
    description: str
    required: bool = False
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    example: Any = None
    refusals: tuple[int, ...] = ()


PRESTADOR = Parameter(
    "Conecta-Prestador",
    "header",
    "Prestador em nome de quem se age; obrigatório para quem serve mais de um.",
    example="12345678000195",
    refusals=(404, 422),
)
CURSOR = Parameter("cursor", "query", "Continuação de uma página anterior.", refusals=(400,))
IDEMPOTENCY = Parameter(
    "Idempotency-Key", "header", "Chave sua para repetir sem efeito em dobro, guardada por 24 horas.",
    schema={"type": "string", "minLength": 1, "maxLength": 255}, example="5f0c9a52-7f0e-4f7e-9d0e-0b6f3f1c7a11",
    refusals=(409, 422),
)  # fmt: skip
IF_MATCH = Parameter(
    "If-Match", "header", "A ETag do que se viu: se mudou desde então, a resposta é 412.", example='"1"',
    refusals=(412,),
)  # fmt: skip
IF_NONE_MATCH = Parameter("If-None-Match", "header", "A ETag que já se tem: sem mudança, a resposta é 304.")
REGISTRO_ANS = Parameter(
    "registro_ans", "query", "Registro ANS da operadora.", required=True,
    schema={"type": "string", "pattern": "^[0-9]{6}$"}, example="345695",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reply:
    """A documented answer: its model (or none, with a media type) and an example.

    Several of one status are one answer in several media types.
    """

    status: int
    description: str
    model: type[BaseModel] | None = None
    media_type: str = JSON
    example: Any = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One route: what it is called, who may call it, what it takes and answers, and who carries it out.

    Attributes:
        funcao: the Lambda that answers (`documentos-api`).
        escopos: any one of these suffices for a machine; empty means public.
        run: takes the request, answers a response; parses, calls one use case, renders.
        accepts: media type of the request body: one that is not JSON has an example and no model.
        example: of the request body.
        refusals: problem statuses beyond 401/403/404/429/500 and those of its parameters and its body.
    """

    method: str
    path: str
    name: str
    funcao: str
    tag: str
    summary: str
    description: str
    run: Callable[[Request], Response]
    replies: Sequence[Reply]
    escopos: tuple[str, ...] = ()
    parameters: Sequence[Parameter] = ()
    body: type[BaseModel] | None = None
    accepts: str = JSON
    example: Any = None
    refusals: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Resposta:
    """What is answered to a TISS message.

    Attributes:
        achados: why it is an error; empty when it is none.
        recurso: kind and id of what it made, moved or asked about, when it is one thing.
    """

    status: int
    xml: bytes
    achados: tuple[Any, ...] = ()
    recurso: tuple[str, str] | None = None


def handed_over(  # as `Operation`
    transacao: str,
    name: str,
    run: Callable[[Request], Response],
    *,
    funcao: str,
    tag: str,
    summary: str,
    answer: str,
    capabilities: Sequence[str],
) -> Operation:
    """Where the XML door hands over a message: no route of its own, only the door's is published.

    Args:
        transacao: name of its body element.
        answer: which messages answer it.
        capabilities: any one of these suffices for a machine.
    """
    return Operation(
        "POST", f"/tiss/{transacao}", name, funcao, tag, f"{summary} por mensagem TISS",
        "Entregue pela porta XML, `POST /tiss/{transacao}`.", run,
        (Reply(200, f"{answer}.", media_type=XML),),
        escopos=tuple(f"conecta/{one}" for one in capabilities),
        parameters=(Parameter("transacao", "path", transacao, required=True), PRESTADOR),
    )  # fmt: skip


def asked_by(  # as `Operation`
    caller: str, path: str, name: str, run: Callable[[Request], Response], *,
    funcao: str, tag: str, summary: str, answer: str,
) -> Operation:  # fmt: skip
    """What another function of ours asks (`calls.ask`): published nowhere.

    Args:
        caller: the context that asks, and what for.
    """
    return Operation("POST", path, name, funcao, tag, summary, f"Chamada por {caller}.", run, (Reply(200, answer),))


ErrorMap = Mapping[type[Exception], Callable[[Any], ProblemError]]


class Api:
    """A Lambda entry over a table of operations.

    Args:
        operations: the routes of this function.
        errors: the one table from the context's errors to the wire.
        origins: exact origins that may read answers in a browser.
    """

    def __init__(
        self, operations: Sequence[Operation], errors: ErrorMap, origins: Callable[[], frozenset[str]]
    ) -> None:
        self._routes = {(operation.method, operation.path): operation for operation in operations}
        self._errors = errors
        self._origins = origins

    @cold_start.ends
    def __call__(self, event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
        """Answer one API Gateway proxy event."""
        started = time.perf_counter()
        headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
        correlacao = str((event.get("requestContext") or {}).get("requestId") or "sem-correlacao")
        key = (str(event.get("httpMethod", "")), str(event.get("resource", "")))
        operation = self._routes.get(key)
        try:
            if operation is None:
                raise problems.not_found()  # noqa: TRY301
            request = _request(event, key, headers, correlacao)
            _require_scope(operation, request)
            response = operation.run(request)
        except ProblemError as problem:
            response = _problem(problem, correlacao)
        except TransientConflictError:
            response = _problem(problems.busy(), correlacao)
        except Exception as error:  # noqa: BLE001  # the border: nothing unexpected may reach the caller
            response = self._refused(error, correlacao)
        observability.log(
            "info", "requisicao atendida",
            operacao=operation.name if operation else "desconhecida", status=response.status, correlacao=correlacao,
            duracao_ms=round((time.perf_counter() - started) * 1000, 1),
        )  # fmt: skip
        return self._render(response, headers.get("origin", ""), correlacao)

    def _refused(self, error: Exception, correlacao: str) -> Response:
        for kind in type(error).__mro__:
            if kind in self._errors:
                return _problem(self._errors[kind](error), correlacao)
        observability.failure("falha inesperada", error, correlacao=correlacao)
        return _problem(problems.unserved() if unserved(error) else problems.internal(), correlacao)

    def _render(self, response: Response, origin: str, correlacao: str) -> dict[str, Any]:
        headers = {
            **SECURITY_HEADERS,
            "Content-Type": response.media_type,
            "Conecta-Correlacao": correlacao,
            **cors_headers(origin, self._origins()),
            **response.headers,
        }
        if isinstance(response.content, bytes):
            encoded = base64.b64encode(response.content).decode()
            return {"statusCode": response.status, "headers": headers, "body": encoded, "isBase64Encoded": True}
        if response.content is None:
            text = ""
        elif isinstance(response.content, str):
            text = response.content
        else:
            text = json.dumps(response.content, ensure_ascii=False, separators=(",", ":"))
        return {"statusCode": response.status, "headers": headers, "body": text, "isBase64Encoded": False}


class Parts:
    """A Lambda entry over modules of routes, each imported when one of its routes is first asked.

    A module has `OPERATIONS`, `ERRORS` and, for what other functions hand over, `UNPUBLISHED`. A context with many
    routes thus starts as quickly as one with few.

    Args:
        package: where the modules are.
        modules: the module of every route that begins so; the longest beginning counts.
        origins: exact origins that may read answers in a browser.
    """

    def __init__(self, package: str, modules: Mapping[str, str], origins: Callable[[], frozenset[str]]) -> None:
        self._package = package
        self._names = tuple(dict.fromkeys(modules.values()))
        self._modules = dict(sorted(modules.items(), key=lambda item: -len(item[0])))
        self._origins = origins
        self._apis: dict[str, Api] = {}

    def __call__(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Answer one API Gateway proxy event."""
        resource = str(event.get("resource", ""))
        name = next((module for start, module in self._modules.items() if resource.startswith(start)), "")
        if name not in self._apis:
            self._apis[name] = self._api(name)
        return self._apis[name](event, context)

    def _api(self, name: str) -> Api:
        if not name:
            return Api((), {}, self._origins)
        part = importlib.import_module(f"{self._package}.{name}")
        return Api((*part.OPERATIONS, *getattr(part, "UNPUBLISHED", ())), part.ERRORS, self._origins)

    def operations(self) -> tuple[Operation, ...]:
        """Every published operation, in the order the modules are named; for the documentation, as it imports all."""
        parts = [importlib.import_module(f"{self._package}.{name}") for name in self._names]
        return tuple(operation for part in parts for operation in part.OPERATIONS)


def cors_headers(origin: str, allowed: frozenset[str]) -> dict[str, str]:
    """CORS for one exact origin; nothing for any other."""
    if origin not in allowed:
        return {"Vary": "Origin"}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": "Conecta-Correlacao, ETag, Location, Retry-After",
        "Vary": "Origin",
    }


def _problem(problem: ProblemError, correlacao: str) -> Response:
    return Response(problem.status, problem.body(correlacao), "application/problem+json", problem.headers)


def _require_scope(operation: Operation, request: Request) -> None:
    """A machine's token needs one of the route's scopes; what a person may do is judged by the papel, later.

    An ID token, or none, is told that first (401): it has no scope to lack (`decisoes.md` 9).
    """
    if not operation.escopos:
        return
    if request.claims.get("token_use") != "access":
        raise problems.unauthenticated()
    granted = set(str(request.claims.get("scope", "")).split())
    if not granted & {PERSON_SCOPE, *operation.escopos}:
        raise problems.out_of_scope(operation.escopos)


def _request(event: Mapping[str, Any], key: tuple[str, str], headers: Mapping[str, str], correlacao: str) -> Request:
    raw = event.get("body") or ""
    try:
        body = base64.b64decode(raw, validate=True) if event.get("isBase64Encoded") else str(raw).encode()
    except ValueError as error:
        raise problems.invalid_body((FieldError("$", "corpo-ilegivel", "O corpo não pôde ser lido."),)) from error
    claims = ((event.get("requestContext") or {}).get("authorizer") or {}).get("claims") or {}
    return Request(
        method=key[0],
        route=key[1],
        path=event.get("pathParameters") or {},
        query=event.get("queryStringParameters") or {},
        headers=headers,
        claims=claims,
        body=body,
        correlacao=correlacao,
        event=event,
    )
