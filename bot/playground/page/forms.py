"""What a browser sends back, as Slack tells it to an app.

A form names elements by their ids and choices by their numbers; both are looked up in the blocks as the
workspace holds them, so that a page that is out of date, or hostile, can press nothing that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from bot.playground.page.elements import (
    KEYS,
    SEVERAL,
    Choice,
    Element,
    Part,
    Value,
    choices,
    initial,
    parts,
    value,
)
from bot.playground.page.viewer import Viewer

State = dict[str, dict[str, Value]]
EXTERNAL = "external_select"


class Form(Protocol):
    """A posted form: aiohttp's multi-dictionary."""

    def getall(self, key: str, default: list[Any], /) -> list[Any]:
        """Every value of a field."""


class Drafts:
    """What people have chosen and typed so far, as Slack's clients keep it while the playground runs.

    An input keeps its value when the app updates a view, as long as its ids stay.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], State] = {}

    def of(self, user: str, place: str) -> State:
        """What the person has put in; place: a view's id, or channel and ts of a message."""
        return self._kept.get((user, place), {})

    def keep(self, user: str, place: str, state: State) -> None:
        """Remember it in place of what was there."""
        self._kept[user, place] = state


class Gone(LookupError):
    """What was pressed is not, or no longer, there."""


def state_of(blocks: Sequence[Element], before: State, form: Form, viewer: Viewer) -> State:
    """The values of all inputs: from the form, else from before, else what they began with."""
    state: State = {}
    for part in parts(blocks):
        if part.kind in KEYS:
            chosen = (
                _kept(part, before)
                if part.is_menu or part.kind.endswith(EXTERNAL)
                else _read(part, form, viewer)
            )
            state.setdefault(part.block_id, {})[part.action_id] = value(part.element, chosen)
    return state


def pressed(blocks: Sequence[Element], what: str, state: State, viewer: Viewer) -> Value:
    """The action of what was pressed: a button, an option (its number after the ids), or an input as it is.

    An option becomes part of the state.  Raises Gone.
    """
    names = [unquote(name) for name in what.split("/")]
    part = _find(blocks, names)
    if len(names) > 2:
        choice = _numbered(choices(part.element, viewer), names[2])
        if part.kind in KEYS:
            state[part.block_id][part.action_id] = value(part.element, choice.value)
        return _action(part, {KEYS.get(part.kind, "selected_option"): choice.value})
    if part.kind == "button":
        return _action(part, {key: part.element[key] for key in ("value", "text") if key in part.element})
    if part.kind not in KEYS:
        raise Gone(what)
    return _action(part, state[part.block_id][part.action_id])


def complaints(blocks: Sequence[Element], state: State) -> dict[str, str]:
    """By block_id, what Slack itself refuses before the app sees a submission."""
    waiting = (part for part in parts(blocks) if part.waits and part.kind in KEYS)
    return {part.block_id: fault for part in waiting for fault in _faults(part, state)}


def _faults(part: Part, state: State) -> Iterator[str]:
    given = state[part.block_id][part.action_id][KEYS[part.kind]]
    if given is None or given in ("", []):
        if not part.optional:
            yield "Please complete this required field."
    elif isinstance(given, str):
        yield from _of_text(part.element, given)


def _of_text(element: Element, given: str) -> Iterator[str]:
    least, most = int(element.get("min_length", 0)), int(element.get("max_length", 3000))
    if not least <= len(given) <= most:
        yield f"Please enter {least} to {most} characters; these are {len(given)}."
    if element["type"] == "number_input":
        yield from _of_number(element, given)
    if element["type"] == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+", given):
        yield "Please enter an email address."
    if element["type"] == "url_text_input" and not re.match(r"https?://\S", given):
        yield "Please enter a URL, with its http:// or https://."


def _of_number(element: Element, given: str) -> Iterator[str]:
    try:
        number = float(given) if element.get("is_decimal_allowed") else int(given)
    except ValueError:
        yield (
            "Please enter a number." if element.get("is_decimal_allowed") else "Please enter a whole number."
        )
        return
    if "min_value" in element and number < float(element["min_value"]):
        yield f"Please enter {element['min_value']} or more."
    if "max_value" in element and number > float(element["max_value"]):
        yield f"Please enter {element['max_value']} or less."


def _find(blocks: Sequence[Element], names: Sequence[str]) -> Part:
    for part in parts(blocks):
        if [part.block_id, part.action_id] == list(names[:2]):
            return part
    raise Gone("/".join(names))


def _numbered(found: Sequence[Choice], number: str) -> Choice:
    if not number.isdecimal() or int(number) >= len(found):
        raise Gone(number)
    return found[int(number)]


def _action(part: Part, rest: Mapping[str, Any]) -> Value:
    return {"type": part.kind, "block_id": part.block_id, "action_id": part.action_id, **rest}


def _kept(part: Part, before: State) -> Any:
    known = before.get(part.block_id, {}).get(part.action_id)
    return known[KEYS[part.kind]] if known else initial(part.element)


def _read(part: Part, form: Form, viewer: Viewer) -> Any:
    given = [str(each) for each in form.getall(part.name, []) if each != ""]
    if "selected" not in KEYS[part.kind]:
        return given[0].replace("\r\n", "\n") if given else None
    if part.kind == "datetimepicker":
        return _seconds(given, viewer)
    if "picker" in part.kind:
        return given[0] if given else None
    found = choices(part.element, viewer)
    chosen = [_numbered(found, number).value for number in given]
    return chosen if part.kind in SEVERAL else (chosen[0] if chosen else None)


def _seconds(given: Sequence[str], viewer: Viewer) -> int | None:
    """Seconds since 1970 of what a person wrote in their own time."""
    try:
        local = datetime.fromisoformat(given[0]) if given else None
    except ValueError:
        return None
    return int(local.replace(tzinfo=ZoneInfo(viewer.person.tz)).timestamp()) if local else None
