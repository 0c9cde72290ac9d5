"""Takes the README's pictures of the playground: python -m tests.scenario.portray [FOLDER]"""

from __future__ import annotations

import asyncio
import sys
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.async_api import Browser, Locator, Page, expect

from bot.playground.run import Playground, PlaygroundOptions, open_playground
from bot.playground.storage import ANN, BEN, PORTFOLIO
from tests.scenario.browsing import PATIENCE, PHONE, answered, ask, chromium, looking, photograph

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
QUESTION = "/compare ISCB SPSM 3y"
RULE = "/watch ISCB sortino < 1.0 for 5 sessions then SPSM"
OTHER_RULE = "/watch SPSM drawdown over 1y < -10%"
FOLLOWED = ("sectors", "5y")
REASON = "rebalance on Friday, agreed with Ann"
BEGINNING = date(2026, 1, 20)
TO_THE_CARD, TO_THE_RELAPSE = 10, 5
"""Sessions until the rule fires, and then until it has recovered for a day and relapsed."""
TALL = {"width": 1280, "height": 1210}
TALLER = {"width": 1280, "height": 1740}
"""Two answers, one below the other."""
LARGEST = 200_000
"""Bytes: what a README may ask of its readers."""


async def portray(folder: Path) -> list[Path]:
    """An answer, a conversation and the life of a watchpoint, on a desktop and on a phone; the Home tab.

    Gives their paths.
    """
    async with chromium() as browser:
        return [*await _comparison(browser, folder), *await _watchpoint(browser, folder)]


async def _comparison(browser: Browser, folder: Path) -> list[Path]:
    desktop, phone = folder / "playground-desktop.png", folder / "playground-phone.png"
    async with open_playground(PlaygroundOptions(browser=False, asof=BEGINNING)) as here:
        async with looking(browser, _place(here)) as page:
            await ask(page, QUESTION)
            await answered(page)
            await photograph(page, desktop)
        async with looking(browser, _place(here), **PHONE) as page:
            await answered(page)
            await photograph(page, phone)
        return [desktop, phone, *await _talk(browser, here, folder)]


async def _talk(browser: Browser, here: Playground, folder: Path) -> list[Path]:
    """The next questions, in the thread of the comparison."""
    desktop, phone = folder / "talk-desktop.png", folder / "talk-phone.png"
    async with looking(browser, _place(here), viewport=TALLER) as page:
        await page.locator("#log .message:has(.table)").get_by_role("link", name="Reply in thread").click()
        for number, text in enumerate(FOLLOWED, 1):
            await expect(page.locator("#reply")).to_be_focused()
            await ask(page, f"@watchpoint {text}", "#reply")
            await _whole(_answers(page).nth(number))
        await page.locator("#reply").blur()
        await _to_the_top(page.locator("#thread .message").nth(1))
        await _to_the_top(page.locator("#log .message:has(.table)"))
        await photograph(page, desktop)
        thread = page.url
    async with looking(browser, thread, **PHONE) as page:
        await _whole(_answers(page).nth(1))
        await _to_the_top(page.locator("#thread .message").nth(1))
        await page.locator("#thread .scroll").evaluate("each => each.scrollBy(0, 40)")
        await photograph(page, phone)
    return [desktop, phone]


def _answers(page: Page) -> Locator:
    """What the bot says in the thread, the answer that it is about first."""
    return page.locator("#thread .message:has(.avatar.app)")


async def _whole(answer: Locator) -> None:
    """Its pictures have come."""
    await expect(answer.locator(".table")).to_be_visible(timeout=PATIENCE)
    for picture in await answer.locator("figure img").all():
        await expect(picture).to_have_js_property("complete", True)


async def _watchpoint(browser: Browser, folder: Path) -> list[Path]:
    desktop, phone, chart = (folder / f"watch-{name}.png" for name in ("desktop", "phone", "chart"))
    async with open_playground(PlaygroundOptions(browser=False, asof=BEGINNING)) as here:
        await _lived(browser, here)
        async with looking(browser, _place(here), viewport=TALL) as page:
            await _card(page).locator(".replies").click()
            await expect(page.locator("#thread .message").last).to_contain_text("is met again")
            await _to_the_end(page.locator("#thread .scroll"))
            await _to_the_top(_card(page))
            await photograph(page, desktop)
            chart.write_bytes(await _chart(page, here))
        async with looking(browser, _place(here), **PHONE) as page:
            await _to_the_top(_card(page))
            await photograph(page, phone)
        return [desktop, phone, chart, await _home(browser, here, folder)]


async def _home(browser: Browser, here: Playground, folder: Path) -> Path:
    """Where Ann's rule and the daily post stand, weeks after the first look."""
    path = folder / "home-desktop.png"
    async with looking(browser, f"{here.url}as/{ANN}/home") as page:
        await expect(page.locator("#home")).to_contain_text("It states facts", timeout=PATIENCE)
        await page.reload()
        await expect(page.locator("#home")).not_to_contain_text("It states facts", timeout=PATIENCE)
        await expect(page.locator("#home")).to_contain_text("Set up by you")
        await photograph(page, path)
    return path


async def _lived(browser: Browser, here: Playground) -> None:
    """The rule is set, fires, is acknowledged, recovers for a day and relapses."""
    async with looking(browser, _place(here)) as page:
        for text in (RULE, "/digest on 08:30", OTHER_RULE):
            await ask(page, text)
            await here.bot.shift.quiet()
    await here.travel.sessions(TO_THE_CARD)
    async with looking(browser, _place(here, BEN)) as page:
        await _card(page).get_by_role("button", name="Acknowledge").click()
        await page.get_by_role("radio", name="Looking into it").check()
        await page.get_by_label("Reason").fill(REASON)
        await page.locator("#modal").get_by_role("button", name="Acknowledge").click()
        await expect(_card(page)).to_contain_text(REASON, timeout=PATIENCE)
    await here.bot.shift.quiet()
    await here.travel.sessions(TO_THE_RELAPSE)


def _place(here: Playground, user: str = ANN) -> str:
    return f"{here.url}as/{user}/{PORTFOLIO}"


def _card(page: Page) -> Locator:
    return page.locator("#log .message", has_text="Your rule R1, set by")


async def _to_the_top(message: Locator) -> None:
    await message.evaluate("each => each.scrollIntoView({ block: 'start' })")


async def _to_the_end(scroll: Locator) -> None:
    await scroll.evaluate("each => { each.scrollTop = each.scrollHeight; }")


async def _chart(page: Page, here: Playground) -> bytes:
    """The picture in the card, as it was uploaded."""
    source = await _card(page).locator("figure img").get_attribute("src")
    file = urlsplit(source or "").path.rsplit("/", 1)[-1]
    return here.slack.workspace.files[file].content


def _lighten(path: Path) -> None:
    """Keep 256 colours, which are enough for text and charts: a third of the bytes."""
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(dither=Image.Dither.NONE)
    few.save(path, optimize=True)


async def main() -> None:
    """Write them, and say how large they are."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    for path in await portray(folder):
        _lighten(path)
        size = path.stat().st_size
        print(f"{path} {size:,} bytes")
        assert size < LARGEST, f"{path} is too large for a README"


if __name__ == "__main__":
    asyncio.run(main())
