"""Yahoo at its worst, through the real yfinance: every failure ends soon, in one clear error."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from analytics.notes import NoteKind
from bot.clock import FixedClock, SystemClock
from bot.errors import Unavailable, UnknownSymbols
from bot.market.calendar import ExchangeCalendar
from bot.market.yahoo import YahooMarket
from bot.market.yahoo_client import HttpLimits, YahooClient
from tests.fakes.yahoo import FakeYahoo, forget_everything
from tests.fakes.yahoo_listings import chart, listing
from tests.integration.market.conftest import FRIDAY

pytestmark = pytest.mark.slow  # tens of milliseconds each, in yfinance


async def refused(market: YahooMarket, *symbols: str) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        await market.history(symbols or ["ISCB"], FRIDAY)
    return caught.value


async def no_profile(market: YahooMarket) -> object:
    (note,) = (await market.profiles(["ISCB"])).notes
    assert note.kind is NoteKind.NO_PROFILE
    return note.facts["cause"]


@pytest.mark.parametrize(
    ("what", "cause"),
    [
        (500, "HTTP 500"),
        (503, "HTTP 503"),
        ("cut", "an answer cut short"),
        ("drop", "the connection failed"),
        ("null", "no prices in the answer"),
    ],
)
async def test_a_failure_that_lasts_is_said(
    market: YahooMarket, yahoo: FakeYahoo, what: Any, cause: str
) -> None:
    yahoo.fault(r"chart/ISCB\?.*period1", what)
    fault = await refused(market)
    assert (fault.cause, fault.symbol, fault.permanent) == (cause, "ISCB", False)
    assert str(fault).startswith(f"Yahoo Finance did not answer for ISCB: {cause}.")


@pytest.mark.parametrize("what", [500, "cut", "drop", "null", 429])
@pytest.mark.parametrize("where", ["chart/ISCB", "range=1d", "period1"])
async def test_a_failure_that_passes_is_tried_again(
    market: YahooMarket, yahoo: FakeYahoo, what: Any, where: str
) -> None:
    """The first answer fails, and what yfinance asks again by itself; it keeps that answer in a cache."""
    yahoo.fault(where, what, times=2)
    assert (await market.history(["ISCB"], FRIDAY)).notes == ()


async def test_an_error_is_not_answered_again_from_the_cache_of_yfinance(
    market: YahooMarket, yahoo: FakeYahoo
) -> None:
    yahoo.fault("range=1d", 500, times=6)  # two for each of three attempts
    await refused(market)
    assert (await market.history(["ISCB"], FRIDAY)).panel.as_of == FRIDAY


DELISTED = '{"chart": {"result": null, "error": {"code": "Not Found", "description": "delisted"}}}'


async def ended(market: YahooMarket, *symbols: str) -> str:
    with pytest.raises(UnknownSymbols) as caught:
        await market.history(symbols, FRIDAY)
    assert caught.value.ended == {"ISCB"}
    return str(caught.value)


async def test_no_prices_of_a_symbol_whose_quote_is_known_are_a_fact(
    market: YahooMarket, yahoo: FakeYahoo
) -> None:
    yahoo.fault("chart/ISCB", 404, body=DELISTED)
    told = await ended(market, "SPSM", "ISCB", "SPSN")
    assert "ISCB: Yahoo Finance knows it but has no prices of it" in told
    assert "SPSN: Yahoo Finance has no such symbol" in told


async def test_an_answer_that_says_what_a_symbol_is_and_has_no_rows_is_a_fact(
    market: YahooMarket, yahoo: FakeYahoo
) -> None:
    result = chart(yahoo.listings["ISCB"], newest=True, events=False)
    empty = {"meta": result["meta"], "indicators": {"quote": [{}], "adjclose": [{}]}}
    yahoo.fault("chart/ISCB", 200, body=json.dumps({"chart": {"result": [empty], "error": None}}))
    assert "has ended or was renamed" in await ended(market, "ISCB")


async def test_rows_that_are_all_empty_are_no_prices(market: YahooMarket, yahoo: FakeYahoo) -> None:
    for row in yahoo.listings["ISCB"].rows:
        row.update(close=None, adjclose=None)
    yahoo.listings["ISCB"].dividends.clear()
    assert "has ended or was renamed" in await ended(market, "ISCB")


async def test_no_timezone_found_is_mostly_a_block(market: YahooMarket, yahoo: FakeYahoo) -> None:
    yahoo.fault("chart/ISCB", 200, body=DELISTED)
    assert isinstance(await refused(market), Unavailable)


async def test_a_block_of_everything_is_no_proof_that_the_symbol_is_unknown(
    market: YahooMarket, yahoo: FakeYahoo
) -> None:
    yahoo.fault("chart/ISCB", 404)
    yahoo.fault("quoteSummary", 500)
    assert (await refused(market)).cause == "HTTP 404"


async def test_unknown_is_still_unknown_once_its_time_zone_is_remembered(
    market: YahooMarket, yahoo: FakeYahoo
) -> None:
    await market.history(["SPSM"], FRIDAY)
    del yahoo.listings["SPSM"]
    with pytest.raises(UnknownSymbols, match="SPSM"):
        await market.history(["SPSM"], FRIDAY)


async def test_too_many_requests(market: YahooMarket, yahoo: FakeYahoo) -> None:
    yahoo.fault("chart/ISCB", 429)
    fault = await refused(market)
    assert (fault.cause, fault.retry_after) == ("too many requests, HTTP 429", 60)
    assert yahoo.requests("range=1d") == 6  # three attempts, each asked twice by yfinance


async def test_yahoo_may_say_how_long_to_stay_away(market: YahooMarket, yahoo: FakeYahoo) -> None:
    yahoo.fault("chart/ISCB", 429, headers={"Retry-After": "17"})
    assert (await refused(market)).retry_after == 17
    assert yahoo.requests("range=1d") == 2  # and then it is left alone


async def test_unknown_wins_over_unavailable(market: YahooMarket, yahoo: FakeYahoo) -> None:
    yahoo.fault("chart/ISCB", 500)
    with pytest.raises(UnknownSymbols, match="SPSN"):
        await market.history(["ISCB", "SPSN"], FRIDAY)


async def test_without_a_crumb_prices_still_come(market: YahooMarket, yahoo: FakeYahoo) -> None:
    yahoo.fault("getcrumb", 429)
    assert (await market.history(["ISCB"], FRIDAY)).panel.as_of == FRIDAY


async def test_without_a_crumb_the_profile_says_why(market: YahooMarket, yahoo: FakeYahoo) -> None:
    """`.info` would be almost empty here, and `.funds_data` raise HTTPError 401."""
    yahoo.fault("getcrumb", 429)
    assert await no_profile(market) == "HTTP 401"


@pytest.mark.parametrize(
    ("what", "cause"),
    [
        ("null", "an unreadable answer, TypeError"),  # `.funds_data`: UnboundLocalError
        ("cut", "an answer cut short"),
        ("drop", "the connection failed"),
        (500, "HTTP 500"),
        (429, "too many requests, HTTP 429"),
        (200, "an unreadable answer, KeyError"),
    ],
)
async def test_a_profile_that_cannot_be_had(
    market: YahooMarket, yahoo: FakeYahoo, what: Any, cause: str
) -> None:
    yahoo.fault("quoteSummary/ISCB", what)
    assert await no_profile(market) == cause
    yahoo.faults.clear()
    assert (await market.profiles(["ISCB"])).notes == ()  # nothing of the failure is kept


async def test_a_summary_without_quote_type_is_a_failure(market: YahooMarket, yahoo: FakeYahoo) -> None:
    """`.info` would hand on what there is as if it were all."""
    del yahoo.listings["ISCB"].modules["quoteType"]
    assert await no_profile(market) == "an unreadable answer, KeyError"
    yahoo.listings["ISCB"].modules["quoteType"] = {"quoteType": None}
    assert await no_profile(market) == "an unreadable answer, ValueError"


async def test_one_failing_profile_leaves_the_other(market: YahooMarket, yahoo: FakeYahoo) -> None:
    yahoo.fault("quoteSummary/ISCB", 500)
    found = await market.profiles(["ISCB", "SPSM"])
    assert [note.symbol for note in found.notes] == ["ISCB"]
    assert found.by_symbol["SPSM"].expense_ratio is not None
    assert found.by_symbol["ISCB"].name == "iShares Morningstar Small-Cap ETF"  # known without Yahoo


async def test_a_cookie_that_yahoo_has_forgotten_is_replaced(
    market: YahooMarket, yahoo: FakeYahoo, clock: FixedClock, tmp_path: Path
) -> None:
    """yfinance keeps its cookie on disk for a year, and offers it again however often it is refused."""
    await market.profiles(["ISCB"])
    yahoo.crumbs.clear()
    forget_everything()  # a new process with the same home
    restarted = YahooMarket(ExchangeCalendar(), clock, tmp_path, HttpLimits(backoff=(0.0, 0.0)))
    try:
        assert (await restarted.profiles(["ISCB"])).notes == ()
    finally:
        restarted.close()


async def test_the_next_process_reuses_cookie_and_time_zone(
    market: YahooMarket, yahoo: FakeYahoo, clock: FixedClock, tmp_path: Path
) -> None:
    await market.history(["ISCB"], FRIDAY)
    yahoo.log.clear()
    forget_everything()
    restarted = YahooMarket(ExchangeCalendar(), clock, tmp_path)
    try:
        await restarted.history(["ISCB"], FRIDAY)
    finally:
        restarted.close()
    assert [yahoo.requests(where) for where in ("fc.yahoo", "getcrumb", "chart/", "")] == [0, 1, 1, 2]


async def test_a_blocked_cookie_host_does_not_stop_prices(market: YahooMarket, yahoo: FakeYahoo) -> None:
    yahoo.fault("fc.yahoo.com", "drop")
    assert (await market.history(["ISCB"], FRIDAY)).panel.as_of == FRIDAY


@pytest.mark.parametrize(
    "where", ["chart/ISCB", "period1", "fc.yahoo.com|guce|getcrumb|chart", "quoteSummary"]
)
async def test_a_hang_ends_in_time(yahoo: FakeYahoo, tmp_path: Path, where: str) -> None:
    """Within the limits, though yfinance alone would wait 30 seconds for a cookie and again for the crumb."""
    yahoo.fault(where, "hang")
    clock, limits = SystemClock(), HttpLimits(request=0.2, total=0.6, backoff=(0.0, 0.0))
    market = YahooMarket(ExchangeCalendar(), clock, tmp_path, limits)
    start = clock.monotonic()
    if where == "quoteSummary":
        assert "no answer" in str(await no_profile(market))
    else:
        assert "no answer" in (await refused(market)).cause
    market.close()  # waits for the threads: they too have given up
    assert clock.monotonic() - start < 2.0


async def test_a_question_that_is_given_up_holds_nothing_up(yahoo: FakeYahoo, tmp_path: Path) -> None:
    market = YahooMarket(ExchangeCalendar(), SystemClock(), tmp_path, HttpLimits(request=0.3, total=5))
    yahoo.fault("chart/ISCB", "hang", times=1)
    question = asyncio.create_task(market.history(["ISCB"], FRIDAY))
    assert await asyncio.to_thread(yahoo.hanging.wait, 5)
    question.cancel()
    assert (await market.history(["SPSM"], FRIDAY)).panel.as_of == FRIDAY
    market.close()


async def test_a_host_that_hangs_costs_one_request_not_the_answer(yahoo: FakeYahoo, tmp_path: Path) -> None:
    """The cookie has a second host; yfinance alone would wait half a minute for the first one."""
    yahoo.fault("fc.yahoo.com", "hang")
    clock = SystemClock()
    market = YahooMarket(ExchangeCalendar(), clock, tmp_path, HttpLimits(request=0.2, total=10))
    start = clock.monotonic()
    assert (await market.history(["ISCB"], FRIDAY)).panel.as_of == FRIDAY
    assert clock.monotonic() - start < 3.0
    market.close()


async def test_a_thread_that_never_returns_is_not_waited_for(
    market: YahooMarket, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = YahooMarket(ExchangeCalendar(), clock, tmp_path, HttpLimits(total=0.05))
    release = threading.Event()
    monkeypatch.setattr(YahooClient, "history", lambda *asked: release.wait(20))
    try:
        assert (await refused(stuck)).cause == "no answer within 0.05 s"
    finally:
        release.set()
        stuck.close()


async def test_many_symbols_are_asked_at_once_but_not_too_many(
    yahoo: FakeYahoo, clock: FixedClock, tmp_path: Path
) -> None:
    names = [f"F{i}" for i in range(9)]
    yahoo.listings |= {name: listing(name, first=FRIDAY) for name in names}
    yahoo.fault("chart/", "slow")
    market = YahooMarket(ExchangeCalendar(), clock, tmp_path, HttpLimits(parallel=3))
    panel = (await market.history(names, FRIDAY)).panel
    market.close()
    assert panel.symbols == tuple(names)
    assert yahoo.most_at_once == 3


def test_no_more_than_eight_requests_at_once_unless_told() -> None:
    assert HttpLimits().parallel == 8
