"""The same request by two doors has the same outcome: pairs of JSON and XML, each asked of an operadora of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import pytest

from autorizacao.handler import pedidos, tiss
from conecta_edge import session
from conecta_edge.http import Api
from conecta_senhas.autorizacoes import Autorizacao
from conecta_senhas.solicitacoes import Solicitacao
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.solicitacao import AnexoClinico
from conecta_tiss.pipeline import validate_message
from tests import builders as um
from tests.builders_autorizacao import (
    ANALISADO,
    CIRURGIA,
    DESCONHECIDO,
    LAUDADO,
    LIMITADO,
    PERICIA,
    PRONTO_SOCORRO,
    REMEDIO,
    REMOCAO,
    SESSAO,
    a_stay,
    an_authorization,
    an_item,
)
from tests.builders_cadastro import CARTEIRA, HEMOGRAMA, HOJE
from tests.builders_functions import CLINICA, CNPJ, OUTRO_CNPJ, VALE, api_event, person
from tests.unit.autorizacao.test_autorizacao_tiss import NUMERO, Door, sent

AMANHA: Final = HOJE + timedelta(days=1)
PROFISSIONAL: Final = {
    "nome": "Profissional Exemplo", "conselho": "CRM", "numero": "52000001", "uf": "RJ", "cbo": "225125",
}  # fmt: skip
NOME_DO_ITEM: Final = "Item pedido"


@dataclass(frozen=True)
class Par:
    """What is asked by JSON and by a message.

    Attributes:
        guia: the message's request.
        refused: code with which the message itself is refused (422), where JSON makes a request that is denied with it.
    """

    corpo: dict[str, Any]
    guia: Any
    refused: str | None = None


def item(codigo: str = HEMOGRAMA, quantidade: int = 1, tabela: str = "22", **more: Any) -> dict[str, Any]:
    return {"tabela": tabela, "codigo": codigo, "quantidade": quantidade, "descricao": NOME_DO_ITEM, **more}


def _values(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "codigo_tabela": one["tabela"], "codigo_procedimento": one["codigo"],
        "descricao_procedimento": one["descricao"],
    }  # fmt: skip


def _items(itens: tuple[dict[str, Any], ...]) -> tuple[Any, ...]:
    return tuple(um.procedimento_solicitado(**_values(one), quantidade=one["quantidade"]) for one in itens)


def _common(tipo: str, itens: tuple[dict[str, Any], ...], json_: dict[str, Any]) -> dict[str, Any]:
    return {
        "tipo": tipo, "registro_ans": VALE, "numero_carteira": CARTEIRA, "numero_guia_prestador": "G-1",
        "profissional": PROFISSIONAL, "itens": list(itens), "justificativa": "Investigação", **json_,
    }  # fmt: skip


def _guia(**xml: Any) -> dict[str, Any]:
    return {
        "numero_guia_prestador": "G-1", "beneficiario": um.beneficiario(numero_carteira=CARTEIRA),
        "contratado_solicitante": Contratado(cnpj=CNPJ), "indicacao_clinica": "Investigação",
        "data_solicitacao": HOJE, **xml,
    }  # fmt: skip


def sp_sadt(*itens: dict[str, Any], json_: dict[str, Any] | None = None, **xml: Any) -> Par:
    """An SP/SADT by both doors."""
    asked = itens or (item(),)
    return Par(
        _common("SP_SADT", asked, json_ or {}), um.solicitacao_sp_sadt(**_guia(procedimentos=_items(asked), **xml))
    )  # fmt: skip


def stay(*itens: dict[str, Any], json_: dict[str, Any] | None = None, **xml: Any) -> Par:
    """An internação of two days, tomorrow."""
    asked = itens or (item(CIRURGIA),)
    own = {
        "diarias": 2, "tipo_internacao": "2", "regime_internacao": "1", "data_atendimento": AMANHA.isoformat(),
        "cids": ["K35.9"], **(json_ or {}),
    }  # fmt: skip
    rest = {
        "codigo_hospital": "HOSP01", "quantidade_diarias": 2, "data_sugerida_internacao": AMANHA,
        "diagnosticos": ("K359",), **xml,
    }  # fmt: skip
    return Par(
        _common("INTERNACAO", asked, own), um.solicitacao_internacao(**_guia(procedimentos=_items(asked), **rest))
    )


def longer(principal: str, *itens: dict[str, Any]) -> Par:
    """Three more days."""
    guia = _guia(procedimentos=_items(itens), numero_guia_referenciada=principal, numero_carteira=CARTEIRA)
    del guia["beneficiario"]
    return Par(
        _common("PRORROGACAO", itens, {"diarias": 3, "guia_principal": principal}), um.solicitacao_prorrogacao(**guia)
    )


def dental(*itens: dict[str, Any], urgencia: bool = False, refused: str | None = None, **where: Any) -> Par:
    """Dental treatment; `where` is how the message says it, when it must say it otherwise."""
    body = _common("ODONTOLOGIA", itens, {"carater": "2" if urgencia else "1"})
    del body["profissional"], body["justificativa"]
    made = []
    for one in itens:
        place: dict[str, Any] = {"dente": None, "regiao": None}
        place |= {name: one[name] for name in ("dente", "regiao", "face") if name in one}
        value = Decimal(str(one["valor"]))
        made.append(
            um.procedimento_odonto_solicitado(
                **_values(one), quantidade=one["quantidade"], valor=value, **{**place, **where}
            )
        )
    guia = um.solicitacao_odonto(
        numero_guia_prestador="G-1", numero_carteira=CARTEIRA, codigo_executante="HOSP01", procedimentos=tuple(made),
        tipo_atendimento="4" if urgencia else "1",
    )  # fmt: skip
    return Par(body, guia, refused)


OPME_JSON: Final = {
    "tipo": "OPME", "numero": "A1", "justificativa": "Justificativa de exemplo",
    "itens": [item("70000001", tabela="19", valor="100.00", opme={"opcao": "1", "registro_anvisa": "80000000001"})],
}  # fmt: skip
MATERIAL: Final = um.opme_solicitada(
    codigo_procedimento="70000001", descricao_procedimento=NOME_DO_ITEM, valor_solicitado=Decimal("100.00"),
    registro_anvisa="80000000001",
)  # fmt: skip
OPME_XML: Final = um.anexo_opme(
    cabecalho=um.cabecalho_anexo(numero_guia_referenciada="G-1"),
    beneficiario=um.beneficiario(numero_carteira=CARTEIRA),
    itens=(MATERIAL,),
)
QUIMIO_JSON: Final = {
    "tipo": "QUIMIOTERAPIA", "numero": "A1", "justificativa": "Plano",
    "itens": [item(REMEDIO, "1.50", tabela="20", data_provavel="2026-12-01")],  # type: ignore[arg-type]  # as JSON may
}  # fmt: skip
QUIMIO_XML: Final = um.anexo_quimio(
    cabecalho=um.cabecalho_anexo(numero_guia_referenciada="G-1"),
    beneficiario=um.beneficiario(numero_carteira=CARTEIRA),
    drogas=(
        um.droga(
            codigo_procedimento=REMEDIO,
            descricao_procedimento=NOME_DO_ITEM,
            data_provavel=HOJE.replace(month=12, day=1),
        ),
    ),
)
RADIO_JSON: Final = {"tipo": "RADIOTERAPIA", "numero": "A1", "data_provavel": "2026-12-01", "justificativa": "Plano"}
RADIO_XML: Final = um.anexo_radio(
    cabecalho=um.cabecalho_anexo(numero_guia_referenciada="G-1"),
    beneficiario=um.beneficiario(numero_carteira=CARTEIRA),
    data_prevista_inicio=HOJE.replace(month=12, day=1),
)

PARES: Final[dict[str, Par]] = {
    "an exam": sp_sadt(),
    "two exams, one not contracted": sp_sadt(item(), item("31003079")),
    "nothing contracted": sp_sadt(item("31003079")),
    "not in TUSS": sp_sadt(item(DESCONHECIDO)),
    "decided by a person": sp_sadt(item(ANALISADO)),
    "a document is missing": sp_sadt(item(LAUDADO)),
    "above the limit": sp_sadt(item(LIMITADO, 11)),
    "urgência": sp_sadt(item(PRONTO_SOCORRO), json_={"carater": "2"}, carater_atendimento="2"),
    "pronto-socorro that is not urgent (R14)": sp_sadt(item(PRONTO_SOCORRO)),
    "application without medicine (R20)": sp_sadt(item(SESSAO)),
    "medicine without application (R20)": sp_sadt(item(REMEDIO, tabela="20")),
    "application and medicine (R20)": sp_sadt(item(SESSAO), item(REMEDIO, tabela="20")),
    "token": sp_sadt(json_={"cod_validacao": "A1"}, cod_validacao="A1"),
    "no token": sp_sadt(json_={"ausencia_cod_validacao": "07"}, ausencia_cod_validacao="07"),
    "newborn": sp_sadt(
        json_={"atendimento_rn": True}, beneficiario=um.beneficiario(numero_carteira=CARTEIRA, atendimento_rn=True)
    ),
    "unknown carteira": sp_sadt(json_={"numero_carteira": "1"}, beneficiario=um.beneficiario(numero_carteira="1")),
    "unknown parent (R15)": sp_sadt(json_={"guia_principal": "9"}, numero_guia_principal="9"),
    "on a stay (R22)": sp_sadt(json_={"guia_principal": "55"}, numero_guia_principal="55"),
    "another executante": sp_sadt(
        json_={"executante": CLINICA}, codigo_executante="CLIN01", cnes_executante="2000001"
    ),
    "executante outside the network": sp_sadt(
        json_={"executante": OUTRO_CNPJ}, codigo_executante=OUTRO_CNPJ, cnes_executante="2000001"
    ),
    "asked by who will do it": sp_sadt(
        json_={"etapa": "2", "solicitante": CLINICA, "executante": "hospital-aurora"}, etapa_autorizacao="2",
        contratado_solicitante=Contratado(codigo_na_operadora="CLIN01"),
    ),
    "removal with its way (R28)": sp_sadt(
        item(REMOCAO, tabela="18"), json_={"etapa": "2", "remocao": {"origem": "UPA", "destino": "Hospital"}},
        etapa_autorizacao="2", observacao="Origem: UPA; Destino: Hospital",
    ),
    "removal without its way (R28)": sp_sadt(item(REMOCAO, tabela="18"), json_={"etapa": "2"}, etapa_autorizacao="2"),
    "chemotherapy": sp_sadt(
        item(SESSAO), json_={"anexos": [QUIMIO_JSON], "indicador_quimio": True}, anexo=AnexoClinico(quimio=QUIMIO_XML)
    ),
    "radiotherapy": sp_sadt(json_={"anexos": [RADIO_JSON]}, anexo=AnexoClinico(radio=RADIO_XML)),
    "elective stay": stay(),
    "urgent stay": stay(json_={"carater": "2"}, carater_atendimento="2"),
    "stay with OPME": stay(
        json_={"anexos": [OPME_JSON], "indicador_opme": True}, indicador_opme=True, anexo=AnexoClinico(opme=OPME_XML)
    ),
    "stay whose OPME will come": stay(json_={"indicador_opme": True}, indicador_opme=True),
    "stay in the past": stay(
        json_={"data_atendimento": "2026-11-20"}, data_sugerida_internacao=HOJE - timedelta(days=1)
    ),
    "more days": longer("55"),
    "more days of nothing": longer("9", item(CIRURGIA)),
    "dental, region": dental(item(PERICIA, regiao="ASAI", valor="40.00")),
    "dental, tooth and faces": dental(item(PERICIA, dente="11", face="OM", valor="40.00")),
    "dental, urgent": dental(item(PERICIA, dente="11", valor="40.00"), urgencia=True),
    "dental, region as JSON may call it (R26)": dental(item(PERICIA, regiao="AIAS", valor="40.00"), regiao="ASAI"),
    "dental, without a place (R26)": dental(item(PERICIA, valor="40.00"), refused="3022"),
    "dental, a face of no tooth (R26)": dental(item(PERICIA, regiao="ASAI", face="O", valor="40.00"), refused="3023"),
}  # fmt: skip


@pytest.fixture
def doors(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[[], Door]:
    """Operadoras of the same facts, where the clinic has a code and a stay is there."""

    def made() -> Door:
        door = Door(monkeypatch)
        held = door.cadastro.contratacao(CLINICA, VALE).relacionamento
        assert held is not None
        door.cadastro.put_relacionamento(replace(held, codigo_na_operadora="CLIN01"))
        door.plant(an_authorization(an_item(), numero="55", solicitacao=a_stay(numero_guia_prestador="I-1")))
        return door

    return made


def by_json(door: Door, corpo: dict[str, Any]) -> dict[str, Any]:
    api = Api((*pedidos.OPERATIONS, *tiss.UNPUBLISHED), pedidos.ERRORS, session.origins)
    answered = api(api_event("POST", "/autorizacoes", claims=person(), body=json.dumps(corpo)), None)
    assert answered["statusCode"] == 201, answered["body"]
    made: dict[str, Any] = json.loads(answered["body"])
    return made


def by_xml(door: Door, guia: Any, status: int) -> Any:
    found, body = door.send(sent(um.solicitacao(guia)), "solicitacaoProcedimento")
    assert found == status, body
    read = validate_message(body, hoje=HOJE)
    assert read.mensagem is not None, read.achados
    return read.mensagem.corpo


def outcome(held: Autorizacao) -> tuple[Any, ...]:
    """What became of a request."""
    return (
        held.situacao, held.senha, held.validade, held.diarias_autorizadas, held.responder_ate, held.pendente_ate,
        held.pendencias, held.motivos, held.principal, held.prestador_id,
        [(one.sequencia, one.situacao, one.autorizada, one.motivos, one.valor_autorizado) for one in held.itens],
    )  # fmt: skip


def content(asked: Solicitacao) -> Solicitacao:
    """What was asked, but for the words that one door has a field for and the other has not."""
    return replace(
        asked, observacao=None, profissional=None, anexos=tuple(replace(a, justificativa="") for a in asked.anexos)
    )


@pytest.mark.parametrize("name", PARES)
def test_the_same_request_by_two_doors_has_the_same_outcome(doors: Callable[[], Door], name: str) -> None:
    par = PARES[name]
    first = doors()
    shown = by_json(first, par.corpo)
    one = first.held(NUMERO)
    second = doors()
    corpo = by_xml(second, par.guia, 422 if par.refused else 200)
    if par.refused is not None:
        assert corpo.mensagem_erro.codigo == par.refused
        assert (one.situacao, [m.codigo for m in one.itens[0].motivos]) == ("NEGADA", [par.refused])
        return
    two = second.held(NUMERO)
    assert outcome(one) == outcome(two)
    assert content(one.solicitacao) == content(two.solicitacao)
    told = corpo.servico or corpo.odonto or (corpo.internacao or corpo.prorrogacao).servicos
    assert (told.status, told.autorizacao.senha) == (shown["autorizacao"]["status_tiss"], one.senha)
    assert told.motivos_negativa == tuple(dict.fromkeys(m.codigo for m in one.motivos)) or not one.motivos
