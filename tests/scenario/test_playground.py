"""The playground as a person starts it: one process, no tokens, and an end in good order."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import aiohttp
import pytest

from analytics.watch.states import Phase
from bot.config import Settings
from bot.errors import Unavailable
from bot.market.calendar import ExchangeCalendar
from bot.market.sample import SampleMarket
from bot.playground import run
from bot.playground.api.server import Slack
from bot.playground.guide import NEARLY_MET, Opening
from bot.playground.model import BOT, TEAM, PostedMessage
from bot.playground.plain_text import message_lines
from bot.playground.run import PlaygroundOptions, open_playground, playground
from bot.playground.storage import ANN, BEN, CY, DEALS, PORTFOLIO
from bot.ports import Calendar, Clock, PriceHistory

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
COMPARE = "#portfolio ann: /compare ISCB SPSM 3y\n"


def answers(slack: Slack, channel: str = PORTFOLIO, user: str = ANN) -> list[PostedMessage]:
    return [each for each in slack.workspace.messages(channel, user) if each.user == BOT]


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "WATCHPOINT_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_a_question_is_answered_with_table_and_picture(transport: str, tmp_path: Path) -> None:
    async with open_playground(PlaygroundOptions(transport=transport)) as here:
        await here.deeds.type(ANN, PORTFOLIO, "/compare ISCB SPSM 3y")
        await here.bot.shift.idle()
        (post,) = answers(here.slack)
        kinds = [block["type"] for block in post.blocks]
        assert kinds.count("table") == 1
        assert kinds.count("image") == 1
        assert "ISCB vs SPSM" in post.text
        for file in post.files:
            assert here.slack.workspace.files[file].content.startswith(b"\x89PNG")
        refused = [call for call in here.slack.calls if call.error not in (None, "invalid_blocks")]
        assert refused == []
        early = [call for call in here.slack.calls if call.error]
        assert {call.method for call in early} <= {"chat.postMessage"}
    assert _left_in(tmp_path) == []


def _left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_a_private_channel_without_the_bot_is_answered_to_the_asker_alone() -> None:
    async with open_playground(PlaygroundOptions()) as here:
        await here.deeds.type(ANN, DEALS, "/compare ISCB SPSM")
        await here.bot.shift.idle()
        (shown,) = answers(here.slack, DEALS)
        assert shown.ephemeral_for == ANN
        assert "table" in [block["type"] for block in shown.blocks]
        assert "To see the pictures here, invite me: `/invite @watchpoint`" in str(shown.blocks[-1])
        await here.deeds.type(ANN, DEALS, "/invite @watchpoint")
        await here.deeds.type(ANN, DEALS, "@watchpoint compare ISCB SPSM")
        await here.bot.shift.idle()
        assert len(answers(here.slack, DEALS)[-1].files) == 1


async def test_a_wrong_symbol_is_told_to_the_asker_alone() -> None:
    async with open_playground(PlaygroundOptions()) as here:
        await here.deeds.type(CY, PORTFOLIO, "/compare ISCB SPSN")
        await here.bot.shift.idle()
        (shown,) = answers(here.slack, user=CY)
        assert shown.ephemeral_for == CY
        assert "Did you mean SPSM" in shown.text
        assert answers(here.slack) == []


class LateMarket(SampleMarket):
    """A source whose prices of a session come some hours after it has settled."""

    source = "Late Source"
    hours = 4

    def __init__(self, calendar: Calendar, clock: Clock, home: Path) -> None:
        super().__init__(calendar, clock)
        self._when = clock

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        come = ExchangeCalendar().last_complete(self._when.now() - timedelta(hours=self.hours))
        return await super().history(symbols, min(through, come))

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("hours", "said"),
    [(4, "R1 ISCB price change 1m below 50 % is met:"), (40, "has no data for 22 Jan 2026")],
)
async def test_sessions_whose_prices_come_late_are_decided_when_time_passes(
    hours: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody looks: the daily post is off, and no other moment comes before the next close."""
    monkeypatch.setattr(LateMarket, "hours", hours)
    monkeypatch.setattr("bot.market.yahoo.YahooMarket", LateMarket)
    async with open_playground(PlaygroundOptions(data="yahoo", asof=date(2026, 1, 20))) as here:
        await here.deeds.type(ANN, PORTFOLIO, "/watch ISCB price change 1m < 50% for 1 session")
        await here.deeds.type(ANN, PORTFOLIO, "/digest off")
        await here.bot.shift.quiet()
        await here.travel.sessions(3)
        (stored,) = await here.bot.store.of(TEAM).rules()
        assert stored.rule_state.reached == date(2026, 1, 22)
        await here.deeds.type(ANN, PORTFOLIO, "/watch show R1")
        await here.bot.shift.quiet()
        shown = "\n".join(message_lines(answers(here.slack)[-1], here.slack.workspace))
        assert said in shown.replace("\u00a0", " ")


