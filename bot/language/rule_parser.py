"""Tokens to clauses: each word read with its neighbours, from left to right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from analytics.watch.operators import Op
from bot.language.amounts import UNITS, Amount
from bot.language.mixes.fold import is_folded, mix_complaints
from bot.language.rule_clauses import (
    Bound,
    Clause,
    Count,
    Doubtful,
    Fund,
    Gap,
    Hold,
    Join,
    Margin,
    Measured,
    Missing,
    Rated,
    Recovery,
    Sector,
    Spanned,
    Then,
    Versus,
    Wrong,
)
from bot.language.rule_words import FALLS, MOVES, QUOTES, RISES, Mark, Token, TokenKind, read_tokens
from bot.language.windows import YEAR, read_window
from bot.language.words import PLACED, safe_word, script_of, symbol_of

_SIGNS = {"$": "$", "€": "EUR", "£": "GBP"}
_CURRENCIES = {
    **{code: code.upper() for code in ("usd", "eur", "gbp", "chf", "jpy", "cad", "aud")},
    **dict.fromkeys(("dollars", "dollar"), "$"),
    **dict.fromkeys(("euros", "euro"), "EUR"),
    **dict.fromkeys(("pounds", "pound"), "GBP"),
}
_QUOTED_IN = _CURRENCIES.keys() | {
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
_ON = "ON"
"""A fund in capitals; in small letters it may stand before a measure."""
_BY = frozenset({"by", "of"})
_MORE = frozenset({Op.ABOVE, Op.AT_LEAST, Mark.OVER, Mark.FILLER})
_PERCENTS = frozenset({"%", "percent", "per cent", "pct"})
_NO_NUMBERS = frozenset({"nan", "inf", "infinity", "-inf", "∞", "none", "null"})
_LEVELS = tuple(op for op in Op if op.has_threshold and not op.crossing)
_OPTIONS = (Mark.FOR, Mark.THEN, Mark.RECOVER, Mark.VERSUS)


def read_clauses(text: str) -> list[Clause]:
    """Return what a text says, in its order."""
    return _ClauseReader(read_tokens(text)).read()


class _ClauseReader:
    """Reads tokens from left to right."""

    def __init__(self, found: list[Token]) -> None:
        self._cursor = Cursor(found)
        words = [token.text for token in found if token.kind is TokenKind.WORD]
        self._script = script_of(word for word in words if word.lower() not in MOVES)

    def read(self) -> list[Clause]:
        """Return all pieces."""
        found: list[Clause] = []
        while self._cursor.peek():
            found += self._next()
        return found

    def _next(self) -> list[Clause]:
        token = self._cursor.take()
        if token.kind is not TokenKind.PHRASE:
            return self._read_bare(token)
        match token.meaning:
            case ("measure", name):
                return [Measured(name, token.text)]
            case ("sector", name):
                return [Sector(name, token.text)]
            case Op() as op:
                return self._read_bound(op, token)
            case Mark() as mark:
                return self._read_mark(mark, token)
        return []

    # words that are no phrase

    def _read_bare(self, token: Token) -> list[Clause]:
        readers: Mapping[TokenKind, Callable[[Token], list[Clause]]] = {
            TokenKind.WORD: self._read_word,
            TokenKind.NUMBER: self._read_number,
            TokenKind.PERIOD: self._read_period,
            TokenKind.DATE: self._read_date,
            TokenKind.RATE: lambda token: [Rated(token.text.lower().replace(",", "."))],
        }
        return readers.get(token.kind, _unknown_word)(token)

    def _read_word(self, token: Token) -> list[Clause]:
        word, following = token.text.lower(), self._cursor.peek()
        if token.text != _ON and (moved := self._read_move(word)) is not None:
            return moved
        numeric = following is not None and following.kind is TokenKind.NUMBER
        if word in QUOTES and following and isinstance(following.meaning, Op):
            return [Measured("price", word, implied=True)]
        if word in MOVES and following and (numeric or isinstance(following.meaning, Op | Mark)):
            return []
        if word in NUMERALS and (self._cursor.next_is(Mark.OF) or self._cursor.next_is(Mark.SESSIONS)):
            return self._read_number(Token(TokenKind.NUMBER, NUMERALS[word]))
        if word == "on" and self._cursor.at_measure() and not self._script.is_symbol(token.text):
            return []
        if pair := _pair(token.text):
            return [Fund(pair[0]), Join(Mark.MINUS), Fund(pair[1])]
        if is_folded(token.text) and (wrong := mix_complaints(token.text)):
            return [Wrong(each) for each in wrong]
        symbol = symbol_of(token.text)
        if symbol and not self._script.is_symbol(token.text):
            return [Doubtful(token.text)]
        return [Fund(symbol, token.text.startswith("$"))] if symbol else _unknown_word(token)

    def _read_move(self, word: str) -> list[Clause] | None:
        """Read "falls 10 %", and "by 5 %" behind two funds; None for any other word."""
        if word == "by" and (amount := self._cursor.size()):
            return [Margin(amount)]
        if word not in FALLS | RISES or not (amount := self._cursor.size(percent=True)):
            return None
        falls = word in FALLS
        sign = "-" if falls and not amount.number.startswith("-") else ""
        bare = amount.number.lstrip("+") if falls else amount.number
        words = f"{word} {amount.text}"
        level = Bound(Op.BELOW if falls else Op.ABOVE, word, Amount(f"{sign}{bare}", amount.unit))
        return [Measured("price_change", words, implied=True), level]

    def _read_rival(self, mark: Mark, token: Token) -> list[Clause]:
        """Read "lags SPSM", "beats ISCB"."""
        words, symbol = token.text.lower(), self._cursor.symbol()
        if symbol is None:
            return [Missing(f"`{words}` needs the other fund, like `ISCB {words} SPSM`.")]
        op = Op.BELOW if mark is Mark.LAGS else Op.ABOVE
        verb = Measured("total_return", words, implied=True)
        return [
            Join(Mark.MINUS, compared=True),
            Fund(symbol),
            verb,
            Bound(op, words, Amount("0"), implied=True),
        ]

    def _read_number(self, token: Token) -> list[Clause]:
        if high := self._read_depth(token):
            return high
        if self._cursor.next_is(Mark.OF):
            self._cursor.take()
            return self._read_count(token)
        if self._cursor.next_is(Mark.SESSIONS):
            self._cursor.take()
            return [Hold(token.text)]
        amount = safe_word(f"{token.text}{self._cursor.unit()}")
        bound = f"write `< {amount}` or `> {amount}`"
        if re.fullmatch(YEAR, amount):
            since = f"since {read_window(amount, date.max).start}"
            return [Missing(f"`{amount}` is a window that never moves; write `{since}`, or {bound}.")]
        return [Missing(f"`{amount}` stands alone; {bound}.")]

    def _read_depth(self, token: Token) -> list[Clause]:
        """Read "10 % below its high"; empty for any other number."""
        unit = self._cursor.unit_ahead()
        following = self._cursor.peek(len(unit.split()))
        if not unit or following is None or following.meaning is not Mark.HIGH:
            return []
        return [Bound(Mark.DEEPER, "falls", Amount(token.text.lstrip("+-"), self._cursor.unit()))]

    def _read_count(self, token: Token) -> list[Clause]:
        if not re.fullmatch(r"\d{1,3}", token.text):
            return [Wrong(f"`{safe_word(token.text)} of` counts no conditions; write it like `2 of:`.")]
        total = self._cursor.peek()
        stated = total is not None and total.kind is TokenKind.NUMBER and re.fullmatch(r"\d{1,3}", total.text)
        return [Count(int(token.text), int(self._cursor.take().text) if stated else None)]

    def _read_period(self, token: Token) -> list[Clause]:
        days = re.fullmatch(r"(\d+)d", token.text)
        if not days:
            return [Spanned(token.text)]
        if self._is_compared():
            told = f"`{safe_word(token.text)}` stands where a window would, and those are counted in months"
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

    def _read_date(self, token: Token) -> list[Clause]:
        return [Wrong(f"`{token.text}` stands alone; write `since {token.text}`.")]

    # comparisons

    def _read_bound(self, op: Op | Mark, token: Token) -> list[Clause]:
        if isinstance(op, Op) and not op.has_threshold:
            return [Bound(op, token.text.lower(), None)]
        self._cursor.skip(Mark.FILLER)
        number, after = self._cursor.peek(), self._cursor.peek(1)
        if op is Op.AT_LEAST and number and after and after.meaning is Mark.OF:
            return []  # at least 2 of
        amount = self._cursor.amount()
        if amount is None:
            return self._no_threshold(op, token.text.lower())
        bare, currency = self._currency(amount)
        return [Bound(op, token.text.lower(), bare, currency=currency)]

    def _no_threshold(self, op: Op | Mark, words: str) -> list[Clause]:
        """Look for another fund where no threshold stands: then the two are held against each other."""
        following = self._cursor.peek()
        if following and following.text.lower() in _NO_NUMBERS:
            given = self._cursor.take().text.lower()
            return [Missing(f"`{words} {given}` is no threshold; write a number, like `{words} 1.0`.")]
        if self._cursor.at_fund():
            return [Join(Mark.MINUS, compared=True), Bound(op, words, Amount("0"))]
        return [Missing(f"`{words}` stands without a threshold; write a number, like `{words} 1.0`.")]

    def _currency(self, amount: Amount) -> tuple[Amount, str]:
        """Return an amount without its currency, and that."""
        following = self._cursor.peek()
        word = following.text.lower() if following else ""
        sign = amount.unit[:1] if amount.unit[:1] in _SIGNS else ""
        bare = Amount(amount.number, amount.unit.removeprefix(sign))
        if bare.unit.lower() in _CURRENCIES:  # 500USD
            return Amount(bare.number), _CURRENCIES[bare.unit.lower()]
        if word in _CURRENCIES:
            self._cursor.take()
            return bare, _CURRENCIES[word]
        return bare, _SIGNS.get(sign, "")

    # words that order the others

    def _read_mark(self, mark: Mark, token: Token) -> list[Clause]:
        readers: Mapping[Mark, Callable[[Token], list[Clause]]] = {
            Mark.DEEPER: lambda token: self._read_bound(Mark.DEEPER, token),
            Mark.CROSSES: self._read_crosses,
            Mark.EQUAL: self._read_equal,
            Mark.OVER: self._read_over,
            Mark.THEN: self._read_then,
            Mark.VERSUS: self._read_versus,
            Mark.FOR: self._read_for,
            Mark.RECOVER: self._read_recover,
            Mark.ANY: lambda _: [Count(1)],
            Mark.ALL: lambda _: [Count(None)],
            Mark.SINCE: self._read_since,
            Mark.LAGS: lambda token: self._read_rival(Mark.LAGS, token),
            Mark.BEATS: lambda token: self._read_rival(Mark.BEATS, token),
            Mark.HIGH: lambda token: [Measured("drawdown", token.text.lower(), implied=True)],
            Mark.SESSIONS: self._read_sessions,
            Mark.PERCENT: _unknown_word,
        }
        if mark in {Mark.MINUS, Mark.SLASH, Mark.TO}:
            return [] if self._cursor.next_is(*_OPTIONS) else [Join(mark)]
        if mark in {Mark.COMMA, Mark.AND, Mark.OR}:
            self._cursor.skip(Mark.COMMA, Mark.AND)
            following = self._cursor.peek()
            return [Gap(mark, self._cursor.next_is(*_OPTIONS) or (following or token).kind is TokenKind.RATE)]
        return readers[mark](token) if mark in readers else []

    def _read_sessions(self, token: Token) -> list[Clause]:
        """Read "closes below 500"; sessions without a number mean nothing."""
        following = self._cursor.peek()
        if token.text.lower() in QUOTES and following and isinstance(following.meaning, Op):
            return [Measured("price", token.text.lower(), implied=True)]
        return _unknown_word(token)

    def _read_crosses(self, token: Token) -> list[Clause]:
        amount = self._cursor.amount()
        value = safe_word(amount.text) if amount else "1.0"
        sides = f"`crosses below {value}` or `crosses above {value}`"
        return [Missing(f"`{token.text.lower()}` needs a side; write {sides}.")]

    def _read_equal(self, token: Token) -> list[Clause]:
        amount = self._cursor.amount()
        value = safe_word(amount.text) if amount else "1.0"
        return [
            Missing(f"`{token.text}` is not watched; write `< {value}`, `> {value}` or, of costs, `changes`.")
        ]

    def _read_over(self, token: Token) -> list[Clause]:
        self._cursor.skip(Mark.FILLER)
        following = self._cursor.peek()
        if following is None or following.kind is TokenKind.PERIOD or following.meaning is Mark.SINCE:
            return []
        return self._read_bound(Op.ABOVE, token) if self._cursor.at_amount() else [Join(Mark.OVER)]

    def _read_then(self, token: Token) -> list[Clause]:
        symbol = self._cursor.symbol()
        words = token.text.lower()
        return [Then(symbol)] if symbol else [Wrong(f"`{words}` needs a fund, like `then SPSM`.")]

    def _read_versus(self, token: Token) -> list[Clause]:
        symbol = self._cursor.symbol()
        words = token.text.lower()
        return (
            [Versus(symbol)]
            if symbol
            else [Wrong(f"`{words}` stands alone; it needs a symbol, like `vs SPY`.")]
        )

    def _read_for(self, _: Token) -> list[Clause]:
        if count := self._cursor.count():
            return [Hold(count)]
        following = self._cursor.peek()
        if following and following.kind is TokenKind.PERIOD:
            return [Spanned(self._cursor.take().text, lasting=True)]
        return []

    def _read_recover(self, token: Token) -> list[Clause]:
        self._cursor.skip(Mark.FILLER, Mark.OVER, Mark.TO, *_LEVELS)
        amount = self._cursor.amount()
        count = None
        if self._cursor.next_is(Mark.FOR):
            self._cursor.take()
            count = self._cursor.count()
        if amount is None and count is None:
            return [Wrong(f"`{token.text.lower()}` needs a value, like `recover 1.1`, or `for 3 sessions`.")]
        return [Recovery(amount, count)]

    def _read_since(self, token: Token) -> list[Clause]:
        following = self._cursor.peek()
        if following and following.kind is TokenKind.WORD and token.text.lower() == "from":
            return []
        if following and (following.kind is TokenKind.DATE or re.fullmatch(r"\d{8}", following.text)):
            return [Spanned(f"since {self._cursor.take().text}")]
        if following and following.kind is TokenKind.PERIOD and ".." in following.text:
            return []
        return [Wrong(f"`{token.text.lower()}` stands alone; it needs a date, like `since 2021-03-19`.")]


def _unknown_word(token: Token) -> list[Clause]:
    return [Wrong("", token.text)]


def _pair(text: str) -> tuple[str, str] | None:
    """Return two funds with a hyphen between them; what has a share class or a currency behind it is one."""
    found = re.fullmatch(r"([A-Za-z]{2,6})-([A-Za-z]{3,6})", text)
    return (found[1].upper(), found[2].upper()) if found and found[2].lower() not in _QUOTED_IN else None


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
        """Return the next token, or one further ahead; None at the end."""
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else None

    def take(self) -> Token:
        """Take the next token, which is then behind."""
        self._at += 1
        return self._tokens[self._at - 1]

    def next_is(self, *meanings: Mark | Op) -> bool:
        """Return whether a token of one of these meanings follows."""
        token = self.peek()
        return token is not None and token.meaning in meanings

    def skip(self, *meanings: Mark | Op) -> None:
        """Pass over all tokens of these meanings."""
        while self.next_is(*meanings):
            self._at += 1

    def amount(self) -> Amount | None:
        """Return a number with its unit, if one follows; what stands there instead is left alone."""
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

    def size(self, *, percent: bool = False) -> Amount | None:
        """Return by how much something changed, if that follows: "by more than 5 %".

        percent: nothing else
        """
        start = self._at
        while (token := self.peek()) and (token.text.lower() in _BY or token.meaning in _MORE):
            self._at += 1
        found = self.amount()
        if found is None or (percent and found.unit.lower() not in _PERCENTS):
            self._at = start
            return None
        return found

    def at_measure(self) -> bool:
        """Return whether a measure follows."""
        token = self.peek()
        return token is not None and isinstance(token.meaning, tuple) and token.meaning[0] == "measure"

    def unit_ahead(self) -> str:
        """Return the unit that follows, and leave it there."""
        start, found = self._at, self.unit()
        self._at = start
        return found

    def at_amount(self) -> bool:
        """Return whether a number follows."""
        start, found = self._at, self.amount()
        self._at = start
        return found is not None

    def at_fund(self) -> bool:
        """Return whether a symbol follows, behind a measure or not: SPSM, the sharpe of SPSM,
        sharpe(SPSM).
        """
        for token in self._tokens[self._at :]:
            if token.kind is TokenKind.WORD:
                return symbol_of(token.text) is not None
            if token.meaning not in {Mark.FILLER, Mark.OF} and not isinstance(token.meaning, tuple):
                return False
        return False

    def unit(self) -> str:
        """Return the unit of the number behind, if one follows; else nothing."""
        for length in (2, 1):
            words = [token.text for token in self._tokens[self._at : self._at + length]]
            if " ".join(words).lower() in UNITS:
                self._at += length
                return " ".join(words)
        return ""

    def symbol(self) -> str | None:
        """Return a symbol, if one follows."""
        self.skip(Mark.FILLER, Mark.OF, Mark.EQUAL, Mark.TO)
        token = self.peek()
        named = token and (token.kind is TokenKind.WORD or isinstance(token.meaning, tuple))
        symbol = symbol_of(token.text) if token and named and PLACED.is_symbol(token.text) else None
        self._at += symbol is not None
        return symbol

    def count(self) -> str | None:
        """Return a number of sessions, if one follows."""
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
