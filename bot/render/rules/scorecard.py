"""What followed firings: of one rule, of a workspace's rules; as lines, as a table and as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from analytics.watch.followed import FEWEST, HORIZONS, Followed, FollowedSum, sum_up
from bot.model import RuleReport, RuleVersion
from bot.render import blocks, text
from bot.render.message import Block, Document, Message
from bot.render.rules.names import rule_name
from bot.render.sections.convention import SAMPLE
from bot.render.sections.export import Value, csv_bytes
from bot.render.text import NONE

MOST = 15
"""Rules with a line of their own."""
_HEADS = ("Sessions later", "Firings", "Ahead", "Average gap")
BASIS = "total return, from the close of the session after it triggered"


@dataclass(frozen=True)
class FiringRecord:
    """The firings of a rule, and what followed: of each of `HORIZONS`; nothing for a rule of one fund."""

    watched: RuleVersion
    fired: tuple[date, ...]
    followed: tuple[Followed, ...]


@dataclass(frozen=True)
class Scorecard:
    """Records of rules, as known after a session."""

    records: tuple[FiringRecord, ...]
    session: date
    source: str = ""
    simulated: bool = False

    @property
    def paired(self) -> tuple[FiringRecord, ...]:
        """Those of rules about two funds."""
        return tuple(record for record in self.records if record.followed)


def scorecard_message(card: Scorecard) -> Message:
    """Write what followed all firings together, then of each rule."""
    if not card.records:
        none = "No rule has triggered yet: there is nothing to score."
        return blocks.message(none, [blocks.section(none)])
    mark = f"{SAMPLE} · " if card.simulated else ""
    fired = sum(len(record.fired) for record in card.records)
    head = f"{mark}{_rules(len(card.records))} triggered {_times(fired)}. {_finding(card)}"
    lines = [f"• {text.escape(_record_line(record))}" for record in card.records[:MOST]]
    more = len(card.records) - MOST
    shown = [
        blocks.section(f"*{text.escape(head)}*"),
        *summary_table(card),
        blocks.section("\n".join(lines)),
        blocks.context(*([f"and {text.count(more)} more in the file"] if more > 0 else []), _basis(card)),
    ]
    return blocks.message(text.escape(head), shown)


def summary_table(card: Scorecard) -> list[Block]:
    """Return what followed all firings by horizon; none where no rule is about two funds."""
    sums = [each for each in _sums(card) if each.firings]
    if not sums:
        return []
    heads = [blocks.cell(each, bold=True) for each in _HEADS]
    return [blocks.table_of_cells([heads, *([blocks.cell(words) for words in _row(each)] for each in sums)])]


def record_lines(card: Scorecard) -> list[str]:
    """Return what followed the firings of a rule, beside any session; plain text, none without a pair."""
    return [_followed_line(found) for record in card.paired for found in record.followed if found.counted]


def followed_words(found: Followed) -> str:
    """Write "SPSM less ISCB -1.2 pp on average, ahead in 3 of 6; after any session +0.3 pp, …"."""
    words = _outcome(_one(found))
    return f"{found.target} less {found.fund} {words}" if found.known else words


def _followed_line(found: Followed) -> str:
    return f"{found.sessions} sessions later: {followed_words(found)}."


def _one(found: Followed) -> FollowedSum:
    """Return one as a sum, whose averages stand also where none has followed yet."""
    average, usual = found.average, found.ahead
    firings, known = len(found.gaps), found.firings
    return FollowedSum(found.sessions, firings, known, found.times_ahead, found.mean, average, usual)


def _outcome(found: FollowedSum) -> str:
    if found.mean is None:
        return f"not over yet{_usual(found)}"
    share = f" ({text.percent(found.share, 0)})" if found.share is not None else ""
    ahead = f"ahead in {found.ahead} of {found.firings}{share}"
    return f"{text.points(found.mean)} on average, {ahead}{_usual(found)}"


def _usual(found: FollowedSum) -> str:
    if found.average is None or found.usual is None:
        return ""
    return f"; after any session {text.points(found.average)}, ahead in {text.percent(found.usual, 0)}"


def _row(found: FollowedSum) -> tuple[str, str, str, str]:
    usual = "" if found.usual is None else f" (any session: {text.percent(found.usual, 0)})"
    share = "" if found.share is None else f", {text.percent(found.share, 0)}"
    average = "" if found.average is None else f" (any session: {text.points(found.average)})"
    gap = NONE if found.mean is None else f"{text.points(found.mean)}{average}"
    ahead = f"{found.ahead} of {found.firings}{share}{usual}" if found.firings else NONE
    return str(found.sessions), f"{found.firings} of {found.fired}", ahead, gap


def _sums(card: Scorecard) -> list[FollowedSum]:
    if not card.paired:
        return []
    return [sum_up([record.followed[at] for record in card.paired]) for at in range(len(HORIZONS))]


def _finding(card: Scorecard) -> str:
    known = [each for each in _sums(card) if each.mean is not None]
    if not known:
        return f"None is {HORIZONS[0]} sessions old yet, or is about two funds."
    return f"After {known[-1].sessions} sessions the fund to look at, less the fund: {_outcome(known[-1])}."


def _record_line(record: FiringRecord) -> str:
    name = f"{rule_name(record.watched)}: triggered {_times(len(record.fired))}"
    known = [found for found in record.followed if found.known]
    if not record.followed:
        return f"{name}; it is about one fund alone, so nothing is held against it."
    if not known:
        return f"{name}; none is {HORIZONS[0]} sessions old yet."
    return f"{name}; {_followed_line(known[-1])}"


def _rules(number: int) -> str:
    return "1 rule" if number == 1 else f"{text.count(number)} rules"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{text.count(number)} times"


def _basis(card: Scorecard) -> str:
    source = f" · {card.source}" if card.source else ""
    said = (
        f"The fund to look at less the rule's fund, {BASIS}; any session: of five years to "
        f"{text.day(card.session)}. No share of fewer than {FEWEST}{source} · `/watch scorecard csv`"
    )
    return text.escape(said)


def followed_message(report: RuleReport) -> Message:
    """Write into the thread of an incident what came after its firing, the longest horizon first."""
    newest, *earlier = reversed(report.followed)
    fired = newest.gaps[0][0]
    mark = f"{SAMPLE} · " if report.simulated else ""
    said = (
        f"{mark}{newest.sessions} sessions after {rule_name(report.watched)} triggered on {text.day(fired)}"
    )
    head = f"{said}, {_one_gap(newest)}."
    lines = [f"• after {each.sessions}: {_one_gap(each)}" for each in earlier]
    shown = [
        blocks.section("\n".join([f"*{text.escape(head)}*", *map(text.escape, lines)])),
        blocks.context(
            text.escape(f"{text.capital(BASIS)}; any session: of five years to {text.day(report.session)}"),
            f"`{text.escape(report.source)}` · `/watch history {report.watched.name}`",
        ),
    ]
    return blocks.message(text.escape(head), shown)


def _one_gap(found: Followed) -> str:
    """Write "SPSM was 1.2 pp ahead of ISCB (after any session 0.2 pp behind on average, ahead in 45 %)"."""
    gap, usual = found.known[0], ""
    if found.average is not None and found.ahead is not None:
        average = text.side(found.average)
        usual = f" (after any session {average} on average, ahead in {text.percent(found.ahead, 0)})"
    side = text.side(gap)
    of = " with" if side == "level" else " of" if gap > 0 else ""
    return f"{found.target} was {side}{of} {found.fund}{usual}"


def export_scorecard(card: Scorecard) -> tuple[Document, ...]:
    """Export the scorecard: a line a firing, every figure in full; nothing where no rule has triggered."""
    name = f"scorecard_{card.session.isoformat()}.csv"
    return (Document(name, "Scorecard", csv_bytes(_lines(card))),) if card.records else ()


def _lines(card: Scorecard) -> Iterator[Sequence[Value]]:
    gaps = [f"target less fund, {each} sessions" for each in HORIZONS]
    usual = [f"after any session, {each} sessions" for each in HORIZONS]
    yield ["rule", "text", "triggered", "fund", "target", *gaps, *usual, "basis", "known to", "source"]
    for record in card.records:
        watched, found = record.watched, record.followed
        pair = [found[0].fund, found[0].target] if found else ["", ""]
        for at, day in enumerate(record.fired):
            mine: list[Value] = [each.gaps[at][1] for each in found] or [None] * len(HORIZONS)
            any_session: list[Value] = [each.average for each in found] or [None] * len(HORIZONS)
            said: list[Value] = [watched.name, watched.text, day.isoformat(), *pair]
            yield [*said, *mine, *any_session, BASIS, card.session.isoformat(), card.source]
