"""Symbols in what people say to one another."""

from __future__ import annotations

import re
from collections.abc import Container

from bot.grammar.options import MOST_SYMBOLS
from bot.grammar.words import MARKS, plain, symbol_of

MOST_READ = 4000
"""Characters of a message."""
_LINES = (
    "a ai am an and any api apr are as asap at aug aum be bn bp bps btw but by cagr can capex ccy ceo",
    "cet cfo cio cnbc coo cpi csv cto data dd dec did dm do does dont dxy ebit ecb edt em emea eod eom eps",
    "est et eta etc etf etfs eu eur faq feb fed fomc for from fx fy fyi gbp gdp get gmt go good has have he",
    "her hf hi his hold how i id if imo in inc ipo ir irr is isin it its jan jpy jul jun kpi llc lol ltd",
    "mar max may me min mom mtd must my nav new news no not note nov now nyc nyse oct of off ok old on one",
    "or otc our out over pa pe pdf please pls pm pmi pnl ppt qa qe qoq qt qtd re risk roe roi sec sep",
    "sept she so tba tbc tbd te ter than that the their them then they this to today todo too top two ucits",
    "uk up us usa usd utc var very via vs was we were what when who why will with wow wtd yes you your yoy",
    "ytd esg",
)
COMMON = frozenset([*(word.upper() for line in _LINES for word in line.split()), "BUY", "SELL"])
"""Words in capitals that are seldom meant as funds."""
_WORD = re.compile(
    r"(?<![\w$^.@#&/:<-])(\$?\^?[A-Za-z][A-Za-z0-9]{0,11}(?:[.=-][A-Za-z0-9]{1,4}|(?<=[A-Z]{2})/[A-Z])?)(?![\w/@:-])",
    re.ASCII,
)
_UNSAID = re.compile(r"<[@#!][^<>]*>|<?\b(?:https?://|mailto:)[^\s|>]*[|>]?|\b[\w.+-]+@[\w.-]+")
_TICKER = re.compile(r"[A-Z]{2,5}(?:[.-][A-Z]{1,2}|/[A-Z])?")


def symbols_in(
    text: str, known: Container[str] = frozenset(), most: int | None = MOST_SYMBOLS
) -> tuple[str, ...]:
    """Symbols that a message names: cashtags, known ones in capitals, and words that look like tickers.

    In their order, each once, at most `most`; None for all of them.
    """
    said = _UNSAID.sub(" ", plain(text[:MOST_READ])).translate(MARKS)
    symbols = (_symbol(found[1], known) for found in _WORD.finditer(said))
    return tuple(dict.fromkeys(symbol for symbol in symbols if symbol))[:most]


def _symbol(word: str, known: Container[str]) -> str | None:
    is_meant = word not in COMMON and (word in known or _TICKER.fullmatch(word))
    return symbol_of(word) if word.startswith("$") or (word.isupper() and is_meant) else None
