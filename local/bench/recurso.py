"""Area `recurso`: every item of a PEG of 100 guias contested by XML and by JSON, and answered.

In process every route is the function's own, over the contract-tested fakes and an archive of real bytes; beside it
libxml2 reads and validates the message that says the same. What it asks of DynamoDB is counted on an embedded AWS.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import pytest

from conecta_contas_aws import chaves
from conecta_edge import session
from conecta_edge.clock import local_day
from conecta_edge.dynamodb import marshal
from conecta_facts.operadoras import VersaoAceita
from conecta_tiss.versions import Versao
from local.bench import funcoes
from local.bench.measure import Measure, Sizes, alternate, cpu_of
from local.bench.peg_dados import ITENS
from local.bench.peg_motor import Bucket
from local.bench.peg_publicado import UM_REAL, ContasEmBytes, publicado
from local.bench.tiss import libxml2
from local.bench.units import KIBI, Units
from local.client import sign_in_as
from local.demo_autorizacao import operadora
from local.gerador import DIA_DE_REFERENCIA
from local.gerador.recursos import PedidoRecurso, da_lista, gerar_recurso
from local.seed import HOSPITAL as DA_DEMO
from peg.dynamodb.pegs import to_item
from peg.s3 import S3Archive
from recurso.handler import api
from recurso.s3 import S3Arquivo
from tests.builders_functions import CNPJ, HOSPITAL, VALE, api_event
from tests.conftest import ENVIRONMENT, forget
from tests.fakes_recurso_api import FATURISTA, ApiMesa

if TYPE_CHECKING:
    from conecta_contas.dossies import Dossie
    from conecta_contas.pegs import Peg
    from local.client import Client
    from local.runtime import EmbeddedAws

AREA: Final = "recurso"
UNIT: Final = "ms CPU"
PORQUE: Final = "O item foi autorizado e executado, como prova o relatório."
UM: Final = "/operadora/recursos/{protocolo}"
CINCO_DIAS: Final = timedelta(days=5)
_FUNCAO: Final = "conecta-embarcado-recurso-api"
_VEZES: Final = 2


def measures(sizes: Sizes) -> Iterator[Measure]:
    """CPU in ms; calls to DynamoDB, waits for it, and write units.

    Raises:
        UnexpectedAnswerError: a request was not answered as it must.
    """
    guias = 2 if sizes.rapido else 100
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**ENVIRONMENT, "POWERTOOLS_LOG_LEVEL": "CRITICAL"}.items():
            patch.setenv(name, value)
        forget()
        yield from _in_process(_Mesa(patch, guias), sizes.rodadas, f"{guias} guias × {ITENS} itens")
    forget()
    if not sizes.rapido:
        yield from _on_dynamodb(dict.fromkeys((1, guias)))


# --- in process ---


class _Mesa(ApiMesa):
    """The routes, with a published PEG of which something of each item was taken; what is archived is bytes.

    Args:
        guias: of the PEG.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, guias: int) -> None:
        super().__init__(monkeypatch)
        self.arquivo, self.contas = S3Arquivo(Bucket(), "acervo"), ContasEmBytes()  # type: ignore[assignment]
        self.hoje = local_day(self.agora)
        versoes = tuple(VersaoAceita(one.value, DIA_DE_REFERENCIA) for one in Versao)
        self.put(replace(self.operadoras[VALE], versoes=versoes))
        reader: Any = session.cadastro()
        reader.put_operadora(self.operadoras[VALE])
        monkeypatch.setattr(session, "answering", lambda registro: (registro, True))
        peg, dossie = publicado(guias, teto=UM_REAL)
        self.peg = self.contas.put(replace(peg, prestador_id=HOSPITAL, publicada_em=self.hoje - CINCO_DIAS), dossie)

    def ask(self, method: str, resource: str, body: Any = None, **more: Any) -> Any:
        """Ask the function.

        Raises:
            UnexpectedAnswerError: it refused.
        """
        return _taken(resource, *self.call(method, resource, body, **more)[:2])

    def by_xml(self, message: bytes) -> Any:
        """The same of a message, as the XML door hands it over."""
        event = api_event(
            "POST", "/tiss/recursoGlosa", claims=FATURISTA, path={"transacao": "recursoGlosa"}, headers={},
            body=base64.b64encode(message).decode(),
        )  # fmt: skip
        answer = api.handler({**event, "isBase64Encoded": True}, None)
        return _taken("recursoGlosa", answer["statusCode"], answer["body"])


