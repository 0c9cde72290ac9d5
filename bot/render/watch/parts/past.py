"""How often a rule would have fired, in words; plain text, not escaped."""

from __future__ import annotations

from analytics.watch.backtest import Backtest, Outcome
from analytics.watch.rules import Rule
from bot.render import text
from bot.render.watch.parts.state import sessions

_MONTHS = 12
ROUNDING = 0.05
"""Years that a tenth of a year rounds over."""


def past_words(rule: Rule, back: Backtest | None) -> str:
    """How often and for how long: "In the 5 years to 16 Jan 2026 it would have fired 3 times, …"."""
    if any(condition.quantity.is_fact for condition in rule.conditions):
        return "There is no history to test it on: a fund's facts are known for today only."
    if back is None:
        return "It was not tested on the past."
    if back.start is None or back.end is None:
        return "There is no history to test it on: no session has a full window."
    return f"In {_stretch(back)} it would {_did(back.asked)}."


def noise_words(back: Backtest | None) -> str | None:
    """That a rule fires often, and which confirmation would halve it; None for a calm one."""
    if back is None or not back.noisy:
        return None
    often = f"{often_words(back.asked.fired)} in {_years(back)}"
    words = f"This is noise rather than a warning: it would have fired {often}"
    if back.suggested is None:
        return f"{words}, and a longer confirmation does not halve it."
    confirm, fired = back.suggested.policy.confirm, back.suggested.fired
    less = f"makes it {fired}" if fired else "would have kept it silent"
    return f"{words}; `for {confirm} sessions` {less}."


def _stretch(back: Backtest) -> str:
    years = _years(back).removeprefix(f"1{text.NBSP}")
    return f"the {years} to {text.day(back.end)}" if back.end else "no time"


def _did(outcome: Outcome) -> str:
    if not outcome.fired:
        return "not have fired"
    is_open = outcome.incidents[-1].recovered is None
    if outcome.fired == 1:
        still = ", and still be open" if is_open else ""
        return f"have fired once, for {sessions(outcome.sessions)}{still}"
    still = "; the last one is still open" if is_open else ""
    return (
        f"have fired {often_words(outcome.fired)}, for {sessions(outcome.sessions)} in all, "
        f"the longest {outcome.longest}{still}"
    )


def often_words(count: int) -> str:
    """ "once", "twice", "9 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{text.count(count)} times")


def _years(back: Backtest) -> str:
    """ "5 years", "2.4 years", "7 months", "12 sessions": as long as the data are, not as was asked."""
    # A year of sessions may lack a day of the calendar's.
    if back.years >= 1 - ROUNDING:
        shown = f"{back.years:.1f}".removesuffix(".0")
        return f"{shown}{text.NBSP}{'year' if shown == '1' else 'years'}"
    months = int(back.years * _MONTHS)
    if months >= 1:
        return f"{months}{text.NBSP}{'month' if months == 1 else 'months'}"
    return sessions(back.asked.known)
