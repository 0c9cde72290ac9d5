"""Slow twins of watchpoints, written from their specification: one window at a time, one line of state.

They share nothing with `analytics` but the numbers that go in; None where there is no value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tests.oracles import slow
from tests.oracles.slow import Maybe, Series

MINIMUM = 15
MONTHS = {"1m": 1, "3m": 3, "6m": 6, "1y": 12, "18m": 18, "3y": 36}


@dataclass(frozen=True)
class Patience:
    """`x < threshold for confirm sessions, recovered at recover for so many`."""

    threshold: float
    recover: float
    confirm: int
    recovery: int
    crossing: bool = False


def value(
    name: str, days: list[date], own: list[Maybe], other: list[Maybe] | None, window: str, at: int
) -> Maybe:
    """A measure over the window that ends on session `at`; None unless there is a price on it and a base."""
    window_ = series(days, own, other, window, at)
    if window_ is None:
        return None
    found: Maybe = getattr(slow, name)(window_)
    return found


def series(
    days: list[date], own: list[Maybe], other: list[Maybe] | None, window: str, at: int
) -> Series | None:
    both = [None if other and other[i] is None else own[i] for i in range(len(days))]
    base = _base(days, both, window, at)
    if both[at] is None or base is None or base >= at:
        return None
    span = range(base, at + 1)
    against = [other[i] if other and both[i] is not None else None for i in span]
    held = [days[i] for i in span], [both[i] for i in span]
    following = days[at + 1] if at + 1 < len(days) else None
    rates: list[Maybe] = [0.0] * (at - base)
    return Series(*held, rates, against, MINIMUM, _years(days, window, base, at), following)


def _years(days: list[date], window: str, base: int, at: int) -> int | None:
    if window.endswith("y"):
        return int(window[:-1])
    december = all(days[i].month == 12 and slow.ends_month(days, i) for i in (base, at))
    return (days[at].year - days[base].year) if december else None


def _base(days: list[date], levels: list[Maybe], window: str, at: int) -> int | None:
    if window == "max":
        return next((i for i in range(len(days)) if levels[i] is not None), None)
    target = _target(days, window, at)
    for i in range(len(days) - 1, -1, -1):
        if days[i] <= target and levels[i] is not None:
            return i
    return None


def _target(days: list[date], window: str, at: int) -> date:
    if window == "mtd":
        return date(days[at].year, days[at].month, 1) - timedelta(days=1)
    if window == "ytd":
        return date(days[at].year - 1, 12, 31)
    return slow.months_back(days[at], MONTHS[window], from_month_end=slow.ends_month(days, at))


def since(
    days: list[date], fund: list[Maybe], held: list[bool], fired: date, session: date
) -> tuple[int, Maybe]:
    """Sessions of a fund's exchange from one day to another, both included, and its return between the two.

    On a day without a session of its own, its price is the one of its session before.
    """
    count, base, end = 0, None, None
    for at, today in enumerate(days):
        if not held[at] or today > session:
            continue
        end = fund[at]
        if today <= fired:
            base = fund[at]
        if today >= fired:
            count += 1
    return count, None if base is None or end is None else end / base - 1


DOUBT = "in doubt"
"""Instead of a value: a price of the session looks wrong."""


def story(
    values: Sequence[Maybe | str], rule: Patience, snoozes: Mapping[int, int] | None = None
) -> list[tuple[str, str | None]]:
    """The phase and the notice of every session, for a new rule `x < threshold`.

    snoozes: by the number of a session, for how many to come somebody then snoozes an open incident
    """
    out: list[tuple[str, str | None]] = []
    incident = seen_above = False
    told: set[str] = set()
    below = safe = 0
    quiet_through, reminder_owed = -1, False
    for at, x in enumerate(values):
        quiet = at <= quiet_through
        if incident and at - 1 in (snoozes or {}):
            quiet_through, reminder_owed = at - 1 + (snoozes or {})[at - 1], True
            quiet = at <= quiet_through
        if x is None or isinstance(x, str):
            trouble = x or "no data"
            out.append((trouble, None if quiet or trouble in told else trouble))
            if not quiet:
                told.add(trouble)
            continue
        told.clear()
        notice = None
        if not incident:
            counts = x < rule.threshold and (seen_above or not rule.crossing)
            below = below + 1 if counts else 0
            if below == rule.confirm:
                incident, safe, notice = True, 0, "fired"
        else:
            safe = safe + 1 if x >= rule.recover else 0
            if safe == rule.recovery:
                incident, below, notice = False, 0, None if quiet else "recovered"
                quiet_through, reminder_owed = -1, False  # a snooze ends with its incident
        seen_above = seen_above or x >= rule.threshold
        if incident and reminder_owed and not quiet and not safe:
            notice, reminder_owed = "still firing", False
        if incident:
            out.append(("recovering" if safe else "firing", notice))
        else:
            out.append(("pending" if below else "ok", notice))
    return out


def story_of_several(sessions: Sequence[Sequence[Maybe]], needed: int, rule: Patience) -> list[str]:
    """The phase of every session of a new rule: `needed` of several values lie below its threshold.

    sessions: the values of the conditions on each.  What is not known counts where it could
        change the answer.
    """
    out: list[str] = []
    incident, below, safe = False, 0, 0
    for values in sessions:
        known = [x for x in values if x is not None]
        limit = rule.recover if incident else rule.threshold
        held = sum(x < limit for x in known)
        if held < needed <= held + len(values) - len(known):
            out.append("no data")
        elif incident:
            safe = safe + 1 if held < needed else 0
            incident, below = safe < rule.recovery, 0
            out.append("recovering" if incident and safe else "firing" if incident else "ok")
        else:
            below = below + 1 if held >= needed else 0
            incident, safe = below == rule.confirm, 0
            out.append("firing" if incident else "pending" if below else "ok")
    return out


def last_close(closes: Sequence[Maybe], at: int) -> Maybe:
    """The price level of a session: its own close, whatever was paid out."""
    return closes[at]
