"""REST entries of what a prestador was paid, and of debits and credits that wait for the next payment."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from conecta_edge import session
from conecta_edge.http import REGISTRO_ANS, Parameter, Query, Reply, Request, Response
from pagamento.bootstrap import nucleo as bootstrap
from pagamento.domain.errors import NaoEncontradoError
from pagamento.handler import comum
from pagamento.handler.comum import ERRORS, LER
from pagamento.schemas import exemplos
from pagamento.schemas import pagamentos as schemas
from pagamento.schemas.pagamentos import LancamentosView, PagamentosView, PagamentoView

if TYPE_CHECKING:
    from conecta_edge.http import Operation

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "Pagamentos"
PADRAO: Final = timedelta(days=90)
"""Days before today, when the first is not said."""
PERIODO: Final = timedelta(days=366)


def list_pagamentos(request: Request) -> Response:
    """GET /pagamentos."""
    caller, portas = session.principal(request), bootstrap.portas()
    query = Query(request.query)
    de, ate = query.dia("de", portas.hoje - PADRAO), query.dia("ate", portas.hoje)
    if not query.wrong and not timedelta() <= ate - de <= PERIODO:
        query.refuse("de", "periodo-invalido", "de vem antes de ate, e o período é de no máximo um ano.")
    query.check()
    caller.require(LER)
    found = portas.registros.pagamentos(caller.prestador_id, de, ate)
    if not found:
        comum.refuse_legacy_month(caller.prestador_id, f"{ate:%Y%m}", portas)
    return Response(200, {"pagamentos": [schemas.resumo(one) for one in found]})


def get_pagamento(request: Request) -> Response:
    """GET /pagamentos/{demonstrativo}."""
    caller, portas = session.principal(request), bootstrap.portas()
    numero = comum.id_of(request, "demonstrativo")
    found = portas.registros.pagamentos(caller.prestador_id, date.min, portas.hoje)
    pagamento = next((one for one in found if one.demonstrativo == numero), None)
    if pagamento is None:
        raise NaoEncontradoError
    caller.require(LER)
    return Response(200, schemas.vista(pagamento))


def list_entries(request: Request) -> Response:
    """GET /pagamentos/lancamentos."""
    caller, portas = session.principal(request), bootstrap.portas()
    query = Query(request.query)
    registro = query.registro()
    query.check()
    comum.related(caller.prestador_id, registro, portas)
    caller.require(LER)
    found = portas.registros.lancamentos(caller.prestador_id, registro)
    return Response(200, {"lancamentos": [schemas.lancamento(one) for one in found]})


OPERATIONS: Final[tuple[Operation, ...]] = (
    comum.reading(
        "/pagamentos", "listarPagamentos", TAG, "Listar os pagamentos de um período",
        "Todas as operadoras, por dia, em até um ano; o padrão são os últimos 90 dias.",
        list_pagamentos, comum.day("de", "Primeiro dia."), comum.day("ate", "Último dia; o padrão é hoje."),
        replies=(Reply(200, "Os pagamentos.", PagamentosView, example={"pagamentos": [exemplos.PAGAMENTO_RESUMO]}),),
        refusals=(404, 422),
    ),
    comum.reading(
        "/pagamentos/lancamentos", "listarLancamentos", TAG, "Listar débitos e créditos",
        "Os que esperam o próximo pagamento, os liquidados e os cancelados.", list_entries, REGISTRO_ANS,
        replies=(Reply(200, "Os lançamentos.", LancamentosView, example={"lancamentos": [exemplos.LANCAMENTO]}),),
    ),
    comum.reading(
        "/pagamentos/{demonstrativo}", "obterPagamento", TAG, "Consultar um pagamento",
        "O que foi pago, PEG por PEG, e o que se descontou ou acresceu.", get_pagamento,
        Parameter("demonstrativo", "path", "Número do demonstrativo de pagamento.", required=True,
                  example="261250000027"),
        replies=(Reply(200, "O pagamento.", PagamentoView, example=exemplos.PAGAMENTO),), refusals=(),
    ),
)  # fmt: skip
