"""A load by ops: its life, what orders the writes of all loads, and what a row does to what is stored. Pure.

    RECEBIDA ──► EM_ANDAMENTO ──► CONCLUIDA | CONCLUIDA_COM_RECUSAS
       │              │   ▲
       ├──► RECUSADA  ▼   │       (the whole file cannot be loaded)
       │           FALHOU ┴► RETOMADA ──► EM_ANDAMENTO
       └──────────────────►

Every loaded item carries its `fonte`, text that grows with the reference instant of the file it came from and, of two
files of one instant, with the instant S3 stored them. Whatever the order in which loads run, what stays is what the
greatest `fonte` said.

CargasError
├── CargaNotFoundError      absent or foreign: the same
├── NotResumableError       it is running, or over
├── ReportNotReadyError     no final state yet
├── PartsMissingError       it cannot end before all its parts have
├── LostRaceError           the same rows are being written by others without end
└── StaleCargaError         somebody else moved the load on
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

INTERROMPIDA_APOS: Final = timedelta(minutes=15)
"""A part may run five minutes and be tried again: after so long without news, nobody is working on the load."""
MICROSSEGUNDO: Final = timedelta(microseconds=1)
FUTURO_TOLERADO: Final = timedelta(days=1)
"""How far ahead of its arrival a file's own date may be: beyond that, it would shut out every right file to come."""
RECUSAS_GUARDADAS: Final = 20
_CHAVE: Final = re.compile(r"[a-z]+/([0-9]{6})/([a-z-]{1,40})/([^/]{1,200}\.csv)", re.ASCII | re.IGNORECASE)
_REGISTRO: Final = re.compile(r"[a-z]+/([0-9]{6})/", re.ASCII)
_DATA_NO_NOME: Final = re.compile(
    r"(?<![0-9])(20[0-9]{2})(-?)([0-9]{2})\2([0-9]{2})(?:[Tt_-]?([0-9]{2})([0-9]{2})([0-9]{2})?)?(?![0-9])", re.ASCII
)
ID: Final = re.compile(r"([0-9]{6})-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{12}", re.ASCII)
SEM_REGISTRO: Final = "000000"
"""Where the load of a file outside any operadora's folder is kept: for whoever looks at the table."""


class CargasError(Exception):
    """Base of these errors."""


class CargaNotFoundError(CargasError):
    """Absent or foreign: one and the same answer."""


class NotResumableError(CargasError):
    """It runs, or has ended.

    Attributes:
        situacao: where it is.
    """

    def __init__(self, situacao: str) -> None:
        super().__init__(situacao)
        self.situacao = situacao


class ReportNotReadyError(CargasError):
    """The report exists once the load has a final state."""


class PartsMissingError(CargasError):
    """A part has not ended: the load cannot."""


class LostRaceError(CargasError):
    """Rows that were read and decided again and again were changed by others each time; try later."""


class StaleCargaError(CargasError):
    """The load changed since it was read."""


class SituacaoCarga(StrEnum):
    """Where a load is."""

    RECEBIDA = "RECEBIDA"
    EM_ANDAMENTO = "EM_ANDAMENTO"
    CONCLUIDA = "CONCLUIDA"
    CONCLUIDA_COM_RECUSAS = "CONCLUIDA_COM_RECUSAS"
    RECUSADA = "RECUSADA"
    FALHOU = "FALHOU"
    RETOMADA = "RETOMADA"

    @property
    def final(self) -> bool:
        """Whether nothing more will happen."""
        return self in _FINAIS


_FINAIS: Final = frozenset({SituacaoCarga.CONCLUIDA, SituacaoCarga.CONCLUIDA_COM_RECUSAS, SituacaoCarga.RECUSADA})
OPERADORA_DESCONHECIDA: Final = "operadora-desconhecida"


@dataclass(frozen=True, slots=True)
class Recusa:
    """Why a line (0: the whole file) was not loaded. Never holds the value."""

    linha: int
    coluna: str
    codigo: str
    motivo: str


@dataclass(frozen=True, slots=True)
class Contagem:
    """Rows of a part or of a load: `lidas = carregadas + inalteradas + recusadas`, always."""

    lidas: int = 0
    carregadas: int = 0
    inalteradas: int = 0
    recusadas: int = 0

    def __add__(self, other: Contagem) -> Contagem:
        return Contagem(*(getattr(self, name) + getattr(other, name) for name in Contagem.__slots__))

    @property
    def fecha(self) -> bool:
        """Whether every row is accounted for."""
        return self.lidas == self.carregadas + self.inalteradas + self.recusadas


@dataclass(frozen=True, slots=True)
class Objeto:
    """A version of a file in the bucket of arrivals.

    Attributes:
        versao: version id; without one, `etag` says whether it is still the same.
        armazenado_em: the instant S3 stored it.
    """

    chave: str
    versao: str | None
    etag: str
    tamanho: int
    armazenado_em: datetime


