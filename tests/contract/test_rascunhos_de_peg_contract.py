"""`peg.service.rascunhos.Rascunhos`: the fake and DynamoDB, one suite."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_edge.dynamodb import ConditionFailedError, put
from peg.domain import estados
from peg.domain.estados import SituacaoRascunho
from peg.domain.lotes import Identificacao
from peg.dynamodb.rascunhos import DynamoRascunhos
from peg.service.rascunhos import GUARDADO, Digitada, Envio, Guardar, Mudanca, Rascunho, RascunhoMudouError
from tests.builders_functions import CLINICA, CNPJ, HOSPITAL, NOW, VALE
from tests.contract.engines import PEG, Engine
from tests.fakes import Kept
from tests.fakes_rascunhos import FakeRascunhos

ID = "6f1f0d7c2b7e4c0d9a5e8b3c4d2f1a60"


@dataclass
class Subject:
    """The port under test, and the table behind it."""

    port: Any
    engine: Engine | None = None
    table: str = ""

    def keep(self, key: str) -> Guardar:
        """What keeps an answer under a key, once."""
        if self.engine is None:
            rows: dict[str, bool] = self.port.__dict__.setdefault("kept", {})
            kept: Any = Kept(lambda: key not in rows, lambda: rows.__setitem__(key, True))
            return (kept,)
        return (put(self.table, {"pk": f"CHAVE#{key}", "sk": "x"}, "attribute_not_exists(pk)"),)


@pytest.fixture
def subject(engine: Engine | None) -> Subject:
    if engine is None:
        return Subject(FakeRascunhos())
    table = engine.table("peg", ordem="recepcao", chaves=PEG)
    return Subject(DynamoRascunhos(engine.dynamodb, table), engine, table)


def a_draft(**changes: Any) -> Rascunho:
    made = Rascunho(
        id=ID, prestador_id=HOSPITAL, registro_ans=VALE, numero_lote=None,
        estado=estados.Rascunho(tipo_guia="guiaConsulta"), quem="pessoa-1", criado_em=NOW, alterado_em=NOW,
        expira_em=NOW + GUARDADO,
    )  # fmt: skip
    return replace(made, **changes)


def a_guia(guia_id: str = "00000002", corpo: str = '{"numero_guia_prestador":"G1"}') -> Digitada:
    return Digitada(id=guia_id, corpo=corpo, valor=Decimal("120.00"))


def later(held: Rascunho, guias: int = 0, **changes: Any) -> Rascunho:
    estado = replace(held.estado, versao=held.estado.versao + 1, guias=held.estado.guias + guias)
    return replace(held, estado=estado, **changes)


def test_a_head_is_read_as_it_was_written(subject: Subject) -> None:
    whole = a_draft(
        numero_lote="17", valor_total=Decimal("120.50"), tamanho=321, protocolo="261120000001",
        estado=estados.Rascunho(tipo_guia="guiaOdonto", guias=2, versao=7, situacao=SituacaoRascunho.ENVIADO),
        envio=Envio(quando=NOW + timedelta(days=1), prestador=Identificacao(cnpj=CNPJ), versao="4.01.00", vez=2),
    )  # fmt: skip
    assert subject.port.get(HOSPITAL, ID) is None
    for made in (whole, a_draft(id="0" * 32)):
        subject.port.write(None, Mudanca(made))
        assert subject.port.get(HOSPITAL, made.id) == made
    assert subject.port.get(CLINICA, ID) is None


def test_guias_are_read_in_the_order_they_were_added(subject: Subject) -> None:
    held = a_draft()
    subject.port.write(None, Mudanca(held))
    made = [a_guia(f"{n:08d}", f'{{"n":{n},"texto":"ação"}}') for n in (2, 3, 10)]
    for guia in made:
        after = later(held, 1)
        subject.port.write(held, Mudanca(after, escritas=(guia,)))
        held = after
    assert subject.port.guias(HOSPITAL, ID) == made
    assert subject.port.guia(HOSPITAL, ID, "00000010") == made[2]
    assert subject.port.guias(CLINICA, ID) == []
    assert subject.port.guia(CLINICA, ID, "00000010") is None


def test_guias_are_altered_and_taken_out_with_their_head(subject: Subject) -> None:
    first, second = later(a_draft(), 1), later(later(a_draft(), 1))
    subject.port.write(None, Mudanca(a_draft()))
    subject.port.write(a_draft(), Mudanca(first, escritas=(a_guia(),)))
    subject.port.write(first, Mudanca(second, escritas=(a_guia(corpo="{}"),)))
    assert [one.corpo for one in subject.port.guias(HOSPITAL, ID)] == ["{}"]
    subject.port.write(second, Mudanca(later(second, -1), removidas=("00000002",)))
    assert subject.port.guias(HOSPITAL, ID) == []
    assert subject.port.guia(HOSPITAL, ID, "00000002") is None
    assert subject.port.get(HOSPITAL, ID) == later(second, -1)


def test_a_write_is_upon_what_was_read(subject: Subject) -> None:
    subject.port.write(None, Mudanca(a_draft()))
    with pytest.raises(RascunhoMudouError):
        subject.port.write(None, Mudanca(a_draft()))
    after = later(a_draft(), 1)
    subject.port.write(a_draft(), Mudanca(after))
    with pytest.raises(RascunhoMudouError):
        subject.port.write(a_draft(), Mudanca(after, escritas=(a_guia(),)), subject.keep("a"))
    assert subject.port.guias(HOSPITAL, ID) == []
    subject.port.write(after, Mudanca(later(after)), subject.keep("a"))


def test_an_answer_that_is_kept_already_stops_the_act(subject: Subject) -> None:
    subject.port.write(None, Mudanca(a_draft()), subject.keep("a"))
    after = later(a_draft(), 1)
    with pytest.raises(ConditionFailedError):
        subject.port.write(a_draft(), Mudanca(after, escritas=(a_guia(),)), subject.keep("a"))
    assert subject.port.get(HOSPITAL, ID) == a_draft()
    assert subject.port.guias(HOSPITAL, ID) == []


def test_heads_are_listed_without_guias_a_page_at_a_time(subject: Subject) -> None:
    ids = [f"{n:032x}" for n in range(5)]
    for one in ids:
        made = a_draft(id=one)
        subject.port.write(None, Mudanca(made))
        subject.port.write(made, Mudanca(later(made, 1), escritas=(a_guia(),)))
    subject.port.write(None, Mudanca(a_draft(prestador_id=CLINICA)))
    seen, position = [], None
    while True:
        page = subject.port.page(HOSPITAL, position, 2)
        assert len(page.rows) <= 2
        seen += [row.id for row in page.rows]
        position = page.position
        if position is None:
            break
    assert seen == ids


def test_a_draft_of_a_hundred_guias_goes_whole(subject: Subject) -> None:
    held = a_draft()
    subject.port.write(None, Mudanca(held))
    ids = [f"{n:08d}" for n in range(2, 102)]
    for start in range(0, 100, 50):
        after = later(held, 50)
        subject.port.write(held, Mudanca(after, escritas=tuple(a_guia(one) for one in ids[start : start + 50])))
        held = after
    gone = later(held, expira_em=NOW)
    subject.port.write(held, Mudanca(gone, removidas=tuple(ids)), subject.keep("a"))
    assert subject.port.guias(HOSPITAL, ID) == []
    assert subject.port.get(HOSPITAL, ID) == gone


@pytest.mark.regra("R11")
@pytest.mark.parametrize("engine_name", ["fake", pytest.param("embedded", marks=pytest.mark.e2e)])
def test_of_many_writes_upon_the_same_head_one_is_made(subject: Subject) -> None:
    subject.port.write(None, Mudanca(a_draft()))

    def write(n: int) -> bool:
        try:
            subject.port.write(a_draft(), Mudanca(later(a_draft(), 1), escritas=(a_guia(f"{n:08d}"),)))
        except RascunhoMudouError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(write, range(2, 10)))
    assert done.count(True) == 1
    assert len(subject.port.guias(HOSPITAL, ID)) == 1


@pytest.mark.parametrize("engine_name", ["moto"])
def test_a_guia_of_five_items_is_one_write_unit_and_everything_is_forgotten_in_time(subject: Subject) -> None:
    assert subject.engine is not None
    item = (
        '{"sequencial_item":1,"data_execucao":"2026-11-10","hora_inicial":"08:00:00","hora_final":"08:40:00",'
        '"tabela":"22","codigo":"40304361","descricao":"Hemograma com contagem de plaquetas ou frações",'
        '"quantidade":"2","reducao_acrescimo":"1.00","valor_unitario":"9.25","valor_total":"18.50"}'
    )
    made = a_guia(corpo=f'{{"procedimentos":[{",".join([item] * 5)}],"numero_carteira":"00012345678900011"}}')
    after = later(a_draft(), 1)
    subject.port.write(None, Mudanca(a_draft()))
    subject.port.write(a_draft(), Mudanca(after, escritas=(made,)))
    head, guia = subject.engine.rows(subject.table, f"PRESTADOR#{HOSPITAL}")
    assert (head["sk"], guia["sk"]) == (f"RASCUNHO#{ID}", f"RASCUNHO_GUIA#{ID}#00000002")
    assert len(guia["corpo"]) <= 512
    assert int(head["ttl"]) == int((NOW + GUARDADO).timestamp())
    assert int(guia["ttl"]) == int((NOW + timedelta(days=365)).timestamp())
    assert "00012345678900011" not in str(guia)
    subject.port.write(after, Mudanca(later(after, -1, alterado_em=NOW), removidas=("00000002",)))
    _, gone = subject.engine.rows(subject.table, f"PRESTADOR#{HOSPITAL}")
    assert ("corpo" in gone, int(gone["ttl"])) == (False, int(NOW.timestamp()))
