"""Use cases of reception and reading, and the ports they need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from peg.domain import rules
from peg.domain.errors import DocumentoMissingError, LoteNumberTakenError, PegNotFoundError
from peg.domain.pegs import Documento, GuiaApresentada, Peg, SituacaoPeg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conecta_tiss.findings import Achado
    from peg.domain.lotes import LoteLido
    from peg.domain.rules import Contexto

MAX_ROUNDS = 5
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Taken:
    """Which PEG a lote number belongs to, and of which bytes it was made."""

    protocolo: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Desfecho:
    """What became of a lote.

    Attributes:
        protocolo: of the PEG, `None` when refused.
        repetido: the same bytes had already become this PEG.
    """

    protocolo: str | None
    repetido: bool
    achados: tuple[Achado, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of rows and where the next one starts (`None` at the end)."""

    rows: Sequence[Any]
    position: dict[str, str] | None


class Pegs(Protocol):
    """The stored PEGs; every method names the tenant it touches."""

    def next_protocolo(self, day: date) -> str:
        """A number never given before."""
        ...

    def lote(self, prestador_id: str, registro_ans: str, numero_lote: str) -> Taken | None:
        """Who holds a lote number."""
        ...

    def prepare(self, peg: Peg) -> None:
        """Take the lote number and write the PEG, invisible yet.

        Raises:
            LoteNumberTakenError: the number is held.
        """
        ...

    def add_guias(self, peg: Peg, guias: Sequence[GuiaApresentada]) -> None:
        """Write the guias; rows already there are the same rows."""
        ...

    def commit(self, peg: Peg, documento: Documento, now: datetime) -> None:
        """Make the PEG visible and publish `PegRecebido`, at once or not at all; repeatable."""
        ...

    def announce_repeated(self, peg: Peg, documento: Documento, now: datetime) -> None:
        """Publish `LoteRepetido` for another upload of the same bytes; repeatable."""
        ...

    def announce_refusal(self, documento: Documento, achados: Sequence[Achado], now: datetime) -> None:
        """Publish `LoteRecusado`; nothing else is kept; repeatable."""
        ...

    def get(self, prestador_id: str, protocolo: str) -> Peg | None:
        """One PEG of a tenant, in any state."""
        ...

    def month(self, prestador_id: str, competencia: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """Visible PEGs of a month, newest first."""
        ...

    def guias(self, prestador_id: str, protocolo: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """The guias of a PEG in their order."""
        ...


class Archive(Protocol):
    """The archived files."""

    def read(self, chave: str) -> bytes | None:
        """Bytes, `None` when absent."""
        ...

    def keep_answer(self, documento: Documento, upload_id: str, xml: bytes) -> None:
        """Leave the answer message beside an upload of the same tenant; repeatable."""
        ...

    def keep_report(self, documento: Documento, report: Mapping[str, Any]) -> None:
        """Leave the findings of a refused lote beside its upload; repeatable."""
        ...

    def answer_key(self, documento: Documento) -> str:
        """Where the answer message of an upload lies."""
        ...


class Padrao(Protocol):
    """The TISS standard: reads lotes, writes answers."""

    def read(self, raw: bytes, today: date) -> LoteLido:
        """As much of a lote as can be read, and everything the standard finds wrong. Never raises."""
        ...

    def receipt(self, lote: LoteLido, peg: Peg, contexto: Contexto) -> bytes:
        """`recebimentoLote` with the protocolo, in the sender's version."""
        ...

    def refusal(self, lote: LoteLido, contexto: Contexto, achados: Sequence[Achado], recebido_em: datetime) -> bytes:
        """`recebimentoLote` with `mensagemErro`, in the sender's version."""
        ...


@dataclass(frozen=True, slots=True)
class Reception:
    """The ports of reception."""

    pegs: Pegs
    archive: Archive
    padrao: Padrao


@dataclass(frozen=True, slots=True)
class _Case:
    """One file under judgement: where it came from, what it says, and what we know of its sender."""

    documento: Documento
    lote: LoteLido
    contexto: Contexto


def receive_lote(documento: Documento, *, contexto: Contexto, ports: Reception, now: datetime) -> Desfecho:
    """Judge an archived file and make it a PEG, or refuse it with a full report.

    Repeatable at every point: the same upload again ends in the same protocolo, whatever was interrupted, and the same
    bytes in another upload too (invariant 4). The PEG becomes visible by one commit after all its guias are written.

    Raises:
        DocumentoMissingError: the file is not in the archive.
    """
    raw = ports.archive.read(documento.chave)
    if raw is None:
        raise DocumentoMissingError(documento.chave)
    lote = ports.padrao.read(raw, contexto.hoje)
    case = _Case(documento, lote, contexto)
    achados = rules.judge(lote, contexto)
    for _ in range(MAX_ROUNDS):
        taken = _taken(case, ports)
        if taken is not None and taken.sha256 == documento.sha256:
            # These bytes were admitted before: what changed in cadastro since cannot leave their PEG half made.
            peg = _holder(documento, taken, ports)
            return _finish(case, peg, ports.padrao.receipt(lote, peg, contexto), ports, now)
        if taken is not None:
            achados = (*achados, rules.numero_de_lote_repetido(lote))
        if achados:
            return _refuse(case, achados, ports, now)
        peg = _peg(case, ports.pegs.next_protocolo(contexto.hoje), ports.archive.answer_key(documento))
        answer = ports.padrao.receipt(lote, peg, contexto)  # first: a lote without a receipt must not hold its number
        try:
            ports.pegs.prepare(peg)
        except LoteNumberTakenError:
            continue  # a concurrent upload of this number was quicker: its bytes decide
        return _finish(case, peg, answer, ports, now)
    raise LoteNumberTakenError


def _taken(case: _Case, ports: Reception) -> Taken | None:
    documento, numero = case.documento, case.lote.numero_lote
    return ports.pegs.lote(documento.prestador_id, documento.registro_ans, numero) if numero else None


def _holder(documento: Documento, taken: Taken, ports: Reception) -> Peg:
    peg = ports.pegs.get(documento.prestador_id, taken.protocolo)
    if peg is None:
        raise LoteNumberTakenError(taken.protocolo)
    return peg


def _peg(case: _Case, protocolo: str, answer_key: str) -> Peg:
    documento, lote, contexto = case.documento, case.lote, case.contexto
    return Peg(
        protocolo=protocolo,
        prestador_id=documento.prestador_id,
        registro_ans=documento.registro_ans,
        numero_lote=lote.numero_lote or "",
        sha256=documento.sha256,
        situacao=SituacaoPeg.PREPARANDO,
        versao_tiss=lote.versao or "",
        tipo_guia=lote.tipo_guia or "",
        quantidade_guias=len(lote.guias),
        valor_informado=sum((guia.valor_informado for guia in lote.guias), start=ZERO),
        data_recepcao=documento.recebido_em,
        competencia=f"{contexto.hoje:%Y%m}",
        codificacao_hash=lote.codificacao_hash or "",
        upload_id=documento.upload_id,
        chave_xml=documento.chave,
        chave_recebimento=answer_key,
    )


def _finish(case: _Case, peg: Peg, answer: bytes, ports: Reception, now: datetime) -> Desfecho:
    documento, lote = case.documento, case.lote
    for upload_id in {documento.upload_id, peg.upload_id}:
        ports.archive.keep_answer(documento, upload_id, answer)
    if peg.situacao is SituacaoPeg.PREPARANDO:
        ports.pegs.add_guias(peg, lote.guias)
        ports.pegs.commit(peg, documento, now)
    repetido = peg.upload_id != documento.upload_id
    if repetido or (documento.tentativa > 1 and peg.situacao is not SituacaoPeg.PREPARANDO):
        # another upload of these bytes, or the first announcement was lost on its way: say what they became
        ports.pegs.announce_repeated(peg, documento, now)
    return Desfecho(peg.protocolo, repetido, ())


def _refuse(case: _Case, achados: tuple[Achado, ...], ports: Reception, now: datetime) -> Desfecho:
    documento = case.documento
    xml = ports.padrao.refusal(case.lote, case.contexto, achados, documento.recebido_em)
    ports.archive.keep_answer(documento, documento.upload_id, xml)
    ports.archive.keep_report(documento, {"achados": [as_dict(achado) for achado in achados]})
    ports.pegs.announce_refusal(documento, achados, now)
    return Desfecho(None, repetido=False, achados=achados)


def as_dict(achado: Achado) -> dict[str, Any]:
    """A finding as every door shows it."""
    return {name: getattr(achado, name) for name in achado.__slots__}


def find_peg(*, prestador_id: str, protocolo: str, pegs: Pegs) -> Peg:
    """One visible PEG of the tenant.

    Raises:
        PegNotFoundError: absent, foreign, or still being written.
    """
    peg = pegs.get(prestador_id, protocolo)
    if peg is None or peg.situacao is SituacaoPeg.PREPARANDO:
        raise PegNotFoundError
    return peg
