"""The forms: opened without data; those for a comparison and a rule read as what one would have typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from analytics.errors import UnknownWindow
from analytics.measures import MEASURES
from analytics.returns import ZERO
from analytics.watch.operators import Op
from analytics.watch.rules import FACTS, WINDOWLESS
from analytics.window import REGIME, Window, parse
from bot.commands import COMPARE, DIGEST, WATCH
from bot.errors import Unclear, UserError
from bot.language import MOST_SYMBOLS, Compare, Watch, read_compare, read_watch, symbols_in
from bot.language.amounts import UNITS
from bot.language.options import future_complaints
from bot.language.rule import MOST_RULE_SESSIONS, rule_symbol_text, sessions_text
from bot.language.rule_words import SECTORS, measure_name
from bot.language.thread_query import DEFAULT_WINDOW
from bot.language.words import EARLIEST, MARKS, PLACED, rate_text, safe_word, symbol_of, with_dashes
from bot.model import SectionQuery, ThreadContext
from bot.ports import Ack, Clock, Handler, Place
from bot.render import advice, forms, ids
from bot.render.blocks import FormView
from bot.render.forms import CompareFields, WatchFields, compare_form, digest_form, measure_groups, watch_form
from bot.render.measures import RATED
from bot.use_cases.form_fields import (
    SentFields,
    channel_of,
    chosen_option,
    day_in,
    digest_fields,
    digest_text,
    form_metadata,
    is_channel,
    json_object,
    rate_in,
    read_sent,
    symbol_in,
    symbol_word,
    symbols_of,
    window_in,
)
from bot.use_cases.threads import can_be_asked


@dataclass(frozen=True)
class FormHandlers:
    """Handlers by action id of a button, callback id of a form, callback id of a shortcut."""

    presses: Mapping[str, Handler]
    forms: Mapping[str, Handler]
    shortcuts: Mapping[str, Handler]


def form_handlers(clock: Clock, known: Container[str] = frozenset()) -> FormHandlers:
    """Return all of them.  known: symbols that are funds in any message, whatever they look like."""
    return FormHandlers(
        presses={
            ids.OPEN_COMPARE: _FormOpener(_open_compare, open=True),
            ids.OPEN_WATCH: _FormOpener(_open_watch),
            ids.OPEN_DIGEST: _FormOpener(_open_digest),
            ids.TRY: _FieldHandler(),
        },
        forms={
            ids.COMPARE_FORM: _FormTaker(
                COMPARE.name, lambda sent: compare_text(sent, clock.now().date()), open=True
            ),
            ids.WATCH_FORM: _FormTaker(WATCH.name, lambda sent: rule_text(sent, clock.now().date())),
            ids.DIGEST_FORM: _FormTaker(DIGEST.name, digest_text),
        },
        shortcuts={
            ids.COMPARE_FUNDS: _FormOpener(_open_empty_compare, open=True),
            ids.COMPARE_NAMED: _FormOpener(
                lambda text, place: _open_compare_named(text, place, known), open=True
            ),
        },
    )


@dataclass(frozen=True)
class _FormOpener:
    """Opens a form.  view: of a button's value or a message's text, and of where that stands."""

    view: Callable[[str, Place], FormView]
    open: bool = False

    def receive(self, text: str, place: Place) -> Ack:
        """Open the form; see `Handler.receive`."""
        return Ack(form=self.view(text, place), open=self.open)


class _FieldHandler:
    """Takes what is put into a field of a rule's form: the past is looked at, and told there."""

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002 (the protocol's)
        """Read the form; see `Handler.receive`."""
        return Ack(work=True, handler=ids.TRIED)


@dataclass(frozen=True)
class _FormTaker:
    """Makes a form the text of a command, which is answered as if it had been typed.

    text: of the fields; what is wrong with them is noted there.
    """

    command: str
    text: Callable[[SentFields], str]
    open: bool = False

    def receive(self, text: str, place: Place) -> Ack:
        """Read the form; see `Handler.receive`."""
        try:
            sent = read_sent(text)
        except ValueError:
            return Ack(
                reply=advice.refusal_message(UserError("This form is of no message that this bot knows."))
            )
        channel, said = channel_of(sent), self.text(sent)
        if sent.faults:
            return Ack(faults=sent.faults, open=self.open)
        there = replace(
            place,
            channel=channel,
            thread=sent.thread or None,
            reply_url=sent.reply_url or None,
            within=sent.within,
        )
        return Ack(work=True, handler=self.command, text=said, place=there, open=self.open)


def _open_compare(value: str, place: Place) -> FormView:
    context = _thread_context(value)
    return _open_compare_for(compare_fields(context) if context else CompareFields(), place)


def _open_empty_compare(_: str, place: Place) -> FormView:
    return _open_compare_for(CompareFields(), place)


def _open_compare_named(text: str, place: Place, known: Container[str]) -> FormView:
    return _open_compare_for(compare_fields_named(symbols_in(text, known, most=None)), place)


def _open_compare_for(first: CompareFields, place: Place) -> FormView:
    return compare_form(form_metadata(place), first, where=not is_channel(place.channel))


def _open_watch(value: str, place: Place) -> FormView:
    context = _thread_context(value)
    first = watch_fields(context) if context else WatchFields()
    return watch_form(form_metadata(place), first, SECTOR_NAMES, where=not is_channel(place.channel))


def _open_digest(value: str, place: Place) -> FormView:
    """Open the form of the post.

    value: a channel, or what `digest_value` makes of its post; of another button anything.
    """
    try:
        now = json_object(value)
    except ValueError:
        now = {"channel": value}
    first, named = digest_fields(now), now.get("channel")
    if not is_channel(named) or named == place.channel:
        return digest_form(form_metadata(place), first, where=not is_channel(place.channel))
    there = Place(place.team, str(named), place.user)
    return digest_form(form_metadata(there), first, there.channel)


def _thread_context(value: str) -> ThreadContext | None:
    """Return what a conversation is about; None for a value that is no `SectionQuery` of ours with a
    topic.
    """
    try:
        context = SectionQuery.read(value).topic
    except ValueError:
        return None
    return context if context and can_be_asked(context) else None


STAND_IN = ("AAA", "BBB")
"""Two funds, where only the rest of a question is looked at."""


def compare_text(sent: SentFields, today: date) -> str:
    """Write the question in canonical form; of no use where `sent.faults` says what is wrong."""
    symbols = _compare_symbols(sent)
    versus = symbol_in(sent, forms.BENCHMARK) or None
    as_of = _compare_as_of(sent, today)
    window = _compare_since(sent, today, as_of) or _compare_window(sent, as_of or today)
    weekly = chosen_option(sent, forms.RETURNS, ("daily", "weekly"), "daily") == "weekly"
    return Compare(symbols, window, versus, rate_in(sent), as_of, weekly).text


def compare_fields(context: ThreadContext) -> CompareFields:
    """Return the form as it asks the same question again."""
    query = context.comparing
    by_dates = query.window if query.window.start and not query.window.is_period else DEFAULT_WINDOW
    named = DEFAULT_WINDOW if by_dates.start else query.window
    return CompareFields(
        funds=" ".join(map(symbol_word, query.symbols)),
        window=named.label,
        words=named.words,
        since=by_dates.start.isoformat() if by_dates.start else "",
        benchmark=query.benchmark or "",
        rate=rate_text(query.rate),
        weekly=query.weekly,
        as_of=by_dates.end.isoformat() if by_dates.end else "",
    )


def compare_fields_named(symbols: Sequence[str]) -> CompareFields:
    """Return the form for funds that a message names; what is too few or too many of them is said."""
    count = len(symbols)
    remarks = {0: "That message names no fund that can be read.", 1: "That message names one fund only."}
    many = f"That message names {count} funds; the first {MOST_SYMBOLS} stand here."
    remark = many if count > MOST_SYMBOLS else remarks.get(count, "")
    return CompareFields(funds=" ".join(map(symbol_word, symbols[:MOST_SYMBOLS])), remark=remark)


def _compare_symbols(sent: SentFields) -> tuple[str, ...]:
    found = symbols_of(sent, forms.FUNDS)
    symbols = tuple(dict.fromkeys(found))
    twice = [symbol for symbol in symbols if found.count(symbol) > 1]
    if forms.FUNDS in sent.faults:
        return symbols
    if not symbols:
        sent.wrong(forms.FUNDS, "At least one symbol is needed, like ISCB SPSM.")
    elif twice:
        sent.wrong(forms.FUNDS, f"{', '.join(twice)}: named more than once.")
    if len(symbols) > MOST_SYMBOLS:
        sent.wrong(forms.FUNDS, f"{len(symbols)} symbols; at most {MOST_SYMBOLS} fit side by side.")
    return symbols


def _compare_window(sent: SentFields, limit: date) -> Window:
    window = window_in(sent, limit)
    if window and (wrong := future_complaints(window, limit)):
        sent.wrong(forms.WINDOW, *wrong)
    return window or DEFAULT_WINDOW


def _compare_as_of(sent: SentFields, today: date) -> date | None:
    day = day_in(sent, forms.AS_OF)
    if day and _is_refused(sent, forms.AS_OF, f"1y asof {day}", today):
        return None
    return day


def _compare_since(sent: SentFields, today: date, as_of: date | None) -> Window | None:
    day = day_in(sent, forms.SINCE)
    until = f" asof {as_of}" if as_of else ""
    if day is None or _is_refused(sent, forms.SINCE, f"since {day}{until}", today):
        return None
    return parse(f"since {day}")


def _is_refused(sent: SentFields, name: str, rest: str, today: date) -> bool:
    """Return whether the grammar has something to say against the rest of a question; it stands at the
    field.
    """
    try:
        read_compare(f"{' '.join(STAND_IN)} {rest}", today)
    except Unclear as fault:
        sent.wrong(name, *fault.complaints)
        return True
    return False


SECTOR_NAMES = tuple(SECTORS)
_CHOICES = [value for options in measure_groups(SECTOR_NAMES).values() for value in options]
_LINK = re.compile(r" - | ?/ ?")
_AMOUNT = re.compile(r"[-+]? ?[$€£]?[\d.,]+(?:e[-+]?\d{1,3})? ?(.*)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class _RuleFunds:
    """Whose value it is: of one fund, or of two that make one.  None: that cannot be read."""

    symbols: tuple[str, ...] = ()
    link: str = "-"

    @property
    def text(self) -> str:
        """As one types it; a fund of no name where only the rest of the rule is looked at."""
        return f" {self.link} ".join(map(rule_symbol_text, self.symbols)) or "$WATCHPOINT"


def rule_text(sent: SentFields, today: date) -> str:
    """Write the rule in canonical form; of no use where `sent.faults` says what is wrong."""
    measure, _, sector = chosen_option(sent, forms.MEASURE, _CHOICES, "sortino").partition("/")
    funds = _rule_funds(sent, measure)
    op = _rule_comparison(sent, measure)
    benchmark = _rule_benchmark(sent, measure, funds)
    then = _rule_then(sent, funds, benchmark)
    name = f"{SECTORS[sector][0]} weight" if sector else measure_name(measure)
    parts = (
        funds.text,
        name,
        _rule_window(sent, measure, today),
        f"vs {rule_symbol_text(benchmark)}" if benchmark else "",
        op.value,
        _rule_threshold(sent, op),
        _rule_sessions(sent),
    )
    core = " ".join(filter(None, parts))
    return _put_together(sent, core, op, f"{then}{_rule_rate(sent, measure)}", today)


def watch_fields(context: ThreadContext) -> WatchFields:
    """Return a rule about the first fund of a comparison, with the second to look at."""
    query = context.comparing
    symbols = [*query.symbols, ""]
    window = parse(f"since {query.window.start}") if query.window.start else query.window
    if window.label == REGIME:  # what it comes to is a fact about the funds, which a rule does not ask
        window = DEFAULT_WINDOW
    return WatchFields(
        fund=symbols[0],
        window=window.label,
        words=window.words,
        rate=rate_text(query.rate),
        then=symbols[1],
    )


def watch_fields_in(sent: SentFields) -> WatchFields:
    """Return what stands in a rule's form, as it is put into its next state."""
    window = sent.text(forms.WINDOW) or "1y"
    try:
        words = parse(window).words
    except UnknownWindow:
        words = window
    return WatchFields(
        fund=sent.text(forms.FUND),
        measure=sent.text(forms.MEASURE),
        window=window,
        words=words,
        rate=sent.text(forms.RATE) or "0",
        then=sent.text(forms.THEN),
        comparison=sent.text(forms.COMPARISON),
        threshold=sent.text(forms.THRESHOLD),
        sessions=sent.text(forms.SESSIONS),
        recover=sent.text(forms.RECOVER),
        benchmark=sent.text(forms.BENCHMARK),
        channel=sent.text(forms.WHERE),
    )


def read_rule_draft(sent: SentFields, threshold: str, today: date) -> Watch | None:
    """Read the rule that a form would make with another threshold; None where it would make none yet.

    It is looked at alone: without what ends it and without a fund to look at.
    """
    alone = {forms.THRESHOLD: threshold, forms.RECOVER: "", forms.THEN: ""}
    draft = SentFields({**sent.fields, **alone}, sent.channel)
    text = rule_text(draft, today)
    if draft.faults:
        return None
    watch = read_watch(text, today)
    return watch if isinstance(watch, Watch) else None


def _put_together(sent: SentFields, core: str, op: Op, rest: str, today: date) -> str:
    """Write the whole rule; what is wrong only in company stands at the threshold, or where the rule is
    over.
    """
    recover = _rule_recover(sent, op)
    over = f" recover {recover}" if recover else ""
    if not {forms.COMPARISON, forms.THRESHOLD} & set(sent.faults):
        alone = _read_rule_text(sent, forms.THRESHOLD, core, today)
        if alone and over:
            _read_rule_text(sent, forms.RECOVER, f"{core}{over}", today)
    whole = f"{core}{over}{rest}"
    watch = None if sent.faults else _read_rule_text(sent, forms.THRESHOLD, whole, today)
    return watch.text if watch else whole


def _read_rule_text(sent: SentFields, name: str, text: str, today: date) -> Watch | None:
    """Read a rule; None with a fault at the field."""
    try:
        watch = read_watch(text, today)
    except Unclear as fault:
        sent.wrong(name, *fault.complaints)
        return None
    assert isinstance(watch, Watch), "it begins with a fund"
    return watch


def _rule_funds(sent: SentFields, measure: str) -> _RuleFunds:
    given = " ".join(with_dashes(sent.text(forms.FUND)).translate(MARKS).split())
    found = [symbol_of(name) if PLACED.is_symbol(name) else None for name in _LINK.split(given)]
    symbols = tuple(symbol for symbol in found if symbol)
    if not given:
        sent.wrong(forms.FUND, "Name a fund, like ISCB.")
    elif len(symbols) < len(found) or len(symbols) > 2:
        wanted = "write one like ISCB, or two like ISCB - SPSM"
        sent.wrong(forms.FUND, f"`{safe_word(given)}` is not a fund; {wanted}.")
    elif len(set(symbols)) < len(symbols):
        sent.wrong(forms.FUND, f"{symbols[0]} is held against itself; name two funds.")
    elif len(symbols) > 1 and measure in FACTS:
        name = measure_name(measure).capitalize()
        sent.wrong(forms.FUND, f"{name} is watched for one fund at a time; name one.")
    if forms.FUND in sent.faults:
        return _RuleFunds()
    return _RuleFunds(symbols, "/" if "/" in given else "-")


def _rule_comparison(sent: SentFields, measure: str) -> Op:
    op = Op(chosen_option(sent, forms.COMPARISON, tuple(Op), Op.BELOW))
    if op.of_facts_only and measure not in FACTS:
        name = measure_name(measure).capitalize()
        sent.wrong(forms.COMPARISON, f"{name} changes every session; choose below, above or a crossing.")
    return op


def _rule_benchmark(sent: SentFields, measure: str, funds: _RuleFunds) -> str:
    """Read a relative measure's benchmark; one of no name where only the rest of the rule is looked at."""
    benchmark = symbol_in(sent, forms.BENCHMARK)
    name = measure_name(measure).capitalize()
    if not (measure in MEASURES and MEASURES[measure].relative):
        if benchmark:
            sent.wrong(forms.BENCHMARK, f"{name} is not held against a benchmark; leave this empty.")
        return ""
    if not sent.text(forms.BENCHMARK):
        sent.wrong(forms.BENCHMARK, f"{name} needs a benchmark, like SPY.")
    elif benchmark in funds.symbols:
        sent.wrong(forms.BENCHMARK, f"{benchmark} is held against itself; name another benchmark.")
    return "BENCHMARK" if forms.BENCHMARK in sent.faults else benchmark


def _rule_then(sent: SentFields, funds: _RuleFunds, benchmark: str) -> str:
    then = symbol_in(sent, forms.THEN)
    if then and funds.symbols == (then,):
        sent.wrong(forms.THEN, f"{then} is the fund itself; name another one.")
    elif then and then == benchmark:
        sent.wrong(forms.THEN, f"{then} is the benchmark; held against itself it says nothing.")
    return f" then {rule_symbol_text(then)}" if then else ""


def _rule_window(sent: SentFields, measure: str, today: date) -> str:
    """Read a rule's window; nothing for a fact, which has none."""
    window = window_in(sent, today)
    if window is None:
        return ""
    if window.end or (window.start and not EARLIEST <= window.start < today):
        sent.wrong(forms.WINDOW, f"`{window.label}` does not reach to today; choose another window.")
        return ""
    return "" if measure in WINDOWLESS else window.label


def _rule_threshold(sent: SentFields, op: Op) -> str:
    given = sent.text(forms.THRESHOLD)
    if not op.has_threshold:
        if given:
            sent.wrong(forms.THRESHOLD, "A change has no threshold; leave this empty.")
        return ""
    if not given:
        sent.wrong(forms.THRESHOLD, "Write a number, like 1.0, -15% or 250M.")
    return _amount(sent, forms.THRESHOLD)


def _rule_recover(sent: SentFields, op: Op) -> str:
    if not op.has_threshold and sent.text(forms.RECOVER):
        sent.wrong(forms.RECOVER, "A change is over when it is undone; leave this empty.")
        return ""
    return _amount(sent, forms.RECOVER)


def _amount(sent: SentFields, name: str) -> str:
    """Read a number with its unit and nothing more; empty where there is none, or with a fault."""
    given = sent.text(name)
    found = _AMOUNT.fullmatch(given)
    if found and (not found[1] or found[1].lower() in UNITS):
        return given
    if given:
        sent.wrong(name, f"`{safe_word(given)}` is not a number; write it like 1.0, -15% or 250M.")
    return ""


def _rule_sessions(sent: SentFields) -> str:
    """Write for how long it has to be met; nothing where the rule's own default holds."""
    given = sent.text(forms.SESSIONS)
    if re.fullmatch(r"[0-9]{1,3}", given) and 1 <= int(given) <= MOST_RULE_SESSIONS:
        return f"for {sessions_text(int(given))}"
    if given:
        sent.wrong(forms.SESSIONS, f"Write a number of sessions from 1 to {MOST_RULE_SESSIONS}.")
    return ""


def _rule_rate(sent: SentFields, measure: str) -> str:
    """Write the risk-free rate; nothing where it would change nothing."""
    rate = rate_in(sent)
    return f" rf={rate_text(rate)}" if rate != ZERO and measure in RATED else ""
