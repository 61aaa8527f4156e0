"""Every scripted outcome of the sandbox, over HTTP, by the machine of each prestador of the demo."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from conecta_edge.clock import local_day
from local.sandbox.percurso import Percurso
from local.seed import PRESTADORES

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("prestador", [one.prestador_id for one in PRESTADORES])
def test_what_is_scripted_is_what_becomes_of_it(prestador: str, where: dict[str, Any]) -> None:
    Percurso(where, print, local_day(datetime.now(UTC)), prestador=prestador).run()
