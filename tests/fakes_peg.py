"""In-memory stand-ins of what PEGs are kept in; `tests/contract` judges them, too.

Every operation costs about a logarithm of what is kept, so that ten thousand PEGs can be lived through in a test. All
may be used from several threads.
"""

from __future__ import annotations

import json
import threading
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from conecta_atos.portas import Page
from conecta_contas.analise import Recuperado
from conecta_contas.dossies import Dossie
from conecta_contas.errors import DossieMissingError
from conecta_contas.pegs import Peg, Porta, SituacaoPeg
from conecta_edge import objects
from conecta_edge.clock import iso
from conecta_edge.dynamodb import ConditionFailedError, TransientConflictError
from conecta_tiss.findings import Achado
from peg.domain.cobrancas import Cobranca
from peg.domain.errors import LoteNumberTakenError, MudouError
from peg.domain.lotes import Documento, LoteLido
from peg.domain.rules import Contexto
from peg.dynamodb import chaves
from peg.service.portas import Fato, Taken
from tests.builders_functions import sha256
from tests.fakes import STORED, Bucket, Numbers, Sent

Which = tuple[str, str]
"""(prestador, protocolo)."""
Ordered = list[tuple[str, Which]]
"""By sort key."""


@dataclass
class Hooks:
    """What a test makes happen at a fake.

    Attributes:
        meanwhile: what others do just before each of the next writes, first one first: races, one at a time.
        writes: how often something was written.
    """

    meanwhile: list[Callable[[], object]] = field(default_factory=list)
    writes: int = 0

    def before_write(self) -> None:
        """Let the next of the others go first."""
        self.writes += 1
        if self.meanwhile:
            others, rest = self.meanwhile[0], self.meanwhile[1:]
            self.meanwhile = []  # what they do themselves is not interrupted
            others()
            self.meanwhile = rest


