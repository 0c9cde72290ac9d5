"""Pictures of rules from readings by hand: what they conclude, what is shaded, what comes first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from analytics.watch.backtest import backtest, replay
from analytics.watch.operators import Op
from analytics.watch.readings import Readings
from analytics.watch.rules import Condition, Quantity, Rule
from analytics.watch.states import Phase, Policy, State
from bot.model import RuleReport, RuleVersion
from bot.render.chart_specs import WatchChart, content_key
from bot.render.rules.charts import overview_chart, past_chart, rule_chart
from tests.panels import weekdays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.render.chart_specs import OverviewChart, PastChart, WatchChart


NAN = np.nan
WEAK = Condition(Quantity("sortino", "ISCB"), Op.BELOW, 1.0)
FALL = Condition(Quantity("drawdown", "ISCB"), Op.BELOW, -0.15)
GAP = Condition(Quantity("total_return", "ISCB", other="SPSM"), Op.BELOW, 0.0)
RULE = Rule((WEAK,), then="SPSM")
LONG_AGO = datetime(2020, 1, 2, 15, tzinfo=UTC)
TWO = Policy(2)
HIGH, BAND, LOW = 1.5, 1.05, 0.9


def days(count: int) -> list[date]:
    found: list[date] = weekdays("2026-01-05", count).tolist()
    return found


def readings(rule: Rule, *rows: Sequence[float]) -> Readings:
    """A row for each of the rule's quantities."""
    values = np.array(rows, dtype=np.float64)
    reasons = np.where(np.isnan(values), "no price of ISCB", "").astype(object)
    at = {quantity: row for row, quantity in enumerate(rule.quantities)}
    return Readings(weekdays("2026-01-05", values.shape[1]), values, reasons, at, {})


def watched(
    rule: Rule = RULE, number: int = 7, made: datetime = LONG_AGO, policy: Policy = TWO
) -> RuleVersion:
    return RuleVersion("T", number, 1, "C", "U", "U", "", rule, policy, made)


def picture(*values: float, made: datetime = LONG_AGO, **more: Any) -> WatchChart:
    """R7 over these sessions, SPSM at 0.8 throughout."""
    found = readings(RULE, values, [0.8] * len(values))
    last = days(len(values))[-1]
    return rule_chart(watched(made=made), found, last, source="Yahoo Finance", **more)


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


def test_the_alt_text_of_a_rule_that_fires_concludes() -> None:
    shown = picture(HIGH, LOW, LOW)
    assert plain(shown.alt) == (
        "R7 ISCB Sortino below 1.0: Triggered since 7 Jan 2026 (1 session); "
        "ISCB 0.90, below 1.00; SPSM 0.80. Threshold: below 1.00. Triggered once since 5 Jan 2026."
    )
    assert (shown.phase, plain(shown.title)) == ("firing", "R7 ISCB Sortino below 1.0")


def test_what_fired_is_shaded_to_its_recovery_and_what_was_pending_before() -> None:
    day = days(9)
    shown = picture(HIGH, LOW, LOW, BAND, HIGH, HIGH, HIGH, LOW, HIGH)
    assert shown.firing == ((day[2], day[5]),)
    assert shown.pending == ((day[1], day[2]),)


def test_a_breach_that_is_not_confirmed_yet_is_pending() -> None:
    shown = picture(HIGH, HIGH, LOW)
    assert (shown.firing, shown.pending) == ((), ((days(3)[2], days(3)[2]),))
    assert plain(shown.status).startswith("Waiting (1 of 2) · ISCB 0.90, below 1.00")


def test_in_the_band_it_says_how_far_recovery_is() -> None:
    assert "ISCB 1.05, not yet at or above 1.10" in plain(picture(HIGH, LOW, LOW, BAND).status)
    assert plain(picture(HIGH, LOW, LOW, HIGH).status).startswith(
        "Clearing (1 of 2) · ISCB 1.50, at or above"
    )


def test_a_recovery_is_told_on_its_day_and_not_after() -> None:
    assert plain(picture(HIGH, LOW, LOW, HIGH, HIGH).status).startswith("Cleared 9 Jan 2026 · ISCB 1.50")
    assert plain(picture(HIGH, LOW, LOW, HIGH, HIGH, HIGH).status).startswith("Quiet · ISCB 1.50, not below")


