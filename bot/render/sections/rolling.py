"""How ratios, volatility and correlation moved: where they are, where they were, who was above."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from analytics.measures import MEASURES, Unit
from analytics.notes import NoteKind
from analytics.panel import DateArray, Doubt, FloatArray, doubts_within
from analytics.returns import BILL_SYMBOL
from analytics.rolling import WINDOWS, RollingMeasures
from bot.render import text
from bot.render.chart_specs import PanelKind, RollingChart, RollingPanel, join_lines
from bot.render.doubts import alt_text, explain_marks, is_grave, marks
from bot.render.measures import LINES, MeasureTable, Show, brief_label, is_near_one, near_one_format
from bot.render.message import Message
from bot.render.sections.convention import (
    AS_RUN,
    frequency_words,
    periods_words,
    rate_words,
    source_words,
    window_words,
)
from bot.render.sections.page import (
    WINDOW,
    SectionAnswer,
    TableLine,
    limit_sentences,
    section_message,
    table_head,
    versus,
    window_title,
)
from bot.render.values import MOST_TALL, PAIR

KINDS = WINDOW | {NoteKind.RATE_GAP}
YEAR = timedelta(days=366)
"""How far the first figures reach back before the span."""


FIGURES = {line.measure: line for line in LINES[MeasureTable.ROLLING]}


@dataclass(frozen=True)
class LineRange:
    """Of one fund's line: the value on the last session, the lowest and the highest with their sessions."""

    last: float | None
    low: float
    low_day: date
    high: float
    high_day: date


def rolling_section(found: SectionAnswer, rolled: RollingMeasures) -> Message:
    """Write the whole answer, one picture with a panel for each of three figures."""
    doubts = _doubts(found, rolled)
    kept = _without_doubtful_funds(rolled, doubts)
    picture = _chart(rolled, doubts, kept)
    return section_message(
        found,
        title=window_title(found.comparison, "rolling"),
        finding=rolling_finding(kept) if kept else (),
        foot=rolling_foot(rolled),
        begins=AS_RUN,
        lines=rolling_lines(rolled, doubts),
        pictures=(picture,) if picture else (),
        remarks=(*limit_sentences(found, KINDS, rolled.span.start - YEAR), *_short_line_notes(rolled)),
        doubts=doubts,
    )


def rolling_finding(rolled: RollingMeasures) -> tuple[str, ...]:
    """Tell the latest values, where they ran, on which share of the sessions the first was above the
    other.
    """
    sentences = (
        _describe(rolled, "sortino") or _nothing(rolled),
        _lead_sentence(rolled),
        _latest_values(rolled, "volatility"),
        _describe(rolled, "correlation"),
    )
    return tuple(sentence for sentence in sentences if sentence)


def _doubts(found: SectionAnswer, rolled: RollingMeasures) -> tuple[Doubt, ...]:
    """Return those inside the windows of any of the sessions."""
    query, span = rolled.query, rolled.span
    return doubts_within(found.comparison.all_doubts, query.priced, span.start - YEAR, span.end)


def _without_doubtful_funds(rolled: RollingMeasures, doubts: Sequence[Doubt]) -> RollingMeasures | None:
    """Drop the funds of which nothing can be relied on, and what is held against such a benchmark."""
    grave = {doubt.symbol for doubt in doubts if is_grave(doubt)}
    rows = [at for at, symbol in enumerate(rolled.query.symbols) if symbol not in grave]
    if not rows or BILL_SYMBOL in grave:
        return None
    against = rolled.query.against
    symbols = tuple(rolled.query.symbols[at] for at in rows)
    figures = {
        name: of[rows] for name, of in rolled.figures.items() if not (_relative(name) and against in grave)
    }
    return replace(rolled, query=replace(rolled.query, symbols=symbols, benchmark=against), figures=figures)


def rolling_foot(rolled: RollingMeasures) -> str:
    """Write what every number rests on."""
    query, span = rolled.query, rolled.span
    by_window: dict[str, list[str]] = {}
    for name, _ in _in_order(rolled):
        by_window.setdefault(WINDOWS[name].words, []).append(_label(rolled, name))
    lengths = ", ".join(f"{text.join_words(labels)} over {words}" for words, labels in by_window.items())
    kind = f"{frequency_words(min(rolled.periods.values()))} total return · {periods_words(rolled.periods)}"
    lengths = f"{lengths} to each {_unit(rolled)}"
    parts = (
        kind,
        rate_words(query),
        lengths,
        window_words(query, span),
        source_words(rolled.source, span),
    )
    return " · ".join(parts)


