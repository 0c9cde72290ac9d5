"""The falls of each fund: depth, dates, days, recovery; and how far below the high it is now."""

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


def test_a_fall_has_its_dates_and_calendar_days() -> None:
    message = drawdowns_section(of(ISCB=path(100, 90, 95, 101, 101)))
    assert rows(message) == [
        ["Fund", "Fall", "High to low", "Recovered"],
        ["ISCB", "-10.0 %", "12 Jan 2026 to 13 Jan 2026, 1 day", "15 Jan 2026, 2 days"],
    ]
    assert plain(message.blocks[1]["text"]["text"]) == (
        "ISCB's worst fall was *-10.0 %* from 12 Jan 2026 to 13 Jan 2026, recovered on 15 Jan 2026.\n"
        "On 16 Jan 2026 ISCB is at its high."
    )


def test_what_did_not_come_back_says_so() -> None:
    message = drawdowns_section(of(ISCB=path(100, 90, 95, 96, 97)))
    assert rows(message)[1][3] == "not recovered"
    said = plain(message.text)
    assert "not recovered by 16 Jan 2026" in said
    assert "Below the high on 16 Jan 2026: ISCB 3.0 %." in said


def test_at_most_five_falls_of_each_the_deepest_first() -> None:
    wave = path(*[100 + at - (8 - at) * (at % 2) for at in range(8)], 108, 100, 109, 90, 110, 80, 111)
    cells = [line for line in rows(drawdowns_section(of(ISCB=wave))) if line[0] == "ISCB"]
    assert len(cells) == 5
    depths = [float(line[1].split()[0]) for line in cells]
    assert depths == sorted(depths)


def test_a_fund_at_its_high_is_named_beside_one_that_is_below() -> None:
    words = [
        plain(sentence)
        for sentence in drawdowns_finding(of(A=path(100, 90, 101), B=path(100, 90, 95)).comparison)
    ]
    assert words[-1] == "Below the high on 16 Jan 2026: B 5.0 %, A at the high."


def test_a_fund_that_never_fell_has_no_line() -> None:
    message = drawdowns_section(of(A=path(100, 101, 102), B=path(100, 90, 101)))
    assert {line[0] for line in rows(message)[1:]} == {"B"}
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
    assert words[0].startswith("Of the worst falls AVUV-LONDON's was the deepest: *-26.5 %* from")
    assert words[1].startswith("SPY-LONDON's was the mildest: *-15.6 %* from")
    assert len(rows(told("too_long"))) == 1 + 6 * 5


def test_the_picture_dates_the_worst_fall_of_each() -> None:
    (picture,) = told("full").pictures
    assert isinstance(picture, UnderwaterChart)
    falls = found("full").comparison.falls
    assert picture.worst == tuple((falls[name][0].trough, falls[name][0].depth) for name in ("ISCB", "SPSM"))
    assert picture.drawdowns.shape == (2, picture.sessions.size)
    assert "worst fall" in picture.alt
    assert told("flat").pictures[0].worst == (None, None)  # type: ignore[union-attr]
