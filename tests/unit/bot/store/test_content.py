"""Everything that is stored reads back equal, whatever is in it."""

from __future__ import annotations

import re
from datetime import UTC, date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.panel import Doubt, DoubtKind
from analytics.query import Query as Comparing
from analytics.returns import Rate
from analytics.watch.operators import Op
from analytics.watch.readings import Reading
from analytics.watch.rules import FACTS, Combine, Condition, Quantity, Rule
from analytics.watch.states import Acknowledgement, Announcement, Phase, Policy, Reason, State
from analytics.window import parse
from bot.model import (
    AuditAction,
    AuditEntry,
    DigestContent,
    RuleIncident,
    RuleReport,
    RuleState,
    RuleStatus,
    RuleTransition,
    RuleVersion,
    ThreadContext,
)
from bot.store.record_json import (
    Content,
    Position,
    dump_content,
    dump_flip,
    dump_record,
    load_content,
    load_flip,
    load_record,
)
from tests.examples import at_length

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
DAYS = st.dates(date(1990, 1, 1))
MAYBE_DAYS = st.none() | DAYS
WORDS = st.text(max_size=8)
COUNTS = st.integers(0, 10**6)
WINDOWS = st.sampled_from(["1m", "1y", "ytd", "max", "since 2021-03-19"]).map(parse)
RATES = st.builds(Rate, st.none() | NUMBERS)
SYMBOLS = st.sampled_from(["ISCB", "SPSM", "VWCE.DE", "^IRX"])

SINGLE = st.builds(
    Quantity, st.sampled_from(["sortino", "drawdown", "price_change"]), SYMBOLS, window=WINDOWS, rate=RATES
)
PAIRS = st.builds(Quantity, st.just("sharpe"), st.just("ISCB"), st.just("SPSM"), st.sampled_from(Combine))
RELATIVE = st.builds(Quantity, st.just("beta"), SYMBOLS, benchmark=st.just("SPY"))
SECTORS = st.builds(Quantity, st.just("sector_weight"), SYMBOLS, sector=WORDS.filter(bool))
LEVELS = st.sampled_from([op for op in Op if not op.crossing and op is not Op.CHANGES])
CONDITIONS = st.builds(Condition, SINGLE | PAIRS | RELATIVE | SECTORS, LEVELS, NUMBERS)
CHANGES = st.builds(Condition, SECTORS, st.just(Op.CHANGES), NUMBERS)
CROSSINGS = st.builds(Condition, SINGLE, st.sampled_from([Op.CROSSES_BELOW, Op.CROSSES_ABOVE]), NUMBERS)
RULES = st.builds(
    Rule, st.lists(CONDITIONS | CHANGES, min_size=1, max_size=3).map(tuple), then=st.none() | SYMBOLS
) | (st.builds(Rule, st.tuples(CROSSINGS)))
POLICIES = st.builds(Policy, st.integers(1, 99), st.none() | st.integers(1, 99))
PHASES = st.sampled_from(Phase)
STATES = st.builds(
    State,
    PHASES,
    st.none() | PHASES,
    COUNTS,
    MAYBE_DAYS,
    COUNTS,
    MAYBE_DAYS,
    MAYBE_DAYS,
    st.booleans(),
    st.frozensets(PHASES),
    st.none() | st.builds(Acknowledgement, WORDS, WORDS),
    MAYBE_DAYS,
)
ANSWERS = st.none() | st.booleans()
PARTS = st.builds(Reading, st.none() | NUMBERS, ANSWERS, ANSWERS, st.none() | WORDS)
READINGS = st.builds(
    Reading,
    st.none() | NUMBERS,
    ANSWERS,
    ANSWERS,
    st.none() | WORDS,
    st.booleans(),
    st.booleans(),
    st.none() | NUMBERS,
    st.lists(PARTS, max_size=2).map(tuple),
    st.lists(st.builds(Doubt, st.sampled_from(DoubtKind), SYMBOLS, DAYS, NUMBERS), max_size=2).map(tuple),
    st.booleans(),
)
VALUES = st.one_of(
    NUMBERS,
    st.integers(-(2**80), 2**80),
    WORDS,
    DAYS,
    DAYS.map(str),
    WORDS.map("@".__add__),
    st.just(float("inf")),
)
FLIPS = st.builds(
    RuleTransition,
    DAYS,
    PHASES,
    PHASES,
    st.sampled_from(Reason),
    st.none() | st.sampled_from(Announcement),
    st.dictionaries(WORDS, VALUES, max_size=4),
    st.none() | NUMBERS,
    st.none() | NUMBERS,
)
MOMENTS = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(fold=0))
WATCHED = st.builds(
    RuleVersion,
    WORDS,
    COUNTS,
    COUNTS,
    WORDS,
    WORDS,
    WORDS,
    WORDS,
    RULES,
    POLICIES,
    MOMENTS,
    st.sampled_from(RuleStatus),
)
STORIES = st.builds(
    RuleReport,
    WATCHED,
    DAYS,
    STATES,
    st.none() | READINGS,
    st.none() | FLIPS,
    st.lists(st.builds(RuleIncident, COUNTS, DAYS, MAYBE_DAYS, st.none() | WORDS), max_size=2).map(tuple),
    st.none() | st.builds(AuditEntry, WORDS, st.sampled_from(AuditAction), MOMENTS, WORDS),
)
DIGEST_CONTENTS = st.builds(
    DigestContent,
    DAYS,
    st.lists(STORIES, max_size=2).map(tuple),
    st.lists(st.tuples(WORDS, FLIPS), max_size=2).map(tuple),
    COUNTS,
)
COMPARED = st.builds(
    Comparing,
    st.lists(SYMBOLS, min_size=1, max_size=6).map(tuple),
    WINDOWS | st.just(parse("2021-03-19..2024-12-31")),
    DAYS,
    st.none() | SYMBOLS,
    RATES,
    st.booleans(),
)
TOPICS = st.builds(ThreadContext, COMPARED, WORDS, COUNTS)
FEW = settings(max_examples=15, deadline=None)
MANY = settings(max_examples=at_length(400), deadline=None)


