"""What takes commands, presses and forms; it imports neither pandas nor matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.bootstrap.outside import Outside, plain
from bot.bootstrap.sources import hint
from bot.commands import COMPARE, DIGEST, SECTORS, WATCH
from bot.config import Settings
from bot.market.known import NAMES
from bot.ports import Clock, Doors, Handler, Meter
from bot.records import Limits
from bot.render.talk import ids as talk_ids
from bot.render.watch import ids
from bot.slack.listening.reception import Reception
from bot.use_cases.compare import CompareDoor
from bot.use_cases.digest import DigestDoor
from bot.use_cases.forms import doors as forms
from bot.use_cases.home import doors as home
from bot.use_cases.presses.doors import doors as pressed
from bot.use_cases.talk.doors import AskDoor, SaidDoor, SectorsDoor
from bot.use_cases.watch.door import WatchDoor

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

FORMS = (ids.ACK_FORM, ids.EDIT_FORM)


def app(settings: Settings, clock: Clock, reception: Reception, out: Outside, meter: Meter) -> AsyncApp:
    """The Bolt app with a listener for everything that people can ask."""
    from bot.slack.listening.app import build_app

    return build_app(
        client=out.client,
        signing_secret=plain(settings.slack_signing_secret) or None,
        doors=doors(clock),
        reception=reception,
        people=out.people,
        clock=clock,
        meter=meter,
        installation=out.installation,
    )


def limits(settings: Settings) -> Limits:
    """How much may be asked at once."""
    return Limits(
        settings.questions_per_person,
        settings.questions_per_channel,
        settings.questions_per_workspace,
        home.EVENTS,
    )


def doors(clock: Clock) -> Doors:
    """Who takes what."""
    commands: dict[str, Handler] = {
        COMPARE.name: CompareDoor(clock, hint),
        WATCH.name: WatchDoor(clock, hint),
        DIGEST.name: DigestDoor(hint),
        SECTORS.name: SectorsDoor(clock, hint),
    }
    said = SaidDoor(clock, commands, hint, NAMES)
    ruled, formed = pressed(clock), forms.doors(clock, NAMES)
    return Doors(
        commands,
        said=said,
        home=home.opened(),
        joined=home.joined(),
        unarchived=home.unarchived(),
        gone=home.gone(),
        presses={
            **{name: door for name, door in ruled.items() if name not in FORMS},
            talk_ids.ASK: AskDoor(clock, said),
            **formed.presses,
            **home.presses(commands[COMPARE.name]),
        },
        forms={**{name: ruled[name] for name in FORMS}, **formed.forms},
        shortcuts=formed.shortcuts,
    )
