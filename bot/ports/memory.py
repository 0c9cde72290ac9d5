"""What is kept: see `bot.records` for the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from analytics.watch.rules import Rule
from analytics.watch.states import Policy, State
from bot.records import (
    NO_LIMITS,
    Crowded,
    Deed,
    Digest,
    Edition,
    History,
    Incident,
    Kept,
    Lane,
    Limits,
    NewPromise,
    Outcome,
    Promise,
    Question,
    Status,
    Story,
    Topic,
)


@dataclass(frozen=True)
class Draft:
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


class Book(Protocol):
    """What one workspace has set up.  Nothing of another workspace can be seen or changed through it."""

    async def add(self, draft: Draft) -> Kept:
        """Keep a new rule under the next number, with a fresh standing and a deed MADE."""
        ...

    async def revise(self, number: int, draft: Draft) -> Kept:
        """Keep the next version of a rule, with a deed EDITED; its open incident, if any, is closed.

        Raises LookupError where there is no such rule or it was deleted.
        """
        ...

    async def rule(self, number: int, version: int | None = None) -> Kept | None:
        """A rule by its number: its newest version, or the one asked for; a deleted one too."""
        ...

    async def made(self, asked: str) -> Kept | None:
        """The version that a question has made, by the question's id; None where it made none."""
        ...

    async def rules(self, channel: str | None = None) -> Sequence[Kept]:
        """The newest versions of the rules that are not deleted, of a channel or of all, by number."""
        ...

    async def mark(
        self, number: int, status: Status, deed: Deed, promises: Sequence[NewPromise] = ()
    ) -> Kept:
        """Pause, resume or delete, in one transaction with its promises.

        Pausing and deleting close the open incident; a resumed rule begins with a fresh standing.
        Raises LookupError as `revise`.
        """
        ...

    async def alter(
        self, kept: Kept, state: State, deed: Deed, promises: Sequence[NewPromise]
    ) -> Kept | None:
        """Another state by a person's hand (acknowledged, snoozed), in one transaction with its promises.

        Gives None, and does nothing, where the standing is not `kept.standing.revision` any more.
        """
        ...

    async def history(self, number: int, most: int = 20) -> History:
        """What happened to a rule, `most` of each kind; raises LookupError where there is none."""
        ...

    async def incident(self, number: int, version: int) -> Incident | None:
        """The newest incident of a version."""
        ...

    async def digest(self, channel: str) -> Digest | None:
        """A channel's daily post, one that is off too."""
        ...

    async def digests(self) -> Sequence[Digest]:
        """Those of all channels, the ones that are off too."""
        ...

    async def keep(self, digest: Digest) -> None:
        """Make or change a channel's daily post."""
        ...

    async def promise(self, promises: Sequence[NewPromise]) -> int:
        """Promise outside a daily run; what is promised already is left alone.  How many were new."""
        ...

    async def retime(self, channel: str, dues: Mapping[date, datetime], now: datetime) -> None:
        """Have what a channel is still to be told of these sessions fall due at other moments, or now.

        It concerns what nobody has tried yet, and what was dropped because the channel's post was off, where
        its new moment is to come.
        """
        ...

    async def delivered(self, channel: str, session: date, kind: str, subject: str = "") -> str | None:
        """The ts of a kept promise, None where it is not kept (yet)."""
        ...

    async def last_delivered(self, channel: str) -> date | None:
        """The newest session whose digest was posted in a channel."""
        ...

    async def told(self, channel: str, ts: str) -> Story | Edition | None:
        """What a message of ours tells that kept a promise, as it was promised; None for any other."""
        ...

    async def remember(self, channel: str, thread: str, topic: Topic, at: datetime) -> None:
        """What a thread is about from now on; `thread` empty: what is said to the bot alone."""
        ...

    async def recall(self, channel: str, thread: str) -> Topic | None:
        """What a thread is about."""
        ...

    async def visited(self, user: str, at: datetime) -> bool:
        """Somebody looks at the Home tab; True where it is the first time."""
        ...

    async def visitors(self, since: datetime) -> Sequence[str]:
        """Who has looked at the Home tab since, the latest first."""
        ...


