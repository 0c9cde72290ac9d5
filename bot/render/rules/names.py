"""What a rule is called wherever it is named: its number and a short name, the same everywhere; not escaped.

R7 ISCB Sortino below 1.0
R8 ISCB Calmar or Sortino below 1.0
R9 2 of 3: ISCB Sortino below 1.0, Sharpe below 0.5, drawdown below -20 %
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analytics.watch.rules import YEAR, Condition, Quantity, Rule
from bot.model import RuleVersion
from bot.render import text
from bot.render.measures import short_name
from bot.render.rules.conditions import cut_symbol, threshold_words
from bot.render.text import NAME_LENGTH, one_line

LONGEST = 70
"""Characters of a short name: with its number it fits a button and a line of a phone."""
_ZEROS = re.compile(r"(?<=\d)\.(\d*?)0+(?!\d)")
_WHOLE = re.compile(r"[-+]?[\d,]+")


def rule_name(watched: RuleVersion) -> str:
    """Name a rule: "R7 ISCB Sortino below 1.0"; one that is only tried has no number."""
    return f"{watched.name} {rule_title(watched)}" if watched.number else rule_title(watched)


def safe_rule_name(watched: RuleVersion) -> str:
    """Name a rule as `rule_name` does, in safe mrkdwn."""
    return text.escape(rule_name(watched))


def rule_title(watched: RuleVersion) -> str:
    """Name a rule where its number stands apart."""
    return short_rule(watched.rule)


def short_rule(rule: Rule) -> str:
    """Write "ISCB Sortino below 1.0", "ISCB Calmar or Sortino below 1.0", "2 of 3: ISCB Sortino …"."""
    count = len(rule.conditions)
    some = f"{rule.needed} of {count}: " if 1 < rule.needed < count else ""
    whole = f"{some}{_joined(rule.conditions, _link(rule))}"
    if len(whole) <= LONGEST:
        return whole
    if count == 1:
        return one_line(whole, LONGEST)
    first = one_line(_joined(rule.conditions[:1], ""), LONGEST - 12)
    lead = {1: "any of", count: "all of"}.get(rule.needed, f"{rule.needed} of")
    return f"{lead} {count}: {first} …"


def _link(rule: Rule) -> str:
    return {1: " or ", len(rule.conditions): " and "}.get(rule.needed, ", ")


def _joined(conditions: Sequence[Condition], link: str) -> str:
    """Name the fund once where all are about it, and the threshold once where all share it."""
    funds = list(dict.fromkeys(_fund(each.quantity) for each in conditions))
    measured = [_measured(each.quantity) for each in conditions]
    beyond = [_beyond(each) for each in conditions]
    if len(funds) > 1:
        whole = [" ".join(each) for each in zip(map(_fund_of, conditions), measured, beyond, strict=True)]
        return link.join(whole)
    if len(set(beyond)) == 1:
        return f"{funds[0]} {link.join(measured)} {beyond[0]}"
    return f"{funds[0]} {link.join(f'{what} {how}' for what, how in zip(measured, beyond, strict=True))}"


def _fund_of(condition: Condition) -> str:
    return _fund(condition.quantity)


def _fund(quantity: Quantity) -> str:
    joint = f" {quantity.combine} {cut_symbol(quantity.other)}" if quantity.other else ""
    return f"{cut_symbol(quantity.symbol)}{joint}"


def _measured(quantity: Quantity) -> str:
    """Return the measure, with the window where it is not the usual one."""
    usual = quantity.windowless or quantity.window == YEAR
    return f"{one_line(short_name(quantity), NAME_LENGTH)}{'' if usual else f' {quantity.window.label}'}"


def _beyond(condition: Condition) -> str:
    said = condition.op.words
    if not condition.op.has_threshold:
        return condition.op.value
    return f"{said.fires or said.breach} {_short_threshold(condition)}"


def _short_threshold(condition: Condition) -> str:
    """Return the threshold without zeros that tell nothing: "1.0", "0.95", "-15 %", "0"."""
    whole = threshold_words(condition)
    if condition.threshold == 0:
        return whole.replace("0.00", "0").replace("0.0", "0").lstrip("+")
    short = _ZEROS.sub(lambda found: f".{found[1]}" if found[1] else "", whole)
    return f"{short}.0" if "." in whole and _WHOLE.fullmatch(short) else short
