"""When the next post is, in the channel's own time; plain text, not escaped."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.records import Digest, Mode
from bot.render import text
from bot.render.watch.parts.typed import plain

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def daily_words(digest: Digest) -> str:
    """ "at 08:30 (America/New_York), on days with news"."""
    when = "after every session" if digest.mode is Mode.ALWAYS else "on days with news"
    return f"at {digest.at:%H:%M} ({plain(digest.zone, 50)}), {when}"


def next_words(digest: Digest, next_post: datetime | None) -> str:
    """ ", next on Tue 20 Jan 2026", with the time where it is not the channel's own; empty for None."""
    if next_post is None:
        return ""
    local, zone = _local(next_post, digest)
    day = f"{_DAYS[local.weekday()]}{text.NBSP}{text.day(local.date())}"
    as_set = not zone and (local.hour, local.minute) == (digest.at.hour, digest.at.minute)
    time = "" if as_set else f" at {local:%H:%M}{zone}"
    earliest = "next on" if digest.mode is Mode.ALWAYS else "at the earliest on"
    return f", {earliest} {day}{time}"


def _local(when: datetime, digest: Digest) -> tuple[datetime, str]:
    """In the channel's zone; in UTC, which is said, where that is none."""
    try:
        return when.astimezone(ZoneInfo(digest.zone)), ""
    except (KeyError, ValueError, OSError):
        return when - (when.utcoffset() or timedelta()), " UTC"