def test_missing_data_leave_a_gap_and_the_incident_open() -> None:
    shown = picture(HIGH, LOW, LOW, NAN, NAN)
    assert shown.firing == ((days(3)[2], days(5)[4]),)
    assert (
        plain(shown.status) == "No data, kept as triggered since 7 Jan 2026 (3 sessions) · no price of ISCB"
    )
    assert np.isnan(shown.traces[0].lines[0, 3:]).all()
    assert plain(shown.traces[0].ends[0]) == "ISCB 0.90"


def test_sessions_after_the_one_asked_are_left_out() -> None:
    found = readings(RULE, [HIGH, LOW, LOW, HIGH], [0.8] * 4)
    shown = rule_chart(watched(), found, days(4)[2], source="x")
    assert (shown.sessions.size, shown.phase) == (3, "firing")
    with pytest.raises(ValueError, match="nothing to draw for R7: no session on or before 2025-12-31"):
        rule_chart(watched(), found, date(2025, 12, 31), source="x")


def test_before_it_was_set_it_is_shown_as_it_would_have_fired() -> None:
    day = days(7)
    made = datetime.combine(day[4], datetime.min.time(), UTC).replace(hour=18)
    shown = picture(HIGH, LOW, LOW, LOW, LOW, LOW, LOW, made=made)
    assert shown.made == day[4]
    assert shown.firing == ((day[2], day[4]), (day[5], day[6]))
    assert "Triggered once since 9 Jan 2026" in plain(shown.alt)


def test_a_breach_older_than_the_readings_has_no_day_and_is_not_counted() -> None:
    day = days(4)
    shown = picture(LOW, LOW, LOW, LOW)
    assert (shown.firing, shown.pending) == (((day[0], day[3]),), ())
    assert "Not triggered since 5 Jan 2026" in plain(shown.alt)
    fresh = picture(LOW, LOW, LOW, made=datetime(2026, 1, 5, 23, tzinfo=UTC))
    assert fresh.firing == ((day[1], day[2]),)


def test_where_it_really_stands_overrules_the_replay() -> None:
    day = days(4)
    real = State(kept=Phase.FIRING, since=day[3], held=1, session=day[3], fired=day[3])
    shown = picture(HIGH, LOW, LOW, LOW, state=real)
    assert shown.firing == ((day[3], day[3]),)
    quiet = picture(HIGH, LOW, LOW, LOW, state=State(session=day[3]))
    assert (quiet.phase, quiet.firing) == ("ok", ())


def test_threshold_recovery_and_the_other_fund_are_drawn() -> None:
    trace = picture(HIGH, HIGH).traces[0]
    assert (trace.threshold, trace.recovery, trace.tick, trace.steps) == (1.0, 1.1, "ratio", False)
    assert (trace.breach, trace.recovered) == ("below 1.00", "clears at 1.10")
    assert [plain(end) for end in trace.ends] == ["ISCB 1.50", "SPSM 0.80"]


def test_of_two_funds_one_line_is_drawn_and_the_other_fund_is_named_with_its_measure() -> None:
    rule = Rule((GAP,), then="IJR")
    shown = rule_chart(watched(rule), readings(rule, [0.01, -0.02], [0.1, 0.1]), days(2)[1], source="x")
    trace = shown.traces[0]
    assert trace.lines.shape == (1, 2)
    assert (plain(trace.ends[0]), trace.tick, trace.recovery) == ("-2.0 pp", "points", 0.005)
    assert plain(shown.status).endswith("ISCB - SPSM -2.0 pp, below 0.0 pp · IJR return 1y 10.0 %")


def test_several_conditions_have_a_panel_each_and_are_all_told() -> None:
    rule = Rule((WEAK, FALL, GAP), needed=2)
    found = readings(rule, [HIGH, LOW, LOW], [-0.05, -0.2, -0.2], [0.01, 0.01, 0.01])
    shown = rule_chart(watched(rule), found, days(3)[2], source="x")
    assert [trace.caption for trace in shown.traces] == [
        "ISCB Sortino 1y",
        "ISCB drawdown 1y",
        "ISCB - SPSM return 1y",
    ]
    assert [trace.tick for trace in shown.traces] == ["ratio", "percent", "points"]
    assert (
        "R7 2 of 3: ISCB Sortino below 1.0 …: Triggered since 7 Jan 2026 (1 session); 2 of 3 met, 2 needed."
        in plain(shown.alt)
    )
    many = Rule(tuple(Condition(Quantity("sortino", "ISCB"), Op.BELOW, n / 10) for n in range(8)), needed=8)
    first = rule_chart(watched(many), readings(many, [HIGH]), days(1)[0], source="x")
    assert len(first.traces) == 6
    assert "the first 6 of 8 conditions drawn" in first.subtitle


