"""Arithmetic on funds: prices and profiles in, comparisons and decisions out.

No network, file, clock or drawing.

>>> from datetime import date
>>> import pandas as pd
>>> days = pd.to_datetime(["2026-01-12", "2026-01-13", "2026-01-14"])
>>> prices = pd.DataFrame({"AAA": [100.0, 99.0, 110.0], "BBB": [50.0, 51.0, 52.0]}, index=days)
>>> panel = PricePanel.from_frame(prices, source="by hand")
>>> answer = compare(panel, {}, Query(("AAA", "BBB"), parse_window("max"), date(2026, 1, 14)))
>>> round(answer.metrics["AAA"]["total_return"].value, 6)
0.1
>>> answer.metrics["AAA"]["sharpe"]
Number(value=None, reason='fewer than 15 returns')
"""

from analytics.comparison import Comparison, compare
from analytics.correlations import CorrelationMatrix, correlate
from analytics.errors import AnalyticsError, BadPanel, BadRule, NoCommonHistory, UnknownWindow
from analytics.evidence.edge import (
    Edge,
    Turn,
    each_against,
    find_edge,
    first_against_others,
    last_quarter,
    weigh_window,
)
from analytics.evidence.gaps import EdgeRow, Judgement, Verdict
from analytics.evidence.intervals import Gap
from analytics.explain import Explanation, explain
from analytics.exposures import Concentration, Holdings, Overlap, SectorComparison, SharedPosition, holdings
from analytics.fund import Basis, Fact, FundProfile, Holding, IndexChange, Kind, SectorWeights
from analytics.measures import MEASURES, Sample, evaluate, table
from analytics.measures.drawdowns import Drawdown, Episode, drawdowns, episodes
from analytics.measures.number import Interval, Number
from analytics.measures.steps import Step, StepUnit
from analytics.months import MonthlyGrid, monthly_grid
from analytics.notes import Note, NoteKind
from analytics.panel import Doubt, DoubtKind, Exchange, PricePanel
from analytics.query import Query, settle_regime
from analytics.returns import Period, Rate, calendar_years, trailing_returns
from analytics.rolling import RollingMeasures, roll_measures
from analytics.watch.backtest import Backtest, Incident, Outcome, backtest, incidents, replay
from analytics.watch.followed import Followed, follow
from analytics.watch.operators import Op
from analytics.watch.readings import Reading, Readings, read
from analytics.watch.rules import WATCHABLE, Combine, Condition, Quantity, Rule
from analytics.watch.since import Since, since_fired
from analytics.watch.states import (
    Acknowledgement,
    Announcement,
    Decision,
    Phase,
    Policy,
    Reason,
    State,
    Transition,
)
from analytics.watch.transitions import decide, restate
from analytics.window import Span, Window
from analytics.window import parse as parse_window

__all__ = [
    "MEASURES",
    "WATCHABLE",
    "Acknowledgement",
    "AnalyticsError",
    "Announcement",
    "Backtest",
    "BadPanel",
    "BadRule",
    "Basis",
    "Combine",
    "Comparison",
    "Concentration",
    "Condition",
    "CorrelationMatrix",
    "Decision",
    "Doubt",
    "DoubtKind",
    "Drawdown",
    "Edge",
    "EdgeRow",
    "Episode",
    "Exchange",
    "Explanation",
    "Fact",
    "Followed",
    "FundProfile",
    "Gap",
    "Holding",
    "Holdings",
    "Incident",
    "IndexChange",
    "Interval",
    "Judgement",
    "Kind",
    "MonthlyGrid",
    "NoCommonHistory",
    "Note",
    "NoteKind",
    "Number",
    "Op",
    "Outcome",
    "Overlap",
    "Period",
    "Phase",
    "Policy",
    "PricePanel",
    "Quantity",
    "Query",
    "Rate",
    "Reading",
    "Readings",
    "Reason",
    "RollingMeasures",
    "Rule",
    "Sample",
    "SectorComparison",
    "SectorWeights",
    "SharedPosition",
    "Since",
    "Span",
    "State",
    "Step",
    "StepUnit",
    "Transition",
    "Turn",
    "UnknownWindow",
    "Verdict",
    "Window",
    "backtest",
    "calendar_years",
    "compare",
    "correlate",
    "decide",
    "drawdowns",
    "each_against",
    "episodes",
    "evaluate",
    "explain",
    "find_edge",
    "first_against_others",
    "follow",
    "holdings",
    "incidents",
    "last_quarter",
    "monthly_grid",
    "parse_window",
    "read",
    "replay",
    "restate",
    "roll_measures",
    "settle_regime",
    "since_fired",
    "table",
    "trailing_returns",
    "weigh_window",
]
