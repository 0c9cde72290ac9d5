"""Rates, regimes and style as people read them: words are bound to t, what lacks is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

import pytest

from analytics.evidence.alpha import benchmark_alphas, broad_market
from analytics.evidence.regression import Estimate
from analytics.measures.number import Number
from bot.render.charts import draw
from bot.render.estimates import NamedEstimate, clear_words, gap_words, value_words, within_words
from bot.render.evidence.rates import rates_section
from bot.render.evidence.regimes import regimes_section
from bot.render.evidence.style import style_section
from bot.render.message import Message
from bot.render.sections.risk import risk_section
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections.evidence import MOODS, Evident, asked, on, world
from tests.unit.bot.render.sections.prices import assert_sound, plain, read, row, rows

STUDIES: Mapping[str, Callable[[Evident], Message]] = {
    "risk": lambda one: risk_section(one.found, benchmark_alphas(one.held, one.question)),
    "rates": lambda one: rates_section(one.found, one.rates),
    "regimes": lambda one: regimes_section(one.found, one.regimes),
    "style": lambda one: style_section(one.found, one.style),
}
RISKY = ("full", "one", "three", "no_proxies", "doubtful", "grave_proxy", "long_names", "proxy_itself")
EACH = [
    *(("risk", mood) for mood in RISKY),
    *((study, mood) for study in ("rates", "regimes", "style") for mood in MOODS),
]


@cache
def told(study: str, mood: str) -> Message:
    return STUDIES[study](asked(mood))


def words(study: str, mood: str) -> str:
    return plain(read(told(study, mood)))


@pytest.mark.parametrize(("study", "mood"), EACH)
def test_reads_well(study: str, mood: str, snapshot: Snapshot) -> None:
    name = "risk_alphas" if study == "risk" else study
    snapshot(f"study_{name}_{mood}", read(told(study, mood)))


@pytest.mark.parametrize(("study", "mood"), EACH)
def test_it_can_be_delivered_and_drawn(study: str, mood: str) -> None:
    message = told(study, mood)
    assert_sound(message)
    for picture in message.pictures:
        assert len(picture.alt.split()) <= 30
        assert draw(picture).startswith(b"\x89PNG")


def estimate(value: float, error: float) -> Estimate:
    return Estimate.of(value, error, "by hand")


@pytest.mark.parametrize(
    ("t", "said"), [(1.99, "not distinguishable from zero"), (-2.0, "distinguishable from zero")]
)
def test_the_verdict_of_one_is_bound_to_its_t(t: float, said: str) -> None:
    assert clear_words([NamedEstimate("ISCB", estimate(t * 0.01, 0.01))]) == said
    assert gap_words(("ISCB", "SPSM"), estimate(t * 0.01, 0.01)).endswith(f", {said}")


def test_the_verdict_of_several_names_those_it_is_about() -> None:
    clear, unclear = estimate(0.03, 0.01), estimate(0.01, 0.01)
    one, other, third = (NamedEstimate(name, clear) for name in ("AAA", "BBB", "CCC"))
    assert clear_words([one, other]) == "both are distinguishable from zero"
    assert clear_words([one, other, third]) == "all are distinguishable from zero"
    assert clear_words([one, NamedEstimate("BBB", unclear)]) == "BBB is not distinguishable from zero"
    assert (
        clear_words([NamedEstimate("AAA", unclear), NamedEstimate("BBB", unclear)])
        == "neither is distinguishable from zero"
    )
    assert clear_words([]) == ""


def test_what_has_no_error_is_not_judged() -> None:
    sure = Estimate.of(0.01, float("nan"), "by hand", "fewer than 12 months")
    assert value_words(sure, lambda value: f"{value}") == "0.01"
    assert gap_words(("A", "B"), sure) == "A less B: +1.00 pp".replace(" pp", "\u00a0pp")


def test_words_for_a_chart_are_cut_between_parts() -> None:
    assert within_words(["one two.", "three four.", "five."], 4) == "one two. three four."


@pytest.mark.parametrize("study", ["rates", "regimes"])
@pytest.mark.parametrize("mood", ["full", "bonds", "one", "three"])
def test_words_agree_with_every_t_in_the_finding(study: str, mood: str) -> None:
    """A bracket that holds a t and a verdict holds the right one."""
    for t, no in re.findall(r"\(t (-?[\d.]+), (not )?distinguishable", words(study, mood)):
        assert (abs(float(t)) < 2.0) == bool(no)


def test_the_market_that_is_held_still_is_named() -> None:
    outside = on(benchmark="IWM")
    said = plain(read(rates_section(outside.found, outside.rates)))
    assert "with IWM held still" in said
    assert "Without IWM held still" in said
    assert "SPY" not in said


def test_without_a_market_the_number_without_it_is_told_and_says_why() -> None:
    said = words("rates", "no_market")
    assert "no market held still (no prices of SPY)" in said
    assert told("rates", "no_market").pictures == ()


def test_a_bond_fund_is_told_as_a_duration() -> None:
    held = asked("bonds").rates
    years = [one.duration.value or 0.0 for one in held.funds]
    said = words("rates", "bonds")
    assert f"TLT *{years[0]:.1f} years* and IEF *{years[1]:.1f} years*" in said
    assert row(told("rates", "bonds"), "TLT")[-1] == f"{years[0]:.1f}"
    assert "duration" not in words("rates", "full")


@pytest.mark.parametrize("study", ["rates", "style"])
def test_too_few_weeks_are_said_in_one_sentence(study: str) -> None:
    message = told(study, "few_weeks")
    assert "cannot be told: fewer than 104 weeks." in plain(message.text)
    assert message.pictures == ()


def test_kinds_without_their_proxy_have_no_line_and_say_why() -> None:
    labels = [cells[0] for cells in rows(told("regimes", "no_yield"))]
    assert not any("ield" in label for label in labels)
    assert "no prices of ^TNX" in words("regimes", "no_yield")


def test_few_months_have_no_interval() -> None:
    """Of 13 whole months some kinds have fewer than 12."""
    table = rows(told("regimes", "few_weeks"))
    gaps = {cells[0]: cells[-1] for cells in table if re.search(r"\(\d+\)$", cells[0])}
    assert gaps
    for label, gap in gaps.items():
        assert ("±" in gap) == (int(label.rpartition("(")[2].rstrip(")")) >= 12), label


def test_falls_are_dated_with_both_funds_in_them_and_after() -> None:
    answer = asked("full").regimes
    assert answer.falls
    fall = answer.falls[-1]
    labels = [cells[0] for cells in rows(told("regimes", "full"))]
    assert any(label.startswith("then to ") for label in labels)
    assert f"{100 * fall.market.depth:.1f} %" in words("regimes", "full")


def test_the_parts_of_a_gap_add_up() -> None:
    table = rows(told("style", "full"))
    at = next(number for number, cells in enumerate(table) if cells[0].startswith("Parts"))
    for column in (1, 2, 3):
        numbers = [float(cells[column].split()[0]) for cells in table[at + 1 :]]
        assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.31)


def test_styles_left_out_are_named_with_the_reason() -> None:
    said = words("style", "no_yield")
    assert "Left out: VALUE (IWN - IWO: no prices of IWN)." in said
    assert "VALUE" not in [cells[0].split()[0] for cells in rows(told("style", "no_yield"))]


def test_styles_that_are_alike_are_warned_of() -> None:
    held = world()
    close = held.total_return.copy()
    close[held.row("XSMO")] = close[held.row("IJR")] * (1 + 1e-5 * close[held.row("IEF")])
    alike = on(held=type(held)(**{**vars(held), "total_return": close, "close": close}))
    answer = alike.style
    said = plain(read(style_section(alike.found, answer)))
    assert ("condition number" in said) == answer.is_entangled


@pytest.mark.parametrize("study", ["rates", "regimes", "style"])
def test_nothing_is_concluded_across_a_grave_doubt(study: str) -> None:
    finding = told(study, "grave").text
    assert "can be relied on" in finding
    assert "SPSM *" not in words(study, "grave").split("†")[0]


def test_alpha_stands_against_the_other_fund_and_the_broad_market() -> None:
    one = asked("full")
    found = benchmark_alphas(one.held, one.question)
    assert found.broad is not None
    explained = {symbol: number.value or 0.0 for symbol, number in found.broad.r_squared.items()}
    assert found.broad.symbol == max(explained, key=explained.__getitem__)
    labels = [cells[0] for cells in rows(told("risk", "full"))]
    assert labels[-2:] == ["Alpha against SPSM", f"Alpha against {found.broad.symbol}"]
    first = found.alphas[0].alpha
    assert first.interval.low is not None
    assert first.interval.high is not None
    assert first.value.value is not None
    half = 100 * (first.interval.high - first.interval.low) / 2
    shown = f"{100 * first.value.value:+.1f} ± {half:.1f} %"
    assert row(told("risk", "full"), "Alpha against SPSM")[0] == shown
    assert f"{found.broad.symbol} is the broad market here: it explains ISCB most" in words("risk", "full")


@pytest.mark.parametrize("mood", ["full", "three", "long_names"])
def test_only_a_clear_alpha_is_in_the_finding(mood: str) -> None:
    one = asked(mood)
    clear = [each for each in benchmark_alphas(one.held, one.question).alphas if each.alpha.is_clear]
    assert ("Alphas a year distinguishable from zero" in words("risk", mood)) == bool(clear)


def test_no_broad_market_without_its_prices_and_never_the_fund_itself() -> None:
    none = asked("no_proxies")
    assert broad_market(none.held, none.question) is None
    itself = on("SPY", "IWM")
    assert broad_market(itself.held, itself.question) is None


def test_the_parts_of_a_gap_go_by_the_span_and_not_by_the_window_asked() -> None:
    """The funds are three years old, and five were asked for."""
    young = on(window="5y", held=world(count=760))
    assert not young.found.comparison.span.full
    said = plain(read(style_section(young.found, young.style)))
    assert re.search(r"Of the gap of \S+ pp from \d+ \w+ 20\d\d, ", said)
    assert "over 5 years" not in said


def test_of_two_that_gained_in_a_fall_neither_is_said_to_have_lost() -> None:
    answer, gained = on("IEF", "SHY").regimes, {"IEF": Number(0.01), "SHY": Number(0.02)}
    fell = replace(answer, falls=tuple(replace(each, down=gained) for each in answer.falls[:1] * 2))
    said = plain(read(regimes_section(on("IEF", "SHY").found, fell)))
    assert "IEF did worse than SHY in 2 of 2 such falls." in said
