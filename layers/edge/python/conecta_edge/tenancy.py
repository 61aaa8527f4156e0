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

    def may(self, capability: str) -> bool:
        """Whether the caller may do `area.acao` (e.g. `peg.ler`)."""
        if self.papel is None:
            return capability in self.escopos
        return capability.partition(".")[0] in AREAS[self.papel]

    def require(self, capability: str) -> None:
        """Refuse with 403 unless :meth:`may`.

        Raises:
            ProblemError: 403 naming the papéis (people) or the scope (machines).
        """
        if self.may(capability):
            return
        if self.papel is None:
            raise problems.out_of_scope((f"conecta/{capability}",))
        area = capability.partition(".")[0]
        raise problems.wrong_role(tuple(papel.value for papel, areas in AREAS.items() if area in areas))


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
    client_id = str(claims.get("client_id", ""))
    subject = str(claims.get("sub", ""))
    if claims.get("token_use") != "access" or not client_id or not subject:
        raise problems.unauthenticated()
    wanted = headers.get(HEADER, "").strip()
    if client_id == clients.portal_operadora:
        raise problems.wrong_role(tuple(papel.value for papel in Papel))
    if client_id != clients.portal_prestadores:
        return _machine(claims, client_id, wanted, cadastro)
    bindings = {binding.prestador_id: binding for binding in cadastro.bindings(subject)}
    if not bindings:
        raise problems.ProblemError(
            403, "sem-vinculo", "Sem vínculo com prestador",
            "A sua conta ainda não está vinculada a um prestador. Peça ao gestor do prestador que a vincule.",
        )  # fmt: skip
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


def _machine(claims: Mapping[str, Any], client_id: str, wanted: str, cadastro: CadastroReader) -> Principal:
    prestador_id = cadastro.credential_prestador(client_id)
    if prestador_id is None:
        raise problems.unauthenticated()
    if wanted and wanted != prestador_id:
        raise problems.not_found()
    granted = str(claims.get("scope", "")).split()
    escopos = frozenset(scope.removeprefix("conecta/") for scope in granted if scope.startswith("conecta/"))
    return Principal(prestador_id, client_id, None, escopos)
