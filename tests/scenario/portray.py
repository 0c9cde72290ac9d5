"""Takes the README's pictures of the playground: python -m tests.scenario.portray [FOLDER]"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Browser

from bot.playground.run import Options, opened
from bot.playground.seed import ANN, PORTFOLIO
from tests.scenario.browsing import PHONE, answered, ask, chromium, looking, photograph

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
QUESTION = "/compare ISCB SPSM 3y"
LARGEST = 400_000
"""Bytes: what a README may ask of its readers."""


async def portray(folder: Path) -> list[Path]:
    """An answer on a desktop and on a phone; the pictures' paths."""
    desktop, phone = folder / "playground-desktop.png", folder / "playground-phone.png"
    async with opened(Options(browser=False)) as here, chromium() as browser:
        place = f"{here.url}as/{ANN}/{PORTFOLIO}"
        async with looking(browser, place) as page:
            await ask(page, QUESTION)
            await answered(page)
            await photograph(page, desktop)
        await _on_phone(browser, place, phone)
    return [desktop, phone]


async def _on_phone(browser: Browser, place: str, path: Path) -> None:
    async with looking(browser, place, **PHONE) as page:
        await answered(page)
        await photograph(page, path)


async def main() -> None:
    """Write them, and say how large they are."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    for path in await portray(folder):
        size = path.stat().st_size
        print(f"{path} {size:,} bytes")
        assert size < LARGEST, f"{path} is too large for a README"


if __name__ == "__main__":
    asyncio.run(main())
