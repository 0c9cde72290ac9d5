"""The `Messenger` port on Slack: posts answers, and finds another way where Slack refuses one.

Given up in this order: a picture that never gets ready, the table, all blocks; the channel where it must be.
A response_url shows a message to the person who asked, five times within 30 minutes.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.errors import Verdict
from bot.ports import Clock, Delivered, Document, Place
from bot.render.fallback import MessageDraft
from bot.render.message import Block, Message
from bot.slack.client import session_of
from bot.slack.directory import DIRECT
from bot.slack.errors import NOT_A_MEMBER, FaultKind, SlackFault, call_slack, fault_of_answer
from bot.slack.files import FileShares, UploadedFiles
from bot.slack.history import GONE, MessageHistory, shares
from bot.slack.rate_limit import RateLimit, Sleep
from bot.slack.sender import MessageSender, message_fields

log = logging.getLogger(__name__)
Sent = TypeVar("Sent")

ANSWER_EVENT = "watchpoint_answer"
"""Type of the metadata that the key of what is answered travels in."""
LOOK_AGAIN = (1.0, 3.0, 9.0)
"""Seconds until a look that failed is had again."""
LONGEST_LOOK = 30.0
"""Seconds that the next look waits at most, because Slack says so."""


class SlackMessenger:
    """Posts and shares for all to see, or shows to one person.

    name: what people type to invite the bot.  pace: shared with whoever else posts with the same token.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
        name: str = "watchpoint",
        pace: RateLimit | None = None,
    ) -> None:
        self._client, self._sleep, self._name = client, sleep, name
        rate_limit = pace or RateLimit(clock, sleep)
        self._sender = MessageSender(client, clock, rate_limit, ANSWER_EVENT, sleep)
        self._history = MessageHistory(client)
        self._shares = FileShares(client, self._sender.uploads, rate_limit)
        self._reply_urls = ReplyUrls(client, clock)

    async def post(
        self, place: Place, message: Message, pictures: Mapping[str, bytes], key: str = ""
    ) -> Delivered:
        """Post for all to see; where the bot may not post, answer the asking person in another way.

        A place without a channel (the Home tab) is the direct messages with who asked.
        pictures: PNG bytes by the slots that they fill.  key: goes into the metadata of what is posted.
        Raises SlackFault, an Unavailable, where nothing could be delivered; of kind DOUBT where it may have
        been.
        """
        files = await self._sender.upload(message, pictures)
        try:
            where = place.channel or place.user
            return await self._sender.post(where, place.thread, MessageDraft.of(message, files), key)
        except SlackFault as fault:
            if fault.kind not in (FaultKind.CHANNEL, FaultKind.REFUSED) or _is_nowhere(place):
                raise
            log.info("Not posted in %s: %s", place.channel, fault.code)
            return await self._answer_elsewhere(place, message, files, fault, key)

    async def rewrite(self, place: Place, posted: Delivered, message: Message) -> None:  # noqa: ARG002
        """Put other words into what was posted, beside the pictures that it shows already.

        Raises SlackFault where it cannot be rewritten: what only the asker sees, or Slack refuses.
        """
        if posted.ts is None:
            raise SlackFault(FaultKind.CHANNEL, "", "a message that one person alone sees is not rewritten")
        await self._sender.rewrite(posted.channel, posted.ts, MessageDraft.of(message, posted.files))

    async def tell(self, place: Place, message: Message) -> None:
        """Show to the asking person only: by the reply URL, as an ephemeral post, or in a direct message.

        An ephemeral post stands in a thread only where it was asked from within: Slack takes it for any other
        thread too, and shows it to nobody.
        What was asked in direct messages is answered there by a post that stays.
        Raises SlackFault where none of them works.
        """
        draft = MessageDraft(message.text, message.blocks)
        ways: list[Callable[[], Awaitable[object]]] = [lambda: self._sender.post(place.user, None, draft)]
        if place.channel.startswith(DIRECT):
            ways.insert(0, lambda: self._sender.post(place.channel, place.thread, draft))
        elif not _is_nowhere(place):
            ways.insert(0, lambda: self._show(place, draft))
        if place.reply_url and not self._reply_urls.is_spent(place.reply_url):
            ways.insert(0, lambda: self._reply(place, draft))
        await _first_that_works(ways)

    async def attach(self, place: Place, words: str, documents: Sequence[Document]) -> Delivered:
        """Share files in one message for all to see; where the bot may not, in a direct message to who asked.

        words: safe mrkdwn.  The message has no ts: Slack does not say it.
        Raises SlackFault where nothing could be delivered; of kind DOUBT where it may have been.
        """
        brought = await self._shares.upload_all(documents)
        if _is_nowhere(place):
            return await self._share_alone(place.user, words, "", brought)
        try:
            await self._shares.share(place.channel, place.thread, words, brought)
        except SlackFault as fault:
            if fault.kind not in (FaultKind.CHANNEL, FaultKind.REFUSED, FaultKind.FILES) or not place.user:
                raise
            log.info("Not shared in %s: %s", place.channel, fault.code)
            again = await self._shares.upload_all(documents)  # a share that was refused may have used them up
            found = await self._share_alone(place.user, self._not_shared_text(place, fault), words, again)
            return replace(found, compromises=("channel", *found.compromises))
        return _delivered_files(place.channel, brought)

    async def find(
        self, place: Place, key: str, since: datetime, files: Sequence[str] = ()
    ) -> Delivered | None:
        """Find what was posted in the place with this key since; with `files`, what shares files of
        these names.

        A look that failed is had again a few times.
        Raises SlackFault where the bot may not read there or Slack does not answer: nothing is known then.
        """
        what = f"The answer {key}"
        pauses = iter(LOOK_AGAIN)
        while True:
            try:
                if files:
                    found = await self._history.find(place, what, partial(shares, files), since)
                else:
                    found = await self._sender.find(place, what, key, since)
            except SlackFault as fault:
                wait = max(next(pauses, LONGEST_LOOK), fault.retry_after or 0.0)
                if fault.verdict is not Verdict.LATER or wait >= LONGEST_LOOK:
                    raise
                log.warning("Slack: %s. Looking again in %.0f s", fault.cause, wait)
                await self._sleep(wait)
            else:
                return Delivered(place.channel, found) if found else None

    async def _share_alone(self, user: str, line: str, words: str, brought: UploadedFiles) -> Delivered:
        """Share files in the direct messages, which they find by an id that only a post there tells."""
        posted = await self._sender.post(user, None, MessageDraft(line, ()))
        await self._shares.share(posted.channel, None, words, brought)
        return _delivered_files(posted.channel, brought)

    def _not_shared_text(self, place: Place, fault: SlackFault) -> str:
        if fault.code == GONE:
            return f"The message in <#{place.channel}> that these files belong to is gone."
        line = f"I could not share files in <#{place.channel}> ({fault.code}): they are here."
        if fault.code not in NOT_A_MEMBER or place.channel.startswith(DIRECT):
            return line
        return f"{line} To have them there, invite me: `/invite @{self._name}`"

    async def _answer_elsewhere(
        self, place: Place, message: Message, files: Mapping[str, str], fault: SlackFault, key: str
    ) -> Delivered:
        pictures = any("slot" in block for block in message.blocks)
        bare = MessageDraft(message.text, message.blocks).noting(self._explain(place, fault, pictures))
        lost = ("channel", "pictures") if pictures else ("channel",)
        whole = MessageDraft.of(message, files).noting(_not_posted_text(place, fault))
        ways: list[Callable[[], Awaitable[Delivered]]] = []
        if place.reply_url:
            ways.append(lambda: self._reply(place, bare, lost))
        if place.user:
            ways.append(lambda: self._sender.post(place.user, None, whole, key, lost=("channel",)))
        return await _first_that_works(ways, fault)

    def _explain(self, place: Place, fault: SlackFault, pictures: bool) -> str:
        shown = "Only you can see this" + (", without its charts" if pictures else "")
        if fault.code == GONE:
            return f"{shown}: the message that I was to answer under is gone."
        if fault.code not in NOT_A_MEMBER:
            return f"{shown}: Slack does not let me post here ({fault.code})."
        if place.channel.startswith(DIRECT):
            return f"{shown}: I am not part of this conversation. Ask me in a channel or in a direct message."
        invite = f"`/invite @{self._name}`"
        if pictures:
            return f"{shown}. To see the pictures here, invite me: {invite}"
        return f"{shown}. To share answers here, invite me: {invite}"

    async def _show(self, place: Place, draft: MessageDraft) -> None:
        await self._sender.deliver(
            place.channel,
            draft,
            lambda form: self._client.chat_postEphemeral(
                channel=place.channel, user=place.user, thread_ts=place.private_thread, **message_fields(form)
            ),
        )

    async def _reply(self, place: Place, draft: MessageDraft, lost: tuple[str, ...] = ()) -> Delivered:
        url = place.reply_url or ""
        _, sent = await self._sender.deliver(
            url, draft, lambda form: self._reply_urls.send(url, **message_fields(form))
        )
        return Delivered(place.channel, None, (*lost, *sent.compromises))


