"""Minor units of currencies: prices in pence, cents, agorot and fils are told in the currency itself."""

from __future__ import annotations

from collections.abc import Mapping

MINOR: Mapping[str, tuple[str, float]] = {
    **dict.fromkeys(("GBp", "GBX", "GBx"), ("GBP", 100.0)),
    **dict.fromkeys(("ZAc", "ZAC", "ZAX"), ("ZAR", 100.0)),
    **dict.fromkeys(("ILA", "ILa", "ILX"), ("ILS", 100.0)),
    **dict.fromkeys(("USX", "USx", "USc"), ("USD", 100.0)),
    **dict.fromkeys(("KWF", "KWf"), ("KWD", 1000.0)),
}
"""What sources call a minor unit, the currency it is of, and how many make one of it.  "GBP" is pounds."""


def settle_currency(told: object) -> tuple[str | None, float]:
    """Read a currency as a source tells it.

    Returns
    -------
    The currency by ISO code and how many of the units told make one of it; None where it is not told.

    Examples
    --------
    >>> settle_currency("GBp"), settle_currency("GBP"), settle_currency(""), settle_currency(None)
    (('GBP', 100.0), ('GBP', 1.0), (None, 1.0), (None, 1.0))
    """
    text = told.strip() if isinstance(told, str) else ""
    if not text:
        return None, 1.0
    return MINOR.get(text, (text.upper(), 1.0))
