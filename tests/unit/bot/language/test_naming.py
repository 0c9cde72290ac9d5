"""Symbols in what people say to one another."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language import symbols_in
from bot.language.words import symbol_of
from tests.unit.bot.language.test_any_text import HOSTILE, PATIENCE

KNOWN = frozenset({"ISCB", "SPSM", "BRK-B", "3M", "F", "USD"})


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("ISCB or SPSM?", ("ISCB", "SPSM")),
        ("what do you think of $iscb and $spsm", ("ISCB", "SPSM")),
        ("We hold ISCB, SPSM (and IWM).", ("ISCB", "SPSM", "IWM")),
        ("ISCB's fee is 4bp, ISCB again", ("ISCB",)),
        ("*ISCB* _SPSM_ `IWM`", ("ISCB", "SPSM", "IWM")),
        ("BRK-B and BRK.B", ("BRK-B",)),
        ("BRK/B, $bf.b, VUSA.L and/or AC/DC, n/a", ("BRK-B", "BF-B", "VUSA.L")),
        ("F is known, X is not", ("F",)),
        ("$X is meant", ("X",)),
        # capitals that are no funds
        ("The CEO said THE ETF is UP in Q3 FY25, in USD AND EUR", ()),
        ("NAV and AUM YTD, FYI", ()),
        ("iscb spsm", ()),
        ("Iscb Spsm", ()),
        ("ABCDEFG", ()),
        # what Slack writes for people, channels and links
        ("<@U0123ABC> <#C0123|ISCB-talk> <!here> SPSM", ("SPSM",)),
        ("<https://example.test/IWM|IWM> https://example.test/VTI VB@example.test", ("IWM",)),
        ("SPSM &amp; IWM", ("SPSM", "IWM")),
        ("$25m of ISCB", ("ISCB",)),
        ("costs $25 and 3M", ()),
        ("", ()),
    ],
)
def test_funds_are_found_where_they_are_meant(text: str, symbols: tuple[str, ...]) -> None:
    assert symbols_in(text, KNOWN) == symbols


def test_six_are_taken_in_their_order_unless_all_are_wanted() -> None:
    many = "AAA BBB CCC DDD EEE FFF GGG"
    assert symbols_in(many) == tuple(many.split())[:6]
    assert symbols_in(many, most=None) == tuple(many.split())


@given(st.text(max_size=200) | st.lists(st.sampled_from([*HOSTILE, "ISCB", "$x", "."])).map("".join))
@settings(max_examples=60, deadline=None)
def test_any_text_gives_symbols_or_nothing(text: str) -> None:
    found = symbols_in(text)
    assert len(found) <= 6
    assert len(set(found)) == len(found)
    assert all(symbol_of(symbol) == symbol for symbol in found)


@pytest.mark.parametrize(
    "text", ["A-" * 20_000, "$" * 40_000, "<@" * 20_000, "A.B" * 10_000, "http://" * 6_000]
)
def test_what_is_long_is_read_at_once(text: str) -> None:
    started = time.process_time()
    assert len(symbols_in(text)) <= 6
    assert time.process_time() - started < PATIENCE
