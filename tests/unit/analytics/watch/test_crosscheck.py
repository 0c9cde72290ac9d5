"""Two sources held against each other: every fault put into one of them is named, and no other one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.panel import Distribution, DoubtKind, PricePanel
from analytics.watch.crosscheck import Agreement, Disagreement, agreement, cross_check
from analytics.watch.readings import doubt_words
from bot.market.checks import price_doubts
from bot.market.series import Events, Series
from tests.fakes.source import CALENDAR

FIRST, LAST = date(2025, 1, 2), date(2026, 1, 16)
SESSIONS = CALENDAR.sessions(FIRST, LAST)
EX_DAYS = (60, 123, 186, 249)
PAID = 0.35
NEWEST, MIDDLE = SESSIONS.size - 1, 150


def panel(source: str, seed: int = 7, payouts: dict[int, float] | None = None) -> PricePanel:
    """A fund of about 50 that pays `PAID` four times a year, reinvested as (close + paid) / close before.

    payouts : by column, what is reinvested in another size
    """
    size = SESSIONS.size
    close = 50 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0.0004, 0.011, size)))
    paid = np.zeros(size)
    paid[list(EX_DAYS)] = PAID
    for column, amount in (payouts or {}).items():
        paid[column] = amount
    growth = np.append(1.0, (close[1:] + paid[1:]) / close[:-1])
    total = np.cumprod(growth) / np.prod(growth) * close[-1]
    told = tuple(Distribution("ISCB", SESSIONS[column].item(), PAID) for column in EX_DAYS)
    volume = np.full(size, 10_000.0)
    return PricePanel(SESSIONS, ("ISCB",), total[None], close[None], volume[None], source, distributions=told)


def without(found: PricePanel, column: int) -> PricePanel:
    arrays = {name: getattr(found, name).copy() for name in ("total_return", "close", "volume")}
    for values in arrays.values():
        values[0, column] = np.nan
    return replace(found, **arrays)


def moved(found: PricePanel, column: int, factor: float, volume: float = 1.0) -> PricePanel:
    """A price at another level on one session."""
    arrays = {name: getattr(found, name).copy() for name in ("total_return", "close", "volume")}
    arrays["total_return"][0, column] *= factor
    arrays["close"][0, column] *= factor
    arrays["volume"][0, column] *= volume
    return replace(found, **arrays)


def from_then_on(found: PricePanel, column: int, factor: float) -> PricePanel:
    arrays = {name: getattr(found, name).copy() for name in ("total_return", "close")}
    for values in arrays.values():
        values[0, column:] *= factor
    return replace(found, **arrays)


FAULTS: list[tuple[str, Callable[[str], PricePanel], Disagreement, int, bool]] = [
    ("dividends forgotten", lambda name: panel(name, payouts={186: 0.0}), Disagreement.FORGOTTEN, 186, True),
    ("dividends twice", lambda name: panel(name, payouts={186: 2 * PAID}), Disagreement.TWICE, 186, True),
    ("missing session", lambda name: without(panel(name), MIDDLE), Disagreement.MISSING, MIDDLE, True),
    ("newest missing", lambda name: without(panel(name), NEWEST), Disagreement.MISSING, NEWEST, True),
    (
        "unfinished row",
        lambda name: moved(panel(name), NEWEST, 1.004, 0.4),
        Disagreement.UNFINISHED,
        NEWEST,
        True,
    ),
    ("unit", lambda name: from_then_on(panel(name), MIDDLE, 100), Disagreement.UNIT, MIDDLE, True),
    ("unit, back", lambda name: from_then_on(panel(name), NEWEST, 0.01), Disagreement.UNIT, NEWEST, True),
    ("one price", lambda name: moved(panel(name), MIDDLE, 1.004), Disagreement.PRICE, MIDDLE, False),
    ("price", lambda name: from_then_on(panel(name), MIDDLE, 1.002), Disagreement.PRICE, MIDDLE, False),
    ("another amount", lambda name: panel(name, payouts={186: 1.4 * PAID}), Disagreement.PRICE, 186, False),
]
"""What is wrong with a source, what it is called, where it is known, whether it is told whose fault it is."""


@pytest.mark.parametrize("wrong", ["First", "Second"])
@pytest.mark.parametrize(("name", "make", "kind", "column", "known"), FAULTS, ids=[row[0] for row in FAULTS])
def test_every_fault_is_told_from_the_others(
    name: str, make: Callable[[str], PricePanel], kind: Disagreement, column: int, known: bool, wrong: str
) -> None:
    one = make("First") if wrong == "First" else panel("First")
    two = make("Second") if wrong == "Second" else panel("Second")
    (found,) = cross_check(one, two, FIRST)
    assert (found.kind, found.session) == (kind, SESSIONS[column].item())
    assert found.by == (wrong if known else "")
    assert found.sources == ("First", "Second")


def test_what_is_said_of_it() -> None:
    (lacking,) = cross_check(panel("Yahoo Finance", payouts={186: 0.0}), panel("Tiingo"), FIRST)
    assert lacking.first is not None
    assert lacking.second is not None
    assert lacking.words == (
        f"Yahoo Finance {lacking.first * 100:+.2f} %, Tiingo {lacking.second * 100:+.2f} %: Yahoo Finance "
        "lacks the distribution"
    )
    doubt = lacking.doubt
    assert doubt is not None
    assert (doubt.kind, doubt.value) == (DoubtKind.DISTRIBUTION, lacking.first - lacking.second)
    day = lacking.session
    assert doubt_words(doubt) == (
        f"two sources disagree about ISCB on {day.day} {day:%b} {day.year} ({lacking.words})"
    )
    (missing,) = cross_check(panel("One"), without(panel("Two"), NEWEST), FIRST)
    assert missing.words.endswith("%, Two no price")
    assert missing.doubt is None


def test_a_session_that_was_not_over_is_nobodys_fault_where_volumes_do_not_tell() -> None:
    (found,) = cross_check(panel("First"), moved(panel("Second"), NEWEST, 1.004), FIRST)
    assert (found.kind, found.by) == (Disagreement.UNFINISHED, "")


def test_good_sources_agree_whatever_their_levels_and_customs() -> None:
    """Another level, another beginning, Yahoo's custom of reinvesting, prices rounded to a cent."""
    one = panel("First")
    yahoo = panel("Second")
    close = yahoo.close[0]
    kept = np.ones(close.size)
    for column in EX_DAYS:
        kept[column] = 1 - PAID / close[column - 1]
    adjusted = close * np.append(np.cumprod(kept[::-1])[::-1][1:], 1.0)
    assert cross_check(one, replace(yahoo, total_return=adjusted[None]), FIRST) == ()
    assert cross_check(one, replace(yahoo, total_return=one.total_return * 3), FIRST) == ()
    rounded = np.round(one.total_return, 2)
    assert np.abs(np.diff(np.log(rounded)) - np.diff(np.log(one.total_return))).max() > 1e-4
    assert cross_check(one, replace(yahoo, total_return=rounded), FIRST) == ()
    assert cross_check(one, yahoo.select(()), FIRST) == ()
    late = replace(yahoo, total_return=np.where(np.arange(SESSIONS.size) < 100, np.nan, yahoo.total_return))
    assert cross_check(one, late, FIRST) == ()


