"""What ties a press, a form or a shortcut to what it does.

The value of an ASK button is the JSON of an `Ask`; its action id is ASK and what tells it from its
neighbours: "ask.sectors".  The value of OPEN_WATCH is the JSON of an `Ask` too: its topic fills in the form.
That of OPEN_DIGEST is a channel, or what `bot.render.forms.digest_value` makes of its daily post.
A form's private metadata is JSON: {"channel": "C1", "thread": of the answer, empty without one}; "reply":
Slack's way to answer who opened it, where there is one; and "within": true where it was opened from within
that thread.
"""

from __future__ import annotations

ASK = "ask."

OPEN_COMPARE = "open.compare"
OPEN_WATCH = "open.watch"
OPEN_DIGEST = "open.digest"

COMPARE_FORM = "compare.form"
WATCH_FORM = "watch.form"
DIGEST_FORM = "digest.form"

COMPARE_FUNDS = "compare_funds"
"""The global shortcut."""
COMPARE_NAMED = "compare_named"
"""The shortcut on a message: "Compare funds named here"."""

DIGEST_OFF = "digest.off"
"""In every post that comes again."""
