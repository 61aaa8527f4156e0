"""Judges what became of authorizations that many acted upon at once, by what each was told and what is stored.

Whoever races writes down every operation as its caller saw it (:class:`Feito`: when it began and ended by one monotonic
clock, what was answered); :func:`violations` compares them with the stored rows. It knows nothing of how the acts are
carried out: instants written in timelines are those at which an act was asked for, not done, and are compared only
where they must be equal, being of one transaction. What must have been before what is known from operations that did
not overlap.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from autorizacao.service.portas import Guardada
from conecta_edge.clock import local_day
from conecta_senhas.autorizacoes import (
    CONCEDIDAS,
    FINAIS,
    PENDENTES,
    ZERO,
    Autorizacao,
    Evento,
    Marco,
    Papel,
    Situacao,
)
from conecta_senhas.errors import AutorizacaoError
from conecta_senhas.eventos import FATOS
from conecta_senhas.solicitacoes import Tipo


class Resposta(StrEnum):
    """What the caller knows of its operation."""

    ACEITA = "ACEITA"
    RECUSADA = "RECUSADA"
    NENHUMA = "NENHUMA"
    """No answer, or one that says nothing of the effect (a timeout, a 5xx): it may have been done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feito:
    """One operation.

    Attributes:
        ato: its name, for whoever reads a violation.
        numero: the authorization it was asked of; of a request that was answered, the new one.
        inicio, fim: by one monotonic clock, before the call and after the answer.
        evento: the entry that it makes there; `None` of a reading.
        quem, motivo: as they must stand in that entry.
        versao: of `numero`, as answered.
        tambem: entries that it made on others in the same act, as answered.
    """

    ato: str
    numero: str
    inicio: float
    fim: float
    resposta: Resposta
    quem: str
    evento: Evento | None = None
    motivo: str | None = None
    versao: int | None = None
    tambem: Mapping[str, Evento] = field(default_factory=dict)

    @property
    def marcas(self) -> Iterator[Marca]:
        """The entries that it makes."""
        if self.evento is not None:
            yield self.numero, self.evento, self.quem, self.motivo
        for numero, evento in self.tambem.items():
            yield numero, evento, self.quem, self.motivo


Marca = tuple[str, Evento, str, str | None]
"""(numero, event, who, why) of an entry of a timeline."""


class Caderno:
    """Operations as they are noted down, by however many threads."""

    def __init__(self) -> None:
        self.feitos: list[Feito] = []
        self._lock = threading.Lock()

    def note(self, call: Callable[[], Any], ato: str, numero: str, quem: str, **rest: Any) -> Any:
        """Call a use case, and note what came of it; answers its answer, or the refusal.

        What it answers may say more: a number (of a request), the version, what else changed.
        """
        inicio = time.monotonic()
        said: dict[str, Any] = {"numero": numero, "resposta": Resposta.ACEITA}
        try:
            answer = call()
            said |= _told(answer)
        except AutorizacaoError as refusal:
            answer, said["resposta"] = refusal, Resposta.RECUSADA
        except Exception as lost:  # noqa: BLE001  # whatever it was, nobody knows what was done
            answer, said["resposta"] = lost, Resposta.NENHUMA
        feito = Feito(ato=ato, inicio=inicio, fim=time.monotonic(), quem=quem, **{**said, **rest})
        with self._lock:
            self.feitos.append(feito)
        return answer


def _told(answer: Any) -> dict[str, Any]:
    """What use cases answer: a row, several of which the first was asked about, a request."""
    if isinstance(answer, tuple) and answer and all(isinstance(one, Guardada) for one in answer):
        first, *others = answer
        tambem = {one.autorizacao.numero: one.autorizacao.historico[-1].evento for one in others}
        return {**_told(first), "tambem": tambem}
    row = getattr(answer, "guardada", None) or (answer[0] if isinstance(answer, tuple) and answer else answer)
    if not isinstance(row, Guardada):
        return {}
    return {"numero": row.autorizacao.numero, "versao": row.autorizacao.versao}


# --- judging ---

