"""What the charts are drawn from, and the alt texts that conclude."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from bot.render import text
from bot.render.sections.comparison import comparison_charts, growth_chart, sector_chart
from tests.unit.bot.render.sections.doubted import doubted
from tests.unit.bot.render.sections.worlds import SHORT, comparison, in_every_mood, panel, world

STILL = panel({"ISCB": np.full(SHORT, 100.0)})


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
    assert picture.symbols == ("ISCB", "SPSM")
    assert picture.subtitle.replace(text.NBSP, " ") == (
        "Growth of 100, dividends reinvested, 16 Jan 2025 to 16 Jan 2026"
    )
    assert "261 returns" in picture.footer


def test_the_worst_fall_is_the_drawdown_of_the_table() -> None:
    found = world("three")
    for symbol, worst in zip(found.symbols, growth_chart(found).worst, strict=True):
        assert worst
        assert worst[1] == pytest.approx(found.metrics[symbol]["max_drawdown"].value)
    assert growth_chart(comparison("ISCB", held=STILL, profiles={})).worst == (None,)


def test_a_pair_has_its_ratio_and_others_their_drawdowns() -> None:
    pair, three = growth_chart(world("pair")), growth_chart(world("three"))
    assert pair.drawdowns is None
    assert pair.ratio is not None
    assert pair.ratio[[0, -1]] == pytest.approx([100.0, 100 * pair.growth[0, -1] / pair.growth[1, -1]])
    assert three.ratio is None
    assert three.drawdowns is not None
    assert three.drawdowns.max() == 0.0


@pytest.mark.parametrize(
    ("name", "title", "words"),
    [
        (
            "pair",
            "ISCB 1.5 pp ahead",
            "100 became ISCB 117, SPSM 116. Max drawdown ISCB -15.0 %, SPSM -16.3 %.",
        ),
        (
            "pair_one_month",
            "ISCB 2.9 pp ahead; the gap opened in December",
            "100 became ISCB 105, SPSM 102. Max drawdown ISCB -4.7 %, SPSM -4.1 %.",
        ),
        ("flat", "ISCB and SPSM level", "100 became ISCB 100, SPSM 100."),
        (
            "six_one_month",
            "Highest return AVUV 7.1 %, lowest SPSM 1.9 %",
            "100 became from 102 (SPSM) to 107 (AVUV). Max drawdown from SPY -3.3 % to IWM -5.2 %.",
        ),
    ],
)
def test_title_and_alt_text_conclude(name: str, title: str, words: str) -> None:
    picture = growth_chart(world(name))
    assert alt(picture.title) == title
    assert alt(picture.alt) == f"{title}. {words}"


def test_one_fund_is_told_by_return_and_drawdown() -> None:
    assert alt(growth_chart(comparison("ISCB")).title) == "ISCB returned 17.0 %, max drawdown -15.0 %"


def test_nothing_is_concluded_from_a_price_that_looks_wrong() -> None:
    found = doubted("crash")
    assert growth_chart(found).title == "ISCB vs SPSM: growth of 100"
    assert growth_chart(found).alt.startswith("ISCB has prices that look wrong. ")


def test_a_change_of_index_within_the_span_is_ticked() -> None:
    changes = growth_chart(comparison("SPSM", "ISCB", window="10y")).changes
    assert [(mark.row, mark.on) for mark in changes] == [(1, date(2021, 3, 19))]
    assert alt(changes[0].words) == "ISCB: new index 19 Mar 2021"
    assert growth_chart(world("pair")).changes == ()


def test_thousands_are_distinguishable() -> None:
    assert "MOON 1,1" in growth_chart(world("extremes")).alt


def test_sector_weights_and_gaps() -> None:
    picture = sector_chart(world("pair"))
    assert picture
    assert picture.sectors[0] == "Industrials"
    assert picture.weights[:, 0].tolist() == pytest.approx([0.19, 0.147])
    assert picture.active is not None
    assert picture.active[0] == pytest.approx(0.043)
    assert picture.active.tolist() == sorted(picture.active, reverse=True)
    assert picture.footer == (
        "Morningstar, of net assets · ISCB Yahoo Finance, 2026-01-15 · SPSM Yahoo Finance, 2026-01-15"
    )
    assert alt(picture.alt) == (
        "ISCB has 4.3 pp more Industrials than SPSM. Largest gaps of ISCB - SPSM: Industrials +4.3 pp, "
        "Healthcare +2.5 pp, Technology -1.9 pp."
    )


def test_sectors_of_another_time_are_dated_in_the_title() -> None:
    now, then = sector_chart(world("pair")), sector_chart(world("pair_year_to_date"))
    assert now
    assert then
    assert alt(now.title) == "ISCB has 4.3 pp more Industrials than SPSM"
    assert alt(then.title) == "ISCB has 4.3 pp more Industrials than SPSM, facts of 15 Jan 2026"


def test_one_fund_with_sectors_is_shown_alone() -> None:
    picture = sector_chart(world("partial"))
    assert picture
    assert picture.symbols == ("SPSM",)
    assert picture.active is None
    assert alt(picture.alt) == "Largest sector of SPSM: Financial Services 18.0 %. Not known for ISCB."


def test_a_fund_without_sectors_is_named() -> None:
    picture = sector_chart(world("some_sectors"))
    assert picture
    assert picture.symbols == ("ISCB", "SPY")
    assert "Not known for SPSM." in picture.alt


def test_equal_weights_have_no_gap() -> None:
    picture = sector_chart(world("alike"))
    assert picture
    assert picture.alt == "ISCB and SPSM: much the same sectors."


def test_funds_that_share_no_sector_have_no_gap_to_tell() -> None:
    found = world("pair")
    assert found.sectors
    weights = {"ISCB": {"Energy": 0.4, "Materials": 0.6}, "SPSM": {"Technology": 1.0}}
    names = ("Technology", "Materials", "Energy")
    apart = replace(found, sectors=replace(found.sectors, weights=weights, sectors=names, active={}))
    picture = sector_chart(apart)
    assert picture
    assert np.isnan(picture.weights[0, 0])
    assert alt(picture.alt) == "Largest sector of ISCB: Materials 60.0 %."


def test_more_than_two_are_a_table_by_mean_weight() -> None:
    picture = sector_chart(world("three"))
    assert picture
    assert picture.active is None
    means = picture.weights.mean(axis=0).tolist()
    assert means == sorted(means, reverse=True)
    assert alt(picture.title) == "Widest apart in Technology: SPY 35.1 %, ISCB 13.1 %"


def test_two_taxonomies_are_not_drawn() -> None:
    assert sector_chart(world("two_taxonomies")) is None
    assert [picture.name for picture in comparison_charts(world("two_taxonomies"))] == ["growth"]


@in_every_mood
def test_every_picture_says_its_window_and_its_sample(name: str) -> None:
    found = world(name)
    for picture in comparison_charts(found):
        assert picture.simulated == found.simulated
        assert picture.alt.startswith("Sample data. ") == found.simulated
        assert picture.footer
    assert found.span.start.isoformat() in growth_chart(found).footer


def test_pictures_have_their_own_names() -> None:
    assert [picture.name for picture in comparison_charts(comparison())] == ["growth"]
    assert sector_chart(comparison()).name == "sectors"  # type: ignore[union-attr]
