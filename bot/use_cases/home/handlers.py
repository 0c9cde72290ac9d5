"""What is read at once: somebody looks at Home or turns a page, the bot joins, what its buttons do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.commands import COMPARE, DIGEST
from bot.errors import UserError
from bot.ports import Ack, Handler, Place
from bot.render import advice, ids
from bot.render.home import PAGE, QUICK, UNSNOOZE
from bot.render.ids import DIGEST_OFF
from bot.use_cases.forms.sent import is_channel, json_object
from bot.use_cases.watch.finding import read_key

OPENED, JOINED, UNARCHIVED, GONE = "home", "joined", "unarchived", "gone"
"""Handlers of the events."""
EVENTS = frozenset((OPENED, JOINED, UNARCHIVED, GONE))
"""What nobody asked: no limit of questions holds for it, and nobody waits for its answer."""


class EventHandler:
    """Takes an event that is always answered.  handler: who answers it."""

    def __init__(self, handler: str) -> None:
        self._handler = handler

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002
        """As `Handler.receive`."""
        return Ack(work=True, handler=self._handler, open=True)


class QuickCompareHandler:
    """Takes what was typed into Home's field; the answer comes as a direct message."""

    def __init__(self, compare: Handler) -> None:
        self._compare = compare

    def receive(self, text: str, place: Place) -> Ack:
        """As `/compare` reads it."""
        alone = replace(place, channel=place.user, thread=None)
        taken = self._compare.receive(text, alone)
        return replace(taken, handler=COMPARE.name, text=text, place=alone)


class TurnOffHandler:
    """Takes the off switch under a daily post."""

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002
        """As `/digest off` in that channel: not in the post's thread, so that all see it."""
        return Ack(work=True, handler=DIGEST.name, text="off", place=replace(place, thread=None))


class UnsnoozeHandler:
    """Takes the end of a snooze, as the button on the card does in the rule's channel; Home is shown anew."""

    def receive(self, text: str, place: Place) -> Ack:
        """As `Handler.receive`."""
        try:
            value = json_object(text)
        except ValueError:
            value = {}
        key, channel = value.get("rule"), value.get("channel")
        if not (read_key(key) and is_channel(channel)):
            return Ack(
                reply=advice.refusal_message(UserError("This button is of no message that this bot knows."))
            )
        there = Place(place.team, str(channel), place.user)
        return Ack(work=True, handler=ids.UNSNOOZE, text=str(key), place=there)


def presses(compare: Handler) -> Mapping[str, Handler]:
    """Who takes which button and field.  compare: the handler of that command."""
    return {
        QUICK: QuickCompareHandler(compare),
        DIGEST_OFF: TurnOffHandler(),
        PAGE: EventHandler(OPENED),
        UNSNOOZE: UnsnoozeHandler(),
    }


def opened() -> Handler:
    """Who takes the look at a Home tab."""
    return EventHandler(OPENED)


def joined() -> Handler:
    """Who takes the bot's coming into a channel."""
    return EventHandler(JOINED)


def unarchived() -> Handler:
    """Who takes that a channel is open again."""
    return EventHandler(UNARCHIVED)


def gone() -> Handler:
    """Who takes that a channel was deleted."""
    return EventHandler(GONE)
