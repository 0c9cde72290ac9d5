"""Pictures are drawn once, kept whole, and never in the way of the event loop."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.drawing import CachingChartRenderer, ChartCache, PoolChartRenderer
from bot.errors import Unavailable
from bot.render import charts
from bot.render.chart_specs import ChartSpec
from bot.render.charts import draw
from tests.pictures import SYMBOLS, growth_picture, sector_picture, walk

SMALL = draw(sector_picture(np.array([[1.0]]), symbols=SYMBOLS[:1], sectors=("Energy",)))


class CountingRenderer(CachingChartRenderer):
    """Hands out a picture drawn before, and counts; waits at a gate where one is given."""

    def __init__(self, home: Path, at_once: int = 2) -> None:
        super().__init__(home, at_once)
        self.painted: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.faults: list[Exception] = []

    async def _paint(self, picture: ChartSpec) -> bytes:
        self.painted.append(picture.name)
        await self.gate.wait()
        if self.faults:
            raise self.faults.pop()
        return SMALL


@pytest.fixture
def renderer(tmp_path: Path) -> CountingRenderer:
    return CountingRenderer(tmp_path)


async def test_a_hit_does_not_draw(renderer: CountingRenderer, tmp_path: Path) -> None:
    await renderer.draw([growth_picture()])
    again = CountingRenderer(tmp_path)
    assert (await again.draw([growth_picture()]))["growth"] == SMALL
    assert (renderer.painted, again.painted) == (["growth"], [])


async def test_other_content_or_another_style_is_another_picture(
    renderer: CountingRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await renderer.draw([growth_picture()])
    await renderer.draw([growth_picture(walk(2, 252, seed=8))])
    monkeypatch.setattr(charts, "STYLE", "another")
    await renderer.draw([growth_picture()])
    assert renderer.painted == ["growth"] * 3


async def test_who_asks_while_it_is_drawn_waits_for_the_same(renderer: CountingRenderer) -> None:
    renderer.gate.clear()
    asked = [asyncio.create_task(renderer.draw([growth_picture()])) for _ in range(4)]
    await _until(lambda: bool(renderer.painted))
    renderer.gate.set()
    assert [answer["growth"] for answer in await asyncio.gather(*asked)] == [SMALL] * 4
    assert renderer.painted == ["growth"]


async def test_a_workspace_that_asks_for_much_does_not_hold_up_another_nor_a_daily_post(
    tmp_path: Path,
) -> None:
    renderer = CountingRenderer(tmp_path, at_once=1)
    renderer.gate.clear()
    names = [("T3", f"flood{at}") for at in range(4)] + [("T1", "asked"), ("", "digest")]
    asked = [
        asyncio.create_task(renderer.draw([replace(growth_picture(), name=name, title=name)], turn))
        for turn, name in names
    ]
    await _until(lambda: renderer._wanted.total() == len(asked))
    renderer.gate.set()
    await asyncio.gather(*asked)
    assert renderer.painted[1:3] == ["digest", "asked"]


async def test_what_others_wait_for_is_drawn_in_whosever_turn_comes_first(tmp_path: Path) -> None:
    renderer = CountingRenderer(tmp_path, at_once=1)
    renderer.gate.clear()
    same = replace(growth_picture(), title="same")
    asked = []
    for turn, picture in (("T3", growth_picture()), ("T3", sector_picture()), ("T3", same), ("T1", same)):
        asked.append(asyncio.create_task(renderer.draw([picture], turn)))
        await _until(lambda: renderer._wanted.total() == len(asked))
    renderer.gate.set()
    await asyncio.gather(*asked)
    assert renderer.painted == ["growth", "growth", "sectors"]


async def test_both_pictures_of_a_call_are_drawn_at_the_same_time(renderer: CountingRenderer) -> None:
    renderer.gate.clear()
    asked = asyncio.create_task(renderer.draw([growth_picture(), sector_picture()]))
    await _until(lambda: len(renderer.painted) == 2)
    renderer.gate.set()
    assert set(await asked) == {"growth", "sectors"}


async def test_who_gives_up_does_not_take_the_picture_from_the_others(renderer: CountingRenderer) -> None:
    renderer.gate.clear()
    first, second = (asyncio.create_task(renderer.draw([growth_picture()])) for _ in range(2))
    await _until(lambda: bool(renderer.painted))
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    renderer.gate.set()
    assert (await second)["growth"] == SMALL


async def test_a_failure_is_not_remembered(renderer: CountingRenderer) -> None:
    renderer.faults.append(RuntimeError("once"))
    with pytest.raises(RuntimeError, match="once"):
        await renderer.draw([growth_picture()])
    assert (await renderer.draw([growth_picture()]))["growth"] == SMALL


async def test_closing_waits_for_what_is_being_drawn(renderer: CountingRenderer, tmp_path: Path) -> None:
    renderer.gate.clear()
    asked = asyncio.create_task(renderer.draw([growth_picture()]))
    await _until(lambda: bool(renderer.painted))
    closing = asyncio.create_task(renderer.aclose())
    renderer.gate.set()
    await closing
    assert len(list((tmp_path / "charts").iterdir())) == 1
    await asked


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    cache = ChartCache(tmp_path / "charts")
    cache.write("key", SMALL)
    assert cache.read("key") is None
    assert list((tmp_path / "charts").iterdir()) == []


def test_a_folder_that_cannot_be_written_costs_the_cache_not_the_picture(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "charts").write_text("a file where the folder should be")
    ChartCache(tmp_path / "charts").write("key", SMALL)
    assert "could not be kept in" in caplog.text


def test_the_oldest_files_go_first(tmp_path: Path) -> None:
    cache = ChartCache(tmp_path, keep=3)
    for age, name in enumerate(["new", "newer", "old", "oldest", "rest.part"]):
        (tmp_path / name).write_bytes(SMALL)
        seconds = {"oldest": 1, "rest.part": 2, "old": 3}.get(name, 10 + age)
        os.utime(tmp_path / name, (seconds, seconds))
    cache.write("newest", SMALL)
    assert {path.name for path in tmp_path.iterdir()} == {"newest.png", "new", "newer"}


@pytest.mark.slow
def test_the_folder_is_bounded_however_much_is_drawn(tmp_path: Path) -> None:
    cache = ChartCache(tmp_path, keep=5)
    for number in range(101):
        cache.write(f"{number:03}", b"")
    assert len(list(tmp_path.iterdir())) == 5
    assert (tmp_path / "100.png").exists()


async def _until(true: Any) -> None:
    """Let others run until it holds; the limit ends a wait in vain."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - nobody here could set an event
            await asyncio.sleep(0.001)


