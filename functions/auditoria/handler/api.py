"""REST entry: who read personal data, and the sealed blocks of it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from auditoria import bootstrap, schemas
from auditoria.schemas import (
    ACESSOS,
    EXPORTACAO,
    AcessosPage,
    ExportacaoDaAuditoriaDaOperadoraRequest,
    ExportacaoDaAuditoriaRequest,
    ExportacaoDaAuditoriaView,
)
from auditoria.service import consulta
from auditoria.service.portas import PerdidoError
from conecta_edge import problems, session
from conecta_edge.http import (
    CURSOR,
    PERSON_SCOPE,
    PRESTADOR,
    Api,
    ErrorMap,
    Operation,
    Parameter,
    Query,
    Reply,
    Request,
    Response,
)
from conecta_edge.problems import FieldError
from conecta_edge.tenancy import Grupo

if TYPE_CHECKING:
    from conecta_edge.audit import Actor

FUNCAO: Final = "auditoria-api"
TAG: Final = "Auditoria"
FINALIDADE: Final = "conferencia-de-acessos"
"""Why the accesses themselves are read: they tell of people, too."""
PAGE: Final = 50
GRUPOS: Final = (Grupo.CADASTRO,)
"""Of the operadora, whoever answers to titulares for their data."""


def list_acessos(request: Request) -> Response:
    """GET /auditoria."""
    caller, query = session.principal(request), Query(request.query)
    periodo = _periodo(query)
    query.check()
    caller.require_gestor()
    return _listed(request, caller.actor, periodo)


def list_acessos_da_operadora(request: Request) -> Response:
    """GET /operadora/auditoria."""
    caller, query = session.operadora(request), Query(request.query)
    registro = caller.asked(request.query.get("registro_ans"))
    periodo = _periodo(query)
    query.check()
    caller.at(registro, *GRUPOS)
    return _listed(request, caller.actor_at(registro), periodo)


def export(request: Request) -> Response:
    """POST /auditoria/exportacoes."""
    caller = session.principal(request)
    asked = request.model(ExportacaoDaAuditoriaRequest)
    _check(asked)
    caller.require_gestor()
    return _exported(request, caller.actor, asked)


def export_da_operadora(request: Request) -> Response:
    """POST /operadora/auditoria/exportacoes."""
    caller = session.operadora(request)
    asked = request.model(ExportacaoDaAuditoriaDaOperadoraRequest)
    _check(asked)
    registro = caller.at(asked.registro_ans, *GRUPOS)
    return _exported(request, caller.actor_at(registro), asked)


def _periodo(query: Query) -> tuple[date, date]:
    """The day, or the month, that is asked about; today without either."""
    if "competencia" not in query.values:
        dia = query.dia("dia", bootstrap.portas().hoje)
        return dia, dia
    if "dia" in query.values:
        query.refuse("dia", "consulta-ambigua", "Liste por dia ou por competencia: não por ambos.")
    mes = query.competencia("competencia") or "200001"
    first = date(int(mes[:4]), int(mes[4:]), 1)
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _listed(request: Request, actor: Actor, periodo: tuple[date, date]) -> Response:
    portas = bootstrap.portas()
    position, token_of = session.cursor(request, f"{actor.tenant}|auditoria|{periodo[0]}|{periodo[1]}")
    page = consulta.listar(actor.tenant, periodo, position, PAGE, portas)
    session.record_access(request, actor, finalidade=FINALIDADE, campos=("acessos",))
    return Response(
        200, schemas.pagina(page.rows, portas.selos.cabeca(actor.tenant), token_of(page.position))
    )  # fmt: skip


def _check(asked: ExportacaoDaAuditoriaRequest) -> None:
    if not timedelta() <= asked.ate - asked.de < timedelta(days=consulta.DIAS):
        text = f"Deve ser o mesmo dia que o primeiro ou um dos {consulta.DIAS - 1} seguintes."
        raise problems.invalid_body((FieldError("ate", "periodo-invalido", text),))


def _exported(request: Request, actor: Actor, asked: ExportacaoDaAuditoriaRequest) -> Response:
    # Whoever has the address reads all of it.
    session.record_access(request, actor, finalidade=FINALIDADE, objeto=f"auditoria/{asked.de}", campos=("acessos",))
    done = consulta.exportar(actor.tenant, asked.de, asked.ate, bootstrap.portas())
    return Response(201, schemas.exportacao(asked.de, asked.ate, done))


ERRORS: Final[ErrorMap] = {
    consulta.PeriodoGrandeError: lambda _error: problems.conflict(
        "periodo-grande-demais", "Período grande demais",
        f"São mais de {consulta.BLOCOS} blocos: peça menos dias de cada vez.",
    ),
    # The archive is behind the table, for a moment.
    PerdidoError: lambda _error: problems.busy(),
}  # fmt: skip

# --- documentation ---

_DIA: Final = Parameter(
    "dia", "query", "Um dia; o padrão é hoje.", schema={"type": "string", "format": "date"}, example="2026-11-22"
)
_MES: Final = Parameter(
    "competencia", "query", "Um mês inteiro, AAAAMM, em vez de um dia.",
    schema={"type": "string", "pattern": "^20[0-9]{2}(0[1-9]|1[0-2])$"}, example="202611",
)  # fmt: skip
_REGISTRO: Final = Parameter(
    "registro_ans", "query", "Registro ANS; dispensável para quem serve uma só operadora.",
    schema={"type": "string", "pattern": "^[0-9]{6}$"}, example="345695",
)  # fmt: skip
_LISTA: Final = (
    "Cada requisição que leu dados pessoais deixa um registro antes de ser respondida: quem, quando, para quê, de quem "
    "(pseudônimos) e o que podia ver. Do mais recente ao mais antigo, em páginas de "
    f"{PAGE}, por 400 dias; esta consulta também é registrada. Os registros são selados de hora em hora em blocos "
    "encadeados: cabeca é o último. Para"
)
_ARQUIVO: Final = (
    "Os blocos selados do período, num trecho sem falhas da cadeia, e um manifesto na primeira linha. Confere-se sem "
    "acesso ao sistema, com python -m local.auditoria verificar: o que tiver sido alterado, retirado, incluído ou "
    "trocado de lugar aparece. O que ainda não foi selado fica para a próxima vez. Para"
)
_PRESTADOR: Final = "o gestor."
_OPERADORA: Final = "o cadastro, dos acessos das pessoas da operadora."
_PAGINA: Final = (Reply(200, "Uma página.", AcessosPage, example=ACESSOS),)
_FEITA: Final = (Reply(201, "Onde o arquivo está, por 15 minutos.", ExportacaoDaAuditoriaView, example=EXPORTACAO),)

OPERATIONS: Final = (
    Operation(
        "GET", "/auditoria", "listarAcessos", FUNCAO, TAG, "Ver quem leu dados pessoais", f"{_LISTA} {_PRESTADOR}",
        list_acessos, _PAGINA, escopos=(PERSON_SCOPE,), parameters=(_DIA, _MES, CURSOR, PRESTADOR),
        refusals=(400, 422),
    ),
    Operation(
        "POST", "/auditoria/exportacoes", "exportarAuditoria", FUNCAO, TAG, "Baixar os registros selados",
        f"{_ARQUIVO} {_PRESTADOR}", export, _FEITA, escopos=(PERSON_SCOPE,), parameters=(PRESTADOR,),
        body=ExportacaoDaAuditoriaRequest, example={"de": "2026-11-01", "ate": "2026-11-22"}, refusals=(409, 422),
    ),
    Operation(
        "GET", "/operadora/auditoria", "listarAcessosDaOperadora", FUNCAO, TAG,
        "Ver quem da operadora leu dados pessoais", f"{_LISTA} {_OPERADORA}", list_acessos_da_operadora, _PAGINA,
        escopos=(PERSON_SCOPE,), parameters=(_REGISTRO, _DIA, _MES, CURSOR), refusals=(400, 422),
    ),
    Operation(
        "POST", "/operadora/auditoria/exportacoes", "exportarAuditoriaDaOperadora", FUNCAO, TAG,
        "Baixar os registros selados da operadora", f"{_ARQUIVO} {_OPERADORA}", export_da_operadora, _FEITA,
        escopos=(PERSON_SCOPE,), body=ExportacaoDaAuditoriaDaOperadoraRequest,
        example={"registro_ans": "345695", "de": "2026-11-01", "ate": "2026-11-22"}, refusals=(404, 409),
    ),
)  # fmt: skip

handler: Final = Api(OPERATIONS, ERRORS, session.origins)
