"""What a newcomer sees asked, and what to ask next.

The playground opens with a rule about to be met, the comparison answered, and its thread begun.  All of that
is typed as a person would type it and answered by the bot, of the prices of that day; nothing stands there
ready-made.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from analytics.watch.operators import Op
from analytics.watch.rules import Condition, Quantity, Rule
from bot.bootstrap.sources import open_market
from bot.clock import FixedClock
from bot.config import DataSource, Settings
from bot.errors import BotError, Unavailable
from bot.playground.actions import Actions
from bot.playground.model import BOT, BOT_NAME, Channel, PostedMessage
from bot.playground.page.forms import form_elements
from bot.playground.storage import ANN, BEN, PORTFOLIO
from bot.playground.workspace import Workspace
from bot.ports import Clock
from bot.render.ids import ACK
from bot.use_cases.gather import MarketData, gather

log = logging.getLogger(__name__)

COMPARED = "/compare ISCB SPSM"
FOLLOWED = f"@{BOT_NAME} is the difference significant?"
WATCHED = Rule((Condition(Quantity("sortino", "ISCB"), Op.BELOW, 0.0),))
"""What the rule reads; its threshold is yet to be chosen."""
CONFIRM = 3
"""Sessions that the rule must be met for: on the first of them it is made, so that two are left."""
AHEAD = timedelta(days=10)
"""Calendar days that hold so many sessions, whatever holidays there are."""
STEP = 0.1
"""What thresholds are multiples of: a person would type no other."""


@dataclass(frozen=True)
class Opening:
    """Asks the first questions in people's names.  idle: waits until the bot has nothing to do."""

    deeds: Actions
    workspace: Workspace
    idle: Callable[[], Awaitable[None]]

    async def play(self, settings: Settings, clock: Clock) -> None:
        """Ask one thing after the other; without a rule where none can be worded, the rest goes on."""
        try:
            await self._say(ANN, await near_rule(settings, clock))
        except BotError as fault:
            log.info("The playground opens without a rule: %s", fault)
        before = self._posted()
        await self._say(ANN, COMPARED)
        if answers := self._posted()[len(before) :]:
            await self._say(BEN, FOLLOWED, answers[-1].ts)

    async def _say(self, user: str, text: str, thread: str | None = None) -> None:
        await self.deeds.type(user, PORTFOLIO, text, thread)
        await self.idle()

    def _posted(self) -> list[PostedMessage]:
        return [each for each in self.workspace.history(PORTFOLIO) if each.user == BOT]


async def near_rule(settings: Settings, clock: Clock) -> str:
    """Word a rule that is met since today and fires in two sessions if it stays so.

    Where the days ahead are known, as in the simulated market, its threshold is one that it stays below.
    Raises BotError where today's value is not known.
    """
    simulated = settings.data is DataSource.SAMPLE
    async with open_market(settings, FixedClock(clock.now() + AHEAD) if simulated else clock) as market:
        today = market.calendar.last_complete(clock.now())
        values = await _values(market, today)
    return f"/watch ISCB sortino < {threshold_above(values):.1f} for {CONFIRM} sessions then SPSM"


def threshold_above(values: Sequence[float]) -> float:
    """Give the lowest threshold that a person would type and that all values are below."""
    return (math.floor(round(max(values) / STEP, 6)) + 1) * STEP


async def _values(market: MarketData, first: date) -> list[float]:
    """Read what the rule reads, on as many sessions as it waits for and are known; Unavailable for none."""
    last = market.calendar.last_complete(market.clock.now())
    readings = (await gather([WATCHED], market, last)).readings([WATCHED], first, last)
    values = [each.value for _, each in readings.every(WATCHED) if each.value is not None]
    if not values:
        raise Unavailable("Prices", f"the Sortino ratio of ISCB on {first} is not known")
    return values[:CONFIRM]


IN_CHANNEL = (
    "/compare ISCB SPSM 5y",
    f"@{BOT_NAME} which is cheaper, ISCB or SPSM?",
    "/watch list",
    "/sectors SPY QQQ",
    "/digest status",
)
WITHOUT_BOT = ("/compare ISCB SPSM", f"/invite @{BOT_NAME}", "/sectors SPY QQQ")
ALONE = ("compare ISCB SPSM", "which one fell more in 2020?", "what can I ask?", "5y", "sectors")
ABOUT_FUNDS = (
    "which one fell more in 2020?",
    "how much do I save by switching 10m?",
    "sectors",
    "5y",
    "which one is riskier?",
    "holdings",
)
ABOUT_INCIDENT = ("ack looking at it", "snooze 1w", "drawdowns")
ABOUT_RULE = ("compare ISCB SPSM", "rolling sortino ISCB SPSM")
UNSPOKEN = ("compare ISCB SPSM", "which is cheaper, ISCB or SPSM?", "help")
"""In a thread in which the bot has said nothing yet."""
_RULE = re.compile(r"\bR[1-9]\d*\b")
HEAD = 60
"""Characters in which a message about a rule names it."""


def next_in_channel(channel: Channel) -> Sequence[str]:
    """List what may be typed into a channel, the likeliest first."""
    if channel.kind == "dm":
        return ALONE
    return IN_CHANNEL if BOT in channel.members else WITHOUT_BOT


def next_in_thread(channel: Channel, thread: Sequence[PostedMessage]) -> Sequence[str]:
    """List what may be typed into a thread, the likeliest first.  thread: its messages, the parent first."""
    words = _about(thread)
    return words if channel.kind == "dm" else [f"@{BOT_NAME} {each}" for each in words]


def _about(thread: Sequence[PostedMessage]) -> Sequence[str]:
    parent = thread[0]
    if any(part.action_id == ACK for part in form_elements(parent.blocks)):
        return ABOUT_INCIDENT
    if parent.user == BOT and (rule := _RULE.search(parent.text[:HEAD])):
        return (f"watch why {rule[0]}", *ABOUT_RULE)
    return ABOUT_FUNDS if any(each.user == BOT for each in thread) else UNSPOKEN
