"""R02, day by day: an act changes the days it speaks of and no other, whatever came before it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastro.domain import relacionamentos as rules
from cadastro.domain.relacionamentos import EffectiveDayError, IllegalActError
from conecta_facts.relacionamentos import Periodo, Relacionamento, Situacao

HOJE = date(2026, 11, 21)
SINCE, HORIZON = -20, 60
S = Situacao
ACTS = st.tuples(
    st.sampled_from(["suspend", "reactivate", "end"]),
    st.integers(0, 40),
    st.one_of(st.none(), st.integers(0, 15)),
)
Days = dict[int, Situacao | None]


def days_of(held: Relacionamento) -> Days:
    """The state of every day of the window, counted from today."""
    return {n: held.situacao_em(HOJE + timedelta(days=n)) for n in range(SINCE - 1, HORIZON + 1)}


def expected(days: Days, kind: str, de: int, ate: int | None) -> Days:
    """What an act means, told day by day: the model the periods are held against."""
    if kind == "end":
        return {n: S.DESCREDENCIADO if n >= de else state for n, state in days.items()}
    if kind == "suspend":
        last = HORIZON if ate is None else ate
        return {
            n: S.SUSPENSO if de <= n <= last and state is not S.DESCREDENCIADO else state for n, state in days.items()
        }
    found, changed, n = days[de], dict(days), de
    while n <= HORIZON and days[n] is found:
        changed[n] = S.HABILITADO
        n += 1
    return changed


def legal(days: Days, kind: str, de: int) -> bool:
    """R02's arrows; a descredenciamento that has not begun may be taken back, whole."""
    if kind == "suspend":
        return days[de] is S.HABILITADO
    if kind == "end":
        return days[de] in {S.HABILITADO, S.SUSPENSO}
    begins = de > 0 and days[de] is S.DESCREDENCIADO is not days[de - 1]
    return days[de] is S.SUSPENSO or begins


def acted(held: Relacionamento, kind: str, de: int, ate: int | None) -> Relacionamento:
    asked: dict[str, Any] = {"de": HOJE + timedelta(days=de), "motivo": "m", "hoje": HOJE}
    if kind == "suspend":
        return rules.suspend(held, ate=None if ate is None else HOJE + timedelta(days=ate), **asked)
    return rules.reactivate(held, **asked) if kind == "reactivate" else rules.end(held, **asked)


@settings(max_examples=150)
@given(st.sampled_from(list(Situacao)), st.lists(ACTS, max_size=6))
def test_an_act_changes_the_days_it_speaks_of_and_no_other(first: Situacao, acts: list[tuple[str, int, int]]) -> None:
    held = Relacionamento("p", "345695", "1", (Periodo(first, HOJE + timedelta(days=SINCE)),))
    for kind, de, length in acts:
        ate = None if length is None else de + length
        before = days_of(held)
        if not legal(before, kind, de):
            with pytest.raises(IllegalActError) as refused:
                acted(held, kind, de, ate)
            assert refused.value.situacao is before[de]
            continue
        held = acted(held, kind, de, ate)
        assert days_of(held) == expected(before, kind, de, ate)
        assert list(held.periodos) == sorted(held.periodos, key=lambda periodo: periodo.de)
        assert all(days_of(held)[n] == before[n] for n in range(SINCE, 0))


@given(ACTS)
def test_an_act_of_a_day_gone_by_is_refused(act: tuple[str, int, int | None]) -> None:
    kind, days, _ = act
    states = {"suspend": S.HABILITADO, "reactivate": S.SUSPENSO, "end": S.HABILITADO}
    held = Relacionamento("p", "345695", "1", (Periodo(states[kind], HOJE - timedelta(days=99)),))
    with pytest.raises(EffectiveDayError) as refused:
        acted(held, kind, -1 - days, None)
    assert refused.value.codigo == "data-passada"
