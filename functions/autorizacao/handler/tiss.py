"""TISS messages, however they come: by the XML door, which hands them over, or as files.

The same use cases as of the JSON routes, answered in the sender's version. What is wrong with the message itself is a
422 with `mensagemErro`; what the operadora answers, an error included, is a 200.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from autorizacao.bootstrap import nucleo
from autorizacao.service import atos, consultas, estadas, pedidos
from autorizacao.service.portas import Chamador
from conecta_edge import session
from conecta_edge.clock import local_day
from conecta_edge.http import ErrorMap, Operation, Request, Response, Resposta, asked_by, handed_over
from conecta_senhas.autorizacoes import PENDENTES, Papel, Situacao
from conecta_senhas.errors import (
    AutorizacaoError,
    AutorizacaoNotFoundError,
    DataInvalidaError,
    GuiaJaUsadaError,
    MudouError,
    RelacionamentoNaoHabilitadoError,
    SenhaExpiradaError,
    SolicitanteAlheioError,
    TransicaoInvalidaError,
)
from conecta_senhas.transicoes import cancellation_status
from conecta_tiss.findings import Achado, code_of
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.tables import TipoEvento

if TYPE_CHECKING:
    from datetime import date, datetime

    from autorizacao.messages.respostas import Nomes, Partes
    from autorizacao.service.pedidos import Emitida
    from autorizacao.service.portas import Guardada, Portas
    from conecta_edge.cadastro import Contratacao
    from conecta_edge.idempotency import Keep
    from conecta_edge.problems import ProblemError
    from conecta_edge.tenancy import Principal
    from conecta_facts.beneficiarios import Beneficiario
    from conecta_senhas.autorizacoes import Autorizacao
    from conecta_tiss.rules.admissao import Lida
    from conecta_tiss.versions import Versao
    from conecta_tiss.vocabulary.tables import StatusCancelamento

FUNCAO: Final = "autorizacao-api"
TAG: Final = "Autorizações"
LER: Final = "autorizacao.ler"
ESCREVER: Final = "autorizacao.escrever"
CAMPOS: Final = ("nome", "nome_social", "numero_carteira", "itens", "motivos")
"""Personal data that an answer may show, for the audit."""
CONTATOS: Final = 3
"""Of the Central, in an answer that has room for a few words."""


def process(request: Request, caller: Principal, transacao: str, enviada_a: str | None = None) -> Resposta:
    """Answer a message of one transaction.

    Args:
        request: the message in its body, whatever it came by.
        enviada_a: registro ANS that an upload was made for; by the XML door the message says it.
    """
    from autorizacao.messages import entrada  # noqa: PLC0415  # lxml: only messages pay for it

    now = session.clock().now()
    lida = entrada.read(request.body, transacao, local_day(now))
    registro = enviada_a or session.answering(lida.destino)[0]
    contratacao = session.cadastro().contratacao(caller.prestador_id, registro)
    caso = _Caso(request, caller, lida, registro, contratacao, now)
    if achados := entrada.judge(lida, contratacao, caso.hoje, enviada_a):
        return caso.refused(422, *achados)
    return _RUN[transacao](caso)


@dataclass(frozen=True, slots=True)
class _Caso:
    """A message being answered: who sent it, to whom, and what is known of both."""

    request: Request
    caller: Principal
    lida: Lida
    registro: str
    contratacao: Contratacao
    now: datetime

    @property
    def hoje(self) -> date:
        return local_day(self.now)

    @property
    def versao(self) -> Versao:
        return self.lida.versao_de_resposta

    @property
    def corpo(self) -> Any:
        return self.lida.corpo

    @property
    def chamador(self) -> Chamador:
        return Chamador(
            papel=Papel.PRESTADOR, quem=self.caller.subject, prestador_id=self.caller.prestador_id, versao=self.versao,
            correlacao=self.request.correlacao,
        )  # fmt: skip

    def partes(self) -> Partes:
        from autorizacao.messages.respostas import Partes  # noqa: PLC0415

        return Partes(
            registro_ans=self.registro, prestador_id=self.caller.prestador_id, contratacao=self.contratacao,
            now=self.now, hoje=self.hoje,
        )  # fmt: skip

    def refused(self, status: int, *achados: Achado) -> Resposta:
        """`mensagemErro`."""
        from autorizacao.messages import respostas  # noqa: PLC0415

        return Resposta(status, respostas.refusal(self.lida, self.partes(), achados), achados)

    def achado(self, regra: str, motivo: Motivo, mensagem: str) -> Achado:
        """A finding of this context, in the sender's version."""
        return Achado(regra, code_of(motivo, self.versao), mensagem)

    def asks(self, finalidade: str, carteira: str) -> Callable[[], None]:
        """What audits a question about a life, found or not."""
        return partial(
            session.record_access, self.request, self.caller.actor, finalidade=finalidade, objeto="autorizacoes",
            sujeitos=(session.pseudonyms().carteira(self.registro, carteira),), campos=CAMPOS,
        )  # fmt: skip

    def once(
        self,
        effect: Callable[[Portas], Resposta],
        *,
        records: Sequence[Callable[[], None]] = (),
        look_first: bool = True,
    ) -> Resposta:
        """Carry out an effect once per `Idempotency-Key`; its answer is kept packed."""
        attempt = session.attempt(self.request, self.caller.prestador_id, self.caller.subject)

        def run(keep: Keep) -> Resposta:
            def packed(answer: Resposta) -> Any:
                return keep(_pack(answer)) if attempt.attempt else ()

            return effect(nucleo.portas(keep=packed, replay=attempt.replay, records=records))

        answer = attempt.carry_out(run, look_first=look_first)
        return answer if isinstance(answer, Resposta) else _unpack(answer)

    def names(self, held: Autorizacao, life: Beneficiario | None) -> Nomes:
        """Whom an answer names; the executante is read only when it is somebody else."""
        from autorizacao.messages.respostas import Nomes  # noqa: PLC0415

        executa, executante = held.solicitacao.executa, None
        if executa == self.caller.prestador_id:
            executante = self.contratacao
        elif held.senha is not None:
            executante = session.cadastro().contratacao(executa, self.registro)
        contatos = session.catalogo().contatos(self.registro)
        phones = [contato.valor for contato in contatos if contato.canal == "TELEFONE"]
        told = tuple((phones or [contato.valor for contato in contatos])[:CONTATOS])
        return Nomes(beneficiario=life, executante=executante, contatos=told)

    def named(self, held: Autorizacao) -> tuple[str, str]:
        """What an answer is about."""
        return "autorizacao", f"{self.registro}/{held.numero}"

    def answered(self, held: Autorizacao, life: Beneficiario | None) -> Resposta:
        """What was decided of a request, or where it stands."""
        from autorizacao.messages import respostas  # noqa: PLC0415

        xml = respostas.answered(self.lida, self.partes(), held, self.names(held, life))
        return Resposta(200, xml, recurso=self.named(held))


