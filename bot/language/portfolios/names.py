"""Mixes under a name: what follows `/portfolio`, names put by their mixes; a part put into another fund."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from analytics.fund import is_mix
from analytics.mixes import CASH, NAME, WORD, Rebalancing, mix_of
from bot.commands import PORTFOLIO
from bot.errors import Unclear
from bot.language.mixes.fold import fold_mixes, is_folded, mix_complaints, mix_symbol, renamed
from bot.language.options import FILLERS, OPENERS, is_option
from bot.language.requests import FollowUp, Help
from bot.language.rule_words import TAKEN as RULE_WORDS
from bot.language.rule_words import VERBS
from bot.language.thread_words import TAKEN as THREAD_WORDS
from bot.language.words import IDLE, PLACED, read_component, require_readable, safe_word, seen_text, symbol_of
from bot.model import Portfolio, ThreadContext

EXAMPLE = "core = 60% ISCB 40% TLT"


@dataclass(frozen=True)
class PortfolioChange:
    """A mix is to have a name.  symbol: of the mix, under that name, as version 1."""

    name: str
    symbol: str


@dataclass(frozen=True)
class PortfolioView:
    """A question what a name stands for."""

    name: str


@dataclass(frozen=True)
class PortfolioEnd:
    """A name is to be given up."""

    name: str


@dataclass(frozen=True)
class PortfolioListing:
    """A question for all names of the workspace."""


PortfolioRequest = PortfolioChange | PortfolioView | PortfolioEnd | PortfolioListing | Help

_LISTED = frozenset({"", "list", "ls", "all"})
_SHOWN, _ENDED = frozenset({"show", "view"}), frozenset({"delete", "remove", "drop"})
_SET = frozenset({"set", "make", "add", "change", "edit", "name"})
_OWN = _LISTED | _SHOWN | _ENDED | _SET | {"help", "portfolio", "portfolios", CASH}
_RULES = {rule.value: rule for rule in Rebalancing} | {"annually": Rebalancing.YEARLY}
_CHANGE = re.compile(r"(?P<name>[^\s=:]{1,60}) ?(?:[=:] ?| )(?P<mix>.+)", re.DOTALL)
_CUT = str.maketrans("[](){}", "      ")


def read_portfolio(text: str) -> PortfolioRequest:
    """Read what follows `/portfolio`: a name and its mix, a name alone, `delete` and a name, or nothing.

    Raises Unclear with everything that is wrong.
    """
    require_readable(PORTFOLIO, text)
    apart = re.sub(r"^(\s*[^\s=:]{1,60})\s*[=:]", r"\1 = ", text.translate(_CUT))
    words = " ".join(fold_mixes(seen_text(apart), read_component, fewest=1).split())
    words = re.sub(r"^/?portfolios?(?!\S) ?", "", words, flags=re.IGNORECASE)
    verb, _, rest = words.partition(" ")
    small = verb.lower()
    if small == "help":
        return Help(PORTFOLIO)
    if small in _LISTED and not rest:
        return PortfolioListing()
    if small in _SHOWN or small in _ENDED:
        name = _require_name(rest, text, known=True)
        return PortfolioView(name) if small in _SHOWN else PortfolioEnd(name)
    if small in _SET and rest and not rest.startswith(("=", ":")):
        words = rest
    if " " not in words and "=" not in words:
        return PortfolioView(_require_name(words, text, known=True))
    return _read_change(words, text)


def _read_change(words: str, given: str) -> PortfolioChange:
    found = _CHANGE.fullmatch(words)
    if not found or found["mix"] in {"=", ":"}:
        raise Unclear(PORTFOLIO.name, given, [f"Give a name and a mix, like `{EXAMPLE}`."])
    name = _require_name(found["name"], given)
    mix, *others = found["mix"].split()
    rules = [_RULES[word.lower()] for word in others if word.lower() in _RULES]
    strange = [word for word in others if word.lower() not in _RULES]
    symbol = symbol_of(mix)
    complaints = [*(mix_complaints(mix) if is_folded(mix) else ())]
    if symbol is None and not complaints:
        told = "is no mix of funds in capitals, of which names are none"
        complaints.append(f"`{safe_word(found['mix'])}` {told}; write it like `{EXAMPLE}`.")
    elif strange:
        periods = ", ".join(f"`{rule.value}`" for rule in Rebalancing)
        complaints.append(
            f"`{safe_word(' '.join(strange))}` is not read; behind the mix stands one of {periods}."
        )
    if symbol and is_mix(symbol) and mix_of(symbol).name:
        complaints.append(f"`{mix_of(symbol).name}` is a mix itself; name the funds in it.")
    if len(set(rules)) > 1:
        complaints.append("More than one rebalancing is given; keep one.")
    if complaints or symbol is None:
        raise Unclear(PORTFOLIO.name, given, complaints)
    return PortfolioChange(name, renamed(symbol, name, 1, rules[0] if rules else None))


def _require_name(word: str, given: str, *, known: bool = False) -> str:
    """Return a word as a name; raises Unclear where it can be none.  known: one that is there already."""
    name = word.strip().split("@")[0]
    if not re.fullmatch(NAME, name):
        told = f"`{safe_word(word)}` is no name: one has 2 to 20 small letters and nothing else, like `core`."
        raise Unclear(PORTFOLIO.name, given, [told])
    if not known and is_reserved(name):
        raise Unclear(
            PORTFOLIO.name, given, [f"`{name}` is a word of the commands; choose another name, like `core`."]
        )
    return name


@cache
def _reserved() -> frozenset[str]:
    return frozenset({*RULE_WORDS, *THREAD_WORDS, *VERBS, *FILLERS, *OPENERS, *IDLE, *_OWN, *_RULES})


def is_reserved(name: str) -> bool:
    """Tell whether a word means something in the commands, so that it can be no name."""
    return name in _reserved() or is_option(name)


_NAMED = re.compile(rf"(?<![\w$@^.=/:<#|-])({NAME})(?:@(\d{{1,6}}))?(?![\w@=|]|\.\w)", re.ASCII)


def may_name(text: str) -> bool:
    """Tell whether a text holds a word that may be the name of a mix, or a mix under a name."""
    seen = seen_text(text)
    return any(not is_reserved(found[1]) for found in _NAMED.finditer(seen)) or any(
        "=" in found[0] for found in WORD.finditer(seen)
    )


def expand_names(text: str, portfolios: Iterable[Portfolio]) -> str:
    """Put each name of a mix in a text by what it stands for: "core" by its newest version, "core@1" by one.

    A mix under a name that the workspace has not given it loses the name.

    portfolios: of the workspace, the versions of a name in their order; a name that was given up is none, its
    versions are still there.
    """
    known: dict[str, str] = {}
    for each in portfolios:
        known[f"{each.name}@{each.version}"] = each.symbol
        if each.retired is None:
            known[each.name] = each.symbol
        else:
            known.pop(each.name, None)
    named = _NAMED.sub(lambda found: _expanded(found, known), text)
    return WORD.sub(lambda found: _own_mix(found[0], known), named)


def _expanded(found: re.Match[str], known: Mapping[str, str]) -> str:
    key = f"{found[1]}@{found[2]}" if found[2] else found[1]
    return known.get(key, found[0])


def _own_mix(symbol: str, known: Mapping[str, str]) -> str:
    """Return a mix with its name only where it is what that version stands for, whatever its cash earns."""
    mix = mix_of(symbol)
    own = known.get(mix.typed)
    if not mix.name or (own and mix_of(own).with_cash_rate(0) == mix.with_cash_rate(0)):
        return symbol
    return symbol.partition("=")[2]


_SYMBOL = r"[$^]?\^?[A-Za-z0-9]{1,12}(?:[.=-][A-Za-z0-9]{1,4})?"
_TILT = re.compile(
    r"(?<![\w.,%])(?P<part>\d{1,2}(?:\.\d{1,2})?) ?(?:%|percent|per cent|pct)"
    rf"(?: (?:of|from|out of) (?:my |the )?(?P<base>{_SYMBOL}))?"
    rf" (?:in|into|to|of) (?P<fund>{_SYMBOL})(?![\w%])",
    re.IGNORECASE | re.ASCII,
)
"""A part of what there is put into a fund: "what if I put 20% in ISCB"."""


def is_tilt(text: str) -> bool:
    """Tell whether a text asks about a part that is put into a fund."""
    found = _TILT.search(seen_text(text))
    return found is not None and PLACED.is_symbol(found["fund"])


def read_tilt(text: str, context: ThreadContext | None) -> FollowUp | None:
    """Return the comparison of a fund with what it is when a part of it is put into another.

    The rest is in the fund named ("20% of SPSM in ISCB"), else in the first other one of the place.
    """
    found = _TILT.search(seen_text(text))
    fund = symbol_of(found["fund"]) if found and PLACED.is_symbol(found["fund"]) else None
    if found is None or fund is None:
        return None
    here = context.comparing.symbols if context else ()
    named = symbol_of(found["base"]) if found["base"] and PLACED.is_symbol(found["base"]) else None
    base = named or next((symbol for symbol in here if symbol != fund and not is_mix(symbol)), None)
    part = Decimal(found["part"])
    mix = mix_symbol(f"{100 - part}%{base}+{part}%{fund}") if base and 0 < part < 100 else None
    if base is None or mix is None:
        return None
    window = context.comparing.window if context and not named else None
    return FollowUp(symbols=(mix, base), window=window)
