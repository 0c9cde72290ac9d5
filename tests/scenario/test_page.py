"""The playground in a real browser: what a person sees on a desktop, on a phone, and without a script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, expect

from bot.clock import SystemClock
from bot.playground.api.blocks import with_ids
from bot.playground.model import BOT, View
from bot.playground.run import Playground, PlaygroundOptions, open_playground
from bot.playground.storage import ANN, BEN, CY, DEALS, PORTFOLIO, RANDOM
from tests.integration.playground.page.serving import Stand, standing
from tests.scenario.browsing import (
    PATIENCE,
    PHONE,
    answered,
    ask,
    chromium,
    faint,
    looking,
    overflow,
    photograph,
)
from tests.unit.bot.playground.page.kinds import MESSAGE, MODAL, Node, plain
from tests.unit.bot.playground.page.test_mrkdwn import HOSTILE

HIDE = """hidden => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
}"""

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def here(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Playground]:
    """The whole playground: workspace, page and the real bot on sample data."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    async with open_playground(PlaygroundOptions(browser=False)) as here:
        yield here


@pytest_asyncio.fixture(loop_scope="module")
async def stand(browser: Browser) -> AsyncIterator[Stand]:
    """Workspace and page before a line that records: for what the bot has no part in."""
    async with standing(SystemClock()) as stand:
        yield stand


def at(base: str, user: str = ANN, channel: str = PORTFOLIO) -> str:
    return f"{base.rstrip('/')}/as/{user}/{channel}"


def post(stand: Stand, blocks: list[Node], channel: str = PORTFOLIO, text: str = "found") -> str:
    space = stand.slack.workspace
    return space.post(channel, BOT, text, with_ids(blocks, lambda: space.ids.new("b"))).ts


def modal(stand: Stand, blocks: list[Node] = MODAL, title: str = "Watch") -> View:
    body: dict[str, Any] = {"type": "modal", "title": plain(title), "submit": plain("Save"), "blocks": blocks}
    return stand.slack.workspace.views.open(ANN, body)


