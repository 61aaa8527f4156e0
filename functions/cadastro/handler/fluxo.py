"""The workflow `carga-cadastro`; its steps: `conecta_cargas_aws.steps`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cadastro.bootstrap import cargas as bootstrap
from conecta_cargas_aws import steps
from conecta_edge import cold_start


@cold_start.ends
def handler(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """Carry out one step."""
    return steps.step(event, bootstrap.ports())
