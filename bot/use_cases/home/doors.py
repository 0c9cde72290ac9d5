"""What is read at once: somebody looks at Home, the bot joins, a quick comparison, the off switch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.commands import COMPARE, DIGEST
from bot.ports import Handler, Place, Taken
from bot.render.home.view import QUICK
from bot.render.talk.ids import DIGEST_OFF

OPENED, JOINED, UNARCHIVED, GONE = "home", "joined", "unarchived", "gone"
"""Handlers of the events."""


class EventDoor:
    """Takes an event that is always answered.  handler: who answers it."""

    def __init__(self, handler: str) -> None:
        self._handler = handler

    def receive(self, text: str, place: Place) -> Taken:  # noqa: ARG002
        """As `Handler.receive`."""
        return Taken(work=True, handler=self._handler, open=True)


class QuickDoor:
    """Takes what was typed into Home's field; the answer comes as a direct message."""

    def __init__(self, compare: Handler) -> None:
        self._compare = compare

    def receive(self, text: str, place: Place) -> Taken:
        """As `/compare` reads it."""
        alone = replace(place, channel=place.user, thread=None)
        taken = self._compare.receive(text, alone)
        return replace(taken, handler=COMPARE.name, text=text, place=alone)


class OffDoor:
    """Takes the off switch under a daily post."""

    def receive(self, text: str, place: Place) -> Taken:  # noqa: ARG002
        """As `/digest off` in that channel: not in the post's thread, so that all see it."""
        return Taken(work=True, handler=DIGEST.name, text="off", place=replace(place, thread=None))


def presses(compare: Handler) -> Mapping[str, Handler]:
    """Who takes which button and field.  compare: the door of that command."""
    return {QUICK: QuickDoor(compare), DIGEST_OFF: OffDoor()}


def opened() -> Handler:
    """Who takes the look at a Home tab."""
    return EventDoor(OPENED)


def joined() -> Handler:
    """Who takes the bot's coming into a channel."""
    return EventDoor(JOINED)


def unarchived() -> Handler:
    """Who takes that a channel is open again."""
    return EventDoor(UNARCHIVED)


def gone() -> Handler:
    """Who takes that a channel was deleted."""
    return EventDoor(GONE)
