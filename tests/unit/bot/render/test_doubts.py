"""The words of a doubt: what is wrong, how sure it is, and what follows for the figures."""

from __future__ import annotations

from datetime import date

import pytest

from analytics import Doubt, DoubtKind
from analytics.notes import doubt_notes
from bot.render import doubts, text

JUMP, UNIT, SPLIT = DoubtKind.JUMP, DoubtKind.UNIT, DoubtKind.SPLIT
DISTRIBUTION, NEGATIVE = DoubtKind.DISTRIBUTION, DoubtKind.NEGATIVE


def doubt(symbol: str, session: str, value: float, kind: DoubtKind = JUMP) -> Doubt:
    return Doubt(kind, symbol, date.fromisoformat(session), value)


def plain(words: str) -> str:
    return words.replace(text.NBSP, " ")


PENCE = doubt("EZJ.L", "2025-10-01", -0.989, UNIT)
FALL = doubt("META", "2022-02-03", -0.264)
QUARTERLY = [
    doubt("DVYX", f"{year}-{month:02}-12", -0.008, DISTRIBUTION)
    for year in range(2016, 2026)
    for month in (3, 6, 9, 12)
]


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            [PENCE],
            "EZJ.L's price of 1 Oct 2025 looks wrong (-98.9 % against the price before, about a hundredth: "
            "pounds for pence?)",
        ),
        (
            [doubt("STX40.JO", "2025-10-01", 99.4, UNIT)],
            "STX40.JO's price of 1 Oct 2025 looks wrong (100 times the price before, cents for rand?)",
        ),
        (
            [doubt("AXE", "2025-10-01", -0.9, UNIT)],
            "AXE's price of 1 Oct 2025 looks wrong (-90.0 % against the price before, about a tenth: another "
            "unit?)",
        ),
        (
            [doubt("AXE", "2025-10-01", -0.97, UNIT)],
            "AXE's price of 1 Oct 2025 looks wrong (-97.0 % against the price before, another unit?)",
        ),
        ([FALL], "META's price of 3 Feb 2022 looks wrong (-26.4 % against the price before)"),
        (
            [doubt("BCAN", "2025-09-02", 131.2, SPLIT)],
            "BCAN's price of 2 Sep 2025 looks wrong (132 times the price before, a split that the prices "
            "lack)",
        ),
        (
            [doubt("CNE", "2025-09-02", -0.199, SPLIT)],
            "CNE's price of 2 Sep 2025 looks wrong (-19.9 % against the price before, a split that the "
            "prices lack)",
        ),
        (
            [FALL, doubt("META", "2022-10-27", -0.2456)],
            "META's prices of 3 Feb 2022 (-26.4 % against the price before) and 27 Oct 2022 (-24.6 % against "
            "the price before) look wrong",
        ),
        (
            [FALL, doubt("META", "2023-02-02", 0.3), doubt("META", "2022-10-27", -0.2456)],
            "META's prices of 3 sessions from 3 Feb 2022 to 2 Feb 2023 look wrong (the last: +30.0 % against "
            "the price before)",
        ),
        (
            [doubt("CL=F", "2020-04-20", -37.63, NEGATIVE)],
            "CL=F's price of 20 Apr 2020 is -37.63, of which no return can be made",
        ),
        (
            [doubt("CL=F", "2020-04-20", -37.63, NEGATIVE), doubt("CL=F", "2020-04-21", -1.5, NEGATIVE)],
            "CL=F's prices of 2 sessions from 20 Apr 2020 to 21 Apr 2020 are below zero (the last: -1.50), "
            "of which no return can be made",
        ),
        (QUARTERLY[-1:], "DVYX's adjusted close is short of the distribution of 12 Dec 2025 by 0.80 %"),
        (
            QUARTERLY,
            "DVYX's adjusted close is short of 40 distributions from 12 Mar 2016 to 12 Dec 2025 (by 32.0 % "
            "in all, the last one by 0.80 %)",
        ),
        (
            [doubt("AAA", "2025-09-02", 0.0075, DISTRIBUTION)],
            "AAA's adjusted close has more than the distribution of 2 Sep 2025 by 0.75 %",
        ),
    ],
)
def test_what_is_wrong(found: list[Doubt], words: str) -> None:
    (note,) = doubt_notes(found)
    assert plain(doubts.clause(note)) == words
    if len(found) == 1:
        assert plain(doubts.describe(found[0])) == words


@pytest.mark.parametrize(
    ("found", "end"),
    [
        ([PENCE], "; check it before relying on these figures."),
        ([FALL, doubt("META", "2022-10-27", -0.25)], "; check them before relying on these figures."),
        (QUARTERLY[-1:], "; total returns across it may be too low by as much."),
        (QUARTERLY, "; total returns across them may be too low by as much."),
        (
            [doubt("AAA", "2025-09-02", 0.01, DISTRIBUTION)],
            "; total returns across it may be too high by as much.",
        ),
    ],
)
def test_a_remark_says_what_follows(found: list[Doubt], end: str) -> None:
    (note,) = doubt_notes(found)
    assert doubts.remark(note) == f"{doubts.clause(note)}{end}"


@pytest.mark.parametrize(
    ("value", "grave"),
    [(-0.264, False), (-0.5, False), (-0.501, True), (1.0, False), (1.01, True), (0.3, False)],
)
def test_a_jump_is_grave_beyond_a_doubling_or_a_halving(value: float, grave: bool) -> None:
    assert doubts.is_grave(doubt("AAA", "2025-09-02", value)) is grave


