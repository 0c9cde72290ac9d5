"""What the charts are drawn from: frozen data.  `bot.render.charts.draw` turns one into PNG bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import date

import numpy as np

from analytics.panel import DateArray, FloatArray


@dataclass(frozen=True, eq=False)
class GrowthPicture:
    """Growth of 100 with the underwater panel on the same time axis.

    sessions : (T,) the base close first
    growth : (N, T) value of 100 put in at the base close, NaN where no price is known
    drawdowns : (N, T) fraction below the highest value so far, 0 or negative, -0.23 = 23 % below
    worst : per symbol the session and depth (fraction, negative) of the deepest point, None: it never fell
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    sessions: DateArray
    growth: FloatArray
    drawdowns: FloatArray
    worst: tuple[tuple[date, float] | None, ...]
    simulated: bool = False
    name: str = "growth"


@dataclass(frozen=True, eq=False)
class SectorPicture:
    """Sector weights side by side.

    sectors : S names, the largest first
    weights : (N, S) fractions of net assets, 0.19 = 19 %, NaN where the source names no such sector
    active : (S,) first symbol less the reference (the last one), fractions; None for fewer than two symbols
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    sectors: tuple[str, ...]
    weights: FloatArray
    active: FloatArray | None
    simulated: bool = False
    name: str = "sectors"


Picture = GrowthPicture | SectorPicture


def content_key(picture: Picture, style: str) -> str:
    """Hex digest of everything that can change the picture: two equal keys are the same bytes."""
    digest = hashlib.sha256(f"{style}/{type(picture).__name__}".encode())
    for field in fields(picture):
        value = getattr(picture, field.name)
        digest.update(f"|{field.name}=".encode())
        digest.update(_bytes(value))
    return digest.hexdigest()


def _bytes(value: object) -> bytes:
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}".encode() + np.ascontiguousarray(value).tobytes()
    return repr(value).encode()