@pytest.mark.parametrize(("bp", "apart"), [(1.9, False), (2.1, True)])
def test_two_basis_points_are_the_limit_of_a_session(bp: float, apart: bool) -> None:
    other = from_then_on(panel("Second"), MIDDLE, 1 + bp / 1e4)
    assert bool(cross_check(panel("First"), other, FIRST)) is apart


@pytest.mark.parametrize(("bp", "apart"), [(3.9, False), (4.1, True)])
def test_four_are_that_of_an_ex_day(bp: float, apart: bool) -> None:
    one = panel("First")
    level = float(one.close[0, 185])
    other = panel("Second", payouts={186: PAID + bp / 1e4 * level})
    # Four basis points on one day are more than three in the year, which is said where nothing else is.
    kinds = [found.kind for found in cross_check(one, other, FIRST)]
    assert kinds == [Disagreement.PRICE if apart else Disagreement.YEAR]


@pytest.mark.parametrize(("sessions", "apart"), [(2, False), (4, True)])
def test_three_are_that_of_a_year(sessions: int, apart: bool) -> None:
    """One basis point on each of some sessions."""
    other = panel("Second")
    for column in range(MIDDLE, MIDDLE + sessions):
        other = from_then_on(other, column, 1 + 1e-4)
    found = cross_check(panel("First"), other, FIRST)
    assert [each.kind for each in found] == ([Disagreement.YEAR] if apart else [])
    assert all("over a year, and on this day more than on any other" in each.words for each in found)


