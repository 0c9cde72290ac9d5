"""A rule's canonical text is read as the same rule, whatever the rule."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.returns import BILL_SYMBOL
from analytics.watch.rules import Rule
from analytics.watch.states import Policy
from bot.language import MOST_CHARACTERS, MOST_CONDITIONS, Watch, read_watch
from bot.language.rule import rule_symbol_text
from bot.language.words import PLACED
from tests.examples import at_length
from tests.unit.bot.language.making import POLICIES, SYMBOLS, TODAY, rules


def comes_back(rule: Rule, policy: Policy) -> None:
    watch = Watch(rule, policy)
    if len(watch.text) > MOST_CHARACTERS or len(rule.conditions) > MOST_CONDITIONS:
        return  # never given out: the reader refuses what cannot be written
    assert read_watch(watch.text, TODAY) == watch
    named = {*rule.priced, *rule.profiled, *filter(None, [rule.then])} - {BILL_SYMBOL}
    if all(PLACED.is_symbol(symbol.lower()) for symbol in named):
        assert read_watch(watch.text.lower(), TODAY) == watch
    assert read_watch(f"edit R7 {watch.text}", TODAY) == Watch(rule, policy, number=7)


@pytest.mark.slow
@given(rules(), POLICIES)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_canonical_text_is_read_as_the_same_rule(rule: Rule, policy: Policy) -> None:
    comes_back(rule, policy)


@pytest.mark.slow
@given(rules(), POLICIES)
@settings(max_examples=at_length(700), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_canonical_text_is_read_as_the_same_rule_at_length(rule: Rule, policy: Policy) -> None:
    comes_back(rule, policy)


@given(st.lists(SYMBOLS, min_size=3, max_size=3, unique=True))
@settings(max_examples=10, deadline=None)
def test_any_symbol_can_stand_anywhere(symbols: list[str]) -> None:
    first, second, third = map(rule_symbol_text, symbols)
    read = read_watch(f"{first} - {second} sharpe < 0 then {third}", TODAY)
    assert isinstance(read, Watch)
    (held,) = read.rule.conditions
    assert [held.quantity.symbol, held.quantity.other, read.rule.then] == symbols


@pytest.mark.parametrize(
    "symbol", ["ISCB", "A", "T", "ON", "NOW", "7203.T", "BRK-B", "BTC-USD", "^GSPC", "CL=F"]
)
def test_what_is_no_word_of_ours_stays_plain(symbol: str) -> None:
    assert rule_symbol_text(symbol) == symbol


@pytest.mark.parametrize(
    "symbol", ["LIST", "R7", "IR", "MAX", "3M", "RF", "TECH", "THEN", "ISCB-SPSM", "1E5"]
)
def test_what_is_a_word_of_ours_gets_its_sign(symbol: str) -> None:
    assert rule_symbol_text(symbol) == f"${symbol}"
