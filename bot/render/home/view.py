"""The Home tab: compare, what you set up, the other rules, the daily posts, how new the prices are."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from bot.model import RuleReport
from bot.render import limits, text
from bot.render.forms import digest_value
from bot.render.home import welcome
from bot.render.home.facts import Freshness, HomeFacts, Pages, Post
from bot.render.message import Block
from bot.render.talk.ids import OPEN_COMPARE, OPEN_DIGEST, OPEN_WATCH
from bot.render.watch.parts import blocks
from bot.render.watch.parts.conditions import breach_words, met_words, value_of
from bot.render.watch.parts.convention import SAMPLE, convention, sample
from bot.render.watch.parts.order import urgency
from bot.render.watch.parts.posts import ON, daily_words, next_words, stop_words
from bot.render.watch.parts.said import doubt_words
from bot.render.watch.parts.state import is_snoozed, state_words
from bot.render.watch.parts.typed import channel_link, code, person

View = dict[str, Any]

QUICK = "home.compare"
"""Action id of the field for a quick comparison."""
PAGE = "home.page."
"""What the action ids of the buttons begin with that turn to other pages; their values are `Pages`."""
UNSNOOZE = "home.unsnooze"
"""Action id; the value is JSON: {"rule": "R7v1", "channel": of the rule}."""
MOST_RULES = 30
"""On a page of each of the two parts."""
MOST_POSTS = 15
EXAMPLE = "ISCB SPSM 3y"


def home(seen: HomeFacts) -> View:
    """Slack's view; within its hundred blocks however many rules there are."""
    shown = [
        *(welcome.words() if seen.first else []),
        *_compare(first=seen.first),
        *_rules("own", "Set up by you", seen),
        *_rules("others", "Set up by others" if seen.own else "Rules of this workspace", seen),
        *(_convention(seen.stories) if seen.stories else _no_rules()),
        *_posts(seen.posts),
        *_prices(seen),
    ]
    return {"type": "home", "blocks": shown}


def _compare(*, first: bool) -> Iterator[Block]:
    """first: the first words above it offer the rest already."""
    yield _header("Compare")
    yield {
        "type": "input",
        "block_id": QUICK,
        "dispatch_action": True,
        "label": _plain("Funds, and a window"),
        "element": {
            "type": "plain_text_input",
            "action_id": QUICK,
            "max_length": 200,
            "placeholder": _plain(EXAMPLE),
            "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
        },
        "hint": _plain("Enter asks; the answer comes as a direct message."),
    }
    yield from blocks.actions(
        "home",
        [
            blocks.button("Compare in a channel", OPEN_COMPARE, "home"),
            *([] if first else [blocks.button("Watch a fund", OPEN_WATCH, "home")]),
        ],
    )


def _rules(part: str, title: str, seen: HomeFacts) -> Iterator[Block]:
    """A page of a part, "own" or "others", and the buttons that turn to the pages beside it."""
    stories = sorted(getattr(seen, part), key=urgency)
    if not stories:
        return
    pages = math.ceil(len(stories) / MOST_RULES)
    page = min(getattr(seen.pages, part), pages)
    first = (page - 1) * MOST_RULES
    told = stories[first : first + MOST_RULES]
    yield _header(f"{sample(stories)}{title}")
    yield from (_rule(story, seen.user) for story in told)
    if pages > 1:
        ways = {"Previous": page - 1, "Next": page + 1}
        yield from blocks.actions(
            f"home.{part}",
            [
                blocks.button(label, f"{PAGE}{part}.{label.lower()}", _turned(seen.pages, part, to))
                for label, to in ways.items()
                if 1 <= to <= pages
            ],
        )
        span = f"{first + 1} to {first + len(told)} of {text.count(len(stories))}"
        yield blocks.context(f"{span}, what is open first · `/watch list` in a channel shows its rules")


def _turned(pages: Pages, part: str, to: int) -> str:
    other = Pages(to, pages.others) if part == "own" else Pages(pages.own, to)
    return other.value


def _convention(stories: Sequence[RuleReport]) -> Iterator[Block]:
    if stories:
        yield blocks.context(convention(stories, max(story.session for story in stories)))


def _rule(story: RuleReport, user: str) -> Block:
    watched = story.watched
    by = "" if watched.owner == user else f" · set by {person(watched.owner)}"
    head = f"*{watched.name}* {code(watched.text, 160)}"
    until = story.state.snoozed_until
    snoozed = story.state.open and is_snoozed(story.state, story.session)
    quiet = f", snoozed through {text.day(until)}" if snoozed and until else ""
    state = text.escape(f"{state_words(story)}{quiet}{_value(story)}")
    doubtful = text.escape(doubt_words(story))
    lines = [head, f"{state} · {_where(watched.channel)}{by}", *([doubtful] if doubtful else [])]
    block = blocks.section("\n".join(lines))
    if not snoozed:
        return block
    value = json.dumps({"rule": watched.key, "channel": watched.channel})
    return {**block, "accessory": blocks.button("Unsnooze", UNSNOOZE, value)}


def _value(story: RuleReport) -> str:
    """ ": 0.94, fires below 1.00"; how many conditions hold where there are several."""
    rule, reading = story.watched.rule, story.reading
    if reading is None or reading.value is None:
        return ""
    if len(rule.conditions) > 1:
        return f": {met_words(rule, reading)} conditions hold"
    condition = rule.conditions[0]
    return f": {value_of(condition, reading.value)}, fires {breach_words(condition)}"


def _where(channel: str) -> str:
    return "direct messages" if channel.startswith("D") else channel_link(channel)


def _no_rules() -> Iterator[Block]:
    yield _header("Rules of this workspace")
    yield blocks.section(
        "There are none yet that you may see here. "
        + text.escape("`/watch ISCB sortino < 1.0 for 5 sessions then SPSM` sets one in a channel.")
    )


def _posts(posts: Sequence[Post]) -> Iterator[Block]:
    yield _header("Daily posts")
    if not posts:
        yield blocks.section(f"No channel has one that you may see here; in a channel {ON}.")
    for post in posts[:MOST_POSTS]:
        change = blocks.button("Change", OPEN_DIGEST, digest_value(post.digest))
        yield {**blocks.section(f"{_where(post.digest.channel)}: {_post(post)}"), "accessory": change}
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
    yield _header("Prices")
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
    """In the reader's own zone, which Slack knows."""
    seconds = int(seen.now.timestamp())
    return f"<!date^{seconds}^{{date_short_pretty}} {{time}}|{_utc(seen)}>"


def _utc(seen: HomeFacts) -> str:
    day: date = seen.now.date()
    return f"{text.day(day)} {seen.now:%H:%M} UTC"


def _header(words: str) -> Block:
    return {"type": "header", "text": _plain(words[: limits.HEADER_TEXT])}


def _plain(words: str) -> Block:
    return {"type": "plain_text", "text": words}
