"""Mixes of funds by weight: how one is written as a symbol, and its levels by a rebalancing rule.

A mix is a symbol like any other, in one word that says all of it, so that whoever keeps the symbol keeps the
definition: `60%ISCB+40%TLT`, `50%SPY+50%cash@4%:never`, `core@2=40%SPSM+30%ISCB+30%AVUV:monthly`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
DateArray = NDArray[np.datetime64]

CASH = "cash"
"""The part of a mix that is in no fund; it earns the risk-free rate of the question."""
MOST_COMPONENTS = 10
SLACK = 0.1
"""Percentage points by which weights may miss 100: they are rounded."""
SHORT_LABEL = 24
"""Letters of weights and symbols that fit the head of a column or the end of a line."""
NAME = r"[a-z]{2,20}"


class Rebalancing(StrEnum):
    """When the weights of a mix are set back to those it was given: at the last close of each period."""

    NEVER = "never"
    DAILY = "daily"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"

    @property
    def words(self) -> str:
        """Say when the weights are set back."""
        return _RESETS[self]

    def resets(self, sessions: DateArray) -> BoolArray:
        """Find the sessions at whose close the weights are set back: the first, then the last of each period.

        Parameters
        ----------
        sessions : (T,) datetime64[D], those that all parts have a price on

        Examples
        --------
        >>> days = np.array(["2025-12-30", "2025-12-31", "2026-01-30", "2026-02-02"], dtype="datetime64[D]")
        >>> [rule.resets(days).tolist() for rule in (Rebalancing.MONTHLY, Rebalancing.YEARLY)]
        [[True, True, True, False], [True, True, False, False]]
        """
        if self is Rebalancing.DAILY:
            return np.ones(sessions.size, dtype=np.bool_)
        out = np.zeros(sessions.size, dtype=np.bool_)
        out[:1] = True
        if self is not Rebalancing.NEVER:
            period = sessions.astype("datetime64[M]").astype(np.int64) // _MONTHS[self]
            out[:-1] |= np.diff(period) != 0
        return out


_RESETS = {
    Rebalancing.NEVER: "the weights are set once, at the close that a window begins with",
    Rebalancing.DAILY: "the weights are set back at every close",
    Rebalancing.MONTHLY: "the weights are set back at the last close of each month",
    Rebalancing.QUARTERLY: "the weights are set back at the last close of each quarter",
    Rebalancing.YEARLY: "the weights are set back at the last close of each year",
}
_MONTHS = {Rebalancing.MONTHLY: 1, Rebalancing.QUARTERLY: 3, Rebalancing.YEARLY: 12}


@dataclass(frozen=True)
class Component:
    """A fund of a mix, or its cash.  symbol : of the fund, or `CASH`.  percent : 60.0 = 60 %, above 0."""

    symbol: str
    percent: float

    @property
    def weight(self) -> float:
        """Give the weight as a fraction."""
        return self.percent / 100.0

    @property
    def text(self) -> str:
        """Write the weight without zeros that tell nothing: "60", "33.3"."""
        return f"{self.percent:.4f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Mix:
    """Funds by weight, and when the weights are set back.

    components : in the order given; their percentages add up to 100, what is rounded off aside
    cash_rate : what `CASH` earns, fraction a year; None for the 13-week bill of each day
    name, version : of one that a workspace has named; empty and 0 for one that nobody has
    """

    components: tuple[Component, ...]
    rebalancing: Rebalancing = Rebalancing.QUARTERLY
    cash_rate: float | None = 0.0
    name: str = ""
    version: int = 0

    @property
    def symbol(self) -> str:
        """Write the mix as a symbol; `mix_of` reads it back."""
        head = f"{self.name}@{self.version}=" if self.name else ""
        tail = "" if self.rebalancing is Rebalancing.QUARTERLY else f":{self.rebalancing.value}"
        components = (
            f"{each.text}%{each.symbol}{self._rate if each.symbol == CASH else ''}"
            for each in self.components
        )
        return f"{head}{'+'.join(components)}{tail}"

    @property
    def funds(self) -> tuple[str, ...]:
        """Name the symbols whose prices it is made from."""
        return tuple(each.symbol for each in self.components if each.symbol != CASH)

    @property
    def cash(self) -> float:
        """Give the part in cash, fraction."""
        return sum(each.weight for each in self.components if each.symbol == CASH)

    @property
    def weights(self) -> FloatArray:
        """Give (K,) weights of the components in their order as fractions; they add up to 1 exactly."""
        given = np.array([each.percent for each in self.components])
        return np.asarray(given / given.sum())

    @property
    def typed(self) -> str:
        """Write the mix as people type it: "60% ISCB 40% TLT", "core@2"."""
        if self.name:
            return f"{self.name}@{self.version}"
        usual = self.rebalancing is Rebalancing.QUARTERLY
        components = " ".join(
            f"{each.text}% {'$' * (each.symbol == CASH.upper())}{each.symbol}" for each in self.components
        )
        return components if usual else f"{components} rebalanced {self.rebalancing.value}"

    @property
    def label(self) -> str:
        """Write a short name for tables and charts: "60/40 ISCB/TLT", "core", "Mix of 7"."""
        if self.name:
            return self.name
        rule = "" if self.rebalancing is Rebalancing.QUARTERLY else f" {self.rebalancing.value}"
        weights = "/".join(each.text for each in self.components)
        short = f"{weights} {'/'.join(each.symbol for each in self.components)}{rule}"
        return short if len(short) <= SHORT_LABEL else f"Mix of {len(self.components)}{rule}"

    @property
    def definition(self) -> str:
        """Say in full what it is: "60 % ISCB and 40 % TLT, rebalanced quarterly"."""
        earned = "the 13-week T-bill" if self.cash_rate is None else f"{self.cash_rate * 100:g}\u00a0% a year"
        return self._described(f"cash at {earned}")

    @property
    def plan(self) -> str:
        """Say the same where no question has told yet what cash earns."""
        return self._described("cash at the risk-free rate")

    def with_cash_rate(self, annual: float | None) -> Mix:
        """Let its cash earn another rate, fraction a year, None for the bill."""
        return replace(self, cash_rate=annual) if self.cash else self

    @property
    def _rate(self) -> str:
        if self.cash_rate is None:
            return "@tbill"
        return f"@{self.cash_rate * 100:.4f}".rstrip("0").rstrip(".") + "%" if self.cash_rate else ""

    def _described(self, cash: str) -> str:
        told = [
            f"{each.text}\u00a0% {cash if each.symbol == CASH else each.symbol}" for each in self.components
        ]
        listed = " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)
        rule = self.rebalancing
        return f"{listed}, {'never rebalanced' if rule is Rebalancing.NEVER else f'rebalanced {rule.value}'}"


_FUND = r"\^?[A-Z0-9]+(?:[.=-][A-Z0-9]+)*"
_COMPONENT = rf"\d{{1,3}}(?:\.\d{{1,4}})?%(?:cash(?:@(?:\d{{1,2}}(?:\.\d{{1,4}})?%|tbill))?|{_FUND})"
_COMPONENTS = rf"(?:(?P<name>{NAME})@(?P<version>\d{{1,6}})=)?(?P<components>{_COMPONENT}(?:\+{_COMPONENT})*)"
_RULES = "|".join(rule.value for rule in Rebalancing)
_WHOLE = re.compile(rf"{_COMPONENTS}(?::(?P<rule>{_RULES}))?")
WORD = re.compile(
    rf"(?<![\w%+@^])(?:{NAME}@\d{{1,6}}={_COMPONENT}|{_COMPONENT}\+{_COMPONENT})(?:\+{_COMPONENT})*"
    rf"(?::(?:{_RULES}))?(?![\w%])"
)
"""A mix among other words."""


@lru_cache(maxsize=4096)
def mix_of(symbol: str) -> Mix:
    """Read a mix from its symbol.

    Raises
    ------
    ValueError
        The symbol is none of a mix.

    Examples
    --------
    >>> mix_of("60%ISCB+40%TLT").label, mix_of("core@2=100%SPY:never").definition
    ('60/40 ISCB/TLT', '100\\xa0% SPY, never rebalanced')
    """
    found = _WHOLE.fullmatch(symbol)
    if not found:
        raise ValueError(f"{symbol!r} is no mix of funds")
    components, rate = [], 0.0 if "@tbill" not in symbol else None
    for text in found["components"].split("+"):
        percent, name = text.split("%", 1)
        if name.startswith(f"{CASH}@") and rate is not None:
            rate = round(float(name.removeprefix(f"{CASH}@").rstrip("%")) / 100.0, 8)
        components.append(Component(CASH if name.startswith(CASH) else name, float(percent)))
    rule = Rebalancing(found["rule"] or Rebalancing.QUARTERLY)
    return Mix(tuple(components), rule, rate, found["name"] or "", int(found["version"] or 0))


def mix_levels(parts: FloatArray, weights: FloatArray, resets: BoolArray) -> FloatArray:
    """Compute the level of a mix, 1 at the first close, from the levels of its parts.

    Each part begins with h_i = w_i; every session h_i becomes h_i (1 + r_i); at a reset h_i = w_i times the
    sum of all.  No cost, no tax.

    Parameters
    ----------
    parts : (K, T) levels of total return, all known and above 0
    weights : (K,) fractions that add up to 1
    resets : (T,) True where the weights are set back at the close; the first is one whatever it says

    Returns
    -------
    (T,) levels.

    References
    ----------
    R package PerformanceAnalytics, Return.portfolio (geometric, with rebalance_on); its figures are in
    tests/oracles/test_mixes.py.

    Examples
    --------
    A doubles, then halves; B stands still.  Half of each is worth 1.5, and, set back to halves there, 1.125;
    left alone it ends where it began:

    >>> parts, half = np.array([[1.0, 2.0, 1.0], [1.0, 1.0, 1.0]]), np.array([0.5, 0.5])
    >>> mix_levels(parts, half, np.array([True, True, True])).tolist()
    [1.0, 1.5, 1.125]
    >>> mix_levels(parts, half, np.array([True, False, False])).tolist()
    [1.0, 1.5, 1.0]
    """
    count = parts.shape[1]
    if not count:
        return np.empty(0)
    at = np.flatnonzero(resets)
    at = at if at.size and at[0] == 0 else np.append(0, at)
    # What a close grew from: the last reset before it.
    since = np.searchsorted(at, np.arange(count)) - 1
    since[0] = 0
    growth = weights @ (parts / parts[:, at[since]])
    whole = np.cumprod(growth[at])
    return np.asarray(whole[since] * growth)


def anchored_levels(
    mix: Mix, parts: FloatArray, sessions: DateArray, levels: FloatArray, first: int
) -> FloatArray:
    """Let a mix begin anew with its weights at one close, and go on from the level that it has there.

    Parameters
    ----------
    parts : (K, T) levels of its components in their order, NaN where one is not known
    levels : (T,) levels of the mix so far, NaN where one of its parts has none
    first : column of the close

    Returns
    -------
    (T,) levels, those up to `first` as they were; unchanged where the mix has none at `first`.

    Examples
    --------
    Half of each, never set back: A has doubled before the second close, from which on both weigh the same.

    >>> parts = np.array([[1.0, 2.0, 4.0], [1.0, 1.0, 1.0]])
    >>> days = np.array(["2026-01-14", "2026-01-15", "2026-01-16"], dtype="datetime64[D]")
    >>> half = mix_of("50%A+50%B:never")
    >>> anchored_levels(half, parts, days, np.array([1.0, 1.5, 2.5]), 1).tolist()
    [1.0, 1.5, 2.25]
    """
    known = np.flatnonzero(np.isfinite(levels))
    known = known[known >= first]
    if not known.size or known[0] != first:
        return levels
    fresh = mix_levels(parts[:, known], mix.weights, mix.rebalancing.resets(sessions[known]))
    out = levels.copy()
    out[known] = levels[first] * fresh
    return out


def currency_words(currencies: Iterable[str | None]) -> str:
    """Say that the funds of a mix are in several currencies, of which none is converted; "" of one.

    >>> currency_words(["USD", "EUR"]), currency_words(["USD", None])
    ('; EUR and USD, each return in its own currency', '')
    """
    known = sorted({currency for currency in currencies if currency})
    return f"; {' and '.join(known)}, each return in its own currency" if len(known) > 1 else ""


def labels_of(symbols: Sequence[str]) -> dict[str, str]:
    """Give each of several mixes a label of its own: versions and a count tell apart those that share one.

    Examples
    --------
    >>> labels_of(["core@1=100%SPY", "core@2=100%IWM", "60%A+40%B"])
    {'core@1=100%SPY': 'core v1', 'core@2=100%IWM': 'core v2', '60%A+40%B': '60/40 A/B'}
    """
    found = {symbol: mix_of(symbol) for symbol in dict.fromkeys(symbols)}
    labels = [mix.label for mix in found.values()]
    out: dict[str, str] = {}
    for symbol, mix in found.items():
        label = mix.label
        if labels.count(label) > 1:
            label = (
                f"{label} v{mix.version}" if mix.name else f"{label} ({list(out.values()).count(label) + 1})"
            )
            while label in out.values():
                label = f"{label}'"
        out[symbol] = label
    return out
