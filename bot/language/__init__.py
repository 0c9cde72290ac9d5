"""Text to questions: what people type, read generously, with every complaint at once.

compare.py, watch.py, digest.py     read_compare, read_watch, read_digest, read_pair: one for each command
thread.py, thread_query.py          what is said in a thread, and the query that it comes to
requests.py                         what all of them give
words.py, amounts.py, zones.py      symbols, and what is none; numbers with units; time zones
mixes/, portfolios/                 mixes of funds, folded to symbols before all else; those with a name
windows.py                          days and windows in every spelling
options.py                          what comparisons and questions in a thread say besides their funds
rule.py and rule_*.py               a rule and its text, both ways: words, tokens, clauses, conditions
suggest.py                          what may have been meant
english/                            questions in plain English: what votes for what, and what they surely ask
"""

from bot.language.compare import Compare, read_compare
from bot.language.digest import daily_text, read_digest, read_pair
from bot.language.english.reading import Reading, is_about_pronouns, read_english
from bot.language.options import MOST_SYMBOLS
from bot.language.requests import (
    Acknowledge,
    DigestNow,
    DigestOff,
    DigestOn,
    DigestStatus,
    FollowListing,
    FollowPair,
    FollowUp,
    Help,
    IncidentAction,
    ListedState,
    NoisiestRules,
    Review,
    ReviewRequest,
    RuleCommand,
    RuleListing,
    Snooze,
    UnfollowPair,
    Unsnooze,
    Verb,
    Watch,
)
from bot.language.rule import MOST_CONDITIONS
from bot.language.suggest import rules_meant, suggestions
from bot.language.thread import read_follow, symbols_in
from bot.language.thread_query import follow_text, resolve_query
from bot.language.watch import ACTS, WatchQuestion, list_text, read_watch
from bot.language.words import MOST_CHARACTERS

__all__ = [
    "ACTS",
    "MOST_CHARACTERS",
    "MOST_CONDITIONS",
    "MOST_SYMBOLS",
    "Acknowledge",
    "Compare",
    "DigestNow",
    "DigestOff",
    "DigestOn",
    "DigestStatus",
    "FollowListing",
    "FollowPair",
    "FollowUp",
    "Help",
    "IncidentAction",
    "ListedState",
    "NoisiestRules",
    "Reading",
    "Review",
    "ReviewRequest",
    "RuleCommand",
    "RuleListing",
    "Snooze",
    "UnfollowPair",
    "Unsnooze",
    "Verb",
    "Watch",
    "WatchQuestion",
    "daily_text",
    "follow_text",
    "is_about_pronouns",
    "list_text",
    "read_compare",
    "read_digest",
    "read_english",
    "read_follow",
    "read_pair",
    "read_watch",
    "resolve_query",
    "rules_meant",
    "suggestions",
    "symbols_in",
]
