"""Moving windows over a span: on every session what the comparison of that evening says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analytics import NoCommonHistory, Rate, compare, roll_measures
from analytics.panel import Exchange
from analytics.window import parse
from tests.panels import day
from tests.unit.analytics.discriminate import assert_is
from tests.unit.analytics.markets import SESSIONS, ask, market, walk, with_bill

if TYPE_CHECKING:
    from datetime import date

    from analytics import PricePanel, Query, RollingMeasures


WINDOWS = {"sortino": "1y", "volatility": "1y", "correlation": "6m", "beta": "1y"}


def compared(held: PricePanel, query: Query, name: str, evening: date) -> list[float]:
    """What a comparison on that evening says of each fund; NaN where it says nothing."""
    shown = compare(held, {}, replace(query, window=parse(WINDOWS[name]), as_of=evening))
    numbers = [
        shown.relative.get(symbol, shown.metrics[symbol]).get(name, None)
        if name in ("correlation", "beta")
        else shown.metrics[symbol][name]
        for symbol in query.symbols
    ]
    return [np.nan if number is None or number.value is None else number.value for number in numbers]


def assert_compared(held: PricePanel, query: Query, *, every: int = 80) -> RollingMeasures:
    """Every value asked after, the last one among them, is the comparison's to the last digit."""
    found = roll_measures(held, query)
    for name, rows in found.figures.items():
        for at in range(found.sessions.size - 1, -1, -every):
            evening = found.sessions.tolist()[at]
            expected = compared(held, query, name, evening)
            assert np.array_equal(rows[:, at], expected, equal_nan=True), (name, evening)
    return found


def test_shapes_and_what_it_says_of_itself() -> None:
    found = roll_measures(market(), ask("AAA", "BBB", "CCC", benchmark="CCC"))
    assert found.sessions.size == 262
    assert (found.sessions[0], found.sessions[-1]) == (np.datetime64("2025-02-20"), SESSIONS[-1])
    assert {name: rows.shape for name, rows in found.figures.items()} == dict.fromkeys(WINDOWS, (3, 262))
    assert (found.source, found.simulated, found.span.start) == ("by hand", False, day("2025-02-20"))
    assert (found.apart, found.periods) == (False, {"AAA": 252, "BBB": 252, "CCC": 252})


@pytest.mark.parametrize("weekly", [False, True], ids=["daily", "weekly"])
@pytest.mark.parametrize("rate", [Rate(), Rate(0.04)], ids=["rf 0", "rf 4"])
def test_every_value_is_the_comparisons_of_that_evening(rate: Rate, *, weekly: bool) -> None:
    found = assert_compared(market(), ask("AAA", "BBB", "CCC", rate=rate, weekly=weekly))
    assert np.isfinite(found.figures["sortino"]).all()


def test_the_last_value_of_a_year_is_the_comparisons_own() -> None:
    # In one thread, one Sortino: the windows are the same, so are the numbers.
    query = ask("AAA", "BBB")
    found, shown = roll_measures(market(), query), compare(market(), {}, query)
    for name in ("sortino", "volatility"):
        last = found.figures[name][:, -1].tolist()
        assert last == [shown.metrics[symbol][name].value for symbol in ("AAA", "BBB")]
    assert found.figures["beta"][0, -1] == shown.relative["AAA"]["beta"].value


def test_with_the_bill_with_gaps_and_against_an_outside_benchmark() -> None:
    bill = with_bill(np.linspace(3.0, 5.0, 560))
    assert_compared(bill, ask("AAA", "BBB", rate=Rate(None)))
    bill.total_return[0, [310, 311, 545]] = bill.total_return[1, [297, 500]] = np.nan
    assert_compared(bill, ask("AAA", "BBB", rate=Rate(None)))
    gaps = market(AAA=(310, 311, 545), BBB=(297, 298, 500), CCC=(402,))
    for weekly in (False, True):
        found = assert_compared(gaps, ask("AAA", "BBB", benchmark="CCC", weekly=weekly))
        assert np.isfinite(found.figures["correlation"]).all()


def test_exchanges_of_their_own() -> None:
    # AAA rests on days of its own; BBB closes hours later, so that the pair is told from weekly returns.
    held = np.ones((3, 560), dtype=bool)
    held[0, [300, 320, 555]] = held[1, [100, 401]] = False
    rows = market().total_return.copy()
    rows[~held] = np.nan
    london, tokyo = Exchange("XLON", close=16.5), Exchange("XTKS", close=6.0)
    panel = replace(market(), total_return=rows, held=held, exchanges=(london, tokyo, tokyo))
    found = assert_compared(panel, ask("AAA", "BBB"))
    assert found.apart
    assert np.datetime64(SESSIONS[555]) not in found.sessions
    coins = replace(market(), exchanges=(Exchange("24/7", periods=365),) * 3)
    assert assert_compared(coins, ask("AAA", "BBB")).periods == {"AAA": 365, "BBB": 365}


