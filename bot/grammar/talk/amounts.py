"""The size of an order, in the currency of the funds."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.grammar.rule.amounts import MONEY

LEAST, MOST = 1.0, 1e12
_SIZE = re.compile(r"\$?(\d{1,13}(?:\.\d{1,6})?)([a-z]{0,9})", re.ASCII)


def read_size(text: str) -> float | None:
    """An amount as typed; None where it is none.

    >>> read_size("$25m"), read_size("250k"), read_size("25x")
    (25000000.0, 250000.0, None)
    """
    found = _SIZE.fullmatch(text)
    if not found or (found[2] and found[2] not in MONEY):
        return None
    size = float(Decimal(found[1]) * MONEY.get(found[2], Decimal(1)))
    return size if LEAST <= size <= MOST else None


def size_text(amount: float) -> str:
    """An amount as it is read back.

    >>> size_text(25e6), size_text(1500.0)
    ('25m', '1.5k')
    """
    exact = Decimal(repr(amount))
    for unit in ("bn", "m", "k"):
        size = exact / MONEY[unit]
        if size >= 1 and -int(size.normalize().as_tuple().exponent) <= 6:
            return f"{size.normalize():f}{unit}"
    return f"{exact.normalize():f}"
