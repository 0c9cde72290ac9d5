"""What is asked after a comparison: moving windows, pairs, months, positions, and how a number came about."""

from analytics.studies import against, alone
from analytics.studies.correlations import Correlated, correlated
from analytics.studies.months import MonthlyGrid, monthly_grid
from analytics.studies.positions import Holdings, Shared, holdings
from analytics.studies.rolling import Rolled, rolled
from analytics.studies.steps import RECIPES, Step, StepUnit
from analytics.studies.workings import Working, worked

__all__ = [
    "RECIPES",
    "Correlated",
    "Holdings",
    "MonthlyGrid",
    "Rolled",
    "Shared",
    "Step",
    "StepUnit",
    "Working",
    "against",
    "alone",
    "correlated",
    "holdings",
    "monthly_grid",
    "rolled",
    "worked",
]
