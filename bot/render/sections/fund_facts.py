"""What a fund is, in words; and what sections on facts share: titles, sources with dates, what is unknown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from analytics.comparison import Comparison
from analytics.fund import Approach, Fact, FundIdentity, FundProfile, Kind
from analytics.notes import INTEREST_RATES, Note, NoteKind
from bot.render import text
from bot.render.message import Message
from bot.render.notes import all_notes, note_sentence
from bot.render.sections.finding import fee
from bot.render.sections.page import (
    SectionAnswer,
    TableLine,
    figures_table,
    note_sentences,
    section_message,
    versus,
)
from bot.render.sections.table import Row
from bot.render.values import MOST_TALL, dated_title, priced_in, yield_kind

T = TypeVar("T")

FACTS = {
    "provider": "provider",
    "index": "index",
    "approach": "kind",
    "inception": "inception",
    "expense_ratio": "expense ratio",
    "dividend_yield": "yield",
    "assets": "assets",
    "turnover": "turnover",
    "holdings_count": "holdings",
}
"""What is told of a fund with a source, in words."""
_IDENTITY = ("provider", "index", "approach", "inception")
_NOT_KNOWN_OF = frozenset({NoteKind.NO_PROFILE, NoteKind.NOT_A_FUND})
_WHAT = "Fund facts"
_NAME, _LABEL = 80, 60
"""Characters of a name, and of what else a source tells in words."""
_DAYS_A_YEAR = 365.25
_IS = {
    Approach.INDEX: "an index fund",
    Approach.ACTIVE: "an actively managed fund",
    Approach.LEVERAGED: "a leveraged fund",
    Approach.INVERSE: "an inverse fund",
    Approach.PHYSICAL: "a fund that holds one commodity or coin",
}
_NO_FUND = {Kind.INDEX: "index", Kind.STOCK: "share", Kind.MIX: "mix"}
_WITHOUT_INDEX = frozenset({Approach.ACTIVE, Approach.PHYSICAL})


def facts_section(found: SectionAnswer, identity: FundIdentity) -> Message:
    """Write the whole answer.  identity : what the same funds are"""
    comparison, profiles = found.comparison, identity.profiles
    lines, unknown = _identity_lines(comparison, profiles), _unknown_funds(comparison, profiles)
    dashes = any(text.NONE in line.cells for line in lines) and len(unknown) < len(comparison.symbols)
    stated = [fact for name in FACTS for fact in facts_by_symbol(profiles, name).values()]
    return section_message(
        found,
        title=facts_title(comparison, "facts", stated),
        finding=(*facts_opening(comparison, stated, _WHAT), *_identity_finding(comparison, profiles)),
        foot=sources_foot(profiles, comparison.symbols, FACTS) or source_asked(comparison),
        lines=lines,
        left=MOST_TALL + 1,
        remarks=(
            *(
                f"{symbol}: an inception date of {text.day(told)} is left out: it is priced from "
                f"{text.day(first)} on, so the date is that of another share class."
                for symbol, (told, first) in identity.priced_before.items()
            ),
            *([f"{text.NONE} not told by {comparison.source}"] if dashes else []),
            *unknown_fact_notes(found, unknown, "fund facts", _NOT_KNOWN_OF),
            *note_sentences(
                found,
                {NoteKind.INDEX_CHANGED, NoteKind.STALE, NoteKind.FACT_REFUSED, NoteKind.FACTS_DIFFER},
            ),
            *later_facts_note(comparison, stated, _WHAT),
        ),
    )


def fund_name_words(profile: FundProfile) -> str:
    """Write "iShares Morningstar Small-Cap ETF (index: Morningstar US Small Cap Extended)".

    Plain text on one line, cut to a readable length, not yet escaped; the symbol where no name is known.
    """
    name = text.one_line(profile.name, _NAME) or profile.symbol
    tracked = text.one_line(profile.index.value, _LABEL) if profile.index else ""
    return f"{name} (index: {tracked})" if tracked else name


def _identity_finding(comparison: Comparison, profiles: Mapping[str, FundProfile]) -> tuple[str, ...]:
    """Tell of each fund what it is, from whom, on which index and since when; of many, group them."""
    funds = [profile for profile in profiles.values() if _is_identified(profile)]
    if len(comparison.symbols) <= MOST_TALL:
        said = [
            *(_identity_sentence(profile, comparison.span.end) for profile in funds),
            _turnover_sentence(funds),
        ]
    else:
        said = [_approaches_sentence(funds), _ages_sentence(funds)]
    unknown = [symbol for symbol in comparison.symbols if symbol not in {fund.symbol for fund in funds}]
    nothing = f"Provider, index, kind and inception of {text.join_words(unknown)} are not known."
    return tuple(sentence for sentence in (*said, nothing if unknown else "") if sentence)


def _is_identified(profile: FundProfile) -> bool:
    """Return whether it is no fund, or one of which something says what it is."""
    return profile.kind in _NO_FUND or any(getattr(profile, name) for name in _IDENTITY)


def _unknown_funds(comparison: Comparison, profiles: Mapping[str, FundProfile]) -> list[str]:
    """Name those of which nothing is told at all."""
    return [
        symbol
        for symbol in comparison.symbols
        if symbol not in profiles
        or not (_is_identified(profiles[symbol]) or any(getattr(profiles[symbol], name) for name in FACTS))
    ]


def _identity_sentence(profile: FundProfile, day: date) -> str:
    if profile.kind is Kind.MIX:
        return f"{profile.symbol} is a mix: {profile.name}."
    if profile.kind in _NO_FUND:
        shown = _kind_cell(profile)
        return f"{profile.symbol} is {'an' if shown[0] in 'aeiou' else 'a'} {shown}, no fund."
    said = f"{profile.symbol} is {_IS[profile.approach.value] if profile.approach else 'a fund'}"
    if profile.provider:
        said += f" from {text.one_line(profile.provider.value, _LABEL)}"
    if profile.inception:
        begun = profile.inception.value
        said += f", launched on {text.day(begun)} ({_age(begun, day)})"
    if profile.index:
        tracked, since = text.one_line(profile.index.value, _LABEL), profile.tracked_since
        said += f"; since {text.day(since)} it has followed {tracked}" if since else f"; it follows {tracked}"
    return f"{said}.{'' if profile.approach else ' Whether it follows an index is not known.'}"


def _age(inception: date, day: date) -> str:
    years = int((day - inception).days / _DAYS_A_YEAR)
    return f"{years} year{'s' if years > 1 else ''} old" if years else "less than a year old"


def _turnover_sentence(funds: Sequence[FundProfile]) -> str:
    told = [f"{fund.symbol} {text.percent(fund.turnover.value, 0)}" for fund in funds if fund.turnover]
    return f"Turnover a year: {text.join_words(told)}." if told else ""


def _approaches_sentence(funds: Sequence[FundProfile]) -> str:
    """Write "Index funds: ISCB, SPSM; actively managed: AVUV."."""
    groups: dict[str, list[str]] = {}
    for profile in funds:
        shown = profile.approach.value.value if profile.approach else "not known whether on an index"
        groups.setdefault(_kind_cell(profile) if profile.kind in _NO_FUND else shown, []).append(
            profile.symbol
        )
    plural = {Approach.INDEX.value: "index funds"}
    said = "; ".join(
        f"{plural.get(shown, shown) if len(symbols) > 1 else shown}: {', '.join(symbols)}"
        for shown, symbols in groups.items()
    )
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def _ages_sentence(funds: Sequence[FundProfile]) -> str:
    dated = sorted((fund.inception.value, fund.symbol) for fund in funds if fund.inception)
    if len(dated) < 2:
        return ""
    (first, oldest), (last, youngest) = dated[0], dated[-1]
    return f"The oldest is {oldest} ({text.day(first)}), the youngest {youngest} ({text.day(last)})."


def _identity_lines(comparison: Comparison, profiles: Mapping[str, FundProfile]) -> list[TableLine]:
    priced = dict(zip(comparison.symbols, priced_in(comparison), strict=True))
    kind = yield_kind(comparison)
    cells: dict[str, Callable[[FundProfile], str]] = {
        "Name": lambda fund: text.one_line(fund.name, _NAME),
        "Provider": lambda fund: _fact_cell(fund.provider, lambda told: text.one_line(told, _LABEL)),
        "Kind": _kind_cell,
        "Index": _index_cell,
        "Inception": lambda fund: _fact_cell(fund.inception, text.day),
        "Category": lambda fund: text.one_line(fund.category or "", _LABEL),
        "Expense ratio": lambda fund: _fact_cell(fund.expense_ratio, fee),
        f"Yield, {kind}" if kind else "Yield": lambda fund: _fact_cell(fund.dividend_yield, fee),
        "Assets": lambda fund: _fact_cell(
            fund.assets, lambda told: f"{text.money(told)}{text.NBSP}{fund.currency or ''}".strip()
        ),
        "Turnover, a year": lambda fund: _fact_cell(fund.turnover, lambda told: text.percent(told, 0)),
        "Holdings": lambda fund: _fact_cell(fund.holdings_count, text.count),
        "Exchange · currency": lambda fund: " · ".join(
            filter(None, (fund.exchange, priced[fund.symbol] or fund.currency))
        ),
    }
    rows = [
        Row(
            label,
            tuple(
                (show(profiles[symbol]) if symbol in profiles else "") or text.NONE
                for symbol in comparison.symbols
            ),
            text.NONE,
            None,
            main=True,
        )
        for label, show in cells.items()
    ]
    return figures_table("Facts", comparison.symbols, rows)


def _fact_cell(fact: Fact[T] | None, show: Callable[[T], str]) -> str:
    """Show a fact in a cell, which is empty where it is not known."""
    return show(fact.value) if fact else ""


def _kind_cell(fund: FundProfile) -> str:
    if fund.kind in _NO_FUND:
        return "interest rate" if fund.symbol in INTEREST_RATES else _NO_FUND[fund.kind]
    shown = fund.approach.value.value if fund.approach else ""
    return f"{shown}, bonds" if shown and fund.is_bond_fund else shown


def _index_cell(fund: FundProfile) -> str:
    if fund.index is None:
        return "none" if fund.approach and fund.approach.value in _WITHOUT_INDEX else ""
    shown, since = text.one_line(fund.index.value, _LABEL), fund.tracked_since
    return f"{shown}, since {text.day(since)}" if since else shown


def facts_title(comparison: Comparison, what: str, facts: Collection[Fact[Any]]) -> str:
    """Write "ISCB vs SPSM · sectors"; a benchmark shown as the last fund: "ISCB, SPSM against IWM ·
    sectors".

    facts : what is shown; where it is of a later day than the question, the title says so
    """
    reference, what = reference_of(comparison), dated_title(what, facts, comparison.span.end)
    if reference is None:
        return f"{versus(comparison.symbols)} · {what}"
    return f"{', '.join(comparison.symbols[:-1])} against {reference} · {what}"


def reference_of(comparison: Comparison) -> str | None:
    """Return the benchmark that was named and stands last; None where none was, or it is not shown."""
    benchmark, symbols = comparison.query.benchmark, comparison.symbols
    return benchmark if len(symbols) > 1 and symbols[-1] == benchmark else None


def dated_sources(facts: Mapping[str, Fact[Any]]) -> str:
    """Write "ISCB, SPSM: Yahoo Finance, 2026-01-15": symbols that share source and date together."""
    groups: dict[str, list[str]] = {}
    for symbol, fact in facts.items():
        day = fact.as_of.isoformat() if fact.as_of else "no date given"
        groups.setdefault(f"{fact.source}, {day}", []).append(symbol)
    return " · ".join(f"{', '.join(symbols)}: {source}" for source, symbols in groups.items())


def facts_by_symbol(profiles: Mapping[str, FundProfile], name: str) -> dict[str, Fact[Any]]:
    """Return a fact of the profiles by symbol, of those that have it."""
    held = {symbol: getattr(profile, name) for symbol, profile in profiles.items()}
    return {symbol: fact for symbol, fact in held.items() if fact}


def sources_foot(
    profiles: Mapping[str, FundProfile], symbols: Sequence[str], names: Mapping[str, str]
) -> str:
    """Write source and day of each kind of fact; kinds of the same sources and days together, and without
    the symbols where it is all of them.
    """
    by_source: dict[str, list[str]] = {}
    for name, words in names.items():
        if held := facts_by_symbol(profiles, name):
            sources = dated_sources(held)
            whole = len(held) == len(symbols) and " · " not in sources
            by_source.setdefault(sources.partition(": ")[2] if whole else sources, []).append(words)
    return " · ".join(f"{', '.join(kinds)} · {source}" for source, kinds in by_source.items())


def source_asked(comparison: Comparison) -> str:
    """Return the foot of a study without any figure: who was asked, up to when."""
    return f"source {comparison.source}, as of {comparison.span.end.isoformat()}"


def unknown_fact_notes(
    found: SectionAnswer, symbols: Sequence[str], what: str, kinds: Collection[NoteKind]
) -> tuple[str, ...]:
    """Return a remark for each symbol that lacks `what`: the reason that was noted, else that the source
    is silent.

    kinds : of the notes that are a reason for it; that a source's value was refused is always one
    """
    reasons = {
        note.symbol: note_sentence(note)
        for note in reversed(all_notes(found.comparison, found.notes))
        if (note.kind in kinds or _refuses(note, what)) and note.symbol and note.symbol not in INTEREST_RATES
    }
    silent = f"{found.comparison.source} gives no {what}"
    plain = {
        symbol: f"{symbol} is an interest rate: no {what}."
        if symbol in INTEREST_RATES
        else f"{symbol}: {silent}."
        for symbol in symbols
    }
    return tuple(reasons.get(symbol, plain[symbol]) for symbol in symbols)


def refusals(found: SectionAnswer, what: str) -> tuple[str, ...]:
    """Name the values of a fact that were refused."""
    notes = all_notes(found.comparison, found.notes)
    return tuple(note_sentence(note) for note in notes if _refuses(note, what))


def _refuses(note: Note, what: str) -> bool:
    return note.kind is NoteKind.FACT_REFUSED and note.facts["fact"] == what.removesuffix("s")


def facts_opening(comparison: Comparison, facts: Collection[Fact[Any]], what: str) -> tuple[str, ...]:
    """Begin a finding with the day of its facts, where they are of a later one than the question."""
    return _later(comparison, [fact for fact in facts if fact.postdates(comparison.span.end)], what)


def later_facts_note(comparison: Comparison, facts: Collection[Fact[Any]], what: str) -> tuple[str, ...]:
    """Return a remark where facts are some days younger than the last price: sources keep no earlier ones."""
    return () if facts_opening(comparison, facts, what) else _later(comparison, facts, what)


def _later(comparison: Comparison, facts: Collection[Fact[Any]], what: str) -> tuple[str, ...]:
    days = [fact.as_of for fact in facts if fact.as_of and fact.as_of > comparison.span.end]
    if not days:
        return ()
    last = text.day(comparison.span.end)
    return (f"{what} are those of {text.day(max(days))}; what they were on {last} is not known.",)