def pids(renderer: PoolChartRenderer) -> list[int]:
    return list(renderer._pool._processes) if renderer._pool else []


def pictures(count: int) -> Sequence[ChartSpec]:
    """Different pictures with names of their own."""
    return [growth_picture(walk(2, 252, seed=seed), title=f"number {seed}") for seed in range(count)]


def runs(pid: int) -> bool:
    """Whether the process is there, and not only waiting for someone to take notice of its end."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc/self").exists()
    return state != "Z"


async def ended(pid: int) -> None:
    await _until(lambda: not runs(pid))


@pytest.mark.slow
class TestPool:
    """Real processes."""

    async def test_start_brings_up_every_worker_and_closing_ends_them(self, tmp_path: Path) -> None:
        renderer = PoolChartRenderer(tmp_path, workers=2)
        await renderer.start()
        workers = pids(renderer)
        assert len(workers) == 2
        assert os.getpid() not in workers
        await renderer.aclose()
        for pid in workers:
            await ended(pid)

    async def test_a_killed_worker_is_replaced_and_nobody_notices(self, tmp_path: Path) -> None:
        renderer = PoolChartRenderer(tmp_path)
        await renderer.start()
        before = pids(renderer)
        asked = [asyncio.create_task(renderer.draw([picture])) for picture in pictures(6)]
        await _until(lambda: bool(renderer._running))
        os.kill(before[0], signal.SIGKILL)
        answers = await asyncio.gather(*asked)
        assert [answer["growth"] for answer in answers] == [draw(picture) for picture in pictures(6)]
        assert not set(before) & set(pids(renderer))
        await renderer.aclose()

    async def test_workers_killed_while_idle_are_replaced(self, tmp_path: Path) -> None:
        renderer = PoolChartRenderer(tmp_path)
        await renderer.start()
        for pid in pids(renderer):
            os.kill(pid, signal.SIGKILL)
        assert set(await renderer.draw([sector_picture()])) == {"sectors"}
        await renderer.aclose()

    async def test_a_picture_that_kills_twice_is_unavailable_and_the_next_is_drawn(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        renderer = PoolChartRenderer(tmp_path, workers=1)
        with monkeypatch.context() as patch:
            patch.setattr(charts, "draw", _kill_yourself)
            with pytest.raises(Unavailable, match="Chart drawing did not answer: its process ended twice"):
                await renderer.draw([sector_picture()])
        assert set(await renderer.draw([sector_picture()])) == {"sectors"}
        await renderer.aclose()

    async def test_the_event_loop_turns_while_charts_are_drawn(self, tmp_path: Path) -> None:
        renderer = PoolChartRenderer(tmp_path, workers=1)
        await renderer.start()
        turns = 0

        async def turn() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        turning = asyncio.create_task(turn())
        await renderer._paint(growth_picture())
        turning.cancel()
        # Drawn in the loop it would not turn once.
        assert turns > 100
        await renderer.aclose()

    async def test_ctrl_c_does_not_reach_the_workers(self, tmp_path: Path) -> None:
        renderer = PoolChartRenderer(tmp_path)
        await renderer.start()
        before = pids(renderer)
        for pid in before:
            os.kill(pid, signal.SIGINT)
        assert set(await renderer.draw([sector_picture()])) == {"sectors"}
        assert pids(renderer) == before
        await renderer.aclose()

    async def test_workers_end_when_their_parent_is_killed(self, tmp_path: Path) -> None:
        run = [sys.executable, "-c", PARENT, str(tmp_path)]
        parent = await asyncio.create_subprocess_exec(*run, stdout=subprocess.PIPE)
        assert parent.stdout is not None
        async with asyncio.timeout(60):
            workers = [int(pid) for pid in (await parent.stdout.readline()).split()]
        assert len(workers) == 2
        parent.kill()
        await parent.wait()
        for pid in workers:
            await ended(pid)


def _kill_yourself(picture: ChartSpec) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


PARENT = """
import asyncio, sys
from pathlib import Path
from bot.drawing import PoolChartRenderer

async def main():
    renderer = PoolChartRenderer(Path(sys.argv[1]))
    await renderer.start()
    print(*renderer._pool._processes, flush=True)
    await asyncio.Event().wait()

if __name__ == "__main__":
    asyncio.run(main())
"""
