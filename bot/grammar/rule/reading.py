"""Pieces to a rule: one condition or several, how long they must hold, what to look at then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from analytics.errors import BadRule
from analytics.returns import ZERO, Rate
from analytics.watch.rules import Condition, Rule
from analytics.watch.states import Policy
from bot.commands import WATCH
from bot.errors import Unclear
from bot.grammar.rule.conditions import RATED, Common, Draft, Funds, condition, draft
from bot.grammar.rule.folding import pieces
from bot.grammar.rule.pieces import (
    Bound,
    Count,
    Fund,
    Gap,
    Hold,
    Piece,
    Rated,
    Recovery,
    Then,
    Versus,
    Wrong,
    told,
)
from bot.grammar.rule.vocabulary import Mark
from bot.grammar.words import RATES, quoted, rate_of
from bot.render.text import listed

MOST_SESSIONS = 250
MOST_CONDITIONS = 5
_MOST_WORDS = 6


def read_rule(text: str, given: str, today: date) -> tuple[Rule, Policy]:
    """A rule and how patient it is.  given: the whole text, for the complaint.

    Raises Unclear with everything that is wrong.
    """
    found = pieces(text)
    reader = _Reader(found, today)
    rule, policy = reader.rule(), reader.policy()
    complaints = tuple(dict.fromkeys(reader.complaints))
    if rule is None or policy is None or complaints:
        read = [words for piece in found if (words := told(piece))]
        symbols = [piece.symbol for piece in found if isinstance(piece, Fund | Then | Versus)]
        raise Unclear(WATCH.name, given, complaints, read, tuple(dict.fromkeys(symbols)))
    return rule, policy


@dataclass
class _Reader:
    """Complaints are kept until the end."""

    pieces: list[Piece]
    today: date
    complaints: list[str] = field(default_factory=list)

    def rule(self) -> Rule | None:
        """What the pieces come to; None with complaints."""
        self._check_words()
        counts = [piece for piece in self.pieces if isinstance(piece, Count)]
        first = self.pieces.index(counts[0]) if counts else 0
        before = draft(self.pieces[:first]) if counts else Draft()
        segments = _segments(self.pieces[first + bool(counts) :])
        drafts = [draft(segment) for segment in segments]
        needed = self._needed(counts, len(drafts))
        common = self._common(before, drafts)
        conditions = self._conditions(drafts, common)
        self._check_drafts([before, *drafts])
        return None if self.complaints else self._rule(conditions, needed)

    def policy(self) -> Policy | None:
        """How patient the rule is; None with complaints."""
        confirm = self._sessions([piece.count for piece in self.pieces if isinstance(piece, Hold)], "for")
        counts = [piece.count for piece in self.pieces if isinstance(piece, Recovery) and piece.count]
        recover = self._sessions(counts, "recover for")
        if self.complaints:
            return None
        return Policy(recover=recover) if confirm is None else Policy(confirm, recover)

    def _conditions(self, drafts: Sequence[Draft], common: Common) -> list[Condition]:
        """Each condition; the fund of one is that of the next where none is named."""
        found = []
        for said in drafts:
            made = condition(said, common)
            common = Common(said.funds or common.funds, common.window, common.benchmark, common.rate)
            found += [made] if made else []
        return found

    def _rule(self, conditions: Sequence[Condition], needed: int) -> Rule | None:
        then = self._one(
            [piece.symbol for piece in self.pieces if isinstance(piece, Then)], "fund after `then`"
        )
        own = {conditions[0].quantity.symbol} if len(conditions) == 1 else set()
        if then in own and conditions[0].quantity.other is None:
            self.complaints.append(f"`then {then}` names the fund itself; name another one.")
        try:
            return Rule(tuple(conditions), needed, then)
        except BadRule as bad:
            self.complaints.append(f"{bad.part.capitalize()} {bad.complaint}.")
        return None

    def _check_words(self) -> None:
        wrong = [piece for piece in self.pieces if isinstance(piece, Wrong)]
        words = list(dict.fromkeys(f"`{quoted(piece.word)}`" for piece in wrong if piece.word))
        if words:
            more = [f"{len(words) - _MOST_WORDS} more"] if len(words) > _MOST_WORDS else []
            named = listed([*words[:_MOST_WORDS], *more])
            self.complaints.append(
                f"{named} cannot be read here; leave {'it' if len(words) == 1 else 'them'} out."
            )
        self.complaints += [piece.complaint for piece in wrong if piece.complaint]

    def _needed(self, counts: Sequence[Count], given: int) -> int:
        if len(set(counts)) > 1:
            self.complaints.append("More than one `of:` is given; keep one list of conditions.")
        if not counts:
            return self._joined(given)
        needed, total = counts[0].needed or given, counts[0].total
        if given < 2 or needed > given:
            wanted = max(needed, 2)
            self.complaints.append(
                f"`{told(counts[0])}:` is followed by {given} condition{'s' * (given != 1)}; write at least "
                f"{wanted}, with commas between them."
            )
        elif needed < 1:
            self.complaints.append(f"`{needed} of` is met always; write `1 of:` or more.")
        elif total and total != given:
            self.complaints.append(f"`{needed} of {total}` is followed by {given} conditions.")
        return max(needed, 1)

    def _joined(self, given: int) -> int:
        """Conditions joined by "and" or "or"; commas alone do not say which."""
        marks = {
            piece.mark for piece in self.pieces if isinstance(piece, Gap) and piece.mark is not Mark.COMMA
        }
        if given > 1 and len(marks) != 1:
            self.complaints.append("Several conditions: begin them with `all of:`, `any of:` or `2 of:`.")
        if given > MOST_CONDITIONS:
            self.complaints.append(f"{given} conditions; at most {MOST_CONDITIONS} make a rule.")
        return given if Mark.AND in marks else 1

    def _common(self, before: Draft, drafts: Sequence[Draft]) -> Common:
        every = [before, *drafts]
        funds = list(dict.fromkeys(said.funds for said in every if said.funds))
        benchmarks = list(dict.fromkeys(symbol for said in every for symbol in said.benchmarks))
        own: Funds | None = before.funds or (funds[0] if len(funds) == 1 else None)
        benchmark = (
            before.benchmarks[0] if before.benchmarks else benchmarks[0] if len(benchmarks) == 1 else None
        )
        return Common(own, None, benchmark, self._rate(drafts))

    def _rate(self, drafts: Sequence[Draft]) -> Rate:
        text = self._one([piece.text for piece in self.pieces if isinstance(piece, Rated)], "rf")
        if text is None:
            return ZERO
        rate = rate_of(text)
        if rate is None:
            self.complaints.append(f"`rf={quoted(text)}` is not a rate; write {RATES}.")
        measures = {said.measure for said in drafts} - {None}
        if measures and not measures & RATED:
            self.complaints.append(f"`rf={quoted(text)}` changes nothing here; leave it out.")
        return rate or ZERO

    def _check_drafts(self, drafts: Sequence[Draft]) -> None:
        for said in drafts:
            self.complaints += said.complaints

    def _one(self, values: Sequence[str], name: str) -> str | None:
        if len(set(values)) > 1:
            self.complaints.append(f"More than one {name} is given; keep one.")
        return values[0] if values else None

    def _sessions(self, counts: Sequence[str], words: str) -> int | None:
        count = self._one(counts, f"`{words}`")
        if count is None:
            return None
        if not count.isdigit() or not 1 <= int(count) <= MOST_SESSIONS:
            self.complaints.append(f"`{words} {quoted(count)}`: write 1 to {MOST_SESSIONS} sessions.")
            return None
        return int(count)


def _segments(found: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces of each condition: what follows a gap is one only where each side has a comparison."""
    segments: list[list[Piece]] = [[]]
    for at, piece in enumerate(found):
        ahead = any(isinstance(later, Bound) for later in found[at:])
        ended = any(isinstance(earlier, Bound) for earlier in segments[-1])
        if isinstance(piece, Gap) and ended and ahead and not piece.closed:
            segments.append([])
        else:
            segments[-1].append(piece)
    return segments
