"""Where the bot is installed, by auth.test: asked once, and only where what Slack sends leaves it open."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.asking import Asking
from bot.slack.faults import SlackFault

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Installed:
    """The installation of a token.

    team: the workspace; empty where a whole organisation has installed the bot.
    organisation: that the workspace belongs to (Enterprise Grid); empty for a workspace of none.
    """

    team: str
    organisation: str


class Installation:
    """Asks Slack what the token was given for, and remembers it: that does not change while it is valid."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known: Installed | None = None
        self._asking = Asking(log, "It is not known where the bot is installed")

    async def look(self) -> Installed | None:
        """Say where the bot is installed; None where Slack does not say."""
        if self._known is None:
            answer = await self._asking.ask(self._client.auth_test())
            if isinstance(answer, SlackFault):
                return None
            self._known = _read(answer.data if isinstance(answer.data, dict) else {})
        return self._known


def _read(said: Mapping[str, Any]) -> Installed:
    team = "" if said.get("is_enterprise_install") else str(said.get("team_id") or "")
    return Installed(team, str(said.get("enterprise_id") or ""))
