"""Cost of a switch in every mood: what is told of it, what is withheld and why, and its picture."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache, partial
from unittest.mock import patch

import numpy as np
import pytest

from analytics.evidence import gaps
from analytics.evidence.edge import weigh_window
from analytics.evidence.intervals import resample
from analytics.measures.number import Number
from analytics.switch import NO_TERMS, QuotedSpread, SwitchAnswer, SwitchTerms, weigh_switches
from bot.render.evidence.explain_switch import explain_switch_section
from bot.render.evidence.switch import switch_section
from bot.render.evidence.switch_table import duration_words, edge_words, volume_words
from bot.render.evidence_specs import NeededChart
from bot.render.message import Message
from bot.render.sections.doubtful import without_doubtful_figures
from bot.render.sections.finding import cost_words
from bot.render.sections.page import SectionAnswer
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections.doubted import DOUBTED
from tests.unit.bot.render.sections.edges import asked as edge_asked
from tests.unit.bot.render.sections.prices import Asked, assert_sound, on, plain, read, rows
from tests.unit.bot.render.sections.worlds import LONG, LONG_NAMES, PROFILES, panel, walks

TYPED = SwitchTerms(spreads=(0.0012, 0.0003))


@dataclass(frozen=True)
class Order:
    """What is switched, and what is told of it."""

    question: Asked
    amount: float | None = 25e6
    terms: SwitchTerms = TYPED
    quoted: tuple[str, ...] = ()


def named() -> Asked:
    levels = dict(zip(LONG_NAMES[:2], walks(LONG), strict=False))
    known = {name: replace(PROFILES[name[:4]], symbol=name) for name in LONG_NAMES[:2]}
    return Asked(panel(levels), on(*LONG_NAMES[:2], held=panel(levels)).question, known)


def rising() -> Asked:
    """The fund bought gains far more, surely."""
    drawn = np.random.default_rng(8).normal([[0.0], [0.002]], 0.002, (2, LONG))
    levels = 100.0 * np.exp(np.cumsum(drawn, axis=1))
    return on(held=panel({"ISCB": levels[0], "SPSM": levels[1]}), window="3y")


def doubtful(name: str) -> Asked:
    spoilt = DOUBTED[name]()
    return Asked(spoilt.held, spoilt.question, PROFILES)


def without_volume() -> Asked:
    before = on()
    return replace(before, held=replace(before.held, volume=np.full_like(before.held.volume, np.nan)))


FALLING = replace(rising(), question=replace(rising().question, symbols=("SPSM", "ISCB")))
MOODS: Mapping[str, Callable[[], Order]] = {
    "full": lambda: Order(on(window="3y")),
    "floor": lambda: Order(on(), terms=NO_TERMS),
    "chosen": lambda: Order(on(), amount=None),
    "quoted": lambda: Order(on(), terms=NO_TERMS, quoted=("ISCB", "SPSM")),
    "quoted_one": lambda: Order(on(), terms=NO_TERMS, quoted=("SPSM",)),
    "past": lambda: Order(on(as_of=date(2022, 6, 30))),
    "twins": lambda: Order(edge_asked("twins")),
    "taxed": lambda: Order(on(), terms=replace(TYPED, tax=(0.238, 0.4), commissions=(0.0002,), edge=0.025)),
    "large": lambda: Order(on(), amount=300e6),
    "huge": lambda: Order(on(), amount=30e9, terms=NO_TERMS),
    "issuer": lambda: Order(on(), amount=300e6, terms=replace(TYPED, creations=(0.0005,))),
    "issuer_unused": lambda: Order(on(), terms=replace(TYPED, creations=(0.0005,))),
    "several": lambda: Order(on("ISCB", "SPSM", "SPY", "AVUV"), terms=SwitchTerms(spreads=(0.0003,))),
    "several_large": lambda: Order(on("ISCB", "SPSM", "SPY"), amount=120e6, terms=NO_TERMS),
    "long_names": lambda: Order(named()),
    "no_volume": lambda: Order(without_volume()),
    "no_fee": lambda: Order(on(bare="SPSM")),
    "short": lambda: Order(on(window="3m")),
    "more": lambda: Order(rising()),
    "less": lambda: Order(FALLING),
    "doubt_unit": lambda: Order(doubtful("unit")),
    "simulated": lambda: Order(replace(on(), held=replace(on().held, simulated=True))),
    "no_currency": lambda: Order(
        replace(on(), held=replace(on().held, currencies=(None,) * len(on().held.symbols)))
    ),
}


@cache
def weighed(mood: str) -> tuple[SectionAnswer, SwitchAnswer]:
    order = MOODS[mood]()
    comparison = order.question.comparison
    with patch.object(gaps, "resample", partial(resample, count=500)):
        rows = weigh_window(order.question.held, comparison.query)
    sure = without_doubtful_figures(comparison)
    at = datetime(2026, 1, 16, 15, 31, tzinfo=UTC)
    quotes = {symbol: QuotedSpread(0.0006, "Yahoo Finance", at) for symbol in order.quoted}
    answer = weigh_switches(order.question.held, sure, order.amount, order.terms, rows, quotes)
    return SectionAnswer(comparison, (), "U0ANN"), answer


@cache
def told(mood: str) -> Message:
    return switch_section(*weighed(mood))


def picture(mood: str) -> NeededChart:
    (drawn,) = told(mood).pictures
    assert isinstance(drawn, NeededChart)
    return drawn


def words(mood: str) -> str:
    return plain(read(told(mood)))


@pytest.mark.parametrize("mood", MOODS)
def test_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"study_switch_{mood}", read(told(mood)))


@pytest.mark.parametrize("mood", MOODS)
def test_it_can_be_delivered(mood: str) -> None:
    assert_sound(told(mood))


@pytest.mark.parametrize("mood", sorted(set(MOODS) - {"large", "huge", "several", "several_large"}))
def test_a_cost_in_bp_is_that_in_money(mood: str) -> None:
    _, answer = weighed(mood)
    (switch,) = answer.switches
    if switch.once.value is None:
        assert "cannot be told" in words(mood)
        return
    bp, amount, unit = re.search(
        r"costs (?:at least )?([\d.,]+) bp once, ([\d.]+) (k|M)?", words(mood)
    ).groups()  # type: ignore[union-attr]
    assert float(bp.replace(",", "")) == pytest.approx(switch.once.value * 1e4, abs=0.5)
    money = switch.once.value * answer.amount / (1e3 if unit == "k" else 1e6)
    assert float(amount) == pytest.approx(money, rel=0.02)


def test_beyond_one_days_volume_creation_is_named_and_no_cost_told() -> None:
    large, huge = words("large"), words("huge")
    assert (
        "2.6 days' volume of ISCB (26 days at 10 % of it) and 4.5 days' volume of SPSM (46 days at" in large
    )
    assert "created and redeemed in kind with the issuer" in large
    assert "of it)" not in huge
    assert "just over a day's volume of ISCB" in words("several_large")
    assert told("large").pictures == told("huge").pictures == ()
    assert "bp over three" not in large + huge


def test_what_the_issuer_takes_stands_in_place_of_spread_and_impact() -> None:
    assert "creation= stands in place of spread and impact" in words("issuer")
    assert "creation= is left out" in words("issuer_unused")
    assert weighed("issuer_unused")[1].switches == weighed_without_creation().switches


def weighed_without_creation() -> SwitchAnswer:
    order = MOODS["issuer_unused"]()
    comparison = order.question.comparison
    with patch.object(gaps, "resample", partial(resample, count=500)):
        rows = weigh_window(order.question.held, comparison.query)
    return weigh_switches(order.question.held, comparison, order.amount, TYPED, rows)


def test_the_data_are_set_beside_the_needed_edge() -> None:
    assert "whether that earns the cost back cannot be known from it" in words("full")
    assert "all of it more than is needed, even over one year" in words("more")
    assert "all of it less than is needed, even over five years" in words("less")
    assert "What the data allow is not told: no gap a year is known" in words("short")
    assert "it would rest on a price that looks wrong" in words("doubt_unit")
    assert "price of ISCB is not known (rests on a price that looks wrong)" in words("doubt_unit")


def test_spreads_that_are_not_known_make_it_a_floor_and_say_so() -> None:
    floor = words("floor")
    assert "costs at least" in floor
    assert "without the spreads, which are not known" in floor
    assert "Spreads are not known" in floor
    assert "spreads not known" in floor
    assert "spreads as typed" in words("full")
    assert "not known" not in words("full")


def test_spreads_that_are_quoted_name_their_source_and_minute() -> None:
    quoted, one = words("quoted"), words("quoted_one")
    assert "spreads: bid and ask, ISCB, SPSM, Yahoo Finance, 2026-01-16 15:31 UTC" in quoted
    assert "half spreads 6 bp" in quoted
    assert "at least" not in quoted
    assert "costs at least" in one
    assert "Spreads are not known" in one
    assert "half spread of SPSM 3 bp" in one
    assert "without the spread of ISCB, which is not known" in one
    typed = weighed("full")[1]
    assert typed.quotes == {}


def test_of_one_series_twice_there_is_no_gap() -> None:
    assert "The data of three years allow a gap of 0.0 pp a year before fees: all of it less" in words(
        "twins"
    )


def test_fees_of_another_time_are_told_with_their_day() -> None:
    assert "Expense ratios are those of 15 Jan 2026; what they were on 30 Jun 2022 is not known." in words(
        "past"
    )


def test_no_size_named_is_said() -> None:
    assert "No size was named: 1 M USD is within one day's volume of each." in words("chosen")
    assert "No size was named" not in words("full")


def test_a_fee_that_is_not_known_is_left_out_and_said() -> None:
    bare = words("no_fee")
    assert "fees are left out, which are not known of both" in bare
    assert "by the fees alone" not in bare
    assert "SPSM: Yahoo Finance gives no expense ratio." in bare


def test_the_picture_states_its_finding_and_has_the_band_of_the_data() -> None:
    drawn = picture("full")
    assert plain(drawn.title).startswith("ISCB to SPSM needs ")
    assert drawn.title.endswith("the data cannot tell")
    assert drawn.fits is not None
    assert [mark.years for mark in drawn.marks] == [1.0, 3.0, 5.0]
    assert (np.diff(drawn.needed) < 0).all()
    assert picture("short").fits is None
    assert picture("more").title.endswith("the data allow only more")
    assert picture("less").title.endswith("the data allow only less")
    assert picture("simulated").simulated
    for mood in MOODS:
        assert all(len(each.alt.split()) <= 30 for each in told(mood).pictures), mood


@pytest.mark.parametrize(
    ("months", "shown"),
    [
        (0.3, "within a month"),
        (1.4, "in 1 month"),
        (7.9, "in 8 months"),
        (24.0, "in 2 years"),
        (796, "in 66 years"),
    ],
)
def test_how_long_it_takes(months: float, shown: str) -> None:
    assert duration_words(months) == shown


@pytest.mark.parametrize(
    ("fraction", "shown"),
    [(0.00664, "66 bp"), (0.00075, "7.5 bp"), (0.0, "0 bp"), (-0.00012, "-1.2 bp"), (0.0952, "952 bp")],
)
def test_costs_are_in_basis_points(fraction: float, shown: str) -> None:
    assert plain(cost_words(fraction)) == shown


def test_orders_are_told_in_days_of_volume_and_edges_with_their_digits() -> None:
    assert [plain(volume_words(days)) for days in (0.00001, 0.151, 1.0, 2.14, 37.8)] == [
        "<0.01 % of a day's volume",
        "15 % of a day's volume",
        "100 % of a day's volume",
        "2.1 days' volume",
        "38 days' volume",
    ]
    assert [plain(edge_words(edge)) for edge in (0.01, 0.025, 0.0025)] == ["1 pp", "2.5 pp", "0.25 pp"]


@cache
def explained(mood: str) -> Message:
    return explain_switch_section(*weighed(mood))


@pytest.mark.parametrize("mood", ["full", "floor", "large", "issuer", "several", "no_volume"])
def test_the_explanation_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"study_switch_explained_{mood}", read(explained(mood)))
    assert_sound(explained(mood))


def test_the_steps_can_be_worked_out_again() -> None:
    shown = {row[0]: [plain(cell) for cell in row[1:]] for row in rows(explained("full"))}
    for at in (0, 1):
        share, root = (float(shown[name][at]) for name in ("Order / traded a day", "Square root of that"))
        sigma = float(shown["Volatility a day"][at].removesuffix(" %"))
        move = float(shown["Impact"][at].removesuffix(" bp"))
        half = float(shown["Half spread"][at].removesuffix(" bp"))
        assert root == pytest.approx(share**0.5, abs=1e-3)
        assert move == pytest.approx(100 * sigma * root, rel=1e-3)
        assert float(shown["Cost"][at].removesuffix(" bp")) == pytest.approx(move + half, abs=0.02)


def test_one_fund_alone_is_explained_without_numbers() -> None:
    comparison = on("ISCB").comparison
    alone = explain_switch_section(SectionAnswer(comparison), SwitchAnswer(1e6, True, NO_TERMS, ()))
    assert_sound(alone)
    assert "Two funds are needed for numbers" in alone.text
    assert "table" not in {block["type"] for block in alone.blocks}


def test_of_several_whose_spreads_are_not_known_what_is_needed_is_a_floor_too() -> None:
    found, answer = weighed("several")
    open_spread = Number(None, "not known")
    cheap = [
        replace(each, bought=replace(each.bought, half_spread=open_spread)) for each in answer.switches[:2]
    ]
    said = plain(read(switch_section(found, replace(answer, switches=tuple(cheap)))))
    assert re.search(r"Over three years that needs from at least \d+ bp a year before fees", said)
    assert "(SPSM)" not in re.findall(r"Over three years[^.]*", plain(read(lone(found, answer))))[0]


def lone(found: SectionAnswer, answer: SwitchAnswer) -> Message:
    """The same where of one fund alone a cost is known."""
    known, *others = answer.switches
    unknown = [
        replace(each, bought=replace(each.bought, impact=Number(None, "not known"))) for each in others
    ]
    return switch_section(found, replace(answer, switches=(known, *unknown)))


@pytest.mark.parametrize(
    ("fee", "said"),
    [
        (
            -0.0010,
            r"by [\d.]+ bp a year over one year, [\d.]+ bp over three, nothing over five",
        ),
        (-0.0200, r"SPSM need not beat ISCB before fees, even over one year; its fee is 200 bp lower\."),
    ],
)
def test_a_lower_fee_that_earns_the_cost_back_leaves_nothing_to_be_beaten(fee: float, said: str) -> None:
    found, answer = weighed("full")
    (switch,) = answer.switches
    cheap = replace(switch, tax=0.004 - (switch.once.value or 0.0), fee_gap=Number(fee))
    assert re.search(
        said, plain(read(switch_section(found, replace(answer, switches=(cheap,))))).replace("*", "")
    )
