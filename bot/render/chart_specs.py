"""What the charts are drawn from: frozen data; `bot.render.charts.draw` turns one into PNG bytes.

Where a chart tells funds apart by their looks, its `slots` number the colour, dash and marker of each of its
symbols; empty: they take them in their order.  `paint` fills them by the seats that a thread has given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from itertools import count
from typing import Any, Literal

import numpy as np

from analytics.panel import LONGEST_GAP, BoolArray, DateArray, FloatArray
from bot.render.evidence_specs import BarsChart, EdgeChart, NeededChart, SensitivityChart


def join_lines(lines: FloatArray, sessions: DateArray) -> FloatArray:
    """Draw lines straight across the days without a price: holes, and holidays of one exchange of several.

    Parameters
    ----------
    lines : (N, T) NaN where nothing is known
    sessions : (T,) datetime64[D], the axis of time

    Returns
    -------
    (N, T) for the eye alone, no figure is read off it.  What is not known for longer than a return may lead
    across stays open, and so does what lies before the first and after the last known value.
    """
    days, shown = sessions.astype(np.int64), lines.copy()
    for row in shown:
        at = np.flatnonzero(np.isfinite(row))
        if at.size:
            row[:] = np.interp(days, days[at], row[at], left=np.nan, right=np.nan)
        for gap in np.flatnonzero(np.diff(at) - 1 > LONGEST_GAP):
            row[at[gap] + 1 : at[gap + 1]] = np.nan
    return shown


Span = tuple[date, date]
"""First and last day of a stretch that is shaded."""


@dataclass(frozen=True)
class DoubtMark:
    """A session whose price looks wrong; which fund's it is, the picture's subtitle says.

    row : of the fund, among the picture's symbols
    session : None where it is no price but what the adjusted close lacks
    grave : True where no figure across it can be relied on, so that no axis is made for such values
    """

    row: int
    session: date | None
    grave: bool = False


@dataclass(frozen=True, eq=False)
class YearsChart:
    """Returns by calendar year, side by side.

    years : Y names, the oldest first, "2025"; one that is not over says up to when, "2026 to 16 Jan"
    returns : (N, Y) fraction, -0.05 = -5 %; NaN where a fund does not have the whole of it
    left_out : the funds with a year that is NaN because a price in it looks wrong
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    years: tuple[str, ...]
    returns: FloatArray
    left_out: tuple[str, ...] = ()
    simulated: bool = False
    slots: tuple[int, ...] = ()
    name: str = "years"


@dataclass(frozen=True, eq=False)
class Months:
    """Returns of one fund by calendar month, a row a year.

    years : Y names, the oldest first
    returns : (Y, 13) fraction, January to December and the whole year; NaN where not known
    doubtful : (Y, 13) True where a return rests on a price that looks wrong
    """

    symbol: str
    years: tuple[str, ...]
    returns: FloatArray
    doubtful: BoolArray


@dataclass(frozen=True, eq=False)
class MonthsChart:
    """The months of each fund, one table below the other."""

    title: str
    subtitle: str
    footer: str
    alt: str
    funds: tuple[Months, ...]
    simulated: bool = False
    name: str = "months"

    @property
    def symbols(self) -> tuple[str, ...]:
        """The funds, in the order of their tables."""
        return tuple(fund.symbol for fund in self.funds)


@dataclass(frozen=True, eq=False)
class UnderwaterChart:
    """The drawdowns of each fund: how far it was below its highest value so far.

    sessions : (T,) the base close first
    drawdowns : (N, T) fraction, 0 or negative, -0.23 = 23 % below; NaN where no price is known
    worst : per symbol the session and depth (fraction, negative) of the deepest point, None: it never fell
    episodes : stretches that are shaded, first and last day
    marks : prices that look wrong
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    sessions: DateArray
    drawdowns: FloatArray
    worst: tuple[tuple[date, float] | None, ...]
    episodes: tuple[Span, ...] = ()
    marks: tuple[DoubtMark, ...] = ()
    simulated: bool = False
    slots: tuple[int, ...] = ()
    name: str = "drawdowns"


PanelKind = Literal["level", "percent", "share"]
"""How the axis of a panel goes: "level" begins anywhere, and at 0 where it lies near; "percent" is that of a
fraction, written in percent; "share" is never beyond 1."""


@dataclass(frozen=True, eq=False)
class RollingPanel:
    """One figure of some of the picture's funds on each session.

    caption : which figure, over which window
    symbols : whose lines, in their order; a fund keeps its colour in every panel
    lines : (L, T) NaN where not known
    reference : a level that the lines are read against, None where there is none
    least : what the axis spans at least, so that noise does not fill the panel
    """

    caption: str
    symbols: tuple[str, ...]
    lines: FloatArray
    kind: PanelKind = "level"
    reference: float | None = None
    least: float = 0.0


@dataclass(frozen=True, eq=False)
class RollingChart:
    """Rolling figures, one panel below the other, on one time axis.

    sessions : (T,)
    marks : prices that look wrong
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    sessions: DateArray
    panels: tuple[RollingPanel, ...]
    marks: tuple[DoubtMark, ...] = ()
    simulated: bool = False
    slots: tuple[int, ...] = ()
    name: str = "rolling"


