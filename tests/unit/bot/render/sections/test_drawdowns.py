"""Episodes of falls: depth, dates, recovery of each fund; and the drawdown it is in now."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from analytics.panel import FloatArray
from bot.render.chart_specs import UnderwaterChart
from bot.render.message import Message
from bot.render.sections.drawdowns import drawdowns_finding, drawdowns_section
from bot.render.sections.page import SectionAnswer
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections.prices import MOODS, assert_sound, found, on, plain, read, rows
from tests.unit.bot.render.sections.worlds import panel


@cache
def told(mood: str) -> Message:
    return drawdowns_section(found(mood))


def path(*levels: float) -> FloatArray:
    """Levels on the last weekdays, the last one on Friday 16 January 2026."""
    return np.array(levels, dtype=np.float64)


def of(**paths: FloatArray) -> SectionAnswer:
    """Funds with these levels, over their common history."""
    return SectionAnswer(on(*paths, held=panel(paths), window="max").comparison)


@pytest.mark.parametrize("mood", MOODS)
def test_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"study_drawdowns_{mood}", read(told(mood)))


@pytest.mark.parametrize("mood", MOODS)
def test_it_can_be_delivered(mood: str) -> None:
    assert_sound(told(mood))


def test_a_fall_has_its_dates_and_recovery() -> None:
    message = drawdowns_section(of(ISCB=path(100, 90, 95, 101, 101)))
    assert rows(message) == [
        ["Jan 2026", "Fall", "High to low", "Recovered"],
        ["ISCB", "-10.0 %", "12 Jan to 13 Jan 2026", "15 Jan 2026"],
    ]
    assert plain(message.blocks[1]["text"]["text"]) == (
        "Deepest: Jan 2026, ISCB *-10.0 %* (recovered 15 Jan 2026).\nOn 16 Jan 2026 ISCB is at its high."
    )


def test_what_did_not_come_back_says_so() -> None:
    message = drawdowns_section(of(ISCB=path(100, 90, 95, 96, 97)))
    assert rows(message)[1][3] == "not yet"
    said = plain(message.text)
    assert "ISCB -10.0 % (not recovered)." in said
    assert "Drawdown on 16 Jan 2026: ISCB -3.0 %." in said


def test_an_autumn_fall_is_shown_while_an_older_one_is_not_over() -> None:
    older, later = np.linspace(100, 60, 40), np.linspace(60, 80, 40)
    autumn = np.concatenate([np.linspace(80, 69.6, 20), np.linspace(69.6, 78, 20)])
    calm = np.full(80, 100.0)
    message = drawdowns_section(
        of(AAA=np.concatenate([older, later, autumn]), BBB=np.concatenate([calm, autumn * 1.25]))
    )
    falls = {line[0]: line[1:] for line in rows(message)[4:]}
    assert [falls[symbol][0] for symbol in ("AAA", "BBB")] == ["-13.0 %", "-13.0 %"]
    assert falls["AAA"] == falls["BBB"]


def test_at_most_five_episodes_the_deepest_first() -> None:
    wave = path(*[100 + at - (12 - at) * (at % 2) for at in range(12)], 112, 100, 113, 90, 114, 80, 115)
    cells = [line for line in rows(drawdowns_section(of(ISCB=wave))) if line[0] == "ISCB"]
    assert len(cells) == 5
    depths = [float(line[1].split()[0]) for line in cells]
    assert depths == sorted(depths)


def test_a_max_drawdown_that_is_in_no_episode_is_told_beside_them() -> None:
    message = drawdowns_section(of(A=path(100, 80, 99, 78, 100)))
    assert [line[:2] for line in rows(message)] == [
        ["Jan 2026", "Fall"],
        ["A", "-21.2 %"],
        ["Jan 2026", "Fall"],
        ["A", "-20.0 %"],
        ["Max drawdown", "Fall"],
        ["A", "-22.0 %"],
    ]
    assert "Max drawdown: A -22.0 % from 12 Jan to 15 Jan 2026." in plain(message.text)


def test_a_fund_at_its_high_is_named_beside_one_that_is_below() -> None:
    words = [
        plain(sentence)
        for sentence in drawdowns_finding(of(A=path(100, 90, 101), B=path(100, 90, 95)).comparison)
    ]
    assert words[-1] == "Drawdown on 16 Jan 2026: B -5.0 %, A at the high."


def test_a_fund_that_never_fell_says_so() -> None:
    message = drawdowns_section(of(A=path(100, 101, 102), B=path(100, 90, 101)))
    assert rows(message)[1:] == [
        ["A", "no fall", "–", "–"],
        ["B", "-10.0 %", "14 Jan to 15 Jan 2026", "16 Jan 2026"],
    ]
    assert "A never fell below the value at the start or a later high." in plain(message.text)


def test_a_fall_of_a_basis_point_is_not_called_nothing() -> None:
    assert rows(drawdowns_section(of(BIL=path(100, 99.99, 100.1))))[1][1] == "-0.01 %"


def test_weeks_change_nothing_here() -> None:
    assert rows(told("weekly")) == rows(told("full"))
    assert "daily closes, total return" in read(told("weekly"))


def test_a_shortened_window_says_whose_history_it_is() -> None:
    words = plain(read(told("partial")))
    assert "ISCB is priced only from" in words
    assert "3y cut short to" in words
    assert "no fund facts" not in words


def test_six_funds_are_told_by_the_deepest_and_the_mildest() -> None:
    words = [plain(sentence) for sentence in drawdowns_finding(found("too_long").comparison)]
    assert words[0] == "Deepest: Jul to Dec 2024, from AVUV-LONDON *-26.2 %* to SPY-LONDON *-14.9 %*."
    assert [line[0] for line in rows(told("too_long"))].count("SPY-LONDON") == 3


def test_the_picture_dates_the_max_drawdown_of_each_and_shades_the_episodes() -> None:
    (picture,) = told("full").pictures
    assert isinstance(picture, UnderwaterChart)
    compared = found("full").comparison
    falls, episodes = compared.falls, compared.episodes
    assert picture.worst == tuple((falls[name][0].trough, falls[name][0].depth) for name in ("ISCB", "SPSM"))
    assert picture.drawdowns.shape == (2, picture.sessions.size)
    assert picture.episodes == tuple((each.start, each.end) for each in episodes[:5])
    assert plain(picture.title) == "Max drawdown ISCB -15.0 %, SPSM -16.3 %"
    assert picture.alt.startswith(picture.title)
    assert told("flat").pictures[0].worst == (None, None)  # type: ignore[union-attr]
