"""What a reader must know beside a number: facts here, sentences in `bot.render.notes`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from analytics.fund import FundProfile, Kind, latest_index_change
from analytics.panel import BoolArray, Break, Doubt, DoubtKind, FloatArray, PricePanel
from analytics.window import Span

FactValue = str | int | float | date

INTEREST_RATES = frozenset({"^IRX", "^FVX", "^TNX", "^TYX"})
"""Indices whose level is an interest rate in percent."""

NO_DIVIDENDS_LACKING = frozenset(
    {"^GDAXI", "^MDAXI", "^SDAXI", "^TECDAX", "^BVSP", "^XNDX", "^XCMP", "^VIX", "^VXN", "^OVX", "^GVZ"}
)
"""Indices of total return whose symbols do not say so, and indices of volatility."""
_TOTAL_RETURN = "TR"
"""How the symbols of other indices of total return end: ^SP500TR, ^DJITR, ^RUTTR."""

PAYS = 0.01
"""Yield beside which a return of nothing is not what a fund has earned, fraction a year."""
STILL = 0.25
"""A price that moves by less than this part of the income due over the span does not hold that income."""
LONG_ENOUGH = 28
"""Calendar days over which a price that does not move is no accident."""
UNMOVED = 15
"""Returns of nothing in a row that are no accident where a price moves on most days: three weeks."""


OVER = timedelta(days=10)
"""A last price older than this is the end of a fund's life, not a price that is late."""


class NoteKind(StrEnum):
    """The things worth a line under an answer, and the facts each one carries."""

    SHORTENED = "shortened"  # symbol; asked: date, start: date (the window begins later than asked)
    ENDS_EARLY = "ends_early"  # symbol, None for all; through: date, end: date (no later common session)
    ENDED = "ended"  # symbol; last: date (its last price, long before the end of the window)
    MISSING_SESSIONS = "missing_sessions"  # symbol; count: int, first: date, last: date
    NO_ADJUSTED_PRICE = "no_adjusted_price"  # as MISSING_SESSIONS; a close is known, the adjusted one is not
    STANDS_STILL = "stands_still"  # symbol; count: int (sessions at one price), first: date, last: date
    STALE = "stale"  # symbol; age_seconds: float, cause: str (served from the cache after a failure)
    OTHER_SOURCE = "other_source"  # source: str (whose prices these are), first: str (trusted more)
    # cause: str (why they are not from the first, with its verb)
    FACTS_DIFFER = "facts_differ"  # symbol; fact: str, value, other: float | date, source, by: str,
    # as_of, told: date, absent where not known (value, source and as_of of the one shown; then of the other)
    NO_PROFILE = "no_profile"  # symbol; cause: str (fund facts could not be had)
    NOT_A_FUND = "not_a_fund"  # symbol; kind: str (has no expense ratio, sectors or holdings)
    SECTORS_REFUSED = "sectors_refused"  # symbol; cause: str (weights failed the gate)
    FACT_REFUSED = "fact_refused"  # symbol; fact: str, value: float as the source tells it, percent: bool
    # (not plausible, left out; percent: it would be if it were one)
    INCOME_NOT_IN_PRICE = "income_not_in_price"  # symbol; yield: float, absent where it is not known for then
    PRICE_INDEX = "price_index"  # symbol (an index whose level is one of prices: it may lack dividends)
    TAXONOMIES_DIFFER = "taxonomies_differ"  # symbol; taxonomy: str, other: str
    INDEX_CHANGED = "index_changed"  # symbol; on: date, to: str
    INTEREST_RATE = "interest_rate"  # symbol (its level is a yield, so its return is the change of a yield)
    CURRENCIES_DIFFER = "currencies_differ"  # currencies: str ("VWCE.DE EUR, SPY USD", references too)
    # references: str ("SPY USD", what the funds are held against), currency: str (that of the funds)
    REFERENCE_CURRENCY = "reference_currency"
    CURRENCY_UNKNOWN = "currency_unknown"  # symbols: str (whose amounts stand without a currency)
    FEW_RETURNS = "few_returns"  # count: int (daily returns, less than a year of them, that are annualised)
    SESSIONS_UNKNOWN = "sessions_unknown"  # symbol (which days its exchange was open is not known)
    RATE_GAP = "rate_gap"  # symbol; count: int (sessions on which the last known rate was used)
    HISTORY_CUT = "history_cut"  # symbol; last: date, first: date, sessions: int (between the two, no price)
    CLOSES_APART = "closes_apart"  # none (exchanges close hours apart: figures of pairs are weekly)
    # symbol; doubt: str (a DoubtKind), count: int, first, last: date, before, value: float (of the first and
    # of the last one), total: float (sum of all), cause: str (where another source is why; of the last one)
    DOUBT = "doubt"


