"""Loads data as ops do: CSV files dropped in S3, each followed by the API until it has a final state."""

from __future__ import annotations

import io
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from autorizacao.domain.carga_tipos import SENHAS
from conecta_cargas.states import Carga
from conecta_cargas.states import carga_id as carga_id_of
from conecta_cargas_aws.files import S3Arquivos
from conecta_cargas_aws.stored import DynamoCargas
from conecta_edge.clock import iso
from local.client import Client, sign_in
from local.gerador_cadastro import CLINICA, HOSPITAL, Arquivo, Pedido, gerar, sandbox
from local.packaging import ROOT, digest
from local.runtime import EmbeddedAws

LOADED: Final = frozenset({"CONCLUIDA", "CONCLUIDA_COM_RECUSAS"})
FINAL: Final = LOADED | {"RECUSADA", "FALHOU"}
VIDAS: Final = 500
PRESTADORES: Final = 12
"""Of each of the two operadoras, in what an instance starts with; the lives of the sandbox are among them."""
CLIENTES: Final = (("345695", (HOSPITAL, CLINICA)), ("331988", (HOSPITAL,)))
"""Who asks for senhas of which operadora."""
PATIENCE: Final = 120.0
TABELA: Final = "conecta-embarcado-autorizacao"


class LoadError(RuntimeError):
    """A load did not end as it must; the message says which and how."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file in the bucket of arrivals."""

    registro_ans: str
    tipo: str
    chave: str
    em: str
    """Instant it was dropped: loads of the same key from before are others."""


class Loader:
    """Drops files and follows their loads.

    Args:
        s3: a client of the embedded AWS's S3, as the console would use.
        where: the document of `endpoint.json`.
        patience: seconds without any news of a load before it is given up.
    """

    def __init__(
        self,
        s3: Any,
        where: Mapping[str, Any],
        say: Callable[[str], None] = lambda _line: None,
        *,
        patience: float = PATIENCE,
    ) -> None:
        self._s3 = s3
        self._patience = patience
        self._bucket = where["buckets"]["entrada"]
        self._client = cadastro_client(where)
        self._say = say

    def load(self, pedidos: Sequence[Pedido]) -> dict[str, int]:
        """Load all that the requests generate: the operadoras first, for nothing is loaded of an unknown one.

        Returns:
            Rows read, loaded, unchanged and refused, of all the files together.

        Raises:
            LoadError: a load ended otherwise than loaded.
        """
        files = [(pedido.registro_ans, arquivo) for pedido in pedidos for arquivo in gerar(pedido)]
        first = [self.drop(registro, arquivo) for registro, arquivo in files if arquivo.tipo == "operadora"]
        ended = self.follow(first)
        rest = [self.drop(registro, arquivo) for registro, arquivo in files if arquivo.tipo != "operadora"]
        ended += self.follow(rest)
        names = ("lidas", "carregadas", "inalteradas", "recusadas")
        return {name: sum(carga[name] for carga in ended) for name in names}

    def drop(self, registro_ans: str, arquivo: Arquivo) -> Dropped:
        """Put one file into the bucket, from lines that are made while they are sent."""
        chave = f"cadastro/{registro_ans}/{arquivo.tipo}/{arquivo.nome}"
        body = io.BytesIO(b"".join(arquivo.linhas))
        em = iso(datetime.now(UTC))
        self._s3.put_object(Bucket=self._bucket, Key=chave, Body=body, ContentType="text/csv")
        return Dropped(registro_ans, arquivo.tipo, chave, em)

    def follow(self, dropped: Iterable[Dropped]) -> list[dict[str, Any]]:
        """The loads of these files once all are over, the latest of each.

        Raises:
            LoadError: one was refused, failed, or gives no news.
        """
        waiting = list(dropped)
        ended: list[dict[str, Any]] = []
        news, last = time.monotonic(), ""
        while waiting:
            held = {registro: self._latest(registro) for registro in {item.registro_ans for item in waiting}}
            still = []
            for item in waiting:
                carga = held[item.registro_ans].get(item.chave)
                if carga is None or carga["criada_em"] < item.em or carga["situacao"] not in FINAL:
                    still.append(item)
                    continue
                if carga["situacao"] not in LOADED:
                    raise LoadError(f"{item.chave}: {carga['situacao']} ({carga['erro']})")
                ended.append(carga)
                self._say(self._line(item, carga))
            waiting = still
            seen = repr(held)
            news, last = (time.monotonic(), seen) if seen != last else (news, last)
            if waiting and time.monotonic() - news > self._patience:
                raise LoadError(f"sem notícia de {waiting[0].chave} há {self._patience:.0f} s")
            time.sleep(0.2 if waiting else 0)
        return ended

    def detail(self, carga_id: str) -> dict[str, Any]:
        """One load with its progress."""
        found: dict[str, Any] = self._client.get(f"/operadora/cargas/{carga_id}")
        return found

    def _latest(self, registro_ans: str) -> dict[str, dict[str, Any]]:
        """The most recent load of each file, from the first pages of the list, newest first."""
        found: dict[str, dict[str, Any]] = {}
        cursor = ""
        for _ in range(4):
            page = self._client.get(f"/operadora/cargas?registro_ans={registro_ans}{cursor}")
            for carga in page["cargas"]:
                chave = f"cadastro/{carga['registro_ans']}/{carga['tipo']}/{carga['arquivo']}"
                found.setdefault(chave, carga)
            if page["cursor"] is None:
                break
            cursor = f"&cursor={page['cursor']}"
        return found

    @staticmethod
    def _line(item: Dropped, carga: Mapping[str, Any]) -> str:
        refused = f", {carga['recusadas']} recusadas" if carga["recusadas"] else ""
        return (
            f"{item.registro_ans} {item.tipo}: {carga['lidas']} lidas, {carga['carregadas']} carregadas, "
            f"{carga['inalteradas']} inalteradas{refused}"
        )


