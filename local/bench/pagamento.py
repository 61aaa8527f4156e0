"""Area `pagamento`: demonstrativos as large as one message may be, and the closing of a competência of 20,000 PEGs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from local.bench import pagamento_demonstrativos, pagamento_fechamento
from local.bench.measure import Measure, Sizes
from pagamento.service.demonstrativos import PROTOCOLOS

AREA: Final = "pagamento"


def measures(sizes: Sizes) -> Iterator[Measure]:
    """CPU in ms, sizes and memory in MB, PEGs per second, write units.

    Raises:
        RefusedError: a demonstrativo is not a valid message.
        NotClosedError: a closing left something undone.
    """
    protocolos, guias, pegs = (2, 4, 200) if sizes.rapido else (PROTOCOLOS, 100, pagamento_fechamento.PEGS)
    for size in dict.fromkeys((2, protocolos)):
        yield from pagamento_demonstrativos.measures(AREA, sizes.rodadas, guias, size)
    yield from pagamento_fechamento.measures(AREA, sizes.rodadas, pegs)
    yield from pagamento_fechamento.measures_on_runtime(AREA, pegs)