def rolling_lines(rolled: RollingMeasures, doubts: Sequence[Doubt] = ()) -> list[TableLine]:
    """Return a line a fund and figure: the last value, the lowest and the highest with their days.

    doubts : prices that look wrong in any of the windows
    """
    found = _group(rolled, "sortino", doubts)
    if found and (share := _share(rolled)) is not None:
        one, other = rolled.query.symbols
        above = TableLine((f"{one} above {other}, {_unit(rolled)}s", text.percent(share, 0)))
        found.append(above.with_doubts(_doubts_about(doubts, one, other)))
    return [
        *found,
        *(
            line
            for name, _ in _in_order(rolled)
            if name != "sortino"
            for line in _group(rolled, name, doubts)
        ),
    ]


def _group(rolled: RollingMeasures, name: str, doubts: Sequence[Doubt]) -> list[TableLine]:
    ranges = _ranges(rolled, name)
    if not ranges:
        return []
    against = (rolled.query.against or "") if _relative(name) else ""
    return [
        table_head(_label_with_window(rolled, name, ", "), "Last", "Lowest", "Highest"),
        *(
            _line(symbol, of, near_one_format(name)).with_doubts(_doubts_about(doubts, symbol, against))
            for symbol, of in ranges.items()
        ),
    ]


def _doubts_about(doubts: Sequence[Doubt], *symbols: str) -> tuple[Doubt, ...]:
    """Return those about one of the symbols; the bill is in every ratio."""
    return tuple(doubt for doubt in doubts if doubt.symbol in (*symbols, BILL_SYMBOL))


def _line(symbol: str, of: LineRange, show: Show) -> TableLine:
    last = text.shown(of.last, show)
    low, high = f"{show(of.low)}, {text.day(of.low_day)}", f"{show(of.high)}, {text.day(of.high_day)}"
    return TableLine((symbol, last, low, high))


def _relative(name: str) -> bool:
    return MEASURES[name].relative


def _label(rolled: RollingMeasures, name: str) -> str:
    """Write "correlation with SPSM"; where other figures are daily and this one is not, it says so."""
    label = (FIGURES[name].label or brief_label(name)).format(against=rolled.query.against)
    return f"{label} (weekly returns)" if rolled.apart and _relative(name) else label


def _label_with_window(rolled: RollingMeasures, name: str, join: str = " over ") -> str:
    """Write "Correlation with SPSM over 6 months"."""
    label = _label(rolled, name)
    return f"{label[0].upper()}{label[1:]}{join}{WINDOWS[name].words}"


def _ranges(rolled: RollingMeasures, name: str) -> dict[str, LineRange]:
    """Find the range of each fund with any value."""
    pairs = zip(rolled.query.symbols, rolled.figures.get(name, ()), strict=False)
    return {symbol: _range(row, rolled.sessions) for symbol, row in pairs if np.isfinite(row).any()}


def _range(row: FloatArray, sessions: DateArray) -> LineRange:
    low, high = int(np.nanargmin(row)), int(np.nanargmax(row))
    last = float(row[-1]) if np.isfinite(row[-1]) else None
    days = [sessions[at].astype(date) for at in (low, high)]
    return LineRange(last, float(row[low]), days[0], float(row[high]), days[1])


def _latest_values(rolled: RollingMeasures, name: str) -> str:
    """Tell Sortino over 1 year on 16 Jan 2026: ISCB 1.18, SPSM 0.87."""
    show = near_one_format(name)
    latest = {symbol: of.last for symbol, of in _ranges(rolled, name).items() if of.last is not None}
    if not latest:
        return ""
    day = text.day(rolled.sessions[-1].astype(date))
    values = ", ".join(f"{symbol} *{show(value)}*" for symbol, value in latest.items())
    return f"{_label_with_window(rolled, name)} on {day}: {values}."


def _describe(rolled: RollingMeasures, name: str) -> str:
    """Return the latest values, and between which it ran."""
    now, ranges, show = _latest_values(rolled, name), _ranges(rolled, name), near_one_format(name)
    if not now:
        return ""
    if len(ranges) > MOST_TALL:
        low = min(ranges, key=lambda symbol: ranges[symbol].low)
        high = max(ranges, key=lambda symbol: ranges[symbol].high)
        ends = f"{_low_end(ranges[low], show, low)} to {_high_end(ranges[high], show, high)}"
        return f"{now} In the window it ran from {ends}."
    runs = [f"{symbol} from {_low_end(of, show)} to {_high_end(of, show)}" for symbol, of in ranges.items()]
    if len(runs) == 1:
        return f"{now} In the window it ran{runs[0].removeprefix(next(iter(ranges)))}."
    return f"{now} In the window it ran: {'; '.join(runs)}."


def _lead_sentence(rolled: RollingMeasures) -> str:
    """Tell of a pair the share of the first; of more who was highest most often."""
    symbols = rolled.query.symbols
    known = _known_sessions(rolled)
    count = int(known.sum())
    if len(symbols) < PAIR or not count:
        return ""
    of = f"of {text.count(count)} {_unit(rolled)}s"
    if (share := _share(rolled)) is not None:
        return f"{symbols[0]} was above {symbols[1]} on *{text.percent(share, 0)}* {of}."
    tops = np.argmax(rolled.figures["sortino"][:, known], axis=0)
    counts = np.bincount(tops, minlength=len(symbols))
    first = int(np.argmax(counts))
    return f"{symbols[first]} was highest most often, on *{text.percent(counts[first] / count, 0)}* {of}."


