"""Questions as people put them, with what they are to be read as: four tables, a line a question.

    place   thread: under a comparison of ISCB and SPSM over 1y; root: outside threads
    text    as typed
    wanted  as `follow_text` writes it, apart by ` | ` where more than one is right; `watch`, `help`; `refuse`
            where nothing that the bot has answers it: three things are offered

phrasings_answer.tsv   the questions of the specification
phrasings.tsv          two thirds of 120, used while the reader was built
phrasings_apart.tsv    one third, written before it and not looked at until its end
phrasings_later.tsv    154 written by somebody who had not seen the reader, in two sets; 84 and 85 % were read
                       rightly before it was mended by them; then 43 of a set of 80, of which 60 % were: above
                       all what is turned down ("not over 1y", "without 2020") had been passed over
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analytics.query import Query
from analytics.window import parse
from bot.errors import Unclear
from bot.language import Help, follow_text, is_about_pronouns, read_english, read_follow
from bot.market.reference import NAMES
from bot.model import ThreadContext
from bot.slack.payloads import without_names

TODAY = date(2026, 1, 20)
TOPIC = ThreadContext(Query(("ISCB", "SPSM"), parse("1y"), date(2026, 1, 16)))
REFUSED = "refuse"


@dataclass(frozen=True)
class Phrasing:
    """A question, and what is right for it."""

    place: str
    text: str
    wanted: tuple[str, ...]

    @property
    def context(self) -> ThreadContext | None:
        return TOPIC if self.place == "thread" else None


@dataclass(frozen=True)
class Read:
    """What became of one.  said: the answer says how it was read."""

    phrasing: Phrasing
    text: str
    said: bool

    @property
    def right(self) -> bool:
        return self.text in self.phrasing.wanted

    @property
    def wrong(self) -> bool:
        """Whether something else is answered than was asked."""
        return not self.right and self.text != REFUSED

    @property
    def silently_wrong(self) -> bool:
        return self.wrong and not self.said


def phrasings(name: str) -> list[Phrasing]:
    """The lines of a table."""
    lines = (Path(__file__).parent / f"{name}.tsv").read_text().splitlines()
    parts = [line.split("\t") for line in lines]
    return [Phrasing(place, text, tuple(wanted.split(" | "))) for place, text, wanted in parts]


def read(phrasing: Phrasing) -> Read:
    """Read one as the bot does: the grammar first, then plain English."""
    text, context = without_names(phrasing.text), phrasing.context
    word, _, rest = text.partition(" ")
    if word.lower() == "watch" and not is_about_pronouns(rest):
        return Read(phrasing, text, said=False)
    try:
        found = read_follow(text, TODAY, context.told_from(TODAY) if context else None)
    except Unclear:
        reading = read_english(text, TODAY, NAMES, context)
        return Read(phrasing, reading.text if reading else REFUSED, said=True)
    return Read(phrasing, "help" if isinstance(found, Help) else follow_text(found), said=False)
