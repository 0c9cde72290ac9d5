"""What is kept is shown, to the asker only."""

from __future__ import annotations

import logging

from analytics.watch.backtest import Backtest
from bot.errors import Unavailable, UserError
from bot.records import Kept, Question
from bot.render.watch.lists import history as history_of
from bot.render.watch.lists import listing, shown
from bot.render.watch.lists import why as why_of
from bot.use_cases.watch.finding import find, find_alive
from bot.use_cases.watch.opening import look
from bot.use_cases.watch.parts import Parts, stories_of, story_of

log = logging.getLogger(__name__)


async def list_rules(parts: Parts, question: Question) -> None:
    """The rules of this channel, and when it hears of them."""
    book = parts.book(question)
    kept = await book.rules(question.channel)
    stories = await stories_of(parts, question.team, kept)
    await parts.tell(question, listing(stories, await book.digest(question.channel)))


async def show(parts: Parts, number: int, question: Question) -> None:
    """All about one rule, with how it would have behaved where prices can be had."""
    book = parts.book(question)
    kept = await find_alive(book, number, question)
    history = await book.history(number)
    message = shown(await story_of(parts, kept), await _past(parts, kept), history)
    await parts.tell(question, message)


async def tell_history(parts: Parts, number: int, question: Question) -> None:
    """What happened to a rule and who did what, of a deleted one too."""
    book = parts.book(question)
    kept = await find(book, number, question)
    await parts.tell(question, history_of(kept.watched, await book.history(number)))


async def why(parts: Parts, number: int, question: Question) -> None:
    """Why a rule stands where it stands."""
    book = parts.book(question)
    kept = await find_alive(book, number, question)
    await parts.tell(question, why_of(await story_of(parts, kept)))


async def _past(parts: Parts, kept: Kept) -> Backtest | None:
    try:
        return (await look(parts, kept.watched.rule, kept.watched.policy)).past
    except (Unavailable, UserError):
        log.warning("%s is shown without its past", kept.watched.key, exc_info=True)
        return None
