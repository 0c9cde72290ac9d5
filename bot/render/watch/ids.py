"""What ties a press to its message: ids of buttons, forms and their fields.

A button's value is the rule's version, "R7v1"; that of EDIT is JSON: {"rule": "R7v1", "text": its text}; that
of ALONE is the text of a rule that is to be set in direct messages.
A form's private metadata is JSON: {"rule": "R7v1", "channel": "C1", "ts": of the card, empty without one},
and "within": true where it was opened from within that thread.
"""

from __future__ import annotations

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
RULE_TEXT = "rule"
"""Block and action id of the field for a rule's text."""

SNOOZED_SESSIONS = 5
"""For how many sessions one press keeps a rule quiet."""
