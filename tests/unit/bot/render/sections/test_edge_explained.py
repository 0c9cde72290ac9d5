"""What the verdicts mean, and the numbers that one rests on: whoever divides them finds the others."""

from __future__ import annotations

import pytest

from analytics.evidence.gaps import Verdict
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections.edges import explained, view
from tests.unit.bot.render.sections.prices import plain, read, row, rows


@pytest.mark.parametrize("mood", ["full", "one", "too_long", "few", "twins", "doubt_unit", "lost_window"])
def test_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"study_edge_explained_{mood}", read(explained(mood)))


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_its_meaning(verdict: Verdict) -> None:
    assert f"*{verdict}*: " in read(explained("full"))


def test_the_numbers_follow_from_each_other() -> None:
    def number(label: str) -> float:
        return float(row(explained("full"), label)[0])

    gap, error = number("Gap in Sharpe ratio"), number("Standard error")
    assert number("Gap / standard error") == pytest.approx(gap / error, abs=0.01)
    shows = number("Shows from: 2.80 × that")
    assert shows == pytest.approx(2.8 * error, abs=0.006)
    years = number("Years of returns") * (2.8 * error / 0.2) ** 2
    assert number("Years for 0.2") == pytest.approx(years, abs=0.1)


def test_the_verdict_of_the_pair_has_its_reason() -> None:
    (of,) = view("full").asked
    told = f"ISCB - SPSM, 1 year: {of.judgement.verdict}, because {of.judgement.reason}."
    assert told in plain(read(explained("full")))


def test_of_many_pairs_three_stand_side_by_side() -> None:
    assert len(rows(explained("too_long"))[0]) == 4


def test_without_a_pair_the_words_are_explained_all_the_same() -> None:
    assert rows(explained("one")) == []
    assert "Two funds that fill the window are needed for numbers" in read(explained("one"))
