"""What cannot be switched is refused with what to do; what is asked next keeps all that was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from analytics import Kind
from analytics.switch import QuotedSpread, SwitchAnswer, SwitchTerms
from bot.clock import FixedClock
from bot.errors import UserError
from bot.language import FollowUp, read_follow
from bot.market.calendar import ExchangeCalendar
from bot.model import Section
from bot.render.sections.finding import cost_words
from bot.render.text import NBSP
from bot.use_cases.gather import ComparisonData, MarketData
from bot.use_cases.sections import (
    SectionCase,
    gather_quotes,
    next_orders,
    query_for_section,
    render_section,
    section_result,
)
from tests.unit.bot.render.sections.reading import as_read
from tests.unit.bot.render.sections.worlds import LAST, PROFILES, ask, comparison, market

SYMBOLS = ("ISCB", "SPSM", "SPY")


def case(*symbols: str, follow: FollowUp | None = None, window: str = "1y", **looks: Any) -> SectionCase:
    """A question about a switch with its prices; the funds of it in this order."""
    held = market(symbols, **looks)
    found = comparison(*symbols, held=held, window=window)
    return SectionCase(follow or FollowUp(Section.SWITCH, amount=1e6), ComparisonData(held, found, ()))


def read(text: str) -> FollowUp:
    found = read_follow(text, LAST)
    assert isinstance(found, FollowUp)
    return found


def asked(of: SectionCase) -> list[tuple[str, str]]:
    return [(label.replace(NBSP, " "), text) for label, text in next_orders(of)]


def test_funds_in_two_currencies_are_refused() -> None:
    with pytest.raises(UserError, match=r"ISCB in USD and SPSM in EUR: a switch between currencies needs an"):
        render_section(case("ISCB", "SPSM", currencies=("USD", "EUR")))


def test_prices_in_a_currency_that_is_not_known_are_taken_as_they_are() -> None:
    told = render_section(case("ISCB", "SPSM", currencies=("USD", None))).text.replace(NBSP, " ")
    assert "with 1 M costs at least" in told


def test_an_index_is_refused() -> None:
    of = case("ISCB", "SPSM")
    index = {**PROFILES, "SPSM": replace(PROFILES["SPSM"], kind=Kind.INDEX)}
    data = replace(of.data, comparison=replace(of.comparison, profiles=index))
    with pytest.raises(UserError, match=r"SPSM cannot be bought: an index or a rate is no fund\. Name funds"):
        render_section(replace(of, data=data))


def test_of_one_fund_the_benchmark_is_bought() -> None:
    query = replace(ask("ISCB"), benchmark="SPY")
    switch, cost = FollowUp(Section.SWITCH), FollowUp(Section.COST)
    assert query_for_section(switch, query).symbols == ("ISCB", "SPY")
    assert query_for_section(cost, query).symbols == ("ISCB",)
    pair = replace(ask("ISCB", "SPSM"), benchmark="SPY")
    assert query_for_section(switch, pair).symbols == ("ISCB", "SPSM")


@pytest.mark.parametrize("section", [each for each in Section if each.row.beside_where_named])
def test_what_holds_nothing_against_a_benchmark_shows_the_one_that_is_named(section: Section) -> None:
    pair = replace(ask("ISCB", "SPSM"), benchmark="SPY")
    assert query_for_section(FollowUp(section, versus="SPY"), pair).symbols == ("ISCB", "SPSM", "SPY")
    assert query_for_section(FollowUp(section), pair).symbols == ("ISCB", "SPSM"), "it is the thread's"


def test_the_command_line_prints_the_numbers_as_one_object() -> None:
    found = section_result(case("ISCB", "SPSM"))
    (switch,) = found["switches"]
    assert (found["section"], found["amount"], switch["sold"]["symbol"]) == ("switch", 1e6, "ISCB")
    assert switch["sold"]["half_spread"] == {"value": None, "reason": "not known"}
    assert 0 < switch["sold"]["impact"]["value"] < 0.02
    (figures,) = found["figures"]
    assert figures["is_floor"] is True
    once = sum(switch[leg]["impact"]["value"] for leg in ("sold", "bought"))
    assert figures["once"]["value"] == pytest.approx(once)
    assert figures["needed"]["3"]["value"] == pytest.approx(once / 3 - 0.0001)


def test_the_same_evidence_is_drawn_once() -> None:
    of = case("ISCB", "SPSM")
    first = render_section(of)
    assert render_section(of).blocks == first.blocks
    assert len(of.computed._results) == 1


def test_after_a_switch_comes_the_other_way_round_and_another_size() -> None:
    told = read("switch size=25m spread=12bp,3bp tax=20%x40% commission=1bp,2bp")
    (turned, again) = asked(case("ISCB", "SPSM", follow=told, window="3y"))
    assert turned[0] == "SPSM to ISCB"
    back = read(turned[1])
    assert back.symbols == ("SPSM", "ISCB")
    assert back.terms == SwitchTerms(spreads=(0.0003, 0.0012), commissions=(0.0002, 0.0001))
    assert (back.amount, back.as_of) == (25e6, LAST)
    assert back.window is not None
    assert back.window.label == "3y"
    assert again == ("Switch 2.5 M", "switch size=2.5m spread=12bp,3bp commission=1bp,2bp tax=20%x40%")


def test_where_no_size_was_named_one_is_offered() -> None:
    assert asked(case("ISCB", "SPSM", follow=read("switch")))[1] == ("Switch 100 k", "switch size=100k")
    assert len(asked(case("ISCB", "SPSM", follow=read("switch size=5")))) == 1


def test_of_several_funds_each_switch_is_offered_alone() -> None:
    found = asked(case(*SYMBOLS, follow=read("switch size=1m spread=3bp,5bp")))
    assert [label for label, _ in found] == ["ISCB to SPSM", "ISCB to SPY"]
    assert [read(text).symbols for _, text in found] == [("ISCB", "SPSM"), ("ISCB", "SPY")]
    assert {read(text).terms.spreads for _, text in found} == {(0.0003, 0.0005)}


def test_beside_a_cost_the_switch_of_the_same_amount_is_offered() -> None:
    assert asked(case("ISCB", "SPSM", follow=read("cost size=25m"))) == [("Switch 25 M", "switch size=25m")]
    assert asked(case("ISCB", "SPSM", follow=read("cost"))) == []
    assert asked(case(*SYMBOLS, follow=read("cost size=25m"))) == []
    assert asked(case("ISCB", "SPSM", follow=read("risk"))) == []


def test_an_answer_without_a_pair_has_no_switch() -> None:
    alone = case("ISCB", follow=read("explain cost"))
    assert "Two funds are needed" in render_section(alone).text
    found = section_result(alone)
    assert found["switches"] == []
    assert SwitchAnswer(1e6, True, SwitchTerms(), ()).switches == ()


class Quoted:
    """Tells a spread of 4 bp of every fund; asked : what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []

    async def spreads(self, symbols: Sequence[str]) -> Mapping[str, QuotedSpread]:
        self.asked.append(symbols)
        return {symbol: QuotedSpread(0.0004, "Yahoo Finance", EVENING) for symbol in symbols}