@dataclass(frozen=True)
class Note:
    """One remark: its kind, the symbol it is about (None: all), and the facts of the sentence."""

    kind: NoteKind
    symbol: str | None = None
    facts: Mapping[str, FactValue] = field(default_factory=dict)


def doubt_notes(doubts: Iterable[Doubt]) -> tuple[Note, ...]:
    """Condense doubts to one note for each fund and kind, in the order of their first ones."""
    held: dict[tuple[str, DoubtKind, bool], list[Doubt]] = {}
    for doubt in doubts:
        held.setdefault((doubt.fund, doubt.kind, bool(doubt.cause)), []).append(doubt)
    return tuple(_doubt_note(kind, symbol, found) for (symbol, kind, _), found in held.items())


def _doubt_note(kind: DoubtKind, symbol: str, found: Sequence[Doubt]) -> Note:
    ordered = sorted(found, key=lambda doubt: doubt.session)
    first, last = ordered[0], ordered[-1]
    return Note(
        NoteKind.DOUBT,
        symbol,
        {
            "doubt": kind.value,
            "count": len(ordered),
            "first": first.session,
            "last": last.session,
            "before": first.value,
            "value": last.value,
            "total": sum(doubt.value for doubt in ordered),
            **({"cause": last.cause} if last.cause else {}),
        },
    )


def span_notes(
    panel: PricePanel, span: Span, through: date, breaks: Sequence[Break] = ()
) -> tuple[Note, ...]:
    """Note how the span differs from the window asked for: later start, earlier end.

    span : laid on the panel, so that every symbol has a price in it
    through : the day up to which the window was to reach
    breaks : before which the panel's history was left out; told where the window would have reached back
    """
    known = np.isfinite(panel.total_return)
    cut = {found.symbol: found for found in breaks if span.asked is None or span.asked < found.first}
    notes = [_cut_note(cut[symbol]) for symbol in panel.symbols if symbol in cut]
    youngest = panel.symbols[int(np.argmax(np.argmax(known, axis=1)))]
    if not span.full and span.asked and youngest not in cut:
        notes.append(Note(NoteKind.SHORTENED, youngest, {"asked": span.asked, "start": span.start}))
    return (*notes, *_end_notes(panel.through(through), span))


def _end_notes(panel: PricePanel, span: Span) -> Iterator[Note]:
    """Yield whose prices end before the last session that all of their exchanges held: they ended, or are
    late.
    """
    priced = ~np.isnan(panel.total_return)
    shared = np.flatnonzero((priced | panel.missing).all(axis=0))
    expected: date = panel.sessions[shared[-1]].item()
    if expected <= span.end:
        return
    lasts = {
        symbol: panel.sessions[row][-1].item() for symbol, row in zip(panel.symbols, priced, strict=True)
    }
    ended = {symbol: last for symbol, last in lasts.items() if expected - last > OVER}
    yield from (Note(NoteKind.ENDED, symbol, {"last": last}) for symbol, last in ended.items())
    late = [symbol for symbol, last in lasts.items() if last < expected and symbol not in ended]
    for who in [None] if len(late) == len(lasts) else late:
        yield Note(NoteKind.ENDS_EARLY, who, {"through": expected, "end": span.end})


def gap_notes(panel: PricePanel, span: Span) -> tuple[Note, ...]:
    """Name the sessions in a span of which a price is missing, one note for each symbol.

    Where the close is known and the adjusted one is not, that is another note, and one of the window asked:
    it may be why the span is shorter.  None of interest rates: they rest on bond holidays, and an answer
    that uses an older quote says so itself.
    """
    asked = int(np.searchsorted(panel.sessions, np.datetime64(span.asked, "D"))) if span.asked else 0
    unadjusted = (panel.close > 0) & np.isnan(panel.total_return)
    return (
        *_session_notes(NoteKind.MISSING_SESSIONS, panel, panel.missing, span.first, span.last),
        *_session_notes(NoteKind.NO_ADJUSTED_PRICE, panel, unadjusted, min(asked, span.first), span.last),
    )


