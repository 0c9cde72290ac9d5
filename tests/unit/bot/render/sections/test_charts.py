"""What the charts are drawn from, and the alt texts that conclude."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.render import text
from bot.render.sections.comparison import comparison_charts, growth_chart, sector_chart
from tests.unit.bot.render.sections.worlds import comparison, in_every_mood, world


def alt(words: str) -> str:
    return words.replace(text.NBSP, " ")


def test_growth_is_of_100_from_the_base_close() -> None:
    found = world("pair")
    picture = growth_chart(found)
    assert picture.growth[:, 0].tolist() == [100.0, 100.0]
    assert picture.growth[0, -1] == pytest.approx(
        100 * (1 + (found.metrics["ISCB"]["total_return"].value or 0))
    )
    assert picture.sessions.size == picture.growth.shape[1] == found.returns + 1
    assert picture.drawdowns.max() == 0.0
    assert picture.symbols == ("ISCB", "SPSM")
    assert picture.subtitle.replace(text.NBSP, " ") == (
        "Total return, dividends reinvested, 16 Jan 2025 to 16 Jan 2026"
    )
    assert "261 returns" in picture.footer


def test_the_worst_fall_is_the_drawdown_of_the_table() -> None:
    found = world("three")
    for symbol, worst in zip(found.symbols, growth_chart(found).worst, strict=True):
        assert worst
        assert worst[1] == pytest.approx(found.metrics[symbol]["max_drawdown"].value)
    assert growth_chart(world("flat")).worst == (None, None)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "pair",
            "Growth of 100 from 16 Jan 2025: ISCB 117, SPSM 116; worst fall ISCB -15 % in December 2025, "
            "SPSM -16 % in January 2026.",
        ),
        (
            "pair_one_month",
            "Growth of 100 from 16 Dec 2025: ISCB 105, SPSM 102; worst fall ISCB -5 %, SPSM -4 %, both in "
            "January 2026.",
        ),
        ("flat", "Growth of 100 from 16 Jan 2025: ISCB 100, SPSM 100; none of them fell."),
    ],
)
def test_the_growth_alt_text_concludes(name: str, words: str) -> None:
    assert alt(growth_chart(world(name)).alt) == words


def test_all_fell_in_one_month() -> None:
    assert alt(growth_chart(world("six_one_month")).alt).endswith(", all in January 2026.")


def test_thousands_are_distinguishable() -> None:
    assert "MOON 1,1" in growth_chart(world("extremes")).alt


def test_sector_weights_and_gaps() -> None:
    picture = sector_chart(world("pair"))
    assert picture
    assert picture.sectors[0] == "Industrials"
    assert picture.weights[:, 0].tolist() == pytest.approx([0.19, 0.147])
    assert picture.active is not None
    assert picture.active[0] == pytest.approx(0.043)
    assert picture.footer == (
        "Morningstar, of net assets · ISCB Yahoo Finance, 2026-01-15 · SPSM Yahoo Finance, 2026-01-15"
    )
    assert alt(picture.alt) == (
        "Sector weights by Morningstar, of net assets; largest gaps, ISCB less SPSM: Industrials +4.3 pp, "
        "Healthcare +2.5 pp, Technology -1.9 pp."
    )


def test_sectors_of_another_time_are_dated_in_the_title() -> None:
    now, then = sector_chart(world("pair")), sector_chart(world("pair_year_to_date"))
    assert now
    assert then
    assert now.title == "ISCB vs SPSM: sector weights"
    assert alt(then.title) == "ISCB vs SPSM: sector weights, facts of 15 Jan 2026"


def test_one_fund_with_sectors_is_shown_alone() -> None:
    picture = sector_chart(world("partial"))
    assert picture
    assert picture.symbols == ("SPSM",)
    assert picture.active is None
    assert alt(picture.alt) == (
        "Largest sectors of SPSM: Financial Services 18 %, Technology 15 %, Industrials 15 %. Not known for "
        "ISCB."
    )


def test_a_fund_without_sectors_is_named() -> None:
    picture = sector_chart(world("some_sectors"))
    assert picture
    assert picture.symbols == ("ISCB", "SPY")
    assert picture.alt.endswith("Not known for SPSM.")


def test_equal_weights_have_no_gap() -> None:
    picture = sector_chart(world("alike"))
    assert picture
    assert picture.alt.endswith("largest gaps, ISCB less SPSM: none.")


def test_funds_that_share_no_sector_have_no_gap_to_tell() -> None:
    found = world("pair")
    assert found.sectors
    weights = {"ISCB": {"Energy": 0.4, "Materials": 0.6}, "SPSM": {"Technology": 1.0}}
    names = ("Technology", "Materials", "Energy")
    apart = replace(found, sectors=replace(found.sectors, weights=weights, sectors=names, active={}))
    picture = sector_chart(apart)
    assert picture
    assert np.isnan(picture.weights[0, 0])
    assert alt(picture.alt) == "Largest sectors of ISCB: Materials 60 %, Energy 40 %."


def test_two_taxonomies_are_not_drawn() -> None:
    assert sector_chart(world("two_taxonomies")) is None
    assert [picture.name for picture in comparison_charts(world("two_taxonomies"))] == ["growth"]


@in_every_mood
def test_every_picture_says_its_window_and_its_sample(name: str) -> None:
    found = world(name)
    for picture in comparison_charts(found):
        assert picture.simulated == found.simulated
        assert picture.alt.startswith("Sample data. ") == found.simulated
        assert picture.alt.endswith(".")
        assert picture.footer
        assert len(picture.alt) < 2000
    assert found.span.start.isoformat() in growth_chart(found).footer


def test_pictures_have_their_own_names() -> None:
    assert [picture.name for picture in comparison_charts(comparison())] == ["growth"]
    assert sector_chart(comparison()).name == "sectors"  # type: ignore[union-attr]
