"""REST entries of what the operadora publishes: the very data the engines read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cadastro.schemas.comum import DATA_INVALIDA, DATA_TEXTO, parse_dia
from cadastro.schemas.contrato import (
    ContatosView,
    ContratoView,
    CorpoClinicoView,
    DiferencaView,
    OperadorasView,
    PrecosView,
    RegrasView,
)
from conecta_edge import problems, session
from conecta_edge.clock import local_day
from conecta_edge.http import (
    IF_NONE_MATCH,
    PRESTADOR,
    REGISTRO_ANS,
    ErrorMap,
    Operation,
    Parameter,
    Reply,
    Request,
    Response,
)
from conecta_edge.problems import FieldError
from conecta_facts import codec
from conecta_facts.contratos import Contrato, Preco, precos_em
from conecta_facts.procedimentos import RegraProcedimento, em_vigor
from conecta_facts.vigencia import vigente

if TYPE_CHECKING:
    from conecta_edge.tenancy import Principal
    from conecta_facts.relacionamentos import Relacionamento

Value = TypeVar("Value")
FUNCAO: Final = "cadastro-api"
TAG: Final = "Contrato e regras"
PUBLICO: Final = "Operadoras"
PAGE: Final = 200
LER: Final = ("autorizacao.ler", "peg.ler", "elegibilidade.ler")
_REGISTRO: Final = re.compile(r"[0-9]{6}", re.ASCII)
_CODIGO: Final = re.compile(r"[A-Za-z0-9._-]{1,40}", re.ASCII)
_CENTAVO: Final = Decimal("0.01")


def list_operadoras(_request: Request) -> Response:
    """GET /operadoras."""
    return Response(200, {"operadoras": [_json(asdict(row)) for row in session.catalogo().operadoras()]})


def list_contatos(request: Request) -> Response:
    """GET /operadoras/{registroANS}/contatos."""
    registro = request.path["registroANS"]
    known = _REGISTRO.fullmatch(registro) and session.catalogo().operadora(registro)
    if not known:
        raise problems.not_found()
    contatos = [_json(asdict(row)) for row in session.catalogo().contatos(registro)]
    contatos.sort(key=lambda row: (row["regiao"], row["codigo"]))
    return Response(200, {"registro_ans": registro, "contatos": contatos})


def get_contrato(request: Request) -> Response:
    """GET /contrato."""
    caller, registro, relacionamento = _relacionamento(request)
    prestador_id = caller.prestador_id
    dia = _day(request, "data")
    catalogo = session.catalogo()
    contrato = catalogo.contrato(prestador_id, registro)
    termos = contrato.em(dia)
    situacao = relacionamento.situacao_em(dia)
    answer: dict[str, Any] = {
        "registro_ans": registro,
        "data": dia.isoformat(),
        "codigo_na_operadora": relacionamento.codigo_na_operadora,
        "situacao": situacao.value if situacao else None,
        "autorizacao": relacionamento.autorizacao,
        "faturamento": relacionamento.faturamento,
        "termos": _shown(termos) if termos else None,
        "diarias": [_shown(item) for item in contrato.diarias_em(dia)],
        "pacotes": [_shown(item) for item in contrato.pacotes_em(dia)],
        "procedimentos": [_shown(item) for item in contrato.procedimentos_em(dia)],
        "locais": [_shown(local) for local in catalogo.locais(prestador_id, registro) if vigente(local, dia)],
    }
    return _tagged(request, answer)


def list_corpo_clinico(request: Request) -> Response:
    """GET /contrato/corpo-clinico."""
    caller, registro, _ = _relacionamento(request)
    dia = _day(request, "data")
    held = session.catalogo().corpo_clinico(caller.prestador_id, registro)
    found = [item for item in held if vigente(item, dia)]
    scope = f"{caller.prestador_id}|corpo-clinico|{registro}|{dia}"
    page, cursor = _page(request, scope, found, lambda item: f"{item.conselho}#{item.uf}#{item.numero_conselho}")
    session.record_access(
        request, caller.actor, finalidade="conferencia-de-cadastro", objeto=f"corpo-clinico/{registro}"
    )
    shown = [{name: value for name, value in row.items() if name != "cpf"} for row in page]
    return Response(200, {"registro_ans": registro, "data": dia.isoformat(), "profissionais": shown, "cursor": cursor})


def list_precos(request: Request) -> Response:
    """GET /contrato/precos."""
    caller, registro, _ = _relacionamento(request)
    prestador_id = caller.prestador_id
    dia = _day(request, "data")
    catalogo = session.catalogo()
    termos = catalogo.contrato(prestador_id, registro).em(dia)
    if termos is None:
        raise problems.not_found()
    found = precos_em(catalogo.precos(registro, termos.tabela_precos), dia)
    page, cursor = _page(request, f"{prestador_id}|precos|{registro}|{termos.tabela_precos}|{dia}", found, _code)
    return _tagged(
        request,
        {
            "registro_ans": registro,
            "data": dia.isoformat(),
            "tabela_precos": termos.tabela_precos,
            "precos": page,
            "cursor": cursor,
        },
    )


def list_regras(request: Request) -> Response:
    """GET /regras/procedimentos."""
    caller, registro, _ = _relacionamento(request)
    prestador_id = caller.prestador_id
    plano = _plano(request)
    dia = _day(request, "data")
    found = em_vigor(session.catalogo().regras(registro), plano, dia)
    page, cursor = _page(request, f"{prestador_id}|regras|{registro}|{plano}|{dia}", found, _code)
    answer: dict[str, Any] = {
        "registro_ans": registro,
        "data": dia.isoformat(),
        "plano": plano,
        "total": len(found),
        "regras": page,
        "cursor": cursor,
    }
    return _tagged(request, answer)


def list_mudancas(request: Request) -> Response:
    """GET /regras/procedimentos/mudancas."""
    _, registro, _ = _relacionamento(request)
    plano, de, ate = _plano(request), _day(request, "de"), _day(request, "ate")
    regras = session.catalogo().regras(registro)
    answer = {
        "registro_ans": registro,
        "de": de.isoformat(),
        "ate": ate.isoformat(),
        "plano": plano,
        "mudancas": difference(em_vigor(regras, plano, de), em_vigor(regras, plano, ate)),
    }
    return _tagged(request, answer)


def difference(before: Sequence[RegraProcedimento], after: Sequence[RegraProcedimento]) -> list[dict[str, Any]]:
    """What changed between two days, by code, of what is asked: other dates, words or plans alone are no change."""
    old = {(regra.tabela, regra.codigo): regra for regra in before}
    new = {(regra.tabela, regra.codigo): regra for regra in after}
    found = []
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        if was is not None and now is not None and _asked(was) == _asked(now):
            continue
        kind = "INCLUIDA" if was is None else "RETIRADA" if now is None else "ALTERADA"
        found.append(
            {
                "tabela": key[0],
                "codigo": key[1],
                "tipo": kind,
                "antes": _shown(was) if was else None,
                "depois": _shown(now) if now else None,
            }
        )
    return found


def _asked(regra: RegraProcedimento) -> dict[str, Any]:
    plain = codec.plain(regra)
    around = {"vigente_de", "vigente_ate", "descricao", "plano"}
    return {name: value for name, value in plain.items() if name not in around}


def _relacionamento(request: Request) -> tuple[Principal, str, Relacionamento]:
    """The caller's relacionamento with the operadora asked; without one there is no contract to see."""
    caller = session.principal(request)
    registro = request.query.get("registro_ans", "")
    if not _REGISTRO.fullmatch(registro):
        raise problems.invalid_body(
            (FieldError("registro_ans", "registro-ans-invalido", "Informe o registro ANS, 6 dígitos, na consulta."),)
        )
    relacionamento = session.cadastro().contratacao(caller.prestador_id, registro).relacionamento
    if relacionamento is None:
        raise problems.not_found()
    caller.require(*LER)
    return caller, registro, relacionamento


