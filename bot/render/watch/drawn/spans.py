"""When a rule fired within its readings: replayed, with what is known of its real standing on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.watch.backtest import Incident, incidents, replay
from analytics.watch.readings import Readings
from analytics.watch.states import Decision, Phase, State
from bot.model import RuleVersion
from bot.render.chart_specs import Span


@dataclass(frozen=True)
class Timeline:
    """What a rule did, or would have done, over the readings' sessions.

    state : after the last session
    begun : the session from which on it was really read, None where it was throughout
    older : the first firing is older than the readings, which begin within it
    """

    firing: tuple[Span, ...]
    pending: tuple[Span, ...]
    state: State
    begun: date | None
    older: bool = False


def timeline(watched: RuleVersion, readings: Readings, state: State | None = None) -> Timeline:
    """Replay a rule: afresh from the session on which it was made, as the rule itself was decided.

    state : where it really stands after the last session, which overrules the replay: it may have been
        resumed since it was made, and the facts of older sessions are not known any more
    """
    days: list[date] = readings.sessions.tolist()
    at = _begun(watched, readings)
    before = replay(watched.rule, readings.part(slice(0, at)), watched.policy)
    since = replay(watched.rule, readings.part(slice(at, None)), watched.policy)
    real = state or since[-1].state
    firing = [*_firing(incidents(before), days[at]), *_really_firing(since, real, days[-1])]
    pending = [*_confirmed(before), *_confirmed(since), *_unconfirmed(real, days[-1])]
    known = at == 0 and days[0] <= watched.made.date()
    older = not known and _begins_within(firing, pending, days[0], state)
    if older:
        firing[0], pending = (days[0], firing[0][1]), [span for span in pending if span[0] > days[0]]
    return Timeline(tuple(firing), tuple(pending), real, days[at] if at else None, older)


def through(readings: Readings, session: date) -> Readings:
    """Without the sessions after one."""
    return readings.part(slice(0, int(np.searchsorted(readings.sessions, np.datetime64(session), "right"))))


def fired_spans(found: Sequence[Incident], last: date) -> tuple[Span, ...]:
    """Incidents as they are shaded; an open one to the last session."""
    return tuple(_firing(found, last))


def _begins_within(firing: list[Span], pending: list[Span], first: date, state: State | None) -> bool:
    """True where the first firing follows from a breach that was there when the readings begin."""
    if not firing or (state and state.fired == firing[0][0]):
        return False
    return first in {firing[0][0], *(began for began, fired in pending if fired == firing[0][0])}


def _begun(watched: RuleVersion, readings: Readings) -> int:
    """Column of the newest session on the day the rule was made or before: it was decided then."""
    made = np.datetime64(watched.made.date(), "D")
    return max(0, int(np.searchsorted(readings.sessions, made, "right")) - 1)


def _firing(found: Sequence[Incident], end: date) -> list[Span]:
    return [(each.fired, end if each.recovered is None else each.recovered) for each in found]


def _really_firing(since: Sequence[Decision], real: State, last: date) -> list[Span]:
    """The incidents that are over as replayed, the open one as it stands."""
    over = [(each.fired, each.recovered) for each in incidents(since) if each.recovered is not None]
    if real.fired is None:
        return over
    return [*(span for span in over if span[1] <= real.fired), (real.fired, last)]


def _confirmed(decisions: Sequence[Decision]) -> list[Span]:
    """From the first session of each breach to the one on which it fired."""
    begun = [(decision.facts.get("since"), decision.session) for decision in decisions]
    return [(first, fired) for first, fired in begun if isinstance(first, date) and first < fired]


def _unconfirmed(real: State, last: date) -> list[Span]:
    return [(real.since, last)] if real.kept is Phase.PENDING and real.since else []
