"""Questions for demonstrativos as TISS messages, by the XML door and as files: the same use cases as of JSON."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conecta_contas.pegs import SituacaoPeg
from conecta_edge import envios as edge
from conecta_edge import session
from conecta_edge.http import Api
from conecta_facts.operadoras import VersaoAceita
from conecta_facts.prestadores import Prestador
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.demonstrativos import DemonstrativosRetorno, SolicitacaoDemonstrativo
from conecta_tiss.messages.envelope import Mensagem, Parte
from conecta_tiss.pipeline import validate_message
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.xml.writer import write
from local.gerador import Tipo
from pagamento.handler import envios, tiss
from tests import builders_demonstrativos as uns
from tests.builders_cadastro import an_operadora
from tests.builders_functions import (
    CLINICA,
    CNPJ,
    HOSPITAL,
    NOW,
    OUTRO_CNPJ,
    SINCE,
    VALE,
    a_relacionamento,
    api_event,
    machine,
    person,
)
from tests.builders_pagamento import HOJE, OUTRO_PEG, UM_PEG, a_discount, a_payment
from tests.fakes_pagamento_api import DA_CLINICA, MIGRACAO, PORTAL_LEGADO, RECEPCAO, SO_LE, ApiMesa

V401, V402, V403 = Versao
EVERY_VERSION = pytest.mark.parametrize("versao", Versao)
analise = partial(uns.pedido_de_analise, cnpj=CNPJ)
pagamento = partial(uns.pedido_de_pagamento, cnpj=CNPJ)
NO_SUCH_KEY = ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
CHAVE = f"t/{VALE}/{HOSPITAL}/mensagem_tiss/abc"


class Door(ApiMesa):
    """The hospital behind the XML door, with VALE taking every version."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        every = tuple(VersaoAceita(versao.value, SINCE) for versao in VERSOES)
        operadora = an_operadora(
            versoes=every, cnpj=OUTRO_CNPJ, data_migracao=MIGRACAO, portal_legado=PORTAL_LEGADO
        )  # fmt: skip
        self.cadastro.put(operadora)
        reader: Any = session.cadastro()
        self.reader = reader
        reader.put_operadora(operadora)
        for prestador_id, cnpj in ((HOSPITAL, CNPJ), (CLINICA, OUTRO_CNPJ)):
            reader.put_prestador(Prestador(prestador_id, prestador_id, "1234567", cnpj=cnpj))
            reader.put_relacionamento(a_relacionamento(prestador_id))
        self._api = Api((*tiss.OPERATIONS, *tiss.UNPUBLISHED), tiss.ERRORS, session.origins)

    def send(self, raw: bytes, claims: dict[str, Any] | None = None) -> tuple[int, bytes]:
        """POST one message, as the XML door hands it over."""
        event = api_event(
            "POST", "/tiss/solicitacaoDemonstrativoRetorno", claims=claims or person(),
            body=base64.b64encode(raw).decode(), path={"transacao": "solicitacaoDemonstrativoRetorno"},
        )  # fmt: skip
        answered = self._api({**event, "isBase64Encoded": True}, None)
        body = answered["body"]
        return answered["statusCode"], base64.b64decode(body) if answered["isBase64Encoded"] else body.encode()

    def asks(
        self, message: Mensagem[SolicitacaoDemonstrativo] | bytes, status: int = 200, **rest: Any
    ) -> Mensagem[DemonstrativosRetorno]:
        """The message that answers one, which its version's schema accepts."""
        raw = message if isinstance(message, bytes) else write(message)
        found, body = self.send(raw, **rest)
        assert found == status, body
        read = validate_message(body, hoje=NOW.date())
        mensagem = read.mensagem_de(DemonstrativosRetorno)
        assert mensagem is not None, read.achados
        return mensagem

    def error(self, message: Mensagem[SolicitacaoDemonstrativo] | bytes, status: int = 200, **rest: Any) -> Any:
        """Code and text of the error that answers a message."""
        erro = self.asks(message, status, **rest).corpo.mensagem_erro
        assert erro is not None
        return erro.codigo, erro.descricao


