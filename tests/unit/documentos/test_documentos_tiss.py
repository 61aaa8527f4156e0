"""`envioDocumentos`, by the XML door and as a file: the same checks, keeping and numbers as of any document."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from typing import Any

import pytest

from conecta_atos.portas import Chamador
from conecta_edge import envios as edge
from conecta_edge import session
from conecta_facts.operadoras import VersaoAceita
from conecta_facts.prestadores import Prestador
from conecta_tiss.messages.documentos import RecebimentoDocumentos
from conecta_tiss.messages.envelope import Parte
from conecta_tiss.pipeline import validate_message
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.xml.writer import write
from documentos.bootstrap import documentos as bootstrap
from documentos.bootstrap import nucleo
from documentos.domain.documentos import Destino
from documentos.domain.envios import Enviado
from documentos.domain.errors import EnvioRefusedError, StaleDocumentoError
from documentos.domain.finalidades import DE_TIPO, Alvo, Formato
from documentos.handler import envios
from documentos.handler.eventos import consume
from documentos.service import envios as service
from documentos.service.envios import Recepcao
from tests import builders_mensagens_recurso as uns
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
    sha256,
)
from tests.fakes import FakeFiles
from tests.fakes_documentacoes import DA_CLINICA, FATURISTA, RECEPCAO, Mural
from tests.fakes_documentos import Mesa, a_documento, a_jpeg, a_pdf, a_referencia

PEG, RECURSO, SENHA = "261120000007", "261160000003", "26110000000001"
LAUDO = a_pdf(b"<</Type/Catalog>>")
CHAVE = f"t/{VALE}/{HOSPITAL}/mensagem_tiss/abc"


class Porta(Mural):
    """The hospital behind the XML door, with VALE taking every version."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        operadora = an_operadora(VALE, versoes=tuple(VersaoAceita(one.value, SINCE) for one in VERSOES))
        self.catalogo.put("operadora", VALE, operadora)
        reader: Any = session.cadastro()
        reader.put_operadora(operadora)
        for prestador_id, cnpj in ((HOSPITAL, CNPJ), (CLINICA, OUTRO_CNPJ)):
            reader.put_prestador(Prestador(prestador_id, prestador_id, "1234567", cnpj=cnpj))
            reader.put_relacionamento(a_relacionamento(prestador_id))
        self.mesa = Mesa()
        held = a_referencia(numero_lote=None, tipo_guia=None, guias=())
        self.mesa.referencias.put(Alvo.PEG, PEG, a_referencia())
        self.mesa.referencias.put(Alvo.RECURSO, RECURSO, replace(held, situacao="ENVIADO"))
        self.mesa.referencias.put(Alvo.AUTORIZACAO, SENHA, replace(held, situacao="EM_ANALISE"))
        self.mesa.referencias.guias[HOSPITAL, VALE, "GP-9"] = SENHA
        monkeypatch.setattr(bootstrap, "portas", lambda: self.mesa.portas)
        monkeypatch.setattr(nucleo, "files", lambda: self.files)
        monkeypatch.setattr(nucleo, "uploads", lambda: self.uploads)

    def send(self, raw: bytes, claims: dict[str, Any] | None = None) -> tuple[int, Any]:
        """POST one message, as the XML door hands it over: status and the body of the answer, or the problem."""
        from documentos.handler import api  # noqa: PLC0415

        event = api_event(
            "POST", "/tiss/envioDocumentos", claims=claims or FATURISTA, body=base64.b64encode(raw).decode(),
            path={"transacao": "envioDocumentos"},
        )  # fmt: skip
        answered = api.handler({**event, "isBase64Encoded": True}, None)
        if not answered["isBase64Encoded"]:
            return answered["statusCode"], json.loads(answered["body"])
        return answered["statusCode"], body_of(base64.b64decode(answered["body"]))


def body_of(xml: bytes) -> RecebimentoDocumentos:
    result = validate_message(xml, hoje=NOW.date())
    assert result.valido, result.achados
    assert result.mensagem is not None
    corpo = result.mensagem.corpo
    assert isinstance(corpo, RecebimentoDocumentos)
    return corpo


def envio(conteudo: bytes = LAUDO, versao: Versao = Versao.V4_01_00, cnpj: str = CNPJ, **campos: Any) -> bytes:
    """The message of a laudo of the PEG, unless told otherwise."""
    held = {"numero_protocolo": PEG, "documento": base64.b64encode(conteudo).decode(), **campos}
    made = uns.envio_documentos(versao, **held)
    cabecalho = replace(made.cabecalho, origem=Parte(cnpj=cnpj), destino=Parte(registro_ans=VALE))
    return write(replace(made, cabecalho=cabecalho))


