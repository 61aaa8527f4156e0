"""CSV that spreadsheets of here open as it was meant."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from conecta_edge.planilhas import cell, write


def test_a_file_is_read_with_its_accents_in_columns() -> None:
    made = write(("codigo", "descrição"), [("40301010", 'Sódio; "sérico"')])
    assert made == '\ufeffcodigo;descrição\r\n40301010;"Sódio; ""sérico"""\r\n'.encode()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_text_is_taken_for_a_formula(start: str) -> None:
    assert cell(f"{start}HYPERLINK(0)") == f"'{start}HYPERLINK(0)"


def test_numbers_and_days_are_as_they_are_written_here_and_nothing_is_an_empty_cell() -> None:
    assert [cell(value) for value in (Decimal("-1.50"), 7, date(2026, 11, 22), None, "")] == [
        "-1,50", "7", "2026-11-22", "", "",
    ]  # fmt: skip
