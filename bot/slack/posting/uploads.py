"""Uploads files without sharing them: the message that follows shows them by their ids."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.client import session_of
from bot.slack.faults import FaultKind, SlackFault, asked, from_answer
from bot.slack.posting.rate_limit import Sleep

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
        """Slack file ids by the pictures' names, without those that failed or took over `deadline` seconds.

        The files belong to no channel.  No alt text goes with them: it can silently stop a file from being
        shown, and belongs on the image block.
        """
        most = DEADLINE if deadline is None else deadline
        attempts = (self._attempts(name, png, titles.get(name, name), most) for name, png in pictures.items())
        found = await asyncio.gather(*attempts)
        return {name: file for name, file in zip(pictures, found, strict=True) if file}

    async def bring(self, name: str, content: bytes) -> str:
        """The id of a file whose bytes are at Slack; nobody sees it until whoever shares it completes it.

        name: with its ending.  Raises SlackFault where three attempts were not enough.
        """
        return await self._persist(name, lambda: self._bring(name, content))

    async def _attempts(self, name: str, png: bytes, title: str, deadline: float) -> str | None:
        try:
            async with asyncio.timeout(deadline):
                return await self._persist(name, lambda: self._whole(name, png, title))
        except (SlackFault, TimeoutError) as fault:
            log.warning("The picture %s is left out: it could not be uploaded (%s)", name, fault)
            return None

    async def _persist(self, name: str, once: Callable[[], Awaitable[str]]) -> str:
        """Upload; after a failure from the start with a new URL, for a file shown nowhere harms nobody."""
        for wait in WAITS:
            try:
                return await once()
            except SlackFault as fault:
                if fault.kind is FaultKind.SETUP:
                    raise
                log.info("Uploading %s again after %s", name, fault.cause)
                await self._sleep(max(wait, fault.retry_after or 0.0))
        return await once()

    async def _whole(self, name: str, png: bytes, title: str) -> str:
        file = await self._bring(f"{name}.png", png)
        await asked(self._client.files_completeUploadExternal(files=[{"id": file, "title": title}]))
        return file

    async def _bring(self, name: str, content: bytes) -> str:
        ask = self._client.files_getUploadURLExternal(filename=name, length=len(content))
        place = await asked(ask)
        await asked(self._send(str(place["upload_url"]), content))
        return str(place["file_id"])

    async def _send(self, url: str, content: bytes) -> None:
        client = self._client
        ssl = client.ssl if client.ssl is not None else True
        async with session_of(client).post(url, data=content, proxy=client.proxy, ssl=ssl) as answer:
            if answer.status != 200:
                raise from_answer(answer.status, answer.headers, {})
