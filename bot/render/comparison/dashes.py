"""Why a cell of a table is a dash: each reason once, below the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from analytics.comparison import Comparison
from analytics.exposures import SectorComparison
from analytics.fund import FundProfile, Kind
from analytics.measures.liquidity import SESSIONS
from analytics.notes import Note, NoteKind
from analytics.number import Number
from bot.render import text
from bot.render.comparison.values import Values, traded


@dataclass(frozen=True)
class Dash:
    """A cell without a number.

    reason : as the arithmetic gives it, or what a source lacks
    what : the figure, "" where the reason alone tells which cells are meant
    """

    symbol: str
    reason: str
    what: str = ""


def measure_dashes(
    symbols: Sequence[str], numbers: Sequence[Number | None], what: str = ""
) -> tuple[Dash, ...]:
    """Collect the dashes of one measure: every number that has a reason instead of a value."""
    pairs = zip(symbols, numbers, strict=True)
    return tuple(Dash(symbol, number.reason, what) for symbol, number in pairs if number and number.reason)


def fact_dashes(comparison: Comparison, values: Values, what: str) -> tuple[Dash, ...]:
    """Collect the dashes of a fact.  What is no fund has none: a remark says that it has no facts."""
    pairs = zip(comparison.symbols, values, strict=True)
    absent = [(symbol, comparison.profiles.get(symbol)) for symbol, value in pairs if value is None]
    return tuple(
        Dash(symbol, "not known", what if _has_facts(profile) else "fund facts")
        for symbol, profile in absent
        if profile is None or profile.kind is Kind.FUND
    )


def trading_dashes(comparison: Comparison) -> tuple[Dash, ...]:
    """Collect the dashes of what is traded a day, and of the days that an order takes."""
    values = zip(comparison.symbols, traded(comparison), strict=True)
    nothing = f"nothing traded on the last {SESSIONS} sessions"
    return tuple(
        Dash(symbol, nothing if value == 0 else comparison.traded[symbol].reason or "not traded itself")
        for symbol, value in values
        if not value
    )


def position_dashes(comparison: Comparison) -> tuple[Dash, ...]:
    """Collect the dashes of the weight of the ten largest positions."""
    parts = comparison.concentration
    few = [
        Dash(symbol, "fewer than ten long positions known")
        for symbol in comparison.symbols
        if symbol in parts and parts[symbol].top_ten is None
    ]
    listed = [parts[symbol].known if symbol in parts else None for symbol in comparison.symbols]
    return (*fact_dashes(comparison, listed, "positions"), *few)


def sector_dashes(comparison: Comparison, sectors: SectorComparison, sector: str) -> tuple[Dash, ...]:
    """Collect the dashes of a sector: of a fund without weights, and of one whose source does not name it."""
    weights = [sectors.weights.get(symbol) for symbol in comparison.symbols]
    lacking = [
        Dash(symbol, "not named by its source", sector)
        for symbol, named in zip(comparison.symbols, weights, strict=True)
        if named is not None and sector not in named
    ]
    return (
        *fact_dashes(comparison, [None if named is None else 1.0 for named in weights], "sectors"),
        *lacking,
    )


def footnotes(dashes: Iterable[Dash], symbols: Sequence[str], notes: Sequence[Note] = ()) -> tuple[str, ...]:
    """Write each reason once, with its funds and figures: "– no return below the target (UPPX: Sortino)".

    symbols : all funds of the table; where a figure is defined for none of them they are not named
    notes : what the sources had to say; why they lack a fact is not said again
    """
    said = {(note.symbol, _lacking(note)) for note in notes}
    reasons: dict[str, dict[str, list[str]]] = {}
    for dash in dict.fromkeys(dashes):
        if (dash.symbol, dash.what) not in said:
            reasons.setdefault(dash.reason, {}).setdefault(dash.what, []).append(dash.symbol)
    return tuple(
        f"{text.NONE} {_reason_words(reason)}{_where(figures, symbols)}"
        for reason, figures in reasons.items()
    )


def _lacking(note: Note) -> str | None:
    """What a note tells the lack of, as a dash names it."""
    if note.kind is NoteKind.FACT_REFUSED:
        return str(note.facts["fact"]).replace("position", "positions")
    return {NoteKind.NO_PROFILE: "fund facts", NoteKind.SECTORS_REFUSED: "sectors"}.get(note.kind)


def _has_facts(profile: FundProfile | None) -> bool:
    if profile is None:
        return False
    stated = (
        profile.expense_ratio,
        profile.dividend_yield,
        profile.assets,
        profile.sectors,
        profile.holdings,
    )
    return any(fact is not None for fact in stated)


def _where(figures: dict[str, list[str]], symbols: Sequence[str]) -> str:
    by_funds: dict[str, list[str]] = {}
    for what, funds in figures.items():
        named = "" if what and set(funds) == set(symbols) else ", ".join(funds)
        by_funds.setdefault(named, []).append(what)
    parts = [
        ": ".join(filter(None, (funds, ", ".join(filter(None, whats))))) for funds, whats in by_funds.items()
    ]
    return f" ({'; '.join(parts)})"


def _reason_words(reason: str) -> str:
    """ "prices begin 2022-06-06" with the day as people write it."""
    words, _, day = reason.rpartition(" ")
    return f"{words} {text.day(date.fromisoformat(day))}" if words == "prices begin" else reason
