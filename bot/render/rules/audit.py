"""Audit entries in words: who did what to a rule, why, and what follows."""

from __future__ import annotations

from datetime import date

from bot.model import AuditAction, AuditEntry, RuleReport
from bot.render import text
from bot.render.rules.posts import stop_words
from bot.render.rules.state import is_snoozed
from bot.render.text import REASON_LENGTH, end_sentence, one_line, person, safe_line

VERBS = {
    AuditAction.MADE: "set",
    AuditAction.EDITED: "edited",
    AuditAction.PAUSED: "paused",
    AuditAction.RESUMED: "resumed",
    AuditAction.DELETED: "deleted",
    AuditAction.ACKNOWLEDGED: "acknowledged",
    AuditAction.SNOOZED: "snoozed",
    AuditAction.UNSNOOZED: "unsnoozed",
}

_IN_HAND = "and no reminder comes after it; a recovery after it is told"
_AFTER = {
    AuditAction.PAUSED: "Its incident is closed and nothing is read until it is resumed.",
    AuditAction.DELETED: "Its incident is closed.",
    AuditAction.EDITED: "The new version begins afresh, so this incident is closed.",
}


def after_acknowledging(snoozed_until: date | None = None) -> str:
    """Return what is told of an incident that somebody has in hand.  snoozed_until: while it is snoozed,
    too
    """
    if snoozed_until:
        return f"Nothing is said through {text.day(snoozed_until)}, {_IN_HAND}."
    return "No reminder until it is over; the recovery is told."


def after_snoozing(*, in_hand: bool) -> str:
    """Return what is told of an incident that is snoozed.  in_hand: it is acknowledged, too"""
    rest = f", {_IN_HAND}" if in_hand else "; what is still firing is told after it"
    return f"Nothing is said until then{rest}. The snooze ends with its incident: a new one is told at once."


def after_unsnoozing(*, in_hand: bool) -> str:
    """Return what is told of an incident whose snooze was ended by hand.  in_hand: it is acknowledged"""
    if in_hand:
        return "It is acknowledged, so its recovery is told."
    return "What changes is told again, from the next session on."


def audit_line(story: RuleReport, deed: AuditEntry) -> str:
    """Write who did what to the story's rule, why, and what follows; safe mrkdwn with a mention."""
    head = f"*{story.watched.name} was {_verb(story, deed)}* by {person(deed.user)}"
    return end_sentence(f"{head}{_why(deed, safe_line(deed.detail, REASON_LENGTH))}") + _what_follows(
        story, deed
    )


def plain_audit_line(story: RuleReport, deed: AuditEntry) -> str:
    """Write the same for a notification, without the mention; plain text, not escaped."""
    head = f"{story.watched.name} was {_verb(story, deed)}"
    return end_sentence(f"{head}{_why(deed, one_line(deed.detail, REASON_LENGTH))}") + _what_follows(
        story, deed
    )


def history_line(deed: AuditEntry) -> str:
    """Write one line of a history: "16 Jan 2026: acknowledged by @x: reason"; safe mrkdwn."""
    return f"{text.day(deed.at.date())}: {VERBS[deed.act]} by {person(deed.user)}{_detail(deed)}"


def _detail(deed: AuditEntry) -> str:
    """Return a reason as it was given, or the day until which a snooze lasts; safe mrkdwn."""
    if not deed.detail.strip():
        return ""
    if deed.act is AuditAction.PAUSED:
        return f": {stop_words(deed.detail)}"
    try:
        return f", through {text.day(date.fromisoformat(deed.detail.strip()))}"
    except ValueError:
        return f": {safe_line(deed.detail, REASON_LENGTH)}"


def _verb(story: RuleReport, deed: AuditEntry) -> str:
    until = story.state.snoozed_until
    if deed.act is AuditAction.SNOOZED and until:
        return f"snoozed through {text.day(until)}"
    return VERBS[deed.act]


def _why(deed: AuditEntry, detail: str) -> str:
    """Return a reason; the day until when a snooze lasts is said already."""
    return f": {detail}" if detail and deed.act is AuditAction.ACKNOWLEDGED else ""


def _what_follows(story: RuleReport, deed: AuditEntry) -> str:
    state = story.state
    if deed.act is AuditAction.ACKNOWLEDGED:
        return f" {after_acknowledging(state.snoozed_until if is_snoozed(state, story.session) else None)}"
    if deed.act is AuditAction.SNOOZED:
        return f" {after_snoozing(in_hand=state.acknowledged is not None)}"
    if deed.act is AuditAction.UNSNOOZED:
        return f" {after_unsnoozing(in_hand=state.acknowledged is not None)}"
    return f" {_AFTER[deed.act]}" if deed.act in _AFTER else ""
