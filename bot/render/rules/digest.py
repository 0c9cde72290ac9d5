"""A channel's daily post: a short parent, and the table of all rules in its thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from analytics.panel import Doubt
from analytics.watch.states import Announcement, Phase, Reason
from bot.model import DigestContent, RuleReport, RuleTransition
from bot.render import blocks, limits, text
from bot.render.chart_specs import ChartSpec
from bot.render.doubts import MARK, legend
from bot.render.ids import DIGEST_OFF
from bot.render.message import Block, Message
from bot.render.rules.card import target_words
from bot.render.rules.conditions import (
    cut_symbol,
    met_words,
    quantity_words,
    threshold_words,
    value_of,
    value_words,
)
from bot.render.rules.convention import convention, sample_mark
from bot.render.rules.names import rule_name, safe_rule_name
from bot.render.rules.state import (
    PHASES,
    TROUBLES,
    UNDECIDED,
    doubt_words,
    is_undecided,
    news_finding,
    short_state,
    threshold_gap,
    urgency,
)
from bot.render.text import NAME_LENGTH, link, safe_line

MOST_NEWS = 7
"""Lines of news in the parent; the rest is in the thread."""
MOST_NAMES = 8
OFF = "`/digest off` ends this post · `/digest on 08:30 always` sets its time and posts on quiet days too"


def digest_message(digest_content: DigestContent, links: Mapping[str, str]) -> Message:
    """Write the short parent.

    links: addresses of cards by the rule's name, "R7"
    """
    title = f"{sample_mark(digest_content.stories)}Watchpoints for {text.day(digest_content.session)}:"
    lines = [
        f"*{title}* {_counts(digest_content)}",
        *_body(digest_content, links),
        *_missed_line(digest_content),
    ]
    spoken = [f"{title} {_counts(digest_content)}", *_body(digest_content, {}), *_missed_line(digest_content)]
    conventions = (
        [convention(digest_content.stories, digest_content.session)] if digest_content.stories else []
    )
    shown = [
        blocks.section("\n".join(lines)),
        blocks.context(*conventions, OFF),
        *blocks.actions("digest", [_switch()]),
    ]
    return blocks.message("\n".join(spoken), shown)


def resumed_digest(digest_content: DigestContent, links: Mapping[str, str]) -> Message:
    """Write what is watched in a channel that the bot has come (back) into: what is open, what was missed.

    links: addresses of cards by the rule's name, "R7"
    """
    count = len(digest_content.stories)
    rules = "1 rule is" if count == 1 else f"{count} rules are"
    title = f"{sample_mark(digest_content.stories)}{rules} watched here."
    stands = f"On {text.day(digest_content.session)}: {_counts(digest_content)}"
    lines = [f"*{title}* {stands}", *_body(digest_content, links), *_missed_line(digest_content)]
    spoken = [f"{title} {stands}", *_body(digest_content, {}), *_missed_line(digest_content)]
    shown = [
        blocks.section("\n".join(lines)),
        blocks.context(convention(digest_content.stories, digest_content.session), OFF),
        *blocks.actions("digest", [_switch()]),
    ]
    return blocks.message("\n".join(spoken), shown)


def digest_details(digest_content: DigestContent, picture: ChartSpec | None = None) -> Message:
    """Write all rules with value, threshold and state; the overview picture."""
    count, day = len(digest_content.stories), text.day(digest_content.session)
    title = (
        f"{sample_mark(digest_content.stories)}{'1 rule' if count == 1 else f'All {count} rules'} on {day}"
    )
    table, left_out = rules_table(sorted(digest_content.stories, key=urgency))
    shown = [
        blocks.section(f"*{title}*"),
        *table,
        *([blocks.context(left_out)] if left_out else []),
        *blocks.slots([picture] if picture else []),
        blocks.context(convention(digest_content.stories, digest_content.session), OFF),
    ]
    return blocks.message(f"{title}: {_counts(digest_content)}", shown, picture)


def _switch() -> Block:
    """Make a button that asks once more, for it is for everybody in the channel."""
    return blocks.confirmed_button(
        blocks.button("Turn off", DIGEST_OFF, "digest"),
        "Turn the daily post off",
        "This channel hears of none of its rules any more; they are kept and read.",
        "Turn off",
        "Keep it",
    )


def _mood(report: RuleReport) -> str:
    """Return what a report counts as in the first line."""
    transition, state = report.flip, report.state
    if state.trouble:
        return PHASES[state.trouble]
    if is_undecided(report):
        return UNDECIDED
    if transition and transition.reason is Reason.RESTATED:
        return "restated"
    if transition and transition.notice in _NOTICES:
        return _NOTICES[transition.notice]
    if transition and transition.reason is Reason.RELAPSED:
        return "triggered again"
    return "still triggered" if state.kept is Phase.FIRING else PHASES[state.kept]


_NOTICES = {Announcement.FIRED: "triggered", Announcement.RECOVERED: "cleared"}


def _counts(digest_content: DigestContent) -> str:
    """Write "1 triggered, 1 clearing, 1 waiting, 4 quiet." """
    if not digest_content.stories:
        return "no rule is active in this channel."
    found = Counter(map(_mood, digest_content.stories))
    if not _with_news(digest_content) and set(found) == {"quiet"}:
        return f"nothing to report, {_quiet(digest_content.stories)}"
    order = {_mood(report): None for report in sorted(digest_content.stories, key=urgency)}
    return f"{', '.join(f'{found[mood]} {mood}' for mood in order)}."


def _with_news(digest_content: DigestContent) -> list[RuleReport]:
    """Return the reports with news, what matters most first."""
    return sorted((report for report in digest_content.stories if report.flip), key=urgency)


def _body(digest_content: DigestContent, links: Mapping[str, str]) -> list[str]:
    reports = _with_news(digest_content)
    lines = [
        f"• {news_finding(report).with_link(links.get(report.watched.name))}{_target_words(report)}"
        for report in reports
    ]
    return [*_cut(lines), *_unchanged_lines(digest_content, links)]


def _cut(lines: Sequence[str]) -> list[str]:
    more = len(lines) - MOST_NEWS
    if more <= 1:
        return list(lines)
    return [*lines[:MOST_NEWS], f"and {more} more in the thread."]


def _target_words(report: RuleReport) -> str:
    target = target_words(report)
    return f" {text.escape(target)}." if target and not report.state.trouble else ""


def _unchanged_lines(digest_content: DigestContent, links: Mapping[str, str]) -> list[str]:
    """Return incidents that go on without news, rules still without data, and those in doubt, in a line
    each.
    """
    same = [report for report in sorted(digest_content.stories, key=urgency) if not report.flip]
    closed = [each for each in same if each.state.trouble and not each.state.open]
    told = {
        "Still open": [f"{_rule_link(each, links)}{_since(each)}" for each in same if each.state.open],
        "Still held back by a price that looks wrong": [
            _rule_link(each, links) for each in closed if each.state.trouble is Phase.DOUBT
        ],
        "Still without data": [
            _rule_link(each, links) for each in closed if each.state.trouble is not Phase.DOUBT
        ],
        "Resting on prices that look wrong": [
            f"{_rule_link(each, links)} ({text.escape(doubt_words(each))})"
            for each in same
            if doubt_words(each)
        ],
    }
    return [f"{words}: {_names(names)}." for words, names in told.items() if names]


def _rule_link(report: RuleReport, links: Mapping[str, str]) -> str:
    return link(links.get(report.watched.name), rule_name(report.watched))


def _names(names: Sequence[str]) -> str:
    more = [f"{len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
    return text.join_words([*names[:MOST_NAMES], *more])


def _since(report: RuleReport) -> str:
    since = f"since {text.day(report.state.fired)}" if report.state.fired else ""
    hand = "acknowledged" if report.state.acknowledged else ""
    blind = TROUBLES[report.state.trouble] if report.state.trouble else ""
    words = ", ".join(filter(None, (since, hand, blind)))
    return f" ({words})" if words else ""


def _missed_line(digest_content: DigestContent) -> list[str]:
    """Return what happened while nothing was posted, in one line."""
    if not digest_content.sessions_missed and not digest_content.missed:
        return []
    called = {each.watched.name: safe_rule_name(each.watched) for each in digest_content.stories}
    told = [
        f"{called.get(name) or safe_line(name, NAME_LENGTH)} {_transition_words(transition)} "
        f"on {text.day(transition.session)}"
        for name, transition in digest_content.missed
    ]
    count = digest_content.sessions_missed
    if not count:  # sessions on which the workspace's own exchange rested
        return [f"Since the last post: {_names(told)}."]
    went_by = f"{count} earlier {'session was' if count == 1 else 'sessions were'} not posted"
    return [f"{went_by}: {_names(told) if told else 'nothing changed in them'}."]


def _transition_words(transition: RuleTransition) -> str:
    words = {
        Reason.CONFIRMED: "triggered",
        Reason.RECOVERED: "cleared",
        Reason.RELAPSED: "was met again while clearing",
        Reason.RESTATED: "was restated",
        Reason.NO_DATA: "had no data",
        Reason.DOUBT: "was held back by a price that looked wrong",
        Reason.ERROR: "could not be read",
    }
    reminded = transition.notice is Announcement.STILL_FIRING
    return words.get(transition.reason) or (
        "was still triggered after a snooze" if reminded else f"became {PHASES[transition.after]}"
    )


def _quiet(reports: Sequence[RuleReport]) -> str:
    count = f"{len(reports)} {'rule' if len(reports) == 1 else 'rules'} quiet"
    near = _nearest(reports)
    if near is None:
        return f"{count}."
    condition, reading = near.watched.rule.conditions[0], near.reading
    value = value_of(condition, reading.value if reading else None)
    what = f"{quantity_words(condition.quantity)}: {value} against {threshold_words(condition)}"
    return text.escape(f"{count}; the nearest is {rule_name(near.watched)}, {what}.")


def _nearest(reports: Sequence[RuleReport]) -> RuleReport | None:
    gaps = {index: threshold_gap(report) for index, report in enumerate(reports)}
    known = {index: gap for index, gap in gaps.items() if gap is not None}
    return reports[min(known, key=lambda index: known[index])] if known else None


HEADS = ("Rule", "Value", "Threshold", "State")
ROOM = 9_000
"""Characters of a table, below Slack's limit, so that title and remarks have room in the message."""


