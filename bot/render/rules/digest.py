"""A channel's daily post: the board, a line for each rule and each followed pair, and dates to come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from analytics.pairs import PairReturns, Period
from analytics.panel import Doubt
from analytics.watch.states import Announcement, Phase, Reason
from bot.model import DigestContent, RuleReport, RuleTransition, SectionQuery
from bot.render import blocks, limits, text
from bot.render.chart_specs import ChartSpec
from bot.render.doubts import MARK, legend
from bot.render.ids import DIGEST_OFF, OPEN_DIGEST
from bot.render.message import Block, Message
from bot.render.rules.card import target_words
from bot.render.rules.conditions import (
    cut_symbol,
    met_words,
    place_words,
    threshold_words,
    value_of,
    value_words,
)
from bot.render.rules.convention import SAMPLE, convention, sample_mark
from bot.render.rules.month import month_change, month_table
from bot.render.rules.names import rule_name, safe_rule_name
from bot.render.rules.pairs import dates_line, pair_buttons, pair_line
from bot.render.rules.posts import weekday
from bot.render.rules.state import (
    PHASES,
    TROUBLES,
    UNDECIDED,
    doubt_words,
    is_undecided,
    news_finding,
    short_state,
    urgency,
)
from bot.render.text import NAME_LENGTH, link, safe_line

MOST_LINES = 10
"""Lines of rules in the post, with news or without; the rest is in the thread."""
MOST_NAMES = 8
MOST_LENGTH = 2800
"""Characters of one block of lines, below what Slack takes."""


def digest_message(
    digest_content: DigestContent, links: Mapping[str, str], picture: ChartSpec | None = None
) -> Message:
    """Write the post.

    links: addresses of cards by the rule's name, "R7".  picture: the board; None where it is not drawn
    """
    title = f"{_sample(digest_content)}{weekday(digest_content.session)}"
    lines = _lines(digest_content, links)
    head = f"*{title}*: {_counts(digest_content)}" if digest_content.stories else f"*{title}*"
    spoken = [head, *_lines(digest_content, {})]
    shown = [
        blocks.section(head),
        *blocks.slots([picture] if picture else []),
        *_sections(lines),
        *(month_table(digest_content.month) if digest_content.month else []),
        blocks.context(_basis(digest_content)),
        *blocks.actions("digest", _buttons(digest_content)),
    ]
    return blocks.message("\n".join(spoken).replace("*", ""), shown, picture)


def _lines(digest_content: DigestContent, links: Mapping[str, str]) -> list[str]:
    """Return a line for each rule and each pair, then what else there is to say; safe mrkdwn."""
    return [
        *_rule_lines(digest_content, links),
        *_pair_lines(digest_content),
        *_missed_line(digest_content),
        *dates_line(digest_content.dates, digest_content.session),
    ]


def _sections(lines: Sequence[str]) -> list[Block]:
    """Put lines into as few blocks as hold them."""
    found: list[str] = []
    for line in lines:
        if found and len(found[-1]) + len(line) < MOST_LENGTH:
            found[-1] = f"{found[-1]}\n{line}"
        else:
            found.append(line)
    return [blocks.section(part) for part in found]


def resumed_digest(digest_content: DigestContent, links: Mapping[str, str]) -> Message:
    """Write what is watched in a channel that the bot has come (back) into: what is open, what was missed.

    links: addresses of cards by the rule's name, "R7"
    """
    count = len(digest_content.stories)
    rules = "1 rule is" if count == 1 else f"{count} rules are"
    title = f"{_sample(digest_content)}{rules} watched here."
    stands = f"On {text.day(digest_content.session)}: {_counts(digest_content)}"
    lines = [f"*{title}* {stands}", *_lines(digest_content, links)]
    spoken = [f"{title} {stands}", *_lines(digest_content, {})]
    shown = [
        *_sections(lines),
        blocks.context(_basis(digest_content)),
        *blocks.actions("digest", _buttons(digest_content)),
    ]
    return blocks.message("\n".join(spoken).replace("*", ""), shown)


def digest_details(digest_content: DigestContent) -> Message:
    """Write the table of all rules with value, threshold and state, where the post has no room for them."""
    count, day = len(digest_content.stories), text.day(digest_content.session)
    title = f"{_sample(digest_content)}{'1 rule' if count == 1 else f'All {count} rules'} on {day}"
    table, left_out = rules_table(sorted(digest_content.stories, key=urgency))
    shown = [
        blocks.section(f"*{title}*"),
        *table,
        *([blocks.context(left_out)] if left_out else []),
        blocks.context(_basis(digest_content)),
    ]
    return blocks.message(f"{title}: {_counts(digest_content)}", shown)


def _sample(digest_content: DigestContent) -> str:
    simulated = any(pair.simulated for pair in digest_content.pairs)
    return sample_mark(digest_content.stories) or (f"{SAMPLE} · " if simulated else "")


def _basis(digest_content: DigestContent) -> str:
    """Return the one short line on what the numbers rest on."""
    if digest_content.stories:
        return convention(digest_content.stories, digest_content.session)
    sources = list(dict.fromkeys(pair.source for pair in digest_content.pairs if pair.source))
    source = f" · source {safe_line(', '.join(sources))}" if sources else ""
    return f"`total return{source}, as of {text.day(digest_content.session)}`"


MOST_COMPARED = 2
"""Pairs that a button compares."""


def _buttons(digest_content: DigestContent) -> list[Block]:
    """Return what one may ask next, the settings, and the switch that asks once more."""
    pairs = [each.symbols[:2] for each in digest_content.pairs] or _rule_pairs(digest_content)
    listed = blocks.question_button("All rules", "rules", SectionQuery("watch list"))
    return [
        *pair_buttons(list(dict.fromkeys(pairs)), MOST_COMPARED),
        *([listed] if digest_content.stories else []),
        blocks.button("Settings…", OPEN_DIGEST, "digest"),
        _switch(),
    ]


def _rule_pairs(digest_content: DigestContent) -> list[tuple[str, ...]]:
    """Return the funds of rules with the one to look at, what matters most first."""
    rules = [each.watched.rule for each in sorted(digest_content.stories, key=urgency)]
    pairs = [
        (rule.conditions[0].quantity.symbol, rule.then or rule.conditions[0].quantity.other) for rule in rules
    ]
    return [(first, second) for first, second in pairs if second and first != second]


def _switch() -> Block:
    """Make a button that asks once more, for it is for everybody in the channel."""
    return blocks.confirmed_button(
        blocks.button("Turn off", DIGEST_OFF, "digest"),
        "Turn the daily post off",
        "This channel hears of none of its rules and pairs any more; they are kept and read.",
        "Turn off",
        "Keep it",
    )


def _rule_lines(digest_content: DigestContent, links: Mapping[str, str]) -> list[str]:
    """Return a line for each rule, what matters most first: name, value, distance, day."""
    reports = sorted(digest_content.stories, key=urgency)
    lines = [f"• {_rule_line(each, links)}{_change(each, digest_content)}" for each in reports[:MOST_LINES]]
    more = len(reports) - MOST_LINES
    return [*lines, *([f"and {text.count(more)} more in the thread."] if more > 0 else [])]


def _rule_line(report: RuleReport, links: Mapping[str, str]) -> str:
    """Write one rule, safe mrkdwn.

    What has fired or is over has a card that tells it; what has none is told here in full.
    """
    if _is_news(report):
        return f"{news_finding(report).with_link(links.get(report.watched.name))}{_target_words(report)}"
    name = f"{_rule_link(report, links)}"
    told = [*_value_words(report), _state_words(report)]
    return f"{name}: {', '.join(told)}{text.escape(_doubtful(report))}"


def _is_news(report: RuleReport) -> bool:
    transition, state = report.flip, report.state
    if state.trouble or is_undecided(report):
        return True
    return transition is not None and (
        transition.reason in (Reason.RESTATED, Reason.CONFIRMATION_BROKEN)
        or transition.before in TROUBLES
        or transition.notice is Announcement.STILL_FIRING
    )


def _value_words(report: RuleReport) -> list[str]:
    """Write "*0.94*, 0.06 below 1.00", for several conditions "*2 of 3* met"; and the fund to look at."""
    rule, reading = report.watched.rule, report.reading
    mark = MARK if _doubts(report) else ""
    if len(rule.conditions) > 1:
        return [f"*{text.escape(met_words(rule, reading))}* met{mark}"]
    condition = rule.conditions[0]
    if reading is None or reading.value is None:
        return ["no value"]
    value = f"*{text.escape(value_of(condition, reading.value))}*{mark}"
    words = [value, text.escape(place_words(condition, reading))]
    if rule.then and reading.then is not None:
        then = value_words(condition.quantity.of(rule.then), reading.then)
        words[0] = f"{value} ({text.escape(f'{cut_symbol(rule.then)} {then}')})"
    return words


def _state_words(report: RuleReport) -> str:
    transition = report.flip
    if transition and transition.notice is Announcement.FIRED:
        return f"*triggered* on {text.day(transition.session)}"
    if transition and transition.reason is Reason.RECOVERED:
        return f"*cleared* on {text.day(transition.session)}"
    return text.escape(short_state(report))


def _doubtful(report: RuleReport) -> str:
    return f" ({doubt_words(report)})" if doubt_words(report) else ""


def _change(report: RuleReport, digest_content: DigestContent) -> str:
    """Write "; 1.10 on 31 Dec 2025", the value where the month or else the week began that is over."""
    period = digest_content.month or digest_content.week
    if period is None or _is_news(report):
        return ""
    changes = {each.name: each for each in period.rules}
    return text.escape(month_change(report, changes.get(report.watched.name)))


def _pair_lines(digest_content: DigestContent) -> list[str]:
    """Return a line for each followed pair; at the end of a week with the week in it."""
    week, session = digest_content.week, digest_content.session
    weekly = {each.symbols: each for each in week.pairs} if week and week.end == session else {}
    # What the table of the month tells is not told twice.
    told = (Period.DAY, Period.WEEK) if _has_table(digest_content) else tuple(Period)
    lines = [
        f"• {pair_line(_with_week(each, weekly.get(each.symbols)), told)}" for each in digest_content.pairs
    ]
    if week and week.end != session:
        lines += [f"• Week to {text.day(week.end)}: {pair_line(each)}" for each in week.pairs]
    if digest_content.month:
        lines.append(f"{text.month(digest_content.month.end)} is over; its figures are in the thread as CSV.")
    return lines


def _has_table(digest_content: DigestContent) -> bool:
    """Return whether a table tells the month and the year up to this session."""
    month = digest_content.month
    return month is not None and month.end == digest_content.session


def _with_week(daily: PairReturns, weekly: PairReturns | None) -> PairReturns:
    """Put the return over the week behind that over the day."""
    if weekly is None:
        return daily
    return replace(daily, periods=(*daily.periods[:1], *weekly.periods, *daily.periods[1:]))


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
    order = {_mood(report): None for report in sorted(digest_content.stories, key=urgency)}
    return f"{', '.join(f'{found[mood]} {mood}' for mood in order)}."


def _target_words(report: RuleReport) -> str:
    target = target_words(report)
    return f" {text.escape(target)}." if target and not report.state.trouble else ""


def _rule_link(report: RuleReport, links: Mapping[str, str]) -> str:
    return link(links.get(report.watched.name), rule_name(report.watched))


def _names(names: Sequence[str]) -> str:
    more = [f"{len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
    return text.join_words([*names[:MOST_NAMES], *more])


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
        return name, f"{met_words(rule, reading)} met{mark}", f"{rule.needed} needed", state
    value = f"{value_of(first, reading.value if reading else None)}{mark}"
    if rule.then and reading and reading.then is not None:
        value = f"{value} ({cut_symbol(rule.then)} {value_words(first.quantity.of(rule.then), reading.then)})"
    return name, value, f"{first.op.sign} {threshold_words(first)}", state
