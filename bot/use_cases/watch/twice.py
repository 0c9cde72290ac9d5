"""The same rule twice in a channel: the one that is there is offered before another is kept."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.watch.differences import Aspect, differences
from bot.language import Watch
from bot.model import Request, StoredRule
from bot.render.rules.changes import duplicate_rule_message
from bot.use_cases.watch.finding import has_leave
from bot.use_cases.watch.services import Declined, Services, as_told


async def require_new(parts: Services, watch: Watch, question: Request) -> None:
    """Raises Declined with the channel's rule that says the same, for the asker to choose.

    A new rule is held back by one of another patience or target too; an edit, which changes just that, by an
    equal one only.  A question that has made its version already is not held back by it.  Two that are asked
    at once may both be kept: better twice than not at all.
    """
    repository = parts.repository(question)
    if watch.anyway or await repository.rule_made_by(question.id):
        return
    known = [each for each in await repository.rules(question.channel) if each.watched.number != watch.number]
    found = min(_alike(watch, known), key=lambda each: len(each[1]), default=None)
    if found is None:
        return
    kept, apart = found
    may_change = await has_leave(parts, kept.watched, question)
    raise Declined(
        duplicate_rule_message(
            as_told(kept),
            watch.rule,
            watch.policy,
            apart,
            watch.text,
            edited=watch.number,
            may_change=may_change,
        )
    )


def _alike(watch: Watch, known: list[StoredRule]) -> Iterator[tuple[StoredRule, tuple[Aspect, ...]]]:
    for each in known:
        apart = differences(each.watched.rule, each.watched.policy, watch.rule, watch.policy)
        if apart == () or (apart and watch.number is None):
            yield each, apart
