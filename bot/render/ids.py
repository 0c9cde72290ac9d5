"""Ids that tie a button, a form or a shortcut to what it does; those sent already must not change."""

from __future__ import annotations

ASK = "ask."

OPEN_COMPARE = "open.compare"
OPEN_WATCH = "open.watch"
OPEN_DIGEST = "open.digest"

TRY = "watch.try."
"""What the action ids of a rule's fields begin with that are heard at once; behind it the field."""
TRIED = "watch.try"
"""Handler of what such a field says."""

COMPARE_FORM = "compare.form"
WATCH_FORM = "watch.form"
DIGEST_FORM = "digest.form"

COMPARE_FUNDS = "compare_funds"
"""The global shortcut."""
COMPARE_NAMED = "compare_named"
"""The shortcut on a message: "Compare funds named here"."""

UNFOLLOW = "follow.end"
"""The value names the pair as one types it."""
DIGEST_OFF = "digest.off"
"""In every post that comes again."""


ACK = "watch.ack"
SNOOZE = "watch.snooze"
UNSNOOZE = "watch.unsnooze"
WHY = "watch.why"
HISTORY = "watch.history"
EDIT = "watch.edit"
DELETE = "watch.delete"
KEEP = "watch.keep"
ALONE = "watch.alone"

ACK_FORM = "watch.ack.form"
EDIT_FORM = "watch.edit.form"

REASON = "reason"
"""Block and action id of the field for a reason."""
DECIDED = "decided"
"""Block and action id of the field for what was decided."""
RULE_TEXT = "rule"
"""Block and action id of the field for a rule's text."""

SNOOZED_SESSIONS = 5
"""For how many sessions one press keeps a rule quiet."""
