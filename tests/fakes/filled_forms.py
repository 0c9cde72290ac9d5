"""A person before a form: opens it, changes some fields, sends it in, as Slack tells the bot of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.clock import FixedClock
from bot.ports import Ack, Handler, Place
from bot.use_cases.forms import form_handlers

TEAM, HERE, ANN = "T1", "C1", "U1"
NOW = datetime(2026, 1, 16, 22, 0, tzinfo=UTC)

HANDLERS = form_handlers(FixedClock(NOW))
TODAY = NOW.date()
THREAD = "1700000000.000001"
PLACE = Place(TEAM, HERE, ANN)
IN_THREAD = replace(PLACE, thread=THREAD)
NOWHERE = Place(TEAM, "", ANN)
"""The Home tab, and a global shortcut."""


def opened(handler: Handler, value: str = "", place: Place = PLACE) -> dict[str, Any]:
    """The form that a press or a shortcut opens."""
    taken = handler.receive(value, place)
    assert taken.form
    assert not taken.work
    return dict(taken.form)


def state(view: Mapping[str, Any]) -> dict[str, Any]:
    """By block id what stands in the form before anybody touches it."""
    blocks = (block for block in view["blocks"] if block["type"] == "input")
    return {block["block_id"]: _first(block["element"]) for block in blocks}


def sent(view: Mapping[str, Any], place: Place = PLACE, /, **changes: Any) -> Ack:
    """What is made of the form once some of its fields are changed."""
    given = {**state(view), **changes, "metadata": view["private_metadata"]}
    return HANDLERS.forms[view["callback_id"]].receive(json.dumps(given), place)


def faults(taken: Ack) -> dict[str, str]:
    """What is wrong, by field; nothing else comes of such a form."""
    assert taken.faults
    assert taken == Ack(faults=taken.faults, open=taken.open)
    for fault in taken.faults.values():
        assert 0 < len(fault) <= 301
        assert "`" not in fault, "plain text"
        assert fault[-1] in ".…"
    return dict(taken.faults)


def said(taken: Ack) -> str:
    """The text that the form has become."""
    assert taken.faults is None, taken.faults
    assert taken.work
    assert taken.text is not None
    return taken.text


def _first(element: Mapping[str, Any]) -> Any:
    if "initial_option" in element:
        return element["initial_option"]["value"]
    return next((element[key] for key in element if key.startswith("initial_")), None)
