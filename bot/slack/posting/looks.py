"""Looks for a message of ours among the last ones of a place: a key that nobody sees tells what it is.

The key is in the message's metadata.  Files that are shared carry none and are known by their names.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import Verdict
from bot.ports import Place
from bot.slack.faults import SlackFault, asked
from bot.slack.posting.misplaced import GONE

log = logging.getLogger(__name__)
Message = Mapping[str, Any]

MARGIN = timedelta(minutes=1)
"""How far Slack's clock may be behind ours."""
LIMIT = 15
"""Messages in one look: Slack allows some apps no more."""
LOOKS = 3


class Looks:
    """Reads what stands in channels and threads, where the app may."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def find(
        self, place: Place, what: str, is_meant: Callable[[Message], bool], since: datetime
    ) -> str | None:
        """The ts of the first message that is meant, not older than `since`; None where there is none.

        what: is meant, for the log.
        Raises SlackFault: of verdict SETUP where the bot may not read there, LATER where the look failed;
        nothing is known of the message then.
        """
        oldest, cursor = f"{(since - MARGIN).timestamp():.6f}", None
        for _ in range(LOOKS):
            page = await self._looked(place, oldest, cursor)
            found = [str(each["ts"]) for each in page.get("messages") or () if is_meant(each)]
            if found:
                return found[0]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
        log.warning("%s is not among the last %d messages of %s", what, LIMIT * LOOKS, place.channel)
        return None

    async def _looked(self, place: Place, oldest: str, cursor: str | None) -> Mapping[str, Any]:
        about: dict[str, Any] = {"oldest": oldest, "limit": LIMIT, "include_all_metadata": True}
        if cursor:
            about["cursor"] = cursor
        try:
            if place.thread:
                ask = self._client.conversations_replies(channel=place.channel, ts=place.thread, **about)
            else:
                ask = self._client.conversations_history(channel=place.channel, **about)
            return _body(await asked(ask))
        except SlackFault as fault:
            if fault.code == GONE:
                return {}
            raise _unread(fault) from fault


def metadata_of(event: str, key: str) -> dict[str, Any]:
    """What a message carries so that it is found by its key; event: tells what kind of key that is."""
    return {"event_type": event, "event_payload": {"key": key}}


def key_of(event: str, message: Message) -> object:
    """The key of that kind in a message; None without one."""
    metadata = message.get("metadata") or {}
    return (metadata.get("event_payload") or {}).get("key") if metadata.get("event_type") == event else None


def shares(names: Collection[str], message: Message) -> bool:
    """Whether a message shares files, and none but these: Slack may not have taken all of them.

    Whose message it is is not asked: Slack does not always say that an app has shared files.
    """
    shared = {str(file.get("name")) for file in message.get("files") or ()}
    return bool(shared) and shared <= set(names)


def _body(answer: AsyncSlackResponse) -> Mapping[str, Any]:
    return answer.data if isinstance(answer.data, dict) else {}


def _unread(fault: SlackFault) -> SlackFault:
    """What keeps the bot from reading is a matter of settings; a look that failed may be had again."""
    verdict = {Verdict.CLOSED: Verdict.SETUP, Verdict.DOUBT: Verdict.LATER}.get(fault.verdict, fault.verdict)
    return SlackFault(
        fault.kind,
        fault.code,
        fault.cause,
        detail=fault.detail,
        retry_after=fault.retry_after,
        verdict=verdict,
    )
