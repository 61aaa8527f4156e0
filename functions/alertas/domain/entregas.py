"""Deliveries of events to webhooks, and the lines they stand in: one an entity, so that none overtakes another."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from alertas.domain.webhooks import Falha

if TYPE_CHECKING:
    from collections.abc import Mapping

TENTADA_POR: Final = timedelta(days=1)
"""From the first attempt on; then it is given up."""
GUARDADA: Final = timedelta(days=90)
TENTATIVAS: Final = 30
"""How many of the latest attempts are told."""
PRIMEIRA_ESPERA: Final = timedelta(seconds=15)
MAIOR_ESPERA: Final = timedelta(hours=2)
_GONE: Final = 410
_MARKS: Final = re.compile(r"[-:.Z]")


class SituacaoEntrega(StrEnum):
    """What became of it."""

    PENDENTE = "PENDENTE"
    ENTREGUE = "ENTREGUE"
    ESGOTADA = "ESGOTADA"
    """Given up after a day of attempts."""
    RETIDA = "RETIDA"
    """Not attempted: its webhook was not active."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resultado:
    """What came of one request.

    Attributes:
        status: of the answer, when one came.
        falha: why it did not deliver; `None` when it did.
        corpo: the beginning of the answer's body, which nothing keeps.
    """

    duracao_ms: int
    status: int | None = None
    falha: Falha | None = None
    corpo: bytes = b""

    @property
    def unwanted(self) -> bool:
        """Whether the endpoint says that it wants no more."""
        return self.status == _GONE


@dataclass(frozen=True, slots=True)
class Tentativa:
    """An attempt, as it is kept."""

    em: datetime
    duracao_ms: int
    status: int | None = None
    falha: Falha | None = None


@dataclass(frozen=True, slots=True)
class Periodo:
    """Which deliveries of a webhook are meant.

    Attributes:
        de, ate: beginnings of ids, both inclusive.
        situacao: only those in it; `None` is all.
    """

    de: str
    ate: str
    situacao: SituacaoEntrega | None = None


@dataclass(frozen=True, slots=True)
class Lugar:
    """Name of a line: an entity at a webhook."""

    prestador_id: str
    webhook: str
    entidade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Linha:
    """How far the line of an entity is.

    Attributes:
        proxima: instant of its next attempt; `None` when nothing stands in it.
        tentativas: of its first delivery, without success.
        postas: how many deliveries were ever put into it.
        versao: optimistic lock of who attempts.
    """

    lugar: Lugar
    proxima: datetime | None
    tentativas: int
    postas: int
    versao: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrega:
    """An event on its way to a webhook.

    Attributes:
        id: instant and id of the event: the order of these is that of events.
        corpo: what is sent, byte for byte, at every attempt.
        criada_em: when it was put in.
        desde: instant of the first attempt, since it was last sent off.
        reenvios: how often it was sent off again.
        versao: optimistic lock.
    """

    id: str
    prestador_id: str
    webhook: str
    tipo: str
    entidade: str
    corpo: str
    criada_em: datetime
    situacao: SituacaoEntrega = SituacaoEntrega.PENDENTE
    desde: datetime | None = None
    tentativas: tuple[Tentativa, ...] = ()
    reenvios: int = 0
    versao: int = 1

    @property
    def lugar(self) -> Lugar:
        """The line it stands in."""
        return Lugar(self.prestador_id, self.webhook, self.entidade)

    @property
    def expira_em(self) -> datetime:
        """The first instant at which it is shown no more."""
        return self.criada_em + GUARDADA

    def attempted(self, resultado: Resultado, now: datetime) -> Entrega:
        """After an attempt: delivered, to be tried again, or given up."""
        began = self.desde or now
        ended = SituacaoEntrega.ESGOTADA if now - began >= TENTADA_POR else SituacaoEntrega.PENDENTE
        one = Tentativa(now, resultado.duracao_ms, resultado.status, resultado.falha)
        return replace(
            self, situacao=ended if resultado.falha else SituacaoEntrega.ENTREGUE, desde=began,
            tentativas=(*self.tentativas, one)[-TENTATIVAS:], versao=self.versao + 1,
        )  # fmt: skip

    def withheld(self) -> Entrega:
        """Not attempted any more, as nothing is at its webhook."""
        return replace(self, situacao=SituacaoEntrega.RETIDA, versao=self.versao + 1)

    def again(self) -> Entrega:
        """Sent off once more, with a whole day to get there."""
        return replace(
            self, situacao=SituacaoEntrega.PENDENTE, desde=None, reenvios=self.reenvios + 1, versao=self.versao + 1
        )


def entrega_id(evento: Mapping[str, Any]) -> str:
    """`<AAAAMMDDThhmmssffffff>-<event id>`."""
    return f"{instante(evento['ocorrido_em'])}-{evento['id']}"


def instante(iso: str) -> str:
    """An instant without its marks, as ids begin."""
    return _MARKS.sub("", iso)


def nova(evento: Mapping[str, Any], webhook: str, now: datetime, *, retida: bool = False) -> Entrega:
    """The delivery of an event (shape: `eventos.publico`); the same event makes the same."""
    return Entrega(
        id=entrega_id(evento), prestador_id=evento["prestador_id"], webhook=webhook, tipo=evento["tipo"],
        entidade=evento["entidade"], corpo=json.dumps(evento, ensure_ascii=False, separators=(",", ":")),
        criada_em=now, situacao=SituacaoEntrega.RETIDA if retida else SituacaoEntrega.PENDENTE,
    )  # fmt: skip


def espera(tentativas: int, sorteio: float) -> timedelta:
    """How long to wait after so many failures: doubled each time up to two hours, less a random part of up to half.

    Args:
        sorteio: from 0 to 1.
    """
    doubled: timedelta = PRIMEIRA_ESPERA * 2 ** min(tentativas - 1, 16)
    return min(doubled, MAIOR_ESPERA) * (1 - sorteio / 2)