def _day(request: Request, name: str) -> date:
    text = request.query.get(name)
    if text is None:
        return local_day(session.clock().now())
    try:
        return parse_dia(text)
    except ValueError as error:
        raise problems.invalid_body((FieldError(name, DATA_INVALIDA, DATA_TEXTO),)) from error


def _plano(request: Request) -> str | None:
    plano = request.query.get("plano")
    if plano is not None and not _CODIGO.fullmatch(plano):
        raise problems.invalid_body((FieldError("plano", "plano-invalido", "Informe o código do plano."),))
    return plano


def _shown(value: Any) -> dict[str, Any]:
    """A value without what the answer around it already says."""
    plain = asdict(value)
    around = {"prestador_id", "registro_ans"} | (set() if isinstance(value, Contrato) else {"tabela_precos"})
    return {name: _json(inner) for name, inner in plain.items() if name not in around}


def _page(
    request: Request, scope: str, found: Sequence[Value], key: Callable[[Value], str]
) -> tuple[list[dict[str, Any]], str | None]:
    """One page of values in order of key; the cursor names the last one shown, so that new ones shift nothing."""
    position, token_of = session.cursor(request, scope)
    rest = [item for item in found if position is None or key(item) > position["depois"]]
    page = rest[:PAGE]
    return [_shown(item) for item in page], token_of({"depois": key(page[-1])} if len(rest) > PAGE else None)


