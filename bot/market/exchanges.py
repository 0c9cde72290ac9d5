"""Which exchange a symbol is traded on: from its suffix, and what Yahoo says of its market."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.market.calendar import ALWAYS, UNKNOWN
from bot.ports import Calendar

_KINDS = {"CRYPTOCURRENCY": ALWAYS, "CURRENCY": "24/5", "FUTURE": "CMES"}
"""What is traded on no stock exchange, by Yahoo's word for the kind of instrument."""

_TABLE = """
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


def _rows() -> Iterator[tuple[str, list[str], list[str]]]:
    for line in _TABLE.strip().splitlines():
        code, suffixes, names = line.split("|")
        yield code.strip(), suffixes.split(), names.split()


SUFFIXES = {suffix: code for code, suffixes, _ in _rows() for suffix in suffixes}
"""The calendar of each exchange by Yahoo's suffix of its symbols, upper case."""

_NAMES = {name: code for code, _, names in _rows() for name in names}


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
        _KINDS.get(listing.kind)
        or SUFFIXES.get(suffix if dot else "")
        or _NAMES.get(listing.exchange)
        or _NAMES.get(listing.zone)
    )


def calendar_of(symbol: str, listing: Listing, calendar: Calendar) -> Calendar:
    """Find the calendar that a symbol is traded by; where nobody knows it, that of an unknown exchange.

    calendar : leads to those of all exchanges
    """
    try:
        return calendar.of(calendar_code(symbol, listing) or UNKNOWN)
    except LookupError:
        return calendar.of(UNKNOWN)
