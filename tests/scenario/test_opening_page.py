"""The first minute of the playground in a real browser: starting, answered, a chip, time skipped, a card."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from bot.playground.guide import Opening
from bot.playground.run import Playground, PlaygroundOptions, open_playground
from bot.playground.storage import ANN, PORTFOLIO, RANDOM
from tests.scenario.browsing import PATIENCE, PHONE, ask, chromium, faint, looking, overflow
from tests.scenario.portray import BEGINNING

pytestmark = pytest.mark.slow


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


async def looks_well(page: Page) -> None:
    assert await overflow(page) == []
    assert await faint(page) == []


async def skip(page: Page, leap: str) -> None:
    """Let time pass, and wait until it has."""
    await page.get_by_role("button", name=f"Skip ahead {leap}").click()
    await expect(page.locator("#time progress")).to_be_visible()
    await expect(page.locator("#time progress")).to_have_count(0, timeout=PATIENCE)


def at(here: Playground, channel: str = PORTFOLIO) -> str:
    return f"{here.url}as/{ANN}/{channel}"


@pytest.mark.parametrize(
    ("device", "scheme"), [({}, "light"), (PHONE, "dark")], ids=["desktop", "phone in the dark"]
)
async def test_the_first_minute(browser: Browser, device: dict[str, Any], scheme: str) -> None:
    pages: list[Page] = []
    async with AsyncExitStack() as watching:

        async def show(url: str) -> None:
            page = await watching.enter_async_context(looking(browser, url, **device, color_scheme=scheme))
            await expect(page.get_by_role("heading", name="Starting...")).to_be_in_viewport()
            await looks_well(page)
            pages.append(page)

        async with open_playground(PlaygroundOptions(browser=False, asof=BEGINNING), show) as here:
            (page,) = pages
            await expect(page.get_by_label("Message #portfolio")).to_be_visible(timeout=PATIENCE)
            await Opening(here.deeds, here.slack.workspace, here.bot.shift.quiet).play(
                here.settings, here.clock
            )
            await sees_what_was_asked(page)
            await presses_chips(page)
            await skips_to_the_card(page)
            await watching.aclose()


async def sees_what_was_asked(page: Page) -> None:
    """The comparison is in sight, whatever came before it; its thread has begun."""
    answer = page.locator("#log .message:has(.replies)")
    await expect(answer.locator(".header")).to_be_in_viewport()
    await expect(answer.locator(".header")).to_contain_text("ISCB vs SPSM · 1 year")
    await expect(answer.locator(".replies")).to_contain_text("2 replies")
    await expect(page.locator("#log")).to_contain_text("waiting (1 of 3)")
    await looks_well(page)


async def presses_chips(page: Page) -> None:
    chips = page.locator("#chips .chip")
    await expect(chips).to_have_count(3)
    await expect(chips.first).to_be_in_viewport(ratio=1)
    asked = await chips.nth(2).inner_text()
    assert asked == "/watch list"
    await chips.nth(2).click()
    listed = page.locator("#log .only-you").last
    await expect(listed).to_contain_text("1 rule in this channel", timeout=PATIENCE)
    await expect(chips.get_by_text(asked)).to_have_count(0)
    await page.locator("#log .replies").click()
    inside = page.locator("#thread-chips .chip")
    await expect(inside).to_have_count(3)
    await inside.filter(has_text="is the difference significant?").click()
    await expect(page.locator("#thread .message").last).to_contain_text("Read as edge", timeout=PATIENCE)
    await expect(inside.filter(has_text="is the difference significant?")).to_have_count(0)
    await looks_well(page)
    await page.get_by_label("Close the thread").click()


async def skips_to_the_card(page: Page) -> None:
    news = page.locator("#time .came")
    await expect(news).to_have_count(0)
    await skip(page, "1 day")
    await expect(news).to_have_text("Since Tue 20 Jan: nothing was posted")
    await skip(page, "1 day")
    await expect(news.get_by_role("link")).to_contain_text("in #portfolio")
    card = page.locator("#log .message", has=page.get_by_role("button", name="Acknowledge"))
    await expect(card.get_by_text(re.compile(r"R1 ISCB .* is met")).first).to_be_in_viewport()
    await looks_well(page)
    await skip(page, "1 week")
    await expect(page.locator("#time time")).to_contain_text("29 Jan 2026")


async def test_a_form_left_open_does_not_follow_into_another_channel(browser: Browser) -> None:
    async with open_playground(PlaygroundOptions(browser=False)) as here:
        async with looking(browser, at(here)) as page:
            await ask(page, "@watchpoint help")
            await page.locator("form.shortcuts summary").click()
            await page.locator("form.shortcuts").get_by_role("button", name="Compare funds").click()
            await page.get_by_role("textbox", name="Funds").fill("ISCB VB")
            await page.goto(at(here, RANDOM))
            await expect(page.get_by_label("Message #random")).to_be_visible()
            await expect(page.locator("#modal")).to_be_hidden()
            await page.goto(f"{here.url}as/{ANN}/home")
            await expect(page.locator("#modal")).to_be_hidden()
            await page.goto(at(here))
            await expect(page.locator("#modal")).to_be_visible()
        async with looking(browser, at(here, RANDOM)) as page, looking(browser, at(here)) as other:
            await expect(other.locator("#modal")).to_be_visible()
            await other.locator("#modal footer").get_by_role("button", name="Cancel").click()
            await expect(other.locator("#modal")).to_be_hidden()
            await expect(page.locator("#modal")).to_be_hidden()
