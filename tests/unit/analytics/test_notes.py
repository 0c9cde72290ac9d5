"""What a reader must know beside a number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import (
    Basis,
    Fact,
    FundProfile,
    IndexChange,
    Kind,
    Note,
    NoteKind,
    PricePanel,
    SectorWeights,
    Span,
    Window,
)
from analytics.notes import (
    FactValue,
    fund_notes,
    gap_notes,
    income_notes,
    reading_notes,
    span_notes,
    still_notes,
)
from analytics.returns import common_sessions
from analytics.window import find_span, month_ends, parse
from tests.panels import day, panel, weekdays

TABLE = """
            OLD   YOUNG  GAPPY
2025-01-15  100   -      10
2025-01-16  101   -      10
2025-06-16  102   50     11
2025-12-16  103   51     12
2026-01-15  104   52     13
2026-01-16  105   53     14
"""


def laid(held: PricePanel, window: str, as_of: str) -> Span:
    ends = month_ends(held.sessions, held.held, held.following)
    span = find_span(parse(window), held.sessions, common_sessions(held.total_return), day(as_of), ends)
    assert span is not None
    return span


def notes(text: str, window: str, as_of: str = "2026-01-16") -> tuple[Note, ...]:
    held = panel(text)
    return span_notes(held, laid(held, window, as_of), day(as_of))


def test_nothing_to_say() -> None:
    assert notes(TABLE, "1m") == ()
    assert notes(TABLE, "max") == ()


def test_a_window_shortened_by_its_youngest_symbol() -> None:
    facts = {"asked": day("2025-01-16"), "start": day("2025-06-16")}
    assert notes(TABLE, "1y") == (Note(NoteKind.SHORTENED, "YOUNG", facts),)


def test_a_window_that_ends_early_names_who_misses_the_next_session() -> None:
    gap = TABLE.replace("53     14", "53     -")
    facts = {"through": day("2026-01-16"), "end": day("2026-01-15")}
    assert notes(gap, "1m") == (Note(NoteKind.ENDS_EARLY, "GAPPY", facts),)


def test_where_all_miss_the_next_session_nobody_is_singled_out() -> None:
    gap = TABLE.replace("105   53     14", "-     -      -")
    facts = {"through": day("2026-01-16"), "end": day("2026-01-15")}
    assert notes(gap, "1m") == (Note(NoteKind.ENDS_EARLY, None, facts),)


def test_both_at_once() -> None:
    gap = TABLE.replace("53     14", "-      14")
    assert [(note.kind, note.symbol) for note in notes(gap, "1y")] == [
        (NoteKind.SHORTENED, "YOUNG"),
        (NoteKind.ENDS_EARLY, "YOUNG"),
    ]


ENDING = """
            DEAD  LATE  ALIVE
