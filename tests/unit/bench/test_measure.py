"""Medians, ratios and the two outputs; no clock is asserted."""

from __future__ import annotations

import io
import json
from functools import partial

import pytest

from local.bench.measure import Measure, against, alternate, cpu_of, percentile, write_json, write_table


def test_rounds_alternate_and_each_starts_with_another_case() -> None:
    order: list[str] = []

    def sampler(name: str) -> float:
        order.append(name)
        return 1.0

    alternate({name: partial(sampler, name) for name in "abc"}, rounds=3)

    assert "".join(order) == "abcbcacab"


def test_the_median_is_taken_per_case() -> None:
    values = {"steady": iter([2.0] * 5), "noisy": iter([9.0, 1.0, 3.0, 100.0, 2.0])}

    medians = alternate({name: found.__next__ for name, found in values.items()}, rounds=5)

    assert medians == {"steady": 2.0, "noisy": 3.0}


def test_short_calls_are_repeated_within_a_sample() -> None:
    calls: list[int] = []
    sample = cpu_of(lambda: calls.append(1))
    before = len(calls)

    assert sample() > 0
    assert len(calls) - before > 100


def test_ratios_are_to_the_yardstick_which_has_none() -> None:
    found = against(
        [Measure(area="a", case="base", value=2.0, unit="ms"), Measure(area="a", case="x", value=5.0, unit="ms")],
        "base",
    )

    assert [(measure.ratio, measure.against) for measure in found] == [(None, None), (2.5, "base")]


@pytest.mark.parametrize(("percent", "value"), [(50, 5), (90, 9), (99, 10), (100, 10), (1, 1)])
def test_a_percentile_is_one_of_the_values(percent: float, value: float) -> None:
    assert percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], percent) == value


def test_each_measure_is_one_json_line_with_the_six_agreed_members() -> None:
    out = io.StringIO()
    write_json([Measure(area="tiss", case="c", value=1.23456, unit="ms CPU", ratio=2.0, against="d")], out)

    assert json.loads(out.getvalue()) == {
        "area": "tiss", "case": "c", "value": 1.2346, "unit": "ms CPU", "ratio": 2.0, "against": "d",
    }  # fmt: skip


def test_the_table_groups_by_area_and_names_the_yardstick() -> None:
    out = io.StringIO()
    write_table(
        [
            Measure(area="tiss", case="completo", value=10.0, unit="ms CPU", ratio=1.5, against="libxml2"),
            Measure(area="frio", case="boto3", value=300.0, unit="ms CPU"),
        ],
        out,
    )

    assert out.getvalue().split() == [
        "tiss", "completo", "10.000", "ms", "CPU", "1.50x", "libxml2", "frio", "boto3", "300.000", "ms", "CPU",
    ]  # fmt: skip
