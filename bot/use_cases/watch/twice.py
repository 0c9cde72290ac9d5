"""The same rule twice in a channel: the one that is there is offered before another is kept."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.watch.alike import Aspect, differences
from bot.grammar import Watch
from bot.records import Kept, Question
from bot.render.watch.twice import watched_already
from bot.use_cases.watch.finding import has_leave
from bot.use_cases.watch.parts import Declined, Parts, as_told


async def require_new(parts: Parts, watch: Watch, question: Question) -> None:
    """Raises Declined with the channel's rule that says the same, for the asker to choose.

    A new rule is held back by one of another patience or target too; an edit, which changes just that, by an
    equal one only.  A question that has made its version already is not held back by it.  Two that are asked
    at once may both be kept: better twice than not at all.
    """
    book = parts.book(question)
    if watch.anyway or await book.made(question.id):
        return
    known = [each for each in await book.rules(question.channel) if each.watched.number != watch.number]
    found = min(_alike(watch, known), key=lambda each: len(each[1]), default=None)
    if found is None:
        return
    kept, apart = found
    may_change = await has_leave(parts, kept.watched, question)
    raise Declined(
        watched_already(
            as_told(kept),
            watch.rule,
            watch.policy,
            apart,
            watch.text,
            edited=watch.number,
            may_change=may_change,
        )
    )


def _alike(watch: Watch, known: list[Kept]) -> Iterator[tuple[Kept, tuple[Aspect, ...]]]:
    for each in known:
        apart = differences(each.watched.rule, each.watched.policy, watch.rule, watch.policy)
        if apart == () or (apart and watch.number is None):
            yield each, apart
