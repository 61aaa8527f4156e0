"""What a prestador does with its authorizations after it asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autorizacao.service.nucleo import Cena, Render, act, keep_no_answer, visible
from conecta_senhas import transicoes
from conecta_senhas.autorizacoes import Papel
from conecta_senhas.errors import DocumentoAusenteError
from conecta_senhas.motor import judge_annex

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from autorizacao.service.portas import Chamador, Guardada, Portas
    from conecta_senhas.autorizacoes import Ato, Autorizacao
    from conecta_senhas.solicitacoes import Anexo, DocumentoAnexado


def cancel(
    registro_ans: str,
    numero: str,
    *,
    chamador: Chamador,
    portas: Portas,
    motivo: str | None = None,
    complementos: bool = False,
    render: Render = keep_no_answer,
) -> tuple[Guardada, ...]:
    """R17: cancel a whole senha, or withdraw a pending request.

    Args:
        complementos: its living complements too, in the same act.

    Returns:
        What changed, itself first.

    Raises:
        JaFaturadaError: something of it was billed.
        ComplementosVivosError: it has living complements, and they were not to go with it (or are too many at once).
        TransicaoInvalidaError: it is in no state to be cancelled.
    """

    def step(cena: Cena, ato: Ato) -> Sequence[Autorizacao]:
        children = tuple(item.autorizacao for item in cena.complementos)
        return transicoes.cancel(cena.autorizacao, children, ato, together=complementos, principal=cena.pai)

    return act(
        registro_ans, numero, step, chamador=chamador, portas=portas, motivo=motivo, complementos=True, render=render
    )


def answer(
    registro_ans: str,
    numero: str,
    *,
    chamador: Chamador,
    portas: Portas,
    documentos: tuple[DocumentoAnexado, ...] = (),
    justificativa: str = "",
    render: Render = keep_no_answer,
) -> Guardada:
    """Send what was asked: back to analysis by itself when nothing is missing (R27).

    Raises:
        DocumentoAusenteError: a file that is named is not there.
        TransicaoInvalidaError: nothing is waited for.
    """

    def step(cena: Cena, ato: Ato) -> Sequence[Autorizacao]:
        _there(cena, documentos, chamador, portas)
        return (transicoes.answer(cena.autorizacao, ato, documentos=documentos, justificativa=justificativa),)

    return act(registro_ans, numero, step, chamador=chamador, portas=portas, render=render)[0]


def receive_document(
    registro_ans: str, numero: str, documento: DocumentoAnexado, *, chamador: Chamador, portas: Portas
) -> bool:  # fmt: skip
    """A document was given to a request where documents are kept: an answer, when it is waited for.

    Returns:
        Whether it was; the same again is not.

    Raises:
        AutorizacaoNotFoundError: absent or foreign.
        TransicaoInvalidaError: somebody else ended the waiting in the same moment.
    """
    held = visible(portas.autorizacoes.get(registro_ans, numero), chamador)
    if not transicoes.awaits(held.autorizacao, documento):
        return False

    def step(cena: Cena, ato: Ato) -> Sequence[Autorizacao]:
        return (transicoes.answer(cena.autorizacao, ato, documentos=(documento,)),)

    act(registro_ans, numero, step, chamador=chamador, portas=portas)
    return True


def attach(
    registro_ans: str,
    numero: str,
    anexo: Anexo,
    *,
    chamador: Chamador,
    portas: Portas,
    documentos: tuple[DocumentoAnexado, ...] = (),
    render: Render = keep_no_answer,
) -> Guardada:
    """R27: an annex that follows its request, its items judged by the same rules.

    Raises:
        DocumentoAusenteError: a file that is named is not there.
        TransicaoInvalidaError: it is decided, or has an annex of this kind.
    """

    def step(cena: Cena, ato: Ato) -> Sequence[Autorizacao]:
        _there(cena, documentos, chamador, portas)
        held = cena.autorizacao
        asked = held.solicitacao
        whole = replace(asked, anexos=(*asked.anexos, anexo), documentos=(*asked.documentos, *documentos))
        owner = replace(chamador, prestador_id=held.prestador_id)
        lido = portas.contextos.read(whole, owner, portas.hoje, nova=False, sem=numero)
        contexto = lido.contexto
        last = max((item.sequencia for item in held.itens), default=0)
        parecer = judge_annex(whole, contexto, last)
        ate = parecer.pendente_ate or contexto.calendario.somar_uteis(
            portas.hoje, contexto.parametros.pendencia_uteis, contexto.uf
        )
        itens = tuple(item for item in parecer.itens if item.sequencia > last)
        return (
            transicoes.attach(held, anexo, itens, parecer.pendencias, ato, ate=ate, documentos=documentos),
        )  # fmt: skip

    return act(registro_ans, numero, step, chamador=chamador, portas=portas, render=render)[0]


def _there(cena: Cena, documentos: Sequence[DocumentoAnexado], chamador: Chamador, portas: Portas) -> None:
    """A prestador names files of its own; the Central those of the prestador the request is of."""
    owner = chamador.prestador_id if chamador.papel is Papel.PRESTADOR else cena.autorizacao.prestador_id
    ids = tuple(documento.documento_id for documento in documentos)
    if ids and owner and (missing := portas.documentos.missing(owner, ids)):
        raise DocumentoAusenteError(missing)


def request_date(
    registro_ans: str,
    numero: str,
    sequencia: int,
    dia: date,
    *,
    motivo: str,
    chamador: Chamador,
    portas: Portas,
    render: Render = keep_no_answer,
) -> Guardada:
    """R23: another day for an item authorised for a planned one.

    Raises:
        DataInvalidaError: the day is outside the senha.
        TransicaoInvalidaError: the item has no planned day, or is billed.
    """
    return act(
        registro_ans,
        numero,
        lambda cena, ato: (transicoes.request_date(cena.autorizacao, sequencia, dia, ato, cena.pai),),
        chamador=chamador,
        portas=portas,
        motivo=motivo,
        render=render,
    )[0]


def admit(
    registro_ans: str,
    numero: str,
    dia: date,
    *,
    chamador: Chamador,
    portas: Portas,
    motivo: str | None = None,
    render: Render = keep_no_answer,
) -> Guardada:
    """Comunicação de internação (R10, R22).

    Raises:
        SenhaExpiradaError: the day is outside the senha.
        DataInvalidaError: the day is to come.
        TransicaoInvalidaError: it is no authorised stay, or was communicated already.
    """
    return act(
        registro_ans,
        numero,
        lambda cena, ato: (transicoes.admit(cena.autorizacao, dia, ato),),
        chamador=chamador,
        portas=portas,
        motivo=motivo,
        render=render,
    )[0]


def discharge(
    registro_ans: str,
    numero: str,
    dia: date,
    *,
    motivo_alta: str,
    chamador: Chamador,
    portas: Portas,
    render: Render = keep_no_answer,
) -> Guardada:
    """Comunicação de alta.

    Args:
        motivo_alta: dm_motivoSaida.

    Raises:
        DataInvalidaError: before the admission, or to come.
        TransicaoInvalidaError: nobody is in that stay.
    """
    return act(
        registro_ans,
        numero,
        lambda cena, ato: (transicoes.discharge(cena.autorizacao, dia, ato, motivo_alta=motivo_alta),),
        chamador=chamador,
        portas=portas,
        render=render,
    )[0]