# --- the four transactions, and what peg asks of another ---


def _request(caso: _Caso) -> Resposta:
    """`solicitacaoProcedimento`."""
    from autorizacao.messages.pedidos import Leitor  # noqa: PLC0415
    from autorizacao.messages.redes import Redes  # noqa: PLC0415

    prestador_id = caso.caller.prestador_id
    redes = Redes(prestador_id, caso.contratacao, session.cadastro(), session.pseudonyms().prestador)
    asked = Leitor(caso.lida, prestador_id, redes, caso.hoje).solicitacao()
    if isinstance(asked, Achado):
        return caso.refused(422, asked)

    def effect(portas: Portas) -> Resposta:
        made: list[Resposta] = []

        def render(emitida: Emitida) -> Resposta:
            made.append(caso.answered(emitida.autorizacao, emitida.beneficiario))
            return made[-1]

        emitida = pedidos.request(asked, chamador=caso.chamador, portas=portas, render=render)
        if emitida.repetida is not None:
            return _unpack(emitida.repetida)
        return made[-1] if emitida.nova else render(emitida)

    try:
        return caso.once(effect, records=(caso.asks("pedido-de-autorizacao", asked.carteira),), look_first=False)
    except SolicitanteAlheioError:
        text = "Quem envia a mensagem deve ser o solicitante ou o executante dela."
        return caso.refused(422, caso.achado("ORIGEM", Motivo.PRESTADOR_INVALIDO, text))
    except RelacionamentoNaoHabilitadoError:
        text = (
            "O relacionamento deste prestador com a operadora não está habilitado para autorização. Acompanhe-o em "
            "Relacionamentos."
        )
        return caso.refused(200, caso.achado("R02", Motivo.PRESTADOR_FORA_DA_REDE, text))
    except GuiaJaUsadaError as error:
        text = (
            f"Este número de guia é de outra solicitação deste prestador, a {error.numero}, com outro conteúdo. "
            "Consulte-a ou use um número novo."
        )
        return caso.refused(200, caso.achado("AUT-GUIA", Motivo.GUIA_JA_APRESENTADA, text))


