"""Words that mean something in a thread, and the words of a question before it is known what they say.


A fund that is called like one of them needs a `$`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import TypeVar

from analytics.measures import MEASURES as COMPUTED
from bot.language.amounts import CURRENCY, ORDER_UNIT, TERMS, join_terms
from bot.language.options import FILLERS, OPENERS, PACES, is_option, split_words
from bot.language.options import FILLERS as EVERYWHERE
from bot.language.rule_words import MEASURES
from bot.language.windows import spelling_patterns
from bot.language.words import IDLE, SHORT, plain_text, symbol_of
from bot.model import Section
from bot.sections import OF_ORDERS, TOPICS

Value = TypeVar("Value")

_NEAR = 0.8
_COMMA = "\u066b"
"""Stands for a comma within a number while those between words are taken out; it is one in Arabic."""
_NUMBER = rf"\d[\d.{_COMMA}]*"
_SPELLINGS = spelling_patterns(
    (r"(?:leave|take|keep) (\$?(?-i:[A-Z^])[\w.=-]*) out(?!\S)", r"without \1"),
    (r"max(?:imum)?[ -](?:dd|draw-?downs?)(?!\S)", "drawdowns"),
    (r"(?:use|using|with|on) (weekly|daily) returns(?!\S)", r"\1"),
    (r"([\w$.^=-]+)(?: s|'s)(?!\S)", r"\1"),
    (
        r"(?:(?:an? )?order(?: of)?|size(?: of)?|amount(?: of)?|trade) ?[=:]? ?"
        rf"(?=(?:{CURRENCY})? ?{_NUMBER} ?(?:{ORDER_UNIT})?(?: ?(?:{CURRENCY}))?(?!\S))",
        "size=",
    ),
    (rf"size=({CURRENCY})? ?({_NUMBER}) ?({ORDER_UNIT})?(?: ?({CURRENCY}))?(?!\S)", r"size=\1\4\2\3"),
    (r"size ?[=:] ?", "size="),
    (r"(?:in)?to (\$?[\w.^-]+) (?:and )?(?:from|out of) (\$?[\w.^-]+)", r"from \2 to \1"),
)
_SPENDING = re.compile(
    r"(?<![\w$])(?:[Cc]osts?|[Ss]witch(?:ing)?|[Tt]rad(?:e|ing)|[Bb]uy(?:ing)?|[Ss]ell(?:ing)?|order|"
    r"[Ss]av(?:e|es|ing|ings)|[Ss]wap(?:ping)?|[Ii]nvest(?:ing)?|liquid|rotat(?:e|ing))(?!\w)"
)
_AMOUNTS = spelling_patterns(
    (rf"({CURRENCY})? ?({_NUMBER}) ?({ORDER_UNIT})(?: ?({CURRENCY}))?(?!\S)", r"size=\1\4\2\3")
)
"""Beside what is spent or traded `10m` is money, and `10 months` are months."""
_WITHIN = re.compile(r"(?<=\d)(?<!rf=\d),(?=\d)(?!\d{4}(?!\d))(?![\d.,]{0,30} ?%)", re.IGNORECASE)
"""A comma within a number: no year follows it, and it is no rate's, which `settled` reads."""


@dataclass(frozen=True)
class FollowUpWords:
    """A text as it is read.

    words: as typed, without quotes, commas and the like, and without those that have no meaning.
    prose: words in small letters that have none stand among them.
    plain: every word typed means something: nothing says "with", "them" or "too".
    """

    words: list[str]
    prose: bool
    plain: bool


def read_words(text: str) -> FollowUpWords:
    """Take a text apart."""
    words = [word for word in spelled_words(text) if word]
    shouted, prose = is_shouted(words), any(word in IDLE and word not in FILLERS for word in words)
    told = [word for word in words if not _is_aside(word, prose, shouted=shouted)]
    return FollowUpWords(told, prose, plain=told == words)


def spelled_words(text: str, *, spending: bool = False) -> list[str]:
    """Return every word of a text, options spelled as they are read.

    spending: it is known to be about money, so that `10m` is no window.
    """
    bare = _WITHIN.sub(_COMMA, join_terms(plain_text(text)))
    words = split_words(bare, (*_SPELLINGS, *(_AMOUNTS if spending or _SPENDING.search(bare) else ())))
    words = [word.replace(_COMMA, ",") for word in words]
    if words:
        words[0] = words[0].removeprefix("/")
    return words


def words_of(text: str) -> list[str]:
    """Return the words of a text that mean something."""
    return read_words(text).words


def define_words(text: str) -> str:
    """Return a question for a meaning as it is typed, any other text as it is.

    "what's a drawdown?" is `explain max drawdown`, "what is ISCB?" is `facts ISCB`.
    """
    found = _MEANING.fullmatch(plain_text(text[:_LONGEST_MEANING]))
    what = found["what"].strip() if found else ""
    if measure := EXPLAINED.get(_phrase(what.lower())):
        return f"{Section.EXPLAIN} {measure_text(measure)}"
    is_fund = what.isupper() and looks_named(what) and len(what) > 1
    return f"{Section.FACTS} {what}" if is_fund else text


