"""The tables of a holdings study: which lines there are for one, two, three and more funds."""

from __future__ import annotations

import pytest

from analytics.exposures import Overlap
from analytics.exposures import holdings as positions_of
from bot.render.sections.page import TableLine
from bot.render.sections.positions import at_least, count_positions, counts_of, pairs_of, position_lines
from tests.unit.bot.render.sections import moods

FUNDS = ("ISCB", "SPSM", "SPY", "QQQ", "AVUV", "IWM")


def drawn(*symbols: str) -> list[TableLine]:
    comparison = moods.sample(*symbols).comparison
    return position_lines(comparison, positions_of(comparison.profiles, symbols))


def titles(*symbols: str) -> list[str]:
    """The headings of the groups: lines that are bold throughout."""
    return [line.cells[0] for line in drawn(*symbols) if len(line.bold) == len(line.cells)]


@pytest.mark.parametrize(
    ("count", "headings"),
    [
        (1, ["Position", "Concentration"]),
        (2, ["Rank", "Concentration", "In common", "Shared position"]),
        (3, ["Rank", "Concentration", "In common", "Shared position"]),
        (4, ["Fund", "In common", "Shared position"]),
        (6, ["Fund", "In common", "Shared position"]),
    ],
)
def test_groups_by_number_of_funds(count: int, headings: list[str]) -> None:
    assert titles(*FUNDS[:count]) == headings
    assert max(len(line.cells) for line in drawn(*FUNDS[:count])) <= 4


def test_the_table_never_outgrows_slack() -> None:
    assert len(drawn(*FUNDS)) <= 40


def test_nothing_known_has_no_lines() -> None:
    comparison = moods.dark().comparison
    assert position_lines(comparison, positions_of(comparison.profiles, comparison.symbols)) == []


def test_pairs_stand_the_closest_first() -> None:
    symbols = FUNDS[:3]
    comparison = moods.sample(*symbols).comparison
    held = positions_of(comparison.profiles, symbols)
    table = position_lines(comparison, held)
    first = next(at for at, line in enumerate(table) if line.cells[0] == "In common") + 1
    weights = sorted((overlap.weight for *_, overlap in pairs_of(held)), reverse=True)
    assert len(weights) == 3
    assert table[first].cells[0] == "ISCB, SPSM"
    assert weights[0] == held.overlaps["ISCB", "SPSM"].weight
    assert [line.cells[1] for line in table[first + 1 : first + 3]] == ["none known", "none known"]


def test_a_bound_is_said_unless_both_lists_are_whole() -> None:
    overlap = Overlap(("A", "B"), 0.1, 3, (0.5, 0.5), (0, 0), whole=False, gaps=0.4)
    assert at_least(overlap) == "at least "
    assert at_least(Overlap(("A", "B"), 0.1, 3, (1.0, 1.0), (0, 0), whole=True, gaps=0.9)) == ""


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 positions"), (1, "1 position"), (1578, "1,578 positions")]
)
def test_positions_are_counted(number: int, words: str) -> None:
    assert count_positions(number) == words


def test_counts_are_those_that_the_source_states() -> None:
    assert counts_of(moods.sample("ISCB", "SPSM").comparison) == {"ISCB": 1578, "SPSM": 607}
    assert counts_of(moods.dark().comparison) == {"ISCB": None, "SPSM": None}
