"""The digest by e-mail: chosen per person, with counts and kinds of what is unread, and nothing that names anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from alertas.domain.alertas import FUSO, Alerta, Area

HORA: Final = time(7, 0)
"""Local hour from which a digest may leave."""
SEGUNDA: Final = 0
DE_NOVO: Final = timedelta(hours=1)
"""After this, what could not be sent is tried again."""
MUITOS: Final = 500
"""Unread alertas, the newest, whose kinds are told."""


class Frequencia(StrEnum):
    """How often somebody wants to be written to."""

    NUNCA = "NUNCA"
    DIARIO = "DIARIO"
    SEMANAL = "SEMANAL"


class Envio(StrEnum):
    """What became of a digest; the value is its counter."""

    AVISADA = "avisadas"
    """It left."""
    ADIADA = "adiadas"
    """It did not, and is to be tried again."""
    SEM_RESPOSTA = "sem_resposta"
    """Nobody knows whether it left: trying again might send it twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferencia:
    """What somebody chose.

    Attributes:
        proximo_em: when the next digest may leave; `None` never.
        enviado_em: when the last one that is known to have left did.
        versao: optimistic lock; 0 is not written yet.
    """

    prestador_id: str
    quem: str
    frequencia: Frequencia = Frequencia.NUNCA
    proximo_em: datetime | None = None
    enviado_em: datetime | None = None
    versao: int = 0


def escolher(held: Preferencia, frequencia: Frequencia, now: datetime) -> Preferencia:
    """What somebody chooses now; choosing the same again changes nothing."""
    if held.frequencia is frequencia and held.versao:
        return held
    return replace(held, frequencia=frequencia, proximo_em=proximo(frequencia, now))


def proximo(frequencia: Frequencia, now: datetime) -> datetime | None:
    """The first instant after `now` at which a digest may leave: the next morning, or that of the next Monday."""
    if frequencia is Frequencia.NUNCA:
        return None
    today = now.astimezone(FUSO).date()
    days = 1 if frequencia is Frequencia.DIARIO else 7 - (today.weekday() - SEGUNDA) % 7
    return datetime.combine(today + timedelta(days=days), HORA, FUSO)


def cumprido(held: Preferencia, now: datetime) -> Preferencia:
    """As it is once this time is settled, whether there is something to send or not."""
    return replace(held, proximo_em=proximo(held.frequencia, now))


def enviado(held: Preferencia, now: datetime) -> Preferencia:
    """As it is once its digest left."""
    return replace(held, enviado_em=now)


def adiado(held: Preferencia, now: datetime) -> Preferencia:
    """As it is when its digest could not leave."""
    return replace(held, proximo_em=now + DE_NOVO)


_NOMES: Final[Mapping[Area, str]] = {
    Area.AUTORIZACAO: "Autorizações",
    Area.PEG: "Lotes de pagamento",
    Area.PAGAMENTO: "Notas fiscais e pagamentos",
    Area.RECURSO: "Recursos de glosas",
    Area.DOCUMENTOS: "Documentações",
    Area.CADASTRO: "Relacionamentos e acessos",
}


@dataclass(frozen=True, slots=True)
class Carta:
    """What is written."""

    assunto: str
    texto: str


def carta(unread: Mapping[Area, int], recent: Sequence[Alerta], hoje: date, portal: str) -> Carta | None:
    """The digest of what is unread; `None` when nothing is.

    Args:
        recent: the newest unread ones, whose kinds and terms are told.
        portal: where to read them.
    """
    total = sum(unread.values())
    if not total:
        return None
    many = "1 alerta não lido" if total == 1 else f"{total} alertas não lidos"
    lines = [f"Há {many} no Conecta:", ""]
    lines += [f"- {_NOMES[area]}: {count}" for area, count in unread.items() if count]
    kinds: dict[str, int] = {}
    for one in recent:
        kinds[one.aviso.titulo] = kinds.get(one.aviso.titulo, 0) + 1
    if kinds:
        lines += ["", "Dos mais recentes:", ""]
        lines += [f"- {titulo}: {count}" for titulo, count in sorted(kinds.items(), key=lambda one: (-one[1], one[0]))]
    soon = min((one.aviso.prazo for one in recent if one.aviso.prazo and one.aviso.prazo >= hoje), default=None)
    if soon:
        lines += ["", f"O primeiro prazo termina em {soon:%d/%m/%Y}."]
    lines += [
        "", f"Leia em {portal}, entrando com a sua conta.", "",
        "Esta mensagem é automática e não traz dados de beneficiários. Não responda a ela.",
        "Para mudar a frequência ou parar de recebê-la, abra Alertas > Preferências no portal.",
    ]  # fmt: skip
    return Carta(f"Conecta: {many}", "\n".join(lines) + "\n")
