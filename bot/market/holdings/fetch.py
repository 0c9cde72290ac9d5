"""Asks State Street and the SEC for lists, where a team has allowed it: politely, once a day, in its name.

    ssga   the workbook of a State Street fund, of the day before
    sec    the newest Form N-PORT of a fund, a quarter and sixty days old

What comes is checked, kept as a file in a folder of its own and read like any other file.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit
from xml.parsers import expat

from analytics.fund import FundProfile, Kind
from analytics.holdings import HoldingsList
from bot.config import ListSource
from bot.files import replace
from bot.market.holdings.files import MOST_BYTES, read_list
from bot.market.holdings.folder import HoldingsFolder
from bot.market.holdings.lists import UnreadableList
from bot.market.holdings.nport import parse_xml, watch_depth
from bot.market.keyed import RequestBudget
from bot.ports import Clock, Finding, Level

log = logging.getLogger(__name__)

A_SECOND = 8
"""Requests; the SEC allows ten."""
PATIENCE = 20.0
"""Seconds for one request."""
WAIT = 30.0
"""Seconds that an answer waits for all of them; what has not come by then is not asked for again that day."""
ASKED = "asked.json"
_SYMBOL = re.compile(r"[A-Z][A-Z0-9]{0,5}")
_FILING = re.compile(r"/Archives/edgar/data/\d{1,10}/\d{18}/")

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class ListHosts:
    """Base addresses, without a slash at the end."""

    ssga: str = "https://www.ssga.com"
    sec: str = "https://www.sec.gov"


class _Refused(Exception):
    """A source gives nothing; says why."""


class FetchedLists:
    """A folder of lists, to which some are fetched: each fund is asked for once a day.

    home : folder for what is fetched, beside the team's own `folders`
    contact : an address of the team, which both sources want to see
    """

    def __init__(
        self,
        sources: Collection[ListSource],
        contact: str,
        home: Path,
        folders: Sequence[Path],
        clock: Clock,
        hosts: ListHosts | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._sources, self._home, self._clock = frozenset(sources), home, clock
        self._agent = f"Watchpoint ({contact})"
        self._hosts, self._sleep = hosts or ListHosts(), sleep
        self._folder = HoldingsFolder([*folders, home], clock)
        self._budget = RequestBudget(A_SECOND, 1.0, clock.monotonic)
        self._turn = asyncio.Lock()
        self._series: tuple[date, Mapping[str, str]] | None = None
        self._failures: dict[str, str] = {}

    async def lists(self, profiles: Mapping[str, FundProfile]) -> Mapping[str, tuple[HoldingsList, ...]]:
        """Return lists as the port says; a source that does not answer is no reason for none."""
        try:
            async with asyncio.timeout(WAIT), self._turn:
                await self._fetch_all(profiles)
        except TimeoutError:
            log.warning("Lists of holdings did not come within %.0f s", WAIT)
        return await self._folder.lists(profiles)

    async def examine(self) -> tuple[Finding, ...]:
        """Say what the folder says, and what could not be fetched since the start."""
        named = ", ".join(sorted(self._sources))
        asked = Finding(Level.OK, f"Holdings: fetched once a day from {named}, kept in {self._home}.")
        self._home.mkdir(parents=True, exist_ok=True)
        lost = [Finding(Level.NOTE, f"Holdings: {what}: {why}") for what, why in self._failures.items()]
        return (asked, *await self._folder.examine(), *lost)

    async def _fetch_all(self, profiles: Mapping[str, FundProfile]) -> None:
        asked = await asyncio.to_thread(self._read_asked)
        today = self._clock.now().date().isoformat()
        for symbol, profile in profiles.items():
            for source in sorted(self._sources):
                what = f"{source} {symbol}"
                if asked.get(what) == today or not _may_have(source, symbol, profile):
                    continue
                asked[what] = today
                await asyncio.to_thread(self._write_asked, asked)  # also where it fails: not again today
                await self._fetch(source, symbol, what)

    async def _fetch(self, source: ListSource, symbol: str, what: str) -> None:
        try:
            name, content = await (self._ask_ssga if source is ListSource.SSGA else self._ask_sec)(symbol)
            if content:
                read_list(content)
                await asyncio.to_thread(self._keep, symbol, name, content)
            self._failures.pop(what, None)
        except (_Refused, UnreadableList, OSError) as fault:
            self._failures[what] = str(fault)
            log.warning("No list of %s from %s: %s", symbol, source, fault)

    async def _ask_ssga(self, symbol: str) -> tuple[str, bytes]:
        path = f"/library-content/products/fund-data/etfs/us/holdings-daily-us-en-{symbol.lower()}.xlsx"
        content = await self._get(self._hosts.ssga, path)
        found = await asyncio.to_thread(read_list, content)
        if found.symbol != symbol or found.as_of is None:
            raise _Refused(f"it gave a list of {found.symbol or 'another fund'}")
        return f"ssga_{found.as_of.isoformat()}.xlsx", content

    async def _ask_sec(self, symbol: str) -> tuple[str, bytes]:
        """Find the fund's series, its newest form, and the form; one that is there is not fetched again."""
        series = (await self._known_series()).get(symbol)
        if series is None:
            raise _Refused("the SEC knows no fund of that symbol that reports on Form N-PORT")
        query = f"action=getcompany&CIK={series}&type=NPORT-P&owner=include&count=10&output=atom"
        feed = await self._get(self._hosts.sec, f"/cgi-bin/browse-edgar?{query}")
        filings = [each for each in _filings(feed) if each]
        if not filings:
            raise _Refused("the SEC lists no Form N-PORT of it")
        name = f"nport_{filings[0].rstrip('/').rpartition('/')[2]}.xml"
        if (self._home / symbol / name).exists():
            return name, b""
        return name, await self._get(self._hosts.sec, f"{filings[0]}primary_doc.xml")

    async def _known_series(self) -> Mapping[str, str]:
        today = self._clock.now().date()
        if self._series is None or self._series[0] != today:
            content = await self._get(self._hosts.sec, "/files/company_tickers_mf.json")
            self._series = today, _series_by_symbol(content)
        return self._series[1]

    async def _get(self, host: str, path: str) -> bytes:
        """Get one answer.  Raises _Refused; redirects are not followed."""
        import aiohttp

        while wait := self._budget.take():
            await self._sleep(wait)
        headers = {"User-Agent": self._agent, "Accept-Encoding": "gzip, deflate"}
        timeout = aiohttp.ClientTimeout(PATIENCE)
        asked = aiohttp.request(
            "GET", f"{host}{path}", headers=headers, timeout=timeout, allow_redirects=False
        )
        try:
            async with asked as answer:
                if answer.status != 200:
                    raise _Refused(f"HTTP {answer.status}")
                body = bytearray()
                async for part in answer.content.iter_chunked(1 << 16):
                    body += part
                    if len(body) > MOST_BYTES:
                        raise _Refused(f"an answer of more than {MOST_BYTES // 2**20} MB")
                return bytes(body)
        except TimeoutError:
            raise _Refused("no answer in time") from None
        except (aiohttp.ClientError, OSError):
            raise _Refused("the connection failed") from None

    def _keep(self, symbol: str, name: str, content: bytes) -> None:
        folder = self._home / symbol
        folder.mkdir(parents=True, exist_ok=True)
        replace(folder / name, content)

    def _read_asked(self) -> dict[str, str]:
        try:
            found = json.loads((self._home / f".{ASKED}").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(what): str(day) for what, day in found.items()} if isinstance(found, dict) else {}

    def _write_asked(self, asked: Mapping[str, str]) -> None:
        self._home.mkdir(parents=True, exist_ok=True)
        replace(self._home / f".{ASKED}", json.dumps(asked).encode())


