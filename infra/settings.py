"""What may differ between two deployments of the same templates, read once from CDK context and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

_PYTHON = re.compile(r"3\.1[1-4]")
_ORIGIN = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?|http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?")
_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
_QUANTITY = re.compile(r"[1-9][0-9]{0,5}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_FILE = re.compile(r"/[^\n]+")
# As conecta_edge.clock reads it; a test compares the two.
_OFFSET = re.compile(r"-?P(?=[0-9T])(?:[0-9]{1,5}D)?(?:T(?=[0-9])(?:[0-9]{1,6}H)?(?:[0-9]{1,8}M)?(?:[0-9]{1,9}S)?)?")

# Lotes, which come in bursts at the end of a month, and loads of the operadora may never take the concurrency that
# interactive calls need: eligibility and senhas are asked with the patient at the desk, by JSON or through the XML
# door, which waits while their owners work. Lotes come through that door too: it must have room for others when all of
# peg-api is busy with them. Four loads run their parts at once, of senhas and of payments beside a sweep's four.
# Everybody's day begins with an Início; webhooks are waited for, beside what is due and the digest.
PRODUCTION_CONCURRENCY: Mapping[str, int] = {
    "publico-api": 20,
    "cadastro-api": 100,
    "cadastro-eventos": 20,
    "cadastro-fluxo": 16,
    "autorizacao-api": 100,
    "autorizacao-eventos": 20,
    "autorizacao-fluxo": 20,
    "tiss-api": 75,
    "documentos-api": 60,
    "documentos-eventos": 20,
    "documentos-fluxo": 5,
    "peg-api": 50,
    "peg-eventos": 20,
    "peg-fluxo": 40,
    "pagamento-api": 40,
    "pagamento-eventos": 20,
    "pagamento-fluxo": 20,
    "recurso-api": 30,
    "recurso-eventos": 15,
    "recurso-fluxo": 5,
    "alertas-api": 60,
    "alertas-eventos": 25,
    "alertas-fluxo": 25,
    "auditoria-api": 10,
    "auditoria-fluxo": 5,
}


class SettingsError(ValueError):
    """A context value is missing or wrong; the message names the key and what it may be."""


class Estagio(StrEnum):
    """Stage: part of every physical name, so that stages can share an account."""

    PRODUCAO = "producao"
    HOMOLOGACAO = "homologacao"
    EMBARCADO = "embarcado"


@dataclass(frozen=True, slots=True)
class Settings:
    """One deployment.

    Attributes:
        estagio: stage, in every physical name.
        python: Lambda runtime as `3.N`; the layers must have been built for it.
        arquitetura: Lambda architecture, `arm64` or `x86_64`; the layers must have been built for it.
        origens: exact origins of browsers, scheme and host without path; never a wildcard.
        ativos: folder of `assets/<contexto>` and `layers/<camada>`.
        openapi: the generated OpenAPI document the REST API is made from.
        conta: AWS account id, or None for an account-agnostic template.
        regiao: AWS region.
        concorrencia: reserved concurrent executions by function; empty reserves none.
        avisos: e-mail address that alarms go to, or None.
        limite_elegibilidade: eligibility lookups per minute of one caller, as a text of digits.
        remetente: e-mail address that mail to the operadora's people comes from.
        deslocamento_relogio: how far every function's clock is moved, as an ISO 8601 duration, or None.
        ouvinte_ca: file of a certificate authority by which webhooks may go to this very machine; on the embedded AWS
            only, else None.
    """

    estagio: Estagio = Estagio.PRODUCAO
    python: str = "3.13"
    arquitetura: str = "arm64"
    origens: tuple[str, ...] = ("https://portal.conecta.example",)
    ativos: Path = ROOT / "build"
    openapi: Path = ROOT / "docs" / "openapi.json"
    conta: str | None = None
    regiao: str = "sa-east-1"
    concorrencia: Mapping[str, int] = field(default_factory=dict)
    avisos: str | None = None
    limite_elegibilidade: str = "120"
    remetente: str = "nao-responda@conecta.example"
    deslocamento_relogio: str | None = None
    ouvinte_ca: str | None = None

    @property
    def embarcado(self) -> bool:
        """Whether this is the embedded AWS: throw-away data, nobody's real documents."""
        return self.estagio is Estagio.EMBARCADO

    def name(self, *parts: str) -> str:
        """A physical name: `conecta-<estagio>-<parts joined by hyphens>`."""
        return "-".join(("conecta", self.estagio.value, *parts))


