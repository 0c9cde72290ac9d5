"""Prices that look wrong, in words: the one place that says so.

A doubt is grave where no figure across the price can be relied on, and mild where the price may be right: a
mild one is told as a condition of what rests on it, a grave one instead of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import cast

from analytics.notes import Note, doubt_notes
from analytics.panel import Doubt, DoubtKind
from bot.render import text
from bot.render.chart_specs import DoubtMark
from bot.render.estimates import ALT_WORDS

MARK = "†"
"""Stands behind every figure that rests on a doubt; see `legend`."""
DOUBLED, HALVED = 1.0, -0.5
"""A jump beyond one of these is grave (fraction)."""
MOST = 2
"""Clauses in one sentence, and jumps in one condition."""
MOST_NAMED = 6
"""Symbols in one explanation of the mark: as many as an answer has."""
YEAR = 365.25

_UNITS = {".L": ("pounds", "pence"), ".JO": ("rand", "cents"), ".TA": ("shekels", "agorot")}
"""By the exchange in the symbol: the currency and the hundredth of it that prices are often quoted in."""
_PARTS = {10: "a tenth", 100: "a hundredth", 1000: "a thousandth"}


def is_grave(doubt: Doubt) -> bool:
    """Tell whether no figure across the price can be relied on."""
    if doubt.kind is DoubtKind.JUMP:
        return not HALVED <= doubt.value <= DOUBLED
    return doubt.kind is not DoubtKind.DISTRIBUTION


def clause(note: Note) -> str:
    """Say what a note of kind DOUBT is about: "EZJ.L's price of 1 Oct 2025 looks wrong (-98.9 % …)"."""
    kind, count, first, last = _kind(note), _count(note), _day(note, "first"), _day(note, "last")
    if cause := note.facts.get("cause"):
        before = "once" if count == MOST else f"on {count - 1} sessions"
        more = f", and {before} before" if count > 1 else ""
        return f"two sources disagree about {note.symbol} on {last} ({cause}){more}"
    if kind is DoubtKind.DISTRIBUTION:
        return _distribution(note)
    if kind is DoubtKind.NEGATIVE:
        return _negative(note)
    if count == 1:
        return f"{note.symbol}'s price of {last} looks wrong ({_reason_words(note, 'value')})"
    if count == MOST:
        pair = f"{first} ({_reason_words(note, 'before')}) and {last} ({_reason_words(note, 'value')})"
        return f"{note.symbol}'s prices of {pair} look wrong"
    spread = f"{count} sessions from {first} to {last}"
    return f"{note.symbol}'s prices of {spread} look wrong (the last: {_reason_words(note, 'value')})"


def remark(note: Note) -> str:
    """Say the same as a sentence, with what follows for the figures."""
    which = "it" if _count(note) == 1 else "them"
    if "cause" in note.facts:
        return f"{text.capital(clause(note))}."
    if _kind(note) is DoubtKind.DISTRIBUTION:
        side = "low" if _value(note, "total") < 0 else "high"
        return f"{clause(note)}; total returns across {which} may be too {side} by as much."
    return f"{clause(note)}; check {which} before relying on these figures."


def describe(doubt: Doubt) -> str:
    """Say what is doubtful of one doubt, for a file or a program."""
    return clause(doubt_notes([doubt])[0])


def summarise(doubts: Iterable[Doubt]) -> str:
    """Say what is doubtful in one clause, the grave first; "" where nothing is."""
    told = list(doubts)
    notes = [*_notes_of(told, grave=True), *_notes_of(told, grave=False)]
    more = [f"{len(notes) - MOST} more like it"] if len(notes) > MOST else []
    return text.join_words([*map(clause, notes[:MOST]), *more])


def warn(doubts: Iterable[Doubt], days: int) -> tuple[str, ...]:
    """Say in a sentence for each symbol why its figures are left out, or what they rest on.

    days : calendar days of the window that the doubts lie in
    """
    held: dict[str, list[Doubt]] = {}
    for doubt in doubts:
        held.setdefault(doubt.symbol, []).append(doubt)
    return tuple(sentence for found in held.values() for sentence in _warnings(found, days))


def dismiss(doubts: Sequence[Doubt]) -> str:
    """Say of one symbol's grave doubts that no figure across them can be relied on."""
    clauses = [clause(note) for note in doubt_notes(doubts)]
    across = "it" if len(doubts) == 1 else "them"
    return f"{text.join_words(clauses)}: no return across {across} can be relied on."


def suspect(doubts: Sequence[Doubt]) -> str:
    """Say of one symbol's mild jumps that figures across them hold only if they are right."""
    across, right = ("it", "it is") if len(doubts) == 1 else ("them", "they are")
    return f"{summarise(doubts)}: figures across {across} hold only if {right} right."


