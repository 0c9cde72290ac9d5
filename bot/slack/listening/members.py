"""Who is of the bot's own workspace or organisation, and who is of another company's.

The payload says so where it names the workspace that the bot is installed in and that of the person.  Where
it does not (Enterprise Grid: several workspaces in one organisation), Slack is asked, for a moment, where the
bot is installed and whose the person is.  Whom nobody tells from a stranger is one.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace

from bot.model import Request
from bot.ports import Users
from bot.slack.installation import Installation
from bot.slack.listening import payloads
from bot.slack.listening.payloads import ORGANISATION, Payload, Sender

log = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds that an acknowledgement waits for Slack to say: it takes three."""


@dataclass(frozen=True)
class Admitted:
    """A question under the workspace that the bot is installed in.

    stranger: it is not known to be asked by a member of it, or of its organisation.
    served: False where it comes from a workspace that the token is not for, so that nothing of it is done.
    """

    question: Request
    stranger: bool = False
    served: bool = True


class Members:
    """Tells members from strangers, and the workspace that the token is for from others.

    As long as Slack has not said which that is, requests are taken for the one that they name: none is lost,
    and what is queued meanwhile is posted when it is known.
    """

    def __init__(self, installation: Installation, users: Users) -> None:
        self._installation, self._users = installation, users

    def command(self, question: Request, command: Payload) -> Admitted:
        """Admit a slash command: only members of a workspace that has installed the bot have it."""
        organisation = str(command.get("enterprise_id") or "")
        return self._placed(question, Sender(question.team, organisation, question.team))

    async def admit(self, question: Request, body: Payload) -> Admitted:
        """Admit a press, a form or a shortcut."""
        look = payloads.is_of_organisation(body)
        return await self._in_time(question, payloads.sender_of(body, question.team), look=look)

    async def hear(self, question: Request, sender: Sender, *, strangers: bool) -> Admitted:
        """Admit an event.  strangers: whether it matters who they are."""
        return await self._in_time(question, sender) if strangers else self._placed(question, sender)

    async def _in_time(self, question: Request, sender: Sender, *, look: bool = False) -> Admitted:
        """As far as it can be known in time for the acknowledgement.  look: ask for the installation."""
        try:
            async with asyncio.timeout(PATIENCE):
                if look:
                    await self._installation.look()
                return await self._told_apart(self._placed(question, sender), sender)
        except TimeoutError:
            log.warning("Slack did not say in time who %s is", question.user)
            found = self._placed(question, sender)
            return replace(found, stranger=not _is_shown(found, sender))

    def _placed(self, question: Request, sender: Sender) -> Admitted:
        """Under the workspace of the token, as far as it is known without asking."""
        installed = self._installation.known
        if installed is None:
            return Admitted(question)
        own = installed.team in sender.others if installed.team else False
        if not (own or installed.serves(sender.team, sender.organisation)):
            log.warning("A request of the workspace %s is refused: the token is not for it", sender.team)
            return Admitted(question, stranger=True, served=False)
        return Admitted(replace(question, team=installed.team or question.team))

    async def _told_apart(self, found: Admitted, sender: Sender) -> Admitted:
        if not found.served or _is_shown(found, sender):
            return found
        if not self._may_be_ours(sender):
            return replace(found, stranger=True)
        person = await self._users.person(found.question.team, found.question.user)
        return replace(found, stranger=person.stranger)

    def _may_be_ours(self, sender: Sender) -> bool:
        """Whether Slack may know somebody as a member whom the payload does not show to be one."""
        installed = self._installation.known
        known = installed.organisation if installed else ""
        if sender.person.startswith(ORGANISATION):
            return sender.person == known
        return not sender.person or bool(known or sender.organisation)


def _is_shown(found: Admitted, sender: Sender) -> bool:
    """Whether the payload itself shows that a member asks."""
    return bool(sender.person) and sender.person in sender.bots(found.question.team)
