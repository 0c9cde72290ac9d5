"""Slack's response_url: shows a message to the person who asked, five times within 30 minutes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.ports import Clock
from bot.render.message import Block
from bot.slack.client import session_of
from bot.slack.faults import FaultKind, SlackFault, asked, from_answer

USES = 5
LIFE = 30 * 60.0
"""Seconds that Slack accepts the URL for."""


class ReplyUrls:
    """Sends to reply URLs and counts their uses, for a sixth one is refused."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._used: dict[str, tuple[float, int]] = {}

    def is_spent(self, url: str) -> bool:
        """Whether the URL was used five times."""
        return self._used.get(url, (0.0, 0))[1] >= USES

    async def send(self, url: str, text: str, blocks: Sequence[Block]) -> None:
        """Show text and blocks to the asking person only; uploaded pictures cannot be among them.

        Raises SlackFault, for the SDK itself is silent about a URL that is spent.
        """
        if self.is_spent(url):
            raise SlackFault(FaultKind.CHANNEL, "used_url", "the reply URL was used five times")
        self._count(url)
        call = self._webhook(url).send(
            text=text,
            blocks=list(blocks) or None,
            response_type="ephemeral",
            replace_original=False,
            unfurl_links=False,
            unfurl_media=False,
        )
        answer = await asked(call)
        body = _parsed(answer.body)
        if answer.status_code != 200 or body.get("ok") is False:
            raise _fault(answer.status_code, answer.headers, body)

    def _webhook(self, url: str) -> AsyncWebhookClient:
        client = self._client
        webhook = AsyncWebhookClient(
            url, session=session_of(client), ssl=client.ssl, retry_handlers=[], logger=client.logger
        )
        webhook.proxy = client.proxy
        return webhook

    def _count(self, url: str) -> None:
        now = self._clock.monotonic()
        self._used = {url: use for url, use in self._used.items() if now - use[0] < LIFE}
        since, uses = self._used.get(url, (now, 0))
        self._used[url] = (since, uses + 1)


def _parsed(body: str) -> dict[str, Any]:
    """The answer, which comes as JSON or as one bare word, e.g. `used_url`."""
    try:
        parsed = json.loads(body)
    except ValueError:
        word = body.strip()
        return {} if word == "ok" or not word.replace("_", "").isalpha() else {"error": word}
    return parsed if isinstance(parsed, dict) else {}


def _fault(status: int, headers: Mapping[str, str], body: Mapping[str, Any]) -> SlackFault:
    """A 4xx that names no fault we know is a URL that no longer works."""
    fault = from_answer(status, headers, body)
    if fault.kind in (FaultKind.SETUP, FaultKind.REFUSED, FaultKind.DOUBT) and 400 <= status < 500:
        return SlackFault(FaultKind.CHANNEL, fault.code, f"the reply URL is refused ({fault.code or status})")
    return fault
