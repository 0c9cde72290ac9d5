"""A conversation about funds as people have it in a real browser: in a thread, in forms, on the Home tab."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.playground.run import Playground, PlaygroundOptions, open_playground
from bot.playground.storage import ANN, BEN, CY, PORTFOLIO, RANDOM
from tests.scenario.browsing import PATIENCE, PHONE, answered, ask, chromium, faint, looking, overflow

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

BEGINNING = date(2026, 1, 20)
FIRST = ("Compare ISCB and SPSM", "Compare other funds", "Watch a fund")
RULE = "/watch ISCB sortino < 1.0 for 5 sessions then SPSM"
ON_A_PHONE = pytest.mark.parametrize("how", [{}, PHONE], ids=["desktop", "phone"])


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


def at(here: Playground, user: str = ANN, place: str = PORTFOLIO) -> str:
    return f"{here.url}as/{user}/{place}"


def alone(here: Playground, user: str) -> str:
    """Where a person talks to the bot alone."""
    return at(here, user, here.slack.workspace.dm(user).id)


def comparison(page: Page) -> Locator:
    """The first comparison of the channel, whose thread all of this goes on in."""
    return page.locator("#log .message", has=page.locator(".header")).first


def told(page: Page) -> Locator:
    """What the bot has said in the thread, the newest last."""
    return page.locator("#thread .message:has(.avatar.app)")


async def into_the_thread(page: Page) -> None:
    await comparison(page).locator(".replies, a.quiet").first.click()
    await expect(page.locator("#reply")).to_be_focused()


async def asked(page: Page, text: str) -> Locator:
    """Ask in the thread; the answer."""
    before = await told(page).count()
    await ask(page, f"@watchpoint {text}", "#reply")
    answer = told(page).nth(before)
    await expect(answer).to_be_visible(timeout=PATIENCE)
    return answer


async def choose(menu: Locator, shortcut: str) -> None:
    await menu.locator("summary").click()
    await menu.get_by_role("button", name=shortcut).click()


def box(page: Page, name: str) -> Locator:
    return page.locator("#modal").get_by_role("textbox", name=name)


async def send(page: Page) -> None:
    await page.locator("#modal footer .primary").click()


async def looks_well(page: Page) -> None:
    assert await overflow(page) == []
    assert await faint(page) == []


class TestThread:
    async def test_the_next_questions_are_answered_with_the_same_numbers(
        self, browser: Browser, here: Playground
    ) -> None:
        async with looking(browser, at(here)) as page:
            await ask(page, "/compare ISCB SPSM")
            await answered(page)
            parent = comparison(page)
            for figure in ("16.1 %", "11.3 %", "1.18", "0.87"):
                await expect(parent.locator(".table")).to_contain_text(figure)
            await into_the_thread(page)
            sectors = await asked(page, "sectors")
            await expect(sectors.locator(".header")).to_contain_text("ISCB vs SPSM · sectors")
            await expect(sectors.locator("tr", has_text="Industrials")).to_contain_text("+4.3 pp")
            await expect(sectors.locator("figure img")).to_have_js_property("complete", True)
            await expect(sectors.locator(".meta")).to_be_in_viewport()
            risk = await asked(page, "risk")
            for measure, ours, theirs in (("Sortino", "1.18", "0.87"), ("Volatility", "22.3 %", "22.5 %")):
                for each in (risk, parent):
                    row = each.locator("tr", has=page.get_by_role("rowheader", name=measure)).first
                    await expect(row.locator("td").nth(0)).to_have_text(ours)
                    await expect(row.locator("td").nth(1)).to_have_text(theirs)
            returns = await asked(page, "returns")
            await expect(returns).to_contain_text("over 1 year ISCB 16.1 % and SPSM 11.3 %")
            longer = await asked(page, "5y")
            await expect(longer.locator(".header")).to_contain_text("ISCB vs SPSM · 5 years to 16 Jan 2026")
            held = await asked(page, "holdings")
            await expect(held.locator(".header")).to_contain_text("ISCB vs SPSM · holdings")
            await expect(page.locator(".unknown")).to_have_count(0)
            await looks_well(page)

    async def test_buttons_ask_under_the_answer_they_stand_under(
        self, browser: Browser, here: Playground
    ) -> None:
        async with looking(browser, at(here)) as page:
            buttons = comparison(page).locator(".actions .button")
            await expect(buttons).to_have_text(
                ["All figures", "Sectors", "Is it real?", "3y", "5y", "More…", "Watch this"]
            )
            await into_the_thread(page)
            before = await told(page).count()
            for label, header in (("3y", "ISCB vs SPSM · 3 years"), ("Sectors", "ISCB vs SPSM · sectors")):
                await buttons.filter(has_text=label).click()
                await expect(told(page).nth(before).locator(".header")).to_contain_text(
                    header, timeout=PATIENCE
                )
                before += 1
            await expect(told(page).last).to_contain_text("sked by @Ann Portfolio")

    async def test_an_export_is_downloaded_and_says_the_same(
        self, browser: Browser, here: Playground, tmp_path: Path
    ) -> None:
        async with looking(browser, at(here)) as page:
            await into_the_thread(page)
            menu = comparison(page).locator(".actions .menu")
            await menu.locator("summary").click()
            await menu.get_by_role("button", name="Export").click()
            card = told(page).filter(has=page.locator("a.file")).last
            await expect(card.locator("a.file")).to_have_count(3, timeout=PATIENCE)
            await expect(card).to_contain_text("SAMPLE DATA · ISCB vs SPSM · 1 year to 16 Jan 2026, as CSV")
            async with page.expect_download() as download:
                await card.locator("a.file").first.click()
            file = tmp_path / (await download.value).suggested_filename
            await (await download.value).save_as(file)
        assert file.name == "ISCB-SPSM_2025-01-16_2026-01-16_table.csv"
        rows = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
        figures = {
            row["measure"]: (float(row["ISCB"]), float(row["SPSM"]))
            for row in rows
            if row["from"] and row["SPSM"]
        }
        assert figures["Total return"] == pytest.approx((0.161, 0.113), abs=5e-4)
        assert figures["Sortino ratio"] == pytest.approx((1.18, 0.87), abs=5e-3)

    async def test_what_is_not_understood_is_offered_and_pressed(
        self, browser: Browser, here: Playground
    ) -> None:
        async with looking(browser, at(here)) as page:
            await into_the_thread(page)
            offer = await asked(page, "sektors")
            await expect(offer).to_contain_text("Only visible to you")
            await expect(offer.locator(".actions .button")).to_have_count(3)
            before = await told(page).count()
            await offer.get_by_role("button", name="sectors", exact=True).click()
            await expect(told(page).nth(before)).to_contain_text("Industrials", timeout=PATIENCE)

    async def test_a_phone_shows_all_of_it(self, browser: Browser, here: Playground) -> None:
        async with looking(browser, at(here), color_scheme="dark", **PHONE) as page:
            await into_the_thread(page)
            answer = await asked(page, "drawdowns")
            picture = answer.locator("figure img")
            await expect(picture).to_have_js_property("complete", True)
            assert await picture.evaluate("each => each.clientWidth") > 350
            table = answer.locator(".table")
            assert await table.evaluate("each => each.scrollWidth <= each.clientWidth")
            await looks_well(page)
            menu = answer.locator(".more-form")
            await menu.locator("summary").tap()
            await expect(menu.get_by_role("button")).to_be_in_viewport(ratio=1)
            for scroll in await page.locator("#log, #thread .scroll").all():
                assert await scroll.evaluate("each => each.scrollWidth <= each.clientWidth"), "sideways"
            await looks_well(page)


class TestForms:
    @ON_A_PHONE
    async def test_what_is_watched_is_filled_in_and_a_fault_stands_at_its_field(
        self, browser: Browser, here: Playground, how: dict[str, Any]
    ) -> None:
        async with looking(browser, at(here), **how) as page:
            await comparison(page).get_by_role("button", name="Watch this").click()
            await expect(box(page, "Fund")).to_have_value("ISCB", timeout=PATIENCE)
            await expect(box(page, "Then look at")).to_have_value("SPSM")
            await looks_well(page)
            await box(page, "Threshold").fill("15%")
            await box(page, "Sessions in a row").fill("3")
            await send(page)
            wrong = page.locator("#modal .input.wrong")
            await expect(wrong).to_have_count(1)
            await expect(wrong.locator("label")).to_contain_text("Threshold")
            await expect(wrong.get_by_role("alert")).to_contain_text("has the wrong unit")
            await expect(box(page, "Threshold")).to_be_focused()
            await expect(box(page, "Threshold")).to_have_value("15%")
            await expect(box(page, "Sessions in a row")).to_have_value("3")
            await looks_well(page)
            await box(page, "Threshold").fill("1.3")
            await send(page)
            await expect(page.locator("#modal")).to_be_hidden()
            await comparison(page).locator(".replies").click()
            await expect(told(page).last).to_contain_text("is below 1.30 for 3 sessions", timeout=PATIENCE)

    @ON_A_PHONE
    async def test_shortcuts_open_the_form_of_a_comparison(
        self, browser: Browser, here: Playground, how: dict[str, Any]
    ) -> None:
        async with looking(browser, at(here), **how) as page:
            await choose(page.locator("form.shortcuts"), "Compare funds")
            await expect(box(page, "Funds")).to_have_value("", timeout=PATIENCE)
            await looks_well(page)
            await page.keyboard.press("Escape")
            await expect(page.locator("#modal")).to_be_hidden()
            await comparison(page).hover()
            await choose(comparison(page).locator(".more-form"), "Compare funds named here")
            await expect(box(page, "Funds")).to_have_value("ISCB SPSM", timeout=PATIENCE)
            await looks_well(page)
            await send(page)
            await expect(page.locator("#modal")).to_be_hidden()


class TestHome:
    @ON_A_PHONE
    async def test_the_first_look_says_what_it_does(
        self, browser: Browser, here: Playground, how: dict[str, Any]
    ) -> None:
        user = BEN if how else CY
        async with looking(browser, at(here, user, "home"), **how) as page:
            first = page.locator("#home .block.section").first
            await expect(first).to_contain_text("It states facts", timeout=PATIENCE)
            assert len((await first.inner_text()).strip().splitlines()) == 4
            await expect(page.locator("#home .block.actions").first.locator(".button")).to_have_text(FIRST)
            await looks_well(page)

    async def test_a_rule_and_a_post_appear_while_one_looks(self, browser: Browser, here: Playground) -> None:
        async with looking(browser, at(here, ANN, "home")) as page, looking(browser, at(here, BEN)) as bens:
            await expect(page.locator("#home")).to_contain_text(
                "Prices reach to 16 Jan 2026", timeout=PATIENCE
            )
            await page.evaluate("window.same = true")
            await page.locator("#home input:not([type=hidden])").fill("ISCB SP")
            await ask(bens, RULE)
            rule = page.locator("#home .section", has_text="for 5 sessions then SPSM").filter(
                has_text="set by @Ben Analyst"
            )
            await expect(rule).to_contain_text(
                "quiet for 1 session: 1.18, triggers below 1.00", timeout=PATIENCE
            )
            await ask(bens, "/digest on 08:30")
            post = page.locator("#home .section", has=page.get_by_role("button", name="Change"))
            await expect(post).to_contain_text("at 08:30", timeout=PATIENCE)
            await expect(post).to_contain_text("Wed 21 Jan 2026")
            await expect(page.locator("#home input:not([type=hidden])")).to_have_value("ISCB SP")
            assert await page.evaluate("window.same"), "without a reload"
            await looks_well(page)
            await page.get_by_role("link", name="Messages").click()
            await expect(page.locator("#log .message")).to_have_count(1)
            await expect(page.locator("#log .actions .button")).to_have_text(FIRST)

    async def test_a_quick_comparison_is_answered_as_a_direct_message(
        self, browser: Browser, here: Playground
    ) -> None:
        async with looking(browser, at(here, ANN, "home")) as page:
            await page.locator("#home input:not([type=hidden])").fill("ISCB SPSM 3y")
            await page.locator("#home input:not([type=hidden])").press("Enter")
            await page.get_by_role("link", name="Messages").click()
            await expect(page.locator("#log .header")).to_contain_text(
                "ISCB vs SPSM · 3 years to 16 Jan 2026", timeout=PATIENCE
            )
            await answered(page)

    async def test_a_phone_shows_rules_and_posts(self, browser: Browser, here: Playground) -> None:
        async with looking(browser, at(here, ANN, "home"), **PHONE) as page:
            await expect(page.locator("#home")).to_contain_text("Watch a fund")
            await looks_well(page)
            await page.get_by_role("button", name="Change").tap()
            await expect(page.locator("#modal")).to_contain_text("Daily post", timeout=PATIENCE)
            await looks_well(page)
            await page.locator("#modal").get_by_role("button", name="Cancel").tap()
            await expect(page.locator("#modal")).to_be_hidden()


class TestElsewhere:
    async def test_a_channel_is_told_once_what_it_does(self, browser: Browser, here: Playground) -> None:
        async with looking(browser, at(here, place=RANDOM)) as page:
            await ask(page, "/invite @watchpoint")
            words = page.locator("#log .message").last
            await expect(words.locator(".actions .button")).to_have_text(FIRST, timeout=PATIENCE)
            await looks_well(page)
            await words.get_by_role("button", name="Compare ISCB and SPSM").click()
            await expect(words.locator(".replies")).to_contain_text("1 reply", timeout=PATIENCE)
            await words.locator(".replies").click()
            await expect(page.locator("#thread .table")).to_be_visible()
            await looks_well(page)

    async def test_alone_with_the_bot_nobody_has_to_be_named(
        self, browser: Browser, here: Playground
    ) -> None:
        async with looking(browser, alone(here, BEN)) as page:
            await ask(page, "compare ISCB SPSM")
            await answered(page)
            await expect(page.locator("#log .table").last).to_contain_text("16.1 %")
            await ask(page, "sectors")
            newest = page.locator("#log .message").last
            await expect(newest).to_contain_text("ISCB vs SPSM · sectors", timeout=PATIENCE)
            await looks_well(page)

    async def test_a_daily_post_is_ended_after_a_second_thought(
        self, browser: Browser, here: Playground
    ) -> None:
        async with looking(browser, at(here)) as page:
            post = page.locator("#log .message", has_text="Settings…").first
            leap = page.get_by_role("button", name="Skip ahead 1 week")
            await leap.click()
            await expect(post).to_be_visible(timeout=PATIENCE)
            await expect(page.locator("#time progress")).to_have_count(0, timeout=PATIENCE)
            switch = post.locator("details.menu", has_text="Turn off")
            await switch.locator("summary").click()
            await looks_well(page)
            await switch.locator("[data-close]").click()
            await expect(switch).not_to_have_attribute("open", "")
            await switch.locator("summary").click()
            await switch.locator(".sheet .button").first.click()
            await expect(page.locator("#log .message").last).to_contain_text(
                "daily post is off", timeout=PATIENCE
            )
        async with looking(browser, at(here, ANN, "home")) as page:
            await expect(page.locator("#home")).to_contain_text("#portfolio: off")