def test_units_splits_and_prices_below_zero_are_grave_distributions_are_not() -> None:
    kinds = {kind: doubts.is_grave(doubt("AAA", "2025-09-02", -0.1, kind)) for kind in DoubtKind}
    assert kinds == {JUMP: False, UNIT: True, SPLIT: True, NEGATIVE: True, DISTRIBUTION: False}


def test_a_warning_names_each_fund_once() -> None:
    told = doubts.warn([FALL, PENCE, *QUARTERLY[-4:], doubt("EZJ.L", "2025-11-03", 0.3)], 365)
    assert [plain(words) for words in told] == [
        "META's price of 3 Feb 2022 looks wrong (-26.4 % against the price before): figures across it hold "
        "only if it is right.",
        "EZJ.L's price of 1 Oct 2025 looks wrong (-98.9 % against the price before, about a hundredth: "
        "pounds for pence?): no return across it can be relied on.",
        "DVYX's total return lacks distributions (about 3.2 % a year).",
    ]
    assert doubts.warn([], 365) == ()


def test_what_distributions_come_to_a_year() -> None:
    # 40 of 0.8 % in ten years are 3.2 % a year; four in a quarter of a year are not annualised.
    assert "(about 3.2 % a year)" in plain(doubts.lack(QUARTERLY, 3652))
    assert plain(doubts.lack(QUARTERLY[-2:], 91)) == "DVYX's total return lacks distributions (about 1.6 %)."
    twice = [doubt("AAA", "2025-09-02", 0.0004, DISTRIBUTION)]
    assert plain(doubts.lack(twice, 365)) == (
        "AAA's total return has more than its distributions (about 0.04 % a year)."
    )


def test_mild_jumps_make_a_condition() -> None:
    other = doubt("NFLX", "2022-04-20", 0.351)
    assert doubts.condition([]) == ""
    assert plain(doubts.condition([FALL])) == "if META's fall of 26.4 % on 3 Feb 2022 is right"
    assert plain(doubts.condition([FALL, other])) == (
        "if META's fall of 26.4 % on 3 Feb 2022 and NFLX's rise of 35.1 % on 20 Apr 2022 are right"
    )
    assert plain(doubts.condition([FALL, other, doubt("META", "2022-10-27", -0.25)])) == (
        "if META's 2 jumps up to 27 Oct 2022 and NFLX's jump on 20 Apr 2022 are right"
    )


def test_a_summary_has_the_grave_first_and_counts_the_rest() -> None:
    words = plain(doubts.summarise([FALL, *QUARTERLY, PENCE, doubt("CNE", "2025-09-02", -0.2, SPLIT)]))
    assert words.startswith("EZJ.L's price of 1 Oct 2025 looks wrong (")
    assert ", CNE's price of 2 Sep 2025 looks wrong (" in words
    assert words.endswith(" and 2 more like it")
    assert doubts.summarise([]) == ""


def test_the_mark_is_explained_by_those_who_carry_it() -> None:
    spike = [doubt("AXE", "2025-08-12", 99.0, UNIT), doubt("AXE", "2025-08-14", -0.99, UNIT)]
    assert doubts.legend([]) == ""
    assert plain(doubts.legend([*spike, PENCE, *QUARTERLY])) == (
        "† rests on a price that looks wrong: AXE on 12 Aug 2025 and 14 Aug 2025, EZJ.L on 1 Oct 2025; on "
        "distributions that the adjusted close does not have right: DVYX."
    )
    assert plain(doubts.legend(QUARTERLY)) == (
        "† rests on distributions that the adjusted close does not have right: DVYX."
    )
    many = [doubt("AAA", f"2025-08-{day:02}", 0.3) for day in range(1, 6)]
    assert (
        plain(doubts.legend(many))
        == "† rests on a price that looks wrong: AAA on 5 days, the last 5 Aug 2025."
    )


def test_the_explanation_stays_one_line_however_many_there_are() -> None:
    many = [doubt(f"F{number:02}", "2025-08-01", 0.3) for number in range(40)]
    assert doubts.legend(many).endswith(", 34 more.")
    assert len(doubts.legend(many)) < 200


def test_a_chart_marks_prices_by_day_and_distributions_by_fund() -> None:
    found = doubts.marks(
        [PENCE, FALL, QUARTERLY[0], doubt("SPY", "2025-10-01", 0.3)], ("META", "EZJ.L", "DVYX")
    )
    assert [(mark.row, mark.session, mark.grave) for mark in found] == [
        (1, date(2025, 10, 1), True),
        (0, date(2022, 2, 3), False),
        (2, None, False),
    ]
    explained = doubts.explain_marks("Total return", [PENCE, QUARTERLY[0]], ("EZJ.L", "DVYX"))
    assert plain(explained) == (
        "Total return · † price looks wrong: EZJ.L on 1 Oct 2025 · † distributions not right: DVYX"
    )
    assert doubts.explain_marks("Total return", [PENCE], ("DVYX",)) == "Total return"


def test_a_doubt_about_a_fund_in_a_mix_names_the_fund_and_marks_the_mix() -> None:
    doubt = Doubt(DoubtKind.JUMP, "60%AAA+40%BBB", date(2025, 6, 3), -0.4, "BBB")
    (told,) = doubts.warn([doubt], 365)
    assert told.startswith("BBB's price of 3\u00a0Jun\u00a02025 looks wrong")
    assert "60%AAA+40%BBB on" in doubts.legend([doubt])
    assert [mark.row for mark in doubts.marks([doubt], ("SPY", "60%AAA+40%BBB"))] == [1]
