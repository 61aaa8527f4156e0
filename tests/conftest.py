"""Fixtures of the functions' tests: an environment, a clock that stands still, and what was logged."""

from __future__ import annotations

import json
import os
import socket
import sys
import uuid
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from pytest_socket import disable_socket, socket_allow_hosts

from tests.builders_functions import NOW, ORIGEM_DO_PORTAL, PORTAL, PORTAL_OPERADORA

if TYPE_CHECKING:
    from tests.contract.engines import Engine

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIATESTE",
    "AWS_SECRET_ACCESS_KEY": "segredo-de-teste",
    "AWS_DEFAULT_REGION": "sa-east-1",
    "CONECTA_ESTAGIO": "teste",
    "TABELA_CADASTRO": "conecta-teste-cadastro",
    "TABELA_BENEFICIARIOS": "conecta-teste-beneficiarios",
    "TABELA_AUDITORIA": "conecta-teste-auditoria",
    "TABELA_DOCUMENTOS": "conecta-teste-documentos",
    "TABELA_PEG": "conecta-teste-peg",
    "TABELA_AUTORIZACAO": "conecta-teste-autorizacao",
    "TABELA_PAGAMENTO": "conecta-teste-pagamento",
    "TABELA_RECURSO": "conecta-teste-recurso",
    "TABELA_ALERTAS": "conecta-teste-alertas",
    "TABELA_SELOS": "conecta-teste-selos",
    "TABELA_IDEMPOTENCIA": "conecta-teste-idempotencia",
    "BUCKET_ENTRADA": "conecta-teste-entrada",
    "BUCKET_ACERVO": "conecta-teste-acervo",
    "BARRAMENTO": "conecta-teste",
    "MAQUINA_RECEPCAO_ARN": "arn:aws:states:sa-east-1:000000000000:stateMachine:recepcao-peg",
    "MAQUINA_CARGA_ARN": "arn:aws:states:sa-east-1:000000000000:stateMachine:carga-cadastro",
    "MAQUINA_FECHAMENTO_ARN": "arn:aws:states:sa-east-1:000000000000:stateMachine:fechamento-entregas",
    "MAQUINA_LOTE_ARN": "arn:aws:states:sa-east-1:000000000000:stateMachine:demonstrativos-lote",
    "FUNCAO_CADASTRO": "conecta-teste-cadastro-api",
    "FUNCAO_AUTORIZACAO": "conecta-teste-autorizacao-api",
    "FUNCAO_DOCUMENTOS": "conecta-teste-documentos-api",
    "FUNCAO_PEG": "conecta-teste-peg-api",
    "FUNCAO_PAGAMENTO": "conecta-teste-pagamento-api",
    "FUNCAO_RECURSO": "conecta-teste-recurso-api",
    "FILA_WEBHOOKS": "https://sqs.sa-east-1.amazonaws.com/000000000000/conecta-teste-webhooks",
    "REMETENTE": "nao-responda@conecta.example",
    "LIMITE_ELEGIBILIDADE": "120",
    "SEGREDO_ARN": "arn:aws:secretsmanager:sa-east-1:000000000000:secret:conecta-teste-paginacao",
    "SEGREDO_PSEUDONIMOS_ARN": "arn:aws:secretsmanager:sa-east-1:000000000000:secret:conecta-teste-pseudonimos",
    "SEGREDO_WEBHOOKS_ARN": "arn:aws:secretsmanager:sa-east-1:000000000000:secret:conecta-teste-webhooks",
    "POOL_PRESTADORES": "sa-east-1_Prestador",
    "POOL_OPERADORA": "sa-east-1_Operadora",
    "CLIENTE_PORTAL_PRESTADORES": PORTAL,
    "CLIENTE_PORTAL_OPERADORA": PORTAL_OPERADORA,
    "ORIGENS_PERMITIDAS": f"{ORIGEM_DO_PORTAL}, https://homologacao.example",
    "POWERTOOLS_SERVICE_NAME": "teste",
}


# The gate gives the same answer twice, however slow the machine; HYPOTHESIS_PROFILE=explorar looks for new cases.
settings.register_profile("portao", deadline=None, derandomize=True, max_examples=25)
settings.register_profile("explorar", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "portao"))

CACHING = (
    "alertas", "auditoria", "autorizacao", "cadastro", "conecta_edge", "documentos", "pagamento", "peg", "porta_tiss",
    "recurso",
)  # fmt: skip
"""Packages whose modules keep what their process made: clients, settings, secrets, catalogues."""
CACHED = type(lru_cache(str))
LISTENERS = ("tests/integration/", "tests/unit/bench/", "tests/infra/")
"""Where a test may listen on the loopback; nothing but an e2e test may call anybody further than that."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """No test but an e2e one has a network; pytest-socket gives it back after each test."""
    if item.get_closest_marker("e2e") is not None:
        return
    if item.nodeid.startswith(LISTENERS):
        socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    else:
        disable_socket(allow_unix_socket=True)  # an event loop wakes itself through one


def forget() -> None:
    """Empty every cache of the functions, as a new process would find them."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in CACHING:
            for value in vars(module).values():
                if isinstance(value, CACHED):
                    value.cache_clear()


@pytest.fixture
def function_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The variables a function is deployed with, in a process that has served nothing yet, on 2026-11-21 12:00Z."""
    from conecta_edge import session  # noqa: PLC0415
    from conecta_edge.clock import FixedClock  # noqa: PLC0415

    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    forget()
    monkeypatch.setattr(session, "clock", lambda: FixedClock(NOW))
    yield dict(ENVIRONMENT)
    forget()


@pytest.fixture
def accesses(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """In whose name, and of what, personal data were read: what a function under test recorded."""
    from conecta_edge import session  # noqa: PLC0415

    found: list[Any] = []
    monkeypatch.setattr(
        session, "record_access", lambda _request, actor, **access: found.append((actor.tenant, access["objeto"]))
    )
    return found


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], list[Any]]]:
    """Answers the lines logged since it was last asked, as the JSON they are."""
    from conecta_edge import observability  # noqa: PLC0415

    # Powertools keeps one logger per service name, bound to the output it first saw.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"teste-{uuid.uuid4().hex}")
    observability._logger.cache_clear()
    yield lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    observability._logger.cache_clear()


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The embedded AWS, empty, on a port of its own, for the whole run: only for tests marked e2e."""
    from local.runtime import REGION, EmbeddedAws  # noqa: PLC0415  # only tests of adapters pay for these imports
    from tests.contract.engines import Engine  # noqa: PLC0415

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with EmbeddedAws(tmp_path_factory.mktemp("aws"), port=port, keep=False) as aws:
        environment = {
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_ACCESS_KEY_ID": aws.credentials["access_key"],
            "AWS_SECRET_ACCESS_KEY": aws.credentials["secret_key"],
            "AWS_DEFAULT_REGION": REGION,
        }
        yield Engine(lru_cache(aws.client), environment)


@lru_cache
def _moto_client(service: str) -> Any:
    import boto3  # noqa: PLC0415

    return boto3.client(service)


@pytest.fixture
def moto(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Moto in this process: no socket, no concurrency, no PartiQL."""
    from moto import mock_aws  # noqa: PLC0415

    from tests.contract.engines import Engine  # noqa: PLC0415

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, ENVIRONMENT[name])
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield Engine(_moto_client, {})
