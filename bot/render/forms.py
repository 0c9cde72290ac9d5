"""The modals: for a comparison, a rule, the daily post, the reason of an acknowledgement."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from analytics.watch.operators import Op
from analytics.watch.rules import FACTS, LEVELS, PRICED
from analytics.watch.states import CONFIRM, Decided
from analytics.window import WORDS
from bot.model import Digest, DigestMode
from bot.render import blocks, ids, text
from bot.render.blocks import FormView, field, modal, text_field
from bot.render.ids import COMPARE_FORM, DIGEST_FORM, WATCH_FORM
from bot.render.measures import measure_label
from bot.render.message import Block
from bot.render.text import NBSP, escape

RETURN_CHOICES = {"daily": "Daily", "weekly": "Weekly, Friday to Friday"}


@dataclass(frozen=True)
class CompareFields:
    """What stands in the form first.

    funds: symbols.  window: a label; words: what it is called; since: a day, "2021-03-19", that takes its
    place.
    rate: as after `rf=`.  as_of: a day, empty for today.
    remark: where the funds come from, and what is to be done about them.
    """

    funds: str = ""
    window: str = "1y"
    since: str = ""
    benchmark: str = ""
    rate: str = "0"
    weekly: bool = False
    as_of: str = ""
    remark: str = ""
    words: str = ""


def compare_form(metadata: str, first: CompareFields, *, where: bool = False) -> FormView:
    """Ask what is to be compared.  where: also in which channel"""
    return blocks.modal(
        COMPARE_FORM,
        "Compare funds",
        "Compare",
        metadata,
        _funds(first),
        blocks.field(WINDOW, "Window", window_menu(first.window, first.words)),
        blocks.field(
            SINCE, "Since", blocks.date_field(first.since), "Takes the place of the window.", optional=True
        ),
        symbol_field(BENCHMARK, "Benchmark", first.benchmark, "SPY", "Empty: the last of the funds."),
        rate_field(first.rate, "Also the target of the Sortino ratio."),
        blocks.field(
            RETURNS,
            "Returns",
            blocks.menu_field(RETURN_CHOICES, "weekly" if first.weekly else "daily"),
            "For risk and relative figures.",
        ),
        blocks.field(
            AS_OF,
            "As of",
            blocks.date_field(first.as_of),
            "Nothing after this day is used. Empty: the newest session.",
            optional=True,
        ),
        *where_field(where),
    )


def _funds(first: CompareFields) -> Block:
    hint = f"{first.remark} One to six symbols, in the order of the columns.".strip()
    return blocks.field(FUNDS, "Funds", blocks.text_field(first.funds, "ISCB SPSM IWM", most=LONGEST), hint)


WEIGHT = "sector_weight"
MOST_SESSIONS = 250


@dataclass(frozen=True)
class WatchFields:
    """What stands in the form first.

    window: a label; words: what it is called.  rate: as after `rf=`.
    then: the fund to look at.  recover, threshold, sessions: as typed.  channel: chosen, empty for none.
    """

    fund: str = ""
    measure: str = "sortino"
    window: str = "1y"
    words: str = ""
    rate: str = "0"
    then: str = ""
    comparison: str = Op.BELOW.value
    threshold: str = ""
    sessions: str = ""
    recover: str = ""
    benchmark: str = ""
    channel: str = ""


@dataclass(frozen=True)
class ThresholdTrial:
    """What the past says of a rule that is being written.

    hint: where its value has lain.  example: a threshold, as typed.  past: how often it would have fired.
    """

    hint: str = ""
    example: str = ""
    past: str = ""


NOT_TRIED = ThresholdTrial()
TRIAL = "trial"
MOST_HINT = 150
"""Characters of a reason that stands as a hint."""


def watch_form(
    metadata: str,
    first: WatchFields,
    sectors: Sequence[str],
    trial: ThresholdTrial = NOT_TRIED,
    *,
    where: bool = False,
) -> FormView:
    """Ask for a rule.  sectors: whose weights can be watched.  where: also in which channel"""
    return blocks.modal(
        WATCH_FORM,
        "Watch a fund",
        "Watch",
        metadata,
        *_quantity_fields(first, sectors),
        *_threshold_fields(first, trial),
        symbol_field(
            THEN, "Then look at", first.then, "SPSM", "A fund; its figure is shown beside the other."
        ),
        _heard(
            symbol_field(
                BENCHMARK,
                "Benchmark",
                first.benchmark,
                "SPY",
                "For what is measured against one, such as beta.",
            )
        ),
        rate_field(first.rate, "Counts for Sortino, Sharpe, Omega, Martin, alpha and beta."),
        *where_field(where, first.channel),
    )


def _heard(block: Block) -> Block:
    """Have the past told of a rule when this field changes."""
    return blocks.heard(block, f"{ids.TRY}{block['block_id']}")


def measure_value(measure: str, sector: str = "") -> str:
    """Return what a choice of the measure is called: "sortino", "sector_weight/Technology"."""
    return f"{measure}/{sector}" if sector else measure


def measure_groups(sectors: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """Return everything that can be watched, in groups: labels by value."""
    alone = [name for name, row in PRICED.items() if not row.relative]
    return {
        "Of the fund": _measure_labels(alone),
        "Against a benchmark": _measure_labels(name for name in PRICED if name not in alone),
        "Levels": _measure_labels(LEVELS),
        "Facts": _measure_labels(name for name in FACTS if name != WEIGHT),
        "Weight of a sector": {measure_value(WEIGHT, sector): f"Weight of {sector}" for sector in sectors},
    }


def _quantity_fields(first: WatchFields, sectors: Sequence[str]) -> list[Block]:
    fund = blocks.text_field(first.fund, "ISCB", most=SHORT)
    return [
        _heard(blocks.field(FUND, "Fund", fund, "Or two: ISCB - SPSM, ISCB / SPSM.")),
        _heard(
            blocks.field(
                MEASURE, "Measure", blocks.grouped_menu_field(measure_groups(sectors), first.measure)
            )
        ),
        _heard(
            blocks.field(
                WINDOW,
                "Window",
                window_menu(first.window, first.words),
                "Facts, such as fees, have none.",
            )
        ),
    ]


PLAIN_HINT = "Ratios 1.0, returns and falls -15%, assets 250M; changes none. Enter tries it on the past."
"""Under the threshold of which nothing is known yet."""


def _threshold_fields(first: WatchFields, trial: ThresholdTrial) -> list[Block]:
    """Return the comparison, and how long it has to hold; between them what the past says of it."""
    ops = {op.value: op.words.option for op in Op}
    count = min(max(int(first.sessions), 1), MOST_SESSIONS) if first.sessions.isdigit() else None
    past = [{**blocks.context(escape(trial.past)), "block_id": TRIAL}] if trial.past else []
    return [
        _heard(blocks.field(COMPARISON, "Triggers when it", blocks.menu_field(ops, first.comparison))),
        _heard(
            _amount(
                THRESHOLD,
                "Threshold",
                first.threshold,
                trial.example or "1.0",
                trial.hint or PLAIN_HINT,
            )
        ),
        *past,
        blocks.field(
            SESSIONS,
            "Sessions in a row",
            blocks.number_field(count, 1, MOST_SESSIONS),
            f"Empty: {CONFIRM}, or 1 for falls from a high and facts.",
            optional=True,
        ),
        _amount(
            RECOVER,
            "Clears at",
            first.recover,
            "1.1",
            "What ends it. Empty: 10 % past the threshold, within what there can be.",
        ),
    ]


def _amount(name: str, label: str, now: str, example: str, hint: str) -> Block:
    return blocks.field(name, label, blocks.text_field(now, example, most=SHORT), hint, optional=True)


def _measure_labels(measured: Iterable[str]) -> dict[str, str]:
    return {name: text.capital(measure_label(name)) for name in measured}


ON, OFF = "on", "off"
SAME, NEXT = "same", "next"
_STATES = {ON: "On: one post after each trading session", OFF: "Off"}
_MODES = {
    DigestMode.QUIET.value: "Only when something changed",
    DigestMode.ALWAYS.value: "After every session",
}


_SESSIONS = {
    NEXT: "At the time, about the newest session settled",
    SAME: "Waits up to 3 hours for the day's own session",
}


@dataclass(frozen=True)
class DigestFields:
    """What stands in the form first.

    at: a time, "08:30".  zone: an IANA name.  mode: "quiet" or "always".  session: "same" or "next" day.
    Each is empty where it is not known: then it stays as it is.
    """

    on: bool = True
    at: str = ""
    zone: str = ""
    mode: str = ""
    session: str = ""


def digest_value(digest: Digest) -> str:
    """Return the value of a button that opens the form as the channel's post is now."""
    session = SAME if digest.same_day else NEXT
    now = DigestFields(digest.on, digest.at.strftime("%H:%M"), digest.zone, digest.mode.value, session)
    return json.dumps({"channel": digest.channel, **asdict(now)})


