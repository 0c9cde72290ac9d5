"""The sample market's lists: they agree with its facts, and their companies explain what its funds did."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from functools import cache

import numpy as np
import pytest

from analytics.holdings import AssetKind, HoldingsList
from bot.clock import FixedClock
from bot.market.calendar import ExchangeCalendar
from bot.market.sample import SampleMarket
from bot.market.sample_funds import DAY, FACTS, HOLDINGS, SECTORS, WEIGHTS
from bot.market.sample_holdings import FIRST_LIST, SampleLists


def market(day: date = date(2026, 1, 17)) -> SampleMarket:
    return SampleMarket(
        ExchangeCalendar(), FixedClock(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    )


@cache
def lists() -> dict[str, tuple[HoldingsList, ...]]:
    sample = market()
    profiles = asyncio.run(sample.profiles([*FACTS, "^TNX"])).by_symbol
    return dict(asyncio.run(SampleLists(sample).lists(profiles)))


def test_every_fund_of_shares_has_two_lists_and_no_other_has_one() -> None:
    assert lists().keys() == WEIGHTS.keys()
    assert {tuple(each.as_of for each in found) for found in lists().values()} == {(FIRST_LIST, DAY)}


@pytest.mark.parametrize("symbol", WEIGHTS)
def test_a_list_agrees_with_the_facts(symbol: str) -> None:
    newest = lists()[symbol][-1]
    assert newest.total == pytest.approx(1.0)
    assert len(newest.securities()) == FACTS[symbol].count
    numbers, largest, ratio = HOLDINGS[symbol]
    shares = [held for held in newest.positions if held.kind is AssetKind.SHARES]
    top = sorted(shares, key=lambda held: -held.weight)[:10]
    assert [held.name for held in top] == [f"Sample Holding {number}" for number in numbers]
    assert [held.weight for held in top] == pytest.approx([largest / 100 * ratio**rank for rank in range(10)])
    sectors = newest.sectors()
    assert sectors is not None
    total = sum(WEIGHTS[symbol])
    assert [sectors[name] for name in SECTORS] == pytest.approx(
        [weight / total for weight in WEIGHTS[symbol]]
    )


@pytest.mark.parametrize("symbol", WEIGHTS)
def test_what_companies_returned_is_what_the_funds_price_did(symbol: str) -> None:
    first, last = lists()[symbol]
    after = {held.isin: held.price or 0.0 for held in last.positions}
    earned = sum(held.weight * (after[held.isin] / (held.price or 1.0) - 1.0) for held in first.securities())
    panel = asyncio.run(market().history([symbol], DAY)).panel
    at = np.searchsorted(panel.sessions, np.array([FIRST_LIST, DAY], dtype="datetime64[D]"))
    before, now = panel.close[0, at]
    assert earned == pytest.approx(now / before - 1.0, abs=2e-3)


def test_before_the_second_day_there_is_none() -> None:
    early = market(date(2026, 1, 15))
    profiles = asyncio.run(early.profiles(["ISCB"])).by_symbol
    assert asyncio.run(SampleLists(early).lists(profiles)) == {}
