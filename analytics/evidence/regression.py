"""Least squares, and estimates with their t and interval; errors allow for correlation from week to week."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.evidence.significance import adjust_holm, p_value
from analytics.measures.number import Interval, Number
from analytics.panel import FloatArray

LEVEL = 0.95
QUANTILE = 1.959963984540054
"""Of the standard normal distribution, two-sided for `LEVEL`."""

FALSE_ALARM = 0.05
"""How often something may be found where there is nothing."""

CLEAR = 2.0
"""A t below this, either way, is not distinguishable from zero."""

NEWEY_WEST = "normal, Newey-West errors"

CONDITION = 30.0
"""From here on factors are so alike that single coefficients say little (Belsley, Kuh and Welsch 1980)."""

SINGULAR = 1e8
"""A condition number from which on no coefficient is computed: half of the digits are gone."""

EXACT = 1e-20
"""Share of a fund's variance below which what is left unexplained is rounding."""

STILL = 1e-12
"""Returns whose deviation is not above this do not vary, as in the table of measures."""


@dataclass(frozen=True)
class Estimate:
    """A number estimated from a sample, and how well.

    value : in the unit of whoever made it
    t : the value in standard errors
    interval : of `LEVEL`; it says why where the value stands alone
    """

    value: Number
    t: Number
    interval: Interval

    @property
    def reason(self) -> str | None:
        """Why nothing is known of how good it is, or nothing at all; None where all is known."""
        return self.interval.reason

    @property
    def is_clear(self) -> bool:
        """True where it can be told from zero: a t of at least `CLEAR`, either way."""
        return self.t.value is not None and abs(self.t.value) >= CLEAR

    @classmethod
    def undefined(cls, reason: str) -> Estimate:
        """Make an estimate of nothing, and say why there is none."""
        return cls.of(math.nan, math.nan, NEWEY_WEST, reason)

    @classmethod
    def of(cls, value: float, error: float, method: str, reason: str | None = None) -> Estimate:
        """Make an estimate of a value and its standard error.

        Parameters
        ----------
        value, error : NaN where there is none; an error of zero is none either: no sample is that sure
        reason : why the value, or the error alone, is not known

        Examples
        --------
        >>> found = Estimate.of(0.5, 0.2, "by hand")
        >>> round(found.t.value, 3), round(found.interval.low, 3), round(found.interval.high, 3)
        (2.5, 0.108, 0.892)
        >>> Estimate.of(0.5, math.nan, "by hand", "one month").interval.reason
        'one month'
        """
        why = reason or "the sample has no error to judge by"
        sure = error if math.isfinite(value) and error > 0 else math.nan
        half = QUANTILE * sure
        return cls(
            Number.of(value, why),
            Number.of(value / sure, why),
            Interval.of(value - half, value + half, level=LEVEL, method=method, reason=why),
        )


@dataclass(frozen=True, eq=False)
class Regression:
    """Lines of N funds on the same K factors, with an intercept.

    coefficients, errors : (N, K + 1) the intercept first; standard errors after Newey and West
    r_squared : (N,) share of the variance that the factors explain
    reasons : of N, why a fund has no errors: all NaN where nothing could be computed, its R squared where it
        does not vary; None where it has
    condition : of the intercept and the factors, each scaled to length one; NaN where it is not known
    count, lags : how many returns, and over how many of them the errors allow for correlation
    """

    coefficients: FloatArray
    errors: FloatArray
    r_squared: FloatArray
    reasons: tuple[str | None, ...]
    condition: float
    count: int
    lags: int

    def estimate(self, row: int, column: int, scale: float = 1.0) -> Estimate:
        """Take one coefficient of one fund, times `scale`: column 0 is the intercept."""
        value, error = self.coefficients[row, column] * scale, self.errors[row, column] * abs(scale)
        return Estimate.of(float(value), float(error), NEWEY_WEST, self.reasons[row])

    def explained(self, row: int) -> Number:
        """Take the R squared of one fund."""
        return Number.of(float(self.r_squared[row]), self.reasons[row])


def newey_west_lags(count: int) -> int:
    """Return over how many returns correlation is allowed for: floor(4 (T / 100)^(2/9)).

    References
    ----------
    Newey and West 1994.

    >>> newey_west_lags(59), newey_west_lags(100), newey_west_lags(261)
    (3, 4, 4)
    """
    return math.floor(4.0 * math.pow(count / 100.0, 2.0 / 9.0))


