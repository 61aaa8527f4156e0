"""Who is calling, and for which prestador: from the verified token and our own table only.

The authorizer has verified signature, issuer and expiry; what is left to the core is that the token is an *access*
token of a client we know, and the binding person ↔ prestador ↔ papel, which lives in `cadastro` and never in an
attribute the person could write (`seguranca.md` §3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from conecta_edge import problems
from conecta_edge.audit import Actor
from conecta_edge.cadastro import CadastroReader
from conecta_edge.problems import FieldError

HEADER: Final = "conecta-prestador"


class Papel(StrEnum):
    """What a person is at a prestador (`decisoes.md` 7)."""

    RECEPCAO = "recepcao"
    FATURISTA = "faturista"
    GESTOR = "gestor"


_RECEPCAO: Final = frozenset({"elegibilidade", "autorizacao"})
_FATURISTA: Final = frozenset({"peg", "pagamento", "recurso", "documentos"})
AREAS: Final[Mapping[Papel, frozenset[str]]] = {
    Papel.RECEPCAO: _RECEPCAO,
    Papel.FATURISTA: _FATURISTA,
    Papel.GESTOR: _RECEPCAO | _FATURISTA,
}


@dataclass(frozen=True, slots=True)
class KnownClients:
    """The app clients of people: any other client id must be a machine credential bound to a prestador."""

    portal_prestadores: str
    portal_operadora: str


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in person of the prestadores' pool, bound to a prestador or to none."""

    subject: str


@dataclass(frozen=True, slots=True)
class Principal:
    """The verified caller, already narrowed to one prestador.

    Attributes:
        prestador_id: the only tenant this request can touch.
        subject: opaque id of the person or credential (never an e-mail).
        papel: of a person; `None` for a machine.
        escopos: of a machine, `area.acao`; empty for a person.
    """

    prestador_id: str
    subject: str
    papel: Papel | None
    escopos: frozenset[str]

    @property
    def actor(self) -> Actor:
        """Who acts, as the audit writes it."""
        return Actor(f"PRESTADOR#{self.prestador_id}", self.subject, self.papel.value if self.papel else "maquina")

    def may(self, capability: str) -> bool:
        """Whether the caller may do `area.acao` (e.g. `peg.ler`)."""
        if self.papel is None:
            return capability in self.escopos
        return capability.partition(".")[0] in AREAS[self.papel]

    def require(self, *capabilities: str) -> None:
        """Refuse with 403 unless the caller :meth:`may` do one of them.

        Raises:
            ProblemError: 403 naming the papéis (people) or the scopes (machines).
        """
        if any(self.may(capability) for capability in capabilities):
            return
        if self.papel is None:
            raise problems.out_of_scope(tuple(f"conecta/{capability}" for capability in capabilities))
        wanted = {capability.partition(".")[0] for capability in capabilities}
        raise problems.wrong_role(tuple(papel.value for papel, areas in AREAS.items() if areas & wanted))

    def require_gestor(self) -> None:
        """Refuse with 403 whoever is not a gestor: people and credentials are the gestor's alone.

        Raises:
            ProblemError: 403.
        """
        if self.papel is not Papel.GESTOR:
            raise problems.wrong_role((Papel.GESTOR.value,))


class Grupo(StrEnum):
    """What a person is at an operadora (`decisoes.md` 7)."""

    CENTRAL = "central"
    AUDITORIA = "auditoria"
    FINANCEIRO = "financeiro"
    CADASTRO = "cadastro"


@dataclass(frozen=True, slots=True)
class OperadoraPrincipal:
    """A verified person of one or more operadoras.

    Attributes:
        subject: opaque id of the person.
        grupos: groups at each registro ANS, in our table and in the token both.
    """

    subject: str
    grupos: Mapping[str, frozenset[Grupo]]

    def asked(self, registro_ans: str | None) -> str:
        """The operadora that is asked about, or the only one of the person.

        Raises:
            ProblemError: 404 it is not the person's (foreign = absent); 422 there are several, and none is named.
        """
        if not registro_ans and len(self.grupos) > 1:
            text = "A sua conta serve mais de uma operadora: informe o registro ANS na consulta."
            raise problems.invalid_body((FieldError("registro_ans", "operadora-nao-escolhida", text),))
        chosen = registro_ans or next(iter(self.grupos))
        if chosen not in self.grupos:
            raise problems.not_found()
        return chosen

    def at(self, registro_ans: str, *wanted: Grupo) -> str:
        """The registro, when the person may act there in one of the groups.

        Raises:
            ProblemError: 404 the operadora is not the person's (foreign = absent); 403 none of the groups.
        """
        held = self.grupos.get(registro_ans)
        if held is None:
            raise problems.not_found()
        if not held & set(wanted):
            raise problems.wrong_role(tuple(grupo.value for grupo in wanted))
        return registro_ans

    def all_at(self, *wanted: Grupo) -> tuple[str, ...]:
        """Every registro where the person is in one of the groups.

        Raises:
            ProblemError: 403 nowhere.
        """
        found = tuple(sorted(registro for registro, held in self.grupos.items() if held & set(wanted)))
        if not found:
            raise problems.wrong_role(tuple(grupo.value for grupo in wanted))
        return found

    def actor_at(self, registro_ans: str) -> Actor:
        """Who acts there, as the audit writes it."""
        groups = " ".join(sorted(grupo.value for grupo in self.grupos[registro_ans]))
        return Actor(f"OPERADORA#{registro_ans}", self.subject, groups)


