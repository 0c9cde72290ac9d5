"""The form for a rule, read as what one would have typed after `/watch`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from analytics.measures import MEASURES
from analytics.returns import ZERO
from analytics.watch.rules import FACTS, Op
from analytics.window import parse
from bot.errors import Unclear
from bot.language import Watch, read_watch
from bot.language.english import PLACED
from bot.language.rule.amounts import UNITS
from bot.language.rule.reading import MOST_SESSIONS
from bot.language.rule.vocabulary import SECTORS, named
from bot.language.rule.written import sessions, symbol_text
from bot.language.words import EARLIEST, MARKS, quoted, rate_text, symbol_of, with_dashes
from bot.model import ThreadContext
from bot.render import forms
from bot.render.forms import WatchFields, measure_groups
from bot.render.measures import RATED
from bot.use_cases.forms.sent import SentFields, chosen, rate_in, symbol_in, window_in

SECTOR_NAMES = tuple(SECTORS)
_CHOICES = [value for options in measure_groups(SECTOR_NAMES).values() for value in options]
_LINK = re.compile(r" - | ?/ ?")
_AMOUNT = re.compile(r"[-+]? ?[$€£]?[\d.,]+(?:e[-+]?\d{1,3})? ?(.*)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class _Funds:
    """Whose value it is: of one fund, or of two that make one.  None: that cannot be read."""

    symbols: tuple[str, ...] = ()
    link: str = "-"

    @property
    def text(self) -> str:
        """As one types it; a fund of no name where only the rest of the rule is looked at."""
        return f" {self.link} ".join(map(symbol_text, self.symbols)) or "$WATCHPOINT"


def rule_text(sent: SentFields, today: date) -> str:
    """The rule in canonical form; of no use where `sent.faults` says what is wrong."""
    measure, _, sector = chosen(sent, forms.MEASURE, _CHOICES, "sortino").partition("/")
    funds = _funds(sent, measure)
    op = _comparison(sent, measure)
    benchmark = _benchmark(sent, measure, funds)
    then = _then(sent, funds, benchmark)
    name = f"{SECTORS[sector][0]} weight" if sector else named(measure)
    parts = (
        funds.text,
        name,
        _window(sent, measure, today),
        f"vs {symbol_text(benchmark)}" if benchmark else "",
        op.value,
        _threshold(sent, op),
        f"for {sessions(_sessions(sent))}",
    )
    core = " ".join(filter(None, parts))
    return _put_together(sent, core, op, f"{then}{_rate(sent, measure)}", today)


def first_of(topic: ThreadContext) -> WatchFields:
    """A rule about the first fund of a comparison, with the second to look at."""
    asked = topic.comparing
    symbols = [*asked.symbols, ""]
    window = parse(f"since {asked.window.start}") if asked.window.start else asked.window
    return WatchFields(
        fund=symbols[0],
        window=window.label,
        words=window.words,
        rate=rate_text(asked.rate),
        then=symbols[1],
    )


def _put_together(sent: SentFields, core: str, op: Op, rest: str, today: date) -> str:
    """The whole rule; what is wrong only in company stands at the threshold, or where the rule is over."""
    recover = _recover(sent, op)
    over = f" recover {recover}" if recover else ""
    if not {forms.COMPARISON, forms.THRESHOLD} & set(sent.faults):
        alone = _read(sent, forms.THRESHOLD, core, today)
        if alone and over:
            _read(sent, forms.RECOVER, f"{core}{over}", today)
    whole = f"{core}{over}{rest}"
    watch = None if sent.faults else _read(sent, forms.THRESHOLD, whole, today)
    return watch.text if watch else whole


def _read(sent: SentFields, name: str, text: str, today: date) -> Watch | None:
    """A rule; None with a fault at the field."""
    try:
        watch = read_watch(text, today)
    except Unclear as fault:
        sent.wrong(name, *fault.complaints)
        return None
    assert isinstance(watch, Watch), "it begins with a fund"
    return watch


def _funds(sent: SentFields, measure: str) -> _Funds:
    given = " ".join(with_dashes(sent.text(forms.FUND)).translate(MARKS).split())
    found = [symbol_of(name) if PLACED.is_symbol(name) else None for name in _LINK.split(given)]
    symbols = tuple(symbol for symbol in found if symbol)
    if not given:
        sent.wrong(forms.FUND, "Name a fund, like ISCB.")
    elif len(symbols) < len(found) or len(symbols) > 2:
        wanted = "write one like ISCB, or two like ISCB - SPSM"
        sent.wrong(forms.FUND, f"`{quoted(given)}` is not a fund; {wanted}.")
    elif len(set(symbols)) < len(symbols):
        sent.wrong(forms.FUND, f"{symbols[0]} is held against itself; name two funds.")
    elif len(symbols) > 1 and measure in FACTS:
        name = named(measure).capitalize()
        sent.wrong(forms.FUND, f"{name} is watched for one fund at a time; name one.")
    if forms.FUND in sent.faults:
        return _Funds()
    return _Funds(symbols, "/" if "/" in given else "-")


def _comparison(sent: SentFields, measure: str) -> Op:
    op = Op(chosen(sent, forms.COMPARISON, tuple(Op), Op.BELOW))
    if op is Op.CHANGES and measure not in FACTS:
        name = named(measure).capitalize()
        sent.wrong(forms.COMPARISON, f"{name} changes every session; choose below, above or a crossing.")
    return op


def _benchmark(sent: SentFields, measure: str, funds: _Funds) -> str:
    """For a relative measure; one of no name where only the rest of the rule is looked at."""
    benchmark = symbol_in(sent, forms.BENCHMARK)
    name = named(measure).capitalize()
    if not (measure in MEASURES and MEASURES[measure].relative):
        if benchmark:
            sent.wrong(forms.BENCHMARK, f"{name} is not held against a benchmark; leave this empty.")
        return ""
    if not sent.text(forms.BENCHMARK):
        sent.wrong(forms.BENCHMARK, f"{name} needs a benchmark, like SPY.")
    elif benchmark in funds.symbols:
        sent.wrong(forms.BENCHMARK, f"{benchmark} is held against itself; name another benchmark.")
    return "BENCHMARK" if forms.BENCHMARK in sent.faults else benchmark


def _then(sent: SentFields, funds: _Funds, benchmark: str) -> str:
    then = symbol_in(sent, forms.THEN)
    if then and funds.symbols == (then,):
        sent.wrong(forms.THEN, f"{then} is the fund itself; name another one.")
    elif then and then == benchmark:
        sent.wrong(forms.THEN, f"{then} is the benchmark; held against itself it says nothing.")
    return f" then {symbol_text(then)}" if then else ""


def _window(sent: SentFields, measure: str, today: date) -> str:
    """Nothing for a fact, which has none."""
    window = window_in(sent, today)
    if window is None:
        return ""
    if window.end or (window.start and not EARLIEST <= window.start < today):
        sent.wrong(forms.WINDOW, f"`{window.label}` does not reach to today; choose another window.")
        return ""
    return "" if measure in FACTS else window.label


def _threshold(sent: SentFields, op: Op) -> str:
    given = sent.text(forms.THRESHOLD)
    if op is Op.CHANGES:
        if given:
            sent.wrong(forms.THRESHOLD, "A change has no threshold; leave this empty.")
        return ""
    if not given:
        sent.wrong(forms.THRESHOLD, "Write a number, like 1.0, -15% or 250M.")
    return _amount(sent, forms.THRESHOLD)


def _recover(sent: SentFields, op: Op) -> str:
    if op is Op.CHANGES and sent.text(forms.RECOVER):
        sent.wrong(forms.RECOVER, "A change is over when it is undone; leave this empty.")
        return ""
    return _amount(sent, forms.RECOVER)


def _amount(sent: SentFields, name: str) -> str:
    """A number with its unit and nothing more; empty where there is none, or with a fault."""
    given = sent.text(name)
    found = _AMOUNT.fullmatch(given)
    if found and (not found[1] or found[1].lower() in UNITS):
        return given
    if given:
        sent.wrong(name, f"`{quoted(given)}` is not a number; write it like 1.0, -15% or 250M.")
    return ""


def _sessions(sent: SentFields) -> int:
    given = sent.text(forms.SESSIONS)
    if re.fullmatch(r"[0-9]{1,3}", given) and 1 <= int(given) <= MOST_SESSIONS:
        return int(given)
    sent.wrong(forms.SESSIONS, f"Write a number of sessions from 1 to {MOST_SESSIONS}.")
    return 1


def _rate(sent: SentFields, measure: str) -> str:
    """Nothing where it would change nothing."""
    rate = rate_in(sent)
    return f" rf={rate_text(rate)}" if rate != ZERO and measure in RATED else ""
