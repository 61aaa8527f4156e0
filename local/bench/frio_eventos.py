"""What each function is first asked, in the area `frio`, and the rows that its answer takes.

The functions are those whose entries are found in the tree: one of which nothing is said here is an error.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from conecta_cargas.states import Carga, Objeto, SituacaoCarga
from conecta_cargas_aws.stored import to_item
from conecta_edge import cadastro
from conecta_edge.clock import iso
from conecta_edge.dynamodb import marshal
from conecta_edge.events import Event, outbox_put
from conecta_edge.items import VERSION
from conecta_facts import codec
from conecta_facts.operadoras import Operadora, VersaoAceita
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import Periodo, Relacionamento, Situacao
from local.gerador_cadastro import Pedido, gerar
from local.packaging import ROOT
from tests.builders_functions import CNPJ, HOSPITAL, NOW, VALE, api_event, person
from tests.conftest import ENVIRONMENT

ENTRIES: Final = ("api", "eventos", "fluxo")
CALLED: Final = {"porta_tiss": "tiss"}
"""How the functions of a package are called, where it is not as the package."""
CARGA: Final = "medida"
LOTE: Final = f"t/{VALE}/{HOSPITAL}/lote_tiss/medida"
ARQUIVO: Final = f"cadastro/{VALE}/operadora/medida.csv"
CSV: Final = b"".join(next(gerar(Pedido(VALE, vidas=20, hoje=NOW.date(), tipos=("operadora",)))).linhas)
OK: Final = "answer['statusCode'] == 200"
ALL_DONE: Final = "answer == {'batchItemFailures': []}"
NOT_THERE: Final = "answer['batchItemFailures']"
"""Of what no row is seeded: everything is imported and asked, and it is told that it is not there."""


class UnmeasuredError(RuntimeError):
    """A function of which nobody says what it is first asked."""


@dataclass(frozen=True, slots=True)
class First:
    """A first event.

    Attributes:
        name: for the table.
        event: what comes.
        check: Python; what must hold of `answer`.
    """

    name: str
    event: Mapping[str, Any]
    check: str


def entries() -> dict[str, str]:
    """The module of each function's entry, by the function's name without stage."""
    return {
        f"{CALLED.get(package.name, package.name)}-{entry}": f"{package.name}.handler.{entry}"
        for package in sorted((ROOT / "functions").iterdir())
        for entry in ENTRIES
        if (package / "handler" / f"{entry}.py").is_file()
    }


def firsts(now: datetime, lote: bytes) -> dict[str, tuple[First, ...]]:
    """What each function is first asked.

    Raises:
        UnmeasuredError: it is not said of every function there is.
    """
    told = Told(now)
    operadora = {"registro_ans": VALE}
    publication = told.published()
    said = {
        "alertas-api": (_get("/alertas"), _get("/inicio")),
        "alertas-eventos": (publication, told.queued("LoteRecusado", upload_id="1")),
        "alertas-fluxo": (_step("resumos", "True", acao="resumir"),),
        "auditoria-api": (_get("/auditoria"),),
        "auditoria-fluxo": (_step("selagem", "not answer['adiados']", acao="selar"),),
        "autorizacao-api": (_get("/autorizacoes"),),
        "autorizacao-eventos": (
            publication,
            told.queued("DocumentoVinculado", NOT_THERE, id="1", upload_id="1", finalidade="relatorio"),
        ),
        "autorizacao-fluxo": (_step("varredura", "not answer['mais']", acao="varrer", parte=0),),
        "cadastro-api": (_get("/contrato", operadora),),
        "cadastro-eventos": (publication, told.queued("CargaRetomada", id="1", tentativa=1)),
        "cadastro-fluxo": (_step("carga planejada", "answer['partes']", acao="planejar", registro_ans=VALE, id=CARGA),),
        "documentos-api": (_get("/documentos"), _get("/documentacoes")),
        "documentos-eventos": (publication, told.queued("PegRecebido", upload_id="1", protocolo="1")),
        "documentos-fluxo": (_step("conciliação", "not answer['pendentes']", tarefa="conciliar-uploads"),),
        "pagamento-api": (_get("/notas-fiscais"), _get("/cronograma", operadora)),
        "pagamento-eventos": (publication, told.queued("DemonstrativosPedidos", id="1")),
        "pagamento-fluxo": (
            _step("fechamento", "not answer['mais']", acao="varrer", parte={"acao": "fechar", **operadora}),
        ),
        "peg-api": (
            _get("/pegs", {"competencia": f"{now:%Y%m}"}),
            _get("/pegs/rascunhos"),
            _xml("loteGuias", lote),
        ),
        "peg-eventos": (publication, told.queued("DocumentoRecebido", upload_id="1", tentativa=1)),
        "peg-fluxo": (
            First("lote de 1 guia", told.received(lote), "answer['situacao'] == 'RECEBIDO'"),
            _step("varredura", "not answer['adiados']", acao="varrer"),
        ),
        "publico-api": (_get("/saude"),),
        "recurso-api": (_get("/recursos"), _get("/recursos/glosas")),
        "recurso-eventos": (publication,),
        "recurso-fluxo": (_step("prazos", "not answer['vencidos']", acao="vigiar-prazos"),),
        "tiss-api": (_xml("{transacao}", lote, transacao="loteGuias"),),
    }
    if missing := entries().keys() - said.keys():
        raise UnmeasuredError(f"local/bench/frio_eventos.py: diga o primeiro evento de {', '.join(sorted(missing))}")
    return said


def _get(resource: str, query: dict[str, str] | None = None) -> First:
    return First(f"GET {resource}", api_event("GET", resource, query=query, claims=person()), OK)


def _xml(resource: str, message: bytes, **path: str) -> First:
    event = api_event(
        "POST", f"/tiss/{resource}", path=path or {"transacao": resource}, claims=person(),
        body=base64.b64encode(message).decode(),
    )  # fmt: skip
    return First("lote de 1 guia por XML", {**event, "isBase64Encoded": True}, OK)


def _step(name: str, check: str, **event: Any) -> First:
    return First(name, event, check)


class Told:
    """Events of a day, as the bus and the streams bring them."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def published(self) -> First:
        """A stream's batch of one outbox row."""
        event = Event("MedidaTomada", VALE, HOSPITAL, "medida/1", "medida", "1", {"medida": "1"})
        row = outbox_put("medida", f"PRESTADOR#{HOSPITAL}", event, self._now)["Item"]
        record = {"eventSource": "aws:dynamodb", "eventName": "INSERT", "dynamodb": {"NewImage": row}}
        record["dynamodb"] |= {"SequenceNumber": "1"}  # type: ignore[operator]
        return First("evento publicado", {"Records": [record]}, ALL_DONE)

    def queued(self, tipo: str, check: str = ALL_DONE, **detail: Any) -> First:
        """A queue's batch of one event."""
        body = {"detail-type": tipo, "detail": self._envelope(tipo, detail)}
        record = {
            "messageId": "1", "receiptHandle": "1", "body": json.dumps(body), "attributes": {},
            "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs", "eventSourceARN": "", "awsRegion": "",
        }  # fmt: skip
        return First(tipo, {"Records": [record]}, check)

    def received(self, lote: bytes) -> dict[str, Any]:
        """What a reception begins with."""
        dados = {
            "upload_id": "0" * 32, "finalidade": "lote_tiss", "chave": LOTE, "sha256": sha256(lote).hexdigest(),
            "recebido_em": iso(self._now), "tentativa": 1,
        }  # fmt: skip
        return {"acao": "receber", **self._envelope("DocumentoRecebido", dados)}

    def _envelope(self, tipo: str, dados: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": "medida", "tipo": tipo, "versao": 1, "ocorrido_em": iso(self._now), "registro_ans": VALE,
            "prestador_id": HOSPITAL, "entidade": "medida/1", "correlacao": "medida", "dados": dados,
        }  # fmt: skip


