"""The five messages as the XML door hands them over: the same use cases, answered in the sender's version."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from autorizacao.bootstrap import nucleo
from autorizacao.handler import tiss
from autorizacao.service import atos
from conecta_edge import session
from conecta_edge.http import Api
from conecta_facts.operadoras import Canal, Contato, VersaoAceita
from conecta_senhas.autorizacoes import Autorizacao, Papel, Situacao, SituacaoItem
from conecta_senhas.errors import MudouError
from conecta_senhas.solicitacoes import TipoAnexo
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.envelope import Mensagem, Parte
from conecta_tiss.pipeline import validate_message
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.xml.writer import write
from local.gerador import solicitacoes as gerador
from local.gerador.solicitacoes import Item, PedidoSolicitacao
from local.gerador.tree import Formato
from tests import builders as um
from tests.builders_autorizacao import (
    ANALISADO,
    PERICIA,
    PRONTO_SOCORRO,
    a_request,
    a_stay,
    an_authorization,
    an_item,
    an_opme,
    in_analysis,
)
from tests.builders_cadastro import CARTEIRA, HEMOGRAMA, HOJE, NOME, OUTRA_CARTEIRA, an_operadora
from tests.builders_functions import (
    CLINICA,
    CNPJ,
    ESCOPOS,
    HOSPITAL,
    OUTRO_CNPJ,
    PASA,
    SINCE,
    VALE,
    api_event,
    machine,
    person,
)
from tests.cadastro_rows import Credencial, Vinculo
from tests.fakes_autorizacao import World, of_prestador
from tests.fakes_cadastro import PSEUDONIMOS

V401, V402, V403 = VERSOES
NUMERO = "26110000000001"
ONTEM = HOJE - timedelta(days=1)


class Door(World):
    """The small operadora with VALE taking every version; messages in and out."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        every = tuple(VersaoAceita(versao.value, SINCE) for versao in VERSOES)
        self.cadastro.put_operadora(an_operadora(versoes=every))
        self.cadastro.put_vinculo(Vinculo("pessoa-1", HOSPITAL, "recepcao"))
        self.cadastro.put_vinculo(Vinculo("pessoa-3", HOSPITAL, "faturista"))
        self.cadastro.put_credencial(Credencial("maquina-1", HOSPITAL, ESCOPOS))
        self.accesses: list[tuple[str, tuple[str, ...]]] = []
        for name, value in {
            "cadastro": self.cadastro, "catalogo": self.catalogo, "pseudonyms": PSEUDONIMOS,
            "idempotency_table": self.idempotencia,
        }.items():  # fmt: skip
            monkeypatch.setattr(session, name, lambda value=value: value)
        monkeypatch.setattr(session, "record_access", self._record)
        monkeypatch.setattr(nucleo, "portas", self.portas)
        self._api = Api((*tiss.OPERATIONS, *tiss.UNPUBLISHED), tiss.ERRORS, session.origins)

    def _record(self, _request: Any, actor: Any, *, finalidade: str, sujeitos: tuple[str, ...], **_: Any) -> None:
        assert actor.tenant == f"PRESTADOR#{HOSPITAL}"
        self.accesses.append((finalidade, sujeitos))

    def send(
        self, raw: bytes, transacao: str, *, claims: dict[str, Any] | None = None, key: str | None = None
    ) -> tuple[int, bytes]:
        """POST one message, as the XML door hands it over."""
        event = api_event(
            "POST", f"/tiss/{transacao}", claims=claims or person(), body=base64.b64encode(raw).decode(),
            path={"transacao": transacao}, headers={"Idempotency-Key": key} if key else {},
        )  # fmt: skip
        answered = self._api({**event, "isBase64Encoded": True}, None)
        body = answered["body"]
        return answered["statusCode"], base64.b64decode(body) if answered["isBase64Encoded"] else body.encode()

    def call(self, resource: str, body: str) -> tuple[int, bytes]:
        """POST what another function of ours asks, which nobody outside can."""
        answered = self._api({"httpMethod": "POST", "resource": resource, "headers": {}, "body": body}, None)
        return answered["statusCode"], answered["body"].encode()

    def answer(
        self, raw: bytes, transacao: str, status: int = 200, versao: Versao = V401, key: str | None = None
    ) -> Mensagem[Any]:
        """The message that answers one, which its version's schema must accept."""
        found, body = self.send(raw, transacao, key=key)
        assert found == status, body
        read = validate_message(body, hoje=HOJE, versao=versao)
        assert read.valido, read.achados
        assert read.mensagem is not None
        return read.mensagem

    def erro(self, raw: bytes, transacao: str, status: int = 200, versao: Versao = V401) -> tuple[str, str]:
        """Code and text of what refuses a message."""
        erro = self.answer(raw, transacao, status, versao).corpo.mensagem_erro
        return erro.codigo, erro.descricao

    def asked(self, pedido: PedidoSolicitacao, key: str | None = None) -> Any:
        """What is answered to a request: the one of the four kinds."""
        raw = gerador.gerar_solicitacao(pedido).conteudo
        corpo = self.answer(raw, "solicitacaoProcedimento", versao=Versao(pedido.versao), key=key).corpo
        return corpo.servico or corpo.internacao or corpo.prorrogacao or corpo.odonto

    def plant(self, held: Autorizacao, **rest: Any) -> None:
        """An authorization that is there."""
        self.autorizacoes.plant(held, **rest)


