"""Numbers with their units: percentages as fractions, money in whole units; an order and what it costs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from analytics.measures import Unit
from analytics.switch import SwitchTerms
from analytics.watch.rules import WATCHABLE, Combine
from bot.language.words import safe_word


class Misread(ValueError):
    """A part of a text that cannot be read; the message is the complaint."""


class Ambiguous(Misread):
    """A number that can be read as two."""


class UnitScale(Enum):
    """What a threshold is counted in."""

    PLAIN = "a plain number, like `1.1`"
    PERCENT = "a percentage, like `15%`"
    POINTS = "percentage points, like `2pp`"
    MONEY = "an amount, like `250M` or `1bn`"
    PRICE = "a price, like `500`"


@dataclass(frozen=True)
class Amount:
    """A number as typed, and its unit, empty without one."""

    number: str
    unit: str = ""

    @property
    def text(self) -> str:
        """As it is shown."""
        return f"{self.number}{self.unit}" if len(self.unit) < 3 else f"{self.number} {self.unit}"


_HUNDREDTH, _BASIS_POINT = Decimal("0.01"), Decimal("0.0001")
_PERCENT = dict.fromkeys(("%", "percent", "per cent", "pct"), _HUNDREDTH)
_POINTS = dict.fromkeys(("pp", "ppt", "percentage points", "percentage point", "% points"), _HUNDREDTH)
_BASIS = dict.fromkeys(("bp", "bps", "basis points", "basis point"), _BASIS_POINT)
MONEY = {
    word: Decimal(size)
    for size, words in (
        (1_000, "k thousand"),
        (1_000_000, "m mn mm mio million millions"),
        (1_000_000_000, "bn b billion billions mrd"),
        (1_000_000_000_000, "tn t trillion trillions"),
    )
    for word in words.split()
}
UNITS = frozenset({*_PERCENT, *_POINTS, *_BASIS, *MONEY})
_TAKES: Mapping[UnitScale, dict[str, Decimal]] = {
    UnitScale.PLAIN: {},
    UnitScale.PERCENT: _PERCENT | _BASIS,
    UnitScale.POINTS: _PERCENT | _POINTS | _BASIS,
    UnitScale.MONEY: MONEY,
    UnitScale.PRICE: {},
}
_MOST: Mapping[UnitScale, float] = {
    UnitScale.PLAIN: 1e6,
    UnitScale.PERCENT: 100.0,
    UnitScale.POINTS: 100.0,
    UnitScale.MONEY: 1e15,
    UnitScale.PRICE: 1e9,
}
_MOST_DIGITS = 6
"""After the point."""
_MOST_SIZE = 15
"""Power of ten."""
_LEAST_MONEY = 1e4
"""Assets below are a unit forgotten."""


def scale_of(measure: str, other: str | None, combine: Combine) -> UnitScale:
    """Return what the thresholds of a quantity are counted in."""
    unit = WATCHABLE[measure].unit
    if unit is Unit.RATIO or (other and combine is Combine.RATIO):
        return UnitScale.PLAIN
    if unit is None:
        return UnitScale.MONEY
    if unit is Unit.PRICE:
        return UnitScale.PRICE
    return UnitScale.POINTS if other else UnitScale.PERCENT


def value_of(amount: Amount, measure: str, scale: UnitScale) -> float:
    """Return the number in the quantity's unit; Misread where there is none, or more than one."""
    size = decimal_of(amount.number)
    exact = size * _factor(amount, size, measure, scale)
    value = float(exact)
    if abs(value) > _MOST[scale]:
        raise Misread(f"`{_safe_amount(amount)}` is larger than any value it will be held against.")
    if -_last_digit_power(exact, scale) > _MOST_DIGITS:
        raise Misread(f"`{_safe_amount(amount)}` has more digits than are read; round it.")
    if scale is UnitScale.MONEY and 0 < abs(value) < _LEAST_MONEY:
        raise Misread(f"`{_safe_amount(amount)}` has no unit; write {scale.value}.")
    return value


def amount_text(value: float, scale: UnitScale) -> str:
    """Write a value as it is typed: `value_of` reads it back.

    >>> amount_text(-0.15, UnitScale.PERCENT), amount_text(2.5e9, UnitScale.MONEY)
    ('-15%', '2.5bn')
    """
    exact = Decimal(repr(value))
    if scale in {UnitScale.PLAIN, UnitScale.PRICE}:
        return _decimal_text(exact)
    if scale is not UnitScale.MONEY:
        return f"{_decimal_text(exact / _HUNDREDTH)}{'%' if scale is UnitScale.PERCENT else 'pp'}"
    for unit in ("bn", "M"):
        size = exact / MONEY[unit.lower()]
        if abs(size) >= 1 and -_exponent(size) <= _MOST_DIGITS:
            return f"{_decimal_text(size)}{unit}"
    return _decimal_text(exact)


