"""A figure to PNG bytes."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure

# Charts are flat colour: rows left unfiltered at level 3 take 0.45 of the time of Pillow's adaptive filters
# at the same level and come out a sixth smaller; level 6 saves a tenth more in two and a half times the time.
LEVEL = 3
UNFILTERED = 0
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def encode(figure: Figure) -> bytes:
    """RGB, 8 bits a channel, no metadata: the bytes depend on the drawing alone."""
    # Inches times dots an inch can come out a hair below a whole pixel, which would be cut.
    across, down = (round(length) for length in figure.bbox.size)
    renderer = _renderer(across, down, figure.dpi)
    renderer.clear()
    figure.draw(renderer)
    rgb = np.asarray(renderer.buffer_rgba())[:, :, :3]
    height, width, channels = rgb.shape
    rows = np.full((height, 1 + width * channels), UNFILTERED, dtype=np.uint8)
    rows[:, 1:] = rgb.reshape(height, width * channels)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        SIGNATURE
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows.tobytes(), LEVEL))
        + _chunk(b"IEND", b"")
    )


@lru_cache(maxsize=2)
def _renderer(width: int, height: int, dpi: float) -> Any:
    """Kept from chart to chart, with its 8 MB of pixels and the widths of the texts it has measured.

    One for each figure would pile up: figures are rings of references that wait for the garbage collector.
    """
    renderer: Any = RendererAgg
    return renderer(width, height, dpi)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
