"""The size of an order, in the currency of the funds or in one that is typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.language.rule.amounts import MONEY, Ambiguous, Misread, decimal_of

LEAST, MOST = 1.0, 1e12
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
UNIT = "|".join(unit for unit in sorted(MONEY, key=len, reverse=True) if MONEY[unit] < 10**12)
"""A pattern of the units of orders; a trillion is none, and T a company."""
_SIZE = re.compile(rf"({CURRENCY})?({CURRENCY})?(\d[\d.,]*(?:e\d{{1,2}})?)({UNIT})?", re.ASCII)


@dataclass(frozen=True)
class Size:
    """An order.  currency: an ISO code, "$" for any dollar, empty where none is typed."""

    amount: float
    currency: str = ""


def read_size(text: str) -> Size | None:
    """An amount as typed, in small letters, its currency ahead; None where it is none.

    Raises Ambiguous where its comma can be read two ways.

    >>> read_size("$25m"), read_size("250k"), read_size("25x")
    (Size(amount=25000000.0, currency='$'), Size(amount=250000.0, currency=''), None)
    """
    found = _SIZE.fullmatch(text)
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
    return Size(size, "".join(names)) if LEAST <= size <= MOST and len(names) < 2 else None


def is_in(priced: str, currency: str) -> bool:
    """Whether the currency of prices is the one that was typed.

    >>> is_in("CAD", "$"), is_in("EUR", "$"), is_in("EUR", "")
    (True, False, True)
    """
    return currency in {"", priced} or (currency == "$" and priced in DOLLARS)


def size_text(amount: float, currency: str = "") -> str:
    """An amount as it is read back.

    >>> size_text(25e6), size_text(1500.0), size_text(25e6, "EUR")
    ('25m', '1.5k', 'EUR25m')
    """
    exact = Decimal(repr(amount))
    for unit in ("bn", "m", "k"):
        size = exact / MONEY[unit]
        if size >= 1 and -int(size.normalize().as_tuple().exponent) <= 6:
            return f"{currency}{size.normalize():f}{unit}"
    return f"{currency}{exact.normalize():f}"
