"""A rule as text that is read as the same rule."""

from __future__ import annotations

import re

from analytics.returns import ZERO
from analytics.watch.rules import Condition, Op, Quantity, Rule
from analytics.watch.states import Policy
from bot.language.rule.amounts import amount_text, scale_of
from bot.language.rule.folding import pieces
from bot.language.rule.pieces import Fund
from bot.language.rule.vocabulary import SECTORS, TAKEN, VERBS, named
from bot.language.windows import OPENERS
from bot.language.words import rate_text


def write(rule: Rule, policy: Policy) -> str:
    """The rule and how patient it is, with every default spelled out but that of the recovery."""
    text = _several(rule, policy) if len(rule.conditions) > 1 else _single(rule.conditions[0], policy)
    return f"{text}{_then(rule)}{_rate(rule)}"


def symbol_text(symbol: str) -> str:
    """The symbol as it is read back: with a `$` where it would be read as something else."""
    word = symbol.lower()
    other = (
        word in {*TAKEN, *VERBS, *OPENERS} or re.fullmatch(r"r\d+", word) or pieces(symbol) != [Fund(symbol)]
    )
    return f"${symbol}" if other else symbol


def sessions(count: int) -> str:
    """1 -> "1 session", 5 -> "5 sessions"."""
    return f"{count} session{'s' * (count != 1)}"


def _single(condition: Condition, policy: Policy) -> str:
    value = _recovery(condition)
    patience = f" for {sessions(policy.recover)}" if policy.recover is not None else ""
    recover = f" recover{value}{patience}" if value or patience else ""
    return f"{_funds(condition.quantity)} {_held(condition)} for {sessions(policy.confirm)}{recover}"


def _several(rule: Rule, policy: Policy) -> str:
    funds = dict.fromkeys(_funds(condition.quantity) for condition in rule.conditions)
    shared = next(iter(funds)) if len(funds) == 1 else None
    listed = []
    for condition in rule.conditions:
        own = "" if shared else f"{_funds(condition.quantity)} "
        value = _recovery(condition)
        listed.append(f"{own}{_held(condition)}{' recover' if value else ''}{value}")
    count = {1: "any of:", len(listed): "all of:"}.get(rule.needed, f"{rule.needed} of:")
    opening = f"{shared} {count}" if shared else count
    recover = f" recover for {sessions(policy.recover)}" if policy.recover is not None else ""
    # The comma keeps this patience apart from the last condition's recovery.
    return f"{opening} {', '.join(listed)}, for {sessions(policy.confirm)}{recover}"


def _funds(quantity: Quantity) -> str:
    own = symbol_text(quantity.symbol)
    return f"{own} {quantity.combine.value} {symbol_text(quantity.other)}" if quantity.other else own


def _held(condition: Condition) -> str:
    """The condition without its funds and its recovery."""
    quantity = condition.quantity
    name = f"{_sector(quantity.sector)} weight" if quantity.sector else named(quantity.measure)
    window = "" if quantity.is_fact else f" {quantity.window.label}"
    versus = f" vs {symbol_text(quantity.benchmark)}" if quantity.benchmark else ""
    level = "" if condition.op is Op.CHANGES else f" {_amount(condition.threshold, quantity)}"
    return f"{name}{window}{versus} {condition.op.value}{level}"


def _recovery(condition: Condition) -> str:
    if condition.recover is None or condition.op is Op.CHANGES:
        return ""
    return f" {_amount(condition.recover, condition.quantity)}"


def _amount(value: float, quantity: Quantity) -> str:
    return amount_text(value, scale_of(quantity.measure, quantity.other, quantity.combine))


def _sector(sector: str) -> str:
    return SECTORS[sector][0] if sector in SECTORS else sector.lower()


def _then(rule: Rule) -> str:
    return f" then {symbol_text(rule.then)}" if rule.then else ""


def _rate(rule: Rule) -> str:
    rate = next((each.rate for each in rule.quantities if each.rate != ZERO), ZERO)
    return f" rf={rate_text(rate)}" if rate != ZERO else ""
