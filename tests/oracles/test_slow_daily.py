"""A year through the daily run, evening by evening, against the slow twin: what people are told, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from analytics import Condition, Op, Policy, PricePanel, Quantity, Rule, Window
from bot.clock import FixedClock
from bot.market.calendar import ExchangeCalendar
from bot.market.sample import SampleMarket
from bot.ports import PriceHistory, Profiles, RuleDraft
from bot.schedule import find_settled
from bot.store import open_store
from bot.use_cases.daily_run import DailyRun
from bot.use_cases.gather import MarketData
from tests.fakes.metrics import QuietMetrics
from tests.oracles import slow_watch
from tests.oracles.plans import plain
from tests.oracles.slow_watch import Patience

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.model import RuleTransition
    from bot.ports import Prices

pytestmark = pytest.mark.slow

CALENDAR = ExchangeCalendar()
RULE = Rule((Condition(Quantity("sortino", "ISCB"), Op.BELOW, 1.0),), then="SPSM")
REAL_YEAR = CALENDAR.sessions(date(2025, 1, 17), date(2026, 1, 16)).tolist()


@dataclass(frozen=True, eq=False)
class Recorded:
    """Real closes, cut at the session that is asked for."""

    panel: PricePanel

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        return PriceHistory(self.panel.select(symbols).through(through))

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        return Profiles({})


def recorded(folder: Path) -> Recorded:
    frames = {
        symbol: pd.read_csv(folder / "prices_adjclose" / f"{symbol}.csv", index_col=0, parse_dates=True).iloc[
            :, 0
        ]
        for symbol in ("ISCB", "SPSM")
    }
    frame = pd.DataFrame(frames).loc["2023-06":"2026-01-16"]
    return Recorded(PricePanel.from_frame(frame, source="csv"))


async def flips(
    folder: Path, prices: Prices, clock: FixedClock, sessions: Sequence[date], off: Sequence[int] = ()
) -> list[RuleTransition]:
    """Every evening a run, but on those of these numbers; what came of it, the oldest first."""
    async with open_store(f"sqlite:///{folder / 'watchpoint.db'}") as store:
        repository = store.of("T1")
        made = datetime.combine(sessions[0], datetime.min.time(), UTC)
        await repository.add(RuleDraft("C1", "U1", "ISCB sortino < 1", RULE, Policy(5), made, "q1"))
        market_data = MarketData(prices, prices, CALENDAR, clock)  # type: ignore[arg-type]
        daily = DailyRun(store, market_data, QuietMetrics(), timedelta(hours=6))
        for at, session in enumerate(sessions):
            if at in off:
                continue
            clock.set(CALENDAR.settles(session))
            report = await daily.run(session, clock.now())
            assert report.decided
        return list(reversed((await repository.history(1, 1000)).transitions))


def twin(panel: PricePanel, sessions: Sequence[date]) -> list[tuple[date, str, str | None]]:
    """The sessions on which the slow twin's phase changes, with what it says."""
    days: list[date] = panel.sessions.tolist()
    levels = plain(panel.total_return[panel.row("ISCB")])
    values = [slow_watch.value("sortino", days, levels, None, "1y", days.index(day)) for day in sessions]
    told = slow_watch.story(values, Patience(1.0, 1.1, 5, 5))
    phases = ["ok", *(phase for phase, _ in told)]
    return [
        (day, phase, notice)
        for day, before, (phase, notice) in zip(sessions, phases, told, strict=False)
        if phase != before or notice
    ]


EXCHANGES = {"LSE": "XLON", "TSE": "XTKS", "BTC": "24/7"}
AUTUMN = CALENDAR.sessions(date(2025, 9, 2), date(2026, 1, 28)).tolist()


def abroad() -> PricePanel:
    """Two years in London, in Tokyo and of a coin, with holes."""
    rng = np.random.default_rng(11)
    calendars = [CALENDAR.of(code) for code in EXCHANGES.values()]
    lines = [each.sessions(date(2024, 6, 3), AUTUMN[-1]) for each in calendars]
    sessions = np.unique(np.concatenate(lines))
    held = np.array([np.isin(sessions, line) for line in lines])
    levels = 100 * np.exp(np.cumsum(rng.normal(0.0003, 0.01, held.shape), axis=1))
    levels[~held | (rng.random(held.shape) < 0.02)] = np.nan
    levels[:, -1] = np.where(held[:, -1], 100.0, np.nan)
    volume = np.full_like(levels, np.nan)
    exchanges = tuple(each.exchange for each in calendars)
    return PricePanel(
        sessions, tuple(EXCHANGES), levels, levels, volume, "made up", exchanges=exchanges, held=held
    )


