"""Rules that were weighed: a noisy one, its offers, and one of which nothing can be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from analytics import Condition, Followed, IndexChange, Op, Policy, Quantity, Rule
from analytics.watch.offers import Offer
from analytics.watch.preflight import Own, PreFlight, Record, Seen, Unchanged
from bot.render.rules.worth import OfferedRule

SORTINO = Quantity("sortino", "ISCB")
RULE = Rule((Condition(SORTINO, Op.BELOW, 1.0),), then="SPSM")
LOUD = Unchanged(500, 3.0, 0.987, 0.652, 0.873, 0.02, 0.01, 0.01)
FIRED = (date(2022, 1, 12), date(2024, 1, 18), date(2025, 9, 25))
HALF_A_YEAR = Followed(
    "ISCB", "SPSM", 120, ((FIRED[0], 0.0028), (FIRED[1], -0.0149), (FIRED[2], None)), -0.0029, 0.4326, 1135
)
RECORD = Record(date(2021, 1, 19), date(2026, 1, 16), FIRED, 0.574, 0.968, (HALF_A_YEAR,))
NOISY = PreFlight(
    RULE,
    Policy(),
    date(2021, 3, 19),
    date(2026, 1, 16),
    ("ISCB", IndexChange(date(2021, 3, 19), "Morningstar US Small Cap Extended")),
    Own(SORTINO, 0.5057, middle=False),
    ((-1.2, 3.1),),
    RECORD,
    LOUD,
    Seen(0.04, 0.592, 0.584, 8.8),
)
UNKNOWN = PreFlight(RULE, Policy(), why_not="a fact of a fund has no distribution")


def offered(
    quantity: Quantity, threshold: float, confirm: int, found: Unchanged, seen: Seen, text: str
) -> OfferedRule:
    rule = Rule((Condition(quantity, Op.BELOW, threshold),), then=None if quantity.other else "SPSM")
    return OfferedRule(Offer(rule, Policy(confirm), found, seen), text, f"edit R7 {text}")


CALM = replace(LOUD, alarms=0.494, open=0.1325, target_too=None)
OFFERED = (
    offered(
        Quantity("total_return", "ISCB", other="SPSM"),
        -0.04,
        5,
        CALM,
        Seen(0.04, 0.576, 0.29, 10.4),
        "ISCB - SPSM total return 1y < -4pp for 5 sessions",
    ),
    offered(
        Quantity("sortino", "ISCB", other="SPSM"),
        -0.3,
        5,
        replace(CALM, alarms=0.02),
        Seen(0.04, 0.542, 0.262, 11.1),
        "ISCB - SPSM sortino 1y < -0.3 for 5 sessions",
    ),
    offered(
        SORTINO,
        -0.85,
        5,
        CALM,
        Seen(0.04, 0.372, 0.31, 17.9),
        "ISCB sortino 1y < -0.85 for 5 sessions then SPSM",
    ),
)
