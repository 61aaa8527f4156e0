"""Pre-validation: all that reception and analysis would say of a lote, without sending it. Nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conecta_contas.pegs import SituacaoPeg
from peg.domain import rules
from peg.service.julgamento import Parecer, judge
from peg.service.portas import Alvo

if TYPE_CHECKING:
    from peg.domain.lotes import LoteLido
    from peg.service.portas import Portas


def validate(
    prestador_id: str, registro_ans: str, lote: LoteLido, portas: Portas, sha256: str | None = None
) -> tuple[Parecer, str | None]:
    """What would be said of a lote that was sent now; and the protocolo that these very bytes have already.

    Args:
        sha256: of a message that would be sent under its own lote number.
    """
    hoje = portas.hoje
    taken = portas.pegs.lote(prestador_id, registro_ans, lote.numero_lote) if sha256 and lote.numero_lote else None
    held = portas.pegs.get(prestador_id, taken.protocolo) if taken else None
    living = taken if held is not None and held.situacao is not SituacaoPeg.CANCELADO else None
    more = (rules.numero_de_lote_repetido(lote),) if living is not None and living.sha256 != sha256 else ()
    parecer = judge(Alvo(prestador_id, registro_ans, hoje, lote.versao_de_resposta), lote, portas, more)
    return parecer, living.protocolo if living is not None and not more else None
