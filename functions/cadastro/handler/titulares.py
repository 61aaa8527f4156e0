"""REST entries of a person's rights over its data (LGPD art. 18), for the operadora's cadastro."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cadastro.bootstrap import titulares as bootstrap
from cadastro.domain.elegibilidade import BeneficiarioNotFoundError
from cadastro.domain.titulares import KEPT_FOR_EVER, Decisao
from cadastro.schemas.titulares import EliminacaoView, ExportacaoView, TitularRequest
from cadastro.service import titulares as service
from conecta_edge import problems, session
from conecta_edge.clock import local_day
from conecta_edge.dynamodb import ConditionFailedError
from conecta_edge.http import PERSON_SCOPE, ErrorMap, Operation, Reply, Request, Response
from conecta_edge.problems import ProblemError
from conecta_edge.tenancy import Grupo
from conecta_facts import codec

if TYPE_CHECKING:
    from conecta_edge.tenancy import OperadoraPrincipal

FUNCAO: Final = "cadastro-api"
TAG: Final = "Operadora: titulares de dados"


def export(request: Request) -> Response:
    """POST /operadora/titulares/exportacao."""
    caller = session.operadora(request)
    asked = request.model(TitularRequest)
    registro = caller.at(asked.registro_ans, Grupo.CADASTRO)
    # Recorded first, as what finds nobody was asked, too.
    _record(request, caller, asked, "exportacao-a-pedido-do-titular")
    found = service.export(bootstrap.titulares(), registro, carteira=asked.numero_carteira, cpf=asked.cpf)
    registros = [codec.plain(vida) for vida in found]
    return Response(200, {"registro_ans": registro, "solicitacao": asked.solicitacao, "registros": registros})


def erase(request: Request) -> Response:
    """POST /operadora/titulares/eliminacao."""
    caller = session.operadora(request)
    asked = request.model(TitularRequest)
    registro = caller.at(asked.registro_ans, Grupo.CADASTRO)
    now = session.clock().now()
    # Recorded first: what was erased cannot be told afterwards.
    _record(request, caller, asked, "eliminacao-a-pedido-do-titular")
    done = service.erase(
        bootstrap.titulares(), registro, carteira=asked.numero_carteira, cpf=asked.cpf, hoje=local_day(now), now=now
    )
    carteiras = [_view(vida.plano, decisao) for vida, decisao in done]
    return Response(200, {"registro_ans": registro, "solicitacao": asked.solicitacao, "carteiras": carteiras})


def _record(request: Request, caller: OperadoraPrincipal, asked: TitularRequest, finalidade: str) -> None:
    pseudonyms, registro = session.pseudonyms(), asked.registro_ans
    sujeito = (
        pseudonyms.carteira(registro, asked.numero_carteira)
        if asked.numero_carteira is not None
        else pseudonyms.cpf(registro, asked.cpf or "")
    )
    session.record_access(
        request,
        caller.actor_at(registro),
        finalidade=finalidade,
        objeto=f"solicitacao/{asked.solicitacao}",
        sujeitos=(sujeito,),
    )


def _view(plano: str, decisao: Decisao) -> dict[str, Any]:
    kept = KEPT_FOR_EVER if decisao.restante is None else codec.plain(decisao.restante).keys()
    return {
        "plano": plano,
        "desfecho": decisao.desfecho.value,
        "fundamento": decisao.fundamento,
        "conservados": sorted(kept),
        "ate": decisao.ate.isoformat() if decisao.ate else None,
    }


_ASKED: Final = {"registro_ans": "345695", "cpf": "52998224725", "solicitacao": "LGPD-2026-00017"}
OPERATIONS: Final = (
    Operation(
        "POST", "/operadora/titulares/exportacao", "exportarDadosDoTitular", FUNCAO, TAG,
        "Exportar os dados de um titular",
        "Tudo o que o cadastro guarda de uma pessoa nesta operadora, para atender a um pedido de acesso ou "
        "portabilidade (LGPD, art. 18). Registrado em auditoria.",
        export,
        (Reply(200, "Os dados guardados.", ExportacaoView, example={
            "registro_ans": "345695", "solicitacao": "LGPD-2026-00017", "registros": [{
                "registro_ans": "345695", "numero_carteira": "00012345678900011", "nome": "Beneficiária de Exemplo",
                "plano": "AMS-NAC-01", "data_nascimento": "1980-05-17", "sexo": "F", "data_inclusao": "2015-03-01",
            }],
        }),),
        escopos=(PERSON_SCOPE,), body=TitularRequest, example=_ASKED, refusals=(404, 422),
    ),
    Operation(
        "POST", "/operadora/titulares/eliminacao", "eliminarDadosDoTitular", FUNCAO, TAG,
        "Eliminar os dados de um titular",
        "Elimina o que a lei permite, carteira por carteira, e diz o que conserva, por quê e até quando. Uma carga "
        "posterior não traz de volta o que foi eliminado. Registrado em auditoria.",
        erase,
        (Reply(200, "O que se fez.", EliminacaoView, example={
            "registro_ans": "345695", "solicitacao": "LGPD-2026-00017", "carteiras": [{
                "plano": "AMS-NAC-01", "desfecho": "ELIMINADA",
                "fundamento": "Nada que identifique a pessoa foi conservado.",
                "conservados": ["data_exclusao", "data_inclusao", "plano", "registro_ans"], "ate": None,
            }],
        }),),
        escopos=(PERSON_SCOPE,), body=TitularRequest, example=_ASKED, refusals=(404, 409, 422),
    ),
)  # fmt: skip


def _nobody(_error: BeneficiarioNotFoundError) -> ProblemError:
    return ProblemError(
        404, "titular-nao-encontrado", "Titular não encontrado",
        "Nada se guarda desta pessoa nesta operadora. Confira o número e a operadora.",
    )  # fmt: skip


ERRORS: Final[ErrorMap] = {
    BeneficiarioNotFoundError: _nobody,
    ConditionFailedError: lambda _error: problems.conflict(
        "registro-alterado", "Registro alterado",
        "Os dados desta pessoa mudaram enquanto o pedido era atendido, e o que faltava não foi gravado. Repita-o.",
    ),
}  # fmt: skip
