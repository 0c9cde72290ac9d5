"""Which figures rest on a doubt: marked in the table, told under a condition, or not told at all."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from rich.console import Console

from analytics import Doubt, DoubtKind
from analytics.comparison import Comparison
from bot.render import text
from bot.render.doubts import MARK, is_grave
from bot.render.fit import fit
from bot.render.notes import all_notes
from bot.render.sections.comparison import comparison_message
from bot.render.sections.doubtful import (
    measure_columns,
    measure_doubts,
    period_doubts,
    traded_doubts,
    without_doubtful_figures,
    without_doubtful_funds,
)
from bot.render.sections.finding import finding, plain_finding
from bot.render.sections.table import groups
from bot.render.terminal import comparison_json, render_terminal
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections.doubted import (
    DOUBTED,
    EX_DAYS,
    FALL_DAY,
    OLD_DAY,
    PAIR,
    UNIT_DAY,
    doubt,
    doubted,
    lacking,
    on,
)
from tests.unit.bot.render.sections.reading import as_read, cells, table_of, whole
from tests.unit.bot.render.sections.worlds import market, world
from tests.violations import violations

EVERY = tuple(DOUBTED)


def in_every_world(test: Callable[[str], None]) -> Callable[[], None]:
    """Run a test in every world, as one test."""

    def run() -> None:
        for name in EVERY:
            try:
                test(name)
            except AssertionError as failed:
                failed.add_note(f"in the world {name!r}")
                raise

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


def told(found: Comparison) -> list[str]:
    return [plain_finding([sentence]).replace(text.NBSP, " ") for sentence in finding(found)]


def about_funds(found: Comparison) -> set[str]:
    return {each.symbol for each in found.doubts if each.symbol in found.symbols}


def grave_funds(found: Comparison) -> set[str]:
    return {each.symbol for each in found.doubts if is_grave(each) and each.symbol in found.symbols}


@in_every_world
def test_the_first_sentence_says_what_is_in_doubt(name: str) -> None:
    found = doubted(name)
    first = told(found)[0]
    ways = ("looks wrong", "look wrong", "is right", "lacks", "is -37.63")
    if about_funds(found):
        assert any(symbol in first for symbol in about_funds(found))
        assert any(words in first for words in ways)
    for symbol in about_funds(found):
        assert any(
            symbol in sentence and any(words in sentence for words in ways) for sentence in told(found)
        )


@in_every_world
def test_no_return_gap_risk_or_ratio_of_a_fund_with_a_grave_doubt_is_told(name: str) -> None:
    found = doubted(name)
    numbers = {
        number
        for sentence in told(found)
        if not re.search("looks? wrong", sentence)
        for number in _numbers(sentence)
    }
    for symbol in grave_funds(found):
        at = found.symbols.index(symbol)
        rows = [row for group in groups(found) if group.title != "Cost and size" for row in group.rows]
        own = {row.cells[at] for row in rows if row.doubts} | {row.difference for row in rows if row.doubts}
        certain_ones = {
            cell for group in groups(found) for row in group.rows for cell in row.cells if MARK not in cell
        }
        assert numbers & _shown(own) <= _shown(certain_ones)


def _numbers(sentence: str) -> list[str]:
    """Without their signs: a gap is told without one."""
    return re.findall(r"\d[\d,.]*\d", sentence)


def _shown(row: set[str]) -> set[str]:
    return {number for cell in row for number in _numbers(cell)}


@in_every_world
def test_a_mild_jump_is_the_condition_of_the_returns(name: str) -> None:
    found = doubted(name)
    jumps = [each for each in found.doubts if each.kind is DoubtKind.JUMP and not is_grave(each)]
    sentences = told(found)
    if jumps and jumps[0].symbol in found.symbols:
        (sentence,) = (each for each in sentences if "returned" in each)
        assert "f " + jumps[0].symbol in sentence.split(", ")[0] + sentence.split(", ")[1]


@in_every_world
def test_what_rests_on_a_doubt_is_marked_and_never_bold(name: str) -> None:
    found = doubted(name)
    for group in groups(found):
        for row in group.rows:
            marked = {at for at, cell in enumerate(row.cells) if cell.endswith(MARK)}
            assert bool(marked) == bool(row.doubts)
            assert row.marked is None or not marked
            assert (text.NONE + MARK) not in (*row.cells, row.difference)
            if row.difference != text.NONE:
                ends = {0, len(row.cells) - 1}
                assert row.difference.endswith(MARK) == bool(marked & ends)


@in_every_world
def test_answers_stay_within_slacks_limits_with_the_mark_explained(name: str) -> None:
    for message in (comparison_message(doubted(name)), whole(doubted(name))):
        assert violations(message.blocks) == []
        assert fit(message) == message
        shown = [cell for row in cells(table_of(message)) for cell in row]
        below = [
            line
            for block in message.blocks
            if block["type"] == "context"
            for line in block["elements"][0]["text"].splitlines()
            if line.strip("_").startswith(MARK)
        ]
        assert len(below) == any(MARK in cell for cell in shown)


@in_every_world
def test_one_remark_for_each_fund_and_kind(name: str) -> None:
    found = doubted(name)
    remarks = [note for note in all_notes(found) if note.kind == "doubt"]
    assert len(remarks) == len({(each.symbol, each.kind) for each in found.doubts})
    assert sum(int(str(note.facts["count"])) for note in remarks) == len(found.doubts)
    assert list(all_notes(found))[: len(remarks)] == remarks


def test_without_doubts_nothing_changes() -> None:
    found = world("pair")
    assert without_doubtful_figures(found) is found
    assert without_doubtful_funds(found) is found
    assert not any(MARK in cell for group in groups(found) for row in group.rows for cell in row.cells)
    assert MARK not in as_read(comparison_message(found))


def test_what_a_measure_rests_on() -> None:
    """A fund's own prices always; the benchmark and the bill where they enter."""
    own, benchmark, bill = doubted("unit"), doubted("unit_of_the_benchmark"), doubted("bill")
    assert measure_columns(own, "volatility") == measure_columns(own, "beta") == {0}
    assert measure_columns(benchmark, "volatility") == frozenset()
    assert measure_columns(benchmark, "beta") == {0, 1}
    assert measure_columns(bill, "sortino") == {0, 1}
    assert measure_columns(bill, "volatility") == measure_columns(bill, "correlation") == frozenset()
    assert measure_doubts(bill, "volatility") == ()
    assert [each.symbol for each in measure_doubts(bill, "sortino")] == ["^IRX"]
    last = doubted("unit_of_the_last")
    assert measure_columns(last, "volatility") == {1}
    assert measure_columns(last, "correlation") == {0, 1}  # it is what the first is held against


