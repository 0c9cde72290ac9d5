"""What has become of a rule's funds since it fired: total returns from that close to the newest one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.notes import INTEREST_RATES
from analytics.panel import PricePanel
from analytics.watch.rules import Rule


@dataclass(frozen=True)
class Since:
    """An incident so far.

    fired, session : it is told from the close of the one to the close of the other
    sessions : of the rule from the first to the last, both included; 1 on the session on which it fired
    returns : by fund its total return as a fraction, -0.012 = -1.2 %, in its own currency; None where no
        price is known of either close
    """

    fired: date
    session: date
    sessions: int
    returns: tuple[tuple[str, float | None], ...] = ()


def since_fired(rule: Rule, panel: PricePanel, fired: date, session: date) -> Since | None:
    """Compute how the funds of a rule and the fund to look at have done since it fired.

    Of a fund whose exchange rested on one of the two days, the close of its session before is taken; a price
    that is missing on a session of its own is not made up for.  An index of interest rates has no return.

    Parameters
    ----------
    rule : that fired
    panel : of its symbols; sessions after `session` are ignored
    fired, session : days, the first not after the second

    Returns
    -------
    None for a rule that reads no prices, and where the panel lacks one of its funds or of the days.

    Examples
    --------
    >>> from analytics.watch.rules import Condition, Op, Quantity
    >>> days = np.array(["2026-01-22", "2026-01-23", "2026-01-26"], dtype="datetime64[D]")
    >>> levels = np.array([[100.0, 99.0, 98.8]])
    >>> panel = PricePanel(days, ("AAA",), levels, levels, np.full((1, 3), np.nan), "by hand")
    >>> rule = Rule((Condition(Quantity("sortino", "AAA"), Op.BELOW, 1.0),))
    >>> found = since_fired(rule, panel, date(2026, 1, 22), date(2026, 1, 26))
    >>> found.sessions, [(fund, round(value, 4)) for fund, value in found.returns]
    (3, [('AAA', -0.012)])
    """
    priced = [condition.quantity for condition in rule.conditions if not condition.quantity.is_fact]
    needed = dict.fromkeys(symbol for quantity in priced for symbol in quantity.shared)
    first, last = np.searchsorted(panel.sessions, np.array([fired, session], dtype="datetime64[D]")).tolist()
    known = _is(panel, first, fired) and _is(panel, last, session)
    if not needed or not known or not all(symbol in panel.symbols for symbol in needed):
        return None
    sessions = last - first + 1
    if panel.held is not None:
        held = panel.held[[panel.row(symbol) for symbol in needed], first : last + 1]
        sessions = int(np.count_nonzero(held.all(axis=0)))
    returns = tuple((fund, _return(panel, fund, first, last)) for fund in _funds(rule))
    return Since(fired, session, sessions, returns)


def _funds(rule: Rule) -> Sequence[str]:
    """Return the funds that a rule is about, and the one to look at; no benchmark, which it is only read
    against.
    """
    read = (condition.quantity for condition in rule.conditions)
    named = [*(symbol for quantity in read for symbol in (quantity.symbol, quantity.other)), rule.then]
    return [symbol for symbol in dict.fromkeys(named) if symbol and symbol not in INTEREST_RATES]


def _is(panel: PricePanel, column: int, day: date) -> bool:
    return column < panel.sessions.size and bool(panel.sessions[column] == np.datetime64(day, "D"))


def _return(panel: PricePanel, fund: str, first: int, last: int) -> float | None:
    if fund not in panel.symbols:
        return None
    row = panel.row(fund)
    base, end = _close(panel, row, first), _close(panel, row, last)
    return end / base - 1.0 if base == base and end == end else None


def _close(panel: PricePanel, row: int, column: int) -> float:
    """Return the level on a fund's newest session up to a column, NaN where it is not known."""
    if panel.held is not None:
        held = np.flatnonzero(panel.held[row, : column + 1])
        if not held.size:
            return float("nan")
        column = int(held[-1])
    return float(panel.total_return[row, column])
