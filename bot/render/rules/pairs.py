"""Followed pairs in words: their lines in the daily post, dates to come, and what is said of following."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from analytics.pairs import PairReturn, PairReturns, Period
from bot.model import DateKind, Digest, Follow, KnownDate, SectionQuery
from bot.render import blocks, ids, text
from bot.render.doubts import MARK
from bot.render.message import Block, Message
from bot.render.rules.conditions import cut_symbol
from bot.render.rules.posts import exchange_name, next_post_words, weekday
from bot.render.sections.convention import mixes_words
from bot.render.text import NAME_LENGTH, escape, join_words, one_line, person

MOST_DATES = 6
"""Dates in one post; more are counted."""


def pair_line(found: PairReturns, periods: Sequence[Period] = tuple(Period)) -> str:
    """Write a pair's line, safe mrkdwn: "*ISCB and SPSM* · 16 Jan +0.4 % and +0.1 %, gap *+0.3 pp* · …"."""
    name = f"*{escape(pair_name(found.symbols))}*"
    if found.session is None:
        return f"{name} · no prices yet"
    told = [each for each in found.periods if each.period in periods]
    parts = [escape(_period_words(found, label, each)) for label, each in _merged(found.session, told)]
    currencies = list(dict.fromkeys(known for known in found.currencies[:2] if known))
    own = f" · each in its own currency ({escape(join_words(currencies))})" if len(currencies) > 1 else ""
    return f"{' · '.join([name, *parts])}{own}".replace("[", "*").replace("]", "*")


def pair_name(symbols: Sequence[str]) -> str:
    """Name a pair: "ISCB and SPSM"; not escaped."""
    return join_words([cut_symbol(symbol) for symbol in symbols[:2]])


def _merged(session: date, periods: Sequence[PairReturn]) -> Iterator[tuple[str, PairReturn]]:
    """Yield each period under its label; those that begin at the same close are one."""
    rest = list(periods)
    while rest:
        same = [each for each in rest if each.base == rest[0].base]
        yield _label(session, [each.period for each in same]), rest[0]
        rest = [each for each in rest if each not in same]


def _label(session: date, periods: Sequence[Period]) -> str:
    """Write "16 Jan", "week", "Jan to date", "Jan and 2026 to date"."""
    names = {
        Period.DAY: f"{session.day}{text.NBSP}{calendar.month_abbr[session.month]}",
        Period.WEEK: "week",
        Period.MONTH: calendar.month_abbr[session.month],
        Period.YEAR: str(session.year),
    }
    dated = join_words([names[each] for each in periods])
    return f"{dated} to date" if {Period.MONTH, Period.YEAR} & set(periods) else dated


def _period_words(found: PairReturns, label: str, told: PairReturn) -> str:
    """Write the returns of a period and the gap, whose figure stands between brackets for bold."""
    mark = MARK if found.doubts else ""
    if told.base is None:
        return f"{label}: priced later"
    lacking = [
        symbol for symbol, value in zip(found.symbols[:2], told.returns[:2], strict=True) if value is None
    ]
    if lacking:
        return f"{label}: no price of {join_words([cut_symbol(each) for each in lacking])}"
    values = [f"{_signed(value)}{mark}" for value in told.returns[:2]]
    gap = f"gap [{text.points(told.gap or 0.0)}{mark}]"
    beside = [
        f"{cut_symbol(symbol)} {_signed(value)}"
        for symbol, value in zip(found.symbols[2:], told.returns[2:], strict=True)
    ]
    return ", ".join([f"{label} {' and '.join(values)}", gap, *beside])


def _signed(value: float | None) -> str:
    return "without a price" if value is None else text.signed_percent(value)


def dates_line(dates: Sequence[KnownDate], session: date) -> list[str]:
    """Write the line of known dates, safe mrkdwn; none without any."""
    if not dates:
        return []
    told = [escape(_date_words(each, session)) for each in dates[:MOST_DATES]]
    more = [f"{len(dates) - MOST_DATES} more"] if len(dates) > MOST_DATES else []
    return [f"*Dates*: {'; '.join([*told, *more])}."]


def _date_words(known: KnownDate, session: date) -> str:
    """Write "SPSM went ex-dividend on Mon 22 Dec 2025 (0.32 USD a share)"."""
    day, funds = weekday(known.day), join_words([cut_symbol(each) for each in known.symbols])
    name = one_line(known.name, NAME_LENGTH)
    worth = (
        ""
        if known.amount is None
        else f" ({_amount(known.amount)} {known.currency or 'a share'}{' a share' if known.currency else ''})"
    )
    words = {
        DateKind.PAID: f"{funds} {'was' if known.day <= session else 'is'} ex-dividend on {day}{worth}",
        DateKind.ANNOUNCED: f"{funds} goes ex-dividend on {day}, as announced",
        DateKind.REBALANCE: f"{name} ({funds}) changes its members after the close of {day}",
        DateKind.CLOSED: f"{exchange_name(name)} is closed on {day}",
        DateKind.HALF_DAY: f"{exchange_name(name)} closes early on {day}",
    }
    return words[known.kind]


