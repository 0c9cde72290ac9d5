"""The chart of a rule's past: shaded where it would have fired, a strip for each setting."""

from __future__ import annotations

import pytest

from bot.render.chart_specs import Strip
from bot.render.charts import draw
from tests.unit.bot.render.charts.looking import look
from tests.unit.bot.render.charts.rules import SPANS, past_picture

PAST = past_picture()


def test_the_rule_s_own_spans_are_shaded() -> None:
    drawn = look(PAST)
    assert len(drawn.artists("firing")) == len(SPANS)
    assert drawn.artists("pending") == []


def test_each_setting_has_a_strip_with_its_spans_and_its_count() -> None:
    drawn = look(PAST)
    assert drawn.texts("strip") == [strip.words for strip in PAST.strips]
    assert len(drawn.artists("strip-ground")) == 2
    bars = [artist.get_xy() for artist in drawn.artists("strip-bar")]
    shades = [artist.get_xy() for artist in drawn.artists("firing")]
    assert [bar[:, 0].min() for bar in bars] == [shade[:, 0].min() for shade in (*shades, shades[0])]
    assert bars[2][:, 1].min() > bars[0][:, 1].max()


def test_what_never_fired_has_an_empty_strip() -> None:
    drawn = look(past_picture(strips=(Strip("Confirmed for 5 sessions: not once", ()),)))
    assert len(drawn.artists("strip-ground")) == 1
    assert drawn.artists("strip-bar") == drawn.artists("firing") == []


@pytest.mark.slow
def test_the_same_past_is_the_same_bytes() -> None:
    assert draw(PAST) == draw(past_picture())