class FakePegs(Hooks):
    """`peg.service.portas.Pegs`; kept answers are :class:`tests.fakes.Kept`.

    Attributes:
        rows: every PEG, as it is now.
        lotes: which PEG holds a lote number.
        events: what was told, by what makes each unique, in the order it was written.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[Which, Peg] = {}
        self.lotes: dict[tuple[str, str, str], Taken] = {}
        self.events: dict[tuple[str, str, str], Sent] = {}
        self._let_go: dict[tuple[str, str, str], Taken] = {}
        self._let_go_of: dict[tuple[str, str, str], str] = {}
        self._pointers: dict[tuple[str, str], str] = {}
        self._of_operadora: dict[tuple[str, str], Ordered] = defaultdict(list)
        self._visible: dict[tuple[str, str], Ordered] = defaultdict(list)
        self._fila: dict[str, Ordered] = defaultdict(list)
        self._numbers, self._lock = Numbers(2), threading.Lock()

    def next_protocolo(self, day: date) -> str:
        return self._numbers.next_protocolo(day)

    def lote(self, prestador_id: str, registro_ans: str, numero_lote: str, *, soltos: bool = False) -> Taken | None:
        key = (prestador_id, registro_ans, numero_lote)
        with self._lock:
            return self.lotes.get(key) or (self._let_go.get(key) if soltos else None)

    def get(self, prestador_id: str, protocolo: str) -> Peg | None:
        return self.rows.get((prestador_id, protocolo))

    def prestador_of(self, registro_ans: str, protocolo: str) -> str | None:
        return self._pointers.get((registro_ans, protocolo))

    def month(self, prestador_id: str, competencia: str, position: Mapping[str, str] | None, limit: int) -> Page:
        with self._lock:
            return self._page(self._visible[prestador_id, competencia[2:]], position, limit, forward=False)

    def month_of_operadora(
        self, registro_ans: str, competencia: str, position: Mapping[str, str] | None, limit: int
    ) -> Page:
        with self._lock:
            page = self._page(self._of_operadora[registro_ans, competencia[2:]], position, limit)
        return Page([peg for peg in page.rows if peg.situacao is not SituacaoPeg.PREPARANDO], page.position)

    def worklist(
        self, registro_ans: str, situacao: SituacaoPeg, position: Mapping[str, str] | None, limit: int
    ) -> Page:
        with self._lock:
            return self._page(self._fila[chaves.fila_pk(registro_ans, situacao)], position, limit)

    def _page(self, held: Ordered, position: Mapping[str, str] | None, limit: int, *, forward: bool = True) -> Page:
        """Rows after the one that a position names, in the order or against it."""
        if forward:
            start = bisect_right(held, position["sk"], key=_place) if position else 0
            found, more = held[start : start + limit], start + limit < len(held)
        else:
            end = bisect_left(held, position["sk"], key=_place) if position else len(held)
            found, more = held[max(0, end - limit) : end][::-1], end > limit
        return Page([self.rows[which] for _, which in found], {"sk": found[-1][0]} if more else None)

    def pending(self, before: datetime, limit: int) -> list[Which]:
        with self._lock:
            found = [
                one for shard in range(chaves.SHARDS) for one in self._until(chaves.pendente_pk(shard), iso(before))
            ]
        return [which for _, which in sorted(found)[:limit]]

    def due(self, registro_ans: str, situacao: SituacaoPeg, until: date, limit: int) -> list[Which]:
        after = (until + timedelta(days=1)).isoformat()
        with self._lock:
            return [which for _, which in self._until(chaves.fila_pk(registro_ans, situacao), after)[:limit]]

    def _until(self, pk: str, before: str) -> Ordered:
        held = self._fila[pk]
        return held[: bisect_left(held, before, key=_place)]

    def prepare(self, peg: Peg) -> None:
        self.before_write()
        holder, which = (peg.prestador_id, peg.registro_ans, peg.numero_lote), (peg.prestador_id, peg.protocolo)
        with self._lock:
            if holder in self.lotes or which in self.rows or (peg.registro_ans, peg.protocolo) in self._pointers:
                raise LoteNumberTakenError
            if self._let_go_of.get(holder) == peg.upload_id:
                raise LoteNumberTakenError
            self.lotes[holder] = Taken(peg.protocolo, peg.sha256)
            self._pointers[peg.registro_ans, peg.protocolo] = peg.prestador_id
            insort(self._of_operadora[peg.registro_ans, peg.protocolo[:4]], (peg.protocolo, which))
            self._store(None, peg)

    def change(
        self,
        antes: Peg,
        depois: Peg,
        fatos: Sequence[Fato],
        *,
        now: datetime,
        correlacao: str,
        guardar: Sequence[Any] = (),
        free_lote: bool = False,
    ) -> None:
        self.before_write()
        holder = (depois.prestador_id, depois.registro_ans, depois.numero_lote)
        with self._lock:
            stored = self.rows.get((antes.prestador_id, antes.protocolo))
            if stored is None or stored.versao != antes.versao:
                raise MudouError
            held = self.lotes.get(holder)
            mine = held or self._let_go.get(holder)
            if free_lote and (mine is None or mine.protocolo != depois.protocolo):
                raise MudouError
            if lost := tuple(place for place, action in enumerate(guardar) if not action.possible()):
                raise ConditionFailedError(lost)
            self._store(stored, depois)
            if free_lote:
                self.lotes.pop(holder, None)
                self._let_go[holder] = Taken(depois.protocolo, depois.sha256, livre=True)
                self._let_go_of[holder] = depois.upload_id
            for place, fato in enumerate(fatos):
                self._tell(depois, fato, fato.chave or f"{depois.versao}#{place}", correlacao)
            for action in guardar:
                action.apply()

    def _store(self, before: Peg | None, peg: Peg) -> None:
        which = (peg.prestador_id, peg.protocolo)
        if before is not None:
            _leave(self._fila, chaves.fila(before), which)
        self.rows[which] = peg
        place = chaves.fila(peg)
        if place["fila_pk"] and place["fila_sk"]:
            insort(self._fila[place["fila_pk"]], (place["fila_sk"], which))
        seen = before is not None and before.situacao is not SituacaoPeg.PREPARANDO
        if not seen and peg.situacao is not SituacaoPeg.PREPARANDO:
            key = (f"{iso(peg.data_recepcao)}#{peg.protocolo}", which)
            insort(self._visible[peg.prestador_id, peg.protocolo[:4]], key)

    def announce(self, fato: Fato, documento: Documento, now: datetime) -> None:
        self.before_write()
        with self._lock:
            self._tell(documento, fato, fato.chave, documento.correlacao, documento.tentativa)

    def _tell(
        self, whose: Peg | Documento, fato: Fato, chave: str, correlacao: str, tentativa: int = 1
    ) -> None:  # as the outbox
        which, dados = (fato.tipo, fato.entidade, chave), dict(fato.dados)
        if which not in self.events or self.events[which].tentativa < tentativa:
            self.events[which] = Sent(
                fato.tipo, chave, whose.prestador_id, whose.registro_ans, correlacao, dados, tentativa
            )  # fmt: skip

    def told(self, prestador_id: str) -> list[Sent]:
        """What was told of a prestador, in the order it was written."""
        return [sent for sent in self.events.values() if sent.prestador_id == prestador_id]


def _place(held: tuple[str, Which]) -> str:
    return held[0]


def _leave(fila: dict[str, Ordered], place: Mapping[str, str | None], which: Which) -> None:
    if place["fila_pk"] and place["fila_sk"]:
        held = fila[place["fila_pk"]]
        del held[bisect_left(held, (place["fila_sk"], which))]


class FakeCobrancas(Hooks):
    """`peg.service.portas.Cobrancas`.

    Attributes:
        rows: by operadora and life, what each number of guia of a prestador bills, and whether it still does.
        crash_at: how many rows of a call are written before `crash` is raised, once; the ones done stay done.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[tuple[str, str], dict[tuple[str, str], tuple[Cobranca, bool]]] = defaultdict(dict)
        self.crash_at: int | None = None
        self.crash: Exception = TransientConflictError()
        self._lock = threading.Lock()

    def of_lives(self, registro_ans: str, vidas: Sequence[str]) -> dict[str, tuple[Cobranca, ...]]:
        with self._lock:
            found = {vida: self.rows.get((registro_ans, vida), {}) for vida in vidas}
            living = {
                vida: tuple(held for _, (held, billed) in sorted(rows.items()) if billed)
                for vida, rows in found.items()
            }
        return {vida: held for vida, held in living.items() if held}

    def living(self) -> list[Cobranca]:
        """Everything that is billed."""
        return [held for rows in self.rows.values() for held, billed in rows.values() if billed]

    def add(self, registro_ans: str, cobrancas: Sequence[Cobranca]) -> list[Cobranca]:
        self.before_write()
        held: list[Cobranca] = []
        done: set[tuple[str, str, str]] = set()
        with self._lock:
            for one in cobrancas:
                rows, key = self.rows[registro_ans, one.vida], (one.prestador_id, one.guia)
                if (one.vida, *key) in done:
                    continue
                self._crash(done)
                other, billed = rows.get(key, (one, True))
                if other.protocolo == one.protocolo and not billed:
                    raise MudouError
                if other.protocolo != one.protocolo and billed:
                    held.append(one)
                else:
                    rows[key] = (one, True)
                done.add((one.vida, *key))
        return held

    def release(self, registro_ans: str, cobrancas: Sequence[Cobranca]) -> None:
        self.before_write()
        with self._lock:
            for place, one in enumerate(cobrancas):
                self._crash(range(place))
                rows, key = self.rows[registro_ans, one.vida], (one.prestador_id, one.guia)
                if key in rows and rows[key][0].protocolo == one.protocolo:
                    rows[key] = (rows[key][0], False)

    def _crash(self, done: Any) -> None:
        if self.crash_at == len(done):
            self.crash_at = None
            raise self.crash


