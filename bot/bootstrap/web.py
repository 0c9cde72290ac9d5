"""What takes commands, presses and forms; it imports neither pandas nor matplotlib."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.bootstrap.outside import Outside, plain
from bot.bootstrap.sources import hint
from bot.commands import COMPARE, DIGEST, WATCH
from bot.config import Settings
from bot.ports import Clock, Doors, Handler, Meter, Place, Taken
from bot.render.watch import ids
from bot.slack.listening.reception import Reception
from bot.use_cases.compare import CompareDoor, Mentioned
from bot.use_cases.digest import DigestDoor
from bot.use_cases.presses.doors import doors as pressed
from bot.use_cases.watch.door import WatchDoor

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

FORMS = (ids.ACK_FORM, ids.EDIT_FORM)


class Shut:
    """A door that takes nothing."""

    def receive(self, text: str, place: Place) -> Taken:  # noqa: ARG002 (the protocol's)
        """Nothing is made of it."""
        return Taken()


def app(settings: Settings, clock: Clock, reception: Reception, out: Outside, meter: Meter) -> AsyncApp:
    """The Bolt app with a listener for everything that people can ask."""
    from bot.slack.listening.app import build_app

    commands, presses = doors(clock), pressed(clock)
    return build_app(
        client=out.client,
        signing_secret=plain(settings.slack_signing_secret) or None,
        doors=Doors(
            commands,
            said=Mentioned(commands),
            home=Shut(),
            joined=Shut(),
            presses={name: door for name, door in presses.items() if name not in FORMS},
            forms={name: door for name, door in presses.items() if name in FORMS},
        ),
        reception=reception,
        clock=clock,
        meter=meter,
    )


def doors(clock: Clock) -> Mapping[str, Handler]:
    """Who reads which command."""
    return {
        COMPARE.name: CompareDoor(clock, hint),
        WATCH.name: WatchDoor(clock, hint),
        DIGEST.name: DigestDoor(hint),
    }