def digest_form(metadata: str, first: DigestFields, channel: str = "", *, where: bool = False) -> FormView:
    """Ask when the channel hears of its rules.

    channel: which one, where it is not the one that the person looks at.  where: also which one
    """
    zone = blocks.text_field(first.zone, "New York", most=SHORT)
    return blocks.modal(
        DIGEST_FORM,
        "Daily post",
        "Save",
        metadata,
        blocks.field(STATE, "Daily post", blocks.choice_field(_STATES, ON if first.on else OFF)),
        blocks.field(
            TIME,
            "Time",
            blocks.time_field(first.at),
            "Empty: as it is now; 08:30 where there was no post.",
            optional=True,
        ),
        blocks.field(
            ZONE,
            "Time zone",
            zone,
            "A city or Europe/Zurich. Empty: as it is now, else yours by your Slack profile.",
            optional=True,
        ),
        blocks.field(
            MODE,
            "How often",
            blocks.choice_field(_MODES, first.mode),
            "None chosen: as it is now, else only when something changed.",
            optional=True,
        ),
        blocks.field(
            SESSION,
            "Which session",
            blocks.choice_field(_SESSIONS, first.session),
            "None chosen: as it is now, else the newest one settled.",
            optional=True,
        ),
        *where_field(where),
        *_digest_words(channel),
    )