def test_a_fact_is_read_in_steps_with_its_own_words() -> None:
    rule = Rule((Condition(Quantity("expense_ratio", "SPSM"), Op.CHANGES, 0.0003),))
    shown = rule_chart(watched(rule), readings(rule, [NAN, 0.0003]), days(2)[1], source="x")
    assert shown.traces[0].steps
    assert plain(shown.status) == "Quiet · SPSM 0.03 %, unchanged"
    assert shown.footer.startswith("facts as published, known for the newest session only")
    money = Rule((Condition(Quantity("assets", "SPSM"), Op.BELOW, 10e9),))
    assets = rule_chart(watched(money), readings(money, [9.4e9]), days(1)[0], source="x")
    assert (assets.traces[0].tick, plain(assets.traces[0].ends[0])) == ("money", "SPSM 9.4 bn")


def test_a_rule_that_could_not_be_read_says_why() -> None:
    found = replace(readings(RULE, [LOW], [0.8]), failures={WEAK.quantity: "no prices of ISCB at all"})
    shown = rule_chart(watched(), found, days(1)[0], source="x")
    assert (shown.phase, plain(shown.traces[0].ends[0])) == ("error", "ISCB n/a")
    assert shown.status == "Not readable, kept as quiet · no prices of ISCB at all"


def test_the_convention_names_window_rate_benchmark_and_source() -> None:
    rule = Rule((Condition(Quantity("beta", "ISCB", benchmark="SPY"), Op.ABOVE, 1.2),))
    shown = rule_chart(watched(rule), readings(rule, [1.0]), days(1)[0], source="Yahoo Finance")
    assert shown.footer == (
        "daily total return · rf 0 · benchmark SPY · source Yahoo Finance, as of 2026-01-05"
    )
    assert (
        plain(shown.subtitle)
        == "Trailing 1y at each session since 5 Jan 2026 · triggers after 2 sessions in breach"
    )


def test_simulated_prices_say_so() -> None:
    shown = picture(HIGH, simulated=True)
    assert shown.simulated
    assert shown.alt.startswith("Sample data. ")


def test_the_past_counts_and_shows_where_values_lie_when_nothing_changes() -> None:
    day = days(12)
    found = readings(RULE, [HIGH, LOW, HIGH, LOW, HIGH, LOW, HIGH, LOW, LOW, LOW, HIGH, HIGH], [0.8] * 12)
    back = backtest(RULE, found, Policy(1))
    shown = past_chart(watched(policy=Policy(1)), found, back, source="x", usual=[(0.7, 1.2)])
    assert shown.traces[0].usual == (0.7, 1.2)
    assert "blue: 9 of 10 days when nothing changes" in plain(shown.subtitle)
    assert shown.title == "R7 ISCB Sortino below 1.0 would have triggered 4 times"
    assert [plain(strip.words) for strip in shown.strips] == [
        "Confirmed for 1 session: 4 times, 6 sessions in all",
    ]
    assert shown.strips[0].spans[0] == (day[1], day[2])
    assert plain(shown.alt).startswith(
        "R7 ISCB Sortino below 1.0 would have triggered 4 times, 5 Jan 2026 to 20 Jan 2026."
    )


def test_a_past_without_a_firing_says_so() -> None:
    found = readings(RULE, [HIGH, HIGH], [0.8, 0.8])
    shown = past_chart(watched(), found, backtest(RULE, found, TWO), source="x")
    assert shown.title.endswith("would never have triggered")
    assert [plain(strip.words) for strip in shown.strips] == ["Confirmed for 2 sessions: not once"]


def item(number: int, *values: float, rule: Rule = RULE) -> tuple[RuleReport, Readings]:
    """A rule of the overview as its readings leave it."""
    found = readings(rule, values, *[[0.8] * len(values)] * (len(rule.quantities) - 1))
    last = days(len(values))[-1]
    state = replay(rule, found, TWO)[-1].state
    return RuleReport(watched(rule, number), last, state, found.at(rule, last)), found