def _code(item: Preco | RegraProcedimento) -> str:
    return f"{item.tabela}#{item.codigo}"


def _tagged(request: Request, answer: Mapping[str, Any]) -> Response:
    """The answer with its ETag, or 304 to who has it already."""
    # A cursor is made anew each time: what counts is whether more follows.
    stable = {**answer, "cursor": answer.get("cursor") is not None}
    digest = hashlib.sha256(json.dumps(stable, sort_keys=True).encode()).hexdigest()[:32]
    return request.unless_held(digest, lambda: answer)


def _json(value: Any) -> Any:
    """Values of `conecta_facts` for JSON: dates ISO, amounts as text with two places, absent members as null."""
    if isinstance(value, dict):
        return {name: _json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value.quantize(_CENTAVO))
    return value


def _dia(name: str, description: str) -> Parameter:
    return Parameter(
        name, "query", f"{description} O padrão é hoje.", schema={"type": "string", "format": "date"},
        example="2026-11-23",
    )  # fmt: skip


_DATA: Final = _dia("data", "Data de referência.")
_PLANO: Final = Parameter("plano", "query", "Código do plano; sem ele, o que vale para todos os planos.")
_CURSOR: Final = Parameter("cursor", "query", "O cursor da página anterior.")
_ESCOPOS: Final = tuple(f"conecta/{escopo}" for escopo in LER)
_REGRA: Final[dict[str, Any]] = {
    "tabela": "22", "codigo": "40808041", "descricao": "Ressonância magnética", "plano": None, "exige_senha": True,
    "exige_analise": False, "documentos": ["03"], "limite_quantidade": 2, "limite_dias": 180,
    "alta_complexidade": True, "vigente_de": "2026-01-01", "vigente_ate": None,
}  # fmt: skip
_DIARIA: Final[dict[str, Any]] = {
    "tabela": "18", "codigo": "60000651", "descricao": "Diária de apartamento", "valor": "480.00",
    "acomodacao": "INDIVIDUAL", "itens": [], "vigente_de": "2026-01-01", "vigente_ate": None,
}  # fmt: skip

