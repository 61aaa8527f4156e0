"""A whole run of the embedded AWS: whether every reading of personal data left its row, and every row was sealed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import botocore.session

from auditoria.domain.cadeia import Defeito, verificar
from auditoria.dynamodb.acessos import DynamoAcessos
from auditoria.dynamodb.selos import DynamoSelos
from auditoria.s3 import S3Arquivo
from cadastro.dynamodb.relacionamentos import DynamoRelacionamentos
from conecta_edge.audit import place
from conecta_edge.clock import LARGEST_OFFSET
from conecta_edge.dynamodb import marshal, unmarshal
from local.auditoria.operacoes import OPERACOES, Leitura

if TYPE_CHECKING:
    from pathlib import Path

PREFIX: Final = "conecta-embarcado-"
ATOS: Final = frozenset({"SUSPENSAO", "REATIVACAO", "DESCREDENCIAMENTO"})
"""Of operations that answer with the relacionamento; decisions answer with the pedido."""
Alvo = tuple[str, str]
"""Whose relacionamento: the operadora's tenant, and the prestador."""
NENHUMA: Final = "nenhuma vez deixou registro"
SELAGENS: Final = 20
"""How often what waits is sealed before it is said that it cannot be."""


class CorridaAusenteError(RuntimeError):
    """No run can be looked at there; the text says what to do, in Portuguese."""


@dataclass(frozen=True, slots=True)
class Servida:
    """A request that was answered, as the log of the function that did says."""

    operacao: str
    status: int
    correlacao: str

    @property
    def mostrou(self) -> bool:
        """Whether its answer showed what was asked for: not a refusal, nor that nothing changed."""
        return self.status < 400 and self.status != 304  # noqa: PLR2004  # statuses of HTTP


@dataclass(frozen=True, slots=True)
class Balanco:
    """What a run's log and its audit say of each other.

    Attributes:
        servidas: how many requests were answered with what they asked for, by operation.
        linhas: how many rows the audit has.
        faltas: what is wrong, in Portuguese; empty when nothing is.
    """

    servidas: Mapping[str, int]
    linhas: int
    faltas: Sequence[str]


@dataclass(slots=True)
class Selado:
    """What was sealed of a run.

    Attributes:
        faltas: what is wrong, in Portuguese; empty when nothing is.
    """

    cadeias: int = 0
    blocos: int = 0
    linhas: int = 0
    faltas: list[str] = field(default_factory=list)


def balanco(
    servidas: Iterable[Servida],
    registradas: Iterable[str],
    operacoes: Mapping[str, Leitura] = OPERACOES,
) -> Balanco:
    """Compare requests with rows.

    Args:
        registradas: `correlacao` of each row.
    """
    answered = list(servidas)
    shown = [one for one in answered if one.mostrou]
    left = Counter(registradas)
    # One function asks another within the same request: the row is of the one that shows.
    showing = {one.correlacao for one in answered if operacoes.get(one.operacao, Leitura.NUNCA) is not Leitura.NUNCA}
    faltas: Counter[str] = Counter()
    for one in shown:
        leitura = operacoes.get(one.operacao)
        if leitura is None:
            faltas[f"{one.operacao}: não está classificada em local/auditoria/operacoes.py"] += 1
        elif leitura is Leitura.SEMPRE and not left[one.correlacao]:
            faltas[f"{one.operacao}: mostrou dados pessoais e não deixou registro"] += 1
        elif leitura is Leitura.NUNCA and left[one.correlacao] and one.correlacao not in showing:
            faltas[f"{one.operacao}: deixou registro, e está classificada como quem nada mostra"] += 1
    for operacao in sorted(name for name, leitura in operacoes.items() if leitura is Leitura.CONFORME):
        of_it = [one for one in shown if one.operacao == operacao]
        if of_it and not any(left[one.correlacao] for one in of_it):
            faltas[f"{operacao}: {NENHUMA}"] = len(of_it)
    told = [f"{text} ({times}x)" for text, times in sorted(faltas.items())]
    return Balanco(Counter(one.operacao for one in shown), left.total(), told)


