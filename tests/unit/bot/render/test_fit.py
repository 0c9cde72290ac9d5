"""What does not fit is cut, split or left out with a word; what fits stays as it is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.render.fit import fit, fit_blocks, trim
from bot.render.limits import FALLBACK_TEXT, is_blank, read, weight
from bot.render.message import Block, Message
from bot.render.text import NONE, escape
from tests.examples import at_length
from tests.violations import violations


def section(text: str, **more: Any) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def cell(text: str) -> Block:
    return {"type": "raw_text", "text": text}


def table(*rows: list[str], **more: Any) -> Block:
    return {"type": "table", "rows": [[cell(text) for text in row] for row in rows], **more}


def shown(block: Block) -> str:
    return " ".join(read(block))


class TestTrim:
    def test_what_fits_stays(self) -> None:
        assert trim("ISCB returned 16.1 %", 20) == "ISCB returned 16.1 %"

    def test_a_longer_text_ends_at_a_word_with_an_ellipsis(self) -> None:
        assert trim("ISCB returned more than SPSM over the year", 30) == "ISCB returned more than…"

    def test_a_number_keeps_its_unit(self) -> None:
        assert trim("It returned about 16.1\u00a0% and more besides", 28) == "It returned about…"

    @pytest.mark.parametrize(
        "text", ["see <https://example.com/a b|the index> for", "A &amp;&amp; B &amp; C of"]
    )
    def test_links_and_escapes_stay_whole(self, text: str) -> None:
        for limit in range(8, len(text)):
            short = trim(text, limit)
            assert short.count("<") == short.count(">")
            assert re.sub(r"&amp;", "", short).count("&") == 0

    @pytest.mark.parametrize("mark", ["*", "`", "```"])
    def test_a_mark_left_open_is_closed(self, mark: str) -> None:
        short = trim(f"before {mark}{'word ' * 20}{mark}", 40)
        assert short.endswith(f"…{mark}")
        assert len(short) <= 40

    def test_one_word_longer_than_the_limit_is_cut(self) -> None:
        assert trim("x" * 30, 20) == "x" * 15 + "…"

    @pytest.mark.slow
    @given(st.text(alphabet="ab <>&;|*`\n\u00a0", max_size=120), st.integers(10, 100))
    @settings(max_examples=80, deadline=None)
    def test_the_limit_is_kept_and_an_escaped_text_stays_escaped(self, text: str, limit: int) -> None:
        safe = escape(text)
        short = trim(safe, limit)
        assert len(short) <= limit
        assert re.sub(r"&(amp|lt|gt);", "", short).count("&") == 0
        assert "<" not in short


class TestBlocks:
    def test_a_message_that_fits_comes_back_as_it_was(self) -> None:
        blocks = (
            section("*ISCB* 16.1 %"),
            table(["", "ISCB"][1:], ["Volatility"]),
            {"type": "image", "alt_text": "growth", "slot": "growth"},
            {"type": "divider"},
        )
        message = Message("ISCB returned 16.1 %", blocks)
        assert fit(message) == message

    def test_an_empty_cell_becomes_a_dash(self) -> None:
        (fitted,) = fit_blocks([table(["", "ISCB"], ["Yield", " "])])
        assert [[each["text"] for each in row] for row in fitted["rows"]] == [[NONE, "ISCB"], ["Yield", NONE]]

    def test_a_short_row_is_filled_up(self) -> None:
        (fitted,) = fit_blocks([table(["a", "b", "c"], ["d"])])
        assert [len(row) for row in fitted["rows"]] == [3, 3]

    def test_rows_past_the_hundredth_are_left_out_with_a_word(self) -> None:
        fitted, note = fit_blocks([table(*[[f"row {i}", "1"] for i in range(130)])])
        assert len(fitted["rows"]) == 100
        assert shown(note).startswith("30 more rows are left out")

    def test_a_table_over_its_characters_keeps_its_first_rows(self) -> None:
        fitted, note = fit_blocks([table(*[["x" * 2000, "1"]] * 7)])
        assert len(fitted["rows"]) == 4
        assert shown(note).startswith("3 more rows")

    def test_a_second_table_is_told_in_lines(self) -> None:
        first, second = fit_blocks([table(["", "A"], ["Return", "1"]), table(["", "B"], ["Risk", "2"])])
        assert (first["type"], shown(second)) == ("table", "*Risk*\nB 2")

    def test_many_fields_and_elements_are_split(self) -> None:
        fields = [{"type": "mrkdwn", "text": str(i)} for i in range(23)]
        sections = fit_blocks([{"type": "section", "fields": fields}])
        contexts = fit_blocks([{"type": "context", "elements": fields, "block_id": "source"}])
        assert [len(block["fields"]) for block in sections] == [10, 10, 3]
        assert [len(block["elements"]) for block in contexts] == [10, 10, 3]
        assert [block.get("block_id") for block in contexts] == ["source", None, None]

    def test_blocks_past_the_fiftieth_are_left_out_with_a_word(self) -> None:
        fitted = fit_blocks([section(str(i)) for i in range(60)])
        assert len(fitted) == 50
        assert shown(fitted[48]) == "48"
        assert shown(fitted[49]).startswith("11 parts of this message were")

    def test_a_message_with_too_much_text_keeps_its_beginning_and_its_pictures(self) -> None:
        picture = {"type": "image", "alt_text": "growth", "slot": "growth"}
        blocks = fit_blocks([section("a " * 1400)] * 5 + [picture])
        assert picture in blocks
        assert sum(map(weight, blocks)) <= 12_000
        assert [len(shown(block)) for block in blocks[:4]] == [2800] * 4
        assert shown(blocks[-1]).startswith("One part of this message was")

    def test_a_table_that_is_too_much_for_the_message_loses_rows_only(self) -> None:
        blocks = fit_blocks([section("a " * 1400)] * 3 + [table(*[["x" * 90, "1"]] * 90)])
        assert blocks[3]["type"] == "table"
        assert 30 < len(blocks[3]["rows"]) < 40

    def test_a_button_that_would_do_something_else_when_cut_is_dropped(self) -> None:
        good = {
            "type": "button",
            "text": {"type": "plain_text", "text": "1y"},
            "value": "v",
            "action_id": "a",
        }
        bad = good | {"value": "v" * 2001}
        assert fit_blocks([{"type": "actions", "elements": [bad, good]}]) == (
            {"type": "actions", "elements": [good]},
        )

    def test_a_second_button_of_one_action_is_dropped(self) -> None:
        ack = {"type": "button", "text": {"type": "plain_text", "text": "Acknowledge"}, "action_id": "ack"}
        plain = {"type": "button", "text": {"type": "plain_text", "text": "Nothing"}}
        (fitted,) = fit_blocks([{"type": "actions", "elements": [ack, plain, ack, plain]}])
        assert fitted["elements"] == [ack, plain, plain]

    def test_a_picture_without_alt_text_gets_one_and_one_without_a_source_goes(self) -> None:
        url = "https://example.com/a.png"
        title = {"type": "plain_text", "text": "Growth of 100"}
        (fitted,) = fit_blocks([{"type": "image", "image_url": url, "title": title}, {"type": "image"}])
        assert fitted["alt_text"] == "Growth of 100"

    def test_a_long_notification_text_is_cut(self) -> None:
        assert len(fit(Message("word " * 2000, ())).text) <= FALLBACK_TEXT


texts = st.sampled_from(["", " ", "a", "ISCB 16.1\u00a0%", "word " * 30, "x" * 200, "a " * 1600, "y" * 5000])
objects = st.none() | st.fixed_dictionaries({"type": st.just("mrkdwn"), "text": texts})
plain = st.none() | st.fixed_dictionaries({"type": st.just("plain_text"), "text": texts})
pictures = st.fixed_dictionaries(
    {"type": st.just("image")},
    optional={
        "alt_text": texts,
        "slot": st.just("growth"),
        "image_url": st.just("https://example.com/a.png"),
        "title": plain,
    },
)
option = st.fixed_dictionaries({"text": objects, "value": st.just("v")})
shown_option = st.just({"text": {"type": "mrkdwn", "text": "1 year"}, "value": "v"})
menus = st.builds(
    lambda first, more, times, name: {"type": "static_select", "options": [first, *more] * times, **name},
    shown_option,
    st.lists(option, max_size=2),
    st.sampled_from([1, 40]),
    st.fixed_dictionaries({}, optional={"action_id": texts, "placeholder": plain}),
)
buttons = st.fixed_dictionaries(
    {"type": st.just("button")},
    optional={"text": plain, "value": texts, "action_id": texts, "url": texts},
)
elements = buttons | menus
cells = st.builds(cell, texts) | st.just({"type": "rich_text", "elements": []})
ids = {"block_id": texts | st.sampled_from(["None", "head", "b" * 300])}
blocks = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("section")},
        optional={"text": objects, "fields": st.lists(objects, max_size=25), "accessory": elements, **ids},
    ),
    st.fixed_dictionaries({"type": st.just("header")}, optional={"text": plain, **ids}),
    st.builds(
        lambda few: {"type": "context", "elements": few},
        st.lists(pictures | objects.filter(bool), max_size=12),
    ),
    st.builds(lambda few: {"type": "actions", "elements": few * 9}, st.lists(elements, max_size=4)),
    pictures,
    st.builds(
        lambda rows, times: {"type": "table", "rows": rows * times, "column_settings": [{}] * 30},
        st.lists(st.lists(cells, max_size=25), max_size=4),
        st.integers(1, 40),
    ),
    st.sampled_from([{"type": "divider"}, {"type": "rich_text", "elements": []}, {"type": "new_kind"}, {}]),
)


messages = st.builds(
    lambda some, times, text: Message(text, tuple(some * times)),
    st.lists(blocks, max_size=6),
    st.integers(1, 12),
    texts,
)


def check(message: Message) -> None:
    fitted = fit(message)
    assert violations(fitted.blocks) == []
    assert fit(fitted) == fitted
    assert not any(is_blank(block) for block in fitted.blocks if block["type"] != "divider")


@pytest.mark.slow
@given(messages)
@settings(max_examples=15, deadline=None)
def test_fitted_blocks_have_no_violations_and_fitting_again_changes_nothing(message: Message) -> None:
    check(message)


@pytest.mark.slow
@given(messages)
@settings(max_examples=at_length(300), deadline=None)
def test_the_same_for_many_more(message: Message) -> None:
    check(message)


def test_read_gives_what_a_person_reads_and_hears_in_order() -> None:
    block = {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "xx"},
        "accessory": {"type": "image", "alt_text": "alt", "title": {"type": "plain_text", "text": "x"}},
    }
    assert list(read(block)) == ["xx", "alt", "x"]