@dataclass(frozen=True, slots=True)
class Carga:
    """A load of one version of one file.

    Attributes:
        referencia: what instant the file speaks of (see :func:`referencia`).
        tentativa: 1, or more when it was resumed.
        cabecalho, passo, partes: columns of the file, bytes of a part and how many parts, once planned.
        recusas: why the whole file was refused; of a concluded load its first refused lines.
        erro: class of the error it failed with.
        versao: optimistic lock.
    """

    id: str
    registro_ans: str
    tipo: str
    objeto: Objeto
    referencia: datetime
    situacao: SituacaoCarga
    criada_em: datetime
    atualizada_em: datetime
    tentativa: int = 1
    cabecalho: str = ""
    passo: int = 0
    partes: int = 0
    contagem: Contagem = Contagem()
    recusas: tuple[Recusa, ...] = ()
    erro: str | None = None
    iniciada_em: datetime | None = None
    concluida_em: datetime | None = None
    versao: int = 1

    @property
    def fonte(self) -> str:
        """What orders this load's writes; the hash of the file decides between two stored in the same instant."""
        stored = instante(self.objeto.armazenado_em)
        return f"{instante(self.referencia)}#{stored}#{self.id.rpartition('-')[2]}"

    @property
    def arquivo(self) -> str:
        """The file's own name."""
        return self.objeto.chave.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class ParteCarregada:
    """What came of one part.

    Attributes:
        recusas: the first refused lines; all of them lie in a file beside the report.
    """

    n: int
    contagem: Contagem
    em: datetime
    recusas: tuple[Recusa, ...] = ()


def instante(quando: datetime) -> str:
    """An instant as text whose order is that of time (as `conecta_edge.clock.iso`)."""
    return quando.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def carga_id(registro_ans: str, objeto: Objeto) -> str:
    """`<registroANS>-<instant stored>-<hash of key and version>`: in order of time, and of one file always the same."""
    digest = hashlib.sha256(f"{objeto.chave}|{objeto.versao or objeto.etag}".encode()).hexdigest()[:12]
    return f"{registro_ans}-{objeto.armazenado_em.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest}"


def referencia(nome: str, armazenado_em: datetime, fuso: tzinfo) -> datetime:
    """The instant a file speaks of: the date (and hour, local) in its name, else when it was stored."""
    for ano, _hifen, mes, dia, hora, minuto, segundo in _DATA_NO_NOME.findall(nome):
        try:
            quando = datetime(
                int(ano), int(mes), int(dia), int(hora or 0), int(minuto or 0), int(segundo or 0), tzinfo=fuso
            )
        except ValueError:
            continue
        return quando.astimezone(UTC)
    return armazenado_em.astimezone(UTC)


def receber(objeto: Objeto, *, tipos: Mapping[str, Any], conhecida: bool | None, fuso: tzinfo, now: datetime) -> Carga:
    """A load for a file that arrived; RECUSADA when its folder says of nobody or of nothing we know.

    Args:
        tipos: names of what may be loaded.
        conhecida: whether the folder's operadora is known; `None` when the folder is nobody's.
    """
    dono = _REGISTRO.match(objeto.chave)
    registro = dono.group(1) if dono else SEM_REGISTRO
    partes = _CHAVE.fullmatch(objeto.chave)
    tipo = partes.group(2) if partes else ""
    quando = referencia(partes.group(3) if partes else "", objeto.armazenado_em, fuso)
    recusa = None
    if partes is None:
        pasta = objeto.chave.partition("/")[0]
        recusa = ("chave-invalida", f"Use {pasta}/<registro ANS>/<tipo>/<nome>.csv, e só isso, no nome do objeto.")
    elif tipo not in tipos:
        recusa = ("tipo-desconhecido", f"A pasta não é um tipo de carga. Os tipos: {', '.join(tipos)}.")
    elif not conhecida and tipo != "operadora":
        motivo = "Carregue primeiro o tipo operadora deste registro, e retome esta carga ou envie o arquivo de novo."
        recusa = (OPERADORA_DESCONHECIDA, motivo)
    elif quando > objeto.armazenado_em + FUTURO_TOLERADO:
        recusa = ("referencia-futura", "A data no nome do arquivo está no futuro: corrija o nome e envie de novo.")
    return Carga(
        id=carga_id(registro, objeto),
        registro_ans=registro,
        tipo=tipo if tipo in tipos else "",
        objeto=objeto,
        referencia=quando,
        situacao=SituacaoCarga.RECUSADA if recusa else SituacaoCarga.RECEBIDA,
        criada_em=now,
        atualizada_em=now,
        recusas=(Recusa(0, "", *recusa),) if recusa else (),
        concluida_em=now if recusa else None,
    )


def registro_de(chave: str) -> str | None:
    """Whose folder a key is in."""
    dono = _REGISTRO.match(chave)
    return dono.group(1) if dono else None


