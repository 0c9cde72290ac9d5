"""Takes the README's pictures of the playground: python -m tests.scenario.portray [FOLDER]"""

from __future__ import annotations

import asyncio
import sys
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.async_api import Browser, Locator, Page, expect

from bot.playground.run import Options, Playground, opened
from bot.playground.seed import ANN, BEN, PORTFOLIO
from tests.scenario.browsing import PATIENCE, PHONE, answered, ask, chromium, looking, photograph

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
QUESTION = "/compare ISCB SPSM 3y"
RULE = "/watch ISCB sortino < 1.0 for 5 sessions then SPSM"
REASON = "rebalance on Friday, agreed with Ann"
BEGINNING = date(2026, 1, 20)
TO_THE_CARD, TO_THE_RELAPSE = 10, 5
"""Sessions until the rule fires, and then until it has recovered for a day and relapsed."""
TALL = {"width": 1280, "height": 1210}
LARGEST = 200_000
"""Bytes: what a README may ask of its readers."""


async def portray(folder: Path) -> list[Path]:
    """An answer on a desktop and on a phone, the life of a watchpoint likewise, its chart; their paths."""
    async with chromium() as browser:
        return [*await _comparison(browser, folder), *await _watchpoint(browser, folder)]


async def _comparison(browser: Browser, folder: Path) -> list[Path]:
    desktop, phone = folder / "playground-desktop.png", folder / "playground-phone.png"
    async with opened(Options(browser=False, asof=BEGINNING)) as here:
        async with looking(browser, _place(here)) as page:
            await ask(page, QUESTION)
            await answered(page)
            await photograph(page, desktop)
        async with looking(browser, _place(here), **PHONE) as page:
            await answered(page)
            await photograph(page, phone)
    return [desktop, phone]


async def _watchpoint(browser: Browser, folder: Path) -> list[Path]:
    desktop, phone, chart = (folder / f"watch-{name}.png" for name in ("desktop", "phone", "chart"))
    async with opened(Options(browser=False, asof=BEGINNING)) as here:
        await _lived(browser, here)
        async with looking(browser, _place(here), viewport=TALL) as page:
            await _card(page).locator(".replies").click()
            await expect(page.locator("#thread .message").last).to_contain_text("relapsed")
            await _to_the_end(page.locator("#thread .scroll"))
            await _to_the_top(_card(page))
            await photograph(page, desktop)
            chart.write_bytes(await _chart(page, here))
        async with looking(browser, _place(here), **PHONE) as page:
            await _to_the_top(_card(page))
            await photograph(page, phone)
    return [desktop, phone, chart]


async def _lived(browser: Browser, here: Playground) -> None:
    """The rule is set, fires, is acknowledged, recovers for a day and relapses."""
    async with looking(browser, _place(here)) as page:
        for text in (RULE, "/digest on 08:30"):
            await ask(page, text)
            await here.bot.shift.quiet()
    await here.travel.sessions(TO_THE_CARD)
    async with looking(browser, _place(here, BEN)) as page:
        await _card(page).get_by_role("button", name="Acknowledge").click()
        await page.get_by_label("Reason").fill(REASON)
        await page.locator("#modal").get_by_role("button", name="Acknowledge").click()
        await expect(_card(page)).to_contain_text(REASON, timeout=PATIENCE)
    await here.bot.shift.quiet()
    await here.travel.sessions(TO_THE_RELAPSE)


def _place(here: Playground, user: str = ANN) -> str:
    return f"{here.url}as/{user}/{PORTFOLIO}"


def _card(page: Page) -> Locator:
    return page.locator("#log .message", has=page.get_by_role("button", name="Why?")).first


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
