"""What every function composes in the same way: clock, cadastro; and, of a request, caller, kept answers, page tokens.

What only requests need is imported by the functions that need it: queues and workflows pay for none of it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from conecta_edge.aws import client
from conecta_edge.cadastro import DynamoCadastroReader
from conecta_edge.clock import Clock, SystemClock
from conecta_edge.secrets import secret
from conecta_edge.settings import required

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conecta_atos.portas import Guardar
    from conecta_edge.audit import Actor
    from conecta_edge.catalogo import Catalogo
    from conecta_edge.http import Request, Response, Resposta
    from conecta_edge.idempotency import IdempotencyTable, Keep, Once
    from conecta_edge.pseudonyms import Pseudonyms
    from conecta_edge.tenancy import KnownClients, OperadoraPrincipal, Person, Principal

NINGUEM: Final = "000000"
"""Who answers before any operadora was loaded."""


@lru_cache(maxsize=1)
def clock() -> Clock:
    """The clock of this process."""
    return SystemClock()


@lru_cache(maxsize=1)
def cadastro() -> DynamoCadastroReader:
    """The read-only view of cadastro."""
    return DynamoCadastroReader(client("dynamodb"), required("TABELA_CADASTRO"), clock())


@lru_cache(maxsize=1)
def catalogo() -> Catalogo:
    """Plans, contracts, prices and rules, cached for a bounded time."""
    from conecta_edge.catalogo import Catalogo  # noqa: PLC0415

    return Catalogo(client("dynamodb"), required("TABELA_CADASTRO"), clock())


def answering(destino: str | None) -> tuple[str, bool]:
    """Who answers a message: the operadora it names, or when it is none of ours any; and whether it is one of ours."""
    known = [operadora.registro_ans for operadora in catalogo().operadoras()]
    return (destino, True) if destino in known and destino else (next(iter(known), NINGUEM), False)


@lru_cache(maxsize=1)
def pseudonyms() -> Pseudonyms:
    """What stands for CPFs and carteiras in keys; the secret is read once per process."""
    from conecta_edge.pseudonyms import Pseudonyms  # noqa: PLC0415

    return Pseudonyms(secret(required("SEGREDO_PSEUDONIMOS_ARN")))


@lru_cache(maxsize=1)
def _known_clients() -> KnownClients:
    from conecta_edge.tenancy import KnownClients  # noqa: PLC0415

    return KnownClients(required("CLIENTE_PORTAL_PRESTADORES"), required("CLIENTE_PORTAL_OPERADORA"))


def principal(request: Request) -> Principal:
    """The verified caller of a request, narrowed to one prestador.

    Raises:
        ProblemError: see :func:`conecta_edge.tenancy.resolve`.
    """
    from conecta_edge.tenancy import resolve  # noqa: PLC0415

    return resolve(request.claims, request.headers, _known_clients(), cadastro())


def door(process: Callable[[Request, Principal], Resposta], *capabilities: str) -> Callable[[Request], Response]:
    """What answers a message that the XML door hands over: a use case that also answers it as a file.

    Args:
        capabilities: any one of these suffices.
    """
    from conecta_edge.http import XML, Response  # noqa: PLC0415

    def run(request: Request) -> Response:
        caller = principal(request)
        caller.require(*capabilities)
        answer = process(request, caller)
        return Response(answer.status, answer.xml, XML)

    return run


def person(request: Request) -> Person:
    """The signed-in person of a request that needs no prestador.

    Raises:
        ProblemError: see :func:`conecta_edge.tenancy.resolve_person`.
    """
    from conecta_edge.tenancy import resolve_person  # noqa: PLC0415

    return resolve_person(request.claims, _known_clients())


def operadora(request: Request) -> OperadoraPrincipal:
    """The person of an operadora who makes a request.

    Raises:
        ProblemError: see :func:`conecta_edge.tenancy.resolve_operadora`.
    """
    from conecta_edge.tenancy import resolve_operadora  # noqa: PLC0415

    return resolve_operadora(request.claims, _known_clients(), cadastro())


def record_access(
    request: Request,
    actor: Actor,
    *,
    finalidade: str,
    objeto: str | None = None,
    sujeitos: tuple[str, ...] = (),
    campos: tuple[str, ...] = (),
) -> None:
    """Append the audit's row of a request that reads personal data, before any of them is answered.

    Raises:
        TransientConflictError: throttled; what could not be audited is not answered.
    """
    from conecta_edge import audit  # noqa: PLC0415

    access = audit.Access(actor, request.route, finalidade, request.correlacao, objeto, sujeitos, campos)
    audit.append(client("dynamodb"), required("TABELA_AUDITORIA"), access, clock().now())


@lru_cache(maxsize=1)
def idempotency_table() -> IdempotencyTable:
    """Kept answers."""
    from conecta_edge.idempotency import IdempotencyTable  # noqa: PLC0415

    return IdempotencyTable(client("dynamodb"), required("TABELA_IDEMPOTENCIA"))


@lru_cache(maxsize=1)
def origins() -> frozenset[str]:
    """Exact origins that may read answers in a browser."""
    return frozenset(origin.strip() for origin in required("ORIGENS_PERMITIDAS").split(",") if origin.strip())


Position = dict[str, str] | None


def cursor(request: Request, scope: str) -> tuple[Position, Callable[[Mapping[str, str] | None], str | None]]:
    """The position a request's `cursor` names, and what makes the next page's token.

    The secret is read only when there is a token to read or to make.

    Raises:
        ProblemError: 400, the token is not one of this tenant, route and filter, or has expired.
    """
    from conecta_edge import page_tokens  # noqa: PLC0415

    now, token = clock().now(), request.query.get("cursor")
    position = page_tokens.read(_page_secret(), token, scope, now) if token else None

    def token_of(following: Mapping[str, str] | None) -> str | None:
        return page_tokens.issue(_page_secret(), following, scope, now) if following else None

    return position, token_of


def _page_secret() -> bytes:
    return secret(required("SEGREDO_ARN"))


def attempt(request: Request, prestador_id: str, subject: str) -> Once:
    """What is kept of a request under its `Idempotency-Key`, for an effect that reads it along with everything else.

    Args:
        prestador_id: whose key it is; of an operadora's people, the operadora.

    Raises:
        ProblemError: 422 the key is empty or too long.
    """
    from conecta_edge import idempotency  # noqa: PLC0415

    made = idempotency.attempt(
        request.headers,
        prestador_id=prestador_id,
        route=request.route,
        subject=subject,
        # The same act on another thing is another request, whatever its body.
        body="/".join([*request.path.values(), ""]).encode() + request.body,
    )
    return idempotency.Once(idempotency_table(), made, clock().now())


def once(request: Request, caller: Principal, effect: Callable[[Keep], Any]) -> Any:
    """Carry out an effect at most once per `Idempotency-Key`; see `idempotency.Once.carry_out`."""
    return attempt(request, caller.prestador_id, caller.subject).carry_out(effect)


def done(  # noqa: PLR0917  # whose act, what it does, what is shown of it
    request: Request, tenant: str, quem: str, act: Callable[[Guardar], Any], view: Callable[[Any], dict[str, Any]],
    status: int = 200, *, of: Callable[[dict[str, Any]], dict[str, Any]] = dict,
) -> Response:  # fmt: skip
    """Carry out an act once per `Idempotency-Key`, and answer what it left, its `versao` as the ETag.

    Args:
        tenant: whose key it is, as of `attempt`.
        act: a use case that is still to be told what is kept with it.
        of: what of an answer has the `versao`.
    """
    from conecta_edge.http import Response  # noqa: PLC0415

    answer = attempt(request, tenant, quem).carry_out(lambda keep: view(act(lambda left: keep(view(left)))))
    versao = of(answer).get("versao")
    return Response(status, answer, headers={} if versao is None else {"ETag": f'"{versao}"'})