def test_the_overview_puts_what_is_urgent_first_and_then_what_is_near() -> None:
    near, far = item(1, HIGH, HIGH, 1.02), item(2, HIGH, HIGH, 1.4)
    rest = [
        item(3, HIGH, HIGH, NAN),
        item(4, HIGH, HIGH, LOW),
        item(5, LOW, LOW, HIGH),
        item(6, HIGH, LOW, LOW),
    ]
    shown = overview_chart([far, near, *rest], days(3)[2], source="x")
    assert [cell.rule for cell in shown.cells] == ["R6", "R5", "R4", "R3", "R1", "R2"]
    assert [cell.phase for cell in shown.cells] == ["firing", "recovering", "pending", "no data", "ok", "ok"]
    assert plain(shown.alt) == (
        "Rules on 7 Jan 2026: 1 triggered, 1 clearing, 1 waiting, 1 without data, 2 quiet. "
        "R6 ISCB Sortino below 1.0 0.90 (below 1.00): triggered, 1 session."
    )
    assert [cell.value for cell in shown.cells][3:5] == ["n/a", "1.02"]


@pytest.mark.parametrize(("count", "cells", "more"), [(1, 1, 0), (12, 12, 0), (17, 12, 5)])
def test_the_overview_shows_twelve_and_counts_the_others(count: int, cells: int, more: int) -> None:
    shown = overview_chart([item(n, HIGH, LOW) for n in range(1, count + 1)], days(2)[1], source="x")
    assert (len(shown.cells), shown.more) == (cells, more)
    assert plain(shown.title) == f"{count} rule{'' if count == 1 else 's'} on 6 Jan 2026"
    assert f": {count} waiting." in shown.alt


@pytest.mark.parametrize("count", [1, 3, 17])
def test_alt_texts_conclude_in_thirty_words(count: int) -> None:
    quantities = [Quantity("sortino", f"BERKSHIRE-{n}") for n in range(count)]
    rule = Rule(tuple(Condition(each, Op.BELOW, 1.0) for each in quantities), needed=count)
    found = readings(rule, *[[HIGH, LOW, LOW, HIGH]] * count)
    items = [item(n, HIGH, LOW, LOW) for n in range(1, count + 1)]
    shown: list[WatchChart | PastChart | OverviewChart] = [
        rule_chart(watched(rule), found, days(4)[3], source="x", simulated=True),
        past_chart(watched(rule), found, backtest(rule, found, TWO), source="x", simulated=True),
        overview_chart(items, days(3)[2], source="x", simulated=True),
    ]
    for each in shown:
        assert 5 < len(each.alt.split()) <= 30
        assert each.alt.startswith("Sample data. ")
        assert each.alt[-1] in ".…"


def test_several_conditions_are_one_line_of_how_many_are_met() -> None:
    rule = Rule((WEAK, FALL), needed=2)
    found = readings(rule, [HIGH, LOW, LOW], [-0.05, -0.05, -0.2])
    last = days(3)[2]
    state = replay(rule, found, TWO)[-1].state
    report = RuleReport(watched(rule), last, state, found.at(rule, last))
    cell = overview_chart([(report, found)], last, source="x").cells[0]
    assert (cell.line.tolist(), cell.threshold, cell.steps) == ([0.0, 1.0, 2.0], 2.0, True)
    assert (cell.quantity, cell.value, cell.breach) == (
        "ISCB Sortino below 1.0 and drawdown below -15\u00a0%",
        "2 of 2",
        "2 needed",
    )


def test_an_overview_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to draw for 0 rules"):
        overview_chart([], date(2026, 1, 16), source="x")


def test_any_number_within_a_picture_changes_its_key() -> None:
    shown = picture(HIGH, LOW, LOW)
    assert content_key(shown, "1") == content_key(picture(HIGH, LOW, LOW), "1")
    nudged = replace(shown.traces[0], lines=shown.traces[0].lines + 1e-12)
    keys = {
        content_key(shown, "1"),
        content_key(replace(shown, traces=(nudged,)), "1"),
        content_key(replace(shown, traces=(shown.traces[0], shown.traces[0])), "1"),
        content_key(replace(shown, firing=()), "1"),
        content_key(shown, "2"),
    }
    assert len(keys) == 5
