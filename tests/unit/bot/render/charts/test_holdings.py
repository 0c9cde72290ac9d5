"""The picture of the largest positions: bars to one scale, shared ones set off, nothing cut or covered."""

from __future__ import annotations

import pytest

from bot.render.chart_specs import HoldingsChart, PositionStack
from bot.render.charts import draw
from bot.render.charts.exposures import NOT_KNOWN, PALE
from bot.render.charts.theme import COLOURS, FINE, MARGIN, WIDTH
from tests.unit.bot.render.charts.looking import Drawn, look

NAMES = ("ISCB", "SPSM", "IWM", "AVUV", "IJR", "DFAS")


def stack(
    symbol: str = "ISCB", *weights: float, shared: frozenset[int] = frozenset(), name: str = "A"
) -> PositionStack:
    """A fund of these weights in percent."""
    fractions = tuple(weight / 100 for weight in weights)
    marks = tuple(rank in shared for rank in range(len(weights)))
    total = f"{sum(weights):.1f} % in the ten largest" if weights else ""
    return PositionStack(
        symbol, fractions, marks, total, tuple(f"{name} {weight:.2f} %" for weight in weights[:3])
    )


def picture(*stacks: PositionStack, simulated: bool = False) -> HoldingsChart:
    symbols = " vs ".join(one.symbol for one in stacks)
    return HoldingsChart(
        title=f"{symbols}: largest positions",
        subtitle="Percent of net assets, the largest position first",
        footer="positions in percent of net assets · issuer, 2026-01-15",
        alt="Positions.",
        stacks=stacks,
        simulated=simulated,
    )


def bars(drawn: Drawn, kind: str) -> list[tuple[float, float]]:
    """Left and right edge of every position of a kind."""
    xs = [bar.get_xy()[:, 0] for bar in drawn.artists(kind)]
    return [(float(x.min()), float(x.max())) for x in xs]


TEN = tuple(8 * 0.8**rank for rank in range(10))
ALL = {
    "one": picture(stack("ISCB", *TEN)),
    "pair": picture(stack("ISCB", *TEN, shared=frozenset({0, 4})), stack("SPSM", *TEN), simulated=True),
    "six": picture(*(stack(name, *TEN) for name in NAMES), simulated=True),
    "small beside large": picture(stack("ISCB", *(0.3,) * 10), stack("QQQ", *(7.0,) * 10)),
    "unknown": picture(stack("ISCB"), stack("SPSM", *TEN), stack("^TNX")),
    "nothing known": picture(stack("ISCB"), stack("SPSM")),
    "one position": picture(stack("GLD", 100.0)),
    "long names": picture(
        stack("AVUV-LONDON", *TEN, name="A very long name of a company " * 3), simulated=True
    ),
}


@pytest.mark.parametrize("shown", ALL.values(), ids=ALL.keys())
def test_texts_are_whole_apart_and_large_enough(shown: HoldingsChart) -> None:
    drawn = look(shown)
    assert drawn.outside() == []
    assert drawn.overlaps() == []
    assert min(words.size for words in drawn.words) >= FINE


@pytest.mark.parametrize("shown", ALL.values(), ids=ALL.keys())
def test_simulated_data_say_so_twice_and_real_data_never(shown: HoldingsChart) -> None:
    drawn = look(shown)
    said = drawn.texts("watermark") + drawn.texts("tag")
    assert said == (["SAMPLE DATA", "SAMPLE DATA"] if shown.simulated else [])


def test_a_position_begins_where_the_one_before_ends_and_is_as_long_as_its_weight() -> None:
    edges = bars(look(picture(stack("ISCB", 4, 2, 1, 1))), "alone")
    assert edges[0][0] == MARGIN
    starts = [left for left, _ in edges]
    unit = (WIDTH - 2 * MARGIN) / 8
    assert starts == pytest.approx([MARGIN, MARGIN + 4 * unit, MARGIN + 6 * unit, MARGIN + 7 * unit])
    assert all(right < after for (_, right), after in zip(edges, starts[1:], strict=False))


def test_all_funds_share_one_scale() -> None:
    drawn = look(picture(stack("ISCB", 1, 1), stack("QQQ", 5, 5)))
    small, _, large, _ = bars(drawn, "alone")
    assert (large[1] - large[0] + 4) / (small[1] - small[0] + 4) == pytest.approx(5, rel=0.02)
    assert drawn.texts("tick")[0] == "0.0 %"


def test_shared_positions_have_the_full_colour_and_others_are_pale() -> None:
    drawn = look(
        picture(stack("ISCB", 4, 3, 2, shared=frozenset({1})), stack("SPSM", 3, 1, shared=frozenset({0})))
    )
    assert len(drawn.artists("shared")) == 2
    assert {bar.get_alpha() for bar in drawn.artists("shared")} == {1.0}
    assert {bar.get_alpha() for bar in drawn.artists("alone")} == {PALE}
    assert len(drawn.artists("alone")) == 3


def test_where_nothing_can_be_shared_nothing_is_pale() -> None:
    assert {bar.get_alpha() for bar in look(ALL["one"]).artists("alone")} == {1.0}
    assert {bar.get_alpha() for bar in look(ALL["unknown"]).artists("alone")} == {1.0}


def test_each_fund_is_named_in_its_colour_with_its_total() -> None:
    drawn = look(ALL["six"])
    named = {words.text: words.colour for words in drawn.words if words.kind == "symbol"}
    assert named == dict(zip(NAMES, COLOURS, strict=True))
    assert drawn.texts("total") == [f"{sum(TEN):.1f} % in the ten largest"] * 6


def test_a_fund_without_positions_says_so_and_takes_less_room() -> None:
    drawn = look(ALL["unknown"])
    assert drawn.texts("total").count(NOT_KNOWN) == 2
    known = look(picture(*(stack(name, *TEN) for name in NAMES[:3])))
    assert drawn.figure.bbox.height < known.figure.bbox.height - 200


@pytest.mark.parametrize(
    ("name", "keys"), [("one", 0), ("unknown", 0), ("nothing known", 0), ("pair", 2), ("six", 2)]
)
def test_the_key_stands_where_positions_can_be_shared(name: str, keys: int) -> None:
    assert len(look(ALL[name]).texts("key")) == keys


def test_as_many_names_stand_below_as_fit() -> None:
    assert look(picture(stack("ISCB", 4, 3, 2))).texts("names") == ["A 4.00 % · A 3.00 % · A 2.00 %"]
    (names,) = look(ALL["long names"]).texts("names")
    assert names.endswith("…")


def test_it_is_drawn_like_every_other_picture() -> None:
    assert draw(ALL["one position"]).startswith(b"\x89PNG")
