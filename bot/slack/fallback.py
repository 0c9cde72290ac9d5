"""Sends a message as it is meant, else plainer: an answer is never lost to one block."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

from bot.render.fallback import MessageDraft
from bot.slack.errors import FaultKind, SlackFault
from bot.slack.rate_limit import Sleep

log = logging.getLogger(__name__)
Sent = TypeVar("Sent")

NOT_READY = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between attempts while Slack still prepares an uploaded picture."""


async def deliver(
    draft: MessageDraft, send: Callable[[MessageDraft], Awaitable[Sent]], sleep: Sleep
) -> tuple[Sent, MessageDraft]:
    """Send the draft as it is, else plainer, until Slack takes it; its answer, and what was sent.

    Only a definite refusal of what is in the draft leads to another attempt.  Raises the SlackFault of
    every other failure, and of the plainest form.
    """
    waits = iter(NOT_READY)
    while True:
        try:
            return await send(draft), draft
        except SlackFault as fault:
            draft = await _lower(draft, fault, waits, sleep)


async def _lower(
    draft: MessageDraft, fault: SlackFault, waits: Iterator[float], sleep: Sleep
) -> MessageDraft:
    if fault.kind is FaultKind.PICTURE and draft.files:
        wait = next(waits, None)
        if wait is None:
            return draft.without_pictures(draft.files.keys())
        await sleep(wait)
        return draft
    if fault.kind is FaultKind.FILES and draft.files:
        return draft.without_pictures(draft.files.keys())
    plainer = draft.next_plainer() if fault.kind in (FaultKind.BLOCKS, FaultKind.PICTURE) else None
    if plainer is None:
        raise fault
    log.error("Slack refuses blocks, sending them plainer: %s", fault.cause)
    return plainer