def nearest_text(value: float, scale: UnitScale) -> str:
    """Return the nearest to a value of those that `value_of` reads.

    >>> nearest_text(0.9876543219, UnitScale.PLAIN)
    '0.987654'
    """
    digits = _MOST_DIGITS + 2 * (scale in {UnitScale.PERCENT, UnitScale.POINTS})
    near = max(value, _LEAST_MONEY) if scale is UnitScale.MONEY else round(value, digits)
    return amount_text(near, scale)


def _factor(amount: Amount, size: Decimal, measure: str, scale: UnitScale) -> Decimal:
    unit = amount.unit.lower()
    takes = _TAKES[scale] | (_PERCENT if WATCHABLE[measure].in_percent and scale is UnitScale.PLAIN else {})
    if unit in takes:
        return takes[unit]
    if not unit and WATCHABLE[measure].in_percent and scale is UnitScale.PERCENT and abs(size) >= 1:
        return _HUNDREDTH  # a rate of 4.5 is 4.5 %
    if unit:
        raise Misread(f"`{_safe_amount(amount)}` has the wrong unit; write {scale.value}.")
    if size and scale in {UnitScale.PERCENT, UnitScale.POINTS}:
        _require_clear(amount, size, measure, scale)
    return Decimal(1)


def _require_clear(amount: Amount, size: Decimal, measure: str, scale: UnitScale) -> None:
    """Require a unit, except for a fraction that cannot be a percentage."""
    if abs(size) >= 1:
        sign = "%" if scale is UnitScale.PERCENT else "pp"
        raise Misread(f"`{_safe_amount(amount)}` has no unit; write `{_safe_amount(amount)}{sign}`.")
    if WATCHABLE[measure].small or scale is UnitScale.POINTS:
        sign = "%" if scale is UnitScale.PERCENT else "pp"
        larger = _decimal_text(size / _HUNDREDTH)
        raise Misread(
            f"`{_safe_amount(amount)}` has no unit; write `{_decimal_text(size)}{sign}` or `{larger}{sign}`."
        )


def decimal_of(number: str) -> Decimal:
    """Return a number as people type it, with a point or a comma; raises Misread for what is none.

    >>> decimal_of("200,000,000.5"), decimal_of("1,5"), decimal_of("2e8")
    (Decimal('200000000.5'), Decimal('1.5'), Decimal('2E+8'))
    """
    found = re.fullmatch(r"([-+]?)([\d.,]+)(?:e([-+]?\d{1,4}))?", number, re.IGNORECASE)
    plain = _with_point(found[2]) if found else None
    if found is None or plain is None:
        raise Misread(f"`{safe_word(number)}` is not a number; write it like `1.1`.")
    size = Decimal(f"{found[1]}{plain}e{found[3] or 0}")
    if size and not -_MOST_SIZE <= size.adjusted() <= _MOST_SIZE:
        raise Misread(f"`{safe_word(number)}` is not a number that a value comes near; write it like `1.1`.")
    return size


def _with_point(digits: str) -> str | None:
    """Return the digits with a decimal point and without separators of thousands; None where they are no
    number.

    1,5 and 1.5 are the same; 1,500 may be either and is refused.
    """
    if re.fullmatch(r"\d+|\d*\.\d+", digits):
        return digits
    if re.fullmatch(r"[1-9]\d{0,2},\d{3}", digits):
        bare = digits.replace(",", "")
        raise Ambiguous(f"`{digits}` can be {bare} and {digits.replace(',', '.')}; write it without a comma.")
    if re.fullmatch(r"\d*,\d+", digits):
        return digits.replace(",", ".")
    for thousands, point in ((",", "."), (".", ",")):
        if re.fullmatch(rf"\d{{1,3}}(?:\{thousands}\d{{3}})+(?:\{point}\d+)?", digits):
            return digits.replace(thousands, "").replace(point, ".")
    return None


def _last_digit_power(exact: Decimal, scale: UnitScale) -> int:
    """Find the power of ten of the last digit, in the unit that the value is written in."""
    return _exponent(exact / _HUNDREDTH if scale in {UnitScale.PERCENT, UnitScale.POINTS} else exact)


def _exponent(size: Decimal) -> int:
    return int(size.normalize().as_tuple().exponent) if size else 0


