"""Others read what we write: demonstrativos another implementation of TISS, the cronograma a calendar's client."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.amounts import soma
from conecta_tiss.xml.writer import write
from local.bench import peers
from local.gerador import Tipo
from pagamento import agenda
from pagamento.domain.demonstrativos import AnaliseDeConta
from pagamento.messages.demonstrativos import xml
from pagamento.service.cronogramas import forecasts
from tests.builders_analises import a_head, with_every_glosa
from tests.builders_functions import NOW, VALE
from tests.builders_mensagens_recurso import MENSAGENS as RECURSOS
from tests.builders_pagamento import CICLOS, OUTRO_PEG, UM_PEG, a_cronograma
from tests.casa_pagamento import Casa

ODONTO_SEM_VALOR = {"recurso-odonto-all": {"tiss.validate"}}


@pytest.fixture(scope="module")
def worker() -> Iterator[peers.Worker]:
    """The others, in a virtual environment of their own, which is kept."""
    with peers.Worker(peers.prepare()) as started:
        yield started


@pytest.mark.parametrize("tipo", [Tipo.SADT, Tipo.CONSULTA, Tipo.INTERNACAO])
def test_another_implementation_reads_our_demonstrativo_and_agrees_on_its_hash(
    worker: peers.Worker, tmp_path: Path, tipo: Tipo
) -> None:
    conta, file = with_every_glosa(tipo, Versao.V4_03_00), tmp_path / "demonstrativo.xml"
    file.write_bytes(xml([AnaliseDeConta(a_head(), conta)], Versao.V4_03_00, NOW))
    read = worker.read("demonstrativo", file)
    (ours,) = re.findall(rb"<ans:hash>([0-9a-f]{32})</ans:hash>", file.read_bytes())
    assert (read["hash"].encode(), read["valido"]) == (ours, True)
    lost = {guia.numero: [one for one in read["decisoes"] if one["guia_ref"] == guia.numero] for guia in conta.guias}
    for guia in conta.guias:
        taken = sum(one["valor_glosa_cents"] for one in lost[guia.numero])
        assert taken == guia.valores.glosado * 100
        decided = {one["decision"] for one in lost[guia.numero]}
        assert decided == ({"glosado"} if not guia.valores.liberado else {"glosa_parcial"})
    assert soma(guia.valores.glosado for guia in conta.guias) == conta.valores.glosado


@pytest.mark.parametrize("nome", sorted(nome for nome in RECURSOS if not nome.endswith(("-least", "-erro"))))
def test_other_implementations_find_no_fault_with_our_messages_of_recursos(
    worker: peers.Worker, tmp_path: Path, nome: str
) -> None:
    file = tmp_path / f"{nome}.xml"
    file.write_bytes(write(RECURSOS[nome](Versao.V4_03_00)))
    # One of them takes every dental item for an item without a value (tiss.md 7.1): the other judges those.
    judges = {"tiss.validate", "tiss.hash_epilogo", "pytiss.XSDValidator"} - ODONTO_SEM_VALOR.get(nome, set())
    for case in sorted(judges):
        assert worker.ask(do="run", case=case, file=str(file), repeats=1)["verdict"] is True, case


def test_a_calendar_s_client_reads_the_cronograma_and_what_waits(worker: peers.Worker, tmp_path: Path) -> None:
    casa = Casa()
    casa.registros.put(a_cronograma())
    pegs = [casa.publish(UM_PEG), casa.publish(OUTRO_PEG)]
    file = tmp_path / "cronograma.ics"
    file.write_bytes(agenda.calendario([a_cronograma()], forecasts(pegs, casa.portas), {VALE: "VALE"}))
    events = {one["uid"]: one for one in worker.read("calendario", file)["eventos"]}
    for ciclo in CICLOS:
        for name in ("entrega", "pagamento"):
            (found,) = [one for uid, one in events.items() if uid.startswith(f"{name}-{VALE}-{ciclo.competencia}")]
            assert (found["dia"], found["sequencia"]) == (getattr(ciclo, name).isoformat(), 1)
    assert sum(UM_PEG in uid for uid in events) == sum(OUTRO_PEG in uid for uid in events) == 2
