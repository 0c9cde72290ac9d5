"""One function per number, vectorised over symbols; `MEASURES` is the table of them all."""

from analytics.measures import capture, growth, periods, ratios, regression, relative, risk, shape
from analytics.measures.described import Better, Bounds, Described, Unit, Words
from analytics.measures.registry import MEASURES, Measure, evaluate, table
from analytics.measures.sample import PERIODS, Sample

__all__ = [
    "MEASURES",
    "PERIODS",
    "Better",
    "Bounds",
    "Described",
    "Measure",
    "Sample",
    "Unit",
    "Words",
    "capture",
    "evaluate",
    "growth",
    "periods",
    "ratios",
    "regression",
    "relative",
    "risk",
    "shape",
    "table",
]
