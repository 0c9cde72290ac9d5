"""What people type is read as they mean it; what cannot be read comes back with everything that is wrong."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.returns import Rate
from analytics.window import WORDS, parse
from bot.commands import COMPARE
from bot.errors import Unclear
from bot.language import MOST_CHARACTERS, Compare, Help, read_compare
from bot.language.words import PLACED, with_dashes
from bot.render import advice

TODAY = date(2026, 1, 20)
DAY = date(2026, 1, 16)


def read(text: str) -> Compare:
    question = read_compare(text, TODAY)
    assert isinstance(question, Compare)
    return question


def unclear(text: str) -> Unclear:
    with pytest.raises(Unclear) as caught:
        read_compare(text, TODAY)
    assert caught.value.complaints
    assert caught.value.command == COMPARE.name
    return caught.value


def test_two_symbols_alone_are_a_year_without_a_rate_as_of_now() -> None:
    question = read("ISCB SPSM")
    assert question == Compare(("ISCB", "SPSM"), parse("1y"))
    assert question.versus is None
    assert question.rate == Rate(0.0)
    assert question.as_of is None


def test_every_option_at_once() -> None:
    question = read("ISCB SPSM IWM since 2021-03-19 vs SPY rf=tbill asof 2026-01-16")
    assert question == Compare(("ISCB", "SPSM", "IWM"), parse("since 2021-03-19"), "SPY", Rate(None), DAY)


@pytest.mark.parametrize("window", sorted(WORDS))
def test_every_window_has_its_word(window: str) -> None:
    assert read(f"ISCB SPSM {window}").window.label == window
    assert read(f"ISCB {window.upper()} SPSM").window.label == window


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        # symbols
        ("iscb spsm", "ISCB SPSM 1y"),
        ("iscb, spsm", "ISCB SPSM 1y"),
        ("ISCB,SPSM;IWM", "ISCB SPSM IWM 1y"),
        ("  ISCB \t\n SPSM  ", "ISCB SPSM 1y"),
        ("$ISCB $spsm", "ISCB SPSM 1y"),
        ("“iscb” ‘spsm’ «IWM»", "ISCB SPSM IWM 1y"),
        ("\"ISCB\" 'SPSM'", "ISCB SPSM 1y"),
        ("*ISCB* _SPSM_ ~IWM~ `SPY`", "ISCB SPSM IWM SPY 1y"),
        ("(ISCB, SPSM).", "ISCB SPSM 1y"),
        ("ISCB and SPSM", "ISCB SPSM 1y"),
        ("ISCB & SPSM + IWM", "ISCB SPSM IWM 1y"),
        ("A B C D E F", "A B C D E F 1y"),
        ("BRK-B VWCE.DE ^TNX EURUSD=X BTC-USD 7203.T", "BRK-B VWCE.DE ^TNX EURUSD=X BTC-USD 7203.T 1y"),
        ("BRK\u2011B SPY", "BRK-B SPY 1y"),
        ("BRK.B, bf/b vs $HEI.A", "BRK-B BF-B 1y vs HEI-A"),
        ("rci.b.to VUSA.L XIC.V 1306.T SAP.F", "RCI-B.TO VUSA.L XIC.V 1306.T SAP.F 1y"),
        # what cannot be seen, and letters of another width
        ("ISCB\u200b\u200d SP\u200bSM\ufeff", "ISCB SPSM 1y"),
        ("\u202eISCB\u202c SPSM", "ISCB SPSM 1y"),
        ("ISCB\u00a0SPSM\u30003y", "ISCB SPSM 3y"),
        ("ISCB\x00SPSM\x07", "ISCB SPSM 1y"),
        ("ＩＳＣＢ　ｓｐｓｍ　３ｙ", "ISCB SPSM 3y"),
        # what Slack makes of it
        ("<http://vwce.de|VWCE.DE> SPSM", "VWCE.DE SPSM 1y"),
        ("ISCB &amp; SPSM", "ISCB SPSM 1y"),
        ("/compare ISCB SPSM", "ISCB SPSM 1y"),
        ("compare ISCB with SPSM", "ISCB SPSM 1y"),
        # one fund alone
        ("ISCB", "ISCB 1y"),
        ("ISCB 5y rf=4%", "ISCB 5y rf=4%"),
        ("vs SPY", "SPY 1y"),
        # two names with "vs" between them are two funds: relative figures are against the last one anyway
        ("ISCB vs SPSM", "ISCB SPSM 1y"),
        ("ISCB vs SPSM 3y", "ISCB SPSM 3y"),
        ("ISCB vs. SPSM vs. IWM", "ISCB SPSM IWM 1y"),
        # benchmark
        ("ISCB SPSM vs SPY", "ISCB SPSM 1y vs SPY"),
        ("ISCB SPSM vs. spy", "ISCB SPSM 1y vs SPY"),
        ("ISCB SPSM versus $SPY", "ISCB SPSM 1y vs SPY"),
        ("ISCB SPSM against the SPY", "ISCB SPSM 1y vs SPY"),
        ("ISCB SPSM benchmark: SPY", "ISCB SPSM 1y vs SPY"),
        ("ISCB SPSM compared to SPY", "ISCB SPSM 1y vs SPY"),
        ("ISCB SPSM vs=SPY", "ISCB SPSM 1y vs SPY"),
        ("ISCB SPSM vs ISCB", "ISCB SPSM 1y vs ISCB"),
        ("vs SPY 3y ISCB SPSM", "ISCB SPSM 3y vs SPY"),
        # windows
        ("ISCB SPSM 3Y", "ISCB SPSM 3y"),
        ("ISCB SPSM 3 years", "ISCB SPSM 3y"),
        ("ISCB SPSM for the last 3 years", "ISCB SPSM 3y"),
        ("ISCB SPSM 3-yr", "ISCB SPSM 3y"),
        ("ISCB SPSM over 1 year?", "ISCB SPSM 1y"),
        ("ISCB SPSM 6 months", "ISCB SPSM 6m"),
        ("ISCB SPSM 6mo.", "ISCB SPSM 6m"),
        ("ISCB SPSM year to date", "ISCB SPSM ytd"),
        ("ISCB SPSM year-to-date", "ISCB SPSM ytd"),
        ("ISCB SPSM since: 2021-03-19", "ISCB SPSM since 2021-03-19"),
        ("ISCB SPSM from 2021-03-19", "ISCB SPSM since 2021-03-19"),
        ("ISCB SPSM 2021-03-19..2024-12-31", "ISCB SPSM 2021-03-19..2024-12-31"),
        ("ISCB SPSM 2021-03-19 .. 2024-12-31", "ISCB SPSM 2021-03-19..2024-12-31"),
        ("ISCB SPSM 2021-03-19…2024-12-31", "ISCB SPSM 2021-03-19..2024-12-31"),
        ("ISCB SPSM 2021-03-19–2024-12-31", "ISCB SPSM 2021-03-19..2024-12-31"),
        ("ISCB SPSM 2021-03-19 — 2024-12-31", "ISCB SPSM 2021-03-19..2024-12-31"),
        ("ISCB SPSM 2021-03-19 to 2024-12-31", "ISCB SPSM 2021-03-19..2024-12-31"),
        ("ISCB SPSM from 2021-03-19 to 2024-12-31", "ISCB SPSM 2021-03-19..2024-12-31"),
        ("ISCB SPSM since 2021-03-19 to 2024-12-31", "ISCB SPSM 2021-03-19..2024-12-31"),
        # a letter after a date or a number is no unit of it
        ("ISCB asof 2026-01-16 M", "ISCB M 1y asof 2026-01-16"),
        ("ISCB rf=0 M", "ISCB M 1y"),
        # rate
        ("ISCB SPSM rf=0", "ISCB SPSM 1y"),
        ("ISCB SPSM rf=0.00%", "ISCB SPSM 1y"),
        ("ISCB SPSM RF=TBILL", "ISCB SPSM 1y rf=tbill"),
        ("ISCB SPSM rf: t-bill", "ISCB SPSM 1y rf=tbill"),
        ("ISCB SPSM rf tbill", "ISCB SPSM 1y rf=tbill"),
        ("ISCB SPSM rf=4%", "ISCB SPSM 1y rf=4%"),
        ("ISCB SPSM rf = 4.25 %", "ISCB SPSM 1y rf=4.25%"),
        ("ISCB SPSM rf 4,25%", "ISCB SPSM 1y rf=4.25%"),
        ("ISCB SPSM rf=50%", "ISCB SPSM 1y rf=50%"),
        # as of
        ("ISCB SPSM asof 2026-01-16", "ISCB SPSM 1y asof 2026-01-16"),
        ("ISCB SPSM as of 2026-01-16", "ISCB SPSM 1y asof 2026-01-16"),
        ("ISCB SPSM as-of: 2026-01-16.", "ISCB SPSM 1y asof 2026-01-16"),
        ("ISCB SPSM asof=2026-01-16", "ISCB SPSM 1y asof 2026-01-16"),
        ("ISCB SPSM asof 2026-01-20", "ISCB SPSM 1y asof 2026-01-20"),
        # weeks
        ("ISCB SPSM weekly", "ISCB SPSM 1y weekly"),
        ("weekly ISCB SPSM 3y asof 2026-01-16", "ISCB SPSM 3y asof 2026-01-16 weekly"),
        ("ISCB SPSM daily", "ISCB SPSM 1y"),
        ("$WEEKLY $DAILY vs $WEEKLY", "$WEEKLY $DAILY 1y vs $WEEKLY"),
        # said twice is not said differently
        ("ISCB SPSM 3y 3 years", "ISCB SPSM 3y"),
        # symbols that are words of the grammar
        ("$RF $MAX vs $THE", "$RF $MAX 1y vs $THE"),
        ("$HELP $AS $3M $VS=X", "$HELP $AS $3M $VS=X 1y"),
        ("RFDI MAXI SINCER", "RFDI MAXI SINCER 1y"),
    ],
)
def test_is_read_as_meant(typed: str, canonical: str) -> None:
    assert read(typed).text == canonical


def test_in_tokyo_it_is_tomorrow_already() -> None:
    """At eight on the 21st in Tokyo it is the 20th in UTC."""
    assert read("ISCB SPSM asof 2026-01-21").as_of == date(2026, 1, 21)
    assert read("ISCB SPSM 2025-01-16..2026-01-21").window.end == date(2026, 1, 21)
    for later in ("ISCB SPSM 2025-01-16..2026-01-22", "ISCB SPSM 2025-01-16..2026-01-21 asof 2026-01-16"):
        with pytest.raises(Unclear, match="ends after"):
            read(later)


@pytest.mark.parametrize(
    "text", ["", "   ", "help", "HELP", "help me", "?", "/compare", "compare help", "\u200b"]
)
def test_asks_for_help(text: str) -> None:
    assert read_compare(text, TODAY) == Help(COMPARE)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("5y", "At least one symbol is needed, like `ISCB SPSM`."),
        ("rf=0 vs", "At least one symbol is needed, like `ISCB SPSM`."),
        ("ISCB SPSM ISCB", "ISCB: named more than once."),
        ("ISCB vs ISCB", "ISCB: named more than once."),
        ("A B C D E F G", "7 symbols; at most 6 fit side by side."),
        ("ISCB/SPSM IWM VB", "`ISCB/SPSM` is neither a symbol nor a window."),
        ("ISCB SPSM 😀", "`😀` is neither a symbol nor a window."),
        ("ISCB SPSM 000001", "`000001` is neither a symbol nor a window."),
        ("ISCB SPSM ß", "`ß` is neither a symbol nor a window."),
        ("ISCB SPSM ABCDEFGHIJKLM", "`ABCDEFGHIJKLM` is neither a symbol nor a window."),
        ("ISCB SPSM ! @ #", "`@` and `#` are neither symbols nor windows."),
        (
            "A B 1 2 3 4 5 6 7 8",
            "`1`, `2`, `3`, `4`, `5`, `6` and 2 more are neither symbols nor windows.",
        ),
        ("ISCB SPSM 1y 3y", "More than one window is given; keep one."),
        ("ISCB SPSM vs SPY vs IWM", "More than one benchmark is given; keep one."),
        ("ISCB SPSM rf=0 rf=4%", "More than one rf is given; keep one."),
        ("ISCB SPSM asof 2026-01-16 asof 2026-01-15", "More than one as-of date is given; keep one."),
        ("ISCB SPSM weekly daily", "Both `weekly` and `daily` are given; keep one."),
        ("ISCB SPSM vs weekly", "`vs` stands alone; it needs a symbol, like `vs SPY`."),
        ("ISCB SPSM since", "`since` stands alone; it needs a date, like `since 2021-03-19`."),
        ("ISCB SPSM asof", "`asof` stands alone; it needs a date, like `asof 2021-03-19`."),
        ("ISCB SPSM vs", "`vs` stands alone; it needs a symbol, like `vs SPY`."),
        ("ISCB SPSM vs 3y", "`vs` stands alone; it needs a symbol, like `vs SPY`."),
        ("ISCB SPSM asof vs SPY", "`asof` stands alone; it needs a date, like `asof 2021-03-19`."),
        ("ISCB SPSM asof yesterday", "`asof yesterday` is not a date; write it like `asof 2026-01-16`."),
        ("ISCB SPSM asof 2026-02-30", "`asof 2026-02-30` is not a date; write it like `asof 2026-01-16`."),
        ("ISCB SPSM asof 2026-01-22", "The as-of date is after today (2026-01-20)."),
        (
            "ISCB SPSM since 2021-02-30",
            "`since 2021-02-30` holds '2021-02-30', which is not a date like 2021-03-19.",
        ),
        ("ISCB SPSM since 2026-01-20", "`since 2026-01-20` begins on or after 2026-01-20; begin earlier."),
        (
            "ISCB SPSM since 2025-06-01 asof 2025-01-02",
            "`since 2025-06-01` begins on or after 2025-01-02; begin earlier.",
        ),
        (
            "ISCB SPSM 2021-03-19..2030-01-01",
            "`2021-03-19..2030-01-01` ends after 2026-01-20; write `since 2021-03-19`.",
        ),
        (
            "ISCB SPSM 2024-12-31..2021-03-19",
            "`2024-12-31..2021-03-19` ends before it begins; give the earlier date first.",
        ),
        (
            "ISCB SPSM 2021-03-19",
            "`2021-03-19` stands alone; write `since 2021-03-19`, `asof 2021-03-19` or `2021-03-19..` "
            "with an end.",
        ),
    ],
)
def test_says_what_is_wrong(text: str, complaint: str) -> None:
    assert complaint in unclear(text).complaints


@pytest.mark.parametrize(
    ("window", "complaint"),
    [
        ("5d", "`5d` is not a window: they are counted in months or years, like `1m`, `3m` or `6m`."),
        ("90 days", "`90d` is not a window: they are counted in months or years, like `3m`, `6m` or `1m`."),
        ("3 weeks", "`3w` is not a window: they are counted in months or years, like `1m`, `3m` or `6m`."),
        (
            "9 quarters",
            "`9q` is not a window: they are counted in months or years, like `27m`, `2y` or `3y`.",
        ),
        ("101y", "`101y` is longer than 100 years; `max` is all there is."),
        ("2023 2024", "More than one window is given; keep one."),
        ("2027", "`2027` begins on or after 2026-01-20; begin earlier."),
        ("q2 2026", "`2026q2` begins on or after 2026-01-20; begin earlier."),
        ("16/01/2025", "`16/01/2025` can be read as day or month first; write `2025-01-16`."),
        ("since 16/01/2025", "`16/01/2025` can be read as day or month first; write `2025-01-16`."),
        ("since 01/16/2025", "`01/16/2025` can be read as day or month first; write `2025-01-16`."),
        ("1/2/2025", "`1/2/2025` can be read two ways; write `2025-02-01` or `2025-01-02`."),
        ("since 1.2.25", "`1.2.25` can be read two ways; write `2025-02-01` or `2025-01-02`."),
        ("1/2/2025 to 1/2/2026", "`1/2/2025` can be read two ways; write `2025-02-01` or `2025-01-02`."),
        ("since 31/31/2025", "`31/31/2025` is not a date; write it like `2026-01-16`."),
        (
            "asof 1/2/2025",
            "`asof 1/2/2025` can be read two ways; write `asof 2025-02-01` or `asof 2025-01-02`.",
        ),
        (
            "MAR 2020",
            "`MAR 2020` can be a month and a fund; write `2020-03`, or `$MAR 2020` for the fund.",
        ),
    ],
)
def test_a_wrong_window_costs_one_line(window: str, complaint: str) -> None:
    assert unclear(f"ISCB SPSM {window}").complaints == (complaint,)


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("mtd", "mtd"),
        ("month to date", "mtd"),
        ("this quarter", "qtd"),
        ("this year", "ytd"),
        ("2y", "2y"),
        ("18m", "18m"),
        ("18 months", "18m"),
        ("two years", "2y"),
        ("over the past eighteen months", "18m"),
        ("12m", "1y"),
        ("15y", "15y"),
        ("since inception", "max"),
        ("2020", "2020"),
        ("in 2022", "2022"),
        ("for the calendar year 2022", "2022"),
        ("2026", "2026"),  # not over; said in the title
        ("q3 2025", "2025q3"),
        ("Q3'25", "2025q3"),
        ("3q25", "2025q3"),
        ("2025 Q3", "2025q3"),
        ("the third quarter of 2025", "2025q3"),
        ("h1 2025", "2025h1"),
        ("second half 2024", "2024h2"),
        ("jan 2021", "2021-01"),
        ("in March 2020", "2020-03"),
        ("2020-03", "2020-03"),
        # told from the day of the question, a Tuesday in January
        ("last year", "2025"),
        ("in the last calendar year", "2025"),
        ("over the last year", "1y"),
        ("the past year", "1y"),
        ("last quarter", "2025q4"),
        ("last half", "2025h2"),
        ("last month", "2025-12"),
        ("last week", "2026-01-09..2026-01-16"),
        ("q3", "2025q3"),
        ("in q1", "2026q1"),
        ("in march", "2025-03"),
        ("in january", "2026-01"),
        ("since march", "since 2025-02-28"),
        ("since q3", "since 2025-06-30"),
        ("last year asof 2024-06-03", "2023"),
        # from a day on, and between two
        ("since jan 2021", "since 2020-12-31"),
        ("since 2021", "since 2020-12-31"),
        ("since q2 2021", "since 2021-03-31"),
        ("since the end of 2020", "since 2020-12-31"),
        ("since 19 Mar 2021", "since 2021-03-19"),
        ("since March 19th, 2021", "since 2021-03-19"),
        ("since 19-mar-21", "since 2021-03-19"),
        ("since 2021/3/9", "since 2021-03-09"),
        ("since 20210319", "since 2021-03-19"),
        ("2021-03-19 to today", "since 2021-03-19"),
        ("16 Jan 2025..16 Jan 2026", "2025-01-16..2026-01-16"),
        ("from 16 Jan 2025 to 16 Jan 2026", "2025-01-16..2026-01-16"),
        ("Jan 16, 2025 - Jan 16, 2026", "2025-01-16..2026-01-16"),
        ("2020-2022", "2019-12-31..2022-12-31"),
        ("between 2020 and 2022", "2019-12-31..2022-12-31"),
        ("q1 2021 to q3 2021", "2020-12-31..2021-09-30"),
        ("jan 2021 until mar 2022", "2020-12-31..2022-03-31"),
        # since what the funds are is what they were
        ("since regime", "since regime"),
        ("since the regime changed", "since regime"),
        ("since the last index change", "since regime"),
        ("since the change of index", "since regime"),
    ],
)
def test_windows_as_people_type_them(typed: str, label: str) -> None:
    for text in (f"ISCB SPSM {typed}", f"iscb spsm {typed}", f"{typed} ISCB SPSM"):
        asked = read(text)
        assert (asked.symbols, asked.window.label) == (("ISCB", "SPSM"), label)
        assert read(asked.text) == asked
        assert parse(asked.window.label) == asked.window


@given(st.integers(1, 1200), st.sampled_from(["m", " months", "-month", "mo", "mths"]))
def test_any_number_of_months(count: int, unit: str) -> None:
    if count > 999:
        return
    window = read(f"ISCB SPSM {count}{unit}").window
    assert window.months == count


DAYS = st.dates(date(1993, 1, 29), date(2026, 1, 15))
FORMATS = [
    "%Y-%m-%d",
    "%Y%m%d",
    "%Y/%m/%d",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d %Y",
    "%B %d, %Y",
    "%d-%b-%Y",
    "%d %b %y",
]


@given(DAYS, st.sampled_from(FORMATS))
def test_a_day_is_the_same_in_every_spelling(day: date, written: str) -> None:
    typed = f"{day:{written}}"
    if written == "%d %b %y" and day.year < 2000:
        return
    assert read(f"ISCB SPSM since {typed}").window == parse(f"since {day}")
    assert read(f"ISCB SPSM asof {typed}").as_of == day
    assert read(f"ISCB SPSM {typed} to 16 Jan 2026").window == parse(f"{day}..2026-01-16")


@given(DAYS, st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d/%m/%y"]))
def test_a_day_between_slashes_is_never_guessed_at(day: date, written: str) -> None:
    for option in ("since", "asof"):
        complaints = " ".join(unclear(f"ISCB SPSM {option} {day:{written}}").complaints)
        if day.year >= 2000 or "%Y" in written:
            assert day.isoformat() in complaints


@given(st.dates(date(2000, 1, 1), TODAY))
def test_what_is_told_from_a_day_is_over_by_then(day: date) -> None:
    for kind, length in (("year", 366), ("half", 184), ("quarter", 92), ("month", 31)):
        window = read_compare(f"ISCB SPSM last {kind}", day)
        assert isinstance(window, Compare)
        assert window.window.end is not None
        assert window.window.start is not None
        assert 0 < (day - window.window.end).days <= length
        following = window.window.end + timedelta(days=1)
        assert (following.day, following.month % {"year": 12, "half": 6, "quarter": 3, "month": 1}[kind]) == (
            1,
            0 if kind == "month" else 1,
        )


@pytest.mark.parametrize(
    "rate", ["rf=0.04", "rf=4", "rf=-1%", "rf=51%", "rf=", "rf=tbil", "rf=4%%", "rf=1e9%"]
)
def test_a_rate_needs_its_unit(rate: str) -> None:
    (complaint,) = unclear(f"ISCB SPSM {rate}").complaints
    wanted = "write `rf=0`, `rf=tbill` or a percentage like `rf=4%`, at most 50%"
    assert complaint == f"`{rate}` is not a rate; {wanted}."


def test_rf_alone_may_mean_the_bank() -> None:
    (complaint,) = unclear("RF SPY IWM").complaints
    assert complaint.endswith("at most 50%; the symbol is `$RF`.")


def test_everything_wrong_comes_at_once_with_what_could_be_read() -> None:
    fault = unclear("ISCB @@ 5d 2w since asof 2027-01-01 rf=x vs SPY vs IWM")
    assert [complaint.split(";")[0].split(" (")[0] for complaint in fault.complaints] == [
        "`5d` is not a window: they are counted in months or years, like `1m`, `3m` or `6m`.",
        "`2w` is not a window: they are counted in months or years, like `1m`, `3m` or `6m`.",
        "`since` stands alone",
        "`rf=x` is not a rate",
        "`@@` is neither a symbol nor a window.",
        "The as-of date is after today",
    ]
    assert fault.read == ("symbols ISCB SPY IWM", "as of 2027-01-01")
    assert fault.symbols == ("ISCB", "SPY", "IWM")


def test_a_repeated_complaint_is_made_once() -> None:
    assert len(unclear("ISCB SPSM 5d 5d 5d").complaints) == 1


def test_says_how_it_was_read() -> None:
    fault = unclear("iscb spsm 3y vs spy rf=4% asof 2026-01-16 😀")
    assert fault.read == (
        "symbols ISCB SPSM",
        "window 3 years",
        "benchmark SPY",
        "rf 4%",
        "as of 2026-01-16",
    )


def test_ten_thousand_characters_are_not_read() -> None:
    fault = unclear("ISCB SPSM " * 1000)
    assert fault.complaints == (f"The text has 10,000 characters; at most {MOST_CHARACTERS} are read.",)
    assert len(fault.given) == MOST_CHARACTERS


HOSTILE = [
    "<!channel>",
    "<@U123>",
    "<@U123|name>",
    "<#C123|spy-alerts>",
    "<https://evil.test|click>",
    "<!date^1392734382^{date}^https://evil.test|now>",
    "`",
    "```",
    "\uff40",
    "\x00\x1b[31m",
    "\u202e\u2066",
    "😀👩‍👩‍👧",
    "*_~",
    "&lt;!channel&gt;",
    "&amp;lt;!here&amp;gt;",
    "\ud800",
    "ﷺ" * 30,
    "'; drop table funds; --",
]


PLACES = ["{}", "{} A", "A {} B", "A B vs {}", "A B since {}", "A B asof {}", "A B rf={}", "A B {}.."]


@pytest.mark.parametrize("evil", HOSTILE)
def test_what_is_shown_of_a_text_can_do_nothing(evil: str) -> None:
    refused = 0
    for place in PLACES:
        try:
            read_compare(place.format(evil), TODAY)
        except Unclear as fault:
            refused += 1
            assert_harmless(advice.unclear_message(fault, lambda symbol: ("ISCB",)).text)
    assert refused


def assert_harmless(shown: str) -> None:
    assert "<" not in shown.replace("&lt;", "")
    assert ">" not in shown.replace("&gt;", "")
    assert shown.count("`") % 2 == 0
    assert "```" not in shown
    assert shown.encode("utf-8")
    assert not set("\x00\x1b\u202e\u2066\u200d") & set(shown)


PIECES = """
ISCB SPSM $RF RF MAX 1y 3 years year to date since asof as of vs versus 2021-03-19 2024-12-31 .. - – ... rf=4%
rf = tbill and , ; < > & ` * _ $ ? ! from 😀 ﷺ 1 M <@U1> &amp; &lt; : ^ ( )
"""
WORDS_OF_THE_GRAMMAR = st.sampled_from([*PIECES.split(), "\u202e", "\x00"])
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(WORDS_OF_THE_GRAMMAR, max_size=14).map(" ".join),
    st.lists(WORDS_OF_THE_GRAMMAR, max_size=14).map("".join),
)


@given(TEXTS)
@settings(max_examples=40, deadline=None)
def test_any_text_is_a_question_or_help_or_unclear(text: str) -> None:
    try:
        question = read_compare(text, TODAY)
    except Unclear as fault:
        shown = advice.unclear_message(fault, lambda symbol: ()).text
        assert not {"<!", "<@", "<h"} & {shown[at : at + 2] for at in range(len(shown))}
        assert shown.count("`") % 2 == 0
        return
    if isinstance(question, Compare):
        assert read_compare(question.text, TODAY) == question


