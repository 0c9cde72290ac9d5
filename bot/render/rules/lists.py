"""Rules looked up: all of a channel, one in full, what happened to it, and how its value comes about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analytics.watch.backtest import Backtest
from analytics.watch.moves import SessionEffect, WindowMove
from analytics.watch.preflight import PreFlight
from analytics.watch.readings import Reading
from analytics.watch.rules import Condition, Quantity
from analytics.watch.states import Reason
from analytics.window import Window
from bot.model import Digest, RuleHistory, RuleReport, RuleStatus, RuleTransition, RuleVersion, SectionQuery
from bot.render import blocks, ids, text
from bot.render.blocks import question_button
from bot.render.chart_specs import ChartSpec
from bot.render.measures import RATED, formula, measure_name
from bot.render.message import Block, Message
from bot.render.rules.audit import history_line
from bot.render.rules.card import (
    MOST_CONDITIONS,
    condition_lines,
    evidence_line,
    rule_buttons,
    target_line,
)
from bot.render.rules.conditions import (
    cut_symbol,
    distance_from_threshold,
    gap_words,
    parts_of,
    quantity_words,
    recovery_words,
    threshold_label,
    value_of,
    value_words,
)
from bot.render.rules.convention import convention, convention_of, sample_mark
from bot.render.rules.digest import rules_table
from bot.render.rules.names import rule_name
from bot.render.rules.posts import next_post_words
from bot.render.rules.read_back import often_words, past_words, read_back, remarks
from bot.render.rules.state import PHASES, in_a_row, incident_duration, rule_finding, state_words
from bot.render.rules.worth import method_lines, worth_lines
from bot.render.text import NAME_LENGTH, code_span, one_line, person

MOST = 12
"""Lines of each part of a history."""
FEW = 3
PAGE = 40
"""Rules in a list: so many fit a message whatever they are called, as a table and as lines of text."""


@dataclass(frozen=True)
class ListPage:
    """Which of a channel's rules a list shows.

    number: of the page, from 1 on, of so many `pages`.  meant: rules on all of them.  known: of the channel.
    said: what narrows them, as it is typed, e.g. "ISCB triggered"; empty where nothing does.
    before, after: the pages beside it, as they are typed after `/watch`; empty where there is none.
    """

    number: int
    pages: int
    meant: int
    known: int
    said: str = ""
    before: str = ""
    after: str = ""


def list_message(reports: Sequence[RuleReport], digest: Digest | None, page: ListPage) -> Message:
    """Write rules of a channel with value, threshold and state, a page of them; paused ones too."""
    post = next_post_words(digest, None)
    if not page.known:
        example = code_span("/watch ISCB sortino < 1.0 for 5 sessions then SPSM")
        none = f"This channel has no rules yet: {example} sets one."
        return blocks.message(none, [blocks.section(none), blocks.context(post)])
    if not reports:
        none = f"No rule in this channel is listed for {code_span(page.said)}: {_whole_list(page.known)}."
        return blocks.message(none, [blocks.section(none)])
    title = f"{sample_mark(reports)}{_title(page)}"
    table, _ = rules_table(reports)
    newest = max(report.session for report in reports)
    hints = "`/watch show R7` · `/watch why R7` · `/watch history R7`".replace("R7", reports[0].watched.name)
    shown = [
        blocks.section(f"*{title}*"),
        *table,
        *blocks.actions("watch.list", _turns(page)),
        blocks.context(*_pages(page), post, hints, convention(reports, newest)),
    ]
    told = [f"{rule_name(each.watched)}: {state_words(each)}" for each in reports[:MOST]]
    rest = [f"{len(reports) - MOST} more"] if len(reports) > MOST else []
    words = text.escape(f"{title}: {'; '.join([*told, *rest])}.")
    return blocks.message(" ".join([words, *_pages(page)]), shown)


def _title(page: ListPage) -> str:
    """Write "120 rules in this channel, page 2 of 3"; which ones they are where some are left out."""
    some = f" of {text.count(page.known)}" if page.said else ""
    named = f" for `{page.said}`" if page.said else ""
    turn = f", page {page.number} of {page.pages}" if page.pages > 1 else ""
    return f"{_rules(page.meant)}{some} in this channel{named}{turn}"


def _rules(count: int) -> str:
    return "1 rule" if count == 1 else f"{text.count(count)} rules"


def _whole_list(known: int) -> str:
    return f"`/watch list` shows {'its only rule' if known == 1 else f'all {text.count(known)}'}"


def _turns(page: ListPage) -> list[Block]:
    ways = {"Previous": page.before, "Next": page.after}
    return [
        question_button(label, f"list.{label.lower()}", SectionQuery(f"watch {typed}"))
        for label, typed in ways.items()
        if typed
    ]


def _pages(page: ListPage) -> list[str]:
    """Return how the pages beside this one are typed, and how fewer rules are listed."""
    if page.pages == 1:
        return []
    beside = [
        *([f"Next: `/watch {page.after}`"] if page.after else []),
        *([f"Previous: `/watch {page.before}`"] if page.before else []),
    ]
    fewer = [] if page.said else ["Only some: `/watch list ISCB`, `/watch list triggered`"]
    return [" · ".join([*beside, *fewer])]


def rule_message(
    report: RuleReport,
    back: Backtest | None,
    history: RuleHistory,
    picture: ChartSpec | None = None,
    told: PreFlight | None = None,
) -> Message:
    """Write one rule in full: what it says, where it stands, how it would have done, what happened last.

    told: what an unchanged world and a loss make of it; None where that was not asked
    """
    watched, mark = report.watched, sample_mark([report])
    now, spoken = _now(report)
    by = f"Version {watched.version}, set by {person(watched.author)} on {text.day(watched.made.date())}"
    gone = watched.status is RuleStatus.DELETED
    buttons = [*([] if gone else rule_buttons(watched)), blocks.button("History", ids.HISTORY, watched.key)]
    last = [*_incidents(history, FEW), *_deeds(history, FEW)]
    blocks_shown = [
        blocks.section(read_back(rule_name(watched), watched)),
        blocks.section(mark + "\n".join(now)),
        blocks.section(text.escape(past_words(watched.rule, back))),
        *([blocks.section(worth_lines(told))] if told else []),
        *([blocks.section("\n".join(last))] if last else []),
        *blocks.slots([picture] if picture else []),
        *blocks.actions(f"watch.shown.{watched.key}", buttons),
        blocks.context(f"{by}: {code_span(watched.text)}", *method_lines(told), convention_of(report)),
    ]
    return blocks.message(mark + spoken, blocks_shown, picture)


def _now(report: RuleReport) -> tuple[list[str], str]:
    """Say where a rule stands, and the same in one line; safe mrkdwn."""
    said, status, line = rule_finding(report), report.watched.status, evidence_line(report)
    if status is not RuleStatus.ACTIVE:
        idle = f"{rule_name(report.watched)} is {status.value}: it is not read and nobody is told."
        return [f"*{text.escape(idle)}*"], text.escape(idle)
    lines = [
        said.short,
        *condition_lines(report),
        *target_line(report),
        *([line] if line else []),
        text.escape(f"State: {state_words(report)}."),
        *remarks(report),
    ]
    return lines, " ".join([text.escape(said.plain), *target_line(report)])


def history_message(watched: RuleVersion, history: RuleHistory, followed: Sequence[str] = ()) -> Message:
    """Write what happened to a rule and who did what, the newest first.

    followed: what came after its firings, plain text.
    """
    after = ["*What followed*", *(f"• {text.escape(line)}" for line in followed)] if followed else []
    parts = [
        after,
        _incidents(history, MOST),
        _flips(watched, history),
        _deeds(history, MOST),
        _versions(history),
    ]
    told = [part for part in parts if part]
    count, fired = len(history.versions), len(history.incidents)
    often = f"has triggered {often_words(fired)}" if fired else "has not triggered yet"
    head = text.escape(f"{rule_name(watched)} {often}{f', in {count} versions' if count > 1 else ''}.")
    shown = [
        blocks.section(f"*{head}*"),
        *(blocks.section("\n".join(part)) for part in told),
        blocks.context(f"`/watch show {watched.name}` shows where it stands"),
    ]
    return blocks.message(head, shown)


def why_message(report: RuleReport, moves: Sequence[tuple[Quantity, WindowMove]] = ()) -> Message:
    """Write what moved the value, how it comes about, and each number that went into the decision.

    moves: since the session before, of the quantities of which that is known
    """
    pairs = parts_of(report.watched.rule, report.reading)
    sections = ["\n".join(_numbers(report, *pair)) for pair in pairs]
    said = rule_finding(report)
    moved = ["\n".join(_moved(*each)) for each in moves[:MOST_CONDITIONS]]
    shown_blocks = [
        blocks.section(f"{sample_mark([report])}{said.bold}"),
        *(blocks.section(text.escape(words)) for words in moved),
        *(blocks.section(words) for words in sections[:MOST_CONDITIONS]),
        blocks.section("\n".join([*target_line(report), *_patience(report)])),
        blocks.context(f"Rule {code_span(report.watched.text)}", convention_of(report)),
    ]
    return blocks.message(f"{sample_mark([report])}{text.escape(said.plain)}", shown_blocks)


def _moved(quantity: Quantity, move: WindowMove) -> list[str]:
    """Say what the sessions that left and entered the window did to a value."""
    marks = (move.value_before, move.value_after)
    before, after = (value_words(quantity, each, [other]) for each, other in (marks, marks[::-1]))
    name = quantity_words(quantity)
    return [
        f"{text.capital(name)}: {before} on {text.day(move.before)}, {after} on {text.day(move.after)}.",
        *(f"• {_session_effect(quantity, 'left', each)}" for each in move.left),
        *(f"• {_session_effect(quantity, 'entered', each)}" for each in move.entered),
        *([] if move.left else ["No session left the window."]),
    ]


def _session_effect(quantity: Quantity, verb: str, each: SessionEffect) -> str:
    """Write "16 Jan 2025 left (ISCB -0.8 %): 0.02 up"."""
    returns = ", ".join(
        f"{cut_symbol(symbol)} {text.signed_percent(value)}" for symbol, value in each.returns
    )
    size = distance_from_threshold(quantity, each.effect, 0.0)
    told = {"above": "up", "below": "down"}
    amount, _, side = size.rpartition(" ")
    effect = f"{amount} {told[side]}" if side in told else "no change"
    return f"{text.day(each.session)} {verb}{f' ({returns})' if returns else ''}: {effect}"


def _numbers(report: RuleReport, condition: Condition, reading: Reading | None) -> list[str]:
    """Return one condition: formula, window, value, threshold, distance, recovery value; safe mrkdwn."""
    quantity, value = condition.quantity, reading.value if reading else None
    name = measure_name(quantity)
    how = f"{one_line(name[:1].upper() + name[1:], NAME_LENGTH * 2)} = {formula(quantity.measure)}"
    told = value_of(condition, value)
    met, safe = (reading.met, reading.safe) if reading else (None, None)
    missing = f" ({one_line(reading.reason, 200)})" if reading and value is None and reading.reason else ""
    gap = f", {gap_words(condition, value)}" if value is not None else ""
    return [
        f"*{text.escape(quantity_words(quantity))}*",
        text.escape(how),
        *([text.escape(_window(report, condition))] if not quantity.windowless else []),
        text.escape(f"Value {told}{missing}"),
        text.escape(f"{threshold_label(condition)}{gap}; met: {_answer(met)}"),
        text.escape(f"Clears when {recovery_words(condition)}; reached: {_answer(safe)}"),
    ]


def _window(report: RuleReport, condition: Condition) -> str:
    quantity = condition.quantity
    rate = f"; {quantity.rate.label}".replace(" %", f"{text.NBSP}%") if quantity.measure in RATED else ""
    return f"Window {quantity.window.label}: {_reach(quantity.window, report.session)}{rate}"


def _reach(window: Window, session: date) -> str:
    if window.months:
        # From which close depends on whether the session is the last of its month, which the calendar knows.
        return f"{window.words} to {text.day(session)}"
    base = window.base_target(session, month_end=False)
    begins = f"last close on or before {text.day(base)}" if base else "first common close"
    return f"{begins}, to {text.day(session)}"


def _answer(answer: bool | None) -> str:
    if answer is None:
        return "not known"
    return "yes" if answer else "no"


def _patience(report: RuleReport) -> list[str]:
    policy, rule = report.watched.policy, report.watched.rule
    several = len(rule.conditions) > 1
    needed = f"{rule.needed} of {len(rule.conditions)} conditions must be met. " if several else ""
    return [
        text.escape(
            f"{needed}It triggers when in breach {in_a_row(policy.confirm)} and clears when at the clearing "
            f"value or beyond {in_a_row(policy.recovery)}."
        ),
        text.escape(f"State: {state_words(report)}."),
    ]


def _incidents(history: RuleHistory, most: int) -> list[str]:
    if not history.incidents:
        return []
    told = []
    for incident in history.incidents[:most]:
        if incident.recovered:
            told.append(f"• {incident_duration(incident, incident.recovered)}")
        else:
            told.append(f"• since {text.day(incident.fired)}, still open")
    return ["*Incidents*", *told, *_more_line(len(history.incidents), most)]


def _flips(watched: RuleVersion, history: RuleHistory) -> list[str]:
    if not history.transitions:
        return []
    told = [f"• {text.escape(_flip(watched, flip))}" for flip in history.transitions[:MOST]]
    return ["*Changes of state*", *told, *_more_line(len(history.transitions), MOST)]


def _flip(watched: RuleVersion, transition: RuleTransition) -> str:
    conditions = watched.rule.conditions
    if len(conditions) > 1:
        known = None if transition.value is None else int(transition.value)
        value = text.NONE if known is None else f"{known} of {len(conditions)} hold"
    else:
        value = value_of(conditions[0], transition.value)
    then = ""
    if watched.rule.then and transition.then is not None and len(conditions) == 1:
        beside = value_words(conditions[0].quantity.of(watched.rule.then), transition.then)
        then = f", {cut_symbol(watched.rule.then)} {beside}"
    return f"{text.day(transition.session)}: {_change(transition)}, {value}{then}"


def _change(transition: RuleTransition) -> str:
    """Return what became of the state: "quiet to waiting", "cleared"; what a snooze had kept unsaid is still
    as it was.
    """
    if transition.before is transition.after:
        return f"still {PHASES[transition.after]} after a snooze"
    if transition.reason is Reason.RECOVERED:
        return "cleared"
    restated = " (restated)" if transition.reason is Reason.RESTATED else ""
    return f"{PHASES[transition.before]} to {PHASES[transition.after]}{restated}"


def _deeds(history: RuleHistory, most: int) -> list[str]:
    if not history.deeds:
        return []
    told = [f"• {history_line(deed)}" for deed in history.deeds[:most]]
    return ["*Who did what*", *told, *_more_line(len(history.deeds), most)]


def _versions(history: RuleHistory) -> list[str]:
    if not history.versions:
        return []
    told = [
        f"• {each.version}, {text.day(each.made.date())}, {person(each.author)}: {code_span(each.text)}"
        for each in history.versions[:FEW]
    ]
    return ["*Versions*", *told, *_more_line(len(history.versions), FEW)]


def _more_line(count: int, most: int) -> list[str]:
    return [f"and {text.count(count - most)} more"] if count > most else []
