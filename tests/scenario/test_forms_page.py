"""Forms in a real browser: nothing that was put in is lost, and the answer is that of the command."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.playground.run import Playground, PlaygroundOptions, open_playground
from bot.playground.storage import ANN, PORTFOLIO
from tests.scenario.browsing import PATIENCE, PHONE, answered, chromium, faint, looking, overflow

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

BEGINNING = date(2026, 1, 20)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Playground]:
    """One playground for all, in which each test goes on from the one before."""
    home = tmp_path_factory.mktemp("playground")
    async with open_playground(PlaygroundOptions(browser=False, asof=BEGINNING, home=home)) as here:
        yield here


def at(here: Playground) -> str:
    return f"{here.url}as/{ANN}/{PORTFOLIO}"


def box(page: Page, name: str) -> Locator:
    return page.get_by_role("textbox", name=name)


async def use(page: Page, where: str, shortcut: str) -> None:
    """Choose a shortcut from a menu; where: of the channel or of a message."""
    menu = page.locator(where).first
    await menu.locator("summary").click()
    await menu.get_by_role("button", name=shortcut).click()


async def send(page: Page) -> None:
    await page.locator("#modal footer .primary").click()


async def refused(page: Page, fault: str) -> None:
    """The form stays, with what is wrong beside its field."""
    await expect(page.locator("#modal .error")).to_have_text([fault])


async def test_a_comparison_from_the_shortcut(here: Playground, browser: Browser) -> None:
    async with looking(browser, at(here)) as page:
        await use(page, "form.shortcuts", "Compare funds")
        await box(page, "Funds").fill("ISCB 5%")
        await send(page)
        await refused(page, '"5%" is no symbol; write tickers like ISCB SPSM.')
        await expect(box(page, "Funds")).to_have_value("ISCB 5%")
        await box(page, "Funds").fill("ISCB, SPSM")
        await send(page)
        await answered(page)
        await expect(page.locator("#modal")).to_be_hidden()
        await expect(page.locator("#log .message").last).to_contain_text("ISCB vs SPSM")


async def test_watch_this_begins_with_the_funds_of_the_answer(here: Playground, browser: Browser) -> None:
    async with looking(browser, at(here)) as page:
        await page.get_by_role("button", name="Watch this").last.click()
        await expect(page.locator("#modal").get_by_label("Fund", exact=True)).to_have_value("ISCB")
        await expect(box(page, "Then look at")).to_have_value("SPSM")
        await box(page, "Threshold").fill("15%")
        await send(page)
        await refused(page, '"15%" has the wrong unit; write a plain number, like "1.1".')
        await box(page, "Threshold").fill("1.3")
        await send(page)
        await expect(page.locator("#log .replies").last).to_be_visible(timeout=PATIENCE)
        (told,) = [each for each in here.slack.workspace.messages(PORTFOLIO, ANN) if each.thread_ts]
        assert (
            "R1 ISCB Sortino below 1.3 is set: it triggers when "
            "ISCB's Sortino ratio over 1\u00a0year is below 1.30" in told.text
        )


@pytest.mark.parametrize("how", [{}, PHONE], ids=["desktop", "phone"])
async def test_funds_that_a_message_names(here: Playground, browser: Browser, how: dict[str, Any]) -> None:
    async with looking(browser, at(here), **how) as page:
        await page.locator("#log .message").first.hover()
        await use(page, "#log form.more-form", "Compare funds named here")
        await expect(box(page, "Funds")).to_have_value("SPSM")
        await expect(page.locator("#modal .hint").first).to_contain_text("That message names one fund only.")
        assert await overflow(page) == []
        assert await faint(page) == []
        await page.locator("#modal").get_by_role("button", name="Cancel").click()
        await expect(page.locator("#modal")).to_be_hidden()