def _session_notes(
    kind: NoteKind, panel: PricePanel, where: BoolArray, first: int, last: int
) -> Iterator[Note]:
    """Note the sessions (N, T) of these columns for each symbol that has any."""
    for row, symbol in enumerate(panel.symbols):
        days = panel.sessions[first : last + 1][where[row, first : last + 1]].tolist()
        if days and symbol not in INTEREST_RATES:
            yield Note(kind, symbol, {"count": len(days), "first": days[0], "last": days[-1]})


def _cut_note(found: Break) -> Note:
    facts: dict[str, FactValue] = {"last": found.last, "first": found.first, "sessions": found.sessions}
    return Note(NoteKind.HISTORY_CUT, found.symbol, facts)


def fund_notes(profiles: Sequence[FundProfile], earliest: date, end: date) -> tuple[Note, ...]:
    """Return what the profiles say about figures between two days: each fund's newest index change, no fund
    at all, taxonomies.
    """
    newest = (
        (profile.symbol, latest_index_change([profile], end + timedelta(days=1)))
        for profile in profiles
        if profile.kind is not Kind.MIX  # those inside it are told by their own names
    )
    changes = (
        Note(NoteKind.INDEX_CHANGED, symbol, {"on": found[1].on, "to": found[1].to})
        for symbol, found in newest
        if found and found[1].on > earliest
    )
    others = (
        Note(NoteKind.NOT_A_FUND, profile.symbol, {"kind": profile.kind.value})
        for profile in profiles
        if profile.kind not in {Kind.FUND, Kind.MIX}
    )
    return (*changes, *others, *_taxonomy_notes(profiles))


def reading_notes(
    symbols: Sequence[str],
    profiles: Sequence[FundProfile],
    returns: int,
    currencies: Mapping[str, str | None] | None = None,
    *,
    short: bool,
) -> tuple[Note, ...]:
    """Return how to read the figures: yields taken for prices, indices without dividends, several currencies.

    symbols : every one that figures are shown of or held against
    profiles : of the funds asked
    returns : daily returns of the span that figures are annualised from, 0 where none is
    currencies : by symbol, what prices are in: of the funds and of what they are held against, be it a
        benchmark or the bill; None where only the profiles tell
    short : the span is below one year, as `Span.is_short` has it
    """
    rates = [Note(NoteKind.INTEREST_RATE, symbol) for symbol in symbols if symbol in INTEREST_RATES]
    kinds = {profile.symbol: profile.kind for profile in profiles}
    indices = [
        Note(NoteKind.PRICE_INDEX, symbol) for symbol in symbols if _is_price_index(symbol, kinds.get(symbol))
    ]
    few = [Note(NoteKind.FEW_RETURNS, None, {"count": returns})] if returns and short else []
    return (*rates, *indices, *_currency_notes(profiles, currencies or {}), *few)


def income_notes(
    profiles: Sequence[FundProfile], levels: Mapping[str, FloatArray], span: Span
) -> tuple[Note, ...]:
    """Name the funds whose return is nothing because what they pay is not in their prices.

    A money-market fund keeps its price, and a source that tells no distributions of it shows a return of
    0.0 %.  Such a fund has a price that hardly moves beside the income due, or not at all where its yield at
    that time is not known.

    Parameters
    ----------
    levels : by symbol, (T,) total-return levels of the span, NaN where missing

    Returns
    -------
    A note for each such fund, with its yield where that is known for the end of the span.

    Examples
    --------
    A year at a price of 1, and a yield of 4 %:

    >>> from analytics.fund import Fact
    >>> from analytics.window import Window
    >>> fund = FundProfile("CASH", Kind.FUND, dividend_yield=Fact(0.04, "issuer"))
    >>> year = Span(Window("1y"), 0, 1, date(2025, 1, 16), date(2026, 1, 16), date(2025, 1, 16), True)
    >>> [(note.symbol, note.facts) for note in income_notes([fund], {"CASH": np.ones(2)}, year)]
    [('CASH', {'yield': 0.04})]
    """
    return tuple(
        Note(NoteKind.INCOME_NOT_IN_PRICE, profile.symbol, {} if paid is None else {"yield": paid})
        for profile in profiles
        if profile.kind is Kind.FUND and profile.symbol in levels
        for paid in [_yield_then(profile, span.end)]
        if _lacks_income(levels[profile.symbol], paid, span.days)
    )


