"""The JSON object: valid, in fractions, and no null among the numbers without its reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from analytics.notes import Note, NoteKind
from bot.render.terminal import comparison_json
from tests.unit.bot.render.sections.worlds import comparison, in_every_mood, world

NUMBERS = ("metrics", "relative", "trailing", "calendar_years", "traded_per_day")


def leaves(tree: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(tree, dict):
        for key, branch in tree.items():
            yield from leaves(branch, *path, key)
    else:
        yield path, tree


@in_every_mood
def test_is_strict_json_and_keeps_its_meaning(name: str) -> None:
    found = comparison_json(world(name))
    printed = json.loads(json.dumps(found, allow_nan=False))
    assert printed.keys() == found.keys()
    assert {key: printed[key] for key in (*NUMBERS, "reasons", "notes")} == {
        key: found[key] for key in (*NUMBERS, "reasons", "notes")
    }


@in_every_mood
def test_every_missing_number_has_its_reason_at_its_path(name: str) -> None:
    found = comparison_json(world(name))
    missing = {path for path, value in leaves({key: found[key] for key in NUMBERS}) if value is None}
    reasons = dict(leaves(found["reasons"]))
    assert set(reasons) == missing
    assert all(isinstance(reason, str) and reason for reason in reasons.values())


def test_figures_are_the_fractions_of_the_comparison() -> None:
    compared = world("pair")
    found = comparison_json(compared)
    assert found["metrics"]["ISCB"]["total_return"] == compared.metrics["ISCB"]["total_return"].value
    assert 0.1 < found["metrics"]["ISCB"]["volatility"] < 0.3
    assert found["profiles"]["ISCB"]["expense_ratio"] == {
        "value": 0.0004,
        "source": "Yahoo Finance",
        "as_of": "2026-01-15",
    }
    assert found["sectors"]["active"]["Industrials"] == pytest.approx(0.043)
    assert found["drawdowns"]["ISCB"][0]["depth"] == compared.metrics["ISCB"]["max_drawdown"].value
    assert found["conventions"]["units"] == "fractions, 0.01 = 1 %, negative = loss"


def test_every_measure_is_there() -> None:
    compared, found = world("pair"), comparison_json(world("pair"))
    assert found["metrics"].keys() == compared.metrics.keys()
    assert found["metrics"]["SPSM"].keys() == compared.metrics["SPSM"].keys()
    assert found["relative"]["ISCB"].keys() == compared.relative["ISCB"].keys()
    assert "SPSM" not in found["relative"]


def test_span_conventions_and_periods() -> None:
    found = comparison_json(world("pair_ten_years"))
    assert found["span"] == {
        "window": "10y",
        "start": "2016-01-15",
        "end": "2026-01-16",
        "returns": 2610,
        "full": True,
    }
    assert found["conventions"]["rf"] == "13-week T-bill"
    assert found["conventions"]["benchmark"] == "SPSM"
    assert found["periods"]["10y"]["annualised"] is True
    assert found["periods"].keys() == found["trailing"].keys() | found["calendar_years"].keys()
    assert comparison_json(world("pair_all_history"))["conventions"]["rf"] == 0.04
    assert comparison_json(world("young"))["span"]["full"] is False


def test_the_finding_is_plain() -> None:
    found = comparison_json(world("pair"))
    assert "*" not in found["finding"]
    assert found["finding"].startswith("ISCB returned")


def test_notes_of_the_sources_come_first_and_all_are_dated() -> None:
    found = comparison_json(
        world("pair_one_month"), (Note(NoteKind.STALE, "ISCB", {"age_seconds": 60.0, "cause": "x"}),)
    )
    assert [note["kind"] for note in found["notes"]] == ["stale", "index_changed", "few_returns"]
    changed = found["notes"][1]
    assert changed["facts"] == {"on": "2021-03-19", "to": "Morningstar US Small Cap Extended"}
    assert changed["text"].startswith("ISCB changed its index")


def test_sectors_say_what_they_are_parts_of_and_of_which_day() -> None:
    sectors = comparison_json(world("pair"))["sectors"]
    assert (sectors["taxonomy"], sectors["of"]) == ("Morningstar, of net assets", "net assets")
    assert sectors["as_of"] == {"ISCB": "2026-01-15", "SPSM": "2026-01-15"}


def test_what_is_not_known_is_null() -> None:
    found = comparison_json(world("bare"))
    assert (found["sectors"], found["overlap"], found["profiles"]) == (None, None, {})
    assert found["reasons"]["traded_per_day"]["ISCB"] == "volume not known on the last 63 sessions"
    assert comparison_json(world("rate_index"))["profiles"]["^TNX"]["assets"] is None


def test_says_whether_it_is_simulated() -> None:
    assert comparison_json(world("pair_sample"))["source"] == {"name": "Yahoo Finance", "simulated": True}
    assert comparison_json(comparison())["source"]["simulated"] is False


def test_currencies_of_prices_are_told_beside_those_of_profiles() -> None:
    found = comparison_json(world("unknown_currency"))
    assert found["currencies"] == {"ISCB": "USD", "SPSM": None}
    assert [found["profiles"][symbol]["currency"] for symbol in ("ISCB", "SPSM")] == ["USD", None]