def test_windows_rest_on_the_doubts_inside_them() -> None:
    found = doubted("old")
    assert found.doubts == ()
    held = {period.label: period_doubts(found, period) for period in (*found.trailing, *found.years)}
    assert {label for label, doubts in held.items() if doubts} == {"10y", "max", "2020"}
    marked = {row.label for group in groups(found) for row in group.rows if row.doubts}
    assert marked == {"10 years, a year"}


def test_an_old_crash_is_no_doubt_in_a_question_about_today() -> None:
    """It is named only under the table, and only where a figure that rests on it is shown."""
    pair, six = (
        as_read(comparison_message(doubted("old"))),
        as_read(comparison_message(doubted("old_of_six"))),
    )
    assert "† rests on a price that looks wrong: ISCB on 16 Mar 2020." in pair
    assert pair.count("2020") == 1 + pair.count("2020-")
    assert "2020" not in six
    assert MARK not in six
    assert "looks wrong" not in " ".join(told(doubted("old")))
    assert all("2020" not in note["text"] for note in comparison_json(doubted("old"))["notes"])


def test_over_other_windows_only_certain_funds_are_held_against_each_other() -> None:
    assert "10 years" not in " ".join(told(doubted("old")))
    assert "10 years" in " ".join(told(world("pair")))
    assert "Over 1 year ISCB was ahead" in " ".join(told(doubted("old_in_three_years")))
    # Of six the five others.
    six = " ".join(told(doubted("unit_of_six")))
    assert "ISCB" not in six.split("relied on. ")[1].replace("ISCB's", "")


