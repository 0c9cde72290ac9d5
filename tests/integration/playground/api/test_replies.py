"""response_url: five uses in thirty minutes, for one person, without uploaded files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.playground.api.server import Slack
from bot.playground.model import BOT
from bot.playground.storage import ANN, BEN, DEALS, PORTFOLIO
from bot.slack.client import session_of
from tests.fakes.slack_clock import SleptClock
from tests.fakes.workspace import everybody_sees, only_for

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "found"}}
Send = Callable[..., Awaitable[Any]]


@pytest.fixture
def sender(client: AsyncWebClient) -> Callable[[str], Send]:
    """The real webhook client on an address."""

    def to(url: str) -> Send:
        webhook = AsyncWebhookClient(url, session=session_of(client), retry_handlers=[])
        webhook.proxy = None
        return webhook.send

    return to


async def test_one_person_sees_it_even_where_the_bot_is_not(
    slack: Slack, sender: Callable[[str], Send]
) -> None:
    answer = await sender(slack.replies.new(ANN, DEALS))(text="found", blocks=[SECTION])
    assert (answer.status_code, answer.body) == (200, '{"ok": true}')
    (shown,) = only_for(slack, ANN)
    assert (shown.channel, shown.text) == (DEALS, "found")
    assert only_for(slack, BEN) == []


async def test_everybody_sees_it_where_that_is_asked_for(slack: Slack, sender: Callable[[str], Send]) -> None:
    await sender(slack.replies.new(ANN, PORTFOLIO))(text="found", response_type="in_channel")
    assert [each.text for each in everybody_sees(slack)] == ["found"]


async def test_in_a_thread_one_person_sees_it_only_where_that_has_begun(
    slack: Slack, client: AsyncWebClient
) -> None:
    parent = slack.workspace.say(PORTFOLIO, BEN, "which?")
    url = slack.replies.new(ANN, PORTFOLIO)
    for words in ("unseen", "seen"):
        async with session_of(client).post(url, json={"text": words, "thread_ts": parent.ts}) as answer:
            assert answer.status == 200
        slack.workspace.say(PORTFOLIO, BEN, "anybody?", parent.ts)
    assert [(each.text, each.thread_ts) for each in only_for(slack)] == [("seen", parent.ts)]


async def test_a_sixth_use(slack: Slack, sender: Callable[[str], Send]) -> None:
    send = sender(slack.replies.new(ANN, PORTFOLIO))
    for _ in range(5):
        assert (await send(text="found")).status_code == 200
    answer = await send(text="found")
    assert (answer.status_code, answer.body) == (404, '{"ok": false, "error": "used_url"}')
    assert len(only_for(slack)) == 5


async def test_half_an_hour_later(slack: Slack, sender: Callable[[str], Send], clock: SleptClock) -> None:
    send = sender(slack.replies.new(ANN, PORTFOLIO))
    await clock.sleep(30 * 60)
    assert (await send(text="found")).status_code == 200
    await clock.sleep(1)
    answer = await send(text="found")
    assert (answer.status_code, answer.body) == (404, '{"ok": false, "error": "expired_url"}')


async def test_one_that_was_never_given(slack: Slack, sender: Callable[[str], Send]) -> None:
    assert (await sender(f"{slack.base}/reply/guessed")(text="found")).status_code == 404


@pytest.mark.parametrize(
    ("blocks", "error"),
    [
        ([{"type": "image", "alt_text": "x", "slack_file": {"id": "F1"}}], "invalid_blocks"),
        ([SECTION] * 51, "invalid_blocks"),
        ([], "no_text"),
    ],
)
async def test_what_it_does_not_take_is_404_without_a_pointer_and_no_use(
    slack: Slack, sender: Callable[[str], Send], blocks: list[Any], error: str
) -> None:
    send = sender(slack.replies.new(ANN, PORTFOLIO))
    for _ in range(6):
        answer = await send(text="found" if blocks else "", blocks=blocks)
        assert (answer.status_code, answer.body) == (404, f'{{"ok": false, "error": "{error}"}}')
    assert (await send(text="found")).status_code == 200


async def test_a_buttons_one_can_replace_or_delete_its_message(
    slack: Slack, sender: Callable[[str], Send]
) -> None:
    message = slack.workspace.post(PORTFOLIO, BOT, "old")
    send = sender(slack.replies.new(ANN, PORTFOLIO, message))
    await send(text="new", replace_original=True)
    assert [each.text for each in everybody_sees(slack)] == ["new"]
    await send(text="beside it", replace_original=False)
    assert [each.text for each in only_for(slack)] == ["beside it"]
    await send(delete_original=True)
    assert everybody_sees(slack) == []