def _taken(resource: str, status: int, content: Any) -> Any:
    if status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
        raise funcoes.UnexpectedAnswerError(f"{resource}: HTTP {status}: {str(content)[:500]}")
    return content


def _in_process(mesa: _Mesa, rounds: int, size: str) -> Iterator[Measure]:
    """What a faturista and auditoria wait for, each from the same rows."""
    rows = [dict(mesa.recursos.rows)]
    listed = mesa.ask("GET", "/recursos/glosas", query={"protocolo": mesa.peg.protocolo})["glosas"]
    body, answers = _body(mesa.peg, listed), _answers(len(listed))
    message = gerar_recurso(
        PedidoRecurso(
            protocolo=mesa.peg.protocolo, contestadas=da_lista(listed, PORQUE), numero_lote=mesa.peg.numero_lote,
            hoje=mesa.hoje, origem_cnpj=CNPJ, destino=mesa.peg.registro_ans,
        )
    ).conteudo  # fmt: skip
    protocolo = mesa.ask("POST", "/recursos", body)["protocolo"]
    rows.append(dict(mesa.recursos.rows))
    for act, told in (("respostas", answers), ("conclusao", {})):
        mesa.ask("POST", f"{UM}/{act}", told, protocolo=protocolo)
        rows.append(dict(mesa.recursos.rows))

    def since(stage: int, method: str, resource: str, *asked: Any, **more: Any) -> Callable[[], Any]:
        """A request, each time from the rows that this many acts left."""

        def run() -> Any:
            mesa.recursos.rows = dict(rows[stage])
            mesa.recursos.events.clear()
            return mesa.by_xml(message) if resource == "xml" else mesa.ask(method, resource, *asked, **more)

        return run

    def answer_in(formato: str) -> Callable[[], Any]:
        path = "/recursos/{protocolo}/resposta"
        return since(3, "GET", path, query={"formato": formato}, protocolo=protocolo)

    answer = answer_in("xml")()
    received, answered = f"libxml2: parse + XSD do recurso, {size}", f"libxml2: parse + XSD da resposta, {size}"
    floors = {received: libxml2(message, Versao.V4_01_00), answered: libxml2(answer, Versao.V4_01_00)}
    cases = {
        "o que se pode contestar": (
            received, since(0, "GET", "/recursos/glosas", query={"protocolo": mesa.peg.protocolo}),
        ),
        "recepção por XML, com o recibo": (received, since(0, "POST", "xml")),
        "recepção por JSON": (received, since(0, "POST", "/recursos", body)),
        "conferência, sem enviar": (received, since(0, "POST", "/recursos/validacoes", body)),
        "respostas da auditoria": (answered, since(1, "POST", f"{UM}/respostas", answers, protocolo=protocolo)),
        "conclusão": (answered, since(2, "POST", f"{UM}/conclusao", {}, protocolo=protocolo)),
        **{f"resposta em {one.upper()}": (answered, answer_in(one)) for one in ("xml", "json", "pdf")},
    }  # fmt: skip
    runs = {**floors, **{f"{case}, {size}": run for case, (_, run) in cases.items()}}
    medians = alternate({case: cpu_of(run) for case, run in runs.items()}, rounds)
    against = {f"{case}, {size}": floor for case, (floor, _) in cases.items()}
    for case, value in medians.items():
        floor = against.get(case)
        ratio = value / medians[floor] if floor else None
        yield Measure(area=AREA, case=case, value=value, unit=UNIT, ratio=ratio, against=floor)
    for case, content in (("recurso", message), ("resposta", answer)):
        yield Measure(area=AREA, case=f"{case} em XML, {size}: tamanho", value=len(content) / KIBI, unit="KiB")


