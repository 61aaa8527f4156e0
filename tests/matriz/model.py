"""Rows, callers and the oracle: who is refused what, and in which order (`decisoes.md` 9). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final

Values = Mapping[str, str]
"""What a call's templates are filled with: the caller's own ids, somebody else's, or none that exist."""

PAPEIS: Final = frozenset({"recepcao", "faturista", "gestor"})
BILLING: Final = frozenset({"faturista", "gestor"})
FRONT_DESK: Final = frozenset({"recepcao", "gestor"})
GESTOR: Final = frozenset({"gestor"})
EVERYTHING: Final = frozenset({"autorizacao", "faturamento", "arquivos"})
"""What a relacionamento releases."""
CADASTRO: Final = frozenset({"cadastro"})
CENTRAL: Final = frozenset({"central"})
AUDITORIA: Final = frozenset({"auditoria"})
FINANCEIRO: Final = frozenset({"financeiro"})


class Door(Enum):
    """What an operation asks of who calls it before anything else."""

    PUBLIC = "nobody in particular"
    SIGNED_IN = "any person of ours, of a prestador or of an operadora"
    PERSON = "any person of the prestadores' pool, bound or not"
    PRESTADOR = "a person bound to a prestador, or its machine"
    OPERADORA = "a person of an operadora"


class Kind(Enum):
    """What a caller is."""

    NOBODY = "no access token of ours"
    STRANGER = "a person's access token by an app client that is not a portal's"
    PERSON = "a person of the prestadores' pool"
    MACHINE = "a prestador's machine"
    OPERADORA = "a person of the operadora's pool"


class Target(Enum):
    """Whose the thing is that a call names."""

    NONE = "the operation names nothing"
    OWN = "the caller's"
    FOREIGN = "another tenant's"
    ABSENT = "nobody's"
    MALFORMED = "nothing that could be an id"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What must come back; without a codigo it is a TISS message with `mensagemErro`."""

    status: int
    codigo: str | None


UNAUTHENTICATED: Final = Refusal(401, "nao-autenticado")
OUT_OF_SCOPE: Final = Refusal(403, "escopo-insuficiente")
WRONG_ROLE: Final = Refusal(403, "papel-insuficiente")
UNBOUND: Final = Refusal(403, "sem-vinculo")
NOT_FOUND: Final = Refusal(404, "nao-encontrado")
NO_AUTHORIZATION: Final = Refusal(404, "autorizacao-nao-encontrada")
INVALID: Final = Refusal(422, "requisicao-invalida")
INVALID_MESSAGE: Final = Refusal(422, None)
NOT_ENABLED: Final = Refusal(403, "relacionamento-nao-habilitado")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One operation of the API.

    Attributes:
        operation: its operationId.
        variant: which of the things that it does, when what is asked of the caller depends on its body.
        papeis: of people, at :attr:`Door.PRESTADOR`.
        escopos: a machine needs one of them for this very call; none: the operation is for people only.
        opens: scopes that open the route, when they are more than what this very call needs.
        grupos: of people of an operadora.
        thing: kind of what the call names, to be looked for among what the caller owns.
        named_in: `path`, `query` or `body`, or a path and a body together: what is wrong in a body is told before
            anything in it is looked for.
        malformed: status when what names the thing cannot be an id.
        missing: what a foreign and an absent thing are answered.
        legacy: a number that is none of ours may be one of before the migration, and is told so (R07).
        path, query: parameters, as templates.
        body: of a valid call.
        media_type: of the body.
        free: whether the body may be any JSON object.
        wrong: query parameters that make a valid call wrong; without any, its body is spoilt.
        ok: status of a valid call.
        makes: kind of what a valid call uses, when it is not any `thing`: it is made for that call, or must be there.
        needs: what the relacionamento must release.
        alone: all callers of a prestador change one and the same thing: one of them does.
        tiss: what is wrong with a message, or with the relacionamento, is told by a TISS message, and only to who may.
        audit: rows a valid call appends to the audit.
        shows: kinds of personal data in its answer.
        writes: tables that a valid call changes, and `acervo` when it keeps a file.
        keyed: whether it takes an `Idempotency-Key`.
        sent_by, sent_with: of a message, papéis and scopes that may send such a one, when what this very call needs is
            known from its body alone.
    """

    operation: str
    door: Door
    variant: str = ""
    papeis: frozenset[str] = PAPEIS
    escopos: frozenset[str] = frozenset()
    opens: frozenset[str] = frozenset()
    grupos: frozenset[str] = CADASTRO
    thing: str | None = None
    named_in: str = "path"
    malformed: int = 404
    missing: Refusal = NOT_FOUND
    legacy: bool = False
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Callable[[Values], Any] | None = None
    media_type: str = "application/json"
    free: bool = False
    wrong: Mapping[str, str] | None = None
    ok: int = 200
    makes: str | None = None
    needs: str | None = None
    alone: bool = False
    tiss: bool = False
    audit: int = 0
    shows: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    keyed: bool = False
    sent_by: frozenset[str] = frozenset()
    sent_with: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Of the row, which no other has."""
        return f"{self.operation}-{self.variant}" if self.variant else self.operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody, or something, with a token or without.

    Attributes:
        name: what it is, in words, for the reader of a failure.
        headers: sent besides the token; `Conecta-Prestador` in particular.
        papeis: papel at each prestador it is bound to and active at.
        machine_of: of which prestador, for a machine.
        escopos: a machine's, in the token.
        live: false for a machine that was revoked, or whose overlap is over.
        grupos: groups at each operadora.
        owns: labels of what it may name: prestadores, `gestor:<prestador>`, `pessoa:<sub>`, registros ANS.
        registro: the operadora its calls are about.
        releases: what its relacionamento there releases; `arquivos` when it was enabled at any time.
    """

    name: str
    kind: Kind
    token: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    papeis: Mapping[str, str] = field(default_factory=dict)
    machine_of: str | None = None
    escopos: frozenset[str] = frozenset()
    live: bool = True
    grupos: Mapping[str, frozenset[str]] = field(default_factory=dict)
    owns: frozenset[str] = frozenset()
    registro: str = "345695"
    releases: frozenset[str] = EVERYTHING

    @property
    def prestador(self) -> str | None:
        """The prestador it acts for, when there is exactly one it can mean."""
        asked = self.headers.get("Conecta-Prestador", "").strip()
        held = {self.machine_of} if self.machine_of else set(self.papeis)
        if asked:
            return asked if asked in held else None
        return next(iter(held)) if len(held) == 1 else None


