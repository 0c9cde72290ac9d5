"""What studies of prices are tried on: questions with their panels, in every mood an answer can have."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from analytics import FundProfile, PricePanel, Query, compare
from analytics.comparison import Comparison
from analytics.correlations import CorrelationMatrix, correlate
from analytics.explain import Explanation, explain
from analytics.months import MonthlyGrid, monthly_grid
from analytics.rolling import RollingMeasures, roll_measures
from bot.render import limits
from bot.render.fit import fit
from bot.render.message import Message
from bot.render.sections.page import SectionAnswer
from bot.render.text import NBSP
from tests.unit.bot.render.sections.reading import as_read, cells
from tests.unit.bot.render.sections.worlds import (
    LONG,
    LONG_NAMES,
    PROFILES,
    SHORT,
    SYMBOLS,
    ask,
    market,
    panel,
    walks,
)
from tests.violations import violations

ANN = "U0ANN"


@dataclass(frozen=True, eq=False)
class Asked:
    """A question with the prices and facts it is answered from."""

    held: PricePanel
    question: Query
    profiles: Mapping[str, FundProfile]

    @property
    def comparison(self) -> Comparison:
        """Computed anew each time; see `found`."""
        return compare(self.held, self.profiles, self.question)


def on(*symbols: str, held: PricePanel | None = None, bare: str = "", **parts: object) -> Asked:
    """A question over the made-up market, a year of two by default.  bare : a symbol without a profile"""
    query = ask(*(symbols or SYMBOLS[:2]), **parts)  # type: ignore[arg-type]
    profiles = {symbol: profile for symbol, profile in PROFILES.items() if symbol != bare}
    return Asked(market(query.priced) if held is None else held, query, profiles)


def partial() -> Asked:
    """Three years asked; of two funds one is two years old and has no profile."""
    levels = walks(LONG)[[0, 1]].copy()
    levels[0, : LONG - 520] = np.nan
    return on(held=panel({"ISCB": levels[0], "SPSM": levels[1]}), bare="ISCB", window="3y")


def too_long() -> Asked:
    """Six funds with the longest names, over dates, with simulated prices."""
    held = panel(dict(zip(LONG_NAMES, walks(LONG), strict=True)), simulated=True)
    return on(*LONG_NAMES, held=held, window="2021-03-19..2024-12-31", benchmark=LONG_NAMES[-1])


def flat() -> Asked:
    """Prices that never move."""
    return on(held=panel({"ISCB": np.full(SHORT, 100.0), "SPSM": np.full(SHORT, 100.0)}))


MOODS: Mapping[str, Callable[[], Asked]] = {
    "full": on,
    "partial": partial,
    "nothing": lambda: on(held=market(SYMBOLS[:2], count=9), window="max"),
    "too_long": too_long,
    "one": lambda: on("ISCB"),
    "three": lambda: on(*SYMBOLS[:3], window="5y", market=True),
    "weekly": lambda: on(weekly=True),
    "outside": lambda: on(benchmark="SPY", window="3y"),
    "flat": flat,
}


@cache
def asked(mood: str) -> Asked:
    """The question of that mood."""
    return MOODS[mood]()


@cache
def found(mood: str) -> SectionAnswer:
    """Its comparison, computed once."""
    return SectionAnswer(asked(mood).comparison, (), ANN)


def rolling_of(mood: str) -> RollingMeasures:
    """Its rolling figures."""
    return roll_measures(asked(mood).held, asked(mood).question)


def correlations_of(mood: str) -> CorrelationMatrix:
    """Its correlations."""
    return correlate(asked(mood).held, asked(mood).question)


def months_of(mood: str) -> MonthlyGrid:
    """Its months."""
    return monthly_grid(asked(mood).held, asked(mood).question)


def working_of(mood: str, measure: str) -> Explanation:
    """How one of its measures comes about."""
    return explain(asked(mood).held, asked(mood).question, measure)


def plain(words: str) -> str:
    """With ordinary spaces."""
    return words.replace(NBSP, " ")


def rows(message: Message) -> list[list[str]]:
    """The table's cells without marks; empty where there is no table."""
    tables = [block for block in message.blocks if block["type"] == "table"]
    return [[plain(cell).strip("*") for cell in row] for table in tables for row in cells(table)]


def row(message: Message, label: str) -> list[str]:
    """The cells right of a label; the first of that name."""
    return next(cells for first, *cells in rows(message) if first == label)


def read(message: Message) -> str:
    """As people read it."""
    return as_read(message)


def assert_sound(message: Message) -> None:
    """Within Slack's limits as it is, four columns, two pictures with a slot each, text without markup."""
    assert violations(message.blocks) == []
    assert fit(message) == message
    assert len(message.text) <= limits.FALLBACK_TEXT
    assert len(message.pictures) <= 2
    slots = [block["slot"] for block in message.blocks if "slot" in block]
    assert slots == [picture.name for picture in message.pictures]
    assert all(len(cells) <= 4 for cells in rows(message))
    assert message.text.startswith(message.blocks[0]["text"]["text"])
    assert not set("*_`~<>") & set(message.text)
    assert not re.search(r"\b(?:nan|None|inf)\b", as_read(message))
    for picture in message.pictures:
        assert picture.alt.startswith("Sample data.") == picture.simulated
        assert picture.alt.endswith(".")