class TestAnswers:
    async def test_a_question_is_answered_with_table_and_picture(
        self, browser: Browser, here: Playground, tmp_path: Path
    ) -> None:
        async with looking(browser, here.url) as page:
            await ask(page, "/compare ISCB SPSM")
            await answered(page)
            last = page.locator("#log .message").last
            await expect(last.locator(".header")).to_contain_text("ISCB vs SPSM · 1 year to")
            await expect(last.locator("th[scope=col]")).to_have_text(["Figure", "ISCB", "SPSM", "Gap"])
            alt = await last.locator("figure img").get_attribute("alt") or ""
            # Of today's prices: either may be ahead.
            assert alt.startswith(("Sample data. ISCB ", "Sample data. SPSM "))
            assert "Max drawdown ISCB" in alt
            await expect(page.locator(".unknown")).to_have_count(0)
            await expect(page.locator("#news")).to_contain_text("Watchpoint: SAMPLE DATA · ISCB vs SPSM")
            await photograph(page, tmp_path / "desktop.png")
            assert (tmp_path / "desktop.png").stat().st_size < 400_000
        early = [call for call in here.slack.calls if call.error]
        assert {(call.method, call.error) for call in early} <= {("chat.postMessage", "invalid_blocks")}

    async def test_the_answer_begins_in_sight_and_its_words_are_told_on_hover(
        self, browser: Browser, here: Playground
    ) -> None:
        async with looking(browser, here.url) as page:
            await ask(page, "/compare ISCB SPSM")
            await answered(page)
            last = page.locator("#log .message").last
            await expect(last.locator(".header")).to_be_in_viewport()
            picture = last.locator(".picture").first
            await picture.scroll_into_view_if_needed()
            await picture.hover()
            tip = await picture.evaluate("each => getComputedStyle(each, '::after').content")
            assert "100 became ISCB" in tip
            await last.locator("summary", has_text="Notification text").focus()
            await page.keyboard.press("Tab")
            await page.keyboard.press("Shift+Tab")
            told = last.locator("summary", has_text="Notification text")
            said = await told.evaluate("each => getComputedStyle(each, '::before').content")
            assert "ISCB returned" in said
            await told.press("Enter")
            await expect(last.locator(".foot .aside p")).to_contain_text("ISCB returned")

    async def test_a_phone_shows_table_and_pictures_whole(
        self, browser: Browser, here: Playground, tmp_path: Path
    ) -> None:
        async with looking(browser, here.url, **PHONE) as page:
            await ask(page, "/compare ISCB SPSM")
            await answered(page)
            assert await overflow(page) == []
            table = page.locator("#log .table").last
            assert await table.evaluate("each => each.scrollWidth <= each.clientWidth")
            box = await table.bounding_box()
            assert box is not None
            assert box["width"] > 350
            await photograph(page, tmp_path / "phone.png")
            await page.locator("#say").fill("/")
            await expect(page.locator("#say-suggestions")).to_be_visible()
            assert await overflow(page) == []

    async def test_six_funds_scroll_in_the_tables_own_box_at_most(
        self, browser: Browser, here: Playground
    ) -> None:
        async with looking(browser, here.url, **PHONE) as page:
            await ask(page, "/compare ISCB SPSM IWM IJR VB AVUV 3y")
            await answered(page)
            assert await overflow(page) == []
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    async def test_advice_on_a_wrong_symbol_is_seen_by_the_asker_alone(
        self, browser: Browser, here: Playground
    ) -> None:
        async with looking(browser, here.url) as anns, looking(browser, at(here.url, BEN)) as bens:
            await ask(anns, "/compare ISCB SPSN")
            shown = anns.locator("#log .message").last
            await expect(shown).to_contain_text("Did you mean SPSM", timeout=PATIENCE)
            await expect(shown).to_contain_text("Only visible to you")
            await ask(anns, "what now?")
            await expect(bens.locator("#log .message").last).to_contain_text("what now?")
            await expect(bens.locator("#log")).not_to_contain_text("SPSN")
            await expect(bens.locator("#log")).not_to_contain_text("Only visible to you")

    async def test_a_private_channel_without_the_bot(self, browser: Browser, here: Playground) -> None:
        async with looking(browser, at(here.url, channel=DEALS)) as page:
            await ask(page, "/compare ISCB SPSM")
            shown = page.locator("#log .message").last
            await expect(shown.locator(".table")).to_be_visible(timeout=PATIENCE)
            await expect(shown).to_contain_text("Only visible to you")
            await expect(shown).to_contain_text("To see the pictures here, invite me: /invite @watchpoint")
            await expect(shown.locator("figure")).to_have_count(0)
            await expect(page.locator("#head")).to_contain_text("Invite Watchpoint")
            await ask(page, "/invite @watchpoint")
            await expect(page.locator("#log .event")).to_contain_text(
                "@Watchpoint was added to #deals-private"
            )
            await expect(page.locator("#head")).not_to_contain_text("Invite Watchpoint")
            await expect(page.locator(".place", has_text="deals-private")).not_to_contain_text("no bot")
            await ask(page, "/compare ISCB SPSM")
            await answered(page)

    async def test_a_mention_is_answered_in_its_thread(self, browser: Browser, here: Playground) -> None:
        async with looking(browser, here.url) as page:
            await ask(page, "@watchpoint compare ISCB SPSM")
            replies = page.locator("#log .replies")
            await expect(replies).to_contain_text("1 reply", timeout=PATIENCE)
            await replies.click()
            await expect(page.locator("#thread .table")).to_be_visible()
            await expect(page.locator("#thread figure img")).to_have_count(1)
            await expect(page.locator("#reply")).to_be_focused()
            await page.locator("#reply").fill("@watchpoint help")
            await page.locator("#reply").press("Enter")
            await expect(page.locator("#thread .message").last).to_contain_text(
                "Commands: /compare", timeout=PATIENCE
            )
            await page.keyboard.press("Escape")
            await expect(page.locator("#thread")).to_be_hidden()

    async def test_without_a_script_forms_and_links_do(self, browser: Browser, here: Playground) -> None:
        async with looking(browser, here.url, java_script_enabled=False) as page:
            await page.get_by_label("Message #portfolio").fill("/compare ISCB SPSM")
            await page.get_by_role("button", name="Send").click()
            await here.bot.shift.idle()
            await page.get_by_role("link", name="Look again").click()
            await expect(page.locator("#log .table")).to_have_count(1)
            await expect(page.locator("#log figure img")).to_have_count(1)
            await page.locator("#log .message").last.get_by_role("link", name="Reply in thread").click()
            await page.locator("#reply").fill("thank you")
            await page.locator("#thread").get_by_role("button", name="Send").click()
            await expect(page.locator("#thread .message").last).to_contain_text("thank you")
            await page.get_by_role("link", name="Close the thread").click()
            await expect(page.locator("#log .replies")).to_contain_text("1 reply")


