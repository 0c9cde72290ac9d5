"""Comparisons whose prices hold something that looks wrong, in every kind; the prices are spoilt by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from analytics import Doubt, DoubtKind, PricePanel, Query
from analytics.comparison import Comparison, compare
from analytics.panel import FloatArray
from analytics.returns import BILL_SYMBOL, Rate
from tests.unit.bot.render.sections.worlds import LONG, PROFILES, SYMBOLS, ask, market

UNIT_DAY, SPIKE, SPIKE_END = date(2025, 10, 1), date(2025, 8, 12), date(2025, 8, 14)
FALL_DAY, OLD_DAY = date(2025, 9, 2), date(2020, 3, 16)
QUARTERS = tuple(date(year, month, 10) for year in range(2016, 2026) for month in (3, 6, 9, 12))
EX_DAYS = tuple(date(2025, month, 10) for month in (3, 6, 9, 12))
LATE = date(2026, 1, 5)


def doubt(symbol: str, session: date, value: float, kind: DoubtKind = DoubtKind.JUMP) -> Doubt:
    return Doubt(kind, symbol, session, value)


def spoilt(
    held: PricePanel,
    symbol: str,
    first: date,
    factor: float,
    last: date | None = None,
    kind: DoubtKind = DoubtKind.JUMP,
) -> PricePanel:
    """The panel with a symbol's prices times `factor` from `first` to `last`, and the doubts that says so."""
    levels: FloatArray = held.total_return.copy()
    begin = int(np.searchsorted(held.sessions, np.datetime64(first, "D")))
    stop = levels.shape[1] if last is None else int(np.searchsorted(held.sessions, np.datetime64(last, "D")))
    row = held.row(symbol)
    levels[row, begin:stop] *= factor
    ends = [begin] if last is None else [begin, stop]
    days: list[date] = held.sessions[ends].tolist()
    changes = [float(levels[row, at] / levels[row, at - 1] - 1) for at in ends]
    found = tuple(doubt(symbol, day, change, kind) for day, change in zip(days, changes, strict=True))
    return replace(held, total_return=levels, close=levels.copy(), doubts=(*held.doubts, *found))


def lacking(
    held: PricePanel, symbol: str, days: tuple[date, ...] = EX_DAYS, size: float = 0.008
) -> PricePanel:
    """The panel with a distribution that is missing on each of these days."""
    found = (doubt(symbol, day, -size, DoubtKind.DISTRIBUTION) for day in days)
    return replace(held, doubts=(*held.doubts, *found))


PAIR = ("ISCB", "SPSM")
UNIT, SPLIT, NEGATIVE = DoubtKind.UNIT, DoubtKind.SPLIT, DoubtKind.NEGATIVE


@dataclass(frozen=True, eq=False)
class Spoilt:
    """A question, and the prices that something is wrong with."""

    held: PricePanel
    question: Query

    @property
    def comparison(self) -> Comparison:
        """Computed anew each time; see `doubted`."""
        return compare(self.held, PROFILES, self.question)


def on(held: PricePanel, *symbols: str, **parts: Any) -> Spoilt:
    return Spoilt(held, ask(*(symbols or PAIR), **parts))


def with_bill() -> PricePanel:
    """Two funds and the bill, whose quote falls to a hundredth."""
    held = market(PAIR)
    quotes, nothing = np.full((1, LONG), 4.0), np.full((1, LONG), np.nan)
    quotes[0, np.searchsorted(held.sessions, np.datetime64(FALL_DAY, "D")) :] = 0.04
    return PricePanel(
        held.sessions,
        (*held.symbols, BILL_SYMBOL),
        np.vstack([held.total_return, nothing]),
        np.vstack([held.close, quotes]),
        np.vstack([held.volume, nothing]),
        held.source,
        doubts=(doubt(BILL_SYMBOL, FALL_DAY, -0.99, UNIT),),
        currencies=(*held.currencies, "USD"),
    )


def _pair(*others: str) -> PricePanel:
    return market((*PAIR, *others))


DOUBTED: Mapping[str, Callable[[], Spoilt]] = {
    "unit": lambda: on(spoilt(_pair(), "ISCB", UNIT_DAY, 0.01, kind=UNIT)),
    "unit_of_both": lambda: on(
        spoilt(spoilt(_pair(), "ISCB", UNIT_DAY, 0.01, kind=UNIT), "SPSM", SPIKE, 130.0, kind=SPLIT)
    ),
    "unit_alone": lambda: on(spoilt(_pair(), "ISCB", UNIT_DAY, 0.01, kind=UNIT), "ISCB"),
    "unit_of_six": lambda: on(
        spoilt(market(SYMBOLS), "ISCB", UNIT_DAY, 0.01, kind=UNIT), *SYMBOLS, market=True
    ),
    "unit_of_the_benchmark": lambda: on(
        spoilt(_pair("SPY"), "SPY", UNIT_DAY, 0.01, kind=UNIT), benchmark="SPY"
    ),
    "unit_of_the_last": lambda: on(spoilt(_pair(), "SPSM", UNIT_DAY, 0.01, kind=UNIT)),
    "spike": lambda: on(spoilt(_pair(), "ISCB", SPIKE, 100.0, SPIKE_END, kind=UNIT)),
    "crash": lambda: on(spoilt(_pair(), "ISCB", FALL_DAY, 0.74)),
    "crash_alone": lambda: on(spoilt(_pair(), "ISCB", FALL_DAY, 0.74), "ISCB"),
    "crash_of_six": lambda: on(spoilt(market(SYMBOLS), "ISCB", FALL_DAY, 0.74), *SYMBOLS, market=True),
    "crash_of_the_benchmark": lambda: on(spoilt(_pair("SPY"), "SPY", FALL_DAY, 0.74), benchmark="SPY"),
    "negative": lambda: on(replace(_pair(), doubts=(doubt("ISCB", FALL_DAY, -37.63, NEGATIVE),))),
    "lacking": lambda: on(lacking(_pair(), "ISCB")),
    "lacking_and_crash": lambda: on(spoilt(lacking(_pair(), "ISCB"), "SPSM", FALL_DAY, 0.74)),
    "lacking_for_ten_years": lambda: on(lacking(_pair(), "ISCB", QUARTERS), window="10y"),
    "bill": lambda: on(with_bill(), rate=Rate(None)),
    "old": lambda: on(spoilt(_pair(), "ISCB", OLD_DAY, 0.67)),
    "old_of_six": lambda: on(spoilt(market(SYMBOLS), "ISCB", OLD_DAY, 0.67), *SYMBOLS, market=True),
    "old_in_three_years": lambda: on(spoilt(_pair(), "ISCB", date(2024, 5, 2), 0.4), window="3y"),
    "last_weeks": lambda: on(spoilt(_pair(), "ISCB", LATE, 0.4), window="1m"),
}
"""Every way in which prices can look wrong, by name."""


@cache
def doubted(name: str) -> Comparison:
    """The comparison of that name, computed once."""
    return DOUBTED[name]().comparison
