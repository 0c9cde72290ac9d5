"""What an answer about a gap tells: its rows sorted, the finding, and the picture."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain

from analytics.comparison import Comparison
from analytics.evidence.edge import WINDOWS, Edge
from analytics.evidence.gaps import FEWEST, WORTH_SHARPE, EdgeRow, Verdict
from analytics.evidence.intervals import Gap
from analytics.measures.number import Interval, Number
from analytics.notes import Note, NoteKind
from analytics.panel import Doubt, doubts_within
from analytics.returns import BILL_SYMBOL
from analytics.window import REGIME
from bot.render import text
from bot.render.doubts import alt_text, is_grave
from bot.render.evidence_specs import EdgeBar, EdgeChart, EdgePanel
from bot.render.notes import note_sentence
from bot.render.verdict import (
    fitting_range,
    pair_verdict,
    ratio_range,
    several_verdicts,
    window_subject,
)

LONGEST_YEAR = 370
"""Days up to which a return a year is that of the window itself."""
_COUNTED = re.compile(r"\d+ (?:year|month)s?")
FEW = 3
"""Most funds that a conclusion names."""


@dataclass(frozen=True, eq=False)
class EdgeView:
    """The rows of an answer, sorted by what is told of them; those of a window that is none of the usual
    ones are the question's own.
    """

    comparison: Comparison
    edge: Edge

    @cached_property
    def rows(self) -> tuple[EdgeRow, ...]:
        """All of them, the question's own window first; none since an index that nobody is known to have
        left.
        """
        own = [row for row in self.edge.rows if row.window.label not in WINDOWS]
        there = {(row.pair, _dates(row)) for row in own}
        usual = [row for row in self.edge.rows if row.window.label in WINDOWS]
        if not self.edge.regime:
            usual = [row for row in usual if row.window.label != REGIME]
        return (*own, *(row for row in usual if (row.pair, _dates(row)) not in there))

    @cached_property
    def asked(self) -> tuple[EdgeRow, ...]:
        """Those of the window of the question, a row for each pair."""
        span, label = self.comparison.span, self.comparison.query.window.label
        found = [row for row in self.rows if row.window.label == label]
        return tuple(found or [row for row in self.rows if _dates(row) == (span.start, span.end)])

    @cached_property
    def shown(self) -> tuple[EdgeRow, ...]:
        """Those of the table: of a pair all windows, of several pairs the window of the question."""
        return self.rows if len(self.edge.pairs) == 1 else self.asked

    @cached_property
    def told(self) -> tuple[EdgeRow, ...]:
        """Those that finding and chart speak of: filled, resting on no price that looks wrong, and of funds
        whose income is in their prices.
        """
        silent = {note.symbol for note in self.unpaid}
        return tuple(
            row for row in self.rows if row.span and not self.doubts(row) and not silent & {*row.pair}
        )

    @cached_property
    def unpaid(self) -> tuple[Note, ...]:
        """The notes on funds whose income is not in their prices: their return is none that they earned."""
        return tuple(note for note in self.comparison.notes if note.kind is NoteKind.INCOME_NOT_IN_PRICE)

    def doubts(self, row: EdgeRow) -> tuple[Doubt, ...]:
        """Pick the doubts that a row rests on."""
        if row.span is None:
            return ()
        return doubts_within(self.edge.doubts, (*row.pair, BILL_SYMBOL), row.span.start, row.span.end)

    @cached_property
    def all_doubts(self) -> tuple[Doubt, ...]:
        """Those that any line of the table rests on."""
        return tuple(dict.fromkeys(chain.from_iterable(map(self.doubts, self.shown))))

    def is_left_out(self, row: EdgeRow) -> bool:
        """Return whether nothing of a row is told: not filled, or across a price that cannot be right."""
        return row.span is None or any(map(is_grave, self.doubts(row)))

    def name(self, row: EdgeRow) -> str:
        """Name a line: of a pair by its window, of several pairs by the other fund."""
        return row.pair[1] if len(self.edge.pairs) > 1 else self.window(row)

    def return_name(self, row: EdgeRow) -> str:
        """Name a line of returns: "3 months, total" among those that are told a year."""
        mixed = any(each.annualised for each in self.shown) and not row.annualised
        return f"{self.name(row)}, total" if mixed else self.name(row)

    def window(self, row: EdgeRow) -> str:
        """Write "1 year" or "since 19 Mar 2021"."""
        if row.window.label != REGIME or self.edge.regime is None:
            return row.window.words
        return f"since {text.day(self.edge.regime[1].on)}"


def edge_finding(view: EdgeView) -> tuple[str, ...]:
    """Tell the gap and whether it can be told from chance, what would show, then the other windows."""
    told = [row for row in view.asked if row in view.told] or longest(view.told)
    if not view.edge.pairs:
        return ("A gap is one between two funds: name another to hold it against, e.g. vs SPY.",)
    first = tuple(map(note_sentence, view.unpaid))
    if not told:
        return (*first, _nothing(view))
    others = [row for row in view.told if row.window != told[0].window]
    sentences = _several(view, told, others) if len(view.edge.pairs) > 1 else _pair(view, told[0], others)
    return (*first, *(words for words in sentences if words))


def _nothing(view: EdgeView) -> str:
    """Say why no gap is told of."""
    if any(map(view.doubts, view.rows)):
        return "No window is free of such a price: nothing is told of a gap."
    if any(row.span for row in view.rows):
        return "Nothing is told of a gap between them."
    return "No window is filled by both: nothing is told of a gap."


def _dates(row: EdgeRow) -> tuple[date, date] | None:
    return (row.span.start, row.span.end) if row.span else None


def longest(rows: Sequence[EdgeRow]) -> list[EdgeRow]:
    """Return the rows of the longest window."""
    if not rows:
        return []
    window = max(rows, key=lambda row: row.span.days if row.span else 0).window
    return [row for row in rows if row.window == window]


def _pair(view: EdgeView, row: EdgeRow, others: Sequence[EdgeRow]) -> Iterator[str]:
    if row.judgement.verdict is not Verdict.IDENTICAL:
        yield _gap_sentence(view, row)
    yield pair_verdict(row)
    yield _showing(row)
    usual = [each for each in others if each.window.label != REGIME]
    yield _elsewhere(view, usual, row.judgement.verdict)
    yield from (_since_regime(view, each) for each in others if each.window.label == REGIME)


def _gap_sentence(view: EdgeView, row: EdgeRow) -> str:
    """Write "Over 3 years ISCB is 3.6 pp a year ahead of SPSM, with a Sharpe ratio 0.18 higher."."""
    (one, other), gap, ratios = row.pair, row.growth.value.value, row.sharpe.value.value
    if gap is None:
        return ""
    unit = " a year" if row.annualised and row.span and row.span.days > LONGEST_YEAR else ""
    size, ahead = text.points(abs(gap)).lstrip("+"), "ahead of" if gap > 0 else "behind"
    level = size.startswith("0.0")
    told = f"level with {other}" if level else f"*{size}*{unit} {ahead} {other}"
    if ratios is None:
        return f"{_over([view.window(row)])} {one} is {told}."
    apart, side = text.ratio(abs(ratios)), "higher" if ratios > 0 else "lower"
    also = f"a Sharpe ratio *{apart}* {side}" if apart != text.ratio(0.0) else "the same Sharpe ratio"
    return f"{_over([view.window(row)])} {one} is {told}, with {also}."


def _over(named: Sequence[str]) -> str:
    """Begin a sentence with windows: "Over 3 and 5 years", "Since 19 Mar 2021"."""
    first = named[0]
    if len(named) == 1 and first.startswith("since"):
        return text.capital(first)
    if len(named) == 1 and not _COUNTED.fullmatch(first) and not first.endswith(("date", "history")):
        return f"{'From' if ' to ' in first else 'In'} {first}"
    return f"Over {'the ' if first.endswith(('date', 'history')) else ''}{join_windows(named)}"


def _showing(row: EdgeRow) -> str:
    """Say from which gap on the window shows one, and how long it takes to show one worth having."""
    shows, ratios, years = row.shows_from.value, row.sharpe.value.value, row.years.value
    if row.judgement.verdict is Verdict.IDENTICAL:
        return ""
    if row.returns < FEWEST:
        return f"Nothing is tested: fewer than {FEWEST} returns."
    if shows is None or ratios is None or years is None:
        return ""
    only = "only " if shows > WORTH_SHARPE else ""
    subject = text.capital(window_subject(row.window))
    told = f"{subject} can show a gap in Sharpe ratio {only}from {text.ratio(shows)} on; theirs is"
    worth = text.ratio(WORTH_SHARPE, 1)
    needed = (
        f" To show {worth}, about {_years(years)} are needed."
        if row.judgement.verdict is Verdict.UNKNOWN
        else ""
    )
    return f"{told} {text.ratio(abs(ratios))}.{needed}"


def _years(years: float) -> str:
    """Write how many years a window has to be: 7.6 -> "8 years"."""
    return f"{max(1, round(years))} year{'s' * (years >= 1.5)}"


def _elsewhere(view: EdgeView, rows: Sequence[EdgeRow], first: Verdict) -> str:
    """Say what the other windows tell, those of one verdict together."""
    groups: dict[Verdict, list[str]] = {}
    for row in rows:
        groups.setdefault(row.judgement.verdict, []).append(view.window(row))
    also = " either" if first is Verdict.UNKNOWN else ""
    words = {
        Verdict.UNKNOWN: f"it cannot be known{also}",
        Verdict.NO_GAP: "there is no gap worth having",
        Verdict.SAME: "they are the same for practical purposes",
        Verdict.DISTINGUISHABLE: "the Sharpe ratios are distinguishable",
        Verdict.IDENTICAL: "they are the same",
    }
    clauses = [f"{_over(named)} {words[verdict]}" for verdict, named in groups.items()]
    return (
        f"{'; '.join([*clauses[:1], *(each[:1].lower() + each[1:] for each in clauses[1:])])}."
        if clauses
        else ""
    )


def join_windows(named: Sequence[str]) -> str:
    """Join windows: "1 year", "3 years" and "since 19 Mar 2021" are "1 and 3 years and since 19 Mar 2021"."""
    years = [each.partition(" ")[0] for each in named if re.fullmatch(r"\d+ years?", each)]
    if len(years) < 2:
        return text.join_words(named)
    others = [each for each in named if not re.fullmatch(r"\d+ years?", each)]
    return " and ".join([*others[:-1], f"{text.join_words(years)} years", *others[-1:]])


def _since_regime(view: EdgeView, row: EdgeRow) -> str:
    """Say what is known since both follow today's indices."""
    if view.edge.regime is None:
        return ""
    subject = "both follow" if len(view.edge.query.symbols) > 1 else f"{row.pair[0]} follows"
    indices = "indices" if len(view.edge.query.symbols) > 1 else "index"
    since = f"Since {subject} today's {indices} ({text.day(view.edge.regime[1].on)})"
    words = {
        Verdict.UNKNOWN: "it cannot be known either",
        Verdict.NO_GAP: "there is no gap worth having",
        Verdict.SAME: "they are the same for practical purposes",
        Verdict.DISTINGUISHABLE: "the Sharpe ratios are distinguishable",
        Verdict.IDENTICAL: "they are the same",
    }[row.judgement.verdict]
    if row.judgement.verdict is Verdict.DISTINGUISHABLE:
        return f"{since} {words}: a gap {ratio_range(row.sharpe.interval)} fits."
    told = row.judgement.verdict in (Verdict.UNKNOWN, Verdict.NO_GAP)
    fits = fitting_range(row) if told else ""
    return f"{since} {words}{f': anything {fits} fits' if fits else ''}."


