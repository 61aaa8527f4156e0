"""Prices of what was counted, its growth with the lives, and the peaks against the limits. Pure: data in, data out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from auditoria.dynamodb import chaves as auditoria_chaves
from autorizacao.dynamodb import chaves as autorizacao_chaves
from conecta_edge import protocolos
from documentos.dynamodb import chaves as documentos_chaves
from local.bench.custo.contagem import Chave, Fluxo, Trabalho
from pagamento.dynamodb import chaves as pagamento_chaves
from peg.dynamodb import chaves as peg_chaves

FOLDER: Final = Path(__file__).parent
MILHAO: Final = 1_000_000
GB: Final = 1024**3
MESES: Final = 12
SECONDS_OF_AN_HOUR: Final = 3600
INVOICE: Final = (
    "API Gateway",
    "Lambda",
    "DynamoDB",
    "S3",
    "EventBridge",
    "SQS",
    "Step Functions",
    "Logs, traces, egress",
)
POLLS_A_MONTH: Final = 5 * 3 * 60 * 24 * 30
"""Of each queue that a function consumes: five pollers, a long poll of 20 seconds each."""


@dataclass(frozen=True, slots=True)
class Dados:
    """Everything that is assumed, published or counted."""

    precos: Mapping[str, Mapping[str, Any]]
    cenario: Mapping[str, Any]
    contagens: Mapping[str, Any]

    def usd(self, nome: str, quantos: float) -> float:
        """What that much of something costs."""
        preco = self.precos[nome]
        return float(quantos * preco["usd"] / preco["por"])

    def fluxo(self, nome: str) -> Fluxo:
        """What was counted of one."""
        return Fluxo.of(self.contagens["fluxos"][nome])


def dados(contagens: Mapping[str, Any] | None = None) -> Dados:
    """As they are kept beside this module; with other counts, if there are."""
    return Dados(_held("precos")["precos"], cenario(), contagens or _held("contagens"))


def cenario() -> dict[str, Any]:
    """Every assumption."""
    return _held("cenario")


def _held(nome: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{nome}.json").read_text("utf-8"))
    return found


@dataclass(frozen=True, slots=True)
class Uso:
    """What one of something uses, whoever's design it is."""

    pedidos: float
    invocacoes: float
    gb_s: float
    leituras: float
    escritas: float
    s3_gravacoes: float
    s3_leituras: float
    eventos: float
    mensagens: float
    transicoes: float
    agendas: float
    tracos: float
    log: float

    def __add__(self, other: Uso) -> Uso:
        return Uso(*(mine + theirs for mine, theirs in zip(self._values(), other._values(), strict=True)))

    def __mul__(self, times: float) -> Uso:
        return Uso(*(value * times for value in self._values()))

    def _values(self) -> tuple[float, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)


def uso(fluxo: Fluxo, data: Dados) -> Uso:
    """Of what was counted."""
    return Uso(
        pedidos=fluxo.pedidos,
        invocacoes=sum(one.invocacoes for one in fluxo.funcoes.values()),
        gb_s=sum(one.memoria / 1024 * total / 1000 for one, total in _timed(fluxo, data)),
        leituras=fluxo.leituras,
        escritas=fluxo.escritas,
        s3_gravacoes=fluxo.s3["gravacoes"],
        s3_leituras=fluxo.s3["leituras"],
        eventos=fluxo.eventos,
        mensagens=fluxo.mensagens,
        transicoes=fluxo.transicoes,
        agendas=0,
        tracos=fluxo.pedidos * data.cenario["tracos"],
        log=sum(one.log for one in fluxo.funcoes.values()),
    )


def _timed(fluxo: Fluxo, data: Dados) -> Iterator[tuple[Trabalho, float]]:
    """Each function's work and milliseconds: its CPU at its share of a core, and its waits."""
    for nome, one in fluxo.funcoes.items():
        yield one, duracao(nome, fluxo, data) * one.invocacoes


def duracao(nome: str, fluxo: Fluxo, data: Dados) -> float:
    """Milliseconds of one invocation."""
    one = fluxo.funcoes[nome]
    share = min(1.0, one.memoria / float(data.cenario["vcpu_mib"]))
    waited = sum(times * _latency(service, fluxo, data) for service, times in one.esperas.items())
    return (one.cpu_ms / share + waited) / one.invocacoes


def _latency(service: str, fluxo: Fluxo, data: Dados) -> float:
    held: Mapping[str, float] = data.cenario["latencia_ms"]
    kind, _, function = service.partition(":")
    own = held.get(kind, held["outro"])
    return own + (duracao(function, fluxo, data) if function in fluxo.funcoes else 0)


def ingenuo(nome: str, data: Dados) -> Uso:
    """Of the naive design, as the scenario tells of it."""
    told: Mapping[str, float] = data.cenario["ingenuo"][nome]
    gb_s = told["lambda_ms"] / 1000 * told["memoria"] / 1024
    return Uso(**{name: told.get(name, 0.0) for name in Uso.__slots__} | {"gb_s": gb_s})


