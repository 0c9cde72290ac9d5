"""Shares files for people to keep: all of them, and the words above them, are one message.

The bytes go to Slack first, which may be tried again.  The last call shares them: it is repeated only where
Slack says that nothing was done, for a share that is made twice is a doubled post.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Document
from bot.render.limits import SECTION_TEXT
from bot.render.text import escape
from bot.slack.faults import FaultKind, SlackFault, asked
from bot.slack.posting.rate_limit import RateLimit
from bot.slack.posting.uploads import Uploads

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Brought:
    """Files that Slack has and nobody sees.  lost: the names of those that it did not take."""

    files: tuple[dict[str, str], ...]
    lost: tuple[str, ...]


class Shares:
    """Brings files to Slack and into a channel.  pace: shared with whoever else posts with the same token."""

    def __init__(self, client: AsyncWebClient, uploads: Uploads, pace: RateLimit) -> None:
        self._client, self._uploads, self._pace = client, uploads, pace

    async def bring(self, documents: Sequence[Document]) -> Brought:
        """The files at Slack, good for one share.  Raises SlackFault where it took none of them."""
        found = await asyncio.gather(*(self._brought(each) for each in documents))
        files = tuple(file for file in found if not isinstance(file, SlackFault))
        faults = [fault for fault in found if isinstance(fault, SlackFault)]
        if faults and not files:
            raise _unshown(faults[0])
        pairs = zip(documents, found, strict=True)
        return Brought(files, tuple(each.name for each, file in pairs if isinstance(file, SlackFault)))

    async def share(self, channel: str, thread: str | None, words: str, brought: Brought) -> None:
        """One message with all files, which names those that could not be uploaded.

        channel: not a person's id, which Slack takes for posts and not for files.
        Raises SlackFault where nothing was shared; of kind DOUBT where it may have been.
        """
        said = _said(words, brought.lost)
        await self._pace.send(channel, lambda: self._complete(channel, thread, said, brought.files))

    async def _brought(self, document: Document) -> dict[str, str] | SlackFault:
        try:
            file = await self._uploads.bring(document.name, document.content)
        except SlackFault as fault:
            log.warning("The file %s could not be uploaded (%s)", document.name, fault)
            return fault
        return {"id": file, "title": document.title}

    async def _complete(
        self, channel: str, thread: str | None, words: str, files: Sequence[dict[str, str]]
    ) -> None:
        """As a form: the SDK would put the words into the address, which has less room."""
        about = {"channel_id": channel, "initial_comment": words, "thread_ts": thread or ""}
        given = {name: value for name, value in about.items() if value}
        data = {"files": json.dumps(list(files)), **given}
        try:
            await asked(self._client.api_call("files.completeUploadExternal", data=data))
        except SlackFault as fault:
            if fault.kind is FaultKind.DOUBT:
                log.warning("Possibly shared: %s. It is not shared again", fault.cause)
            raise


def _unshown(fault: SlackFault) -> SlackFault:
    """Bytes that may have arrived are with nobody: there is no doubt that the files were not shared."""
    if fault.kind is not FaultKind.DOUBT:
        return fault
    return SlackFault(FaultKind.BUSY, fault.code, "the files could not be uploaded")


def _said(words: str, lost: Sequence[str]) -> str:
    if not lost:
        return _fitted(words)
    named = ", ".join(f"`{escape(name)}`" for name in lost)
    return "\n".join(filter(None, (_fitted(words), f"Slack did not take {named}: ask again in a minute.")))


def _fitted(words: str) -> str:
    return words if len(words) <= SECTION_TEXT else words[: SECTION_TEXT - 1] + "…"
