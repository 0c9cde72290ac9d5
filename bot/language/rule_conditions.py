"""A sorted condition to one that can be watched: its threshold checked against what the measure can be."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple

from analytics.errors import BadRule, UnknownWindow
from analytics.measures import Bounds
from analytics.notes import INTEREST_RATES
from analytics.returns import ZERO, Rate
from analytics.watch.operators import Op
from analytics.watch.rules import (
    FACTS,
    WATCHABLE,
    WINDOWLESS,
    YEAR,
    Combine,
    Condition,
    Quantity,
    can_meet,
    can_miss,
    derive_recovery,
    reach,
)
from analytics.window import Window
from bot.language.amounts import Amount, Misread, UnitScale, amount_text, nearest_text, scale_of, value_of
from bot.language.mixes.fold import with_cash_rate
from bot.language.rule_clauses import Bound, ConditionDraft, ConditionFunds, Fund, Measured, Spanned
from bot.language.rule_words import MEASURES, SECTORS, SHORT, Mark, measure_name
from bot.language.windows import read_window
from bot.language.words import EARLIEST, list_some, safe_word
from bot.render.measures import RATED
from bot.render.text import join_words

_MEASURE_WANTED = "name a measure, like `sortino`, `drawdown` or `expense ratio`; `/watch help` lists them"


class _Level(NamedTuple):
    op: Op
    threshold: float
    recover: float | None


@dataclass(frozen=True)
class Common:
    """What holds for every condition that does not say otherwise."""

    today: date
    funds: ConditionFunds | None = None
    window: Window | None = None
    benchmark: str | None = None
    rate: Rate = ZERO


def build_condition(said: ConditionDraft, common: Common) -> Condition | None:
    """Build the condition, or None; then, and only then, `said.complaints` is not empty."""
    _settle_rate(said, said.funds if said.order else common.funds)
    funds = _funds(said, common)
    _check_once(said)
    window = _window(said, common)
    if said.measure is None:
        return None
    benchmark = _benchmark(said, common, funds)
    _check_fact(said, funds)
    held = _condition_level(said, funds)
    if funds is None or held is None or said.complaints:
        return None
    quantity = partial(
        Quantity,
        said.measure,
        with_cash_rate(funds.symbol, common.rate),
        with_cash_rate(funds.other, common.rate) if funds.other else None,
        funds.combine,
        window=YEAR if said.measure in WINDOWLESS else window,
        rate=common.rate if said.measure in RATED else ZERO,
        benchmark=with_cash_rate(benchmark, common.rate) if benchmark else None,
        sector=said.sectors[0].sector if said.sectors else None,
        currency=said.bounds[0].currency or None,
    )
    return _checked_condition(said, held, quantity)


def window_of(said: ConditionDraft, today: date) -> Window | None:
    """Return the window that was named, if it is one that moves."""
    if not said.windows:
        return None
    try:
        return _moving(said.windows[0], today)
    except Misread as wrong:
        said.complaints.append(str(wrong))
    return None


_READ_AS_RATE = frozenset({"price", "fund_yield"})


def _settle_rate(said: ConditionDraft, funds: ConditionFunds | None) -> None:
    """Let an index of interest rates be measured by its rate, whatever that is called."""
    if funds is None:
        return
    rates = all(symbol in INTEREST_RATES for symbol in (funds.symbol, funds.other) if symbol)
    priced = said.measure == "price_change" and said.measures[0].text.lower() in MEASURES["price"]
    if rates and ((not said.measures and said.bounds) or said.measure in _READ_AS_RATE or priced):
        said.measures[:] = [Measured("interest_rate", "rate")]
    elif said.measure == "interest_rate" and not rates:
        said.complaints.append(
            f"{funds.symbol} is no index of interest rates, which are {join_words(sorted(INTEREST_RATES))}; "
            f"write `{funds.symbol} yield` or `{funds.symbol} price`."
        )


def _funds(said: ConditionDraft, common: Common) -> ConditionFunds | None:
    """Return the funds; complains of what the condition has too little of."""
    funds = said.funds if said.order else common.funds
    if said.blank:
        said.complaints.append("A rule needs a fund, a measure and a comparison, like `ISCB sortino < 1.0`.")
        return None
    if funds is None:
        said.complaints.append(_funds_wanted(said))
    if said.measure is None:
        said.complaints.append(_measure_wanted(said))
    if not said.bounds and not said.unfinished:
        example = "`ISCB sortino < 1.0`"
        said.complaints.append(f"Say what to wait for: a comparison and a number, like {example}.")
    return funds


def _funds_wanted(said: ConditionDraft) -> str:
    symbols = [piece.symbol for piece in said.order if isinstance(piece, Fund)]
    if not symbols:
        return "Name a fund, like `ISCB sortino < 1.0`."
    if len(symbols) < 2:
        return f"`{symbols[0]}` is joined to nothing; name two funds, like `ISCB - SPSM sharpe < 0`."
    first, second = symbols[:2]
    return (
        f"{list_some(symbols)} are read as funds; name one, or two as `{first} - {second}` or "
        f"`{first} / {second}`; a benchmark is `vs {second}`."
    )


def _measure_wanted(said: ConditionDraft) -> str:
    names = list(dict.fromkeys(measured.measure for measured in said.measures))
    if names:
        texts = [measured.text for measured in said.measures if measured.text.lower() in SHORT]
        symbol = f"; a fund called {texts[0].upper()} is `${texts[0].upper()}`" if texts else ""
        return (
            f"More than one measure: {join_words([measure_name(name) for name in names])}; "
            f"keep one, or write several "
            f"conditions after `2 of:`{symbol}."
        )
    return f"Say what is measured: {_MEASURE_WANTED}."


def _check_once(said: ConditionDraft) -> None:
    given: Sequence[tuple[str, Sequence[object]]] = (
        ("threshold", said.bounds),
        ("window", [window.label for window in said.windows]),
        ("benchmark", said.benchmarks),
        ("recover value", said.recoveries),
        ("sector", [sector.sector for sector in said.sectors]),
    )
    for name, values in given:
        if len(set(values)) > 1:
            more = ", or write several conditions after `2 of:`" if name == "threshold" else ""
            said.complaints.append(f"More than one {name} is given; keep one{more}.")


def _check_fact(said: ConditionDraft, funds: ConditionFunds | None) -> None:
    """Check a fact, which is of one fund, on one day, and a level; a weight is of a sector."""
    if said.measure not in WINDOWLESS:
        return
    name = measure_name(said.measure).capitalize()
    if said.windows:
        said.complaints.append(f"{name} has no window; leave `{safe_word(said.windows[0].label)}` out.")
    if said.measure == "sector_weight" and not said.sectors:
        sectors = join_words([sector.lower() for sector in SECTORS], "or")
        said.complaints.append(f"A weight needs its sector: {sectors}.")
    if funds and funds.other and said.measure in FACTS:
        said.complaints.append(f"{name} is watched for one fund at a time; name one.")
    if funds and funds.other and said.measure == "price" and funds.combine is Combine.DIFFERENCE:
        ratio = f"`{funds.symbol} / {funds.other} price`"
        said.complaints.append(f"Prices of two funds are held against each other as {ratio}.")


def _window(said: ConditionDraft, common: Common) -> Window:
    return window_of(said, common.today) or common.window or YEAR


def _moving(spanned: Spanned, today: date) -> Window:
    label = safe_word(spanned.label)
    try:
        window = read_window(spanned.label, today)
    except UnknownWindow as unknown:
        if spanned.lasting:
            told = f"`for {label}`: how long is counted in sessions, like `for 5 sessions`."
            raise Misread(told) from None
        raise Misread(f"`{safe_word(unknown.text)}` {unknown.complaint}.") from None
    label = window.label
    if window.end:
        raise Misread(f"`{label}` never moves; write `since {window.start}`, or a window like `1y`.")
    if window.start and not EARLIEST <= window.start < today:
        raise Misread(f"`{label}` must begin after {EARLIEST} and before today, {today}.")
    if spanned.lasting:
        raise Misread(
            f"`for {window.words}` can be the window and how long it lasts; write `{label}` for the window, "
            "`for 5 sessions` for the other."
        )
    return window


def _benchmark(said: ConditionDraft, common: Common, funds: ConditionFunds | None) -> str | None:
    name = measure_name(str(said.measure)).capitalize()
    benchmark = said.benchmarks[0] if said.benchmarks else common.benchmark
    if not said.relative:
        if said.benchmarks:
            example = f"`{funds.symbol if funds else 'ISCB'} - {benchmark} {name.lower()}`"
            instead = "" if said.measure in WINDOWLESS else f"; the difference of two funds is {example}"
            said.complaints.append(f"{name} is not held against a benchmark{instead}.")
        return None
    if benchmark is None:
        said.complaints.append(f"{name} needs a benchmark, like `vs SPY`.")
    elif funds and benchmark in {funds.symbol, funds.other}:
        said.complaints.append(f"{benchmark} is held against itself; name another benchmark.")
    return benchmark


def _condition_level(said: ConditionDraft, funds: ConditionFunds | None) -> _Level | None:
    """Return the comparison, read even where the fund is missing."""
    if not said.bounds or said.measure is None:
        return None
    pair = funds or ConditionFunds("")
    subject = Subject(said.measure, pair.other, pair.combine)
    bound = said.bounds[0]
    if bound.currency and said.measure != "price":
        bare = safe_word(bound.amount.text) if bound.amount else ""
        said.complaints.append(f"Amounts are in the fund's own currency; write `{bare}` without one.")
        return None
    try:
        op, threshold = read_level(bound, subject)
        recover = read_recovery(said.recoveries[0], op, threshold, subject) if said.recoveries else None
    except Misread as wrong:
        said.complaints.append(str(wrong))
        return None
    return _Level(op, threshold, recover)


def _checked_condition(
    said: ConditionDraft, held: _Level, quantity: Callable[[], Quantity]
) -> Condition | None:
    try:
        return Condition(quantity(), held.op, held.threshold, held.recover)
    except BadRule as bad:
        said.complaints.append(f"{bad.part.replace('_', ' ').capitalize()} {bad.complaint}.")
    return None


_VAGUE = frozenset({"exceeds", "exceed", "more than", "greater than", "higher than", "larger than", "over"})
"""Of a fall of -15 % these may mean a deeper or a milder one."""


@dataclass(frozen=True)
class Subject:
    """What is held against a threshold.  other: the second fund."""

    measure: str
    other: str | None = None
    combine: Combine = Combine.DIFFERENCE

    @property
    def scale(self) -> UnitScale:
        """What its thresholds are counted in."""
        return scale_of(self.measure, self.other, self.combine)

    @property
    def pair(self) -> Combine | None:
        """How the values of two funds make one, None for one fund."""
        return self.combine if self.other else None

    @property
    def bounds(self) -> Bounds:
        """What its values lie between."""
        return reach(self.measure, pair=self.pair)

    @property
    def values(self) -> str:
        """What they are called: "values of drawdown", "differences in drawdown"."""
        words = {None: "values of", Combine.DIFFERENCE: "differences in", Combine.RATIO: "ratios of"}
        return f"{words[self.pair]} {measure_name(self.measure)}"

    @property
    def falls(self) -> bool:
        """True where it is a fall, so that a positive number can only mean its depth."""
        return WATCHABLE[self.measure].fall and self.other is None


def read_level(bound: Bound, subject: Subject) -> tuple[Op, float]:
    """Read the comparison and its threshold; raises Misread with what is wrong and a way out."""
    op, amount = bound.op, bound.amount
    if isinstance(op, Op) and (amount is None or not op.has_threshold):
        return op, 0.0
    assert amount is not None, "what has a threshold was read with it"
    value = value_of(amount, subject.measure, subject.scale)
    if subject.falls:
        op, value = _read_fall(bound, value, subject)
    if op is Mark.DEEPER:
        raise Misread(f"`{bound.words}` is said of falls; write `<` or `>`.")
    assert isinstance(op, Op), "the only mark is DEEPER"
    _require_possible(op, value, bound, subject)
    return op, value


def read_recovery(amount: Amount, op: Op, threshold: float, subject: Subject) -> float:
    """Read the value that ends a breach; raises Misread where it lies inside the breach or is never
    reached.
    """
    value = value_of(amount, subject.measure, subject.scale)
    value = 0.0 - abs(value) if subject.falls else value
    if not op.has_threshold:
        raise Misread("A change has no `recover` value; leave it out.")
    if not op.region.admits_recovery(value, threshold):
        side = op.words.safe
        shown = amount_text(threshold, subject.scale)
        raise Misread(
            f"`recover {safe_word(amount.text)}` lies inside the breach; what ends it is {shown} or {side}."
        )
    if not subject.bounds.holds(value):
        raise Misread(_unreachable(amount, op, threshold, subject))
    return value


def _unreachable(amount: Amount, op: Op, threshold: float, subject: Subject) -> str:
    derived = derive_recovery(op, threshold, subject.measure, pair=subject.pair)
    near = nearest_text(derived, subject.scale)
    return (
        f"`recover {safe_word(amount.text)}` is out of reach: {subject.values} are {_range_text(subject)}; "
        f"write `recover {near}`, or leave it out."
    )


def _read_fall(bound: Bound, value: float, subject: Subject) -> tuple[Op | Mark, float]:
    """Read a fall: people say "drawdown over 15 %" of what is -15 %, and "over -15 %" of either side."""
    if not isinstance(bound.op, Op):
        return Op.BELOW, -abs(value)
    if value > 0 and bound.op.deeper:
        return bound.op.deeper, -value
    if value > 0 or (bound.words in _VAGUE and value < 0):
        raise Misread(_ambiguous_fall(bound, abs(value), subject))
    return bound.op, value


def _ambiguous_fall(bound: Bound, depth: float, subject: Subject) -> str:
    name, size = measure_name(subject.measure), amount_text(depth, subject.scale)
    given = safe_word(bound.amount.text) if bound.amount else ""
    return (
        f"`{name} {bound.words} {given}` can be read two ways: a fall is negative, so a deeper one is "
        f"`{name} < -{size}` and a milder one `{name} > -{size}`."
    )


def _require_possible(op: Op, value: float, bound: Bound, subject: Subject) -> None:
    """Refuse a rule that can neither fire nor end."""
    if not can_meet(op, value, subject.bounds):
        raise Misread(_impossible(bound, subject, "never"))
    if not can_miss(op, value, subject.bounds):
        raise Misread(_impossible(bound, subject, "always"))


def _impossible(bound: Bound, subject: Subject, how: str) -> str:
    name = measure_name(subject.measure)
    given = safe_word(bound.amount.text) if bound.amount else ""
    values = subject.values if subject.other else "its values"
    return f"`{name} {bound.words} {given}` is {how} met: {values} are {_range_text(subject)}."


def _range_text(subject: Subject) -> str:
    """Return what values can be: "between 0% and 100%", "above -1 and below 1", "above 0", "0% or more"."""
    bounds = subject.bounds
    low = amount_text(bounds.low, subject.scale)
    if math.isfinite(bounds.high):
        high = amount_text(bounds.high, subject.scale)
        ends = bounds.low_taken or bounds.high_taken
        return f"between {low} and {high}" if ends else f"above {low} and below {high}"
    return f"{low} or more" if bounds.low_taken else f"above {low}"
