"""The form for a rule: faults at their fields, all at once; what is sent in reads back as the rule."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analytics.measures import MEASURES
from analytics.query import Query as Comparing
from analytics.returns import ZERO, Rate
from analytics.watch.operators import Op
from analytics.watch.rules import FACTS, WINDOWLESS, Combine, Condition, Quantity, Rule
from analytics.watch.states import Policy
from analytics.window import parse
from bot.language import Watch, read_watch
from bot.model import SectionQuery, ThreadContext
from bot.render import forms, ids
from bot.render.forms import measure_groups
from bot.use_cases.forms import SECTOR_NAMES, watch_fields
from tests.fakes.filled_forms import HANDLERS, NOWHERE, TODAY, faults, opened, said, sent

EMPTY = opened(HANDLERS.presses[ids.OPEN_WATCH])
CHOICES = [value for options in measure_groups(SECTOR_NAMES).values() for value in options]
FUND = {"fund": "ISCB", "threshold": "1.0"}
"""The least that makes a rule."""


def watched(**changes: Any) -> Watch:
    """The rule that a form comes to; it is written as the grammar itself writes it."""
    text = said(sent(EMPTY, **changes))
    read = read_watch(text, TODAY)
    assert isinstance(read, Watch)
    assert read.text == text
    assert (read.number, read.test) == (None, False)
    return read


def wrong(**changes: Any) -> dict[str, str]:
    """What is wrong with a rule that is right but for these."""
    return faults(sent(EMPTY, **{**FUND, **changes}))


def only(rule: Rule) -> Condition:
    (condition,) = rule.conditions
    return condition


def test_a_fund_and_a_threshold_are_enough() -> None:
    watch = watched(**FUND)
    assert watch.rule == Rule((Condition(Quantity("sortino", "ISCB"), Op.BELOW, 1.0),))
    assert watch.policy == Policy()


@pytest.mark.parametrize("threshold", ["200 000 000", "200\u2019000\u2019000", "200,000,000", "200M"])
def test_a_threshold_is_written_as_people_write_it(threshold: str) -> None:
    watch = watched(fund="ISCB", measure="assets", threshold=threshold)
    assert only(watch.rule).threshold == 2e8


def test_every_field_counts() -> None:
    watch = watched(
        fund="iscb",
        measure="beta",
        window="3y",
        comparison=">",
        threshold="1.2",
        sessions="3",
        recover="1,15",
        benchmark="spy",
        rate="tbill",
        then="spsm",
    )
    quantity = Quantity("beta", "ISCB", window=parse("3y"), rate=Rate(None), benchmark="SPY")
    assert watch.rule == Rule((Condition(quantity, Op.ABOVE, 1.2, 1.15),), then="SPSM")
    assert watch.policy == Policy(3)


@pytest.mark.parametrize(
    ("fund", "combine"),
    [
        ("ISCB - SPSM", Combine.DIFFERENCE),
        ("ISCB – spsm", Combine.DIFFERENCE),
        ("ISCB/SPSM", Combine.RATIO),
    ],
)
def test_two_funds_make_one_value(fund: str, combine: Combine) -> None:
    quantity = only(watched(fund=fund, threshold="0.5").rule).quantity
    assert (quantity.symbol, quantity.other, quantity.combine) == ("ISCB", "SPSM", combine)


def test_where_no_sessions_stand_the_rule_has_its_own() -> None:
    assert watched(fund="ISCB", threshold="1.0", sessions=None).policy == Policy(5)
    fall = watched(fund="ISCB", measure="drawdown", threshold="-15%", sessions=None)
    assert fall.policy == Policy(1)
    assert fall.text == "ISCB drawdown 1y < -15% for 1 session"
    fee = watched(fund="ISCB", measure="expense_ratio", comparison="changes", sessions=None)
    assert fee.policy == Policy(1)


def test_a_fact_has_no_window_and_no_rate_and_a_change_no_threshold() -> None:
    fee = watched(fund="SPSM", measure="expense_ratio", comparison="changes", rate="tbill", window="5y")
    assert only(fee.rule).quantity == Quantity("expense_ratio", "SPSM")
    assert only(fee.rule).op is Op.CHANGES
    weight = watched(fund="SPSM", measure="sector_weight/Technology", comparison=">", threshold="20%")
    assert only(weight.rule).quantity.sector == "Technology"
    assert only(weight.rule).threshold == 0.2


def test_a_rate_that_changes_nothing_is_left_out() -> None:
    assert (
        only(watched(fund="ISCB", measure="volatility", threshold="15%", rate="4%").rule).quantity.rate
        == ZERO
    )


@pytest.mark.parametrize(
    ("measure", "threshold", "value"),
    [
        ("drawdown", "-15%", -0.15),
        ("drawdown", "−15 %", -0.15),
        ("expense_ratio", "20bp", 0.002),
        ("expense_ratio", "0,2 percent", 0.002),
        ("assets", "250M", 2.5e8),
        ("assets", "1.5 bn", 1.5e9),
        ("omega", ".9", 0.9),
        ("total_return", "+5%", 0.05),
    ],
)
def test_a_threshold_has_the_unit_of_its_measure(measure: str, threshold: str, value: float) -> None:
    watch = watched(fund="ISCB", measure=measure, threshold=threshold)
    assert only(watch.rule).threshold == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        (forms.FUND, None, "Name a fund, like ISCB."),
        (
            forms.FUND,
            "ISCB SPSM",
            '"ISCB SPSM" is not a fund; write one like ISCB, or two like ISCB - SPSM.',
        ),
        (forms.FUND, "ISCB - SPSM - IWM", '"ISCB - SPSM - IWM" is not a fund; write one'),
        (forms.FUND, "ISCB - ", '"ISCB -" is not a fund; write one'),
        (forms.FUND, "ISCB - ISCB", "ISCB is held against itself; name two funds."),
        (forms.MEASURE, "luck", '"luck" is none of the choices; choose one of these.'),
        (forms.WINDOW, "7w", '"7w" is not a window: they are counted'),
        (forms.WINDOW, "2021-03-19..2024-12-31", '"2021-03-19..2024-12-31" does not reach to today'),
        (forms.WINDOW, "since 2027-01-01", '"since 2027-01-01" does not reach to today'),
        (forms.COMPARISON, "=", '"=" is none of the choices; choose one of these.'),
        (forms.THRESHOLD, None, "Write a number, like 1.0, -15% or 250M."),
        (forms.THRESHOLD, "low", '"low" is not a number; write it like 1.0, -15% or 250M.'),
        (forms.THRESHOLD, "1.0 then SPSM", '"1.0 then SPSM" is not a number; write it like'),
        (forms.THRESHOLD, "15%", '"15%" has the wrong unit; write a plain number, like "1.1".'),
        (forms.THRESHOLD, "1,500", '"1,500" can be 1500 and 1.500; write it without a comma.'),
        (forms.THRESHOLD, "$5", "Amounts are in the fund's own currency; write"),
        (forms.SESSIONS, "0", "Write a number of sessions from 1 to 250."),
        (forms.SESSIONS, "251", "Write a number of sessions from 1 to 250."),
        (forms.SESSIONS, "five", "Write a number of sessions from 1 to 250."),
        (forms.RECOVER, "0.9", '"recover 0.9" lies inside the breach; what ends it is 1 or above.'),
        (forms.RECOVER, "soon", '"soon" is not a number; write it like 1.0, -15% or 250M.'),
        (forms.RECOVER, "11%", '"11%" has the wrong unit; write a plain number, like "1.1".'),
        (forms.BENCHMARK, "SPY", "Sortino is not held against a benchmark; leave this empty."),
        (forms.THEN, "ISCB", "ISCB is the fund itself; name another one."),
        (forms.THEN, "SPSM IWM", '"SPSM IWM" is not one symbol; write it like SPY.'),
        (forms.RATE, "free", '"free" is not a rate; choose one of these.'),
    ],
)
def test_what_is_wrong_stands_at_its_field(field: str, value: str | None, complaint: str) -> None:
    found = wrong(**{field: value})
    assert list(found) == [field]
    assert found[field].startswith(complaint)


@pytest.mark.parametrize(
    ("changes", "field", "complaint"),
    [
        ({"measure": "beta"}, forms.BENCHMARK, "Beta needs a benchmark, like SPY."),
        ({"measure": "beta", "benchmark": "S&P 500"}, forms.BENCHMARK, '"S&P 500" is not one symbol; write'),
        ({"measure": "beta", "benchmark": "ISCB"}, forms.BENCHMARK, "ISCB is held against itself"),
        ({"measure": "beta", "benchmark": "SPY", "then": "SPY"}, forms.THEN, "SPY is the benchmark; held"),
        (
            {"measure": "drawdown", "threshold": "5%"},
            forms.THRESHOLD,
            '"drawdown < 5%" can be read two ways',
        ),
        ({"measure": "drawdown", "threshold": "-150%"}, forms.THRESHOLD, '"drawdown < -150%" is never met'),
        ({"measure": "omega", "threshold": "-1"}, forms.THRESHOLD, '"omega < -1" is never met'),
        ({"measure": "alpha", "threshold": "0.5", "benchmark": "SPY"}, forms.THRESHOLD, '"0.5" has no unit'),
        ({"measure": "assets", "threshold": "250"}, forms.THRESHOLD, '"250" has no unit'),
        ({"comparison": "changes", "threshold": None}, forms.COMPARISON, "Sortino changes every session"),
        ({"measure": "assets", "comparison": "changes"}, forms.THRESHOLD, "A change has no threshold"),
        (
            {"measure": "assets", "comparison": "changes", "threshold": None, "recover": "1bn"},
            forms.RECOVER,
            "A change is over when it is undone; leave this empty.",
        ),
        (
            {"measure": "expense_ratio", "fund": "ISCB - SPSM", "threshold": "1%"},
            forms.FUND,
            "Expense ratio is watched for one fund at a time; name one.",
        ),
    ],
)
def test_what_shows_only_in_company_stands_at_the_field_it_is_about(
    changes: dict[str, Any], field: str, complaint: str
) -> None:
    found = wrong(**changes)
    assert list(found) == [field]
    assert found[field].startswith(complaint)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = faults(
        sent(
            opened(HANDLERS.presses[ids.OPEN_WATCH], "home", NOWHERE),
            fund="?",
            measure="beta",
            threshold="15%",
            sessions="999",
            recover="soon",
            then="A B",
        )
    )
    assert set(found) == {
        *(forms.FUND, forms.BENCHMARK, forms.THRESHOLD, forms.SESSIONS, forms.RECOVER),
        *(forms.THEN, forms.WHERE),
    }


def test_a_recovery_value_is_held_against_a_threshold_that_can_be_read() -> None:
    assert set(wrong(threshold="low", recover="0.9")) == {forms.THRESHOLD}
    assert set(wrong(fund="?", recover="0.9")) == {forms.FUND, forms.RECOVER}


@pytest.mark.parametrize("name", [forms.FUND, forms.THRESHOLD, forms.RECOVER, forms.BENCHMARK, forms.THEN])
@pytest.mark.parametrize(
    "text",
    [
        *("<!channel> `rm`", "ISCB sortino < 1 then SPSM", "delete R7", "R7", "1.0 and IWM sharpe < 2"),
        *("\u202eISCB\u0000", "🚀", "\ud800", "x" * 5000, "9" * 400, "-" * 400, "1e999"),
    ],
)
def test_hostile_text_is_a_fault_of_its_field_or_one_symbol(name: str, text: str) -> None:
    taken = sent(EMPTY, **{**FUND, name: text})
    if taken.faults:
        assert list(faults(taken)) == [name]
    else:
        watch = read_watch(said(taken), TODAY)
        assert isinstance(watch, Watch)
        assert len(watch.rule.conditions) == 1
        assert watch.rule.then is None or name == forms.THEN
        assert only(watch.rule).recover is None or name == forms.RECOVER


def test_watch_this_is_about_the_first_fund_with_the_second_to_look_at() -> None:
    query = Comparing(("ISCB", "SPSM", "IWM"), parse("3y"), TODAY, "SPY", Rate(None))
    view = opened(HANDLERS.presses[ids.OPEN_WATCH], SectionQuery("watch", ThreadContext(query)).value)
    assert said(sent(view, threshold="0.8")) == ("ISCB sortino 3y < 0.8 for 5 sessions then SPSM rf=tbill")


@pytest.mark.parametrize("label", ["since 2021-03-19", "2021-03-19..2024-12-31"])
def test_a_window_between_two_days_is_watched_from_the_first(label: str) -> None:
    query = Comparing(("MAX",), parse(label), date(2025, 1, 2))
    view = opened(HANDLERS.presses[ids.OPEN_WATCH], SectionQuery("watch", ThreadContext(query)).value)
    text = said(sent(view, threshold="0.8"))
    assert text == "$MAX sortino since 2021-03-19 < 0.8 for 5 sessions"


THRESHOLDS = {
    "drawdown": "-12.5%",
    "max_drawdown": "-30%",
    "cvar_95": "-2%",
    "var_95": "-2%",
    "r_squared": "0.8",
    "assets": "250M",
    "fund_yield": "1.25%",
    "correlation": "0.8",
    "correlation_weekly": "0.8",
    **dict.fromkeys(
        (
            *("total_return", "cagr", "price_change", "volatility", "downside_deviation", "alpha", "ulcer"),
            *("volatility_monthly", "time_under_water", "positive_months", "best_day", "worst_day"),
            *("best_month", "worst_month", "best_year", "worst_year"),
            *("tracking_error", "tracking_error_weekly", "expense_ratio", "sector_weight"),
        ),
        "12.5%",
    ),
}


@given(
    choice=st.sampled_from(CHOICES),
    op=st.sampled_from(sorted(Op)),
    fund=st.sampled_from(["ISCB", "BRK-B", "^TNX", "LIST", "R7", "BETA", "VWCE.DE"]),
    then=st.none() | st.sampled_from(["SPSM", "MAX", "AND"]),
    window=st.sampled_from(["1m", "ytd", "1y", "10y", "max", "since 2021-03-19"]),
    sessions=st.integers(1, 250),
)
def test_what_is_sent_in_is_the_rule_that_is_read(
    choice: str, op: Op, fund: str, then: str | None, window: str, sessions: int
) -> None:
    measure, _, sector = choice.partition("/")
    assume(op is not Op.CHANGES or measure in FACTS)
    fund = "^TNX" if measure == "interest_rate" else "ISCB" if fund == "^TNX" else fund
    relative = measure in MEASURES and MEASURES[measure].relative
    watch = watched(
        fund=fund,
        measure=choice,
        window=window,
        comparison=op.value,
        threshold=None if op is Op.CHANGES else THRESHOLDS.get(measure, "1.25"),
        sessions=str(sessions),
        benchmark="SPY" if relative else None,
        then=then,
    )
    quantity = only(watch.rule).quantity
    assert (quantity.measure, quantity.symbol, quantity.sector or "") == (measure, fund, sector)
    assert quantity.window == parse("1y" if measure in WINDOWLESS else window)
    assert (only(watch.rule).op, watch.rule.then, watch.policy.confirm) == (op, then, sessions)
    assert quantity.against == ("SPY" if relative else None)


def test_a_window_told_from_facts_about_the_funds_is_none_of_a_rule() -> None:
    asked = Comparing(("ISCB", "SPSM"), parse("since regime"), date(2026, 1, 16))
    assert watch_fields(ThreadContext(asked)).window == "1y"
