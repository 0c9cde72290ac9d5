"""What time it is by Slack's clock, which no fault of this machine can set."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

log = logging.getLogger(__name__)


async def server_time(client: AsyncWebClient) -> datetime | None:
    """Ask Slack for the time, to the second, in UTC; None where it does not answer or does not say."""
    try:
        headers = (await client.auth_test()).headers
    except SlackApiError as refusal:  # a refusal has a date like every other answer
        headers = getattr(refusal.response, "headers", {})
    except Exception as fault:
        log.warning("Slack does not tell the time: %s", fault or type(fault).__name__)
        return None
    try:
        told = parsedate_to_datetime(headers["Date"])
    except (KeyError, TypeError, ValueError):
        log.warning("Slack's answer does not tell the time")
        return None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told  # "-0000" is UTC without a place