def _status(caso: _Caso) -> Resposta:
    """`solicitaStatusAutorizacao`."""
    carteira = caso.corpo.beneficiario.numero_carteira.strip()
    caso.asks("situacao-de-autorizacao", carteira)()
    portas, guia = nucleo.portas(), caso.corpo.numero_guia_prestador.strip()
    rest: dict[str, Any] = {"chamador": caso.chamador, "portas": portas}
    try:
        try:
            held = consultas.by_guia(caso.registro, guia, carteira=carteira, **rest).autorizacao
        except AutorizacaoNotFoundError:  # R08: another's that it is party to, or the number here
            held = consultas.search((caso.registro,), guia, carteira, **rest)[0].autorizacao
    except AutorizacaoNotFoundError:
        text = "Nenhuma solicitação deste prestador com este número de guia e esta carteira. Confira os dois."
        return caso.refused(200, caso.achado("R08", Motivo.GUIA_DE_AUTORIZACAO_NAO_ENCONTRADA, text))
    return caso.answered(held, _life(held, portas))


def _annex(caso: _Caso) -> Resposta:
    """`loteAnexos`."""
    from autorizacao.messages.entrada import ITENS_NO_PEDIDO  # noqa: PLC0415
    from autorizacao.messages.pedidos import anexo_of, references  # noqa: PLC0415
    from autorizacao.messages.respostas import annex_received  # noqa: PLC0415

    sent = caso.corpo.opme or caso.corpo.quimio or caso.corpo.radio
    if sent is None:
        text = "A situação inicial é recebida com a solicitação odontológica, em odontoInicial. Envie-a nela."
        return caso.refused(200, caso.achado("AUT-ANEXO", Motivo.CAMPO_CONDICIONADO_INCORRETO, text))
    anexo, (guia, numeros) = anexo_of(sent), references(sent.cabecalho)
    carteira = sent.beneficiario.numero_carteira.strip()
    caso.asks("anexo-de-autorizacao", carteira)()

    def effect(portas: Portas) -> Resposta:
        def receipt(changed: Sequence[Guardada]) -> Resposta:
            held = changed[0].autorizacao
            names = caso.names(held, _life(held, portas))
            xml = annex_received(caso.lida, caso.partes(), held, names)
            return Resposta(200, xml, recurso=caso.named(held))

        owner = _owner(caso, guia, numeros, carteira, portas)
        if owner.autorizacao.solicitacao.anexo(anexo.tipo) == anexo:  # sent again: a retry is free
            return receipt((owner,))
        if len(owner.autorizacao.itens) + len(anexo.itens) > ITENS_NO_PEDIDO:
            text = f"Com este anexo a solicitação passaria de {ITENS_NO_PEDIDO} itens. Divida-a em duas."
            return caso.refused(200, caso.achado("R27", Motivo.LOTE_ACIMA_DO_LIMITE, text))
        numero = owner.autorizacao.numero
        guardada = atos.attach(
            caso.registro, numero, anexo, chamador=caso.chamador, portas=portas, render=receipt
        )  # fmt: skip
        return receipt((guardada,))

    try:
        return caso.once(effect)
    except AutorizacaoNotFoundError:
        text = "A guia a que o anexo se refere não foi encontrada para este prestador e este beneficiário. Confira-a."
        return caso.refused(200, caso.achado("R27", Motivo.GUIA_PRINCIPAL_NAO_ENCONTRADA, text))
    except TransicaoInvalidaError as error:
        if error.situacao in PENDENTES:
            text = "A solicitação já tem um anexo deste tipo."
            return caso.refused(200, caso.achado("R27", Motivo.GUIA_JA_APRESENTADA, text))
        text = "A solicitação já foi decidida e não recebe anexos. Peça um complemento ou a substituição da senha."
        return caso.refused(200, caso.achado("R27", Motivo.GUIA_PRINCIPAL_DE_OUTRO_TIPO, text))


