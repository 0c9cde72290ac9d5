"""What a person can see of the bot anywhere, and whether something they did was answered."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from typing import Any

from bot.playground.model import BOT, Payload, PostedMessage, View
from bot.playground.payloads import ClickSource
from tests.scenario.offices import Office

Sight = dict[tuple[str, ...], str]


def sight(team: Office, user: str) -> Sight:
    """All that the bot shows a person: messages where they may look, the form before them, their Home tab."""
    space = team.slack.workspace
    seen: Sight = {
        ("message", channel.id, each.ts, each.edited or ""): each.text
        for channel in space.channels_of(user)
        for each in space.messages(channel.id, user)
        if each.user == BOT
    }
    for kind, view in (("form", space.views.top(user)), ("home", space.views.home_tabs.get(user))):
        if view is not None:
            seen[kind, view.id, view.hash, str(sorted(view.errors.items()))] = str(view.errors or view.body)
    return seen


async def answered(team: Office, user: str, deed: Awaitable[object], what: object) -> list[str]:
    """Let a person do something; what they see then that is new.  Fails where that is nothing."""
    before = sight(team, user)
    await deed
    await team.bot.shift.quiet()
    new = {place: words for place, words in sight(team, user).items() if place not in before}
    assert new, f"{user} sees no answer to {what}"
    assert all(words.strip() for words in new.values()), f"{what}: an empty answer"
    return list(new.values())


def buttons(message: PostedMessage | View) -> Iterator[Payload]:
    """Every button of a message or a view, as it is pressed."""
    blocks = message.body["blocks"] if isinstance(message, View) else message.blocks
    for block in blocks:
        elements = [*block.get("elements", ()), *([block["accessory"]] if "accessory" in block else [])]
        for each in elements:
            if each["type"] == "button":
                about = {key: each[key] for key in ("type", "action_id", "value") if key in each}
                yield {"block_id": block["block_id"], **about}


async def press(team: Office, user: str, message: PostedMessage, pressed: Payload) -> None:
    """Press a button of a message."""
    await team.deeds.click(user, ClickSource(message.channel, message.ts), pressed)


async def fill_in(team: Office, user: str, **values: Any) -> None:
    """Send in the form that a person looks at: as it stands, but for these fields."""
    view = team.form(user)
    await team.deeds.submit(user, view.id, form_state(view, **values))


async def put_in(team: Office, user: str, name: str, **values: Any) -> None:
    """Put something into a field that the bot hears of at once; values: what stands in others besides."""
    view = team.form(user)
    state = form_state(view, **values)
    ((action_id, value),) = state[name].items()
    action = {"block_id": name, "action_id": action_id, **value}
    await team.deeds.click(user, ClickSource(view_id=view.id, state=state), action)


def form_state(view: View, **values: Any) -> dict[str, dict[str, Payload]]:
    """All that stands in a form, as Slack tells of it; values: what somebody has put in, by field."""
    return {
        block["block_id"]: {element["action_id"]: _value(element, values.get(block["block_id"]))}
        for block in view.body["blocks"]
        if block["type"] == "input"
        for element in [block["element"]]
    }


def _value(element: Payload, given: Any) -> Payload:
    """An input as Slack tells of it."""
    kind = element["type"]
    if kind in ("static_select", "radio_buttons"):
        chosen = {"value": given} if given is not None else element.get("initial_option")
        return {"type": kind, "selected_option": chosen}
    name = {
        "datepicker": "date",
        "timepicker": "time",
        "conversations_select": "conversation",
        "channels_select": "channel",
    }.get(kind)
    if name is None:
        return {"type": kind, "value": given if given is not None else element.get("initial_value")}
    first = element.get(f"initial_{name}")
    return {"type": kind, f"selected_{name}": given if given is not None else first}
