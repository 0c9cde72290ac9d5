"""What a place is about: what was asked there, else the funds of the card or digest that stands there."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from analytics.query import Query
from analytics.returns import Rate
from analytics.watch.states import State
from analytics.window import Window, parse
from bot.language import Watch, read_watch
from bot.model import DigestContent, RuleReport, RuleVersion, ThreadContext
from bot.use_cases.threads import context_of_notice

DAY = date(2026, 1, 16)
MADE = datetime(2026, 1, 16, 22, tzinfo=UTC)


def story(text: str, number: int = 1, source: str = "Yahoo Finance", session: date = DAY) -> RuleReport:
    """A rule as a card tells of it."""
    asked = read_watch(text, DAY)
    assert isinstance(asked, Watch)
    watched = RuleVersion(
        team="T1",
        number=number,
        version=1,
        channel="C1",
        owner="U1",
        author="U1",
        text=asked.text,
        rule=asked.rule,
        policy=asked.policy,
        made=MADE,
    )
    return RuleReport(watched, session, State(), None, source=source)


def digest_content(*texts: str, session: date = DAY) -> DigestContent:
    """A digest of these rules."""
    return DigestContent(session, tuple(story(text, number) for number, text in enumerate(texts, 1)))


def about(
    *symbols: str, window: str = "1y", benchmark: str | None = None, rate: Rate | None = None
) -> ThreadContext:
    query = Query(symbols, parse(window), DAY, benchmark, rate or Rate(0.0))
    return ThreadContext(query, "Yahoo Finance")


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("ISCB sortino < 1.0 for 5 sessions then SPSM", about("ISCB", "SPSM")),
        ("ISCB sortino 3y < 1.0", about("ISCB", window="3y")),
        ("ISCB - SPSM sharpe 5y < 0", about("ISCB", "SPSM", window="5y")),
        ("ISCB beta vs SPY > 1.2 then IWM", about("ISCB", "IWM", benchmark="SPY")),
        ("ISCB sortino rf=4% < 1.0 then SPSM", about("ISCB", "SPSM", rate=Rate(0.04))),
        ("ISCB 2 of: sortino < 1, sharpe < 0.5, drawdown < -20%", about("ISCB")),
        ("SPSM expense ratio changes", about("SPSM")),
    ],
)
def test_a_card_is_about_its_rule_as_it_is_read(text: str, context: ThreadContext) -> None:
    assert context_of_notice(story(text)) == context


def test_a_digest_is_about_the_funds_of_its_rules_in_their_order() -> None:
    told = digest_content("ISCB sortino < 1.0 then SPSM", "IWM drawdown < -15%", "SPSM sharpe < 0.5 then VB")
    assert context_of_notice(told) == about("ISCB", "SPSM", "IWM", "VB")


def test_what_does_not_fit_side_by_side_is_counted() -> None:
    told = digest_content(*(f"F{number} sortino < 1.0 then G{number}" for number in range(5)))
    context = context_of_notice(told)
    assert context
    assert context.comparing.symbols == ("F0", "G0", "F1", "G1", "F2", "G2")
    assert context.more == 4


@pytest.mark.parametrize(
    ("texts", "window"),
    [
        (("ISCB sortino 3y < 1.0", "IWM drawdown 3y < -15%"), "3y"),
        (("ISCB sortino 3y < 1.0", "IWM drawdown 5y < -15%"), "1y"),
        (("ISCB sortino 3y < 1.0", "SPSM expense ratio changes"), "3y"),
    ],
)
def test_the_window_is_that_of_the_rules_where_they_agree(texts: tuple[str, ...], window: str) -> None:
    """What reads a fund's facts has none."""
    context = context_of_notice(digest_content(*texts))
    assert context
    assert context.comparing.window == Window(window)


def test_rates_and_benchmarks_that_differ_are_not_chosen_from() -> None:
    context = context_of_notice(digest_content("ISCB beta vs SPY > 1.2", "IWM beta vs VTI > 1.2"))
    assert context
    assert context.comparing.benchmark is None
    context = context_of_notice(digest_content("ISCB sortino rf=4% < 1", "IWM sortino rf=tbill < 1"))
    assert context
    assert context.comparing.rate == Rate(0.0)


def test_the_day_is_that_of_the_session_told_of() -> None:
    earlier = date(2026, 1, 9)
    for told in (
        story("ISCB sortino < 1", session=earlier),
        digest_content("ISCB sortino < 1", session=earlier),
    ):
        context = context_of_notice(told)
        assert context
        assert context.comparing.as_of == earlier


def test_a_digest_of_no_rules_is_about_nothing() -> None:
    assert context_of_notice(DigestContent(DAY, ())) is None


def test_a_rule_that_was_never_read_has_any_source() -> None:
    context = context_of_notice(story("ISCB sortino < 1", source=""))
    assert context
    assert context.source == ""
