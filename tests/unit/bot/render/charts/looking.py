"""Looking into a drawn figure: which words stand where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.text import Text

from bot.render.charts import build
from bot.render.charts.theme import own_settings

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

    from bot.render.chart_specs import ChartSpec


@dataclass(frozen=True)
class Words:
    """A text of the figure: kind as the chart named it, size in pixels, box in pixels from the lower left."""

    text: str
    kind: str
    size: float
    colour: Any
    box: Bbox


@dataclass(frozen=True)
class Drawn:
    """A figure with its texts in the order they were drawn."""

    figure: Figure
    words: tuple[Words, ...]

    def texts(self, kind: str) -> list[str]:
        """All texts of a kind."""
        return [words.text.replace("\u00a0", " ") for words in self.words if words.kind == kind]

    def boxes(self, kind: str) -> list[Bbox]:
        """Where the texts of a kind stand."""
        return [words.box for words in self.words if words.kind == kind]

    def artists(self, kind: str) -> list[Any]:
        """Everything that was drawn under this name, texts as well."""
        return [artist for artist in self.figure.get_children() if artist.get_gid() == kind]

    def overlaps(self) -> list[tuple[str, str]]:
        """Pairs of texts that touch, the watermark aside."""
        shown = [words for words in self.words if words.kind != "watermark"]
        return [(a.text, b.text) for a, b in combinations(shown, 2) if _touch(a.box, b.box)]

    def outside(self) -> list[str]:
        """Texts that the edge of the picture cuts."""
        width, height = self.figure.bbox.width, self.figure.bbox.height
        return [
            words.text
            for words in self.words
            if words.box.x0 < 0 or words.box.y0 < 0 or words.box.x1 > width or words.box.y1 > height
        ]


@cache
def look(picture: ChartSpec) -> Drawn:
    """Build a picture and measure its texts."""
    with own_settings():
        figure = build(picture)
        texts = [artist for artist in figure.get_children() if isinstance(artist, Text)]
        return Drawn(figure, tuple(_words(text) for text in texts if text.get_text()))


# Measures only, so one is enough for all, and it remembers what it measured.
_ruler: Any = RendererAgg
RULER = _ruler(1, 1, 72)


def _words(text: Text) -> Words:
    box = text.get_window_extent(RULER)
    return Words(text.get_text(), str(text.get_gid()), float(text.get_fontsize()), text.get_color(), box)


def _touch(a: Bbox, b: Bbox) -> bool:
    return bool(a.x0 < b.x1 and b.x0 < a.x1 and a.y0 < b.y1 and b.y0 < a.y1)
