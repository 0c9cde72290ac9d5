"""Moments as a person in one time zone reads them, and Slack's {date} tokens."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}
_TOKEN = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Moment:
    """A moment as seen on a day in a zone.  seconds: since 1970."""

    seconds: float
    zone: tzinfo
    today: date

    @property
    def local(self) -> datetime:
        """With the zone's date and time; OverflowError, OSError or ValueError where no calendar has it."""
        return datetime.fromtimestamp(self.seconds, self.zone)

    @property
    def time(self) -> str:
        """ "14:03"."""
        return f"{self.local:%H:%M}"

    @property
    def whole(self) -> str:
        """For a tooltip: "Sunday, 22 November 2026, 14:03:27 GMT"."""
        return f"{self.local:%A}, {self.local.day} {self.local:%B %Y, %H:%M:%S %Z}"

    @property
    def short(self) -> str:
        """For a narrow place: "Sun 22 Nov 2026, 14:03"."""
        return f"{self.local:%a} {self.local.day} {self.local:%b %Y, %H:%M}"

    @property
    def divider(self) -> str:
        """What stands above a day's messages: "Today", "Yesterday", "Friday, 20 November"."""
        day = self.local
        near = self.near()
        if near:
            return near.capitalize()
        year = "" if day.year == self.today.year else f" {day.year}"
        return f"{day:%A}, {day.day} {day:%B}{year}"

    @property
    def recent(self) -> str:
        """For something that went on: "today at 14:03", "on 19 Feb at 08:31"."""
        day = self.local
        year = "" if day.year == self.today.year else f" {day.year}"
        return f"{self.near() or f'on {day.day} {day:%b}{year}'} at {self.time}"

    def near(self) -> str | None:
        """yesterday, today or tomorrow; None for other days."""
        return NEAR.get((self.local.date() - self.today) // timedelta(days=1))

    def filled(self, form: str) -> str:
        """Slack's tokens replaced, e.g. "{date_short} at {time}" -> "Feb 18, 2014 at 06:39"."""
        return _TOKEN.sub(lambda token: self._token(token[1], token[0]), form)

    def _token(self, name: str, unknown: str) -> str:
        if name.endswith("_pretty"):
            plain = "date_long" if name == "day_divider_pretty" else name.removesuffix("_pretty")
            return self.near() or self._token(plain, unknown)
        form = _FORMS.get(name)
        return form(self.local) if form else unknown


def _ordinal(day: int) -> str:
    ending = "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


_FORMS: dict[str, Callable[[datetime], str]] = {
    "date_num": lambda at: f"{at:%Y-%m-%d}",
    "date_slash": lambda at: f"{at:%d/%m/%Y}",
    "date": lambda at: f"{at:%B} {_ordinal(at.day)}, {at:%Y}",
    "date_short": lambda at: f"{at:%b} {at.day}, {at:%Y}",
    "date_long": lambda at: f"{at:%A}, {at:%B} {_ordinal(at.day)}, {at:%Y}",
    "date_long_full": lambda at: f"{at:%B} {at.day}, {at:%Y}",
    "time": lambda at: f"{at:%H:%M}",
    "time_secs": lambda at: f"{at:%H:%M:%S}",
}
