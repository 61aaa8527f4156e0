"""`solicitacaoDemonstrativoRetorno`, however it comes: by the XML door, which hands it over, or as a file.

The same use cases as of the JSON routes, answered in the sender's version. What is wrong with the message itself is a
422 with `mensagemErro`; what the operadora answers is a 200: the demonstrativos, that they are not ready, or why there
are none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from conecta_edge import session
from conecta_edge.clock import FUSO
from conecta_edge.http import Operation, Request, Resposta, handed_over
from conecta_tiss.findings import Achado, code_of
from conecta_tiss.versions import Versao, answer_version
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.tables import TipoDemonstrativo
from pagamento.bootstrap import nucleo
from pagamento.domain.demonstrativos import Periodo
from pagamento.domain.errors import DemonstrativoIndisponivelError, LegadoError, NaoEncontradoError
from pagamento.handler.comum import ERRORS, FUNCAO, LER, audit
from pagamento.service.demonstrativos import find_analises, find_pagamento

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conecta_edge.cadastro import Remetente
    from conecta_edge.tenancy import Principal
    from conecta_tiss.findings import Razao
    from conecta_tiss.messages.demonstrativos import DemonstrativosRetorno, SolicitacaoAnalise, SolicitacaoPagamento
    from conecta_tiss.rules.admissao import Lida
    from pagamento.domain.demonstrativos import AnaliseDeConta
    from pagamento.service.portas import Portas

__all__ = ["ERRORS", "OPERATIONS", "UNPUBLISHED", "process"]

MAXIMO: Final = 4 * 1024 * 1024
"""Bytes of an answer by the XML door: with base64 it still fits in one call of a Lambda; a file's may have any size."""
SEM_MOVIMENTO: Final = "5016"
"""Table 38 has no nearer word for a period without payments."""
_ELSEWHERE: Final = "em JSON, CSV ou PDF, por GET /v1/demonstrativos"


def process(request: Request, caller: Principal, enviada_a: str | None = None) -> Resposta:
    """Answer a question for demonstrativos.

    Args:
        request: the message in its body, whatever it came by.
        enviada_a: registro ANS that an upload was made for; by the XML door the message says it.
    """
    from pagamento.messages import solicitacao  # noqa: PLC0415  # lxml: only messages pay for it

    portas = nucleo.portas()
    lida = solicitacao.read(request.body, portas.hoje)
    registro, atendida = session.answering(enviada_a or lida.destino)
    contratacao = session.cadastro().contratacao(caller.prestador_id, registro)
    caso = _Caso(request, caller, lida, contratacao.remetente(registro, portas.hoje), portas, enviada_a is not None)
    if achados := solicitacao.judge(lida, caso.remetente, atendida=atendida):
        return caso.refused(422, achados)
    try:
        return caso.analysed(lida.corpo.analise) if lida.corpo.analise else caso.paid(lida.corpo.pagamento)
    except (NaoEncontradoError, LegadoError, DemonstrativoIndisponivelError) as error:
        return caso.explained(error)