SYMBOLS = st.from_regex(r"\A\^?[A-Z][A-Z0-9]{0,5}([.=-][A-Z]{1,4})?\Z").map(with_dashes) | st.sampled_from(
    [
        "RF",
        "MAX",
        "YTD",
        "THE",
        "AND",
        "FOR",
        "AS",
        "VS",
        "I",
        "SINCE",
        "ASOF",
        "HELP",
        "COMPARE",
        "3M",
        "1Y",
        "TO",
    ]
)
DATES = st.dates(date(1993, 1, 29), date(2026, 1, 15))
WINDOWS = st.one_of(
    st.sampled_from(sorted(WORDS)),
    DATES.map(lambda day: f"since {day}"),
    st.lists(DATES, min_size=2, max_size=2, unique=True).map(lambda two: f"{min(two)}..{max(two)}"),
)
RATES = st.one_of(st.none(), st.integers(0, 500_000).map(lambda units: float(Decimal(units) / 1_000_000)))


@st.composite
def questions(draw: st.DrawFn) -> Compare:
    return Compare(
        symbols=tuple(draw(st.lists(SYMBOLS, min_size=2, max_size=6, unique=True))),
        window=parse(draw(WINDOWS)),
        versus=draw(st.none() | SYMBOLS),
        rate=Rate(draw(RATES)),
        as_of=draw(st.none() | st.dates(date(2026, 1, 16), TODAY)),
        weekly=draw(st.booleans()),
    )


@pytest.mark.slow
@given(questions())
@settings(max_examples=25, deadline=None)
def test_the_canonical_text_is_read_as_the_same_question(question: Compare) -> None:
    assert read_compare(question.text, TODAY) == question
    named = [*question.symbols, *filter(None, [question.versus])]
    if all(PLACED.is_symbol(symbol.lower()) for symbol in named):
        assert read_compare(question.text.lower(), TODAY) == question


@given(st.permutations(["ISCB SPSM", "since 2021-03-19", "vs SPY", "rf=4%", "asof 2026-01-16"]))
@settings(max_examples=30, deadline=None)
def test_the_order_of_options_does_not_matter(parts: list[str]) -> None:
    expected = Compare(("ISCB", "SPSM"), parse("since 2021-03-19"), "SPY", Rate(0.04), DAY)
    assert read(" ".join(parts)) == expected


@pytest.mark.parametrize("text", ["ISCB SPSM asof 1950-01-16", "ISCB SPSM since 1969-12-31"])
def test_nothing_is_older_than_the_calendar(text: str) -> None:
    with pytest.raises(Unclear, match="There are no prices before 1970-01-02"):
        read_compare(text, date(2026, 11, 22))
