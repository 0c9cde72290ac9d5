"""The story of `/digest`: when a channel hears of its rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.commands import DIGEST
from bot.errors import Unclear, UserError
from bot.language import DigestNow, DigestOff, DigestOn, DigestStatus, Help, read_digest
from bot.model import ChannelKey, DigestContent, NewNotice, NoticeKind, Request, StoredRule
from bot.ports import Ack, Place
from bot.render import advice
from bot.render.rules.channel import digest_status_message, switched_off_message, switched_on_message
from bot.render.rules.posts import Waits
from bot.schedule import Due
from bot.use_cases.replay import exchanges_of
from bot.use_cases.watch.finding import require_leave_of
from bot.use_cases.watch.hearing import active, reopen, require_heard
from bot.use_cases.watch.making import new_digest
from bot.use_cases.watch.posts import catch_up, keep_next, next_due
from bot.use_cases.watch.services import Declined, Services, stories_of

SETS_ONE = "`/watch ISCB sortino < 1.0 for 5 sessions then SPSM` sets one."


class DigestHandler:
    """Takes `/digest` and its mentions; needs no data."""

    def __init__(self, nearest: advice.Nearest) -> None:
        self._nearest = nearest

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002
        """What is wrong with the text, or the usage; else the question goes on."""
        try:
            asked = read_digest(text)
        except Unclear as fault:
            return Ack(reply=advice.unclear_message(fault, self._nearest), open=True)
        if isinstance(asked, Help):
            return Ack(reply=advice.usage(DIGEST), open=True)
        return Ack(work=True, open=isinstance(asked, DigestStatus))


class DigestAnswers:
    """Answers `/digest`; safe to ask twice."""

    def __init__(self, parts: Services) -> None:
        self._parts = parts

    async def answer(self, question: Request) -> None:
        """Raises UserError with what to do, Unavailable where a source, Slack or the store is silent."""
        try:
            await self._story(question)
        except Declined as declined:
            await self._parts.tell(question, declined.message)

    async def _story(self, question: Request) -> None:
        match read_digest(question.text):
            case DigestOn() as asked:
                await self._on(asked, question)
            case DigestOff():
                await self._off(question)
            case DigestStatus():
                await self._status(question)
            case DigestNow():
                await self._now(question)
            case asked:
                raise AssertionError(f"the door answers {asked}")

    async def _on(self, asked: DigestOn, question: Request) -> None:
        """What is not named stays as it was; whoever switches it on answers for it from then on.

        One that was stopped tells what is open.  Raises Declined where the bot may not post, or the asker may
        not change what somebody else has switched on.
        """
        await require_heard(self._parts, question, "The daily post was not changed")
        repository = self._parts.repository(question)
        known = await repository.digest(question.channel) or await new_digest(self._parts, question)
        digest = replace(
            known,
            owner=known.owner if known.active else question.user,
            at=known.at if asked.at is None else asked.at,
            zone=asked.zone or known.zone,
            mode=asked.mode or known.mode,
            same_day=known.same_day if asked.same_day is None else asked.same_day,
            on=True,
        )
        if known.active and digest != known:
            await require_leave_of(self._parts, known, question)
        await repository.keep(digest)
        if digest.stopped:
            await reopen(self._parts, ChannelKey(question.team, question.channel), question.id)
            digest = replace(digest, stopped="")
        rules = await self._rules(question)
        await keep_next(self._parts, digest, rules)
        due = await next_due(self._parts, digest, rules)
        by = question.user if digest != known or question.attempt > 1 else digest.owner
        await self._parts.post(question, switched_on_message(digest, self._waits(due, rules), len(rules), by))
        await self._parts.hurry(question)

    async def _off(self, question: Request) -> None:
        """The rules are read as before, and nobody is told.

        Raises Declined where the asker may not stop what somebody else has switched on.
        """
        repository = self._parts.repository(question)
        known = await repository.digest(question.channel)
        by = question.user if known and (known.on or question.attempt > 1) else ""
        if known and known.on:
            await require_leave_of(self._parts, known, question)
            await repository.keep(replace(known, on=False))
        await self._parts.post(question, switched_off_message(known, len(await self._rules(question)), by))

    async def _status(self, question: Request) -> None:
        repository = self._parts.repository(question)
        digest = await repository.digest(question.channel)
        last = await repository.last_delivered(question.channel)
        rules = await self._rules(question)
        due = await next_due(self._parts, digest, rules) if digest else None
        await self._parts.tell(
            question, digest_status_message(digest, self._waits(due, rules), len(rules), last)
        )

    async def _now(self, question: Request) -> None:
        """One post at once, whatever the channel's hour is, also where the daily post is off."""
        desk = self._parts.desk
        now = desk.clock.now()
        session = desk.calendar.last_complete(now)
        await require_heard(self._parts, question, "Nothing was posted")
        rules = await self._rules(question)
        if not rules:
            raise UserError("No rule is active in this channel, so there is nothing to post. " + SETS_ONE)
        await catch_up(self._parts, ChannelKey(question.team, question.channel), rules, session)
        stories = await stories_of(self._parts, question.team, await self._rules(question))
        digest_content = DigestContent(session, tuple(stories))
        await self._parts.repository(question).add_notices(
            [
                NewNotice(
                    question.team, question.channel, session, kind, f"now/{question.id}", digest_content, now
                )
                for kind in (NoticeKind.DIGEST, NoticeKind.DETAILS)
            ]
        )
        await self._parts.hurry(question)

    async def _rules(self, question: Request) -> list[StoredRule]:
        """The active ones of the channel."""
        return await active(self._parts, ChannelKey(question.team, question.channel))

    def _waits(self, due: Due | None, rules: Sequence[StoredRule]) -> Waits | None:
        if due is None:
            return None
        codes, end = exchanges_of(rules), due.settled
        home = self._parts.desk.calendar
        ordered = sorted(codes, key=lambda code: home.of(code).exchange.close)
        told = () if codes == {home.exchange.code} else tuple(ordered)
        until = end.at + self._parts.patience
        return Waits(due.at, due.session, told, end.code, end.at, until, due.sooner)
