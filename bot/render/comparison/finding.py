"""The finding: who was ahead and by how much, at what risk, does it hold elsewhere, what does it cost.

Sentences state facts and never advise.  Numbers that matter stand between asterisks, Slack's bold.
"""

from __future__ import annotations

from collections.abc import Sequence

from analytics.comparison import Comparison
from bot.render import text
from bot.render.comparison.cost import extremes, field_cost, pair_cost
from bot.render.comparison.material import RULES, alike

LONGER = ("1y", "3y", "5y", "10y")
_TOGETHER = ((0.95, "move together"), (0.7, "move mostly together"), (0.3, "move partly together"))


def title(comparison: Comparison) -> str:
    """ "ISCB vs SPSM · 1 year to 16 Jan 2026"."""
    names = " vs ".join(comparison.symbols)
    window = comparison.question.window
    if window.end:
        return f"{names} · {window.words}"
    return f"{names} · {window.words} to {text.day(comparison.span.end)}"


def finding(comparison: Comparison) -> tuple[str, ...]:
    """The sentences, in the order of the four questions; a sentence without numbers is left out."""
    pair = len(comparison.symbols) == 2
    sentences = (
        _pair_return(comparison) if pair else _field_return(comparison),
        _elsewhere(comparison),
        _together(comparison) if pair else "",
        pair_cost(comparison) if pair else field_cost(comparison),
    )
    return tuple(sentence for sentence in sentences if sentence)


def plain(sentences: Sequence[str]) -> str:
    """The finding without marks, for notifications and screen readers."""
    return " ".join(sentences).replace("*", "")


def _values(comparison: Comparison, name: str) -> list[float | None]:
    return [comparison.metrics[symbol][name].value for symbol in comparison.symbols]


def _known(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _main_returns(comparison: Comparison) -> tuple[list[float], str]:
    """Returns over the span and their unit: annual above a year."""
    name, unit = ("cagr", " a year") if comparison.span.days > 366 else ("total_return", "")
    return _known(_values(comparison, name)), unit


def _pair_return(comparison: Comparison) -> str:
    one, other = comparison.symbols
    returns, unit = _main_returns(comparison)
    head = f"{one} returned *{text.percent(returns[0])}*{unit}, {other} *{text.percent(returns[1])}*"
    risk = _joined([_pair_volatility(comparison), _pair_fall(comparison)])
    ratios = _known(_values(comparison, "sortino"))
    sortino = f": Sortino *{text.ratio(ratios[0])}* and *{text.ratio(ratios[1])}*" if len(ratios) == 2 else ""
    return f"{head}{risk}{sortino}."


def _joined(clauses: Sequence[str]) -> str:
    said = [clause for clause in clauses if clause]
    return f", {' and '.join(said)}" if said else ""


def _pair_volatility(comparison: Comparison) -> str:
    values = _known(_values(comparison, "volatility"))
    if len(values) < 2:
        return ""
    one, other = (text.percent(value) for value in values)
    if alike("volatility", values):
        return f"at much the same volatility ({one} and {other})"
    return f"at {'higher' if values[0] > values[1] else 'lower'} volatility ({one} against {other})"


def _pair_fall(comparison: Comparison) -> str:
    values = _known(_values(comparison, "max_drawdown"))
    if len(values) < 2:
        return ""
    one, other = (text.percent(value) for value in values)
    if alike("max_drawdown", values):
        return f"with much the same worst fall ({one} and {other})"
    return f"with a {'deeper' if values[0] < values[1] else 'milder'} worst fall ({one} against {other})"


def _field_return(comparison: Comparison) -> str:
    returns, unit = _main_returns(comparison)
    order = sorted(range(len(returns)), key=lambda index: -returns[index])
    shares = [f"{comparison.symbols[index]} *{text.percent(returns[index])}*" for index in order]
    head = f"Returns{unit}, highest first: {text.listed(shares)}"
    ratios = _values(comparison, "sortino")
    if len(_known(ratios)) < len(ratios):
        return f"{head}.{_field_falls(comparison)}"
    sortinos = [f"*{text.ratio(_known(ratios)[index])}*" for index in order]
    return f"{head}; Sortino in that order {text.listed(sortinos)}.{_field_falls(comparison)}"


def _field_falls(comparison: Comparison) -> str:
    found = extremes(comparison.symbols, _values(comparison, "max_drawdown"))
    if found is None:
        return ""
    (deepest, depth), (mildest, least) = found
    return f" Worst falls run from {text.percent(least)} ({mildest}) to {text.percent(depth)} ({deepest})."


def _elsewhere(comparison: Comparison) -> str:
    """Whether the order over the span holds over the other windows."""
    returns, _ = _main_returns(comparison)
    ahead = _leader(comparison.symbols, returns)
    by_leader: dict[str | None, list[str]] = {}
    for label in LONGER:
        period = comparison.period(label)
        if period is None or label == comparison.question.window.label:
            continue
        values = _known([period.returns[symbol].value for symbol in comparison.symbols])
        if len(values) == len(comparison.symbols):
            by_leader.setdefault(_leader(comparison.symbols, values), []).append(label)
    ordered = sorted(by_leader, key=lambda leader: leader != ahead)
    clauses = [_clause(comparison, leader, by_leader[leader], also=leader == ahead) for leader in ordered]
    return f"{_capital('; '.join(clauses))}." if clauses else ""


def _leader(symbols: Sequence[str], values: Sequence[float]) -> str | None:
    """The symbol ahead by a material difference, None where the first two are level."""
    ranked = sorted(zip(values, symbols, strict=True), reverse=True)
    level = not RULES["annual_return"].differs(ranked[0][0], ranked[1][0])
    return None if level else ranked[0][1]


def _clause(comparison: Comparison, leader: str | None, labels: Sequence[str], *, also: bool) -> str:
    windows = f"over {_years(labels)}"
    if leader is None:
        who = "they were" if len(comparison.symbols) == 2 else "the first two were"
        return f"{windows} {who} {'also ' if also else ''}level{_figures(comparison, labels)}"
    if also:
        return f"{leader} was also ahead {windows}"
    return f"{windows} {leader} was ahead{_figures(comparison, labels)}"


def _figures(comparison: Comparison, labels: Sequence[str]) -> str:
    """The figures of a single window of two funds; of more, the table has them."""
    period = comparison.period(labels[0])
    if len(labels) > 1 or len(comparison.symbols) > 2 or period is None:
        return ""
    values = [text.percent(period.returns[symbol].value or 0.0) for symbol in comparison.symbols]
    return f" ({' against '.join(values)}{' a year' if labels[0] != '1y' else ''})"


def _years(labels: Sequence[str]) -> str:
    """["3y", "5y"] -> "3 and 5 years"."""
    numbers = text.listed([label.removesuffix("y") for label in labels])
    return f"{numbers} year" if numbers == "1" else f"{numbers} years"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _together(comparison: Comparison) -> str:
    one, against = comparison.symbols[0], comparison.question.against
    if against is None or one not in comparison.relative:
        return ""
    numbers = comparison.relative[one]
    correlation, error = numbers["correlation"].value, numbers["tracking_error"].value
    if correlation is None or error is None:
        return ""
    who = "They" if against in comparison.symbols else f"{one} and {against}"
    return (
        f"{who} {_how(correlation)} (correlation {text.ratio(correlation)}); "
        f"{one} strays from {against} by {text.percent(error)} a year."
    )


def _how(correlation: float) -> str:
    for step, words in _TOGETHER:
        if correlation >= step:
            return words
    return "move independently" if correlation > -0.3 else "move against each other"
