"""A real Chromium before the playground, and a watch on what goes wrong in it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
PATIENCE = 30_000
"""Milliseconds for what needs the bot: the first charts of a cold start."""
expect.set_options(timeout=5_000)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium with a fresh profile; skips where there is none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("there is no chromium on this machine (apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS, headless=True)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def looking(
    browser: Browser, url: str = "", *, forgiving: bool = False, **how: Any
) -> AsyncIterator[Page]:
    """A page of its own profile.

    Fails for whatever the browser complains of in its console, but when forgiving: where a test breaks
    something on purpose.
    """
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"{message.type}: {message.text}")

    context = await browser.new_context(**{**DESKTOP, **how})
    try:
        page = await context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if url:
            await page.goto(url)
        yield page
    finally:
        await context.close()
    if complaints and not forgiving:
        pytest.fail("\n".join(complaints))


async def ask(page: Page, text: str, box: str = "#say") -> None:
    """Type into the message box and send; box: "#reply" for that of the thread."""
    await page.locator(box).fill(text)
    await page.locator(box).press("Enter")


async def answered(page: Page) -> None:
    """Wait for a table and two pictures, whose bytes have come."""
    last = page.locator("#log .message:has(.table)").last
    await expect(last.locator(".table")).to_be_visible(timeout=PATIENCE)
    await expect(last.locator("figure img")).to_have_count(1)
    for picture in await last.locator("figure img").all():
        await expect(picture).to_have_js_property("complete", True)
        assert await picture.evaluate("picture => picture.naturalWidth") >= 800


async def photograph(page: Page, path: Path) -> None:
    """As it stands, without a caret or a pointer in it."""
    await page.mouse.move(0, 0)
    await page.screenshot(path=path, animations="disabled", caret="hide")


async def overflow(page: Page) -> list[str]:
    """What reaches beyond the right edge of the window, but for what scrolls in a box of its own."""
    found: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll('main *, #thread *, #modal *')].filter((element) => {
            const box = element.getBoundingClientRect();
            const boxed = element.closest('.table, .chips, pre, .unseen, .menu:not([open])');
            return box.width && box.right > innerWidth + 0.5 && (!boxed || boxed === element);
        }).map((element) => element.outerHTML.slice(0, 90))"""
    )
    return found


async def faint(page: Page) -> list[str]:
    """Texts whose contrast with what is behind them is below WCAG's AA."""
    found: list[str] = await page.evaluate(CONTRAST)
    return found


CONTRAST = """() => {
  const parse = (color) => {
    const [r, g, b, alpha = 1] = color.match(/[\\d.]+/g).map(Number);
    return { rgb: [r, g, b], alpha };
  };
  const over = (top, alpha, under) => top.map((part, i) => part * alpha + under[i] * (1 - alpha));
  const linear = (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const light = (rgb) => {
    const [r, g, b] = rgb.map((part) => linear(part / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const upwards = (element) => element ? [getComputedStyle(element), ...upwards(element.parentElement)] : [];
  const isHidden = (element) => !element.checkVisibility() || !element.getBoundingClientRect().width
    || element.closest('.unseen, option, optgroup');
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, text = walker.currentNode.data.trim().slice(0, 40);
    if (!text || isHidden(element)) continue;
    const styles = upwards(element);
    const opacity = styles.reduce((product, style) => product * style.opacity, 1);
    if (opacity === 0) continue;
    const layers = styles.map((style) => parse(style.backgroundColor)).reverse();
    const under = layers.reduce((below, layer) => over(layer.rgb, layer.alpha, below), [255, 255, 255]);
    const color = parse(styles[0].color);
    const shown = over(color.rgb, color.alpha * opacity, under);
    const [high, low] = [light(shown), light(under)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    const size = parseFloat(styles[0].fontSize);
    const large = size >= 24 || (size >= 18.66 && styles[0].fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) faint.push(`${ratio.toFixed(2)} ${text}`);
  }
  return faint;
}"""
