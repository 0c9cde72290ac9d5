"""What a switch costs and what it needs: in words, and as a curve over the years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from analytics.comparison import Comparison
from analytics.fund import Fact
from analytics.liquidity import MOST_ON_EXCHANGE, PARTICIPATION, SESSIONS
from analytics.notes import NoteKind
from analytics.switch import HORIZONS, Leg, Switch, SwitchAnswer
from bot.render import text
from bot.render.doubts import alt_text, is_grave
from bot.render.evidence.edge import between_words
from bot.render.evidence.switch_table import (
    SwitchView,
    duration_words,
    edge_words,
    part_rows,
    switch_lines,
    volume_words,
)
from bot.render.evidence_specs import NeededChart, NeededMark
from bot.render.message import Message
from bot.render.sections.convention import rate_words, source_words, window_words
from bot.render.sections.cost import IMPACT
from bot.render.sections.finding import cost_words
from bot.render.sections.fund_facts import (
    facts_opening,
    later_facts_note,
    sources_foot,
    unknown_fact_notes,
)
from bot.render.sections.page import RISK, SectionAnswer, limit_sentences, section_message
from bot.render.values import days_words, profile_facts
from bot.render.verdict import window_subject

REASONS = frozenset({NoteKind.NO_PROFILE, NoteKind.NOT_A_FUND})
YEARS = {1: "one year", 3: "three", 5: "five"}
"""As the finding names the horizons."""
CURVE = np.linspace(0.25, 5.0, 96)
"""Years that the curve is drawn over."""


def switch_section(found: SectionAnswer, answer: SwitchAnswer) -> Message:
    """Write the whole answer."""
    comparison = found.comparison
    view = SwitchView(comparison, answer)
    foot = switch_foot(view)
    picture = switch_chart(view, foot)
    return section_message(
        found,
        title=switch_title(view),
        finding=switch_finding(view),
        foot=foot,
        lines=switch_lines(view),
        pictures=(picture,) if picture else (),
        remarks=(
            *switch_remarks(view),
            *_fact_remarks(found),
            *limit_sentences(found, RISK - _UNSAID, since=comparison.span.start),
        ),
        doubts=[doubt for doubt in comparison.doubts if doubt.symbol in comparison.symbols],
    )


_UNSAID = frozenset({NoteKind.FEW_RETURNS})


def switch_title(view: SwitchView) -> str:
    """Write "ISCB to SPSM · cost of a switch of 100 k USD"; of more funds "ISCB to SPSM, VB · …"."""
    first, *others = view.comparison.symbols
    return f"{first} to {', '.join(others)} · cost of a switch of {view.amount}"


def switch_finding(view: SwitchView) -> tuple[str, ...]:
    """Tell what is paid once, the edge it needs, what the data allow, and when it is earned back."""
    switch = view.one
    if switch is None:
        return tuple(_several(view))
    sentences = (
        once_sentence(view, switch),
        *_withheld_sentences(view),
        _needed_sentence(switch),
        _evidence_sentence(view, switch),
        _earned_sentence(view, switch),
        *facts_opening(view.comparison, _fees(view.comparison), "Expense ratios"),
    )
    return tuple(sentence for sentence in sentences if sentence)


def once_sentence(view: SwitchView, switch: Switch) -> str:
    """Write "Selling ISCB and buying SPSM with 100 k USD costs 66 bp once, 664 USD: …"."""
    subject = f"Selling {switch.sold.symbol} and buying {switch.bought.symbol} with {view.amount}"
    once = switch.once.value
    if once is None:
        told = _parts(switch)
        known = f" Known of it: {told}." if told else ""
        return f"What {subject[:1].lower()}{subject[1:]} costs cannot be told.{known}"
    least = "at least " if switch.is_floor else ""
    without = [leg.symbol for leg in (switch.sold, switch.bought) if leg.lacks_spread]
    spreads = f"the spread of {without[0]}, which is" if len(without) == 1 else "the spreads, which are"
    lacking = f", without {spreads} not known" if switch.is_floor else ""
    cost = f"{subject} costs {least}*{cost_words(once)}* once, *{view.money(once * view.answer.amount)}*"
    parts = _parts(switch)
    return f"{cost}{lacking}{f': {parts}' if parts else ''}."


def _parts(switch: Switch) -> str:
    """Write the parts of the cost that are known of both funds: "half spreads 7.5 bp, impact 59 bp"."""
    told = [
        f"{label} {cost_words(sum(values))}"
        for label, cells in part_rows(switch)
        if (values := [cell for cell in cells if cell is not None]) and (len(values) == 2 or label == "tax")
    ]
    halves = [(leg.symbol, leg.half_spread.value) for leg in (switch.sold, switch.bought)]
    known = [(symbol, half) for symbol, half in halves if half is not None]
    lone = [f"half spread of {symbol} {cost_words(half)}" for symbol, half in known if len(known) == 1]
    return ", ".join([*told, *(lone if switch.once.value is not None else [])])


def _withheld_sentences(view: SwitchView) -> Iterator[str]:
    """Say why trades have no cost: how they would be made, or what is not known of them."""
    legs = {
        leg.symbol: leg
        for each in view.answer.switches
        for leg in (each.sold, each.bought)
        if leg.cost.value is None
    }
    if large := [_volume_of(leg) for leg in legs.values() if leg.is_large]:
        yield (
            f"{view.amount} is {text.join_words(large)}: no impact is told beyond one day, where funds are "
            "created and redeemed in kind with the issuer. Type what that costs, basket spread and fixed "
            "fee, like creation=5bp."
        )
    reasons: dict[str, list[str]] = {}
    for leg in legs.values():
        if not leg.is_large:
            reasons.setdefault(leg.cost.reason or "", []).append(leg.symbol)
    for reason, symbols in reasons.items():
        yield f"What an order does to the price of {text.join_words(symbols)} is not known ({reason})."


def _volume_of(leg: Leg) -> str:
    """Write an order in days of volume, and how long it takes where it would be traded on exchange."""
    days = leg.days or 0.0
    told = f"{volume_words(days)} of {leg.symbol}"
    if days > MOST_ON_EXCHANGE:
        return told
    return f"{told} ({days_words(days / PARTICIPATION)} at {text.percent(PARTICIPATION, 0)} of it)"


def _needed_sentence(switch: Switch) -> str:
    """Tell what the fund bought has to be better by; nothing where its lower fee earns the cost back."""
    needs = [(years, switch.needed(years).value) for years in HORIZONS]
    known = [(years, edge) for years, edge in needs if edge is not None]
    if not known:
        return ""
    bought, sold = switch.bought.symbol, switch.sold.symbol
    if all(edge < 0 for _, edge in known):
        aside = ", the spreads aside" if switch.is_floor else ""
        over = YEARS[known[0][0]]
        return (
            f"To earn that back {bought} need not beat {sold} before fees, even over {over}{aside}; "
            f"{_fee_words(switch)}."
        )
    least = "at least " if switch.is_floor else ""
    told = ", ".join(
        f"*{'nothing' if edge < 0 else cost_words(edge)}*{' a year' if at == 0 else ''} over {YEARS[years]}"
        for at, (years, edge) in enumerate(known)
    )
    return (
        f"To earn that back {bought} has to beat {sold} before fees by {least}{told}; {_fee_words(switch)}."
    )


def _fee_words(switch: Switch) -> str:
    gap = switch.fee_gap.value
    if gap is None:
        return "fees are left out, which are not known of both"
    if round(gap * 1e4) == 0:
        return "their fees are the same"
    return f"its fee is {abs(round(gap * 1e4)):,}{text.NBSP}bp {'higher' if gap > 0 else 'lower'}"


def _evidence_sentence(view: SwitchView, switch: Switch) -> str:
    """Set the edge that is needed beside the gaps that the window allows."""
    fits = view.interval(switch)
    if fits is None:
        return f"What the data allow is not told: {_no_interval(view, switch)}."
    window = window_subject(view.comparison.query.window)
    allowed = f"The data of {window} allow anything {_fitting_words(switch, fits)}"
    if text.points(fits[0]) == text.points(fits[1]):
        allowed = f"The data of {window} allow a gap of {text.points(fits[0])} a year before fees"
    needs = [need for years in HORIZONS if (need := switch.needed(years).value) is not None]
    if not needs:
        return f"{allowed}."
    if fits[0] > max(needs):
        aside = ", the spreads aside" if switch.is_floor else ""
        return f"{allowed}: all of it more than is needed, even over one year{aside}."
    if fits[1] < min(needs):
        return f"{allowed}: all of it less than is needed, even over five years."
    return f"{allowed}: whether that earns the cost back cannot be known from it."


def _fitting_words(switch: Switch, fits: tuple[float, float]) -> str:
    """Write "from SPSM 11.9 pp a year behind to 2.3 pp ahead"."""
    low, high = map(text.side, fits)
    if " " not in low:
        return f"from {switch.bought.symbol} {low} to {high.replace(' ', ' a year ', 1)}"
    return f"from {switch.bought.symbol} {low.replace(' ', ' a year ', 1)} to {high}"


def _no_interval(view: SwitchView, switch: Switch) -> str:
    if any(is_grave(doubt) for doubt in view.comparison.doubts):
        return "it would rest on a price that looks wrong"
    return switch.interval.reason or "the income of a fund is not in its prices"


def _earned_sentence(view: SwitchView, switch: Switch) -> str:
    """Tell in how many months an edge earns the cost back, and in how many the fees alone do."""
    if switch.once.value is None:
        return ""
    edge = edge_words(view.edge)
    claimed = "a claimed edge" if view.answer.terms.edge is not None else "an edge"
    told = _earned_words(switch, view.edge)
    head = f"At {claimed} of {edge} a year before fees it is {told}"
    if switch.fee_gap.value is None:
        return f"{head}."
    alone = _earned_words(switch, 0.0).removeprefix("earned back ")
    return f"{head}; by the fees alone {alone}."


def _earned_words(switch: Switch, edge: float) -> str:
    """Write "earned back in 8 months", "never earned back"."""
    months = switch.months_to_earn(edge).value
    if months is None:
        return "never earned back" if edge else "never"
    floor = " at the earliest" if switch.is_floor and months > 0 else ""
    return f"earned back {duration_words(months)}{floor}"


def _several(view: SwitchView) -> Iterator[str]:
    """Tell of one fund into each of several others, from the cheapest on."""
    sold = view.comparison.symbols[0]
    known = [(once, each) for each in view.answer.switches if (once := each.once.value) is not None]
    ranked = sorted(known, key=lambda pair: pair[0])
    if ranked:
        (low, near), (high, far) = ranked[0], ranked[-1]
        least = "at least " if any(each.is_floor for _, each in ranked) else ""
        run = f"{least}*{cost_words(low)}* ({near.bought.symbol})"
        level = cost_words(low) == cost_words(high)
        run = f"{least}*{cost_words(low)}*" if level and len(ranked) > 1 else run
        run += "" if level else f" to *{cost_words(high)}* ({far.bought.symbol})"
        lacking = ", without the spreads that are not known" if least else ""
        between = "" if level else "from "
        yield f"Selling {sold} and buying another with {view.amount} costs {between}{run} once{lacking}."
        needs = sorted((each.needed(3).value or 0.0, each.bought.symbol) for _, each in ranked)
        (less, one), (more, other) = needs[0], needs[-1]
        if cost_words(less) == cost_words(more):
            run = f"{least}{cost_words(less)} a year before fees"
        else:
            run = f"from {least}{cost_words(less)} a year before fees ({one}) to {cost_words(more)} ({other})"
        yield f"Over three years that needs {run}."
    yield from _withheld_sentences(view)


def switch_remarks(view: SwitchView) -> tuple[str, ...]:
    """Say what is left out, how the parts come about, and on what ground two numbers stand side by side."""
    answer, comparison = view.answer, view.comparison
    switches = answer.switches
    legs = [switches[0].sold, *(each.bought for each in switches)]
    told = [
        _chosen_remark(view, legs) if answer.chosen else "",
        SPREADS if any(leg.lacks_spread for leg in legs) else "",
        _creation_remark(answer, legs),
        _tax_remark(answer),
        IMPACT if any(leg.impact.value is not None and leg.creation is None for leg in legs) else "",
        NEEDED if any(each.once.value is not None for each in switches) else "",
        _ground_remark(view, switches),
        between_words(weekly=comparison.query.weekly or comparison.apart)
        if any(view.interval(each) for each in switches)
        else "",
    ]
    return tuple(words for words in told if words)


NEEDED = "The edge needed is one before fees: cost / years + the fee bought less the fee sold."
SPREADS = (
    "Spreads are not known: bid and ask count only while the market is open, and none is guessed from "
    "prices. Type what the issuers publish, sold and bought, like spread=12bp,3bp."
)


def _chosen_remark(view: SwitchView, legs: Sequence[Leg]) -> str:
    """Say which order was taken where nobody named one."""
    if any(leg.days is None for leg in legs):
        return f"No size was named: {view.amount} is taken."
    return f"No size was named: {view.amount} is within one day's volume of each."


def _creation_remark(answer: SwitchAnswer, legs: Sequence[Leg]) -> str:
    if not answer.terms.creations:
        return ""
    used = [leg.symbol for leg in legs if leg.creation is not None]
    if not used:
        return "creation= is left out: the order is within one day's volume and is traded on exchange."
    return f"{text.join_words(used)} with the issuer: creation= stands in place of spread and impact."


def _tax_remark(answer: SwitchAnswer) -> str:
    if answer.terms.tax is None:
        return ""
    rate, gain = (text.percent(each, 1).replace(".0", "") for each in answer.terms.tax)
    return (
        f"Tax: {rate} on the {gain} of what is sold that are gain, due now; what it saves later is left out."
    )


def _ground_remark(view: SwitchView, switches: Sequence[Switch]) -> str:
    """Say that the gaps that fit are moved by the fees, where that can be seen."""
    moved = [each for each in switches if abs(each.fees_more) >= 0.00005 and view.interval(each)]
    if not moved:
        return ""
    return (
        "Returns are after fees: the gaps that the data allow are moved by today's gap between the fees, so "
        "that they too are before fees."
    )


def _fact_remarks(found: SectionAnswer) -> tuple[str, ...]:
    comparison = found.comparison
    fees = profile_facts(comparison, "expense_ratio")
    lacking = [symbol for symbol, fact in zip(comparison.symbols, fees, strict=True) if fact is None]
    return (
        *unknown_fact_notes(found, lacking, "expense ratio", REASONS),
        *later_facts_note(comparison, _fees(comparison), "Expense ratios"),
    )


def _fees(comparison: Comparison) -> list[Fact[float]]:
    return [fact for fact in profile_facts(comparison, "expense_ratio") if fact]


def switch_foot(view: SwitchView) -> str:
    """Write windows, source of the spreads, currency, and what the gap rests on."""
    comparison, terms = view.comparison, view.answer.terms
    end = comparison.span.end.isoformat()
    legs = [leg for each in view.answer.switches for leg in (each.sold, each.bought)]
    spreads = "spreads as typed" if terms.spreads else quote_words(view.answer)
    fees = sources_foot(comparison.profiles, comparison.symbols, {"expense_ratio": "expense ratio"})
    parts = (
        f"volume, volatility: {SESSIONS} sessions to {end}" if any(leg.days for leg in legs) else "",
        spreads if any(leg.creation is None for leg in legs) else "",
        f"amounts in {view.unit}" if view.unit else "amounts in the funds' currency, which is not told",
        fees,
        f"gap: daily total return, {rate_words(comparison.query)}, "
        f"{window_words(comparison.query, comparison.span)}",
        source_words(comparison.source, comparison.span),
    )
    return " · ".join(part for part in parts if part)


def quote_words(answer: SwitchAnswer) -> str:
    """Write whose bid and ask the spreads are, and of when: the oldest of them."""
    if not answer.quotes:
        return "spreads not known"
    sources = ", ".join(dict.fromkeys(quote.source for quote in answer.quotes.values()))
    oldest = min(quote.at for quote in answer.quotes.values())
    return f"spreads: bid and ask, {', '.join(answer.quotes)}, {sources}, {oldest:%Y-%m-%d %H:%M} UTC"


def switch_chart(view: SwitchView, foot: str) -> NeededChart | None:
    """Make the picture of a pair: the needed edge against the years; None where the cost is not told."""
    switch = view.one
    if switch is None or switch.once.value is None:
        return None
    fits = view.interval(switch)
    needed = np.array([switch.needed(years).value for years in CURVE.tolist()], dtype=np.float64)
    marks = tuple(
        NeededMark(float(years), edge, cost_words(edge))
        for years in HORIZONS
        if (edge := switch.needed(years).value) is not None
    )
    title, pair = _chart_title(switch, fits), text.less(switch.bought.symbol, switch.sold.symbol)
    window = window_subject(view.comparison.query.window)
    band = "" if fits is None else f"{text.points(fits[0])} to {text.points(fits[1])}"
    least = " at least" if switch.is_floor else ""
    return NeededChart(
        title=title,
        subtitle=f"Edge a year of {pair} before fees that {view.amount} needs{least}, by years held",
        footer=foot,
        alt=alt_text(
            (
                f"{title}.",
                f"They allow {band} a year." if band else "",
                f"{view.amount} costs {cost_words(switch.once.value)} once.",
            ),
            simulated=view.comparison.simulated,
        ),
        symbols=(switch.sold.symbol, switch.bought.symbol),
        years=CURVE,
        needed=needed,
        marks=marks,
        fits=fits,
        band=f"Allowed by the data of {window}: {band}" if band else "",
        simulated=view.comparison.simulated,
    )


def _chart_title(switch: Switch, fits: tuple[float, float] | None) -> str:
    """Write the finding of the picture."""
    needs = [need for years in HORIZONS if (need := switch.needed(years).value) is not None]
    three = switch.needed(3).value or 0.0
    least = "at least " if switch.is_floor else ""
    head = (
        f"{switch.sold.symbol} to {switch.bought.symbol} needs {least}{cost_words(three)} a year over 3 years"
    )
    if fits is None:
        return head
    if fits[0] > max(needs):
        return f"{head}; the data allow only more{', spreads aside' if switch.is_floor else ''}"
    if fits[1] < min(needs):
        return f"{head}; the data allow only less"
    return f"{head}; the data cannot tell"
