"""What every JSON route of this context does alike: who acts, what is kept of an answer, what a refusal says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from conecta_atos.portas import Chamador
from conecta_contas.errors import DossieMissingError
from conecta_contas.pegs import de_antes
from conecta_edge import problems, session
from conecta_edge.http import PRESTADOR, ErrorMap, Operation, Parameter, Query, Reply, Request, Response
from conecta_edge.problems import FieldError, ProblemError
from pagamento.domain.cronograma import UM_DIA, Cronograma
from pagamento.domain.errors import (
    ArquivoIndisponivelError,
    ComDefeitosError,
    DemonstrativoIndisponivelError,
    FaturaNaoPagavelError,
    FaturaSemEsperaError,
    LegadoError,
    MudouError,
    NaoEncontradoError,
    NotaIlegivelError,
    NotaImutavelError,
    PagamentoDiferenteError,
    ValoresNaoPublicadosError,
    VersaoDiferenteError,
)
from pagamento.s3 import ArquivoMissingError

if TYPE_CHECKING:
    from datetime import date

    from conecta_atos.portas import Guardar
    from conecta_edge.audit import Actor
    from conecta_edge.tenancy import Principal
    from pagamento.domain.demonstrativos import Conta
    from pagamento.service.portas import Portas

FINALIDADE: Final = "conferencia-de-pagamento"
"""Why personal data are read (LGPD art. 6, I)."""
CAMPOS: Final = ("numero_carteira", "itens", "glosas")
FUNCAO: Final = "pagamento-api"
PAGE: Final = 30
LER: Final = "pagamento.ler"
ESCREVER: Final = "pagamento.escrever"
_NUMERO: Final = re.compile(r"[1-9][0-9]{11}", re.ASCII)
_DIGITOS: Final = re.compile(r"[0-9]{1,20}", re.ASCII)


def id_of(request: Request, name: str = "id") -> str:
    """The number of ours that the path names; what cannot be one is not there."""
    text = request.path[name]
    if not _NUMERO.fullmatch(text):
        raise NaoEncontradoError
    return text


def protocolo_of(request: Request) -> str:
    """The protocolo of a PEG that the path names: ours, or one that may be of the portal of before."""
    text = request.path["protocolo"]
    if not _DIGITOS.fullmatch(text):
        raise NaoEncontradoError
    return text


def registros_of(prestador_id: str, portas: Portas) -> tuple[str, ...]:
    """The operadoras that a prestador has a relacionamento with."""
    known = (one.registro_ans for one in session.catalogo().operadoras())
    return tuple(sorted(one for one in known if portas.cadastro.codigo(prestador_id, one) is not None))


def related(prestador_id: str, registro_ans: str, portas: Portas) -> str:
    """The operadora, when the prestador has a relacionamento with it; otherwise neither is there for the other."""
    if portas.cadastro.codigo(prestador_id, registro_ans) is None:
        raise NaoEncontradoError
    return registro_ans


@contextmanager
def legacy_told(prestador_id: str, protocolos: Sequence[str], portas: Portas) -> Iterator[None]:
    """Whoever asks of what is not here is told when it can only be of before the migration (R07), and where it is.

    Raises:
        LegadoError: one of the protocolos is.
    """
    try:
        yield
    except NaoEncontradoError as error:
        absent = error.protocolos or protocolos
        for one in registros_of(prestador_id, portas):
            operadora = portas.cadastro.operadora(one)
            since = operadora.data_migracao
            if since is not None and any(de_antes(protocolo, since) for protocolo in absent):
                raise LegadoError(operadora.portal_legado, since) from None
        raise


@contextmanager
def reading_of(caller: Principal, protocolos: Sequence[str], portas: Portas, query: Query) -> Iterator[None]:
    """The order of refusals (`decisoes.md` 9): what is not there, what is asked wrong, who may, what is not ready."""
    try:
        with legacy_told(caller.prestador_id, protocolos, portas):
            yield
    except DemonstrativoIndisponivelError:
        query.check()
        caller.require(LER)
        raise
    query.check()
    caller.require(LER)


def refuse_legacy_month(prestador_id: str, competencia: str, portas: Portas) -> None:
    """Of a month that nothing is here of.

    Raises:
        LegadoError: it was over before the migration of an operadora of theirs (R07).
    """
    for one in registros_of(prestador_id, portas):
        operadora = portas.cadastro.operadora(one)
        since = operadora.data_migracao
        if since is not None and competencia < f"{since:%Y%m}":
            raise LegadoError(operadora.portal_legado, since)


def months(today: date, many: int) -> Iterator[str]:
    """The month of a day and those before it (`AAAAMM`), newest first."""
    for _ in range(many):
        yield f"{today:%Y%m}"
        today = today.replace(day=1) - UM_DIA


def in_force(registro_ans: str, portas: Portas) -> Cronograma:
    """The cronograma of an operadora; an empty one, version 0, until one is published."""
    held = portas.registros.cronograma(registro_ans)
    return held or Cronograma(registro_ans=registro_ans, versao=0, ciclos=(), quem="", publicado_em=portas.now)


def audit(request: Request, actor: Actor, contas: Iterable[Conta], *, itens: bool) -> None:
    """Record that what was done to people is read, protocolo by protocolo, before any of it is answered.

    Args:
        itens: items and glosas are shown, too.
    """
    for one in contas:
        session.record_access(
            request, actor, finalidade=FINALIDADE, objeto=f"peg/{one.protocolo}", sujeitos=one.vidas,
            campos=CAMPOS if itens else CAMPOS[:1],
        )  # fmt: skip


Act = Callable[[Chamador, "Guardar"], Any]
"""A use case that is still to be told who acts, and what is kept with it."""


def done(
    request: Request, actor: Actor, act: Act, view: Callable[[Any], dict[str, Any]], status: int = 200
) -> Response:  # fmt: skip
    """See `session.done`."""
    who = Chamador(quem=actor.quem, correlacao=request.correlacao, versao=request.expected_version())
    return session.done(request, actor.tenant.removeprefix("PRESTADOR#"), actor.quem, partial(act, who), view, status)


# --- refusals ---


def _legacy(error: LegadoError) -> ProblemError:
    return problems.in_former_portal(
        f"O que foi enviado antes de {error.data_migracao:%d/%m/%Y} fica no portal anterior: consulte-o lá.",
        error.portal, error.data_migracao,
    )  # fmt: skip


def _wrong(error: ComDefeitosError) -> ProblemError:
    return problems.invalid_body(tuple(FieldError(one.campo, one.codigo, one.mensagem) for one in error.defeitos))


def _file(error: ArquivoIndisponivelError) -> ProblemError:
    match error.motivo:
        case "AUSENTE":
            return problems.not_found()
        case "EM_CONFERENCIA":
            return ProblemError(
                409, "arquivo-em-conferencia", "Arquivo em conferência",
                "Um dos arquivos ainda está sendo conferido. Repita em instantes.", headers={"Retry-After": "2"},
            )  # fmt: skip
    text = {
        "OUTRA_FINALIDADE": "O upload não é de uma nota fiscal: envie o arquivo com a finalidade nota_fiscal.",
        "OUTRA_OPERADORA": "O upload foi feito para outra operadora: envie o arquivo para a dos PEGs.",
    }.get(error.motivo, "O arquivo foi recusado: veja os achados do upload, corrija e envie outro.")
    return problems.invalid_body((FieldError("uploads", error.motivo.lower().replace("_", "-"), text),))


def _early(error: ValoresNaoPublicadosError) -> ProblemError:
    return ProblemError(
        409, "valores-nao-publicados", "Valores ainda não publicados",
        "A nota fiscal se emite depois que os valores do PEG são publicados; o dia está no cronograma.",
        extra={"protocolos": list(error.protocolos)},
    )  # fmt: skip


def _unawaited(error: FaturaSemEsperaError) -> ProblemError:
    fatura = error.fatura
    return ProblemError(
        409, "peg-sem-espera-de-nota", "O PEG não espera nota fiscal",
        f"O PEG {fatura.id} está {fatura.situacao.value}: já tem nota, não precisa de uma, ou terminou. Para trocar a "
        "nota, cancele a que está nele.",
        extra={"protocolo": fatura.id, "situacao": fatura.situacao.value, "nota": fatura.nota},
    )  # fmt: skip


def _not_payable(error: FaturaNaoPagavelError) -> ProblemError:
    fatura = error.fatura
    return ProblemError(
        409, "peg-nao-pagavel", "O PEG não está para pagar",
        f"O PEG {fatura.id} está {fatura.situacao.value}: só se paga o que está PROGRAMADA.",
        extra={"protocolo": fatura.id, "situacao": fatura.situacao.value},
    )  # fmt: skip


def _unavailable(error: DemonstrativoIndisponivelError) -> ProblemError:
    title, text = {
        "NAO_PUBLICADO": (
            "Valores ainda não publicados",
            "O demonstrativo existe depois que os valores do PEG são publicados.",
        ),
        "GRANDE_DEMAIS": (
            "Grande demais",
            "É muito para uma resposta só: peça menos, ou um lote em POST /demonstrativos/lotes.",
        ),
        "VERSAO": (
            "Não cabe nesta versão da TISS",
            "Um valor ou um CNPJ não cabe na versão pedida: peça uma versao posterior, ou outro formato.",
        ),
        "SEM_PEG": (
            "Sem PEG pago",
            "Só houve débitos e créditos, que uma mensagem TISS não leva sem um PEG pago: peça outro formato.",
        ),
    }.get(
        error.motivo,
        ("Cadastro incompleto", "O cadastro da operadora ainda não permite a mensagem TISS: peça outro formato."),
    )
    codigo = f"demonstrativo-{error.motivo.lower().replace('_', '-')}"
    return ProblemError(409, codigo, title, text, extra={"protocolos": list(error.protocolos)})


ERRORS: Final[ErrorMap] = {
    NaoEncontradoError: lambda _error: problems.not_found(),
    LegadoError: _legacy,
    MudouError: lambda _error: problems.changed_meanwhile(
        "Outros atos sobre o mesmo ocorreram ao mesmo tempo. Repita a requisição."
    ),
    VersaoDiferenteError: lambda _error: problems.outdated(),
    ComDefeitosError: _wrong,
    ArquivoIndisponivelError: _file,
    NotaIlegivelError: lambda error: problems.invalid_body((FieldError("uploads", error.regra, error.mensagem),)),
    ValoresNaoPublicadosError: _early,
    FaturaSemEsperaError: _unawaited,
    FaturaNaoPagavelError: _not_payable,
    NotaImutavelError: lambda error: problems.conflict(
        "nota-imutavel", "A nota já não muda",
        f"A nota está {error.situacao}: este ato não é mais possível. Consulte-a.",
    ),
    PagamentoDiferenteError: lambda _error: problems.conflict(
        "pagamento-diferente", "Número de outro pagamento",
        "O número já é de um pagamento que diz outra coisa: confira-o, ou use um número novo.",
    ),
    DemonstrativoIndisponivelError: _unavailable,
    # The archive is behind the table, for a moment.
    DossieMissingError: lambda _error: problems.busy(),
    ArquivoMissingError: lambda _error: problems.busy(),
}  # fmt: skip

# --- documentation ---

ID: Final = Parameter("id", "path", "Número, 12 dígitos.", required=True, example="261150000011")
PROTOCOLO: Final = Parameter("protocolo", "path", "Número do protocolo do PEG.", required=True, example="261120000007")
_MES: Final = {"type": "string", "pattern": "^20[0-9]{2}(0[1-9]|1[0-2])$"}


def mes(name: str, description: str) -> Parameter:
    """A month of the query."""
    return Parameter(name, "query", description, schema=_MES, example="202611")


def day(name: str, description: str) -> Parameter:
    """A day of the query."""
    return Parameter(name, "query", description, schema={"type": "string", "format": "date"}, example="2026-11-23")


def reading(  # noqa: PLR0917  # as `Operation`
    path: str, name: str, tag: str, summary: str, description: str, run: Callable[[Request], Response],
    *parameters: Parameter, replies: Sequence[Reply], refusals: tuple[int, ...] = (422,),
) -> Operation:  # fmt: skip
    """What a prestador may read."""
    return Operation(
        "GET", path, name, FUNCAO, tag, summary, description, run, replies, escopos=(f"conecta/{LER}",),
        parameters=(*parameters, PRESTADOR), refusals=refusals,
    )  # fmt: skip
