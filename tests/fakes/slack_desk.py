"""A messenger in front of a loopback Slack, and an answer to post: what its tests start from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from bot.playground.api.server import Slack
from bot.playground.model import TEAM, Payload
from bot.playground.model import PostedMessage as SlackMessage
from bot.playground.storage import ANN, PORTFOLIO
from bot.ports import Delivered, Place
from bot.render.message import Block, Message
from bot.slack.client import slack_client
from bot.slack.messenger import SlackMessenger
from tests.fakes.slack_clock import SleptClock
from tests.fakes.workspace import BOT_TOKEN, everybody_sees, kick, loopback, only_for

PNG = b"\x89PNG growth"
HERE = Place(TEAM, PORTFOLIO, ANN)


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

    slack: Slack
    messenger: SlackMessenger
    clock: SleptClock

    async def post(self, place: Place = HERE, message: Message = ANSWER) -> Delivered:
        pictures = {"growth": PNG} if message is ANSWER else {}
        return await self.messenger.post(place, message, pictures)

    def with_reply(self, **place: Any) -> Place:
        """Here, as a slash command gives it."""
        there = replace(HERE, **place)
        return replace(there, reply_url=self.slack.replies.new(there.user, there.channel))

    def posts(self) -> list[SlackMessage]:
        """What everybody in the channel sees."""
        return everybody_sees(self.slack)

    def shown(self) -> list[SlackMessage]:
        """What only the asker sees."""
        return only_for(self.slack)

    def kick(self) -> None:
        """The bot is taken out of the channel."""
        kick(self.slack)

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Desk]:
        """With a fresh Slack, and time that passes only while somebody sleeps."""
        clock = SleptClock()
        async with loopback(clock) as slack, slack_client(BOT_TOKEN, slack.api_url) as client:
            yield cls(slack, SlackMessenger(client, clock, clock.sleep), clock)


def kinds(blocks: Sequence[Payload]) -> list[str]:
    return [block["type"] for block in blocks]


def last_line(blocks: Sequence[Payload]) -> str:
    return str(blocks[-1]["elements"][0]["text"])
