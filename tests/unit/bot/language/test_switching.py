"""What is told of a switch: spreads, taxes and the like; the two funds the right way round."""

from __future__ import annotations

from datetime import date

import pytest

from analytics import Query, parse_window
from analytics.switch import SwitchTerms
from bot.errors import Unclear
from bot.language import FollowUp, follow_text, read_english, read_follow
from bot.language.amounts import join_terms
from bot.model import Section, ThreadContext

TODAY = date(2026, 1, 20)
HERE = ThreadContext(Query(("ISCB", "SPSM"), parse_window("3y"), date(2026, 1, 16)))


def read(text: str) -> FollowUp:
    found = read_follow(text, TODAY)
    assert isinstance(found, FollowUp)
    return found


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("cost size=100k switch", "switch size=100k"),
        ("switch", "switch"),
        ("cost of a switch of 25m", "switch size=25m"),
        ("cost switch ISCB SPSM size=100k spread=12bp,3bp", "switch ISCB SPSM size=100k spread=12bp,3bp"),
        ("cost ISCB SPSM size=1m spread=3bp", "switch ISCB SPSM size=1m spread=3bp"),
        ("spread = 12 bp, 3 bp", "switch spread=12bp,3bp"),
        ("switch spread=0.12% / 0.03 %", "switch spread=12bp,3bp"),
        ("switch with a spread of 3 bps and a commission of 2 bp", "switch spread=3bp commission=2bp"),
        ("switch with a 3 bp spread", "switch spread=3bp"),
        ("switch tax=0.238x0.4", "switch tax=23.8%x40%"),
        ("switch tax = 23.8% × 40%", "switch tax=23.8%x40%"),
        ("switch tax 23.8% on 40%", "switch tax=23.8%x40%"),
        ("switch creation=5bp edge=1%", "switch creation=5bp edge=1%"),
        ("switch edge=2.5pp", "switch edge=2.5%"),
        ("switch 2m from SPSM to ISCB", "switch SPSM ISCB size=2m"),
        ("switch 2m to ISCB from SPSM", "switch SPSM ISCB size=2m"),
        ("switch into SPSM out of ISCB", "switch ISCB SPSM"),
        ("explain cost size=100k spread=3bp", "explain cost size=100k spread=3bp"),
        ("explain impact", "explain cost"),
        ("cost size=25m", "cost size=25m"),
        ("SWITCH ISCB SPSM", "switch ISCB SPSM"),
    ],
)
def test_it_is_read(text: str, canonical: str) -> None:
    found = read(text)
    assert follow_text(found) == canonical
    assert read(canonical) == found


def test_what_is_told_becomes_fractions() -> None:
    found = read("cost switch size=100k spread=12bp,3bp tax=0.238x0.4 creation=0.05% edge=1%")
    assert found.section is Section.SWITCH
    assert found.amount == 1e5
    assert found.terms == SwitchTerms(
        spreads=(0.0012, 0.0003), creations=(0.0005,), tax=(0.238, 0.4), edge=0.01
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("switch spread=3", "`spread=3` has no unit; write `spread=3bp` or `spread=12bp,3bp`."),
        ("switch spread=12,3bp", "`spread=12,3bp` has no unit"),
        ("switch spread=abc", "`spread=abc` is not read"),
        ("switch spread=1bp,2bp,3bp", "`spread=1bp,2bp,3bp` is not read"),
        ("switch spread=-3bp", "`spread=-3bp` is not read"),
        ("switch spread=300%", "`spread=300%` is more than 20%"),
        ("switch spread=1.2.3bp", "is not read"),
        ("switch tax=23.8%", "rate x part that is gain, `tax=23.8%x40%`"),
        ("switch tax=23.8x40", "`tax=23.8x40` has no unit"),
        ("switch tax=120%x40%", "is more than 100%"),
        ("switch edge=1bp,2bp", "is not read; write `edge=1%` a year"),
        ("switch spread=3bp spread=4bp", "More than one spread is given; keep one."),
        ("risk spread=3bp", "`spread` belongs to `switch`"),
        ("switch ISCB", "At least two different symbols are needed"),
        ("switch spread=`<!channel>`", "is not read"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_to_write(text: str, complaint: str) -> None:
    with pytest.raises(Unclear) as found:
        read_follow(text, TODAY)
    assert any(complaint in each for each in found.value.complaints), found.value.complaints
    # Plain English is tried next: what was told must not be dropped there.
    assert read_english(text, TODAY, frozenset(), HERE) is None or "=" not in text


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("is it worth switching 2 million?", "switch size=2m"),
        ("what would it cost to move 500k", "switch size=500k"),
        ("what would it cost to move 500k to SPSM", "switch size=500k"),
        ("what would it cost to move 500k to ISCB", "switch SPSM ISCB size=500k 3y asof 2026-01-16"),
        (
            "what does it cost to switch 1 million out of SPSM into ISCB?",
            "switch SPSM ISCB size=1m 3y asof 2026-01-16",
        ),
        ("sell ISCB and buy SPSM with 2m, what does it cost", "switch size=2m"),
        ("buy ISCB and sell SPSM with 2m, what does it cost", "switch SPSM ISCB size=2m 3y asof 2026-01-16"),
        (
            "moving 5 million from ISCB into IWM, what would that cost us",
            "switch ISCB IWM size=5m 3y asof 2026-01-16",
        ),
        ("how long until a switch of 100k pays for itself?", "switch size=100k"),
        ("what edge do we need to switch 1m with a spread of 3 bp?", "switch size=1m spread=3bp"),
        ("how much do I save by switching 10m?", "cost size=10m"),
        ("is it worth switching?", "compare"),
        ("what would it cost to move 500k into ^TNX?", "switch ISCB ^TNX size=500k 3y asof 2026-01-16"),
    ],
)
def test_plain_english_leads_there_the_right_way_round(text: str, asked: str) -> None:
    found = read_english(text, TODAY, frozenset(), HERE)
    assert found is not None
    assert found.text == asked


def test_of_one_fund_it_is_what_trading_costs() -> None:
    alone = ThreadContext(Query(("ISCB",), parse_window("1y"), date(2026, 1, 16)))
    found = read_english("what would it cost to move 500k", TODAY, frozenset(), alone)
    assert found is not None
    assert found.text == "cost size=500k"


def test_only_what_tells_a_term_is_joined() -> None:
    for text in ("cost 3y", "spread of ISCB", "edge 3y", "tax loss 2022", "risk,cost", "vs SPY, 5y"):
        assert join_terms(text) == text
