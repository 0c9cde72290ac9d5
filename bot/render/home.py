"""The Home tab: what needs attention, all rules, then what is set up; the welcome."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bot.model import Digest, Follow, RuleReport, RuleVersion, SectionQuery
from bot.render import blocks, text
from bot.render.forms import digest_value
from bot.render.ids import ASK, OPEN_COMPARE, OPEN_DIGEST, OPEN_WATCH, SNOOZED_SESSIONS
from bot.render.message import Block, Message
from bot.render.rules.card import acknowledge_value, ownership_lines
from bot.render.rules.conditions import breach_words, hold_words, value_of
from bot.render.rules.convention import SAMPLE, convention, sample_mark
from bot.render.rules.names import safe_rule_name
from bot.render.rules.pairs import pair_name
from bot.render.rules.posts import ON, daily_words, next_words, stop_words
from bot.render.rules.state import (
    CLEARED,
    CLEARING,
    TRIGGERED,
    WAITING,
    doubt_words,
    is_snoozed,
    state_words,
    urgency,
)
from bot.render.text import channel_link, code_span, escape, person

View = dict[str, Any]

QUICK = "home.compare"
"""Action id of the field for a quick comparison."""
PAGE = "home.page."
"""What the action ids of the buttons begin with that turn to other pages; their values are `Pages`."""
ACK, SNOOZE, UNSNOOZE = "home.ack", "home.snooze", "home.unsnooze"
"""Action ids; the value is JSON: {"rule": "R7v1", "channel": of the rule}."""
MOST_URGENT = 8
"""Rules that need attention; more of them begin the parts below."""
MOST_RULES = 24
"""On a page of each of the two parts."""
MOST_POSTS = 12
MOST_FOLLOWS = 8
EXAMPLE = "ISCB SPSM 3y"


def home_view(seen: HomeFacts) -> View:
    """Return Slack's view; within its hundred blocks however many rules there are."""
    shown = [
        *(welcome_blocks() if seen.first else []),
        *_urgent_rules(seen),
        *_rules("own", "Set up by you", seen),
        *_rules("others", "Set up by others" if seen.own else "Rules of this workspace", seen),
        *_convention(seen.reports),
        *_follows(seen),
        *_compare_blocks(first=seen.first),
        *([] if seen.reports else _no_rules()),
        *_posts(seen.posts),
        *_prices(seen),
    ]
    return {"type": "home", "blocks": shown}


