"""What was said, pressed, or typed after `/sectors`: read at once, without data."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from datetime import date
from difflib import get_close_matches

from analytics.errors import UnknownWindow
from analytics.query import Query as Comparing
from analytics.window import parse
from bot.commands import COMMANDS, COMPARE, SECTORS, TALK, WATCH, Command
from bot.errors import Unclear, UserError
from bot.language import ACTS, MOST_SYMBOLS, Help, nearest, read_compare, read_follow, symbols_in
from bot.language.words import EARLIEST, MOST_RATE, symbol_of
from bot.model import SectionQuery, ThreadContext
from bot.ports import Ack, Clock, Handler, Place
from bot.render import advice
from bot.render.advice import not_understood_message
from bot.render.message import Message

ASK = "ask"
"""Handler of every question in a conversation; its text is the JSON of a `SectionQuery`."""

_OWN = frozenset({COMPARE.name, SECTORS.name})
"""Commands that are read here where they are said, so that they may follow up on what was asked before."""


class MentionHandler:
    """Takes a mention, and what is said to the bot alone.

    commands: handlers by the command's name; those about rules and daily posts take what begins with theirs.
    like: the known symbols most like one.  known: symbols that are funds in small letters too.
    """

    def __init__(
        self,
        clock: Clock,
        commands: Mapping[str, Handler],
        like: advice.Nearest,
        known: Container[str] = frozenset(),
    ) -> None:
        self._clock, self._like, self._known = clock, like, known
        self._commands = {name: handler for name, handler in commands.items() if name not in _OWN}

    def receive(self, text: str, place: Place) -> Ack:
        """As the command that it begins with; else a question about funds, or what may have been meant.

        Funds alone are compared, but from within a thread: there they may be meant beside those above.
        """
        word, rest = (*text.split(maxsplit=1), "", "")[:2]
        name = f"/{word.lower().lstrip('/')}"
        if word.lower().rstrip(":,.") in ACTS:
            name, rest = WATCH.name, text
        if handler := self._commands.get(name):
            return replace(handler.receive(rest, place), handler=name, text=rest)
        today = self._clock.now().date()
        try:
            read = read_follow(text, today)
        except Unclear as fault:
            if not place.within and self._are_funds(text, today):
                return Ack(work=True, handler=COMPARE.name, open=True)
            acts = _nearest_act(word, rest) if place.within else []
            meant = [*acts, *nearest(text, self._like, today=today)]
            return Ack(reply=not_understood_message(fault, meant), open=True)
        if isinstance(read, Help):
            return Ack(reply=_help(read.command), open=True)
        return Ack(work=True, handler=ASK, text=SectionQuery(text).value, open=True)

    def _are_funds(self, text: str, today: date) -> bool:
        """Whether a text names funds to compare, perhaps with a window and the like, and nothing else."""
        try:
            asked = read_compare(text, today)
        except Unclear:
            return False
        if isinstance(asked, Help):
            return False
        named = {*symbols_in(text, self._known, most=None)}
        symbols = [*asked.symbols, *([asked.versus] if asked.versus else [])]
        return all(symbol in named or symbol in self._known for symbol in symbols)


class FollowUpHandler:
    """Takes a button that asks.  said: takes what it asks of the place it is pressed in."""

    def __init__(self, clock: Clock, said: Handler) -> None:
        self._clock, self._said = clock, said

    def receive(self, text: str, place: Place) -> Ack:
        """The question of the button, as if it were typed; advice where it is of no message of ours."""
        try:
            ask = SectionQuery.read(text)
            if ask.topic is None:
                return self._said.receive(ask.text, place)
            read = read_follow(ask.text, self._clock.now().date())
        except (ValueError, UserError):
            return _unknown_button()
        if isinstance(read, Help) or not can_be_asked(ask.topic):
            return _unknown_button()
        return Ack(work=True, handler=ASK, open=True)


def _nearest_act(word: str, rest: str) -> list[str]:
    """What may have been meant for the rule of a card: `snoze 1w`."""
    return [f"{like} {rest}".strip() for like in get_close_matches(word.lower(), ACTS, 1, 0.75)]


def _help(command: Command) -> Message:
    """Of the conversation where no command is named; whether it is about funds already, the store knows."""
    return advice.talk_help(COMMANDS, in_thread=False) if command is TALK else advice.usage(command)


def can_be_asked(topic: ThreadContext) -> bool:
    """Whether it is of what people could have named: funds side by side, a window, a rate."""
    asked = topic.comparing
    named = [*asked.symbols, *([asked.benchmark] if asked.benchmark else [])]
    fits = 1 <= len(set(asked.symbols)) == len(asked.symbols) <= MOST_SYMBOLS and topic.more >= 0
    return fits and _is_known(asked) and all(symbol_of(symbol) == symbol for symbol in named)


def _is_known(asked: Comparing) -> bool:
    """Whether day, window and rate are ones that can be typed."""
    rate = asked.rate.annual
    try:
        is_window = parse(asked.window.label) == asked.window
    except UnknownWindow:
        return False
    return is_window and asked.as_of >= EARLIEST and (rate is None or 0 <= rate <= MOST_RATE / 100)


def _unknown_button() -> Ack:
    fault = UserError("This button is of no message that this bot knows. Ask in words instead.")
    return Ack(reply=advice.refusal_message(fault), open=True)
