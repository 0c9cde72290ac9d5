"""Notes in words: one sentence a kind, from the facts that the arithmetic and the sources noted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from analytics.comparison import Comparison
from analytics.notes import INTEREST_RATES, Note, NoteKind, doubt_notes, reading_notes
from bot.render import doubts, text
from bot.render.values import (
    absolute_measure,
    fact_values,
    known_values,
    priced_in,
    stated_in,
    traded_values,
)


def all_notes(comparison: Comparison, sources: Sequence[Note] = ()) -> tuple[Note, ...]:
    """Return what is doubtful in the window, then what sources and comparison note and how to read it;
    each once.
    """
    query = comparison.query
    symbols = tuple(dict.fromkeys([*query.symbols, *filter(None, [query.benchmark])]))
    profiles = tuple(comparison.profiles.values())
    annualised = comparison.returns if known_values(absolute_measure(comparison, "volatility")) else 0
    short, currencies = comparison.span.is_short, comparison.currencies
    reading = reading_notes(symbols, profiles, annualised, currencies, short=short)
    if query.weekly:
        reading = tuple(replace(note, facts={**note.facts, "of": "weekly"}) for note in reading)
    apart = (Note(NoteKind.CLOSES_APART),) if comparison.apart and comparison.relative else ()
    unknown = _unknown_currency(comparison)
    noted = (*doubt_notes(comparison.doubts), *sources, *comparison.notes, *apart, *reading, *unknown)
    told = {note_sentence(note): note for note in reversed(noted)}
    return tuple(reversed(told.values()))


def _unknown_currency(comparison: Comparison) -> tuple[Note, ...]:
    """Return whose amounts are shown without a currency."""
    amounts = (
        (fact_values(comparison, "assets"), stated_in(comparison)),
        (traded_values(comparison), priced_in(comparison)),
    )
    unknown = {
        symbol: None
        for values, currencies in amounts
        for symbol, value, currency in zip(comparison.symbols, values, currencies, strict=True)
        if value is not None and currency is None
    }
    return (
        (Note(NoteKind.CURRENCY_UNKNOWN, None, {"symbols": text.join_words(list(unknown))}),)
        if unknown
        else ()
    )


def index_changed_before(note: Note, since: date | None) -> bool:
    """Tell whether a note is of a change of index on or before a day; False where no day is given."""
    if note.kind is not NoteKind.INDEX_CHANGED or since is None:
        return False
    return cast(date, note.facts["on"]) <= since


def note_sentence(note: Note) -> str:
    """Return the remark as plain text, not yet escaped for Slack."""
    return _SENTENCES[note.kind](note)


def _not_a_fund(note: Note) -> str:
    kind = str(note.facts["kind"])
    if note.symbol in INTEREST_RATES:
        return _interest_rate(note)
    if kind == "index":
        return f"{note.symbol} is an index: no expense ratio, sectors or holdings."
    named = f" but a {kind}" if kind != "other" else ""
    return f"{note.symbol} is not a fund{named}: no expense ratio, sectors or holdings."


def _interest_rate(note: Note) -> str:
    four, five, change = (text.percent(fraction, 0) for fraction in (0.04, 0.05, 0.25))
    return (
        f"{note.symbol} is an interest rate: its return is the relative change of the rate itself "
        f"(from {four} to {five} is {change}), not what a holder of bonds earned."
    )


def _refused_fact(note: Note) -> str:
    fact, value = str(note.facts["fact"]), _number(note, "value")
    named = f"{'an' if fact[0] in 'aeiou' else 'a'} {fact}"
    if value == 0:
        return f"{note.symbol}: {named} of 0 is left out: sources give 0 where they know none."
    question = "; is it percent?" if note.facts["percent"] else "."
    return f"{note.symbol}: {named} of {value:g} (as a fraction) is not plausible and is left out{question}"


def _unpaid_note(note: Note) -> str:
    if "yield" not in note.facts:
        return (
            f"{note.symbol}: the price has not moved; what the fund pays out, if it does, is not in the "
            "prices and not in its return."
        )
    paid = text.percent(_number(note, "yield"), 2)
    return (
        f"{note.symbol}: the price has hardly moved beside a yield of {paid}: the income is not in the "
        "prices and not in its return."
    )


def _few_returns(note: Note) -> str:
    count = text.count(int(_number(note, "count")))
    kind = note.facts.get("of", "daily")
    return (
        f"Volatility, ratios and tracking error are annualised from {count} {kind} returns; over less than a "
        "year they vary widely from window to window."
    )


def _rate_gap(note: Note) -> str:
    count = int(_number(note, "count"))
    sessions = "1 session" if count == 1 else f"{text.count(count)} sessions"
    return f"{note.symbol}: no quote on {sessions}; the last known rate was used."


def _day(note: Note, fact: str) -> str:
    return text.day(cast(date, note.facts[fact]))


def _number(note: Note, fact: str) -> float:
    return float(cast(float, note.facts[fact]))


def _missing_data(note: Note) -> str:
    count = int(_number(note, "count"))
    if count == 1:
        return f"{note.symbol}: no price on {_day(note, 'first')}; the return across it counts as one."
    return (
        f"{note.symbol}: no price on {count} sessions between {_day(note, 'first')} and "
        f"{_day(note, 'last')}; the return across each hole counts as one."
    )


def _unadjusted_closes(note: Note) -> str:
    count = int(_number(note, "count"))
    when = (
        f"on {_day(note, 'first')}"
        if count == 1
        else f"on {count} sessions between {_day(note, 'first')} and {_day(note, 'last')}"
    )
    return f"{note.symbol}: a close but no adjusted one that can be used {when}, as if there were no price."


def _cut_history(note: Note) -> str:
    count = int(_number(note, "sessions"))
    return (
        f"{note.symbol}'s prices stop on {_day(note, 'last')} and begin again on {_day(note, 'first')}, "
        f"{text.count(count)} sessions later: the history before is left out, it may be another fund."
    )


def _shortened_window(note: Note) -> str:
    return (
        f"{note.symbol} is priced only from {_day(note, 'start')}; the window was to begin on "
        f"{_day(note, 'asked')} and is shorter for all."
    )


def _ends_early(note: Note) -> str:
    who = f"{note.symbol} has no price" if note.symbol else "There are no prices"
    return f"{who} for {_day(note, 'through')} yet; the window ends on {_day(note, 'end')}."


def _ended_prices(note: Note) -> str:
    return (
        f"{note.symbol} has no prices after {_day(note, 'last')}: it has ended, or has another symbol now. "
        "The window does not go beyond that day."
    )


def _stale_data(note: Note) -> str:
    return (
        f"{note.symbol}: prices or facts from {text.age(_number(note, 'age_seconds'))} ago; "
        f"the source did not answer ({note.facts['cause']})."
    )


def _other_source(note: Note) -> str:
    return f"Prices are from {note.facts['source']}: {note.facts['first']} {note.facts['cause']}."


def _differing_facts(note: Note) -> str:
    show = text.money if note.facts["fact"] == "assets" else lambda value: text.percent(value, 2)

    def told(value: str, source: str, day: str) -> str:
        when = f" ({_day(note, day)})" if day in note.facts else ""
        return f"{show(_number(note, value))} by {note.facts[source]}{when}"

    fact = str(note.facts["fact"])
    return (
        f"{note.symbol}: the sources disagree about the {fact}: {told('value', 'source', 'as_of')}, which is "
        f"shown, and {told('other', 'by', 'told')}."
    )


_SENTENCES: dict[NoteKind, Callable[[Note], str]] = {
    NoteKind.SHORTENED: _shortened_window,
    NoteKind.ENDS_EARLY: _ends_early,
    NoteKind.ENDED: _ended_prices,
    NoteKind.MISSING_SESSIONS: _missing_data,
    NoteKind.NO_ADJUSTED_PRICE: _unadjusted_closes,
    NoteKind.STALE: _stale_data,
    NoteKind.DOUBT: doubts.remark,
    NoteKind.HISTORY_CUT: _cut_history,
    NoteKind.CLOSES_APART: lambda _: (
        "The exchanges close hours apart, so that daily returns are not of the same hours: what holds two "
        "funds together is from weekly returns."
    ),
    NoteKind.OTHER_SOURCE: _other_source,
    NoteKind.FACTS_DIFFER: _differing_facts,
    NoteKind.NO_PROFILE: lambda note: f"{note.symbol}: no fund facts ({note.facts['cause']}).",
    NoteKind.NOT_A_FUND: _not_a_fund,
    NoteKind.SECTORS_REFUSED: lambda note: (
        f"{note.symbol}: sector weights are left out, they do not add up ({note.facts['cause']})."
    ),
    NoteKind.FACT_REFUSED: _refused_fact,
    NoteKind.INCOME_NOT_IN_PRICE: _unpaid_note,
    NoteKind.PRICE_INDEX: lambda note: f"{note.symbol} is an index: its return may lack dividends.",
    NoteKind.TAXONOMIES_DIFFER: lambda note: (
        f"{note.symbol}'s sectors follow {note.facts['taxonomy']}, the others {note.facts['other']}; "
        "they are not compared."
    ),
    NoteKind.INDEX_CHANGED: lambda note: (
        f"{note.symbol} changed its index on {_day(note, 'on')} (now {note.facts['to']}): figures from "
        "before describe another index."
    ),
    NoteKind.STANDS_STILL: lambda note: (
        f"{note.symbol}'s price stood still on {note.facts['count']} sessions in a row, "
        f"{_day(note, 'first')} to {_day(note, 'last')}: where it was not traded or not updated, volatility, "
        "betas and correlations are not those of what it holds."
    ),
    NoteKind.INTEREST_RATE: _interest_rate,
    NoteKind.CURRENCIES_DIFFER: lambda note: (
        f"Each fund's return is in its own currency ({note.facts['currencies']}); no exchange rate enters."
    ),
    NoteKind.REFERENCE_CURRENCY: lambda note: (
        f"The funds are priced in {note.facts['currency']}, what they are held against is not "
        f"({note.facts['references']}); no exchange rate enters."
    ),
    NoteKind.CURRENCY_UNKNOWN: lambda note: (
        f"The source does not tell the currency of all amounts of {note.facts['symbols']}: those stand "
        "without one and are not held against others."
    ),
    NoteKind.FEW_RETURNS: _few_returns,
    NoteKind.SESSIONS_UNKNOWN: lambda note: (
        f"{note.symbol}: which days its exchange was open is not known. Days without a price are taken for "
        "holidays, and New York's close decides which session is the newest."
    ),
    NoteKind.RATE_GAP: _rate_gap,
}
