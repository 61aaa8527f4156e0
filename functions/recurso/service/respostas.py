"""The operadora answers: auditoria entry by entry, then all of it at once; its clock is watched; reais go back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from conecta_atos.portas import Guardar, keep_nothing
from conecta_tiss.vocabulary.amounts import ZERO
from recurso.domain import recursos
from recurso.domain.errors import MudouError, NaoEncontradoError, RecursoInvalidoError, TransicaoInvalidaError
from recurso.domain.recursos import (
    ESPERA,
    Agenda,
    Ato,
    Decisao,
    Entrada,
    Papel,
    Pauta,
    Recurso,
    Resposta,
    SituacaoRecurso,
)
from recurso.domain.regras import Apontamento
from recurso.service.contestacao import fato, find_recurso, require_version
from recurso.service.portas import Chamador, Fato, Mudanca

if TYPE_CHECKING:
    from recurso.service.portas import Portas

ROUNDS: Final = 4
VARREDURA: Final = "varredura-recurso"
"""Stands for the request's id in events of what happens by itself."""
SISTEMA: Final = Chamador(papel=Papel.SISTEMA, quem="sistema", correlacao=VARREDURA)
Passo = Callable[[Recurso, Ato], tuple[Recurso, Sequence[Fato]]]
"""What an act makes of a recurso and tells of it; the very same recurso when it is done already."""


def find_of_operadora(registros: Collection[str], protocolo: str, portas: Portas) -> Recurso:
    """One at one of some operadoras.

    Raises:
        NaoEncontradoError: absent, or of another operadora.
    """
    for registro in sorted(registros):
        prestador_id = portas.recursos.prestador_of(registro, protocolo)
        if prestador_id is not None:
            return find_recurso(prestador_id, protocolo, portas)
    raise NaoEncontradoError


def _act(
    recurso: Recurso, chamador: Chamador, portas: Portas, passo: Passo, *, guardar: Guardar = keep_nothing
) -> Recurso:
    ato = Ato(papel=chamador.papel, quem=chamador.quem, quando=portas.now)
    for _ in range(ROUNDS):
        after, fatos = passo(recurso, ato)
        if after is recurso:
            return recurso
        require_version(recurso.versao, chamador)
        try:
            portas.recursos.write(
                [Mudanca(recurso, after)], fatos, now=portas.now, correlacao=chamador.correlacao,
                guardar=guardar(after),
            )  # fmt: skip
        except MudouError:
            recurso = find_recurso(recurso.prestador_id, recurso.protocolo, portas)
            continue
        return after
    raise MudouError


# --- auditoria ---


def begin(recurso: Recurso, chamador: Chamador, portas: Portas, *, guardar: Guardar = keep_nothing) -> Recurso:
    """Its analysis begins: nobody cancels it from here on. Once more is the same.

    Raises:
        TransicaoInvalidaError: it was cancelled or answered.
        VersaoDiferenteError: it is not the version that the caller saw.
        MudouError: too many others did too many things at once: try again.
    """

    def passo(held: Recurso, ato: Ato) -> tuple[Recurso, Sequence[Fato]]:
        if held.situacao is SituacaoRecurso.EM_ANALISE:
            return held, ()
        after = recursos.analisar(held, ato)
        return after, (fato("RecursoEmAnalise", after),)

    return _act(recurso, chamador, portas, passo, guardar=guardar)


@dataclass(frozen=True, slots=True, kw_only=True)
class RespostaPedida:
    """What auditoria says to an entry.

    Attributes:
        item: id of the entry.
        valor: reais given back, of what is given back in part.
    """

    item: int
    decisao: Decisao
    valor: Decimal | None = None
    justificativa: str | None = None


def answer(
    recurso: Recurso,
    respostas: Sequence[RespostaPedida],
    chamador: Chamador,
    portas: Portas,
    *,
    guardar: Guardar = keep_nothing,
) -> Recurso:
    """Answers to some entries are written down; the prestador sees them once it is concluded.

    A recurso that was only sent is under analysis with the first of them.

    Raises:
        RecursoInvalidoError: all that is wrong with them; `Apontamento.entrada` is the place among `respostas`.
        TransicaoInvalidaError: it was cancelled or concluded.
        VersaoDiferenteError: it is not the version that the caller saw.
        MudouError: too many others did too many things at once: try again.
    """

    def passo(held: Recurso, ato: Ato) -> tuple[Recurso, Sequence[Fato]]:
        fatos: tuple[Fato, ...] = ()
        pauta = portas.arquivo.pauta(held)
        if wrong := tuple(conferir_respostas(pauta, respostas)):
            raise RecursoInvalidoError(wrong)
        if held.situacao is SituacaoRecurso.ENVIADO:
            held = recursos.analisar(held, ato)
            fatos = (fato("RecursoEmAnalise", held),)
        told = recursos.responder(pauta, {one.item: _resposta(one, pauta, ato) for one in respostas})
        recursos.anotar(held, "")  # refuse before anything is kept
        return recursos.anotar(held, portas.arquivo.keep_pauta(held, told)), fatos

    return _act(recurso, chamador, portas, passo, guardar=guardar)


def _resposta(one: RespostaPedida, pauta: Pauta, ato: Ato) -> Resposta:
    entrada = next(held for held in pauta.entradas if held.id == one.item)
    return Resposta(
        decisao=one.decisao, valor_acatado=_granted(one, entrada), quem=ato.quem, quando=ato.quando,
        justificativa=(one.justificativa or "").strip() or None,
    )  # fmt: skip


