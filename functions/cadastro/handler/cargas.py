"""REST entries of loads, for the operadora's cadastro: what came, how far it is, what was refused, once more."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from cadastro.bootstrap import cargas as bootstrap
from cadastro.schemas.cargas import CargaDetalhe, CargaPage
from conecta_cargas import following as service
from conecta_cargas.states import (
    ID,
    CargaNotFoundError,
    NotResumableError,
    ReportNotReadyError,
    SituacaoCarga,
    StaleCargaError,
)
from conecta_edge import problems, session
from conecta_edge.clock import iso
from conecta_edge.http import CURSOR, PERSON_SCOPE, ErrorMap, Operation, Parameter, Reply, Request, Response
from conecta_edge.problems import FieldError
from conecta_edge.tenancy import Grupo

if TYPE_CHECKING:
    from conecta_cargas.states import Carga

FUNCAO: Final = "cadastro-api"
TAG: Final = "Operadora: cargas"
PAGE: Final = 30
WHOSE_TURN: Final = {
    SituacaoCarga.CONCLUIDA: "ninguem",
    SituacaoCarga.CONCLUIDA_COM_RECUSAS: "operadora",
    SituacaoCarga.RECUSADA: "operadora",
    SituacaoCarga.FALHOU: "operadora",
}


def list_cargas(request: Request) -> Response:
    """GET /operadora/cargas."""
    caller = session.operadora(request)
    asked = request.query.get("registro_ans")
    mine = (asked,) if asked else caller.all_at(Grupo.CADASTRO)
    if len(mine) > 1:
        text = f"Informe a operadora: {' ou '.join(mine)}."
        raise problems.invalid_body((FieldError("registro_ans", "operadora-nao-escolhida", text),))
    registro = caller.at(mine[0], Grupo.CADASTRO)
    position, token_of = session.cursor(request, f"{registro}|cargas")
    page = bootstrap.cargas().page(registro, position, PAGE)
    return Response(200, {"cargas": [view(carga) for carga in page.rows], "cursor": token_of(page.position)})


def get_carga(request: Request) -> Response:
    """GET /operadora/cargas/{id}."""
    return Response(200, _detail(_own(request)))


def get_report(request: Request) -> Response:
    """GET /operadora/cargas/{id}/relatorio.csv."""
    carga = _own(request)
    found = service.report(carga, bootstrap.relatorios())
    named = {"Content-Disposition": f'attachment; filename="relatorio-{carga.id}.csv"'}
    return Response(200, found, "text/csv; charset=utf-8", named)


def resume(request: Request) -> Response:
    """POST /operadora/cargas/{id}/retomada."""
    carga = _own(request)
    again = service.resume(
        registro_ans=carga.registro_ans, carga_id=carga.id, cargas_=bootstrap.cargas(), now=session.clock().now()
    )
    return Response(202, _detail(again))


def _own(request: Request) -> Carga:
    """The load a path names, of an operadora whose cadastro the caller is of: its id begins with whose it is."""
    caller = session.operadora(request)
    named = ID.fullmatch(request.path["id"])
    if named is None or named.group(1) not in caller.grupos:
        raise CargaNotFoundError
    carga = service.find_carga(registro_ans=named.group(1), carga_id=named.group(0), cargas_=bootstrap.cargas())
    caller.at(carga.registro_ans, Grupo.CADASTRO)
    return carga


def view(carga: Carga) -> dict[str, Any]:
    """The JSON of a load (shape: :class:`cadastro.schemas.cargas.CargaView`)."""
    return {
        "id": carga.id,
        "registro_ans": carga.registro_ans,
        "tipo": carga.tipo,
        "arquivo": carga.arquivo,
        "tamanho": carga.objeto.tamanho,
        "referencia": iso(carga.referencia),
        "situacao": carga.situacao.value,
        "de_quem_e_a_vez": WHOSE_TURN.get(carga.situacao, "conecta"),
        "tentativa": carga.tentativa,
        **asdict(carga.contagem),
        "partes": carga.partes,
        "criada_em": iso(carga.criada_em),
        "concluida_em": iso(carga.concluida_em) if carga.concluida_em else None,
        "erro": carga.erro,
    }


def _detail(carga: Carga) -> dict[str, Any]:
    andamento = service.progress(carga, bootstrap.cargas())
    return {
        **view(carga),
        **asdict(andamento.contagem),
        "partes_prontas": andamento.partes_prontas,
        "percentual": andamento.percentual,
        "linhas_por_segundo": andamento.linhas_por_segundo,
        "recusas": [asdict(recusa) for recusa in andamento.recusas],
    }


_EXAMPLE: Final[dict[str, Any]] = {
    "id": "345695-20261121T115900Z-3e5f1a41d37f", "registro_ans": "345695", "tipo": "beneficiarios",
    "arquivo": "vidas-2026-11-21.csv", "tamanho": 28311552, "referencia": "2026-11-21T03:00:00.000000Z",
    "situacao": "CONCLUIDA_COM_RECUSAS", "de_quem_e_a_vez": "operadora", "tentativa": 1, "lidas": 200000,
    "carregadas": 1312, "inalteradas": 198687, "recusadas": 1, "partes": 54,
    "criada_em": "2026-11-21T11:59:02.000000Z", "concluida_em": "2026-11-21T12:01:10.000000Z", "erro": None,
}  # fmt: skip
_RECUSA: Final = {
    "linha": 4711, "coluna": "data_nascimento", "codigo": "data",
    "motivo": "Deve ser uma data que existe, no formato AAAA-MM-DD, de 1900 a 2099.",
}  # fmt: skip
_DETAIL: Final = {
    **_EXAMPLE, "partes_prontas": 54, "percentual": 100, "linhas_por_segundo": 1680, "recusas": [_RECUSA],
}  # fmt: skip
_RESUMED: Final = {
    **_DETAIL, "situacao": "RETOMADA", "de_quem_e_a_vez": "conecta", "tentativa": 2, "lidas": 74074,
    "carregadas": 1000, "inalteradas": 73074, "recusadas": 0, "partes_prontas": 20, "percentual": 37,
    "concluida_em": None, "linhas_por_segundo": None, "recusas": [],
}  # fmt: skip
_ID: Final = Parameter("id", "path", "Identificador da carga.", required=True, example=_EXAMPLE["id"])
_QUEM: Final = (PERSON_SCOPE,)

OPERATIONS: Final = (
    Operation(
        "GET", "/operadora/cargas", "listarCargas", FUNCAO, TAG,
        "Listar as cargas de cadastro",
        "As cargas da operadora, da mais nova à mais antiga, em páginas de 30. Do grupo cadastro.",
        list_cargas,
        (Reply(200, "Uma página.", CargaPage, example={"cargas": [_EXAMPLE], "cursor": None}),),
        escopos=_QUEM,
        parameters=(
            Parameter("registro_ans", "query", "A operadora; pode faltar a quem é de uma só.", example="345695",
                      schema={"type": "string", "pattern": "^[0-9]{6}$"}),
            CURSOR,
        ),
        refusals=(400, 404, 422),
    ),
    Operation(
        "GET", "/operadora/cargas/{id}", "obterCarga", FUNCAO, TAG,
        "Acompanhar uma carga", "Situação, andamento, contagens e as primeiras recusas.",
        get_carga,
        (Reply(200, "A carga.", CargaDetalhe, example=_DETAIL),),
        escopos=_QUEM, parameters=(_ID,), refusals=(404,),
    ),
    Operation(
        "GET", "/operadora/cargas/{id}/relatorio.csv", "obterRelatorioDaCarga", FUNCAO, TAG,
        "Baixar o relatório de recusas",
        "CSV com linha, coluna, codigo e motivo de cada recusa, sem os valores. Vazio quando nada foi recusado; 409 "
        "enquanto a carga não tiver situação final.",
        get_report,
        (Reply(200, "CSV em UTF-8, separado por ponto e vírgula.", media_type="text/csv"),),
        escopos=_QUEM, parameters=(_ID,), refusals=(404, 409),
    ),
    Operation(
        "POST", "/operadora/cargas/{id}/retomada", "retomarCarga", FUNCAO, TAG,
        "Retomar uma carga que falhou",
        "Recomeça uma carga que falhou ou parou no meio: o que já foi carregado fica e conta. O resultado é o mesmo de "
        "uma carga que nunca parou. 409 enquanto ela estiver em andamento, ou depois de concluída.",
        resume,
        (Reply(202, "A carga recomeça em instantes.", CargaDetalhe, example=_RESUMED),),
        escopos=_QUEM, parameters=(_ID,), refusals=(404, 409),
    ),
)  # fmt: skip

ERRORS: Final[ErrorMap] = {
    CargaNotFoundError: lambda _error: problems.not_found(),
    ReportNotReadyError: lambda _error: problems.conflict(
        "relatorio-indisponivel", "Relatório ainda indisponível",
        "A carga ainda não terminou. Acompanhe a situação dela e repita quando for final.",
    ),
    NotResumableError: lambda error: problems.conflict(
        "carga-nao-retomavel", "A carga não pode ser retomada",
        f"A situação da carga é {error.situacao}: retoma-se a que falhou, ou a que está parada há mais de 15 minutos. "
        "Para carregar dados novos, envie um arquivo novo.",
    ),
    StaleCargaError: lambda _error: problems.conflict(
        "carga-alterada", "A carga mudou", "A carga mudou enquanto o pedido era atendido. Consulte-a e repita.",
    ),
}  # fmt: skip