def lack(doubts: Sequence[Doubt], days: int) -> str:
    """Say of one symbol's distributions that its total return lacks them, and about how much a year."""
    symbol, total = doubts[0].fund, sum(doubt.value for doubt in doubts)
    what = "lacks distributions" if total < 0 else "has more than its distributions"
    yearly, unit = (total * YEAR / days, " a year") if days >= int(YEAR) else (total, "")
    return f"{symbol}'s total return {what} (about {_size(yearly)}{unit})."


def condition(doubts: Sequence[Doubt]) -> str:
    """Make mild jumps a condition: "if META's fall of 26.4 % on 3 Feb 2022 is right"; "" for none."""
    jumps = [_jump(doubt) for doubt in doubts]
    if len(jumps) > MOST:
        counted = ((note.symbol, _count(note), _day(note, "last")) for note in doubt_notes(doubts))
        jumps = [
            f"{symbol}'s {count} jumps up to {last}" if count > 1 else f"{symbol}'s jump on {last}"
            for symbol, count, last in counted
        ]
    return f"if {text.join_words(jumps)} {'is' if len(doubts) == 1 else 'are'} right" if jumps else ""


def legend(doubts: Iterable[Doubt]) -> str:
    """Explain the mark in one line by the doubts behind the figures that carry it; "" for none."""
    prices, lacking = _prices_and_distributions(doubts)
    parts = [
        *([f"a price that looks wrong: {prices}"] if prices else []),
        *([f"distributions that the adjusted close does not have right: {lacking}"] if lacking else []),
    ]
    return f"{MARK} rests on {'; on '.join(parts)}." if parts else ""


def marks(doubts: Iterable[Doubt], symbols: Sequence[str]) -> tuple[DoubtMark, ...]:
    """Make the marks of a chart with these funds; no day of it would show that a distribution is missing."""
    return tuple(
        DoubtMark(
            symbols.index(doubt.symbol),
            None if doubt.kind is DoubtKind.DISTRIBUTION else doubt.session,
            is_grave(doubt),
        )
        for doubt in doubts
        if doubt.symbol in symbols
    )


def alt_text(parts: Iterable[str], doubts: Iterable[Doubt] = (), *, simulated: bool = False) -> str:
    """Write what stands for a picture: its conclusion, in at most `ALT_WORDS` words.

    parts : whole sentences, the most important first; one that does not fit any more is left out, and the
        first is cut where none fits
    doubts : about the picture's funds; which funds they are about comes before the conclusion
    """
    prices, lacking = _doubted(doubts)
    told = [
        *(["Sample data."] if simulated else []),
        *([f"{_named(prices)} {_have(prices)} prices that look wrong."] if prices else []),
        *([f"{_named(lacking)} {_have(lacking)} distributions that are not right."] if lacking else []),
    ]
    given = [part.replace("*", "") for part in parts if part]
    before = len(told)
    for part in given:
        if len(" ".join([*told, part]).split()) <= ALT_WORDS:
            told.append(part)
    if given and len(told) == before:
        room = ALT_WORDS - len(" ".join(told).split())
        told.append(f"{' '.join(given[0].split()[:room])}…")
    return " ".join(told)


def _doubted(doubts: Iterable[Doubt]) -> tuple[list[str], list[str]]:
    """Return the funds whose prices are in doubt, and those of which only distributions are."""
    found = sorted(set(doubts), key=lambda doubt: (doubt.session, doubt.symbol))
    lost = dict.fromkeys(doubt.symbol for doubt in found if doubt.kind is DoubtKind.DISTRIBUTION)
    prices = dict.fromkeys(doubt.symbol for doubt in found if doubt.kind is not DoubtKind.DISTRIBUTION)
    return list(prices), [symbol for symbol in lost if symbol not in prices]


def _named(symbols: Sequence[str]) -> str:
    return text.join_words(symbols) if len(symbols) <= MOST else f"{len(symbols)} funds"


def _have(symbols: Sequence[str]) -> str:
    return "has" if len(symbols) == 1 else "have"


def explain_marks(subtitle: str, doubts: Iterable[Doubt], symbols: Sequence[str]) -> str:
    """Add to a chart's subtitle what the mark on its funds stands for."""
    prices, lacking = _prices_and_distributions(doubt for doubt in doubts if doubt.symbol in symbols)
    parts = [
        subtitle,
        *([f"{MARK} price looks wrong: {prices}"] if prices else []),
        *([f"{MARK} distributions not right: {lacking}"] if lacking else []),
    ]
    return " · ".join(parts)


