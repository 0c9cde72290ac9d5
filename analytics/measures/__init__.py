"""One function per number, vectorised over symbols; `MEASURES` is the table of them all."""

from analytics.measures import growth, ratios, regression, relative, risk, shape
from analytics.measures.number import Better, Bounds, Described, Unit, Words
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
    "evaluate",
    "growth",
    "ratios",
    "regression",
    "relative",
    "risk",
    "shape",
    "table",
]
