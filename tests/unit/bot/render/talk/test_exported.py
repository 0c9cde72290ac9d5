"""Above exported files stands what is in them."""

from __future__ import annotations

from bot.render.talk.exported import exported
from tests.unit.bot.render.comparison.worlds import comparison, market


def test_files_are_named_with_their_convention_and_who_asked() -> None:
    words = exported(comparison(), "U1").replace("\u00a0", " ")
    assert words.splitlines() == [
        "*ISCB vs SPSM · 1 year to 16 Jan 2026*: table and series as files.",
        "`daily total return · 252 · rf 0 · 1y = 2025-01-16..2026-01-16 (261 returns) · "
        "source Yahoo Finance, as of 2026-01-16`",
        "Asked by <@U1>",
    ]


def test_simulated_prices_are_said() -> None:
    assert exported(comparison(held=market(simulated=True)), "U1").startswith("*SAMPLE DATA · ISCB vs SPSM")
