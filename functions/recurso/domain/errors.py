"""Refusals of this context.

RecursoError
├── NaoEncontradoError          absent or foreign: the same
├── NaoHabilitadoError          the prestador was never enabled at the operadora (R02)
├── LegadoError                 it is contested in the portal of before the migration (R07)
├── NaoPublicadoError           the values of the PEG are not published yet
├── RecursoInvalidoError        everything that is wrong with what is contested, or with its answers
├── TransicaoInvalidaError      its state does not admit the act
├── RespostasFaltamError        entries without an answer
├── MudouError                  somebody else changed it meanwhile
└── VersaoDiferenteError        it is not the version that the caller saw
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from recurso.domain.recursos import SituacaoRecurso
    from recurso.domain.regras import Apontamento


class RecursoError(Exception):
    """Base of this context's refusals."""


class NaoEncontradoError(RecursoError):
    """Absent or foreign: one and the same answer.

    Attributes:
        o_que: `peg` or `recurso`.
    """

    def __init__(self, o_que: str = "recurso") -> None:
        super().__init__(o_que)
        self.o_que = o_que


class NaoHabilitadoError(RecursoError):
    """R02: who was never enabled has nothing to contest; a suspension takes nothing of what was.

    Attributes:
        situacao: of the relacionamento.
        motivo: the operadora's, when it gave one.
    """

    def __init__(self, situacao: str | None, motivo: str | None) -> None:
        super().__init__(situacao)
        self.situacao, self.motivo = situacao, motivo


class LegadoError(RecursoError):
    """R07: glosas of before the migration are contested where they were published.

    Attributes:
        portal: address of the portal, when the operadora told it.
        data_migracao: first day that is here.
    """

    def __init__(self, portal: str | None, data_migracao: date) -> None:
        super().__init__(data_migracao.isoformat())
        self.portal = portal
        self.data_migracao = data_migracao


class NaoPublicadoError(RecursoError):
    """There is no glosa to contest before the values of the PEG are published."""


class RecursoInvalidoError(RecursoError):
    """Nothing was written; all that is wrong, each with its rule, place and what to do.

    Attributes:
        achados: warnings are not among them.
        avisos: warnings.
    """

    def __init__(self, achados: Sequence[Apontamento], avisos: Sequence[Apontamento] = ()) -> None:
        super().__init__(", ".join(one.regra for one in achados))
        self.achados = tuple(achados)
        self.avisos = tuple(avisos)


class TransicaoInvalidaError(RecursoError):
    """Its state does not admit the act.

    Attributes:
        situacao: the state it is in.
    """

    def __init__(self, situacao: SituacaoRecurso) -> None:
        super().__init__(situacao)
        self.situacao = situacao


class RespostasFaltamError(RecursoError):
    """It is concluded when every entry is answered.

    Attributes:
        itens: ids of those that are not.
    """

    def __init__(self, itens: Sequence[int]) -> None:
        super().__init__(str(len(itens)))
        self.itens = tuple(itens)


class MudouError(RecursoError):
    """It changed since it was read; read it again."""


class VersaoDiferenteError(RecursoError):
    """It is not the version that the caller saw."""