2025-12-16  100   50    10
2026-01-05  101   51    11
2026-01-15  -     52    12
2026-01-16  -     -     13
"""


def ending(table: str, *closed: tuple[str, str]) -> tuple[Note, ...]:
    """What is noted of the end; closed: symbols and days that their exchanges did not hold."""
    plain = panel(table)
    held = np.ones(plain.close.shape, dtype=bool)
    for symbol, session in closed:
        held[plain.row(symbol), plain.sessions == np.datetime64(session)] = False
    known = replace(plain, held=held)
    return span_notes(known, laid(known, "max", "2026-01-16"), day("2026-01-16"))


def test_what_ended_is_not_late() -> None:
    assert ending(ENDING) == (
        Note(NoteKind.ENDED, "DEAD", {"last": day("2026-01-05")}),
        Note(NoteKind.ENDS_EARLY, "LATE", {"through": day("2026-01-16"), "end": day("2026-01-05")}),
    )


def test_ten_days_are_late_and_eleven_an_end() -> None:
    late = ending(ENDING.replace("2026-01-05", "2026-01-06"))
    assert [(note.kind, note.symbol) for note in late] == [
        (NoteKind.ENDS_EARLY, "DEAD"),
        (NoteKind.ENDS_EARLY, "LATE"),
    ]


def test_where_all_have_ended_each_is_named() -> None:
    gone = ENDING.replace("52    12", "-     12").replace("13", "-")
    assert [(note.kind, note.symbol) for note in ending(gone)] == [
        (NoteKind.ENDED, "DEAD"),
        (NoteKind.ENDED, "LATE"),
        (NoteKind.ENDS_EARLY, "ALIVE"),
    ]


def test_a_session_that_an_exchange_did_not_hold_is_expected_of_nobody() -> None:
    early = ENDING.replace("-     52", "102   52")  # all are priced on the 15th, ALIVE alone on the 16th
    assert [note.symbol for note in ending(early)] == ["DEAD", "LATE"]
    assert ending(early, ("LATE", "2026-01-16")) == ()


def test_what_is_late_is_held_against_the_last_session_that_all_held() -> None:
    facts = {"through": day("2026-01-15"), "end": day("2026-01-05")}
    assert ending(ENDING, ("LATE", "2026-01-16")) == (Note(NoteKind.ENDS_EARLY, "DEAD", facts),)


def test_a_hole_before_newer_prices_is_no_delay() -> None:
    hole = ENDING.replace("-     52", "102   -").replace("-     -     13", "-     53    13")
    assert "53    13" in hole
    assert ending(hole, ("DEAD", "2026-01-16")) == ()


def test_an_as_of_on_a_weekend_is_not_an_early_end() -> None:
    assert notes(TABLE, "1m", "2026-01-18") == ()


def test_a_window_that_ends_in_the_past_is_not_an_early_end() -> None:
    held = panel(TABLE)
    span = laid(held, "2025-06-16..2025-12-20", "2026-01-16")
    assert span_notes(held, span, day("2025-12-20")) == ()


def fund(symbol: str, **parts: object) -> FundProfile:
    return FundProfile(symbol, **{"kind": Kind.FUND, **parts})  # type: ignore[arg-type]


def weights(taxonomy: str) -> Fact[SectorWeights]:
    return Fact(SectorWeights(taxonomy, {"Technology": 0.3}), "issuer")


CHANGED = fund("AAA", index_changes=(IndexChange(day("2021-03-19"), "Index B"),))


def test_an_index_change_within_the_figures() -> None:
    facts: dict[str, FactValue] = {"on": day("2021-03-19"), "to": "Index B"}
    found = fund_notes([CHANGED], day("2016-01-16"), day("2026-01-16"))
    assert found == (Note(NoteKind.INDEX_CHANGED, "AAA", facts),)


def test_an_index_change_outside_the_figures() -> None:
    # From the base close of the day of the change on, every return is one of the new index.
    assert fund_notes([CHANGED], day("2021-03-19"), day("2026-01-16")) == ()
    assert fund_notes([CHANGED], day("2016-01-16"), day("2021-03-18")) == ()
    assert len(fund_notes([CHANGED], day("2021-03-18"), day("2021-03-19"))) == 1


def test_what_is_no_fund_is_said() -> None:
    found = fund_notes([fund("AAA"), fund("^TNX", kind=Kind.INDEX)], day("2025-01-16"), day("2026-01-16"))
    assert found == (Note(NoteKind.NOT_A_FUND, "^TNX", {"kind": "index"}),)


def test_taxonomies_that_differ_are_named_beside_the_first() -> None:
    profiles = [fund("AAA", sectors=weights("GICS")), fund("BBB", sectors=weights("ICB")), fund("CCC")]
    found = fund_notes(profiles, day("2025-01-16"), day("2026-01-16"))
    facts = {"taxonomy": "ICB, of net assets", "other": "GICS, of net assets"}
    assert found == (Note(NoteKind.TAXONOMIES_DIFFER, "BBB", facts),)
    same = [fund("AAA", sectors=weights("GICS")), fund("BBB", sectors=weights("GICS"))]
    assert fund_notes(same, day("2025-01-16"), day("2026-01-16")) == ()


def test_weights_of_the_fund_and_of_its_shares_differ_as_taxonomies_do() -> None:
    part = Fact(SectorWeights("GICS", {"Technology": 1.0}, Basis.SHARES), "issuer")
    profiles = [fund("AAA", sectors=weights("GICS")), fund("BBB", sectors=part)]
    (note,) = fund_notes(profiles, day("2025-01-16"), day("2026-01-16"))
    assert note.facts == {"taxonomy": "GICS, of its shares", "other": "GICS, of net assets"}


def span_of(start: str, end: str = "2026-01-16") -> Span:
    return Span(Window("max"), 0, 1, day(start), day(end), day(start), True)


YEAR = span_of("2025-01-16")


def unpaid(
    *levels: float, paid: float | None = 0.04, span: Span = YEAR, as_of: str = "2026-01-16"
) -> list[Note]:
    stated = None if paid is None else Fact(paid, "issuer", day(as_of))
    profile = fund("CASH", dividend_yield=stated)
    return list(income_notes([profile], {"CASH": np.array(levels)}, span))


def lacking(**facts: FactValue) -> list[Note]:
    return [Note(NoteKind.INCOME_NOT_IN_PRICE, "CASH", facts)]


def test_a_price_that_stands_still_holds_no_income() -> None:
    assert unpaid(1.0, 1.0, 1.0) == lacking(**{"yield": 0.04})
    # A floating net asset value moves by some basis points.
    assert unpaid(1.0, 1.0003, np.nan, 0.9998, 1.0) == lacking(**{"yield": 0.04})


def test_a_price_that_holds_its_income_is_no_matter() -> None:
    assert unpaid(1.0, 1.02, 1.04) == []
    month = span_of("2025-12-16")
    assert unpaid(1.0, 1.0017, 1.0033, span=month) == []
    assert unpaid(1.0, 1.0, 1.0, span=month) == lacking(**{"yield": 0.04})


def test_a_return_of_nothing_by_the_turns_of_a_market_is_none_of_it() -> None:
    assert unpaid(100.0, 97.0, 104.0, 100.0) == []


def test_a_yield_of_a_percent_is_none_that_is_missed() -> None:
    assert unpaid(1.0, 1.0, paid=0.01) == []
    assert unpaid(1.0, 1.0, paid=0.0) == []


def test_a_few_days_without_a_move_are_no_sign() -> None:
    assert unpaid(1.0, 1.0, span=span_of("2025-12-31")) == []


def test_a_yield_of_another_time_is_not_held_against_the_price() -> None:
    """In 2021 bills earned next to nothing: today's 4 % say nothing of a price that hardly moved then."""
    then = span_of("2020-12-31", "2021-12-31")
    assert unpaid(1.0, 1.0004, span=then) == []
    assert unpaid(1.0, 1.0, span=then) == lacking()
    assert unpaid(1.0, 1.0, paid=None) == lacking()


