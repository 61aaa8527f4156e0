"""REST entries of documents: found, downloaded, given to requests, PEGs, guias, lotes and recursos; what is missing."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Final

from conecta_atos.portas import Chamador
from conecta_contas.errors import DossieMissingError
from conecta_edge import problems, session
from conecta_edge.clock import local_day
from conecta_edge.http import (
    CURSOR,
    IDEMPOTENCY,
    IF_NONE_MATCH,
    PRESTADOR,
    Operation,
    Parameter,
    Query,
    Reply,
    Request,
    Response,
)
from conecta_edge.problems import FieldError, ProblemError
from documentos.bootstrap import documentos as bootstrap
from documentos.bootstrap import nucleo
from documentos.domain.documentos import Destino
from documentos.domain.errors import (
    DestinoClosedError,
    DestinoNotAcceptedError,
    DocumentoNotFoundError,
    OutdatedExigenciasError,
    StaleDocumentoError,
)
from documentos.domain.finalidades import FINALIDADES, Alvo, Formato
from documentos.handler import comum
from documentos.handler.comum import FUNCAO, TAG
from documentos.schemas import documentos as schemas
from documentos.schemas import exemplos
from documentos.schemas.documentos import (
    DesvinculosRequest,
    DocumentosPage,
    DocumentoView,
    PendenciasView,
    VinculosRequest,
)
from documentos.service import documentos, pendencias
from documentos.service.documentos import Encontrado

if TYPE_CHECKING:
    from collections.abc import Callable

    from conecta_atos.portas import Guardar
    from conecta_edge.audit import Actor
    from conecta_edge.http import ErrorMap
    from conecta_edge.tenancy import Principal
    from documentos.domain.documentos import Documento, Vinculo
    from documentos.service.portas import Portas

PAGE: Final = 30
FINALIDADE: Final = "documentos"
"""Why what a document shows is read (LGPD art. 11, II)."""
LER: Final = tuple(dict.fromkeys(one for row in FINALIDADES.values() if not row.tem_dono for one in row.leitura))
ESCREVER: Final = tuple(dict.fromkeys(one for row in FINALIDADES.values() if row.alvos for one in row.capacidades))
_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_NUMERO: Final = re.compile(r"[0-9A-Za-z./-]{1,20}", re.ASCII)
_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
DE: Final = {"autorizacao": Alvo.AUTORIZACAO, "protocolo": Alvo.PEG, "recurso": Alvo.RECURSO}
"""Parameters that name what documents belong to."""


def list_documentos(request: Request) -> Response:
    """GET /documentos."""
    caller, portas, query = session.principal(request), bootstrap.portas(), Query(request.query)
    destino, registro = named_in(query)
    sha256 = request.query.get("sha256")
    if sha256 is not None and not _SHA256.fullmatch(sha256):
        query.refuse("sha256", "sha256-invalido", "Informe os 64 dígitos hexadecimais, em minúsculas.")
    if sha256 is not None and registro is None:
        query.registro()
    finalidade = query.one_of("finalidade", ("", *FINALIDADES), "")
    mes = query.competencia("mes", f"{local_day(portas.now):%Y%m}")

    def le(one: Documento) -> bool:
        return may_read(caller, one) and finalidade in {"", one.finalidade} and registro in {None, one.registro_ans}

    if destino is not None:
        held = documentos.refer(caller.prestador_id, registro, destino, portas)
        query.check()
        caller.require(*LER)
        return _page(documentos.of_destino(held, destino, le, portas), None)
    query.check()
    if sha256 is not None:
        caller.require(*LER)
        return _page(documentos.of_bytes(caller.prestador_id, registro or "", sha256, le, portas), None)
    position, token_of = session.cursor(request, f"{caller.prestador_id}|documentos|{mes}|{finalidade}|{registro}")
    caller.require(*LER)
    page = portas.documentos.of_month(caller.prestador_id, mes, position, PAGE)
    return _page([Encontrado(one) for one in page.rows if le(one)], token_of(page.position))


def _page(found: list[Encontrado], cursor: str | None) -> Response:
    return Response(200, {"documentos": [schemas.resumo(one) for one in found], "cursor": cursor})


def named_in(query: Query) -> tuple[Destino | None, str | None]:
    """What documents are asked of, and at which operadora, as far as they are named.

    Raises:
        DocumentoNotFoundError: the number cannot be anything's.
        ProblemError: 422, of an authorization the operadora is not named.
    """
    named = [name for name in DE if name in query.values]
    for name in named[1:]:
        query.refuse(name, "consulta-ambigua", f"Informe só um de: {', '.join(DE)}.")
    if named and not _NUMERO.fullmatch(query.values[named[0]]):
        raise DocumentoNotFoundError
    destino = Destino(DE[named[0]], query.values[named[0]]) if named else None
    needs = destino is not None and destino.alvo is Alvo.AUTORIZACAO
    registro = query.registro() or None if needs or "registro_ans" in query.values else None
    if needs and registro is None:
        query.check()
    return destino, registro


def may_read(caller: Principal, documento: Documento) -> bool:
    """Whether a prestador's person or credential may read a document."""
    return any(map(caller.may, documento.regras.leitura))


