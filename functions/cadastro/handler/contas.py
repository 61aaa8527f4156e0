"""REST entries of the session, of people and of machine credentials."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from cadastro.bootstrap import contas as bootstrap
from cadastro.domain.contas import (
    LIVE_CREDENCIAIS,
    AlreadyBoundError,
    AlreadyRotatedError,
    ChangedMeanwhileError,
    Credencial,
    CredencialEndedError,
    CredencialNotFoundError,
    LastGestorError,
    Papel,
    Pessoa,
    PessoaNotFoundError,
    SecretGoneError,
    StaleContaError,
    TooManyCredenciaisError,
)
from cadastro.schemas.contas import (
    CredenciaisView,
    CredencialCriadaView,
    CredencialRequest,
    PessoaPatch,
    PessoaRequest,
    PessoasPage,
    PessoaView,
    RotacaoRequest,
    SessaoView,
)
from cadastro.service import contas as service
from conecta_edge import problems, session
from conecta_edge.clock import iso, local_day
from conecta_edge.http import (
    CURSOR,
    IDEMPOTENCY,
    IF_MATCH,
    PERSON_SCOPE,
    PRESTADOR,
    ErrorMap,
    Operation,
    Parameter,
    Reply,
    Request,
    Response,
)
from conecta_edge.settings import required

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from conecta_edge.tenancy import Principal

FUNCAO: Final = "cadastro-api"
TAG_SESSAO: Final = "Sessão"
TAG_PESSOAS: Final = "Pessoas"
TAG_CREDENCIAIS: Final = "Credenciais"
PAGE: Final = 100
GESTAO: Final = "gestao-de-acesso"
"""Why a gestor sees e-mails (LGPD art. 6, I)."""
_PESSOA_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_CLIENT_ID: Final = re.compile(r"\w{1,128}", re.ASCII)


def get_sessao(request: Request) -> Response:
    """GET /sessao."""
    if request.claims.get("client_id") == required("CLIENTE_PORTAL_OPERADORA"):
        grupos = session.operadora(request).grupos
        operadoras = [
            {"registro_ans": registro, "grupos": sorted(grupo.value for grupo in held)}
            for registro, held in sorted(grupos.items())
        ]
        return Response(200, {"tipo": "operadora", "prestadores": [], "operadoras": operadoras})
    person = session.person(request)
    hoje = local_day(session.clock().now())
    bindings = session.cadastro().bindings(person.subject)
    rows = bootstrap.relacionamentos()
    ids = [binding.prestador_id for binding in bindings]
    related = rows.relacionamentos(ids)
    prestadores = [
        {
            "prestador_id": binding.prestador_id,
            "nome": profile.nome if profile else None,
            "papel": binding.papel,
            "relacionamentos": [
                {"registro_ans": value.registro_ans, "situacao": situacao.value if situacao else None}
                for value in (row.value for row in related)
                if value.prestador_id == binding.prestador_id
                for situacao in (value.situacao_em(hoje),)
            ],
        }
        for binding, profile in zip(bindings, rows.profiles(ids), strict=True)
    ]
    return Response(200, {"tipo": "prestador", "prestadores": prestadores, "operadoras": []})


def list_pessoas(request: Request) -> Response:
    """GET /pessoas."""
    caller = _gestor(request)
    position, token_of = session.cursor(request, f"{caller.prestador_id}|pessoas")
    page = bootstrap.contas().pessoas(caller.prestador_id, position, PAGE)
    subjects = tuple(row.id for row in page.rows)
    session.record_access(request, caller.actor, finalidade=GESTAO, objeto="pessoas", sujeitos=subjects)
    rows = [_pessoa(row, caller) for row in page.rows]
    position = dict(page.position) if page.position else None
    return Response(200, {"pessoas": rows, "cursor": token_of(position)})


def invite_pessoa(request: Request) -> Response:
    """POST /pessoas."""
    caller = session.principal(request)
    asked = request.model(PessoaRequest)
    caller.require_gestor()

    def effect(keep: Callable[[Any], tuple[Any, ...]]) -> Any:
        bootstrap.count_invitation(caller)
        return service.invite(
            prestador_id=caller.prestador_id,
            email=asked.email,
            papel=Papel(asked.papel),
            quem=caller.subject,
            contas=bootstrap.contas(),
            identidades=bootstrap.identidades(),
            render=lambda pessoa: _pessoa(replace(pessoa, email=None), caller),
            keep=keep,
            now=session.clock().now(),
        )

    answer = session.once(request, caller, effect)
    # The kept answer has no e-mail: the same key has the same body, and so the same e-mail.
    return Response(201, {**answer, "email": asked.email}, headers={"ETag": f'"{answer["versao"]}"'})


def change_pessoa(request: Request) -> Response:
    """PATCH /pessoas/{id}."""
    caller, pessoa_id = _pessoa_asked(request)
    asked = request.model(PessoaPatch)
    caller.require_gestor()
    changed = service.change_pessoa(
        prestador_id=caller.prestador_id,
        pessoa_id=pessoa_id,
        papel=Papel(asked.papel) if asked.papel else None,
        ativo=asked.ativo,
        expected=request.expected_version(),
        quem=caller.subject,
        contas=bootstrap.contas(),
        now=session.clock().now(),
    )
    session.record_access(request, caller.actor, finalidade=GESTAO, objeto="pessoas", sujeitos=(pessoa_id,))
    return Response(200, _pessoa(changed, caller), headers={"ETag": f'"{changed.versao}"'})


def remove_pessoa(request: Request) -> Response:
    """DELETE /pessoas/{id}."""
    caller, pessoa_id = _pessoa_asked(request)
    caller.require_gestor()
    service.remove_pessoa(
        prestador_id=caller.prestador_id,
        pessoa_id=pessoa_id,
        expected=request.expected_version(),
        quem=caller.subject,
        contas=bootstrap.contas(),
        now=session.clock().now(),
    )
    return Response(204)


def _pessoa_asked(request: Request) -> tuple[Principal, str]:
    """The caller and the person asked about, who is looked for before anything else is judged (`decisoes.md` 9)."""
    caller, asked = session.principal(request), request.path["id"]
    if not _PESSOA_ID.fullmatch(asked) or bootstrap.contas().pessoa(caller.prestador_id, asked) is None:
        raise PessoaNotFoundError
    return caller, asked


def _pessoa(pessoa: Pessoa, caller: Principal) -> dict[str, Any]:
    return {
        "id": pessoa.id,
        "email": pessoa.email,
        "papel": pessoa.papel.value,
        "ativo": pessoa.ativo,
        "criada_em": iso(pessoa.criado_em),
        "propria": pessoa.sub == caller.subject,
        "versao": pessoa.versao,
    }


def list_credenciais(request: Request) -> Response:
    """GET /credenciais."""
    caller, now = _gestor(request), session.clock().now()
    rows = service.list_credenciais(caller.prestador_id, bootstrap.contas())
    return Response(200, {"credenciais": [_credencial(row, now) for row in rows], "limite": LIVE_CREDENCIAIS})


def create_credencial(request: Request) -> Response:
    """POST /credenciais."""
    caller = session.principal(request)
    asked = request.model(CredencialRequest)
    caller.require_gestor()
    now = session.clock().now()
    escopos = tuple(sorted({escopo.removeprefix("conecta/") for escopo in asked.escopos}))
    return _issued(
        request,
        caller,
        lambda keep: service.create_credencial(
            service.NewCredencial(caller.prestador_id, asked.nome, escopos, caller.subject),
            contas=bootstrap.contas(),
            identidades=bootstrap.identidades(),
            render=lambda made, before: _made(made, before, now),
            keep=keep,
            now=now,
        ),
    )


def rotate_credencial(request: Request) -> Response:
    """POST /credenciais/{id}/rotacao."""
    caller, client_id = _credencial_asked(request)
    asked = request.model(RotacaoRequest)
    caller.require_gestor()
    now = session.clock().now()
    return _issued(
        # The kept answer is of this credential: the route as asked, not its template, tells it from another's.
        replace(request, route=request.route.replace("{id}", client_id)),
        caller,
        lambda keep: service.rotate_credencial(
            prestador_id=caller.prestador_id,
            client_id=client_id,
            overlap=timedelta(hours=asked.sobreposicao_horas),
            quem=caller.subject,
            contas=bootstrap.contas(),
            identidades=bootstrap.identidades(),
            render=lambda made, before: _made(made, before, now),
            keep=keep,
            now=now,
        ),
    )


def _issued(
    request: Request,
    caller: Principal,
    issue: Callable[[Callable[[Any], tuple[Any, ...]]], tuple[dict[str, Any], str]],
) -> Response:
    """The answer with the secret, which no kept answer holds: when replayed, it is described again."""
    secrets: list[str] = []

    def effect(keep: Callable[[Any], tuple[Any, ...]]) -> Any:
        answer, secret = issue(keep)
        secrets.append(secret)
        return answer

    answer = session.once(request, caller, effect)
    secret = secrets[0] if secrets else service.secret_of(answer["client_id"], bootstrap.identidades())
    return Response(201, {**answer, "client_secret": secret})


def revoke_credencial(request: Request) -> Response:
    """DELETE /credenciais/{id}."""
    caller, client_id = _credencial_asked(request)
    caller.require_gestor()
    service.revoke_credencial(
        prestador_id=caller.prestador_id,
        client_id=client_id,
        contas=bootstrap.contas(),
        identidades=bootstrap.identidades(),
        now=session.clock().now(),
    )
    return Response(204)


def _credencial_asked(request: Request) -> tuple[Principal, str]:
    caller, asked = session.principal(request), request.path["id"]
    if not _CLIENT_ID.fullmatch(asked) or bootstrap.contas().credencial(caller.prestador_id, asked) is None:
        raise CredencialNotFoundError
    return caller, asked


def _made(made: Credencial, before: Credencial | None, now: datetime) -> dict[str, Any]:
    return {**_credencial(made, now), "anterior": _credencial(before, now) if before else None}


def _credencial(row: Credencial, now: datetime) -> dict[str, Any]:
    return {
        "client_id": row.client_id,
        "nome": row.nome,
        "escopos": [f"conecta/{escopo}" for escopo in row.escopos],
        "situacao": row.situacao_em(now).value,
        "criada_em": iso(row.criado_em),
        "expira_em": iso(row.expira_em) if row.expira_em else None,
        "revogada_em": iso(row.revogada_em) if row.revogada_em else None,
        "substitui": row.substitui,
    }


def _gestor(request: Request) -> Principal:
    caller = session.principal(request)
    caller.require_gestor()
    return caller


_PESSOAS: Final = (PERSON_SCOPE,)
_PESSOA: Final[dict[str, Any]] = {
    "id": "6f1f0d7c2b7e4c0d9a5e8b3c4d2f1a60", "email": "faturamento@hospital-aurora.example", "papel": "faturista",
    "ativo": True, "criada_em": "2026-11-21T12:00:00.000000Z", "propria": False, "versao": 1,
}  # fmt: skip
_CREDENCIAL: Final[dict[str, Any]] = {
    "client_id": "3n4b5urk1ft4fl3mg5e62d9ado", "nome": "Sistema de gestão hospitalar",
    "escopos": ["conecta/documentos.escrever", "conecta/peg.ler"], "situacao": "ATIVA",
    "criada_em": "2026-11-21T12:00:00.000000Z", "expira_em": None, "revogada_em": None, "substitui": None,
}  # fmt: skip
_ANTERIOR: Final[dict[str, Any]] = {
    **_CREDENCIAL, "client_id": "1h57kf5cpq17m0eml12EXAMPLE", "situacao": "EM_ROTACAO",
    "expira_em": "2026-11-22T12:00:00.000000Z",
}  # fmt: skip
_SEGREDO: Final = "guarde-este-segredo-ele-nao-sera-mostrado-de-novo"
_PESSOA_PATH: Final = Parameter("id", "path", "Identificador da pessoa.", required=True, example=_PESSOA["id"])
_CLIENT_PATH: Final = Parameter("id", "path", "client_id da credencial.", required=True, example="3n4b5urk1ft4fl3mg5e6")

OPERATIONS: Final = (
    Operation(
        "GET", "/sessao", "obterSessao", FUNCAO, TAG_SESSAO,
        "Saber quem é a pessoa desta sessão",
        "Em nome de quais prestadores a pessoa pode agir, em que papel, e o estado de cada relacionamento; ou, para "
        "quem é de uma operadora, as operadoras e os grupos.",
        get_sessao,
        (Reply(200, "A sessão.", SessaoView, example={
            "tipo": "prestador",
            "prestadores": [{
                "prestador_id": "12345678000195", "nome": "Hospital Aurora", "papel": "gestor",
                "relacionamentos": [{"registro_ans": "345695", "situacao": "HABILITADO"}],
            }],
            "operadoras": [],
        }),),
        escopos=_PESSOAS,
    ),
    Operation(
        "GET", "/pessoas", "listarPessoas", FUNCAO, TAG_PESSOAS,
        "Listar as pessoas do prestador",
        "Quem age em nome do prestador, e em que papel. Só para gestores.",
        list_pessoas,
        (Reply(200, "Uma página.", PessoasPage, example={"pessoas": [_PESSOA], "cursor": None}),),
        escopos=_PESSOAS,
        parameters=(CURSOR, PRESTADOR),
        refusals=(400, 422),
    ),
    Operation(
        "POST", "/pessoas", "convidarPessoa", FUNCAO, TAG_PESSOAS,
        "Vincular uma pessoa ao prestador",
        "Quem já tem conta passa a agir em nome do prestador na próxima requisição; quem não tem recebe um convite por "
        "e-mail. A resposta é a mesma nos dois casos. Só para gestores, até 60 por hora.",
        invite_pessoa,
        (Reply(201, "Pessoa vinculada.", PessoaView, example=_PESSOA),),
        escopos=_PESSOAS,
        parameters=(PRESTADOR, IDEMPOTENCY),
        body=PessoaRequest,
        example={"email": "faturamento@hospital-aurora.example", "papel": "faturista"},
        refusals=(409, 422),
    ),
    Operation(
        "PATCH", "/pessoas/{id}", "alterarPessoa", FUNCAO, TAG_PESSOAS,
        "Mudar o papel de uma pessoa, suspendê-la ou reativá-la",
        "Vale já na próxima requisição da pessoa. O último gestor ativo não pode ser suspenso nem mudar de papel.",
        change_pessoa,
        (Reply(200, "A pessoa como ficou.", PessoaView, example={**_PESSOA, "ativo": False, "versao": 2}),),
        escopos=_PESSOAS,
        parameters=(_PESSOA_PATH, PRESTADOR, IF_MATCH),
        body=PessoaPatch,
        example={"ativo": False},
        refusals=(409, 412, 422),
    ),
    Operation(
        "DELETE", "/pessoas/{id}", "desvincularPessoa", FUNCAO, TAG_PESSOAS,
        "Desvincular uma pessoa do prestador",
        "Vale já na próxima requisição da pessoa, cuja conta continua a existir. O último gestor ativo não pode sair.",
        remove_pessoa,
        (Reply(204, "Pessoa desvinculada."),),
        escopos=_PESSOAS,
        parameters=(_PESSOA_PATH, PRESTADOR, IF_MATCH),
        refusals=(409, 412, 422),
    ),
    Operation(
        "GET", "/credenciais", "listarCredenciais", FUNCAO, TAG_CREDENCIAIS,
        "Listar as credenciais de sistemas",
        "As credenciais do prestador, sem os segredos; revogadas aparecem por 90 dias. Só para gestores.",
        list_credenciais,
        (Reply(200, "As credenciais.", CredenciaisView, example={"credenciais": [_CREDENCIAL], "limite": 10}),),
        escopos=_PESSOAS,
        parameters=(PRESTADOR,),
        refusals=(422,),
    ),
    Operation(
        "POST", "/credenciais", "criarCredencial", FUNCAO, TAG_CREDENCIAIS,
        "Criar a credencial de um sistema",
        "Um cliente OAuth 2.0 (client_credentials) para um sistema do prestador, com os escopos pedidos. O segredo é "
        "mostrado só nesta resposta. Até 10 credenciais válidas por prestador. Só para gestores.",
        create_credencial,
        (Reply(201, "Credencial criada.", CredencialCriadaView, example={
            **_CREDENCIAL, "client_secret": _SEGREDO, "anterior": None,
        }),),
        escopos=_PESSOAS,
        parameters=(PRESTADOR, IDEMPOTENCY),
        body=CredencialRequest,
        example={
            "nome": "Sistema de gestão hospitalar", "escopos": ["conecta/documentos.escrever", "conecta/peg.ler"],
        },
        refusals=(409, 422),
    ),
    Operation(
        "POST", "/credenciais/{id}/rotacao", "rotacionarCredencial", FUNCAO, TAG_CREDENCIAIS,
        "Trocar uma credencial por outra, com sobreposição",
        "Cria uma sucessora com o mesmo nome e os mesmos escopos; a atual vale até o fim da sobreposição (até 168 "
        "horas), para que os sistemas sejam trocados sem parar.",
        rotate_credencial,
        (Reply(201, "Sucessora criada.", CredencialCriadaView, example={
            **_CREDENCIAL, "substitui": _ANTERIOR["client_id"], "client_secret": _SEGREDO, "anterior": _ANTERIOR,
        }),),
        escopos=_PESSOAS,
        parameters=(_CLIENT_PATH, PRESTADOR, IDEMPOTENCY),
        body=RotacaoRequest,
        example={"sobreposicao_horas": 24},
        refusals=(409, 422),
    ),
    Operation(
        "DELETE", "/credenciais/{id}", "revogarCredencial", FUNCAO, TAG_CREDENCIAIS,
        "Revogar uma credencial",
        "Nenhum token dela é aceito a partir de agora. Repetir não tem outro efeito.",
        revoke_credencial,
        (Reply(204, "Credencial revogada."),),
        escopos=_PESSOAS,
        parameters=(_CLIENT_PATH, PRESTADOR),
        refusals=(422,),
    ),
)  # fmt: skip


ERRORS: Final[ErrorMap] = {
    PessoaNotFoundError: lambda _error: problems.not_found(),
    CredencialNotFoundError: lambda _error: problems.not_found(),
    ChangedMeanwhileError: lambda _error: problems.outdated(),
    StaleContaError: lambda _error: problems.busy(),
    AlreadyBoundError: lambda _error: problems.conflict(
        "pessoa-ja-vinculada", "Pessoa já vinculada",
        "Esta pessoa já está vinculada ao prestador: altere o papel ou reative o acesso em PATCH /pessoas/{id}. Se ela "
        "ainda não entrou pela primeira vez, o convite foi enviado de novo.",
    ),
    LastGestorError: lambda _error: problems.conflict(
        "ultimo-gestor", "Último gestor",
        "O prestador não pode ficar sem um gestor ativo: antes, torne gestora outra pessoa.",
    ),
    CredencialEndedError: lambda _error: problems.conflict(
        "credencial-encerrada", "Credencial encerrada",
        "Esta credencial já foi revogada ou expirou: crie outra em POST /credenciais.",
    ),
    AlreadyRotatedError: lambda _error: problems.conflict(
        "credencial-em-rotacao", "Credencial já em rotação",
        "Esta credencial já tem sucessora e encerra-se por si em expira_em: troque a sucessora, ou revogue esta.",
    ),
    TooManyCredenciaisError: lambda _error: problems.conflict(
        "limite-de-credenciais", "Limite de credenciais",
        f"O prestador já tem {LIVE_CREDENCIAIS} credenciais válidas: revogue uma que não use, ou troque uma com "
        "sobreposicao_horas igual a 0.",
    ),
    SecretGoneError: lambda _error: problems.conflict(
        "credencial-encerrada", "Credencial encerrada",
        "A credencial criada com esta Idempotency-Key já foi revogada: crie outra com uma chave nova.",
    ),
}  # fmt: skip
