"""What is kept: see `bot.model` for the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from analytics.watch.rules import Rule
from analytics.watch.states import Policy, State
from bot.model import (
    NO_LIMITS,
    AuditEntry,
    ChannelKey,
    Crowded,
    Digest,
    DigestContent,
    Follow,
    NewNotice,
    Notice,
    Portfolio,
    Request,
    RequestLimits,
    RuleHistory,
    RuleIncident,
    RuleNoise,
    RuleReport,
    RuleStatus,
    SessionResult,
    StoredDecision,
    StoredIncident,
    StoredRule,
    ThreadContext,
)


@dataclass(frozen=True)
class RuleDraft:
    """A version of a rule to be kept.

    asked: id of the question that made it; asked again, the same version is given back and nothing is made.
    """

    channel: str
    author: str
    text: str
    rule: Rule
    policy: Policy
    made: datetime
    asked: str


class WorkspaceRepository(Protocol):
    """What one workspace has set up.  Nothing of another workspace can be seen or changed through it."""

    async def add(self, draft: RuleDraft) -> StoredRule:
        """Keep a new rule under the next number, with a fresh standing and a deed MADE."""
        ...

    async def revise(self, number: int, draft: RuleDraft) -> StoredRule:
        """Keep the next version of a rule, with a deed EDITED; its open incident, if any, is closed.

        Raises LookupError where there is no such rule or it was deleted.
        """
        ...

    async def rule(self, number: int, version: int | None = None) -> StoredRule | None:
        """Return a rule by its number: its newest version, or the one asked for; a deleted one too."""
        ...

    async def rule_made_by(self, asked: str) -> StoredRule | None:
        """Return the version that a question has made, by the question's id; None where it made none."""
        ...

    async def rules(self, channel: str | None = None) -> Sequence[StoredRule]:
        """Return the newest versions of the rules that are not deleted, of a channel or of all, by number."""
        ...

    async def mark(
        self, number: int, status: RuleStatus, entry: AuditEntry, notices: Sequence[NewNotice] = ()
    ) -> StoredRule:
        """Pause, resume or delete, in one transaction with its notices.

        Pausing and deleting close the open incident; a resumed rule begins with a fresh standing.
        Raises LookupError as `revise`.
        """
        ...

    async def alter(
        self, stored: StoredRule, state: State, entry: AuditEntry, notices: Sequence[NewNotice]
    ) -> StoredRule | None:
        """Set another state by a person's hand (acknowledged, snoozed), in one transaction with its
        notices.

        Gives None, and does nothing, where the standing is not `kept.standing.revision` any more.
        """
        ...

    async def history(self, number: int, most: int = 20) -> RuleHistory:
        """Return what happened to a rule, `most` of each kind; raises LookupError where there is none."""
        ...

    async def decisions(self, most: int = 200) -> Sequence[StoredDecision]:
        """Return the last acknowledgements of all rules, the newest first, each with its version then."""
        ...

    async def firings(self, number: int | None = None) -> Sequence[StoredIncident]:
        """Return the incidents of a rule or of all, deleted ones too, by number, the oldest first."""
        ...

    async def incident(self, number: int, version: int) -> RuleIncident | None:
        """Return the newest incident of a version."""
        ...

    async def noise(self) -> Mapping[str, RuleNoise]:
        """Return what an unchanged world makes of versions, by their keys, of those of which it is kept."""
        ...

    async def digest(self, channel: str) -> Digest | None:
        """Return a channel's daily post, one that is off too."""
        ...

    async def digests(self) -> Sequence[Digest]:
        """Return those of all channels, the ones that are off too."""
        ...

    async def save_digest(self, digest: Digest) -> None:
        """Make or change a channel's daily post."""
        ...

    async def mark_told(self, channel: str, session: date) -> None:
        """Note that the daily post has come to a session, where it has not come to a newer one."""
        ...

    async def follow(self, follow: Follow, most: int) -> bool:
        """Keep a followed pair, in place of the same one whichever way round, in one transaction.

        False, and nothing is kept, where the channel follows `most` others already.
        """
        ...

    async def save_portfolio(self, wanted: Portfolio, most: int) -> Portfolio | None:
        """Keep a mix under a name, as its next version, in one transaction; return it as it was kept.

        None, and nothing is kept, where the workspace has `most` other names.  Asked for again by the same
        person at the same moment it is the version that was kept then.
        """
        ...

    async def retire_portfolio(self, name: str, at: datetime) -> bool:
        """Give up the name of a mix; False where nothing has it.  Its versions are kept."""
        ...

    async def portfolios(self) -> Sequence[Portfolio]:
        """Return every version of every named mix, by name and version; a name holds its newest one."""
        ...

    async def unfollow(self, channel: str, pair: str) -> bool:
        """Forget a followed pair, `Follow.pair`; False where it was not followed."""
        ...

    async def follows(self, channel: str | None = None) -> Sequence[Follow]:
        """Return the followed pairs of a channel or of all, the oldest of each channel first."""
        ...

    async def add_notices(self, notices: Sequence[NewNotice]) -> int:
        """Put notices into the outbox outside a daily run; how many of them were not there already."""
        ...

    async def retime(self, channel: str, dues: Mapping[date, datetime], now: datetime) -> None:
        """Have what a channel is still to be told of these sessions fall due at other moments, or now.

        It concerns what nobody has tried yet, and what was dropped because the channel's post was off, where
        its new moment is to come.
        """
        ...

    async def delivered_ts(self, channel: str, session: date, kind: str, subject: str = "") -> str | None:
        """Return the ts of a delivered notice, None where it was not delivered (yet)."""
        ...

    async def last_delivered(self, channel: str) -> date | None:
        """Return the newest session whose digest was posted in a channel."""
        ...

    async def content_of_message(self, channel: str, ts: str) -> RuleReport | DigestContent | None:
        """Return what a message of ours tells that carried a notice, as it was queued; None for any other."""
        ...

    async def remember(self, channel: str, thread: str, context: ThreadContext, at: datetime) -> None:
        """Remember what a thread is about from now on; `thread` empty: what is said to the bot alone."""
        ...

    async def recall(self, channel: str, thread: str) -> ThreadContext | None:
        """Return what a thread is about."""
        ...

    async def note_visit(self, user: str, at: datetime, *, messages: bool = False) -> bool:
        """Note that somebody looks at the Home tab, or at the Messages tab; True where it is the first
        time.
        """
        ...

    async def visitors(self, since: datetime) -> Sequence[str]:
        """Return who has looked at the Home tab since, the latest first."""
        ...


