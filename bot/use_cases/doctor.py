"""The story of `watchpoint doctor`: look at everything the bot stands on, and say what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.errors import BotError
from bot.ports import Finding, Level
from bot.use_cases.compare import MarketData, today

PROBE = "SPY"
ROOM = 200 * 2**20
"""Bytes free below which the disk is said to be nearly full."""


def examine_home(home: Path) -> Finding:
    """Whether the folder of the cache can be written to, and has room."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / ".doctor"
        probe.write_bytes(b"ok")
        probe.unlink()
    except OSError as fault:
        return Finding(
            Level.FAULT,
            f"The folder {home} cannot be written to: {fault.strerror}.",
            "Set WATCHPOINT_HOME to a folder that can.",
        )
    free = shutil.disk_usage(home).free
    if free < ROOM:
        return Finding(
            Level.FAULT,
            f"The disk of {home} has {free // 2**20} MB left.",
            "Make room, or move WATCHPOINT_HOME.",
        )
    return Finding(Level.OK, f"The cache is kept in {home}.")


async def examine_data(desk: MarketData) -> Finding:
    """Whether the source of prices answers with the newest session."""
    try:
        history = await desk.prices.history([PROBE], today(desk))
    except BotError as fault:
        return Finding(Level.FAULT, f"Prices: {fault}", "Check the network and WATCHPOINT_DATA.")
    panel = history.panel
    settled = desk.calendar.of(panel.exchanges[0].code).last_complete(desk.clock.now())
    if panel.as_of < settled or history.notes:
        return Finding(Level.NOTE, f"Prices: {panel.source} answers, but not cleanly for {settled}.")
    return Finding(Level.OK, f"Prices: {panel.source} answers, newest session {panel.as_of}.")
