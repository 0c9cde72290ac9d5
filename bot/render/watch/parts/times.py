"""When the next post is, in the channel's own time; plain text, not escaped."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.records import Digest, Mode
from bot.render import text
from bot.render.watch.parts.typed import plain

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def daily_words(digest: Digest) -> str:
    """ "daily at 08:30 (America/New_York), on days with news"."""
    when = "every day" if digest.mode is Mode.ALWAYS else "on days with news"
    return f"{digest.at:%H:%M} ({_zone(digest)}), {when}"


def moment(when: datetime, digest: Digest) -> str:
    """ "Mon 19 Jan 2026, 08:30 (America/New_York)"; in UTC where the zone is not known."""
    try:
        local, zone = when.astimezone(ZoneInfo(digest.zone)), _zone(digest)
    except (KeyError, ValueError, OSError):
        # Three days' worth of zones say UTC by another name; a zone that is none is shown as UTC.
        local, zone = when - (when.utcoffset() or timedelta()), "UTC"
    return f"{_DAYS[local.weekday()]}{text.NBSP}{text.day(local.date())}, {local:%H:%M} ({zone})"


def _zone(digest: Digest) -> str:
    return plain(digest.zone, 50)
