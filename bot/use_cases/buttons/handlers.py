"""What was pressed or sent in: forms are opened and their fields checked at once, without data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.errors import UserError
from bot.language import Watch, read_watch
from bot.ports import Ack, Clock, Handler, Place
from bot.render import advice, ids
from bot.render.forms import acknowledge_form, edit_form
from bot.use_cases.forms.sent import json_object
from bot.use_cases.watch.acting import LONGEST_REASON
from bot.use_cases.watch.finding import read_key

_PLAIN = (ids.SNOOZE, ids.UNSNOOZE, ids.WHY, ids.HISTORY, ids.DELETE, ids.KEEP)
_READING = frozenset({ids.WHY, ids.HISTORY})
"""What changes nothing, so that people of another workspace may press it too."""


def handlers(clock: Clock) -> dict[str, Handler]:
    """Who takes what, by action id of a button and callback id of a form."""
    return {
        **{action: _Button(reads=action in _READING) for action in _PLAIN},
        ids.ALONE: _Alone(clock),
        ids.ACK: _Acknowledge(),
        ids.EDIT: _Edit(),
        ids.ACK_FORM: _Reason(),
        ids.EDIT_FORM: _RuleText(clock),
    }


@dataclass(frozen=True)
class SentCardForm:
    """A form that was sent in.

    key: of the rule's version.  channel: of its card.  ts: of the thread it was opened in or under, empty
    without one.  within: it was opened from within that thread.  fields: by block id.
    """

    key: str
    channel: str
    ts: str
    fields: Mapping[str, str]
    within: bool = False


def read_form(text: str) -> SentCardForm:
    """The JSON of a form; ValueError for what is none of ours."""
    given = json_object(text)
    meta = json_object(given.pop("metadata", ""))
    if not read_key(meta.get("rule")):
        raise ValueError("a form without a rule")
    fields = {name: str(value or "") for name, value in given.items()}
    channel, ts = (str(meta.get(name) or "") for name in ("channel", "ts"))
    return SentCardForm(meta["rule"], channel, ts, fields, within=meta.get("within") is True)


def reason_of(sent: SentCardForm) -> str:
    """Why an incident was acknowledged, on one line; empty where nothing was said."""
    return " ".join(sent.fields.get(ids.REASON, "").split())[:LONGEST_REASON]


def edited(sent: SentCardForm, today: date) -> Watch:
    """The rule that was sent in, under its number; UserError for what is none."""
    asked, found = rule_of(sent.fields.get(ids.RULE_TEXT, ""), today), read_key(sent.key)
    assert found, "`read_form` lets no other in"
    return replace(asked, number=found[0])


def rule_of(text: str, today: date) -> Watch:
    """A rule and nothing else; UserError for what is none."""
    asked = read_watch(text, today)
    if not isinstance(asked, Watch) or asked.test or asked.number:
        raise UserError("This field takes a rule alone, such as `ISCB sortino < 1.0 for 5 sessions`.")
    return asked


class _Button:
    """A press that needs no form.  reads: it changes nothing."""

    def __init__(self, *, reads: bool) -> None:
        self._reads = reads

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002
        """As `Handler.receive`."""
        return Ack(work=True, open=self._reads) if read_key(text) else _unreadable()


class _Alone:
    """A rule that is to be set in the direct messages with who presses."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002
        """As `Handler.receive`."""
        try:
            rule_of(text, self._clock.now().date())
        except UserError:
            return _unreadable()
        return Ack(work=True)


class _Acknowledge:
    """Asks for a reason."""

    def receive(self, text: str, place: Place) -> Ack:
        """As `Handler.receive`."""
        if not read_key(text):
            return _unreadable()
        return Ack(form=acknowledge_form(_metadata(text, place)))


class _Edit:
    """Asks for other words of the rule."""

    def receive(self, text: str, place: Place) -> Ack:
        """As `Handler.receive`."""
        try:
            value = json_object(text)
        except ValueError:
            return _unreadable()
        if not read_key(value.get("rule")):
            return _unreadable()
        return Ack(form=edit_form(_metadata(value["rule"], place), str(value.get("text") or "")))


class _Reason:
    """The reason that was given."""

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002
        """As `Handler.receive`."""
        try:
            sent = read_form(text)
        except ValueError:
            return _unreadable()
        if not reason_of(sent):
            return Ack(faults={ids.REASON: "Say in a few words why: the channel reads it on the card."})
        return Ack(work=True)


class _RuleText:
    """The words that the rule is to have from now on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002
        """As `Handler.receive`."""
        try:
            sent = read_form(text)
        except ValueError:
            return _unreadable()
        try:
            edited(sent, self._clock.now().date())
        except UserError as fault:
            # Slack shows what is wrong with a field as plain text.
            return Ack(faults={ids.RULE_TEXT: " ".join(fault.complaints).replace("`", '"')})
        return Ack(work=True)


def _metadata(key: str, place: Place) -> str:
    inside = {"within": True} if place.within else {}
    return json.dumps({"rule": key, "channel": place.channel, "ts": place.thread or "", **inside})


def _unreadable() -> Ack:
    return Ack(reply=advice.refusal_message(UserError("This button is of no message that this bot knows.")))