def get_documento(request: Request) -> Response:
    """GET /documentos/{id}."""
    caller, found, portas = _own(request)
    caller.require(*found.regras.leitura)
    shown = schemas.vista(found, tuple(portas.documentos.vinculos(found.prestador_id, found.id)))
    return request.unless_held(hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32], lambda: shown)


def get_file(request: Request) -> Response:
    """GET /documentos/{id}/arquivo."""
    caller, found, _ = _own(request)
    caller.require(*found.regras.leitura)
    return follow(request, caller.actor, found)


def follow(request: Request, actor: Actor, documento: Documento) -> Response:
    """Where a document may be fetched for a while; whoever has the address reads it."""
    session.record_access(request, actor, finalidade=FINALIDADE, objeto=f"documento/{documento.id}")
    link = nucleo.files().link(documento.chave, Formato(documento.formato).named(documento.nome))
    return Response(303, {"url": link}, headers={"Location": link})


def link(request: Request) -> Response:
    """POST /documentos/{id}/vinculos."""
    caller, found, portas = _own(request)
    body = request.model(VinculosRequest)
    caller.require(*found.regras.capacidades)
    pedidos = [one.pedido() for one in body.destinos]
    return _done(
        request, caller, found, lambda who, keep: documentos.link(found, pedidos, who, portas, guardar=keep)
    )  # fmt: skip


def unlink(request: Request) -> Response:
    """POST /documentos/{id}/desvinculos."""
    caller, found, portas = _own(request)
    body = request.model(DesvinculosRequest)
    caller.require(*found.regras.capacidades)
    destinos = [one.destino() for one in body.destinos]
    return _done(
        request, caller, found, lambda who, keep: documentos.unlink(found, destinos, who, portas, guardar=keep)
    )  # fmt: skip


def _done(
    request: Request, caller: Principal, documento: Documento,
    act: Callable[[Chamador, Guardar], tuple[Vinculo, ...]],
) -> Response:  # fmt: skip
    who = Chamador(caller.subject, request.correlacao)
    answer = session.once(
        request, caller,
        lambda keep: schemas.vista(documento, act(who, lambda left: keep(schemas.vista(documento, left)))),
    )  # fmt: skip
    return Response(200, answer)


def checklist(request: Request) -> Response:
    """GET /documentos/pendencias."""
    caller, portas, query = session.principal(request), bootstrap.portas(), Query(request.query)
    destino, registro = asked_of(query)
    held = documentos.refer(caller.prestador_id, registro, destino, portas, guias=True)
    query.check()
    caller.require(*LER)
    return Response(200, schemas.pendencias(pendencias.checklist(held, destino, portas)))


