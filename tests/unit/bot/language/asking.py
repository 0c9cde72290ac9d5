"""Questions about funds as hypothesis makes them: all studies, funds, changes and options."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import strategies as st

from analytics.measures import MEASURES
from analytics.mixes import CASH, Component, Mix, Rebalancing
from analytics.switch import NO_TERMS, SwitchTerms
from bot.language import MOST_SYMBOLS, FollowUp
from bot.language.thread_words import TAKEN
from bot.model import Section
from bot.sections import TOPICS
from tests.unit.bot.language.making import RATES, WINDOWS
from tests.unit.bot.language.making import SYMBOLS as ANY_SYMBOLS

TODAY = date(2026, 1, 20)
SYMBOLS = ANY_SYMBOLS | st.sampled_from(
    [
        *(
            "COST",
            "RISK",
            "DAILY",
            "WEEKYL",
            "SECTRS",
            "ABCDEFG",
            "ADD",
            "PLUS",
            "NO",
            "A",
            "S",
            "I",
            "ON",
            "ALL",
        ),
        *(
            "HELP",
            "CSV",
            "SIZE",
            "25M",
            "SIZE=X",
            "TEN",
            "TOP",
            "10",
            "FIVE",
            "ORDER",
            "WATCHPOINT",
            "SORTINOO",
        ),
        *(word.upper() for word in sorted(TAKEN) if word.isalpha() and len(word) <= 12),
    ]
).filter(lambda symbol: not symbol.isdigit())


@st.composite
def mixes(draw: st.DrawFn) -> str:
    """Mixes of two to five funds, perhaps with cash, whose percentages come to 100."""
    cuts = sorted(draw(st.sets(st.integers(1, 999), min_size=1, max_size=4)))
    parts = [later - before for before, later in pairwise([0, *cuts, 1000])]
    names = [f"F{at}" for at in range(len(parts))]
    if draw(st.booleans()):
        names[-1] = CASH
    components = tuple(Component(name, part / 10) for name, part in zip(names, parts, strict=True))
    return Mix(components, draw(st.sampled_from(Rebalancing))).symbol


MIXES = mixes()
SYMBOLS = SYMBOLS | MIXES
AMOUNTS = st.sampled_from([25e6, 1.0, 1500.0, 1e12, 2.5e9, 123_456_789.0]) | st.integers(1, 10**12).map(float)


def symbols(least: int, most: int) -> st.SearchStrategy[list[str]]:
    """Different symbols."""
    return st.lists(SYMBOLS, min_size=least, max_size=most, unique=True)


COSTS = st.integers(0, 20_000).map(lambda tenths: tenths / 1e6)
"""Up to 2 %, in hundredths of a basis point."""
SIDES = st.lists(COSTS, max_size=2).map(tuple)
SHARES = st.integers(0, 1000).map(lambda permille: permille / 1000)
TERMS = st.builds(
    SwitchTerms,
    spreads=SIDES,
    commissions=SIDES,
    creations=SIDES,
    tax=st.none() | st.tuples(SHARES, SHARES),
    edge=st.none() | COSTS,
)


@st.composite
def follow_ups(draw: st.DrawFn) -> FollowUp:
    """Whatever can be asked."""
    section = draw(st.sampled_from(list(Section)))
    versus = draw(st.none() | SYMBOLS)
    pair = section is Section.COMPARE or (section.needs_two and versus is None)
    named = draw(st.just([]) | symbols(2 if pair else 1, MOST_SYMBOLS - 1))
    changed = [] if named else draw(symbols(0, MOST_SYMBOLS - 1))
    cut = draw(st.integers(0, len(changed)))
    as_of = draw(st.none() | st.dates(date(2020, 1, 1), TODAY))
    window = draw(st.none() | WINDOWS)
    if window and window.start and window.start >= (as_of or TODAY):
        window = None
    amount = draw(st.none() | AMOUNTS) if section.takes_size else None
    return FollowUp(
        section=section,
        symbols=tuple(named),
        add=tuple(changed[:cut]),
        without=tuple(changed[cut:]),
        window=window,
        versus=versus,
        rate=draw(st.none() | RATES),
        as_of=as_of,
        weekly=draw(st.none() | st.booleans()),
        amount=amount,
        currency=draw(st.sampled_from(["", "$", "USD", "EUR", "CHF"])) if amount else "",
        terms=draw(TERMS) if section.takes_terms else NO_TERMS,
        measure=draw(st.sampled_from(sorted({*MEASURES, *TOPICS}))) if section is Section.EXPLAIN else "",
    )
