"""What a rule reads in a fund's profile."""

from __future__ import annotations

from analytics.fund import Basis, FundProfile
from analytics.number import Number
from analytics.watch.rules import Quantity


def fact(quantity: Quantity, profile: FundProfile | None) -> Number:
    """A fund's fact as a number, or why there is none.

    Returns
    -------
    Expense ratio a year and sector weight (of net assets) as fractions, assets in the fund's currency.

    Examples
    --------
    >>> from analytics.fund import Fact, Kind
    >>> fund = FundProfile("SPSM", Kind.FUND, expense_ratio=Fact(0.0003, "issuer"))
    >>> fact(Quantity("expense_ratio", "SPSM"), fund).value
    0.0003
    >>> fact(Quantity("assets", "SPSM"), fund).reason
    'the assets of SPSM are not known'
    """
    if profile is None:
        return Number(None, f"no facts about {quantity.symbol}")
    if quantity.measure == "sector_weight":
        return _sector(quantity, profile)
    if quantity.measure == "assets":
        held, words = profile.assets, "assets"
    else:
        held, words = profile.expense_ratio, "expense ratio"
    verb = "are" if words == "assets" else "is"
    reason = f"the {words} of {quantity.symbol} {verb} not known"
    return Number(None, reason) if held is None else Number.of(held.value, reason)


def _sector(quantity: Quantity, profile: FundProfile) -> Number:
    if profile.sectors is None:
        return Number(None, f"the sector weights of {quantity.symbol} are not known")
    named = profile.sectors.value
    if named.of is not Basis.FUND:
        part = f"what part of {quantity.symbol} is in shares is not known"
        return Number(None, f"the sector weights of {quantity.symbol} are of its shares alone: {part}")
    weights = {sector.casefold(): weight for sector, weight in named.weights.items()}
    weight = weights.get((quantity.sector or "").casefold())
    reason = f"no sector {quantity.sector} of {quantity.symbol} under {named.taxonomy}"
    return Number(None, reason) if weight is None else Number.of(weight, reason)
