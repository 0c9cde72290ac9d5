"""One function per number, vectorised over symbols; `MEASURES` is the table of them all."""

from analytics.measures import capture, growth, periods, ratios, relative, risk, shape
from analytics.measures.registry import MEASURES, Bounds, Measure, Unit, evaluate, table
from analytics.measures.sample import PERIODS, Sample

__all__ = [
    "MEASURES",
    "PERIODS",
    "Bounds",
    "Measure",
    "Sample",
    "Unit",
    "capture",
    "evaluate",
    "growth",
    "periods",
    "ratios",
    "relative",
    "risk",
    "shape",
    "table",
]
