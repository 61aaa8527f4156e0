"""TISS messages, however they come: by the XML door, which hands them over, or as files.

The same use cases as of the JSON routes, answered in the sender's version. What is wrong with the message itself, or
with a lote that is not received, is a 422 with `mensagemErro`; what the operadora answers, an error included, is a 200.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from conecta_atos.portas import keep_nothing
from conecta_contas.pegs import Papel, Porta, SituacaoPeg
from conecta_edge import session
from conecta_edge.http import Operation, Request, Resposta, handed_over
from conecta_tiss.rules.admissao import operadora_desconhecida
from conecta_tiss.versions import answer_version
from conecta_tiss.vocabulary.tables import StatusCancelamento, TipoGuia
from peg.bootstrap import cancelamentos, nucleo
from peg.domain.errors import (
    GuiaNaoRetiravelError,
    PegNotFoundError,
    TransicaoInvalidaError,
)
from peg.domain.lotes import Documento
from peg.handler.comum import ERRORS, record
from peg.service import atos, recepcao
from peg.service.portas import Chamador

if TYPE_CHECKING:
    from conecta_contas.pegs import Peg
    from conecta_edge.tenancy import Principal
    from conecta_tiss.messages.cancelamento import GuiaACancelar, LoteACancelar
    from conecta_tiss.rules.admissao import Lida
    from peg.domain.rules import Contexto
    from peg.service.portas import Portas

FUNCAO: Final = "peg-api"
TAG: Final = "PEG"
LER: Final = "peg.ler"
ESCREVER: Final = "peg.escrever"
CANCELAR_SENHAS: Final = "autorizacao.escrever"
CANCELAR_RECURSOS: Final = "recurso.escrever"
MENSAGENS: Final = "mensagem_tiss"
"""Finalidade under which a message is archived."""
FINALIDADE: Final = "conferencia-de-faturamento"
CAMPOS: Final = ("numero_carteira", "guias", "glosas")
"""Personal data that a receipt or a status shows, for the audit."""
RETIRADA: Final = "Cancelada pelo prestador por mensagem cancelaGuia."
_PROTOCOLO: Final = re.compile(r"[1-9][0-9]{11}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Caso:
    """A message being answered: who sent it, to whom, and what is known of both.

    Attributes:
        arquivo: it came as a file, whose sender is not there to be told that it may not.
    """

    request: Request
    caller: Principal
    lida: Lida
    admissao: Contexto
    portas: Portas
    arquivo: bool

    @property
    def registro(self) -> str:
        return self.admissao.registro_ans

    @property
    def chamador(self) -> Chamador:
        return Chamador(papel=Papel.PRESTADOR, quem=self.caller.subject, correlacao=self.request.correlacao)

    def answered(self, corpo: Any, protocolo: str | None = None) -> Resposta:
        from peg.messages import recibos  # noqa: PLC0415

        xml = recibos.answer(self.lida, self.admissao, self.portas.now, corpo)
        return Resposta(200, xml, recurso=("peg", protocolo) if protocolo else None)

    def own(self, protocolo: str) -> Peg:
        """The sender's PEG at this operadora.

        Raises:
            PegNotFoundError: absent, foreign, of another operadora, or still being written.
        """
        if not _PROTOCOLO.fullmatch(protocolo):
            raise PegNotFoundError
        peg = recepcao.find_peg(self.caller.prestador_id, protocolo, self.portas)
        if peg.registro_ans != self.registro:
            raise PegNotFoundError
        return peg


def process(request: Request, caller: Principal, transacao: str, enviada_a: str | None = None) -> Resposta:
    """Answer a question or a cancellation.

    Args:
        request: the message in its body, whatever it came by.
        enviada_a: registro ANS that an upload was made for; by the XML door the message says it.
    """
    from peg.messages import situacao  # noqa: PLC0415  # lxml: only messages pay for it

    portas = nucleo.portas()
    lida = situacao.read(request.body, transacao, portas.hoje)
    registro, atendida = session.answering(enviada_a or lida.destino)
    admissao = portas.contextos.admissao(caller.prestador_id, registro, portas.hoje)
    if achados := situacao.judge(lida, admissao, atendida=atendida):
        return Resposta(422, situacao.refusal(lida, transacao, admissao, achados, portas.now), achados)
    caso = _Caso(request, caller, lida, admissao, portas, arquivo=enviada_a is not None)
    return _RUN[transacao](caso)


# --- the three transactions ---


def receive(request: Request, caller: Principal) -> Resposta:
    """`loteGuias`: archived first, then received as a file is; the same bytes are the same PEG."""
    from peg.messages import situacao  # noqa: PLC0415

    portas = nucleo.portas()
    lote = portas.padrao.read(request.body, portas.hoje, Porta.XML)
    registro, atendida = session.answering(lote.destino)
    if not atendida:
        admissao = portas.contextos.admissao(caller.prestador_id, registro, portas.hoje)
        achados = lote.achados or (operadora_desconhecida(lote),)
        return Resposta(422, situacao.refusal(lote, "loteGuias", admissao, achados, portas.now), achados)
    documento = Documento(
        upload_id=uuid4().hex,
        prestador_id=caller.prestador_id,
        registro_ans=registro,
        chave=portas.archive.keep(registro, caller.prestador_id, MENSAGENS, request.body),
        sha256=hashlib.sha256(request.body).hexdigest(),
        recebido_em=portas.now,
        tentativa=1,
        correlacao=request.correlacao,
        porta=Porta.XML,
        quem=caller.subject,
    )
    found = recepcao.receive(documento, lote, portas)
    if found.peg is None:
        return Resposta(422, found.resposta, found.achados)
    dossie = portas.archive.dossie(found.peg)
    record(request, caller.actor, found.peg, dossie, finalidade=FINALIDADE, campos=CAMPOS)
    return Resposta(200, found.resposta, recurso=("peg", found.protocolo) if found.protocolo else None)


def _status(caso: _Caso) -> Resposta:
    """`solicitacaoStatusProtocolo`."""
    from conecta_tiss.xml import answers  # noqa: PLC0415
    from peg.messages import recibos  # noqa: PLC0415

    numero, versao = caso.lida.corpo.numero_protocolo.strip(), answer_version(caso.lida.versao)
    try:
        peg = caso.own(numero)
    except PegNotFoundError:
        return caso.answered(recibos.not_found(numero, versao))
    dossie = caso.portas.archive.dossie(peg)
    record(caso.request, caso.caller.actor, peg, dossie, finalidade=FINALIDADE, campos=CAMPOS)
    sender = answers.sender(caso.lida, caso.admissao)
    return caso.answered(recibos.situation(peg, dossie, sender, versao), peg.protocolo)


def _cancel(caso: _Caso) -> Resposta:
    """`cancelaGuia`: each guia an act of its own, done once however often it is asked."""
    from peg.messages import recibos  # noqa: PLC0415

    allowed = _allowed(caso)
    # The answer is kept after the acts, not with them: of those done before it was a retry finds that they are done.
    kept = session.attempt(caso.request, caso.caller.prestador_id, caso.caller.subject) if not caso.arquivo else None
    status = kept.replay() if kept else None
    if status is None:
        status = [one.value for one in _statuses(caso, allowed)]
        if kept:
            kept.remember(status)
    given = [StatusCancelamento(one) for one in status]
    return caso.answered(recibos.cancelled(caso.lida.corpo, caso.registro, given))


def _allowed(caso: _Caso) -> frozenset[str]:
    """Kinds of what is asked that the sender may cancel, `LOTE` among them.

    Raises:
        ProblemError: 403, it may not cancel one of them, and is there to be told so.
    """
    asked = {guia.tipo_guia for guia in caso.lida.corpo.guias} or {LOTE}
    needs = {kind: _CANCELLED[kind] for kind in asked & _CANCELLED.keys()}
    if not caso.arquivo:
        for capability in sorted(set(needs.values())):
            caso.caller.require(capability)
    return frozenset(kind for kind, capability in needs.items() if caso.caller.may(capability))


LOTE: Final = "LOTE"
_CANCELLED: Final[Mapping[str, str]] = {
    LOTE: ESCREVER,
    TipoGuia.SOLICITACAO: CANCELAR_SENHAS,
    TipoGuia.FATURAMENTO: ESCREVER,
    TipoGuia.RECURSO_GLOSA: CANCELAR_RECURSOS,
}
"""What a sender must be allowed to do, by what it cancels."""
_DE_OUTROS: Final = (
    (TipoGuia.SOLICITACAO, cancelamentos.SOLICITACOES, "numero_guia_operadora"),
    (TipoGuia.RECURSO_GLOSA, cancelamentos.RECURSOS, "numero_protocolo"),
)
"""What other contexts cancel, and by which other number they know it."""


def _statuses(caso: _Caso, allowed: frozenset[str]) -> list[StatusCancelamento]:
    corpo = caso.lida.corpo
    if corpo.lote is not None:
        return [_cancelled_lote(caso, corpo.lote) if LOTE in allowed else StatusCancelamento.NAO_CANCELADO]
    guias: Sequence[GuiaACancelar] = corpo.guias
    status = [StatusCancelamento.NAO_CANCELADO] * len(guias)
    mine = [place for place, guia in enumerate(guias) if guia.tipo_guia in allowed]
    for kind, dono, other in _DE_OUTROS:
        asked = [place for place in mine if guias[place].tipo_guia == kind]
        if not asked:
            continue
        pairs = [
            (guias[place].numero_guia_prestador.strip(), _given(getattr(guias[place], other))) for place in asked
        ]  # fmt: skip
        found = cancelamentos.cancel(
            dono, caso.registro, caso.caller.prestador_id, pairs, quem=caso.caller.subject,
            correlacao=caso.request.correlacao,
        )  # fmt: skip
        for place, one in zip(asked, found, strict=True):
            status[place] = one
    for place in mine:
        if guias[place].tipo_guia == TipoGuia.FATURAMENTO:
            status[place] = _withdrawn(caso, guias[place])
    return status


def _given(text: str | None) -> str | None:
    return (text or "").strip() or None


def _cancelled_lote(caso: _Caso, lote: LoteACancelar) -> StatusCancelamento:
    """The PEG of a lote, by its protocolo or else of its number's last; what was cancelled before is cancelled."""
    numero, protocolo = lote.numero_lote.strip(), _given(lote.numero_protocolo)
    if protocolo is None:
        taken = caso.portas.pegs.lote(caso.caller.prestador_id, caso.registro, numero, soltos=True)
        if taken is None:
            return StatusCancelamento.LOTE_INEXISTENTE
        protocolo = taken.protocolo
    try:
        peg = caso.own(protocolo)
    except PegNotFoundError:
        return StatusCancelamento.PROTOCOLO_INEXISTENTE
    if peg.numero_lote != numero:
        return StatusCancelamento.LOTE_INEXISTENTE
    try:
        atos.cancel(peg, caso.chamador, caso.portas, guardar=keep_nothing)
    except TransicaoInvalidaError:
        return StatusCancelamento.NAO_CANCELADO
    return StatusCancelamento.CANCELADO_COM_SUCESSO


