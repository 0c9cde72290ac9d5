"""The row under an answer: each button asks about exactly what it stands under."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from analytics.query import Query
from analytics.returns import Rate
from analytics.window import parse
from bot.language import FollowUp, follow_text, read_follow, resolve_query
from bot.model import SectionQuery, ThreadContext
from bot.render import ids
from bot.render.blocks import NEXT, WINDOWS, follow_up_buttons, next_buttons
from bot.render.fit import fit_blocks
from bot.render.message import Block
from bot.sections import WITH_MEASURE, Section
from tests.violations import violations

ASKED = Query(("ISCB", "SPSM"), parse("1y"), date(2026, 1, 16))
TOPIC = ThreadContext(ASKED, "Yahoo Finance")
LONGEST = ThreadContext(
    Query(
        tuple(f"ABCDEFGH{number}.XY" for number in range(6)),
        parse("2021-03-19..2024-12-31"),
        date(2024, 12, 31),
        "ABCDEFGH9.XY",
        Rate(0.0412),
        weekly=True,
    ),
    "A source with a name that nobody would give it " * 3,
    99,
)


ALONE = ThreadContext(replace(ASKED, symbols=("ISCB",)), "Yahoo Finance")
SIX = ThreadContext(replace(ASKED, symbols=tuple("ABCDEF")), "Yahoo Finance")
TODAY = date(2026, 1, 20)


def row_of(context: ThreadContext, **parts: Any) -> list[Block]:
    (row,) = follow_up_buttons(context, **parts)
    return list(row["elements"])


def labels(context: ThreadContext, **parts: Any) -> list[str]:
    """What the buttons say; the menu by its words."""
    return [(each.get("text") or each["placeholder"])["text"] for each in row_of(context, **parts)]


def menu(context: ThreadContext, **parts: Any) -> dict[str, str]:
    """What can be chosen: labels by what is asked."""
    (found,) = (each for each in row_of(context, **parts) if each["type"] == "static_select")
    return {option["value"]: option["text"]["text"] for option in found["options"]}


def asks(buttons: list[Block]) -> list[SectionQuery]:
    return [SectionQuery.read(each["value"]) for each in buttons if each["type"] == "button"]


def test_the_row_of_a_pair() -> None:
    assert labels(TOPIC) == ["All figures", "Sectors", "Is it real?", "3y", "5y", "More…", "Watch this"]


@pytest.mark.parametrize(
    ("window", "near"),
    [
        ("1y", ("3y", "5y")),
        ("3y", ("5y", "10y")),
        ("5y", ("3y", "10y")),
        ("10y", ("3y", "5y")),
        ("ytd", ("1y", "3y")),
        ("1m", ("1y", "3y")),
        ("since 2021-03-19", ("1y", "3y")),
    ],
)
def test_two_usual_windows_have_buttons_and_the_others_stand_in_the_menu(
    window: str, near: tuple[str, str]
) -> None:
    context = replace(TOPIC, comparing=replace(ASKED, window=parse(window)))
    assert tuple(labels(context)[3:5]) == near
    far = [each for each in WINDOWS if each not in (*near, window)]
    assert [value for value in menu(context) if value in WINDOWS] == far
    assert all(menu(context)[each] == f"Over {parse(each).words}" for each in far)


def test_every_section_is_a_button_or_a_choice_but_the_comparison_itself() -> None:
    """And not what needs a measure: no button can say which."""
    shown = {each.text for each in asks(row_of(TOPIC))} | set(menu(TOPIC))
    assert {*Section} - {Section.COMPARE, WITH_MEASURE} <= shown
    assert not {Section.COMPARE.value, WITH_MEASURE.value} & shown
    assert menu(TOPIC)["csv"] == "Export"
    assert not {each.text for each in asks(row_of(TOPIC))} & set(menu(TOPIC)), "each stands there once"


def test_beside_a_bond_fund_rates_take_the_place_of_sectors() -> None:
    assert labels(TOPIC, bonds=True)[:3] == ["All figures", "Rates", "Is it real?"]
    assert asks(row_of(TOPIC, bonds=True))[1].text == "rates"
    assert "sectors" not in menu(TOPIC, bonds=True)
    assert "rates" not in menu(TOPIC, bonds=True), "once"


def test_of_one_fund_nothing_is_offered_that_needs_two_and_peers_are() -> None:
    told = labels(ALONE, peers=("IWM", "VB"))
    assert told == ["All figures", "Sectors", "vs IWM", "vs VB", "3y", "5y", "More…", "Watch this"]
    assert [each.text for each in asks(row_of(ALONE, peers=("IWM", "VB")))][2:4] == ["add IWM", "add VB"]
    assert not any(section.needs_two for section in map(Section, set(menu(ALONE)) - {*WINDOWS}))
    against = replace(ALONE, comparing=replace(ALONE.comparing, benchmark="SPY"))
    assert "Is it real?" in labels(against), "held against a benchmark it has a gap"


@pytest.mark.parametrize("context", [TOPIC, LONGEST], ids=["usual", "longest"])
def test_each_button_carries_what_it_stands_under(context: ThreadContext) -> None:
    asked = asks(row_of(context))
    assert [each.topic for each in asked] == [context] * len(asked)
    assert [each.text for each in asked][:3] == ["figures", "sectors", "edge"]
    assert asked[-1].text == "watch"


def test_each_button_is_told_from_its_neighbours() -> None:
    assert [each["action_id"] for each in row_of(TOPIC)] == [
        *(f"{ids.ASK}{name}" for name in ("figures", "sectors", "edge", "3y", "5y", "more")),
        ids.OPEN_WATCH,
    ]


CASES = {"pair": (TOPIC, False), "one": (ALONE, False), "six": (SIX, False), "bonds": (TOPIC, True)}
in_every_case = pytest.mark.parametrize(("context", "bonds"), CASES.values(), ids=list(CASES))


@in_every_case
def test_every_choice_is_read_as_the_question_it_says(context: ThreadContext, *, bonds: bool) -> None:
    for text in (
        *menu(context, bonds=bonds),
        *(each.text for each in asks(row_of(context, bonds=bonds))[:-1]),
    ):
        follow = read_follow(text, TODAY)
        assert isinstance(follow, FollowUp), text
        assert follow_text(follow) == text
        resolve_query(follow, context, TODAY)


@in_every_case
@pytest.mark.parametrize("section", Section)
def test_three_other_questions_end_a_follow_up(
    context: ThreadContext, section: Section, *, bonds: bool
) -> None:
    """Each is one that can be asked of these funds, reads as what it says, and is not the one answered."""
    (row,) = next_buttons(section, context, bonds=bonds)
    asked = asks(row["elements"])
    assert len({each.text for each in asked}) == len(asked) == len(row["elements"]) == NEXT
    for each, shown in zip(asked, row["elements"], strict=True):
        follow = read_follow(each.text, TODAY)
        assert isinstance(follow, FollowUp)
        assert (follow_text(follow), each.topic) == (each.text, context)
        assert follow.section is not section
        assert shown["text"]["text"] == follow.section.label
        assert not (follow.section.needs_two and len(context.comparing.symbols) < 2)
        assert not (bonds and follow.section is Section.SECTORS)
        resolve_query(follow, context, TODAY)
    assert violations([row]) == []
    assert list(fit_blocks([row])) == [row]


@pytest.mark.parametrize("context", [TOPIC, LONGEST], ids=["usual", "longest"])
def test_slack_takes_the_row_as_it_is(context: ThreadContext) -> None:
    assert violations(follow_up_buttons(context)) == []
    assert list(fit_blocks(follow_up_buttons(context))) == follow_up_buttons(context), "none is left out"
