"""Alertas of a prestador, numbered in the order they came in, and what each reader has read of them.

Numbers have no gaps, and each alerta carries how many of each area there are up to it. What is unread is therefore a
subtraction, whatever the number of alertas: all there are, less all up to a reader's mark, less what was read after it,
plus what was left unread before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from alertas.domain.errors import ExcecoesDemaisError

FUSO: Final = ZoneInfo("America/Sao_Paulo")
GUARDADOS: Final = timedelta(days=180)
"""How long an alerta is shown after the local day it came in on."""
EXCECOES: Final = 1000
"""Alertas, at most, that a reader read or left unread one by one, away from the mark."""


class Area(StrEnum):
    """What an alerta is about: who may work there sees it (`decisoes.md` 7)."""

    AUTORIZACAO = "autorizacao"
    PEG = "peg"
    PAGAMENTO = "pagamento"
    RECURSO = "recurso"
    DOCUMENTOS = "documentos"
    CADASTRO = "cadastro"


@dataclass(frozen=True, slots=True)
class Marca:
    """A point in the numbering: a number, and how many alertas of each area there are up to it."""

    numero: int = 0
    contagem: Mapping[str, int] = field(default_factory=dict)

    def after(self, area: str) -> Marca:
        """The point one alerta later."""
        return Marca(self.numero + 1, {**self.contagem, area: self.contagem.get(area, 0) + 1})


@dataclass(frozen=True, slots=True)
class Aviso:
    """What an event is told as: the part of an alerta that its rule makes.

    Attributes:
        titulo, texto: for people, without personal data.
        prazo: last local day to do something about it.
        caminho: route of the API that shows the thing.
    """

    area: Area
    titulo: str
    texto: str
    prazo: date | None = None
    caminho: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerta:
    """One thing that a prestador is told.

    Attributes:
        id: of the event it came of.
        tipo: of the event (`PegRecebido`).
        entidade: what it is about (`peg/261120000001`).
        ocorrido_em: instant of the event; alertas of one entity are in the order of these.
        recebido_em: instant it was numbered.
        marca: its number, and the count up to it.
        superado: something newer of the same entity was told before this came in.
    """

    id: str
    prestador_id: str
    registro_ans: str
    tipo: str
    entidade: str
    ocorrido_em: datetime
    recebido_em: datetime
    aviso: Aviso
    marca: Marca
    superado: bool = False

    @property
    def numero(self) -> int:
        """Its place among the alertas of the prestador, from 1."""
        return self.marca.numero

    @property
    def expira_em(self) -> datetime:
        """The first instant at which it is shown no more, a local midnight.

        What one day shows is therefore what it counts, all day long, though where that begins is looked up once a day.
        """
        last = self.recebido_em.astimezone(FUSO).date() + GUARDADOS
        return datetime.combine(last + timedelta(days=1), time.min, FUSO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequencia:
    """How far the numbering of a prestador is.

    Attributes:
        ultima: of its last alerta.
        piso: of the last one that is shown no more.
        piso_em: local day on which that was looked up.
        versao: optimistic lock; 0 is not written yet.
    """

    prestador_id: str
    ultima: Marca = field(default_factory=Marca)
    piso: Marca = field(default_factory=Marca)
    piso_em: date | None = None
    versao: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leitor:
    """What a person or credential has read at a prestador.

    Attributes:
        ate: everything up to here is read, but for `nao_lidos`.
        lidos: area of those read after it, by number.
        nao_lidos: area of those before it that are unread, by number.
        versao: optimistic lock; 0 is not written yet.
    """

    prestador_id: str
    quem: str
    ate: Marca = field(default_factory=Marca)
    lidos: Mapping[str, str] = field(default_factory=dict)
    nao_lidos: Mapping[str, str] = field(default_factory=dict)
    versao: int = 0

    def leu(self, numero: int, piso: Marca = Marca()) -> bool:  # frozen
        """Whether an alerta is read; one that is shown no more is."""
        if numero <= piso.numero:
            return True
        return str(numero) in self.lidos if numero > self.ate.numero else str(numero) not in self.nao_lidos


def nao_lidos(sequencia: Sequencia, leitor: Leitor, areas: Iterable[Area]) -> dict[Area, int]:
    """How many are unread in each area; areas without any are 0."""
    piso = sequencia.piso
    base = max(leitor.ate, piso, key=lambda marca: marca.numero)
    read = _count(leitor.lidos, base.numero)
    left = _count(leitor.nao_lidos, piso.numero)
    total = sequencia.ultima.contagem
    return {
        area: total.get(area, 0) - base.contagem.get(area, 0) - read.get(area, 0) + left.get(area, 0) for area in areas
    }


def _count(areas: Mapping[str, str], after: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for numero, area in areas.items():
        if int(numero) > after:
            found[area] = found.get(area, 0) + 1
    return found


def marcar(leitor: Leitor, alertas: Collection[Alerta], *, lido: bool, piso: Marca) -> Leitor:
    """A reader who read these, or wants to have them unread again; the same reader when that changes nothing.

    Raises:
        ExcecoesDemaisError: too many are read or unread one by one: they are to be marked up to a point.
    """
    lidos, left = dict(leitor.lidos), dict(leitor.nao_lidos)
    for alerta in alertas:
        mine, name = (lidos, str(alerta.numero)) if alerta.numero > leitor.ate.numero else (left, str(alerta.numero))
        if (mine is lidos) is lido:
            mine[name] = alerta.aviso.area.value
        else:
            mine.pop(name, None)
    if lidos == leitor.lidos and left == leitor.nao_lidos:
        return leitor
    return _settled(replace(leitor, lidos=lidos, nao_lidos=left), piso)


def marcar_ate(leitor: Leitor, marca: Marca, *, piso: Marca) -> Leitor:
    """A reader who read everything up to a point; the same reader when that changes nothing."""
    if marca.numero < leitor.ate.numero:  # further back: what was left unread up to there is read
        left = {name: area for name, area in leitor.nao_lidos.items() if int(name) > marca.numero}
        return leitor if left == leitor.nao_lidos else replace(leitor, nao_lidos=left)
    if marca.numero == leitor.ate.numero and not leitor.nao_lidos:
        return leitor
    return _settled(replace(leitor, ate=marca, nao_lidos={}), piso)


def _settled(leitor: Leitor, piso: Marca) -> Leitor:
    """The same with a mark as far ahead as it goes, and without what is shown no more."""
    ate = max(leitor.ate, piso, key=lambda marca: marca.numero)
    while (area := leitor.lidos.get(str(ate.numero + 1))) is not None:
        ate = ate.after(area)
    lidos = {name: area for name, area in leitor.lidos.items() if int(name) > ate.numero}
    left = {name: area for name, area in leitor.nao_lidos.items() if int(name) > piso.numero}
    if len(lidos) + len(left) > EXCECOES:
        raise ExcecoesDemaisError
    return replace(leitor, ate=ate, lidos=lidos, nao_lidos=left)