class Outbox(Protocol):
    """Notices, delivered one after the other in each channel.  The outbox is the truth; jobs are hints."""

    async def due_channels(self, now: datetime, most: int = 1000) -> Sequence[ChannelKey]:
        """List the channels where `claim` would find something now."""
        ...

    async def claim(
        self, channel_key: ChannelKey, now: datetime, lease: timedelta, holder: str
    ) -> Notice | None:
        """Claim the notice of the channel whose turn it is, if it may be tried now: in one statement.

        Its turn has the oldest unfinished one that is due or was tried before: one that was put back holds up
        the channel until it may be tried again, one that nobody has tried yet and that is not due holds up
        nothing (tomorrow's digest does not wait in front of today's acknowledgement).
        A notice whose lease ended without an answer is `doubtful`.  A lease that ends more than an hour from
        now was given by a clock that was ahead, and has ended.
        """
        ...

    async def holds(self, notice: Notice, now: datetime) -> bool:
        """Return whether the claim is still the holder's, with its lease not ended."""
        ...

    async def mark_sent(self, notice: Notice, ts: str | None, picture: str | None = None) -> None:
        """Mark a notice as arrived.  A CARD's ts becomes its incident's root.

        picture: Slack's id of the file that a CARD or its UPDATE shows, None where it shows none.
        """
        ...

    async def put_back(self, notice: Notice, not_before: datetime, fault: str) -> None:
        """Put back a refused notice: it surely did not arrive, is due again, not doubtful by this attempt."""
        ...

    async def drop(self, notice: Notice, fault: str) -> None:
        """Give up a notice that will never arrive; `fault` is kept."""
        ...

    async def stop(self, notice: Notice, fault: str, now: datetime) -> None:
        """Close the channel of a refused notice until the bot may post again: see `close`."""
        ...

    async def close(self, channel_key: ChannelKey, session: date, fault: str, now: datetime) -> None:
        """Close the channel until the bot may post again, in one transaction.

        The digest gets the reason, and what is unsent there is dropped.  Its owner and those of the channel's
        active rules get a notice about it (NoticeKind.STOPPED, in direct messages), unless it was stopped
        before; and `alert_for` what was dropped.
        """
        ...

    async def forget(self, before: date, most: int) -> int:
        """Remove finished notices of sessions before, at most so many; how many that were.

        The newest post of each channel stays, what an open incident's card says, and all that an unfinished
        notice of the same session may look for.  What is removed could be queued again.
        """
        ...


