"""What is made when it is first asked something."""

from __future__ import annotations

import pytest

from conecta_edge.later import Later


def test_nothing_is_made_before_it_is_asked_something_and_what_answers_is_what_was_made() -> None:
    made: list[str] = []

    def make() -> list[str]:
        made.append("x")
        return made

    later = Later(make)
    assert made == []
    assert later.count("x") == 1
    with pytest.raises(AttributeError):
        _ = later.nothing
