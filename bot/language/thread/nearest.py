"""What may have been meant by a text that cannot be read: three things that can be asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from itertools import islice

from bot.errors import Unclear, UserError
from bot.language.digest import read_digest
from bot.language.options import MOST_SYMBOLS
from bot.language.requests import FollowUp, Help, Watch
from bot.language.thread.applying import applied
from bot.language.thread.guessing import Like, Sense, choices, make_sense
from bot.language.thread.reading import read_follow
from bot.language.thread.written import follow_text
from bot.language.watch import read_watch
from bot.language.words import MOST_CHARACTERS, plain
from bot.model import Section, ThreadContext

COUNT = 3
AT_LAST = ("sectors", "returns", "help")
"""Where nothing of the text says what is meant."""
_MOST_TRIED = 60
_SEVERAL = (Section.COMPARE, Section.SECTORS, Section.HOLDINGS)
_ALONE = (Section.RETURNS, Section.RISK, Section.SECTORS)
_KIN: dict[Section, tuple[Section, ...]] = {
    Section.COMPARE: (Section.RETURNS, Section.SECTORS, Section.RISK),
    Section.SECTORS: (Section.HOLDINGS, Section.COMPARE, Section.COST),
    Section.HOLDINGS: (Section.SECTORS, Section.COMPARE, Section.CORRELATION),
    Section.DRAWDOWNS: (Section.RISK, Section.RETURNS, Section.COMPARE),
    Section.ROLLING: (Section.RISK, Section.CORRELATION, Section.RETURNS),
    Section.RETURNS: (Section.DRAWDOWNS, Section.RISK, Section.COMPARE),
    Section.RISK: (Section.DRAWDOWNS, Section.ROLLING, Section.RETURNS),
    Section.COST: (Section.HOLDINGS, Section.SECTORS, Section.COMPARE),
    Section.CORRELATION: (Section.ROLLING, Section.HOLDINGS, Section.RISK),
    Section.EXPLAIN: (Section.RISK, Section.ROLLING, Section.RETURNS),
    Section.CSV: (Section.RETURNS, Section.SECTORS, Section.COMPARE),
}
"""What is asked about the same things."""
_CALLS = frozenset({"alert", "warn", "notify", "tell", "ping", "if", "when", "whenever"})
_DATED = re.compile(r"\d{4}-\d|\d{8}")


def _none(symbol: str) -> Sequence[str]:  # noqa: ARG001
    return ()


def nearest(
    text: str, like: Like = _none, topic: ThreadContext | None = None, today: date | None = None
) -> tuple[str, str, str]:
    """Three things that can be asked, in canonical form, the likeliest first.

    They begin with `watch` or `digest` where they are for those commands.  No symbol is in them that is not
    in the text, or by `like` near a word of it.
    topic: what the place is about; what could not be asked of it is left out.
    today: without it days are left out, for nobody says which of them are past.
    """
    asked = dict.fromkeys(_possible(text, like, topic, today))
    first, second, third = islice(dict.fromkeys((*islice(asked, COUNT), *AT_LAST)), COUNT)
    return first, second, third


def _possible(text: str, like: Like, topic: ThreadContext | None, today: date | None) -> Iterator[str]:
    yield from _commands(text, today)
    sense = make_sense(text, like, today, topic.comparing.as_of if topic else None)
    for follow in () if sense.is_empty else islice(_follow_ups(sense, topic), _MOST_TRIED):
        if typed := _readable(follow, topic, today or date.max):
            yield typed


def _readable(follow: FollowUp, topic: ThreadContext | None, today: date) -> str | None:
    typed = follow_text(follow)
    try:
        read = read_follow(typed, today)
        if isinstance(read, Help):
            return None
        if topic or read.symbols:
            applied(read, topic, today)
    except UserError:
        return None
    return follow_text(read)


def _commands(text: str, today: date | None) -> Iterator[str]:
    """What is nearly a rule, or nearly about the daily post."""
    words = " ".join(plain(text[:MOST_CHARACTERS]).split())
    word, _, rest = words.partition(" ")
    like = get_close_matches(word.lower().strip("/:,."), ["watch", "digest"], 1, 0.75)
    if like == ["digest"]:
        yield from (f"digest {rest}",) if rest and _is_read(lambda: read_digest(rest)) else ()
        yield from ("digest status", "digest now")
    elif like or (word.lower() in _CALLS):
        rule = rest if like else words
        if rest and (today or not _DATED.search(rule)):
            yield from _rule(rule, today or date.max)
        yield from ("watch list",) if like else ()


def _rule(text: str, today: date) -> Iterator[str]:
    try:
        read = read_watch(text, today)
    except Unclear:
        return
    if isinstance(read, Watch) and read.number is None:
        yield f"watch {read.text}"
        yield f"watch test {read.text}"
    elif not isinstance(read, Help):
        yield f"watch {text}"


def _is_read(read: Callable[[], object]) -> bool:
    try:
        return not isinstance(read(), Help)
    except Unclear:
        return False


def _follow_ups(sense: Sense, topic: ThreadContext | None) -> Iterator[FollowUp]:
    """As it was said, each word at its likeliest; then with other words; then what is asked beside it."""
    studies = _studies(sense)
    for study in studies:
        yield from _said(_with_study(study, sense), sense)
    if sense.symbols and not studies:
        yield from _about(sense, topic)
    elif not studies:
        yield from _said(FollowUp(), sense)
    for kin in [kin for study in studies or [Section.COMPARE] for kin in _KIN[study]]:
        yield from islice(_said(FollowUp(kin), sense), 1)


def _studies(sense: Sense) -> list[Section]:
    named = list(dict.fromkeys(sense.studies))
    asked: list[Section] = [study for study in named if study is not Section.COMPARE]
    if sense.measures and Section.EXPLAIN not in asked:
        asked.insert(0, Section.EXPLAIN)
    if sense.size and Section.COST not in asked:
        asked.append(Section.COST)
    return asked or named


def _with_study(study: Section, sense: Sense) -> FollowUp:
    """The study with what only it takes."""
    measure = sense.measures[0] if sense.measures else "sortino"
    size = sense.size if study is Section.COST else None
    return FollowUp(
        study=study,
        measure=measure if study is Section.EXPLAIN else "",
        amount=size.amount if size else None,
        currency=size.currency if size else "",
    )


def _about(sense: Sense, topic: ThreadContext | None) -> Iterator[FollowUp]:
    """What can be asked of symbols alone."""
    several = len(sense.symbols) > 1 or sense.versus
    if topic and not several:
        for (symbol,) in choices(sense.symbols):
            yield FollowUp(add=(symbol,))
            yield FollowUp(versus=symbol)
    for study in _SEVERAL if several else _ALONE:
        yield from islice(_said(FollowUp(study=study), sense), 1)
    for study in _SEVERAL if several else _ALONE:
        yield from _said(FollowUp(study=study), sense)


def _said(asked: FollowUp, sense: Sense) -> Iterator[FollowUp]:
    """The question with all that was said besides, in each way that it may be meant."""
    every = [*sense.symbols[:MOST_SYMBOLS], *sense.add[:MOST_SYMBOLS], *sense.without[:MOST_SYMBOLS]]
    named, added = len(sense.symbols[:MOST_SYMBOLS]), len(sense.add[:MOST_SYMBOLS])
    for window in sense.windows:
        for symbols in choices([*every, sense.versus] if sense.versus else every):
            yield replace(
                asked,
                symbols=_each(symbols[:named]),
                add=_each(symbols[named : named + added]),
                without=_each(symbols[named + added : len(every)]),
                versus=symbols[-1] if sense.versus else None,
                window=window,
                rate=sense.rate,
                as_of=sense.as_of,
                weekly=sense.weekly,
            )


def _each(symbols: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(symbols))