EVENING = datetime(2026, 1, 16, 23, tzinfo=UTC)


def market_data(quotes: Quoted | None, now: datetime = EVENING) -> MarketData:
    nobody: Any = None
    return MarketData(nobody, nobody, ExchangeCalendar(), FixedClock(now), quotes=quotes)


async def test_quotes_are_asked_for_an_order_of_today() -> None:
    quotes, of = Quoted(), case("ISCB", "SPSM")
    found = await gather_quotes(read("switch size=1m"), of.data, market_data(quotes))
    assert quotes.asked == [("ISCB", "SPSM")]
    (switch,) = section_result(replace(of, quotes=found))["switches"]
    assert switch["sold"]["half_spread"]["value"] == 0.0002
    assert await gather_quotes(read("explain cost"), of.data, market_data(quotes)) == found


@pytest.mark.parametrize("text", ["switch spread=3bp", "cost size=1m", "risk", "explain sortino"])
async def test_quotes_are_asked_for_nothing_else(text: str) -> None:
    quotes = Quoted()
    assert await gather_quotes(read(text), case("ISCB", "SPSM").data, market_data(quotes)) == {}
    assert quotes.asked == []
    assert await gather_quotes(read("switch"), case("ISCB", "SPSM").data, market_data(None)) == {}


async def test_a_question_about_the_past_has_no_quote_of_today() -> None:
    quotes = Quoted()
    later = market_data(quotes, datetime(2026, 1, 21, 23, tzinfo=UTC))
    assert await gather_quotes(read("switch"), case("ISCB", "SPSM").data, later) == {}
    assert quotes.asked == []


def test_a_cost_tells_the_impact_of_its_order_of_funds_alone() -> None:
    of = case("ISCB", "SPSM", follow=read("cost size=25m"))
    shown = as_read(render_section(of)).replace(NBSP, " ")
    (switch,) = section_result(replace(of, follow=read("switch size=25m")))["switches"]
    for leg in ("sold", "bought"):
        assert cost_words(switch[leg]["impact"]["value"]).replace(NBSP, " ") in shown
    index = {**PROFILES, "SPSM": replace(PROFILES["SPSM"], kind=Kind.INDEX)}
    data = replace(of.data, comparison=replace(of.comparison, profiles=index))
    assert cost_words(switch["bought"]["impact"]["value"]) not in str(
        render_section(replace(of, data=data)).blocks
    )
