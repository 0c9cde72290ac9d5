"""The `Publisher` and `HomeTabs` ports on Slack: queued notices and Home tabs, which nobody waits for.

A notice is claimed for two minutes.  No request begins later than `BUDGET` seconds after the call did, so
that the last one ends, one way or the other, long before somebody else may claim the notice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ports import Clock, Delivered, Ours, Place
from bot.render.fallback import MessageDraft
from bot.render.fit import fit_blocks, trim
from bot.render.limits import FALLBACK_TEXT
from bot.render.message import Message
from bot.slack.directory import Installation
from bot.slack.errors import FaultKind, SlackFault, call_slack
from bot.slack.fallback import deliver
from bot.slack.files import Uploads
from bot.slack.history import MessageHistory, key_of, metadata_of, require_threaded
from bot.slack.rate_limit import RateLimit, Sleep

log = logging.getLogger(__name__)

NOTICE_EVENT = "watchpoint_promise"
"""Type of the metadata that a notice's key travels in."""
BUDGET = 60.0
"""Seconds after which no request begins any more."""
UPLOADING = 25.0
"""Seconds after which a message goes without a picture that is still under way."""


@dataclass(frozen=True)
class _Attempt:
    """One call of the port.  until: the monotonic second after which no request begins."""

    channel: str
    ours: Ours
    until: float


class SlackPublisher:
    """Posts and edits what was queued.

    pace: shared with whoever else posts with the same token.
    installation: of the token, so that nothing of another workspace is posted with it; None: it is not asked.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        clock: Clock,
        pace: RateLimit,
        sleep: Sleep = asyncio.sleep,
        installation: Installation | None = None,
    ) -> None:
        self._client, self._clock, self._pace, self._sleep = client, clock, pace, sleep
        self._installation = installation
        self._uploads, self._looks = Uploads(client, sleep), MessageHistory(client)

    async def publish(
        self, place: Place, message: Message, pictures: Mapping[str, bytes], key: str, ours: Ours
    ) -> Delivered:
        """Post in the place, nowhere else; `key` goes into the message's metadata.

        place.channel: a user's id stands for the direct messages with them.
        Raises SlackFault, an Undelivered: of verdict SETUP where the token is for another workspace, LATER
        where Slack does not say which it is for.
        """
        await self._require_own(place)
        trip = self._begin_attempt(place, ours)
        metadata = metadata_of(NOTICE_EVENT, key)

        def send(draft: MessageDraft) -> Awaitable[AsyncSlackResponse]:
            return self._client.chat_postMessage(
                channel=place.channel,
                thread_ts=place.thread,
                metadata=metadata,
                unfurl_links=False,
                unfurl_media=False,
                **_message_fields(draft),
            )

        answer, sent = await self._deliver(trip, message, pictures, send)
        await require_threaded(self._client, place.thread, answer)
        return Delivered(str(answer["channel"]), str(answer["ts"]), sent.compromises, sent.files)

    async def rewrite(
        self,
        place: Place,
        ts: str,
        message: Message,
        pictures: Mapping[str, bytes],
        ours: Ours,
        files: Mapping[str, str] | None = None,
    ) -> Delivered:
        """Put other words into a message of ours, which keeps its metadata; raises as `publish`.

        files: ids of pictures that Slack has already, by slot; they are shown without another upload.
        """

        await self._require_own(place)

        def send(draft: MessageDraft) -> Awaitable[AsyncSlackResponse]:
            return self._client.chat_update(channel=place.channel, ts=ts, **_message_fields(draft))

        _, sent = await self._deliver(self._begin_attempt(place, ours), message, pictures, send, files)
        return Delivered(place.channel, ts, sent.compromises, sent.files)

    async def find(self, place: Place, key: str, since: datetime) -> str | None:
        """Find the ts of the message with this key, not older than `since`; None where there is none.

        Raises SlackFault: of verdict SETUP where the bot may not read there, LATER where the look failed;
        nothing is known of the message then.
        """
        await self._require_own(place)
        return await self._looks.find(place, key, lambda message: key_of(NOTICE_EVENT, message) == key, since)

    async def link(self, place: Place, ts: str) -> str | None:
        """Return the address of a message; None where Slack does not say."""
        try:
            answer = await call_slack(self._client.chat_getPermalink(channel=place.channel, message_ts=ts))
        except SlackFault as fault:
            log.info("There is no link to %s in %s: %s", ts, place.channel, fault.cause)
            return None
        return str(answer["permalink"])

    async def _require_own(self, place: Place) -> None:
        if self._installation is None:
            return
        installed = await self._installation.look()
        if installed is None:
            raise SlackFault(FaultKind.BUSY, "", "Slack does not say which workspace the token is for")
        if not installed.keeps(place.team):
            raise SlackFault(FaultKind.SETUP, "", "the token is for another workspace")

    def _begin_attempt(self, place: Place, ours: Ours) -> _Attempt:
        return _Attempt(place.channel, ours, self._clock.monotonic() + BUDGET)

    async def _deliver(
        self,
        trip: _Attempt,
        message: Message,
        pictures: Mapping[str, bytes],
        send: Callable[[MessageDraft], Awaitable[AsyncSlackResponse]],
        files: Mapping[str, str] | None = None,
    ) -> tuple[AsyncSlackResponse, MessageDraft]:
        """Deliver as it is; without pictures where they keep it from a channel that the bot is not in."""
        draft = MessageDraft.of(message, {**(files or {}), **await self._upload_pictures(message, pictures)})

        def sent(form: MessageDraft) -> Awaitable[AsyncSlackResponse]:
            return self._send_in_turn(trip, send, form)

        try:
            return await deliver(draft, sent, self._sleep)
        except SlackFault as fault:
            if fault.code != "not_in_channel" or not draft.files:
                raise
            return await deliver(draft.without_pictures(draft.files.keys()), sent, self._sleep)

    async def _upload_pictures(self, message: Message, pictures: Mapping[str, bytes]) -> Mapping[str, str]:
        titles = {picture.name: picture.title for picture in message.pictures}
        wanted = {block["slot"] for block in message.blocks if "slot" in block}
        ready = {name: png for name, png in pictures.items() if name in wanted}
        return await self._uploads.upload(ready, titles, UPLOADING)

    async def _send_in_turn(
        self,
        trip: _Attempt,
        send: Callable[[MessageDraft], Awaitable[AsyncSlackResponse]],
        draft: MessageDraft,
    ) -> AsyncSlackResponse:
        """Send one request, in the channel's turn, if there is time and the notice is still ours."""
        await self._pace.turn(trip.channel, trip.until - self._clock.monotonic())
        if self._clock.monotonic() > trip.until:
            raise SlackFault(FaultKind.BUSY, "", "preparing the message took too long")
        if not await trip.ours():
            raise SlackFault(FaultKind.BUSY, "", "somebody else has taken it over")
        try:
            return await call_slack(send(draft))
        except SlackFault as fault:
            if fault.kind is FaultKind.RATE:
                self._pace.hold(trip.channel, fault.retry_after or 1.0)
            raise


