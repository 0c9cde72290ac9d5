"""The `Rooms` port on Slack: who may know of a channel, by conversations.info.

Public is what every member of this workspace may see and join.  A channel shared with another company is
public where it is so on this side: its people from there see neither Home tab nor lists of ours.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Clock
from bot.slack.asking import DIRECT, FRESH_FAILURE, Asking, Believed
from bot.slack.faults import Kind, SlackFault

log = logging.getLogger(__name__)

FRESH = 3600.0
"""Seconds that what Slack said is believed."""
_CLOSED = ("is_private", "is_im", "is_mpim", "is_group")


class SlackRooms:
    """Asks Slack what a channel is, and remembers it for about an hour.

    Where it does not say, because the scope channels:read is missing or the channel is not to be seen, a
    channel is not public: what is private by mistake is a nuisance, what is public by mistake is a leak.
    """

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._known = Believed[bool]()
        self._asking = Asking(log, "Channels count as private")

    async def is_public(self, team: str, channel: str) -> bool:
        """Whether everybody in the workspace may see what is in a channel; False where Slack does not say."""
        if not channel or channel.startswith(DIRECT):
            return False
        now = self._clock.monotonic()
        known = self._known.find((team, channel), now)
        if known is not None:
            return known
        found = await self._asked(channel)
        lasts = FRESH_FAILURE if found is None else FRESH
        self._known.keep((team, channel), bool(found), now + lasts)
        return bool(found)

    async def _asked(self, channel: str) -> bool | None:
        """None: ask again soon; a channel that may not be seen is private, as long as any answer holds."""
        answer = await self._asking.ask(self._client.conversations_info(channel=channel))
        if isinstance(answer, SlackFault):
            return False if answer.kind is Kind.CHANNEL else None
        about: Mapping[str, Any] = answer.get("channel") or {}
        return bool(about.get("is_channel")) and not any(about.get(kind) for kind in _CLOSED)
