"""Loads of financeiro, from the queue: files that arrive under `pagamento/`, loads that are gone on with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conecta_cargas_aws import arrivals
from pagamento.bootstrap import cargas as bootstrap
from pagamento.domain.carga_tipos import TIPOS

resumed = arrivals.resumed


def file_arrived(detail: Mapping[str, Any]) -> None:
    """S3's `Object Created`."""
    arrivals.file_arrived(detail["object"], tipos=TIPOS, cargas=bootstrap.cargas(), arquivos=bootstrap.arquivos())
