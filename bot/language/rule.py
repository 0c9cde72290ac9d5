"""A rule and its text, both ways: read with every complaint at once, written so that it reads the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from analytics.errors import BadRule
from analytics.measures import MEASURES
from analytics.returns import ZERO, Rate
from analytics.watch.rules import WINDOWLESS, Condition, Quantity, Rule
from analytics.watch.states import Policy
from bot.commands import WATCH
from bot.errors import Unclear
from bot.language.amounts import amount_text, scale_of
from bot.language.mixes.fold import with_cash_rate
from bot.language.rule_clauses import (
    Bound,
    Clause,
    ConditionDraft,
    ConditionFunds,
    Count,
    Fund,
    Gap,
    Hold,
    Join,
    Measured,
    Missing,
    Rated,
    Recovery,
    Spanned,
    Then,
    Versus,
    Wrong,
    clause_text,
    sort_clauses,
    unread_complaint,
)
from bot.language.rule_conditions import Common, build_condition, window_of
from bot.language.rule_parser import read_clauses
from bot.language.rule_words import SECTORS, TAKEN, VERBS, Mark, measure_name
from bot.language.windows import OPENERS
from bot.language.words import RATES, rate_of, rate_text, safe_word
from bot.render.measures import RATED

MOST_RULE_SESSIONS = 250
MOST_CONDITIONS = 5


def read_rule(text: str, given: str, today: date) -> tuple[Rule, Policy, tuple[str, ...]]:
    """Read a rule, how patient it is, and what was added to what is said.

    given: the whole text, for the complaint.  Raises Unclear with everything that is wrong.
    """
    reader = _RuleReader(read_clauses(text), today)
    rule = reader.rule()
    policy = reader.policy(at_once=rule is not None and _is_told_at_once(rule))
    if rule is None or policy is None or reader.complaints:
        raise reader.unclear(given)
    return rule, policy, reader.added(rule, policy)


def _is_told_at_once(rule: Rule) -> bool:
    return all(condition.quantity.at_once for condition in rule.conditions)


@dataclass
class _RuleReader:
    """Complaints are kept until the end."""

    pieces: list[Clause]
    today: date
    complaints: list[str] = field(default_factory=list)
    slips: set[str] = field(default_factory=set)

    def unclear(self, given: str) -> Unclear:
        """Return everything that is wrong, each once."""
        read = [words for piece in self.pieces if (words := clause_text(piece))]
        named = [piece.symbol for piece in self.pieces if isinstance(piece, Fund | Then | Versus)]
        meant = [symbol for symbol in dict.fromkeys(named) if symbol not in self.slips]
        return Unclear(WATCH.name, given, tuple(dict.fromkeys(self.complaints)), read, meant)

    def rule(self) -> Rule | None:
        """Return what the pieces come to; None with complaints."""
        self._check_words()
        counts = [piece for piece in self.pieces if isinstance(piece, Count)]
        start = self.pieces.index(counts[0]) if counts else -1
        before = sort_clauses(self.pieces[: max(start, 0)], whole=False)
        drafts = [sort_clauses(segment) for segment in split_conditions(self.pieces[start + 1 :])]
        self._check_before(before, drafts)
        needed = self._count_needed(counts, len(drafts))
        common = self._common(before, drafts)
        conditions = self._conditions(drafts, common, carried=not before.funds)
        then = self._then(drafts, common)
        for said in (before, *drafts):
            self.complaints += said.complaints
            self.slips.add(said.slip)
        return None if self.complaints else self._build_rule(conditions, needed, then)

    def added(self, rule: Rule, policy: Policy) -> tuple[str, ...]:
        """Return what the rule says and its text does not: "for 5 sessions", "1 year"."""
        patient = any(isinstance(piece, Hold) for piece in self.pieces)
        spanned = any(isinstance(piece, Spanned) for piece in self.pieces)
        windows = [each.quantity.window.words for each in rule.conditions if not each.quantity.windowless]
        return (
            *([] if patient else [f"for {sessions_text(policy.confirm)}"]),
            *([] if spanned else dict.fromkeys(windows)),
        )

    def policy(self, *, at_once: bool) -> Policy | None:
        """Return how patient the rule is; None with complaints.  at_once: where nothing is said of it"""
        confirm = self._sessions([piece.count for piece in self.pieces if isinstance(piece, Hold)], "for")
        counts = [piece.count for piece in self.pieces if isinstance(piece, Recovery) and piece.count]
        recover = self._sessions(counts, "recover for")
        if self.complaints:
            return None
        if confirm is None:
            confirm = 1 if at_once else Policy().confirm
        return Policy(confirm, recover)

    def _conditions(
        self, drafts: Sequence[ConditionDraft], common: Common, *, carried: bool
    ) -> list[Condition]:
        """Return each condition; carried: the fund of one is that of the next where none is named."""
        found = []
        for said in drafts:
            made = build_condition(said, common)
            found += [made] if made else []
            if said.funds and carried:
                common = replace(common, funds=None if said.compared else said.funds)
        return found

    def _then(self, drafts: Sequence[ConditionDraft], common: Common) -> str | None:
        symbols = [piece.symbol for piece in self.pieces if isinstance(piece, Then)]
        then = self._single_value(symbols, "fund after `then`")
        if then and {said.funds or common.funds for said in drafts} == {ConditionFunds(then)}:
            self.complaints.append(f"`then {then}` names the fund itself; name another one.")
        against = {
            said.benchmarks[0] if said.benchmarks else common.benchmark for said in drafts if said.relative
        }
        if then in against and then:
            self.complaints.append(f"`then {then}` names the benchmark; held against itself it says nothing.")
        return then

    def _build_rule(self, conditions: Sequence[Condition], needed: int, then: str | None) -> Rule | None:
        try:
            rate = next((each.quantity.rate for each in conditions if each.quantity.rate != ZERO), ZERO)
            return Rule(tuple(conditions), needed, with_cash_rate(then, rate) if then else None)
        except BadRule as bad:
            self.complaints.append(f"{bad.part.capitalize()} {bad.complaint}.")
        return None

    def _check_words(self) -> None:
        wrong = [piece for piece in self.pieces if isinstance(piece, Wrong)]
        words = list(dict.fromkeys(f"`{safe_word(piece.word)}`" for piece in wrong if piece.word))
        if words:
            self.complaints.append(unread_complaint(words))
        self.complaints += [piece.complaint for piece in wrong if piece.complaint]

    def _check_before(self, before: ConditionDraft, drafts: Sequence[ConditionDraft]) -> None:
        """Check what stands before "2 of:" and holds for all: funds, a window, a benchmark."""
        if before.measures or before.bounds or (before.order and not before.funds):
            self.complaints.append("Before `of:` only a fund, a window and a benchmark can stand.")
        priced = [said for said in drafts if said.measure not in WINDOWLESS]
        named = [said for said in priced if said.windows]
        if not before.windows and 0 < len(named) < len(priced):
            self.complaints.append(
                "Only some conditions name a window; give one to each, or one to all before `of:`, "
                "like `ISCB 3y all of: …`."
            )

    def _count_needed(self, counts: Sequence[Count], given: int) -> int:
        if given > MOST_CONDITIONS:
            self.complaints.append(f"{given} conditions; at most {MOST_CONDITIONS} make a rule.")
        if len(counts) > 1:
            self.complaints.append("More than one `of:` is given; keep one list of conditions.")
        if not counts:
            return self._needed_by_words(given)
        needed, total = counts[0].needed, counts[0].total
        if given < 2:
            self.complaints.append(
                f"`{clause_text(counts[0])}` needs two conditions or more, with commas between them."
            )
        elif needed is not None and not 0 < needed <= given:
            self.complaints.append(
                f"`{clause_text(counts[0])}` is followed by {given} conditions; count 1 to {given}."
            )
        elif total and total != given:
            self.complaints.append(f"`{needed} of {total}` is followed by {given} conditions.")
        return given if needed is None else needed

    def _needed_by_words(self, given: int) -> int:
        """Return conditions joined by "and" or "or"; commas alone do not say which."""
        marks = {piece.mark for piece in self.pieces if isinstance(piece, Gap) and not piece.closed}
        words = marks - {Mark.COMMA}
        if len(words) > 1:
            self.complaints.append(
                "`and` and `or` exclude each other; begin with `all of:`, `any of:` or `2 of:`."
            )
        elif given > 1 and not words:
            self.complaints.append("Several conditions: begin them with `all of:`, `any of:` or `2 of:`.")
        return given if Mark.AND in words else 1

    def _common(self, before: ConditionDraft, drafts: Sequence[ConditionDraft]) -> Common:
        every = [before, *drafts]
        funds = list(dict.fromkeys(said.funds for said in every if said.funds and not said.compared))
        benchmarks = list(dict.fromkeys(symbol for said in every for symbol in said.benchmarks))
        return Common(
            self.today,
            before.funds or (funds[0] if len(funds) == 1 else None),
            window_of(before, self.today),
            next(iter(before.benchmarks), benchmarks[0] if len(benchmarks) == 1 else None),
            self._rate(drafts),
        )

    def _rate(self, drafts: Sequence[ConditionDraft]) -> Rate:
        text = self._single_value([piece.text for piece in self.pieces if isinstance(piece, Rated)], "rf")
        if text is None:
            return ZERO
        rate = rate_of(text)
        measures = {said.measure for said in drafts} - {None}
        if rate is None:
            self.complaints.append(f"`rf={safe_word(text)}` is not a rate; write {RATES}.")
        elif measures and not measures & RATED:
            self.complaints.append(f"`rf={safe_word(text)}` changes nothing here; leave it out.")
        return rate or ZERO

    def _single_value(self, values: Sequence[str], name: str) -> str | None:
        if len(set(values)) > 1:
            self.complaints.append(f"More than one {name} is given; keep one.")
        return values[0] if values else None

    def _sessions(self, counts: Sequence[str], words: str) -> int | None:
        count = self._single_value(counts, f"`{words}`")
        if count is None or (len(count) < 9 and count.isdigit() and 1 <= int(count) <= MOST_RULE_SESSIONS):
            return None if count is None else int(count)
        self.complaints.append(
            f"`{words} {safe_word(count)}`: a number of sessions from 1 to {MOST_RULE_SESSIONS}."
        )
        return None


def split_conditions(found: Sequence[Clause]) -> list[list[Clause]]:
    """Return the clauses of each condition, with what the sentence says once for several of them.

    "its Calmar or its Sortino below 1.0" is two conditions with one threshold, "either ISCB or SPSM Sortino
    below 1.0" two with one measure.
    """
    return _segments(_share(found))


def _share(found: Sequence[Clause]) -> list[Clause]:
    """Return the clauses with what is shared said of each condition."""
    chunks = _chunks(found)
    for at in range(len(chunks) - 2, -1, -1):  # from the end, where the threshold stands
        _take_over(chunks[at], chunks[at + 1], _joined_by_word(chunks))
    for before, chunk in pairwise(chunks):
        _take_threshold(chunk, before)
    return [piece for chunk in chunks for piece in chunk]


def _chunks(found: Sequence[Clause]) -> list[list[Clause]]:
    """Return what stands between gaps; each but the first begins with its gap."""
    chunks: list[list[Clause]] = [[]]
    for piece in found:
        if isinstance(piece, Gap) and not piece.closed:
            chunks.append([])
        chunks[-1].append(piece)
    return chunks


def _joined_by_word(chunks: Sequence[Sequence[Clause]]) -> bool:
    """Tell whether "and" or "or" stands between any of them."""
    return any(isinstance(chunk[0], Gap) and chunk[0].mark is not Mark.COMMA for chunk in chunks[1:])


def _take_over(chunk: list[Clause], following: Sequence[Clause], by_word: bool) -> None:
    """Say of a measure without a threshold what is said of the next; of a fund its measure too."""
    bounds = _of(following, Bound)
    if _of(chunk, Bound, Missing) or not bounds or not _of(following, Measured):
        return
    own = _of(chunk, Measured)
    if own:
        chunk += [*bounds, *_of(following, Recovery)]
        chunk += [] if _of(chunk, Spanned) else _of(following, Spanned)
    elif by_word and _is_fund_alone(chunk) and _names_fund_and_measure(following):
        chunk += _of(following, Measured, Spanned, Versus, Bound, Recovery)


def _take_threshold(chunk: list[Clause], before: Sequence[Clause]) -> None:
    """Say of a last measure behind "and" or "or" what is said of the one before: "below 1 or Sortino"."""
    gap = chunk[0]
    if not (isinstance(gap, Gap) and gap.mark is not Mark.COMMA) or _of(chunk, Bound, Missing):
        return
    if _of(chunk, Measured) and _of(before, Measured) and (bounds := _of(before, Bound)):
        chunk += [*bounds, *_of(before, Recovery)]


def _is_fund_alone(chunk: Sequence[Clause]) -> bool:
    pieces = [piece for piece in chunk if not isinstance(piece, Gap)]
    return len(pieces) == 1 and isinstance(pieces[0], Fund)


def _names_fund_and_measure(chunk: Sequence[Clause]) -> bool:
    """Tell whether the next condition is of one fund, so that the fund before it is one more such."""
    pieces = [piece for piece in chunk if not isinstance(piece, Gap)]
    measures = [piece.measure for piece in pieces if isinstance(piece, Measured)]
    relative = any(name in MEASURES and MEASURES[name].relative for name in measures)
    versus = bool(_of(chunk, Versus))
    return isinstance(pieces[0], Fund) and not _of(chunk, Join) and (versus or not relative)


def _of(chunk: Sequence[Clause], *kinds: type[Clause]) -> list[Clause]:
    return [piece for piece in chunk if isinstance(piece, kinds)]


def _segments(found: Sequence[Clause]) -> list[list[Clause]]:
    """Return the pieces of each condition: what follows a gap is one only where each side has a
    comparison.
    """
    segments: list[list[Clause]] = [[]]
    last = max((at for at, piece in enumerate(found) if isinstance(piece, Bound | Missing)), default=-1)
    ended = False
    for at, piece in enumerate(found):
        if isinstance(piece, Gap) and ended and at < last and not piece.closed:
            segments.append([])
            ended = False
        else:
            segments[-1].append(piece)
            ended = ended or isinstance(piece, Bound | Missing)
    return segments


def write_rule(rule: Rule, policy: Policy) -> str:
    """Write the rule and how patient it is, with every default spelled out but that of the recovery."""
    text = (
        _several_text(rule, policy) if len(rule.conditions) > 1 else _single_text(rule.conditions[0], policy)
    )
    return f"{text}{_then_text(rule)}{_rate_option(rule)}"


def rule_symbol_text(symbol: str) -> str:
    """Return the symbol as it is read back: with a `$` where it would be read as something else."""
    word = symbol.lower()
    other = (
        word in {*TAKEN, *VERBS, *OPENERS}
        or re.fullmatch(r"r\d+", word)
        or read_clauses(symbol) != [Fund(symbol)]
    )
    return f"${symbol}" if other else symbol


def sessions_text(count: int) -> str:
    """Count sessions in words: 1 -> "1 session", 5 -> "5 sessions"."""
    return f"{count} session{'s' * (count != 1)}"


def _single_text(condition: Condition, policy: Policy) -> str:
    value = _recovery_text(condition)
    patience = f" for {sessions_text(policy.recover)}" if policy.recover is not None else ""
    recover = f" recover{value}{patience}" if value or patience else ""
    core = f"{_funds_text(condition.quantity)} {_condition_text(condition)}"
    return f"{core} for {sessions_text(policy.confirm)}{recover}"


def _several_text(rule: Rule, policy: Policy) -> str:
    funds = dict.fromkeys(_funds_text(condition.quantity) for condition in rule.conditions)
    shared = next(iter(funds)) if len(funds) == 1 else None
    listed = []
    for condition in rule.conditions:
        own = "" if shared else f"{_funds_text(condition.quantity)} "
        value = _recovery_text(condition)
        listed.append(f"{own}{_condition_text(condition)}{' recover' if value else ''}{value}")
    count = {1: "any of:", len(listed): "all of:"}.get(rule.needed, f"{rule.needed} of:")
    opening = f"{shared} {count}" if shared else count
    recover = f" recover for {sessions_text(policy.recover)}" if policy.recover is not None else ""
    # The comma keeps this patience apart from the last condition's recovery.
    return f"{opening} {', '.join(listed)}, for {sessions_text(policy.confirm)}{recover}"


def _funds_text(quantity: Quantity) -> str:
    own = rule_symbol_text(quantity.symbol)
    return f"{own} {quantity.combine.value} {rule_symbol_text(quantity.other)}" if quantity.other else own


def _condition_text(condition: Condition) -> str:
    """Return the condition without its funds and its recovery."""
    quantity = condition.quantity
    name = f"{_sector_text(quantity.sector)} weight" if quantity.sector else measure_name(quantity.measure)
    window = "" if quantity.windowless else f" {quantity.window.label}"
    versus = f" vs {rule_symbol_text(quantity.benchmark)}" if quantity.benchmark else ""
    level = f" {_threshold_text(condition.threshold, quantity)}" if condition.op.has_threshold else ""
    return f"{name}{window}{versus} {condition.op.value}{level}"


def _recovery_text(condition: Condition) -> str:
    if condition.recover is None or not condition.op.has_threshold:
        return ""
    return f" {_threshold_text(condition.recover, condition.quantity)}"


def _threshold_text(value: float, quantity: Quantity) -> str:
    return amount_text(value, scale_of(quantity.measure, quantity.other, quantity.combine))


def _sector_text(sector: str) -> str:
    return SECTORS[sector][0] if sector in SECTORS else sector.lower()


def _then_text(rule: Rule) -> str:
    return f" then {rule_symbol_text(rule.then)}" if rule.then else ""


def _rate_option(rule: Rule) -> str:
    rate = next((each.rate for each in rule.quantities if each.rate != ZERO), ZERO)
    return f" rf={rate_text(rate)}" if rate != ZERO else ""
