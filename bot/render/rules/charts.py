"""Chart specs of rules: one against its threshold, its past years, all of a channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from analytics.measures import PERIODS
from analytics.panel import Doubt, FloatArray
from analytics.watch.backtest import Backtest, Incident, Outcome, incidents, replay
from analytics.watch.readings import Reading, Readings
from analytics.watch.rules import Condition, Quantity, Rule
from analytics.watch.states import Decision, Phase, Policy, State
from bot.model import RuleReport, RuleVersion
from bot.render import text
from bot.render.chart_specs import Cell, OverviewChart, PastChart, Span, Strip, Trace, WatchChart
from bot.render.doubts import MARK, alt_text, explain_marks, marks
from bot.render.measures import ANNUALISED, RATED, level_basis, returns_of
from bot.render.rules import words
from bot.render.rules.conditions import breach_words, cut_symbol, short_quantity
from bot.render.rules.names import rule_name, rule_title
from bot.render.rules.state import PHASES, sessions, short_state, urgency

MOST_CELLS, MOST_PANELS = 12, 6


def rule_chart(
    watched: RuleVersion,
    readings: Readings,
    session: date,
    *,
    source: str,
    simulated: bool = False,
    state: State | None = None,
) -> WatchChart:
    """Chart a rule up to a session: its quantities, the threshold, when it fired and where it stands.

    Parameters
    ----------
    readings : that hold the rule, of about two years; sessions after `session` are left out
    source : whose prices they are
    state : where the rule stands after the session; without it the replay of the readings says so

    Raises
    ------
    ValueError
        Readings without a session.
    """
    shown = _readings_shown(watched, readings, session)
    run = timeline(watched, shown, state)
    last = shown.at(watched.rule, session)
    status = words.status_label(
        watched.rule, watched.policy, run.state, last, _recovered_session(run, session)
    )
    doubts = _doubts(watched.rule, shown)
    symbols = [doubt.symbol for doubt in doubts]
    return WatchChart(
        title=rule_name(watched),
        subtitle=explain_marks(_subtitle(watched, shown), doubts, symbols),
        footer=_footer(watched.rule.quantities, source, session),
        alt=alt_text(
            _alt(watched, run, status, last, shown.sessions[0].item()), _doubts_of(last), simulated=simulated
        ),
        phase=run.state.phase.value,
        status=status,
        sessions=shown.sessions,
        traces=_traces(watched.rule, shown),
        firing=run.firing,
        pending=run.pending,
        made=run.begun,
        marks=marks(doubts, symbols),
        simulated=simulated,
    )


Usual = Sequence[tuple[float, float] | None]
"""By condition, between which values nine of ten days lie when nothing changes; empty where not known."""


def past_chart(
    watched: RuleVersion,
    readings: Readings,
    back: Backtest,
    *,
    source: str,
    simulated: bool = False,
    usual: Usual = (),
) -> PastChart:
    """Chart years of a rule: when it would have fired, and where its values lie when nothing changes.

    Raises ValueError for readings without a session.
    """
    end: date = _readings_shown(watched, readings, date.max).sessions[-1].item()
    strips = (Strip(_outcome_words(back.asked), fired_spans(back.asked.incidents, end)),)
    title = rule_name(watched)
    told = (
        f"{title} {_would_have_fired(back.asked)}, {_known_span(back)}.",
        *(f"{strip.words}." for strip in strips),
    )
    doubts = _doubts(watched.rule, readings)
    symbols = [doubt.symbol for doubt in doubts]
    shaded = " · blue: 9 of 10 days when nothing changes" if any(usual) else ""
    return PastChart(
        title=f"{title} {_would_have_fired(back.asked)}",
        subtitle=explain_marks(_subtitle(watched, readings) + shaded, doubts, symbols),
        footer=_footer(watched.rule.quantities, source, end),
        alt=alt_text(told, doubts, simulated=simulated),
        sessions=readings.sessions,
        traces=_with_usual(_traces(watched.rule, readings), usual),
        strips=strips,
        marks=marks(doubts, symbols),
        simulated=simulated,
    )


def overview_chart(
    items: Sequence[tuple[RuleReport, Readings]], session: date, *, source: str, simulated: bool = False
) -> OverviewChart:
    """Chart all rules of a channel, the most urgent first; twelve at most, the others are counted.

    Raises ValueError for no rule, and for readings without any session.
    """
    held = [(report, up_to_session(readings, session)) for report, readings in items]
    if not any(readings.sessions.size for _, readings in held):
        raise ValueError(f"nothing to draw for {len(items)} rules: no session on or before {session}")
    cells = [_cell(report, readings) for report, readings in sorted(held, key=lambda item: urgency(item[0]))]
    kept, count = cells[:MOST_CELLS], len(cells)
    quantities = [quantity for report, _ in held for quantity in report.watched.rule.quantities]
    told = "Solid: the value at each session of the year before · dashed: the threshold"
    doubts = [doubt for report, _ in held if report.reading for doubt in report.reading.doubts]
    return OverviewChart(
        title=f"{count} rule{'s' * (count > 1)} on {text.day(session)}",
        subtitle=explain_marks(told, doubts, [doubt.symbol for doubt in doubts]),
        footer=_footer(quantities, source, session),
        alt=alt_text(_overview_alt(cells, session), simulated=simulated),
        cells=tuple(kept),
        more=count - len(kept),
        simulated=simulated,
    )


def _doubts(rule: Rule, readings: Readings) -> tuple[Doubt, ...]:
    """Return the prices that look wrong on the sessions shown, the oldest first."""
    held = [readings.doubts[quantity] for quantity in rule.quantities if quantity in readings.doubts]
    first, last = (day.item() for day in readings.sessions[[0, -1]])
    found = dict.fromkeys(doubt for each in held for doubt in each.doubts if first <= doubt.session <= last)
    return tuple(sorted(found, key=lambda doubt: doubt.session))


def _readings_shown(watched: RuleVersion, readings: Readings, session: date) -> Readings:
    shown = up_to_session(readings, session)
    if not shown.sessions.size:
        raise ValueError(f"nothing to draw for {watched.name}: no session on or before {session}")
    return shown


def _recovered_session(run: Timeline, session: date) -> date | None:
    """Open the session, where it is the one on which the rule recovered."""
    ended = run.state.phase is Phase.OK and run.firing and run.firing[-1][1] == session
    return session if ended and run.begun != session else None


def _subtitle(watched: RuleVersion, readings: Readings) -> str:
    """Return what a point is, since when, and how patient the rule is."""
    windows = dict.fromkeys(
        condition.quantity.window.label
        for condition in watched.rule.conditions
        if not condition.quantity.windowless
    )
    facts = all(condition.quantity.is_fact for condition in watched.rule.conditions)
    since = f"at each session since {text.day(readings.sessions[0].item())}"
    points = f"Trailing {' or '.join(windows)} {since}" if windows else text.capital(since)
    points = "As published" if facts else points
    count = len(watched.rule.conditions)
    left_out = f" · the first {MOST_PANELS} of {count} conditions drawn" if count > MOST_PANELS else ""
    return f"{points} · {_patience(watched.policy)}{left_out}"


def _patience(policy: Policy) -> str:
    return f"triggers after {policy.confirm} sessions in breach" if policy.confirm > 1 else "triggers at once"


def _footer(quantities: Sequence[Quantity], source: str, session: date) -> str:
    """Write the footer: daily total return · 252 · rf 0 · source …, as of …"""
    priced = [quantity for quantity in quantities if not quantity.is_fact]
    facts = ["facts as published, known for the newest session only"] if len(priced) < len(quantities) else []
    return " · ".join([*_basis(priced), *facts, f"source {source}, as of {session.isoformat()}"])


def _basis(priced: Sequence[Quantity]) -> list[str]:
    """Return what values read from prices rest on."""
    measures = {quantity.measure for quantity in priced}
    rates = dict.fromkeys(quantity.rate.label for quantity in priced if quantity.measure in RATED)
    benchmarks = dict.fromkeys(cut_symbol(quantity.against) for quantity in priced if quantity.against)
    return [
        *returns_of(measures),
        *(["closes without dividends"] if "price_change" in measures else []),
        *level_basis(measures),
        *([str(PERIODS)] if measures & ANNUALISED else []),
        *(label.replace(" %", f"{text.NBSP}%") for label in rates),
        *([f"benchmark {', '.join(benchmarks)}"] if benchmarks else []),
    ]


def _traces(rule: Rule, readings: Readings) -> tuple[Trace, ...]:
    return tuple(_trace(rule, condition, readings) for condition in rule.conditions[:MOST_PANELS])


def _with_usual(traces: tuple[Trace, ...], usual: Usual) -> tuple[Trace, ...]:
    if not usual:
        return traces
    return tuple(replace(trace, usual=each) for trace, each in zip(traces, usual, strict=False))


def _trace(rule: Rule, condition: Condition, readings: Readings) -> Trace:
    quantity = condition.quantity
    shown = [quantity]
    # What two funds make together is held against a single fund's value by nobody.
    if rule.then and not quantity.other and rule.then != quantity.symbol:
        shown.append(quantity.of(rule.then))
    lines = [readings.series(each) for each in shown]
    ends = [
        f"{words.end_label(condition, each, _last(line))}{_mark(readings, each, line)}"
        for each, line in zip(shown, lines, strict=True)
    ]
    recovery, recovered = words.recovery_label(condition)
    return Trace(
        caption=short_quantity(quantity) if len(rule.conditions) > 1 else "",
        lines=np.array(lines),
        ends=tuple(ends),
        tick=words.tick_unit(quantity),
        threshold=condition.threshold,
        breach=breach_words(condition),
        recovery=recovery,
        recovered=recovered,
        steps=quantity.is_fact,
    )


def _mark(readings: Readings, quantity: Quantity, line: FloatArray) -> str:
    """Mark a last value in whose window a price looks wrong."""
    known = np.flatnonzero(np.isfinite(line))
    if quantity not in readings.doubts or not known.size:
        return ""
    at = int(known[-1])
    return MARK if readings.doubts[quantity].within(at, readings.sessions[at].item()) else ""


def _last(line: FloatArray) -> float | None:
    """Return the last value that is known."""
    known = line[np.isfinite(line)]
    return float(known[-1]) if known.size else None


def _doubts_of(last: Reading) -> tuple[Doubt, ...]:
    return last.doubts if last.value is not None else ()


def _alt(watched: RuleVersion, run: Timeline, status: str, last: Reading, first: date) -> list[str]:
    """Describe value, since when, threshold, how often it fired."""
    facts = [f"{rule_name(watched)}: {status.replace(' · ', '; ')}"]
    facts.append(words.threshold_labels(watched.rule, last))
    return [f"{fact}." for fact in (*facts, *_fired_since(run, first))]


def _fired_since(run: Timeline, first: date) -> list[str]:
    """Return how often it fired, and how often it would have before it was set."""
    begun, firing = run.begun or first, run.firing[run.older :]
    would, did = [sum((span[0] >= begun) is real for span in firing) for real in (False, True)]
    told = [f"{f'Triggered {_times(did)}' if did else 'Not triggered'} since {text.day(begun)}"]
    if run.begun:
        fired = f"would have triggered {_times(would)}" if would else "would not have triggered"
        told.append(f"Before it was set, from {text.day(first)}, it {fired}")
    return told


def _outcome_words(outcome: Outcome) -> str:
    """Write "Confirmed for 5 sessions: 3 times, 124 sessions in all"."""
    count = outcome.policy.confirm
    patience = f"Confirmed for {sessions(count)}: {_times(outcome.fired) if outcome.fired else 'not once'}"
    return f"{patience}, {sessions(outcome.sessions)} in all" if outcome.fired else patience


def _would_have_fired(outcome: Outcome) -> str:
    return f"would have triggered {_times(outcome.fired)}" if outcome.fired else "would never have triggered"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _known_span(back: Backtest) -> str:
    if back.start is None or back.end is None:
        return "no data"
    return f"{text.day(back.start)} to {text.day(back.end)}"


def _cell(report: RuleReport, readings: Readings) -> Cell:
    rule = report.watched.rule
    line, threshold = _summary(rule, readings)
    return Cell(
        rule=report.watched.name,
        quantity=rule_title(report.watched),
        phase=report.state.phase.value,
        status=short_state(report),
        sessions=readings.sessions,
        line=line,
        threshold=threshold,
        value=words.value_label(rule, report.reading),
        breach=words.breach_label(rule),
        steps=len(rule.conditions) > 1 or rule.conditions[0].quantity.is_fact,
    )


def _summary(rule: Rule, readings: Readings) -> tuple[FloatArray, float]:
    """Return the one line that stands for a rule, with its threshold: of several conditions how many are
    met.
    """
    if len(rule.conditions) == 1:
        return readings.series(rule.conditions[0].quantity), rule.conditions[0].threshold
    counts = [reading.value for _, reading in readings.every(rule)]
    return np.array([np.nan if count is None else count for count in counts]), float(rule.needed)


def _overview_alt(cells: Sequence[Cell], session: date) -> list[str]:
    """Count the rules by where they stand, then tell of the most urgent ones."""
    counts = Counter(PHASES[Phase(cell.phase)] for cell in cells)
    told = ", ".join(f"{number} {phase}" for phase, number in counts.items())
    return [
        f"Rules on {text.day(session)}: {told}.",
        *(f"{cell.rule} {cell.quantity} {cell.value} ({cell.breach}): {cell.status}." for cell in cells),
    ]


@dataclass(frozen=True)
class Timeline:
    """What a rule did, or would have done, over the readings' sessions.

    state : after the last session
    begun : the session from which on it was really read, None where it was throughout
    older : the first firing is older than the readings, which begin within it
    """

    firing: tuple[Span, ...]
    pending: tuple[Span, ...]
    state: State
    begun: date | None
    older: bool = False


def timeline(watched: RuleVersion, readings: Readings, state: State | None = None) -> Timeline:
    """Replay a rule: afresh from the session on which it was made, as the rule itself was decided.

    state : where it really stands after the last session, which overrules the replay: it may have been
        resumed since it was made, and the facts of older sessions are not known any more
    """
    days: list[date] = readings.sessions.tolist()
    at = _first_column(watched, readings)
    before = replay(watched.rule, readings.part(slice(0, at)), watched.policy)
    since = replay(watched.rule, readings.part(slice(at, None)), watched.policy)
    real = state or since[-1].state
    firing = [*_firing(incidents(before), days[at]), *_really_firing(since, real, days[-1])]
    pending = [*_confirmed_spans(before), *_confirmed_spans(since), *_unconfirmed_spans(real, days[-1])]
    known = at == 0 and days[0] <= watched.made.date()
    older = not known and _begins_within(firing, pending, days[0], state)
    if older:
        firing[0], pending = (days[0], firing[0][1]), [span for span in pending if span[0] > days[0]]
    return Timeline(tuple(firing), tuple(pending), real, days[at] if at else None, older)


def up_to_session(readings: Readings, session: date) -> Readings:
    """Cut off the sessions after one."""
    return readings.part(slice(0, int(np.searchsorted(readings.sessions, np.datetime64(session), "right"))))


def fired_spans(found: Sequence[Incident], last: date) -> tuple[Span, ...]:
    """Return incidents as they are shaded; an open one to the last session."""
    return tuple(_firing(found, last))


def _begins_within(firing: list[Span], pending: list[Span], first: date, state: State | None) -> bool:
    """Return True where the first firing follows from a breach that was there when the readings begin."""
    if not firing or (state and state.fired == firing[0][0]):
        return False
    return first in {firing[0][0], *(began for began, fired in pending if fired == firing[0][0])}


def _first_column(watched: RuleVersion, readings: Readings) -> int:
    """Return the column of the newest session on the day the rule was made or before: it was decided then."""
    made = np.datetime64(watched.made.date(), "D")
    return max(0, int(np.searchsorted(readings.sessions, made, "right")) - 1)


def _firing(found: Sequence[Incident], end: date) -> list[Span]:
    return [(each.fired, end if each.recovered is None else each.recovered) for each in found]


def _really_firing(since: Sequence[Decision], real: State, last: date) -> list[Span]:
    """Return the incidents that are over as replayed, the open one as it stands."""
    over = [(each.fired, each.recovered) for each in incidents(since) if each.recovered is not None]
    if real.fired is None:
        return over
    return [*(span for span in over if span[1] <= real.fired), (real.fired, last)]


def _confirmed_spans(decisions: Sequence[Decision]) -> list[Span]:
    """Find the spans from the first session of each breach to the one on which it fired."""
    begun = [(decision.facts.get("since"), decision.session) for decision in decisions]
    return [(first, fired) for first, fired in begun if isinstance(first, date) and first < fired]


def _unconfirmed_spans(real: State, last: date) -> list[Span]:
    return [(real.since, last)] if real.kept is Phase.PENDING and real.since else []
