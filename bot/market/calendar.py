"""The `Calendar` port on exchange_calendars, and which exchange a symbol is traded on."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.panel import BoolArray, DateArray, Exchange
from bot.ports import Calendar

FIRST = "1970-01-02"
"""First session known; before it exchange_calendars leaves out the holidays."""

ALWAYS = "24/7"
"""Code of a market that never closes: every day is a session, and ends at midnight UTC."""

UNKNOWN = "unknown"
"""Code of the exchange of a symbol that nobody knows an exchange of."""

_BUILDING = threading.Lock()
"""One at a time: which warnings are shown is no thread's own affair."""

_CODES = "It takes codes like XNYS, XLON, XETR, XPAR and XASX."

SETTLING = np.timedelta64(15, "m")
"""Closing prices are delayed and corrected for about this long after the bell."""

_SETTLES_WITH = {"CMES": "XNYS", "IEPA": "XNYS"}
"""Futures are traded on most American holidays too; those days settle with the next session."""

_WITHIN_ALL = ("2026-06-01", "2026-06-30")
"""A month that every calendar of the library can be asked about: by it a calendar tells its own bounds."""

Moments = NDArray[np.datetime64]


class NoCalendar(LookupError):
    """The sessions of an exchange cannot be had; the sentence says what can be."""


@dataclass(frozen=True)
class ExchangeCalendar:
    """Sessions of one exchange from 1970 on, by its ISO market code ("XNYS" is the New York Stock Exchange).

    The first use costs most of a second (it imports and builds the calendar), every later one microseconds.
    Sessions of years to come are those the exchange has published or its rules imply.  Outside of `bounds`
    every weekday counts as a session.
    """

    name: str = "XNYS"

    @property
    def exchange(self) -> Exchange:
        """Give what the arithmetic needs of it; raises NoCalendar as `of`."""
        return _exchange(self.name)

    @property
    def bounds(self) -> tuple[date, date]:
        """Give the first and the last day of which it is known whether they are sessions."""
        table = _table(self.name, _horizon(1970))
        return table.first, table.last

    def of(self, code: str) -> ExchangeCalendar:
        """Give the calendar of another exchange; raises NoCalendar where its sessions are not known."""
        if code == UNKNOWN:
            return UnknownCalendar()
        _exchange(code)
        return ExchangeCalendar(code)

    def last_complete(self, now: datetime) -> date:
        """Return the newest session whose prices have settled at `now`: its close, early or not, was 15
        minutes ago.

        Raises ValueError where `now` has no zone or lies before the first session.
        """
        if now.tzinfo is None:
            raise ValueError(f"{now.isoformat()} has no time zone, so the session it belongs to is not known")
        table = _table(self.name, _horizon(now.year))
        count = int(np.searchsorted(table.settled, np.datetime64(int(now.timestamp()), "s"), side="right"))
        if count == 0:
            raise ValueError(f"{now.isoformat()} lies before the first session known ({table.sessions[0]})")
        last: date = table.sessions[count - 1].astype(date)
        return last

    def sessions(self, first: date, last: date) -> DateArray:
        """Return all sessions from `first` to `last`, both included, as datetime64[D]; perhaps none."""
        sessions = _table(self.name, _horizon(last.year)).sessions
        ends = np.array([first, last], dtype="datetime64[D]")
        start, stop = np.searchsorted(sessions, ends + np.array([0, 1], dtype="timedelta64[D]"))
        return sessions[start:stop]

    def early_closes(self, first: date, last: date) -> DateArray:
        """Return the half days from `first` to `last`: sessions that end before the usual hour."""
        early = _table(self.name, _horizon(last.year)).early
        ends = np.array([first, last], dtype="datetime64[D]")
        found: DateArray = early[(early >= ends[0]) & (early <= ends[1])]
        return found

    def settles(self, session: date) -> datetime:
        """Return the moment (UTC) at which the prices of a session have settled: 15 minutes after its close.

        Raises ValueError for a day that is no session.
        """
        table, day = _table(self.name, _horizon(session.year)), np.datetime64(session, "D")
        at = int(np.searchsorted(table.sessions, day))
        if at == table.sessions.size or table.sessions[at] != day:
            raise ValueError(f"{session} is no trading session of {self.name}")
        return datetime.fromtimestamp(int(table.settled[at].astype(np.int64)), UTC)


