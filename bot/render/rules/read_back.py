"""A rule read back when it is set, edited or tried: what it says, and how often it would have fired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from analytics.watch.backtest import Backtest, Outcome
from analytics.watch.preflight import PreFlight
from analytics.watch.rules import Condition, Rule
from analytics.watch.states import Reason
from bot.model import Digest, RuleReport, RuleVersion
from bot.render import blocks, text
from bot.render.chart_specs import ChartSpec
from bot.render.message import Block, Message
from bot.render.rules.card import condition_lines, rule_buttons, target_line, target_words
from bot.render.rules.conditions import quantity_words, threshold_words
from bot.render.rules.convention import convention_of, sample_mark
from bot.render.rules.names import rule_name
from bot.render.rules.posts import next_post_words
from bot.render.rules.state import rule_finding, sessions
from bot.render.rules.words import rule_words
from bot.render.rules.worth import (
    OfferedRule,
    method_lines,
    offer_blocks,
    record_words,
    worth_lines,
    worth_words,
)
from bot.render.text import code_span, person


@dataclass(frozen=True)
class Worth:
    """Whether a rule is worth having, as far as that is known when it is read back.

    told : None where nothing was asked of an unchanged world
    picture : of its past
    offered : rules within the budget, once they are found
    whole : all is told of the past, and not how often alone
    """

    told: PreFlight | None = None
    picture: ChartSpec | None = None
    offered: tuple[OfferedRule, ...] = ()
    whole: bool = False


NOT_WEIGHED = Worth()


def created_message(
    report: RuleReport,
    back: Backtest | None,
    digest: Digest | None,
    next_post: datetime | None,
    *,
    edited: bool,
    digest_is_new: bool,
    worth: Worth = NOT_WEIGHED,
    added: Sequence[str] = (),
) -> Message:
    """Write the answer to `/watch`: the rule as it is kept.

    back: None where there is nothing to test it on.  next_post: when the channel hears of it at the earliest
    added: what the rule says and its author did not
    """
    watched = report.watched
    head = f"{rule_name(watched)} is {f'now version {watched.version}' if edited else 'set'}"
    post = next_post_words(digest, next_post, is_new=digest_is_new)
    by = f"{'Edited' if edited else 'Set'} by {person(watched.author)}: {code_span(watched.text)}"
    fresh = ["Its count begins afresh; what the earlier version had open is closed."] if edited else []
    closing = blocks.section("\n".join([*fresh, post]))
    done = blocks.actions(f"watch.made.{watched.key}", rule_buttons(watched))
    return _message(head, report, back, worth, [closing], [by], added, done)


def tested_message(
    report: RuleReport,
    back: Backtest | None,
    worth: Worth = NOT_WEIGHED,  # noqa: PT028
    added: Sequence[str] = (),  # noqa: PT028
) -> Message:
    """Write the answer to `/watch test`: the same of a rule that is not kept."""
    keep = f"To keep it: {code_span(f'/watch {report.watched.text}')}"
    return _message("Tested, nothing was saved", report, back, worth, [], [keep], added)


def read_back(head: str, watched: RuleVersion) -> str:
    """Return the rule in words behind a heading; safe mrkdwn."""
    return f"*{text.escape(head)}:* it {text.escape(rule_words(watched.rule, watched.policy))}"


def added_words(added: Sequence[str]) -> str:
    """Say what was added to what was typed: " “1 year” was added."; empty where nothing was."""
    if not added:
        return ""
    told = text.join_words([f"“{words.replace(' ', text.NBSP)}”" for words in added])
    return f" {told} {'was' if len(added) == 1 else 'were'} added."


def _message(
    head: str,
    report: RuleReport,
    back: Backtest | None,
    worth: Worth,
    more: list[Block],
    lines: list[str],
    added: Sequence[str] = (),
    done: Sequence[Block] = (),
) -> Message:
    rule, told = report.watched.rule, worth.told
    weighed = [worth_lines(told)] if told else []
    record = record_words(told) if told and worth.whole else ""
    past = " ".join(filter(None, [past_words(rule, back), record]))
    shown = [
        blocks.section(f"{sample_mark([report])}{read_back(head, report.watched)}{added_words(added)}"),
        blocks.section("\n".join(_today(report))),
        blocks.section(text.escape(past)),
        *(blocks.section(words) for words in weighed),
        *more,
        *blocks.slots([worth.picture] if worth.picture else []),
        *offer_blocks(worth.offered),
        *done,
        blocks.context(*lines, *method_lines(told), convention_of(report)),
    ]
    target = [f"{words}." for words in [target_words(report)] if words]
    last = worth_words(told) if told else past_words(rule, back)
    said = [f"{head}: it {rule_words(rule, report.watched.policy)}", _now(report), *target, last]
    return blocks.message(sample_mark([report]) + text.escape(" ".join(said)), shown, worth.picture)


def _now(report: RuleReport) -> str:
    said = rule_finding(report)
    on = "It" if report.state.trouble else f"On {text.day(report.session)} it"
    return f"{on} {said.verb}: {said.full}"


def _today(report: RuleReport) -> list[str]:
    return [
        text.escape(_now(report)),
        *condition_lines(report),
        *target_line(report),
        *remarks(report),
    ]


def remarks(report: RuleReport) -> list[str]:
    """Return what to know of this rule's form: a crossing that cannot fire yet; safe mrkdwn."""
    conditions, transition, reading = report.watched.rule.conditions, report.flip, report.reading
    waits = conditions[0].op.crossing and not (report.state.armed or report.state.open)
    beyond = (reading is not None and reading.met) or (
        transition and transition.reason is Reason.ALREADY_BEYOND
    )
    return [_already_met(report.watched, conditions[0])] if waits and beyond else []