class TestKeyboard:
    async def test_a_whole_question_by_keyboard_alone(self, browser: Browser, here: Playground) -> None:
        async with looking(browser, here.url) as page:
            await page.keyboard.press("Tab")
            await expect(page.get_by_role("link", name="Skip to the message box")).to_be_focused()
            await page.keyboard.press("Enter")
            await expect(page.locator("#say")).to_be_focused()
            await page.keyboard.type("/co")
            options = page.locator("#say-suggestions [role=option]:not([hidden])")
            await expect(options).to_have_count(1)
            await page.keyboard.press("Tab")
            await expect(page.locator("#say")).to_have_value("/compare ")
            await expect(page.locator("#say-usage")).to_contain_text("/compare A B [C … up to 6] [window]")
            await page.keyboard.type("ISCB SPSM 3y")
            await page.keyboard.press("Enter")
            await answered(page)
            await expect(page.locator("#say")).to_be_focused()
            await expect(page.locator("#say")).to_have_value("")
            await expect(page.locator("#say-usage")).to_be_hidden()

    async def test_completion(self, browser: Browser, stand: Stand) -> None:
        async with looking(browser, at(stand.base)) as page:
            box, chosen = page.locator("#say"), page.locator("#say-suggestions [aria-selected=true]")
            await box.press("/")
            await expect(page.locator("#say-suggestions")).to_be_visible()
            await expect(chosen).to_contain_text("/compare")
            assert await box.get_attribute("aria-activedescendant") == await chosen.get_attribute("id")
            await box.press("ArrowDown")
            await expect(chosen).to_contain_text("/sectors")
            await box.press("ArrowUp")
            await box.press("ArrowUp")
            await expect(chosen).to_contain_text("/remove")
            await box.press("Escape")
            await expect(page.locator("#say-suggestions")).to_be_hidden()
            await expect(box).to_have_value("/")
            await box.press("i")
            await box.press("Enter")
            await expect(box).to_have_value("/invite @watchpoint")
            await box.fill("@")
            await page.locator("#say-suggestions [role=option]:visible").click()
            await expect(box).to_have_value("@watchpoint ")
            await box.press("Shift+Enter")
            await box.press("x")
            await expect(box).to_have_value("@watchpoint \nx")
            await box.press("Enter")
            await expect(page.locator("#log .message").last).to_contain_text("@Watchpoint")
            assert stand.line.sent[0]["event"]["text"] == "<@U0BOT> \nx"

    async def test_a_thread_is_opened_and_left(self, browser: Browser, stand: Stand) -> None:
        ts = post(stand, MESSAGE)
        async with looking(browser, at(stand.base)) as page:
            message = page.locator(f"#m{ts.replace('.', '-')}")
            link = message.get_by_role("link", name="Reply in thread")
            await link.focus()
            await expect(link).to_have_css("opacity", "1")
            await link.press("Enter")
            await expect(page.locator("#reply")).to_be_focused()
            await page.keyboard.type("noted")
            await page.keyboard.press("Enter")
            await expect(page.locator("#thread .message").last).to_contain_text("noted")
            await expect(page.locator("#reply")).to_be_focused()
            await page.keyboard.press("Escape")
            await expect(page.locator("#thread")).to_be_hidden()
            await expect(message).to_be_focused()
            await page.go_back()
            await expect(page.locator("#thread .message").last).to_contain_text("noted")

    async def test_menus(self, browser: Browser, stand: Stand) -> None:
        post(stand, MESSAGE)
        async with looking(browser, at(stand.base)) as page:
            menu = page.locator("#log summary", has_text="Snooze")
            await menu.focus()
            await page.keyboard.press("Enter")
            await page.keyboard.press("ArrowDown")
            await expect(page.get_by_role("button", name="One")).to_be_focused()
            await page.keyboard.press("Escape")
            await expect(menu).to_be_focused()
            await page.keyboard.press("Enter")
            await page.keyboard.press("ArrowDown")
            await page.keyboard.press("ArrowDown")
            await page.keyboard.press("Enter")
            await expect(page.locator("#log summary.select")).to_have_text("Two")
            assert stand.line.sent[0]["actions"][0]["selected_option"]["value"] == "two"

    async def test_a_modal_takes_and_gives_back_the_focus(self, browser: Browser, stand: Stand) -> None:
        async with looking(browser, at(stand.base)) as page:
            await page.locator("#say").focus()
            modal(stand)
            await expect(page.locator("#modal")).to_be_visible()
            await expect(page.get_by_label("name")).to_be_focused()
            for _ in range(60):
                await page.keyboard.press("Tab")
                where = await page.evaluate("document.activeElement.closest('#modal, body').id")
                assert where in ("modal", "")  # "": the browser's own bar
            await page.keyboard.press("Escape")
            await expect(page.locator("#modal")).to_be_hidden()
            await expect(page.locator("#say")).to_be_focused()


