"""`auditoria.service.portas`, the fakes and what they stand for, one suite."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from auditoria.domain.cadeia import INICIO, Cabeca, Elo, fechar, verificar
from auditoria.domain.dias import Dia
from auditoria.dynamodb.acessos import DynamoAcessos
from auditoria.dynamodb.selos import DynamoSelos
from auditoria.s3 import S3Arquivo, bloco_key
from auditoria.service.portas import MudouError, PerdidoError
from conecta_edge.audit import Access, Actor, append
from conecta_edge.dynamodb import marshal
from tests.builders_functions import CLINICA, NOW, VALE
from tests.contract.conftest import EMBEDDED, FAKE
from tests.contract.engines import Engine
from tests.fakes_auditoria import HOJE, ONTEM, TENANT, FakeAcessos, FakeArquivo, FakeSelos, a_row

ENGINES = [FAKE, EMBEDDED]
OUTRO = f"PRESTADOR#{CLINICA}"


@dataclass
class Subject:
    """The ports under test, and what others do behind them."""

    acessos: Any
    selos: Any
    arquivo: Any
    append: Callable[[float, str], None]
    exported: Callable[[str], tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]]


@pytest.fixture
def subject(engine: Engine | None) -> Subject:
    if engine is None:
        acessos, arquivo = FakeAcessos(), FakeArquivo()
        return Subject(
            acessos, FakeSelos(), arquivo, lambda minutes, name: acessos.put(a_row(minutes, name)),
            lambda url: arquivo.exportados[url.rpartition("/")[2]],
        )  # fmt: skip
    table, bucket = engine.table("auditoria"), engine.bucket("acervo")

    def put(minutes: float, correlacao: str) -> None:
        access = Access(
            Actor(TENANT, "pessoa-1", "recepcao"), "/elegibilidade", "verificacao-de-elegibilidade", correlacao,
            sujeitos=("a" * 32,), campos=("nome",),
        )  # fmt: skip
        append(engine.dynamodb, table, access, NOW + timedelta(minutes=minutes))

    def exported(url: str) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
        key = url.partition("?")[0].partition(f"{bucket}")[2].partition("/")[2]
        content = engine.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        manifest, *blocos = [json.loads(line) for line in gzip.decompress(content).decode().splitlines()]
        return manifest, blocos

    return Subject(
        DynamoAcessos(engine.dynamodb, table), DynamoSelos(engine.dynamodb, engine.table("selos", chaves=("fila",))),
        S3Arquivo(engine.s3, bucket), put, exported,
    )  # fmt: skip


def sealed(subject: Subject, n: int, *minutes: float) -> Elo:
    """A block of today's chain is kept, and the day says so."""
    held, head = subject.selos.lidos(TENANT, HOJE)
    bloco, elo = fechar(TENANT, head, HOJE, [a_row(minute, str(minute)) for minute in minutes], NOW)
    assert elo.n == n
    subject.arquivo.guardar(bloco, elo)
    subject.selos.gravar(held.selado(elo, None, NOW), held.versao, elo)
    return elo


def test_rows_are_read_in_order_as_they_were_appended_but_for_what_is_the_tables(subject: Subject) -> None:
    assert subject.acessos.seguintes(TENANT, HOJE, "0", 9) == []
    for minute in (2, 0, 1):
        subject.append(minute, str(minute))
    rows = [a_row(minute, str(minute)) for minute in range(3)]
    assert subject.acessos.seguintes(TENANT, HOJE, "0", 9) == rows
    assert subject.acessos.seguintes(TENANT, HOJE, rows[1]["sk"], 1) == rows[1:2]
    assert subject.acessos.ultimos(TENANT, HOJE, None, 2) == [rows[2], rows[1]]
    assert subject.acessos.ultimos(TENANT, HOJE, rows[1]["sk"], 2) == rows[:1]
    assert subject.acessos.ultimos(TENANT, ONTEM, None, 2) == subject.acessos.ultimos(OUTRO, HOJE, None, 2) == []
    assert json.dumps(rows)


