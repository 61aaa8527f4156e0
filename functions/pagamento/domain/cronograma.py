"""The Cronograma de Entrega de Faturas (R04): which PEGs are paid when, and until when their nota fiscal is awaited.

Versioned data of an operadora: a version is the whole list, never changed; the next one is the list with some ciclos
added or altered. Days are local ones of America/Sao_Paulo, each inclusive.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from conecta_facts.calendario import Calendario

UM_DIA: Final = timedelta(days=1)
MESES: Final = 12
"""From the beginning of a competência to its payment, at most: more is a slip of the pen."""
_DATAS: Final = ("corte", "publicacao", "entrega", "pagamento")
_UTEIS: Final = ("publicacao", "entrega", "pagamento")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ciclo:
    """A competência of the cronograma.

    Attributes:
        competencia: `AAAAMM`.
        corte: last day on which its PEGs are received.
        publicacao: day on which values are published at the latest.
        entrega: last day to deliver the nota fiscal (R05).
        pagamento: day of payment.
    """

    competencia: str
    corte: date
    publicacao: date
    entrega: date
    pagamento: date


@dataclass(frozen=True, slots=True)
class Prazo:
    """What a ciclo means for one PEG: until when its nota is awaited, when it is paid."""

    competencia: str
    entrega: date
    pagamento: date


@dataclass(frozen=True, slots=True)
class Defeito:
    """What is wrong with a cronograma; `campo` is a path such as `ciclos[2].entrega`."""

    campo: str
    codigo: str
    mensagem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cronograma:
    """A version: its ciclos in the order of their competências.

    Attributes:
        quem: subject id of who published it, or of the load.
        publicado_em: instant in UTC.
    """

    registro_ans: str
    versao: int
    ciclos: tuple[Ciclo, ...]
    quem: str
    publicado_em: datetime
    motivo: str | None = None

    def ciclo_de(self, recebido_em: date) -> Ciclo | None:
        """The first one whose corte a PEG received on a day still meets."""
        return next((one for one in self.ciclos if recebido_em <= one.corte), None)

    def prazo(self, recebido_em: date, publicada_em: date, calendario: Calendario) -> Prazo | None:
        """Until when the nota of a PEG is awaited, and its day of payment; `None` beyond the last ciclo.

        Values published late move the delivery by as many days, on to a business day (R05); the payment stays unless
        the delivery then reaches it: it is that of the first ciclo after the delivery.
        """
        ciclo = self.ciclo_de(recebido_em)
        if ciclo is None:
            return None
        entrega = ciclo.entrega
        if publicada_em > ciclo.publicacao:
            entrega += publicada_em - ciclo.publicacao
            while not calendario.util(entrega):
                entrega += UM_DIA
        pagamento = ciclo.pagamento
        if entrega >= pagamento:
            pagamento = next((one.pagamento for one in self.ciclos if one.pagamento > entrega), date.max)
        return Prazo(ciclo.competencia, entrega, pagamento)

    def proximo(self, prazo: Prazo, dia: date) -> Prazo | None:
        """Where a nota that missed its delivery goes: the first later ciclo whose own delivery a day still meets."""
        later = (one for one in self.ciclos if one.competencia > prazo.competencia and dia <= one.entrega)
        return next((Prazo(one.competencia, one.entrega, one.pagamento) for one in later), None)

    def pagamento_a_partir(self, prazo: Prazo, dia: date) -> date | None:
        """The payment of a prazo, or, when that day is gone by, the first one that is not."""
        if dia <= prazo.pagamento:
            return None if prazo.pagamento == date.max else prazo.pagamento
        return next((one.pagamento for one in self.ciclos if one.pagamento >= dia), None)


def juntar(atual: Cronograma | None, novos: Sequence[Ciclo]) -> tuple[Ciclo, ...]:
    """The ciclos of the next version: those given, and those in force of other competências, in order."""
    given = {one.competencia for one in novos}
    kept = [one for one in (atual.ciclos if atual else ()) if one.competencia not in given]
    return tuple(sorted((*kept, *novos), key=lambda one: one.competencia))


def conferir(
    atual: Cronograma | None, novos: Sequence[Ciclo], calendario: Calendario, hoje: date
) -> tuple[Defeito, ...]:
    """Everything that is wrong with ciclos that are to be published (R04): dates in order, business days, no gaps.

    Args:
        novos: as given; their places name the fields.
    """
    places = {one.competencia: place for place, one in enumerate(novos)}
    found = [*_repeated(novos), *_alone(novos, calendario), *_ended(atual, novos, hoje)]
    if not found:
        found = [*_together(juntar(atual, novos), places)]
    return tuple(found)


def _repeated(novos: Sequence[Ciclo]) -> Iterator[Defeito]:
    if not novos:
        yield Defeito("ciclos", "cronograma-vazio", "Informe ao menos um ciclo.")
    seen: set[str] = set()
    for place, one in enumerate(novos):
        if one.competencia in seen:
            yield Defeito(
                f"ciclos[{place}].competencia", "competencia-repetida",
                f"A competência {one.competencia} aparece mais de uma vez: informe uma linha para cada uma.",
            )  # fmt: skip
        seen.add(one.competencia)


def _alone(novos: Sequence[Ciclo], calendario: Calendario) -> Iterator[Defeito]:
    for place, one in enumerate(novos):
        where = f"ciclos[{place}]"
        for before, after in pairwise(_DATAS):
            first, second = getattr(one, before), getattr(one, after)
            if first > second or (first == second and after != "entrega"):
                yield Defeito(
                    f"{where}.{after}", "datas-fora-de-ordem",
                    f"As datas vão em ordem: corte, publicação, entrega e pagamento. {after} ({second:%d/%m/%Y}) não "
                    f"pode ser antes de {before} ({first:%d/%m/%Y}), nem no mesmo dia, salvo publicação e entrega.",
                )  # fmt: skip
        start = date(int(one.competencia[:4]), int(one.competencia[4:]), 1)
        if not start <= one.corte < _months_on(start, 2):
            yield Defeito(
                f"{where}.corte", "corte-fora-da-competencia",
                f"O corte da competência {one.competencia} fica nesse mês ou no seguinte.",
            )  # fmt: skip
        if one.pagamento >= _months_on(start, MESES):
            yield Defeito(
                f"{where}.pagamento", "pagamento-distante",
                f"O pagamento da competência {one.competencia} ({one.pagamento:%d/%m/%Y}) fica a menos de {MESES} "
                "meses do começo dela: confira o ano.",
            )  # fmt: skip
        for name in _UTEIS:
            day: date = getattr(one, name)
            if not calendario.util(day):
                yield Defeito(
                    f"{where}.{name}", "dia-nao-util",
                    f"{day:%d/%m/%Y} não é dia útil no calendário da operadora: escolha um dia útil.",
                )  # fmt: skip


def _ended(atual: Cronograma | None, novos: Sequence[Ciclo], hoje: date) -> Iterator[Defeito]:
    held = {one.competencia: one for one in (atual.ciclos if atual else ())}
    for place, one in enumerate(novos):
        before = held.get(one.competencia, one)
        if before.pagamento < hoje and before != one:
            yield Defeito(
                f"ciclos[{place}]", "ciclo-encerrado",
                f"A competência {one.competencia} já foi paga em {before.pagamento:%d/%m/%Y} e não muda mais: "
                "retire-a do cronograma enviado.",
            )  # fmt: skip
            continue
        for name in _DATAS:  # what was counted by a day that is gone by stays as it was counted
            day: date = getattr(one, name)
            if day < hoje and day != getattr(before, name):
                yield Defeito(
                    f"ciclos[{place}].{name}", f"{name}-no-passado",
                    f"{name} não passa a ser num dia que já foi ({day:%d/%m/%Y}): mantenha o que vale, ou escolha hoje "
                    "ou depois.",
                )  # fmt: skip


def _together(ciclos: Sequence[Ciclo], places: dict[str, int]) -> Iterator[Defeito]:
    for before, after in pairwise(ciclos):
        place = places.get(after.competencia, places.get(before.competencia, 0))
        start = date(int(before.competencia[:4]), int(before.competencia[4:]), 1)
        expected = f"{_months_on(start, 1):%Y%m}"
        if after.competencia != expected:
            yield Defeito(
                f"ciclos[{place}].competencia", "competencia-faltando",
                f"Depois da competência {before.competencia} vem {expected}, e não {after.competencia}: inclua as que "
                "faltam.",
            )  # fmt: skip
        for name in _DATAS:
            if getattr(before, name) >= getattr(after, name):
                yield Defeito(
                    f"ciclos[{place}].{name}", "ciclos-fora-de-ordem",
                    f"{name} da competência {after.competencia} precisa ser depois do da {before.competencia} "
                    f"({getattr(before, name):%d/%m/%Y}).",
                )  # fmt: skip


def _months_on(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)
