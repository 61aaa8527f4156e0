"""REST and XML entries of eligibility: one life, tomorrow's schedule, `verificaElegibilidade`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cadastro.bootstrap import elegibilidade as bootstrap
from cadastro.domain.elegibilidade import (
    AutorizacaoNotReleasedError,
    BeneficiarioNotFoundError,
    Elegibilidade,
    Pergunta,
    not_found,
    not_released,
)
from cadastro.schemas.elegibilidade import (
    CarenciaView,
    ElegibilidadeLoteRequest,
    ElegibilidadeLoteView,
    ElegibilidadeRequest,
    ElegibilidadeView,
    ElegivelView,
    ItemLote,
    MotivoView,
    PlanoView,
    ResultadoLote,
    dump,
)
from cadastro.service import elegibilidade as service
from conecta_edge import problems, session
from conecta_edge.clock import local_day
from conecta_edge.http import PRESTADOR, XML, ErrorMap, Operation, Reply, Request, Response, handed_over
from conecta_edge.parallel import gather
from conecta_edge.problems import FieldError, ProblemError
from conecta_tiss.terminologia import glosa_text
from conecta_tiss.versions import Versao

if TYPE_CHECKING:
    from datetime import date

    from conecta_edge.tenancy import Principal
    from conecta_tiss.findings import Achado

FUNCAO: Final = "cadastro-api"
TAG: Final = "Elegibilidade"
LER: Final = "elegibilidade.ler"


def verify(request: Request) -> Response:
    """POST /elegibilidade."""
    caller = session.principal(request)
    asked = request.model(ElegibilidadeRequest)
    registros = _registros(asked.registro_ans, asked.grupo)
    caller.require(LER)
    hoje = local_day(session.clock().now())
    pergunta = _pergunta(asked, hoje)
    found = service.verify_one(
        registros,
        pergunta,
        consultas=bootstrap.consultas(request, caller, bootstrap.singles(), registros, (pergunta,)),
        planos=session.catalogo(),
        hoje=hoje,
    )
    views = [view(item) for item in found]
    return Response(
        200, dump(ElegibilidadeView(data_atendimento=pergunta.dia, elegivel=_any(views), beneficiarios=views))
    )


def verify_lote(request: Request) -> Response:
    """POST /elegibilidade/lotes."""
    caller = session.principal(request)
    asked = request.model(ElegibilidadeLoteRequest)
    registros = _registros(asked.registro_ans, asked.grupo)
    caller.require(LER)
    hoje = local_day(session.clock().now())
    perguntas = [_pergunta(item, asked.data_atendimento or hoje) for item in asked.itens]
    found = service.verify(
        registros,
        perguntas,
        consultas=bootstrap.consultas(request, caller, bootstrap.LOTES, registros, perguntas),
        planos=session.catalogo(),
        hoje=hoje,
    )
    results = [
        _resultado(item, pergunta, [view(one) for one in answer])
        for item, pergunta, answer in zip(asked.itens, perguntas, found, strict=True)
    ]
    return Response(
        200,
        dump(
            ElegibilidadeLoteView(
                total=len(results),
                elegiveis=sum(result.elegivel for result in results),
                nao_encontrados=sum(not result.encontrado for result in results),
                resultados=results,
            )
        ),
    )


def verify_tiss(request: Request) -> Response:
    """POST /tiss/verificaElegibilidade, as the XML door hands it over: the same use case, in the sender's version.

    What is wrong with the message itself is answered 422 with `mensagemErro`; what the operadora answers is a 200.
    """
    from cadastro import messages  # noqa: PLC0415  # lxml: only messages pay for it

    caller = session.principal(request)
    now = session.clock().now()
    hoje = local_day(now)
    lida = messages.read_verifica(request.body, hoje)
    caller.require(LER)
    registro, _ = session.answering(lida.destino)
    pergunta = messages.pergunta(lida, hoje) if registro == lida.destino else None
    contratacao, outcome = gather(
        [
            lambda: session.cadastro().contratacao(caller.prestador_id, registro),
            lambda: _asked(request, caller, registro, pergunta, lida.versao_de_resposta) if pergunta else None,
        ]
    )
    entre = messages.partes(registro, caller.prestador_id, contratacao)
    achados = messages.judge(lida, contratacao, hoje)
    if achados:
        return Response(422, messages.refusal(lida, entre, achados, now), XML)
    if isinstance(outcome, Elegibilidade):
        return Response(200, messages.answer(lida, entre, outcome, now), XML)
    return Response(200, messages.refusal(lida, entre, (outcome,), now), XML)


def _asked(
    request: Request, caller: Principal, registro: str, pergunta: Pergunta, versao: Versao
) -> Elegibilidade | Achado:
    """What is said of the life, or why nothing is; in the same round trip as what tells whether it may be told."""
    try:
        found = service.verify_one(
            (registro,),
            pergunta,
            consultas=bootstrap.consultas(request, caller, bootstrap.singles(), (registro,), (pergunta,)),
            planos=session.catalogo(),
            hoje=pergunta.dia,
            versao=versao,
        )
    except AutorizacaoNotReleasedError:
        return not_released(versao)
    except BeneficiarioNotFoundError:
        return not_found(versao)
    return found[0]


def _registros(registro_ans: str | None, grupo: str | None) -> tuple[str, ...]:
    """The operadoras a question is for: one, those of a group, or all."""
    if registro_ans is not None and grupo is not None:
        raise problems.invalid_body(
            (FieldError("grupo", "operadora-ou-grupo", "Informe registro_ans ou grupo, não os dois."),)
        )
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


def _pergunta(asked: ElegibilidadeRequest | ItemLote, dia: date) -> Pergunta:
    return Pergunta(
        dia=asked.data_atendimento or dia,
        carteira=asked.numero_carteira,
        cpf=asked.cpf,
        atendimento_rn=asked.atendimento_rn,
        nascimento_rn=asked.data_nascimento_rn,
    )


def view(item: Elegibilidade) -> ElegivelView:
    """What a prestador is shown of a life: what it needs to attend it, and no more."""
    vida, plano = item.beneficiario, item.plano.plano if item.plano else None
    return ElegivelView(
        registro_ans=vida.registro_ans,
        numero_carteira=vida.numero_carteira,
        carteira_renumerada=item.renumerada,
        nome=vida.nome,
        nome_social=vida.nome_social,
        validade_carteira=vida.validade_carteira,
        elegivel=item.elegivel,
        motivos=[_motivo(achado) for achado in item.motivos],
        plano=PlanoView(
            codigo=vida.plano,
            nome=plano.nome if plano else None,
            registro_produto=plano.registro_produto if plano else None,
            acomodacao=plano.acomodacao.value if plano and plano.acomodacao else None,
            abrangencia=plano.abrangencia.value if plano else None,
            cobertura={
                "ambulatorial": plano.ambulatorial,
                "hospitalar": plano.hospitalar,
                "obstetricia": plano.obstetricia,
                "odontologia": plano.odontologia,
                "coparticipacao": plano.coparticipacao,
            }
            if plano
            else {},
        ),
        carencias=[
            CarenciaView(grupo=espera.grupo.value, coberto_desde=espera.coberto_desde) for espera in item.esperas
        ],
        cobertura_parcial_ate=vida.cpt_ate,
    )


def _motivo(achado: Achado) -> MotivoView:
    return MotivoView(
        regra=achado.regra,
        codigo=achado.codigo,
        texto=glosa_text(achado.codigo, Versao.V4_01_00),
        mensagem=achado.mensagem,
    )


def _any(views: list[ElegivelView]) -> bool:
    return any(item.elegivel for item in views)


def _resultado(item: ItemLote, pergunta: Pergunta, views: list[ElegivelView]) -> ResultadoLote:
    return ResultadoLote(
        referencia=item.referencia,
        data_atendimento=pergunta.dia,
        encontrado=bool(views),
        elegivel=_any(views),
        beneficiarios=views,
        motivos=[] if views else [_motivo(not_found(None))],
    )


_VIDA: Final[dict[str, Any]] = {
    "registro_ans": "345695", "numero_carteira": "00012345678900011", "carteira_renumerada": False,
    "nome": "Beneficiária de Exemplo", "nome_social": None, "validade_carteira": "2027-12-31", "elegivel": True,
    "motivos": [],
    "plano": {
        "codigo": "AMS-NAC-01", "nome": "AMS Nacional", "registro_produto": "400123456", "acomodacao": "INDIVIDUAL",
        "abrangencia": "NACIONAL",
        "cobertura": {
            "ambulatorial": True, "hospitalar": True, "obstetricia": True, "odontologia": False,
            "coparticipacao": True,
        },
    },
    "carencias": [{"grupo": "PARTO", "coberto_desde": "2027-05-01"}],
    "cobertura_parcial_ate": None,
}  # fmt: skip
_INELEGIVEL: Final[dict[str, Any]] = {
    **_VIDA, "numero_carteira": "00012345678900029", "elegivel": False, "carencias": [],
    "motivos": [{
        "regra": "ELEG-CARTEIRA", "codigo": "1017", "texto": "DATA VALIDADE DA CARTEIRA VENCIDA",
        "mensagem": "A carteira está vencida na data do atendimento. O beneficiário deve pedir a renovação.",
    }],
}  # fmt: skip

OPERATIONS: Final = (
    Operation(
        "POST", "/elegibilidade", "verificarElegibilidade", FUNCAO, TAG,
        "Verificar a elegibilidade de um beneficiário",
        "Por carteira (atual ou anterior) ou por CPF; o CPF devolve todas as carteiras da pessoa nas operadoras em que "
        "o prestador está habilitado. Diz o plano, a validade, as carências em curso e o que a segmentação cobre; "
        "quando não há elegibilidade, cada motivo vem com o código da Tabela 38 e o que fazer. Cada consulta é "
        "registrada em auditoria e conta no limite por minuto, encontre alguém ou não.",
        verify,
        (Reply(200, "As carteiras encontradas.", ElegibilidadeView, example={
            "data_atendimento": "2026-11-23", "elegivel": True, "beneficiarios": [_VIDA, _INELEGIVEL],
        }),),
        escopos=("conecta/elegibilidade.ler",),
        parameters=(PRESTADOR,),
        body=ElegibilidadeRequest,
        example={"registro_ans": "345695", "numero_carteira": "00012345678900011", "data_atendimento": "2026-11-23"},
        refusals=(404, 422),
    ),
    Operation(
        "POST", "/elegibilidade/lotes", "verificarElegibilidadeEmLote", FUNCAO, TAG,
        "Verificar a elegibilidade da agenda",
        "Até 500 beneficiários de uma vez, cada um com a sua data se for o caso; os resultados vêm na ordem dos itens. "
        "Quem não é encontrado vem com `encontrado: false`, seja porque não existe, seja porque não é das operadoras "
        "do prestador.",
        verify_lote,
        (Reply(200, "Um resultado por item.", ElegibilidadeLoteView, example={
            "total": 2, "elegiveis": 1, "nao_encontrados": 1,
            "resultados": [
                {"referencia": "agenda-1", "data_atendimento": "2026-11-23", "encontrado": True, "elegivel": True,
                 "beneficiarios": [_VIDA], "motivos": []},
                {"referencia": "agenda-2", "data_atendimento": "2026-11-23", "encontrado": False, "elegivel": False,
                 "beneficiarios": [], "motivos": [{
                     "regra": "ELEG-NAO-ENCONTRADO", "codigo": "1001", "texto": "NÚMERO DA CARTEIRA INVÁLIDO",
                     "mensagem": "Beneficiário não encontrado. Confira o número e a operadora.",
                 }]},
            ],
        }),),
        escopos=("conecta/elegibilidade.ler",),
        parameters=(PRESTADOR,),
        body=ElegibilidadeLoteRequest,
        example={
            "data_atendimento": "2026-11-23",
            "itens": [
                {"referencia": "agenda-1", "numero_carteira": "00012345678900011"},
                {"referencia": "agenda-2", "cpf": "529.982.247-25"},
            ],
        },
        refusals=(422,),
    ),
)  # fmt: skip

UNPUBLISHED: Final = (
    handed_over(
        "verificaElegibilidade", "verificarElegibilidadeTiss", verify_tiss, funcao=FUNCAO, tag=TAG,
        summary="Verificar a elegibilidade", answer="SITUACAO_ELEGIBILIDADE", capabilities=("elegibilidade.ler",),
    ),
)  # fmt: skip
"""Routes the XML door hands over: not published by themselves."""


def _not_found(_error: BeneficiarioNotFoundError) -> ProblemError:
    achado = not_found(None)
    return ProblemError(
        404, "beneficiario-nao-encontrado", "Beneficiário não encontrado",
        "Nenhum beneficiário com este número nas operadoras deste prestador. Confira o número e a operadora; se "
        "persistir, fale com a Central.",
        extra={"regra": achado.regra, "glosa": achado.codigo},
    )  # fmt: skip


def _not_released(error: AutorizacaoNotReleasedError) -> ProblemError:
    achado = not_released(None)
    return ProblemError(
        403, "relacionamento-nao-habilitado", "Relacionamento não habilitado", achado.mensagem,
        extra={
            "regra": achado.regra, "glosa": achado.codigo, "situacao": error.situacao, "motivo": error.motivo,
        },
    )  # fmt: skip


ERRORS: Final[ErrorMap] = {
    BeneficiarioNotFoundError: _not_found,
    AutorizacaoNotReleasedError: _not_released,
}
