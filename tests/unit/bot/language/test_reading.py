"""What is said about funds is read as it is meant; what cannot be read comes back with all that is wrong."""

from __future__ import annotations

from datetime import date

import pytest

from bot.commands import COMPARE, DIGEST, FOLLOW_UPS, SECTORS, TALK, WATCH, Command
from bot.errors import Unclear
from bot.language import FollowUp, Help, follow_text, read_follow
from bot.language.thread_words import STUDIES
from bot.model import Section

TODAY = date(2026, 1, 20)


def read(text: str) -> FollowUp:
    follow = read_follow(text, TODAY)
    assert isinstance(follow, FollowUp), text
    return follow


def unclear(text: str) -> Unclear:
    with pytest.raises(Unclear) as caught:
        read_follow(text, TODAY)
    assert caught.value.complaints
    assert caught.value.command == "@watchpoint"
    assert caught.value.given == text
    return caught.value


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        # studies of the funds of the thread
        ("sectors", "sectors"),
        ("Sectors?", "sectors"),
        ("SECTORS", "sectors"),
        ("/sectors", "sectors"),
        ("@watchpoint sectors", "sectors"),
        ("show me the sectors, please", "sectors"),
        ("what about their sector weights", "sectors"),
        ("<https://x.test|sectors>", "sectors"),
        ("*sectors* vs `IWM`", "sectors vs IWM"),
        ("top ten", "holdings"),
        ("top 10 holdings", "holdings"),
        ("the largest positions of each", "holdings"),
        ("how do they overlap", "holdings"),
        ("worst falls", "drawdowns"),
        ("max drawdown", "drawdowns"),
        ("calendar years", "returns"),
        ("trailing returns", "returns"),
        ("how risky are they?", "risk"),
        ("volatility", "risk"),
        ("rolling sortino", "rolling"),
        ("best month", "returns"),
        ("month by month", "returns"),
        ("explain R²", "explain r squared"),
        ("explain CAGR", "explain cagr"),
        ("explain BETA sharpe", "explain sharpe $BETA"),
        ("explain VaR", "explain var"),
        ("explain current drawdown", "explain current drawdown"),
        ("explain time under water 3y", "explain time under water 3y"),
        ("rolling beta", "rolling"),
        ("show me the rolling volatility", "rolling"),
        ("corr", "correlation"),
        ("how are they correlated", "correlation"),
        ("fees", "cost"),
        ("what's the TER", "cost"),
        ("export", "csv"),
        ("compare", "compare"),
        # an order
        ("cost size=$25m", "cost size=$25m"),
        ("cost size = 25 million", "cost size=25m"),
        ("cost size: 25,000,000 usd", "cost size=USD25m"),
        ("cost size=25 000 000", "cost size=25m"),
        ("cost size=25\u2019000\u2019000", "cost size=25m"),
        ("an order of 25\u202f000\u202f000 eur", "cost size=EUR25m"),
        ("what would an order of $1.5bn cost", "cost size=$1.5bn"),
        ("size=250k", "cost size=250k"),
        # beside what is spent `10m` is money, and months are written out
        ("cost 10m", "cost size=10m"),
        ("what would it cost to trade 100 million", "cost size=100m"),
        ("what if I trade $25m", "cost size=$25m"),
        ("cost size=us$25m", "cost size=USD25m"),
        ("cost €25m ISCB", "cost ISCB size=EUR25m"),
        ("cost 25m £", "cost size=GBP25m"),
        ("cost size=$25m cad", "cost size=CAD25m"),
        ("cost size=25m NOK", "cost NOK size=25m"),
        ("cost size=1,5m", "cost size=1.5m"),
        ("cost over 3 months", "cost 3 months"),
        ("cost size=25m 18 months", "cost size=25m 18 months"),
        ("cost 2y", "cost 2y"),
        ("returns 10m", "returns 10m"),
        # explanations
        ("explain sortino", "explain sortino"),
        ("explain the sortino ratio", "explain sortino"),
        ("how is sortino calculated?", "explain sortino"),
        ("what does max drawdown mean", "explain max drawdown"),
        ("formula of expected shortfall", "explain cvar"),
        ("explain returns", "explain total return"),
        ("explain tracking error vs SPY 3y", "explain tracking error 3y vs SPY"),
        ("explain weekly correlation", "explain weekly correlation"),
        ("explain beta BETA", "explain beta $BETA"),
        # changes
        ("5y", "5y"),
        ("and over the last 5 years?", "5y"),
        ("what about ten years", "10y"),
        ("how did they do in 2022?", "2022"),
        ("drawdowns 2020", "drawdowns 2020"),
        ("and q3 2025?", "2025q3"),
        ("what about last year", "2025"),
        ("returns of the past year", "returns 1y"),
        ("since jan 2021", "since 2020-12-31"),
        ("sectors ISCB SPSM last year", "sectors ISCB SPSM 2025"),
        ("compare ISCB SPSM last year cc @ben", "compare ISCB SPSM 2025"),
        ("since 2021-03-19", "since 2021-03-19"),
        ("and since regime?", "since regime"),
        ("risk since the index changed", "risk since regime"),
        ("from 2021-03-19 to 2024-12-31", "2021-03-19..2024-12-31"),
        ("vs IWM", "vs IWM"),
        ("against the iwm", "vs IWM"),
        ("compared to IWM", "vs IWM"),
        ("weekly", "weekly"),
        ("daily", "daily"),
        ("rf=tbill", "rf=tbill"),
        ("rf 4 %", "rf=4%"),
        ("rf=0", "rf=0"),
        ("as of 2026-01-16", "asof 2026-01-16"),
        ("as of 2026-01-21", "asof 2026-01-21"),
        ("add VB", "add VB"),
        ("add VB and vti, 5y", "add VB VTI 5y"),
        ("plus VB", "add VB"),
        ("add $RISK", "add $RISK"),
        ("without IWM", "without IWM"),
        ("drop iwm, add vb", "add VB without IWM"),
        # together, in any order
        ("sectors vs IWM", "sectors vs IWM"),
        ("vs IWM sectors", "sectors vs IWM"),
        ("5y weekly risk vs SPY rf=tbill add VB", "risk add VB 5y vs SPY rf=tbill weekly"),
        ("weekly returns", "returns weekly"),
        ("compare the drawdowns over 3 years", "drawdowns 3y"),
        # funds that are named
        ("compare ISCB SPSM 3y", "compare ISCB SPSM 3y"),
        ("Compare ISCB and SPSM", "compare ISCB SPSM"),
        ("compare iscb with spsm", "compare ISCB SPSM"),
        ("compare ISCB vs SPSM", "compare ISCB SPSM"),
        ("compare ISCB SPSM vs IWM", "compare ISCB SPSM vs IWM"),
        ("sectors ISCB SPSM vs IWM", "sectors ISCB SPSM vs IWM"),
        ("sectors of iscb, spsm", "sectors ISCB SPSM"),
        ("SECTORS ISCB SPSM", "sectors ISCB SPSM"),
        ("sectors ISCB", "sectors ISCB"),
        ("$ISCB $SPSM sectors", "sectors ISCB SPSM"),
        ("how risky is ISCB?", "risk ISCB"),
        ("ISCB’s", "unclear"),
        ("correlation ISCB vs SPY", "correlation ISCB vs SPY"),
        ("sectors ISCB SPSM add VB", "sectors ISCB SPSM VB"),
        ("sectors ISCB SPSM VB without VB", "sectors ISCB SPSM"),
        ("compare ISCB SPSM rf=0 daily", "compare ISCB SPSM"),
        # words of ours in capitals, among funds, are funds
        ("compare COST WMT", "compare $COST WMT"),
        ("sectors ON ALL", "sectors $ON $ALL"),
        ("add RISK", "add $RISK"),
        ("risk vs COST", "risk vs $COST"),
    ],
)
def test_is_read_as_meant(typed: str, canonical: str) -> None:
    if canonical == "unclear":
        assert unclear(typed).symbols == ("ISCB",)
    else:
        assert follow_text(read(typed)) == canonical
        assert read(canonical) == read(typed)


