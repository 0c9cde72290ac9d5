"""A rule read back when it is set, edited or tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.watch.backtest import Backtest
from analytics.watch.readings import Reading
from analytics.watch.states import Phase, Reason, State
from bot.model import Digest, RuleReport
from bot.render.message import Message
from bot.render.rules import read_back as making
from bot.render.rules.read_back import Worth, created_message, past_words, remarks
from bot.render.text import NBSP
from tests.snapshot import Snapshot
from tests.unit.bot.render.rules.moods import faults
from tests.unit.bot.render.rules.stories import (
    ALWAYS,
    CALM,
    CROSSING,
    DIGEST,
    EXPENSE,
    FIRED,
    NEXT,
    NO_DATA,
    OFTEN,
    QUIET,
    SESSION,
    SHARPE_GAP,
    TWO_OF_THREE,
    UNDECIDED,
    flip,
    of,
    outcome,
    picture,
)
from tests.unit.bot.render.rules.weighed import NOISY, OFFERED, UNKNOWN
from tests.unit.bot.render.sections.reading import as_read

BEYOND = of(
    CROSSING,
    Reading(0.94, met=True, safe=False, crossing=True),
    State(session=SESSION, held=1),
    text="ISCB sortino crosses below 1.0 for 5 sessions",
)
GAP = of(
    SHARPE_GAP,
    Reading(0.31, met=False, safe=True, then=0.55),
    then="IWM",
    text="ISCB - SPSM sharpe < 0 3y rf=tbill then IWM",
)
FACT = of(EXPENSE, Reading(0.0003, met=False, safe=True), text="SPSM expense changes")


def answer(
    report: RuleReport,
    back: Backtest | None = CALM,
    digest: Digest | None = DIGEST,
    *,
    is_new: bool = False,
    worth: Worth = making.NOT_WEIGHED,
) -> Message:
    due = NEXT if digest else None
    return created_message(report, back, digest, due, edited=False, digest_is_new=is_new, worth=worth)


MOODS = {
    "quiet": created_message(
        QUIET, CALM, DIGEST, NEXT, edited=False, digest_is_new=True, worth=Worth(NOISY, picture("past"))
    ),
    "fired_and_noisy": created_message(
        replace(FIRED, watched=replace(FIRED.watched, version=2)),
        OFTEN,
        ALWAYS,
        NEXT,
        edited=True,
        digest_is_new=False,
        worth=Worth(NOISY, offered=OFFERED[:2]),
    ),
    "crossing": answer(BEYOND, digest=None),
    "gap": answer(GAP, digest=replace(DIGEST, on=False)),
    "fact": answer(FACT, None, replace(DIGEST, stopped="is_archived"), worth=Worth(UNKNOWN)),
    "no_data": answer(NO_DATA, Backtest(None, None, outcome(5, known=0))),
    "undecided": answer(UNDECIDED),
    "tested": making.tested_message(TWO_OF_THREE, CALM, Worth(NOISY, picture("past"), OFFERED, whole=True)),
}


@pytest.mark.parametrize("name", MOODS)
def test_reads_well(name: str, snapshot: Snapshot) -> None:
    snapshot(f"watch_created_{name}", as_read(MOODS[name]))


@pytest.mark.parametrize("name", MOODS)
def test_slack_takes_it_as_it_is(name: str) -> None:
    assert faults(MOODS[name]) == []


def plain(words: str | None) -> str | None:
    return words and words.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("back", "words"),
    [
        (
            CALM,
            "In the 5 years to 16 Jan 2026 it would have triggered 3 times, for 43 sessions in all, "
            "the longest 21.",
        ),
        (
            Backtest(date(2023, 8, 24), SESSION, outcome(5, 12, 8, is_open=True)),
            "In the 2.4 years to 16 Jan 2026 it would have triggered twice, for 20 sessions in all, "
            "the longest 12; the last one is still open.",
        ),
        (
            Backtest(date(2025, 1, 16), SESSION, outcome(5, 1)),
            "In the year to 16 Jan 2026 it would have triggered once, for 1 session.",
        ),
        (
            Backtest(date(2025, 6, 2), SESSION, outcome(5)),
            "In the 7 months to 16 Jan 2026 it would not have triggered.",
        ),
        (
            Backtest(date(2026, 1, 2), SESSION, outcome(5, known=11)),
            "In the 11 sessions to 16 Jan 2026 it would not have triggered.",
        ),
        (
            Backtest(None, None, outcome(5, known=0)),
            "There is no history to test it on: no session has a full window.",
        ),
        (None, "It was not tested on the past."),
    ],
)
def test_the_years_told_are_those_that_there_are(back: Backtest | None, words: str) -> None:
    assert plain(past_words(QUIET.watched.rule, back)) == words


def test_a_fact_has_no_past() -> None:
    assert "a fund's facts are known for today only" in past_words(FACT.watched.rule, None)


def test_a_crossing_that_waits_for_the_other_side_offers_the_level() -> None:
    (remark,) = remarks(BEYOND)
    assert "is below 1.00 already, so a crossing cannot trigger until it has been above once" in remark
    assert "`/watch ISCB sortino &lt; 1.0 for 5 sessions`" in remark
    assert remarks(replace(BEYOND, state=replace(BEYOND.state, armed=True))) == []
    told = replace(BEYOND, reading=None, flip=flip(Phase.OK, Phase.OK, Reason.ALREADY_BEYOND))
    assert len(remarks(told)) == 1


@pytest.mark.parametrize(
    ("digest", "words"),
    [
        (DIGEST, "at 08:30 (America/New_York), on days with news, at the earliest on Tue 20 Jan 2026."),
        (ALWAYS, "at 08:30 (America/New_York), after every session, next on Tue 20 Jan 2026."),
        (replace(ALWAYS, zone="Europe/London"), "next on Tue 20 Jan 2026 at 13:30."),
        (replace(ALWAYS, zone="No/Where"), "next on Tue 20 Jan 2026 at 13:30 UTC."),
        (replace(ALWAYS, zone="../../etc"), "next on Tue 20 Jan 2026 at 13:30 UTC."),
        (replace(DIGEST, on=False), "The daily post is off in this channel, so nobody is told: `/digest on`"),
        (replace(DIGEST, stopped="not_in_channel"), "is stopped (the bot is not in the channel"),
        (
            replace(DIGEST, stopped="odd <code>"),
            "is stopped (odd &lt;code&gt;); what triggers comes to its author",
        ),
        (None, "This channel has no daily post, so nobody is told: `/digest on` starts it."),
    ],
)
def test_who_will_hear_of_it_and_when(digest: Digest | None, words: str) -> None:
    assert words in as_read(answer(QUIET, digest=digest))


def test_a_post_that_was_just_switched_on_says_how_to_end_it() -> None:
    new = as_read(answer(QUIET, is_new=True))
    assert "A daily post was switched on for this channel: at 08:30" in new
    assert "`/digest off` ends it" in new


def test_what_is_only_tried_has_no_number() -> None:
    words = as_read(MOODS["tested"])
    assert words.startswith("[notification]\nTested, nothing was saved: it triggers when")
    assert "R7" not in words.replace("[picture: R7", "")
