"""`Idempotency-Key`: one effect, and its first answer ever after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from conecta_edge import idempotency, problems, session
from conecta_edge.clock import FixedClock
from conecta_edge.dynamodb import ConditionFailedError, TransientConflictError
from conecta_edge.http import Request
from conecta_edge.problems import ProblemError
from conecta_edge.tenancy import Papel, Principal
from tests.builders_functions import CLINICA, HOSPITAL, NOW
from tests.fakes import FakeIdempotency

CALLER = Principal(HOSPITAL, "pessoa-1", Papel.FATURISTA, frozenset())


def request(key: str | None = "k1", body: bytes = b"{}", route: str = "/documentos/uploads") -> Request:
    headers = {} if key is None else {"idempotency-key": key}
    return Request("POST", route, {}, {}, headers, {}, body, "corr-1")


class Effects:
    """Counts effects; each writes its kept answer at once, as a transaction would."""

    def __init__(self) -> None:
        self.done = 0
        self.before: Callable[[], None] = lambda: None

    def __call__(self, keep: Callable[[Any], tuple[Any, ...]]) -> dict[str, int]:
        self.before()
        answer = {"efeito": self.done + 1}
        kept = keep(answer)
        if not all(action.possible() for action in kept):
            raise ConditionFailedError((1,))
        self.done += 1
        for action in kept:
            action.apply()
        return answer


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, function_environment: dict[str, str]) -> FakeIdempotency:
    made = FakeIdempotency()
    monkeypatch.setattr(session, "idempotency_table", lambda: made)
    return made


def test_without_a_key_every_request_has_its_effect(table: FakeIdempotency) -> None:
    effect = Effects()
    assert [session.once(request(None), CALLER, effect) for _ in range(2)] == [{"efeito": 1}, {"efeito": 2}]
    assert not table.rows


def test_the_same_key_again_gets_the_first_answer_and_no_effect(table: FakeIdempotency) -> None:
    effect = Effects()
    assert [session.once(request(), CALLER, effect) for _ in range(3)] == [{"efeito": 1}] * 3
    assert effect.done == 1


def test_the_same_key_with_another_body_is_refused(table: FakeIdempotency) -> None:
    effect = Effects()
    session.once(request(), CALLER, effect)
    with pytest.raises(ProblemError) as refused:
        session.once(request(body=b'{"a":1}'), CALLER, effect)
    assert (refused.value.status, refused.value.erros[0].codigo) == (422, "chave-reutilizada")
    assert effect.done == 1


def test_a_key_belongs_to_tenant_route_and_caller(table: FakeIdempotency) -> None:
    effect = Effects()
    session.once(request(), CALLER, effect)
    session.once(request(), Principal(CLINICA, "pessoa-1", Papel.FATURISTA, frozenset()), effect)
    session.once(request(), Principal(HOSPITAL, "pessoa-2", Papel.FATURISTA, frozenset()), effect)
    session.once(request(route="/outra"), CALLER, effect)
    assert effect.done == 4


def test_a_key_is_forgotten_after_a_day(table: FakeIdempotency, monkeypatch: pytest.MonkeyPatch) -> None:
    effect = Effects()
    session.once(request(), CALLER, effect)
    for later, done in ((timedelta(hours=23, minutes=59), 1), (timedelta(hours=24), 2)):
        monkeypatch.setattr(session, "clock", lambda later=later: FixedClock(NOW + later))
        session.once(request(), CALLER, effect)
        assert effect.done == done


def test_who_loses_a_race_for_a_key_gets_the_winners_answer(table: FakeIdempotency) -> None:
    effect, winner = Effects(), Effects()
    effect.before = lambda: None if winner.done else session.once(request(), CALLER, winner)
    effect.done = 7
    assert session.once(request(), CALLER, effect) == {"efeito": 1}
    assert effect.done == 7


def test_who_loses_a_race_that_left_no_answer_yet_is_told_to_come_back(table: FakeIdempotency) -> None:
    def loses(_keep: Callable[[Any], tuple[Any, ...]]) -> dict[str, int]:
        raise ConditionFailedError((1,))

    with pytest.raises(ProblemError) as refused:
        session.once(request(), CALLER, loses)
    assert (refused.value.status, refused.value.headers) == (409, {"Retry-After": "1"})


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_has_from_one_to_255_characters(table: FakeIdempotency, key: str) -> None:
    with pytest.raises(ProblemError) as refused:
        session.once(request(key), CALLER, Effects())
    assert (refused.value.status, refused.value.erros[0].codigo) == (422, "chave-invalida")


@pytest.mark.parametrize("key", ["x", "x" * 255])
def test_the_shortest_and_the_longest_key_serve(table: FakeIdempotency, key: str) -> None:
    effect = Effects()
    assert [session.once(request(key), CALLER, effect) for _ in range(2)] == [{"efeito": 1}] * 2


def test_a_kept_answer_is_read_as_it_was_last_written() -> None:
    asked: list[dict[str, Any]] = []

    class Table:
        def get_item(self, **call: Any) -> dict[str, Any]:
            asked.append(call)
            return {}

    assert idempotency.IdempotencyTable(Table(), "t").replay(idempotency.Attempt("p", "s", "d"), NOW) is None
    assert [call["ConsistentRead"] for call in asked] == [True]


def test_the_longest_key_is_kept_as_a_digest() -> None:
    made = idempotency.attempt(
        {"idempotency-key": "c" * 255}, prestador_id=HOSPITAL, route="/r", subject="pessoa-1", body=b""
    )
    assert made is not None
    assert made.key == {"pk": f"PRESTADOR#{HOSPITAL}", "sk": made.sk}
    assert "ccc" not in made.sk
    assert len(made.sk) == len("/r#pessoa-1#") + 64


@pytest.mark.parametrize(
    ("collision", "told"), [(ConditionFailedError, ProblemError), (TransientConflictError, TransientConflictError)]
)
def test_what_loses_against_the_first_one_is_in_progress_and_what_is_throttled_was_not_done(
    monkeypatch: pytest.MonkeyPatch, collision: type[Exception], told: type[Exception]
) -> None:
    class Empty:
        def replay(self, *_asked: Any) -> None:
            return None

    monkeypatch.setattr(session, "idempotency_table", Empty)
    monkeypatch.setattr(session, "clock", lambda: FixedClock(NOW))

    def collide(_keep: Any) -> None:
        raise collision

    with pytest.raises(told) as refused:
        session.once(request(), CALLER, collide)
    if isinstance(refused.value, ProblemError):
        assert (refused.value.status, refused.value.headers) == (409, {"Retry-After": "1"})


# --- read along with everything else ---


def kept(table: FakeIdempotency, key: str | None = "k1", **changes: Any) -> idempotency.Once:
    return session.attempt(request(key, **changes), HOSPITAL, "pessoa-1")


def test_without_a_key_nothing_is_read_nor_kept(table: FakeIdempotency) -> None:
    once = kept(table, None)
    assert (once.attempt, once.replay(), once.keep({"a": 1})) == (None, None, ())
    failed = ValueError("not ours")

    def effect(_keep: Any) -> None:
        raise failed

    with pytest.raises(ValueError, match="not ours"):
        once.carry_out(effect)


def test_an_effect_that_looks_by_itself_is_not_looked_for_before(table: FakeIdempotency) -> None:
    first = Effects()
    assert kept(table).carry_out(first, look_first=False) == {"efeito": 1}
    looked: list[Any] = []
    again = kept(table)

    def effect(_keep: Any) -> Any:
        looked.append(again.replay())
        return looked[-1]

    assert again.carry_out(effect, look_first=False) == {"efeito": 1}
    assert looked == [{"efeito": 1}]


def test_who_is_refused_because_the_first_was_done_gets_the_first_answer(table: FakeIdempotency) -> None:
    winner = Effects()

    def loses(_keep: Any) -> None:
        kept(table).carry_out(winner)
        raise LookupError("what it was to change is changed")

    assert kept(table).carry_out(loses) == {"efeito": 1}


def test_a_refusal_that_has_nothing_to_do_with_the_key_is_told_as_it_is(table: FakeIdempotency) -> None:
    def refuses(_keep: Any) -> None:
        raise LookupError("absent")

    with pytest.raises(LookupError, match="absent"):
        kept(table).carry_out(refuses)

    def forbids(_keep: Any) -> None:
        raise problems.not_found()

    with pytest.raises(ProblemError) as refused:
        kept(table).carry_out(forbids)
    assert refused.value.status == 404


def test_the_same_act_on_another_thing_is_another_request(table: FakeIdempotency) -> None:
    def of(numero: str, body: bytes = b"{}") -> Request:
        path = {"registro_ans": "1", "numero": numero}
        return Request("POST", "/r", path, {}, {"idempotency-key": "k"}, {}, body, "corr-1")

    session.attempt(of("7"), HOSPITAL, "p").carry_out(Effects())
    for other in (of("8"), of("7", b"{ }"), of("7/")):
        with pytest.raises(ProblemError) as refused:
            session.attempt(other, HOSPITAL, "p").carry_out(Effects())
        assert refused.value.erros[0].codigo == "chave-reutilizada"
    assert session.attempt(of("7"), HOSPITAL, "p").replay() == {"efeito": 1}


def test_a_key_of_an_operadoras_people_is_not_one_of_a_prestadors(table: FakeIdempotency) -> None:
    session.attempt(request(), "OPERADORA#345695", "p").carry_out(Effects())
    assert session.attempt(request(), HOSPITAL, "p").replay() is None
    assert session.attempt(request(), "OPERADORA#345695", "p").replay() == {"efeito": 1}


def test_an_attempt_is_of_the_instant_it_is_made(table: FakeIdempotency, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(table).carry_out(Effects())
    monkeypatch.setattr(session, "clock", lambda: FixedClock(NOW + timedelta(hours=24)))
    assert kept(table).now == NOW + timedelta(hours=24)
    assert kept(table).replay() is None


def test_an_answer_remembered_by_itself_is_the_first_one_ever_after(table: FakeIdempotency) -> None:
    def once(key: str | None) -> idempotency.Once:
        return session.attempt(request(key), HOSPITAL, "pessoa-1")

    for answer in (["1"], ["2"]):
        once("k1").remember(answer)
        once(None).remember(answer)
    assert once("k1").replay() == ["1"]
    assert len(table.rows) == 1
