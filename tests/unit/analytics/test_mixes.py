"""Mixes of funds: their symbol, their levels, their row on a panel, what is known of them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.comparison import compare
from analytics.fund import Basis, Fact, FundProfile, Holding, IndexChange, Kind, SectorWeights
from analytics.holdings import REST, mix_profile
from analytics.mixes import Component, Mix, Rebalancing, labels_of, mix_levels, mix_of
from analytics.months import monthly_grid
from analytics.notes import NoteKind
from analytics.panel import BoolArray, Doubt, DoubtKind, Exchange, FloatArray, PricePanel
from analytics.query import Query, settle_regime
from analytics.returns import Rate, priced_symbols, with_mixes
from analytics.rolling import roll_measures
from analytics.window import parse

DAYS = np.busday_offset(np.datetime64("2024-01-02"), np.arange(520)).astype("datetime64[D]")


def levels(*seeds: int) -> FloatArray:
    moves = np.array([np.random.default_rng(seed).normal(0.0004, 0.012, DAYS.size) for seed in seeds])
    return np.asarray(100.0 * np.cumprod(1.0 + moves, axis=1))


def panel(rows: FloatArray, symbols: tuple[str, ...] = ("A", "B"), **more: object) -> PricePanel:
    unknown = np.full_like(rows, np.nan)
    return PricePanel(DAYS[: rows.shape[1]], symbols, rows, rows, unknown, "by hand", **more)  # type: ignore[arg-type]


def held_by_hand(parts: FloatArray, weights: FloatArray, resets: BoolArray) -> list[float]:
    """Follow the holdings session by session: the slow twin."""
    held, out = list(weights), [1.0]
    for at in range(1, parts.shape[1]):
        held = [each * parts[row, at] / parts[row, at - 1] for row, each in enumerate(held)]
        out.append(sum(held))
        if resets[at]:
            held = [weight * out[-1] for weight in weights]
    return out


MIXES = st.lists(st.integers(1, 60), min_size=2, max_size=5).map(lambda parts: np.array(parts) / sum(parts))


@given(MIXES, st.sampled_from(Rebalancing), st.integers(0, 50))
@settings(max_examples=40, deadline=None)
def test_levels_are_those_of_the_holdings_followed_by_hand(
    weights: FloatArray, rule: Rebalancing, seed: int
) -> None:
    parts = levels(*range(seed, seed + weights.size))
    resets = rule.resets(DAYS)
    assert mix_levels(parts, weights, resets) == pytest.approx(
        held_by_hand(parts, weights, resets), rel=1e-11
    )


@given(MIXES, st.sampled_from(Rebalancing), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_neither_the_order_of_the_components_nor_the_scale_of_prices_matters(
    weights: FloatArray, rule: Rebalancing, random: object
) -> None:
    parts = levels(*range(weights.size))
    order = list(range(weights.size))
    random.shuffle(order)  # type: ignore[attr-defined]
    expected = mix_levels(parts, weights, rule.resets(DAYS))
    scaled = parts[order] * np.array([[3.7], [0.01], [1.0], [250.0], [8.0]])[: weights.size]
    assert mix_levels(scaled, weights[order], rule.resets(DAYS)) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("rule", Rebalancing)
def test_all_of_one_fund_is_that_fund(rule: Rebalancing) -> None:
    parts = levels(3)
    assert mix_levels(parts, np.ones(1), rule.resets(DAYS)) == pytest.approx(parts[0] / parts[0, 0])


@pytest.mark.parametrize("rule", Rebalancing)
def test_a_mix_of_twins_is_each_of_them(rule: Rebalancing) -> None:
    parts = np.vstack([levels(3), 2.5 * levels(3)])
    assert mix_levels(parts, np.array([0.3, 0.7]), rule.resets(DAYS)) == pytest.approx(parts[0] / parts[0, 0])


def test_weights_are_set_back_at_the_last_close_of_each_period() -> None:
    days = np.array(
        ["2025-03-28", "2025-03-31", "2025-04-01", "2025-04-30", "2025-05-02", "2025-12-31", "2026-01-02"],
        dtype="datetime64[D]",
    )
    found = {rule: [str(day) for day in days[rule.resets(days)]] for rule in Rebalancing}
    first = "2025-03-28"
    assert found == {
        Rebalancing.NEVER: [first],
        Rebalancing.DAILY: [str(day) for day in days],
        Rebalancing.MONTHLY: [first, "2025-03-31", "2025-04-30", "2025-05-02", "2025-12-31"],
        Rebalancing.QUARTERLY: [first, "2025-03-31", "2025-05-02", "2025-12-31"],
        Rebalancing.YEARLY: [first, "2025-12-31"],
    }


@given(
    st.lists(st.integers(1, 9999), min_size=2, max_size=10),
    st.sampled_from(Rebalancing),
    st.sampled_from([0.0, 0.04, 0.0325, None]),
    st.sampled_from([("", 0), ("core", 3)]),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_a_symbol_is_read_back(
    parts: list[int], rule: Rebalancing, rate: float | None, named: tuple[str, int], cash: bool
) -> None:
    symbols = [f"F{at}" for at in range(len(parts) - cash)] + ["cash"] * cash
    components = tuple(Component(symbol, part / 100) for symbol, part in zip(symbols, parts, strict=True))
    mix = Mix(components, rule, rate if cash else 0.0, *named)
    assert mix_of(mix.symbol) == mix


@pytest.mark.parametrize("text", ["", "60%", "60%A+", "A+B", "60%A+40%B:weekly", "core=100%A", "1000%A+1%B"])
def test_what_is_no_mix_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no mix"):
        mix_of(text)


def test_labels_fit_and_tell_apart() -> None:
    many = "+".join(f"10%FUND{at}" for at in range(10))
    found = labels_of(["60%ISCB+40%TLT", "60%ISCB+40%TLT:never", many, f"{many}:monthly", "core@1=100%A"])
    assert list(found.values()) == [
        "60/40 ISCB/TLT",
        "60/40 ISCB/TLT never",
        "Mix of 10",
        "Mix of 10 monthly",
        "core",
    ]
    other = many.replace("FUND9", "FUNDX")
    assert len(set(labels_of([many, other]).values())) == 2


def test_a_row_misses_what_one_component_misses_and_the_return_across_it_is_known() -> None:
    rows = levels(1, 2)
    rows[1, 50] = np.nan
    whole, found = with_mixes(panel(levels(1, 2)), ["50%A+50%B"]), with_mixes(panel(rows), ["50%A+50%B"])
    assert np.isnan(found.total_return[0, 50])
    assert found.missing[0].sum() == 1
    known = np.delete(np.arange(DAYS.size), 50)
    assert found.total_return[0, known] == pytest.approx(whole.total_return[0, known], rel=1e-12)


def test_a_mix_has_the_sessions_that_all_exchanges_hold() -> None:
    rows, london = levels(1, 2), Exchange("XLON", close=16.5)
    held = np.ones(rows.shape, dtype=np.bool_)
    held[1, 10], rows[1, 10] = False, np.nan
    coin = Exchange("24/7", 365, 24.0)
    found = with_mixes(
        panel(rows, held=held, exchanges=(coin, london), currencies=("USD", "GBP")), ["50%A+50%B", "A"]
    )
    assert found.held is not None
    assert not found.held[0, 10]
    assert not found.missing.any()
    assert found.exchanges[0] == london
    assert found.currencies == (None, "USD")


def test_a_doubt_about_a_component_is_one_about_the_mix_and_names_the_component() -> None:
    doubt = Doubt(DoubtKind.JUMP, "B", date(2024, 6, 3), -0.4)
    found = with_mixes(panel(levels(1, 2), doubts=(doubt,)), ["60%A+40%B", "A"])
    assert [(each.symbol, each.fund) for each in found.doubts] == [("60%A+40%B", "B")]


def test_cash_earns_the_rate_of_the_question() -> None:
    rows = levels(1)
    plain = with_mixes(panel(rows, ("A",)), ["50%A+50%cash:daily", "50%A+50%cash@4%:daily"]).total_return
    moves = rows[0, 1:] / rows[0, :-1] - 1.0
    assert plain[0] == pytest.approx(np.append(1.0, np.cumprod(1.0 + moves / 2)))
    assert plain[1] == pytest.approx(np.append(1.0, np.cumprod(1.0 + moves / 2 + 0.02 / 252)))


def test_cash_by_the_bill_takes_the_quote_of_the_evening_before() -> None:
    rows = np.vstack([levels(1), np.full((1, DAYS.size), 3.6)])
    rows[0] = 100.0
    quotes = panel(rows, ("A", "^IRX"))
    assert priced_symbols(["50%A+50%cash@tbill"]) == ("A", "^IRX")
    found = with_mixes(quotes, ["50%A+50%cash@tbill:daily"]).total_return[0]
    assert found[252] == pytest.approx((1.0 + 0.036835 / 252 / 2) ** 252, rel=1e-6)


def question(window: str, *symbols: str, benchmark: str | None = None) -> Query:
    return Query(symbols, parse(window), DAYS[-1].item(), benchmark)


@pytest.mark.parametrize("rule", Rebalancing)
def test_every_window_begins_with_the_weights(rule: Rebalancing) -> None:
    """A return does not depend on which other window was asked for beside it."""
    symbol = Mix((Component("A", 60.0), Component("B", 40.0)), rule).symbol
    held = panel(levels(1, 2))
    mixed = with_mixes(held, [symbol, "A"])
    short, long = (compare(mixed, {}, question(label, symbol, "A")) for label in ("3m", "1y"))
    for label in ("3m", "1y"):
        one, other = short.period(label), long.period(label)
        assert one
        assert other
        assert one.returns[symbol].value == other.returns[symbol].value
        first = int(np.searchsorted(DAYS, np.datetime64(one.start)))
        fresh = mix_levels(held.total_return[:, first:], np.array([0.6, 0.4]), rule.resets(DAYS[first:]))
        assert one.returns[symbol].value == pytest.approx(fresh[-1] - 1.0, rel=1e-12)
    assert short.metrics[symbol]["total_return"].value == pytest.approx(
        short.period("3m").returns[symbol].value  # type: ignore[union-attr]
    )


@pytest.mark.parametrize("rule", Rebalancing)
def test_months_do_not_depend_on_the_window_and_make_the_calendar_years(rule: Rebalancing) -> None:
    symbol = Mix((Component("A", 60.0), Component("B", 40.0)), rule).symbol
    mixed = with_mixes(panel(levels(1, 2)), [symbol, "A"])
    short, long = (monthly_grid(mixed, question(label, symbol, "A")) for label in ("1m", "18m"))
    assert short.returns == pytest.approx(long.returns, rel=1e-12, nan_ok=True)
    years = {period.label: period for period in compare(mixed, {}, question("1m", symbol, "A")).years}
    assert long.year(2025)[1] == pytest.approx(
        [years["2025"].returns[name].value for name in (symbol, "A")], rel=1e-12
    )


def test_what_is_rolled_does_not_depend_on_where_the_span_begins() -> None:
    """Windows move through it: a mix is looked at as it has run."""
    mixed = with_mixes(panel(levels(1, 2)), ["60%A+40%B:yearly", "A"])
    short, long = (roll_measures(mixed, question(label, "60%A+40%B:yearly", "A")) for label in ("1m", "6m"))
    count = short.sessions.size
    for name, figures in short.figures.items():
        assert figures == pytest.approx(long.figures[name][:, -count:], nan_ok=True)


def fund(symbol: str, **facts: object) -> FundProfile:
    return FundProfile(symbol, Kind.FUND, **facts)  # type: ignore[arg-type]


def test_facts_are_weighted_sums_as_of_the_oldest() -> None:
    funds = {
        "A": fund("A", expense_ratio=Fact(0.0004, "x", date(2026, 1, 16)), currency="USD", yield_kind="SEC"),
        "B": fund("B", expense_ratio=Fact(0.0014, "y", date(2026, 1, 2)), currency="USD", yield_kind="SEC"),
    }
    found = mix_profile("60%A+40%B", funds)
    charged = found.expense_ratio
    assert charged
    assert charged.value == pytest.approx(0.0008)
    assert (charged.source, charged.as_of) == ("x, y", date(2026, 1, 2))
    assert (found.kind, found.currency, found.assets) == (Kind.MIX, "USD", None)
    assert mix_profile("60%A+40%C", funds).expense_ratio is None
    half = mix_profile("50%A+50%cash", funds).expense_ratio
    assert half
    assert half.value == pytest.approx(0.0002), "cash costs nothing"


def test_several_currencies_are_said() -> None:
    funds = {"A": fund("A", currency="USD"), "B": fund("B", currency="EUR")}
    found = mix_profile("60%A+40%B", funds)
    assert found.currency is None
    assert found.name.endswith("rebalanced quarterly; EUR and USD, each return in its own currency")


def test_a_yield_counts_what_the_cash_earns() -> None:
    funds = {"A": fund("A", dividend_yield=Fact(0.02, "x"), yield_kind="SEC 30-day")}
    rates = {"50%A+50%cash@4%": 0.03, "50%A+50%cash": 0.01}
    for symbol, expected in rates.items():
        told = mix_profile(symbol, funds).dividend_yield
        assert told
        assert told.value == pytest.approx(expected)
    assert mix_profile("50%A+50%cash@tbill", funds).dividend_yield is None


def test_sectors_are_looked_through() -> None:
    def sectors(of: Basis, **weights: float) -> Fact[SectorWeights]:
        return Fact(SectorWeights("Morningstar", weights, of), "x")

    bonds = fund("T", bonds=Fact(0.99, "x"))
    whole = {"A": fund("A", sectors=sectors(Basis.FUND, Energy=0.5, Technology=0.5)), "T": bonds}
    found = mix_profile("60%A+40%T", whole).sectors
    assert found
    assert found.value.weights == pytest.approx({"Energy": 0.3, "Technology": 0.3, REST: 0.4})
    shares = {"A": fund("A", sectors=sectors(Basis.SHARES, Energy=1.0)), "T": bonds}
    of_shares = mix_profile("60%A+40%T", shares).sectors
    assert of_shares
    assert of_shares.value.weights == {"Energy": pytest.approx(1.0)}
    assert mix_profile("60%A+40%C", whole).sectors is None, "what C holds is not known"


def test_positions_are_looked_through_and_joined() -> None:
    def held(symbol: str, count: int, **weights: float) -> FundProfile:
        listed = tuple(Holding(name, weight, symbol=name) for name, weight in weights.items())
        return fund(symbol, holdings=Fact(listed, "x"), holdings_count=Fact(count, "x"))

    funds = {"A": held("A", 2, X=0.5, Y=0.5), "B": held("B", 2, X=0.2, Z=0.8)}
    found = mix_profile("50%A+50%B", funds)
    assert found.holdings
    assert {each.name: each.weight for each in found.holdings.value} == pytest.approx(
        {"Z": 0.4, "X": 0.35, "Y": 0.25}
    )
    assert found.holdings_count == Fact(3, "x")
    assert mix_profile("50%A+50%C", funds).holdings_count is None


def test_a_change_of_index_inside_a_mix_is_told_and_begins_the_regime() -> None:
    changed = fund("B", index_changes=(IndexChange(date(2025, 3, 19), "Index B"),))
    asked = question("since regime", "60%A+40%B", "A")
    assert settle_regime(asked, {"B": changed}).window.label == "since 2025-03-19"
    own = mix_profile("60%A+40%B", {"A": fund("A"), "B": changed})
    assert settle_regime(asked, {own.symbol: own}).window.label == "since 2025-03-19", "by the mix alone"
    mixed = with_mixes(panel(levels(1, 2)), ["60%A+40%B", "A"])
    notes = compare(mixed, {"B": changed}, question("1y", "60%A+40%B", "A")).notes
    assert [note.symbol for note in notes if note.kind is NoteKind.INDEX_CHANGED] == ["B"]


def test_a_mix_from_another_market_has_no_benchmark_of_this_one() -> None:
    asked = Query(("60%VWCE.DE+40%A", "B", "C"), parse("1y"), date(2026, 1, 16), market=True)
    assert asked.against is None
    assert Query(("60%A+33.5%B", "B", "C"), parse("1y"), date(2026, 1, 16), market=True).against == "SPY"


def test_the_rate_of_the_question_is_that_of_the_bill() -> None:
    assert mix_of("50%A+50%cash").with_cash_rate(Rate(None).annual).symbol == "50%A+50%cash@tbill"
    assert mix_of("50%A+50%cash@tbill").with_cash_rate(0.0325).symbol == "50%A+50%cash@3.25%"
    assert mix_of("50%A+50%B").with_cash_rate(0.04).symbol == "50%A+50%B"
