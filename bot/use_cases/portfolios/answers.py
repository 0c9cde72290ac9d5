"""`/portfolio`, from the text to the answer; and the names in all that people type, put by their mixes."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace

from analytics.fund import funds_of
from bot.commands import PORTFOLIO
from bot.errors import BotError, Unclear, UserError
from bot.language import Help
from bot.language.portfolios.names import (
    PortfolioChange,
    PortfolioEnd,
    PortfolioListing,
    PortfolioView,
    expand_names,
    may_name,
    read_portfolio,
)
from bot.model import MOST_PORTFOLIOS, Portfolio, Request
from bot.ports import Ack, Place, Store
from bot.render import advice
from bot.render.rules.portfolios import (
    portfolio_message,
    portfolios_message,
    refused_message,
    retired_message,
    saved_message,
)
from bot.use_cases.gather import today
from bot.use_cases.services import Declined, Services, may_change

log = logging.getLogger(__name__)


class PortfolioHandler:
    """Takes `/portfolio` and its mention; needs no data."""

    def __init__(self, nearest: advice.Nearest) -> None:
        self._nearest = nearest

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002 (the protocol's)
        """Read the text: the answer is what is wrong with it, or the usage; else the question goes on."""
        try:
            asked = read_portfolio(text)
        except Unclear as fault:
            return Ack(reply=advice.unclear_message(fault, self._nearest), open=True)
        if isinstance(asked, Help):
            return Ack(reply=advice.usage(PORTFOLIO), open=True)
        return Ack(work=True, open=isinstance(asked, PortfolioListing | PortfolioView))


class PortfolioAnswers:
    """Answers `/portfolio`; safe to ask twice."""

    def __init__(self, services: Services) -> None:
        self._parts = services

    async def answer(self, request: Request) -> None:
        """Raise UserError with what to do, Unavailable where a source, Slack or the store is silent."""
        try:
            match read_portfolio(request.text):
                case PortfolioChange() as asked:
                    await self._save(asked, request)
                case PortfolioEnd(name):
                    await self._retire(name, request)
                case PortfolioView(name):
                    await self._show(name, request)
                case PortfolioListing():
                    portfolios = await self._parts.repository(request).portfolios()
                    await self._parts.tell(request, portfolios_message(_live(portfolios)))
                case asked:
                    raise AssertionError(f"the handler answers {asked}")
        except Declined as declined:
            await self._parts.tell(request, declined.message)

    async def _save(self, asked: PortfolioChange, request: Request) -> None:
        """Keep the next version of a name, whose funds are priced, and tell all."""
        repository = self._parts.repository(request)
        before = _live(await repository.portfolios()).get(asked.name)
        if before:
            await self._require_may_change(before, request)
        market = self._parts.market_data
        await market.prices.history(list(funds_of(asked.symbol)), today(market))
        user, moment = request.user, request.asked
        wanted = Portfolio(request.team, asked.name, 1, asked.symbol, user, user, moment)
        made = await repository.save_portfolio(wanted, MOST_PORTFOLIOS)
        if made is None:
            raise UserError(
                f"This workspace has named {MOST_PORTFOLIOS} mixes, which is all it can. `/portfolio list` "
                "shows them, `/portfolio delete NAME` gives one up."
            )
        await self._parts.post(request, saved_message(made, before if before != made else None))

    async def _retire(self, name: str, request: Request) -> None:
        repository = self._parts.repository(request)
        portfolios = await repository.portfolios()
        found = _live(portfolios).get(name)
        if found is None and request.attempt > 1:
            found = next((each for each in reversed(portfolios) if each.name == name), None)
        if found is None:
            raise _unknown(name, _live(portfolios))
        await self._require_may_change(found, request)
        await repository.retire_portfolio(name, request.asked)
        await self._parts.post(request, retired_message(found, request.user))

    async def _show(self, name: str, request: Request) -> None:
        portfolios = await self._parts.repository(request).portfolios()
        versions = [each for each in portfolios if each.name == name]
        if name not in _live(portfolios):
            raise _unknown(name, _live(portfolios))
        await self._parts.tell(request, portfolio_message(versions))

    async def _require_may_change(self, portfolio: Portfolio, request: Request) -> None:
        if not await may_change(self._parts, portfolio.owner, request):
            raise Declined(refused_message(portfolio))


def _live(portfolios: Iterable[Portfolio]) -> dict[str, Portfolio]:
    """Return by name the version that it holds."""
    found: dict[str, Portfolio] = {}
    for each in portfolios:
        if each.retired is None:
            found[each.name] = each
        else:
            found.pop(each.name, None)
    return found


def _unknown(name: str, known: Mapping[str, Portfolio]) -> UserError:
    named = f"Named are {', '.join(f'`{each}`' for each in known)}." if known else "No mix has a name yet."
    return UserError(f"No mix is called `{name}`. {named} `/portfolio {name} = 60% ISCB 40% TLT` makes one.")


class NamedMixes:
    """Puts names of mixes in what a person typed by what they stand for now, so that a question keeps it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def expand(self, request: Request) -> Request:
        """Return the question without names; as it is where it holds none, or the store is silent."""
        fields = request.extra.get("fields")
        if isinstance(fields, Mapping):
            texts = [value for value in fields.values() if isinstance(value, str)]
        else:
            texts = [] if _is_own(request) else [request.text]
        if not any(map(may_name, texts)):
            return request
        try:
            known = await self._store.of(request.team).portfolios()
        except BotError as fault:
            log.warning("Names of mixes in %s are not known: %s", request.id, fault)
            return request
        if not isinstance(fields, Mapping):
            return replace(request, text=expand_names(request.text, known))
        told = {
            name: expand_names(value, known) if isinstance(value, str) else value
            for name, value in fields.items()
        }
        text = json.dumps({**told, "metadata": request.extra.get("metadata", "")})
        return replace(request, text=text, extra={**request.extra, "fields": told})


def _is_own(request: Request) -> bool:
    """Tell whether a question is about names themselves, or no text that was typed: a button's value."""
    typed = request.text.lstrip()
    own = request.handler == PORTFOLIO.name or typed.lower().lstrip("/").startswith("portfolio")
    return own or typed.startswith("{")
