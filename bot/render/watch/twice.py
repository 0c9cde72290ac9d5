"""A rule that its channel has already, or nearly: the one that is there is offered before another is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analytics.watch.alike import Aspect
from analytics.watch.rules import Rule
from analytics.watch.states import Policy
from bot.model import RuleReport, RuleStatus, RuleVersion, SectionQuery
from bot.render import text
from bot.render.message import Block, Message
from bot.render.talk.buttons import ask
from bot.render.watch.changed import LONGEST
from bot.render.watch.parts import blocks
from bot.render.watch.parts.conditions import recovery_words, symbol
from bot.render.watch.parts.state import sessions, state_words
from bot.render.watch.parts.typed import code, person


def watched_already(
    story: RuleReport,
    rule: Rule,
    policy: Policy,
    apart: Sequence[Aspect],
    typed: str,
    *,
    edited: int | None,
    may_change: bool,
) -> Message:
    """Offers the rule that is there; nothing was saved.

    story: of that one.  rule, policy: what was asked for, and in what it lies `apart` from it.
    typed: what was asked for, as it is typed after `/watch` to be kept all the same.
    edited: the number of the rule that was to be changed, None for a new one.
    may_change: whether the asker may change the rule that is there.
    """
    watched = story.watched
    name, made = watched.name, text.day(watched.made.date())
    head = f"{name} already watches this here"
    differs = (
        [f"It differs: {text.escape('; '.join(_differences(watched, rule, policy, apart)))}."]
        if apart
        else []
    )
    spoken = f"{head}, set on {made}, {text.escape(state_words(story))}."
    shown = f"*{head}*, set by {person(watched.owner)} on {made}, {text.escape(state_words(story))}."
    rest = " ".join([*differs, "Nothing was saved."])
    ways = list(_ways(watched, typed, apart, edited=edited, may_change=may_change))
    buttons = [
        ask(label, f"twice.{at}", SectionQuery(f"watch {what}")) for at, (label, what) in enumerate(ways)
    ]
    lines = [
        f"{name}: {code(watched.text)}",
        *(f"{label}: {code(f'/watch {what}', LONGEST)}" for label, what in ways),
    ]
    shown_blocks: list[Block] = [
        blocks.section(f"{shown} {rest}"),
        *blocks.actions("watch.twice", buttons),
        blocks.context(*lines),
    ]
    return blocks.message(f"{spoken} {rest}", shown_blocks)


def _ways(
    watched: RuleVersion, typed: str, apart: Sequence[Aspect], *, edited: int | None, may_change: bool
) -> Iterator[tuple[str, str]]:
    """What can be done now: what a button says, and what is typed after `/watch`."""
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
    """In what the rule that is there lies apart from the one that was asked for; plain text."""
    was, patience = watched.rule, watched.policy
    for aspect in apart:
        match aspect:
            case Aspect.CONFIRMATION:
                there, here = (sessions(each.confirm) for each in (patience, policy))
                yield f"it fires after {there}, this one after {here}"
            case Aspect.RECOVERY_VALUE if len(rule.conditions) == 1:
                there, here = (recovery_words(each.conditions[0]) for each in (was, rule))
                yield f"it recovers {there}, this one {here}"
            case Aspect.RECOVERY_VALUE:
                yield "it has other recovery values"
            case Aspect.RECOVERY:
                there, here = (sessions(each.recovery) for each in (patience, policy))
                yield f"it recovers after {there}, this one after {here}"
            case Aspect.TARGET:
                there, here = (symbol(each.then) if each.then else "no fund" for each in (was, rule))
                yield f"it shows {there} beside it, this one {here}"
