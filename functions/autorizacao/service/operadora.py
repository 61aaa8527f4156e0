"""The Central's and auditoria's side: their lists, their decisions, what only they may change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from autorizacao.service.nucleo import Cena, Render, act, keep_no_answer
from autorizacao.service.portas import Pagina
from conecta_senhas import transicoes
from conecta_senhas.contexto import Caso, Efeito
from conecta_senhas.errors import AutorizacaoNotFoundError, ExecutanteInvalidoError
from conecta_senhas.motor import valid_until
from conecta_senhas.regras_itens import contratado, diaria_negociada
from conecta_senhas.regras_pedido import contrato, relacionamento

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from autorizacao.service.portas import Chamador, Guardada, Portas
    from conecta_senhas.autorizacoes import Ato, Autorizacao, Pendencia
    from conecta_senhas.transicoes import Voto

FILAS: Final = ("ANALISE", "PENDENTES", "DATAS")
"""Work-lists: what auditoria decides, what waits for prestadores, days asked for of oncology (R23)."""


def worklist(
    registro_ans: str,
    fila: str,
    posicao: Mapping[str, str] | None,
    limite: int,
    *,
    chamador: Chamador,
    portas: Portas,
) -> Pagina:
    """What waits: urgency first, then by the last day of the answer.

    Raises:
        AutorizacaoNotFoundError: the operadora is not the caller's.
    """
    _at(registro_ans, chamador)
    return portas.autorizacoes.worklist(registro_ans, fila, posicao, limite)


def search(
    registro_ans: str,
    posicao: Mapping[str, str] | None,
    limite: int,
    *,
    chamador: Chamador,
    portas: Portas,
    numero: str | None = None,
    carteira: str | None = None,
    cpf: str | None = None,
    nome: str | None = None,
) -> Pagina:
    """Authorizations of whatever prestador: by number, by the life's carteira or CPF, or by its first and last name.

    Args:
        carteira: present or replaced; what was asked with the other is found, too.

    Raises:
        AutorizacaoNotFoundError: the operadora is not the caller's.
    """
    _at(registro_ans, chamador)
    if nome is not None:
        return portas.autorizacoes.by_name(registro_ans, nome, posicao, limite)
    if numero is not None:
        found = portas.autorizacoes.get(registro_ans, numero)
        return Pagina([found] if found else [], None)
    if cpf is not None:
        numbers = portas.contextos.carteiras(registro_ans, cpf)
    else:
        life = portas.contextos.beneficiario(registro_ans, carteira or "")
        known = (carteira, life.numero_carteira, life.carteira_anterior) if life else (carteira,)
        numbers = tuple(dict.fromkeys(number for number in known if number))
    pointers = sorted(portas.autorizacoes.of_life(registro_ans, numbers), key=lambda item: item.dia, reverse=True)
    start = int((posicao or {}).get("inicio", "0"))
    chosen = [item.numero for item in pointers[start : start + limite]]
    rows = portas.autorizacoes.many(registro_ans, chosen)
    more = start + limite < len(pointers)
    return Pagina([row for row in rows if row is not None], {"inicio": str(start + limite)} if more else None)


def _at(registro_ans: str, chamador: Chamador) -> None:
    if registro_ans not in chamador.registros:
        raise AutorizacaoNotFoundError


def decide(
    registro_ans: str,
    numero: str,
    votos: Sequence[Voto],
    *,
    chamador: Chamador,
    portas: Portas,
    motivo: str | None = None,
    render: Render = keep_no_answer,
) -> Guardada:
    """Auditoria decides every item in analysis (R25); a senha it was to replace goes in the same transaction (R16).

    Raises:
        DecisaoIncompletaError, QuantidadeInvalidaError, NegativaSemBaseError: what is wrong with the decision.
        TransicaoInvalidaError: it is not in analysis.
        JaFaturadaError: the senha it was to replace was used meanwhile: it can only be denied.
    """

    def step(cena: Cena, ato: Ato) -> Sequence[Autorizacao]:
        held = cena.autorizacao
        owner = replace(chamador, prestador_id=held.prestador_id)
        lido = portas.contextos.read(held.solicitacao, owner, portas.hoje, nova=False, sem=numero)
        until = valid_until(held.solicitacao, lido.contexto)
        return (transicoes.decide(held, votos, ato, senha=numero, validade=until),)

    return act(registro_ans, numero, step, chamador=chamador, portas=portas, motivo=motivo, render=render)[0]


def ask(
    registro_ans: str,
    numero: str,
    pendencias: tuple[Pendencia, ...],
    *,
    ate: date,
    chamador: Chamador,
    portas: Portas,
    motivo: str | None = None,
    render: Render = keep_no_answer,
) -> Guardada:
    """Auditoria asks for a document or a justification, until a day."""
    return act(
        registro_ans,
        numero,
        lambda cena, ato: (transicoes.ask(cena.autorizacao, pendencias, ato, ate=ate),),
        chamador=chamador,
        portas=portas,
        motivo=motivo,
        render=render,
    )[0]


def extend(
    registro_ans: str,
    numero: str,
    *,
    ate: date,
    chamador: Chamador,
    portas: Portas,
    motivo: str | None = None,
    render: Render = keep_no_answer,
) -> Guardada:
    """More days for what is waited for."""
    return act(
        registro_ans,
        numero,
        lambda cena, ato: (transicoes.extend(cena.autorizacao, ato, ate=ate),),
        chamador=chamador,
        portas=portas,
        motivo=motivo,
        render=render,
    )[0]


def resume(
    registro_ans: str,
    numero: str,
    *,
    motivo: str,
    chamador: Chamador,
    portas: Portas,
    render: Render = keep_no_answer,
) -> Guardada:
    """Auditoria does without what was asked."""
    return act(
        registro_ans,
        numero,
        lambda cena, ato: (transicoes.resume(cena.autorizacao, ato),),
        chamador=chamador,
        portas=portas,
        motivo=motivo,
        render=render,
    )[0]


def change_quantities(
    registro_ans: str,
    numero: str,
    quantidades: Mapping[int, Decimal],
    *,
    motivo: str,
    chamador: Chamador,
    portas: Portas,
    render: Render = keep_no_answer,
) -> Guardada:
    """R18: the Central cancels some codes or changes their quantity, never below what was billed.

    Raises:
        QuantidadeInvalidaError: below what was billed, or above what was asked.
        ComplementosVivosError: nothing would be left of it, and something living was asked on it (R17).
        PapelNaoPermitidoError: a prestador's caller.
    """

    def step(cena: Cena, ato: Ato) -> Sequence[Autorizacao]:
        children = tuple(item.autorizacao for item in cena.complementos)
        return (transicoes.change_quantities(cena.autorizacao, quantidades, ato, cena.pai, children),)

    return act(
        registro_ans, numero, step, chamador=chamador, portas=portas, motivo=motivo, complementos=True, render=render
    )[0]


def change_executante(
    registro_ans: str,
    numero: str,
    executante: str,
    *,
    motivo: str,
    chamador: Chamador,
    portas: Portas,
    render: Render = keep_no_answer,
) -> Guardada:
    """The patient goes to another prestador: one that is enabled and has all of it in its contract.

    The senha ends with that one's contract or relacionamento, if that is before its own last day (R10).

    Raises:
        ExecutanteInvalidoError: it is not, or has not; with the findings.
        JaFaturadaError: something was billed.
    """

    def step(cena: Cena, ato: Ato) -> Sequence[Autorizacao]:
        held = cena.autorizacao
        moved = transicoes.change_executante(held, executante, ato, cena.pai)
        asked = moved.solicitacao
        owner = replace(chamador, prestador_id=executante)
        lido = portas.contextos.read(asked, owner, portas.hoje, nova=False, sem=numero)
        caso = Caso(asked, lido.contexto)
        living = {None, *(item.sequencia for item in held.itens if item.autorizada)}
        found = tuple(
            achado
            for rule in (relacionamento, contrato, contratado, diaria_negociada)
            for achado in rule(caso)
            if achado.efeito is Efeito.IMPEDE and achado.item in living
        )
        if found:
            raise ExecutanteInvalidoError(found)
        return (transicoes.ends_by(moved, valid_until(asked, lido.contexto)),)

    return act(registro_ans, numero, step, chamador=chamador, portas=portas, motivo=motivo, render=render)[0]


def decide_date(
    registro_ans: str,
    numero: str,
    sequencia: int,
    *,
    approved: bool,
    chamador: Chamador,
    portas: Portas,
    motivo: str | None = None,
    render: Render = keep_no_answer,
) -> Guardada:
    """R23: the oncology team takes the day that was asked for an item, or leaves the planned one and says why."""
    return act(
        registro_ans,
        numero,
        lambda cena, ato: (transicoes.decide_date(cena.autorizacao, sequencia, ato, approved=approved),),
        chamador=chamador,
        portas=portas,
        motivo=motivo,
        render=render,
    )[0]


def register_call(
    registro_ans: str,
    numero: str,
    *,
    assunto: str,
    chamador: Chamador,
    portas: Portas,
    render: Render = keep_no_answer,
) -> tuple[Guardada, str]:
    """A call about an authorization, with a protocolo of its own (R30), in its timeline.

    Returns:
        The authorization and the protocolo.
    """
    protocolo = portas.contextos.next_protocolo(portas.hoje)
    guardada, *_ = act(
        registro_ans,
        numero,
        lambda cena, ato: (transicoes.register_call(cena.autorizacao, ato),),
        chamador=chamador,
        portas=portas,
        motivo=f"Atendimento {protocolo}: {assunto}",
        render=lambda changed: render((changed[0], protocolo)),
    )
    return guardada, protocolo
