"""What the finding says of chance: each verdict has its sentence, and none says more than its window."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.evidence.edge import RegimeReturns, Turn, WindowEvidence, weigh_window
from analytics.evidence.gaps import EdgeRow, Judgement, Verdict
from analytics.evidence.intervals import Gap
from analytics.measures.number import Interval, Number
from analytics.panel import Doubt, DoubtKind
from analytics.query import Query
from analytics.window import parse
from bot.render.sections.finding import finding
from bot.render.verdict import chance_sentences, fitting_range, window_subject
from tests.unit.bot.render.sections.worlds import market, world

AS_OF = date(2026, 1, 16)


def row(
    verdict: Verdict = Verdict.UNKNOWN,
    low: float = -0.023,
    high: float = 0.119,
    window: str = "1y",
    other: str = "SPSM",
    sharpe: tuple[float, float] = (-0.06, 0.5),
) -> EdgeRow:
    """A pair over one window, with what matters to the words put in."""
    found = weigh_window(market(("ISCB", "SPSM")), Query(("ISCB", "SPSM"), parse("1y"), AS_OF))[0]
    growth = replace(found.growth, interval=Interval.of(low, high, level=0.95, method="by hand"))
    ratio = replace(found.sharpe, interval=Interval.of(*sharpe, level=0.95, method="by hand"))
    judged = Judgement(verdict, "both have the same return on every session")
    return replace(
        found,
        window=parse(window),
        pair=("ISCB", other),
        growth=growth,
        sharpe=ratio,
        p=Number(0.06),
        judgement=judged,
    )


def told(*rows: EdgeRow, **more: object) -> str:
    said = chance_sentences(world("pair"), WindowEvidence(rows, **more))  # type: ignore[arg-type]
    return " ".join(said).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (row(), "One year cannot tell this gap from chance: anything from 2 pp behind to 12 pp ahead"),
        (
            row(window="3y", low=-0.006, high=0.076),
            "Three years cannot tell this gap from chance: anything from 0.6 pp",
        ),
        (
            row(Verdict.NO_GAP, -0.036, 0.02, "10y"),
            "Ten years would have shown a gap in Sharpe ratio of 0.2, and there is none",
        ),
        (
            row(Verdict.SAME, -0.002, 0.003),
            "The two are the same for practical purposes: anything from 0.2 pp behind",
        ),
        (
            row(Verdict.IDENTICAL, 0.0, 0.0),
            "The two are the same: both have the same return on every session.",
        ),
        (
            row(Verdict.DISTINGUISHABLE, 0.01, 0.07, sharpe=(0.1, 0.8)),
            "One year can tell the Sharpe ratios apart from chance: a gap between +0.10 and +0.80 fits; in",
        ),
        (
            row(Verdict.DISTINGUISHABLE, -0.01, 0.07, sharpe=(0.1, 0.8)),
            "The gap in return alone cannot be told: anything from 1 pp behind to 7 pp ahead",
        ),
        (row(low=-0.0003, high=0.023), "anything from level to 2.3 pp ahead fits"),
        (row(Verdict.SAME, -0.0002, 0.0003), "anything from 0.02 pp behind to 0.03 pp ahead fits"),
        (row(low=0.01, high=0.37), "In one year anything from 1 pp to 37 pp ahead"),
        (row(low=-0.37, high=-0.01), "from 1 pp to 37 pp behind"),
    ],
)
def test_each_verdict_has_its_words(found: EdgeRow, words: str) -> None:
    assert words in told(found)


def test_a_gap_with_its_sign_whose_test_is_not_met_is_not_said_to_be_told() -> None:
    said = told(row(low=0.01, high=0.37))
    assert "the test of the Sharpe ratios cannot tell them from chance (p 0.06)" in said


@pytest.mark.parametrize("verdict", [each for each in Verdict if each is not Verdict.DISTINGUISHABLE])
def test_only_what_is_distinguishable_is_distinguishable(verdict: Verdict) -> None:
    assert "can tell the Sharpe ratios apart" not in told(row(verdict))


def test_several_pairs_are_grouped_by_their_verdict() -> None:
    rows = [
        row(),
        row(other="IWM"),
        row(Verdict.DISTINGUISHABLE, other="SPY"),
        row(Verdict.NO_GAP, other="VB"),
    ]
    assert told(*rows) == (
        "One year: ISCB can be told from SPY by the Sharpe ratio; ISCB's gap to SPSM and IWM cannot be told "
        "from chance; no gap worth having to VB."
    )
    assert told(row(), row(other="IWM")) == (
        "One year cannot tell ISCB's gap to any of the others from chance."
    )


def test_where_the_gap_holds_elsewhere_and_where_it_has_turned() -> None:
    returns = {"ISCB": Number(0.075), "SPSM": Number(0.069)}
    said = told(
        row(),
        regime=RegimeReturns(date(2021, 3, 19), AS_OF, returns),
        turn=Turn(date(2025, 10, 16), AS_OF, -0.029),
    )
    assert said.endswith(
        "Since both follow today's indices (19 Mar 2021): 7.5 % and 6.9 % a year. "
        "Over the last 3 months ISCB is 2.9 pp behind."
    )


def test_a_figure_that_ends_after_the_window_says_when() -> None:
    returns = {"ISCB": Number(0.075), "SPSM": Number(0.069)}
    said = told(row(), regime=RegimeReturns(date(2021, 3, 19), date(2026, 2, 2), returns))
    assert said.endswith("indices (19 Mar 2021 to 2 Feb 2026): 7.5 % and 6.9 % a year.")


def test_an_interval_that_is_not_defined_is_not_told() -> None:
    nothing = Interval.of(float("nan"), 0.0, level=0.95, method="by hand", reason="too few")
    found = row()
    bare = replace(found, growth=Gap(Number(0.04), nothing, Number(None, "-"), Number(None, "-")))
    assert told(bare) == "One year cannot tell this gap from chance."
    assert fitting_range(bare) == ""


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ("1y", "one year"),
        ("18m", "18 months"),
        ("10y", "ten years"),
        ("7y", "7 years"),
        ("2020", "this window"),
    ],
)
def test_a_window_is_the_subject_of_a_sentence(window: str, words: str) -> None:
    assert window_subject(parse(window)) == words


def test_nothing_is_told_that_rests_on_a_doubtful_price() -> None:
    doubt = Doubt(DoubtKind.JUMP, "ISCB", date(2025, 6, 2), -0.5)
    doubtful = replace(world("pair"), doubts=(doubt,))
    assert chance_sentences(doubtful, WindowEvidence((row(),))) == ()


def test_the_finding_says_it_second() -> None:
    said = finding(world("pair"), WindowEvidence((row(),)))
    assert said[1].startswith("One year cannot tell this gap from chance")
    assert finding(world("pair"))[1] != said[1]