def _not_posted_text(place: Place, fault: SlackFault) -> str:
    if fault.code == GONE:
        return f"The message in <#{place.channel}> that I was to answer under is gone."
    return f"I could not post this in <#{place.channel}> ({fault.code})."


def _is_nowhere(place: Place) -> bool:
    """Return whether what was asked belongs to no channel, as on the Home tab; who asked may stand for
    one.
    """
    return place.channel in ("", place.user)


def _delivered_files(channel: str, brought: UploadedFiles) -> Delivered:
    return Delivered(channel, None, ("files",) if brought.lost else ())


async def _first_that_works(
    ways: list[Callable[[], Awaitable[Sent]]], fault: SlackFault | None = None
) -> Sent:
    """Try the ways in turn; a doubtful one ends it, for the next would perhaps say the same again."""
    for way in ways:
        try:
            return await way()
        except SlackFault as refusal:
            fault = refusal
            if fault.kind in (FaultKind.DOUBT, FaultKind.SETUP):
                break
    raise fault or SlackFault(FaultKind.CHANNEL, "", "there is no way to answer")


REPLY_URL_USES = 5
REPLY_URL_SECONDS = 30 * 60.0
"""Seconds that Slack accepts the URL for."""


class ReplyUrls:
    """Sends to reply URLs and counts their uses, for a sixth one is refused."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._used: dict[str, tuple[float, int]] = {}

    def is_spent(self, url: str) -> bool:
        """Return whether the URL was used five times."""
        return self._used.get(url, (0.0, 0))[1] >= REPLY_URL_USES

    async def send(self, url: str, text: str, blocks: Sequence[Block] | None) -> None:
        """Show text and blocks to the asking person only; uploaded pictures cannot be among them.

        Raises SlackFault, for the SDK itself is silent about a URL that is spent.
        """
        if self.is_spent(url):
            raise SlackFault(FaultKind.CHANNEL, "used_url", "the reply URL was used five times")
        self._count(url)
        call = self._webhook(url).send(
            text=text,
            blocks=blocks or None,
            response_type="ephemeral",
            replace_original=False,
            unfurl_links=False,
            unfurl_media=False,
        )
        answer = await call_slack(call)
        body = _parse_reply(answer.body)
        if answer.status_code != 200 or body.get("ok") is False:
            raise _reply_url_fault(answer.status_code, answer.headers, body)

    def _webhook(self, url: str) -> AsyncWebhookClient:
        client = self._client
        webhook = AsyncWebhookClient(
            url, session=session_of(client), ssl=client.ssl, retry_handlers=[], logger=client.logger
        )
        webhook.proxy = client.proxy
        return webhook

    def _count(self, url: str) -> None:
        now = self._clock.monotonic()
        self._used = {url: use for url, use in self._used.items() if now - use[0] < REPLY_URL_SECONDS}
        since, uses = self._used.get(url, (now, 0))
        self._used[url] = (since, uses + 1)


def _parse_reply(body: str) -> dict[str, Any]:
    """Read the answer, which comes as JSON or as one bare word, e.g. `used_url`."""
    try:
        parsed = json.loads(body)
    except ValueError:
        word = body.strip()
        return {} if word == "ok" or not word.replace("_", "").isalpha() else {"error": word}
    return parsed if isinstance(parsed, dict) else {}


def _reply_url_fault(status: int, headers: Mapping[str, str], body: Mapping[str, Any]) -> SlackFault:
    """Make the fault of a reply URL: a 4xx that names no fault we know is a URL that no longer works."""
    fault = fault_of_answer(status, headers, body)
    if fault.kind in (FaultKind.SETUP, FaultKind.REFUSED, FaultKind.DOUBT) and 400 <= status < 500:
        return SlackFault(FaultKind.CHANNEL, fault.code, f"the reply URL is refused ({fault.code or status})")
    return fault
