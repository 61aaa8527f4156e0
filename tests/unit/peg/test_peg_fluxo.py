"""The step of the workflow and the sweep: one event in, one answer out; a failure loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from conecta_contas.pegs import SituacaoPeg
from conecta_edge import session
from conecta_edge.clock import local_day
from conecta_senhas_aws.senhas import DynamoSenhas
from peg.bootstrap import nucleo
from peg.domain.errors import DocumentoMissingError
from peg.dynamodb.contextos import DynamoContextos
from peg.handler import fluxo
from peg.messages.lotes import TissPadrao
from tests.builders_functions import HOSPITAL, NOW, PASA, VALE, a_documento, sha256
from tests.builders_peg import a_sadt
from tests.casa_peg import Casa
from tests.fakes import Interruption, ProcessDiedError

P1 = "261120000001"


def envelope(raw: bytes, tentativa: int = 1, recebido_em: str = "2026-11-21T12:00:00.000000Z") -> dict[str, Any]:
    """`DocumentoRecebido` of a lote, as documentos publishes it."""
    dados = {
        "upload_id": "u1", "finalidade": "lote_tiss", "formato": "application/xml", "chave": a_documento(raw).chave,
        "sha256": sha256(raw), "tamanho": len(raw), "recebido_em": recebido_em, "tentativa": tentativa,
    }  # fmt: skip
    return {
        "id": "e1", "tipo": "DocumentoRecebido", "versao": 1, "ocorrido_em": recebido_em, "registro_ans": VALE,
        "prestador_id": HOSPITAL, "entidade": "upload/u1", "correlacao": "u1", "dados": dados,
    }  # fmt: skip


class Passo:
    """The workflow's step in a house, with a lote in its archive."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.casa = Casa()
        self.casa.autoriza()
        self.raw = self.casa.lote(a_sadt())
        self.casa.arquiva(self.raw)
        monkeypatch.setattr(nucleo, "portas", self.casa.portas)
        monkeypatch.setattr(session, "catalogo", lambda: self.casa.fatos.catalogo)

    def receive(self, raw: bytes | None = None, **changes: Any) -> dict[str, Any]:
        return fluxo.handler({"acao": "receber", **envelope(raw or self.raw, **changes)}, None)


@pytest.fixture
def passo(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Passo:
    return Passo(monkeypatch)


def test_the_step_receives_a_lote_once(passo: Passo, logged: Callable[[], list[Any]]) -> None:
    answer = {"situacao": "RECEBIDO", "protocolo": P1, "repetido": False}
    assert [passo.receive(), passo.receive()] == [answer, answer]
    assert passo.casa.peg(P1).situacao is SituacaoPeg.RECEBIDO
    assert [(line["situacao"], line["achados"], line["protocolo"]) for line in logged()] == [("RECEBIDO", 0, P1)] * 2


def test_the_step_refuses_a_lote(passo: Passo) -> None:
    raw = passo.casa.lote(a_sadt(), destino=PASA)
    passo.casa.arquiva(raw)
    assert passo.receive(raw) == {"situacao": "RECUSADO", "protocolo": None, "repetido": False}


def test_the_step_fails_so_that_the_workflow_retries(passo: Passo) -> None:
    passo.casa.archive.acervo.versions.clear()
    with pytest.raises(DocumentoMissingError):
        passo.receive()


def test_a_failure_after_every_retry_is_registered_by_its_class(passo: Passo, logged: Callable[[], list[Any]]) -> None:
    answer = {"situacao": "FALHA_REGISTRADA", "protocolo": None, "repetido": False}
    failed = {"acao": "registrar-falha", "entrada": envelope(passo.raw)}
    erro = {"Error": "TransientConflictError", "Cause": '{"errorMessage": "123.456.789-09"}'}
    assert fluxo.handler({**failed, "erro": erro}, None) == answer
    assert fluxo.handler(failed, None) == answer
    lines = logged()
    assert [(line["upload_id"], line["erro"]) for line in lines] == [
        ("u1", "TransientConflictError"), ("u1", "desconhecido"),
    ]  # fmt: skip
    assert "123.456" not in json.dumps(lines)


def test_the_sweep_finishes_what_is_old_of_every_operadora_and_says_how_much(
    passo: Passo, logged: Callable[[], list[Any]]
) -> None:
    casa = passo.casa
    peg = casa.recebe(a_sadt())
    with pytest.raises(ProcessDiedError):
        casa.cancela(peg, wrap=lambda _name, port: Interruption(after=1).wrap(port))
    assert fluxo.handler({"acao": "varrer"}, None)["retomados"] == 0
    casa.agora = NOW + timedelta(minutes=1)
    assert fluxo.handler({"acao": "varrer"}, None)["retomados"] == 0
    assert fluxo.handler({"acao": "varrer", "tudo": True}, None)["retomados"] == 1
    assert not casa.peg(P1).liberando
    other = casa.recebe(a_sadt())
    casa.agora = NOW + timedelta(days=1)
    answer = fluxo.handler({"acao": "varrer"}, None)
    assert answer == {"retomados": 0, "em_analise": 1, "sem_resposta": 0, "adiados": 0}
    assert casa.peg(other.protocolo).situacao is SituacaoPeg.EM_ANALISE
    assert logged()[-1].items() >= answer.items()


@pytest.mark.parametrize("event", [{}, {"acao": "outra"}])
def test_an_action_that_does_not_exist_fails(passo: Passo, event: dict[str, Any]) -> None:
    with pytest.raises(fluxo.UnknownActionError):
        fluxo.handler(event, None)


def test_an_event_names_the_archived_file() -> None:
    raw = b"<lote/>"
    assert fluxo.documento_of(envelope(raw, tentativa=3)) == a_documento(raw, tentativa=3)


def test_ports_are_made_once_of_the_names_the_function_was_given(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nucleo, "client", lambda service: service)
    monkeypatch.setattr(session, "client", lambda service: service, raising=False)
    for name in ("cadastro", "catalogo", "pseudonyms"):
        monkeypatch.setattr(session, name, lambda name=name: name)
    made: Any = nucleo.portas()
    assert (made.now, made.local_day, made.hoje) == (NOW, local_day, local_day(NOW))
    again: Any = nucleo.portas()
    assert made.pegs is again.pegs
    assert (made.pegs._client, made.pegs._table) == ("dynamodb", "conecta-teste-peg")
    assert made.cobrancas._table == "conecta-teste-peg"
    assert (made.archive._client, made.archive._bucket) == ("s3", "conecta-teste-acervo")
    assert isinstance(made.senhas.many.__self__, DynamoSenhas)
    assert made.senhas.bill == made.contextos.senhas.bill
    assert isinstance(made.contextos.read.__self__, DynamoContextos)
    assert isinstance(made.padrao.read.__self__, TissPadrao)
