"""What the sections of evidence share: titles, the sample, why a number lacks, which rest on doubts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analytics.evidence.closes import Provenance
from analytics.panel import Doubt
from bot.render import text
from bot.render.doubts import is_grave
from bot.render.estimates import NamedEstimate
from bot.render.limits import HEADER_TEXT
from bot.render.sections.convention import SAMPLE
from bot.render.sections.doubtful import ground_doubts
from bot.render.sections.page import versus
from bot.render.sections.table import Dash, Row


def missing_value_dashes(told: Iterable[NamedEstimate], what: str = "") -> tuple[Dash, ...]:
    """Collect why values are missing."""
    return tuple(
        Dash(each.name, each.estimate.value.reason or each.estimate.reason or "", what)
        for each in told
        if each.estimate.value.value is None
    )


def missing_error_dashes(told: Iterable[NamedEstimate], what: str = "") -> tuple[Dash, ...]:
    """Collect why there is a value without any error to judge it by."""
    return tuple(
        Dash(each.name, each.estimate.reason, what)
        for each in told
        if each.estimate.value.value is not None and each.estimate.reason
    )


def evidence_title(symbols: Sequence[str], what: str, ground: Provenance) -> str:
    """Write "ISCB vs SPSM · rates · 15 Jan 2021 to 16 Jan 2026"; without the days where they do not fit."""
    named = f"{versus(symbols)} · {what}"
    whole = f"{named} · {text.day(ground.start)} to {text.day(ground.end)}"
    return whole if len(f"{SAMPLE} · {whole}") <= HEADER_TEXT else named


def sample_words(weeks: int, lags: int) -> str:
    """Write "(261 weeks) · Newey-West, 4 lags"; "" where no line was drawn."""
    return f"({text.count(weeks)} weeks) · Newey-West, {lags} lags" if lags else ""


def source_of(ground: Provenance) -> str:
    """Write "source Yahoo Finance, as of 2026-01-16"."""
    return f"source {ground.source}, as of {ground.end.isoformat()}"


def doubts_of(ground: Provenance, symbols: Sequence[str]) -> tuple[Doubt, ...]:
    """Choose the doubts that figures of these symbols rest on: their own, and those of the proxies."""
    return tuple(doubt for doubt in ground.doubts if doubt.symbol in symbols)


def marked(row: Row, ground: Provenance, symbols: Sequence[str], proxies: Sequence[str] = ()) -> Row:
    """Mark the figures that rest on doubts, see `ground_doubts`."""
    return row.with_doubts(*ground_doubts(ground, symbols, proxies))


def reliable(ground: Provenance, symbols: Sequence[str]) -> bool:
    """Tell whether figures of these symbols, proxies among them, can be relied on."""
    return not any(is_grave(doubt) for doubt in doubts_of(ground, symbols))