def rules_table(reports: Sequence[RuleReport]) -> tuple[list[Block], str | None]:
    """Return the table, none without rules, and a line on what was left out of it, None where nothing was.

    A line below it explains the mark on values that rest on a price that looks wrong.
    """
    if not reports:
        return [], None
    rows, room = [HEADS], ROOM
    for report in reports[: limits.TABLE_ROWS - 1]:
        row = _row(report)
        room -= sum(map(len, row))
        if room < 0:
            break
        rows.append(row)
    more = len(reports) - len(rows) + 1
    explained = legend(doubt for report in reports[: len(rows) - 1] for doubt in _doubts(report))
    below = [blocks.context(text.escape(explained))] if explained else []
    return [blocks.table(rows), *below], f"and {text.count(more)} more: `/watch list`" if more else None


def _doubts(report: RuleReport) -> tuple[Doubt, ...]:
    """Return those that the value of a row rests on; none where it has no value."""
    reading = report.reading
    return reading.doubts if reading and reading.value is not None else ()


def _row(report: RuleReport) -> tuple[str, str, str, str]:
    rule, reading = report.watched.rule, report.reading
    first = rule.conditions[0]
    name = rule_name(report.watched)
    state, mark = short_state(report), MARK if _doubts(report) else ""
    if len(rule.conditions) > 1:
        return name, f"{met_words(rule, reading)} hold{mark}", f"{rule.needed} needed", state
    value = f"{value_of(first, reading.value if reading else None)}{mark}"
    if rule.then and reading and reading.then is not None:
        value = f"{value} ({cut_symbol(rule.then)} {value_words(first.quantity.of(rule.then), reading.then)})"
    return name, value, f"{first.op.sign} {threshold_words(first)}", state
