"""Every scripted outcome of the sandbox, over HTTP, and what the operadora then decides."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from conecta_edge.clock import local_day
from local.sandbox.percurso import Percurso

pytestmark = pytest.mark.e2e


def test_what_is_scripted_is_what_becomes_of_it(where: dict[str, Any]) -> None:
    Percurso(where, print, local_day(datetime.now(UTC))).run()