def regress(
    returns: FloatArray,
    factors: FloatArray,
    *,
    fewest: int = 0,
    periods: str = "returns",
    lags: int | None = None,
) -> Regression:
    """Fit a line with an intercept to each row of returns, by least squares.

    The errors are those of Newey and West: Bartlett weights 1 - j / (L + 1), and the factor T / (T - K - 1)
    for a small sample.

    Parameters
    ----------
    returns : (N, T) fraction, no NaN
    factors : (K, T) in any unit, no NaN
    fewest : returns below which nothing is computed; at least K + 3 in any case
    periods : what the returns are of, for the reason: "weeks"
    lags : L; `newey_west_lags` where not given

    Returns
    -------
    Regression.  NaN with a reason where the returns are too few, and where the factors do not vary or move
    as one, so that their coefficients are not told apart.

    References
    ----------
    Newey and West 1987.  Equal to statsmodels' OLS(...).fit(cov_type="HAC", cov_kwds={"maxlags": L,
    "use_correction": True}), and to R's NeweyWest(lag=L, prewhite=FALSE, adjust=TRUE).

    Examples
    --------
    >>> market = np.array([[1.0, 2.0, 3.0, 4.0, 5.0]])
    >>> found = regress(np.array([[1.1, 1.9, 3.2, 3.8, 5.0]]), market, lags=1)
    >>> found.coefficients.round(4).tolist(), found.errors.round(4).tolist()
    ([[0.09, 0.97]], [[0.0742, 0.0244]])
    >>> found.r_squared.round(4).tolist()
    [0.9904]
    """
    design = np.vstack([np.ones(returns.shape[1]), factors])
    width, count = design.shape
    lags = newey_west_lags(max(count, 1)) if lags is None else lags
    if count < max(fewest, width + 2):
        few = f"fewer than {max(fewest, width + 2)} {periods}"
        return unfitted(returns.shape[0], width - 1, few, count, lags)
    # A yield moves by tens of basis points where a market moves by hundredths: scaled, no digits are lost.
    norms = np.sqrt(np.vecdot(design, design))
    scaled = design / np.where(norms > 0, norms, 1.0)[:, None]
    condition = float(np.linalg.cond(scaled))
    if not condition < SINGULAR:
        alike = "factors that do not vary, or move as one"
        return unfitted(returns.shape[0], width - 1, alike, count, lags)
    basis, triangle = np.linalg.qr(scaled.T)
    solved = np.linalg.inv(triangle)
    slopes = returns @ basis @ solved.T
    left = returns - slopes @ scaled
    spread = returns - returns.mean(axis=1, keepdims=True)
    unexplained, total = np.vecdot(left, left), np.vecdot(spread, spread)
    still = total <= count * STILL**2
    exact = unexplained <= EXACT * np.vecdot(returns, returns)
    errors = _errors(left, basis, solved, lags) / norms
    return Regression(
        coefficients=slopes / norms,
        errors=np.where((exact | still)[:, None], np.nan, errors),
        r_squared=np.where(still, np.nan, 1.0 - unexplained / np.where(still, 1.0, total)),
        reasons=tuple(_why(*each) for each in zip(still.tolist(), exact.tolist(), strict=True)),
        condition=condition,
        count=count,
        lags=lags,
    )


def _why(still: bool, exact: bool) -> str | None:
    """Say why a fund has no errors."""
    if still:
        return "the returns do not vary"
    return "made of the factors, with nothing left over" if exact else None


def _errors(left: FloatArray, basis: FloatArray, solved: FloatArray, lags: int) -> FloatArray:
    """Return (N, K + 1) standard errors of coefficients on scaled factors.

    left : (N, T) residuals; basis : (T, K + 1) orthonormal; solved : (K + 1, K + 1) from it to coefficients
    """
    count, width = basis.shape
    scores = left[:, :, None] * basis
    covariance = scores.transpose(0, 2, 1) @ scores
    for lag in range(1, min(lags, count - 1) + 1):
        lagged = scores[:, lag:].transpose(0, 2, 1) @ scores[:, :-lag]
        covariance += (1.0 - lag / (lags + 1.0)) * (lagged + lagged.transpose(0, 2, 1))
    covariance = solved @ covariance @ solved.T * (count / (count - width))
    squares: FloatArray = np.diagonal(covariance, axis1=1, axis2=2)
    return np.sqrt(np.maximum(squares, 0.0))


def unfitted(funds: int, factors: int, reason: str, count: int = 0, lags: int = 0) -> Regression:
    """Make the regression of so many funds on so many factors that could not be computed, and say why."""
    unknown = np.full((funds, factors + 1), np.nan)
    return Regression(unknown, unknown, np.full(funds, np.nan), (reason,) * funds, math.nan, count, lags)


def mean_estimate(values: Sequence[float] | FloatArray, fewest: int, periods: str) -> Estimate:
    """Estimate the mean of values that do not follow one another, such as months of one kind.

    Parameters
    ----------
    values : (n,) in any unit, no NaN
    fewest : below so many there is a mean, but neither t nor interval
    periods : what they are, for the reason and the method: "months"

    Returns
    -------
    Estimate in their unit: standard error sd / sqrt(n), ddof 1, and the normal distribution.

    Examples
    --------
    >>> found = mean_estimate([0.01, 0.03, 0.02, 0.04], 3, "months")
    >>> round(found.value.value, 4), round(found.t.value, 4), round(found.interval.low, 4)
    (0.025, 3.873, 0.0123)
    >>> mean_estimate([0.01], 3, "months").reason
    'fewer than 3 months'
    """
    held = np.asarray(values, dtype=np.float64)
    if held.size == 0:
        return Estimate.of(math.nan, math.nan, "", f"no {periods}")
    mean = float(held.mean())
    if held.size < max(fewest, 2):
        return Estimate.of(mean, math.nan, "", f"fewer than {max(fewest, 2)} {periods}")
    error = float(held.std(ddof=1)) / math.sqrt(held.size)
    sure = error if error > 1e-15 else math.nan
    return Estimate.of(
        mean, sure, f"normal, independent {periods}", None if sure == sure else "the values do not vary"
    )


def stand_out(estimates: Sequence[Estimate]) -> tuple[bool, ...]:
    """Tell which of several estimates can be told from zero although so many were looked at (Holm, 5 %).

    Of ten values that are nothing, one is beyond a t of 2 in four of ten worlds.

    >>> def of(t: float) -> Estimate:
    ...     return Estimate(Number(t), Number(t), Interval.of(t - 2.0, t + 2.0, level=0.95, method="by hand"))
    >>> stand_out([of(2.1), of(0.3), of(-3.5)]), stand_out([of(2.1)])
    ((False, False, True), (True,))
    """
    values = [math.nan if each.t.value is None else p_value(each.t.value, 1.0) for each in estimates]
    return tuple(adjusted < FALSE_ALARM for adjusted in adjust_holm(values))
