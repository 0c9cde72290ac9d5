"""Requests belong to a question: they end by its deadline, and what they were answered is known."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from bot.market.yahoo_client import HttpLimits, RequestWatch


class Now:
    """A clock to be moved by hand."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def watch(now: Now) -> RequestWatch:
    return RequestWatch(now, HttpLimits(request=5, total=12))


def answer(status: int, path: str = "/v8/finance/chart/ISCB", **headers: str) -> SimpleNamespace:
    url = f"https://query2.finance.yahoo.com{path}?a=1"
    return SimpleNamespace(status_code=status, url=url, headers=headers)


def test_a_request_has_its_limit_or_what_is_left_of_the_question(watch: RequestWatch, now: Now) -> None:
    with watch.exchange(deadline=112.0):
        assert watch.seconds_left() == 5
        now.seconds = 110.0
        assert watch.seconds_left() == 2


def test_once_its_time_is_up_nothing_more_is_asked(watch: RequestWatch, now: Now) -> None:
    with watch.exchange(deadline=112.0):
        now.seconds = 112.0
        with pytest.raises(TimeoutError, match="time for this question is up"):
            watch.seconds_left()


def test_answers_are_remembered_by_path(watch: RequestWatch) -> None:
    with watch.exchange(112.0) as exchange:
        watch.note(answer(404))
        watch.note(answer(200, "/v1/test/getcrumb"))
    assert exchange.last_status == 200
    assert exchange.was(404, "/v8/finance/chart/")
    assert not exchange.was(404, "/getcrumb")
    assert not exchange.was(200, "/v8/finance/chart/")


@pytest.mark.parametrize(("header", "seconds"), [("17", 17.0), ("Fri, 16 Jan 2026 21:00:00 GMT", None)])
def test_how_long_to_stay_away(watch: RequestWatch, header: str, seconds: float | None) -> None:
    with watch.exchange(112.0) as exchange:
        watch.note(answer(429, **{"Retry-After": header}))
    assert exchange.retry_after == seconds


def test_a_question_within_a_question_counts_for_itself(watch: RequestWatch) -> None:
    with watch.exchange(112.0) as outer:
        with watch.exchange(103.0) as inner:
            watch.note(answer(404))
            assert watch.seconds_left() == 3
        watch.note(answer(200))
    assert [status for _, status in outer.answers] == [200]
    assert [status for _, status in inner.answers] == [404]


def test_without_an_answer_there_is_no_status(watch: RequestWatch) -> None:
    with watch.exchange(112.0) as exchange:
        assert exchange.last_status is None


def test_threads_do_not_share_a_question(watch: RequestWatch) -> None:
    seen: list[bool] = []

    def ask(status: int) -> None:
        with watch.exchange(112.0) as exchange:
            both_inside.wait(5)
            watch.note(answer(status))
            both_inside.wait(5)
            seen.append([got for _, got in exchange.answers] == [status])

    both_inside = threading.Barrier(2)
    threads = [threading.Thread(target=ask, args=(status,)) for status in (200, 404)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [True, True]
