"""Words of English are no funds, on any path by which something is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import Unclear
from bot.language import (
    Compare,
    FollowUp,
    Watch,
    follow_text,
    read_compare,
    read_follow,
    read_watch,
    suggestions,
    symbols_in,
)
from bot.language.words import ENGLISH, PLACED, script_of, symbol_of
from tests.examples import at_length

TODAY = date(2026, 1, 20)
PAIR = ("ISCB", "SPSM")

_COMMON = """
a able about active add after again against ahead air all allow also always an and another any appear are
area around art as at back bad bank be beat beating beats because been before begin behind being believe
best better between big body bond book both bring build business but buy by can car case cash change
cheap child city come community company compared consider continue cost costs could country create cut
day did die different do handler down during each early easy education end even ever every expect eye face
fact fall family far fast father fee fees few find first flat follow for force found free friend from
full fund funds gain gains game general get getting girl give go going gold good government great group
grow growth guy had half hand happen hard has have he head health hear help her here high higher him his
history hold home hour house how however I idea if important in include income index information into is
issue it its job just kept kid kill kind know large last late lately later law lead learn left let level
like line little live long look lose loss losses lot love low lower made make man market markets maybe me
meet member might minute moment momentum money month more morning most mother move much my name near
never new next night no not now number of offer office often oil old on once one only open or other
others our out over own parent part party passive pay peers people perhaps person place play please point
power president price problem program provide public quality question quite rate rates reach read real
really reason relative remain remember research result return returns right risk room run safe said same
say school see seemed send serve service set share shares she should show side sit size slow small so
some soon speak spend stand start state stay still stock stocks stop story strong student study style
such sure system take talk teacher team than thanks that the their them then there these they think this
those through tilt time to today tomorrow too trade trades true turn two under understand up upon us use
value versus very wait walk want war was watch water way we weak week well went were what when where
which while white who whole why will win with without woman word work world worse would write year
yesterday yield you young your
"""
COMMON = _COMMON.split()
SHOUTED = st.sampled_from(
    ["I", "A", "YEAR", "V", "CC", "NOW", "ALL", "SO", "ETF", "USD", "US", "CEO", "BEST"]
)
WORDS = st.sampled_from(COMMON)
SAID = st.tuples(st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=4))
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def said(parts: tuple[list[str], list[str], list[str]]) -> str:
    before, between, after = parts
    return " ".join([*before, PAIR[0], *between, PAIR[1], *after])


def named(asked: object) -> set[str]:
    if isinstance(asked, Compare | FollowUp):
        added = (*asked.add, *asked.without) if isinstance(asked, FollowUp) else ()
        return {*asked.symbols, *added, *filter(None, [asked.versus])}
    if isinstance(asked, Watch):
        return {*asked.rule.priced, *asked.rule.profiled}
    return set()


def funds(read: Callable[[str, date], object], text: str) -> set[str]:
    """What is read as funds; none where the text comes back with a complaint."""
    try:
        return named(read(text, TODAY))
    except Unclear:
        return set()


def holds(text: str) -> None:
    for read in (read_compare, read_follow, read_watch):
        for opening in ("", "compare ", "sectors ", "add "):
            assert funds(read, f"{opening}{text}") <= {*PAIR}, (opening, text)
    assert funds(read_watch, f"ISCB sortino < 1 then SPSM {text}") <= {*PAIR}, text
    assert set(symbols_in(text)) == {*PAIR}
    for meant in suggestions(f"compare {text}", today=TODAY):
        if not meant.startswith(("watch", "digest", "help")):
            assert named(read_follow(meant, TODAY)) <= {*PAIR}, (text, meant)


@given(SAID)
@SLOW
def test_common_words_around_two_symbols_are_never_a_third(
    parts: tuple[list[str], list[str], list[str]],
) -> None:
    holds(said(parts))


@given(SAID, st.lists(SHOUTED, min_size=1, max_size=2))
@SLOW
def test_nor_are_words_in_capitals_in_a_sentence(
    parts: tuple[list[str], list[str], list[str]], shouted: list[str]
) -> None:
    before, between, after = parts
    holds(said(([*before, "which", *shouted, "is"], between, ["please", *after])))


@pytest.mark.slow
@given(SAID)
@settings(max_examples=at_length(1000), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_common_words_at_length(parts: tuple[list[str], list[str], list[str]]) -> None:
    holds(said(parts))


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("ISCB SPSM last year", ("ISCB", "SPSM")),
        ("ISCB SPSM this year", ("ISCB", "SPSM")),
        ("iscb spsm last year", ("ISCB", "SPSM")),
        ("ISCB SPSM LAST YEAR", ("ISCB", "SPSM")),
        ("Iscb Spsm", ("ISCB", "SPSM")),
        ("ISCB spsm", ("ISCB", "SPSM")),
        ("iscb and spsm over the past year please", ("ISCB", "SPSM")),
        ("ISCB SPSM cc @ben", ("ISCB", "SPSM")),
        ("ISCB SPSM <@U0123|ben>", ("ISCB", "SPSM")),
        ("V MA", ("V", "MA")),  # in capitals among capitals
        ("$v ma", ("V", "MA")),
        ("YEAR CC", ("YEAR", "CC")),
        ("$year ISCB", ("YEAR", "ISCB")),
        ("ISCB v SPSM", ("ISCB", "SPSM")),
        ("spy vwce.de btc-usd ^tnx", ("SPY", "VWCE.DE", "BTC-USD", "^TNX")),
        ("SPY IWM vwce.de", ("SPY", "IWM", "VWCE.DE")),  # no word is written so
    ],
)
def test_funds_among_words(text: str, symbols: tuple[str, ...]) -> None:
    asked = read_compare(text, TODAY)
    assert isinstance(asked, Compare)
    assert asked.symbols == symbols
    follow = read_follow(f"compare {text}", TODAY)
    assert isinstance(follow, FollowUp)
    assert follow.symbols == symbols
    assert read_follow(follow_text(follow), TODAY) == follow


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("ISCB SPSM year", "`year` is not understood. A fund of that name is `$YEAR`."),
        ("iscb year", "`year` is not understood. A fund of that name is `$YEAR`."),
        ("ISCB SPSM YEAR please", "`YEAR` is not understood. A fund of that name is `$YEAR`."),
        ("ISCB SPSM vs YEAR please", "`YEAR` is not understood. A fund of that name is `$YEAR`."),
        ("V MA please", "`V` is not understood. A fund of that name is `$V`."),
        ("ISCB SPSM iwm", "`iwm` in small letters is no fund beside those in capitals; write `IWM`."),
        (
            "ISCB SPSM btc-usd",
            "`btc-usd` in small letters is no fund beside those in capitals; write `BTC-USD`.",
        ),
        ("ISCB SPSM long-term", "`long-term` is not understood. A fund of that name is `$LONG-TERM`."),
    ],
)
def test_what_may_be_a_fund_is_told_how_to_be_one(text: str, complaint: str) -> None:
    for read, opening in ((read_compare, ""), (read_follow, "compare ")):
        with pytest.raises(Unclear) as caught:
            read(f"{opening}{text}", TODAY)
        assert complaint in caught.value.complaints


@pytest.mark.parametrize("word", ["year", "YEAR", "I", "2nd", "401k", "performance"])
def test_a_dollar_makes_a_symbol_of_any_word(word: str) -> None:
    script = script_of([word, "ISCB", "SPSM", "they", "say"])
    assert not script.is_symbol(word)
    assert script.is_symbol(f"${word}")


def test_what_can_be_no_symbol_is_none() -> None:
    for word in ("", "$", "😀", "%", "$%", "12"):
        assert not PLACED.is_symbol(word)


def test_every_word_of_english_could_be_a_symbol() -> None:
    """A list with what nobody can mean as a fund would only be longer."""
    assert [word for word in sorted(ENGLISH) if symbol_of(word) is None] == ["@watchpoint"]