def atos(historicos: Iterable[Mapping[str, Any]]) -> Iterator[Alvo]:
    """Of rows of `cadastro` that tell who changed a relacionamento, those of operations that show it changed."""
    for row in historicos:
        kind, registro, *_ = row["sk"].split("#")
        if kind == "HISTORICO" and row["ato"] in ATOS:
            yield f"OPERADORA#{registro}", row["pk"].removeprefix("PRESTADOR#")


def registrados(linhas: Iterable[Mapping[str, Any]], recusadas: Container[str]) -> Iterator[Alvo]:
    """Of rows of the audit, those of one relacionamento.

    Args:
        recusadas: `correlacao` of requests that were refused after they left their row.
    """
    for linha in linhas:
        kind, _, prestador = linha.get("objeto", "").partition("/")
        if kind == "relacionamento" and linha["correlacao"] not in recusadas:
            yield place(linha["pk"])[0], prestador


def sobre_pessoas(feitos: Iterable[Alvo], deixados: Iterable[Alvo], pessoas: Container[str]) -> list[str]:
    """Compare acts on relacionamentos with their rows: one on a person leaves one, one on a company none.

    Args:
        pessoas: prestadores who are people.

    Returns:
        What is wrong, in Portuguese.
    """
    left = Counter(deixados)
    missing = Counter(one for one in feitos if one[1] in pessoas) - left
    needless = Counter({one: times for one, times in left.items() if one[1] not in pessoas})
    return [
        f"{tenant}, relacionamento com {prestador}: {text} ({times}x)"
        for text, found in (
            ("mudou, mostrou uma pessoa e não deixou registro", missing),
            ("deixou registro, e não é de uma pessoa", needless),
        )
        for (tenant, prestador), times in sorted(found.items())
    ]


