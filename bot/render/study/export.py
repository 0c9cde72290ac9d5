"""A comparison as files: its table and its series as CSV, in full precision.

The files are what RFC 4180 describes.  They begin with a byte order mark: without one Excel reads UTF-8 as
the code page of the machine and spoils every name that is not English; what reads UTF-8 skips it.  A text
that a spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import calendar
import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from analytics.comparison import Comparison
from analytics.notes import doubt_notes
from analytics.studies.months import MonthlyGrid
from bot.render import text
from bot.render.comparison.answer import heading
from bot.render.comparison.convention import convention
from bot.render.document import Document
from bot.render.doubts import clause, describe, warn
from bot.render.study.found import SectionAnswer
from bot.render.study.months import MONTHS, years_of
from bot.render.study.page import names
from bot.render.study.parts.figures import DAILY, Figure, Value, figures, source

ENCODING = "utf-8-sig"
FORMULA = ("=", "+", "-", "@")
LONGEST_NAME = 120
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def export(found: SectionAnswer) -> tuple[Document, ...]:
    """The table and the series, in this order."""
    comparison = found.comparison
    shown = names(comparison.symbols)
    return (
        Document(_name(comparison, "table"), f"{shown}: table", _csv(_table(comparison))),
        Document(_name(comparison, "series"), f"{shown}: growth and falls", _csv(_series(comparison))),
    )


def export_months(found: SectionAnswer, grid: MonthlyGrid) -> Document:
    """Returns by calendar month as far back as prices go: a line a year of each fund."""
    comparison = found.comparison
    content = _csv(_months(comparison, grid))
    return Document(_name(comparison, "months"), f"{names(comparison.symbols)}: months", content)


def exported(found: SectionAnswer) -> str:
    """The words above the files, safe mrkdwn."""
    comparison = found.comparison
    count, sessions = len(figures(comparison)), len(comparison.sessions)
    words = (
        f"{heading(comparison)}, as CSV: {text.count(count)} figures, growth and falls on "
        f"{text.count(sessions)} sessions, and returns by calendar month. Fractions are written in full "
        f"(0.01 is {text.percent(0.01, 0)}); an empty cell is not known."
    )
    warnings = [text.escape(sentence) for sentence in warn(comparison.doubts, comparison.span.days)]
    lines = [*warnings, text.escape(words), f"`{text.escape(convention(comparison))}`"]
    return "\n".join([*lines, *([f"Asked by <@{found.asked_by}>"] if found.asked_by else [])])


def _table(comparison: Comparison) -> Iterable[Sequence[Value]]:
    """A line a figure, which carries its own convention, so that it can be copied elsewhere by itself."""
    symbols = comparison.symbols
    pair = [f"{symbols[0]} - {symbols[-1]}"] if len(symbols) > 1 else []
    yield ["group", "measure", "unit", *symbols, *pair, *_BASIS]
    for figure in figures(comparison):
        gap = [figure.difference] if pair else []
        yield [figure.group, figure.measure, figure.unit, *figure.values, *gap, *_basis(figure)]


_BASIS = ("from", "to", "convention", "source", "as of", "why empty", "doubt")


def _basis(figure: Figure) -> list[Value]:
    days = (_day(figure.start), _day(figure.end))
    doubt = "; ".join(clause(note) for note in doubt_notes(figure.doubts))
    return [*days, figure.basis, figure.source, figure.as_of, figure.reason, doubt]


def _series(comparison: Comparison) -> Iterable[Sequence[Value]]:
    """A line a session; the convention stands on the first one, for it is that of all.

    A price that looks wrong is told on its own session.
    """
    symbols = comparison.symbols
    growth = [f"{symbol} growth of 1" for symbol in symbols]
    falls = [f"{symbol} below its high, fraction" for symbol in symbols]
    yield ["date", *growth, *falls, "convention", "source", "doubt"]
    doubts = _by_session(comparison)
    said: tuple[str, ...] = (DAILY, source(comparison))
    days: list[date] = comparison.sessions.astype("datetime64[D]").tolist()
    for at, day in enumerate(days):
        values = [*comparison.growth[:, at].tolist(), *comparison.drawdown[:, at].tolist()]
        yield [_day(day), *values, *said, doubts.get(day, "")]
        said = ("", "")


def _months(comparison: Comparison, grid: MonthlyGrid) -> Iterable[Sequence[Value]]:
    """January to December and what they come to; the convention stands on the first line."""
    yield [
        "fund",
        "year",
        *calendar.month_abbr[1:],
        "whole year",
        "last close",
        "convention",
        "source",
        "doubt",
    ]
    said: tuple[str, ...] = (MONTHS, source(comparison))
    for row in years_of(comparison, grid, grid.years):
        values = [None if math.isnan(value) else value for value in row.returns.tolist()]
        doubtful = [calendar.month_name[at + 1] for at in np.flatnonzero(row.doubtful[:-1]).tolist()]
        doubt = f"rests on a price that looks wrong: {text.listed(doubtful)}" if doubtful else ""
        yield [row.symbol, row.year, *values, _day(row.end), *said, doubt]
        said = ("", "")


def _by_session(comparison: Comparison) -> dict[date, str]:
    """The doubts about the funds in words, by session."""
    found: dict[date, list[str]] = {}
    for doubt in comparison.doubts:
        if doubt.symbol in comparison.symbols:
            found.setdefault(doubt.session, []).append(describe(doubt))
    return {day: "; ".join(told) for day, told in found.items()}


def _csv(rows: Iterable[Sequence[Value]]) -> bytes:
    page = io.StringIO(newline="")
    csv.writer(page, lineterminator="\r\n").writerows([_cell(value) for value in row] for row in rows)
    return page.getvalue().encode(ENCODING)


def _cell(value: Value) -> str:
    """A number so that it reads back as the same one, a text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _harmless(value)
    if isinstance(value, int):
        return str(value)
    # A float of numpy would write its type as well.
    return repr(float(value)) if math.isfinite(value) else ""


def _harmless(words: str) -> str:
    shown = text.printable(words).replace(text.NBSP, " ")
    return f"'{shown}" if shown.lstrip().startswith(FORMULA) else shown


def _name(comparison: Comparison, what: str) -> str:
    """ "ISCB-SPSM_2025-01-16_2026-01-16_table.csv", of letters that every file system takes."""
    span = comparison.span
    funds = "-".join(_UNSAFE.sub("", symbol).strip(".-") or "fund" for symbol in comparison.symbols)
    return f"{funds[:LONGEST_NAME]}_{span.start.isoformat()}_{span.end.isoformat()}_{what}.csv"


def _day(when: date | None) -> str:
    return when.isoformat() if when else ""