class Ledger(Protocol):
    """Promises, kept one after the other in each lane.  The ledger is the truth; jobs are hints."""

    async def lanes(self, now: datetime, most: int = 1000) -> Sequence[Lane]:
        """Where `claim` would find something now."""
        ...

    async def claim(self, lane: Lane, now: datetime, lease: timedelta, holder: str) -> Promise | None:
        """The promise of the lane whose turn it is, if it may be tried now: in one statement.

        Its turn has the oldest unfinished one that is due or was tried before: one that was put back holds up
        the lane until it may be tried again, one that nobody has tried yet and that is not due holds up
        nothing (tomorrow's digest does not wait in front of today's acknowledgement).
        A promise whose lease ended without an answer is `doubtful`.  A lease that ends more than an hour from
        now was given by a clock that was ahead, and has ended.
        """
        ...

    async def holds(self, promise: Promise, now: datetime) -> bool:
        """Whether the claim is still the holder's, with its lease not ended."""
        ...

    async def sent(self, promise: Promise, ts: str | None, picture: str | None = None) -> None:
        """It arrived.  A CARD's ts becomes its incident's root.

        picture: Slack's id of the file that a CARD or its UPDATE shows, None where it shows none.
        """
        ...

    async def put_back(self, promise: Promise, not_before: datetime, fault: str) -> None:
        """It was refused and surely did not arrive: due again, and not doubtful by this attempt."""
        ...

    async def drop(self, promise: Promise, fault: str) -> None:
        """It will never arrive; `fault` is kept."""
        ...

    async def stop(self, promise: Promise, fault: str, now: datetime) -> None:
        """The lane is closed until the bot may post again, by a promise that was refused: see `close`."""
        ...

    async def close(self, lane: Lane, session: date, fault: str, now: datetime) -> None:
        """The lane is closed until the bot may post again, in one transaction.

        The digest gets the reason, and what is unsent there is dropped.  Its owner and those of the channel's
        active rules are promised a word about it (Kind.STOPPED, each in the lane of their user id), unless it
        was stopped before; and `alert_of` what was dropped.
        """
        ...

    async def forget(self, before: date, most: int) -> int:
        """Remove finished promises of sessions before, at most so many; how many that were.

        The newest post of each channel stays, what an open incident's card says, and all that an unfinished
        promise of the same session may look for.  What is removed could be promised again.
        """
        ...


class Inbox(Protocol):
    """Questions, from the acknowledgement to the answer."""

    async def put(self, question: Question, limits: Limits = NO_LIMITS) -> bool | Crowded:
        """Keep it; False where a question of this id is there already, Crowded where a limit is met.

        Two processes that keep questions at the same moment do not count each other's.
        """
        ...

    async def claim(self, now: datetime, lease: timedelta) -> Question | None:
        """The question whose turn it is, to work on it: None where none waits.  `attempt` counts up.

        Of the workspaces with a question that nobody works on, it is the turn of the one with the fewest
        being worked on, and of several that of the one that was served last the longest ago.  In it, of the
        person with the fewest being worked on; of that person, the oldest.
        """
        ...

    async def renew(self, question: Question, now: datetime, lease: timedelta) -> bool:
        """Hold on to a question that was taken; False where another has taken it since, or it is done."""
        ...

    async def free(self) -> int:
        """Let all that is worked on be taken at once: for who knows that nobody works; how many that were."""
        ...

    async def done(self, team: str, id_: str) -> None:
        """It was answered, or its asker was told why not."""
        ...

    async def put_back(self, team: str, id_: str) -> None:
        """Nobody works on it any more: it may be taken at once.  One that is done stays done."""
        ...

    async def open(self, now: datetime, most: int = 1000) -> Sequence[tuple[str, str]]:
        """(team, id) of those that nobody works on, the oldest first."""
        ...

    async def forget(self, before: datetime) -> int:
        """Remove done ones from before; how many."""
        ...


class Store(Protocol):
    """The database.  What spans workspaces gives names only, or rows of the teams that were asked for."""

    @property
    def ledger(self) -> Ledger:
        """What is promised."""
        ...

    @property
    def inbox(self) -> Inbox:
        """What was asked."""
        ...

    def of(self, team: str) -> Book:
        """What a workspace has set up."""
        ...

    async def teams(self) -> Sequence[str]:
        """The workspaces with an active rule or digest."""
        ...

    async def undecided(self, teams: Sequence[str], session: date) -> Sequence[Kept]:
        """All active rules of the channels in which at least one has not come to `session` yet.

        By team, channel and number.  A rule has come to a session when its `standing.reached` is not older.
        """
        ...

    async def incidents(
        self, teams: Sequence[str], most: int = 3
    ) -> Mapping[tuple[str, str], Sequence[Incident]]:
        """The last incidents of every version that has any, by (team, version key), the newest first."""
        ...

    async def daily(self, teams: Sequence[str]) -> Mapping[Lane, Digest]:
        """The digests of these workspaces, the ones that are off too."""
        ...

    async def unsent(self, teams: Sequence[str], before: date) -> Mapping[Lane, Sequence[Edition]]:
        """Editions of older sessions that wait and surely have not arrived, the oldest first."""
        ...

    async def commit(self, outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
        """Keep what a session came to, all in one transaction but each channel whole or not at all.

        Gives back those that were kept.  Not kept: a channel where a standing is not at the revision named
        (another worker was faster, or a person acted).  Incidents open and close with the standings: a state
        with `fired` that has no incident of that session opens one; every other open incident of the version
        is closed, on the session of the last flip RECOVERED or RESTATED among those given, else on the
        outcome's.  A promise that is in the ledger already is left alone.  The daily DIGEST and DETAILS of an
        `overtaken` session are dropped where they wait and surely have not arrived.
        """
        ...

    async def forget_topics(self, before: datetime) -> int:
        """Remove what was remembered of threads before; how many."""
        ...
