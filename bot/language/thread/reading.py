"""What is said about funds, to a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import inf

from bot.commands import COMPARE, DIGEST, SECTORS, TALK, WATCH, Command
from bot.language.english import IDLE, SHORT, Script, script_of
from bot.language.options import Options
from bot.language.requests import FollowUp, Help
from bot.language.rule.amounts import Ambiguous
from bot.language.thread.amounts import read_size
from bot.language.thread.drafts import FollowUpDraft
from bot.language.thread.vocabulary import EXPLAINED, HELP, LONGEST, PHRASES, Turn
from bot.language.thread.wording import FollowUpWords, is_shouted, is_word, near_word, phrase, said
from bot.language.words import quoted, require_readable, symbol_of
from bot.model import Section

_COMMANDS: Mapping[str, Command] = {each.name[1:]: each for each in (COMPARE, SECTORS, WATCH, DIGEST)}


def read_follow(text: str, today: date, about: date | None = None) -> FollowUp | Help:
    """Read what is said to the bot about funds: "sectors vs IWM", "compare ISCB SPSM 3y", "add VB".

    Any order, synonyms, and all that `read_compare` understands.  Funds are named after a study, `add`,
    `without` or `vs`; funds alone are not guessed about.  A `$` makes a symbol of any word.
    about: the day that the place is about, from which "last year" is told.
    Raises Unclear with everything that is wrong.
    """
    require_readable(TALK, text)
    found = said(text)
    if asked := _help(found.words):
        return Help(asked)
    draft = FollowUpDraft(Options(today, about, ends=is_word))
    _FollowUpReader(found, draft).read()
    return draft.question(text)


def _help(words: Sequence[str]) -> Command | None:
    """Whose help is asked for; a text that says nothing asks what can be said."""
    small = [word.lower() for word in words]
    if small and not HELP & set(small):
        return None
    return next((_COMMANDS[word] for word in small if word in _COMMANDS), TALK)


def _from_last_measure(words: list[str]) -> float:
    """How many words there are from the last measure in small letters on; infinitely many without one."""
    for at in range(len(words) - 1, -1, -1):
        if not words[at].isupper() and phrase(words[at : at + LONGEST], EXPLAINED)[1]:
            return len(words) - at
    return inf


class _FollowUpReader:
    """Sorts the words into a draft.

    into: where the next symbols go; None before any word that says so.
    names: words that may be symbols, each with where it goes.
    measured: how many words there are from the last measure in small letters on: while they are still to come
    BETA is a fund, else it is the measure.
    """

    def __init__(self, found: FollowUpWords, draft: FollowUpDraft) -> None:
        self._rest, self._prose, self._draft = found.words, found.prose, draft
        self._into: list[str] | None = None
        self._names: list[tuple[str, list[str]]] = []
        self._shouted = is_shouted(found.words)
        self._explaining = any(PHRASES.get((word.lower(),)) is Section.EXPLAIN for word in found.words)
        self._measured = _from_last_measure(found.words) if self._explaining else 0

    def read(self) -> None:
        """Sort them all."""
        while self._rest:
            if not (self._take_measure() or self._take_size() or self._take_phrase()):
                self._take_name()
        script = script_of([*self._draft.early, *(word for word, _ in self._names)])
        script = replace(script, prose=script.prose or self._prose)
        self._draft.options.settle_versus(script)
        for word, into in self._names:
            if word.startswith("$") or not self._is_slip(word, script):
                self._draft.options.read_symbol(word, into)

    def _take_measure(self) -> bool:
        if not self._explaining or self._draft.measures:
            return False
        length, measure = phrase(self._rest, EXPLAINED)
        if measure is None or (self._is_named() and len(self._rest) - length >= self._measured):
            return False
        self._draft.measures.append(measure)
        del self._rest[:length]
        return True

    def _take_size(self) -> bool:
        word = self._rest[0].lower()
        if not word.startswith("size="):
            return False
        self._rest.pop(0)
        try:
            size = read_size(word.removeprefix("size="))
        except Ambiguous as fault:
            self._draft.complain(str(fault))
            return True
        if size is None:
            self._draft.complain(f"`{quoted(word)}` is no size of an order; write it like `size=25m`.")
        else:
            self._draft.sizes.append(size)
        return True

    def _take_phrase(self) -> bool:
        """A study, or a word that turns what follows; else an option."""
        length, meaning = (0, None) if self._is_named() else phrase(self._rest, PHRASES)
        if meaning is None:
            return self._draft.options.take(self._rest)
        typed = " ".join(self._rest[:length]).lower()
        del self._rest[:length]
        if isinstance(meaning, Section):
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

    def _take_name(self) -> None:
        word = self._rest.pop(0)
        if self._into is None:
            self._draft.early.append(word)
        else:
            self._names.append((word, self._into))

    def _is_slip(self, word: str, script: Script) -> bool:
        """Whether a word is no symbol, though it might be one by its letters; says so."""
        if symbol_of(word) is None:
            return False
        is_fund = script.is_symbol(word)
        short_capitals = word.isupper() and len(word) <= SHORT and not self._shouted
        like = None if short_capitals else near_word(word, explaining=self._explaining)
        if is_fund and not like:
            return False
        if word.lower() not in IDLE:
            self._draft.complain(script.refusal(word, like))
        return True
