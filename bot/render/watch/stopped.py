"""Where a channel takes no posts: said before something is set there, and afterwards to the owners alone."""

from __future__ import annotations

from datetime import date

from bot.model import RuleReport
from bot.render import text
from bot.render.chart_specs import ChartSpec
from bot.render.message import Message
from bot.render.watch import ids
from bot.render.watch.card import card
from bot.render.watch.parts import blocks
from bot.render.watch.parts.posts import stop_words
from bot.render.watch.parts.typed import channel_link, code

INVITE = "`/invite @watchpoint`"
_ABSENT = frozenset({"not_in_channel", "channel_not_found", "no_permission"})


def unheard(channel: str, reason: str, left: str, rule: str = "") -> Message:
    """A rule or a post is not set where nobody would hear of it; to who asked.

    reason: Slack's word for why the bot may not post.  left: what was not done, "Nothing was saved".
    rule: its text, offered for the direct messages; empty for a daily post
    """
    where, absent = channel_link(channel), reason in _ABSENT
    why = f"I am not in {where}" if absent else f"I cannot post in {where} ({stop_words(reason)})"
    what = "this rule" if rule else "its rules"
    then = f" {INVITE} there lets me in; then ask again." if absent else ""
    words = f"{why}: nobody would hear of {what}. {left}.{then}"
    offered = [blocks.button("Set it in my messages", ids.ALONE, rule, "primary")] if rule else []
    return blocks.message(words, [blocks.section(words), *blocks.actions("watch.alone", offered)])


def alone(channel: str) -> Message:
    """In the direct messages, above a rule that is set there instead.  channel: where it was asked for"""
    words = f"You asked for a rule in {channel_link(channel)}, where I cannot post. It is set here."
    return blocks.message(words, [blocks.section(words)])


def set_alone(rule: str) -> Message:
    """To who has asked for it, where they asked.  rule: its text"""
    words = f"Set in your direct messages with me: {code(rule)}"
    return blocks.message(words, [blocks.section(words)])


def stopped(channel: str, reason: str, session: date) -> Message:
    """A direct message to who hears no more of a channel.

    channel: its id.  reason: Slack's word for why it takes no posts.  session: that was to be told of
    """
    where, why = channel_link(channel), stop_words(reason)
    back = (
        "Its rules are read as before. Until I can post there again, what fires comes to its author here, "
        f"the daily post to nobody. {INVITE} or `/digest on` in the channel starts it again and tells "
        "what is open."
    )
    rest = "Its rules are paused." if reason == "channel_deleted" else back
    words = (
        f"The daily post in {where} is stopped: {why}. What was still to be told of "
        f"{text.day(session)} was not posted there.\n{rest}"
    )
    return blocks.message(words, [blocks.section(words)])


def alert(story: RuleReport, reason: str, picture: ChartSpec | None = None) -> Message:
    """The card of a channel that does not take it, in a direct message to the rule's owner.

    reason: Slack's word for why not, empty where the channel takes posts again
    """
    told = card(story, picture)
    where = channel_link(story.watched.channel)
    lasts = f": {stop_words(reason)}. Until that ends, its alerts come to you here" if reason else ""
    line = f"For you alone, as it could not be posted in {where}{lasts}."
    return blocks.message(f"{told.text} {line}", [blocks.context(line), *told.blocks], *told.pictures)
