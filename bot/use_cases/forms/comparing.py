"""The form for a comparison, read as what one would have typed after `/compare`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analytics.window import Window, parse
from bot.errors import Unclear
from bot.language import MOST_SYMBOLS, Compare, read_compare
from bot.language.options import past
from bot.language.thread.applying import YEAR
from bot.language.words import rate_text
from bot.model import ThreadContext
from bot.render import forms
from bot.render.forms import CompareFields
from bot.use_cases.forms.sent import (
    SentFields,
    chosen,
    day_in,
    rate_in,
    symbol_in,
    symbol_word,
    symbols_of,
    window_in,
)

STAND_IN = ("AAA", "BBB")
"""Two funds, where only the rest of a question is looked at."""


def comparison(sent: SentFields, today: date) -> str:
    """The question in canonical form; of no use where `sent.faults` says what is wrong."""
    symbols = _symbols(sent)
    versus = symbol_in(sent, forms.BENCHMARK) or None
    as_of = _as_of(sent, today)
    window = _since(sent, today, as_of) or _window(sent, as_of or today)
    weekly = chosen(sent, forms.RETURNS, ("daily", "weekly"), "daily") == "weekly"
    return Compare(symbols, window, versus, rate_in(sent), as_of, weekly).text


def first_of(topic: ThreadContext) -> CompareFields:
    """The form as it asks the same question again."""
    asked = topic.comparing
    by_dates = asked.window if asked.window.start and not asked.window.is_period else YEAR
    named = YEAR if by_dates.start else asked.window
    return CompareFields(
        funds=" ".join(map(symbol_word, asked.symbols)),
        window=named.label,
        words=named.words,
        since=by_dates.start.isoformat() if by_dates.start else "",
        benchmark=asked.benchmark or "",
        rate=rate_text(asked.rate),
        weekly=asked.weekly,
        as_of=by_dates.end.isoformat() if by_dates.end else "",
    )


def named_in(symbols: Sequence[str]) -> CompareFields:
    """The form for funds that a message names; what is too few or too many of them is said."""
    count = len(symbols)
    remarks = {0: "That message names no fund that can be read.", 1: "That message names one fund only."}
    many = f"That message names {count} funds; the first {MOST_SYMBOLS} stand here."
    remark = many if count > MOST_SYMBOLS else remarks.get(count, "")
    return CompareFields(funds=" ".join(map(symbol_word, symbols[:MOST_SYMBOLS])), remark=remark)


def _symbols(sent: SentFields) -> tuple[str, ...]:
    found = symbols_of(sent, forms.FUNDS)
    symbols = tuple(dict.fromkeys(found))
    twice = [symbol for symbol in symbols if found.count(symbol) > 1]
    if forms.FUNDS in sent.faults:
        return symbols
    if len(symbols) < 2:
        sent.wrong(forms.FUNDS, "At least two different symbols are needed, like ISCB SPSM.")
    elif twice:
        sent.wrong(forms.FUNDS, f"{', '.join(twice)}: named more than once.")
    if len(symbols) > MOST_SYMBOLS:
        sent.wrong(forms.FUNDS, f"{len(symbols)} symbols; at most {MOST_SYMBOLS} fit side by side.")
    return symbols


def _window(sent: SentFields, limit: date) -> Window:
    window = window_in(sent, limit)
    if window and (wrong := past(window, limit)):
        sent.wrong(forms.WINDOW, *wrong)
    return window or YEAR


def _as_of(sent: SentFields, today: date) -> date | None:
    day = day_in(sent, forms.AS_OF)
    if day and _complained(sent, forms.AS_OF, f"1y asof {day}", today):
        return None
    return day


def _since(sent: SentFields, today: date, as_of: date | None) -> Window | None:
    day = day_in(sent, forms.SINCE)
    until = f" asof {as_of}" if as_of else ""
    if day is None or _complained(sent, forms.SINCE, f"since {day}{until}", today):
        return None
    return parse(f"since {day}")


def _complained(sent: SentFields, name: str, rest: str, today: date) -> bool:
    """Whether the grammar has something to say against the rest of a question; it stands at the field."""
    try:
        read_compare(f"{' '.join(STAND_IN)} {rest}", today)
    except Unclear as fault:
        sent.wrong(name, *fault.complaints)
        return True
    return False
