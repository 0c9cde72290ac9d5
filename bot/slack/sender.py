"""Send a message as it is meant, else plainer: an answer is never lost to one block.

What posts answers and what posts notices share this: the order in which a message gives things up, the
channel's turns, the pictures' files, the check that a post stands where it was meant to, and its key.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ports import Clock, Delivered, Ours, Place
from bot.render.fallback import MessageDraft
from bot.render.fit import fit
from bot.render.message import Message
from bot.slack.errors import FaultKind, SlackFault, slack_faults
from bot.slack.files import Uploads
from bot.slack.history import MessageHistory, key_of, metadata_of, require_threaded
from bot.slack.rate_limit import RateLimit, Retries, Sleep

log = logging.getLogger(__name__)
Sent = TypeVar("Sent")

NOT_READY = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between attempts while Slack still prepares an uploaded picture."""


@dataclass(frozen=True)
class Attempt:
    """What makes a call one that waits for no limit to pass.

    ours: whether the notice is still held, asked right before each request.
    until: the monotonic second after which no request begins.
    """

    ours: Ours
    until: float


class MessageSender:
    """Sends with one token.

    event: type of the metadata that the key of a post travels in.
    rate_limit: shared with whoever else posts with the same token.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        clock: Clock,
        rate_limit: RateLimit,
        event: str,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._client, self._clock, self._rate_limit, self._sleep = client, clock, rate_limit, sleep
        self._event, self._history = event, MessageHistory(client)
        self.uploads = Uploads(client, sleep)

    async def upload(
        self, message: Message, pictures: Mapping[str, bytes], deadline: float | None = None
    ) -> dict[str, str]:
        """Upload the pictures that the message has slots for; gives Slack's file ids by slot."""
        titles = {picture.name: picture.title for picture in message.pictures}
        wanted = {block["slot"] for block in message.blocks if "slot" in block}
        ready = {name: png for name, png in pictures.items() if name in wanted}
        return await self.uploads.upload(ready, titles, deadline)

    async def post(
        self,
        channel: str,
        thread: str | None,
        draft: MessageDraft,
        key: str = "",
        attempt: Attempt | None = None,
        lost: tuple[str, ...] = (),
    ) -> Delivered:
        """Post for all to see, as it is or plainer.

        lost: what was given up before.
        Raises SlackFault; of code GONE where the thread is gone and the post was taken back.
        """
        metadata = metadata_of(self._event, key) if key else None
        answer, sent = await self.deliver(
            channel,
            draft,
            lambda form: self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread,
                metadata=metadata,
                unfurl_links=False,
                unfurl_media=False,
                **message_fields(form),
            ),
            attempt,
        )
        await require_threaded(self._client, thread, answer)
        return Delivered(str(answer["channel"]), str(answer["ts"]), (*lost, *sent.compromises), sent.files)

    async def rewrite(
        self, channel: str, ts: str, draft: MessageDraft, attempt: Attempt | None = None
    ) -> Delivered:
        """Put other words into a message of ours, which keeps its metadata, as they are or plainer.

        Raises SlackFault.
        """

        def update(form: MessageDraft) -> Awaitable[AsyncSlackResponse]:
            fields = message_fields(form)
            # No blocks are sent as an empty list: without one, the message would keep what it had.
            fields["blocks"] = fields["blocks"] or []
            return self._client.chat_update(channel=channel, ts=ts, **fields)

        _, sent = await self.deliver(channel, draft, update, attempt)
        return Delivered(channel, ts, sent.compromises, sent.files)

    async def deliver(
        self,
        channel_key: str,
        draft: MessageDraft,
        call: Callable[[MessageDraft], Awaitable[Sent]],
        attempt: Attempt | None = None,
    ) -> tuple[Sent, MessageDraft]:
        """Send the draft in its turn as it is, else plainer, until Slack takes it.

        Gives Slack's answer, and what was sent.  Only a definite refusal of what is in the draft leads to a
        plainer one.  Without an attempt, limits are waited for.  Raises the SlackFault of every other
        failure, and of the plainest form.
        """
        unready, retries = iter(NOT_READY), Retries()
        while True:
            await self.take_turn(channel_key, attempt)
            try:
                with slack_faults():
                    return await call(draft), draft
            except SlackFault as fault:
                if not self._is_worth_repeating(channel_key, fault, retries, attempt):
                    draft, retries = await self._lower(draft, fault, unready), Retries()

    async def find(self, place: Place, what: str, key: str, since: datetime) -> str | None:
        """Return the ts of the post with this key, not older than `since`; None where there is none.

        what: is meant, for the log.  Raises SlackFault where nothing is known of the post.
        """
        return await self._history.find(
            place, what, lambda message: key_of(self._event, message) == key, since
        )

    async def take_turn(self, channel_key: str, attempt: Attempt | None) -> None:
        """Wait for the channel's turn; an attempt needs time for it, and a notice that is still ours."""
        if attempt is None:
            await self._rate_limit.turn(channel_key)
            return
        await self._rate_limit.turn(channel_key, attempt.until - self._clock.monotonic())
        if self._clock.monotonic() > attempt.until:
            raise SlackFault(FaultKind.BUSY, "", "preparing the message took too long")
        if not await attempt.ours():
            raise SlackFault(FaultKind.BUSY, "", "somebody else has taken it over")

    def _is_worth_repeating(
        self, channel_key: str, fault: SlackFault, retries: Retries, attempt: Attempt | None
    ) -> bool:
        """Tell whether the same form is sent again, after the channel was held for as long as Slack says."""
        if attempt is None:
            if fault.kind is FaultKind.DOUBT:
                log.warning("Possibly delivered: %s. It is not sent again", fault.cause)
            wait = retries.next_wait(fault)
        else:
            wait = (fault.retry_after or 1.0) if fault.kind is FaultKind.RATE else None
        if wait is not None:
            self._rate_limit.hold(channel_key, wait)
        return wait is not None and attempt is None

    async def _lower(self, draft: MessageDraft, fault: SlackFault, unready: Iterator[float]) -> MessageDraft:
        if fault.kind is FaultKind.PICTURE and draft.files:
            wait = next(unready, None)
            if wait is None:
                return draft.without_pictures(draft.files.keys())
            await self._sleep(wait)
            return draft
        if fault.kind is FaultKind.FILES and draft.files:
            return draft.without_pictures(draft.files.keys())
        plainer = draft.next_plainer() if fault.kind in (FaultKind.BLOCKS, FaultKind.PICTURE) else None
        if plainer is None:
            raise fault
        log.error("Slack refuses blocks, sending them plainer: %s", fault.cause)
        return plainer


def message_fields(draft: MessageDraft) -> dict[str, Any]:
    """Return text and blocks as Slack takes them; None for no blocks, which leaves them out of a post.

    The one place in which a message is fitted: with its pictures and notes, as it goes.
    """
    fitted = fit(Message(draft.fallback_text(), tuple(draft.filled_blocks())))
    return {"text": fitted.text, "blocks": list(fitted.blocks) or None}
