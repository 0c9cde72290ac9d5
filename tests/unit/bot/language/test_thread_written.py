"""A question about funds and its text are the same thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from analytics.measures import MEASURES
from analytics.returns import ZERO, Rate
from analytics.window import parse
from bot.language import FollowUp, follow_text, read_follow
from bot.language.thread import drop_defaults
from bot.model import Section
from bot.sections import TOPICS
from tests.examples import at_length
from tests.unit.bot.language.asking import TODAY, follow_ups


def same(follow: FollowUp) -> None:
    text = follow_text(follow)
    assert read_follow(text, TODAY) == drop_defaults(follow), text
    assert follow_text(drop_defaults(follow)) == text


@given(follow_ups())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_text_is_read_as_the_same_question(follow: FollowUp) -> None:
    same(follow)


@pytest.mark.slow
@given(follow_ups())
@settings(max_examples=at_length(1200), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_text_is_read_as_the_same_question_at_length(follow: FollowUp) -> None:
    same(follow)


@pytest.mark.parametrize("section", Section)
def test_every_study_has_its_word(section: Section) -> None:
    follow = FollowUp(section=section, measure="sortino" if section is Section.EXPLAIN else "")
    assert follow_text(follow).split()[0] == section
    same(follow)


@pytest.mark.parametrize("measure", sorted({*MEASURES, *TOPICS}))
@pytest.mark.parametrize("weekly", [None, True, False])
def test_every_measure_can_be_explained(measure: str, weekly: bool | None) -> None:
    """Some have "weekly" in their name, which is not the same as weekly returns."""
    same(FollowUp(section=Section.EXPLAIN, measure=measure, weekly=weekly, window=parse("3y")))


@pytest.mark.parametrize("words", [words for spelled in TOPICS.values() for words in spelled])
def test_a_topic_is_explained_by_each_of_its_words(words: str) -> None:
    (topic,) = (name for name, spelled in TOPICS.items() if words in spelled)
    found = read_follow(f"explain {words} ISCB SPSM 3y", TODAY)
    assert isinstance(found, FollowUp)
    assert (found.section, found.measure, found.symbols) == (Section.EXPLAIN, topic, ("ISCB", "SPSM"))


def test_the_words_of_a_topic_alone_ask_the_study_of_its_name() -> None:
    found = read_follow("edge ISCB SPSM", TODAY)
    assert isinstance(found, FollowUp)
    assert (found.section, found.measure) == (Section.EDGE, "")


@pytest.mark.parametrize(
    ("follow", "text"),
    [
        (FollowUp(), "compare"),
        (FollowUp(Section.EXPLAIN, measure="edge", window=parse("3y")), "explain edge 3y"),
        (FollowUp(window=parse("5y")), "5y"),
        (FollowUp(window=parse("since regime")), "since regime"),
        (FollowUp(symbols=("ISCB", "SPSM"), window=parse("3y")), "compare ISCB SPSM 3y"),
        (FollowUp(Section.SECTORS, ("ISCB", "SPSM"), versus="IWM"), "sectors ISCB SPSM vs IWM"),
        (FollowUp(add=("VB", "RISK"), without=("IWM",)), "add VB $RISK without IWM"),
        (FollowUp(Section.COST, amount=25e6), "cost size=25m"),
        (FollowUp(rate=ZERO, weekly=False), "rf=0 daily"),
        (FollowUp(rate=Rate(None), as_of=date(2026, 1, 16)), "rf=tbill asof 2026-01-16"),
        (FollowUp(Section.EXPLAIN, measure="correlation", weekly=True), "weekly explain correlation"),
        (FollowUp(Section.EXPLAIN, measure="correlation_weekly"), "explain weekly correlation"),
    ],
)
def test_is_written_as_people_type_it(follow: FollowUp, text: str) -> None:
    assert follow_text(follow) == text


def test_where_funds_are_named_what_holds_by_default_is_not_said() -> None:
    """Nothing of a thread is kept that it would have to be told from."""
    named = FollowUp(symbols=("ISCB", "SPSM"), rate=ZERO, weekly=False)
    assert follow_text(named) == "compare ISCB SPSM"
    assert drop_defaults(named) == FollowUp(symbols=("ISCB", "SPSM"))
    in_thread = replace(named, symbols=())
    assert drop_defaults(in_thread) == in_thread
