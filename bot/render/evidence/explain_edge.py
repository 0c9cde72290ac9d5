"""What the words of `edge` mean, how its numbers come about, and those that went in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from analytics.evidence.edge import Edge
from analytics.evidence.gaps import ALPHA, FEWEST, WORTH_RETURN, WORTH_SHARPE, EdgeRow, Verdict
from analytics.evidence.intervals import RESAMPLES
from analytics.evidence.significance import POWER
from bot.render import text
from bot.render.evidence.edge import between_words, chance_words, edge_foot
from bot.render.evidence.edge_finding import EdgeView, between, longest
from bot.render.message import Message
from bot.render.sections.page import SectionAnswer, TableLine, figures_table, section_message, window_title
from bot.render.sections.table import Row
from bot.render.values import MOST_TALL

SHARPE, RETURN = text.ratio(WORTH_SHARPE, 1), f"{100 * WORTH_RETURN:.0f}{text.NBSP}pp"
MEANINGS = {
    Verdict.IDENTICAL: "both have the same return on every session",
    Verdict.SAME: f"all gaps that fit are small: within {SHARPE} of Sharpe ratio and {RETURN} a year",
    Verdict.DISTINGUISHABLE: (
        f"chance alone makes such a gap in fewer than {text.percent(ALPHA, 0)} of cases, and 0 is not among "
        "the gaps that fit"
    ),
    Verdict.NO_GAP: f"not distinguishable, though a gap in Sharpe ratio of {SHARPE} would have shown",
    Verdict.UNKNOWN: (
        f"not distinguishable, and a gap of {SHARPE} need not have shown; it does not say that there is none"
    ),
}
"""In the order in which they are tried."""
Write = Callable[[float], str]


def explain_edge_section(found: SectionAnswer, edge: Edge) -> Message:
    """Write the whole answer: the words, the numbers of the pairs asked about, method and references.

    edge : of the usual windows, and of the question's where it is none of them
    """
    view = EdgeView(found.comparison, edge)
    asked = [row for row in view.asked if row in view.told] or longest(view.told)
    return section_message(
        found,
        title=window_title(found.comparison, "edge explained"),
        finding=explain_edge_finding(view, asked),
        foot=edge_foot(view),
        lines=explain_edge_lines(view, asked),
        remarks=tuple(_method(view)),
        doubts=tuple(dict.fromkeys(chain.from_iterable(map(view.doubts, view.asked)))),
    )


def explain_edge_finding(view: EdgeView, asked: Sequence[EdgeRow]) -> tuple[str, ...]:
    """Tell what the question is, what each verdict means, and which one holds."""
    return (
        "Edge: can the window tell the gap between two funds from chance? "
        "The first of these that holds is told.",
        *(f"*{verdict}*: {meaning}." for verdict, meaning in MEANINGS.items()),
        *_verdicts(view, asked),
    )


def _verdicts(view: EdgeView, asked: Sequence[EdgeRow]) -> Iterator[str]:
    for row in asked[:MOST_TALL]:
        names = text.less(*row.pair)
        yield f"{names}, {view.window(row)}: {row.judgement.verdict}, because {row.judgement.reason}."
    if not asked:
        yield (
            "Two funds that fill the window are needed for numbers, e.g. explain edge ISCB SPSM."
            if not view.edge.pairs
            else "No window of theirs can be told of."
        )


def explain_edge_lines(view: EdgeView, asked: Sequence[EdgeRow]) -> list[TableLine]:
    """Return a step a line with the number of each pair; of more than three pairs the first three."""
    rows = asked[:MOST_TALL]
    if not rows:
        return []
    a_year = " a year" if all(row.annualised for row in rows) else ""
    holm = len(view.edge.pairs) > 1
    steps: list[tuple[str, Callable[[EdgeRow], str]]] = [
        ("Returns", lambda row: text.count(row.returns)),
        ("Gap in Sharpe ratio", lambda row: text.shown(row.sharpe.value.value, _long)),
        ("Standard error", lambda row: text.shown(row.error.value, _long)),
        (f"Shows from: {text.ratio(POWER)} × that", lambda row: text.shown(row.shows_from.value, text.ratio)),
        ("Gap / standard error", _t_value),
        ("p", lambda row: text.shown(row.p.value, chance_words)),
        *([("p, Holm", lambda row: text.shown(row.adjusted.value, chance_words))] if holm else []),
        ("Years of returns", _length),
        (f"Years for {SHARPE}", lambda row: text.shown(row.years.value, lambda years: text.ratio(years, 1))),
        ("Sharpe gap between", lambda row: between(row.sharpe.interval, text.signed_ratio)),
        (f"Gap in return{a_year}", lambda row: text.shown(row.growth.value.value, text.points)),
        ("Return gap between", lambda row: between(row.growth.interval, text.points)),
    ]
    made = [Row(label, tuple(cell(row) for row in rows), text.NONE, None, main=True) for label, cell in steps]
    return figures_table("Step", [text.less(*row.pair) for row in rows], made)


def _long(value: float) -> str:
    """Write a step with more digits than a result, so that it can be worked out again."""
    return text.ratio(value, 4)


def _t_value(row: EdgeRow) -> str:
    gap, error = row.sharpe.value.value, row.error.value
    return text.NONE if gap is None or not error else text.ratio(gap / error)


def _length(row: EdgeRow) -> str:
    """Write over how many years the error was found, its returns by those of a year: as they went in."""
    years, shows = row.years.value, row.shows_from.value
    return text.NONE if years is None or not shows else text.ratio(years * (WORTH_SHARPE / shows) ** 2)


def _method(view: EdgeView) -> Iterator[str]:
    """Yield formulae and references, a line each."""
    weekly = view.edge.query.weekly or view.comparison.apart
    yield f"{between_words(weekly=weekly)} Both funds are drawn together (Politis and Romano 1994)."
    yield (
        "Standard error: how far the gap in Sharpe ratio scatters on other drawings of the same world, with "
        "what a day has to do with the next and with the other fund's (Ledoit and Wolf 2008, Parzen kernel)."
    )
    yield (
        "p = 2 Φ(-|gap| / standard error). Of several pairs together it is raised by Holm's rule (1979), so "
        f"that in {text.percent(1 - ALPHA, 0)} of worlds without any gap none of them misleads."
    )
    yield (
        f"Shows from = {text.ratio(POWER)} × standard error: found in 8 of 10 such windows at the "
        f"{text.percent(ALPHA, 0)} level."
    )
    yield (
        f"Years for {SHARPE} = years of returns × (shows from / {SHARPE})². The gap is one worth having, "
        "never the one measured, which is itself chance in part."
    )
    yield (
        "How sure a Sharpe ratio SR is above 0 = Φ(SR √(T - 1) / √(1 - skewness SR + (kurtosis - 1)/4 SR²)),"
        " per return (Bailey and López de Prado 2012)."
    )
    yield (
        f"With fewer than {FEWEST} returns there are intervals only. The same question draws the same "
        f"{text.count(RESAMPLES)} samples."
    )
