"""The buttons on cards and the forms behind them: checked at once, then done."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from analytics.watch.states import Decided
from bot.errors import UserError
from bot.language import Acknowledge, Snooze, Watch, read_watch
from bot.model import Request
from bot.ports import Ack, Clock, Handler, Place
from bot.render import advice, ids
from bot.render.forms import acknowledge_form, edit_form
from bot.render.rules import changes, channel
from bot.render.rules.card import LONGEST_SAID
from bot.render.text import one_line
from bot.use_cases import incidents, rule_status, rules
from bot.use_cases.form_fields import json_object
from bot.use_cases.incidents import LONGEST_REASON, RuleRef
from bot.use_cases.services import Declined, Services, read_key

_PLAIN = (ids.SNOOZE, ids.UNSNOOZE, ids.WHY, ids.HISTORY, ids.DELETE, ids.KEEP)
_READING = frozenset({ids.WHY, ids.HISTORY})
"""What changes nothing, so that people of another workspace may press it too."""


def button_handlers(clock: Clock) -> dict[str, Handler]:
    """Return who takes what, by action id of a button and callback id of a form."""
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
    """Read the JSON of a form; ValueError for what is none of ours."""
    given = json_object(text)
    meta = json_object(given.pop("metadata", ""))
    if not read_key(meta.get("rule")):
        raise ValueError("a form without a rule")
    fields = {name: str(value or "") for name, value in given.items()}
    channel, ts = (str(meta.get(name) or "") for name in ("channel", "ts"))
    return SentCardForm(meta["rule"], channel, ts, fields, within=meta.get("within") is True)


def reason_of(sent: SentCardForm) -> str:
    """Read why an incident was acknowledged, on one line; empty where nothing was said."""
    return " ".join(sent.fields.get(ids.REASON, "").split())[:LONGEST_REASON]


def decided_in(sent: SentCardForm) -> Decided | None:
    """Read what was decided; None where it was not asked for, as in forms opened before December 2026."""
    given = sent.fields.get(ids.DECIDED, "")
    return next((each for each in Decided if each.value == given), None)


def edited_rule(sent: SentCardForm, today: date) -> Watch:
    """Read the rule that was sent in, under its number; UserError for what is none."""
    asked, found = read_rule_field(sent.fields.get(ids.RULE_TEXT, ""), today), read_key(sent.key)
    assert found, "`read_form` lets no other in"
    return replace(asked, number=found[0])


def read_rule_field(text: str, today: date) -> Watch:
    """Read a rule and nothing else; UserError for what is none."""
    asked = read_watch(text, today)
    if not isinstance(asked, Watch) or asked.test or asked.number:
        raise UserError("This field takes a rule alone, such as `ISCB sortino < 1.0 for 5 sessions`.")
    return asked


class _Button:
    """A press that needs no form.  reads: it changes nothing."""

    def __init__(self, *, reads: bool) -> None:
        self._reads = reads

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002
        """Read the press; see `Handler.receive`."""
        return Ack(work=True, open=self._reads) if read_key(text) else _unreadable()


class _Alone:
    """A rule that is to be set in the direct messages with who presses."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def receive(self, text: str, place: Place) -> Ack:  # noqa: ARG002
        """Read the press; see `Handler.receive`."""
        try:
            read_rule_field(text, self._clock.now().date())
        except UserError:
            return _unreadable()
        return Ack(work=True)


class _Acknowledge:
    """Asks what was decided, and why."""

    def receive(self, text: str, place: Place) -> Ack:
        """Read the press; see `Handler.receive`."""
        key, said = _pressed(text)
        if not read_key(key):
            return _unreadable()
        return Ack(form=acknowledge_form(_metadata(key, place), said))


class _Edit:
    """Asks for other words of the rule."""

    def receive(self, text: str, place: Place) -> Ack:
        """Read the press; see `Handler.receive`."""
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
        """Read the form; see `Handler.receive`."""
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
        """Read the form; see `Handler.receive`."""
        try:
            sent = read_form(text)
        except ValueError:
            return _unreadable()
        try:
            edited_rule(sent, self._clock.now().date())
        except UserError as fault:
            # Slack shows what is wrong with a field as plain text.
            return Ack(faults={ids.RULE_TEXT: " ".join(fault.complaints).replace("`", '"')})
        return Ack(work=True)


def _pressed(value: str) -> tuple[str, str]:
    """Return the version of a button's rule and what the form says of it: nothing for an old button."""
    try:
        given = json_object(value)
    except ValueError:
        return value, ""
    return str(given.get("rule") or ""), one_line(str(given.get("said") or ""), LONGEST_SAID)


