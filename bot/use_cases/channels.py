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


async def require_open_channel(
    services: Services, request: Request, left: str, rule: str = "", about: str = "its rules"
) -> None:
    """Raise Declined where Slack says that the bot is not in the question's channel or may not post there.

    left: what is not done then, "Nothing was saved".  rule: its text, offered for the direct messages.
    about: of what nobody would hear, where it is no rule.
    """
    access = await services.channels.may_post(request.team, request.channel)
    if access.code:
        known = await services.repository(request).digest(request.channel)
        # Slack's answer is the same for a channel that is gone and for one without the bot.
        gone = known is not None and known.stopped == DELETED
        raise Declined(
            cannot_post_message(request.channel, DELETED if gone else access.code, left, rule, about)
        )


async def reopen_channel(services: Services, channel_key: ChannelKey, asked: str) -> bool:
    """Have a channel that takes posts told what is open there and what it has missed; its daily post goes on.

    asked: id of the question that leads to it; asked again, nothing is told twice.
    False, and nothing is done, where it wants no daily post or has no active rule.
    """
    repository = services.store.of(channel_key.team)
    digest, rules = await repository.digest(channel_key.channel), await active_rules(services, channel_key)
    if digest is None or not digest.on:
        return False
    if rules:
        await repository.add_notices(await _reopening_notices(services, channel_key, rules, asked))
    if digest.stopped:  # after the notices: who is cut off in between begins again
        await repository.save_digest(replace(digest, stopped=""))
    await services.jobs.enqueue([Task("deliver", f"{channel_key.team}/{channel_key.channel}")])
    return bool(rules)


def with_reopening(services: Services, answer: Answer) -> Answer:
    """Answer the same; before it, a channel that was closed to the bot and takes posts again is
    told so.
    """

    async def answered(request: Request) -> None:
        try:
            await _reopen_if_it_takes_posts(services, request)
        except Unavailable as fault:
            log.warning("%s/%s is not opened again: %s", request.team, request.channel, fault)
        await answer(request)

    return answered


async def reopen_channels(services: Services, day: str) -> None:
    """Look at all channels that were closed to the bot, and have those that take posts again told so."""
    for team in await services.store.teams():
        for digest in await services.store.of(team).digests():
            if _may_be_open(digest) and await _takes_posts(services, team, digest):
                await reopen_channel(services, ChannelKey(team, digest.channel), f"day/{day}")


async def _takes_posts(services: Services, team: str, digest: Digest) -> bool:
    """Tell whether a channel takes posts that nobody has just written in; nobody can in an archived one."""
    access = await services.channels.may_post(team, digest.channel)
    return bool(access.allowed) and not (access.maybe_archived and digest.stopped == ARCHIVED)


async def close_deleted_channel(services: Services, request: Request) -> None:
    """Pause the rules of a channel that was deleted, and tell their owners."""
    channel_key, now = ChannelKey(request.team, request.channel), services.market_data.clock.now()
    session = services.market_data.calendar.last_complete(now)
    await services.store.outbox.close(channel_key, session, DELETED, now)
    entry = AuditEntry(request.user, AuditAction.PAUSED, request.asked, DELETED)
    for stored in await active_rules(services, channel_key):
        await services.repository(request).mark(stored.watched.number, RuleStatus.PAUSED, entry)


async def active_rules(services: Services, channel_key: ChannelKey) -> list[StoredRule]:
    """Return the active rules of a channel."""
    stored_rules = await services.store.of(channel_key.team).rules(channel_key.channel)
    return [each for each in stored_rules if each.watched.status is RuleStatus.ACTIVE]


async def _reopen_if_it_takes_posts(services: Services, request: Request) -> None:
    digest = await services.repository(request).digest(request.channel) if request.channel else None
    if digest is None or not _may_be_open(digest):
        return
    if (await services.channels.may_post(request.team, request.channel)).allowed:
        await reopen_channel(services, ChannelKey(request.team, request.channel), request.id)


def _may_be_open(digest: Digest) -> bool:
    """Tell whether what else it was stopped for may be over, whatever Slack says of the channel."""
    return digest.on and digest.stopped in SEEN


async def _reopening_notices(
    services: Services, channel_key: ChannelKey, rules: Sequence[StoredRule], asked: str
) -> list[NewNotice]:
    """Return the cards of what is open, those that are there already rewritten, and one message about all
    of it.
    """
    repository, now = services.store.of(channel_key.team), services.market_data.clock.now()
    session, last = (
        services.market_data.calendar.last_complete(now),
        await repository.last_delivered(channel_key.channel),
    )
    cards: list[NewNotice] = []
    missed: list[tuple[str, RuleTransition]] = []
    reports = await load_reports(services, channel_key.team, rules)
    for each in reports:
        report = await with_since(services, each)
        history, watched = await repository.history(report.watched.number), report.watched
        for kind, told in _card_report(report, history, last):
            subject = f"{watched.key}/back/{asked}"
            cards.append(NewNotice(channel_key.team, channel_key.channel, session, kind, subject, told, now))
        missed += [(watched.name, transition) for transition in _missed_transitions(report, history, last)]
    digest_content = DigestContent(
        session, tuple(reports), tuple(sorted(missed, key=lambda each: each[1].session))
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
    report: RuleReport, history: RuleHistory, last: date | None
) -> Iterator[tuple[NoticeKind, RuleReport]]:
    """Yield what the card of the newest incident says: it is posted, or rewritten where it may have missed
    news.
    """
    newest = next(iter(report.incidents), None)
    if newest is None:
        return
    if newest.recovered is None:
        yield (NoticeKind.UPDATE if newest.ts else NoticeKind.CARD), report
    elif newest.ts and (last is None or newest.recovered > last):
        ends = (
            each for each in history.transitions if each.session == newest.recovered and each.reason in _OVER
        )
        if end := next(ends, None):
            yield NoticeKind.UPDATE, replace(report, session=end.session, flip=end)


def _missed_transitions(
    report: RuleReport, history: RuleHistory, last: date | None
) -> Iterator[RuleTransition]:
    """Return what people would have been told of since the last daily post."""
    made = report.watched.made.date()
    news = (
        transition for transition in history.transitions if transition.notice and transition.session >= made
    )
    return (transition for transition in news if last is None or transition.session > last)
