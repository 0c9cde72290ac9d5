"""Cost studies in every mood: as people read them, within Slack's limits, in the right money."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from analytics.notes import Note, NoteKind
from bot.render.fit import fit
from bot.render.message import Message
from bot.render.sections.cost import SPREADS, Order, cost_finding, cost_section, money_words
from bot.render.sections.page import SectionAnswer
from bot.render.sections.table import TICKET
from bot.render.text import NBSP
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections import moods
from tests.unit.bot.render.sections.reading import as_read, cells, table_of
from tests.unit.bot.render.sections.worlds import PROFILES, comparison, market, two_currencies
from tests.violations import violations

MOODS: dict[str, Callable[[], SectionAnswer]] = {
    "full": lambda: moods.sample("ISCB", "SPSM"),
    "reference": lambda: moods.sample("ISCB", "SPSM", "IWM", benchmark="IWM"),
    "one": lambda: moods.sample("ISCB"),
    "no_funds": lambda: moods.sample("ISCB", "TLT", "^TNX"),
    "partial": moods.partial,
    "nothing": moods.dark,
    "too_long": moods.long,
    "two_kinds": moods.mixed,
    "two_currencies": lambda: SectionAnswer(two_currencies()),
}


@cache
def found(mood: str) -> SectionAnswer:
    return MOODS[mood]()


@cache
def told(mood: str) -> Message:
    return cost_section(found(mood))


def table(message: Message) -> dict[str, list[str]]:
    """The rows by the first column."""
    return {plain(first): [plain(cell) for cell in rest] for first, *rest in cells(table_of(message))}


def plain(words: str) -> str:
    return words.replace(NBSP, " ")


@pytest.mark.parametrize("mood", MOODS)
def test_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"study_cost_{mood}", as_read(told(mood)))


@pytest.mark.parametrize("mood", MOODS)
def test_slack_takes_it_as_it_is_and_a_phone_shows_it(mood: str) -> None:
    message = told(mood)
    assert violations(message.blocks) == []
    assert fit(message) == message
    assert message.pictures == ()
    for block in message.blocks:
        if block["type"] == "table":
            assert {len(row) for row in block["rows"]} <= {2, 3, 4}


def test_the_fee_in_money_is_rate_times_amount() -> None:
    order = Order.of(moods.few("ISCB", "SPSM").comparison, 1e6)
    assert order.paid == pytest.approx([400.0, 300.0])
    assert order.shares == pytest.approx([1e6 / 253.45e6, 1e6 / 13.08e9])
    shown = table(cost_section(moods.few("ISCB", "SPSM"), 1e6))
    assert shown["Fee on 1 M USD, a year"] == ["400", "300", "+100"]


def test_days_to_trade_are_the_amount_over_a_tenth_of_the_value_traded() -> None:
    order = Order.of(moods.few("ISCB", "SPSM").comparison, 10e6)
    days = [10e6 / (0.1 * traded) for traded in order.traded if traded]
    assert order.waits == pytest.approx(days)
    assert len(days) == 2


def test_without_an_amount_it_is_the_one_that_every_comparison_shows() -> None:
    comparison = moods.few("ISCB", "SPSM").comparison
    assert Order.of(comparison, None).amount == TICKET
    assert Order.of(comparison, 7.0).amount == 7.0


def test_an_amount_asked_is_named_wherever_it_counts() -> None:
    message = cost_section(moods.few("ISCB", "SPSM"), 2.5e6)
    assert plain(message.text).count("2.5 M USD") == 3
    assert not re.search(r"(?<![\d.])1 M\b", plain(as_read(message)))


def test_the_lower_fee_is_bold_where_the_difference_matters() -> None:
    shown = table(told("full"))
    assert shown["Expense ratio"] == ["0.04 %", "*0.03 %*", "+1 bp"]
    assert shown["Fee on 1 M USD, a year"] == ["400", "300", "+100"]


def test_yields_of_two_kinds_are_not_held_against_each_other() -> None:
    assert table(told("two_kinds"))["Yield, kinds differ"] == ["1.38 %", "1.62 %", "–"]
    assert "yields" not in told("two_kinds").text


def test_each_currency_is_named_and_amounts_are_not_held_against_each_other() -> None:
    message, shown = told("two_currencies"), table(told("two_currencies"))
    assert shown["Assets"] == ["253 M EUR", "712 bn USD", "–"]
    assert shown["Fee on 1 M of its own currency, a year"] == ["400 EUR", "945 USD", "–"]
    assert "VWCE.DE 400 EUR (0.04 %)" in plain(message.text)
    assert "no exchange rate enters" in as_read(message)


def test_four_funds_in_two_currencies_have_no_range_of_fees() -> None:
    funds = ("ISCB", "SPSM", "SPY", "AVUV")
    held = comparison(*funds, held=market(funds, currencies=("USD", "EUR", "USD", "USD")))
    sentences = [plain(sentence) for sentence in cost_finding(Order.of(held, None))]
    assert not any(sentence.startswith("A year's fee") for sentence in sentences)
    assert any(sentence.startswith("Days to trade 1 M of its own") for sentence in sentences)


def test_what_is_not_known_is_said_with_its_reason() -> None:
    partial = as_read(told("partial"))
    assert "Not known: fee and size of ISCB; value traded of ISCB and SPSM." in partial
    assert "_ISCB: no fund facts (no answer)._" in partial
    assert "Neither fee, size nor trading of ISCB or SPSM is known." in as_read(told("nothing"))
    assert "_^TNX is an interest rate: no expense ratio._" in as_read(told("no_funds"))
    one = cost_finding(Order.of(moods.few("ISCB", profiles={}).comparison, None))
    assert any("Not known: fee and size of ISCB" in sentence for sentence in one)


def test_spreads_are_spoken_of_once_and_only_where_trading_is() -> None:
    for mood in MOODS:
        count = as_read(told(mood)).count(SPREADS)
        assert count == (0 if mood in ("partial", "nothing") else 1), mood


def test_sources_and_days_stand_at_the_foot() -> None:
    foot = told("reference").blocks[-1]["elements"][0]["text"]
    assert "yield, assets · ISCB, SPSM: published, 2026-01-16 · IWM: simulated, 2026-01-16" in foot
    assert "63 sessions" in foot
    assert foot.endswith("Asked by <@U0ANN>")


def test_nothing_is_known_has_no_table() -> None:
    assert "table" not in {block["type"] for block in told("nothing").blocks}


@pytest.mark.parametrize(
    ("amount", "shown"), [(0.0, "0"), (0.4, "0.40"), (-2.5, "-2.50"), (9876.0, "9.9 k"), (25e6, "25 M")]
)
def test_small_amounts_keep_their_cents(amount: float, shown: str) -> None:
    assert plain(money_words(amount)) == shown


def test_facts_of_another_time_open_the_finding_with_their_day() -> None:
    past = SectionAnswer(comparison(as_of=date(2025, 9, 30)), (), moods.ANN)
    words = as_read(cost_section(past)).replace(NBSP, " ")
    told_first = "Expense ratios, yields and assets are those of 15 Jan 2026; what they were on 30 Sep 2025"
    assert words.splitlines()[1].startswith(f"ISCB vs SPSM · cost, facts of 15 Jan 2026: {told_first}")
    assert "ISCB costs 1 bp more" in words


def test_a_refused_fee_and_a_refused_yield_say_why() -> None:
    asked_of = moods.few("ISCB", "SPSM")
    bare = replace(PROFILES["ISCB"], expense_ratio=None, dividend_yield=None, yield_kind=None)
    found = moods.few("ISCB", "SPSM", profiles={**PROFILES, "ISCB": bare})
    refused = tuple(
        Note(NoteKind.FACT_REFUSED, "ISCB", {"fact": fact, "value": value, "percent": True})
        for fact, value in (("expense ratio", 0.68), ("yield", 1.5))
    )
    words = as_read(cost_section(replace(found, notes=refused))).replace(NBSP, " ")
    assert "_ISCB: an expense ratio of 0.68 (as a fraction) is not plausible" in words
    assert "_ISCB: a yield of 1.5 (as a fraction) is not plausible" in words
    assert "gives no expense ratio" not in words
    assert "plausible" not in as_read(cost_section(asked_of))


def test_a_yield_that_is_not_known_is_a_dash_with_a_reason() -> None:
    bare = {**PROFILES, "ISCB": replace(PROFILES["ISCB"], dividend_yield=None)}
    assert "_– not known (ISCB: yield)_" in as_read(cost_section(moods.few("ISCB", "SPSM", profiles=bare)))
    assert "_– " not in as_read(told("full"))


def test_what_an_order_does_to_the_price_stands_below_the_days_it_takes() -> None:
    found = moods.few("ISCB", "SPSM")
    shown = table(cost_section(found, 25e6, (0.0051, None)))
    assert shown["Impact of 25 M USD, one way"] == ["51 bp", "–", "–"]
    assert "Impact: what an order moves its own price by" in as_read(
        cost_section(found, 25e6, (0.0051, None))
    )
    assert "Impact" not in as_read(cost_section(found, 25e6, (None, None)))
    six = moods.few("ISCB", "SPSM", "SPY", "AVUV")
    assert "Impact" not in as_read(cost_section(six, 25e6, (0.001,) * 4))