def _compare_blocks(*, first: bool) -> Iterator[Block]:
    """Make the blocks that compare.  first: the first words above it offer the rest already."""
    yield blocks.header("Compare")
    quick = {
        "type": "plain_text_input",
        "max_length": 200,
        "placeholder": blocks.plain_text(EXAMPLE),
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    label, hint = "Funds, and a window", "Enter asks; the answer comes as a direct message."
    yield {**blocks.field(QUICK, label, quick, hint), "dispatch_action": True}
    yield from blocks.actions(
        "home",
        [
            blocks.button("Compare in a channel", OPEN_COMPARE, "home"),
            *([] if first else [blocks.button("Watch a fund", OPEN_WATCH, "home")]),
        ],
    )


def _urgent_rules(seen: HomeFacts) -> Iterator[Block]:
    """Yield the rules that are open or about to be, each with what can be done about it."""
    if not seen.reports:
        return
    if not seen.urgent:
        count = len(seen.reports)
        of = "The only rule here" if count == 1 else f"None of {text.count(count)} rules here"
        is_not = "is neither triggered nor waiting" if count == 1 else "is triggered or waiting"
        yield blocks.section(f"*Nothing needs attention.* {of} {is_not}.")
        return
    yield blocks.header(f"{sample_mark(seen.urgent)}Needs attention")
    for report in seen.urgent:
        yield blocks.section("\n".join(_rule_lines(report, seen)))
        if report.state.open:
            yield from blocks.actions(f"home.{report.watched.key}", _rule_buttons(report))


def _rule_buttons(report: RuleReport) -> list[Block]:
    value, state = _rule_value(report.watched), report.state
    snoozed = is_snoozed(state, report.session)
    named = acknowledge_value(report, channel=report.watched.channel)
    return [
        *([] if state.acknowledged else [blocks.button("Acknowledge", ACK, named, "primary")]),
        blocks.button("Unsnooze", UNSNOOZE, value)
        if snoozed
        else blocks.button(f"Snooze {SNOOZED_SESSIONS} sessions", SNOOZE, value),
    ]


def _rule_value(watched: RuleVersion) -> str:
    return json.dumps({"rule": watched.key, "channel": watched.channel})


def _rules(part: str, title: str, seen: HomeFacts) -> Iterator[Block]:
    """Yield a page of a part, "own" or "others", and the buttons that turn to the pages beside it."""
    above = {report.watched.number for report in seen.urgent}
    reports = sorted((each for each in getattr(seen, part) if each.watched.number not in above), key=urgency)
    if not reports:
        return
    pages = math.ceil(len(reports) / MOST_RULES)
    page = min(getattr(seen.pages, part), pages)
    first = (page - 1) * MOST_RULES
    told = reports[first : first + MOST_RULES]
    yield blocks.header(f"{sample_mark(reports)}{title}")
    yield from (blocks.section("\n".join(_rule_lines(report, seen))) for report in told)
    if pages > 1:
        ways = {"Previous": page - 1, "Next": page + 1}
        yield from blocks.actions(
            f"home.{part}",
            [
                blocks.button(label, f"{PAGE}{part}.{label.lower()}", _page_value(seen.pages, part, to))
                for label, to in ways.items()
                if 1 <= to <= pages
            ],
        )
        span = f"{first + 1} to {first + len(told)} of {text.count(len(reports))}"
        yield blocks.context(f"{span}, what is open first · `/watch list` in a channel shows its rules")


def _follows(seen: HomeFacts) -> Iterator[Block]:
    """Yield the followed pairs, each with its channel and a button that compares it."""
    if not seen.follows:
        return
    yield blocks.header("Followed pairs")
    for at, follow in enumerate(seen.follows[:MOST_FOLLOWS]):
        beside = f" beside {escape(follow.against)}" if follow.against else ""
        by = "" if follow.owner == seen.user else f" · set by {person(follow.owner)}"
        words = f"*{escape(pair_name(follow.symbols))}*{beside} · {_channel_words(follow.channel)}{by}"
        asked = SectionQuery(f"compare ${follow.first} ${follow.second}")
        compare = blocks.question_button("Compare", f"followed.{at}", asked)
        yield {**blocks.section(words), "accessory": compare}
    more = len(seen.follows) - MOST_FOLLOWS
    told = [f"and {text.count(more)} more"] if more > 0 else []
    yield blocks.context(*told, "`/follow ISCB SPSM` in a channel adds one, `/unfollow` ends it")


def _page_value(pages: Pages, part: str, to: int) -> str:
    other = Pages(to, pages.others) if part == "own" else Pages(pages.own, to)
    return other.value


def _convention(reports: Sequence[RuleReport]) -> Iterator[Block]:
    if reports:
        yield blocks.context(convention(reports, max(report.session for report in reports)))


def _rule_lines(report: RuleReport, seen: HomeFacts) -> list[str]:
    """Return what a rule says, where it stands and in whose channel, and who has it in hand; safe mrkdwn."""
    watched, card = report.watched, seen.cards.get(report.watched.key)
    by = "" if watched.owner == seen.user else f" · set by {person(watched.owner)}"
    led = f" {text.link(card, 'its card')}" if card else ""
    doubtful = text.escape(doubt_words(report))
    return [
        f"*{safe_rule_name(watched)}* {code_span(watched.text, 160)}{led}",
        f"{text.escape(f'{state_words(report)}{_value(report)}')} · {_channel_words(watched.channel)}{by}",
        *ownership_lines(report),
        *([doubtful] if doubtful else []),
    ]


def _value(report: RuleReport) -> str:
    """Write ": 0.94, triggers below 1.00"; how many conditions hold where there are several."""
    rule, reading = report.watched.rule, report.reading
    if reading is None or reading.value is None:
        return ""
    if len(rule.conditions) > 1:
        return f": {hold_words(rule, reading)}"
    condition = rule.conditions[0]
    return f": {value_of(condition, reading.value)}, triggers {breach_words(condition)}"


_URGENT = frozenset({TRIGGERED, CLEARING, CLEARED, WAITING})


def _channel_words(channel: str) -> str:
    return "direct messages" if channel.startswith("D") else channel_link(channel)


def _no_rules() -> Iterator[Block]:
    yield blocks.header("Rules of this workspace")
    yield blocks.section(
        "There are none yet that you may see here. "
        + text.escape("`/watch ISCB sortino < 1.0 for 5 sessions then SPSM` sets one in a channel.")
    )


def _posts(posts: Sequence[Post]) -> Iterator[Block]:
    yield blocks.header("Daily posts")
    if not posts:
        yield blocks.section(f"No channel has one that you may see here; in a channel {ON}.")
    for post in posts[:MOST_POSTS]:
        change = blocks.button("Change", OPEN_DIGEST, digest_value(post.digest))
        yield {**blocks.section(f"{_channel_words(post.digest.channel)}: {_post(post)}"), "accessory": change}
    if len(posts) > MOST_POSTS:
        yield blocks.context(f"and {text.count(len(posts) - MOST_POSTS)} more")
    yield from blocks.actions("posts", [blocks.button("Set a daily post", OPEN_DIGEST, "home")])
    yield blocks.context(
        "What a private channel watches is shown there, and here only to the person who has set it up."
    )


def _post(post: Post) -> str:
    digest = post.digest
    if digest.stopped:
        return f"stopped, {stop_words(digest.stopped)}"
    if not digest.on:
        return "off"
    return text.escape(f"{daily_words(digest)}{next_words(digest, post.next)}")


def _prices(seen: HomeFacts) -> Iterator[Block]:
    yield blocks.header("Prices")
    yield blocks.section(text.escape(_fresh(seen.freshness)))
    yield blocks.context(f"Shown as of {_moment(seen)}; it changes with every rule, post and session.")


def _fresh(fresh: Freshness) -> str:
    newest = f"{text.day(fresh.session)} is the newest complete session"
    if fresh.priced is None:
        return f"{newest}. Whether its prices are there could not be found out just now."
    mark = f"{SAMPLE}, simulated. " if fresh.simulated and SAMPLE not in fresh.source else ""
    source = f" (source {fresh.source})" if fresh.source else ""
    if fresh.priced >= fresh.session:
        return f"{mark}Prices reach to {text.day(fresh.priced)}, the newest complete session{source}."
    return (
        f"{mark}Prices reach to {text.day(fresh.priced)}{source}; {newest}, its prices are still waited for."
    )


def _moment(seen: HomeFacts) -> str:
    """Write a moment in the reader's own zone, which Slack knows."""
    seconds = int(seen.now.timestamp())
    return f"<!date^{seconds}^{{date_short_pretty}} {{time}}|{_utc(seen)}>"


def _utc(seen: HomeFacts) -> str:
    day: date = seen.now.date()
    return f"{text.day(day)} {seen.now:%H:%M} UTC"


@dataclass(frozen=True)
class Freshness:
    """How new the prices are.

    session: the newest complete one.  priced: the newest with prices, None where they could not be had.
    source: whose they are, empty where they could not be had.
    """

    session: date
    priced: date | None = None
    source: str = ""
    simulated: bool = False


@dataclass(frozen=True)
class Post:
    """A channel's daily post, and the next moment at which it may come; None while it does not."""

    digest: Digest
    next: datetime | None


@dataclass(frozen=True)
class Pages:
    """Which page of each part of the rules is looked at, from 1 on."""

    own: int = 1
    others: int = 1

    @property
    def value(self) -> str:
        """Of a button that turns to them."""
        return f"{self.own} {self.others}"

    @classmethod
    def read(cls, value: str) -> Pages:
        """Return the pages of a button's value; the first ones for anything else."""
        found = re.fullmatch(r"([1-9]\d{0,5}) ([1-9]\d{0,5})", value, re.ASCII)
        return cls(int(found[1]), int(found[2])) if found else cls()


@dataclass(frozen=True)
class HomeFacts:
    """All that one person's Home tab tells of.

    reports: rules that the person may know of, as they stand.  posts: of channels that they may know of.
    first: it is looked at for the first time.  now: the moment that it was made.
    pages: of the rules, where they are more than fit.
    cards: by version, the address of the card of its open incident, where there is one.
    follows: pairs that channels follow of which the person may know.
    """

    user: str
    reports: tuple[RuleReport, ...]
    posts: tuple[Post, ...]
    freshness: Freshness
    now: datetime
    first: bool = False
    pages: Pages = Pages()
    cards: Mapping[str, str] = field(default_factory=dict)
    follows: tuple[Follow, ...] = ()

    @property
    def urgent(self) -> tuple[RuleReport, ...]:
        """Rules that are triggered, on the way into it or out of it, or just cleared."""
        found = (report for report in self.reports if urgency(report)[0] in _URGENT)
        return tuple(sorted(found, key=urgency)[:MOST_URGENT])

    @property
    def own(self) -> tuple[RuleReport, ...]:
        """Rules that the person has set up."""
        return tuple(report for report in self.reports if report.watched.owner == self.user)

    @property
    def others(self) -> tuple[RuleReport, ...]:
        """Rules that somebody else has set up."""
        return tuple(report for report in self.reports if report.watched.owner != self.user)


LINES = (
    "*Watchpoint compares funds and watches them.* It states facts and gives no advice.",
    "`/compare ISCB SPSM` says which fund was ahead, at what risk and at what cost, with charts; in its "
    "thread ask on: `@watchpoint which one fell more in 2020?`, `sectors`, `5y`.",
    escape("`/watch ISCB sortino < 1.0 for 5 sessions` tells the channel once when that is so; ")
    + "`/digest off` ends its daily post.",
    "`@watchpoint help` says what else can be asked.",
)
FIRST_QUESTION = "compare ISCB SPSM"


def welcome_message() -> Message:
    """Greet a channel that the bot has come into, or who looks at its Messages tab."""
    return blocks.message("\n".join(LINES), welcome_blocks())


def welcome_blocks() -> list[Block]:
    """Return the same as blocks, for a message or a view."""
    return [blocks.section("\n".join(LINES)), *blocks.actions("welcome", welcome_buttons())]


def welcome_buttons() -> list[Block]:
    """Return the three things that one can begin with."""
    return [
        blocks.button("Compare ISCB and SPSM", f"{ASK}first", SectionQuery(FIRST_QUESTION).value, "primary"),
        blocks.button("Compare other funds", OPEN_COMPARE, "welcome"),
        blocks.button("Watch a fund", OPEN_WATCH, "welcome"),
    ]