@pytest.mark.parametrize(
    ("section", "word"), [(section, word) for section, words in STUDIES.items() for word in words]
)
def test_every_name_of_a_study_is_read(section: Section, word: str) -> None:
    more = " sortino" if section is Section.EXPLAIN else ""
    assert read(f"{word}{more}").section is section


@pytest.mark.parametrize("phrase", FOLLOW_UPS, ids=lambda phrase: phrase.typed)
def test_every_row_of_the_table_is_read_as_it_stands(phrase: object) -> None:
    typed = getattr(phrase, "typed")  # noqa: B009
    assert follow_text(read(typed)) == typed


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("help", TALK),
        ("Help!", TALK),
        ("", TALK),
        ("?", TALK),
        ("show me", TALK),
        ("what can you do", TALK),
        ("help compare", COMPARE),
        ("sectors help", SECTORS),
        ("help watch", WATCH),
        ("help digest", DIGEST),
    ],
)
def test_asks_for_help(text: str, command: Command) -> None:
    assert read_follow(text, TODAY) == Help(command)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("ISCB SPSM", "ISCB and SPSM: say first what you want to know, like `returns ISCB SPSM`."),
        ("$ISCB", "ISCB: say first what you want to know, like `returns ISCB`."),
        ("ISCB sectors", "ISCB: say first what you want to know, like `returns ISCB`."),
        ("ISCB vs SPSM", "ISCB: say first what you want to know, like `returns ISCB`."),
        ("ON vs SPY", "ON: say first what you want to know, like `returns ON`."),
        ("good morning", "`good` and `morning` are not understood."),
        ("sektors", "`sektors` is not understood."),
        (
            "sectors weekyl",
            "`weekyl` is not understood; did you mean `weekly`? A fund of that name is `$WEEKYL`.",
        ),
        (
            "explain sortinoo",
            "`sortinoo` is not understood; did you mean `sortino`? A fund of that name is `$SORTINOO`.",
        ),
        ("sectors tomorrow", "`tomorrow` is not understood. A fund of that name is `$TOMORROW`."),
        ("sectors 10", "`10` is not understood."),
        ("sectors and holdings", "`sectors` and `holdings` are 2 questions; ask one at a time."),
        ("explain", "`explain` needs one measure that is computed from prices, like `explain sortino`."),
        (
            "explain expense ratio",
            "`explain` needs one measure that is computed from prices, like `explain sortino`.",
        ),
        ("add", "`add` stands alone; it needs a symbol, like `add VB`."),
        ("drop 5y", "`drop` stands alone; it needs a symbol, like `drop VB`."),
        ("vs sectors", "`vs` stands alone; it needs a symbol, like `vs SPY`."),
        ("add VB without VB", "VB: both put in and left out; keep one."),
        ("add VB VB", "VB: put in more than once."),
        ("add A B C D E F", "6 symbols more; at most 6 fit side by side."),
        ("compare with ISCB", "At least two different symbols are needed, like `compare ISCB SPSM`."),
        ("compare them to ISCB", "At least two different symbols are needed, like `compare ISCB SPSM`."),
        ("compare ISCB too", "At least two different symbols are needed, like `compare ISCB SPSM`."),
        ("correlation ISCB", "At least two different symbols are needed, like `correlation ISCB SPSM`."),
        ("sectors ISCB ISCB", "ISCB: named more than once."),
        ("sectors A B C D E F G", "7 symbols; at most 6 fit side by side."),
        ("holdings A B C D E F vs G", "7 symbols; at most 6 fit side by side."),
        ("sectors ISCB without IWM", "IWM: not among the funds named."),
        ("sectors ISCB without ISCB", "All funds that are named are left out."),
        ("sectors size=25m", "`size` belongs to `cost`; leave it out, or ask `cost size=25m`."),
        ("cost size=25m size=30m", "More than one size is given; keep one."),
        ("cost size=25x", "`size=25x` is no size of an order; write it like `size=25m`."),
        ("cost size=1,500m", "`1,500` can be 1500 and 1.500; write it without a comma."),
        ("cost size=€25m usd", "`size=€usd25m` is no size of an order; write it like `size=25m`."),
        ("3y 5y", "More than one window is given; keep one."),
        ("weekly daily", "Both `weekly` and `daily` are given; keep one."),
        ("rf=4", "`rf=4` is not a rate; write `rf=0`, `rf=tbill` or a percentage like `rf=4%`, at most 50%."),
        ("asof 2026-01-22", "The as-of date is after today (2026-01-20)."),
        ("since 2026-01-20", "`since 2026-01-20` begins on or after 2026-01-20; begin earlier."),
    ],
)
def test_says_what_is_wrong(text: str, complaint: str) -> None:
    assert complaint in unclear(text).complaints


def test_everything_wrong_comes_at_once_with_what_could_be_read() -> None:
    fault = unclear("sectors ISCB weekyl 9d asof 2027-01-01 vs IWM rf=x add")
    assert [complaint.split(";")[0].split(" (")[0] for complaint in fault.complaints] == [
        "`9d` is not a window: they are counted in months or years, like `1m`, `3m` or `6m`.",
        "`rf=x` is not a rate",
        "`weekyl` is not understood",
        "`add` stands alone",
        "The as-of date is after today",
    ]
    assert fault.read == ("question sectors", "symbols ISCB", "benchmark IWM", "as of 2027-01-01")
    assert fault.symbols == ("ISCB", "IWM")


def test_funds_before_the_question_are_known_for_what_may_have_been_meant() -> None:
    assert unclear("ISCB SPSM vs IWM").symbols == ("ISCB", "SPSM", "IWM")
