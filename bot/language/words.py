"""What all commands read alike: a text without its disguises, symbols, rates; and how words are shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from analytics.returns import Rate
from bot.commands import Command
from bot.errors import Unclear
from bot.render.text import join_words, printable

EARLIEST = date(1970, 1, 2)
"""First session of the exchange calendar."""
MOST_CHARACTERS = 500
MOST_RATE = 50.0
RATES = f"`rf=0`, `rf=tbill` or a percentage like `rf=4%`, at most {MOST_RATE:g}%"

MARKS = {ord(mark): " " for mark in "\"'`´“”„‟‘’‚‛«»‹›*_~"}
"""Quotes of any kind, and what makes letters bold in Slack."""
_DASHES = {ord(dash): "-" for dash in "\u2010\u2011\u2012–—―−"}
_GROUPED = re.compile(r"(?<![\w.,])(?<!\d-)\d{1,3}(?:[ '`_\u2018\u2019\u02bc\u2032]\d{3})+(?!\d)", re.ASCII)
"""A number whose thousands stand apart, as it is written where a comma is a decimal one."""
_LINK = re.compile(r"<(?:https?://|mailto:)[^<>|]*\|([^<>]*)>")
SUFFIX_LETTERS = frozenset("FLTV")
"""Exchanges behind a dot that are one letter: VUSA.L is traded in London, and no class of shares."""
_SHARE_CLASS = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2,6})([./])([A-Za-z])(?![A-Za-z0-9/])")
_SYMBOL = re.compile(r"\^?[a-z0-9]+(?:[.=-][a-z0-9]+)*", re.IGNORECASE | re.ASCII)
_MOST_LETTERS = 12
_MOST_WORDS = 6


def require_readable(command: Command, text: str) -> None:
    """Raises Unclear for a text that is too long to be a question."""
    if len(text) > MOST_CHARACTERS:
        wrong = f"The text has {len(text):,} characters; at most {MOST_CHARACTERS} are read."
        raise Unclear(command.name, text[:MOST_CHARACTERS], (wrong,))


def plain(text: str) -> str:
    """The text without Slack's escapes and links, letters of another width, and what cannot be seen.

    >>> plain("assets &lt; 200\u2019000\u2019000, 1 500 sessions")
    'assets < 200000000, 1500 sessions'
    """
    bare = _LINK.sub(r"\1", text)
    for escape, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        bare = bare.replace(escape, character)
    seen = printable(unicodedata.normalize("NFKC", bare)).translate(_DASHES)
    return _GROUPED.sub(lambda number: re.sub(r"\D", "", number[0]), seen)


def with_dashes(text: str) -> str:
    """Write classes of shares with a dash, as sources do: BRK.B and BRK/B are BRK-B."""
    return _SHARE_CLASS.sub(_with_dash, text)


def _with_dash(found: re.Match[str]) -> str:
    name, mark, letter = found.groups()
    return found[0] if mark == "." and letter.upper() in SUFFIX_LETTERS else f"{name}-{letter}"


def symbol_of(word: str) -> str | None:
    """A word as a symbol, upper case and without its `$`; None where it cannot be one.

    >>> symbol_of("brk.b"), symbol_of("VUSA.L"), symbol_of("16 %")
    ('BRK-B', 'VUSA.L', None)
    """
    symbol = with_dashes(word.lstrip("$"))
    fits = _SYMBOL.fullmatch(symbol) and re.search("[A-Za-z]", symbol) and len(symbol) <= _MOST_LETTERS
    return symbol.upper() if fits else None


def rate_of(value: str) -> Rate | None:
    """What follows `rf=`; None where it is no rate.

    >>> rate_of("4%"), rate_of("tbill"), rate_of("4")
    (Rate(annual=0.04), Rate(annual=None), None)
    """
    if re.fullmatch(r"0(?:\.0+)?%?", value):
        return Rate(0.0)
    if value in {"tbill", "t-bill", "tbills", "t-bills"}:
        return Rate(None)
    found = re.fullmatch(r"(\d{1,2}(?:\.\d{1,4})?)%", value)
    return Rate(float(Decimal(found[1]) / 100)) if found and float(found[1]) <= MOST_RATE else None


def rate_text(rate: Rate) -> str:
    """A rate as it is typed: "tbill", "0", "4%"."""
    if rate.annual is None:
        return "tbill"
    return f"{(Decimal(repr(rate.annual)) * 100).normalize():f}%" if rate.annual else "0"


def some(words: Iterable[str]) -> str:
    """The first few of the words, each once, and how many more there are."""
    distinct = list(dict.fromkeys(words))
    more = [f"{len(distinct) - _MOST_WORDS} more"] if len(distinct) > _MOST_WORDS else []
    return join_words([*distinct[:_MOST_WORDS], *more])


def quoted(word: str) -> str:
    """A word safe to show between backticks, cut to a readable length."""
    shown = word.replace("`", "'")
    return shown if len(shown) <= 40 else f"{shown[:40]}…"