def _owner(caso: _Caso, guia: str, numeros: tuple[str, ...], carteira: str, portas: Portas) -> Guardada:
    """The request that an annex belongs to, by the prestador's number of it or by its number here.

    It is the sender's own, or another's that it is party to; the numbers that the annex tells are of the same request.

    Raises:
        AutorizacaoNotFoundError: unknown, foreign, of somebody else, or of two numbers: all the same.
    """
    if len(numeros) > 1:
        raise AutorizacaoNotFoundError
    named = next(iter(numeros), None)
    try:
        return consultas.by_guia(
            caso.registro, guia, chamador=caso.chamador, portas=portas, carteira=carteira, numero=named
        ).alvo
    except AutorizacaoNotFoundError:
        pass
    found = consultas.search((caso.registro,), named or guia, carteira, chamador=caso.chamador, portas=portas)[0]
    held = found.autorizacao
    if held.prestador_id == caso.caller.prestador_id and guia not in {held.numero, held.senha}:
        raise AutorizacaoNotFoundError  # its own, under another number than the annex says
    return found


def cancel_requests(request: Request) -> Response:
    """Requests named in a `cancelaGuia`, which is peg's: what became of each, in order (R17).

    Body, of a message that peg has judged: `{"registro_ans", "prestador_id", "quem", "guias": [[numeroGuiaPrestador,
    numeroGuiaOperadora or null], …]}`; answers `{"status": [dm_statusCancelamento, …]}`.

    Raises:
        MudouError: others were writing one of them all the time.
    """
    asked = json.loads(request.body)
    chamador = Chamador(
        papel=Papel.PRESTADOR, quem=asked["quem"], prestador_id=asked["prestador_id"], correlacao=request.correlacao
    )
    portas = nucleo.portas()
    status = [_cancelled(asked["registro_ans"], guia, numero, chamador, portas) for guia, numero in asked["guias"]]
    return Response(200, {"status": [one.value for one in status]})


def _cancelled(
    registro_ans: str, guia: str, numero: str | None, chamador: Chamador, portas: Portas
) -> StatusCancelamento:
    """What was cancelled before is cancelled: a retry is free."""
    try:
        held = consultas.by_guia(registro_ans, guia, chamador=chamador, portas=portas, numero=numero).autorizacao
        if held.situacao is not Situacao.CANCELADA:
            atos.cancel(registro_ans, held.numero, chamador=chamador, portas=portas)
    except MudouError:
        raise
    except AutorizacaoError as error:
        return cancellation_status(error)
    return cancellation_status(None)


