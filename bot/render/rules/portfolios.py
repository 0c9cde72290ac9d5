"""Named mixes of funds in words: made, changed, shown, listed, given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analytics.mixes import mix_of
from bot.model import Portfolio, SectionQuery
from bot.render import blocks, text
from bot.render.message import Block, Message
from bot.render.text import capital, escape, join_words, person

LISTED = 20
"""Names in one list."""
SHOWN = 5
"""Versions of one name."""
COSTLESS = "No trading cost, no tax."


def saved_message(made: Portfolio, before: Portfolio | None) -> Message:
    """Say that a mix has a name.  before: what the name stood for until now."""
    what = _words(made)
    if before is None:
        words = f"`{made.name}` is {what}."
    else:
        words = f"`{made.name}` is now {what} (version {made.version}); until now it was {_words(before)}."
    kept = (
        f"Rules, followed pairs and threads made with version {before.version} keep it; who asks for "
        f"`{made.name}` from now on gets version {made.version}."
        if before
        else f"It stands wherever a symbol does: `/compare {made.name} SPY 5y`, "
        f"`/watch {made.name} sortino < 1`."
    )
    shown = [
        blocks.section(escape(words)),
        blocks.context(f"{escape(kept)} {_resets(made)}", f"By {person(made.author)}"),
        *blocks.actions("portfolio", _buttons(made)),
    ]
    return blocks.message(escape(words), shown)


def portfolio_message(versions: Sequence[Portfolio]) -> Message:
    """Say what a name stands for, and what it stood for before.  versions: the newest last"""
    newest = versions[-1]
    words = f"`{newest.name}` is {_words(newest)} (version {newest.version})."
    older = [_older(each) for each in reversed(versions[:-1])]
    more = [f"and {len(older) - SHOWN} older ones"] if len(older) > SHOWN else []
    made = f"Made on {text.day(newest.made.date())} by {person(newest.author)}. {_resets(newest)}"
    shown = [
        blocks.section(escape(words)),
        blocks.context(made, *older[:SHOWN], *more),
        *blocks.actions("portfolio", _buttons(newest)),
    ]
    return blocks.message(escape(words), shown)


def _older(version: Portfolio) -> str:
    named = f"`{version.name}@{version.version}` {escape(_words(version))}"
    return f"{named}, {text.day(version.made.date())}, by {person(version.author)}"


def portfolios_message(live: Mapping[str, Portfolio]) -> Message:
    """List what names stand for.  live: by name"""
    if not live:
        words = "No mix of funds has a name here: `/portfolio core = 60% ISCB 40% TLT` gives one."
        return blocks.message(words, [blocks.section(words)])
    named = list(live.values())
    lines = [_listed(each) for each in named[:LISTED]]
    more = [f"and {len(named) - LISTED} more"] if len(named) > LISTED else []
    title = "1 mix of funds has a name" if len(named) == 1 else f"{len(named)} mixes of funds have names"
    first = named[0].name
    ends = f"`/portfolio {first} = …` changes one, `/portfolio delete {first}` gives it up. {COSTLESS}"
    shown = [
        blocks.section("\n".join([f"*{title}*", *lines, *more])),
        blocks.context(ends),
        *blocks.actions("portfolios", _buttons(named[0])),
    ]
    return blocks.message(f"{title}: {join_words([each.name for each in named[:LISTED]])}.", shown)


def _listed(portfolio: Portfolio) -> str:
    """Write a line of the list: what a name stands for, in which version, and whose it is."""
    version = f" (version {portfolio.version})" if portfolio.version > 1 else ""
    named = f"*{portfolio.name}* {escape(_words(portfolio))}{version}"
    return f"{named} · set by {person(portfolio.owner)}"


def refused_message(portfolio: Portfolio) -> Message:
    """Say that the person has neither made a named mix nor is an admin."""
    rest = f"only they and the workspace's admins may change `{portfolio.name}`."
    words = f"It was made by {person(portfolio.owner)}; {rest} Choose another name for a mix of your own."
    return blocks.message(f"`{portfolio.name}` was not changed: {rest}", [blocks.section(words)])


def retired_message(portfolio: Portfolio, by: str) -> Message:
    """Say that a name was given up.  by: who has done it"""
    words = (
        f"`{portfolio.name}` is no name of a mix any more. Rules, followed pairs and threads made with it "
        f"keep what it was: {_words(portfolio)}."
    )
    return blocks.message(escape(words), [blocks.section(escape(words)), blocks.context(f"By {person(by)}")])


def _words(portfolio: Portfolio) -> str:
    return mix_of(portfolio.symbol).plan


def _resets(portfolio: Portfolio) -> str:
    """Say when the weights hold."""
    resets = mix_of(portfolio.symbol).rebalancing.words
    return f"{capital(resets)}. {COSTLESS}"


def _buttons(portfolio: Portfolio) -> list[Block]:
    """Return buttons that ask about a mix, against the broad market and alone."""
    name, symbol = portfolio.name, portfolio.symbol
    asked = {f"Compare {name} and SPY": f"compare {symbol} SPY 5y", f"Sectors of {name}": f"sectors {symbol}"}
    return [
        blocks.question_button(label, f"portfolio.{at}", SectionQuery(words))
        for at, (label, words) in enumerate(asked.items())
    ]
