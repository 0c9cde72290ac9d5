"""Mixes of funds as people type them, to the one word that a mix is as a symbol.

`60% ISCB 40% TLT`, `60/40 of SPY and TLT`, `50% SPY, 50% cash rebalanced monthly`: folded before all
else is read, so that a mix stands wherever a symbol does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from analytics.fund import is_mix
from analytics.mixes import CASH, MOST_COMPONENTS, NAME, SLACK, Component, Mix, Rebalancing, mix_of
from analytics.notes import INTEREST_RATES
from analytics.returns import Rate
from bot.render.text import join_words

ComponentReader = Callable[[str], str | None]
"""Returns a word as a fund of a mix, upper case; None where it is none."""

_NUMBER = r"[-+]?(?:\d{1,9}(?:[.,]\d{1,9})?(?:e[-+]?\d{1,3})?|nan|inf(?:inity)?)"
_NAMED = rf"{NAME}@\d{{1,6}}=[^\s,;]{{1,300}}"
_TICKER = r"\$?\^?[A-Za-z0-9]{1,12}(?:[.=-][A-Za-z0-9]{1,4})?(?:(?<=[A-Za-z]{2})/[A-Za-z](?![\w/]))?"
_PERCENT = r" ?(?:%|percent(?!\w)|pct(?!\w))"
_COMPONENT = re.compile(
    rf"(?<![\w.,%+$^=@-])(?P<number>{_NUMBER}){_PERCENT} ?(?:of |in )?(?:the )?"
    rf"(?P<fund>{_NAMED}|{_TICKER})(?![\w%])",
    re.IGNORECASE | re.ASCII,
)
_BETWEEN = re.compile(r" ?(?:[,;&+/]|and(?!\w)|plus(?!\w))? ?(?:and )?", re.IGNORECASE)
_SPLIT = re.compile(
    r"(?<![\w.,%+$^=@/-])(?P<numbers>\d{1,3}(?:\.\d{1,4})?%?(?:/\d{1,3}(?:\.\d{1,4})?%?){1,9}) "
    r"(?:(?:mix|blend|split|portfolio|combination|of|in|the) ){0,3}",
    re.IGNORECASE,
)
_FUND = re.compile(_TICKER, re.ASCII)
_APART = re.compile(r" ?[,/&+] ?| and | ", re.IGNORECASE)
_RULES = {rule.value: rule for rule in Rebalancing} | {
    "annually": Rebalancing.YEARLY,
    "annual": Rebalancing.YEARLY,
}
_RULE = "|".join(_RULES)
_REBALANCED = re.compile(
    rf",? (?:(?:and )?(?:rebalanced|rebalancing|rebalance) (?P<said>{_RULE})|(?P<never>never) rebalanced"
    rf"|(?P<bare>never|monthly|quarterly|yearly|annually))(?!\w)",
    re.IGNORECASE,
)
_FOLDED = re.compile(rf"{_NUMBER}%[$^A-Za-z0-9]", re.IGNORECASE | re.ASCII)
_WEIGHT = re.compile(r"\+?\d{1,3}(?:\.\d{1,4})?")


def fold_mixes(text: str, read_component: ComponentReader, fewest: int = 2) -> str:
    """Return a text with every mix in it as one word.

    Two weights with funds behind them make a mix; a single percentage means something else.  A mix that is
    wrong becomes a word, too, which `mix_complaints` knows about.

    read_component: tells funds from other words.  fewest: weights that make a mix.
    """
    line = " ".join(text.split())
    found = sorted([*_listed(line, read_component, fewest), *_split(line, read_component)])
    out, at = [], 0
    for start, end, word in found:
        if start >= at:
            out += [line[at:start], word]
            at = end
    return "".join([*out, line[at:]]) if out else text


def mix_symbol(word: str) -> str | None:
    """Return a folded word as a symbol; None where there is something wrong with it.

    >>> mix_symbol("60%A+30%B"), mix_symbol("60%A+60%B"), mix_symbol("100%A")
    ('60%A+30%B+10%cash', None, 'A')
    """
    components, tail = _components_of(word)
    if mix_complaints(word):
        return None
    if "@" in word and _is_whole(word):
        return word
    kept = [Component(symbol, float(Decimal(number))) for number, symbol in components if Decimal(number)]
    rest = Decimal(100) - sum(Decimal(number) for number, _ in components)
    if rest > Decimal(str(SLACK)):
        kept = [each for each in kept if each.symbol != CASH]
        held = sum(Decimal(number) for number, symbol in components if symbol == CASH)
        kept.append(Component(CASH, float(rest + held)))
    if len(kept) == 1 and kept[0].symbol != CASH:
        return kept[0].symbol
    return Mix(tuple(kept), _RULES[tail.lower()] if tail else Rebalancing.QUARTERLY).symbol


def is_folded(word: str) -> bool:
    """Tell whether a word is weights with funds, as `fold_mixes` and `Mix.symbol` write them.

    >>> is_folded("60%A+60%B"), is_folded("5%"), is_folded("4%,")
    (True, False, False)
    """
    head = word.split("=", 1)[1] if re.match(rf"{NAME}@\d+=", word) else word
    return bool(_FOLDED.match(head))


def mix_complaints(word: str) -> tuple[str, ...]:
    """Return what is wrong with a folded word; nothing of one that is right."""
    if _is_whole(word):
        return ()
    components, _ = _components_of(word)
    wrong = [
        f"`{number}%`" for number, _ in components if not _WEIGHT.fullmatch(number) or Decimal(number) > 100
    ]
    if wrong:
        return (f"{join_words(wrong)} {'is' if len(wrong) == 1 else 'are'} no weight: write 0 % to 100 %.",)
    named = [symbol for _, symbol in components]
    inner = [symbol.split("@")[0] for symbol in named if "=" in symbol and "@" in symbol]
    twice = dict.fromkeys(symbol for symbol in named if named.count(symbol) > 1)
    rates = [symbol for symbol in named if symbol in INTEREST_RATES]
    whole = sum((Decimal(number) for number, _ in components), Decimal(0))
    return (
        *(f"`{name}` is a mix itself; a mix is made of funds, so name those." for name in inner),
        *([f"{join_words(list(twice))}: named more than once in a mix."] if twice else []),
        *(f"{symbol} is a rate of interest, which no mix can hold." for symbol in rates),
        *(
            [f"{len(components)} funds; at most {MOST_COMPONENTS} make a mix."]
            if len(components) > MOST_COMPONENTS
            else []
        ),
        *(
            [f"The weights come to {whole.normalize():f} %; at most 100 % can be held, what is left is cash."]
            if whole > 100 + Decimal(str(SLACK))
            else []
        ),
        *(["A mix needs a fund; cash alone is none."] if not _has_fund(components) else []),
    )


def with_cash_rate(symbol: str, rate: Rate) -> str:
    """Let the cash in a mix earn the risk-free rate of a question; any other symbol stays as it is."""
    return mix_of(symbol).with_cash_rate(rate.annual).symbol if is_mix(symbol) else symbol


def renamed(symbol: str, name: str, version: int, rule: Rebalancing | None = None) -> str:
    """Return a mix under a name that a workspace has given it; a fund alone is a mix of it.

    rule: of rebalancing, None for that which the mix has.
    """
    mix = mix_of(symbol) if is_mix(symbol) else Mix((Component(symbol, 100.0),))
    return replace(mix, name=name, version=version, rebalancing=rule or mix.rebalancing).symbol


def _is_whole(word: str) -> bool:
    """Tell whether a word is a mix in full already, as a button carries one."""
    try:
        mix = mix_of(word)
    except ValueError:
        return False
    whole = sum(each.percent for each in mix.components)
    funds = mix.funds
    sound = 0 < len(mix.components) <= MOST_COMPONENTS and len(set(funds)) == len(funds) and bool(funds)
    # Without a name one that lacks a part, or is a fund alone, is still to be made whole.
    full = abs(whole - 100.0) <= SLACK + 1e-9 and all(each.percent > 0 for each in mix.components)
    return (
        sound
        and full
        and (bool(mix.name) or len(mix.components) > 1)
        and not set(funds) & set(INTEREST_RATES)
    )


def _has_fund(components: Sequence[tuple[str, str]]) -> bool:
    return any(symbol != CASH and Decimal(number) for number, symbol in components)


def _components_of(word: str) -> tuple[list[tuple[str, str]], str]:
    """Take a folded word apart: numbers as typed with their symbols, and the rebalancing rule."""
    body, _, tail = word.partition(":") if re.search(rf":(?:{_RULE})$", word) else (word, "", "")
    components = []
    for each in re.split(r"\+(?=[-+\dni])", body, flags=re.IGNORECASE):
        number, _, symbol = each.partition("%")
        components.append((number, CASH if symbol.startswith(f"{CASH}@") else symbol))
    return components, tail


def _listed(line: str, read_component: ComponentReader, fewest: int) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and word of mixes like `60% ISCB 40% TLT`."""
    group: list[tuple[int, int, str]] = []
    for found in _COMPONENT.finditer(line):
        fund = found["fund"]
        symbol = fund if "=" in fund and "@" in fund else _component_symbol(fund, read_component)
        apart = bool(group) and not _BETWEEN.fullmatch(line[group[-1][1] : found.start()])
        if apart or symbol is None:
            yield from _folded(line, group, fewest)
            group = []
        if symbol is not None:
            number = found["number"].replace(",", ".").lower()
            group.append((found.start(), found.end(), f"{number}%{symbol}"))
    yield from _folded(line, group, fewest)


