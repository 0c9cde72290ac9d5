"""Whole lists of the sample market's funds on two days: made-up companies whose prices explain the funds'.

Their weights agree with the facts of `sample_funds`: the ten largest, the sectors, the number of positions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from analytics.fund import FundProfile
from analytics.holdings import AssetKind, Constituent, HoldingsList
from analytics.panel import FloatArray, PricePanel
from bot.market import reference
from bot.market.sample_funds import CURRENCY, DAY, FACTS, HOLDINGS, SECTORS, SIMULATED, WEIGHTS
from bot.ports import Finding, Level, Prices

FIRST_LIST = date(2025, 1, 16)
SEED = 2607
CASH = 0.004
"""Part of the net assets of every fund."""

_LARGE, _MID, _SMALL = range(101, 1001), range(1001, 1801), (*range(1, 101), *range(2001, 5301))
_UNIVERSES: Mapping[str, Sequence[int]] = {
    "SPY": _LARGE,
    "QQQ": _LARGE,
    "SPMD": (*range(1, 101), *_MID),
    "VB": (*_MID, *_SMALL),
}
"""Companies that a fund may hold; small ones where it is not named."""
_FAMILIES = {"IJR": "SPSM", "XSMO": "SPSM", "IWN": "IWM", "IWO": "IWM"}
"""Funds that choose as another one does, out of the same index."""
_TOP_SECTORS = (
    *("Technology", "Technology", "Technology", "Communication Services", "Consumer Cyclical"),
    *("Communication Services", "Consumer Cyclical", "Healthcare", "Financial Services"),
    *("Consumer Defensive", "Technology", "Healthcare", "Consumer Defensive"),
)
"""Of the thirteen largest companies, from number 101 on."""
_COMMON = ("Industrials", "Financial Services", "Technology", "Healthcare", "Consumer Cyclical")
_SPREAD = 0.32
"""Of what companies return in a year, as a standard deviation of logarithms."""
_ROUNDS = 60
_EXACT, _RIDGE = 1e-7, 1e-6


@dataclass(frozen=True, eq=False)
class _Companies:
    """Made-up companies.

    numbers : C; sectors : (C,) rows of SECTORS; sizes : (C,) on no scale; at : row by number
    """

    numbers: tuple[int, ...]
    sectors: np.ndarray[tuple[int], np.dtype[np.int64]]
    sizes: FloatArray
    at: Mapping[int, int]


def _companies() -> _Companies:
    numbers = tuple(sorted({*_LARGE, *_MID, *_SMALL}))
    draws = np.random.default_rng(SEED)
    likely = np.array([WEIGHTS["ISCB"], WEIGHTS["SPY"]]).mean(axis=0)
    sectors = draws.choice(len(SECTORS), size=len(numbers), p=likely / likely.sum())
    sizes = np.exp(draws.normal(0.0, 0.9, len(numbers)))
    at = {number: row for row, number in enumerate(numbers)}
    for number in range(1, 57):
        sectors[at[number]] = SECTORS.index(_COMMON[number % len(_COMMON)])
    for number, sector in enumerate(_TOP_SECTORS, 101):
        sectors[at[number]] = SECTORS.index(sector)
    return _Companies(numbers, sectors, sizes, at)


class SampleLists:
    """Lists of the simulated funds; made when they are first asked for.

    prices : of the sample market: what companies returned explains what the funds did
    """

    def __init__(self, prices: Prices) -> None:
        self._prices = prices
        self._earned: Mapping[str, float] | None = None
        self._lists: dict[str, tuple[HoldingsList, ...]] = {}

    async def lists(self, profiles: Mapping[str, FundProfile]) -> Mapping[str, tuple[HoldingsList, ...]]:
        """Return the lists of both days; none of a fund without shares, and none before the second day."""
        if self._earned is None:
            history = await self._prices.history(list(WEIGHTS), DAY)
            self._earned = _price_returns(history.panel)
        if not self._earned:
            self._earned = None
            return {}
        for symbol in profiles:
            if symbol in WEIGHTS and symbol not in self._lists:
                self._lists[symbol] = await asyncio.to_thread(self._make, symbol)
        return {symbol: self._lists[symbol] for symbol in profiles if symbol in self._lists}

    async def examine(self) -> tuple[Finding, ...]:
        """Say that lists are simulated as prices are."""
        return (
            Finding(Level.OK, f"Holdings: simulated lists of {len(WEIGHTS)} funds, {FIRST_LIST} and {DAY}."),
        )

    @cached_property
    def _world(self) -> tuple[_Companies, Mapping[str, FloatArray], FloatArray, FloatArray]:
        """Give the companies, weights by fund on the second day, and prices (2, C) on both days."""
        assert self._earned
        companies = _companies()
        weights = {symbol: _weights(symbol, companies) for symbol in WEIGHTS}
        shrunk = _shrink(companies, weights, self._earned)
        last = np.round(np.random.default_rng(SEED + 1).uniform(8.0, 320.0, len(companies.numbers)), 2)
        return companies, weights, last * shrunk, last

    def _make(self, symbol: str) -> tuple[HoldingsList, ...]:
        companies, weights, first, last = self._world
        now = weights[symbol]
        value = now * FACTS[symbol].assets * 1e6 * (1 - CASH)
        quantities = np.round(value / last)
        before = quantities * first
        return tuple(
            HoldingsList(
                symbol,
                day,
                SIMULATED,
                (*_constituents(companies, parts, quantities, prices), _cash()),
                reference.MORNINGSTAR,
            )
            for day, parts, prices in ((FIRST_LIST, before / before.sum(), first), (DAY, now, last))
        )


def _constituents(
    companies: _Companies, parts: FloatArray, quantities: FloatArray, prices: FloatArray
) -> list[Constituent]:
    return [
        Constituent(
            f"Sample Holding {companies.numbers[row]}",
            float(parts[row]) * (1 - CASH),
            isin=f"ZZSAMPLE{companies.numbers[row]:04d}",
            sector=SECTORS[companies.sectors[row]],
            quantity=float(quantities[row]),
            price=float(prices[row]),
            currency=CURRENCY,
        )
        for row in np.flatnonzero(parts > 0)
    ]


def _cash() -> Constituent:
    return Constituent("US DOLLAR", CASH, kind=AssetKind.CASH, currency=CURRENCY)


def _price_returns(panel: PricePanel) -> dict[str, float]:
    """Return what each fund's price returned between both days; nothing before the second one."""
    days = np.array([FIRST_LIST, DAY], dtype="datetime64[D]")
    at = np.searchsorted(panel.sessions, days)
    if at[1] >= panel.sessions.size or (panel.sessions[at] != days).any():
        return {}
    first, last = panel.close[:, at].T
    return dict(zip(panel.symbols, (last / first - 1.0).tolist(), strict=True))


