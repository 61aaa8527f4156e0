"""What is answered about PEGs, in the sender's version: whatever a PEG holds, the message validates.

A receipt and a status list every guia that is billed, with what it loses and why; items are listed where one has a
glosa of its own. At protocolo, guia and item the amount told is all that it loses, whichever glosa takes it, so that
informado = liberado + glosado at each (invariant 2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from conecta_contas.pegs import STATUS_PROTOCOLO
from conecta_edge.clock import FUSO, local_day
from conecta_edge.protocolos import Kind
from conecta_tiss.messages.comum import Beneficiario, Contratado, MotivoGlosa, ValoresProcessados
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.messages.recebimento import (
    GlosaProtocolo,
    GlosasProcedimento,
    GuiaOdontoRecebida,
    GuiaRecebida,
    ProcedimentoOdontoRecebido,
    ProcedimentoRecebido,
    ProtocoloRecebimento,
    RecebimentoLote,
)
from conecta_tiss.terminologia.glosas import DESCRICAO_MAXIMA, given_in, official
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.glosas import Motivo, codigo
from conecta_tiss.vocabulary.tables import StatusCancelamento, TipoTransacao
from conecta_tiss.xml import answers
from conecta_tiss.xml.writer import cut, echo

if TYPE_CHECKING:
    from conecta_contas.analise import Glosa, GuiaAnalisada
    from conecta_contas.cobranca import GuiaCobrada, ItemCobrado
    from conecta_contas.dossies import Dossie
    from conecta_contas.pegs import Peg
    from conecta_tiss.messages.cancelamento import CancelaGuia, ReciboCancelaGuia
    from conecta_tiss.messages.situacao import SituacaoProtocolo
    from conecta_tiss.rules.admissao import Recebida
    from peg.domain.rules import Contexto

LINHAS_MAXIMAS: Final = 2000
"""Items with glosas that one answer lists: it goes out through a Lambda's 6 MB. JSON tells of all."""
_FACES: Final = frozenset("OLMVDIP")
# By name: who receives a lote reads no classes of the others.
_TRANSACAO: Final = {
    "RecebimentoLote": TipoTransacao.PROTOCOLO_RECEBIMENTO,
    "SituacaoProtocolo": TipoTransacao.SITUACAO_PROTOCOLO,
    "ReciboCancelaGuia": TipoTransacao.CANCELAMENTO_GUIA_RECIBO,
}


# --- a lote received, and where it stands ---


def received(peg: Peg, dossie: Dossie, prestador: Contratado, versao: Versao) -> RecebimentoLote:
    """The protocolo of a lote, with every guia of it."""
    told = _Contada(peg, dossie, versao)
    whole = told.motives(0)
    protocolo = ProtocoloRecebimento(
        registro_ans=peg.registro_ans,
        prestador=echo(prestador),
        numero_lote=echo(peg.numero_lote),
        data_envio_lote=local_day(peg.data_recepcao),
        numero_protocolo=peg.protocolo,
        valor_total_protocolo=dossie.resultado.informado,
        glosa=GlosaProtocolo(motivos=whole, valor=dossie.resultado.glosado) if whole else None,
        **told.guias(),
    )
    return RecebimentoLote(protocolo=protocolo)


def situation(peg: Peg, dossie: Dossie, prestador: Contratado, versao: Versao) -> SituacaoProtocolo:
    """Where a PEG stands, with every guia of it; glosas of the whole, which it has no element for, are each guia's."""
    from conecta_tiss.messages.situacao import (  # noqa: PLC0415
        DetalheLote,
        SituacaoDoProtocolo,
        SituacaoProtocolo,
    )

    told = _Contada(peg, dossie, versao)
    detalhe = DetalheLote(
        status_protocolo=STATUS_PROTOCOLO[peg.situacao],
        numero_protocolo=peg.protocolo,
        numero_lote=echo(peg.numero_lote),
        data_envio_lote=local_day(peg.data_recepcao),
        valores=_values(dossie.resultado),
        **told.guias(told.motives(0)),
    )
    of = SituacaoDoProtocolo(registro_ans=peg.registro_ans, prestador=echo(prestador), detalhe=detalhe)
    return SituacaoProtocolo(situacao=of)


def not_found(protocolo: str, versao: Versao) -> SituacaoProtocolo:
    """Absent and foreign are told alike; the number itself may say that it is of something else."""
    from conecta_tiss.messages.situacao import SituacaoProtocolo  # noqa: PLC0415

    text = "Nenhum PEG deste prestador com este protocolo nesta operadora. Confira o número do protocolo."
    if protocolo[4:5] == str(Kind.AUTORIZACAO.value):
        text = (
            "Este é o protocolo de um pedido de autorização, não de um PEG. Consulte-o por solicitaStatusAutorizacao, "
            "com o número da guia."
        )
    code = codigo(Motivo.PROTOCOLO_NAO_ENCONTRADO, versao)
    return SituacaoProtocolo(mensagem_erro=MotivoGlosa(codigo=code, descricao=_text(code, text, versao)))


def _text(code: str, text: str, versao: Versao) -> str | None:
    return cut(official(code, versao, text), DESCRICAO_MAXIMA)


def _values(of: Any) -> ValoresProcessados:
    return ValoresProcessados(processado=of.informado, glosa=of.glosado, liberado=of.liberado)


