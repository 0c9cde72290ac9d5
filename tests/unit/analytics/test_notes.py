"""What a reader must know beside a number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analytics import Fact, FundProfile, IndexChange, Kind, Note, NoteKind, PricePanel, SectorWeights, Span
from analytics.notes import FactValue, fund_notes, span_notes
from analytics.returns import common_sessions
from analytics.window import lay, month_ends, parse
from tests.panels import day, panel

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
    span = lay(parse(window), held.sessions, common_sessions(held.total_return), day(as_of), ends)
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
    assert found == (Note(NoteKind.TAXONOMIES_DIFFER, "BBB", {"taxonomy": "ICB", "other": "GICS"}),)
    same = [fund("AAA", sectors=weights("GICS")), fund("BBB", sectors=weights("GICS"))]
    assert fund_notes(same, day("2025-01-16"), day("2026-01-16")) == ()
