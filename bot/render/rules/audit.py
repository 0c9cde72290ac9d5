"""Audit entries in words: who did what to a rule, why, and what follows."""

from __future__ import annotations

from datetime import date

from analytics.watch.states import Decided
from bot.model import AuditAction, AuditEntry, RuleReport
from bot.render import text
from bot.render.rules.names import rule_name, safe_rule_name
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

DECIDED = {
    "switched": Decided.SWITCHED,
    "rotated": Decided.SWITCHED,
    "kept": Decided.KEPT,
    "keeping": Decided.KEPT,
    "looking": Decided.LOOKING,
}
"""What was decided, by the word that a reason begins with."""

_IN_HAND = "and no reminder comes after it; that it clears after it is told"
_AFTER = {
    AuditAction.PAUSED: "Its incident is closed and nothing is read until it is resumed.",
    AuditAction.DELETED: "Its incident is closed.",
    AuditAction.EDITED: "The new version begins afresh, so this incident is closed.",
}


def decided_words(reason: str, decided: Decided | None) -> str:
    """Write what was decided and why: "kept, in review"; a reason that says so itself stands alone."""
    first = reason.split(maxsplit=1)[0].strip(":,.;-").lower() if reason.strip() else ""
    if decided is None or DECIDED.get(first) is decided:
        return reason
    return f"{decided.value}, {reason}" if reason.strip() else decided.value


def after_acknowledging(snoozed_until: date | None = None) -> str:
    """Return what is told of an incident that somebody has in hand.  snoozed_until: while it is snoozed,
    too
    """
    if snoozed_until:
        return f"Nothing is said through {text.day(snoozed_until)}, {_IN_HAND}."
    return "No reminder until it is over; that it clears is told."


def after_snoozing(*, in_hand: bool) -> str:
    """Return what is told of an incident that is snoozed.  in_hand: it is acknowledged, too"""
    rest = f", {_IN_HAND}" if in_hand else "; what is triggered then is told after it"
    return f"Nothing is said until then{rest}. The snooze ends with its incident: a new one is told at once."


def after_unsnoozing(*, in_hand: bool) -> str:
    """Return what is told of an incident whose snooze was ended by hand.  in_hand: it is acknowledged"""
    if in_hand:
        return "It is acknowledged, so that it clears is told."
    return "What changes is told again, from the next session on."


def audit_line(report: RuleReport, entry: AuditEntry) -> str:
    """Write who did what to the story's rule, why, and what follows; safe mrkdwn with a mention."""
    head = f"*{safe_rule_name(report.watched)} was {_verb(report, entry)}* by {person(entry.user)}"
    return end_sentence(f"{head}{_why(entry, safe_line(_reason(entry), REASON_LENGTH))}") + _what_follows(
        report, entry
    )


def plain_audit_line(report: RuleReport, entry: AuditEntry) -> str:
    """Write the same for a notification, without the mention; plain text, not escaped."""
    head = f"{rule_name(report.watched)} was {_verb(report, entry)}"
    return end_sentence(f"{head}{_why(entry, one_line(_reason(entry), REASON_LENGTH))}") + _what_follows(
        report, entry
    )


def history_line(entry: AuditEntry) -> str:
    """Write one line of a history: "16 Jan 2026: acknowledged by @x: reason"; safe mrkdwn."""
    return f"{text.day(entry.at.date())}: {VERBS[entry.act]} by {person(entry.user)}{_detail(entry)}"


def _detail(entry: AuditEntry) -> str:
    """Return a reason as it was given, or the day until which a snooze lasts; safe mrkdwn."""
    if not _reason(entry).strip():
        return ""
    if entry.act is AuditAction.PAUSED:
        return f": {stop_words(entry.detail)}"
    try:
        return f", through {text.day(date.fromisoformat(entry.detail.strip()))}"
    except ValueError:
        return f": {safe_line(_reason(entry), REASON_LENGTH)}"


def _reason(entry: AuditEntry) -> str:
    return decided_words(entry.detail, entry.decided)


def _verb(report: RuleReport, entry: AuditEntry) -> str:
    until = report.state.snoozed_until
    if entry.act is AuditAction.SNOOZED and until:
        return f"snoozed through {text.day(until)}"
    return VERBS[entry.act]


def _why(entry: AuditEntry, detail: str) -> str:
    """Return a reason; the day until when a snooze lasts is said already."""
    return f": {detail}" if detail and entry.act is AuditAction.ACKNOWLEDGED else ""


def _what_follows(report: RuleReport, entry: AuditEntry) -> str:
    state = report.state
    if entry.act is AuditAction.ACKNOWLEDGED:
        return f" {after_acknowledging(state.snoozed_until if is_snoozed(state, report.session) else None)}"
    if entry.act is AuditAction.SNOOZED:
        return f" {after_snoozing(in_hand=state.acknowledged is not None)}"
    if entry.act is AuditAction.UNSNOOZED:
        return f" {after_unsnoozing(in_hand=state.acknowledged is not None)}"
    return f" {_AFTER[entry.act]}" if entry.act in _AFTER else ""
