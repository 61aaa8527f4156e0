"""Refusals of this context. None carries personal data: numbers of senhas, positions, quantities and days only.

AutorizacaoError
├── AutorizacaoNotFoundError     absent or foreign: the same (R08)
├── PrincipalNotFoundError       the guia it is to belong to is unknown or foreign: the same (1303)
├── PapelNaoPermitidoError       the act belongs to somebody else (R18: the Central)
├── TransicaoInvalidaError       the state does not allow the act
│   └── SenhaExpiradaError       it did until a day (1414)
├── JaFaturadaError              something of it was billed (R16, R17)
├── ComplementosVivosError       complements would lose their parent (R17)
├── QuantidadeInvalidaError      outside what was billed and what was asked (R18)
├── GuiaJaUsadaError             the number of guia is another request's (1308)
├── DocumentoAusenteError        a file that is named is not there
├── SolicitanteAlheioError       who asks is neither who requests nor who will do it
├── RelacionamentoNaoHabilitadoError  authorizations are not released to the prestador today (R02: 1207, 3279)
├── ExecutanteInvalidoError      the new executante is not enabled, or has not all of it in its contract
├── MudouError                   others were writing the same all the time: nothing was written
├── DecisaoIncompletaError       items without a decision, or decided though they were not to be
├── NegativaSemBaseError         a negative without plain reason and legal or contract basis
├── MotivoAusenteError           an act that must say why
└── DataInvalidaError            a day outside the possible ones
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conecta_tiss.findings import Achado


class AutorizacaoError(Exception):
    """Base of this context's errors."""


class AutorizacaoNotFoundError(AutorizacaoError, LookupError):
    """Absent or foreign: one and the same answer."""


class PrincipalNotFoundError(AutorizacaoError, LookupError):
    """The guia that something is to belong to is unknown or foreign: one and the same refusal (1303)."""


class PapelNaoPermitidoError(AutorizacaoError):
    """The act belongs to others.

    Attributes:
        papeis: whose it is.
    """

    def __init__(self, papeis: tuple[str, ...]) -> None:
        super().__init__(", ".join(papeis))
        self.papeis = papeis


class TransicaoInvalidaError(AutorizacaoError):
    """The state, as it is on the day, does not allow the act.

    Attributes:
        situacao: the state.
    """

    def __init__(self, situacao: str) -> None:
        super().__init__(situacao)
        self.situacao = situacao


class SenhaExpiradaError(TransicaoInvalidaError):
    """R10: the last valid day is over.

    Attributes:
        validade: that day.
    """

    def __init__(self, validade: date) -> None:
        super().__init__("EXPIRADA")
        self.validade = validade


class JaFaturadaError(AutorizacaoError):
    """Something was billed already.

    Attributes:
        sequencias: the items.
    """

    def __init__(self, sequencias: tuple[int, ...]) -> None:
        super().__init__(str(sequencias))
        self.sequencias = sequencias


class ComplementosVivosError(AutorizacaoError):
    """R17: senhas that depend on it are alive.

    Attributes:
        numeros: numeroGuiaOperadora of each.
    """

    def __init__(self, numeros: tuple[str, ...]) -> None:
        super().__init__(str(numeros))
        self.numeros = numeros


class QuantidadeInvalidaError(AutorizacaoError):
    """A quantity outside its bounds.

    Attributes:
        sequencia: the item; 0 are the diárias.
        minimo, maximo: both inclusive; `minimo` is what was billed.
    """

    def __init__(self, sequencia: int, minimo: Decimal, maximo: Decimal) -> None:
        super().__init__(f"{sequencia}: {minimo} a {maximo}")
        self.sequencia = sequencia
        self.minimo = minimo
        self.maximo = maximo


class DecisaoIncompletaError(AutorizacaoError):
    """Items that lack a decision, are decided twice, or were not to be decided.

    Attributes:
        sequencias: the items.
    """

    def __init__(self, sequencias: tuple[int, ...]) -> None:
        super().__init__(str(sequencias))
        self.sequencias = sequencias


class NegativaSemBaseError(AutorizacaoError):
    """A negative says why and on which legal or contract basis, or it is none (RN 623).

    Attributes:
        sequencias: the items; 0 are the diárias.
    """

    def __init__(self, sequencias: tuple[int, ...]) -> None:
        super().__init__(str(sequencias))
        self.sequencias = sequencias


class MotivoAusenteError(AutorizacaoError):
    """The act must say why."""


class DataInvalidaError(AutorizacaoError):
    """A day outside the possible ones.

    Attributes:
        minimo, maximo: both inclusive; `None` is open.
    """

    def __init__(self, minimo: date | None, maximo: date | None) -> None:
        super().__init__(f"{minimo} a {maximo}")
        self.minimo = minimo
        self.maximo = maximo


class GuiaJaUsadaError(AutorizacaoError):
    """The prestador's number of guia is that of another request of its own (1308).

    Attributes:
        numero: numeroGuiaOperadora of that one.
    """

    def __init__(self, numero: str) -> None:
        super().__init__(numero)
        self.numero = numero


class DocumentoAusenteError(AutorizacaoError):
    """Files that are named are not the prestador's, or not complete: the two look alike.

    Attributes:
        ids: as they were named.
    """

    def __init__(self, ids: tuple[str, ...]) -> None:
        super().__init__(", ".join(ids))
        self.ids = ids


class SolicitanteAlheioError(AutorizacaoError):
    """Nobody asks in the name of another: who sends a request is its solicitante or its executante."""


class RelacionamentoNaoHabilitadoError(AutorizacaoError):
    """R02: new senhas are not released to the prestador today.

    Attributes:
        situacao, motivo: of the relacionamento, as the operadora told them; `None` when there is none.
    """

    def __init__(self, situacao: str | None, motivo: str | None) -> None:
        super().__init__(str(situacao))
        self.situacao = situacao
        self.motivo = motivo


class ExecutanteInvalidoError(AutorizacaoError):
    """The prestador named as executante cannot do it under its own contract.

    Attributes:
        achados: what the rules found (`contexto.Apontamento`).
    """

    def __init__(self, achados: tuple[Achado, ...]) -> None:
        super().__init__(", ".join(achado.regra for achado in achados))
        self.achados = achados


class MudouError(AutorizacaoError):
    """What was read changed before it was written, every time it was tried: nothing was written."""
