"""Values of the functions' domains, valid as they come; a test says only what matters to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from conecta_contas.pegs import GuiaApresentada, Peg, SituacaoPeg
from conecta_edge.cadastro import Contratacao
from conecta_edge.clock import local_day
from conecta_edge.events import Event, outbox_put
from conecta_facts.operadoras import Operadora, VersaoAceita
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import Periodo, Relacionamento, Situacao
from documentos.domain import uploads
from documentos.domain.finalidades import FINALIDADES, Formato
from documentos.domain.uploads import Upload
from peg.domain.lotes import Documento, Identificacao, LoteLido
from peg.domain.rules import Contexto

NOW: Final = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOSPITAL: Final = "hospital-aurora"
CLINICA: Final = "clinica-brisa"
VALE: Final = "345695"
PASA: Final = "331988"
CNPJ: Final = "11222333000181"
OUTRO_CNPJ: Final = "45723174000110"
PORTAL: Final = "cliente-portal-prestadores"
PORTAL_OPERADORA: Final = "cliente-portal-operadora"
ORIGEM_DO_PORTAL: Final = "https://portal.example"
XML: Final = b"<lote/>"
PDF: Final = b"%PDF-1.7\n1 0 obj\n%%EOF\n"


def sha256(content: bytes) -> str:
    """Hexadecimal digest, as the archive names files."""
    return hashlib.sha256(content).hexdigest()


def an_upload(content: bytes = XML, *, upload_id: str = "u1", finalidade: str = "lote_tiss", **changes: Any) -> Upload:
    """An upload that awaits exactly `content`; `changes` are members of :class:`Upload`."""
    row = FINALIDADES[finalidade]
    made = uploads.intend(
        upload_id=upload_id,
        prestador_id=changes.pop("prestador_id", HOSPITAL),
        registro_ans=changes.pop("registro_ans", VALE),
        finalidade=row,
        formato=Formato(changes.pop("formato", row.formatos[0])),
        nome_arquivo="arquivo",
        tamanho=len(content),
        sha256=changes.pop("sha256_declarado", None),
        referencia=None,
        protocolo="261110000001",
        criado_por="pessoa-1",
        now=changes.pop("now", NOW),
    )
    return replace(made, **changes)


def a_documento(content: bytes = XML, *, upload_id: str = "u1", tentativa: int = 1, **changes: Any) -> Documento:
    """An archived lote that was handed to `peg`."""
    prestador_id, registro_ans = changes.pop("prestador_id", HOSPITAL), changes.pop("registro_ans", VALE)
    made = Documento(
        upload_id=upload_id,
        prestador_id=prestador_id,
        registro_ans=registro_ans,
        chave=f"t/{registro_ans}/{prestador_id}/lote_tiss/{sha256(content)}",
        sha256=sha256(content),
        recebido_em=NOW,
        tentativa=tentativa,
        correlacao=upload_id,
    )
    return replace(made, **changes)


def a_guia(sequencia: int = 1, valor: str = "100.00", **changes: Any) -> GuiaApresentada:
    """A guia as presented."""
    made = GuiaApresentada(
        sequencia=sequencia,
        numero_guia_prestador=f"{1000 + sequencia}",
        numero_guia_operadora=None,
        senha=None,
        data_atendimento=date(2026, 11, 10),
        valor_informado=Decimal(valor),
        itens=2,
    )
    return replace(made, **changes)


def a_lote(*, guias: int = 3, **changes: Any) -> LoteLido:
    """A lote without findings, of the hospital to VALE, in 4.01.00."""
    rows = tuple(a_guia(n) for n in range(1, guias + 1))
    made = LoteLido(
        versao="4.01.00",
        transacao="ENVIO_LOTE_GUIAS",
        codificacao_hash="iso-8859-1",
        numero_lote="1",
        tipo_guia="guiaSP-SADT",
        origem=Identificacao(cnpj=CNPJ),
        destino=VALE,
        sequencial="1",
        guias=rows,
        valor_informado=sum((row.valor_informado for row in rows), start=Decimal("0.00")),
        achados=(),
    )
    return replace(made, **changes)


SINCE: Final = date(2022, 10, 1)
ESCOPOS: Final = tuple(
    f"{area}.{acao}"
    for area in ("elegibilidade", "autorizacao", "peg", "pagamento", "recurso", "documentos")
    for acao in ("ler", "escrever")
)


def a_relacionamento(
    prestador_id: str = HOSPITAL, registro_ans: str = VALE, situacao: str = "HABILITADO", motivo: str | None = None
) -> Relacionamento:
    """The relacionamento of the hospital with VALE, in one state since long ago."""
    periodo = Periodo(Situacao(situacao), SINCE, motivo)
    return Relacionamento(prestador_id, registro_ans, "HOSP01", (periodo,))


def a_contratacao(situacao: str | None = "HABILITADO", motivo: str | None = None) -> Contratacao:
    """What cadastro tells of the hospital at VALE: enabled (or otherwise, or never asked for), in 4.01.00 only."""
    return Contratacao(
        prestador=Prestador(HOSPITAL, "Hospital Aurora", "1234567", cnpj=CNPJ),
        relacionamento=a_relacionamento(situacao=situacao, motivo=motivo) if situacao else None,
        operadora=Operadora(VALE, "AMS", "VALE/PASA", (VALE, PASA), (VersaoAceita("4.01.00", SINCE),)),
    )


def a_contexto(**changes: Any) -> Contexto:
    """What is known of the hospital at VALE: enabled (or in the `situacao` given), in 4.01.00 only."""
    if "situacao" in changes:
        changes["may_bill"] = a_contratacao(changes.pop("situacao")).may_bill_em(local_day(NOW))
    made = Contexto(
        registro_ans=VALE,
        cnpj=CNPJ,
        cpf=None,
        codigo_na_operadora="HOSP01",
        may_bill=True,
        versoes=(VersaoAceita("4.01.00", SINCE),),
        grupo=(VALE, PASA),
        hoje=local_day(NOW),
    )
    return replace(made, **changes)


def a_peg(protocolo: str = "261120000001", *, numero_lote: str = "1", **changes: Any) -> Peg:
    """A PEG being written, invisible yet."""
    made = Peg(
        protocolo=protocolo,
        prestador_id=HOSPITAL,
        registro_ans=VALE,
        numero_lote=numero_lote,
        sha256=sha256(XML),
        situacao=SituacaoPeg.PREPARANDO,
        versao_tiss="4.01.00",
        tipo_guia="guiaSP-SADT",
        quantidade_guias=3,
        valor_informado=Decimal("300.00"),
        data_recepcao=NOW,
        competencia="202611",
        codificacao_hash="iso-8859-1",
        upload_id="u1",
        chave_xml=f"t/{VALE}/{HOSPITAL}/lote_tiss/{sha256(XML)}",
        chave_recebimento=f"t/{VALE}/{HOSPITAL}/respostas/u1.xml",
    )
    return replace(made, **changes)


def person(sub: str = "pessoa-1", **changes: Any) -> dict[str, Any]:
    """Claims of a person's access token, from the prestadores' portal."""
    return {
        "sub": sub, "client_id": PORTAL, "token_use": "access", "scope": "aws.cognito.signin.user.admin", **changes,
    }  # fmt: skip


def machine(client_id: str = "maquina-1", scope: str = "conecta/peg.ler", **changes: Any) -> dict[str, Any]:
    """Claims of a machine's access token."""
    return {"sub": client_id, "client_id": client_id, "token_use": "access", "scope": scope, **changes}


