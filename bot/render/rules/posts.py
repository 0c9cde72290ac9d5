"""Whether, when and how a channel is told, in words; exchanges by their cities."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.model import SAME_DAY_WAIT, Digest, DigestMode
from bot.render import text
from bot.render.text import REASON_LENGTH, one_line

_STOPPED = {
    "channel_not_found": "the bot is not in the channel, or the channel is gone",
    "not_in_channel": "the bot is not in the channel; `/invite` brings it back",
    "is_archived": "the channel is archived",
    "channel_deleted": "the channel was deleted",
    "no_permission": "the bot is not in the channel; `/invite` brings it back",
    "restricted_action": "the workspace does not let the bot post there",
    "account_inactive": "the bot was removed from the workspace",
    "token_revoked": "the bot was removed from the workspace",
}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SAME_DAY = (
    f" or up to {SAME_DAY_WAIT // timedelta(hours=1)} hours later where that day's session settles by then"
)
ON = "`/digest on` starts it"


def next_post_words(digest: Digest | None, next_post: datetime | None, *, is_new: bool = False) -> str:
    """Return whether the channel will hear of a rule, when next, and how to change that; safe mrkdwn."""
    if digest is None:
        return f"This channel has no daily post, so nobody is told: {ON}."
    if digest.stopped:
        why = stop_words(digest.stopped)
        return f"The daily post is stopped ({why}); what triggers comes to its author alone until {ON} again."
    if not digest.on:
        return f"The daily post is off in this channel, so nobody is told: {ON} again."
    how = text.escape(f"{daily_words(digest)}{next_words(digest, next_post)}")
    if is_new:
        off = "`/digest off` ends it, `/digest on 07:45 always` changes it."
        return f"A daily post was switched on for this channel: {how}. {off}"
    return f"Told in this channel's daily post: {how}."


def stop_words(reason: str) -> str:
    """Return why a channel takes no posts: Slack's word for it, explained where it is known; safe mrkdwn."""
    return (
        _STOPPED.get(reason.strip())
        or text.escape(one_line(reason, REASON_LENGTH))
        or "Slack did not say why"
    )


def daily_words(digest: Digest) -> str:
    """Write "at 08:30 (America/New_York), on days with news"; not escaped."""
    when = "after every session" if digest.mode is DigestMode.ALWAYS else f"on {_quiet_words(digest)}"
    return f"at {digest.at:%H:%M} ({one_line(digest.zone, 50)}){_SAME_DAY if digest.same_day else ''}, {when}"


def _quiet_words(digest: Digest) -> str:
    """Write "days with news", "Mondays, Fridays and days with news"."""
    names = [f"{calendar.day_name[day]}s" for day in digest.days]
    return text.join_words([*names, "days with news"])


def next_words(digest: Digest, next_post: datetime | None) -> str:
    """Write ", next on Tue 20 Jan 2026", with the time where it is not the channel's own; empty for None.

    Not escaped.
    """
    if next_post is None:
        return ""
    local, zone = _local(next_post, digest)
    day = weekday(local.date())
    as_set = not zone and (local.hour, local.minute) == (digest.at.hour, digest.at.minute)
    time = "" if as_set else f" at {local:%H:%M}{zone}"
    earliest = "next on" if digest.mode is DigestMode.ALWAYS else "at the earliest on"
    return f", {earliest} {day}{time}"


@dataclass(frozen=True)
class Waits:
    """For what the next daily post waits.

    post: its moment.  session: of which it tells.
    codes: of the exchanges whose sessions are read, empty where they are the workspace's own.
    last: code of the one that settles last, at the moment `settled`.  until: when late prices are given up.
    sooner: when the session would be told of if posts waited for that of their own day; None where they do,
    or where that changes nothing.
    """

    post: datetime
    session: date
    codes: tuple[str, ...]
    last: str
    settled: datetime
    until: datetime
    sooner: datetime | None = None


def wait_words(digest: Digest, waits: Waits) -> str:
    """Tell which session the next post is about, and for which exchange it waits; safe mrkdwn.

    Where a post comes shortly before the session of its own day has settled, the choice to wait is offered.
    """
    where = f" in {text.join_words([_exchange_words(code) for code in waits.codes])}" if waits.codes else ""
    by, until = _moment(waits.settled, digest), _moment(waits.until, digest)
    day, session = weekday(_local(waits.post, digest)[0].date()), weekday(waits.session)
    told = (
        f"It comes Monday to Friday. The post on {day} is about the session of {session}{where}: it waits "
        f"for {_exchange_words(waits.last)}, whose prices have settled by {by} "
        f"({one_line(digest.zone, 50)}), and for "
        f"late prices until {until} at the latest."
    )
    return f"{text.escape(told)}{_offer(digest, waits.sooner)}"


def _offer(digest: Digest, sooner: datetime | None) -> str:
    """Return the choice to wait for the session of the same day; empty where there is none to make."""
    if sooner is None:
        return ""
    typed = f"`/digest on {digest.at:%H:%M} same day`"
    when = text.escape(_moment(sooner, digest))
    return f" With {typed} it waits for the session of its own day: that one is then told on {when}."


def weekday(day: date) -> str:
    """Write "Tue 20 Jan 2026"."""
    return f"{_DAYS[day.weekday()]}{text.NBSP}{text.day(day)}"


def _exchange_words(code: str) -> str:
    return one_line(exchange_name(code), 50)


def _moment(when: datetime, digest: Digest) -> str:
    """Write "Fri 21:15", in the channel's zone."""
    local, zone = _local(when, digest)
    return f"{_DAYS[local.weekday()]}{text.NBSP}{local:%H:%M}{zone}"


def _local(when: datetime, digest: Digest) -> tuple[datetime, str]:
    """Convert to the channel's zone; to UTC, which is said, where that is none."""
    try:
        return when.astimezone(ZoneInfo(digest.zone)), ""
    except (KeyError, ValueError, OSError):
        return when - (when.utcoffset() or timedelta()), " UTC"


_NAMES = """
XNYS New York
CMES Chicago
24/5 currency markets
24/7 coin markets
XTSE Toronto
XMEX Mexico City
BVMF São Paulo
XBUE Buenos Aires
XSGO Santiago
XBOG Bogotá
XLIM Lima
XLON London
XDUB Dublin
XETR Xetra
XFRA Frankfurt
XSTU Stuttgart
XDUS Düsseldorf
XHAM Hamburg
XPAR Paris
XAMS Amsterdam
XBRU Brussels
XLIS Lisbon
XMIL Milan
XMAD Madrid
XSWX Zurich
XWBO Vienna
XSTO Stockholm
XHEL Helsinki
XCSE Copenhagen
XOSL Oslo
XICE Reykjavik
XTAL Tallinn
XRIS Riga
XLIT Vilnius
XWAR Warsaw
XPRA Prague
XBUD Budapest
XZAG Zagreb
ASEX Athens
XBSE Bucharest
XIST Istanbul
XMOS Moscow
XTAE Tel Aviv
XSAU Riyadh
XJSE Johannesburg
XASX Sydney
XNZE Auckland
XTKS Tokyo
XHKG Hong Kong
XSHG Shanghai
XTAI Taipei
XKRX Seoul
XSES Singapore
XBOM Mumbai
XBKK Bangkok
XIDX Jakarta
XKLS Kuala Lumpur
XPHS Manila
XKAR Karachi
"""

EXCHANGES = dict(line.split(" ", 1) for line in _NAMES.strip().splitlines())


def exchange_name(code: str) -> str:
    """Name an exchange: "London"; one without a name here by its code."""
    return EXCHANGES.get(code, code)
