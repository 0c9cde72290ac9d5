"""What a newcomer sees asked, and what to ask next.

The playground opens with a rule about to be met, the comparison answered, and its thread begun.  All of that
is typed as a person would type it and answered by the bot, of the prices of that day; nothing stands there
ready-made.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from analytics.watch.backtest import backtest
from analytics.watch.operators import Op
from analytics.watch.readings import Readings
from analytics.watch.rules import YEAR, Condition, Quantity, Rule
from analytics.watch.states import Policy
from analytics.window import parse
from bot.bootstrap.sources import open_market
from bot.clock import FixedClock
from bot.config import DataSource, Settings
from bot.errors import BotError, Unavailable
from bot.playground.actions import Actions
from bot.playground.model import BOT, BOT_NAME, Channel, PostedMessage
from bot.playground.storage import ANN, BEN, PORTFOLIO
from bot.playground.workspace import Workspace
from bot.ports import Clock
from bot.render.ids import ACK
from bot.use_cases.gather import gather

log = logging.getLogger(__name__)

NEARLY_MET = "A rule that is nearly met, to see its card in two days. Whether to keep it, the bot says:"
"""Why a rule stands there that is noise where nothing changes: few rules worth having are about to be met."""
COMPARED = "/compare ISCB SPSM"
FOLLOWED = f"@{BOT_NAME} which one fell more in 2020?"
MEASURED, OVER = ("sortino", "sharpe"), ("1y", "3y", "5y")
"""What the rule may read of ISCB."""
STEP = 0.1
"""What a person would type a multiple of as its threshold."""
CONFIRM = 3
"""Sessions that the rule must be met for: on the first of them it is made, so that two are left."""
AHEAD = timedelta(days=10)
"""Calendar days that hold so many sessions, whatever holidays there are."""
PAST = timedelta(days=5 * 365)
"""Calendar days over which it is seen how often a rule would have fired."""


@dataclass(frozen=True)
class Opening:
    """Asks the first questions in people's names.  idle: waits until the bot has nothing to do."""

    deeds: Actions
    workspace: Workspace
    idle: Callable[[], Awaitable[None]]

    async def play(self, settings: Settings, clock: Clock) -> None:
        """Ask one thing after the other; without a rule where none can be worded, the rest goes on."""
        try:
            rule = await near_rule(settings, clock)
            await self._say(ANN, NEARLY_MET)
            await self._say(ANN, rule)
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
    Raises BotError where today's values are not known.
    """
    simulated = settings.data[0].kind is DataSource.SAMPLE
    async with open_market(settings, FixedClock(clock.now() + AHEAD) if simulated else clock) as market:
        today, last = (market.calendar.last_complete(each.now()) for each in (clock, market.clock))
        rules = [_rule_of(measure, window) for window in OVER for measure in MEASURED]
        gathered = await gather(rules, market, last)
    readings = await asyncio.to_thread(gathered.readings, rules, today - PAST, last)
    trials = [found for rule in rules if (found := _try(rule, readings, today))]
    if not trials:
        raise Unavailable("Prices", f"no measure of ISCB is known on {today}")
    return min(trials).text


def threshold_above(values: Sequence[float]) -> float:
    """Give the lowest multiple of `STEP` that all values are below."""
    return (math.floor(round(max(values) / STEP, 6)) + 1) * STEP


@dataclass(frozen=True, order=True)
class _Trial:
    """A rule that might be set, the better the smaller.

    sessions: for how many it would have been open in all.
    """

    sessions: int
    text: str


def _try(rule: Rule, readings: Readings, today: date) -> _Trial | None:
    """Choose a threshold for what a rule reads and see how it would have behaved; None where that is not
    known.
    """
    (condition,) = rule.conditions
    series = readings.series(condition.quantity)
    at = int(np.searchsorted(readings.sessions, np.datetime64(today, "D")))
    values = series[at : at + CONFIRM]
    if not values.size or not np.isfinite(values).all():
        return None
    quantity, threshold = condition.quantity, threshold_above(values.tolist())
    chosen = replace(rule, conditions=(replace(condition, threshold=threshold),))
    past = backtest(chosen, readings.part(slice(0, at + 1)), Policy(CONFIRM))
    window = "" if quantity.window == YEAR else f" {quantity.window.label}"
    text = f"/watch ISCB {quantity.measure}{window} < {threshold:.1f} for {CONFIRM} sessions then SPSM"
    return _Trial(past.asked.sessions, text)


def _rule_of(measure: str, window: str) -> Rule:
    """Make a rule whose threshold is yet to be chosen."""
    return Rule((Condition(Quantity(measure, "ISCB", window=parse(window)), Op.BELOW, 0.0),))


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
    "is the difference significant?",
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
    buttons = (each for block in parent.blocks for each in block.get("elements", ()))
    if any(each.get("action_id") == ACK for each in buttons):
        return ABOUT_INCIDENT
    if parent.user == BOT and (rule := _RULE.search(parent.text[:HEAD])):
        return (f"watch why {rule[0]}", *ABOUT_RULE)
    return ABOUT_FUNDS if any(each.user == BOT for each in thread) else UNSPOKEN
