"""A draft to a condition; what it lacks comes from what was said for all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple

from analytics.errors import BadRule, UnknownWindow
from analytics.returns import ZERO, Rate
from analytics.watch.rules import FACTS, YEAR, Condition, Op, Quantity
from analytics.window import Window
from bot.language.rule.amounts import Misread
from bot.language.rule.drafts import ConditionDraft, ConditionFunds
from bot.language.rule.pieces import Fund, Spanned
from bot.language.rule.thresholds import Subject, level, recovery
from bot.language.rule.vocabulary import SECTORS, SHORT, named
from bot.language.windows import read_window
from bot.language.words import EARLIEST, quoted, some
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


def condition(said: ConditionDraft, common: Common) -> Condition | None:
    """The condition, or None; then, and only then, `said.complaints` is not empty."""
    funds = _funds(said, common)
    _check_once(said)
    window = _window(said, common)
    if said.measure is None:
        return None
    benchmark = _benchmark(said, common, funds)
    _check_fact(said, funds)
    held = _level(said, funds)
    if funds is None or held is None or said.complaints:
        return None
    quantity = partial(
        Quantity,
        said.measure,
        funds.symbol,
        funds.other,
        funds.combine,
        window=YEAR if said.measure in FACTS else window,
        rate=common.rate if said.measure in RATED else ZERO,
        benchmark=benchmark,
        sector=said.sectors[0].sector if said.sectors else None,
    )
    return _built(said, held, quantity)


def window_of(said: ConditionDraft, today: date) -> Window | None:
    """The window that was named, if it is one that moves."""
    if not said.windows:
        return None
    try:
        return _moving(said.windows[0], today)
    except Misread as wrong:
        said.complaints.append(str(wrong))
    return None


def _funds(said: ConditionDraft, common: Common) -> ConditionFunds | None:
    """The funds; complains of what the condition has too little of."""
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
        f"{some(symbols)} are read as funds; name one, or two as `{first} - {second}` or "
        f"`{first} / {second}`; a benchmark is `vs {second}`."
    )


def _measure_wanted(said: ConditionDraft) -> str:
    names = list(dict.fromkeys(measured.measure for measured in said.measures))
    if names:
        texts = [measured.text for measured in said.measures if measured.text.lower() in SHORT]
        symbol = f"; a fund called {texts[0].upper()} is `${texts[0].upper()}`" if texts else ""
        return (
            f"More than one measure: {join_words([named(name) for name in names])}; "
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
    """Facts are of one fund, on one day; a weight is of a sector."""
    if said.measure not in FACTS:
        return
    name = named(said.measure).capitalize()
    if said.windows:
        said.complaints.append(f"{name} has no window; leave `{quoted(said.windows[0].label)}` out.")
    if said.measure == "sector_weight" and not said.sectors:
        sectors = join_words([sector.lower() for sector in SECTORS], "or")
        said.complaints.append(f"A weight needs its sector: {sectors}.")
    if funds and funds.other:
        said.complaints.append(f"{name} is watched for one fund at a time; name one.")


def _window(said: ConditionDraft, common: Common) -> Window:
    return window_of(said, common.today) or common.window or YEAR


def _moving(spanned: Spanned, today: date) -> Window:
    label = quoted(spanned.label)
    try:
        window = read_window(spanned.label, today)
    except UnknownWindow as unknown:
        if spanned.lasting:
            told = f"`for {label}`: how long is counted in sessions, like `for 5 sessions`."
            raise Misread(told) from None
        raise Misread(f"`{quoted(unknown.text)}` {unknown.complaint}.") from None
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
    name = named(str(said.measure)).capitalize()
    benchmark = said.benchmarks[0] if said.benchmarks else common.benchmark
    if not said.relative:
        if said.benchmarks:
            example = f"`{funds.symbol if funds else 'ISCB'} - {benchmark} {name.lower()}`"
            instead = "" if said.measure in FACTS else f"; the difference of two funds is {example}"
            said.complaints.append(f"{name} is not held against a benchmark{instead}.")
        return None
    if benchmark is None:
        said.complaints.append(f"{name} needs a benchmark, like `vs SPY`.")
    elif funds and benchmark in {funds.symbol, funds.other}:
        said.complaints.append(f"{benchmark} is held against itself; name another benchmark.")
    return benchmark


def _level(said: ConditionDraft, funds: ConditionFunds | None) -> _Level | None:
    """The comparison, read even where the fund is missing."""
    if not said.bounds or said.measure is None:
        return None
    pair = funds or ConditionFunds("")
    subject = Subject(said.measure, pair.other, pair.combine)
    try:
        op, threshold = level(said.bounds[0], subject)
        recover = recovery(said.recoveries[0], op, threshold, subject) if said.recoveries else None
    except Misread as wrong:
        said.complaints.append(str(wrong))
        return None
    return _Level(op, threshold, recover)


def _built(said: ConditionDraft, held: _Level, quantity: Callable[[], Quantity]) -> Condition | None:
    try:
        return Condition(quantity(), held.op, held.threshold, held.recover)
    except BadRule as bad:
        said.complaints.append(f"{bad.part.replace('_', ' ').capitalize()} {bad.complaint}.")
    return None
