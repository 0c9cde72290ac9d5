"""A messenger in front of a loopback Slack, and an answer to post: what its tests start from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from bot.ports import Delivered, Place
from bot.render.message import Block, Message
from bot.slack.client import connected
from bot.slack.messenger import SlackMessenger
from tests.fakes.slack import BOT_TOKEN, FakeSlack
from tests.fakes.slack_clock import SleptClock
from tests.fakes.slack_workspace import Payload

PNG = b"\x89PNG growth"
HERE = Place("T0TEAM", "C0TEAM", "U0ANN")


def cell(text: str) -> Block:
    return {"type": "raw_text", "text": text}


SECTION: Block = {"type": "section", "text": {"type": "mrkdwn", "text": "*ISCB* 16.1 %"}}
TABLE: Block = {"type": "table", "rows": [[cell("–"), cell("ISCB")], [cell("Return"), cell("16.1 %")]]}
PICTURE: Block = {"type": "image", "alt_text": "Growth of 100: ISCB 116", "slot": "growth"}
ANSWER = Message("ISCB returned 16.1 %", (SECTION, TABLE, PICTURE))
PLAIN = Message("ISCB returned 16.1 %", (SECTION, TABLE))


@dataclass
class Desk:
    """A messenger in front of its Slack."""

    slack: FakeSlack
    messenger: SlackMessenger
    clock: SleptClock

    async def post(self, place: Place = HERE, message: Message = ANSWER) -> Delivered:
        pictures = {"growth": PNG} if message is ANSWER else {}
        return await self.messenger.post(place, message, pictures)

    def with_reply(self, **place: Any) -> Place:
        """Here, as a slash command gives it."""
        return replace(HERE, reply_url=self.slack.reply_url(), **place)

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Desk]:
        """With a fresh Slack, and time that passes only while somebody sleeps."""
        async with FakeSlack.running() as slack, connected(BOT_TOKEN, slack.api_url) as client:
            clock = SleptClock()
            yield cls(slack, SlackMessenger(client, clock, clock.sleep), clock)


def kinds(blocks: list[Payload]) -> list[str]:
    return [block["type"] for block in blocks]


def last_line(blocks: list[Payload]) -> str:
    return str(blocks[-1]["elements"][0]["text"])
