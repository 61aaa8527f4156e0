"""Recursos as TISS messages, by the XML door and as files: the same use cases as of JSON."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from conecta_contas.pegs import SituacaoPeg
from conecta_edge import envios as edge
from conecta_edge import session
from conecta_edge.clock import FUSO, iso
from conecta_edge.http import Api
from conecta_facts.operadoras import VersaoAceita
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.envelope import Mensagem, Parte
from conecta_tiss.messages.recurso import RecebimentoRecursoGlosa, RespostaRecursoGlosa
from conecta_tiss.pipeline import validate_message
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.xml.writer import write
from recurso.domain.recursos import Decisao, Papel, Porta, Recurso, SituacaoRecurso
from recurso.handler import envios, tiss
from recurso.service import contestacao, respostas
from recurso.service.respostas import RespostaPedida
from tests import builders_mensagens_recurso as uns
from tests.builders_cadastro import HOJE
from tests.builders_functions import (
    CLINICA,
    CNPJ,
    HOSPITAL,
    NOW,
    OUTRO_CNPJ,
    PASA,
    SINCE,
    VALE,
    a_relacionamento,
    api_event,
    machine,
)
from tests.builders_peg import a_dental, a_sadt, done, filled
from tests.builders_recurso import PEG, PRAZO, PUBLICADA, a_caller, a_conta, a_taken, an_entry
from tests.fakes_recurso_api import DA_CLINICA, FATURISTA, PORTAL_LEGADO, RECEPCAO, SO_LE, ApiMesa

V401, V402, V403 = Versao
EVERY_VERSION = pytest.mark.parametrize("versao", Versao)
NO_SUCH_KEY = ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
CHAVE: Final = f"t/{VALE}/{HOSPITAL}/mensagem_tiss/abc"
DEZ: Final = Decimal("10.00")
HEMOGRAMA: Final = {"codigo_tabela": "22", "codigo_procedimento": "40304361", "valor_recursado": DEZ}
AUSENTE: Final = "261129999999"
ANTIGO: Final = "1234567"
"""A protocolo of the former portal."""


def an_item(**changes: Any) -> Any:
    return uns.item(**{**HEMOGRAMA, **changes})


def a_message(versao: Versao = V401, *guias: Any, cnpj: str = CNPJ, **changes: Any) -> Mensagem[Any]:
    """Two guias of one item each, of the PEG of `a_conta`."""
    held: dict[str, Any] = {
        "numero_protocolo": PEG, "numero_lote": "1", "contratado": Contratado(cnpj=cnpj), "data": PUBLICADA,
        "do_cabecalho": {"origem": Parte(cnpj=cnpj), "data_registro": PUBLICADA},
    }  # fmt: skip
    if not guias and "protocolo" not in changes:
        guias = (uns.guia("G1", an_item()), uns.guia("G2", an_item()))
    return uns.recurso_glosa(versao, *guias, **{**held, **changes})


class Door(ApiMesa):
    """The hospital behind the XML door, with VALE taking every version; ten reais of each guia were taken."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        reader: Any = session.cadastro()
        self.reader = reader
        self.put(replace(self.operadoras[VALE], versoes=tuple(VersaoAceita(one.value, SINCE) for one in VERSOES)))
        self.reader.put_operadora(self.operadoras[VALE])
        monkeypatch.setattr(session, "answering", lambda registro: (registro or PASA, registro in {VALE, PASA}))
        self.billed(a_taken(1), a_taken(2))
        self._api = Api((*tiss.OPERATIONS, *tiss.UNPUBLISHED), tiss.ERRORS, session.origins)

    def post(
        self, transacao: str, raw: bytes, claims: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """One message, as the XML door hands it over."""
        event = api_event(
            "POST", f"/tiss/{transacao}", claims=claims or FATURISTA, body=base64.b64encode(raw).decode(),
            path={"transacao": transacao}, headers=headers or {},
        )  # fmt: skip
        answered = self._api({**event, "isBase64Encoded": True}, None)
        body = answered["body"]
        return answered["statusCode"], base64.b64decode(body) if answered["isBase64Encoded"] else body.encode()

    def sends(self, message: Mensagem[Any] | bytes, status: int = 200, **rest: Any) -> Mensagem[Any]:
        """The receipt of a recurso, which its version's schema accepts."""
        return self._answer("recursoGlosa", RecebimentoRecursoGlosa, message, status, **rest)

    def asks(self, numero: str, versao: Versao = V401, **rest: Any) -> Any:
        """Where a recurso stands."""
        asked = uns.solicita_status_recurso(versao, prestador=Contratado(cnpj=CNPJ), numero_protocolo=numero)
        mine = replace(asked, cabecalho=replace(asked.cabecalho, origem=Parte(cnpj=CNPJ)))
        return self._answer("solicitacaoStatusRecursoGlosa", RespostaRecursoGlosa, mine, 200, **rest).corpo

    def _answer(
        self, transacao: str, classe: type[Any], message: Mensagem[Any] | bytes, status: int, **rest: Any
    ) -> Mensagem[Any]:
        found, body = self.post(transacao, message if isinstance(message, bytes) else write(message), **rest)
        assert found == status, body
        read = validate_message(body, hoje=self.agora.date())
        mensagem = read.mensagem_de(classe)
        assert mensagem is not None, read.achados
        return mensagem

    def received(self, *args: Any, **rest: Any) -> Recurso:
        """The recurso that a message made."""
        return self.find(self.sends(a_message(*args, **rest)).corpo.protocolo.numero_recurso)

    def find(self, protocolo: str) -> Recurso:
        return contestacao.find_recurso(HOSPITAL, protocolo, self.portas)

    def error(self, message: Mensagem[Any] | bytes, **rest: Any) -> tuple[str, str]:
        """Code and text of why a recurso is not received."""
        erro = self.sends(message, 422, **rest).corpo.mensagem_erro
        assert erro is not None
        return erro.codigo, erro.descricao


@pytest.fixture
def door(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(monkeypatch)


# --- received ---


@EVERY_VERSION
def test_a_recurso_is_received_in_the_sender_s_version(door: Door, versao: Versao) -> None:
    answer = door.sends(a_message(versao))
    recibo = answer.corpo.protocolo
    held = door.find(recibo.numero_recurso)
    assert (answer.cabecalho.padrao, answer.cabecalho.tipo_transacao) == (versao.value, "RECEBIMENTO_RECURSO_GLOSA")
    assert (answer.cabecalho.destino.cnpj, recibo.prestador) == (CNPJ, Contratado(cnpj=CNPJ))
    assert (recibo.numero_protocolo, recibo.numero_lote, recibo.quantidade_guias) == (PEG, "1", 2)
    assert recibo.valor_total == Decimal("20.00")
    told = [(guia.numero_guia_prestador, one) for guia in recibo.guias for one in guia.itens]
    assert [(guia, one.sequencial_item, one.valor_recursado) for guia, one in told] == [("G1", 1, DEZ), ("G2", 1, DEZ)]
    assert {one.justificativa for _, one in told} == {uns.MOTIVO}
    assert (held.numero, held.porta, held.versao_tiss) == ("R1", Porta.XML, versao.value)
    assert [(one.objeto, len(one.sujeitos)) for one in door.accesses] == [(f"recurso/{held.protocolo}", 1)]


@pytest.mark.regra("R29", "REC-ENVIO")
def test_a_message_makes_what_json_makes(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    by_xml = door.received()
    other = Door(monkeypatch)
    entries = [an_entry(guia, valor=DEZ, justificativa=uns.MOTIVO) for guia in ("G1", "G2")]
    by_json = other.sent(*entries, numero="R1")
    assert door.arquivo.pauta(by_xml) == other.arquivo.pauta(by_json)
    names = ("porta", "digest", "historico", "quem")
    kept: dict[str, Any] = {name: getattr(by_json, name) for name in names}
    assert replace(by_xml, **kept) == by_json


@pytest.mark.regra("REC-NUMERO")
def test_sent_again_it_is_the_one_received(door: Door) -> None:
    raw = write(a_message())
    assert door.post("recursoGlosa", raw) == door.post("recursoGlosa", raw)
    code, text = door.error(a_message(V401, uns.guia("G1", an_item(valor_recursado=Decimal("9.00")))))
    assert (code, "tem este número, com outro conteúdo" in text) == ("5053", True)
    assert len(door.recursos.told(HOSPITAL, "RecursoEnviado")) == 1


def test_a_retry_is_answered_byte_by_byte_the_same(door: Door) -> None:
    raw = write(a_message())
    first = door.post("recursoGlosa", raw)
    door.later(minutes=5)
    assert door.post("recursoGlosa", raw) == first


def test_a_key_gives_the_first_answer_even_after_it_was_taken_back(door: Door) -> None:
    raw, key = write(a_message()), {"Idempotency-Key": "chave-1"}
    first = door.post("recursoGlosa", raw, headers=key)
    held = door.find(door.sends(raw).corpo.protocolo.numero_recurso)
    contestacao.cancel(held, a_caller(), door.portas)
    assert door.post("recursoGlosa", raw, headers=key) == first
    assert door.sends(raw).corpo.protocolo.numero_recurso != held.protocolo


def test_whole_guias_and_the_whole_protocolo_are_contested_whole(door: Door) -> None:
    longa = uns.MOTIVO + " J" * 200
    guias = uns.guia("G1", glosas=(uns.glosa(justificativa=longa),)), uns.guia("G2", an_item())
    recibo = door.sends(a_message(V401, *guias, valor_total=Decimal("20.00"))).corpo.protocolo
    assert len(recibo.guias[0].glosas[0].justificativa) <= 150
    assert [one.itens == () for one in recibo.guias] == [True, False]
    entries = door.arquivo.pauta(door.find(recibo.numero_recurso)).entradas
    assert [(one.lugar.sequencia, one.justificativa) for one in entries] == [(None, longa), (1, uns.MOTIVO)]

    contestacao.cancel(door.find(recibo.numero_recurso), a_caller(), door.portas)
    recibo = door.sends(a_message(protocolo=uns.glosa(), valor_total=Decimal("20.00"))).corpo.protocolo
    assert (recibo.protocolo.codigo, recibo.guias, recibo.quantidade_guias) == ("1705", (), None)


def test_of_a_dental_guia_with_items_the_items_are_contested(door: Door) -> None:
    guia = a_dental(filled(face="OM"), filled(dente=None, regiao="ASAI", face=None), numero="G1")
    conta = a_conta(a_taken(1), a_taken(1, 2), a_taken(2), guias=(guia, a_dental(numero="G2")))
    door.billed(conta=replace(conta, peg=replace(conta.peg, tipo_guia="guiaOdonto")))
    itens = tuple(
        uns.item_odonto(sequencial_item=n, valor_recursado=DEZ, face="OM" if n == 1 else None) for n in (1, 2)
    )
    guias = uns.guia_odonto("G1", *itens), uns.guia_odonto("G2")
    recibo = door.sends(a_message(V401, *guias, valor_total=Decimal("30.00"))).corpo.protocolo
    held = door.find(recibo.numero_recurso)
    assert held.tipo_guia == "guiaOdonto"
    assert [len(one.itens) for one in recibo.guias] == [2, 0]
    assert [(one.dente, one.regiao, one.face) for one in recibo.guias[0].itens] == [
        ("11", None, "OM"), (None, "ASAI", None),
    ]  # fmt: skip
    answer(door, held, Decisao.ACATADO, Decisao.NAO_ACATADO, Decisao.PARCIAL)
    recibo = door.asks(held.protocolo).recibo_odonto
    (itens_g1, guia_g2) = recibo.respostas
    assert [one.valor_acatado for one in itens_g1.itens.itens] == [DEZ, Decimal(0)]
    assert [one.quantidade for one in itens_g1.itens.itens] == [Decimal(1), Decimal(1)]
    assert (guia_g2.guia.acatado, guia_g2.guia.justificativa_operadora) == (False, None)
    assert recibo.valor_acatado == Decimal("14.00")


# --- not received ---


def test_a_wrong_hash_is_5014_and_nothing_is_received(door: Door) -> None:
    raw = write(a_message()).replace(b"<ans:hash>", b"<ans:hash>0", 1).replace(b"</ans:hash>", b"</ans:hash>")
    assert door.error(raw.replace(b">R1<", b">R2<"))[0] == "5014"
    assert door.recursos.told(HOSPITAL) == []


@pytest.mark.parametrize(
    ("message", "code", "part"),
    [
        (a_message(V401, uns.guia("G9", an_item())), "1307", "Guia G9, item 1: O protocolo 261120000001 não tem esta"),
        (a_message(V403, uns.guia("G9", an_item())), "3242", "não tem esta guia"),
        (a_message(V401, uns.guia("G1", an_item(codigo_glosa="1801"))), "2908", "As que há ali: 1705"),
        (a_message(V401, uns.guia("G1", an_item(sequencial_item=7))), "2908", "não tem este item"),
        (a_message(V401, uns.guia("G1", an_item(valor_recursado=Decimal("10.01")))), "2908", "passa do que"),
        (a_message(V401, numero_lote="9"), "1307", "não é deste lote"),
        (a_message(V401, numero_protocolo=AUSENTE), "3162", f"com o protocolo {AUSENTE}"),
        (a_message(V403, numero_protocolo=AUSENTE), "3291", "Confira o número"),
    ],
)
def test_why_it_is_not_received_is_told(door: Door, message: Mensagem[Any], code: str, part: str) -> None:
    found, text = door.error(message)
    assert (found, part in text) == (code, True), text


def test_all_that_is_wrong_is_told_as_far_as_there_is_room(door: Door) -> None:
    guias = [uns.guia(f"G{n}", an_item()) for n in range(3, 12)]
    code, text = door.error(a_message(V401, *guias))
    assert code == "1307"
    assert "Guia G3, item 1:" in text
    assert "Guia G4, item 1:" in text
    assert text.endswith("achado(s))")
    assert len(text) <= 500


@pytest.mark.regra("REC-PRAZO")
@pytest.mark.parametrize("dias", [PRAZO, PRAZO + 1])
def test_the_last_day_to_contest_is_the_contract_s(door: Door, dias: int) -> None:
    midnight = datetime.combine(PUBLICADA + timedelta(days=dias), time(23, 59, 59), FUSO)
    door.agora = midnight.astimezone(UTC)
    if dias == PRAZO:
        assert door.received().enviado_dia == PUBLICADA + timedelta(days=PRAZO)
    else:
        assert door.error(a_message())[0] == "2909"


def test_the_same_guia_is_contested_once(door: Door) -> None:
    held = door.received()
    code, text = door.error(a_message(V401, uns.guia("G1", an_item()), numero="R2"))
    assert (code, held.protocolo in text) == ("2904", True)


def test_values_that_are_not_published_are_waited_for(door: Door) -> None:
    conta = a_conta(a_taken(1), a_taken(2))
    door.billed(conta=replace(conta, peg=replace(conta.peg, situacao=SituacaoPeg.EM_ANALISE, publicada_em=None)))
    code, text = door.error(a_message())
    assert (code, "ainda não foram publicados" in text) == ("2908", True)


def test_a_foreign_peg_is_told_as_an_absent_one(door: Door) -> None:
    conta, absent = a_conta(a_taken(1)), door.error(a_message(numero_protocolo=AUSENTE))
    door.billed(conta=replace(conta, peg=replace(conta.peg, protocolo=AUSENTE, prestador_id=CLINICA)))
    assert door.error(a_message(numero_protocolo=AUSENTE)) == absent
    door.billed(conta=replace(conta, peg=replace(conta.peg, registro_ans=PASA)))
    assert door.error(a_message())[0] == "3162"


@pytest.mark.regra("R07", "REC-LEGADO")
def test_what_is_of_before_the_migration_is_taken_with_what_is_typed(door: Door) -> None:
    legado = a_message(numero_protocolo=ANTIGO, numero_lote="L-7")
    assert door.error(legado)[0] == "3162"  # of days after the migration
    door.put(replace(door.operadoras[VALE], data_migracao=HOJE))
    recibo = door.sends(legado).corpo.protocolo
    held = door.find(recibo.numero_recurso)
    assert (held.legado, recibo.numero_protocolo, recibo.numero_lote) == (True, ANTIGO, "L-7")
    assert [one.itens[0].valor_recursado for one in recibo.guias] == [DEZ, DEZ]
    door.refuses_legacy()
    code, text = door.error(a_message(numero_protocolo=ANTIGO, numero="R2"))
    assert (code, PORTAL_LEGADO in text) == ("3162", True)


def test_who_sends_is_who_contests_at_an_operadora_it_knows(door: Door) -> None:
    assert door.error(a_message(contratado=Contratado(cnpj=OUTRO_CNPJ)))[0] == "1203"
    assert door.error(a_message(V401, uns.guia_odonto(), contratado=Contratado(cnpj=OUTRO_CNPJ)))[0] == "1203"
    assert door.error(a_message(), claims=DA_CLINICA)[0] == "5005"
    door.reader.put_relacionamento(a_relacionamento(situacao="SOLICITADO"))
    assert door.error(a_message())[0] == "1207"
    elsewhere = a_message(registro_ans="999999")
    elsewhere = replace(elsewhere, cabecalho=replace(elsewhere.cabecalho, destino=Parte(registro_ans="999999")))
    assert door.error(elsewhere)[0] == "5027"


def test_who_may_not_is_not_answered(door: Door) -> None:
    raw = write(a_message())
    for claims in (RECEPCAO, SO_LE, machine(scope="conecta/peg.escrever")):
        assert door.post("recursoGlosa", raw, claims)[0] == 403
    held = door.received()
    assert door.asks(held.protocolo, claims=SO_LE).situacao is not None


def test_what_others_change_all_the_time_is_to_be_tried_again(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contestacao, "ROUNDS", 0)
    assert door.post("recursoGlosa", write(a_message()))[0] == 409


# --- where does it stand? ---


def answer(door: Door, recurso: Recurso, *decisoes: Decisao) -> Recurso:
    """It is answered, entry by entry: of a part four reais."""
    told = [
        RespostaPedida(
            item=n, decisao=one, valor=Decimal("4.00") if one is Decisao.PARCIAL else None,
            justificativa=None if one is Decisao.ACATADO else "Mantida conforme o contrato.",
        )
        for n, one in enumerate(decisoes, 1)
    ]  # fmt: skip
    return door.answered(*told, recurso=recurso)


def test_while_it_waits_its_state_is_told(door: Door) -> None:
    held = door.received()
    first = door.asks(held.protocolo)
    assert first == door.asks(PEG)
    assert (first.situacao.numero_recurso, first.situacao.situacao) == (held.protocolo, "1")
    assert (first.situacao.data_envio, first.situacao.numero_consulta) == (held.enviado_dia, held.protocolo)
    held = respostas.begin(held, a_caller(Papel.AUDITORIA), door.portas)
    assert door.asks(held.protocolo).situacao.situacao == "2"


def test_one_that_was_taken_back_is_told_so_by_its_own_number_alone(door: Door) -> None:
    held = contestacao.cancel(door.received(), a_caller(), door.portas)
    assert door.asks(held.protocolo).situacao.situacao == "9"
    assert door.asks(PEG).mensagem_erro.codigo == "3162"


@EVERY_VERSION
def test_what_was_decided_is_told_item_by_item(door: Door, versao: Versao) -> None:
    held = answer(door, door.received(versao), Decisao.ACATADO, Decisao.PARCIAL)
    recibo = door.asks(held.protocolo, versao).recibo
    assert (recibo.numero, recibo.numero_operadora, recibo.objeto) == ("R1", held.protocolo, "2")
    assert (recibo.numero_protocolo, recibo.numero_lote, recibo.codigo_prestador) == (PEG, "1", CNPJ)
    assert [(one.item.numero_guia_prestador, one.item.valor_acatado) for one in recibo.respostas] == [
        ("G1", DEZ), ("G2", Decimal("4.00")),
    ]  # fmt: skip
    assert [one.item.justificativa_operadora for one in recibo.respostas] == [None, "Mantida conforme o contrato."]
    assert (recibo.valor_recursado, recibo.valor_acatado) == (Decimal("20.00"), Decimal("14.00"))
    assert [one.objeto for one in door.accesses] == [f"recurso/{held.protocolo}"] * 2


def test_what_was_decided_of_whole_guias_says_yes_or_no_and_of_a_part_how_much(door: Door) -> None:
    guias = [uns.guia(f"G{n}", glosas=(uns.glosa(),)) for n in (1, 2)]
    held = answer(door, door.received(V401, *guias, valor_total=Decimal("20.00")), Decisao.ACATADO, Decisao.PARCIAL)
    first, second = (one.guia for one in door.asks(held.protocolo).recibo.respostas)
    assert (first.acatado, first.justificativa_operadora) == (True, None)
    assert (second.acatado, second.justificativa_operadora) == (
        False, "Acatado em parte, R$ 4.00 de R$ 10.00. Mantida conforme o contrato.",
    )  # fmt: skip


def test_what_was_decided_of_the_protocolo_is_told_of_it(door: Door) -> None:
    held = answer(door, door.received(protocolo=uns.glosa(), valor_total=Decimal("20.00")), Decisao.NAO_ACATADO)
    recibo = door.asks(PEG).recibo
    assert (recibo.objeto, recibo.protocolo.acatado, recibo.respostas) == ("1", False, ())
    assert recibo.protocolo.justificativa_operadora == "Mantida conforme o contrato."
    assert held.valor_acatado == 0


def test_absent_and_foreign_recursos_are_told_alike(door: Door) -> None:
    held = door.received()
    for numero, versao, code in ((AUSENTE, V401, "3162"), ("7", V403, "3291")):
        erro = door.asks(numero, versao).mensagem_erro
        assert (erro.codigo, numero in erro.descricao) == (code, True)
    door.recursos.put(replace(held, protocolo="261160009999", registro_ans=PASA, numero="R9"))
    assert door.asks("261160009999").mensagem_erro.codigo == "3162"


def test_an_amount_that_the_version_has_no_room_for_is_told_in_a_later_one(door: Door) -> None:
    milhao = Decimal("1000000.55")
    guia = a_sadt(numero="G1", procedimentos=(done(valor=f"{milhao}"),))
    door.billed(a_taken(1, valor=f"{milhao}"), guias=(guia,))
    held = door.sent(an_entry("G1"), versao=V402)
    assert door.asks(held.protocolo).mensagem_erro.codigo == "5028"
    assert door.asks(held.protocolo, V402).situacao is not None
    contestacao.cancel(held, a_caller(), door.portas)
    # Of a whole guia no amount is told but the total, which every version has room for.
    assert door.received(V401, uns.guia("G1", glosas=(uns.glosa(),)), valor_total=milhao).valor_recursado == milhao


def test_an_answer_beyond_a_message_is_for_a_file(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    held = door.received()
    monkeypatch.setattr(tiss, "MAXIMO", 100)
    erro = door.asks(held.protocolo).mensagem_erro
    assert (erro.codigo, "/v1/documentos/uploads" in erro.descricao) == ("5015", True)


# --- as files ---


class Acervo:
    """S3 and DynamoDB as a file's answer needs them."""

    def __init__(self, *held: bytes) -> None:
        self.held = dict(zip((CHAVE,), held, strict=False))
        self.events: list[dict[str, Any]] = []

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        assert Bucket == "acervo"
        if Key not in self.held:
            raise NO_SUCH_KEY
        return {"Body": io.BytesIO(self.held[Key]), "LastModified": NOW}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str) -> None:  # noqa: N803
        assert (Bucket, ContentType) in {("acervo", "application/xml"), ("acervo", "application/json")}
        self.held[Key] = Body

    def put_item(self, *, TableName: str, Item: dict[str, Any], ConditionExpression: str) -> None:  # noqa: N803
        assert (TableName, ConditionExpression) == ("recurso", "attribute_not_exists(pk)")
        self.events.append(json.loads(Item["evento"]["S"]))

    def answer(self, classe: type[Any]) -> Any:
        """The message beside the upload."""
        mensagem = validate_message(self.held[f"t/{VALE}/{HOSPITAL}/respostas/u1.xml"], hoje=date.max)
        return mensagem.mensagem_de(classe).corpo  # type: ignore[union-attr]


def filed(
    door: Door, monkeypatch: pytest.MonkeyPatch, *held: bytes, transacao: str = "recursoGlosa", em: datetime = NOW
) -> Acervo:
    """A file is handed over."""
    acervo = Acervo(*held)
    monkeypatch.setattr(envios, "client", lambda _service: acervo)
    monkeypatch.setattr(envios, "required", {"BUCKET_ACERVO": "acervo", "TABELA_RECURSO": "recurso"}.__getitem__)
    dados = {"upload_id": "u1", "chave": CHAVE, "tentativa": 1, "transacao": transacao, "recebido_em": iso(em)}
    envios.message_received(
        {"prestador_id": HOSPITAL, "registro_ans": VALE, "correlacao": "req-1", "dados": dados}
    )  # fmt: skip
    return acervo


def test_a_file_is_the_same_recurso_however_often_it_comes(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts from when it was stored, and after it was taken back it is not received anew."""
    stored = datetime.combine(PUBLICADA + timedelta(days=PRAZO), time(23, 59, 59), FUSO).astimezone(UTC)
    door.agora = stored + timedelta(hours=8)
    first = filed(door, monkeypatch, write(a_message()), em=stored)
    held = door.find(first.answer(RecebimentoRecursoGlosa).protocolo.numero_recurso)
    assert (held.porta, held.upload_id, held.enviado_em) == (Porta.XML_S3, "u1", stored)
    (event,) = first.events
    assert (event["tipo"], event["dados"]["recurso"]) == (
        "MensagemRespondida", {"tipo": "recurso", "id": held.protocolo},
    )  # fmt: skip
    contestacao.cancel(held, a_caller(), door.portas)
    again = filed(door, monkeypatch, write(a_message()), em=stored)
    assert again.answer(RecebimentoRecursoGlosa).protocolo.numero_recurso == held.protocolo
    assert door.find(held.protocolo).situacao is SituacaoRecurso.CANCELADO


def test_a_question_as_a_file_is_answered_whatever_the_size(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    held = door.received()
    monkeypatch.setattr(tiss, "MAXIMO", 100)
    asked = uns.solicita_status_recurso(prestador=Contratado(cnpj=CNPJ), numero_protocolo=held.protocolo)
    raw = write(replace(asked, cabecalho=replace(asked.cabecalho, origem=Parte(cnpj=CNPJ))))
    acervo = filed(door, monkeypatch, raw, transacao="solicitacaoStatusRecursoGlosa")
    assert acervo.answer(RespostaRecursoGlosa).situacao.numero_recurso == held.protocolo


def test_a_recurso_that_is_refused_has_a_report_with_places(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    acervo = filed(door, monkeypatch, write(a_message(V401, uns.guia("G9", an_item()))))
    report = json.loads(acervo.held[f"t/{VALE}/{HOSPITAL}/respostas/u1.json"])["achados"]
    (event,) = acervo.events
    assert (event["tipo"], event["dados"]["achados"]) == ("MensagemRecusada", len(report))
    assert (report[0]["regra"], report[0]["guia"], report[0]["item"]) == ("REC-GUIA", "G9", 1)
    assert report[0]["caminho"].endswith("/ans:recursoGuia/ans:numeroGuiaOrigem")


def test_a_file_that_is_not_there_is_tried_again(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(edge.MensagemAusenteError):
        filed(door, monkeypatch)


# --- what peg asks of a cancelaGuia ---


def cancelled(door: Door, *guias: list[str | None]) -> list[str]:
    asked = {"registro_ans": VALE, "prestador_id": HOSPITAL, "quem": "pessoa-1", "guias": guias}
    event = api_event("POST", "/tiss/cancelaGuia/recursos", claims={}, body=json.dumps(asked))
    answered = door._api(event, None)
    assert answered["statusCode"] == 200, answered
    status: list[str] = json.loads(answered["body"])["status"]
    return status


@pytest.mark.regra("REC-CANCELAMENTO")
def test_recursos_are_cancelled_by_their_number_and_protocolo(door: Door) -> None:
    first = door.received(V401, uns.guia("G1", an_item()))
    second = door.received(V401, uns.guia("G2", an_item()), numero="R2")
    assert cancelled(
        door, ["R9", None], ["R1", second.protocolo], ["R1", AUSENTE], ["R1", first.protocolo], ["R2", PEG]
    ) == ["3", "3", "3", "1", "1"]  # fmt: skip
    assert {one.situacao for one in (door.find(first.protocolo), door.find(second.protocolo))} == {
        SituacaoRecurso.CANCELADO
    }
    assert cancelled(door, ["R1", first.protocolo], ["R2", None]) == ["1", "1"]


def test_a_recurso_under_analysis_is_not_cancelled(door: Door) -> None:
    held = door.received()
    respostas.begin(held, a_caller(Papel.AUDITORIA), door.portas)
    assert cancelled(door, ["R1", None]) == ["2"]
