"""Made-up histories as a source would tell them, before and after somebody spoilt them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from analytics.panel import Doubt, FloatArray
from bot.market import checks
from bot.market.series import Events, Series
from tests.panels import weekdays

FIRST = "2023-01-02"


@dataclass(frozen=True, eq=False)
class World:
    """One symbol's rows on consecutive weekdays; what is spoilt is spoilt in a copy.

    close, adjusted : (T,); dividends, gains : (T,) a share; splits : (T,) new shares for an old one
    """

    close: FloatArray
    adjusted: FloatArray
    dividends: FloatArray
    gains: FloatArray
    splits: FloatArray
    symbol: str = "ISCB"
    lost: tuple[int, ...] = field(default=())

    def scaled(self, start: int, stop: int | None, factor: float) -> World:
        """Both closes of some rows times a factor."""
        spoilt = np.ones(self.close.size)
        spoilt[start:stop] = factor
        return replace(self, close=self.close * spoilt, adjusted=self.adjusted * spoilt)

    def splitting(self, row: int, factor: float) -> World:
        """With a split among the events."""
        splits = self.splits.copy()
        splits[row] = factor
        return replace(self, splits=splits)

    def without(self, *rows: int) -> World:
        """Without the prices of some rows; the events stay."""
        return replace(self, lost=(*self.lost, *rows))

    def readjusted(self, paid: FloatArray) -> World:
        """With these distributions in the adjusted close, whatever the events say."""
        kept = np.append(1 - paid[1:] / self.close[:-1], 1.0)
        return replace(self, adjusted=self.close * np.cumprod(kept[::-1])[::-1])

    @property
    def sessions(self) -> list[date]:
        """The day of each row."""
        days: list[date] = weekdays(FIRST, self.close.size).tolist()
        return days

    @property
    def series(self) -> Series:
        """As it reaches the checks."""
        close, adjusted = self.close.copy(), self.adjusted.copy()
        close[list(self.lost)] = adjusted[list(self.lost)] = np.nan
        days = weekdays(FIRST, close.size)
        return Series(self.symbol, days, adjusted, close, np.full_like(close, np.nan))

    @property
    def events(self) -> Events:
        """As they reach the checks."""
        return Events(self.dividends, self.gains, self.splits)

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What the checks find."""
        return checks.price_doubts(self.series, self.events)

    @property
    def told(self) -> list[tuple[str, int]]:
        """Kind and row of each doubt."""
        return [(doubt.kind.value, self.sessions.index(doubt.session)) for doubt in self.doubts]


def world(
    returns: FloatArray, *, every: int = 0, rate: float = 0.0, start: float = 50.0, symbol: str = "ISCB"
) -> World:
    """A fund with these returns (simple, after distributions), adjusted as Yahoo does.

    every, rate : sessions between distributions, and what part of the price before each one it pays
    """
    growth = np.cumprod(np.append(1.0, 1 + np.asarray(returns, dtype=np.float64)))
    pays = np.zeros(growth.size, dtype=np.bool_)
    if every:
        pays[every::every] = True
    close = start * growth * np.cumprod(np.where(pays, 1 - rate, 1.0))
    dividends = np.where(pays, rate * np.append(start, close[:-1]), 0.0)
    plain = World(close, close, dividends, np.zeros_like(close), np.ones_like(close), symbol)
    return plain.readjusted(dividends)


def draws(count: int, volatility: float = 0.01, seed: int = 7) -> FloatArray:
    """Returns of so many sessions, normal, without drift."""
    return np.asarray(np.random.default_rng(seed).normal(0.0, volatility, count))
