"""Mixes on their way to an answer: names put by what they stand for, and components that nobody knows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest

from analytics.measures import MEASURES
from analytics.watch.operators import Op
from analytics.watch.rules import Condition, Quantity, Rule
from bot.clock import FixedClock
from bot.errors import Unavailable
from bot.market.calendar import ExchangeCalendar
from bot.market.series import MixedMarket
from bot.model import Portfolio, Request
from bot.ports import Store
from bot.use_cases.gather import MarketData, gather
from bot.use_cases.portfolios.answers import NamedMixes
from tests.fakes.level_market import LevelMarket

NOW = datetime(2026, 1, 16, 21, 15, tzinfo=UTC)
THROUGH = date(2026, 1, 16)
CORE = Portfolio("T1", "core", 1, "core@1=60%AAA+40%BBB", "U1", "U1", NOW)


@dataclass
class Named:
    """A store of named mixes and nothing else, which counts how often it is asked."""

    silent: bool = False
    asked: list[str] = field(default_factory=list)

    def of(self, team: str) -> Named:
        self.asked.append(team)
        return self

    async def portfolios(self) -> Sequence[Portfolio]:
        if self.silent:
            raise Unavailable("The database", "no answer")
        return [CORE]


def asked(text: str, handler: str = "/compare", **extra: Any) -> Request:
    return Request("q1", handler, text, "T1", "C1", "U1", NOW, extra=extra)


async def expand(request: Request, store: Named) -> Request:
    return await NamedMixes(cast("Store", store)).expand(request)


async def test_a_name_is_put_by_its_mix_where_a_text_may_hold_one() -> None:
    store = Named()
    assert (await expand(asked("core SPY 5y"), store)).text == f"{CORE.symbol} SPY 5y"
    assert (await expand(asked("ISCB SPSM 5y vs SPY weekly"), store)).text == "ISCB SPSM 5y vs SPY weekly"
    assert store.asked == ["T1"], "nobody is asked about words that are no names"


@pytest.mark.parametrize(
    ("text", "handler"),
    [("core = 100% SPY", "/portfolio"), ("portfolio core", "app_mention"), ('{"text":"core SPY"}', "ask.5y")],
)
async def test_what_is_about_names_or_was_not_typed_stays_as_it_is(text: str, handler: str) -> None:
    assert (await expand(asked(text, handler), Named())).text == text


async def test_fields_of_a_form_are_typed_text() -> None:
    fields = {"funds": "core SPY", "window": "5y"}
    sent = asked(json.dumps({**fields, "metadata": "core"}), "compare.form", fields=fields, metadata="core")
    found = await expand(sent, Named())
    told = {"funds": f"{CORE.symbol} SPY", "window": "5y"}
    assert json.loads(found.text) == {**told, "metadata": "core"}
    assert found.extra["fields"] == told


async def test_without_the_store_a_question_goes_on_as_it_was_typed() -> None:
    assert (await expand(asked("core SPY"), Named(silent=True))).text == "core SPY"


def below(symbol: str) -> Rule:
    return Rule((Condition(Quantity("price_change", symbol), Op.BELOW, -0.1),))


def desk(market: LevelMarket) -> MarketData:
    mixed = MixedMarket(market, market)
    return MarketData(mixed, mixed, ExchangeCalendar(), FixedClock(NOW))


async def test_a_rule_on_a_mix_is_read_from_its_components_which_are_asked_for_once() -> None:
    market = LevelMarket(ExchangeCalendar())
    rules = [below("60%AAA+40%BBB"), below("AAA")]
    gathered = await gather(rules, desk(market), THROUGH)
    assert market.calls == [("AAA", "BBB")]
    assert gathered.panel.symbols == ("60%AAA+40%BBB", "AAA")
    reading = gathered.readings(rules, THROUGH, THROUGH).at(rules[0], THROUGH)
    assert reading.value is not None
    assert "price_change" not in MEASURES, "closes are mixed for what rests on closes"


async def test_a_component_that_nobody_knows_is_the_fault_of_the_mix_alone() -> None:
    market = LevelMarket(ExchangeCalendar(), unknown={"XXX"})
    rules = [below("60%AAA+40%XXX"), below("AAA")]
    gathered = await gather(rules, desk(market), THROUGH)
    assert gathered.panel.symbols == ("AAA",)
    assert list(gathered.causes) == ["60%AAA+40%XXX"]
    assert gathered.readings(rules, THROUGH, THROUGH).at(rules[1], THROUGH).value is not None
