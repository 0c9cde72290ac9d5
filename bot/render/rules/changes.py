"""A rule paused, resumed, snoozed, acknowledged, deleted or set twice: what is answered, and why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from analytics.watch.differences import Aspect
from analytics.watch.rules import Rule
from analytics.watch.states import Acknowledgement, Policy
from bot.model import RuleReport, RuleStatus, RuleVersion, SectionQuery
from bot.render import blocks, ids, text
from bot.render.blocks import question_button
from bot.render.message import Block, Message
from bot.render.rules.audit import (
    after_acknowledging,
    after_snoozing,
    after_unsnoozing,
    decided_words,
)
from bot.render.rules.conditions import cut_symbol, recovery_words
from bot.render.rules.names import safe_rule_name
from bot.render.rules.state import sessions, state_words
from bot.render.rules.words import rule_words
from bot.render.text import code_span, end_sentence, person, safe_line

LONGEST = 600
"""Characters of a command that is offered: a cut one would be another rule."""
MOST_KNOWN = 15
"""Rules named beside one that does not exist."""


def paused_message(watched: RuleVersion, user: str) -> Message:
    """Say that a rule is not read until somebody resumes it."""
    name = watched.name
    rest = f"It is not read and nobody is told until `/watch resume {name}`; an open incident is closed."
    called = safe_rule_name(watched)
    return _line(f"*{called} is paused* by {person(user)}. {rest}", f"{called} is paused. {rest}")


def resumed_message(watched: RuleVersion, user: str) -> Message:
    """Say that a rule is read again, from a fresh state."""
    rest = "It is read after every session again; its count begins afresh."
    called = safe_rule_name(watched)
    return _line(f"*{called} is resumed* by {person(user)}. {rest}", f"{called} is resumed. {rest}")


def confirm_delete(watched: RuleVersion) -> Message:
    """Ask before a rule is deleted; the buttons' values are its version."""
    words = text.escape(rule_words(watched.rule, watched.policy))
    question = f"Delete {safe_rule_name(watched)}?"
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


def deleted_message(watched: RuleVersion, user: str) -> Message:
    """Say that a rule is gone."""
    called = safe_rule_name(watched)
    rest = f"An open incident is closed. `/watch history {watched.name}` still shows what happened to it."
    return _line(f"*{called} is deleted* by {person(user)}. {rest}", f"{called} is deleted. {rest}")


def not_deleted_message(watched: RuleVersion) -> Message:
    """Say that a rule was not deleted after all."""
    return _line(f"{safe_rule_name(watched)} is kept as it was.")


def acknowledged_message(
    watched: RuleVersion, user: str, reason: str, *, snoozed_until: date | None = None
) -> Message:
    """Say that somebody has an incident in hand.

    reason: with what was decided.  snoozed_until: while it is snoozed
    """
    why = f": {safe_line(reason)}" if reason.strip() else ""
    rest = after_acknowledging(snoozed_until)
    called = safe_rule_name(watched)
    told = end_sentence(f"*{called} is acknowledged* by {person(user)}{why}")
    return _line(f"{told} {rest}", f"{end_sentence(f'{called} is acknowledged{why}')} {rest}")


def acknowledged_before_message(watched: RuleVersion, by: Acknowledgement) -> Message:
    """Say that somebody else was first."""
    reason = decided_words(by.reason, by.decided)
    why = f": {safe_line(reason)}" if reason.strip() else ""
    told = end_sentence(f"{safe_rule_name(watched)} was acknowledged before by {person(by.by)}{why}")
    return _line(f"{told} Nothing was changed.")


def snoozed_before_message(watched: RuleVersion, until: date) -> Message:
    """Say that it is quiet for as long already."""
    return _line(
        f"{safe_rule_name(watched)} is snoozed already, through {text.day(until)}. Nothing was changed; "
        f"`/watch unsnooze {watched.name}` ends the snooze."
    )


def not_snoozed_message(watched: RuleVersion) -> Message:
    """Say that there is no snooze to be ended."""
    return _line(f"{safe_rule_name(watched)} is not snoozed: what changes is told. Nothing was changed.")


def unsnoozed_message(watched: RuleVersion, user: str, *, in_hand: bool = False) -> Message:
    """Say that a snooze was ended by hand.  in_hand: its incident is acknowledged"""
    called, rest = safe_rule_name(watched), after_unsnoozing(in_hand=in_hand)
    return _line(f"*{called} is unsnoozed* by {person(user)}. {rest}", f"{called} is unsnoozed. {rest}")


def snoozed_message(watched: RuleVersion, user: str, until: date, *, in_hand: bool = False) -> Message:
    """Say that nothing is said of a rule through a session.  in_hand: its incident is acknowledged, too."""
    called, day = safe_rule_name(watched), text.day(until)
    rest = f"{after_snoozing(in_hand=in_hand)} `/watch show {watched.name}` shows it meanwhile."
    return _line(
        f"*{called} is snoozed* by {person(user)} through {day}. {rest}",
        f"{called} is snoozed through {day}. {rest}",
    )


