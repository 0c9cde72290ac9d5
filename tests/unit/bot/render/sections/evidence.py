"""What studies of evidence are tried on: made-up funds with a market, styles and a yield of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from analytics import FundProfile, PricePanel, Query, compare
from analytics.evidence import rates, regimes, style
from analytics.evidence.closes import HISTORY, YIELD
from analytics.evidence.rates import RateAnswer, rate_sensitivity
from analytics.evidence.regimes import RegimeAnswer
from analytics.evidence.style import StyleAnswer
from analytics.fund import Kind
from analytics.panel import Doubt, DoubtKind, FloatArray
from bot.render.sections.page import SectionAnswer
from tests.unit.bot.render.sections.worlds import LONG, LONG_NAMES, PROFILES, ask, fact, weekdays

ANN = "U0ANN"
PROXIES = tuple(dict.fromkeys((*rates.PROXIES, *regimes.PROXIES, *style.PROXIES)))
NAMES = (
    *("ISCB", "SPSM", "AVUV", "IEF", "SHY", "HYG"),
    *(proxy for proxy in PROXIES if proxy != YIELD),
)
BONDS = {"TLT": 15.0, "IEF": 7.5, "SHY": 1.9}
LOADS: Mapping[str, tuple[float, float, float]] = {
    "ISCB": (1.0, 0.85, 0.05),
    "SPSM": (1.0, 0.95, 0.35),
    "AVUV": (1.0, 0.9, 0.9),
    "HYG": (0.4, 0.1, 0.0),
    "SPY": (1.0, 0.0, 0.0),
    "IWM": (1.1, 1.0, 0.05),
    "IWN": (1.05, 0.95, 0.5),
    "IWO": (1.15, 1.05, -0.5),
    "XSMO": (1.0, 0.9, 0.2),
    "IJR": (1.0, 0.95, 0.35),
}
"""Of the market, of size, of value."""


@cache
def quotes(count: int) -> FloatArray:
    """(count,) the yield in percent."""
    level, found = 3.0, [3.0]
    for step in np.random.default_rng(7).normal(0.0, 0.055, count - 1).tolist():
        level = 3.5 + 0.997 * (level - 3.5) + step
        found.append(level)
    return np.array(found)


@cache
def levels(count: int = LONG) -> Mapping[str, FloatArray]:
    """Levels by symbol, the yield among them: funds load on a market, a size and a value factor."""
    noise = np.random.default_rng(14)
    market, size, value = noise.normal([[3e-4], [0.0], [0.0]], [[0.011], [0.005], [0.005]], (3, count - 1))
    market[count // 3 : count // 3 + 60] -= 0.004
    market[count // 3 + 60 : count // 3 + 200] += 0.002
    moves = np.diff(quotes(count)) / 100
    found: dict[str, FloatArray] = {YIELD: quotes(count)}
    for name in NAMES:
        own = noise.normal(1e-5, 0.0022 if name not in BONDS else 0.0006, count - 1)
        step = own - BONDS.get(name, 0.0) * moves
        for load, factor in zip(LOADS.get(name, ()), (market, size, value), strict=False):
            step = step + load * factor
        found[name] = np.append(100.0, 100.0 * np.cumprod(1.0 + step))
    return found


def world(*without: str, count: int = LONG, named: Mapping[str, str] | None = None) -> PricePanel:
    """The prices of all funds and proxies.  without : those that are not to be had; named : renamed ones"""
    given = named or {}
    kept = {given.get(name, name): row for name, row in levels(count).items() if name not in without}
    rows = np.array(list(kept.values()))
    volumes = np.full_like(rows, 1e6)
    currencies = ("USD",) * len(rows)
    return PricePanel(
        weekdays(count), tuple(kept), rows, rows, volumes, "Yahoo Finance", currencies=currencies
    )


def profiles() -> dict[str, FundProfile]:
    """Of the funds; those of bonds say so."""
    bonds = {name: FundProfile(name, Kind.FUND, name=f"{name} ETF", bonds=fact(0.99)) for name in BONDS}
    return {**PROFILES, **bonds}


@dataclass(frozen=True, eq=False)
class Evident:
    """A question with the prices it is answered from."""

    held: PricePanel
    question: Query

    @property
    def found(self) -> SectionAnswer:
        """Its comparison."""
        return SectionAnswer(compare(self.held, profiles(), self.question), (), ANN)

    @property
    def rates(self) -> RateAnswer:
        """Its sensitivities."""
        return rate_sensitivity(self.held, self.question, HISTORY)

    @property
    def regimes(self) -> RegimeAnswer:
        """Its kinds of months."""
        return regimes.regimes(self.held, self.question, HISTORY)

    @property
    def style(self) -> StyleAnswer:
        """Its styles."""
        return style.style(self.held, self.question, HISTORY)


def on(*symbols: str, held: PricePanel | None = None, **parts: object) -> Evident:
    return Evident(world() if held is None else held, ask(*(symbols or ("ISCB", "SPSM")), **parts))  # type: ignore[arg-type]


def with_doubt(symbol: str, change: float, kind: DoubtKind = DoubtKind.JUMP) -> PricePanel:
    """The prices with one of them that looks wrong, two years before the end."""
    held = world()
    at = held.sessions.size - 520
    rows = held.total_return.copy()
    rows[held.row(symbol), at] *= 1.0 + change
    day = held.sessions[at].item()
    return replace(held, total_return=rows, close=rows.copy(), doubts=(Doubt(kind, symbol, day, change),))


def long_names() -> Evident:
    """Six funds with the longest names."""
    return on(*LONG_NAMES, held=world(named=dict(zip(NAMES[:6], LONG_NAMES, strict=True))))


MOODS: Mapping[str, Callable[[], Evident]] = {
    "full": on,
    "one": lambda: on("ISCB"),
    "bonds": lambda: on("TLT", "IEF"),
    "three": lambda: on("ISCB", "SPSM", "IEF", market=True),
    "no_proxies": lambda: on(held=world(*PROXIES)),
    "no_yield": lambda: on(held=world(YIELD, "IWN")),
    "no_market": lambda: on(held=world("SPY")),
    "few_weeks": lambda: on(held=world(count=300)),
    "doubtful": lambda: on(held=with_doubt("SPSM", -0.3)),
    "grave": lambda: on(held=with_doubt("SPSM", -0.99, DoubtKind.UNIT)),
    "grave_proxy": lambda: on(held=with_doubt("SPY", -0.99, DoubtKind.UNIT)),
    "long_names": long_names,
    "proxy_itself": lambda: on("SPY", "TLT"),
}


@cache
def asked(mood: str) -> Evident:
    """The question of that mood."""
    return MOODS[mood]()
