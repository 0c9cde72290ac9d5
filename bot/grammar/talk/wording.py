"""The words of a question about funds, before it is known what they say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TypeVar

from bot.grammar.options import FILLERS, is_option, settled, spelled
from bot.grammar.talk.vocabulary import ASIDES, FIGURES, KEYWORDS, LONGEST, PHRASES
from bot.grammar.words import symbol_of
from bot.records import Study

Value = TypeVar("Value")

SHORT = 5
"""Letters of a ticker at most; longer words in small letters are none."""
_NEAR = 0.8
_MONEY = r"k|thousand|mn|mm|mio|millions?|m|bn|billions?|b"
_NUMBERS = {"one": 1, "three": 3, "five": 5, "six": 6, "ten": 10}
_SPELLINGS = spelled(
    (r"([\w$.^=-]+)(?: s|'s)(?!\S)", r"\1"),
    (r"(?:(?:an? )?order(?: of)?|size(?: of)?|amount(?: of)?|trade) ?[=:]? ?\$?(?=\d)", "size="),
    (rf"size=([\d.]+) ?({_MONEY})?(?: (?:usd|eur|gbp|dollars|euros|pounds))?(?!\S)", r"size=\1\2"),
    (r"size ?[=:] ?", "size="),
    *((rf"{word} (?=(?:year|month)s?(?!\S))", f"{number} ") for word, number in _NUMBERS.items()),
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def words_of(text: str) -> list[str]:
    """Words as typed, without quotes, commas and the like, and without those that have no meaning."""
    words = settled(_THOUSANDS.sub("", text), _SPELLINGS)
    if words:
        words[0] = words[0].removeprefix("/")
    shouted = is_shouted(words)
    return [word for word in words if word and not _is_aside(word, shouted=shouted)]


def is_shouted(words: Sequence[str]) -> bool:
    """Whether a question is all in capitals, so that those tell no symbols."""
    return not any(word != word.upper() for word in words) and any(
        isinstance(PHRASES.get((word.lower(),)), Study) for word in words
    )


def is_word(word: str) -> bool:
    """Whether a word means something that is no symbol."""
    small = word.lower()
    if is_option(small) or small.startswith("size="):
        return True
    return small in KEYWORDS and not word.isupper()


def phrase(words: Sequence[str], known: Mapping[tuple[str, ...], Value]) -> tuple[int, Value | None]:
    """The longest phrase that the words begin with: how many words, and what it means; 0 for none."""
    for length in range(min(LONGEST, len(words)), 0, -1):
        if found := known.get(tuple(word.lower() for word in words[:length])):
            return length, found
    return 0, None


def near_word(word: str, *, explaining: bool = False) -> str | None:
    """The word of ours that this one nearly is; None where it may well be a symbol.

    explaining: measures are looked for too.
    """
    if len(word) < SHORT or not word.isalpha():
        return None
    known = KEYWORDS | FIGURES if explaining else KEYWORDS
    return next(iter(get_close_matches(word.lower(), sorted(known), 1, _NEAR)), None)


def looks_named(word: str) -> bool:
    """Whether a word is a symbol by its look: in capitals, or behind a `$`."""
    return symbol_of(word) is not None and (word.startswith("$") or word.isupper())


def _is_aside(word: str, *, shouted: bool) -> bool:
    """Whether a word means nothing; in capitals a short one may well be a symbol."""
    small = word.lower()
    if small in FILLERS:
        return True
    clearly = not word.isupper() or len(word) >= SHORT or (shouted and len(word) > 1)
    return small in ASIDES and clearly
