"""Requests that schemathesis makes up: the last that a world is asked, for what fits is done to what is its own."""

from __future__ import annotations

import pytest

from tests.matriz.contrato import Prova
from tests.matriz.world import World

pytestmark = pytest.mark.e2e


def test_what_is_made_up_is_answered_as_the_document_says(world: World) -> None:
    assert [str(one) for one in Prova(world).made_up(1, whole=False) if one.wrong] == []
