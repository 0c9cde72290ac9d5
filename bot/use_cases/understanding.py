"""What is made of words that the grammar does not read: a sure reading, or advice with three questions.

    reader.read(text, today, context)          Reading, or None where it is in doubt
    reader.advise(fault, text, today, context) what was wrong, and three things that can be asked here

Both are counted by their kind, never with their words.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.commands import COMMANDS
from bot.errors import Unclear, UserError
from bot.language import FollowUp, Help, Reading, follow_text, read_english, read_follow, suggestions
from bot.model import Section, SectionQuery, ThreadContext
from bot.ports import Understood
from bot.render import advice
from bot.render.message import Message

EXAMPLE = ("ISCB", "SPSM")
"""Funds of a question where nobody has named any."""
BY_EXAMPLE = "No funds are compared here yet: the figures are those of {} and {}, as an example."


def _no_symbols(symbol: str) -> Sequence[str]:  # noqa: ARG001
    return ()


def _uncounted(kind: Understood) -> None:
    """Count nothing."""


@dataclass(frozen=True)
class EnglishReader:
    """Reads what is said in plain English, and advises where it is in doubt.

    like: the known symbols most like one.  known: symbols that are funds in small letters too.
    count: told of each kind of thing that was not the grammar's.
    """

    like: advice.Nearest = _no_symbols
    known: Container[str] = frozenset()
    count: Callable[[Understood], None] = _uncounted

    def read(self, text: str, today: date, context: ThreadContext | None = None) -> Reading | None:
        """Return what a question is surely about; None where that is in doubt, or nearly a command."""
        reading = read_english(text, today, self.known, context)
        if reading and reading.watching and self._is_nearly_rule(text, today):
            return None
        return reading

    def advise(
        self,
        fault: Unclear,
        text: str,
        today: date,
        context: ThreadContext | None = None,
        acts: Sequence[str] = (),
    ) -> Message:
        """Say what was wrong with a text, with three things that can be asked.

        context: what the place is about; without one they name their funds.
        acts: what was perhaps meant for the rule of a card.
        """
        meant = dict.fromkeys([*acts, *suggestions(text, self.like, context, today, self.known or None)])
        asked = [each if context else name_funds(each, today) for each in meant]
        self.count(Understood.BUTTONS if asked else Understood.BARE)
        return advice.not_understood_message(fault, list(dict.fromkeys(asked)))

    def ask_for_funds(self, follow: FollowUp, told: str) -> Message:
        """Say that nobody knows which funds are meant, with questions that name some.

        told: what to type.
        """
        self.count(Understood.NO_FUNDS)
        asked = (follow, FollowUp(), FollowUp(section=Section.SECTORS), FollowUp(section=Section.RETURNS))
        named = dict.fromkeys(follow_text(by_example(each)) for each in asked)
        return advice.no_funds_message(told, [SectionQuery(each) for each in named])

    def answer_beside(self, reading: Reading, context: ThreadContext | None) -> Message:
        """Answer what is no question about funds: what can be asked, or how a rule is made of them."""
        self.count(Understood.READ_AS)
        if reading.watching and context:
            return advice.watch_these_message(context)
        return advice.talk_help(COMMANDS, in_thread=context is not None)

    def _is_nearly_rule(self, text: str, today: date) -> bool:
        meant = suggestions(text, self.like, None, today)
        return any(each.startswith("watch ") and each != "watch list" for each in meant)


def by_example(follow: FollowUp) -> FollowUp:
    """Return a question with funds, where it has none."""
    if follow.symbols:
        return follow
    symbols = tuple(dict.fromkeys((*EXAMPLE, *follow.add)))
    return replace(follow, symbols=symbols, add=(), without=())


def name_funds(text: str, today: date) -> str:
    """Return what can be asked where nobody knows of any funds: the same with an example of them."""
    try:
        read = read_follow(text, today)
    except UserError:
        return text  # a command
    return text if isinstance(read, Help) or text.startswith(("watch", "digest")) else _named(read)


def _named(read: FollowUp) -> str:
    return follow_text(by_example(read))
