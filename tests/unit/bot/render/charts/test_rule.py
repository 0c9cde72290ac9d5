"""The chart of a rule: what is known stands at its value, what fired is shaded, what is missing is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from bot.render.charts.panels import day
from bot.render.charts.theme import ALARM, COLOURS, HOLLOW, PAPER, PHASES
from tests.pictures import sessions
from tests.unit.bot.render.charts.looking import Drawn, look
from tests.unit.bot.render.charts.rules import PENDING, SPANS, rule_picture, trace, wave

TWO_YEARS = rule_picture()


def level(drawn: Drawn, kind: str, at: int = 0) -> float:
    """Height in pixels from the top of a level line."""
    return float(drawn.artists(kind)[at].get_ydata()[0])


def edges(artist: object) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a rectangle, pixels from the upper left corner."""
    corners = artist.get_xy()  # type: ignore[attr-defined]
    return (*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())


def test_where_it_stands_is_said_first_with_a_shape_and_in_words() -> None:
    drawn = look(TWO_YEARS)
    assert " ".join(drawn.texts("status")).startswith("Firing since 30 Dec 2025")
    assert len(drawn.artists("phase")) == 1
    assert max(box.y0 for box in drawn.boxes("end")) < min(box.y0 for box in drawn.boxes("status"))


def test_phases_differ_in_shape_and_not_by_colour_alone() -> None:
    shapes = {phase: (marker[0], phase in HOLLOW) for phase, (_, marker) in PHASES.items()}
    assert shapes.pop("error") == shapes["no data"]
    assert len(set(shapes.values())) == len(shapes)
    assert look(rule_picture(phase="ok")).artists("phase")[0].get_markerfacecolor() == PAPER


def test_threshold_and_recovery_are_named_at_their_values() -> None:
    drawn = look(TWO_YEARS)
    assert drawn.texts("level") == ["recovery 1.10", "below 1.00"]
    ticks = dict(zip(drawn.texts("value"), drawn.boxes("value"), strict=True))
    one = drawn.figure.bbox.height - (ticks["1.0"].y0 + ticks["1.0"].y1) / 2
    assert level(drawn, "threshold") == pytest.approx(one, abs=5)
    left, top, right, bottom = edges(drawn.artists("band")[0])
    assert (top, bottom) == pytest.approx((level(drawn, "recovery"), level(drawn, "threshold")))
    assert right > left


def test_without_a_recovery_value_there_is_no_band() -> None:
    drawn = look(rule_picture(trace(recovery=None, recovered="", threshold=0.0, breach="below 0.00")))
    assert drawn.artists("band") == []
    assert drawn.texts("level") == ["below 0.00"]


@pytest.mark.parametrize("threshold", [-6.0, 0.99, 40.0])
def test_the_axis_always_holds_the_threshold_and_the_lines(threshold: float) -> None:
    drawn = look(rule_picture(trace(threshold=threshold, recovery=None)))
    upright = [line.get_ydata() for line in drawn.artists("grid") if len(set(line.get_xdata())) == 1]
    top, bottom = upright[0]
    assert top < level(drawn, "threshold") < bottom
    ys = np.concatenate([line.get_ydata() for line in drawn.artists("series")])
    assert top < ys.min() < ys.max() < bottom


def test_the_shades_stand_where_it_fired_and_where_it_was_pending() -> None:
    drawn = look(TWO_YEARS)
    xs = drawn.artists("series")[0].get_xdata()
    days = sessions(504).tolist()
    for kind, spans in (("firing", SPANS), ("pending", PENDING)):
        shaded = [edges(artist) for artist in drawn.artists(kind)]
        assert [span[0] for span in shaded] == pytest.approx([xs[days.index(start)] for start, _ in spans])
        assert [span[2] for span in shaded] == pytest.approx([xs[days.index(end)] for _, end in spans])
    firing, pending = drawn.artists("firing")[0], drawn.artists("pending")[0]
    assert firing.get_alpha() > 2 * pending.get_alpha()
    assert edges(drawn.artists("firing-bar")[0])[1] < edges(drawn.artists("pending-bar")[0])[1]


def test_firing_for_a_single_session_can_be_seen() -> None:
    drawn = look(rule_picture(firing=((date(2026, 1, 16), date(2026, 1, 16)),)))
    left, _, right, _ = edges(drawn.artists("firing")[0])
    assert right - left >= 8


def test_each_firing_is_dated_and_the_key_says_what_the_shades_mean() -> None:
    drawn = look(TWO_YEARS)
    assert sorted(drawn.texts("fired")) == ["triggered 3 Mar 2025", "triggered 30 Dec 2025"]
    assert drawn.texts("key") == ["triggered", "waiting"]
    assert look(rule_picture(firing=(), pending=())).texts("key") == []


def test_a_date_that_would_touch_a_newer_one_is_left_out() -> None:
    close = ((date(2025, 12, 1), date(2025, 12, 8)), SPANS[1])
    assert look(rule_picture(firing=close)).texts("fired") == ["triggered 30 Dec 2025"]


def test_what_fires_from_the_first_session_on_has_no_date() -> None:
    first = sessions(504)[0].item()
    assert look(rule_picture(firing=((first, date(2024, 6, 3)),))).texts("fired") == []


