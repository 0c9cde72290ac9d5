"""Several sources in order of trust: one of them an answer, never two spliced together, never averaged.

The whole panel moves on to the next source where the first one is silent, knows a symbol not, or fails the
checks that the next one passes; the answer says so.  Facts are told by source: where two disagree, both are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np

from analytics.fund import Fact, FundProfile
from analytics.notes import INTEREST_RATES, FactValue, Note, NoteKind
from analytics.panel import PricePanel
from analytics.watch.readings import doubt_words
from bot.errors import Unavailable, UnknownSymbols
from bot.market.cache import CacheableSource, Failure
from bot.ports import Clock, Funds, PriceHistory, Profiles

CHECKED = timedelta(days=5 * 366)
"""How far back a price that looks wrong, or is missing, leads to another source; of older ones it is said."""

LEFT_ALONE = timedelta(minutes=1)
"""How long a source that did not answer is passed over, where another one answers."""


@dataclass(frozen=True)
class PriceFault:
    """What is wrong with a price of an answer.  words: for people, without a full stop."""

    symbol: str
    session: date
    words: str


@dataclass(frozen=True)
class Passed:
    """A source that was passed over: why, and what it answered, where it is better than nothing."""

    source: str
    cause: str
    failure: Failure | None = None
    answer: PriceHistory | None = None


class SourceChain:
    """Both ports over several sources.

    sources : in order of trust, each with a cache of its own before it
    funds : those of them that tell fund facts, in the same order
    """

    def __init__(self, sources: Sequence[CacheableSource], funds: Sequence[Funds], clock: Clock) -> None:
        self._sources, self._funds, self._clock = sources, funds, clock
        self._silent: dict[str, tuple[datetime, str]] = {}

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        """Get prices as the port says, all of them from the most trusted source that has them.

        Where none answers cleanly, the most trusted answer there is, with what is wrong with it; where none
        answers at all, what the most trusted source raised is raised.
        """
        passed: list[Passed] = []
        since = through - CHECKED
        for source in self._sources:
            last = source is self._sources[-1]
            found = await self._ask(source, symbols, through, resting=not last)
            if isinstance(found, Passed):
                passed.append(found)
                continue
            doubted = next((one.answer for one in passed if one.answer and not one.failure), None)
            fault = next(price_faults(found.panel, since), None)
            if fault and doubted is None and not last:
                passed.append(Passed(source.source, f"fails the checks ({fault.words})", None, found))
            elif doubted is None or _mends(found.panel, doubted.panel, since):
                return _moved(found, passed)
        return self._best(passed)

    def _best(self, passed: Sequence[Passed]) -> PriceHistory:
        """Return the answer that is best where none is clean; raises what the most trusted source did."""
        whole = next((at for at, one in enumerate(passed) if one.answer and one.failure is None), None)
        if whole is None:
            whole = next((at for at, one in enumerate(passed) if one.answer), None)
        if whole is None:
            failure = passed[0].failure
            assert failure, "it has neither answered nor failed"
            raise failure
        answer = passed[whole].answer
        assert answer, "chosen for it"
        return _moved(answer, passed[:whole])

    async def _ask(
        self, source: CacheableSource, symbols: Sequence[str], through: date, *, resting: bool
    ) -> PriceHistory | Passed:
        """Ask one source.  resting: it may be passed over unasked where it failed a moment ago."""
        if resting and (passed := self._resting(source.source)):
            return passed
        try:
            found = await source.history(symbols, through)
        except UnknownSymbols as fault:
            named = ", ".join(fault.nearest)
            return Passed(source.source, f"has no prices of {named}", fault)
        except Unavailable as fault:
            if not fault.permanent:
                wait = timedelta(seconds=fault.retry_after) if fault.retry_after else LEFT_ALONE
                self._silent[source.source] = self._clock.now() + wait, fault.cause
            return Passed(source.source, f"did not answer ({fault.cause})", fault)
        stale = next((note for note in found.notes if note.kind is NoteKind.STALE), None)
        if stale is None:
            return found
        cause = str(stale.facts["cause"])
        silent = Unavailable(source.source, cause, symbol=stale.symbol)
        return Passed(source.source, f"did not answer ({cause})", silent, found)

    def _resting(self, source: str) -> Passed | None:
        """Return why a source is passed over without being asked, as it failed a moment ago."""
        until, cause = self._silent.get(source, (self._clock.now(), ""))
        if self._clock.now() >= until:
            return None
        return Passed(source, f"did not answer ({cause})", Unavailable(source, cause))

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        """Get what all sources together know of each fund, and where two of them disagree."""
        found = await asyncio.gather(*(each.profiles(symbols) for each in self._funds))
        wanted = list(dict.fromkeys(symbols))
        merged = {symbol: _merge([each.by_symbol[symbol] for each in found]) for symbol in wanted}
        notes = [note for symbol in wanted for note in _profile_notes(symbol, found)]
        differ = [note for _, found_notes in merged.values() for note in found_notes]
        return Profiles({symbol: profile for symbol, (profile, _) in merged.items()}, (*notes, *differ))


def _moved(found: PriceHistory, passed: Sequence[Passed]) -> PriceHistory:
    """Say in an answer that it is not of the most trusted source, and why."""
    before = [one for one in passed if one.source != found.panel.source]
    if not before:
        return found
    told = {"source": found.panel.source, "first": before[0].source, "cause": before[0].cause}
    return replace(found, notes=(Note(NoteKind.OTHER_SOURCE, None, told), *found.notes))


def price_faults(panel: PricePanel, since: date) -> Iterator[PriceFault]:
    """Yield the prices from a day on that look wrong, and those that are missing within a symbol's life."""
    for doubt in panel.doubts:
        if doubt.session >= since:
            yield PriceFault(doubt.symbol, doubt.session, doubt_words(doubt))
    late = panel.sessions >= np.datetime64(since, "D")
    for row, symbol in enumerate(panel.symbols):
        known = np.flatnonzero(np.isfinite(panel.close[row]))
        if symbol in INTEREST_RATES or not known.size:
            continue
        for column in np.flatnonzero(panel.missing[row] & late):
            if known[0] < column < known[-1]:
                day = panel.sessions[column].item()
                yield PriceFault(symbol, day, f"no price of {symbol} on {day}")


