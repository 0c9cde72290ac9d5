"""Who is of the bot's own workspace or organisation, and who is of another company's.

In a workspace of its own the payload says so.  In an organisation of several (Enterprise Grid) it may name no
workspace, or that which the person is in: then Slack is asked, for a moment, where the bot is installed and
whose the person is.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from bot.ports import People
from bot.records import Question
from bot.slack.installation import Installation
from bot.slack.listening import payloads
from bot.slack.listening.payloads import Payload

log = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds that an acknowledgement waits for Slack to say: it takes three."""


class Members:
    """Tells members from strangers."""

    def __init__(self, installation: Installation, people: People) -> None:
        self._installation, self._people = installation, people

    async def admit(self, question: Question, body: Payload) -> tuple[Question, bool]:
        """Give the question under the workspace that the bot is installed in, and whether a stranger asks.

        body: of a press, a form or a shortcut.  Whom Slack does not tell from the members of an organisation
        counts as one.
        """
        if not payloads.is_of_organisation(body):
            return question, payloads.is_stranger(body)
        try:
            async with asyncio.timeout(PATIENCE):
                question = await self._installed(question)
                return question, await self._is_stranger(question, body)
        except TimeoutError:
            log.warning("Slack did not say in time who %s is; they count as a member", question.user)
            return question, False

    async def _installed(self, question: Question) -> Question:
        installed = await self._installation.look()
        return replace(question, team=installed.team) if installed and installed.team else question

    async def _is_stranger(self, question: Question, body: Payload) -> bool:
        if payloads.team_of_person(body) in ("", question.team):
            return False
        return (await self._people.person(question.team, question.user)).stranger
