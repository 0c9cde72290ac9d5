"""An amount held or traded in each fund: the fee in money, its part of the assets, days to trade it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.comparison import Comparison
from analytics.measures.liquidity import days_to_trade
from bot.render import text
from bot.render.comparison.rows import TICKET
from bot.render.comparison.values import Values, currency, facts, traded


@dataclass(frozen=True)
class Order:
    """An amount held or traded in each of the funds, and what is known of them.

    unit : the currency of all amounts; "" where no profile tells it, None where each fund has its own
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
        return cls(comparison, amount or TICKET, currency(comparison), *values)

    @property
    def words(self) -> str:
        """ "25 M USD"; where funds differ in currency, "25 M of its own currency"."""
        own = " of its own currency" if self.unit is None else ""
        return f"{text.money(self.amount)}{own or _space(self.unit)}"

    @property
    def paid(self) -> list[float | None]:
        """The fee on the amount, a year."""
        return [None if rate is None else rate * self.amount for rate in self.fees]

    @property
    def shares(self) -> list[float | None]:
        """The amount as a fraction of the assets."""
        return [self.amount / size if size else None for size in self.sizes]

    @property
    def waits(self) -> list[float | None]:
        """Days to trade the amount at PARTICIPATION of the value traded."""
        return [float(days_to_trade(self.amount, np.array(day))) if day else None for day in self.traded]

    def money(self, amount: float, symbol: str) -> str:
        """An amount with its currency, that of the fund."""
        profile = self.comparison.profiles.get(symbol)
        unit = self.unit if self.unit is not None else profile.currency if profile else ""
        return f"{small(amount)}{_space(unit)}"


def small(amount: float) -> str:
    """Money, with cents where it is a few units: 9876 -> "9.9 k", 0.4 -> "0.40"."""
    return f"{amount:.2f}" if 0 < abs(amount) < 9.995 else text.money(amount)


def _space(unit: str | None) -> str:
    return f"{text.NBSP}{unit}" if unit else ""
