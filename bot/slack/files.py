"""Uploads files to Slack: pictures that a message shows by their ids, and files that are shared to keep.

The bytes go first, which may be tried again.  The last call shares them: it is repeated only where Slack
says that nothing was done, for a share that is made twice is a doubled post.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Document
from bot.render.limits import SECTION_TEXT
from bot.render.text import escape
from bot.slack.client import session_of
from bot.slack.errors import FaultKind, SlackFault, call_slack, fault_of_answer
from bot.slack.rate_limit import RateLimit, Sleep

log = logging.getLogger(__name__)

WAITS = (0.5, 2.0)
"""Seconds before the second and the third attempt."""
DEADLINE = 45.0
"""Seconds after which an answer goes without a picture that is still under way."""


class Uploads:
    """Uploads pictures side by side; one that cannot be uploaded is left out, never the message."""

    def __init__(self, client: AsyncWebClient, sleep: Sleep = asyncio.sleep) -> None:
        self._client, self._sleep = client, sleep

    async def upload(
        self, pictures: Mapping[str, bytes], titles: Mapping[str, str], deadline: float | None = None
    ) -> dict[str, str]:
        """Upload the pictures: file ids by name, without those that failed or took over `deadline` seconds.

        The files belong to no channel.  No alt text goes with them: it can silently stop a file from being
        shown, and belongs on the image block.
        """
        most = DEADLINE if deadline is None else deadline
        attempts = (self._attempts(name, png, titles.get(name, name), most) for name, png in pictures.items())
        found = await asyncio.gather(*attempts)
        return {name: file for name, file in zip(pictures, found, strict=True) if file}

    async def upload_file(self, name: str, content: bytes) -> str:
        """Upload a file and return its id; nobody sees it until whoever shares it completes it.

        name: with its ending.  Raises SlackFault where three attempts were not enough.
        """
        return await self._persist(name, lambda: self._upload_bytes(name, content))

    async def _attempts(self, name: str, png: bytes, title: str, deadline: float) -> str | None:
        try:
            async with asyncio.timeout(deadline):
                return await self._persist(name, lambda: self._upload_completed(name, png, title))
        except (SlackFault, TimeoutError) as fault:
            log.warning("The picture %s is left out: it could not be uploaded (%s)", name, fault)
            return None

    async def _persist(self, name: str, once: Callable[[], Awaitable[str]]) -> str:
        """Upload a file; after a failure anew with a new URL, for a file shown nowhere harms nobody."""
        for wait in WAITS:
            try:
                return await once()
            except SlackFault as fault:
                if fault.kind is FaultKind.SETUP:
                    raise
                log.info("Uploading %s again after %s", name, fault.cause)
                await self._sleep(max(wait, fault.retry_after or 0.0))
        return await once()

    async def _upload_completed(self, name: str, png: bytes, title: str) -> str:
        file = await self._upload_bytes(f"{name}.png", png)
        await call_slack(self._client.files_completeUploadExternal(files=[{"id": file, "title": title}]))
        return file

    async def _upload_bytes(self, name: str, content: bytes) -> str:
        ask = self._client.files_getUploadURLExternal(filename=name, length=len(content))
        place = await call_slack(ask)
        await call_slack(self._send(str(place["upload_url"]), content))
        return str(place["file_id"])

    async def _send(self, url: str, content: bytes) -> None:
        client = self._client
        ssl = client.ssl if client.ssl is not None else True
        async with session_of(client).post(url, data=content, proxy=client.proxy, ssl=ssl) as answer:
            if answer.status != 200:
                raise fault_of_answer(answer.status, answer.headers, {})


@dataclass(frozen=True)
class UploadedFiles:
    """Files that Slack has and nobody sees.  lost: the names of those that it did not take."""

    files: tuple[dict[str, str], ...]
    lost: tuple[str, ...]


class FileShares:
    """Brings files to Slack and into a channel.  pace: shared with whoever else posts with the same token."""

    def __init__(self, client: AsyncWebClient, uploads: Uploads, pace: RateLimit) -> None:
        self._client, self._uploads, self._pace = client, uploads, pace

    async def upload_all(self, documents: Sequence[Document]) -> UploadedFiles:
        """Upload the files, good for one share.  Raises SlackFault where it took none of them."""
        found = await asyncio.gather(*(self._upload_one(each) for each in documents))
        files = tuple(file for file in found if not isinstance(file, SlackFault))
        faults = [fault for fault in found if isinstance(fault, SlackFault)]
        if faults and not files:
            raise _nothing_shared(faults[0])
        pairs = zip(documents, found, strict=True)
        return UploadedFiles(files, tuple(each.name for each, file in pairs if isinstance(file, SlackFault)))

    async def share(self, channel: str, thread: str | None, words: str, brought: UploadedFiles) -> None:
        """Post one message with all files, which names those that could not be uploaded.

        channel: not a person's id, which Slack takes for posts and not for files.
        Raises SlackFault where nothing was shared; of kind DOUBT where it may have been.
        """
        await self._pace.send(channel, lambda: self.share_now(channel, thread, words, brought))

    async def share_now(self, channel: str, thread: str | None, words: str, brought: UploadedFiles) -> None:
        """Post it without waiting for the channel's turn, which has come; raises as `share`."""
        await self._complete(channel, thread, _share_text(words, brought.lost), brought.files)

    async def _upload_one(self, document: Document) -> dict[str, str] | SlackFault:
        try:
            file = await self._uploads.upload_file(document.name, document.content)
        except SlackFault as fault:
            log.warning("The file %s could not be uploaded (%s)", document.name, fault)
            return fault
        return {"id": file, "title": document.title}

    async def _complete(
        self, channel: str, thread: str | None, words: str, files: Sequence[dict[str, str]]
    ) -> None:
        """Complete the upload as a form: the SDK would put the words into the address, with less room."""
        about = {"channel_id": channel, "initial_comment": words, "thread_ts": thread or ""}
        given = {name: value for name, value in about.items() if value}
        data = {"files": json.dumps(list(files)), **given}
        try:
            await call_slack(self._client.api_call("files.completeUploadExternal", data=data))
        except SlackFault as fault:
            if fault.kind is FaultKind.DOUBT:
                log.warning("Possibly shared: %s. It is not shared again", fault.cause)
            raise


def _nothing_shared(fault: SlackFault) -> SlackFault:
    """Turn doubt into a busy fault: bytes that may have arrived are with nobody, so no file was shared."""
    if fault.kind is not FaultKind.DOUBT:
        return fault
    return SlackFault(FaultKind.BUSY, fault.code, "the files could not be uploaded")


def _share_text(words: str, lost: Sequence[str]) -> str:
    if not lost:
        return _trim_text(words)
    named = ", ".join(f"`{escape(name)}`" for name in lost)
    return "\n".join(filter(None, (_trim_text(words), f"Slack did not take {named}: ask again in a minute.")))


def _trim_text(words: str) -> str:
    return words if len(words) <= SECTION_TEXT else words[: SECTION_TEXT - 1] + "…"
