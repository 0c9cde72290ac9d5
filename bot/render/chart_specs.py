"""What the charts are drawn from: frozen data.  `bot.render.charts.draw` turns one into PNG bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any, Literal

import numpy as np

from analytics.panel import DateArray, FloatArray
from bot.render.section_chart_specs import DoubtMark, StudyPicture


@dataclass(frozen=True, eq=False)
class GrowthChart:
    """Growth of 100 with the underwater panel on the same time axis.

    sessions : (T,) the base close first
    growth : (N, T) value of 100 put in at the base close, NaN where no price is known
    drawdowns : (N, T) fraction below the highest value so far, 0 or negative, -0.23 = 23 % below
    worst : per symbol the session and depth (fraction, negative) of the deepest point, None: it never fell
    marks : prices that look wrong
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    sessions: DateArray
    growth: FloatArray
    drawdowns: FloatArray
    worst: tuple[tuple[date, float] | None, ...]
    marks: tuple[DoubtMark, ...] = ()
    simulated: bool = False
    name: str = "growth"


@dataclass(frozen=True, eq=False)
class SectorChart:
    """Sector weights side by side.

    sectors : S names, the largest first
    weights : (N, S) fractions of net assets, 0.19 = 19 %, NaN where the source names no such sector
    active : (S,) first symbol less the reference (the last one), fractions; None for fewer than two symbols
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    sectors: tuple[str, ...]
    weights: FloatArray
    active: FloatArray | None
    simulated: bool = False
    name: str = "sectors"


Tick = Literal["ratio", "percent", "points", "money"]
"""How the values of an axis are written: 1.25, 12.5 %, +1.2 pp, 1.3 bn."""

Phase = Literal["ok", "pending", "firing", "recovering", "no data", "in doubt", "error"]
"""Where a rule stands, as `analytics.watch.states.Phase` names it."""

Span = tuple[date, date]
"""First and last day of a stretch that is shaded."""


@dataclass(frozen=True, eq=False)
class Trace:
    """One quantity held against its threshold, on the sessions of the picture.

    caption : over the panel, empty where the title says it
    lines : (L, S) the rule's quantity and, where it is shown, that of the fund to look at; NaN: not known
    ends : L names with the last known value, "ISCB 0.93"; what is not known at all ends with "n/a"
    threshold, recovery : in the quantity's unit; no recovery value, no band
    breach, recovered : the two in words, "below 1.00", "recovers at 1.10"
    steps : True for a fact, which holds from one session to the next
    """

    caption: str
    lines: FloatArray
    ends: tuple[str, ...]
    tick: Tick
    threshold: float
    breach: str
    recovery: float | None = None
    recovered: str = ""
    steps: bool = False


@dataclass(frozen=True, eq=False)
class WatchChart:
    """A rule's quantities up to a session, when it fired and where it stands.

    status : where the rule stands, in words
    traces : one panel each, on one time axis
    firing : from the session on which it fired to the one on which it was over, or the last one
    pending : the sessions in breach before it fired, and those of a breach that is not confirmed yet
    made : the day the rule was set; what is shaded before is what it would have done.  None: set before
    marks : prices that look wrong, each known on its session
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    phase: Phase
    status: str
    sessions: DateArray
    traces: tuple[Trace, ...]
    firing: tuple[Span, ...]
    pending: tuple[Span, ...]
    made: date | None = None
    marks: tuple[DoubtMark, ...] = ()
    simulated: bool = False
    name: str = "watch"


@dataclass(frozen=True)
class Strip:
    """When a rule would have fired at one setting, and how often in words."""

    words: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, eq=False)
class PastChart:
    """A rule's quantities over years, and when it would have fired.

    strips : at the rule's own settings, whose spans are shaded in the panels as well, and at a longer
        confirmation where one is suggested
    marks : prices that look wrong
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    sessions: DateArray
    traces: tuple[Trace, ...]
    strips: tuple[Strip, ...]
    marks: tuple[DoubtMark, ...] = ()
    simulated: bool = False
    name: str = "past"


@dataclass(frozen=True, eq=False)
class Cell:
    """One rule of the overview.

    status : where it stands, in words
    sessions, line : (S,) and the quantity's values, NaN where not known
    value, breach : the last value and the threshold in words, "0.93", "below 1.00"
    """

    rule: str
    quantity: str
    phase: Phase
    status: str
    sessions: DateArray
    line: FloatArray
    threshold: float
    value: str
    breach: str
    steps: bool = False


@dataclass(frozen=True, eq=False)
class OverviewChart:
    """All rules of a channel, one cell each, the most urgent first; more : rules that are not shown."""

    title: str
    subtitle: str
    footer: str
    alt: str
    cells: tuple[Cell, ...]
    more: int = 0
    simulated: bool = False
    name: str = "overview"


ChartSpec = GrowthChart | SectorChart | WatchChart | PastChart | OverviewChart | StudyPicture


def content_key(picture: ChartSpec, style: str) -> str:
    """Hex digest of everything that can change the picture: two equal keys are the same bytes."""
    digest = hashlib.sha256(f"{style}/{type(picture).__name__}".encode())
    digest.update(_held(picture))
    return digest.hexdigest()


def _held(record: Any) -> bytes:
    return b"".join(
        f"|{field.name}=".encode() + _bytes(getattr(record, field.name)) for field in fields(record)
    )


def _bytes(value: object) -> bytes:
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}".encode() + np.ascontiguousarray(value).tobytes()
    if isinstance(value, tuple) and any(is_dataclass(item) for item in value):
        return f"{len(value)}:".encode() + b";".join(_held(item) for item in value)
    return repr(value).encode()