async def test_an_autumn_in_london_tokyo_and_of_a_coin(tmp_path: Path) -> None:
    """Evening by evening in one channel: each rule on its own sessions, month ends and holes included."""
    panel, clock = abroad(), FixedClock(datetime(2025, 9, 2, tzinfo=UTC))
    prices = Recorded(panel)
    async with open_store(f"sqlite:///{tmp_path / 'watchpoint.db'}") as store:
        repository, made = store.of("T1"), datetime(2025, 9, 2, tzinfo=UTC)
        for symbol in EXCHANGES:
            quantity = Quantity("sortino", symbol, window=Window("3m"))
            rule = Rule((Condition(quantity, Op.BELOW, 1.0),))
            await repository.add(
                RuleDraft("C1", "U1", f"{symbol} sortino 3m < 1", rule, Policy(5), made, symbol)
            )
        daily = DailyRun(store, MarketData(prices, prices, CALENDAR, clock), QuietMetrics(), timedelta())
        for session in AUTUMN:
            clock.set(find_settled(CALENDAR, session, EXCHANGES.values()).at)
            assert (await daily.run(session, clock.now())).decided
        for number, symbol in enumerate(EXCHANGES, 1):
            found = list(reversed((await repository.history(number, 1000)).transitions))
            same(found, own_twin(panel, symbol))


def own_twin(panel: PricePanel, symbol: str) -> list[tuple[date, str, str | None]]:
    """As `twin`, on the sessions of the symbol's own exchange."""
    row = panel.row(symbol)
    assert panel.held is not None
    days: list[date] = panel.sessions[panel.held[row]].tolist()
    levels = plain(panel.total_return[row, panel.held[row]])
    begin = max(at for at, day in enumerate(days) if day <= AUTUMN[0])
    periods = panel.exchanges[row].periods
    scale = (periods / 252) ** 0.5
    told = slow_watch.story(
        [
            None if value is None else value * scale
            for value in (
                slow_watch.value("sortino", days, levels, None, "3m", at) for at in range(begin, len(days))
            )
        ],
        Patience(1.0, 1.1, 5, 5),
    )
    phases = ["ok", *(phase for phase, _ in told)]
    return [
        (day, phase, notice)
        for day, before, (phase, notice) in zip(days[begin:], phases, told, strict=False)
        if phase != before or notice
    ]


def same(found: Sequence[RuleTransition], expected: Sequence[tuple[date, str, str | None]]) -> None:
    shown = [(each.session, each.after.value, each.notice.value if each.notice else None) for each in found]
    assert shown == list(expected)


async def test_a_real_year_evening_by_evening(market_dir: Path, tmp_path: Path) -> None:
    prices = recorded(market_dir)
    found = await flips(tmp_path, prices, FixedClock(datetime(2025, 1, 17, tzinfo=UTC)), REAL_YEAR)
    same(found, twin(prices.panel, REAL_YEAR))
    assert [(f"{each.session}", each.notice.value) for each in found if each.notice] == [
        ("2025-02-28", "fired"),
        ("2025-09-11", "recovered"),
        ("2025-09-25", "fired"),
        ("2026-01-12", "recovered"),
    ]


async def test_nights_off_change_nothing_of_what_is_decided(market_dir: Path, tmp_path: Path) -> None:
    prices = recorded(market_dir)
    off = np.flatnonzero(np.random.default_rng(4).random(len(REAL_YEAR) - 1) < 0.6).tolist()
    assert len(off) > 120
    clock = FixedClock(datetime(2025, 1, 17, tzinfo=UTC))
    first = next(at for at in range(len(REAL_YEAR)) if at not in off)
    found = await flips(tmp_path, prices, clock, REAL_YEAR, off)
    same(found, twin(prices.panel, REAL_YEAR[first:]))


async def test_a_year_of_the_sample_market(tmp_path: Path) -> None:
    clock = FixedClock(datetime(2026, 12, 31, 22, tzinfo=UTC))
    market = SampleMarket(CALENDAR, clock)
    sessions = CALENDAR.sessions(date(2026, 1, 2), date(2026, 12, 31)).tolist()
    whole = (await market.history(["ISCB"], sessions[-1])).panel
    found = await flips(tmp_path, SampleMarket(CALENDAR, clock), clock, sessions)
    same(found, twin(whole, sessions))
    told = [(f"{each.session}", each.notice.value) for each in found if each.notice]
    assert told[:2] == [("2026-02-02", "fired"), ("2026-02-18", "recovered")]