def _communication(caso: _Caso) -> Resposta:
    """`comunicacaoInternacao`: admission or discharge, of the sender's own stay of that life."""
    from autorizacao.messages import respostas  # noqa: PLC0415

    asked, carteira = caso.corpo, caso.corpo.beneficiario.numero_carteira.strip()
    alta, dia = asked.tipo_evento == TipoEvento.ALTA, asked.data_evento
    caso.asks("comunicacao-de-internacao", carteira)()

    def answer(glosa: str | None, held: Autorizacao | None, life: Beneficiario | None) -> Resposta:
        names = respostas.Nomes(beneficiario=life if held else None)
        recurso = caso.named(held) if held else None
        return Resposta(200, respostas.told(caso.lida, caso.partes(), names, glosa), recurso=recurso)

    def effect(portas: Portas) -> Resposta:
        estada = estadas.stay_of(caso.registro, carteira, dia, alta=alta, chamador=caso.chamador, portas=portas)
        if estada is None:
            return answer(code_of(Motivo.GUIA_DE_AUTORIZACAO_NAO_ENCONTRADA, caso.versao), None, None)
        held, life = estada.guardada.autorizacao, estada.beneficiario
        if estada.comunicada:
            return answer(None, held, life)
        rest: dict[str, Any] = {
            "chamador": caso.chamador, "portas": portas, "render": lambda _: answer(None, held, life),
        }  # fmt: skip
        try:
            if alta:
                atos.discharge(caso.registro, held.numero, dia, motivo_alta=asked.motivo_encerramento, **rest)
            else:
                atos.admit(caso.registro, held.numero, dia, **rest)
        except (SenhaExpiradaError, DataInvalidaError, TransicaoInvalidaError) as error:
            return answer(code_of(_WHY_NOT[type(error)], caso.versao), held, life)
        return answer(None, held, life)

    return caso.once(effect)


_WHY_NOT: Final[Mapping[type[AutorizacaoError], Motivo]] = {
    SenhaExpiradaError: Motivo.SENHA_EXPIRADA,
    DataInvalidaError: Motivo.DATA_INCORRETA,
    TransicaoInvalidaError: Motivo.GUIA_DE_AUTORIZACAO_NAO_ENCONTRADA,
}
"""Why a communication was not taken down; the last when somebody else told it meanwhile."""
_RUN: Final[Mapping[str, Callable[[_Caso], Resposta]]] = {
    "solicitacaoProcedimento": _request,
    "solicitaStatusAutorizacao": _status,
    "loteAnexos": _annex,
    "comunicacaoInternacao": _communication,
}
TRANSACOES: Final = frozenset(_RUN)
"""Body elements of the messages that are answered here."""


def _life(held: Autorizacao, portas: Portas) -> Beneficiario | None:
    asked = held.solicitacao
    return portas.contextos.beneficiario(asked.registro_ans, asked.carteira)


# --- what is kept of an answer ---


def _pack(answer: Resposta) -> str:
    """An answer as it is kept; errors have no effect and are not."""
    kept = {"status": answer.status, "xml": answer.xml.decode("iso-8859-1"), "recurso": answer.recurso}
    return base64.b64encode(zlib.compress(json.dumps(kept).encode(), 6)).decode()


def _unpack(kept: str) -> Resposta:
    held = json.loads(zlib.decompress(base64.b64decode(kept)))
    recurso = tuple(held["recurso"]) if held["recurso"] else None
    return Resposta(held["status"], held["xml"].encode("iso-8859-1"), recurso=recurso)


# --- the XML door's routes ---


def _changed(error: MudouError) -> ProblemError:
    from autorizacao.handler.comum import ERRORS as OF_JSON  # noqa: PLC0415  # models: only a lost race pays for them

    return OF_JSON[MudouError](error)


_ROTAS: Final = (
    ("solicitacaoProcedimento", "solicitarAutorizacaoTiss", "Pedir uma autorização", ESCREVER, "RESPOSTA_SOLICITACAO"),
    ("solicitaStatusAutorizacao", "situacaoDaAutorizacaoTiss", "Consultar uma autorização", LER, "STATUS_AUTORIZACAO"),
    ("loteAnexos", "anexarTiss", "Enviar um anexo", ESCREVER, "PROTOCOLO_RECEBIMENTO_ANEXO"),
    ("comunicacaoInternacao", "comunicarTiss", "Comunicar internação ou alta", ESCREVER, "RECIBO_COMUNICACAO"),
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
        "peg, que responde a mensagem", "/tiss/cancelaGuia/solicitacoes", "cancelarSolicitacoesTiss", cancel_requests,
        funcao=FUNCAO, tag=TAG, summary="Cancelar as solicitações de um cancelaGuia",
        answer="O statusCancelamento de cada uma.",
    ),
)  # fmt: skip
"""Routes that other functions of ours call: the XML door hands messages over, peg what it is asked to cancel."""
ERRORS: Final[ErrorMap] = {MudouError: _changed}