def _known_sessions(rolled: RollingMeasures) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Return (T,) sessions on which every fund has a ratio."""
    return np.asarray(np.isfinite(rolled.figures["sortino"]).all(axis=0))


def _share(rolled: RollingMeasures) -> float | None:
    """Work out on which share of the sessions the first of two was above the other."""
    known = _known_sessions(rolled)
    if len(rolled.query.symbols) != PAIR or not known.any():
        return None
    one, other = rolled.figures["sortino"][:, known]
    return float((one > other).mean())


def _low_end(of: LineRange, show: Show, name: str = "") -> str:
    return f"{show(of.low)} ({f'{name}, ' if name else ''}{text.day(of.low_day)})"


def _high_end(of: LineRange, show: Show, name: str = "") -> str:
    return f"{show(of.high)} ({f'{name}, ' if name else ''}{text.day(of.high_day)})"


def _unit(rolled: RollingMeasures) -> str:
    return "week" if rolled.query.weekly else "session"


def _nothing(rolled: RollingMeasures) -> str:
    need = f"{WINDOWS['sortino'].words} of prices with a return below the target"
    return f"A Sortino ratio here needs {need}; no {_unit(rolled)} of the window has them."


def _short_line_notes(rolled: RollingMeasures) -> tuple[str, ...]:
    """Return a remark on each fund whose line begins late or has none."""
    told = []
    for symbol, row in zip(rolled.query.symbols, rolled.figures["sortino"], strict=True):
        at = np.flatnonzero(np.isfinite(row))
        if not at.size:
            told.append(f"{symbol} has no Sortino ratio over {WINDOWS['sortino'].words} in the window.")
        elif at[0] > 0:
            day = text.day(rolled.sessions[at[0]].astype(date))
            told.append(f"{symbol} has a Sortino ratio over {WINDOWS['sortino'].words} only from {day} on.")
    return tuple(told)


def _chart(
    rolled: RollingMeasures, doubts: Sequence[Doubt], kept: RollingMeasures | None
) -> RollingChart | None:
    """Make the chart.  doubts : inside any of the windows; kept : what can be told of."""
    panels = tuple(_panels(rolled))
    if not panels or rolled.sessions.size < PAIR:
        return None
    symbols, span = rolled.query.symbols, rolled.span
    shown = f"On each {_unit(rolled)} from {text.day(span.start)} to {text.day(span.end)}"
    return RollingChart(
        title=_title(rolled, doubts),
        subtitle=explain_marks(shown, doubts, symbols),
        footer=rolling_foot(rolled),
        alt=alt_text(_alt(kept) if kept else (), doubts, simulated=rolled.simulated),
        symbols=symbols,
        sessions=rolled.sessions,
        panels=panels,
        marks=marks(doubts, symbols),
        simulated=rolled.simulated,
    )


def _title(rolled: RollingMeasures, doubts: Sequence[Doubt]) -> str:
    """Say where the ratios are on the last session, of up to three funds none of which is in doubt."""
    latest = {symbol: of.last for symbol, of in _ranges(rolled, "sortino").items() if of.last is not None}
    if doubts or not latest or len(rolled.query.symbols) > MOST_TALL:
        return f"{versus(rolled.query.symbols)}: rolling"
    show = near_one_format("sortino")
    told = ", ".join(f"{symbol} {show(value)}" for symbol, value in latest.items())
    return f"{_label_with_window(rolled, 'sortino')}: {told}"


def _alt(rolled: RollingMeasures) -> tuple[str, ...]:
    ratios = _latest_values(rolled, "sortino") or _nothing(rolled)
    return (ratios, _lead_sentence(rolled), _latest_values(rolled, "correlation"))


def _panels(rolled: RollingMeasures) -> Iterator[RollingPanel]:
    for name, rows in _in_order(rolled):
        shown = [at for at, row in enumerate(rows) if np.isfinite(row).any()]
        axis = FIGURES[name].panel
        if axis and shown:
            symbols = tuple(rolled.query.symbols[at] for at in shown)
            lines = join_lines(rows[shown], rolled.sessions)
            caption, kind = _label_with_window(rolled, name), _panel_kind(name)
            yield RollingPanel(caption, symbols, lines, kind, axis.reference, axis.least)


def _in_order(rolled: RollingMeasures) -> Iterator[tuple[str, FloatArray]]:
    return ((name, rolled.figures[name]) for name in FIGURES if name in rolled.figures)


def _panel_kind(name: str) -> PanelKind:
    if is_near_one(name):
        return "share"
    return "percent" if MEASURES[name].unit is Unit.FRACTION else "level"