OPERATIONS: Final = (
    Operation(
        "GET", "/operadoras", "listarOperadoras", FUNCAO, PUBLICO, "Listar as operadoras",
        "As operadoras atendidas, por grupo, com as versões da TISS que cada uma aceita e o portal legado.",
        list_operadoras,
        (Reply(200, "As operadoras.", OperadorasView, example={"operadoras": [{
            "registro_ans": "345695", "nome": "VALE/AMS", "nome_grupo": "VALE/PASA", "grupo": ["345695", "331988"],
            "versoes": [{"versao": "4.01.00", "aceita_de": "2022-10-01", "aceita_ate": None}],
            "data_migracao": "2026-01-01", "portal_legado": "https://legado.example", "recurso_legado": "ACEITA",
            "cnpj": "11222333000181",
        }]}),),
    ),
    Operation(
        "GET", "/operadoras/{registroANS}/contatos", "listarContatos", FUNCAO, PUBLICO,
        "Listar os contatos de uma operadora",
        "Central de atendimento e outros contatos, por região; público, também para quem não consegue entrar.",
        list_contatos,
        (Reply(200, "Os contatos.", ContatosView, example={"registro_ans": "345695", "contatos": [{
            "codigo": "central-capitais", "regiao": "Capitais e regiões metropolitanas", "canal": "TELEFONE",
            "valor": "4004-0183", "descricao": "Central de Relacionamento", "horario": "24 horas",
        }]}),),
        parameters=(Parameter(
            "registroANS", "path", "Registro ANS da operadora.", required=True, example="345695",
        ),),
        refusals=(404,),
    ),
    Operation(
        "GET", "/contrato", "obterContrato", FUNCAO, TAG, "Consultar o contrato",
        "Os termos, as diárias, os pacotes e os procedimentos contratados entre o prestador e a operadora, em vigor na "
        "data: os mesmos dados que os motores usam.",
        get_contrato,
        (Reply(200, "O contrato.", ContratoView, example={
            "registro_ans": "345695", "data": "2026-11-23", "codigo_na_operadora": "100017",
            "situacao": "HABILITADO", "autorizacao": True, "faturamento": True,
            "termos": {
                "numero": "2026/001", "vigente_de": "2026-01-01", "vigente_ate": None, "prazo_faturamento_dias": 90,
                "data_base_ambulatorial": "ITEM", "data_base_internacao": "FIM_FATURAMENTO",
                "prazo_contestacao_dias": 30, "prazo_resposta_dias": 30, "prazo_pagamento_dias": 30,
                "tabela_precos": "CBHPM-2022", "pacote_pronto_socorro": None, "conduta_pronto_socorro": "RECUSA",
                "cotacoes_opme": 3, "exige_cod_validacao": False,
            },
            "diarias": [_DIARIA], "pacotes": [], "locais": [],
            "procedimentos": [{"tabela": "22", "codigo": "403*", "vigente_de": "2026-01-01", "vigente_ate": None}],
        }), Reply(304, "Nada mudou desde a ETag enviada.")),
        escopos=_ESCOPOS, parameters=(REGISTRO_ANS, _DATA, IF_NONE_MATCH, PRESTADOR), refusals=(422,),
    ),
    Operation(
        "GET", "/contrato/corpo-clinico", "listarCorpoClinico", FUNCAO, TAG, "Listar o corpo clínico",
        "Os profissionais do prestador que a operadora conhece, em vigor na data. Registrado em auditoria.",
        list_corpo_clinico,
        (Reply(200, "Uma página do corpo clínico.", CorpoClinicoView, example={
            "registro_ans": "345695", "data": "2026-11-23", "cursor": None,
            "profissionais": [{"conselho": "06", "numero_conselho": "123456", "uf": "ES",
                               "nome": "Profissional de Exemplo", "cbo": "225125", "vigente_de": "2026-01-01",
                               "vigente_ate": None}],
        }),),
        escopos=_ESCOPOS, parameters=(REGISTRO_ANS, _DATA, _CURSOR, PRESTADOR), refusals=(400, 422),
    ),
    Operation(
        "GET", "/contrato/precos", "listarPrecos", FUNCAO, TAG, "Listar os preços do contrato",
        "A tabela de preços do contrato em vigor na data, em páginas.",
        list_precos,
        (Reply(200, "Uma página de preços.", PrecosView, example={
            "registro_ans": "345695", "data": "2026-11-23", "tabela_precos": "CBHPM-2022", "cursor": None,
            "precos": [{"tabela": "22", "codigo": "10101012", "descricao": "Consulta", "valor": "120.00",
                        "vigente_de": "2026-01-01", "vigente_ate": None}],
        }), Reply(304, "Nada mudou desde a ETag enviada.")),
        escopos=_ESCOPOS, parameters=(REGISTRO_ANS, _DATA, _CURSOR, IF_NONE_MATCH, PRESTADOR), refusals=(400, 422),
    ),
    Operation(
        "GET", "/regras/procedimentos", "listarRegrasDeProcedimentos", FUNCAO, TAG,
        "Listar o que cada procedimento exige",
        "Se exige senha ou análise, que documentos e que limites, na data e para o plano. O motor de autorização usa "
        "estes mesmos dados.",
        list_regras,
        (Reply(200, "Uma página de regras.", RegrasView, example={
            "registro_ans": "345695", "data": "2026-11-23", "plano": None, "total": 1, "regras": [_REGRA],
            "cursor": None,
        }), Reply(304, "Nada mudou desde a ETag enviada.")),
        escopos=_ESCOPOS,
        parameters=(REGISTRO_ANS, _PLANO, _DATA, _CURSOR, IF_NONE_MATCH, PRESTADOR),
        refusals=(400, 422),
    ),
    Operation(
        "GET", "/regras/procedimentos/mudancas", "listarMudancasDeRegras", FUNCAO, TAG,
        "Listar o que mudou nas regras entre duas datas",
        "Os procedimentos cuja regra foi incluída, retirada ou alterada entre `de` e `ate`, com o antes e o depois.",
        list_mudancas,
        (Reply(200, "As mudanças.", DiferencaView, example={
            "registro_ans": "345695", "de": "2026-10-01", "ate": "2026-11-23", "plano": None, "mudancas": [{
                "tabela": "22", "codigo": "40808041", "tipo": "ALTERADA",
                "antes": {**_REGRA, "exige_senha": False}, "depois": _REGRA,
            }],
        }), Reply(304, "Nada mudou desde a ETag enviada.")),
        escopos=_ESCOPOS,
        parameters=(
            REGISTRO_ANS, _PLANO, _dia("de", "Primeira data."), _dia("ate", "Segunda data."),
            IF_NONE_MATCH, PRESTADOR,
        ),
        refusals=(422,),
    ),
)  # fmt: skip
ERRORS: Final[ErrorMap] = {}
