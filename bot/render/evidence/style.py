"""How much of each fund is market, size, value, momentum and bonds, and what a gap is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import nan

from analytics.evidence.regression import CONDITION
from analytics.evidence.style import FACTORS, Attribution, StyleAnswer, StyleRow
from bot.render import text
from bot.render.chart_specs import ChartSpec
from bot.render.doubts import explain_marks
from bot.render.estimates import (
    PAIR,
    UNCLEAR,
    NamedEstimate,
    cell,
    missing,
    range_words,
    value_words,
    within_words,
)
from bot.render.evidence.provenance import marked, missing_error_dashes, reliable, sample_words, source_of
from bot.render.evidence_specs import Bar, BarRow, BarsChart
from bot.render.message import Message
from bot.render.sections.page import (
    PRICES,
    SectionAnswer,
    TableLine,
    figures_table,
    limit_sentences,
    section_message,
    versus,
    window_title,
)
from bot.render.sections.table import Dash, Row, footnotes
from bot.render.values import MOST_TALL, over_span, span_words

MATTERS = 0.05
"""A loading closer to zero is not told in the finding, however sure: it moves a return by a crumb."""
FORMULAS = {factor.name: factor.formula for factor in FACTORS}
METHOD = (
    "Least squares with an intercept on the weekly returns of funds that stand for styles; the choice of "
    "funds is ours, and others give other loadings. A part is loading x what its funds returned over the "
    "window; the rest is what no style explains."
)


def style_section(found: SectionAnswer, answer: StyleAnswer, remarks: Sequence[str] = ()) -> Message:
    """Write the whole answer.  remarks : on the window that the loadings are told over."""
    symbols, ground = answer.query.symbols, answer.provenance
    return section_message(
        found,
        title=window_title(found.comparison, "style"),
        finding=style_finding(found, answer),
        foot=style_foot(answer),
        lines=style_lines(found, answer),
        pictures=tuple(_charts(found, answer)),
        remarks=(
            *footnotes(_dashes(answer), symbols),
            *_left_out(answer),
            *_entangled(answer),
            *remarks,
            METHOD,
            *limit_sentences(found, PRICES, ground.start),
        ),
        doubts=ground.doubts,
    )


def style_finding(found: SectionAnswer, answer: StyleAnswer) -> tuple[str, ...]:
    """Tell in which styles the funds differ, how much styles explain, alpha, and the gap's two parts."""
    if not _is_sure(answer):
        return ()
    rows = (*answer.funds, *answer.differences)
    if reason := missing(NamedEstimate(_name(row), row.alpha) for row in rows):
        return (f"The style of {text.join_words(answer.query.symbols)} cannot be told: {reason}.",)
    sentences = (_tilts(answer), _explained(answer), _alpha(answer), _gap(found, answer))
    return tuple(sentence for sentence in sentences if sentence)


def style_foot(answer: StyleAnswer) -> str:
    """Write what every number rests on."""
    ground = answer.provenance
    sample = sample_words(answer.weeks, answer.lags)
    span = f"loadings {ground.start.isoformat()}..{ground.end.isoformat()} {sample}".rstrip()
    window = f"parts {answer.start.isoformat()}..{answer.end.isoformat()}"
    return f"weekly total return · {span} · {window} · {source_of(ground)}"


def style_lines(found: SectionAnswer, answer: StyleAnswer) -> list[TableLine]:
    """Return the loadings, alpha and R squared, then what the window's returns are made of."""
    symbols, words = answer.query.symbols, span_words(found.comparison)
    groups = [("Loading", _loading_rows(answer))]
    if any(row.attribution.parts for row in answer.funds):
        groups.append((f"Parts, {words}", _part_rows(answer)))
    return [
        line
        for title, rows in groups
        for line in figures_table(
            title, symbols, [marked(row, answer.provenance, symbols, _proxies(answer)) for row in rows]
        )
    ]


def _loading_rows(answer: StyleAnswer) -> Iterator[Row]:
    gap = answer.differences[0] if len(answer.differences) == 1 else None
    for factor in answer.factors:
        cells = tuple(cell(row.loadings[factor.name], text.ratio) for row in answer.funds)
        difference = cell(gap.loadings[factor.name], text.signed_ratio) if gap else text.NONE
        yield Row(f"{factor.name} ({factor.formula})", cells, difference, None, main=True)
    alphas = tuple(cell(row.alpha, text.signed_percent) for row in answer.funds)
    yield Row("Alpha, a year", alphas, cell(gap.alpha, text.points) if gap else text.NONE, None, main=True)
    squares = tuple(_squared(row) for row in answer.funds)
    yield Row("R²", squares, _squared(gap) if gap else text.NONE, None, main=True)


def _squared(row: StyleRow) -> str:
    value = row.r_squared.value
    return text.shown(value, text.correlation)


