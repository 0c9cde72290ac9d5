"""Where a gap came from: the whole answer, its waterfall, and every reason for which it is withheld."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

import pytest

from analytics.evidence.attribution import GapAttribution, GapOrigin, SplitStock, Withheld, find_gap_origin
from bot.clock import FixedClock
from bot.market.calendar import ExchangeCalendar
from bot.market.sample import SampleMarket
from bot.market.sample_holdings import SampleLists
from bot.render.blocks import context, header
from bot.render.charts import build
from bot.render.evidence.attribution import attribution_section, withheld_section, withheld_words
from bot.render.evidence_specs import BarsChart
from bot.render.fit import fit
from bot.render.message import Message
from bot.render.text import NBSP
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections import moods
from tests.unit.bot.render.sections.reading import as_read
from tests.violations import violations

FRIDAY = date(2026, 1, 16)


@cache
def sample(*symbols: str) -> GapOrigin:
    market = SampleMarket(ExchangeCalendar(), FixedClock(datetime(2026, 1, 17, 12, tzinfo=UTC)))
    comparison = moods.sample(*symbols).comparison
    lists = asyncio.run(SampleLists(market).lists(comparison.profiles))
    panel = asyncio.run(market.history(symbols, FRIDAY)).panel
    return find_gap_origin(lists, symbols, panel, comparison.span.start, comparison.span.end)


def attribution(*symbols: str) -> GapAttribution:
    found = sample(*symbols).attribution
    assert found
    return found


def told(mood: str) -> Message:
    symbols = {"behind": ("SPY", "QQQ")}.get(mood, ("ISCB", "SPSM"))
    found = attribution(*symbols)
    if mood == "doubtful":
        splits = tuple(
            SplitStock(f"Company {at}", factor) for at, factor in enumerate((2.0, 0.1, 3.0, 4.0, 5.0, 6.0))
        )
        found = replace(found, covered=(0.981, 0.934), left_out=37, splits=splits, start=date(2025, 3, 14))
    return attribution_section(moods.sample(*symbols), found)


MOODS = ("full", "behind", "doubtful")


@pytest.mark.parametrize("mood", MOODS)
def test_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"study_attribution_{mood}", as_read(told(mood)))


@pytest.mark.parametrize("mood", MOODS)
def test_slack_takes_it_as_it_is(mood: str) -> None:
    message = told(mood)
    assert violations(message.blocks) == []
    assert fit(message) == message


@pytest.mark.parametrize("mood", MOODS)
def test_the_steps_of_the_picture_lead_from_nothing_to_the_gap(mood: str) -> None:
    (picture,) = told(mood).pictures
    assert isinstance(picture, BarsChart)
    assert picture.waterfall
    bars = [row.bars[0] for row in picture.rows]
    for bar, after in itertools.pairwise(bars[:-1]):
        assert after.base == pytest.approx(bar.base + bar.value)
    assert bars[0].base == bars[-1].base == 0.0
    assert bars[-2].base + bars[-2].value == pytest.approx(bars[-1].value)
    build(picture)


def test_the_parts_add_up_to_the_gap() -> None:
    found = attribution("ISCB", "SPSM")
    assert found.allocation + found.selection == pytest.approx(found.held[0] - found.held[1])
    assert found.allocation + found.selection + found.rest == pytest.approx(found.gap)
    # The simulated lists pay no dividends: they are in the rest, and so is nothing else.
    assert found.held == pytest.approx((0.1433, 0.0928), abs=1e-3)


ORIGIN = GapOrigin(("ISCB", "SPSM"), None, Withheld.NO_LISTS, {}, ("SPSM",))
SAID = {
    Withheld.ONE_FUND: "it takes two funds",
    Withheld.NO_LISTS: "there is no whole list of what SPSM holds",
    Withheld.NO_DAYS: "it takes lists of both funds of one day and a later one of either; of ISCB there are "
    "16 Jan 2025 and 16 Jan 2026, of SPSM there is 16 Jan 2026",
    Withheld.NO_SHARES: "SPSM holds no shares",
    Withheld.NO_SECTORS: "none of the lists names sectors",
    Withheld.TAXONOMIES: "the lists name sectors by two taxonomies",
    Withheld.NOT_COVERED: "99.0 % of ISCB and 61.0 % of SPSM is priced on both days and has a sector, "
    "where 90 % are needed",
    Withheld.FUND_PRICES: "prices of ISCB and SPSM over those days are missing or in doubt",
}


@pytest.mark.parametrize("reason", Withheld)
def test_what_is_withheld_says_why(reason: Withheld) -> None:
    days = {"ISCB": (date(2025, 1, 16), FRIDAY), "SPSM": (FRIDAY,)}
    origin = replace(ORIGIN, reason=reason, days=days, covered=(0.99, 0.61))
    said = withheld_words(origin).replace(NBSP, " ")
    assert said == f"Where the gap came from is not told: {SAID[reason]}."


def test_style_stands_in_for_what_is_withheld() -> None:
    instead = Message("ISCB vs SPSM · style: told.", (header("ISCB vs SPSM · style"), context("foot")))
    shown = withheld_section(ORIGIN, instead)
    assert shown.text.startswith(
        "Where the gap came from is not told: there is no whole list of what SPSM holds."
    )
    assert [block["type"] for block in shown.blocks] == ["header", "section", "context"]
    assert shown.text.endswith("What styles explain of it stands here instead. ISCB vs SPSM · style: told.")
