"""What is done with a received PEG: the prestador takes back, auditoria analyses, financeiro lets out and pays.

Each act is one conditional write of the PEG's row with its events, after a new dossier when amounts change. Whoever
meets what another left half done finishes it first; who loses a race looks again, unless it said which version it saw.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from conecta_atos.portas import keep_nothing
from conecta_contas import analise
from conecta_contas.analise import Glosa, Recuperado, Resultado
from conecta_contas.dossies import Dossie
from conecta_contas.pegs import Evento, Papel, Peg, Recuperacao, SituacaoPeg
from conecta_tiss.vocabulary.amounts import soma
from peg.domain import estados
from peg.domain.errors import (
    GuiaNaoRetiravelError,
    MudouError,
    PegNotFoundError,
    TransicaoInvalidaError,
    VersaoDiferenteError,
)
from peg.domain.estados import Ato
from peg.service.portas import Chamador, Fato
from peg.service.recepcao import ROUNDS, find_peg, settle

if TYPE_CHECKING:
    from conecta_atos.portas import Guardar
    from peg.service.portas import Portas

RETOMAR: Final = timedelta(minutes=5)
"""How long work may be under way before the sweep takes it for abandoned."""
AUDITORIA: Final = "AUDITORIA"
"""`Glosa.regra` of what a person gives."""
VARREDURA: Final = "varredura-peg"
"""Stands for the request's id in events of what happens by itself."""
Passo = Callable[[Peg, Ato], tuple[Peg, Sequence[Fato]]]
"""What an act makes of a PEG and tells of it; the very same PEG when it is done already."""


def find_of_operadora(registros: Collection[str], protocolo: str, portas: Portas) -> Peg:
    """One visible PEG at one of some operadoras.

    Raises:
        PegNotFoundError: absent, of another operadora, or still being written.
    """
    for registro in sorted(registros):
        prestador_id = portas.pegs.prestador_of(registro, protocolo)
        if prestador_id is not None:
            return find_peg(prestador_id, protocolo, portas)
    raise PegNotFoundError


def _act(
    peg: Peg,
    chamador: Chamador,
    portas: Portas,
    passo: Passo,
    *,
    motivo: str | None = None,
    ate: date | None = None,
    guardar: Guardar = keep_nothing,
) -> Peg:
    ato = Ato(papel=chamador.papel, quem=chamador.quem, quando=portas.now, motivo=motivo, ate=ate)
    for _ in range(ROUNDS):
        if peg.liberando:
            peg = settle(peg, portas, correlacao=chamador.correlacao)
        after, fatos = passo(peg, ato)
        if after is peg:
            return peg
        if chamador.versao is not None and chamador.versao != peg.versao:
            raise VersaoDiferenteError
        final = replace(after, liberando=False, versao=after.versao + 1) if after.liberando else after
        try:
            portas.pegs.change(
                peg, after, fatos, now=portas.now, correlacao=chamador.correlacao, guardar=guardar(final)
            )  # fmt: skip
        except MudouError:
            peg = find_peg(peg.prestador_id, peg.protocolo, portas)
            continue
        return settle(after, portas, correlacao=chamador.correlacao) if after.liberando else after
    raise MudouError


def _fato(tipo: str, peg: Peg, **dados: Any) -> Fato:
    known = {"protocolo": peg.protocolo, "numero_lote": peg.numero_lote, "situacao": peg.situacao.value}
    return Fato(tipo, {**known, **dados}, f"peg/{peg.protocolo}")


def _with_result(peg: Peg, dossie: Dossie, resultado: Resultado, portas: Portas) -> Peg:
    token = portas.archive.keep_dossie(peg, replace(dossie, resultado=resultado))
    return replace(peg, dossie=token, valor_glosado=resultado.glosado)


# --- the prestador ---


def cancel(peg: Peg, chamador: Chamador, portas: Portas, *, motivo: str | None = None, guardar: Guardar) -> Peg:
    """The PEG is cancelled while RECEBIDO: what it used is free again, then its lote number. Once more is the same.

    Raises:
        TransicaoInvalidaError: its analysis has begun.
        MudouError: too many others did too many things at once: try again.
    """
    if peg.situacao is SituacaoPeg.CANCELADO:
        return settle(peg, portas, correlacao=chamador.correlacao)

    def passo(held: Peg, ato: Ato) -> tuple[Peg, Sequence[Fato]]:
        if held.situacao is SituacaoPeg.CANCELADO:
            return held, ()
        after = estados.cancel(held, ato)
        return after, (_fato("PegCancelado", after),)

    return _act(peg, chamador, portas, passo, motivo=motivo, guardar=guardar)


