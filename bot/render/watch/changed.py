"""What a person did to a rule, said back; and why something was not done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analytics.watch.states import Acknowledgement
from bot.model import RuleVersion
from bot.render import text
from bot.render.message import Block, Message
from bot.render.watch import ids
from bot.render.watch.parts import blocks
from bot.render.watch.parts.audit import after_acknowledging, after_snoozing, after_unsnoozing
from bot.render.watch.parts.typed import code, ended, person, typed
from bot.render.watch.words import rule_words

LONGEST = 600
"""Characters of a command that is offered: a cut one would be another rule."""
MOST_KNOWN = 15
"""Rules named beside one that does not exist."""


def paused(watched: RuleVersion, user: str) -> Message:
    """A rule is not read until somebody resumes it."""
    name = watched.name
    rest = f"It is not read and nobody is told until `/watch resume {name}`; an open incident is closed."
    return _line(f"*{name} is paused* by {person(user)}. {rest}", f"{name} is paused. {rest}")


def resumed(watched: RuleVersion, user: str) -> Message:
    """A rule is read again, from a fresh state."""
    rest = "It is read after every session again; its count begins afresh."
    return _line(
        f"*{watched.name} is resumed* by {person(user)}. {rest}", f"{watched.name} is resumed. {rest}"
    )


def confirm_delete(watched: RuleVersion) -> Message:
    """Asks before a rule is deleted; the buttons' values are its version."""
    words = text.escape(rule_words(watched.rule, watched.policy))
    question = f"Delete {watched.name}?"
    rest = "Its history stays readable, its number is not given again."
    buttons = [
        blocks.button(f"Delete {watched.name}", ids.DELETE, watched.key, "danger"),
        blocks.button("Keep it", ids.KEEP, watched.key),
    ]
    shown = [
        blocks.section(f"*{question}* It {words}\n{rest}"),
        *blocks.actions(f"watch.delete.{watched.key}", buttons),
        blocks.context(_set_by(watched)),
    ]
    return blocks.message(f"{question} It {words} {rest}", shown)


def deleted(watched: RuleVersion, user: str) -> Message:
    """A rule is gone."""
    name = watched.name
    rest = f"An open incident is closed. `/watch history {name}` still shows what happened to it."
    return _line(f"*{name} is deleted* by {person(user)}. {rest}", f"{name} is deleted. {rest}")


def kept(watched: RuleVersion) -> Message:
    """A rule was not deleted after all."""
    return _line(f"{watched.name} is kept as it was.")


def acknowledged(
    watched: RuleVersion, user: str, reason: str, *, snoozed_until: date | None = None
) -> Message:
    """Somebody has an incident in hand.  snoozed_until: while it is snoozed"""
    why = f": {typed(reason)}" if reason.strip() else ""
    rest = after_acknowledging(snoozed_until)
    told = ended(f"*{watched.name} is acknowledged* by {person(user)}{why}")
    return _line(f"{told} {rest}", f"{ended(f'{watched.name} is acknowledged{why}')} {rest}")


def acknowledged_before(watched: RuleVersion, by: Acknowledgement) -> Message:
    """Somebody else was first."""
    why = f": {typed(by.reason)}" if by.reason.strip() else ""
    told = ended(f"{watched.name} was acknowledged before by {person(by.by)}{why}")
    return _line(f"{told} Nothing was changed.")


def snoozed_before(watched: RuleVersion, until: date) -> Message:
    """It is quiet for as long already."""
    name = watched.name
    return _line(
        f"{name} is snoozed already, through {text.day(until)}. Nothing was changed; "
        f"`/watch unsnooze {name}` ends the snooze."
    )


def not_snoozed(watched: RuleVersion) -> Message:
    """There is no snooze to be ended."""
    return _line(f"{watched.name} is not snoozed: what changes is told. Nothing was changed.")


def unsnoozed(watched: RuleVersion, user: str, *, in_hand: bool = False) -> Message:
    """A snooze was ended by hand.  in_hand: its incident is acknowledged"""
    name, rest = watched.name, after_unsnoozing(in_hand=in_hand)
    return _line(f"*{name} is unsnoozed* by {person(user)}. {rest}", f"{name} is unsnoozed. {rest}")


def snoozed(watched: RuleVersion, user: str, until: date, *, in_hand: bool = False) -> Message:
    """Nothing is said of a rule through a session.  in_hand: its incident is acknowledged, too."""
    name, day = watched.name, text.day(until)
    rest = f"{after_snoozing(in_hand=in_hand)} `/watch show {name}` shows it meanwhile."
    return _line(
        f"*{name} is snoozed* by {person(user)} through {day}. {rest}",
        f"{name} is snoozed through {day}. {rest}",
    )


def refused_change(watched: RuleVersion) -> Message:
    """The person is neither the rule's author nor an admin."""
    rest = "only its author and the workspace's admins may change it."
    return _line(
        f"{watched.name} was set by {person(watched.owner)}; {rest}\n"
        f"A rule of your own can say the same: {code(f'/watch anyway {watched.text}', LONGEST)}",
        f"{watched.name} was not changed: {rest}",
    )


def no_open_incident(watched: RuleVersion) -> Message:
    """There is nothing to acknowledge or to snooze."""
    name = watched.name
    return _line(f"{name} has no open incident any more. `/watch show {name}` shows where it stands.")


def superseded(watched: RuleVersion) -> Message:
    """The button pressed belongs to an older version.  watched: the newest one"""
    name = watched.name
    return _line(
        f"{name} was edited since; its version is now {watched.version}. "
        f"`/watch show {name}` shows where it stands."
    )


def no_such_rule(number: int, known: Sequence[int]) -> Message:
    """There is no rule of that number in the channel.  known: the numbers there are"""
    if not known:
        return _line(
            f"There is no R{number}: this channel has no rules yet. `/watch help` shows how to set one."
        )
    names = [f"R{each}" for each in known[:MOST_KNOWN]]
    more = [f"{len(known) - MOST_KNOWN} more"] if len(known) > MOST_KNOWN else []
    has = text.listed([*names, *more])
    return _line(f"There is no R{number} in this channel; it has {has}. `/watch list` shows what they say.")


def _set_by(watched: RuleVersion) -> str:
    return f"Set by {person(watched.author)}: {code(watched.text)}"


def _line(words: str, spoken: str | None = None) -> Message:
    shown: list[Block] = [blocks.section(words)]
    return blocks.message(spoken or words, shown)
