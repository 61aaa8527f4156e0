"""Rules of what is told of a stay: its beginning and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conecta_tiss.rules.base import Contexto, Regra, regra
from conecta_tiss.rules.partes import PARA_OPERADORA, Lugar, in_the_future, tell
from conecta_tiss.vocabulary.glosas import Motivo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conecta_tiss.findings import Achado
    from conecta_tiss.messages.comunicacao import ComunicacaoInternacao

_CORPO: Final = Lugar(f"{PARA_OPERADORA}/ans:comunicacaoInternacao")


def findings(corpo: ComunicacaoInternacao, contexto: Contexto) -> Iterator[Achado]:
    """Findings of all `RULES`."""
    for uma in RULES:
        yield from uma(corpo, contexto)


@regra(
    "TISS-COMUNICACAO-EVENTO", Motivo.CAMPO_CONDICIONADO_INCORRETO, "tiss.md 2.3: the schema ties neither to tipoEvento"
)
def the_event_has_its_own_data(
    esta: Regra[ComunicacaoInternacao], corpo: ComunicacaoInternacao, contexto: Contexto
) -> Iterator[Achado]:
    """An admission says its kind; a discharge, its reason."""
    for evento, tem, errado, certo in (
        ("I", corpo.motivo_encerramento, "motivoEncerramento", "tipoInternacao"),
        ("A", corpo.tipo_internacao, "tipoInternacao", "motivoEncerramento"),
    ):
        if corpo.tipo_evento == evento and tem is not None:
            yield tell(
                esta,
                contexto,
                _CORPO.em("dadosInternacao", errado),
                f"Com tipoEvento {evento}, informe {certo} em vez de {errado}, ou corrija o tipoEvento.",
            )


@regra("TISS-COMUNICACAO-DATA", Motivo.DATA_FUTURA, "tiss.md 5.1: bad date")
def the_event_has_happened(
    esta: Regra[ComunicacaoInternacao], corpo: ComunicacaoInternacao, contexto: Contexto
) -> Iterator[Achado]:
    """Nobody is admitted or discharged after today."""
    yield from in_the_future(esta, contexto, [(corpo.data_evento, _CORPO.em("dataEvento"))])


RULES: Final[tuple[Regra[ComunicacaoInternacao], ...]] = (the_event_has_its_own_data, the_event_has_happened)
"""Rules of what is told of a stay, in the order they are told."""