def _decimal_text(size: Decimal) -> str:
    return f"{size.normalize():f}" if size else "0"


def _safe_amount(amount: Amount) -> str:
    return safe_word(amount.text)


LEAST_ORDER, MOST_ORDER = 1.0, 1e12
CODES = frozenset({"usd", "eur", "gbp", "chf", "jpy", "cad", "aud", "nzd", "sek", "dkk", "hkd"})
"""Codes of currencies that are read beside an amount; NOK is a company."""
DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "HKD"})
"""What a `$` may mean."""
_NAMED = {
    **{code: code.upper() for code in CODES},
    **dict.fromkeys(("$", "dollar", "dollars"), "$"),
    **dict.fromkeys(("€", "euro", "euros"), "EUR"),
    **dict.fromkeys(("£", "pound", "pounds"), "GBP"),
    "us$": "USD",
}
CURRENCY = "|".join(re.escape(name) for name in sorted(_NAMED, key=len, reverse=True))
"""A pattern of the names of currencies, in small letters."""
ORDER_UNIT = "|".join(unit for unit in sorted(MONEY, key=len, reverse=True) if MONEY[unit] < 10**12)
"""A pattern of the units of orders; a trillion is none, and T a company."""
_ORDER = re.compile(rf"({CURRENCY})?({CURRENCY})?(\d[\d.,]*(?:e\d{{1,2}})?)({ORDER_UNIT})?", re.ASCII)


@dataclass(frozen=True)
class Size:
    """An order.  currency: an ISO code, "$" for any dollar, empty where none is typed."""

    amount: float
    currency: str = ""


def read_size(text: str) -> Size | None:
    """Read an amount as typed, in small letters, its currency ahead; None where it is none.

    Raises Ambiguous where its comma can be read two ways.

    >>> read_size("$25m"), read_size("250k"), read_size("25x")
    (Size(amount=25000000.0, currency='$'), Size(amount=250000.0, currency=''), None)
    """
    found = _ORDER.fullmatch(text)
    if not found:
        return None
    try:
        size = float(decimal_of(found[3]) * MONEY.get(found[4], Decimal(1)))
    except Ambiguous:
        raise
    except Misread:
        return None
    names = {_NAMED[name] for name in found.group(1, 2) if name}
    names = names - {"$"} if names & DOLLARS else names
    return Size(size, "".join(names)) if LEAST_ORDER <= size <= MOST_ORDER and len(names) < 2 else None


def is_in(priced: str, currency: str) -> bool:
    """Return whether the currency of prices is the one that was typed.

    >>> is_in("CAD", "$"), is_in("EUR", "$"), is_in("EUR", "")
    (True, False, True)
    """
    return currency in {"", priced} or (currency == "$" and priced in DOLLARS)


def size_text(amount: float, currency: str = "") -> str:
    """Write an amount as it is read back.

    >>> size_text(25e6), size_text(1500.0), size_text(25e6, "EUR")
    ('25m', '1.5k', 'EUR25m')
    """
    exact = Decimal(repr(amount))
    for unit in ("bn", "m", "k"):
        size = exact / MONEY[unit]
        if size >= 1 and -int(size.normalize().as_tuple().exponent) <= 6:
            return f"{currency}{size.normalize():f}{unit}"
    return f"{currency}{exact.normalize():f}"


@dataclass(frozen=True)
class _TermRow:
    """One thing that is told of the cost of a switch.

    field: of `SwitchTerms`.  names: what people type, the canonical one first.  most: as a fraction.
    sides: two values may be told, of the fund sold and of the one bought.  like: how it is written.
    """

    field: str
    names: tuple[str, ...]
    most: Decimal
    like: str
    sides: bool = False


