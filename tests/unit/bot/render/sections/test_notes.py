"""Remarks in words: one sentence a kind, every kind told."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.fund import FundProfile, Kind
from analytics.notes import FactValue, Note, NoteKind, reading_notes
from bot.render import text
from bot.render.notes import all_notes, note_sentence
from tests.unit.bot.render.sections.worlds import comparison, market, world

DAY, LATER = date(2025, 4, 8), date(2025, 9, 3)
TOLD: list[tuple[NoteKind, str | None, dict[str, FactValue], str]] = [
    (
        NoteKind.SHORTENED,
        "AVUV",
        {"asked": date(2016, 1, 16), "start": date(2019, 9, 26)},
        "AVUV is priced only from 26 Sep 2019; the window was to begin on 16 Jan 2016 and is shorter for "
        "all.",
    ),
    (
        NoteKind.ENDS_EARLY,
        "^TNX",
        {"through": LATER, "end": DAY},
        "^TNX has no price for 3 Sep 2025 yet; the window ends on 8 Apr 2025.",
    ),
    (
        NoteKind.ENDS_EARLY,
        None,
        {"through": LATER, "end": DAY},
        "There are no prices for 3 Sep 2025 yet; the window ends on 8 Apr 2025.",
    ),
    (
        NoteKind.ENDED,
        "DEAD",
        {"last": DAY},
        "DEAD has no prices after 8 Apr 2025: it has ended, or has another symbol now. The window does not "
        "go beyond that day.",
    ),
    (
        NoteKind.SESSIONS_UNKNOWN,
        "GP.DH",
        {},
        "GP.DH: which days its exchange was open is not known. Days without a price are taken for holidays, "
        "and New York's close decides which session is the newest.",
    ),
    (
        NoteKind.MISSING_SESSIONS,
        "ISCB",
        {"count": 1, "first": DAY, "last": DAY},
        "ISCB: no price on 8 Apr 2025; the return across it counts as one.",
    ),
    (
        NoteKind.MISSING_SESSIONS,
        "ISCB",
        {"count": 3, "first": DAY, "last": LATER},
        "ISCB: no price on 3 sessions between 8 Apr 2025 and 3 Sep 2025; the return across each hole counts "
        "as one.",
    ),
    (
        NoteKind.NO_ADJUSTED_PRICE,
        "ISCB",
        {"count": 1, "first": DAY, "last": DAY},
        "ISCB: a close but no adjusted one that can be used on 8 Apr 2025, as if there were no price.",
    ),
    (
        NoteKind.NO_ADJUSTED_PRICE,
        "ISCB",
        {"count": 3, "first": DAY, "last": LATER},
        "ISCB: a close but no adjusted one that can be used on 3 sessions between 8 Apr 2025 and 3 Sep "
        "2025, as if there were no price.",
    ),
    (
        NoteKind.HISTORY_CUT,
        "ES",
        {"last": date(2018, 2, 28), "first": date(2020, 2, 18), "sessions": 494},
        "ES's prices stop on 28 Feb 2018 and begin again on 18 Feb 2020, 494 sessions later: the history "
        "before is left out, it may be another fund.",
    ),
    (
        NoteKind.CLOSES_APART,
        None,
        {},
        "The exchanges close hours apart, so that daily returns are not of the same hours: what holds two "
        "funds together is from weekly returns.",
    ),
    (
        NoteKind.DOUBT,
        "EZJ.L",
        {
            "doubt": "unit",
            "count": 1,
            "first": DAY,
            "last": DAY,
            "before": -0.989,
            "value": -0.989,
            "total": -0.989,
        },
        "EZJ.L's price of 8 Apr 2025 looks wrong (-98.9 % against the price before, about a hundredth: "
        "pounds for pence?); check it before relying on these figures.",
    ),
    (
        NoteKind.STALE,
        "ISCB",
        {"age_seconds": 7300.0, "cause": "no answer in time"},
        "ISCB: prices or facts from 2 h ago; the source did not answer (no answer in time).",
    ),
    (NoteKind.NO_PROFILE, "ISCB", {"cause": "no answer"}, "ISCB: no fund facts (no answer)."),
    (
        NoteKind.NOT_A_FUND,
        "AAPL",
        {"kind": "stock"},
        "AAPL is not a fund but a stock: no expense ratio, sectors or holdings.",
    ),
    (
        NoteKind.NOT_A_FUND,
        "BTC-USD",
        {"kind": "other"},
        "BTC-USD is not a fund: no expense ratio, sectors or holdings.",
    ),
    (
        NoteKind.NOT_A_FUND,
        "^GSPC",
        {"kind": "index"},
        "^GSPC is an index: no expense ratio, sectors or holdings.",
    ),
    (
        NoteKind.NOT_A_FUND,
        "^TNX",
        {"kind": "index"},
        "^TNX is an interest rate: its return is the relative change of the rate itself (from 4 % to 5 % is "
        "25 %), not what a holder of bonds earned.",
    ),
    (
        NoteKind.SECTORS_REFUSED,
        "ISCB",
        {"cause": "sum 87 %"},
        "ISCB: sector weights are left out, they do not add up (sum 87 %).",
    ),
    (
        NoteKind.FACT_REFUSED,
        "ARKX",
        {"fact": "expense ratio", "value": 0.68, "percent": True},
        "ARKX: an expense ratio of 0.68 (as a fraction) is not plausible and is left out; is it percent?",
    ),
    (
        NoteKind.FACT_REFUSED,
        "ZZZX",
        {"fact": "yield", "value": 99.99, "percent": False},
        "ZZZX: a yield of 99.99 (as a fraction) is not plausible and is left out.",
    ),
    (
        NoteKind.FACT_REFUSED,
        "NEWX",
        {"fact": "expense ratio", "value": 0.0, "percent": False},
        "NEWX: an expense ratio of 0 is left out: sources give 0 where they know none.",
    ),
    (
        NoteKind.INCOME_NOT_IN_PRICE,
        "FDRXX",
        {"yield": 0.0421},
        "FDRXX: the price has hardly moved beside a yield of 4.21 %: the income is not in the prices and not "
        "in its return.",
    ),
    (
        NoteKind.INCOME_NOT_IN_PRICE,
        "FDRXX",
        {},
        "FDRXX: the price has not moved; what the fund pays out, if it does, is not in the prices and not in "
        "its return.",
    ),
    (NoteKind.PRICE_INDEX, "^GSPC", {}, "^GSPC is an index: its return may lack dividends."),
    (
        NoteKind.TAXONOMIES_DIFFER,
        "ISCB",
        {"taxonomy": "GICS", "other": "ICB"},
        "ISCB's sectors follow GICS, the others ICB; they are not compared.",
    ),
    (
        NoteKind.INDEX_CHANGED,
        "ISCB",
        {"on": date(2021, 3, 19), "to": "Morningstar US Small Cap Extended"},
        "ISCB changed its index on 19 Mar 2021 (now Morningstar US Small Cap Extended): figures from before "
        "describe another index.",
    ),
    (
        NoteKind.STANDS_STILL,
        "ISCB",
        {"count": 20, "first": date(2025, 12, 1), "last": date(2025, 12, 30)},
        "ISCB's price stood still on 20 sessions in a row, 1 Dec 2025 to 30 Dec 2025: where it was not "
        "traded or not updated, volatility, betas and correlations are not those of what it holds.",
    ),
    (
        NoteKind.INTEREST_RATE,
        "^TNX",
        {},
        "^TNX is an interest rate: its return is the relative change of the rate itself (from 4 % to 5 % is "
        "25 %), not what a holder of bonds earned.",
    ),
    (
        NoteKind.CURRENCIES_DIFFER,
        None,
        {"currencies": "VWCE.DE EUR, SPY USD"},
        "Each fund's return is in its own currency (VWCE.DE EUR, SPY USD); no exchange rate enters.",
    ),
    (
        NoteKind.REFERENCE_CURRENCY,
        None,
        {"references": "SPY USD, ^IRX USD", "currency": "EUR"},
        "The funds are priced in EUR, what they are held against is not (SPY USD, ^IRX USD); no exchange "
        "rate enters.",
    ),
    (
        NoteKind.CURRENCY_UNKNOWN,
        None,
        {"symbols": "ISCB and SPSM"},
        "The source does not tell the currency of all amounts of ISCB and SPSM: those stand without one and "
        "are not held against others.",
    ),
    (
        NoteKind.FEW_RETURNS,
        None,
        {"count": 21},
        "Volatility, ratios and tracking error are annualised from 21 daily returns; over less than a year "
        "they vary widely from window to window.",
    ),
    (
        NoteKind.OTHER_SOURCE,
        None,
        {"source": "Tiingo", "first": "Yahoo Finance", "cause": "did not answer (HTTP 429)"},
        "Prices are from Tiingo: Yahoo Finance did not answer (HTTP 429).",
    ),
    (
        NoteKind.FACTS_DIFFER,
        "ISCB",
        {
            "fact": "yield",
            "value": 0.0138,
            "source": "Yahoo Finance",
            "as_of": date(2026, 1, 16),
            "other": 0.0175,
            "by": "Factsheet",
        },
        "ISCB: the sources disagree about the yield: 1.38 % by Yahoo Finance (16 Jan 2026), which is shown, "
        "and 1.75 % by Factsheet.",
    ),
    (
        NoteKind.RATE_GAP,
        "^IRX",
        {"count": 1},
        "^IRX: no quote on 1 session; the last known rate was used.",
    ),
    (
        NoteKind.RATE_GAP,
        "^IRX",
        {"count": 1200},
        "^IRX: no quote on 1,200 sessions; the last known rate was used.",
    ),
]


@pytest.mark.parametrize(("kind", "symbol", "facts", "words"), TOLD)
def test_reads(kind: NoteKind, symbol: str | None, facts: dict[str, FactValue], words: str) -> None:
    assert note_sentence(Note(kind, symbol, facts)).replace(text.NBSP, " ") == words


def test_every_kind_is_told() -> None:
    assert {kind for kind, *_ in TOLD} == set(NoteKind)


def kinds(notes: tuple[Note, ...]) -> list[NoteKind]:
    return [note.kind for note in notes]


def test_few_returns_are_noted_below_a_year() -> None:
    assert kinds(reading_notes(["A", "B"], [], 250, short=True)) == [NoteKind.FEW_RETURNS]
    assert reading_notes(["A", "B"], [], 251, short=False) == ()
    (note,) = (note for note in all_notes(world("pair_one_month")) if note.kind is NoteKind.FEW_RETURNS)
    assert note.facts == {"count": world("pair_one_month").returns}


def test_few_returns_are_no_matter_where_nothing_is_annualised() -> None:
    """A year to date on its first sessions has returns, and no ratio of them."""
    fresh = comparison(window="ytd", as_of=date(2026, 1, 6))
    assert fresh.returns == 4
    assert NoteKind.FEW_RETURNS not in kinds(all_notes(fresh))


def test_an_interest_rate_is_noted_as_a_fund_and_as_a_benchmark() -> None:
    assert reading_notes(["SPY", "^TNX"], [], 251, short=False) == (Note(NoteKind.INTEREST_RATE, "^TNX"),)


def test_what_is_said_twice_is_told_once() -> None:
    # The index note and the rate note are one sentence, and the source may send the first of them too.
    source = Note(NoteKind.NOT_A_FUND, "^TNX", {"kind": "index"})
    told = [note_sentence(note) for note in all_notes(world("rate_index"), (source,))]
    assert len(told) == len(set(told))
    assert sum("^TNX" in words for words in told) == 1


def test_the_sources_come_first_and_their_order_stays() -> None:
    sources = (Note(NoteKind.NO_PROFILE, "A", {"cause": "x"}), Note(NoteKind.NO_PROFILE, "B", {"cause": "x"}))
    notes = all_notes(world("pair"), sources)
    assert notes[:2] == sources
    assert NoteKind.INDEX_CHANGED in kinds(notes)


def profile(symbol: str, currency: str, kind: Kind = Kind.FUND) -> FundProfile:
    return FundProfile(symbol, kind, currency=currency)


def test_returns_in_several_currencies_are_noted() -> None:
    mixed = [profile("VWCE.DE", "EUR"), profile("SPY", "USD")]
    (note,) = reading_notes(["VWCE.DE", "SPY"], mixed, 251, short=False)
    assert note == Note(NoteKind.CURRENCIES_DIFFER, None, {"currencies": "VWCE.DE EUR, SPY USD"})
    assert reading_notes(["A", "B"], [profile("A", "EUR"), profile("B", "EUR")], 251, short=False) == ()


def test_an_index_has_no_currency() -> None:
    mixed = [profile("A", "EUR"), profile("^SP500TR", "USD", Kind.INDEX)]
    assert reading_notes(["A", "^SP500TR"], mixed, 251, short=False) == ()


def test_a_plain_answer_over_years_has_nothing_to_remark() -> None:
    assert all_notes(comparison("SPY", "AVUV", window="3y")) == ()


def test_a_reference_in_another_currency_than_the_funds_is_one_remark() -> None:
    held = market(("ISCB", "SPSM", "SPY"), currencies=("EUR", "EUR", "USD"))
    (note,) = (
        note
        for note in all_notes(comparison(held=held, benchmark="SPY"))
        if note.kind is NoteKind.REFERENCE_CURRENCY
    )
    assert note.facts == {"references": "SPY USD", "currency": "EUR"}
    assert NoteKind.REFERENCE_CURRENCY not in kinds(all_notes(world("pair_outside_benchmark")))
    assert NoteKind.REFERENCE_CURRENCY not in kinds(all_notes(world("pair_ten_years")))  # with the bill


def test_whose_amounts_have_no_currency_is_said_once() -> None:
    (note,) = (
        note for note in all_notes(world("unknown_currency")) if note.kind is NoteKind.CURRENCY_UNKNOWN
    )
    assert note.facts == {"symbols": "SPSM"}
    assert NoteKind.CURRENCY_UNKNOWN not in kinds(all_notes(world("partial")))  # no amounts, no word
