"""Sentences with a verb, and what is said once for several conditions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.watch.operators import Op
from analytics.watch.rules import Combine
from analytics.watch.states import Policy
from bot.errors import Unclear
from bot.language import Watch, read_watch
from tests.unit.bot.language.making import TODAY


def read(text: str) -> Watch:
    found = read_watch(text, TODAY)
    assert isinstance(found, Watch)
    return found


def refused(text: str) -> str:
    with pytest.raises(Unclear) as wrong:
        read_watch(text, TODAY)
    return " ".join(wrong.value.complaints)


EITHER = "ISCB any of: calmar 1y < 1, sortino 1y < 1, for 5 sessions"


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("ISCB: if its Calmar or its Sortino drops below 1.0 rotate to SPSM", f"{EITHER} then SPSM"),
        ("if ISCB's Calmar or its Sortino drops below 1.0, rotate to SPSM", f"{EITHER} then SPSM"),
        ("ISCB's Calmar or Sortino falls under 1 then SPSM", f"{EITHER} then SPSM"),
        ("ISCB calmar or sortino < 1.0", EITHER),
        ("ISCB either calmar or sortino below 1", EITHER),
        ("ISCB any of: calmar, sortino < 1.0", EITHER),
        ("ISCB calmar below 1.0 or sortino", EITHER),
        ("tell me when ISCB's Calmar or ISCB's Sortino is below 1", EITHER),
        ("ISCB calmar and sortino < 1", EITHER.replace("any", "all")),
        ("ISCB all of: calmar, sortino < 1", EITHER.replace("any", "all")),
        (
            "ISCB calmar, sharpe or sortino < 1",
            "ISCB any of: calmar 1y < 1, sharpe 1y < 1, sortino 1y < 1, for 5 sessions",
        ),
        (
            "ISCB 2 of: calmar, sharpe, sortino < 1 for 3 sessions",
            "ISCB 2 of: calmar 1y < 1, sharpe 1y < 1, sortino 1y < 1, for 3 sessions",
        ),
        (
            "ISCB calmar or sortino 3y below 1 recover 1.2",
            "ISCB any of: calmar 3y < 1 recover 1.2, sortino 3y < 1 recover 1.2, for 5 sessions",
        ),
        (
            "either ISCB or SPSM sortino below 1",
            "any of: ISCB sortino 1y < 1, SPSM sortino 1y < 1, for 5 sessions",
        ),
        (
            "both ISCB and SPSM drawdown worse than 20%",
            "all of: ISCB drawdown 1y < -20%, SPSM drawdown 1y < -20%, for 1 session",
        ),
        (
            "ISCB, SPSM and IWM sortino < 1",
            "all of: ISCB sortino 1y < 1, SPSM sortino 1y < 1, IWM sortino 1y < 1, for 5 sessions",
        ),
        (
            "ISCB sortino and SPSM sortino below 1",
            "all of: ISCB sortino 1y < 1, SPSM sortino 1y < 1, for 5 sessions",
        ),
        ("ISCB and SPSM correlation < 0.9", "ISCB correlation 1y vs SPSM < 0.9 for 5 sessions"),
    ],
)
def test_what_is_said_once_holds_for_each(typed: str, canonical: str) -> None:
    assert read(typed).text == canonical


FELL, LAGGED, LED = (
    "price change {} < -10%",
    "ISCB - SPSM total return {} < {}",
    "SPSM - ISCB total return {} > {}",
)


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("ISCB falls 10 %", f"ISCB {FELL}".format("1y")),
        ("ISCB drops by 10% in a month", f"ISCB {FELL}".format("1m")),
        ("ISCB is down 10% over 3 months", f"ISCB {FELL}".format("3m")),
        ("alert me if ISCB loses more than 10 percent within 6 months", f"ISCB {FELL}".format("6m")),
        ("ISCB declines by at least 10% in 2 years", f"ISCB {FELL}".format("2y")),
        ("ISCB price drops 10%", f"ISCB {FELL}".format("1y")),
        ("ISCB 3m falls -10%", f"ISCB {FELL}".format("3m")),
        ("ISCB rises 10%", f"ISCB {FELL}".format("1y").replace("< -", "> ")),
        ("ISCB gains more than 10% in a year", f"ISCB {FELL}".format("1y").replace("< -", "> ")),
        ("ISCB is up 10% over a quarter", f"ISCB {FELL}".format("3m").replace("< -", "> ")),
        ("ISCB total return drops 10%", "ISCB total return 1y < -10%"),
        ("ISCB falls 10% from its high", "ISCB drawdown 1y < -10%"),
        ("ISCB is 10% below its high", "ISCB drawdown 1y < -10%"),
        ("ISCB more than 10 percent off its peak", "ISCB drawdown 1y < -10%"),
        ("ISCB drawdown drops more than 10%", "ISCB drawdown 1y < -10%"),
        ("ISCB underperforms SPSM by 5 % over 3 months", LAGGED.format("3m", "-5pp")),
        ("ISCB trails SPSM by more than 5% over 1y", LAGGED.format("1y", "-5pp")),
        ("ISCB lags SPSM", LAGGED.format("1y", "0pp")),
        ("ISCB lags behind SPSM over 3 months by 5 pp", LAGGED.format("3m", "-5pp")),
        ("ISCB falls behind SPSM by 50bp in a month", LAGGED.format("1m", "-0.5pp")),
        ("tell me when ISCB is behind SPSM", LAGGED.format("1y", "0pp")),
        ("SPSM beats ISCB", LED.format("1y", "0pp")),
        ("SPSM beats ISCB by 5% over 6m", LED.format("6m", "5pp")),
        ("SPSM outperforms ISCB by at least 5%", LED.format("1y", "5pp")),
        ("SPSM is ahead of ISCB ytd", LED.format("ytd", "0pp")),
        ("SPSM beats ISCB on sharpe", "SPSM - ISCB sharpe 1y > 0"),
        ("ISCB's sharpe trails SPSM by 0.2", "ISCB - SPSM sharpe 1y < -0.2"),
        ("ISCB drawdown < -20% or ISCB lags SPSM", None),
    ],
)
def test_a_verb_says_measure_and_side(typed: str, canonical: str | None) -> None:
    text = read(typed).text
    if canonical is None:
        assert text == "any of: ISCB drawdown 1y < -20%, ISCB - SPSM total return 1y < 0pp, for 5 sessions"
    else:
        assert text == f"{canonical} for {'1 session' if 'drawdown' in canonical else '5 sessions'}"


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("ISCB underperforms", "`underperforms` needs the other fund, like `ISCB underperforms SPSM`."),
        ("SPSM beats ISCB on volatility", "`beats` can mean more or less volatility; write `SPSM - ISCB"),
        ("ISCB sortino falls 10%", "`falls 10%` is said of prices; of sortino write the level"),
        ("ISCB by 5%", "needs two funds, like `ISCB lags SPSM by 5%`."),
        ("ISCB, SPSM sortino < 1", "name one, or two as `ISCB - SPSM`"),
        ("ISCB calmar, sortino < 1", "Several conditions: begin them with `all of:`, `any of:` or `2 of:`."),
        ("ISCB return or sortino < 1", "`1` has no unit; write `1%`."),
        ("SPY rate > 4%", "SPY is no index of interest rates, which are ^FVX, ^IRX, ^TNX and ^TYX; write"),
        ("SPY - IWM price > 2", "Prices of two funds are held against each other as `SPY / IWM price`."),
        ("SPY price 1y < 500", "Price has no window; leave `1y` out."),
        ("ISCB sortino < $1", "Amounts are in the fund's own currency; write `1` without one."),
        ("^TNX > 0.045", "`0.045` has no unit; write `0.045%` or `4.5%`."),
        ("SPY price < -5", "`price < -5` is never met: its values are above 0."),
    ],
)
def test_what_cannot_be_meant_has_a_way_out(typed: str, complaint: str) -> None:
    assert complaint in refused(typed)


@pytest.mark.parametrize(
    ("typed", "added"),
    [
        ("ISCB sortino < 1", ("for 5 sessions", "1 year")),
        ("ISCB sortino 3y < 1", ("for 5 sessions",)),
        ("ISCB sortino < 1 for 2 sessions", ("1 year",)),
        ("ISCB sortino 1y < 1 for 5 sessions", ()),
        ("IWM drawdown < -15%", ("for 1 session", "1 year")),
        ("SPSM expense ratio changes", ("for 1 session",)),
        ("ISCB any of: assets < 200M, sortino < 1", ("for 5 sessions", "1 year")),
    ],
)
def test_what_was_added_is_known(typed: str, added: tuple[str, ...]) -> None:
    watch = read(typed)
    assert watch.added == added
    assert read(watch.text).added == ()


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("SPY price < 500", "SPY price < 500"),
        ("SPY price drops under $500", "SPY price < 500"),
        ("SPY price below 500 USD", "SPY price < 500"),
        ("SPY closes below 500.25", "SPY price < 500.25"),
        ("SPY closing price crosses above 700", "SPY price crosses above 700"),
        ("VUSA.L trades above £80 for 3 sessions", "VUSA.L price > 80 for 3 sessions"),
        ("SPY / IWM price > 2.5", "SPY / IWM price > 2.5"),
        ("SPY price 1m < -10%", "SPY price change 1m < -10% for 5 sessions"),
        ("^TNX > 4.5%", "^TNX rate > 4.5%"),
        ("^TNX > 4.5", "^TNX rate > 4.5%"),
        ("^TNX yield above 4.5 percent", "^TNX rate > 4.5%"),
        ("^TNX price > 4.5%", "^TNX rate > 4.5%"),
        ("tell me when the 10-year treasury yield is above 450bp", "^TNX rate > 4.5%"),
        ("30y yield over 5%", "^TYX rate > 5%"),
        ("13-week bill rate < 2%", "^IRX rate < 2%"),
        ("^TNX - ^IRX < 0%", "^TNX - ^IRX rate < 0pp"),
        ("ISCB yield < 1%", "ISCB yield < 1%"),
        ("ISCB dividend yield changes", "ISCB yield changes"),
    ],
)
def test_levels_are_read_in_their_units(typed: str, canonical: str) -> None:
    text = canonical if " for " in canonical else f"{canonical} for 1 session"
    assert read(typed).text == text
    assert read(text) == read(typed)


BEHIND = ("lags", "trails", "underperforms", "is behind", "falls behind", "lags behind")
AHEAD = ("beats", "outperforms", "leads", "is ahead of", "overtakes")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(BEHIND + AHEAD),
    st.integers(1, 400).map(lambda tenths: tenths / 10),
    st.sampled_from(("%", " %", "pp", " percent")),
    st.sampled_from(("", "more than ", "at least ")),
    st.sampled_from(("1m", "3m", "1y", "5y")),
    st.booleans(),
)
def test_any_margin_over_any_window_is_read(
    verb: str, size: float, unit: str, more: str, window: str, last: bool
) -> None:
    margin, span = f"by {more}{size:g}{unit}", f"over {window}"
    watch = read(f"ISCB {verb} SPSM {f'{span} {margin}' if last else f'{margin} {span}'} then SPSM")
    (held,) = watch.rule.conditions
    quantity = held.quantity
    assert (quantity.measure, quantity.symbol, quantity.other) == ("total_return", "ISCB", "SPSM")
    assert (quantity.combine, quantity.window.label) == (Combine.DIFFERENCE, window)
    assert held.op is (Op.BELOW if verb in BEHIND else Op.ABOVE)
    assert held.threshold == pytest.approx((-1 if verb in BEHIND else 1) * size / 100)
    assert (watch.policy, read(watch.text)) == (Policy(), watch)
