"""The file holds the drawing and nothing else."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from bot.render.charts import build, draw
from bot.render.charts.theme import own_settings
from tests.pictures import SYMBOLS, growth_picture, sector_picture, walk


def chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    """Kind and data of each part, its checksum proved."""
    found, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length]) == (zlib.crc32(kind + data),)
        found.append((kind, data))
        at += 12 + length
    return found


@pytest.fixture(scope="module")
def png() -> bytes:
    return draw(sector_picture())


@pytest.mark.slow
def test_another_reader_sees_the_pixels_that_matplotlib_draws(png: bytes) -> None:
    with own_settings():
        canvas: Any = FigureCanvasAgg(build(sector_picture()))
        canvas.draw()
    with Image.open(BytesIO(png)) as image:
        assert image.mode == "RGB"
        assert np.array_equal(np.asarray(image), np.asarray(canvas.buffer_rgba())[:, :, :3])


def test_the_file_has_no_metadata_and_is_sized_for_phones(png: bytes) -> None:
    parts = chunks(png)
    assert [kind for kind, _ in parts] == [b"IHDR", b"IDAT", b"IEND"]
    width, height, *form = struct.unpack(">IIBBBBB", parts[0][1])
    assert (width, form) == (1600, [8, 2, 0, 0, 0])
    assert 900 <= height <= 1300


@pytest.mark.slow
def test_files_stay_small() -> None:
    assert len(draw(growth_picture())) < 300_000
    assert len(draw(growth_picture(walk(2, 2520)))) < 300_000
    assert len(draw(sector_picture())) < 300_000
    assert len(draw(growth_picture(walk(6, 2520), symbols=SYMBOLS, simulated=True))) < 450_000
