"""What studies of fund facts are tried on: the sample market, funds without facts, six with long names."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

from analytics import FundProfile, compare
from analytics.fund import Fact, SectorWeights
from analytics.notes import Note, NoteKind
from bot.clock import FixedClock
from bot.market.calendar import ExchangeCalendar
from bot.market.sample import SampleMarket
from bot.render.sections.page import SectionAnswer
from tests.unit.bot.render.sections.worlds import (
    LONG_NAMES,
    PROFILES,
    SHORT,
    SYMBOLS,
    ask,
    comparison,
    market,
    panel,
    some_sectors,
    two_taxonomies,
    walks,
)

ANN = "U0ANN"
FRIDAY = date(2026, 1, 16)
_NO_ANSWER = {"cause": "no answer"}


@cache
def sample(*symbols: str, benchmark: str | None = None) -> SectionAnswer:
    """Funds of the sample market over a year, asked on a Saturday in January 2026."""
    made_up = SampleMarket(ExchangeCalendar(), FixedClock(datetime(2026, 1, 17, 12, tzinfo=UTC)))
    query = ask(*symbols, benchmark=benchmark)
    history = asyncio.run(made_up.history(query.priced, FRIDAY))
    profiles = asyncio.run(made_up.profiles(symbols))
    notes = (*history.notes, *profiles.notes)
    return SectionAnswer(compare(history.panel, profiles.by_symbol, query), notes, ANN)


def few(
    *symbols: str, profiles: Mapping[str, FundProfile] = PROFILES, benchmark: str | None = None
) -> SectionAnswer:
    """Made-up funds over a year, with these profiles."""
    held = market(symbols, count=SHORT)
    return SectionAnswer(comparison(*symbols, held=held, profiles=profiles, benchmark=benchmark), (), ANN)


def partial() -> SectionAnswer:
    """Of two funds one has no facts at all, and the source said why."""
    held = market(("ISCB", "SPSM"), count=SHORT, volume=False)
    told = (Note(NoteKind.NO_PROFILE, "ISCB", _NO_ANSWER),)
    return SectionAnswer(comparison(held=held, profiles={"SPSM": PROFILES["SPSM"]}), told, ANN)


def dark() -> SectionAnswer:
    """Nothing is known of either fund but prices."""
    held = market(("ISCB", "SPSM"), count=SHORT, volume=False)
    return SectionAnswer(
        comparison(held=held, profiles={}), (Note(NoteKind.NO_PROFILE, "SPSM", _NO_ANSWER),), ANN
    )


def long() -> SectionAnswer:
    """Six funds with the longest names, the second one without weights, in sectors with long names."""
    held = panel(dict(zip(LONG_NAMES, walks(SHORT), strict=True)), simulated=True)
    named = {
        name: replace(PROFILES[symbol], symbol=name, sectors=_wordy(PROFILES[symbol]))
        for name, symbol in zip(LONG_NAMES, SYMBOLS, strict=True)
    }
    named[LONG_NAMES[1]] = replace(named[LONG_NAMES[1]], sectors=None)
    return SectionAnswer(comparison(*LONG_NAMES, held=held, profiles=named), (), ANN)


def mixed() -> SectionAnswer:
    """Two funds whose sectors follow two taxonomies."""
    return SectionAnswer(two_taxonomies(), (), ANN)


def holed() -> SectionAnswer:
    """Three funds, the one in the middle without weights and holdings."""
    return SectionAnswer(some_sectors(), (), ANN)


def _wordy(profile: FundProfile) -> Fact[SectorWeights] | None:
    fact = profile.sectors
    if fact is None:
        return None
    longer = {f"{name} and related businesses": weight for name, weight in fact.value.weights.items()}
    return Fact(SectorWeights(fact.value.taxonomy, longer), fact.source, fact.as_of)
