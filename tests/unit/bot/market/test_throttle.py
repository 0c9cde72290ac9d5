"""Many questions at once: each with its own time, none waiting where another waited in vain."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest

from bot.clock import SystemClock
from bot.errors import Unavailable
from bot.market.yahoo_client import COOL_DOWN, Failure, HttpLimits, NoSuchSymbol, Throttle

NAMES = [f"F{i}" for i in range(10)]
CLOCK = SystemClock()


@pytest.fixture
def asking() -> Iterator[Throttle]:
    asking = Throttle(CLOCK.monotonic, HttpLimits(total=0.3, backoff=(0.0, 0.0), parallel=2))
    yield asking
    asking.close()


def failing(failure: Exception, times: int) -> tuple[list[str], Callable[[str, float], str]]:
    asked: list[str] = []

    def work(symbol: str, deadline: float) -> str:
        asked.append(symbol)
        if len(asked) <= times:
            raise failure
        return symbol

    return asked, work


def unavailable(retry_after: float | None = None) -> Unavailable:
    return Unavailable("Yahoo Finance", "the connection failed", retry_after=retry_after)


def test_each_symbol_is_asked_about_once_with_a_deadline(asking: Throttle) -> None:
    asked = []

    def work(symbol: str, deadline: float) -> str:
        asked.append((symbol, 0 < deadline - CLOCK.monotonic() <= 0.3))
        return symbol.lower()

    answers = asyncio.run(asking.all(work, ["A", "B", "A"]))
    assert dict(answers) == {"A": "a", "B": "b"}
    assert sorted(asked) == [("A", True), ("B", True)]


@pytest.mark.slow
def test_a_question_has_its_own_time_however_long_the_line(asking: Throttle) -> None:
    """Ten of 100 ms, two at a time, take 500 ms in all: more than any one of them may."""
    answers = asyncio.run(asking.all(lambda symbol, _: threading.Event().wait(0.1), NAMES))
    assert set(answers.values()) == {False}  # the wait ended by itself, none was given up


@pytest.mark.slow
def test_a_hang_lasts_as_long_for_ten_as_for_one(asking: Throttle) -> None:
    release, begun, start = threading.Event(), [], CLOCK.monotonic()

    def hang(symbol: str, deadline: float) -> bool:
        begun.append(symbol)
        return release.wait(20)

    answers = asyncio.run(asking.all(hang, NAMES))
    release.set()
    assert CLOCK.monotonic() - start < 1.2  # not five times 0.3
    failures = [answer for answer in answers.values() if isinstance(answer, Unavailable)]
    assert [failure.symbol for failure in failures] == NAMES
    assert {failure.cause for failure in failures} == {"no answer within 0.3 s"}
    assert len(begun) == 2


@pytest.mark.slow
def test_a_later_question_is_asked_again(asking: Throttle) -> None:
    release = threading.Event()
    silent = asyncio.run(asking.all(lambda symbol, _: release.wait(20), ["A"]))
    assert isinstance(silent["A"], Unavailable)
    release.set()
    assert dict(asyncio.run(asking.all(lambda symbol, _: symbol, ["A"]))) == {"A": "A"}


@pytest.mark.parametrize(
    ("failure", "times", "attempts", "answered"),
    [
        (unavailable(), 2, 3, True),
        (unavailable(), 3, 3, False),
        (unavailable(COOL_DOWN), 1, 2, True),
        (unavailable(17.0), 1, 1, False),  # it said itself for how long
        (NoSuchSymbol("A"), 1, 1, False),  # asking again would not make it known
    ],
)
def test_what_may_pass_is_tried_again(
    asking: Throttle, failure: Failure, times: int, attempts: int, answered: bool
) -> None:
    asked, work = failing(failure, times)
    answers = asyncio.run(asking.all(work, ["A"]))
    assert len(asked) == attempts
    assert answers["A"] == ("A" if answered else failure)


def test_a_mistake_of_ours_is_not_taken_for_a_silent_source(asking: Throttle) -> None:
    _, work = failing(ZeroDivisionError("ours"), 1)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(asking.all(work, ["A"]))
