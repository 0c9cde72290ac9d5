"""One question, asked of every source on 127.0.0.1: the same numbers, and what becomes of it without one."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from analytics.query import Query
from analytics.window import parse
from bot.clock import FixedClock
from bot.errors import UnknownSymbols, UserError
from bot.market.alpaca import AlpacaMarket
from bot.market.cache import CacheableSource, CachedMarket
from bot.market.chain import SourceChain
from bot.market.files import FilesMarket
from bot.market.price_tables import write_table
from bot.market.series import series_of_panel
from bot.market.tiingo import TiingoMarket
from bot.market.yahoo import YahooMarket
from bot.market.yahoo_client import HttpLimits
from bot.render.notes import note_sentence
from bot.use_cases.compare import compute_comparison
from bot.use_cases.gather import ComparisonData, MarketData
from tests.fakes.keyed import KEY, SECRET, FakeAlpaca, FakeTiingo
from tests.fakes.source import CALENDAR
from tests.fakes.yahoo import FakeYahoo, redirected
from tests.fakes.yahoo_listings import Listing, listing

FRIDAY = date(2026, 1, 16)
PAIR = ["ISCB", "SPSM"]
QUERY = Query(("ISCB", "SPSM"), parse("1y"), FRIDAY)

pytestmark = pytest.mark.slow


class Sources:
    """All four, each with its own cache, over one made-up world in which SPSM has split."""

    def __init__(self, stack: ExitStack, home: Path, world: dict[str, Listing] | None = None) -> None:
        self.clock = FixedClock(datetime(2026, 1, 20, 13, tzinfo=UTC))
        self.yahoo = stack.enter_context(FakeYahoo())
        stack.enter_context(redirected(self.yahoo))
        self.tiingo, self.alpaca = stack.enter_context(FakeTiingo()), stack.enter_context(FakeAlpaca())
        for server in (self.yahoo, self.tiingo, self.alpaca):
            server.listings |= world or {}
            day = server.listings["SPSM"].rows[300]["day"]
            server.listings["SPSM"].splits[day] = (4, 1)
        market = YahooMarket(CALENDAR, self.clock, home, HttpLimits(backoff=()))
        stack.callback(market.close)
        self.all: dict[str, CacheableSource] = {
            "Yahoo Finance": self._cached(market, home),
            "Tiingo": self._cached(TiingoMarket(CALENDAR, self.clock, KEY, 100, self.tiingo.url), home),
            "Alpaca": self._cached(
                AlpacaMarket(CALENDAR, self.clock, KEY, SECRET, 100, self.alpaca.url), home
            ),
            "Files in prices": FilesMarket(
                CALENDAR, self.clock, self._written(home / "prices", market, list(world or PAIR))
            ),
        }

    def _cached(self, source: CacheableSource, home: Path) -> CachedMarket:
        return CachedMarket(source, CALENDAR, self.clock, home / "cache")

    def _written(self, folder: Path, market: YahooMarket, symbols: list[str]) -> Path:
        folder.mkdir()
        panel = asyncio.run(market.history(symbols, FRIDAY)).panel
        for symbol in symbols:
            content = write_table(series_of_panel(panel, symbol), panel.source)
            (folder / f"{symbol}.csv").write_bytes(content)
        return folder

    def data(self, *names: str) -> MarketData:
        """Those of these names, in this order of trust."""
        chosen = [self.all[name] for name in names]
        chain = SourceChain(chosen, chosen[:1], self.clock)
        return MarketData(chain, chain, CALENDAR, self.clock, sources={each.source: each for each in chosen})


@pytest.fixture
def sources(tmp_path: Path) -> Iterator[Sources]:
    with ExitStack() as stack:
        yield Sources(stack, tmp_path)


def figures(data: ComparisonData) -> dict[str, float]:
    """Every number of a comparison by name; those that are not defined are left out."""
    found = data.comparison
    told = {
        **{
            f"{name} of {symbol}": one for symbol, rows in found.metrics.items() for name, one in rows.items()
        },
        **{
            f"{name} of {symbol}": one
            for symbol, rows in found.relative.items()
            for name, one in rows.items()
        },
        **{f"traded of {symbol}": one for symbol, one in found.traded.items()},
    }
    for period in (*found.trailing, *found.years):
        told |= {f"{period.label} of {symbol}": one for symbol, one in period.returns.items()}
    return {name: one.value for name, one in told.items() if one.value is not None}


async def test_the_same_question_has_the_same_numbers_from_every_source(sources: Sources) -> None:
    answers = {name: await compute_comparison(QUERY, sources.data(name)) for name in sources.all}
    first = figures(answers["Yahoo Finance"])
    assert len(first) > 40
    for name, answer in answers.items():
        assert answer.panel.source == answer.comparison.source == name
        assert figures(answer) == pytest.approx(first, rel=1e-6, abs=1e-9)
        assert answer.comparison.span == answers["Yahoo Finance"].comparison.span
        np.testing.assert_array_equal(answer.panel.doubts, ())


@pytest.mark.thorough
def test_real_prices_have_the_same_numbers_from_every_source(market_dir: Path, tmp_path: Path) -> None:
    """IWM and SPY as they were until 2026, with real distributions."""
    real = {symbol: real_listing(market_dir, symbol) for symbol in ("IWM", "SPY")}
    with ExitStack() as stack:
        sources = Sources(stack, tmp_path, real)
        query = replace(QUERY, symbols=("IWM", "SPY"), window=parse("5y"))
        answers = {name: asyncio.run(compute_comparison(query, sources.data(name))) for name in sources.all}
    first = figures(answers["Yahoo Finance"])
    for answer in answers.values():
        assert figures(answer) == pytest.approx(first, rel=1e-6, abs=1e-9)
        assert answer.panel.doubts == ()


def real_listing(folder: Path, symbol: str) -> Listing:
    """What a file of real prices holds since 2016, in the form of the fakes."""
    with (folder / "prices_ohlc_div" / f"{symbol}.csv").open(newline="") as file:
        lines = [line for line in csv.DictReader(file) if "2016-01-04" <= line["Date"] <= str(FRIDAY)]
    rows = [
        {
            "day": date.fromisoformat(line["Date"]),
            "close": float(line["Close"]),
            "adjclose": float(line["AdjClose"]),
            "volume": int(line["Volume"]),
        }
        for line in lines
    ]
    paid = {date.fromisoformat(line["Date"]): float(line["Dividends"]) for line in lines}
    modules = listing(symbol).modules
    return Listing(symbol, "ETF", rows, {day: amount for day, amount in paid.items() if amount}, modules)


@pytest.mark.parametrize(
    ("name", "most"), [("Yahoo Finance", 10), ("Tiingo", 2), ("Alpaca", 2), ("Files in prices", 0)]
)
async def test_a_cold_comparison_of_two_funds_is_few_requests_several_at_once(
    sources: Sources, tmp_path: Path, name: str, most: int
) -> None:
    servers = {"Yahoo Finance": sources.yahoo, "Tiingo": sources.tiingo, "Alpaca": sources.alpaca}
    for server in servers.values():
        server.log.clear()
        server.fault("", "slow")
    await compute_comparison(QUERY, sources.data(name))
    asked = {each: server.requests() for each, server in servers.items()}
    assert asked.pop(name, 0) <= most
    assert set(asked.values()) <= {0}  # nobody else is asked
    assert name not in servers or servers[name].most_at_once >= 2
    await compute_comparison(QUERY, sources.data(name))
    assert name not in servers or servers[name].requests() <= most  # and nothing twice


async def test_the_plug_is_pulled_on_the_first_source_in_the_middle_of_a_thread(sources: Sources) -> None:
    """The thread keeps its source and its numbers; a new question moves on and says so."""
    data = sources.data("Yahoo Finance", "Tiingo", "Alpaca")
    asked = await compute_comparison(QUERY, data)
    assert asked.comparison.source == "Yahoo Finance"
    sources.yahoo.fault("", "drop")

    again = await compute_comparison(replace(QUERY, window=parse("6m")), data, "Yahoo Finance")
    assert again.comparison.source == "Yahoo Finance"
    np.testing.assert_array_equal(again.panel.total_return, asked.panel.total_return)

    with pytest.raises(UserError) as caught:  # it has never been asked for AAPL
        await compute_comparison(replace(QUERY, symbols=("ISCB", "AAPL")), data, "Yahoo Finance")
    assert str(caught.value) == (
        "The answer above rests on prices from Yahoo Finance, which now gives none (the connection failed); "
        "those of another source are not mixed in. Ask anew, of all sources: `compare ISCB AAPL`."
    )

    sources.yahoo.faults.clear()
    with pytest.raises(UnknownSymbols, match="Did you mean SPSM"):  # a slip is no matter of sources
        await compute_comparison(replace(QUERY, symbols=("ISCB", "SPSN")), data, "Yahoo Finance")
    sources.yahoo.fault("", "drop")

    fresh = await compute_comparison(replace(QUERY, symbols=("ISCB", "AAPL")), data)
    assert fresh.comparison.source == "Tiingo"
    assert "Prices are from Tiingo: Yahoo Finance did not answer (the connection failed)." in [
        note_sentence(note) for note in fresh.notes
    ]

    sources.tiingo.fault("", 429)
    third = await compute_comparison(replace(QUERY, symbols=("SPSM", "AAPL")), data)
    assert third.comparison.source == "Alpaca"


async def test_a_thread_of_the_second_source_stays_there_when_the_first_comes_back(sources: Sources) -> None:
    data = sources.data("Yahoo Finance", "Tiingo")
    sources.yahoo.fault("", "drop")
    asked = await compute_comparison(QUERY, data)
    assert asked.comparison.source == "Tiingo"
    sources.yahoo.faults.clear()
    sources.clock.set(sources.clock.now() + timedelta(minutes=2))
    again = await compute_comparison(QUERY, data, "Tiingo")
    assert figures(again) == figures(asked)
    assert (await compute_comparison(QUERY, data)).comparison.source == "Yahoo Finance"


async def test_a_wrong_price_of_the_first_source_moves_the_panel(sources: Sources) -> None:
    rows = sources.yahoo.listings["SPSM"].rows
    rows[-40] |= {"close": rows[-40]["close"] * 100, "adjclose": rows[-40]["adjclose"] * 100}
    asked = await compute_comparison(QUERY, sources.data("Yahoo Finance", "Alpaca"))
    assert (asked.comparison.source, asked.panel.doubts) == ("Alpaca", ())
    assert any(
        "Yahoo Finance fails the checks (SPSM's price of" in note_sentence(note) for note in asked.notes
    )
