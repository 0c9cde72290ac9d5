"""Text to questions: what people type, read generously, with every complaint at once.

compare.py, watch.py, digest.py   read_compare, read_watch, read_digest: one for each command
requests.py                       what they give
words.py, english.py, zones.py    symbols, and what is none; rates, time zones
windows.py                        days and windows in every spelling
acts.py, lists.py                 what is done to an incident; which rules are listed
options.py                        what comparisons and questions in a thread say besides their funds
rule/                             a rule and its text, both ways
talk/                             what is said in a thread, and what it follows up on
"""

from bot.grammar.acts import VERBS as ACTS
from bot.grammar.compare import Compare, read_compare
from bot.grammar.digest import read_digest
from bot.grammar.lists import list_text
from bot.grammar.options import MOST_SYMBOLS
from bot.grammar.requests import (
    About,
    Acknowledge,
    ByHand,
    DigestNow,
    DigestOff,
    DigestOn,
    DigestStatus,
    FollowUp,
    Help,
    Listing,
    Snooze,
    Stand,
    Unsnooze,
    Verb,
    Watch,
)
from bot.grammar.rule.reading import MOST_CONDITIONS
from bot.grammar.talk.applying import applied
from bot.grammar.talk.naming import symbols_in
from bot.grammar.talk.nearest import nearest
from bot.grammar.talk.reading import read_follow
from bot.grammar.talk.written import follow_text
from bot.grammar.watch import read_watch
from bot.grammar.words import MOST_CHARACTERS

__all__ = [
    "ACTS",
    "MOST_CHARACTERS",
    "MOST_CONDITIONS",
    "MOST_SYMBOLS",
    "About",
    "Acknowledge",
    "ByHand",
    "Compare",
    "DigestNow",
    "DigestOff",
    "DigestOn",
    "DigestStatus",
    "FollowUp",
    "Help",
    "Listing",
    "Snooze",
    "Stand",
    "Unsnooze",
    "Verb",
    "Watch",
    "applied",
    "follow_text",
    "list_text",
    "nearest",
    "read_compare",
    "read_digest",
    "read_follow",
    "read_watch",
    "symbols_in",
]