def test_only_funds_pay_what_is_in_no_price() -> None:
    stock = FundProfile("CASH", Kind.STOCK, dividend_yield=Fact(0.04, "issuer"))
    assert income_notes([stock], {"CASH": np.ones(3)}, YEAR) == ()


@pytest.mark.parametrize(
    ("symbol", "kinds"),
    [
        ("^GSPC", [NoteKind.PRICE_INDEX]),
        ("^RUT", [NoteKind.PRICE_INDEX]),
        ("000001.SS", [NoteKind.PRICE_INDEX]),
        ("^SP500TR", []),
        ("^GDAXI", []),
        ("^VIX", []),
        ("^IRX", [NoteKind.INTEREST_RATE]),
        ("SPY", []),
    ],
)
def test_an_index_may_lack_dividends_unless_it_is_one_of_total_return(
    symbol: str, kinds: list[NoteKind]
) -> None:
    kind = Kind.FUND if symbol == "SPY" else Kind.INDEX
    notes = reading_notes(["SPY", symbol], [fund(symbol, kind=kind)], 251, short=False)
    assert [(note.kind, note.symbol) for note in notes] == [(kind, symbol) for kind in kinds]


def test_a_benchmark_has_no_profile_and_is_known_by_its_symbol() -> None:
    (note,) = reading_notes(["SPY", "IVV", "^GSPC"], [fund("SPY"), fund("IVV")], 251, short=False)
    assert note == Note(NoteKind.PRICE_INDEX, "^GSPC")


