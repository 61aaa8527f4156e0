"""A lote judged whole, by every rule there is: what pre-validation shows, reception uses and analysis begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from conecta_contas import analise, cobranca
from conecta_tiss.findings import Achado, Severidade
from conecta_tiss.vocabulary.amounts import ZERO
from peg.domain import rules

if TYPE_CHECKING:
    from conecta_contas.analise import Julgamento
    from conecta_contas.cobranca import GuiaCobrada
    from peg.domain.lotes import LoteLido
    from peg.domain.rules import Contexto as Admissao
    from peg.service.portas import Alvo, Lido, Portas

ALHEIO: Final = frozenset({"ORIGEM", "DESTINO"})
"""Rules of admission that say that a lote is somebody else's, or for somebody else."""


@dataclass(frozen=True, slots=True)
class Parecer:
    """All that can be said of a lote.

    Attributes:
        admissao: who sent it, as far as admission asks.
        achados: of the standard, of admission, then of billing.
        guias: as billed; empty when they cannot be read.
        julgado, lido: `None` when nothing could be judged.
    """

    lote: LoteLido
    admissao: Admissao
    achados: tuple[Achado, ...]
    guias: tuple[GuiaCobrada, ...]
    julgado: Julgamento | None
    lido: Lido | None

    @property
    def recusado(self) -> bool:
        """Whether nothing of it may be received."""
        return any(one.severidade is Severidade.RECUSA_LOTE for one in self.achados)

    @property
    def informado(self) -> Decimal:
        """Reais billed."""
        return self.julgado.resultado.informado if self.julgado else self.lote.valor_informado or ZERO

    @property
    def em_risco(self) -> Decimal:
        """Reais that would not be paid."""
        return self.informado if self.recusado or not self.julgado else self.julgado.em_risco


def judge(alvo: Alvo, lote: LoteLido, portas: Portas, more: Sequence[Achado] = ()) -> Parecer:
    """Everything wrong with a lote, its guias and their items; nothing is written.

    Args:
        more: what a door found besides.
    """
    admissao = portas.contextos.admissao(alvo.prestador_id, alvo.registro_ans, alvo.hoje)
    own = (*rules.judge(lote, admissao), *more)
    guias = cobranca.read(lote.corpo) if lote.corpo is not None else ()
    foreign = any(one.regra in ALHEIO for one in own)  # of lives and senhas nobody tells but whose bill it is
    if not guias or foreign or not admissao.may_bill:
        return Parecer(lote, admissao, own, guias, None, None)
    lido = portas.contextos.read(alvo, guias)
    julgado = analise.judge(guias, lido.contexto)
    return Parecer(lote, admissao, (*own, *julgado.achados), guias, julgado, lido)
