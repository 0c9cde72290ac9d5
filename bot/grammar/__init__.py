"""Text to questions: what people type, read generously, with every complaint at once.

compare.py, watch.py, digest.py   read_compare, read_watch, read_digest: one for each command
requests.py                       what they give
words.py, zones.py                symbols, rates, time zones
rule/                             a rule and its text, both ways
"""

from bot.grammar.compare import MOST_SYMBOLS, Compare, read_compare
from bot.grammar.digest import read_digest
from bot.grammar.requests import (
    About,
    DigestNow,
    DigestOff,
    DigestOn,
    DigestStatus,
    Help,
    Verb,
    Watch,
)
from bot.grammar.rule.reading import MOST_CONDITIONS
from bot.grammar.watch import read_watch
from bot.grammar.words import MOST_CHARACTERS

__all__ = [
    "MOST_CHARACTERS",
    "MOST_CONDITIONS",
    "MOST_SYMBOLS",
    "About",
    "Compare",
    "DigestNow",
    "DigestOff",
    "DigestOn",
    "DigestStatus",
    "Help",
    "Verb",
    "Watch",
    "read_compare",
    "read_digest",
    "read_watch",
]
