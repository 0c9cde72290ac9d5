"""What answers about gaps are tried on: questions with their prices, in every mood an answer can have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache, partial
from unittest.mock import patch

import numpy as np

from analytics.evidence import gaps
from analytics.evidence.edge import WINDOWS, Edge, find_edge, window_evidence
from analytics.evidence.intervals import resample
from bot.render.evidence.edge import edge_section
from bot.render.evidence.edge_finding import EdgeView
from bot.render.evidence.explain_edge import explain_edge_section
from bot.render.message import Message
from bot.render.sections.page import SectionAnswer
from tests.unit.bot.render.sections.doubted import DOUBTED
from tests.unit.bot.render.sections.prices import ANN, MOODS, Asked, on
from tests.unit.bot.render.sections.worlds import LONG, PROFILES, panel, walks


def twins(noise: float) -> Asked:
    """Two share classes: one walk, and the same with as much noise of its own a day."""
    one = walks(LONG)[0]
    steps = np.random.default_rng(3).normal(0.0, noise, LONG) if noise else np.zeros(LONG)
    return on(held=panel({"ISCB": one, "SPSM": one * np.exp(steps)}), window="3y")


def apart() -> Asked:
    """A fund that goes its way, and one that gains as much with a third of the swings."""
    drawn = np.random.default_rng(5)
    one = 100 * np.exp(np.cumsum(drawn.normal(0.00005, 0.02, LONG)))
    other = 100 * np.exp(np.cumsum(drawn.normal(0.0008, 0.003, LONG)))
    return on(held=panel({"ISCB": one, "SPSM": other}), window="3y")


def lost_window() -> Asked:
    """The second fund is six years old."""
    levels = walks(LONG)[[0, 1]].copy()
    levels[1, : LONG - 6 * 261] = np.nan
    return on(held=panel({"ISCB": levels[0], "SPSM": levels[1]}))


def doubtful(name: str) -> Asked:
    spoilt = DOUBTED[name]()
    return Asked(spoilt.held, spoilt.question, PROFILES)


EDGES: Mapping[str, Callable[[], Asked]] = {
    **MOODS,
    "no_regime": lambda: on("SPSM", "AVUV", window="5y"),
    "lost_window": lost_window,
    "benchmark": lambda: on("ISCB", benchmark="SPY"),
    "few": lambda: on(window="3m"),
    "own_window": lambda: on(window="2020"),
    "regime": lambda: on(window="since 2021-03-19"),
    "twins": lambda: twins(0.0),
    "near_twins": lambda: twins(0.00005),
    "apart": apart,
    "doubt_unit": lambda: doubtful("unit"),
    "doubt_crash": lambda: doubtful("crash"),
    "doubt_old": lambda: doubtful("old"),
    "doubt_old_of_six": lambda: doubtful("old_of_six"),
    "doubt_bill": lambda: doubtful("bill"),
    "doubt_lacking": lambda: doubtful("lacking_for_ten_years"),
    "doubt_benchmark": lambda: doubtful("unit_of_the_benchmark"),
    "early": lambda: on(as_of=date(2021, 12, 31)),
}

DRAWINGS = 500
"""Of each sample: the words are the matter here, the oracles weigh the figures."""


@cache
def asked(mood: str) -> Asked:
    """The question of that mood."""
    return EDGES[mood]()


@cache
def found(mood: str) -> SectionAnswer:
    """Its comparison, computed once."""
    return SectionAnswer(asked(mood).comparison, (), ANN)


@cache
def weighed(mood: str) -> Edge:
    """Its rows, as the use case puts them together."""
    held, query, profiles = asked(mood).held, asked(mood).question, asked(mood).profiles
    with patch.object(gaps, "resample", partial(resample, count=DRAWINGS)):
        edge = find_edge(held, profiles, query)
        own = None if query.window.label in WINDOWS else window_evidence(held, profiles, query)
    return replace(edge, rows=(*own.rows, *edge.rows)) if own else edge


def view(mood: str) -> EdgeView:
    """Its rows sorted."""
    return EdgeView(found(mood).comparison, weighed(mood))


@cache
def edge_of(mood: str) -> Message:
    """Its answer."""
    return edge_section(found(mood), weighed(mood))


@cache
def explained(mood: str) -> Message:
    """Its explanation."""
    return explain_edge_section(found(mood), weighed(mood))
