"""What the cold start's bench asks of whom."""

from __future__ import annotations

import pytest

from local.bench import frio_eventos
from tests.builders_functions import NOW, XML


def test_every_function_of_the_tree_is_measured() -> None:
    assert frio_eventos.firsts(NOW, XML).keys() >= frio_eventos.entries().keys()


def test_a_function_of_which_nothing_is_said_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frio_eventos, "entries", lambda: {"nova-api": "nova.handler.api"})

    with pytest.raises(frio_eventos.UnmeasuredError, match="nova-api"):
        frio_eventos.firsts(NOW, XML)
