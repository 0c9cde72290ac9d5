"""Tokens to pieces: each word read with its neighbours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from analytics.watch.rules import Op
from bot.language.english import script_of
from bot.language.rule.amounts import Amount
from bot.language.rule.cursor import NUMERALS, Cursor
from bot.language.rule.lexing import Token, TokenKind, tokens
from bot.language.rule.pieces import (
    Bound,
    Count,
    Doubtful,
    Fund,
    Gap,
    Hold,
    Join,
    Measured,
    Missing,
    Piece,
    Rated,
    Recovery,
    Sector,
    Spanned,
    Then,
    Versus,
    Wrong,
)
from bot.language.rule.vocabulary import MOVES, Mark
from bot.language.windows import YEAR, read_window
from bot.language.words import quoted, symbol_of

_CURRENCIES = frozenset(
    {"usd", "eur", "gbp", "chf", "jpy", "cad", "aud", "dollars", "euros", "euro", "dollar"}
)
_QUOTED_IN = _CURRENCIES | {
    "usdt",
    "usdc",
    "btc",
    "eth",
    "sek",
    "nok",
    "dkk",
    "nzd",
    "hkd",
    "sgd",
    "krw",
    "inr",
}
_NO_NUMBERS = frozenset({"nan", "inf", "infinity", "-inf", "∞", "none", "null"})
_OPTIONS = (Mark.FOR, Mark.THEN, Mark.RECOVER, Mark.VERSUS)


def pieces(text: str) -> list[Piece]:
    """What a text says, in its order."""
    return _Folder(tokens(text)).fold()


class _Folder:
    """Reads tokens from left to right."""

    def __init__(self, found: list[Token]) -> None:
        self._cursor = Cursor(found)
        words = [token.text for token in found if token.kind is TokenKind.WORD]
        self._script = script_of(word for word in words if word.lower() not in MOVES)

    def fold(self) -> list[Piece]:
        """All pieces."""
        found: list[Piece] = []
        while self._cursor.peek():
            found += self._next()
        return found

    def _next(self) -> list[Piece]:
        token = self._cursor.take()
        if token.kind is not TokenKind.PHRASE:
            return self._bare(token)
        match token.meaning:
            case ("measure", name):
                return [Measured(name, token.text)]
            case ("sector", name):
                return [Sector(name, token.text)]
            case Op() as op:
                return self._bound(op, token)
            case Mark() as mark:
                return self._marked(mark, token)
        return []

    # words that are no phrase

    def _bare(self, token: Token) -> list[Piece]:
        readers: Mapping[TokenKind, Callable[[Token], list[Piece]]] = {
            TokenKind.WORD: self._word,
            TokenKind.NUMBER: self._number,
            TokenKind.PERIOD: self._period,
            TokenKind.DATE: self._date,
            TokenKind.RATE: lambda token: [Rated(token.text.lower().replace(",", "."))],
        }
        return readers.get(token.kind, _unread)(token)

    def _word(self, token: Token) -> list[Piece]:
        word, following = token.text.lower(), self._cursor.peek()
        numeric = following is not None and following.kind is TokenKind.NUMBER
        if word in MOVES and following and (numeric or isinstance(following.meaning, Op | Mark)):
            return []
        if word in NUMERALS and (self._cursor.next_is(Mark.OF) or self._cursor.next_is(Mark.SESSIONS)):
            return self._number(Token(TokenKind.NUMBER, NUMERALS[word]))
        if pair := _pair(token.text):
            return [Fund(pair[0]), Join(Mark.MINUS), Fund(pair[1])]
        symbol = symbol_of(token.text)
        if symbol and not self._script.is_symbol(token.text):
            return [Doubtful(token.text)]
        return [Fund(symbol, token.text.startswith("$"))] if symbol else _unread(token)

    def _number(self, token: Token) -> list[Piece]:
        if self._cursor.next_is(Mark.OF):
            self._cursor.take()
            return self._counted(token)
        if self._cursor.next_is(Mark.SESSIONS):
            self._cursor.take()
            return [Hold(token.text)]
        amount = quoted(f"{token.text}{self._cursor.unit()}")
        bound = f"write `< {amount}` or `> {amount}`"
        if re.fullmatch(YEAR, amount):
            since = f"since {read_window(amount, date.max).start}"
            return [Missing(f"`{amount}` is a window that never moves; write `{since}`, or {bound}.")]
        return [Missing(f"`{amount}` stands alone; {bound}.")]

    def _counted(self, token: Token) -> list[Piece]:
        if not re.fullmatch(r"\d{1,3}", token.text):
            return [Wrong(f"`{quoted(token.text)} of` counts no conditions; write it like `2 of:`.")]
        total = self._cursor.peek()
        stated = total is not None and total.kind is TokenKind.NUMBER and re.fullmatch(r"\d{1,3}", total.text)
        return [Count(int(token.text), int(self._cursor.take().text) if stated else None)]

    def _period(self, token: Token) -> list[Piece]:
        days = re.fullmatch(r"(\d+)d", token.text)
        if not days:
            return [Spanned(token.text)]
        if self._is_compared():
            told = f"`{quoted(token.text)}` stands where a window would, and those are counted in months"
            return [
                Wrong(f"{told} or years, like `1m`; how long it lasts comes last, like `for 5 sessions`.")
            ]
        return [Hold(days[1])]

    def _is_compared(self) -> bool:
        """Tell whether a measure or its comparison follows."""
        following = self._cursor.peek()
        meaning = following.meaning if following else None
        measure = isinstance(meaning, tuple) and meaning[0] == "measure"
        return measure or isinstance(meaning, Op) or meaning in {Mark.DEEPER, Mark.CROSSES, Mark.EQUAL}

    def _date(self, token: Token) -> list[Piece]:
        return [Wrong(f"`{token.text}` stands alone; write `since {token.text}`.")]

    # comparisons

    def _bound(self, op: Op | Mark, token: Token) -> list[Piece]:
        if op is Op.CHANGES:
            return [Bound(op, token.text.lower(), None)]
        self._cursor.skip(Mark.FILLER)
        number, after = self._cursor.peek(), self._cursor.peek(1)
        if op is Op.AT_LEAST and number and after and after.meaning is Mark.OF:
            return []  # at least 2 of
        amount = self._cursor.amount()
        if amount is None:
            return self._no_threshold(op, token.text.lower())
        currency = self._currency(amount)
        return currency or [Bound(op, token.text.lower(), amount)]

    def _no_threshold(self, op: Op | Mark, words: str) -> list[Piece]:
        """Another fund may stand there: then the two are held against each other."""
        following = self._cursor.peek()
        if following and following.text.lower() in _NO_NUMBERS:
            given = self._cursor.take().text.lower()
            return [Missing(f"`{words} {given}` is no threshold; write a number, like `{words} 1.0`.")]
        if self._cursor.at_fund():
            return [Join(Mark.MINUS, compared=True), Bound(op, words, Amount("0"))]
        return [Missing(f"`{words}` stands without a threshold; write a number, like `{words} 1.0`.")]

    def _currency(self, amount: Amount) -> list[Piece]:
        following = self._cursor.peek()
        after = following is not None and following.text.lower() in _CURRENCIES
        if after:
            self._cursor.take()
        if after or amount.unit[:1] in {"$", "€", "£"}:
            unit = amount.unit.lstrip("$€£")
            bare = Amount(amount.number, unit or ("" if amount.unit[:1] in {"$", "€", "£"} else amount.unit))
            return [
                Missing(f"Amounts are in the fund's own currency; write `{quoted(bare.text)}` without one.")
            ]
        return []

    # words that order the others

    def _marked(self, mark: Mark, token: Token) -> list[Piece]:
        readers: Mapping[Mark, Callable[[Token], list[Piece]]] = {
            Mark.DEEPER: lambda token: self._bound(Mark.DEEPER, token),
            Mark.CROSSES: self._crosses,
            Mark.EQUAL: self._equal,
            Mark.OVER: self._over,
            Mark.THEN: self._then,
            Mark.VERSUS: self._versus,
            Mark.FOR: self._for,
            Mark.RECOVER: self._recover,
            Mark.ANY: lambda _: [Count(1)],
            Mark.ALL: lambda _: [Count(None)],
            Mark.SINCE: self._since,
            Mark.SESSIONS: _unread,
            Mark.PERCENT: _unread,
        }
        if mark in {Mark.MINUS, Mark.SLASH, Mark.TO}:
            return [] if self._cursor.next_is(*_OPTIONS) else [Join(mark)]
        if mark in {Mark.COMMA, Mark.AND, Mark.OR}:
            self._cursor.skip(Mark.COMMA, Mark.AND)
            following = self._cursor.peek()
            return [Gap(mark, self._cursor.next_is(*_OPTIONS) or (following or token).kind is TokenKind.RATE)]
        return readers[mark](token) if mark in readers else []

    def _crosses(self, token: Token) -> list[Piece]:
        amount = self._cursor.amount()
        value = quoted(amount.text) if amount else "1.0"
        sides = f"`crosses below {value}` or `crosses above {value}`"
        return [Missing(f"`{token.text.lower()}` needs a side; write {sides}.")]

    def _equal(self, token: Token) -> list[Piece]:
        amount = self._cursor.amount()
        value = quoted(amount.text) if amount else "1.0"
        return [
            Missing(f"`{token.text}` is not watched; write `< {value}`, `> {value}` or, of costs, `changes`.")
        ]

    def _over(self, token: Token) -> list[Piece]:
        self._cursor.skip(Mark.FILLER)
        following = self._cursor.peek()
        if following is None or following.kind is TokenKind.PERIOD or following.meaning is Mark.SINCE:
            return []
        return self._bound(Op.ABOVE, token) if self._cursor.at_amount() else [Join(Mark.OVER)]

    def _then(self, token: Token) -> list[Piece]:
        symbol = self._cursor.symbol()
        words = token.text.lower()
        return [Then(symbol)] if symbol else [Wrong(f"`{words}` needs a fund, like `then SPSM`.")]

    def _versus(self, token: Token) -> list[Piece]:
        symbol = self._cursor.symbol()
        words = token.text.lower()
        return (
            [Versus(symbol)]
            if symbol
            else [Wrong(f"`{words}` stands alone; it needs a symbol, like `vs SPY`.")]
        )

    def _for(self, _: Token) -> list[Piece]:
        if count := self._cursor.count():
            return [Hold(count)]
        following = self._cursor.peek()
        if following and following.kind is TokenKind.PERIOD:
            return [Spanned(self._cursor.take().text, lasting=True)]
        return []

    def _recover(self, token: Token) -> list[Piece]:
        self._cursor.skip(Mark.FILLER, Mark.OVER, Mark.TO, Op.ABOVE, Op.BELOW, Op.AT_LEAST, Op.AT_MOST)
        amount = self._cursor.amount()
        count = None
        if self._cursor.next_is(Mark.FOR):
            self._cursor.take()
            count = self._cursor.count()
        if amount is None and count is None:
            return [Wrong(f"`{token.text.lower()}` needs a value, like `recover 1.1`, or `for 3 sessions`.")]
        return [Recovery(amount, count)]

    def _since(self, token: Token) -> list[Piece]:
        following = self._cursor.peek()
        if following and following.kind is TokenKind.WORD and token.text.lower() == "from":
            return []
        if following and (following.kind is TokenKind.DATE or re.fullmatch(r"\d{8}", following.text)):
            return [Spanned(f"since {self._cursor.take().text}")]
        if following and following.kind is TokenKind.PERIOD and ".." in following.text:
            return []
        return [Wrong(f"`{token.text.lower()}` stands alone; it needs a date, like `since 2021-03-19`.")]


def _unread(token: Token) -> list[Piece]:
    return [Wrong("", token.text)]


def _pair(text: str) -> tuple[str, str] | None:
    """Two funds with a hyphen between them; what has a share class or a currency behind it is one."""
    found = re.fullmatch(r"([A-Za-z]{2,6})-([A-Za-z]{3,6})", text)
    return (found[1].upper(), found[2].upper()) if found and found[2].lower() not in _QUOTED_IN else None
