"""What is kept between two sessions: rules, where they stand, digests, and what was queued to a channel.

rules.py    RuleVersion, RuleState, RuleTransition, RuleIncident, AuditEntry, StoredRule
notices.py  Digest, Notice (a row of the outbox: what a channel is told exactly once), Request, RequestLimits
following.py  Follow, KnownDate, PeriodReport: pairs that are followed, dates to come; Portfolio: a named mix
threads.py  ThreadContext: what a conversation is about; SectionQuery: a question in it

Every record carries the workspace (`team`) that it belongs to.
"""

from bot.model.following import (
    MOST_FOLLOWED,
    MOST_PORTFOLIOS,
    DateKind,
    Follow,
    KnownDate,
    PeriodReport,
    Portfolio,
    RuleChange,
)
from bot.model.notices import (
    NO_LIMITS,
    OFF,
    Asker,
    ChannelKey,
    Crowded,
    DigestContent,
    LimitScope,
    NewNotice,
    Notice,
    NoticeKind,
    Request,
    RequestLimits,
    RuleReport,
    SessionResult,
    alert_for,
    stop_notices,
)
from bot.model.rules import (
    SAME_DAY_WAIT,
    AuditAction,
    AuditEntry,
    Digest,
    DigestMode,
    RuleHistory,
    RuleIncident,
    RuleNoise,
    RuleState,
    RuleStatus,
    RuleTransition,
    RuleVersion,
    StoredDecision,
    StoredIncident,
    StoredRule,
)
from bot.model.threads import MOST_SEATS, SectionQuery, ThreadContext, take_seats
from bot.sections import Section

__all__ = [
    "MOST_FOLLOWED",
    "MOST_PORTFOLIOS",
    "MOST_SEATS",
    "NO_LIMITS",
    "OFF",
    "SAME_DAY_WAIT",
    "Asker",
    "AuditAction",
    "AuditEntry",
    "ChannelKey",
    "Crowded",
    "DateKind",
    "Digest",
    "DigestContent",
    "DigestMode",
    "Follow",
    "KnownDate",
    "LimitScope",
    "NewNotice",
    "Notice",
    "NoticeKind",
    "PeriodReport",
    "Portfolio",
    "Request",
    "RequestLimits",
    "RuleChange",
    "RuleHistory",
    "RuleIncident",
    "RuleNoise",
    "RuleReport",
    "RuleState",
    "RuleStatus",
    "RuleTransition",
    "RuleVersion",
    "Section",
    "SectionQuery",
    "SessionResult",
    "StoredDecision",
    "StoredIncident",
    "StoredRule",
    "ThreadContext",
    "alert_for",
    "stop_notices",
    "take_seats",
]
