"""x."""

from __future__ import annotations

from bot.commands import SECTORS
from bot.errors import Unclear
from bot.language import FollowUp, nearest, read_follow
from bot.model import Section
from bot.ports import Ack, Clock, Place
from bot.render import advice
from bot.render.advice import not_understood_message


class SectorsHandler:
    """Takes `/sectors`; there is no thread to follow up on, so funds must be named."""

    def __init__(self, clock: Clock, like: advice.Nearest) -> None:
        self._clock, self._like = clock, like

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002
        """What is wrong with the text, or the usage; else the question goes on."""
        asked, today = f"{Section.SECTORS} {text}", self._clock.now().date()
        try:
            read = read_follow(asked, today)
        except Unclear as fault:
            return Ack(
                reply=not_understood_message(fault, nearest(asked, self._like, today=today)), open=True
            )
        if isinstance(read, FollowUp) and read.symbols:
            return Ack(work=True, open=True)
        return Ack(reply=advice.usage(SECTORS), open=True)
