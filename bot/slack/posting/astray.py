"""Takes back what was posted beside the thread that it was meant for.

Where the parent of a thread was deleted, chat.postMessage does not refuse: it posts in the channel, outside
threads, and says so only by a message without `thread_ts`.  There it would be an answer to nothing.
"""

from __future__ import annotations

import logging

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.faults import Kind, SlackFault, asked

log = logging.getLogger(__name__)

GONE = "thread_not_found"
"""Slack's word for it, where it has one."""


async def require_threaded(client: AsyncWebClient, thread: str | None, answer: AsyncSlackResponse) -> None:
    """Nothing where a post stands where it was meant to; thread: None for one outside threads.

    Raises SlackFault of code GONE where it does not and was taken back.  What cannot be taken back stays:
    said in the wrong place is better than not at all.
    """
    if thread is None or not _is_astray(answer):
        return
    channel, ts = str(answer["channel"]), str(answer["ts"])
    try:
        await asked(client.chat_delete(channel=channel, ts=ts))
    except SlackFault as fault:
        log.warning("%s in %s stands outside its thread, whose parent is gone (%s)", ts, channel, fault.cause)
        return
    raise SlackFault(Kind.CHANNEL, GONE, "the message to answer under is gone")


def _is_astray(answer: AsyncSlackResponse) -> bool:
    posted = answer.get("message")
    return isinstance(posted, dict) and not posted.get("thread_ts")