def withdraw(peg: Peg, guia: int, chamador: Chamador, portas: Portas, *, motivo: str, guardar: Guardar) -> Peg:
    """One wrong guia is withdrawn while RECEBIDO: what it used is free again. Once more is the same.

    Raises:
        TransicaoInvalidaError: its analysis has begun.
        GuiaNaoRetiravelError: there is no such guia, or it is the last one.
        MotivoAusenteError: it does not say why.
        MudouError: too many others did too many things at once: try again.
    """
    if guia in peg.retiradas:
        return settle(peg, portas, correlacao=chamador.correlacao)

    def passo(held: Peg, ato: Ato) -> tuple[Peg, Sequence[Fato]]:
        if guia in held.retiradas and held.situacao is SituacaoPeg.RECEBIDO:
            return held, ()
        dossie = portas.archive.dossie(held)
        valor = next((one.informado for one in dossie.resultado.guias if one.indice == guia), Decimal(0))
        after = estados.retire_guia(held, guia, valor, ato)
        after = _with_result(after, dossie, analise.retirar(dossie.resultado, guia), portas)
        return after, (_fato("GuiaRetirada", after, guia=guia),)

    return _act(peg, chamador, portas, passo, motivo=motivo, guardar=guardar)


def finish(prestador_id: str, protocolo: str, portas: Portas, *, correlacao: str) -> None:
    """What somebody left half way is whole: a PEG that was being written, or what one let go.

    Raises:
        MudouError: too many others did too many things at once: try again.
    """
    peg = portas.pegs.get(prestador_id, protocolo)
    if peg is not None and (peg.liberando or peg.situacao is SituacaoPeg.PREPARANDO):
        settle(peg, portas, correlacao=correlacao)


def place_of(peg: Peg, numero_guia: str, portas: Portas) -> int:
    """Place of a guia by its number: of one it has still, else of one withdrawn.

    Raises:
        GuiaNaoRetiravelError: there is none.
    """
    found = [one.sequencia for one in portas.archive.dossie(peg).guias if one.numero == numero_guia]
    if not found:
        raise GuiaNaoRetiravelError
    return next((place for place in found if place in peg.guias), found[0])


def answer_question(peg: Peg, chamador: Chamador, portas: Portas, *, texto: str, guardar: Guardar) -> Peg:
    """What auditoria asked for is told; it is its turn again.

    Raises:
        TransicaoInvalidaError: nothing is asked.
    """

    def passo(held: Peg, ato: Ato) -> tuple[Peg, Sequence[Fato]]:
        after = estados.advance(held, Evento.INFORMACAO_RECEBIDA, ato)
        return after, (_fato("InformacaoRecebida", after),)

    return _act(peg, chamador, portas, passo, motivo=texto, ate=_deadline(peg, portas), guardar=guardar)


# --- auditoria ---


def begin(peg: Peg, chamador: Chamador, portas: Portas, *, guardar: Guardar = keep_nothing) -> Peg:
    """The analysis begins: nothing is cancelled or withdrawn from here on.

    Raises:
        TransicaoInvalidaError: it is not RECEBIDO.
    """

    def passo(held: Peg, ato: Ato) -> tuple[Peg, Sequence[Fato]]:
        after = estados.advance(held, Evento.ANALISE_INICIADA, ato)
        return after, (_fato("PegEmAnalise", after),)

    return _act(peg, chamador, portas, passo, ate=_deadline(peg, portas), guardar=guardar)


def _deadline(peg: Peg, portas: Portas) -> date | None:
    """Payment is due so many days after reception, as the contract says: by then all is told."""
    dia = portas.local_day(peg.data_recepcao)
    terms = portas.archive.dossie(peg).contrato_em(dia)
    return dia + timedelta(days=terms.prazo_pagamento_dias) if terms else None


def glosar(peg: Peg, glosa: Glosa, chamador: Chamador, portas: Portas, *, guardar: Guardar) -> Peg:
    """A person of auditoria takes something, and says why.

    Args:
        glosa: place, code, text, amount; who and under which contract is filled here.

    Raises:
        TransicaoInvalidaError: it is not under analysis.
        MotivoAusenteError: it says nothing.
        GlosaInvalidaError: of no such place, or of more than is there.
    """

    def passo(held: Peg, ato: Ato) -> tuple[Peg, Sequence[Fato]]:
        dossie = portas.archive.dossie(held)
        dia = dossie.dia_de(glosa.indice, glosa.sequencia) or portas.local_day(held.data_recepcao)
        terms = dossie.contrato_em(dia)
        made = replace(
            glosa, regra=AUDITORIA, guia=dossie.numero_de(glosa.indice), contrato=terms.numero if terms else None,
            contestar_dias=terms.prazo_contestacao_dias if terms else None,
        )  # fmt: skip
        return _audited(held, dossie, analise.glosar(dossie.resultado, made, autor=ato.quem), portas), ()

    return _act(peg, chamador, portas, _under_analysis(passo), guardar=guardar)