class _Contada:
    """A PEG as a message of one version tells it."""

    def __init__(self, peg: Peg, dossie: Dossie, versao: Versao) -> None:
        self.peg, self.dossie, self.versao = peg, dossie, versao
        self._motivos: dict[tuple[int, int | None], dict[MotivoGlosa, None]] = {}
        for glosa in dossie.resultado.glosas:
            if glosa.em_pe:
                self._motivos.setdefault((glosa.indice, glosa.sequencia), {})[self._motive(glosa)] = None

    def motives(self, indice: int, sequencia: int | None = None) -> tuple[MotivoGlosa, ...]:
        """Of the PEG (0), a guia or an item: glosas that stand, each told once."""
        return tuple(self._motivos.get((indice, sequencia), ()))

    def _motive(self, glosa: Glosa) -> MotivoGlosa:
        code = given_in(self.versao, glosa.motivo, glosa.codigo)
        return MotivoGlosa(codigo=code, descricao=_text(code, glosa.mensagem, self.versao))

    def guias(self, whole: tuple[MotivoGlosa, ...] = ()) -> dict[str, Any]:
        """Every guia that is billed still, as a field of a message: medical or dental ones.

        Args:
            whole: glosas of the PEG, told of each guia.
        """
        billed = {guia.sequencia: guia for guia in self.dossie.guias}
        days = {one.sequencia: one.data_atendimento for one in self.dossie.apresentadas}
        odonto = self.peg.tipo_guia == TipoGuia.ODONTO
        made: list[Any] = []
        room = LINHAS_MAXIMAS
        for one in self.dossie.resultado.guias:
            guia = billed[one.indice]
            carteira, rn = echo(guia.carteira), guia.atendimento_rn
            lines = tuple(self._lines(guia, one, odonto=odonto))[:room]
            room -= len(lines)
            rest: dict[str, Any] = {
                "numero_guia_prestador": echo(guia.numero),
                "numero_guia_operadora": echo(guia.numero_operadora),
                "valores": _values(one),
                "glosas": tuple(dict.fromkeys((*whole, *self.motives(one.indice)))),
                "procedimentos": lines,
            }
            if odonto:
                made.append(GuiaOdontoRecebida(**rest, numero_carteira=carteira, atendimento_rn=rn))
            else:
                whose = Beneficiario(numero_carteira=carteira, atendimento_rn=rn)
                made.append(GuiaRecebida(**rest, beneficiario=whose, data_realizacao=days.get(one.indice)))
        return {"guias_odonto" if odonto else "guias": tuple(made)}

    def _lines(self, guia: GuiaCobrada, one: GuiaAnalisada, *, odonto: bool) -> Iterator[Any]:
        """Items with a glosa of their own, and all that each loses."""
        lost = {line.sequencia: line.glosado for line in one.itens}
        for item in guia.itens:
            motivos = self.motives(guia.sequencia, item.sequencia)
            if not motivos:
                continue
            glosas = GlosasProcedimento(motivos=motivos, valor=lost[item.sequencia])
            if odonto:
                yield self._dental(item, glosas)
            elif self._fits(item.valor) and self._fits(item.valor_unitario):
                yield _medical(item, glosas)

    def _dental(self, item: ItemCobrado, glosas: GlosasProcedimento) -> ProcedimentoOdontoRecebido:
        return ProcedimentoOdontoRecebido(
            sequencial_item=item.sequencial,
            **answers.procedure(item.tabela, item.codigo, item.descricao),
            dente=item.dente,
            regiao=item.regiao,
            face=item.face if item.face and _FACES.issuperset(item.face) else None,
            quantidade=item.quantidade,
            valor=item.valor if self._fits(item.valor) else None,
            data_realizacao=item.dia,
            glosas=glosas,
        )

    def _fits(self, valor: Decimal) -> bool:
        """Whether an item's element can carry it: in 4.01.00 it has less room, and a dearer one is told of its guia."""
        return valor <= (Decimal("999999.99") if self.versao is Versao.V4_01_00 else Decimal("99999999.99"))


def _medical(item: ItemCobrado, glosas: GlosasProcedimento) -> ProcedimentoRecebido:
    return ProcedimentoRecebido(
        sequencial_item=item.sequencial,
        data_execucao=item.dia,
        hora_inicial=item.hora,
        **answers.procedure(item.tabela, item.codigo, item.descricao),
        quantidade=item.quantidade,
        via_acesso=item.via_acesso,
        valor_unitario=item.valor_unitario,
        valor_total=item.valor,
        codigo_despesa=item.despesa,
        fator_reducao_acrescimo=item.fator,
        glosas=glosas,
    )


# --- what became of a cancellation ---


def cancelled(asked: CancelaGuia, registro_ans: str, status: Sequence[StatusCancelamento]) -> ReciboCancelaGuia:
    """What became of the lote, or of each guia in the order asked."""
    from conecta_tiss.messages.cancelamento import (  # noqa: PLC0415
        GuiaCancelada,
        LoteCancelado,
        ReciboCancelaGuia,
        ReciboCancelamento,
    )

    told, lote = echo(asked), None
    if told.lote is not None:
        lote = LoteCancelado(
            numero_lote=told.lote.numero_lote, numero_protocolo=told.lote.numero_protocolo, status=status[0].value
        )
    guias = tuple(
        GuiaCancelada(
            tipo_guia=guia.tipo_guia, numero_guia_prestador=guia.numero_guia_prestador,
            numero_guia_operadora=guia.numero_guia_operadora, numero_protocolo=guia.numero_protocolo, status=one.value,
        )
        for guia, one in zip(told.guias, status, strict=False)
    )  # fmt: skip
    recibo = ReciboCancelamento(registro_ans=registro_ans, prestador=told.prestador, lote=lote, guias=guias)
    return ReciboCancelaGuia(recibo=recibo)


# --- the envelope ---


def answer(lida: Recebida, admissao: Contexto, when: datetime, corpo: Any) -> bytes:
    """The whole message, in the sender's version and numbered as the sender did, so that a retry writes the same.

    Args:
        when: of the reception, in UTC.
    """
    return answers.answer(lida, admissao, _TRANSACAO[type(corpo).__name__], corpo, when.astimezone(FUSO))
