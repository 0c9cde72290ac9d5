"""What is to be compared: the question, without its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analytics.returns import BILL_SYMBOL, ZERO, Rate
from analytics.window import Window


@dataclass(frozen=True)
class Query:
    """What is to be compared.

    symbols : one or more, in the order of the columns
    benchmark : what relative measures are held against; None for the last of `symbols`
    as_of : nothing after this day is used
    weekly : risk and relative figures from weekly returns, Friday to Friday, instead of daily ones
    """

    symbols: tuple[str, ...]
    window: Window
    as_of: date
    benchmark: str | None = None
    rate: Rate = ZERO
    weekly: bool = False

    @property
    def against(self) -> str | None:
        """The benchmark in force: the one named, else the last of two or more funds."""
        return self.benchmark or (self.symbols[-1] if len(self.symbols) > 1 else None)

    @property
    def priced(self) -> tuple[str, ...]:
        """Every symbol whose prices are needed, the asked ones first."""
        extra = (self.benchmark, BILL_SYMBOL if self.rate.annual is None else None)
        return tuple(dict.fromkeys([*self.symbols, *(symbol for symbol in extra if symbol)]))