class Inbox(Protocol):
    """Questions, from the acknowledgement to the answer."""

    async def put(self, request: Request, limits: RequestLimits = NO_LIMITS) -> bool | Crowded:
        """Keep it; False where a question of this id is there already, Crowded where a limit is met.

        Two processes that keep questions at the same moment do not count each other's.
        """
        ...

    async def claim(self, now: datetime, lease: timedelta) -> Request | None:
        """Claim the question whose turn it is, to work on it: None where none waits.  `attempt` counts up.

        Of the workspaces with a question that nobody works on, it is the turn of the one with the fewest
        being worked on, and of several that of the one that was served last the longest ago.  In it, of the
        person with the fewest being worked on; of that person, the oldest.
        """
        ...

    async def renew(self, request: Request, now: datetime, lease: timedelta) -> bool:
        """Hold on to a question that was taken; False where another has taken it since, or it is done."""
        ...

    async def free(self) -> int:
        """Let all that is worked on be taken at once: for who knows that nobody works; how many that were."""
        ...

    async def mark_done(self, team: str, id_: str) -> None:
        """Mark a request as answered, or its asker as told why not."""
        ...

    async def put_back(self, team: str, id_: str) -> None:
        """Put a question back, to be taken at once: nobody works on it any more.  One done stays done."""
        ...

    async def open(self, now: datetime, most: int = 1000) -> Sequence[tuple[str, str]]:
        """Return (team, id) of those that nobody works on, the oldest first."""
        ...

    async def forget(self, before: datetime) -> int:
        """Remove done ones from before; how many."""
        ...


class Store(Protocol):
    """The database.  What spans workspaces gives names only, or rows of the teams that were asked for."""

    @property
    def outbox(self) -> Outbox:
        """What is queued."""
        ...

    @property
    def inbox(self) -> Inbox:
        """What was asked."""
        ...

    def of(self, team: str) -> WorkspaceRepository:
        """Return what a workspace has set up."""
        ...

    async def teams(self) -> Sequence[str]:
        """Return the workspaces with an active rule or digest."""
        ...

    async def rules_behind(self, teams: Sequence[str], session: date) -> Sequence[StoredRule]:
        """Return all active rules of the channels in which at least one has not come to `session` yet.

        By team, channel and number.  A rule has come to a session when its `standing.reached` is not older.
        """
        ...

    async def rules_unweighed(self, teams: Sequence[str], session: date) -> Sequence[StoredRule]:
        """Return the active rules of which it is not kept yet what an unchanged world makes of them.

        session: where that rests on an older one, it is not kept yet.
        """
        ...

    async def save_noise(self, found: Sequence[RuleNoise]) -> None:
        """Keep what an unchanged world makes of versions, in place of what was kept of them."""
        ...

    async def unfollowed(self, teams: Sequence[str], longest: int) -> Sequence[StoredIncident]:
        """Return the incidents of active rules that have a card and whose threads are still to be told.

        longest: sessions after which the last is told of what followed.
        """
        ...

    async def tell_followed(self, told: StoredIncident, sessions: int, notice: NewNotice) -> bool:
        """Queue what followed an incident within so many sessions, in one transaction with the claim to it.

        Gives False, and queues nothing, where its thread was told of as many sessions or of more.
        """
        ...

    async def incidents(
        self, teams: Sequence[str], most: int = 3
    ) -> Mapping[tuple[str, str], Sequence[RuleIncident]]:
        """Return the last incidents of every version that has any, by (team, version key), the newest
        first.
        """
        ...

    async def daily(self, teams: Sequence[str]) -> Mapping[ChannelKey, Digest]:
        """Return the digests of these workspaces, the ones that are off too."""
        ...

    async def follows(self, teams: Sequence[str]) -> Mapping[ChannelKey, Sequence[Follow]]:
        """Return the followed pairs of these workspaces by channel, the oldest first."""
        ...

    async def unsent(
        self, teams: Sequence[str], before: date
    ) -> Mapping[ChannelKey, Sequence[DigestContent]]:
        """Return digests of older sessions that wait and surely have not arrived, the oldest first."""
        ...

    async def commit(self, outcomes: Sequence[SessionResult]) -> Sequence[SessionResult]:
        """Keep what a session came to, all in one transaction but each channel whole or not at all.

        Gives back those that were kept.  Not kept: a channel where a standing is not at the revision named
        (another worker was faster, or a person acted).  Incidents open and close with the standings: a state
        with `fired` that has no incident of that session opens one; every other open incident of the version
        is closed, on the session of the last flip RECOVERED or RESTATED among those given, else on the
        outcome's.  A notice that is in the outbox already is left alone.  The daily DIGEST and DETAILS of an
        `overtaken` session are dropped where they wait and surely have not arrived.  Of one `told` the
        session is noted as the newest that the channel's daily post has come to, unless a newer one is.
        """
        ...

    async def forget_topics(self, before: datetime) -> int:
        """Remove what was remembered of threads before; how many."""
        ...