FIM: Final = frozenset({Evento.CANCELADA, Evento.RETIRADA, Evento.SUBSTITUIDA})
"""What makes a senha or a request invalid for good."""
DE_OUTROS: Final = frozenset({Evento.SUBSTITUIDA, Evento.SUBSTITUICAO_PEDIDA, Evento.SUBSTITUICAO_ENCERRADA})
"""Entries that an act upon another authorization makes: judged with the chain they are of."""
DEPOIS_DO_FIM: Final = frozenset({Evento.ATENDIMENTO_REGISTRADO})
VALIDAS: Final = CONCEDIDAS | {Situacao.UTILIZADA}


def violations(
    feitos: Sequence[Feito],
    guardadas: Sequence[Guardada],
    hoje: date,
    fatos: Sequence[tuple[str, str]] | None = None,
) -> list[str]:
    """Everything that may not be; empty when nothing is.

    Args:
        feitos: every operation of the race that could change any of the authorizations, and readings of them.
        guardadas: every authorization there is at the end, with its complements.
        hoje: local day of the end.
        fatos: (event, numero) of everything that was told, when it is to be judged.
    """
    return list(_Historia(feitos, guardadas, hoje, fatos).violations())


class _Historia:
    def __init__(
        self,
        feitos: Sequence[Feito],
        guardadas: Sequence[Guardada],
        hoje: date,
        fatos: Sequence[tuple[str, str]] | None,
    ) -> None:
        self._feitos, self._hoje, self._fatos = feitos, hoje, fatos
        self._guardadas = guardadas
        self._rows = {row.autorizacao.numero: row.autorizacao for row in guardadas}

    def violations(self) -> Iterator[str]:
        for rule in (
            self._versions,
            self._order,
            self._acknowledged,
            self._told,
            self._quantities,
            self._cancelled_or_used,
            self._final_is_final,
            self._expired,
            self._guias,
            self._chains,
            self._complements,
        ):
            yield from rule()

    # --- one authorization ---

    def _versions(self) -> Iterator[str]:
        for row in self._guardadas:
            held = row.autorizacao
            expected = len(held.historico) + len(row.complementos)
            if held.versao != expected:
                yield f"{held.numero}: versao {held.versao}, and {expected} changes"
            if held.historico and held.historico[-1].situacao is not held.situacao:
                yield f"{held.numero}: is {held.situacao}, its timeline ends in {held.historico[-1].situacao}"

    def _order(self) -> Iterator[str]:
        """What was seen later is not older; of two acts that were done, no two made the same version."""
        seen = [one for one in self._feitos if one.versao is not None and one.resposta is Resposta.ACEITA]
        for first in seen:
            held = self._rows.get(first.numero)
            if held is not None and (first.versao or 0) > held.versao:
                yield f"{first.numero}: {first.ato} was answered versao {first.versao}, and {held.versao} is stored"
            for second in seen:
                if first.numero != second.numero or first is second:
                    continue
                if first.fim < second.inicio and (first.versao or 0) > (second.versao or 0):
                    yield f"{first.numero}: {second.ato} saw versao {second.versao} after {first.versao} was answered"
        made = Counter((one.numero, one.versao) for one in seen if one.evento is not None)
        for (numero, versao), times in made.items():
            if times > 1:
                yield f"{numero}: versao {versao} was made {times} times"

    def _acknowledged(self) -> Iterator[str]:
        done, perhaps = Counter[Marca](), Counter[Marca]()
        for feito in self._feitos:
            if feito.resposta is not Resposta.RECUSADA:
                (done if feito.resposta is Resposta.ACEITA else perhaps).update(feito.marcas)
        written = Counter(
            (held.numero, marco.evento, marco.quem, marco.motivo)
            for held in self._rows.values()
            for marco in held.historico
            if marco.papel is not Papel.SISTEMA
        )
        for mark in {*done, *written}:
            numero, evento, quem, motivo = mark
            found, least, most = written[mark], done[mark], done[mark] + perhaps[mark]
            if found < least:
                yield f"{numero}: {evento} of {quem} ({motivo}) was acknowledged {least} times and is there {found}"
            elif found > most and evento not in DE_OUTROS:
                yield f"{numero}: {evento} of {quem} ({motivo}) is there {found} times and was done {most}"

    def _told(self) -> Iterator[str]:
        if self._fatos is None:
            return
        expected = Counter(
            (FATOS[marco.evento], held.numero) for held in self._rows.values() for marco in held.historico
        )
        told = Counter(self._fatos)
        for fact in {*expected, *told}:
            if expected[fact] != told[fact]:
                yield f"{fact[1]}: {fact[0]} was told {told[fact]} times of {expected[fact]}"

    def _quantities(self) -> Iterator[str]:
        for held in self._rows.values():
            for item in held.itens:
                if not ZERO <= item.faturada <= item.autorizada <= max(item.solicitado.quantidade, ZERO):
                    yield (
                        f"{held.numero}, item {item.sequencia}: {item.faturada} billed, {item.autorizada} authorised, "
                        f"{item.solicitado.quantidade} asked"
                    )

    def _cancelled_or_used(self) -> Iterator[str]:
        for held in self._rows.values():
            used = 0
            for marco in held.historico:
                used += (marco.evento is Evento.FATURADA) - (marco.evento is Evento.FATURAMENTO_DESFEITO)
                if marco.evento in FIM and used > 0:
                    yield f"{held.numero}: {marco.evento} after it was billed"
            ended = any(marco.evento in FIM for marco in held.historico) or held.situacao is Situacao.CANCELADA
            if ended and any(item.faturada > ZERO for item in held.itens):
                yield f"{held.numero}: cancelled and billed"

    def _final_is_final(self) -> Iterator[str]:
        for held in self._rows.values():
            ended: Situacao | None = None
            for marco in held.historico:
                if ended is not None and (marco.situacao is not ended or marco.evento not in DEPOIS_DO_FIM):
                    yield f"{held.numero}: {marco.evento} after {ended}"
                if marco.situacao in FINAIS:
                    ended = ended or marco.situacao

    def _expired(self) -> Iterator[str]:
        for held in self._rows.values():
            for place, marco in enumerate(held.historico):
                if marco.evento is not Evento.EXPIRADA:
                    continue
                dia = local_day(marco.quando)
                if held.validade is None or dia <= held.validade:
                    yield f"{held.numero}: expired on {dia}, and was valid until {held.validade}"
                elif self._open(held, place, dia):
                    yield f"{held.numero}: expired on {dia}, in a stay that was open"

    def _open(self, held: Autorizacao, place: int, dia: date) -> bool:
        """Whether a stay that had been told of kept it open; of a stay of its own by the entry's place."""
        if held.tipo is Tipo.INTERNACAO:
            before = {marco.evento for marco in held.historico[:place]}
            admitted, discharged = Evento.INTERNADO in before, Evento.ALTA in before
            return admitted and not (discharged and held.alta is not None and held.alta < dia)
        parent = self._rows.get(held.principal or "")
        if parent is None or parent.admissao is None or parent.situacao is Situacao.CANCELADA:
            return False
        told = next((one for one in self._feitos if (one.numero, one.evento) == (parent.numero, Evento.INTERNADO)), None)
        later = [one.inicio for one in self._feitos if one.numero == held.numero]
        return (parent.alta is None or dia <= parent.alta) and told is not None and bool(later) and told.fim < min(later)

    def _guias(self) -> Iterator[str]:
        living = Counter(
            (held.prestador_id, held.solicitacao.registro_ans, held.solicitacao.numero_guia_prestador)
            for held in self._rows.values()
            if held.situacao not in FINAIS
        )
        for (prestador, _, guia), times in living.items():
            if times > 1:
                yield f"{times} living authorizations of {prestador} have the number of guia {guia}"

    # --- several ---

    def _ended_before(self, held: Autorizacao, limit: float) -> bool:
        """Whether something that ended it for good may have been done before an instant of the clock."""
        return any(
            feito.inicio < limit
            for feito in self._feitos
            if feito.resposta is not Resposta.RECUSADA
            and any(numero == held.numero and evento in FIM for numero, evento, _, _ in feito.marcas)
        )

    def _chains(self) -> Iterator[str]:
        """R16: a senha and what replaces it: never both, never neither by itself."""
        news: dict[str, list[Autorizacao]] = {}
        for held in self._rows.values():
            if held.substitui is not None:
                news.setdefault(held.substitui, []).append(held)
        for numero, novas in news.items():
            antiga = self._rows.get(numero)
            if antiga is None:
                continue
            granted = [(nova, mark) for nova in novas if (mark := _granted(nova)) is not None]
            if len(granted) > 1:
                yield f"{numero}: replaced by {' and '.join(nova.numero for nova, _ in granted)}"
            for nova, mark in granted:
                yield from self._both(antiga, nova, mark)
        for held in self._rows.values():
            yield from self._neither(held)

    def _both(self, antiga: Autorizacao, nova: Autorizacao, granted: Marco) -> Iterator[str]:
        if any(one.evento is Evento.SUBSTITUIDA and one.quando == granted.quando for one in antiga.historico):
            return
        valid = antiga.situacao in VALIDAS and antiga.covers(self._hoje)
        mine = [one for one in self._feitos if one.resposta is not Resposta.RECUSADA]
        answered = [one.fim for one in mine if _makes(one, nova.numero, granted)]
        over = antiga.validade is not None and antiga.validade < local_day(granted.quando)
        ended = bool(answered) and self._ended_before(antiga, min(answered))
        if (valid and not over) or not (over or ended):
            yield f"{antiga.numero} and {nova.numero}, which replaces it: both were valid"

    def _neither(self, held: Autorizacao) -> Iterator[str]:
        for marco in held.historico:
            if marco.evento is Evento.SUBSTITUIDA:
                nova = self._rows.get(held.substituida_por or "")
                granted = _granted(nova) if nova is not None else None
                if granted is None or granted.quando != marco.quando:
                    yield f"{held.numero}: replaced, and nothing was valid in its place"
            elif marco.evento is Evento.SUBSTITUICAO_ENCERRADA and not self._settled(held, marco):
                yield f"{held.numero}: its substituição was closed, and nothing that was to replace it ended then"
        if held.substituicao is not None:
            nova = self._rows.get(held.substituicao)
            if nova is None or nova.situacao not in PENDENTES or nova.substitui != held.numero:
                yield f"{held.numero}: waits for {held.substituicao}, which is not to replace it"

    def _settled(self, antiga: Autorizacao, closed: Marco) -> bool:
        return any(
            marco.quando == closed.quando and marco.situacao not in PENDENTES
            for nova in self._rows.values()
            if nova.substitui == antiga.numero
            for marco in nova.historico
        )

    def _complements(self) -> Iterator[str]:
        """R17, R22: nothing lives on what was cancelled, and a parent knows what was asked on it."""
        by_parent: dict[str, list[Autorizacao]] = {}
        for held in self._rows.values():
            if held.principal is not None and held.historico[0].situacao is not Situacao.NEGADA:
                by_parent.setdefault(held.principal, []).append(held)
        for row in self._guardadas:
            parent = row.autorizacao
            children = by_parent.get(parent.numero, [])
            if {child.numero for child in children} != set(row.complementos):
                yield f"{parent.numero}: knows {sorted(row.complementos)} of what was asked on it"
            if parent.situacao is not Situacao.CANCELADA:
                continue
            over = [one.fim for one in self._feitos if _ends(one, parent.numero)]
            for child in children:
                if child.alive_em(self._hoje, parent):
                    yield f"{child.numero}: lives on {parent.numero}, which was cancelled"
                elif child.situacao is Situacao.CANCELADA and over and not self._ended_before(child, min(over)):
                    yield f"{child.numero}: lived on {parent.numero} after that was cancelled"


def _granted(held: Autorizacao) -> Marco | None:
    """The entry that made it a senha."""
    return next((marco for marco in held.historico if marco.situacao in VALIDAS), None)


def _makes(feito: Feito, numero: str, marco: Marco) -> bool:
    return any(mark == (numero, marco.evento, marco.quem, marco.motivo) for mark in feito.marcas)


def _ends(feito: Feito, numero: str) -> bool:
    return feito.resposta is Resposta.ACEITA and any(
        (mark[0], mark[1] in FIM) == (numero, True) for mark in feito.marcas
    )
