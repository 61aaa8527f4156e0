"""Lotes, questions and cancellations as TISS messages, by the XML door and as files: the same use cases as of JSON."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conecta_contas.pegs import Papel, Peg, SituacaoPeg
from conecta_edge import calls, session
from conecta_edge.envios import MensagemAusenteError
from conecta_edge.http import Api
from conecta_facts.operadoras import VersaoAceita
from conecta_tiss.messages.cancelamento import GuiaACancelar, LoteACancelar
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.envelope import Mensagem, Parte
from conecta_tiss.messages.lote_guias import Guia
from conecta_tiss.pipeline import validate_message
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.xml.writer import write
from peg.bootstrap import cancelamentos, nucleo
from peg.bootstrap.cancelamentos import Dono
from peg.handler import envios, eventos, tiss
from peg.messages import situacao
from peg.messages.lotes import TissPadrao
from peg.service import atos
from peg.service.portas import Chamador, Portas
from tests import builders as um
from tests.builders_cadastro import an_operadora
from tests.builders_functions import (
    CNPJ,
    HOSPITAL,
    OUTRO_CNPJ,
    PASA,
    SINCE,
    VALE,
    a_relacionamento,
    api_event,
    failures,
    machine,
    person,
    sqs_message,
)
from tests.builders_peg import KINDS, SENHA, a_dental, a_fee, a_resumo, a_sadt, a_visit, filled
from tests.cadastro_rows import Credencial, Vinculo
from tests.casa_peg import HOJE, Casa, known_facts
from tests.fakes import FakeIdempotency
from tests.fakes_cadastro import PSEUDONIMOS
from tests.fakes_envios import Bucket, Table
from tests.unit.gerador.oracle import hash_of_leaves

V401, V402, V403 = Versao
EVERY_VERSION = pytest.mark.parametrize("versao", Versao)
SISTEMA = Chamador(papel=Papel.SISTEMA, quem="sistema")
BOTH = "conecta/peg.escrever conecta/autorizacao.escrever conecta/peg.ler"
CHAVE = f"t/{VALE}/{HOSPITAL}/mensagem_tiss/abc"


class Outra:
    """Another context's function: what it was asked to cancel, and what it says."""

    def __init__(self, dono: Dono) -> None:
        self.dono = dono
        self.asked: list[dict[str, Any]] = []
        self.status: dict[str, str] = {}
        self.http = 200

    def __call__(self, setting: str, event: dict[str, Any], correlacao: str) -> calls.Answered:
        assert (setting, event["resource"]) == (self.dono.funcao, self.dono.rota)
        assert event["requestContext"]["requestId"] == correlacao
        self.asked.append(json.loads(event["body"]))
        status = [self.status.get(guia, "3") for guia, _ in self.asked[-1]["guias"]]
        return calls.Answered(self.http, {}, json.dumps({"status": status}))


