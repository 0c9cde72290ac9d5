"""A channel's daily post: a short parent, and the table of all rules in its thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from analytics.watch.states import Announcement, Phase, Reason
from bot.model import DigestContent, RuleReport, RuleTransition
from bot.render import text
from bot.render.chart_specs import ChartSpec
from bot.render.message import Block, Message
from bot.render.talk.ids import DIGEST_OFF
from bot.render.watch.parts import blocks
from bot.render.watch.parts.conditions import quantity_words, threshold_words, value_of
from bot.render.watch.parts.convention import convention, sample
from bot.render.watch.parts.order import threshold_gap, urgency
from bot.render.watch.parts.said import doubt_words, news
from bot.render.watch.parts.state import PHASES, TROUBLES, UNDECIDED, is_undecided
from bot.render.watch.parts.target import target_words
from bot.render.watch.parts.typed import NAME, link, typed
from bot.render.watch.table import rules_table

MOST_NEWS = 7
"""Lines of news in the parent; the rest is in the thread."""
MOST_NAMES = 8
OFF = "`/digest off` ends this post · `/digest on 08:30 always` sets its time and posts on quiet days too"


def digest(digest_content: DigestContent, links: Mapping[str, str]) -> Message:
    """The short parent.

    links: addresses of cards by the rule's name, "R7"
    """
    title = f"{sample(digest_content.stories)}Watchpoints for {text.day(digest_content.session)}:"
    lines = [f"*{title}* {_counts(digest_content)}", *_body(digest_content, links), *_missed(digest_content)]
    spoken = [f"{title} {_counts(digest_content)}", *_body(digest_content, {}), *_missed(digest_content)]
    conventions = (
        [convention(digest_content.stories, digest_content.session)] if digest_content.stories else []
    )
    shown = [
        blocks.section("\n".join(lines)),
        blocks.context(*conventions, OFF),
        *blocks.actions("digest", [_switch()]),
    ]
    return blocks.message("\n".join(spoken), shown)


def resumed(digest_content: DigestContent, links: Mapping[str, str]) -> Message:
    """What is watched in a channel that the bot has come (back) into: what is open, what was missed.

    links: addresses of cards by the rule's name, "R7"
    """
    count = len(digest_content.stories)
    title = (
        f"{sample(digest_content.stories)}{'1 rule is' if count == 1 else f'{count} rules are'} watched here."
    )
    stands = f"On {text.day(digest_content.session)}: {_counts(digest_content)}"
    lines = [f"*{title}* {stands}", *_body(digest_content, links), *_missed(digest_content)]
    spoken = [f"{title} {stands}", *_body(digest_content, {}), *_missed(digest_content)]
    shown = [
        blocks.section("\n".join(lines)),
        blocks.context(convention(digest_content.stories, digest_content.session), OFF),
        *blocks.actions("digest", [_switch()]),
    ]
    return blocks.message("\n".join(spoken), shown)


def details(digest_content: DigestContent, picture: ChartSpec | None = None) -> Message:
    """All rules with value, threshold and state; the overview picture."""
    count, day = len(digest_content.stories), text.day(digest_content.session)
    title = f"{sample(digest_content.stories)}{'1 rule' if count == 1 else f'All {count} rules'} on {day}"
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
    """Asks once more: it is for everybody in the channel."""
    asked = {
        "title": _plain("Turn the daily post off"),
        "text": _plain("This channel hears of none of its rules any more; they are kept and read."),
        "confirm": _plain("Turn off"),
        "deny": _plain("Keep it"),
    }
    return {**blocks.button("Turn off", DIGEST_OFF, "digest"), "confirm": asked}


def _plain(words: str) -> Block:
    return {"type": "plain_text", "text": words}


def _mood(story: RuleReport) -> str:
    """What a story counts as in the first line."""
    flip, state = story.flip, story.state
    if state.trouble:
        return PHASES[state.trouble]
    if is_undecided(story):
        return UNDECIDED
    if flip and flip.reason is Reason.RESTATED:
        return "restated"
    if flip and flip.notice in _NOTICES:
        return _NOTICES[flip.notice]
    if flip and flip.reason is Reason.RELAPSED:
        return "firing again"
    return "still firing" if state.kept is Phase.FIRING else PHASES[state.kept]


_NOTICES = {Announcement.FIRED: "fired", Announcement.RECOVERED: "recovered"}


def _counts(digest_content: DigestContent) -> str:
    """ "1 fired, 1 recovering, 1 pending, 4 quiet." """
    if not digest_content.stories:
        return "no rule is active in this channel."
    found = Counter(map(_mood, digest_content.stories))
    if not _told(digest_content) and set(found) == {"quiet"}:
        return f"nothing to report, {_quiet(digest_content.stories)}"
    order = {_mood(story): None for story in sorted(digest_content.stories, key=urgency)}
    return f"{', '.join(f'{found[mood]} {mood}' for mood in order)}."


def _told(digest_content: DigestContent) -> list[RuleReport]:
    """The stories with news, what matters most first."""
    return sorted((story for story in digest_content.stories if story.flip), key=urgency)


def _body(digest_content: DigestContent, links: Mapping[str, str]) -> list[str]:
    told = _told(digest_content)
    lines = [f"• {news(story).linked(links.get(story.watched.name))}{_beside(story)}" for story in told]
    return [*_cut(lines), *_unchanged(digest_content, links)]


def _cut(lines: Sequence[str]) -> list[str]:
    more = len(lines) - MOST_NEWS
    if more <= 1:
        return list(lines)
    return [*lines[:MOST_NEWS], f"and {more} more in the thread."]


def _beside(story: RuleReport) -> str:
    target = target_words(story)
    return f" {text.escape(target)}." if target and not story.state.trouble else ""


def _unchanged(digest_content: DigestContent, links: Mapping[str, str]) -> list[str]:
    """Incidents that go on without news, rules still without data, and those in doubt, in a line each."""
    same = [story for story in sorted(digest_content.stories, key=urgency) if not story.flip]
    closed = [each for each in same if each.state.trouble and not each.state.open]
    told = {
        "Still open": [f"{_linked(each, links)}{_since(each)}" for each in same if each.state.open],
        "Still waiting on a price that looks wrong": [
            _linked(each, links) for each in closed if each.state.trouble is Phase.DOUBT
        ],
        "Still without data": [
            _linked(each, links) for each in closed if each.state.trouble is not Phase.DOUBT
        ],
        "Resting on prices that look wrong": [
            f"{_linked(each, links)} ({text.escape(doubt_words(each))})" for each in same if doubt_words(each)
        ],
    }
    return [f"{words}: {_names(names)}." for words, names in told.items() if names]


def _linked(story: RuleReport, links: Mapping[str, str]) -> str:
    return link(links.get(story.watched.name), story.watched.name)


def _names(names: Sequence[str]) -> str:
    more = [f"{len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
    return text.listed([*names[:MOST_NAMES], *more])


def _since(story: RuleReport) -> str:
    since = f"since {text.day(story.state.fired)}" if story.state.fired else ""
    hand = "acknowledged" if story.state.acknowledged else ""
    blind = TROUBLES[story.state.trouble] if story.state.trouble else ""
    words = ", ".join(filter(None, (since, hand, blind)))
    return f" ({words})" if words else ""


def _missed(digest_content: DigestContent) -> list[str]:
    """What happened while nothing was posted, in one line."""
    if not digest_content.sessions_missed and not digest_content.missed:
        return []
    told = [
        f"{typed(name, NAME)} {_happened(flip)} on {text.day(flip.session)}"
        for name, flip in digest_content.missed
    ]
    count = digest_content.sessions_missed
    if not count:  # sessions on which the workspace's own exchange rested
        return [f"Since the last post: {_names(told)}."]
    went_by = f"{count} earlier {'session was' if count == 1 else 'sessions were'} not posted"
    return [f"{went_by}: {_names(told) if told else 'nothing changed in them'}."]


def _happened(flip: RuleTransition) -> str:
    words = {
        Reason.CONFIRMED: "fired",
        Reason.RECOVERED: "recovered",
        Reason.RELAPSED: "relapsed",
        Reason.RESTATED: "was restated",
        Reason.NO_DATA: "had no data",
        Reason.DOUBT: "waited on a price that looked wrong",
        Reason.ERROR: "could not be read",
    }
    reminded = flip.notice is Announcement.STILL_FIRING
    return words.get(flip.reason) or (
        "was still firing after a snooze" if reminded else f"became {PHASES[flip.after]}"
    )


def _quiet(stories: Sequence[RuleReport]) -> str:
    count = f"{len(stories)} {'rule' if len(stories) == 1 else 'rules'} quiet"
    near = _nearest(stories)
    if near is None:
        return f"{count}."
    condition, reading = near.watched.rule.conditions[0], near.reading
    value = value_of(condition, reading.value if reading else None)
    what = f"{quantity_words(condition.quantity)}: {value} against {threshold_words(condition)}"
    return text.escape(f"{count}; the nearest is {near.watched.name}, {what}.")


def _nearest(stories: Sequence[RuleReport]) -> RuleReport | None:
    gaps = {index: threshold_gap(story) for index, story in enumerate(stories)}
    known = {index: gap for index, gap in gaps.items() if gap is not None}
    return stories[min(known, key=lambda index: known[index])] if known else None
