"""`/compare ISCB SPSM` from the keystroke to the post: real Bolt, real yfinance, loopback Slack and Yahoo.

With the real prices beside the checkout the numbers in the message equal the published ones; without them the
same journey runs on the project's own loopback Yahoo.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import struct
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap
from bot.bootstrap import Bot
from bot.clock import FixedClock
from bot.config import load
from bot.playground.api.server import Slack
from bot.playground.model import Payload, PostedMessage
from bot.playground.storage import ANN
from bot.playground.transport import AppTransport
from tests.fakes import yahoo as own
from tests.fakes.workspace import (
    APP_TOKEN,
    BOT_TOKEN,
    SIGNING_SECRET,
    command,
    everybody_sees,
    line_to,
    loopback,
    mention,
    only_for,
)

pytestmark = pytest.mark.slow

EVENING = datetime(2026, 1, 16, 22, 0, tzinfo=UTC)
NBSP = "\u00a0"


@dataclass
class Office:
    """The assembled bot with a workspace around it."""

    slack: Slack
    transport: AppTransport
    bot: Bot

    async def ask_on(self, text: str) -> PostedMessage:
        """Name the bot in the thread of the first answer, and wait for what it says there."""
        parent = everybody_sees(self.slack)[0]
        await self.transport.deliver(mention(self.slack, text, thread=parent.ts))
        await self.bot.shift.quiet()
        return self.slack.workspace.thread(parent.channel, parent.ts)[-1]

    async def ask(self, text: str) -> tuple[int, Any]:
        """Type `/compare`; status and body of the acknowledgement."""
        return await self.transport.deliver(command(self.slack, text))

    @property
    def post(self) -> PostedMessage:
        """The one message that everybody sees; leave the office first, which waits for all work."""
        (post,) = everybody_sees(self.slack)
        return post


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("SLACK_BOT_TOKEN", BOT_TOKEN),
        ("SLACK_APP_TOKEN", APP_TOKEN),
        ("SLACK_SIGNING_SECRET", SIGNING_SECRET),
        ("WATCHPOINT_HOME", str(tmp_path)),
        ("WATCHPOINT_DATA", "yahoo"),
    ):
        monkeypatch.setenv(name, value)


@asynccontextmanager
async def office(kind: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    async with loopback() as slack:
        monkeypatch.setenv("SLACK_API_URL", slack.api_url)
        settings = load(transport=kind, port=0)
        async with bootstrap.assemble_bot(settings, FixedClock(EVENING)) as bot:
            ready, stop = asyncio.Queue[str](), asyncio.Event()
            serving = bootstrap.listen(bot, settings, stop, ready.put_nowait)
            served = asyncio.create_task(serving)
            sentence = await asyncio.wait_for(ready.get(), 10)
            async with line_to(slack, kind, sentence) as transport:
                yield Office(slack, transport, bot)
                stop.set()
                await served


@pytest.fixture
def real_market(market_dir: Path) -> Iterator[Any]:
    """The loopback Yahoo with the real prices, and the real yfinance turned to it."""
    spec = importlib.util.spec_from_file_location("loopback_yahoo", market_dir / "loopback_yahoo.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # The server beside the checkout leaves the files it reads to the garbage collector.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        loopback = module.FakeYahoo()
        gc.collect()
    with loopback as fake, module.patched_yfinance(fake):
        yield fake


def _rows(post: PostedMessage) -> dict[str, list[str]]:
    """The table as text: label to cells."""
    (table,) = [block for block in post.blocks if block["type"] == "table"]
    rows = [[_text(cell) for cell in row] for row in table["rows"]]
    return {row[0]: row[1:] for row in rows}


def _text(cell: Payload) -> str:
    if cell["type"] == "raw_text":
        return str(cell["text"]).replace(NBSP, " ")
    parts = [element["text"] for section in cell["elements"] for element in section["elements"]]
    return "".join(parts).replace(NBSP, " ")


@pytest.mark.parametrize("kind", ["http", "socket"])
async def test_the_published_figures_reach_the_channel(
    kind: str, environment: None, real_market: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(kind, monkeypatch) as here:
        assert await here.ask("ISCB SPSM") == (200, None)
    post = here.post
    text = post.text.replace(NBSP, " ")
    assert text.startswith("ISCB vs SPSM · 1 year to 16 Jan 2026: ISCB returned 16.1 %, SPSM 11.3 %")
    assert "Sortino 1.18 and 0.87" in text
    assert "SAMPLE" not in str(post.blocks)
    rows = _rows(post)
    assert rows["1 year"] == ["16.1 %", "11.3 %", "+4.8 pp"]
    assert rows["3 / 5 / 10 years, a year"][:2] == ["13.8 / 7.4 / 10.8 %", "10.1 / 7.0 / 11.6 %"]
    assert rows["Volatility"][:2] == ["22.3 %", "22.5 %"]
    assert rows["Max drawdown"][:2] == ["-23.4 %", "-24.2 %"]
    assert rows["Sortino"] == ["1.18", "0.87", "+0.31"]
    assert rows["Expense ratio · yield"][0].startswith("0.04 · ")
    assert list(rows)[2:] == [
        *("3 / 5 / 10 years, a year", "Volatility", "Max drawdown", "Sortino", "Expense ratio · yield")
    ]
    foot = post.blocks[-1]["elements"][0]["text"].replace(NBSP, " ")
    assert foot.startswith(
        "_Daily total returns, 16 Jan 2025 to 16 Jan 2026 (251), risk-free 0 %, Yahoo Finance"
    )


async def test_all_figures_are_the_published_ones(
    environment: None, real_market: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office("http", monkeypatch) as here:
        await here.ask("ISCB SPSM")
        await here.bot.shift.quiet()
        asked = len(real_market.log)
        whole = await here.ask_on("figures")
    assert len(real_market.log) == asked, "prices and facts are those of the comparison"
    rows = _rows(whole)
    assert rows["1 year"] == ["16.1 %", "11.3 %", "+4.8 pp"]
    assert rows["3 years, a year"][:2] == ["13.8 %", "10.1 %"]
    assert rows["5 years, a year"][:2] == ["7.4 %", "7.0 %"]
    assert rows["10 years, a year"][:2] == ["10.8 %", "11.6 %"]
    assert rows["Volatility"][:2] == ["22.3 %", "22.5 %"]
    assert rows["Max drawdown"][:2] == ["-23.4 %", "-24.2 %"]
    assert rows["Sharpe"][:2] == ["0.78", "0.59"]
    assert rows["Sortino"] == ["1.18", "0.87", "+0.31"]
    assert rows["Calmar"][:2] == ["0.69", "0.47"]
    held = ("Beta", "Tracking error", "Information ratio", "Correlation")
    assert [rows[f"{name}, against SPSM"][0] for name in held] == ["0.97", "4.7 %", "0.89", "0.98"]
    assert rows["Expense ratio"] == ["0.04 %", "0.03 %", "+1 bp"]
    foot = str([block for block in whole.blocks if block["type"] == "context"][-1])
    assert "2025-01-16..2026-01-16 (251 returns)" in foot
    assert "as of 2026-01-16" in foot


async def test_its_thread_goes_on_with_the_published_figures(
    environment: None, real_market: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office("http", monkeypatch) as here:
        await here.ask("ISCB SPSM")
        await here.bot.shift.quiet()
        asked = len(real_market.log)
        worked_out = await here.ask_on("explain sortino")
        returns, sectors = await here.ask_on("returns"), await here.ask_on("sectors")
        same = len(real_market.log)
        risk = await here.ask_on("risk")
    assert "ISCB 1.18, SPSM 0.87" in risk.text.replace(NBSP, " ")
    assert _rows(worked_out)["Result"] == ["1.18", "0.87"]
    assert "as of 2026-01-16" in str(returns.blocks[-2]), "above what can be asked next"
    assert "Industrials" in _rows(sectors)
    assert same == asked, "prices and facts are those of the comparison"
    more = {path.rpartition("/")[2] for _, path, *_ in real_market.log[same:]}
    assert more <= {"SPY", "IWM"}, "which alone the broad market's alpha needs besides"


@pytest.mark.parametrize("kind", ["socket"])
async def test_the_picture_is_uploaded_and_shown(
    kind: str, environment: None, real_market: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(kind, monkeypatch) as here:
        await here.ask("ISCB SPSM")
    post = here.post
    images = [block for block in post.blocks if block["type"] == "image"]
    assert len(images) == 1
    assert "title" not in images[0], "the picture has it in itself"
    assert images[0]["alt_text"].replace(NBSP, " ") == (
        "ISCB 4.8 pp ahead; the gap opened in April. 100 became ISCB 116, SPSM 111. "
        "Max drawdown ISCB -23.4 %, SPSM -24.2 %."
    )
    for image in images:
        png = here.slack.workspace.files[image["slack_file"]["id"]].content
        assert png.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", png[16:24])
        assert width == 1600
        assert height >= 800


async def test_a_second_question_in_the_session_asks_yahoo_nothing(
    environment: None, real_market: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office("http", monkeypatch) as here:
        await here.ask("ISCB SPSM")
    cold = len(real_market.log)
    async with office("http", monkeypatch) as after_restart:
        await after_restart.ask("spsm iscb 5y")
    assert 0 < cold <= 14
    assert len(real_market.log) == cold
    assert "5 years" in after_restart.post.text


async def test_the_same_journey_on_the_own_loopback_yahoo(
    environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own.FakeYahoo() as fake, own.redirected(fake):
        async with office("http", monkeypatch) as here:
            assert await here.ask("ISCB SPSM 6m") == (200, None)
    post = here.post
    assert post.text.startswith("ISCB vs SPSM · 6 months to 16")
    assert [block["type"] for block in post.blocks][:5] == ["header", "context", "section", "image", "table"]


async def test_a_slip_is_answered_to_the_asker_alone(
    environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own.FakeYahoo() as fake, own.redirected(fake):
        async with office("http", monkeypatch) as here:
            status, shown = await here.ask("ISCB SPSN 7q")
            assert status == 200
            assert shown["response_type"] == "ephemeral"
            assert "`7q` is not a window" in shown["text"]
            assert "`compare ISCB SPSM 21m`" in shown["text"]
            assert any(block["type"] == "actions" for block in shown["blocks"])
    assert (everybody_sees(here.slack), only_for(here.slack)) == ([], [])


async def test_an_unknown_symbol_is_told_to_the_asker_alone(
    environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own.FakeYahoo() as fake, own.redirected(fake):
        async with office("http", monkeypatch) as here:
            await here.ask("ISCB SPSN")
    assert everybody_sees(here.slack) == []
    (told,) = only_for(here.slack)
    assert told.ephemeral_for == ANN
    assert "SPSN" in told.text
    assert "Did you mean" in told.text
    assert "SPSM" in told.text
