"""Tiingo and Alpaca on 127.0.0.1: what is asked, with which key, and what becomes of what goes wrong."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics.notes import NoteKind
from bot.cli import main
from bot.clock import FixedClock
from bot.errors import Unavailable, UnknownSymbols, UserError
from bot.market import keyed
from bot.market.alpaca import AlpacaMarket
from bot.market.cache import CacheableSource, CachedMarket
from bot.market.keyed import KeyedHost, RequestBudget
from bot.market.tiingo import TiingoMarket
from bot.market.yahoo_client import HttpLimits
from tests.fakes.keyed import KEY, SECRET, FakeAlpaca, FakeTiingo, FakeVendor
from tests.fakes.source import CALENDAR
from tests.fakes.yahoo_listings import listing

FRIDAY = date(2026, 1, 16)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 1, 20, 13, tzinfo=UTC))


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """New attempts are made at once."""
    keep_to(monkeypatch, 5.0)


def keep_to(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    limits = HttpLimits(request=seconds, backoff=(0.0,))
    monkeypatch.setattr(keyed.KeyedClient.__init__, "__defaults__", (limits,))


@pytest.fixture
def tiingo() -> Iterator[FakeTiingo]:
    with FakeTiingo() as server:
        yield server


@pytest.fixture
def alpaca() -> Iterator[FakeAlpaca]:
    with FakeAlpaca() as server:
        yield server


def of_tiingo(server: FakeTiingo, clock: FixedClock, key: str = KEY, hourly: int = 100) -> TiingoMarket:
    return TiingoMarket(CALENDAR, clock, key, hourly, server.url)


def of_alpaca(server: FakeAlpaca, clock: FixedClock, secret: str = SECRET) -> AlpacaMarket:
    return AlpacaMarket(CALENDAR, clock, KEY, secret, 100, server.url)


async def test_closes_and_dividends_before_a_split_are_told_in_todays_shares(
    tiingo: FakeTiingo, clock: FixedClock
) -> None:
    """SPSM splits 4:1: Tiingo told 200 and 4 a share then, which are 50 and 1 now."""
    listed = tiingo.listings["SPSM"]
    day = listed.rows[300]["day"]
    listed.splits[day] = (4, 1)
    paid = min(listed.dividends)
    raw = tiingo._bar(listed, listed.row(paid))
    assert raw["close"] == pytest.approx(4 * listed.row(paid)["close"])
    panel = (await of_tiingo(tiingo, clock).history(["SPSM"], FRIDAY)).panel
    at = panel.sessions.tolist().index(paid)
    assert panel.close[0, at] == pytest.approx(listed.row(paid)["close"], rel=1e-12)
    assert panel.distributions[0].amount == pytest.approx(listed.dividends[paid], rel=1e-12)
    assert panel.doubts == ()


async def test_a_dividend_that_the_adjusted_close_lacks_is_a_doubt(
    tiingo: FakeTiingo, clock: FixedClock
) -> None:
    for row in tiingo.listings["SPSM"].rows:
        row["adjclose"] = row["close"]
    panel = (await of_tiingo(tiingo, clock).history(["SPSM"], FRIDAY)).panel
    assert {doubt.session for doubt in panel.doubts} == {
        day for day in tiingo.listings["SPSM"].dividends if day <= FRIDAY
    }


async def test_what_has_no_listing_in_new_york_is_not_asked_for(
    tiingo: FakeTiingo, alpaca: FakeAlpaca, clock: FixedClock
) -> None:
    for market, server in ((of_tiingo(tiingo, clock), tiingo), (of_alpaca(alpaca, clock), alpaca)):
        with pytest.raises(UnknownSymbols) as caught:
            await market.history(["VWCE.DE", "^IRX", "BTC-USD", "../../x"], FRIDAY)
        assert len(caught.value.nearest) == 4
        assert server.requests() == 0


async def test_share_classes_are_asked_for_as_each_source_writes_them(
    alpaca: FakeAlpaca, clock: FixedClock
) -> None:
    alpaca.listings["BRK-B"] = listing("BRK-B", "EQUITY")
    panel = (await of_alpaca(alpaca, clock).history(["BRK-B", "SPSM"], FRIDAY)).panel
    assert panel.symbols == ("BRK-B", "SPSM")
    assert alpaca.requests("BRK.B") == 2


async def test_alpaca_is_asked_about_all_at_once_page_by_page(alpaca: FakeAlpaca, clock: FixedClock) -> None:
    alpaca.page = 300
    market = of_alpaca(alpaca, clock)
    one, two = await asyncio.gather(market.history(["ISCB"], FRIDAY), market.history(["SPSM"], FRIDAY))
    assert one.panel.symbols + two.panel.symbols == ("ISCB", "SPSM")
    assert np.isfinite(one.panel.total_return).all()
    bars = 2 * len(alpaca.listings["ISCB"].rows)
    assert alpaca.requests() == 2 * -(-bars // 300)


async def test_a_symbol_that_alpaca_finds_impossible_harms_no_other(
    alpaca: FakeAlpaca, clock: FixedClock
) -> None:
    alpaca.fault("symbols=QQQQQ%2CSPSM", 400, body='{"message": "invalid symbol: QQQQQ"}')
    alpaca.fault("symbols=QQQQQ&", 400, body='{"message": "invalid symbol: QQQQQ"}')
    market = of_alpaca(alpaca, clock)
    with pytest.raises(UnknownSymbols) as caught:
        await market.history(["SPSM", "QQQQQ"], FRIDAY)
    assert list(caught.value.nearest) == ["QQQQQ"]


async def test_pages_that_do_not_end_are_given_up(
    alpaca: FakeAlpaca, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.market.alpaca.MOST_PAGES", 3)
    alpaca.page = 1
    with pytest.raises(Unavailable, match="an unreadable answer"):
        await of_alpaca(alpaca, clock).history(["SPSM"], FRIDAY)


async def test_a_bad_key_is_one_clear_sentence_asked_once_and_shown_nowhere(
    tiingo: FakeTiingo, alpaca: FakeAlpaca, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bad = "bad-9876543210"
    markets: tuple[TiingoMarket | AlpacaMarket, ...] = (
        of_tiingo(tiingo, clock, bad),
        of_alpaca(alpaca, clock, bad),
    )
    settings = ("WATCHPOINT_TIINGO_TOKEN", "WATCHPOINT_ALPACA_KEY and WATCHPOINT_ALPACA_SECRET")
    for market, name in zip(markets, settings, strict=True):
        for _ in range(2):
            with pytest.raises(Unavailable) as caught:
                await market.history(["SPSM"], FRIDAY)
            assert str(caught.value) == (
                f"{market.source} did not answer: it refuses the key, see {name}. Ask the person who runs "
                "this bot to check its settings (`watchpoint doctor`)."
            )
            assert bad not in caught.value.in_full + repr(caught.value.__cause__)
    assert (tiingo.requests(), alpaca.requests("all")) == (1, 1)
    assert bad not in caplog.text
    assert KEY not in caplog.text
    assert KEY not in repr(KeyedHost("Tiingo", "https://x", {"Authorization": KEY}, "y"))


async def test_a_plan_that_is_too_small_is_no_bad_key(alpaca: FakeAlpaca, clock: FixedClock) -> None:
    words = '{"message": "subscription does not permit querying recent SIP data"}'
    alpaca.fault("bars", 403, body=words, times=2)
    market = of_alpaca(alpaca, clock)
    with pytest.raises(Unavailable, match="its plan does not allow this question"):
        await market.history(["SPSM"], FRIDAY)
    assert (await market.history(["SPSM"], FRIDAY)).panel.as_of == FRIDAY


async def test_alpaca_is_asked_for_nothing_of_the_last_quarter_of_an_hour(
    alpaca: FakeAlpaca, clock: FixedClock
) -> None:
    await of_alpaca(alpaca, clock).history(["SPSM"], FRIDAY)
    assert alpaca.requests("end=2026-01-20T12(:|%3A)44(:|%3A)00Z") == 2


async def test_too_many_requests_are_waited_out_for_as_long_as_was_said(
    tiingo: FakeTiingo, clock: FixedClock
) -> None:
    tiingo.fault("prices", 429, times=1, headers={"Retry-After": "90"})
    market = of_tiingo(tiingo, clock)
    for _ in range(2):
        with pytest.raises(Unavailable) as caught:
            await market.history(["SPSM"], FRIDAY)
        assert caught.value.retry_after == pytest.approx(90)
    assert tiingo.requests() == 1
    clock.set(clock.now() + timedelta(seconds=91))
    assert (await market.history(["SPSM"], FRIDAY)).panel.as_of == FRIDAY


async def test_no_more_is_asked_than_the_plan_allows(tiingo: FakeTiingo, clock: FixedClock) -> None:
    market = of_tiingo(tiingo, clock, hourly=2)
    await market.history(["ISCB", "SPSM"], FRIDAY)
    with pytest.raises(Unavailable, match="the requests that its plan allows are used up") as caught:
        await market.history(["AAPL"], FRIDAY)
    assert caught.value.retry_after == pytest.approx(3600)
    assert tiingo.requests() == 2
    clock.set(clock.now() + timedelta(hours=1))
    assert (await market.history(["AAPL"], FRIDAY)).panel.as_of == FRIDAY


def test_a_budget_is_of_any_stretch_of_its_length() -> None:
    moments = iter((0.0, 4.0, 5.0, 9.9, 10.0, 10.1, 14.0))
    budget = RequestBudget(2, 10.0, lambda: next(moments))
    waits = [budget.take() for _ in range(7)]
    assert waits == pytest.approx([0, 0, 5, 0.1, 0, 3.9, 0])


@pytest.mark.parametrize("what", ["cut", "drop", "hang", 500, 502])
async def test_what_may_pass_is_tried_again_and_then_told(
    tiingo: FakeTiingo, clock: FixedClock, what: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what == "hang":
        keep_to(monkeypatch, 0.5)
    tiingo.fault("prices", what, times=1)
    assert (await of_tiingo(tiingo, clock).history(["SPSM"], FRIDAY)).panel.as_of == FRIDAY
    tiingo.fault("prices", what)
    with pytest.raises(Unavailable) as caught:
        await of_tiingo(tiingo, clock).history(["SPSM"], FRIDAY)
    assert not caught.value.permanent
    # Where a connection ends without an answer aiohttp asks once more by itself.
    assert tiingo.requests() == (6 if what == "drop" else 4)


BAR = {"date": "2026-01-15", "close": 1, "adjClose": 1, "adjVolume": 1, "divCash": 0, "splitFactor": 1}


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        "{}",
        '"prices"',
        json.dumps([{**BAR, "close": -1}]),
        json.dumps([{**BAR, "close": 1e300}]),
        json.dumps([BAR]).replace('"close": 1', '"close": NaN'),
        json.dumps([{**BAR, "splitFactor": 0}]),
        json.dumps([{**BAR, "adjClose": None}]),
        json.dumps([{**BAR, "date": "yesterday"}]),
        json.dumps([BAR, BAR]),
        json.dumps([BAR, {**BAR, "date": "2026-01-14"}]),
    ],
)
async def test_hostile_answers_are_refused_in_one_sentence(
    tiingo: FakeTiingo, clock: FixedClock, body: Any
) -> None:
    tiingo.fault("prices", 200, body=body)
    with pytest.raises(Unavailable) as caught:
        await of_tiingo(tiingo, clock).history(["SPSM"], FRIDAY)
    assert caught.value.cause == "an unreadable answer"


async def test_an_endless_answer_is_cut_off(
    tiingo: FakeTiingo, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyed, "MOST_BYTES", 2**20)
    tiingo.fault("prices", 200, body="[" + " " * 2**21 + "]")
    with pytest.raises(Unavailable, match="an answer of more than 1 MB"):
        await of_tiingo(tiingo, clock).history(["SPSM"], FRIDAY)


async def test_a_key_is_not_sent_on_to_where_a_redirect_points(
    tiingo: FakeTiingo, alpaca: FakeAlpaca, clock: FixedClock
) -> None:
    tiingo.fault("prices", 302, headers={"Location": f"{alpaca.url}v2/stocks/bars"})
    with pytest.raises(Unavailable, match="HTTP 302"):
        await of_tiingo(tiingo, clock).history(["SPSM"], FRIDAY)
    assert alpaca.requests() == 0


def test_a_key_goes_over_tls_or_stays_on_this_machine(clock: FixedClock) -> None:
    for url in ("http://api.example.com/", "ftp://127.0.0.2/"):
        with pytest.raises(UserError, match="https"):
            TiingoMarket(CALENDAR, clock, KEY, 1, url)


async def test_prices_alone_are_told_with_what_is_known_without_a_source(
    tiingo: FakeTiingo, clock: FixedClock
) -> None:
    found = await of_tiingo(tiingo, clock).profiles(["ISCB", "^IRX"])
    assert found.by_symbol["ISCB"].tracked_since == date(2021, 3, 19)
    assert [note.kind for note in found.notes] == [NoteKind.NO_PROFILE, NoteKind.NOT_A_FUND]
    assert found.notes[0].facts["cause"] == "Tiingo tells prices alone"
    assert tiingo.requests() == 0


def test_the_command_line_asks_with_the_keys_that_are_set(
    tiingo: FakeTiingo,
    alpaca: FakeAlpaca,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("WATCHPOINT_HOME", str(tmp_path))
    asked = ["compare", "ISCB", "SPSM", "--asof", "2026-01-16", "--data", "tiingo,alpaca"]
    assert main(asked) == 2
    assert "WATCHPOINT_TIINGO_TOKEN is not set; README.md says how to get a key." in capsys.readouterr().err
    keys = {"TIINGO_TOKEN": KEY, "ALPACA_KEY": KEY, "ALPACA_SECRET": SECRET}
    for name, value in {**keys, "TIINGO_URL": tiingo.url, "ALPACA_URL": alpaca.url}.items():
        monkeypatch.setenv(f"WATCHPOINT_{name}", value)
    assert main(asked) == 0
    assert "source Tiingo, as of 2026-01-16" in capsys.readouterr().out.replace("\n", " ")
    assert alpaca.requests() == 0
    monkeypatch.setenv("WATCHPOINT_HOME", str(tmp_path / "another"))
    tiingo.fault("prices", 429)
    assert main(asked) == 0
    shown = capsys.readouterr().out.replace("\n", " ")
    assert "Prices are from Alpaca: Tiingo did not answer (too many requests, HTTP 429)." in shown
    monkeypatch.setenv("WATCHPOINT_ALPACA_SECRET", "two words")
    assert main(asked) == 2
    told = capsys.readouterr().err
    assert "WATCHPOINT_ALPACA_SECRET is no key" in told
    assert "two words" not in told


async def test_fifty_symbols_after_a_session_are_few_requests(
    tiingo: FakeTiingo, alpaca: FakeAlpaca, clock: FixedClock, tmp_path: Path
) -> None:
    """What the README counts on: Tiingo one a symbol, Alpaca a handful of pages; the next question none."""
    symbols = [f"F{first}{second}" for first in "ABCDE" for second in "ABCDEFGHIJ"]
    few = listing("FAA", first=date(2025, 10, 1))
    sources: tuple[tuple[CacheableSource, FakeVendor, int], ...] = (
        (of_tiingo(tiingo, clock), tiingo, 50),
        (of_alpaca(alpaca, clock), alpaca, 8),
    )
    for source, server, most in sources:
        server.listings |= {symbol: replace(few, symbol=symbol) for symbol in symbols}
        cached = CachedMarket(source, CALENDAR, clock, tmp_path)
        for _ in range(2):
            panel = (await cached.history(symbols, FRIDAY)).panel
            assert len(panel.symbols) == 50
        assert server.requests() <= most