def test_what_nothing_is_annualised_from_is_no_small_sample() -> None:
    assert reading_notes(["SPY"], [fund("SPY")], 0, short=True) == ()
    (few,) = reading_notes(["SPY"], [fund("SPY")], 63, short=True)
    assert few == Note(NoteKind.FEW_RETURNS, None, {"count": 63})


# ------------------------------------------------------------------ gaps
GAPS = """
            AAA   BBB   ^IRX
2026-01-12  100   50    3.5
2026-01-13  -     51    -
2026-01-14  102   52    3.6
2026-01-15  -     53    3.6
2026-01-16  104   54    3.6
"""


def test_sessions_without_a_price_are_counted_with_their_ends() -> None:
    """Rates rest on bond holidays; what lies before the window is none of it."""
    held = panel(GAPS)
    facts: dict[str, FactValue] = {"count": 2, "first": day("2026-01-13"), "last": day("2026-01-15")}
    asked = laid(held, "since 2026-01-12", "2026-01-16")
    assert gap_notes(held, asked) == (Note(NoteKind.MISSING_SESSIONS, "AAA", facts),)


def test_a_close_without_an_adjusted_one_is_no_missing_price() -> None:
    """Known closes, adjusted ones missing before the window's first: why it is shorter."""
    levels = """
                AAA   BBB   CL=F
    2026-01-12  -     50    20
    2026-01-13  -     51    18
    2026-01-14  102   52    -
    2026-01-15  103   53    10
    2026-01-16  104   54    12
    """
    closes = (
        levels.replace("12  -  ", "12  100").replace("13  -  ", "13  101").replace("52    -", "52    -37.63")
    )
    held = panel(levels, close=closes)
    asked = laid(held, "since 2026-01-13", "2026-01-16")
    facts: dict[str, FactValue] = {"count": 1, "first": day("2026-01-13"), "last": day("2026-01-13")}
    assert gap_notes(held, asked) == (Note(NoteKind.NO_ADJUSTED_PRICE, "AAA", facts),)
    assert not held.missing.any()


# ------------------------------------------------------------------ currencies
def priced(*told: str | None, kind: Kind = Kind.FUND) -> list[FundProfile]:
    return [
        FundProfile(symbol, kind, currency=currency) for symbol, currency in zip("AB", told, strict=False)
    ]


def said(
    profiles: list[FundProfile], **currencies: str | None
) -> list[tuple[NoteKind, dict[str, FactValue]]]:
    found = reading_notes([], profiles, 251, currencies, short=False)
    return [(note.kind, dict(note.facts)) for note in found]


def test_what_prices_are_in_counts_before_what_profiles_say() -> None:
    several = [(NoteKind.CURRENCIES_DIFFER, {"currencies": "A EUR, B USD"})]
    assert said(priced("USD", "USD"), A="EUR", B="USD") == several
    assert said(priced("EUR", "USD")) == several
    assert said(priced("EUR", "USD"), A="GBP", B="GBP") == []


def test_a_currency_that_nobody_tells_differs_from_none() -> None:
    assert said(priced("EUR", None)) == []
    assert said(priced(None, None), SPY="USD") == []


