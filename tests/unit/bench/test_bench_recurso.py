"""What the benchmark of recursos measures is the work meant: received by both doors, answered, told in each format."""

from __future__ import annotations

import gc

import pytest

from local.bench import measure, recurso
from local.bench.measure import Sizes


def test_every_request_is_compared_with_the_reading_of_the_message_that_says_as_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(measure, "SAMPLE_SECONDS", 0.0)
    monkeypatch.setattr(gc, "collect", int)  # of what the whole suite holds it takes longer than what is measured

    found = {one.case: one for one in recurso.measures(Sizes(rodadas=1, rapido=True))}

    floors = {one.against for one in found.values()} - {None}
    assert len(floors) == len(("what is received", "what is answered"))
    assert floors <= found.keys()
    assert {case.partition(",")[0] for case, one in found.items() if one.ratio} == {
        "o que se pode contestar", "recepção por XML", "recepção por JSON", "conferência", "respostas da auditoria",
        "conclusão", "resposta em XML", "resposta em JSON", "resposta em PDF",
    }  # fmt: skip
