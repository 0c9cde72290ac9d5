"""The line under every answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.fund import Fact
from analytics.returns import Rate
from bot.render import text
from bot.render.sections.convention import (
    convention,
    plain_convention,
    returns_words,
    sectors_convention,
)
from tests.unit.bot.render.sections.worlds import PROFILES, comparison, in_every_mood, world


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "pair",
            "daily total return · 252 · rf 0 · 1y = 2025-01-16..2026-01-16 (261 returns) · "
            "source Yahoo Finance, as of 2026-01-16",
        ),
        (
            "pair_all_history",
            "daily total return · 252 · rf 4 % · max = 2015-09-14..2026-01-16 (2,699 returns) · "
            "source Yahoo Finance, as of 2026-01-16",
        ),
        (
            "pair_ten_years",
            "daily total return · 252 · rf 13-week T-bill · 10y = 2016-01-15..2026-01-16 (2,610 returns) · "
            "source Yahoo Finance, as of 2026-01-16",
        ),
        (
            "young",
            "daily total return · 252 · rf 0 · 10y cut short to 2022-01-10..2026-01-16 (1,049 returns) · "
            "source Yahoo Finance, as of 2026-01-16",
        ),
        (
            "too_long",
            "daily total return · 252 · rf 0 · 2021-03-19..2024-12-31 (987 returns) · "
            "source Yahoo Finance, as of 2024-12-31",
        ),
    ],
)
def test_reads(name: str, line: str) -> None:
    assert convention(world(name)).replace(text.NBSP, " ") == line


def test_dates_that_are_no_sessions_show_the_closes_used() -> None:
    shown = convention(comparison(window="2021-03-20..2026-01-04"))
    assert "2021-03-20..2026-01-04 = 2021-03-19..2026-01-02" in shown
    assert "since 2021-03-20 = 2021-03-19..2026-01-16" in convention(comparison(window="since 2021-03-20"))


@in_every_mood
def test_names_window_rate_count_and_source(name: str) -> None:
    found, line = world(name), convention(world(name))
    assert found.query.window.label in line
    assert f"({found.returns:,} returns)" in line
    assert found.span.end.isoformat() in line
    assert found.source in line
    assert "rf " in line


def test_without_sectors_there_is_no_taxonomy_to_name() -> None:
    assert sectors_convention(world("two_taxonomies")) == ""
    assert sectors_convention(world("some_sectors")).startswith("Morningstar, of net assets · ISCB")


def test_one_return_is_one() -> None:
    assert returns_words({"A": 1, "B": 1}) == "1 return"
    assert returns_words({"A": 1, "B": 2}) == "1 to 2 returns"


def test_weekly_returns_are_named_and_counted() -> None:
    line = convention(comparison(weekly=True)).replace(text.NBSP, " ")
    assert line.startswith("weekly total return · 52 · rf 0 · 1y = 2025-01-16..2026-01-16 (52 returns)")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "pair",
            "Daily total returns, 16 Jan 2025 to 16 Jan 2026 (261), risk-free 0 %, Yahoo Finance; "
            "fund facts of 15 Jan 2026",
        ),
        (
            "pair_all_history",
            "Daily total returns, 14 Sep 2015 to 16 Jan 2026 (2,699), risk-free 4 %, Yahoo Finance; "
            "fund facts of 15 Jan 2026",
        ),
        (
            "pair_ten_years",
            "Daily total returns, 15 Jan 2016 to 16 Jan 2026 (2,610), risk-free 13-week T-bill, "
            "Yahoo Finance; fund facts of 15 Jan 2026",
        ),
        ("bare", "Daily total returns, 16 Jan 2025 to 16 Jan 2026 (261), risk-free 0 %, Yahoo Finance"),
    ],
)
def test_in_plain_words(name: str, line: str) -> None:
    assert plain_convention(world(name)).replace(text.NBSP, " ") == line


def test_weekly_returns_and_an_uncommon_rate_in_plain_words() -> None:
    said = plain_convention(comparison(weekly=True, rate=Rate(0.0425))).replace(text.NBSP, " ")
    assert said.startswith(
        "Weekly total returns, 16 Jan 2025 to 16 Jan 2026 (52), risk-free 4.25 %, Yahoo Finance"
    )


def test_what_a_year_has_is_said_where_it_is_not_what_everybody_expects() -> None:
    found = world("pair")
    assert "a year counts" not in plain_convention(found)
    odd = replace(found, periods_by={**found.periods_by, "ISCB": 365})
    assert "(261), a year counts ISCB 365, SPSM 252 of them, risk-free" in plain_convention(odd).replace(
        text.NBSP, " "
    )


def test_the_newest_of_the_fund_facts_that_are_shown_gives_their_day() -> None:
    """Of what stands in the answer: fee, yield, size; not of sectors."""
    fee = Fact(0.0003, "issuer", date(2026, 1, 2))
    sectors = replace(PROFILES["ISCB"].sectors, as_of=date(2026, 1, 16))  # type: ignore[type-var]
    bare = {
        each: replace(PROFILES[each], expense_ratio=fee, dividend_yield=None, assets=None, sectors=sectors)
        for each in ("ISCB", "SPSM")
    }
    said = plain_convention(comparison(profiles=bare)).replace(text.NBSP, " ")
    assert said.endswith("; fund facts of 2 Jan 2026")


@in_every_mood
def test_in_plain_words_window_rate_count_and_source_are_named(name: str) -> None:
    found, line = world(name), plain_convention(world(name)).replace(text.NBSP, " ")
    for part in (f"({found.returns:,})", "total returns, ", "risk-free ", found.source):
        assert part in line
    for day in (found.span.start, found.span.end):
        assert text.day(day).replace(text.NBSP, " ") in line
    assert "·" not in line
