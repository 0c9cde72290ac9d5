"""What a session made of a rule, in one sentence: the finding first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from analytics.watch.states import Announcement, Phase, Reason
from bot.model import RuleIncident, RuleReport, RuleTransition
from bot.render import text
from bot.render.doubts import summarise
from bot.render.watch.parts.conditions import held_words, measured, met_words
from bot.render.watch.parts.state import (
    PHASES,
    TROUBLES,
    UNDECIDED,
    is_undecided,
    kept_words,
    lasted,
    sessions,
)
from bot.render.watch.parts.typed import REASON, link, plain


@dataclass(frozen=True)
class RuleFinding:
    """A sentence in its parts, plain text, none of them with a point at its end.

    name, verb: "R7", "is met".  rest: "ISCB's Sortino ratio over 1 year is 0.94, below 1.00".
    kept: where the rule stands, where the verb does not say it.  more: a second sentence.
    """

    name: str
    verb: str
    rest: str
    kept: str = ""
    more: str = ""

    @property
    def finding(self) -> str:
        """Without the state; not escaped."""
        return f"{self.rest}.{f' {self.more}.' if self.more else ''}"

    @property
    def full(self) -> str:
        """With the state; not escaped."""
        return f"{self.rest}; {self.kept}." if self.kept else self.finding

    @property
    def plain(self) -> str:
        """Not escaped."""
        return f"{self.name} {self.verb}: {self.full}"

    @property
    def bold(self) -> str:
        """Safe mrkdwn, what happened in bold."""
        return f"{self._head} {text.escape(self.full)}"

    @property
    def short(self) -> str:
        """Safe mrkdwn, without the state, for a card that tells it below."""
        return f"{self._head} {text.escape(self.finding)}"

    @property
    def _head(self) -> str:
        return f"*{text.escape(f'{self.name} {self.verb}')}:*"

    def linked(self, url: str | None) -> str:
        """Safe mrkdwn, the name leading to its card."""
        return f"{link(url, self.name)} {text.escape(f'{self.verb}: {self.full}')}"


def standing(story: RuleReport) -> RuleFinding:
    """Where the rule stands, whatever the session changed: what a card says."""
    flip, phase = story.flip, story.state.kept
    if story.state.trouble:
        return _trouble(story)
    if is_undecided(story):
        return _undecided(story)
    if flip and flip.reason is Reason.RESTATED:
        return _restated(story, flip)
    if phase is Phase.FIRING:
        return _fired(story, flip) if flip and _has_just_fired(story, flip) else _firing(story)
    if phase in _COUNTED:
        return _counted(story)
    if flip and flip.reason is Reason.RECOVERED:
        return _recovered(story, flip)
    return _said(story, "is quiet", reading_words(story))


def news(story: RuleReport) -> RuleFinding:
    """What the session changed; where the rule stands on a day like the one before."""
    flip = story.flip
    if flip is None or story.state.trouble:
        return standing(story)
    if flip.reason in _NEWS:
        return _NEWS[flip.reason](story, flip)
    if flip.notice is Announcement.STILL_FIRING:
        return replace(_firing(story), verb="is still firing after a snooze")
    if flip.before is Phase.DOUBT:
        return _said(story, "is read again", reading_words(story), kept=_kept(story))
    if flip.before in TROUBLES:
        return _said(story, "has data again", reading_words(story), kept=_kept(story))
    return standing(story)


def reading_words(story: RuleReport, lasting: str = "", *, incident: bool | None = None) -> str:
    """What was read: a value beside its threshold, or how many conditions hold and which.

    lasting: for how long it has been so.  incident: one is open; None for what the state says
    """
    rule, reading = story.watched.rule, story.reading
    if len(rule.conditions) == 1:
        is_open = story.state.open if incident is None else incident
        return f"{measured(rule.conditions[0], reading, incident=is_open)}{lasting}"
    held = held_words(rule, reading)
    count = f"{met_words(rule, reading)} conditions hold{lasting}, {rule.needed} needed"
    return f"{count}: {held}" if held else count


def last_incident(story: RuleReport) -> RuleIncident | None:
    """The newest incident, if any."""
    return story.incidents[0] if story.incidents else None


def number(flip: RuleTransition, fact: str) -> int:
    """A count among a flip's facts, 0 where it is not told."""
    value = flip.facts.get(fact)
    return value if isinstance(value, int) else 0


