"""Twelve channels of three teams over about a month in which plenty happens, on the sample market."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from analytics.watch.operators import Op
from analytics.watch.readings import read
from analytics.watch.rules import Condition, Quantity, Rule
from analytics.watch.states import Policy
from analytics.window import Window
from bot.clock import FixedClock
from bot.market.calendar import ExchangeCalendar
from bot.market.sample import SampleMarket
from bot.model import Digest, DigestMode
from bot.playground.storage import ANN, BEN, CY
from bot.ports import RuleDraft, Store
from bot.schedule import post_at
from tests.reliability.market import Weather

FIRST, LAST = date(2026, 1, 20), date(2026, 2, 20)
PATIENCE = timedelta(hours=6)
TEAMS = {"T1": ANN, "T2": BEN, "T3": CY}
ZONES = ("America/New_York", "Europe/London", "Asia/Tokyo")
CHANNELS = tuple(f"C{number:02}" for number in range(1, 13))
SYMBOLS = ("ISCB", "SPSM", "IWM", "IJR", "VB", "AVUV", "SPY", "QQQ")
MEASURES = (
    ("total_return", "1m"),
    ("price_change", "1m"),
    ("drawdown", "3m"),
    ("sharpe", "3m"),
    ("volatility", "1m"),
)
SORTINO = Rule((Condition(Quantity("sortino", "ISCB"), Op.BELOW, 1.0),), then="SPSM")
"""Fires on 2 February 2026 after five sessions, is over on the 18th."""
POLICIES = (Policy(1, 1), Policy(2, 2))
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Moment:
    """Something falls due.  evening: a session has settled; else a post or late prices are due.

    waits: some channels cannot be decided yet.
    """

    at: datetime
    session: date
    evening: bool
    waits: bool


@dataclass(frozen=True)
class Scenario:
    """What is watched, and what goes wrong whoever is killed.

    closed: by session, the channel that is archived ("-C05") or that the bot is removed from ("C09") before
    the session is decided.
    """

    first: date = FIRST
    last: date = LAST
    weather: Weather = field(default_factory=Weather)
    closed: Mapping[date, str] = field(default_factory=dict)
    channels: tuple[str, ...] = CHANNELS

    @property
    def sessions(self) -> list[date]:
        """Those that are decided."""
        days: list[date] = ExchangeCalendar().sessions(self.first, self.last).tolist()
        return days

    @property
    def start(self) -> datetime:
        """An hour before the first session settles."""
        return ExchangeCalendar().settles(self.sessions[0]) - timedelta(hours=1)

    @property
    def digests(self) -> list[Digest]:
        """Half past eight in three zones, quiet and always."""
        return [
            Digest(team, channel, owner, time(8, 30), zone, mode)
            for channel, (team, owner), zone, mode in self._places()
        ]

    def _places(self) -> Iterator[tuple[str, tuple[str, str], str, DigestMode]]:
        owners = list(TEAMS.items())
        for channel in self.channels:
            number = CHANNELS.index(channel)
            mode = DigestMode.ALWAYS if number % 2 else DigestMode.QUIET
            yield channel, owners[number % 3], ZONES[number // 4], mode

    def moments(self) -> list[Moment]:
        """Everything that falls due, in order."""
        calendar = ExchangeCalendar()
        found = []
        for session in self.sessions:
            settled = calendar.settles(session)
            waits = max((min(timedelta(hours=h), PATIENCE) for h in self._late(session)), default=timedelta())
            extra = {settled + min(timedelta(hours=hours), PATIENCE) for hours in self._late(session)}
            posts = {post_at(settled, each.at, each.zone) for each in self.digests}
            found.append(Moment(settled + MINUTE, session, evening=True, waits=bool(waits)))
            found += [
                Moment(at + MINUTE, session, evening=False, waits=at < settled + waits)
                for at in extra | posts
            ]
        return sorted(found, key=lambda moment: moment.at)

    def _late(self, session: date) -> list[float]:
        return [hours for _, day, hours in self.weather.late if day == session]

    async def written(self, store: Store) -> None:
        """Everything is set up."""
        rules, made = await _rules(self.sessions), self.start
        asked = 0
        for digest in self.digests:
            number = CHANNELS.index(digest.channel)
            for _ in range(3 + number % 3):
                rule, policy = next(rules) if asked else (SORTINO, Policy())
                asked += 1
                draft = RuleDraft(digest.channel, digest.owner, _text(rule), rule, policy, made, f"q{asked}")
                await store.of(digest.team).add(draft)
            await store.of(digest.team).save_digest(digest)


def _text(rule: Rule) -> str:
    (condition,) = rule.conditions
    quantity = condition.quantity
    return f"{quantity.symbol} {quantity.measure} {quantity.window.label} < {condition.threshold:g}"


async def _rules(sessions: list[date]) -> Iterator[tuple[Rule, Policy]]:
    """Each one's threshold is the middle of its values in these sessions, so that it fires and recovers."""
    quantities = [
        Quantity(measure, symbol, window=Window(window)) for symbol in SYMBOLS for measure, window in MEASURES
    ]
    # Which symbol comes with which measure first does not matter; that neighbours differ does.
    quantities = [quantities[number * 7 % len(quantities)] for number in range(len(quantities))]
    middles = await _middles(quantities, sessions)
    return (
        (Rule((Condition(each, Op.BELOW, middles[each], middles[each]),)), POLICIES[(number + turn) % 2])
        for turn in range(2)
        for number, each in enumerate(quantities)
    )


async def _middles(quantities: list[Quantity], sessions: list[date]) -> dict[Quantity, float]:
    last = sessions[-1]
    clock = FixedClock(datetime.combine(last + timedelta(days=1), time(12), UTC))
    market = SampleMarket(ExchangeCalendar(), clock)
    panel = (await market.history(SYMBOLS, last)).panel
    rules = [Rule((Condition(quantity, Op.BELOW, 0.0),)) for quantity in quantities]
    readings = read(rules, panel, sessions[0], last)
    return {each: float(np.median(readings.series(each))) for each in quantities}