@dataclass(frozen=True)
class UnknownCalendar(ExchangeCalendar):
    """New York's sessions, for what is traded nobody knows where: of no day it is known whether it is one."""

    @property
    def exchange(self) -> Exchange:
        """Give that of New York under another code."""
        return replace(_exchange(self.name), code=UNKNOWN)

    @property
    def bounds(self) -> tuple[date, date]:
        """Give bounds that no day lies within."""
        return date.max, date.min


def _horizon(year: int) -> int:
    """Return the year to build the calendar to: the end of the decade, so that it is rarely built again."""
    return max(2030, year // 10 * 10 + 10)


@dataclass(frozen=True, eq=False)
class _Table:
    """Sessions, when (UTC) the prices of each have settled, and the first and last day that are known.

    early : the sessions that end before the usual hour, as far as they are known
    """

    sessions: DateArray
    settled: Moments
    first: date
    last: date
    early: DateArray


@lru_cache(maxsize=64)
def _exchange(name: str) -> Exchange:
    table = _table(name, _horizon(1970))
    known = (table.sessions >= np.datetime64("2020-01-01")) & (table.sessions <= np.datetime64(table.last))
    winter = known & (table.sessions.astype("datetime64[M]").astype(int) % 12 == 0)
    hours = (table.settled[winter] - SETTLING - table.sessions[winter]) / np.timedelta64(1, "h")
    return Exchange(name, 365 if name == ALWAYS else 252, round(float(np.median(hours)), 2))


@lru_cache(maxsize=64)
def _table(name: str, until: int) -> _Table:
    calendar = _build_calendar(name, FIRST, f"{until}-12-31")
    first, last = _bounds(calendar)
    sessions = calendar.sessions.to_numpy().astype("datetime64[D]")
    closes = calendar.closes.dt.tz_localize(None).to_numpy().astype("datetime64[s]")
    if other := _SETTLES_WITH.get(name):
        shared = np.isin(sessions, _table(other, until).sessions)
        sessions, closes = sessions[shared], closes[shared]
    days = np.arange(FIRST, f"{until + 1}-01-01", dtype="datetime64[D]")
    outside = days[(days < np.datetime64(first)) | (days > np.datetime64(last))]
    if outside.size:
        sessions, closes = _with_weekdays(calendar, outside, sessions, closes)
    sessions.setflags(write=False)
    early = np.asarray(calendar.early_closes.to_numpy().astype("datetime64[D]"))
    return _Table(sessions, closes + SETTLING, first, last, early[np.isin(early, sessions)])


def _with_weekdays(
    calendar: Any, days: DateArray, sessions: DateArray, closes: Moments
) -> tuple[DateArray, Moments]:
    """Put in every weekday among `days`, each ending at the usual time."""
    import pandas as pd

    added = days[np.is_busday(days, weekmask=calendar.weekmask)]
    usual = calendar.close_times[-1][1]
    local = pd.DatetimeIndex(added) + timedelta(
        days=calendar.close_offset, hours=usual.hour, minutes=usual.minute
    )
    ends = local.tz_localize(calendar.tz, ambiguous="NaT", nonexistent="shift_forward").tz_convert(UTC)
    order = np.argsort(every := np.concatenate([sessions, added]))
    moments = np.concatenate([closes, ends.tz_localize(None).to_numpy().astype("datetime64[s]")])
    return every[order], moments[order]


def _build_calendar(name: str, first: str, last: str) -> Any:
    """Return the library's calendar, as much of it as it knows; raises NoCalendar where it has none that
    works.
    """
    import exchange_calendars
    from exchange_calendars.pandas_extensions.offsets import CompositeCustomBusinessDay, OrthodoxEaster

    # pandas calls them so since 3.1: without the one there is no Athens and no Bucharest, without the others
    # no Tel Aviv, and no Saturdays in Seoul, Mumbai and Moscow
    OrthodoxEaster._add_datetime = OrthodoxEaster._apply  # noqa: SLF001
    CompositeCustomBusinessDay._get_daily_offset_mask = _open_days  # noqa: SLF001
    CompositeCustomBusinessDay._add_datetime = _next_open  # noqa: SLF001
    if name not in exchange_calendars.get_calendar_names():
        raise NoCalendar(f"exchange_calendars knows no exchange {name!r}. {_CODES}")
    with _BUILDING, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pandas 3.1 warns of how the library reads it
        try:
            try:
                return exchange_calendars.get_calendar(name, start=first, end=last)
            except ValueError:  # it is asked for more than it knows, most likely
                known = _bounds(exchange_calendars.get_calendar(name, *_WITHIN_ALL))
                lowest, highest = (day.isoformat() for day in known)
                return exchange_calendars.get_calendar(name, max(first, lowest), min(last, highest))
        except (ValueError, RuntimeError) as fault:  # "implemented by subclasses" of those unfinished
            raise NoCalendar(
                f"exchange_calendars has no sessions of {name!r} that can be used. {_CODES}"
            ) from fault


def _open_days(week: Any, days: Moments) -> BoolArray:
    """Tell which days an exchange is open whose week changed over the years.

    week : a CompositeCustomBusinessDay: its usual week, and those of some stretches, both ends included
    days : (D,) datetime64
    """
    usual = week._as_custom_business_day()  # noqa: SLF001
    found = np.is_busday(days := days.astype("datetime64[D]"), busdaycal=usual.calendar)
    for first, last, other in week.business_days:
        held = np.full(days.shape, fill_value=True)
        for end, outside in ((first, np.less), (last, np.greater)):
            held &= ~outside(days, np.datetime64(end, "D")) if end is not None else True
        found[held] = np.is_busday(days[held], busdaycal=other.calendar)
    return np.asarray(found)


def _next_open(week: Any, day: Any) -> Any:
    """Find the first open day after a day."""
    following = day + timedelta(days=1)
    while not week.is_on_offset(following):
        following += timedelta(days=1)
    return following


def _bounds(calendar: Any) -> tuple[date, date]:
    """Return the first and the last day that the library knows of an exchange, no earlier than FIRST."""
    lowest, highest = calendar.bound_min(), calendar.bound_max()
    first = date.fromisoformat(FIRST)
    return max(first, lowest.date()) if lowest else first, highest.date() if highest else date.max


_CODE_BY_KIND = {"CRYPTOCURRENCY": ALWAYS, "CURRENCY": "24/5", "FUTURE": "CMES"}
"""What is traded on no stock exchange, by Yahoo's word for the kind of instrument."""

_EXCHANGES = """
XNYS | | NMS NYQ PCX ASE BTS NGM NCM NIM NAS NYS PNK OQB OQX OEM OTC SNP DJI CXI CGI WCB
XNYS | | America/New_York America/Chicago
CMES | | CME CBT CMX NYM NYB
24/5 | | CCY
24/7 | | CCC UTC
XTSE | TO V NE CN | TOR VAN NEO CNQ America/Toronto America/Vancouver America/Montreal
XMEX | MX | MEX America/Mexico_City
BVMF | SA | SAO America/Sao_Paulo
XBUE | BA | BUE America/Buenos_Aires America/Argentina/Buenos_Aires
XSGO | SN | SGO America/Santiago
XBOG | CL | BVC America/Bogota
XLIM | LM | America/Lima
XLON | L IL XC AQ | LSE IOB AQS CXE FGI Europe/London
XDUB | IR | ISE Europe/Dublin
XETR | DE | GER Europe/Berlin
XFRA | F BE MU HA | FRA BER MUN HAN
XSTU | SG | STU
XDUS | DU | DUS
XHAM | HM | HAM
XPAR | PA NX | PAR ENX Europe/Paris
XAMS | AS | AMS Europe/Amsterdam
XBRU | BR | BRU Europe/Brussels
XLIS | LS | LIS Europe/Lisbon
XMIL | MI TI | MIL Europe/Rome
XMAD | MC | MCE Europe/Madrid
XSWX | SW | EBS Europe/Zurich
XWBO | VI | VIE Europe/Vienna
XSTO | ST | STO Europe/Stockholm
XHEL | HE | HEL Europe/Helsinki
XCSE | CO | CPH Europe/Copenhagen
XOSL | OL | OSL Europe/Oslo
XICE | IC | ICE Atlantic/Reykjavik
XTAL | TL | TAL Europe/Tallinn
XRIS | RG | RIS Europe/Riga
XLIT | VS | LIT Europe/Vilnius
XWAR | WA | WSE Europe/Warsaw
XPRA | PR | PRA Europe/Prague
XBUD | BD | BUD Europe/Budapest
XZAG | | Europe/Zagreb
ASEX | AT | ATH Europe/Athens
XBSE | RO | BVB Europe/Bucharest
XIST | IS | IST Europe/Istanbul
XMOS | ME | MCX Europe/Moscow
XTAE | TA | TLV Asia/Jerusalem Asia/Tel_Aviv
XSAU | SR | SAU Asia/Riyadh
XJSE | JO | JNB Africa/Johannesburg
XASX | AX | ASX Australia/Sydney Australia/Melbourne
XNZE | NZ | NZE Pacific/Auckland
XTKS | T | JPX OSA Asia/Tokyo
XHKG | HK | HKG Asia/Hong_Kong
XSHG | SS SZ | SHH SHZ Asia/Shanghai
XTAI | TW TWO | TAI TWO Asia/Taipei
XKRX | KS KQ | KSC KOE Asia/Seoul
XSES | SI | SES Asia/Singapore
XBOM | NS BO | NSI BSE Asia/Kolkata Asia/Calcutta
XBKK | BK | SET Asia/Bangkok
XIDX | JK | JKT Asia/Jakarta
XKLS | KL | KLS Asia/Kuala_Lumpur
XPHS | PS | PHS Asia/Manila
XKAR | KA | KAR Asia/Karachi
"""
"""Calendar, Yahoo's suffixes, then its names of the exchange and of the time zone."""

EXCHANGE_NAMES = {
    "PCX": "NYSE Arca",
    "NYQ": "NYSE",
    "ASE": "NYSE American",
    "BTS": "Cboe BZX",
    **dict.fromkeys(("NMS", "NGM", "NCM", "NIM", "NAS"), "Nasdaq"),
    "TOR": "Toronto",
    "LSE": "London",
    "ISE": "Dublin",
    "GER": "Xetra",
    "FRA": "Frankfurt",
    "STU": "Stuttgart",
    "PAR": "Euronext Paris",
    "AMS": "Euronext Amsterdam",
    "BRU": "Euronext Brussels",
    "LIS": "Euronext Lisbon",
    "MIL": "Milan",
    "MCE": "Madrid",
    "EBS": "SIX Swiss Exchange",
    "STO": "Stockholm",
    "CPH": "Copenhagen",
    "ASX": "Australia",
    "JPX": "Tokyo",
    "HKG": "Hong Kong",
}
"""Exchanges in words by Yahoo's names of them."""


def _exchange_rows() -> Iterator[tuple[str, list[str], list[str]]]:
    for line in _EXCHANGES.strip().splitlines():
        code, suffixes, names = line.split("|")
        yield code.strip(), suffixes.split(), names.split()


SUFFIXES = {suffix: code for code, suffixes, _ in _exchange_rows() for suffix in suffixes}
"""The calendar of each exchange by Yahoo's suffix of its symbols, upper case."""

_CODE_BY_NAME = {name: code for code, _, names in _exchange_rows() for name in names}


@dataclass(frozen=True)
class Listing:
    """What a chart answer of Yahoo says of a symbol's market; empty where it says nothing.

    exchange : Yahoo's name of it, like "PCX".  zone : IANA name.  kind : like "ETF"
    currency : of its prices, as Yahoo writes it, like "GBp"
    """

    exchange: str = ""
    zone: str = ""
    kind: str = ""
    currency: str = ""


def calendar_code(symbol: str, listing: Listing) -> str | None:
    """Find the code of the calendar that a symbol is traded by, None where nothing tells it.

    The kind of instrument says most, then the suffix, the exchange's name and the time zone.
    """
    _, dot, suffix = symbol.rpartition(".")
    return (
        _CODE_BY_KIND.get(listing.kind)
        or SUFFIXES.get(suffix if dot else "")
        or _CODE_BY_NAME.get(listing.exchange)
        or _CODE_BY_NAME.get(listing.zone)
    )


def calendar_of(symbol: str, listing: Listing, calendar: Calendar) -> Calendar:
    """Find the calendar that a symbol is traded by; where nobody knows it, that of an unknown exchange.

    calendar : leads to those of all exchanges
    """
    try:
        return calendar.of(calendar_code(symbol, listing) or UNKNOWN)
    except LookupError:
        return calendar.of(UNKNOWN)