def _several(view: EdgeView, rows: Sequence[EdgeRow], others: Sequence[EdgeRow]) -> Iterator[str]:
    """Tell of several pairs in the window of the question, then of the windows that say more."""
    count = len(view.edge.pairs)
    yield several_verdicts(rows, whole=len(rows) == count)
    shown = sorted((row.shows_from.value, row.pair[1]) for row in rows if row.shows_from.value is not None)
    gaps = [(abs(row.sharpe.value.value), row.pair[1]) for row in rows if row.sharpe.value.value is not None]
    if shown and gaps:
        (low, near), (high, far), (most, whose) = shown[0], shown[-1], max(gaps)
        ends = f"{text.ratio(low)} ({near})" + (f" to {text.ratio(high)} ({far})" if len(shown) > 1 else "")
        subject = text.capital(window_subject(rows[0].window))
        widest = f"the widest gap is {text.ratio(most)} ({whose})"
        yield f"{subject} can show gaps in Sharpe ratio from {ends} on; {widest}."
    yield from _patterns(view, rows, others)


def _patterns(view: EdgeView, first: Sequence[EdgeRow], others: Sequence[EdgeRow]) -> Iterator[str]:
    """Tell the windows that say the same of every pair together; one that lacks a pair is left out."""
    patterns: dict[tuple[object, ...], list[list[EdgeRow]]] = {}
    for label in dict.fromkeys(row.window.label for row in others):
        rows = [row for row in others if row.window.label == label]
        if len(rows) < len(view.edge.pairs):
            continue
        patterns.setdefault(_pattern(rows), []).append(rows)
    for pattern, alike in patterns.items():
        over = _over([view.window(rows[0]) for rows in alike])
        same = pattern == _pattern(first)
        yield f"{over} the same holds." if same else several_verdicts(alike[0], over)