def asked_of(query: Query) -> tuple[Destino, str | None]:
    """The same as `named_in`, where something has to be named.

    Raises:
        ProblemError: 422, nothing is.
    """
    destino, registro = named_in(query)
    if destino is None:
        query.refuse("protocolo", "consulta-vazia", f"Informe um de: {', '.join(DE)}.")
        query.check()
    assert destino is not None  # noqa: S101  # refused above
    return destino, registro


def documento_of(request: Request) -> str:
    """The document that the path names; what cannot be one is not there.

    Raises:
        DocumentoNotFoundError: it cannot.
    """
    text = request.path["id"]
    if not _ID.fullmatch(text):
        raise DocumentoNotFoundError
    return text


def _own(request: Request) -> tuple[Principal, Documento, Portas]:
    caller, portas = session.principal(request), bootstrap.portas()
    return caller, documentos.find(caller.prestador_id, documento_of(request), portas), portas


# --- refusals ---


def _closed(error: DestinoClosedError) -> ProblemError:
    problem = problems.conflict(
        "fora-do-prazo-de-documentos", "Não recebe mais documentos",
        f"{error.alvo} {error.id} está {error.situacao}: documentos não entram nem saem mais. Depois de publicados os "
        "valores, envie-os com o recurso de glosa; um pedido encerrado pede outro.",
    )  # fmt: skip
    problem.extra = {"alvo": error.alvo, "id": error.id, "situacao": error.situacao}
    return problem


def _wrong(error: DestinoNotAcceptedError) -> ProblemError:
    return problems.invalid_body(tuple(FieldError(one.campo, one.codigo, one.mensagem) for one in error.defeitos))


def _stale(_error: StaleDocumentoError) -> ProblemError:
    return problems.changed_meanwhile(
        "Outros atos sobre o mesmo documento ocorreram ao mesmo tempo. Repita a requisição."
    )  # fmt: skip


ERRORS: Final[ErrorMap] = {
    **comum.ERRORS,
    DocumentoNotFoundError: lambda _error: problems.not_found(),
    DestinoClosedError: _closed,
    DestinoNotAcceptedError: _wrong,
    StaleDocumentoError: _stale,
    OutdatedExigenciasError: lambda _error: problems.outdated(),
    # The archive is behind the table, for a moment.
    DossieMissingError: lambda _error: problems.busy(),
}

# --- documentation ---

ID: Final = Parameter(
    "id", "path", "Identificador do documento: o do recurso do envio concluído.", required=True,
    example=exemplos.DOCUMENTO["id"],
)  # fmt: skip


def _query(name: str, description: str, example: Any = None, **schema: Any) -> Parameter:
    return Parameter(name, "query", description, schema={"type": "string", **schema}, example=example)


REGISTRO: Final = _query("registro_ans", "Registro ANS da operadora.", "345695", pattern="^[0-9]{6}$")
DESTINOS: Final = (
    _query("autorizacao", "Número da autorização na operadora; exige registro_ans.", "26110000000001"),
    _query("protocolo", "Protocolo do PEG.", "261120000007"),
    _query("recurso", "Protocolo do recurso de glosa.", "261160000003"),
)
_ESCOPOS_LER: Final = tuple(f"conecta/{one}" for one in LER)
_ESCOPOS_ESCREVER: Final = tuple(f"conecta/{one}" for one in ESCREVER)