def test_a_day_is_replaced_as_it_was_read_and_a_block_follows_the_head(subject: Subject) -> None:
    new, head = subject.selos.lidos(TENANT, HOJE)
    assert (new, head) == (Dia(tenant=TENANT, dia=HOJE), INICIO)
    marked = new.marcado(a_row(0)["sk"], NOW)
    subject.selos.gravar(marked, 0)
    assert subject.selos.lidos(TENANT, HOJE) == (marked, INICIO)
    for antes in (0, 2):
        with pytest.raises(MudouError):
            subject.selos.gravar(marked.marcado("1", NOW), antes)
    first = sealed(subject, 1, 0, 1)
    second = sealed(subject, 2, 2)
    assert subject.selos.cabeca(TENANT) == Cabeca(2, second.digest)
    assert subject.selos.cabeca(OUTRO) == INICIO
    held, head = subject.selos.lidos(TENANT, HOJE)
    assert (held.linhas, held.primeiro, held.ultimo, head.n) == (3, 1, 2, 2)
    stale = fechar(TENANT, Cabeca(1, first.digest), HOJE, [a_row(9)], NOW)[1]
    with pytest.raises(MudouError):
        subject.selos.gravar(held.selado(stale, None, NOW), held.versao, stale)
    assert subject.selos.lidos(TENANT, HOJE) == (held, head)
    assert subject.selos.elos(TENANT, 1, 9) == [first, second]
    assert subject.selos.elos(TENANT, 2, 2) == [second]


def test_days_where_rows_wait_are_found_the_longest_waiting_first(subject: Subject) -> None:
    later = NOW + timedelta(hours=1)
    for tenant, dia, since in (
        (TENANT, HOJE, later), (OUTRO, ONTEM, NOW), (f"OPERADORA#{VALE}", HOJE, later + timedelta(seconds=1)),
    ):  # fmt: skip
        subject.selos.gravar(Dia(tenant=tenant, dia=dia).marcado("2", since), 0)
    assert list(subject.selos.pendentes(later)) == [(NOW, OUTRO, ONTEM), (later, TENANT, HOJE)]
    sealed(subject, 1, 0)
    assert list(subject.selos.pendentes(later)) == [(NOW, OUTRO, ONTEM)]
    assert [one.dia for one in subject.selos.dias(TENANT, ONTEM, HOJE)] == [HOJE]
    assert list(subject.selos.dias(TENANT, ONTEM, ONTEM)) == []


def test_blocks_come_back_as_they_were_sealed_and_are_given_away_with_their_manifest(subject: Subject) -> None:
    elos = [sealed(subject, 1, 0, 1), sealed(subject, 2, 2)]
    blocos = [subject.arquivo.ler(TENANT, elo) for elo in elos]
    assert list(verificar(blocos, [subject.selos.cabeca(TENANT)])) == []
    subject.arquivo.guardar({**blocos[0], "linhas": []}, elos[0])
    assert subject.arquivo.ler(TENANT, elos[0]) == blocos[0]
    manifest = {"v": 1, "tenant": TENANT}
    assert subject.exported(subject.arquivo.exportar(TENANT, manifest, elos, "a.jsonl.gz")) == (manifest, blocos)
    first, again = (
        subject.arquivo.exportar(TENANT, {**manifest, "exportado_em": when}, elos, "a.jsonl.gz") for when in "12"
    )
    assert first.partition("?")[0] == again.partition("?")[0]
    assert subject.exported(again) == ({**manifest, "exportado_em": "2"}, blocos)
    with pytest.raises(PerdidoError):
        subject.arquivo.ler(OUTRO, elos[0])
    with pytest.raises(PerdidoError):
        subject.arquivo.exportar(OUTRO, manifest, elos, "b.jsonl.gz")


class Slow:
    """A table that gives one row at a time, however many are asked for."""

    def __init__(self, *linhas: Mapping[str, Any]) -> None:
        self._rows = [marshal({"pk": "p", **linha}) for linha in linhas]

    def query(self, **asked: Any) -> dict[str, Any]:
        start = asked.get("ExclusiveStartKey")
        at = int(start["place"]["N"]) if start else 0
        following = {"LastEvaluatedKey": marshal({"place": at + 1})} if at + 1 < len(self._rows) else {}
        return {"Items": self._rows[at : at + 1], **following}


def test_rows_that_do_not_fit_one_answer_of_the_table_are_read_on() -> None:
    rows = [a_row(minute) for minute in range(3)]
    acessos = DynamoAcessos(Slow(*rows), "auditoria")
    assert acessos.seguintes(TENANT, HOJE, "0", 9) == rows
    assert acessos.ultimos(TENANT, HOJE, None, 2) == rows[:2]


@pytest.mark.parametrize("engine_name", [EMBEDDED])
def test_a_refusal_of_the_archive_that_is_not_of_what_is_there_is_told(engine: Engine) -> None:
    bloco, elo = fechar(TENANT, INICIO, HOJE, [a_row()], NOW)
    assert bloco_key(TENANT, 1, elo.digest).startswith(f"auditoria/{TENANT.replace('#', '/')}/0000000001-")
    with pytest.raises(engine.s3.exceptions.NoSuchBucket):
        S3Arquivo(engine.s3, "conecta-sem-balde").guardar(bloco, elo)
