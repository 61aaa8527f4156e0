"""REST entry of this context, and where the XML door hands its messages over."""

from __future__ import annotations

from typing import Final

from cadastro.handler import cargas, contas, contrato, elegibilidade, relacionamentos, titulares
from conecta_edge import session
from conecta_edge.http import Api, ErrorMap, Operation

_PARTS: Final = (elegibilidade, contrato, contas, relacionamentos, cargas, titulares)
OPERATIONS: Final[tuple[Operation, ...]] = tuple(operation for part in _PARTS for operation in part.OPERATIONS)
"""What is published."""
_ERRORS: Final[ErrorMap] = {kind: render for part in _PARTS for kind, render in part.ERRORS.items()}

handler = Api((*OPERATIONS, *elegibilidade.TISS_OPERATIONS), _ERRORS, session.origins)