def _pattern(rows: Sequence[EdgeRow]) -> tuple[object, ...]:
    return tuple((row.pair, row.judgement.verdict) for row in rows)


def edge_chart(view: EdgeView, foot: str) -> EdgeChart | None:
    """Make the picture: gaps in return, then in Sharpe ratio; None where there is none to show, or no
    difference at all.

    foot : the convention of every number
    """
    rows = [row for row in view.shown if row in view.told and row.growth.interval.low is not None]
    if not rows or any(row.judgement.verdict is Verdict.IDENTICAL for row in rows):
        return None
    one = rows[0].pair[0]
    other = rows[0].pair[1] if len(view.edge.pairs) == 1 else "the other"
    a_year = " a year" if any(row.annualised for row in rows) else ""
    window = "" if len(view.edge.pairs) == 1 else f", {view.window(rows[0])}"
    returns = [_bar(view.return_name(row), row.growth, row.return_shows_from, text.points) for row in rows]
    ratios = [_bar(view.name(row), row.sharpe, row.shows_from, text.signed_ratio) for row in rows]
    panels = (
        EdgePanel(f"Gap in return{a_year}{window}", tuple(filter(None, returns)), "points"),
        EdgePanel(f"Gap in Sharpe ratio{window}", tuple(filter(None, ratios)), "ratio"),
    )
    shown = f"{one} less {other}, to {text.day(view.comparison.span.end)}; 95 of 100 drawings lie on a bar"
    conclusion = _conclusion(view, rows)
    return EdgeChart(
        title=conclusion,
        subtitle=shown,
        footer=foot,
        alt=alt_text((f"{conclusion}.", *_ends(view, rows)), simulated=view.edge.simulated),
        symbols=tuple(dict.fromkeys(chain.from_iterable(row.pair for row in rows))),
        panels=tuple(panel for panel in panels if panel.bars),
        behind=f"{one} behind",
        ahead=f"{one} ahead",
        simulated=view.edge.simulated,
    )


