"""The one order of rules wherever several are shown: what asks for attention first."""

from __future__ import annotations

import math

from analytics.watch.rules import Op
from analytics.watch.states import Announcement, Phase
from bot.model import RuleReport, RuleStatus

TRIGGERED, CLEARING, CLEARED, WAITING, TROUBLED, QUIET, IDLE = range(7)


def urgency(story: RuleReport) -> tuple[int, float, int]:
    """Order a rule among others by group, the quiet ones by nearness to their thresholds, then by number.

    Triggered, clearing, cleared on the session told, waiting for confirmation, in trouble or not decided yet,
    quiet, and last what nobody reads.  An incident stays in its group while its data are missing, behind
    those that have them.
    """
    group = _group(story)
    if group != QUIET:
        return group, float(story.state.trouble is not None), story.watched.number
    gap = threshold_gap(story)
    return group, math.inf if gap is None else gap, story.watched.number


def threshold_gap(story: RuleReport) -> float | None:
    """Distance from the threshold as a share of its size, so that rules of any unit can be held together.

    None for several conditions, for a change, and where there is no value.
    """
    conditions, reading = story.watched.rule.conditions, story.reading
    if len(conditions) > 1 or conditions[0].op is Op.CHANGES or reading is None or reading.value is None:
        return None
    threshold = conditions[0].threshold
    gap = abs(reading.value - threshold) / (abs(threshold) or 1.0)
    return gap if math.isfinite(gap) else None


def _group(story: RuleReport) -> int:
    state = story.state
    if story.watched.status is not RuleStatus.ACTIVE:
        return IDLE
    if state.open:
        return TRIGGERED if state.kept is Phase.FIRING else CLEARING
    if state.trouble or state.session is None:
        return TROUBLED
    if story.flip and story.flip.notice is Announcement.RECOVERED:
        return CLEARED
    return WAITING if state.kept is Phase.PENDING else QUIET
