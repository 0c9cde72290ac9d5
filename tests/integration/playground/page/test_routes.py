"""The page without its script: plain forms and links, as a browser would follow them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.commands import COMMANDS
from bot.playground.model import BOT, File
from bot.playground.storage import ANN, BEN, CY, DEALS, PORTFOLIO, RANDOM
from bot.playground.transport import AppAnswer
from tests.fakes.slack_clock import SleptClock
from tests.integration.playground.page.serving import Stand, standing
from tests.unit.bot.playground.page.kinds import ACTIONS, BUTTON, MODAL, OPTIONS, plain

VIEW = {"type": "modal", "title": plain("Watch"), "submit": plain("Save"), "blocks": MODAL}


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with standing(SleptClock()) as stand:
        yield stand


async def test_the_front_leads_to_the_first_channel(stand: Stand) -> None:
    async with stand.session.get(f"{stand.base}/") as answer:
        assert answer.url.path == f"/as/{ANN}/{PORTFOLIO}"


async def test_a_channel_has_landmarks_and_names(stand: Stand) -> None:
    _, page = await stand.get(f"/as/{ANN}/{PORTFOLIO}")
    assert page.one("html")["lang"] == "en"
    assert len(page.all("main")) == len(page.all("h1")) == 1
    assert page.one("section", id="log")["role"] == "log"
    assert page.one("p", id="news")["aria-live"] == "polite"
    assert page.one("a", **{"class": "skip"})["href"] == "#say"
    assert page.one("label", **{"for": "say"})
    assert "portfolio · Fund team playground" in page.text
    assert [has["src"] for has in page.all("script")] == ["/static/page.js"]
    for tag in ("button", "input", "textarea", "details"):
        assert page.all(tag)
    ids = [has["id"] for _, has in page.opened if "id" in has]
    assert len(ids) == len(set(ids))


async def test_every_person_can_be_acted_as(stand: Stand) -> None:
    _, page = await stand.get(f"/as/{ANN}/{RANDOM}")
    for user in (ANN, BEN, CY):
        assert page.all("a", href=f"/as/{user}/{RANDOM}", **{"class": "option"})
    assert not page.all("a", href=f"/as/{BOT}/{RANDOM}")
    assert "You are Ann Portfolio" in page.text


async def test_who_is_not_there_has_no_page(stand: Stand) -> None:
    for user in ("U0NOBODY", BOT):
        status, page = await stand.get(f"/as/{user}/{PORTFOLIO}")
        assert status == 404
        assert user in page.text


async def test_a_channel_that_one_does_not_see_leads_to_the_first(stand: Stand) -> None:
    for channel in (DEALS, "C0NOTHING"):
        async with stand.session.get(f"{stand.base}/as/{CY}/{channel}") as answer:
            assert answer.url.path == f"/as/{CY}/{PORTFOLIO}"
    before = stand.slack.workspace.messages(DEALS)
    answer = await stand.post(f"/as/{CY}/{DEALS}/say", text="let me in")
    assert answer.status == 404
    assert stand.slack.workspace.messages(DEALS) == before


async def test_channels_without_the_bot_are_marked_and_it_can_be_invited(stand: Stand) -> None:
    _, page = await stand.get(f"/as/{ANN}/{DEALS}")
    assert page.text.count("no bot") == 2
    invite = page.one("input", name="text")["value"]
    await stand.post(f"/as/{ANN}/{DEALS}/say", text=invite)
    assert BOT in stand.slack.workspace.channels[DEALS].members
    _, page = await stand.get(f"/as/{ANN}/{DEALS}")
    assert page.text.count("no bot") == 1
    assert "@Watchpoint was added to #deals-private by @Ann Portfolio" in page.text
    assert not page.all("input", name="text")


async def test_what_is_typed_reaches_the_app(stand: Stand) -> None:
    await stand.post(f"/as/{ANN}/{PORTFOLIO}/say", text="/compare ISCB SPSM")
    assert (stand.line.sent[0]["command"], stand.line.sent[0]["text"]) == ("/compare", "ISCB SPSM")
    await stand.post(f"/as/{BEN}/{PORTFOLIO}/say", text="@watchpoint <b>\r\nhelp")
    assert stand.line.sent[1]["event"]["text"] == "<@U0BOT> &lt;b&gt;\nhelp"
    _, page = await stand.get(f"/as/{ANN}/{PORTFOLIO}")
    assert "@Watchpoint <b>" in page.text


async def test_a_thread_stands_beside_and_takes_replies(stand: Stand) -> None:
    parent = stand.slack.workspace.post(PORTFOLIO, BOT, "found")
    place = f"/as/{ANN}/{PORTFOLIO}"
    _, page = await stand.get(place)
    assert page.all("a", href=f"{place}?thread={parent.ts}")
    assert "hidden" in page.one("aside", id="thread")
    _, page = await stand.get(f"{place}?thread={parent.ts}")
    assert "hidden" not in page.one("aside", id="thread")
    hidden = page.all("input", name="thread", value=parent.ts)
    assert len(hidden) == 2, "the message box, and the chips over it"
    await stand.post(f"{place}/say", text="and now?", thread=parent.ts)
    _, page = await stand.get(f"{place}?thread={parent.ts}")
    assert page.text.count("and now?") == 1
    assert page.text.count("1 reply") == 2
    _, page = await stand.get(f"{place}?thread=17.1")
    assert "hidden" in page.one("aside", id="thread")


async def test_what_only_ann_sees_is_not_on_bens_page(stand: Stand) -> None:
    stand.slack.workspace.post_ephemeral(PORTFOLIO, BOT, ANN, "between us")
    _, anns = await stand.get(f"/as/{ANN}/{PORTFOLIO}")
    _, bens = await stand.get(f"/as/{BEN}/{PORTFOLIO}")
    assert "between us" in anns.text
    assert "Only visible to you" in anns.text
    assert "between us" not in bens.text


async def test_commands_are_listed_for_completion(stand: Stand) -> None:
    _, page = await stand.get(f"/as/{ANN}/{PORTFOLIO}")
    listed = page.all("li", role="option")
    words = [has["data-word"] for has in listed]
    own = [command.name for command in COMMANDS]
    assert words == [*own, "/invite", "/remove", "@watchpoint"]
    assert listed[0]["data-usage"].startswith("A B [C")
    assert listed[0]["data-examples"].splitlines()[0] == "/compare ISCB SPSM"
    assert listed[len(own)]["data-insert"] == "/invite @watchpoint"


async def test_a_button_is_pressed_with_what_was_chosen_before(stand: Stand) -> None:
    message = stand.slack.workspace.post(PORTFOLIO, BOT, "found", [ACTIONS])
    assert await stand.press(message.ts, "a/snooze/1") == 303
    assert stand.line.sent[0]["actions"][0]["selected_option"] == OPTIONS[1]
    _, page = await stand.get(f"/as/{ANN}/{PORTFOLIO}")
    assert page.one("button", **{"aria-current": "true"})["value"] == "a/snooze/1"
    _, page = await stand.get(f"/as/{BEN}/{PORTFOLIO}")
    assert not page.all("button", **{"aria-current": "true"})
    assert await stand.press(message.ts, "a/why") == 303
    sent = stand.line.sent[1]
    assert sent["actions"][0]["value"] == "7"
    assert sent["state"]["values"]["a"]["snooze"]["selected_option"] == OPTIONS[1]


async def test_what_has_gone_cannot_be_pressed(stand: Stand) -> None:
    message = stand.slack.workspace.post(PORTFOLIO, BOT, "found", [ACTIONS])
    secret = stand.slack.workspace.post_ephemeral(PORTFOLIO, BOT, BEN, "for Ben", [ACTIONS])
    assert await stand.press(message.ts, "a/gone") == 409
    assert await stand.press("17.1", "a/why") == 409
    assert await stand.press(secret.ts, "a/why") == 409
    assert await stand.press(secret.ts, "a/why", user=BEN) == 303
    assert await stand.press(message.ts, "a/why", user=CY, channel=DEALS) == 404
    assert len(stand.line.sent) == 1


async def test_a_modal_shows_its_faults_and_keeps_what_was_typed(stand: Stand) -> None:
    view = stand.slack.workspace.views.open(ANN, VIEW)
    place = f"/as/{ANN}/views/{view.id}"
    _, page = await stand.get(f"/as/{ANN}/{PORTFOLIO}")
    assert "open" in page.one("dialog")
    await stand.post(f"{place}/submit", **{"name/e": "R", "kind/e": "1", "back": f"/as/{ANN}/{PORTFOLIO}"})
    assert stand.line.sent == []
    _, page = await stand.get(f"/as/{ANN}/{PORTFOLIO}")
    assert "Please enter 2 to 9 characters; these are 1." in page.text
    assert page.text.count("Please complete this required field.") == 1
    assert page.one("input", name="name/e")["value"] == "R"
    assert page.one("input", name="name/e")["aria-invalid"] == "true"


async def test_a_submission_reaches_the_app_and_its_errors_the_field(stand: Stand) -> None:
    view = stand.slack.workspace.views.open(ANN, VIEW)
    place = f"/as/{ANN}/views/{view.id}"
    whole = {"name/e": "R7", "kind/e": "1", "one/e": "0", "several/e": "2"}
    stand.line.answers.append(
        AppAnswer(200, {"response_action": "errors", "errors": {"name": "R7 is taken."}})
    )
    await stand.post(f"{place}/submit", **whole)
    values = stand.line.sent[0]["view"]["state"]["values"]
    assert values["name"]["e"]["value"] == "R7"
    assert values["several"]["e"]["selected_options"] == [OPTIONS[2]]
    _, page = await stand.get(f"/as/{ANN}/{PORTFOLIO}")
    assert "R7 is taken." in page.text
    await stand.post(f"{place}/submit", **whole)
    _, page = await stand.get(f"/as/{ANN}/{PORTFOLIO}")
    assert "open" not in page.one("dialog")


async def test_a_button_in_a_modal_takes_the_inputs_along(stand: Stand) -> None:
    view = stand.slack.workspace.views.open(ANN, VIEW)
    place = f"/as/{ANN}/views/{view.id}"
    await stand.post(f"{place}/press", **{"press": "a/why", "note/e": "as typed"})
    sent = stand.line.sent[0]
    assert (sent["type"], sent["container"]["view_id"]) == ("block_actions", view.id)
    assert sent["view"]["state"]["values"]["note"]["e"]["value"] == "as typed"
    answer = await stand.post(f"/as/{BEN}/views/{view.id}/press", press="a/why")
    assert answer.status == 409


async def test_modals_lie_on_each_other_and_are_closed(stand: Stand) -> None:
    views = stand.slack.workspace.views
    first = views.open(ANN, VIEW)
    second = views.push(ANN, {**VIEW, "title": plain("On top"), "notify_on_close": True})
    _, page = await stand.get(f"/as/{ANN}/{PORTFOLIO}")
    assert "On top" in page.text
    await stand.post(f"/as/{ANN}/views/{second.id}/close")
    assert stand.line.sent[0]["type"] == "view_closed"
    _, page = await stand.get(f"/as/{ANN}/{PORTFOLIO}")
    assert page.one("dialog")["data-view"] == first.id


async def test_the_home_tab_is_looked_at_and_pressed(stand: Stand) -> None:
    _, page = await stand.get(f"/as/{ANN}/home")
    assert "published nothing" in page.text
    assert stand.line.sent[0]["event"]["type"] == "app_home_opened"
    home = stand.slack.workspace.views.publish(ANN, {"type": "home", "blocks": [ACTIONS]})
    _, page = await stand.get(f"/as/{ANN}/home?part=home")
    assert page.one("button", value="a/why")["formaction"] == f"/as/{ANN}/views/{home.id}/press"
    await stand.post(f"/as/{ANN}/views/{home.id}/press", press="a/why")
    assert [sent.get("type") for sent in stand.line.sent] == ["event_callback", "block_actions"]


async def test_files_are_pictures_or_are_taken_away(stand: Stand) -> None:
    for name in ("a.png", "b.csv", "c.svg", "d.html"):
        stand.slack.workspace.upload(File(f"F{name[0]}", name, "", held=b"x", complete=name != "d.html"))
    types = {}
    for file in "abcd":
        async with stand.session.get(f"{stand.base}/files/F{file}") as answer:
            types[file] = (answer.status, answer.content_type, answer.headers.get("Content-Disposition"))
    assert types["a"] == (200, "image/png", None)
    assert types["b"] == types["c"] == (200, "application/octet-stream", "attachment")
    assert types["d"][0] == 404


async def test_the_colours_are_remembered(stand: Stand) -> None:
    answer = await stand.post("/theme", theme="dark", back=f"/as/{ANN}/{PORTFOLIO}")
    assert answer.cookies["theme"].value == "dark"
    assert answer.cookies["theme"]["samesite"] == "Strict"
    for cookie, theme in (("dark", "dark"), ("light", "light"), ('x"><script>', "auto"), ("", "auto")):
        _, page = await stand.get(f"/as/{ANN}/{PORTFOLIO}", Cookie=f"theme={cookie}")
        assert page.one("html")["data-theme"] == theme
    answer = await stand.post("/theme", theme="neon")
    assert answer.cookies["theme"].value == "auto"


async def test_parts_are_given_alone(stand: Stand) -> None:
    place = f"/as/{ANN}/{PORTFOLIO}?part="
    for part in ("side", "head", "log", "thread", "modal"):
        _, page = await stand.get(place + part)
        assert [has["id"] for _, has in page.opened if has.get("id") == part] == [part]
        assert "html" not in page.tags
    _, page = await stand.get(f"{place}log,side,nonsense,../page")
    assert "html" not in page.tags


async def test_an_archived_channel_takes_nothing(stand: Stand) -> None:
    stand.slack.workspace.archive(RANDOM)
    _, page = await stand.get(f"/as/{ANN}/{RANDOM}")
    assert "nobody can write here" in page.text
    assert not page.all("textarea")


async def test_static_files_are_named_ones_only(stand: Stand) -> None:
    for name, kind in (
        ("page.css", "text/css"),
        ("page.js", "text/javascript"),
        ("icon.svg", "image/svg+xml"),
    ):
        async with stand.session.get(f"{stand.base}/static/{name}") as answer:
            assert (answer.status, answer.content_type) == (200, kind)
    for name in ("..%2Fblocks.py", "page.py", "%2Fetc%2Fpasswd"):
        async with stand.session.get(f"{stand.base}/static/{name}") as answer:
            assert answer.status == 404


async def test_a_message_with_a_button_is_one_form(stand: Stand) -> None:
    block = {"type": "actions", "block_id": "a", "elements": [BUTTON]}
    message = stand.slack.workspace.post(PORTFOLIO, BOT, "found", [block])
    _, page = await stand.get(f"/as/{ANN}/{PORTFOLIO}")
    action = f"/as/{ANN}/{PORTFOLIO}/messages/{message.ts}/press"
    assert page.one("form", action=action)["method"] == "post"
    assert page.one("button", value="a/why")["formaction"] == action


async def test_a_global_shortcut_stands_in_the_head(stand: Stand) -> None:
    _, page = await stand.get(f"/as/{ANN}/{PORTFOLIO}")
    assert page.all("button", name="callback", value="compare_funds")
    answer = await stand.post(f"/as/{ANN}/shortcut", callback="compare_funds", back=f"/as/{ANN}/{PORTFOLIO}")
    assert answer.status == 303
    (sent,) = stand.line.sent
    assert (sent["type"], sent["callback_id"], sent["user"]["id"]) == ("shortcut", "compare_funds", ANN)


async def test_a_message_has_a_menu_with_its_shortcut(stand: Stand) -> None:
    said = stand.slack.workspace.history(PORTFOLIO)[-1]
    path = f"/as/{ANN}/{PORTFOLIO}/messages/{said.ts}/shortcut"
    _, page = await stand.get(f"/as/{ANN}/{PORTFOLIO}")
    assert page.all("form", action=path)
    await stand.post(path, callback="compare_named")
    (sent,) = stand.line.sent
    assert (sent["type"], sent["message"]["ts"]) == ("message_action", said.ts)


async def test_a_shortcut_that_the_app_does_not_have_reaches_nobody(stand: Stand) -> None:
    await stand.post(f"/as/{ANN}/shortcut", callback="<script>")
    assert stand.line.sent == []


async def test_a_file_that_is_shared_can_be_kept(stand: Stand) -> None:
    workspace = stand.slack.workspace
    workspace.upload(File("F9", "ISCB <b>.csv", "ISCB & SPSM", b"date,ISCB\n", complete=True))
    workspace.post(PORTFOLIO, BOT, "The table", files=["F9"])
    _, page = await stand.get(f"/as/{ANN}/{PORTFOLIO}")
    link = page.one("a", href="/files/F9")
    assert link["download"] == "ISCB <b>.csv"
    assert "ISCB & SPSM" in page.text
    async with stand.session.get(f"{stand.base}/files/F9") as answer:
        assert (await answer.read(), answer.headers["Content-Disposition"]) == (b"date,ISCB\n", "attachment")
