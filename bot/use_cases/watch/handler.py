"""What was typed after `/watch`: read at once, so that what cannot be read is said at once."""

from __future__ import annotations

from bot.commands import WATCH
from bot.errors import Unclear
from bot.language import About, ByHand, Help, RuleListing, Verb, Watch, read_watch
from bot.ports import Ack, Clock, Place
from bot.render import advice

_READING = frozenset({Verb.SHOW, Verb.HISTORY, Verb.WHY})


class WatchHandler:
    """Takes `/watch` and its mentions; needs no data."""

    def __init__(self, clock: Clock, nearest: advice.Nearest) -> None:
        self._clock, self._nearest = clock, nearest

    def receive(self, text: str, place: Place) -> Ack:
        """What is wrong with the text, or the usage; else the question goes on.

        A rule that is named by nothing but its card's thread must be asked of there.
        """
        try:
            asked = read_watch(text, self._clock.now().date())
            if getattr(asked, "number", 0) is None and not (isinstance(asked, Watch) or place.within):
                raise _number_wanted(text)
        except Unclear as fault:
            return Ack(reply=advice.unclear_message(fault, self._nearest), open=True)
        if isinstance(asked, Help):
            return Ack(reply=advice.usage(WATCH), open=True)
        return Ack(work=True, open=_only_reads(asked))


def _only_reads(asked: Watch | About | RuleListing | ByHand) -> bool:
    """Whether nothing is made or changed: people of another workspace may ask that too."""
    match asked:
        case Watch():
            return asked.test
        case About():
            return asked.verb in _READING
    return isinstance(asked, RuleListing)


def _number_wanted(text: str) -> Unclear:
    verb, _, rest = text.strip().partition(" ")
    verb = verb.lower()
    symbol = f" A fund called {verb.upper()} is `${verb.upper()}`." if rest else ""
    wanted = f"`{verb}` needs the number of a rule, like `{verb} R7`, but in the thread of its card"
    return Unclear(WATCH.name, text, [f"{wanted}; `list` shows them.{symbol}"])
