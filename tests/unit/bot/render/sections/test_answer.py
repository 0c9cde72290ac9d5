"""The whole answer in every mood: as people read it, within Slack's limits, safe and sober."""

from __future__ import annotations

import re
from functools import cache

import pytest

from analytics.notes import Note, NoteKind
from bot.render import limits, text
from bot.render.fallback import MessageDraft
from bot.render.fit import fit
from bot.render.message import Message
from bot.render.sections.comparison import comparison_message
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections.reading import as_read, table_of, whole
from tests.unit.bot.render.sections.worlds import WORLDS, in_every_mood, world
from tests.violations import violations

SHOWN = [
    "pair",
    "pair_sample",
    "pair_ten_years",
    "pair_year_to_date",
    "pair_outside_benchmark",
    "pair_one_month",
    "three",
    "one",
    "six",
    "partial",
    "bare",
    "two_taxonomies",
    "two_currencies",
    "alike",
    "young",
    "extremes",
    "rate_index",
    "too_long",
]
NOTES = (
    Note(NoteKind.STALE, "ISCB", {"age_seconds": 7300.0, "cause": "<timeout> & so on"}),
    Note(NoteKind.NO_PROFILE, "SPSM", {"cause": "no answer"}),
)


@cache
def message(name: str) -> Message:
    return comparison_message(world(name), (), "U0ANN")


@pytest.mark.parametrize("name", SHOWN)
def test_reads_well(name: str, snapshot: Snapshot) -> None:
    snapshot(f"answer_{name}", as_read(message(name)))


@pytest.mark.parametrize("name", SHOWN)
def test_the_whole_table_reads_well(name: str, snapshot: Snapshot) -> None:
    snapshot(f"figures_{name}", as_read(whole(world(name))))


def test_reads_well_with_what_the_sources_had_to_say(snapshot: Snapshot) -> None:
    snapshot("answer_with_notes", as_read(comparison_message(world("pair"), NOTES)))


@in_every_mood
def test_slack_takes_it_as_it_is(name: str) -> None:
    for told in (message(name), whole(world(name))):
        assert violations(told.blocks) == []
        assert len(told.text) <= limits.FALLBACK_TEXT
        assert fit(told) == told


@in_every_mood
def test_the_plainest_form_is_within_the_limits_too(name: str) -> None:
    for told in (message(name), whole(world(name))):
        draft = MessageDraft.of(told, {}).next_plainer()
        assert draft
        assert violations(draft.filled_blocks()) == []


@in_every_mood
def test_the_notification_is_the_finding_without_markup(name: str) -> None:
    told = message(name)
    assert told.text.startswith(told.blocks[0]["text"]["text"])
    assert not set("*_`~<>") & set(told.text)
    said = next(block["text"]["text"] for block in told.blocks if block["type"] == "section")
    assert said.replace("*", "").replace("\n", " ") in told.text
    assert re.search(r"\d", told.text)


@in_every_mood
def test_the_parts_stand_in_order(name: str) -> None:
    told = message(name)
    kinds = [block["type"] for block in told.blocks]
    least = ["header", "context", "section", "image", "table"]
    assert kinds[: len(least)] == least
    assert kinds[len(least) :] in (["context"], ["context", "context"]), "remarks, and the convention"
    assert [block["slot"] for block in told.blocks if block["type"] == "image"] == [
        picture.name for picture in told.pictures
    ]


@in_every_mood
def test_bold_is_balanced_and_code_is_closed(name: str) -> None:
    for block in (*message(name).blocks, *whole(world(name)).blocks):
        for words in limits.read(block):
            assert words.count("*") % 2 == 0
            assert words.count("`") % 2 == 0


def test_what_sources_say_is_escaped() -> None:
    for told in (comparison_message(world("pair"), NOTES), whole(world("pair"), NOTES)):
        remarks = told.blocks[-2]["elements"][0]["text"]
        assert "(&lt;timeout&gt; &amp; so on)" in remarks
        assert remarks.startswith("_ISCB: prices or facts from 2")


def test_without_remarks_there_is_no_empty_line() -> None:
    told = comparison_message(world("bare"))
    assert [block["type"] for block in told.blocks] == ["header", "section", "image", "table", "context"]


def test_says_who_asked_only_where_somebody_did() -> None:
    assert message("pair").blocks[1]["elements"][0]["text"].endswith(" · asked by <@U0ANN>")
    assert message("bare").blocks[1]["elements"][0]["text"] == "Asked by <@U0ANN>"
    assert "sked by" not in str(comparison_message(world("pair")).blocks)


@pytest.mark.parametrize("name", ["pair_sample", "too_long"])
def test_simulated_prices_say_so_everywhere(name: str) -> None:
    told = message(name)
    assert told.text.startswith("SAMPLE DATA · ")
    assert told.blocks[0]["text"]["text"].startswith("SAMPLE DATA · ")
    assert all(picture.simulated for picture in told.pictures)


def test_real_prices_are_not_called_sample() -> None:
    real = [name for name in WORLDS if not world(name).simulated]
    assert len(real) > 20
    for name in real:
        assert "sample" not in str(message(name).blocks).lower()


@in_every_mood
def test_no_placeholder_reaches_a_reader(name: str) -> None:
    for told in (as_read(message(name)), as_read(whole(world(name)))):
        assert not re.search(r"\b(None|nan|inf)\b|\{|\}|-0\.0+ |\[\]", told.replace("largest gaps", ""))


@in_every_mood
def test_no_number_is_parted_from_its_unit(name: str) -> None:
    for told in (message(name), whole(world(name))):
        for words in (told.text, *(words for block in told.blocks for words in limits.read(block))):
            assert not re.search(r"\d (%|pp|bp|bn|M|k|tn)\b", words), words


def test_the_table_is_the_heaviest_part_and_still_light() -> None:
    heavy = whole(world("too_long"))
    assert limits.weight(table_of(heavy)) < limits.TABLE_TEXT / 4
    assert sum(map(limits.weight, heavy.blocks)) < limits.ALL_TEXT / 2
    assert limits.weight(table_of(message("too_long"))) < limits.weight(table_of(heavy)) / 4
    assert text.NONE in str(table_of(whole(world("partial"))))
