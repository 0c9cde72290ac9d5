"""The playground as a person starts it: one process, no tokens, and an end in good order."""

from __future__ import annotations

import asyncio
import json
import os
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

from bot.market.calendar import ExchangeCalendar
from bot.market.sample import SampleMarket
from bot.playground import run
from bot.playground.api.server import Slack
from bot.playground.model import BOT, TEAM, PostedMessage
from bot.playground.plain_text import message_lines
from bot.playground.run import PlaygroundOptions, open_playground, playground
from bot.playground.storage import ANN, CY, DEALS, PORTFOLIO
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
async def test_a_question_is_answered_with_table_and_both_pictures(transport: str, tmp_path: Path) -> None:
    async with open_playground(PlaygroundOptions(transport=transport)) as here:
        await here.deeds.type(ANN, PORTFOLIO, "/compare ISCB SPSM 3y")
        await here.bot.shift.idle()
        (post,) = answers(here.slack)
        kinds = [block["type"] for block in post.blocks]
        assert kinds.count("table") == 1
        assert kinds.count("image") == 2
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
        assert len(answers(here.slack, DEALS)[-1].files) == 2


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


@pytest.mark.parametrize(("hours", "said"), [(4, "R1 is met:"), (40, "has no data for 22 Jan 2026")])
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
    assert text.count("[picture: Sample data.") == 2
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
        assert process.stdout.readline().startswith("The playground is at http://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out.strip(), err) == (0, "Ended.", "")


def _workers(pid: int) -> list[Path]:
    """The processes that draw charts."""
    children = (path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    found = [Path("/proc") / child for each in children for child in each]
    return [child for child in found if b"--multiprocessing-fork" in (child / "cmdline").read_bytes()]


def _minds_ctrl_c(process: Path) -> bool:
    """Whether Python has begun to listen for it there, or was kept from hearing it."""
    facts = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    return any(int(facts[kind], 16) & (1 << (signal.SIGINT - 1)) for kind in ("SigCgt", "SigBlk"))


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for child processes in /proc")
def test_ctrl_c_while_its_processes_start_shows_no_traceback() -> None:
    with started("--port", "0") as process:
        while not any(map(_minds_ctrl_c, _workers(process.pid))):
            time.sleep(0.002)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err.strip()) == (130, "", "Interrupted.")


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