def refused_change_message(watched: RuleVersion) -> Message:
    """Say that the person is neither the rule's author nor an admin."""
    rest = "only its author and the workspace's admins may change it."
    return _line(
        f"{safe_rule_name(watched)} was set by {person(watched.owner)}; {rest}\n"
        f"A rule of your own can say the same: {code_span(f'/watch anyway {watched.text}', LONGEST)}",
        f"{safe_rule_name(watched)} was not changed: {rest}",
    )


def no_open_incident_message(watched: RuleVersion) -> Message:
    """Say that there is nothing to acknowledge or to snooze."""
    rest = f"`/watch show {watched.name}` shows where it stands."
    return _line(f"{safe_rule_name(watched)} has no open incident any more. {rest}")


def superseded_message(watched: RuleVersion) -> Message:
    """Say that the button pressed belongs to an older version.  watched: the newest one"""
    return _line(
        f"{safe_rule_name(watched)} was edited since; its version is now {watched.version}. "
        f"`/watch show {watched.name}` shows where it stands."
    )


def no_such_rule_message(number: int, known: Sequence[int]) -> Message:
    """Say that there is no rule of that number in the channel.  known: the numbers there are"""
    if not known:
        return _line(
            f"There is no R{number}: this channel has no rules yet. `/watch help` shows how to set one."
        )
    names = [f"R{each}" for each in known[:MOST_KNOWN]]
    more = [f"{len(known) - MOST_KNOWN} more"] if len(known) > MOST_KNOWN else []
    has = text.join_words([*names, *more])
    return _line(f"There is no R{number} in this channel; it has {has}. `/watch list` shows what they say.")


def _set_by(watched: RuleVersion) -> str:
    return f"Set by {person(watched.author)}: {code_span(watched.text)}"


def _line(words: str, spoken: str | None = None) -> Message:
    shown: list[Block] = [blocks.section(words)]
    return blocks.message(spoken or words, shown)


def duplicate_rule_message(
    report: RuleReport,
    rule: Rule,
    policy: Policy,
    apart: Sequence[Aspect],
    typed: str,
    *,
    edited: int | None,
    may_change: bool,
) -> Message:
    """Offer the rule that is there; nothing was saved.

    report: of that one.  rule, policy: what was asked for, and in what it lies `apart` from it.
    typed: what was asked for, as it is typed after `/watch` to be kept all the same.
    edited: the number of the rule that was to be changed, None for a new one.
    may_change: whether the asker may change the rule that is there.
    """
    watched = report.watched
    name, made = watched.name, text.day(watched.made.date())
    head = f"{safe_rule_name(watched)} already watches this here"
    differs = (
        [f"It differs: {text.escape('; '.join(_differences(watched, rule, policy, apart)))}."]
        if apart
        else []
    )
    spoken = f"{head}, set on {made}, {text.escape(state_words(report))}."
    shown = f"*{head}*, set by {person(watched.owner)} on {made}, {text.escape(state_words(report))}."
    rest = " ".join([*differs, "Nothing was saved."])
    ways = list(_duplicate_choices(watched, typed, apart, edited=edited, may_change=may_change))
    buttons = [
        question_button(label, f"twice.{at}", SectionQuery(f"watch {what}"))
        for at, (label, what) in enumerate(ways)
    ]
    lines = [
        f"{name}: {code_span(watched.text)}",
        *(f"{label}: {code_span(f'/watch {what}', LONGEST)}" for label, what in ways),
    ]
    shown_blocks: list[Block] = [
        blocks.section(f"{shown} {rest}"),
        *blocks.actions("watch.twice", buttons),
        blocks.context(*lines),
    ]
    return blocks.message(f"{spoken} {rest}", shown_blocks)


def _duplicate_choices(
    watched: RuleVersion, typed: str, apart: Sequence[Aspect], *, edited: int | None, may_change: bool
) -> Iterator[tuple[str, str]]:
    """Yield what can be done now: what a button says, and what is typed after `/watch`."""
    name = watched.name
    yield f"Show {name}", f"show {name}"
    if may_change and watched.status is RuleStatus.PAUSED:
        yield f"Resume {name}", f"resume {name}"
    if edited is not None:
        yield f"Change R{edited} all the same", f"edit R{edited} anyway {typed}"
        return
    if may_change and apart:
        yield f"Change {name}", f"edit {name} {typed}"
    yield "Set it all the same", f"anyway {typed}"


def _differences(watched: RuleVersion, rule: Rule, policy: Policy, apart: Sequence[Aspect]) -> Iterator[str]:
    """Tell in what the rule that is there lies apart from the one that was asked for; plain text."""
    was, patience = watched.rule, watched.policy
    for aspect in apart:
        match aspect:
            case Aspect.CONFIRMATION:
                there, here = (sessions(each.confirm) for each in (patience, policy))
                yield f"it triggers after {there}, this one after {here}"
            case Aspect.RECOVERY_VALUE if len(rule.conditions) == 1:
                there, here = (recovery_words(each.conditions[0]) for each in (was, rule))
                yield f"it clears {there}, this one {here}"
            case Aspect.RECOVERY_VALUE:
                yield "it has other clearing values"
            case Aspect.RECOVERY:
                there, here = (sessions(each.recovery) for each in (patience, policy))
                yield f"it clears after {there}, this one after {here}"
            case Aspect.TARGET:
                there, here = (cut_symbol(each.then) if each.then else "no fund" for each in (was, rule))
                yield f"it shows {there} beside it, this one {here}"
