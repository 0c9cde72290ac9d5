"""Where the bot is installed, by auth.test: one token serves one workspace, or one organisation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.directory_cache import DirectoryCache
from bot.slack.faults import SlackFault

log = logging.getLogger(__name__)

FRESH_FAILURE = 10.0
"""Seconds that Slack is not asked again after it did not say: who waits meanwhile would wait in vain."""


@dataclass(frozen=True)
class InstalledTeam:
    """The installation of a token.

    team: the workspace; empty where a whole organisation has installed the bot.
    organisation: that the workspace belongs to (Enterprise Grid); empty for a workspace of none.
    """

    team: str
    organisation: str

    def serves(self, team: str, organisation: str) -> bool:
        """Tell whether a request from a workspace and its organisation is one for this token.

        Each is empty where Slack does not name it; where it names neither, the request is taken for one.
        """
        if organisation and organisation == self.organisation:
            return True
        return team == self.team if team else not organisation

    def keeps(self, team: str) -> bool:
        """Tell whether what is kept of a workspace may be posted with this token."""
        return self.team in ("", team)


class Installation:
    """Asks Slack what the token was given for, and remembers it: that does not change while it is valid."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._asking = DirectoryCache(log, "It is not known where the bot is installed")
        self._turn = asyncio.Lock()
        self._failed: float | None = None
        self.known: InstalledTeam | None = None

    async def look(self) -> InstalledTeam | None:
        """Say where the bot is installed; None where Slack does not say."""
        async with self._turn:
            now = asyncio.get_running_loop().time()
            if self.known is None and (self._failed is None or now - self._failed >= FRESH_FAILURE):
                answer = await self._asking.ask(self._client.auth_test())
                if isinstance(answer, SlackFault):
                    self._failed = now
                else:
                    self.known = _read(answer.data if isinstance(answer.data, dict) else {})
            return self.known


def _read(said: Mapping[str, Any]) -> InstalledTeam:
    team = "" if said.get("is_enterprise_install") else str(said.get("team_id") or "")
    return InstalledTeam(team, str(said.get("enterprise_id") or ""))
