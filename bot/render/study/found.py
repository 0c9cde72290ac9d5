"""What every study is rendered from."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.comparison import Comparison
from analytics.notes import Note


@dataclass(frozen=True, eq=False)
class SectionAnswer:
    """A comparison with what its sources had to say.

    asked_by: Slack id of the person, named under the answer; None in the terminal.
    """

    comparison: Comparison
    notes: tuple[Note, ...] = ()
    asked_by: str | None = None