def test_only_what_is_asked_about_is_looked_at() -> None:
    wrong = panel("Second", payouts={60: 0.0})
    assert len(cross_check(panel("First"), wrong, FIRST)) == 1
    assert cross_check(panel("First"), wrong, SESSIONS[61].item()) == ()


@given(st.sampled_from(FAULTS), st.integers(0, 30))
def test_whatever_the_market_did_the_fault_is_named(
    row: tuple[str, Callable[[str], PricePanel], Disagreement, int, bool], seed: int
) -> None:
    _, make, kind, column, _ = row
    wrong, right = make("Second"), panel("First")
    scale = panel("First", seed).close / panel("First").close  # another market beneath both
    arrays = [
        replace(each, total_return=each.total_return * scale, close=each.close * scale)
        for each in (right, wrong)
    ]
    kinds = {(found.kind, found.session) for found in cross_check(arrays[0], arrays[1], FIRST)}
    assert (kind, SESSIONS[column].item()) in kinds
    assert len(kinds) == 1


def test_a_source_alone_cannot_see_a_dividend_that_it_never_heard_of() -> None:
    """What the cross-check is for: without the event there is nothing to miss."""
    silent = replace(panel("First", payouts=dict.fromkeys(EX_DAYS, 0.0)), distributions=())
    none = np.zeros(SESSIONS.size)
    lonely = Series("ISCB", SESSIONS, silent.total_return[0], silent.close[0], silent.volume[0])
    assert price_doubts(lonely, Events(none, none, none + 1.0)) == ()
    found = cross_check(silent, panel("Second"), FIRST)
    assert [(each.kind, each.by) for each in found] == [(Disagreement.FORGOTTEN, "First")] * 4


def test_what_is_over_or_the_second_sources_fault_is_in_doubt_for_two_weeks() -> None:
    """A wrong price that came back, a distribution that the second one lacks: after that it is settled."""
    first = panel("First")
    cases = {
        "came back": (first, moved(panel("Second"), MIDDLE, 1.004)),
        "second lacks": (first, panel("Second", payouts={186: 0.0})),
        "first lacks": (panel("First", payouts={186: 0.0}), panel("Second")),
    }
    later = {name: agreement(*pair, SESSIONS[NEWEST].item()).doubts for name, pair in cases.items()}
    assert {name: len(doubts) for name, doubts in later.items()} == {
        "came back": 0,
        "second lacks": 0,
        "first lacks": 1,
    }
    for name, column in (("came back", MIDDLE), ("second lacks", 186), ("first lacks", 186)):
        day = SESSIONS[column + 9].item()
        one, two = cases[name]
        found = agreement(one.through(day), two.through(day), day)
        assert [doubt.session for doubt in found.doubts] == [SESSIONS[column].item()]
        assert found.fresh == ()
        assert found.agreeing == 1


def test_a_comparison_in_words() -> None:
    day = SESSIONS[NEWEST].item()
    good = agreement(panel("Yahoo Finance"), panel("Tiingo"), day)
    assert good.words == f"Yahoo Finance and Tiingo agree about 1 of 1 symbols on {day}"
    late = agreement(panel("Yahoo Finance"), without(panel("Tiingo"), NEWEST), day)
    assert (late.late, late.compared) == (("ISCB",), ())
    silent = Agreement("Yahoo Finance", "Tiingo", day, cause="HTTP 429")
    assert silent.words == f"Yahoo Finance was not held against Tiingo on {day}: HTTP 429"
