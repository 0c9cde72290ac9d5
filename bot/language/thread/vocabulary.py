"""Words that mean something in a conversation, in lower case; a fund that is called like one needs a `$`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from analytics.measures import MEASURES as COMPUTED
from bot.language.english import IDLE
from bot.language.options import FILLERS as EVERYWHERE
from bot.language.options import OPENERS, PACES
from bot.language.rule.vocabulary import MEASURES
from bot.model import Section

STUDIES: Mapping[Section, tuple[str, ...]] = {
    Section.COMPARE: ("compare", "comparison", "side by side"),
    Section.SECTORS: (
        *("sectors", "sector", "industries", "industry", "allocation", "allocations", "exposure"),
        *("exposures", "sector weights", "sector weight", "sector breakdown", "sector allocation"),
        *("sector exposure", "industry breakdown", "breakdown", "weights", "active weights"),
    ),
    Section.HOLDINGS: (
        *("holdings", "holding", "positions", "position", "constituents", "top ten", "top 10"),
        *("top ten holdings", "top 10 holdings", "top holdings", "largest holdings", "top positions"),
        *("largest positions", "overlap", "overlaps", "concentration", "top ten positions"),
        *("top 10 positions", "ten largest", "10 largest"),
    ),
    Section.DRAWDOWNS: (
        *("drawdowns", "drawdown", "falls", "fall", "losses", "dd", "underwater", "max drawdown"),
        *("max drawdowns", "worst drawdown", "worst drawdowns", "worst falls", "worst fall", "crashes"),
    ),
    Section.ROLLING: (
        *("rolling", "moving", "rolling sortino", "rolling correlation", "rolling sortino correlation"),
        *("rolling volatility", "rolling beta"),
        *("through time", "history of sortino"),
    ),
    Section.RETURNS: (
        *("returns", "return", "trailing", "trailing returns", "performance", "years", "calendar"),
        *("calendar years", "calendar returns", "calendar year returns", "annual returns", "gains"),
        *("yearly returns", "trailing calendar years", "trailing performance", "monthly returns", "months"),
        *(
            "calendar months",
            "by month",
            "month by month",
            "best month",
            "worst month",
            "best day",
            "worst day",
        ),
    ),
    Section.RISK: (
        *("risk", "risks", "risky", "riskier", "riskiness", "volatility", "vol", "risk figures"),
        *("risk measures", "risk metrics", "risk table", "volatile"),
    ),
    Section.COST: (
        *("cost", "costs", "fee", "fees", "expense", "expenses", "expense ratio", "expense ratios", "ter"),
        *("liquidity", "yield", "yields", "spread", "spreads", "days to trade", "expensive", "cheap"),
        *("cheaper", "aum", "fund size", "trading cost", "trading costs", "assets"),
    ),
    Section.CORRELATION: ("correlation", "correlations", "corr", "correl", "correlated", "diversification"),
    Section.EXPLAIN: (
        *("explain", "explained", "formula", "formula of", "define", "definition", "definition of"),
        *("calculate", "calculated", "computed", "calculation", "calculation of", "meaning", "mean"),
    ),
    Section.CSV: ("csv", "export", "download", "spreadsheet", "excel", "csvs"),
}
"""Each study's names, the canonical one first."""


class Turn(Enum):
    """Words that say what the symbols after them are for."""

    ADD = "funds that are put in"
    WITHOUT = "funds that are taken out"


TURNS: Mapping[Turn, tuple[str, ...]] = {
    Turn.ADD: ("add", "adding", "plus", "include", "including", "put in"),
    Turn.WITHOUT: (
        *("without", "drop", "dropping", "remove", "removing", "exclude", "excluding", "minus", "except"),
        *("leave out", "take out", "less"),
    ),
}
SIZE = "size"
HELP = frozenset({"help", "usage", "commands"})

Meaning = Section | Turn


def _phrase(spelling: str) -> tuple[str, ...]:
    """The words of a spelling as they are read: without those that have no meaning."""
    return tuple(word for word in spelling.split() if word not in IDLE and word not in EVERYWHERE)


_MEANINGS: tuple[tuple[Meaning, tuple[str, ...]], ...] = (*STUDIES.items(), *TURNS.items())
PHRASES: Mapping[tuple[str, ...], Meaning] = {
    _phrase(spelling): meaning for meaning, spellings in _MEANINGS for spelling in spellings
}
EXPLAINED: Mapping[tuple[str, ...], str] = {
    **{
        _phrase(spelling): name
        for name, spellings in MEASURES.items()
        if name in COMPUTED
        for spelling in spellings
    },
    # Beside a comparison, whose table has the deepest one, a drawdown alone is that; the current one says so.
    **dict.fromkeys((("drawdown",), ("drawdowns",), ("dd",)), "max_drawdown"),
}
"""Measures by each of their names."""
LONGEST = max(map(len, (*PHRASES, *EXPLAINED)))
KEYWORDS = frozenset({phrase[0] for phrase in PHRASES if len(phrase) == 1} | {*PACES, *HELP, "since", "asof"})
"""Words that mean something by themselves."""
FIGURES = frozenset(phrase[0] for phrase in EXPLAINED if len(phrase) == 1)
"""Measures that have a name of one word."""
TAKEN = frozenset(
    {word for phrase in (*PHRASES, *EXPLAINED) for word in phrase}
    | {*IDLE, *EVERYWHERE, *OPENERS, *HELP, *PACES, SIZE}
)
"""Every word of these; as a symbol it is written with a `$`."""


def measure_text(measure: str) -> str:
    """A measure as it is read back.

    >>> measure_text("max_drawdown"), measure_text("drawdown")
    ('max drawdown', 'current drawdown')
    """
    return next(words for words in MEASURES[measure] if EXPLAINED.get(_phrase(words)) == measure)


assert set(EXPLAINED.values()) == set(COMPUTED), "every measure that is computed can be explained"
