"""What a channel is told: notices by kind, its daily post switched on and off, and where it is closed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from bot.model import (
    Digest,
    DigestContent,
    DigestMode,
    NewNotice,
    NoticeKind,
    RuleReport,
    SessionResult,
)
from bot.render import blocks, ids, text
from bot.render.chart_specs import ChartSpec
from bot.render.message import Message
from bot.render.rules.card import card_message, reply_message
from bot.render.rules.digest import digest_details, digest_message, resumed_digest
from bot.render.rules.month import month_words
from bot.render.rules.posts import ON, Waits, daily_words, next_words, stop_words, wait_words
from bot.render.text import channel_link, code_span, person

_CHANGE = (
    "`/digest on 07:45 Europe/London always` changes it · `/digest off` ends it · `/digest now` posts now"
)


def digest_status_message(
    digest: Digest | None, waits: Waits | None, rules: int, last: date | None
) -> Message:
    """Write how the daily post stands.

    waits: for what the next one waits.  rules: active ones of the channel.
    last: the newest session that was posted, None for none yet
    """
    before = f" The last one told of {text.day(last)}." if last else ""
    if digest is None:
        return _message(f"This channel has no daily post: {ON}. {_rules(rules)}")
    if digest.stopped:
        why = stop_words(digest.stopped)
        alone = "Until then what triggers comes to its author alone."
        return _message(f"The daily post is stopped: {why}. {ON} again. {alone}{before} {_rules(rules)}")
    if not digest.on:
        return _message(f"The daily post is off: {ON} again.{before} {_rules(rules)}")
    told = before or " None was posted yet."
    how = _digest_words(digest, waits.post if waits else None)
    words = f"{how}{_waiting(digest, waits)}{told} {_rules(rules)}"
    return _message(words, f"Set up by {person(digest.owner)}", _CHANGE)


def switched_on_message(digest: Digest, waits: Waits | None, rules: int, by: str) -> Message:
    """Say that the daily post is on, or changed.  waits: for what the next one waits.  by: who did it"""
    how = _digest_words(digest, waits.post if waits else None)
    words = f"{how}{_waiting(digest, waits)} {_rules(rules)}"
    who = f"Set up by {person(digest.owner)}"
    changed = "" if by == digest.owner else f" · changed by {person(by)}"
    return _message(words, f"{who}{changed}", _CHANGE)


def switched_off_message(digest: Digest | None, rules: int, by: str = "") -> Message:
    """Say that the daily post is off.

    digest: as it was, None where there never was one.  by: who has switched it off now, empty where it was
    off before.
    """
    if digest is None:
        return _message(f"This channel had no daily post; nothing was changed. {_rules(rules)}")
    kept = f"{'It is' if rules == 1 else 'They are'} kept and read, but nobody is told." if rules else ""
    off = "The daily post is off." if by else "The daily post was off before; nothing was changed."
    who = [f"Switched off by {person(by)}"] if by else []
    return _message(f"{off} {_rules(rules)} {kept}".strip(), *who, f"{ON} again")


def refused_message(digest: Digest) -> Message:
    """Say that the person has not switched the daily post on, and is no admin."""
    may = "and the workspace's admins may change it or switch it off. Nothing was changed."
    shown = f"The daily post was switched on by {person(digest.owner)}; only they {may}"
    return blocks.message(f"Only who has switched the daily post on {may}", [blocks.section(shown)])


def _waiting(digest: Digest, waits: Waits | None) -> str:
    return f" {wait_words(digest, waits)}" if waits else ""


def _digest_words(digest: Digest, next_post: datetime | None) -> str:
    how = text.escape(f"{daily_words(digest)}{next_words(digest, next_post)}")
    return f"The daily post is on: {how}.{_choice(digest)}"


def _choice(digest: Digest) -> str:
    """Return how to choose other days."""
    if digest.mode is DigestMode.ALWAYS:
        return " `/digest quiet` leaves out days without news, `/digest quiet mon` all of them but Mondays."
    return " Other days are silent; `/digest always` posts after every session."


def _rules(rules: int) -> str:
    if not rules:
        return "No rule is active here: `/watch ISCB sortino &lt; 1.0 for 5 sessions then SPSM` sets one."
    return f"{text.count(rules)} {'rule is' if rules == 1 else 'rules are'} active here."


def _message(words: str, *lines: str) -> Message:
    shown = [blocks.section(words), *([blocks.context(*lines)] if lines else [])]
    return blocks.message(words, shown)


INVITE = "`/invite @watchpoint`"
_ABSENT = frozenset({"not_in_channel", "channel_not_found", "no_permission"})


def cannot_post_message(
    channel: str, reason: str, left: str, rule: str = "", about: str = "its rules"
) -> Message:
    """Say that a rule or a post is not set where nobody would hear of it; to who asked.

    reason: Slack's word for why the bot may not post.  left: what was not done, "Nothing was saved".
    rule: its text, offered for the direct messages; empty for a daily post, then about: what of
    """
    where, absent = channel_link(channel), reason in _ABSENT
    why = f"I am not in {where}" if absent else f"I cannot post in {where} ({stop_words(reason)})"
    what = "this rule" if rule else about
    then = f" {INVITE} there lets me in; then ask again." if absent else ""
    words = f"{why}: nobody would hear of {what}. {left}.{then}"
    offered = [blocks.button("Set it in my messages", ids.ALONE, rule, "primary")] if rule else []
    return blocks.message(words, [blocks.section(words), *blocks.actions("watch.alone", offered)])


def set_in_messages_heading(channel: str) -> Message:
    """Head a rule that is set in the direct messages instead.  channel: where it was asked for"""
    words = f"You asked for a rule in {channel_link(channel)}, where I cannot post. It is set here."
    return blocks.message(words, [blocks.section(words)])


def set_in_messages_message(rule: str) -> Message:
    """Tell who has asked for it, where they asked, that it is set.  rule: its text"""
    words = f"Set in your direct messages with me: {code_span(rule)}"
    return blocks.message(words, [blocks.section(words)])


def digest_stopped_message(channel: str, reason: str, session: date) -> Message:
    """Write a direct message to who hears no more of a channel.

    channel: its id.  reason: Slack's word for why it takes no posts.  session: that was to be told of
    """
    where, why = channel_link(channel), stop_words(reason)
    back = (
        "Its rules are read as before. Until I can post there again, what triggers comes to its author here, "
        f"the daily post to nobody. {INVITE} or `/digest on` in the channel starts it again and tells "
        "what is open."
    )
    rest = "Its rules are paused." if reason == "channel_deleted" else back
    words = (
        f"The daily post in {where} is stopped: {why}. What was still to be told of "
        f"{text.day(session)} was not posted there.\n{rest}"
    )
    return blocks.message(words, [blocks.section(words)])


def alert_message(report: RuleReport, reason: str, picture: ChartSpec | None = None) -> Message:
    """Write the card of a channel that does not take it, in a direct message to the rule's owner.

    reason: Slack's word for why not, empty where the channel takes posts again
    """
    message = card_message(report, picture)
    where = channel_link(report.watched.channel)
    lasts = f": {stop_words(reason)}. Until that ends, its alerts come to you here" if reason else ""
    line = f"For you alone, as it could not be posted in {where}{lasts}."
    return blocks.message(
        f"{message.text} {line}", [blocks.context(line), *message.blocks], *message.pictures
    )


def notice_message(
    notice: NewNotice,
    links: Mapping[str, str] | None = None,
    picture: ChartSpec | None = None,
    closed: str = "",
    *,
    shown: bool = False,
) -> Message:
    """Make the message that delivers a notice.

    links: addresses of cards by the rule's name.  closed: why the channel of an alert takes no posts.
    shown: the card has its chart already and keeps it.
    """
    content = notice.content
    if isinstance(content, RuleReport):
        return _report_message(notice.kind, content, picture, closed, shown=shown)
    if isinstance(content, DigestContent):
        return _digest_message(notice.kind, content, links or {}, picture)
    return digest_stopped_message(notice.subject, content, notice.session)


def _report_message(
    kind: NoticeKind, report: RuleReport, picture: ChartSpec | None, closed: str, *, shown: bool
) -> Message:
    if kind is NoticeKind.ALERT:
        return alert_message(report, closed, picture)
    return (
        reply_message(report, picture)
        if kind is NoticeKind.REPLY
        else card_message(report, picture, shown=shown)
    )


def _digest_message(
    kind: NoticeKind, digest_content: DigestContent, links: Mapping[str, str], picture: ChartSpec | None
) -> Message:
    if kind is NoticeKind.DETAILS:
        return digest_details(digest_content)
    if kind is NoticeKind.FILE:
        words = month_words(digest_content)
        return blocks.message(words, [blocks.section(words)])
    if kind is NoticeKind.RESUMED:
        return resumed_digest(digest_content, links)
    return digest_message(digest_content, links, picture)


def preview_notices(outcomes: Iterable[SessionResult]) -> Iterator[str]:
    """Yield what would be told, line by line, for operators: when, where, what kind, and the words."""
    for outcome in outcomes:
        for new in outcome.notices:
            due = f"{new.not_before:%Y-%m-%d %H:%M} UTC"
            yield f"{due} {new.team}/{new.channel} {new.kind} {new.subject}".rstrip()
            yield from (f"    {line}" for line in notice_message(new).text.splitlines())
