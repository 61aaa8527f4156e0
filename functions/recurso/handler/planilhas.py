"""REST entries of the spreadsheet: what may be contested goes out, filled in it comes back, each line is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from conecta_edge import problems, session
from conecta_edge.http import PRESTADOR, Operation, Parameter, Query, Reply, Request, Response
from conecta_edge.problems import FieldError, ProblemError
from conecta_tiss.terminologia import table_label
from conecta_tiss.versions import Versao
from recurso import planilhas
from recurso.bootstrap import nucleo as bootstrap
from recurso.domain.errors import (
    LegadoError,
    MudouError,
    NaoEncontradoError,
    NaoHabilitadoError,
    NaoPublicadoError,
    RecursoError,
)
from recurso.domain.recursos import Papel, Porta
from recurso.handler import comum, glosas
from recurso.handler.comum import ERRORS as COMUNS
from recurso.handler.comum import ESCREVER, FUNCAO, LER
from recurso.planilhas import COLUNA_DE, COLUNAS, PEGS, RESULTADO, Formato, Linha, PlanilhaInvalidaError
from recurso.schemas import achados
from recurso.schemas.planilhas import SITUACOES, RespostaDaPlanilhaView, entrada
from recurso.service import contestacao
from recurso.service.contestacao import Entrega, Tentativa
from recurso.service.portas import Chamador

if TYPE_CHECKING:
    from conecta_edge.http import ErrorMap
    from conecta_edge.tenancy import Principal
    from recurso.domain.glosas import Conta
    from recurso.domain.pedidos import Pedido
    from recurso.domain.regras import Apontamento
    from recurso.service.portas import Portas

TAG: Final = "Recursos de glosas"
_FORMATO: Final = {"type": "string", "enum": [one.value for one in Formato]}
Resultado = tuple[str, str | None, str]
"""(situacao, protocolo of the recurso, message) of a line."""


def template(request: Request) -> Response:
    """GET /recursos/planilha."""
    caller, portas, query = session.principal(request), bootstrap.portas(), Query(request.query)
    formato = query.one_of("formato", tuple(Formato), Formato.XLSX)
    protocolo, mes = glosas.asked(query, portas)

    def found() -> list[Conta]:
        if protocolo is None:
            return _month(caller, mes, portas)
        return [glosas.conta_de(caller.prestador_id, protocolo, portas)]

    comum.require(caller, LER, found if protocolo else list, query)
    contas = found()
    for one in contas:
        indices = {found.lugar.indice for found in one.contestaveis()}
        comum.audit(request, caller.actor, f"peg/{one.peg.protocolo}", one, indices)
    content = planilhas.modelo(_lines(contas, portas), Formato(formato), _names())
    return _file(content, Formato(formato), f"glosas-{protocolo or mes}")


def _month(caller: Principal, competencia: str, portas: Portas) -> list[Conta]:
    """PEGs of a month that something was taken of.

    Raises:
        ProblemError: 422, more than one file takes.
    """
    found: list[Conta] = []
    for conta, _ in glosas.contas(caller.prestador_id, competencia, None, portas):
        if len(found) == PEGS:
            text = f"O mês tem mais de {PEGS} PEGs com glosas: peça a planilha de um protocolo por vez."
            raise problems.invalid_body((FieldError("competencia", "protocolos-demais", text),))
        found.append(conta)
    return found


def _lines(contas: Sequence[Conta], portas: Portas) -> Iterator[tuple[str, str, contestacao.Contestacao]]:
    for conta in contas:
        for one in contestacao.contestacoes(conta, portas):
            yield conta.peg.registro_ans, conta.peg.protocolo, one


def _names() -> Mapping[str, str]:
    codes = [f"{number:02}" for number in range(1, 18)]
    return {one: table_label("dm_tipoDocumento", one, Versao.V4_01_00) or one for one in codes}


def send(request: Request) -> Response:
    """POST /recursos/planilhas."""
    caller, portas, query = session.principal(request), bootstrap.portas(), Query(request.query)
    simular = query.one_of("simular", ("true", "false"), "false") == "true"
    formato = query.one_of("formato", ("json", *Formato), "json")
    query.check()
    caller.require(LER if simular else ESCREVER)
    linhas = planilhas.ler(request.body, entrada)
    answers = _answers(request, caller, linhas, portas, simular=simular)
    if formato != "json":
        kind = Formato(formato)
        return _file(planilhas.devolver(linhas, answers, kind), kind, "resposta-recursos")
    return Response(200, _view(linhas, answers))


def _answers(
    request: Request, caller: Principal, linhas: Sequence[Linha], portas: Portas, *, simular: bool
) -> dict[int, Resultado]:  # fmt: skip
    """What became of each line."""
    found = {one.numero: ("IGNORADA", None, "Sem justificativa: não foi contestada.") for one in linhas}
    answers: dict[int, Resultado] = {**found}
    who = Chamador(papel=Papel.PRESTADOR, quem=caller.subject, correlacao=request.correlacao)
    entrega = Entrega(porta=Porta.PLANILHA, em=portas.now)
    known: dict[str, RecursoError | None] = {}
    for pedido, mine in planilhas.pedidos(linhas):
        unread = any(one.erro for one in mine)
        if not pedido.entradas:
            tried = Tentativa(pedido)  # of lines that cannot be read there is no more to be said
        elif (error := _unrelated(caller, pedido, known)) is None:
            (tried,) = contestacao.send_many(
                caller.prestador_id, [pedido], entrega, who, portas, simular=simular or unread
            )  # fmt: skip
        else:
            tried = Tentativa(pedido, erro=error)
        answers |= _told(tried, mine, simular=simular)
    return answers


def _unrelated(caller: Principal, pedido: Pedido, known: dict[str, RecursoError | None]) -> RecursoError | None:
    """What keeps the prestador from contesting at the operadora, when anything does."""
    registro = pedido.registro_ans
    if registro not in known:
        try:
            comum.related(caller, registro)
            known[registro] = None
        except (NaoEncontradoError, NaoHabilitadoError) as error:
            known[registro] = error
    return known[registro]


def _told(tried: Tentativa, mine: Sequence[Linha], *, simular: bool) -> dict[int, Resultado]:
    """What became of each line of one PEG: a wrong one keeps the others of the same PEG back."""
    by_entry: dict[int | None, list[Apontamento]] = {}
    for one in tried.achados:
        by_entry.setdefault(one.entrada, []).append(one)
    whole = by_entry.pop(None, [])
    of_all = [one.mensagem for one in whole if not one.aviso]
    if tried.erro is not None and not tried.achados:
        of_all.append(_of_recurso(tried.erro))
    places = iter(range(len(mine)))
    own = {
        one.numero: [(True, ": ".join(one.erro))]
        if one.erro
        else [_placed(found) for found in by_entry.get(next(places), ())]
        for one in mine
    }
    wrong = {number for number, found in own.items() if any(refuses for refuses, _ in found)}
    if not wrong and not of_all:
        done = ("CONFERIDA", None) if simular else ("ENVIADA", tried.recurso.protocolo if tried.recurso else None)
        return {number: (*done, " ".join(text for _, text in found)) for number, found in own.items()}
    answers: dict[int, Resultado] = {}
    for number, found in own.items():
        if number in wrong or of_all:
            answers[number] = ("RECUSADA", None, " ".join([*of_all, *(text for _, text in found)]))
        else:
            answers[number] = ("NAO_ENVIADA", None, _OUTRA)
    return answers


_OUTRA: Final = "Nada deste protocolo foi enviado: corrija as linhas recusadas dele e envie a planilha de novo."


def _placed(one: Apontamento) -> tuple[bool, str]:
    """Whether a finding refuses its line, and what it says: its column, its code when it has one."""
    codigo = achados.vista(one, Versao.V4_01_00)["codigo"]
    column = COLUNA_DE.get(one.campo or "")
    said = "".join((f"{column}: " if column else "", f"[{codigo}] " if codigo else "", one.mensagem))
    return not one.aviso, said


def _of_recurso(error: Exception) -> str:
    match error:
        case NaoPublicadoError():
            return "Os valores deste protocolo ainda não foram publicados: não há o que contestar."
        case LegadoError(portal=portal):
            return f"O protocolo é de antes da migração: conteste em {portal or 'no portal anterior'}."
        case NaoHabilitadoError():
            return "O prestador nunca esteve habilitado nesta operadora: solicite o relacionamento."
        case MudouError():
            return "Outros atos ocorreram ao mesmo tempo: envie a planilha de novo."
    return "Este prestador não tem este protocolo nesta operadora: confira os números."


def _view(linhas: Sequence[Linha], answers: Mapping[int, Resultado]) -> dict[str, Any]:
    count = Counter(situacao for situacao, _, _ in answers.values())
    return {
        "linhas": [
            {
                "linha": one.numero,
                "protocolo_peg": one.celulas.get(planilhas.PEG) or None,
                "numero_guia_prestador": one.celulas.get(planilhas.GUIA) or None,
                "situacao": answers[one.numero][0],
                "recurso": answers[one.numero][1],
                "mensagem": answers[one.numero][2] or None,
            }
            for one in linhas
        ],
        "recursos": list(dict.fromkeys(recurso for _, recurso, _ in answers.values() if recurso)),
        "totais": {name: count[name] for name in SITUACOES},
    }


def _file(content: bytes, formato: Formato, name: str) -> Response:
    named = {"Content-Disposition": f'attachment; filename="{name}.{formato}"'}
    return Response(200, content, formato.media, headers=named)


def _unreadable(error: PlanilhaInvalidaError) -> ProblemError:
    where = f"linha {error.linha}" if error.linha else "planilha"
    return problems.invalid_body((FieldError(where, error.codigo, error.mensagem),))


ERRORS: Final[ErrorMap] = {**COMUNS, PlanilhaInvalidaError: _unreadable}
_EXEMPLO: Final = {
    "linhas": [
        {
            "linha": 2, "protocolo_peg": "261120000007", "numero_guia_prestador": "G-0001", "situacao": "ENVIADA",
            "recurso": "261160000011", "mensagem": None,
        },
        {
            "linha": 3, "protocolo_peg": "261120000007", "numero_guia_prestador": "G-0002", "situacao": "IGNORADA",
            "recurso": None, "mensagem": "Sem justificativa: não foi contestada.",
        },
    ],
    "recursos": ["261160000011"],
    "totais": {"ENVIADA": 1, "CONFERIDA": 0, "RECUSADA": 0, "NAO_ENVIADA": 0, "IGNORADA": 1},
}  # fmt: skip
_CSV: Final = ";".join(COLUNAS) + "\r\n"
_FORMATOS: Final = (
    Reply(200, "Em XLSX.", media_type=Formato.XLSX.media),
    Reply(200, "Em CSV.", media_type="text/csv"),
)

OPERATIONS: Final = (
    comum.reading(
        "/recursos/planilha", "baixarPlanilhaDeRecursos", TAG, "Baixar a planilha de glosas a contestar",
        "Uma linha por glosa que se pode contestar, de um PEG ou de todos os recebidos em uma competência (até "
        f"{PEGS} PEGs com glosas). Preencha valor_recursado (vazio é tudo), justificativa e, se houver, documentos, e "
        "envie-a por `POST /recursos/planilhas`. Em CSV: UTF-8, `;`, vírgula decimal.",
        template,
        Parameter("protocolo", "query", "Do PEG.", example="261120000007"),
        comum.mes("Mês da recepção dos PEGs, AAAAMM; sem protocolo, o padrão é o corrente."),
        Parameter("formato", "query", "O padrão é xlsx.", schema=_FORMATO, example="xlsx"),
        replies=_FORMATOS,
        refusals=(409, 422),
    ),
    Operation(
        "POST", "/recursos/planilhas", "enviarPlanilhaDeRecursos", FUNCAO, TAG, "Enviar a planilha preenchida",
        "O corpo é o arquivo, XLSX ou CSV (UTF-8 ou Windows-1252), de até 4 MiB, "
        f"{planilhas.LINHAS} linhas e {PEGS} protocolos. As linhas com justificativa de cada protocolo são um recurso: "
        "com uma delas errada, nada daquele protocolo é enviado, e os outros seguem. Cada linha tem resposta: ENVIADA, "
        "CONFERIDA (com simular=true, que só confere), RECUSADA, NAO_ENVIADA (outra linha do protocolo foi recusada) "
        "ou IGNORADA (sem justificativa). Com formato=xlsx ou csv, a resposta é a própria planilha, com as colunas "
        f"{', '.join(RESULTADO)}. Enviar de novo a mesma planilha não repete nada.",
        send,
        (Reply(200, "Uma resposta por linha.", RespostaDaPlanilhaView, example=_EXEMPLO), *_FORMATOS),
        escopos=(f"conecta/{ESCREVER}", f"conecta/{LER}"),
        parameters=(
            Parameter("simular", "query", "Só conferir.", schema={"type": "boolean"}, example="false"),
            Parameter(
                "formato", "query", "Da resposta; o padrão é json.",
                schema={"type": "string", "enum": ["json", *_FORMATO["enum"]]}, example="json",
            ),
            PRESTADOR,
        ),
        accepts="text/csv",
        example=_CSV,
        refusals=(422,),
    ),
)  # fmt: skip
