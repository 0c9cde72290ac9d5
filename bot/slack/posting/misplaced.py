"""Takes back what was posted in another thread than the one that it was meant for.

There it would be an answer to something else.  Slack says in which thread a post stands, but not always: a
post of which it does not say so stays where it is, for said in the wrong place is better than not at all.
So does one whose parent was deleted, which Slack puts into the channel, outside threads.
"""

from __future__ import annotations

import logging

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.faults import FaultKind, SlackFault, asked

log = logging.getLogger(__name__)

GONE = "thread_not_found"
"""Slack's word for a thread that is not there, where it has one."""


async def require_threaded(client: AsyncWebClient, thread: str | None, answer: AsyncSlackResponse) -> None:
    """Nothing where a post may stand where it was meant to; thread: None for one outside threads.

    Raises SlackFault of code GONE where Slack names another thread and the post was taken back.
    """
    there = _thread_of(answer)
    if thread is None or there in (None, thread):
        return
    channel, ts = str(answer["channel"]), str(answer["ts"])
    try:
        await asked(client.chat_delete(channel=channel, ts=ts))
    except SlackFault as fault:
        log.warning("%s in %s stands in the thread %s, not in its own (%s)", ts, channel, there, fault.cause)
        return
    raise SlackFault(FaultKind.CHANNEL, GONE, "the message to answer under is gone")


def _thread_of(answer: AsyncSlackResponse) -> str | None:
    """The thread that Slack says a post stands in; None where it does not say."""
    posted = answer.get("message")
    thread = posted.get("thread_ts") if isinstance(posted, dict) else None
    return str(thread) if thread else None
