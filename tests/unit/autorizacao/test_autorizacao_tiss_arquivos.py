"""The five messages as files: answered beside their upload, told to documentos, the same however often they come."""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Callable
from typing import Any

import pytest

from autorizacao.handler import envios, eventos, tiss
from conecta_edge import queues
from conecta_edge.clock import iso
from conecta_edge.envios import MensagemAusenteError
from conecta_tiss.messages.envelope import Mensagem
from conecta_tiss.pipeline import validate_message
from local.gerador import solicitacoes as gerador
from tests import builders as um
from tests.builders_autorizacao import ANALISADO
from tests.builders_cadastro import CARTEIRA, HOJE, NOME
from tests.builders_functions import CNPJ, HOSPITAL, NOW, PASA, VALE, failures, outbox_record, sqs_message
from tests.fakes import Bus
from tests.fakes_envios import Bucket, Table
from tests.unit.autorizacao.test_autorizacao_tiss import NUMERO, Door, a_pedido, cancelled, sent, status_of

CHAVE = f"t/{VALE}/{HOSPITAL}/mensagem_tiss/abc"


class Arquivos(Door):
    """The door with an archive and an outbox behind it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.bucket, self.table = Bucket(), Table()
        monkeypatch.setattr(envios, "client", {"s3": self.bucket, "dynamodb": self.table}.__getitem__)

    def deliver(self, raw: bytes, transacao: str | None, upload: str = "u1", **changes: Any) -> list[str]:
        """One message of the queue; answers what was not done."""
        self.bucket.objects[CHAVE] = raw
        event = {"detail-type": "DocumentoRecebido", "detail": envelope(transacao, upload, **changes)}
        return failures(eventos.handler({"Records": [sqs_message(0, json.dumps(event))]}, None))

    def left(self, upload: str = "u1") -> Mensagem[Any]:
        """The answer beside an upload."""
        read = validate_message(self.bucket.objects[f"t/{VALE}/{HOSPITAL}/respostas/{upload}.xml"], hoje=HOJE)
        assert read.mensagem is not None, read.achados
        return read.mensagem


def envelope(transacao: str | None, upload: str = "u1", tentativa: int = 1, registro: str = VALE) -> dict[str, Any]:
    """`DocumentoRecebido` of a message, as documentos publishes it."""
    dados: dict[str, Any] = {
        "upload_id": upload, "finalidade": "mensagem_tiss", "formato": "application/xml", "chave": CHAVE,
        "sha256": "abc", "tamanho": 1, "recebido_em": iso(NOW), "tentativa": tentativa,
    }  # fmt: skip
    return {
        "id": "e1", "tipo": "DocumentoRecebido", "versao": 1, "ocorrido_em": iso(NOW), "registro_ans": registro,
        "prestador_id": HOSPITAL, "entidade": f"upload/{upload}", "correlacao": upload,
        "dados": {**dados, **({"transacao": transacao} if transacao else {})},
    }  # fmt: skip


@pytest.fixture
def arquivos(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Arquivos:
    return Arquivos(monkeypatch)


PEDIDO = gerador.gerar_solicitacao(a_pedido()).conteudo


def test_a_request_as_a_file_is_answered_beside_it(arquivos: Arquivos, logged: Callable[[], list[Any]]) -> None:
    assert arquivos.deliver(PEDIDO, "solicitacaoProcedimento") == []
    assert arquivos.left().corpo.servico.autorizacao.senha == NUMERO
    held = arquivos.held(NUMERO)
    assert (held.prestador_id, held.historico[0].quem) == (HOSPITAL, "upload/u1")
    (event,) = arquivos.table.told()
    assert (event["tipo"], event["entidade"], event["correlacao"]) == ("MensagemRespondida", "upload/u1", "u1")
    assert event["dados"] == {
        "upload_id": "u1", "transacao": "solicitacaoProcedimento",
        "recurso": {"tipo": "autorizacao", "id": f"{VALE}/{NUMERO}"},
    }  # fmt: skip
    assert {pk for pk, _ in arquivos.table.rows} == {f"PRESTADOR#{HOSPITAL}"}
    assert [purpose for purpose, _ in arquivos.accesses] == ["pedido-de-autorizacao"]
    written = json.dumps([logged(), event], ensure_ascii=False)
    assert not [value for value in (CARTEIRA, NOME, CNPJ) if value in written]


def test_a_file_that_comes_again_is_answered_the_same_and_what_is_told_is_the_same_event(arquivos: Arquivos) -> None:
    raw = gerador.gerar_solicitacao(a_pedido(ANALISADO)).conteudo
    arquivos.deliver(raw, "solicitacaoProcedimento")
    first = arquivos.left()
    assert cancelled(arquivos, ("G-1", None)) == ["1"]
    arquivos.deliver(raw, "solicitacaoProcedimento")
    before = arquivos.table.told()
    arquivos.deliver(raw, "solicitacaoProcedimento", tentativa=2)
    assert arquivos.left() == first
    assert arquivos.table.told() == before
    told = [(event["dados"]["upload_id"], event["dados"].get("recurso")) for event in before]
    assert told == [("u1", {"tipo": "autorizacao", "id": f"{VALE}/{NUMERO}"})]
    assert [row["tentativa"] for row in arquivos.table.rows.values()] == [2]
    assert len(arquivos.autorizacoes.rows) == 1


def test_an_error_is_a_refusal_with_its_report(arquivos: Arquivos) -> None:
    arquivos.deliver(PEDIDO[:-30], "solicitacaoProcedimento")
    assert arquivos.left().corpo.mensagem_erro.codigo == "5002"
    report = json.loads(arquivos.bucket.objects[f"t/{VALE}/{HOSPITAL}/respostas/u1.json"])
    assert [achado["codigo"] for achado in report["achados"]] == ["5002"]
    (event,) = arquivos.table.told()
    assert (event["tipo"], event["dados"]["achados"]) == ("MensagemRecusada", 1)
    assert "recurso" not in event["dados"]
    arquivos.deliver(status_of("G-9"), "solicitaStatusAutorizacao", "u2")
    assert arquivos.table.told()[-1]["tipo"] == "MensagemRecusada"


def test_a_file_is_for_the_operadora_it_was_sent_to(arquivos: Arquivos) -> None:
    arquivos.deliver(PEDIDO, "solicitacaoProcedimento", registro=PASA)
    answer = arquivos.bucket.objects[f"t/{PASA}/{HOSPITAL}/respostas/u1.xml"]
    read = validate_message(answer, hoje=HOJE)
    assert read.mensagem is not None
    assert read.mensagem.corpo.mensagem_erro.codigo == "5027"
    assert arquivos.autorizacoes.rows == {}


def test_an_answer_without_an_authorization_names_none(arquivos: Arquivos) -> None:
    raw = sent(um.comunicacao(beneficiario=um.beneficiario(numero_carteira=CARTEIRA), data_evento=HOJE))
    arquivos.deliver(raw, "comunicacaoInternacao")
    (event,) = arquivos.table.told()
    assert (event["tipo"], "recurso" in event["dados"]) == ("MensagemRespondida", False)


@pytest.mark.parametrize("transacao", ["loteGuias", "cancelaGuia", None])
def test_a_message_of_others_goes_to_the_dead_letter_queue(arquivos: Arquivos, transacao: str | None) -> None:
    assert arquivos.deliver(PEDIDO, transacao) == ["m0"]
    assert arquivos.table.rows == {}


def test_what_is_not_in_the_archive_goes_back_to_the_queue(arquivos: Arquivos) -> None:
    with pytest.raises(MensagemAusenteError):
        eventos.consume({"detail-type": "DocumentoRecebido", "detail": envelope("loteAnexos")})


def test_what_others_write_all_the_time_goes_back_to_the_queue(
    arquivos: Arquivos, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: Any) -> None:
        raise TimeoutError

    monkeypatch.setattr(tiss, "process", lost)
    assert arquivos.deliver(PEDIDO, "solicitacaoProcedimento") == ["m0"]


@pytest.mark.parametrize(
    ("kind", "module", "function"),
    [(kind, *where) for kind, where in eventos.CONSUMERS.items() if kind != "DocumentoRecebido"],
)
def test_each_message_goes_to_who_takes_it(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, kind: str, module: str, function: str
) -> None:
    taken: list[Any] = []
    stand_in = types.ModuleType(module)
    setattr(stand_in, function, taken.append)
    monkeypatch.setitem(sys.modules, f"autorizacao.handler.{module}", stand_in)
    eventos.consume({"detail-type": kind, "detail": {"x": 1}})
    assert taken == [{"x": 1}]


def test_an_unknown_message_goes_to_the_dead_letter_queue(function_environment: dict[str, str]) -> None:
    message = sqs_message(0, json.dumps({"detail-type": "Outro", "detail": {}}))
    assert failures(eventos.handler({"Records": [message]}, None)) == ["m0"]


def test_the_tables_stream_is_published_under_this_context(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = Bus()
    monkeypatch.setattr(queues, "client", {"events": bus}.__getitem__)
    assert failures(eventos.handler({"Records": [outbox_record(1)]}, None)) == []
    assert bus.calls[0][0]["Source"] == "conecta.autorizacao"
