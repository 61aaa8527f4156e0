"""Counts of the lines of `local.bench.custo.contado`: what one authorization, or one PEG, asks of each service.

Pure. A `Fluxo` is per one; keys are told by their pattern, what differs from one to the next named: `<prestador>`,
`<registro>`, `<dia>`, `<mes>`, `<numero>`, `<id>`, `<fatia>`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

AGENDADAS: Final = frozenset({
    "conciliar-uploads", "planejar-fechamento", "planejar-varredura", "resumir", "retomar-entregas", "selar", "varrer",
    "vigiar-prazos",
})  # fmt: skip
"""Actions of schedules: they happen whether or not anything else does, and are none of what is counted."""
WRITES: Final = frozenset({"PUT", "POST", "COPY"})
"""Methods of S3 that are billed as writing."""
_NAMED: Final = tuple(
    (re.compile(pattern, re.ASCII), name)
    for pattern, name in (
        (r"(?<=\bPRESTADOR#)[^#]+", "<prestador>"),
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|[0-9a-f]{24,64}", "<id>"),
        (r"\b(345695|331988)\b", "<registro>"),
        (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "<dia>"),
        (r"\b20[0-9]{4}\b|(?<=#)2[0-9](0[1-9]|1[0-2])\b", "<mes>"),
        (r"\b[0-9]{7,20}\b", "<numero>"),
        (r"(?<=#)[0-9]{1,2}\b", "<fatia>"),
    )
)


@dataclass(frozen=True, slots=True)
class Trabalho:
    """What a function did for one.

    Attributes:
        invocacoes: how often it was called.
        memoria: MiB.
        cpu_ms: of all its invocations.
        esperas: how often it waited for each service: calls under way together are one wait, for the first of them;
            for a function of ours, `lambda:<name>`.
        log: bytes.
    """

    invocacoes: float
    memoria: int
    cpu_ms: float
    esperas: Mapping[str, float]
    log: float


@dataclass(frozen=True, slots=True)
class Chave:
    """What is asked of the rows under keys of one pattern, of a table or of its index, for one."""

    tabela: str
    indice: str | None
    padrao: str
    leituras: float
    escritas: float


@dataclass(frozen=True, slots=True)
class Fluxo:
    """What one of something asks, by service.

    Attributes:
        pedidos: to API Gateway.
        eventos: of EventBridge, those of S3 among them.
        mensagens: requests of SQS: sent, received, deleted.
        transicoes: of Step Functions.
        s3: `gravacoes` and `leituras`.
        guardado: bytes kept in `dynamodb`, indexes aside, and in `s3`.
        outras: calls of other services.
    """

    pedidos: float
    funcoes: Mapping[str, Trabalho]
    chaves: Sequence[Chave]
    eventos: float
    mensagens: float
    transicoes: float
    s3: Mapping[str, float]
    guardado: Mapping[str, float]
    outras: Mapping[str, float] = field(default_factory=dict)

    @property
    def leituras(self) -> float:
        """Read units of DynamoDB."""
        return sum(one.leituras for one in self.chaves)

    @property
    def escritas(self) -> float:
        """Write units of DynamoDB."""
        return sum(one.escritas for one in self.chaves)

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it; `of` reads it."""
        return asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Fluxo:
        """What `plain` told."""
        held = dict(plain)
        held["funcoes"] = {name: Trabalho(**one) for name, one in plain["funcoes"].items()}
        held["chaves"] = [Chave(**one) for one in plain["chaves"]]
        return cls(**held)


def padrao(chave: str) -> str:
    """A key without what is of one row alone."""
    for pattern, name in _NAMED:
        chave = pattern.sub(name, chave)
    return chave


def contar(linhas: Iterable[Mapping[str, Any]], cpu: Mapping[str, float], transicoes: int, quantas: int) -> Fluxo:
    """What each of `quantas` took.

    Args:
        linhas: of `local.bench.custo.contado.FILE`; of each function one runs at a time.
        cpu: seconds of each function.
    """
    calls: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    runs: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    told = list(linhas)
    aside = [one for one in told if one.get("gatilho") in AGENDADAS]
    for one in told:
        if not any(one["quem"] == run["quem"] and run["de"] <= one["de"] <= run["ate"] for run in aside):
            (runs if one["que"] == "invocacao" else calls)[one["quem"]].append(one)
    every = [one for held in calls.values() for one in held]
    units: Counter[tuple[str, str | None, str, bool]] = Counter()
    for one in every:
        for tabela, indice, chave, leituras, escritas in one.get("unidades", ()):
            where = tabela.rpartition("-")[2], indice, padrao(chave)
            units[*where, False] += leituras
            units[*where, True] += escritas
    s3 = Counter("gravacoes" if one["operacao"] in WRITES else "leituras" for one in every if one["servico"] == "s3")
    posted = sum(one["servico"] == "s3" and not one["quem"] for one in every)
    others = Counter(one["servico"] for one in every if one["servico"] not in COUNTED)
    messages = [one["registros"] for held in runs.values() for one in held if one["gatilho"] == "sqs"]
    return Fluxo(
        pedidos=_per(sum(one["gatilho"] == "api" for held in runs.values() for one in held), quantas),
        funcoes={name: _work(held, calls[name], cpu.get(name, 0.0), quantas) for name, held in sorted(runs.items())},
        chaves=[
            Chave(*where, _per(units[*where, False], quantas), _per(units[*where, True], quantas))
            for where in sorted({key[:3] for key in units}, key=str)
        ],
        eventos=_per(sum(one.get("eventos", 0) for one in every) + posted, quantas),
        mensagens=_per(sum(many + 2 for many in messages), quantas),
        transicoes=_per(transicoes, quantas),
        s3={name: _per(s3[name], quantas) for name in ("gravacoes", "leituras")},
        guardado={
            name: _per(sum(one.get("guardado", 0) for one in every if one["servico"] == name), quantas)
            for name in ("dynamodb", "s3")
        },
        outras={name: _per(many, quantas) for name, many in sorted(others.items())},
    )


COUNTED: Final = frozenset({"dynamodb", "s3", "events", "states", "lambda"})
"""Services whose calls are told by name."""


def _per(many: float, quantas: int) -> float:
    return round(many / quantas, 4)


def _work(
    runs: Sequence[Mapping[str, Any]], calls: Sequence[Mapping[str, Any]], cpu: float, quantas: int
) -> Trabalho:  # fmt: skip
    return Trabalho(
        invocacoes=_per(len(runs), quantas),
        memoria=runs[0]["memoria"],
        cpu_ms=_per(cpu * 1000, quantas),
        esperas={name: _per(many, quantas) for name, many in sorted(_waits(calls).items())},
        log=_per(sum(one["log"] for one in runs), quantas),
    )


def _waits(calls: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """Calls under way together are one wait: a function of which one environment runs waits for the last of them."""
    found: Counter[str] = Counter()
    until = 0.0
    for one in sorted(calls, key=lambda call: float(call["de"])):
        if one["de"] >= until:
            found[f"lambda:{one['operacao']}" if one["servico"] == "lambda" else one["servico"]] += 1
        until = max(until, one["ate"])
    return found
