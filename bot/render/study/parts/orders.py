"""An amount held or traded in each fund: the fee in money, its part of the assets, days to trade it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.comparison import Comparison
from analytics.fund import Kind
from analytics.measures.liquidity import days_to_trade
from bot.render import text
from bot.render.comparison.rows import TICKET
from bot.render.comparison.values import Values, facts, one_currency, priced_in, stated_in, traded


@dataclass(frozen=True)
class Order:
    """An amount held or traded in each of the funds, and what is known of them.

    unit : the currency of all prices, None where the funds have several or it is not known
    fees, sizes, traded : fraction a year, assets, value traded a day; None where not known
    """

    comparison: Comparison
    amount: float
    unit: str | None
    fees: Values
    sizes: Values
    traded: Values

    @classmethod
    def of(cls, comparison: Comparison, amount: float | None) -> Order:
        """The amount asked, else the one that every comparison shows."""
        values = (facts(comparison, "expense_ratio"), facts(comparison, "assets"), traded(comparison))
        funds = [
            None if profile and profile.kind is Kind.INDEX else 1.0
            for profile in map(comparison.profiles.get, comparison.symbols)
        ]
        return cls(comparison, amount or TICKET, one_currency(priced_in(comparison), funds), *values)

    @property
    def words(self) -> str:
        """ "25 M USD"; where funds have no currency in common, "25 M of its own currency"."""
        own = f"{text.NBSP}{self.unit}" if self.unit else " of its own currency"
        return f"{text.money(self.amount)}{own}"

    @property
    def paid(self) -> list[float | None]:
        """The fee on the amount, a year."""
        return [None if rate is None else rate * self.amount for rate in self.fees]

    @property
    def shares(self) -> list[float | None]:
        """The amount as a fraction of the assets, where both are known to be in one currency."""
        units = zip(self.sizes, priced_in(self.comparison), stated_in(self.comparison), strict=True)
        return [self.amount / size if size and paid and paid == held else None for size, paid, held in units]

    @property
    def waits(self) -> list[float | None]:
        """Days to trade the amount at PARTICIPATION of the value traded."""
        return [float(days_to_trade(self.amount, np.array(day))) if day else None for day in self.traded]

    def money(self, amount: float, symbol: str) -> str:
        """Show an amount traded, with the currency of the fund's prices where it is known."""
        return _with(amount, priced_in(self.comparison)[self.comparison.symbols.index(symbol)])

    def stated(self, amount: float, symbol: str) -> str:
        """Show an amount of the fund's profile, with its currency where that is known."""
        return _with(amount, stated_in(self.comparison)[self.comparison.symbols.index(symbol)])


def small(amount: float) -> str:
    """Money, with cents where it is a few units: 9876 -> "9.9 k", 0.4 -> "0.40"."""
    return f"{amount:.2f}" if 0 < abs(amount) < 9.995 else text.money(amount)


def _with(amount: float, unit: str | None) -> str:
    return f"{small(amount)}{text.NBSP}{unit}" if unit else small(amount)