def _digest_words(channel: str) -> list[Block]:
    return [blocks.context(f"This is the daily post of <#{channel}>.")] if channel else []


LONGEST_RULE = 500
LONGEST_REASON = 200


_DECIDED = {
    Decided.SWITCHED.value: "Switched",
    Decided.KEPT.value: "Kept",
    Decided.LOOKING.value: "Looking into it",
}


def acknowledge_form(metadata: str, said: str = "") -> FormView:
    """Ask what was decided and why.

    metadata: JSON that comes back with the answer, see `ids`.  said: of the rule and its value, plain text;
    empty where the button does not carry it.
    """
    decided = field(ids.DECIDED, "What was decided", blocks.choice_field(_DECIDED))
    reason = field(
        ids.REASON,
        "Reason",
        text_field(most=LONGEST_REASON, lines=True),
        "Shown with your name on the card and in the rule's history; /watch decisions shows what followed.",
    )
    about = [blocks.section(escape(said))] if said.strip() else []
    return modal(ids.ACK_FORM, "Acknowledge", "Acknowledge", metadata, *about, decided, reason)


def edit_form(metadata: str, now: str) -> FormView:
    """Ask for a rule's new text.  now: as it is, in canonical form"""
    rule = field(
        ids.RULE_TEXT,
        "Rule",
        text_field(" ".join(now.split()), most=LONGEST_RULE, lines=True),
        "As after /watch, e.g. ISCB sortino < 1.0 for 5 sessions then SPSM. A new version begins afresh.",
    )
    return modal(ids.EDIT_FORM, "Edit the rule", "Save", metadata, rule)


FUNDS = "funds"
WINDOW = "window"
SINCE = "since"
BENCHMARK = "benchmark"
RATE = "rate"
RETURNS = "returns"
AS_OF = "as_of"
WHERE = "where"

FUND = "fund"
MEASURE = "measure"
COMPARISON = "comparison"
THRESHOLD = "threshold"
SESSIONS = "sessions"
RECOVER = "recover"
THEN = "then"

STATE = "state"
TIME = "time"
ZONE = "zone"
MODE = "mode"
SESSION = "session"

LONGEST = 200
"""Characters of a list of funds."""
SHORT = 40
"""Characters of a symbol, a number, a zone."""
_PERCENTS = [f"{half / 2:g}%" for half in range(2, 13)]
_RATES = {"0": "0", "tbill": "T-bills, 13 weeks", **{each: each for each in _PERCENTS}}


def window_menu(now: str, words: str = "") -> Block:
    """Return the windows that people ask for.  now: a label; words: what it is called, where it is none of
    those.
    """
    known = {label: text.capital(name) for label, name in WORDS.items()}
    return blocks.menu_field(
        {**({now: text.capital(words or now)} if now not in known else {}), **known}, now
    )


def rate_field(now: str, hint: str) -> Block:
    """Return the risk-free rate.  now: as it is typed after `rf=`"""
    options = _RATES if now in _RATES else {now: now, **_RATES}
    labels = {value: label.replace("%", f"{NBSP}%") for value, label in options.items()}
    return blocks.field(RATE, "Risk-free rate", blocks.menu_field(labels, now), hint)


def symbol_field(name: str, label: str, now: str, example: str, hint: str) -> Block:
    """Return one fund, or none."""
    return blocks.field(name, label, blocks.text_field(now, example, most=SHORT), hint, optional=True)


def where_field(asked: bool, now: str = "") -> list[Block]:
    """Return which channel, where that is not known.  now: that is chosen first"""
    hint = "A channel that this bot is in."
    return [blocks.field(WHERE, "Channel", blocks.channel_field(now), hint)] if asked else []
