"""What studies of facts share: titles, sources and days, reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.fund import Approach, Fact, FundIdentity, FundProfile, IndexChange, Kind, identify_funds
from analytics.notes import Note, NoteKind
from bot.render.fit import fit
from bot.render.message import Message
from bot.render.sections.fund_facts import (
    dated_sources,
    facts_opening,
    facts_section,
    facts_title,
    fund_name_words,
    later_facts_note,
    reference_of,
    refusals,
    source_asked,
    unknown_fact_notes,
)
from bot.render.sections.page import SectionAnswer
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections import moods
from tests.unit.bot.render.sections.reading import as_read, cells, table_of
from tests.violations import violations

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


def shown(found: SectionAnswer, priced_from: date | None = None) -> Message:
    profiles = found.comparison.profiles
    first = {symbol: priced_from for symbol in profiles if priced_from}
    return facts_section(found, identify_funds(profiles, first))


SIX = ("ISCB", "SPSM", "IWM", "AVUV", "SPY", "TLT")
MOODS = {
    "full": lambda: moods.sample("ISCB", "SPSM"),
    "one": lambda: moods.sample("AVUV"),
    "six": lambda: moods.sample(*SIX),
    "no_funds": lambda: moods.sample("ISCB", "TLT", "^TNX"),
    "partial": moods.partial,
    "nothing": moods.dark,
    "too_long": moods.long,
}


@pytest.mark.parametrize("mood", MOODS)
def test_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"study_facts_{mood}", as_read(shown(MOODS[mood]())))


@pytest.mark.parametrize("mood", MOODS)
def test_slack_takes_it_as_it_is(mood: str) -> None:
    message = shown(MOODS[mood]())
    assert violations(message.blocks) == []
    assert fit(message) == message


def hostile(name: str) -> SectionAnswer:
    profile = FundProfile(
        "ISCB",
        Kind.FUND,
        name,
        provider=Fact(name, "Yahoo Finance", DAY),
        index=Fact(name, "Yahoo Finance", DAY),
        approach=Fact(Approach.INDEX, "Yahoo Finance", DAY),
        category=name,
    )
    return moods.few("ISCB", profiles={"ISCB": profile})


@pytest.mark.parametrize("name", ["<!channel> & <https://x.example|click>", "x" * 5_000, "a\u202eb\nc\x00d"])
def test_what_a_source_calls_a_fund_is_shown_harmless_and_short(name: str) -> None:
    message = shown(hostile(name))
    assert violations(message.blocks) == []
    assert fit(message) == message
    assert "<!channel>" not in message.text
    assert all(len(cell) <= 80 and cell.isprintable() for row in cells(table_of(message)) for cell in row)


def test_an_inception_that_the_prices_contradict_is_left_out_and_said() -> None:
    """Yahoo tells of a fund that is priced from 1980 on the date of its youngest share class."""
    found = moods.few(
        "ISCB",
        profiles={
            "ISCB": FundProfile(
                "ISCB",
                Kind.FUND,
                "Vanguard 500 Index Fund",
                inception=Fact(date(2010, 9, 7), "Yahoo Finance", DAY),
            )
        },
    )
    said = as_read(shown(found, date(1980, 1, 2))).replace("\u00a0", " ")
    assert "an inception date of 7 Sep 2010 is left out: it is priced from 2 Jan 1980 on" in said
    assert "Inception" not in said
    kept = as_read(shown(found, date(2010, 8, 20))).replace("\u00a0", " ")
    assert "launched on 7 Sep 2010 (15 years old)" in kept


def test_a_name_with_its_index() -> None:
    iscb = moods.sample("ISCB").comparison.profiles["ISCB"]
    assert (
        fund_name_words(iscb)
        == "iShares Morningstar Small-Cap ETF (index: Morningstar US Small Cap Extended)"
    )
    avuv = moods.sample("AVUV").comparison.profiles["AVUV"]
    assert fund_name_words(avuv) == "Avantis U.S. Small Cap Value ETF"
    assert fund_name_words(FundProfile("AAA", Kind.FUND)) == "AAA"
    assert len(fund_name_words(replace(iscb, name="x" * 900))) < 150


def test_the_index_says_since_when() -> None:
    fund = FundProfile(
        "AAA",
        Kind.FUND,
        index=Fact("B", "x"),
        index_changes=(IndexChange(date(2017, 1, 2), "A"), IndexChange(date(2020, 1, 24), "B")),
    )
    assert fund.tracked_since == date(2020, 1, 24)
    assert replace(fund, index_changes=()).tracked_since is None


def test_nothing_is_made_of_nothing() -> None:
    assert identify_funds({}, {}) == FundIdentity({}, {})
