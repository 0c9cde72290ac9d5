"""What was typed after `/watch`: read at once, so that what cannot be read is said at once."""

from __future__ import annotations

from bot.commands import WATCH
from bot.errors import Unclear
from bot.grammar import About, Help, Verb, Watch, read_watch
from bot.ports import Clock, Place, Taken
from bot.render import advice

_READING = frozenset({Verb.LIST, Verb.SHOW, Verb.HISTORY, Verb.WHY})


class WatchDoor:
    """Takes `/watch` and its mentions; needs no data."""

    def __init__(self, clock: Clock, nearest: advice.Nearest) -> None:
        self._clock, self._nearest = clock, nearest

    def receive(self, text: str, place: Place) -> Taken:  # noqa: ARG002
        """What is wrong with the text, or the usage; else the question goes on."""
        try:
            asked = read_watch(text, self._clock.now().date())
        except Unclear as fault:
            return Taken(reply=advice.unclear(fault, self._nearest), open=True)
        if isinstance(asked, Help):
            return Taken(reply=advice.usage(WATCH), open=True)
        return Taken(work=True, open=_only_reads(asked))


def _only_reads(asked: Watch | About) -> bool:
    """Whether nothing is made or changed: people of another workspace may ask that too."""
    return asked.verb in _READING if isinstance(asked, About) else asked.test
