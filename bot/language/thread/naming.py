"""Symbols in what people say to one another."""

from __future__ import annotations

import re
from collections.abc import Container

from bot.language.english import ENGLISH
from bot.language.options import MOST_SYMBOLS
from bot.language.words import MARKS, plain, symbol_of

MOST_READ = 4000
"""Characters of a message."""
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
    is_meant = word.lower() not in ENGLISH and (word in known or _TICKER.fullmatch(word))
    return symbol_of(word) if word.startswith("$") or (word.isupper() and is_meant) else None