def _depois(carga: Carga, situacao: SituacaoCarga, now: datetime, **mudou: Any) -> Carga:
    return replace(carga, situacao=situacao, atualizada_em=now, versao=carga.versao + 1, **mudou)


def iniciar(carga: Carga, cabecalho: str, passo: int, partes: int, now: datetime) -> Carga:
    """Planned: its parts may be loaded."""
    planejada = replace(carga, cabecalho=cabecalho, passo=passo, partes=partes, iniciada_em=now, erro=None, recusas=())
    return _depois(planejada, SituacaoCarga.EM_ANDAMENTO, now)


def recusar(carga: Carga, recusas: Sequence[Recusa], now: datetime) -> Carga:
    """The whole file cannot be loaded."""
    return _depois(carga, SituacaoCarga.RECUSADA, now, recusas=tuple(recusas[:RECUSAS_GUARDADAS]), concluida_em=now)


def concluir(carga: Carga, partes: Sequence[ParteCarregada], now: datetime) -> Carga:
    """Every part has ended.

    Raises:
        PartsMissingError: some has not.
    """
    if sorted(parte.n for parte in partes) != list(range(carga.partes)):
        raise PartsMissingError(carga.id)
    contagem = sum((parte.contagem for parte in partes), start=Contagem())
    if not contagem.fecha:
        raise AssertionError(f"{carga.id}: rows unaccounted for")
    recusas = [recusa for parte in sorted(partes, key=lambda parte: parte.n) for recusa in parte.recusas]
    situacao = SituacaoCarga.CONCLUIDA_COM_RECUSAS if contagem.recusadas else SituacaoCarga.CONCLUIDA
    guardadas = tuple(recusas[:RECUSAS_GUARDADAS])
    return _depois(carga, situacao, now, contagem=contagem, recusas=guardadas, erro=None, concluida_em=now)


def falhar(carga: Carga, erro: str, now: datetime) -> Carga:
    """The workflow gave up."""
    return _depois(carga, SituacaoCarga.FALHOU, now, erro=erro[:100])


def retomar(carga: Carga, ultima_noticia: datetime, now: datetime) -> Carga:
    """Asked for again: what failed, what nobody works on any more, what awaited its operadora's own data.

    Raises:
        NotResumableError: it runs, or is over.
    """
    parada = now - max(ultima_noticia, carga.atualizada_em) >= INTERROMPIDA_APOS
    esperava = carga.situacao is SituacaoCarga.RECUSADA and carga.recusas[0].codigo == OPERADORA_DESCONHECIDA
    if carga.situacao is not SituacaoCarga.FALHOU and not esperava and (carga.situacao.final or not parada):
        raise NotResumableError(carga.situacao.value)
    return _depois(carga, SituacaoCarga.RETOMADA, now, tentativa=carga.tentativa + 1, recusas=(), concluida_em=None)


# -- a row against what is stored -------------------------------------------------------------------------------


class Decisao(StrEnum):
    """What a row does to one item."""

    GRAVAR = "GRAVAR"
    JA_GRAVADA = "JA_GRAVADA"
    """By this very load, before it was cut: it counts as loaded, and nothing is written."""
    ATUALIZAR_FONTE = "ATUALIZAR_FONTE"
    INALTERADA = "INALTERADA"
    ELIMINADA = "ELIMINADA"
    """Erased at the person's request (LGPD): it never comes back."""
    RECUSADA = "RECUSADA"
    """What is stored does not allow it."""


@dataclass(frozen=True, slots=True)
class Guardado:
    """What is stored under a key, as far as a decision needs it.

    Attributes:
        fonte: `None` in rows that no load and no decision wrote.
        indexado: it lies in the index.
        dados: only where rows are merged.
        recusas: why what is stored, there or elsewhere, refuses the row, each: column, stable code, reason.
    """

    fonte: str | None
    resumo: str | None
    carga: str | None
    eliminado: bool = False
    indexado: bool = False
    dados: Mapping[str, Any] | None = None
    recusas: tuple[tuple[str, str, str], ...] = ()


def resumo(dados: Mapping[str, Any]) -> str:
    """A digest of what an item says: the same content has the same."""
    text = json.dumps(dados, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_texto)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _texto(valor: Any) -> str:
    if isinstance(valor, Decimal):
        return format(valor.normalize(), "f")
    raise TypeError(type(valor).__name__)


def decide(guardado: Guardado | None, *, fonte: str, carga: str, resumo_: str) -> Decisao:
    """What an incoming item does: the greatest `fonte` stays, and the same content is not written twice."""
    if guardado is None:
        return Decisao.GRAVAR
    if guardado.eliminado or guardado.recusas:
        return Decisao.ELIMINADA if guardado.eliminado else Decisao.RECUSADA
    if guardado.carga == carga:
        return Decisao.JA_GRAVADA
    if guardado.fonte is not None and guardado.fonte >= fonte:
        return Decisao.INALTERADA
    if guardado.resumo == resumo_:
        return Decisao.ATUALIZAR_FONTE
    return Decisao.GRAVAR
