"""The `Homes` port on Slack: people's Home tabs, by views.publish."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Clock
from bot.slack.faults import FaultKind, SlackFault, asked
from bot.slack.posting.rate_limit import RateLimit, Sleep

ONCE_MORE = 1.0
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
            await self._sleep(ONCE_MORE)
            await self._pace.send(user, publish)

    async def _publish(self, user: str, view: Mapping[str, Any]) -> None:
        await asked(self._client.views_publish(user_id=user, view=dict(view)))
