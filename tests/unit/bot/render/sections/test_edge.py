"""Is the gap real: words bound to verdicts, figures with their intervals, what is not told and why."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from analytics.evidence.edge import WINDOWS
from analytics.evidence.gaps import EdgeRow, Verdict
from analytics.measures.number import Interval, Number
from bot.render import text
from bot.render.evidence.edge import chance_words, edge_section
from bot.render.evidence.edge_finding import EdgeView, edge_finding
from bot.render.evidence_specs import EdgeChart
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections.edges import (
    EDGES,
    asked,
    edge_of,
    explained,
    found,
    view,
    weighed,
)
from tests.unit.bot.render.sections.prices import assert_sound, plain, read, row, rows


def picture(mood: str) -> EdgeChart:
    (drawn,) = edge_of(mood).pictures
    assert isinstance(drawn, EdgeChart)
    return drawn


def said(of: EdgeView) -> str:
    return plain(" ".join(edge_finding(of)))


def with_verdict(verdict: Verdict, *, window: str = "1y") -> EdgeView:
    """The full answer, whose row of a window has another verdict."""
    before = view("full")
    judged = tuple(
        replace(each, judgement=replace(each.judgement, verdict=verdict))
        if each.window.label == window
        else each
        for each in before.edge.rows
    )
    return EdgeView(before.comparison, replace(before.edge, rows=judged))


@pytest.mark.parametrize("mood", EDGES)
def test_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"study_edge_{mood}", read(edge_of(mood)))


@pytest.mark.parametrize("mood", EDGES)
def test_it_can_be_delivered(mood: str) -> None:
    assert_sound(edge_of(mood))
    assert_sound(explained(mood))


@pytest.mark.parametrize("mood", EDGES)
def test_an_alt_text_states_the_conclusion_in_thirty_words(mood: str) -> None:
    for drawn in edge_of(mood).pictures:
        assert len(drawn.alt.split()) <= 30, drawn.alt
        assert drawn.title in drawn.alt


@pytest.mark.parametrize("mood", EDGES)
def test_it_gives_no_advice_and_shouts_not(mood: str) -> None:
    words = read(edge_of(mood)) + read(explained(mood))
    assert not re.search(r"!|\+-|±|\b(?:should|recommend|winner|buy|sell|prove[ns]?)\b", words)


@pytest.mark.parametrize(
    ("verdict", "told", "title"),
    [
        (Verdict.UNKNOWN, "One year cannot tell", "a gap cannot be known from one year"),
        (Verdict.DISTINGUISHABLE, "One year can tell the Sharpe ratios apart", "distinguishable in one year"),
        (Verdict.NO_GAP, "and there is none worth having", "no gap worth having in one year"),
        (Verdict.SAME, "The two are the same for practical purposes", "the same for practical purposes"),
        (Verdict.IDENTICAL, "The two are the same: ", ""),
    ],
)
def test_the_words_are_those_of_the_verdict(verdict: Verdict, told: str, title: str) -> None:
    of = with_verdict(verdict)
    assert told in said(of)
    message = edge_section(found("full"), of.edge)
    assert [picture.title.partition(": ")[2] for picture in message.pictures] == ([title] if title else [])
    short = "cannot be known" if verdict is Verdict.UNKNOWN else verdict
    assert row(message, "1 year")[0] == short


@pytest.mark.parametrize("verdict", Verdict)
def test_the_other_windows_have_their_words_too(verdict: Verdict) -> None:
    words = {
        Verdict.UNKNOWN: "it cannot be known either",
        Verdict.DISTINGUISHABLE: "the Sharpe ratios are distinguishable",
        Verdict.NO_GAP: "there is no gap worth having",
        Verdict.SAME: "they are the same for practical purposes",
        Verdict.IDENTICAL: "they are the same",
    }[verdict]
    assert f"10 years {words}" in said(with_verdict(verdict, window="10y"))
    since = said(with_verdict(verdict, window="since regime"))
    assert f"Since both follow today's indices (19 Mar 2021) {words}" in since


def test_what_would_show_stands_beside_what_is_there() -> None:
    (of,) = view("full").asked
    assert of.shows_from.value is not None
    assert of.sharpe.value.value is not None
    shows, gap = text.ratio(of.shows_from.value), text.ratio(abs(of.sharpe.value.value))
    expected = f"One year can show a gap in Sharpe ratio only from {shows} on; theirs is {gap}."
    assert expected in said(view("full"))
    years = [cells[3] for cells in rows(edge_of("full"))[1:6]]
    assert f"To show 0.2, about {years[0]} years are needed." in said(view("full"))


def test_figures_are_those_of_the_rows() -> None:
    lines = rows(edge_of("full"))
    for at, of in enumerate(weighed("full").rows):
        gap, low, high = of.growth.value.value, of.growth.interval.low, of.growth.interval.high
        assert gap is not None
        assert low is not None
        assert high is not None
        shown = [plain(text.points(value)) for value in (gap, low, high)]
        assert lines[7 + at][1:3] == [shown[0], f"{shown[1].removesuffix(' pp')} and {shown[2]}"]


def test_every_window_has_a_line_and_p_is_told_once() -> None:
    lines = rows(edge_of("full"))
    named = ["1 year", "3 years", "5 years", "10 years", "Since 19 Mar 2021"]
    assert [cells[0] for cells in lines[1:6]] == named
    assert len(WINDOWS) == len(named)
    heads = [cell for cells in lines for cell in cells if cell in {"p", "p (Holm)"}]
    assert heads == ["p"]


def test_a_window_that_is_not_filled_is_a_dash_with_its_reason() -> None:
    message = edge_of("lost_window")
    assert row(message, "10 years") == ["–", "–", "–"]
    assert "10 years: prices of SPSM begin " in plain(read(message))
    assert sum(cells[0] == "10 years" for cells in rows(message)) == 1
    assert "10 years" not in [bar.label for bar in picture("lost_window").panels[0].bars]


def test_without_a_change_of_index_no_window_begins_with_one() -> None:
    message = edge_of("no_regime")
    assert not any(cells[0].startswith("Since") for cells in rows(message))
    assert "No change of index of SPSM or AVUV is known up to 16 Jan 2026" in plain(read(message))


def test_a_window_of_ones_own_stands_first_and_none_twice() -> None:
    assert rows(edge_of("own_window"))[1][0] == "2020"
    named = [cells[0] for cells in rows(edge_of("regime"))[1:6]]
    assert named == ["Since 19 Mar 2021", "1 year", "3 years", "5 years", "10 years"]
    assert said(view("regime")).startswith("Since 19 Mar 2021 ISCB is ")


def test_several_pairs_are_lines_of_one_window_tested_together() -> None:
    lines = rows(edge_of("three"))
    assert lines[0] == ["ISCB against", "Verdict", "p (Holm)", "Years for 0.2"]
    assert [cells[0] for cells in lines[1:3]] == ["SPSM", "SPY"]
    assert "for 2 pairs together (Holm)" in read(edge_of("three"))
    assert [bar.label for bar in picture("three").panels[0].bars] == ["SPSM", "SPY"]


def test_a_fund_alone_is_held_against_the_benchmark() -> None:
    assert edge_of("benchmark").text.startswith("ISCB vs SPY · is the gap real?")
    assert "Since ISCB follows today's index (19 Mar 2021)" in plain(said(view("benchmark")))


def test_few_returns_are_not_tested() -> None:
    assert "Nothing is tested: fewer than 120 returns." in said(view("few"))
    assert row(edge_of("few"), "3 months") == ["cannot be known", "–", "–"]


@pytest.mark.parametrize("mood", [mood for mood in EDGES if mood.startswith("doubt")])
def test_nothing_is_told_that_rests_on_a_price_that_looks_wrong(mood: str) -> None:
    of = view(mood)
    for each in of.told:
        assert not of.doubts(each)
    for drawn in edge_of(mood).pictures:
        assert isinstance(drawn, EdgeChart)
        labels = [bar.label for bar in drawn.panels[0].bars]
        sure = [of.name(each) for each in of.told if each in of.shown]
        assert [label.lower() for label in labels] == [name.lower() for name in sure]


def test_across_a_price_that_cannot_be_right_are_dashes() -> None:
    message = edge_of("doubt_unit")
    assert message.pictures == ()
    assert "No window is free of such a price: nothing is told of a gap." in read(message)
    assert "no return across a price that looks wrong" in read(message)


def test_a_mild_doubt_is_marked() -> None:
    marked = {cells[0] for cells in rows(edge_of("doubt_old")) if any("†" in cell for cell in cells)}
    assert marked == {"10 years"}


def test_what_is_surely_so_has_no_false_digits() -> None:
    assert [plain(chance_words(p)) for p in (0.281, 0.01, 0.0012)] == ["0.28", "0.01", "under 0.01"]


def test_the_picture_has_the_intervals_and_what_would_show() -> None:
    returns, ratios = picture("full").panels
    for bar, of in zip(ratios.bars, view("full").shown, strict=True):
        assert (bar.low, bar.high) == (of.sharpe.interval.low, of.sharpe.interval.high)
        assert bar.shows_from == of.shows_from.value
    assert returns.caption == "Gap in return a year"
    assert (picture("full").behind, picture("full").ahead) == ("ISCB behind", "ISCB ahead")


def test_a_gap_without_an_interval_has_no_bar() -> None:
    before = view("full")
    none = Interval(None, None, 0.95, "", "by hand")

    def bare(of: EdgeRow) -> EdgeRow:
        return replace(of, sharpe=replace(of.sharpe, value=Number(None, "by hand"), interval=none))

    edge = replace(before.edge, rows=tuple(map(bare, before.edge.rows)))
    (drawn,) = edge_section(found("full"), edge).pictures
    assert isinstance(drawn, EdgeChart)
    assert [panel.unit for panel in drawn.panels] == ["points"]


def test_simulated_prices_are_told_of() -> None:
    assert asked("too_long").held.simulated
    assert picture("too_long").simulated
