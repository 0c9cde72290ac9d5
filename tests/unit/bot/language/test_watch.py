"""Rules are read in the words people use for them."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.measures import MEASURES as PRICED_MEASURES
from analytics.measures import Unit
from analytics.returns import Rate
from analytics.watch.operators import Op
from analytics.watch.rules import FACTS, WATCHABLE, Combine, Condition, Quantity, Rule
from analytics.watch.states import Policy
from analytics.window import WORDS, parse
from bot.commands import WATCH
from bot.errors import Unclear
from bot.language import Help, NoisiestRules, RuleCommand, RuleListing, Verb, Watch, read_watch
from bot.language.rule_words import MEASURES, SECTORS
from bot.language.words import plain_text
from bot.market.sample_funds import SECTORS as SAMPLE_SECTORS
from bot.market.yahoo import SECTORS as YAHOO_SECTORS

FALLS = {"drawdown", "max_drawdown", "cvar_95"}
TODAY = date(2026, 1, 20)
WEAK = Condition(Quantity("sortino", "ISCB"), Op.BELOW, 1.0)
DEEP = Condition(Quantity("drawdown", "IWM"), Op.BELOW, -0.15)


def read(text: str) -> Watch:
    asked = read_watch(text, TODAY)
    assert isinstance(asked, Watch)
    return asked


def test_the_least_that_is_a_rule() -> None:
    assert read("ISCB sortino < 1.0") == Watch(Rule((WEAK,)), Policy())


AT_ONCE = {"drawdown", "assets", "weight", "expense"}
"""What is told on its first session."""


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("200 000 000", 2e8),
        ("200\u00a0000\u00a0000", 2e8),
        ("200\u202f000\u202f000", 2e8),
        ("200'000'000", 2e8),
        ("200\u2019000\u2019000", 2e8),
        ("200_000_000", 2e8),
        ("200,000,000", 2e8),
        ("200.000.000", 2e8),
        ("1 500M", 1.5e9),
        ("1 234 567,5", 1_234_567.5),
        ("1\u2019234\u2019567.5", 1_234_567.5),
    ],
)
def test_thousands_stand_apart_as_people_write_them(typed: str, amount: float) -> None:
    (condition,) = read(f"ISCB assets < {typed} for 3 sessions then SPSM").rule.conditions
    assert condition.threshold == amount


@pytest.mark.parametrize("text", ["1.5 200", "2026-01-16 200", "12 34", "1 2345", "1234 567", "1,5 200"])
def test_other_numbers_stay_as_many_as_they_are(text: str) -> None:
    assert plain_text(text) == text


def test_every_option_at_once() -> None:
    asked = read("ISCB sortino < 1.0 3y for 10 sessions recover 1.1 for 3 sessions then SPSM rf=tbill")
    quantity = Quantity("sortino", "ISCB", window=parse("3y"), rate=Rate(None))
    assert asked.rule == Rule((Condition(quantity, Op.BELOW, 1.0, 1.1),), then="SPSM")
    assert asked.policy == Policy(10, 3)


def test_two_funds() -> None:
    (held,) = read("ISCB - SPSM sharpe 3y < 0").rule.conditions
    assert held == Condition(Quantity("sharpe", "ISCB", other="SPSM", window=parse("3y")), Op.BELOW, 0.0)
    (ratio,) = read("ISCB / SPSM volatility > 1.2").rule.conditions
    assert ratio == Condition(Quantity("volatility", "ISCB", "SPSM", Combine.RATIO), Op.ABOVE, 1.2)


def test_several_conditions() -> None:
    asked = read("2 of: ISCB sortino < 1, ISCB sharpe < 0.5, IWM drawdown < -15%, for 3 sessions then SPSM")
    sharpe = Condition(Quantity("sharpe", "ISCB"), Op.BELOW, 0.5)
    assert asked == Watch(Rule((WEAK, sharpe, DEEP), needed=2, then="SPSM"), Policy(3))


def test_a_rate_is_of_no_meaning_to_a_drawdown() -> None:
    first, second = read("ISCB all of: sortino < 1, drawdown < -15% rf=4%").rule.conditions
    assert first.quantity.rate == Rate(0.04)
    assert second.quantity.rate == Rate(0.0)


def test_what_is_waited_for_has_no_threshold_yet() -> None:
    (held,) = read("SPSM expense changes").rule.conditions
    assert held == Condition(Quantity("expense_ratio", "SPSM"), Op.CHANGES, 0.0)


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        # where things stand
        ("sortino(ISCB, 1y) < 1.0", "ISCB sortino 1y < 1"),
        ("sortino of ISCB < 1", "ISCB sortino 1y < 1"),
        # measures that peers have
        ("ISCB R² vs SPY < 80%", "ISCB r squared 1y vs SPY < 0.8"),
        ("R r squared vs SPY < 0.8", "R r squared 1y vs SPY < 0.8"),
        ("ISCB r2 against SPY < 0.8", "ISCB r squared 1y vs SPY < 0.8"),
        ("ISCB VaR 95% deeper than 2%", "ISCB var 1y < -2%"),
        ("ISCB value at risk over 2%", "ISCB var 1y < -2%"),
        ("if ISCB's worst month drops below -10%", "ISCB worst month 1y < -10%"),
        ("ISCB best year 10y > 20%", "ISCB best year 10y > 20%"),
        ("ISCB underwater more than 90%", "ISCB time under water 1y > 90%"),
        ("ISCB current drawdown < -15%", "ISCB drawdown 1y < -15%"),
        ("ISCB upside beta vs SPY > 1.1", "ISCB up beta 1y vs SPY > 1.1"),
        ("ISCB up months 3y < 50%", "ISCB positive months 3y < 50%"),
        ("ISCB 1y sortino < 1", "ISCB sortino 1y < 1"),
        ("1y sortino ISCB < 1", "ISCB sortino 1y < 1"),
        ("ISCB sortino < 1.0 1y", "ISCB sortino 1y < 1"),
        ("ISCB's sortino ratio is below 1.", "ISCB sortino 1y < 1"),
        ("iscb, sortino: < 1", "ISCB sortino 1y < 1"),
        ("ISCB sortino<1", "ISCB sortino 1y < 1"),
        # what Slack and keyboards make of it
        ("ISCB sortino &lt; 1", "ISCB sortino 1y < 1"),
        ("ISCB sortino &lt;= 1", "ISCB sortino 1y <= 1"),
        ("ＩＳＣＢ　ｓｏｒｔｉｎｏ　＜　１．０", "ISCB sortino 1y < 1"),
        ("*ISCB* `sortino` “<” 1\u200b.0", "ISCB sortino 1y < 1"),
        ("\u202eISCB\u202c sortino < 1", "ISCB sortino 1y < 1"),
        ("<http://vwce.de|VWCE.DE> sortino < 1", "VWCE.DE sortino 1y < 1"),
        ("ISCB return < −5 %", "ISCB total return 1y < -5%"),
        ("ISCB sortino < 1,25", "ISCB sortino 1y < 1.25"),
        ("/watch ISCB sortino < 1", "ISCB sortino 1y < 1"),
        ("watch ISCB sortino < 1", "ISCB sortino 1y < 1"),
        # comparisons
        ("ISCB sortino drops below 1", "ISCB sortino 1y < 1"),
        ("ISCB sortino falls under 1", "ISCB sortino 1y < 1"),
        ("ISCB sortino is less than 1", "ISCB sortino 1y < 1"),
        ("ISCB sortino ≤ 1", "ISCB sortino 1y <= 1"),
        ("ISCB sortino =< 1", "ISCB sortino 1y <= 1"),
        ("ISCB sortino at most 1", "ISCB sortino 1y <= 1"),
        ("ISCB sortino less than or equal to 1", "ISCB sortino 1y <= 1"),
        ("ISCB sortino goes above 2", "ISCB sortino 1y > 2"),
        ("ISCB sortino over 2", "ISCB sortino 1y > 2"),
        ("tell us when ISCB sortino falls under one", "ISCB sortino 1y < 1"),
        ("ISCB sortino < 1 - for 5 days - then SPSM", "ISCB sortino 1y < 1 for 5 sessions then SPSM"),
        ("ISCB sortino exceeds 2", "ISCB sortino 1y > 2"),
        ("ISCB sortino at least 2", "ISCB sortino 1y >= 2"),
        ("ISCB sortino ≥ 2", "ISCB sortino 1y >= 2"),
        ("ISCB sortino crosses under 1", "ISCB sortino 1y crosses below 1"),
        ("ISCB sortino crosses above 1", "ISCB sortino 1y crosses above 1"),
        # one fund against another is a difference
        ("ISCB sharpe < SPSM sharpe", "ISCB - SPSM sharpe 1y < 0"),
        ("ISCB sharpe drops below SPSM", "ISCB - SPSM sharpe 1y < 0"),
        ("sharpe(ISCB) < sharpe(SPSM)", "ISCB - SPSM sharpe 1y < 0"),
        ("ISCB sharpe crosses above the sharpe of SPSM", "ISCB - SPSM sharpe 1y crosses above 0"),
        # windows
        ("ISCB sortino over the last 3 years < 1", "ISCB sortino 3y < 1"),
        ("ISCB 3-year sortino < 1", "ISCB sortino 3y < 1"),
        ("ISCB sortino for 6 months < 1", "ISCB sortino 6m < 1"),
        ("ISCB sortino year to date < 1", "ISCB sortino ytd < 1"),
        ("ISCB rolling 1y sortino < 1", "ISCB sortino 1y < 1"),
        ("ISCB sortino since 2021-03-19 < 1", "ISCB sortino since 2021-03-19 < 1"),
        ("ISCB sortino from 20210319 < 1", "ISCB sortino since 2021-03-19 < 1"),
        ("ISCB vol over 3y over 20%", "ISCB volatility 3y > 20%"),
        # two funds
        ("ISCB sharpe - SPSM sharpe < 0", "ISCB - SPSM sharpe 1y < 0"),
        ("sharpe(ISCB) - sharpe(SPSM) < 0", "ISCB - SPSM sharpe 1y < 0"),
        ("ISCB minus SPSM sharpe < 0", "ISCB - SPSM sharpe 1y < 0"),
        ("ISCB less SPSM sharpe less than 0", "ISCB - SPSM sharpe 1y < 0"),
        ("ISCB—SPSM sharpe < 0", "ISCB - SPSM sharpe 1y < 0"),
        ("ISCB-SPSM sharpe < 0", "ISCB - SPSM sharpe 1y < 0"),
        ("ISCB/SPSM vol > 1.2", "ISCB / SPSM volatility 1y > 1.2"),
        ("ISCB over SPSM vol > 1.2", "ISCB / SPSM volatility 1y > 1.2"),
        ("ISCB to SPSM vol > 1.2", "ISCB / SPSM volatility 1y > 1.2"),
        ("BTC-USD sharpe < 0", "BTC-USD sharpe 1y < 0"),
        ("BRK-B sharpe < 0", "BRK-B sharpe 1y < 0"),
        ("if brk/b's sharpe < 0 then BF.B", "BRK-B sharpe 1y < 0 for 5 sessions then BF-B"),
        ("BRK/A - BRK.B sharpe < 0", "BRK-A - BRK-B sharpe 1y < 0"),
        ("VUSA.L sharpe < 0", "VUSA.L sharpe 1y < 0"),
        # against a benchmark
        ("ISCB beta vs SPY > 1.2", "ISCB beta 1y vs SPY > 1.2"),
        ("beta(ISCB, SPY) > 1.2", "ISCB beta 1y vs SPY > 1.2"),
        ("ISCB correlation with SPY < 0.9", "ISCB correlation 1y vs SPY < 0.9"),
        ("ISCB beta to SPY > 1.2", "ISCB beta 1y vs SPY > 1.2"),
        ("ISCB beta relative to SPY > 1.2", "ISCB beta 1y vs SPY > 1.2"),
        ("ISCB tracking error vs. SPY > 5%", "ISCB tracking error 1y vs SPY > 5%"),
        ("ISCB - SPSM beta vs SPY > 0.2", "ISCB - SPSM beta 1y vs SPY > 0.2"),
        ("ISCB up capture vs SPY < 90%", "ISCB up capture 1y vs SPY < 0.9"),
        # units
        ("IWM drawdown < -0.15", "IWM drawdown 1y < -15%"),
        ("IWM drawdown < -15 percent", "IWM drawdown 1y < -15%"),
        ("IWM drawdown > 15%", "IWM drawdown 1y < -15%"),
        ("IWM drawdown exceeds 15%", "IWM drawdown 1y < -15%"),
        ("IWM drawdown deeper than 15%", "IWM drawdown 1y < -15%"),
        ("IWM drawdown crosses above 15%", "IWM drawdown 1y crosses below -15%"),
        ("IWM drawdown > -15%", "IWM drawdown 1y > -15%"),
        ("IWM drawdown > 15% recover 10%", "IWM drawdown 1y < -15% for 1 session recover -10%"),
        ("ISCB return < 0", "ISCB total return 1y < 0%"),
        ("SPSM expense ratio > 5bp", "SPSM expense ratio > 0.05%"),
        ("SPSM expense ratio > 5 basis points", "SPSM expense ratio > 0.05%"),
        ("ISCB - SPSM vol > 200 bps", "ISCB - SPSM volatility 1y > 2pp"),
        ("ISCB - SPSM vol > 2%", "ISCB - SPSM volatility 1y > 2pp"),
        ("ISCB - SPSM vol > 2 percentage points", "ISCB - SPSM volatility 1y > 2pp"),
        ("SPSM assets < 1bn", "SPSM assets < 1bn"),
        ("SPSM assets < 1.5 billion", "SPSM assets < 1.5bn"),
        ("SPSM assets < 250 M", "SPSM assets < 250M"),
        ("SPSM assets < 250m", "SPSM assets < 250M"),
        ("SPSM assets < 1,000,000,000", "SPSM assets < 1bn"),
        ("SPSM assets < 1.000.000.000", "SPSM assets < 1bn"),
        ("SPSM assets < 123456", "SPSM assets < 123456"),
        ("ISCB price change 1m < -10%", "ISCB price change 1m < -10%"),
        # sectors
        ("SPSM technology weight > 30%", "SPSM technology weight > 30%"),
        ("SPSM sector technology > 30%", "SPSM technology weight > 30%"),
        ("SPSM weight of health care > 30%", "SPSM healthcare weight > 30%"),
        ("SPSM exposure to real estate > 0.3", "SPSM real estate weight > 30%"),
        ("SPSM tech > 30%", "SPSM technology weight > 30%"),
        ("SPSM technology weight changes", "SPSM technology weight changes"),
        # patience
        ("ISCB sortino < 1 for 10 days", "ISCB sortino 1y < 1 for 10 sessions"),
        ("ISCB sortino < 1 for 10d", "ISCB sortino 1y < 1 for 10 sessions"),
        ("ISCB sortino < 1 for 10", "ISCB sortino 1y < 1 for 10 sessions"),
        ("ISCB sortino < 1 for ten days in a row", "ISCB sortino 1y < 1 for 10 sessions"),
        ("ISCB sortino < 1 10 consecutive sessions", "ISCB sortino 1y < 1 for 10 sessions"),
        ("for 1 session ISCB sortino < 1", "ISCB sortino 1y < 1 for 1 session"),
        ("ISCB sortino < 1 recovers above 1.1", "ISCB sortino 1y < 1 for 5 sessions recover 1.1"),
        ("ISCB sortino < 1 until 1.2", "ISCB sortino 1y < 1 for 5 sessions recover 1.2"),
        (
            "ISCB sortino < 1 recover for 3 days",
            "ISCB sortino 1y < 1 for 5 sessions recover for 3 sessions",
        ),
        (
            "ISCB sortino < 1 recover 1.1, for 3 days",
            "ISCB sortino 1y < 1 for 3 sessions recover 1.1",
        ),
        # what to look at
        ("If ISCB's Sortino drops below 1.0, look at SPSM.", "ISCB sortino 1y < 1 for 5 sessions then SPSM"),
        ("ISCB sortino < 1 then look at SPSM", "ISCB sortino 1y < 1 for 5 sessions then SPSM"),
        ("ISCB sortino < 1 -> SPSM", "ISCB sortino 1y < 1 for 5 sessions then SPSM"),
        ("ISCB sortino < 1 and then rotate to SPSM", "ISCB sortino 1y < 1 for 5 sessions then SPSM"),
        ("ISCB sortino < 1 rf: 4,25 %", "ISCB sortino 1y < 1 for 5 sessions rf=4.25%"),
        # funds that are called like something else
        ("IR sortino < 1", "$IR sortino 1y < 1"),
        ("$IR sortino < 1 then $TE", "$IR sortino 1y < 1 for 5 sessions then $TE"),
        ("ISCB sortino < 1 then IR", "ISCB sortino 1y < 1 for 5 sessions then $IR"),
        ("$LIST sortino < 1", "$LIST sortino 1y < 1"),
        ("TECH sortino < 1", "$TECH sortino 1y < 1"),
        ("$MAX max drawdown < -20%", "$MAX max drawdown 1y < -20%"),
        ("7203.T vol > 20%", "7203.T volatility 1y > 20%"),
        ("A sharpe < 1", "A sharpe 1y < 1"),
        ("NAN sharpe < 1", "NAN sharpe 1y < 1"),
    ],
)
def test_is_read_as_meant(typed: str, canonical: str) -> None:
    count = "1 session" if set(canonical.split()) & AT_ONCE and " max " not in canonical else "5 sessions"
    assert read(typed).text in {canonical, f"{canonical} for {count}"}


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("ISCB 2 of: sortino < 1, sharpe < 0.5, drawdown < -20%", "ISCB 2 of: {}"),
        ("ISCB, at least 2 of 3: sortino < 1, sharpe < 0.5, drawdown < -20%", "ISCB 2 of: {}"),
        ("two of: ISCB sortino < 1; sharpe < 0.5; drawdown < -20%", "ISCB 2 of: {}"),
        ("2 of sortino < 1, sharpe < 0.5, drawdown of ISCB < -20%", "ISCB 2 of: {}"),
        ("ISCB 2 of (sortino < 1, sharpe < 0.5 and drawdown < -20%)", "ISCB 2 of: {}"),
        ("any of: sortino(ISCB) < 1, sharpe(ISCB) < 0.5, drawdown(ISCB) < -20%", "ISCB any of: {}"),
        ("all of: ISCB sortino < 1, sharpe < 0.5, drawdown < -20%", "ISCB all of: {}"),
        ("ISCB 3 of: sortino < 1, sharpe < 0.5, drawdown < -20%", "ISCB all of: {}"),
        ("ISCB sortino < 1 and sharpe < 0.5 and drawdown < -20%", "ISCB all of: {}"),
        ("ISCB sortino < 1, sharpe < 0.5 and drawdown < -20%", "ISCB all of: {}"),
        ("ISCB sortino < 1, sharpe < 0.5, or drawdown < -20%", "ISCB any of: {}"),
    ],
)
def test_several_conditions_as_people_list_them(typed: str, canonical: str) -> None:
    listed = "sortino 1y < 1, sharpe 1y < 0.5, drawdown 1y < -20%, for 5 sessions"
    assert read(typed).text == canonical.format(listed)


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        (
            "ISCB 3y vs SPY any of: beta > 1.2, correlation < 0.8, expense ratio > 0.1%",
            "ISCB any of: beta 3y vs SPY > 1.2, correlation 3y vs SPY < 0.8, expense ratio > 0.1%, "
            "for 5 sessions",
        ),
        (
            "any of: ISCB sortino < 1, IWM sortino < 1 then SPSM",
            "any of: ISCB sortino 1y < 1, IWM sortino 1y < 1, for 5 sessions then SPSM",
        ),
        (
            "ISCB - SPSM all of: sharpe 3y < 0, sortino 3y < 0",
            "ISCB - SPSM all of: sharpe 3y < 0, sortino 3y < 0, for 5 sessions",
        ),
        (
            "ISCB all of: sortino < 1 recover 1.2, sharpe < 0.5 recover 0.6, recover for 3 sessions",
            "ISCB all of: sortino 1y < 1 recover 1.2, sharpe 1y < 0.5 recover 0.6, for 5 sessions recover "
            "for 3 sessions",
        ),
        (
            # what is said before "of:" holds where nothing else is said, not only until then
            "ISCB any of: sortino < 1, IWM drawdown < -20%, sharpe < 0.5",
            "any of: ISCB sortino 1y < 1, IWM drawdown 1y < -20%, ISCB sharpe 1y < 0.5, for 5 sessions",
        ),
        (
            "ISCB sortino < 1 and sharpe < 0.5 and IWM sortino < 1 and sharpe < 0.5",
            "all of: ISCB sortino 1y < 1, ISCB sharpe 1y < 0.5, IWM sortino 1y < 1, IWM sharpe 1y < 0.5, "
            "for 5 sessions",
        ),
    ],
)
def test_what_one_condition_says_for_another(typed: str, canonical: str) -> None:
    assert read(typed).text == canonical


def test_every_measure_has_a_name_and_each_name_is_read() -> None:
    assert set(MEASURES) == set(WATCHABLE)
    for measure, names in MEASURES.items():
        relative = measure in PRICED_MEASURES and PRICED_MEASURES[measure].relative
        sector = " technology" if measure == "sector_weight" else ""
        versus = " vs SPY" if relative else ""
        unit = "%" if WATCHABLE[measure].unit is Unit.FRACTION else ""
        threshold = (
            "changes"
            if measure in FACTS
            else f"{'<' if WATCHABLE[measure].fall else '>'} {'-' * WATCHABLE[measure].fall}0.5{unit}"
        )
        for name in names:
            fund = "^TNX" if measure == "interest_rate" else "ISCB"
            asked = read(f"{fund} {name}{sector}{versus} {threshold}")
            assert asked.rule.conditions[0].quantity.measure == measure, name


def test_every_sector_of_the_sources_is_known() -> None:
    assert set(SECTORS) == set(YAHOO_SECTORS.values()) == set(SAMPLE_SECTORS)
    for sector, names in SECTORS.items():
        for name in names:
            (held,) = read(f"SPSM {name} weight > 30%").rule.conditions
            assert held.quantity.sector == sector


@pytest.mark.parametrize("window", sorted(WORDS))
def test_every_window_is_read(window: str) -> None:
    assert read(f"ISCB sortino {window} < 1").rule.conditions[0].quantity.window == parse(window)


@pytest.mark.parametrize("text", ["", "  ", "help", "HELP", "?", "/watch", "watch help", "help R7", "\u200b"])
def test_asks_for_help(text: str) -> None:
    assert read_watch(text, TODAY) == Help(WATCH)


@pytest.mark.parametrize("text", ["list", "LIST", "list.", "ls", "rules", "list rules", "list all"])
def test_asks_for_the_list(text: str) -> None:
    assert read_watch(text, TODAY) == RuleListing()


@pytest.mark.parametrize("number", ["R7", "r7", "7", "#7", "rule 7", "Rule R7", "R7.", "R7:"])
@pytest.mark.parametrize("verb", list(Verb))
def test_asks_about_a_rule(verb: Verb, number: str) -> None:
    assert read_watch(f"{verb.value} {number}", TODAY) == RuleCommand(verb, 7)
    assert read_watch(f"{verb.value.upper()}  {number}", TODAY) == RuleCommand(verb, 7)


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("remove R7", Verb.DELETE),
        ("unpause R7", Verb.RESUME),
        ("view R7", Verb.SHOW),
        ("R7", Verb.SHOW),
        ("7", Verb.SHOW),
        ("R7 pause", Verb.PAUSE),
        ("7 history", Verb.HISTORY),
    ],
)
def test_other_words_for_the_verbs(text: str, verb: Verb) -> None:
    assert read_watch(text, TODAY) == RuleCommand(verb, 7)


def test_an_edit_is_a_rule_with_a_number() -> None:
    assert read("edit R7 ISCB sortino < 1") == Watch(Rule((WEAK,)), Policy(), number=7)
    assert read("change #12: ISCB sortino < 1").number == 12
    assert read("R7 edit ISCB sortino < 1") == read("edit R7 ISCB sortino < 1")


def test_a_test_is_a_rule_that_is_not_kept() -> None:
    assert read("test ISCB sortino < 1") == Watch(Rule((WEAK,)), Policy(), test=True)
    assert read("try: IWM drawdown < -15%").rule == Rule((DEEP,))


@pytest.mark.parametrize("symbol", ["$CHANGE", "$SHOWS", "LISTS", "EDITS"])
def test_a_fund_that_is_called_nearly_like_a_verb_may_have_several_conditions(symbol: str) -> None:
    read = read_watch(f"{symbol} 2 of: sortino < 1, sharpe < 0.5, drawdown < -20%", TODAY)
    assert isinstance(read, Watch)
    assert {each.quantity.symbol for each in read.rule.conditions} == {symbol.lstrip("$")}
    assert read_watch(read.text, TODAY) == read


@pytest.mark.parametrize("text", ["noisiest", "Noisy rules", "noise.", "/watch noisiest"])
def test_the_noisiest_are_asked_for(text: str) -> None:
    assert read_watch(text, TODAY) == NoisiestRules()
    assert read_watch(f"{text.rstrip('.')} page 3", TODAY) == NoisiestRules(3)


def test_a_fund_may_have_their_name() -> None:
    with pytest.raises(Unclear, match="takes a page, like `noisiest page 2`"):
        read_watch("noisiest ISCB", TODAY)
    with pytest.raises(Unclear, match="counted from 1"):
        read_watch("noisiest page 0", TODAY)
    kept = read_watch("$NOISE sortino < 1", TODAY)
    assert isinstance(kept, Watch)
    assert kept.rule.conditions[0].quantity.symbol == "NOISE"
