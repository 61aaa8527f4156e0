"""Area `frio`: CPU of a fresh process that imports a function and answers its first event.

The yardstick is a fresh process that imports boto3 and makes a DynamoDB client, what no function that stores
anything can do without. A loopback stub answers DynamoDB and S3, so only the function's own CPU is counted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from conecta_edge import cadastro
from conecta_edge.dynamodb import marshal
from conecta_edge.items import VERSION
from conecta_facts import codec
from conecta_facts.operadoras import Operadora, VersaoAceita
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import Periodo, Relacionamento, Situacao
from local.bench.measure import Measure, Sampler, against, alternate
from local.bench.stub import StubAws
from local.gerador import Pedido, gerar

AREA = "frio"
YARDSTICK = "boto3 + cliente DynamoDB"
_PRESTADOR, _REGISTRO, _CNPJ, _PESSOA = "hospital-de-medida", "345695", "12345678000195", "pessoa-de-medida"
_TABLES = {"TABELA_CADASTRO": "cadastro", "TABELA_PEG": "peg", "TABELA_IDEMPOTENCIA": "idempotencia"}
_BUCKET = "acervo"
_CHAVE = f"t/{_REGISTRO}/{_PRESTADOR}/lote_tiss/medida"

_IMPORT = "import sys, json; event = json.load(open(sys.argv[1])); "
_BARE = "pass"
_BOTO3 = "import boto3; boto3.client('dynamodb')"
_HANDLER = _IMPORT + "from {module} import handler; answer = handler(event, None); {check}"
_STATUS_OK = "assert answer['statusCode'] == 200, answer"
_RECEBIDO = "assert answer['situacao'] == 'RECEBIDO', answer"


class FreshProcessError(RuntimeError):
    """The measured process failed: what it wrote to standard error."""


def _environment(stub: StubAws) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        **_TABLES,
        "AWS_ENDPOINT_URL": stub.url,
        "AWS_DEFAULT_REGION": "sa-east-1",
        "AWS_ACCESS_KEY_ID": "measured",
        "AWS_SECRET_ACCESS_KEY": "measured",
        "AWS_EC2_METADATA_DISABLED": "true",
        "BUCKET_ACERVO": _BUCKET,
        "BARRAMENTO": "conecta",
        "CLIENTE_PORTAL_PRESTADORES": "portal",
        "CLIENTE_PORTAL_OPERADORA": "portal-operadora",
        "ORIGENS_PERMITIDAS": "https://portal.example",
        "POWERTOOLS_SERVICE_NAME": "medida",
        "AWS_LAMBDA_FUNCTION_NAME": "medida",
        "CONECTA_ESTAGIO": "medida",
    }


def _rows(now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """The cadastro rows that reception and reading ask for."""
    since = date(now.year - 1, 1, 1)
    versoes = (VersaoAceita("4.01.00", since),)
    held: list[tuple[dict[str, str], Any]] = [
        (cadastro.prestador_key(_PRESTADOR), Prestador(_PRESTADOR, "Hospital de medida", "9990011", cnpj=_CNPJ)),
        (
            cadastro.relacionamento_key(_PRESTADOR, _REGISTRO),
            Relacionamento(_PRESTADOR, _REGISTRO, "1", (Periodo(Situacao.HABILITADO, since),)),
        ),
        (
            cadastro.operadora_key(_REGISTRO),
            Operadora(_REGISTRO, "Operadora de medida", "Medida", (_REGISTRO,), versoes),
        ),
    ]
    rows: list[dict[str, Any]] = [
        *({**key, "v": VERSION, "dados": codec.plain(value)} for key, value in held),
        {**cadastro.vinculo_key(_PESSOA, _PRESTADOR), "prestador_id": _PRESTADOR, "papel": "faturista"},
    ]
    return [(_TABLES["TABELA_CADASTRO"], marshal(row)) for row in rows]


def _rest_event(resource: str, **more: Any) -> dict[str, Any]:
    return {
        "httpMethod": "GET",
        "resource": resource,
        "path": resource,
        "headers": {"Accept": "application/json", "Conecta-Prestador": _PRESTADOR},
        "requestContext": {
            "requestId": "medida",
            "authorizer": {
                "claims": {
                    "sub": _PESSOA,
                    "client_id": "portal",
                    "token_use": "access",
                    "scope": "aws.cognito.signin.user.admin",
                }
            },
        },
        **more,
    }


def _flow_event(lote: bytes, now: datetime) -> dict[str, Any]:
    return {
        "acao": "receber",
        "id": "medida",
        "tipo": "DocumentoRecebido",
        "versao": 1,
        "ocorrido_em": now.isoformat().replace("+00:00", "Z"),
        "registro_ans": _REGISTRO,
        "prestador_id": _PRESTADOR,
        "entidade": "upload/medida",
        "correlacao": "medida",
        "dados": {
            "upload_id": "0" * 32,
            "finalidade": "lote_tiss",
            "chave": _CHAVE,
            "sha256": sha256(lote).hexdigest(),
            "recebido_em": now.isoformat().replace("+00:00", "Z"),
            "tentativa": 1,
        },
    }


def _fresh(code: str, event: Path, environment: dict[str, str], before: Callable[[], None]) -> Sampler:
    """Sampler of milliseconds of CPU (user and system) of one new process."""

    def sample() -> float:
        before()
        process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-c", code, str(event)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        complaint = process.stderr.read() if process.stderr is not None else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.stderr is not None:
            process.stderr.close()
        if process.returncode:
            raise FreshProcessError(complaint.decode("utf-8", "replace"))
        return (usage.ru_utime + usage.ru_stime) * 1000

    sample()  # writes the .pyc files, as a deployed package ships them
    return sample


def measures(rounds: int) -> Iterator[Measure]:
    """CPU of fresh processes, in ms, against the yardstick."""
    now = datetime.now(UTC).replace(microsecond=0)
    lote = gerar(Pedido(hoje=now.date(), origem_cnpj=_CNPJ, destino=_REGISTRO)).conteudo
    cases = {
        "python vazio": (_BARE, {}),
        YARDSTICK: (_BOTO3, {}),
        "publico-api: GET /saude": (
            _HANDLER.format(module="publico.handler.api", check=_STATUS_OK),
            _rest_event("/saude"),
        ),
        "peg-api: GET /pegs": (
            _HANDLER.format(module="peg.handler.api", check=_STATUS_OK),
            _rest_event("/pegs", queryStringParameters={"competencia": f"{now:%Y%m}"}),
        ),
        "cadastro-api: GET /contrato": (
            _HANDLER.format(module="cadastro.handler.api", check=_STATUS_OK),
            _rest_event("/contrato", queryStringParameters={"registro_ans": _REGISTRO}),
        ),
        "peg-fluxo: lote de 1 guia": (
            _HANDLER.format(module="peg.handler.fluxo", check=_RECEBIDO),
            _flow_event(lote, now),
        ),
    }
    with StubAws() as stub, TemporaryDirectory() as folder:
        stub.seed(_rows(now), {f"/{_BUCKET}/{_CHAVE}": lote})
        environment = _environment(stub)
        samplers: dict[str, Sampler] = {}
        for number, (name, (code, event)) in enumerate(cases.items()):
            file = Path(folder) / f"{number}.json"
            file.write_text(json.dumps(event), encoding="utf-8")
            samplers[name] = _fresh(code, file, environment, stub.reset)
        medians = alternate(samplers, rounds)
    found = [Measure(area=AREA, case=name, value=value, unit="ms CPU") for name, value in medians.items()]
    yield from against(found, YARDSTICK)