def _withdrawn(caso: _Caso, guia: GuiaACancelar) -> StatusCancelamento:
    """A guia of a PEG, which its protocolo names; the last one goes with the lote alone."""
    try:
        peg = caso.own(_given(guia.numero_protocolo) or "")
    except PegNotFoundError:
        return StatusCancelamento.PROTOCOLO_INEXISTENTE
    try:
        place = atos.place_of(peg, guia.numero_guia_prestador.strip(), caso.portas)
    except GuiaNaoRetiravelError:
        return StatusCancelamento.GUIA_INEXISTENTE
    if peg.situacao is SituacaoPeg.CANCELADO:
        return StatusCancelamento.CANCELADO_COM_SUCESSO
    try:
        atos.withdraw(peg, place, caso.chamador, caso.portas, motivo=RETIRADA, guardar=keep_nothing)
    except (TransicaoInvalidaError, GuiaNaoRetiravelError):
        return StatusCancelamento.NAO_CANCELADO
    return StatusCancelamento.CANCELADO_COM_SUCESSO


_RUN: Final[Mapping[str, Callable[[_Caso], Resposta]]] = {
    "solicitacaoStatusProtocolo": _status,
    "cancelaGuia": _cancel,
}


# --- the XML door's routes ---


_ROTAS: Final = (
    ("loteGuias", "enviarLoteTiss", "Enviar um lote", (ESCREVER,), "PROTOCOLO_RECEBIMENTO", receive),
    ("solicitacaoStatusProtocolo", "situacaoDoProtocoloTiss", "Consultar um PEG", (LER,), "SITUACAO_PROTOCOLO",
     partial(process, transacao="solicitacaoStatusProtocolo")),
    ("cancelaGuia", "cancelarTiss", "Cancelar", (ESCREVER, CANCELAR_SENHAS, CANCELAR_RECURSOS),
     "CANCELAMENTO_GUIA_RECIBO", partial(process, transacao="cancelaGuia")),
)  # fmt: skip
__all__ = ["ERRORS", "OPERATIONS", "UNPUBLISHED", "process", "receive"]
OPERATIONS: Final[tuple[Operation, ...]] = ()
UNPUBLISHED: Final = tuple(
    handed_over(
        transacao, name, session.door(run, *capabilities), funcao=FUNCAO, tag=TAG, summary=summary, answer=answer,
        capabilities=capabilities,
    )
    for transacao, name, summary, capabilities, answer, run in _ROTAS
)  # fmt: skip
"""Routes the XML door hands over: not published by themselves."""
