"""Lists of holdings from servers on 127.0.0.1 that answer as State Street and the SEC do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from analytics.fund import Fact, FundProfile, Kind
from bot.bootstrap.sources import open_market
from bot.clock import FixedClock
from bot.config import ListSource, load
from bot.errors import UserError
from bot.market.holdings.fetch import FetchedLists, ListHosts
from bot.ports import Level
from tests.fakes.holdings import nport, nport_position, ssga

NOON = datetime(2026, 1, 21, 12, tzinfo=UTC)
SPSM = FundProfile("SPSM", Kind.FUND, provider=Fact("State Street Investment Management", "by hand"))
IWM = FundProfile("IWM", Kind.FUND, name="iShares Russell 2000 ETF")
BOTH = {"SPSM": SPSM, "IWM": IWM}
SSGA = "/library-content/products/fund-data/etfs/us/holdings-daily-us-en-spsm.xlsx"
TABLE = "/files/company_tickers_mf.json"
FEED = (
    "/cgi-bin/browse-edgar?action=getcompany&CIK=S000004344&type=NPORT-P&owner=include&count=10&output=atom"
)
FORM = "/Archives/edgar/data/1100663/000207169126018745/"


def feed(*paths: str) -> bytes:
    entries = "".join(
        f"<entry><content type='text/xml'><filing-href>https://www.sec.gov{path}0002071691-26-018745-index.htm"
        f"</filing-href></content></entry>"
        for path in paths
    )
    return f"<?xml version='1.0' encoding='ISO-8859-1' ?>\n<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>".encode()


class Server:
    """Answers by path, and remembers who asked for what."""

    def __init__(self) -> None:
        table = {
            "fields": ["cik", "seriesId", "classId", "symbol"],
            "data": [[1100663, "S000004344", "C000012084", "IWM"]],
        }
        row: list[str | float] = ["X CORP", "X", "67066G104", "2379504", 100.0, "-", 1.0, "USD"]
        self.answers: dict[str, tuple[int, bytes]] = {
            SSGA: (200, ssga(row, symbol="SPSM", day="20-Jan-2026")),
            TABLE: (200, json.dumps(table).encode()),
            FEED: (200, feed(FORM, "/Archives/edgar/data/1100663/000207169126011921/")),
            f"{FORM}primary_doc.xml": (
                200,
                nport(nport_position("X CORP", 100.0), fund="iShares Russell 2000 ETF"),
            ),
        }
        self.asked: list[tuple[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, self.headers["User-Agent"]))
                status, body = outer.answers.get(self.path, (404, b"nothing"))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    thread = threading.Thread(target=found.http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield found
    found.http.shutdown()
    found.http.server_close()
    thread.join()


def fetched(
    server: Server, home: Path, clock: FixedClock, sources: Sequence[ListSource] = tuple(ListSource)
) -> FetchedLists:
    hosts = ListHosts(server.url, server.url)
    return FetchedLists(sources, "team@example.com", home, (), clock, hosts)


async def test_each_fund_is_asked_for_where_it_may_be_had_once_a_day(server: Server, tmp_path: Path) -> None:
    clock = FixedClock(NOON)
    lists = fetched(server, tmp_path / "home", clock)
    found = await lists.lists(BOTH)
    assert {symbol: [(each.source, each.as_of) for each in listed] for symbol, listed in found.items()} == {
        "SPSM": [("SSGA XLSX", date(2026, 1, 20))],
        "IWM": [("N-PORT", date(2025, 12, 31))],
    }
    assert server.paths == [TABLE, SSGA, FEED, f"{FORM}primary_doc.xml"]
    assert {agent for _, agent in server.asked} == {"Watchpoint (team@example.com)"}
    assert (await lists.lists(BOTH)).keys() == {"SPSM", "IWM"}
    again = fetched(server, tmp_path / "home", clock)  # another process
    assert (await again.lists(BOTH)).keys() == {"SPSM", "IWM"}
    assert len(server.asked) == 4
    later = fetched(server, tmp_path / "home", FixedClock(NOON + timedelta(days=1)))
    await later.lists(BOTH)
    assert server.paths[4:] == [TABLE, SSGA, FEED]  # the form is there already


async def test_only_who_is_allowed_is_asked(server: Server, tmp_path: Path) -> None:
    lists = fetched(server, tmp_path, FixedClock(NOON), [ListSource.SSGA])
    assert (await lists.lists(BOTH)).keys() == {"SPSM"}
    assert server.paths == [SSGA]


async def test_requests_keep_to_less_than_ten_a_second(server: Server, tmp_path: Path) -> None:
    waited = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        clock.monotonic_seconds += seconds

    class Ticking(FixedClock):
        monotonic_seconds = 0.0

        def monotonic(self) -> float:
            return self.monotonic_seconds

    clock = Ticking(NOON)
    hosts = ListHosts(server.url, server.url)
    lists = FetchedLists([ListSource.SSGA], "team@example.com", tmp_path, (), clock, hosts, sleep)
    funds = {
        f"SP{letter}": FundProfile(f"SP{letter}", Kind.FUND, name="SPDR Fund")
        for letter in "ABCDEFGHIJKLMNOPQRST"
    }
    await lists.lists(funds)
    assert len(server.asked) == 20
    assert len(waited) == 2
    assert sum(waited) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("path", "answer", "why"),
    [
        (SSGA, (403, b"no"), "HTTP 403"),
        (SSGA, (301, b""), "HTTP 301"),
        (SSGA, (200, b"<html>Sign in</html>"), "It is a web page, no list."),
        (
            SSGA,
            (200, ssga(["X", "X", "-", "-", 100.0, "-", 1.0, "USD"], symbol="SPYX")),
            "it gave a list of SPYX",
        ),
    ],
)
async def test_a_source_that_gives_nothing_is_told_of_by_doctor(
    server: Server, tmp_path: Path, path: str, answer: tuple[int, bytes], why: str
) -> None:
    server.answers[path] = answer
    lists = fetched(server, tmp_path / "home", FixedClock(NOON), [ListSource.SSGA])
    assert await lists.lists(BOTH) == {}
    findings = await lists.examine()
    assert [each.level for each in findings] == [Level.OK, Level.NOTE]
    assert findings[1].what.startswith(f"Holdings: ssga SPSM: {why}")
    assert list((tmp_path / "home").glob("*/*")) == []
    await lists.lists(BOTH)
    assert len(server.asked) == 1  # not again today


@pytest.mark.parametrize(
    ("path", "body", "why"),
    [
        (TABLE, b'{"fields": []}', "the SEC's table of funds cannot be read"),
        (
            TABLE,
            b'{"fields": ["seriesId", "symbol"], "data": [["../../etc", "IWM"]]}',
            "the SEC knows no fund",
        ),
        (FEED, feed(), "the SEC lists no Form N-PORT of it"),
        (FEED, feed("/evil/"), "the SEC lists no Form N-PORT of it"),
        (FEED, b"<!DOCTYPE a [<!ENTITY x 'y'>]><feed>&x;</feed>", "Its XML declares a document type"),
        (f"{FORM}primary_doc.xml", b"<a/>", "It is XML, but no Form N-PORT."),
    ],
)
async def test_what_the_sec_answers_is_hostile_until_checked(
    server: Server, tmp_path: Path, path: str, body: bytes, why: str
) -> None:
    server.answers[path] = (200, body)
    lists = fetched(server, tmp_path / "home", FixedClock(NOON), [ListSource.SEC])
    assert await lists.lists({"IWM": IWM}) == {}
    findings = await lists.examine()
    assert findings[-1].what.startswith(f"Holdings: sec IWM: {why}")


async def test_a_source_that_is_not_there_takes_nothing_from_the_folder(tmp_path: Path) -> None:
    (tmp_path / "IWM.xml").write_bytes(nport(nport_position("X", 100.0)))
    nobody = ListHosts("http://127.0.0.1:9", "http://127.0.0.1:9")
    lists = FetchedLists(
        tuple(ListSource), "team@example.com", tmp_path / "home", [tmp_path], FixedClock(NOON), nobody
    )
    assert (await lists.lists(BOTH)).keys() == {"IWM"}


async def test_nobody_is_asked_without_an_address(tmp_path: Path) -> None:
    settings = load(home=tmp_path, holdings_fetch="ssga")
    with pytest.raises(UserError, match="WATCHPOINT_CONTACT is not set"):
        async with open_market(settings, FixedClock(NOON)):
            pass
    with pytest.raises(UserError, match="WATCHPOINT_HOLDINGS_FETCH"):
        load(home=tmp_path, holdings_fetch="ssga,ishares")
