"""The decision log: what was decided about incidents, beside what followed; as a table and as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from analytics.watch.followed import MONTHS, GapAfter
from analytics.watch.states import Decided
from bot.model import AuditEntry, RuleVersion
from bot.render import blocks, text
from bot.render.message import Block, Document, Message
from bot.render.rules.audit import history_line
from bot.render.rules.names import rule_name
from bot.render.sections.convention import SAMPLE
from bot.render.sections.export import Value, csv_bytes
from bot.render.text import NONE

MOST = 15
"""Decisions in a table."""
FEW = 8
"""Decisions with a line of their own, which says who took them and why."""
_HEADS = ("Rule and decision", *(f"After {each} month{'' if each == 1 else 's'}" for each in MONTHS))


@dataclass(frozen=True)
class LoggedDecision:
    """A decision, and what followed it: of each of `MONTHS`; nothing for a rule about one fund alone."""

    watched: RuleVersion
    entry: AuditEntry
    after: tuple[GapAfter, ...]


@dataclass(frozen=True)
class DecisionLog:
    """Decisions, the newest first, as known after a session."""

    decisions: tuple[LoggedDecision, ...]
    session: date
    source: str = ""
    simulated: bool = False


def decisions_message(log: DecisionLog) -> Message:
    """Write what was decided, by whom and why, beside what followed."""
    if not log.decisions:
        none = "No decision is known yet: Acknowledge on a card asks what was decided, and keeps it here."
        return blocks.message(none, [blocks.section(none)])
    mark = f"{SAMPLE} · " if log.simulated else ""
    head = f"{mark}{_count(len(log.decisions))} on incidents of rules{_ahead(log)}"
    lines = [f"• {rule_name(each.watched)}: {history_line(each.entry)}" for each in log.decisions[:FEW]]
    more = len(log.decisions) - MOST
    shown = [
        blocks.section(f"*{text.escape(head)}*"),
        blocks.table_of_cells(_table(log.decisions[:MOST])),
        blocks.section("\n".join(lines)),
        blocks.context(*([f"and {text.count(more)} more in the file"] if more > 0 else []), _basis(log)),
    ]
    return blocks.message(text.escape(head), shown)


def _count(number: int) -> str:
    return "1 decision" if number == 1 else f"{text.count(number)} decisions"


def _ahead(log: DecisionLog) -> str:
    """Return in how many cases the fund to look at was ahead after the longest time, by decision."""
    told = []
    for decided in (*Decided, None):
        gaps = [
            each.after[-1].gap
            for each in log.decisions
            if each.entry.decided is decided and each.after and each.after[-1].gap is not None
        ]
        if gaps:
            name = decided.value if decided else "not said"
            told.append(f"{name}: {sum(gap > 0 for gap in gaps)} of {len(gaps)}")
    if not told:
        return f". What followed in {MONTHS[-1]} months is not known of any yet."
    return f". After {MONTHS[-1]} months the fund to look at was ahead: {'; '.join(told)}."


def _table(decisions: Sequence[LoggedDecision]) -> list[list[Block]]:
    rows = [[blocks.cell(each, bold=True) for each in _HEADS]]
    for each in decisions:
        decided = each.entry.decided.value if each.entry.decided else "acknowledged"
        said = f"{rule_name(each.watched)}: {decided}, {text.day(each.entry.at.date())}"
        cells = [_gap(after) for after in each.after] or [NONE] * len(MONTHS)
        rows.append([blocks.cell(said), *(blocks.cell(words) for words in cells)])
    return rows


def _gap(after: GapAfter) -> str:
    """Write "SPSM - ISCB +1.2 pp, 17 Jan 2026 to 17 Feb 2026"."""
    if after.end is None or after.begin is None:
        return f"{NONE} (not over)"
    dated = f"{text.day(after.begin)} to {text.day(after.end)}"
    said = NONE if after.gap is None else text.points(after.gap)
    return f"{after.target} - {after.fund} {said}, {dated}"


def _basis(log: DecisionLog) -> str:
    source = f" · {log.source}" if log.source else ""
    said = (
        "The fund to look at less the rule's fund, total return, from the first close after the decision "
        f"to the last one in 1 and 3 months; known to {text.day(log.session)}{source} · "
        "`/watch decisions csv`"
    )
    return text.escape(said)


def export_decisions(log: DecisionLog) -> tuple[Document, ...]:
    """Export the log: a line a decision, every figure in full; nothing without one."""
    name = f"decisions_{log.session.isoformat()}.csv"
    return (Document(name, "Decisions", csv_bytes(_lines(log))),) if log.decisions else ()


def _lines(log: DecisionLog) -> Iterator[Sequence[Value]]:
    columns = [f"{what} {each}m" for each in MONTHS for what in ("from", "to", "target less fund")]
    yield ["at", "rule", "version", "text", "by", "decided", "why", "fund", "target", *columns, "source"]
    for each in log.decisions:
        entry, watched = each.entry, each.watched
        decided = entry.decided.value if entry.decided else ""
        pair = [each.after[0].fund, each.after[0].target] if each.after else ["", ""]
        figures = [value for after in each.after for value in _figures(after)] or [None] * len(columns)
        said: list[Value] = [entry.at.isoformat(), watched.name, watched.version, watched.text, entry.user]
        yield [*said, decided, entry.detail, *pair, *figures, log.source]


def _figures(after: GapAfter) -> list[Value]:
    begin, end = after.begin, after.end
    return [begin.isoformat() if begin else None, end.isoformat() if end else None, after.gap]