def test_the_value_traded_rests_on_closes() -> None:
    """Not on a distribution; on a jump for 63 sessions; on a unit as long as it is in the window."""
    assert traded_doubts(doubted("lacking")) == ()
    assert [each.session for each in traded_doubts(doubted("unit"))] == [UNIT_DAY]
    assert traded_doubts(doubted("crash")) == ()  # September is more than 63 sessions ago
    assert [each.session for each in traded_doubts(doubted("last_weeks"))] == [date(2026, 1, 5)]
    recent = on(
        replace(market(PAIR), doubts=(doubt("ISCB", date(2025, 12, 1), -0.4),)), window="1m"
    ).comparison
    assert [each.session for each in traded_doubts(recent)] == [date(2025, 12, 1)]
    assert recent.doubts == ()
    thousandth = (doubt("ISCB", date(2025, 9, 2), -0.999),)  # what else it may be, it may be a unit
    assert traded_doubts(on(replace(market(PAIR), doubts=thousandth)).comparison) == thousandth
    assert "trades" not in " ".join(told(recent))
    assert "trades" in " ".join(told(doubted("crash")))


def test_pair_figures_are_left_out_where_either_price_is_in_doubt() -> None:
    for name in ("unit", "unit_of_the_last", "crash", "lacking", "unit_of_the_benchmark"):
        assert "orrelation" not in " ".join(told(doubted(name))), name
    assert "Correlation 0.97" in " ".join(told(doubted("bill")))


def test_ratios_over_a_doubtful_bill_are_left_out_and_the_rest_is_told() -> None:
    words = " ".join(told(doubted("bill")))
    assert "Sortino" not in words
    assert "ISCB returned 17.0 %" in words
    assert "ratios over the bill cannot be relied on" in words


def test_both_funds_in_doubt_leave_two_sentences_and_the_cost() -> None:
    assert [sentence.split(" ")[0] for sentence in told(doubted("unit_of_both"))] == [
        "ISCB's",
        "SPSM's",
        "ISCB",
    ]


def test_a_fund_alone_in_doubt_is_told_of_in_one_sentence() -> None:
    (only,) = told(doubted("unit_alone"))
    assert only.startswith("ISCB's price of 1 Oct 2025 looks wrong")
    assert without_doubtful_funds(doubted("unit_alone")) is None


def test_the_funds_that_are_left_keep_their_benchmark() -> None:
    kept = without_doubtful_funds(without_doubtful_figures(doubted("unit_of_the_last")))
    assert kept is not None
    assert kept.symbols == ("ISCB",)
    assert kept.query.against == "SPSM"
    assert kept.growth.shape[0] == kept.drawdown.shape[0] == 1
    assert set(kept.metrics) == set(kept.falls) == {"ISCB"}


def test_a_mild_doubt_stays_where_only_grave_ones_are_left_out() -> None:
    found = doubted("crash")
    one = found.period("1y")
    assert one is not None
    assert without_doubtful_figures(found).period("1y").returns["ISCB"].value is None  # type: ignore[union-attr]
    assert without_doubtful_figures(found, only_grave=True).period("1y").returns == one.returns  # type: ignore[union-attr]