def _metadata(key: str, place: Place) -> str:
    inside = {"within": True} if place.within else {}
    return json.dumps({"rule": key, "channel": place.channel, "ts": place.thread or "", **inside})


def _unreadable() -> Ack:
    return Ack(reply=advice.refusal_message(UserError("This button is of no message that this bot knows.")))


Answer = Callable[[Request], Awaitable[None]]

_FORMS = frozenset({ids.ACK_FORM, ids.EDIT_FORM})


class ButtonAnswers:
    """Answers presses and forms; safe to ask twice."""

    def __init__(self, services: Services) -> None:
        self._parts = services
        self._stories: dict[str, Answer] = {
            ids.ACK_FORM: self._acknowledge,
            ids.SNOOZE: self._snooze,
            ids.UNSNOOZE: self._unsnooze,
            ids.WHY: self._why,
            ids.HISTORY: self._history,
            ids.EDIT_FORM: self._edit,
            ids.DELETE: self._delete,
            ids.KEEP: self._keep_rule,
            ids.ALONE: self._set_alone,
        }

    @property
    def answered(self) -> tuple[str, ...]:
        """Action ids of buttons and callback ids of forms."""
        return tuple(self._stories)

    async def answer(self, id_: str, request: Request) -> None:
        """Answer what was pressed or sent in, `id_`.  Raises Unavailable; what is not to be is told."""
        if id_ in _FORMS:
            request = move_to_card(request)
        try:
            await self._stories[id_](request)
        except Declined as declined:
            await self._parts.tell(request, declined.message)
        except UserError as fault:
            await self._parts.tell(request, advice.refusal_message(fault))

    async def _set_alone(self, request: Request) -> None:
        """Set the rule in the direct messages with who asks; they are what a post there says they are."""
        watch = read_rule_field(request.text, request.asked.date())
        there = replace(request.with_place(await self._alone(request), None, within=False), reply_url=None)
        await rules.make_rule(self._parts, watch, there)
        await self._parts.tell(request, channel.set_in_messages_message(watch.text))

    async def _alone(self, request: Request) -> str:
        """Return the direct messages with who asks; asked again, they are where the rule was set."""
        if made := await self._parts.repository(request).rule_made_by(request.id):
            return made.watched.channel
        nowhere = Place(request.team, "", request.user)
        posted = await self._parts.messenger.post(
            nowhere, channel.set_in_messages_heading(request.channel), {}
        )
        return posted.channel

    async def _acknowledge(self, request: Request) -> None:
        sent = read_form(request.text)
        meant = _rule_ref(sent.key, sent.ts)
        asked = Acknowledge(meant.number, reason_of(sent), decided_in(sent))
        await incidents.acknowledge(self._parts, meant, asked, request)

    async def _snooze(self, request: Request) -> None:
        meant = _rule_ref(request.text, request.thread or "")
        await incidents.snooze(self._parts, meant, Snooze(meant.number), request)

    async def _unsnooze(self, request: Request) -> None:
        meant = _rule_ref(request.text, request.thread or "")
        await incidents.unsnooze(self._parts, meant, request)

    async def _why(self, request: Request) -> None:
        stored = await incidents.current_version(self._parts, _rule_ref(request.text), request)
        await rule_status.show_why(self._parts, stored.watched.number, request)

    async def _history(self, request: Request) -> None:
        number, _ = _key(request.text)
        await rule_status.show_history(self._parts, number, request)

    async def _edit(self, request: Request) -> None:
        sent = read_form(request.text)
        _, version = _key(sent.key)
        watch = edited_rule(sent, await self._parts.day_of(request))
        await rules.edit_rule(self._parts, watch, replace(request, thread=None), seen=version)

    async def _delete(self, request: Request) -> None:
        number, version = _key(request.text)
        await rules.delete_rule(self._parts, number, replace(request, thread=None), seen=version)

    async def _keep_rule(self, request: Request) -> None:
        stored = await incidents.current_version(self._parts, _rule_ref(request.text), request)
        await self._parts.tell(request, changes.not_deleted_message(stored.watched))


def move_to_card(request: Request) -> Request:
    """Place a form where its card is."""
    sent = read_form(request.text)
    thread = sent.ts or request.thread
    return request.with_place(sent.channel or request.channel, thread, within=sent.within)


def _rule_ref(key: str, card: str = "") -> RuleRef:
    return RuleRef(*_key(key), card)


def _key(text: str) -> tuple[int, int]:
    found = read_key(text)
    assert found, "the door lets nothing else in"
    return found