def objects(lote: bytes) -> dict[str, bytes]:
    """What there is in the buckets, by `/bucket/key`."""
    return {f"/{ENVIRONMENT['BUCKET_ACERVO']}/{LOTE}": lote, f"/{ENVIRONMENT['BUCKET_ENTRADA']}/{ARQUIVO}": CSV}


def rows(now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """The cadastro rows that sessions, receptions and loads ask for, by table."""
    since = date(now.year - 1, 1, 1)
    versoes = (VersaoAceita("4.01.00", since),)
    operadora = Operadora(VALE, "Operadora de medida", "Medida", (VALE,), versoes)
    relacionamento = Relacionamento(HOSPITAL, VALE, "1", (Periodo(Situacao.HABILITADO, since),))
    held: list[tuple[dict[str, str], Any]] = [
        (cadastro.prestador_key(HOSPITAL), Prestador(HOSPITAL, "Hospital de medida", "9990011", cnpj=CNPJ)),
        (cadastro.relacionamento_key(HOSPITAL, VALE), relacionamento),
        (cadastro.operadora_key(VALE), operadora),
        (cadastro.listed_operadora_key(VALE), operadora),
    ]
    carga = Carga(
        CARGA, VALE, "operadora", Objeto(ARQUIVO, None, '"0"', len(CSV), now), now, SituacaoCarga.RECEBIDA, now, now
    )
    found: list[dict[str, Any]] = [
        *({**key, "v": VERSION, "dados": codec.plain(value)} for key, value in held),
        {**cadastro.vinculo_key(str(person()["sub"]), HOSPITAL), "prestador_id": HOSPITAL, "papel": "gestor"},
        {**cadastro.carga_key(VALE, CARGA), "v": VERSION, **to_item(carga)},
    ]
    return [(ENVIRONMENT["TABELA_CADASTRO"], marshal(row)) for row in found]