@pytest.fixture
def door(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(monkeypatch)


def a_pedido(*itens: str, tabela: str = "22", **changes: Any) -> PedidoSolicitacao:
    """An SP/SADT of the hospital to VALE, of one hemogram unless other codes are given."""
    made = PedidoSolicitacao(
        hoje=HOJE, origem_cnpj=CNPJ, destino=VALE, numero="G-1", carteira=CARTEIRA,
        itens=tuple(Item(tabela=tabela, codigo=codigo, descricao="Item") for codigo in itens or (HEMOGRAMA,)),
    )  # fmt: skip
    return replace(made, **changes)


def sent(mensagem: Mensagem[Any], **do_cabecalho: Any) -> bytes:
    """A message of the hospital to VALE today."""
    header = {
        "origem": Parte(cnpj=CNPJ), "destino": Parte(registro_ans=VALE), "data_registro": HOJE, **do_cabecalho,
    }  # fmt: skip
    return write(replace(mensagem, cabecalho=replace(mensagem.cabecalho, **header)))


def who(carteira: str = CARTEIRA) -> Any:
    return um.beneficiario(numero_carteira=carteira)


def status_of(guia: str = "G-1", versao: Versao = V401, carteira: str = CARTEIRA) -> bytes:
    own = Contratado(cnpj=CNPJ)
    return sent(
        um.solicita_status(versao, numero_guia_prestador=guia, beneficiario=who(carteira), contratado=own)
    )  # fmt: skip


# --- requests ---


@pytest.mark.parametrize("versao", VERSOES)
def test_a_senha_comes_in_the_same_answer(door: Door, versao: Versao) -> None:
    door.catalogo.put(
        "contatos", VALE, Contato("c1", "SE", Canal.TELEFONE, "4004-0183"), Contato("c2", "SE", Canal.SITE, "x.example")
    )
    found = door.asked(a_pedido(versao=versao.value))
    assert (found.status, found.autorizacao.senha, found.nome_beneficiario) == ("1", NUMERO, NOME)
    assert found.autorizacao.data_validade_senha == HOJE + timedelta(days=90)
    assert [(one.quantidade_autorizada, one.valor_autorizado) for one in found.servicos] == [(1, Decimal("18.50"))]
    assert found.observacao == ("Protocolo de atendimento 261140000001. Central de atendimento: 4004-0183.")
    assert door.held(NUMERO).solicitacao.numero_guia_prestador == "G-1"
    assert door.accesses == [("pedido-de-autorizacao", (PSEUDONIMOS.carteira(VALE, CARTEIRA),))]


def test_the_four_kinds_are_answered_each_in_its_own_element(door: Door) -> None:
    stay = door.asked(a_pedido(tipo=gerador.Solicitacao.INTERNACAO, urgencia=True, numero="I-1"))
    assert (stay.servicos.status, stay.quantidade_diarias) == ("1", 2)
    longer = door.asked(a_pedido(tipo=gerador.Solicitacao.PRORROGACAO, principal="I-1", numero="P-1", diarias=3))
    assert (longer.servicos.status, longer.quantidade_diarias) == ("2", 0)
    assert door.held(longer.servicos.autorizacao.numero_guia_operadora).principal == NUMERO
    dental = door.asked(
        replace(
            a_pedido(tipo=gerador.Solicitacao.ODONTO, numero="O-1"),
            itens=(Item(tabela="22", codigo=PERICIA, descricao="Consulta", regiao="ASAI"),),
        )
    )
    assert (dental.status, dental.procedimentos[0].autorizado) == ("1", True)
    complement = door.asked(a_pedido(principal=NUMERO, numero="C-1"))
    assert (complement.status, door.held(complement.autorizacao.senha).principal) == ("1", NUMERO)


@pytest.mark.parametrize(("versao", "code"), [(V401, "2514"), (V403, "3279")])
def test_what_is_not_contracted_is_denied_with_its_reason(door: Door, versao: Versao, code: str) -> None:
    found = door.asked(a_pedido("31003079", HEMOGRAMA, versao=versao.value))
    assert (found.status, found.autorizacao.senha) == ("7", NUMERO)
    denied, given = found.servicos
    assert ([motivo.codigo for motivo in denied.motivos_negativa], given.quantidade_autorizada) == ([code], 1)
    found = door.asked(a_pedido("31003079", versao=versao.value, numero="G-2"))
    assert (found.status, found.autorizacao.senha, found.motivos_negativa) == ("3", None, (code,))


def test_what_a_person_decides_is_pending_with_its_term(door: Door) -> None:
    found = door.asked(a_pedido(ANALISADO))
    assert (found.status, found.autorizacao.senha, found.servicos[0].quantidade_autorizada) == ("2", None, 0)
    assert "A operadora responde até" in found.observacao


def test_nobody_of_that_carteira_is_a_denial_without_a_name(door: Door) -> None:
    found = door.asked(a_pedido(carteira="1"))
    assert (found.status, found.motivos_negativa, found.nome_beneficiario) == ("3", ("1001",), "NÃO IDENTIFICADO")


@pytest.mark.parametrize(
    "formato",
    [Formato(prefixo="x", indentado=True, nova_linha="\r\n"), Formato(codificacao="UTF-8", prefixo="")],
    ids=["another prefix", "utf-8"],
)
def test_however_it_is_spelt_it_is_the_same_request(door: Door, formato: Formato) -> None:
    first = door.asked(a_pedido())
    assert door.asked(a_pedido(formato=formato)) == first
    assert len(door.autorizacoes.rows) == 1


def test_a_retry_is_free_and_another_content_is_1308(door: Door) -> None:
    assert door.asked(a_pedido()) == door.asked(a_pedido())
    raw = gerador.gerar_solicitacao(a_pedido(PRONTO_SOCORRO, urgencia=True)).conteudo
    code, text = door.erro(raw, "solicitacaoProcedimento")
    assert (code, NUMERO in text) == ("1308", True)


def test_a_key_answers_the_first_answer_whatever_became_of_it(door: Door) -> None:
    first = door.asked(a_pedido(ANALISADO), key="k1")
    atos.cancel(VALE, NUMERO, chamador=of_prestador(), portas=door.portas())
    assert door.asked(a_pedido(ANALISADO), key="k1") == first
    raw = gerador.gerar_solicitacao(a_pedido()).conteudo
    status, body = door.send(raw, "solicitacaoProcedimento", key="k1")
    assert (status, json.loads(body)["codigo"]) == (422, "requisicao-invalida")
    assert len(door.accesses) == 3


def test_the_executante_by_its_code_is_named_when_there_is_a_senha(door: Door) -> None:
    held = door.cadastro.contratacao(CLINICA, VALE).relacionamento
    assert held is not None
    door.cadastro.put_relacionamento(replace(held, codigo_na_operadora="CLIN01"))
    guia = um.solicitacao_sp_sadt(
        contratado_solicitante=Contratado(cnpj=CNPJ), codigo_executante="CLIN01", cnes_executante="2000001",
        beneficiario=who(), data_solicitacao=HOJE,
        procedimentos=(um.procedimento_solicitado(codigo_procedimento=HEMOGRAMA),),
    )  # fmt: skip
    found = door.answer(sent(um.solicitacao(guia)), "solicitacaoProcedimento").corpo.servico
    assert door.held(NUMERO).solicitacao.executante == CLINICA
    assert found.prestador.contratado == Contratado(cnpj=OUTRO_CNPJ)
    again = replace(guia, numero_guia_prestador="S2", beneficiario=who("1"))
    assert door.answer(sent(um.solicitacao(again)), "solicitacaoProcedimento").corpo.servico.prestador is None


@pytest.mark.parametrize(("versao", "code"), [(V401, "1203"), (V403, "3279")])
def test_an_executante_nobody_knows_makes_no_request(door: Door, versao: Versao, code: str) -> None:
    guia = um.solicitacao_sp_sadt(
        contratado_solicitante=Contratado(cnpj=CNPJ), codigo_executante="X9", cnes_executante="2000001"
    )
    assert door.erro(sent(um.solicitacao(guia, versao)), "solicitacaoProcedimento", 422, versao)[0] == code
    assert (door.autorizacoes.rows, door.accesses) == ({}, [])


@pytest.mark.parametrize("etapa", ["1", "2"])
def test_a_solicitante_of_outside_is_taken_from_who_will_do_it(door: Door, etapa: str) -> None:
    guia = um.solicitacao_sp_sadt(
        contratado_solicitante=Contratado(codigo_na_operadora="FORA1"), etapa_autorizacao=etapa, beneficiario=who(),
        procedimentos=(um.procedimento_solicitado(codigo_procedimento=HEMOGRAMA),),
    )  # fmt: skip
    raw = sent(um.solicitacao(guia))
    if etapa == "1":
        assert door.erro(raw, "solicitacaoProcedimento", 422)[0] == "1203"
        return
    assert door.answer(raw, "solicitacaoProcedimento").corpo.servico.status == "1"
    assert door.held(NUMERO).solicitacao.executa == HOSPITAL


@pytest.mark.parametrize(("versao", "code"), [(V401, "1207"), (V403, "3279")])
def test_a_relacionamento_that_is_not_enabled_now_is_told_as_such(door: Door, versao: Versao, code: str) -> None:
    door.enable(HOSPITAL, ("HABILITADO", SINCE), ("SUSPENSO", ONTEM))
    raw = gerador.gerar_solicitacao(a_pedido(versao=versao.value)).conteudo
    found, text = door.erro(raw, "solicitacaoProcedimento", 200, versao)
    assert (found, "não está habilitado" in text) == (code, True)
    assert door.autorizacoes.rows == {}


def test_who_was_never_enabled_sends_in_vain(door: Door) -> None:
    raw = gerador.gerar_solicitacao(a_pedido(destino=PASA)).conteudo
    assert door.erro(raw, "solicitacaoProcedimento", 422)[0] == "1207"


def test_annexes_of_oncology_come_back_with_the_answer(door: Door) -> None:
    found = door.asked(a_pedido(HEMOGRAMA, anexos=(gerador.Anexo.QUIMIO, gerador.Anexo.RADIO)))
    assert (found.status, found.quimio.status, found.radio.status) == ("2", "2", "2")
    held = door.held(NUMERO)
    assert [anexo.tipo for anexo in held.solicitacao.anexos] == [TipoAnexo.QUIMIOTERAPIA, TipoAnexo.RADIOTERAPIA]


# --- where it stands ---


@pytest.mark.parametrize("versao", VERSOES)
def test_a_request_is_told_where_it_stands_in_the_version_of_who_asks(door: Door, versao: Versao) -> None:
    door.asked(a_pedido("31003079", HEMOGRAMA, versao="4.03.00"))
    message = door.answer(status_of(versao=versao), "solicitaStatusAutorizacao", versao=versao)
    assert message.cabecalho.tipo_transacao == "STATUS_AUTORIZACAO"
    found = message.corpo.servico
    assert (found.status, found.autorizacao.senha, found.nome_beneficiario) == ("7", NUMERO, NOME)
    code = "3279" if versao is V403 else "2514"
    assert [motivo.codigo for motivo in found.servicos[0].motivos_negativa] == [code]
    assert [purpose for purpose, _ in door.accesses] == ["pedido-de-autorizacao", "situacao-de-autorizacao"]


@pytest.mark.parametrize("guia", ["GP-1001", NUMERO])
def test_who_will_do_it_is_told_by_any_of_its_numbers(door: Door, guia: str) -> None:
    asked = a_request(solicitante=CLINICA, executante=HOSPITAL)
    door.plant(an_authorization(prestador_id=CLINICA, solicitacao=asked, numero=NUMERO, senha=NUMERO))
    found = door.answer(status_of(guia), "solicitaStatusAutorizacao").corpo.servico
    assert found.autorizacao.senha == NUMERO


def test_a_replaced_carteira_finds_it_too(door: Door) -> None:
    door.asked(a_pedido())
    door.renumber("999")
    found = door.answer(status_of(carteira="999"), "solicitaStatusAutorizacao").corpo.servico
    assert found.autorizacao.senha == NUMERO


@pytest.mark.parametrize(("versao", "code"), [(V401, "1404"), (V403, "3306")])
def test_absent_foreign_and_of_somebody_else_are_the_same(door: Door, versao: Versao, code: str) -> None:
    door.asked(a_pedido())
    door.plant(an_authorization(prestador_id=CLINICA, solicitacao=a_request(solicitante=CLINICA)))
    asked = [
        status_of("G-9", versao), status_of("GP-1001", versao), status_of("G-1", versao, OUTRA_CARTEIRA),
        status_of("G-1", versao, "1"),
    ]  # fmt: skip
    answers = {door.send(raw, "solicitaStatusAutorizacao") for raw in asked}
    assert len(answers) == 1
    assert door.erro(asked[0], "solicitaStatusAutorizacao", 200, versao)[0] == code


# --- annexes ---


def a_stay_waiting(door: Door) -> str:
    """An elective stay that says there will be OPME: it waits for the annex."""
    guia = um.solicitacao_internacao(
        numero_guia_prestador="I-1", beneficiario=who(), contratado_solicitante=Contratado(cnpj=CNPJ),
        codigo_hospital=CNPJ, indicador_opme=True, data_sugerida_internacao=HOJE, data_solicitacao=HOJE,
        procedimentos=(um.procedimento_solicitado(codigo_procedimento=HEMOGRAMA),),
    )  # fmt: skip
    found = door.answer(sent(um.solicitacao(guia)), "solicitacaoProcedimento").corpo.internacao.servicos
    assert found.status == "5"
    assert "Anexo de OPME" in found.observacao
    return str(found.autorizacao.numero_guia_operadora)


def an_annex(guia: str = "I-1", versao: Versao = V401, carteira: str = CARTEIRA, **header: Any) -> bytes:
    cabecalho = um.cabecalho_anexo(numero_guia_referenciada=guia, **header)
    return sent(um.lote_anexos(versao, opme=um.anexo_opme(cabecalho=cabecalho, beneficiario=who(carteira))))


@pytest.mark.parametrize("versao", VERSOES)
def test_an_annex_joins_its_request_once(door: Door, versao: Versao) -> None:
    numero = a_stay_waiting(door)
    found = door.answer(an_annex(versao=versao), "loteAnexos", versao=versao).corpo.protocolo
    assert (found.numero_protocolo, found.opme.status) == ("261140000001", "5")
    assert "Cotações de OPME (3)" in found.observacao
    assert (found.opme.autorizacao.numero_guia_prestador, found.opme.nome_beneficiario) == ("A1", NOME)
    assert len(found.opme.servicos) == 1
    assert door.answer(an_annex(versao=versao), "loteAnexos", versao=versao).corpo.protocolo == found
    assert door.autorizacoes.told(numero).count("AnexoRecebido") == 1
    other = an_annex(numero_guia_anexo="A2", versao=versao)
    assert door.erro(other, "loteAnexos", 200, versao)[0] == "1308"


def test_an_annex_under_a_key_is_answered_as_first(door: Door) -> None:
    numero = a_stay_waiting(door)
    first = door.answer(an_annex(), "loteAnexos", key="k").corpo
    atos.cancel(VALE, numero, chamador=of_prestador(), portas=door.portas())
    assert door.answer(an_annex(), "loteAnexos", key="k").corpo == first


def test_an_annex_makes_no_request_of_more_items_than_one_row_holds(door: Door) -> None:
    items = tuple(in_analysis(number) for number in range(1, 121))
    asked = a_stay(numero_guia_prestador="I-1")
    door.plant(an_authorization(*items, numero="70", solicitacao=asked, situacao=Situacao.EM_ANALISE, senha=None))
    assert door.erro(an_annex(), "loteAnexos")[0] == "5015"
    assert len(door.held("70").itens) == 120


def test_an_annex_of_a_decided_request_comes_too_late(door: Door) -> None:
    door.asked(a_pedido())
    assert door.erro(an_annex("G-1"), "loteAnexos")[0] == "1302"


def test_an_annex_of_oncology_is_receipted_as_it_came(door: Door) -> None:
    door.asked(a_pedido(ANALISADO))
    for tipo, field in ((gerador.Anexo.QUIMIO, "quimio"), (gerador.Anexo.RADIO, "radio")):
        raw = gerador.gerar_anexo(a_pedido(), tipo).conteudo
        found = getattr(door.answer(raw, "loteAnexos").corpo.protocolo, field)
        assert (found.status, found.solicitante.telefone) == ("2", "2140040183")
    assert len(door.held(NUMERO).solicitacao.anexos) == 2


def test_an_unknown_foreign_or_mistaken_parent_is_one_refusal(door: Door) -> None:
    numero = a_stay_waiting(door)
    foreign = a_stay(solicitante=CLINICA, numero_guia_prestador="F-1")
    door.plant(an_authorization(numero="77", prestador_id=CLINICA, solicitacao=foreign, situacao=Situacao.EM_ANALISE))
    asked = [
        an_annex("I-9"),
        an_annex("F-1"),
        an_annex("F-1", numero_guia_operadora="77"),
        an_annex("I-1", carteira=OUTRA_CARTEIRA),
        an_annex("I-9", numero_guia_operadora=numero),
        an_annex("I-1", numero_guia_operadora=numero, senha="5"),
        an_annex("I-1", senha="5"),
    ]
    assert len({door.send(raw, "loteAnexos") for raw in asked}) == 1
    assert door.erro(asked[0], "loteAnexos")[0] == "1303"
    door.answer(an_annex("I-1", numero_guia_operadora=numero, senha=numero), "loteAnexos")


@pytest.mark.parametrize("header", [{}, {"numero_guia_operadora": NUMERO}], ids=["alone", "told again"])
@pytest.mark.regra("R27")
def test_an_annex_may_refer_to_its_request_by_the_number_here(door: Door, header: dict[str, Any]) -> None:
    assert a_stay_waiting(door) == NUMERO
    found = door.answer(an_annex(NUMERO, **header), "loteAnexos").corpo.protocolo
    assert found.opme.autorizacao.numero_guia_operadora == NUMERO


@pytest.mark.parametrize("header", [{}, {"numero_guia_operadora": "77"}], ids=["by the guia", "by the number here"])
def test_who_will_do_it_attaches_by_the_guia_or_by_the_number_here(door: Door, header: dict[str, Any]) -> None:
    asked = a_stay(solicitante=CLINICA, executante=HOSPITAL, numero_guia_prestador="F-1")
    door.plant(
        an_authorization(
            in_analysis(),
            numero="77",
            prestador_id=CLINICA,
            solicitacao=asked,
            situacao=Situacao.EM_ANALISE,
            senha=None,
        )
    )
    found = door.answer(an_annex("F-1", **header), "loteAnexos").corpo.protocolo
    assert found.opme.autorizacao.numero_guia_operadora == "77"


def test_an_initial_state_of_the_mouth_comes_with_its_request(door: Door) -> None:
    raw = gerador.gerar_anexo(a_pedido(), gerador.Anexo.SITUACAO_INICIAL).conteudo
    code, text = door.erro(raw, "loteAnexos")
    assert (code, "odontoInicial" in text) == ("3111", True)
    assert door.accesses == []


# --- cancellation ---


def cancelled(door: Door, *guias: tuple[str, str | None]) -> list[str]:
    """What peg is told became of requests named in a `cancelaGuia`."""
    status, body = cancel(door, *guias)
    assert status == 200, body
    found: list[str] = json.loads(body)["status"]
    return found


def cancel(door: Door, *guias: tuple[str, str | None]) -> tuple[int, bytes]:
    asked = {"registro_ans": VALE, "prestador_id": HOSPITAL, "quem": "pessoa-1", "guias": guias}
    return door.call("/tiss/cancelaGuia/solicitacoes", json.dumps(asked))


def test_each_request_is_cancelled_by_itself_and_a_retry_is_free(door: Door) -> None:
    door.asked(a_pedido())
    door.asked(a_pedido(ANALISADO, numero="G-2"))
    billed = an_authorization(
        an_item(quantidade=2, faturada=Decimal(1)), numero="88", situacao=Situacao.UTILIZADA,
        solicitacao=a_request(numero_guia_prestador="G-3"),
    )  # fmt: skip
    door.plant(billed)
    asked = (("G-1", None), ("G-2", None), ("G-3", None), ("G-9", None))
    assert cancelled(door, *asked) == ["1", "1", "2", "3"]
    assert door.held(NUMERO).situacao is Situacao.CANCELADA
    writes = door.autorizacoes.writes
    assert cancelled(door, *asked) == ["1", "1", "2", "3"]
    assert door.autorizacoes.writes == writes
    assert door.accesses[2:] == []


def test_the_number_here_must_be_right_when_it_is_told(door: Door) -> None:
    door.asked(a_pedido())
    assert cancelled(door, ("G-1", "5")) == ["3"]
    assert cancelled(door, ("G-1", NUMERO)) == ["1"]


def test_a_senha_with_complements_is_not_cancelled_alone(door: Door) -> None:
    door.asked(a_pedido(PRONTO_SOCORRO, urgencia=True))
    door.asked(a_pedido(principal=NUMERO, numero="C-1"))
    assert cancelled(door, ("G-1", None)) == ["2"]


def test_what_others_write_all_the_time_is_told_to_be_sent_again(door: Door) -> None:
    door.asked(a_pedido())

    def bump() -> None:
        row = door.autorizacoes.rows[VALE, NUMERO]
        moved = replace(row.autorizacao, versao=row.autorizacao.versao + 1)
        door.autorizacoes.rows[VALE, NUMERO] = replace(row, autorizacao=moved)

    door.autorizacoes.meanwhile = [bump] * 9
    status, body = cancel(door, ("G-1", None))
    assert (status, json.loads(body)["codigo"]) == (409, "mudou-durante-o-ato")
    assert isinstance(tiss.ERRORS[MudouError](MudouError()).status, int)


# --- a stay ---


def told(door: Door, dia: Any = HOJE, carteira: str = CARTEIRA, versao: Versao = V401, **event: Any) -> Any:
    raw = sent(um.comunicacao(versao, beneficiario=who(carteira), data_evento=dia, **event))
    return door.answer(raw, "comunicacaoInternacao", versao=versao).corpo.recibo


def discharged(door: Door, dia: Any = HOJE, **event: Any) -> Any:
    return told(door, dia, tipo_evento="A", motivo_encerramento="11", **event)


def a_granted_stay(numero: str = "55", **changes: Any) -> Autorizacao:
    asked = a_stay(numero_guia_prestador=numero, **changes.pop("asked", {}))
    return an_authorization(an_item(), numero=numero, solicitacao=asked, **changes)


@pytest.mark.parametrize("versao", VERSOES)
def test_admission_and_discharge_are_taken_down_once(door: Door, versao: Versao) -> None:
    door.plant(a_granted_stay())
    for _ in range(2):
        yes = told(door, ONTEM, versao=versao)
        assert (yes.registrada, yes.codigo_glosa, yes.comunicacao.nome_beneficiario) == (True, None, NOME)
    assert door.held("55").admissao == ONTEM
    for _ in range(2):
        assert discharged(door, versao=versao).registrada
    held = door.held("55")
    assert (held.alta, held.motivo_alta) == (HOJE, "11")
    assert door.autorizacoes.told("55") == ["InternacaoComunicada", "AltaComunicada"]
    assert {purpose for purpose, _ in door.accesses} == {"comunicacao-de-internacao"}


def test_of_several_stays_the_one_planned_nearest_begins_and_the_last_begun_ends(door: Door) -> None:
    for numero, days in (("51", -3), ("52", 1), ("53", 9)):
        door.plant(a_granted_stay(numero, asked={"data_atendimento": HOJE + timedelta(days=days)}))
    door.plant(a_granted_stay("50", validade=ONTEM, asked={"data_atendimento": HOJE}))
    told(door)
    assert door.held("52").admissao == HOJE
    door.plant(replace(door.held("51"), admissao=ONTEM))
    discharged(door)
    assert (door.held("51").alta, door.held("52").alta) == (None, HOJE)


def test_a_renumbered_life_is_the_same(door: Door) -> None:
    door.plant(a_granted_stay())
    door.renumber("999")
    assert told(door, carteira="999").registrada


@pytest.mark.parametrize(("versao", "code"), [(V401, "1404"), (V403, "3306")])
def test_no_stay_of_theirs_is_a_no_without_a_name(door: Door, versao: Versao, code: str) -> None:
    answers = [told(door, versao=versao), told(door, carteira="1", versao=versao)]
    foreign = a_stay(solicitante=CLINICA)
    door.plant(an_authorization(numero="77", prestador_id=CLINICA, solicitacao=foreign))
    door.plant(a_granted_stay("56", situacao=Situacao.EM_ANALISE, senha=None, validade=None))
    door.plant(an_authorization(numero="57"))
    answers += [told(door, versao=versao), discharged(door, versao=versao)]
    assert {(no.registrada, no.codigo_glosa, no.comunicacao.nome_beneficiario) for no in answers} == {
        (False, code, "NÃO IDENTIFICADO")
    }


@pytest.mark.parametrize(("versao", "code"), [(V401, "1323"), (V403, "3227")])
def test_what_cannot_be_taken_down_says_why(door: Door, versao: Versao, code: str) -> None:
    door.plant(a_granted_stay("50", validade=ONTEM))
    no = told(door, versao=versao)
    assert (no.registrada, no.codigo_glosa, no.comunicacao.nome_beneficiario) == (False, "1414", NOME)
    door.plant(a_granted_stay("50", admissao=HOJE))
    no = discharged(door, ONTEM, versao=versao)
    assert (no.registrada, no.codigo_glosa) == (False, code)


def test_a_stay_that_somebody_else_tells_of_meanwhile(door: Door) -> None:
    door.plant(a_granted_stay())
    central = replace(of_prestador(), papel=Papel.CENTRAL, prestador_id=None, registros=frozenset({VALE}))
    door.autorizacoes.meanwhile = [
        lambda: atos.admit(VALE, "55", ONTEM, chamador=central, portas=door.portas()) and None
    ]
    no = told(door)
    assert (no.registrada, no.codigo_glosa) == (False, "1404")
    assert told(door, ONTEM).registrada


def test_a_communication_under_a_key_is_answered_as_first(door: Door) -> None:
    door.plant(a_granted_stay())
    raw = sent(um.comunicacao(beneficiario=who(), data_evento=HOJE))
    first = door.send(raw, "comunicacaoInternacao", key="k")
    assert first == door.send(raw, "comunicacaoInternacao", key="k")


# --- what is wrong with the message, and who may send it ---


def a_message(transacao: str) -> bytes:
    made: dict[str, Callable[[], bytes]] = {
        "solicitacaoProcedimento": lambda: gerador.gerar_solicitacao(a_pedido()).conteudo,
        "solicitaStatusAutorizacao": status_of,
        "loteAnexos": an_annex,
        "comunicacaoInternacao": lambda: sent(um.comunicacao(beneficiario=who(), data_evento=HOJE)),
    }
    return made[transacao]()


@pytest.mark.parametrize("transacao", sorted(tiss.TRANSACOES))
def test_a_wrong_message_is_a_422_in_its_own_answer_and_does_nothing(door: Door, transacao: str) -> None:
    raw = a_message(transacao)
    broken = re.sub(rb"hash>[0-9a-f]{32}<", b"hash>" + b"0" * 32 + b"<", raw)
    assert door.erro(broken, transacao, 422)[0] == "5014"
    assert door.erro(raw[:-30], transacao, 422)[0] == "5002"
    other = next(name for name in sorted(tiss.TRANSACOES) if name != transacao)
    assert door.erro(a_message(other), transacao, 422)[0] == "3148"
    assert (door.autorizacoes.writes, door.accesses) == (0, [])


def test_whose_it_is_and_for_whom(door: Door) -> None:
    foreign = gerador.gerar_solicitacao(a_pedido(origem_cnpj=OUTRO_CNPJ)).conteudo
    assert door.erro(foreign, "solicitacaoProcedimento", 422)[0] == "5005"
    nobody = gerador.gerar_solicitacao(a_pedido(destino="999999")).conteudo
    assert door.erro(nobody, "solicitacaoProcedimento", 422)[0] == "5027"
    door.catalogo.values.clear()
    answered = door.answer(nobody, "solicitacaoProcedimento", 422)
    assert answered.cabecalho.origem == Parte(registro_ans="000000")


@pytest.mark.parametrize(
    ("transacao", "scope"),
    [
        (name, "autorizacao.ler" if name == "solicitaStatusAutorizacao" else "autorizacao.escrever")
        for name in sorted(tiss.TRANSACOES)
    ],
)
def test_each_message_has_its_scope(door: Door, transacao: str, scope: str) -> None:
    raw = a_message(transacao)
    assert door.send(raw, transacao, claims=machine(scope=f"conecta/{scope}"))[0] == 200
    other = "autorizacao.escrever" if scope.endswith("ler") else "autorizacao.ler"
    for claims, status in (
        (machine(scope=f"conecta/{other}"), 403), (person("pessoa-3"), 403), (person(token_use="id"), 401),
    ):  # fmt: skip
        found, body = door.send(raw, transacao, claims=claims)
        assert (found, json.loads(body)["status"]) == (status, status)


def test_no_line_of_the_log_holds_what_was_sent(door: Door, logged: Callable[[], list[Any]]) -> None:
    for transacao in sorted(tiss.TRANSACOES):
        door.send(a_message(transacao), transacao)
        door.send(a_message(transacao)[:-30], transacao)
    written = json.dumps(logged(), ensure_ascii=False)
    assert not [value for value in (CARTEIRA, NOME, CNPJ) if value in written]


def in_utf8(raw: bytes, campo: str, texto: str) -> bytes:
    """The message with a text in every element of that name, in UTF-8, under the hash it then has."""
    document = raw.decode("iso-8859-1").replace("ISO-8859-1", "UTF-8", 1)
    document = re.sub(rf"(<ans:{campo}>)[^<]*<", rf"\g<1>{texto}<", document)
    leaves = re.findall(r">([^<>]*)</ans:(?!hash)", document.partition("<ans:epilogo>")[0])
    digest = hashlib.md5(unescape("".join(leaves)).encode(), usedforsecurity=False).hexdigest()
    return re.sub(r"hash>[0-9a-f]{32}<", f"hash>{digest}<", document).encode()


@pytest.mark.parametrize("texto", ["€", "ﬃ", "\u200b", "ß", "字"])
@pytest.mark.parametrize(
    ("transacao", "campo", "size"),
    [
        ("solicitacaoProcedimento", "indicacaoClinica", 500),
        ("solicitacaoProcedimento", "sequencialTransacao", 12),
        ("solicitacaoProcedimento", "descricaoProcedimento", 150),
        ("solicitacaoProcedimento", "numeroCarteira", 20),
        ("solicitacaoProcedimento", "numeroGuiaPrestador", 20),
        ("loteAnexos", "justificativaTecnica", 1000),
        ("loteAnexos", "numeroLote", 12),
        ("loteAnexos", "numeroGuiaAnexo", 20),
        ("loteAnexos", "nomeProfissional", 70),
        ("comunicacaoInternacao", "numeroCarteira", 20),
        ("solicitaStatusAutorizacao", "numeroGuiaPrestador", 20),
    ],
)
def test_whatever_letters_a_message_has_it_is_answered(
    door: Door, transacao: str, campo: str, size: int, texto: str
) -> None:
    if transacao == "loteAnexos":
        a_stay_waiting(door)
    raw = in_utf8(a_message(transacao), campo, texto * size)
    read = validate_message(raw, hoje=HOJE)
    assert read.mensagem is not None, read.achados
    status, body = door.send(raw, transacao)
    assert status in {200, 422}, body
    assert validate_message(body, hoje=HOJE).valido


def test_what_is_denied_by_a_person_goes_back_with_its_words(door: Door) -> None:
    asked = a_request(numero_guia_prestador="G-7", anexos=())
    item = an_item(1, solicitado=an_opme(), anexo=TipoAnexo.OPME, situacao=SituacaoItem.NEGADO, autorizada=Decimal(0))
    door.plant(
        an_authorization(
            item, numero="70", senha=None,
            solicitacao=asked, situacao=Situacao.NEGADA,
        )
    )  # fmt: skip
    found = door.answer(status_of("G-7"), "solicitaStatusAutorizacao").corpo.servico
    assert (found.status, found.servicos[0].opcao_fabricante, found.motivos_negativa) == ("3", "1", ())
