"""What is kept between two sessions: rules, where they stand, digests, and what was queued to a channel.

    Watched       one version of one rule of one workspace
    RuleState      where that version stands, and what a correction starts from
    RuleTransition          one change of phase, as it was decided
    AuditEntry          what a person did to a rule
    Digest        a channel's daily post
    Notice       one row of the delivery outbox: something that a channel will be told exactly once
    Request      what a person asked, until it is answered
    RequestLimits        how much may be asked at once
    ThreadContext         what a conversation is about; SectionQuery: a question in it

Every record carries the workspace (`team`) that it belongs to.
"""

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
    RuleState,
    RuleStatus,
    RuleTransition,
    RuleVersion,
    StoredRule,
)
from bot.model.threads import Section, SectionQuery, ThreadContext

__all__ = [
    "NO_LIMITS",
    "OFF",
    "SAME_DAY_WAIT",
    "Asker",
    "AuditAction",
    "AuditEntry",
    "ChannelKey",
    "Crowded",
    "Digest",
    "DigestContent",
    "DigestMode",
    "LimitScope",
    "NewNotice",
    "Notice",
    "NoticeKind",
    "Request",
    "RequestLimits",
    "RuleHistory",
    "RuleIncident",
    "RuleReport",
    "RuleState",
    "RuleStatus",
    "RuleTransition",
    "RuleVersion",
    "Section",
    "SectionQuery",
    "SessionResult",
    "StoredRule",
    "ThreadContext",
    "alert_for",
    "stop_notices",
]
