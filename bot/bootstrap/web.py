"""What takes commands, presses and forms; it imports neither pandas nor matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.bootstrap.outside import Outside, plain
from bot.bootstrap.sources import hint
from bot.commands import COMPARE, DIGEST, SECTORS, WATCH
from bot.config import Settings
from bot.market.reference import NAMES
from bot.model import RequestLimits
from bot.ports import Clock, Handler, Metrics, Routes
from bot.render import ids
from bot.slack.intake import Intake
from bot.use_cases.buttons.handlers import handlers as pressed
from bot.use_cases.compare import CompareHandler
from bot.use_cases.digest import DigestHandler
from bot.use_cases.forms import handlers as forms
from bot.use_cases.home import handlers as home
from bot.use_cases.threads.handlers import FollowUpHandler, MentionHandler
from bot.use_cases.threads.sectors_command import SectorsHandler
from bot.use_cases.watch.handler import WatchHandler

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

FORMS = (ids.ACK_FORM, ids.EDIT_FORM)


def app(settings: Settings, clock: Clock, intake: Intake, out: Outside, metrics: Metrics) -> AsyncApp:
    """The Bolt app with a listener for everything that people can ask."""
    from bot.slack.app import build_app

    return build_app(
        client=out.client,
        signing_secret=plain(settings.slack_signing_secret) or None,
        handlers=handlers(clock),
        intake=intake,
        users=out.users,
        clock=clock,
        metrics=metrics,
        installation=out.installation,
    )


def limits(settings: Settings) -> RequestLimits:
    """How much may be asked at once."""
    return RequestLimits(
        settings.questions_per_person,
        settings.questions_per_channel,
        settings.questions_per_workspace,
        home.EVENTS,
    )


def handlers(clock: Clock) -> Routes:
    """Who takes what."""
    commands: dict[str, Handler] = {
        COMPARE.name: CompareHandler(clock, hint),
        WATCH.name: WatchHandler(clock, hint),
        DIGEST.name: DigestHandler(hint),
        SECTORS.name: SectorsHandler(clock, hint),
    }
    said = MentionHandler(clock, commands, hint, NAMES)
    ruled, formed = pressed(clock), forms.handlers(clock, NAMES)
    return Routes(
        commands,
        said=said,
        home=home.opened(),
        joined=home.joined(),
        unarchived=home.unarchived(),
        gone=home.gone(),
        presses={
            **{name: handler for name, handler in ruled.items() if name not in FORMS},
            ids.ASK: FollowUpHandler(clock, said),
            **formed.presses,
            **home.presses(commands[COMPARE.name]),
        },
        forms={**{name: ruled[name] for name in FORMS}, **formed.forms},
        shortcuts=formed.shortcuts,
    )