def _amount(amount: float) -> str:
    """Write an amount a share with the digits that it has, four at most."""
    return f"{amount:.4f}".rstrip("0").rstrip(".")


def pair_buttons(pairs: Iterable[Sequence[str]], most: int = 2) -> list[Block]:
    """Return buttons that compare the first pairs."""
    named = [tuple(symbols[:2]) for symbols in pairs][:most]
    return [
        blocks.question_button(
            f"Compare {pair_name(pair)}", f"pair.{at}", SectionQuery(f"compare ${pair[0]} ${pair[1]}")
        )
        for at, pair in enumerate(named)
    ]


def followed_message(
    follow: Follow,
    found: PairReturns,
    digest: Digest | None,
    next_post: datetime | None,
    *,
    what: str,
    is_new: bool,
) -> Message:
    """Say that a pair is followed, how it stands, and when the channel reads of it.

    what: was done, "Followed from now on".  is_new: the daily post was switched on for it.
    """
    told = f"{what} by {person(follow.owner)}"
    lines = [pair_line(found), *_convention(found)]
    when = next_post_words(digest, next_post, is_new=is_new)
    shown = [blocks.section("\n".join(lines)), blocks.context(told, when)]
    shown += blocks.actions("follow", [*pair_buttons([found.symbols]), unfollow_button(follow)])
    return blocks.message(f"{pair_line(found).replace('*', '')}\n{what}. {when}", shown)


def unfollow_button(follow: Follow) -> Block:
    """Make a button that ends the line of a pair."""
    return blocks.button("Unfollow", ids.UNFOLLOW, f"${follow.first} ${follow.second}")


def _convention(found: PairReturns) -> list[str]:
    first, second = (escape(cut_symbol(symbol)) for symbol in found.symbols[:2])
    mark = "SAMPLE DATA · " if found.simulated and "SAMPLE" not in found.source else ""
    source = f" · source {escape(one_line(found.source, NAME_LENGTH))}" if found.source else ""
    mixes = mixes_words(found.symbols)
    return [f"_{mark}Total returns; the gap is {first} less {second}{source}{f'. {mixes}' if mixes else ''}_"]


def known_pair_message(follow: Follow) -> Message:
    """Say that the channel follows a pair already; to who asked."""
    beside = f" beside {follow.against}" if follow.against else ""
    words = (
        f"{pair_name(follow.symbols)} are followed here already{beside}; the gap is {follow.first} less "
        f"{follow.second}. Nothing was changed."
    )
    return blocks.message(
        words, [blocks.section(escape(words)), *blocks.actions("follow", [unfollow_button(follow)])]
    )


def unfollowed_message(symbols: Sequence[str], by: str) -> Message:
    """Say that a pair is not followed any more.  by: who has ended it"""
    words = f"{escape(pair_name(symbols))} are not followed here any more."
    return blocks.message(words, [blocks.section(words), blocks.context(f"Ended by {person(by)}")])


def follows_message(
    pairs: Sequence[tuple[Follow, PairReturns | None]], digest: Digest | None, next_post: datetime | None
) -> Message:
    """List the pairs that a channel follows.  pairs: each with its returns, None where none can be had"""
    if not pairs:
        words = "No pair is followed here: `/follow ISCB SPSM` has their returns and gap in the daily post."
        return blocks.message(words, [blocks.section(words)])
    lines = [f"{_listed(follow, found)} · set by {person(follow.owner)}" for follow, found in pairs]
    count = len(pairs)
    title = "1 pair is followed here" if count == 1 else f"{count} pairs are followed here"
    ends = f"`/unfollow {pairs[0][0].first} {pairs[0][0].second}` ends one"
    shown = [
        blocks.section("\n".join([f"*{title}*", *lines])),
        blocks.context(next_post_words(digest, next_post), ends),
    ]
    shown += blocks.actions("follows", pair_buttons([follow.symbols for follow, _ in pairs]))
    spoken = ", ".join(pair_name(follow.symbols) for follow, _ in pairs)
    return blocks.message(f"{title}: {escape(spoken)}.", shown)


def _listed(follow: Follow, found: PairReturns | None) -> str:
    if found is None:
        beside = f", beside {escape(follow.against)}" if follow.against else ""
        return f"*{escape(pair_name(follow.symbols))}*{beside}"
    return pair_line(found)
