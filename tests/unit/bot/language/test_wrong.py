"""What cannot be read of a rule comes back with everything that is wrong, each with a way out."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.watch.rules import WATCHABLE
from bot.commands import WATCH
from bot.errors import Unclear
from bot.language import MOST_CHARACTERS, read_watch
from bot.language.rule_words import measure_name
from bot.render import advice

TODAY = date(2026, 1, 20)


def unclear(text: str) -> Unclear:
    with pytest.raises(Unclear) as caught:
        read_watch(text, TODAY)
    assert caught.value.complaints
    assert caught.value.command == WATCH.name
    return caught.value


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        # too little
        ("ISCB", "A rule needs a fund, a measure and a comparison, like `ISCB sortino < 1.0`."),
        (
            "tell me when it is bad",
            "A rule needs a fund, a measure and a comparison, like `ISCB sortino < 1.0`.",
        ),
        ("ISCB sortino", "Say what to wait for: a comparison and a number, like `ISCB sortino < 1.0`."),
        ("sortino < 1", "Name a fund, like `ISCB sortino < 1.0`."),
        ("ISCB - sharpe < 0", "`ISCB` is joined to nothing; name two funds, like `ISCB - SPSM sharpe < 0`."),
        (
            "ISCB < 1",
            "Say what is measured: name a measure, like `sortino`, `drawdown` or `expense ratio`; "
            "`/watch help` lists them.",
        ),
        ("ISCB sortino <", "`<` stands without a threshold; write a number, like `< 1.0`."),
        (
            "ISCB sortino drops below for 5 days",
            "`below` stands without a threshold; write a number, like `below 1.0`.",
        ),
        ("ISCB sortino 1.0", "`1.0` stands alone; write `< 1.0` or `> 1.0`."),
        ("ISCB price 10%", "`10%` stands alone; write `< 10%` or `> 10%`."),
        ("ISCB drawdown 20%", "`20%` stands alone; write `< 20%` or `> 20%`."),
        (
            "ISCB sortino crosses 1.0",
            "`crosses` needs a side; write `crosses below 1.0` or `crosses above 1.0`.",
        ),
        ("ISCB sortino = 1", "`=` is not watched; write `< 1`, `> 1` or, of costs, `changes`."),
        ("ISCB sortino < 1 then", "`then` needs a fund, like `then SPSM`."),
        ("ISCB beta vs < 1", "`vs` stands alone; it needs a symbol, like `vs SPY`."),
        ("ISCB sortino since < 1", "`since` stands alone; it needs a date, like `since 2021-03-19`."),
        ("ISCB sortino 2021-03-19 < 1", "`2021-03-19` stands alone; write `since 2021-03-19`."),
        ("ISCB sortino < 1 recover", "`recover` needs a value, like `recover 1.1`, or `for 3 sessions`."),
        ("ISCB beta < 1", "Beta needs a benchmark, like `vs SPY`."),
        (
            "SPSM weight > 30%",
            "A weight needs its sector: basic materials, communication services, consumer "
            "cyclical, consumer defensive, energy, financial services, healthcare, industrials, real estate, "
            "technology or utilities.",
        ),
        # too much
        (
            "ISCB SPSM sharpe < 0",
            "ISCB and SPSM are read as funds; name one, or two as `ISCB - SPSM` or `ISCB / SPSM`; a "
            "benchmark is `vs SPSM`.",
        ),
        (
            "ISCB sharpe sortino < 0",
            "More than one measure: sharpe and sortino; keep one, or write several conditions after `2 of:`.",
        ),
        (
            "ISCB ir te < 0",
            "More than one measure: information ratio and tracking error; keep one, or write several "
            "conditions after `2 of:`; a fund called IR is `$IR`.",
        ),
        (
            "ISCB sortino < 1 > 0.5",
            "More than one threshold is given; keep one, or write several conditions after `2 of:`.",
        ),
        ("ISCB sortino 1y 3y < 1", "More than one window is given; keep one."),
        ("ISCB beta vs SPY vs IWM < 1", "More than one benchmark is given; keep one."),
        ("ISCB sortino < 1 recover 1.1 recover 1.2", "More than one recover value is given; keep one."),
        ("SPSM technology weight energy > 30%", "More than one sector is given; keep one."),
        ("ISCB sortino < 1 for 5 sessions for 6 sessions", "More than one `for` is given; keep one."),
        ("ISCB sortino < 1 then SPSM then IWM", "More than one fund after `then` is given; keep one."),
        ("ISCB sortino < 1 rf=0 rf=4%", "More than one rf is given; keep one."),
        ("ISCB 😀 sortino < 1", "`😀` cannot be read; leave it out."),
        # words of English are no funds, and no benchmark
        ("ISCB sortino < 1 please", "`please` cannot be read; leave it out."),
        ("ISCB tracking error year vs SPY > 5%", "`year` cannot be read; leave it out."),
        ("ISCB beta year > 1.2", "`year` cannot be read; leave it out."),
        ("ISCB sortino < 1 then SPSM, I think", "`I` and `think` cannot be read; leave them out."),
        ("ISCB SPSM quick beta > 1.2", "`quick` cannot be read; leave it out."),
        ("iscb beta vs year > 1.2", "`vs` stands alone; it needs a symbol, like `vs SPY`."),
        ("iscb sortino < 1 then year", "`then` needs a fund, like `then SPSM`."),
        ("ISCB <!channel> <@U1> sortino < 1", "`<!channel>` and `<@U1>` cannot be read; leave them out."),
        (
            "ISCB real estate sortino < 1",
            "`real estate` is a sector; write `real estate weight`, or leave it out.",
        ),
        # what does not go together
        ("ISCB - ISCB sharpe < 0", "Sharpe of ISCB is held against itself; name two funds."),
        ("ISCB beta vs ISCB < 1", "ISCB is held against itself; name another benchmark."),
        ("ISCB sortino < 1 then ISCB", "`then ISCB` names the fund itself; name another one."),
        (
            "ISCB beta vs SPY < 1 then SPY",
            "`then SPY` names the benchmark; held against itself it says nothing.",
        ),
        (
            "ISCB sharpe vs SPSM < 0",
            "Sharpe is not held against a benchmark; the difference of two funds is `ISCB - SPSM sharpe`.",
        ),
        ("SPSM assets vs SPY < 1bn", "Assets is not held against a benchmark."),
        ("SPSM expense ratio 3y > 0.05%", "Expense ratio has no window; leave `3y` out."),
        ("SPSM - ISCB expense ratio > 1bp", "Expense ratio is watched for one fund at a time; name one."),
        ("ISCB sortino changes", "Sortino changes every session; only a fund's facts can be watched so."),
        ("SPSM expense ratio changes recover 1%", "A change has no `recover` value; leave it out."),
        ("ISCB drawdown < -15% rf=4%", "`rf=4%` changes nothing here; leave it out."),
        ("ISCB sortino worse than 1", "`worse than` is said of falls; write `<` or `>`."),
        ("ISCB sortino < 1 recover 0.9", "`recover 0.9` lies inside the breach; what ends it is 1 or above."),
        ("ISCB vol > 20% recover 25%", "`recover 25%` lies inside the breach; what ends it is 20% or below."),
        # never or always
        ("ISCB volatility < -5%", "`volatility < -5%` is never met: its values are above 0%."),
        ("ISCB volatility >= 0", "`volatility >= 0` is always met: its values are above 0%."),
        (
            "ISCB correlation vs SPY > 1.5",
            "`correlation > 1.5` is never met: its values are above -1 and below 1.",
        ),
        (
            "SPSM technology weight <= 100%",
            "`sector weight <= 100%` is always met: its values are between 0% and 100%.",
        ),
        (
            "IWM drawdown < 15%",
            "`drawdown < 15%` can be read two ways: a fall is negative, so a deeper one is "
            "`drawdown < -15%` and a milder one `drawdown > -15%`.",
        ),
        (
            "IWM drawdown more than -15%",
            "`drawdown more than -15%` can be read two ways: a fall is negative, so a deeper one is "
            "`drawdown < -15%` and a milder one `drawdown > -15%`.",
        ),
        # windows
        (
            "ISCB sortino 3w < 1",
            "`3w` is not a window: they are counted in months or years, like `1m`, `3m` or `6m`.",
        ),
        (
            "ISCB sortino in 2022 < 1",
            "`2022` is a window that never moves; write `since 2021-12-31`, or write `< 2022` or `> 2022`.",
        ),
        (
            "ISCB sortino last year < 1",
            "`2025` never moves; write `since 2024-12-31`, or a window like `1y`.",
        ),
        (
            "ISCB sortino q3 2025 < 1",
            "`2025q3` never moves; write `since 2025-06-30`, or a window like `1y`.",
        ),
        (
            "ISCB sortino since 16/01/2025 < 1",
            "`16/01/2025` can be read as day or month first; write `2025-01-16`.",
        ),
        (
            "ISCB sortino 2021-03-19..2024-12-31 < 1",
            "`2021-03-19..2024-12-31` never moves; write `since 2021-03-19`, or a window like `1y`.",
        ),
        (
            "ISCB sortino since 2026-01-20 < 1",
            "`since 2026-01-20` must begin after 1970-01-02 and before today, 2026-01-20.",
        ),
        (
            "ISCB sortino since 1950-01-20 < 1",
            "`since 1950-01-20` must begin after 1970-01-02 and before today, 2026-01-20.",
        ),
        (
            "ISCB sortino < 1 for 3 months",
            "`for 3 months` can be the window and how long it lasts; write `3m` for the window, "
            "`for 5 sessions` for the other.",
        ),
        *(
            (
                typed,
                f"`{days}` stands where a window would, and those are counted in months or years, like `1m`; "
                "how long it lasts comes last, like `for 5 sessions`.",
            )
            for typed, days in (
                ("ISCB price change 1d < -5%", "1d"),
                ("ISCB 20-day volatility > 30%", "20d"),
                ("ISCB drawdown 90 days deeper than 10%", "90d"),
                ("ISCB sortino < 1 and 5d price change < -10%", "5d"),
            )
        ),
        ("ISCB sortino < 1 for 2 weeks", "`for 2w`: how long is counted in sessions, like `for 5 sessions`."),
        # patience
        ("ISCB sortino < 1 for 0 sessions", "`for 0`: a number of sessions from 1 to 250."),
        ("ISCB sortino < 1 for 1000 sessions", "`for 1000`: a number of sessions from 1 to 250."),
        ("ISCB sortino < 1 for 2.5 sessions", "`for 2.5`: a number of sessions from 1 to 250."),
        ("ISCB sortino < 1 for -5 sessions", "`for -5`: a number of sessions from 1 to 250."),
        ("ISCB sortino < 1 recover for 251 days", "`recover for 251`: a number of sessions from 1 to 250."),
        # several conditions
        (
            "ISCB sortino < 1, sharpe < 0.5",
            "Several conditions: begin them with `all of:`, `any of:` or `2 of:`.",
        ),
        (
            "ISCB sortino < 1 and sharpe < 0.5 or drawdown < -20%",
            "`and` and `or` exclude each other; begin with `all of:`, `any of:` or `2 of:`.",
        ),
        ("ISCB 3 of: sortino < 1, sharpe < 0.5", "`3 of` is followed by 2 conditions; count 1 to 2."),
        ("ISCB 0 of: sortino < 1, sharpe < 0.5", "`0 of` is followed by 2 conditions; count 1 to 2."),
        ("ISCB 2 of 3: sortino < 1, sharpe < 0.5", "`2 of 3` is followed by 2 conditions."),
        ("ISCB 2 of: sortino < 1", "`2 of` needs two conditions or more, with commas between them."),
        ("ISCB 1.5 of: sortino < 1, sharpe < 1", "`1.5 of` counts no conditions; write it like `2 of:`."),
        (
            "any of: ISCB sortino < 1, all of: sharpe < 1",
            "More than one `of:` is given; keep one list of conditions.",
        ),
        (
            "ISCB sortino any of: sortino < 1, sharpe < 1",
            "Before `of:` only a fund, a window and a benchmark can stand.",
        ),
        (
            "ISCB 2 of: sortino 3y < 1, sharpe < 0.5",
            "Only some conditions name a window; give one to each, or one to all before `of:`, like "
            "`ISCB 3y all of: …`.",
        ),
        (
            "ISCB all of: sortino crosses below 1, sharpe < 0.5",
            "A crossing stands alone; among several conditions use the level, < or >.",
        ),
        (
            "ISCB any of: sortino < 1, sortino < 2, sortino < 3, sortino < 4, sortino < 5, sortino < 6",
            "6 conditions; at most 5 make a rule.",
        ),
        ("ISCB sortino < SPSM and sharpe < 0.5", "Name a fund, like `ISCB sortino < 1.0`."),
        # verbs
        ("show", "`show` needs the number of a rule, like `show R7`; `list` shows them."),
        (
            "pause ISCB",
            "`pause` needs the number of a rule, like `pause R7`; `list` shows them. A fund called PAUSE "
            "is `$PAUSE`.",
        ),
        ("delete R7 R8", "`delete` takes one rule at a time; leave `R8` out."),
        ("delete R7 now", "`delete` takes the number of a rule and nothing more; leave `now` out."),
        (
            "list sortino < 1",
            "`list` takes a fund, a state or a page, like `list ISCB`, `list triggered` or `list page 2`, "
            "and not `sortino`, `<` and `1`. A fund called LIST is `$LIST`.",
        ),
        ("edit", "`edit` needs the number of a rule, like `edit R7 ISCB sortino < 0.9`."),
        ("edit ISCB sortino < 1", "`edit` needs the number of a rule, like `edit R7 ISCB sortino < 0.9`."),
        ("edit R7", "`edit R7` needs the new rule, like `edit R7 ISCB sortino < 0.9`."),
        ("test", "`test` needs a rule, like `test ISCB sortino < 1.0`; `show R7` looks at one."),
        ("test R7", "`test` needs a rule, like `test ISCB sortino < 1.0`; `show R7` looks at one."),
        ("R7 sortino < 1", "`R7` is the number of a rule; write `show R7` or `edit R7 …`."),
        ("pasue R7", "`pasue` is neither a rule nor a verb; did you mean `pause`?"),
        ("lsit", "`lsit` is neither a rule nor a verb; did you mean `list`?"),
    ],
)
def test_says_what_is_wrong(text: str, complaint: str) -> None:
    assert complaint in unclear(text).complaints


@pytest.mark.parametrize(
    ("threshold", "complaint"),
    [
        ("nan", "`< nan` is no threshold; write a number, like `< 1.0`."),
        ("inf", "`< inf` is no threshold; write a number, like `< 1.0`."),
        ("-Infinity", None),
        ("1e309", "`1e309` is not a number that a value comes near; write it like `1.1`."),
        ("-1e9999", "`-1e9999` is not a number that a value comes near; write it like `1.1`."),
        ("1e-309", "`1e-309` is not a number that a value comes near; write it like `1.1`."),
        ("9" * 400, "`" + "9" * 40 + "…` is not a number that a value comes near; write it like `1.1`."),
        ("1e7", "`1e7` is larger than any value it will be held against."),
        ("0.00000001", "`0.00000001` has more digits than are read; round it."),
        ("1,500", "`1,500` can be 1500 and 1.500; write it without a comma."),
        ("1.1.1", "`1.1.1` is not a number; write it like `1.1`."),
        ("20%", "`20%` has the wrong unit; write a plain number, like `1.1`."),
        ("2pp", "`2pp` has the wrong unit; write a plain number, like `1.1`."),
        ("1bn", "`1bn` has the wrong unit; write a plain number, like `1.1`."),
    ],
)
def test_a_threshold_is_a_number(threshold: str, complaint: str | None) -> None:
    fault = unclear(f"ISCB sortino < {threshold}")
    assert complaint is None or complaint in fault.complaints


@pytest.mark.parametrize(
    ("condition", "complaint"),
    [
        ("volatility > 20", "`20` has no unit; write `20%`."),
        ("expense ratio > 0.05", "`0.05` has no unit; write `0.05%` or `5%`."),
        ("expense ratio > 1bn", "`1bn` has the wrong unit; write a percentage, like `15%`."),
        ("- SPSM volatility > 0.02", "`0.02` has no unit; write `0.02pp` or `2pp`."),
        ("- SPSM volatility > 2", "`2` has no unit; write `2pp`."),
        ("/ SPSM volatility > 20%", "`20%` has the wrong unit; write a plain number, like `1.1`."),
        ("volatility > 20000%", "`20000%` is larger than any value it will be held against."),
        ("assets < 500", "`500` has no unit; write an amount, like `250M` or `1bn`."),
        ("assets < 5%", "`5%` has the wrong unit; write an amount, like `250M` or `1bn`."),
        ("assets < $1bn", "Amounts are in the fund's own currency; write `1bn` without one."),
        ("assets < 1bn USD", "Amounts are in the fund's own currency; write `1bn` without one."),
        ("assets < €250M", "Amounts are in the fund's own currency; write `250M` without one."),
        ("price change < 100", "`100` has no unit; write `100%`."),
    ],
)
def test_a_threshold_has_its_unit(condition: str, complaint: str) -> None:
    assert unclear(f"ISCB {condition}").complaints == (complaint,)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("sortnio", "sortino"), ("shapre", "sharpe"), ("volatilty", "volatility"), ("drawdawn", "drawdown")],
)
def test_a_misspelt_measure_is_no_fund(typed: str, meant: str) -> None:
    fault = unclear(f"ISCB {typed} < -5")
    assert any(
        each.startswith(f"`{typed}` is no measure; did you mean `{meant}`") for each in fault.complaints
    )
    assert fault.symbols == ("ISCB",)


def test_everything_wrong_comes_at_once_with_what_could_be_read() -> None:
    fault = unclear("😀 ISCB beta 7w < 20% for 0 days then SPSM rf=4")
    assert [each.split(";")[0].split(":")[0] for each in fault.complaints] == [
        "`😀` cannot be read",
        "`rf=4` is not a rate",
        "`7w` is not a window",
        "Beta needs a benchmark, like `vs SPY`.",
        "`20%` has the wrong unit",
        "`for 0`",
    ]
    assert fault.read == ("ISCB", "beta", "window 7w", "< 20%", "for 0 sessions", "then SPSM", "rf 4")
    assert fault.symbols == ("ISCB", "SPSM")


def test_a_complaint_is_made_once() -> None:
    assert len(unclear("ISCB sortino < 1 1 1 1").complaints) == 1


def test_ten_thousand_characters_are_not_read() -> None:
    fault = unclear("ISCB sortino < 1 " * 600)
    assert fault.complaints == (f"The text has 10,200 characters; at most {MOST_CHARACTERS} are read.",)
    assert len(fault.given) == MOST_CHARACTERS


def test_a_rule_that_is_too_long_when_written_out_is_refused() -> None:
    each = "$MAX-DRAWDOWN/$ABCDEFGHIJ{} te weekly vs $YEAR-TO-DATE since 20210319>1.000001"
    text = f"any of:{','.join(each.format(number) for number in range(1, 6))}"
    assert len(text) <= MOST_CHARACTERS
    fault = unclear(text)
    assert fault.complaints[0].startswith("Written out, the rule has ")


def test_what_it_says_of_measures_is_what_there_is() -> None:
    told = advice.usage(WATCH).text
    # The weekly ones are there for those who look for them.
    shown = {measure for measure in WATCHABLE if not measure.endswith("weekly")}
    assert [
        measure
        for measure in shown
        if measure_name(measure).removeprefix("total ").removeprefix("sector ") not in told
    ] == []