class TestLive:
    async def test_what_others_do_arrives_without_a_reload(self, browser: Browser, stand: Stand) -> None:
        async with looking(browser, at(stand.base)) as page:
            await page.evaluate("window.same = true")
            await page.locator("#say").fill("half a thought")
            ts = post(stand, [{"type": "header", "text": plain("First")}])
            await expect(page.locator("#log .header")).to_have_text("First")
            space = stand.slack.workspace
            space.update(PORTFOLIO, ts, "x", [{"type": "header", "block_id": "h", "text": plain("Second")}])
            await expect(page.locator("#log .header")).to_have_text("Second")
            space.delete(PORTFOLIO, ts)
            await expect(page.locator("#log .header")).to_have_count(0)
            space.post(RANDOM, CY, "elsewhere")
            await expect(page.locator(".place", has_text="random").locator(".count")).to_have_text("1 unread")
            await expect(page.locator("#say")).to_have_value("half a thought")
            assert await page.evaluate("window.same")

    async def test_a_hidden_page_lets_go_and_catches_up(self, browser: Browser, stand: Stand) -> None:
        async with looking(browser, at(stand.base)) as page:
            await expect(page.locator("#trouble")).to_be_hidden()
            await page.evaluate(HIDE, True)
            stand.slack.workspace.post(PORTFOLIO, BEN, "nobody looks")
            await page.wait_for_function("stream.readyState === EventSource.CLOSED")
            await expect(page.locator("#log")).not_to_contain_text("nobody looks")
            await page.evaluate(HIDE, False)
            await expect(page.locator("#log .message").last).to_contain_text("nobody looks")

    async def test_what_is_missed_while_the_line_is_down_is_there_afterwards(
        self, browser: Browser, stand: Stand
    ) -> None:
        async with looking(browser, at(stand.base), forgiving=True) as page:
            await page.route("**/*", lambda route: route.abort())
            await page.locator("#say").fill("can you hear me?")
            await page.locator("#say").press("Enter")
            await expect(page.locator("#trouble")).to_contain_text("does not answer")
            await expect(page.locator("#say")).to_have_value("can you hear me?")
            stand.slack.workspace.post(PORTFOLIO, BEN, "meanwhile")
            await page.unroute_all()
            await page.locator("#say").press("Enter")
            await expect(page.locator("#log .message").last).to_contain_text("can you hear me?")
            await expect(page.locator("#log")).to_contain_text("meanwhile")
            await expect(page.locator("#trouble")).to_be_hidden()

    async def test_a_modal_keeps_what_is_typed_while_the_app_changes_it(
        self, browser: Browser, stand: Stand
    ) -> None:
        async with looking(browser, at(stand.base)) as page:
            view = modal(stand)
            await page.get_by_label("name").fill("R7")
            await page.get_by_label("Two").first.check()
            stand.slack.workspace.views.update(view.id, {**view.body, "title": plain("Another title")})
            await expect(page.locator("#modal-title")).to_have_text("Another title")
            await expect(page.get_by_label("name")).to_have_value("R7")
            await page.get_by_role("button", name="Save").click()
            await expect(page.get_by_text("Please complete this required field.")).to_have_count(2)
            await expect(page.get_by_label("name")).to_have_value("R7")
            await page.get_by_label("kind").select_option(label="Two")
            await page.get_by_role("radio", name="Three").check()
            await page.get_by_role("button", name="Save").click()
            await expect(page.locator("#modal")).to_be_hidden()
            values = stand.line.sent[0]["view"]["state"]["values"]
            assert values["name"]["e"]["value"] == "R7"
            assert values["one"]["e"]["selected_option"]["value"] == "three"

    async def test_a_fault_of_a_field_is_told_at_the_field_and_has_the_focus(
        self, browser: Browser, stand: Stand
    ) -> None:
        async with looking(browser, at(stand.base)) as page:
            modal(stand)
            await page.get_by_label("name").fill("R")
            await page.get_by_role("button", name="Save").click()
            field = page.get_by_label("name")
            await expect(field).to_be_focused()
            await expect(field).to_have_attribute("aria-invalid", "true")
            await expect(page.locator(".input", has=field).get_by_role("alert")).to_contain_text(
                "2 to 9 characters"
            )

    async def test_an_input_in_a_message_is_told_at_once(self, browser: Browser, stand: Stand) -> None:
        post(stand, MESSAGE)
        async with looking(browser, at(stand.base)) as page:
            async with page.expect_response("**/press"):
                await page.locator("#log input[type=date]").fill("2026-12-24")
            assert stand.line.sent[-1]["actions"][0]["selected_date"] == "2026-12-24"
            await page.reload()
            await expect(page.locator("#log input[type=date]")).to_have_value("2026-12-24")


