"""What is asked after a comparison: moving windows, pairs, months, positions, and how a number came about."""

from analytics.studies.correlations import Correlated, correlated
from analytics.studies.months import MonthlyGrid, monthly_grid
from analytics.studies.positions import Holdings, Shared, holdings
from analytics.studies.rolling import Rolled, rolled
from analytics.studies.workings import Working, worked

__all__ = [
    "Correlated",
    "Holdings",
    "MonthlyGrid",
    "Rolled",
    "Shared",
    "Working",
    "correlated",
    "holdings",
    "monthly_grid",
    "rolled",
    "worked",
]