def _mends(panel: PricePanel, other: PricePanel, since: date) -> bool:
    """Tell whether a panel has good prices where another one has none or wrong ones, and no fault itself."""
    if next(price_faults(panel, since), None):
        return False
    for fault in price_faults(other, since):
        column = int(np.searchsorted(panel.sessions, np.datetime64(fault.session, "D")))
        same = column < panel.sessions.size and panel.sessions[column].item() == fault.session
        if not (same and np.isfinite(panel.close[panel.row(fault.symbol), column])):
            return False
    return True


TOLERANCES: Mapping[str, tuple[str, float, bool]] = {
    "expense_ratio": ("expense ratio", 0.00005, False),
    "dividend_yield": ("yield", 0.0025, False),
    "assets": ("assets", 0.10, True),
    "turnover": ("turnover", 0.10, False),
}
"""Facts that two sources may tell: what each is called, by how much it may differ, whether that is relative.

Yields are of different days, and assets move with the market: less than this is no disagreement.
"""

_FACTS = (
    *("provider", "index", "inception", "approach", "expense_ratio", "dividend_yield", "assets"),
    *("turnover", "holdings_count", "bonds", "sectors", "holdings", "ex_date"),
)
_WORDS = ("name", "currency", "category", "exchange", "yield_kind")


def _merge(profiles: Sequence[FundProfile]) -> tuple[FundProfile, tuple[Note, ...]]:
    """Complete the first profile by the others; where two disagree the first is kept, and both are noted."""
    whole, notes = profiles[0], list[Note]()
    for other in profiles[1:]:
        notes += _disagreements(whole, other)
        apart = whole.currency and other.currency and whole.currency != other.currency
        taken = {
            name: getattr(other, name)
            for name in (*_FACTS, *_WORDS)
            if not getattr(whole, name) and not (apart and name == "assets")
        }
        whole = replace(whole, **taken)
    return whole, tuple(notes)


def _disagreements(profile: FundProfile, other: FundProfile) -> Iterator[Note]:
    for name, (words, most, relative) in TOLERANCES.items():
        one, two = getattr(profile, name), getattr(other, name)
        if not (isinstance(one, Fact) and isinstance(two, Fact)):
            continue
        if name == "assets" and profile.currency != other.currency:
            continue
        apart = abs(one.value - two.value) / (abs(one.value) or 1.0 if relative else 1.0)
        if apart > most:
            told: dict[str, FactValue] = {
                "fact": words,
                "value": one.value,
                "source": one.source,
                "other": two.value,
                "by": two.source,
            }
            days = {"as_of": one.as_of, "told": two.as_of}
            told |= {key: day for key, day in days.items() if day}
            yield Note(NoteKind.FACTS_DIFFER, profile.symbol, told)


def _profile_notes(symbol: str, found: Sequence[Profiles]) -> Iterator[Note]:
    """Yield what the sources had to say; that one knows nothing is no news where another one does."""
    each = [[note for note in one.notes if note.symbol == symbol] for one in found]
    silent = [any(note.kind is NoteKind.NO_PROFILE for note in notes) for notes in each]
    if all(silent):
        yield from each[0]
        return
    seen = dict.fromkeys(
        (note.kind, note.symbol, tuple(note.facts.items()))
        for notes, none in zip(each, silent, strict=True)
        if not none
        for note in notes
    )
    for kind, named, facts in seen:
        yield Note(kind, named, dict(facts))
