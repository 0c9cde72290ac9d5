"""The bot's own messages in a channel's history: found by their key, and taken back from a wrong thread.

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
from bot.slack.errors import FaultKind, SlackFault, call_slack

log = logging.getLogger(__name__)
SlackMessage = Mapping[str, Any]

MARGIN = timedelta(minutes=1)
"""How far Slack's clock may be behind ours."""
PAGE_SIZE = 15
"""Messages in one look: Slack allows some apps no more."""
MOST_PAGES = 3


class MessageHistory:
    """Reads what stands in channels and threads, where the app may."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def find(
        self, place: Place, what: str, is_meant: Callable[[SlackMessage], bool], since: datetime
    ) -> str | None:
        """Find the ts of the first message that is meant, not older than `since`; None where there is none.

        what: is meant, for the log.
        Raises SlackFault: of verdict SETUP where the bot may not read there, LATER where the look failed;
        nothing is known of the message then.
        """
        oldest, cursor = f"{(since - MARGIN).timestamp():.6f}", None
        for _ in range(MOST_PAGES):
            page = await self._read_page(place, oldest, cursor)
            found = [str(each["ts"]) for each in page.get("messages") or () if is_meant(each)]
            if found:
                return found[0]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
        log.warning("%s is not among the last %d messages of %s", what, PAGE_SIZE * MOST_PAGES, place.channel)
        return None

    async def _read_page(self, place: Place, oldest: str, cursor: str | None) -> Mapping[str, Any]:
        about: dict[str, Any] = {"oldest": oldest, "limit": PAGE_SIZE, "include_all_metadata": True}
        if cursor:
            about["cursor"] = cursor
        try:
            if place.thread:
                ask = self._client.conversations_replies(channel=place.channel, ts=place.thread, **about)
            else:
                ask = self._client.conversations_history(channel=place.channel, **about)
            return _body(await call_slack(ask))
        except SlackFault as fault:
            if fault.code == GONE:
                return {}
            raise _read_fault(fault) from fault


def metadata_of(event: str, key: str) -> dict[str, Any]:
    """Return what a message carries so that it is found by its key; event: tells what kind of key that is."""
    return {"event_type": event, "event_payload": {"key": key}}


def key_of(event: str, message: SlackMessage) -> object:
    """Return the key of that kind in a message; None without one."""
    metadata = message.get("metadata") or {}
    return (metadata.get("event_payload") or {}).get("key") if metadata.get("event_type") == event else None


def shares(names: Collection[str], message: SlackMessage) -> bool:
    """Return whether a message shares files, and none but these: Slack may not have taken all of them.

    Whose message it is is not asked: Slack does not always say that an app has shared files.
    """
    shared = {str(file.get("name")) for file in message.get("files") or ()}
    return bool(shared) and shared <= set(names)


def _body(answer: AsyncSlackResponse) -> Mapping[str, Any]:
    return answer.data if isinstance(answer.data, dict) else {}


def _read_fault(fault: SlackFault) -> SlackFault:
    """Say that what keeps the bot from reading is a matter of settings; a look that failed may be had
    again.
    """
    verdict = {Verdict.CLOSED: Verdict.SETUP, Verdict.DOUBT: Verdict.LATER}.get(fault.verdict, fault.verdict)
    return SlackFault(
        fault.kind,
        fault.code,
        fault.cause,
        detail=fault.detail,
        retry_after=fault.retry_after,
        verdict=verdict,
    )


GONE = "thread_not_found"
"""Slack's word for a thread that is not there, where it has one."""


async def require_threaded(client: AsyncWebClient, thread: str | None, answer: AsyncSlackResponse) -> None:
    """Require a post to stand where it was meant to; thread: None for one outside threads.

    Raises SlackFault of code GONE where Slack names another thread and the post was taken back.
    """
    there = _thread_of(answer)
    if thread is None or there in (None, thread):
        return
    channel, ts = str(answer["channel"]), str(answer["ts"])
    try:
        await call_slack(client.chat_delete(channel=channel, ts=ts))
    except SlackFault as fault:
        log.warning("%s in %s stands in the thread %s, not in its own (%s)", ts, channel, there, fault.cause)
        return
    raise SlackFault(FaultKind.CHANNEL, GONE, "the message to answer under is gone")


def _thread_of(answer: AsyncSlackResponse) -> str | None:
    """Return the thread that Slack says a post stands in; None where it does not say."""
    posted = answer.get("message")
    thread = posted.get("thread_ts") if isinstance(posted, dict) else None
    return str(thread) if thread else None