def _folded(line: str, group: Sequence[tuple[int, int, str]], fewest: int) -> Iterator[tuple[int, int, str]]:
    if len(group) >= fewest:
        end, rule = _rule_at(line, group[-1][1])
        yield group[0][0], end, "+".join(word for _, _, word in group) + rule


def _split(line: str, read_component: ComponentReader) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and word of mixes like `60/40 SPY TLT`, whose numbers come to 100."""
    for found in _SPLIT.finditer(line):
        numbers = found["numbers"].replace("%", "").split("/")
        if abs(sum(map(Decimal, numbers), Decimal(-100))) > Decimal(str(SLACK)):
            continue
        symbols, at = list[str](), found.end()
        while len(symbols) < len(numbers) and (word := _FUND.match(line, at)):
            typed = word[0].split("/")[0]
            symbol = _component_symbol(typed, read_component)
            if symbol is None:
                break
            symbols.append(symbol)
            end = at = word.start() + len(typed)
            if len(symbols) < len(numbers) and (gap := _APART.match(line, at)):
                at = gap.end()
        if len(symbols) == len(numbers):
            end, rule = _rule_at(line, end)
            components = (f"{number}%{symbol}" for number, symbol in zip(numbers, symbols, strict=True))
            yield found.start(), end, "+".join(components) + rule


def _component_symbol(word: str, read_component: ComponentReader) -> str | None:
    return CASH if word.lower() == CASH else read_component(word)


def _rule_at(line: str, at: int) -> tuple[int, str]:
    """Return where a mix ends that may say when it is rebalanced, and how that is written."""
    found = _REBALANCED.match(line, at)
    if not found:
        return at, ""
    rule = _RULES[(found["said"] or found["never"] or found["bare"]).lower()]
    return found.end(), "" if rule is Rebalancing.QUARTERLY else f":{rule.value}"
