"""Followed pairs in words: a line a phone can show, the week and the month in it, and the month as a file."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from analytics.pairs import PairReturn, PairReturns, Period
from bot.model import (
    DateKind,
    DigestContent,
    Follow,
    KnownDate,
    NewNotice,
    NoticeKind,
    PeriodReport,
    RuleChange,
)
from bot.render.rules.channel import notice_message
from bot.render.rules.digest import digest_message
from bot.render.rules.month import month_document
from bot.render.rules.pairs import followed_message, follows_message, pair_line
from tests.snapshot import Snapshot
from tests.unit.bot.render.rules.moods import faults
from tests.unit.bot.render.rules.stories import BUSY, CALM_DAY, DIGEST, NEXT, SESSION
from tests.unit.bot.render.sections.reading import as_read

DAY = PairReturn(Period.DAY, date(2026, 1, 15), (0.004, 0.001, 0.002))
WEEK = PairReturn(Period.WEEK, date(2026, 1, 9), (0.012, 0.008, 0.01))
MONTH = PairReturn(Period.MONTH, date(2025, 12, 31), (0.021, 0.018, 0.02))
YEAR = PairReturn(Period.YEAR, date(2025, 12, 31), (0.021, 0.018, 0.02))
PAIR = PairReturns(
    ("ISCB", "SPSM", "IWM"), SESSION, (DAY, MONTH, YEAR), currencies=("USD",) * 3, source="by hand"
)
RULES = (RuleChange("R3", date(2025, 12, 31), 1.1, 1.18),)
FOLLOW = Follow("T1", "C1", "ISCB", "SPSM", "IWM", "U0ANN", datetime(2026, 1, 16, tzinfo=UTC))
OVER = replace(
    CALM_DAY,
    pairs=(PAIR,),
    week=PeriodReport(SESSION, (replace(PAIR, periods=(WEEK,)),), RULES),
    month=PeriodReport(SESSION, (replace(PAIR, periods=(MONTH, YEAR)),), RULES),
    dates=(KnownDate(DateKind.CLOSED, date(2026, 1, 19), (), "XNYS"),),
)


def plain(words: str) -> str:
    return words.replace("\xa0", " ").replace("*", "")


def test_the_line_of_a_pair() -> None:
    assert plain(pair_line(PAIR)) == (
        "ISCB and SPSM · 16 Jan +0.4 % and +0.1 %, gap +0.3 pp, IWM +0.2 % · "
        "Jan and 2026 to date +2.1 % and +1.8 %, gap +0.3 pp, IWM +2.0 %"
    )
    later = replace(YEAR, base=date(2025, 12, 30))
    assert "Jan to date +2.1 %" in plain(pair_line(replace(PAIR, periods=(DAY, MONTH, later))))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (PairReturns(("ISCB", "SPSM"), None), "ISCB and SPSM · no prices yet"),
        (
            replace(PAIR, periods=(replace(DAY, returns=(0.1, None, 0.1)),)),
            "ISCB and SPSM · 16 Jan: no price of SPSM",
        ),
        (
            replace(PAIR, periods=(PairReturn(Period.YEAR, None, (None,) * 3),)),
            "ISCB and SPSM · 2026 to date: priced later",
        ),
        (
            replace(PAIR, periods=(replace(DAY, returns=(0.1, 0.1, None)),)),
            "ISCB and SPSM · 16 Jan +10.0 % and +10.0 %, gap 0.0 pp, IWM without a price",
        ),
        (
            replace(PAIR, periods=(DAY,), currencies=("USD", "GBP", "USD")),
            "ISCB and SPSM · 16 Jan +0.4 % and +0.1 %, gap +0.3 pp, IWM +0.2 % · "
            "each in its own currency (USD and GBP)",
        ),
    ],
)
def test_what_is_not_known_is_said(found: PairReturns, words: str) -> None:
    assert plain(pair_line(found)) == words


def test_symbols_are_safe_and_short() -> None:
    line = pair_line(replace(PAIR, symbols=("<!channel>", "*X*" * 100, "IWM")))
    assert "<!channel>" not in line
    assert len(line) < 400


def test_posts_with_pairs_read_well(snapshot: Snapshot) -> None:
    told = {
        "pair": replace(BUSY, pairs=(PAIR,)),
        "over": OVER,
        "late": replace(OVER, session=date(2026, 1, 20)),
        "alone": DigestContent(SESSION, (), pairs=(replace(PAIR, simulated=True),)),
    }
    messages = {name: digest_message(content, {}) for name, content in told.items()}
    assert [faults(message) for message in messages.values()] == [[]] * 4
    snapshot(
        "watch_digest_pairs",
        "\n\n".join(f"--- {name}\n{as_read(message)}" for name, message in messages.items()),
    )


def test_answers_about_following_read_well(snapshot: Snapshot) -> None:
    messages = {
        "followed": followed_message(FOLLOW, PAIR, DIGEST, NEXT, what="Followed from now on", is_new=True),
        "list": follows_message([(FOLLOW, PAIR), (FOLLOW, None)], DIGEST, NEXT),
        "none": follows_message([], None, None),
    }
    assert [faults(message) for message in messages.values()] == [[]] * 3
    snapshot(
        "watch_follows", "\n\n".join(f"--- {name}\n{as_read(message)}" for name, message in messages.items())
    )


def test_the_file_of_a_month_reads_back() -> None:
    document = month_document(OVER)
    assert document.name == "watchpoint-2026-01.csv"
    rows = list(csv.DictReader(io.StringIO(document.content.decode("utf-8-sig"))))
    figures = {(row["what"], row["figure"]): row for row in rows}
    assert float(figures["ISCB", "month"]["value"]) == 0.021
    gap = figures["ISCB - SPSM", "year to date"]
    assert float(gap["value"]) == pytest.approx(0.003)
    assert (gap["from"], gap["to"], gap["unit"]) == ("2025-12-31", "2026-01-16", "fraction")
    assert [float(row["value"]) for row in rows if row["what"] == "R3"] == [1.1, 1.18]
    with pytest.raises(ValueError, match="no month ended"):
        month_document(CALM_DAY)


def test_words_of_the_file_name_the_month() -> None:
    notice = NewNotice("T1", "C1", SESSION, NoticeKind.FILE, "", OVER, datetime(2026, 1, 16, tzinfo=UTC))
    assert notice_message(notice).text.startswith("January 2026 as CSV")
