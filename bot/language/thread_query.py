"""A question in a thread to a query that can be answered, and to text that is read as the same question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from analytics.fund import is_mix
from analytics.query import Query
from analytics.returns import ZERO
from analytics.window import Window
from bot.errors import UserError
from bot.language.amounts import read_size, size_text, terms_text
from bot.language.mixes.fold import with_cash_rate
from bot.language.options import MOST_SYMBOLS, future_complaints, is_option, latest_day, option_text
from bot.language.requests import FollowUp
from bot.language.thread import drop_defaults
from bot.language.thread_words import TAKEN, measure_text, near_word, words_of
from bot.model import Section, ThreadContext
from bot.render.text import join_words

DEFAULT_WINDOW = Window("1y")


def resolve_query(follow: FollowUp, context: ThreadContext | None, today: date) -> Query:
    """Return what is asked, in full.

    context: what the place is about; of no account where the question names its funds.
    today: the day that a question without another one is about.
    Raises UserError with everything that keeps it from being answered, each with what to do.
    """
    if follow.symbols:
        query = _new_query(follow, today)
    elif context is None:
        raise UserError("No funds are known here. Name them, like `compare ISCB SPSM`.")
    else:
        query = _change_query(follow, context.comparing)
    query = _require_answerable(follow, query)
    if not any(map(is_mix, query.funds)):
        return query
    benchmark = query.benchmark and with_cash_rate(query.benchmark, query.rate)
    symbols = tuple(with_cash_rate(symbol, query.rate) for symbol in query.symbols)
    return replace(query, symbols=symbols, benchmark=benchmark)


def _new_query(follow: FollowUp, today: date) -> Query:
    symbols = _symbols_without(follow, (*follow.symbols, *follow.add), None)
    return Query(
        symbols=symbols,
        window=follow.window or DEFAULT_WINDOW,
        as_of=follow.as_of or _default_as_of(follow.window, today),
        benchmark=follow.versus,
        rate=follow.rate or ZERO,
        weekly=bool(follow.weekly),
    )


def _default_as_of(window: Window | None, today: date) -> date:
    """Return today, as who asks says so: further east it may be tomorrow."""
    end = window.end if window and window.start else None
    return end if end == latest_day(today) else today


def _change_query(follow: FollowUp, before: Query) -> Query:
    there = [symbol for symbol in follow.add if symbol in before.symbols]
    if there:
        raise UserError(f"{join_words(there)}: already among {join_words(before.symbols)}.")
    kept = None if before.benchmark in follow.without else before.benchmark
    return Query(
        symbols=(*_symbols_without(follow, before.symbols, before.benchmark), *follow.add),
        window=follow.window or before.window,
        as_of=follow.as_of or before.as_of,
        benchmark=follow.versus or kept,
        rate=before.rate if follow.rate is None else follow.rate,
        weekly=before.weekly if follow.weekly is None else follow.weekly,
    )


def _symbols_without(follow: FollowUp, symbols: Sequence[str], benchmark: str | None) -> tuple[str, ...]:
    """Return the symbols that stay.  benchmark: may be left out too."""
    absent = [symbol for symbol in follow.without if symbol not in {*symbols, benchmark}]
    if absent:
        raise UserError(f"{join_words(absent)}: not among {join_words(symbols)}, so nothing can be left out.")
    return tuple(symbol for symbol in symbols if symbol not in follow.without)


def _require_answerable(follow: FollowUp, query: Query) -> Query:
    complaints = [*_number_complaints(follow, query), *future_complaints(query.window, query.as_of)]
    if complaints:
        raise UserError(*complaints)
    return query


def _number_complaints(follow: FollowUp, query: Query) -> list[str]:
    """Return what is wrong with the number of funds."""
    if not query.symbols:
        return ["Nothing would be left; name a fund to put in, like `add VB`."]
    shown = dict.fromkeys(query.symbols)
    if follow.section.shows_benchmark(follow.versus) and query.benchmark:
        shown[query.benchmark] = None
    if len(shown) > MOST_SYMBOLS:
        less = f"Leave some out, like `without {thread_symbol_text(query.symbols[0])}`."
        return [f"{len(shown)} symbols; at most {MOST_SYMBOLS} fit side by side. {less}"]
    others = {*query.symbols, query.benchmark or query.symbols[0]}
    if follow.section.takes_terms and len(others) < 2:
        one = thread_symbol_text(query.symbols[0])
        return [
            f"{query.symbols[0]} is alone; name the fund to switch to, like `{follow.section} {one} SPY`."
        ]
    if follow.section.needs_two and len(others) < 2:
        return [
            f"{query.symbols[0]} is alone; name a fund to hold it against, like `{follow.section} vs SPY`."
        ]
    return []


def follow_text(follow: FollowUp) -> str:
    """Write the question in canonical form; what is not said stays as it is in the thread, else by
    default.
    """
    follow_up = drop_defaults(follow)
    explaining = follow_up.section.takes_measure
    versus = thread_symbol_text(follow_up.versus) if follow_up.versus else ""
    options = option_text(
        _window_text(follow_up),
        versus,
        follow_up.rate,
        follow_up.as_of,
        None if explaining else follow_up.weekly,
    )
    text = f"{_study_text(follow_up)}{_funds_text(follow_up)}{_size_option(follow_up)}{options}".strip()
    if explaining and follow_up.weekly is not None:
        # After the measure it would be a part of its name: "correlation weekly".
        text = f"{'weekly' if follow_up.weekly else 'daily'} {text}"
    return text or str(Section.COMPARE)


def thread_symbol_text(symbol: str) -> str:
    """Return the symbol as it is read back: with a `$` where it would be read as something else."""
    word = symbol.lower()
    meant = word in TAKEN or is_option(word) or near_word(symbol, explaining=True)
    if read_size(word):
        return f"$${symbol}"  # beside a cost $2B is an amount
    return f"${symbol}" if meant or words_of(f"{Section.SECTORS} {symbol}")[1:] != [symbol] else symbol


def _window_text(follow_up: FollowUp) -> str:
    """Write the window as it is typed: beside a cost `3m` is an amount of money."""
    if follow_up.window is None:
        return ""
    months = follow_up.section.takes_size and follow_up.window.label.endswith("m") and follow_up.window.months
    return follow_up.window.words if months else follow_up.window.label


def _study_text(follow_up: FollowUp) -> str:
    if follow_up.section.takes_measure:
        return f"{follow_up.section} {measure_text(follow_up.measure)}"
    return str(follow_up.section) if follow_up.symbols or follow_up.section is not Section.COMPARE else ""


def _funds_text(follow_up: FollowUp) -> str:
    groups = (("", follow_up.symbols), (" add", follow_up.add), (" without", follow_up.without))
    return "".join(f"{word} {_symbols_text(symbols)}" for word, symbols in groups if symbols)


def _symbols_text(symbols: Sequence[str]) -> str:
    return " ".join(map(thread_symbol_text, symbols))


def _size_option(follow_up: FollowUp) -> str:
    size = f" size={size_text(follow_up.amount, follow_up.currency)}" if follow_up.amount is not None else ""
    return f"{size}{terms_text(follow_up.terms)}"
