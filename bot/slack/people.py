"""The `People` port on Slack: zones and admins by users.info, where the scope users:read was granted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Clock, Person
from bot.slack.faults import Kind, SlackFault, asked

log = logging.getLogger(__name__)

FRESH = 4 * 3600.0
"""Seconds that what Slack said is believed."""
FRESH_FAILURE = 60.0
"""Seconds that Slack is not asked again after it did not say."""
PATIENCE = 5.0
"""Seconds that an answer waits for Slack to say."""
MOST = 5000
"""People that are remembered."""


class SlackPeople:
    """Asks Slack who somebody is, and remembers it for a few hours."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._known: dict[tuple[str, str], tuple[float, Person]] = {}
        self._said: set[str] = set()

    async def person(self, team: str, user: str) -> Person:
        """What Slack says of somebody; a Person without facts where it does not say."""
        now = self._clock.monotonic()
        until, known = self._known.get((team, user), (0.0, None))
        if known is not None and now < until:
            return known
        found = await self._asked(user)
        self._remember((team, user), found or Person(user), now + (FRESH if found else FRESH_FAILURE))
        return found or Person(user)

    async def _asked(self, user: str) -> Person | None:
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await asked(self._client.users_info(user=user))
        except (SlackFault, TimeoutError) as fault:
            self._log_once(fault)
            return None
        about: Mapping[str, Any] = answer.get("user") or {}
        admin = bool(about.get("is_admin") or about.get("is_owner"))
        return Person(user, _zone(about.get("tz")), admin)

    def _log_once(self, fault: SlackFault | TimeoutError) -> None:
        """A missing scope would otherwise be told with every question."""
        cause = fault.cause if isinstance(fault, SlackFault) else "no answer in time"
        settled = isinstance(fault, SlackFault) and fault.kind is Kind.SETUP
        if cause not in self._said:
            log.log(logging.INFO if settled else logging.WARNING, "Nothing is known of people: %s", cause)
        if settled:
            self._said.add(cause)

    def _remember(self, who: tuple[str, str], person: Person, until: float) -> None:
        self._known.pop(who, None)
        if len(self._known) >= MOST:
            del self._known[next(iter(self._known))]
        self._known[who] = (until, person)


def _zone(name: object) -> str | None:
    """The zone, if it is one that this machine knows."""
    try:
        return ZoneInfo(name).key if isinstance(name, str) and name else None
    except (ValueError, OSError, LookupError):  # ZoneInfoNotFoundError is a KeyError
        log.warning("Slack names a time zone that is not known here: %r", name)
        return None
