"""Composition root of the use cases, on first use, once per process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from alertas.dynamodb.alertas import DynamoAlertas, DynamoPainel
from alertas.dynamodb.preferencias import DynamoPreferencias
from alertas.dynamodb.relacionamentos import DynamoRelacionamentos
from alertas.service.portas import Donos, Portas
from alertas.settings import settings
from conecta_edge import calls, session
from conecta_edge.aws import client
from conecta_edge.clock import local_day
from conecta_edge.settings import required

SOURCE: Final = "conecta.alertas"
AMPLO: Final = "AlertaAmplo"
"""A page of what an operadora tells all its prestadores; nobody but our own queue takes it."""
ESPERA: Final = 3
"""Seconds that the first page waits for one of its counters: a function that was started for it may take that long."""


@lru_cache(maxsize=1)
def _alertas() -> DynamoAlertas:
    return DynamoAlertas(client("dynamodb"), settings().tabela_alertas)


def portas() -> Portas:
    """The ports of one call."""
    now = session.clock().now()
    painel = DynamoPainel(client("dynamodb"), settings().tabela_alertas, now)
    return Portas(alertas=_alertas(), painel=painel, now=now, hoje=local_day(now))


@lru_cache(maxsize=1)
def preferencias() -> DynamoPreferencias:
    """Who wants a digest."""
    return DynamoPreferencias(client("dynamodb"), settings().tabela_alertas, settings().tabela_cadastro)


@lru_cache(maxsize=1)
def relacionamentos() -> DynamoRelacionamentos:
    """What a prestador is to operadoras."""
    return DynamoRelacionamentos(client("dynamodb"), settings().tabela_cadastro)


def donos() -> Donos:
    """Who is asked what only they know."""
    return Donos(contestaveis=_contestaveis, publico=_publico, adiante=_adiante)


def novas(prestador_id: str, quem: str, correlacao: str) -> Mapping[str, Any]:
    """What documentos says, soon, of publicações that somebody has not seen: `{"novas", "consultado_em"}`."""
    asked, rota = {"prestador_id": prestador_id, "quem": quem}, "/documentacoes/novas"
    found: Mapping[str, Any] = calls.ask("FUNCAO_DOCUMENTOS", rota, asked, correlacao, within=ESPERA)
    return found


def _contestaveis(de: Mapping[str, str], correlacao: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = calls.ask("FUNCAO_RECURSO", "/recursos/contestaveis", dict(de), correlacao)
    return found


def _publico(publicacao: str, posicao: Mapping[str, str] | None, correlacao: str) -> Mapping[str, Any]:
    asked = {"publicacao": publicacao, "posicao": posicao}
    found: Mapping[str, Any] = calls.ask("FUNCAO_DOCUMENTOS", "/documentacoes/publico", asked, correlacao)
    return found


def _adiante(envelope: Mapping[str, Any]) -> None:
    """To the bus, and from there to our own queue: what is lost on the way comes again with the message before it.

    Raises:
        RuntimeError: the bus did not take it.
    """
    entry = {
        "EventBusName": required("BARRAMENTO"), "Source": SOURCE, "DetailType": AMPLO,
        "Detail": json.dumps(envelope, ensure_ascii=False, separators=(",", ":")),
    }  # fmt: skip
    answer = client("events").put_events(Entries=[entry])
    if answer["FailedEntryCount"]:
        raise RuntimeError(answer["Entries"][0]["ErrorCode"])
