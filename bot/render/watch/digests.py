"""A channel's daily post: how it stands, switched on, switched off."""

from __future__ import annotations

from datetime import date, datetime

from bot.model import Digest, DigestMode
from bot.render import text
from bot.render.message import Message
from bot.render.watch.parts import blocks
from bot.render.watch.parts.posts import ON, Waits, daily_words, next_words, stop_words, wait_words
from bot.render.watch.parts.typed import person

_CHANGE = (
    "`/digest on 07:45 Europe/London always` changes it · `/digest off` ends it · `/digest now` posts now"
)


def status(digest: Digest | None, waits: Waits | None, rules: int, last: date | None) -> Message:
    """How the daily post stands.

    waits: for what the next one waits.  rules: active ones of the channel.
    last: the newest session that was posted, None for none yet
    """
    before = f" The last one told of {text.day(last)}." if last else ""
    if digest is None:
        return _message(f"This channel has no daily post: {ON}. {_rules(rules)}")
    if digest.stopped:
        why = stop_words(digest.stopped)
        alone = "Until then what fires comes to its author alone."
        return _message(f"The daily post is stopped: {why}. {ON} again. {alone}{before} {_rules(rules)}")
    if not digest.on:
        return _message(f"The daily post is off: {ON} again.{before} {_rules(rules)}")
    told = before or " None was posted yet."
    how = _how(digest, waits.post if waits else None)
    words = f"{how}{_waiting(digest, waits)}{told} {_rules(rules)}"
    return _message(words, f"Set up by {person(digest.owner)}", _CHANGE)


def switched_on(digest: Digest, waits: Waits | None, rules: int, by: str) -> Message:
    """The daily post is on, or changed.  waits: for what the next one waits.  by: who did it"""
    how = _how(digest, waits.post if waits else None)
    words = f"{how}{_waiting(digest, waits)} {_rules(rules)}"
    who = f"Set up by {person(digest.owner)}"
    changed = "" if by == digest.owner else f" · changed by {person(by)}"
    return _message(words, f"{who}{changed}", _CHANGE)


def switched_off(digest: Digest | None, rules: int, by: str = "") -> Message:
    """The daily post is off.

    digest: as it was, None where there never was one.  by: who has switched it off now, empty where it was
    off before.
    """
    if digest is None:
        return _message(f"This channel had no daily post; nothing was changed. {_rules(rules)}")
    kept = f"{'It is' if rules == 1 else 'They are'} kept and read, but nobody is told." if rules else ""
    off = "The daily post is off." if by else "The daily post was off before; nothing was changed."
    who = [f"Switched off by {person(by)}"] if by else []
    return _message(f"{off} {_rules(rules)} {kept}".strip(), *who, f"{ON} again")


def refused(digest: Digest) -> Message:
    """The person has not switched the daily post on, and is no admin."""
    may = "and the workspace's admins may change it or switch it off. Nothing was changed."
    shown = f"The daily post was switched on by {person(digest.owner)}; only they {may}"
    return blocks.message(f"Only who has switched the daily post on {may}", [blocks.section(shown)])


def _waiting(digest: Digest, waits: Waits | None) -> str:
    return f" {wait_words(digest, waits)}" if waits else ""


def _how(digest: Digest, next_post: datetime | None) -> str:
    quiet = "one line" if digest.mode is DigestMode.ALWAYS else "silent"
    how = text.escape(f"{daily_words(digest)}{next_words(digest, next_post)}")
    return f"The daily post is on: {how}. A day without news is {quiet}."


def _rules(rules: int) -> str:
    if not rules:
        return "No rule is active here: `/watch ISCB sortino &lt; 1.0 for 5 sessions then SPSM` sets one."
    return f"{text.count(rules)} {'rule is' if rules == 1 else 'rules are'} active here."


def _message(words: str, *lines: str) -> Message:
    shown = [blocks.section(words), *([blocks.context(*lines)] if lines else [])]
    return blocks.message(words, shown)
