"""The words of a question about funds, before it is known what they say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from bot.language.english import IDLE, SHORT
from bot.language.options import FILLERS, is_option, settled
from bot.language.thread.amounts import CURRENCY, UNIT
from bot.language.thread.vocabulary import FIGURES, KEYWORDS, LONGEST, PHRASES
from bot.language.windows import spelled
from bot.language.words import symbol_of
from bot.model import Section

Value = TypeVar("Value")

_NEAR = 0.8
_COMMA = "\u066b"
"""Stands for a comma within a number while those between words are taken out; it is one in Arabic."""
_NUMBER = rf"\d[\d.{_COMMA}]*"
_SPELLINGS = spelled(
    (r"([\w$.^=-]+)(?: s|'s)(?!\S)", r"\1"),
    (
        r"(?:(?:an? )?order(?: of)?|size(?: of)?|amount(?: of)?|trade) ?[=:]? ?"
        rf"(?=(?:{CURRENCY})? ?{_NUMBER} ?(?:{UNIT})?(?: ?(?:{CURRENCY}))?(?!\S))",
        "size=",
    ),
    (rf"size=({CURRENCY})? ?({_NUMBER}) ?({UNIT})?(?: ?({CURRENCY}))?(?!\S)", r"size=\1\4\2\3"),
    (r"size ?[=:] ?", "size="),
)
_SPENDING = re.compile(
    r"(?<![\w$])(?:[Cc]osts?|[Ss]witch(?:ing)?|[Tt]rad(?:e|ing)|[Bb]uy|[Ss]ell|order)(?!\w)"
)
_AMOUNTS = spelled((rf"({CURRENCY})? ?({_NUMBER}) ?({UNIT})(?: ?({CURRENCY}))?(?!\S)", r"size=\1\4\2\3"))
"""Beside what is spent or traded `10m` is money, and `10 months` are months."""
_WITHIN = re.compile(r"(?<=\d)(?<!rf=\d),(?=\d)(?!\d{4}(?!\d))(?![\d.,]{0,30} ?%)", re.IGNORECASE)
"""A comma within a number: no year follows it, and it is no rate's, which `settled` reads."""


@dataclass(frozen=True)
class FollowUpWords:
    """A text as it is read.

    words: as typed, without quotes, commas and the like, and without those that have no meaning.
    prose: words in small letters that have none stand among them.
    """

    words: list[str]
    prose: bool


def said(text: str) -> FollowUpWords:
    """Take a text apart."""
    bare = _WITHIN.sub(_COMMA, text)
    words = settled(bare, (*_SPELLINGS, *(_AMOUNTS if _SPENDING.search(bare) else ())))
    words = [word.replace(_COMMA, ",") for word in words]
    if words:
        words[0] = words[0].removeprefix("/")
    shouted, prose = is_shouted(words), any(word in IDLE and word not in FILLERS for word in words)
    return FollowUpWords(
        [word for word in words if word and not _is_aside(word, prose, shouted=shouted)], prose
    )


def words_of(text: str) -> list[str]:
    """The words of a text that mean something."""
    return said(text).words


def is_shouted(words: Sequence[str]) -> bool:
    """Whether a question is all in capitals, so that those tell no symbols."""
    return not any(word != word.upper() for word in words) and any(
        isinstance(PHRASES.get((word.lower(),)), Section) for word in words
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


def _is_aside(word: str, prose: bool, *, shouted: bool) -> bool:
    """Whether a word means nothing; in capitals a short one may well be a symbol, but not in a sentence."""
    small = word.lower()
    if small in FILLERS:
        return True
    clearly = prose or not word.isupper() or len(word) >= SHORT or (shouted and len(word) > 1)
    return small in IDLE and clearly
