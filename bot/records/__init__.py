"""What is kept between two sessions: rules, where they stand, digests, and what was promised to a channel.

    Watched       one version of one rule of one workspace
    Standing      where that version stands, and what a correction starts from
    Flip          one change of phase, as it was decided
    Deed          what a person did to a rule
    Digest        a channel's daily post
    Promise       one row of the delivery ledger: something that a channel will be told exactly once
    Question      what a person asked, until it is answered
    Limits        how much may be asked at once
    Topic         what a conversation is about; Ask: a question in it

Every record carries the workspace (`team`) that it belongs to.
"""

from bot.records.limits import NO_LIMITS, Asker, Crowded, Limits, Whose
from bot.records.promises import (
    OFF,
    Edition,
    Kind,
    Lane,
    NewPromise,
    Outcome,
    Promise,
    Question,
    Story,
    alert_of,
    farewells,
)
from bot.records.rules import (
    WAIT,
    Act,
    Deed,
    Digest,
    Flip,
    History,
    Incident,
    Kept,
    Mode,
    Standing,
    Status,
    Watched,
)
from bot.records.topics import Ask, Study, Topic

__all__ = [
    "NO_LIMITS",
    "OFF",
    "WAIT",
    "Act",
    "Ask",
    "Asker",
    "Crowded",
    "Deed",
    "Digest",
    "Edition",
    "Flip",
    "History",
    "Incident",
    "Kept",
    "Kind",
    "Lane",
    "Limits",
    "Mode",
    "NewPromise",
    "Outcome",
    "Promise",
    "Question",
    "Standing",
    "Status",
    "Story",
    "Study",
    "Topic",
    "Watched",
    "Whose",
    "alert_of",
    "farewells",
]
