"""The one table of commands: it drives routing, help, README and manifest, and a test compares them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """One row of the table of commands.  name: with its slash; usage: what follows it."""

    name: str
    description: str
    usage: str
    examples: tuple[str, ...]


COMMANDS = (
    Command(
        name="/compare",
        description="Compare funds: return, risk, cost and sectors, with charts",
        usage="A B [C … up to 6] [window] [vs SPY] [rf=0|tbill|4%] [asof 2026-01-16]",
        examples=(
            "/compare ISCB SPSM",
            "/compare ISCB SPSM IWM 5y vs SPY",
            "/compare ISCB SPSM since 2021-03-19 rf=tbill",
            "/compare ISCB SPSM 1y asof 2026-01-16",
        ),
    ),
)
COMPARE = COMMANDS[0]