def refusal(row: Row, caller: Caller, target: Target, *, well_formed: bool = True) -> Refusal | None:
    """The refusal a call must meet, `None` when it must be carried out.

    Args:
        row: the operation.
        caller: who calls.
        target: whose the thing is that the call names.
        well_formed: whether the rest of the request is right.
    """
    if row.door is not Door.PUBLIC:
        who = who_is_refused(row, caller)
        if who is not None:
            return who
    invalid = None if well_formed else INVALID
    missing = _missing(row, target)
    if row.tiss:
        never = row.needs in {"arquivos", "faturamento"} and row.needs not in caller.releases
        sending = replace(row, papeis=row.sent_by or row.papeis, escopos=row.sent_with or row.escopos)
        wrong = INVALID_MESSAGE if invalid or never else None
        return _may(sending, caller, target) or wrong or _may(row, caller, target)
    if row.named_in.endswith("body"):
        # What a body names is read only from one that is right.
        return invalid or missing or _may(row, caller, target)
    return missing or invalid or _may(row, caller, target)


def who_is_refused(row: Row, caller: Caller) -> Refusal | None:  # noqa: PLR0911  # an order, one line each
    """401, 403 of the token, 404 and 422 of the prestador that is not the caller's or was not chosen."""
    if caller.kind is Kind.NOBODY:
        return UNAUTHENTICATED
    if caller.kind is Kind.MACHINE and not caller.escopos & (row.opens or row.escopos):
        return OUT_OF_SCOPE
    if not caller.live:
        return UNAUTHENTICATED
    if caller.kind is Kind.STRANGER:
        # Where nobody's bindings are read, a client that is not a portal's is no more than no person's.
        return UNAUTHENTICATED if row.door is Door.PRESTADOR else WRONG_ROLE
    if row.door is Door.SIGNED_IN:
        return WRONG_ROLE if caller.kind is Kind.OPERADORA and not caller.grupos else None
    if row.door is Door.OPERADORA:
        return WRONG_ROLE if caller.kind is not Kind.OPERADORA or not caller.grupos else None
    if caller.kind is Kind.OPERADORA:
        return WRONG_ROLE
    return _prestador(caller) if row.door is Door.PRESTADOR else None


def _prestador(caller: Caller) -> Refusal | None:
    if caller.prestador is not None:
        return None
    if caller.kind is Kind.PERSON and not caller.papeis:
        return UNBOUND
    return NOT_FOUND if caller.headers.get("Conecta-Prestador", "").strip() else INVALID


def _missing(row: Row, target: Target) -> Refusal | None:
    if target is Target.MALFORMED and row.malformed == INVALID.status:
        return INVALID
    return row.missing if target in {Target.FOREIGN, Target.ABSENT, Target.MALFORMED} else None


def _may(row: Row, caller: Caller, target: Target) -> Refusal | None:
    """403 of papel, group or relacionamento."""
    if row.door is Door.OPERADORA:
        # Without naming one, somewhere is enough.
        at = {caller.registro} if target is Target.OWN else set(caller.grupos)
        held = frozenset[str]().union(*(caller.grupos.get(registro, frozenset()) for registro in at))
        return None if held & row.grupos else WRONG_ROLE
    if row.door is not Door.PRESTADOR:
        return None
    if caller.kind is Kind.PERSON and caller.papeis[caller.prestador or ""] not in row.papeis:
        return WRONG_ROLE
    if caller.kind is Kind.MACHINE and not caller.escopos & row.escopos:
        return OUT_OF_SCOPE
    if row.needs is not None and row.needs not in caller.releases and not row.tiss:
        return NOT_ENABLED
    return None