class TestLooks:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    async def test_everything_is_readable(self, browser: Browser, stand: Stand, scheme: Any) -> None:
        post(stand, [*MESSAGE, {"type": "hologram"}])
        space = stand.slack.workspace
        space.post_ephemeral(PORTFOLIO, BOT, ANN, "between us, <@U0ANN> and <@U0BEN>, `in` <#C0RANDOM>")
        space.post(RANDOM, CY, "elsewhere")
        async with looking(browser, at(stand.base), color_scheme=scheme) as page:
            assert await faint(page) == []
            await page.locator(".you summary").click()
            await page.locator("#log summary.select").click()
            assert await faint(page) == []
            view = modal(stand)
            space.views.refuse(view.id, {"name": "R7 is taken."})
            await expect(page.get_by_text("R7 is taken.")).to_be_visible()
            assert [text for text in await faint(page) if "taken" in text or "optional" in text] == []

    async def test_the_instruments_see_faults(self, browser: Browser, stand: Stand) -> None:
        async with looking(browser, at(stand.base), **PHONE) as page:
            assert await faint(page) == await overflow(page) == []
            await page.evaluate("document.documentElement.style.setProperty('--text', '#999')")
            assert any("Small caps again" in text for text in await faint(page))
            await page.evaluate("document.querySelector('#log .words').style.width = '500px'")
            assert len(await overflow(page)) == 1

    async def test_the_colours_are_chosen_and_stay(self, browser: Browser, stand: Stand) -> None:
        async with looking(browser, at(stand.base), color_scheme="dark") as page:
            body = page.locator("body")
            await expect(body).to_have_css("background-color", "rgb(21, 25, 29)")
            await page.get_by_role("button", name="Light").click()
            await expect(body).to_have_css("background-color", "rgb(255, 255, 255)")
            await expect(page.get_by_role("button", name="Light")).to_have_attribute("aria-pressed", "true")
            await page.reload()
            await expect(body).to_have_css("background-color", "rgb(255, 255, 255)")

    async def test_a_phone_has_one_column_a_menu_and_whole_threads(
        self, browser: Browser, stand: Stand
    ) -> None:
        ts = post(stand, MESSAGE)
        modal_width = 390
        async with looking(browser, at(stand.base), **PHONE) as page:
            assert await overflow(page) == []
            await expect(page.locator("#side")).to_be_hidden()
            await page.get_by_role("button", name="Workspace and channels").tap()
            await expect(page.locator("#side")).to_be_visible()
            await page.locator(".place", has_text="random").tap()
            await expect(page.locator("h1")).to_have_text("random")
            await expect(page.locator("#side")).to_be_hidden()
            await page.goto(f"{at(stand.base)}?thread={ts}")
            box = await page.locator("#thread").bounding_box()
            assert box is not None
            assert (box["x"], box["width"], box["height"]) == (0, 390, 844)
            assert await overflow(page) == []
            await page.locator("#thread summary.select").tap()
            assert await overflow(page) == []
            modal(stand)
            await expect(page.locator("#modal")).to_be_visible()
            box = await page.locator("#modal").bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= modal_width
            assert await overflow(page) == []