_LONGEST_MEANING = 80
_MEANING = re.compile(
    r"\s*(?:what(?: is|'s|’s|s| are)|define|explain to me|tell me about)\s+(?:an?\s+)?"
    r"(?P<what>\$?\^?\w[\w .-]*?)\s*\?*\s*",
    re.IGNORECASE,
)
"""Nothing but a name after it: "what is the volatility of ISCB" asks for a figure."""


def is_shouted(words: Sequence[str]) -> bool:
    """Return whether a question is all in capitals, so that those tell no symbols."""
    return not any(word != word.upper() for word in words) and any(
        isinstance(PHRASES.get((word.lower(),)), Section) for word in words
    )


def is_word(word: str) -> bool:
    """Return whether a word means something that is no symbol."""
    small = word.lower()
    if is_option(small) or small.startswith("size=") or is_term(small):
        return True
    return small in KEYWORDS and not word.isupper()


def is_term(word: str) -> bool:
    """Return whether a word in small letters tells something of the cost of a switch: `spread=3bp`."""
    name, tells, _ = word.partition("=")
    return bool(tells) and name in TERMS


def longest_phrase(words: Sequence[str], known: Mapping[tuple[str, ...], Value]) -> tuple[int, Value | None]:
    """Return the longest phrase that the words begin with: how many words, and what it means; 0 for none."""
    for length in range(min(LONGEST, len(words)), 0, -1):
        if found := known.get(tuple(word.lower() for word in words[:length])):
            return length, found
    return 0, None


def near_word(word: str, *, explaining: bool = False) -> str | None:
    """Return the word of ours that this one nearly is; None where it may well be a symbol.

    explaining: measures are looked for too.
    """
    if len(word) < SHORT or not word.isalpha():
        return None
    known = KEYWORDS | FIGURES if explaining else KEYWORDS
    return next(iter(get_close_matches(word.lower(), sorted(known), 1, _NEAR)), None)


def looks_named(word: str) -> bool:
    """Return whether a word is a symbol by its look: in capitals, or behind a `$`."""
    return symbol_of(word) is not None and (word.startswith("$") or word.isupper())


def _is_aside(word: str, prose: bool, *, shouted: bool) -> bool:
    """Return whether a word means nothing; in capitals a short one may well be a symbol, but not in a
    sentence.
    """
    small = word.lower()
    if small in FILLERS:
        return True
    clearly = prose or not word.isupper() or len(word) >= SHORT or (shouted and len(word) > 1)
    return small in IDLE and clearly


STUDIES: Mapping[Section, tuple[str, ...]] = {section: section.names for section in Section}
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
    """Return the words of a spelling as they are read: without those that have no meaning."""
    return tuple(word for word in spelling.split() if word not in IDLE and word not in EVERYWHERE)


_MEANINGS: tuple[tuple[Meaning, tuple[str, ...]], ...] = (*STUDIES.items(), *TURNS.items())
PHRASES: Mapping[tuple[str, ...], Meaning] = {
    _phrase(spelling): meaning for meaning, spellings in _MEANINGS for spelling in spellings
}
EXPLAINABLE: Mapping[str, tuple[str, ...]] = {
    **{name: spellings for name, spellings in MEASURES.items() if name in COMPUTED},
    **TOPICS,
}
"""Measures and topics with what people type, the canonical words first."""
BEHIND_EXPLAIN: Mapping[tuple[str, ...], str] = {
    **{_phrase(spelling): name for name, spellings in EXPLAINABLE.items() for spelling in spellings},
    # Beside a comparison, whose table has the deepest one, a drawdown alone is that; the current one says so.
    **dict.fromkeys((("drawdown",), ("drawdowns",), ("dd",)), "max_drawdown"),
}
"""Measures and topics by each of their names."""
EXPLAINED: Mapping[tuple[str, ...], str] = {
    phrase: name for phrase, name in BEHIND_EXPLAIN.items() if name not in OF_ORDERS
}
"""Those that a word alone may stand for."""
LONGEST = max(map(len, (*PHRASES, *BEHIND_EXPLAIN)))
KEYWORDS = frozenset({phrase[0] for phrase in PHRASES if len(phrase) == 1} | {*PACES, *HELP, "since", "asof"})
"""Words that mean something by themselves."""
FIGURES = frozenset(phrase[0] for phrase in EXPLAINED if len(phrase) == 1)
"""Measures that have a name of one word."""
TAKEN = frozenset(
    {word for phrase in (*PHRASES, *BEHIND_EXPLAIN) for word in phrase}
    | {*IDLE, *EVERYWHERE, *OPENERS, *HELP, *PACES, SIZE}
)
"""Every word of these; as a symbol it is written with a `$`."""


def measure_text(measure: str) -> str:
    """Write a measure, or a topic, as it is read back.

    >>> measure_text("max_drawdown"), measure_text("drawdown")
    ('max drawdown', 'current drawdown')
    """
    return next(words for words in EXPLAINABLE[measure] if BEHIND_EXPLAIN.get(_phrase(words)) == measure)


assert set(BEHIND_EXPLAIN.values()) == {*COMPUTED, *TOPICS}, "all that is computed can be explained"