class Door(Casa):
    """The hospital's house behind the XML door, with VALE taking every version; messages in and out."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(known_facts())
        every = tuple(VersaoAceita(versao.value, SINCE) for versao in VERSOES)
        self.fatos.cadastro.put_operadora(an_operadora(versoes=every))
        for sub, papel in (("pessoa-1", "gestor"), ("pessoa-2", "recepcao"), ("pessoa-3", "faturista")):
            self.fatos.cadastro.put_vinculo(Vinculo(sub, HOSPITAL, papel))
        escopos = tuple(scope.removeprefix("conecta/") for scope in BOTH.split())
        self.fatos.cadastro.put_credencial(Credencial("maquina-1", HOSPITAL, escopos))
        self.accesses: list[tuple[str, str, int]] = []
        self.idempotencia = FakeIdempotency()
        self.autorizacao, self.recurso = Outra(cancelamentos.SOLICITACOES), Outra(cancelamentos.RECURSOS)
        for name, value in {
            "cadastro": self.fatos.cadastro, "catalogo": self.fatos.catalogo, "pseudonyms": PSEUDONIMOS,
            "idempotency_table": self.idempotencia,
        }.items():  # fmt: skip
            monkeypatch.setattr(session, name, lambda value=value: value)
        monkeypatch.setattr(session, "record_access", self._record)
        monkeypatch.setattr(nucleo, "portas", self.real)
        others = {one.dono.funcao: one for one in (self.autorizacao, self.recurso)}
        monkeypatch.setattr(calls, "call", lambda setting, *rest: others[setting](setting, *rest))
        self.bucket, self.table = Bucket(), Table()
        monkeypatch.setattr(envios, "client", {"s3": self.bucket, "dynamodb": self.table}.__getitem__)
        self._api = Api((*tiss.OPERATIONS, *tiss.UNPUBLISHED), tiss.ERRORS, session.origins)

    def real(self) -> Portas:
        """The ports, with the standard's own library."""
        return self.portas(lambda name, port: TissPadrao() if name == "padrao" else port)

    def _record(
        self, _request: Any, actor: Any, *, finalidade: str, objeto: str, sujeitos: tuple[str, ...], **_: Any
    ) -> None:
        assert actor.tenant == f"PRESTADOR#{HOSPITAL}"
        self.accesses.append((finalidade, objeto, len(sujeitos)))

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

    def answer(
        self, raw: bytes, transacao: str, status: int = 200, versao: Versao = V401, **rest: Any
    ) -> Mensagem[Any]:
        """The message that answers one, which its version's schema must accept."""
        found, body = self.send(raw, transacao, **rest)
        assert found == status, body
        read = validate_message(body, hoje=HOJE, versao=versao)
        assert read.mensagem is not None, read.achados
        return read.mensagem

    def erro(self, raw: bytes, transacao: str, status: int = 200, versao: Versao = V401) -> tuple[str, str]:
        erro = self.answer(raw, transacao, status, versao).corpo.mensagem_erro
        return erro.codigo, erro.descricao

    def billed(self, *guias: Guia, numero: str = "42", **rest: Any) -> Any:
        """The protocolo of a lote that is received."""
        return self.answer(a_lote(*guias, numero=numero, **rest), "loteGuias").corpo.protocolo

    def asks(self, protocolo: str, versao: Versao = V401) -> Any:
        """What is told of a protocolo."""
        return self.answer(a_question(protocolo, versao), "solicitacaoStatusProtocolo", versao=versao).corpo

    def statuses(self, raw: bytes, versao: Versao = V401, **rest: Any) -> list[str]:
        """What became of each thing that was to be cancelled."""
        recibo = self.answer(raw, "cancelaGuia", versao=versao, **rest).corpo.recibo
        return [recibo.lote.status] if recibo.lote else [guia.status for guia in recibo.guias]

    def only(self) -> Peg:
        (peg,) = self.pegs.rows.values()
        return peg

    def deliver(self, raw: bytes, transacao: str, *may: str, upload: str = "u1", registro: str = VALE) -> list[str]:
        """A file of the queue; answers what was not done."""
        self.bucket.objects[CHAVE] = raw
        detail = {
            "registro_ans": registro, "prestador_id": HOSPITAL, "correlacao": "corr-7",
            "dados": {
                "upload_id": upload, "chave": CHAVE, "sha256": "0" * 64, "recebido_em": "2026-11-21T12:00:00.000000Z",
                "tentativa": 1, "transacao": transacao, "transacoes": list(may), "finalidade": "mensagem_tiss",
            },
        }  # fmt: skip
        event = {"detail-type": "DocumentoRecebido", "detail": detail}
        return failures(eventos.handler({"Records": [sqs_message(0, json.dumps(event))]}, None))

    def left(self, upload: str = "u1", registro: str = VALE) -> Any:
        """The body of what was left beside a file."""
        read = validate_message(self.bucket.objects[f"t/{registro}/{HOSPITAL}/respostas/{upload}.xml"], hoje=HOJE)
        assert read.mensagem is not None, read.achados
        return read.mensagem.corpo


