"""What a browser sends back, as Slack tells it to an app; and the inputs and choices that it came from.

A form names elements by their ids and choices by their numbers; both are looked up in the blocks as the
workspace holds them, so that a page that is out of date, or hostile, can press nothing that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from bot.playground.page.viewer import Viewer

Element = Mapping[str, Any]
Value = dict[str, Any]

KEYS = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
"""Under which key the value of each kind stands."""
SEVERAL = frozenset(kind for kind, key in KEYS.items() if key.endswith("s"))
MENUS = frozenset({"static_select", "users_select", "conversations_select", "channels_select"})
"""Chosen by pressing an option, but in an input of a modal, where they wait for its submission."""


@dataclass(frozen=True)
class Choice:
    """One of several.  value: what Slack gets for it, an option or an id."""

    label: str
    value: Any
    description: str = ""
    group: str = ""


@dataclass(frozen=True)
class FormElement:
    """An element in its place.  waits: in an input block, where nothing happens before the submission."""

    block_id: str
    element: Element
    waits: bool = False
    optional: bool = True

    @property
    def kind(self) -> str:
        """The element's type."""
        return str(self.element["type"])

    @property
    def action_id(self) -> str:
        """The element's action_id, which the workspace sees to."""
        return str(self.element["action_id"])

    @property
    def name(self) -> str:
        """What it is called in a form: two ids, quoted, with a slash between."""
        return f"{quote(self.block_id, safe='')}/{quote(self.action_id, safe='')}"

    @property
    def is_menu(self) -> bool:
        """Whether it is chosen from by pressing an option."""
        return self.kind == "overflow" or (self.kind in MENUS and not self.waits)


def form_elements(blocks: Sequence[Element]) -> Iterator[FormElement]:
    """Yield every element that can be pressed, chosen or filled in, in order."""
    for block in blocks:
        block_id = str(block.get("block_id", ""))
        if block["type"] == "input":
            yield FormElement(block_id, block["element"], True, bool(block.get("optional")))
        found = [block.get("accessory"), *block.get("elements", ())] if block["type"] != "rich_text" else []
        for element in found:
            if isinstance(element, Mapping) and "action_id" in element:
                yield FormElement(block_id, element)


def choices(element: Element, viewer: Viewer) -> list[Choice]:
    """Return what there is to choose from, in order; a form names them by their numbers."""
    kind = str(element["type"])
    if "users" in kind:
        return [Choice(person.real_name, person.id) for person in viewer.workspace.users.values()]
    if "conversations" in kind or "channels" in kind:
        seen = viewer.workspace.channels_of(viewer.user)
        named = [channel for channel in seen if channel.kind != "dm"]
        return [Choice(f"#{channel.name}", channel.id) for channel in named]
    grouped = [
        _choice(option, group) for group in element.get("option_groups", ()) for option in group["options"]
    ]
    return grouped or [_choice(option) for option in element.get("options", ())]


def element_value(element: Element, chosen: Any) -> Value:
    """Make a value as Slack tells an app: the kind and what was chosen or typed."""
    kind = str(element["type"])
    return {"type": kind, KEYS[kind]: chosen}


def initial_value(element: Element) -> Any:
    """Return what an element shows before anybody touches it."""
    key = KEYS[str(element["type"])].removeprefix("selected_")
    empty: Any = [] if element["type"] in SEVERAL else None
    return element.get(f"initial_{key}", empty)


def _choice(option: Element, group: Element | None = None) -> Choice:
    described = str(option["description"]["text"]) if option.get("description") else ""
    return Choice(
        str(option["text"]["text"]), option, described, str(group["label"]["text"]) if group else ""
    )


State = dict[str, dict[str, Value]]
EXTERNAL = "external_select"


class Form(Protocol):
    """A posted form: aiohttp's multi-dictionary."""

    def getall(self, key: str, default: list[Any], /) -> list[Any]:
        """Return every value of a field."""


class Drafts:
    """What people have chosen and typed so far, as Slack's clients keep it while the playground runs.

    An input keeps its value when the app updates a view, as long as its ids stay.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], State] = {}

    def of(self, user: str, place: str) -> State:
        """Return what the person has put in; place: a view's id, or channel and ts of a message."""
        return self._kept.get((user, place), {})

    def keep(self, user: str, place: str, state: State) -> None:
        """Remember it in place of what was there."""
        self._kept[user, place] = state


