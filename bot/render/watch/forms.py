"""Modals: a reason for an acknowledgement, a rule's text to change."""

from __future__ import annotations

from bot.render.inputs import View, field, modal, text
from bot.render.watch import ids

LONGEST_RULE = 500
LONGEST_REASON = 200


def acknowledge_form(metadata: str) -> View:
    """Asks for a reason.  metadata: JSON that comes back with the answer, see `ids`"""
    reason = field(
        ids.REASON,
        "Reason",
        text(most=LONGEST_REASON, lines=True),
        "Shown with your name on the card and in the rule's history.",
    )
    return modal(ids.ACK_FORM, "Acknowledge", "Acknowledge", metadata, reason)


def edit_form(metadata: str, now: str) -> View:
    """Asks for a rule's new text.  now: as it is, in canonical form"""
    rule = field(
        ids.RULE_TEXT,
        "Rule",
        text(" ".join(now.split()), most=LONGEST_RULE, lines=True),
        "As after /watch, e.g. ISCB sortino < 1.0 for 5 sessions then SPSM. A new version begins afresh.",
    )
    return modal(ids.EDIT_FORM, "Edit the rule", "Save", metadata, rule)
