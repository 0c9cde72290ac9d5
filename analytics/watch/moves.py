"""What moved a value since the session before: the sessions that left its window, and what entered it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from analytics.panel import DateArray, PricePanel
from analytics.watch.quantities import Coming, quantities_at
from analytics.watch.rules import Quantity
from analytics.window import Window

MOST_SESSIONS = 10
"""That may leave or enter: a window that begins anew, as `ytd` does in January, is another window."""
_SAME = 1e-9


@dataclass(frozen=True)
class SessionEffect:
    """What one session did to a value by leaving or entering its window.

    returns : the total return of each fund on it, fraction, in the order of the quantity's
    effect : what the value changed by, in its unit
    """

    session: date
    returns: tuple[tuple[str, float], ...]
    effect: float


@dataclass(frozen=True)
class WindowMove:
    """A value on two sessions that follow each other, and what lies between.

    The effects sum to the change: the window is shortened by one session after another, then lengthened;
    first lengthened where the shorter one defines no value.  In another order a session's share would be a
    little different.
    """

    before: date
    value_before: float
    after: date
    value_after: float
    left: tuple[SessionEffect, ...]
    entered: tuple[SessionEffect, ...]


def find_move(
    quantity: Quantity, panel: PricePanel, session: date, coming: Coming | None = None
) -> WindowMove | None:
    """Work out what moved a quantity from the session before to this one.

    Parameters
    ----------
    panel : holds every symbol of the quantity
    session : one of the quantity's own

    Returns
    -------
    None where there is no window, no session before, a value that is not known in between, or a window that
    lies elsewhere altogether.  A year less a session goes on to count as a year.

    Examples
    --------
    Ten per cent left the month's window and two entered it.

    >>> from analytics.window import Window
    >>> days = np.busday_offset(np.datetime64("2025-12-01"), np.arange(25))
    >>> level = np.full(25, 110.0)
    >>> level[0], level[24] = 100.0, 112.2
    >>> levels = level[None]
    >>> panel = PricePanel(days, ("AAA",), levels, levels, np.full((1, 25), np.nan), "by hand")
    >>> month = Quantity("total_return", "AAA", window=Window("1m"))
    >>> move = find_move(month, panel, date(2026, 1, 2))
    >>> [(each.session.isoformat(), round(each.effect, 6)) for each in (*move.left, *move.entered)]
    [('2025-12-02', -0.1), ('2026-01-02', 0.02)]
    """
    sessions = _own_sessions(quantity, panel)
    at = int(np.searchsorted(sessions, np.datetime64(session, "D")))
    if quantity.windowless or at == 0 or at >= sessions.size or sessions[at] != np.datetime64(session, "D"):
        return None
    ends = sessions[at - 1 : at + 1]
    found = quantities_at([quantity], panel, np.searchsorted(panel.sessions, ends), coming)
    (old, new), (first, last) = found.values[0], found.since[0]
    if not np.isfinite([old, new]).all() or np.isnat([first, last]).any() or last < first:
        return None
    leaving = sessions[(sessions > first) & (sessions <= last)]
    if leaving.size > MOST_SESSIONS:
        return None
    bases = [first, *leaving]
    steps = _steps(quantity, panel, [(base, ends[0]) for base in bases] + [(last, ends[1])], coming)
    order = [*leaving, ends[1]]
    if steps is None:  # what takes a whole year cannot be told of a day less
        steps = _steps(quantity, panel, [(first, ends[0])] + [(base, ends[1]) for base in bases], coming)
        order = [ends[1], *leaving]
    if steps is None or not np.allclose([steps[0], steps[-1]], [old, new], rtol=_SAME, atol=_SAME):
        return None
    effects = [
        SessionEffect(day.item(), _returns(quantity, panel, sessions, day), float(step))
        for day, step in zip(order, np.diff(steps), strict=True)
    ]
    entered = tuple(each for each in effects if each.session == ends[1].item())
    left = tuple(each for each in effects if each not in entered)
    return WindowMove(ends[0].item(), float(old), ends[1].item(), float(new), left, entered)


@dataclass(frozen=True)
class _BegunWindow(Window):
    """A window that begins on a close, and goes on to count as the months that it was asked for."""

    counted: int | None = None

    @property
    def months(self) -> int | None:
        """How many months it counts as."""
        return self.counted


def _begin_window(window: Window, base: np.datetime64) -> _BegunWindow:
    """Return the window from the close of a base session on."""
    begun: date = base.astype("datetime64[D]").astype(object)
    return _BegunWindow(f"since {begun}", begun, counted=window.months)


def _own_sessions(quantity: Quantity, panel: PricePanel) -> DateArray:
    if panel.held is None or quantity.windowless:
        return panel.sessions
    rows = [panel.row(symbol) for symbol in quantity.shared]
    own: DateArray = panel.sessions[panel.held[rows].all(axis=0)]
    return own


def _steps(
    quantity: Quantity,
    panel: PricePanel,
    spans: Sequence[tuple[np.datetime64, np.datetime64]],
    coming: Coming | None,
) -> list[float] | None:
    """Read a quantity on spans from a base close to a session; None where one is undefined."""
    values = list[float]()
    for end in dict.fromkeys(end for _, end in spans):
        quantities = [
            replace(quantity, window=_begin_window(quantity.window, base))
            for base, until in spans
            if until == end
        ]
        column = np.searchsorted(panel.sessions, [end])
        values += quantities_at(quantities, panel, column, coming).values[:, 0].tolist()
    return values if np.isfinite(values).all() else None


def _returns(
    quantity: Quantity, panel: PricePanel, sessions: DateArray, day: np.datetime64
) -> tuple[tuple[str, float], ...]:
    at = int(np.searchsorted(sessions, day))
    columns = np.searchsorted(panel.sessions, sessions[at - 1 : at + 1])
    found = []
    for symbol in quantity.shared:
        base, level = panel.total_return[panel.row(symbol), columns]
        if np.isfinite([base, level]).all():
            found.append((symbol, float(level / base - 1.0)))
    return tuple(found)
