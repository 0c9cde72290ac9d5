"""What studies of facts share: titles, sources and days, reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.fund import Fact
from analytics.notes import Note, NoteKind
from bot.render.sections.fund_facts import (
    dated_sources,
    facts_opening,
    facts_title,
    later_facts_note,
    reference_of,
    refusals,
    source_asked,
    unknown_fact_notes,
)
from tests.unit.bot.render.sections import moods

DAY = date(2026, 1, 15)
REASONS = frozenset({NoteKind.NO_PROFILE})


def test_the_title_names_funds_and_study() -> None:
    assert facts_title(moods.few("ISCB", "SPSM").comparison, "sectors", ()) == "ISCB vs SPSM · sectors"
    assert facts_title(moods.few("ISCB").comparison, "cost", ()) == "ISCB · cost"


def test_a_benchmark_that_stands_last_is_the_reference() -> None:
    comparison = moods.few("ISCB", "SPSM", "IWM", benchmark="IWM").comparison
    assert reference_of(comparison) == "IWM"
    assert facts_title(comparison, "holdings", ()) == "ISCB, SPSM against IWM · holdings"


@pytest.mark.parametrize("benchmark", [None, "ISCB"])
def test_a_benchmark_that_does_not_stand_last_is_none(benchmark: str | None) -> None:
    assert reference_of(moods.few("ISCB", "SPSM", benchmark=benchmark).comparison) is None


def test_one_fund_is_no_reference_for_itself() -> None:
    comparison = moods.few("ISCB").comparison
    alone = replace(comparison, query=replace(comparison.query, benchmark="ISCB"))
    assert reference_of(alone) is None


def test_funds_that_share_source_and_day_stand_together() -> None:
    facts = {"A": Fact(1, "x", DAY), "B": Fact(2, "y", DAY), "C": Fact(3, "x", DAY), "D": Fact(4, "x")}
    assert dated_sources(facts) == "A, C: x, 2026-01-15 · B: y, 2026-01-15 · D: x, no date given"
    assert dated_sources({}) == ""


def test_without_any_figure_the_foot_says_who_was_asked() -> None:
    assert source_asked(moods.dark().comparison) == "source Yahoo Finance, as of 2026-01-16"


def test_a_reason_that_was_noted_comes_before_silence() -> None:
    remarks = unknown_fact_notes(moods.dark(), ["ISCB", "SPSM"], "positions", REASONS)
    assert remarks == ("ISCB: Yahoo Finance gives no positions.", "SPSM: no fund facts (no answer).")


def test_a_note_of_another_kind_is_no_reason() -> None:
    (remark,) = unknown_fact_notes(moods.dark(), ["SPSM"], "positions", frozenset({NoteKind.STALE}))
    assert remark == "SPSM: Yahoo Finance gives no positions."


def test_the_first_reason_is_told_where_there_are_two() -> None:
    found = moods.dark()
    second = Note(NoteKind.NO_PROFILE, "SPSM", {"cause": "later"})
    (remark,) = unknown_fact_notes(
        replace(found, notes=(*found.notes, second)), ["SPSM"], "positions", REASONS
    )
    assert remark == "SPSM: no fund facts (no answer)."


def test_an_interest_rate_is_said_to_be_one() -> None:
    found = moods.sample("ISCB", "TLT", "^TNX")
    remarks = unknown_fact_notes(found, ["^TNX"], "sector weights", frozenset({NoteKind.NOT_A_FUND}))
    assert remarks == ("^TNX is an interest rate: no sector weights.",)


@pytest.mark.parametrize("mood", ["few", "dark"])
def test_a_value_that_was_refused_is_the_reason_for_its_lack(mood: str) -> None:
    asked_of = moods.few("ISCB", "SPSM") if mood == "few" else moods.dark()
    fee = Note(NoteKind.FACT_REFUSED, "ISCB", {"fact": "expense ratio", "value": 0.68, "percent": True})
    found = replace(asked_of, notes=(fee,))
    words = "ISCB: an expense ratio of 0.68 (as a fraction) is not plausible and is left out; is it percent?"
    assert unknown_fact_notes(found, ["ISCB"], "expense ratio", REASONS) == (words,)
    assert unknown_fact_notes(found, ["ISCB"], "positions", REASONS) == (
        "ISCB: Yahoo Finance gives no positions.",
    )
    assert refusals(found, "expense ratio") == (words,)
    assert refusals(found, "yield") == ()


def test_facts_of_some_days_later_are_a_remark_with_the_latest() -> None:
    comparison = moods.few("ISCB", "SPSM").comparison
    facts = [Fact(1, "x", date(2026, 1, 19)), Fact(2, "y", date(2026, 1, 20)), Fact(3, "x")]
    (remark,) = later_facts_note(comparison, facts, "Positions")
    assert remark.replace("\u00a0", " ") == (
        "Positions are those of 20 Jan 2026; what they were on 16 Jan 2026 is not known."
    )
    assert facts_opening(comparison, facts, "Positions") == ()
    assert facts_title(comparison, "holdings", facts) == "ISCB vs SPSM · holdings"
    assert later_facts_note(comparison, [Fact(1, "x", date(2026, 1, 16)), Fact(3, "x")], "Positions") == ()


def test_facts_of_another_time_are_dated_in_title_and_finding() -> None:
    comparison = moods.few("ISCB", "SPSM").comparison
    facts = [Fact(1, "x", date(2026, 2, 1)), Fact(2, "y", date(2026, 3, 1)), Fact(3, "x")]
    (first,) = facts_opening(comparison, facts, "Positions")
    assert first.replace("\u00a0", " ") == (
        "Positions are those of 1 Mar 2026; what they were on 16 Jan 2026 is not known."
    )
    assert later_facts_note(comparison, facts, "Positions") == ()
    title = facts_title(comparison, "holdings", facts).replace("\u00a0", " ")
    assert title == "ISCB vs SPSM · holdings, facts of 1 Feb 2026 to 1 Mar 2026"
