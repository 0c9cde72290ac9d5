"""Whether, when and how a channel is told, in words; safe mrkdwn."""

from __future__ import annotations

from datetime import datetime

from bot.records import Digest
from bot.render import text
from bot.render.watch.parts.times import daily_words, next_words
from bot.render.watch.parts.typed import REASON, plain

_STOPPED = {
    "channel_not_found": "the bot is not in the channel, or the channel is gone",
    "not_in_channel": "the bot is not in the channel; `/invite` brings it back",
    "is_archived": "the channel is archived",
    "restricted_action": "the workspace does not let the bot post there",
    "account_inactive": "the bot was removed from the workspace",
    "token_revoked": "the bot was removed from the workspace",
}
ON = "`/digest on` starts it"


def told_of(digest: Digest | None, next_post: datetime | None, *, is_new: bool = False) -> str:
    """Whether the channel will hear of a rule, when next, and how to change that."""
    if digest is None:
        return f"This channel has no daily post, so nobody is told: {ON}."
    if digest.stopped:
        return f"The daily post was stopped ({stop_words(digest.stopped)}), so nobody is told: {ON} again."
    if not digest.on:
        return f"The daily post is off in this channel, so nobody is told: {ON} again."
    how = text.escape(f"{daily_words(digest)}{next_words(digest, next_post)}")
    if is_new:
        off = "`/digest off` ends it, `/digest on 07:45 always` changes it."
        return f"A daily post was switched on for this channel: {how}. {off}"
    return f"Told in this channel's daily post: {how}."


def stop_words(reason: str) -> str:
    """Why a channel takes no posts: Slack's word for it, explained where it is known; safe mrkdwn."""
    return _STOPPED.get(reason.strip()) or text.escape(plain(reason, REASON)) or "Slack did not say why"
