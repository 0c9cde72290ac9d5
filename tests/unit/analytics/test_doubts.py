"""Doubts about prices: which of them touch a question, and how many of them make one note."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analytics import Doubt, DoubtKind, Note, NoteKind, Rate, compare
from analytics.notes import doubt_notes
from analytics.panel import doubts_within
from tests.panels import day
from tests.unit.analytics.markets import LAST, SESSIONS, ask, market, with_bill


def doubt(symbol: str, session: str, kind: DoubtKind = DoubtKind.JUMP, value: float = -0.3) -> Doubt:
    return Doubt(kind, symbol, day(session), value)


EARLY, AT_BASE, FIRST = doubt("AAA", "2024-08-05"), doubt("AAA", "2025-02-20"), doubt("AAA", "2025-02-21")
AT_END, OTHER, BENCHMARK = doubt("BBB", LAST), doubt("DDD", "2025-06-02"), doubt("CCC", "2025-06-02")
ALL = (EARLY, AT_BASE, FIRST, AT_END, OTHER, BENCHMARK)


def test_a_doubt_at_the_base_close_touches_no_return_after_it() -> None:
    found = doubts_within(ALL, {"AAA", "BBB"}, day("2025-02-20"), day(LAST))
    assert found == (FIRST, AT_END)
    assert doubts_within(ALL, {"AAA"}, day("2025-02-19"), day("2025-02-20")) == (AT_BASE,)


def test_a_comparison_carries_the_doubts_of_its_span() -> None:
    held = replace(market(), doubts=ALL)
    found = compare(held, {}, ask("AAA", "BBB"))
    assert found.span.start == day("2025-02-20")
    assert found.doubts == (FIRST, AT_END)
    assert found.all_doubts == (EARLY, AT_BASE, FIRST, AT_END)
    assert compare(market(), {}, ask("AAA", "BBB")).doubts == ()


def test_a_benchmark_and_the_bill_are_part_of_the_question() -> None:
    bill = doubt("^IRX", "2025-06-03")
    held = replace(with_bill(np.full((1, SESSIONS.size), 4.0)), doubts=(*ALL, bill))
    assert BENCHMARK in compare(held, {}, ask("AAA", "BBB", benchmark="CCC")).doubts
    assert bill in compare(held, {}, ask("AAA", "BBB", rate=Rate(None))).doubts
    assert bill not in compare(held, {}, ask("AAA", "BBB")).doubts


def test_what_nobody_knew_yet_is_no_doubt() -> None:
    held = replace(market(), doubts=ALL)
    found = compare(held, {}, ask("AAA", "BBB", as_of="2025-02-20"))
    assert found.all_doubts == (EARLY, AT_BASE)


def test_one_note_for_each_symbol_and_kind() -> None:
    lost = [
        doubt("BBB", f"2025-{month:02}-03", DoubtKind.DISTRIBUTION, -0.01 * month) for month in (9, 3, 6, 12)
    ]
    assert doubt_notes([*lost, FIRST, AT_END]) == (
        Note(
            NoteKind.DOUBT,
            "BBB",
            {
                "doubt": "distribution",
                "count": 4,
                "first": day("2025-03-03"),
                "last": day("2025-12-03"),
                "before": -0.03,
                "value": -0.12,
                "total": -0.3,
            },
        ),
        *doubt_notes([FIRST]),
        *doubt_notes([AT_END]),
    )
    assert doubt_notes([]) == ()
    assert doubt_notes([FIRST])[0].facts["count"] == 1


def test_a_price_below_zero_after_the_last_return_is_why_the_span_ends() -> None:
    """The newest price is -37.63: the return told ends a session earlier, and the price is named."""
    levels, closes = market().total_return.copy(), market().close.copy()
    levels[0, -1], closes[0, -1] = np.nan, -37.63
    last = SESSIONS[-1].item()
    below = Doubt(DoubtKind.NEGATIVE, market().symbols[0], last, -37.63)
    held = replace(market(), total_return=levels, close=closes, doubts=(below,))
    found = compare(held, {}, ask("AAA", "BBB"))
    assert (found.span.end, found.doubts) == (SESSIONS[-2].item(), ())
    assert [note for note in found.notes if note.kind is NoteKind.DOUBT] == list(doubt_notes([below]))
    assert NoteKind.MISSING_SESSIONS not in {note.kind for note in found.notes}
    ended = compare(held, {}, ask("AAA", "BBB", as_of=str(SESSIONS[-2])))
    assert ended.notes == ()
