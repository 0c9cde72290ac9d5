"""A place in the tokens, and what may follow it."""

from __future__ import annotations

import re

from analytics.watch.rules import Op
from bot.language.english import PLACED
from bot.language.rule.amounts import UNITS, Amount
from bot.language.rule.lexing import Token, TokenKind
from bot.language.rule.vocabulary import Mark
from bot.language.words import symbol_of

NUMERALS = {
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
}
_GLUED = re.compile(r"([$€£]?)([\d.,]*\d(?:e[-+]?\d{1,4})?)([a-z]*)", re.IGNORECASE)


class Cursor:
    """Moves over tokens from left to right."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens, self._at = found, 0

    def peek(self, ahead: int = 0) -> Token | None:
        """The next token, or one further ahead; None at the end."""
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else None

    def take(self) -> Token:
        """The next token, which is then behind."""
        self._at += 1
        return self._tokens[self._at - 1]

    def next_is(self, *meanings: Mark | Op) -> bool:
        """Whether a token of one of these meanings follows."""
        token = self.peek()
        return token is not None and token.meaning in meanings

    def skip(self, *meanings: Mark | Op) -> None:
        """Pass over all tokens of these meanings."""
        while self.next_is(*meanings):
            self._at += 1

    def amount(self) -> Amount | None:
        """A number with its unit, if one follows; what stands there instead is left alone."""
        start = self._at
        sign = "-" if self.next_is(Mark.MINUS) and self.take() else ""
        token = self.peek()
        if token and token.text.lower() in NUMERALS:
            self._at += 1
            return Amount(f"{sign}{NUMERALS[token.text.lower()]}", self.unit())
        found = _GLUED.fullmatch(token.text.lstrip("+-")) if token else None
        if token is None or found is None or token.kind in {TokenKind.RATE, TokenKind.JUNK, TokenKind.DATE}:
            self._at = start
            return None
        self._at += 1
        sign = sign or token.text[0] * (token.text[0] in "+-")
        return Amount(f"{sign}{found[2]}", f"{found[1]}{found[3]}" or self.unit())

    def at_amount(self) -> bool:
        """Whether a number follows."""
        start, found = self._at, self.amount()
        self._at = start
        return found is not None

    def at_fund(self) -> bool:
        """Whether a symbol follows, behind a measure or not: SPSM, the sharpe of SPSM, sharpe(SPSM)."""
        for token in self._tokens[self._at :]:
            if token.kind is TokenKind.WORD:
                return symbol_of(token.text) is not None
            if token.meaning not in {Mark.FILLER, Mark.OF} and not isinstance(token.meaning, tuple):
                return False
        return False

    def unit(self) -> str:
        """The unit of the number behind, if one follows; else nothing."""
        for length in (2, 1):
            words = [token.text for token in self._tokens[self._at : self._at + length]]
            if " ".join(words).lower() in UNITS:
                self._at += length
                return " ".join(words)
        return ""

    def symbol(self) -> str | None:
        """A symbol, if one follows."""
        self.skip(Mark.FILLER, Mark.OF, Mark.EQUAL, Mark.TO)
        token = self.peek()
        named = token and (token.kind is TokenKind.WORD or isinstance(token.meaning, tuple))
        symbol = symbol_of(token.text) if token and named and PLACED.is_symbol(token.text) else None
        self._at += symbol is not None
        return symbol

    def count(self) -> str | None:
        """A number of sessions, if one follows."""
        self.skip(Mark.FILLER)
        token = self.peek()
        if token is None:
            return None
        days = re.fullmatch(r"(\d+)d", token.text) if token.kind is TokenKind.PERIOD else None
        count = days[1] if days else NUMERALS.get(token.text.lower(), token.text)
        if not days and token.kind is not TokenKind.NUMBER and token.text.lower() not in NUMERALS:
            return None
        self._at += 1
        self.skip(Mark.SESSIONS)
        return count
