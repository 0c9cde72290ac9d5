"""All rules in one table: four columns, so that a phone shows it whole."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.panel import Doubt
from bot.model import RuleReport
from bot.render import limits, text
from bot.render.doubts import MARK, legend
from bot.render.message import Block
from bot.render.watch.parts import blocks
from bot.render.watch.parts.conditions import met_words, short_quantity, threshold_words, value_of
from bot.render.watch.parts.conditions import symbol as cut_symbol
from bot.render.watch.parts.state import short_state
from bot.render.watch.parts.values import shown

HEADS = ("Rule", "Value", "Threshold", "State")
ROOM = 9_000
"""Characters of a table, below Slack's limit, so that title and remarks have room in the message."""


def rules_table(stories: Sequence[RuleReport]) -> tuple[list[Block], str | None]:
    """The table, none without rules, and a line on what was left out of it, None where nothing was.

    A line below it explains the mark on values that rest on a price that looks wrong.
    """
    if not stories:
        return [], None
    rows, room = [HEADS], ROOM
    for story in stories[: limits.TABLE_ROWS - 1]:
        row = _row(story)
        room -= sum(map(len, row))
        if room < 0:
            break
        rows.append(row)
    more = len(stories) - len(rows) + 1
    explained = legend(doubt for story in stories[: len(rows) - 1] for doubt in _doubts(story))
    below = [blocks.context(text.escape(explained))] if explained else []
    return [blocks.table(rows), *below], f"and {text.count(more)} more: `/watch list`" if more else None


def _doubts(story: RuleReport) -> tuple[Doubt, ...]:
    """Those that the value of a row rests on; none where it has no value."""
    reading = story.reading
    return reading.doubts if reading and reading.value is not None else ()


def _row(story: RuleReport) -> tuple[str, str, str, str]:
    rule, reading = story.watched.rule, story.reading
    first = rule.conditions[0]
    state, mark = short_state(story), MARK if _doubts(story) else ""
    if len(rule.conditions) > 1:
        name = f"{story.watched.name} {short_quantity(first.quantity)} and {len(rule.conditions) - 1} more"
        return name, f"{met_words(rule, reading)} hold{mark}", f"{rule.needed} needed", state
    value = f"{value_of(first, reading.value if reading else None)}{mark}"
    name = f"{story.watched.name} {short_quantity(first.quantity)}"
    if rule.then and reading and reading.then is not None:
        value = f"{value} ({cut_symbol(rule.then)} {shown(first.quantity.of(rule.then), reading.then)})"
    return name, value, f"{_sign(first.op.value)} {threshold_words(first)}", state


def _sign(op: str) -> str:
    return {"changes": "not"}.get(op, op)
