"""Sector studies in every mood: as people read them, within Slack's limits, true to the weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from analytics.fund import Basis, Fact, SectorWeights
from analytics.notes import Note, NoteKind
from bot.render.chart_specs import SectorChart
from bot.render.fit import fit
from bot.render.message import Message
from bot.render.sections.page import SectionAnswer
from bot.render.sections.sectors import sectors_finding, sectors_foot, sectors_section
from bot.render.text import NBSP
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections import moods
from tests.unit.bot.render.sections.reading import as_read, cells, table_of
from tests.unit.bot.render.sections.worlds import PROFILES
from tests.violations import violations

MOODS: dict[str, Callable[[], SectionAnswer]] = {
    "full": lambda: moods.sample("ISCB", "SPSM"),
    "reference": lambda: moods.sample("ISCB", "SPSM", "IWM", benchmark="IWM"),
    "four": lambda: moods.sample("ISCB", "SPSM", "SPY", "AVUV"),
    "one": lambda: moods.sample("ISCB"),
    "no_funds": lambda: moods.sample("ISCB", "TLT", "^TNX"),
    "partial": moods.partial,
    "nothing": moods.dark,
    "too_long": moods.long,
    "two_taxonomies": moods.mixed,
    "hole": moods.holed,
}


@cache
def found(mood: str) -> SectionAnswer:
    return MOODS[mood]()


@cache
def told(mood: str) -> Message:
    return sectors_section(found(mood))


def rows(mood: str) -> dict[str, list[str]]:
    """The table by the first column."""
    return {first: [plain(cell) for cell in rest] for first, *rest in cells(table_of(told(mood)))}


def plain(words: str) -> str:
    return words.replace(NBSP, " ")


def only(*percents: float, of: str = "SPSM", source: str = "Yahoo Finance", **parts: object) -> SectionAnswer:
    """ISCB beside a fund of these weights in percent."""
    named = dict(
        zip(("Industrials", "Technology", "Energy"), (part / 100 for part in percents), strict=False)
    )
    fact = Fact(SectorWeights("Morningstar", named), source, date(2026, 1, 15))
    first = Fact(SectorWeights("Morningstar", {"Industrials": 0.6, "Technology": 0.4}), "Yahoo Finance")
    profiles = {
        "ISCB": replace(PROFILES["ISCB"], sectors=first),
        of: replace(PROFILES[of], sectors=fact, **parts),  # type: ignore[arg-type]
    }
    return moods.few("ISCB", of, profiles=profiles)


@pytest.mark.parametrize("mood", MOODS)
def test_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"study_sectors_{mood}", as_read(told(mood)))


@pytest.mark.parametrize("mood", MOODS)
def test_slack_takes_it_as_it_is_and_a_phone_shows_it(mood: str) -> None:
    message = told(mood)
    assert violations(message.blocks) == []
    assert fit(message) == message
    assert len(message.pictures) <= 1
    assert [block["slot"] for block in message.blocks if "slot" in block] == [
        picture.name for picture in message.pictures
    ]
    for block in message.blocks:
        if block["type"] == "table":
            assert {len(row) for row in block["rows"]} <= {2, 3, 4}


def test_gaps_are_first_less_last_and_the_largest_comes_first() -> None:
    sentences = plain(sectors_finding(found("full").comparison)[0])
    assert sentences.startswith("Against SPSM, ISCB has *4.3 pp* more Industrials (19.0 % against 14.7 %)")
    table = rows("full")
    assert table["Industrials"] == ["19.0 %", "14.7 %", "+4.3 pp"]
    assert table["Technology"] == ["13.1 %", "15.0 %", "-1.9 pp"]


def test_half_the_sum_of_the_gaps_is_what_lies_elsewhere() -> None:
    comparison = only(50, 30, 20).comparison
    assert not any("In all" in sentence for sentence in sectors_finding(comparison)), (
        "Energy is known of one only"
    )
    half = next(line for line in sectors_finding(only(45, 55).comparison) if line.startswith("In all"))
    assert plain(half).startswith("In all, 15.0 % of ISCB lies in other sectors than SPSM")


def test_a_sector_that_only_one_source_names_has_no_difference() -> None:
    table = {first: rest for first, *rest in cells(table_of(sectors_section(only(50, 30, 20))))}
    assert [plain(cell) for cell in table["Energy"]] == ["–", "20.0 %", "–"]
    assert "_– not named by its source (ISCB: Energy)_" in as_read(sectors_section(only(50, 30, 20)))


def test_weights_of_the_shares_alone_say_whose_part_they_are() -> None:
    crumbs = {
        symbol: replace(
            PROFILES[symbol],
            sectors=Fact(SectorWeights("Morningstar", weights, Basis.SHARES), "Yahoo Finance"),
        )
        for symbol, weights in {"ISCB": {"Utilities": 1.0}, "SPSM": {"Utilities": 0.4, "Energy": 0.6}}.items()
    }
    asked = moods.few("ISCB", "SPSM", profiles=crumbs)
    assert plain(sectors_finding(asked.comparison)[0]) == (
        "The weights of ISCB and SPSM are of their shares alone; what part of the funds those are is not "
        "known."
    )
    assert sectors_foot(asked.comparison).startswith("Morningstar, of its shares · ISCB")


def test_weights_of_the_fund_and_of_its_shares_are_not_compared() -> None:
    part = Fact(SectorWeights("Morningstar", {"Utilities": 1.0}, Basis.SHARES), "Yahoo Finance")
    profiles = {**PROFILES, "SPSM": replace(PROFILES["SPSM"], sectors=part)}
    message = sectors_section(moods.few("ISCB", "SPSM", profiles=profiles))
    assert message.pictures == ()
    assert "pp" not in message.text
    assert "those of SPSM follow Morningstar, of its shares." in message.text


def test_gaps_below_half_a_point_are_much_the_same() -> None:
    first, *_ = sectors_finding(only(60.3, 39.7).comparison)
    assert plain(first) == (
        "ISCB and SPSM have much the same sectors: no weight differs by as much as 0.5 pp."
    )
    assert not any("In all" in sentence for sentence in sectors_finding(only(60.3, 39.7).comparison))


def test_the_reference_is_named_and_stands_last() -> None:
    message = told("reference")
    assert message.blocks[0]["text"]["text"] == "SAMPLE DATA · ISCB, SPSM against IWM · sectors"
    assert "Against IWM, ISCB has" in message.text
    assert cells(table_of(message))[0][-1] == "*IWM*"


def test_a_reference_without_weights_is_said() -> None:
    dark = {**PROFILES, "IWM": replace(PROFILES["IWM"], sectors=None)}
    message = sectors_section(moods.few("ISCB", "SPSM", "IWM", profiles=dark, benchmark="IWM"))
    assert "The sector weights of IWM (the reference) are not known." in message.text
    assert "Against SPSM, ISCB has" in message.text


def test_weights_of_two_taxonomies_are_never_subtracted() -> None:
    message = told("two_taxonomies")
    assert message.pictures == ()
    assert "pp" not in message.text
    assert "The sectors are not compared" in message.text
    assert "Morningstar, of net assets · ISCB" in sectors_foot(found("two_taxonomies").comparison)
    assert "GICS, of net assets · SPSM: issuer, 2026-01-02" in sectors_foot(
        found("two_taxonomies").comparison
    )


def test_what_is_missing_has_its_reason() -> None:
    partial, nothing = as_read(told("partial")), as_read(told("nothing"))
    assert "The sector weights of ISCB are not known." in partial
    assert "_ISCB: no fund facts (no answer)._" in partial
    assert "_ISCB: Yahoo Finance gives no sector weights._" in nothing
    assert "table" not in {block["type"] for block in told("nothing").blocks}
    assert "_^TNX is an interest rate: no sector weights._" in as_read(told("no_funds"))


def test_weights_that_were_refused_say_why() -> None:
    refused = Note(NoteKind.SECTORS_REFUSED, "SPSM", {"cause": "they add up to 140 %"})
    profiles = {**PROFILES, "SPSM": replace(PROFILES["SPSM"], sectors=None)}
    message = sectors_section(replace(moods.few("ISCB", "SPSM", profiles=profiles), notes=(refused,)))
    assert "they add up to 140 %" in as_read(message)


def test_remarks_on_returns_are_left_out() -> None:
    """ISCB changed its index: that says nothing of what it holds today."""
    assert "changed its index" not in as_read(told("full"))


def test_source_and_date_of_each_fund_stand_at_the_foot() -> None:
    words = sectors_foot(only(45, 55, source="issuer").comparison)
    assert (
        words == "Morningstar, of net assets · ISCB: Yahoo Finance, no date given · SPSM: issuer, 2026-01-15"
    )
    assert "ISCB, SPY: Yahoo Finance, 2026-01-15" in sectors_foot(found("hole").comparison)


def test_weights_of_a_later_day_than_the_question_are_said_to_be() -> None:
    asked = moods.few("ISCB", "SPSM")
    earlier = replace(asked.comparison, span=replace(asked.comparison.span, end=date(2025, 9, 30)))
    words = plain(as_read(sectors_section(replace(asked, comparison=earlier))))
    told_first = "Sector weights are those of 15 Jan 2026; what they were on 30 Sep 2025 is not known."
    assert words.splitlines()[1].startswith(f"ISCB vs SPSM · sectors, facts of 15 Jan 2026: {told_first}")
    assert "is not known." not in plain(as_read(sectors_section(asked)))


def test_six_funds_lie_down_and_the_gaps_stand_below() -> None:
    table = cells(table_of(told("too_long")))
    assert table[0] == ["*Fund*", "*Largest*", "*Second*", "*Third*"]
    assert table[2] == ["SPSM-LONDON", "–", "–", "–"]
    assert table[7][1:] == ["*ISCB-LONDON*", "*DFAS-LONDON*", "*ISCB-LONDON - DFAS-LONDON*"]


def test_the_picture_is_the_one_with_active_weights() -> None:
    (picture,) = told("full").pictures
    assert isinstance(picture, SectorChart)
    assert picture.active is not None
    assert picture.active[0] == pytest.approx(0.043)
    assert picture.simulated
    assert plain(picture.alt).startswith("Sample data. ISCB has 4.3 pp more Industrials than SPSM.")


def test_what_a_source_says_is_escaped() -> None:
    hostile = only(45, 55, source="<!channel> & co")
    message = sectors_section(hostile)
    assert "<!channel>" not in str(message.blocks[-1])
    assert "&lt;!channel&gt; &amp; co" in str(message.blocks[-1])