def _weights(symbol: str, companies: _Companies) -> FloatArray:
    """Return the weights of a fund on the second day, fractions of its shares, (C,) summing to 1.

    Its ten largest and its sectors are those of its facts; the others are smaller than the tenth.
    """
    numbers, largest, ratio = HOLDINGS[symbol]
    top = {companies.at[number]: largest / 100 * ratio**rank for rank, number in enumerate(numbers)}
    target = np.array(WEIGHTS[symbol]) / sum(WEIGHTS[symbol])
    found, most = np.zeros(len(companies.numbers)), min(top.values()) * 0.98
    found[list(top)] = list(top.values())
    found /= 1 - CASH  # what the facts tell is of net assets
    for sector, rows in enumerate(_chosen(symbol, companies, set(top), target)):
        held = float(found[companies.sectors == sector].sum())
        found[rows] = _fill(companies.sizes[rows], float(target[sector]) - held, most)
    parts: FloatArray = found / found.sum()
    return parts


def _chosen(symbol: str, companies: _Companies, top: set[int], target: FloatArray) -> list[list[int]]:
    """Choose the companies of each sector, beside the ten largest; funds of one family choose alike."""
    family = sum(map(ord, _FAMILIES.get(symbol, symbol)))
    tastes = np.random.default_rng(SEED + family).normal(0.0, 1.0, len(companies.numbers))
    liking = np.log(companies.sizes) + 0.7 * tastes
    allowed = sorted({companies.at[number] for number in _UNIVERSES.get(symbol, _SMALL)} - top)
    ranked = sorted(allowed, key=lambda row: -liking[row])
    pools = [[row for row in ranked if companies.sectors[row] == sector] for sector in range(len(SECTORS))]
    there = np.array([len(pool) for pool in pools])
    number = FACTS[symbol].count - len(top)
    wanted = np.minimum(there, np.maximum(1, np.round(target * number).astype(int)))
    while (lacking := number - int(wanted.sum())) != 0:
        room = there - wanted if lacking > 0 else wanted - 1
        most = int(room.argmax())
        wanted[most] += min(lacking, int(room[most])) if lacking > 0 else max(lacking, -int(room[most]))
    return [pool[:size] for pool, size in zip(pools, wanted, strict=True)]


def _fill(sizes: FloatArray, total: float, most: float) -> FloatArray:
    """Share a sum out by size, none getting more than `most` where there is room for that."""
    most = max(most, total / sizes.size)
    parts: FloatArray = sizes / sizes.sum() * total
    for _ in range(_ROUNDS):
        over = parts > most
        spare = float((parts[over] - most).sum())
        if spare <= 0 or over.all():
            break
        parts[over] = most
        parts[~over] += parts[~over] / parts[~over].sum() * spare
    return parts


def _shrink(
    companies: _Companies, weights: Mapping[str, FloatArray], earned: Mapping[str, float]
) -> FloatArray:
    """Return the price of each company on the first day over that on the second.

    Drawn at random, then moved as little as makes every fund return what its own price did: of a fund that
    has held the same shares, the weights on the second day times these add up to 1 / (1 + return).
    """
    draws = np.random.default_rng(SEED + 2)
    sector = draws.normal(0.0, 0.09, len(SECTORS))[companies.sectors]
    drawn = np.exp(-(sector + draws.normal(0.0, _SPREAD, len(companies.numbers))))
    held = np.array(list(weights.values()))
    wanted = np.array([1.0 / (1.0 + earned[symbol]) for symbol in weights])
    drawn *= float(np.mean(wanted / (held @ drawn)))
    for _ in range(_ROUNDS):
        lacking, scaled = wanted - held @ drawn, held * drawn
        if np.abs(lacking).max() < _EXACT:
            break
        square = scaled @ scaled.T
        moved = scaled.T @ np.linalg.solve(square + _RIDGE * np.trace(square) * np.eye(len(held)), lacking)
        drawn = np.clip(drawn * np.clip(1.0 + moved, 0.8, 1.25), 0.4, 2.2)
    return drawn