@pytest.fixture
def door(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(monkeypatch)


# --- what was analysed ---


@EVERY_VERSION
def test_what_was_analysed_is_told_in_the_sender_s_version(door: Door, versao: Versao) -> None:
    first, second = door.billed(), door.billed(OUTRO_PEG)
    answer = door.asks(analise(versao, OUTRO_PEG, UM_PEG, OUTRO_PEG))
    assert (answer.cabecalho.padrao, answer.cabecalho.tipo_transacao) == (versao.value, "DEMONSTRATIVO_ANALISE_CONTA")
    assert answer.cabecalho.destino.cnpj == CNPJ
    assert [one.cabecalho.numero for one in answer.corpo.analises] == [OUTRO_PEG, UM_PEG]
    assert [one.liberado for one in answer.corpo.analises] == [second.valor_liberado, first.valor_liberado]
    assert answer.corpo.analises[0].prestador == Contratado(cnpj=CNPJ)
    assert [(one.objeto, len(one.sujeitos)) for one in door.accesses] == [(f"peg/{OUTRO_PEG}", 3), (f"peg/{UM_PEG}", 3)]


def test_a_retry_is_answered_alike(door: Door) -> None:
    door.billed()
    raw = write(analise(V401, UM_PEG))
    assert door.send(raw) == door.send(raw)


@pytest.mark.parametrize(
    ("situacao", "status"),
    [(SituacaoPeg.RECEBIDO, "1"), (SituacaoPeg.EM_ANALISE, "2"), (SituacaoPeg.ANALISADO, "5")],
)
def test_what_is_not_published_is_told_not_to_be_ready(door: Door, situacao: SituacaoPeg, status: str) -> None:
    door.billed()
    door.billed(OUTRO_PEG, situacao=situacao, publicada_em=None)
    answer = door.asks(analise(V402, UM_PEG, OUTRO_PEG))
    told = answer.corpo.situacao
    assert told is not None
    assert (told.numero_protocolo, told.situacao, told.tipo_demonstrativo) == (OUTRO_PEG, status, "2")
    assert (told.data_situacao, answer.cabecalho.tipo_transacao) == (HOJE, "DEMONSTRATIVO_ANALISE_CONTA")
    assert door.accesses == []


def test_absent_and_foreign_protocolos_are_told_alike(door: Door) -> None:
    door.billed()
    door.billed(OUTRO_PEG, prestador_id=CLINICA)
    for versao, code in ((V401, "3162"), (V403, "3291")):
        foreign = door.error(analise(versao, UM_PEG, OUTRO_PEG))
        absent = door.error(analise(versao, UM_PEG, "261020000003"))
        assert foreign[0] == absent[0] == code
        assert foreign[1].replace(OUTRO_PEG, "N") == absent[1].replace("261020000003", "N")
        assert UM_PEG not in foreign[1]


def test_protocolos_of_before_the_migration_are_told_where_they_are(door: Door) -> None:
    for older in ("260820000001", "77"):
        code, text = door.error(analise(V401, older))
        assert (code, f"01/09/2026 ({older}) é consultado em {PORTAL_LEGADO}" in text) == ("3162", True)


def test_what_does_not_fit_the_version_is_to_be_asked_for_in_another(door: Door) -> None:
    door.cadastro.put(an_operadora(cnpj="12ABC34501DE35"))
    door.billed()
    code, text = door.error(analise(V402, UM_PEG))
    assert code == "5028"
    assert f"O demonstrativo de {UM_PEG} tem valor ou CNPJ que não cabe" in text
    assert "Peça-o na 4.03.00" in text
    door.reader.put_operadora(an_operadora(versoes=(VersaoAceita("4.02.00", SINCE),)))
    assert "Peça-o" not in door.error(analise(V402, UM_PEG))[1]
    door.reader.put_operadora(an_operadora(versoes=tuple(VersaoAceita(versao.value, SINCE) for versao in VERSOES)))
    assert door.asks(analise(V403, UM_PEG)).corpo.analises
    door.cadastro.put(an_operadora())
    assert door.error(analise(V403, UM_PEG))[0] == "1206"


def test_an_answer_too_large_for_the_door_is_to_be_asked_for_otherwise(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.billed()
    monkeypatch.setattr(tiss, "MAXIMO", 2000)
    code, text = door.error(analise(V401, UM_PEG))
    assert code == "5015"
    assert "POST /v1/documentos/uploads" in text


# --- what was paid ---


@EVERY_VERSION
def test_what_was_paid_on_a_day_or_in_a_month_is_told(door: Door, versao: Versao) -> None:
    medical, dental = door.billed(), door.billed(OUTRO_PEG, Tipo.ODONTO)
    door.paid(medical, dental)
    for when in ({"data_pagamento": HOJE}, {"competencia": "202611"}):
        told = door.asks(pagamento(versao, **when)).corpo.pagamento
        assert told is not None
        assert told.liberado == medical.valor_liberado + dental.valor_liberado
        odonto = door.asks(pagamento(versao, tipo_demonstrativo="3", **when)).corpo.odonto
        assert odonto is not None
        assert odonto.liberado == dental.valor_liberado
    assert {one.objeto for one in door.accesses} == {f"peg/{UM_PEG}", f"peg/{OUTRO_PEG}"}


def test_a_period_without_payments_is_told_and_an_older_one_where_it_is(door: Door) -> None:
    door.paid(door.billed())
    code, text = door.error(pagamento(V401, data_pagamento=HOJE - timedelta(days=1)))
    assert (code, "Nenhum pagamento deste prestador" in text) == ("5016", True)
    day = HOJE - timedelta(days=2)
    door.registros.put(a_payment("P-2", data=day, itens=(), descontos=(a_discount(),)))
    assert "Só houve débitos e créditos" in door.error(pagamento(V401, data_pagamento=day))[1]
    code, text = door.error(pagamento(V401, competencia="202608"))
    assert (code, PORTAL_LEGADO in text) == ("5016", True)
    answer = door.asks(pagamento(V401, tipo_demonstrativo="3"))
    assert answer.cabecalho.tipo_transacao == "DEMONSTRATIVO_ODONTOLOGIA"
    assert answer.corpo.mensagem_erro is not None


# --- what keeps a message from being answered ---


def test_another_s_identification_is_refused(door: Door) -> None:
    door.billed()
    other = pagamento(V401, prestador=Contratado(cnpj=OUTRO_CNPJ))
    code, text = door.error(other, 422)
    assert (code, "dadosPrestador" in text) == ("1203", True)
    assert door.error(analise(V401, UM_PEG), 422, claims=DA_CLINICA)[0] == "5005"


def test_who_was_never_enabled_is_told_so(door: Door) -> None:
    door.reader.put_relacionamento(a_relacionamento(situacao="SOLICITADO"))
    assert door.error(analise(V401, UM_PEG), 422)[0] == "1207"


def test_an_operadora_that_is_not_ours_is_told(door: Door) -> None:
    asked = analise(V401, UM_PEG)
    elsewhere = replace(asked, cabecalho=replace(asked.cabecalho, destino=Parte(registro_ans="999999")))
    assert door.error(elsewhere, 422)[0] == "5027"


def test_another_transaction_is_told(door: Door) -> None:
    assert door.error(write(uns.MENSAGENS["situacao"](V401)), 422)[0] == "3148"
    assert door.error(b"<not a message", 422)[0] == "5002"


def test_who_may_not_read_what_is_paid_is_not_answered(door: Door) -> None:
    door.billed()
    raw = write(analise(V401, UM_PEG))
    assert door.send(raw, machine(scope="conecta/peg.ler"))[0] == 403
    assert door.send(raw, RECEPCAO)[0] == 403
    assert door.send(raw, SO_LE)[0] == 200


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
        assert (TableName, ConditionExpression) == ("pagamento", "attribute_not_exists(pk)")
        assert Item["pk"] == {"S": f"PRESTADOR#{HOSPITAL}"}
        self.events.append(json.loads(Item["evento"]["S"]))


def received(door: Door, monkeypatch: pytest.MonkeyPatch, *held: bytes) -> Acervo:
    """A file is handed over."""
    acervo = Acervo(*held)
    monkeypatch.setattr(envios, "client", lambda _service: acervo)
    monkeypatch.setattr(envios, "required", {"BUCKET_ACERVO": "acervo", "TABELA_PAGAMENTO": "pagamento"}.__getitem__)
    dados = {"upload_id": "u1", "chave": CHAVE, "tentativa": 1, "transacao": "solicitacaoDemonstrativoRetorno"}
    envios.message_received(
        {"prestador_id": HOSPITAL, "registro_ans": VALE, "correlacao": "req-1", "dados": dados}
    )  # fmt: skip
    return acervo


def test_a_file_is_answered_beside_it_whatever_the_size(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    door.billed()
    monkeypatch.setattr(tiss, "MAXIMO", 2000)
    acervo = received(door, monkeypatch, write(analise(V403, UM_PEG)))
    answer = validate_message(acervo.held[f"t/{VALE}/{HOSPITAL}/respostas/u1.xml"], hoje=NOW.date())
    mensagem = answer.mensagem_de(DemonstrativosRetorno)
    assert mensagem is not None
    assert mensagem.corpo.analises
    (event,) = acervo.events
    assert (event["tipo"], event["entidade"]) == ("MensagemRespondida", "upload/u1")
    assert event["dados"]["recurso"] == {"tipo": "demonstrativo", "id": UM_PEG}


def test_a_file_that_asks_for_nothing_there_is_answered_too(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    (event,) = received(door, monkeypatch, write(analise(V401, UM_PEG))).events
    assert (event["tipo"], "recurso" in event["dados"]) == ("MensagemRespondida", False)


def test_a_wrong_file_is_a_refusal_with_its_report(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    acervo = received(door, monkeypatch, write(analise(V401, UM_PEG)).replace(b">4.01.00<", b">4.00.01<"))
    report = json.loads(acervo.held[f"t/{VALE}/{HOSPITAL}/respostas/u1.json"])
    (event,) = acervo.events
    assert (event["tipo"], event["dados"]["achados"]) == ("MensagemRecusada", len(report["achados"]))
    assert report["achados"][0]["codigo"] in {"5028", "5014"}


def test_a_file_that_is_not_there_is_tried_again(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(edge.MensagemAusenteError):
        received(door, monkeypatch)