def resolve(
    claims: Mapping[str, Any], headers: Mapping[str, str], clients: KnownClients, cadastro: CadastroReader
) -> Principal:
    """The principal of a request.

    Args:
        claims: what the authorizer verified.
        headers: lower-cased request headers.
        clients: the app clients of people.
        cadastro: where bindings live.

    Raises:
        ProblemError: 401 not one of our access tokens; 403 no binding, or an operadora's person on a prestador's
            route; 404 the header names a prestador the caller is not bound to (foreign = absent); 422 several
            bindings and no header.
    """
    client_id, subject = _caller(claims)
    wanted = headers.get(HEADER, "").strip()
    if client_id == clients.portal_operadora:
        raise problems.wrong_role(tuple(papel.value for papel in Papel))
    if client_id != clients.portal_prestadores:
        return _machine(claims, client_id, wanted, cadastro)
    bindings = {binding.prestador_id: binding for binding in cadastro.bindings(subject)}
    if not bindings:
        raise _unbound()
    if not wanted:
        if len(bindings) > 1:
            raise problems.invalid_body(
                (
                    FieldError(
                        "Conecta-Prestador", "prestador-nao-escolhido",
                        "A sua conta serve mais de um prestador: informe qual neste cabeçalho.",
                    ),
                )
            )  # fmt: skip
        wanted = next(iter(bindings))
    if wanted not in bindings:
        raise problems.not_found()
    return Principal(wanted, subject, Papel(bindings[wanted].papel), frozenset())


def resolve_person(claims: Mapping[str, Any], clients: KnownClients) -> Person:
    """The person of a request that needs no prestador.

    Raises:
        ProblemError: 401 not one of our access tokens; 403 an operadora's person, or a machine.
    """
    client_id, subject = _caller(claims)
    if client_id != clients.portal_prestadores:
        raise problems.wrong_role(tuple(papel.value for papel in Papel))
    return Person(subject)


def resolve_operadora(claims: Mapping[str, Any], clients: KnownClients, cadastro: CadastroReader) -> OperadoraPrincipal:
    """The person of an operadora who makes a request.

    A group counts only where our table says so, too: neither a token's group without a binding nor a binding to a
    group the person was taken out of opens anything.

    Raises:
        ProblemError: 401 not one of our access tokens; 403 not a person of the operadora's pool, or bound nowhere.
    """
    client_id, subject = _caller(claims)
    groups = tuple(grupo.value for grupo in Grupo)
    if client_id != clients.portal_operadora:
        raise problems.wrong_role(groups)
    token = _groups(claims)
    held: dict[str, frozenset[Grupo]] = {}
    for binding in cadastro.operadora_bindings(subject):
        bound = {Grupo(name) for name in binding.grupo.split() if name in token and name in groups}
        if bound:
            held[binding.registro_ans] = frozenset(bound)
    if not held:
        raise problems.wrong_role(groups)
    return OperadoraPrincipal(subject, held)


def _caller(claims: Mapping[str, Any]) -> tuple[str, str]:
    client_id, subject = str(claims.get("client_id", "")), str(claims.get("sub", ""))
    if claims.get("token_use") != "access" or not client_id or not subject:
        raise problems.unauthenticated()
    return client_id, subject


def _groups(claims: Mapping[str, Any]) -> frozenset[str]:
    """The token's groups: API Gateway gives a list as text (`a,b` or `[a b]`), others as it is."""
    held = claims.get("cognito:groups", ())
    names = held.strip("[]").replace(",", " ").split() if isinstance(held, str) else held
    return frozenset(str(name) for name in names)


def _unbound() -> problems.ProblemError:
    return problems.ProblemError(
        403, "sem-vinculo", "Sem vínculo com prestador",
        "A sua conta ainda não está vinculada a um prestador. Peça ao gestor do prestador que a vincule, ou solicite "
        "o relacionamento em POST /relacionamentos.",
    )  # fmt: skip


def _machine(claims: Mapping[str, Any], client_id: str, wanted: str, cadastro: CadastroReader) -> Principal:
    found = cadastro.credential(client_id)
    if found is None:
        raise problems.unauthenticated()
    prestador_id, allowed = found
    if wanted and wanted != prestador_id:
        raise problems.not_found()
    granted = str(claims.get("scope", "")).split()
    escopos = frozenset(scope.removeprefix("conecta/") for scope in granted if scope.startswith("conecta/"))
    # The token says what Cognito granted, the row what the gestor did: both are needed.
    return Principal(prestador_id, client_id, None, escopos & allowed)
