"""What was lost, what was doubled, and whether each double has its cause: held against an undisturbed run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.model import NoticeKind
from bot.ports import SEEN
from tests.reliability.journal import BEGUN, ENDED, FAILED, Line
from tests.reliability.trial import Finished
from tests.reliability.workspace import Posted

ON_ITS_WAY = 0.5
"""Seconds that a request may still be under way to Slack when its sender is killed, or waits no longer."""

RECORDED, KILLED, NO_ANSWER, NOT_KEPT, REFUSED = "recorded", "killed", "no answer", "not kept", "refused"
PAUSED = "paused"
CUT = (KILLED, NO_ANSWER, NOT_KEPT)
"""Fates of attempts whose message may have arrived without a word of it in the outbox."""


@dataclass(frozen=True)
class Attempt:
    """One attempt at a post.  end: when its fate was sealed, real seconds.

    fate: recorded in the outbox; killed before it was; without an answer; answered but the database did not
    keep it; or refused by Slack.
    """

    worker: str
    key: str
    begun: float
    end: float
    fate: str


@dataclass(frozen=True)
class Double:
    """A message that came again.  fate: of the attempt that had posted it before; "" without a cause."""

    key: str
    fate: str


@dataclass(frozen=True)
class Verdict:
    """What a disturbance came to.

    lost: notices that the undisturbed run kept and this one did not, what a card never came to say, and
    cards that a closed channel refused and no owner got.  invented: the other way round, of notices alone.
    doubled: one for every post too many.
    different: anything else in the contents or in the words that differs.
    window: posts that had arrived and were not recorded, by the fate of their attempt.
    """

    lost: tuple[str, ...]
    invented: tuple[str, ...]
    doubled: tuple[Double, ...]
    different: tuple[str, ...]
    window: tuple[Attempt, ...]

    @property
    def unexplained(self) -> list[Double]:
        """Doubles that nothing explains."""
        return [each for each in self.doubled if each.fate not in (*CUT, PAUSED)]

    @property
    def sound(self) -> bool:
        """Nothing lost, nothing invented, nothing doubled without a cause, the same contents."""
        return not (self.lost or self.invented or self.unexplained or self.different)


def judge(quiet: Finished, disturbed: Finished, *, words: bool = True) -> Verdict:
    """Hold a disturbed run against a quiet one.  words: whether the texts must be the same, too."""
    attempts = [each for name in disturbed.journals for each in attempts_of(name, disturbed)]
    kept = {row.key for row in quiet.rows if row.state == "sent"}
    now = {row.key for row in disturbed.rows if row.state == "sent"}
    posted = set(quiet.arrived)
    lost = (kept - now) | (posted - set(disturbed.arrived)) | set(_unheard(disturbed))
    lost |= set(_unsaid(quiet, disturbed) if words else ())
    return Verdict(
        lost=tuple(sorted(lost)),
        invented=tuple(sorted((now - kept) | (set(disturbed.arrived) - posted))),
        doubled=tuple(_doubled(disturbed, attempts)),
        different=tuple(_different(quiet, disturbed, words)),
        window=tuple(_window(disturbed, attempts)),
    )


def _unheard(run: Finished) -> Iterator[str]:
    """Cards that their channel, closed to the bot, did not take, and that came to nobody instead."""
    alerts = {tuple(each) for key in run.arrived if (each := key.split("/"))[3:4] == [NoticeKind.ALERT]}
    told = {(team, session, subject) for team, _, session, _, subject in alerts}
    for row in run.rows:
        team, _, session, kind, subject = row.key.split("/", 4)
        refused = row.state == "dropped" and row.fault in SEEN
        if kind == NoticeKind.CARD and refused and (team, session, subject) not in told:
            yield row.key


def attempts_of(worker: str, run: Finished) -> Iterator[Attempt]:
    """Every attempt at a post that a worker began, with what became of it."""
    lines = run.journals[worker]
    death = next((end.at for end in (*run.kills, *run.ended) if end.worker == worker), float("inf"))
    for number, line in enumerate(lines):
        if (line.mark, line.step) == (BEGUN, "post"):
            end, fate = _fate([each for each in lines[number + 1 :] if each.key == line.key])
            yield Attempt(worker, line.key, line.at, end or death, fate)


def _fate(after: Sequence[Line]) -> tuple[float | None, str]:
    """What became of an attempt, by the lines on the same notice after its beginning.

    A record that failed may have been tried again.
    """
    found: tuple[float | None, str] = (None, KILLED)
    for line in after:
        if line.mark == FAILED and line.step == "post":
            return line.at, NO_ANSWER if line.word == "DOUBT" else REFUSED
        if line.mark == FAILED and line.step == "record":
            found = line.at, NOT_KEPT
        if line.mark == ENDED and line.step == "record":
            return line.at, RECORDED
        if (line.mark, line.step) == (BEGUN, "post"):
            break
    return found


def _attempt_of(posted: Posted, attempts: Sequence[Attempt]) -> Attempt | None:
    """Which attempt made a message: the last one under way when it arrived."""
    possible = [
        each for each in attempts if each.key == posted.key and each.begun <= posted.at <= _last(each)
    ]
    return max(possible, key=lambda each: each.begun, default=None)


def _last(attempt: Attempt) -> float:
    """The latest moment at which its message can have arrived."""
    return attempt.end + (ON_ITS_WAY if attempt.fate in (KILLED, NO_ANSWER) else 0.0)


def _doubled(run: Finished, attempts: Sequence[Attempt]) -> Iterator[Double]:
    """Every message after which another one came, with the fate of the attempt that had made it.

    Where a paused worker made one of the two, that is the cause: it went on after its lease.
    """
    paused = {name for name, lines in run.journals.items() if any(line.step == "stopped" for line in lines)}
    for key, messages in run.arrived.items():
        for earlier, later in pairwise(messages):
            made, again = _attempt_of(earlier, attempts), _attempt_of(later, attempts)
            if {each.worker for each in (made, again) if each} & paused:
                yield Double(key, PAUSED)
            else:
                yield Double(key, made.fate if made and made.fate != RECORDED else "")


def _window(run: Finished, attempts: Sequence[Attempt]) -> Iterator[Attempt]:
    for messages in run.arrived.values():
        for message in messages:
            made = _attempt_of(message, attempts)
            if made and made.fate in CUT:
                yield made


def _unsaid(quiet: Finished, disturbed: Finished) -> Iterator[str]:
    """Words that a message got in the undisturbed run and never in this one."""
    for key, texts in quiet.rewritten.items():
        yield from (f"{key} rewritten: {text}" for text in texts - disturbed.rewritten.get(key, set()))


def _early(quiet: Finished, run: Finished) -> Iterator[str]:
    """Messages that came before their time.

    What was put back in the undisturbed run, where the machine was busy, was due earlier than its row says.
    What a channel's refusal brings about is due when it refuses, which each run comes to at its own moment.
    """
    moments = (NoticeKind.STOPPED, NoticeKind.ALERT)
    untouched = [row for row in quiet.rows if row.attempt <= 1 and row.key.split("/")[3] not in moments]
    due = {row.key: row.due.timestamp() for row in untouched}
    for key, messages in run.arrived.items():
        if key in due and (early := due[key] - min(float(each.ts) for each in messages)) > 0:
            yield f"{key} arrived {early:.0f} s early"


def _different(quiet: Finished, disturbed: Finished, words: bool) -> Iterator[str]:
    yield from disturbed.stuck
    yield from _early(quiet, disturbed)
    for name in sorted(quiet.facts.keys() | disturbed.facts.keys()):
        was, now = quiet.facts.get(name, "nothing"), disturbed.facts.get(name, "nothing")
        if was != now:
            yield f"{name}: {was} became {now}"
    for key in sorted(quiet.texts if words else ()):
        if disturbed.texts.get(key) != quiet.texts[key]:
            yield f"{key} says: {disturbed.texts.get(key)}"