def _already_met(watched: RuleVersion, condition: Condition) -> str:
    level = condition.op.level
    here, there = level.words.breach, level.words.safe
    quantity = text.escape(quantity_words(condition.quantity))
    form = code_span(f"/watch {watched.text.replace(condition.op.value, level.value, 1)}")
    return (
        f"{quantity} is {here} {text.escape(threshold_words(condition))} already, so a crossing cannot "
        f"trigger until it has been {there} once; {form} tells of the level."
    )


_MONTHS = 12
ROUNDING = 0.05
"""Years that a tenth of a year rounds over."""


def past_words(rule: Rule, back: Backtest | None) -> str:
    """Return how often and for how long: "In the 5 years to 16 Jan 2026 it would have triggered twice"."""
    if any(condition.quantity.is_fact for condition in rule.conditions):
        return "There is no history to test it on: a fund's facts are known for today only."
    if back is None:
        return "It was not tested on the past."
    if back.start is None or back.end is None:
        return "There is no history to test it on: no session has a full window."
    return f"In {_stretch(back)} it would {_firings_words(back.asked)}."


def _stretch(back: Backtest) -> str:
    years = _years(back).removeprefix(f"1{text.NBSP}")
    return f"the {years} to {text.day(back.end)}" if back.end else "no time"


def _firings_words(outcome: Outcome) -> str:
    if not outcome.fired:
        return "not have triggered"
    is_open = outcome.incidents[-1].recovered is None
    if outcome.fired == 1:
        still = ", and still be open" if is_open else ""
        return f"have triggered once, for {sessions(outcome.sessions)}{still}"
    still = "; the last one is still open" if is_open else ""
    return (
        f"have triggered {often_words(outcome.fired)}, for {sessions(outcome.sessions)} in all, "
        f"the longest {outcome.longest}{still}"
    )


def often_words(count: int) -> str:
    """Write "once", "twice", "9 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{text.count(count)} times")


def _years(back: Backtest) -> str:
    """Write "5 years", "2.4 years", "7 months", "12 sessions": as long as the data are, not as was
    asked.
    """
    # A year of sessions may lack a day of the calendar's.
    if back.years >= 1 - ROUNDING:
        shown = f"{back.years:.1f}".removesuffix(".0")
        return f"{shown}{text.NBSP}{'year' if shown == '1' else 'years'}"
    months = int(back.years * _MONTHS)
    if months >= 1:
        return f"{months}{text.NBSP}{'month' if months == 1 else 'months'}"
    return sessions(back.asked.known)