class NotThere(LookupError):
    """What was pressed is not, or no longer, there."""


def state_of(blocks: Sequence[Element], before: State, form: Form, viewer: Viewer) -> State:
    """Return the values of all inputs: from the form, else from before, else what they began with."""
    state: State = {}
    for part in form_elements(blocks):
        if part.kind in KEYS:
            chosen = (
                current_value(part, before)
                if part.is_menu or part.kind.endswith(EXTERNAL)
                else value_of_form(part, form, viewer)
            )
            state.setdefault(part.block_id, {})[part.action_id] = element_value(part.element, chosen)
    return state


def current_value(part: FormElement, state: State) -> Any:
    """Return what was put in, else what the element began with."""
    known = state.get(part.block_id, {}).get(part.action_id)
    return known[KEYS[part.kind]] if known else initial_value(part.element)


def value_of_form(part: FormElement, form: Form, viewer: Viewer) -> Any:
    """Return what a form gives an element, as Slack tells an app."""
    given = [str(each) for each in form.getall(part.name, []) if each != ""]
    if "selected" not in KEYS[part.kind]:
        return given[0].replace("\r\n", "\n") if given else None
    if part.kind == "datetimepicker":
        return _seconds(given, viewer)
    if "picker" in part.kind:
        return given[0] if given else None
    found = choices(part.element, viewer)
    chosen = [_choice_by_number(found, number).value for number in given]
    return chosen if part.kind in SEVERAL else (chosen[0] if chosen else None)


def current_state(blocks: Sequence[Element], before: State) -> State:
    """Return the values of all inputs as they stand."""
    state: State = {}
    for part in form_elements(blocks):
        if part.kind in KEYS:
            now = element_value(part.element, current_value(part, before))
            state.setdefault(part.block_id, {})[part.action_id] = now
    return state


def action_of(blocks: Sequence[Element], what: str, state: State, viewer: Viewer) -> Value:
    """Return the action of what was pressed: a button, an option (its number after the ids), or an input
    as it is.

    An option becomes part of the state.  Raises Gone.
    """
    names = [unquote(name) for name in what.split("/")]
    part = _find(blocks, names)
    if len(names) > 2:
        choice = _choice_by_number(choices(part.element, viewer), names[2])
        if part.kind in KEYS:
            state[part.block_id][part.action_id] = element_value(part.element, choice.value)
        return _action(part, {KEYS.get(part.kind, "selected_option"): choice.value})
    if part.kind == "button":
        return _action(part, {key: part.element[key] for key in ("value", "text") if key in part.element})
    if part.kind not in KEYS:
        raise NotThere(what)
    return _action(part, state[part.block_id][part.action_id])


def complaints(blocks: Sequence[Element], state: State) -> dict[str, str]:
    """Find, by block_id, what Slack itself refuses before the app sees a submission."""
    waiting = (part for part in form_elements(blocks) if part.waits and part.kind in KEYS)
    return {part.block_id: fault for part in waiting for fault in _faults(part, state)}


def _faults(part: FormElement, state: State) -> Iterator[str]:
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


def _find(blocks: Sequence[Element], names: Sequence[str]) -> FormElement:
    for part in form_elements(blocks):
        if [part.block_id, part.action_id] == list(names[:2]):
            return part
    raise NotThere("/".join(names))


def _choice_by_number(found: Sequence[Choice], number: str) -> Choice:
    if not number.isdecimal() or int(number) >= len(found):
        raise NotThere(number)
    return found[int(number)]


def _action(part: FormElement, rest: Mapping[str, Any]) -> Value:
    return {"type": part.kind, "block_id": part.block_id, "action_id": part.action_id, **rest}


def _seconds(given: Sequence[str], viewer: Viewer) -> int | None:
    """Return seconds since 1970 of what a person wrote in their own time."""
    try:
        local = datetime.fromisoformat(given[0]) if given else None
    except ValueError:
        return None
    return int(local.replace(tzinfo=ZoneInfo(viewer.person.tz)).timestamp()) if local else None
