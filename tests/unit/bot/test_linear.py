"""Whoever types four times as much costs about four times as much: no reader of typed text is quadratic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from time import process_time
from typing import Any

import pytest

from analytics.errors import UnknownWindow
from bot.clock import FixedClock
from bot.errors import BotError
from bot.language import compare, options, rule_words, suggest, windows, words
from bot.language.digest import read_digest
from bot.language.english import intents, reading, slots
from bot.language.thread import read_follow
from bot.language.thread_words import read_words
from bot.language.watch import read_watch
from bot.language.words import PLACED, script_of
from bot.language.zones import zone_of
from bot.playground import actions, plain_text, script
from bot.playground.page.mrkdwn import mrkdwn
from bot.playground.page.viewer import Viewer
from bot.playground.storage import ANN, seed_workspace
from bot.render import fit, text
from bot.slack import payloads
from bot.telemetry import logs
from bot.use_cases import form_fields, forms
from bot.use_cases.form_fields import SentFields

TODAY, NOW = date(2026, 1, 20), datetime(2026, 1, 20, tzinfo=UTC)
VIEWER = Viewer(seed_workspace(FixedClock(NOW)), ANN)
TIMES, MOST = 4, 8.0
"""How much longer the larger text is, and how much longer it may take."""
NOTICEABLE = 0.01
"""Seconds; what takes less is not looked at, for the clock ticks too coarsely."""

UNITS = (
    *("1", " ", "-", "'", "`", "(", "()", "[{", "a", "A ", "a b ", "$", "_", "*a ", "~", "^", "=", "<", ">"),
    *("a.", "1.", "1,", "1 ", "111 ", "1/", "..", "1e", "-1", "a1", "a-", "1% ", ". ", ", ", "\n", "\t"),
    *("<@U", "<http://", "<http://|", "@a ", "(@a ", "[@a , ", "cc ", "&lt;", "&amp", "://", "a://a:", "x@"),
    *("jan ", "since ", "2 of: ", "for 5 ", "rf=", "vs ", "then ", "add VB ", "size=1 ", "explain BETA "),
    *("ISCB sortino < 1 and ", "AB/B ", "the last ", "between 2020 ", "2020-01-01..", "q1 ", "one ", "```"),
    *("\u00a0", "\u200d", "\u0663", "\uff21", "\ufdfa", "\ud800", "\0", "é"),
)
"""Repeated, they are the texts that readers stumble over."""


SCRIPTED = (
    "",
    "#portfolio ann: ",
    "#portfolio ann",
    "@press ",
    *(f"@{each} ann: " for each in ("fill", "send")),
)
"""Beginnings of a script's line."""


def script_complaints(given: str) -> object:
    """What is wrong with a script."""
    with suppress(BotError):
        return script.read_script(given)
    return None


def form(name: str) -> Callable[[str], object]:
    """A form for a rule with the text in one of its fields."""
    return lambda given: forms.rule_text(SentFields({name: given}), TODAY)


READERS: Mapping[str, Callable[[str], object]] = {
    "a command": lambda given: payloads.request_of_command({"text": given}, NOW),
    "a mention": lambda given: payloads.request_of_mention({"text": given, "user": "U1"}, {}, NOW),
    "words as seen": payloads._comparable_words,
    "plain": words.plain_text,
    "share classes": words.with_dashes,
    "a symbol": words.symbol_of,
    "a rate": words.rate_of,
    "a script": lambda given: script_of(given.split()),
    "a placed symbol": PLACED.is_symbol,
    "a window": lambda given: windows.is_window(given) and windows.read_window(given, TODAY),
    "a day": windows.possible_days,
    "a zone": zone_of,
    "funds of a form": lambda given: form_fields.symbols_of(SentFields({"funds": given}), "funds"),
    "printable": text.printable,
    "a cut": lambda given: fit.trim(f"{given} {given}", len(given)),
    "a log line": logs.without_secrets,
    "names in the playground": actions._MENTION.findall,
    "hosts in the playground": lambda given: actions._HOST.sub("", given),
    "a script's line": lambda given: [script_complaints(f"{each}{given}") for each in SCRIPTED],
    "a message as text": plain_text._LINK.findall,
    "a page's text": lambda given: mrkdwn(given, VIEWER),
}
"""What reads a text of any length."""
LONG_READERS: Mapping[str, Callable[[str], object]] = {
    "settled": options.split_words,
    **{f"{name} of a rule's form": form(name) for name in ("fund", "threshold", "window", "sessions")},
    "compare": lambda given: compare.read_compare(given, TODAY),
    "digest": read_digest,
    "watch": lambda given: read_watch(given, TODAY),
    "talk": lambda given: read_follow(given, TODAY),
    "words of talk": read_words,
    "plain English": lambda given: reading.read_english(given, TODAY),
    "what may be meant": lambda given: reading.likely(given, TODAY),
    "names of indices": slots.name_indices,
    "votes": intents.vote,
    "tokens of a rule": rule_words.read_tokens,
    "a guess": lambda given: suggest.make_sense(given, lambda _: (), TODAY),
}
"""What takes long for each character, or refuses a text that is too long before it reads it."""


def seconds(read: Callable[[str], object], given: str) -> float:
    """What a reader takes of the processor for a text, whatever it makes of it."""
    began = process_time()
    with suppress(BotError, UnknownWindow, ValueError):
        read(given)
    return process_time() - began


def ratio(read: Callable[[str], object], unit: str, size: int) -> float:
    """How many times longer four times the text takes, the least of what was measured."""

    def of(length: int) -> str:
        return (unit * (length // len(unit) + 1))[:length] + "!"

    large = seconds(read, of(TIMES * size))
    if large < NOTICEABLE:
        return 0.0
    small, least = seconds(read, of(size)), float("inf")
    for _ in range(4):
        least = min(least, large / max(small, 1e-4))
        if least <= MOST:
            break
        small, large = max(small, seconds(read, of(size))), min(large, seconds(read, of(TIMES * size)))
    return least


@pytest.mark.parametrize("name", READERS)
def test_every_reader_of_typed_text_is_linear(name: str) -> None:
    slow = {unit: found for unit in UNITS if (found := ratio(READERS[name], unit, 2500)) > MOST}
    assert slow == {}


@pytest.mark.parametrize("name", LONG_READERS)
def test_so_is_every_reader_of_a_question_whatever_it_refuses(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "MOST_CHARACTERS", 10**6)
    monkeypatch.setattr(suggest, "MOST_CHARACTERS", 10**6)
    monkeypatch.setattr(reading, "MOST_CHARACTERS", 10**6)
    slow = {unit: found for unit in UNITS if (found := ratio(LONG_READERS[name], unit, 400)) > MOST}
    assert slow == {}


def test_a_quadratic_reader_would_be_found() -> None:
    def quadratic(given: str) -> Any:
        return [given.count(letter) for letter in given]

    assert ratio(quadratic, "1", 8000) > MOST  # long enough that other work on the machine hides nothing