_TERMS = (
    _TermRow(
        "spreads", ("spread", "spreads"), Decimal("0.2"), "`spread=3bp` or `spread=12bp,3bp`", sides=True
    ),
    _TermRow(
        "commissions", ("commission", "commissions"), Decimal("0.2"), "`commission=2bp` each way", sides=True
    ),
    _TermRow("creations", ("creation", "redemption"), Decimal("0.2"), "`creation=5bp`", sides=True),
    _TermRow("tax", ("tax", "taxes"), Decimal(1), "rate x part that is gain, `tax=23.8%x40%`"),
    _TermRow("edge", ("edge",), Decimal(1), "`edge=1%` a year"),
)
TERMS: Mapping[str, _TermRow] = {name: row for row in _TERMS for name in row.names}
TERM_NAMES: Mapping[str, str] = {row.field: row.names[0] for row in _TERMS}
"""What is typed, by the field of `SwitchTerms`."""
_TERM_UNIT = r"(?:%|(?:bps?|basis points?|pp|pct|percent)(?![a-wyz0-9]))"
_TERM_UNITS = _PERCENT | _POINTS | _BASIS
_TERM_VALUE = rf"\d[\d.]*(?: ?{_TERM_UNIT})?"
_JOINED = re.compile(
    rf"(?<![\w$=/])({'|'.join(sorted(TERMS, key=len, reverse=True))})"
    rf"(?: ?[=:] ?|(?: of| is| are| at)? (?=\d[\d.]* ?{_TERM_UNIT}))"
    # What letters follow is no value but the weight of a fund in a mix.
    rf"({_TERM_VALUE}(?:(?: ?[,;/&+x×*] ?| (?:and|on|of) ){_TERM_VALUE})*)(?![\w%$^]|\.\d)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[,;/&+x×*]|\b(?:and|on|of)\b", re.IGNORECASE)
_BEHIND = re.compile(
    rf"(?<![\w$=.,/])(\d[\d.]* ?{_TERM_UNIT}) (spreads?|commissions?|edge)(?![\w=])", re.IGNORECASE
)


def join_terms(text: str) -> str:
    """Write what is told of a switch without spaces, its values apart by `/`.

    >>> join_terms("spread = 12 bp, 3 bp tax=0.238 x 0.4"), join_terms("a commission of 2 bp")
    ('spread=12bp/3bp tax=0.238/0.4', 'a commission=2bp')
    """

    def joined(found: re.Match[str]) -> str:
        values = _BETWEEN.split(found[2])
        return f"{found[1].lower()}={'/'.join(''.join(value.split()) for value in values)}"

    return _JOINED.sub(joined, _BEHIND.sub(r"\2=\1", text))


def read_term(word: str) -> tuple[str, tuple[float, ...] | float]:
    """Return the field of `analytics.switch.SwitchTerms` that a word fills, and its value.

    word: as `join_terms` writes it, in small letters.  Misread says what is wrong with it.

    >>> read_term("spread=12bp/3bp"), read_term("tax=0.238/40%"), read_term("edge=1%")
    (('spreads', (0.0012, 0.0003)), ('tax', (0.238, 0.4)), ('edge', 0.01))
    """
    name, _, typed = word.partition("=")
    row, parts = TERMS[name], typed.split("/")
    if (
        len(parts) > 2
        or (len(parts) == 1 and row.field == "tax")
        or (len(parts) == 2 and row.field == "edge")
    ):
        raise Misread(f"`{_term_shown(word)}` is not read; write {row.like}.")
    values = tuple(_term_value(row, word, part) for part in parts)
    return row.field, values if row.sides or row.field == "tax" else values[0]


def _term_value(row: _TermRow, word: str, part: str) -> float:
    found = re.fullmatch(rf"(\d*\.?\d+)({_TERM_UNIT})?", part)
    if not found:
        raise Misread(f"`{_term_shown(word)}` is not read; write {row.like}.")
    size = Decimal(found[1])
    share = row.field == "tax" and not found[2] and size <= 1
    if not found[2] and not share and size:
        raise Misread(f"`{_term_shown(word)}` has no unit; write {row.like}.")
    value = size * _TERM_UNITS.get(found[2] or "", Decimal(1))
    if value > row.most:
        most = f"{_decimal_text(row.most / _HUNDREDTH)}%"
        raise Misread(f"`{_term_shown(word)}` is more than {most}; write {row.like}.")
    return float(value)


def _term_shown(word: str) -> str:
    name, _, typed = word.partition("=")
    return safe_word(f"{name}={typed.replace('/', 'x' if TERMS[name].field == 'tax' else ',')}")


def terms_text(terms: SwitchTerms) -> str:
    """Write what is told of a switch as it is read back, each after a space.

    >>> terms_text(SwitchTerms(spreads=(0.0012, 0.0003), tax=(0.238, 0.4), edge=0.01))
    ' spread=12bp,3bp tax=23.8%x40% edge=1%'
    """
    parts = []
    for row in _TERMS:
        value = getattr(terms, row.field)
        values = value if isinstance(value, tuple) else () if value is None else (value,)
        unit, size = ("bp", _BASIS_POINT) if row.sides else ("%", _HUNDREDTH)
        written = [f"{_decimal_text(Decimal(repr(each)) / size)}{unit}" for each in values]
        if written:
            parts.append(f" {row.names[0]}={('x' if row.field == 'tax' else ',').join(written)}")
    return "".join(parts)
