"""What is lost or doubled is told, and a double is only explained by what can have made it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.reliability.contents import Row
from tests.reliability.crew import End
from tests.reliability.test_journal import lines
from tests.reliability.trial import Finished
from tests.reliability.verdict import judge
from tests.reliability.workspace import Posted

A, B = "T1/C1/2026-01-20/card/R1v1", "T1/C1/2026-01-20/digest/"
JOURNAL = f"+post:{A} -post:{A} +record:{A} -record:{A} +post:{B} -post:{B} +record:{B} -record:{B}"
DUE = datetime(1970, 1, 1, tzinfo=UTC)
QUIET = Finished(
    rows=(Row(A, "sent", "", 1, "1", DUE), Row(B, "sent", "", 1, "2", DUE)),
    facts={"digest T1/C1": "on True"},
    arrived={A: [Posted(0.5, A, "1")], B: [Posted(4.5, B, "2")]},
    texts={A: "a", B: "b"},
    rewritten={A: {"a", "a on Tuesday"}},
    journals={"worker0.0": lines(JOURNAL)},
    kills=(),
    ended=(),
    stuck=(),
    lengths=(1.0,),
    disturbances=(),
    leapt=0,
    faults=0,
    seconds=1.0,
)


def again(journal: str, *, kill: float | None = None, first: float = 0.5) -> Finished:
    """A is posted by a first worker, and again by a second one who records it."""
    kills = () if kill is None else (End(kill, "worker0.0", ("post",)),)
    second = [replace(line, at=line.at + 10) for line in lines(JOURNAL)]
    return replace(
        QUIET,
        arrived={A: [Posted(first, A, "1"), Posted(10.5, A, "3")], B: QUIET.arrived[B]},
        journals={"worker0.0": lines(journal), "worker0.1": second},
        kills=kills,
    )


def test_the_same_is_sound() -> None:
    verdict = judge(QUIET, QUIET)
    assert verdict.sound
    assert (verdict.doubled, verdict.window) == ((), ())


def test_what_was_not_posted_or_not_recorded_is_lost() -> None:
    unposted = replace(QUIET, arrived={A: QUIET.arrived[A]})
    unrecorded = replace(QUIET, rows=(QUIET.rows[0], replace(QUIET.rows[1], state="dropped")))
    for finished in (unposted, unrecorded):
        verdict = judge(QUIET, finished)
        assert (verdict.lost, verdict.sound) == ((B,), False)


def test_what_a_card_never_came_to_say_is_lost() -> None:
    once = replace(QUIET, rewritten={A: {"a"}})
    assert judge(QUIET, once).lost == (f"{A} rewritten: a on Tuesday",)
    assert judge(QUIET, once, words=False).sound
    assert judge(once, QUIET).sound


def test_a_card_that_a_closed_channel_refused_is_lost_unless_its_owner_got_it() -> None:
    refused = Row(A, "dropped", "is_archived", 1, None, DUE)
    alert = "T1/U1/2026-01-20/alert/R1v1"
    closed = replace(QUIET, rows=(refused, QUIET.rows[1]), arrived={B: QUIET.arrived[B]})
    assert judge(closed, closed).lost == (A,)
    heard = replace(closed, arrived={**closed.arrived, alert: [Posted(0.5, alert, "1")]})
    assert judge(heard, heard).lost == ()
    moot = replace(closed, rows=(replace(refused, fault="R1v1 is not read any more"), QUIET.rows[1]))
    assert judge(moot, moot).lost == ()


def test_what_nobody_queued_is_invented() -> None:
    assert judge(replace(QUIET, arrived={A: QUIET.arrived[A]}, rows=QUIET.rows[:1]), QUIET).invented == (B,)


def test_other_books_other_words_and_a_run_that_did_not_end_are_told() -> None:
    other = replace(QUIET, facts={"digest T1/C1": "on False"}, texts={A: "a", B: "c"}, stuck=("at noon",))
    assert judge(QUIET, other).different == (
        "at noon",
        "digest T1/C1: on True became on False",
        f"{B} says: c",
    )
    assert len(judge(QUIET, other, words=False).different) == 2


@pytest.mark.parametrize(
    ("journal", "kill", "first", "fate"),
    [
        (f"+post:{A}", 1.0, 0.5, "killed"),
        (f"+post:{A}", 1.0, 1.2, "killed"),  # the request was under way
        (f"+post:{A} -post:{A} +record:{A}", 3.0, 0.5, "killed"),
        (f"+post:{A} !post:{A}:DOUBT", None, 0.5, "no answer"),
        (f"+post:{A} -post:{A} +record:{A} !record:{A}:full", None, 0.5, "not kept"),
        (f"+post:{A} -post:{A} +record:{A} !record:{A}:full +record:{A} -record:{A}", 9.0, 0.5, ""),
        (f"+post:{A} -post:{A} +record:{A} -record:{A}", 5.0, 0.5, ""),  # it was recorded before the kill
        (f"+post:{A}", 1.0, 2.0, ""),  # the first one came long after the kill
        (f"+post:{A} !post:{A}:LATER", None, 0.5, "refused"),  # and surely had not posted it
        (f"+post:{A} *stopped:-", None, 0.5, "paused"),
    ],
)
def test_a_double_has_a_cause_or_none(journal: str, kill: float | None, first: float, fate: str) -> None:
    verdict = judge(QUIET, again(journal, kill=kill, first=first))
    assert [double.fate for double in verdict.doubled] == [fate]
    assert verdict.sound == (fate not in ("", "refused"))
    assert len(verdict.window) == verdict.sound


def test_what_came_before_its_time_is_told() -> None:
    late = replace(QUIET.rows[0], due=DUE + timedelta(hours=1))
    moved = replace(QUIET, rows=(late, QUIET.rows[1]))
    assert judge(QUIET, moved).different == (), "Slack refused it for a while after it had arrived"
    early = judge(moved, QUIET)
    assert early.different == (f"{A} arrived 3599 s early",)
    put_back = replace(late, attempt=2)
    assert judge(replace(moved, rows=(put_back, QUIET.rows[1])), QUIET).different == ()