def test_the_day_the_rule_was_set_is_marked_and_explained() -> None:
    drawn = look(rule_picture(made=date(2025, 7, 1)))
    assert drawn.texts("key")[-1] == "set 1 Jul 2025; before: as it would have triggered"
    x = drawn.artists("made")[0].get_xdata()[0]
    days = sessions(504).tolist()
    assert x == pytest.approx(drawn.artists("series")[0].get_xdata()[days.index(date(2025, 7, 1))])
    assert look(TWO_YEARS).artists("made") == []


def test_lines_are_named_at_their_ends_in_their_colours() -> None:
    drawn = look(TWO_YEARS)
    ends = {words.text.split("\u00a0")[0]: words.colour for words in drawn.words if words.kind == "end"}
    assert ends == {"ISCB": COLOURS[0], "SPSM": COLOURS[1]}
    assert [line.get_color() for line in drawn.artists("series")] == [COLOURS[1], COLOURS[0]]
    assert {words.colour for words in drawn.words if words.text == "below 1.00"} == {ALARM}


def test_a_gap_is_left_open_and_a_lone_value_is_a_dot() -> None:
    lines = wave(1, 504)
    lines[0, 100:120] = lines[0, 121:130] = np.nan
    drawn = look(rule_picture(trace(lines)))
    assert np.flatnonzero(np.isnan(drawn.artists("series")[0].get_ydata())).size == 29
    assert len(drawn.artists("alone")) == 1


def test_a_value_that_is_not_the_last_session_s_says_its_day() -> None:
    lines = wave(2, 504)
    lines[0, -3:] = np.nan
    drawn = look(rule_picture(trace(lines), phase="no data"))
    assert drawn.texts("stale") == ["13 Jan 2026"]
    first, second = sorted(float(dot.get_xdata()[0]) for dot in drawn.artists("end-dot"))
    assert first < second


def test_a_line_without_any_value_is_not_available() -> None:
    lines = np.vstack([np.full((1, 504), np.nan), wave(1, 504)])
    drawn = look(rule_picture(trace(lines, ends=("ISCB n/a", "SPSM 0.87"))))
    assert "ISCB n/a" in drawn.texts("end")
    assert len(drawn.artists("end-dot")) == 1


def test_a_few_values_far_off_are_cut_and_told() -> None:
    lines = wave(2, 504)
    lines[0, 300:304] = [4.0, 12.31, 9.0, 3.0]
    drawn = look(rule_picture(trace(lines)))
    when = sessions(504)[301].item()
    assert drawn.texts("beyond") == [f"12.31 on {when.day} {when:%b %Y}"]
    own = drawn.artists("series")[1]
    assert own.get_clip_box() is not None
    assert np.nanmin(own.get_ydata()) < level(drawn, "threshold") - 500
    assert max(float(name) for name in drawn.texts("value")) < 4


def test_a_value_that_explodes_now_is_not_cut() -> None:
    lines = wave(1, 504)
    lines[0, -1] = 12.31
    drawn = look(rule_picture(trace(lines, ends=("ISCB 12.31",))))
    assert drawn.texts("beyond") == []
    assert drawn.texts("value")[-1] in {"10", "12"}


def test_several_conditions_stand_above_each_other_under_common_shades() -> None:
    captions = ("ISCB Sortino 1y", "ISCB drawdown 1y", "ISCB - SPSM return 1y")
    fall = trace(wave(2, 504, -0.3, 0.0), caption=captions[1], tick="percent", threshold=-0.15, recovery=None)
    gap = trace(wave(1, 504, -0.02, 0.08), caption=captions[2], tick="points", threshold=0.0, recovery=None)
    drawn = look(rule_picture(trace(caption=captions[0]), fall, gap))
    assert drawn.texts("caption") == list(captions)
    assert len(drawn.artists("firing")) == 3 * len(SPANS)
    assert len({edges(artist)[0] for artist in drawn.artists("firing")}) == len(SPANS)
    assert len(drawn.artists("firing-bar")) == len(SPANS)
    assert any(name.endswith("%") for name in drawn.texts("value"))
    assert any(name.endswith("pp") for name in drawn.texts("value"))


def test_a_fact_is_a_line_in_steps() -> None:
    held = trace(np.array([[14e9, 14e9, 9.4e9]]), tick="money", threshold=1e10, recovery=None, steps=True)
    drawn = look(rule_picture(held, firing=(), pending=()))
    assert drawn.artists("series")[0].get_drawstyle() == "steps-post"
    assert "10 bn" in drawn.texts("value")


def test_simulated_prices_say_so() -> None:
    assert look(rule_picture(simulated=True)).texts("tag") == ["SAMPLE DATA"]


def test_the_time_axis_ends_with_the_last_session() -> None:
    drawn = look(TWO_YEARS)
    xs = drawn.artists("series")[0].get_xdata()
    share = (xs[-1] - xs[0]) / (day(date(2026, 1, 16)) - day(sessions(504)[0].item()))
    assert xs[10] - xs[0] == pytest.approx(
        share * (day(sessions(504)[10].item()) - day(sessions(504)[0].item()))
    )


def test_a_rule_without_a_quantity_is_refused() -> None:
    with pytest.raises(ValueError, match="one quantity or more; given: none"):
        look(replace(TWO_YEARS, traces=()))
