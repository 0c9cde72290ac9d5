"""Holdings studies in every mood: as people read them, within Slack's limits, honest about short lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from analytics import FundProfile, Kind
from analytics.exposures import holdings as positions_of
from analytics.fund import Fact, Holding
from bot.render.chart_specs import HoldingsChart, PositionStack
from bot.render.fit import fit
from bot.render.message import Message
from bot.render.sections.holdings import (
    BOUND,
    LONG,
    holdings_finding,
    holdings_section,
)
from bot.render.sections.page import SectionAnswer
from bot.render.sections.positions import LONGEST, short_name, weight_words
from bot.render.text import NBSP
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections import moods
from tests.unit.bot.render.sections.reading import as_read, cells, table_of
from tests.unit.bot.render.sections.worlds import PROFILES
from tests.violations import violations


def held_by(symbol: str, count: int | None = None, **weights: float) -> FundProfile:
    """A fund of these positions, weights in percent; `count` of them in all."""
    held = tuple(Holding(f"{name} Inc", weight / 100, symbol=name) for name, weight in weights.items())
    stated = None if count is None else Fact(count, "issuer", date(2026, 1, 15))
    listed = Fact(held, "issuer", date(2026, 1, 15))
    return FundProfile(symbol, Kind.FUND, holdings=listed, holdings_count=stated)


def whole() -> SectionAnswer:
    """Two funds whose lists are whole."""
    one = held_by("ISCB", 3, AAA=50, BBB=30, CCC=20)
    other = held_by("SPSM", 2, AAA=40, DDD=60)
    return moods.few("ISCB", "SPSM", profiles={"ISCB": one, "SPSM": other})


def strangers() -> SectionAnswer:
    """Two funds whose known positions differ."""
    one, other = held_by("ISCB", 900, AAA=2, BBB=1), held_by("SPSM", 600, CCC=3)
    return moods.few("ISCB", "SPSM", profiles={"ISCB": one, "SPSM": other})


MOODS: dict[str, Callable[[], SectionAnswer]] = {
    "full": lambda: moods.sample("ISCB", "SPSM"),
    "reference": lambda: moods.sample("ISCB", "SPSM", "IWM", benchmark="IWM"),
    "four": lambda: moods.sample("ISCB", "SPSM", "SPY", "QQQ"),
    "one": lambda: moods.sample("ISCB"),
    "no_funds": lambda: moods.sample("ISCB", "TLT", "^TNX"),
    "partial": moods.partial,
    "nothing": moods.dark,
    "too_long": moods.long,
    "hole": moods.holed,
    "whole": whole,
    "strangers": strangers,
}


@cache
def found(mood: str) -> SectionAnswer:
    return MOODS[mood]()


@cache
def told(mood: str) -> Message:
    return study(found(mood))


def study(asked: SectionAnswer) -> Message:
    comparison = asked.comparison
    return holdings_section(asked, positions_of(comparison.profiles, comparison.symbols))


def sentences(asked: SectionAnswer) -> list[str]:
    comparison = asked.comparison
    held = positions_of(comparison.profiles, comparison.symbols)
    return [plain(sentence) for sentence in holdings_finding(comparison, held)]


def rows(mood: str) -> list[list[str]]:
    return [[plain(cell) for cell in row] for row in cells(table_of(told(mood)))]


def group(mood: str, title: str) -> list[list[str]]:
    """The lines under a heading, up to the next one."""
    table = rows(mood)
    first = next(at for at, row in enumerate(table) if row[0] == f"*{title}*") + 1
    after = (at for at, row in enumerate(table) if at > first and row[0].startswith("*"))
    return table[first : next(after, None)]


def stacks(mood: str) -> dict[str, PositionStack]:
    (picture,) = told(mood).pictures
    assert isinstance(picture, HoldingsChart)
    return {stack.symbol: stack for stack in picture.stacks}


def plain(words: str) -> str:
    return words.replace(NBSP, " ")


@pytest.mark.parametrize("mood", MOODS)
def test_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"study_holdings_{mood}", as_read(told(mood)))


@pytest.mark.parametrize("mood", MOODS)
def test_slack_takes_it_as_it_is_and_a_phone_shows_it(mood: str) -> None:
    message = told(mood)
    assert violations(message.blocks) == []
    assert fit(message) == message
    assert [block["slot"] for block in message.blocks if "slot" in block] == [
        picture.name for picture in message.pictures
    ]
    for block in message.blocks:
        if block["type"] == "table":
            assert {len(row) for row in block["rows"]} <= {2, 3, 4}


def test_an_overlap_of_short_lists_is_a_lower_bound_and_says_so() -> None:
    first = sentences(found("full"))[0]
    assert first == (
        "ISCB and SPSM have at least *1.6 %* in common, in 4 positions: the positions known are 4.0 % of "
        "ISCB and 6.5 % of SPSM."
    )
    assert group("full", "In common") == [["ISCB, SPSM", "at least 1.6 %", "4"]]
    assert BOUND in as_read(told("full"))


def test_an_overlap_of_whole_lists_is_exact() -> None:
    first, *rest = sentences(found("whole"))
    assert first == "ISCB and SPSM overlap by *40.0 %*, in 1 position; the active share is 60.0 %."
    assert "Effective number of positions: 3 in ISCB and 2 in SPSM." in rest
    assert group("whole", "In common") == [["ISCB, SPSM", "40.0 %", "1"]]
    assert BOUND not in as_read(told("whole"))
    assert "at least" not in as_read(told("whole"))


def test_short_lists_without_a_match_do_not_say_that_nothing_is_shared() -> None:
    first = sentences(found("strangers"))[0]
    assert first == (
        "ISCB and SPSM share none of the positions known, which are 3.0 % of ISCB and 3.0 % of SPSM."
    )
    assert group("strangers", "In common") == [["ISCB, SPSM", "none known", "0"]]
    assert "Shared position" not in str(rows("strangers"))


def test_the_ten_largest_stand_side_by_side() -> None:
    ranked = group("full", "Rank")
    assert len(ranked) == 10
    assert ranked[0] == ["1", "Sample Holding 1, 0.46 %", "Sample Holding 3, 0.78 %"]
    assert group("full", "Concentration")[:3] == [
        ["Ten largest", "4.0 %", "6.5 %"],
        ["Positions", "1,578", "607"],
        ["Positions known", "10", "10"],
    ]


def test_a_shorter_list_ends_with_dashes() -> None:
    assert group("strangers", "Rank") == [
        ["1", "AAA Inc, 2.00 %", "CCC Inc, 3.00 %"],
        ["2", "BBB Inc, 1.00 %", "–"],
    ]
    assert "Ten largest" not in str(rows("strangers")), "there are not ten"


def test_shared_positions_have_a_weight_in_each_fund() -> None:
    assert group("full", "Shared position")[0] == ["Sample Holding 3", "0.43 %", "0.78 %"]
    assert group("four", "Shared position")[0][1:3] == ["SPY and QQQ", "7.40 % to 9.10 %"]
    assert group("too_long", "Shared position")[0][1] == "6 of the 6 funds"


def test_four_funds_lie_down_and_pairs_without_a_match_are_left_out() -> None:
    assert rows("four")[0] == ["*Fund*", "*Largest position*", "*Ten largest*", "*Positions*"]
    pairs = [row[0] for row in group("four", "In common")]
    assert pairs == ["SPY, QQQ", "ISCB, SPSM"]
    assert sentences(found("four"))[0].startswith("SPY and QQQ have the most in common")


def test_a_reference_comes_first_and_the_closest_pair_after_it() -> None:
    assert sentences(found("reference"))[0].startswith("ISCB and IWM have at least")
    swapped = moods.sample("SPSM", "ISCB", "IWM", benchmark="IWM")
    words = sentences(swapped)[0]
    assert words.startswith("SPSM and IWM share none of the positions known")
    assert "ISCB and IWM have the most in common" in words


def test_what_is_missing_has_its_reason() -> None:
    assert "The positions of ISCB are not known." in told("partial").text
    assert "_ISCB: no fund facts (no answer)._" in as_read(told("partial"))
    nothing = told("nothing")
    assert nothing.pictures == ()
    assert "table" not in {block["type"] for block in nothing.blocks}
    assert "_^TNX is an interest rate: no positions._" in as_read(told("no_funds"))


def test_source_and_day_stand_at_the_foot() -> None:
    foot = told("whole").blocks[-1]["elements"][0]["text"]
    assert "positions in percent of net assets · ISCB, SPSM: issuer, 2026-01-15" in foot
    assert "no date given" in as_read(study(undated()))


def undated() -> SectionAnswer:
    profile = held_by("ISCB", AAA=2)
    assert profile.holdings
    bare = replace(profile, holdings=replace(profile.holdings, as_of=None))
    return moods.few("ISCB", "SPSM", profiles={"ISCB": bare})


def test_positions_of_a_later_day_than_the_question_are_said_to_be() -> None:
    asked = moods.few("ISCB", "SPSM")
    earlier = replace(asked.comparison, span=replace(asked.comparison.span, end=date(2025, 9, 30)))
    words = plain(as_read(study(replace(asked, comparison=earlier))))
    assert "Positions are those of 15 Jan 2026; what they were on 30 Sep 2025 is not known." in words
    assert "ISCB vs SPSM · holdings, facts of 15 Jan 2026" in words


def test_the_picture_marks_what_is_shared() -> None:
    shown = stacks("full")
    assert shown["ISCB"].shared == (False, False, True, False, True, False, False, True, False, True)
    assert sum(shown["SPSM"].shared) == 4
    assert shown["SPSM"].shared[0]
    assert plain(shown["ISCB"].total) == "4.0 % in the ten largest of 1,578"
    assert stacks("partial")["ISCB"] == PositionStack("ISCB", (), (), "", ())


def test_a_position_that_another_list_names_otherwise_is_shared_all_the_same() -> None:
    one, other = held_by("ISCB", AAA=2, BBB=1), held_by("SPSM", CCC=3, AAA=4)
    assert other.holdings
    renamed = tuple(replace(held, name=held.name.upper()) for held in other.holdings.value)
    profiles = {"ISCB": one, "SPSM": replace(other, holdings=replace(other.holdings, value=renamed))}
    (picture,) = study(moods.few("ISCB", "SPSM", profiles=profiles)).pictures
    assert isinstance(picture, HoldingsChart)
    assert [stack.shared for stack in picture.stacks] == [(True, False), (True, False)]


def leveraged() -> SectionAnswer:
    """A fund of a swap, of what it owes and of shares, beside one of ten shares."""
    shares = {f"H{at}": 5.0 for at in range(10)}
    swapped = held_by("ISCB", None, SWAP=185, OWED=-85, **dict(list(shares.items())[:8]))
    return moods.few("ISCB", "SPSM", profiles={"ISCB": swapped, "SPSM": held_by("SPSM", None, **shares)})


def test_short_and_leveraged_positions_stand_among_the_largest() -> None:
    words = sentences(leveraged())
    assert "Largest position: ISCB SWAP Inc, 185.00 %; SPSM H0 Inc, 5.00 %." in words
    assert "Short positions: ISCB -85.0 % in 1 position." in words
    table = [[plain(cell) for cell in line] for line in cells(table_of(study(leveraged())))]
    assert table[1][1:] == ["SWAP Inc, 185.00 %", "H0 Inc, 5.00 %"]
    assert table[2][1:] == ["OWED Inc, -85.00 %", "H1 Inc, 5.00 %"]


def test_sums_and_overlap_are_of_long_positions_and_say_so() -> None:
    # 185 + 8 x 5 = 225 %; what both hold are eight positions of 5 %.
    first = sentences(leveraged())[0]
    assert first == (
        "ISCB and SPSM have at least *40.0 %* in common, in 8 positions: the positions known are 225.0 % of "
        "ISCB and 50.0 % of SPSM."
    )
    words = as_read(study(leveraged()))
    assert LONG in words
    assert "_– fewer than ten long positions known (ISCB)_" in words
    table = {first: [plain(cell) for cell in rest] for first, *rest in cells(table_of(study(leveraged())))}
    assert table["Weight known"] == ["225.0 %", "50.0 %"]
    assert table["Short positions"] == ["-85.0 %", "0.0 %"]
    assert "Short positions" not in as_read(told("full"))
    assert LONG not in as_read(told("full"))


def test_an_overlap_of_whole_lists_that_do_not_add_up_has_no_active_share() -> None:
    one, other = held_by("ISCB", 2, AAA=130, BBB=-30), held_by("SPSM", 1, AAA=100)
    first = sentences(moods.few("ISCB", "SPSM", profiles={"ISCB": one, "SPSM": other}))[0]
    assert first == "ISCB and SPSM overlap by *100.0 %*, in 1 position."


def test_a_short_position_is_no_part_of_the_bar() -> None:
    (picture,) = study(leveraged()).pictures
    assert isinstance(picture, HoldingsChart)
    assert picture.stacks[0].weights == (1.85, *[0.05] * 8)
    assert plain(picture.stacks[0].total) == "225.0 % in the 9 largest"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Apple  Inc", "Apple Inc"),
        ("*bold*", "bold"),
        ("\u202eevil\n", "evil"),
        ("", "unnamed"),
        ("A" * 99, "A" * (LONGEST - 1) + "…"),
    ],
)
def test_names_are_made_safe_and_short(name: str, shown: str) -> None:
    assert short_name(name) == shown


def test_what_a_source_calls_a_position_is_escaped() -> None:
    profile = held_by("ISCB", AAA=2)
    hostile = replace(profile, holdings=Fact((Holding("<!channel> & co", 0.02),), "issuer"))
    message = study(moods.few("ISCB", "SPSM", profiles={**PROFILES, "ISCB": hostile}))
    assert "<!channel>" not in message.text
    assert "<!channel>" not in message.blocks[1]["text"]["text"]
    assert "&lt;!channel&gt; &amp; co" in message.text


@pytest.mark.parametrize(
    ("weight", "shown"), [(0.0, "0.0 %"), (0.0046, "0.46 %"), (0.016, "1.6 %"), (0.5, "50.0 %")]
)
def test_parts_below_a_percent_keep_two_digits(weight: float, shown: str) -> None:
    assert plain(weight_words(weight)) == shown