@pytest.mark.parametrize("day", [date(2026, 1, 20), date(2025, 4, 10), date(2026, 12, 10)])
async def test_it_opens_with_an_answer_a_thread_and_a_rule_two_sessions_from_firing(day: date) -> None:
    async with open_playground(PlaygroundOptions(asof=day)) as here:
        space = here.slack.workspace
        await Opening(here.deeds, space, here.bot.shift.quiet).play(here.settings, here.clock)
        rule, compared = [each for each in space.history(PORTFOLIO) if each.user == BOT]
        assert NEARLY_MET in [each.text for each in space.history(PORTFOLIO)]
        assert "waiting (1 of 3)" in "\n".join(message_lines(rule, space)).replace("\u00a0", " ")
        assert "when nothing changes it is triggered on" in str(rule.blocks).replace("\u00a0", " ")
        assert "ISCB vs SPSM · 1 year" in compared.text.replace("\u00a0", " ")
        _, asked, answered = space.thread(PORTFOLIO, compared.ts)
        assert (asked.user, answered.user) == (BEN, BOT)
        assert "Read as `drawdowns 2020`" in answered.text
        (stored,) = await here.bot.store.of(TEAM).rules()
        assert stored.rule_state.state.phase is Phase.PENDING
        await here.travel.sessions(1)
        assert [each for each in space.history(PORTFOLIO) if each.user == BOT] == [rule, compared]
        await here.travel.sessions(1)
        card = space.history(PORTFOLIO)[-2]
        assert re.search(r"R1 ISCB [\w ]+ below [\d.]+ is met", card.text)


async def test_where_the_source_is_silent_it_opens_with_what_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def silent(self: LateMarket, symbols: Sequence[str], through: date) -> PriceHistory:
        raise Unavailable("Late Source", "no connection")

    monkeypatch.setattr(LateMarket, "history", silent)
    monkeypatch.setattr("bot.market.yahoo.YahooMarket", LateMarket)
    async with open_playground(PlaygroundOptions(data="yahoo", asof=date(2026, 1, 20))) as here:
        await Opening(here.deeds, here.slack.workspace, here.bot.shift.quiet).play(here.settings, here.clock)
        assert await here.bot.store.of(TEAM).rules() == []
        (told,) = answers(here.slack)
        assert told.ephemeral_for == ANN
        assert "Late Source" in told.text


async def test_it_says_that_it_is_starting_until_the_bot_listens() -> None:
    early: list[str] = []

    async def look(url: str) -> None:
        async with aiohttp.ClientSession(headers={"Origin": url.rstrip("/")}) as session:
            async with session.get(f"{url}as/{ANN}/{PORTFOLIO}") as answer:
                early.append(await answer.text())
            async with session.post(f"{url}as/{ANN}/{PORTFOLIO}/say", data={"text": "hello"}) as answer:
                assert answer.status == 503
            waiting.append(asyncio.create_task(first_line(f"{url}as/{ANN}/events")))
            await asyncio.sleep(0.05)

    async def first_line(url: str) -> bytes:
        async with aiohttp.ClientSession() as session, session.get(url) as stream:
            return await stream.content.readline()

    waiting: list[asyncio.Task[bytes]] = []
    async with open_playground(PlaygroundOptions(), look) as here, aiohttp.ClientSession() as session:
        assert "Starting..." in early[0]
        assert 'http-equiv="refresh"' in early[0]
        assert (await asyncio.wait_for(waiting[0], 5)).startswith(b"retry:")
        async with session.get(here.url) as answer:
            assert "Message #portfolio" in await answer.text()
        assert answers(here.slack) == []


