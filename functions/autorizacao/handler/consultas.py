"""REST entries that find authorizations: by number and matrícula (R08), by number, as a document."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from autorizacao.bootstrap import nucleo
from autorizacao.handler import comum
from autorizacao.handler.comum import ERRORS, FUNCAO, LER
from autorizacao.schemas import exemplos, vistas
from autorizacao.schemas.busca import BuscaRequest
from autorizacao.schemas.vistas import AutorizacaoView, EncontradasView
from autorizacao.service import consultas
from conecta_edge import problems, session
from conecta_edge.http import PRESTADOR, Operation, Reply, Request, Response
from conecta_edge.problems import FieldError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "Autorizações"
FINALIDADE: Final = "acompanhamento-de-autorizacao"
PDF: Final = "application/pdf"


def search(request: Request) -> Response:
    """POST /autorizacoes/busca."""
    caller = session.principal(request)
    body = request.model(BuscaRequest)
    registros = _registros(body.registro_ans, body.grupo)
    caller.require(LER)
    records: list[Callable[[], None]] = [
        partial(comum.count, caller),
        comum.asking(
            request, caller.actor, FINALIDADE, registros[0], body.numero_carteira,
            *(session.pseudonyms().carteira(registro, body.numero_carteira) for registro in registros[1:]),
        ),
    ]  # fmt: skip
    portas = nucleo.portas(records=records)
    with comum.about(*registros):
        found = consultas.search(
            registros, body.numero, body.numero_carteira, chamador=comum.prestador(caller, request), portas=portas
        )
    above = comum.parents(found, portas)
    views = [vistas.vista(one, portas.hoje, comum.parent_of(one, above)) for one in found]
    return Response(200, {"autorizacoes": views})


def _registros(registro_ans: str | None, grupo: str | None) -> tuple[str, ...]:
    """The operadoras a search is for: one, those of a group, or all."""
    if registro_ans is not None:
        return (registro_ans,)
    known = session.catalogo().operadoras()
    names = sorted({operadora.nome_grupo for operadora in known})
    found = tuple(operadora.registro_ans for operadora in known if grupo in {None, operadora.nome_grupo})
    if not found:
        raise problems.invalid_body(
            (FieldError("grupo", "grupo-desconhecido", f"Use um destes grupos: {', '.join(names) or 'nenhum'}."),)
        )
    return found


def get_one(request: Request) -> Response:
    """GET /autorizacoes/{registro_ans}/{numero}."""
    caller = session.principal(request)
    with comum.about(request.path["registro_ans"]):
        cena = comum.found(request, comum.prestador(caller, request))
    caller.require(LER)
    comum.record(request, caller.actor, FINALIDADE, [cena.alvo])
    return Response(200, vistas.vista(cena.alvo, comum.today(), cena.pai))


def get_pdf(request: Request) -> Response:
    """GET /autorizacoes/{registro_ans}/{numero}/pdf."""
    caller = session.principal(request)
    with comum.about(request.path["registro_ans"]):
        cena = comum.found(request, comum.prestador(caller, request))
        caller.require(LER)
        comum.record(request, caller.actor, FINALIDADE, [cena.alvo])
        return comum.document(cena)


OPERATIONS: Final = (
    Operation(
        "POST", "/autorizacoes/busca", "buscarAutorizacao", FUNCAO, TAG,
        "Buscar uma senha ou guia",
        "Pelo número (senha, número da guia na operadora ou no prestador) e pela matrícula, os dois certos, em uma "
        "operadora, em um grupo ou em todas. Vê quem pediu, quem solicita e quem executa. Par errado, inexistente e "
        "alheio respondem o mesmo 404, que diz onde fica o portal legado quando a operadora tem um. Cada busca é "
        "registrada em auditoria e conta no limite por minuto, encontre algo ou não.",
        search,
        (Reply(200, "O que foi encontrado.", EncontradasView, example={"autorizacoes": [exemplos.AUTORIZACAO]}),),
        escopos=("conecta/autorizacao.ler",),
        parameters=(PRESTADOR,),
        body=BuscaRequest,
        example={"grupo": "VALE/PASA", "numero": exemplos.NUMERO, "numero_carteira": "00012345678900011"},
        refusals=(422,),
    ),
    Operation(
        "GET", "/autorizacoes/{registro_ans}/{numero}", "obterAutorizacao", FUNCAO, TAG,
        "Consultar uma autorização",
        "Itens, pendências, de quem é a vez e até quando, e a linha do tempo inteira. A situação é a de hoje: a "
        "expiração não espera ninguém gravá-la.",
        get_one,
        (Reply(200, "A autorização.", AutorizacaoView, example=exemplos.AUTORIZACAO),),
        escopos=("conecta/autorizacao.ler",),
        parameters=(*comum.NAMED, PRESTADOR),
        refusals=(422,),
    ),
    Operation(
        "GET", "/autorizacoes/{registro_ans}/{numero}/pdf", "obterAutorizacaoEmPdf", FUNCAO, TAG,
        "Baixar a autorização em PDF",
        "O mesmo conteúdo, para imprimir ou guardar; uma negativa traz os motivos e a base legal ou contratual.",
        get_pdf,
        (Reply(200, "Documento PDF.", media_type=PDF),),
        escopos=("conecta/autorizacao.ler",),
        parameters=(*comum.NAMED, PRESTADOR),
        refusals=(422,),
    ),
)  # fmt: skip
