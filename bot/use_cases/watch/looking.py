"""What is kept is shown, to the asker only."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from analytics.watch.backtest import Backtest
from analytics.watch.states import Phase
from bot.errors import Unavailable, UserError
from bot.language import RuleListing, Stand, list_text
from bot.model import Request, RuleReport, RuleStatus, StoredRule
from bot.render.rules.lists import PAGE, ListPage, list_message, rule_message
from bot.render.rules.lists import history_message as history_of
from bot.render.rules.lists import why_message as why_of
from bot.render.rules.state import is_snoozed, is_undecided, urgency
from bot.use_cases.watch.finding import find, find_alive
from bot.use_cases.watch.opening import look
from bot.use_cases.watch.services import Services, as_told, stories_of, story_of

log = logging.getLogger(__name__)


async def list_rules(parts: Services, asked: RuleListing, question: Request) -> None:
    """The rules of this channel that are meant, a page of them, and when it hears of them."""
    repository = parts.repository(question)
    meant, page = chosen(await repository.rules(question.channel), asked)
    stories = await stories_of(parts, question.team, meant)
    await parts.tell(question, list_message(stories, await repository.digest(question.channel), page))


def chosen(known: Sequence[StoredRule], asked: RuleListing) -> tuple[Sequence[StoredRule], ListPage]:
    """The rules of a channel that stand on the page that is asked for; on the last where there are fewer."""
    meant = [each for each in known if _is_meant(as_told(each), asked)]
    meant.sort(key=lambda each: urgency(as_told(each)))
    page = _page(asked, len(meant), len(known))
    return meant[(page.number - 1) * PAGE : page.number * PAGE], page


def _page(asked: RuleListing, meant: int, known: int) -> ListPage:
    pages = max(math.ceil(meant / PAGE), 1)
    number = min(asked.page, pages)

    def typed(turned: int) -> str:
        return list_text(replace(asked, page=turned)) if 1 <= turned <= pages else ""

    said = list_text(replace(asked, page=1)).removeprefix("list").strip()
    return ListPage(number, pages, meant, known, said, typed(number - 1), typed(number + 1))


def _is_meant(story: RuleReport, asked: RuleListing) -> bool:
    rule = story.watched.rule
    named = {symbol for each in rule.quantities for symbol in each.shared}
    return named >= set(asked.symbols) and (asked.stand is None or asked.stand in _stands(story))


def _stands(story: RuleReport) -> Iterator[Stand]:
    """Where a rule stands, in every word of the list that says so."""
    state = story.state
    if story.watched.status is RuleStatus.PAUSED:
        yield Stand.PAUSED
        return
    if is_undecided(story):
        return
    yield _KEPT[state.kept]
    if state.open:
        yield Stand.OPEN
    if state.trouble:
        yield _TROUBLE[state.trouble]
    if state.acknowledged:
        yield Stand.ACKNOWLEDGED
    if is_snoozed(state, story.session):
        yield Stand.SNOOZED


_KEPT = {
    Phase.OK: Stand.QUIET,
    Phase.PENDING: Stand.PENDING,
    Phase.FIRING: Stand.FIRING,
    Phase.RECOVERING: Stand.RECOVERING,
}
_TROUBLE = {Phase.NO_DATA: Stand.NO_DATA, Phase.DOUBT: Stand.DOUBT, Phase.ERROR: Stand.ERROR}


async def show(parts: Services, number: int, question: Request) -> None:
    """All about one rule, with how it would have behaved where prices can be had."""
    repository = parts.repository(question)
    kept = await find_alive(repository, number, question)
    history = await repository.history(number)
    message = rule_message(await story_of(parts, kept), await _past(parts, kept), history)
    await parts.tell(question, message)


async def tell_history(parts: Services, number: int, question: Request) -> None:
    """What happened to a rule and who did what, of a deleted one too."""
    repository = parts.repository(question)
    kept = await find(repository, number, question)
    await parts.tell(question, history_of(kept.watched, await repository.history(number)))


async def why(parts: Services, number: int, question: Request) -> None:
    """Why a rule stands where it stands."""
    repository = parts.repository(question)
    kept = await find_alive(repository, number, question)
    await parts.tell(question, why_of(await story_of(parts, kept)))


async def _past(parts: Services, kept: StoredRule) -> Backtest | None:
    try:
        return (await look(parts, kept.watched.rule, kept.watched.policy)).past
    except (Unavailable, UserError):
        log.warning("%s is shown without its past", kept.watched.key, exc_info=True)
        return None
