"""Whether a rule is worth having, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics import Followed, IndexChange, Op, Quantity, Rule
from analytics.watch.noise import Noise
from analytics.watch.preflight import Own, PreFlight
from bot.model import RuleNoise
from bot.render.rules.worth import (
    WeighedRule,
    loss_words,
    method_words,
    noisiest_message,
    offers_message,
    record_words,
    worth_words,
)
from bot.render.text import NBSP
from tests.snapshot import Snapshot
from tests.unit.bot.render.rules.moods import faults
from tests.unit.bot.render.rules.stories import QUIET, TWO_OF_THREE
from tests.unit.bot.render.rules.weighed import CALM, HALF_A_YEAR, LOUD, NOISY, OFFERED, RECORD, UNKNOWN
from tests.unit.bot.render.sections.reading import as_read


def plain(words: str) -> str:
    return words.replace(NBSP, " ")


def test_the_funds_own_level_comes_first_and_the_warning_is_bound_to_it() -> None:
    assert plain(worth_words(NOISY)) == (
        "ISCB's Sortino ratio since it follows this index (19 Mar 2021) is 0.51, so this rule is noise "
        "rather than a warning: when nothing changes it is triggered on 65 % of days, with 1.0 false "
        "alarms a year, and SPSM is below 1.00 too in 87 % of them."
    )


def test_a_rule_within_the_budget_is_no_noise() -> None:
    words = plain(worth_words(replace(NOISY, unchanged=replace(LOUD, alarms=0.5, open=0.2))))
    assert "noise" not in words
    assert words.endswith(
        "is 0.51. When nothing changes, this rule is triggered on 20 % of days, with 0.5 false "
        "alarms a year, and SPSM is below 1.00 too in 87 % of them."
    )
    for loud in (replace(LOUD, alarms=0.51, open=0.1), replace(LOUD, alarms=0.1, open=0.21)):
        assert "noise rather than a warning" in worth_words(replace(NOISY, unchanged=loud))


def test_a_rule_that_hardly_ever_fires() -> None:
    rare = replace(LOUD, alarms=0.04, open=0.004)
    words = plain(worth_words(replace(NOISY, unchanged=rare)))
    assert words.endswith("triggered on less than 1 % of days, with hardly any false alarm.")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (replace(NOISY, regime=None), "ISCB's Sortino ratio since 19 Mar 2021 is 0.51"),
        (
            replace(NOISY, regime=("SPSM", IndexChange(date(2020, 1, 24), "S&P SmallCap 600"))),
            "ISCB's Sortino ratio since SPSM changed its index (24 Jan 2020) is 0.51",
        ),
        (
            replace(NOISY, own=Own(Quantity("drawdown", "ISCB"), -0.079, middle=True)),
            "The middle value of ISCB's drawdown from the 1-year high is -7.9 %",
        ),
        (
            replace(NOISY, own=Own(Quantity("sortino", "ISCB", other="SPSM"), 0.031, middle=False)),
            "ISCB's Sortino ratio less SPSM's since ISCB changed its index (19 Mar 2021) is +0.03",
        ),
        (replace(NOISY, own=None), "This rule is noise rather than a warning: when nothing changes it is"),
        (
            replace(NOISY, rule=replace(TWO_OF_THREE.watched.rule, then="SPSM")),
            "This rule is noise rather than a warning: when nothing changes it is triggered on 65 % of days, "
            "with 1.0 false alarms a year, and SPSM meets it too in 87 % of them",
        ),
    ],
)
def test_what_its_own_level_is_of(told: PreFlight, words: str) -> None:
    assert plain(worth_words(told)).startswith(words)


def test_of_what_nothing_is_known() -> None:
    assert worth_words(UNKNOWN) == (
        "How often it would trigger by chance is not known: a fact of a fund has no distribution."
    )
    assert (loss_words(UNKNOWN), record_words(UNKNOWN), method_words(UNKNOWN)) == ("", "", "")


def test_a_loss_beside_chance() -> None:
    assert plain(loss_words(NOISY)) == (
        "If ISCB lost 4 pp a year, it would trigger within a year in 6 of 10 cases (6 of 10 by chance)."
    )


def test_the_past_with_what_followed() -> None:
    assert plain(record_words(NOISY)) == (
        "It was triggered on 57 % of the sessions; on 97 % of those on which it was met SPSM was below 1.00 "
        "too. Counted from the session after, 120 sessions later SPSM was ahead of ISCB in 1 of 2 cases "
        "(43 % of all sessions), by -0.6 pp on average (-0.3 pp after any session)."
    )
    alone = replace(
        NOISY, rule=Rule(NOISY.rule.conditions), record=replace(RECORD, target_too=None, followed=())
    )
    assert plain(record_words(alone)) == "It was triggered on 57 % of the sessions."
    assert record_words(replace(NOISY, record=replace(RECORD, fired=()))) == ""


def test_a_share_of_ten_firings_and_the_longest_time_known() -> None:
    gaps = tuple((date(2022, 1, day), 0.01 if day < 5 else -0.01) for day in range(1, 11))
    many: Followed = replace(HALF_A_YEAR, sessions=20, gaps=gaps)
    words = plain(record_words(replace(NOISY, record=replace(RECORD, followed=(many,)))))
    assert "20 sessions later SPSM was ahead of ISCB in 40 % of 10 cases (43 % of all sessions)" in words


def test_the_method_is_at_the_foot() -> None:
    assert plain(method_words(NOISY)) == (
        "When nothing changes: 500 paths of 3 years drawn in blocks of a month "
        "from 19 Mar 2021 to 16 Jan 2026"
    )


def test_offers_alone() -> None:
    message = offers_message(OFFERED[:1])
    assert faults(message) == []
    assert plain(message.text) == (
        "This one keeps to a false alarm in two years, and to a fifth of days, when nothing changes: "
        "`/watch ISCB - SPSM total return 1y &lt; -4pp for 5 sessions`"
    )
    assert "fifth" in offers_message(OFFERED).text
    assert CALM.within_budget


def weighed(number: int, noise: Noise | None, reason: str = "") -> WeighedRule:
    report = replace(QUIET, watched=replace(QUIET.watched, number=number))
    return WeighedRule(report, RuleNoise("T1", number, 1, date(2026, 1, 16), noise, reason))


LISTED = [
    weighed(7, Noise(0.3, 0.1, 200)),
    weighed(8, Noise(1.04, 0.658, 200)),
    weighed(9, None, "a fact of a fund has no distribution"),
    weighed(10, Noise(1.2, 0.658, 200)),
    WeighedRule(replace(QUIET, watched=replace(QUIET.watched, number=11)), None),
]


def test_the_noisiest_come_first(snapshot: Snapshot) -> None:
    message = noisiest_message(LISTED, alone=False)
    assert faults(message) == []
    snapshot("watch_noisiest", as_read(message))
    assert message.text.startswith("2 of 3 rules in this channel are noise rather than a warning: R10 ISCB")


def test_no_more_than_a_screen_of_them() -> None:
    many = [weighed(number, Noise(0.1, number / 100, 200)) for number in range(1, 31)]
    words = plain(as_read(noisiest_message(many, alone=True)))
    assert "10 of 30 rules of yours and of public channels are noise rather than a warning" in words
    assert "and 15 calmer ones: /watch noisiest page 2" in words
    assert words.index("R30 ISCB") < words.index("R29 ISCB")
    for page in (2, 9):  # there are two
        words = plain(as_read(noisiest_message(many, alone=True, page=page)))
        assert "R15 ISCB" in words
        assert "R16 ISCB" not in words
        assert "calmer ones" not in words
        assert "[Previous]" in words


def test_where_nothing_is_known() -> None:
    assert noisiest_message([], alone=False).text == (
        "It is not known of any rule in this channel what it does when nothing changes."
    )
    words = as_read(noisiest_message(LISTED[2:3], alone=False))
    assert "R9: a fact of a fund has no distribution." in words
    (calm,) = [noisiest_message(LISTED[:1], alone=False)]
    assert calm.text.startswith("None of 1 rule in this channel is noise rather than a warning: R7 ISCB")


def test_where_a_better_figure_is_waited_for_the_other_fund_is_the_one_that_loses() -> None:
    gap = replace(NOISY.rule.conditions[0], quantity=Quantity("sharpe", "ISCB", other="SPSM"), op=Op.ABOVE)
    assert "If SPSM lost 4 pp a year" in plain(loss_words(replace(NOISY, rule=Rule((gap,)))))
