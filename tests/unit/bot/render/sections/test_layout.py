"""Tables of figures: columns for up to three funds, lines for more, bold where the study's rule says so."""

from __future__ import annotations

from bot.render import text
from bot.render.sections.page import figure_row, figures_table
from bot.render.text import NONE
from tests.unit.bot.render.sections.prices import plain

PAIR = ("ISCB", "SPSM")
FOUR = ("ISCB", "SPSM", "SPY", "IWM")


def test_a_pair_has_the_difference_first_less_last() -> None:
    lines = figures_table(
        "Return", PAIR, [figure_row("1 year", [0.161, 0.113], text.percent, text.points, "cagr")]
    )
    assert [plain(cell) for cell in lines[0].cells] == ["Return", "ISCB", "SPSM", "ISCB - SPSM"]
    assert [plain(cell) for cell in lines[1].cells] == ["1 year", "16.1 %", "11.3 %", "+4.8 pp"]
    assert lines[1].bold == {1}


def test_a_difference_that_means_nothing_has_no_column() -> None:
    lines = figures_table("Against SPY", PAIR, [figure_row("Beta", [1.3, 1.4], text.ratio)])
    assert lines[0].cells == ("Against SPY", "ISCB", "SPSM")
    assert lines[1].cells == ("Beta", "1.30", "1.40")


def test_three_funds_have_a_column_each() -> None:
    lines = figures_table(
        "Return", (*PAIR, "SPY"), [figure_row("1 year", [0.1, 0.2, 0.3], text.percent, text.points)]
    )
    assert [len(line.cells) for line in lines] == [4, 4]


def test_a_missing_value_is_a_dash_and_nothing_is_bold_beside_it() -> None:
    lines = figures_table(
        "Return", PAIR, [figure_row("1 year", [None, 0.2], text.percent, text.points, "cagr")]
    )
    assert [plain(cell) for cell in lines[1].cells] == ["1 year", NONE, "20.0 %"]
    assert lines[1].bold == frozenset()


def test_rows_without_any_value_are_left_out_and_their_heading_with_the_last() -> None:
    nothing = figure_row("1 year", [None, None], text.percent)
    assert figures_table("Return", PAIR, [nothing]) == []
    assert (
        len(figures_table("Return", PAIR, [nothing, figure_row("3 years", [0.1, None], text.percent)])) == 2
    )


def test_four_funds_lie_down_three_figures_across() -> None:
    rows = [figure_row(f"{n} years", [0.1, 0.2, 0.3, 0.5], text.percent, None, "cagr") for n in range(4)]
    lines = figures_table("Return", FOUR, rows)
    assert lines[0].cells == ("Fund", "0 years", "1 years", "2 years")
    assert [line.cells[0] for line in lines] == ["Fund", *FOUR, "Fund", *FOUR]
    assert lines[4].bold == {1, 2, 3}
    assert lines[1].bold == frozenset()
    assert lines[5].cells == ("Fund", "3 years")
