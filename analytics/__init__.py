"""Arithmetic on funds: prices and profiles in, comparisons out.  No network, file, clock or drawing.

>>> from datetime import date
>>> import pandas as pd
>>> days = pd.to_datetime(["2026-01-12", "2026-01-13", "2026-01-14"])
>>> prices = pd.DataFrame({"AAA": [100.0, 99.0, 110.0], "BBB": [50.0, 51.0, 52.0]}, index=days)
>>> panel = PricePanel.from_frame(prices, source="by hand")
>>> answer = compare(panel, {}, Question(("AAA", "BBB"), parse_window("max"), date(2026, 1, 14)))
>>> round(answer.metrics["AAA"]["total_return"].value, 6)
0.1
>>> answer.metrics["AAA"]["sharpe"]
Number(value=None, reason='fewer than 15 returns')
"""

from analytics.comparison import Comparison, Question, compare
from analytics.errors import AnalyticsError, BadPanel, NoCommonHistory, UnknownWindow
from analytics.exposures import Concentration, Overlap, SectorComparison
from analytics.fund import Fact, FundProfile, Holding, IndexChange, Kind, SectorWeights
from analytics.measures import MEASURES, Sample, evaluate, table
from analytics.measures.drawdowns import Drawdown, drawdowns
from analytics.notes import Note, NoteKind
from analytics.number import Number
from analytics.panel import PricePanel
from analytics.returns import Period, Rate, calendar_years, trailing_returns
from analytics.window import Span, Window
from analytics.window import parse as parse_window

__all__ = [
    "MEASURES",
    "AnalyticsError",
    "BadPanel",
    "Comparison",
    "Concentration",
    "Drawdown",
    "Fact",
    "FundProfile",
    "Holding",
    "IndexChange",
    "Kind",
    "NoCommonHistory",
    "Note",
    "NoteKind",
    "Number",
    "Overlap",
    "Period",
    "PricePanel",
    "Question",
    "Rate",
    "Sample",
    "SectorComparison",
    "SectorWeights",
    "Span",
    "UnknownWindow",
    "Window",
    "calendar_years",
    "compare",
    "drawdowns",
    "evaluate",
    "parse_window",
    "table",
    "trailing_returns",
]