def _granted(one: RespostaPedida, entrada: Entrada) -> Decimal:
    if one.decisao is Decisao.PARCIAL:
        return one.valor or ZERO
    return entrada.valor_recursado if one.decisao is Decisao.ACATADO else ZERO


def conferir_respostas(pauta: Pauta, respostas: Sequence[RespostaPedida]) -> Iterator[Apontamento]:
    """REC-RESPOSTA: each is of an entry, once; of a part more than nothing and less than all; a glosa kept says why."""
    by_id = {one.id: one for one in pauta.entradas}
    seen: set[int] = set()
    for place, one in enumerate(respostas):
        entrada, partial = by_id.get(one.item), one.decisao is Decisao.PARCIAL
        if entrada is None or one.item in seen:
            text = "Este item já está na lista." if entrada else "O recurso não tem este item."
            yield _wrong(place, "item", text)
            continue
        seen.add(one.item)
        if partial and (one.valor is None or not ZERO < one.valor < entrada.valor_recursado):
            yield _wrong(
                place, "valor_acatado",
                f"Em parte é mais que zero e menos que R$ {entrada.valor_recursado:.2f}: informe quanto.",
            )  # fmt: skip
        elif not partial and one.valor is not None and one.valor != _granted(one, entrada):
            yield _wrong(place, "valor_acatado", "O valor não é o desta decisão: retire-o, ou responda PARCIAL.")
        if one.decisao is not Decisao.ACATADO and not (one.justificativa or "").strip():
            yield _wrong(place, "justificativa", "Diga por que a glosa é mantida: o prestador a lê.")


def _wrong(place: int, campo: str, text: str) -> Apontamento:
    return Apontamento(regra="REC-RESPOSTA", motivo=None, mensagem=text, entrada=place, campo=campo)


def conclude(recurso: Recurso, chamador: Chamador, portas: Portas, *, guardar: Guardar = keep_nothing) -> Recurso:
    """Every entry is answered: that is told, and what is given back goes back to the PEG. Once more is the same.

    Raises:
        RespostasFaltamError: of some entries.
        TransicaoInvalidaError: it is not under analysis.
        VersaoDiferenteError: it is not the version that the caller saw.
        MudouError: too many others did too many things at once: try again.
    """

    def passo(held: Recurso, ato: Ato) -> tuple[Recurso, Sequence[Fato]]:
        if held.respondido:
            return held, ()
        if held.situacao is not SituacaoRecurso.EM_ANALISE:
            raise TransicaoInvalidaError(held.situacao)
        pauta = portas.arquivo.pauta(held)
        after = recursos.concluir(held, pauta, ato, portas.hoje)
        partes = pauta.devolvidos(held.protocolo)
        where = portas.arquivo.keep_acatados(held, partes) if partes else None
        return after, (fato("RecursoRespondido", after, valor_acatado=str(after.valor_acatado), acatados=where),)

    return _act(recurso, chamador, portas, passo, guardar=guardar)


# --- what follows ---


def schedule(prestador_id: str, protocolo: str, agenda: Agenda, portas: Portas) -> Recurso:
    """Its payment is scheduled, as pagamento tells it. Once more is the same.

    Raises:
        NaoEncontradoError: there is none.
        TransicaoInvalidaError: it is not answered.
        MudouError: too many others did too many things at once: try again.
    """

    def passo(held: Recurso, ato: Ato) -> tuple[Recurso, Sequence[Fato]]:
        if held.situacao is SituacaoRecurso.PAGAMENTO_AGENDADO:
            return held, ()
        after = recursos.agendar(held, agenda, ato)
        return after, (fato("RecursoAgendado", after, valor_acatado=str(after.valor_acatado)),)

    return _act(find_recurso(prestador_id, protocolo, portas), SISTEMA, portas, passo)


def settle(prestador_id: str, protocolo: str, dia: date, portas: Portas) -> Recurso:
    """What it gave back was paid on a day. Once more is the same.

    Raises:
        NaoEncontradoError: there is none.
        TransicaoInvalidaError: its payment was not scheduled yet: try again.
        MudouError: too many others did too many things at once: try again.
    """

    def passo(held: Recurso, ato: Ato) -> tuple[Recurso, Sequence[Fato]]:
        if held.paga_em is not None:
            return held, ()
        return recursos.pagar(held, dia, ato), ()

    return _act(find_recurso(prestador_id, protocolo, portas), SISTEMA, portas, passo)


def watch(registros: Collection[str], portas: Portas, *, limite: int = 300) -> dict[str, int]:
    """Terms to answer that ended yesterday or before are told, each once (`RespostaDeRecursoVencida`).

    Answers how many were told, and how many changed meanwhile and are left to the next time.
    """
    done = {"vencidos": 0, "adiados": 0}

    def passo(held: Recurso, ato: Ato) -> tuple[Recurso, Sequence[Fato]]:
        if held.vencido or held.situacao not in ESPERA:
            return held, ()
        after = recursos.vencer(held, ato)
        last = held.responder_ate
        return after, (fato("RespostaDeRecursoVencida", after, responder_ate=last.isoformat() if last else None),)

    for registro in sorted(registros):
        for situacao in sorted(ESPERA):
            for one in portas.recursos.overdue(registro, situacao, portas.hoje, limite):
                try:
                    done["vencidos"] += _act(one, SISTEMA, portas, passo).vencido
                except MudouError:
                    done["adiados"] += 1
    return done
