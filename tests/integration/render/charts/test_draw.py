"""The same picture is the same bytes, whatever happened before and wherever it is drawn."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import matplotlib
import pytest

from bot.render.chart_specs import ChartSpec
from bot.render.charts import draw
from tests.pictures import SYMBOLS, growth_picture, sector_picture, walk

A = growth_picture(simulated=True)
B = sector_picture(symbols=SYMBOLS[:1])
SAME_SIZE = growth_picture(walk(2, 60), simulated=True)

SCRIPT = """
import hashlib, sys
assert "matplotlib" not in sys.modules
import bot.drawing, bot.render.charts, bot.render.chart_specs
assert "matplotlib" not in sys.modules, "importing must not import matplotlib"
from bot.render.charts import draw
from tests.pictures import SYMBOLS, growth_picture, sector_picture
A, B = growth_picture(simulated=True), sector_picture(symbols=SYMBOLS[:1])
pictures = [B, A] if sys.argv[1] == "B first" else [A, B]
drawn = {picture.name: hashlib.sha256(draw(picture)).hexdigest() for picture in pictures}
assert "matplotlib.pyplot" not in sys.modules
print(drawn[A.name], drawn[B.name])
"""


@pytest.mark.slow
def test_neither_pictures_before_nor_settings_of_the_user_show() -> None:
    first, other = draw(A), draw(B)
    assert draw(SAME_SIZE) != first
    theirs: Any = {"font.size": 30, "text.antialiased": False, "path.snap": False, "text.usetex": True}
    with matplotlib.rc_context(theirs):
        assert draw(B) == other
        assert draw(A) == first


@pytest.mark.slow
def test_other_processes_draw_the_same_bytes() -> None:
    here = [hashlib.sha256(draw(picture)).hexdigest() for picture in (A, B)]
    for order in ("A first", "B first"):
        run = [sys.executable, "-W", "error", "-c", SCRIPT, order]
        done = subprocess.run(run, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.split() == here


@pytest.mark.slow
def test_threads_draw_the_same_bytes() -> None:
    pictures: list[ChartSpec] = [A, SAME_SIZE, B] * 3
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(draw, pictures))
    assert drawn == [draw(picture) for picture in pictures]


MEMORY = """
from resource import RUSAGE_SELF, getrusage
from bot.render.charts import draw
from tests.pictures import growth_picture, walk
for seed in range(41):
    draw(growth_picture(walk(2, 252, seed=seed), title=f"number {seed}"))
    if seed in (0, 40):
        print(getrusage(RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_forty_charts_need_hardly_more_memory_than_one() -> None:
    run = [sys.executable, "-c", MEMORY]
    done = subprocess.run(run, capture_output=True, text=True, timeout=120, check=True)
    one, forty = (int(peak) for peak in done.stdout.split())
    assert forty < 1.25 * one