def from_context(get: Callable[[str], Any]) -> Settings:
    """The settings of a CDK context.

    Args:
        get: answers a context key's value, or None (`node.try_get_context`, `dict.get`).

    Raises:
        SettingsError: a value is not one of those its key takes.
    """
    estagio = _stage(_text(get, "estagio", Estagio.PRODUCAO.value))
    return Settings(
        estagio=estagio,
        python=_matching(_text(get, "python", "3.13"), _PYTHON, "python", "3.11 to 3.14, as in 3.13"),
        arquitetura=_architecture(_text(get, "arquitetura", "arm64")),
        origens=_origins(_text(get, "origens", "https://portal.conecta.example")),
        ativos=(ROOT / _text(get, "ativos", "build")).resolve(),
        openapi=(ROOT / _text(get, "openapi", "docs/openapi.json")).resolve(),
        conta=_optional(get, "conta", _ACCOUNT, "an AWS account id of 12 digits"),
        regiao=_matching(_text(get, "regiao", "sa-east-1"), _REGION, "regiao", "an AWS region, as in sa-east-1"),
        concorrencia=_concurrency(_text(get, "concorrencia", _default_concurrency(estagio))),
        avisos=_optional(get, "avisos", _EMAIL, "an e-mail address"),
        limite_elegibilidade=_matching(
            _text(get, "limite_elegibilidade", "120"), _QUANTITY, "limite_elegibilidade", "a number from 1 to 999999"
        ),
        remetente=_matching(
            _text(get, "remetente", "nao-responda@conecta.example"), _EMAIL, "remetente", "an e-mail address"
        ),
        deslocamento_relogio=_offset(get, estagio),
        ouvinte_ca=_listener(get, estagio),
    )


def _text(get: Callable[[str], Any], key: str, default: str) -> str:
    value = get(key)
    if value is None:
        return default
    if not isinstance(value, str):
        # A number typed in cdk.json would lose digits (3.10 becomes 3.1): texts only.
        raise SettingsError(f"context {key}: give a text between quotes, not {value!r}")
    return value.strip()


def _matching(value: str, pattern: re.Pattern[str], key: str, expected: str) -> str:
    if not pattern.fullmatch(value):
        raise SettingsError(f"context {key}: {value!r} is not {expected}")
    return value


def _optional(get: Callable[[str], Any], key: str, pattern: re.Pattern[str], expected: str) -> str | None:
    value = _text(get, key, "")
    return _matching(value, pattern, key, expected) if value else None


def _offset(get: Callable[[str], Any], estagio: Estagio) -> str | None:
    moved = _optional(get, "deslocamento_relogio", _OFFSET, "an ISO 8601 duration, as in P91D or -PT2H")
    if moved and estagio is Estagio.PRODUCAO:
        raise SettingsError("context deslocamento_relogio: the clock of producao is never moved")
    return moved


def _listener(get: Callable[[str], Any], estagio: Estagio) -> str | None:
    trusted = _optional(get, "ouvinte_ca", _FILE, "an absolute path")
    if trusted and estagio is not Estagio.EMBARCADO:
        raise SettingsError("context ouvinte_ca: webhooks go to this machine on the embedded AWS only")
    return trusted


def _stage(value: str) -> Estagio:
    try:
        return Estagio(value)
    except ValueError:
        raise SettingsError(f"context estagio: {value!r} is not one of {', '.join(Estagio)}") from None


def _architecture(value: str) -> str:
    if value not in {"arm64", "x86_64"}:
        raise SettingsError(f"context arquitetura: {value!r} is neither arm64 nor x86_64")
    return value


def _origins(value: str) -> tuple[str, ...]:
    origins = tuple(part.strip() for part in value.split(",") if part.strip())
    if not origins:
        raise SettingsError("context origens: give at least one origin, as in https://portal.conecta.example")
    for origin in origins:
        _matching(origin, _ORIGIN, "origens", "an exact https origin (scheme://host[:port], no path, no wildcard)")
    return origins


def _default_concurrency(estagio: Estagio) -> str:
    return "padrao" if estagio is Estagio.PRODUCAO else "nenhuma"


def _concurrency(value: str) -> Mapping[str, int]:
    if value == "nenhuma":
        return {}
    if value == "padrao":
        return PRODUCTION_CONCURRENCY
    reserved: dict[str, int] = {}
    for part in value.split(","):
        name, _, number = part.strip().partition("=")
        if name not in PRODUCTION_CONCURRENCY or not number.isascii() or not number.isdigit():
            raise SettingsError(
                f"context concorrencia: {part.strip()!r} is not nenhuma, padrao or <function>=<executions>; "
                f"the functions are {', '.join(PRODUCTION_CONCURRENCY)}"
            )
        reserved[name] = int(number)
    return reserved
