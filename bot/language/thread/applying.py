"""A question about the funds of a thread, to one that can be answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analytics.query import Query
from analytics.returns import ZERO
from analytics.window import Window
from bot.errors import UserError
from bot.language.options import MOST_SYMBOLS, latest_day, past
from bot.language.requests import FollowUp
from bot.language.thread.drafts import BESIDE
from bot.language.thread.written import symbol_text
from bot.model import Section, ThreadContext
from bot.render.text import join_words

_TWO = frozenset({Section.CORRELATION})
"""Studies of how funds stand to one another."""
YEAR = Window("1y")


def applied(follow: FollowUp, topic: ThreadContext | None, today: date) -> Query:
    """What is asked, in full.

    topic: what the place is about; of no account where the question names its funds.
    today: the day that a question without another one is about.
    Raises UserError with everything that keeps it from being answered, each with what to do.
    """
    if follow.symbols:
        return _checked(follow, _named(follow, today))
    if topic is None:
        raise UserError("No funds are known here. Name them, like `compare ISCB SPSM`.")
    return _checked(follow, _changed(follow, topic.comparing))


def _named(follow: FollowUp, today: date) -> Query:
    symbols = _without(follow, (*follow.symbols, *follow.add), None)
    return Query(
        symbols=symbols,
        window=follow.window or YEAR,
        as_of=follow.as_of or _latest(follow.window, today),
        benchmark=follow.versus,
        rate=follow.rate or ZERO,
        weekly=bool(follow.weekly),
    )


def _latest(window: Window | None, today: date) -> date:
    """Today, as who asks says so: further east it may be tomorrow."""
    end = window.end if window and window.start else None
    return end if end == latest_day(today) else today


def _changed(follow: FollowUp, before: Query) -> Query:
    there = [symbol for symbol in follow.add if symbol in before.symbols]
    if there:
        raise UserError(f"{join_words(there)}: already among {join_words(before.symbols)}.")
    kept = None if before.benchmark in follow.without else before.benchmark
    return Query(
        symbols=(*_without(follow, before.symbols, before.benchmark), *follow.add),
        window=follow.window or before.window,
        as_of=follow.as_of or before.as_of,
        benchmark=follow.versus or kept,
        rate=before.rate if follow.rate is None else follow.rate,
        weekly=before.weekly if follow.weekly is None else follow.weekly,
    )


def _without(follow: FollowUp, symbols: Sequence[str], benchmark: str | None) -> tuple[str, ...]:
    """The symbols that stay.  benchmark: may be left out too."""
    absent = [symbol for symbol in follow.without if symbol not in {*symbols, benchmark}]
    if absent:
        raise UserError(f"{join_words(absent)}: not among {join_words(symbols)}, so nothing can be left out.")
    return tuple(symbol for symbol in symbols if symbol not in follow.without)


def _checked(follow: FollowUp, asked: Query) -> Query:
    complaints = [*_count(follow, asked), *past(asked.window, asked.as_of)]
    if complaints:
        raise UserError(*complaints)
    return asked


def _count(follow: FollowUp, asked: Query) -> list[str]:
    """What is wrong with the number of funds."""
    if not asked.symbols:
        return ["Nothing would be left; name a fund to put in, like `add VB`."]
    shown = dict.fromkeys(asked.symbols)
    if follow.study in BESIDE and asked.benchmark:
        shown[asked.benchmark] = None
    if len(shown) > MOST_SYMBOLS:
        less = f"Leave some out, like `without {symbol_text(asked.symbols[0])}`."
        return [f"{len(shown)} symbols; at most {MOST_SYMBOLS} fit side by side. {less}"]
    others = {*asked.symbols, asked.benchmark or asked.symbols[0]}
    if follow.study in _TWO and len(others) < 2:
        return [f"{asked.symbols[0]} is alone; name a fund to hold it against, like `{follow.study} vs SPY`."]
    return []
