"""What a session made of a rule, in one sentence: the finding first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from analytics.watch.states import Notice, Phase, Reason
from bot.records import Flip, Incident, Story
from bot.render import text
from bot.render.watch.parts.conditions import measured, met_words
from bot.render.watch.parts.standing import PHASES, kept_words, lasted, sessions
from bot.render.watch.parts.typed import REASON, link, plain

_TROUBLES = frozenset({Phase.NO_DATA, Phase.ERROR})


@dataclass(frozen=True)
class Said:
    """A sentence in its parts, plain text: "R7", "is met", "ISCB's Sortino ratio …"."""

    name: str
    verb: str
    rest: str

    @property
    def plain(self) -> str:
        """Not escaped."""
        return f"{self.name} {self.verb}: {self.rest}"

    @property
    def bold(self) -> str:
        """Safe mrkdwn, what happened in bold."""
        return f"*{text.escape(f'{self.name} {self.verb}')}:* {text.escape(self.rest)}"

    def linked(self, url: str | None) -> str:
        """Safe mrkdwn, the name leading to its card."""
        return f"{link(url, self.name)} {text.escape(f'{self.verb}: {self.rest}')}"


def standing(story: Story) -> Said:
    """Where the rule stands, whatever the session changed: what a card says."""
    flip, phase = story.flip, story.state.kept
    if story.state.trouble:
        return _trouble(story)
    if flip and flip.reason is Reason.RESTATED:
        return _restated(story, flip)
    if phase is Phase.FIRING:
        return _fired(story, flip) if flip and flip.reason is Reason.CONFIRMED else _firing(story)
    if phase in _COUNTED:
        return _counted(story)
    if flip and flip.reason is Reason.RECOVERED:
        return _over(story, flip)
    return _said(story, "is quiet", f"{reading_words(story)}.")


def news(story: Story) -> Said:
    """What the session changed; where the rule stands on a day like the one before."""
    flip = story.flip
    if flip is None or story.state.trouble:
        return standing(story)
    if flip.reason in _NEWS:
        return _NEWS[flip.reason](story, flip)
    if flip.notice is Notice.STILL_FIRING:
        return _said(story, "is still firing after a snooze", _firing(story).rest)
    if flip.before in _TROUBLES:
        kept = kept_words(story.state, story.watched.policy)
        return _said(story, "has data again", f"{reading_words(story)}; {kept}.")
    return standing(story)


def reading_words(story: Story) -> str:
    """What was read: a value beside its threshold, or how many conditions are met."""
    rule, reading, is_open = story.watched.rule, story.reading, story.state.open
    if len(rule.conditions) == 1:
        return measured(rule.conditions[0], reading, incident=is_open)
    return f"{met_words(rule, reading)} conditions met, {rule.needed} needed"


def last_incident(story: Story) -> Incident | None:
    """The newest incident, if any."""
    return story.incidents[0] if story.incidents else None


def number(flip: Flip, fact: str) -> int:
    """A count among a flip's facts, 0 where it is not told."""
    value = flip.facts.get(fact)
    return value if isinstance(value, int) else 0


def cause(story: Story) -> str:
    """Why there is no value, on one line."""
    told = story.flip.facts.get("cause") if story.flip else None
    words = told or (story.reading.reason if story.reading else None) or "the data do not say"
    return plain(str(words), REASON)


def _said(story: Story, verb: str, rest: str) -> Said:
    return Said(story.watched.name, verb, rest)


def _fired(story: Story, flip: Flip) -> Said:
    count, since = number(flip, "count"), flip.facts.get("since")
    began = f" (since {text.day(since)})" if isinstance(since, date) and count > 1 else ""
    lasting = f" for {sessions(count)}{began}" if count else ""
    return _said(story, "is met", f"{reading_words(story)}{lasting}.")


def _firing(story: Story) -> Said:
    kept = kept_words(story.state, story.watched.policy)
    met = story.reading is None or story.reading.met is not False
    return _said(story, "is met" if met else "is still open", f"{reading_words(story)}; {kept}.")


_COUNTED = frozenset({Phase.PENDING, Phase.RECOVERING})


def _counted(story: Story) -> Said:
    state, policy = story.state, story.watched.policy
    needed = policy.confirm if state.kept is Phase.PENDING else policy.recovery
    verb = f"is {PHASES[state.kept]}, {state.run} of {sessions(needed)}"
    return _said(story, verb, f"{reading_words(story)}.")


def _over(story: Story, flip: Flip) -> Said:
    count, incident = number(flip, "count"), last_incident(story)
    conditions = story.watched.rule.conditions
    words = met_words(story.watched.rule, story.reading) + " conditions met"
    if len(conditions) == 1:
        words = measured(conditions[0], story.reading, incident=True)
    lasting = f" for {sessions(count)}" if count else ""
    how_long = f" The incident lasted {lasted(incident, story.session)}." if incident else ""
    return _said(story, "is over", f"{words}{lasting}.{how_long}")


def _broken(story: Story, flip: Flip) -> Said:
    count, needed = number(flip, "count"), number(flip, "needed")
    lasting = f"the breach lasted {count} of {sessions(needed)}; " if needed else ""
    return _said(story, "is quiet again", f"{lasting}{reading_words(story)}.")


def _relapsed(story: Story, flip: Flip) -> Said:
    count, needed = number(flip, "count"), number(flip, "needed")
    lasting = f" after {count} of {sessions(needed)}" if needed else ""
    return _said(story, f"has relapsed{lasting}", _firing(story).rest)


def _restated(story: Story, flip: Flip) -> Said:
    was = plain(str(flip.facts.get("was", flip.before.value)), 20)
    names = {phase.value: words for phase, words in PHASES.items()}
    kept, day = kept_words(story.state, story.watched.policy), text.day(story.session)
    rest = f"was {names.get(was, was)}, is {kept} after corrected data for {day}; {reading_words(story)}."
    return _said(story, "is restated", rest)


def _trouble(story: Story) -> Said:
    kept, day = kept_words(story.state, story.watched.policy), text.day(story.session)
    failed = story.state.trouble is Phase.ERROR
    verb = f"could not be read on {day}" if failed else f"has no data for {day}"
    return _said(story, verb, f"{cause(story)}. The state is kept: {kept}.")


_NEWS: dict[Reason, Callable[[Story, Flip], Said]] = {
    Reason.CONFIRMED: _fired,
    Reason.RECOVERED: _over,
    Reason.RELAPSED: _relapsed,
    Reason.CONFIRMATION_BROKEN: _broken,
    Reason.RESTATED: _restated,
    Reason.RECOVERING: lambda story, _: _counted(story),
    Reason.CONFIRMING: lambda story, _: _counted(story),
}
