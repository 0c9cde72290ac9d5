"""Mixes of funds as people type them: one word wherever a symbol stands, and what is wrong with others."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.fund import is_mix
from analytics.mixes import mix_of
from analytics.returns import Rate
from bot.commands import FOLLOW
from bot.errors import Unclear
from bot.language import Compare, FollowUp, Watch, read_compare, read_follow, read_pair, read_watch
from bot.language.thread_query import resolve_query
from bot.language.words import plain_text, symbol_of
from bot.render.text import as_typed
from tests.unit.bot.language.asking import MIXES, TODAY

HALVES = "60%ISCB+40%TLT"
READ = {
    "60% ISCB 40% TLT": HALVES,
    "60% iscb 40% tlt": HALVES,
    "60% ISCB and 40% TLT": HALVES,
    "60% ISCB, 40% TLT": HALVES,
    "60% ISCB + 40% TLT": HALVES,
    "60 % of ISCB and 40 percent TLT": HALVES,
    "60%ISCB 40%TLT": HALVES,
    "60% in ISCB &amp; 40% in TLT": HALVES,
    "60/40 ISCB/TLT": HALVES,
    "60/40 ISCB TLT": HALVES,
    "60/40 of ISCB and TLT": HALVES,
    "60/40 mix of ISCB, TLT": HALVES,
    "60% ISCB 40% TLT quarterly": HALVES,
    "60% ISCB 40% TLT rebalanced daily": f"{HALVES}:daily",
    "60% ISCB 40% TLT, rebalanced annually": f"{HALVES}:yearly",
    "60% ISCB 40% TLT never rebalanced": f"{HALVES}:never",
    "33.3% A1 33.3% B1 33.3% C1": "33.3%A1+33.3%B1+33.3%C1",
    "33,3% A1 33,3% B1 33,4% C1": "33.3%A1+33.3%B1+33.4%C1",
    "60% ISCB 30% TLT": "60%ISCB+30%TLT+10%cash",
    "60% ISCB 30% TLT 10% cash": "60%ISCB+30%TLT+10%cash",
    "60% ISCB 40% $CASH": "60%ISCB+40%CASH",
    "60% BRK/B 40% VWCE.DE": "60%BRK-B+40%VWCE.DE",
    "100% ISCB 0% TLT": "ISCB",
}


@pytest.mark.parametrize(("typed", "symbol"), READ.items())
def test_a_mix_is_one_symbol_in_every_spelling(typed: str, symbol: str) -> None:
    found = read_compare(f"{typed} with SPY 5y", TODAY)
    assert isinstance(found, Compare)
    assert (found.symbols, found.window.label) == ((symbol, "SPY"), "5y")


@pytest.mark.parametrize(
    "text",
    [
        "ISCB falls 10% in a month",
        "ISCB lags SPSM by 5% over 3m",
        "ISCB 2 of: sortino < 1, sharpe < 0.5, cagr < 4%",
        "ISCB drawdown < -15% recover -5% for 3 sessions",
        "what about 5% fees",
        "30/60 ISCB TLT",
        "16/01/2026 ISCB TLT",
    ],
)
def test_a_percentage_alone_is_none(text: str) -> None:
    assert not any(map(is_mix, (word for word in plain_text(text).split() if symbol_of(word))))


WRONG = {
    "-5% A1 105% B1": "`-5%` and `105%` are no weight",
    "60% A1 60% B1": "come to 120 %",
    "NaN% A1 40% B1": "`nan%` is no weight",
    "inf% A1 40% B1": "`inf%` is no weight",
    "1e2% A1 0% B1": "`1e2%` is no weight",
    "33.33333% A1 60% B1": "`33.33333%` is no weight",
    "60% A1 40% A1": "A1: named more than once in a mix",
    "50% ^TNX 50% SPY": "^TNX is a rate of interest",
    "50% core@1=60%A1+40%B1 50% SPY": "`core` is a mix itself",
    "50% cash 40% cash": "A mix needs a fund",
    " ".join(f"8% FUN{at}" for at in range(12)): "12 funds; at most 10 make a mix",
}


@pytest.mark.parametrize(("typed", "told"), WRONG.items())
def test_what_is_wrong_with_a_mix_is_said_once(typed: str, told: str) -> None:
    for read, text in (
        (lambda text: read_compare(text, TODAY), typed),
        (lambda text: read_follow(text, TODAY), f"compare {typed}"),
        (lambda text: read_watch(text, TODAY), f"{typed} sortino < 1"),
        (lambda text: read_pair(FOLLOW, text), f"{typed} SPY"),
    ):
        with pytest.raises(Unclear) as caught:
            read(text)
        assert sum(told in complaint for complaint in caught.value.complaints) == 1, caught.value.complaints
        assert not any("at least one" in complaint.lower() for complaint in caught.value.complaints)


def test_a_weight_alone_is_no_mix_and_says_how_one_is_written() -> None:
    with pytest.raises(Unclear) as caught:
        read_compare("60% ISCB SPY", TODAY)
    (told,) = caught.value.complaints
    assert told.startswith("`60%` stands alone; a mix names its other weights too")


@given(MIXES)
@settings(max_examples=80, deadline=None)
def test_a_mix_is_read_back_as_it_is_typed_and_as_it_is_written(symbol: str) -> None:
    for text in (symbol, mix_of(symbol).typed):
        found = read_compare(f"{text} SPY", TODAY)
        assert isinstance(found, Compare)
        assert found.symbols == (symbol, "SPY")
        again = read_compare(found.text, TODAY)
        assert again == found


@given(
    MIXES.filter(lambda symbol: "never" not in symbol),
    st.sampled_from(["sortino 1y < 1", "drawdown 1y < -15%"]),
)
@settings(max_examples=60, deadline=None)
def test_a_rule_on_a_mix_is_read_back(symbol: str, condition: str) -> None:
    watch = read_watch(f"{symbol} {condition} for 5 sessions then {symbol.replace('F0', 'F9')}", TODAY)
    assert isinstance(watch, Watch)
    assert watch.rule.conditions[0].quantity.symbol == symbol
    assert read_watch(watch.text, TODAY) == watch
    assert read_watch(as_typed(watch.text), TODAY) == watch


def test_pairs_and_follow_ups_take_mixes() -> None:
    pair = read_pair(FOLLOW, "60/40 ISCB/TLT vs SPY")
    assert pair == read_pair(FOLLOW, f"${HALVES} $SPY")
    added = read_follow("add 50% A1 50% B1 5y", TODAY)
    assert isinstance(added, FollowUp)
    assert added.add == ("50%A1+50%B1",)
    study = read_follow("edge 60% ISCB 40% TLT vs SPY", TODAY)
    assert isinstance(study, FollowUp)
    assert (study.symbols, study.versus, study.terms.edge) == ((HALVES,), "SPY", None)


def test_cash_earns_the_rate_that_is_asked_for() -> None:
    found = read_compare("60% ISCB 30% TLT SPY rf=4%", TODAY)
    assert isinstance(found, Compare)
    assert found.symbols[0] == "60%ISCB+30%TLT+10%cash@4%"
    follow = read_follow("compare 60% ISCB 30% TLT SPY rf=tbill", TODAY)
    assert isinstance(follow, FollowUp)
    query = resolve_query(follow, None, TODAY)
    assert (query.symbols[0], query.rate) == ("60%ISCB+30%TLT+10%cash@tbill", Rate(None))
    watch = read_watch("60% ISCB 30% TLT sortino < 1 rf=4%", TODAY)
    assert isinstance(watch, Watch)
    assert watch.rule.conditions[0].quantity.symbol == "60%ISCB+30%TLT+10%cash@4%"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("60% A1 40% B1 price < 5", "neither a quote nor assets"),
        ("60% A1 40% B1 assets < 5m", "neither a quote nor assets"),
        ("60% A1 40% B1 never rebalanced sortino < 1", "depends on the day it was bought"),
        ("SPY sortino < 1 then 60% A1 40% B1 never", "depends on the day it was bought"),
    ],
)
def test_what_cannot_be_watched_of_a_mix_is_refused(text: str, told: str) -> None:
    with pytest.raises(Unclear) as caught:
        read_watch(text, TODAY)
    assert told in caught.value.complaints[0]