class Corrida:
    """A running instance.

    Args:
        pasta: where its `endpoint.json` is.

    Raises:
        CorridaAusenteError: nothing was ever started there.
    """

    def __init__(self, pasta: Path) -> None:
        try:
            where = json.loads((pasta / "endpoint.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            text = f"não há {pasta / 'endpoint.json'}: rode scripts/run e confira enquanto ele serve"
            raise CorridaAusenteError(text) from error
        self._where = where
        self._session = botocore.session.get_session()
        self._dynamodb, self._bucket = self._client("dynamodb"), where["buckets"]["acervo"]
        self._acessos = DynamoAcessos(self._dynamodb, f"{PREFIX}auditoria")
        self._relacionamentos = DynamoRelacionamentos(self._dynamodb, f"{PREFIX}cadastro")
        self._selos = DynamoSelos(self._dynamodb, f"{PREFIX}selos")
        self._arquivo = S3Arquivo(self._client("s3"), self._bucket)

    def _client(self, service: str) -> Any:
        keys = self._where["credenciais_aws"]
        return self._session.create_client(
            service, endpoint_url=self._where["endpoint_aws"], region_name=self._where["regiao"],
            aws_access_key_id=keys["access_key"], aws_secret_access_key=keys["secret_key"],
        )  # fmt: skip

    def servidas(self) -> Iterator[Servida]:
        """Every request that a function says it answered."""
        logs = self._client("logs")
        for group in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=f"/aws/lambda/{PREFIX}"):
            for name in (one["logGroupName"] for one in group["logGroups"]):
                for page in logs.get_paginator("filter_log_events").paginate(logGroupName=name):
                    for event in page["events"]:
                        yield from _served(event["message"])

    def registradas(self) -> Iterator[Mapping[str, Any]]:
        """Every row of the audit."""
        for page in self._dynamodb.get_paginator("scan").paginate(TableName=f"{PREFIX}auditoria", ConsistentRead=True):
            yield from page["Items"]

    def pessoas(self, servidas: Iterable[Servida]) -> list[str]:
        """What is wrong with rows of operations that show a person or a company; see :func:`sobre_pessoas`."""
        answered = list(servidas)
        if not any(one.mostrou and OPERACOES.get(one.operacao) is Leitura.PESSOA for one in answered):
            return []
        feitos = list(atos(self._historicos()))
        recusadas = frozenset(one.correlacao for one in answered if not one.mostrou)
        deixados = list(registrados(map(unmarshal, self.registradas()), recusadas))
        named = sorted({prestador for _, prestador in (*feitos, *deixados)})
        profiles = zip(named, self._relacionamentos.profiles(named), strict=True)
        return sobre_pessoas(feitos, deixados, {one for one, profile in profiles if profile and profile.cpf})

    def _historicos(self) -> Iterator[Mapping[str, Any]]:
        pages = self._dynamodb.get_paginator("scan").paginate(
            TableName=f"{PREFIX}cadastro", ConsistentRead=True, FilterExpression="begins_with(sk, :kind)",
            ExpressionAttributeValues=marshal({":kind": "HISTORICO#"}),
        )  # fmt: skip
        for page in pages:
            yield from map(unmarshal, page["Items"])

    def selar(self) -> None:
        """Have all that was appended sealed, however young, and whatever day it was where the clock had been moved to.

        Raises:
            CorridaAusenteError: it cannot be: something is wrong with the function.
        """
        lambda_ = self._client("lambda")
        asked = {"acao": "selar", "margem_s": -int(LARGEST_OFFSET.total_seconds())}
        for _ in range(SELAGENS):
            answer = lambda_.invoke(FunctionName=f"{PREFIX}auditoria-fluxo", Payload=json.dumps(asked).encode())
            told = json.loads(answer["Payload"].read())
            if "FunctionError" in answer:
                raise CorridaAusenteError(f"a selagem falhou: {told.get('errorType')}")
            if told == {"blocos": 0, "linhas": 0, "adiados": 0}:
                return
        raise CorridaAusenteError("a selagem não termina: há sempre mais a selar")

    def selado(self) -> Selado:
        """Whether every row is in one block of its tenant's chain, as it was appended, and every chain is whole."""
        found = Selado()
        days = {place(row["pk"]["S"]) for row in self.registradas()}
        for tenant in sorted({tenant for tenant, _ in days}):
            head = self._selos.cabeca(tenant)
            blocos = [self._arquivo.ler(tenant, elo) for elo in self._selos.elos(tenant, 1, head.n)]
            found.cadeias, found.blocos = found.cadeias + 1, found.blocos + len(blocos)
            found.faltas += [f"{tenant}: {one.mensagem}" for one in self._defects(blocos, tenant)]
            sealed = Counter(_text(row) for bloco in blocos for row in bloco["linhas"])
            kept = Counter(
                _text(row) for whose, dia in days if whose == tenant
                for row in self._acessos.seguintes(tenant, dia, "0", 10**6)
            )  # fmt: skip
            found.linhas += sealed.total()
            for text, rows in (("não foi selada", kept - sealed), ("foi selada e não está na tabela", sealed - kept)):
                found.faltas += [f"{tenant}: a linha {json.loads(row)['sk']} {text}" for row in rows]
        return found

    def _defects(self, blocos: Sequence[Mapping[str, Any]], tenant: str) -> Iterator[Defeito]:
        return verificar(blocos, [self._selos.cabeca(tenant)] if blocos else ())


def _served(message: str) -> Iterator[Servida]:
    for line in message.splitlines():
        if '"requisicao atendida"' in line:
            told = json.loads(line)
            yield Servida(told["operacao"], told["status"], told["correlacao"])


def _text(row: Mapping[str, Any]) -> str:
    return json.dumps(row, sort_keys=True)