def _body(peg: Peg, listed: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Everything that is listed, contested."""
    itens = [{**one["modelo"], "justificativa": PORQUE} for one in listed]
    return {"registro_ans": peg.registro_ans, "protocolo_peg": peg.protocolo, "itens": itens}


def _answers(itens: int) -> dict[str, Any]:
    """Every second one is kept."""
    kept, given = {"decisao": "NAO_ACATADO", "justificativa": "O contrato não prevê."}, {"decisao": "ACATADO"}
    return {"respostas": [{"item": place, **(kept if place % 2 else given)} for place in range(1, itens + 1)]}


# --- on DynamoDB ---


def _on_dynamodb(guias: Iterable[int]) -> Iterator[Measure]:
    """What each request asks, of PEGs of so many guias."""
    hoje = local_day(datetime.now(UTC))
    numeros = (f"{hoje:%y%m}2{serial:07d}" for serial in itertools.count(time.time_ns() // 10**9 % 10**7))
    with funcoes.instance() as (aws, where), funcoes.as_function(aws, where, _FUNCAO):
        from conecta_edge.aws import client  # noqa: PLC0415  # reads its settings on first use, and they are these

        waits, units = funcoes.Waits(), Units(aws.client("dynamodb"))
        waits.watch(client("dynamodb"))
        units.watch(client("dynamodb"))
        faturista, auditoria = sign_in_as(where, "faturista", DA_DEMO.prestador_id), operadora(where, "auditoria")
        for many in guias:
            peg, dossie = publicado(many, teto=UM_REAL)
            for turn in range(_VEZES):
                held = _put(aws, replace(peg, protocolo=next(numeros), publicada_em=hoje - CINCO_DIAS), dossie)
                for case, said in _lived(held, faturista, auditoria):
                    waits.reset()
                    with units.counting():
                        said()
                    if turn:  # what came before filled the catalogue, as any earlier request did
                        yield from _counted(f"{case}, {many} guia{'s' * (many > 1)} × {ITENS} itens", waits, units)


def _put(aws: EmbeddedAws, peg: Peg, dossie: Dossie) -> Peg:
    """A PEG where the function reads it."""
    archive = S3Archive(aws.client("s3"), os.environ["BUCKET_ACERVO"])
    held = replace(peg, dossie=archive.keep_dossie(peg, dossie))
    row = {**chaves.peg_key(held.prestador_id, held.protocolo), **to_item(held)}
    aws.client("dynamodb").put_item(TableName=os.environ["TABELA_PEG"], Item=marshal(row))
    return held


def _lived(peg: Peg, faturista: Client, auditoria: Client) -> Iterator[tuple[str, Callable[[], None]]]:
    """Requests of a recurso's life, in order; each is made before the next one is asked for."""
    said: dict[str, Any] = {}

    def ask(who: Client, method: str, resource: str, body: Any = None, **more: Any) -> None:
        event = {**funcoes.event(str(who.token), resource), "httpMethod": method, "body": json.dumps(body), **more}
        answer = api.handler(event, None)
        said.update(json.loads(_taken(resource, answer["statusCode"], answer["body"])))

    query = {"queryStringParameters": {"protocolo": peg.protocolo}}
    yield "o que se pode contestar", lambda: ask(faturista, "GET", "/recursos/glosas", **query)
    listed = said["glosas"]
    yield "recepção por JSON", lambda: ask(faturista, "POST", "/recursos", _body(peg, listed))
    path = {"pathParameters": {"protocolo": said["protocolo"]}}
    for case, act, body in (
        ("respostas da auditoria", "respostas", _answers(len(listed))), ("conclusão", "conclusao", {}),
    ):  # fmt: skip
        yield case, partial(ask, auditoria, "POST", f"{UM}/{act}", body, **path)


def _counted(case: str, waits: funcoes.Waits, units: Units) -> Iterator[Measure]:
    for name, value, unit in (
        ("chamadas ao DynamoDB", waits.calls, "chamadas"), ("idas e voltas ao DynamoDB", waits.rounds, "esperas"),
        ("enviado ao DynamoDB", waits.sent, "bytes"), ("unidades de escrita", units.total, "WRU"),
    ):  # fmt: skip
        yield Measure(area=AREA, case=f"{case}: {name}", value=float(value), unit=unit)