def fatura(used: Uso, data: Dados) -> dict[str, float]:
    """US$, by service."""
    usd = data.usd
    out = used.pedidos * data.cenario["resposta_bytes"] / GB
    return dict(zip(INVOICE, (
        usd("api_gateway", used.pedidos),
        usd("lambda_pedido", used.invocacoes) + usd("lambda_gb_s", used.gb_s),
        usd("dynamodb_leitura", used.leituras) + usd("dynamodb_escrita", used.escritas),
        usd("s3_gravacao", used.s3_gravacoes) + usd("s3_leitura", used.s3_leituras),
        usd("eventbridge", used.eventos) + usd("scheduler", used.agendas),
        usd("sqs", used.mensagens),
        usd("sfn_transicao", used.transicoes),
        usd("logs_gb", used.log / GB) + usd("xray", used.tracos) + usd("transferencia_gb", out),
    ), strict=True))  # fmt: skip


def autorizacao(data: Dados) -> Uso:
    """An authorization, with its share of the portal's first pages."""
    pages: float = data.cenario["inicios_por_autorizacao"]
    return uso(data.fluxo("autorizacao"), data) + uso(data.fluxo("inicio"), data) * pages


def peg(data: Dados) -> Uso:
    """A PEG until it is paid, with its share of the portal's first pages."""
    pages: float = data.cenario["inicios_por_peg"]
    paid = uso(data.fluxo("peg"), data) + uso(data.fluxo("pagamento"), data)
    return paid + uso(data.fluxo("inicio"), data) * pages


@dataclass(frozen=True, slots=True)
class Mes:
    """A month of an operadora of that many lives.

    Attributes:
        variavel, ingenuo: US$ of what is done, by this design and by the naive one.
        guarda_1, guarda_5: US$ a month for what is kept after that many years.
    """

    vidas: int
    autorizacoes: float
    pegs: float
    variavel: float
    ingenuo: float
    guarda_1: float
    guarda_5: float


def volume(vidas: int, data: Dados) -> tuple[float, float]:
    """Authorizations and PEGs of a month."""
    held = data.cenario["por_vida_ano"]
    return vidas * held["autorizacoes"] / MESES, vidas * held["guias"] / data.cenario["guias_por_peg"] / MESES


def meses(data: Dados) -> Iterator[Mes]:
    """One for each number of lives."""
    per = [sum(fatura(one, data).values()) for one in (autorizacao(data), peg(data))]
    naive = [sum(fatura(ingenuo(name, data), data).values()) for name in ("autorizacao", "peg")]
    for vidas in data.cenario["vidas"]:
        many = volume(vidas, data)
        kept = sum(guarda(many, data).values())
        yield Mes(
            vidas, *many,
            variavel=sum(one * each for one, each in zip(many, per, strict=True)),
            ingenuo=sum(one * each for one, each in zip(many, naive, strict=True)),
            guarda_1=kept * MESES, guarda_5=kept * MESES * 5,
        )  # fmt: skip


def guarda(many: tuple[float, float], data: Dados) -> dict[str, float]:
    """US$ a month for what one month leaves, by what it is; nothing of it is forgotten or moved to colder storage.

    Args:
        many: authorizations and PEGs of the month.
    """
    rows = files = 0.0
    for times, nomes in zip(many, (("autorizacao",), ("peg", "pagamento")), strict=True):
        for nome in nomes:
            guardado = data.fluxo(nome).guardado
            rows, files = rows + times * guardado["dynamodb"], files + times * guardado["s3"]
    documento = data.cenario["documento"]
    documents = many[0] * documento["por_autorizacao"] * documento["bytes"]
    return {
        "documents": data.usd("s3_gb", documents / GB),
        "rows of tables, with their point-in-time recovery": 2 * data.usd("dynamodb_gb", rows / GB),
        "lotes and dossiers of PEGs": data.usd("s3_gb", files / GB),
    }


def fixo(data: Dados) -> dict[str, float]:
    """US$ a month of what is there whether or not it is used, as the template of production has it."""
    held: Mapping[str, int] = data.contagens["fixos"]
    return {
        "customer managed keys": data.usd("kms_chave", held["chaves"]),
        "secrets": data.usd("segredo", held["segredos"]),
        "alarms": data.usd("alarme", held["alarmes"]),
        "web ACL": data.usd("waf", held["waf"]),
        "polling of queues": data.usd("sqs", held["filas_consumidas"] * POLLS_A_MONTH),
    }


# --- peaks ---


@dataclass(frozen=True, slots=True)
class Quente:
    """The hottest key of a pattern, at the peak: units per second, and what part of its partition's limit that is."""

    tabela: str
    indice: str | None
    padrao: str
    leituras: float
    escritas: float
    parte: float


@dataclass(frozen=True, slots=True)
class Cota:
    """What is asked at the peak of something of which there is so much: per second, of environments at once."""

    nome: str
    valor: float
    limite: float