def cause(story: RuleReport) -> str:
    """Why there is no value, on one line."""
    told = story.flip.facts.get("cause") if story.flip else None
    words = told or (story.reading.reason if story.reading else None) or "the data do not say"
    return plain(str(words), REASON)


def _undecided(story: RuleReport) -> RuleFinding:
    waits = story.reading is not None and story.reading.value is None
    why = cause(story) if waits else "the next daily run reads it"
    return _said(story, f"is {UNDECIDED}", why)


def _said(story: RuleReport, verb: str, rest: str, kept: str = "", more: str = "") -> RuleFinding:
    doubtful = doubt_words(story)
    return RuleFinding(story.watched.name, verb, f"{doubtful}; {rest}" if doubtful else rest, kept, more)


def doubt_words(story: RuleReport) -> str:
    """Say which prices in the window of the value look wrong; "" for none, and where no value is told."""
    reading = story.reading
    return summarise(reading.doubts) if reading and reading.value is not None else ""


def _kept(story: RuleReport) -> str:
    return kept_words(story.state, story.watched.policy)


def _fired(story: RuleReport, flip: RuleTransition) -> RuleFinding:
    count, since = number(flip, "count"), flip.facts.get("since")
    began = f" (since {text.day(since)})" if isinstance(since, date) and count > 1 else ""
    lasting = f" for {sessions(count)}{began}" if count else ""
    return _said(story, "is met", reading_words(story, lasting))


def _has_just_fired(story: RuleReport, flip: RuleTransition) -> bool:
    """Not where it fired on an older session, of which nobody was told: what was read is of this one."""
    return flip.reason is Reason.CONFIRMED and flip.session == story.session


def _firing(story: RuleReport) -> RuleFinding:
    met = story.reading is None or story.reading.met is not False
    return _said(story, "is met" if met else "is still open", reading_words(story), kept=_kept(story))


_COUNTED = frozenset({Phase.PENDING, Phase.RECOVERING})


def _counted(story: RuleReport) -> RuleFinding:
    return _said(story, f"is {_kept(story)}", reading_words(story))


def _recovered(story: RuleReport, flip: RuleTransition) -> RuleFinding:
    count, incident = number(flip, "count"), last_incident(story)
    lasting = f" for {sessions(count)}" if count else ""
    how_long = f"The incident lasted from {lasted(incident, story.session)}" if incident else ""
    words = reading_words(story, lasting, incident=True)
    return _said(story, "has recovered", words, more=how_long)


def _broken(story: RuleReport, flip: RuleTransition) -> RuleFinding:
    count, needed = number(flip, "count"), number(flip, "needed")
    lasting = f"the breach lasted {count} of {sessions(needed)}; " if needed else ""
    return _said(story, "is quiet again", f"{lasting}{reading_words(story)}")


def _relapsed(story: RuleReport, flip: RuleTransition) -> RuleFinding:
    count, needed = number(flip, "count"), number(flip, "needed")
    lasting = f" after {count} of {sessions(needed)}" if needed else ""
    return replace(_firing(story), verb=f"has relapsed{lasting}")


def _restated(story: RuleReport, flip: RuleTransition) -> RuleFinding:
    was = plain(str(flip.facts.get("was", flip.before.value)), 20)
    names = {phase.value: words for phase, words in PHASES.items()}
    day = text.day(story.session)
    rest = f"it was {names.get(was, was)} and is {_kept(story)} on corrected data for {day}"
    return _said(story, "is restated", f"{rest}; {reading_words(story)}")


def _trouble(story: RuleReport) -> RuleFinding:
    day = text.day(story.session)
    verb = {
        Phase.ERROR: f"could not be read on {day}",
        Phase.DOUBT: "waits a session",
    }.get(story.state.trouble or Phase.NO_DATA, f"has no data for {day}")
    return RuleFinding(story.watched.name, verb, cause(story), more=f"The state is kept: {_kept(story)}")


_NEWS: dict[Reason, Callable[[RuleReport, RuleTransition], RuleFinding]] = {
    Reason.CONFIRMED: _fired,
    Reason.RECOVERED: _recovered,
    Reason.RELAPSED: _relapsed,
    Reason.CONFIRMATION_BROKEN: _broken,
    Reason.RESTATED: _restated,
    Reason.RECOVERING: lambda story, _: _counted(story),
    Reason.CONFIRMING: lambda story, _: _counted(story),
}
