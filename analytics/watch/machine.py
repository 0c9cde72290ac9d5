"""The decisions of `analytics.watch.transitions` on many paths at once: when rules fire, and for how long.

A path is a row of sessions.  What people do to an incident and what is said of it plays no part: neither
changes when a rule fires or recovers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.panel import BoolArray, FloatArray
from analytics.watch.rules import Condition
from analytics.watch.states import Policy

Counts = NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Breaches:
    """What rules say on each session, as `Reading` has it; where neither of a pair holds it is not known.

    met, unmet : (S, P) the condition holds, or does not
    safe, unsafe : (S, P) the value is at or beyond the recovery value, or is not
    """

    met: BoolArray
    unmet: BoolArray
    safe: BoolArray
    unsafe: BoolArray

    @classmethod
    def side_by_side(cls, parts: Sequence[Breaches]) -> Breaches:
        """Lay those of several rules beside one another, (S, P) each, to decide them at once."""
        names = ("met", "unmet", "safe", "unsafe")
        return cls(*(np.hstack([getattr(part, name) for part in parts]) for name in names))


@dataclass(frozen=True, eq=False)
class Course:
    """What the sessions make of a rule.

    fired : (S, P) True on the session on which it fires
    open : (S, P) True from there until its recovery is confirmed
    """

    fired: BoolArray
    open: BoolArray

    def fires_after(self, session: int) -> NDArray[np.intp]:
        """Return (P,) sessions from one on until it first fires, all that are left where it never does."""
        later = self.fired[session:]
        found: NDArray[np.intp] = np.where(later.any(axis=0), later.argmax(axis=0), later.shape[0])
        return found


def breaches(
    condition: Condition, values: FloatArray, thresholds: FloatArray | float, recoveries: FloatArray | float
) -> Breaches:
    """Hold values against a threshold and what ends a breach.

    Parameters
    ----------
    condition : whose operator counts; its own threshold does not
    values : (S, P), NaN where not known
    thresholds, recoveries : of all paths, or (P,) of each its own
    """
    region = condition.op.region
    with np.errstate(invalid="ignore"):
        if region.falling:
            met = values < thresholds if region.strict else values <= thresholds
            past = values >= recoveries
        else:
            met = values > thresholds if region.strict else values >= thresholds
            past = values <= recoveries
    unmet = ~met
    unmet &= np.isfinite(values)
    safe = unmet & past
    return Breaches(met, unmet, safe, met | (unmet & ~safe))


def combine(parts: Sequence[Breaches], needed: int) -> Breaches:
    """Combine conditions as K of N: known as soon as the missing ones cannot change the answer."""
    if len(parts) == 1:
        return parts[0]
    return Breaches(
        met=_count([part.met for part in parts]) >= needed,
        unmet=_count([part.unmet for part in parts]) > len(parts) - needed,
        safe=_count([part.safe for part in parts]) > len(parts) - needed,
        unsafe=_count([part.unsafe for part in parts]) >= needed,
    )


def _count(masks: Sequence[BoolArray]) -> Counts:
    total = np.zeros(masks[0].shape, dtype=np.int16)
    for mask in masks:
        total += mask
    return total


def run(said: Breaches, policy: Policy | tuple[Counts, Counts], *, crossing: bool = False) -> Course:
    """Decide all sessions of all paths, each path from the state of a new rule.

    Parameters
    ----------
    said : (S, P)
    policy : of all paths; or the sessions of a breach and of a recovery, (P,) of each its own
    crossing : a breach counts only after a session without one

    Returns
    -------
    Course, (S, P); equal to what `decide` makes of each path.

    Examples
    --------
    Two sessions below fire it, two above end it:

    >>> from analytics.watch.rules import Op, Quantity
    >>> weak = Condition(Quantity("sortino", "AAA"), Op.BELOW, 1.0)
    >>> path = np.array([[0.9, 0.8, 1.2, 0.9, 1.2, 1.1]]).T
    >>> found = run(breaches(weak, path, 1.0, 1.1), Policy(confirm=2))
    >>> found.fired[:, 0].tolist()
    [False, True, False, False, False, False]
    >>> found.open[:, 0].tolist()
    [False, True, True, True, True, False]
    """
    sessions, paths = said.met.shape
    confirm, recovery = policy if isinstance(policy, tuple) else _counts(policy, paths)
    fired, lasting = np.zeros((2, sessions, paths), dtype=np.bool_)
    open_ = np.zeros(paths, dtype=np.bool_)
    armed = np.full(paths, not crossing)
    length, needed = np.zeros(paths, dtype=np.int16), confirm.copy()
    for at in range(sessions):
        met, unmet = said.met[at], said.unmet[at]
        # Outside an incident a breach counts and its absence breaks it off; inside, the other way round.
        counts = np.where(open_, said.safe[at], met & armed)
        breaks = np.where(open_, said.unsafe[at], unmet | (met & ~armed) if crossing else unmet)
        length += counts
        length[breaks] = 0
        turned = counts & (length >= needed)
        if turned.any():
            np.logical_and(turned, ~open_, out=fired[at])
            open_ ^= turned
            length[turned] = 0
            needed = np.where(open_, recovery, confirm)
        if crossing:
            armed |= unmet
        lasting[at] = open_
    return Course(fired, lasting)


def _counts(policy: Policy, paths: int) -> tuple[Counts, Counts]:
    return np.full(paths, policy.confirm, dtype=np.int16), np.full(paths, policy.recovery, dtype=np.int16)