def _part_rows(answer: StyleAnswer) -> Iterator[Row]:
    made = [row.attribution for row in answer.funds]
    gap = answer.differences[0].attribution if len(answer.differences) == 1 else None
    # Where funds lie down there is no heading over the parts.
    head = "Part " if len(made) > MOST_TALL else ""
    for factor in answer.factors:
        parts = [each.parts.get(factor.name) for each in made]
        yield _part_row(f"{head}{factor.name}", parts, gap.parts.get(factor.name) if gap else None)
    yield _part_row("The rest", [each.rest.value for each in made], gap.rest.value if gap else None)
    yield _part_row("Total return", [each.total.value for each in made], gap.total.value if gap else None)


def _part_row(label: str, values: Sequence[float | None], gap: float | None) -> Row:
    cells = tuple(text.shown(value, text.signed_percent) for value in values)
    return Row(label, cells, text.shown(gap, text.points), None, main=True)


def _name(row: StyleRow) -> str:
    return row.symbols[0] if len(row.symbols) == 1 else text.less(*row.symbols)


def _proxies(answer: StyleAnswer) -> tuple[str, ...]:
    return tuple(symbol for factor in answer.factors for symbol in factor.symbols)


def _is_sure(answer: StyleAnswer) -> bool:
    return reliable(answer.provenance, (*answer.query.symbols, *_proxies(answer)))


def _judged(answer: StyleAnswer) -> StyleRow:
    """Take what is told of: the difference of a pair, else the first fund."""
    return answer.differences[0] if len(answer.differences) == 1 else answer.funds[0]


def _tilts(answer: StyleAnswer) -> str:
    """Tell the loadings that can be told from zero: of a pair those of the difference, else of each fund."""
    ground = answer.provenance
    if len(answer.funds) > MOST_TALL:
        return ""
    rows = [_judged(answer)] if len(answer.funds) <= PAIR else list(answer.funds)
    clauses = [clause for row in rows if (clause := _tilt(row))]
    span = f"From {text.day(ground.start)} to {text.day(ground.end)}"
    return f"{span}, by weekly returns, {'; '.join(clauses)}." if clauses else ""


def _tilt(row: StyleRow) -> str:
    """Write "ISCB less SPSM loads on VALUE *-0.29* (t -16.9); MKT is not distinguishable from zero"."""
    if all(loading.t.value is None for loading in row.loadings.values()):
        return ""
    show = text.signed_ratio if len(row.symbols) == PAIR else text.ratio
    clear = [(name, loading) for name, loading in row.loadings.items() if loading.is_clear]
    told = [each for each in clear if round(abs(each[1].value.value or 0.0), 2) >= MATTERS]
    ranked = sorted(told, key=lambda each: -abs(each[1].value.value or 0.0))
    words = [f"{name} {value_words(loading, show, bold=True)}" for name, loading in ranked]
    unclear = [name for name, loading in row.loadings.items() if not loading.is_clear]
    subject = " less ".join(row.symbols)
    if not words:
        return f"no loading of {subject} of {MATTERS} or more is distinguishable from zero"
    verb = "is" if len(unclear) == 1 else "are"
    rest = (
        f"; its {text.join_words(unclear)} {verb} {UNCLEAR}" if unclear and len(row.symbols) == PAIR else ""
    )
    return f"{subject} loads on {text.join_words(words)}{rest}"


def _explained(answer: StyleAnswer) -> str:
    """Tell which share of the weekly moves the styles explain; of many funds the range."""
    rows = (*answer.funds, *(answer.differences if len(answer.differences) == 1 else ()))
    known = [(_name(row), row.r_squared.value) for row in rows if row.r_squared.value is not None]
    if len(known) == 1:
        return f"The styles explain {text.percent(known[0][1], 0)} of {known[0][0]}'s weekly moves."
    if len(answer.funds) > MOST_TALL and known:
        low, high = min(known, key=lambda each: each[1]), max(known, key=lambda each: each[1])
        ends = [f"{text.percent(value, 0)} ({name})" for name, value in (low, high)]
        return f"Of the weekly moves the styles explain from {ends[0]} to {ends[1]}."
    pair = len(answer.funds) == PAIR
    words = [
        f"{text.percent(value, 0)} ({'their difference' if pair and at == PAIR else name})"
        for at, (name, value) in enumerate(known)
    ]
    return f"Of the weekly moves the styles explain {text.join_words(words)}." if words else ""


def _alpha(answer: StyleAnswer) -> str:
    """Tell what is earned beside the styles, with its interval."""
    row = _judged(answer)
    if len(answer.funds) > PAIR or row.alpha.value.value is None or row.alpha.interval.low is None:
        return ""
    show = text.points if len(row.symbols) == PAIR else text.signed_percent
    head = f"Beside the styles {' less '.join(row.symbols)} earned *{show(row.alpha.value.value)}* a year"
    verdict = f"{'' if row.alpha.is_clear else 'not '}distinguishable from zero"
    return f"{head} ({range_words(row.alpha, show)}), {verdict}."


