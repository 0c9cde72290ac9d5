"""What can be wrong with data or with a question.

    AnalyticsError
    ├── BadPanel          prices that no arithmetic may touch (unsorted, negative, wrong shape)
    ├── UnknownWindow     a window text that cannot be read
    ├── NoCommonHistory   the symbols asked about share too few sessions in the window
    └── BadRule           a watchpoint that can never be read or decided

Every error takes facts; the class makes the sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date


class AnalyticsError(ValueError):
    """Root of everything that `analytics` raises on purpose."""


class BadPanel(AnalyticsError):
    """Prices that no arithmetic may touch."""

    def __init__(self, complaint: str, symbol: str | None = None) -> None:
        self.complaint, self.symbol = complaint, symbol
        super().__init__(f"{symbol}: {complaint}" if symbol else complaint)


class UnknownWindow(AnalyticsError):
    """A window text that cannot be read."""

    def __init__(self, text: str, complaint: str) -> None:
        self.text, self.complaint = text, complaint
        super().__init__(f"{text!r} {complaint}")


class NoCommonHistory(AnalyticsError):
    """The symbols asked about share fewer than two sessions in the window."""

    def __init__(self, symbols: Sequence[str], window: str, as_of: date) -> None:
        self.symbols, self.window, self.as_of = tuple(symbols), window, as_of
        names = ", ".join(self.symbols)
        super().__init__(f"{names}: fewer than two common sessions in {window} to {as_of}")


class BadRule(AnalyticsError):
    """A watchpoint that can never be read or decided."""

    def __init__(self, part: str, complaint: str) -> None:
        self.part, self.complaint = part, complaint
        super().__init__(f"{part} {complaint}")
