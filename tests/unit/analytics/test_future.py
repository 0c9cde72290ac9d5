"""What must never surface: tomorrow's price, prices after the window, a third fund's gaps."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analytics import MEASURES, PricePanel, Query, Rate, compare, correlate, explain, roll_measures
from tests.panels import day
from tests.unit.analytics.markets import SESSIONS, ask, market, with_bill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Study = Callable[[PricePanel, Query], object]

BILL = Rate(None)


def leaves(value: object) -> Iterator[object]:
    """Every number, date and text inside a result."""
    if is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from leaves(getattr(value, part.name))
    elif isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from leaves(part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from leaves(part)
    elif isinstance(value, np.ndarray):
        yield value.tobytes()
    else:
        yield value.value if isinstance(value, Enum) else value


def compare_by_weeks(panel: PricePanel, query: Query) -> object:
    return compare(panel, {}, replace(query, weekly=True))


def rolled_by_weeks(panel: PricePanel, query: Query) -> object:
    return roll_measures(panel, replace(query, weekly=True))


def worked_out(panel: PricePanel, query: Query) -> object:
    return [explain(panel, query, name) for name in MEASURES]


def assert_same(one: object, other: object) -> None:
    for left, right in zip(leaves(one), leaves(other), strict=True):
        assert left == right


@pytest.mark.parametrize("as_of", ["2025-11-14", "2025-11-16"])  # a Friday and the Sunday after it
@pytest.mark.parametrize("rate", [Rate(), BILL])
def test_tomorrows_price_never_surfaces(as_of: str, rate: Rate) -> None:
    held = with_bill(np.full(560, 3.6))
    poisoned = with_bill(np.full(560, 3.6))
    after = int(np.searchsorted(SESSIONS, np.datetime64(as_of), side="right"))
    for rows in (poisoned.total_return, poisoned.close, poisoned.volume):
        rows[:, after:] = 1e9
    query = ask("AAA", "BBB", benchmark="CCC", as_of=as_of, rate=rate)
    assert_same(compare(poisoned, {}, query), compare(held.through(day(as_of)), {}, query))


@pytest.mark.parametrize("study", [compare_by_weeks, roll_measures, rolled_by_weeks, correlate, worked_out])
def test_tomorrows_price_is_in_no_study(study: Study) -> None:
    held, poisoned = with_bill(np.full(560, 3.6)), with_bill(np.full(560, 3.6))
    after = int(np.searchsorted(SESSIONS, np.datetime64("2025-11-14"), side="right"))
    for rows in (poisoned.total_return, poisoned.close, poisoned.volume):
        rows[:, after:] = 1e9
    query = ask("AAA", "BBB", benchmark="CCC", as_of="2025-11-14", rate=BILL)
    assert_same(study(poisoned, query), study(held.through(day("2025-11-14")), query))


def test_a_price_after_the_windows_own_end_never_surfaces() -> None:
    query = ask("AAA", "BBB", window="2024-06-03..2025-06-30")
    plain, poisoned = traded(), traded()
    after = int(np.searchsorted(SESSIONS, np.datetime64("2025-06-30"), side="right"))
    for rows in (poisoned.total_return, poisoned.close, poisoned.volume):
        rows[:, after:] = 1e9
    assert_same(compare(poisoned, {}, query), compare(plain, {}, query))


def traded() -> PricePanel:
    return replace(
        market(), close=np.full((3, SESSIONS.size), 50.0), volume=np.full((3, SESSIONS.size), 10.0)
    )


def test_a_gap_of_a_fund_that_is_not_asked_for_changes_nothing() -> None:
    query = ask("AAA", "BBB")
    for gaps in ({"CCC": (500,)}, {"CCC": tuple(range(560))}):
        assert_same(compare(market(**gaps), {}, query), compare(market(), {}, query))
