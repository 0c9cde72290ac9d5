"""A rule read back when it is set, edited or tried: what it says, where it stands, how it would have done."""

from __future__ import annotations

from datetime import datetime

from analytics.watch.backtest import Backtest
from analytics.watch.rules import Condition
from analytics.watch.states import Reason
from bot.model import Digest, RuleReport, RuleVersion
from bot.render import text
from bot.render.chart_specs import ChartSpec
from bot.render.message import Block, Message
from bot.render.watch.card import condition_lines, target_line
from bot.render.watch.parts import blocks
from bot.render.watch.parts.conditions import quantity_words, threshold_words
from bot.render.watch.parts.convention import convention_of, sample
from bot.render.watch.parts.past import noise_words, past_words
from bot.render.watch.parts.posts import told_of
from bot.render.watch.parts.said import standing
from bot.render.watch.parts.target import target_words
from bot.render.watch.parts.typed import code, person
from bot.render.watch.words import rule_words


def created(
    story: RuleReport,
    back: Backtest | None,
    digest: Digest | None,
    next_post: datetime | None,
    *,
    edited: bool,
    digest_is_new: bool,
    picture: ChartSpec | None = None,
) -> Message:
    """The answer to `/watch`: the rule as it is kept.

    back: None where there is nothing to test it on.  next_post: when the channel hears of it at the earliest
    """
    watched = story.watched
    head = f"{watched.name} is now version {watched.version}" if edited else f"{watched.name} is set"
    name = watched.name
    hints = f"`/watch show {name}` · `/watch edit {name} …` · `/watch pause {name}` · `/watch delete {name}`"
    post = told_of(digest, next_post, is_new=digest_is_new)
    by = f"{'Edited' if edited else 'Set'} by {person(watched.author)}: {code(watched.text)}"
    fresh = ["Its count begins afresh; what the earlier version had open is closed."] if edited else []
    closing = blocks.section("\n".join([*fresh, post]))
    return _message(head, story, back, [closing], [by, hints], picture)


def tested(story: RuleReport, back: Backtest | None, picture: ChartSpec | None = None) -> Message:  # noqa: PT028
    """The answer to `/watch test`: the same of a rule that is not kept."""
    keep = f"To keep it: {code(f'/watch {story.watched.text}')}"
    return _message("Tested, nothing was saved", story, back, [], [keep], picture)


def read_back(head: str, watched: RuleVersion) -> str:
    """The rule in words behind a heading; safe mrkdwn."""
    return f"*{text.escape(head)}:* it {text.escape(rule_words(watched.rule, watched.policy))}"


def _message(
    head: str,
    story: RuleReport,
    back: Backtest | None,
    more: list[Block],
    lines: list[str],
    picture: ChartSpec | None,
) -> Message:
    shown = [
        blocks.section(sample([story]) + read_back(head, story.watched)),
        blocks.section("\n".join(_today(story))),
        blocks.section("\n".join(past_lines(story.watched, back))),
        *more,
        *blocks.slots([picture] if picture else []),
        blocks.context(*lines, convention_of(story)),
    ]
    rule = rule_words(story.watched.rule, story.watched.policy)
    target = [f"{words}." for words in [target_words(story)] if words]
    said = [f"{head}: it {rule}", _now(story), *target, past_words(story.watched.rule, back)]
    return blocks.message(sample([story]) + text.escape(" ".join(said)), shown, picture)


def past_lines(watched: RuleVersion, back: Backtest | None) -> list[str]:
    """How often it would have fired, and a warning where that is noise; safe mrkdwn."""
    past, noise = text.escape(past_words(watched.rule, back)), noise_words(back)
    lead, _, rest = text.escape(noise or "").partition(":")
    return [past, *([f"*{lead}:*{rest}"] if noise else [])]


def _now(story: RuleReport) -> str:
    said = standing(story)
    on = "It" if story.state.trouble else f"On {text.day(story.session)} it"
    return f"{on} {said.verb}: {said.full}"


def _today(story: RuleReport) -> list[str]:
    return [
        text.escape(_now(story)),
        *condition_lines(story),
        *target_line(story),
        *remarks(story),
    ]


def remarks(story: RuleReport) -> list[str]:
    """What to know of this rule's form: a crossing that cannot fire yet; safe mrkdwn."""
    conditions, flip, reading = story.watched.rule.conditions, story.flip, story.reading
    waits = conditions[0].op.crossing and not (story.state.armed or story.state.open)
    beyond = (reading is not None and reading.met) or (flip and flip.reason is Reason.ALREADY_BEYOND)
    return [_already(story.watched, conditions[0])] if waits and beyond else []


def _already(watched: RuleVersion, condition: Condition) -> str:
    level = condition.op.level
    here, there = ("below", "above") if level.falling else ("above", "below")
    quantity = text.escape(quantity_words(condition.quantity))
    form = code(f"/watch {watched.text.replace(condition.op.value, level.value, 1)}")
    return (
        f"{quantity} is {here} {text.escape(threshold_words(condition))} already, so a crossing cannot fire "
        f"until it has been {there} once; {form} tells of the level."
    )
