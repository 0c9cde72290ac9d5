"""What people did to a rule."""

from __future__ import annotations

from datetime import date

from bot.records import Act, Deed, Story
from bot.render import text
from bot.render.watch.parts.typed import REASON, ended, person, plain, typed

VERBS = {
    Act.MADE: "set",
    Act.EDITED: "edited",
    Act.PAUSED: "paused",
    Act.RESUMED: "resumed",
    Act.DELETED: "deleted",
    Act.ACKNOWLEDGED: "acknowledged",
    Act.SNOOZED: "snoozed",
    Act.UNSNOOZED: "unsnoozed",
}

_AFTER = {
    Act.SNOOZED: "Nothing is said until then; what is still firing is told after it.",
    Act.UNSNOOZED: "What changes is told again, from the next session on.",
    Act.ACKNOWLEDGED: "No reminder until it is over; the recovery will be told.",
    Act.PAUSED: "Its incident is closed and nothing is read until it is resumed.",
    Act.DELETED: "Its incident is closed.",
    Act.EDITED: "The new version begins afresh, so this incident is closed.",
}


def acted(story: Story, deed: Deed) -> str:
    """Who did what to the story's rule, why, and what follows; safe mrkdwn with a mention."""
    head = f"*{story.watched.name} was {_verb(story, deed)}* by {person(deed.user)}"
    return ended(f"{head}{_why(deed, typed(deed.detail, REASON))}") + _rest(deed)


def acted_plain(story: Story, deed: Deed) -> str:
    """The same for a notification, without the mention; plain text, not escaped."""
    head = f"{story.watched.name} was {_verb(story, deed)}"
    return ended(f"{head}{_why(deed, plain(deed.detail, REASON))}") + _rest(deed)


def deed_line(deed: Deed) -> str:
    """One line of a history: "16 Jan 2026: acknowledged by @x: reason"; safe mrkdwn."""
    return f"{text.day(deed.at.date())}: {VERBS[deed.act]} by {person(deed.user)}{_detail(deed)}"


def _detail(deed: Deed) -> str:
    """A reason as it was given, or the day until which a snooze lasts; safe mrkdwn."""
    if not deed.detail.strip():
        return ""
    try:
        return f", through {text.day(date.fromisoformat(deed.detail.strip()))}"
    except ValueError:
        return f": {typed(deed.detail, REASON)}"


def _verb(story: Story, deed: Deed) -> str:
    until = story.state.snoozed_until
    if deed.act is Act.SNOOZED and until:
        return f"snoozed through {text.day(until)}"
    return VERBS[deed.act]


def _why(deed: Deed, detail: str) -> str:
    """A reason; the day until when a snooze lasts is said already."""
    return f": {detail}" if detail and deed.act is Act.ACKNOWLEDGED else ""


def _rest(deed: Deed) -> str:
    return f" {_AFTER[deed.act]}" if deed.act in _AFTER else ""
