"""The table of commands is true: its examples are read, its usage names what the grammar knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import pytest

from analytics.query import Query
from analytics.returns import Rate
from analytics.watch.operators import Op
from analytics.watch.states import Decided
from analytics.window import parse
from bot.commands import (
    CARD_WORDS,
    CHANGE_WORDS,
    COMMANDS,
    COMPARE,
    DIGEST,
    ELSEWHERE_WORDS,
    FOLLOW,
    FOLLOW_UPS,
    SECTORS,
    STUDY_WORDS,
    TALK,
    UNFOLLOW,
    WATCH,
    WINDOWS,
    Command,
)
from bot.language import (
    MOST_SYMBOLS,
    Acknowledge,
    Compare,
    DigestNow,
    DigestOff,
    DigestOn,
    DigestStatus,
    FollowListing,
    FollowPair,
    FollowUp,
    Help,
    ListedState,
    NoisiestRules,
    Review,
    ReviewRequest,
    RuleListing,
    Snooze,
    UnfollowPair,
    Unsnooze,
    Verb,
    Watch,
    read_compare,
    read_digest,
    read_follow,
    read_pair,
    read_watch,
)
from bot.language.portfolios.names import read_portfolio
from bot.model import DigestMode, Section, SectionQuery, ThreadContext
from bot.render.advice import filled_remarks, talk_help, usage
from bot.render.message import Message
from bot.render.text import escape
from tests.violations import violations

TODAY = date(2026, 1, 20)
ABOUT = ThreadContext(Query(("IWM", "VB"), parse("1y"), date(2026, 1, 16)))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_keeps_slack_s_limits(command: Command) -> None:
    assert command.name.startswith("/")
    assert len(command.name) <= 32
    assert command.name == command.name.lower()
    assert len(command.description) <= 140
    assert len(command.usage) <= 1000
    assert violations(usage(command).blocks) == []
    # No one reads more of a command than fits on a phone.
    assert len(usage(command).text) <= 2000


@pytest.mark.parametrize("example", COMPARE.examples)
def test_every_example_is_read(example: str) -> None:
    word, _, rest = example.partition(" ")
    assert word == COMPARE.name
    question = read_compare(rest, TODAY)
    assert isinstance(question, Compare)
    assert question.symbols[:2] == ("ISCB", "SPSM")


def test_the_examples_show_every_option() -> None:
    shown = [read_compare(example.partition(" ")[2], TODAY) for example in COMPARE.examples]
    asked = [question for question in shown if isinstance(question, Compare)]
    assert any(question.versus for question in asked)
    assert any(question.rate.annual is None for question in asked)
    assert any(question.as_of for question in asked)
    assert any(question.window.start for question in asked)


def test_the_usage_is_true() -> None:
    assert f"up to {MOST_SYMBOLS}" in COMPARE.usage
    typed = COMPARE.usage.replace("[C … up to 6] ", "C ").replace("[window]", "5y")
    typed = typed.replace("0|tbill|4%", "4%").replace("[", "").replace("]", "")
    expected = Compare(("A", "B", "C"), parse("5y"), "SPY", Rate(0.04), date(2026, 1, 16), weekly=True)
    assert read_compare(typed, TODAY) == expected


@pytest.mark.parametrize("typed", WINDOWS.split("`")[1::2])
def test_every_window_of_the_help_is_read(typed: str) -> None:
    asked = read_compare(f"ISCB SPSM {typed}", TODAY)
    assert isinstance(asked, Compare)
    assert parse(asked.window.label) == asked.window


def test_help_names_windows_and_every_example() -> None:
    told = usage(COMPARE).text
    assert WINDOWS in told
    assert all(f"`{example}`" in told for example in COMPARE.examples)
    assert COMPARE.description in told


def test_every_example_of_a_rule_is_read() -> None:
    read = [read_watch(example.removeprefix(WATCH.name), TODAY) for example in WATCH.examples]
    rules = [asked for asked in read if isinstance(asked, Watch)]
    assert len(rules) == len(WATCH.examples)
    assert any(asked.rule.then for asked in rules)
    assert any(asked.number for asked in rules)
    assert any(asked.test for asked in rules)
    assert any(asked.rule.crossing for asked in rules)
    assert any(asked.rule.needed > 1 for asked in rules)
    assert any(asked.rule.quantities[0].other for asked in rules)


def test_the_usage_of_watch_is_true() -> None:
    rule, test, noisiest, listed, verbs, ack, reviews, *acts = WATCH.usage.split(" | ")
    typed = rule.replace("0|tbill|4%", "4%").replace("[vs SPY] ", "").replace("[", "").replace("]", "")
    asked = read_watch(typed, TODAY)
    assert isinstance(asked, Watch)
    assert asked.text == "ISCB sortino 1y < 1 for 5 sessions recover 1.1 then SPSM rf=4%"
    tested = read_watch(test.replace("RULE", typed), TODAY)
    assert isinstance(tested, Watch)
    assert tested.test
    assert read_watch(noisiest, TODAY) == NoisiestRules()
    words, number = verbs.split()
    assert {*words.split("|")} == {*Verb, "edit"}
    assert read_watch(bare(listed), TODAY) == RuleListing(("ISCB",), ListedState.FIRING, 2)
    assert [read_watch(bare(each), TODAY) for each in acts] == [
        Snooze(7, until=date(2026, 1, 27)),
        Unsnooze(7),
    ]
    for decided in ("switched", "kept"):
        acknowledged = read_watch(bare(ack.replace("kept", decided)), TODAY)
        assert isinstance(acknowledged, Acknowledge)
        assert acknowledged.decided
        assert acknowledged.decided.value.startswith(decided)
    reviewed = [read_watch(f"{each} csv", TODAY) for each in bare(reviews).split()[0].split("|")]
    assert reviewed == [ReviewRequest(each, csv=True) for each in Review]
    for verb in words.split("|"):
        rest = f" {typed}" if verb == "edit" else ""
        assert getattr(read_watch(f"{verb} {number}{rest}", TODAY), "number", None) == 7


def bare(usage: str) -> str:
    return usage.replace("[", "").replace("]", "")


def test_the_usage_of_digest_is_true() -> None:
    on, *others = DIGEST.usage.split(" | ")
    chosen = on.replace("always|quiet [mon fri]", "always").replace("same day|next day", "same day")
    typed = chosen.replace("[", "").replace("]", "")
    assert read_digest(typed) == DigestOn(time(8, 30), "America/New_York", DigestMode.ALWAYS, same_day=True)
    assert [read_digest(each) for each in others] == [DigestOff(), DigestStatus(), DigestNow()]
    for example in DIGEST.examples:
        assert not isinstance(read_digest(example.removeprefix(DIGEST.name)), Help)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_help_says_all_that_there_is(command: Command) -> None:
    told = usage(command).text
    remarks = filled_remarks(command)
    assert all(line in told for line in (*command.terms, *remarks))
    assert all(f"`{escape(example)}`" in told for example in command.examples)


def test_help_says_all_that_a_rule_compares_by() -> None:
    told = usage(WATCH).text
    assert all(escape(op) in told for op in Op)


def test_the_usage_of_follow_is_true() -> None:
    pair, listing = FOLLOW.usage.split(" | ")
    assert read_pair(FOLLOW, bare(pair)) == FollowPair("ISCB", "SPSM", "IWM")
    assert read_pair(FOLLOW, listing) == FollowListing()
    assert read_pair(UNFOLLOW, UNFOLLOW.usage) == UnfollowPair("ISCB", "SPSM")
    for command in (FOLLOW, UNFOLLOW):
        for example in command.examples:
            assert not isinstance(read_pair(command, example), Help)


def test_the_usage_of_sectors_is_true() -> None:
    typed = SECTORS.usage.replace("[B … up to 6]", "B").replace("[", "").replace("]", "")
    expected = FollowUp(Section.SECTORS, ("A", "B"), versus="SPY", as_of=date(2026, 1, 16))
    assert read_follow(f"sectors {typed}", TODAY) == expected
    assert f"up to {MOST_SYMBOLS}" in SECTORS.usage
    for example in SECTORS.examples:
        asked = read_follow(example, TODAY)
        assert isinstance(asked, FollowUp)
        assert (asked.section, asked.symbols[0]) == (Section.SECTORS, "ISCB")


def test_the_usage_of_the_talk_is_true() -> None:
    words, compare, watch, digest, asked = TALK.usage.split(" | ")
    studies, _, rest = words.partition(" [A B …] ")
    assert {read_study(each) for each in studies.split("|")} == {*Section} - {Section.COMPARE}
    changed = read_follow(rest.replace("[", "").replace("]", ""), TODAY)
    assert isinstance(changed, FollowUp)
    assert (changed.window, changed.versus, changed.weekly) == (parse("5y"), "IWM", True)
    assert (changed.add, changed.without) == (("VB",), ("IWM",))
    assert (changed.rate, changed.as_of) == (Rate(None), date(2026, 1, 16))
    assert read_study(compare) is Section.COMPARE
    assert (watch, read_digest(digest), read_follow(asked, TODAY)) == (
        "watch RULE",
        DigestStatus(),
        Help(TALK),
    )
    assert all(isinstance(read_follow(example, TODAY), FollowUp) for example in TALK.examples)


def read_study(text: str) -> Section:
    asked = read_follow(text, TODAY)
    assert isinstance(asked, FollowUp)
    return asked.section


def test_every_study_stands_in_the_table() -> None:
    assert {read_study(each.typed) for each in STUDY_WORDS} == {*Section} - {Section.COMPARE}
    assert all(read_study(each.typed) is Section.COMPARE for each in CHANGE_WORDS)
    named = [read_follow(each.typed, TODAY) for each in ELSEWHERE_WORDS]
    assert all(isinstance(asked, FollowUp) and asked.symbols for asked in named)


def test_what_is_said_in_the_thread_of_a_card_is_an_act() -> None:
    acts = [read_watch(each.typed, TODAY) for each in CARD_WORDS]
    assert acts == [
        Acknowledge(None, "looking at it", Decided.LOOKING),
        Snooze(None, until=date(2026, 1, 27)),
        Unsnooze(None),
    ]
    assert all(f"`{each.typed}`" in talk_help(COMMANDS, ABOUT).text for each in CARD_WORDS)


@pytest.mark.parametrize("about", [ABOUT, None])
def test_help_in_a_conversation_says_all_that_can_be_asked(about: ThreadContext | None) -> None:
    message = talk_help(COMMANDS, about)
    assert all(f"`{each.typed}`" in message.text for each in FOLLOW_UPS)
    assert all(f"`{command.name}`" in message.text for command in COMMANDS)
    assert violations(message.blocks) == []
    # A phone shows about as much without scrolling.
    assert len(message.text.splitlines()) <= 5
    assert len(message.text) <= 700


def buttons(message: Message) -> list[tuple[str, SectionQuery]]:
    row = next(block for block in message.blocks if block["type"] == "actions")
    return [(each["text"]["text"], SectionQuery.read(each["value"])) for each in row["elements"]]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_help_of_a_command_runs_four_examples_that_are_read(command: Command) -> None:
    shown = buttons(usage(command))
    assert [label for label, _ in shown] == [asked.text for _, asked in shown] == list(command.runs)
    assert len(shown) == 4
    for text in command.runs:
        word, _, rest = text.partition(" ")
        readers: dict[str, Callable[[str, date], object]] = {
            "watch": read_watch,
            "digest": lambda rest, _: read_digest(rest),
            "sectors": lambda rest, today: read_follow(f"sectors {rest}", today),
            "compare": read_compare,
            "follow": lambda rest, _: read_pair(FOLLOW, rest),
            "portfolio": lambda rest, _: read_portfolio(rest),
        }
        read = readers[word](rest, TODAY)
        assert not isinstance(read, Help)
        assert not isinstance(read, Watch) or read.test, "nothing is kept by a press on help"


def test_the_hint_is_examples_and_short() -> None:
    for each in COMMANDS:
        first, *_, last = each.hint.split(" · ")
        assert (f"{each.name} {first}", last) == (each.examples[0], "help")
        assert len(each.hint) <= 100


def test_help_runs_four_questions_about_the_funds_of_the_thread() -> None:
    shown = buttons(talk_help(COMMANDS, ABOUT))
    assert len(shown) == 4
    for _, asked in shown:
        read = read_follow(asked.text, TODAY)
        assert isinstance(read, FollowUp)
        assert (asked.topic, read.symbols) == (ABOUT, ())


def test_help_about_one_fund_holds_it_against_none() -> None:
    alone = replace(ABOUT, comparing=replace(ABOUT.comparing, symbols=("IWM",)))
    shown = buttons(talk_help(COMMANDS, alone))
    assert len(shown) == 4
    assert not any(read_study(asked.text).needs_two for _, asked in shown)
    assert not any("Which" in label or "Their" in label for label, _ in shown)


def test_help_of_an_old_answer_asks_of_no_later_year() -> None:
    old = replace(ABOUT, comparing=replace(ABOUT.comparing, as_of=date(2019, 6, 28)))
    shown = buttons(talk_help(COMMANDS, old))
    assert len(shown) == 4
    assert not any("2020" in label for label, _ in shown)


def test_help_without_funds_names_some() -> None:
    shown = buttons(talk_help(COMMANDS))
    read = [read_follow(asked.text, TODAY) for _, asked in shown]
    assert [isinstance(each, FollowUp) and each.symbols for each in read] == [("ISCB", "SPSM")] * 4
