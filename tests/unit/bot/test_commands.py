"""The table of commands is true: its examples are read, its usage names what the grammar knows."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.returns import Rate
from analytics.window import WORDS, parse
from bot.commands import COMMANDS, COMPARE, WINDOWS, Command
from bot.grammar import MOST_SYMBOLS, Compare, read_compare
from bot.render.advice import usage

TODAY = date(2026, 1, 20)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_keeps_slack_s_limits(command: Command) -> None:
    assert command.name.startswith("/")
    assert len(command.name) <= 32
    assert command.name == command.name.lower()
    assert len(command.description) <= 140
    assert len(command.usage) <= 1000


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
    expected = Compare(("A", "B", "C"), parse("5y"), "SPY", Rate(0.04), date(2026, 1, 16))
    assert read_compare(typed, TODAY) == expected


def test_help_names_every_window_and_every_example() -> None:
    told = usage(COMPARE).text
    assert all(f" {label} " in f" {WINDOWS.split('`')[1]} " for label in WORDS)
    assert WINDOWS in told
    assert all(f"`{example}`" in told for example in COMPARE.examples)
    assert COMPARE.description in told
