"""`solicitacaoDemonstrativoRetorno`: as far as it can be read, and what keeps it from an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conecta_tiss import pipeline
from conecta_tiss.messages.demonstrativos import SolicitacaoDemonstrativo
from conecta_tiss.rules import admissao

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from conecta_tiss.findings import Achado
    from conecta_tiss.rules.admissao import Habilitado, Lida

TRANSACAO: Final = "solicitacaoDemonstrativoRetorno"


def read(raw: bytes, hoje: date) -> Lida:
    """As much of the message as can be read, and everything the standard finds wrong."""
    return pipeline.read_as(raw, TRANSACAO, SolicitacaoDemonstrativo, hoje=hoje)


def judge(lida: Lida, remetente: Habilitado, *, atendida: bool) -> tuple[Achado, ...]:
    """All that keeps the message from being answered; empty when nothing does.

    Args:
        remetente: the prestador that sent it, with the operadora that answers.
        atendida: the operadora is one of ours.
    """

    def in_its_own_name() -> Iterable[Achado]:
        asked: SolicitacaoDemonstrativo = lida.corpo
        kind = "demonstrativoAnalise" if asked.analise else "demonstrativoPagamento"
        assert asked.pergunta is not None  # noqa: S101  # the schema asks for one of the two
        return admissao.pede_por_si(lida, remetente, asked.pergunta.prestador, kind, "dadosPrestador")

    return admissao.judge(
        lida, remetente, in_its_own_name, lambda: admissao.nunca_habilitado(lida, remetente), atendida=atendida
    )
