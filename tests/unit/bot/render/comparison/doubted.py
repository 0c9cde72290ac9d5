"""Comparisons whose prices hold something that looks wrong, in every kind; the prices are spoilt by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np

from analytics import Doubt, DoubtKind, PricePanel
from analytics.comparison import Comparison
from analytics.panel import FloatArray
from analytics.returns import BILL_SYMBOL, Rate
from tests.unit.bot.render.comparison.worlds import LONG, SYMBOLS, comparison, market, weekdays

UNIT_DAY, SPIKE, SPIKE_END = date(2025, 10, 1), date(2025, 8, 12), date(2025, 8, 14)
FALL_DAY, OLD_DAY = date(2025, 9, 2), date(2020, 3, 16)
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
    found = tuple(
        doubt(symbol, held.sessions[at].item(), float(levels[row, at] / levels[row, at - 1] - 1), kind)
        for at in ends
    )
    return replace(held, total_return=levels, close=levels.copy(), doubts=(*held.doubts, *found))


def lacking(held: PricePanel, symbol: str, days: tuple[date, ...] = EX_DAYS, size: float = 0.008) -> PricePanel:
    """The panel with a distribution that is missing on each of these days."""
    found = (doubt(symbol, day, -size, DoubtKind.DISTRIBUTION) for day in days)
    return replace(held, doubts=(*held.doubts, *found))


PAIR = ("ISCB", "SPSM")


def unit(symbols: tuple[str, ...] = PAIR, **asked: object) -> Comparison:
    """The first of the funds in pounds for pence from October 2025 on."""
    held = spoilt(market((*symbols, "SPY")), symbols[0], UNIT_DAY, 0.01, kind=DoubtKind.UNIT)
    return comparison(*symbols, held=held, **asked)  # type: ignore[arg-type]


def crashed(symbols: tuple[str, ...] = PAIR, **asked: object) -> Comparison:
    """The first of the funds a quarter lower from September 2025 on, which may be right."""
    held = spoilt(market((*symbols, "SPY")), symbols[0], FALL_DAY, 0.74)
    return comparison(*symbols, held=held, **asked)  # type: ignore[arg-type]


def with_bill(day: date) -> Comparison:
    """Over the bill, whose quote jumps on one day."""
    held = market(PAIR)
    quotes = np.full((1, LONG), 4.0)
    quotes[0, np.searchsorted(weekdays(LONG), np.datetime64(day, "D")) :] = 0.04
    nothing = np.full((1, LONG), np.nan)
    whole = PricePanel(
        held.sessions,
        (*held.symbols, BILL_SYMBOL),
        np.vstack([held.total_return, nothing]),
        np.vstack([held.close, quotes]),
        np.vstack([held.volume, nothing]),
        held.source,
        doubts=(doubt(BILL_SYMBOL, day, -0.99, DoubtKind.UNIT),),
    )
    return comparison(held=whole, rate=Rate(None))


def apart() -> Comparison:
    """Two funds whose exchanges close hours apart."""
    return replace(comparison(), apart=True)


DOUBTED: Mapping[str, Callable[[], Comparison]] = {
    "unit": unit,
    "unit_of_both": lambda: comparison(
        held=spoilt(
            spoilt(market(PAIR), "ISCB", UNIT_DAY, 0.01, kind=DoubtKind.UNIT), "SPSM", SPIKE, 130.0, kind=DoubtKind.SPLIT
        )
    ),
    "unit_alone": lambda: unit(("ISCB",)),
    "unit_of_six": lambda: unit(SYMBOLS),
    "unit_of_the_benchmark": lambda: comparison(
        held=spoilt(market((*PAIR, "SPY")), "SPY", UNIT_DAY, 0.01, kind=DoubtKind.UNIT), benchmark="SPY"
    ),
    "unit_of_the_last": lambda: comparison(
        held=spoilt(market(PAIR), "SPSM", UNIT_DAY, 0.01, kind=DoubtKind.UNIT)
    ),
    "spike": lambda: comparison(
        held=spoilt(market(PAIR), "ISCB", SPIKE, 100.0, SPIKE_END, kind=DoubtKind.UNIT)
    ),
    "crash": crashed,
    "crash_alone": lambda: crashed(("ISCB",)),
    "crash_of_six": lambda: crashed(SYMBOLS),
    "crash_of_the_benchmark": lambda: comparison(
        held=spoilt(market((*PAIR, "SPY")), "SPY", FALL_DAY, 0.74), benchmark="SPY"
    ),
    "negative": lambda: comparison(
        held=replace(market(PAIR), doubts=(doubt("ISCB", FALL_DAY, -37.63, DoubtKind.NEGATIVE),))
    ),
    "lacking": lambda: comparison(held=lacking(market(PAIR), "ISCB")),
    "lacking_and_crash": lambda: comparison(held=spoilt(lacking(market(PAIR), "ISCB"), "SPSM", FALL_DAY, 0.74)),
    "lacking_for_ten_years": lambda: comparison(
        held=lacking(
            market(PAIR),
            "ISCB",
            tuple(date(year, month, 10) for year in range(2016, 2026) for month in (3, 6, 9, 12)),
        ),
        window="10y",
    ),
    "bill": lambda: with_bill(FALL_DAY),
    "old": lambda: comparison(held=spoilt(market(PAIR), "ISCB", OLD_DAY, 0.67)),
    "old_of_six": lambda: comparison(*SYMBOLS, held=spoilt(market(SYMBOLS), "ISCB", OLD_DAY, 0.67)),
    "old_in_three_years": lambda: comparison(
        held=spoilt(market(PAIR), "ISCB", date(2024, 5, 2), 0.4), window="3y"
    ),
    "last_weeks": lambda: comparison(held=spoilt(market(PAIR), "ISCB", LATE, 0.4), window="1m"),
    "apart": apart,
}
"""Every way in which prices can look wrong, by name."""


@cache
def doubted(name: str) -> Comparison:
    """The comparison of that name, computed once."""
    return DOUBTED[name]()