@dataclass(frozen=True, slots=True)
class _Caso:
    """A message being answered: who sent it, to whom, and what is known of both."""

    request: Request
    caller: Principal
    lida: Lida
    remetente: Remetente
    portas: Portas
    arquivo: bool

    @property
    def versao(self) -> Versao:
        return answer_version(self.lida.versao)

    def analysed(self, asked: SolicitacaoAnalise) -> Resposta:
        """`demonstrativoAnaliseConta`."""
        from conecta_tiss.xml import answers  # noqa: PLC0415
        from pagamento.messages import demonstrativos  # noqa: PLC0415

        protocolos, registro = [one.strip() for one in asked.protocolos], self.remetente.registro_ans
        found = find_analises(self.caller.prestador_id, protocolos, self.portas, registro_ans=registro)
        sender = answers.sender(self.lida, self.remetente)
        corpo = demonstrativos.analysed(self._audited(found), self.versao, sender)
        return self.answered(TipoDemonstrativo.ANALISE_DE_CONTA, corpo, protocolos[0])

    def _audited(self, found: Iterator[AnaliseDeConta]) -> Iterator[AnaliseDeConta]:
        for one in found:
            audit(self.request, self.caller.actor, (one.conta,), itens=True)
            yield one

    def paid(self, asked: SolicitacaoPagamento) -> Resposta:
        """`demonstrativoPagamento` or `demonstrativoPagamentoOdonto`."""
        from conecta_tiss.xml import answers  # noqa: PLC0415
        from pagamento.messages import demonstrativos  # noqa: PLC0415

        tipo = TipoDemonstrativo(asked.tipo_demonstrativo)
        registro = self.remetente.registro_ans
        periodo = Periodo(registro_ans=registro, data=asked.data_pagamento, competencia=asked.competencia)
        found = find_pagamento(self.caller.prestador_id, periodo, self.portas, tipo=tipo)
        contas = [conta for one in found.pagamentos for conta in one.contas]
        audit(self.request, self.caller.actor, contas, itens=tipo is TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA)
        corpo = demonstrativos.paid(found, self.versao, answers.sender(self.lida, self.remetente))
        return self.answered(tipo, corpo, found.cabecalho.numero)

    def answered(self, tipo: TipoDemonstrativo, corpo: DemonstrativosRetorno, numero: str) -> Resposta:
        xml = self._xml(tipo, corpo)
        if len(xml) > MAXIMO and not self.arquivo:
            raise DemonstrativoIndisponivelError("GRANDE_DEMAIS")
        return Resposta(200, xml, recurso=("demonstrativo", numero))

    def _xml(self, tipo: TipoDemonstrativo, corpo: Any) -> bytes:
        from conecta_tiss.xml import answers  # noqa: PLC0415
        from pagamento.messages.demonstrativos import TRANSACAO  # noqa: PLC0415

        return answers.answer(self.lida, self.remetente, TRANSACAO[tipo], corpo, self.portas.now.astimezone(FUSO))

    # --- why there is none ---

    def explained(self, error: NaoEncontradoError | LegadoError | DemonstrativoIndisponivelError) -> Resposta:
        """That one of them is not ready; or `mensagemErro`, as an answer: the question was right."""
        if isinstance(error, DemonstrativoIndisponivelError) and error.motivo == "NAO_PUBLICADO":
            return self.waiting(error.protocolos[0])
        later = [one.versao for one in self.remetente.versoes if one.accepts(self.remetente.hoje)]
        others = sorted(one for one in later if one > self.versao)
        motivo, text = _why(error, others, analise=self.lida.corpo.analise is not None)
        answer = self.refused(200, (Achado("DEMONSTRATIVO", code_of(motivo, self.versao), text),))
        return Resposta(200, answer.xml)

    def waiting(self, protocolo: str) -> Resposta:
        """`situacaoDemonstrativoRetorno`."""
        from conecta_tiss.xml import answers  # noqa: PLC0415
        from pagamento.messages import demonstrativos  # noqa: PLC0415

        peg = self.portas.contas.peg(self.caller.prestador_id, protocolo)
        assert peg is not None  # noqa: S101  # it was there a moment ago, and none ever goes
        corpo = demonstrativos.waiting(peg, answers.sender(self.lida, self.remetente), self.portas.hoje)
        return self.answered(TipoDemonstrativo.ANALISE_DE_CONTA, corpo, protocolo)

    def refused(self, status: int, achados: tuple[Achado, ...]) -> Resposta:
        """`mensagemErro`."""
        from conecta_tiss.messages.demonstrativos import DemonstrativosRetorno, SolicitacaoPagamento  # noqa: PLC0415
        from conecta_tiss.xml import answers  # noqa: PLC0415

        asked = self.lida.corpo.pergunta if self.lida.corpo else None
        tipo = TipoDemonstrativo.ANALISE_DE_CONTA
        if isinstance(asked, SolicitacaoPagamento):
            tipo = TipoDemonstrativo(asked.tipo_demonstrativo)
        corpo = DemonstrativosRetorno(mensagem_erro=answers.error(achados, self.versao))
        return Resposta(status, self._xml(tipo, corpo), achados)


def _why(
    error: NaoEncontradoError | LegadoError | DemonstrativoIndisponivelError, others: Sequence[str], *, analise: bool
) -> tuple[Razao, str]:
    """The nearest word of table 38, and ours: which, and what to do.

    Args:
        others: later versions that the operadora takes.
    """
    absent: Razao = Motivo.PROTOCOLO_NAO_ENCONTRADO if analise else SEM_MOVIMENTO
    which = ", ".join(error.protocolos)
    if isinstance(error, LegadoError):
        where = f" em {error.portal}" if error.portal else " no portal anterior da operadora"
        of = f" ({which})" if which else ""
        return absent, f"O que foi enviado antes de {error.data_migracao:%d/%m/%Y}{of} é consultado{where}."
    if isinstance(error, NaoEncontradoError):
        missing = f"PEG deste prestador nesta operadora com protocolo {which}. Confira os números."
        unpaid = "pagamento deste prestador nesta operadora no período pedido. Confira o dia ou o mês."
        return absent, f"Nenhum {missing if analise else unpaid}"
    match error.motivo:
        case "VERSAO":
            of = f"O demonstrativo de {which}" if which else "O demonstrativo"
            return Motivo.VERSAO_INVALIDA, (
                f"{of} tem valor ou CNPJ que não cabe nos campos desta versão. "
                f"{f'Peça-o na {others[-1]}, ou consulte-o' if others else 'Consulte-o'} {_ELSEWHERE}."
            )
        case "SEM_PEG":
            return SEM_MOVIMENTO, (
                f"Só houve débitos e créditos, que esta mensagem não leva sem um PEG pago. Consulte-os {_ELSEWHERE}."
            )
        case "SEM_CNPJ":
            return Motivo.CPF_CNPJ_INVALIDO, (
                f"O CNPJ da operadora, que esta mensagem exige, ainda não está no cadastro. Peça-o a ela, {_ELSEWHERE}."
            )
    return Motivo.LOTE_ACIMA_DO_LIMITE, (
        "A resposta passa do tamanho de uma mensagem. Peça menos protocolos, ou um só dia, por vez, envie este pedido "
        "como arquivo por POST /v1/documentos/uploads, ou peça um lote por POST /v1/demonstrativos/lotes."
    )


OPERATIONS: Final[tuple[Operation, ...]] = ()
UNPUBLISHED: Final = (
    handed_over(
        "solicitacaoDemonstrativoRetorno", "pedirDemonstrativoTiss", session.door(process, LER), funcao=FUNCAO,
        tag="Pagamento", summary="Pedir demonstrativos", capabilities=(LER,),
        answer="DEMONSTRATIVO_ANALISE_CONTA, _PAGAMENTO ou _ODONTOLOGIA",
    ),
)  # fmt: skip
"""Route the XML door hands over: not published by itself."""
