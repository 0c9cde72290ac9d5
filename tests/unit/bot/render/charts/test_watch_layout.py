"""Charts of rules, whatever is drawn: texts inside the picture, apart, large enough for a phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from bot.render.chart_specs import ChartSpec
from bot.render.charts.theme import FINE
from tests.unit.bot.render.charts.looking import look
from tests.unit.bot.render.charts.rules import cell, overview, past_picture, rule_picture, trace, wave

LONG = ("005930.KS\u00a01,234.56", "ABCDEFGH.XY\u00a0-1,234.56")


def lines_of(value: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.full((2, 504), value)


def exploding() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    lines = wave(2, 504)
    lines[0, 300:304], lines[1, 500] = [4.0, 12.31, 9.0, 3.0], -40.0
    return lines


FALL = trace(
    wave(2, 504, -0.3, 0.0), caption="ISCB drawdown 1y", tick="percent", threshold=-0.15, recovery=-0.135
)
GAP = trace(
    wave(1, 504, -0.02, 0.08), caption="ISCB - SPSM return 1y", tick="points", threshold=0.0, recovery=None
)
STATUS = "Not readable, kept as quiet · no prices of 005930.KS and ABCDEFGH.XY at all; " * 3

RULES = {
    "firing": rule_picture(),
    "sample": rule_picture(simulated=True),
    "nothing fired": rule_picture(firing=(), pending=(), phase="ok", status="Quiet"),
    "set in between": rule_picture(made=rule_picture().sessions[250].item()),
    "set just now": rule_picture(made=rule_picture().sessions[-1].item()),
    "all alike": rule_picture(trace(lines_of(1.0))),
    "nothing known": rule_picture(trace(lines_of(np.nan), ends=("ISCB n/a", "SPSM n/a"))),
    "far threshold": rule_picture(trace(threshold=-60.0, recovery=-54.0)),
    "exploding": rule_picture(trace(exploding())),
    "long names": rule_picture(trace(ends=LONG), title="R12345: 005930.KS weekly tracking error 1y"),
    "long status": rule_picture(status=STATUS, phase="error"),
    "three conditions": rule_picture(trace(caption="ISCB Sortino 1y"), FALL, GAP),
    "six conditions": rule_picture(*[replace(FALL, caption=f"Condition {n}") for n in range(6)]),
    "two sessions": rule_picture(trace(wave(2, 2))),
    "one session": rule_picture(trace(wave(1, 1)), firing=(), pending=()),
    "many firings": rule_picture(
        firing=tuple((day, day + timedelta(days=3)) for day in rule_picture().sessions[::20].tolist())
    ),
}
PASTS = {
    "past": past_picture(),
    "past, sample": past_picture(simulated=True),
    "past, three conditions": past_picture(trace(wave(2, 504), caption="ISCB Sortino 1y"), FALL, GAP),
}
OVERVIEWS = {
    **{f"{count} rules": overview(*map(cell, range(1, count + 1))) for count in (1, 2, 5, 12)},
    "more rules": overview(*map(cell, range(12)), more=5, simulated=True),
    "long words": overview(
        *(
            cell(
                12345 + n,
                quantity="ABCDEFGH.XY - 005930.KS weekly tracking error 10y",
                status="firing since 30 Dec 2025, again since 2 Jan 2026, acknowledged",
                value="-1,234.56",
                breach="at or below -1,234.5678",
            )
            for n in range(3)
        )
    ),
}

ALL: dict[str, ChartSpec] = {**RULES, **PASTS, **OVERVIEWS}


@pytest.mark.slow
@pytest.mark.parametrize("picture", ALL.values(), ids=ALL.keys())
def test_texts_are_whole_apart_and_large_enough(picture: ChartSpec) -> None:
    drawn = look(picture)
    assert drawn.outside() == []
    assert drawn.overlaps() == []
    assert min(words.size for words in drawn.words) >= FINE
