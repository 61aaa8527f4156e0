"""`recursoGlosa` and `solicitacaoStatusRecursoGlosa`, however they come: by the XML door, or as files.

The same use cases as of the JSON routes, answered in the sender's version. What is wrong with the message itself, or
with a recurso that is not received, is a 422 with `mensagemErro`; what the operadora answers is a 200: the receipt,
where the recurso stands, what was decided, or why there is none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from conecta_edge import session
from conecta_edge.http import Operation, Request, Response, Resposta, asked_by, handed_over
from conecta_tiss.findings import Achado, code_of
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.tables import StatusCancelamento
from recurso.bootstrap import nucleo
from recurso.domain.errors import (
    LegadoError,
    NaoEncontradoError,
    NaoPublicadoError,
    RecursoInvalidoError,
    TransicaoInvalidaError,
)
from recurso.domain.recursos import Papel, Porta
from recurso.handler.comum import ERRORS, ESCREVER, FUNCAO, LER, audit_entries
from recurso.service import contestacao
from recurso.service.contestacao import Entrega
from recurso.service.portas import Chamador

if TYPE_CHECKING:
    from conecta_edge.cadastro import Contratacao, Remetente
    from conecta_edge.idempotency import Keep
    from conecta_edge.tenancy import Principal
    from conecta_tiss.messages.comum import MotivoGlosa
    from conecta_tiss.rules.admissao import Lida
    from recurso.domain.recursos import Recurso
    from recurso.messages.respostas import Contado
    from recurso.service.portas import Portas

__all__ = ["ERRORS", "OPERATIONS", "UNPUBLISHED", "Arquivo", "process"]

TAG: Final = "Recursos de glosa"
MAXIMO: Final = 4 * 1024 * 1024
"""Bytes of an answer by the XML door: with base64 it still fits in one call of a Lambda; a file's may have any size."""
_PROTOCOLO: Final = re.compile(r"[1-9][0-9]{11}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Arquivo:
    """The upload that a message came as.

    Attributes:
        registro_ans: the operadora it was made for.
        em: when it was stored, UTC.
    """

    upload_id: str
    registro_ans: str
    em: datetime


def process(request: Request, caller: Principal, transacao: str, arquivo: Arquivo | None = None) -> Resposta:
    """Answer a message of one transaction.

    Args:
        request: the message in its body, whatever it came by.
        arquivo: none by the XML door, where the message says which operadora it is for.
    """
    from recurso.messages import pedidos  # noqa: PLC0415  # lxml: only messages pay for it

    portas = nucleo.portas()
    lida = pedidos.read(request.body, transacao, portas.hoje)
    registro, atendida = session.answering(arquivo.registro_ans if arquivo else lida.destino)
    contratacao = session.cadastro().contratacao(caller.prestador_id, registro)
    caso = _Caso(request, caller, lida, contratacao, contratacao.remetente(registro, portas.hoje), portas, arquivo)
    if achados := pedidos.judge(lida, caso.remetente, atendida=atendida):
        return caso.refused(422, achados)
    return _RUN[transacao](caso)


@dataclass(frozen=True, slots=True)
class _Caso:
    """A message being answered: who sent it, to whom, and what is known of both."""

    request: Request
    caller: Principal
    lida: Lida
    contratacao: Contratacao
    remetente: Remetente
    portas: Portas
    arquivo: Arquivo | None

    @property
    def registro(self) -> str:
        return self.remetente.registro_ans

    @property
    def entrega(self) -> Entrega:
        if self.arquivo is None:
            return Entrega(porta=Porta.XML, em=self.portas.now)
        return Entrega(porta=Porta.XML_S3, em=self.arquivo.em, upload_id=self.arquivo.upload_id)

    def answered(self, recurso: Recurso, tell: Callable[[Contado], Any], when: datetime) -> Resposta:
        """What a recurso is told as; who was treated is told, too, and that is audited.

        Args:
            when: the answer is of, in UTC: of a receipt when the recurso came, so that a retry is told the same.
        """
        from conecta_tiss.xml import answers  # noqa: PLC0415
        from recurso.messages import respostas  # noqa: PLC0415

        pauta, versao = self.portas.arquivo.pauta(recurso), self.lida.versao_de_resposta
        if not respostas.fits(pauta, versao):
            return self.told(
                Motivo.VERSAO_INVALIDA,
                f"O recurso {recurso.protocolo} tem valor que não cabe nos campos desta versão: peça-o na 4.02.00, ou "
                f"consulte-o por GET /v1/recursos/{recurso.protocolo}/resposta.",
            )
        audit_entries(self.request, self.caller.actor, recurso, pauta.entradas, self.portas)
        sender = answers.sender(self.lida, self.remetente)
        corpo = tell(respostas.Contado(recurso, pauta, versao, sender, respostas.nome_of(self.contratacao)))
        xml = respostas.answer(self.lida, self.remetente, when, corpo)
        if len(xml) > MAXIMO and self.arquivo is None:
            return self.told(
                Motivo.LOTE_ACIMA_DO_LIMITE,
                "A resposta passa do tamanho de uma mensagem. Envie este pedido como arquivo por POST "
                f"/v1/documentos/uploads, ou consulte-a por GET /v1/recursos/{recurso.protocolo}/itens.",
            )
        return Resposta(200, xml, recurso=("recurso", recurso.protocolo))

    def told(self, motivo: Motivo, mensagem: str) -> Resposta:
        """`mensagemErro`, as an answer: the question was right."""
        answer = self.refused(200, (Achado("REC", code_of(motivo, self.lida.versao_de_resposta), mensagem),))
        return Resposta(200, answer.xml)

    def refused(self, status: int, achados: tuple[Achado, ...]) -> Resposta:
        """`mensagemErro`."""
        from recurso.messages import respostas  # noqa: PLC0415

        erro: MotivoGlosa = respostas.refusal(achados, self.lida.versao_de_resposta)
        corpo = respostas.ERRO[self.lida.transacao](mensagem_erro=erro)
        return Resposta(status, respostas.answer(self.lida, self.remetente, self.portas.now, corpo), achados)

    def not_received(self, regra: str, motivo: Motivo, mensagem: str) -> Resposta:
        """Why there is no such PEG to contest."""
        from recurso.domain.regras import Apontamento  # noqa: PLC0415
        from recurso.messages import pedidos  # noqa: PLC0415

        found = Apontamento(regra=regra, motivo=motivo, mensagem=mensagem, campo="origem")
        return self.refused(422, pedidos.achados(self.lida, (found,)))


# --- the two transactions ---


def _send(caso: _Caso) -> Resposta:
    """`recursoGlosa`: received whole, or not at all; the same number with the same content is the one received."""
    from recurso.messages import pedidos, respostas  # noqa: PLC0415

    prestador_id, pedido = caso.caller.prestador_id, pedidos.pedido(caso.lida, caso.registro)
    chamador = Chamador(papel=Papel.PRESTADOR, quem=caso.caller.subject, correlacao=caso.request.correlacao)

    def effect(keep: Keep) -> str:
        return contestacao.send(
            prestador_id, pedido, caso.entrega, chamador, caso.portas, guardar=lambda made: keep(made.protocolo)
        ).protocolo

    try:
        protocolo = session.attempt(caso.request, prestador_id, caso.caller.subject).carry_out(effect)
    except RecursoInvalidoError as error:
        return caso.refused(422, pedidos.achados(caso.lida, error.achados))
    except NaoEncontradoError:
        return caso.not_received("REC-PROTOCOLO", Motivo.PROTOCOLO_NAO_ENCONTRADO, _ABSENT.format(pedido.origem))
    except NaoPublicadoError:
        text = "Os valores deste protocolo ainda não foram publicados: conteste depois que forem (veja o cronograma)."
        return caso.not_received("REC-PUBLICACAO", Motivo.RECURSO_INCORRETO, text)
    except LegadoError as error:
        where = f" em {error.portal}" if error.portal else " no portal anterior da operadora"
        text = f"O que foi enviado antes de {error.data_migracao:%d/%m/%Y} se contesta{where}."
        return caso.not_received("R07", Motivo.PROTOCOLO_NAO_ENCONTRADO, text)
    recurso = contestacao.find_recurso(prestador_id, protocolo, caso.portas)
    return caso.answered(recurso, respostas.received, recurso.enviado_em)


_ABSENT: Final = "Nenhum PEG deste prestador nesta operadora com o protocolo {}. Confira o número."


def _status(caso: _Caso) -> Resposta:
    """`solicitacaoStatusRecursoGlosa`: by the protocolo of the recurso, or of the PEG: its newest."""
    from recurso.messages import respostas  # noqa: PLC0415

    numero = caso.lida.corpo.numero_protocolo.strip()
    held = _own(caso.caller.prestador_id, caso.registro, numero, caso.portas)
    held = held or contestacao.newest_of_peg(caso.caller.prestador_id, caso.registro, numero, caso.portas)
    if held is None:
        text = f"Nenhum recurso deste prestador nesta operadora com o protocolo {numero}. Confira o número."
        return caso.told(Motivo.PROTOCOLO_NAO_ENCONTRADO, text)
    return caso.answered(held, respostas.standing, caso.portas.now)


def _own(prestador_id: str, registro_ans: str, protocolo: str, portas: Portas) -> Recurso | None:
    """A recurso of a prestador at an operadora."""
    held = portas.recursos.recurso(prestador_id, protocolo) if _PROTOCOLO.fullmatch(protocolo) else None
    return held if held and held.registro_ans == registro_ans else None


_RUN: Final[Mapping[str, Callable[[_Caso], Resposta]]] = {
    "recursoGlosa": _send,
    "solicitacaoStatusRecursoGlosa": _status,
}


# --- what peg asks of a cancelaGuia ---


def cancel_recursos(request: Request) -> Response:
    """Recursos named in a `cancelaGuia`, which is peg's: what became of each, in order.

    Body, of a message that peg has judged: `{"registro_ans", "prestador_id", "quem", "guias": [[
    numeroGuiaRecGlosaPrestador, numeroProtocolo or null], …]}`; answers `{"status": [dm_statusCancelamento, …]}`.

    Raises:
        MudouError: others were writing one of them all the time.
    """
    asked = json.loads(request.body)
    chamador = Chamador(papel=Papel.PRESTADOR, quem=asked["quem"], correlacao=request.correlacao)
    portas = nucleo.portas()
    whose = asked["prestador_id"], asked["registro_ans"]
    found = [_cancelled(_named(*whose, numero, where, portas), chamador, portas) for numero, where in asked["guias"]]
    return Response(200, {"status": [one.value for one in found]})


def _named(prestador_id: str, registro_ans: str, numero: str, protocolo: str | None, portas: Portas) -> Recurso | None:
    """By its number, and the protocolo that is told beside it: its own, or that of the PEG it contests."""
    held = _own(prestador_id, registro_ans, protocolo or "", portas)
    if held is None:
        known = portas.recursos.numero(prestador_id, registro_ans, numero, soltos=True)
        held = portas.recursos.recurso(prestador_id, known.recurso) if known else None
    if held is None or held.numero != numero or protocolo not in {None, held.protocolo, held.origem}:
        return None
    return held


def _cancelled(recurso: Recurso | None, chamador: Chamador, portas: Portas) -> StatusCancelamento:
    """What was cancelled before is cancelled: a retry is free."""
    if recurso is None:
        return StatusCancelamento.GUIA_INEXISTENTE
    try:
        contestacao.cancel(recurso, chamador, portas, motivo=RETIRADO)
    except TransicaoInvalidaError:
        return StatusCancelamento.NAO_CANCELADO
    return StatusCancelamento.CANCELADO_COM_SUCESSO


RETIRADO: Final = "Cancelado pelo prestador por mensagem cancelaGuia."


# --- routes that other functions of ours call ---


_ROTAS: Final = (
    ("recursoGlosa", "recorrerTiss", "Contestar glosas", ESCREVER, "RECEBIMENTO_RECURSO_GLOSA"),
    ("solicitacaoStatusRecursoGlosa", "situacaoDoRecursoTiss", "Consultar um recurso", LER, "RESPOSTA_RECURSO_GLOSA"),
)  # fmt: skip
OPERATIONS: Final[tuple[Operation, ...]] = ()
UNPUBLISHED: Final = (
    *(
        handed_over(
            transacao, name, session.door(partial(process, transacao=transacao), capability), funcao=FUNCAO, tag=TAG,
            summary=summary, answer=answer, capabilities=(capability,),
        )
        for transacao, name, summary, capability, answer in _ROTAS
    ),
    asked_by(
        "peg, que responde a mensagem", "/tiss/cancelaGuia/recursos", "cancelarRecursosTiss", cancel_recursos,
        funcao=FUNCAO, tag=TAG, summary="Cancelar os recursos de um cancelaGuia",
        answer="O statusCancelamento de cada um.",
    ),
)  # fmt: skip
"""The XML door hands messages over; peg asks for what it is asked to cancel."""