@pytest.mark.parametrize(
    ("empty", "kept", "asks"), [(False, False, True), (True, False, False), (False, True, False)]
)
async def test_only_a_new_workspace_is_opened_with_questions(
    empty: bool, kept: bool, asks: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    if kept:
        async with open_playground(PlaygroundOptions(home=home)):
            """Nothing is asked."""
    played, urls = asyncio.Event(), asyncio.Queue[str]()

    async def play(self: Opening, settings: Settings, clock: Clock) -> None:
        played.set()

    monkeypatch.setattr(Opening, "play", play)
    given = PlaygroundOptions(home=home, browser=False, empty=empty)
    running = asyncio.create_task(playground(given, lambda line: urls.put_nowait(line)))
    await until_ready((await urls.get()).split()[4])
    await asyncio.sleep(0)
    signal.raise_signal(signal.SIGINT)
    await asyncio.wait_for(running, 20)
    assert played.is_set() is asks


async def until_ready(url: str) -> None:
    """Wait until the bot behind the page listens."""
    async with aiohttp.ClientSession() as session:
        while True:
            async with session.get(url) as answer:
                if "Starting..." not in await answer.text():
                    return
            await asyncio.sleep(0.05)


async def test_the_page_is_there_on_loopback_only() -> None:
    async with open_playground(PlaygroundOptions()) as here, aiohttp.ClientSession() as session:
        assert here.url.startswith("http://127.0.0.1:")
        async with session.get(here.url) as answer:
            assert answer.status == 200
            assert "portfolio" in await answer.text()


async def test_with_a_home_the_talk_is_there_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with open_playground(PlaygroundOptions(home=home)) as here:
        await here.deeds.type(ANN, PORTFOLIO, "/compare ISCB SPSM 1y")
        await here.bot.shift.idle()
        before = answers(here.slack)
    async with open_playground(PlaygroundOptions(home=home)) as again:
        assert answers(again.slack) == before
        file = before[0].files[0]
        assert again.slack.workspace.files[file].content.startswith(b"\x89PNG")
    assert (home / "workspace" / "workspace.json").exists()


async def test_a_script_is_played_and_ends(tmp_path: Path) -> None:
    script, said = tmp_path / "script.txt", list[str]()
    script.write_text(COMPARE + "#portfolio ben: /compare ISCB SPSN\n")
    await playground(PlaygroundOptions(script=script), said.append)
    assert said[0] == COMPARE.strip()
    text = "\n".join(said)
    assert "    SAMPLE DATA · ISCB vs SPSM · 3 years to" in text
    assert "Sortino" in text
    assert text.count("[picture: Sample data.") == 1
    assert "Did you mean SPSM?" in text.split("#portfolio ben")[1]


@pytest.mark.parametrize(("screen", "browser"), [(True, True), (True, False), (False, True)])
async def test_the_browser_is_opened_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, screen: bool, browser: bool
) -> None:
    seen, said, opened_now = list[str](), list[str](), asyncio.Event()
    loop = asyncio.get_running_loop()

    def say(line: str) -> None:
        said.append(line)
        if not (screen and browser):
            opened_now.set()

    def show(url: str) -> bool:
        seen.append(url)
        loop.call_soon_threadsafe(opened_now.set)
        return True

    monkeypatch.setattr(run, "has_screen", lambda: screen)
    monkeypatch.setattr("webbrowser.open", show)
    running = asyncio.create_task(playground(PlaygroundOptions(browser=browser), say))
    await asyncio.wait_for(opened_now.wait(), 20)
    await until_ready(said[0].split()[4])
    signal.raise_signal(signal.SIGINT)
    await asyncio.wait_for(running, 20)
    assert said[0].startswith("The playground is at http://127.0.0.1:")
    assert seen == ([said[0].split()[4]] if screen and browser else [])


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "bot", "playground", "--no-browser", *arguments]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_ctrl_c_ends_it_in_good_order_with_nothing_left() -> None:
    with started("--port", "0") as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("The playground is at http://127.0.0.1:")
        asyncio.run(until_ready(line.split()[4]))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out.strip(), err) == (0, "Ended.", "")


def _workers(pid: int) -> list[Path]:
    """The processes that draw charts."""
    children = (path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    found = [Path("/proc") / child for each in children for child in each]
    return [child for child in found if "--multiprocessing-fork" in _told(child / "cmdline")]


def _told(path: Path) -> str:
    """What the system tells of a process, nothing of one that has ended since it was named."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _minds_ctrl_c(process: Path) -> bool:
    """Whether Python has begun to listen for it there, or was kept from hearing it."""
    facts = dict(line.split(":", 1) for line in _told(process / "status").splitlines())
    if not facts:
        return False
    return any(int(facts[kind], 16) & (1 << (signal.SIGINT - 1)) for kind in ("SigCgt", "SigBlk"))


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for child processes in /proc")
def test_ctrl_c_while_its_processes_start_shows_no_traceback() -> None:
    with started("--port", "0") as process:
        while not any(map(_minds_ctrl_c, _workers(process.pid))):
            time.sleep(0.002)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, err.strip()) == (130, "Interrupted.")
        assert out.startswith("The playground is at ")
        assert out.count("\n") == 1


def test_a_port_that_is_taken_is_named() -> None:
    with started("--port", "0") as first:
        assert first.stdout is not None
        port = first.stdout.readline().split(":")[2].split("/")[0]
        with started("--port", port) as second:
            _, err = second.communicate(timeout=20)
            assert second.returncode == 2
            assert f"127.0.0.1:{port} cannot be listened on" in err
            assert "--port" in err


def test_a_damaged_home_is_named_and_left_alone(tmp_path: Path) -> None:
    state = tmp_path / "workspace" / "workspace.json"
    state.parent.mkdir()
    state.write_text(json.dumps({"form": 9}))
    with started("--port", "0", "--home", str(tmp_path)) as process:
        _, err = process.communicate(timeout=20)
        assert process.returncode == 2
        assert "cannot be read as a workspace" in err
    assert json.loads(state.read_text()) == {"form": 9}