class TestHostility:
    async def test_hostile_text_runs_nothing(self, browser: Browser, stand: Stand) -> None:
        async with looking(browser, at(stand.base)) as page:
            opened_dialogs: list[str] = []
            page.on("dialog", lambda dialog: opened_dialogs.append(dialog.message))
            for text in HOSTILE:
                stand.slack.workspace.post(PORTFOLIO, BOT, text)
                post(stand, [{"type": "section", "text": {"type": "mrkdwn", "text": text}}], text=text)
            await stand.post(f"/as/{BEN}/{PORTFOLIO}/say", text='<img src=x onerror="alert(1)">')
            await expect(page.locator("#log .message").last).to_contain_text('<img src=x onerror="alert(1)">')
            for selector in (
                "script",
                "img",
                "svg:not(.icon)",
                "iframe",
                "[onerror]",
                "[onload]",
                "[onclick]",
            ):
                await expect(page.locator(f"#log {selector}")).to_have_count(0)
            assert opened_dialogs == []

    async def test_another_page_cannot_send_a_form(self, browser: Browser, stand: Stand) -> None:
        fields = '<input name="text" value="sold"><button>Go</button>'
        form = f'<form method="post" action="{at(stand.base)}/say">{fields}</form>'

        async def lure(_request: web.Request) -> web.Response:
            return web.Response(text=form, content_type="text/html")

        site = web.Application()
        site.add_routes([web.get("/", lure)])
        async with TestServer(site) as elsewhere, looking(browser, forgiving=True) as page:
            for address in ("about:blank", str(elsewhere.make_url("/"))):
                await page.goto(address)
                if address == "about:blank":
                    await page.set_content(form)
                async with page.expect_response("**/say") as answer:
                    await page.get_by_role("button", name="Go").click()
                assert (await answer.value).status == 403
                await expect(page.locator("body")).to_contain_text("Only the page itself may do this")
        assert "sold" not in [message.text for message in stand.slack.workspace.history(PORTFOLIO)]

    async def test_another_page_cannot_frame_it(self, browser: Browser, stand: Stand) -> None:
        async with looking(browser, forgiving=True) as page:
            await page.set_content(f'<iframe src="{at(stand.base)}"></iframe>')
            frame = page.frame_locator("iframe")
            await expect(frame.locator("#log")).to_have_count(0)
            assert ["portfolio" in await each.title() for each in page.frames] == [False, False]
