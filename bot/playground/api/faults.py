"""Faults that are switched on by name, for tests: what a Slack on a bad day does.

faults.on("429:30", "chat.postMessage", times=2)
faults.on("invalid_blocks:no table here [json-pointer:/blocks/1]")
faults.at_random({"500": 0.1, "drop_connection": 0.1}, seed=1)
faults.slow(0.005, 0.05, seed=1)
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Mapping

from aiohttp import web

from bot.playground.api.refusal import Refusal

EVERY = "*"
BEFORE = "drop_connection_before"
"""The request is cut off before anything is done."""
LOST = ("drop_connection", "500_after", "hang_after", "garbled_after")
"""The work is done, and nobody hears of it: cut off, an error instead, no answer, one that is no JSON."""
NAMES = ("429", "500", "hang", "invalid_blocks", BEFORE, *LOST)
FOREVER = 3600.0


class Faults:
    """Which calls go wrong, and how."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[str]] = defaultdict(list)
        self._shares: Mapping[str, float] = {}
        self._chance = random.Random(0)  # noqa: S311
        self._methods: frozenset[str] = frozenset()
        self._longest = (0.0, 0.0)
        self._lengths = random.Random(0)  # noqa: S311

    def on(self, name: str, method: str = EVERY, times: int = 1) -> None:
        """Make the next calls of a method go wrong.

        name: one of NAMES, or any error code of Slack's, its detail after a colon; "429:30" asks for 30 s.
        method: as in Slack's documentation; "upload" and "reply" are the two addresses beside the Web API.
        """
        self._waiting[method] += [name] * times

    def at_random(self, shares: Mapping[str, float], seed: int, *methods: str) -> None:
        """Let calls go wrong by chance, the same ones for the same seed.

        shares: by name, the fraction of calls that meet the fault; methods: which calls, none: all.
        """
        self._shares, self._methods = shares, frozenset(methods)
        self._chance = random.Random(seed)  # noqa: S311

    def slow(self, least: float, most: float, seed: int) -> None:
        """Let every answer take its time after the work is done, between so many seconds by chance."""
        self._longest, self._lengths = (least, most), random.Random(seed)  # noqa: S311

    def off(self) -> None:
        """Everything works again, and at once."""
        self._waiting.clear()
        self._shares, self._longest = {}, (0.0, 0.0)

    def next(self, method: str) -> str:
        """The fault that this call meets; "" for none."""
        for waiting in (self._waiting[method], self._waiting[EVERY]):
            if waiting:
                return waiting.pop(0)
        if not self._shares or (self._methods and method not in self._methods):
            return ""
        return self._drawn()

    def delay(self) -> float:
        """Seconds between the work of this call and its answer."""
        return self._lengths.uniform(*self._longest) if self._longest[1] else 0.0

    def _drawn(self) -> str:
        point = self._chance.random()
        for name, share in self._shares.items():
            point -= share
            if point < 0:
                return name
        return ""


async def strike(name: str, request: web.Request) -> None:
    """What a fault does before the work of a call; raises Refusal where it has an answer."""
    if name == "" or name in LOST:
        return
    if name == "hang":
        await asyncio.sleep(FOREVER)
    if name == BEFORE:
        cut(request)
        raise Refusal("connection_cut")
    if name == "500":
        raise Refusal("internal_error", status=500)
    code, _, detail = name.partition(":")
    if code == "429":
        raise Refusal("ratelimited", status=429, retry_after=int(detail or 1))
    raise Refusal(code, [detail] if detail else [])


async def spoilt(name: str, request: web.Request, answer: web.Response) -> web.Response:
    """What a fault leaves of the answer when the work is done."""
    if name == "drop_connection":
        cut(request)
    if name == "hang_after":
        await asyncio.sleep(FOREVER)
    if name == "500_after":
        return web.json_response({"ok": False, "error": "internal_error"}, status=500)
    return web.Response(text="<html>Bad gateway</html>") if name == "garbled_after" else answer


def cut(request: web.Request) -> None:
    """End the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