def _message_fields(draft: MessageDraft) -> dict[str, Any]:
    # No blocks are sent as an empty list: without one, an edited message would keep what it had.
    return {"text": trim(draft.fallback_text(), FALLBACK_TEXT), "blocks": fit_blocks(draft.filled_blocks())}


SHOW_AGAIN = 1.0
"""Seconds before a view is shown again of which nobody knows whether it arrived."""


class SlackHomeTabs:
    """Puts views before people, each person's in turn; as long as Slack says where it is asked too often."""

    def __init__(self, client: AsyncWebClient, clock: Clock, sleep: Sleep = asyncio.sleep) -> None:
        self._client, self._sleep = client, sleep
        self._pace = RateLimit(clock, sleep)  # of its own: a Home tab is no post, and takes no channel's turn

    async def show(self, team: str, user: str, view: Mapping[str, Any]) -> None:  # noqa: ARG002 (one token, one team)
        """Put a Block Kit view of type "home" before somebody.

        One that may have arrived is shown again, for the same view twice is the same view.
        Raises SlackFault, permanent where the app has no Home tab or Slack does not know the person.
        """
        publish = partial(self._publish, user, view)
        try:
            await self._pace.send(user, publish)
        except SlackFault as fault:
            if fault.kind is not FaultKind.DOUBT:
                raise
            await self._sleep(SHOW_AGAIN)
            await self._pace.send(user, publish)

    async def _publish(self, user: str, view: Mapping[str, Any]) -> None:
        await call_slack(self._client.views_publish(user_id=user, view=dict(view)))
