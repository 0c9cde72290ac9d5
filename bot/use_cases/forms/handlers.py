"""Who takes which press, shortcut and form; at once, without data and without the store."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace

from bot.commands import COMPARE, DIGEST, WATCH
from bot.errors import UserError
from bot.language import symbols_in
from bot.model import SectionQuery, ThreadContext
from bot.ports import Ack, Clock, Handler, Place
from bot.render import advice, ids
from bot.render.blocks import FormView
from bot.render.forms import CompareFields, WatchFields, compare_form, digest_form, watch_form
from bot.use_cases.forms import comparing, posting, watching
from bot.use_cases.forms.sent import SentFields, channel_of, is_channel, json_object, metadata, read_sent
from bot.use_cases.threads.handlers import can_be_asked


@dataclass(frozen=True)
class FormHandlers:
    """Handlers by action id of a button, callback id of a form, callback id of a shortcut."""

    presses: Mapping[str, Handler]
    forms: Mapping[str, Handler]
    shortcuts: Mapping[str, Handler]


def handlers(clock: Clock, known: Container[str] = frozenset()) -> FormHandlers:
    """All of them.  known: symbols that are funds in any message, whatever they look like."""
    return FormHandlers(
        presses={
            ids.OPEN_COMPARE: _Opens(_compare, open=True),
            ids.OPEN_WATCH: _Opens(_watch),
            ids.OPEN_DIGEST: _Opens(_digest),
        },
        forms={
            ids.COMPARE_FORM: _Takes(
                COMPARE.name, lambda sent: comparing.comparison(sent, clock.now().date()), open=True
            ),
            ids.WATCH_FORM: _Takes(WATCH.name, lambda sent: watching.rule_text(sent, clock.now().date())),
            ids.DIGEST_FORM: _Takes(DIGEST.name, posting.digest_text),
        },
        shortcuts={
            ids.COMPARE_FUNDS: _Opens(_compare_any, open=True),
            ids.COMPARE_NAMED: _Opens(lambda text, place: _compare_named(text, place, known), open=True),
        },
    )


@dataclass(frozen=True)
class _Opens:
    """Opens a form.  view: of a button's value or a message's text, and of where that stands."""

    view: Callable[[str, Place], FormView]
    open: bool = False

    def receive(self, text: str, place: Place) -> Ack:
        """As `Handler.receive`."""
        return Ack(form=self.view(text, place), open=self.open)


@dataclass(frozen=True)
class _Takes:
    """Makes a form the text of a command, which is answered as if it had been typed.

    text: of the fields; what is wrong with them is noted there.
    """

    command: str
    text: Callable[[SentFields], str]
    open: bool = False

    def receive(self, text: str, place: Place) -> Ack:
        """As `Handler.receive`."""
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


def _compare(value: str, place: Place) -> FormView:
    topic = _topic(value)
    return _compare_form(comparing.first_of(topic) if topic else CompareFields(), place)


def _compare_any(_: str, place: Place) -> FormView:
    return _compare_form(CompareFields(), place)


def _compare_named(text: str, place: Place, known: Container[str]) -> FormView:
    return _compare_form(comparing.named_in(symbols_in(text, known, most=None)), place)


def _compare_form(first: CompareFields, place: Place) -> FormView:
    return compare_form(metadata(place), first, where=not is_channel(place.channel))


def _watch(value: str, place: Place) -> FormView:
    topic = _topic(value)
    first = watching.first_of(topic) if topic else WatchFields()
    return watch_form(metadata(place), first, watching.SECTOR_NAMES, where=not is_channel(place.channel))


def _digest(value: str, place: Place) -> FormView:
    """value: a channel, or what `digest_value` makes of its post; of another button anything."""
    try:
        now = json_object(value)
    except ValueError:
        now = {"channel": value}
    first, named = posting.first_of(now), now.get("channel")
    if not is_channel(named) or named == place.channel:
        return digest_form(metadata(place), first, where=not is_channel(place.channel))
    there = Place(place.team, str(named), place.user)
    return digest_form(metadata(there), first, there.channel)


def _topic(value: str) -> ThreadContext | None:
    """What a conversation is about; None for a value that is no `SectionQuery` of ours with a topic."""
    try:
        topic = SectionQuery.read(value).topic
    except ValueError:
        return None
    return topic if topic and can_be_asked(topic) else None