def revert(peg: Peg, glosa_id: int, chamador: Chamador, portas: Portas, *, motivo: str, guardar: Guardar) -> Peg:
    """A glosa is taken back without recurso.

    Raises:
        TransicaoInvalidaError: it is not under analysis.
        MotivoAusenteError: nobody says why.
        GlosaInvalidaError: there is no such glosa, or it was taken back before.
    """

    def passo(held: Peg, ato: Ato) -> tuple[Peg, Sequence[Fato]]:
        dossie = portas.archive.dossie(held)
        after = analise.reverter(dossie.resultado, glosa_id, autor=ato.quem, motivo=motivo)
        return _audited(held, dossie, after, portas), ()

    return _act(peg, chamador, portas, _under_analysis(passo), guardar=guardar)


def _under_analysis(passo: Passo) -> Passo:
    def guarded(held: Peg, ato: Ato) -> tuple[Peg, Sequence[Fato]]:
        if held.situacao is not SituacaoPeg.EM_ANALISE or ato.papel is not Papel.AUDITORIA:
            raise TransicaoInvalidaError(held.situacao)
        return passo(held, ato)

    return guarded


def _audited(peg: Peg, dossie: Dossie, resultado: Resultado, portas: Portas) -> Peg:
    return replace(_with_result(peg, dossie, resultado, portas), versao=peg.versao + 1)


def ask(peg: Peg, chamador: Chamador, portas: Portas, *, motivo: str, ate: date, guardar: Guardar) -> Peg:
    """Something is asked of the prestador, until a day; after it the analysis goes on by itself.

    Raises:
        TransicaoInvalidaError: it is not under analysis.
        MotivoAusenteError: it does not say what.
    """

    def passo(held: Peg, ato: Ato) -> tuple[Peg, Sequence[Fato]]:
        after = estados.advance(held, Evento.INFORMACAO_PEDIDA, ato)
        return after, (_fato("InformacaoPedida", after, ate=ate.isoformat()),)

    return _act(peg, chamador, portas, passo, motivo=motivo, ate=ate, guardar=guardar)


def conclude(peg: Peg, chamador: Chamador, portas: Portas, *, guardar: Guardar) -> Peg:
    """The analysis is done; what is taken stands until it is opened again.

    Raises:
        TransicaoInvalidaError: it is not under analysis.
    """

    def passo(held: Peg, ato: Ato) -> tuple[Peg, Sequence[Fato]]:
        after = estados.advance(held, Evento.ANALISADO, ato)
        return after, (_fato("PegAnalisado", after, valor_glosado=str(after.valor_glosado)),)

    return _act(peg, chamador, portas, passo, guardar=guardar)


def reopen(peg: Peg, chamador: Chamador, portas: Portas, *, motivo: str, guardar: Guardar) -> Peg:
    """What was analysed is analysed again, before its values are published.

    Raises:
        TransicaoInvalidaError: it is not ANALISADO.
        MotivoAusenteError: it does not say why.
    """

    def passo(held: Peg, ato: Ato) -> tuple[Peg, Sequence[Fato]]:
        after = estados.advance(held, Evento.REABERTO, ato)
        return after, (_fato("PegReaberto", after),)

    return _act(peg, chamador, portas, passo, motivo=motivo, ate=_deadline(peg, portas), guardar=guardar)


def release(peg: Peg, chamador: Chamador, portas: Portas, *, guardar: Guardar) -> Peg:
    """The values are published: from today on they are to be paid, and what was taken is contested.

    Raises:
        TransicaoInvalidaError: it is not ANALISADO.
    """

    def passo(held: Peg, ato: Ato) -> tuple[Peg, Sequence[Fato]]:
        after = replace(estados.advance(held, Evento.LIBERADO, ato), publicada_em=portas.hoje)
        values = {"valor_liberado": str(after.valor_liberado), "valor_glosado": str(after.valor_glosado)}
        fatos = [_fato("PegLiberado", after, **values)]
        if after.valor_glosado:
            standing = [one for one in portas.archive.dossie(held).resultado.glosas if one.valor]
            last = [day for one in standing if (day := one.contestar_ate(portas.hoje)) is not None]
            until = min(last).isoformat() if last else None
            fatos.append(_fato("GlosaPublicada", after, glosas=len(standing), contestar_ate=until, **values))
        return after, fatos

    return _act(peg, chamador, portas, passo, guardar=guardar)


def pay(peg: Peg, chamador: Chamador, portas: Portas, *, motivo: str) -> Peg:
    """Its values were paid. Once more is the same.

    Raises:
        TransicaoInvalidaError: they are not published, or nothing was to be paid.
    """
    return _act(peg, chamador, portas, _ended(Evento.PAGO, "PegPago"), motivo=motivo)