def test_a_reference_in_another_currency_is_one_remark() -> None:
    """Benchmark and bill beside funds in euros."""
    both = {"references": "SPY USD, BILL USD", "currency": "EUR"}
    assert said(priced("EUR", "EUR"), A="EUR", SPY="USD", BILL="USD") == [(NoteKind.REFERENCE_CURRENCY, both)]
    assert said(priced("USD", "USD"), A="USD", SPY="USD", BILL="USD") == []
    assert said(priced("EUR"), SPY=None) == []


def test_funds_in_several_currencies_are_said_once() -> None:
    """What they are held against is in one too: only where nobody tells it, it is not named."""
    all_named = (NoteKind.CURRENCIES_DIFFER, {"currencies": "A EUR, B USD, SPY JPY"})
    assert said(priced("EUR", "USD"), SPY="JPY", BILL=None) == [all_named]


def test_an_index_among_the_funds_has_no_currency_of_its_own() -> None:
    assert said(priced("USD", kind=Kind.INDEX), A="USD", SPY="EUR") == []


def moving(*still: tuple[int, int], count: int = 120, lost: tuple[int, ...] = ()) -> PricePanel:
    """A fund that moves each session but stands at one price from one column to another."""
    close = np.asarray(100.0 + np.arange(count) % 7, dtype=np.float64)
    for first, last in still:
        close[first : last + 1] = close[first]
    close[list(lost)] = np.nan
    rows = close[None, :]
    days = weekdays("2025-01-06", count)
    return PricePanel(days, ("A",), rows, rows, np.full_like(rows, np.nan), "made up")


def still(held: PricePanel, first: int = 0) -> list[tuple[FactValue, ...]]:
    days = held.sessions.tolist()
    span = Span(Window("max"), first, days.index(days[-1]), days[first], days[-1], None, full=True)
    found = [note.facts for note in still_notes(held, span)]
    return [(facts["count"], facts["first"], facts["last"]) for facts in found]


def test_a_price_that_stands_for_more_than_three_weeks_is_named() -> None:
    days = moving().sessions.tolist()
    assert still(moving((40, 54))) == []  # 14 returns of nothing
    assert still(moving((40, 55))) == [(16, days[40], days[55])]
    assert still(moving((20, 40), (60, 90))) == [(31, days[60], days[90])]  # the longest
    assert still(moving((41, 60), lost=(50,))) == [(19, days[41], days[60])]  # a hole moves nothing
    assert still(moving((90, 119))) == [(30, days[90], days[119])]
    assert still(moving((41, 60)), first=50) == []  # within the window
    assert still(moving((41, 60)), first=45) == [(16, days[45], days[60])]


def test_what_mostly_stands_is_no_case() -> None:
    """A money-market fund at 1.00, and the rates of interest."""
    assert still(moving((0, 119))) == []
    assert still(moving((0, 70))) == []
    assert still(replace(moving((40, 60)), symbols=("^IRX",))) == []


@given(st.lists(st.sampled_from([1.0, 1.0, 1.0, 2.0, 3.0, float("nan")]), min_size=2, max_size=80))
def test_the_longest_stretch_as_counted_one_by_one(tail: list[float]) -> None:
    lead = [1.0 + at % 2 for at in range(100)]
    close = np.array([[*lead, *tail]])
    held = PricePanel(weekdays("2025-01-06", close.size), ("A",), close, close, close * np.nan, "made up")
    longest: tuple[int, int, int] = (0, 0, 0)
    run: list[int] = []
    for at, price in enumerate(close[0]):
        if np.isnan(price):
            continue
        run = [*run, at] if run and price == close[0, run[-1]] else [at]
        if len(run) > longest[0]:
            longest = (len(run), run[0], at)
    count, first, last = longest
    days = held.sessions.tolist()
    assert still(held) == ([(count, days[first], days[last])] if count > 15 else [])
