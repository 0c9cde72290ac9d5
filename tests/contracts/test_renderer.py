"""What every chart renderer notices: one suite for those that draw here and in processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot import files
from bot.drawing import InlineChartRenderer, PoolChartRenderer
from bot.ports import ChartRenderer
from bot.render import charts
from bot.render.chart_specs import ChartSpec, content_key
from tests.pictures import sector_picture

FIRST = sector_picture(np.array([[0.6, 0.4]]), symbols=("AAA",), sectors=("Technology", "Energy"))
SECOND = replace(FIRST, name="second", title="Another")

RENDERERS = [
    pytest.param(InlineChartRenderer, id="inline"),
    pytest.param(PoolChartRenderer, id="pool", marks=pytest.mark.slow),
]

draw = cache(charts.draw)


@pytest.fixture(params=RENDERERS)
async def renderer(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ChartRenderer]:
    made: InlineChartRenderer | PoolChartRenderer = request.param(tmp_path)
    yield made
    await made.aclose()


class Kept:
    """The file of the first picture."""

    def __init__(self, home: Path) -> None:
        (home / "charts").mkdir()
        self._key = content_key(FIRST, charts.STYLE)
        self._path = home / "charts" / f"{self._key}.png"

    def read(self) -> bytes:
        return files.unseal(self._key, self._path.read_bytes())

    def write(self, content: bytes) -> None:
        self._path.write_bytes(files.seal(self._key, content))

    def damage(self, how: str) -> None:
        whole = self._path.read_bytes()
        self._path.unlink()
        if how == "a folder":
            self._path.mkdir()
        else:
            self._path.write_bytes(_damaged(whole, how))


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


async def test_pictures_come_back_by_name_as_the_charts_draw_them(renderer: ChartRenderer) -> None:
    drawn = await renderer.draw([FIRST, SECOND])
    assert dict(drawn) == {"sectors": draw(FIRST), "second": draw(SECOND)}


async def test_nothing_asked_is_nothing_drawn(renderer: ChartRenderer) -> None:
    assert dict(await renderer.draw([])) == {}


async def test_what_is_drawn_is_kept(renderer: ChartRenderer, kept: Kept) -> None:
    await renderer.draw([FIRST])
    assert kept.read() == draw(FIRST)


async def test_what_is_kept_is_not_drawn_again(renderer: ChartRenderer, kept: Kept) -> None:
    kept.write(draw(SECOND))
    assert (await renderer.draw([FIRST]))["sectors"] == draw(SECOND)


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "flipped", "a folder", "another picture"])
async def test_a_damaged_file_is_drawn_again(
    renderer: ChartRenderer, kept: Kept, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    kept.write(draw(FIRST))
    kept.damage(damage)
    assert (await renderer.draw([FIRST]))["sectors"] == draw(FIRST)
    assert caplog.text.count("the chart is drawn again") == 1
    if damage != "a folder":
        assert kept.read() == draw(FIRST)


async def test_a_picture_can_be_looked_at_where_it_is_kept(renderer: ChartRenderer, tmp_path: Path) -> None:
    await renderer.draw([FIRST])
    (file,) = (tmp_path / "charts").iterdir()
    with Image.open(file) as image, Image.open(BytesIO(draw(FIRST))) as drawn:
        assert image.tobytes() == drawn.tobytes()


def _damaged(png: bytes, how: str) -> bytes:
    middle = len(png) // 2
    flipped = png[:middle] + bytes([png[middle] ^ 1]) + png[middle + 1 :]
    other = files.seal("another key", draw(SECOND))
    contents = {"empty": b"", "text": b"not a picture", "cut": png[:middle], "flipped": flipped}
    return {**contents, "another picture": other}[how]


async def test_many_at_once_get_the_same(renderer: ChartRenderer) -> None:
    answers = await asyncio.gather(*(renderer.draw([FIRST]) for _ in range(5)))
    assert {answer["sectors"] for answer in answers} == {draw(FIRST)}


async def test_a_picture_that_cannot_be_drawn_says_why_and_spoils_nothing(renderer: ChartRenderer) -> None:
    nobody: ChartSpec = replace(FIRST, symbols=())
    with pytest.raises(ValueError, match="1 to 6 symbols; given: none"):
        await renderer.draw([nobody])
    assert set(await renderer.draw([SECOND])) == {"second"}
