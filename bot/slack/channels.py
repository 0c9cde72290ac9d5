"""The `Rooms` port on Slack: who may know of a channel and whether the bot may post, by conversations.info.

Public is what every member of this workspace may see and join.  A channel shared with another company is
public where it is so on this side: its people from there see neither Home tab nor lists of ours.

Where the scope for conversations.info is missing, and of direct messages, which it does not cover, one
message of the history is asked for: Slack refuses that with the same words as a post.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ports import SEEN, Access, Clock
from bot.slack.directory_cache import DIRECT, FRESH_FAILURE, Believed, DirectoryCache
from bot.slack.faults import FaultKind, SlackFault

log = logging.getLogger(__name__)

FRESH = 3600.0
"""Seconds that what Slack said is believed."""
_CLOSED = ("is_private", "is_im", "is_mpim", "is_group")
_PUBLIC_POSTS = "chat:write.public"
"""The scope with which text, but no file, may be posted in public channels that the bot is not in."""


class SlackChannels:
    """Asks Slack what a channel is, and remembers it for about an hour.

    Where it does not say, because the scope channels:read is missing or the channel is not to be seen, a
    channel is not public: what is private by mistake is a nuisance, what is public by mistake is a leak.
    """

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._known, self._scopes = Believed[bool](), Believed[frozenset[str]]()
        self._asking = DirectoryCache(log, "Channels count as private")
        self._trying = DirectoryCache(log, "Whether the bot may post is seen when it does")

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

    async def may_post(self, team: str, channel: str) -> Access:
        """Whether the bot may post messages in a channel now; where Slack says nothing, that is not known."""
        if channel.startswith(DIRECT):
            return await self._tried(team, channel, "im:history")
        answer = await self._trying.ask(self._client.conversations_info(channel=channel))
        if isinstance(answer, SlackFault):
            found = await self._refused(team, answer, "groups:read")
            return found if found.code else await self._tried(team, channel, "groups:history")
        about: Mapping[str, Any] = answer.get("channel") or {}
        if about.get("is_archived"):
            return Access(False, "is_archived")
        if about.get("is_member"):
            return Access(True)
        if "is_member" not in about:
            return Access(None)
        return Access(_is_public(about) and _PUBLIC_POSTS in _scopes(answer), "not_in_channel")

    async def _tried(self, team: str, channel: str, scope: str) -> Access:
        """As the channel's history says, which is for members only."""
        answer = await self._trying.ask(self._client.conversations_history(channel=channel, limit=1))
        if not isinstance(answer, SlackFault):
            return Access(True)
        return await self._refused(team, answer, scope)

    async def _refused(self, team: str, fault: SlackFault, scope: str) -> Access:
        """What a refusal says, if anything.

        Without the scope for them, private channels that the bot is in are not found either.  Who may not
        read a public one may perhaps post there.
        """
        if fault.code not in SEEN - {"not_in_channel"} or scope not in await self._granted(team):
            return Access(None)
        return Access(False, fault.code)

    async def _granted(self, team: str) -> frozenset[str]:
        """The scopes of the token; none where Slack does not say."""
        now = self._clock.monotonic()
        known = self._scopes.find((team, ""), now)
        if known is not None:
            return known
        answer = await self._trying.ask(self._client.auth_test())
        failed = isinstance(answer, SlackFault)
        granted = frozenset[str]() if isinstance(answer, SlackFault) else _scopes(answer)
        self._scopes.keep((team, ""), granted, now + (FRESH_FAILURE if failed else FRESH))
        return granted

    async def _asked(self, channel: str) -> bool | None:
        """None: ask again soon; a channel that may not be seen is private, as long as any answer holds."""
        answer = await self._asking.ask(self._client.conversations_info(channel=channel))
        if isinstance(answer, SlackFault):
            return False if answer.kind is FaultKind.CHANNEL else None
        about: Mapping[str, Any] = answer.get("channel") or {}
        return _is_public(about)


def _is_public(about: Mapping[str, Any]) -> bool:
    return bool(about.get("is_channel")) and not any(about.get(kind) for kind in _CLOSED)


def _scopes(answer: AsyncSlackResponse) -> frozenset[str]:
    """Those that Slack lists in a header of its answers."""
    header = str(answer.headers.get("x-oauth-scopes") or "")
    return frozenset(scope.strip() for scope in header.split(","))
