"""One contract for PEGs as other contexts read them: the fake of pagamento, and what peg itself stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_contas.dossies import Dossie
from conecta_contas.errors import DossieMissingError
from conecta_contas.pegs import Evento, Peg, Recuperacao
from conecta_contas_aws.contas import DynamoContas
from peg.dynamodb.pegs import DynamoPegs
from peg.s3 import S3Archive
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PASA, VALE, a_peg
from tests.builders_peg import a_sadt
from tests.casa_peg import Casa
from tests.contract.conftest import EMBEDDED, FAKE
from tests.contract.engines import PEG, Engine
from tests.contract.test_pegs_contract import moved
from tests.fakes_pagamento import FakeContas

RECEBIDO = Evento.RECEBIDO
ENGINES = [FAKE, EMBEDDED]


@dataclass
class Subject:
    """The port under test, and how peg leaves behind it a PEG that is being written, received, or has a dossier."""

    port: Any
    leave: Callable[..., Peg]


@pytest.fixture
def subject(engine: Engine | None) -> Subject:
    if engine is None:
        fake = FakeContas()
        return Subject(fake, lambda peg, *eventos, dossie=None: fake.put(moved(peg, *eventos), dossie))
    table, bucket = engine.table("peg", ordem="recepcao", chaves=PEG), engine.bucket("acervo")
    pegs, archive = DynamoPegs(engine.dynamodb, table), S3Archive(engine.s3, bucket)

    def leave(peg: Peg, *eventos: Evento, dossie: Dossie | None = None) -> Peg:
        made = replace(peg, dossie=archive.keep_dossie(peg, dossie)) if dossie else peg
        pegs.prepare(made)
        after = moved(made, *eventos)
        if eventos:
            pegs.change(made, after, (), now=NOW, correlacao="c1")
        return after

    return Subject(DynamoContas(engine.dynamodb, table, engine.s3, bucket), leave)


def test_a_peg_is_seen_by_its_prestador_once_it_is_received(subject: Subject) -> None:
    written, seen = (
        subject.leave(a_peg("261120000001")),
        subject.leave(a_peg("261120000002", numero_lote="2"), RECEBIDO),
    )
    assert subject.port.peg(HOSPITAL, written.protocolo) is None
    assert subject.port.peg(HOSPITAL, seen.protocolo) == seen
    assert subject.port.peg(CLINICA, seen.protocolo) is None
    assert [subject.port.prestador_of(registro, seen.protocolo) for registro in (VALE, PASA)] == [HOSPITAL, None]


def test_a_month_is_read_newest_first_page_by_page_without_what_is_being_written(subject: Subject) -> None:
    subject.leave(a_peg("261120000009", numero_lote="9"))
    seen = [
        subject.leave(
            a_peg(f"26112000000{n}", numero_lote=str(n), upload_id=f"u{n}", data_recepcao=NOW + timedelta(hours=n),
                  chave_recebimento=f"t/{VALE}/{HOSPITAL}/respostas/u{n}.xml"),
            RECEBIDO,
        )
        for n in (1, 2, 3)
    ]  # fmt: skip
    first, position = subject.port.month(HOSPITAL, "202611", None, 2)
    rest, end = subject.port.month(HOSPITAL, "202611", position, 2)
    assert ([*first, *rest], end) == (seen[::-1], None)
    assert subject.port.month(HOSPITAL, "202610", None, 2) == ([], None)


def test_what_recursos_gave_back_is_read_to_the_cent(subject: Subject) -> None:
    given = (Recuperacao("261160000001", Decimal("10.50"), date(2026, 12, 1)),)
    peg = subject.leave(a_peg(recuperacoes=given), RECEBIDO)
    held = subject.port.peg(HOSPITAL, peg.protocolo)
    assert held is not None
    assert (held.recuperacoes, str(held.valor_recuperado)) == (given, "10.50")


def test_what_was_judged_comes_with_the_peg_that_names_it(subject: Subject) -> None:
    casa = Casa()
    received = casa.recebe(a_sadt(senha=None))
    dossie = casa.dossie(received)
    peg = subject.leave(a_peg(), RECEBIDO, dossie=dossie)
    held = subject.port.dossie(peg)
    assert (held.guias, held.resultado, held.vidas) == (dossie.guias, dossie.resultado, dossie.vidas)
    with pytest.raises(DossieMissingError):
        subject.port.dossie(a_peg("261120000002"))