def test_the_json_carries_the_doubts_as_facts_and_as_words() -> None:
    shown = comparison_json(doubted("unit"))
    assert shown["doubts"] == [
        {
            "symbol": "ISCB",
            "kind": "unit",
            "session": "2025-10-01",
            "value": pytest.approx(-0.99, abs=0.001),
            "text": "ISCB's price of 1\u00a0Oct\u00a02025 looks wrong (-99.0\u00a0% against the price "
            "before, about a hundredth: another unit?)",
        }
    ]
    assert shown["notes"][0]["symbol"] == "ISCB"
    assert shown["notes"][0]["text"].startswith(shown["doubts"][0]["text"])
    assert shown["finding"].startswith(shown["doubts"][0]["text"])
    assert shown["periods"]["1y"]["doubtful"] == ["ISCB"]
    assert shown["periods"]["1m"]["doubtful"] == []
    assert comparison_json(world("pair"))["doubts"] == []


def test_the_terminal_explains_the_mark() -> None:
    console = Console(width=120, file=io.StringIO())
    with console.capture() as captured:
        console.print(render_terminal(doubted("unit")))
    shown = captured.get()
    assert "† rests on a price that looks wrong: ISCB on 1\u00a0Oct\u00a02025." in shown
    assert shown.index("looks wrong") < shown.index("\nReturn")


def test_forty_distributions_are_one_line() -> None:
    found = doubted("lacking_for_ten_years")
    assert len(found.doubts) == 40
    (remark,) = [note for note in all_notes(found) if note.kind == "doubt"]
    assert (remark.facts["first"], remark.facts["last"]) == (date(2016, 3, 10), date(2025, 12, 10))
    year = on(lacking(market(PAIR), "ISCB", (*EX_DAYS, OLD_DAY))).comparison
    (inside,) = [note for note in all_notes(year) if note.kind == "doubt"]
    assert (inside.facts["count"], inside.facts["first"]) == (4, EX_DAYS[0])


def test_a_doubt_on_the_day_of_the_base_close_is_none_of_the_window() -> None:
    base = Doubt(DoubtKind.UNIT, "ISCB", date(2025, 1, 16), -0.99)
    found = on(replace(market(PAIR), doubts=(base,))).comparison
    assert found.doubts == ()
    assert "looks wrong" not in " ".join(told(found))
    later = on(replace(market(PAIR), doubts=(replace(base, session=date(2025, 1, 17)),))).comparison
    assert "looks wrong" in told(later)[0]


def test_funds_that_close_hours_apart_are_told_from_weeks() -> None:
    found = replace(world("pair"), apart=True)
    words = " ".join(told(found))
    assert (
        "Correlation 0.97, tracking error 5.6 %, from weekly returns since their exchanges close hours apart."
        in words
    )
    labels = [row.label for group in groups(found) if group.title.startswith("Against") for row in group.rows]
    assert labels == [
        "Beta, weekly",
        "Tracking error, weekly",
        "Information ratio, weekly",
        "Correlation, weekly",
    ]
    assert any(note.kind == "closes_apart" for note in all_notes(found))
    assert not any(note.kind == "closes_apart" for note in all_notes(world("pair")))
    outside = " ".join(told(replace(world("pair_outside_benchmark"), apart=True)))
    assert (
        "tracking error against it, from weekly returns since their exchanges close hours apart: " in outside
    )


def test_doubts_are_of_the_dates_they_were_made_for() -> None:
    """The worlds of these tests are what they say."""
    assert [each.session for each in doubted("crash").doubts] == [FALL_DAY]
    assert [each.value for each in doubted("crash").doubts] == [pytest.approx(-0.265, abs=0.001)]


@pytest.mark.parametrize(
    "name",
    [
        "unit",
        "spike",
        "crash",
        "lacking_and_crash",
        "unit_of_six",
        "unit_of_the_benchmark",
        "bill",
        "negative",
    ],
)
def test_reads_well(name: str, snapshot: Snapshot) -> None:
    snapshot(f"answer_doubt_{name}", as_read(comparison_message(doubted(name))))
