"""A new rule; and one that is only tried."""

from __future__ import annotations

from datetime import datetime

from analytics.watch.states import State
from analytics.watch.transitions import decide
from bot.language import Watch
from bot.model import ChannelKey, Digest, DigestMode, Request, RuleReport, RuleVersion, StoredRule
from bot.ports import RuleDraft
from bot.render.chart_specs import PastChart
from bot.render.rules.charts import past_chart
from bot.render.rules.read_back import created_message, tested_message
from bot.use_cases.watch.hearing import active, require_heard
from bot.use_cases.watch.opening import Looked, begin, look_afresh
from bot.use_cases.watch.posts import keep_next, new_digest, next_due
from bot.use_cases.watch.services import Services, story_of, with_source
from bot.use_cases.watch.twice import require_new


async def make(parts: Services, watch: Watch, question: Request) -> None:
    """Keep the rule, decide it, switch on the channel's first digest, and read the rule back to all.

    Raises Declined, and keeps nothing, where the channel would not hear of it or has one that says the same.
    """
    await require_heard(parts, question, "Nothing was saved", watch.text)
    await require_new(parts, watch, question)
    looked = await look_afresh(parts, watch.rule, watch.policy)
    digest, is_new = await _digest(parts, question)
    kept = await parts.repository(question).add(draft(watch, looked, question))
    kept = await begin(parts, kept, looked)
    await read_back(parts, question, kept, looked, digest, is_new=is_new)


async def read_back(
    parts: Services,
    question: Request,
    kept: StoredRule,
    looked: Looked,
    digest: Digest | None,
    *,
    edited: bool = False,
    is_new: bool = False,
) -> None:
    """Tell all in the channel what a version says, how it stands and would have behaved."""
    post = await _next_post(parts, question, digest) if digest else None
    story = looked.told(await story_of(parts, kept))
    picture = past_of(story, looked)
    message = created_message(
        story, looked.past, digest, post, edited=edited, digest_is_new=is_new, picture=picture
    )
    await parts.post(question, message)
    await parts.hurry(question)


async def _next_post(parts: Services, question: Request, digest: Digest) -> datetime | None:
    """When the channel hears of its rules next; what it is to be told of then is queued."""
    rules = await active(parts, ChannelKey(question.team, question.channel))
    if digest.mode is DigestMode.ALWAYS:
        await keep_next(parts, digest, rules)
    due = await next_due(parts, digest, rules)
    return due.at if due else None


async def try_out(parts: Services, watch: Watch, question: Request) -> None:
    """The same answer for a rule that is not kept."""
    looked = await look_afresh(parts, watch.rule, watch.policy)
    watched = _unkept(watch, looked, question)
    state = decide(State(), looked.reading, watch.policy, looked.session).state
    story = await with_source(parts, RuleReport(watched, looked.session, state, looked.reading))
    await parts.post(question, tested_message(story, looked.past, past_of(story, looked)))


def past_of(story: RuleReport, looked: Looked) -> PastChart | None:
    """What the past would have looked like; None without any."""
    if not (looked.past and looked.past.start):
        return None
    return past_chart(
        story.watched, looked.readings, looked.back, source=story.source, simulated=story.simulated
    )


def draft(watch: Watch, looked: Looked, question: Request) -> RuleDraft:
    """What is kept of a rule; the same for the same question."""
    return RuleDraft(
        question.channel,
        question.user,
        watch.text,
        looked.rule,
        watch.policy,
        question.asked,
        question.id,
    )


def _unkept(watch: Watch, looked: Looked, question: Request) -> RuleVersion:
    """A version without a number: 0."""
    made = draft(watch, looked, question)
    return RuleVersion(
        team=question.team,
        number=0,
        version=0,
        channel=made.channel,
        owner=made.author,
        author=made.author,
        text=made.text,
        rule=made.rule,
        policy=made.policy,
        made=made.made,
    )


async def _digest(parts: Services, question: Request) -> tuple[Digest, bool]:
    """The channel's daily post, and whether it is on by this question: where there never was one."""
    repository = parts.repository(question)
    fresh = await new_digest(parts, question)
    known = await repository.digest(question.channel)
    if known:
        return known, question.attempt > 1 and known == fresh
    await repository.keep(fresh)
    return fresh, True