def _gap(found: SectionAnswer, answer: StyleAnswer) -> str:
    """Tell how much of the window's gap, or return, is style."""
    row = _judged(answer)
    made = row.attribution
    if len(answer.funds) > PAIR or made.reason or made.total.value is None or made.rest.value is None:
        return ""
    pair = len(row.symbols) == PAIR
    show = text.points if pair else text.signed_percent
    head = "gap" if pair else "return"
    name, largest = max(made.parts.items(), key=lambda item: abs(item[1]))
    style = made.total.value - made.rest.value
    over = over_span(found.comparison)
    loading = row.loadings[name]
    unsure = f", from a loading {UNCLEAR}" if loading.t.value is not None and not loading.is_clear else ""
    return (
        f"Of the {head} of {show(made.total.value)} {over}, {show(style)} is style (the largest part "
        f"{name}, {show(largest)}{unsure}) and {show(made.rest.value)} is the rest."
    )


def _left_out(answer: StyleAnswer) -> tuple[str, ...]:
    """Say once which styles are left out, of what they are made and why."""
    told = [f"{name} ({FORMULAS[name]}: {reason})" for name, reason in answer.left_out.items()]
    return (f"Left out: {text.join_words(told)}.",) if told else ()


def _entangled(answer: StyleAnswer) -> tuple[str, ...]:
    if not answer.is_entangled or answer.condition.value is None:
        return ()
    number = text.ratio(answer.condition.value, 0)
    return (
        f"The styles move so much alike here (condition number {number}, above {CONDITION:.0f}) that a "
        "single loading says little.",
    )


def _dashes(answer: StyleAnswer) -> Iterator[Dash]:
    for row in (*answer.funds, *answer.differences):
        yield from missing_error_dashes([NamedEstimate(_name(row), row.alpha)])
        if row.attribution.reason and row.alpha.value.value is not None:
            yield Dash(_name(row), row.attribution.reason, "parts")


def _charts(found: SectionAnswer, answer: StyleAnswer) -> Iterator[ChartSpec]:
    """Draw the parts of the gap of a pair, or of each fund's return, and the rest."""
    rows = [_judged(answer)] if len(answer.funds) <= PAIR else list(answer.funds)
    if not _is_sure(answer) or any(row.attribution.reason for row in rows):
        return
    made = [row.attribution for row in rows]
    pair = len(rows[0].symbols) == PAIR
    names = [(factor.name, factor.formula) for factor in answer.factors]
    over = over_span(found.comparison)
    shown = f"{'Gap' if pair else 'Return'} {over}: loading x what each style returned; the rest"
    yield BarsChart(
        title=_chart_title(answer, rows),
        subtitle=explain_marks(shown, answer.provenance.doubts, answer.query.symbols),
        footer=style_foot(answer),
        alt=_alt(answer, rows),
        symbols=tuple(_name(row) for row in rows),
        rows=(
            *(BarRow(name, formula, _bars(made, name, pair=pair)) for name, formula in names),
            BarRow("The rest", "no style explains it", _bars(made, "rest", pair=pair), ends_group=True),
            BarRow("Gap" if pair else "Return", "their sum", _bars(made, "total", pair=pair)),
        ),
        unit="points" if pair else "percent",
        simulated=answer.provenance.simulated,
        name="style",
    )


def _bars(made: Sequence[Attribution], part: str, *, pair: bool) -> tuple[Bar, ...]:
    show = text.points if pair else text.signed_percent
    values = [
        {"rest": each.rest.value, "total": each.total.value}.get(part, each.parts.get(part)) for each in made
    ]
    return tuple(Bar(nan if value is None else value, nan, nan, text.shown(value, show)) for value in values)


def _chart_title(answer: StyleAnswer, rows: Sequence[StyleRow]) -> str:
    """Conclude: how much of the gap, or of the return, is style."""
    made, named = rows[0].attribution, versus(answer.query.symbols)
    if len(rows) > 1 or made.rest.value is None or made.total.value is None:
        many = f"{len(rows)} funds" if len(rows) > MOST_TALL else named
        return f"{many}: what their returns are made of"
    pair = len(rows[0].symbols) == PAIR
    show = text.points if pair else text.signed_percent
    style = f"{show(made.total.value - made.rest.value)} style, {show(made.rest.value)} the rest"
    return f"{named}: {'gap' if pair else 'return'} of {show(made.total.value)} = {style}"


def _alt(answer: StyleAnswer, rows: Sequence[StyleRow]) -> str:
    sample = ["Sample data."] if answer.provenance.simulated else []
    told = []
    for row in rows:
        show = text.points if len(row.symbols) == PAIR else text.signed_percent
        made = row.attribution
        name, largest = max(made.parts.items(), key=lambda item: abs(item[1]))
        rest = show(made.rest.value or 0.0)
        told.append(f"{_name(row)} {show(made.total.value or 0.0)}: {name} {show(largest)}, the rest {rest}.")
    what = "the gap" if len(rows[0].symbols) == PAIR else "the return"
    return within_words((*sample, f"Parts of {what}.", *told))