def _may_have(source: ListSource, symbol: str, profile: FundProfile) -> bool:
    """Tell whether a source can have a list of a fund at all: nobody is asked for what is another's."""
    if profile.kind is not Kind.FUND or not _SYMBOL.fullmatch(symbol):
        return False
    if source is ListSource.SEC:
        return True
    named = f"{profile.provider.value if profile.provider else ''} {profile.name}".casefold()
    return "state street" in named or "spdr" in named


def _series_by_symbol(content: bytes) -> dict[str, str]:
    """Read the SEC's table of funds: names of its columns, then a row a share class."""
    try:
        table = json.loads(content)
        at, series = table["fields"].index("symbol"), table["fields"].index("seriesId")
        rows = {str(row[at]): str(row[series]) for row in table["data"]}
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise _Refused("the SEC's table of funds cannot be read") from None
    return {symbol: found for symbol, found in rows.items() if re.fullmatch(r"S\d{9}", found)}


def _filings(feed: bytes) -> list[str]:
    """Return the folders of a fund's forms on the SEC's host, the newest first."""
    found: list[str] = []
    words: list[str] = []

    def listen(parser: expat.XMLParserType) -> None:
        def start(name: str, _: Mapping[str, str]) -> None:
            parser.CharacterDataHandler = words.append if name == "filing-href" else None

        def end(name: str) -> None:
            if name == "filing-href":
                path = _FILING.match(urlsplit("".join(words)).path)
                found.append(path[0] if path else "")
                words.clear()
            parser.CharacterDataHandler = None

        parser.StartElementHandler, parser.EndElementHandler = start, end

    parse_xml(feed, watch_depth)
    parse_xml(feed, listen)
    return found
