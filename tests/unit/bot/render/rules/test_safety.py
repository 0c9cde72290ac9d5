"""Whatever stands in the records, a message fits Slack, calls nobody and says something."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.returns import Rate
from analytics.watch.backtest import Backtest
from analytics.watch.operators import Op
from analytics.watch.preflight import Own
from analytics.watch.readings import Reading
from analytics.watch.rules import FACTS, WATCHABLE, Combine, Condition, Quantity, Rule
from analytics.watch.states import Acknowledgement, Announcement, Phase, Policy, Reason, State
from analytics.window import Window
from bot.model import (
    AuditAction,
    AuditEntry,
    Digest,
    DigestContent,
    DigestMode,
    RuleHistory,
    RuleIncident,
    RuleReport,
    RuleStatus,
    RuleTransition,
    RuleVersion,
)
from bot.render.fit import fit
from bot.render.message import Message
from bot.render.rules import changes, channel
from bot.render.rules import read_back as making
from bot.render.rules.card import card_message, reply_message
from bot.render.rules.channel import (
    alert_message,
    cannot_post_message,
    digest_stopped_message,
    set_in_messages_heading,
    set_in_messages_message,
)
from bot.render.rules.digest import digest_details, digest_message, resumed_digest
from bot.render.rules.lists import ListPage, history_message, list_message, rule_message, why_message
from bot.render.rules.posts import Waits
from bot.render.rules.read_back import created_message
from tests.examples import at_length
from tests.unit.bot.render.rules.moods import faults
from tests.unit.bot.render.rules.stories import CALM, NEXT, OFTEN, outcome, picture
from tests.unit.bot.render.rules.weighed import NOISY, OFFERED

HOSTILE = [
    "<!channel>",
    "<!channel> " * 1000,
    "<@U0BOB>",
    "`code` *bold* <https://evil.example|R7>",
    "\u202eISCB\x00\n\n",
    "&lt;!here&gt;",
    " ",
    "x" * 10_000,
]
texts = st.sampled_from([*HOSTILE, "ISCB", "SPSM", "mandate review"])
days = st.dates(date(2024, 1, 1), date(2026, 12, 31))
floats = st.one_of(
    st.none(), st.floats(-3, 3), st.floats(allow_nan=False), st.sampled_from([math.nan, math.inf, 1e308])
)
thresholds = st.one_of(st.sampled_from([0.0, 1.0, -0.15, 0.0003, 250e6, 1e307]), st.floats(-10, 10))
windows = st.sampled_from(
    [Window("1y"), Window("3m"), Window("ytd"), Window("max"), Window("since 2021-03-19", date(2021, 3, 19))]
)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    measure = draw(st.sampled_from(sorted(WATCHABLE)))
    symbol = draw(texts)
    other = None if measure in FACTS else draw(st.none() | texts)
    quantity = Quantity(
        measure,
        symbol,
        other if other != symbol else None,
        draw(st.sampled_from(Combine)),
        draw(windows),
        Rate(draw(st.sampled_from([0.0, 0.04, None]))),
        draw(texts),
        draw(texts.filter(bool)) if measure == "sector_weight" else None,
    )
    ops = [op for op in Op if not op.crossing and (op is not Op.CHANGES or measure in FACTS)]
    return Condition(quantity, draw(st.sampled_from(ops)), draw(thresholds))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    several = draw(st.lists(conditions(), min_size=1, max_size=4)) * draw(st.sampled_from([1, 1, 5]))
    if len(several) == 1 and several[0].op is not Op.CHANGES and draw(st.booleans()):
        crossing = Op.CROSSES_BELOW if several[0].op.falling else Op.CROSSES_ABOVE
        several = [replace(several[0], op=crossing)]
    return Rule(tuple(several), draw(st.integers(1, len(several))), draw(st.none() | texts))


answers = st.sampled_from([True, False, None])
simple = st.builds(
    Reading, floats, answers, answers, st.none() | texts, st.booleans(), st.booleans(), st.none() | floats
)
readings = st.none() | st.builds(
    lambda one, parts: replace(one, parts=tuple(parts)), simple, st.lists(simple, max_size=4)
)
states = st.builds(
    State,
    kept=st.sampled_from([Phase.OK, Phase.PENDING, Phase.FIRING, Phase.RECOVERING]),
    trouble=st.sampled_from([None, None, Phase.NO_DATA, Phase.ERROR]),
    run=st.integers(0, 9),
    since=st.none() | days,
    held=st.integers(0, 9000),
    session=st.none() | days,
    fired=st.none() | days,
    armed=st.booleans(),
    acknowledged=st.none() | st.builds(Acknowledgement, texts, texts),
    snoozed_until=st.none() | days,
)
facts = st.fixed_dictionaries(
    {},
    optional={
        "value": st.floats(allow_nan=False),
        "count": st.integers(0, 20),
        "needed": st.integers(1, 20),
        "since": days,
        "cause": texts,
        "was": texts | st.sampled_from([phase.value for phase in Phase]),
    },
)
flips = st.builds(
    RuleTransition,
    days,
    st.sampled_from(Phase),
    st.sampled_from(Phase),
    st.sampled_from(Reason),
    st.none() | st.sampled_from(Announcement),
    facts,
    floats.filter(lambda value: value is None or math.isfinite(value)),
    floats,
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
deeds = st.builds(AuditEntry, texts, st.sampled_from(AuditAction), moments, texts)
incidents = st.builds(RuleIncident, st.integers(1, 3), days, st.none() | days, st.none() | texts)
watcheds = st.builds(
    RuleVersion,
    texts,
    st.integers(1, 10**6),
    st.integers(1, 99),
    texts,
    texts,
    texts,
    texts,
    rules(),
    st.builds(Policy, st.integers(1, 30), st.none() | st.integers(1, 30)),
    moments,
    st.sampled_from(RuleStatus),
)
stories = st.builds(
    RuleReport,
    watcheds,
    days,
    states,
    readings,
    st.none() | flips,
    st.lists(incidents, max_size=5).map(tuple),
    st.none() | deeds,
    texts,
    st.booleans(),
)
posts = st.none() | st.builds(
    Digest,
    texts,
    texts,
    texts,
    st.times().map(lambda at: time(at.hour, at.minute)),
    st.sampled_from(["America/New_York", *HOSTILE]),
    st.sampled_from(DigestMode),
    st.booleans(),
    st.just("") | texts,
)
pasts = st.sampled_from([None, CALM, OFTEN, Backtest(None, None, outcome(5, known=0))])


def weighed(rule: Rule) -> making.Worth:
    """The same figures of another rule, with the names that are in it."""
    told = replace(
        NOISY, rule=rule, own=Own(rule.conditions[0].quantity, 0.5, middle=len(rule.conditions) > 1)
    )
    offered = replace(OFFERED[0], offer=replace(OFFERED[0].offer, rule=rule), typed=rule.then or "")
    return making.Worth(told, picture(), (offered,))


def everything(
    report: RuleReport, post: Digest | None, past: Backtest | None, kept: RuleHistory
) -> Iterator[Message]:
    watched, user = report.watched, report.watched.author
    yield card_message(report, picture())
    yield reply_message(report, picture())
    worth = weighed(watched.rule) if past else making.NOT_WEIGHED
    yield created_message(report, past, post, NEXT, edited=bool(post), digest_is_new=not past, worth=worth)
    yield making.tested_message(report, past, replace(worth, whole=True))
    yield rule_message(report, past, kept)
    yield history_message(watched, kept)
    yield why_message(report)
    yield from (
        changes.paused_message(watched, user),
        changes.resumed_message(watched, user),
        changes.deleted_message(watched, user),
    )
    yield from (
        changes.confirm_delete(watched),
        changes.refused_change_message(watched),
        changes.not_deleted_message(watched),
    )
    yield changes.acknowledged_message(watched, user, watched.text)
    yield changes.snoozed_message(watched, user, report.session)
    yield changes.snoozed_before_message(watched, report.session)
    yield changes.acknowledged_before_message(watched, Acknowledgement(user, watched.text))
    yield from (changes.no_open_incident_message(watched), changes.superseded_message(watched))
    waits = Waits(NEXT, report.session, (watched.channel, "XNYS"), watched.channel, NEXT, NEXT, NEXT)
    yield channel.digest_status_message(post, waits, 3, report.session)
    yield from (channel.switched_off_message(post, 3), channel.switched_off_message(post, 3, user))
    if post:
        yield from (channel.switched_on_message(post, waits, 3, user), channel.refused_message(post))
    yield digest_stopped_message(watched.channel, watched.text, report.session)
    yield cannot_post_message(watched.channel, watched.text, "Nothing was saved", watched.text)
    yield from (set_in_messages_heading(watched.channel), set_in_messages_message(watched.text))
    yield alert_message(report, watched.text, picture())


def check_story(report: RuleReport, post: Digest | None, past: Backtest | None, kept: RuleHistory) -> None:
    for message in everything(report, post, past, kept):
        assert faults(fit(message)) == []


def check_digest_content(
    some: list[RuleReport], times: int, changes: list[tuple[str, RuleTransition]], link: str
) -> None:
    digest_content = DigestContent(date(2026, 1, 16), tuple(some * times), tuple(changes), len(changes))
    links = {report.watched.name: link for report in some}
    for message in (
        digest_message(digest_content, links, picture()),
        resumed_digest(digest_content, links),
        digest_details(digest_content),
        list_message(digest_content.stories, None, ListPage(1, 1, 9, 9)),
    ):
        assert faults(fit(message)) == []
    assert len(digest_message(digest_content, links).text.splitlines()) <= 13


histories = st.builds(
    RuleHistory,
    st.lists(watcheds, max_size=2).map(lambda some: tuple(some * 8)),
    st.lists(flips, max_size=2).map(lambda some: tuple(some * 8)),
    st.lists(deeds, max_size=2).map(lambda some: tuple(some * 8)),
    st.lists(incidents, max_size=2).map(lambda some: tuple(some * 8)),
)
of_stories: Any = given(stories, posts, pasts, histories)
of_digest_contents: Any = given(
    st.lists(stories, max_size=3),
    st.sampled_from([1, 1, 5, 60]),
    st.lists(st.tuples(texts, flips), max_size=12),
    texts | st.just("https://acme.slack.com/archives/C1/p1"),
)
few = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
many = settings(max_examples=at_length(100), deadline=None, suppress_health_check=list(HealthCheck))

test_any_story = few(of_stories(check_story))
test_any_digest = few(of_digest_contents(check_digest_content))
test_any_story_many_times = pytest.mark.slow(many(of_stories(check_story)))
test_any_digest_many_times = pytest.mark.slow(many(of_digest_contents(check_digest_content)))


@pytest.mark.slow
@pytest.mark.parametrize("words", HOSTILE)
def test_each_field_alone_is_made_safe(words: str) -> None:
    quantity = Quantity("sector_weight", words, sector=words)
    rule = Rule((Condition(quantity, Op.ABOVE, 0.2),), then=words)
    made = datetime(2026, 1, 2, 3, tzinfo=UTC)
    watched = RuleVersion(words, 7, 1, words, words, words, words, rule, Policy(), made)
    state = State(
        kept=Phase.FIRING,
        trouble=Phase.NO_DATA,
        fired=date(2026, 1, 2),
        acknowledged=Acknowledgement(words, words),
    )
    transition = RuleTransition(
        date(2026, 1, 16), Phase.FIRING, Phase.NO_DATA, Reason.NO_DATA, facts={"cause": words, "was": words}
    )
    reading = Reading(None, None, None, words)
    post = Digest(words, words, words, time(8, 30), words, stopped=words)
    entry = AuditEntry(words, AuditAction.SNOOZED, made, words)
    kept = RuleHistory((watched,), (transition,), (entry,), (RuleIncident(1, made.date()),))
    for act in AuditAction:
        report = RuleReport(
            watched,
            date(2026, 1, 16),
            state,
            reading,
            transition,
            (),
            AuditEntry(words, act, made, words),
            words,
        )
        check_story(report, post, CALM, kept)
        check_story(replace(report, deed=None), post, CALM, kept)
    check_digest_content([report], 3, [(words, transition)], words)