OPERATIONS: Final = (
    Operation(
        "GET", "/documentos", "listarDocumentos", FUNCAO, TAG, "Listar documentos",
        "Os recebidos num mês, do mais recente ao mais antigo, em páginas de até 30 (os filtros podem deixá-las "
        "menores: siga o cursor); ou todos os de uma autorização, de um PEG ou de um recurso; ou, por sha256, se um "
        "arquivo já foi enviado.",
        list_documentos, (Reply(200, "Uma página.", DocumentosPage, example=exemplos.DOCUMENTOS),),
        escopos=_ESCOPOS_LER,
        parameters=(
            _query(
                "mes", "Mês da recepção, AAAAMM; o padrão é o corrente.", "202611",
                pattern="^20[0-9]{2}(0[1-9]|1[0-2])$",
            ),
            *DESTINOS, _query("sha256", "Resumo do arquivo; exige registro_ans.", pattern="^[0-9a-f]{64}$"), REGISTRO,
            _query("finalidade", "Só os enviados com ela."), CURSOR, PRESTADOR,
        ),
        refusals=(400, 422),
    ),
    Operation(
        "GET", "/documentos/pendencias", "listarPendenciasDeDocumentos", FUNCAO, TAG, "Conferir o que falta",
        "A lista de conferência de uma autorização (o que a operadora pediu), de um PEG (o que a operadora pede de "
        "cada tipo de guia; um documento do PEG inteiro serve a todas as guias) ou de um recurso (o que costuma provar "
        "aquelas glosas). Nada é recusado por faltar: falta.",
        checklist, (Reply(200, "A lista.", PendenciasView, example=exemplos.PENDENCIAS),), escopos=_ESCOPOS_LER,
        parameters=(*DESTINOS, REGISTRO, PRESTADOR), refusals=(422, 503),
    ),
    Operation(
        "GET", "/documentos/{id}", "obterDocumento", FUNCAO, TAG, "Consultar um documento",
        "O que é e a que pertence.", get_documento,
        (
            Reply(200, "O documento.", DocumentoView, example=exemplos.DOCUMENTO_VINCULADO),
            Reply(304, "Não mudou desde a ETag em If-None-Match."),
        ),
        escopos=_ESCOPOS_LER, parameters=(ID, PRESTADOR, IF_NONE_MATCH),
    ),
    Operation(
        "GET", "/documentos/{id}/arquivo", "baixarDocumento", FUNCAO, TAG, "Baixar um documento",
        "Leva a um endereço que vale por 15 minutos e não pede credencial: não o guarde. Cada pedido fica registrado.",
        get_file, (Reply(303, "O endereço está em Location e no corpo.", example={"url": "https://…"}),),
        escopos=_ESCOPOS_LER, parameters=(ID, PRESTADOR),
    ),
    Operation(
        "POST", "/documentos/{id}/vinculos", "vincularDocumento", FUNCAO, TAG, "Dizer a que um documento pertence",
        "A uma autorização, a um PEG inteiro, a guias de um PEG, a um lote ainda por enviar ou a um recurso: a tudo o "
        "que se nomear, ou a nada. O que já pertence, fica como está.",
        link, (Reply(200, "O documento e tudo a que pertence.", DocumentoView, example=exemplos.DOCUMENTO_VINCULADO),),
        escopos=_ESCOPOS_ESCREVER, parameters=(ID, PRESTADOR, IDEMPOTENCY), body=VinculosRequest,
        example={"destinos": [{"alvo": "GUIA", "id": "261120000007", "guia": "GP-1002"}]}, refusals=(409, 422),
    ),
    Operation(
        "POST", "/documentos/{id}/desvinculos", "desvincularDocumento", FUNCAO, TAG, "Retirar um documento",
        "Enquanto aquilo a que pertence ainda espera. O arquivo continua guardado.",
        unlink, (Reply(200, "O documento e tudo a que ainda pertence.", DocumentoView, example={
            **exemplos.DOCUMENTO_VINCULADO, "vinculos": [],
        }),),
        escopos=_ESCOPOS_ESCREVER, parameters=(ID, PRESTADOR, IDEMPOTENCY), body=DesvinculosRequest,
        example={"destinos": [{"alvo": "GUIA", "id": "261120000007", "guia": "GP-1002"}]}, refusals=(409, 422),
    ),
)  # fmt: skip
