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

from bot.language.acts import VERBS as ACTS
from bot.language.compare import Compare, read_compare
from bot.language.digest import read_digest
from bot.language.lists import list_text
from bot.language.options import MOST_SYMBOLS
from bot.language.requests import (
    About,
    Acknowledge,
    ByHand,
    DigestNow,
    DigestOff,
    DigestOn,
    DigestStatus,
    FollowUp,
    Help,
    RuleListing,
    Snooze,
    Stand,
    Unsnooze,
    Verb,
    Watch,
)
from bot.language.rule.reading import MOST_CONDITIONS
from bot.language.thread.applying import applied
from bot.language.thread.naming import symbols_in
from bot.language.thread.nearest import nearest
from bot.language.thread.reading import read_follow
from bot.language.thread.written import follow_text
from bot.language.watch import read_watch
from bot.language.words import MOST_CHARACTERS

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
    "RuleListing",
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
