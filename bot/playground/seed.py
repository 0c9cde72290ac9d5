"""A small team to try things in: five places that differ in whether the bot may see them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.playground.model import BOT, BOT_NAME, SLACKBOT, Channel, Person, PostedMessage
from bot.playground.workspace import MICRO, Workspace, stamp
from bot.ports import Clock

ANN, BEN, CY = "U0ANN", "U0BEN", "U0CY"
PORTFOLIO, RESEARCH, DEALS, RANDOM = "C0PORTFOLIO", "C0RESEARCH", "C0DEALS", "C0RANDOM"

USERS = (
    Person(ANN, "ann", "Ann Portfolio", "Europe/London", is_admin=True),
    Person(BEN, "ben", "Ben Analyst", "America/New_York"),
    Person(CY, "cy", "Cy Guest", "Asia/Tokyo"),
    Person(BOT, BOT_NAME, "Watchpoint", "UTC", is_bot=True),
    Person(SLACKBOT, "slackbot", "Slackbot", "UTC", is_bot=True),
)
CHANNELS = (
    Channel(PORTFOLIO, "portfolio", "public", (ANN, BEN, CY, BOT), "Where the watchpoint bot is a member"),
    Channel(RANDOM, "random", "public", (ANN, BEN, CY), "Public, without the bot"),
    Channel(RESEARCH, "research-private", "private", (ANN, BEN, BOT), "Private, with the bot"),
    Channel(DEALS, "deals-private", "private", (ANN, BEN), "Private, without the bot"),
)
SAID = (
    (PORTFOLIO, BEN, "Small caps again on Thursday. Is SPSM still the better one of the two?"),
    (PORTFOLIO, ANN, "Ask the bot: `/compare ISCB SPSM`"),
    (RANDOM, CY, "Has anybody seen my umbrella?"),
    (RESEARCH, BEN, "Notes on the rebalance go here."),
    (DEALS, ANN, "Nothing that is said here reaches the bot."),
)
EARLIER = 3600
"""Seconds before the start that the talk so far took place."""


def seeded(clock: Clock, folder: Path | None = None) -> Workspace:
    """People, channels, a little talk that everybody has read, and a DM for each person.

    folder: for uploaded files, see `Workspace`.
    """
    workspace = Workspace(clock, USERS, CHANNELS, folder)
    _talk(workspace)
    for person in workspace.humans():
        workspace.dm(person.id)
        for channel in workspace.channels_of(person.id):
            workspace.mark_read(person.id, channel.id)
    return workspace


def _talk(workspace: Workspace) -> None:
    start = int(workspace.clock.now().timestamp()) - EARLIER
    for minute, (channel, user, text) in enumerate(SAID):
        workspace.keep(PostedMessage(stamp((start + 60 * minute) * MICRO), channel, user, text))


def with_members(workspace: Workspace, channel: str, *members: str) -> None:
    """Set who is in a channel, without a word about it in the channel."""
    workspace.channels[channel] = replace(workspace.channels[channel], members=members)