def still_notes(panel: PricePanel, span: Span) -> tuple[Note, ...]:
    """Name what stood at one price for more than three weeks of the span, its longest such stretch.

    That is a price nobody updates, or a fund nobody trades: it moves with nothing meanwhile.  What mostly
    stands, like a money-market fund, and rates of interest are no such case.
    """
    found = (
        _still(symbol, panel.close[row], panel, span)
        for row, symbol in enumerate(panel.symbols)
        if symbol not in INTEREST_RATES
    )
    return tuple(note for note in found if note)


def _still(symbol: str, close: FloatArray, panel: PricePanel, span: Span) -> Note | None:
    known = np.flatnonzero(np.isfinite(close[: span.last + 1]))
    unmoved = np.diff(close[known]) == 0.0
    if np.count_nonzero(unmoved) * 2 > unmoved.size:
        return None
    unmoved &= known[:-1] >= span.first
    edges = np.flatnonzero(np.diff(unmoved, prepend=False, append=False))
    starts, stops = edges[::2], edges[1::2]
    longest = int(np.argmax(stops - starts)) if starts.size else 0
    if not starts.size or stops[longest] - starts[longest] < UNMOVED:
        return None
    first, last = panel.sessions[known[[starts[longest], stops[longest]]]].tolist()
    count = int(stops[longest] - starts[longest]) + 1
    return Note(NoteKind.STANDS_STILL, symbol, {"count": count, "first": first, "last": last})


def _yield_then(profile: FundProfile, end: date) -> float | None:
    stated = profile.dividend_yield
    return None if stated is None or stated.postdates(end) else stated.value


def _lacks_income(levels: FloatArray, paid: float | None, days: int) -> bool:
    if days < LONG_ENOUGH:
        return False
    moved = float(np.nanmax(levels) / np.nanmin(levels) - 1.0)
    if paid is None:
        return moved == 0.0
    return paid > PAYS and moved < STILL * paid * days / 365


def _is_price_index(symbol: str, kind: Kind | None) -> bool:
    """Return True for an index that may lack dividends: no interest rate, and none of total return."""
    index = symbol.startswith("^") or kind is Kind.INDEX
    whole = symbol in INTEREST_RATES | NO_DIVIDENDS_LACKING or symbol.endswith(_TOTAL_RETURN)
    return index and not whole


def _currency_notes(
    profiles: Sequence[FundProfile], currencies: Mapping[str, str | None]
) -> tuple[Note, ...]:
    """Note where no exchange rate enters and one would matter: among the funds, or against a reference."""
    funds = {
        profile.symbol: currencies.get(profile.symbol) or profile.currency
        for profile in profiles
        if profile.kind is not Kind.INDEX
    }
    held = {currency for currency in funds.values() if currency}
    asked = {profile.symbol for profile in profiles}
    against = {symbol: currency for symbol, currency in currencies.items() if symbol not in asked}
    if len(held) > 1:
        return (
            Note(NoteKind.CURRENCIES_DIFFER, None, {"currencies": _currencies_text({**funds, **against})}),
        )
    foreign = {symbol: currency for symbol, currency in against.items() if currency not in {None, *held}}
    if not held or not foreign:
        return ()
    facts = {"references": _currencies_text(foreign), "currency": held.pop()}
    return (Note(NoteKind.REFERENCE_CURRENCY, None, facts),)


def _currencies_text(currencies: Mapping[str, str | None]) -> str:
    return ", ".join(f"{symbol} {currency}" for symbol, currency in currencies.items() if currency)


def _taxonomy_notes(profiles: Sequence[FundProfile]) -> tuple[Note, ...]:
    named = {profile.symbol: profile.sectors.value.named for profile in profiles if profile.sectors}
    first = next(iter(named.values()), "")
    return tuple(
        Note(NoteKind.TAXONOMIES_DIFFER, symbol, {"taxonomy": taxonomy, "other": first})
        for symbol, taxonomy in named.items()
        if taxonomy != first
    )