@dataclass(frozen=True, eq=False)
class MatrixChart:
    """Correlations of each fund with each other one.

    upper, lower : (N, N) what stands above the diagonal and below it, from -1 to 1, NaN where not known
    above, below : what these are, "daily", "weekly"
    doubtful : the funds whose figures rest on a price that looks wrong
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    upper: FloatArray
    lower: FloatArray
    above: str
    below: str
    doubtful: tuple[str, ...] = ()
    simulated: bool = False
    name: str = "correlation"


@dataclass(frozen=True)
class PositionStack:
    """The largest positions of one fund, on top of each other.

    weights : fractions of net assets, the largest first; empty where no position is known
    shared : for each of them, whether another fund of the picture is known to hold it
    total : what they add up to, in words; largest : the names of the first ones with their weights
    """

    symbol: str
    weights: tuple[float, ...]
    shared: tuple[bool, ...]
    total: str
    largest: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class HoldingsChart:
    """The ten largest positions of each fund, those that another one holds too set off from the others."""

    title: str
    subtitle: str
    footer: str
    alt: str
    stacks: tuple[PositionStack, ...]
    simulated: bool = False
    slots: tuple[int, ...] = ()
    name: str = "holdings"

    @property
    def symbols(self) -> tuple[str, ...]:
        """The funds, in the order of their stacks."""
        return tuple(stack.symbol for stack in self.stacks)


SectionChart = YearsChart | MonthsChart | UnderwaterChart | RollingChart | MatrixChart | HoldingsChart


@dataclass(frozen=True)
class IndexMark:
    """A day on which a fund turned to another index; row : of the fund, among the picture's symbols."""

    row: int
    on: date
    words: str


@dataclass(frozen=True, eq=False)
class GrowthChart:
    """Growth of 100, and below it on the same time axis the ratio of a pair, or the drawdowns.

    sessions : (T,) the base close first
    growth : (N, T) value of 100 put in at the base close, NaN where no price is known
    ratio : (T,) growth of the first of two against that of the second, 100 at the start; None: drawdowns
    drawdowns : (N, T) fraction, 0 or negative, -0.23 = 23 % below the highest value so far; None: the ratio
    worst : per symbol the session and depth (fraction, negative) of the deepest point, None: it never fell
    marks : prices that look wrong
    changes : of index, inside the sessions
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    sessions: DateArray
    growth: FloatArray
    ratio: FloatArray | None = None
    drawdowns: FloatArray | None = None
    worst: tuple[tuple[date, float] | None, ...] = ()
    marks: tuple[DoubtMark, ...] = ()
    changes: tuple[IndexMark, ...] = ()
    simulated: bool = False
    slots: tuple[int, ...] = ()
    name: str = "growth"


@dataclass(frozen=True, eq=False)
class SectorChart:
    """Sector weights: of one fund, the gaps of a pair, or a table of more.

    sectors : S names, in the order of the rows
    weights : (N, S) fractions of net assets, 0.19 = 19 %, NaN where the source names no such sector
    active : (S,) of a pair the first less the second, fractions; None of one fund and of more than two
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
    slots: tuple[int, ...] = ()
    name: str = "sectors"


Tick = Literal["ratio", "percent", "points", "money"]
"""How the values of an axis are written: 1.25, 12.5 %, +1.2 pp, 1.3 bn."""

Phase = Literal["ok", "pending", "firing", "recovering", "no data", "in doubt", "error"]
"""Where a rule stands, as `analytics.watch.states.Phase` names it."""


@dataclass(frozen=True, eq=False)
class Trace:
    """One quantity held against its threshold, on the sessions of the picture.

    caption : over the panel, empty where the title says it
    lines : (L, S) the rule's quantity and, where it is shown, that of the fund to look at; NaN: not known
    ends : L names with the last known value, "ISCB 0.93"; what is not known at all ends with "n/a"
    threshold, recovery : in the quantity's unit; no recovery value, no band
    breach, recovered : the two in words, "below 1.00", "clears at 1.10"
    steps : True for a fact, which holds from one session to the next
    usual : between which values nine of ten days lie when nothing changes; None where that is not known
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
    usual: tuple[float, float] | None = None


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

    strips : at the rule's own settings, whose spans are shaded in the panels as well
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


EvidenceChart = BarsChart | SensitivityChart | EdgeChart | NeededChart
FundChart = (
    GrowthChart
    | SectorChart
    | YearsChart
    | UnderwaterChart
    | RollingChart
    | HoldingsChart
    | BarsChart
    | SensitivityChart
)
"""Those that tell funds apart by their looks."""
ChartSpec = GrowthChart | SectorChart | WatchChart | PastChart | OverviewChart | SectionChart | EvidenceChart


def paint(pictures: Sequence[ChartSpec], seats: Sequence[str]) -> tuple[ChartSpec, ...]:
    """Give every fund of the pictures the looks of its seat; a name without a seat takes the first free ones.

    seats : the symbol that holds each of the looks, see `bot.model.take_seats`
    """
    return tuple(
        replace(picture, slots=_slots(picture.symbols, seats)) if isinstance(picture, FundChart) else picture
        for picture in pictures
    )


def _slots(symbols: Sequence[str], seats: Sequence[str]) -> tuple[int, ...]:
    held = {symbol: seats.index(symbol) for symbol in symbols if symbol in seats}
    free = (slot for slot in count() if slot not in held.values())
    return tuple(held[symbol] if symbol in held else next(free) for symbol in symbols)


def content_key(picture: ChartSpec, style: str) -> str:
    """Hash everything that can change the picture, as hex: two equal keys are the same bytes."""
    digest = hashlib.sha256(f"{style}/{type(picture).__name__}".encode())
    digest.update(_record_bytes(picture))
    return digest.hexdigest()


def _record_bytes(record: Any) -> bytes:
    return b"".join(
        f"|{field.name}=".encode() + _bytes(getattr(record, field.name)) for field in fields(record)
    )


def _bytes(value: object) -> bytes:
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}".encode() + np.ascontiguousarray(value).tobytes()
    if isinstance(value, tuple) and any(is_dataclass(item) for item in value):
        return f"{len(value)}:".encode() + b";".join(_record_bytes(item) for item in value)
    return repr(value).encode()
