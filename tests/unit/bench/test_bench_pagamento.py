"""What the benchmark of payments measures is the work meant: demonstrativos that are valid, closings that close all."""

from __future__ import annotations

import gc

import pytest

from local.bench import measure, pagamento_demonstrativos, pagamento_fechamento


def test_each_rendering_is_compared_with_what_only_writes_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "SAMPLE_SECONDS", 0.0)
    monkeypatch.setattr(gc, "collect", int)  # of what the whole suite holds it takes longer than what is measured

    found = {one.case: one for one in pagamento_demonstrativos.measures("pagamento", 1, 2, 2)}

    floors = {one.against for one in found.values()} - {None}
    assert len(floors) == len(("XML", "CSV", "PDF"))
    assert floors <= found.keys()
    assert all(one.value > 0 for case, one in found.items() if case.endswith("tamanho"))


def test_every_fatura_of_a_competencia_is_warned_rescheduled_and_counted_again() -> None:
    found = list(pagamento_fechamento.measures("pagamento", 1, 30))

    floor, *others = found
    assert {one.against for one in others} == {floor.case}
    assert len(others) == len(("três dias", "véspera", "fechamento", "outra vez", "recontagem"))