class FakeArchive:
    """`peg.service.portas.Archive` over a bucket; dossiers are kept as they are."""

    def __init__(self, acervo: Bucket | None = None) -> None:
        self.acervo = acervo or Bucket()
        self._dossies: dict[str, list[Dossie]] = defaultdict(list)
        self._acatados: dict[str, tuple[Recuperado, ...]] = {}

    def read(self, chave: str) -> bytes | None:
        return self.acervo.content(chave)

    def keep(self, registro_ans: str, prestador_id: str, finalidade: str, content: bytes) -> str:
        key = f"t/{registro_ans}/{prestador_id}/{finalidade}/{sha256(content)}"
        self.acervo.put(key, content, STORED)
        return key

    def keep_answer(self, registro_ans: str, prestador_id: str, upload_id: str, xml: bytes) -> None:
        self.acervo.put(objects.answer_key(registro_ans, prestador_id, upload_id, "xml"), xml, STORED)

    def keep_report(self, documento: Documento, report: Mapping[str, Any]) -> None:
        key = objects.answer_key(documento.registro_ans, documento.prestador_id, documento.upload_id, "json")
        self.acervo.put(key, json.dumps(report, ensure_ascii=False, default=str).encode(), STORED)

    def answer_key(self, documento: Documento) -> str:
        return objects.answer_key(documento.registro_ans, documento.prestador_id, documento.upload_id, "xml")

    def keep_dossie(self, peg: Peg, dossie: Dossie) -> str:
        held = self._dossies[peg.protocolo]
        if dossie not in held:
            held.append(dossie)
        return str(held.index(dossie) + 1)

    def dossie(self, peg: Peg) -> Dossie:
        held = self._dossies.get(peg.protocolo, [])
        if not peg.dossie or int(peg.dossie) > len(held):
            raise DossieMissingError(peg.dossie)
        return held[int(peg.dossie) - 1]

    def keep_acatados(self, chave: str, *partes: Recuperado) -> str:
        """What a recurso gives back lies there."""
        self._acatados[chave] = partes
        return chave

    def acatados(self, chave: str) -> Sequence[Recuperado]:
        if chave not in self._acatados:
            raise DossieMissingError(chave)
        return self._acatados[chave]


class FakePadrao:
    """`peg.service.portas.Padrao`: reads what it was told of; its answers name what they answer."""

    def __init__(self, lotes: Mapping[bytes, LoteLido] | None = None) -> None:
        self.lotes = dict(lotes or {})

    def read(self, raw: bytes, today: date, porta: Porta) -> LoteLido:
        return self.lotes[raw]

    def receipt(self, lote: LoteLido, peg: Peg, dossie: Dossie, admissao: Contexto) -> bytes:
        return f"{lote.versao_de_resposta} protocolo {peg.protocolo} lote {peg.numero_lote}".encode()

    def refusal(self, lote: LoteLido, admissao: Contexto, achados: Sequence[Achado], recebido_em: datetime) -> bytes:
        return f"{lote.versao_de_resposta} erro {achados[0].codigo}".encode()
