"""Titles of studies of prices, and the remarks that belong under them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from analytics import FundProfile, Kind
from analytics.notes import Note, NoteKind
from bot.render.limits import HEADER_TEXT
from bot.render.sections.page import PRICES, RISK, WINDOW, SectionAnswer, limit_sentences, window_title
from tests.unit.bot.render.sections.prices import found, plain

STALE = Note(NoteKind.STALE, "ISCB", {"age_seconds": 7200.0, "cause": "no answer"})
NO_PROFILE = Note(NoteKind.NO_PROFILE, "SPSM", {"cause": "no answer"})


def told(of: SectionAnswer, kinds: frozenset[NoteKind] = PRICES, since: date | None = None) -> list[str]:
    return [plain(remark) for remark in limit_sentences(of, kinds, since)]


def test_the_study_stands_between_the_funds_and_the_window() -> None:
    assert (
        plain(window_title(found("full").comparison, "risk")) == "ISCB vs SPSM · risk · 1 year to 16 Jan 2026"
    )
    assert plain(window_title(found("partial").comparison, "risk")).endswith(
        "3 years to 16 Jan 2026, priced from 22 Jan 2024"
    )


def test_a_header_without_room_loses_the_window() -> None:
    study = "downside deviation of six"
    title = window_title(found("too_long").comparison, study)
    assert title.endswith(f"DFAS-LONDON · {study}")
    assert len(f"SAMPLE DATA · {title}") <= HEADER_TEXT


def test_missing_facts_do_not_touch_prices() -> None:
    notes = (STALE, NO_PROFILE)
    assert [
        line.split(":")[0] for line in told(replace(found("full"), notes=notes), since=date(2025, 1, 16))
    ] == ["ISCB"]


def test_a_change_of_index_counts_where_it_lies_within() -> None:
    within = told(found("full"), since=date(2021, 3, 18))
    assert any("changed its index on 19 Mar 2021" in remark for remark in within)
    assert told(found("full"), since=date(2021, 3, 19)) == []
    assert told(found("full")) == within


def test_each_kind_of_study_has_its_remarks() -> None:
    assert PRICES < WINDOW < RISK
    assert any("priced only from" in remark for remark in told(found("partial"), WINDOW))
    assert not any("priced only from" in remark for remark in told(found("partial"), PRICES))


def test_an_index_may_lack_dividends() -> None:
    comparison = found("full").comparison
    indices = {name: FundProfile(name, Kind.INDEX) for name in ("ISCB", "^TNX")}
    remarks = told(SectionAnswer(replace(comparison, profiles=indices)))
    assert remarks.count("ISCB is an index: its return may lack dividends.") == 1
    assert not any("^TNX is an index" in remark for remark in remarks)


def test_a_benchmark_that_is_an_index_may_lack_them_too() -> None:
    query = replace(found("full").comparison.query, benchmark="^GSPC")
    remarks = told(SectionAnswer(replace(found("full").comparison, query=query)))
    assert "^GSPC is an index: its return may lack dividends." in remarks


def test_income_that_no_price_holds_is_a_limit_of_any_return() -> None:
    unpaid = Note(NoteKind.INCOME_NOT_IN_PRICE, "ISCB", {"yield": 0.0421})
    remarks = told(replace(found("full"), notes=(unpaid,)))
    assert any("beside a yield of 4.21 %: the income is not in the prices" in remark for remark in remarks)