def load_senhas(
    aws: EmbeddedAws, where: Mapping[str, Any], registro_ans: str, linhas: Sequence[Mapping[str, str]],
    *, patience: float = PATIENCE,
) -> Carga:  # fmt: skip
    """Load senhas of the legacy portal as ops do; followed in the table, for no route shows these loads.

    Args:
        linhas: rows by column, as `docs/operacao.md` has them; all with the same columns.

    Raises:
        LoadError: it was refused, failed, or gives no news.
    """
    names = list(linhas[0])
    rows = (";".join(linha[name] for name in names) for linha in linhas)
    chave = f"autorizacao/{registro_ans}/{SENHAS}/senhas-{uuid.uuid4().hex[:8]}.csv"
    s3, bucket = aws.client("s3"), where["buckets"]["entrada"]
    s3.put_object(Bucket=bucket, Key=chave, Body="\n".join((";".join(names), *rows, "")).encode())
    objeto = S3Arquivos(s3, pasta="autorizacao", entrada=bucket).localizar(chave, None)
    if objeto is None:
        raise LoadError(f"{chave} não está no bucket")
    cargas, carga_id = DynamoCargas(aws.client("dynamodb"), TABELA), carga_id_of(registro_ans, objeto)
    until = time.monotonic() + patience
    while (carga := cargas.get(registro_ans, carga_id)) is None or carga.situacao.value not in FINAL:
        if time.monotonic() > until:
            raise LoadError(f"sem notícia de {chave} há {patience:.0f} s")
        time.sleep(0.2)
    if carga.situacao.value not in LOADED:
        raise LoadError(f"{chave}: {carga.situacao.value} ({carga.erro or carga.recusas[0].codigo})")
    return carga


def _told(machines: Any, patience: float = PATIENCE) -> None:
    """Have what is due of the senhas that were loaded told now, not in the middle of what somebody does next."""
    found = machines.list_state_machines()["stateMachines"]
    arn = next(one["stateMachineArn"] for one in found if one["name"].endswith("-expiracao-autorizacoes"))
    run, until = machines.start_execution(stateMachineArn=arn)["executionArn"], time.monotonic() + patience
    while machines.describe_execution(executionArn=run)["status"] == "RUNNING":
        if time.monotonic() > until:
            raise LoadError(f"a varredura de vencimentos não terminou em {patience:.0f} s")
        time.sleep(0.2)


def cadastro_client(where: Mapping[str, Any]) -> Client:
    """The operadora's person who loads and decides."""
    user = next(user for user in where["usuarios"] if user["papel"] == "cadastro")
    return sign_in(where, user["email"], user["senha"], "operadora")


def load_demo(aws: EmbeddedAws, where: Mapping[str, Any], hoje: date, say: Callable[[str], None]) -> None:
    """Load what an instance starts with, once: again only when the generator, or the month, is another.

    Raises:
        LoadError: a load ended otherwise than loaded.
    """
    pedidos = [
        Pedido(registro, vidas=VIDAS - len(sandbox.vidas(registro)), prestadores=PRESTADORES, hoje=hoje, sandbox=True)
        for registro, _ in CLIENTES
    ]
    mark = aws.directory / "cadastro.carregado"
    made_of = f"{digest([ROOT / 'local' / 'gerador_cadastro'])} {hoje:%Y-%m} {VIDAS} {PRESTADORES}\n"
    if mark.exists() and mark.read_text() == made_of:
        say("já carregado nesta instância")
        return
    total = Loader(aws.client("s3"), where, say).load(pedidos)
    for registro, prestadores in CLIENTES:
        rows = [senha for prestador in prestadores for senha in sandbox.senhas(registro, prestador, hoje)]
        load_senhas(aws, where, registro, rows)
    _told(aws.client("stepfunctions"))
    mark.write_text(made_of)
    say(f"{total['lidas']} linhas lidas, {total['carregadas']} carregadas, {total['recusadas']} recusadas")