@pytest.fixture
def porta(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Porta:
    return Porta(monkeypatch)


def erro(answer: tuple[int, Any]) -> tuple[int, str]:
    assert answer[1].mensagem_erro is not None, answer
    return answer[0], answer[1].mensagem_erro.codigo


@pytest.mark.parametrize("versao", Versao)
def test_a_document_is_kept_given_to_its_peg_and_receipted_in_the_senders_version(porta: Porta, versao: Versao) -> None:
    status, corpo = porta.send(envio(versao=versao, numero_guia_prestador="GP-1"))
    assert (status, corpo.recibo.numero_documento, corpo.recibo.numero_protocolo) == (200, "D1", PEG)
    assert corpo.recibo.protocolo_documento == "261110000001"
    (made,) = porta.mesa.documentos.uploads.documentos.values()
    assert (made.finalidade, made.nome, made.formato, made.upload_id) == ("laudo", "D1.pdf", "application/pdf", None)
    assert porta.files.acervo.content(f"t/{VALE}/{HOSPITAL}/laudo/{sha256(LAUDO)}") == LAUDO
    (link,) = porta.mesa.documentos.eventos
    assert (link.destino, link.tipo, link.quem) == (Destino(Alvo.GUIA, PEG, "GP-1"), "02", "pessoa-1")


@pytest.mark.regra("DOC-ENVIO")
def test_the_same_again_is_the_same_and_another_under_its_number_is_refused(porta: Porta) -> None:
    first = porta.send(envio())
    assert porta.send(envio()) == first
    assert erro(porta.send(envio(a_pdf(b"<<>>")))) == (422, "5053")
    assert erro(porta.send(envio(tipo="04"))) == (422, "5053")
    assert len(porta.mesa.documentos.numeros) == len(porta.mesa.documentos.eventos) == 1
    status, corpo = porta.send(envio(numero_documento="D2"))
    assert (status, corpo.recibo.protocolo_documento) == (200, "261110000002")
    assert len(porta.mesa.documentos.eventos) == 1


@pytest.mark.regra("DOC-ENVIO")
@pytest.mark.parametrize(
    ("campos", "destino"),
    [
        ({"natureza": "2"}, Destino(Alvo.PEG, PEG)),
        ({"natureza": "2", "numero_protocolo": None, "numero_lote": "17"}, Destino(Alvo.LOTE, "17")),
        (
            {"natureza": "2", "numero_protocolo": None, "numero_lote": "17", "numero_guia_operadora": "GO-1"},
            Destino(Alvo.LOTE, "17", "GO-1"),
        ),
        ({"natureza": "3", "numero_protocolo": RECURSO}, Destino(Alvo.RECURSO, RECURSO)),
        ({"natureza": "1", "numero_protocolo": None, "numero_guia_operadora": SENHA}, Destino(Alvo.AUTORIZACAO, SENHA)),
        (
            {"natureza": "1", "numero_protocolo": None, "numero_guia_prestador": "GP-9"},
            Destino(Alvo.AUTORIZACAO, SENHA),
        ),
    ],
)  # fmt: skip
def test_what_a_document_is_of_is_told_by_its_natureza_and_numbers(
    porta: Porta, campos: dict[str, Any], destino: Destino
) -> None:
    assert porta.send(envio(**campos))[0] == 200
    assert [one.destino for one in porta.mesa.documentos.eventos] == [destino]


@pytest.mark.parametrize(
    ("campos", "codigo"),
    [
        ({"conteudo": b"MZ\x90\x00"}, "3164"), ({"conteudo": LAUDO, "formato": "01"}, "3164"),
        ({"conteudo": a_jpeg()[:-2], "formato": "01"}, "3165"),
        ({"conteudo": a_pdf(b"<</S/JavaScript>>")}, "3165"), ({"conteudo": LAUDO, "formato": "06"}, "3168"),
        ({"numero_protocolo": "261120000099"}, "3162"), ({"numero_guia_prestador": "GP-8"}, "3162"),
        ({"natureza": "3"}, "3162"), ({"natureza": "1"}, "5007"),
        ({"tipo": "15", "natureza": "1", "numero_guia_operadora": SENHA}, "5007"),
        ({"natureza": "1", "numero_guia_prestador": "GP-8"}, "1403"),
        ({"natureza": "2", "numero_protocolo": None, "numero_guia_prestador": "GP-1"}, "5007"),
        ({"cnpj": OUTRO_CNPJ}, "5005"), ({"documento": ""}, "5007"),
    ],
)  # fmt: skip
def test_what_is_not_received_says_why_and_nothing_is_kept(porta: Porta, campos: dict[str, Any], codigo: str) -> None:
    assert erro(porta.send(envio(**campos))) == (422, codigo)
    assert (porta.files.acervo.versions, porta.mesa.documentos.numeros, porta.mesa.documentos.eventos) == ({}, {}, [])


def test_a_document_larger_than_its_finalidade_takes_is_told(porta: Porta, monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(DE_TIPO["02"], tamanho_maximo=10)
    monkeypatch.setattr(service, "DE_TIPO", {"02": small})
    assert erro(porta.send(envio())) == (422, "3166")


def test_a_published_peg_takes_no_more(porta: Porta) -> None:
    porta.mesa.referencias.put(Alvo.PEG, PEG, a_referencia(situacao="PAGO"))
    assert erro(porta.send(envio())) == (422, "3161")


def test_who_may_send_depends_on_what_the_document_is(porta: Porta) -> None:
    assert porta.send(envio(), machine(scope="conecta/documentos.ler"))[0] == 403
    assert porta.send(envio(tipo="15"), RECEPCAO)[0] == 403
    assert porta.send(envio(), RECEPCAO)[0] == 200
    assert erro(porta.send(envio(cnpj=OUTRO_CNPJ), DA_CLINICA)) == (422, "3162")


# --- as a file ---


class Outbox:
    """DynamoDB and S3 as far as an answer needs them."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.objects, self.told = raw, dict[str, bytes](), list[dict[str, Any]]()

    def get_object(self, **_asked: Any) -> dict[str, Any]:
        return {"Body": io.BytesIO(self.raw), "LastModified": NOW}

    def put_object(self, **asked: Any) -> None:
        self.objects[asked["Key"]] = asked["Body"]

    def put_item(self, **asked: Any) -> None:
        self.told.append(json.loads(asked["Item"]["evento"]["S"]))


@pytest.mark.parametrize(("conteudo", "tipo"), [(LAUDO, "MensagemRespondida"), (b"MZ\x90", "MensagemRecusada")])
def test_a_message_sent_as_a_file_is_answered_beside_its_upload(
    porta: Porta, monkeypatch: pytest.MonkeyPatch, conteudo: bytes, tipo: str
) -> None:
    aws = Outbox(envio(conteudo))
    monkeypatch.setattr(envios, "client", lambda _name: aws)
    detail = {
        "registro_ans": VALE, "prestador_id": HOSPITAL, "correlacao": "u1",
        "dados": {"upload_id": "u1", "chave": CHAVE, "transacao": "envioDocumentos", "tentativa": 1},
    }  # fmt: skip
    consume({"detail-type": "DocumentoRecebido", "detail": detail})
    assert [one["tipo"] for one in aws.told] == [tipo]
    corpo = body_of(aws.objects[f"t/{VALE}/{HOSPITAL}/respostas/u1.xml"])
    assert (corpo.recibo is not None) is (tipo == "MensagemRespondida")
    if corpo.recibo:
        (made,) = porta.mesa.documentos.uploads.documentos
        assert aws.told[0]["dados"]["recurso"] == {"tipo": "documento", "id": made[1]}
    assert edge.ROTA == "/documentos/uploads"


# --- races ---


def um_envio(**changes: Any) -> Enviado:
    held: dict[str, Any] = {
        "registro_ans": VALE, "numero": "*/D 1", "tipo": "02", "formato": Formato.PDF, "conteudo": LAUDO,
        "destino": Destino(Alvo.PEG, PEG),
    }  # fmt: skip
    return Enviado(**{**held, **changes})


def test_who_meets_the_same_number_reads_again_and_gives_up_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    mesa, files = Mesa(), FakeFiles()
    mesa.referencias.put(Alvo.PEG, PEG, a_referencia())
    recepcao = Recepcao(files, lambda: "261110000001")
    who, lost = Chamador("p", "c"), list[int]()

    def lose(*_asked: Any, **_more: Any) -> None:
        lost.append(1)
        raise StaleDocumentoError

    with monkeypatch.context() as patched:
        patched.setattr(mesa.documentos, "change", lose)
        with pytest.raises(StaleDocumentoError):
            service.receive(HOSPITAL, um_envio(), who, mesa.portas, recepcao)
    assert len(lost) == service.ROUNDS
    held = service.receive(HOSPITAL, um_envio(), who, mesa.portas, recepcao)
    assert service.receive(HOSPITAL, um_envio(), who, mesa.portas, recepcao) == held
    assert mesa.documentos.uploads.documentos[HOSPITAL, held.documento].nome == "D1.pdf"
    with pytest.raises(EnvioRefusedError, match="DOC-NUMERO"):
        service.receive(HOSPITAL, um_envio(destino=Destino(Alvo.LOTE, "1")), who, mesa.portas, recepcao)


def test_the_same_bytes_sent_by_upload_before_are_the_same_document() -> None:
    mesa, kept = Mesa(), a_documento(LAUDO, "laudo")
    mesa.referencias.put(Alvo.PEG, PEG, a_referencia())
    mesa.put(kept)
    held = service.receive(
        HOSPITAL, um_envio(numero="//"), Chamador("p", "c"), mesa.portas, Recepcao(FakeFiles(), lambda: "1")
    )  # fmt: skip
    assert held.documento == kept.id
    assert mesa.documentos.get([(HOSPITAL, kept.id)]) == [kept]
