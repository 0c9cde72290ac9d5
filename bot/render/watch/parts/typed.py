"""What people typed or sources said, made safe: on one line, cut, escaped."""

from __future__ import annotations

import re

from bot.render.text import escape, printable

NAME = 30
REASON = 200
RULE = 300
_USER = re.compile(r"[A-Z0-9]{1,40}")
_LINK = re.compile(r"https://[^\s<>|]{1,500}")


def plain(words: str, most: int) -> str:
    """On one line, without what cannot be seen, at most so many characters; not escaped."""
    # What is far beyond the cut is not worth looking at character by character.
    line = " ".join(printable(words[: 5 * most]).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def typed(words: str, most: int = REASON) -> str:
    """The same, safe in mrkdwn."""
    return escape(plain(words, most))


def ended(words: str) -> str:
    """With a full stop, unless what was typed ends a sentence itself."""
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def code(words: str, most: int = RULE) -> str:
    """Between backticks, safe in mrkdwn; a backtick inside becomes an apostrophe."""
    return f"`{typed(words.replace('`', chr(39)), most) or ' '}`"


def person(user: str) -> str:
    """A mention; an id that is none of Slack's is shown as it is, safely."""
    return f"<@{user}>" if _USER.fullmatch(user) else typed(user, NAME) or "somebody"


def channel_link(channel: str) -> str:
    """A channel as people click it; an id that is none of Slack's is shown as it is, safely."""
    return f"<#{channel}>" if _USER.fullmatch(channel) else typed(channel, NAME) or "a channel"


def link(url: str | None, words: str) -> str:
    """Words that lead to a page; the words alone where the address is none."""
    return f"<{url}|{escape(words)}>" if url and _LINK.fullmatch(url) else escape(words)
