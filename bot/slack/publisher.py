"""The `Publisher` and `HomeTabs` ports on Slack: queued notices and Home tabs, which nobody waits for.

A notice is claimed for two minutes.  No request begins later than `BUDGET` seconds after the call did, so
that the last one ends, one way or the other, long before somebody else may claim the notice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Clock, Delivered, Document, Ours, Place
from bot.render.fallback import MessageDraft
from bot.render.message import Message
from bot.slack.directory import Installation
from bot.slack.errors import FaultKind, SlackFault, call_slack
from bot.slack.files import FileShares
from bot.slack.history import MessageHistory, shares
from bot.slack.rate_limit import RateLimit, Sleep
from bot.slack.sender import Attempt, MessageSender

log = logging.getLogger(__name__)

NOTICE_EVENT = "watchpoint_promise"
"""Type of the metadata that a notice's key travels in."""
BUDGET = 60.0
"""Seconds after which no request begins any more."""
UPLOADING = 25.0
"""Seconds after which a message goes without a picture that is still under way."""


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
        self._client, self._clock, self._installation = client, clock, installation
        self._sender = MessageSender(client, clock, pace, NOTICE_EVENT, sleep)
        self._shares = FileShares(client, self._sender.uploads, pace)

    async def publish(
        self, place: Place, message: Message, pictures: Mapping[str, bytes], key: str, ours: Ours
    ) -> Delivered:
        """Post in the place, nowhere else; `key` goes into the message's metadata.

        place.channel: a user's id stands for the direct messages with them.
        Raises SlackFault, an Undelivered: of verdict SETUP where the token is for another workspace, LATER
        where Slack does not say which it is for.
        """
        await self._require_own(place)
        attempt = self._begin_attempt(ours)
        draft = MessageDraft.of(message, await self._sender.upload(message, pictures, UPLOADING))
        try:
            return await self._sender.post(place.channel, place.thread, draft, key, attempt)
        except SlackFault as fault:
            bare = _without_refused_pictures(draft, fault)
            return await self._sender.post(place.channel, place.thread, bare, key, attempt)

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
        attempt = self._begin_attempt(ours)
        uploaded = await self._sender.upload(message, pictures, UPLOADING)
        draft = MessageDraft.of(message, {**(files or {}), **uploaded})

        try:
            return await self._sender.rewrite(place.channel, ts, draft, attempt)
        except SlackFault as fault:
            bare = _without_refused_pictures(draft, fault)
            return await self._sender.rewrite(place.channel, ts, bare, attempt)

    async def share(
        self, place: Place, words: str, documents: Sequence[Document], key: str, ours: Ours
    ) -> Delivered:
        """Share files in the place, nowhere else; raises as `publish`.

        key: of the notice, for the log.
        """
        await self._require_own(place)
        attempt = self._begin_attempt(ours)
        brought = await self._shares.upload_all(documents)
        await self._sender.take_turn(place.channel, attempt)
        await self._shares.share_now(place.channel, place.thread, words, brought)
        log.info("%s was shared, without %s", key, ", ".join(brought.lost) or "nothing")
        return Delivered(place.channel, None)

    async def find_shared(self, place: Place, names: Sequence[str], since: datetime) -> str | None:
        """Find the ts of a message that shares files of these names; raises as `find`."""
        await self._require_own(place)
        return await MessageHistory(self._client).find(place, ", ".join(names), partial(shares, names), since)

    async def find(self, place: Place, key: str, since: datetime) -> str | None:
        """Find the ts of the message with this key, not older than `since`; None where there is none.

        Raises SlackFault: of verdict SETUP where the bot may not read there, LATER where the look failed;
        nothing is known of the message then.
        """
        await self._require_own(place)
        return await self._sender.find(place, key, key, since)

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

    def _begin_attempt(self, ours: Ours) -> Attempt:
        return Attempt(ours, self._clock.monotonic() + BUDGET)


def _without_refused_pictures(draft: MessageDraft, fault: SlackFault) -> MessageDraft:
    """Return the draft without pictures where only they keep it from a channel that the bot is not in."""
    if fault.code != "not_in_channel" or not draft.files:
        raise fault
    return draft.without_pictures(draft.files.keys())


SHOW_AGAIN = 1.0
"""Seconds before a view is shown again of which nobody knows whether it arrived."""


OVERTAKEN = frozenset({"hash_conflict", "not_found", "view_not_found"})
"""Slack's words for a form that was closed, or changed since it was seen."""


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

    async def rewrite_form(self, view_id: str, seen: str, view: Mapping[str, Any]) -> bool:
        """Put other words into an open form, where it is still as it was seen.

        Raises SlackFault.
        """
        try:
            await call_slack(self._client.views_update(view_id=view_id, hash=seen, view=dict(view)))
        except SlackFault as fault:
            if fault.code not in OVERTAKEN:
                raise
            log.info("The form %s is left as it is: %s", view_id, fault.code)
            return False
        return True

    async def _publish(self, user: str, view: Mapping[str, Any]) -> None:
        await call_slack(self._client.views_publish(user_id=user, view=dict(view)))
