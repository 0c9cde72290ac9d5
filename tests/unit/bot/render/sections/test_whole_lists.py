"""Holdings from whole lists: overlap of all that is held, what one fund alone holds, one taxonomy, dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from analytics.exposures import Holdings, concentration, know_lists, newest_lists, whole_holdings
from analytics.fund import Basis
from analytics.holdings import AssetKind, Constituent, HoldingsList
from bot.render.fit import fit
from bot.render.message import Message
from bot.render.sections.holdings import BOUND, holdings_section
from bot.render.sections.page import SectionAnswer
from bot.render.text import NBSP
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections import moods
from tests.unit.bot.render.sections.reading import as_read
from tests.violations import violations

DAY = date(2026, 1, 15)
SECTORS = ("Energy", "Financials", "Information Technology")


def a_list(
    symbol: str, first: int, count: int, day: date = DAY, *, cash: float = 0.01, sectors: bool = True
) -> HoldingsList:
    """`count` positions from the `first` on, each 2 % smaller than the one before it; the rest is cash."""
    weights = [0.98**rank for rank in range(count)]
    total = sum(weights) / (1 - cash)
    held = [
        Constituent(
            f"Company {number} Inc",
            weight / total,
            symbol=f"C{number}",
            sector=SECTORS[number % 3] if sectors else None,
        )
        for number, weight in enumerate(weights, first)
    ]
    rest = Constituent("US DOLLAR", cash, kind=AssetKind.CASH)
    return HoldingsList(symbol, day, "iShares CSV", (*held, rest), "GICS" if sectors else "")


LISTS: Mapping[str, tuple[HoldingsList, ...]] = {
    "whole": (a_list("ISCB", 0, 60), a_list("SPSM", 20, 50)),
    "apart": (a_list("ISCB", 0, 60), a_list("SPSM", 20, 50, date(2025, 11, 3), sectors=False)),
    "strangers": (a_list("ISCB", 0, 20), a_list("SPSM", 20, 30)),
    "old": (a_list("ISCB", 0, 60, date(2025, 9, 30)),),
    "one_of_two": (a_list("ISCB", 0, 60),),
    "later": (a_list("ISCB", 0, 60), a_list("SPSM", 20, 50, date(2026, 2, 27))),
    "three": (a_list("ISCB", 0, 60), a_list("SPSM", 20, 50), a_list("IWM", 10, 70)),
    "many": tuple(a_list(symbol, 7 * at, 40) for at, symbol in enumerate(("ISCB", "SPSM", "IWM", "SPY"))),
}


@cache
def asked(mood: str) -> tuple[SectionAnswer, Holdings]:
    lists = {each.symbol: (each,) for each in LISTS[mood]}
    symbols = ("ISCB", "SPSM") if mood == "one_of_two" else tuple(lists)
    found = moods.sample(*symbols)
    comparison = found.comparison
    newest = newest_lists(lists, symbols, comparison.span.end)
    profiles = know_lists(comparison.profiles, newest, symbols)
    parts = {symbol: part for symbol, profile in profiles.items() if (part := concentration(profile))}
    known = replace(found, comparison=replace(comparison, profiles=profiles, concentration=parts))
    return known, whole_holdings(profiles, newest, symbols)


@cache
def told(mood: str) -> Message:
    return holdings_section(*asked(mood))


def plain(mood: str) -> str:
    return as_read(told(mood)).replace(NBSP, " ")


@pytest.mark.parametrize("mood", LISTS)
def test_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"study_whole_lists_{mood}", as_read(told(mood)))


@pytest.mark.parametrize("mood", LISTS)
def test_slack_takes_it_as_it_is(mood: str) -> None:
    message = told(mood)
    assert violations(message.blocks) == []
    assert fit(message) == message


def test_overlap_and_active_share_are_of_renormalised_weights() -> None:
    """By hand, from the two geometric series; cash of 1 % is left out of both."""
    ours = {number: 0.98**rank for rank, number in enumerate(range(60))}
    theirs = {number: 0.98**rank for rank, number in enumerate(range(20, 70))}
    one, other = (sum(weights.values()) for weights in (ours, theirs))
    gaps = sum(abs(ours.get(number, 0.0) / one - theirs.get(number, 0.0) / other) for number in range(70))
    _, held = asked("whole")
    overlap = held.overlaps["ISCB", "SPSM"]
    assert overlap.active_share == pytest.approx(gaps / 2)
    assert overlap.weight == pytest.approx(1 - gaps / 2)
    assert (overlap.shared, held.of) == (40, Basis.SHARES)
    assert f"overlap by *{overlap.weight * 100:.1f} %*, in 40 positions" in plain("whole")
    assert f"the active share is {gaps * 50:.1f} %" in plain("whole")


def test_what_only_one_fund_holds_is_counted_and_named() -> None:
    _, held = asked("whole")
    assert [one.name for one in held.alone["ISCB"]] == [f"Company {number} Inc" for number in range(20)]
    assert [one.name for one in held.alone["SPSM"]] == [f"Company {number} Inc" for number in range(60, 70)]
    assert "In ISCB alone: 20 positions" in plain("whole")
    assert "; in SPSM alone: 10 positions" in plain("whole")


def test_sectors_are_compared_by_one_named_taxonomy_or_not_at_all() -> None:
    _, held = asked("whole")
    assert held.sectors is not None
    assert all(sum(weights.values()) == pytest.approx(1.0) for weights in held.sectors.weights.values())
    assert "Sector, GICS" in plain("whole")
    assert asked("apart")[1].sectors is None
    assert "Sectors are not compared: not every list names them, or not by one taxonomy." in plain("apart")


def test_lists_far_apart_or_old_say_so() -> None:
    assert "The lists are 73 days apart (SPSM 3 Nov 2025, ISCB 15 Jan 2026)" in plain("apart")
    assert "The list of ISCB is 108 days older than the last price." in plain("old")
    assert "Positions of SPSM are those of 27 Feb 2026; what they were on 16 Jan 2026 is not known." in plain(
        "later"
    )
    assert "days apart" not in plain("whole")
    assert "ISCB, SPSM: iShares CSV, 2026-01-15" in plain("whole")


def test_beside_a_fund_of_which_the_ten_largest_are_known_weights_are_of_net_assets() -> None:
    _, held = asked("one_of_two")
    assert held.of is Basis.FUND
    assert sum(one.weight for one in held.facts["ISCB"].value) == pytest.approx(0.99)
    assert held.overlaps["ISCB", "SPSM"].active_share is None
    assert BOUND in plain("one_of_two")
    assert "Of SPSM only the ten largest are known." in plain("one_of_two")
    assert held.alone == {}
