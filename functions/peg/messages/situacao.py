"""Questions where a PEG stands, and cancellations: as far as they can be read, and what keeps them from an answer."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from conecta_tiss import pipeline
from conecta_tiss.findings import Achado, code_of
from conecta_tiss.messages.cancelamento import CancelaGuia, ReciboCancelaGuia
from conecta_tiss.messages.recebimento import RecebimentoLote
from conecta_tiss.messages.situacao import SituacaoProtocolo, SolicitacaoStatusProtocolo
from conecta_tiss.rules import admissao as regras
from conecta_tiss.versions import answer_version
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.xml import answers
from peg.messages import recibos

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from conecta_tiss.rules.admissao import Lida
    from peg.domain.lotes import LoteLido
    from peg.domain.rules import Contexto

CORPOS: Final[Mapping[str, type[Any]]] = MappingProxyType({
    "solicitacaoStatusProtocolo": SolicitacaoStatusProtocolo,
    "cancelaGuia": CancelaGuia,
})  # fmt: skip
"""Messages read here, by body element: what their body is read as."""
GUIAS_MAXIMAS: Final = 100
"""Guias cancelled by one message: each is an act of its own."""
_ERRO: Final[Mapping[str, type[Any]]] = {
    "loteGuias": RecebimentoLote, "solicitacaoStatusProtocolo": SituacaoProtocolo, "cancelaGuia": ReciboCancelaGuia,
}  # fmt: skip
_CANCELAMENTO: Final = "/ans:mensagemTISS/ans:prestadorParaOperadora/ans:cancelaGuia/ans:tipoCancelamento"


def read(raw: bytes, transacao: str, hoje: date) -> Lida:
    """As much of the message as can be read, and everything the standard finds wrong."""
    return pipeline.read_as(raw, transacao, CORPOS[transacao], hoje=hoje)


def judge(lida: Lida, admissao: Contexto, *, atendida: bool) -> tuple[Achado, ...]:
    """All that keeps the message from being answered; empty when nothing does.

    Args:
        admissao: of the prestador that sent it with the operadora that answers.
        atendida: the operadora is one of ours.
    """
    return regras.judge(
        lida, admissao,
        lambda: regras.pede_por_si(lida, admissao, lida.corpo.prestador, "dadosPrestador"),
        lambda: regras.nunca_habilitado(lida, admissao),
        lambda: _too_long(lida),
        atendida=atendida,
    )  # fmt: skip


def _too_long(lida: Lida) -> Iterator[Achado]:
    guias = getattr(lida.corpo, "guias", ())
    if len(guias) > GUIAS_MAXIMAS:
        yield Achado(
            "TISS-TAMANHO", code_of(Motivo.LOTE_ACIMA_DO_LIMITE, answer_version(lida.versao)),
            f"A mensagem cancela {len(guias)} guias; o máximo é {GUIAS_MAXIMAS}. Divida-a.", caminho=_CANCELAMENTO,
        )  # fmt: skip


def refusal(
    lida: Lida | LoteLido, transacao: str, admissao: Contexto, achados: Sequence[Achado], when: datetime
) -> bytes:
    """The answer of a transaction with `mensagemErro`."""
    erro = answers.error(achados, answer_version(lida.versao))
    return recibos.answer(lida, admissao, when, _ERRO[transacao](mensagem_erro=erro))
