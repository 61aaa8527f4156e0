"""Page tokens: what was issued is read where it was issued, and nothing else is read anywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conecta_edge import page_tokens
from conecta_edge.problems import ProblemError

SECRET = b"segredo-de-teste"
SCOPE = "hospital-aurora|pegs|202611"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
POSITIONS = st.dictionaries(st.text(max_size=10), st.text(max_size=30), max_size=4)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=!+/ "


def refused(token: str, scope: str = SCOPE, secret: bytes = SECRET, now: datetime = NOW) -> bool:
    with pytest.raises(ProblemError) as refusal:
        page_tokens.read(secret, token, scope, now)
    assert (refusal.value.status, refusal.value.erros[0].codigo) == (400, "cursor-invalido")
    return True


@given(POSITIONS)
def test_a_position_comes_back_as_it_was_issued(position: dict[str, str]) -> None:
    assert page_tokens.read(SECRET, page_tokens.issue(SECRET, position, SCOPE, NOW), SCOPE, NOW) == position


@given(POSITIONS, st.text(max_size=40))
def test_a_token_moved_to_another_scope_is_refused(position: dict[str, str], scope: str) -> None:
    assume(scope != SCOPE)
    assert refused(page_tokens.issue(SECRET, position, SCOPE, NOW), scope)


@given(POSITIONS, st.integers(min_value=0), st.sampled_from(ALPHABET))
def test_a_token_with_one_character_changed_is_refused(position: dict[str, str], place: int, character: str) -> None:
    token = page_tokens.issue(SECRET, position, SCOPE, NOW)
    place %= len(token)
    assume(token[place] != character)
    assert refused(token[:place] + character + token[place + 1 :])


@given(POSITIONS, st.integers(min_value=0), st.sampled_from(ALPHABET))
def test_a_token_with_one_character_more_is_refused(position: dict[str, str], place: int, character: str) -> None:
    token = page_tokens.issue(SECRET, position, SCOPE, NOW)
    place %= len(token) + 1
    assert refused(token[:place] + character + token[place:])


@given(st.text(max_size=80))
def test_no_text_of_ones_own_making_is_a_token(text: str) -> None:
    assert refused(text)


@given(POSITIONS, st.binary(max_size=40))
def test_a_token_signed_with_another_secret_is_refused(position: dict[str, str], secret: bytes) -> None:
    assume(secret != SECRET)
    assert refused(page_tokens.issue(secret, position, SCOPE, NOW))


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3)))
def test_a_token_lives_for_a_day(later: timedelta) -> None:
    token = page_tokens.issue(SECRET, {"pk": "a"}, SCOPE, NOW)
    if later <= timedelta(hours=24):
        assert page_tokens.read(SECRET, token, SCOPE, NOW + later) == {"pk": "a"}
    else:
        assert refused(token, now=NOW + later)
