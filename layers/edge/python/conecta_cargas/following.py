"""Loads by ops as they are watched and resumed, and the ports to what is stored of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from conecta_atos.portas import Page
from conecta_cargas import states as cargas
from conecta_cargas.states import (
    RECUSAS_GUARDADAS,
    Carga,
    CargaNotFoundError,
    Contagem,
    Objeto,
    ParteCarregada,
    Recusa,
    ReportNotReadyError,
    SituacaoCarga,
)

RELATORIO: Final = "relatorio.csv"
CABECALHO_DO_RELATORIO: Final = "linha;coluna;codigo;motivo\n"
Ler = Callable[[int, int], bytes]
"""The bytes of a file from one position up to another (exclusive)."""


class Cargas(Protocol):
    """The stored loads; each method names the operadora it touches."""

    def conhece(self, registro_ans: str) -> bool:
        """Whether there is such an operadora."""
        ...

    def add(self, carga: Carga, evento: str | None, now: datetime) -> None:
        """Store a new load, with its event; one that is there already stays as it is."""
        ...

    def get(self, registro_ans: str, carga_id: str) -> Carga | None:
        """One load."""
        ...

    def change(self, antes: Carga, depois: Carga, evento: str | None, now: datetime) -> None:
        """Replace, with an event in the same transaction.

        Raises:
            StaleCargaError: it is no longer `antes`.
        """
        ...

    def page(self, registro_ans: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """Loads, newest first."""
        ...

    def parte(self, registro_ans: str, carga_id: str, n: int) -> ParteCarregada | None:
        """What came of a part."""
        ...

    def add_parte(self, registro_ans: str, carga_id: str, parte: ParteCarregada) -> None:
        """Store it; of two, the first stays."""
        ...

    def partes(self, registro_ans: str, carga_id: str) -> list[ParteCarregada]:
        """Every part that has ended."""
        ...


class Arquivos(Protocol):
    """The bucket of arrivals and the archive."""

    def localizar(self, chave: str, versao: str | None) -> Objeto | None:
        """A version of a file (the last one, when none is named)."""
        ...

    def leitor(self, objeto: Objeto) -> Ler:
        """Reads byte ranges of exactly that version."""
        ...

    def guardar(self, registro_ans: str, carga_id: str, nome: str, conteudo: bytes) -> None:
        """Keep a file of a load."""
        ...

    def abrir(self, registro_ans: str, carga_id: str, nome: str) -> bytes | None:
        """A file of a load."""
        ...


def find_carga(*, registro_ans: str, carga_id: str, cargas_: Cargas) -> Carga:
    """One load of the operadora.

    Raises:
        CargaNotFoundError: absent or foreign.
    """
    carga = cargas_.get(registro_ans, carga_id)
    if carga is None:
        raise CargaNotFoundError(carga_id)
    return carga


@dataclass(frozen=True, slots=True)
class Andamento:
    """How far a load is.

    Attributes:
        percentual: of its parts, 0 to 100.
        linhas_por_segundo: of this attempt; `None` before a part has ended.
    """

    contagem: Contagem
    partes_prontas: int
    percentual: int
    linhas_por_segundo: int | None
    recusas: tuple[Recusa, ...]


def progress(carga: Carga, cargas_: Cargas) -> Andamento:
    """How far a load is, from the parts that have ended."""
    partes = sorted(cargas_.partes(carga.registro_ans, carga.id), key=lambda parte: parte.n)
    contagem = carga.contagem if carga.situacao.final else sum((p.contagem for p in partes), start=Contagem())
    recusas = carga.recusas or tuple(recusa for parte in partes for recusa in parte.recusas)[:RECUSAS_GUARDADAS]
    percentual = 100 if carga.situacao.final else len(partes) * 100 // carga.partes if carga.partes else 0
    return Andamento(contagem, len(partes), percentual, _ritmo(carga, partes), recusas)


def _ritmo(carga: Carga, partes: Sequence[ParteCarregada]) -> int | None:
    comeco = carga.iniciada_em
    destas = [parte for parte in partes if comeco is not None and parte.em > comeco]
    if comeco is None or not destas:
        return None
    microssegundos = (max(parte.em for parte in destas) - comeco) // cargas.MICROSSEGUNDO
    return sum(parte.contagem.lidas for parte in destas) * 1_000_000 // microssegundos


def report(carga: Carga, arquivos: Arquivos) -> bytes:
    """The refusals of a load that is over, as CSV.

    Raises:
        ReportNotReadyError: it is not over.
    """
    if not carga.situacao.final:
        raise ReportNotReadyError
    if carga.situacao is SituacaoCarga.CONCLUIDA_COM_RECUSAS:
        found = arquivos.abrir(carga.registro_ans, carga.id, RELATORIO)
        if found is not None:
            return found
    linhas = (f"{r.linha};{r.coluna};{r.codigo};{r.motivo}\n" for r in carga.recusas)
    return "".join((CABECALHO_DO_RELATORIO, *linhas)).encode()


def resume(*, registro_ans: str, carga_id: str, cargas_: Cargas, now: datetime) -> Carga:
    """Start again what failed or was interrupted; rows that were loaded stay, and count.

    Raises:
        CargaNotFoundError: absent or foreign.
        NotResumableError: it is running, or over.
        StaleCargaError: somebody else was quicker.
    """
    carga = find_carga(registro_ans=registro_ans, carga_id=carga_id, cargas_=cargas_)
    noticia = max((parte.em for parte in cargas_.partes(registro_ans, carga_id)), default=carga.atualizada_em)
    depois = cargas.retomar(carga, noticia, now)
    cargas_.change(carga, depois, "CargaRetomada", now)
    return depois
