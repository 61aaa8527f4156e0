"""Rules of the question for a demonstrativo."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conecta_tiss.rules.base import Contexto, Regra, regra
from conecta_tiss.rules.partes import PARA_OPERADORA, Lugar, itens_de, tell
from conecta_tiss.rules.situacao import the_number_is_one_of_a_protocolo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conecta_tiss.findings import Achado
    from conecta_tiss.messages.demonstrativos import SolicitacaoDemonstrativo

_PEDIDO: Final = Lugar(f"{PARA_OPERADORA}/ans:solicitacaoDemonstrativoRetorno")
_PROTOCOLOS: Final = _PEDIDO.em("demonstrativoAnalise", "protocolos")
_COMPETENCIA: Final = _PEDIDO.em("demonstrativoPagamento", "periodo", "competencia")
_MES: Final = re.compile(r"(19|20)[0-9]{2}(0[1-9]|1[0-2])", re.ASCII)
_FORMA: Final = re.compile(r"[0-9]{6}", re.ASCII)


def findings(corpo: SolicitacaoDemonstrativo, contexto: Contexto) -> Iterator[Achado]:
    """Findings of all `RULES`, and of the rule of a protocolo's number for each that is asked for."""
    if corpo.analise is not None:
        for numero, onde in itens_de(_PROTOCOLOS, "numeroProtocolo", corpo.analise.protocolos):
            yield from the_number_is_one_of_a_protocolo((numero, onde._replace(item=None)), contexto)
    for uma in RULES:
        yield from uma(corpo, contexto)


@regra("TISS-COMPETENCIA", "5046", "table 38: COMPETENCIA INVÁLIDA")
def the_competencia_is_a_month(
    esta: Regra[SolicitacaoDemonstrativo], corpo: SolicitacaoDemonstrativo, contexto: Contexto
) -> Iterator[Achado]:
    """`competencia` is a year and one of its twelve months; of another shape the schema tells."""
    competencia = corpo.pagamento.competencia if corpo.pagamento else None
    if competencia is not None and _FORMA.fullmatch(competencia) and not _MES.fullmatch(competencia):
        yield tell(esta, contexto, _COMPETENCIA, "A competencia é um mês, AAAAMM: por exemplo 202611.")


RULES: Final[tuple[Regra[SolicitacaoDemonstrativo], ...]] = (the_competencia_is_a_month,)
"""Rules of the question for a demonstrativo."""
