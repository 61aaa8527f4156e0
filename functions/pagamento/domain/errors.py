"""Refusals of this context.

PagamentoError
├── NaoEncontradoError            absent or foreign: the same
├── LegadoError                   it is read in the portal of before the migration (R07)
├── MudouError                    somebody else changed it meanwhile
├── VersaoDiferenteError          it is not the version that the caller saw
├── CronogramaInvalidoError       what is wrong with it, each with its place
├── ValoresNaoPublicadosError     a nota before the values are published (R05)
├── FaturaSemEsperaError          it waits for no nota
├── FaturaNaoPagavelError         it is not to be paid now
├── ArquivoIndisponivelError      an upload that is not there, not of a nota, not yet checked, or refused
├── NotaIlegivelError             a file that is no XML anybody should read
├── NotaInvalidaError             what is wrong with what was said of it, each with its place
├── NotaImutavelError             its state does not admit the act
├── PagamentoInvalidoError        what is wrong with a payment, each with its place
├── PedidoInvalidoError           what is wrong with what is asked for in bulk
├── PagamentoDiferenteError       another payment has its number
└── DemonstrativoIndisponivelError   not published yet, or too much for one answer
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from pagamento.domain.cronograma import Defeito
    from pagamento.domain.faturas import Fatura


class PagamentoError(Exception):
    """Base of this context's refusals."""


class NaoEncontradoError(PagamentoError):
    """Absent or foreign: one and the same answer.

    Attributes:
        protocolos: which, where several were asked for.
    """

    def __init__(self, what: str = "", *, protocolos: Sequence[str] = ()) -> None:
        super().__init__(what or ", ".join(protocolos))
        self.protocolos = tuple(protocolos)


class LegadoError(PagamentoError):
    """R07: what was sent before the migration is read where it was sent.

    Attributes:
        portal: address of the portal, when the operadora told it.
        data_migracao: first day that is here.
        protocolos: which, where several were asked for.
    """

    def __init__(self, portal: str | None, data_migracao: date, protocolos: Sequence[str] = ()) -> None:
        super().__init__(data_migracao.isoformat())
        self.protocolos = tuple(protocolos)
        self.portal = portal
        self.data_migracao = data_migracao


class MudouError(PagamentoError):
    """It changed since it was read; read it again."""


class VersaoDiferenteError(PagamentoError):
    """It is not the version that the caller saw."""


class ComDefeitosError(PagamentoError):
    """Base of what says all that is wrong at once.

    Attributes:
        defeitos: each with the path of its field, its code, and what to do, in Portuguese.
    """

    def __init__(self, defeitos: Sequence[Defeito]) -> None:
        super().__init__(", ".join(one.codigo for one in defeitos))
        self.defeitos = tuple(defeitos)


class CronogramaInvalidoError(ComDefeitosError):
    """A cronograma that cannot be published."""


class NotaInvalidaError(ComDefeitosError):
    """A nota that cannot even be looked at: of nothing, of faturas of two operadoras, without what it must say."""


class PagamentoInvalidoError(ComDefeitosError):
    """A payment that cannot be recorded: nothing of it is."""


class PedidoInvalidoError(ComDefeitosError):
    """What is asked for in bulk cannot be made."""


class ValoresNaoPublicadosError(PagamentoError):
    """R05: the values of a PEG are not published yet.

    Attributes:
        protocolos: of which.
    """

    def __init__(self, protocolos: Sequence[str]) -> None:
        super().__init__(", ".join(protocolos))
        self.protocolos = tuple(protocolos)


class DaFaturaError(PagamentoError):
    """Base of what a fatura's state does not admit.

    Attributes:
        fatura: as it is.
    """

    def __init__(self, fatura: Fatura) -> None:
        super().__init__(f"{fatura.id}: {fatura.situacao}")
        self.fatura = fatura


class FaturaSemEsperaError(DaFaturaError):
    """It waits for no nota: it has one, needs none, or is over."""


class FaturaNaoPagavelError(DaFaturaError):
    """It is not to be paid now: its nota is missing or looked at, or it is paid, or over."""


class ArquivoIndisponivelError(PagamentoError):
    """An upload that cannot be the file of a nota.

    Attributes:
        upload_id: which.
        motivo: `AUSENTE` (or foreign), `OUTRA_FINALIDADE`, `OUTRA_OPERADORA`, `EM_CONFERENCIA` (try again in a
            moment), `RECUSADO`.
    """

    def __init__(self, upload_id: str, motivo: str) -> None:
        super().__init__(motivo)
        self.upload_id = upload_id
        self.motivo = motivo


class NotaIlegivelError(PagamentoError):
    """The file of a nota is no XML that anybody should read: not well-formed, or made to harm.

    Attributes:
        regra: id of what refused it.
        mensagem: why, in Portuguese.
    """

    def __init__(self, regra: str, mensagem: str) -> None:
        super().__init__(regra)
        self.regra = regra
        self.mensagem = mensagem


class NotaImutavelError(PagamentoError):
    """The state of a nota does not admit the act.

    Attributes:
        situacao: its state.
    """

    def __init__(self, situacao: str) -> None:
        super().__init__(situacao)
        self.situacao = situacao


class PagamentoDiferenteError(PagamentoError):
    """The number is of a payment that says something else."""


class DemonstrativoIndisponivelError(PagamentoError):
    """It cannot be shown.

    Attributes:
        motivo: `NAO_PUBLICADO`, `GRANDE_DEMAIS` (ask for it in bulk), or what keeps it from a TISS message: `VERSAO`
            (it does not fit that version), `SEM_CNPJ` (the operadora's is not loaded), `SEM_PEG` (it is of debits and
            credits alone).
        protocolos: which are not published.
    """

    def __init__(self, motivo: str, protocolos: Sequence[str] = ()) -> None:
        super().__init__(motivo)
        self.motivo = motivo
        self.protocolos = tuple(protocolos)
