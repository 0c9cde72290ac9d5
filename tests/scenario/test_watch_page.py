"""The life of a watchpoint as people see it in a real browser: on a desktop, on a phone, without a script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.language import Watch, read_watch
from bot.playground.model import TEAM
from bot.playground.page.handlers import LEAPS
from bot.playground.run import Playground, PlaygroundOptions, open_playground
from bot.playground.storage import ANN, BEN, PORTFOLIO
from bot.ports.store import RuleDraft
from tests.scenario.browsing import PATIENCE, PHONE, ask, chromium, faint, looking, overflow

pytestmark = [pytest.mark.slow, pytest.mark.thorough, pytest.mark.asyncio(loop_scope="module")]

RULE = "/watch ISCB sortino < 1.0 for 5 sessions then SPSM"
BEGINNING = date(2026, 1, 20)
REASON = "Trimming after the rebalance."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Playground]:
    """One playground for all, whose time goes on from test to test."""
    home = tmp_path_factory.mktemp("playground")
    async with open_playground(PlaygroundOptions(browser=False, asof=BEGINNING, home=home)) as here:
        yield here


def at(here: Playground, user: str = ANN) -> str:
    return f"{here.url}as/{user}/{PORTFOLIO}"


def leap(page: Page, sessions: int) -> Locator:
    return page.get_by_role("button", name=f"Skip ahead {LEAPS[str(sessions)]}")


async def arrived(page: Page) -> None:
    """Time stands as it did before: the buttons may be pressed again."""
    await expect(page.locator("#time progress")).to_have_count(0, timeout=PATIENCE)
    await expect(page.locator("#time form")).to_have_attribute("aria-busy", "false")


def card(page: Page) -> Locator:
    return page.locator("#log .message", has=page.get_by_role("button", name="History")).first


def digest(page: Page, session: str) -> Locator:
    return page.locator("#log .message", has_text=f"{session}: ")


async def looks_well(page: Page) -> None:
    assert await overflow(page) == []
    assert await faint(page) == []


async def picture_of(message: Locator) -> None:
    """A chart stands in the message, and its bytes have come."""
    picture = message.locator("figure img")
    await expect(picture).to_have_count(1, timeout=PATIENCE)
    await expect(picture).to_have_js_property("complete", True)
    assert await picture.evaluate("picture => picture.naturalWidth") >= 800


async def test_a_rule_is_set_and_each_answer_comes_into_sight(browser: Browser, here: Playground) -> None:
    async with looking(browser, at(here)) as page:
        await expect(page.locator("#time")).to_contain_text("Tue 20 Jan 2026, 12:00")
        await ask(page, RULE)
        made = page.locator("#log .message", has_text="R1 ISCB Sortino below 1.0 is set")
        await picture_of(made)
        await expect(made.locator(".meta")).to_be_in_viewport()
        await ask(page, "/digest on 08:30")
        told = page.locator("#log .message", has_text="The daily post is on")
        await expect(told).to_be_in_viewport(timeout=PATIENCE)
        await looks_well(page)


async def test_time_passes_in_sight_and_cannot_be_hurried(browser: Browser, here: Playground) -> None:
    async with looking(browser, at(here)) as page, looking(browser, at(here, BEN)) as bens:
        await page.evaluate("window.same = true")
        await page.locator("#say").fill("half a thought")
        await leap(page, 5).dblclick()
        await expect(bens.locator("#time")).to_contain_text("of 5 is passing")
        await expect(leap(bens, 21)).to_have_attribute("aria-disabled", "true")
        await leap(bens, 21).dispatch_event("click")
        await arrived(page)
        await arrived(bens)
        await expect(page.locator("#time time")).to_have_text("Tue 27 Jan 2026, 08:31")
        await expect(digest(page, "22 Jan 2026")).to_contain_text("waiting (1 of 5)")
        await expect(digest(page, "26 Jan 2026")).to_contain_text("R1 ISCB Sortino below 1.0 is quiet again")
        await expect(digest(page, "26 Jan 2026")).to_be_in_viewport()
        days = page.locator("#log .day")
        await expect(days).to_have_text(["Tuesday, 20 January", "Friday, 23 January", "Today"])
        await expect(page.locator("#say")).to_have_value("half a thought")
        assert await page.evaluate("window.same")


async def test_who_reads_further_up_stays_there_and_is_told(browser: Browser, here: Playground) -> None:
    async with looking(browser, at(here)) as page:
        log, newer = page.locator("#log"), page.locator("#log .newer")
        await log.hover()
        await page.mouse.wheel(0, -5000)
        await expect(page.locator("#log .day").first).to_be_in_viewport()
        async with looking(browser, at(here, BEN)) as bens:
            await leap(bens, 1).click()
            await arrived(bens)
        await expect(newer).to_have_text("1 new message")
        await expect(newer).to_be_in_viewport()
        assert await log.evaluate("each => each.scrollTop") == 0
        await looks_well(page)
        await newer.click()
        await expect(digest(page, "27 Jan 2026").locator(".meta")).to_be_in_viewport()
        await expect(newer).to_be_hidden()


async def test_a_session_by_keyboard_alone(browser: Browser, here: Playground) -> None:
    async with looking(browser, at(here)) as page:
        one = leap(page, 1)
        await one.focus()
        for day in ("Thu 29 Jan", "Fri 30 Jan", "Mon 2 Feb", "Tue 3 Feb"):
            await page.keyboard.press("Enter")
            await expect(page.locator("#time time")).to_have_text(f"{day} 2026, 08:31", timeout=PATIENCE)
            await arrived(page)
            await expect(one).to_be_focused()


async def test_a_card_is_acknowledged_and_says_so(browser: Browser, here: Playground) -> None:
    async with looking(browser, at(here)) as page:
        it = card(page)
        await expect(it).to_contain_text("R1 ISCB Sortino below 1.0 is met")
        await picture_of(it)
        await expect(it.locator(".edited")).to_have_count(0)
        await it.get_by_role("button", name="Why?").click()
        why = page.locator("#log .only-you").last
        await expect(why).to_contain_text("Sortino ratio = mean(return - rf)", timeout=PATIENCE)
        await expect(why.locator(".meta")).to_be_in_viewport()
        await looks_well(page)
        await it.get_by_role("button", name="Acknowledge").click()
        await page.locator("#modal").get_by_label("Kept").check(timeout=PATIENCE)
        await page.get_by_label("Reason").fill(REASON)
        await page.locator("#modal").get_by_role("button", name="Acknowledge").click()
        await expect(it).to_contain_text(f"Acknowledged by @Ann Portfolio: kept, {REASON}", timeout=PATIENCE)
        await expect(it.locator(".edited")).to_be_visible()
        await expect(it.get_by_role("button", name="Acknowledge")).to_have_count(0)
        await it.get_by_role("button", name="Snooze").click()
        await expect(it).to_contain_text("Snoozed by @Ann Portfolio through 9 Feb 2026", timeout=PATIENCE)
        await it.get_by_role("button", name="History").click()
        told = page.locator("#log .only-you").last
        await expect(told).to_contain_text("Who did what", timeout=PATIENCE)
        await expect(told).to_contain_text(f"acknowledged by @Ann Portfolio: kept, {REASON}")


async def test_what_the_digest_names_is_one_click_away(browser: Browser, here: Playground) -> None:
    async with looking(browser, at(here)) as page:
        await (
            digest(page, "2 Feb 2026")
            .get_by_role("link", name="R1 ISCB Sortino below 1.0", exact=True)
            .click()
        )
        await expect(page.locator("#thread .message").first).to_contain_text(
            "R1 ISCB Sortino below 1.0 is met"
        )
        await expect(page.locator("#thread")).to_contain_text(
            "R1 ISCB Sortino below 1.0 was acknowledged by @Ann Portfolio"
        )
        await expect(digest(page, "2 Feb 2026").locator("figure img")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_shows_all_of_it(browser: Browser, here: Playground, scheme: Any) -> None:
    async with looking(browser, at(here), color_scheme=scheme, **PHONE) as page:
        await expect(page.locator("#time")).to_be_in_viewport(ratio=1)
        for each in (1, 5, 21):
            box = await leap(page, each).bounding_box()
            assert box is not None
            assert box["width"] >= 44
            assert box["height"] >= 38
        await card(page).get_by_role("button", name="Edit").tap()
        await expect(page.get_by_role("textbox", name="Rule")).to_have_value(
            "ISCB sortino 1y < 1 for 5 sessions then SPSM", timeout=PATIENCE
        )
        assert await overflow(page) == []
        await page.get_by_role("textbox", name="Rule").fill("ISCB sortino <")
        await page.get_by_role("button", name="Save").tap()
        await expect(page.locator("#modal").get_by_role("alert")).to_contain_text("threshold")
        assert await overflow(page) == []
        await page.get_by_role("button", name="Cancel").tap()
        await expect(page.locator("#modal")).to_be_hidden()
        await card(page).scroll_into_view_if_needed()
        await looks_well(page)
        width = await card(page).locator("figure img").evaluate("each => each.clientWidth")
        assert width > 350
        await card(page).locator(".replies").tap()
        await expect(page.locator("#thread")).to_be_in_viewport()
        await expect(leap(page, 1)).to_be_in_viewport()
        await looks_well(page)


async def test_two_weeks_later_it_is_over(browser: Browser, here: Playground) -> None:
    async with looking(browser, at(here), **PHONE) as page:
        await leap(page, 21).tap()
        await expect(page.locator("#time progress")).to_be_visible()
        await looks_well(page)
        await arrived(page)
        await expect(card(page)).to_contain_text("R1 ISCB Sortino below 1.0 has cleared")
        await expect(card(page).locator(".replies")).to_contain_text("last today at 08:31")
        await card(page).locator(".replies").tap()
        replies = page.locator("#thread .message")
        for told in ("acknowledged", "clearing", "cleared", "20 sessions after R1 "):
            await expect(replies.filter(has_text=told).last).to_be_visible()
        await looks_well(page)


async def test_a_rule_is_deleted_after_a_second_thought(browser: Browser, here: Playground) -> None:
    async with looking(browser, at(here)) as page:
        await ask(page, "/watch delete R1")
        asked = page.locator("#log .only-you", has_text="Delete R1 ISCB Sortino below 1.0?").last
        await expect(asked.get_by_role("button", name="Keep it")).to_be_in_viewport(timeout=PATIENCE)
        await looks_well(page)
        await asked.get_by_role("button", name="Delete R1").click()
        gone = page.locator("#log .message", has_text="R1 ISCB Sortino below 1.0 is deleted")
        await expect(gone).to_be_in_viewport(timeout=PATIENCE)
        before = await page.locator("#log .message").count()
        await leap(page, 5).click()
        await expect(page.locator("#time progress")).to_be_visible()
        await arrived(page)
        assert await page.locator("#log .message").count() == before


async def test_without_a_script_time_passes_too(browser: Browser, here: Playground) -> None:
    async with looking(browser, at(here), java_script_enabled=False) as page:
        before = await page.locator("#time time").inner_text()
        await leap(page, 1).click()
        await expect(page.locator("#time time")).not_to_have_text(before)
        await expect(page.locator("#time")).to_contain_text("Skip ahead")
        assert page.url == at(here)


@pytest.mark.parametrize("device", [{}, PHONE], ids=["desktop", "phone"])
async def test_a_list_of_many_rules_is_turned_page_by_page(
    browser: Browser, here: Playground, device: dict[str, Any]
) -> None:
    repository, asked = here.bot.store.of(TEAM), read_watch("ISCB sortino < 0.5", BEGINNING)
    assert isinstance(asked, Watch)
    for number in range(120 - len(await repository.rules(PORTFOLIO))):
        made = datetime(2026, 1, 20, 12, tzinfo=UTC)
        draft = RuleDraft(
            PORTFOLIO, ANN, asked.text, asked.rule, asked.policy, made, f"list/{device}/{number}"
        )
        await repository.add(draft)
    numbers = [f"R{each.watched.number} " for each in await repository.rules(PORTFOLIO)]
    async with looking(browser, at(here), **device) as page:
        await ask(page, "/watch list")
        shown = ""
        for place in ("1 of 3", "2 of 3", "3 of 3"):
            listed = page.locator("#log .only-you", has_text=f"120 rules in this channel, page {place}").last
            await expect(listed.get_by_role("table")).to_be_visible(timeout=PATIENCE)
            shown += await listed.inner_text()
            await looks_well(page)
            if place != "3 of 3":
                await listed.get_by_role("button", name="Next").click()
        assert [number for number in numbers if number not in shown] == []
