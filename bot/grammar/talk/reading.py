"""What is said about funds, to a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.commands import COMPARE, DIGEST, SECTORS, TALK, WATCH, Command
from bot.grammar.options import Options
from bot.grammar.requests import FollowUp, Help
from bot.grammar.talk.amounts import read_size
from bot.grammar.talk.drafts import Draft
from bot.grammar.talk.vocabulary import EXPLAINED, HELP, PHRASES, Turn
from bot.grammar.talk.wording import SHORT, is_shouted, is_word, near_word, phrase, words_of
from bot.grammar.words import quoted, require_readable, symbol_of
from bot.records import Study

_COMMANDS: Mapping[str, Command] = {each.name[1:]: each for each in (COMPARE, SECTORS, WATCH, DIGEST)}


def read_follow(text: str, today: date) -> FollowUp | Help:
    """Read what is said to the bot about funds: "sectors vs IWM", "compare ISCB SPSM 3y", "add VB".

    Any order, synonyms, and all that `read_compare` understands.  Funds are named after a study, `add`,
    `without` or `vs`; funds alone are not guessed about.  A `$` makes a symbol of any word.  Raises Unclear
    with everything that is wrong.
    """
    require_readable(TALK, text)
    words = words_of(text)
    if asked := _help(words):
        return Help(asked)
    draft = Draft(Options(today, ends=is_word))
    _Reader(words, draft).read()
    return draft.question(text)


def _help(words: Sequence[str]) -> Command | None:
    """Whose help is asked for; a text that says nothing asks what can be said."""
    small = [word.lower() for word in words]
    if small and not HELP & set(small):
        return None
    return next((_COMMANDS[word] for word in small if word in _COMMANDS), TALK)


class _Reader:
    """Sorts the words into a draft.

    into: where the next symbols go; None before any word that says so.
    """

    def __init__(self, words: list[str], draft: Draft) -> None:
        self._rest, self._draft = words, draft
        self._into: list[str] | None = None
        self._shouted = is_shouted(words)
        self._explaining = any(PHRASES.get((word.lower(),)) is Study.EXPLAIN for word in words)

    def read(self) -> None:
        """Sort them all."""
        while self._rest:
            if not (self._take_measure() or self._take_size() or self._take_phrase()):
                self._take_symbol()

    def _take_measure(self) -> bool:
        if not self._explaining or self._draft.measures:
            return False
        length, measure = phrase(self._rest, EXPLAINED)
        if measure is None or (self._is_named() and self._is_measured_later(length)):
            return False
        self._draft.measures.append(measure)
        del self._rest[:length]
        return True

    def _is_measured_later(self, start: int) -> bool:
        """Whether a measure in small letters follows, so that BETA is a fund; else it is the measure."""
        places = (at for at in range(start, len(self._rest)) if not self._rest[at].isupper())
        return any(phrase(self._rest[at:], EXPLAINED)[1] for at in places)

    def _take_size(self) -> bool:
        word = self._rest[0].lower()
        if not word.startswith("size="):
            return False
        self._rest.pop(0)
        amount = read_size(word.removeprefix("size="))
        if amount is None:
            self._draft.complain(f"`{quoted(word)}` is no size of an order; write it like `size=25m`.")
        else:
            self._draft.amounts.append(amount)
        return True

    def _take_phrase(self) -> bool:
        """A study, or a word that turns what follows; else an option."""
        length, meaning = (0, None) if self._is_named() else phrase(self._rest, PHRASES)
        if meaning is None:
            return self._draft.options.take(self._rest)
        typed = " ".join(self._rest[:length]).lower()
        del self._rest[:length]
        if isinstance(meaning, Study):
            self._draft.studies.append(meaning)
            self._into = self._draft.symbols
        else:
            self._into = self._draft.add if meaning is Turn.ADD else self._draft.without
            if not self._rest or is_word(self._rest[0]):
                self._draft.bare.append(typed)
        return True

    def _is_named(self) -> bool:
        """Whether the next word is like a symbol where symbols are read."""
        return self._into is not None and self._rest[0].isupper() and not self._shouted

    def _take_symbol(self) -> None:
        word = self._rest.pop(0)
        if self._into is None:
            self._draft.early.append(word)
        elif word.startswith("$") or not self._is_slip(word):
            self._draft.options.read_symbol(word, self._into)

    def _is_slip(self, word: str) -> bool:
        """Whether a word is no symbol, though it might be one by its letters; says so."""
        if word.isupper() and len(word) <= SHORT and not self._shouted:
            return False
        like, symbol = near_word(word, explaining=self._explaining), symbol_of(word)
        is_prose = word.isalpha() and word.islower() and len(word) > SHORT
        if symbol is None or not (like or is_prose):
            return False
        meant = f"; did you mean `{like}`?" if like else "."
        self._draft.complain(f"`{quoted(word)}` is not understood{meant} A fund of that name is `${symbol}`.")
        return True
