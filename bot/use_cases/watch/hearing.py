"""Whether a channel hears of its rules: asked before something is set, and told of when it hears again."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from analytics.watch.states import Reason
from bot.errors import Unavailable
from bot.ports import SEEN, Task
from bot.records import (
    Act,
    Deed,
    Digest,
    Edition,
    Flip,
    History,
    Kept,
    Kind,
    Lane,
    NewPromise,
    Question,
    Status,
    Story,
)
from bot.render.watch.stopped import unheard
from bot.use_cases.watch.parts import Declined, Parts, stories_of, with_since

log = logging.getLogger(__name__)

Answer = Callable[[Question], Awaitable[None]]
DELETED = "channel_deleted"
"""Why a channel that is gone takes no posts."""
_OVER = (Reason.RECOVERED, Reason.RESTATED)


async def require_heard(parts: Parts, question: Question, left: str, rule: str = "") -> None:
    """Raises Declined where Slack says that the bot is not in the question's channel or may not post there.

    left: what is not done then, "Nothing was saved".  rule: its text, offered for the direct messages.
    """
    access = await parts.rooms.may_post(question.team, question.channel)
    if access.code:
        known = await parts.book(question).digest(question.channel)
        # Slack's answer is the same for a channel that is gone and for one without the bot.
        gone = known is not None and known.stopped == DELETED
        raise Declined(unheard(question.channel, DELETED if gone else access.code, left, rule))


async def reopen(parts: Parts, lane: Lane, asked: str) -> bool:
    """Have a channel that takes posts told what is open there and what it has missed; its daily post goes on.

    asked: id of the question that leads to it; asked again, nothing is told twice.
    False, and nothing is done, where it wants no daily post or has no active rule.
    """
    book = parts.store.of(lane.team)
    digest, rules = await book.digest(lane.channel), await active(parts, lane)
    if digest is None or not digest.on:
        return False
    if rules:
        await book.promise(await _promises(parts, lane, rules, asked))
    if digest.stopped:  # after the promises: who is cut off in between begins again
        await book.keep(replace(digest, stopped=""))
    await parts.jobs.enqueue([Task("deliver", f"{lane.team}/{lane.channel}")])
    return bool(rules)


def reopening(parts: Parts, answer: Answer) -> Answer:
    """The same answer; before it, a channel that was closed to the bot and takes posts again is told so."""

    async def answered(question: Question) -> None:
        try:
            await _reopen_if_it_takes_posts(parts, question)
        except Unavailable as fault:
            log.warning("%s/%s is not opened again: %s", question.team, question.channel, fault)
        await answer(question)

    return answered


async def look_again(parts: Parts, day: str) -> None:
    """Look at all channels that were closed to the bot, and have those that take posts again told so."""
    for team in await parts.store.teams():
        for digest in await parts.store.of(team).digests():
            if _may_be_open(digest) and (await parts.rooms.may_post(team, digest.channel)).allowed:
                await reopen(parts, Lane(team, digest.channel), f"day/{day}")


async def close_for_good(parts: Parts, question: Question) -> None:
    """A channel was deleted: its rules are paused, and their owners told."""
    lane, now = Lane(question.team, question.channel), parts.desk.clock.now()
    session = parts.desk.calendar.last_complete(now)
    await parts.store.ledger.close(lane, session, DELETED, now)
    deed = Deed(question.user, Act.PAUSED, question.asked, DELETED)
    for kept in await active(parts, lane):
        await parts.book(question).mark(kept.watched.number, Status.PAUSED, deed)


async def active(parts: Parts, lane: Lane) -> list[Kept]:
    """The active rules of a channel."""
    kept = await parts.store.of(lane.team).rules(lane.channel)
    return [each for each in kept if each.watched.status is Status.ACTIVE]


async def _reopen_if_it_takes_posts(parts: Parts, question: Question) -> None:
    digest = await parts.book(question).digest(question.channel) if question.channel else None
    if digest is None or not _may_be_open(digest):
        return
    if (await parts.rooms.may_post(question.team, question.channel)).allowed:
        await reopen(parts, Lane(question.team, question.channel), question.id)


def _may_be_open(digest: Digest) -> bool:
    """What else it was stopped for may still be so, whatever Slack says of the channel."""
    return digest.on and digest.stopped in SEEN


async def _promises(parts: Parts, lane: Lane, rules: Sequence[Kept], asked: str) -> list[NewPromise]:
    """The cards of what is open, those that are there already rewritten, and one message about all of it."""
    book, now = parts.store.of(lane.team), parts.desk.clock.now()
    session, last = parts.desk.calendar.last_complete(now), await book.last_delivered(lane.channel)
    cards: list[NewPromise] = []
    missed: list[tuple[str, Flip]] = []
    stories = await stories_of(parts, lane.team, rules)
    for each in stories:
        story = await with_since(parts, each)
        history, watched = await book.history(story.watched.number), story.watched
        for kind, told in _of_card(story, history, last):
            subject = f"{watched.key}/back/{asked}"
            cards.append(NewPromise(lane.team, lane.channel, session, kind, subject, told, now))
        missed += [(watched.name, flip) for flip in _missed(story, history, last)]
    edition = Edition(session, tuple(stories), tuple(sorted(missed, key=lambda each: each[1].session)))
    whole = NewPromise(lane.team, lane.channel, session, Kind.RESUMED, f"back/{asked}", edition, now)
    return [*cards, whole]


def _of_card(story: Story, history: History, last: date | None) -> Iterator[tuple[Kind, Story]]:
    """What the card of the newest incident says: it is posted, or rewritten where it may have missed news."""
    newest = next(iter(story.incidents), None)
    if newest is None:
        return
    if newest.recovered is None:
        yield (Kind.UPDATE if newest.ts else Kind.CARD), story
    elif newest.ts and (last is None or newest.recovered > last):
        ends = (each for each in history.flips if each.session == newest.recovered and each.reason in _OVER)
        if end := next(ends, None):
            yield Kind.UPDATE, replace(story, session=end.session, flip=end)


def _missed(story: Story, history: History, last: date | None) -> Iterator[Flip]:
    """What people would have been told of since the last daily post."""
    made = story.watched.made.date()
    news = (flip for flip in history.flips if flip.notice and flip.session >= made)
    return (flip for flip in news if last is None or flip.session > last)
