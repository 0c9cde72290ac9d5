"""What follows `/portfolio`, names among other words, and a part that is put into another fund."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from analytics.query import Query
from analytics.window import parse
from bot.commands import PORTFOLIO
from bot.errors import Unclear
from bot.language import Compare, Help, read_compare, read_english
from bot.language.portfolios.names import (
    PortfolioChange,
    PortfolioEnd,
    PortfolioListing,
    PortfolioView,
    expand_names,
    may_name,
    read_portfolio,
)
from bot.model import Portfolio, ThreadContext
from tests.unit.bot.language.asking import TODAY

CHANGED = {
    "core = 40% SPSM 30% ISCB 30% AVUV": "core@1=40%SPSM+30%ISCB+30%AVUV",
    "core: 60% SPSM and 40% ISCB": "core@1=60%SPSM+40%ISCB",
    "core 60/40 SPSM/ISCB": "core@1=60%SPSM+40%ISCB",
    "core=60% SPSM 40% ISCB": "core@1=60%SPSM+40%ISCB",
    "set core = 60% SPSM 40% ISCB [monthly]": "core@1=60%SPSM+40%ISCB:monthly",
    "core = 60% SPSM 40% ISCB daily": "core@1=60%SPSM+40%ISCB:daily",
    "core = 60% SPSM 40% ISCB rebalanced annually": "core@1=60%SPSM+40%ISCB:yearly",
    "core = 60% SPSM 40% ISCB never": "core@1=60%SPSM+40%ISCB:never",
    "core = 60% SPSM 30% ISCB": "core@1=60%SPSM+30%ISCB+10%cash",
    "core = SPSM": "core@1=100%SPSM",
    "core = 100% SPSM": "core@1=100%SPSM",
    "core = 60% SPSM": "core@1=60%SPSM+40%cash",
}


@pytest.mark.parametrize(("text", "symbol"), CHANGED.items())
def test_a_name_is_given(text: str, symbol: str) -> None:
    assert read_portfolio(text) == PortfolioChange("core", symbol)


def test_names_are_asked_for() -> None:
    assert read_portfolio("") == read_portfolio("list") == PortfolioListing()
    assert read_portfolio("core") == read_portfolio("show core") == PortfolioView("core")
    assert read_portfolio("delete max") == PortfolioEnd("max")
    assert read_portfolio("help") == Help(PORTFOLIO)


WRONG = {
    "max = 60% A1 40% B1": "`max` is a word of the commands",
    "weekly = 60% A1 40% B1": "`weekly` is a word of the commands",
    "Core = 60% A1 40% B1": "`Core` is no name",
    "x = 60% A1 40% B1": "`x` is no name",
    "abcdefghijklmnopqrstu = 60% A1 40% B1": "is no name",
    "sat = 60% core 40% SPY": "is no mix of funds",
    "sat = 60% A1 60% B1": "come to 120 %",
    "sat = 60% A1 40% B1 hourly": "`hourly` is not read",
    "sat = 60% A1 40% B1 daily monthly": "More than one rebalancing",
    "delete": "is no name",
    "sat = ": "Give a name and a mix",
}


@pytest.mark.parametrize(("text", "told"), WRONG.items())
def test_what_is_wrong_is_said(text: str, told: str) -> None:
    with pytest.raises(Unclear) as caught:
        read_portfolio(text)
    assert any(told in complaint for complaint in caught.value.complaints), caught.value.complaints


FIRST = Portfolio("T1", "core", 1, "core@1=60%SPSM+40%ISCB", "U1", "U1", datetime(2026, 1, 20, tzinfo=UTC))
SECOND = replace(FIRST, version=2, symbol="core@2=100%SPY:never")


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("core SPY 5y", "core@2=100%SPY:never SPY 5y"),
        ("core@1 vs core", "core@1=60%SPSM+40%ISCB vs core@2=100%SPY:never"),
        ("core's sortino < 1", "core@2=100%SPY:never's sortino < 1"),
        (
            "$core CORE core.x core@9 <#C1|core> https://core/x",
            "$core CORE core.x core@9 <#C1|core> https://core/x",
        ),
    ],
)
def test_a_name_is_put_by_its_mix(text: str, expanded: str) -> None:
    assert expand_names(text, [FIRST, SECOND]) == expanded
    asked = read_compare(expand_names("core SPY 5y", [FIRST, SECOND]), TODAY)
    assert isinstance(asked, Compare)
    assert asked.symbols == (SECOND.symbol, "SPY")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"{FIRST.symbol} SPY", f"{FIRST.symbol} SPY"),
        ("core@9=60%ISCB+40%TLT SPY", "60%ISCB+40%TLT SPY"),
        ("core@1=60%ISCB+40%TLT:never", "60%ISCB+40%TLT:never"),
        ("other@1=100%SPY", "100%SPY"),
    ],
)
def test_a_mix_is_under_a_name_only_where_the_workspace_named_it_so(text: str, kept: str) -> None:
    assert may_name(text)
    assert expand_names(text, [FIRST, SECOND]) == kept
    assert (
        expand_names(text, [replace(FIRST, name="own", symbol=FIRST.symbol.replace("core", "own"))])
        == (text.partition("=")[2])
    )


def test_a_named_mix_keeps_its_name_whatever_its_cash_earns() -> None:
    cash = replace(FIRST, symbol="core@1=60%SPSM+40%cash")
    assert expand_names("core@1=60%SPSM+40%cash@4%", [cash]) == "core@1=60%SPSM+40%cash@4%"


def test_a_name_that_was_given_up_is_none_but_its_versions_are() -> None:
    gone = replace(SECOND, retired=datetime(2026, 1, 21, tzinfo=UTC))
    assert expand_names("core core@2", [FIRST, gone]) == f"core {SECOND.symbol}"


def test_words_of_the_commands_are_no_names() -> None:
    assert not may_name("compare vs weekly max sectors")
    assert may_name("compare core SPY")


def topic(*symbols: str) -> ThreadContext:
    return ThreadContext(Query(symbols, parse("3y"), date(2026, 1, 16)))


@pytest.mark.parametrize(
    ("text", "here", "read"),
    [
        ("what if I put 20% in ISCB", ("SPSM", "IWM"), "compare 80%SPSM+20%ISCB SPSM 3y"),
        ("what if I put 20% in ISCB?", ("ISCB", "SPSM"), "compare 80%SPSM+20%ISCB SPSM 3y"),
        ("what happens if we move 30 % of IWM into ISCB", (), "compare 70%IWM+30%ISCB IWM"),
        ("60/40 of SPY and TLT", (), "compare 60%SPY+40%TLT"),
        ("how did 60/40 SPY/TLT do against SPY in 2022", (), "returns 60%SPY+40%TLT 2022 vs SPY"),
    ],
)
def test_a_mix_is_asked_for_in_plain_english(text: str, here: tuple[str, ...], read: str) -> None:
    found = read_english(text, TODAY, frozenset(), topic(*here) if here else None)
    assert found
    assert found.text == read


def test_a_part_of_nothing_known_is_not_guessed_about() -> None:
    assert read_english("what if I put 20% in ISCB", TODAY) is None
