"""The line under every answer."""

from __future__ import annotations

import pytest

from bot.render import text
from bot.render.sections.convention import convention, returns_words, sectors_convention
from tests.unit.bot.render.sections.worlds import comparison, in_every_mood, world


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
