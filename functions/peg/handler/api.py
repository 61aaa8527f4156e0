"""REST entry: PEGs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from conecta_edge import problems, session
from conecta_edge.clock import iso, local_day
from conecta_edge.http import PRESTADOR, Api, Operation, Parameter, Reply, Request, Response
from conecta_edge.problems import FieldError
from peg.bootstrap import nucleo as bootstrap
from peg.domain.errors import PegNotFoundError
from peg.domain.pegs import STATUS_PROTOCOLO, SituacaoPeg
from peg.schemas.pegs import GuiaPage, PegPage, PegView
from peg.service import recepcao as service

if TYPE_CHECKING:
    from conecta_edge.tenancy import Principal
    from peg.domain.pegs import GuiaApresentada, Peg

FUNCAO: Final = "peg-api"
TAG: Final = "PEG"
PAGE: Final = 30
GUIAS_PAGE: Final = 100
WHOSE_TURN: Final = {
    SituacaoPeg.AGUARDANDO_INFORMACAO: "prestador",
    SituacaoPeg.PAGO: "ninguem",
    SituacaoPeg.CANCELADO: "ninguem",
    SituacaoPeg.ENCERRADO_SEM_PAGAMENTO: "ninguem",
}
_PROTOCOLO: Final = re.compile(r"[1-9][0-9]{11}", re.ASCII)
_COMPETENCIA: Final = re.compile(r"20[0-9]{2}(0[1-9]|1[0-2])", re.ASCII)


def list_pegs(request: Request) -> Response:
    """GET /pegs."""
    caller = session.principal(request)
    now = session.clock().now()
    competencia = request.query.get("competencia", f"{local_day(now):%Y%m}")
    if not _COMPETENCIA.fullmatch(competencia):
        raise problems.invalid_body(
            (FieldError("competencia", "competencia-invalida", "Use ano e mês, AAAAMM: por exemplo 202611."),)
        )
    position, token_of = session.cursor(request, f"{caller.prestador_id}|pegs|{competencia}")
    caller.require("peg.ler")
    page = bootstrap.pegs().month(caller.prestador_id, competencia, position, PAGE)
    return Response(200, {"pegs": [view(peg) for peg in page.rows], "cursor": token_of(page.position)})


def get_peg(request: Request) -> Response:
    """GET /pegs/{protocolo}."""
    peg, _ = _own_peg(request)
    return Response(200, view(peg), headers={"ETag": f'"{peg.versao}"'})


def list_guias(request: Request) -> Response:
    """GET /pegs/{protocolo}/guias."""
    peg, _ = _own_peg(request)
    position, token_of = session.cursor(request, f"{peg.prestador_id}|guias|{peg.protocolo}")
    page = bootstrap.pegs().guias(peg.prestador_id, peg.protocolo, position, GUIAS_PAGE)
    guias = [guia_view(guia) for guia in page.rows]
    whole = bool(guias) and guias[-1]["sequencia"] == peg.quantidade_guias
    following = None if whole else token_of(page.position)
    return Response(200, {"protocolo": peg.protocolo, "guias": guias, "cursor": following})


def get_receipt(request: Request) -> Response:
    """GET /pegs/{protocolo}/recebimento.xml."""
    peg, caller = _own_peg(request)
    found = bootstrap.archive().read(peg.chave_recebimento)
    if found is None:
        raise PegNotFoundError
    # Every guia of it names its beneficiário.
    session.record_access(
        request, caller.actor, finalidade="conferencia-de-faturamento",
        objeto=f"peg/{peg.protocolo}",
    )  # fmt: skip
    return Response(200, found, "application/xml")


def _own_peg(request: Request) -> tuple[Peg, Principal]:
    caller = session.principal(request)
    protocolo = request.path["protocolo"]
    if not _PROTOCOLO.fullmatch(protocolo):
        raise PegNotFoundError
    peg = service.find_peg(prestador_id=caller.prestador_id, protocolo=protocolo, pegs=bootstrap.pegs())
    caller.require("peg.ler")
    return peg, caller


def view(peg: Peg) -> dict[str, Any]:
    """The JSON of a PEG (shape: :class:`peg.schemas.pegs.PegView`)."""
    return {
        "protocolo": peg.protocolo,
        "situacao": {
            "codigo": STATUS_PROTOCOLO[peg.situacao],
            "nome": peg.situacao.value,
            "de_quem_e_a_vez": WHOSE_TURN.get(peg.situacao, "operadora"),
            "ate": None,
        },
        "registro_ans": peg.registro_ans,
        "numero_lote": peg.numero_lote,
        "tipo_guia": peg.tipo_guia,
        "versao_tiss": peg.versao_tiss,
        "codificacao_hash": peg.codificacao_hash,
        "competencia": peg.competencia,
        "data_recepcao": iso(peg.data_recepcao),
        "quantidade_guias": peg.quantidade_guias,
        "valor_informado": f"{peg.valor_informado:.2f}",
        "upload_id": peg.upload_id,
        "versao": peg.versao,
    }


def guia_view(guia: GuiaApresentada) -> dict[str, Any]:
    """The JSON of a guia (shape: :class:`peg.schemas.pegs.GuiaView`); lists carry no beneficiário."""
    return {
        "sequencia": guia.sequencia,
        "numero_guia_prestador": guia.numero_guia_prestador,
        "numero_guia_operadora": guia.numero_guia_operadora,
        "senha": guia.senha,
        "data_atendimento": guia.data_atendimento.isoformat() if guia.data_atendimento else None,
        "valor_informado": f"{guia.valor_informado:.2f}",
        "itens": guia.itens,
    }


_EXAMPLE: Final[dict[str, Any]] = {
    "protocolo": "261120000007",
    "situacao": {"codigo": "1", "nome": "RECEBIDO", "de_quem_e_a_vez": "operadora", "ate": None},
    "registro_ans": "345695",
    "numero_lote": "1",
    "tipo_guia": "guiaSP-SADT",
    "versao_tiss": "4.01.00",
    "codificacao_hash": "iso-8859-1",
    "competencia": "202611",
    "data_recepcao": "2026-11-21T12:00:03.000000Z",
    "quantidade_guias": 100,
    "valor_informado": "48235.00",
    "upload_id": "0f3b0c6a9d5e4a54b2f0c1d2e3f4a5b6",
    "versao": 2,
}
_GUIA: Final[dict[str, Any]] = {
    "sequencia": 1, "numero_guia_prestador": "1001", "numero_guia_operadora": None, "senha": "483920175562",
    "data_atendimento": "2026-11-10", "valor_informado": "482.35", "itens": 5,
}  # fmt: skip
_CURSOR: Final = Parameter("cursor", "query", "Continuação de uma página anterior.")
_ID: Final = Parameter("protocolo", "path", "Número do protocolo do PEG.", required=True, example="261120000007")
_LER: Final = ("conecta/peg.ler",)

OPERATIONS: Final = (
    Operation(
        "GET", "/pegs", "listarPegs", FUNCAO, TAG,
        "Listar os PEGs de um mês",
        "Os PEGs recebidos na competência (mês da recepção), do mais recente ao mais antigo, em páginas de 30.",
        list_pegs,
        (Reply(200, "Uma página.", PegPage, example={"pegs": [_EXAMPLE], "cursor": None}),),
        escopos=_LER,
        parameters=(
            Parameter("competencia", "query", "AAAAMM; o padrão é o mês corrente.", example="202611",
                      schema={"type": "string", "pattern": "^20[0-9]{2}(0[1-9]|1[0-2])$"}),
            _CURSOR, PRESTADOR,
        ),
        refusals=(400, 422),
    ),
    Operation(
        "GET", "/pegs/{protocolo}", "obterPeg", FUNCAO, TAG,
        "Consultar um PEG", "Situação, valores e origem de um PEG.",
        get_peg,
        (Reply(200, "O PEG.", PegView, example=_EXAMPLE),),
        escopos=_LER, parameters=(_ID, PRESTADOR), refusals=(422,),
    ),
    Operation(
        "GET", "/pegs/{protocolo}/guias", "listarGuiasDoPeg", FUNCAO, TAG,
        "Listar as guias de um PEG", "As guias como apresentadas, na ordem do lote, em páginas de 100.",
        list_guias,
        (Reply(200, "Uma página.", GuiaPage, example={"protocolo": "261120000007", "guias": [_GUIA], "cursor": None}),),
        escopos=_LER, parameters=(_ID, _CURSOR, PRESTADOR), refusals=(400, 422),
    ),
    Operation(
        "GET", "/pegs/{protocolo}/recebimento.xml", "obterRecebimentoDoPeg", FUNCAO, TAG,
        "Baixar o recebimento em TISS",
        "A mensagem TISS `recebimentoLote` (PROTOCOLO_RECEBIMENTO), na versão do lote recebido.",
        get_receipt,
        (Reply(200, "Mensagem TISS (ISO-8859-1).", media_type="application/xml"),),
        escopos=_LER, parameters=(_ID, PRESTADOR), refusals=(422,),
    ),
)  # fmt: skip

handler = Api(OPERATIONS, {PegNotFoundError: lambda _error: problems.not_found()}, session.origins)