def _bar(name: str, gap: Gap, shows: Number, write: Callable[[float], str]) -> EdgeBar | None:
    value, low, high = gap.value.value, gap.interval.low, gap.interval.high
    if value is None or low is None or high is None:
        return None
    return EdgeBar(text.capital(name), value, low, high, write(value), shows.value)


def _conclusion(view: EdgeView, rows: Sequence[EdgeRow]) -> str:
    """Say in a few words what the window of the question tells."""
    asked = [row for row in rows if row in view.asked] or longest(rows)
    one, over = rows[0].pair[0], window_subject(asked[0].window)
    if len(view.edge.pairs) > 1:
        others = [row.pair[1] for row in asked]
        apart = [row.pair[1] for row in asked if row.judgement.verdict is Verdict.DISTINGUISHABLE]
        against = text.join_words(others) if len(others) <= FEW else f"{len(others)} others"
        told = f"distinguishable from {text.join_words(apart)}" if apart else "none distinguishable"
        return f"{one} against {against}: {told} in {over}"
    names = f"{one} and {asked[0].pair[1]}"
    return {
        Verdict.UNKNOWN: f"{names}: a gap cannot be known from {over}",
        Verdict.NO_GAP: f"{names}: no gap worth having in {over}",
        Verdict.SAME: f"{names}: the same for practical purposes",
        Verdict.DISTINGUISHABLE: f"{names}: distinguishable in {over}",
    }[asked[0].judgement.verdict]


def _ends(view: EdgeView, rows: Sequence[EdgeRow]) -> Iterator[str]:
    """Yield intervals for an alt text: of the row asked about and of the longest window; or of two pairs."""
    asked = [row for row in rows if row in view.asked] or longest(rows)
    pair = len(view.edge.pairs) == 1
    told: Iterable[EdgeRow] = dict.fromkeys((asked[0], *longest(rows)[:1])) if pair else asked[:2]
    for row in told:
        yield f"Return {view.name(row)} between {between(row.growth.interval, text.points)}."


def between(interval: Interval, write: Callable[[float], str]) -> str:
    """Write "-2.3 and +11.9 pp": the unit once."""
    if interval.low is None or interval.high is None:
        return text.NONE
    low = write(interval.low).partition(text.NBSP)[0]
    return f"{low} and {write(interval.high)}"
