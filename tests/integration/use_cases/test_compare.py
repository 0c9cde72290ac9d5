"""What funds are compared from, with every source as an argument; and what is typed after `/compare`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

import numpy as np
import pytest

from analytics.fund import FundProfile, Kind
from analytics.notes import Note, NoteKind
from analytics.query import Query
from analytics.returns import Rate
from analytics.window import Window, parse
from bot.clock import FixedClock
from bot.errors import Unavailable, UnknownSymbols, UserError
from bot.language import Compare
from bot.market.calendar import ExchangeCalendar
from bot.market.sample import SampleMarket
from bot.market.series import Series, build_panel
from bot.ports import Ack, Place, PriceHistory, Profiles
from bot.use_cases.compare import CompareHandler, compare_funds, compute_comparison
from bot.use_cases.gather import ComparisonData, MarketData
from bot.use_cases.threads import EnglishReader, context_of_answer
from tests.fakes.hand_market import HandMarket

NOW = datetime(2026, 1, 20, 22, 0, tzinfo=UTC)
PLACE = Place(team="T1", channel="C1", user="U1", reply_url="http://127.0.0.1:9/reply")


class Recorder:
    """The sample market, with every question to it on record and notes of its own."""

    def __init__(self, sample: SampleMarket) -> None:
        self.sample = sample
        self.questions: list[tuple[tuple[str, ...], date]] = []
        self.notes: tuple[Note, ...] = (
            Note(NoteKind.STALE, "ISCB", {"age_seconds": 7200.0, "cause": "no connection"}),
        )

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        self.questions.append((tuple(symbols), through))
        found = await self.sample.history(symbols, through)
        return PriceHistory(found.panel, self.notes)

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        return Profiles({symbol: FundProfile(symbol, Kind.FUND) for symbol in symbols})


@pytest.fixture(scope="module")
def calendar() -> ExchangeCalendar:
    return ExchangeCalendar()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def market(calendar: ExchangeCalendar, clock: FixedClock) -> Recorder:
    return Recorder(SampleMarket(calendar, clock))


@pytest.fixture
def market_data(market: Recorder, calendar: ExchangeCalendar, clock: FixedClock) -> MarketData:
    return MarketData(market, market, calendar, clock)


def _ask(**changes: object) -> Compare:
    return Compare(**{"symbols": ("ISCB", "SPSM"), "window": Window("1y"), **changes})  # type: ignore[arg-type]


async def test_now_means_the_last_settled_session(market_data: MarketData, clock: FixedClock) -> None:
    # Tuesday 20 January 2026: New York closes at 21:00 UTC and has settled at 21:15.
    clock.set(datetime(2026, 1, 20, 21, 14, tzinfo=UTC))
    before = await compare_funds(_ask(), market_data)
    clock.set(datetime(2026, 1, 20, 21, 15, tzinfo=UTC))
    after = await compare_funds(_ask(), market_data)
    assert (before.comparison.span.end, after.comparison.span.end) == (date(2026, 1, 16), date(2026, 1, 20))


async def test_only_a_bond_fund_asks_for_yields(market: Recorder, market_data: MarketData) -> None:
    """Its sensitivity is told in the comparison; funds of shares are not made to wait for it."""
    with_facts = replace(market_data, funds=market.sample)
    shares = await compare_funds(_ask(), with_facts)
    assert shares.comparison.rates is None
    assert [symbols for symbols, _ in market.questions] == [("ISCB", "SPSM")]
    bonds = await compare_funds(_ask(symbols=("TLT", "IEF")), with_facts)
    assert bonds.comparison.rates is not None
    years = [row.duration.value for row in bonds.comparison.rates.funds]
    assert years == [pytest.approx(15.0, abs=0.3), pytest.approx(7.3, abs=0.3)]
    assert market.questions[-1][0] == ("TLT", "IEF", "SPY", "^TNX")


class Narrow(Recorder):
    """The sample market without the broad market.  fault: what it says of it"""

    fault: Exception = UnknownSymbols("Narrow", {"SPY": ()})

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        if "SPY" in symbols:
            self.questions.append((tuple(symbols), through))
            raise self.fault
        return await super().history(symbols, through)


async def test_several_funds_are_held_against_the_broad_market(
    market: Recorder, market_data: MarketData
) -> None:
    three = await compare_funds(_ask(symbols=("ISCB", "SPSM", "IWM")), market_data)
    assert [symbols for symbols, _ in market.questions] == [("ISCB", "SPSM", "IWM", "SPY")]
    assert three.comparison.symbols == ("ISCB", "SPSM", "IWM")
    assert three.comparison.query.against == "SPY"
    assert set(three.comparison.relative) == {"ISCB", "SPSM", "IWM"}
    named = await compare_funds(_ask(symbols=("ISCB", "SPSM", "IWM"), versus="VB"), market_data)
    assert named.comparison.query.against == "VB"
    among = await compare_funds(_ask(symbols=("ISCB", "SPY", "IWM")), market_data)
    assert set(among.comparison.relative) == {"ISCB", "IWM"}
    # What is asked on is about the funds: nobody named a benchmark.
    assert context_of_answer(_query_of(among), among).comparing.benchmark is None


def _query_of(data: ComparisonData) -> Query:
    return replace(data.comparison.query, market=False)


@pytest.mark.parametrize(
    "fault",
    [
        UnknownSymbols("Narrow", {"SPY": ()}),
        Unavailable("Narrow", "no answer in 10 s", symbol="SPY"),
    ],
)
async def test_a_broad_market_that_cannot_be_had_is_done_without(
    fault: Exception, calendar: ExchangeCalendar, clock: FixedClock
) -> None:
    narrow = Narrow(SampleMarket(calendar, clock))
    narrow.fault = fault
    there = MarketData(narrow, narrow, calendar, clock)
    three = await compare_funds(_ask(symbols=("ISCB", "SPSM", "IWM")), there)
    assert [symbols for symbols, _ in narrow.questions] == [
        ("ISCB", "SPSM", "IWM", "SPY"),
        ("ISCB", "SPSM", "IWM"),
    ]
    assert (three.comparison.query.against, three.comparison.relative) == (None, {})
    assert three.comparison.metrics["ISCB"]["total_return"].value is not None


async def test_one_that_was_named_is_not_done_without(calendar: ExchangeCalendar, clock: FixedClock) -> None:
    narrow = Narrow(SampleMarket(calendar, clock))
    there = MarketData(narrow, narrow, calendar, clock)
    for asked in (
        _ask(symbols=("ISCB", "SPSM", "IWM"), versus="SPY"),
        _ask(symbols=("ISCB", "SPSM", "SPY")),
        _ask(symbols=("ISCB", "SPY")),
        _ask(symbols=("SPY",)),
    ):
        with pytest.raises(UnknownSymbols, match="SPY"):
            await compare_funds(asked, there)


async def test_a_slip_beside_it_is_told_without_what_nobody_named(
    calendar: ExchangeCalendar, clock: FixedClock
) -> None:
    narrow = Narrow(SampleMarket(calendar, clock))
    narrow.fault = UnknownSymbols("Narrow", {"SPMS": ("SPSM",), "SPY": ()})
    there = MarketData(narrow, narrow, calendar, clock)
    with pytest.raises(UnknownSymbols) as caught:
        await compare_funds(_ask(symbols=("ISCB", "SPMS", "IWM")), there)
    assert set(caught.value.nearest) == {"SPMS"}


async def test_funds_that_are_listed_elsewhere_have_no_american_benchmark(
    calendar: ExchangeCalendar, clock: FixedClock
) -> None:
    """And none of their prices waits for one."""
    hand = HandMarket(calendar)
    there = MarketData(hand, hand, calendar, clock)
    for symbols in (("AAA", "BBB", "CCC.L"), ("VWCE.DE", "AAA", "BBB")):
        with pytest.raises(UnknownSymbols) as caught:
            await compare_funds(_ask(symbols=symbols), there)
        assert set(caught.value.nearest) == {each for each in symbols if "." in each}


async def test_one_fund_alone_is_compared_with_nothing(market: Recorder, market_data: MarketData) -> None:
    alone = await compare_funds(_ask(symbols=("ISCB",)), market_data)
    assert [symbols for symbols, _ in market.questions] == [("ISCB",)]
    assert (alone.comparison.query.against, alone.comparison.relative) == (None, {})


async def test_everything_that_was_asked_reaches_the_arithmetic(market_data: MarketData) -> None:
    day, window, rate = date(2026, 1, 15), Window("3y"), Rate(0.04)
    ask = Compare(("ISCB", "SPSM"), window, versus="IWM", rate=rate, as_of=day, weekly=True)
    data = await compare_funds(ask, market_data)
    asked = Query(("ISCB", "SPSM"), window, day, "IWM", rate, weekly=True, market=True)
    assert data.comparison.query == asked
    assert data.comparison.periods == 52


async def test_nothing_after_the_as_of_is_asked_for(market_data: MarketData, market: Recorder) -> None:
    answered = await compare_funds(_ask(as_of=date(2025, 6, 8)), market_data)
    assert market.questions == [(("ISCB", "SPSM"), date(2025, 6, 8))]
    assert answered.comparison.span.end == date(2025, 6, 6)


async def test_since_regime_is_settled_by_what_is_known_of_the_funds(
    calendar: ExchangeCalendar, clock: FixedClock
) -> None:
    sample = SampleMarket(calendar, clock)
    market_data = MarketData(sample, sample, calendar, clock)
    query = Query(("ISCB", "SPSM"), parse("since regime"), date(2026, 1, 16))
    data = await compute_comparison(query, market_data)
    assert data.comparison.query.window == parse("since 2021-03-19")
    assert data.comparison.span.start == date(2021, 3, 19)
    # What is asked next in the thread is about the window as it was asked, not about its day.
    assert context_of_answer(query, data).comparing.window == parse("since regime")
    unchanged = await compute_comparison(replace(query, symbols=("SPY", "IWM")), market_data)
    assert unchanged.comparison.query.window == parse("5y")


async def test_a_question_of_another_day_uses_nothing_newer(
    market_data: MarketData, clock: FixedClock
) -> None:
    """Days later, with newer sessions settled, the same question has the same numbers."""
    query = Query(("ISCB", "SPSM"), Window("1y"), date(2026, 1, 16))
    before = await compute_comparison(query, market_data)
    clock.set(NOW + timedelta(days=30))
    after = await compute_comparison(query, market_data)
    assert after.comparison.query == before.comparison.query == replace(query, market=True)
    assert after.comparison.metrics == before.comparison.metrics
    assert after.panel.sessions[-1] == np.datetime64("2026-01-16")
    assert after.panel.sessions[0] < np.datetime64("2016-01-16"), "a study may look back before the window"


async def test_nothing_after_today_is_asked_for(market_data: MarketData, market: Recorder) -> None:
    query = Query(("ISCB", "SPSM"), Window("1y"), date(2027, 1, 4))
    data = await compute_comparison(query, market_data)
    assert market.questions == [(("ISCB", "SPSM"), date(2026, 1, 20))]
    assert data.comparison.query.as_of == date(2026, 1, 20)


class Exchanges:
    """Funds whose prices grow by 1 a session of their own exchange: LONDON, YORK and COIN."""

    codes: ClassVar = {"LONDON": "XLON", "YORK": "XNYS", "COIN": "24/7"}

    def __init__(self, calendar: ExchangeCalendar, clock: FixedClock) -> None:
        self._calendar, self._clock = calendar, clock

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        rows = [self._row(symbol) for symbol in symbols]
        held = build_panel(rows, self._calendar, through, self._clock.now(), source="Exchanges")
        return PriceHistory(held)

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        return Profiles({symbol: FundProfile(symbol, Kind.FUND) for symbol in symbols})

    def _row(self, symbol: str) -> Series:
        own = self._calendar.of(self.codes[symbol])
        sessions = own.sessions(date(2025, 11, 3), self._clock.now().date())
        levels = np.arange(1.0, sessions.size + 1)
        return Series(symbol, sessions, levels, levels, levels, own.exchange)


def _asked_at(calendar: ExchangeCalendar, moment: datetime) -> MarketData:
    clock = FixedClock(moment)
    market = Exchanges(calendar, clock)
    return MarketData(market, market, calendar, clock)


FRIDAY, SATURDAY = date(2026, 1, 16), date(2026, 1, 17)


@pytest.mark.parametrize(
    ("moment", "symbols", "end"),
    [
        # Friday, 17:00 in London: settled there, under way in New York.
        (datetime(2026, 1, 16, 17, 0, tzinfo=UTC), ("LONDON",), FRIDAY),
        (datetime(2026, 1, 16, 16, 44, tzinfo=UTC), ("LONDON",), FRIDAY - timedelta(days=1)),
        (datetime(2026, 1, 16, 17, 0, tzinfo=UTC), ("YORK",), FRIDAY - timedelta(days=1)),
        (datetime(2026, 1, 16, 17, 0, tzinfo=UTC), ("LONDON", "YORK"), FRIDAY - timedelta(days=1)),
        # Sunday: a coin's Saturday is over, and a fund has none.
        (datetime(2026, 1, 18, 12, 0, tzinfo=UTC), ("COIN",), SATURDAY),
        (datetime(2026, 1, 18, 12, 0, tzinfo=UTC), ("COIN", "YORK"), FRIDAY),
        (datetime(2026, 1, 18, 0, 14, tzinfo=UTC), ("COIN",), FRIDAY),
    ],
)
async def test_the_newest_session_is_that_of_the_funds_own_exchange(
    calendar: ExchangeCalendar, moment: datetime, symbols: tuple[str, ...], end: date
) -> None:
    data = await compare_funds(_ask(symbols=symbols, window=Window("1m")), _asked_at(calendar, moment))
    assert data.comparison.span.end == end
    assert data.comparison.notes == ()  # what is not held yet is not missing


async def test_a_benchmark_that_is_still_traded_holds_no_fund_up(calendar: ExchangeCalendar) -> None:
    market_data = _asked_at(calendar, datetime(2026, 1, 18, 12, 0, tzinfo=UTC))
    asked = _ask(symbols=("YORK",), versus="COIN", window=Window("1m"))
    comparison = (await compare_funds(asked, market_data)).comparison
    assert (comparison.query.as_of, comparison.span.end) == (FRIDAY, FRIDAY)


async def test_prices_of_another_source_are_not_mixed_in(market_data: MarketData) -> None:
    query = Query(("ISCB", "SPSM"), Window("1y"), date(2026, 1, 16))
    own = (await compute_comparison(query, market_data)).comparison.source
    assert (await compute_comparison(query, market_data, own)).comparison.source == own
    with pytest.raises(UserError, match=r"from Yahoo Finance; .*Ask anew: `compare ISCB SPSM`"):
        await compute_comparison(query, market_data, "Yahoo Finance")


async def test_benchmark_and_bill_are_priced_too(market_data: MarketData, market: Recorder) -> None:
    from analytics.returns import Rate

    await compare_funds(_ask(versus="SPY", rate=Rate(None)), market_data)
    assert market.questions[0][0] == ("ISCB", "SPSM", "SPY", "^IRX")


async def test_what_the_sources_say_comes_along(market_data: MarketData) -> None:
    answered = await compare_funds(_ask(), market_data)
    assert [note.kind for note in answered.notes] == [NoteKind.STALE]


async def test_a_note_on_days_before_every_figure_is_left_out(
    market_data: MarketData, market: Recorder
) -> None:
    def hole(when: date) -> Note:
        return Note(NoteKind.MISSING_SESSIONS, "ISCB", {"count": 1, "first": when, "last": when})

    # Ten years before the session are the earliest figure of the answer.
    market.notes = (hole(date(2016, 1, 14)), hole(date(2016, 1, 20)), hole(date(2026, 1, 20)))
    answered = await compare_funds(_ask(), market_data)
    assert [note.facts["last"] for note in answered.notes] == [date(2016, 1, 20), date(2026, 1, 20)]


async def test_unknown_symbols_are_the_askers_affair(market_data: MarketData) -> None:
    with pytest.raises(UnknownSymbols, match="SPSN"):
        await compare_funds(_ask(symbols=("ISCB", "SPSN")), market_data)


async def test_no_common_history_is_said_with_what_to_do(market_data: MarketData) -> None:
    window = Window("2014-01-01..2014-06-30", date(2014, 1, 1), date(2014, 6, 30))
    with pytest.raises(UserError, match=r"ISCB is priced only from 2 Jan 2015 on: there is nothing of it in"):
        await compare_funds(_ask(window=window), market_data)


def _handler(clock: FixedClock) -> CompareHandler:
    return CompareHandler(clock, EnglishReader(lambda symbol: ("SPSM",) if symbol == "SPSN" else ()))


def test_a_good_question_goes_on_for_anybody(clock: FixedClock) -> None:
    assert _handler(clock).receive("iscb spsm 1y asof 2026-01-16", PLACE) == Ack(work=True, open=True)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["/compare", "Examples"]),
        ("help", ["/compare", "Windows"]),
        ("ISCB SPSN 9q", ["`9q`", "`compare ISCB SPSM 27m`"]),
        ("ISCB SPSM 90d", ["`90d` is not a window", "`compare ISCB SPSM 3m` or `compare ISCB SPSM 6m`"]),
        (
            "ISCB SPSM 7yy",
            ["`7yy` is not a window; windows are 18m, 7y,", "You can ask `compare ISCB SPSM 7y`"],
        ),
        ("ISCB SPSM 2 weeks ago", ["`2 weeks ago` is not a window; windows are", "`compare ISCB SPSM 1m`"]),
        ("ISCB SPSM year", ["`year` is not understood", "`compare ISCB SPSM`"]),
        ("<!channel> ISCB", ["&lt;!channel&gt;"]),
    ],
)
def test_help_and_faults_are_answered_at_once(clock: FixedClock, text: str, parts: list[str]) -> None:
    taken = _handler(clock).receive(text, PLACE)
    assert (taken.work, taken.open) == (False, True)
    assert taken.reply is not None
    for part in parts:
        assert part in taken.reply.text
    assert "<!" not in taken.reply.text
