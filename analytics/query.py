"""What is to be compared: the question, without its answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from analytics.fund import FundProfile, funds_of, latest_index_change
from analytics.returns import BILL_SYMBOL, ZERO, Rate
from analytics.window import REGIME, REGIME_MONTHS, Window, parse

PAIR = 2
MARKET = "SPY"
"""The broad market of what is listed in the United States."""
_ELSEWHERE = re.compile(r"\.|-[A-Z]{3}$|=")
"""In a symbol: another exchange (VWCE.DE), a coin (BTC-USD), a currency or a future (GC=F)."""


@dataclass(frozen=True)
class Query:
    """What is to be compared.

    symbols : one or more, in the order of the columns
    benchmark : what relative measures are held against; None for the one that `against` chooses
    as_of : nothing after this day is used
    weekly : risk and relative figures from weekly returns, Friday to Friday, instead of daily ones
    market : whether more than two funds are held against the broad market where no benchmark is named
    """

    symbols: tuple[str, ...]
    window: Window
    as_of: date
    benchmark: str | None = None
    rate: Rate = ZERO
    weekly: bool = False
    market: bool = False

    @property
    def against(self) -> str | None:
        """The benchmark in force: the one named, else the second of a pair, of more funds the broad market.

        None for one fund alone, for several without `market`, and where not all are listed in the United
        States.
        """
        if self.benchmark or len(self.symbols) < PAIR:
            return self.benchmark
        if len(self.symbols) == PAIR:
            return self.symbols[-1]
        parts = (fund for symbol in self.symbols for fund in funds_of(symbol))
        return MARKET if self.market and not any(map(_ELSEWHERE.search, parts)) else None

    @property
    def funds(self) -> tuple[str, ...]:
        """What is asked about, and the benchmark that was named."""
        return tuple(dict.fromkeys([*self.symbols, *([self.benchmark] if self.benchmark else [])]))

    @property
    def priced(self) -> tuple[str, ...]:
        """Every symbol whose prices are needed, the asked ones first."""
        bill = [BILL_SYMBOL] if self.rate.annual is None else []
        return tuple(dict.fromkeys([*self.funds, *([self.against] if self.against else []), *bill]))


def settle_regime(query: Query, profiles: Mapping[str, FundProfile]) -> Query:
    """Turn the window `since regime` into the dates it stands for; another window is left as it is.

    It begins with the newest change of index of any fund asked about, or of the one they are held against;
    five years ago where none is known to have changed its index, or nothing is known of the funds.

    Parameters
    ----------
    profiles : by symbol, of a mix those of its funds; a fund without one is known to have changed nothing

    Examples
    --------
    >>> from analytics.fund import IndexChange, Kind
    >>> fund = FundProfile("AAA", Kind.FUND, index_changes=(IndexChange(date(2021, 3, 19), "Index B"),))
    >>> asked = Query(("AAA", "BBB"), parse("since regime"), date(2026, 1, 16))
    >>> settle_regime(asked, {"AAA": fund}).window.label, settle_regime(asked, {}).window.label
    ('since 2021-03-19', '5y')
    """
    if query.window.label != REGIME:
        return query
    parts = (fund for symbol in query.funds for fund in (symbol, *funds_of(symbol)))
    known = [profiles[fund] for fund in parts if fund in profiles]
    found = latest_index_change(known, query.as_of)
    label = f"since {found[1].on}" if found else f"{REGIME_MONTHS // 12}y"
    return replace(query, window=parse(label))
