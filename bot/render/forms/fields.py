"""Names of the fields, and the fields that more than one form has."""

from __future__ import annotations

from analytics.window import WORDS
from bot.render import inputs
from bot.render.message import Block
from bot.render.text import NBSP

FUNDS = "funds"
WINDOW = "window"
SINCE = "since"
BENCHMARK = "benchmark"
RATE = "rate"
RETURNS = "returns"
AS_OF = "as_of"
WHERE = "where"

FUND = "fund"
MEASURE = "measure"
COMPARISON = "comparison"
THRESHOLD = "threshold"
SESSIONS = "sessions"
RECOVER = "recover"
THEN = "then"

STATE = "state"
TIME = "time"
ZONE = "zone"
MODE = "mode"
SESSION = "session"

LONGEST = 200
"""Characters of a list of funds."""
SHORT = 40
"""Characters of a symbol, a number, a zone."""
_PERCENTS = [f"{half / 2:g}%" for half in range(2, 13)]
_RATES = {"0": "0", "tbill": "T-bills, 13 weeks", **{each: each for each in _PERCENTS}}


def window_menu(now: str, words: str = "") -> Block:
    """The windows that people ask for.  now: a label; words: what it is called, where it is none of those."""
    known = {label: _begun(name) for label, name in WORDS.items()}
    return inputs.menu({**({now: _begun(words or now)} if now not in known else {}), **known}, now)


def rate_field(now: str, hint: str) -> Block:
    """The risk-free rate.  now: as it is typed after `rf=`"""
    options = _RATES if now in _RATES else {now: now, **_RATES}
    labels = {value: label.replace("%", f"{NBSP}%") for value, label in options.items()}
    return inputs.field(RATE, "Risk-free rate", inputs.menu(labels, now), hint)


def symbol_field(name: str, label: str, now: str, example: str, hint: str) -> Block:
    """One fund, or none."""
    return inputs.field(name, label, inputs.text(now, example, most=SHORT), hint, optional=True)


def where_field(asked: bool) -> list[Block]:
    """Which channel, where that is not known."""
    hint = "A channel that this bot is in."
    return [inputs.field(WHERE, "Channel", inputs.channel(), hint)] if asked else []


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]
