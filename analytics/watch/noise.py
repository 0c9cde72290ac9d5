"""What an unchanged world makes of thousands of rules: how often they fire, and for how long, by chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.errors import BadRule
from analytics.fund import FundProfile
from analytics.panel import PricePanel
from analytics.watch.many_paths import Breaches, Counts, run
from analytics.watch.preflight import MOST_ALARMS, MOST_OPEN, history_of, read_breaches
from analytics.watch.rules import Rule
from analytics.watch.states import Policy
from analytics.watch.worlds import (
    Drawn,
    Past,
    Worlds,
    draw_worlds,
    lead_of,
    past_of,
    paths_for,
    symbols_of,
    why_not,
)

PATHS = 200
TOGETHER = 8_000
"""Paths of several rules that are decided at once: a step costs the same for one and for a thousand."""

Kept = tuple[Rule, Policy]


@dataclass(frozen=True)
class Noise:
    """What a rule does where nothing changes.

    alarms : firings a year, all of them false
    open : share of the sessions on which it is open
    paths : worlds that were drawn
    """

    alarms: float
    open: float
    paths: int

    @property
    def within_budget(self) -> bool:
        """True for at most one false alarm in two years, and open for at most a fifth of the time."""
        return self.alarms <= MOST_ALARMS and self.open <= MOST_OPEN


def noise_of(
    kept: Iterable[Kept],
    panel: PricePanel,
    profiles: Mapping[str, FundProfile],
    last: date,
    paths: int = PATHS,
) -> dict[Kept, Noise | str]:
    """Work out what an unchanged world makes of each rule, or why it says nothing of it.

    Worlds are drawn once for all rules of the same funds with windows of the same length.

    Parameters
    ----------
    panel : of the rules' symbols; a rule whose prices it lacks has that for a reason
    last : sessions after it are ignored
    paths : worlds for each rule

    Returns
    -------
    By rule and policy, of each distinct one.
    """
    found: dict[Kept, Noise | str] = {}
    waiting: dict[tuple[int, bool], list[_Waiting]] = defaultdict(list)
    drawn: Drawn = {}
    for worlds, each in _read(_grouped(kept, profiles, panel, last, found), panel, last, paths, drawn, found):
        row = _Waiting(each, read_breaches(each[0], worlds), worlds.years)
        batch = waiting[worlds.decided, each[0].crossing]
        batch.append(row)
        if sum(one.paths for one in batch) >= TOGETHER:
            found.update(_decide(batch))
            batch.clear()
    for batch in waiting.values():
        found.update(_decide(batch))
    return found


_Group = tuple[tuple[str, ...], date]
"""Funds and the day since which they have been what they are."""


@dataclass(frozen=True, eq=False)
class _Waiting:
    """A rule that has been read and is to be decided."""

    kept: Kept
    said: Breaches
    years: float

    @property
    def paths(self) -> int:
        """Worlds that it was read in."""
        return int(self.said.met.shape[0])


def _grouped(
    kept: Iterable[Kept],
    profiles: Mapping[str, FundProfile],
    panel: PricePanel,
    last: date,
    found: dict[Kept, Noise | str],
) -> Mapping[_Group, list[Kept]]:
    """Group rules by their funds; what nothing can be told of is found at once."""
    known = set(panel.symbols)
    groups: dict[_Group, list[Kept]] = defaultdict(list)
    for each in dict.fromkeys(kept):
        rule = each[0]
        absent = [symbol for symbol in rule.priced if symbol not in known]
        if reason := why_not(rule) or (absent and f"no prices of {absent[0]} at all"):
            found[each] = reason
        else:
            since, _ = history_of(rule, profiles, last)
            groups[tuple(sorted(symbols_of(rule))), since].append(each)
    return groups


def _read(
    groups: Mapping[_Group, list[Kept]],
    panel: PricePanel,
    last: date,
    paths: int,
    drawn: Drawn,
    found: dict[Kept, Noise | str],
) -> Iterator[tuple[Worlds, Kept]]:
    """Yield each rule with the worlds that it is read in."""
    for (symbols, since), members in groups.items():
        try:
            past = past_of(symbols, panel, since, last)
        except BadRule as fault:
            found.update(dict.fromkeys(members, f"it {fault.complaint}"))
            continue
        yield from _with_worlds(members, past, paths, drawn)


def _with_worlds(
    members: Iterable[Kept], past: Past, paths: int, drawn: Drawn
) -> Iterator[tuple[Worlds, Kept]]:
    worlds: dict[tuple[int, int], Worlds] = {}
    for each in members:
        quantities = [condition.quantity for condition in each[0].conditions]
        key = lead_of(past, quantities), paths_for(quantities, past, paths)
        if key not in worlds:
            worlds[key] = draw_worlds(past, *key, drawn)
        yield worlds[key], each


def _decide(batch: list[_Waiting]) -> Iterator[tuple[Kept, Noise]]:
    """Decide rules side by side."""
    if not batch:
        return
    said = Breaches.stack([each.said for each in batch])
    course = run(said, _patience(batch), crossing=batch[0].kept[0].crossing)
    start = 0
    for each in batch:
        own = course.part(start, start + each.paths)
        alarms = own.first.size / (each.paths * each.years)
        yield each.kept, Noise(alarms, float(own.share.mean()), each.paths)
        start += each.paths


def _patience(batch: list[_Waiting]) -> tuple[Counts, Counts]:
    counts = [each.paths for each in batch]
    confirm = np.repeat(np.array([each.kept[1].confirm for each in batch], dtype=np.int16), counts)
    recover = np.repeat(np.array([each.kept[1].recovery for each in batch], dtype=np.int16), counts)
    return confirm, recover