def _prices_and_distributions(doubts: Iterable[Doubt]) -> tuple[str, str]:
    """Return which prices of whom look wrong, and whose distributions are not right."""
    prices: dict[str, list[date]] = {}
    lacking: dict[str, None] = {}
    for doubt in sorted(set(doubts), key=lambda doubt: (doubt.session, doubt.symbol, doubt.kind)):
        if doubt.kind is DoubtKind.DISTRIBUTION:
            lacking[doubt.symbol] = None
        else:
            prices.setdefault(doubt.symbol, []).append(doubt.session)
    return _first_names([f"{symbol} on {_days(days)}" for symbol, days in prices.items()]), _first_names(
        list(lacking)
    )


def _first_names(named: Sequence[str]) -> str:
    more = [f"{len(named) - MOST_NAMED} more"] if len(named) > MOST_NAMED else []
    return ", ".join([*named[:MOST_NAMED], *more])


def _warnings(found: Sequence[Doubt], days: int) -> list[str]:
    if grave := [doubt for doubt in found if is_grave(doubt)]:
        return [dismiss(grave)]
    jumps = [doubt for doubt in found if doubt.kind is DoubtKind.JUMP]
    lost = [doubt for doubt in found if doubt.kind is DoubtKind.DISTRIBUTION]
    return [
        *([suspect(jumps)] if jumps else []),
        *([lack(lost, days)] if lost else []),
    ]


def _notes_of(doubts: Sequence[Doubt], *, grave: bool) -> tuple[Note, ...]:
    return doubt_notes(doubt for doubt in doubts if is_grave(doubt) is grave)


def _distribution(note: Note) -> str:
    count, last, total = _count(note), _day(note, "last"), _value(note, "total")
    head = f"{note.symbol}'s adjusted close {'is short of' if total < 0 else 'has more than'}"
    if count == 1:
        return f"{head} the distribution of {last} by {text.percent(abs(total), 2)}"
    inside = f"by {_size(total)} in all, the last one by {text.percent(abs(_value(note, 'value')), 2)}"
    return f"{head} {count} distributions from {_day(note, 'first')} to {last} ({inside})"


def _negative(note: Note) -> str:
    """Say that a price below zero may well be right, crude oil had one."""
    count, last, level = _count(note), _day(note, "last"), text.ratio(_value(note, "value"))
    if count == 1:
        return f"{note.symbol}'s price of {last} is {level}, of which no return can be made"
    days = f"{count} sessions from {_day(note, 'first')} to {last}"
    return (
        f"{note.symbol}'s prices of {days} are below zero (the last: {level}), of which no return can be made"
    )


def _reason_words(note: Note, fact: str) -> str:
    """Return what is wrong with the first ("before") or the last ("value") of the prices."""
    kind, value = _kind(note), _value(note, fact)
    change = _change(value)
    if kind is DoubtKind.SPLIT:
        return f"{change}, a split that the prices lack"
    return f"{change}, {_unit(note.symbol or '', value)}" if kind is DoubtKind.UNIT else change


def _change(value: float) -> str:
    """Write "-98.9 % against the price before", which may be days old; above a doubling "132 times"."""
    if value > DOUBLED:
        return f"{text.times(1 + value, 1.0)} the price before"
    return f"{text.points(value).replace('pp', '%')} against the price before"


def _unit(symbol: str, value: float) -> str:
    """Write "about a hundredth: pounds for pence?"; of a rise the change says it by itself."""
    units = next((pair for suffix, pair in _UNITS.items() if symbol.upper().endswith(suffix)), None)
    if value > 0:
        return f"{units[1]} for {units[0]}?" if units else "another unit?"
    hint = f"{units[0]} for {units[1]}?" if units else "another unit?"
    near = next((words for size, words in _PARTS.items() if 0.6 < (1 + value) * size < 1.7), "")
    return f"about {near}: {hint}" if near else hint


def _jump(doubt: Doubt) -> str:
    verb = "rise" if doubt.value > 0 else "fall"
    return f"{doubt.fund}'s {verb} of {text.percent(abs(doubt.value))} on {text.day(doubt.session)}"


def _days(days: Sequence[date]) -> str:
    if len(days) <= MOST:
        return text.join_words([text.day(day) for day in days])
    return f"{len(days)} days, the last {text.day(days[-1])}"


def _size(value: float) -> str:
    """Return a sum of distributions: one digit, two below a tenth of a percent."""
    return text.percent(abs(value), 1 if abs(value) >= 0.001 else 2)


def _kind(note: Note) -> DoubtKind:
    return DoubtKind(str(note.facts["doubt"]))


def _count(note: Note) -> int:
    return int(cast(int, note.facts["count"]))


def _value(note: Note, fact: str) -> float:
    return float(cast(float, note.facts[fact]))


def _day(note: Note, fact: str) -> str:
    return text.day(cast(date, note.facts[fact]))
