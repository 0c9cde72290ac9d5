"""Block Kit as HTML: what each kind becomes, and what no block can do."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import FixedClock
from bot.playground.model import File
from bot.playground.page.blocks import Blocks
from bot.playground.page.forms import KEYS, State
from bot.playground.page.viewer import Viewer
from bot.playground.storage import ANN, seed_workspace
from tests.examples import at_length
from tests.unit.bot.playground.page.conftest import NOW
from tests.unit.bot.playground.page.kinds import (
    ACTIONS,
    BUTTON,
    MODAL,
    SECTION,
    TABLE,
    Node,
    element,
    hostile,
    mrkdwn,
    options,
    plain,
    question,
)
from tests.unit.bot.playground.page.kinds import MESSAGE as SENT
from tests.unit.bot.playground.page.reading import harmless
from tests.unit.bot.playground.page.test_mrkdwn import HOSTILE

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x06\x40\0\0\x03\x84"


def lean(html: str) -> str:
    """Without the spaces between tags."""
    return re.sub(r">\s+<", "><", html.strip())


@pytest.mark.parametrize(
    ("block", "html"),
    [
        ({"type": "header", "text": plain("A *b* <c>")}, '<h3 class="block header">A *b* &lt;c&gt;</h3>'),
        ({"type": "divider"}, '<hr class="block divider">'),
        (
            {"type": "section", "text": mrkdwn("*a*")},
            '<div class="block section"><div class="words"><div><b>a</b></div></div></div>',
        ),
        (
            {"type": "section", "fields": [plain("a"), mrkdwn("_b_")]},
            '<div class="block section"><div class="words"><div class="fields">'
            "<div>a</div><div><i>b</i></div></div></div></div>",
        ),
        (
            {"type": "context", "elements": [mrkdwn("`a`"), plain("b")]},
            '<div class="block context"><span><code>a</code></span><span>b</span></div>',
        ),
    ],
)
def test_small_blocks(blocks: Blocks, block: Node, html: str) -> None:
    assert lean(blocks.block(block)) == html


def test_a_table_has_a_head_and_sides(blocks: Blocks) -> None:
    page = harmless(blocks.block(TABLE))
    assert [has["class"] for has in page.all("th", scope="col")] == ["left wraps short", "right", "left"]
    assert page.one("th", scope="row")["class"] == "left wraps short"
    assert [has["class"] for has in page.all("td")] == ["right", "left"]
    assert page.text.split() == ["Return", "ISCB", "-", "1y", "16.1", "%", "3"]
    assert page.one("div", role="region")["tabindex"] == "0"
    assert "b" in page.tags


def test_a_column_of_longer_cells_has_room_to_wrap_in(blocks: Blocks) -> None:
    long = {"type": "raw_text", "text": "Expense ratio"}
    page = harmless(blocks.block({**TABLE, "rows": [*TABLE["rows"], [long, long, long]]}))
    assert [has["class"] for has in page.all("th", scope="row")] == ["left wraps", "left wraps"]
    assert page.all("th", scope="col")[1]["class"] == "right", "it does not wrap at all"


def test_a_picture_of_the_workspace_is_shown_with_its_words_and_size() -> None:
    workspace = seed_workspace(FixedClock(NOW))
    for name, complete in (("growth.png", True), ("late.png", False), ("data.csv", True)):
        workspace.upload(File(f"F{name[0]}", name, "", held=PNG, complete=complete))
    blocks = Blocks(Viewer(workspace, ANN), "m1")

    def shown(file: str) -> Any:
        block = {
            "type": "image",
            "slack_file": {"id": file},
            "alt_text": 'ISCB "116"',
            "title": plain("Growth"),
        }
        return harmless(blocks.block(block))

    picture = shown("Fg").one("img")
    assert picture == {"src": "/files/Fg", "alt": 'ISCB "116"', "width": "1600", "height": "900"}
    assert shown("Fg").one("a")["data-tip"] == 'ISCB "116"'
    assert 'ISCB "116"' in shown("Fg").text
    for file in ("Fl", "Fd", "Fnone"):
        assert "img" not in shown(file).tags
        assert "not in the workspace" in shown(file).text


def test_a_picture_elsewhere_is_a_link_and_not_fetched(blocks: Blocks) -> None:
    block = {"type": "image", "image_url": "https://a.org/x.png", "alt_text": "Growth"}
    page = harmless(blocks.block(block))
    assert "img" not in page.tags
    assert page.one("a")["href"] == "https://a.org/x.png"
    assert "Growth" in page.text
    beside = {**SECTION, "accessory": {**block, "type": "image"}}
    assert "img" not in harmless(blocks.block(beside)).tags


def test_a_button_says_where_it_is_pressed(blocks: Blocks) -> None:
    button = harmless(blocks.block(ACTIONS)).all("button")[0]
    assert button["name"] == "press"
    assert button["value"] == "a/why"
    assert button["formaction"] == blocks.press


def test_a_button_that_asks_first_is_pressed_inside_the_question(blocks: Blocks) -> None:
    page = harmless(blocks.all(SENT))
    assert page.one("button", value="more/remove")["class"] == "button primary"
    assert "Kept no longer" in page.text


def test_a_link_button_leads_out(blocks: Blocks) -> None:
    link = harmless(blocks.all(SENT)).one("a", **{"data-press": "more/go"})
    assert link["href"] == "https://a.org"
    assert link["aria-label"] == "Open the page"


def test_a_menu_is_a_list_of_buttons(blocks: Blocks) -> None:
    page = harmless(blocks.block(ACTIONS))
    assert [has["value"] for has in page.all("button", **{"class": "option"})] == [
        f"a/snooze/{number}" for number in range(3)
    ]
    chosen = {"a": {"snooze": {"type": "static_select", "selected_option": options("Two")[0]}}}
    again = harmless(Blocks(blocks.viewer, "m1", state=chosen).block(ACTIONS))
    assert again.one("button", **{"aria-current": "true"})["value"] == "a/snooze/1"
    assert "Snooze" not in again.text


def test_ids_are_quoted_in_names(blocks: Blocks) -> None:
    block = {"type": "actions", "block_id": 'a/"b', "elements": [{**BUTTON, "action_id": "c d/<e>"}]}
    assert harmless(blocks.block(block)).one("button")["value"] == "a%2F%22b/c%20d%2F%3Ce%3E"


def test_every_input_of_a_modal_is_labelled(ann: Viewer) -> None:
    errors = {"name": "Taken.", "one": "Choose."}
    page = harmless(Blocks(ann, "V1", "/press", errors=errors).all(MODAL))
    labels = {has["for"] for has in page.all("label") if "for" in has}
    for tag in ("input", "select", "textarea"):
        for has in page.all(tag):
            alone = has.get("type") not in ("radio", "checkbox")
            assert not alone or has["id"] in labels, has
    assert {"Taken.", "Choose."} <= {text.strip() for text in page.pieces}
    assert page.one("input", name="name/e")["aria-invalid"] == "true"
    described = page.one("input", name="name/e")["aria-describedby"].split()
    assert page.one("p", role="alert", id=described[1])
    assert page.one("textarea", name="note/e")
    assert len(page.all("input", type="radio")) == 3
    assert [has["label"] for has in page.all("optgroup")] == ["Risk", "Cost"]


def test_a_modal_shows_what_is_chosen(ann: Viewer) -> None:
    state: State = {
        "name": {"e": {"type": "plain_text_input", "value": 'R"7'}},
        "kind": {"e": {"type": "static_select", "selected_option": options("Three")[0]}},
        "some": {"e": {"type": "checkboxes", "selected_options": []}},
    }
    page = harmless(Blocks(ann, "V1", state=state).all(MODAL))
    assert page.one("input", name="name/e")["value"] == 'R"7'
    assert page.one("input", name="hour/e")["value"] == "08:30"
    assert page.one("input", name="moment/e")["value"] == "2026-01-16T21:00"
    assert "selected" in page.all("option", value="2")[0]
    (ticked,) = [has for has in page.all("input", type="checkbox") if "checked" in has]
    assert (ticked["name"], ticked["value"]) == ("several/e", "1")


@pytest.mark.parametrize(
    "block",
    [
        {"type": "hologram", "depth": 3},
        {"type": "section", "text": {"type": "mrkdwn"}},
        {"type": "image", "alt_text": "x", "slack_file": 7},
        {"type": "actions", "elements": [{"type": "button"}]},
        {"type": "table", "rows": []},
        {"type": ["list"]},
        {},
    ],
)
def test_what_cannot_be_shown_is_shown_as_its_json(blocks: Blocks, block: Node) -> None:
    page = harmless(blocks.block(block))
    assert page.one("div", **{"class": "block unknown"})["aria-label"] == "A block that cannot be shown"
    shown = page.text[page.text.index("{") : page.text.rindex("}") + 1]
    assert json.loads(shown) == block


def test_an_element_that_is_not_known_is_shown_as_its_json(blocks: Blocks) -> None:
    block = {"type": "actions", "block_id": "a", "elements": [element("rich_text_input", "e"), BUTTON]}
    page = harmless(blocks.block(block))
    assert "rich_text_input" in page.text
    assert page.one("button")["value"] == "a/why"


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_in_every_place(blocks: Blocks, text: str) -> None:
    page = harmless(blocks.all(hostile([*SENT, *MODAL], text)))
    assert "script" not in page.tags
    assert page.tags.count("h3") == 1
    assert "49" not in page.text


@pytest.mark.slow
def test_what_was_typed_is_harmless_in_fields(ann: Viewer) -> None:
    for text in HOSTILE:
        state = {"name": {"e": {"type": "plain_text_input", "value": text}}}
        note = {"note": {"e": {"type": "plain_text_input", "value": text}}}
        page = harmless(Blocks(ann, "V1", state=state | note, errors={"name": text}).all(MODAL))
        assert page.one("input", name="name/e")["value"] == text


WORDS = """
type text elements fields accessory options rows title url style alt_text block_id action_id value
column_settings slack_file id confirm label element
"""
KINDS = """
section context actions image table input rich_text header mrkdwn plain_text button overflow
rich_text_section rich_text_list raw_text
"""
NAMES = st.sampled_from(WORDS.split())
TYPES = st.sampled_from([*KINDS.split(), *KEYS])
LEAVES = (
    TYPES | st.sampled_from(["<script>", '"onload="x', "a"]) | st.none() | st.integers(-2, 3) | st.booleans()
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=14,
)


@pytest.mark.slow
@settings(max_examples=at_length(400))
@given(block=st.dictionaries(NAMES, JSON, max_size=6), kind=TYPES)
def test_any_json_is_shown_harmlessly(blocks: Blocks, block: Node, kind: str) -> None:
    harmless(blocks.all([{**block, "type": kind}]))


@pytest.mark.slow
@settings(max_examples=at_length(400))
@given(asked=st.dictionaries(NAMES, JSON, max_size=5), kind=st.sampled_from([*KEYS]))
def test_any_input_is_shown_harmlessly(blocks: Blocks, asked: Node, kind: str) -> None:
    harmless(blocks.block(question("q", {**asked, "type": kind, "action_id": "e"})))
