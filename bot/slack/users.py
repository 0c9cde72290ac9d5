"""The `People` port on Slack: zones and admins by users.info, where the scope users:read was granted."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Clock, User
from bot.slack.directory_cache import FRESH_FAILURE, Believed, DirectoryCache
from bot.slack.faults import SlackFault
from bot.slack.installation import Installation

log = logging.getLogger(__name__)

FRESH = 4 * 3600.0
"""Seconds that what Slack said is believed."""


class SlackUsers:
    """Asks Slack who somebody is, and remembers it for a few hours."""

    def __init__(
        self, client: AsyncWebClient, clock: Clock, installation: Installation | None = None
    ) -> None:
        self._client, self._clock = client, clock
        self._installation = installation or Installation(client)
        self._known = Believed[User]()
        self._asking = DirectoryCache(log, "Nothing is known of people")

    async def person(self, team: str, user: str) -> User:
        """What Slack says of somebody; a stranger without facts where it does not say."""
        now = self._clock.monotonic()
        known = self._known.find((team, user), now)
        if known is not None:
            return known
        found = await self._asked(team, user)
        said = found or User(user, stranger=True)
        self._known.keep((team, user), said, now + (FRESH if found else FRESH_FAILURE))
        return said

    async def _asked(self, team: str, user: str) -> User | None:
        answer = await self._asking.ask(self._client.users_info(user=user))
        if isinstance(answer, SlackFault):
            return None
        about: Mapping[str, Any] = answer.get("user") or {}
        stranger = await self._is_strangers(about, team)
        admin = not stranger and bool(about.get("is_admin") or about.get("is_owner"))
        return User(user, _zone(about.get("tz")), admin, stranger)

    async def _is_strangers(self, about: Mapping[str, Any], team: str) -> bool:
        """Whether somebody is not known to belong to the bot's workspace, or to its organisation."""
        theirs, everywhere = about.get("team_id"), about.get("enterprise_user") or {}
        organisation, known = everywhere.get("enterprise_id"), self._installation.known
        whole = known is not None and not known.team  # then `team` may be their own, whosever they are
        if theirs and not whole and (theirs == team or team in (everywhere.get("teams") or ())):
            return False
        installed = await self._installation.look() if organisation else None
        return installed is None or installed.organisation != organisation


def _zone(name: object) -> str | None:
    """The zone, if it is one that this machine knows."""
    try:
        return ZoneInfo(name).key if isinstance(name, str) and name else None
    except (ValueError, OSError, LookupError):  # ZoneInfoNotFoundError is a KeyError
        log.warning("Slack names a time zone that is not known here: %r", name)
        return None
