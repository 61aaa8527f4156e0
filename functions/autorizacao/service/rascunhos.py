"""Drafts of requests: what a prestador has written so far, kept for a month, never judged."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

GUARDADO: Final = timedelta(days=30)
"""How long a draft is kept after it was last written."""
ENVIADO: Final = timedelta(days=1)
"""How long it is remembered what a draft became, so that sending it again is free."""


class RascunhoNotFoundError(LookupError):
    """Absent, foreign, or kept long enough: the same."""


class RascunhoMudouError(Exception):
    """It is no longer as it was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rascunho:
    """A draft.

    Attributes:
        corpo: the JSON object, as text.
        quem: opaque id of whoever wrote it last.
        enviado: (registro ANS, numero) of what it became.
    """

    id: str
    prestador_id: str
    corpo: str
    quem: str
    criado_em: datetime
    alterado_em: datetime
    expira_em: datetime
    versao: int = 1
    enviado: tuple[str, str] | None = None


Guardar = Sequence[Mapping[str, Any]]
"""Transaction `Put` actions of the caller's."""


class Rascunhos(Protocol):
    """Drafts of prestadores; a write is conditional on what was read."""

    def get(self, prestador_id: str, rascunho_id: str) -> Rascunho | None:
        """One of a prestador."""
        ...

    def page(
        self, prestador_id: str, posicao: Mapping[str, str] | None, limite: int
    ) -> tuple[list[Rascunho], dict[str, str] | None]:
        """Drafts of a prestador, in no order that means anything; and where the next page starts."""
        ...

    def write(self, antes: Rascunho | None, depois: Rascunho, guardar: Guardar = ()) -> None:
        """Write one, on condition that it is still as read.

        Raises:
            RascunhoMudouError: it is not.
            Exception: what the caller's own actions lost against.
        """
        ...

    def put(self, antes: Rascunho, depois: Rascunho) -> Mapping[str, Any]:
        """The same, as an action of the caller's own transaction."""
        ...


def find(prestador_id: str, rascunho_id: str, *, rascunhos: Rascunhos, now: datetime) -> Rascunho:
    """A draft that was not sent yet.

    Raises:
        RascunhoNotFoundError: there is none such.
    """
    found = find_sent(prestador_id, rascunho_id, rascunhos=rascunhos, now=now)
    if found.enviado is not None:
        raise RascunhoNotFoundError
    return found


def find_sent(prestador_id: str, rascunho_id: str, *, rascunhos: Rascunhos, now: datetime) -> Rascunho:
    """A draft, sent or not.

    Raises:
        RascunhoNotFoundError: there is none such.
    """
    found = rascunhos.get(prestador_id, rascunho_id)
    if found is None or not alive(found, now):
        raise RascunhoNotFoundError
    return found


def alive(rascunho: Rascunho, now: datetime) -> bool:
    """Whether it is to be seen: rows are forgotten late."""
    return now < rascunho.expira_em


def expect(rascunho: Rascunho, versao: int | None) -> Rascunho:
    """The draft, when it is still the version that was seen.

    Raises:
        RascunhoMudouError: it is not.
    """
    if versao not in {None, rascunho.versao}:
        raise RascunhoMudouError
    return rascunho


def create(
    prestador_id: str,
    corpo: str,
    *,
    quem: str,
    rascunhos: Rascunhos,
    render: Callable[[Rascunho], Any],
    keep: Callable[[Any], Guardar],
    now: datetime,
) -> Any:
    """Keep a new draft, together with the answer that says so."""
    made = Rascunho(
        id=uuid.uuid4().hex, prestador_id=prestador_id, corpo=corpo, quem=quem, criado_em=now, alterado_em=now,
        expira_em=now + GUARDADO,
    )  # fmt: skip
    answer = render(made)
    rascunhos.write(None, made, keep(answer))
    return answer


def change(antes: Rascunho, corpo: str, *, quem: str, rascunhos: Rascunhos, now: datetime) -> Rascunho:
    """Write a draft anew; the month starts again.

    Raises:
        RascunhoMudouError: somebody else did meanwhile.
    """
    depois = replace(
        antes, corpo=corpo, quem=quem, alterado_em=now, expira_em=now + GUARDADO, versao=antes.versao + 1
    )  # fmt: skip
    rascunhos.write(antes, depois)
    return depois


def sent(antes: Rascunho, registro_ans: str, numero: str, now: datetime) -> Rascunho:
    """What is left of a draft: what it became."""
    return replace(
        antes, corpo="{}", enviado=(registro_ans, numero), expira_em=now + ENVIADO, versao=antes.versao + 1
    )  # fmt: skip


def removed(antes: Rascunho, now: datetime) -> Rascunho:
    """What is left of a draft that was thrown away, until it is forgotten."""
    return replace(antes, corpo="{}", expira_em=now, versao=antes.versao + 1)
