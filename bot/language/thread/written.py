"""A question about funds as text that is read as the same question."""

from __future__ import annotations

from collections.abc import Sequence

from bot.language.options import is_option, option_text
from bot.language.requests import FollowUp
from bot.language.thread.amounts import read_size, size_text
from bot.language.thread.drafts import by_default
from bot.language.thread.vocabulary import TAKEN, measure_text
from bot.language.thread.wording import near_word, words_of
from bot.model import Section


def follow_text(follow: FollowUp) -> str:
    """The question in canonical form; what is not said stays as it is in the thread, else by default."""
    asked = by_default(follow)
    explaining = asked.study is Section.EXPLAIN
    versus = symbol_text(asked.versus) if asked.versus else ""
    options = option_text(
        _window(asked), versus, asked.rate, asked.as_of, None if explaining else asked.weekly
    )
    text = f"{_study(asked)}{_funds(asked)}{_size(asked)}{options}".strip()
    if explaining and asked.weekly is not None:
        # After the measure it would be a part of its name: "correlation weekly".
        text = f"{'weekly' if asked.weekly else 'daily'} {text}"
    return text or str(Section.COMPARE)


def symbol_text(symbol: str) -> str:
    """The symbol as it is read back: with a `$` where it would be read as something else."""
    word = symbol.lower()
    meant = word in TAKEN or is_option(word) or near_word(symbol, explaining=True)
    if read_size(word):
        return f"$${symbol}"  # beside a cost $2B is an amount
    return f"${symbol}" if meant or words_of(f"{Section.SECTORS} {symbol}")[1:] != [symbol] else symbol


def _window(asked: FollowUp) -> str:
    """As it is typed: beside a cost `3m` is an amount of money."""
    if asked.window is None:
        return ""
    months = asked.study is Section.COST and asked.window.label.endswith("m") and asked.window.months
    return asked.window.words if months else asked.window.label


def _study(asked: FollowUp) -> str:
    if asked.study is Section.EXPLAIN:
        return f"{asked.study} {measure_text(asked.measure)}"
    return str(asked.study) if asked.symbols or asked.study is not Section.COMPARE else ""


def _funds(asked: FollowUp) -> str:
    groups = (("", asked.symbols), (" add", asked.add), (" without", asked.without))
    return "".join(f"{word} {_symbols(symbols)}" for word, symbols in groups if symbols)


def _symbols(symbols: Sequence[str]) -> str:
    return " ".join(map(symbol_text, symbols))


def _size(asked: FollowUp) -> str:
    return f" size={size_text(asked.amount, asked.currency)}" if asked.amount is not None else ""
