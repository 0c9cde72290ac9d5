"""Delivers commands and events to the app as Slack does: as signed HTTP, or over Socket Mode."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.clock import SystemClock
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_workspace import BOT_USER, SIGNING_SECRET, TEAM

Payload = dict[str, Any]
_numbers = itertools.count(1)


def command(
    name: str, text: str, *, user: str = "U0ANN", channel: str = "C0TEAM", reply_url: str | None = None
) -> Payload:
    """The payload of a slash command."""
    return {
        "command": name,
        "text": text,
        "team_id": TEAM,
        "channel_id": channel,
        "user_id": user,
        "api_app_id": "A0APP",
        "trigger_id": f"trigger-{next(_numbers)}",
        "response_url": reply_url or "http://127.0.0.1:9/none",
    }


def mention(
    text: str, *, user: str = "U0ANN", channel: str = "C0TEAM", thread: str | None = None, **event: Any
) -> Payload:
    """The payload of an app_mention event, with a fresh event id."""
    number = next(_numbers)
    about = {"type": "app_mention", "user": user, "channel": channel, "ts": f"1700000001.{number:06d}"}
    in_thread = {"thread_ts": thread} if thread else {}
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": "A0APP",
        "event_id": f"Ev{number:08d}",
        "event": {**about, **in_thread, "text": f"<@{BOT_USER}> {text}", **event},
        "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
    }


def signed(payload: Payload, secret: str = SIGNING_SECRET) -> tuple[bytes, dict[str, str]]:
    """Body and headers of the HTTP request that Slack would send."""
    is_event = "event" in payload
    body = json.dumps(payload) if is_event else urlencode(payload)
    stamp = str(int(SystemClock().now().timestamp()))
    kind = "application/json" if is_event else "application/x-www-form-urlencoded"
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    headers = {"X-Slack-Signature": str(signature), "X-Slack-Request-Timestamp": stamp, "Content-Type": kind}
    return body.encode(), headers


class OverHttp:
    """Delivers to the app's URL."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def deliver(
        self, payload: Payload, secret: str = SIGNING_SECRET, **headers: str
    ) -> tuple[int, Any]:
        """Status and body of the app's answer; the body is None where it is empty."""
        body, signature = signed(payload, secret)
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, data=body, headers=signature | headers) as answer,
        ):
            text = await answer.text()
        return answer.status, json.loads(text) if text.startswith("{") else text or None


class OverSocket:
    """Delivers over the newest Socket Mode connection."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack

    async def deliver(self, payload: Payload) -> tuple[int, Any]:
        """200 and the payload of the app's acknowledgement; raises TimeoutError where none comes in 3 s."""
        envelope = f"envelope-{next(_numbers)}"
        acked = self._slack.acks[envelope] = asyncio.get_running_loop().create_future()
        kind = "events_api" if "event" in payload else "slash_commands"
        body = {"type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": True}
        await self._slack.sockets[-1].send_json(body)
        return 200, await asyncio.wait_for(acked, 3)