SHARDS: Final[Mapping[tuple[str, str], int]] = {
    ("*", "CONTADOR#"): protocolos.SHARDS,
    ("autorizacao", "VENCIMENTO#"): autorizacao_chaves.SHARDS,
    ("documentos", "PENDENTE#"): documentos_chaves.SHARDS,
    ("pagamento", "OPERADORA#<registro>#FATURAS#"): pagamento_chaves.SHARDS,
    ("peg", "PENDENTE#"): peg_chaves.SHARDS,
    ("selos", "SELAR#"): auditoria_chaves.SHARDS,
}
"""How many keys what is sharded is spread over; what is not said here is taken for one key."""
ONE_ROW: Final = ("<numero>", "<id>")
"""A key with one of these is of one authorization, life or document: no two at the peak share it."""


def taxas(vidas: int, data: Dados) -> tuple[float, float]:
    """Authorizations and PEGs per second in the busiest seconds of the busiest hours, taken for the same."""
    pico = data.cenario["pico"]
    hours = (pico["autorizacoes"]["parte_do_mes"], pico["pegs"]["parte_do_mes"])
    times = pico["dentro_da_hora"]["vezes"]
    authorizations, pegs = (
        many * part * times / SECONDS_OF_AN_HOUR for many, part in zip(volume(vidas, data), hours, strict=True)
    )
    return authorizations, pegs


def _flows(vidas: int, data: Dados) -> list[tuple[float, Fluxo]]:
    """How often per second each flow begins at the peak."""
    authorizations, pegs = taxas(vidas, data)
    pages = authorizations * data.cenario["inicios_por_autorizacao"] + pegs * data.cenario["inicios_por_peg"]
    rates = {"autorizacao": authorizations, "peg": pegs, "pagamento": pegs, "inicio": pages}
    return [(rate, data.fluxo(name)) for name, rate in rates.items()]


def quentes(vidas: int, data: Dados) -> list[Quente]:
    """The hottest key of each pattern, the nearest to its limit first."""
    totals: dict[tuple[str, str | None, str], list[float]] = {}
    for rate, fluxo in _flows(vidas, data):
        for one in fluxo.chaves:
            total = totals.setdefault((one.tabela, one.indice, one.padrao), [0.0, 0.0])
            total[0] += rate * one.leituras * parte(one, data)
            total[1] += rate * one.escritas * parte(one, data)
    limites = data.cenario["limites"]
    read, written = (limites[f"particao_{name}"]["valor"] for name in ("leituras", "escritas"))
    found = [Quente(*key, reads, writes, reads / read + writes / written) for key, (reads, writes) in totals.items()]
    return sorted(found, key=lambda one: -one.parte)


def parte(chave: Chave, data: Dados) -> float:
    """What part of the traffic at keys of a pattern goes to the hottest of them."""
    maior = data.cenario["maior"]
    if any(name in chave.padrao for name in ONE_ROW) and not chave.padrao.startswith("PESSOA#"):
        return 0.0
    share = 1.0
    if "<prestador>" in chave.padrao or chave.padrao.startswith("PESSOA#"):
        share = float(maior["prestador"]["parte"])
    elif "<registro>" in chave.padrao:
        share = float(maior["registro"]["parte"])
    shards = next(
        (many for (tabela, start), many in SHARDS.items()
         if tabela in {"*", chave.tabela} and chave.padrao.startswith(start)), 1
    )  # fmt: skip
    return share / shards


def consumidores(vidas: int, data: Dados) -> list[Cota]:
    """How many environments each function behind a queue has to do at the peak, of how many it may have."""
    needed: dict[str, float] = {}
    for rate, fluxo in _flows(vidas, data):
        for nome, one in fluxo.funcoes.items():
            busy = rate * one.invocacoes * duracao(nome, fluxo, data) / 1000
            needed[nome] = needed.get(nome, 0.0) + busy
    allowed: Mapping[str, int] = data.contagens["fixos"]["concorrencia"]
    found = [Cota(nome, needed[nome], limit) for nome, limit in allowed.items() if nome in needed]
    return sorted(found, key=lambda one: -one.valor / one.limite)


def cotas(vidas: int, data: Dados) -> list[Cota]:
    """What the whole asks of the account."""
    flows, limites = _flows(vidas, data), data.cenario["limites"]
    asked = {
        "api_gateway": sum(rate * fluxo.pedidos for rate, fluxo in flows),
        "lambda": sum(rate * total / 1000 for rate, fluxo in flows for _, total in _timed(fluxo, data)),
        "eventbridge": sum(
            rate * one.esperas.get("events", 0) for rate, fluxo in flows for one in fluxo.funcoes.values()
        ),
        "sfn": sum(rate for rate, fluxo in flows if fluxo.transicoes),
    }
    return [Cota(name, value, limites[name]["valor"]) for name, value in asked.items()]
