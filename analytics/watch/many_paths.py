"""The decisions of `analytics.watch.transitions` on many paths at once: when rules fire, and for how long.

A path is a row of sessions.  What people do to an incident and what is said of it plays no part: neither
changes when a rule fires or recovers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.panel import BoolArray, FloatArray
from analytics.watch.moving import IntArray
from analytics.watch.rules import Condition
from analytics.watch.states import Policy

Counts = NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Breaches:
    """What rules say on each session, as `Reading` has it; where neither of a pair holds it is not known.

    met, unmet : (P, S) the condition holds, or does not
    safe, unsafe : (P, S) the value is at or beyond the recovery value, or is not
    """

    met: BoolArray
    unmet: BoolArray
    safe: BoolArray
    unsafe: BoolArray

    @classmethod
    def stack(cls, parts: Sequence[Breaches]) -> Breaches:
        """Stack those of several rules, (P, S) each, to decide them at once."""
        names = ("met", "unmet", "safe", "unsafe")
        return cls(*(np.vstack([getattr(part, name) for part in parts]) for name in names))


@dataclass(frozen=True, eq=False)
class Course:
    """What the sessions make of a rule: its incidents, path by path, the oldest of each first.

    shape : (P, S)
    path : (N,) path of each incident
    first : (N,) session on which it fired
    last : (N,) session on which its recovery is confirmed, S where it is not
    """

    shape: tuple[int, int]
    path: IntArray
    first: IntArray
    last: IntArray

    @property
    def alarms(self) -> IntArray:
        """(P,) firings on each path."""
        return np.bincount(self.path, minlength=self.shape[0])

    @property
    def share(self) -> FloatArray:
        """(P,) part of the sessions of each path on which it is open."""
        lasted = np.bincount(self.path, weights=self.last - self.first, minlength=self.shape[0])
        return np.asarray(lasted / self.shape[1])

    @cached_property
    def open(self) -> BoolArray:
        """(P, S) True from a firing until its recovery is confirmed."""
        steps = np.zeros((self.shape[0], self.shape[1] + 1), dtype=np.int8)
        steps[self.path, self.first] += 1
        steps[self.path, self.last] -= 1
        return np.cumsum(steps[:, :-1], axis=1, dtype=np.int8).astype(np.bool_)

    def part(self, start: int, stop: int) -> Course:
        """Keep these paths only."""
        inside = slice(*np.searchsorted(self.path, [start, stop]).tolist())
        path, first, last = self.path[inside] - start, self.first[inside], self.last[inside]
        return Course((stop - start, self.shape[1]), path, first, last)

    def fires_after(self, session: int) -> IntArray:
        """Return (P,) sessions from one on until it first fires, all that are left where it never does."""
        found = np.full(self.shape[0], self.shape[1] - session)
        later = self.first >= session
        np.minimum.at(found, self.path[later], self.first[later] - session)
        return found


def breaches(
    condition: Condition, values: FloatArray, thresholds: FloatArray | float, recoveries: FloatArray | float
) -> Breaches:
    """Hold values against a threshold and what ends a breach.

    Parameters
    ----------
    condition : whose operator counts; its own threshold does not
    values : (P, S), NaN where not known
    thresholds, recoveries : of all paths, or (P, 1) of each its own
    """
    region = condition.op.region
    with np.errstate(invalid="ignore"):
        met, past = region.are_met(values, thresholds), region.are_recovered(values, recoveries)
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

    A breach that has lasted begins an incident, unless one is open; sessions enough on the safe side end the
    one that is open.  What begins one is no session on the safe side, and what ends one is none of a breach,
    so that the runs of both can be told without knowing what is open.

    Parameters
    ----------
    said : (P, S)
    policy : of all paths; or the sessions of a breach and of a recovery, (P,) of each its own
    crossing : a breach counts only after a session without one

    Returns
    -------
    Course of (P, S); equal to what `decide` makes of each path.

    Examples
    --------
    Two sessions below fire it, two above end it:

    >>> from analytics.watch.rules import Op, Quantity
    >>> weak = Condition(Quantity("sortino", "AAA"), Op.BELOW, 1.0)
    >>> path = np.array([[0.9, 0.8, 1.2, 0.9, 1.2, 1.1]])
    >>> found = run(breaches(weak, path, 1.0, 1.1), Policy(confirm=2))
    >>> found.first.tolist(), found.last.tolist()
    ([1], [5])
    >>> found.open[0].tolist()
    [False, True, True, True, True, False]
    """
    paths, sessions = said.met.shape
    confirm, recovery = policy if isinstance(policy, tuple) else _counts(policy, paths)
    met = said.met
    if crossing:  # a breach counts for nothing until there was a session without one
        met = met & np.logical_or.accumulate(said.unmet, axis=1)
    begins, ends = _lasting(met, said.unmet, confirm), _lasting(said.safe, said.unsafe, recovery)
    at = np.concatenate([begins, ends])
    order = np.argsort(at, kind="stable")
    at, opens = at[order], order < begins.size
    path, session = at // sessions, at % sessions
    # Of firings in a row the first counts, and of recoveries; each path begins as after a recovery.
    before = np.concatenate([[False], opens[:-1]])
    before[1:] &= path[1:] == path[:-1]
    turns = opens != before
    path, session, opens = path[turns], session[turns], opens[turns]
    followed = np.concatenate([(path[1:] == path[:-1]) & ~opens[1:], [False]])[opens]
    last = np.full(followed.size, sessions)
    last[followed] = session[~opens]
    return Course((paths, sessions), path[opens], session[opens], last)


def _lasting(counts: BoolArray, breaks: BoolArray, needed: Counts) -> IntArray:
    """Return (R,) where runs have lasted as long as they have to, as positions in the flattened sessions.

    A session that neither counts nor breaks a run off is passed over.

    counts, breaks : (P, S)
    needed : (P,) sessions that count
    """
    sessions = counts.shape[1]
    known = counts | breaks
    at = None if known.all() else np.flatnonzero(known)
    on = counts.ravel() if at is None else counts.ravel()[at]
    if not on.size:
        return np.empty(0, dtype=np.int64)
    first = np.arange(0, on.size, sessions) if at is None else _first_of_paths(at, sessions)
    turned = np.empty(on.size, dtype=np.bool_)
    turned[0] = True
    np.not_equal(on[1:], on[:-1], out=turned[1:])
    turned[first] = True
    starts = np.flatnonzero(turned)
    lasted = np.diff(starts, append=on.size)
    starts, lasted = starts[on[starts]], lasted[on[starts]]
    least = needed[(starts if at is None else at[starts]) // sessions]
    done = starts[lasted >= least] + least[lasted >= least] - 1
    return np.asarray(done if at is None else at[done])


def _first_of_paths(at: IntArray, sessions: int) -> IntArray:
    """Return where in flattened positions a path has its first one."""
    return np.flatnonzero(np.diff(at // sessions, prepend=-1))


def _counts(policy: Policy, paths: int) -> tuple[Counts, Counts]:
    return np.full(paths, policy.confirm, dtype=np.int16), np.full(paths, policy.recovery, dtype=np.int16)