def api_event(
    method: str,
    resource: str,
    *,
    path: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    claims: dict[str, Any] | None = None,
    body: str | None = None,
) -> dict[str, Any]:
    """A proxied request as API Gateway sends it, members it leaves null included."""
    return {
        "httpMethod": method,
        "resource": resource,
        "pathParameters": path,
        "queryStringParameters": query,
        "headers": headers,
        "requestContext": {"requestId": "corr-1", "authorizer": {"claims": claims} if claims is not None else None},
        "body": body,
        "isBase64Encoded": False,
    }


EVENT: Final = Event(
    tipo="PegRecebido",
    registro_ans=VALE,
    prestador_id=HOSPITAL,
    entidade="peg/261120000001",
    correlacao="u1",
    chave="261120000001",
    dados={"protocolo": "261120000001", "quantidade_guias": 3},
)


def outbox_record(number: int, entidade: str = "peg/1", **changes: Any) -> dict[str, Any]:
    """A stream record of an outbox row."""
    put = outbox_put("tabela", "PRESTADOR#h", replace(EVENT, entidade=entidade), NOW)
    return {
        "eventSource": "aws:dynamodb",
        "eventName": "INSERT",
        "dynamodb": {"SequenceNumber": str(number), "NewImage": put["Item"]},
        **changes,
    }


def sqs_message(number: int, body: str | None = None) -> dict[str, Any]:
    """One SQS message."""
    return {
        "messageId": f"m{number}",
        "receiptHandle": "r",
        "body": json.dumps({"numero": number}) if body is None else body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:sa-east-1:000000000000:peg-eventos",
        "awsRegion": "sa-east-1",
    }


def failures(answer: Mapping[str, Any]) -> list[str]:
    """What a batch answered that was not done."""
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
