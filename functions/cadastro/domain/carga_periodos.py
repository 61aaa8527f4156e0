"""What a file tells of a relacionamento, added to what is known of it. Pure."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from datetime import date, timedelta

from conecta_facts.relacionamentos import Periodo, Relacionamento, Situacao


def situacao_informada(
    guardado: Relacionamento | None, novo: Relacionamento, ate: date | None, referencia_: date
) -> Relacionamento:
    """A relacionamento with the state a file tells of.

    The list of periods only grows: a state that begins on a day is added once, in its place, after what began that same
    day. What a file does not know of (a decision made in the portal since) stays. A suspension with an end is followed
    by the return; a later file that moves the end moves a return that has not happened yet.

    Args:
        guardado: what is known.
        novo: the file's row, with its one period.
        ate: last day of a suspension, when the file knows it.
        referencia_: the local day the file speaks of.
    """
    (periodo,) = novo.periodos
    periodos = list(guardado.periodos) if guardado else []
    onde = next((n for n, p in enumerate(periodos) if (p.situacao, p.de) == (periodo.situacao, periodo.de)), None)
    if onde is None:
        onde = bisect_right([p.de for p in periodos], periodo.de)
        periodos.insert(onde, periodo)
    elif periodo.motivo is not None:
        periodos[onde] = periodo
    if ate is not None:
        volta = Periodo(Situacao.HABILITADO, ate + timedelta(days=1))
        seguinte = periodos[onde + 1] if onde + 1 < len(periodos) else None
        if seguinte is not None and seguinte.situacao is Situacao.HABILITADO and seguinte.de > referencia_:
            periodos[onde + 1] = replace(seguinte, de=volta.de)
        elif seguinte is None:
            periodos.append(volta)
    return replace(novo, periodos=tuple(periodos))