def test_what_a_window_is_not() -> None:
    own = walk(1)[1:] / walk(1)[:-1] - 1.0
    found = roll_measures(market(), ask("AAA", "BBB"))
    value = float(found.figures["volatility"][0, -1])
    year = own[-261:]  # weekdays without holidays: 20 Feb 2025 to 20 Feb 2026
    mistakes = {
        "252 returns": own[-252:].std(ddof=1) * 252**0.5,
        "half a year": own[-130:].std(ddof=1) * 252**0.5,
    }
    assert_is(value, float(year.std(ddof=1) * 252**0.5), mistakes)


def test_the_first_window_reaches_back_before_the_span() -> None:
    found = roll_measures(market(), ask("AAA", "BBB"))
    assert np.isfinite(found.figures["sortino"]).all()
    earlier = compared(market(), ask("AAA", "BBB"), "sortino", day("2025-02-20"))
    assert found.figures["sortino"][:, 0].tolist() == earlier


def test_where_the_history_is_too_short_there_is_no_value_yet() -> None:
    # The market begins on 1 January 2024.
    found = roll_measures(market(), ask("AAA", "BBB", window="max"))
    first = {name: found.sessions[np.isfinite(rows[0])][0] for name, rows in found.figures.items()}
    year, half = np.datetime64("2025-01-01"), np.datetime64("2024-07-01")
    assert first == {"sortino": year, "volatility": year, "correlation": half, "beta": year}


def test_the_benchmarks_own_row_is_empty_and_without_one_there_is_none() -> None:
    found = roll_measures(market(), ask("AAA", "BBB", "CCC", benchmark="BBB"))
    for name in ("correlation", "beta"):
        assert np.isfinite(found.figures[name]).all(axis=1).tolist() == [True, False, True]
        assert np.isnan(found.figures[name][1]).all()
    assert list(roll_measures(market(), ask("AAA")).figures) == ["sortino", "volatility"]


def test_a_gap_of_one_leaves_the_others_as_they_are() -> None:
    # Column 500 missing: no comparison ends there; the return across it is one of the windows after it.
    whole, found = (
        roll_measures(market(), ask("AAA", "BBB")),
        roll_measures(market(AAA=(500,)), ask("AAA", "BBB")),
    )
    at = 500 - whole.span.first
    assert SESSIONS[500] not in found.sessions
    others = np.delete(whole.figures["sortino"], at, axis=1)
    assert np.isfinite(found.figures["sortino"]).all()
    assert np.array_equal(found.figures["sortino"][:, :at], others[:, :at])
    assert np.array_equal(found.figures["sortino"][1], others[1])
    assert not np.array_equal(found.figures["sortino"][0], others[0])


def test_a_young_fund_has_no_value_and_shortens_no_others() -> None:
    found = roll_measures(market(BBB=tuple(range(400))), ask("AAA", "BBB", window="max"))
    alone = roll_measures(market(), ask("AAA", window="max"))
    assert found.span.first == 400
    assert np.array_equal(found.figures["sortino"][0], alone.figures["sortino"][0, 400:])
    assert np.isnan(found.figures["sortino"][1]).all()
    begun = np.isfinite(found.figures["correlation"][0])
    assert found.sessions[begun][0] == np.datetime64("2026-01-14")  # half a year after 14 July 2025
    assert np.isnan(found.figures["beta"]).all()


def test_weeks_end_on_their_last_session() -> None:
    found = roll_measures(market(AAA=(559,)), ask("AAA", weekly=True))
    assert found.span.end == day("2026-02-19")
    fridays = SESSIONS[np.is_busday(SESSIONS, weekmask="Fri")]
    inside = [friday for friday in fridays.tolist() if friday >= found.span.start]
    assert found.sessions.tolist() == [*inside[:-1], day("2026-02-19")]
    assert found.periods == {"AAA": 52}


def test_a_panel_shorter_than_a_window() -> None:
    short = market().through(day("2024-02-02"))
    for weekly in (False, True):
        found = roll_measures(short, ask("AAA", "BBB", window="max", as_of="2024-02-02", weekly=weekly))
        assert all(np.isnan(rows).all() for rows in found.figures.values())


def test_no_common_history() -> None:
    with pytest.raises(NoCommonHistory):
        roll_measures(market(), ask("AAA", "BBB", window="since 2030-01-01"))
