"""Reply URLs are used five times at most, and their silent refusals are heard."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.playground.api.server import Slack
from bot.playground.storage import ANN, PORTFOLIO
from bot.slack.client import slack_client
from bot.slack.errors import FaultKind, SlackFault
from bot.slack.messenger import REPLY_URL_SECONDS, ReplyUrls
from tests.fakes.slack_clock import SleptClock
from tests.fakes.workspace import BOT_TOKEN, loopback

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "found"}}


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with loopback() as slack:
        yield slack


@pytest.fixture
async def urls(slack: Slack) -> AsyncIterator[ReplyUrls]:
    async with slack_client(BOT_TOKEN, slack.api_url) as client:
        yield ReplyUrls(client, SleptClock())


async def test_what_is_sent_replaces_nothing_and_unfurls_nothing(slack: Slack, urls: ReplyUrls) -> None:
    await urls.send(slack.replies.new(ANN, PORTFOLIO), "found", [SECTION])
    (call,) = slack.calls_of("reply")
    assert call.payload == {
        "text": "found",
        "blocks": [SECTION],
        "response_type": "ephemeral",
        "replace_original": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


async def test_a_sixth_use_never_leaves_the_house(slack: Slack, urls: ReplyUrls) -> None:
    url = slack.replies.new(ANN, PORTFOLIO)
    for _ in range(5):
        assert not urls.is_spent(url)
        await urls.send(url, "found", [])
    assert urls.is_spent(url)
    with pytest.raises(SlackFault) as caught:
        await urls.send(url, "found", [])
    assert (caught.value.kind, caught.value.code) == (FaultKind.CHANNEL, "used_url")
    assert len(slack.calls_of("reply")) == 5


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("expired_url", FaultKind.CHANNEL),
        ("invalid_blocks", FaultKind.BLOCKS),
        ("429", FaultKind.RATE),
        ("500", FaultKind.DOUBT),
        ("drop_connection", FaultKind.DOUBT),
    ],
)
async def test_a_refusal_is_heard(slack: Slack, urls: ReplyUrls, fault: str, kind: FaultKind) -> None:
    slack.faults.on(fault, "reply")
    with pytest.raises(SlackFault) as caught:
        await urls.send(slack.replies.new(ANN, PORTFOLIO), "found", [])
    assert caught.value.kind is kind


async def test_one_that_slack_does_not_know_no_longer_works(slack: Slack, urls: ReplyUrls) -> None:
    with pytest.raises(SlackFault) as caught:
        await urls.send(f"{slack.base}/nowhere", "found", [])
    assert caught.value.kind is FaultKind.CHANNEL


async def test_uses_are_forgotten_with_the_url(slack: Slack) -> None:
    clock = SleptClock()
    async with slack_client(BOT_TOKEN, slack.api_url) as client:
        urls = ReplyUrls(client, clock)
        for _ in range(3):
            await urls.send(slack.replies.new(ANN, PORTFOLIO), "found", [])
            await clock.sleep(REPLY_URL_SECONDS)
        assert len(urls._used) == 1
