"""Symbols in what people say to one another."""

from __future__ import annotations

import re
from collections.abc import Container

from bot.grammar.options import MOST_SYMBOLS
from bot.grammar.words import plain, symbol_of

MOST_READ = 4000
"""Characters of a message."""
_LINES = (
    "A AI AM AN AND ANY API APR ARE AS ASAP AT AUG AUM BE BN BP BPS BTW BUT BUY BY CAGR CAN CAPEX CCY CEO",
    "CET CFO CIO CNBC COO CPI CSV CTO DD DEC DID DM DO DOES DONT DXY EBIT ECB EDT EM EMEA EOD EOM EPS ESG",
    "EST ET ETA ETC ETF ETFS EU EUR FAQ FEB FED FOMC FOR FROM FX FY FYI GBP GDP GET GMT GO GOOD HAS HAVE HE",
    "HER HF HI HIS HOLD HOW I ID IF IMO IN INC IPO IR IRR IS ISIN IT ITS JAN JPY JUL JUN KPI LLC LOL LTD",
    "MAR MAX MAY ME MIN MOM MTD MUST MY NAV NEW NEWS NO NOT NOTE NOV NOW NYC NYSE OCT OF OFF OK OLD ON ONE",
    "OR OTC OUR OUT OVER PA PE PDF PLEASE PLS PM PMI PNL PPT QA QE QOQ QT QTD RE RISK ROE ROI SEC SELL SEP",
    "SEPT SHE SO TBA TBC TBD TE TER THAN THAT THE THEIR THEM THEN THEY THIS TO TODAY TODO TOO TOP TWO UCITS",
    "UK UP US USA USD UTC VAR VERY VIA VS WAS WE WERE WHAT WHEN WHO WHY WILL WITH WOW WTD YES YOU YOUR YOY",
    "YTD",
)
COMMON = frozenset(word for line in _LINES for word in line.split())
"""Words in capitals that are seldom meant as funds."""
_WORD = re.compile(
    r"(?<![\w$^.@#&/:<-])(\$?\^?[A-Za-z][A-Za-z0-9]{0,11}(?:[.=-][A-Za-z0-9]{1,4})?)(?![\w/@:-])", re.ASCII
)
_UNSAID = re.compile(r"<[@#!][^<>]*>|<?\b(?:https?://|mailto:)[^\s|>]*[|>]?|\b[\w.+-]+@[\w.-]+")
_TICKER = re.compile(r"[A-Z]{2,5}(?:[.-][A-Z]{1,2})?")


def symbols_in(
    text: str, known: Container[str] = frozenset(), most: int | None = MOST_SYMBOLS
) -> tuple[str, ...]:
    """Symbols that a message names: cashtags, known ones in capitals, and words that look like tickers.

    In their order, each once, at most `most`; None for all of them.
    """
    said = _UNSAID.sub(" ", plain(text[:MOST_READ]))
    symbols = (_symbol(found[1], known) for found in _WORD.finditer(said))
    return tuple(dict.fromkeys(symbol for symbol in symbols if symbol))[:most]


def _symbol(word: str, known: Container[str]) -> str | None:
    if word.startswith("$"):
        return symbol_of(word)
    is_meant = word not in COMMON and (word in known or _TICKER.fullmatch(word))
    return word if word.isupper() and is_meant else None
