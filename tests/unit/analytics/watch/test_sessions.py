"""On which sessions a rule is read, and how: its own exchanges', across holes, to their month ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analytics import (
    Condition,
    Doubt,
    DoubtKind,
    Op,
    PricePanel,
    Quantity,
    Query,
    Rate,
    Rule,
    Window,
    compare,
    parse_window,
    read,
)
from analytics.panel import Exchange
from tests.panels import day, levels_of

if TYPE_CHECKING:
    from datetime import date

    from analytics.panel import DateArray, FloatArray

NEW_YORK, LONDON, TOKYO = Exchange("XNYS"), Exchange("XLON", 252, 16.5), Exchange("XTKS", 252, 6.5)
COINS = Exchange("24/7", 365, 24.0)
MARKETS = {"NY1": NEW_YORK, "NY2": NEW_YORK, "LN1": LONDON, "LN2": LONDON, "TK1": TOKYO, "BTC": COINS}
DAYS: DateArray = np.arange("2024-01-01", "2025-08-01", dtype="datetime64[D]")
RESTS = {
    "XNYS": ("2025-01-01", "2025-01-09", "2025-04-18", "2025-05-26", "2025-07-04"),
    "XLON": ("2025-01-01", "2025-04-18", "2025-04-21", "2025-05-05", "2025-05-26"),
    "XTKS": ("2025-01-01", "2025-01-02", "2025-01-03", "2025-04-29", "2025-05-05", "2025-05-06"),
    "24/7": (),
}


def rule(
    measure: str = "total_return", symbol: str = "LN1", then: str | None = None, **parts: object
) -> Rule:
    return Rule((Condition(Quantity(measure, symbol, **parts), Op.BELOW, 0.0),), then=then)  # type: ignore[arg-type]


def held_by(code: str) -> np.ndarray:
    """(T,) True on the days that an exchange holds."""
    if code == "24/7":
        return np.ones(DAYS.size, dtype=np.bool_)
    return np.is_busday(DAYS, holidays=np.array(RESTS[code], dtype="datetime64[D]"))


def world(through: str = "2025-07-31", /, **gaps: tuple[str, ...]) -> PricePanel:
    """All markets up to a day; gaps: sessions without a price, by symbol."""
    held = np.array([held_by(exchange.code) for exchange in MARKETS.values()])
    rng = np.random.default_rng(3)
    levels = levels_of(rng.normal(0.0004, 0.01, (len(MARKETS), DAYS.size - 1)), 100.0)
    levels[~held] = np.nan
    for symbol, days in gaps.items():
        levels[list(MARKETS).index(symbol), np.isin(DAYS, np.array(days, dtype="datetime64[D]"))] = np.nan
    panel = PricePanel(
        DAYS,
        tuple(MARKETS),
        levels,
        levels.copy(),
        np.full_like(levels, np.nan),
        "by hand",
        exchanges=tuple(MARKETS.values()),
        held=held,
    )
    return panel.through(day(through))


def days_of(asked: Rule, first: str, last: str) -> list[str]:
    found = read([asked], world(), day(first), day(last))
    return [f"{session:%m-%d}" for session, _ in found.every(asked)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (rule(symbol="LN1"), ["04-17", "04-22", "04-23"]),
        (rule(symbol="NY1"), ["04-17", "04-21", "04-22", "04-23"]),
        (rule(symbol="BTC"), [f"04-{n}" for n in range(17, 24)]),
        (rule(symbol="LN1", other="NY1"), ["04-17", "04-22", "04-23"]),
        (rule("beta", symbol="BTC", benchmark="NY1"), ["04-17", "04-21", "04-22", "04-23"]),
        (rule(symbol="BTC", then="LN1"), [f"04-{n}" for n in range(17, 24)]),  # shown, and nothing is judged
        (
            Rule((*rule(symbol="LN1").conditions, *rule(symbol="NY1").conditions)),
            ["04-17", "04-22", "04-23"],
        ),
    ],
)
def test_a_rule_has_the_sessions_of_its_own_exchanges(asked: Rule, expected: list[str]) -> None:
    assert days_of(asked, "2025-04-17", "2025-04-23") == expected


def test_a_holiday_elsewhere_is_a_session_and_one_at_home_no_reading_at_all() -> None:
    found = read([rule()], world(), day("2025-07-03"), day("2025-07-04"))
    assert [reading.met is None for _, reading in found.every(rule())] == [False, False]
    monday = read([rule()], world(), day("2025-04-21"), day("2025-04-21"))
    assert monday.every(rule()) == []
    assert monday.at(rule(), day("2025-04-21")).reason == "no prices on 2025-04-21"
    gone = read([rule()], world(LN1=("2025-04-22",)), day("2025-04-22"), day("2025-04-22"))
    assert gone.at(rule(), day("2025-04-22")).reason == "no price of LN1 on 2025-04-22"


def test_the_sessions_of_one_rule_are_cut_out_of_those_of_all() -> None:
    found = read([rule(), rule(symbol="BTC")], world(), day("2025-04-17"), day("2025-04-23"))
    own = found.own(rule())
    assert own.sessions.astype(str).tolist() == ["2025-04-17", "2025-04-22", "2025-04-23"]
    assert own.every(rule()) == found.every(rule())
    assert found.own(rule(symbol="BTC")) is found
    assert found.own_sessions(rule()) == own.sessions.tolist()


def test_the_fund_to_look_at_is_told_as_of_the_evening() -> None:
    asked = rule(symbol="BTC", then="NY1", window=Window("1m"))
    found = dict(read([asked], world(), day("2025-07-03"), day("2025-07-06")).every(asked))
    assert len({found[day(f"2025-07-0{n}")].then for n in (3, 4, 5, 6)}) == 1
    missing = dict(
        read([asked], world(NY1=("2025-07-03",)), day("2025-07-03"), day("2025-07-06")).every(asked)
    )
    assert [missing[day(f"2025-07-0{n}")].then for n in (3, 4, 5, 6)] == [None] * 4


def told(symbol: str, window: str, last: str, held: PricePanel | None = None) -> tuple[float | None, str]:
    """The total return of a window, and the base close that it was laid on."""
    asked = rule(symbol=symbol, window=parse_window(window))
    panel = held or world(last)
    reading = read([asked], panel, day(last), day(last)).at(asked, day(last))
    row = panel.total_return[panel.row(symbol)]
    end = row[int(np.searchsorted(panel.sessions, np.datetime64(last)))]
    assert reading.value is not None
    base = np.nanargmin(np.abs(row / (end / (1 + reading.value)) - 1))
    return reading.value, str(panel.sessions[base])


@pytest.mark.parametrize(
    ("symbol", "last", "base"),
    [
        # 30 May 2025 is the last session of its month, a Friday; coins go on to the 31st.
        ("NY1", "2025-05-30", "2025-04-30"),
        ("LN1", "2025-05-30", "2025-04-30"),
        ("BTC", "2025-05-30", "2025-04-30"),
        ("BTC", "2025-05-31", "2025-04-30"),
        ("NY1", "2025-02-28", "2025-01-31"),
        ("BTC", "2025-02-28", "2025-01-31"),
        ("BTC", "2025-02-27", "2025-01-27"),
    ],
)
def test_a_month_ends_with_the_last_session_of_the_fund(symbol: str, last: str, base: str) -> None:
    assert told(symbol, "1m", last)[1] == base


def test_what_tells_where_the_newest_month_ends_is_the_calendar_of_each_exchange() -> None:
    """On the last of December that Tokyo holds, New York has one more session to come."""
    held = world("2024-12-30")
    asked = [rule(symbol=symbol, window=Window("1m")) for symbol in ("NY1", "TK1")]
    coming = {
        "XNYS": np.array(["2024-12-31", "2025-01-02"], dtype="datetime64[D]"),
        "XTKS": np.array(["2025-01-06"], dtype="datetime64[D]"),
    }
    held = replace(held, following=day("2025-01-06"))  # of all exchanges together
    found = read(asked, held.select(["NY1", "TK1"]), day("2024-12-30"), day("2024-12-30"), coming=coming)
    rows = held.total_return[
        :, [int(np.searchsorted(DAYS, np.datetime64(d))) for d in ("2024-11-29", "2024-12-30")]
    ]
    tokyo = rows[held.row("TK1")]
    assert found.at(asked[1], day("2024-12-30")).value == pytest.approx(tokyo[1] / tokyo[0] - 1)
    # The 30th of November is a Saturday: that is where a month back from the 30th leads New York, too.
    new_york = rows[held.row("NY1")]
    assert found.at(asked[0], day("2024-12-30")).value == pytest.approx(new_york[1] / new_york[0] - 1)


QUESTIONS = [
    Quantity("sortino", "LN1", window=Window("6m")),
    Quantity("volatility", "BTC", window=Window("3m")),
    Quantity("sharpe", "BTC", window=Window("1y"), rate=Rate(0.04)),
    Quantity("sharpe", "LN1", window=Window("1y"), rate=Rate(0.04)),
    Quantity("cagr", "NY1", window=Window("1y")),
    Quantity("calmar", "TK1", window=Window("1y")),
    Quantity("max_drawdown", "TK1", window=Window("ytd")),
    Quantity("beta", "LN1", window=Window("6m"), benchmark="LN2"),
    Quantity("tracking_error", "LN1", window=Window("6m"), benchmark="LN2"),
    Quantity("beta", "TK1", window=Window("1y"), benchmark="NY1"),  # from weekly returns
    Quantity("correlation", "NY1", window=Window("1y"), benchmark="LN1"),
    Quantity("capture_up", "LN1", window=Window("1y"), benchmark="NY1"),
    Quantity("worst_month", "TK1", window=Window("6m")),
    Quantity("positive_months", "BTC", window=Window("6m")),
    Quantity("volatility_monthly", "LN1", window=Window("1y")),
    Quantity("drawdown", "NY1", window=Window("1y")),
    Quantity("var_95", "LN1", window=Window("6m")),
    Quantity("beta_down", "LN1", window=Window("6m"), benchmark="LN2"),
    Quantity("volatility", "LN1", other="NY1", window=Window("6m")),
    Quantity("sharpe", "BTC", other="LN1", window=Window("3m"), rate=Rate(0.02)),
]
HOLES = {
    "LN1": ("2025-03-14", "2025-04-22", "2025-06-27", "2025-06-30"),
    "NY1": ("2025-05-28", "2025-01-31"),
    "TK1": ("2025-05-07",),
    "BTC": ("2025-06-01", "2025-07-05"),
}

DOUBTS = tuple(
    Doubt(DoubtKind.JUMP, symbol, day(session), -0.3)
    for symbol, session in (
        ("LN1", "2025-04-17"),
        ("NY1", "2025-06-10"),
        ("TK1", "2025-06-11"),
        ("BTC", "2025-06-15"),
    )
)


def shown(panel: PricePanel, quantity: Quantity, session: date) -> float | None:
    """What `compare` shows on the evening of a session."""
    symbols = tuple(symbol for symbol in (quantity.symbol, quantity.other) if symbol)
    needed = panel.select([*symbols, *([quantity.benchmark] if quantity.benchmark else [])])
    query = Query(symbols, quantity.window, session, quantity.benchmark, quantity.rate)
    found = compare(needed.through(session), {}, query)
    held = found.relative if quantity.against else found.metrics
    values = [held[symbol][quantity.measure].value for symbol in symbols]
    if None in values:
        return None
    return values[0] if len(values) == 1 else values[0] - values[1]  # type: ignore[operator]


@pytest.mark.parametrize(
    "quantity", QUESTIONS, ids=lambda q: f"{q.measure} {q.symbol} {q.other or q.benchmark}"
)
def test_a_rule_says_on_every_session_what_compare_shows_on_its_evening(quantity: Quantity) -> None:
    """Over holes, holidays elsewhere and at home, doubts, month ends and half a year."""
    asked = Rule((Condition(quantity, Op.BELOW, 0.0),))
    panel = replace(world(**HOLES), doubts=DOUBTS)
    found = read([asked], panel, day("2025-01-31"), day("2025-07-31"))
    compared = waited = 0
    for session, reading in found.every(asked):
        rows = [panel.row(symbol) for symbol in quantity.shared]
        column = int(np.searchsorted(DAYS, np.datetime64(session)))
        assert panel.held is not None
        assert panel.held[rows, column].all()
        if np.isnan(panel.total_return[rows, column]).any() or reading.waits:
            assert reading.value is None
            waited += reading.waits
            continue
        expected = shown(panel, quantity, session)
        compared += 1
        assert reading.value == pytest.approx(expected, rel=1e-9, abs=1e-12), session
    assert compared > 100
    assert waited == sum(doubt.symbol in quantity.shared for doubt in DOUBTS)


def test_coins_have_365_sessions_a_year_and_what_closes_apart_52() -> None:
    asked = [
        rule("volatility", "BTC"),
        rule("volatility", "LN1"),
        rule("beta", "TK1", benchmark="NY1"),
        rule("volatility", "BTC", other="LN1"),
        rule("max_drawdown", "TK1"),
    ]
    found = read(asked, world(), day("2025-07-31"), day("2025-07-31"))
    counts = [found.at(each, day("2025-07-31")).periods for each in asked]
    assert counts == [(365,), (252,), (52,), (365, 252), (252,)]
    own = world().total_return[list(MARKETS).index("BTC")]
    at = slice(int(np.searchsorted(DAYS, np.datetime64("2024-07-31"))), None)
    returns: FloatArray = own[at][1:] / own[at][:-1] - 1
    expected = returns[:365].std(ddof=1) * 365**0.5
    assert found.at(asked[0], day("2025-07-31")).value == pytest.approx(expected)


def test_a_hole_is_one_return_and_eleven_sessions_end_the_history() -> None:
    days = held_by("XLON")
    at = np.flatnonzero(days)
    begin = int(np.searchsorted(DAYS[at], np.datetime64("2025-03-03")))
    for count, full in ((10, True), (11, False)):
        gone = tuple(str(session) for session in DAYS[at[begin : begin + count]])
        reading = read([rule(window=Window("6m"))], world(LN1=gone), day("2025-07-31"), day("2025-07-31")).at(
            rule(window=Window("6m")), day("2025-07-31")
        )
        assert (reading.value is not None) is full
    assert reading.reason is not None
    assert reading.reason.startswith("prices of LN1 begin 2025-03-18")


def test_a_fund_whose_exchange_held_no_session_yet_has_no_value() -> None:
    held = world("2024-01-10")
    assert held.held is not None
    late = held.held.copy()
    late[held.row("LN1")] = False
    held = replace(held, held=late)
    found = read([rule(), rule(symbol="NY1")], held, day("2024-01-09"), day("2024-01-10"))
    assert found.every(rule()) == []
    assert found.series(rule().conditions[0].quantity).tolist() != []
    assert found.at(rule(), day("2024-01-10")).met is None
