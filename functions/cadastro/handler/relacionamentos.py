"""REST entries of relacionamentos: who asks for one, and the operadora that decides."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final

from cadastro.bootstrap import contas as bootstrap
from cadastro.domain.contas import ChangedMeanwhileError
from cadastro.domain.relacionamentos import (
    OPEN_PEDIDOS,
    WHOSE_TURN,
    AlreadyDecidedError,
    AlreadyRelatedError,
    Ato,
    CodeMissingError,
    EffectiveDayError,
    HasGestorError,
    IllegalActError,
    NewPedido,
    OthersInvolvedError,
    Pedido,
    PedidoNotFoundError,
    PedidoOpenError,
    RelacionamentoNotFoundError,
    StaleRelacionamentoError,
    TooManyPedidosError,
    UnknownOperadoraError,
    next_change,
)
from cadastro.schemas.relacionamentos import (
    DecisaoRequest,
    DescredenciamentoRequest,
    PedidoDaOperadoraView,
    PedidoView,
    ReativacaoRequest,
    RelacionamentoDaOperadoraView,
    RelacionamentoRequest,
    RelacionamentosDaOperadoraPage,
    RelacionamentosView,
    SuspensaoRequest,
)
from cadastro.service import relacionamentos as service
from conecta_edge import problems, session
from conecta_edge.clock import iso, local_day
from conecta_edge.http import CURSOR, IF_MATCH, PERSON_SCOPE, ErrorMap, Operation, Parameter, Reply, Request, Response
from conecta_edge.problems import FieldError, ProblemError
from conecta_edge.tenancy import Grupo
from conecta_facts.relacionamentos import Situacao

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from cadastro.service.relacionamentos import Held, Related
    from conecta_edge.tenancy import OperadoraPrincipal
    from conecta_facts.prestadores import Prestador

FUNCAO: Final = "cadastro-api"
TAG: Final = "Relacionamentos"
TAG_OPERADORA: Final = "Operadora: relacionamentos"
PAGE: Final = 50
FINALIDADE: Final = "decisao-de-relacionamento"
"""Why an operadora sees who asked (LGPD art. 6, I)."""
PEDIDOS: Final = frozenset({Situacao.SOLICITADO, Situacao.RECUSADO})
"""States that are listed as pedidos unless said otherwise."""
_PEDIDO_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_REGISTRO: Final = re.compile(r"[0-9]{6}", re.ASCII)
_PRESTADOR_ID: Final = re.compile(r"[0-9A-Za-z-]{1,40}", re.ASCII)


def list_mine(request: Request) -> Response:
    """GET /relacionamentos."""
    sub, prestadores = _person(request)
    found = service.mine(sub=sub, prestadores=prestadores, rows=bootstrap.relacionamentos())
    hoje = _today()
    related = [_related(row.held, row.prestador, hoje) for row in found.relacionamentos]
    return Response(200, {"relacionamentos": related, "pedidos": [_pedido(row) for row in found.pedidos]})


def request_one(request: Request) -> Response:
    """POST /relacionamentos."""
    person = session.person(request)
    asked = request.model(RelacionamentoRequest)
    now = session.clock().now()
    prestador_id = asked.cnpj or session.pseudonyms().prestador(asked.cpf or "")
    pedido = service.request(
        NewPedido(
            registro_ans=asked.registro_ans,
            prestador_id=prestador_id,
            nome=asked.nome,
            cnes=asked.cnes,
            cnpj=asked.cnpj,
            cpf=asked.cpf,
            codigo_na_operadora=asked.codigo_na_operadora,
            mensagem=asked.mensagem,
        ),
        sub=person.subject,
        rows=bootstrap.relacionamentos(),
        accounts=bootstrap.identidades(),
        now=now,
        today=local_day(now),
    )
    headers = {"Location": f"relacionamentos/{pedido.id}", "ETag": f'"{pedido.versao}"'}
    return Response(201, _pedido(pedido), headers=headers)


def get_mine(request: Request) -> Response:
    """GET /relacionamentos/{id}."""
    sub, prestadores = _person(request)
    pedido = service.find_pedido(
        sub=sub, prestadores=prestadores, pedido_id=_pedido_id(request), rows=bootstrap.relacionamentos()
    )
    return Response(200, _pedido(pedido), headers={"ETag": f'"{pedido.versao}"'})


def _person(request: Request) -> tuple[str, dict[str, bool]]:
    """The person, and the prestadores the person is bound to: whether as gestor."""
    person = session.person(request)
    bindings = session.cadastro().bindings(person.subject)
    return person.subject, {binding.prestador_id: binding.papel == "gestor" for binding in bindings}


def _pedido_id(request: Request) -> str:
    if not _PEDIDO_ID.fullmatch(request.path["id"]):
        raise PedidoNotFoundError
    return request.path["id"]


def list_at_operadora(request: Request) -> Response:
    """GET /operadora/relacionamentos."""
    caller = session.operadora(request)
    registro, situacao = _listed(request, caller)
    tipo = request.query.get("tipo", "pedido" if situacao in PEDIDOS else "relacionamento")
    if tipo not in {"pedido", "relacionamento"}:
        raise problems.invalid_body((FieldError("tipo", "tipo-invalido", "Use pedido ou relacionamento."),))
    caller.at(registro, Grupo.CADASTRO)
    position, token_of = session.cursor(request, f"{registro}|relacionamentos|{tipo}|{situacao}")
    rows, hoje = bootstrap.relacionamentos(), _today()
    answer: dict[str, Any] = {"pedidos": [], "relacionamentos": []}
    if tipo == "pedido":
        pedidos = rows.pedidos_by(registro, situacao, position, PAGE)
        answer["pedidos"] = [_asked(row) for row in pedidos.rows]
        subjects, following = tuple(row.solicitante for row in pedidos.rows), pedidos.position
    else:
        related = rows.relacionamentos_by(registro, situacao, hoje, position, PAGE)
        answer["relacionamentos"] = [_at_operadora(row, hoje) for row in related.rows]
        subjects = tuple(row.held.value.prestador_id for row in related.rows if row.prestador and row.prestador.cpf)
        following = related.position
    _record(request, caller, registro, "relacionamentos", subjects)
    return Response(200, {**answer, "cursor": token_of(dict(following) if following else None)})


def _listed(request: Request, caller: OperadoraPrincipal) -> tuple[str, Situacao]:
    registro = request.query.get("registro_ans") or (next(iter(caller.grupos)) if len(caller.grupos) == 1 else "")
    if registro and registro not in caller.grupos:
        raise problems.not_found()
    situacao = request.query.get("situacao", Situacao.SOLICITADO.value)
    wrong = []
    if not registro:
        text = "A sua conta serve mais de uma operadora: informe o registro ANS na consulta."
        wrong.append(FieldError("registro_ans", "operadora-nao-escolhida", text))
    if situacao not in {state.value for state in Situacao}:
        text = f"Use um de: {', '.join(state.value for state in Situacao)}."
        wrong.append(FieldError("situacao", "situacao-invalida", text))
    if wrong:
        raise problems.invalid_body(tuple(wrong))
    return registro, Situacao(situacao)


def decide(request: Request) -> Response:
    """POST /operadora/relacionamentos/pedidos/{id}/decisao."""
    caller = session.operadora(request)
    rows = bootstrap.relacionamentos()
    pedido = rows.pedido_at(sorted(caller.grupos), _pedido_id(request))
    if pedido is None:
        raise PedidoNotFoundError
    asked = request.model(DecisaoRequest)
    caller.at(pedido.registro_ans, Grupo.CADASTRO)
    # Recorded first: a decision that could not be recorded is not taken.
    _record(request, caller, pedido.registro_ans, f"pedido/{pedido.id}", (pedido.solicitante,))
    now = session.clock().now()
    decided = service.decide(
        service.Decision(
            pedido_id=pedido.id,
            registros=caller.all_at(Grupo.CADASTRO),
            habilitar=asked.decisao == "HABILITAR",
            quem=caller.subject,
            motivo=asked.motivo,
            de=asked.desde,
            codigo_na_operadora=asked.codigo_na_operadora,
            autorizacao=asked.autorizacao,
            faturamento=asked.faturamento,
            vincular=asked.vincular_solicitante,
            expected=request.expected_version(),
        ),
        rows=rows,
        now=now,
        today=local_day(now),
    )
    return Response(200, _asked(decided), headers={"ETag": f'"{decided.versao}"'})


def suspend(request: Request) -> Response:
    """POST /operadora/relacionamentos/{registroANS}/{prestador}/suspensao."""
    caller, registro, prestador = _related_asked(request)
    asked = request.model(SuspensaoRequest)
    return _act(
        request, caller, Ato.SUSPENSAO, registro, prestador, de=asked.de, ate=asked.ate, motivo=asked.motivo
    )  # fmt: skip


def reactivate(request: Request) -> Response:
    """POST /operadora/relacionamentos/{registroANS}/{prestador}/reativacao."""
    caller, registro, prestador = _related_asked(request)
    asked = request.model(ReativacaoRequest)
    return _act(
        request, caller, Ato.REATIVACAO, registro, prestador, de=asked.de or _today(), motivo=asked.motivo,
        autorizacao=asked.autorizacao, faturamento=asked.faturamento,
    )  # fmt: skip


def end(request: Request) -> Response:
    """POST /operadora/relacionamentos/{registroANS}/{prestador}/descredenciamento."""
    caller, registro, prestador = _related_asked(request)
    asked = request.model(DescredenciamentoRequest)
    return _act(request, caller, Ato.DESCREDENCIAMENTO, registro, prestador, de=asked.de, motivo=asked.motivo)


def _related_asked(request: Request) -> tuple[OperadoraPrincipal, str, str]:
    """The caller and the relacionamento asked about: foreign and absent are told first, and alike."""
    caller = session.operadora(request)
    registro, prestador = request.path["registroANS"], request.path["prestador"]
    known = registro in caller.grupos and _PRESTADOR_ID.fullmatch(prestador)
    if not known or bootstrap.relacionamentos().relacionamento(prestador, registro) is None:
        raise RelacionamentoNotFoundError
    return caller, registro, prestador


def _act(
    request: Request, caller: OperadoraPrincipal, ato: Ato, registro: str, prestador: str, **asked: Any
) -> Response:
    caller.at(registro, Grupo.CADASTRO)
    now, rows = session.clock().now(), bootstrap.relacionamentos()
    (profile,) = rows.profiles([prestador])
    if profile is not None and profile.cpf is not None:
        _record(request, caller, registro, f"relacionamento/{prestador}", (prestador,))
    hoje = local_day(now)
    held = service.act(
        service.Act(
            ato=ato, registro_ans=registro, prestador_id=prestador, quem=caller.subject,
            expected=_expected_tag(request), **asked,
        ),
        rows=rows, now=now, today=hoje,
    )  # fmt: skip
    return Response(200, _at_operadora(service.Related(held, profile), hoje), headers={"ETag": f'"{_tag(held)}"'})


def _record(
    request: Request, caller: OperadoraPrincipal, registro: str, objeto: str, sujeitos: tuple[str, ...]
) -> None:
    session.record_access(
        request, caller.actor_at(registro), finalidade=FINALIDADE, objeto=objeto, sujeitos=sujeitos
    )  # fmt: skip


def _today() -> date:
    return local_day(session.clock().now())


def _tag(held: Held) -> str:
    return hashlib.sha256((held.fonte or "").encode()).hexdigest()[:16]


def _expected_tag(request: Request) -> Callable[[Held], bool] | None:
    text = request.headers.get("if-match", "*").strip()
    return None if text == "*" else lambda held: text.removeprefix("W/") == f'"{_tag(held)}"'


def _pedido(pedido: Pedido) -> dict[str, Any]:
    return {
        "id": pedido.id,
        "protocolo_atendimento": pedido.protocolo_atendimento,
        "registro_ans": pedido.registro_ans,
        "situacao": pedido.situacao.value,
        "de_quem_e_a_vez": WHOSE_TURN[pedido.situacao],
        "motivo": pedido.motivo,
        "cnpj": pedido.cnpj,
        "cpf": pedido.cpf,
        "nome": pedido.nome,
        "cnes": pedido.cnes,
        "codigo_na_operadora": pedido.codigo_na_operadora,
        "mensagem": pedido.mensagem,
        "criado_em": iso(pedido.criado_em),
        "decidido_em": iso(pedido.decidido_em) if pedido.decidido_em else None,
        "versao": pedido.versao,
    }


def _asked(pedido: Pedido) -> dict[str, Any]:
    return {
        **_pedido(pedido),
        "prestador_id": pedido.prestador_id,
        "email_solicitante": pedido.email,
        "pedido_por_gestor": pedido.do_prestador,
    }


def _related(held: Held, prestador: Prestador | None, hoje: date) -> dict[str, Any]:
    value = held.value
    current, following = value.periodo_em(hoje), next_change(value, hoje)
    return {
        "prestador_id": value.prestador_id,
        "nome": prestador.nome if prestador else None,
        "registro_ans": value.registro_ans,
        "situacao": current.situacao.value if current else None,
        "desde": current.de.isoformat() if current else None,
        "motivo": current.motivo if current else None,
        "proxima_mudanca": {"situacao": following.situacao.value, "de": following.de.isoformat()}
        if following
        else None,
        "codigo_na_operadora": value.codigo_na_operadora,
        "autorizacao": value.autorizacao,
        "faturamento": value.faturamento,
    }


def _at_operadora(row: Related, hoje: date) -> dict[str, Any]:
    profile = row.prestador
    return {
        **_related(row.held, profile, hoje),
        "cnpj": profile.cnpj if profile else None,
        "cpf": profile.cpf if profile else None,
        "cnes": profile.cnes if profile else None,
        "etag": f'"{_tag(row.held)}"',
    }


_PESSOAS: Final = (PERSON_SCOPE,)
_PEDIDO: Final[dict[str, Any]] = {
    "id": "b3d1c5e07f2a4b6c8d9e0f1a2b3c4d5e", "protocolo_atendimento": "261130000042", "registro_ans": "345695",
    "situacao": "SOLICITADO", "de_quem_e_a_vez": "operadora", "motivo": None, "cnpj": "12345678000195", "cpf": None,
    "nome": "Hospital Aurora", "cnes": "9990011", "codigo_na_operadora": None,
    "mensagem": "Contrato assinado em novembro.", "criado_em": "2026-11-21T12:00:00.000000Z", "decidido_em": None,
    "versao": 1,
}  # fmt: skip
_ASKED: Final[dict[str, Any]] = {
    **_PEDIDO, "prestador_id": "12345678000195", "email_solicitante": "gestao@hospital-aurora.example",
    "pedido_por_gestor": False,
}  # fmt: skip
_DECIDED: Final[dict[str, Any]] = {
    **_ASKED, "situacao": "HABILITADO", "de_quem_e_a_vez": "ninguem", "codigo_na_operadora": None,
    "decidido_em": "2026-11-23T14:30:00.000000Z", "versao": 2,
}  # fmt: skip
_RELATED: Final[dict[str, Any]] = {
    "prestador_id": "12345678000195", "nome": "Hospital Aurora", "registro_ans": "345695", "situacao": "HABILITADO",
    "desde": "2026-11-23", "motivo": None, "proxima_mudanca": None, "codigo_na_operadora": "100017",
    "autorizacao": True, "faturamento": True,
}  # fmt: skip
_AT: Final[dict[str, Any]] = {
    **_RELATED, "cnpj": "12345678000195", "cpf": None, "cnes": "9990011", "etag": '"5f0c9a527f0e4f7e"',
}  # fmt: skip
_SUSPENDED: Final[dict[str, Any]] = {
    **_AT, "situacao": "SUSPENSO", "desde": "2026-12-01", "motivo": "Alvará vencido.",
    "proxima_mudanca": {"situacao": "HABILITADO", "de": "2027-01-01"},
}  # fmt: skip
_ENDED: Final[dict[str, Any]] = {**_AT, "proxima_mudanca": {"situacao": "DESCREDENCIADO", "de": "2027-01-01"}}
_ID: Final = Parameter("id", "path", "Identificador do pedido.", required=True, example=_PEDIDO["id"])
_AT_PATH: Final = (
    Parameter("registroANS", "path", "Registro ANS da operadora.", required=True, example="345695"),
    Parameter("prestador", "path", "Identificador do prestador.", required=True, example="12345678000195"),
    IF_MATCH,
)

OPERATIONS: Final = (
    Operation(
        "GET", "/relacionamentos", "listarRelacionamentos", FUNCAO, TAG,
        "Listar relacionamentos e pedidos",
        "Os relacionamentos dos prestadores da pessoa, como estão hoje, e os pedidos dela e dos prestadores de que é "
        "gestora.",
        list_mine,
        (Reply(200, "Relacionamentos e pedidos.", RelacionamentosView, example={
            "relacionamentos": [_RELATED], "pedidos": [_PEDIDO],
        }),),
        escopos=_PESSOAS,
    ),
    Operation(
        "POST", "/relacionamentos", "solicitarRelacionamento", FUNCAO, TAG,
        "Solicitar relacionamento com uma operadora",
        "Qualquer pessoa com conta pode solicitar; nada é liberado antes da decisão da operadora. A resposta traz o "
        "protocolo de atendimento. Repetir a mesma solicitação devolve o mesmo pedido; depois de uma recusa, é um "
        "pedido novo. O mesmo vale para quem já é gestor e solicita outra operadora.",
        request_one,
        (Reply(201, "Pedido registrado.", PedidoView, example=_PEDIDO),),
        escopos=_PESSOAS,
        body=RelacionamentoRequest,
        example={
            "registro_ans": "345695", "cnpj": "12.345.678/0001-95", "nome": "Hospital Aurora", "cnes": "9990011",
            "mensagem": "Contrato assinado em novembro.",
        },
        refusals=(409, 422),
    ),
    Operation(
        "GET", "/relacionamentos/{id}", "obterPedidoDeRelacionamento", FUNCAO, TAG,
        "Acompanhar um pedido", "Situação do pedido, de quem é a vez e, quando recusado, o motivo.",
        get_mine,
        (Reply(200, "O pedido.", PedidoView, example=_PEDIDO),),
        escopos=_PESSOAS,
        parameters=(_ID,),
    ),
    Operation(
        "GET", "/operadora/relacionamentos", "listarRelacionamentosDaOperadora", FUNCAO, TAG_OPERADORA,
        "Listar pedidos e relacionamentos de uma operadora",
        "Pedidos, do mais antigo ao mais novo, quando a situação é SOLICITADO ou RECUSADO; relacionamentos nas demais. "
        "Páginas de até 50; uma página pode vir menor e ter continuação. Para o grupo cadastro.",
        list_at_operadora,
        (Reply(200, "Uma página.", RelacionamentosDaOperadoraPage, example={
            "pedidos": [_ASKED], "relacionamentos": [], "cursor": None,
        }),),
        escopos=_PESSOAS,
        parameters=(
            Parameter("registro_ans", "query", "Registro ANS; dispensável para quem serve uma só operadora.",
                      schema={"type": "string", "pattern": "^[0-9]{6}$"}, example="345695"),
            Parameter("situacao", "query", "Situação; o padrão é SOLICITADO.", example="SOLICITADO",
                      schema={"type": "string", "enum": [state.value for state in Situacao]}),
            Parameter("tipo", "query", "pedido ou relacionamento; o padrão depende da situação.",
                      schema={"type": "string", "enum": ["pedido", "relacionamento"]}),
            CURSOR,
        ),
        refusals=(400, 422),
    ),
    Operation(
        "POST", "/operadora/relacionamentos/pedidos/{id}/decisao", "decidirPedidoDeRelacionamento", FUNCAO,
        TAG_OPERADORA, "Decidir um pedido",
        "Ao habilitar, o prestador passa a existir (se ainda não existia), o relacionamento é habilitado e quem pediu "
        "torna-se gestor, tudo de uma vez; ao recusar, o motivo é mostrado a quem pediu. De duas decisões ao mesmo "
        "tempo vale uma. Para o grupo cadastro.",
        decide,
        (Reply(200, "O pedido decidido.", PedidoDaOperadoraView, example=_DECIDED),),
        escopos=_PESSOAS,
        parameters=(_ID, IF_MATCH),
        body=DecisaoRequest,
        example={"decisao": "HABILITAR", "codigo_na_operadora": "100017"},
        refusals=(409, 412, 422),
    ),
    Operation(
        "POST", "/operadora/relacionamentos/{registroANS}/{prestador}/suspensao", "suspenderRelacionamento", FUNCAO,
        TAG_OPERADORA, "Suspender um relacionamento",
        "Impede novas senhas a partir do dia indicado; o que foi atendido antes continua a ser faturado.",
        suspend,
        (Reply(200, "O relacionamento como ficou.", RelacionamentoDaOperadoraView, example=_SUSPENDED),),
        escopos=_PESSOAS,
        parameters=_AT_PATH,
        body=SuspensaoRequest,
        example={"de": "2026-12-01", "ate": "2026-12-31", "motivo": "Alvará vencido."},
        refusals=(409, 412, 422),
    ),
    Operation(
        "POST", "/operadora/relacionamentos/{registroANS}/{prestador}/reativacao", "reativarRelacionamento", FUNCAO,
        TAG_OPERADORA, "Reativar um relacionamento",
        "Encerra uma suspensão; também desfaz uma suspensão ou um descredenciamento agendado que ainda não começou.",
        reactivate,
        (Reply(200, "O relacionamento como ficou.", RelacionamentoDaOperadoraView, example=_AT),),
        escopos=_PESSOAS,
        parameters=_AT_PATH,
        body=ReativacaoRequest,
        example={"motivo": "Alvará renovado."},
        refusals=(409, 412, 422),
    ),
    Operation(
        "POST", "/operadora/relacionamentos/{registroANS}/{prestador}/descredenciamento", "descredenciarPrestador",
        FUNCAO, TAG_OPERADORA, "Descredenciar um prestador",
        "Encerra o relacionamento a partir do dia indicado; demonstrativos, recursos e notas do que foi atendido antes "
        "continuam. Um novo relacionamento depende de um novo pedido.",
        end,
        (Reply(200, "O relacionamento como ficou.", RelacionamentoDaOperadoraView, example=_ENDED),),
        escopos=_PESSOAS,
        parameters=_AT_PATH,
        body=DescredenciamentoRequest,
        example={"de": "2027-01-01", "motivo": "Fim do contrato."},
        refusals=(409, 412, 422),
    ),
)  # fmt: skip

_SITUACAO: Final = {
    None: "inexistente", Situacao.SOLICITADO: "solicitado", Situacao.HABILITADO: "habilitado",
    Situacao.RECUSADO: "recusado", Situacao.SUSPENSO: "suspenso", Situacao.DESCREDENCIADO: "descredenciado",
}  # fmt: skip
_ATO: Final = {
    Ato.HABILITACAO: "habilitar, por decisão de um pedido",
    Ato.RECUSA: "recusar, por decisão de um pedido",
    Ato.SUSPENSAO: "suspender",
    Ato.REATIVACAO: "reativar",
    Ato.DESCREDENCIAMENTO: "descredenciar",
}


def _illegal(error: IllegalActError) -> ProblemError:
    possible = [_ATO[ato] for ato in error.possible]
    return ProblemError(
        409, "transicao-impossivel", "Não é possível neste estado",
        f"No dia indicado o relacionamento está {_SITUACAO[error.situacao]}. O que é possível: {'; '.join(possible)}.",
        extra={
            "regra": "R02", "situacao": error.situacao.value if error.situacao else None,
            "possiveis": [ato.value for ato in error.possible],
        },
    )  # fmt: skip


def _day(error: EffectiveDayError) -> ProblemError:
    texts = {
        "data-passada": "Deve ser hoje ou um dia futuro: o que já passou não muda.",
        "fim-antes-do-inicio": "Não pode ser antes do início.",
    }
    return problems.invalid_body((FieldError(error.campo, error.codigo, texts[error.codigo]),))


def _open(error: PedidoOpenError) -> ProblemError:
    return ProblemError(
        409, "pedido-em-aberto", "Já existe um pedido em análise",
        f"Há um pedido com outros dados para esta operadora e este prestador, protocolo {error.protocolo}. Acompanhe-o "
        "em GET /relacionamentos e aguarde a decisão.",
        extra={"protocolo_atendimento": error.protocolo},
    )  # fmt: skip


ERRORS: Final[ErrorMap] = {
    PedidoNotFoundError: lambda _error: problems.not_found(),
    RelacionamentoNotFoundError: lambda _error: problems.not_found(),
    StaleRelacionamentoError: lambda _error: problems.busy(),
    ChangedMeanwhileError: lambda _error: problems.outdated(),
    UnknownOperadoraError: lambda _error: problems.invalid_body((
        FieldError("registro_ans", "operadora-desconhecida", "Operadora desconhecida: veja GET /operadoras."),
    )),
    CodeMissingError: lambda _error: problems.invalid_body((
        FieldError("codigo_na_operadora", "codigo-obrigatorio", "O pedido não o traz: informe o código do prestador."),
    )),
    PedidoOpenError: _open,
    TooManyPedidosError: lambda _error: problems.conflict(
        "pedidos-demais", "Pedidos demais em análise",
        f"Há {OPEN_PEDIDOS} pedidos seus aguardando decisão: aguarde antes de fazer outros.",
    ),
    AlreadyRelatedError: lambda error: problems.conflict(
        "relacionamento-existente", "Relacionamento já existente",
        f"O relacionamento deste prestador com a operadora já existe e está {_SITUACAO[error.situacao]}.",
    ),
    AlreadyDecidedError: lambda error: problems.conflict(
        "pedido-ja-decidido", "Pedido já decidido",
        f"Este pedido já foi decidido: {_SITUACAO[error.situacao]}. Uma decisão não se repete nem se desfaz: suspenda "
        "ou descredencie o relacionamento, ou aguarde um novo pedido.",
    ),
    HasGestorError: lambda _error: problems.conflict(
        "prestador-ja-tem-gestor", "O prestador já tem gestor",
        "Outra pessoa já gere este prestador. Diga em vincular_solicitante se quem pediu também passa a ser gestor "
        "(true) ou se só o relacionamento é habilitado (false).",
    ),
    OthersInvolvedError: lambda _error: problems.conflict(
        "prestador-de-outras-operadoras", "Prestador de outras operadoras",
        "Este prestador já tem gestor e relacionamento com outras operadoras, cujos dados a pessoa passaria a ver. "
        "Habilite com vincular_solicitante false: um gestor do prestador pode vinculá-la em Pessoas.",
    ),
    IllegalActError: _illegal,
    EffectiveDayError: _day,
}  # fmt: skip