@pytest.fixture
def door(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(monkeypatch)


def sent(mensagem: Mensagem[Any], **do_cabecalho: Any) -> bytes:
    """A message of the hospital to VALE today."""
    header = {
        "origem": Parte(cnpj=CNPJ), "destino": Parte(registro_ans=VALE), "data_registro": HOJE, **do_cabecalho,
    }  # fmt: skip
    return write(replace(mensagem, cabecalho=replace(mensagem.cabecalho, **header)))


def a_lote(*guias: Guia, numero: str = "42", versao: Versao = V401, **header: Any) -> bytes:
    held = guias or (a_sadt(),)
    corpo = um.lote(*held, tipo=KINDS[type(held[0])], numero_lote=numero)
    return sent(um.mensagem("ENVIO_LOTE_GUIAS", corpo, versao), **header)


def a_question(protocolo: str, versao: Versao = V401, **campos: Any) -> bytes:
    own = {"prestador": Contratado(cnpj=CNPJ), "numero_protocolo": protocolo, **campos}
    return sent(um.solicita_status_protocolo(versao, **own))


def cancel_lote(numero: str = "42", protocolo: str | None = None, versao: Versao = V401) -> bytes:
    lote = LoteACancelar(numero_lote=numero, numero_protocolo=protocolo)
    return sent(um.cancela_guia(versao, prestador=Contratado(cnpj=CNPJ), lote=lote))


def cancel_guias(*guias: tuple[str, str] | tuple[str, str, str | None], versao: Versao = V401, **rest: Any) -> bytes:
    """Kind, number and protocolo of each."""
    asked = tuple(
        GuiaACancelar(
            tipo_guia=one[0], numero_guia_prestador=one[1], numero_protocolo=one[2] if len(one) > 2 else None, **rest
        )
        for one in guias
    )
    return sent(um.cancela_guia(versao, prestador=Contratado(cnpj=CNPJ), guias=asked))


# --- lotes ---


@EVERY_VERSION
def test_a_lote_is_received_and_its_receipt_is_the_answer(door: Door, versao: Versao) -> None:
    door.autoriza()
    raw = a_lote(versao=versao)
    message = door.answer(raw, "loteGuias", versao=versao)
    assert message.cabecalho.tipo_transacao == "PROTOCOLO_RECEBIMENTO"
    (guia,) = message.corpo.protocolo.guias
    assert (guia.numero_guia_prestador, guia.glosas, guia.procedimentos) == ("G1", (), ())
    peg = door.only()
    assert (peg.protocolo, peg.situacao, peg.numero_lote) == (
        message.corpo.protocolo.numero_protocolo, SituacaoPeg.RECEBIDO, "42",
    )  # fmt: skip
    assert (peg.porta.value, peg.quem, peg.versao_tiss) == ("XML", "pessoa-1", versao.value)
    assert door.archive.read(peg.chave_xml) == raw
    assert peg.chave_xml.startswith(f"t/{VALE}/{HOSPITAL}/mensagem_tiss/")
    assert door.accesses == [("conferencia-de-faturamento", f"peg/{peg.protocolo}", 1)]
    assert door.usos(SENHA)


def test_the_same_bytes_again_are_the_same_protocolo_and_the_same_receipt(door: Door) -> None:
    raw = a_lote()
    assert door.send(raw, "loteGuias") == door.send(raw, "loteGuias")
    assert len(door.pegs.rows) == 1


def test_a_lote_with_glosas_is_received_with_them(door: Door) -> None:
    (guia,) = door.billed(a_sadt(senha="26119999999")).guias
    assert guia.valores.liberado == 0
    assert [motivo.codigo for line in guia.procedimentos for motivo in line.glosas.motivos] or guia.glosas


@pytest.mark.parametrize(
    "guia", [a_sadt(), a_resumo(), a_fee(), a_visit(), a_dental(filled())], ids=lambda guia: type(guia).__name__
)
def test_every_kind_is_received_and_asked_about(door: Door, guia: Guia) -> None:
    protocolo = door.billed(guia, numero="7")
    detalhe = door.asks(protocolo.numero_protocolo).situacao.detalhe
    assert (detalhe.status_protocolo, detalhe.numero_lote) == ("1", "7")
    assert (detalhe.guias, detalhe.guias_odonto) == (protocolo.guias, protocolo.guias_odonto)
    assert detalhe.valores.processado == protocolo.valor_total_protocolo


def test_a_number_used_before_by_other_bytes_is_refused_and_leaves_a_report(door: Door) -> None:
    door.billed()
    assert door.erro(a_lote(a_sadt(numero="G2")), "loteGuias", 422)[0] == "5053"
    assert len(door.pegs.rows) == 1
    assert door.contados()["LoteRecusado"] == 1


def test_a_lote_for_nobody_of_ours_is_told_so_and_kept_nowhere(door: Door) -> None:
    guia = replace(a_sadt(), registro_ans="999999")
    assert door.erro(a_lote(guia, destino=Parte(registro_ans="999999")), "loteGuias", 422)[0] == "5027"
    assert door.erro(b"<a>", "loteGuias", 422)[0] == "5002"
    assert (door.pegs.rows, door.contados()) == ({}, {})


def test_before_there_is_any_operadora_nobody_answers(door: Door) -> None:
    door.fatos.catalogo.values.clear()
    assert door.answer(a_lote(), "loteGuias", 422).cabecalho.origem == Parte(registro_ans="000000")


def test_a_message_with_a_wrong_hash_is_answered_by_the_operadora_it_names(door: Door) -> None:
    broken = re.sub(rb"hash>[0-9a-f]{32}<", b"hash>" + b"0" * 32 + b"<", a_lote())
    message = door.answer(broken, "loteGuias", 422)
    assert (message.corpo.mensagem_erro.codigo, message.cabecalho.origem) == ("5014", Parte(registro_ans=VALE))


# --- where a PEG stands ---


@EVERY_VERSION
def test_a_question_is_answered_in_the_version_it_was_asked_in(door: Door, versao: Versao) -> None:
    protocolo = door.billed(a_sadt(senha="26119999999")).numero_protocolo
    found = door.asks(f" {protocolo}"[:12] if len(protocolo) < 12 else protocolo, versao).situacao
    assert (found.registro_ans, found.prestador) == (VALE, Contratado(cnpj=CNPJ))
    assert (found.detalhe.status_protocolo, found.detalhe.numero_protocolo) == ("1", protocolo)
    assert found.detalhe.valores.glosa == found.detalhe.valores.processado
    assert door.accesses[-1] == ("conferencia-de-faturamento", f"peg/{protocolo}", 1)


def test_absent_and_foreign_are_told_alike(door: Door) -> None:
    protocolo = door.billed().numero_protocolo
    peg = door.only()
    door.pegs.rows["outro", protocolo] = door.pegs.rows.pop((HOSPITAL, protocolo))
    foreign = door.erro(a_question(protocolo), "solicitacaoStatusProtocolo")
    door.pegs.rows.clear()
    absent = door.erro(a_question(protocolo), "solicitacaoStatusProtocolo")
    assert foreign == absent
    assert absent[0] == "3162"
    door.pegs.rows[HOSPITAL, protocolo] = replace(peg, situacao=SituacaoPeg.PREPARANDO)
    assert door.erro(a_question(protocolo), "solicitacaoStatusProtocolo") == absent
    door.pegs.rows[HOSPITAL, protocolo] = replace(peg, registro_ans=PASA)
    assert door.erro(a_question(protocolo), "solicitacaoStatusProtocolo") == absent
    assert door.erro(a_question("1"), "solicitacaoStatusProtocolo") == absent
    assert "solicitaStatusAutorizacao" in door.erro(a_question("261140000001"), "solicitacaoStatusProtocolo")[1]
    assert len(door.accesses) == 1


# --- cancellations ---


@EVERY_VERSION
def test_a_lote_is_cancelled_and_a_retry_says_so_again(door: Door, versao: Versao) -> None:
    door.autoriza()
    protocolo = door.billed().numero_protocolo
    assert door.statuses(cancel_lote(protocolo=protocolo, versao=versao), versao) == ["1"]
    assert door.only().situacao is SituacaoPeg.CANCELADO
    assert (door.usos(SENHA), door.cobradas()) == ({}, [])
    before = door.pegs.writes
    assert door.statuses(cancel_lote(protocolo=protocolo, versao=versao), versao) == ["1"]
    assert door.pegs.writes == before
    assert door.billed().numero_protocolo != protocolo


def test_a_lote_is_cancelled_by_its_number_alone(door: Door) -> None:
    first = door.billed().numero_protocolo
    assert door.statuses(cancel_lote()) == ["1"]
    before = door.pegs.writes
    assert door.statuses(cancel_lote()) == ["1"]
    assert door.pegs.writes == before
    second = door.billed(a_sadt(numero="G2")).numero_protocolo
    assert door.statuses(cancel_lote(protocolo=first)) == ["1"]
    assert door.asks(second).situacao.detalhe.status_protocolo == "1"
    assert door.statuses(cancel_lote()) == ["1"]
    assert door.asks(second).situacao.detalhe.status_protocolo == "9"


def test_what_is_not_there_is_told_by_what_names_it(door: Door) -> None:
    protocolo = door.billed().numero_protocolo
    assert door.statuses(cancel_lote("43")) == ["5"]
    assert door.statuses(cancel_lote("43", protocolo)) == ["5"]
    assert door.statuses(cancel_lote(protocolo="261129999999")) == ["6"]
    assert door.statuses(cancel_guias(("2", "G9", protocolo), ("2", "G1", "26112"), ("2", "G2"))) == ["3", "6", "6"]
    assert door.only().situacao is SituacaoPeg.RECEBIDO


def test_under_analysis_nothing_is_cancelled(door: Door) -> None:
    protocolo = door.billed(a_sadt(), a_sadt(numero="G2")).numero_protocolo
    atos.begin(door.only(), SISTEMA, door.real())
    assert door.statuses(cancel_lote(protocolo=protocolo)) == ["2"]
    assert door.statuses(cancel_guias(("2", "G1", protocolo))) == ["2"]
    assert door.asks(protocolo).situacao.detalhe.status_protocolo == "2"


def test_a_guia_is_withdrawn_the_last_one_only_with_its_lote(door: Door) -> None:
    protocolo = door.billed(a_sadt(), a_sadt(numero="G2")).numero_protocolo
    raw = cancel_guias(("2", "G1", protocolo), ("2", " G2", protocolo))
    assert door.statuses(raw) == ["1", "2"]
    assert door.statuses(raw) == ["1", "2"]
    assert door.only().retiradas == (1,)
    assert door.only().historico[-1].motivo == tiss.RETIRADA
    (left,) = door.asks(protocolo).situacao.detalhe.guias
    assert left.numero_guia_prestador == "G2"
    assert door.statuses(cancel_lote()) == ["1"]
    assert door.statuses(raw) == ["1", "1"]


def test_a_message_of_every_kind_is_one_receipt_in_the_order_asked(door: Door) -> None:
    protocolo = door.billed(a_sadt(), a_sadt(numero="G2")).numero_protocolo
    door.autorizacao.status = {"S-1": "1", "S-2": "2"}
    door.recurso.status = {"R-1": "1"}
    raw = cancel_guias(
        ("1", "S-1"), ("2", "G1", protocolo), ("3", "R-1", "261160000001"), ("1", " S-2"), ("3", "R-2"),
        ("1", "S-9"), numero_guia_operadora=" 9",
    )  # fmt: skip
    assert door.statuses(raw) == ["1", "1", "1", "2", "3", "3"]
    assert door.autorizacao.asked == [
        {
            "registro_ans": VALE, "prestador_id": HOSPITAL, "quem": "pessoa-1",
            "guias": [["S-1", "9"], ["S-2", "9"], ["S-9", "9"]],
        }
    ]  # fmt: skip
    assert [one["guias"] for one in door.recurso.asked] == [[["R-1", "261160000001"], ["R-2", None]]]
    assert door.statuses(raw) == ["1", "1", "1", "2", "3", "3"]
    assert door.only().retiradas == (1,)
    assert door.statuses(cancel_guias(("1", "S-1"))) == ["1"]
    assert door.autorizacao.asked[-1]["guias"] == [["S-1", None]]


@pytest.mark.parametrize(("http", "status", "codigo"), [
    (409, 409, "mudou-durante-o-ato"), (503, 503, "temporariamente-indisponivel"), (500, 500, "erro-interno"),
])  # fmt: skip
@pytest.mark.parametrize("kind", ["1", "3"])
def test_when_another_context_cannot_cancel_now_it_is_asked_again_whole(
    door: Door, http: int, status: int, codigo: str, kind: str
) -> None:
    protocolo = door.billed(a_sadt(), a_sadt(numero="G2")).numero_protocolo
    raw = cancel_guias((kind, "S-1"), ("2", "G1", protocolo))
    door.autorizacao.http = door.recurso.http = http
    found, body = door.send(raw, "cancelaGuia", key="k")
    assert (found, json.loads(body)["codigo"]) == (status, codigo)
    assert door.only().retiradas == ()
    door.autorizacao.http = door.recurso.http = 200
    assert door.statuses(raw, key="k") == ["3", "1"]


def test_a_cancellation_under_a_key_is_answered_as_first(door: Door) -> None:
    door.billed()
    raw = cancel_lote()
    assert door.statuses(raw, key="k") == ["1"]
    door.billed(numero="42")
    assert door.statuses(raw, key="k") == ["1"]
    assert sorted(peg.situacao for peg in door.pegs.rows.values()) == ["CANCELADO", "RECEBIDO"]
    found, body = door.send(cancel_lote("43"), "cancelaGuia", key="k")
    assert (found, json.loads(body)["codigo"]) == (422, "requisicao-invalida")


@pytest.mark.parametrize(
    ("who", "kinds", "status"),
    [
        (person("pessoa-2"), (("1", "S-1"),), 200),
        (person("pessoa-2"), (("1", "S-1"), ("2", "G1")), 403),
        (person("pessoa-3"), (("2", "G1"),), 200),
        (person("pessoa-3"), (("2", "G1"), ("1", "S-1")), 403),
        (person("pessoa-3"), (("3", "R-1"), ("2", "G1")), 200),
        (person("pessoa-2"), (("3", "R-1"),), 403),
        (machine(scope="conecta/peg.escrever"), (("3", "R-1"),), 403),
    ],
)
def test_each_kind_is_cancelled_by_whom_it_is_the_business_of(
    door: Door, who: dict[str, Any], kinds: tuple[tuple[str, str], ...], status: int
) -> None:
    assert door.send(cancel_guias(*kinds), "cancelaGuia", claims=who)[0] == status
    for kind, other in (("1", door.autorizacao), ("3", door.recurso)):
        assert bool(other.asked) is (status == 200 and kind in {one[0] for one in kinds})


def test_a_lote_is_not_cancelled_by_who_only_asks_for_senhas(door: Door) -> None:
    door.billed()
    assert door.send(cancel_lote(), "cancelaGuia", claims=person("pessoa-2"))[0] == 403
    assert door.only().situacao is SituacaoPeg.RECEBIDO


# --- what is wrong with the message, and who may send it ---


MESSAGES: dict[str, Callable[..., bytes]] = {
    "loteGuias": lambda versao=V401: a_lote(versao=versao),
    "solicitacaoStatusProtocolo": lambda versao=V401: a_question("261120000001", versao),
    "cancelaGuia": lambda versao=V401: cancel_lote(versao=versao),
}
EVERY_MESSAGE = pytest.mark.parametrize("transacao", MESSAGES)


@EVERY_MESSAGE
def test_a_wrong_message_is_a_422_in_its_own_answer_and_does_nothing(door: Door, transacao: str) -> None:
    raw = MESSAGES[transacao]()
    broken = re.sub(rb"hash>[0-9a-f]{32}<", b"hash>" + b"0" * 32 + b"<", raw)
    assert door.erro(broken, transacao, 422)[0] == "5014"
    assert door.erro(raw[:-30], transacao, 422)[0] == "5002"
    older = raw.replace(b"<ans:Padrao>4.01.00<", b"<ans:Padrao>3.05.00<")
    hashed = re.sub(rb"hash>[0-9a-f]{32}<", f"hash>{hash_of_leaves(older)}<".encode(), older)
    assert door.erro(hashed, transacao, 422)[0] == "5028"
    other = next(name for name in MESSAGES if name != transacao)
    assert door.erro(MESSAGES[other](), transacao, 422)[0] == "3148"
    assert (door.pegs.rows, door.accesses) == ({}, [])


@EVERY_MESSAGE
def test_a_version_that_the_operadora_does_not_take_is_refused(door: Door, transacao: str) -> None:
    tomorrow = VersaoAceita("4.03.00", HOJE + timedelta(days=1))
    door.fatos.cadastro.put_operadora(an_operadora(versoes=(VersaoAceita("4.01.00", SINCE), tomorrow)))
    code, text = door.erro(MESSAGES[transacao](V403), transacao, 422, V403)
    assert code == "5028"
    assert "Versões aceitas: 4.01.00" in text


@EVERY_MESSAGE
def test_accents_outside_the_charset_and_utf_8_are_read(door: Door, transacao: str) -> None:
    raw = MESSAGES[transacao]().decode("iso-8859-1").replace("ISO-8859-1", "UTF-8", 1)
    assert door.send(raw.replace("<ans:", "\n\t<ans:").encode(), transacao)[0] == 200


@EVERY_MESSAGE
def test_nobody_asks_in_the_name_of_another(door: Door, transacao: str) -> None:
    made = validate_message(MESSAGES[transacao](), hoje=HOJE).mensagem
    assert made is not None
    assert door.erro(sent(made, origem=Parte(cnpj=OUTRO_CNPJ)), transacao, 422)[0] == "5005"
    if transacao != "loteGuias":
        foreign = replace(made, corpo=replace(made.corpo, prestador=Contratado(cnpj=OUTRO_CNPJ)))
        assert door.erro(sent(foreign), transacao, 422)[0] == "1203"
        coded = replace(made, corpo=replace(made.corpo, prestador=Contratado(codigo_na_operadora="HOSP01")))
        assert door.send(sent(coded), transacao)[0] == 200
        assert door.erro(sent(made, destino=Parte(registro_ans="999999")), transacao, 422)[0] == "5027"


@pytest.mark.parametrize(("estado", "refused"), [("SOLICITADO", True), ("SUSPENSO", False), ("DESCREDENCIADO", False)])
@pytest.mark.parametrize(("versao", "code"), [(V401, "1207"), (V403, "3279")])
def test_who_was_never_enabled_is_told_so(door: Door, estado: str, versao: Versao, code: str, *, refused: bool) -> None:
    door.fatos.cadastro.put_relacionamento(a_relacionamento(situacao=estado))
    for transacao in ("solicitacaoStatusProtocolo", "cancelaGuia"):
        raw = MESSAGES[transacao](versao)
        assert door.send(raw, transacao)[0] == (422 if refused else 200)
        if refused:
            assert door.erro(raw, transacao, 422, versao)[0] == code


def test_more_guias_than_one_message_may_cancel_are_to_be_divided(door: Door) -> None:
    many = [("3", f"R-{n}") for n in range(situacao.GUIAS_MAXIMAS + 1)]
    assert door.erro(cancel_guias(*many), "cancelaGuia", 422)[0] == "5015"
    assert door.statuses(cancel_guias(*many[:-1])) == ["3"] * situacao.GUIAS_MAXIMAS


@pytest.mark.parametrize(
    ("transacao", "scope"),
    [("loteGuias", "peg.escrever"), ("solicitacaoStatusProtocolo", "peg.ler"), ("cancelaGuia", "peg.escrever")],
)
def test_each_message_has_its_scope(door: Door, transacao: str, scope: str) -> None:
    raw = MESSAGES[transacao]()
    assert door.send(raw, transacao, claims=machine(scope=f"conecta/{scope}"))[0] == 200
    other = "peg.ler" if scope.endswith("escrever") else "peg.escrever"
    for claims, status in (
        (machine(scope=f"conecta/{other}"), 403), (person("pessoa-2"), 403), (person(token_use="id"), 401),
    ):  # fmt: skip
        found, body = door.send(raw, transacao, claims=claims)
        assert (found, json.loads(body)["status"]) == (status, status)


def test_no_line_of_the_log_holds_what_was_sent(door: Door, logged: Callable[[], list[Any]]) -> None:
    for transacao, made in MESSAGES.items():
        door.send(made(), transacao)
        door.send(made()[:-30], transacao)
    assert CNPJ not in json.dumps(logged(), ensure_ascii=False)


# --- as files ---


def test_a_question_sent_as_a_file_is_answered_beside_it(door: Door) -> None:
    protocolo = door.billed().numero_protocolo
    assert door.deliver(a_question(protocolo), "solicitacaoStatusProtocolo", "loteGuias") == []
    assert door.left().situacao.detalhe.numero_protocolo == protocolo
    (told,) = door.table.told()
    assert (told["tipo"], told["entidade"], told["correlacao"]) == ("MensagemRespondida", "upload/u1", "corr-7")
    assert told["dados"] == {
        "upload_id": "u1", "transacao": "solicitacaoStatusProtocolo", "recurso": {"tipo": "peg", "id": protocolo},
    }  # fmt: skip
    assert door.accesses[-1][1] == f"peg/{protocolo}"


def test_what_is_not_found_is_answered_too(door: Door) -> None:
    assert door.deliver(a_question("261120000001"), "solicitacaoStatusProtocolo", "loteGuias") == []
    assert door.left().mensagem_erro.codigo == "3162"
    (told,) = door.table.told()
    assert (told["tipo"], "recurso" in told["dados"]) == ("MensagemRespondida", False)


def test_a_file_cancels_what_its_sender_may_and_says_no_to_the_rest(door: Door) -> None:
    protocolo = door.billed(a_sadt(), a_sadt(numero="G2")).numero_protocolo
    door.autorizacao.status = {"S-1": "1"}
    door.recurso.status = {"R-1": "1"}
    raw = cancel_guias(("1", "S-1"), ("2", "G1", protocolo), ("3", "R-1"))
    for may, status in (
        ((), ["2", "2", "2"]), (("solicitacaoProcedimento",), ["1", "2", "2"]), (("loteGuias",), ["2", "1", "2"]),
        (("loteGuias", "solicitacaoProcedimento", "recursoGlosa"), ["1", "1", "1"]),
    ):  # fmt: skip
        assert door.deliver(raw, "cancelaGuia", *may) == []
        assert [one.status for one in door.left().recibo.guias] == status
    assert [one["quem"] for one in door.autorizacao.asked] == ["upload/u1"] * 2
    assert door.deliver(cancel_lote(), "cancelaGuia", "cancelaGuia") == []
    assert door.left().recibo.lote.status == "2"
    assert door.deliver(cancel_lote(), "cancelaGuia", "loteGuias", upload="u2") == []
    assert door.left("u2").recibo.lote.status == "1"


def test_a_wrong_file_is_a_refusal_with_its_report(door: Door) -> None:
    assert door.deliver(cancel_lote()[:-30], "cancelaGuia", "loteGuias") == []
    assert door.left().mensagem_erro.codigo == "5002"
    report = json.loads(door.bucket.objects[f"t/{VALE}/{HOSPITAL}/respostas/u1.json"])
    assert [achado["codigo"] for achado in report["achados"]] == ["5002"]
    (told,) = door.table.told()
    assert (told["tipo"], told["dados"]["achados"]) == ("MensagemRecusada", 1)


def test_a_file_is_for_the_operadora_it_was_sent_to(door: Door) -> None:
    assert door.deliver(cancel_lote(), "cancelaGuia", "loteGuias", registro=PASA) == []
    assert door.left(registro=PASA).mensagem_erro.codigo == "5027"


def test_what_is_not_in_the_archive_or_changes_all_the_time_goes_back_to_the_queue(door: Door) -> None:
    door.autorizacao.http = 409
    assert door.deliver(cancel_guias(("1", "S-1")), "cancelaGuia", "solicitacaoProcedimento") == ["m0"]
    assert door.table.told() == []
    with pytest.raises(MensagemAusenteError):
        envios.message_received(
            {
                "registro_ans": VALE, "prestador_id": HOSPITAL, "correlacao": "c",
                "dados": {
                    "upload_id": "u", "chave": "nada", "sha256": "0", "tentativa": 1, "transacao": "cancelaGuia",
                    "recebido_em": "2026-11-21T12:00:00.000000Z",
                },
            }
        )  # fmt: skip


def test_the_routes_are_published_by_the_door_alone() -> None:
    assert tiss.OPERATIONS == ()
    assert {one.path for one in tiss.UNPUBLISHED} == {f"/tiss/{name}" for name in MESSAGES}
    donos = (cancelamentos.SOLICITACOES, cancelamentos.RECURSOS)
    assert [one.rota for one in donos] == ["/tiss/cancelaGuia/solicitacoes", "/tiss/cancelaGuia/recursos"]
