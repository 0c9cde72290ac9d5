"""Rules, quantities and states read back in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.watch.operators import Op
from analytics.watch.rules import WATCHABLE, Condition, Quantity, Rule
from analytics.watch.states import Phase, Policy, State
from analytics.window import Window
from bot.model import RuleStatus
from bot.render.measures import ANNUALISED, RATED
from bot.render.rules.conditions import quantity_words, reading_of_condition
from bot.render.rules.names import short_rule
from bot.render.rules.state import short_state, state_words
from bot.render.rules.words import rule_words
from bot.render.text import NBSP
from tests.unit.bot.render.rules.stories import (
    ASSETS,
    BETA,
    CROSSING,
    EXPENSE,
    FAILED,
    FALL,
    FIRED,
    FIRING,
    LAG,
    NO_DATA,
    PENDING,
    QUIET,
    RECOVERING,
    RELAPSED,
    SECTOR,
    SEVERAL,
    SHARE,
    SHARPE_GAP,
    SORTINO,
    band,
    high,
    low,
)

SINCE = Window("since 2021-03-19", date(2021, 3, 19))


def plain(words: str) -> str:
    return words.replace(NBSP, " ")


def test_everything_that_can_be_watched_has_a_name_and_a_formula() -> None:
    assert all(row.words.label and row.words.formula for row in WATCHABLE.values())
    assert set(WATCHABLE) >= ANNUALISED | RATED


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (SORTINO, "ISCB's Sortino ratio over 1 year"),
        (SHARPE_GAP, "ISCB's Sharpe ratio less SPSM's over 3 years"),
        (SHARE, "ISCB's total return divided by SPSM's over 1 year"),
        (LAG, "ISCB's total return less SPSM's for the year to date"),
        (FALL, "IWM's drawdown from the 1-year high"),
        (BETA, "ISCB's beta against SPY over 5 years"),
        (EXPENSE, "SPSM's expense ratio"),
        (ASSETS, "ISCB's assets"),
        (SECTOR, "ISCB's weight in Technology"),
    ],
)
def test_a_quantity_names_fund_measure_and_window(condition: Condition, words: str) -> None:
    assert plain(quantity_words(condition.quantity)) == words


@pytest.mark.parametrize(
    ("window", "measure", "words"),
    [
        (Window("max"), "drawdown", "IWM's drawdown from the highest value ever"),
        (Window("ytd"), "drawdown", "IWM's drawdown from the high of the year to date"),
        (Window("3m"), "drawdown", "IWM's drawdown from the 3-month high"),
        (
            Window("since 2021-03-19", date(2021, 3, 19)),
            "drawdown",
            "IWM's drawdown from the high since 19 Mar 2021",
        ),
        (Window("since 2021-03-19", date(2021, 3, 19)), "sharpe", "IWM's Sharpe ratio since 19 Mar 2021"),
        (Window("max"), "sharpe", "IWM's Sharpe ratio over all its history"),
    ],
)
def test_windows_are_named_as_people_say_them(window: Window, measure: str, words: str) -> None:
    assert plain(quantity_words(Quantity(measure, "IWM", window=window))) == words


@pytest.mark.parametrize(
    ("rule", "policy", "words"),
    [
        (
            Rule((SORTINO,), then="SPSM"),
            Policy(),
            "triggers when ISCB's Sortino ratio over 1 year is below 1.00 for 5 sessions in a row; "
            "it clears when it is at or above 1.10 for 5 sessions in a row. SPSM is shown beside it.",
        ),
        (
            Rule((CROSSING,)),
            Policy(3, 1),
            "triggers when ISCB's Sortino ratio over 1 year crosses below 1.00 "
            "and stays there for 3 sessions; it clears when it is at or above 1.10 for 1 session.",
        ),
        (
            Rule((EXPENSE,)),
            Policy(1),
            "triggers when SPSM's expense ratio changes from 0.03 % for 1 session; "
            "it clears when it is back at 0.03 % for 1 session.",
        ),
        (
            Rule((ASSETS,)),
            Policy(),
            "triggers when ISCB's assets are below 250 M for 5 sessions in a row; "
            "it clears when they are at or above 275 M for 5 sessions in a row.",
        ),
        (
            Rule((BETA,)),
            Policy(),
            "triggers when ISCB's beta against SPY over 5 years is at or above 1.25 for 5 sessions in a row; "
            "it clears when it is at or below 1.125 for 5 sessions in a row.",
        ),
        (
            Rule((Condition(SORTINO.quantity, Op.AT_MOST, 0.0),)),
            Policy(),
            "triggers when ISCB's Sortino ratio over 1 year is at or below 0.00 for 5 sessions in a row; "
            "it clears when it is at or above 0.10 for 5 sessions in a row.",
        ),
    ],
)
def test_a_rule_is_read_back(rule: Rule, policy: Policy, words: str) -> None:
    assert plain(rule_words(rule, policy)) == words


def test_several_conditions_say_how_many_must_hold() -> None:
    words = plain(rule_words(SEVERAL, Policy()))
    assert words.startswith(
        "triggers when at least 2 of these 3 hold for 5 sessions in a row: ISCB's Sortino"
    )
    assert "clears when at least 2 of the 3 are at their clearing values or beyond for 5 sessions" in words
    assert "all 3 of these hold" in plain(rule_words(replace(SEVERAL, needed=3), Policy()))
    assert "any of these 3 holds" in plain(rule_words(replace(SEVERAL, needed=1), Policy()))
    assert (
        plain(short_rule(SEVERAL)) == "2 of 3: ISCB Sortino below 1.0, Sharpe below 0.5, drawdown below -20 %"
    )
    assert rule_words(replace(SEVERAL, conditions=SEVERAL.conditions * 10), Policy()).count(";") < 15


def test_a_value_is_told_by_where_it_lies() -> None:
    told = [
        plain(reading_of_condition(SORTINO, each, incident=True)) for each in (low(), band(), high(), None)
    ]
    assert [words.removeprefix("ISCB's Sortino ratio over 1 year is ") for words in told] == [
        "0.94, below 1.00",
        "1.04, no longer below 1.00 and not yet 1.10",
        "1.12, at or above 1.10",
        "not known",
    ]
    assert reading_of_condition(SORTINO, high()).endswith("is 1.12, 0.12 above 1.00")
    assert reading_of_condition(SHARPE_GAP, replace(high(), value=0.31)).endswith("is +0.31, above 0.00")
    assert plain(reading_of_condition(EXPENSE, replace(low(), value=0.0005))).endswith(
        "is 0.05 %, it was 0.03 %"
    )
    assert plain(reading_of_condition(EXPENSE, replace(high(), value=0.0003))).endswith(
        "is 0.03 %, unchanged"
    )


def test_states_count_what_they_wait_for() -> None:
    told = [
        (FIRED, "triggered since 16 Jan 2026 (1 session)"),
        (FIRING, "triggered since 30 Dec 2025 (12 sessions)"),
        (RELAPSED, "triggered since 30 Dec 2025, again since 16 Jan 2026 (1 session)"),
        (RECOVERING, "clearing (2 of 5)"),
        (PENDING, "waiting (1 of 5)"),
        (QUIET, "quiet for 40 sessions"),
        (NO_DATA, "no data for 16 Jan 2026, kept as triggered since 30 Dec 2025 (12 sessions)"),
        (FAILED, "not readable on 16 Jan 2026, kept as triggered since 30 Dec 2025 (12 sessions)"),
    ]
    assert [plain(state_words(report)) for report, _ in told] == [words for _, words in told]
    new = replace(QUIET, state=State())
    assert (state_words(new), short_state(new)) == ("not decided yet", "not decided yet")
    paused = replace(FIRING, watched=replace(FIRING.watched, status=RuleStatus.PAUSED))
    assert (state_words(paused), short_state(paused)) == ("paused", "paused")
    assert plain(short_state(NO_DATA)) == "no data (triggered)"
    assert short_state(replace(FAILED, state=replace(FAILED.state, kept=Phase.OK))) == "not readable (quiet)"