def exactly(value: object) -> str:
    """Equal texts are equal records of equal kinds: 1 is not 1.0, and -0.0 is not 0.0."""
    return re.sub(r"datetime\.timezone\.utc|TzInfo\((?:0|UTC)\)", "UTC", repr(value))


def same(found: object, given_: object) -> None:
    assert found == given_
    if "frozenset({" not in repr(given_):  # which has no order
        assert exactly(found) == exactly(given_)


def check_rule(rule: Rule) -> None:
    same(load_record(Rule, dump_record(Rule, rule)), rule)


def check_standing(rule_state: RuleState) -> None:
    same(load_record(Position, dump_record(Position, rule_state)), rule_state)


def check_flip(transition: RuleTransition) -> None:
    same(load_flip(dump_flip(transition)), transition)


def check_content(given_: Content) -> None:
    same(load_content(dump_content(given_)), given_)
    same(load_content(dump_content(given_).encode()), given_)


def check_topic(context: ThreadContext) -> None:
    same(load_record(ThreadContext, dump_record(ThreadContext, context)), context)


STANDINGS = st.builds(
    RuleState,
    STATES,
    STATES,
    st.none() | READINGS,
    COUNTS,
    MAYBE_DAYS,
    st.dictionaries(SYMBOLS, st.sampled_from(["XNYS", "XLON", "24/7"])),
)
CONTENTS = st.one_of(STORIES, DIGEST_CONTENTS, WORDS)

test_rules_read_back = FEW(given(RULES)(check_rule))
test_standings_read_back = FEW(given(STANDINGS)(check_standing))
test_flips_read_back = FEW(given(FLIPS)(check_flip))
test_what_is_promised_reads_back = FEW(given(CONTENTS)(check_content))
test_topics_read_back = FEW(given(TOPICS)(check_topic))
test_many_topics_read_back = pytest.mark.slow(MANY(given(TOPICS)(check_topic)))
test_many_rules_read_back = pytest.mark.slow(MANY(given(RULES)(check_rule)))
test_many_standings_read_back = pytest.mark.slow(MANY(given(STANDINGS)(check_standing)))
test_many_flips_read_back = pytest.mark.slow(MANY(given(FLIPS)(check_flip)))
test_all_kinds_of_notices_read_back = pytest.mark.slow(MANY(given(CONTENTS)(check_content)))


@pytest.mark.slow
@given(POLICIES)
@FEW
def test_policies_read_back(policy: Policy) -> None:
    same(load_record(Policy, dump_record(Policy, policy)), policy)


def test_what_was_written_before_a_field_was_added_has_its_default() -> None:
    old = '{"session":"2026-01-16","before":"ok","after":"firing","reason":"confirmed"}'
    assert load_flip(old) == RuleTransition(date(2026, 1, 16), Phase.OK, Phase.FIRING, Reason.CONFIRMED)


def test_a_standing_of_before_it_had_an_exchange_is_read() -> None:
    state = '{"kept":"firing","session":"2026-01-16","fired":"2026-01-16"}'
    found = load_record(Position, f'[{state},{{"kept":"ok"}},null]')
    assert found == RuleState(State(Phase.FIRING, session=date(2026, 1, 16), fired=date(2026, 1, 16)))
    assert found.reached == date(2026, 1, 16)


def test_a_topic_of_before_a_field_was_added_has_its_default() -> None:
    asked = '{"symbols":["ISCB"],"window":{"label":"3y"},"as_of":"2026-01-16"}'
    found = load_record(ThreadContext, f'{{"comparing":{asked}}}')
    assert found == ThreadContext(Comparing(("ISCB",), parse("3y"), date(2026, 1, 16)))


@pytest.mark.parametrize(
    "damaged", ["", "{}", "null", '{"comparing":{"symbols":["ISCB"]}}', '{"comparing":{"symbols":"ISCB"}}']
)
def test_what_is_no_topic_is_not_read_as_one(damaged: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        load_record(ThreadContext, damaged)


def test_facts_of_funds_are_watched_too() -> None:
    """The strategies above name one of them; all have the same fields."""
    for name in FACTS:
        sector = "Energy" if name == "sector_weight" else None
        check_rule(Rule((Condition(Quantity(name, "ISCB", sector=sector), Op.CHANGES, 0.0003),)))


@pytest.mark.parametrize(
    ("threshold", "recover"), [(0.98, 1.2), (0.98, 1.0), (0.98, None), (3.0, None), (1.0, 7.0)]
)
def test_a_rule_that_is_refused_by_now_still_loads(threshold: float, recover: float | None) -> None:
    """It was kept before anybody looked whether its values come there; it recovers where they do."""
    quantity = Quantity("correlation", "ISCB", benchmark="SPSM")
    rule = Rule((Condition(quantity, Op.BELOW, threshold, recover),))
    read = load_record(Rule, dump_record(Rule, rule))
    assert read == rule
    assert read.conditions[0].recovery == pytest.approx(0.982 if threshold == 0.98 else threshold)