def close_unpaid(peg: Peg, chamador: Chamador, portas: Portas, *, motivo: str) -> Peg:
    """There is nothing to pay. Once more is the same; of one of which something was given back since, nothing.

    Raises:
        TransicaoInvalidaError: it is not analysed, or was paid.
        MotivoAusenteError: it does not say why.
    """
    return _act(peg, chamador, portas, _ended(Evento.ENCERRADO_SEM_PAGAMENTO, "PegEncerrado"), motivo=motivo)


def _ended(evento: Evento, tipo: str) -> Passo:
    def passo(held: Peg, ato: Ato) -> tuple[Peg, Sequence[Fato]]:
        to_pay = evento is Evento.ENCERRADO_SEM_PAGAMENTO and held.recuperacoes
        if to_pay or held.situacao is estados.TRANSICOES[evento].para:
            return held, ()
        after = estados.advance(held, evento, ato)
        return after, (_fato(tipo, after),)

    return passo


def recover(peg: Peg, recurso: str, partes: Sequence[Recuperado], chamador: Chamador, portas: Portas) -> Peg:
    """What a recurso gives back is taken no more, and is to be paid by itself. Once more is the same.

    Args:
        recurso: its protocolo.
        partes: what it gives back, line by line.

    Raises:
        TransicaoInvalidaError: its values are not published.
        GlosaInvalidaError: more than a glosa takes, or nothing.
    """

    def passo(held: Peg, ato: Ato) -> tuple[Peg, Sequence[Fato]]:
        if any(one.recurso == recurso for one in held.recuperacoes):
            return held, ()
        dossie = portas.archive.dossie(held)
        after = estados.recover(held, Recuperacao(recurso, valor, portas.hoje), ato)
        after = _with_result(after, dossie, analise.recuperar(dossie.resultado, partes), portas)
        values = {"valor": str(valor), "valor_liberado": str(after.valor_liberado),
                  "valor_glosado": str(after.valor_glosado)}  # fmt: skip
        return after, (_fato("ValorRecuperado", after, recurso=recurso, parcela=len(after.recuperacoes), **values),)

    valor = soma(one.valor for one in partes)
    return _act(peg, chamador, portas, passo, motivo=f"O recurso {recurso} devolveu R$ {valor:.2f}.")


# --- by itself ---


def sweep(registros: Collection[str], portas: Portas, *, limite: int = 300, tudo: bool = False) -> dict[str, int]:
    """Finish what was abandoned half way, begin the analysis of yesterday's PEGs, go on where nobody answered.

    Answers how many of each; each is done on its own, and what somebody else does meanwhile is left to them.

    Raises:
        Exception: of the first that could not be done, after all the others were.

    Args:
        limite: how many of each, at most.
        tudo: also what began just now.
    """
    done = {"retomados": 0, "em_analise": 0, "sem_resposta": 0, "adiados": 0}
    sistema = Chamador(papel=Papel.SISTEMA, quem="sistema", correlacao=VARREDURA)
    before = portas.now if tudo else portas.now - RETOMAR

    def start(prestador_id: str, protocolo: str) -> None:
        begin(find_peg(prestador_id, protocolo, portas), sistema, portas)

    def go_on(prestador_id: str, protocolo: str) -> None:
        held = find_peg(prestador_id, protocolo, portas)
        answer_question(held, sistema, portas, texto="Prazo encerrado sem resposta.", guardar=keep_nothing)

    yesterday = portas.hoje - timedelta(days=1)
    work: list[tuple[str, Callable[[str, str], None], list[tuple[str, str]]]] = [
        ("retomados", partial(finish, portas=portas, correlacao=VARREDURA), portas.pegs.pending(before, limite))
    ]
    for registro in sorted(registros):
        work += [
            ("em_analise", start, portas.pegs.due(registro, SituacaoPeg.RECEBIDO, yesterday, limite)),
            ("sem_resposta", go_on, portas.pegs.due(registro, SituacaoPeg.AGUARDANDO_INFORMACAO, yesterday, limite)),
        ]
    failed = [
        error
        for name, act, found in work
        for prestador_id, protocolo in found
        if (error := _tried(partial(act, prestador_id, protocolo), name, done)) is not None
    ]
    if failed:
        raise failed[0]
    return done


def _tried(act: Callable[[], None], name: str, done: dict[str, int]) -> Exception | None:
    """Count what became of an act; what went wrong with one PEG does not keep the others waiting."""
    try:
        act()
    except (MudouError, TransicaoInvalidaError, PegNotFoundError):
        name = "adiados"  # an index is behind its table, or somebody is at it
    except Exception as error:  # noqa: BLE001  # told when all the others are done
        return error
    done[name] += 1
    return None
