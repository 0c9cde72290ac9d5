"""Whether a channel takes the bot's posts, and what it is told when it does again."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from analytics.watch.states import Reason
from bot.errors import Unavailable
from bot.model import (
    AuditAction,
    AuditEntry,
    ChannelKey,
    Digest,
    DigestContent,
    NewNotice,
    NoticeKind,
    Request,
    RuleHistory,
    RuleReport,
    RuleStatus,
    RuleTransition,
    StoredRule,
)
from bot.ports import SEEN, Task
from bot.render.rules.channel import cannot_post_message
from bot.use_cases.services import Declined, Services, load_reports, with_since

log = logging.getLogger(__name__)

Answer = Callable[[Request], Awaitable[None]]
DELETED = "channel_deleted"
"""Why a channel that is gone takes no posts."""
ARCHIVED = "is_archived"
_OVER = (Reason.RECOVERED, Reason.RESTATED)


async def require_open_channel(parts: Services, question: Request, left: str, rule: str = "") -> None:
    """Raise Declined where Slack says that the bot is not in the question's channel or may not post there.

    left: what is not done then, "Nothing was saved".  rule: its text, offered for the direct messages.
    """
    access = await parts.channels.may_post(question.team, question.channel)
    if access.code:
        known = await parts.repository(question).digest(question.channel)
        # Slack's answer is the same for a channel that is gone and for one without the bot.
        gone = known is not None and known.stopped == DELETED
        raise Declined(cannot_post_message(question.channel, DELETED if gone else access.code, left, rule))


async def reopen_channel(parts: Services, channel_key: ChannelKey, asked: str) -> bool:
    """Have a channel that takes posts told what is open there and what it has missed; its daily post goes on.

    asked: id of the question that leads to it; asked again, nothing is told twice.
    False, and nothing is done, where it wants no daily post or has no active rule.
    """
    repository = parts.store.of(channel_key.team)
    digest, rules = await repository.digest(channel_key.channel), await active_rules(parts, channel_key)
    if digest is None or not digest.on:
        return False
    if rules:
        await repository.add_notices(await _reopening_notices(parts, channel_key, rules, asked))
    if digest.stopped:  # after the notices: who is cut off in between begins again
        await repository.save_digest(replace(digest, stopped=""))
    await parts.jobs.enqueue([Task("deliver", f"{channel_key.team}/{channel_key.channel}")])
    return bool(rules)


def with_reopening(parts: Services, answer: Answer) -> Answer:
    """Answer the same; before it, a channel that was closed to the bot and takes posts again is
    told so.
    """

    async def answered(question: Request) -> None:
        try:
            await _reopen_if_it_takes_posts(parts, question)
        except Unavailable as fault:
            log.warning("%s/%s is not opened again: %s", question.team, question.channel, fault)
        await answer(question)

    return answered


async def reopen_channels(parts: Services, day: str) -> None:
    """Look at all channels that were closed to the bot, and have those that take posts again told so."""
    for team in await parts.store.teams():
        for digest in await parts.store.of(team).digests():
            if _may_be_open(digest) and await _takes_posts(parts, team, digest):
                await reopen_channel(parts, ChannelKey(team, digest.channel), f"day/{day}")


async def _takes_posts(parts: Services, team: str, digest: Digest) -> bool:
    """Tell whether a channel takes posts that nobody has just written in; nobody can in an archived one."""
    access = await parts.channels.may_post(team, digest.channel)
    return bool(access.allowed) and not (access.maybe_archived and digest.stopped == ARCHIVED)


async def close_deleted_channel(parts: Services, question: Request) -> None:
    """Pause the rules of a channel that was deleted, and tell their owners."""
    channel_key, now = ChannelKey(question.team, question.channel), parts.desk.clock.now()
    session = parts.desk.calendar.last_complete(now)
    await parts.store.outbox.close(channel_key, session, DELETED, now)
    deed = AuditEntry(question.user, AuditAction.PAUSED, question.asked, DELETED)
    for kept in await active_rules(parts, channel_key):
        await parts.repository(question).mark(kept.watched.number, RuleStatus.PAUSED, deed)


async def active_rules(parts: Services, channel_key: ChannelKey) -> list[StoredRule]:
    """Return the active rules of a channel."""
    kept = await parts.store.of(channel_key.team).rules(channel_key.channel)
    return [each for each in kept if each.watched.status is RuleStatus.ACTIVE]


async def _reopen_if_it_takes_posts(parts: Services, question: Request) -> None:
    digest = await parts.repository(question).digest(question.channel) if question.channel else None
    if digest is None or not _may_be_open(digest):
        return
    if (await parts.channels.may_post(question.team, question.channel)).allowed:
        await reopen_channel(parts, ChannelKey(question.team, question.channel), question.id)


def _may_be_open(digest: Digest) -> bool:
    """Tell whether what else it was stopped for may be over, whatever Slack says of the channel."""
    return digest.on and digest.stopped in SEEN


async def _reopening_notices(
    parts: Services, channel_key: ChannelKey, rules: Sequence[StoredRule], asked: str
) -> list[NewNotice]:
    """Return the cards of what is open, those that are there already rewritten, and one message about all
    of it.
    """
    repository, now = parts.store.of(channel_key.team), parts.desk.clock.now()
    session, last = (
        parts.desk.calendar.last_complete(now),
        await repository.last_delivered(channel_key.channel),
    )
    cards: list[NewNotice] = []
    missed: list[tuple[str, RuleTransition]] = []
    stories = await load_reports(parts, channel_key.team, rules)
    for each in stories:
        story = await with_since(parts, each)
        history, watched = await repository.history(story.watched.number), story.watched
        for kind, told in _card_report(story, history, last):
            subject = f"{watched.key}/back/{asked}"
            cards.append(NewNotice(channel_key.team, channel_key.channel, session, kind, subject, told, now))
        missed += [(watched.name, flip) for flip in _missed_transitions(story, history, last)]
    digest_content = DigestContent(
        session, tuple(stories), tuple(sorted(missed, key=lambda each: each[1].session))
    )
    whole = NewNotice(
        channel_key.team,
        channel_key.channel,
        session,
        NoticeKind.RESUMED,
        f"back/{asked}",
        digest_content,
        now,
    )
    return [*cards, whole]


def _card_report(
    story: RuleReport, history: RuleHistory, last: date | None
) -> Iterator[tuple[NoticeKind, RuleReport]]:
    """Yield what the card of the newest incident says: it is posted, or rewritten where it may have missed
    news.
    """
    newest = next(iter(story.incidents), None)
    if newest is None:
        return
    if newest.recovered is None:
        yield (NoticeKind.UPDATE if newest.ts else NoticeKind.CARD), story
    elif newest.ts and (last is None or newest.recovered > last):
        ends = (each for each in history.flips if each.session == newest.recovered and each.reason in _OVER)
        if end := next(ends, None):
            yield NoticeKind.UPDATE, replace(story, session=end.session, flip=end)


def _missed_transitions(
    story: RuleReport, history: RuleHistory, last: date | None
) -> Iterator[RuleTransition]:
    """Return what people would have been told of since the last daily post."""
    made = story.watched.made.date()
    news = (flip for flip in history.flips if flip.notice and flip.session >= made)
    return (flip for flip in news if last is None or flip.session > last)
